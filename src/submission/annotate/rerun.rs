//! Explains wrong and missing answers by one further run. A server that did not answer is probed
//! with a newline, and with more time; one that answered something else is sent two texts. Changes
//! the shown cause of a failure, never a verdict.

use std::collections::BTreeMap;

use crate::engine::{ProgramSource, ProgramSpec};
use crate::model::bytes::printable_prefix;
use crate::model::cause::is_unproved;
use crate::model::{Annotation, Cause, Finding, ItemResult, Role, Verdict};
use crate::run::Session;
use crate::submission::import::Submission;
use crate::submission::probe;
use crate::submission::probe::outcome::{ProbeAnswer, ProbeOutcome};
use crate::submission::probe::{ANSWER_LIMIT, Framing, ProbeProgram, ProbeScript};

/// Maximum bytes of an answer that a message quotes.
const MAX_QUOTED_BYTES: usize = 32;

/// A failure that the evidence does not explain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unexplained {
    Silent,
    AfterEnd,
    Other,
}

impl Unexplained {
    fn of(finding: &Finding) -> Option<Self> {
        match finding.because.cause()? {
            _ if finding.verdict != Verdict::Fail => None,
            // The probes send plain texts, which an HTTP server need not answer.
            _ if finding.expectation == "response" => None,
            Cause::AnswerDiffers { .. } => Some(Self::Other),
            // All or some answers are missing. A slow server may lack only some: if socklab itself
            // was late, the first slow answer still arrived in time.
            Cause::NoAnswer { .. }
            | Cause::NoAnswerLate { .. }
            | Cause::NoAnswerSilent { .. }
            | Cause::ReadsOn { .. }
            | Cause::ReadNotAnswered { .. }
            | Cause::DatagramReadNotAnswered { .. }
            | Cause::PrintedNotSent { .. }
            | Cause::PrintedSilent { .. }
            | Cause::DatagramUnanswered { .. }
            | Cause::PacketsNoAnswer { .. }
            | Cause::DatagramsMissing { .. }
            | Cause::OnlyFirstDatagram { .. }
            | Cause::KeptInBuffer { .. }
            | Cause::OneMessageLate { .. } => Some(Self::Silent),
            // Or the server is slow, and its answer came just then by chance.
            Cause::AnswersOnlyAfterEnd { .. } => Some(Self::AfterEnd),
            _ => None,
        }
    }
}

/// Returns true if an item failed because answers are missing.
pub(super) fn is_unanswered(item: &ItemResult) -> bool {
    let missing = [Unexplained::Silent, Unexplained::AfterEnd];
    let is_unread = |cause: &Cause| is_unproved(cause) || matches!(cause, Cause::DataUnread { .. });
    item.judged.findings.iter().any(|finding| {
        finding.because.cause().is_some_and(is_unread)
            || Unexplained::of(finding).is_some_and(|kind| missing.contains(&kind))
    })
}

/// Returns the first finding of an item that a further run may explain: its kind and its cause.
fn first(item: &ItemResult) -> Option<(Unexplained, Cause)> {
    let mut open = item.judged.findings.iter().enumerate().filter(|(index, _)| !item.has_rerun_cause(*index));
    open.find_map(|(_, one)| Some((Unexplained::of(one)?, one.because.cause()?.clone())))
}

