//! Finds, in the evidence of a diagnosing run, the call that failed so that a client got no answer,
//! and that the program went on from. A call explains a missing answer only if it was made while
//! the client waited, and if none of its kind succeeded afterwards.

use std::collections::BTreeSet;
use std::ops::Range;

use super::excerpt::quote;
use crate::model::cause::Symptom;
use crate::model::{
    Cause, ClientId, Event, EventKind, Evidence, ExitStatus, Hint, Protocol, ReturnedCall, ServerId, WaitTarget,
};

/// The call that explains why answers are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedCall {
    /// The cause.
    pub cause: Cause,
    kind: Kind,
}

impl FailedCall {
    /// Returns true if the call explains this symptom.
    #[must_use]
    pub const fn explains(&self, symptom: Symptom) -> bool {
        match symptom {
            Symptom::Missing | Symptom::Blocked => true,
            Symptom::Connection => matches!(self.kind, Kind::Accept),
            Symptom::Wrong => false,
        }
    }
}

/// The role of a call in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Accept,
    Receive,
    Send,
    /// It waits until descriptors are ready.
    Wait,
}

impl Kind {
    /// Returns the role of a call; `None` if it has none.
    pub(super) fn of(call: &ReturnedCall) -> Option<Self> {
        Some(match &*call.name {
            "accept" => Self::Accept,
            "recv" | "recvfrom" | "recvmsg" | "read" | "readv" => Self::Receive,
            "send" | "sendto" | "sendmsg" | "write" | "writev" => Self::Send,
            "poll" | "select" | "epoll_wait" => Self::Wait,
            _ => return None,
        })
    }
}

/// Which descriptor a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    /// Any descriptor.
    Any,
    /// Any socket of a server for datagrams.
    Datagrams,
    /// A stream socket that is no connection: it listens, or has done nothing yet.
    NoConnection,
    /// A connection whose sending side the program has shut down.
    ShutDown,
    /// Standard input, output or error.
    Standard,
    /// A number that is no descriptor, such as the result of a failed call.
    Negative,
}

/// A failure that is the program's fault: the kinds of calls, the error number and its name, the
/// descriptor, and the hint.
type Row = (&'static [Kind], i32, &'static str, On, Hint);

const RECEIVE_OR_SEND: &[Kind] = &[Kind::Receive, Kind::Send];
const WAIT: &[Kind] = &[Kind::Wait];
const ALL: &[Kind] = &[Kind::Accept, Kind::Receive, Kind::Send, Kind::Wait];

/// The failures, of which the first that fits counts. Errors that a correct program may get are not
/// among them: EAGAIN, EINTR, and those of connections that a client has ended.
const ROWS: &[Row] = &[
    (ALL, libc::EBADF, "EBADF", On::Negative, Hint::NegativeDescriptor),
    (ALL, libc::EBADF, "EBADF", On::Any, Hint::DescriptorClosed),
    (ALL, libc::ENOTSOCK, "ENOTSOCK", On::Standard, Hint::Parentheses),
    (ALL, libc::ENOTSOCK, "ENOTSOCK", On::Any, Hint::NoSocket),
    (ALL, libc::EFAULT, "EFAULT", On::Any, Hint::BufferAddress),
    (WAIT, libc::EINVAL, "EINVAL", On::Any, Hint::WaitArguments),
    (&[Kind::Accept], libc::EOPNOTSUPP, "EOPNOTSUPP", On::Datagrams, Hint::AcceptOfDatagrams),
    (&[Kind::Accept], libc::EINVAL, "EINVAL", On::Any, Hint::AcceptListens),
    (&[Kind::Send], libc::EMSGSIZE, "EMSGSIZE", On::Datagrams, Hint::DatagramSize),
    (&[Kind::Send], libc::EINVAL, "EINVAL", On::Datagrams, Hint::SendAddress),
    (&[Kind::Send], libc::EAFNOSUPPORT, "EAFNOSUPPORT", On::Datagrams, Hint::SendAddress),
    (&[Kind::Send], libc::EDESTADDRREQ, "EDESTADDRREQ", On::Datagrams, Hint::SendTo),
    (&[Kind::Receive], libc::EINVAL, "EINVAL", On::Datagrams, Hint::AddressLength),
    (RECEIVE_OR_SEND, libc::ENOTCONN, "ENOTCONN", On::NoConnection, Hint::UseConnection),
    (&[Kind::Send], libc::EPIPE, "EPIPE", On::NoConnection, Hint::UseConnection),
    (&[Kind::Send], libc::EPIPE, "EPIPE", On::ShutDown, Hint::ShutDownLast),
];

/// Returns the call that explains why a client of a diagnosing run got no answer.
#[must_use]
pub fn failed_call(seen: &Evidence) -> Option<FailedCall> {
    let mut clients: Vec<ClientId> = seen.journal.iter().filter_map(|event| event.kind.client()).collect();
    clients.sort_unstable();
    clients.dedup();
    clients.into_iter().find_map(|client| explained(seen, client))
}

