//! Changes the mode or times of a file for a program in plain mode. The supervisor makes the change
//! itself, and only to files below the submission's folder.
//!
//! The program's own call is never executed: its path is in memory that the program could change
//! after the check. This process changes the file that it found.
#![expect(unsafe_code, reason = "utimensat through a descriptor's path has no wrapper that takes the raw times")]

use std::ffi::CString;
use std::fs;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, chmod, open, openat2};
use rustix::io::Errno;

use super::syscall_denylist::SYS_FCHMODAT2;
use crate::model::net::Pid;

/// Maximum length of a path (`PATH_MAX`).
const MAX_PATH_BYTES: usize = 4096;

/// The kind of change.
#[derive(Debug, Clone, Copy)]
enum ChangeKind {
    /// The mode, without set-user-ID, set-group-ID and sticky bits.
    Mode(u32),
    /// Access and modification times, as in `utimensat(2)`; `None` means now.
    Times(Option<[libc::timespec; 2]>),
}

/// A change and the path of the file.
#[derive(Debug, Clone)]
pub(super) struct FileChange {
    path: PathBuf,
    follow: bool,
    kind: ChangeKind,
}

impl FileChange {
    /// Decodes a call from its number and arguments; `read` copies bytes from the caller's memory.
    pub(super) fn decode(
        number: i64,
        arguments: [u64; 6],
        thread: Pid,
        read: &dyn Fn(u64, usize) -> Option<Vec<u8>>,
    ) -> Result<Self, Errno> {
        let int = |k: usize| arguments[k] as u32 as i32;
        let of_descriptor = |descriptor: i32| {
            let link = match descriptor {
                libc::AT_FDCWD => format!("/proc/{thread}/cwd"),
                _ => format!("/proc/{thread}/fd/{descriptor}"),
            };
            fs::read_link(link).map_err(|_| Errno::BADF)
        };
        let at = |descriptor: i32, address: u64| {
            let path = read_path(address, read)?;
            if path.as_os_str().is_empty() {
                return of_descriptor(descriptor);
            }
            Ok(if path.is_absolute() { path } else { of_descriptor(descriptor)?.join(path) })
        };
        let times = |address: u64, nanoseconds: bool| -> Result<ChangeKind, Errno> {
            if address == 0 {
                return Ok(ChangeKind::Times(None));
            }
            let bytes = read(address, 32).ok_or(Errno::FAULT)?;
            let word = |k: usize| bytes[8 * k..].first_chunk().map_or(0, |word| i64::from_ne_bytes(*word));
            let fraction = |k: usize| if nanoseconds { word(k) } else { word(k).saturating_mul(1000) };
            let time = |k: usize| libc::timespec { tv_sec: word(k), tv_nsec: fraction(k + 1) };
            Ok(ChangeKind::Times(Some([time(0), time(2)])))
        };
        let (path, follow, what) = match number {
            libc::SYS_fchmod => (of_descriptor(int(0))?, true, ChangeKind::Mode(int(1) as u32)),
            libc::SYS_fchmodat => (at(int(0), arguments[1])?, true, ChangeKind::Mode(int(2) as u32)),
            SYS_FCHMODAT2 => {
                (at(int(0), arguments[1])?, int(3) & libc::AT_SYMLINK_NOFOLLOW == 0, ChangeKind::Mode(int(2) as u32))
            }
            libc::SYS_utimensat => {
                let path = if arguments[1] == 0 { of_descriptor(int(0))? } else { at(int(0), arguments[1])? };
                (path, int(3) & libc::AT_SYMLINK_NOFOLLOW == 0, times(arguments[2], true)?)
            }
            #[cfg(target_arch = "x86_64")]
            libc::SYS_chmod => (at(libc::AT_FDCWD, arguments[0])?, true, ChangeKind::Mode(int(1) as u32)),
            #[cfg(target_arch = "x86_64")]
            libc::SYS_utimes => (at(libc::AT_FDCWD, arguments[0])?, true, times(arguments[1], false)?),
            #[cfg(target_arch = "x86_64")]
            libc::SYS_futimesat => (at(int(0), arguments[1])?, true, times(arguments[2], false)?),
            // utime(2) takes whole seconds in another structure. It is obsolete, so it is denied.
            _ => return Err(Errno::PERM),
        };
        Ok(Self { path, follow, kind: what })
    }

