//! Decides the system calls that are forwarded to the supervisor: calls on another process, on a
//! socket family, or on a file (see [`super::syscall_denylist`]).
//!
//! A decision uses only the number and the arguments of a call, which the program can no longer
//! change. Files are the exception: their path is read once, and this process makes the change
//! itself, to the file that the path led to.
//!
//! Programs and agent are the same user, so that permissions do not separate them. One `prlimit` on
//! pid 1 once made every `poll` of the agent fail.

#![expect(unsafe_code, reason = "tgkill has no safe wrapper")]

use std::io;
use std::path::PathBuf;

use rustix::process::{getpgid, getpid};

use super::file_metadata::FileChange;
use super::procfs;
use super::syscall_denylist::{CHANGES, Confinement, SIGNAL_CALLS, family_errno};
use crate::model::Syscall;
use crate::model::net::Pid;

/// How the programs are confined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Policy {
    /// The kind of confinement.
    pub confinement: Confinement,
    /// Folder in which programs may change the mode and times of files, in plain mode.
    pub writable: PathBuf,
}

/// The supervisor's decision on a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// The kernel executes the call.
    Continue,
    /// The call fails with this error number.
    Fail(i32),
    /// The supervisor made the change itself; the call returns success.
    Done,
}

/// The process and thread that made a call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caller {
    pub(super) process: Pid,
    pub(super) thread: Pid,
}

/// Returns the decision on a call and the event to record, if any. Socket calls are recorded by the
/// tracer.
pub(super) fn decide(
    policy: &Policy,
    caller: Caller,
    number: i64,
    arguments: [u64; 6],
    read: &dyn Fn(u64, usize) -> Option<Vec<u8>>,
) -> (Decision, Option<Syscall>) {
    let int = |k: usize| arguments[k] as u32 as i32;
    if number == libc::SYS_socket {
        let denied = family_errno(policy.confinement, int(0));
        return (denied.map_or(Decision::Continue, Decision::Fail), None);
    }
    if let Some(&(_, argument)) = SIGNAL_CALLS.iter().find(|(call, _)| *call == number) {
        let by_descriptor = number == libc::SYS_pidfd_send_signal;
        let pid = if by_descriptor { process_of_descriptor(caller, int(0)).unwrap_or(-1) } else { int(0) };
        let call = Syscall::Kill { pid, signal: int(argument) };
        // In a pid namespace signals can only end programs: its first process ignores signals that
        // it does not handle.
        let own = policy.confinement == Confinement::Namespaces || may_signal(caller, pid);
        return if own { (Decision::Continue, Some(call)) } else { denied("kill", pid) };
    }
    if number == libc::SYS_fcntl {
        // `F_SETOWN`: the kernel sends signals to that process later, without another call.
        let pid = int(2);
        return if may_signal(caller, pid) { (Decision::Continue, None) } else { denied("fcntl", pid) };
    }
    if CHANGES.contains(&number) {
        let done = FileChange::decode(number, arguments, caller.thread, read)
            .and_then(|change| change.apply(&policy.writable));
        return (done.map_or_else(|errno| Decision::Fail(errno.raw_os_error()), |()| Decision::Done), None);
    }
    let (name, pid, allowed) = match number {
        libc::SYS_setpriority | libc::SYS_ioprio_set => {
            // `PRIO_PROCESS` is 0 in `setpriority`, and `IOPRIO_WHO_PROCESS` is 1 in `ioprio_set`.
            let first = i32::from(number == libc::SYS_ioprio_set);
            let name = if first == 0 { "setpriority" } else { "ioprio_set" };
            let allowed = match int(0) - first {
                0 => is_own_process(policy, caller, int(1)),
                1 => group_of(caller.process) == Some(int(1)),
                // All processes of this user.
                _ => false,
            };
            (name, int(1), allowed)
        }
        libc::SYS_ptrace => ("ptrace", int(1), is_own_process(policy, caller, int(1))),
        _ => (name_of(number), int(0), is_own_process(policy, caller, int(0))),
    };
    if allowed { (Decision::Continue, None) } else { denied(name, pid) }
}

