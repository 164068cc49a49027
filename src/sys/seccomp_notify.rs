//! Reports the socket calls of a program under test, of its children and threads, and their calls
//! on other processes, before they run (`seccomp_unotify(2)`).
//!
//! Each call waits until it was read here, which takes some microseconds. It then runs unchanged,
//! or fails if [`super::syscall_policy`] denies it. Whether a call succeeded is not reported: the
//! socket table and the packets show that.
//!
//! The program blocks at its next traced call until [`Tracer::next_call`] is called. Calls fail
//! with `ENOSYS` after the tracer is dropped, so drop it after the program's whole process tree has
//! exited.
#![expect(unsafe_code, reason = "seccomp's requests and reading another process's memory have no safe wrappers")]

use std::collections::HashMap;
use std::ffi::c_void;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::time::SystemTime;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::syscall_policy::{Caller, Decision, Policy, decide, is_thread_of};
use super::{Operation, SysError, during, procfs, sockaddr};
use crate::model::Syscall;
use crate::model::net::Pid;

/// Spare bytes behind the kernel's structures, whose later versions may be longer. They begin with
/// the known fields.
const SPARE_BYTES: usize = 64;

/// A traced call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TracedCall {
    /// The process that made the call.
    pub pid: Pid,
    /// The thread that made the call. Equal to `pid` for the first thread of a process.
    pub thread: Pid,
    /// Time of the report, in nanoseconds since 1970 (wall clock, as in captured packets).
    pub timestamp_ns: u64,
    /// The call and its arguments.
    pub call: Syscall,
}

/// The supervisor's end of a traced program (see `spawn::Started::listener`).
#[derive(Debug)]
pub(crate) struct Tracer {
    listener: OwnedFd,
    /// The process of each known thread that is not the first thread of its process.
    processes: HashMap<Pid, Pid>,
    policy: Policy,
    /// More calls may wait, although [`Tracer::next_call`] returned `None`.
    more: bool,
}

/// Maximum number of consecutive unreported calls that one [`Tracer::next_call`] handles.
const MAX_UNREPORTED_CALLS: usize = 256;

