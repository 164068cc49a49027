//! The file system that the first process of a sandbox makes for itself and its children (`mount_namespaces(7)`): a new
//! root, in memory, on which only what is named is shown, read-only: the system's programs and libraries, the tools
//! that the caller names, part of `/etc`, a private `/dev`, a fresh `/proc`, empty scratch folders. Nothing else of the machine is there,
//! neither files nor sockets nor devices. It does not know what the kept folders hold. Linux 5.12 or later, for `mount_setattr(2)`.
#![expect(unsafe_code, reason = "mount_setattr has no safe wrapper")]

mod dev;
mod etc;
mod shown;

use std::ffi::CString;
use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::CWD;
use rustix::io::Errno;
use rustix::mount::{
    MountFlags, MountPropagationFlags, MoveMountFlags, OpenTreeFlags, UnmountFlags, mount, mount_bind_recursive,
    mount_change, move_mount, open_tree, unmount,
};
use rustix::process::{chdir, pivot_root};

pub use self::dev::DEVICES;
pub use self::shown::Shown;
use super::layer::{self, Layer};
use super::{SysError, doing};

/// Folders with the system's programs and libraries, which are always shown.
pub const SYSTEM: [&str; 11] = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/nix/store",
    "/gnu/store",
    // Debian's places for what Ruby and Haskell have installed.
    "/var/lib/gems",
    "/var/lib/ghc",
];
/// What runtimes look up of the machine: how many processors there are, how memory is paged. Not the network's interfaces, disks
/// or control groups.
pub const SYSFS: [&str; 3] =
    ["/sys/devices/system/cpu", "/sys/devices/system/node", "/sys/kernel/mm/transparent_hugepage"];
/// Where the new root is laid until it is the root; the first one that is there. What lay in it is reached by the old root.
const STAGING: [&str; 4] = ["/tmp", "/var/tmp", "/run", "/mnt"];
/// The old root, while the new one is made.
const OLD: &str = "/.old";
/// Empty places that everybody may write to.
pub const SCRATCH: [&str; 3] = ["/tmp", "/var/tmp", "/dev/shm"];
/// Files of `/proc` that name keys of this user outside (`keyrings(7)`).
const MASKED: [&str; 2] = ["/proc/keys", "/proc/key-users"];

/// `include/uapi/linux/mount.h`
const MOUNT_ATTR_RDONLY: u64 = 0x1;
const MOUNT_ATTR_NODEV: u64 = 0x4;

/// What a sandbox shows, besides [`SYSTEM`], [`SYSFS`], [`DEVICES`] and a part of `/etc`.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// Folders (or files) that stay, writable, at their own paths.
    pub keep: &'a [PathBuf],
    /// Folders and files that are not shown though they lie in a place that is, by their real names: the folders are empty, the
    /// files cannot be used.
    pub hide: &'a [PathBuf],
    /// A folder that is shown at another path, with a layer in memory over it.
    pub layered: Option<(&'a Path, &'a Path)>,
    /// The user's home: an empty folder inside.
    pub home: &'a Path,
    /// Files of `/etc` with texts of their own, by their names.
    pub etc: &'a [(&'a str, String)],
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
    /// The layer over the folder that was asked for with one.
    pub layer: Option<Layer>,
}

/// A folder that was taken out of the tree before it was left.
struct Kept {
    path: PathBuf,
    folder: bool,
    tree: OwnedFd,
}