fn denied(name: &str, pid: Pid) -> (Decision, Option<Syscall>) {
    (Decision::Fail(libc::EPERM), Some(Syscall::Denied { name: name.to_owned(), pid }))
}

const fn name_of(number: i64) -> &'static str {
    match number {
        libc::SYS_prlimit64 => "prlimit",
        libc::SYS_sched_setaffinity => "sched_setaffinity",
        libc::SYS_sched_setattr => "sched_setattr",
        libc::SYS_sched_setparam => "sched_setparam",
        libc::SYS_sched_setscheduler => "sched_setscheduler",
        libc::SYS_process_vm_readv => "process_vm_readv",
        libc::SYS_process_vm_writev => "process_vm_writev",
        _ => "a call",
    }
}

/// Returns true if the target (a process or thread id) belongs to the caller or to another program
/// of the scenario.
///
/// If the target does not exist, this is true with namespaces (the kernel then fails the call) and
/// false in plain mode.
fn is_own_process(policy: &Policy, caller: Caller, target: Pid) -> bool {
    if target == 0 || target == caller.process || target == caller.thread || is_live_thread_of(target, caller.process) {
        return true;
    }
    let agent = getpid().as_raw_pid();
    match policy.confinement {
        // Every process in the pid namespace except the agent is a program.
        Confinement::Namespaces => target != agent && !is_live_thread_of(target, agent),
        Confinement::Plain => target != agent && descends_from(target, agent),
    }
}

fn may_signal(caller: Caller, pid: Pid) -> bool {
    let plain = Policy { confinement: Confinement::Plain, ..Policy::default() };
    match pid {
        // The caller's own group: each program starts in a new session.
        0 => true,
        // Every process that this user may signal.
        -1 => false,
        ..-1 => group_of(caller.process) == Some(-pid) || is_own_process(&plain, caller, -pid),
        _ => is_own_process(&plain, caller, pid),
    }
}

fn group_of(process: Pid) -> Option<Pid> {
    getpgid(rustix::process::Pid::from_raw(process)).ok().map(|group| group.as_raw_pid())
}

/// Returns true if the target (a process or thread id) descends from `root`. `root` is a subreaper,
/// so it adopts all orphans.
fn descends_from(target: Pid, root: Pid) -> bool {
    let mut pid = procfs::process_of_thread(target).unwrap_or(target);
    for _ in 0..1024 {
        match procfs::process(pid) {
            Some(process) if process.parent == root => return true,
            Some(process) if process.parent > 1 => pid = process.parent,
            _ => return false,
        }
    }
    false
}

/// Returns the process behind a pidfd of the caller (`/proc/PID/fdinfo`, pidfd_open(2)).
fn process_of_descriptor(caller: Caller, descriptor: i32) -> Option<Pid> {
    let info = std::fs::read_to_string(format!("/proc/{}/fdinfo/{descriptor}", caller.thread)).ok()?;
    info.lines().find_map(|line| line.strip_prefix("Pid:")?.trim().parse().ok())
}

/// Returns true if `thread` is a thread of `process`.
///
/// Uses signal 0 (`tgkill(2)`), which is never delivered: it takes a tenth of the time of reading
/// `/proc`.
pub(super) fn is_live_thread_of(thread: Pid, process: Pid) -> bool {
    let (Some(_), Some(_)) = (rustix::process::Pid::from_raw(thread), rustix::process::Pid::from_raw(process)) else {
        return false;
    };
    is_thread_of(thread, process)
}

