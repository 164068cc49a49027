//! Decides whether a server is ready: the kernel's table must show its socket, owned by one of its
//! processes. A server is never probed by a connection, which would use up one that serves a single
//! client.

use std::time::{Duration, Instant};

use super::Engine;
use super::resource_monitor::ResourceMonitor;
use super::server::Server;
use super::socket_table::WAITING_STATES;
use super::wait::{CpuBudget, Idle, IdleStreak, Overtime, PollInterval, Since, WaitEnd, WaitPolicy};
use super::wait_policies::{RUNNABLE_GRACE, START_RUNNABLE_GRACE, overloaded};
use crate::model::{EventKind, Protocol, ServerId, SocketRow, StartFailure, TcpState};
use crate::scenario::runtime::RuntimeError;

/// How long a server must be idle so that it will not listen elsewhere by itself.
const STABLE: Idle = Idle { polls: 10, at_least: Duration::from_millis(300) };

/// How long a server may take to go idle once its socket exists, and the CPU time that it may use.
const STARTUP_WALL_LIMIT: Duration = Duration::from_secs(5);
const STARTUP_CPU_LIMIT: Duration = Duration::from_millis(100);

/// Poll interval after a traced call, and the maximum without tracing.
const FAST_POLL: Duration = Duration::from_micros(200);
const SLOW_POLL: Duration = Duration::from_millis(4);
/// Poll interval while tracing is silent. Not infinite, because `io_uring` bypasses seccomp.
const TRACED_POLL: Duration = Duration::from_millis(20);

/// The result of the wait for a server's socket.
#[derive(Debug)]
pub(super) enum Readiness {
    /// The socket exists; true if it is IPv6-only.
    Ready(SocketRow, bool),
    /// The socket will not appear.
    Not(StartFailure),
}

/// The best matching socket of a server.
#[derive(Debug, Clone)]
enum SocketMatch {
    Ready(SocketRow, bool),
    /// Right, except for the port.
    Elsewhere(SocketRow, bool),
    /// A socket of the other protocol, on the expected port or on one that the server asked for.
    OtherProtocol(SocketRow),
    /// Bound but not listening.
    Bound(SocketRow),
}

/// The search for a server's socket during one wait.
#[derive(Debug)]
struct SocketSearch {
    id: ServerId,
    /// The socket that ends the search.
    found: Option<SocketMatch>,
    /// The last socket that does not fit, of a program that may be about to open another.
    odd: Option<SocketMatch>,
    /// How long the program has been idle with such a socket.
    settled: IdleStreak,
    /// How long the program has been waiting for input, without a socket.
    asking: IdleStreak,
    asks_input: bool,
}

impl SocketSearch {
    const fn new(id: ServerId) -> Self {
        let (settled, asking) = (IdleStreak::new(STABLE), IdleStreak::new(STABLE));
        Self { id, found: None, odd: None, settled, asking, asks_input: false }
    }

    /// Looks for the socket. Returns true if the search is over.
    fn poll_socket(&mut self, engine: &mut Engine) -> Result<bool, RuntimeError> {
        let id = self.id;
        let mut repeats_failing_accept = false;
        match engine.find_socket(id, &[TcpState::Listen])? {
            Some(SocketMatch::Ready(row, v6_only)) => {
                // A server that crashes as soon as it listens is not ready.
                if engine.stays_up(id)? && engine.is_still_there(id, &row)? {
                    self.found = Some(SocketMatch::Ready(row, v6_only));
                }
            }
            Some(other) => {
                // A program that is not idle may be about to do more, however long it waits for a
                // CPU.
                if self.settled.add(engine.is_idle(), Instant::now()) {
                    self.found = Some(other.clone());
                }
                self.odd = Some(other);
            }
            None => {
                self.settled.reset();
                self.odd = None;
                self.asks_input = self.asking.add(engine.awaits_input(id), Instant::now());
                repeats_failing_accept = engine.repeats_failing_accept(id);
            }
        }
        Ok(self.found.is_some() || self.asks_input || repeats_failing_accept || engine.has_exited(id))
    }
}

/// The time of the next look at a server's socket.
#[derive(Debug)]
struct LookInterval {
    every: Duration,
    longest: Duration,
}

impl LookInterval {
    /// Polls slowly if calls are traced: a traced call always precedes a new socket, and polling
    /// steals CPU from a slow start.
    const fn new(is_traced: bool) -> Self {
        let longest = if is_traced { TRACED_POLL } else { SLOW_POLL };
        Self { every: if is_traced { TRACED_POLL } else { FAST_POLL }, longest }
    }

    /// Handles events until the next look, or until the program makes a traced call or exits.
    fn turn(&mut self, engine: &mut Engine, id: ServerId, until: Instant) -> Result<(), RuntimeError> {
        let before = engine.traced_call_count(id);
        let next = (Instant::now() + self.every).min(until);
        engine.turn_fully(next, |engine| engine.traced_call_count(id) != before || engine.has_exited(id))?;
        // A program that makes socket calls will have its socket soon.
        let is_silent = engine.traced_call_count(id) == before;
        self.every = if is_silent { (self.every * 9 / 8).min(self.longest) } else { FAST_POLL };
        Ok(())
    }
}

