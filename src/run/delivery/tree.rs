//! The files of a private copy: copying a folder, its top folder, file list, hash and owner.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::{DEEPEST, DeliveryError, Intake, PASSED_OVER};
use crate::sys::namespace::{NOBODY, root_stays};

/// Returns the top folder of the work: folders whose only content is one folder are skipped.
pub(super) fn top(root: &Path) -> PathBuf {
    let mut at = root.to_owned();
    for _ in 0..DEEPEST {
        let Ok(entries) = fs::read_dir(&at) else { break };
        let entries: Vec<fs::DirEntry> = entries.flatten().take(2).collect();
        match entries.as_slice() {
            [only] if only.file_type().is_ok_and(|kind| kind.is_dir()) => at = only.path(),
            _ => break,
        }
    }
    at
}

pub(in crate::run) fn files_of(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = BTreeSet::new();
    let mut todo = vec![PathBuf::new()];
    while let Some(folder) = todo.pop() {
        for entry in fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let name = folder.join(entry.file_name());
            match entry.file_type()? {
                kind if kind.is_dir() => todo.push(name),
                kind if kind.is_file() => drop(files.insert(name)),
                _ => {}
            }
        }
    }
    Ok(files.into_iter().collect())
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
pub(super) fn copy_folder(from: &Path, intake: &mut Intake<'_>) -> Result<(), DeliveryError> {
    let mut todo = vec![PathBuf::new()];
    while let Some(folder) = todo.pop() {
        let mut entries: Vec<fs::DirEntry> = fs::read_dir(from.join(&folder))?.collect::<io::Result<_>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = folder.join(entry.file_name());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                if PASSED_OVER.iter().any(|other| entry.file_name() == *other) {
                    continue;
                }
                intake.folder(&name)?;
                if name.components().count() < DEEPEST {
                    todo.push(name);
                }
            } else if kind.is_file() {
                copy_file(&entry.path(), &name, intake)?;
            } else {
                intake.leave_out(
                    if kind.is_symlink() { "delivery-link" } else { "delivery-special" },
                    &name.to_string_lossy(),
                );
            }
        }
    }
    Ok(())
}

/// Copies one file of a folder.
pub(super) fn copy_file(from: &Path, name: &Path, intake: &mut Intake<'_>) -> Result<(), DeliveryError> {
    // The file may have been replaced since it was listed: links are rejected, and a pipe does not
    // block.
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    let opened = std::os::unix::fs::OpenOptionsExt::custom_flags(File::options().read(true), flags).open(from);
    let Some((mut file, metadata)) = opened.and_then(|file| file.metadata().map(|metadata| (file, metadata))).ok()
    else {
        intake.leave_out("delivery-unreadable", &name.to_string_lossy());
        return Ok(());
    };
    let executable = std::os::unix::fs::MetadataExt::mode(&metadata) & 0o100 != 0;
    intake.file(name, executable, &mut file)
}

/// Gives the copy to the unprivileged user, as whom programs run if socklab was started as root. If
/// root stays root, the copy is theirs already.
pub(super) fn give_away(to: &Path) -> io::Result<()> {
    if !rustix::process::geteuid().is_root() || root_stays() {
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
