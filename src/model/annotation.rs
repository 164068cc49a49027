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
    /// The location of the only call that sends answers. The fault may be before it.
    SendingLine {
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
    /// Points that an instructor gave by hand.
    Mark(Mark),
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
    /// The text of the answer, at most 4 KiB. Written by the student: untrusted.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub text: String,
    /// The existing pictures of the answer, by their paths in the submission.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub pictures: Vec<String>,
    /// Problems with other pictures, or with missing ones.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<Message>,
    /// The pictures themselves, as far as pages can show them. They are not part of stored reports:
    /// the store has a table of its own.
    #[serde(skip)]
    pub images: Vec<AnswerImage>,
}

/// A picture of an answer that pages show. Its bytes are the student's: untrusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerImage {
    /// Its path in the submission, safe to print.
    pub name: String,
    /// Its format.
    pub format: ImageFormat,
    /// The content of the file.
    pub bytes: Vec<u8>,
}

/// The formats of pictures that pages show. None of them can contain code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageFormat {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
}

impl ImageFormat {
    /// Returns the format of a file, by its first bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let begins: [(&[u8], Self); 3] =
            [(b"\x89PNG\r\n\x1a\n", Self::Png), (b"\xff\xd8\xff", Self::Jpeg), (b"GIF8", Self::Gif)];
        begins.into_iter().find(|(begin, _)| bytes.starts_with(begin)).map(|(_, format)| format)
    }

    /// Returns the media type (RFC 2046).
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
        }
    }

    /// Returns the number of pixels that a picture claims to have; `None` if it does not say.
    #[must_use]
    pub fn pixels(self, bytes: &[u8]) -> Option<u64> {
        let big = |at: usize| bytes.get(at..at + 2).map(|two| u64::from(two[0]) << 8 | u64::from(two[1]));
        let little = |at: usize| bytes.get(at..at + 2).map(|two| u64::from(two[1]) << 8 | u64::from(two[0]));
        match self {
            // The chunk IHDR (RFC 2083, 4.1.1).
            Self::Png => Some((big(16)? << 16 | big(18)?).saturating_mul(big(20)? << 16 | big(22)?)),
            // The logical screen (GIF89a, 18), little-endian.
            Self::Gif => Some(little(6)? * little(8)?),
            Self::Jpeg => {
                // The frame header (ITU-T T.81, B.2.2), after other segments.
                let mut at = 2_usize;
                loop {
                    let marker = *bytes.get(at..at + 2)?.strip_prefix(b"\xff")?.first()?;
                    if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
                        return Some(big(at + 5)? * big(at + 7)?);
                    }
                    at = at.checked_add(2)?.checked_add(usize::try_from(big(at + 2)?.max(2)).ok()?)?;
                }
            }
        }
    }
}

/// Points that an instructor gave by hand for an item, in addition to those of the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mark {
    /// The points that are added. Negative: subtracted, at most to 0.
    pub points: i32,
    /// The instructor's comment, which students see. May be empty.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub comment: String,
}

impl Mark {
    /// Returns the mark as a message: `+2 points: clear answer`.
    #[must_use]
    pub fn message(&self) -> Message {
        Message::new("report-mark")
            .with("points", format!("{:+}", self.points))
            .with("n", self.points.unsigned_abs())
            .with("has-comment", if self.comment.is_empty() { "no" } else { "yes" }.to_owned())
            .with("comment", self.comment.as_str())
    }
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
            Self::SourceHint { finding, .. } | Self::SendingLine { finding, .. } | Self::Rerun { finding, .. } => {
                AnnotationTarget::Finding(*finding)
            }
            Self::AbruptClient { .. }
            | Self::SmallestExchange { .. }
            | Self::ClientCheck { .. }
            | Self::WrittenReport(_)
            | Self::Mark(_)
            | Self::Evidence { .. } => AnnotationTarget::Item,
        }
    }

    /// Returns the annotation for the finding with another index. One on the whole item is
    /// unchanged.
    #[must_use]
    pub fn moved_to(mut self, index: usize) -> Self {
        match &mut self {
            Self::SourceHint { finding, .. } | Self::SendingLine { finding, .. } | Self::Rerun { finding, .. } => {
                *finding = index;
            }
            Self::AbruptClient { .. }
            | Self::SmallestExchange { .. }
            | Self::ClientCheck { .. }
            | Self::WrittenReport(_)
            | Self::Mark(_)
            | Self::Evidence { .. } => {}
        }
        self
    }

    /// Returns the note that is shown with those of the judge.
    #[must_use]
    pub const fn note(&self) -> Option<&Message> {
        match self {
            Self::AbruptClient { note } | Self::SmallestExchange { note } | Self::ClientCheck { note } => Some(note),
            Self::SourceHint { .. }
            | Self::SendingLine { .. }
            | Self::Rerun { .. }
            | Self::WrittenReport(_)
            | Self::Mark(_)
            | Self::Evidence { .. } => None,
        }
    }
}
