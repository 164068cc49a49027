//! The shown form of an item: what was judged, merged with the annotations. Every report renders
//! this form, so all formats agree.

use super::super::Cause;
use super::super::annotation::{Annotation, Mark, WrittenAnswer};
use super::super::event::EventId;
use super::super::finding::Because;
use super::super::message::Message;
use super::super::source::SourceLocation;
use super::super::verdict::{Difference, Verdict};
use super::ItemResult;

/// The parts of an item that annotations add to, as readers see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownItem<'a> {
    /// The findings, in the order of the expectations.
    pub findings: Vec<ShownFinding<'a>>,
    /// The notes of the judge, then those of annotations.
    pub notes: Vec<&'a Message>,
    /// The answer in the written report.
    pub documented: Option<&'a WrittenAnswer>,
    /// Points that an instructor gave by hand.
    pub mark: Option<&'a Mark>,
    /// The folder with the evidence.
    pub evidence: Option<&'a str>,
}

/// A finding as readers see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownFinding<'a> {
    /// Its index among the findings of the item.
    pub index: usize,
    /// The verdict.
    pub verdict: Verdict,
    /// The keyword of the expectation.
    pub expectation: &'a str,
    /// The location of the expectation in the scenario file.
    pub at: &'a SourceLocation,
    /// Why it has this verdict: the cause that a further run found, or else the judged one.
    pub because: &'a Because,
    /// The difference, if bytes differ.
    pub difference: Option<&'a Difference>,
    /// Observations that never cost points.
    pub notes: &'a [Message],
    /// The events that prove the finding.
    pub shown_by: &'a [EventId],
    /// The location of the cause in the submission.
    pub source: Option<&'a SourceLocation>,
    /// The location of the only call that sends answers, if theirs are the wrong bytes and the cause has
    /// no line.
    pub sends_at: Option<&'a SourceLocation>,
}

impl ItemResult {
    /// Merges what was judged with the annotations.
    #[must_use]
    pub fn shown(&self) -> ShownItem<'_> {
        let findings = self.judged.findings.iter().enumerate().map(|(index, judged)| ShownFinding {
            index,
            verdict: judged.verdict,
            expectation: &judged.expectation,
            at: &judged.at,
            because: self.rerun_cause(index).unwrap_or(&judged.because),
            difference: judged.difference.as_ref(),
            notes: &judged.notes,
            shown_by: &judged.shown_by,
            source: self.source_hint(index),
            sends_at: self.sending_line(index),
        });
        ShownItem {
            findings: findings.collect(),
            notes: self.judged.notes.iter().chain(self.annotations.iter().filter_map(Annotation::note)).collect(),
            documented: self.documented(),
            mark: self.mark(),
            evidence: self.annotations.iter().find_map(|one| match one {
                Annotation::Evidence { folder } => Some(folder.as_str()),
                _ => None,
            }),
        }
    }

    /// Returns the answer in the written report, if there is one.
    #[must_use]
    pub fn documented(&self) -> Option<&WrittenAnswer> {
        self.annotations.iter().find_map(|one| match one {
            Annotation::WrittenReport(answer) => Some(answer),
            _ => None,
        })
    }

    /// Returns the points that an instructor gave by hand, if there are any.
    #[must_use]
    pub fn mark(&self) -> Option<&Mark> {
        self.annotations.iter().find_map(|one| match one {
            Annotation::Mark(mark) => Some(mark),
            _ => None,
        })
    }

    /// Adds points that an instructor gave by hand. The item's maximum stays.
    pub fn add_mark(&mut self, mark: Mark) {
        self.earned = self.earned.saturating_add_signed(mark.points);
        self.annotations.push(Annotation::Mark(mark));
    }

    /// Returns the location of the cause of the finding with this index, if it is known. One with a
    /// line comes before that of a whole file.
    #[must_use]
    pub fn source_hint(&self, index: usize) -> Option<&SourceLocation> {
        let mut all = self.annotations.iter().filter_map(|one| match one {
            Annotation::SourceHint { finding, location } if *finding == index => Some(location),
            _ => None,
        });
        all.clone().find(|location| location.line > 0).or_else(|| all.next())
    }

    /// Returns the location of the only call that sends, if the finding with this index is about answers.
    fn sending_line(&self, index: usize) -> Option<&SourceLocation> {
        self.annotations.iter().find_map(|one| match one {
            Annotation::SendingLine { finding, location } if *finding == index => Some(location),
            _ => None,
        })
    }

    /// Returns the cause that is shown for the finding with this index: the one that a further run or
    /// the source revealed, else the judged one.
    #[must_use]
    pub fn shown_cause(&self, index: usize) -> Option<&Cause> {
        self.rerun_cause(index).or_else(|| Some(&self.judged.findings.get(index)?.because))?.cause()
    }

    /// Replaces the cause that is shown for the finding with this index, and its location.
    pub fn explain(&mut self, index: usize, cause: Cause, location: SourceLocation) {
        let is_other = |one: &Annotation| match one {
            Annotation::Rerun { finding, .. }
            | Annotation::SourceHint { finding, .. }
            | Annotation::SendingLine { finding, .. } => *finding != index,
            _ => true,
        };
        self.annotations.retain(is_other);
        self.annotations.push(Annotation::Rerun { finding: index, because: cause.into() });
        self.annotations.push(Annotation::SourceHint { finding: index, location });
    }

    /// Returns true if a further run has found the cause of the finding with this index.
    #[must_use]
    pub fn has_rerun_cause(&self, index: usize) -> bool {
        self.rerun_cause(index).is_some()
    }

    /// Returns the cause that a further run found for the finding with this index.
    fn rerun_cause(&self, index: usize) -> Option<&Because> {
        self.annotations.iter().find_map(|one| match one {
            Annotation::Rerun { finding, because } if *finding == index => Some(because),
            _ => None,
        })
    }
}
