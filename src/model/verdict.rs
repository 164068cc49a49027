//! Verdicts: what an expectation found, what evidence it needs, and how findings add up to points.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::capture::{Capture, HostAddress};
use super::event::{EventId, Moment};
use super::journal::Journal;
use super::message::Message;
use super::place::Place;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Proved right.
    Pass,
    /// This could not be observed, or something that it rests on failed: never counted as a pass.
    NotVerified,
    /// The harness's own trouble: never counted against the student.
    Error,
    /// Proved wrong.
    Fail,
}

impl Verdict {
    /// The verdict's public name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotVerified => "not-verified",
            Self::Error => "error",
        }
    }

    /// How an item's findings add up: one proved wrong fails it, else the harness's trouble counts, else what
    /// could not be seen; only where every finding is a pass (and there is one) does it pass.
    #[must_use]
    pub fn of_all(findings: impl IntoIterator<Item = Self>) -> Self {
        findings.into_iter().max().unwrap_or(Self::NotVerified)
    }
}

/// Points earned by an item: all or none. The one score function: every exporter takes its totals from here.
#[must_use]
pub const fn earned(verdict: Verdict, of: u32) -> u32 {
    if matches!(verdict, Verdict::Pass) { of } else { 0 }
}

/// A kind of evidence that a stage can or cannot give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceKind {
    /// What the harness's own clients sent and got.
    Clients,
    /// The socket table's rows of the clients' ends.
    ClientSockets,
    /// The socket table's rows of the server's ends, and who holds them.
    ServerSockets,
    /// The server's process: whether it runs, how it ended, which cap it hit.
    Process,
    /// What the server printed.
    Output,
    /// The system calls of the server's program.
    Calls,
    /// The packets.
    Packets,
}

impl EvidenceKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Clients,
        Self::ClientSockets,
        Self::ServerSockets,
        Self::Process,
        Self::Output,
        Self::Calls,
        Self::Packets,
    ];
}

/// A set of evidence kinds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs(Vec<EvidenceKind>);

impl Needs {
    /// These kinds.
    #[must_use]
    pub fn of(kinds: &[EvidenceKind]) -> Self {
        Self(kinds.to_vec())
    }

    /// Whether this kind is among them.
    #[must_use]
    pub fn contains(&self, kind: EvidenceKind) -> bool {
        self.0.contains(&kind)
    }
}

/// Evidence that could not be had, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// What is missing.
    pub evidence: EvidenceKind,
    /// Why.
    pub because: Message,
}

/// All that was recorded of one run of a scenario.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// What happened, in order.
    pub journal: Journal,
    /// When the journal's moment 0 was, in nanoseconds since 1970: puts packets and events on one line.
    pub began_ns: u64,
    /// Every packet, where they were captured.
    pub capture: Option<Capture>,
    /// The hosts, where the scenario has two.
    pub hosts: Vec<HostAddress>,
    /// The scenario's steps, and when each began.
    pub steps: Vec<StepBegan>,
    /// What could not be observed.
    pub gaps: Vec<Gap>,
    /// What was seen beside the scenario, and is not judged.
    #[serde(default)]
    pub notes: Vec<Message>,
    /// The values of the scenario's names in braces, `host` and `port` included.
    pub variables: std::collections::BTreeMap<String, String>,
}

/// A step of a scenario as it was performed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepBegan {
    /// Its word in the language, as `connect`.
    pub word: String,
    /// When it began.
    pub at: Moment,
}

impl Evidence {
    /// The first gap in what is needed.
    #[must_use]
    pub fn gap_in(&self, needs: &Needs) -> Option<&Gap> {
        self.gaps.iter().find(|gap| needs.contains(gap.evidence))
    }
}

/// A piece of data cut for showing, with where to put the caret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Excerpt {
    /// The bytes as a person reads them (escaped), around the first difference.
    pub text: String,
    /// How many characters of `text` stand before the first differing byte.
    pub caret: usize,
    /// Bytes left out before the excerpt.
    pub hidden_before: usize,
    /// Bytes left out after the excerpt.
    pub hidden_after: usize,
}

/// Where what came differs from what was expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// The first byte that differs, from 0.
    pub at: usize,
    /// What was expected, around it.
    pub expected: Excerpt,
    /// What came, around it.
    pub got: Excerpt,
}

/// What one expectation found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The verdict.
    pub verdict: Verdict,
    /// The expectation's word in the language, as `echo`.
    pub expectation: String,
    /// Where the scenario asks for it.
    pub at: Place,
    /// What is so, in one sentence.
    pub because: Message,
    /// What the student could do.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<Message>,
    /// The bytes, where bytes differ.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub difference: Option<Difference>,
    /// Things worth telling that never cost points.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<Message>,
    /// The events that show it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub shown_by: Vec<EventId>,
    /// Where in what was delivered the cause lies: the line that a compiler or an interpreter named, else the program's file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<Place>,
}

impl Finding {
    /// A finding of this verdict; `expectation` and `at` are filled in by whoever knows them.
    #[must_use]
    pub fn new(verdict: Verdict, because: Message) -> Self {
        Self {
            verdict,
            expectation: String::new(),
            at: Place { file: String::new(), line: 0, column: 0 },
            because,
            hint: None,
            difference: None,
            notes: Vec::new(),
            shown_by: Vec::new(),
            source: None,
        }
    }

    /// Proved right.
    #[must_use]
    pub fn pass(because: Message) -> Self {
        Self::new(Verdict::Pass, because)
    }

    /// Proved wrong.
    #[must_use]
    pub fn fail(because: Message) -> Self {
        Self::new(Verdict::Fail, because)
    }

    /// Could not be seen.
    #[must_use]
    pub fn not_verified(because: Message) -> Self {
        Self::new(Verdict::NotVerified, because)
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: Message) -> Self {
        self.hint = Some(hint);
        self
    }

    /// The same with a note.
    #[must_use]
    pub fn note(mut self, note: Message) -> Self {
        self.notes.push(note);
        self
    }

    /// The same with the events that show it.
    #[must_use]
    pub fn shown_by(mut self, events: impl IntoIterator<Item = EventId>) -> Self {
        self.shown_by.extend(events);
        self
    }

    /// The same with the bytes that differ.
    #[must_use]
    pub fn differing(mut self, difference: Option<Difference>) -> Self {
        self.difference = difference;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_seen_is_not_a_pass() {
        assert_eq!(Verdict::of_all([]), Verdict::NotVerified);
        assert_eq!(Verdict::of_all([Verdict::Pass, Verdict::NotVerified]), Verdict::NotVerified);
        assert_eq!(Verdict::of_all([Verdict::Error, Verdict::NotVerified]), Verdict::Error);
        assert_eq!(Verdict::of_all([Verdict::Error, Verdict::Fail]), Verdict::Fail);
        assert_eq!(Verdict::of_all([Verdict::Pass, Verdict::Pass]), Verdict::Pass);
    }

    #[test]
    fn only_a_pass_earns() {
        assert_eq!(earned(Verdict::Pass, 3), 3);
        for verdict in [Verdict::Fail, Verdict::NotVerified, Verdict::Error] {
            assert_eq!(earned(verdict, 3), 0);
        }
    }
}