/// Returns true if `thread` is a thread of `process`. Both must be positive.
pub(super) fn is_thread_of(thread: Pid, process: Pid) -> bool {
    // SAFETY: no memory is passed, and signal 0 is never delivered.
    let done = unsafe { libc::syscall(libc::SYS_tgkill, process, thread, 0) };
    done == 0 || io::Error::last_os_error().raw_os_error() == Some(libc::EPERM)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(policy: &Policy, number: i64, arguments: [i64; 3]) -> (Decision, Option<Syscall>) {
        let me = getpid().as_raw_pid();
        let [a, b, c] = arguments.map(|argument| argument as u64);
        // This process plays the agent, and its parent an unrelated process.
        let caller = Caller { process: me + 1_000_000, thread: me + 1_000_000 };
        decide(policy, caller, number, [a, b, c, 0, 0, 0], &|_, _| None)
    }

    #[test]
    fn agent_is_unreachable_and_other_programs_are_reachable() {
        let policy = Policy::default();
        let agent = i64::from(getpid().as_raw_pid());
        for number in [libc::SYS_prlimit64, libc::SYS_sched_setscheduler, libc::SYS_process_vm_writev] {
            let (decision, call) = decided(&policy, number, [agent, 0, 0]);
            assert!(matches!(call, Some(Syscall::Denied { pid, .. }) if i64::from(pid) == agent));
            assert_eq!(decision, Decision::Fail(libc::EPERM));
            assert_eq!(decided(&policy, number, [agent + 1_000_000, 0, 0]), (Decision::Continue, None));
        }
        assert_eq!(decided(&policy, libc::SYS_ptrace, [16, agent, 0]).0, Decision::Fail(libc::EPERM));
        assert_eq!(decided(&policy, libc::SYS_setpriority, [0, agent, 19]).0, Decision::Fail(libc::EPERM));
        assert_eq!(decided(&policy, libc::SYS_setpriority, [2, 0, 19]).0, Decision::Fail(libc::EPERM));
        assert_eq!(decided(&policy, libc::SYS_ioprio_set, [3, 0, 0]).0, Decision::Fail(libc::EPERM));
        let kill = decided(&policy, libc::SYS_kill, [agent, 9, 0]);
        assert_eq!(kill, (Decision::Continue, Some(Syscall::Kill { pid: agent as Pid, signal: 9 })));
    }

    #[test]
    fn plain_mode_reaches_descendants_only() {
        let plain = Policy { confinement: Confinement::Plain, ..Policy::default() };
        let parent = i64::from(rustix::process::getppid().map_or(1, |pid| pid.as_raw_pid()));
        for target in [parent, -1, 1] {
            assert_eq!(decided(&plain, libc::SYS_kill, [target, 15, 0]).0, Decision::Fail(libc::EPERM), "{target}");
        }
        assert_eq!(decided(&plain, libc::SYS_prlimit64, [parent, 0, 0]).0, Decision::Fail(libc::EPERM));
        assert_eq!(decided(&plain, libc::SYS_fcntl, [3, 8, parent]).0, Decision::Fail(libc::EPERM));
        let own = i64::from(getpid().as_raw_pid()) + 1_000_000;
        assert_eq!(decided(&plain, libc::SYS_fcntl, [3, 8, own]), (Decision::Continue, None));
        assert_eq!(decided(&plain, libc::SYS_kill, [0, 15, 0]).0, Decision::Continue);
        let mut child = std::process::Command::new("sleep").arg("100").spawn().expect("a child");
        let pid = i64::from(child.id());
        assert_eq!(decided(&plain, libc::SYS_kill, [pid, 15, 0]).0, Decision::Continue);
        child.kill().and_then(|()| child.wait()).expect("it is ended");
    }

    #[test]
    fn families_are_denied_by_number() {
        let of = |family| decided(&Policy::default(), libc::SYS_socket, [family, 1, 0]).0;
        assert_eq!((of(2), of(1)), (Decision::Continue, Decision::Continue));
        assert_eq!(of(40), Decision::Fail(libc::EAFNOSUPPORT), "AF_VSOCK");
    }
}
