//! Leaving root, entering fresh namespaces, and becoming pid 1 in them (`user_namespaces(7)`, `pid_namespaces(7)`).
//! For a process with one thread, at its start: `unshare(CLONE_NEWUSER)` fails in one with more. The order is
//! [`drop_root`], [`enter`], [`fork_init`]; what init then does is in `mounts` and `network`.
#![expect(unsafe_code, reason = "unshare and fork")]

use std::fs;
use std::io;
use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::{
    DumpableBehavior, Gid, Pid, PidfdFlags, Signal, Uid, getegid, geteuid, getpid, pidfd_open, set_dumpable_behavior,
    set_parent_process_death_signal,
};
use rustix::thread::{
    CapabilitySet, UnshareFlags, capabilities, set_thread_groups, set_thread_res_gid, set_thread_res_uid,
    unshare_unsafe,
};

use super::{SysError, doing};

/// The user and group that root becomes: `nobody`, the kernel's overflow id (`/proc/sys/kernel/overflowuid`).
pub const NOBODY: u32 = 65534;

/// What the namespaces look like from inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Isolation {
    /// The user that this process is seen as. Not 0: a program started as uid 0 keeps every capability of the
    /// namespace across `execve`, one started as another uid keeps none.
    pub uid: u32,
    /// The group that it is seen as.
    pub gid: u32,
}

impl Default for Isolation {
    fn default() -> Self {
        Self { uid: 1000, gid: 1000 }
    }
}

/// Which side of the fork this is.
#[derive(Debug)]
pub enum Forked {
    /// Pid 1 of the new namespace. It is killed with its parent.
    Init,
    /// The process that forked it.
    Parent {
        /// The new pid 1, numbered as here.
        init: Pid,
        /// Readable once everything in the namespace is dead; killing init through it kills all of them.
        pidfd: OwnedFd,
    },
}

/// Where this process is root, makes it nobody, for good; else does nothing. In a user namespace with a single id (`unshare -r`,
/// rootless containers) there is nobody to become: it stays root, without any capability once a program is started ([`root_stays`]).
///
/// Without this the namespace's one user would be the real root, and a program inside could write root's files outside
/// (reproduced). The kernel takes back "dumpable" and the parent-death signal when credentials change; the first is
/// given again here, since `/proc/self/uid_map` belongs to root without it, the second is the caller's to set after.
///
/// # Errors
/// Where a step is refused.
pub fn drop_root() -> Result<(), SysError> {
    if !geteuid().is_root() {
        return Ok(());
    }
    let (uid, gid) = (Uid::from_raw(NOBODY), Gid::from_raw(NOBODY));
    match set_thread_groups(&[]) {
        // Denied for good where the map was written without privilege (user_namespaces(7)): the groups are kept.
        Err(Errno::PERM) if groups_are_fixed() => {}
        done => done.map_err(doing("clearing supplementary groups", "this process"))?,
    }
    if may_become("/proc/self/gid_map", CapabilitySet::SETGID) {
        set_thread_res_gid(gid, gid, gid).map_err(doing("setting the group id", "this process"))?;
    }
    if root_stays() {
        return Ok(());
    }
    set_thread_res_uid(uid, uid, uid).map_err(doing("setting the user id", "this process"))?;
    set_dumpable_behavior(DumpableBehavior::Dumpable).map_err(doing("setting dumpable", "this process"))
}

/// Whether this process is root and cannot become nobody: that id is not mapped into its user namespace, or it has no right to
/// take another one. This root may be the machine's own or an ordinary user of it: the map leads only one namespace up.
/// So what belongs to root alone is to be kept from the programs by other means than permission bits.
#[must_use]
pub fn root_stays() -> bool {
    geteuid().is_root() && !may_become("/proc/self/uid_map", CapabilitySet::SETUID)
}

/// Whether the groups of this process cannot be changed by anybody in its user namespace, or not by this process.
fn groups_are_fixed() -> bool {
    let denied = fs::read_to_string("/proc/self/setgroups").is_ok_and(|setting| setting.trim() == "deny");
    denied || !is_capable(CapabilitySet::SETGID)
}

/// Whether this process may take the id of nobody: by a map of its namespace, and with this capability.
fn may_become(map: &str, capability: CapabilitySet) -> bool {
    is_capable(capability) && fs::read_to_string(map).is_ok_and(|map| is_mapped(&map, NOBODY))
}

fn is_capable(capability: CapabilitySet) -> bool {
    capabilities(None).is_ok_and(|own| own.effective.contains(capability))
}

/// Whether an id is in a map of a user namespace: lines of the first id inside, the first id outside, and their count
/// (`user_namespaces(7)`).
fn is_mapped(map: &str, id: u32) -> bool {
    map.lines().any(|line| {
        let mut numbers = line.split_ascii_whitespace().map_while(|number| number.parse::<u64>().ok());
        let (first, count) = (numbers.next(), numbers.nth(1));
        first.zip(count).is_some_and(|(first, count)| (first..first + count).contains(&u64::from(id)))
    })
}