    /// Makes the change if the file is below this folder.
    ///
    /// # Errors
    /// Returns `EPERM` if the file is elsewhere or is a link that leaves the folder, else the
    /// kernel's error.
    pub(super) fn apply(&self, below: &Path) -> Result<(), Errno> {
        let inside = self.path.strip_prefix(below).map_err(|_| Errno::PERM)?;
        let inside = if inside.as_os_str().is_empty() { Path::new(".") } else { inside };
        let folder = open(below, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        // No link in any part of the path may lead out of the folder (openat2(2)).
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        let last = if self.follow { OFlags::empty() } else { OFlags::NOFOLLOW };
        let file: OwnedFd = openat2(&folder, inside, OFlags::PATH | OFlags::CLOEXEC | last, Mode::empty(), resolve)
            .map_err(|error| if error == Errno::XDEV { Errno::PERM } else { error })?;
        // This path refers to the opened file, whatever its name is now.
        let path = format!("/proc/self/fd/{}", file.as_raw_fd());
        match self.kind {
            ChangeKind::Mode(mode) => chmod(&path, Mode::from_raw_mode(mode & 0o777)),
            ChangeKind::Times(times) => set_times(&path, times.as_ref()),
        }
    }
}

fn set_times(path: &str, times: Option<&[libc::timespec; 2]>) -> Result<(), Errno> {
    let path = CString::new(path).map_err(|_| Errno::INVAL)?;
    let times = times.map_or(std::ptr::null(), |times| times.as_ptr());
    // SAFETY: the path ends in a NUL, and `times` is null or two elements; the kernel only reads
    // them.
    let done = unsafe { libc::utimensat(CWD.as_raw_fd(), path.as_ptr(), times, 0) };
    if done == 0 { Ok(()) } else { Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::INVAL)) }
}

/// Reads a path from the caller's memory, in pieces: the page after its end may not be mapped.
fn read_path(address: u64, read: &dyn Fn(u64, usize) -> Option<Vec<u8>>) -> Result<PathBuf, Errno> {
    const PIECE: u64 = 64;
    let mut bytes = Vec::new();
    while bytes.len() < MAX_PATH_BYTES {
        let at = address.checked_add(bytes.len() as u64).ok_or(Errno::FAULT)?;
        // Up to a multiple of the piece size, so that a piece does not cross the end of a page.
        let piece = read(at, (PIECE - at % PIECE) as usize).ok_or(Errno::FAULT)?;
        if let Some(end) = piece.iter().position(|&byte| byte == 0) {
            bytes.extend_from_slice(&piece[..end]);
            return Ok(PathBuf::from(std::ffi::OsString::from_vec(bytes)));
        }
        bytes.extend(piece);
    }
    Err(Errno::NAMETOOLONG)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    fn mode_of(path: &Path) -> u32 {
        fs::metadata(path).expect("it is there").permissions().mode() & 0o7777
    }

    #[test]
    fn changes_are_limited_to_the_folder() {
        let (inside, outside) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let (below, secret) = (inside.path().canonicalize().expect("it is there"), outside.path().join("secret"));
        for file in [&below.join("own"), &secret] {
            fs::write(file, "x").expect("written");
            fs::set_permissions(file, fs::Permissions::from_mode(0o600)).expect("permissions");
        }
        symlink(&secret, below.join("link")).expect("a link");
        symlink(outside.path(), below.join("way")).expect("a link");
        let mode = |path: PathBuf| FileChange { path, follow: true, kind: ChangeKind::Mode(0o4755) }.apply(&below);
        assert_eq!(mode(below.join("own")), Ok(()));
        assert_eq!(mode_of(&below.join("own")), 0o755, "without set-user-ID");
        for path in ["link", "way/secret", "../x"].map(|path| below.join(path)).into_iter().chain([secret.clone()]) {
            assert!(mode(path.clone()).is_err(), "{}", path.display());
        }
        assert_eq!(mode_of(&secret), 0o600);
        let time = libc::timespec { tv_sec: 1_000_000_000, tv_nsec: 0 };
        let times = FileChange { path: below.join("own"), follow: true, kind: ChangeKind::Times(Some([time; 2])) };
        assert_eq!(times.apply(&below), Ok(()));
        assert_eq!(fs::metadata(below.join("own")).expect("it is there").mtime(), 1_000_000_000);
    }

    #[test]
    fn paths_are_read_up_to_their_nul() {
        let mut memory = vec![b'a'; 100];
        memory.push(0);
        let read = |at: u64, length: usize| {
            let at = usize::try_from(at).ok()?.checked_sub(0x1000)?;
            memory.get(at..)?.get(..length.min(memory.len() - at)).map(<[u8]>::to_vec)
        };
        assert_eq!(read_path(0x1000, &read).map(|path| path.as_os_str().len()), Ok(100));
        assert_eq!(read_path(0x10, &read), Err(Errno::FAULT));
        let change = FileChange::decode(libc::SYS_fchmodat, [-100_i64 as u64, 0x1000, 0o644, 0, 0, 0], 1, &read);
        assert!(change.is_ok() || change.as_ref().err() == Some(&Errno::BADF), "{change:?}");
    }
}