/// Probes the servers of failed items again, and adds the causes that the probes find.
pub(crate) fn annotate(
    items: &mut [ItemResult],
    delivery: &Submission,
    programs: &BTreeMap<Role, ProgramSpec>,
    session: Session<'_>,
) {
    // What to explain of each role: among several items, the cause of the first.
    let mut asked: BTreeMap<(Role, Unexplained), Cause> = BTreeMap::new();
    for item in items.iter().filter(|item| item.verdict == Verdict::Fail) {
        if let (Some(role), Some((kind, why))) = (item.role.clone(), first(item)) {
            asked.entry((role, kind)).or_insert(why);
        }
    }
    let asked: Vec<((Role, Unexplained), Cause)> = asked.into_iter().collect();
    let mut causes: BTreeMap<(Role, Unexplained), Cause> = BTreeMap::new();
    // In parallel: most of the time is spent waiting for answers that never come.
    for some in asked.chunks(session.jobs.max(1)) {
        std::thread::scope(|threads| {
            let look = |(about, why): &((Role, Unexplained), Cause)| {
                let cause = cause(delivery, programs.get(&about.0)?, why, session)?;
                Some((about.clone(), cause))
            };
            let all: Vec<_> = some.iter().map(|one| threads.spawn(move || look(one))).collect();
            causes.extend(all.into_iter().filter_map(|one| one.join().ok().flatten()));
        });
    }
    for item in items.iter_mut().filter(|item| item.verdict == Verdict::Fail) {
        let (Some(role), Some((kind, _))) = (item.role.clone(), first(item)) else { continue };
        let Some(cause) = causes.get(&(role, kind)) else { continue };
        let is_open = |index, one| !item.has_rerun_cause(index) && Unexplained::of(one) == Some(kind);
        let explained = item.judged.findings.iter().enumerate().filter(|(index, one)| is_open(*index, one));
        let causes = explained.map(|(finding, _)| Annotation::Rerun { finding, because: cause.clone().into() });
        item.annotations.extend(causes.collect::<Vec<_>>());
    }
}

/// Returns why a server did not answer a text without a newline, or answered something else. If a
/// slow server printed the text, it is not waited for: not sending it back is cause enough.
fn cause(delivery: &Submission, program: &ProgramSpec, why: &Cause, session: Session<'_>) -> Option<Cause> {
    let ProgramSpec { runs: ProgramSource::Command(words), stdin, port, .. } = program else { return None };
    let start = ProbeProgram { words: words.clone(), stdin: stdin.clone(), port: *port };
    let ask = |talk| match probe::probe(&delivery.root, std::slice::from_ref(&start), talk, session).pop() {
        Some(ProbeOutcome::Ready(_, answered)) => answered,
        _ => ProbeAnswer::default(),
    };
    let answers = |talk| ask(talk).answers.is_some();
    if let Cause::AnswerDiffers { .. } = why {
        let [one, other] = [ProbeScript::Text, ProbeScript::Other].map(|talk| ask(talk).received);
        let got = || printable_prefix(&one, MAX_QUOTED_BYTES);
        return (!one.is_empty() && one == other).then(|| Cause::AnswersFixedText { got: got() });
    }
    // A single client that sends a text without a newline must get nothing, or the cause is
    // another.
    let is_after_end = matches!(why, Cause::AnswersOnlyAfterEnd { .. });
    let line = if is_after_end { ProbeScript::Framed(Framing::Lf) } else { ProbeScript::Line };
    if answers(line) {
        return (!answers(ProbeScript::Text)).then_some(Cause::WaitsForNewline {});
    }
    if matches!(why, Cause::PrintedNotSent { .. } | Cause::PrintedSilent { .. }) {
        return None;
    }
    std::thread::scope(|threads| {
        let probes = Framing::ALL
            .map(|framing| (framing, threads.spawn(move || ask(ProbeScript::Framed(framing)).answers.is_some())));
        let slow = ask(if is_after_end { ProbeScript::Finished } else { ProbeScript::Patient });
        let framing = probes.into_iter().find_map(|(framing, probe)| probe.join().ok()?.then_some(framing));
        // An answer that came sooner than others were waited for is not late: it is chance.
        let is_late = slow.answers.is_some() && slow.waited >= ANSWER_LIMIT;
        match framing {
            Some(framing) if is_after_end || slow.answers.is_none() => Some(framing_cause(framing)),
            // Its answer came just after the end by chance: the end alone does not bring it.
            None if is_after_end => slow.answers.is_none().then_some(Cause::AnswersTooLate {}),
            _ => is_late.then_some(Cause::AnswersTooLate {}),
        }
    })
}

/// Returns the cause for a server that answers only a text in this form.
fn framing_cause(framing: Framing) -> Cause {
    let ending = match framing {
        Framing::CrLf => "\\r\\n",
        Framing::Cr => "\\r",
        Framing::Nul => "\\0",
        Framing::Lf => return Cause::WaitsForNewline {},
        Framing::TwoBytes | Framing::FourBytes | Framing::Digits => return Cause::WaitsForLength {},
    };
    Cause::WaitsForEnding { ending: ending.to_owned() }
}
