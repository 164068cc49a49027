//! Cancellation: a pipe that becomes readable for every waiting thread and stays readable.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

/// A cancellation signal that every thread of a run can poll.
#[derive(Debug)]
pub(crate) struct Cancel {
    reader: OwnedFd,
    writer: OwnedFd,
    seen: AtomicBool,
}

impl Cancel {
    /// Creates a signal that is not set.
    ///
    /// # Errors
    /// Returns an error if the pipe cannot be created.
    pub(crate) fn new() -> io::Result<Self> {
        let (reader, writer) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
        Ok(Self { reader, writer, seen: AtomicBool::new(false) })
    }

    /// Returns a copy of the pipe's write end, for a signal handler: writing to it cancels the run.
    ///
    /// # Errors
    /// Returns an error if the descriptor cannot be duplicated.
    pub(crate) fn trigger(&self) -> io::Result<OwnedFd> {
        self.writer.try_clone()
    }

    /// Returns true if the run was cancelled.
    pub(crate) fn is_cancelled(&self) -> bool {
        if self.seen.load(Ordering::Relaxed) {
            return true;
        }
        let now = rustix::event::Timespec::default();
        let mut wanted = [rustix::event::PollFd::new(&self.reader, rustix::event::PollFlags::IN)];
        let seen = rustix::event::poll(&mut wanted, Some(&now)).is_ok_and(|ready| ready > 0);
        self.seen.fetch_or(seen, Ordering::Relaxed);
        seen
    }
}

impl AsFd for Cancel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cancel_is_permanent() {
        let cancel = Cancel::new().expect("a pipe");
        assert!(!cancel.is_cancelled());
        rustix::io::write(cancel.trigger().expect("a copy"), b"x").expect("writes");
        assert!(cancel.is_cancelled() && cancel.is_cancelled());
    }
}