/// The errors of `bind` with a right address that are the program's fault.
const BIND_ROWS: &[(i32, &str, Hint)] = &[
    (libc::EADDRINUSE, "EADDRINUSE", Hint::AddressInUse),
    (libc::EADDRNOTAVAIL, "EADDRNOTAVAIL", Hint::AddressNotHere),
    (libc::EACCES, "EACCES", Hint::Permission),
    (libc::EAFNOSUPPORT, "EAFNOSUPPORT", Hint::BindFamily),
    // The socket is bound already, perhaps because it was used before.
    (libc::EINVAL, "EINVAL", Hint::BindResult),
];

/// Returns the cause for a call of `bind` that is known to have failed, such as
/// `bind(3, 0.0.0.0:80)`, with the error that a diagnosing run recorded for that descriptor.
#[must_use]
pub fn refused_bind(call: &str, seen: &Evidence) -> Option<Cause> {
    let is_same = |bind: &ReturnedCall| bind.fd.is_some_and(|fd| call.starts_with(&format!("bind({fd}, ")));
    let binds = seen.journal.iter().filter_map(|event| match &event.kind {
        EventKind::Returned { call: bind, .. } if bind.name == "bind" && is_same(bind) => Some(bind.errno()),
        _ => None,
    });
    let errors: BTreeSet<Option<i32>> = binds.collect();
    // Several results: which of the calls is meant is unknown.
    let errno = errors.first().copied().flatten().filter(|_| errors.len() == 1)?;
    let (_, error, hint) = BIND_ROWS.iter().find(|(number, ..)| *number == errno)?;
    Some(Cause::BindRefused { call: call.to_owned(), error: (*error).to_owned(), hint: *hint })
}

/// Returns the failure of `accept` that ended a server with exit code 0: the last call before the exit
/// failed.
#[must_use]
pub fn ended_by_accept(seen: &Evidence) -> Option<Cause> {
    let events = &seen.journal.0;
    let exit = events.iter().position(|event| matches!(event.kind, EventKind::Exited { .. }))?;
    let call = events[..exit].iter().rev().find_map(|event| match &event.kind {
        EventKind::Returned { call, .. } if call.name == "accept" => Some(call),
        _ => None,
    })?;
    if call.errno()? == libc::EINTR {
        return Some(Cause::EndedByAccept { error: "EINTR".to_owned(), hint: Hint::Interrupted });
    }
    match fault(Kind::Accept, call, &Sockets::of(seen))? {
        Cause::CallFailed { error, hint, .. } => Some(Cause::EndedByAccept { error, hint }),
        _ => None,
    }
}

/// How a client noticed that its answer is missing.
enum Missing {
    Answer,
    Connection,
}

fn explained(seen: &Evidence, client: ClientId) -> Option<FailedCall> {
    let events = &seen.journal.0;
    let (wait, missing) = missing_answer(events, client)?;
    let before = events.get(..wait.end)?;
    // Then later calls are unknown, or the program did not go on: an error that ended it is
    // another cause.
    let is_over = |event: &Event| match &event.kind {
        EventKind::Exited { status, .. } => *status != ExitStatus::Code(0),
        kind => matches!(kind, EventKind::ResultsUnrecorded {}),
    };
    if before.iter().any(is_over) {
        return None;
    }
    let sockets = Sockets::of(seen);
    let mut found: Option<FailedCall> = None;
    let mut has_read = false;
    for event in before.get(wait.start..)? {
        let EventKind::Returned { call, .. } = &event.kind else { continue };
        let Some(kind) = Kind::of(call) else { continue };
        has_read |= kind == Kind::Receive && is_success(call);
        if matches!(missing, Missing::Connection) && kind != Kind::Accept {
            continue;
        }
        match fault(kind, call, &sockets) {
            // What was never read cannot be sent: nothing is asked for before that.
            Some(Cause::SendOfNothing { .. }) if !has_read => {}
            Some(cause) => found = found.or(Some(FailedCall { cause, kind })),
            // It went well later, so the failure was harmless.
            None if is_success(call) && found.as_ref().is_some_and(|found| found.kind == kind) => found = None,
            None => {}
        }
    }
    found
}

/// Returns the wait of a client for an answer or a connection that did not come, as a range of
/// events: from the message that got no answer, or if none had one, from the accept of its
/// connection. A call may have failed before the message, and returned before the client knew of
/// its connection.
fn missing_answer(events: &[Event], client: ClientId) -> Option<(Range<usize>, Missing)> {
    let (mut begin, mut unanswered) = (None, None);
    let (mut has_ended, mut has_received) = (false, false);
    for (index, event) in events.iter().enumerate().filter(|(_, event)| event.kind.client() == Some(client)) {
        let first = *begin.get_or_insert_with(|| accepted_before(events, index).unwrap_or(index));
        let wait = unanswered.map(|sent| (if has_received { sent } else { first }..index, Missing::Answer));
        match &event.kind {
            EventKind::Sent { .. } => unanswered = unanswered.or(Some(index)),
            EventKind::Received { .. } => (unanswered, has_received) = (None, true),
            EventKind::Late { waiting: WaitTarget::Answer { .. }, .. } => return wait,
            EventKind::ConnectFailed { .. } => return Some((0..index, Missing::Connection)),
            // The client still waits for its answer, or has not sent yet. A call may return only
            // after its effect.
            EventKind::Ended { .. } if unanswered.is_some() || !has_received => has_ended = true,
            EventKind::Closed { .. } if has_ended => return wait,
            EventKind::Ended { .. } | EventKind::Closed { .. } => return None,
            _ => {}
        }
    }
    None
}

