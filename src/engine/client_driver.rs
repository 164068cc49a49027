//! The client driver: performs the client steps on the event loop, with wall-clock deadlines.

use std::io;
use std::net::{Shutdown, SocketAddr};
use std::time::{Duration, Instant};

use mio::Interest;
use mio::event::Source;

use super::client::{Client, ClientGoal, ClientSocket, HttpClient};
use super::clients::AnswerTime;
use super::server::ServerAddress;
use super::token::{TokenOwner, token_of};
use super::wait::{PollInterval, QuietWork, SystemClock, WaitEnd};
use super::{Engine, failed, system};
use crate::engine::client::recv::stream_end;
use crate::model::{ClientId, EventKind, HarnessError, Operation, Protocol, ServerId, StreamEnd};
use crate::scenario::runtime::{ConnectRequest, ReceiveUntil, RuntimeError};

/// Interval between two looks for answers that are complete but for white space.
const STRIP_POLL: Duration = Duration::from_millis(20);

/// How long further answers may take if one has failed, and every item fails with it: only the cause
/// of the first one is shown.
const FURTHER_ANSWER_TIME: Duration = Duration::from_secs(1);

/// Number of clients that connect although the accept queue has no room.
const MIN_FITTING_CLIENTS: u32 = 2;

impl Engine {
    pub(super) fn connect_clients(&mut self, request: &ConnectRequest) -> Result<(), RuntimeError> {
        let to = self.host_index(request.to.as_ref());
        let last = || self.servers.last_id(|server| to.is_none() || server.host == to);
        let server = request.server.or_else(last).unwrap_or(ServerId(0));
        let from = self.host_index(request.on.as_ref());
        let Some(ServerAddress { address, protocol, listener }) = self.servers.get(server).and_then(|s| s.endpoint())
        else {
            // The server never became ready, which the journal records: nothing to connect to.
            return Ok(());
        };
        let address = self.address_from(from, self.servers[server].host, address);
        let protocol = request.protocol.unwrap_or(protocol);
        let deadline = self.step_deadline(request.within);
        let first = self.clients.next_id();
        for count in 0..request.clients {
            if protocol == Protocol::Tcp
                && let Some(listener) = listener
            {
                let has_room = self.await_accept_room(listener, deadline)?;
                if !has_room && request.fit_backlog && count >= MIN_FITTING_CLIENTS {
                    let backlog = self.servers[server].ready.as_ref().map_or(0, |(row, _)| row.send_queue);
                    self.recorder.record(EventKind::FewerClients {
                        server,
                        clients: count,
                        wanted: request.clients,
                        backlog,
                    });
                    break;
                }
            }
            self.begin_client(server, protocol, address, from, request.reads)?;
        }
        let all = self.clients.ids_from(first);
        self.await_clients(&all, &ClientGoal::Connected, deadline)?;
        for &id in &all {
            if !self.clients[id].connected && self.clients[id].ended.is_none() {
                self.connect_failed(id, StreamEnd::Deadline);
            }
            if self.clients[id].never_reads && self.clients[id].connected {
                // A client that never reads has nothing to wait for.
                self.clients[id].gave_up = true;
                self.recorder.record(EventKind::ReadsNothing { client: id });
            }
        }
        self.await_exit_if_refused(&all, server)
    }

    /// Waits for the server's exit if a client was refused. The server has probably just exited:
    /// its listener is closed shortly before the process ends.
    fn await_exit_if_refused(&mut self, clients: &[ClientId], server: ServerId) -> Result<(), RuntimeError> {
        let refused = clients.iter().any(|&id| self.clients[id].ended == Some(StreamEnd::Refused));
        if refused { self.await_exit(server) } else { Ok(()) }
    }

    /// Waits for the server's exit if a stream ended in the middle of an answer. The server has
    /// probably just exited: its sockets are closed shortly before the process ends.
    fn await_exit_if_interrupted(&mut self, places: &[ClientId]) -> Result<(), RuntimeError> {
        let broken = places.iter().map(|&id| &self.clients[id]).find(|client| client.is_interrupted());
        broken.map(|client| client.server).map_or(Ok(()), |server| self.await_exit(server))
    }

