//! One further run where that tells more than the first: a server that gave no answer is asked again with an end of line, and
//! with more time; one that gave another answer is sent two texts. It changes what is said of a failure, never a verdict.

use std::collections::BTreeMap;

use super::delivery::Delivery;
use super::detect::observe::{self, Around, Start, Talk};
use super::detect::seen::{Answered, Seen};
use crate::model::bytes::shown_short;
use crate::model::{Finding, ItemResult, Message, Role, Verdict};
use crate::stage::{ProgramEntry, Runs};

/// What is said where nothing came back, or not for all: where this process itself was late, the first of slow answers is not.
const SILENT: [&str; 4] = ["no-answer", "no-answer-late", "printed-not-sent", "datagram-unanswered"];

/// What is said where something else came back than was asked for, and nothing tells why.
const OTHER: &str = "answer-differs";
/// So many bytes of an answer stand in a sentence.
const IN_A_SENTENCE: usize = 32;

/// What is not explained by the evidence at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Silent,
    Other,
}

impl Kind {
    fn of(finding: &Finding) -> Option<Self> {
        match &*finding.because.id {
            _ if finding.verdict != Verdict::Fail => None,
            OTHER => Some(Self::Other),
            id if SILENT.contains(&id) => Some(Self::Silent),
            _ => None,
        }
    }
}

/// What a further run showed of a server that did not answer, or not as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cause {
    /// It answers once a line has ended.
    Newline,
    /// It answers, but after longer than the lab allows.
    Slow,
    /// It always answers this.
    Fixed(String),
}

/// The sentences of all causes.
const CAUSES: [&str; 3] = ["waits-for-newline", "answers-too-late", "answers-fixed-text"];

impl Cause {
    /// Its sentence and its hint.
    fn words(&self) -> (Message, &'static str) {
        let [newline, slow, fixed] = CAUSES;
        match self {
            Self::Newline => (Message::new(newline), "hint-waits-for-newline"),
            Self::Slow => (Message::new(slow), "hint-answers-too-late"),
            Self::Fixed(text) => (Message::new(fixed).with("got", text.as_str()), "hint-answers-fixed-text"),
        }
    }
}

/// Whether this sentence is one that only a further run gives.
#[must_use]
pub fn is_from_a_further_run(id: &str) -> bool {
    CAUSES.contains(&id)
}

/// The first finding of an item that a further run may explain: of which kind it is, and what is said.
fn first(item: &ItemResult) -> Option<(Kind, String)> {
    item.findings.iter().find_map(|one| Some((Kind::of(one)?, one.because.id.to_string())))
}

/// Looks again at what failed, and says the cause where it is found.
pub fn look_again(
    items: &mut [ItemResult],
    delivery: &Delivery,
    programs: &BTreeMap<Role, ProgramEntry>,
    around: Around<'_>,
) {
    // What is asked of each role: of several items the first one's reason.
    let mut asked: BTreeMap<(Role, Kind), String> = BTreeMap::new();
    for item in items.iter().filter(|item| item.verdict == Verdict::Fail) {
        if let (Some(role), Some((kind, why))) = (item.role.clone(), first(item)) {
            asked.entry((role, kind)).or_insert(why);
        }
    }
    let asked: Vec<((Role, Kind), String)> = asked.into_iter().collect();
    let mut causes: BTreeMap<(Role, Kind), Cause> = BTreeMap::new();
    // Most of it is to wait for answers that do not come.
    for some in asked.chunks(around.jobs.max(1)) {
        std::thread::scope(|threads| {
            let look = |(about, why): &((Role, Kind), String)| {
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
        let Some((because, hint)) = cause.map(Cause::words) else { continue };
        for finding in item.findings.iter_mut().filter(|one| Kind::of(one) == Some(kind)) {
            finding.because = because.clone();
            finding.hint = Some(Message::new(hint));
        }
    }
}

/// Why a server did not answer a text without an end of line, or answered something else. One that printed the text and is
/// slow is not waited for: that it does not send it back is cause enough.
fn cause(delivery: &Delivery, program: &ProgramEntry, why: &str, around: Around<'_>) -> Option<Cause> {
    let ProgramEntry { runs: Runs::Command(words), stdin, port, .. } = program else { return None };
    let start = Start { words: words.clone(), stdin: stdin.clone(), port: *port };
    let ask = |talk| match observe::look(&delivery.root, std::slice::from_ref(&start), talk, around).pop() {
        Some(Seen::Ready(_, answered)) => answered,
        _ => Answered::default(),
    };
    let answers = |talk| ask(talk).answers.is_some();
    if why == OTHER {
        let [one, other] = [Talk::Text, Talk::Other].map(|talk| ask(talk).came);
        return (!one.is_empty() && one == other).then(|| Cause::Fixed(shown_short(&one, IN_A_SENTENCE)));
    }
    // A single client that sends a text without one must get nothing, or something else is the cause.
    if answers(Talk::Line) {
        return (!answers(Talk::Text)).then_some(Cause::Newline);
    }
    (why != "printed-not-sent" && answers(Talk::Patient)).then_some(Cause::Slow)
}
