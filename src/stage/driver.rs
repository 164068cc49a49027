//! The client driver: what steps ask of clients, on the one event loop, with deadlines by the clock.

use std::io::{self, Read};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr};
use std::time::{Duration, Instant};

use mio::event::Source;
use mio::{Interest, Token};

use super::client::{Client, ENOUGH, Want, Wire};
use super::supervisor::Where;
use super::{CLIENTS, TURN, World, system};
use crate::model::{Bytes, ClientId, Ending, EventKind, Protocol, ServerId};
use crate::scenario::stage::{ConnectRequest, Order, Outgoing, StageError, Until};

/// How long a connect waits for room in the accept queue before it is tried all the same.
const PACE: Duration = Duration::from_secs(1);
/// How soon the socket table is asked again.
const SOON: Duration = Duration::from_micros(200);
/// How long a fragment waits until the server has read the one before.
const BETWEEN_FRAGMENTS: Duration = Duration::from_millis(100);

/// The address at which clients of this machine reach a socket bound to `bound`.
pub(super) fn reachable(bound: SocketAddr, v6_only: bool) -> SocketAddr {
    let ip = match bound.ip() {
        IpAddr::V6(v6) if v6.is_unspecified() && v6_only => Ipv6Addr::LOCALHOST.into(),
        ip if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, bound.port())
}

impl World {
    pub(super) fn connect_clients(&mut self, request: &ConnectRequest) -> Result<(), StageError> {
        let server =
            request.server.unwrap_or(ServerId(u32::try_from(self.servers.len().saturating_sub(1)).unwrap_or(0)));
        let Some(Where { address, protocol, listener }) = self.servers.get(server.0 as usize).and_then(|s| s.place())
        else {
            return Ok(()); // It never became ready, which the journal tells; there is nobody to connect to.
        };
        let protocol = request.protocol.unwrap_or(protocol);
        let deadline = self.until_when(request.within);
        let first = self.clients.len();
        for _ in 0..request.clients {
            if protocol == Protocol::Tcp {
                if let Some(listener) = listener {
                    self.pace(listener, deadline)?;
                }
            }
            self.begin_client(server, protocol, address)?;
        }
        let all: Vec<usize> = (first..self.clients.len()).collect();
        self.await_clients(&all, &Want::Connected, deadline)?;
        for k in all {
            if !self.clients[k].connected && self.clients[k].ended.is_none() {
                self.connect_failed(k, Ending::Deadline);
            }
        }
        Ok(())
    }

    /// Waits until the listener's accept queue has room for one more, so that the kernel drops no handshake.
    fn pace(&mut self, listener: SocketAddr, deadline: Instant) -> Result<(), StageError> {
        let until = deadline.min(Instant::now() + PACE);
        self.go_on(until, Some(SOON), |world| {
            let connecting = u32::try_from(world.wanting).unwrap_or(u32::MAX);
            let Some(table) = &mut world.table else { return Ok(true) };
            Ok(match table.listener(listener) {
                Ok(Some(row)) => row.receive_queue.saturating_add(connecting) <= row.send_queue,
                _ => true,
            })
        })?;
        Ok(())
    }

    fn begin_client(&mut self, server: ServerId, protocol: Protocol, address: SocketAddr) -> Result<(), StageError> {
        let k = self.clients.len();
        let id = ClientId(u32::try_from(k + 1).unwrap_or(u32::MAX));
        let mut client = match Client::begin(id, server, protocol, address) {
            Ok(client) => client,
            Err(error) if refused(&error) => {
                self.clients.push(Client::without_wire(id, server, protocol, address));
                self.connect_failed(k, ending(&error));
                return Ok(());
            }
            Err(error) => return Err(system(format!("connecting client {} to {address}", id.0), error)),
        };
        let token = Token(CLIENTS + k * 2);
        let registry = self.poll.registry();
        let registered = match &mut client.wire {
            Wire::Tcp(stream) => stream.register(registry, token, Interest::READABLE | Interest::WRITABLE),
            Wire::Udp(socket, catcher) => {
                socket.register(registry, token, Interest::READABLE).and_then(|()| match catcher {
                    Some(catcher) => catcher.register(registry, Token(token.0 + 1), Interest::READABLE),
                    None => Ok(()),
                })
            }
            Wire::None => Ok(()),
        };
        registered.map_err(|error| system("watching a client", error))?;
        if protocol == Protocol::Udp {
            let (local, peer) = (client.local, client.peer);
            self.recorder.record(EventKind::Connected { client: id, server, protocol, local, peer });
        } else {
            client.want = Some(Want::Connected);
            self.wanting += 1;
        }
        self.clients.push(client);
        Ok(())
    }

