//! Finds, in the recorded results of calls, why a connection was not closed.

use crate::model::net::Pid;
use crate::model::{Cause, EventKind, Evidence, Hint, ReturnedCall};

/// A call with its process and its thread.
struct Traced<'a> {
    pid: Pid,
    thread: Pid,
    call: &'a ReturnedCall,
}

impl Traced<'_> {
    fn is_of(&self, connection: u64) -> bool {
        self.call.inode == Some(connection)
    }
}

/// Returns the calls of the server. `None` if some were not recorded.
fn traced_calls(seen: &Evidence) -> Option<Vec<Traced<'_>>> {
    if seen.journal.iter().any(|event| matches!(event.kind, EventKind::ResultsUnrecorded {})) {
        return None;
    }
    let calls = seen.journal.iter().filter_map(|event| match &event.kind {
        EventKind::Returned { pid, thread, call, .. } => Some(Traced { pid: *pid, thread: *thread, call }),
        _ => None,
    });
    Some(calls.collect())
}

/// Returns the cause if a process accepted a connection, another process served it to its end, and
/// the first one never closed its copy: the connection ends with the last copy (fork(2), close(2)).
#[must_use]
pub fn held_by_parent(seen: &Evidence) -> Option<Cause> {
    let calls = traced_calls(seen)?;
    let is_held = |parent: Pid, connection: u64| {
        let has_ended = |call: &ReturnedCall| match &*call.name {
            "close" => true,
            "dup" => false,
            _ => call.result == 0 && call.size != Some(0),
        };
        let mut of = calls.iter().filter(|one| one.is_of(connection));
        let is_served = of.clone().any(|one| one.pid != parent && has_ended(one.call));
        is_served && !of.any(|one| one.pid == parent && one.call.name == "close")
    };
    let accepted = calls.iter().filter(|one| one.call.name == "accept");
    let mut accepted = accepted.filter_map(|one| Some((one.pid, one.call.created?)));
    accepted.any(|(parent, connection)| is_held(parent, connection)).then_some(Cause::HeldByParent {})
}

/// Returns the cause if a process closed a socket on which it listened, and its next `accept` failed for
/// that reason. `said` is what the program printed of it. In a program that forks, the parent has closed
/// the socket that its child was to close.
#[must_use]
pub fn closed_listener(seen: &Evidence, said: Option<&str>) -> Option<Cause> {
    let calls = traced_calls(seen)?;
    let listens =
        |socket: u64| calls.iter().any(|one| one.is_of(socket) && one.call.name == "listen" && one.call.result == 0);
    let is_close = |one: &Traced<'_>| one.call.name == "close" && one.call.inode.is_some_and(listens);
    let has_failed = |close: &Traced<'_>, one: &Traced<'_>| {
        // A closed socket of Python has the descriptor -1.
        let is_same = one.call.fd == close.call.fd || one.call.fd.is_some_and(|fd| fd < 0);
        one.pid == close.pid && one.call.name == "accept" && one.call.errno() == Some(libc::EBADF) && is_same
    };
    let mut closes = calls.iter().enumerate().filter(|(_, one)| is_close(one));
    let (at, close) = closes.find(|(at, close)| calls[*at..].iter().any(|one| has_failed(close, one)))?;
    let forks = calls[..at].iter().any(|one| one.call.name == "fork" && one.pid == close.pid);
    let hint = if forks { Hint::ParentKeepsListener } else { Hint::KeepListener };
    Some(Cause::ListenerClosed { said: said.map(str::to_owned), hint })
}

