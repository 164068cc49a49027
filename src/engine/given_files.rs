//! Writes the files that a scenario gives to a program into the program's working directory: into
//! the sandbox's layer over it, or into the private copy of a submission, never into the caller's.

use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Mode, OFlags, mkdirat, openat, unlinkat};
use rustix::io::Errno;

use super::{Engine, failed};
use crate::model::{HarnessError, Operation};
use crate::scenario::runtime::RuntimeError;

impl Engine {
    /// Writes these files into the folder in which programs run.
    ///
    /// # Errors
    /// Returns an error if a file cannot be written, or if the folder belongs to the caller.
    pub(super) fn give_files(&self, files: &[(String, Vec<u8>)]) -> Result<(), RuntimeError> {
        let sandbox = &self.spec.sandbox;
        if !files.is_empty() && !self.spec.is_isolated() && sandbox.view.submission.is_none() {
            return Err(failed(HarnessError::system(Operation::GiveFiles, None, std::io::Error::from(Errno::ROFS))));
        }
        for (path, content) in files {
            let written = write_below(Path::new(&sandbox.folder), path, content);
            written.map_err(|error| {
                failed(HarnessError::system(Operation::GiveFiles, Some(path.clone()), std::io::Error::from(error)))
            })?;
        }
        Ok(())
    }
}

/// Writes a file below a folder and creates the folders above it. Follows no links: a program that
/// already runs, or a submission, could point them elsewhere.
fn write_below(folder: &Path, path: &str, content: &[u8]) -> Result<(), Errno> {
    let open_folder = |parent: &OwnedFd, name: &str| {
        openat(parent, name, OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())
    };
    let mut parent = openat(CWD, folder, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let mut names: Vec<&str> = path.split('/').collect();
    let name = names.pop().unwrap_or_default();
    for folder in names {
        match mkdirat(&parent, folder, Mode::from_raw_mode(0o755)) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(error),
        }
        parent = match open_folder(&parent, folder) {
            // A link or a file in place of the folder.
            Err(Errno::NOTDIR | Errno::LOOP) => {
                unlinkat(&parent, folder, AtFlags::empty())?;
                mkdirat(&parent, folder, Mode::from_raw_mode(0o755))?;
                open_folder(&parent, folder)?
            }
            opened => opened?,
        };
    }
    match unlinkat(&parent, name, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(error) => return Err(error),
    }
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = openat(&parent, name, flags, Mode::from_raw_mode(0o644))?;
    let mut rest = content;
    while !rest.is_empty() {
        let written = rustix::io::write(&file, rest)?;
        rest = &rest[written..];
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn files_replace_others_and_follow_no_links() {
        let (folder, outside) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let root = folder.path();
        symlink(outside.path(), root.join("www")).expect("a link");
        fs::write(outside.path().join("kept"), "kept").expect("written");
        symlink(outside.path().join("kept"), root.join("a.txt")).expect("a link");
        assert_eq!(write_below(root, "www/sub/index.html", b"new"), Ok(()));
        assert_eq!(write_below(root, "www/sub/index.html", b"newer"), Ok(()));
        assert_eq!(write_below(root, "a.txt", b"own"), Ok(()));
        assert_eq!(fs::read(root.join("www/sub/index.html")).expect("read"), b"newer");
        assert_eq!(fs::read(root.join("a.txt")).expect("read"), b"own");
        assert_eq!(fs::read_dir(outside.path()).expect("read").count(), 1);
        assert_eq!(fs::read(outside.path().join("kept")).expect("read"), b"kept");
    }
}