    /// Waits until each of these clients has what it wants, or nothing more can come, or the deadline has passed.
    fn await_clients(&mut self, clients: &[usize], want: &Want, deadline: Instant) -> Result<bool, StageError> {
        self.wanting = 0;
        for &k in clients {
            let client = &mut self.clients[k];
            client.want = None;
            if !client.gave_up && !client.is_satisfied(want) {
                client.want = Some(want.clone());
                self.wanting += 1;
            }
        }
        let met = self.go_on(deadline, None, |world| Ok(world.wanting == 0))?;
        self.wanting = 0;
        Ok(met)
    }

    /// Asks whether a client has got what it wants by now.
    fn look_at_want(&mut self, k: usize) {
        let client = &mut self.clients[k];
        if client.want.as_ref().is_some_and(|want| client.is_satisfied(want)) {
            client.want = None;
            self.wanting = self.wanting.saturating_sub(1);
        }
    }

    /// Writes down that these clients waited in vain; they wait no more.
    fn give_up(&mut self, clients: &[usize], within: Duration) {
        for &k in clients {
            if let Some(want) = self.clients[k].want.take() {
                self.clients[k].gave_up = true;
                let waiting = self.clients[k].waiting(&want);
                let within_ms = u64::try_from(within.as_millis()).unwrap_or(u64::MAX);
                self.recorder.record(EventKind::Late { client: self.clients[k].id, waiting, within_ms });
            }
        }
    }

