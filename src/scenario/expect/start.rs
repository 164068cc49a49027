//! From a server's start to its verdict: is its socket there, and if not, why not.

use crate::model::bytes::shown_short;
use crate::model::net::Owner;
use crate::model::{
    EventId, EventKind, Evidence, ExitStatus, Finding, Message, NotReady, Protocol, ServerId, SocketRow, TcpState,
};

/// The server that an expectation is about: the first of the scenario.
const FIRST: ServerId = ServerId(0);

/// The server's own rows that await clients of this protocol, those on the port it became ready with first.
pub(super) fn listening_rows<'a>(seen: &Evidence, rows: &'a [SocketRow], protocol: Protocol) -> Vec<&'a SocketRow> {
    let port = seen.journal.ready(FIRST).map(|(_, row)| row.local.port());
    let mut found: Vec<&SocketRow> = rows
        .iter()
        .filter(|row| row.protocol == protocol && matches!(row.owner, Owner::Server(..)))
        .filter(|row| match protocol {
            Protocol::Tcp => row.state == TcpState::Listen,
            Protocol::Udp => row.local.port() != 0,
        })
        .collect();
    found.sort_by_key(|row| Some(row.local.port()) != port);
    found
}

/// Judges that the server's socket of this protocol came to be there.
pub(super) fn judge_start(seen: &Evidence, protocol: Protocol) -> Finding {
    if let Some((id, row)) = seen.journal.ready(FIRST) {
        let at = row.local.to_string();
        if row.protocol != protocol {
            return other_protocol(id, row, protocol);
        }
        let mut finding = match protocol {
            Protocol::Tcp => Finding::pass(Message::new("listening").with("at", at).with("backlog", row.send_queue)),
            Protocol::Udp => Finding::pass(Message::new("bound").with("at", at)),
        };
        if let Some(expected) = expected_port(seen).filter(|&port| port != row.local.port()) {
            finding = finding.note(
                Message::new("note-other-port")
                    .with("port", row.local.port().to_string())
                    .with("expected", expected.to_string()),
            );
        }
        return finding.shown_by([id]);
    }
    match seen.journal.not_ready(FIRST) {
        Some((id, why)) => not_ready(seen, why, protocol).shown_by([id]),
        None => Finding::not_verified(Message::new("never-started")),
    }
}

fn other_protocol(id: EventId, row: &SocketRow, wanted: Protocol) -> Finding {
    let message = Message::new("other-protocol")
        .with("found", row.protocol.to_string())
        .with("wanted", wanted.to_string())
        .with("port", row.local.port().to_string());
    Finding::fail(message).hint(Message::new("hint-other-protocol")).shown_by([id])
}

fn expected_port(seen: &Evidence) -> Option<u16> {
    seen.journal.iter().find_map(|event| match event.kind {
        EventKind::Started { server: FIRST, port, .. } => port,
        _ => None,
    })
}

/// The finding for a server whose socket never came to be there.
fn not_ready(seen: &Evidence, why: &NotReady, protocol: Protocol) -> Finding {
    let fail = |message: Message, hint: &'static str| Finding::fail(message).hint(Message::new(hint));
    let protocol_name = protocol.to_string();
    match why {
        NotReady::Missing(name) => {
            fail(Message::new("program-missing").with("program", name.as_str()), "hint-program-missing")
        }
        NotReady::NotExecutable(name) => {
            fail(Message::new("program-not-executable").with("program", name.as_str()), "hint-program-not-executable")
        }
        NotReady::Exited(status) => exited(seen, *status),
        NotReady::OtherProtocol(row) => other_protocol(EventId(0), row, protocol),
        NotReady::BoundNotListening(row) => {
            fail(Message::new("bound-not-listening").with("at", row.local.to_string()), "hint-listen")
        }
        NotReady::Nothing { within_ms } => {
            let message = match said_last(seen) {
                Some(line) => Message::new("nothing-listens-said").with("said", line),
                None => Message::new("nothing-listens"),
            };
            fail(message.with("ms", *within_ms).with("protocol", protocol_name), "hint-nothing-listens")
        }
        NotReady::PortBusy(row) => Finding::not_verified(
            Message::new("port-busy").with("at", row.local.to_string()).with("state", row.state.name()),
        ),
        NotReady::Harness(problem) => Finding::new(
            crate::model::Verdict::Error,
            Message::new("harness-trouble").with("problem", problem.as_str()),
        ),
    }
}

