//! How processes end: with their parent, by a signal, and all of them where no namespace does it. It starts none, and
//! it does not know which server a process belongs to.

use std::collections::HashSet;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{
    self as sys, DumpableBehavior, PidfdFlags, Signal, WaitOptions, getpid, pidfd_open,
    pidfd_send_signal, set_child_subreaper, set_dumpable_behavior, set_parent_process_death_signal,
    waitpid,
};

use super::owners::{self, Process};
use super::{SysError, doing};
use crate::model::ExitStatus;
use crate::model::net::Pid;

/// How often all processes are listed while they are stopped, and again after they were killed.
const ROUNDS: usize = 64;
/// How long a killed process may take to be gone, in all: only a hung device or an overloaded machine needs more.
const PATIENCE: Duration = Duration::from_secs(5);

/// Closes this process's memory and `/proc` files to others of the same user, tracers included (`PR_SET_DUMPABLE`).
/// Undone by `execve` and by a change of credentials.
///
/// # Errors
/// None is known.
pub fn set_not_dumpable() -> Result<(), SysError> {
    set_dumpable_behavior(DumpableBehavior::NotDumpable)
        .map_err(doing("closing the memory", "this process"))
}

/// Kills this process when the thread that started it ends (`PR_SET_PDEATHSIG`): a *thread*, so it should be one that
/// lasts. Undone by a change of credentials, so to be set after `namespace::drop_root`. Where the parent may be dead
/// already, the caller checks that by other means (a pipe at its end).
///
/// # Errors
/// None is known.
pub fn die_with_parent() -> Result<(), SysError> {
    set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(doing("setting the parent-death signal", "this process"))
}

/// Makes orphans among this process's descendants its own children (`PR_SET_CHILD_SUBREAPER`), so that daemons are
/// found too. It has to [`reap`] them.
///
/// # Errors
/// None is known.
pub fn become_subreaper() -> Result<(), SysError> {
    set_child_subreaper(Some(getpid())).map_err(doing("taking in orphans", "this process"))
}

/// Waits for every child that has ended, without blocking (`waitpid(2)`).
#[must_use]
pub fn reap() -> Vec<(Pid, ExitStatus)> {
    let mut ended = Vec::new();
    loop {
        match sys::wait(WaitOptions::NOHANG) {
            Ok(Some((pid, status))) => {
                let status = status
                    .exit_status()
                    .map(ExitStatus::Code)
                    .or_else(|| status.terminating_signal().map(ExitStatus::Signal));
                ended.extend(status.map(|status| (pid.as_raw_pid(), status)));
            }
            Err(Errno::INTR) => {}
            // No child has ended, or there is none.
            Ok(None) | Err(_) => return ended,
        }
    }
}

/// Waits for this child until it has ended, and says how.
///
/// # Errors
/// `ECHILD` where it is no child of this process, or was waited for already.
pub fn wait_for(child: sys::Pid) -> Result<ExitStatus, SysError> {
    loop {
        let ended = rustix::io::retry_on_intr(|| waitpid(Some(child), WaitOptions::empty()))
            .map_err(doing("waiting for a process", child))?;
        let Some((_, status)) = ended else { continue };
        let code = status.exit_status().map(ExitStatus::Code);
        let signal = || status.terminating_signal().map(ExitStatus::Signal);
        if let Some(status) = code.or_else(signal) {
            return Ok(status);
        }
    }
}

/// Sends a signal (its number) to the process behind the descriptor. Killing pid 1 of a namespace kills all in it.
///
/// # Errors
/// `ESRCH`: it has ended and was waited for. `EINVAL`: there is no such signal.
pub fn kill_by_pidfd(pidfd: &OwnedFd, signal: i32) -> Result<(), SysError> {
    const DOING: &str = "sending a signal";
    let signal = Signal::from_named_raw(signal)
        .ok_or(Errno::INVAL)
        .map_err(doing(DOING, signal))?;
    pidfd_send_signal(pidfd, signal).map_err(doing(DOING, "a process"))
}

/// What [`kill_tree`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Killed {
    /// How many processes were killed.
    pub processes: usize,
    /// Every child of this process that was found to have ended meanwhile, its own victims or not.
    pub reaped: Vec<(Pid, ExitStatus)>,
    /// Processes that are still there.
    pub left: Vec<Pid>,
}

/// Kills `root` (unless it is this process) and all that descends from it, except these processes and what descends
/// from them. For where no pid namespace does it: with this process as `root`, and a subreaper, daemons are among
/// them. All are stopped before any is killed, so that none can run away by forking.
pub fn kill_tree(root: Pid, except: &[Pid]) -> Killed {
    let mut killed = Killed::default();
    let deadline = Instant::now() + PATIENCE;
    for _ in 0..ROUNDS {
        let victims = stop_all(root, except);
        if victims.is_empty() {
            killed.left.clear();
            break;
        }
        killed.processes += victims.len();
        for victim in &victims {
            // It may have ended by itself: just as well.
            let _ = pidfd_send_signal(&victim.pidfd, Signal::KILL);
        }
        killed.left = victims
            .iter()
            .filter(|victim| !wait_until_over(&victim.pidfd, deadline))
            .map(|victim| victim.pid)
            .collect();
        killed.reaped.extend(reap());
        if Instant::now() >= deadline {
            break;
        }
    }
    killed.reaped.extend(reap());
    killed
}

/// A process that will be killed, with a descriptor that is surely its own.
struct Victim {
    pid: Pid,
    pidfd: OwnedFd,
}

/// Stops all that [`kill_tree`] means; lists them again until no new one appears.
fn stop_all(root: Pid, except: &[Pid]) -> Vec<Victim> {
    let mut stopped = Vec::new();
    let mut known = HashSet::new();
    for _ in 0..ROUNDS {
        let before = stopped.len();
        for process in meant(root, except) {
            if !known.insert((process.pid, process.start_ticks)) {
                continue;
            }
            if let Some(victim) = Victim::of(&process) {
                // It may have ended by itself: just as well.
                let _ = pidfd_send_signal(&victim.pidfd, Signal::STOP);
                stopped.push(victim);
            }
        }
        if stopped.len() == before {
            break;
        }
    }
    stopped
}

/// The living among `root` and its descendants, without those to be spared.
fn meant(root: Pid, except: &[Pid]) -> Vec<Process> {
    let mut all = owners::processes();
    let mut wanted: HashSet<Pid> = owners::tree(root, &all).into_iter().collect();
    for spared in except.iter().flat_map(|&pid| owners::tree(pid, &all)) {
        wanted.remove(&spared);
    }
    wanted.remove(&getpid().as_raw_pid());
    all.retain(|process| wanted.contains(&process.pid) && !matches!(process.state, 'Z' | 'X'));
    all
}

impl Victim {
    /// Nothing where the process has ended and its number means nobody or another now.
    fn of(process: &Process) -> Option<Self> {
        let pid = sys::Pid::from_raw(process.pid)?;
        let pidfd = pidfd_open(pid, PidfdFlags::empty()).ok()?;
        let now = owners::process(process.pid)?;
        (now.start_ticks == process.start_ticks).then_some(Self {
            pid: process.pid,
            pidfd,
        })
    }
}

/// Whether the process ended before the deadline; waits for it.
fn wait_until_over(pidfd: impl AsFd, deadline: Instant) -> bool {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let timeout = Timespec::try_from(left).unwrap_or_default();
        let mut wanted = [PollFd::new(&pidfd, PollFlags::IN)];
        match poll(&mut wanted, Some(&timeout)) {
            Ok(ready) => return ready > 0,
            Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}
