//! The event loop: registered descriptors, a fine timer, and descriptors that were not read to the
//! end. It does not know what the descriptors belong to.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Registry, Token};

use super::system;
use super::timerfd::TimerFd;
use super::token::{LIFELINE, TICK};
use crate::model::Operation;
use crate::scenario::runtime::RuntimeError;

/// Maximum bytes read from one descriptor per poll.
pub(super) const MAX_READ_PER_POLL: usize = 64 << 10;

/// Events handled per poll.
const MAX_EVENTS: usize = 1024;

/// The event loop of an engine.
#[derive(Debug)]
pub(super) struct EventLoop {
    poll: Poll,
    ready: Events,
    timer: TimerFd,
    /// Descriptors that may have more data than one poll reads.
    unfinished_reads: Vec<Token>,
    /// Holds what one read returns.
    pub(super) read_buffer: Vec<u8>,
    /// Held open. End of file means that the runner is gone.
    _lifeline: OwnedFd,
}

impl EventLoop {
    /// Creates an event loop that observes its timer and `lifeline`.
    ///
    /// # Errors
    /// Returns an error if the kernel refuses one of them.
    pub(super) fn new(lifeline: OwnedFd) -> Result<Self, RuntimeError> {
        let poll = Poll::new().map_err(|error| system(Operation::CreateEventLoop, error))?;
        let timer = TimerFd::new().map_err(|error| system(Operation::CreateTimer, error))?;
        let ready = Events::with_capacity(MAX_EVENTS);
        let read_buffer = vec![0; MAX_READ_PER_POLL];
        let event_loop = Self { poll, ready, timer, unfinished_reads: Vec::new(), read_buffer, _lifeline: lifeline };
        let registered = event_loop.watch(&event_loop.timer.descriptor(), TICK);
        registered.map_err(|error| system(Operation::RegisterTimer, error))?;
        let registered = event_loop.watch(&event_loop._lifeline, LIFELINE);
        registered.map_err(|error| system(Operation::RegisterLifeline, error))?;
        Ok(event_loop)
    }

    /// Registers a descriptor that is read.
    pub(super) fn watch(&self, descriptor: &impl AsFd, token: Token) -> io::Result<()> {
        let descriptor = descriptor.as_fd().as_raw_fd();
        self.poll.registry().register(&mut SourceFd(&descriptor), token, Interest::READABLE)
    }

    /// Deregisters a descriptor. It is not an error if it was not registered.
    pub(super) fn forget(&self, descriptor: &impl AsFd) {
        let _ = self.poll.registry().deregister(&mut SourceFd(&descriptor.as_fd().as_raw_fd()));
    }

    /// Returns the registry for sockets of the event library.
    pub(super) fn registry(&self) -> &Registry {
        self.poll.registry()
    }

    /// Makes the next poll end after `time` at the latest, more exactly than its timeout.
    pub(super) fn arm_timer(&self, time: Duration) -> Result<(), RuntimeError> {
        self.timer.arm(time).map_err(|source| system(Operation::SetTimer, source))
    }

    /// Consumes the expiration of the timer.
    pub(super) fn clear_timer(&self) {
        self.timer.clear();
    }

    /// Notes that a descriptor may have more data: the next poll returns it at once.
    pub(super) fn read_again(&mut self, token: Token) {
        self.unfinished_reads.push(token);
    }

    /// Returns true if some descriptor was not read to the end.
    pub(super) const fn has_unfinished_reads(&self) -> bool {
        !self.unfinished_reads.is_empty()
    }

    /// Waits for events or the timeout. Returns the tokens of the events in their order, each with
    /// true if the descriptor is writable.
    pub(super) fn poll(&mut self, timeout: Option<Duration>) -> Result<BTreeMap<Token, bool>, RuntimeError> {
        let timeout = if self.has_unfinished_reads() { Some(Duration::ZERO) } else { timeout };
        if let Err(error) = self.poll.poll(&mut self.ready, timeout)
            && error.kind() != io::ErrorKind::Interrupted
        {
            return Err(system(Operation::AwaitEvents, error));
        }
        let mut tokens: BTreeMap<Token, bool> = self.unfinished_reads.drain(..).map(|token| (token, false)).collect();
        for event in &self.ready {
            let is_writable = event.is_writable() || event.is_error() || event.is_write_closed();
            *tokens.entry(event.token()).or_default() |= is_writable;
        }
        Ok(tokens)
    }
}
