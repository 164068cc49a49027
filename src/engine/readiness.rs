//! Decides whether a server is ready: the kernel's table must show its socket, owned by one of its
//! processes. A server is never probed by a connection, which would use up one that serves a single
//! client.

use std::time::{Duration, Instant};

use super::Engine;
use super::resource_monitor::ResourceMonitor;
use super::watcher::WAITING_STATES;
use crate::model::{EventKind, Protocol, ServerId, SocketRow, StartFailure, TcpState};
use crate::scenario::runtime::RuntimeError;

/// How long an idle server is given to listen on the right port, if it listens elsewhere.
const REBIND_GRACE: Duration = Duration::from_millis(300);
/// Minimum number of polls that must find it idle.
const MIN_IDLE_POLLS: u32 = 10;

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

/// How long a program has been idle, and for how many polls.
#[derive(Debug, Default)]
struct IdleStreak(Option<(Instant, u32)>);

impl IdleStreak {
    /// Adds the result of a poll. Returns true if the program has been idle long enough that
    /// nothing more will happen by itself.
    ///
    /// One poll may fall between two actions of the program, and on a busy machine polls may be far
    /// apart.
    fn is_stable(&mut self, at_rest: bool) -> bool {
        let begun = self.0.unwrap_or_else(|| (Instant::now(), 0));
        self.0 = at_rest.then_some((begun.0, begun.1 + 1));
        self.0.is_some_and(|(since, looks)| looks >= MIN_IDLE_POLLS && since.elapsed() > REBIND_GRACE)
    }

    /// Returns true if the program was idle at the last poll.
    const fn is_idle(&self) -> bool {
        self.0.is_some()
    }
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

impl Engine {
    /// Waits until the server's socket exists, or can no longer appear.
    pub(super) fn await_ready(&mut self, id: ServerId, within: Duration) -> Result<Readiness, RuntimeError> {
        let began = Instant::now();
        let deadline = (began + within).min(self.deadline);
        let last = self.start_hard_deadline(deadline);
        let used = self.cpu_time();
        // Idle with a wrong socket; idle after its time; waiting for input.
        let (mut done, mut late, mut asks) = (IdleStreak::default(), IdleStreak::default(), IdleStreak::default());
        let mut odd = None;
        let mut found = None;
        // Poll slowly if calls are traced: a traced call always precedes a new socket, and polling
        // steals CPU from a slow start.
        let seldom = if self.is_traced(id) { TRACED_POLL } else { SLOW_POLL };
        let mut every = if self.is_traced(id) { TRACED_POLL } else { FAST_POLL };
        while found.is_none() {
            let look = self.find_socket(id, &[TcpState::Listen])?;
            found = match look {
                // A server that crashes as soon as it listens is not ready.
                Some(SocketMatch::Ready(row, v6_only)) if self.stays_up(id)? && self.is_still_there(id, &row)? => {
                    Some(SocketMatch::Ready(row, v6_only))
                }
                Some(SocketMatch::Ready(..)) => None,
                Some(other) => {
                    // A program that is not idle may be about to do more, however long it waits for
                    // a CPU.
                    let is_all = done.is_stable(self.is_idle());
                    odd = Some(other.clone());
                    is_all.then_some(other)
                }
                None => {
                    (done, odd) = (IdleStreak::default(), None);
                    if asks.is_stable(self.awaits_input(id)) {
                        return Ok(Readiness::Not(StartFailure::AsksInput));
                    }
                    None
                }
            };
            if found.is_some() || self.has_exited(id) {
                break;
            }
            let now = Instant::now();
            // The time limit assumes CPU time: a program that did not get it is waited for longer.
            if now >= deadline {
                let rests = late.is_stable(self.is_idle());
                if now >= last || rests || self.cpu_time() >= used + within {
                    break;
                }
            }
            let next = (now + every).min(if now < deadline { deadline } else { last });
            let told = self.traced_call_count(id);
            self.poll_until(
                next,
                Some(every),
                |world| Ok(world.traced_call_count(id) != told || world.has_exited(id)),
            )?;
            // A program that makes socket calls will have its socket soon.
            every = if self.traced_call_count(id) == told { (every * 9 / 8).min(seldom) } else { FAST_POLL };
        }
        // A bound socket is never ready. One query at the end is enough, because it is slow.
        if found.is_none() && odd.is_none() {
            odd = self.find_socket(id, &WAITING_STATES)?.filter(|look| matches!(look, SocketMatch::Bound(_)));
        }
        let had = self.cpu_time().saturating_sub(used);
        if found.is_none() {
            self.await_resource_monitor(id)?;
        }
        let is_elsewhere = matches!(odd, Some(SocketMatch::Elsewhere(..)));
        if found.is_none() && !is_elsewhere && !self.has_exited(id) && had < within && !late.is_idle() {
            // Its behaviour is unknown, which is not evidence.
            let (had, took) = (had.as_millis(), began.elapsed().as_millis());
            let problem = format!("it used only {had} ms of CPU time in {took} ms: the machine is overloaded");
            return Ok(Readiness::Not(StartFailure::Harness(problem)));
        }
        Ok(self.conclude_readiness(id, found.or(odd), within))
    }