impl Engine {
    /// Waits until the server's socket exists, or can no longer appear.
    pub(super) fn await_ready(&mut self, id: ServerId, within: Duration) -> Result<Readiness, RuntimeError> {
        let began = Instant::now();
        let mut interval = LookInterval::new(self.is_traced(id));
        let mut search = SocketSearch::new(id);
        let overtime = Overtime {
            poll: PollInterval::OnEvent,
            idle: Some(STABLE),
            // The time limit assumes CPU time: a program that did not get it is waited for longer.
            cpu_budget: Some(CpuBudget { time: within, since: Since::Start }),
            grace: START_RUNNABLE_GRACE,
            limit: self.overtime_limit(),
        };
        let deadline = (began + within).min(self.deadline);
        let policy = WaitPolicy { deadline, poll: PollInterval::OnEvent, silence: true, overtime: Some(overtime) };
        let mut turn = |engine: &mut Self, until| interval.turn(engine, id, until);
        let end = self.wait_with(&policy, &mut turn, &mut |engine| search.poll_socket(engine))?;
        if search.asks_input || end == WaitEnd::Silent && self.awaits_input(id) {
            return Ok(Readiness::Not(StartFailure::AsksInput));
        }
        let SocketSearch { found, mut odd, .. } = search;
        // A bound socket is never ready. One query at the end is enough, because it is slow.
        if found.is_none() && odd.is_none() {
            odd = self.find_socket(id, &WAITING_STATES)?.filter(|look| matches!(look, SocketMatch::Bound(_)));
        }
        if found.is_none() {
            self.await_resource_monitor(id)?;
        }
        let is_elsewhere = matches!(odd, Some(SocketMatch::Elsewhere(..)));
        if let WaitEnd::Starved { cpu, wall, is_idle: false } = end
            && !is_elsewhere
            && !self.has_exited(id)
        {
            // Its behaviour is unknown, which is not evidence.
            return Ok(Readiness::Not(StartFailure::Harness(overloaded(cpu, wall))));
        }
        Ok(self.conclude_readiness(id, found.or(odd), within, end == WaitEnd::Silent))
    }

    /// Returns the socket of a server that another one's program serves too: it runs already on
    /// this host, for another role, with the same command line. A second process could not bind its
    /// ports again.
    pub(super) fn shared_readiness(&mut self, id: ServerId) -> Result<Option<Readiness>, RuntimeError> {
        let own = &self.servers[id];
        let is_twin = |other: &Server| {
            other.pid != 0
                && other.exited.is_none()
                && other.host == own.host
                && other.role.is_some()
                && other.role != own.role
                && other.argv == own.argv
        };
        let Some(twin) = self.servers.last_id(is_twin).filter(|_| own.role.is_some()) else { return Ok(None) };
        self.servers[id].shares = Some(twin);
        match self.find_socket(id, &[TcpState::Listen])? {
            // Its port may be another one than that of the lab, which a second process could not
            // bind, too.
            Some(SocketMatch::Ready(row, v6_only) | SocketMatch::Elsewhere(row, v6_only)) => {
                Ok(Some(Readiness::Ready(row, v6_only)))
            }
            // It serves something else if it is started for this role.
            _ => {
                self.servers[id].shares = None;
                Ok(None)
            }
        }
    }

    /// Waits for the next sample of the resource monitor before a server is reported as not ready:
    /// under load its thread is as late as this one. If it killed the programs, waits for their
    /// exit and records that cause.
    fn await_resource_monitor(&mut self, id: ServerId) -> Result<(), RuntimeError> {
        let Some(before) = self.observers.monitor.as_ref().map(ResourceMonitor::samples) else { return Ok(()) };
        let last = (Instant::now() + RUNNABLE_GRACE).min(self.overtime_limit());
        let is_let_be = |guard: &ResourceMonitor| guard.samples() >= before + 2 && guard.hit().is_none();
        self.wait_until_deadline(last, SLOW_POLL, |engine| {
            Ok(engine.has_exited(id) || engine.observers.monitor.as_ref().is_none_or(is_let_be))
        })?;
        // Its first process may have exited a moment before, because it could not fork any more.
        if let Some(cap) =
            self.observers.monitor.as_ref().and_then(ResourceMonitor::hit).filter(|_| self.has_exited(id))
        {
            self.record_cap_hit(id, cap);
        }
        Ok(())
    }

    /// Returns true if a server whose socket exists keeps running. It is observed until it is idle,
    /// or has used enough CPU time to be busy with something else.
    fn stays_up(&mut self, id: ServerId) -> Result<bool, RuntimeError> {
        let overtime = Overtime {
            poll: PollInterval::Every(FAST_POLL),
            idle: Some(Idle { polls: 1, at_least: Duration::ZERO }),
            cpu_budget: Some(CpuBudget { time: STARTUP_CPU_LIMIT, since: Since::Start }),
            grace: STARTUP_WALL_LIMIT,
            limit: self.deadline,
        };
        let policy = WaitPolicy {
            deadline: Instant::now(),
            poll: PollInterval::OnEvent,
            silence: false,
            overtime: Some(overtime),
        };
        // A server that has just exited is idle too, and its exit is handled in the last turn.
        self.wait_until(&policy, |engine| Ok(engine.has_exited(id)))?;
        Ok(!self.has_exited(id))
    }

