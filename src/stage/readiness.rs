//! Decides whether a server is ready: the kernel's table must show its socket, owned by one of its
//! processes. A server is never probed by a connection, which would use up one that serves a single
//! client.

use std::time::{Duration, Instant};

use super::World;
use super::guard::Guard;
use super::watcher::AWAITING;
use crate::model::{EventKind, NotReady, Protocol, ServerId, SocketRow, TcpState};
use crate::scenario::stage::StageError;

/// How long an idle server is given to listen on the right port, if it listens elsewhere.
const GRACE: Duration = Duration::from_millis(300);
/// Minimum number of polls that must find it idle.
const LOOKS: u32 = 10;

/// How long a server may take to go idle once its socket exists, and the CPU time that it may use.
const SETTLES: Duration = Duration::from_secs(5);
const SETTLING: Duration = Duration::from_millis(100);

/// Poll interval after a traced call, and the maximum without tracing.
const SOON: Duration = Duration::from_micros(200);
const SELDOM: Duration = Duration::from_millis(4);
/// Poll interval while tracing is silent. Not infinite, because `io_uring` bypasses seccomp.
const UNTOLD: Duration = Duration::from_millis(20);

/// The result of the wait for a server's socket.
#[derive(Debug)]
pub(super) enum Readiness {
    /// The socket exists; true if it is IPv6-only.
    Ready(SocketRow, bool),
    /// The socket will not appear.
    Not(NotReady),
}

/// How long a program has been idle, and for how many polls.
#[derive(Debug, Default)]
struct Rest(Option<(Instant, u32)>);

impl Rest {
    /// Adds the result of a poll. Returns true if the program has been idle long enough that
    /// nothing more will happen by itself.
    ///
    /// One poll may fall between two actions of the program, and on a busy machine polls may be far
    /// apart.
    fn lasts(&mut self, at_rest: bool) -> bool {
        let begun = self.0.unwrap_or_else(|| (Instant::now(), 0));
        self.0 = at_rest.then_some((begun.0, begun.1 + 1));
        self.0.is_some_and(|(since, looks)| looks >= LOOKS && since.elapsed() > GRACE)
    }

    /// Returns true if the program was idle at the last poll.
    const fn is_on(&self) -> bool {
        self.0.is_some()
    }
}

/// The best matching socket of a server.
#[derive(Debug, Clone)]
enum Finding {
    Ready(SocketRow, bool),
    /// Right, except for the port.
    Elsewhere(SocketRow, bool),
    /// A socket of the other protocol, on the expected port or on one that the server asked for.
    OtherProtocol(SocketRow),
    /// Bound but not listening.
    Bound(SocketRow),
}

