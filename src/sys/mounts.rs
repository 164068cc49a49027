//! Builds the file system of a sandbox, for its first process and that process's children
//! (`mount_namespaces(7)`).
//!
//! It is a new root in memory that shows only listed places, read-only: the system's programs and
//! libraries, the tools that the caller lists, part of `/etc`, a private `/dev`, a new `/proc`, and
//! empty scratch folders. No other files, sockets or devices of the machine are visible. Does not
//! know the contents of the kept folders. Requires Linux 5.12 for `mount_setattr(2)`.
#![expect(unsafe_code, reason = "mount_setattr has no safe wrapper")]

mod allowlist;
mod dev;
mod etc;

use std::ffi::CString;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::{fs, io};

use rustix::fs::CWD;
use rustix::io::Errno;
use rustix::mount::{
    MountFlags, MountPropagationFlags, MoveMountFlags, OpenTreeFlags, UnmountFlags, mount, mount_bind_recursive,
    mount_change, move_mount, open_tree, unmount,
};
use rustix::process::{chdir, pivot_root};

pub(crate) use self::allowlist::VisiblePlaces;
pub(crate) use self::dev::DEVICES;
use super::overlay::{self, Overlay};
use super::{Operation, SysError, doing};

/// Folders of the system's programs and libraries, which are always shown.
pub(crate) const SYSTEM: [&str; 11] = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/nix/store",
    "/gnu/store",
    // Debian's folders for Ruby and Haskell packages.
    "/var/lib/gems",
    "/var/lib/ghc",
];
/// Parts of sysfs that runtimes read: processors and memory paging. Not the network interfaces,
/// disks or control groups.
pub(crate) const SYSFS: [&str; 3] =
    ["/sys/devices/system/cpu", "/sys/devices/system/node", "/sys/kernel/mm/transparent_hugepage"];
/// Candidates for the temporary mount point of the new root; the first existing one is used. Its
/// original contents stay reachable through the old root.
const STAGING: [&str; 4] = ["/tmp", "/var/tmp", "/run", "/mnt"];
/// Mount point of the old root during the setup.
const OLD_ROOT: &str = "/.old";
/// Empty folders that every process may write to.
pub(crate) const SCRATCH: [&str; 3] = ["/tmp", "/var/tmp", "/dev/shm"];
/// Files of `/proc` that list this user's keys outside the sandbox (`keyrings(7)`).
const MASKED: [&str; 2] = ["/proc/keys", "/proc/key-users"];

/// `include/uapi/linux/mount.h`
const MOUNT_ATTR_RDONLY: u64 = 0x1;
const MOUNT_ATTR_NODEV: u64 = 0x4;

/// The contents of a sandbox, in addition to [`SYSTEM`], [`SYSFS`], [`DEVICES`] and part of `/etc`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MountView<'a> {
    /// Folders or files that stay writable at their own paths.
    pub keep: &'a [PathBuf],
    /// Real paths of folders and files to hide inside shown places. Hidden folders are empty;
    /// hidden files cannot be used.
    pub hide: &'a [PathBuf],
    /// A folder and the path at which it is shown, under an in-memory layer.
    pub layered: Option<(&'a Path, &'a Path)>,
    /// The user's home, an empty folder.
    pub home: &'a Path,
    /// Names and contents of files of `/etc` that replace the machine's.
    pub etc: &'a [(&'a str, String)],
    /// Capacity of each scratch folder, in bytes.
    pub scratch_bytes: u64,
}

/// The result of the setup.
#[derive(Debug, Default)]
pub(crate) struct Mounts {
    /// `/proc` shows the new pid namespace. In containers that mask parts of `/proc` it cannot be
    /// mounted, and the outer one stays. Its pids are the outer ones, so `owners` does not find the
    /// processes of the sandbox by their inner pids.
    pub own_proc: bool,
    /// The layer over the folder of `View::layered`.
    pub layer: Option<Overlay>,
}