    /// Returns true if a socket still exists. Not checked if the port is known: the port identifies
    /// the socket. Otherwise any socket matches, and a program that only resolves a name has one
    /// for a moment (`getaddrinfo(3)`).
    fn is_still_there(&mut self, id: ServerId, row: &SocketRow) -> Result<bool, RuntimeError> {
        if self.servers[id].port.is_some() {
            return Ok(true);
        }
        let again = self.find_socket(id, &[TcpState::Listen])?;
        Ok(matches!(again, Some(SocketMatch::Ready(again, _)) if again.inode == row.inode && again.local == row.local))
    }

    /// Returns true if no process of the server is left, or its first one exited before any other
    /// appeared.
    fn has_exited(&mut self, id: ServerId) -> bool {
        self.servers[id].exited.is_some() && !self.has_descendants(id)
    }

    /// Converts the last result to a [`Readiness`].
    fn conclude_readiness(
        &mut self,
        id: ServerId,
        found: Option<SocketMatch>,
        within: Duration,
        silent: bool,
    ) -> Readiness {
        match (found, self.servers[id].exited) {
            (Some(SocketMatch::Ready(row, v6_only) | SocketMatch::Elsewhere(row, v6_only)), _) => {
                Readiness::Ready(row, v6_only)
            }
            (_, Some(status)) if self.has_exited(id) => Readiness::Not(StartFailure::Exited(status)),
            (Some(SocketMatch::OtherProtocol(row)), _) => Readiness::Not(StartFailure::OtherProtocol(row)),
            (Some(SocketMatch::Bound(row)), _) => Readiness::Not(StartFailure::BoundNotListening(row)),
            (None, _) => {
                let within_ms = u64::try_from(within.as_millis()).unwrap_or(u64::MAX);
                Readiness::Not(StartFailure::Nothing { within_ms, silent })
            }
        }
    }

    /// Records the result of the wait for a server's socket.
    pub(super) fn record_readiness(&mut self, id: ServerId, readiness: Readiness) {
        match readiness {
            Readiness::Ready(row, v6_only) => {
                self.capture_port(Some(row.local.port()));
                if self.handles.plain.landlock.is_some() {
                    // Query again, now that the server is idle: it may serve other ports too, to
                    // which the Landlock rules forbid connections.
                    let _ = self.waiting_sockets(id, &[TcpState::Listen]);
                }
                self.servers[id].ready = Some((row.clone(), v6_only));
                self.recorder.record(EventKind::Ready { server: id, row });
            }
            Readiness::Not(why) => {
                self.record_output(id);
                self.recorder.record(EventKind::NotReady { server: id, why });
            }
        }
    }

    /// Returns the best matching socket of the server, among UDP sockets and TCP sockets in these
    /// states.
    fn find_socket(&mut self, id: ServerId, states: &[TcpState]) -> Result<Option<SocketMatch>, RuntimeError> {
        let (protocol, port) = {
            let server = &self.servers[id];
            (server.protocol, server.port)
        };
        let Some(rows) = self.waiting_sockets(id, states)? else { return Ok(None) };
        let fits = |row: &SocketRow| protocol.is_none_or(|wanted| row.protocol == wanted);
        let waits = |row: &SocketRow| row.protocol == Protocol::Udp || row.state == TcpState::Listen;
        let at_port = |row: &SocketRow| port.is_none_or(|port| row.local.port() == port);
        let best = |test: &dyn Fn(&SocketRow) -> bool| rows.iter().find(|(row, _)| test(row)).cloned();
        if let Some((row, v6_only)) = best(&|row| fits(row) && waits(row) && at_port(row)) {
            return Ok(Some(SocketMatch::Ready(row, v6_only)));
        }
        if let Some((row, _)) = best(&|row| !fits(row) && waits(row) && at_port(row)) {
            return Ok(Some(SocketMatch::OtherProtocol(row)));
        }
        if let Some((row, v6_only)) = best(&|row| fits(row) && waits(row)) {
            return Ok(Some(SocketMatch::Elsewhere(row, v6_only)));
        }
        if let Some((row, _)) = best(&|row| protocol != Some(Protocol::Udp) && row.state == TcpState::BoundInactive) {
            return Ok(Some(SocketMatch::Bound(row)));
        }
        // Many programs have an unrelated datagram socket on an ephemeral port.
        let is_meant = |row: &SocketRow| row.protocol == Protocol::Tcp || self.has_bound_port(id, row.local.port());
        let other = best(&|row| !fits(row) && waits(row) && is_meant(row));
        Ok(other.map(|(row, _)| SocketMatch::OtherProtocol(row)))
    }
}
