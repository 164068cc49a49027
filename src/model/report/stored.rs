//! Items in format 1 of the report. Annotations are merged into the fields that readers know. The
//! field `annotations` says only what these fields do not, so that an item reads back.
//!
//! Reports of versions without the field are read, too. There the cause that a further run found
//! stands in the place of the judged cause, which is lost.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use super::super::annotation::{Annotation, Mark, WrittenAnswer};
use super::super::event::EventId;
use super::super::finding::{Because, Finding};
use super::super::localized::LocalizedText;
use super::super::message::Message;
use super::super::name::{ItemId, Role};
use super::super::reason::Reason;
use super::super::source::SourceLocation;
use super::super::verdict::{Difference, Verdict};
use super::shown::ShownFinding;
use super::{ItemResult, Judged};

/// The first part of the ids of notes on clients, in reports without the field `annotations`.
const CLIENT_NOTE: &str = "client-";

/// The results of one item.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ItemResult")]
pub(in super::super) struct StoredItem {
    /// The id of the item.
    id: ItemId,
    /// The title, as the author wrote it.
    title: LocalizedText,
    /// The verdict.
    verdict: Verdict,
    /// Points earned.
    earned: u32,
    /// Points that can be earned.
    of: u32,
    /// The role whose program was tested.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    role: Option<Role>,
    /// The command line of the program, as a user would type it.
    program: String,
    /// The name of the scenario, under which its evidence is kept.
    scenario: String,
    /// Why there are no findings, if the whole item is not verified or an error.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schemars(with = "Option<Message>")]
    reason: Option<Reason>,
    /// The findings of each expectation.
    findings: Vec<StoredFinding>,
    /// A summary of the scenario, in a few lines.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    story: Vec<Message>,
    /// Observations that never cost points.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    notes: Vec<Message>,
    /// True if the item is hidden from students.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    hidden: bool,
    /// The answer in the written report, if there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    documented: Option<WrittenAnswer>,
    /// Points that an instructor gave by hand. They are part of the points earned.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    mark: Option<Mark>,
    /// The lab author's hint, shown when the item fails.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    hint: Option<LocalizedText>,
    /// The command that runs this item again.
    repeat: String,
    /// The folder with the evidence, if it was kept.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    evidence: Option<String>,
    /// The Wireshark display filter for the relevant packets, if packets were captured.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    filter: Option<String>,
    /// Duration of the scenario, in milliseconds.
    took_ms: u64,
    /// Which causes and notes do not come from the judge.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    annotations: Vec<StoredAnnotation>,
}

/// The finding of one expectation.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Finding")]
struct StoredFinding {
    /// The verdict.
    verdict: Verdict,
    /// The keyword of the expectation, such as `echo`.
    expectation: String,
    /// The location of the expectation in the scenario file.
    at: SourceLocation,
    /// The cause of the verdict, in one sentence.
    because: Message,
    /// A suggestion for the student.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    hint: Option<Message>,
    /// The difference, if bytes differ.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    difference: Option<Difference>,
    /// Observations that never cost points.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    notes: Vec<Message>,
    /// The events that prove the finding.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    shown_by: Vec<EventId>,
    /// The location of the cause in the submission: the line that a compiler or interpreter
    /// reported, or else the program's file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    source: Option<SourceLocation>,
    /// The location of the only call that sends answers, if their bytes are wrong and the cause has no
    /// line. The fault may be before it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    sends_at: Option<SourceLocation>,
}

/// A cause or a note that does not come from the judge, by its source.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(tag = "source", rename_all = "kebab-case")]
#[schemars(rename = "Annotation")]
enum StoredAnnotation {
    /// A further run found the cause of a finding.
    Rerun {
        /// The index of the finding.
        finding: usize,
        /// The cause that was judged.
        judged: Message,
        /// The suggestion that belongs to the judged cause.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        hint: Option<Message>,
    },
    /// A run with clients that end abruptly, or pause, gave a note.
    #[serde(rename = "reset_client")]
    AbruptClient {
        /// The index of the note.
        note: usize,
    },
    /// The search for the smallest exchange that fails gave a note.
    SmallestExchange {
        /// The index of the note.
        note: usize,
    },
    /// The check of a client of the submission gave a note.
    ClientCheck {
        /// The index of the note.
        note: usize,
    },
}

impl StoredAnnotation {
    /// Returns the index of its note, if it is about one.
    const fn note(&self) -> Option<usize> {
        match self {
            Self::AbruptClient { note } | Self::SmallestExchange { note } | Self::ClientCheck { note } => Some(*note),
            Self::Rerun { .. } => None,
        }
    }
}

impl From<ShownFinding<'_>> for StoredFinding {
    fn from(shown: ShownFinding<'_>) -> Self {
        let ShownFinding { index: _, verdict, expectation, at, because, difference, notes, shown_by, source, sends_at } =
            shown;
        Self {
            verdict,
            expectation: expectation.to_owned(),
            at: at.clone(),
            because: because.message().into_owned(),
            hint: because.hint(),
            difference: difference.cloned(),
            notes: notes.to_vec(),
            shown_by: shown_by.to_vec(),
            source: source.cloned(),
            sends_at: sends_at.cloned(),
        }
    }
}