/// Returns the last successful `accept` directly before this event: with no event of a client
/// between.
fn accepted_before(events: &[Event], at: usize) -> Option<usize> {
    let is_accept = |event: &Event| matches!(&event.kind, EventKind::Returned { call, .. } if call.name == "accept" && is_success(call));
    let begin = events[..at].iter().rposition(|event| event.kind.client().is_some()).map_or(0, |last| last + 1);
    events[begin..at].iter().rposition(is_accept).map(|offset| begin + offset)
}

/// Returns the cause if the only answer to a first message came after the second one, and is the
/// answer to the first. Before that, the server was proved to wait.
#[must_use]
pub fn answered_late(seen: &Evidence) -> Option<Cause> {
    let mut events = seen.journal.iter().filter(|event| event.kind.client().is_some());
    let mut first: Option<(ClientId, &[u8])> = None;
    let (mut has_waited, mut has_sent_more) = (false, false);
    let (client, text, got) = events.find_map(|event| match &event.kind {
        EventKind::Sent { client, bytes } => {
            has_sent_more |= has_waited;
            first.get_or_insert((*client, &bytes.0));
            None
        }
        EventKind::Late { silent, .. } => {
            has_waited |= *silent;
            None
        }
        EventKind::Received { client, bytes, .. } => first.map(|(_, text)| (*client, text, &bytes.0)),
        _ => None,
    })?;
    let is_late = has_waited && has_sent_more && first.is_some_and(|(sender, _)| sender == client);
    (is_late && text.eq_ignore_ascii_case(got)).then(|| Cause::OneMessageLate { client, got: quote(text) })
}

/// Returns true if a call did what it is for: it moved bytes, accepted a connection, or waited.
fn is_success(call: &ReturnedCall) -> bool {
    call.result > 0 || call.result == 0 && matches!(Kind::of(call), Some(Kind::Accept | Kind::Wait))
}

/// What is known of the sockets of a program.
struct Sockets {
    is_datagram: bool,
    /// The inodes of connections: accepted ones, and those that the program made.
    connections: BTreeSet<u64>,
    /// The inodes of sockets that the program has shut down.
    shut_down: BTreeSet<u64>,
}

impl Sockets {
    fn of(seen: &Evidence) -> Self {
        let calls = || {
            let call =
                |event: &&Event| matches!(&event.kind, EventKind::Returned { call, .. } if call.errno().is_none());
            seen.journal.iter().filter(call).filter_map(|event| match &event.kind {
                EventKind::Returned { call, .. } => Some(call),
                _ => None,
            })
        };
        let named = |name: &'static str| calls().filter(move |call| call.name == name);
        let accepted = named("accept").filter_map(|call| call.created);
        Self {
            is_datagram: seen.journal.ready(ServerId(0)).is_some_and(|(_, row)| row.protocol == Protocol::Udp),
            connections: accepted.chain(named("connect").filter_map(|call| call.inode)).collect(),
            shut_down: named("shutdown").filter_map(|call| call.inode).collect(),
        }
    }

    fn fits(&self, on: On, call: &ReturnedCall) -> bool {
        let is_in = |set: &BTreeSet<u64>| call.inode.is_some_and(|inode| set.contains(&inode));
        match on {
            On::Any => true,
            On::Datagrams => self.is_datagram,
            On::NoConnection => !self.is_datagram && call.inode.is_some() && !is_in(&self.connections),
            On::ShutDown => !self.is_datagram && is_in(&self.connections) && is_in(&self.shut_down),
            On::Standard => call.fd.is_some_and(|fd| matches!(fd, 0..=2)),
            On::Negative => call.fd.is_some_and(|fd| fd < 0),
        }
    }
}

/// Returns the cause, if a call failed by the program's fault, or was asked to do nothing.
fn fault(kind: Kind, call: &ReturnedCall, sockets: &Sockets) -> Option<Cause> {
    let name = || call.name.clone();
    let Some(errno) = call.errno() else {
        let is_empty = call.size == Some(0) && call.result == 0 && call.inode.is_some();
        return match kind {
            Kind::Receive if is_empty => Some(Cause::ReadOfNothing { call: name() }),
            // An empty datagram is an answer.
            Kind::Send if is_empty && !sockets.is_datagram => Some(Cause::SendOfNothing { call: name() }),
            _ => None,
        };
    };
    let fits = |row: &&Row| row.0.contains(&kind) && row.1 == errno && sockets.fits(row.3, call);
    let (_, _, error, _, hint) = ROWS.iter().find(fits)?;
    Some(Cause::CallFailed { call: name(), error: (*error).to_owned(), hint: *hint })
}
