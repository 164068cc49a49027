//! Lists the open files of a process: its sockets and its anonymous files.
//!
//! Uses every available way to inspect a process: a socket without a known owner would look like a
//! server that does not listen.

use std::collections::{HashMap, HashSet};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::{fs, io};

use rustix::io::Errno;
use rustix::process::{PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};

use super::procfs;
use crate::model::net::Pid;

/// Error for a process that this one may not inspect: it is not dumpable (`PR_SET_DUMPABLE`), or
/// its executable is not readable (`prctl(2)`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotInspectable;

/// Returns the inodes of a process's open sockets; none if it has exited.
///
/// # Errors
/// Returns an error if the process may not be inspected.
pub fn sockets_of(pid: Pid) -> Result<HashSet<u64>, NotInspectable> {
    let mut found = HashSet::new();
    for_each_fd(pid, |path| found.extend(socket_inode(path)))?;
    Ok(found)
}

/// Returns the number of open descriptors of a process (`proc_pid_fd(5)`); `None` if it may not be
/// inspected.
#[must_use]
pub fn descriptor_count(pid: Pid) -> Option<u64> {
    let mut count = 0;
    for_each_fd(pid, |_| count += 1).ok()?;
    Some(count)
}

/// Returns the memory of a process's open anonymous files (`memfd_create(2)`), in bytes, by device
/// and inode. Pages that no process maps are not counted elsewhere. Empty if the process may not be
/// inspected.
#[must_use]
pub fn memfds_of(pid: Pid) -> HashMap<(u64, u64), u64> {
    let mut found = HashMap::new();
    let _ = for_each_fd(pid, |path| {
        let is_nameless = fs::read_link(path).is_ok_and(|link| link.as_os_str().as_bytes().starts_with(b"/memfd:"));
        let file = fs::metadata(path).ok().filter(|_| is_nameless);
        // Always in units of 512 bytes, whatever the file system's block size (`stat(3type)`).
        found.extend(file.map(|file| ((file.dev(), file.ino()), file.blocks() * 512)));
    });
    found
}

/// Returns the number of descriptors in transit in a process's unix sockets (`SCM_RIGHTS`,
/// unix(7)), whose files belong to no process. Needs Linux 5.9; 0 if the process may not be
/// inspected.
#[must_use]
pub fn fds_in_transit(pid: Pid) -> u64 {
    let mut sum = 0;
    let _ = for_each_fd(pid, |path| {
        let Some((folder, name)) = path.parent().and_then(Path::parent).zip(path.file_name()) else { return };
        let info = fs::read_to_string(folder.join("fdinfo").join(name)).unwrap_or_default();
        let count = info.lines().find_map(|line| line.strip_prefix("scm_fds:")?.trim().parse::<u64>().ok());
        sum += count.unwrap_or(0);
    });
    sum
}

/// Returns the inode of the socket behind a descriptor of a process, if it is a socket and the
/// process may be inspected.
#[must_use]
pub fn socket_at(pid: Pid, fd: i32) -> Option<u64> {
    socket_inode(Path::new(&format!("/proc/{pid}/fd/{fd}")))
}

/// Parses the inode from a link like `socket:[4242]`.
fn socket_inode(path: &Path) -> Option<u64> {
    let link = fs::read_link(path).ok()?.into_os_string().into_string().ok()?;
    let number = link.strip_prefix("socket:[")?.strip_suffix(']')?;
    number.parse().ok()
}

/// Calls `see` with the path of each open file.
fn for_each_fd(pid: Pid, mut see: impl FnMut(&Path)) -> Result<(), NotInspectable> {
    let mut is_denied = false;
    // The list of a first thread that has exited is empty or unreadable. Use another thread's.
    for thread in procfs::threads_of(pid) {
        match fs::read_dir(format!("/proc/{thread}/fd")) {
            Ok(entries) => {
                let mut any = false;
                for entry in entries.flatten() {
                    see(&entry.path());
                    any = true;
                }
                if any {
                    return Ok(());
                }
            }
            Err(error) => is_denied |= error.kind() == io::ErrorKind::PermissionDenied,
        }
    }
    // An exiting process is unreadable for a moment too, and has no files.
    match fd_table_size(pid).filter(|_| is_denied) {
        Some(capacity) => for_each_copied_fd(pid, capacity, see),
        None => Ok(()),
    }
}

/// Returns the size of the descriptor table of a live process (`proc_pid_status(5)`, FDSize).
/// `None` if its memory is freed, since it is exiting.
fn fd_table_size(pid: Pid) -> Option<i32> {
    procfs::threads_of(pid).into_iter().find_map(|thread| {
        let status = fs::read_to_string(format!("/proc/{thread}/status")).ok()?;
        let field = |name| status.lines().find_map(|line| line.strip_prefix(name));
        field("VmSize:")?;
        field("FDSize:")?.trim().parse().ok()
    })
}

/// Like [`for_each_fd`], through copies of the descriptors, which only needs ptrace permission. The
/// first process of a namespace has it, but cannot read `/proc/PID/fd`, whose owner is a root that
/// the namespace does not map.
fn for_each_copied_fd(pid: Pid, capacity: i32, mut see: impl FnMut(&Path)) -> Result<(), NotInspectable> {
    let process = rustix::process::Pid::from_raw(pid).and_then(|number| pidfd_open(number, PidfdFlags::empty()).ok());
    let Some(process) = process else { return Ok(()) };
    for number in 0..capacity {
        match pidfd_getfd(&process, number, PidfdGetfdFlags::empty()) {
            Ok(copy) => see(Path::new(&format!("/proc/self/fd/{}", copy.as_raw_fd()))),
            Err(Errno::PERM | Errno::NOSYS) => return Err(NotInspectable),
            // The descriptor is not open, or the process has exited.
            Err(_) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::os::unix::fs::FileExt;
    use std::os::unix::net::UnixStream;

    use super::*;

    fn own_pid() -> Pid {
        rustix::process::getpid().as_raw_pid()
    }

    #[test]
    fn descriptors_in_transit_are_counted() {
        // Other tests of this process pass descriptors at the same time.
        let before = fds_in_transit(std::process::id() as Pid);
        let (one, other) = UnixStream::pair().expect("a pair");
        for _ in 0..40 {
            crate::sys::fd_passing::send_fd(&one, &one).expect("sent");
        }
        assert!(fds_in_transit(std::process::id() as Pid) >= before.saturating_sub(8) + 32);
        drop(other);
    }

    #[test]
    fn own_sockets_are_listed() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let inode = fs::metadata(format!("/proc/self/fd/{}", listener.as_raw_fd())).expect("it is open").ino();
        assert!(sockets_of(own_pid()).is_ok_and(|found| found.contains(&inode)));
        assert_eq!(sockets_of(0), Ok(HashSet::new()));
    }

    #[test]
    fn memfd_counts_its_allocated_memory() {
        let file = rustix::fs::memfd_create("a_file", rustix::fs::MemfdFlags::CLOEXEC).expect("a file in memory");
        let file = fs::File::from(file);
        let _other = file.try_clone().expect("a second descriptor");
        file.set_len(1 << 40).expect("longer");
        file.write_all_at(&[1; 1 << 20], 1 << 30).expect("written");
        let own = file.metadata().expect("its data");
        assert_eq!(memfds_of(own_pid()).get(&(own.dev(), own.ino())), Some(&(1 << 20)));
        assert!(procfs::MachineMemory::read().in_files.is_some_and(|all| all >= 1 << 20));
        assert!(memfds_of(0).is_empty());
    }
}
