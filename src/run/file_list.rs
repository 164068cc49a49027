//! The regular files below a folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Returns the regular files below a folder, as sorted paths relative to it. Follows no links.
///
/// # Errors
/// Returns an error if a folder cannot be read.
pub(crate) fn list_files(root: &Path) -> io::Result<Vec<PathBuf>> {
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
