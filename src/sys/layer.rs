//! A folder shown at another place, below a layer in memory that takes up all that is written: overlayfs
//! (`Documentation/filesystems/overlayfs.rst`, in a user namespace since Linux 5.11), or a copy where that is refused. The
//! folder itself stays as it is until somebody writes the layer back. It does not know what the files are.

use std::ffi::CString;
use std::fs;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, open};
use rustix::mount::{MountFlags, MoveMountFlags, UnmountFlags, mount, move_mount, unmount};

use super::{SysError, doing};

/// What is below, inside the memory that holds the layer, until it is covered.
const BELOW: &str = ".below";
/// The layer itself.
const ABOVE: &str = ".above";
/// What overlayfs needs for itself.
const WORK: &str = ".work";

/// The layer over a folder.
#[derive(Debug)]
pub struct Layer {
    /// What was written since.
    above: OwnedFd,
    /// The folder, writable by whoever holds this.
    below: OwnedFd,
}

/// How much may be written back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Most {
    /// In all files together.
    pub bytes: u64,
    /// Files and folders.
    pub entries: u64,
}

/// Lays memory over a folder: `tree` is a detached mount of it, `below` another one that stays writable.
///
/// # Errors
/// The kernel refuses the memory or the mounts.
pub(super) fn lay(tree: &OwnedFd, below: OwnedFd, at: &Path, bytes: u64) -> Result<Layer, SysError> {
    const DOING: &str = "mounting an overlay";
    let here = || doing::<io::Error>(DOING, at.display());
    fs::create_dir_all(at).map_err(here())?;
    let data = CString::new(format!("size={bytes},nr_inodes=65536,mode=755")).map_err(doing(DOING, at.display()))?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV;
    mount("tmpfs", at, "tmpfs", flags, data.as_c_str()).map_err(doing(DOING, at.display()))?;
    for name in [BELOW, ABOVE, WORK] {
        fs::create_dir(at.join(name)).map_err(here())?;
    }
    let lower = at.join(BELOW);
    move_mount(tree, "", CWD, &lower, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH).map_err(doing(DOING, at.display()))?;
    let hold = |path: &Path| {
        open(path, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
            .map_err(doing(DOING, path.display()))
    };
    let part = |name: &str| at.join(name).display().to_string();
    let options = format!("lowerdir={},upperdir={},workdir={},userxattr", part(BELOW), part(ABOVE), part(WORK));
    let options = CString::new(options).map_err(doing(DOING, at.display()))?;
    let above = hold(&at.join(ABOVE))?;
    if mount("overlay", at, "overlay", flags, options.as_c_str()).is_ok() {
        return Ok(Layer { above, below });
    }
    // A copy does as well, and takes longer.
    copy(&lower, at, &mut Most { bytes, entries: 65536 }).map_err(here())?;
    unmount(&lower, UnmountFlags::DETACH).map_err(doing(DOING, at.display()))?;
    drop(above);
    for name in [BELOW, ABOVE, WORK] {
        fs::remove_dir_all(at.join(name)).map_err(here())?;
    }
    Ok(Layer { above: hold(at)?, below })
}

impl Layer {
    /// Writes what is in the layer into the folder below: folders and plain files, no links and nothing else. Only when
    /// nothing that could write there lives any more.
    ///
    /// # Errors
    /// It is more than `most`, or it cannot be written.
    pub fn write_back(&self, mut most: Most) -> io::Result<()> {
        let path = |fd: &OwnedFd| PathBuf::from(format!("/proc/self/fd/{}", fd.as_raw_fd()));
        copy(&path(&self.above), &path(&self.below), &mut most)
    }
}

/// Copies folders and plain files, each over what is there.
fn copy(from: &Path, to: &Path, most: &mut Most) -> io::Result<()> {
    let too_much = || io::Error::from(io::ErrorKind::StorageFull);
    // Its own depth is bounded by the kernel's longest path.
    let mut todo = vec![(from.to_owned(), to.to_owned())];
    while let Some((from, to)) = todo.pop() {
        for entry in fs::read_dir(&from)? {
            let entry = entry?;
            let (here, there) = (entry.path(), to.join(entry.file_name()));
            let metadata = fs::symlink_metadata(&here)?;
            if [BELOW, ABOVE, WORK].iter().any(|name| entry.file_name() == *name) {
                continue;
            }
            most.entries = most.entries.checked_sub(1).ok_or_else(too_much)?;
            if metadata.is_dir() {
                match fs::create_dir(&there) {
                    Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                    _ => todo.push((here, there)),
                }
            } else if metadata.is_file() {
                most.bytes = most.bytes.checked_sub(metadata.len()).ok_or_else(too_much)?;
                let _ = fs::remove_file(&there);
                fs::copy(&here, &there)?;
                let mode = metadata.permissions().mode() & 0o755;
                fs::set_permissions(&there, fs::Permissions::from_mode(mode | 0o644))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_is_counted_and_links_are_left_out() {
        let (from, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        fs::create_dir(from.path().join("bin")).expect("a folder");
        fs::write(from.path().join("bin/server"), b"1234").expect("a file");
        std::os::unix::fs::symlink("/etc/passwd", from.path().join("link")).expect("a link");
        let tight = copy(from.path(), to.path(), &mut Most { bytes: 3, entries: 9 });
        assert_eq!(tight.map_err(|error| error.kind()), Err(io::ErrorKind::StorageFull));
        copy(from.path(), to.path(), &mut Most { bytes: 4, entries: 9 }).expect("it fits");
        assert_eq!(fs::read(to.path().join("bin/server")).expect("it is there"), b"1234");
        assert!(!to.path().join("link").exists());
    }
}
