//! Interprets the evidence of a program that was started alone. Pure.

use std::net::SocketAddr;
use std::time::Duration;

use crate::model::net::Owner;
use crate::model::{
    Bytes, Cap, ClientId, Event, EventKind, Evidence, ExitStatus, Message, Protocol, SocketRow, StartFailure, Syscall,
    TcpState,
};
use crate::scenario::expect::connect_in_place_of_bind;
use crate::scenario::expect::error_line::error_line;
use crate::scenario::lab::{AnswerKind, Concurrency};
use crate::submission::name_lookup::DNS_PORT;

/// The texts that clients send.
pub(crate) const PROBE_TEXTS: [&str; 2] = ["Ola Mundo 1", "Tudo bem 2\n"];
/// The text of the first client if a role of the lab answers HTTP requests.
pub(crate) const HTTP_PROBE_TEXT: &str = "GET /ola HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Maximum number of further sockets of a program that are examined.
const MAX_OTHER_SOCKETS: usize = 2;

/// The outcome of starting a program.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ProbeOutcome {
    /// Its socket appeared, and it did not exit by itself before a client came.
    Ready(SocketRow, ProbeAnswer),
    /// Its socket did not appear.
    NoSocket(StartFailure, ProbeExit),
    /// The harness failed; nothing is known.
    Unknown,
}

/// The result of the exchange.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ProbeAnswer {
    /// The kind of its answers.
    pub answers: Option<AnswerKind>,
    /// True if these answers contain nothing else.
    pub is_exact: bool,
    /// The data that the first client received before it sent anything.
    pub greeting: Vec<u8>,
    /// True if the kernel chose the port of its socket for datagrams: it asked for port 0.
    pub is_any_port: bool,
    /// Further sockets on which it serves, by protocol and port.
    pub other_sockets: Vec<SocketRow>,
    /// How many clients it serves.
    pub serves: Option<Concurrency>,
    /// The data that the first client received.
    pub received: Vec<u8>,
    /// How long it waited for the beginning of that.
    pub waited: Duration,
}

/// The behavior of a program before it exited.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ProbeExit {
    /// Its output, beginning and end.
    pub output: String,
    /// The address to which it tried to connect.
    pub connected_to: Option<SocketAddr>,
    /// The limit that it exceeded.
    pub cap: Option<Cap>,
    /// It made a socket for datagrams, and did not bind it. It did not connect it either, or only waits,
    /// connected to its own host.
    pub is_unbound: bool,
}

/// Returns the outcome of starting a program.
#[must_use]
pub(crate) fn read(seen: &Evidence) -> ProbeOutcome {
    let events = || seen.journal.0.iter().map(|event| &event.kind);
    let calls = || {
        let calls =
            events().filter_map(|kind| if let EventKind::Called { call, .. } = kind { Some(call) } else { None });
        calls.filter(|call| call.is_socket_call())
    };
    // A UDP socket that sends first gets a port without requesting one: it is not a server.
    let asked = calls().any(|call| matches!(call, Syscall::Bind { .. })) || calls().next().is_none();
    let is_server = |row: &SocketRow| asked || row.protocol == Protocol::Tcp;
    let output = || {
        let output = events().find_map(|kind| match kind {
            EventKind::Output { head, tail, .. } => Some([&head.0[..], &tail.0[..]].concat()),
            _ => None,
        });
        String::from_utf8_lossy(&output.unwrap_or_default()).into_owned()
    };
    let cap =
        || events().find_map(|kind| if let EventKind::CapHit { cap, .. } = kind { Some(cap.clone()) } else { None });
    if let Some(row) = events().find_map(|kind| match kind {
        EventKind::Ready { row, .. } if is_server(row) => Some(row.clone()),
        _ => None,
    }) {
        return match exit_before_clients(seen, row.protocol) {
            Some(status) => {
                let exit = ProbeExit { output: output(), cap: cap(), ..ProbeExit::default() };
                ProbeOutcome::NoSocket(StartFailure::Exited(status), exit)
            }
            None => ProbeOutcome::Ready(row.clone(), answered(seen, &row)),
        };
    }
    let Some(why) = events().find_map(|kind| match kind {
        // Nothing was observed of the program.
        EventKind::NotReady { why: StartFailure::Harness(_), .. } => None,
        EventKind::NotReady { why, .. } => Some(why.clone()),
        _ => None,
    }) else {
        let ready = events().any(|kind| matches!(kind, EventKind::Ready { .. }));
        return if ready {
            ProbeOutcome::NoSocket(StartFailure::Nothing { within_ms: 0, silent: false }, ProbeExit::default())
        } else {
            ProbeOutcome::Unknown
        };
    };
    let makes_datagrams = calls().any(|call| call.makes_internet_socket(2));
    let names_address = |call: &Syscall| matches!(call, Syscall::Bind { .. } | Syscall::Connect { .. });
    let is_connected =
        matches!(why, StartFailure::Nothing { silent: true, .. }) && connect_in_place_of_bind(calls()).is_some();
    let is_unbound = makes_datagrams && (is_connected || !calls().any(names_address));
    let connected_to = connected_address(calls());
    ProbeOutcome::NoSocket(why, ProbeExit { output: output(), connected_to, cap: cap(), is_unbound })
}

