//! The client driver: performs the client steps on the event loop, with wall-clock deadlines.

use std::io;
use std::net::{Shutdown, SocketAddr};
use std::time::{Duration, Instant};

use mio::event::Source;
use mio::{Interest, Token};

use super::client::{Client, ClientGoal, ClientSocket};
use super::server::ServerAddress;
use super::wait::{PollInterval, QuietWork, SystemClock};
use super::waiting::CPU_BUDGET;
use super::{Engine, FIRST_CLIENT_TOKEN, system};
use crate::engine::client::recv::stream_end;
use crate::model::{ClientId, EventKind, Protocol, ServerId, StreamEnd};
use crate::scenario::runtime::{ConnectRequest, ReceiveUntil, RuntimeError};

/// How long a connect waits for room in the accept queue before it is tried anyway.
const ACCEPT_ROOM_TIMEOUT: Duration = Duration::from_secs(1);
/// Interval between two queries of the socket table.
const POLL_INTERVAL: Duration = Duration::from_micros(200);
/// Interval between two looks for answers that are complete but for white space.
const STRIP_POLL: Duration = Duration::from_millis(20);

impl Engine {
    pub(super) fn connect_clients(&mut self, request: &ConnectRequest) -> Result<(), RuntimeError> {
        let to = self.host_index(request.to.as_ref());
        let last = self.servers.iter().rposition(|server| to.is_none() || server.host == to).unwrap_or(0);
        let server = request.server.unwrap_or(ServerId(u32::try_from(last).unwrap_or(0)));
        let from = self.host_index(request.on.as_ref());
        let Some(ServerAddress { address, protocol, listener }) =
            self.servers.get(server.0 as usize).and_then(|s| s.endpoint())
        else {
            // The server never became ready, which the journal records: nothing to connect to.
            return Ok(());
        };
        let address = self.address_from(from, self.servers[server.0 as usize].host, address);
        let protocol = request.protocol.unwrap_or(protocol);
        let deadline = self.step_deadline(request.within);
        let first = self.clients.len();
        for _ in 0..request.clients {
            if protocol == Protocol::Tcp
                && let Some(listener) = listener
            {
                self.await_accept_room(listener, deadline)?;
            }
            self.begin_client(server, protocol, address, from, request.reads)?;
        }
        let all: Vec<usize> = (first..self.clients.len()).collect();
        self.await_clients(&all, &ClientGoal::Connected, deadline)?;
        for k in all {
            if !self.clients[k].connected && self.clients[k].ended.is_none() {
                self.connect_failed(k, StreamEnd::Deadline);
            }
            if self.clients[k].never_reads && self.clients[k].connected {
                // A client that never reads has nothing to wait for.
                self.clients[k].gave_up = true;
                self.recorder.record(EventKind::ReadsNothing { client: self.clients[k].id });
            }
        }
        self.await_exit_if_refused(first, server)
    }

    /// Waits for the server's exit if a client was refused. The server has probably just exited:
    /// its listener is closed shortly before the process ends.
    fn await_exit_if_refused(&mut self, first: usize, server: ServerId) -> Result<(), RuntimeError> {
        let refused = self.clients[first..].iter().any(|client| client.ended == Some(StreamEnd::Refused));
        if refused { self.await_exit(server) } else { Ok(()) }
    }

    /// Waits for the server's exit if a stream ended in the middle of an answer. The server has
    /// probably just exited: its sockets are closed shortly before the process ends.
    fn await_exit_if_interrupted(&mut self, places: &[usize]) -> Result<(), RuntimeError> {
        let broken = places.iter().map(|&k| &self.clients[k]).find(|client| client.is_interrupted());
        broken.map(|client| client.server).map_or(Ok(()), |server| self.await_exit(server))
    }

    /// Waits until the accept queue has room for one more, so that the kernel drops no handshake.
    /// The client would repeat a dropped one after a second or more.
    fn await_accept_room(&mut self, listener: SocketAddr, deadline: Instant) -> Result<(), RuntimeError> {
        let now = Instant::now();
        if now >= deadline {
            return Ok(());
        }
        let until = deadline.min(now + ACCEPT_ROOM_TIMEOUT);
        self.wait_for_programs(until, PollInterval::Every(POLL_INTERVAL), |world| {
            let connecting = u32::try_from(world.waiting_clients).unwrap_or(u32::MAX);
            let Some(table) = &mut world.table else { return Ok(true) };
            Ok(match table.listener(listener) {
                Ok(Some(row)) => row.receive_queue.saturating_add(connecting) <= row.send_queue,
                _ => true,
            })
        })?;
        Ok(())
    }