impl Tracer {
    /// Takes over a listener.
    ///
    /// # Errors
    /// Returns an error if the kernel does not report the sizes of its structures, or if they
    /// exceed the buffers: no call could then be read.
    pub(crate) fn new(listener: OwnedFd, policy: Policy) -> Result<Self, SysError> {
        const DOING: Operation = Operation::ReadNotificationSizes;
        let mut sizes = libc::seccomp_notif_sizes { seccomp_notif: 0, seccomp_notif_resp: 0, seccomp_data: 0 };
        // SAFETY: the kernel fills in the structure, which has the expected type.
        let done = unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_GET_NOTIF_SIZES, 0, &raw mut sizes) };
        let error = match done {
            0 => None,
            _ => Some(io::Error::last_os_error()),
        };
        let fits = usize::from(sizes.seccomp_notif.max(sizes.seccomp_notif_resp)) <= size_of::<Notification>();
        match error {
            None if fits => Ok(Self { listener, processes: HashMap::new(), policy, more: false }),
            None => Err(during(DOING)(io::Error::from_raw_os_error(libc::E2BIG))),
            Some(error) => Err(during(DOING)(error)),
        }
    }

    /// Returns the next waiting call, after letting it continue. Does not block.
    ///
    /// Call this until it returns `None`, whenever [`Tracer::as_fd`] is readable.
    ///
    /// # Errors
    /// Returns an error if receiving or continuing the call fails. The program is then blocked;
    /// kill it.
    pub(crate) fn next_call(&mut self) -> Result<Option<TracedCall>, SysError> {
        const DOING: Operation = Operation::ReceiveNotification;
        self.more = false;
        for _ in 0..MAX_UNREPORTED_CALLS {
            if !self.is_call_waiting().map_err(during(DOING))? {
                return Ok(None);
            }
            let mut notification = Notification::default();
            match self.notify_ioctl(libc::SECCOMP_IOCTL_NOTIF_RECV, (&raw mut notification).cast()) {
                Ok(()) => {}
                // The program was killed, or the call was interrupted, a moment ago.
                Err(Errno::NOENT | Errno::INTR) => continue,
                Err(error) => return Err(during(DOING)(error)),
            }
            let (decision, call) = self.handle(&notification.data);
            // The data belong to the caller only if it still exists: its pid may have been reused.
            let mut id = notification.data.id;
            let valid = self.notify_ioctl(libc::SECCOMP_IOCTL_NOTIF_ID_VALID, (&raw mut id).cast()).is_ok();
            self.respond(id, decision).map_err(during(Operation::ContinueCall))?;
            if let Some(call) = call.filter(|_| valid) {
                return Ok(Some(call));
            }
        }
        self.more = true;
        Ok(None)
    }

    /// Returns true if [`Tracer::next_call`] has just returned `None` because of too many
    /// consecutive unreported calls, so that more may wait.
    #[must_use]
    pub(crate) const fn has_more(&self) -> bool {
        self.more
    }

    /// Returns true if a call waits. Without this check, receiving would block.
    fn is_call_waiting(&self) -> Result<bool, Errno> {
        let at_once = Timespec::default();
        let mut wanted = [PollFd::new(&self.listener, PollFlags::IN)];
        rustix::io::retry_on_intr(|| poll(&mut wanted, Some(&at_once)))?;
        Ok(wanted[0].revents().contains(PollFlags::IN))
    }

    fn respond(&self, id: u64, decision: Decision) -> Result<(), Errno> {
        let mut answer = NotifyResponse::default();
        answer.given.id = id;
        match decision {
            Decision::Continue => answer.given.flags = libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32,
            Decision::Fail(errno) => answer.given.error = -errno,
            Decision::Done => {}
        }
        match self.notify_ioctl(libc::SECCOMP_IOCTL_NOTIF_SEND, (&raw mut answer).cast()) {
            // The program was killed, or the call was interrupted, in the meantime.
            Err(Errno::NOENT) => Ok(()),
            done => done,
        }
    }

    /// Sends a seccomp request with its structure.
    fn notify_ioctl(&self, request: libc::Ioctl, structure: *mut c_void) -> Result<(), Errno> {
        // SAFETY: every caller passes the type that its request takes: a zeroed `Notification` or
        // an `Answer`, both with room for a newer kernel's fields, or a `u64`. It lives until the
        // call returns.
        let done = unsafe { libc::ioctl(self.listener.as_raw_fd(), request, structure) };
        if done >= 0 {
            return Ok(());
        }
        Err(Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::INVAL))
    }

    /// Returns the decision on a call, and the call to report, if any.
    fn handle(&mut self, data: &libc::seccomp_notif) -> (Decision, Option<TracedCall>) {
        let Some(thread) = Pid::try_from(data.pid).ok().filter(|&thread| thread > 0) else {
            // The caller is in a pid namespace that is not visible to this process.
            return (Decision::Fail(libc::EPERM), None);
        };
        let (number, arguments) = (i64::from(data.data.nr), data.data.args);
        let process = self.process_of(thread);
        let read = |at, length| read_memory(thread, at, length);
        let call = decode_call(number, arguments, &read);
        let (decision, other) = match call {
            Some(Syscall::Socket { .. }) | None => {
                decide(&self.policy, Caller { process, thread }, number, arguments, &read)
            }
            Some(_) => (Decision::Continue, None),
        };
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let at = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
        (decision, call.or(other).map(|call| TracedCall { timestamp_ns: at, call, thread, pid: process }))
    }

    /// Returns the process of a thread. Thread ids are reused, so a cached entry is verified each
    /// time.
    ///
    /// Signal 0 to a thread of a process (`tgkill(2)`) is never delivered and takes a tenth of the
    /// time of reading `/proc`.
    fn process_of(&mut self, thread: Pid) -> Pid {
        if is_thread_of(thread, thread) {
            return thread;
        }
        match self.processes.get(&thread) {
            Some(&process) if is_thread_of(thread, process) => process,
            _ => {
                let process = procfs::process_of_thread(thread).unwrap_or(thread);
                self.processes.insert(thread, process);
                process
            }
        }
    }
}

