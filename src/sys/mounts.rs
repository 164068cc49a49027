//! The view of the file system that init of a sandbox makes for itself and its children (`mount_namespaces(7)`):
//! everything outside read-only, private and shared scratch places empty, a fresh `/proc`. It does not know what the
//! kept folders hold. Linux 5.12 or later, for `mount_setattr(2)`.
#![expect(unsafe_code, reason = "mount_setattr has no safe wrapper")]

use std::ffi::CString;
use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::CWD;
use rustix::io::Errno;
use rustix::mount::{
    MountFlags, MountPropagationFlags, MoveMountFlags, OpenTreeFlags, mount, mount_change, move_mount, open_tree,
};

use super::layer::{self, Layer};
use super::{SysError, doing};

/// Places that hold other people's files, or the sockets of services outside that would act for this user (D-Bus,
/// systemd, Docker): a unix socket is reached across network namespaces.
const HIDDEN: [&str; 6] = ["/tmp", "/var/tmp", "/dev/shm", "/home", "/root", "/run"];

/// `include/uapi/linux/mount.h`
const MOUNT_ATTR_RDONLY: u64 = 0x1;

/// What a sandbox shows.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// Folders (or files) that stay, writable, at their own paths.
    pub keep: &'a [PathBuf],
    /// Folders (or files) that stay, read-only, at their own paths.
    pub keep_read_only: &'a [PathBuf],
    /// Folders and files that are hidden besides the usual ones, by their real names: the folders are empty, the files cannot be
    /// used.
    pub hide: &'a [PathBuf],
    /// A folder that is shown at another path, with a layer in memory over it.
    pub layered: Option<(&'a Path, &'a Path)>,
    /// The user's home: an empty folder inside.
    pub home: &'a Path,
    /// How much each empty place may hold, in bytes.
    pub scratch_bytes: u64,
}

/// How it came out.
#[derive(Debug, Default)]
pub struct Mounts {
    /// Whether `/proc` shows the new pid namespace. It cannot be mounted where parts of the present one are masked
    /// (containers); then the outer one stays, and the numbers in it are the outer ones: `owners` does not know the
    /// processes of the sandbox by the numbers that they have in it.
    pub own_proc: bool,
    /// Folders of `keep_read_only` that are not there, or that this user may not reach.
    pub not_kept: Vec<PathBuf>,
    /// The layer over the folder that was asked for with one.
    pub layer: Option<Layer>,
}

/// A folder that was taken out of the tree before it was hidden.
struct Kept {
    path: PathBuf,
    folder: bool,
    tree: OwnedFd,
}

/// Makes the view. For init of the sandbox, once. Afterwards the working folder is `/`.
///
/// # Errors
/// Where a step is refused, or a folder of `keep` is not there. The view is then half made, and init should end.
pub fn prepare_mounts(view: &View<'_>) -> Result<Mounts, SysError> {
    let mut mounts = Mounts::default();
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    mount_change("/", private).map_err(doing("making the mounts private", "/"))?;

    let mut kept = Vec::new();
    for path in view.keep {
        kept.push(take(path)?);
    }
    for path in view.keep_read_only {
        match take(path) {
            Ok(taken) => {
                read_only(&taken.tree, Path::new(""))?;
                kept.push(taken);
            }
            Err(error) if is_out_of_reach(&error) => mounts.not_kept.push(path.clone()),
            Err(error) => return Err(error),
        }
    }
    let layered = match view.layered {
        Some((from, at)) => Some((take(from)?, take(from)?, at)),
        None => None,
    };
    // A folder before what lies in it.
    kept.sort_by_key(|taken| taken.path.components().count());

    rustix::process::chdir("/").map_err(doing("leaving the folder", "/"))?;
    mounts.own_proc = mount_proc()?;
    read_only(CWD, Path::new("/"))?;
    // Kernel settings are made through it. What a container locked read-only in it stays so.
    let _ = writable(CWD, Path::new("/proc"));

    for place in places(view) {
        hide(&place, view.scratch_bytes)?;
    }
    for taken in kept {
        put_back(&taken)?;
    }
    if let Some((tree, below, at)) = layered {
        read_only(&tree.tree, Path::new(""))?;
        mounts.layer = Some(layer::lay(&tree.tree, below.tree, at, view.scratch_bytes)?);
    }
    // Last: what was put back may hold some of them.
    for file in view.hide.iter().filter(|path| path.is_file()) {
        put_back(&Kept { path: file.clone(), ..take(Path::new("/dev/null"))? })?;
    }
    if view.home.is_absolute() && !view.home.exists() {
        // A home elsewhere on the read-only root cannot be made, and need not be.
        let _ = fs::create_dir_all(view.home);
    }
    Ok(mounts)
}

