//! Whether a server is ready: its socket in the kernel's table, owned by its process tree. A server is never probed by
//! connecting to it, which would use up one that serves a single client.

use std::time::{Duration, Instant};

use super::World;
use super::guard::Guard;
use super::watcher::AWAITING;
use crate::model::{EventKind, NotReady, Protocol, ServerId, SocketRow, TcpState};
use crate::scenario::stage::StageError;

/// How long a server that listens elsewhere, and is at rest, is given to listen where it should after all.
const GRACE: Duration = Duration::from_millis(300);
/// At so many looks at least it must have been at rest.
const LOOKS: u32 = 10;

/// How long a server whose socket is there may take at most until it rests, and how much of a processor's time.
const SETTLES: Duration = Duration::from_secs(5);
const SETTLING: Duration = Duration::from_millis(100);

/// How soon the table is looked at again after a call on a socket, and at most.
const SOON: Duration = Duration::from_micros(200);
const SELDOM: Duration = Duration::from_millis(4);
/// How seldom while nothing can have changed: calls are told as they are made, but for those of `io_uring`.
const UNTOLD: Duration = Duration::from_millis(20);

/// How the wait for a server's socket ended.
#[derive(Debug)]
pub(super) enum Readiness {
    /// It is there; whether it is for IPv6 alone.
    Ready(SocketRow, bool),
    /// It will not come.
    Not(NotReady),
}

/// How long a program has been at rest.
#[derive(Debug, Default)]
struct Rest(Option<(Instant, u32)>);

impl Rest {
    /// Takes in a look; whether it has been at rest for long enough that nothing more will come by itself. One look may
    /// fall on a moment between two things that it does, and on a busy machine there may be long between two looks.
    fn lasts(&mut self, at_rest: bool) -> bool {
        let begun = self.0.unwrap_or_else(|| (Instant::now(), 0));
        self.0 = at_rest.then_some((begun.0, begun.1 + 1));
        self.0.is_some_and(|(since, looks)| looks >= LOOKS && since.elapsed() > GRACE)
    }

    /// Whether it was at rest at the last look.
    const fn is_on(&self) -> bool {
        self.0.is_some()
    }
}

/// What a look at the socket table found.
#[derive(Debug, Clone)]
enum Finding {
    Ready(SocketRow, bool),
    /// Right, but on another port than expected.
    Elsewhere(SocketRow, bool),
    /// A socket of the other protocol, on the port or on one that it asked for.
    OtherProtocol(SocketRow),
    /// Bound without listening.
    Bound(SocketRow),
}