/// Returns the cause if the thread that serves the clients accepted the next one while the connection
/// of the one before was open. A program that waits for several descriptors at once may do that, and
/// so may one in which other threads or processes use the connection.
#[must_use]
pub fn accepts_unclosed(seen: &Evidence) -> Option<Cause> {
    const SHARED: [&str; 5] = ["select", "poll", "epoll_wait", "fork", "dup"];
    let calls = traced_calls(seen)?;
    if calls.iter().any(|one| SHARED.contains(&&*one.call.name)) {
        return None;
    }
    let accepts: Vec<usize> = (0..calls.len()).filter(|&at| calls[at].call.name == "accept").collect();
    let is_left_open = |pair: &[usize]| {
        let [first, next] = [pair[0], pair[1]];
        let (thread, Some(connection)) = (calls[first].thread, calls[first].call.created) else { return false };
        let mut used = calls[first + 1..next].iter().filter(|one| one.is_of(connection));
        let is_alone = calls.iter().filter(|one| one.is_of(connection)).all(|one| one.thread == thread);
        let is_served = used.clone().any(|one| one.call.result > 0);
        let is_next = calls[next].thread == thread && calls[next].call.result >= 0;
        is_alone && is_served && is_next && !used.any(|one| one.call.name == "close")
    };
    accepts.windows(2).any(is_left_open).then_some(Cause::NextWithoutClose {})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Event, EventId, Journal, Moment, ServerId};

    type Row = (i32, &'static str, Option<u64>, i64, Option<u64>);

    /// Returns the evidence of calls: thread, name, inode, result and the created inode.
    fn seen(calls: &[Row]) -> Evidence {
        let event = |(k, (thread, name, inode, result, created)): (usize, &Row)| {
            let call = ReturnedCall {
                name: (*name).to_owned(),
                fd: None,
                inode: *inode,
                size: None,
                result: *result,
                created: *created,
            };
            let kind = EventKind::Returned { server: ServerId(0), pid: 9, thread: *thread, call };
            let number = u32::try_from(k).expect("a small number");
            Event { id: EventId(number), at: Moment(k as u64), step: 0, kind }
        };
        Evidence { journal: Journal(calls.iter().enumerate().map(event).collect()), ..Evidence::default() }
    }

    /// As [`seen`], of calls on descriptors: thread, name, descriptor, inode, result.
    fn on_descriptors(calls: &[(i32, &'static str, i32, u64, i64)]) -> Evidence {
        let rows: Vec<Row> = calls
            .iter()
            .map(|&(thread, name, _, inode, result)| (thread, name, (inode != 0).then_some(inode), result, None))
            .collect();
        let mut seen = seen(&rows);
        for (event, (thread, _, own, ..)) in seen.journal.0.iter_mut().zip(calls) {
            if let EventKind::Returned { call, pid, .. } = &mut event.kind {
                (call.fd, *pid) = (Some(*own), *thread);
            }
        }
        seen
    }

    #[test]
    fn closed_listener_is_found() {
        const LISTEN: (i32, &str, i32, u64, i64) = (9, "listen", 3, 1, 0);
        const CLOSE: (i32, &str, i32, u64, i64) = (9, "close", 3, 1, 0);
        const FAILED: (i32, &str, i32, u64, i64) = (9, "accept", 3, 0, -libc::EBADF as i64);
        let hint = |calls: &[_]| match closed_listener(&on_descriptors(calls), None) {
            Some(Cause::ListenerClosed { hint, .. }) => Some(hint),
            _ => None,
        };
        assert_eq!(hint(&[LISTEN, CLOSE, FAILED]), Some(Hint::KeepListener));
        assert_eq!(hint(&[LISTEN, CLOSE, (9, "accept", -1, 0, FAILED.4)]), Some(Hint::KeepListener));
        assert_eq!(hint(&[LISTEN, (9, "fork", 0, 0, 8), CLOSE, FAILED]), Some(Hint::ParentKeepsListener));
        assert_eq!(
            hint(&[LISTEN, (9, "fork", 0, 0, 8), (8, "close", 3, 1, 0), FAILED]),
            None,
            "the child has closed it"
        );
        assert_eq!(hint(&[LISTEN, (9, "close", 4, 2, 0), (9, "accept", 4, 0, FAILED.4)]), None, "a connection");
        assert_eq!(hint(&[LISTEN, FAILED, CLOSE]), None, "it failed before");
        assert_eq!(hint(&[LISTEN, CLOSE]), None);
    }

    const FIRST: Row = (9, "accept", Some(1), 4, Some(2));
    const NEXT: Row = (9, "accept", Some(1), 5, Some(3));
    const READ: Row = (9, "recv", Some(2), 3, None);
    const CLOSE: Row = (9, "close", Some(2), 0, None);

    #[test]
    fn next_accept_before_the_close_is_found() {
        let found = |calls: &[_]| accepts_unclosed(&seen(calls)).is_some();
        assert!(found(&[FIRST, READ, NEXT]));
        assert!(found(&[FIRST, READ, NEXT, CLOSE]), "closed when its variable was set again");
        assert!(!found(&[FIRST, READ, CLOSE, NEXT]));
        assert!(!found(&[FIRST, NEXT]), "it was not served");
        assert!(!found(&[FIRST, (8, "recv", Some(2), 3, None), NEXT]), "another thread serves it");
        assert!(!found(&[FIRST, READ, (8, "accept", Some(1), 5, Some(3))]), "another thread accepts");
        assert!(!found(&[(9, "poll", None, 1, None), FIRST, READ, NEXT]), "several clients at once");
    }
}
