//! The seccomp filters of a program under test (`seccomp(2)`): the calls that make sockets and lead them through their life, and those
//! on other processes, are told to a supervisor and wait for its answer, some are denied ([`super::deny`]), everything else runs
//! at full speed. They are installed, and the listener is passed on, between fork and `execve`, where nothing may allocate.
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

use super::deny::{self, Confinement};
use super::{SysError, doing};

/// The calls that are told. Not `close`, `read` and `write`, which would cost 6 microseconds each, and of which the
/// loader makes dozens before a program's own first line.
pub(super) const TOLD: [libc::c_long; 8] = [
    libc::SYS_socket,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_connect,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_shutdown,
    libc::SYS_setsockopt,
];

/// The filters of one program, made before the fork: afterwards nothing may allocate.
#[derive(Debug)]
pub(super) struct Filters {
    /// What is told to a supervisor.
    supervised: Option<Vec<sock_filter>>,
    /// What is denied where there is none.
    unsupervised: Option<Vec<sock_filter>>,
    /// What is denied always.
    denied: Option<Vec<sock_filter>>,
}

impl Filters {
    /// Those of a program that is held like this.
    pub(super) fn new(confinement: Confinement) -> Self {
        Self {
            supervised: deny::supervised(confinement, &TOLD),
            unsupervised: deny::unsupervised(confinement),
            denied: deny::denied(confinement),
        }
    }

    /// Puts the deny list on this thread and all that it will start; where nobody supervises it, what a supervisor would
    /// decide is denied as well. Comes after [`Handover::give`]. Needs no_new_privs. Async-signal-safe.
    ///
    /// # Errors
    /// The kernel refuses: the program must not run.
    pub(super) fn deny(&self, supervised: bool) -> Result<(), Errno> {
        let unsupervised = self.unsupervised.as_ref().filter(|_| !supervised);
        for program in unsupervised.into_iter().chain(&self.denied) {
            install(program, 0)?;
        }
        Ok(())
    }

    /// Puts the filter of what is told on this thread and all that it will start, and returns the listener, which is
    /// close-on-exec. Needs no_new_privs. Async-signal-safe.
    pub(super) fn listen(&self) -> Result<OwnedFd, Errno> {
        let Some(program) = &self.supervised else { return Err(Errno::NOSYS) };
        let mut last = Errno::INVAL;
        // The second flag (Linux 5.19) keeps signals from interrupting a call that the supervisor has begun to read: it
        // would be told twice.
        let listener = libc::SECCOMP_FILTER_FLAG_NEW_LISTENER;
        for flags in [listener | libc::SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, listener] {
            match install(program, flags) {
                // SAFETY: the call made this descriptor, and nothing else owns it.
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

/// Installs a filter; what the kernel returned, which is a descriptor for some flags.
fn install(program: &[sock_filter], flags: libc::c_ulong) -> Result<i32, Errno> {
    let length = u16::try_from(program.len()).map_err(|_| Errno::INVAL)?;
    let filter = libc::sock_fprog { len: length, filter: program.as_ptr().cast_mut() };
    // SAFETY: the kernel reads the structure and the program that it leads to, and writes neither.
    let done = unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &raw const filter) };
    match i32::try_from(done) {
        Ok(number) if number >= 0 => Ok(number),
        _ => Err(Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::INVAL)),
    }
}

/// The way that a listener takes from the child to its parent. While it is on its way it is open: the child need not
/// wait for the parent to take it, and its first told call waits for an answer.
#[derive(Debug)]
pub(super) struct Handover {
    parent: OwnedFd,
    child: OwnedFd,
}

impl Handover {
    /// Made before the fork; both ends are close-on-exec.
    pub(super) fn new() -> Result<Self, SysError> {
        socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
            .map(|(parent, child)| Self { parent, child })
            .map_err(doing("creating a socket pair", "this process"))
    }

    /// The child's part: installs the filter and sends the listener, or the number of the error. Where it cannot be
    /// had the program runs untold; whether it could. Async-signal-safe.
    ///
    /// # Errors
    /// The listener was made and could not be sent: the program must not run, its calls would fail.
    pub(super) fn give(&self, filters: &Filters) -> Result<bool, Errno> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let listener = filters.listen();
        let number = listener.as_ref().err().map_or(0, |error| error.raw_os_error()).to_ne_bytes();
        let passed = listener.as_ref().ok().map(|listener| [listener.as_fd()]);
        if let Some(passed) = &passed {
            control.push(SendAncillaryMessage::ScmRights(passed));
        }
        let bytes = [IoSlice::new(&number)];
        rustix::io::retry_on_intr(|| sendmsg(&self.child, &bytes, &mut control, SendFlags::NOSIGNAL))?;
        Ok(passed.is_some())
    }

    /// The parent's part, after the child's `execve`.
    ///
    /// # Errors
    /// Why there is no listener: `EBUSY` where this process is itself told to a supervisor, `EACCES` or `EPERM` or
    /// `ENOSYS` where a container or the kernel denies seccomp.
    pub(super) fn take(&self) -> Result<OwnedFd, SysError> {
        const DOING: &str = "installing the seccomp filter";
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut number = [0; 4];
        let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT;
        rustix::io::retry_on_intr(|| recvmsg(&self.parent, &mut [IoSliceMut::new(&mut number)], &mut control, flags))
            .map_err(doing(DOING, "a program"))?;
        let passed = control.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
            _ => None,
        });
        passed.ok_or_else(|| {
            doing(DOING, "a program")(match i32::from_ne_bytes(number) {
                // Nothing was sent, or the descriptor got lost: this process has no number left for it.
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
    fn what_was_never_given_is_an_error() {
        let handover = Handover::new().expect("a pair");
        assert_eq!(handover.take().err().and_then(|error| error.errno()), Some(libc::EAGAIN));
    }
}
