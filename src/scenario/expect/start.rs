//! Judges the start of a server: whether its socket exists and, if not, the cause.

use std::net::{IpAddr, Ipv4Addr};

use super::exit_output::{self, last_error_line};
use crate::model::net::Owner;
use crate::model::{
    EventId, EventKind, Evidence, EvidenceKind, ExitStatus, Finding, Message, Needs, Protocol, ServerId, SocketRow,
    StartFailure, TcpState,
};

/// The server judged by expectations without clients: the first of the scenario.
pub(super) const FIRST_SERVER: ServerId = ServerId(0);

/// Returns the first server's socket of this protocol on the port that it became ready with, if it
/// is in these rows. A TCP socket must be listening.
pub(super) fn listening_row<'a>(seen: &Evidence, rows: &'a [SocketRow], protocol: Protocol) -> Option<&'a SocketRow> {
    let port = seen.journal.ready(FIRST_SERVER).map(|(_, row)| row.local.port())?;
    rows.iter().find(|row| {
        row.protocol == protocol
            && row.local.port() == port
            && matches!(row.owner, Owner::Server(FIRST_SERVER, _))
            && (protocol == Protocol::Udp || row.state == TcpState::Listen)
    })
}

/// Judges whether the first server opened its socket of this protocol.
pub(super) fn judge_start(seen: &Evidence, protocol: Protocol) -> Finding {
    let Some((id, row)) = seen.journal.ready(FIRST_SERVER) else {
        return not_started(seen, FIRST_SERVER, protocol)
            .unwrap_or_else(|| Finding::not_verified(Message::new("never-started")));
    };
    let at = row.local.to_string();
    if row.protocol != protocol {
        return other_protocol(seen, FIRST_SERVER, row, protocol).shown_by([id]);
    }
    let mut finding = match protocol {
        Protocol::Tcp => Finding::pass(Message::new("listening").with("at", at).with("backlog", row.send_queue)),
        Protocol::Udp => Finding::pass(Message::new("bound").with("at", at)),
    };
    if let Some((_, Some(expected))) =
        expected_service(seen, FIRST_SERVER).filter(|(_, port)| *port != Some(row.local.port()))
    {
        finding = finding.with_note(
            Message::new("note-other-port")
                .with("port", row.local.port().to_string())
                .with("expected", expected.to_string()),
        );
    }
    let ip = row.local.ip();
    if ip.is_loopback() && ip != IpAddr::V4(Ipv4Addr::LOCALHOST) {
        finding = finding.with_note(Message::new("note-other-address").with("address", ip.to_string()));
    }
    if let Some((_, address)) = address_given(seen, FIRST_SERVER) {
        finding = finding.with_note(Message::new("note-address-given").with("address", address.to_string()));
    }
    finding.shown_by([id])
}

/// Returns the address that was added to a server's host because its program tried to bind it.
fn address_given(seen: &Evidence, wanted: ServerId) -> Option<(EventId, IpAddr)> {
    seen.journal.iter().find_map(|event| match event.kind {
        EventKind::AddressGiven { server, address } if server == wanted => Some((event.id, address)),
        _ => None,
    })
}

/// Returns the finding for a server that never became ready, or `None` if it did.
fn not_started(seen: &Evidence, server: ServerId, protocol: Protocol) -> Option<Finding> {
    if seen.journal.ready(server).is_some() {
        return None;
    }
    let (id, why) = seen.journal.not_ready(server)?;
    // If the socket table could not be read, the absence of a socket in it proves nothing.
    let by_table = matches!(
        why,
        StartFailure::Nothing { .. }
            | StartFailure::AsksInput
            | StartFailure::BoundNotListening(_)
            | StartFailure::OtherProtocol(_)
    );
    let finding = match seen.first_gap(&Needs::new(&[EvidenceKind::ServerSockets])) {
        Some(gap) if by_table => Finding::not_verified(gap.because.clone()),
        _ => not_ready(seen, server, why, protocol),
    };
    Some(finding.shown_by([id]))
}

/// Returns a finding if a server was not started or never became ready. Nothing else can be judged
/// then: an expectation must neither pass nor fail because nothing happened.
pub(super) fn start_failure(seen: &Evidence) -> Option<Finding> {
    let servers: Vec<ServerId> = seen
        .journal
        .iter()
        .filter_map(|event| match event.kind {
            EventKind::Started { server, .. } => Some(server),
            _ => None,
        })
        .collect();
    if servers.is_empty() {
        return Some(Finding::not_verified(Message::new("never-started")));
    }
    servers.into_iter().find_map(|server| {
        let protocol = expected_service(seen, server).and_then(|(protocol, _)| protocol).unwrap_or(Protocol::Tcp);
        not_started(seen, server, protocol)
    })
}

/// Returns the protocol and port that a server should serve, as far as known when it was started.
fn expected_service(seen: &Evidence, wanted: ServerId) -> Option<(Option<Protocol>, Option<u16>)> {
    seen.journal.iter().find_map(|event| match event.kind {
        EventKind::Started { server, protocol, port, .. } if server == wanted => Some((protocol, port)),
        _ => None,
    })
}

