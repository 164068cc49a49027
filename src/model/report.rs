//! `Report`: the results of a run in their only serialised form: the JSON file, a row of the store
//! and the input of exporters.

mod excerpts;
mod shown;
mod stored;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::shown::{ShownFinding, ShownItem};
use self::stored::StoredItem;
use super::annotation::{Annotation, WrittenAnswer};
use super::finding::{Because, Finding};
use super::localized::LocalizedText;
use super::message::Message;
use super::name::{ItemId, Role, SubmissionId};
use super::not_verified::GapReason;
use super::reason::Reason;
use super::source_excerpt::SourceExcerpt;
use super::verdict::{EvidenceKind, Verdict};

/// The version of the format. It increases if a reader of the old format would misread the new one.
pub const FORMAT: u32 = 1;

/// The results of a run, for one or more submissions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The version of the format.
    pub format: u32,
    /// The version of socklab.
    pub socklab: String,
    /// The name of the lab or of the scenario file.
    pub lab: String,
    /// The title of the lab, as its author wrote it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub title: Option<LocalizedText>,
    /// The machine, and its limitations.
    pub machine: Machine,
    /// The seed of all random choices.
    pub seed: u64,
    /// True if the run was interrupted (Ctrl-C). Missing items were not run.
    pub interrupted: bool,
    /// The results of each submission.
    pub submissions: Vec<SubmissionResult>,
    /// Metadata from the CI service, keyed by environment variable.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty", default)]
    pub ci_env: std::collections::BTreeMap<String, String>,
}

impl Report {
    /// Creates a report of this version of socklab, of a run that was not interrupted.
    #[must_use]
    pub fn new(lab: &str, machine: Machine, seed: u64, submissions: Vec<SubmissionResult>) -> Self {
        Self {
            format: FORMAT,
            socklab: env!("CARGO_PKG_VERSION").to_owned(),
            lab: lab.to_owned(),
            title: None,
            machine,
            seed,
            interrupted: false,
            submissions,
            ci_env: std::collections::BTreeMap::new(),
        }
    }
}

/// The machine, as far as it affects trust in the results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Machine {
    /// How the programs were run.
    pub stage: SandboxMode,
    /// Evidence and features that are not available in this mode on this machine.
    pub cannot: Vec<Limitation>,
}

impl Machine {
    /// Returns true if programs ran on this machine's own network. False if the server ran
    /// elsewhere.
    #[must_use]
    pub fn is_plain_mode(&self) -> bool {
        self.stage == SandboxMode::Plain && !self.cannot.iter().any(Limitation::is_elsewhere)
    }

    /// Returns true if another setting of this machine could remove a limitation.
    #[must_use]
    pub fn has_fixable_limitation(&self) -> bool {
        self.cannot.iter().any(|one| !one.is_elsewhere())
    }
}

/// Evidence or a feature that is not available on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Limitation {
    /// The missing kind of evidence, if it is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub evidence: Option<EvidenceKind>,
    /// The limitation, with its reason.
    #[schemars(with = "Message")]
    pub because: GapReason,
}

impl Limitation {
    /// Returns true if the server runs elsewhere, which no setting of this machine would change.
    fn is_elsewhere(&self) -> bool {
        self.because == GapReason::Target {}
    }
}

/// The sandbox mode: how programs are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SandboxMode {
    /// In fresh namespaces, with a separate network, process tree and file system.
    Isolated,
    /// On the host's own loopback, with one server at a time per port.
    Plain,
}

/// The results of one submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SubmissionResult {
    /// The submission.
    pub id: SubmissionId,
    /// The student's name, if a roster has one for the id.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// Points earned.
    pub points: u32,
    /// Points that can be earned.
    pub of: u32,
    /// Duration, in milliseconds.
    pub took_ms: u64,
    /// The results of each item of the lab, in the order of the lab.
    #[schemars(with = "Vec<StoredItem>")]
    pub items: Vec<ItemResult>,
    /// Why no program could be run, if none could.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schemars(with = "Option<Message>")]
    pub reason: Option<Reason>,
    /// The programs found in the submission, and how they were classified.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub programs: Vec<DetectedProgram>,
    /// Further notes about the submission, which cost no points.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<Message>,
    /// The BLAKE3 hash of the whole submission. Empty for programs named on the command line.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub hash: String,
    /// When the run ended, in seconds since 1970 (UTC). None if it is not known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub graded_at: Option<u64>,
    /// The lines of its files around the locations of causes, each location once.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub excerpts: Vec<SourceExcerpt>,
}

/// A program found in a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DetectedProgram {
    /// How it was classified.
    pub kind: ProgramKind,
    /// The role of the program or, for a client, of its server. None for unused programs.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub role: Option<Role>,
    /// The file or command line, safe to print.
    pub program: String,
    /// The reason for the classification, or a description.
    pub because: Message,
}

/// The classification of a program in a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProgramKind {
    /// A server.
    Server,
    /// A client.
    Client,
    /// Not used.
    Other,
}

/// The part of an item that only the judge writes, and that annotations add to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judged {
    /// The findings of each expectation.
    pub findings: Vec<Finding>,
    /// Observations that never cost points.
    pub notes: Vec<Message>,
}