    fn begin_client(
        &mut self,
        server: ServerId,
        protocol: Protocol,
        address: SocketAddr,
        host: Option<usize>,
        reads: bool,
    ) -> Result<(), RuntimeError> {
        let k = self.clients.len();
        let id = ClientId(u32::try_from(k + 1).unwrap_or(u32::MAX));
        let source = self.source_address(host);
        let mut client = match self.on_host(host, || Client::connect(id, server, protocol, address, source, reads))? {
            Ok(client) => client,
            Err(error) if is_peer_error(&error) => {
                self.clients.push(Client::without_socket(id, server, protocol, address));
                self.connect_failed(k, stream_end(&error));
                return Ok(());
            }
            Err(error) => return Err(system(format!("connecting client {} to {address}", id.0), error)),
        };
        let token = Token(FIRST_CLIENT_TOKEN + k * 2);
        let registry = self.poll.registry();
        let registered = match &mut client.socket {
            ClientSocket::Tcp(stream) => stream.register(registry, token, Interest::READABLE | Interest::WRITABLE),
            ClientSocket::Udp(socket, catcher) => {
                socket.register(registry, token, Interest::READABLE).and_then(|()| match catcher {
                    Some(catcher) => catcher.register(registry, Token(token.0 + 1), Interest::READABLE),
                    None => Ok(()),
                })
            }
            ClientSocket::None => Ok(()),
        };
        registered.map_err(|error| system("registering a client socket", error))?;
        if protocol == Protocol::Udp {
            let (local, peer) = (client.local, client.peer);
            // An answer may come from another port than the server's.
            self.capture_port(Some(local.port()));
            self.recorder.record(EventKind::Connected { client: id, server, protocol, local, peer });
        } else {
            client.goal = Some(ClientGoal::Connected);
            self.waiting_clients += 1;
        }
        self.clients.push(client);
        Ok(())
    }

    /// Waits until `want` is met, or can no longer be met, for each of these clients. Returns false
    /// if the deadline passes first.
    pub(super) fn await_clients(
        &mut self,
        clients: &[usize],
        want: &ClientGoal,
        deadline: Instant,
    ) -> Result<bool, RuntimeError> {
        self.waiting_clients = 0;
        for &k in clients {
            let client = &mut self.clients[k];
            client.goal = None;
            if !client.gave_up && !client.is_satisfied(want) {
                client.goal = Some(want.clone());
                self.waiting_clients += 1;
            }
        }
        // Only a quiet period distinguishes an answer that is shorter than the message from a late
        // one.
        let stripped = *want == ClientGoal::Answer && clients.iter().any(|&k| self.clients[k].may_be_stripped());
        let poll = if stripped { PollInterval::Every(STRIP_POLL) } else { PollInterval::OnEvent };
        let mut work = QuietWork::new(CPU_BUDGET);
        let met = self.wait_for_programs(deadline, poll, |world| {
            if stripped {
                world.accept_stripped_answers(clients, &mut work);
            }
            Ok(world.waiting_clients == 0)
        })?;
        self.waiting_clients = 0;
        Ok(met)
    }

    /// Accepts answers that lack only white space as complete, unless a server is still about to
    /// send the rest.
    fn accept_stripped_answers(&mut self, clients: &[usize], work: &mut QuietWork) {
        let is_stripped = |client: &Client| client.goal == Some(ClientGoal::Answer) && client.is_stripped();
        let stripped: Vec<usize> = clients.iter().copied().filter(|&k| is_stripped(&self.clients[k])).collect();
        if stripped.is_empty() || !work.is_done(self, &SystemClock) {
            return;
        }
        for k in stripped {
            self.clients[k].complete_answer();
            self.update_goal(k);
        }
    }

    /// Clears the goal of a client if it is met.
    pub(super) fn update_goal(&mut self, k: usize) {
        let client = &mut self.clients[k];
        if client.goal.as_ref().is_some_and(|want| client.is_satisfied(want)) {
            client.goal = None;
            self.waiting_clients = self.waiting_clients.saturating_sub(1);
        }
    }

