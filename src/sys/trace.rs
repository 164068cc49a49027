//! The socket calls of a program under test, its children and threads, and those on other processes, told before they run
//! (`seccomp_unotify(2)`). Each call waits until it was read here, which takes some microseconds, and then runs as it was meant,
//! or fails where [`super::supervise`] denies it; whether it succeeded is not told (the socket table and the packets tell that).
//!
//! The program stands still at its next such call while nobody asks [`Tracer::next_call`], and the call fails with
//! `ENOSYS` once the tracer is dropped: it is to be dropped after the program's whole tree has ended.
#![expect(unsafe_code, reason = "seccomp's requests and reading another process's memory have no safe wrappers")]

use std::collections::HashMap;
use std::ffi::c_void;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::time::SystemTime;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::supervise::{Caller, Decision, Policy, decide};
use super::{SysError, doing, owners, sockaddr};
use crate::model::Call;
use crate::model::net::Pid;

/// How much room the kernel is given for its structures, which may grow. They begin with those that are known.
const ROOM: usize = 64;

/// A call, as it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The process that made it.
    pub pid: Pid,
    /// Its thread; the same number for a process's first one.
    pub thread: Pid,
    /// When it was told, in nanoseconds since 1970 by the wall clock, as packets are (`capture::Packet::at`).
    pub at: u64,
    /// The call.
    pub call: Call,
}

/// The supervisor's end of a traced program (see `process::Started::listener`).
#[derive(Debug)]
pub struct Tracer {
    listener: OwnedFd,
    /// The processes of threads that are not the first of theirs.
    processes: HashMap<Pid, Pid>,
    ended: bool,
    policy: Policy,
    /// Whether more calls may wait though [`Tracer::next_call`] returned none.
    more: bool,
}

/// So many calls in a row that are not told are dealt with in one [`Tracer::next_call`].
const UNTOLD: usize = 256;

