//! Pacing of connects by the server's accept queue, so that a burst of clients loses no handshake.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::Engine;
use super::wait::PollInterval;
use crate::scenario::runtime::RuntimeError;

/// How long a connect waits for room in the accept queue before it is tried anyway.
const ACCEPT_ROOM_TIMEOUT: Duration = Duration::from_secs(1);
/// Interval between two queries of the socket table.
const POLL_INTERVAL: Duration = Duration::from_micros(200);

impl Engine {
    /// Waits until the accept queue has room for one more, so that the kernel drops no handshake.
    /// The client would repeat a dropped one after a second or more. Returns false if there is
    /// none.
    pub(super) fn await_accept_room(&mut self, listener: SocketAddr, deadline: Instant) -> Result<bool, RuntimeError> {
        let now = Instant::now();
        if now >= deadline {
            return Ok(true);
        }
        let until = deadline.min(now + ACCEPT_ROOM_TIMEOUT);
        self.wait_for_programs(until, PollInterval::Every(POLL_INTERVAL), |engine| {
            let connecting = engine.clients.waiting;
            let Some(table) = &mut engine.observers.sockets else { return Ok(true) };
            Ok(match table.listener(listener) {
                Ok(Some(row)) => row.receive_queue.saturating_add(connecting) <= row.send_queue,
                _ => true,
            })
        })
    }
}
