//! Ends processes: with their parent, by a signal, or a whole tree if no namespace does that. Does
//! not start processes and does not know which server one belongs to.
#![expect(unsafe_code, reason = "wait4 has no safe wrapper")]

use std::collections::HashSet;
use std::io;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{
    self as sys, DumpableBehavior, PidfdFlags, Signal, WaitOptions, getpid, kill_process_group, pidfd_open,
    pidfd_send_signal, set_child_subreaper, set_dumpable_behavior, set_parent_process_death_signal, waitpid,
};

use super::procfs::{self, Process};
use super::{Operation, SysError, doing, during};
use crate::model::ExitStatus;
use crate::model::net::Pid;

/// Maximum rounds of listing and stopping processes before the stopped ones are killed.
const MAX_STOP_ROUNDS: usize = 16;
/// Time limit for killing a process tree. Only a hung device, or runaways on an overloaded machine,
/// need more.
const KILL_TIMEOUT: Duration = Duration::from_secs(5);

/// Protects this process's memory and `/proc` files from others of the same user, including tracers
/// (`PR_SET_DUMPABLE`). Reset by `execve` and by a change of credentials.
///
/// # Errors
/// Returns an error if the kernel refuses; no such case is known.
pub(crate) fn set_not_dumpable() -> Result<(), SysError> {
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(during(Operation::ClearDumpable))
}

/// Kills this process when the *thread* that started it exits (`PR_SET_PDEATHSIG`), so that thread
/// should be long-lived.
///
/// A change of credentials resets this, so call it after `namespace::drop_root`. If the parent may
/// already be dead, the caller must check that in another way (end of file on a pipe).
///
/// # Errors
/// Returns an error if the kernel refuses; no such case is known.
pub(crate) fn die_with_parent() -> Result<(), SysError> {
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(during(Operation::SetDeathSignal))
}

/// Makes this process adopt orphans among its descendants (`PR_SET_CHILD_SUBREAPER`), so that
/// daemons are found too. It must [`reap`] them.
///
/// # Errors
/// Returns an error if the kernel refuses; no such case is known.
pub(crate) fn become_subreaper() -> Result<(), SysError> {
    set_child_subreaper(Some(getpid())).map_err(during(Operation::BecomeSubreaper))
}

/// A child that has exited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReapedChild {
    /// Process id, which may have been reused.
    pub pid: Pid,
    /// Exit status.
    pub status: ExitStatus,
    /// CPU time of the process and of the children that it waited for (`wait4(2)`).
    pub cpu_time: Duration,
}

/// Maximum number of stops that one [`reap_with`] handles.
const MAX_STOPS: usize = 64;

/// Reaps every child that has exited, without blocking.
#[must_use]
pub(crate) fn reap() -> Vec<ReapedChild> {
    reap_with(&mut |_, _| {}).0
}

/// Reaps every child that has exited, without blocking. Calls `stopped` for each traced thread that
/// has stopped, with its status (`ptrace(2)`): the kernel reports both together.
///
/// Returns true if there may be more, because too many threads have stopped.
pub(crate) fn reap_with(stopped: &mut dyn FnMut(Pid, i32)) -> (Vec<ReapedChild>, bool) {
    let mut ended = Vec::new();
    let mut stops = 0;
    loop {
        let mut status = 0;
        // SAFETY: zeros are a valid `struct rusage`; the kernel fills in both values.
        let mut used: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: as above; no other memory is passed.
        let pid = unsafe { libc::wait4(-1, &raw mut status, libc::WNOHANG, &raw mut used) };
        if pid < 0 && Errno::from_io_error(&io::Error::last_os_error()) == Some(Errno::INTR) {
            continue;
        }
        // No child has exited, or there is none.
        if pid <= 0 {
            return (ended, false);
        }
        let status = if libc::WIFEXITED(status) {
            ExitStatus::Code(libc::WEXITSTATUS(status))
        } else if libc::WIFSIGNALED(status) {
            ExitStatus::Signal(libc::WTERMSIG(status))
        } else {
            stopped(pid, status);
            stops += 1;
            if stops >= MAX_STOPS {
                return (ended, true);
            }
            continue;
        };
        let time = |time: libc::timeval| {
            let micros = time.tv_sec.saturating_mul(1_000_000).saturating_add(time.tv_usec);
            Duration::from_micros(u64::try_from(micros).unwrap_or(0))
        };
        ended.push(ReapedChild { pid, status, cpu_time: time(used.ru_utime) + time(used.ru_stime) });
    }
}