    /// Records a timeout for each of these clients that still waits, and stops waiting for them.
    pub(super) fn give_up(&mut self, clients: &[usize], within: Duration) {
        for &k in clients {
            if let Some(want) = self.clients[k].goal.take() {
                let waiting = self.clients[k].wait_target(&want);
                let within_ms = u64::try_from(within.as_millis()).unwrap_or(u64::MAX);
                self.recorder.record(EventKind::Late { client: self.clients[k].id, waiting, within_ms });
                self.clients[k].give_up();
            }
        }
    }

    /// Returns the indices of those clients that ever connected.
    pub(super) fn client_indices(&self, clients: &[ClientId]) -> Vec<usize> {
        let open = |k: &usize| self.clients.get(*k).is_some_and(|client| client.connected);
        clients.iter().map(|client| client.0 as usize - 1).filter(open).collect()
    }

    pub(super) fn receive_until(
        &mut self,
        clients: &[ClientId],
        until: &ReceiveUntil,
        within: Option<Duration>,
    ) -> Result<(), RuntimeError> {
        let places = self.client_indices(clients);
        let deadline = self.step_deadline(within);
        let want = match until {
            ReceiveUntil::Quiet(quiet) => {
                self.await_quiet(&places, *quiet, deadline)?;
                ClientGoal::Answer
            }
            ReceiveUntil::End => ClientGoal::End,
            ReceiveUntil::Bytes(bytes) => ClientGoal::Bytes(*bytes),
            ReceiveUntil::Text(text) => ClientGoal::Text(text.clone()),
            ReceiveUntil::Answer => ClientGoal::Answer,
        };
        let waits = !matches!(until, ReceiveUntil::Quiet(_));
        if waits && !self.await_clients(&places, &want, deadline)? {
            self.give_up(&places, within.unwrap_or(self.setup.answer_within));
        }
        self.await_exit_if_interrupted(&places)?;
        for k in places {
            self.clients[k].claim(&want);
        }
        Ok(())
    }

    /// Polls until none of these clients has received anything for `quiet`.
    fn await_quiet(&mut self, places: &[usize], quiet: Duration, deadline: Instant) -> Result<(), RuntimeError> {
        let count = |world: &Self| places.iter().map(|&k| world.clients[k].received_bytes).sum::<u64>();
        let (mut before, mut since) = (count(self), Instant::now());
        let mut work = QuietWork::new(CPU_BUDGET);
        self.wait_for_programs(deadline, PollInterval::Every(quiet), |world| {
            let now = count(world);
            if now != before {
                (before, since) = (now, Instant::now());
                work.reset();
            }
            Ok(since.elapsed() >= quiet && work.is_done(world, &SystemClock))
        })?;
        Ok(())
    }

    pub(super) fn half_close(&mut self, clients: &[ClientId]) {
        for k in self.client_indices(clients) {
            let client = &mut self.clients[k];
            if client.half_closed || client.ended.as_ref().is_some_and(|ending| *ending != StreamEnd::End) {
                continue;
            }
            client.half_closed = true;
            if let ClientSocket::Tcp(stream) = &client.socket {
                let _ = stream.shutdown(Shutdown::Write);
                self.recorder.record(EventKind::FinishedSending { client: client.id });
            }
            self.drain_packets();
        }
    }

    /// Closes clients: sends a FIN and leaves the socket open, so that later steps read the rest of
    /// the stream. Closing a socket with unread bytes would send a reset, and the server would be
    /// blamed for it.
    pub(super) fn close_clients(&mut self, clients: &[ClientId]) {
        for k in self.client_indices(clients) {
            let client = &mut self.clients[k];
            if client.closed {
                continue;
            }
            client.closed = true;
            if let ClientSocket::Tcp(stream) = &client.socket {
                if !client.half_closed {
                    let _ = stream.shutdown(Shutdown::Write);
                }
                client.half_closed = true;
            }
            self.recorder.record(EventKind::Closed { client: client.id });
            self.drain_packets();
        }
    }

    pub(super) fn abort_clients(&mut self, clients: &[ClientId]) -> Result<(), RuntimeError> {
        // Data that has already arrived came before the reset.
        self.poll_once(Some(Duration::ZERO))?;
        for k in self.client_indices(clients) {
            let client = &mut self.clients[k];
            if !client.closed {
                client.closed = true;
                client.reset();
                self.recorder.record(EventKind::Aborted { client: client.id });
            }
        }
        Ok(())
    }
}

/// Returns true if a connect failed because of the peer or the route to it, not because of this
/// machine.
fn is_peer_error(error: &io::Error) -> bool {
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