/// Puts this process into new user, network, mount, IPC and UTS namespaces, and its next child into a new pid
/// namespace, with every capability in them and none outside.
///
/// # Errors
/// `EPERM`: a seccomp filter (containers) or AppArmor (Ubuntu 23.10 and later, then often only when the map is
/// written). `ENOSPC`: `user.max_user_namespaces` is used up or 0. `EINVAL`: this process has more than one thread.
pub fn enter(what: &Isolation) -> Result<(), SysError> {
    // The settings of an IPC namespace belong to the root of its user namespace (`ipc_permissions` in ipc/ipc_sysctl.c), which
    // one whose only user is another does not have: so it is made in a user namespace around the other.
    enter_as(&Isolation { uid: 0, gid: 0 }, UnshareFlags::NEWIPC)?;
    super::ipc::bound();
    let rest = UnshareFlags::NEWNET | UnshareFlags::NEWPID | UnshareFlags::NEWNS | UnshareFlags::NEWUTS;
    enter_as(what, rest)?;
    // The network once more, from inside one that asks for tables of its children's own: those of the whole machine have a
    // quarter of a million places, and every question that is asked of the socket table walks through all of them.
    if super::network::own_tables().is_ok() {
        // SAFETY: no `UnshareFlags::FILES`, so every descriptor stays what it was.
        unsafe { unshare_unsafe(UnshareFlags::NEWNET) }
            .map_err(doing("creating a network namespace", "this process"))?;
    }
    Ok(())
}

/// Enters a user namespace with this one user, and others with it.
fn enter_as(what: &Isolation, others: UnshareFlags) -> Result<(), SysError> {
    let (uid, gid) = (geteuid().as_raw(), getegid().as_raw());
    // SAFETY: no `UnshareFlags::FILES`, so every descriptor stays what it was.
    unsafe { unshare_unsafe(UnshareFlags::NEWUSER | others) }.map_err(doing("creating namespaces", "this process"))?;
    // A group may be mapped without privilege only once groups cannot be dropped (user_namespaces(7)).
    set("/proc/self/setgroups", "deny")?;
    set("/proc/self/uid_map", &format!("{} {uid} 1", what.uid))?;
    set("/proc/self/gid_map", &format!("{} {gid} 1", what.gid))
}

fn set(path: &'static str, value: &str) -> Result<(), SysError> {
    fs::write(path, value).map_err(doing("mapping the user id", path))
}

/// Forks the pid namespace's first process. The child is killed when this process dies.
///
/// # Errors
/// Where the kernel refuses, or where this process has more than one thread (then the child could not go on).
pub fn fork_init() -> Result<Forked, SysError> {
    let threads = fs::read_dir("/proc/self/task").map_err(doing("counting threads", "this process"))?.count();
    if threads != 1 {
        let error = io::Error::from_raw_os_error(libc::EINVAL);
        return Err(doing("forking a multithreaded process", "this process")(error));
    }
    let parent = pidfd_open(getpid(), PidfdFlags::empty()).map_err(doing("opening a pidfd", "this process"))?;
    // SAFETY: this process has one thread (counted above), so no lock is held by a thread that the child lacks.
    match unsafe { libc::fork() } {
        0 => {
            set_parent_process_death_signal(Some(Signal::KILL))
                .map_err(doing("setting the parent-death signal", "init"))?;
            // The parent may have died before that; its number would not tell here, its descriptor does.
            if is_over(&parent)? {
                let error = io::Error::from_raw_os_error(libc::ESRCH);
                return Err(doing("looking up the parent process", "init")(error));
            }
            Ok(Forked::Init)
        }
        number => {
            let Some(init) = Pid::from_raw(number).filter(|_| number > 0) else {
                return Err(doing("forking", "init")(io::Error::last_os_error()));
            };
            // Not reaped before this process waits for it, so the number is still its own.
            let pidfd = pidfd_open(init, PidfdFlags::empty()).map_err(doing("opening a pidfd", "init"))?;
            Ok(Forked::Parent { init, pidfd })
        }
    }
}

fn is_over(pidfd: &OwnedFd) -> Result<bool, SysError> {
    let at_once = rustix::event::Timespec::default();
    let mut wanted = [PollFd::new(pidfd, PollFlags::IN)];
    let ready = rustix::io::retry_on_intr(|| poll(&mut wanted, Some(&at_once)))
        .map_err(doing("polling a pidfd", "the parent"))?;
    Ok(ready > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_looked_up_in_every_range_of_a_map() {
        assert!(is_mapped("         0          0 4294967295\n", NOBODY), "the machine itself");
        assert!(is_mapped("0 1000 1\n1 100000 65536\n", NOBODY), "a container with subordinate ids");
        assert!(!is_mapped("0 1000 1\n", NOBODY) && !is_mapped("0 65534 1\n", NOBODY), "a single id");
        assert!(!is_mapped("0 100000 65534\n", NOBODY) && is_mapped("0 100000 65535\n", NOBODY), "the edge of a range");
        assert!(!is_mapped("", NOBODY) && !is_mapped("0 0\nx y z\n", NOBODY));
    }

    #[test]
    fn a_process_with_threads_does_not_fork_init() {
        std::thread::scope(|scope| {
            let (stop, wait) = std::sync::mpsc::channel::<()>();
            scope.spawn(move || wait.recv());
            assert_eq!(fork_init().err().and_then(|error| error.errno()), Some(libc::EINVAL));
            drop(stop);
        });
    }
}
