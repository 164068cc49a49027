//! Builds the private `/dev` of a sandbox: the devices that programs need, and private terminals,
//! but no terminals of the machine.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use rustix::mount::{MountFlags, mount, mount_bind};

use crate::sys::{Operation, SysError, doing};

/// The devices that are shown, as in container runtimes (OCI runtime specification, "Default
/// Devices").
pub(crate) const DEVICES: [&str; 6] = ["null", "zero", "full", "random", "urandom", "tty"];
const LINKS: [(&str, &str); 5] = [
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
    ("ptmx", "pts/ptmx"),
];

/// Fills the new `/dev` with devices of the machine from `from`. The caller mounts `/dev/shm`.
///
/// # Errors
/// Returns an error if a mount is refused.
pub(super) fn fill(from: &Path) -> Result<(), SysError> {
    let dev = Path::new("/dev");
    let made = fs::create_dir_all(dev.join("shm")).and_then(|()| fs::create_dir(dev.join("pts")));
    made.map_err(doing(Operation::CreateDirectory, "/dev"))?;
    for device in DEVICES {
        let (from, to) = (from.join(device), dev.join(device));
        if from.exists() {
            fs::File::create(&to).map_err(doing(Operation::CreateFile, to.display()))?;
            mount_bind(&from, &to).map_err(doing(Operation::BindDevice, to.display()))?;
        }
    }
    for (name, target) in LINKS {
        symlink(target, dev.join(name)).map_err(doing(Operation::CreateSymlink, name))?;
    }
    // A separate instance: its terminals do not belong to the machine and do not count towards its
    // limit (Documentation/filesystems/devpts.rst).
    let flags = MountFlags::NOSUID | MountFlags::NOEXEC;
    mount("devpts", "/dev/pts", "devpts", flags, Some(c"newinstance,ptmxmode=0666,mode=620,max=64"))
        .map_err(doing(Operation::Mount, "/dev/pts"))
}
