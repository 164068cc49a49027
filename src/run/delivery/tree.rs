//! What a private copy of a delivery holds: where it begins, its files, their hash, whose they are.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::DEEPEST;
use crate::sys::namespace::{NOBODY, root_stays};

/// Where the work begins: folders that hold nothing but one folder are passed through.
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
        // The name's length keeps names and contents apart.
        all.update(&(name.len() as u64).to_le_bytes()).update(name).update(one.finalize().as_bytes());
    }
    Ok(all.finalize().to_hex().to_string())
}

/// Started as root, programs run as nobody: the copy becomes theirs. Where root stays root it is theirs already.
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
