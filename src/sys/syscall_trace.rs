//! Records the socket calls of a program, of its children and threads, with their results
//! (`ptrace(2)`). Only for diagnosing runs: every system call stops the program twice.
//!
//! Stops are reported by `wait4(2)` to the thread that traces, together with the exits of its
//! children. That thread must therefore collect both, by [`super::reap::reap_with`], and pass each
//! stop to [`SyscallTrace::handle_stop`]: a thread whose stop is not handled never runs again.
//!
//! A call that the supervisor of [`super::seccomp_notify`] decides blocks between the stop at its
//! entry and the one at its exit, so one thread can do both works. Nothing here waits.
#![expect(unsafe_code, reason = "ptrace has no safe wrapper")]

mod call;
mod mutator;
mod registers;

use std::collections::{HashMap, VecDeque};
use std::io;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{WaitId, WaitIdOptions};

use self::call::BegunCall;
use self::mutator::ChangedCall;
pub(crate) use self::mutator::{Disturbance, Mutator};
use super::ptrace::{DESCRIBE_SYSCALL, Request, SYSCALL_INFO_ENTRY, SYSCALL_INFO_EXIT};
use super::{Operation, SysError, doing, procfs};
use crate::model::ReturnedCall;
use crate::model::net::Pid;

/// Maximum number of recorded calls.
const MAX_CALLS: usize = 4000;
/// Maximum number of threads whose calls are recorded at a time.
const MAX_THREADS: usize = 1024;
/// How long calls are recorded. The start of a virtual machine takes a second or two of it, on a
/// busy machine much more.
const TRACE_TIME: Duration = Duration::from_secs(30);
/// A failed call that a thread repeats at once is recorded at this interval.
const REPEAT_INTERVAL: Duration = Duration::from_millis(20);
/// Number of different failed calls of a thread that are remembered for that.
const MAX_FAILED_CALLS: usize = 8;
/// Rounds of looking for threads that began before the tracing did.
const MAX_SEIZE_ROUNDS: usize = 16;

/// The signal of a stop at a system call (`PTRACE_O_TRACESYSGOOD`).
const SYSCALL_STOP: i32 = libc::SIGTRAP | 0x80;
/// New threads and children are traced too. All end with this process.
const OPTIONS: i32 = libc::PTRACE_O_TRACESYSGOOD
    | libc::PTRACE_O_TRACEFORK
    | libc::PTRACE_O_TRACEVFORK
    | libc::PTRACE_O_TRACECLONE
    | libc::PTRACE_O_TRACEEXEC
    | libc::PTRACE_O_EXITKILL;

/// A recorded call, and who made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TracedResult {
    /// The process.
    pub pid: Pid,
    /// The thread; equal to `pid` for the first thread of a process.
    pub thread: Pid,
    /// The call with its result.
    pub call: ReturnedCall,
}

/// The traced threads of programs, and what they did. Used by one thread only, which the kernel
/// takes for the tracer.
#[derive(Debug, Default)]
pub(crate) struct SyscallTrace {
    threads: HashMap<Pid, TracedThread>,
    returned: Vec<TracedResult>,
    /// Number of recorded calls, taken or not.
    count: usize,
    /// The end of the recording. None before the first program was seized.
    deadline: Option<Instant>,
    /// Changes calls; None if every call stays as it is.
    mutator: Option<Mutator>,
}

/// A traced thread.
#[derive(Debug)]
struct TracedThread {
    process: Pid,
    /// The recorded call in which it is.
    begun: Option<BegunCall>,
    /// The changed call in which it is.
    changed: Option<ChangedCall>,
    /// True if it repeats a call because of a mutation.
    is_repeating: bool,
    /// Its last calls that failed, moved no bytes or found no descriptor ready, with the times when
    /// they were recorded, the oldest first.
    failed: VecDeque<(ReturnedCall, Instant)>,
}

impl TracedThread {
    fn new(thread: Pid) -> Self {
        Self {
            process: procfs::process_of_thread(thread).unwrap_or(thread),
            begun: None,
            changed: None,
            is_repeating: false,
            failed: VecDeque::new(),
        }
    }
}

impl SyscallTrace {
    /// Changes the calls of the programs that are traced from now on. Records none.
    pub(crate) fn mutating(mutator: Mutator) -> Self {
        Self { mutator: Some(mutator), ..Self::default() }
    }