impl From<&ItemResult> for StoredItem {
    fn from(item: &ItemResult) -> Self {
        let shown = item.shown();
        let mut note = item.judged.notes.len()..;
        let annotations = item.annotations.iter().filter_map(|one| match one {
            Annotation::Rerun { finding, because } => {
                let judged = &item.judged.findings.get(*finding)?.because;
                // Without the judged cause, the shown one says everything.
                (judged != because).then(|| StoredAnnotation::Rerun {
                    finding: *finding,
                    judged: judged.message().into_owned(),
                    hint: judged.hint(),
                })
            }
            Annotation::AbruptClient { .. } => note.next().map(|note| StoredAnnotation::AbruptClient { note }),
            Annotation::SmallestExchange { .. } => note.next().map(|note| StoredAnnotation::SmallestExchange { note }),
            Annotation::ClientCheck { .. } => note.next().map(|note| StoredAnnotation::ClientCheck { note }),
            Annotation::SourceHint { .. }
            | Annotation::SendingLine { .. }
            | Annotation::WrittenReport(_)
            | Annotation::Mark(_)
            | Annotation::Evidence { .. } => None,
        });
        Self {
            id: item.id.clone(),
            title: item.title.clone(),
            verdict: item.verdict,
            earned: item.earned,
            of: item.of,
            role: item.role.clone(),
            program: item.program.clone(),
            scenario: item.scenario.clone(),
            reason: item.reason.clone(),
            annotations: annotations.collect(),
            findings: shown.findings.into_iter().map(Into::into).collect(),
            story: item.story.clone(),
            notes: shown.notes.into_iter().cloned().collect(),
            hidden: item.hidden,
            documented: shown.documented.cloned(),
            mark: shown.mark.cloned(),
            hint: item.hint.clone(),
            repeat: item.repeat.clone(),
            evidence: shown.evidence.map(str::to_owned),
            filter: item.filter.clone(),
            took_ms: item.took_ms,
        }
    }
}

impl Serialize for ItemResult {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        StoredItem::from(self).serialize(to)
    }
}

/// Separates what was judged from the annotations.
#[derive(Default)]
struct Separated {
    judged: Judged,
    annotations: Vec<Annotation>,
}

impl Separated {
    /// Adds a finding, and the cause that was judged if a further run found the shown one.
    fn add_finding(&mut self, stored: StoredFinding, replaced: Option<Because>) {
        let StoredFinding { verdict, expectation, at, because, hint, difference, notes, shown_by, source, sends_at } =
            stored;
        let finding = self.judged.findings.len();
        self.annotations.extend(source.map(|location| Annotation::SourceHint { finding, location }));
        self.annotations.extend(sends_at.map(|location| Annotation::SendingLine { finding, location }));
        let shown = Because::new(because, hint);
        if replaced.is_some() || shown.is_from_rerun() {
            self.annotations.push(Annotation::Rerun { finding, because: shown.clone() });
        }
        let because = replaced.unwrap_or(shown);
        self.judged.findings.push(Finding { verdict, expectation, at, because, difference, notes, shown_by });
    }

    /// Adds a note, and what the annotation about it says.
    fn add_note(&mut self, note: Message, about: Option<&StoredAnnotation>) {
        match about {
            Some(StoredAnnotation::AbruptClient { .. }) => self.annotations.push(Annotation::AbruptClient { note }),
            Some(StoredAnnotation::SmallestExchange { .. }) => {
                self.annotations.push(Annotation::SmallestExchange { note });
            }
            Some(StoredAnnotation::ClientCheck { .. }) => self.annotations.push(Annotation::ClientCheck { note }),
            Some(StoredAnnotation::Rerun { .. }) | None => self.judged.notes.push(note),
        }
    }
}

impl From<StoredItem> for ItemResult {
    fn from(stored: StoredItem) -> Self {
        let mut separated = Separated::default();
        for (index, found) in stored.findings.into_iter().enumerate() {
            let replaced = stored.annotations.iter().find_map(|one| match one {
                StoredAnnotation::Rerun { finding, judged, hint } if *finding == index => {
                    Some(Because::new(judged.clone(), hint.clone()))
                }
                _ => None,
            });
            separated.add_finding(found, replaced);
        }
        for (index, note) in stored.notes.into_iter().enumerate() {
            let about = stored.annotations.iter().find(|one| one.note() == Some(index));
            // Older versions said only by the id what a note is about.
            if stored.annotations.is_empty() && note.id.starts_with(CLIENT_NOTE) {
                separated.annotations.push(Annotation::ClientCheck { note });
            } else {
                separated.add_note(note, about);
            }
        }
        let Separated { judged, mut annotations } = separated;
        annotations.extend(stored.documented.map(Annotation::WrittenReport));
        annotations.extend(stored.mark.map(Annotation::Mark));
        annotations.extend(stored.evidence.map(|folder| Annotation::Evidence { folder }));
        Self {
            id: stored.id,
            title: stored.title,
            verdict: stored.verdict,
            earned: stored.earned,
            of: stored.of,
            role: stored.role,
            program: stored.program,
            scenario: stored.scenario,
            reason: stored.reason,
            judged,
            annotations,
            story: stored.story,
            hidden: stored.hidden,
            hint: stored.hint,
            repeat: stored.repeat,
            filter: stored.filter,
            took_ms: stored.took_ms,
        }
    }
}
