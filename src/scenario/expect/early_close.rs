//! Explains why a server ended a connection before its client had an answer: from the watched calls,
//! and from the results of a diagnosing run.

use super::failed_call::Kind;
use crate::model::{Cause, ClientId, EventKind, Evidence, Hint, ReturnedCall, Syscall};

/// Returns true if the server shut the sending side of a connection down before its only client had
/// sent anything (`shutdown(2)`, SHUT_WR or SHUT_RDWR).
pub(super) fn shut_down_first(seen: &Evidence, client: ClientId) -> bool {
    let kinds = || seen.journal.iter().map(|event| &event.kind);
    let has_begun = |kind: &EventKind| matches!(kind, EventKind::Sent { client: one, .. } if *one == client);
    let is_shutdown = |kind: &EventKind| {
        matches!(kind, EventKind::Called { call: Syscall::Shutdown { how: libc::SHUT_WR | libc::SHUT_RDWR, .. }, .. })
    };
    seen.journal.connections().len() == 1 && kinds().take_while(|kind| !has_begun(kind)).any(is_shutdown)
}

/// Returns what a server did with the first connection that it accepted in a diagnosing run, if it
/// closed the connection without sending anything.
#[must_use]
pub fn early_close(seen: &Evidence) -> Option<Cause> {
    let mut gave_up = None;
    let mut read = 0;
    for call in first_connection(seen)? {
        match Kind::of(call) {
            Some(Kind::Send) if call.result > 0 => return None,
            Some(Kind::Receive) if found_nothing(call) => gave_up = gave_up.or(Some(&call.name)),
            Some(Kind::Receive) => read += u64::try_from(call.result).unwrap_or(0),
            _ if call.name == "close" => {
                return Some(match gave_up {
                    _ if read > 0 => Cause::ClosedAfterReading { bytes: read },
                    Some(name) => Cause::ReadGaveUp { call: name.clone() },
                    None => Cause::ClosedUnread { hint: Hint::CloseLate },
                });
            }
            _ => {}
        }
    }
    None
}

/// Returns why a server stopped after some answers on a connection: its first one in a diagnosing
/// run ends after a read that did not wait, or got answers to several messages.
#[must_use]
pub fn stopped_early(cause: &Cause, seen: &Evidence) -> Option<Cause> {
    let (Cause::OnlyFirstMessage { client, messages, .. } | Cause::StopsAfterMessages { client, messages, .. }) = cause
    else {
        return None;
    };
    let (mut answers, mut gave_up) = (0, None);
    for call in first_connection(seen)?.into_iter().take_while(|call| call.name != "close") {
        match Kind::of(call) {
            Some(Kind::Receive) => gave_up = found_nothing(call).then_some(&call.name),
            Some(Kind::Send) if call.result > 0 => answers += 1,
            _ => {}
        }
    }
    match gave_up {
        Some(name) => Some(Cause::ReadGaveUp { call: name.clone() }),
        None if answers > 1 => {
            Some(Cause::StopsAtMessage { client: *client, messages: *messages, hint: Hint::CompareMessages })
        }
        None => None,
    }
}

/// Returns the calls on the first connection that a server accepted in a diagnosing run, if all
/// results were recorded.
fn first_connection(seen: &Evidence) -> Option<Vec<&ReturnedCall>> {
    if seen.journal.iter().any(|event| matches!(event.kind, EventKind::ResultsUnrecorded {})) {
        return None;
    }
    let calls = || {
        seen.journal.iter().filter_map(|event| match &event.kind {
            EventKind::Returned { call, .. } => Some(call),
            _ => None,
        })
    };
    let connection = calls().filter(|call| call.name == "accept").find_map(|call| call.created)?;
    Some(calls().filter(|call| call.inode == Some(connection)).collect())
}

/// Returns true if a read found no data, and did not wait for it (`recv(2)`, EAGAIN).
fn found_nothing(call: &ReturnedCall) -> bool {
    call.errno() == Some(libc::EAGAIN)
}
