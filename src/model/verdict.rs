//! Verdicts and evidence: the evidence that an expectation needs, and the resulting points.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::capture::{Capture, HostAddress};
use super::event::Moment;
use super::journal::Journal;
use super::message::Message;
use super::not_verified::GapReason;

/// The verdict on an item or expectation, in increasing precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Proved correct.
    Pass,
    /// Could not be observed, or depends on something that failed. Never counts as a pass.
    NotVerified,
    /// An internal error of socklab. Never counts against the student.
    Error,
    /// Proved incorrect.
    Fail,
}

impl Verdict {
    /// Returns the public name of the verdict.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotVerified => "not-verified",
            Self::Error => "error",
        }
    }

    /// Combines the verdicts of an item's findings. A failure takes precedence, then an error, then
    /// evidence that is missing. The item passes only if there are findings and all of them pass.
    #[must_use]
    pub fn combine(findings: impl IntoIterator<Item = Self>) -> Self {
        findings.into_iter().max().unwrap_or(Self::NotVerified)
    }
}

/// A kind of evidence, which a sandbox mode may be unable to collect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceKind {
    /// The data that the harness's own clients sent and received.
    Clients,
    /// The rows of the socket table that belong to clients.
    ClientSockets,
    /// The rows of the socket table that belong to servers, with their owners.
    ServerSockets,
    /// The process of the server: whether it runs, how it exited, and the limit that it exceeded.
    Process,
    /// The output of the server.
    Output,
    /// The system calls of the server's program.
    Calls,
    /// The captured packets.
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

/// A set of kinds of evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs(Vec<EvidenceKind>);

impl Needs {
    /// Creates a set of these kinds.
    #[must_use]
    pub fn new(kinds: &[EvidenceKind]) -> Self {
        Self(kinds.to_vec())
    }

    /// Returns true if the set contains this kind.
    #[must_use]
    pub fn contains(&self, kind: EvidenceKind) -> bool {
        self.0.contains(&kind)
    }
}

/// Evidence that could not be collected, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// The missing evidence.
    pub evidence: EvidenceKind,
    /// The reason.
    #[schemars(with = "Message")]
    pub because: GapReason,
}

/// Everything recorded in one run of a scenario.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The events, in order.
    pub journal: Journal,
    /// The time of the journal's moment 0, in nanoseconds since 1970. Aligns packets and events.
    pub began_ns: u64,
    /// The packets, if they were captured.
    pub capture: Option<Capture>,
    /// The hosts, if the scenario has two.
    pub hosts: Vec<HostAddress>,
    /// The steps of the scenario, with the start time of each.
    pub steps: Vec<StepBegan>,
    /// The evidence that could not be collected.
    pub gaps: Vec<Gap>,
    /// Observations that are not part of the scenario and are not judged.
    #[serde(default)]
    pub notes: Vec<Message>,
    /// The values of the scenario's variables in braces, including `host` and `port`.
    pub variables: std::collections::BTreeMap<String, String>,
    /// The fields of the messages in captured datagrams, by the index of the packet, for display.
    #[serde(default)]
    pub message_labels: std::collections::BTreeMap<usize, String>,
}

/// A step of a scenario, as it was run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepBegan {
    /// The keyword of the step, such as `connect`.
    pub word: String,
    /// The time at which the step began.
    pub at: Moment,
}

impl Evidence {
    /// Returns the first gap in the needed evidence.
    #[must_use]
    pub fn first_gap(&self, needs: &Needs) -> Option<&Gap> {
        self.gaps.iter().find(|gap| needs.contains(gap.evidence))
    }
}

/// An excerpt of data for display, with the position of the caret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Excerpt {
    /// The bytes around the first difference, in printable form (escaped).
    pub text: String,
    /// Number of characters of `text` before the first differing byte.
    pub caret: usize,
    /// Bytes omitted before the excerpt.
    pub hidden_before: usize,
    /// Bytes omitted after the excerpt.
    pub hidden_after: usize,
}

/// A difference between expected and received bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// The position of the first differing byte, from 0.
    pub at: usize,
    /// The expected bytes around it.
    pub expected: Excerpt,
    /// The received bytes around it.
    pub got: Excerpt,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdict_without_findings_is_not_verified() {
        assert_eq!(Verdict::combine([]), Verdict::NotVerified);
        assert_eq!(Verdict::combine([Verdict::Pass, Verdict::NotVerified]), Verdict::NotVerified);
        assert_eq!(Verdict::combine([Verdict::Error, Verdict::NotVerified]), Verdict::Error);
        assert_eq!(Verdict::combine([Verdict::Error, Verdict::Fail]), Verdict::Fail);
        assert_eq!(Verdict::combine([Verdict::Pass, Verdict::Pass]), Verdict::Pass);
    }
}
