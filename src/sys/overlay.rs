//! Shows a folder at another path, under an in-memory layer that receives all writes.
//!
//! Uses overlayfs (`Documentation/filesystems/overlayfs.rst`; in a user namespace since Linux
//! 5.11), or a copy if that is refused. The folder itself does not change until
//! [`Overlay::write_back`]. Does not know the contents of the files.

use std::ffi::CString;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::{fs, io};

use rustix::fs::{CWD, Mode, OFlags, open};
use rustix::mount::{MountFlags, MoveMountFlags, UnmountFlags, mount, move_mount, unmount};

use super::{Operation, SysError, doing};

/// Mount point of the lower folder inside the tmpfs, until the overlay covers it.
const BELOW: &str = ".below";
/// The upper folder, which receives the writes.
const ABOVE: &str = ".above";
/// The work folder of overlayfs.
const WORK: &str = ".work";

/// An in-memory layer over a folder.
#[derive(Debug)]
pub(crate) struct Overlay {
    /// The changes: the upper folder, or the copy.
    upper: OwnedFd,
    /// The original folder, writable through this descriptor.
    lower: OwnedFd,
}

/// The limits of writing back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CopyLimits {
    /// Total size of all files.
    pub bytes: u64,
    /// Number of files and folders.
    pub entries: u64,
}

/// Mounts an in-memory layer over a folder: `tree` is a detached mount of it, `below` another that
/// stays writable.
///
/// # Errors
/// Returns an error if the kernel refuses the tmpfs or a mount.
pub(super) fn mount_overlay(tree: &OwnedFd, below: OwnedFd, at: &Path, bytes: u64) -> Result<Overlay, SysError> {
    const DOING: Operation = Operation::MountOverlay;
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
        return Ok(Overlay { upper: above, lower: below });
    }
    // A copy is equivalent but slower.
    copy(&lower, at, &mut CopyLimits { bytes, entries: 65536 }).map_err(here())?;
    unmount(&lower, UnmountFlags::DETACH).map_err(doing(DOING, at.display()))?;
    drop(above);
    for name in [BELOW, ABOVE, WORK] {
        fs::remove_dir_all(at.join(name)).map_err(here())?;
    }
    Ok(Overlay { upper: hold(at)?, lower: below })
}

impl Overlay {
    /// Copies the contents of the layer into the folder below: folders and regular files only, no
    /// links. Call it when no process that could write to the layer is alive.
    ///
    /// # Errors
    /// Returns an error if the contents exceed `most`, or if writing fails.
    pub(crate) fn write_back(&self, mut most: CopyLimits) -> io::Result<()> {
        let path = |fd: &OwnedFd| PathBuf::from(format!("/proc/self/fd/{}", fd.as_raw_fd()));
        copy(&path(&self.upper), &path(&self.lower), &mut most)
    }
}

/// Copies folders and regular files, replacing existing files.
fn copy(from: &Path, to: &Path, most: &mut CopyLimits) -> io::Result<()> {
    let too_much = || io::Error::from(io::ErrorKind::StorageFull);
    // The kernel's maximum path length bounds the depth.
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
    fn copy_counts_entries_and_skips_links() {
        let (from, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        fs::create_dir(from.path().join("bin")).expect("a folder");
        fs::write(from.path().join("bin/server"), b"1234").expect("a file");
        std::os::unix::fs::symlink("/etc/passwd", from.path().join("link")).expect("a link");
        let tight = copy(from.path(), to.path(), &mut CopyLimits { bytes: 3, entries: 9 });
        assert_eq!(tight.map_err(|error| error.kind()), Err(io::ErrorKind::StorageFull));
        copy(from.path(), to.path(), &mut CopyLimits { bytes: 4, entries: 9 }).expect("it fits");
        assert_eq!(fs::read(to.path().join("bin/server")).expect("it is there"), b"1234");
        assert!(!to.path().join("link").exists());
    }
}
