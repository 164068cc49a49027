//! What a process holds open: its sockets, and files in memory that have no name. Asked for in whatever way it lets itself be
//! looked into, since a socket that nobody seems to hold would be a server that does not listen.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::io::Errno;
use rustix::process::{PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};

use super::owners;
use crate::model::net::Pid;

/// That a process does not let itself be looked into, and this one may not do it all the same: it has closed its memory
/// (`PR_SET_DUMPABLE`), or its file may be executed and not read (`prctl(2)`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed;

/// The inodes of the sockets that a process holds open; none where it is over.
///
/// # Errors
/// It is closed.
pub fn sockets_of(pid: Pid) -> Result<HashSet<u64>, Closed> {
    let mut found = HashSet::new();
    each(pid, |path| found.extend(socket_inode(path)))?;
    Ok(found)
}

/// What the files without a name (`memfd_create(2)`) that a process holds open take of memory, in bytes, by device and inode:
/// what nobody maps of them counts nowhere else. Of a closed process none.
#[must_use]
pub fn nameless_files_of(pid: Pid) -> HashMap<(u64, u64), u64> {
    let mut found = HashMap::new();
    let _ = each(pid, |path| {
        let is_nameless = fs::read_link(path).is_ok_and(|link| link.as_os_str().as_bytes().starts_with(b"/memfd:"));
        let file = fs::metadata(path).ok().filter(|_| is_nameless);
        // In units of 512 bytes whatever the file system's own are (`stat(3type)`).
        found.extend(file.map(|file| ((file.dev(), file.ino()), file.blocks() * 512)));
    });
    found
}

/// How many descriptors wait in the unix sockets of a process until somebody receives them (`SCM_RIGHTS`, unix(7)): no process
/// holds these files. Linux 5.9 and later; of a closed process none.
#[must_use]
pub fn descriptors_under_way(pid: Pid) -> u64 {
    let mut sum = 0;
    let _ = each(pid, |path| {
        let Some((folder, name)) = path.parent().and_then(Path::parent).zip(path.file_name()) else { return };
        let info = fs::read_to_string(folder.join("fdinfo").join(name)).unwrap_or_default();
        let count = info.lines().find_map(|line| line.strip_prefix("scm_fds:")?.trim().parse::<u64>().ok());
        sum += count.unwrap_or(0);
    });
    sum
}

/// `socket:[4242]` is 4242.
fn socket_inode(path: &Path) -> Option<u64> {
    let link = fs::read_link(path).ok()?.into_os_string().into_string().ok()?;
    let number = link.strip_prefix("socket:[")?.strip_suffix(']')?;
    number.parse().ok()
}

/// Shows the path of each open file.
fn each(pid: Pid, mut see: impl FnMut(&Path)) -> Result<(), Closed> {
    let mut is_denied = false;
    // A first thread that has ended holds nothing, or does not let that be seen; the others do.
    for thread in owners::threads_of(pid) {
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
    // One that is just ending is as closed for a moment, and holds nothing any more.
    match slots(pid).filter(|_| is_denied) {
        Some(slots) => each_copy(pid, slots, see),
        None => Ok(()),
    }
}

/// How many places a living process has for descriptors (`proc_pid_status(5)`, FDSize); nothing where its memory is gone: it ends.
fn slots(pid: Pid) -> Option<i32> {
    owners::threads_of(pid).into_iter().find_map(|thread| {
        let status = fs::read_to_string(format!("/proc/{thread}/status")).ok()?;
        let field = |name| status.lines().find_map(|line| line.strip_prefix(name));
        field("VmSize:")?;
        field("FDSize:")?.trim().parse().ok()
    })
}

/// The same by copies of its descriptors, for which the right to trace it is enough: the first process of a namespace has it. In
/// `/proc` its files belong to a root that such a namespace does not have.
fn each_copy(pid: Pid, slots: i32, mut see: impl FnMut(&Path)) -> Result<(), Closed> {
    let process = rustix::process::Pid::from_raw(pid).and_then(|number| pidfd_open(number, PidfdFlags::empty()).ok());
    let Some(process) = process else { return Ok(()) };
    for number in 0..slots {
        match pidfd_getfd(&process, number, PidfdGetfdFlags::empty()) {
            Ok(copy) => see(Path::new(&format!("/proc/self/fd/{}", copy.as_raw_fd()))),
            Err(Errno::PERM | Errno::NOSYS) => return Err(Closed),
            // No file has this number, or the process is over.
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
    fn descriptors_under_way_are_counted_until_they_are_received() {
        // Other tests of this process pass descriptors as well, and at once.
        let before = descriptors_under_way(std::process::id() as Pid);
        let (one, other) = UnixStream::pair().expect("a pair");
        for _ in 0..40 {
            crate::sys::descriptor::send_fd(&one, &one).expect("sent");
        }
        assert!(descriptors_under_way(std::process::id() as Pid) >= before.saturating_sub(8) + 32);
        drop(other);
    }

    #[test]
    fn this_process_holds_its_sockets() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let inode = fs::metadata(format!("/proc/self/fd/{}", listener.as_raw_fd())).expect("it is open").ino();
        assert!(sockets_of(own_pid()).is_ok_and(|found| found.contains(&inode)));
        assert_eq!(sockets_of(0), Ok(HashSet::new()));
    }

    #[test]
    fn a_file_without_a_name_counts_for_what_it_takes() {
        let file = rustix::fs::memfd_create("a_file", rustix::fs::MemfdFlags::CLOEXEC).expect("a file in memory");
        let file = fs::File::from(file);
        let _other = file.try_clone().expect("a second descriptor");
        file.set_len(1 << 40).expect("longer");
        file.write_all_at(&[1; 1 << 20], 1 << 30).expect("written");
        let own = file.metadata().expect("its data");
        assert_eq!(nameless_files_of(own_pid()).get(&(own.dev(), own.ino())), Some(&(1 << 20)));
        assert!(owners::memory_of_files().is_some_and(|all| all >= 1 << 20));
        assert!(nameless_files_of(0).is_empty());
    }
}
