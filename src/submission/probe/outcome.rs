//! Interprets the evidence of a program that was started alone. Pure.

use std::net::SocketAddr;
use std::time::Duration;

use crate::model::{
    Bytes, Cap, ClientId, Event, EventKind, Evidence, Message, Protocol, SocketRow, StartFailure, Syscall,
};
use crate::scenario::lab::{AnswerKind, Concurrency};

/// The texts that clients send.
pub(crate) const PROBE_TEXTS: [&str; 2] = ["Ola Mundo 1", "Tudo bem 2\n"];

/// The outcome of starting a program.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ProbeOutcome {
    /// Its socket appeared.
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
    /// It made a socket for datagrams, and neither bound nor connected it.
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
    if let Some(row) = events().find_map(|kind| match kind {
        EventKind::Ready { row, .. } if is_server(row) => Some(row.clone()),
        _ => None,
    }) {
        return ProbeOutcome::Ready(row, answered(seen));
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
    let output = events().find_map(|kind| match kind {
        EventKind::Output { head, tail, .. } => Some([&head.0[..], &tail.0[..]].concat()),
        _ => None,
    });
    let output = String::from_utf8_lossy(&output.unwrap_or_default()).into_owned();
    let cap = events().find_map(|kind| if let EventKind::CapHit { cap, .. } = kind { Some(cap.clone()) } else { None });
    let makes_datagrams = calls().any(|call| call.makes_internet_socket(2));
    let names_address = |call: &Syscall| matches!(call, Syscall::Bind { .. } | Syscall::Connect { .. });
    let is_unbound = makes_datagrams && !calls().any(names_address);
    ProbeOutcome::NoSocket(why, ProbeExit { output, connected_to: connected_address(calls()), cap, is_unbound })
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

fn answered(seen: &Evidence) -> ProbeAnswer {
    let got = |number: u32| -> Vec<u8> {
        // Data that arrives after the client has timed out or closed is not an answer.
        let of_client = |event: &&Event| event.kind.client() == Some(ClientId(number));
        let waiting = |event: &&Event| !matches!(event.kind, EventKind::Late { .. } | EventKind::Closed { .. });
        let all = seen.journal.0.iter().filter(of_client).take_while(waiting).filter_map(|event| match &event.kind {
            EventKind::Received { bytes: Bytes(bytes), .. } => Some(bytes),
            _ => None,
        });
        all.flatten().copied().collect()
    };
    let [first, second] = [got(1), got(2)];
    let answers = kind(PROBE_TEXTS[0], &first).or_else(|| kind(PROBE_TEXTS[1], &second));
    let serves = match (first.is_empty(), second.is_empty()) {
        (false, false) => Some(Concurrency::Many),
        (false, true) => Some(Concurrency::One),
        // Only the line with a newline was answered, by a program that serves the second client as
        // well.
        (true, false) => Some(Concurrency::Many),
        (true, true) => None,
    };
    ProbeAnswer { answers, serves, received: first, waited: waited(seen) }
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

/// Returns the kind of an answer.
fn kind(sent: &str, got: &[u8]) -> Option<AnswerKind> {
    let got = String::from_utf8_lossy(got);
    let sent = sent.trim();
    if got.contains(&sent.to_uppercase()) {
        Some(AnswerKind::Uppercase)
    } else if got.contains(sent) {
        Some(AnswerKind::Echo)
    } else {
        None
    }
}

/// Returns the message that explains the outcome.
#[must_use]
pub(crate) fn explain(seen: &ProbeOutcome) -> Message {
    match seen {
        ProbeOutcome::Ready(row, answered) => {
            let what = match (row.protocol, answered.answers) {
                (_, Some(AnswerKind::Echo)) => "found-answers-echo",
                (_, Some(AnswerKind::Uppercase)) => "found-answers-uppercase",
                (Protocol::Tcp | Protocol::Udp, None) => "found-answers-otherwise",
            };
            Message::new("found-listens")
                .with("protocol", row.protocol.to_string())
                .with("address", row.local.to_string())
                .with("what", Message::new(what))
        }
        ProbeOutcome::NoSocket(_, ProbeExit { connected_to: Some(address), .. }) => {
            Message::new("found-connects").with("address", address.to_string())
        }
        ProbeOutcome::NoSocket(..) => Message::new("found-no-socket"),
        ProbeOutcome::Unknown => Message::new("found-not-started"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_lookup_is_not_a_connection() {
        let socket = |kind| Syscall::Socket { domain: 2, kind, protocol: 0 };
        let address = |ip: [u8; 4]| Some(SocketAddr::from((ip, 65432)));
        let connect = |ip| Syscall::Connect { fd: 5, address: address(ip) };
        let bind = Syscall::Bind { fd: 5, address: address([127, 0, 0, 1]), length: None, family: None };
        let [here, anywhere] = [[127, 0, 0, 1], [0; 4]];
        // Ruby's TCPServer.new(65432), interrupted before it creates its own socket; then a server
        // that binds after looking up localhost.
        assert_eq!(connected_address([socket(2), connect(anywhere)].iter()), None);
        assert_eq!(connected_address([socket(2), connect(here), socket(1), bind].iter()), None);
        // Clients: a TCP one after a lookup, and a UDP one.
        assert_eq!(connected_address([socket(2), connect(here), socket(1), connect(here)].iter()), address(here));
        assert_eq!(connected_address([socket(2), connect(here)].iter()), address(here));
        assert_eq!(connected_address([socket(1), connect(anywhere)].iter()), address(anywhere), "0.0.0.0 is this host");
    }

    #[test]
    fn answer_kind_depends_on_content() {
        assert_eq!(kind(PROBE_TEXTS[0], b"Eco: Ola Mundo 1"), Some(AnswerKind::Echo));
        assert_eq!(kind(PROBE_TEXTS[0], b"OLA MUNDO 1"), Some(AnswerKind::Uppercase));
        assert_eq!(kind(PROBE_TEXTS[0], b"ok"), None);
    }
}
