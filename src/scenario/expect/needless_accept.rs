//! Finds, in the evidence of a diagnosing run, a server that waits in `accept` for a client that does
//! not come, although it uses `select` to know which sockets are ready.

use crate::model::net::Owner;
use crate::model::{Cause, EventKind, Evidence, ReturnedCall, ServerId, TcpState};

/// The calls that tell which descriptors are ready.
const WAITS: [&str; 3] = ["select", "poll", "epoll_wait"];

/// Returns the cause if the only thread of a server was found in `accept` while no connection was
/// waiting for that, but data or the end of another one was. Before its first `accept`, the program
/// had waited with `select`: so its listening socket is in the set. A program that only waits for its
/// clients with `select`, and has forgotten one, has another fault.
#[must_use]
pub fn needless_accept(seen: &Evidence) -> Option<Cause> {
    let call = seen.journal.iter().find_map(|event| match &event.kind {
        EventKind::Returned { call, .. } if is_accept(call) => Some(None),
        EventKind::Returned { call, .. } if call.result > 0 => WAITS.iter().find(|name| call.name == **name).map(Some),
        _ => None,
    })??;
    let mut proofs = seen.journal.iter().filter_map(|event| match &event.kind {
        EventKind::Silent { threads, rows } => Some((threads, rows)),
        _ => None,
    });
    proofs
        .any(|(threads, rows)| {
            let mut own = threads.iter().filter(|thread| thread.server == ServerId(0));
            let (Some(thread), None) = (own.next(), own.next()) else { return false };
            let is_own = |owner: &Owner| matches!(owner, Owner::Server(ServerId(0), _));
            let listens = rows
                .iter()
                .any(|row| row.state == TcpState::Listen && Some(row.inode) == thread.inode && row.receive_queue == 0);
            // The end of a client counts as a byte of the queue until the program has read it.
            let has_unread = |state| matches!(state, TcpState::Established | TcpState::CloseWait);
            let waits = rows
                .iter()
                .any(|row| row.inode != 0 && is_own(&row.owner) && has_unread(row.state) && row.receive_queue > 0);
            thread.call == "accept" && listens && waits
        })
        .then(|| Cause::NeedlessAccept { call: (*call).to_owned() })
}

fn is_accept(call: &ReturnedCall) -> bool {
    call.name == "accept" && call.created.is_some()
}