/// Makes the view and moves into it. For init of the sandbox, once. `shown` is what is shown read-only at its own path.
/// Afterwards the working folder is `/`, and nothing of the old root can be reached.
///
/// # Errors
/// Where a step is refused, or a folder of `keep` is not there. The view is then half made, and init should end.
pub fn prepare_mounts(view: &View<'_>, mut shown: Shown) -> Result<Mounts, SysError> {
    let mut mounts = Mounts::default();
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    mount_change("/", private).map_err(doing("making mounts private", "/"))?;
    let kept = view.keep.iter().map(|path| take(path)).collect::<Result<Vec<Kept>, SysError>>()?;
    let layered = match view.layered {
        Some((from, at)) => Some((take(from)?, take(from)?, at)),
        None => None,
    };

    enter_new_root()?;
    mounts.own_proc = mount_proc()?;
    dev::fill(&old("/dev"))?;
    etc::fill(&old("/etc"), view.etc)?;
    for place in SYSFS.iter().map(Path::new).filter(|place| old(place).is_dir()) {
        bind_shown(&old(place), place)?;
    }
    for place in SCRATCH {
        make_mount_point(Path::new(place), true)?;
        scratch(place, "1777", view.scratch_bytes)?;
    }
    show(&mut shown, view.hide)?;
    for folder in ["/run", "/home"].iter().map(Path::new).chain(kept.iter().map(Kept::mount_point)) {
        // One that lies in a place that is shown is there already.
        let _ = fs::create_dir_all(folder);
    }
    for file in kept.iter().filter(|taken| !taken.folder && !taken.path.exists()) {
        fs::File::create(&file.path).map_err(doing("creating a file", file.path.display()))?;
    }
    unmount(OLD, UnmountFlags::DETACH).map_err(doing("removing the old root", OLD))?;
    fs::remove_dir(OLD).map_err(doing("removing the old root", OLD))?;
    set_attributes(CWD, Path::new("/"), libc::AT_RECURSIVE, &READ_ONLY)?;
    // Kernel settings are made through `/proc`; an outer one stays as it is.
    for place in SCRATCH.into_iter().chain(mounts.own_proc.then_some("/proc")) {
        set_attributes(CWD, Path::new(place), 0, &WRITABLE)?;
    }

    // What else is writable comes last: over what is read-only now.
    for taken in &kept {
        put_back(taken)?;
    }
    if let Some((tree, below, at)) = layered {
        restrict(&tree.tree, Path::new(""))?;
        mounts.layer = Some(layer::lay(&tree.tree, below.tree, at, view.scratch_bytes)?);
    }
    // Last: what was put back may hold some of them.
    let masked = MASKED.iter().map(PathBuf::from).filter(|_| mounts.own_proc);
    for file in view.hide.iter().cloned().chain(masked).filter(|path| path.is_file()) {
        put_back(&Kept { path: file, ..take(Path::new("/dev/null"))? })?;
    }
    if view.home.is_absolute() && !view.home.exists() {
        fs::create_dir_all(view.home).map_err(doing("creating a directory", view.home.display()))?;
    }
    Ok(mounts)
}

impl Kept {
    /// The folder that must be there for it.
    fn mount_point(&self) -> &Path {
        if self.folder { &self.path } else { self.path.parent().unwrap_or(&self.path) }
    }
}

/// Makes a file system in memory this process's root; the old root is at [`OLD`] then.
fn enter_new_root() -> Result<(), SysError> {
    const DOING: &str = "creating the new root";
    let at = STAGING.into_iter().find(|place| Path::new(place).is_dir()).unwrap_or(STAGING[0]);
    let failed = |error: Errno| doing(DOING, at)(error);
    mount("root", at, "tmpfs", MountFlags::NOSUID | MountFlags::NODEV, Some(c"size=16m,nr_inodes=16384,mode=755"))
        .map_err(failed)?;
    chdir(at).map_err(failed)?;
    fs::create_dir(&OLD[1..]).map_err(doing(DOING, OLD))?;
    // EINVAL where the root is the kernel's initial one, which cannot be moved (pivot_root(2)).
    pivot_root(".", &OLD[1..]).map_err(failed)?;
    chdir("/").map_err(failed)
}

/// Where a path of the machine is while the new root is made.
fn old(path: impl AsRef<Path>) -> PathBuf {
    let path = path.as_ref();
    Path::new(OLD).join(path.strip_prefix("/").unwrap_or(path))
}

/// Shows the places, outer ones first, and hides folders: what is hidden in a shown place, and shown again inside that.
fn show(shown: &mut Shown, hide: &[PathBuf]) -> Result<(), SysError> {
    for (path, target) in &shown.links {
        if !shown.covers(path) && path.symlink_metadata().is_err() {
            if let Some(above) = path.parent() {
                let _ = fs::create_dir_all(above);
            }
            std::os::unix::fs::symlink(target, path).map_err(doing("recreating a symbolic link", path.display()))?;
        }
    }
    let hidden = hide.iter().filter(|path| old(path).is_dir()).map(|path| (path.clone(), false));
    let mut all: Vec<(PathBuf, bool)> = shown.places.iter().map(|path| (path.clone(), true)).chain(hidden).collect();
    all.sort_by(|a, b| (a.0.components().count(), a).cmp(&(b.0.components().count(), b)));
    let mut done: Vec<(PathBuf, bool)> = Vec::new();
    for (path, is_shown) in all {
        // By the nearest folder around it that was dealt with: the list is in the order of depth.
        let around = done.iter().rev().find(|(outer, _)| path.starts_with(outer)).is_some_and(|&(_, shown)| shown);
        match (is_shown, around) {
            // It is there already, and what nobody shows need not be hidden.
            (true, true) | (false, false) => continue,
            (true, false) => show_place(&path, shown.trees.remove(&path))?,
            (false, true) => hide_folder(&path)?,
        }
        done.push((path, is_shown));
    }
    Ok(())
}

fn show_place(path: &Path, tree: Option<OwnedFd>) -> Result<(), SysError> {
    if let Some(tree) = tree {
        return put_back(&Kept { path: path.to_owned(), folder: is_folder(&tree), tree });
    }
    bind_shown(&old(path), path)
}

