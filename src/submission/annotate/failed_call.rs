//! Explains missing answers by one further run in which the results of the program's socket calls
//! are recorded: a call failed, and the program went on. Changes the shown cause of a failure,
//! never a verdict. Programs whose failures are explained, or that pass, are not run again.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::{ProgramSource, ProgramSpec};
use crate::model::cause::{Symptom, is_unclosed, is_unproved, symptom};
use crate::model::{Annotation, Cause, Evidence, ExitStatus, Finding, Hint, ItemResult, Role, Verdict};
use crate::run::Session;
use crate::scenario::expect::{
    FailedCall, accepts_unclosed, answered_late, closed_listener, early_close, ended_by_accept, failed_call,
    held_by_parent, needless_accept, refused_bind, stopped_early,
};
use crate::submission::import::Submission;
use crate::submission::probe::{self, ProbeProgram};

/// Returns the symptom that a cause describes, if it says no more than what was observed.
fn unexplained(cause: &Cause) -> Option<Symptom> {
    match cause {
        // Perhaps it repeats a call that fails: the first ones are recorded, up to the bound.
        Cause::BusyAndUnread { .. } => Some(Symptom::Blocked),
        // It may be busy all the time, and each of its many calls would be stopped.
        cause if is_unproved(cause) => None,
        // Its hint names the call already.
        Cause::FirstDatagramUnanswered { .. } => None,
        cause => symptom(cause).filter(|symptom| *symptom != Symptom::Wrong),
    }
}

/// Adds the failed calls that explain failures, with one run of each program that has any.
pub(crate) fn annotate(
    items: &mut [ItemResult],
    delivery: &Submission,
    programs: &BTreeMap<Role, ProgramSpec>,
    session: Session<'_>,
) {
    let is_worth_it = |item: &&ItemResult| item.verdict == Verdict::Fail && item.judged.findings.iter().any(is_open);
    let roles: BTreeSet<Role> = items.iter().filter(is_worth_it).filter_map(|item| item.role.clone()).collect();
    let mut runs: BTreeMap<Role, Option<Evidence>> = BTreeMap::new();
    for item in items.iter_mut().filter(|item| item.verdict == Verdict::Fail) {
        let Some(role) = item.role.clone().filter(|role| roles.contains(role)) else { continue };
        let may_be_explained = |finding: &Finding| is_open(finding) || is_unread(finding);
        let findings = item.judged.findings.iter().enumerate().filter(|(_, finding)| may_be_explained(finding));
        let findings: Vec<(usize, Cause)> =
            findings.filter_map(|(index, finding)| Some((index, finding.because.cause()?.clone()))).collect();
        if findings.is_empty() {
            continue;
        }
        let seen = runs.entry(role.clone()).or_insert_with(|| run(delivery, programs.get(&role)?, session));
        let Some(seen) = seen else { continue };
        for (finding, cause) in findings {
            if let Some(found) = explained(&cause, seen) {
                item.annotations.push(Annotation::Rerun { finding, because: found.into() });
            }
        }
    }
}

/// Returns true if a finding failed, and its calls may explain why.
fn is_open(finding: &Finding) -> bool {
    let may_explain = |cause| {
        unexplained(cause).is_some()
            || is_end(cause)
            || said_of_closed(cause).is_some()
            || matches!(cause, Cause::BindFailed { .. })
    };
    finding.verdict == Verdict::Fail && finding.because.cause().is_some_and(may_explain)
}

/// Returns true if a cause says that the server ended without an error.
const fn is_end(cause: &Cause) -> bool {
    matches!(cause, Cause::ServerEnded { status: ExitStatus::Code(0), .. })
}

/// Returns what a server printed last if that is the error of a closed descriptor.
fn said_of_closed(cause: &Cause) -> Option<&str> {
    match cause {
        Cause::ServerEndedByError { said, hint: Hint::DescriptorClosed, .. }
        | Cause::ServerCrashed { said, hint: Hint::DescriptorClosed, .. } => said.as_deref(),
        _ => None,
    }
}

/// Returns true if a symptom is that data is missing.
const fn is_of_data(symptom: Symptom) -> bool {
    matches!(symptom, Symptom::Missing | Symptom::Blocked)
}

/// Returns true if a cause says that data was left unread.
const fn is_unread_cause(cause: &Cause) -> bool {
    matches!(cause, Cause::DataUnread { .. })
}

/// Returns true if a finding failed because data was left unread, which was not proved to last. No
/// reason for a run, but one for other findings may explain it.
fn is_unread(finding: &Finding) -> bool {
    finding.verdict == Verdict::Fail && finding.because.cause().is_some_and(is_unread_cause)
}

/// Returns the cause that the results of the calls add to a judged one.
fn explained(cause: &Cause, seen: &Evidence) -> Option<Cause> {
    if let Cause::BindFailed { call, .. } = cause {
        return refused_bind(call, seen);
    }
    let closed = closed_listener(seen, said_of_closed(cause));
    if said_of_closed(cause).is_some() {
        return closed;
    }
    if is_end(cause) {
        return closed.or_else(|| ended_by_accept(seen));
    }
    let waits = is_unclosed(cause) || is_unread_cause(cause) || unexplained(cause).is_some_and(is_of_data);
    if let Some(found) = needless_accept(seen).filter(|_| waits) {
        return Some(found);
    }
    if is_unclosed(cause) {
        return held_by_parent(seen).or_else(|| accepts_unclosed(seen));
    }
    if matches!(cause, Cause::ClosedBeforeData { .. } | Cause::NoAnswerClosed { .. }) {
        return failed_call(seen).map(|call| call.cause).or_else(|| early_close(seen));
    }
    let symptom = if is_unread_cause(cause) { Symptom::Missing } else { unexplained(cause)? };
    // A program that answers one message late may send nothing at first, which is no failure.
    let late = answered_late(seen).filter(|_| symptom != Symptom::Connection);
    let is_reason = |call: &FailedCall| call.explains(symptom) || leaves_unread(&call.cause) && is_reset(cause);
    let failed = || {
        let found = failed_call(seen).filter(is_reason).map(|call| call.cause);
        let is_accept = |cause: &Cause| matches!(cause, Cause::CallFailed { call, .. } if call == "accept");
        found.map(|cause| if is_accept(&cause) { closed.unwrap_or(cause) } else { cause })
    };
    late.or_else(failed).or_else(|| stopped_early(cause, seen))
}

/// Returns true if a cause says that the server reset a connection.
const fn is_reset(cause: &Cause) -> bool {
    matches!(cause, Cause::EndedByReset { .. } | Cause::ClosedByReset { .. } | Cause::PacketsResetByServer { .. })
}

/// Returns true if a cause leaves data unread: closing the connection then resets it (RFC 9293,
/// 3.6.1).
fn leaves_unread(cause: &Cause) -> bool {
    match cause {
        Cause::ReadOfNothing { .. } => true,
        Cause::CallFailed { call, .. } => call == "read" || call.starts_with("recv"),
        _ => false,
    }
}

/// Runs a program with clients, and records the results of its calls.
fn run(delivery: &Submission, program: &ProgramSpec, session: Session<'_>) -> Option<Evidence> {
    let ProgramSpec { runs: ProgramSource::Command(words), stdin, port, .. } = program else { return None };
    let start = ProbeProgram { words: words.clone(), stdin: stdin.clone(), port: *port };
    probe::record_results(&delivery.root, &start, session)
}