/// Waits until this child has exited. Returns its status.
///
/// # Errors
/// Returns an error if it is not a child of this process or was already reaped (`ECHILD`).
pub(crate) fn wait_for(child: sys::Pid) -> Result<ExitStatus, SysError> {
    loop {
        let ended = rustix::io::retry_on_intr(|| waitpid(Some(child), WaitOptions::empty()))
            .map_err(doing(Operation::AwaitProcess, child))?;
        let Some((_, status)) = ended else { continue };
        let code = status.exit_status().map(ExitStatus::Code);
        let signal = || status.terminating_signal().map(ExitStatus::Signal);
        if let Some(status) = code.or_else(signal) {
            return Ok(status);
        }
    }
}

/// Sends a signal, by number, to the process behind the descriptor. Killing pid 1 of a namespace
/// kills all processes in it.
///
/// # Errors
/// Returns an error if the process was reaped (`ESRCH`), or if there is no such signal (`EINVAL`).
pub(crate) fn kill_by_pidfd(pidfd: &OwnedFd, signal: i32) -> Result<(), SysError> {
    const DOING: Operation = Operation::SendSignal;
    let signal = Signal::from_named_raw(signal).ok_or(Errno::INVAL).map_err(doing(DOING, signal))?;
    pidfd_send_signal(pidfd, signal).map_err(during(DOING))
}

/// The result of [`kill_tree`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct KillSummary {
    /// Number of killed processes.
    pub processes: usize,
    /// Every child of this process that exited in the meantime, killed or not.
    pub reaped: Vec<ReapedChild>,
    /// Processes that still exist.
    pub survivors: Vec<Pid>,
}

/// Kills `root` (unless it is this process) and its descendants, except the processes in `except`
/// and their descendants.
///
/// For programs without a pid namespace. If this process is `root` and a subreaper, this includes
/// daemons. All are stopped before any is killed, so that none escapes by forking.
pub(crate) fn kill_tree(root: Pid, except: &[Pid]) -> KillSummary {
    let mut killed = KillSummary::default();
    let deadline = Instant::now() + KILL_TIMEOUT;
    loop {
        let stopped = stop_all(root, except, &mut killed.reaped);
        killed.processes += stopped.len();
        for process in &stopped {
            send_signal(process, Signal::KILL);
        }
        for process in &stopped {
            wait_for_exit(process, deadline);
        }
        killed.reaped.extend(reap());
        if stopped.is_empty() || Instant::now() >= deadline {
            break;
        }
    }
    let left = KillList::list(root, except).processes;
    killed.survivors = left.iter().map(|process| process.pid).collect();
    killed
}

/// Stops the processes that [`kill_tree`] would kill, and lists again until there is no new one.
///
/// Reaps exited children in each round: runaways leave enough zombies that listing them would take
/// longer than forking.
fn stop_all(root: Pid, except: &[Pid], reaped: &mut Vec<ReapedChild>) -> Vec<Process> {
    let mut stopped = Vec::new();
    let mut known = HashSet::new();
    for _ in 0..MAX_STOP_ROUNDS {
        let mut meant = KillList::list(root, except);
        let is_new = |process: &Process| known.insert((process.pid, process.start_ticks));
        meant.processes.retain(is_new);
        if meant.processes.is_empty() {
            break;
        }
        // Whole groups first: the kernel allows no fork in a group while it signals it. A process
        // that keeps forking and exiting therefore cannot escape between the listing and the
        // signal. An error means that the whole group has exited.
        for group in meant.groups {
            let _ = kill_process_group(group, Signal::STOP);
        }
        for process in &meant.processes {
            send_signal(process, Signal::STOP);
        }
        stopped.append(&mut meant.processes);
        reaped.extend(reap());
    }
    stopped
}

/// The processes to kill, as listed at one time.
struct KillList {
    /// The live processes among a root and its descendants, except the spared ones.
    processes: Vec<Process>,
    /// The process groups that contain no other process.
    groups: Vec<sys::Pid>,
}

impl KillList {
    fn list(root: Pid, except: &[Pid]) -> Self {
        let mut all = procfs::processes();
        let mut wanted: HashSet<Pid> = procfs::tree_pids(root, &all).into_iter().collect();
        for spared in except.iter().flat_map(|&pid| procfs::tree_pids(pid, &all)) {
            wanted.remove(&spared);
        }
        wanted.remove(&getpid().as_raw_pid());
        all.retain(|process| !matches!(process.state, 'Z' | 'X'));
        let (processes, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|process| wanted.contains(&process.pid));
        let mut groups: HashSet<Pid> = processes.iter().map(|process| process.group).collect();
        for other in others {
            groups.remove(&other.group);
        }
        Self { processes, groups: groups.into_iter().filter_map(sys::Pid::from_raw).collect() }
    }
}