fn take(path: &Path) -> Result<Kept, SysError> {
    const DOING: &str = "taking a folder into the sandbox";
    let path = fs::canonicalize(path).map_err(doing(DOING, path.display()))?;
    let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_RECURSIVE;
    Ok(Kept { folder: path.is_dir(), tree: open_tree(CWD, &path, flags).map_err(doing(DOING, path.display()))?, path })
}

/// Shows a text in the place of a file, read-only. For init of a sandbox whose `/tmp` is its own already, once.
///
/// # Errors
/// There is no such file, or a step is refused: then it is shown as it was.
pub fn replace_file(path: &Path, text: &str) -> Result<(), SysError> {
    const DOING: &str = "showing another file";
    const FROM: &str = "/tmp/.shown";
    let path = fs::canonicalize(path).map_err(doing(DOING, path.display()))?;
    fs::write(FROM, text).map_err(doing(DOING, FROM))?;
    let shown = take(Path::new(FROM)).and_then(|taken| {
        read_only(&taken.tree, Path::new(""))?;
        put_back(&Kept { path, ..taken })
    });
    // What is mounted stays without its name.
    let _ = fs::remove_file(FROM);
    shown
}

fn is_out_of_reach(error: &SysError) -> bool {
    matches!(error.errno(), Some(libc::ENOENT | libc::EACCES | libc::ENOTDIR))
}

/// The real paths of what is hidden, each folder before what lies in it. What is not there, or not to be reached by
/// this user, is not to be reached by its programs either.
fn places(view: &View<'_>) -> Vec<PathBuf> {
    let mut places: Vec<PathBuf> = HIDDEN
        .iter()
        .map(Path::new)
        .chain([view.home])
        .chain(view.hide.iter().map(PathBuf::as_path))
        .filter(|path| path.is_absolute())
        .filter_map(|path| fs::canonicalize(path).ok())
        .filter(|path| path.is_dir() && path.parent().is_some())
        .collect();
    places.sort();
    // Sorted, a folder is followed by all that lies in it; that goes away with it.
    places.dedup_by(|inner, outer| inner.starts_with(outer));
    places
}

/// Mounts an empty folder over this one. Symbolic links at its top are made again: on NixOS the whole system is
/// reached through `/run/current-system`.
fn hide(place: &Path, bytes: u64) -> Result<(), SysError> {
    const DOING: &str = "mounting an empty folder";
    let links: Vec<(PathBuf, PathBuf)> = fs::read_dir(place)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        // The folder itself tells which they are: there may be thousands of other files.
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_symlink()))
        .filter_map(|entry| fs::read_link(entry.path()).ok().map(|target| (entry.path(), target)))
        .filter(|(_, target)| target.is_absolute() && !target.starts_with(place))
        .collect();
    let shared = ["/tmp", "/var/tmp", "/dev/shm"].iter().any(|path| place == Path::new(path));
    let mode = if shared { "1777" } else { "755" };
    let data = format!("size={bytes},nr_inodes=65536,mode={mode}");
    let data = CString::new(data).map_err(doing(DOING, place.display()))?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV;
    mount("tmpfs", place, "tmpfs", flags, data.as_c_str()).map_err(doing(DOING, place.display()))?;
    for (path, target) in links {
        std::os::unix::fs::symlink(target, &path).map_err(doing("making a link again", path.display()))?;
    }
    Ok(())
}

