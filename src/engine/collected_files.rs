//! Copies files that programs have written into the journal. They are hostile data: no link is
//! followed, only regular files are opened for reading, and their size is bounded.

use std::fmt::Write as _;
use std::io::Read;
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, OFlags, fstat, openat};
use rustix::io::Errno;
use sha2::{Digest, Sha256};

use super::Engine;
use crate::model::{Bytes, CollectedFile, EventKind};
use crate::scenario::runtime::RuntimeError;

impl Engine {
    /// Copies a file of the working directory, once the programs are idle.
    pub(super) fn collect_file(&mut self, path: &str) -> Result<(), RuntimeError> {
        self.await_idle()?;
        let file = read_below(Path::new(&self.spec.sandbox.folder), path).unwrap_or(CollectedFile::Missing);
        self.recorder.record(EventKind::Collected { path: path.to_owned(), file });
        Ok(())
    }
}

/// Reads a file below a folder.
fn read_below(folder: &Path, path: &str) -> Result<CollectedFile, Errno> {
    let mut parent = openat(CWD, folder, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let mut names: Vec<&str> = path.split('/').collect();
    let name = names.pop().unwrap_or_default();
    for folder in names {
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        parent = openat(&parent, folder, flags, Mode::empty())?;
    }
    // A FIFO would block the open without O_NONBLOCK (`fifo(7)`).
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = match openat(&parent, name, flags, Mode::empty()) {
        Ok(file) => file,
        Err(Errno::LOOP | Errno::NXIO) => return Ok(CollectedFile::NotRegular),
        Err(error) => return Err(error),
    };
    let status = fstat(&file)?;
    if FileType::from_raw_mode(status.st_mode) != FileType::RegularFile {
        return Ok(CollectedFile::NotRegular);
    }
    let size = u64::try_from(status.st_size).unwrap_or(u64::MAX);
    if size > CollectedFile::MAX_BYTES {
        return Ok(CollectedFile::TooLarge { bytes: size });
    }
    // It may grow while it is read.
    let mut rest = std::fs::File::from(file).take(CollectedFile::MAX_BYTES);
    let (mut hash, mut head, mut bytes) = (Sha256::new(), Vec::new(), 0);
    let mut buffer = vec![0; 64 << 10];
    loop {
        let length = rest.read(&mut buffer).map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
        if length == 0 {
            break;
        }
        bytes += length as u64;
        hash.update(&buffer[..length]);
        let room = CollectedFile::KEPT_BYTES - head.len();
        head.extend_from_slice(&buffer[..length.min(room)]);
    }
    let sha256 = hash.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    Ok(CollectedFile::Read { bytes, sha256, head: Bytes(head) })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn only_regular_files_inside_are_read() {
        let (folder, outside) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let root = folder.path();
        fs::create_dir(root.join("sub")).expect("a folder");
        fs::write(root.join("sub/a.bin"), b"abc").expect("written");
        fs::write(outside.path().join("secret"), b"secret").expect("written");
        symlink(outside.path().join("secret"), root.join("link")).expect("a link");
        symlink(outside.path(), root.join("folder")).expect("a link");
        rustix::fs::mkfifoat(CWD, root.join("fifo"), Mode::from_raw_mode(0o600)).expect("a FIFO");
        // SHA-256 of "abc": FIPS 180-2, appendix B.1.
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".to_owned();
        let read = CollectedFile::Read { bytes: 3, sha256, head: Bytes(b"abc".to_vec()) };
        assert_eq!(read_below(root, "sub/a.bin"), Ok(read));
        for path in ["link", "fifo", "sub"] {
            assert_eq!(read_below(root, path), Ok(CollectedFile::NotRegular), "{path}");
        }
        for path in ["absent", "folder/secret", "sub/absent"] {
            assert!(read_below(root, path).is_err(), "{path}");
        }
    }

    #[test]
    fn huge_file_is_not_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let size = CollectedFile::MAX_BYTES + 1;
        fs::File::create(folder.path().join("big")).and_then(|file| file.set_len(size)).expect("a sparse file");
        assert_eq!(read_below(folder.path(), "big"), Ok(CollectedFile::TooLarge { bytes: size }));
    }
}
