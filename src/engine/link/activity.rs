//! Whether frames are on the emulated link, as seen from outside its thread.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::sys::packet_socket::PacketSocket;
use crate::sys::{Operation, SysError};

/// The state that the thread publishes.
#[derive(Debug, Default)]
pub(super) struct LinkState {
    /// Counts the begins and ends of turns: odd while the thread handles frames. It begins with an
    /// end, so that the link counts as active until the thread runs.
    epoch: AtomicU64,
    /// The frames that are delayed.
    delayed: AtomicUsize,
}

impl LinkState {
    /// The thread begins to handle frames.
    pub(super) fn begin_turn(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
    }

    /// The thread is about to wait, with so many delayed frames.
    pub(super) fn end_turn(&self, delayed: usize) {
        self.delayed.store(delayed, Ordering::SeqCst);
        self.epoch.fetch_add(1, Ordering::SeqCst);
    }
}

/// The state of the thread, and the sockets on which it receives.
#[derive(Debug)]
pub(super) struct LinkActivity {
    pub(super) state: Arc<LinkState>,
    sockets: [OwnedFd; 2],
}

impl LinkActivity {
    /// Creates the state of a thread that has not run yet.
    ///
    /// # Errors
    /// Returns an error if the process has no descriptor left.
    pub(super) fn new(sockets: &[PacketSocket; 2]) -> Result<Self, SysError> {
        let copy = |socket: &PacketSocket| {
            let failed = |source| SysError::Doing { operation: Operation::StartForwarder, on: None, source };
            socket.as_fd().try_clone_to_owned().map_err(failed)
        };
        let state = LinkState { epoch: AtomicU64::new(1), ..LinkState::default() };
        Ok(Self { state: Arc::new(state), sockets: [copy(&sockets[0])?, copy(&sockets[1])?] })
    }

    /// Returns the number of turns so far, if no frame is on the link.
    ///
    /// A frame that arrives meanwhile is in a socket until the thread begins a turn, and it is
    /// delayed or sent when that ends. Equal numbers before and after other observations therefore
    /// show that no frame was on the link in between.
    pub(super) fn idle_epoch(&self) -> Option<u64> {
        let before = self.state.epoch.load(Ordering::SeqCst);
        let is_empty = before.is_multiple_of(2)
            && self.state.delayed.load(Ordering::SeqCst) == 0
            && self.sockets.iter().all(|socket| !is_readable(socket));
        (is_empty && self.state.epoch.load(Ordering::SeqCst) == before).then_some(before)
    }
}

fn is_readable(socket: &OwnedFd) -> bool {
    let mut wanted = [PollFd::new(socket, PollFlags::IN)];
    poll(&mut wanted, Some(&Timespec::default())) != Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_is_idle_between_turns_without_frames() {
        let (near, far) = rustix::net::socketpair(
            rustix::net::AddressFamily::UNIX,
            rustix::net::SocketType::DGRAM,
            rustix::net::SocketFlags::CLOEXEC,
            None,
        )
        .expect("a socket pair");
        let state = Arc::new(LinkState { epoch: AtomicU64::new(1), ..LinkState::default() });
        let sockets = [near.try_clone().expect("a copy"), near.try_clone().expect("a copy")];
        let link = LinkActivity { state: Arc::clone(&state), sockets };
        assert_eq!(link.idle_epoch(), None, "the thread has not run yet");
        state.end_turn(0);
        assert_eq!(link.idle_epoch(), Some(2));
        rustix::io::write(&far, b"frame").expect("a write");
        assert_eq!(link.idle_epoch(), None, "a frame waits in the socket");
        state.begin_turn();
        rustix::io::read(&near, &mut [0; 8]).expect("a read");
        assert_eq!(link.idle_epoch(), None, "the thread handles it");
        state.end_turn(1);
        assert_eq!(link.idle_epoch(), None, "it is delayed");
        state.begin_turn();
        state.end_turn(0);
        assert_eq!(link.idle_epoch(), Some(6));
    }
}