impl World {
    /// Waits until the server's socket exists, or can no longer appear.
    pub(super) fn await_ready(&mut self, id: ServerId, within: Duration) -> Result<Readiness, StageError> {
        let began = Instant::now();
        let deadline = (began + within).min(self.deadline);
        let last = self.start_at_the_latest(deadline);
        let used = self.processor_time();
        // Idle with a wrong socket; idle after its time; waiting for input.
        let (mut done, mut late, mut asks) = (Rest::default(), Rest::default(), Rest::default());
        let mut odd = None;
        let mut found = None;
        // Poll slowly if calls are traced: a traced call always precedes a new socket, and polling
        // steals CPU from a slow start.
        let seldom = if self.is_traced(id) { UNTOLD } else { SELDOM };
        let mut every = if self.is_traced(id) { UNTOLD } else { SOON };
        while found.is_none() {
            let look = self.look_for_socket(id, &[TcpState::Listen])?;
            found = match look {
                // A server that crashes as soon as it listens is not ready.
                Some(Finding::Ready(row, v6_only)) if self.lasts(id)? && self.is_still_there(id, &row)? => {
                    Some(Finding::Ready(row, v6_only))
                }
                Some(Finding::Ready(..)) => None,
                Some(other) => {
                    // A program that is not idle may be about to do more, however long it waits for
                    // a CPU.
                    let is_all = done.lasts(self.is_at_rest());
                    odd = Some(other.clone());
                    is_all.then_some(other)
                }
                None => {
                    (done, odd) = (Rest::default(), None);
                    if asks.lasts(self.awaits_input(id)) {
                        return Ok(Readiness::Not(NotReady::AsksInput));
                    }
                    None
                }
            };
            if found.is_some() || self.gone(id) {
                break;
            }
            let now = Instant::now();
            // The time limit assumes CPU time: a program that did not get it is waited for longer.
            if now >= deadline {
                let rests = late.lasts(self.is_at_rest());
                if now >= last || rests || self.processor_time() >= used + within {
                    break;
                }
            }
            let next = (now + every).min(if now < deadline { deadline } else { last });
            let told = self.calls_told(id);
            self.go_on(next, Some(every), |world| Ok(world.calls_told(id) != told || world.gone(id)))?;
            // A program that makes socket calls will have its socket soon.
            every = if self.calls_told(id) == told { (every * 9 / 8).min(seldom) } else { SOON };
        }
        // A bound socket is never ready. One query at the end is enough, because it is slow.
        if found.is_none() && odd.is_none() {
            odd = self.look_for_socket(id, &AWAITING)?.filter(|look| matches!(look, Finding::Bound(_)));
        }
        let had = self.processor_time().saturating_sub(used);
        if found.is_none() {
            self.await_guard(id)?;
        }
        let is_elsewhere = matches!(odd, Some(Finding::Elsewhere(..)));
        if found.is_none() && !is_elsewhere && !self.gone(id) && had < within && !late.is_on() {
            // Its behaviour is unknown, which is not evidence.
            let (had, took) = (had.as_millis(), began.elapsed().as_millis());
            let problem = format!("it used only {had} ms of CPU time in {took} ms: the machine is overloaded");
            return Ok(Readiness::Not(NotReady::Harness(problem)));
        }
        Ok(self.readiness(id, found.or(odd), within))
    }

    /// Waits for the next sample of the resource monitor before a server is reported as not ready:
    /// under load its thread is as late as this one. If it killed the programs, waits for their
    /// exit and records that cause.
    fn await_guard(&mut self, id: ServerId) -> Result<(), StageError> {
        let Some(before) = self.guard.as_ref().map(Guard::looks) else { return Ok(()) };
        let last = self.at_the_latest(Instant::now());
        let is_let_be = |guard: &Guard| guard.looks() >= before + 2 && guard.hit().is_none();
        self.go_on(last, Some(SELDOM), |world| Ok(world.gone(id) || world.guard.as_ref().is_none_or(is_let_be)))?;
        // Its first process may have exited a moment before, because it could not fork any more.
        if let Some(cap) = self.guard.as_ref().and_then(Guard::hit).filter(|_| self.gone(id)) {
            self.tell_cap(id, cap);
        }
        Ok(())
    }

    /// Returns true if a server whose socket exists keeps running. It is observed until it is idle,
    /// or has used enough CPU time to be busy with something else.
    fn lasts(&mut self, id: ServerId) -> Result<bool, StageError> {
        let used = self.processor_time();
        let deadline = (Instant::now() + SETTLES).min(self.deadline);
        self.go_on(deadline, Some(SOON), |world| {
            Ok(world.gone(id) || world.is_at_rest() || world.processor_time() >= used + SETTLING)
        })?;
        // A server that has just exited is idle too, and its exit is not handled yet.
        self.turn(Some(Duration::ZERO))?;
        Ok(!self.gone(id))
    }

    /// Returns true if a socket still exists. Not checked if the port is known: the port identifies
    /// the socket. Otherwise any socket matches, and a program that only resolves a name has one
    /// for a moment (`getaddrinfo(3)`).
    fn is_still_there(&mut self, id: ServerId, row: &SocketRow) -> Result<bool, StageError> {
        if self.servers[id.0 as usize].port.is_some() {
            return Ok(true);
        }
        let again = self.look_for_socket(id, &[TcpState::Listen])?;
        Ok(matches!(again, Some(Finding::Ready(again, _)) if again.inode == row.inode && again.local == row.local))
    }

