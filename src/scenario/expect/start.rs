//! Judges the start of a server: whether its socket exists and, if not, the cause.

use std::net::{IpAddr, Ipv4Addr};

use super::bind_fault::{
    bound_stream, bound_unix_socket, connected_datagrams, has_bound, has_listened, listened_before_bind,
    unbound_datagrams, unlistened_accept, unnamed_port, uses_standard_descriptor,
};
use super::blocked::last_calls;
use super::error_exit::{error_exit, is_memory_fault};
use super::error_line::{self, last_error_line, uncaught_error};
use super::exit_output::{self, ReportedReason};
use super::known_errors::advice;
use super::source_fault;
use crate::model::cause::PortText;
use crate::model::net::{Owner, SWAPPED_LOOPBACK};
use crate::model::{
    Cap, Cause, EventId, EventKind, Evidence, EvidenceKind, ExitStatus, Finding, Hint, Message, Needs, NotVerified,
    Protocol, ServerId, SocketRow, StartFailure, TcpState,
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
            .unwrap_or_else(|| Finding::not_verified(NotVerified::NeverStarted {}));
    };
    let at = row.local.to_string();
    if row.protocol != protocol {
        return other_protocol(seen, FIRST_SERVER, row, protocol).shown_by([id]);
    }
    let expected = expected_service(seen, FIRST_SERVER).and_then(|(_, port)| port);
    if expected.is_some_and(|expected| expected != row.local.port())
        && let Some(cause) = unnamed_port(seen, FIRST_SERVER, row)
    {
        return Finding::fail(cause).shown_by([id]);
    }
    let mut finding = match protocol {
        Protocol::Tcp => Finding::pass(Message::new("listening").with("at", at).with("backlog", row.send_queue)),
        Protocol::Udp => Finding::pass(Message::new("bound").with("at", at)),
    };
    if let Some((_, Some(expected))) =
        expected_service(seen, FIRST_SERVER).filter(|(_, port)| *port != Some(row.local.port()))
    {
        let is_swapped = row.local.port().swap_bytes() == expected;
        finding = finding.with_note(
            Message::new(if is_swapped { "note-swapped-port" } else { "note-other-port" })
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
    let servers: Vec<ServerId> = seen.journal.programs().collect();
    if servers.is_empty() {
        return Some(Finding::not_verified(NotVerified::NeverStarted {}));
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

fn other_protocol(seen: &Evidence, server: ServerId, row: &SocketRow, wanted: Protocol) -> Finding {
    let port = PortText(row.local.port());
    let said = last_error_line(seen, server);
    Finding::fail(Cause::OtherProtocol { found: row.protocol, wanted, port, said })
}

/// Returns the finding for a server whose socket never appeared.
fn not_ready(seen: &Evidence, server: ServerId, why: &StartFailure, protocol: Protocol) -> Finding {
    let said = || last_error_line(seen, server);
    match why {
        // The language is missing here, and not a file of the submission.
        StartFailure::Missing(name) if exit_output::is_known_tool(name) && !name.contains('/') => {
            Finding::not_verified(NotVerified::ProgramNotHere { program: name.clone() })
        }
        StartFailure::MissingInterpreter { program, interpreter: Some(tool) } if exit_output::is_known_tool(tool) => {
            Finding::not_verified(NotVerified::ToolMissing { tool: tool.clone(), file: program.clone() })
        }
        StartFailure::Missing(name) => Finding::fail(Cause::ProgramMissing { program: name.clone() }),
        StartFailure::MissingInterpreter { program, interpreter } => Finding::fail(match interpreter.clone() {
            Some(interpreter) => Cause::InterpreterMissing { program: program.clone(), interpreter },
            None => Cause::LoaderMissing { program: program.clone() },
        }),
        StartFailure::LineEndings(name) => Finding::fail(Cause::LineEndings { program: name.clone() }),
        StartFailure::ByteOrderMark(name) => Finding::fail(Cause::MarkedScript { program: name.clone() }),
        StartFailure::NotExecutable(name) => Finding::fail(Cause::ProgramNotExecutable { program: name.clone() }),
        StartFailure::Exited(status) => exited(seen, server, *status),
        StartFailure::OtherProtocol(row) => other_protocol(seen, server, row, protocol),
        StartFailure::BoundNotListening(row) => Finding::fail(Cause::BoundNotListening { at: row.local, said: said() }),
        StartFailure::AsksInput => Finding::fail(Cause::AsksOnStdin { protocol, said: said() }),
        StartFailure::Nothing { within_ms, silent } => {
            let connected = || connected_datagrams(seen, server).filter(|_| *silent);
            let unbound = unbound_datagrams(seen, server).or_else(|| bound_stream(seen, server)).or_else(connected);
            let unbound = unbound.filter(|_| protocol == Protocol::Udp);
            if let Some(cause) = unbound {
                return Finding::fail(cause);
            }
            if bound_unix_socket(seen, server) {
                return Finding::fail(Cause::UnixSocketBound { protocol });
            }
            Finding::fail(match last_calls(seen, server).filter(|_| *silent) {
                Some(call) => Cause::WaitsWithoutPort { protocol, call, said: said() },
                None => Cause::NothingListens { ms: *within_ms, protocol, said: said() },
            })
        }
        StartFailure::PortBusy(row) => Finding::not_verified(NotVerified::PortBusy { at: row.local, state: row.state }),
        StartFailure::Harness(problem) => {
            let reason = NotVerified::HarnessTrouble { problem: problem.clone() };
            Finding::new(crate::model::Verdict::Error, reason.message())
        }
    }
}

/// Returns the finding for a server that exited before its socket existed, based on its output.
fn exited(seen: &Evidence, server: ServerId, status: ExitStatus) -> Finding {
    if let Some(cause) = unlistened_accept(seen, server).or_else(|| listened_before_bind(seen, server)) {
        return Finding::fail(cause);
    }
    let lines = error_line::lines(seen, server);
    if let Some((fault, line)) = source_fault::in_output(&lines, error_line::last_relevant_line(&lines)) {
        let said = line.to_owned();
        // The same program may be correct where it was written.
        if fault.is_of_other_system() {
            return Finding::not_verified(NotVerified::ExitedOtherSystem { status, fault, said });
        }
        return Finding::fail(Cause::ExitedByFault { status, fault, said, hint: Hint::for_fault(fault) });
    }
    if let Some((reason, line)) = exit_output::reported_reason(&lines) {
        let said = line.to_owned();
        let is_address = matches!(reason, ReportedReason::WantsNetwork | ReportedReason::AddressNotHere);
        if let Some(address) = exit_output::impossible_address(&lines).filter(|_| is_address) {
            return Finding::fail(Cause::ImpossibleAddress { status, address, said });
        }
        if is_address && has_bound(seen, server, SWAPPED_LOOPBACK) {
            return Finding::fail(Cause::AddressBytesSwapped { address: SWAPPED_LOOPBACK.to_string() });
        }
        return match reason {
            ReportedReason::AddressInUse => Finding::fail(Cause::ExitedAddressInUse { status, said }),
            // On a host with that address the program may be correct. If the address could not be
            // added, nothing is known.
            ReportedReason::AddressNotHere if address_given(seen, server).is_none() => {
                Finding::not_verified(NotVerified::ExitedAddressNotHere { status, said })
            }
            ReportedReason::AddressNotHere => Finding::fail(Cause::ExitedAddressNotHere { status, said }),
            ReportedReason::Permission => Finding::fail(Cause::ExitedPermission { status, said }),
            // The same program may be correct elsewhere.
            ReportedReason::WantsTerminal => Finding::not_verified(NotVerified::ExitedWantsTerminal { status, said }),
            ReportedReason::WantsModule if source_fault::wants_windows_module(&said) => {
                Finding::not_verified(NotVerified::ExitedWantsWindows { status, said })
            }
            ReportedReason::WantsModule => Finding::not_verified(NotVerified::ExitedWantsModule { status, said }),
            ReportedReason::WantsNetwork => Finding::not_verified(NotVerified::ExitedWantsNetwork { status, said }),
        };
    }
    Finding::fail(match exit_reason(seen, server) {
        ExitReason::Limit(cap) => Cause::CapHit { cap, client: None, code: None, line: None, hint: Hint::Cap },
        ExitReason::Program(said) if is_memory_fault(status, said.as_deref()) => {
            error_exit(seen, server, status, said, None)
        }
        ExitReason::Program(said) if status == ExitStatus::Code(0) && has_listened(seen, server) => {
            Cause::EndedAfterListen { said }
        }
        // It has no error to fix: it had nothing left to do.
        ExitReason::Program(said) if status == ExitStatus::Code(0) => Cause::CameToItsEnd { said },
        ExitReason::Program(said) => {
            let hint = match said.as_deref().and_then(advice).unwrap_or(Hint::Exited) {
                Hint::NoSocket if uses_standard_descriptor(seen, server) => Hint::Parentheses,
                hint => hint,
            };
            Cause::ExitedEarly { status, said, hint }
        }
    })
}

/// Returns the limit for which a server was stopped.
fn limit_hit(seen: &Evidence, wanted: ServerId) -> Option<Cap> {
    seen.journal.iter().find_map(|event| match &event.kind {
        EventKind::CapHit { server, cap } if *server == wanted => Some(cap.clone()),
        _ => None,
    })
}

/// What explains the exit of a server.
pub(super) enum ExitReason {
    /// This limit: it explains the exit better than the signal that followed.
    Limit(Cap),
    /// The program itself, with the last line that it printed.
    Program(Option<String>),
}

/// Returns the explanation of the exit of a server.
pub(super) fn exit_reason(seen: &Evidence, server: ServerId) -> ExitReason {
    match limit_hit(seen, server) {
        Some(cap) => ExitReason::Limit(cap),
        None => ExitReason::Program(uncaught_error(seen, server).or_else(|| last_error_line(seen, server))),
    }
}

/// Returns the cause for a server that exited while it should serve.
pub(super) fn ended_cause(seen: &Evidence, server: ServerId, status: ExitStatus) -> Cause {
    let is_signal = matches!(status, ExitStatus::Signal(1..));
    match exit_reason(seen, server) {
        ExitReason::Limit(cap) => Cause::CapHit { cap, client: None, code: None, line: None, hint: Hint::ServeForEver },
        // Its error is the fault, rather than a missing loop.
        ExitReason::Program(said) if said.is_some() && status != ExitStatus::Code(0) || is_signal => {
            error_exit(seen, server, status, said, None)
        }
        ExitReason::Program(said) => Cause::ServerEnded { status, said },
    }
}

/// Returns how a server exited by itself, rather than because of a `stop` step.
pub(super) fn exited_by_itself(seen: &Evidence, server: ServerId) -> Option<(EventId, ExitStatus)> {
    let (id, status) = seen.journal.exited(server)?;
    let stopped = seen.journal.iter().any(|event| {
        event.id < id && matches!(event.kind, EventKind::Signalled { server: stopped, .. } if stopped == server)
    });
    (!stopped).then_some((id, status))
}

/// Returns the finding for a socket that disappeared: its server exited, or closed it (`closed`).
pub(super) fn socket_gone(seen: &Evidence, server: ServerId, shown_by: EventId, closed: Cause) -> Finding {
    let cause = match exited_by_itself(seen, server) {
        Some((_, status)) => ended_cause(seen, server, status),
        None => closed,
    };
    Finding::fail(cause).shown_by([shown_by])
}