    /// Waits for the next sample of the resource monitor before a server is reported as not ready:
    /// under load its thread is as late as this one. If it killed the programs, waits for their
    /// exit and records that cause.
    fn await_resource_monitor(&mut self, id: ServerId) -> Result<(), RuntimeError> {
        let Some(before) = self.guard.as_ref().map(ResourceMonitor::looks) else { return Ok(()) };
        let last = self.hard_deadline(Instant::now());
        let is_let_be = |guard: &ResourceMonitor| guard.looks() >= before + 2 && guard.hit().is_none();
        self.poll_until(last, Some(SLOW_POLL), |world| {
            Ok(world.has_exited(id) || world.guard.as_ref().is_none_or(is_let_be))
        })?;
        // Its first process may have exited a moment before, because it could not fork any more.
        if let Some(cap) = self.guard.as_ref().and_then(ResourceMonitor::hit).filter(|_| self.has_exited(id)) {
            self.record_cap_hit(id, cap);
        }
        Ok(())
    }

    /// Returns true if a server whose socket exists keeps running. It is observed until it is idle,
    /// or has used enough CPU time to be busy with something else.
    fn stays_up(&mut self, id: ServerId) -> Result<bool, RuntimeError> {
        let used = self.cpu_time();
        let deadline = (Instant::now() + STARTUP_WALL_LIMIT).min(self.deadline);
        self.poll_until(deadline, Some(FAST_POLL), |world| {
            Ok(world.has_exited(id) || world.is_idle() || world.cpu_time() >= used + STARTUP_CPU_LIMIT)
        })?;
        // A server that has just exited is idle too, and its exit is not handled yet.
        self.poll_once(Some(Duration::ZERO))?;
        Ok(!self.has_exited(id))
    }

    /// Returns true if a socket still exists. Not checked if the port is known: the port identifies
    /// the socket. Otherwise any socket matches, and a program that only resolves a name has one
    /// for a moment (`getaddrinfo(3)`).
    fn is_still_there(&mut self, id: ServerId, row: &SocketRow) -> Result<bool, RuntimeError> {
        if self.servers[id.0 as usize].port.is_some() {
            return Ok(true);
        }
        let again = self.find_socket(id, &[TcpState::Listen])?;
        Ok(matches!(again, Some(SocketMatch::Ready(again, _)) if again.inode == row.inode && again.local == row.local))
    }

    /// Returns true if no process of the server is left, or its first one exited before any other
    /// appeared.
    fn has_exited(&mut self, id: ServerId) -> bool {
        self.servers[id.0 as usize].exited.is_some() && !self.has_descendants(id)
    }

    /// Converts the last result to a [`Readiness`].
    fn conclude_readiness(&mut self, id: ServerId, found: Option<SocketMatch>, within: Duration) -> Readiness {
        match (found, self.servers[id.0 as usize].exited) {
            (Some(SocketMatch::Ready(row, v6_only) | SocketMatch::Elsewhere(row, v6_only)), _) => {
                Readiness::Ready(row, v6_only)
            }
            (_, Some(status)) if self.has_exited(id) => Readiness::Not(StartFailure::Exited(status)),
            (Some(SocketMatch::OtherProtocol(row)), _) => Readiness::Not(StartFailure::OtherProtocol(row)),
            (Some(SocketMatch::Bound(row)), _) => Readiness::Not(StartFailure::BoundNotListening(row)),
            (None, _) => {
                let within_ms = u64::try_from(within.as_millis()).unwrap_or(u64::MAX);
                Readiness::Not(StartFailure::Nothing { within_ms })
            }
        }
    }

    /// Records the result of the wait for a server's socket.
    pub(super) fn record_readiness(&mut self, id: ServerId, readiness: Readiness) {
        let k = id.0 as usize;
        match readiness {
            Readiness::Ready(row, v6_only) => {
                self.capture_port(Some(row.local.port()));
                if self.setup.plain.landlock.is_some() {
                    // Query again, now that the server is idle: it may serve other ports too, to
                    // which the Landlock rules forbid connections.
                    let _ = self.waiting_sockets(id, &[TcpState::Listen]);
                }
                self.servers[k].ready = Some((row.clone(), v6_only));
                self.recorder.record(EventKind::Ready { server: id, row });
            }
            Readiness::Not(why) => {
                self.record_output(k);
                self.recorder.record(EventKind::NotReady { server: id, why });
            }
        }
    }

    /// Returns the best matching socket of the server, among UDP sockets and TCP sockets in these
    /// states.
    fn find_socket(&mut self, id: ServerId, states: &[TcpState]) -> Result<Option<SocketMatch>, RuntimeError> {
        let (protocol, port) = {
            let server = &self.servers[id.0 as usize];
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_streak_requires_time_and_polls() {
        let mut rest = IdleStreak::default();
        assert!((0..MIN_IDLE_POLLS).all(|_| !rest.is_stable(true)), "too short, however many polls");
        assert!(rest.is_idle() && !rest.is_stable(false) && !rest.is_idle());
        let long_ago = Instant::now().checked_sub(2 * REBIND_GRACE).expect("clock is older");
        let mut rest = IdleStreak(Some((long_ago, 1)));
        assert!(!rest.is_stable(true), "long enough, but too few polls");
        let mut rest = IdleStreak(Some((long_ago, MIN_IDLE_POLLS)));
        assert!(rest.is_stable(true) && !rest.is_stable(false) && !rest.is_stable(true), "the streak starts again");
    }
}