/// Returns a descriptor of this process. `None` if it has exited, even if its pid was reused.
fn open_pidfd(process: &Process) -> Option<OwnedFd> {
    let pidfd = pidfd_open(sys::Pid::from_raw(process.pid)?, PidfdFlags::empty()).ok()?;
    let now = procfs::process(process.pid)?;
    (now.start_ticks == process.start_ticks).then_some(pidfd)
}

/// Sends a signal. Ignores that the process may have exited.
fn send_signal(process: &Process, signal: Signal) {
    if let Some(pidfd) = open_pidfd(process) {
        let _ = pidfd_send_signal(pidfd, signal);
    }
}

/// Waits until the process has exited, or until the deadline.
fn wait_for_exit(process: &Process, deadline: Instant) {
    let Some(pidfd) = open_pidfd(process) else { return };
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let timeout = Timespec::try_from(left).unwrap_or_default();
        let mut wanted = [PollFd::new(&pidfd, PollFlags::IN)];
        if poll(&mut wanted, Some(&timeout)) != Err(Errno::INTR) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    /// Starts a shell with a child, which prints a line when it runs. The tests share this process,
    /// the parent. They therefore kill trees below a given root only, and wait for that root only.
    fn family() -> (std::process::Child, Pid) {
        let mut shell = Command::new("sh")
            .args(["-c", "(echo up; exec sleep 1000) & wait"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let stdout = shell.stdout.as_mut().expect("a pipe");
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).expect("a line");
        let pid = Pid::try_from(shell.id()).expect("a number");
        (shell, pid)
    }

    #[test]
    fn kill_list_contains_the_tree_without_spared_processes() {
        let (mut shell, root) = family();
        let all = procfs::tree_pids(root, &procfs::processes());
        let [_, child] = all[..] else { panic!("a shell and its child, not {all:?}") };
        let with_spared = KillList::list(root, &[child]);
        let pids: Vec<Pid> = with_spared.processes.iter().map(|process| process.pid).collect();
        assert_eq!((pids, with_spared.groups), (vec![root], vec![]), "the test's own group");
        let whole = KillList::list(root, &[]).processes;
        assert_eq!(whole.len(), 2);
        for process in &whole {
            let pidfd = open_pidfd(process).expect("it is there");
            kill_by_pidfd(&pidfd, libc::SIGKILL).expect("it is there");
            wait_for_exit(process, Instant::now() + KILL_TIMEOUT);
        }
        let status = shell.wait().expect("a child");
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(libc::SIGKILL));
        assert_eq!(KillList::list(root, &[]).processes, []);
    }

    #[test]
    fn kill_list_contains_process_without_first_thread() {
        // Prints a line and exits the first thread by SYS_exit.
        const TEXT: &str = "import ctypes, os, platform, threading, time\n\
            threading.Thread(target=time.sleep, args=(1000,)).start()\n\
            os.write(1, b'up\\n')\n\
            ctypes.CDLL(None).syscall({'x86_64': 60}.get(platform.machine(), 93), 0)\n";
        let mut python =
            Command::new("python3").args(["-c", TEXT]).stdout(Stdio::piped()).spawn().expect("python starts");
        let stdout = python.stdout.take().expect("a pipe");
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut String::new()).expect("a line");
        let pid = Pid::try_from(python.id()).expect("a number");
        let state = || std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("it is there");
        let deadline = Instant::now() + Duration::from_secs(60);
        while !state().contains(") Z ") && Instant::now() < deadline {
            std::thread::yield_now();
        }
        assert!(procfs::process(pid).is_some_and(|process| process.pid == pid && process.resident_bytes > 0));
        assert!(procfs::proportional_memory(pid).is_some_and(|held| held > 0));
        let meant = KillList::list(pid, &[]).processes;
        assert_eq!(meant.iter().map(|process| process.pid).collect::<Vec<_>>(), [pid]);
        send_signal(&meant[0], Signal::KILL);
        wait_for_exit(&meant[0], Instant::now() + KILL_TIMEOUT);
        let status = python.wait().expect("a child");
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(libc::SIGKILL));
    }

    #[test]
    fn kill_list_never_contains_this_process() {
        let own = getpid().as_raw_pid();
        let meant = KillList::list(own, &[]).processes;
        assert!(meant.iter().all(|process| process.pid != own));
        assert_eq!(KillList::list(own, &[own]).processes, []);
    }
}