    /// Disturbs calls from now on, if calls are changed at all.
    pub(crate) fn disturb(&mut self, disturbance: Disturbance) {
        if let Some(mutator) = &mut self.mutator {
            mutator.disturb(disturbance);
        }
    }

    /// Returns the number of calls that were changed.
    pub(crate) fn changed_calls(&self) -> u64 {
        self.mutator.as_ref().map_or(0, Mutator::changed)
    }

    /// Begins to trace a running program with its threads and children.
    ///
    /// # Errors
    /// Returns an error if the kernel refuses (`EPERM`): a container or a security module denies
    /// it, or the program is traced already.
    pub(crate) fn seize(&mut self, pid: Pid) -> Result<(), SysError> {
        self.deadline = Some(Instant::now() + TRACE_TIME);
        self.seize_thread(pid).map_err(doing(Operation::TraceCalls, pid))?;
        if self.mutator.is_some() {
            await_stop(pid);
        }
        for _ in 0..MAX_SEIZE_ROUNDS {
            let processes = procfs::tree_pids(pid, &procfs::processes());
            let threads = processes.into_iter().flat_map(procfs::threads_of);
            let fresh: Vec<Pid> = threads.filter(|thread| !self.threads.contains_key(thread)).collect();
            if fresh.is_empty() {
                break;
            }
            for thread in fresh {
                // It has exited, or the kernel traces it already because its creator is traced.
                let _ = self.seize_thread(thread);
            }
        }
        Ok(())
    }

    fn seize_thread(&mut self, thread: Pid) -> Result<(), Errno> {
        ptrace(libc::PTRACE_SEIZE, thread, 0, OPTIONS as usize)?;
        self.threads.insert(thread, TracedThread::new(thread));
        // It stops, and is then made to stop at its calls.
        ptrace(libc::PTRACE_INTERRUPT, thread, 0, 0)
    }

    /// Handles a stop of a thread, given the status of `wait4(2)`, and lets the thread continue.
    pub(crate) fn handle_stop(&mut self, thread: Pid, status: i32) {
        if self.follows_calls() && (self.threads.len() < MAX_THREADS || self.threads.contains_key(&thread)) {
            self.threads.entry(thread).or_insert_with(|| TracedThread::new(thread));
        }
        let (signal, event) = (libc::WSTOPSIG(status), status >> 16);
        let (request, signal) = match (signal, event) {
            (SYSCALL_STOP, 0) => {
                self.at_call(thread);
                (self.resume_request(), 0)
            }
            // A stop by a signal of job control lasts until SIGCONT.
            (libc::SIGSTOP | libc::SIGTSTP | libc::SIGTTIN | libc::SIGTTOU, libc::PTRACE_EVENT_STOP) => {
                (libc::PTRACE_LISTEN, 0)
            }
            (_, libc::PTRACE_EVENT_EXEC) => {
                // The thread that called it now is the only one of its process.
                self.threads.retain(|&other, known| other == thread || known.process != thread);
                if let Some(known) = self.threads.get_mut(&thread) {
                    (known.begun, known.changed) = (None, None);
                }
                (self.resume_request(), 0)
            }
            // A signal of its own, which it gets.
            (signal, 0) => (self.resume_request(), signal),
            _ => (self.resume_request(), 0),
        };
        // It may have been killed meanwhile.
        let _ = ptrace(request, thread, 0, usize::try_from(signal).unwrap_or(0));
    }

    /// Forgets a thread that has exited.
    pub(crate) fn forget(&mut self, thread: Pid) {
        self.threads.remove(&thread);
    }

    /// Returns the calls that were recorded since the last call of this function.
    pub(crate) fn take(&mut self) -> Vec<TracedResult> {
        std::mem::take(&mut self.returned)
    }

    /// Returns true while calls are recorded: neither their number nor the time is used up.
    pub(crate) fn is_recording(&self) -> bool {
        let has_time = || self.deadline.is_some_and(|deadline| Instant::now() < deadline);
        self.mutator.is_none() && self.count < MAX_CALLS && has_time()
    }

    /// Returns true while threads stop at their calls.
    fn follows_calls(&self) -> bool {
        self.mutator.is_some() || self.is_recording()
    }

    fn resume_request(&self) -> Request {
        if self.follows_calls() { libc::PTRACE_SYSCALL } else { libc::PTRACE_CONT }
    }