/// Returns the status of a program that exited by itself although its socket had appeared, and
/// before any client could be the reason: it wanted an argument, for example. The socket of such a
/// program may or may not be seen, so the outcome must not depend on that.
fn exit_before_clients(seen: &Evidence, protocol: Protocol) -> Option<ExitStatus> {
    let events = || seen.journal.0.iter().map(|event| &event.kind);
    let is_call = |wanted: fn(&Syscall) -> bool| {
        events().any(|kind| matches!(kind, EventKind::Called { call, .. } if wanted(call)))
    };
    let is_exit = |kind: &EventKind| if let EventKind::Exited { status, .. } = kind { Some(*status) } else { None };
    match protocol {
        // A program that continues in the background has another process that accepts.
        Protocol::Tcp if is_call(|call| matches!(call, Syscall::Accept { .. })) => None,
        Protocol::Tcp => events().find_map(is_exit).filter(|_| is_call(Syscall::is_socket_call)),
        // Calls that receive datagrams are not recorded.
        Protocol::Udp => {
            let mut before = events().take_while(|kind| !matches!(kind, EventKind::Sent { .. }));
            before.find_map(is_exit).filter(|status| *status != ExitStatus::Code(0))
        }
    }
}

/// Returns the address that a program without a server socket connected to. This is the address of
/// the first `connect` of a TCP socket, or that of a UDP socket if it was the last call.
/// `getaddrinfo(3)` connects UDP sockets to every address that it finds, in order to sort them (RFC
/// 6724, 2.1). It does so for servers before they bind, too.
#[must_use]
pub(crate) fn connected_address<'a>(calls: impl Iterator<Item = &'a Syscall>) -> Option<SocketAddr> {
    const SOCK_STREAM: i32 = 1;
    let (mut is_stream, mut by_datagrams) = (false, None);
    for call in calls {
        match call {
            Syscall::Socket { .. } => (is_stream, by_datagrams) = (call.makes_internet_socket(SOCK_STREAM), None),
            Syscall::Bind { .. } | Syscall::Listen { .. } => by_datagrams = None,
            Syscall::Connect { address: Some(address), .. } if is_stream => return Some(*address),
            Syscall::Connect { address: Some(address), .. } if !address.ip().is_unspecified() => {
                by_datagrams = Some(*address);
            }
            _ => {}
        }
    }
    by_datagrams
}

/// Returns the data that a client received before it sent its text, and after.
fn received(seen: &Evidence, number: u32) -> [Vec<u8>; 2] {
    let of_client = |event: &&Event| event.kind.client() == Some(ClientId(number));
    // Data that arrives after the client has timed out or closed is not an answer.
    let waiting = |event: &&Event| !matches!(event.kind, EventKind::Late { .. } | EventKind::Closed { .. });
    let [mut before, mut after] = [Vec::new(), Vec::new()];
    let mut has_sent = false;
    for event in seen.journal.0.iter().filter(of_client).take_while(waiting) {
        match &event.kind {
            EventKind::Sent { .. } => has_sent = true,
            EventKind::Received { bytes: Bytes(bytes), .. } => {
                (if has_sent { &mut after } else { &mut before }).extend_from_slice(bytes);
            }
            _ => {}
        }
    }
    [before, after]
}

/// Returns the other sockets of the first server in the snapshot: those that listen, and those for
/// datagrams whose port the program chose.
fn other_sockets(seen: &Evidence, row: &SocketRow) -> Vec<SocketRow> {
    let events = || seen.journal.0.iter().map(|event| &event.kind);
    let rows = events().find_map(|kind| if let EventKind::Snapshot { rows, .. } = kind { Some(rows) } else { None });
    let is_bound = |port: u16| {
        events().any(|kind| {
            matches!(kind, EventKind::Called { call: Syscall::Bind { address: Some(at), .. }, .. } if at.port() == port)
        })
    };
    let serves = |other: &&SocketRow| {
        let waits = match other.protocol {
            Protocol::Tcp => other.state == TcpState::Listen,
            Protocol::Udp => is_bound(other.local.port()),
        };
        waits && matches!(other.owner, Owner::Server(..))
    };
    let mut seen_ports = vec![(row.protocol, row.local.port())];
    let mut others = Vec::new();
    for other in rows.into_iter().flatten().filter(serves) {
        let at = (other.protocol, other.local.port());
        if !seen_ports.contains(&at) && others.len() < MAX_OTHER_SOCKETS {
            seen_ports.push(at);
            others.push(other.clone());
        }
    }
    others
}

