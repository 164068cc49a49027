//! Explains wrong and missing answers by one further run. A server that did not answer is probed
//! with a newline, and with more time; one that answered something else is sent two texts. Changes
//! the cause of a failure, never a verdict.

use std::collections::BTreeMap;

use crate::engine::{ProgramSource, ProgramSpec};
use crate::model::bytes::printable_prefix;
use crate::model::{Finding, ItemResult, Message, Role, Verdict};
use crate::run::Session;
use crate::submission::import::Submission;
use crate::submission::probe;
use crate::submission::probe::outcome::{ProbeAnswer, ProbeOutcome};
use crate::submission::probe::{ProbeProgram, ProbeScript};

/// Causes of answers that are missing, all or some of them. A slow server may lack only some: if
/// socklab itself was late, the first slow answer still arrived in time.
const NO_ANSWER_CAUSES: [&str; 4] = ["no-answer", "no-answer-late", "printed-not-sent", "datagram-unanswered"];

/// Cause of an answer that differs from the expected one without an explanation.
const WRONG_ANSWER_CAUSE: &str = "answer-differs";
/// Maximum bytes of an answer that a message quotes.
const MAX_QUOTED_BYTES: usize = 32;

/// A failure that the evidence does not explain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unexplained {
    Silent,
    Other,
}

impl Unexplained {
    fn of(finding: &Finding) -> Option<Self> {
        match &*finding.because.id {
            _ if finding.verdict != Verdict::Fail => None,
            WRONG_ANSWER_CAUSE => Some(Self::Other),
            id if NO_ANSWER_CAUSES.contains(&id) => Some(Self::Silent),
            _ => None,
        }
    }
}

/// The cause of a missing or wrong answer that a further run established.
#[derive(Debug, Clone, PartialEq, Eq)]
enum RerunCause {
    /// The server answers only once a line has ended.
    Newline,
    /// The server answers, but later than the lab allows.
    Slow,
    /// The server always gives this answer.
    Fixed(String),
}

/// Message ids of all causes.
const CAUSES: [&str; 3] = ["waits-for-newline", "answers-too-late", "answers-fixed-text"];

impl RerunCause {
    /// Returns the message, and the id of its hint.
    fn message_and_hint(&self) -> (Message, &'static str) {
        let [newline, slow, fixed] = CAUSES;
        match self {
            Self::Newline => (Message::new(newline), "hint-waits-for-newline"),
            Self::Slow => (Message::new(slow), "hint-answers-too-late"),
            Self::Fixed(text) => (Message::new(fixed).with("got", text.as_str()), "hint-answers-fixed-text"),
        }
    }
}

/// Returns true if only a further run produces this cause.
#[must_use]
pub fn is_rerun_cause(id: &str) -> bool {
    CAUSES.contains(&id)
}

/// Returns the first finding of an item that a further run may explain: its kind and the id of its
/// cause.
fn first(item: &ItemResult) -> Option<(Unexplained, String)> {
    item.findings.iter().find_map(|one| Some((Unexplained::of(one)?, one.because.id.to_string())))
}

/// Probes the servers of failed items again, and replaces the causes that the probes explain.
pub fn annotate_reruns(
    items: &mut [ItemResult],
    delivery: &Submission,
    programs: &BTreeMap<Role, ProgramSpec>,
    around: Session<'_>,
) {
    // What to explain of each role: among several items, the cause of the first.
    let mut asked: BTreeMap<(Role, Unexplained), String> = BTreeMap::new();
    for item in items.iter().filter(|item| item.verdict == Verdict::Fail) {
        if let (Some(role), Some((kind, why))) = (item.role.clone(), first(item)) {
            asked.entry((role, kind)).or_insert(why);
        }
    }
    let asked: Vec<((Role, Unexplained), String)> = asked.into_iter().collect();
    let mut causes: BTreeMap<(Role, Unexplained), RerunCause> = BTreeMap::new();
    // In parallel: most of the time is spent waiting for answers that never come.
    for some in asked.chunks(around.jobs.max(1)) {
        std::thread::scope(|threads| {
            let look = |(about, why): &((Role, Unexplained), String)| {
                let cause = cause(delivery, programs.get(&about.0)?, why, around)?;
                Some((about.clone(), cause))
            };
            let all: Vec<_> = some.iter().map(|one| threads.spawn(move || look(one))).collect();
            causes.extend(all.into_iter().filter_map(|one| one.join().ok().flatten()));
        });
    }
    for item in items.iter_mut().filter(|item| item.verdict == Verdict::Fail) {
        let (Some(role), Some((kind, _))) = (item.role.clone(), first(item)) else { continue };
        let cause = causes.get(&(role, kind));
        let Some((because, hint)) = cause.map(RerunCause::message_and_hint) else { continue };
        for finding in item.findings.iter_mut().filter(|one| Unexplained::of(one) == Some(kind)) {
            finding.because = because.clone();
            finding.hint = Some(Message::new(hint));
        }
    }
}

/// Returns why a server did not answer a text without a newline, or answered something else. If a
/// slow server printed the text, it is not waited for: not sending it back is cause enough.
fn cause(delivery: &Submission, program: &ProgramSpec, why: &str, around: Session<'_>) -> Option<RerunCause> {
    let ProgramSpec { runs: ProgramSource::Command(words), stdin, port, .. } = program else { return None };
    let start = ProbeProgram { words: words.clone(), stdin: stdin.clone(), port: *port };
    let ask = |talk| match probe::probe(&delivery.root, std::slice::from_ref(&start), talk, around).pop() {
        Some(ProbeOutcome::Ready(_, answered)) => answered,
        _ => ProbeAnswer::default(),
    };
    let answers = |talk| ask(talk).answers.is_some();
    if why == WRONG_ANSWER_CAUSE {
        let [one, other] = [ProbeScript::Text, ProbeScript::Other].map(|talk| ask(talk).received);
        return (!one.is_empty() && one == other).then(|| RerunCause::Fixed(printable_prefix(&one, MAX_QUOTED_BYTES)));
    }
    // A single client that sends a text without a newline must get nothing, or the cause is
    // another.
    if answers(ProbeScript::Line) {
        return (!answers(ProbeScript::Text)).then_some(RerunCause::Newline);
    }
    (why != "printed-not-sent" && answers(ProbeScript::Patient)).then_some(RerunCause::Slow)
}