/// Returns one of two messages: `said` with the last line the server printed, or `silent` if it
/// printed nothing.
fn with_last_line(seen: &Evidence, server: ServerId, silent: &'static str, said: &'static str) -> Message {
    match last_error_line(seen, server) {
        Some(line) => Message::new(said).with("said", line),
        None => Message::new(silent),
    }
}

fn other_protocol(seen: &Evidence, server: ServerId, row: &SocketRow, wanted: Protocol) -> Finding {
    let message = with_last_line(seen, server, "other-protocol", "other-protocol-said")
        .with("found", row.protocol.to_string())
        .with("wanted", wanted.to_string())
        .with("port", row.local.port().to_string());
    Finding::fail(message).hint(Message::new("hint-other-protocol"))
}

/// Returns the finding for a server whose socket never appeared.
fn not_ready(seen: &Evidence, server: ServerId, why: &StartFailure, protocol: Protocol) -> Finding {
    let fail = |message: Message, hint: &'static str| Finding::fail(message).hint(Message::new(hint));
    let protocol_name = protocol.to_string();
    match why {
        StartFailure::Missing(name) => {
            fail(Message::new("program-missing").with("program", name.as_str()), "hint-program-missing")
        }
        StartFailure::NotExecutable(name) => {
            fail(Message::new("program-not-executable").with("program", name.as_str()), "hint-program-not-executable")
        }
        StartFailure::Exited(status) => exited(seen, server, *status),
        StartFailure::OtherProtocol(row) => other_protocol(seen, server, row, protocol),
        StartFailure::BoundNotListening(row) => {
            let message = with_last_line(seen, server, "bound-not-listening", "bound-not-listening-said");
            fail(message.with("at", row.local.to_string()), "hint-listen")
        }
        StartFailure::AsksInput => {
            let message = with_last_line(seen, server, "asks-on-stdin", "asks-on-stdin-said");
            fail(message.with("protocol", protocol_name), "hint-asks-on-stdin")
        }
        StartFailure::Nothing { within_ms } => {
            let message = with_last_line(seen, server, "nothing-listens", "nothing-listens-said");
            fail(message.with("ms", *within_ms).with("protocol", protocol_name), "hint-nothing-listens")
        }
        StartFailure::PortBusy(row) => Finding::not_verified(
            Message::new("port-busy").with("at", row.local.to_string()).with("state", row.state.name()),
        ),
        StartFailure::Harness(problem) => Finding::new(
            crate::model::Verdict::Error,
            Message::new("harness-trouble").with("problem", problem.as_str()),
        ),
    }
}

/// Returns the finding for a server that exited before its socket existed, based on its output.
fn exited(seen: &Evidence, server: ServerId, status: ExitStatus) -> Finding {
    let lines = exit_output::lines(seen, server);
    if let Some((cause, line)) = exit_output::start_failure_cause(&lines) {
        let message = Message::new(cause.id).with("status", status.message()).with("said", line);
        // On a host with that address the program may be correct. If the address could not be
        // added, nothing is known.
        let is_untried = cause.id == "exited-address-not-here" && address_given(seen, server).is_none();
        return match cause.hint.filter(|_| !is_untried) {
            Some(hint) => Finding::fail(message).hint(Message::new(hint)),
            None => Finding::not_verified(message),
        };
    }
    let hint = if limit_hit(seen, server).is_some() { "hint-cap" } else { "hint-exited" };
    Finding::fail(exit_message(seen, server, "exited-early", "exited-early-said", status)).hint(Message::new(hint))
}

/// Returns the limit for which a server was stopped.
fn limit_hit(seen: &Evidence, wanted: ServerId) -> Option<&str> {
    seen.journal.iter().find_map(|event| match &event.kind {
        EventKind::CapHit { server, cap } if *server == wanted => Some(cap.as_str()),
        _ => None,
    })
}

/// Returns one of two messages for a server that exited: `said` with its last line, or `silent` if
/// it printed nothing.
pub(super) fn exit_message(
    seen: &Evidence,
    server: ServerId,
    silent: &'static str,
    said: &'static str,
    status: ExitStatus,
) -> Message {
    // A limit explains the exit better than the signal that followed.
    if let Some(cap) = limit_hit(seen, server) {
        return Message::new("cap-hit").with("cap", cap);
    }
    with_last_line(seen, server, silent, said).with("status", status.message())
}

/// Returns how a server exited by itself, rather than because of a `stop` step.
pub(super) fn exited_by_itself(seen: &Evidence, server: ServerId) -> Option<(EventId, ExitStatus)> {
    let (id, status) = seen.journal.exited(server)?;
    let stopped = seen.journal.iter().any(|event| {
        event.id < id && matches!(event.kind, EventKind::Signalled { server: stopped, .. } if stopped == server)
    });
    (!stopped).then_some((id, status))
}

/// Returns the finding for a socket that disappeared: its server exited, or closed it.
pub(super) fn socket_gone(seen: &Evidence, server: ServerId, shown_by: EventId, id: &'static str) -> Finding {
    let (message, hint) = match exited_by_itself(seen, server) {
        Some((_, status)) => {
            (exit_message(seen, server, "server-ended", "server-ended-said", status), "hint-serve-for-ever")
        }
        None => (Message::new(id), "hint-keep-listening"),
    };
    Finding::fail(message).hint(Message::new(hint)).shown_by([shown_by])
}
