//! Puts the root cause first: proofs from the server's process and its output come before their
//! consequences. Never changes a verdict.

use super::bind_fault::{never_accepted, several_listeners};
use super::error_exit::error_exit;
use super::known_errors::advice;
use super::reported_error::{ReportedError, Severity, reported_errors};
use super::start::{ExitReason, ended_cause, exit_reason, exited_by_itself};
use super::stream::streams;
use super::udp_peer::connected_to_another;
use crate::model::bytes::quoted_line;
use crate::model::cause::{Symptom, symptom};
use crate::model::{
    Cause, ClientId, Event, EventId, EventKind, Evidence, ExitStatus, Finding, Hint, ServerId, Verdict,
};

/// How long after a symptom the exit may be recorded that caused it, if the runner acted in between:
/// the kernel closes the sockets of a program shortly before its exit is reported.
const EXIT_DELAY_NS: u64 = 300_000_000;
/// Longest line of an error that is quoted, in bytes: as for exits.
const MAX_LINE_BYTES: usize = 160;

/// Returns the finding with the cause that is at the root of its own, if the evidence has one.
#[must_use]
pub fn with_root_cause(mut finding: Finding, seen: &Evidence) -> Finding {
    let found = finding.because.cause().and_then(symptom).filter(|_| finding.verdict == Verdict::Fail);
    if let Some(symptom) = found
        && let Some(cause) = root_cause(&finding, symptom, seen)
    {
        finding.because = cause.into();
    }
    finding
}

fn root_cause(finding: &Finding, symptom: Symptom, seen: &Evidence) -> Option<Cause> {
    if symptom == Symptom::Wrong {
        return None;
    }
    let client = finding.shown_by.iter().find_map(|id| event(seen, *id)?.kind.client());
    let server = client.and_then(|client| server_of(seen, client)).unwrap_or(ServerId(0));
    let last = finding.shown_by.iter().filter_map(|id| event(seen, *id)).max_by_key(|event| event.id);
    let effect = if symptom == Symptom::Blocked { Symptom::Missing } else { symptom };
    crash(seen, server, client, effect, last)
        .or_else(|| printed_error(seen, server, effect))
        .or_else(|| several_listeners(seen, server))
        .or_else(|| connected_to_another(seen, server, client?).filter(|_| effect == Symptom::Missing))
        .or_else(|| never_accepted(seen, server, client?).filter(|_| symptom == Symptom::Missing))
}

fn event(seen: &Evidence, id: EventId) -> Option<&Event> {
    seen.journal.0.get(id.0 as usize).filter(|event| event.id == id)
}

/// Returns true if an exit is no cause of what an event shows, because it came later. On a busy
/// machine any time may pass between the closing of a program's sockets and its exit, so time alone
/// proves nothing: the runner must have acted, too.
fn is_later_exit(seen: &Evidence, shown: &Event, exit: EventId) -> bool {
    let is_act = |kind: &EventKind| {
        matches!(
            kind,
            EventKind::Started { .. }
                | EventKind::Connected { .. }
                | EventKind::Sent { .. }
                | EventKind::FinishedSending { .. }
                | EventKind::Closed { .. }
                | EventKind::Aborted { .. }
        )
    };
    let is_late = event(seen, exit).is_some_and(|exit| exit.at.0 > shown.at.0.saturating_add(EXIT_DELAY_NS));
    is_late && seen.journal.iter().any(|event| shown.id < event.id && event.id < exit && is_act(&event.kind))
}

fn server_of(seen: &Evidence, client: ClientId) -> Option<ServerId> {
    seen.journal.connections().iter().find(|one| one.client == client).map(|one| one.server)
}

/// Returns the exit of the server, if it explains a symptom that was seen at this time. An exit
/// without an error explains only that later clients were not served.
fn crash(
    seen: &Evidence,
    server: ServerId,
    client: Option<ClientId>,
    symptom: Symptom,
    shown: Option<&Event>,
) -> Option<Cause> {
    let (id, status) = exited_by_itself(seen, server)?;
    // An exit after the client had ended its side may follow from that, unless the server had ended
    // the connection before: the kernel closes the sockets of a program shortly before its exit.
    let has_closed = |client: ClientId| {
        let all = streams(&seen.journal, Some(&[client.0]));
        all.first()
            .is_some_and(|stream| stream.premature_end().is_none() && stream.closed.is_some_and(|closed| closed < id))
    };
    let follows = symptom == Symptom::Missing && client.is_some_and(has_closed);
    if follows || shown.is_some_and(|shown| is_later_exit(seen, shown, id)) {
        return None;
    }
    if status == ExitStatus::Code(0) {
        let others = streams(&seen.journal, None);
        let is_served = |id: ClientId| others.iter().any(|one| one.client == id && !one.got.is_empty());
        let served_another = others.iter().any(|one| Some(one.client) != client && is_served(one.client));
        let later = symptom == Symptom::Missing && client.is_some_and(|client| !is_served(client)) && served_another;
        return later.then(|| ended_cause(seen, server, status));
    }
    Some(match (exit_reason(seen, server), client.filter(|_| symptom == Symptom::Missing)) {
        (ExitReason::Limit(cap), client) => Cause::CapHit { cap, client, code: None, line: None, hint: Hint::Crashed },
        (ExitReason::Program(said), client) => error_exit(seen, server, status, said, client),
    })
}

/// Returns the error that a server printed while it ran. One that the program itself printed may
/// be harmless, so it explains only missing data.
fn printed_error(seen: &Evidence, server: ServerId, symptom: Symptom) -> Option<Cause> {
    if let Some(cause) = uncaught_error(seen, server) {
        return Some(cause);
    }
    let errors = own_errors(seen, server);
    let printed = errors.last().filter(|_| symptom == Symptom::Missing)?;
    Some(Cause::ErrorPrinted { said: quoted(printed), hint: advice(&printed.line).unwrap_or(Hint::ErrorPrinted) })
}

/// Returns the cause if an error that nothing caught ended a thread of a program, or a task.
pub(super) fn uncaught_error(seen: &Evidence, program: ServerId) -> Option<Cause> {
    let error = own_errors(seen, program).into_iter().find(|error| error.severity == Severity::Uncaught)?;
    Some(Cause::ThreadFailed { said: quoted(&error), hint: advice(&error.line).unwrap_or(Hint::ThreadFailed) })
}

/// Returns the errors that a program printed, without lines that it received.
fn own_errors(seen: &Evidence, program: ServerId) -> Vec<ReportedError> {
    let Some((head, tail, _)) = seen.journal.output(program) else { return Vec::new() };
    let errors = [head, tail].map(|part| reported_errors(&String::from_utf8_lossy(part))).concat();
    errors.into_iter().filter(|error| !is_sent(seen, &error.line)).collect()
}

fn quoted(error: &ReportedError) -> String {
    quoted_line(error.line.trim().as_bytes(), MAX_LINE_BYTES)
}

/// Returns true if a client sent this line: then the server may only have printed it.
fn is_sent(seen: &Evidence, line: &str) -> bool {
    let line = line.trim().as_bytes();
    seen.journal.iter().any(|event| match &event.kind {
        EventKind::Sent { bytes, .. } => bytes.0.windows(line.len().max(1)).any(|window| window == line),
        _ => false,
    })
}
