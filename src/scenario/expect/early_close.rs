//! Explains why a server ended a connection before its client had an answer: from the watched calls,
//! and from the results of a diagnosing run.

use crate::model::{Cause, ClientId, EventKind, Evidence, Hint, ReturnedCall, Syscall};

/// Returns true if the server shut the sending side of a connection down before its only client had
/// sent anything (`shutdown(2)`, SHUT_WR or SHUT_RDWR).
pub(super) fn shut_down_first(seen: &Evidence, client: ClientId) -> bool {
    let kinds = || seen.journal.iter().map(|event| &event.kind);
    let has_begun = |kind: &EventKind| matches!(kind, EventKind::Sent { client: one, .. } if *one == client);
    let is_shutdown =
        |kind: &EventKind| matches!(kind, EventKind::Called { call: Syscall::Shutdown { how: 1.., .. }, .. });
    seen.journal.connections().len() == 1 && kinds().take_while(|kind| !has_begun(kind)).any(is_shutdown)
}

/// Returns what a server did with the first connection that it accepted in a diagnosing run, if it
/// closed the connection without sending anything.
#[must_use]
pub fn early_close(seen: &Evidence) -> Option<Cause> {
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
    let mut gave_up = None;
    let mut read = 0;
    for call in calls().filter(|call| call.inode == Some(connection)) {
        match (&*call.name, call.result) {
            ("recv" | "recvfrom" | "recvmsg" | "read" | "readv", 1..) => read += call.result.unsigned_abs(),
            ("recv" | "recvfrom" | "recvmsg" | "read" | "readv", _) if is_empty(call) => {
                gave_up = gave_up.or(Some(&call.name));
            }
            ("send" | "sendto" | "sendmsg" | "write" | "writev", 1..) => return None,
            ("close", _) => {
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

/// Returns true if a call found no data, and did not wait for it (`recv(2)`, EAGAIN).
fn is_empty(call: &ReturnedCall) -> bool {
    call.errno() == Some(libc::EAGAIN)
}

/// Returns why a server stopped after some answers on a connection: its first one in a diagnosing
/// run had a read that did not wait, or got answers to several messages.
#[must_use]
pub fn stopped_early(cause: &Cause, seen: &Evidence) -> Option<Cause> {
    let (Cause::OnlyFirstMessage { client, messages, .. } | Cause::StopsAfterMessages { client, messages, .. }) = cause
    else {
        return None;
    };
    let calls = || {
        seen.journal.iter().filter_map(|event| match &event.kind {
            EventKind::Returned { call, .. } => Some(call),
            _ => None,
        })
    };
    let connection = calls().filter(|call| call.name == "accept").find_map(|call| call.created)?;
    let (mut sent, mut gave_up) = (0, None);
    for call in calls().filter(|call| call.inode == Some(connection)) {
        match &*call.name {
            "recv" | "recvfrom" | "recvmsg" | "read" | "readv" => gave_up = is_empty(call).then_some(&call.name),
            "send" | "sendto" | "sendmsg" | "write" | "writev" if call.result > 0 => sent += 1,
            "close" => break,
            _ => {}
        }
    }
    match gave_up {
        Some(name) => Some(Cause::ReadGaveUp { call: name.clone() }),
        None if sent > 1 => {
            Some(Cause::StopsAtMessage { client: *client, messages: *messages, hint: Hint::CompareMessages })
        }
        None => None,
    }
}
