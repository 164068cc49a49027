//! Installs the seccomp filters of a program under test (`seccomp(2)`).
//!
//! Calls in the life of a socket and calls on other processes are forwarded to a supervisor and
//! wait for its answer. Some calls are denied ([`super::syscall_denylist`]), and all others run at
//! full speed. The filters are installed and the listener is sent between fork and `execve`, where
//! allocation is not allowed.
#![expect(unsafe_code, reason = "seccomp has no safe wrapper")]

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, FromRawFd, OwnedFd};

use libc::sock_filter;
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
};

use super::syscall_denylist::{self, Confinement};
use super::{Operation, SysError, during};

/// The traced system calls. Without `close`, `read` and `write`: tracing costs 6 microseconds per
/// call, and the loader makes dozens of them before the first line of a program.
pub(super) const TRACED_CALLS: &[libc::c_long] = &[
    libc::SYS_socket,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_connect,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_shutdown,
    libc::SYS_setsockopt,
    // Timers: without one, a program that waits for input does nothing until that comes. A timer of
    // timer_create(2) is not armed yet, and Ruby creates one at every start.
    libc::SYS_setitimer,
    libc::SYS_timer_settime,
    libc::SYS_timerfd_create,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_alarm,
];

/// The filters of one program. Built before the fork, since allocation is not allowed after it.
#[derive(Debug)]
pub(super) struct Filters {
    /// Forwards calls to a supervisor.
    supervised: Option<Vec<sock_filter>>,
    /// Denies the calls that a supervisor would decide, if there is none.
    unsupervised: Option<Vec<sock_filter>>,
    /// Denies calls in both cases.
    denied: Option<Vec<sock_filter>>,
}

impl Filters {
    /// Builds the filters for programs with this confinement.
    pub(super) fn new(confinement: Confinement) -> Self {
        Self {
            supervised: syscall_denylist::supervised_filter(confinement, TRACED_CALLS),
            unsupervised: syscall_denylist::unsupervised_filter(confinement),
            denied: syscall_denylist::denied_filter(confinement),
        }
    }

    /// Installs the deny list on this thread and its future children. Without a supervisor, the
    /// calls that one would decide are denied too.
    ///
    /// Must follow [`ListenerHandover::send_listener`]. Requires no_new_privs. Async-signal-safe.
    ///
    /// # Errors
    /// Returns an error if the kernel refuses. The program must then not run.
    pub(super) fn install_denied(&self, supervised: bool) -> Result<(), Errno> {
        let unsupervised = self.unsupervised.as_ref().filter(|_| !supervised);
        for program in unsupervised.into_iter().chain(&self.denied) {
            install(program, 0)?;
        }
        Ok(())
    }

    /// Installs the filter of traced calls on this thread and its future children. Returns the
    /// listener, which is close-on-exec.
    ///
    /// Requires no_new_privs. Async-signal-safe.
    pub(super) fn install_traced(&self) -> Result<OwnedFd, Errno> {
        let Some(program) = &self.supervised else { return Err(Errno::NOSYS) };
        let mut last = Errno::INVAL;
        // The second flag (Linux 5.19) keeps signals from interrupting a call that the supervisor
        // has started to read, which would be reported twice.
        let listener = libc::SECCOMP_FILTER_FLAG_NEW_LISTENER;
        for flags in [listener | libc::SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, listener] {
            match install(program, flags) {
                // SAFETY: the call created this descriptor, and nothing else owns it.
                Ok(number) => return Ok(unsafe { OwnedFd::from_raw_fd(number) }),
                Err(error) => last = error,
            }
            if last != Errno::INVAL {
                break;
            }
        }
        Err(last)
    }
}

/// Installs a filter. Returns the kernel's result, which is a descriptor for some flags.
fn install(program: &[sock_filter], flags: libc::c_ulong) -> Result<i32, Errno> {
    let length = u16::try_from(program.len()).map_err(|_| Errno::INVAL)?;
    let filter = libc::sock_fprog { len: length, filter: program.as_ptr().cast_mut() };
    // SAFETY: the kernel reads the structure and the program it points to, and writes neither.
    let done = unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &raw const filter) };
    match i32::try_from(done) {
        Ok(number) if number >= 0 => Ok(number),
        _ => Err(Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::INVAL)),
    }
}

/// A socket pair that passes the listener from the child to its parent.
///
/// The socket keeps the listener open in transit. The child does not wait for the parent to receive
/// it, and the child's first traced call waits for an answer.
#[derive(Debug)]
pub(super) struct ListenerHandover {
    parent: OwnedFd,
    child: OwnedFd,
}

impl ListenerHandover {
    /// Creates the pair, before the fork; both ends are close-on-exec.
    pub(super) fn new() -> Result<Self, SysError> {
        socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
            .map(|(parent, child)| Self { parent, child })
            .map_err(during(Operation::CreateSocketPair))
    }

    /// Installs the filter in the child and sends the listener, or the error number.
    /// Async-signal-safe.
    ///
    /// Returns false if the filter could not be installed: the program then runs untraced.
    ///
    /// # Errors
    /// Returns an error if the listener was created and could not be sent. The program must not
    /// run, since its calls would fail.
    pub(super) fn send_listener(&self, filters: &Filters) -> Result<bool, Errno> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let listener = filters.install_traced();
        let number = listener.as_ref().err().map_or(0, |error| error.raw_os_error()).to_ne_bytes();
        let passed = listener.as_ref().ok().map(|listener| [listener.as_fd()]);
        if let Some(passed) = &passed {
            control.push(SendAncillaryMessage::ScmRights(passed));
        }
        let bytes = [IoSlice::new(&number)];
        rustix::io::retry_on_intr(|| sendmsg(&self.child, &bytes, &mut control, SendFlags::NOSIGNAL))?;
        Ok(passed.is_some())
    }

    /// Receives the listener in the parent, after the child's `execve`.
    ///
    /// # Errors
    /// Returns an error if there is no listener: `EBUSY` if this process is itself traced,
    /// `EACCES`, `EPERM` or `ENOSYS` if a container or the kernel denies seccomp.
    pub(super) fn receive_listener(&self) -> Result<OwnedFd, SysError> {
        const DOING: Operation = Operation::InstallSeccomp;
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut number = [0; 4];
        let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT;
        rustix::io::retry_on_intr(|| recvmsg(&self.parent, &mut [IoSliceMut::new(&mut number)], &mut control, flags))
            .map_err(during(DOING))?;
        let passed = control.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
            _ => None,
        });
        passed.ok_or_else(|| {
            during(DOING)(match i32::from_ne_bytes(number) {
                // Nothing was sent, or the descriptor was lost because this process has none left.
                0 => io::Error::from_raw_os_error(libc::EMFILE),
                number => io::Error::from_raw_os_error(number),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn take_fails_without_a_sent_listener() {
        let handover = ListenerHandover::new().expect("a pair");
        assert_eq!(handover.receive_listener().err().and_then(|error| error.errno()), Some(libc::EAGAIN));
    }
}