fn is_folder(tree: &OwnedFd) -> bool {
    rustix::fs::fstat(tree).is_ok_and(|found| rustix::fs::FileType::from_raw_mode(found.st_mode).is_dir())
}

/// Mounts a folder or a file at another path too, which is made. One that this user may not reach is left out.
fn bind_shown(from: &Path, to: &Path) -> Result<(), SysError> {
    match fs::metadata(from) {
        Ok(found) => make_mount_point(to, found.is_dir())?,
        Err(_) => return Ok(()),
    }
    match mount_bind_recursive(from, to) {
        Ok(()) | Err(Errno::ACCESS | Errno::NOENT) => Ok(()),
        Err(error) => Err(doing("binding a directory", to.display())(error)),
    }
}

fn make_mount_point(path: &Path, folder: bool) -> Result<(), SysError> {
    let made = if folder {
        fs::create_dir_all(path)
    } else {
        fs::create_dir_all(path.parent().unwrap_or(path)).and_then(|()| fs::File::create(path).map(drop))
    };
    made.map_err(doing("creating a mount point", path.display()))
}

/// Covers a folder with an empty one. What is shown in it gets its mount points there, so that it becomes read-only later.
fn hide_folder(path: &Path) -> Result<(), SysError> {
    scratch(&path.to_string_lossy(), "755", 1 << 20)
}

/// Mounts an empty folder in memory.
fn scratch(place: &str, mode: &str, bytes: u64) -> Result<(), SysError> {
    const DOING: &str = "mounting an empty directory";
    let data = CString::new(format!("size={bytes},nr_inodes=65536,mode={mode}")).map_err(doing(DOING, place))?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV;
    mount("tmpfs", place, "tmpfs", flags, data.as_c_str()).map_err(doing(DOING, place))
}

fn take(path: &Path) -> Result<Kept, SysError> {
    let path = fs::canonicalize(path).map_err(doing("binding a directory into the sandbox", path.display()))?;
    Ok(Kept { folder: path.is_dir(), tree: open_copy(&path)?, path })
}

/// A detached copy of the mount, and all below it.
fn open_copy(path: &Path) -> Result<OwnedFd, SysError> {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_RECURSIVE;
    open_tree(CWD, path, flags).map_err(doing("binding a directory into the sandbox", path.display()))
}

/// Shows a text in the place of a file, read-only. For init of a sandbox whose `/tmp` is its own already, once.
///
/// # Errors
/// There is no such file, or a step is refused: then it is shown as it was.
pub fn replace_file(path: &Path, text: &str) -> Result<(), SysError> {
    const DOING: &str = "binding a file";
    const FROM: &str = "/tmp/.shown";
    let path = fs::canonicalize(path).map_err(doing(DOING, path.display()))?;
    fs::write(FROM, text).map_err(doing(DOING, FROM))?;
    let shown = take(Path::new(FROM)).and_then(|taken| {
        restrict(&taken.tree, Path::new(""))?;
        put_back(&Kept { path, ..taken })
    });
    // What is mounted stays without its name.
    let _ = fs::remove_file(FROM);
    shown
}

fn put_back(taken: &Kept) -> Result<(), SysError> {
    let path = &taken.path;
    if !path.exists() {
        make_mount_point(path, taken.folder)?;
    }
    move_mount(&taken.tree, "", CWD, path, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)
        .map_err(doing("restoring a directory", path.display()))
}

/// Mounts this pid namespace's `/proc`, or the present one where that is denied ("mount too revealing" is `EPERM`,
/// `mount_too_revealing` in `fs/namespace.c`); whether it is the own one.
fn mount_proc() -> Result<bool, SysError> {
    fs::create_dir("/proc").map_err(doing("creating a directory", "/proc"))?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    match mount("proc", "/proc", "proc", flags, None) {
        Ok(()) => Ok(true),
        Err(Errno::PERM) => bind_shown(&old("/proc"), Path::new("/proc")).map(|()| false),
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

const READ_ONLY: MountAttributes =
    MountAttributes { set: MOUNT_ATTR_RDONLY, clear: 0, propagation: 0, user_namespace: 0 };
const WRITABLE: MountAttributes =
    MountAttributes { set: 0, clear: MOUNT_ATTR_RDONLY, propagation: 0, user_namespace: 0 };

/// Makes the mount at `path`, or `at` itself, and all mounts below it read-only, without devices, and private.
fn restrict(at: impl AsFd, path: &Path) -> Result<(), SysError> {
    let set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV;
    let attributes = MountAttributes { set, propagation: libc::MS_PRIVATE, ..MountAttributes::default() };
    set_attributes(at, path, libc::AT_RECURSIVE, &attributes)
}

/// `mount_setattr(2)`
fn set_attributes(
    at: impl AsFd,
    path: &Path,
    flags: libc::c_int,
    attributes: &MountAttributes,
) -> Result<(), SysError> {
    const DOING: &str = "changing mount attributes";
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
