//! The files of a private copy: copying a folder, its top folder, file list, hash and owner.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::submission::import::{ImportError, Importer, MAX_DEPTH, SKIPPED_FOLDERS};
use crate::sys::namespace::{NOBODY, cannot_drop_root};

/// Returns the top folder of the work: folders whose only content is one folder are skipped.
pub(super) fn top(root: &Path) -> PathBuf {
    let mut at = root.to_owned();
    for _ in 0..MAX_DEPTH {
        let Ok(entries) = fs::read_dir(&at) else { break };
        let entries: Vec<fs::DirEntry> = entries.flatten().take(2).collect();
        match entries.as_slice() {
            [only] if only.file_type().is_ok_and(|kind| kind.is_dir()) => at = only.path(),
            _ => break,
        }
    }
    at
}

/// Returns the name of a folder, or that of an archive without its extension; an empty text if it
/// has none.
pub(super) fn top_name(path: &Path) -> String {
    // `.` has no name of its own.
    let whole = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let Some(name) = whole.file_name().map(std::ffi::OsStr::to_string_lossy) else { return String::new() };
    if whole.is_dir() {
        return name.into_owned();
    }
    let stem = name.rsplit_once('.').map_or(&*name, |(stem, _)| stem);
    // "lab.tar.gz" has two endings.
    let is_tar = stem.len() > 4 && stem.to_ascii_lowercase().ends_with(".tar");
    stem.get(..stem.len() - if is_tar { 4 } else { 0 }).unwrap_or(stem).to_owned()
}

pub(super) fn hash(root: &Path, files: &[PathBuf]) -> io::Result<String> {
    let mut all = blake3::Hasher::new();
    for file in files {
        let name = file.as_os_str().as_encoded_bytes();
        let mut one = blake3::Hasher::new();
        one.update_reader(File::open(root.join(file))?)?;
        // The length of the name separates names from contents.
        all.update(&(name.len() as u64).to_le_bytes()).update(name).update(one.finalize().as_bytes());
    }
    Ok(all.finalize().to_hex().to_string())
}

/// Copies a folder. Never follows links.
pub(super) fn copy_folder(from: &Path, intake: &mut Importer<'_>) -> Result<(), ImportError> {
    let mut todo = vec![PathBuf::new()];
    while let Some(folder) = todo.pop() {
        let mut entries: Vec<fs::DirEntry> = fs::read_dir(from.join(&folder))?.collect::<io::Result<_>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = folder.join(entry.file_name());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                if SKIPPED_FOLDERS.iter().any(|other| entry.file_name() == *other) {
                    continue;
                }
                intake.folder(&name)?;
                if name.components().count() < MAX_DEPTH {
                    todo.push(name);
                }
            } else if kind.is_file() {
                copy_file(&entry.path(), &name, intake)?;
            } else {
                intake.note_omitted(
                    if kind.is_symlink() { "delivery-link" } else { "delivery-special" },
                    &name.to_string_lossy(),
                );
            }
        }
    }
    Ok(())
}

/// Copies one file of a folder.
pub(super) fn copy_file(from: &Path, name: &Path, intake: &mut Importer<'_>) -> Result<(), ImportError> {
    // The file may have been replaced since it was listed: links are rejected, and a pipe does not
    // block.
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    let opened = std::os::unix::fs::OpenOptionsExt::custom_flags(File::options().read(true), flags).open(from);
    let Some((mut file, metadata)) = opened.and_then(|file| file.metadata().map(|metadata| (file, metadata))).ok()
    else {
        intake.note_omitted("delivery-unreadable", &name.to_string_lossy());
        return Ok(());
    };
    let executable = std::os::unix::fs::MetadataExt::mode(&metadata) & 0o100 != 0;
    intake.file(name, executable, &mut file)
}

/// Gives the copy to the unprivileged user, as whom programs run if socklab was started as root. If
/// root stays root, the copy is theirs already.
pub(super) fn give_to_nobody(to: &Path) -> io::Result<()> {
    if !rustix::process::geteuid().is_root() || cannot_drop_root() {
        return Ok(());
    }
    let mut todo = vec![to.to_owned()];
    while let Some(path) = todo.pop() {
        std::os::unix::fs::lchown(&path, Some(NOBODY), Some(NOBODY))?;
        if fs::symlink_metadata(&path)?.is_dir() {
            todo.extend(fs::read_dir(&path)?.collect::<io::Result<Vec<_>>>()?.into_iter().map(|entry| entry.path()));
        }
    }
    Ok(())
}