/// Returns true if the kernel chose the port of a socket for datagrams, because the program asked
/// for port 0 (`ip(7)`).
fn is_any_port(seen: &Evidence, row: &SocketRow) -> bool {
    let bound = |port: u16| {
        seen.journal.0.iter().any(|event| {
            matches!(&event.kind, EventKind::Called { call: Syscall::Bind { address: Some(at), .. }, .. } if at.port() == port)
        })
    };
    row.protocol == Protocol::Udp && bound(0) && !bound(row.local.port())
}

fn answered(seen: &Evidence, row: &SocketRow) -> ProbeAnswer {
    let [greeting, first] = received(seen, 1);
    let [_, second] = received(seen, 2);
    let known = kind(PROBE_TEXTS[0], &first).or_else(|| kind(HTTP_PROBE_TEXT, &first));
    let known = known.or_else(|| kind(PROBE_TEXTS[1], &second));
    let (answers, is_exact) = (known.map(|(kind, _)| kind), known.is_some_and(|(_, is_exact)| is_exact));
    let serves = match (first.is_empty(), second.is_empty()) {
        (false, false) => Some(Concurrency::Many),
        (false, true) => Some(Concurrency::One),
        // Only the line with a newline was answered, by a program that serves the second client as
        // well.
        (true, false) => Some(Concurrency::Many),
        (true, true) => None,
    };
    let other_sockets = other_sockets(seen, row);
    let is_any_port = is_any_port(seen, row);
    let waited = waited(seen);
    ProbeAnswer { answers, is_exact, greeting, is_any_port, other_sockets, serves, received: first, waited }
}

/// Returns how long the first client waited for the beginning of its answer.
fn waited(seen: &Evidence) -> Duration {
    let mut sent = None;
    for event in seen.journal.events_of_client(ClientId(1)) {
        match event.kind {
            EventKind::Sent { .. } => sent = sent.or(Some(event.at.0)),
            EventKind::Received { .. } => return Duration::from_nanos(event.at.0.saturating_sub(sent.unwrap_or(0))),
            _ => {}
        }
    }
    Duration::ZERO
}

/// Returns the kind of an answer, and true if it contains nothing else. White space around it does
/// not count.
fn kind(sent: &str, got: &[u8]) -> Option<(AnswerKind, bool)> {
    let got = String::from_utf8_lossy(got);
    let sent = sent.trim();
    let upper = sent.to_uppercase();
    if sent == HTTP_PROBE_TEXT.trim() && got.starts_with("HTTP/1.") {
        Some((AnswerKind::Http, true))
    } else if got.contains(&upper) {
        Some((AnswerKind::Uppercase, got.trim() == upper))
    } else if got.contains(sent) {
        Some((AnswerKind::Echo, got.trim() == sent))
    } else {
        None
    }
}

/// Returns the message that explains what a program does on a socket.
#[must_use]
pub(crate) fn explain_socket(row: &SocketRow, answered: &ProbeAnswer) -> Message {
    let what = match (answered.answers, answered.is_exact) {
        (Some(AnswerKind::Echo), true) => "found-answers-echo",
        (Some(AnswerKind::Echo), false) => "found-answers-echo-and-more",
        (Some(AnswerKind::Uppercase), true) => "found-answers-uppercase",
        (Some(AnswerKind::Uppercase), false) => "found-answers-uppercase-and-more",
        (Some(AnswerKind::Http), _) => "found-answers-http",
        (None, _) if answered.serves.is_some() => "found-answers-otherwise",
        (None, _) => "found-answers-nothing",
    };
    let what = Message::new(what);
    let what = if answered.greeting.is_empty() { what } else { Message::new("found-greets").with("what", what) };
    Message::new("found-listens")
        .with("protocol", row.protocol.to_string())
        .with("address", row.local.to_string())
        .with("what", what)
}

/// Returns the message that explains the outcome.
#[must_use]
pub(crate) fn explain(seen: &ProbeOutcome) -> Message {
    match seen {
        ProbeOutcome::Ready(row, answered) => explain_socket(row, answered),
        ProbeOutcome::NoSocket(_, ProbeExit { connected_to: Some(address), .. }) if address.port() == DNS_PORT => {
            Message::new("found-looks-up")
        }
        ProbeOutcome::NoSocket(_, ProbeExit { connected_to: Some(address), .. }) => {
            Message::new("found-connects").with("address", address.to_string())
        }
        ProbeOutcome::NoSocket(StartFailure::Exited(_), exit) => match error_line(&exit.output) {
            Some(said) => Message::new("found-exits-said").with("said", said),
            None => Message::new("found-exits"),
        },
        ProbeOutcome::NoSocket(..) => Message::new("found-no-socket"),
        ProbeOutcome::Unknown => Message::new("found-not-started"),
    }
}

#[cfg(test)]
mod tests;