impl AsFd for Tracer {
    /// For polling only: readable when a call waits.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.listener.as_fd()
    }
}

/// The kernel's notification, with room for a newer kernel's fields.
#[repr(C)]
struct Notification {
    data: libc::seccomp_notif,
    room: [u8; SPARE_BYTES],
}

impl Default for Notification {
    fn default() -> Self {
        let data = libc::seccomp_data { nr: 0, arch: 0, instruction_pointer: 0, args: [0; 6] };
        Self { data: libc::seccomp_notif { id: 0, pid: 0, flags: 0, data }, room: [0; SPARE_BYTES] }
    }
}

/// The answer to a notification, with spare room.
#[repr(C)]
struct NotifyResponse {
    given: libc::seccomp_notif_resp,
    room: [u8; 2 * SPARE_BYTES],
}

impl Default for NotifyResponse {
    fn default() -> Self {
        let given = libc::seccomp_notif_resp { id: 0, val: 0, error: 0, flags: 0 };
        Self { given, room: [0; 2 * SPARE_BYTES] }
    }
}

/// Decodes a socket call from its number and arguments; `read` copies bytes from the caller's
/// memory. Returns `None` for other calls.
fn decode_call(number: i64, arguments: [u64; 6], read: &dyn Fn(u64, usize) -> Option<Vec<u8>>) -> Option<Syscall> {
    // The kernel reads the lower half of such an argument and ignores the upper half.
    let int = |k: usize| arguments[k] as u32 as i32;
    let fd = int(0);
    let address = || {
        let length = usize::try_from(int(2)).ok().filter(|&length| length <= sockaddr::MAX_ADDRESS_BYTES);
        length.and_then(|length| read(arguments[1], length)).unwrap_or_default()
    };
    Some(match number {
        libc::SYS_socket => {
            let kind = int(1) & !(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC);
            Syscall::Socket { domain: fd, kind, protocol: int(2) }
        }
        libc::SYS_bind => {
            let bytes = address();
            let family = bytes.first_chunk().map(|family| i32::from(u16::from_ne_bytes(*family)));
            Syscall::Bind { fd, address: sockaddr::parse(&bytes), length: Some(int(2)), family }
        }
        libc::SYS_listen => Syscall::Listen { fd, backlog: int(1) },
        libc::SYS_connect => Syscall::Connect { fd, address: sockaddr::parse(&address()) },
        libc::SYS_accept | libc::SYS_accept4 => Syscall::Accept { fd },
        libc::SYS_shutdown => Syscall::Shutdown { fd, how: int(1) },
        libc::SYS_setsockopt => {
            let value = if int(4) < 4 { None } else { read(arguments[3], 4) };
            let value = value.and_then(|bytes| Some(i32::from_ne_bytes(*bytes.first_chunk()?)));
            Syscall::SetOption { fd, level: int(1), name: int(2), value }
        }
        libc::SYS_setitimer => timer("setitimer"),
        libc::SYS_timer_settime => timer("timer_settime"),
        libc::SYS_timerfd_create => timer("timerfd_create"),
        #[cfg(target_arch = "x86_64")]
        libc::SYS_alarm => timer("alarm"),
        _ => return None,
    })
}

fn timer(name: &str) -> Syscall {
    Syscall::Timer { name: name.to_owned() }
}

/// Reads bytes (at most 128) of a process's memory. Returns `None` if that is not permitted: this
/// process has fewer privileges than the other, or has lost them.
pub(super) fn read_memory(process: Pid, at: u64, length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length.min(sockaddr::MAX_ADDRESS_BYTES)];
    let here = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: bytes.len() };
    // Only the kernel follows this pointer, in the other process.
    let there = libc::iovec { iov_base: at as usize as *mut c_void, iov_len: bytes.len() };
    // SAFETY: the kernel writes at most `iov_len` bytes, which is the length of the buffer.
    let read = unsafe { libc::process_vm_readv(process, &raw const here, 1, &raw const there, 1, 0) };
    (usize::try_from(read) == Ok(length)).then_some(bytes)
}

#[cfg(test)]
mod tests;
