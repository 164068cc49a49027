//! Drops root, enters new namespaces and becomes pid 1 in them (`user_namespaces(7)`,
//! `pid_namespaces(7)`).
//!
//! Must run at the start of a process, while it has one thread: otherwise `unshare(CLONE_NEWUSER)`
//! fails. The order is [`drop_root`], [`enter`], [`fork_init`]. The first process of the namespace
//! (init) continues in `mounts` and `network`.
#![expect(unsafe_code, reason = "unshare and fork")]

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};
use std::{fs, io};

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

use super::{Operation, SysError, doing, during};

/// The user and group id that root changes to: `nobody`, the kernel's overflow id
/// (`/proc/sys/kernel/overflowuid`).
pub(crate) const NOBODY: u32 = 65534;

/// How long new namespaces are awaited if the user has too many.
const NAMESPACE_TIMEOUT: Duration = Duration::from_secs(3);
/// Interval between two attempts.
const NAMESPACE_RETRY_INTERVAL: Duration = Duration::from_millis(20);

/// The ids of this process inside the namespaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InnerIds {
    /// User id inside. Not 0: a program started as uid 0 keeps every capability of the namespace
    /// across `execve`. With any other uid it keeps none.
    pub uid: u32,
    /// Group id inside.
    pub gid: u32,
}

impl Default for InnerIds {
    fn default() -> Self {
        Self { uid: 1000, gid: 1000 }
    }
}

/// The side of the fork on which this process is.
#[derive(Debug)]
pub(crate) enum Forked {
    /// Pid 1 of the new namespace. It is killed when its parent dies.
    Init,
    /// The process that forked, with the new pid 1 by its number in the parent's namespace.
    Parent(Pid),
}

/// Changes root to `nobody` permanently; does nothing if this process is not root.
///
/// In a user namespace with a single id (`unshare -r`, rootless containers) `nobody` is not mapped.
/// The process then stays root, and a program that it starts has no capabilities
/// ([`cannot_drop_root`]).
///
/// If root were not dropped, the namespace's only user would map to the real root, and a program
/// inside could write root's files outside (reproduced). A change of credentials clears the
/// dumpable flag and the parent-death signal. The flag is set again here, because without it
/// `/proc/self/uid_map` belongs to root. The caller must set the signal afterwards.
///
/// # Errors
/// Returns an error if the kernel refuses one of the steps.
pub(crate) fn drop_root() -> Result<(), SysError> {
    if !geteuid().is_root() {
        return Ok(());
    }
    let (uid, gid) = (Uid::from_raw(NOBODY), Gid::from_raw(NOBODY));
    match set_thread_groups(&[]) {
        // `setgroups` is permanently denied if the map was written without privilege
        // (user_namespaces(7)). The groups are kept.
        Err(Errno::PERM) if setgroups_denied() => {}
        done => done.map_err(during(Operation::DropGroups))?,
    }
    if may_become("/proc/self/gid_map", CapabilitySet::SETGID) {
        set_thread_res_gid(gid, gid, gid).map_err(during(Operation::SetGroup))?;
    }
    if cannot_drop_root() {
        return Ok(());
    }
    set_thread_res_uid(uid, uid, uid).map_err(during(Operation::SetUser))?;
    set_dumpable_behavior(DumpableBehavior::Dumpable).map_err(during(Operation::SetDumpable))
}

/// Returns true if this process is root and cannot become `nobody`: its id is not mapped into its
/// user namespace, or the process lacks the capability.
///
/// This root may be the machine's root or an ordinary user: the map shows only the parent
/// namespace. Permission bits therefore do not protect root's files from the programs.
#[must_use]
pub(crate) fn cannot_drop_root() -> bool {
    geteuid().is_root() && !may_become("/proc/self/uid_map", CapabilitySet::SETUID)
}

/// Returns true if `setgroups` is denied in this user namespace, or this process lacks
/// `CAP_SETGID`.
fn setgroups_denied() -> bool {
    let denied = fs::read_to_string("/proc/self/setgroups").is_ok_and(|setting| setting.trim() == "deny");
    denied || !is_capable(CapabilitySet::SETGID)
}

/// Returns true if this process may change to the id of `nobody`: the namespace maps it, and the
/// process has the capability.
fn may_become(map: &str, capability: CapabilitySet) -> bool {
    is_capable(capability) && fs::read_to_string(map).is_ok_and(|map| is_mapped(&map, NOBODY))
}

fn is_capable(capability: CapabilitySet) -> bool {
    capabilities(None).is_ok_and(|own| own.effective.contains(capability))
}

/// Returns true if a user namespace map contains the id. Each line holds the first id inside, the
/// first id outside and a count (`user_namespaces(7)`).
fn is_mapped(map: &str, id: u32) -> bool {
    map.lines().any(|line| {
        let mut numbers = line.split_ascii_whitespace().map_while(|number| number.parse::<u64>().ok());
        let (first, count) = (numbers.next(), numbers.nth(1));
        first.zip(count).is_some_and(|(first, count)| (first..first + count).contains(&u64::from(id)))
    })
}