/// The results of one item. Reports render its [shown form](ItemResult::shown).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "StoredItem")]
pub struct ItemResult {
    /// The id of the item.
    pub id: ItemId,
    /// The title, as the author wrote it.
    pub title: LocalizedText,
    /// The verdict.
    pub verdict: Verdict,
    /// Points earned.
    pub earned: u32,
    /// Points that can be earned.
    pub of: u32,
    /// The role whose program was tested.
    pub role: Option<Role>,
    /// The command line of the program, as a user would type it.
    pub program: String,
    /// The name of the scenario, under which its evidence is kept.
    pub scenario: String,
    /// Why there are no findings, if the whole item is not verified or an error.
    pub reason: Option<Reason>,
    /// The findings and notes of the judge.
    pub judged: Judged,
    /// What was added after the item was judged.
    pub annotations: Vec<Annotation>,
    /// A summary of the scenario, in a few lines.
    pub story: Vec<Message>,
    /// True if the item is hidden from students.
    pub hidden: bool,
    /// The lab author's hint, shown when the item fails.
    pub hint: Option<LocalizedText>,
    /// The command that runs this item again.
    pub repeat: String,
    /// The Wireshark display filter for the relevant packets, if packets were captured.
    pub filter: Option<String>,
    /// Duration of the scenario, in milliseconds.
    pub took_ms: u64,
}

impl ItemResult {
    /// Returns the summary for a row of a table: verdict, points, and the first finding that
    /// explains the verdict.
    #[must_use]
    pub fn into_summary(self) -> Self {
        let shown = self.shown();
        let is_told = self.verdict != Verdict::Pass;
        let first = shown.findings.into_iter().find(|finding| is_told && finding.verdict == self.verdict);
        let first = first.map(|finding| {
            let message = finding.because.message().into_owned();
            Finding::new(finding.verdict, Because::Message { message, hint: None })
        });
        let documented = shown.documented.cloned().map(|written| {
            let written = WrittenAnswer { text: String::new(), images: Vec::new(), ..written };
            Annotation::WrittenReport(written)
        });
        let mark = shown.mark.cloned().map(Annotation::Mark);
        Self {
            judged: Judged { findings: first.into_iter().collect(), notes: Vec::new() },
            annotations: documented.into_iter().chain(mark).collect(),
            program: String::new(),
            story: Vec::new(),
            hint: None,
            repeat: String::new(),
            filter: None,
            ..self
        }
    }
}

impl SubmissionResult {
    /// Returns the summary for a table: see [`ItemResult::into_summary`]. Of the notes, it keeps
    /// those about files that were not used.
    #[must_use]
    pub fn into_summary(mut self) -> Self {
        let items = self.items.into_iter().map(ItemResult::into_summary).collect();
        self.notes.retain(names_unused_file);
        Self { items, programs: Vec::new(), excerpts: Vec::new(), ..self }
    }

    /// Returns the results without hidden items, which the reasons of others may name. Points are added
    /// up again.
    #[must_use]
    pub fn without_hidden_items(mut self) -> Self {
        self.items.retain(|item| !item.hidden);
        self.drop_unused_excerpts();
        self.points = self.items.iter().map(|item| item.earned).sum();
        self.of = self.items.iter().map(|item| item.of).sum();
        self
    }

    /// Returns the notes about files of the submission that were not used.
    pub fn unused_files(&self) -> impl Iterator<Item = &Message> {
        self.notes.iter().filter(|note| names_unused_file(note))
    }
}

/// Returns true if a note is about a file of the submission that was not used.
fn names_unused_file(note: &Message) -> bool {
    note.id.starts_with("unused-")
}

/// Number of items with each verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Proved correct.
    pub pass: usize,
    /// Proved incorrect.
    pub fail: usize,
    /// Not verified.
    pub not_verified: usize,
    /// Internal errors.
    pub error: usize,
}

impl Tally {
    /// Counts the verdicts of items.
    #[must_use]
    pub fn count(items: &[ItemResult]) -> Self {
        let count = |wanted| items.iter().filter(|item| item.verdict == wanted).count();
        Self {
            pass: count(Verdict::Pass),
            fail: count(Verdict::Fail),
            not_verified: count(Verdict::NotVerified),
            error: count(Verdict::Error),
        }
    }

    /// Returns the number of items.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.pass + self.fail + self.not_verified + self.error
    }
}

impl SubmissionResult {
    /// Returns the label of the submission: the student's name with the short id in parentheses, or
    /// the id if no other name is known. Not escaped.
    #[must_use]
    pub fn label(&self) -> Cow<'_, str> {
        let name = self.display_name();
        if name == self.id.0 { Cow::Borrowed(name) } else { Cow::Owned(format!("{name} ({})", self.id.short())) }
    }

    /// Returns the student's name: that of the roster, else that in the id. Not escaped.
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.name.as_deref().or_else(|| self.id.student()).unwrap_or(&self.id.0)
    }

    /// Creates the results of a submission. Points are the sum over its items.
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
            graded_at: None,
            excerpts: Vec::new(),
        }
    }
}