/// A mount that was detached before the old root was left.
struct SavedMount {
    path: PathBuf,
    folder: bool,
    tree: OwnedFd,
}

/// Builds the view and enters it; call it once, from init of the sandbox. `shown` is visible
/// read-only at its own paths. Afterwards the working folder is `/`, and the old root is
/// unreachable.
///
/// # Errors
/// Returns an error if a step is refused or a folder of `keep` is missing. The view is then
/// incomplete, and init should exit.
pub(crate) fn prepare_mounts(view: &MountView<'_>, mut shown: VisiblePlaces) -> Result<Mounts, SysError> {
    let mut mounts = Mounts::default();
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    mount_change("/", private).map_err(doing(Operation::PrivateMounts, "/"))?;
    let kept = view.keep.iter().map(|path| save_mount(path)).collect::<Result<Vec<SavedMount>, SysError>>()?;
    let layered = match view.layered {
        Some((from, at)) => Some((save_mount(from)?, save_mount(from)?, at)),
        None => None,
    };

    enter_new_root()?;
    mounts.own_proc = mount_proc()?;
    dev::fill(&old_root_path("/dev"))?;
    etc::fill(&old_root_path("/etc"), view.etc)?;
    for place in SYSFS.iter().map(Path::new).filter(|place| old_root_path(place).is_dir()) {
        bind_shown(&old_root_path(place), place)?;
    }
    for place in SCRATCH {
        make_mount_point(Path::new(place), true)?;
        mount_tmpfs(place, "1777", view.scratch_bytes)?;
    }
    apply_view(&mut shown, view.hide)?;
    let layer = view.layered.map(|(_, at)| at).filter(|at| !SCRATCH.iter().any(|scratch| at.starts_with(scratch)));
    let folders = ["/run", "/home"].iter().map(Path::new).chain(layer);
    for folder in folders.chain(kept.iter().map(SavedMount::mount_point)) {
        // A folder inside a shown place exists already.
        let _ = fs::create_dir_all(folder);
    }
    for file in kept.iter().filter(|taken| !taken.folder && !taken.path.exists()) {
        fs::File::create(&file.path).map_err(doing(Operation::CreateFile, file.path.display()))?;
    }
    unmount(OLD_ROOT, UnmountFlags::DETACH).map_err(doing(Operation::RemoveOldRoot, OLD_ROOT))?;
    fs::remove_dir(OLD_ROOT).map_err(doing(Operation::RemoveOldRoot, OLD_ROOT))?;
    set_attributes(CWD, Path::new("/"), libc::AT_RECURSIVE, &READ_ONLY)?;
    // Kernel settings are written through `/proc`; an outer one is not changed.
    for place in SCRATCH.into_iter().chain(mounts.own_proc.then_some("/proc")) {
        set_attributes(CWD, Path::new(place), 0, &WRITABLE)?;
    }

    // Mount the other writable folders last, over the read-only ones.
    for taken in &kept {
        restore_mount(taken)?;
    }
    if let Some((tree, below, at)) = layered {
        make_read_only(&tree.tree, Path::new(""))?;
        mounts.layer = Some(overlay::mount_overlay(&tree.tree, below.tree, at, view.scratch_bytes)?);
    }
    // Last: folders that were put back may contain these files.
    let masked = MASKED.iter().map(PathBuf::from).filter(|_| mounts.own_proc);
    for file in view.hide.iter().cloned().chain(masked).filter(|path| path.is_file()) {
        restore_mount(&SavedMount { path: file, ..save_mount(Path::new("/dev/null"))? })?;
    }
    if view.home.is_absolute() && !view.home.exists() {
        fs::create_dir_all(view.home).map_err(doing(Operation::CreateDirectory, view.home.display()))?;
    }
    Ok(mounts)
}

impl SavedMount {
    /// Returns the folder that must exist to mount it.
    fn mount_point(&self) -> &Path {
        if self.folder { &self.path } else { self.path.parent().unwrap_or(&self.path) }
    }
}