/// The finding for a server that ended before its socket was there, by what it printed last.
fn exited(seen: &Evidence, status: ExitStatus) -> Finding {
    let said = said_last(seen);
    let line = said.as_deref().unwrap_or_default().to_lowercase();
    let (id, hint) = if line.contains("already in use") || line.contains("eaddrinuse") || line.contains("errno 98") {
        ("exited-address-in-use", "hint-address-in-use")
    } else if line.contains("cannot assign requested") || line.contains("eaddrnotavail") || line.contains("errno 99") {
        ("exited-address-not-here", "hint-address-not-here")
    } else if line.contains("permission denied") || line.contains("eacces") {
        ("exited-permission", "hint-permission")
    } else if said.is_some() {
        ("exited-early-said", "hint-exited")
    } else {
        ("exited-early", "hint-exited")
    };
    let mut message = Message::new(id).with("status", status_message(status));
    if let Some(said) = said {
        message = message.with("said", said);
    }
    Finding::fail(message).hint(Message::new(hint))
}

/// How a process ended, in words.
pub(in crate::scenario) fn status_message(status: ExitStatus) -> Message {
    match status {
        ExitStatus::Code(code) => Message::new("status-code").with("code", code),
        ExitStatus::Signal(signal) => Message::new("status-signal").with("signal", signal_name(signal)),
    }
}

/// That a server ended, in one of two sentences: with what it printed last, where it printed anything.
pub(super) fn ended(seen: &Evidence, silent: &'static str, said: &'static str, status: ExitStatus) -> Message {
    match said_last(seen) {
        Some(line) => Message::new(said).with("said", line),
        None => Message::new(silent),
    }
    .with("status", status_message(status))
}

/// A signal's name (`signal(7)`, the numbers that x86 and ARM share).
pub(super) fn signal_name(signal: i32) -> String {
    let names = [
        (1, "SIGHUP"),
        (2, "SIGINT"),
        (3, "SIGQUIT"),
        (4, "SIGILL"),
        (5, "SIGTRAP"),
        (6, "SIGABRT"),
        (7, "SIGBUS"),
        (8, "SIGFPE"),
        (9, "SIGKILL"),
        (10, "SIGUSR1"),
        (11, "SIGSEGV"),
        (12, "SIGUSR2"),
        (13, "SIGPIPE"),
        (14, "SIGALRM"),
        (15, "SIGTERM"),
        (24, "SIGXCPU"),
        (25, "SIGXFSZ"),
        (31, "SIGSYS"),
    ];
    names
        .iter()
        .find(|(number, _)| *number == signal)
        .map_or_else(|| signal.to_string(), |(_, name)| (*name).to_owned())
}

/// The last line that the server printed which is not blank, made safe and short.
pub(super) fn said_last(seen: &Evidence) -> Option<String> {
    let (head, tail, _) = seen.journal.output(FIRST)?;
    let bytes = if tail.is_empty() { head } else { tail };
    let line = bytes.split(|&b| b == b'\n').rev().map(<[u8]>::trim_ascii).find(|line| !line.is_empty())?;
    Some(shown_short(line, 160))
}

/// The socket that was there is gone at a snapshot: because the server ended, or because it closed it.
pub(super) fn no_longer_there(seen: &Evidence, snapshot: EventId, id: &'static str) -> Finding {
    let (message, hint) = match seen.journal.exited(FIRST) {
        Some((_, status)) => (ended(seen, "server-ended", "server-ended-said", status), "hint-serve-for-ever"),
        None => (Message::new(id), "hint-keep-listening"),
    };
    Finding::fail(message).hint(Message::new(hint)).shown_by([snapshot])
}
