//! `Annotation`: what was added to an item after it was judged. The judge writes findings, and no
//! other part of socklab changes them: the others append annotations. [`ItemResult::shown`] merges
//! both.
//!
//! [`ItemResult::shown`]: super::report::ItemResult::shown

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::Because;
use super::message::Message;
use super::source::SourceLocation;

/// An addition to a judged item. There is one variant for each source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Annotation {
    /// The location of a cause in the submission: the line that a compiler or interpreter reported,
    /// or else the program's file.
    SourceHint {
        /// The index of the finding.
        finding: usize,
        /// The location.
        location: SourceLocation,
    },
    /// The cause that a further run found. It is shown instead of the judged one.
    Rerun {
        /// The index of the finding.
        finding: usize,
        /// The cause.
        because: Because,
    },
    /// A note on what a client that ends abruptly, or pauses, does to the server.
    AbruptClient {
        /// The note.
        note: Message,
    },
    /// A note on the smallest exchange that fails for the same cause.
    SmallestExchange {
        /// The note.
        note: Message,
    },
    /// A note on a client of the submission.
    ClientCheck {
        /// The note.
        note: Message,
    },
    /// The answer in the written report.
    WrittenReport(WrittenAnswer),
    /// The folder in which the evidence was saved.
    Evidence {
        /// Its path, safe to print.
        folder: String,
    },
}

/// The part of the written report that is about an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WrittenAnswer {
    /// True if the report has an answer.
    pub answered: bool,
    /// The existing pictures of the answer, by their paths in the submission.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub pictures: Vec<String>,
    /// Problems with other pictures, or with missing ones.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<Message>,
}

/// What an annotation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnnotationTarget {
    /// The item as a whole.
    Item,
    /// The finding with this index.
    Finding(usize),
}

impl Annotation {
    /// Returns what the annotation is about.
    #[must_use]
    pub const fn target(&self) -> AnnotationTarget {
        match self {
            Self::SourceHint { finding, .. } | Self::Rerun { finding, .. } => AnnotationTarget::Finding(*finding),
            Self::AbruptClient { .. }
            | Self::SmallestExchange { .. }
            | Self::ClientCheck { .. }
            | Self::WrittenReport(_)
            | Self::Evidence { .. } => AnnotationTarget::Item,
        }
    }

    /// Returns the annotation for the finding with another index. One on the whole item is unchanged.
    #[must_use]
    pub fn moved_to(mut self, index: usize) -> Self {
        match &mut self {
            Self::SourceHint { finding, .. } | Self::Rerun { finding, .. } => *finding = index,
            Self::AbruptClient { .. }
            | Self::SmallestExchange { .. }
            | Self::ClientCheck { .. }
            | Self::WrittenReport(_)
            | Self::Evidence { .. } => {}
        }
        self
    }

    /// Returns the note that is shown with those of the judge.
    #[must_use]
    pub const fn note(&self) -> Option<&Message> {
        match self {
            Self::AbruptClient { note } | Self::SmallestExchange { note } | Self::ClientCheck { note } => Some(note),
            Self::SourceHint { .. } | Self::Rerun { .. } | Self::WrittenReport(_) | Self::Evidence { .. } => None,
        }
    }
}