    /// Handles the stop at the entry or the exit of a call.
    fn at_call(&mut self, thread: Pid) {
        let is_recording = self.is_recording();
        let Some(known) = self.threads.get_mut(&thread) else { return };
        if let Some(mutator) = &mut self.mutator {
            known.mutate(mutator, thread);
            return;
        }
        let Some(info) = syscall_info(thread).filter(|_| is_recording) else { return };
        match info.op {
            SYSCALL_INFO_ENTRY => {
                let [number, arguments @ .., _] = info.data;
                known.begun =
                    i64::try_from(number).ok().and_then(|call| BegunCall::new(known.process, call, arguments));
            }
            SYSCALL_INFO_EXIT => {
                let process = known.process;
                let [result, ..] = info.data;
                let call = known.begun.take().and_then(|begun| begun.returned(process, result.cast_signed()));
                let Some(call) = call.filter(|call| !known.is_repeated(call)) else { return };
                self.count += 1;
                self.returned.push(TracedResult { pid: process, thread, call });
            }
            _ => {}
        }
    }
}

impl TracedThread {
    /// Changes the call at whose entry or exit the thread has stopped.
    fn mutate(&mut self, mutator: &mut Mutator, thread: Pid) {
        let Some(info) = syscall_info(thread) else { return };
        match info.op {
            SYSCALL_INFO_ENTRY if std::mem::take(&mut self.is_repeating) => {}
            SYSCALL_INFO_ENTRY => {
                let [number, arguments @ .., _] = info.data;
                let number = i64::try_from(number).unwrap_or(-1);
                self.changed = mutator.begin(thread, self.process, number, arguments);
            }
            SYSCALL_INFO_EXIT => {
                let [result, ..] = info.data;
                let Some(changed) = self.changed.take() else { return };
                self.is_repeating = mutator.end(thread, changed, result.cast_signed());
            }
            _ => {}
        }
    }

    /// Returns true if the thread repeats without success what it did a moment ago, perhaps with
    /// other calls in between.
    fn is_repeated(&mut self, call: &ReturnedCall) -> bool {
        let is_idle_wait = call.result == 0 && matches!(&*call.name, "poll" | "select" | "epoll_wait");
        if call.result >= 0 && call.size != Some(0) && !is_idle_wait {
            return false;
        }
        let now = Instant::now();
        self.failed.retain(|(_, at)| now.saturating_duration_since(*at) < REPEAT_INTERVAL);
        if self.failed.iter().any(|(known, _)| known == call) {
            return true;
        }
        if self.failed.len() >= MAX_FAILED_CALLS {
            self.failed.pop_front();
        }
        self.failed.push_back((call.clone(), now));
        false
    }
}

/// `struct ptrace_syscall_info` (`ptrace(2)`, PTRACE_GET_SYSCALL_INFO), the same on every
/// architecture.
#[repr(C)]
#[derive(Default)]
struct SyscallInfo {
    /// Entry, exit or another kind of stop.
    op: u8,
    _padding: [u8; 3],
    _arch: u32,
    _instruction: u64,
    _stack: u64,
    /// At entry: the number of the call and its six arguments. At exit: the result.
    data: [u64; 8],
}

/// Returns what the kernel knows of the call at which a thread has stopped.
fn syscall_info(thread: Pid) -> Option<SyscallInfo> {
    let mut info = SyscallInfo::default();
    let room = size_of::<SyscallInfo>();
    // SAFETY: the kernel writes at most `room` bytes into the structure, whose fields are numbers.
    let length = unsafe { libc::ptrace(DESCRIBE_SYSCALL, thread, room, &raw mut info) };
    (length > 0).then_some(info)
}

/// Waits until a child that was interrupted has stopped, or has exited; leaves both to `wait4(2)`.
///
/// A call that it had begun, and that no supervisor has received, begins again after the stop
/// (`seccomp_unotify(2)`), and can be changed then.
fn await_stop(child: Pid) {
    let id = rustix::process::Pid::from_raw(child).map(WaitId::Pid);
    let options = WaitIdOptions::STOPPED | WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    let wait = || id.clone().map(|id| rustix::process::waitid(id, options));
    while matches!(wait(), Some(Err(Errno::INTR))) {}
}

/// Makes a request that passes no memory.
fn ptrace(request: Request, thread: Pid, address: usize, data: usize) -> Result<(), Errno> {
    // SAFETY: every caller passes a request whose two values are numbers.
    let done = unsafe { libc::ptrace(request, thread, address, data) };
    if done >= 0 {
        return Ok(());
    }
    Err(Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::SRCH))
}

#[cfg(test)]
mod tests;