    fn begin_client(
        &mut self,
        server: ServerId,
        protocol: Protocol,
        address: SocketAddr,
        host: Option<usize>,
        reads: bool,
    ) -> Result<(), RuntimeError> {
        let id = self.clients.next_id();
        let source = self.source_address(host);
        let mut client = match self.on_host(host, || Client::connect(id, server, protocol, address, source, reads))? {
            Ok(client) => client,
            Err(error) if is_peer_error(&error) => {
                self.clients.add(Client::without_socket(id, server, protocol, address));
                self.connect_failed(id, stream_end(&error));
                return Ok(());
            }
            Err(error) => {
                return {
                    let on = Some(address.to_string());
                    Err(failed(HarnessError::system(Operation::ConnectClient, on, error)))
                };
            }
        };
        client.http = self.spec.script.reads_responses().then(|| Box::new(HttpClient::of_client(id.0)));
        let token = token_of(TokenOwner::Client(id));
        let registry = self.event_loop.registry();
        let registered = match &mut client.socket {
            ClientSocket::Tcp(stream) => stream.register(registry, token, Interest::READABLE | Interest::WRITABLE),
            ClientSocket::Udp(socket, catcher) => {
                socket.register(registry, token, Interest::READABLE).and_then(|()| match catcher {
                    Some(catcher) => catcher.register(registry, token_of(TokenOwner::Catcher(id)), Interest::READABLE),
                    None => Ok(()),
                })
            }
            ClientSocket::None => Ok(()),
        };
        registered.map_err(|error| system(Operation::RegisterClient, error))?;
        if protocol == Protocol::Udp {
            let (local, peer) = (client.local, client.peer);
            // An answer may come from another port than the server's.
            self.capture_port(Some(local.port()));
            self.recorder.record(EventKind::Connected { client: id, server, protocol, local, peer });
        } else {
            client.goal = Some(ClientGoal::Connected);
            self.clients.waiting += 1;
        }
        self.clients.add(client);
        Ok(())
    }

    /// Waits until `want` is met, or can no longer be met, for each of these clients. Returns false
    /// if the deadline passes first.
    pub(super) fn await_clients(
        &mut self,
        clients: &[ClientId],
        want: &ClientGoal,
        deadline: Instant,
    ) -> Result<bool, RuntimeError> {
        self.clients.waiting = 0;
        for &id in clients {
            let client = &mut self.clients[id];
            client.goal = None;
            client.keep_wanted(want);
            // Whether a program closes its connection does not depend on what it sent before.
            let is_awaited = !client.gave_up || client.accepted && *want == ClientGoal::End;
            if is_awaited && !client.is_satisfied(want) {
                client.goal = Some(want.clone());
                self.clients.waiting += 1;
            }
        }
        if self.clients.close_when_met {
            let met = clients.iter().copied().filter(|&id| self.clients[id].is_satisfied(want));
            self.close_clients(&met.collect::<Vec<_>>());
        }
        // Only a quiet period distinguishes an answer that is shorter than the message from a late
        // one.
        let stripped = *want == ClientGoal::Answer && clients.iter().any(|&id| self.clients[id].may_be_stripped());
        let poll = if stripped { PollInterval::Every(STRIP_POLL) } else { PollInterval::OnEvent };
        let mut work = QuietWork::new(self.cpu_budget());
        let end = self.wait_until(&self.program_policy(deadline, poll), |engine| {
            if stripped {
                engine.accept_stripped_answers(clients, &mut work);
            }
            Ok(engine.clients.waiting == 0)
        })?;
        self.clients.waiting = 0;
        // If all servers have exited, their exits are the evidence.
        let is_running = self.servers.iter().any(|server| server.pid != 0 && server.exited.is_none());
        self.clients.silent = end == WaitEnd::Silent && is_running;
        self.clients.busy = end == WaitEnd::BudgetUsed && is_running;
        self.is_met(end)
    }

    /// Accepts answers that lack only white space as complete, unless a server is still about to
    /// send the rest.
    fn accept_stripped_answers(&mut self, clients: &[ClientId], work: &mut QuietWork) {
        let is_stripped = |client: &Client| client.goal == Some(ClientGoal::Answer) && client.is_stripped();
        let stripped: Vec<ClientId> = clients.iter().copied().filter(|&id| is_stripped(&self.clients[id])).collect();
        if stripped.is_empty() || !work.is_done(self, &SystemClock) {
            return;
        }
        for id in stripped {
            self.clients[id].complete_answer();
            self.update_goal(id);
        }
    }

    /// Clears the goal of a client if it is met.
    pub(super) fn update_goal(&mut self, id: ClientId) {
        let client = &mut self.clients[id];
        if client.goal.as_ref().is_some_and(|want| client.is_satisfied(want)) {
            client.goal = None;
            self.clients.waiting = self.clients.waiting.saturating_sub(1);
            if self.clients.close_when_met {
                self.close_clients(&[id]);
            }
        }
    }

