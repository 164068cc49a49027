//! `Report`: the one serialised form of what was found. The JSON file, a row of a store and what the exporters read.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::message::Message;
use super::name::{ItemId, Role, SubmissionId};
use super::text::Text;
use super::verdict::{EvidenceKind, Finding, Verdict};

/// The version of this form; it grows when a reader of the old one would misread the new one.
pub const FORMAT: u32 = 1;

/// What was found, for one submission or many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The version of this form.
    pub format: u32,
    /// socklab's version.
    pub socklab: String,
    /// The lab's name, or the scenario file's.
    pub lab: String,
    /// Where it ran and what could not be seen there.
    pub machine: Machine,
    /// The seed that every random choice came from.
    pub seed: u64,
    /// Whether the run was broken off (Ctrl-C): items that are missing were not run.
    pub interrupted: bool,
    /// One entry a submission.
    pub submissions: Vec<SubmissionResult>,
    /// What the service that a submission came from says of it, by the names of its environment variables.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty", default)]
    pub around: std::collections::BTreeMap<String, String>,
}

/// The machine as far as it matters for trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Machine {
    /// How the programs were run.
    pub stage: StageKind,
    /// What this stage cannot see or do here.
    pub cannot: Vec<Cannot>,
}

impl Machine {
    /// What is missing where a server runs elsewhere: that no setting of this machine would change.
    const ELSEWHERE: &str = "gap-target";

    /// Whether programs ran on this machine's own network: not where they run elsewhere already.
    #[must_use]
    pub fn ran_plainly(&self) -> bool {
        self.stage == StageKind::Plain && !self.cannot.iter().any(|one| one.because.id == Self::ELSEWHERE)
    }

    /// Whether something is missing here that another setting of this machine may bring: not what nobody asked for.
    #[must_use]
    pub fn lacks_something(&self) -> bool {
        self.cannot.iter().any(|one| one.because.id != Self::ELSEWHERE)
    }
}

/// Something that cannot be seen or done on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cannot {
    /// The kind of evidence that is therefore missing, where it is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub evidence: Option<EvidenceKind>,
    /// What and why.
    pub because: Message,
}

/// How programs are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StageKind {
    /// In fresh namespaces: own network, processes, files.
    Isolated,
    /// On the host's own loopback, one server at a time on a port.
    Plain,
}

/// What was found for one submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SubmissionResult {
    /// Whose.
    pub id: SubmissionId,
    /// The student's name, where a class list gives one beside the id.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// Points earned.
    pub points: u32,
    /// Points that could be earned.
    pub of: u32,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// One entry an item of the lab, in the lab's order.
    pub items: Vec<ItemResult>,
    /// Why nothing could be run, where nothing could.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<Message>,
    /// The programs that were found in it, and what they were taken for.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub programs: Vec<ProgramFound>,
    /// What else is to be told of it; costs no points.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<Message>,
    /// The hash of all that was delivered (BLAKE3); nothing for programs that were named on the command line.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub hash: String,
}

/// A program in a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProgramFound {
    /// What it was taken for.
    pub kind: ProgramKind,
    /// The role, or the role of the server that it is a client of; nothing for what was not used.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub role: Option<Role>,
    /// Its file, or its command line, safe to show.
    pub program: String,
    /// Why it was taken for that, or what it is.
    pub because: Message,
}

/// What a program in a delivery was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProgramKind {
    /// A server.
    Server,
    /// A client.
    Client,
    /// It was not used.
    Other,
}

/// What the written report says of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Documented {
    /// Whether there is an answer.
    pub answered: bool,
    /// The pictures that stand by it and are there, by their paths in the delivery.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub pictures: Vec<String>,
    /// What is wrong with the others, or missing.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<Message>,
}

