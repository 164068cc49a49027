//! Sends the messages of clients: whole, in fragments, or as datagrams.

use std::time::{Duration, Instant};

use crate::engine::Engine;
use crate::engine::client::ClientGoal;
use crate::engine::client::recv::stream_end;
use crate::engine::wait::PollInterval;
use crate::model::{Bytes, ClientId, EventKind, Protocol, StreamEnd, TcpState};
use crate::scenario::runtime::{Outgoing, RuntimeError, SendOrder};

/// Interval between two queries of the socket table.
const POLL_INTERVAL: Duration = Duration::from_micros(200);
/// How long a fragment waits until the server has read the one before.
const FRAGMENT_TIMEOUT: Duration = Duration::from_millis(100);

impl Engine {
    pub(in crate::engine) fn send_batch(
        &mut self,
        batch: &[Outgoing],
        order: SendOrder,
        within: Option<Duration>,
    ) -> Result<(), RuntimeError> {
        let deadline = self.step_deadline(within);
        let mut batch: Vec<&Outgoing> = batch.iter().collect();
        if order == SendOrder::Reverse {
            batch.reverse();
        }
        let clients: Vec<ClientId> = batch.iter().map(|one| one.client).collect();
        let places = self.clients.connected(&clients);
        for one in &batch {
            let id = one.client;
            if self.clients.get(id).is_some_and(|client| client.connected) {
                self.send_one(id, one, deadline)?;
                self.drain_packets();
            }
        }
        if places.iter().any(|&id| self.clients[id].gave_up) {
            // This client no longer waits: whether a late answer comes before its next message must
            // not depend on timing.
            self.await_idle()?;
        }
        if !self.await_clients(&places, &ClientGoal::Sent, deadline)? {
            self.give_up(&places, within.unwrap_or(self.spec.script.limits.answer.0));
        }
        for id in places {
            let client = &mut self.clients[id];
            let left = client.outgoing.len() as u64 + client.unsent;
            client.outgoing.clear();
            client.unsent = 0;
            if left > 0 {
                self.recorder.record(EventKind::Unsent { client: client.id, bytes: left });
            }
        }
        Ok(())
    }

    fn send_one(&mut self, id: ClientId, one: &Outgoing, deadline: Instant) -> Result<(), RuntimeError> {
        self.clients.sent_bytes += one.bytes.len();
        if self.clients[id].http.is_some() && one.fragments > 1 {
            return self.send_pieces(id, one, deadline);
        }
        let client = &mut self.clients[id];
        self.recorder.record(EventKind::Sent { client: client.id, bytes: Bytes(one.bytes.clone()) });
        client.count_sent(&one.bytes);
        match client.protocol {
            Protocol::Udp => self.send_datagram(id, &one.bytes),
            Protocol::Tcp => {
                let size = one.bytes.len().div_ceil(one.fragments.max(1) as usize).max(1);
                for (n, piece) in one.bytes.chunks(size).enumerate() {
                    if n > 0 {
                        self.await_read(id, deadline)?;
                    }
                    self.clients[id].outgoing.extend(piece);
                    self.clients[id].flush_outgoing();
                }
            }
        }
        Ok(())
    }

    /// Sends the pieces of a request as messages of their own, each after the server has read the one
    /// before and is idle. So the journal shows whether a response came before the whole request.
    fn send_pieces(&mut self, id: ClientId, one: &Outgoing, deadline: Instant) -> Result<(), RuntimeError> {
        let size = one.bytes.len().div_ceil(one.fragments as usize).max(1);
        for (n, piece) in one.bytes.chunks(size).enumerate() {
            if n > 0 {
                self.await_read(id, deadline)?;
                self.await_idle()?;
            }
            let client = &mut self.clients[id];
            self.recorder.record(EventKind::Sent { client: client.id, bytes: Bytes(piece.to_vec()) });
            client.count_sent(piece);
            client.outgoing.extend(piece);
            client.flush_outgoing();
        }
        Ok(())
    }

    /// Sends one datagram. An error pending on the socket belongs to an earlier datagram (ICMP port
    /// unreachable). It is recorded first; then this one is sent anyway.
    fn send_datagram(&mut self, id: ClientId, bytes: &[u8]) {
        for _ in 0..2 {
            match self.clients[id].push_datagram(bytes) {
                Err(error) if error.raw_os_error() == Some(libc::ECONNREFUSED) => {
                    self.record_end(id, StreamEnd::Refused)
                }
                Err(error) => return self.record_end(id, stream_end(&error)),
                Ok(()) => return,
            }
        }
    }

    /// Waits until the server has read all that this client sent so far (its receive queue is
    /// empty), so that a fragment arrives alone. The wait is short, because a program need not
    /// read.
    fn await_read(&mut self, id: ClientId, deadline: Instant) -> Result<(), RuntimeError> {
        let now = Instant::now();
        if now >= deadline {
            return Ok(());
        }
        let until = deadline.min(now + FRAGMENT_TIMEOUT);
        self.wait_for_programs(until, PollInterval::Every(POLL_INTERVAL), |engine| {
            if !engine.clients[id].outgoing.is_empty() {
                return Ok(false);
            }
            let (local, peer) = (engine.clients[id].local, engine.clients[id].peer);
            let Some(table) = &mut engine.observers.sockets else { return Ok(true) };
            let Ok(rows) = table.tcp(&[TcpState::Established]) else { return Ok(true) };
            let row = rows.iter().find(|row| row.local == peer && row.peer == local);
            let own = rows.iter().find(|row| row.local == local && row.peer == peer);
            Ok(row.is_none_or(|row| row.receive_queue == 0) && own.is_none_or(|row| row.send_queue == 0))
        })?;
        Ok(())
    }
}