    /// Records a timeout for each of these clients that still waits, and stops waiting for them.
    pub(super) fn give_up(&mut self, clients: &[ClientId], within: Duration) {
        for &id in clients {
            if let Some(want) = self.clients[id].goal.take() {
                let waiting = self.clients[id].wait_target(&want);
                let within_ms = u64::try_from(within.as_millis()).unwrap_or(u64::MAX);
                let silent = self.clients.silent;
                let busy_unread = self.busy_unread(id);
                self.recorder.record(EventKind::Late { client: id, waiting, within_ms, silent, busy_unread });
                self.clients[id].give_up();
                self.clients[id].missed_by_busy |=
                    want == ClientGoal::Answer && self.clients.busy && self.spec.is_isolated();
            }
        }
    }

    /// Returns the bytes of a client that its server has not read, if the server was busy until the
    /// wait ended.
    fn busy_unread(&mut self, id: ClientId) -> Option<u64> {
        let rows = self.clients.busy.then(|| self.scenario_rows().ok()).flatten()?;
        let client = self.clients.get(id)?;
        let row = rows.iter().find(|row| row.local == client.peer && row.peer == client.local)?;
        Some(row.unread_bytes())
    }

    pub(super) fn receive_until(
        &mut self,
        clients: &[ClientId],
        until: &ReceiveUntil,
        within: Option<Duration>,
    ) -> Result<(), RuntimeError> {
        let places = self.clients.connected(clients);
        let has_failed = self.clients.answer_failed && self.spec.needs_all_answers;
        let within = if has_failed && *until == ReceiveUntil::Answer {
            Some(within.unwrap_or(self.spec.script.limits.answer.0).min(FURTHER_ANSWER_TIME))
        } else {
            within
        };
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
            ReceiveUntil::Responses(count) => ClientGoal::Responses(*count),
            ReceiveUntil::Messages(layout, count) => ClientGoal::Messages(layout.clone(), *count),
        };
        let waits = !matches!(until, ReceiveUntil::Quiet(_));
        if waits {
            let within = within.unwrap_or(self.spec.script.limits.answer.0);
            self.clients.answer_time = Some(AnswerTime { within, until: Instant::now() + within });
            let is_met = self.await_clients(&places, &want, deadline);
            let time = self.clients.answer_time.take();
            if !is_met? {
                if !self.clients.silent && time.is_some_and(|time| time.until > self.deadline) {
                    self.scenario_time_gaps();
                }
                self.give_up(&places, within);
                self.clients.missed_by_busy |= self.clients.busy && self.spec.is_isolated();
            }
        }
        self.await_exit_if_interrupted(&places)?;
        for id in places {
            self.clients[id].claim(&want);
        }
        Ok(())
    }

    /// Polls until none of these clients has received anything for `quiet`.
    fn await_quiet(&mut self, places: &[ClientId], quiet: Duration, deadline: Instant) -> Result<(), RuntimeError> {
        let count = |engine: &Self| places.iter().map(|&id| engine.clients[id].received_bytes).sum::<u64>();
        let (mut before, mut since) = (count(self), Instant::now());
        let mut work = QuietWork::new(self.cpu_budget());
        self.wait_for_programs(deadline, PollInterval::Every(quiet), |engine| {
            let now = count(engine);
            if now != before {
                (before, since) = (now, Instant::now());
                work.reset();
            }
            Ok(since.elapsed() >= quiet && work.is_done(engine, &SystemClock))
        })?;
        Ok(())
    }

    pub(super) fn half_close(&mut self, clients: &[ClientId]) {
        for id in self.clients.connected(clients) {
            let client = &mut self.clients[id];
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
        for id in self.clients.connected(clients) {
            let client = &mut self.clients[id];
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
            let has_failed = client.protocol == Protocol::Tcp && client.has_no_answer();
            self.recorder.record(EventKind::Closed { client: client.id });
            self.clients.answer_failed |= has_failed;
            self.drain_packets();
        }
    }

    /// Closes clients as a program does that ends without reading: the kernel sends a FIN, or an
    /// RST if data is unread, and answers later data with an RST (RFC 9293, 3.6.1).
    pub(super) fn close_clients_unread(&mut self, clients: &[ClientId]) {
        for id in self.clients.connected(clients) {
            let client = &mut self.clients[id];
            if !client.closed {
                client.closed = true;
                client.socket = ClientSocket::None;
                self.recorder.record(EventKind::Closed { client: id });
                self.drain_packets();
            }
        }
    }

    pub(super) fn abort_clients(&mut self, clients: &[ClientId]) -> Result<(), RuntimeError> {
        // Data that has already arrived came before the reset.
        self.poll_once(Some(Duration::ZERO))?;
        for id in self.clients.connected(clients) {
            let client = &mut self.clients[id];
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