/// What was found for one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ItemResult {
    /// The item.
    pub id: ItemId,
    /// Its title, in the author's words.
    pub title: Text,
    /// What was found.
    pub verdict: Verdict,
    /// Points earned.
    pub earned: u32,
    /// Points that could be earned.
    pub of: u32,
    /// The role whose program was looked at.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub role: Option<Role>,
    /// The program, as a person would type it.
    pub program: String,
    /// The scenario's name; its evidence is kept under this name.
    pub scenario: String,
    /// Why nothing was found, where the verdict is not-verified or error as a whole.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<Message>,
    /// What each expectation found.
    pub findings: Vec<Finding>,
    /// What happened, in a few lines.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub story: Vec<Message>,
    /// Things worth telling that never cost points.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<Message>,
    /// Whether it is kept from students.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub hidden: bool,
    /// What the written report says of it, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub documented: Option<Documented>,
    /// The lab author's hint, shown when the item fails.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<Text>,
    /// The command that runs this item again.
    pub repeat: String,
    /// The folder in which the evidence is kept, where it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub evidence: Option<String>,
    /// Wireshark's display filter for the packets that show it, where packets were captured.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub filter: Option<String>,
    /// How long its scenario took, in milliseconds.
    pub took_ms: u64,
}

impl ItemResult {
    /// What a row of a table needs of it: its verdict and points, and the first finding that gives the reason.
    #[must_use]
    pub fn in_a_row(self) -> Self {
        let is_told = self.verdict != Verdict::Pass;
        let first = self.findings.into_iter().find(|finding| is_told && finding.verdict == self.verdict);
        let findings = first.map(|finding| Finding::new(finding.verdict, finding.because)).into_iter().collect();
        Self {
            findings,
            program: String::new(),
            story: Vec::new(),
            notes: Vec::new(),
            hint: None,
            repeat: String::new(),
            evidence: None,
            filter: None,
            ..self
        }
    }
}

impl SubmissionResult {
    /// What a table needs of it: see [`ItemResult::in_a_row`].
    #[must_use]
    pub fn in_a_row(self) -> Self {
        let items = self.items.into_iter().map(ItemResult::in_a_row).collect();
        Self { items, programs: Vec::new(), notes: Vec::new(), ..self }
    }
}

/// How many items have each verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Proved right.
    pub pass: usize,
    /// Proved wrong.
    pub fail: usize,
    /// Not seen.
    pub not_verified: usize,
    /// The harness's trouble.
    pub error: usize,
}

impl Report {
    /// The report without what is kept from students.
    #[must_use]
    pub fn for_students(&self) -> Self {
        let mut report = self.clone();
        for submission in &mut report.submissions {
            submission.items.retain(|item| !item.hidden);
            submission.points = submission.items.iter().map(|item| item.earned).sum();
            submission.of = submission.items.iter().map(|item| item.of).sum();
        }
        report
    }
}

impl Tally {
    /// Counts the items' verdicts.
    #[must_use]
    pub fn of(items: &[ItemResult]) -> Self {
        let count = |wanted| items.iter().filter(|item| item.verdict == wanted).count();
        Self {
            pass: count(Verdict::Pass),
            fail: count(Verdict::Fail),
            not_verified: count(Verdict::NotVerified),
            error: count(Verdict::Error),
        }
    }

    /// How many items there are.
    #[must_use]
    pub const fn all(&self) -> usize {
        self.pass + self.fail + self.not_verified + self.error
    }
}

impl SubmissionResult {
    /// What a report calls it: the student's name with the id in parentheses, or the id alone where no other name is known.
    /// Not escaped.
    #[must_use]
    pub fn label(&self) -> Cow<'_, str> {
        match &self.name {
            Some(name) if *name != self.id.0 => Cow::Owned(format!("{name} ({})", self.id.0)),
            _ => Cow::Borrowed(&self.id.0),
        }
    }

    /// A submission's result, its points added up from its items.
    #[must_use]
    pub fn new(id: SubmissionId, items: Vec<ItemResult>, took_ms: u64) -> Self {
        let points = items.iter().map(|item| item.earned).sum();
        let of = items.iter().map(|item| item.of).sum();
        Self {
            id,
            name: None,
            points,
            of,
            took_ms,
            items,
            reason: None,
            programs: Vec::new(),
            notes: Vec::new(),
            hash: String::new(),
        }
    }
}