impl Tracer {
    /// Takes over a listener.
    ///
    /// # Errors
    /// Where this kernel's structures are larger than there is room for: then no call could be read.
    pub fn new(listener: OwnedFd, policy: Policy) -> Result<Self, SysError> {
        const DOING: &str = "reading seccomp notification sizes";
        let mut sizes = libc::seccomp_notif_sizes { seccomp_notif: 0, seccomp_notif_resp: 0, seccomp_data: 0 };
        // SAFETY: the kernel fills the structure in, which is of the type that it expects.
        let done = unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_GET_NOTIF_SIZES, 0, &raw mut sizes) };
        let error = match done {
            0 => None,
            _ => Some(io::Error::last_os_error()),
        };
        let fits = usize::from(sizes.seccomp_notif.max(sizes.seccomp_notif_resp)) <= size_of::<Notification>();
        match error {
            None if fits => Ok(Self { listener, processes: HashMap::new(), ended: false, policy, more: false }),
            None => Err(doing(DOING, "seccomp")(io::Error::from_raw_os_error(libc::E2BIG))),
            Some(error) => Err(doing(DOING, "seccomp")(error)),
        }
    }

    /// The next call that waits, which goes on before this returns; does not wait for one. To be called until it says
    /// `None`, whenever [`Tracer::as_fd`] is readable.
    ///
    /// # Errors
    /// Where the kernel refuses to tell or to let the call go on: then the program stands still, and should be ended.
    pub fn next_call(&mut self) -> Result<Option<Told>, SysError> {
        const DOING: &str = "receiving a notification";
        self.more = false;
        for _ in 0..UNTOLD {
            if !self.one_waits().map_err(doing(DOING, "a program"))? {
                return Ok(None);
            }
            let mut notification = Notification::default();
            match self.ask(libc::SECCOMP_IOCTL_NOTIF_RECV, (&raw mut notification).cast()) {
                Ok(()) => {}
                // Its program was killed, or the call interrupted, a moment ago.
                Err(Errno::NOENT | Errno::INTR) => continue,
                Err(error) => return Err(doing(DOING, "a program")(error)),
            }
            let (decision, told) = self.read(&notification.told);
            // What was read is of the caller only if that one is still there: its number may mean another already.
            let mut id = notification.told.id;
            let valid = self.ask(libc::SECCOMP_IOCTL_NOTIF_ID_VALID, (&raw mut id).cast()).is_ok();
            self.answer(id, decision).map_err(doing("continuing a system call", "a program"))?;
            if let Some(told) = told.filter(|_| valid) {
                return Ok(Some(told));
            }
        }
        self.more = true;
        Ok(None)
    }

    /// Whether more calls may wait though [`Tracer::next_call`] has just returned none: there were too many in a row that are not told.
    #[must_use]
    pub const fn has_more(&self) -> bool {
        self.more
    }

    /// Whether the last process under the filter has ended: nothing more will be told (Linux 5.9; before, never true).
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        self.ended
    }

    /// Receiving would wait where there is no call.
    fn one_waits(&mut self) -> Result<bool, Errno> {
        let at_once = Timespec::default();
        let mut wanted = [PollFd::new(&self.listener, PollFlags::IN)];
        rustix::io::retry_on_intr(|| poll(&mut wanted, Some(&at_once)))?;
        let ready = wanted[0].revents();
        self.ended = ready.contains(PollFlags::HUP);
        Ok(ready.contains(PollFlags::IN))
    }

    fn answer(&self, id: u64, decision: Decision) -> Result<(), Errno> {
        let mut answer = Answer::default();
        answer.given.id = id;
        match decision {
            Decision::Continue => answer.given.flags = libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32,
            Decision::Fail(errno) => answer.given.error = -errno,
            Decision::Done => {}
        }
        match self.ask(libc::SECCOMP_IOCTL_NOTIF_SEND, (&raw mut answer).cast()) {
            // Its program was killed, or the call interrupted, meanwhile.
            Err(Errno::NOENT) => Ok(()),
            done => done,
        }
    }

    /// One of seccomp's requests, with the structure that it wants.
    fn ask(&self, request: libc::Ioctl, structure: *mut c_void) -> Result<(), Errno> {
        // SAFETY: every caller passes what its request wants: a `Notification` (zeroed) or an `Answer`, both with room
        // for a newer kernel's, or a `u64`. It lives until the call returns.
        let done = unsafe { libc::ioctl(self.listener.as_raw_fd(), request, structure) };
        if done >= 0 {
            return Ok(());
        }
        Err(Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::INVAL))
    }

    /// What becomes of a call, and what is told of it.
    fn read(&mut self, told: &libc::seccomp_notif) -> (Decision, Option<Told>) {
        let Some(thread) = Pid::try_from(told.pid).ok().filter(|&thread| thread > 0) else {
            // Of a pid namespace that this process does not see into.
            return (Decision::Fail(libc::EPERM), None);
        };
        let (number, arguments) = (i64::from(told.data.nr), told.data.args);
        let process = self.process_of(thread);
        let read = |at, length| memory(thread, at, length);
        let call = decode(number, arguments, &read);
        let (decision, other) = match call {
            Some(Call::Socket { .. }) | None => {
                decide(&self.policy, Caller { process, thread }, number, arguments, &read)
            }
            Some(_) => (Decision::Continue, None),
        };
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let at = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
        (decision, call.or(other).map(|call| Told { at, call, thread, pid: process }))
    }

    /// The process that a thread belongs to. A number may come to mean another thread, so it is asked each time: signal
    /// 0 to a thread of a process (`tgkill(2)`) is never sent, and takes a tenth of the time of reading `/proc`.
    fn process_of(&mut self, thread: Pid) -> Pid {
        if is_thread_of(thread, thread) {
            return thread;
        }
        match self.processes.get(&thread) {
            Some(&process) if is_thread_of(thread, process) => process,
            _ => {
                let process = owners::process_of_thread(thread).unwrap_or(thread);
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

/// What the kernel tells, with room for a newer one's.
#[repr(C)]
struct Notification {
    told: libc::seccomp_notif,
    room: [u8; ROOM],
}

impl Default for Notification {
    fn default() -> Self {
        let data = libc::seccomp_data { nr: 0, arch: 0, instruction_pointer: 0, args: [0; 6] };
        Self { told: libc::seccomp_notif { id: 0, pid: 0, flags: 0, data }, room: [0; ROOM] }
    }
}

/// What it is answered, with as much room.
#[repr(C)]
struct Answer {
    given: libc::seccomp_notif_resp,
    room: [u8; 2 * ROOM],
}

impl Default for Answer {
    fn default() -> Self {
        let given = libc::seccomp_notif_resp { id: 0, val: 0, error: 0, flags: 0 };
        Self { given, room: [0; 2 * ROOM] }
    }
}

/// Whether this is a thread of this process. Both are positive.
pub(super) fn is_thread_of(thread: Pid, process: Pid) -> bool {
    // SAFETY: no memory is passed, and signal 0 does nothing.
    let done = unsafe { libc::syscall(libc::SYS_tgkill, process, thread, 0) };
    done == 0 || io::Error::last_os_error().raw_os_error() == Some(libc::EPERM)
}

/// What a call's number and arguments say; `read` reads so many bytes of the caller's memory.
fn decode(number: i64, arguments: [u64; 6], read: &dyn Fn(u64, usize) -> Option<Vec<u8>>) -> Option<Call> {
    // The kernel takes the lower half of such an argument, whatever is in the upper one.
    let int = |k: usize| arguments[k] as u32 as i32;
    let fd = int(0);
    let address = || {
        let length = usize::try_from(int(2)).ok().filter(|&length| length <= sockaddr::LONGEST);
        length.and_then(|length| read(arguments[1], length)).unwrap_or_default()
    };
    Some(match number {
        libc::SYS_socket => {
            let kind = int(1) & !(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC);
            Call::Socket { domain: fd, kind, protocol: int(2) }
        }
        libc::SYS_bind => Call::Bind { fd, address: sockaddr::read(&address()) },
        libc::SYS_listen => Call::Listen { fd, backlog: int(1) },
        libc::SYS_connect => Call::Connect { fd, address: sockaddr::read(&address()) },
        libc::SYS_accept | libc::SYS_accept4 => Call::Accept { fd },
        libc::SYS_shutdown => Call::Shutdown { fd, how: int(1) },
        libc::SYS_setsockopt => {
            let value = if int(4) < 4 { None } else { read(arguments[3], 4) };
            let value = value.and_then(|bytes| Some(i32::from_ne_bytes(*bytes.first_chunk()?)));
            Call::SetOption { fd, level: int(1), name: int(2), value }
        }
        _ => return None,
    })
}

/// So many bytes (at most 128) of a process's memory. Nothing where it may not be read: then this process has fewer
/// rights than that one, or has lost it.
fn memory(process: Pid, at: u64, length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length.min(sockaddr::LONGEST)];
    let here = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: bytes.len() };
    // Only the kernel follows this pointer, in the other process.
    let there = libc::iovec { iov_base: at as usize as *mut c_void, iov_len: bytes.len() };
    // SAFETY: the kernel writes at most so many bytes to the buffer, which is so long.
    let read = unsafe { libc::process_vm_readv(process, &raw const here, 1, &raw const there, 1, 0) };
    (usize::try_from(read) == Ok(length)).then_some(bytes)
}

#[cfg(test)]
#[path = "trace_tests.rs"]
mod tests;