    /// Where the clients with these numbers stand.
    fn places(&self, clients: &[ClientId]) -> Vec<usize> {
        let open = |k: &usize| self.clients.get(*k).is_some_and(|client| client.connected);
        clients.iter().map(|client| client.0 as usize - 1).filter(open).collect()
    }

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
            }
        }
        if !self.await_clients(&places, &Want::Sent, deadline)? {
            self.give_up(&places, within.unwrap_or(self.setup.answer_within));
        }
        for k in places {
            let left = self.clients[k].outgoing.len() as u64;
            if left > 0 {
                self.clients[k].outgoing.clear();
                self.recorder.record(EventKind::Unsent { client: self.clients[k].id, bytes: left });
            }
        }
        Ok(())
    }

    fn send_one(&mut self, k: usize, one: &Outgoing, deadline: Instant) -> Result<(), StageError> {
        let client = &mut self.clients[k];
        self.recorder.record(EventKind::Sent { client: client.id, label: None, bytes: Bytes(one.bytes.clone()) });
        client.sent_in_all += one.bytes.len() as u64;
        match client.protocol {
            Protocol::Udp => {
                client.asked += u64::from(!one.bytes.is_empty());
                self.send_datagram(k, &one.bytes);
            }
            Protocol::Tcp => {
                client.asked += one.bytes.len() as u64;
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

    /// One datagram. An error that was waiting on the socket (the answer to an earlier datagram: nobody is there) is
    /// taken first and written down; then it is sent all the same.
    fn send_datagram(&mut self, k: usize, bytes: &[u8]) {
        for _ in 0..2 {
            match self.clients[k].push_datagram(bytes) {
                Err(error) if error.raw_os_error() == Some(libc::ECONNREFUSED) => self.ended(k, Ending::Refused),
                Err(error) => return self.ended(k, ending(&error)),
                Ok(()) => return,
            }
        }
    }

    /// Waits until the server's program has read all that this client sent so far (its receive queue is empty), so that
    /// a fragment really arrives alone; not for long, because a program need not read.
    fn await_read(&mut self, k: usize, deadline: Instant) -> Result<(), StageError> {
        let until = deadline.min(Instant::now() + BETWEEN_FRAGMENTS);
        self.go_on(until, Some(SOON), |world| {
            if !world.clients[k].outgoing.is_empty() {
                return Ok(false);
            }
            let (local, peer) = (world.clients[k].local, world.clients[k].peer);
            let Some(table) = &mut world.table else { return Ok(true) };
            let Ok(rows) = table.tcp(&[crate::model::TcpState::Established]) else { return Ok(true) };
            let row = rows.iter().find(|row| row.local == peer && row.peer == local);
            let own = rows.iter().find(|row| row.local == local && row.peer == peer);
            Ok(row.is_none_or(|row| row.receive_queue == 0) && own.is_none_or(|row| row.send_queue == 0))
        })?;
        Ok(())
    }

    pub(super) fn receive_until(
        &mut self,
        clients: &[ClientId],
        until: &Until,
        within: Option<Duration>,
    ) -> Result<(), StageError> {
        let places = self.places(clients);
        let deadline = self.until_when(within);
        if let Until::Quiet(quiet) = until {
            self.await_quiet(&places, *quiet, deadline)?;
        } else {
            let want = match until {
                Until::End => Want::End,
                Until::Bytes(bytes) => Want::Bytes(*bytes),
                Until::Text(text) => Want::Text(text.clone()),
                Until::Answer | Until::Quiet(_) => Want::Answer,
            };
            if !self.await_clients(&places, &want, deadline)? {
                self.give_up(&places, within.unwrap_or(self.setup.answer_within));
            }
        }
        for k in places {
            self.clients[k].count_anew();
        }
        Ok(())
    }

    /// Goes on until none of these clients got anything for this long.
    fn await_quiet(&mut self, places: &[usize], quiet: Duration, deadline: Instant) -> Result<(), StageError> {
        let count = |world: &Self| places.iter().map(|&k| world.clients[k].came).sum::<u64>();
        let (mut before, mut since) = (count(self), Instant::now());
        self.go_on(deadline, Some(quiet), |world| {
            let now = count(world);
            if now != before {
                (before, since) = (now, Instant::now());
            }
            Ok(since.elapsed() >= quiet)
        })?;
        Ok(())
    }

    pub(super) fn half_close(&mut self, clients: &[ClientId]) {
        for k in self.places(clients) {
            let client = &mut self.clients[k];
            if client.half_closed || client.ended.as_ref().is_some_and(|ending| *ending != Ending::End) {
                continue;
            }
            client.half_closed = true;
            if let Wire::Tcp(stream) = &client.wire {
                let _ = stream.shutdown(Shutdown::Write);
                self.recorder.record(EventKind::FinishedSending { client: client.id });
            }
        }
    }

    /// Closes: a FIN, then everything that still comes is read to its end, in the turns of later steps.
    pub(super) fn close_clients(&mut self, clients: &[ClientId]) {
        for k in self.places(clients) {
            let client = &mut self.clients[k];
            if client.closed {
                continue;
            }
            client.closed = true;
            if let Wire::Tcp(stream) = &client.wire {
                if !client.half_closed {
                    let _ = stream.shutdown(Shutdown::Write);
                }
                client.half_closed = true;
            }
            self.recorder.record(EventKind::Closed { client: client.id });
        }
    }

    pub(super) fn abort_clients(&mut self, clients: &[ClientId]) -> Result<(), StageError> {
        // What has come by now came before the reset.
        self.turn(Some(Duration::ZERO))?;
        for k in self.places(clients) {
            let client = &mut self.clients[k];
            if !client.closed {
                client.closed = true;
                client.reset();
                self.recorder.record(EventKind::Aborted { client: client.id });
            }
        }
        Ok(())
    }

    /// A client's socket has something to say.
    pub(super) fn client_ready(&mut self, k: usize, token: Token, writable: bool) {
        if !self.clients[k].connected && self.clients[k].protocol == Protocol::Tcp && !self.finish_connect(k, writable)
        {
            return;
        }
        if writable {
            self.clients[k].push();
        }
        self.read_client(k, token);
        self.look_at_want(k);
    }

    /// Whether the connection is there now.
    fn finish_connect(&mut self, k: usize, writable: bool) -> bool {
        let client = &mut self.clients[k];
        let Wire::Tcp(stream) = &client.wire else { return false };
        match stream.take_error() {
            Ok(None) => {}
            Ok(Some(error)) | Err(error) => {
                self.connect_failed(k, ending(&error));
                return false;
            }
        }
        let (Ok(local), Ok(peer)) = (stream.local_addr(), stream.peer_addr()) else {
            return false;
        };
        if !writable {
            return false;
        }
        // A socket can meet itself where nobody listens (RFC 9293, simultaneous open): that is no server.
        if local == peer {
            self.connect_failed(k, Ending::Refused);
            return false;
        }
        client.connected = true;
        (client.local, client.peer) = (local, peer);
        let (id, server, protocol) = (client.id, client.server, client.protocol);
        self.recorder.record(EventKind::Connected { client: id, server, protocol, local, peer });
        self.look_at_want(k);
        true
    }

    fn connect_failed(&mut self, k: usize, ending: Ending) {
        let client = &mut self.clients[k];
        if client.ended.is_none() {
            client.ended = Some(ending.clone());
            client.wire = Wire::None;
            let (id, server) = (client.id, client.server);
            self.recorder.record(EventKind::ConnectFailed { client: id, server, ending });
            self.look_at_want(k);
        }
    }

    /// Reads what is there, at most a turn's worth.
    fn read_client(&mut self, k: usize, token: Token) {
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut read = 0;
        loop {
            let client = &mut self.clients[k];
            if client.dropped >= ENOUGH || client.ended.is_some() && client.protocol == Protocol::Tcp {
                break;
            }
            if read >= TURN {
                self.again.push(token);
                break;
            }
            let came = match &mut client.wire {
                Wire::Tcp(stream) => stream.read(&mut buffer),
                Wire::Udp(socket, _) => socket.recv(&mut buffer),
                Wire::None => break,
            };
            match came {
                Ok(0) if client.protocol == Protocol::Tcp => {
                    self.ended(k, Ending::End);
                    break;
                }
                Ok(n) => {
                    read += n.max(1);
                    self.came(k, &buffer[..n]);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => {
                    self.ended(k, ending(&error));
                    if self.clients[k].protocol == Protocol::Tcp {
                        break;
                    }
                }
            }
        }
        self.buffer = buffer;
    }

    fn came(&mut self, k: usize, bytes: &[u8]) {
        let client = &mut self.clients[k];
        let keep = client.count(bytes);
        let id = client.id;
        match client.protocol {
            Protocol::Tcp if keep > 0 => self.recorder.stream_bytes(id, &bytes[..keep]),
            Protocol::Udp if keep == bytes.len() => {
                self.recorder.record(EventKind::Received { client: id, bytes: Bytes(bytes.to_vec()) });
            }
            _ => {}
        }
    }

    fn ended(&mut self, k: usize, ending: Ending) {
        let client = &mut self.clients[k];
        if client.ended.is_none() {
            client.ended = Some(ending.clone());
            let id = client.id;
            self.recorder.record(EventKind::Ended { client: id, ending });
        }
    }

    /// Something came to a client's port from where the client sent nothing to.
    pub(super) fn stray(&mut self, k: usize) {
        let mut buffer = std::mem::take(&mut self.buffer);
        // More than a few tell nothing new; the rest stays in the kernel, which bounds it.
        for _ in 0..16 {
            let Some(Client { id, wire: Wire::Udp(_, Some(catcher)), .. }) = self.clients.get(k) else { break };
            let Ok((n, from)) = catcher.recv_from(&mut buffer) else { break };
            let bytes = Bytes(buffer[..n.min(2048)].to_vec());
            self.recorder.record(EventKind::Stray { client: *id, from, bytes });
        }
        self.buffer = buffer;
    }

    /// Writes down how many bytes were counted and dropped.
    pub(super) fn record_overflows(&mut self) {
        for client in &self.clients {
            if client.dropped > 0 {
                self.recorder.record(EventKind::Overflowed { client: client.id, bytes: client.dropped });
            }
        }
    }
}

/// Whether a connect failed because of the other end, not of this machine.
fn refused(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(
            libc::ECONNREFUSED
                | libc::ECONNRESET
                | libc::ENETUNREACH
                | libc::EHOSTUNREACH
                | libc::ETIMEDOUT
                | libc::EINVAL
        )
    )
}

/// How a socket's error ends a stream.
fn ending(error: &io::Error) -> Ending {
    match error.raw_os_error() {
        Some(libc::ECONNRESET | libc::EPIPE) => Ending::Reset,
        Some(libc::ECONNREFUSED) => Ending::Refused,
        Some(libc::ETIMEDOUT) => Ending::Deadline,
        _ => Ending::Other(error.to_string()),
    }
}