impl World {
    /// Waits until the server's socket is there, or cannot come any more.
    pub(super) fn await_ready(&mut self, id: ServerId, within: Duration) -> Result<Readiness, StageError> {
        let began = Instant::now();
        let deadline = (began + within).min(self.deadline);
        let last = self.at_the_latest(deadline);
        let used = self.processor_time();
        // At rest with a socket that is not the right one; at rest after its time; waiting for what nobody types.
        let (mut done, mut late, mut asks) = (Rest::default(), Rest::default(), Rest::default());
        let mut odd = None;
        let mut found = None;
        // A slow start should keep its processor: where calls are told, one of them comes before there is anything to see.
        let seldom = if self.is_traced(id) { UNTOLD } else { SELDOM };
        let mut every = if self.is_traced(id) { UNTOLD } else { SOON };
        while found.is_none() {
            let look = self.look_for_socket(id, &[TcpState::Listen])?;
            found = match look {
                // One that breaks down as soon as it listens is no server that is ready.
                Some(Finding::Ready(row, v6_only)) if self.lasts(id)? && self.is_still_there(id, &row)? => {
                    Some(Finding::Ready(row, v6_only))
                }
                Some(Finding::Ready(..)) => None,
                Some(other) => {
                    // A program that is not at rest may be about to do more, however long it waits for a processor.
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
            // The time is meant for a program that gets a processor: one that has not had it is waited for longer.
            if now >= deadline {
                let rests = late.lasts(self.is_at_rest());
                if now >= last || rests || self.processor_time() >= used + within {
                    break;
                }
            }
            let next = (now + every).min(if now < deadline { deadline } else { last });
            let told = self.calls_told(id);
            self.go_on(next, Some(every), |world| Ok(world.calls_told(id) != told || world.gone(id)))?;
            // A program that makes calls on sockets is about to be there.
            every = if self.calls_told(id) == told { (every * 9 / 8).min(seldom) } else { SOON };
        }
        // Bound is not ready, however long one waits: to ask for that once is enough, and it takes long.
        if found.is_none() && odd.is_none() {
            odd = self.look_for_socket(id, &AWAITING)?.filter(|look| matches!(look, Finding::Bound(_)));
        }
        let had = self.processor_time().saturating_sub(used);
        if found.is_none() {
            self.await_guard(id)?;
        }
        let is_elsewhere = matches!(odd, Some(Finding::Elsewhere(..)));
        if found.is_none() && !is_elsewhere && !self.gone(id) && had < within && !late.is_on() {
            // What it would have done is not known: no proof of anything.
            let (had, took) = (had.as_millis(), began.elapsed().as_millis());
            let problem = format!("it used only {had} ms of CPU time in {took} ms: the machine is overloaded");
            return Ok(Readiness::Not(NotReady::Harness(problem)));
        }
        Ok(self.readiness(id, found.or(odd), within))
    }

    /// Lets the guard look once more before it is said that a server does nothing: where hundreds of programs want a processor,
    /// its thread is as late as this one. What it has ended is waited for, since that is the reason.
    fn await_guard(&mut self, id: ServerId) -> Result<(), StageError> {
        let Some(before) = self.guard.as_ref().map(Guard::looks) else { return Ok(()) };
        let last = self.at_the_latest(Instant::now());
        let is_let_be = |guard: &Guard| guard.looks() >= before + 2 && guard.hit().is_none();
        self.go_on(last, Some(SELDOM), |world| Ok(world.gone(id) || world.guard.as_ref().is_none_or(is_let_be)))?;
        // Its first process may have ended a moment before, since it could start no more of them.
        if let Some(cap) = self.guard.as_ref().and_then(Guard::hit).filter(|_| self.gone(id)) {
            self.tell_cap(id, cap);
        }
        Ok(())
    }

    /// Whether a server whose socket is there lives on: it is watched until it rests, waiting for somebody, or has used enough
    /// of a processor to be busy with something else.
    fn lasts(&mut self, id: ServerId) -> Result<bool, StageError> {
        let used = self.processor_time();
        let deadline = (Instant::now() + SETTLES).min(self.deadline);
        self.go_on(deadline, Some(SOON), |world| {
            Ok(world.gone(id) || world.is_at_rest() || world.processor_time() >= used + SETTLING)
        })?;
        // One that has just ended is at rest too, and its end is still to be told.
        self.turn(Some(Duration::ZERO))?;
        Ok(!self.gone(id))
    }

    /// Whether a socket that was found is still there. Where the port is known, that is told by the port alone; else any
    /// socket would do, and a program that only looks up an address has one for a moment (`getaddrinfo(3)`).
    fn is_still_there(&mut self, id: ServerId, row: &SocketRow) -> Result<bool, StageError> {
        if self.servers[id.0 as usize].port.is_some() {
            return Ok(true);
        }
        let again = self.look_for_socket(id, &[TcpState::Listen])?;
        Ok(matches!(again, Some(Finding::Ready(again, _)) if again.inode == row.inode && again.local == row.local))
    }

    /// Whether nothing of the server's processes is left, or its first one ended before any other appeared.
    fn gone(&mut self, id: ServerId) -> bool {
        self.servers[id.0 as usize].exited.is_some() && !self.has_descendants(id)
    }

    /// What to make of the last look.
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

    /// Writes down how the wait for a server's socket ended.
    pub(super) fn tell_readiness(&mut self, id: ServerId, readiness: Readiness) {
        let k = id.0 as usize;
        match readiness {
            Readiness::Ready(row, v6_only) => {
                self.capture_port(Some(row.local.port()));
                if self.setup.plain.fence.is_some() {
                    // Once more, now that it rests: it may serve other ports too, from which the fence keeps it.
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

    /// What the socket table shows of the server now, of TCP in these states.
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
        // Many programs have a datagram socket for something else, on a port of the kernel's choice.
        let is_meant = |row: &SocketRow| row.protocol == Protocol::Tcp || self.has_asked_for(id, row.local.port());
        let other = best(&|row| !fits(row) && waits(row) && is_meant(row));
        Ok(other.map(|(row, _)| Finding::OtherProtocol(row)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_of_rest_is_no_rest() {
        let mut rest = Rest::default();
        assert!((0..LOOKS).all(|_| !rest.lasts(true)), "it has not been for long enough, however often one looks");
        assert!(rest.is_on() && !rest.lasts(false) && !rest.is_on());
        let long_ago = Instant::now().checked_sub(2 * GRACE).expect("the clock began before that");
        let mut rest = Rest(Some((long_ago, 1)));
        assert!(!rest.lasts(true), "long enough, and looked at too seldom");
        let mut rest = Rest(Some((long_ago, LOOKS)));
        assert!(rest.lasts(true) && !rest.lasts(false) && !rest.lasts(true), "it begins anew");
    }
}
