//! Sends the messages of clients: whole, in fragments, or as datagrams.

use std::time::{Duration, Instant};

use super::World;
use super::arrivals::ending;
use super::client::Want;
use crate::model::{Bytes, ClientId, Ending, EventKind, Protocol, TcpState};
use crate::scenario::stage::{Order, Outgoing, StageError};

/// Interval between two queries of the socket table.
const SOON: Duration = Duration::from_micros(200);
/// How long a fragment waits until the server has read the one before.
const BETWEEN_FRAGMENTS: Duration = Duration::from_millis(100);

impl World {
    pub(super) fn send_batch(
        &mut self,
        batch: &[Outgoing],
        order: Order,
        within: Option<Duration>,
    ) -> Result<(), StageError> {
        let deadline = self.until_when(within);
        let mut batch: Vec<&Outgoing> = batch.iter().collect();
        if order == Order::Reverse {
            batch.reverse();
        }
        let clients: Vec<ClientId> = batch.iter().map(|one| one.client).collect();
        let places = self.places(&clients);
        for one in &batch {
            let k = one.client.0 as usize - 1;
            if self.clients.get(k).is_some_and(|client| client.connected) {
                self.send_one(k, one, deadline)?;
                self.drain_packets();
            }
        }
        if !self.await_clients(&places, &Want::Sent, deadline)? {
            self.give_up(&places, within.unwrap_or(self.setup.answer_within));
        }
        for k in places {
            let client = &mut self.clients[k];
            let left = client.outgoing.len() as u64 + client.unsent;
            client.outgoing.clear();
            client.unsent = 0;
            if left > 0 {
                self.recorder.record(EventKind::Unsent { client: client.id, bytes: left });
            }
        }
        Ok(())
    }

    fn send_one(&mut self, k: usize, one: &Outgoing, deadline: Instant) -> Result<(), StageError> {
        let client = &mut self.clients[k];
        self.recorder.record(EventKind::Sent { client: client.id, bytes: Bytes(one.bytes.clone()) });
        client.ask(&one.bytes);
        match client.protocol {
            Protocol::Udp => self.send_datagram(k, &one.bytes),
            Protocol::Tcp => {
                let size = one.bytes.len().div_ceil(one.fragments.max(1) as usize).max(1);
                for (n, piece) in one.bytes.chunks(size).enumerate() {
                    if n > 0 {
                        self.await_read(k, deadline)?;
                    }
                    self.clients[k].outgoing.extend(piece);
                    self.clients[k].push();
                }
            }
        }
        Ok(())
    }

    /// Sends one datagram. An error pending on the socket belongs to an earlier datagram (ICMP port
    /// unreachable). It is recorded first; then this one is sent anyway.
    fn send_datagram(&mut self, k: usize, bytes: &[u8]) {
        for _ in 0..2 {
            match self.clients[k].push_datagram(bytes) {
                Err(error) if error.raw_os_error() == Some(libc::ECONNREFUSED) => self.ended(k, Ending::Refused),
                Err(error) => return self.ended(k, ending(&error)),
                Ok(()) => return,
            }
        }
    }

    /// Waits until the server has read all that this client sent so far (its receive queue is
    /// empty), so that a fragment arrives alone. The wait is short, because a program need not
    /// read.
    fn await_read(&mut self, k: usize, deadline: Instant) -> Result<(), StageError> {
        let now = Instant::now();
        if now >= deadline {
            return Ok(());
        }
        let until = deadline.min(now + BETWEEN_FRAGMENTS);
        self.go_on_while_at_work(until, Some(SOON), |world| {
            if !world.clients[k].outgoing.is_empty() {
                return Ok(false);
            }
            let (local, peer) = (world.clients[k].local, world.clients[k].peer);
            let Some(table) = &mut world.table else { return Ok(true) };
            let Ok(rows) = table.tcp(&[TcpState::Established]) else { return Ok(true) };
            let row = rows.iter().find(|row| row.local == peer && row.peer == local);
            let own = rows.iter().find(|row| row.local == local && row.peer == peer);
            Ok(row.is_none_or(|row| row.receive_queue == 0) && own.is_none_or(|row| row.send_queue == 0))
        })?;
        Ok(())
    }
}