/// Makes a tmpfs the root of this process, with the old root at [`OLD_ROOT`].
fn enter_new_root() -> Result<(), SysError> {
    const DOING: Operation = Operation::CreateNewRoot;
    let at = STAGING.into_iter().find(|place| Path::new(place).is_dir()).unwrap_or(STAGING[0]);
    let failed = |error: Errno| doing(DOING, at)(error);
    mount("root", at, "tmpfs", MountFlags::NOSUID | MountFlags::NODEV, Some(c"size=16m,nr_inodes=16384,mode=755"))
        .map_err(failed)?;
    chdir(at).map_err(failed)?;
    fs::create_dir(&OLD_ROOT[1..]).map_err(doing(DOING, OLD_ROOT))?;
    // EINVAL if the root is the kernel's initial one, which cannot be moved (pivot_root(2)).
    pivot_root(".", &OLD_ROOT[1..]).map_err(failed)?;
    chdir("/").map_err(failed)
}

/// Returns the path in the old root, during the setup.
fn old_root_path(path: impl AsRef<Path>) -> PathBuf {
    let path = path.as_ref();
    Path::new(OLD_ROOT).join(path.strip_prefix("/").unwrap_or(path))
}

/// Shows places and hides folders, outer ones first: a shown place may contain a hidden folder,
/// which may contain a shown place.
fn apply_view(shown: &mut VisiblePlaces, hide: &[PathBuf]) -> Result<(), SysError> {
    for (path, target) in &shown.links {
        if !shown.covers(path) && path.symlink_metadata().is_err() {
            if let Some(above) = path.parent() {
                let _ = fs::create_dir_all(above);
            }
            std::os::unix::fs::symlink(target, path).map_err(doing(Operation::RecreateSymlink, path.display()))?;
        }
    }
    let hidden = hide.iter().filter(|path| old_root_path(path).is_dir()).map(|path| (path.clone(), false));
    let mut all: Vec<(PathBuf, bool)> = shown.places.iter().map(|path| (path.clone(), true)).chain(hidden).collect();
    all.sort_by(|a, b| (a.0.components().count(), a).cmp(&(b.0.components().count(), b)));
    let mut done: Vec<(PathBuf, bool)> = Vec::new();
    for (path, is_shown) in all {
        // The nearest enclosing folder decides. `done` is ordered by depth.
        let around = done.iter().rev().find(|(outer, _)| path.starts_with(outer)).is_some_and(|&(_, shown)| shown);
        match (is_shown, around) {
            // Already visible, or not visible anyway.
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
        return restore_mount(&SavedMount { path: path.to_owned(), folder: is_folder(&tree), tree });
    }
    bind_shown(&old_root_path(path), path)
}

fn is_folder(tree: &OwnedFd) -> bool {
    rustix::fs::fstat(tree).is_ok_and(|found| rustix::fs::FileType::from_raw_mode(found.st_mode).is_dir())
}

/// Bind-mounts a folder or file at another path, which is created. Skips one that this user may not
/// access.
fn bind_shown(from: &Path, to: &Path) -> Result<(), SysError> {
    match fs::metadata(from) {
        Ok(found) => make_mount_point(to, found.is_dir())?,
        Err(_) => return Ok(()),
    }
    match mount_bind_recursive(from, to) {
        Ok(()) | Err(Errno::ACCESS | Errno::NOENT) => Ok(()),
        Err(error) => Err(doing(Operation::BindDirectory, to.display())(error)),
    }
}

fn make_mount_point(path: &Path, folder: bool) -> Result<(), SysError> {
    let made = if folder {
        fs::create_dir_all(path)
    } else {
        fs::create_dir_all(path.parent().unwrap_or(path)).and_then(|()| fs::File::create(path).map(drop))
    };
    made.map_err(doing(Operation::CreateMountPoint, path.display()))
}

/// Covers a folder with an empty one. Shown places inside get their mount points there, so it
/// becomes read-only later.
fn hide_folder(path: &Path) -> Result<(), SysError> {
    mount_tmpfs(&path.to_string_lossy(), "755", 1 << 20)
}

/// Mounts an empty tmpfs.
fn mount_tmpfs(place: &str, mode: &str, bytes: u64) -> Result<(), SysError> {
    const DOING: Operation = Operation::MountEmpty;
    let data = CString::new(format!("size={bytes},nr_inodes=65536,mode={mode}")).map_err(doing(DOING, place))?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV;
    mount("tmpfs", place, "tmpfs", flags, data.as_c_str()).map_err(doing(DOING, place))
}

fn save_mount(path: &Path) -> Result<SavedMount, SysError> {
    let path = fs::canonicalize(path).map_err(doing(Operation::BindOutside, path.display()))?;
    Ok(SavedMount { folder: path.is_dir(), tree: open_copy(&path)?, path })
}

/// Returns a detached copy of the mount and all mounts below it.
fn open_copy(path: &Path) -> Result<OwnedFd, SysError> {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_RECURSIVE;
    open_tree(CWD, path, flags).map_err(doing(Operation::BindOutside, path.display()))
}

/// Replaces a file by a read-only text. For init of a sandbox with a private `/tmp`, once.
///
/// # Errors
/// Returns an error if the file does not exist or a step is refused. The file is then unchanged.
pub(crate) fn replace_file(path: &Path, text: &str) -> Result<(), SysError> {
    const DOING: Operation = Operation::BindFile;
    const FROM: &str = "/tmp/.shown";
    let path = fs::canonicalize(path).map_err(doing(DOING, path.display()))?;
    fs::write(FROM, text).map_err(doing(DOING, FROM))?;
    let shown = save_mount(Path::new(FROM)).and_then(|taken| {
        make_read_only(&taken.tree, Path::new(""))?;
        restore_mount(&SavedMount { path, ..taken })
    });
    // The mount remains without the name.
    let _ = fs::remove_file(FROM);
    shown
}

fn restore_mount(taken: &SavedMount) -> Result<(), SysError> {
    let path = &taken.path;
    if !path.exists() {
        make_mount_point(path, taken.folder)?;
    }
    move_mount(&taken.tree, "", CWD, path, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)
        .map_err(doing(Operation::RestoreDirectory, path.display()))
}

/// Mounts `/proc` of this pid namespace, or binds the present one if that is denied (`EPERM`,
/// `mount_too_revealing` in `fs/namespace.c`). Returns true if it is the new one.
fn mount_proc() -> Result<bool, SysError> {
    fs::create_dir("/proc").map_err(doing(Operation::CreateDirectory, "/proc"))?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    match mount("proc", "/proc", "proc", flags, None) {
        Ok(()) => Ok(true),
        Err(Errno::PERM) => bind_shown(&old_root_path("/proc"), Path::new("/proc")).map(|()| false),
        Err(error) => Err(doing(Operation::Mount, "/proc")(error)),
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

/// Makes the mount at `path` (or `at` itself) and all mounts below it read-only, private and
/// without devices.
fn make_read_only(at: impl AsFd, path: &Path) -> Result<(), SysError> {
    let set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV;
    let attributes = MountAttributes { set, propagation: libc::MS_PRIVATE, ..MountAttributes::default() };
    set_attributes(at, path, libc::AT_RECURSIVE, &attributes)
}

/// Calls `mount_setattr(2)`.
fn set_attributes(
    at: impl AsFd,
    path: &Path,
    flags: libc::c_int,
    attributes: &MountAttributes,
) -> Result<(), SysError> {
    const DOING: Operation = Operation::SetMountAttributes;
    let name = CString::new(path.as_os_str().as_encoded_bytes()).map_err(doing(DOING, path.display()))?;
    // SAFETY: the name ends in a NUL and the structure has the given size; the kernel only reads
    // both.
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