fn put_back(taken: &Kept) -> Result<(), SysError> {
    const DOING: &str = "putting back a folder";
    let path = &taken.path;
    let here = || doing::<io::Error>(DOING, path.display());
    if !path.exists() {
        if taken.folder {
            fs::create_dir_all(path).map_err(here())?;
        } else {
            fs::create_dir_all(path.parent().unwrap_or(path)).map_err(here())?;
            fs::File::create(path).map_err(here())?;
        }
    }
    move_mount(&taken.tree, "", CWD, path, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)
        .map_err(doing(DOING, path.display()))
}

/// Mounts this pid namespace's `/proc` over the present one; says whether that was allowed ("mount too revealing" is
/// `EPERM`, `mount_too_revealing` in `fs/namespace.c`).
fn mount_proc() -> Result<bool, SysError> {
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    match mount("proc", "/proc", "proc", flags, None) {
        Ok(()) => Ok(true),
        Err(Errno::PERM) => Ok(false),
        Err(error) => Err(doing("mounting", "/proc")(error)),
    }
}

/// `struct mount_attr` of `include/uapi/linux/mount.h`
#[repr(C)]
#[derive(Default)]
struct MountAttributes {
    set: u64,
    clear: u64,
    propagation: u64,
    user_namespace: u64,
}

/// Makes the mount at `path`, or `at` itself, and all mounts below it read-only.
fn read_only(at: impl AsFd, path: &Path) -> Result<(), SysError> {
    let attributes = MountAttributes { set: MOUNT_ATTR_RDONLY, ..MountAttributes::default() };
    set_attributes(at, path, libc::AT_RECURSIVE, &attributes)
}

/// Makes the mount at `path`, not those below it, no longer read-only.
fn writable(at: impl AsFd, path: &Path) -> Result<(), SysError> {
    let attributes = MountAttributes { clear: MOUNT_ATTR_RDONLY, ..MountAttributes::default() };
    set_attributes(at, path, 0, &attributes)
}

/// `mount_setattr(2)`
fn set_attributes(
    at: impl AsFd,
    path: &Path,
    flags: libc::c_int,
    attributes: &MountAttributes,
) -> Result<(), SysError> {
    const DOING: &str = "changing a mount";
    let name = CString::new(path.as_os_str().as_encoded_bytes()).map_err(doing(DOING, path.display()))?;
    // SAFETY: the name ends in a NUL and the structure has the size that is told; the kernel only reads both.
    let done = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            at.as_fd().as_raw_fd(),
            name.as_ptr(),
            libc::AT_EMPTY_PATH | flags,
            std::ptr::from_ref(attributes),
            size_of::<MountAttributes>(),
        )
    };
    if done == 0 {
        return Ok(());
    }
    Err(doing(DOING, path.display())(io::Error::last_os_error()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_a_hidden_place_is_not_hidden_twice() {
        let inner = tempfile::tempdir_in("/tmp").expect("a folder");
        let hide = [inner.path().to_path_buf(), PathBuf::from("/no/such/place")];
        let view = View {
            keep: &[],
            keep_read_only: &[],
            hide: &hide,
            layered: None,
            home: Path::new("/"),
            scratch_bytes: 1 << 20,
        };
        let places = places(&view);
        assert!(places.contains(&PathBuf::from("/tmp")));
        assert!(!places.contains(&hide[0]));
        assert!(!places.contains(&PathBuf::from("/")), "never the root");
        assert_eq!(places.iter().filter(|path| path.ends_with("place")).count(), 0);
    }
}
