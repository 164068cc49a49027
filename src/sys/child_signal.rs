//! Makes exits and stops of children readable at a descriptor (`signalfd(2)`, SIGCHLD). It does not
//! collect them: see [`super::reap`].
#![expect(unsafe_code, reason = "signal masks and signalfd have no safe wrappers")]

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd};

use super::{Operation, SysError, during};

/// Bytes of one report (`struct signalfd_siginfo`).
const REPORT_BYTES: usize = 128;

/// A descriptor that becomes readable when a child exits or stops.
#[derive(Debug)]
pub(crate) struct ChildSignal(OwnedFd);

impl ChildSignal {
    /// Blocks SIGCHLD in this thread and in threads that it creates later. The process must have no
    /// other thread: the kernel could deliver the signal there, where it has no effect.
    ///
    /// # Errors
    /// Returns an error if no descriptor is left (`EMFILE`).
    pub(crate) fn new() -> Result<Self, SysError> {
        let mut set = MaybeUninit::uninit();
        // SAFETY: `sigemptyset` initialises the set before it is read; the kernel reads it only.
        let fd = unsafe {
            libc::sigemptyset(set.as_mut_ptr());
            libc::sigaddset(set.as_mut_ptr(), libc::SIGCHLD);
            libc::pthread_sigmask(libc::SIG_BLOCK, set.as_ptr(), std::ptr::null_mut());
            libc::signalfd(-1, set.as_ptr(), libc::SFD_NONBLOCK | libc::SFD_CLOEXEC)
        };
        if fd < 0 {
            return Err(during(Operation::TraceCalls)(io::Error::last_os_error()));
        }
        // SAFETY: the call created this descriptor, and nothing else owns it.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// Consumes the signals that have come, of which the kernel keeps one at a time.
    pub(crate) fn clear(&self) {
        let mut report = [0_u8; REPORT_BYTES];
        while rustix::io::read(&self.0, &mut report).is_ok_and(|length| length > 0) {}
    }
}

impl AsFd for ChildSignal {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
