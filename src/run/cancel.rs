//! Breaking off: one pipe that becomes readable for everybody who waits, and stays so.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

/// Tells every waiting thread that the run is broken off.
#[derive(Debug)]
pub struct Cancel {
    reader: OwnedFd,
    writer: OwnedFd,
    seen: AtomicBool,
}

impl Cancel {
    /// A run that goes on.
    ///
    /// # Errors
    /// No pipe can be made.
    pub fn new() -> io::Result<Self> {
        let (reader, writer) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
        Ok(Self { reader, writer, seen: AtomicBool::new(false) })
    }

    /// A copy of the end that breaks off when anything is written to it, for a signal handler.
    ///
    /// # Errors
    /// It cannot be copied.
    pub fn trigger(&self) -> io::Result<OwnedFd> {
        self.writer.try_clone()
    }

    /// Whether the run was broken off.
    pub fn is_cancelled(&self) -> bool {
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
    fn it_stays_broken_off() {
        let cancel = Cancel::new().expect("a pipe");
        assert!(!cancel.is_cancelled());
        rustix::io::write(cancel.trigger().expect("a copy"), b"x").expect("writes");
        assert!(cancel.is_cancelled() && cancel.is_cancelled());
    }
}