    /// Returns true if no process of the server is left, or its first one exited before any other
    /// appeared.
    fn gone(&mut self, id: ServerId) -> bool {
        self.servers[id.0 as usize].exited.is_some() && !self.has_descendants(id)
    }

    /// Converts the last result to a [`Readiness`].
    fn readiness(&mut self, id: ServerId, found: Option<Finding>, within: Duration) -> Readiness {
        match (found, self.servers[id.0 as usize].exited) {
            (Some(Finding::Ready(row, v6_only) | Finding::Elsewhere(row, v6_only)), _) => {
                Readiness::Ready(row, v6_only)
            }
            (_, Some(status)) if self.gone(id) => Readiness::Not(NotReady::Exited(status)),
            (Some(Finding::OtherProtocol(row)), _) => Readiness::Not(NotReady::OtherProtocol(row)),
            (Some(Finding::Bound(row)), _) => Readiness::Not(NotReady::BoundNotListening(row)),
            (None, _) => {
                let within_ms = u64::try_from(within.as_millis()).unwrap_or(u64::MAX);
                Readiness::Not(NotReady::Nothing { within_ms })
            }
        }
    }

    /// Records the result of the wait for a server's socket.
    pub(super) fn tell_readiness(&mut self, id: ServerId, readiness: Readiness) {
        let k = id.0 as usize;
        match readiness {
            Readiness::Ready(row, v6_only) => {
                self.capture_port(Some(row.local.port()));
                if self.setup.plain.fence.is_some() {
                    // Query again, now that the server is idle: it may serve other ports too, to
                    // which the Landlock rules forbid connections.
                    let _ = self.waiting_rows(id, &[TcpState::Listen]);
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
    fn look_for_socket(&mut self, id: ServerId, states: &[TcpState]) -> Result<Option<Finding>, StageError> {
        let (protocol, port) = {
            let server = &self.servers[id.0 as usize];
            (server.protocol, server.port)
        };
        let Some(rows) = self.waiting_rows(id, states)? else { return Ok(None) };
        let fits = |row: &SocketRow| protocol.is_none_or(|wanted| row.protocol == wanted);
        let waits = |row: &SocketRow| row.protocol == Protocol::Udp || row.state == TcpState::Listen;
        let at_port = |row: &SocketRow| port.is_none_or(|port| row.local.port() == port);
        let best = |test: &dyn Fn(&SocketRow) -> bool| rows.iter().find(|(row, _)| test(row)).cloned();
        if let Some((row, v6_only)) = best(&|row| fits(row) && waits(row) && at_port(row)) {
            return Ok(Some(Finding::Ready(row, v6_only)));
        }
        if let Some((row, _)) = best(&|row| !fits(row) && waits(row) && at_port(row)) {
            return Ok(Some(Finding::OtherProtocol(row)));
        }
        if let Some((row, v6_only)) = best(&|row| fits(row) && waits(row)) {
            return Ok(Some(Finding::Elsewhere(row, v6_only)));
        }
        if let Some((row, _)) = best(&|row| protocol != Some(Protocol::Udp) && row.state == TcpState::BoundInactive) {
            return Ok(Some(Finding::Bound(row)));
        }
        // Many programs have an unrelated datagram socket on an ephemeral port.
        let is_meant = |row: &SocketRow| row.protocol == Protocol::Tcp || self.has_asked_for(id, row.local.port());
        let other = best(&|row| !fits(row) && waits(row) && is_meant(row));
        Ok(other.map(|(row, _)| Finding::OtherProtocol(row)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_streak_requires_time_and_polls() {
        let mut rest = Rest::default();
        assert!((0..LOOKS).all(|_| !rest.lasts(true)), "too short, however many polls");
        assert!(rest.is_on() && !rest.lasts(false) && !rest.is_on());
        let long_ago = Instant::now().checked_sub(2 * GRACE).expect("clock is older");
        let mut rest = Rest(Some((long_ago, 1)));
        assert!(!rest.lasts(true), "long enough, but too few polls");
        let mut rest = Rest(Some((long_ago, LOOKS)));
        assert!(rest.lasts(true) && !rest.lasts(false) && !rest.lasts(true), "the streak starts again");
    }
}