/// Moves this process into new user, network, mount, IPC and UTS namespaces, and its next child
/// into a new pid namespace. It has every capability inside and none outside.
///
/// # Errors
/// Returns an error if the kernel refuses:
///
/// - `EPERM`: a seccomp filter (containers) or AppArmor (Ubuntu 23.10 and later, often only when
///   the map is written).
/// - `ENOSPC`: `user.max_user_namespaces` is 0 or used up.
/// - `EINVAL`: this process has more than one thread.
pub(crate) fn enter(ids: &InnerIds) -> Result<(), SysError> {
    // Only root of the user namespace may change the settings of an IPC namespace
    // (`ipc_permissions` in ipc/ipc_sysctl.c). The inner user namespace has a single non-root user,
    // so the IPC namespace is made in an outer one.
    enter_as(&InnerIds { uid: 0, gid: 0 }, UnshareFlags::NEWIPC)?;
    super::ipc::set_limits();
    let rest = UnshareFlags::NEWNET | UnshareFlags::NEWPID | UnshareFlags::NEWNS | UnshareFlags::NEWUTS;
    enter_as(ids, rest)?;
    // Create the network namespace a second time, from one that requests separate socket tables for
    // its children. The machine's table has a quarter of a million buckets, and every query walks
    // through all of them.
    if super::net_settings::separate_socket_tables().is_ok() {
        unshare_when_free(UnshareFlags::NEWNET).map_err(during(Operation::CreateNetNamespace))?;
    }
    Ok(())
}

/// Moves this thread into new namespaces. If the user has too many (`ENOSPC`), waits a moment:
/// those of processes that have exited are freed in the background (`cleanup_net` in
/// net/core/net_namespace.c), and other runs end.
///
/// # Errors
/// Returns the error of `unshare(2)`.
#[expect(clippy::disallowed_methods, reason = "the kernel does not report that a namespace is free")]
pub(super) fn unshare_when_free(flags: UnshareFlags) -> Result<(), Errno> {
    let began = Instant::now();
    loop {
        // SAFETY: no caller passes `UnshareFlags::FILES`, so all descriptors stay valid.
        match unsafe { unshare_unsafe(flags) } {
            Err(Errno::NOSPC) if began.elapsed() < NAMESPACE_TIMEOUT && !are_forbidden() => {
                std::thread::sleep(NAMESPACE_RETRY_INTERVAL);
            }
            done => return done,
        }
    }
}

/// Returns true if users can have no namespaces at all: waiting does not help.
fn are_forbidden() -> bool {
    ["user/max_user_namespaces", "user/max_net_namespaces"].iter().any(|name| super::procfs::sysctl(name) == Some(0))
}

/// Enters a new user namespace that maps only this user, together with the other namespaces.
fn enter_as(ids: &InnerIds, others: UnshareFlags) -> Result<(), SysError> {
    let (uid, gid) = (geteuid().as_raw(), getegid().as_raw());
    unshare_when_free(UnshareFlags::NEWUSER | others).map_err(during(Operation::CreateNamespaces))?;
    // An unprivileged process may map a group only after `setgroups` is denied
    // (user_namespaces(7)).
    set("/proc/self/setgroups", "deny")?;
    set("/proc/self/uid_map", &format!("{} {uid} 1", ids.uid))?;
    set("/proc/self/gid_map", &format!("{} {gid} 1", ids.gid))
}

fn set(path: &'static str, value: &str) -> Result<(), SysError> {
    fs::write(path, value).map_err(doing(Operation::MapUser, path))
}

/// Forks the first process of the pid namespace. It is killed when this process dies.
///
/// # Errors
/// Returns an error if the kernel refuses, or if this process has more than one thread: the child
/// could deadlock on a lock of another thread.
pub(crate) fn fork_init() -> Result<Forked, SysError> {
    let threads = fs::read_dir("/proc/self/task").map_err(during(Operation::CountThreads))?.count();
    if threads != 1 {
        let error = io::Error::from_raw_os_error(libc::EINVAL);
        return Err(during(Operation::ForkThreaded)(error));
    }
    let parent = pidfd_open(getpid(), PidfdFlags::empty()).map_err(during(Operation::OpenPidfd))?;
    // SAFETY: this process has one thread (counted above), so no other thread holds a lock.
    match unsafe { libc::fork() } {
        0 => {
            set_parent_process_death_signal(Some(Signal::KILL)).map_err(during(Operation::SetDeathSignal))?;
            // The parent may have died before that. Its pid does not show this here, its pidfd
            // does.
            if has_exited(&parent)? {
                let error = io::Error::from_raw_os_error(libc::ESRCH);
                return Err(during(Operation::FindParent)(error));
            }
            Ok(Forked::Init)
        }
        number => {
            let Some(init) = Pid::from_raw(number).filter(|_| number > 0) else {
                return Err(during(Operation::Fork)(io::Error::last_os_error()));
            };
            Ok(Forked::Parent(init))
        }
    }
}

fn has_exited(pidfd: &OwnedFd) -> Result<bool, SysError> {
    let at_once = rustix::event::Timespec::default();
    let mut wanted = [PollFd::new(pidfd, PollFlags::IN)];
    let ready =
        rustix::io::retry_on_intr(|| poll(&mut wanted, Some(&at_once))).map_err(during(Operation::PollPidfd))?;
    Ok(ready > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_is_found_in_every_range_of_a_map() {
        assert!(is_mapped("         0          0 4294967295\n", NOBODY), "the machine itself");
        assert!(is_mapped("0 1000 1\n1 100000 65536\n", NOBODY), "a container with subordinate ids");
        assert!(!is_mapped("0 1000 1\n", NOBODY) && !is_mapped("0 65534 1\n", NOBODY), "a single id");
        assert!(!is_mapped("0 100000 65534\n", NOBODY) && is_mapped("0 100000 65535\n", NOBODY), "the edge of a range");
        assert!(!is_mapped("", NOBODY) && !is_mapped("0 0\nx y z\n", NOBODY));
    }

    #[test]
    fn fork_init_refuses_multiple_threads() {
        std::thread::scope(|scope| {
            let (stop, wait) = std::sync::mpsc::channel::<()>();
            scope.spawn(move || wait.recv());
            assert_eq!(fork_init().err().and_then(|error| error.errno()), Some(libc::EINVAL));
            drop(stop);
        });
    }
}
