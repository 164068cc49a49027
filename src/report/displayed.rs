//! The finding and the reason that reports show for an item.

use std::borrow::Cow;

use crate::model::report::ShownFinding;
use crate::model::{Cause, GapReason, ItemResult, Message, NotVerified, Reason, SubmissionResult, Verdict};

/// Returns the finding to display: the first with the item's verdict, unless the item passed.
pub(super) fn displayed_finding(item: &ItemResult) -> Option<ShownFinding<'_>> {
    let first = item.shown().findings.into_iter().find(|finding| finding.verdict == item.verdict);
    first.filter(|finding| finding.verdict != Verdict::Pass)
}

/// Returns why the item has its verdict. For a failed item, the cause of the displayed finding
/// comes first, otherwise the item's reason. The other one is the fallback.
pub(super) fn reason(item: &ItemResult) -> Option<Cow<'_, Message>> {
    let found = displayed_finding(item).map(|finding| finding.because.message());
    let reason = item.reason.as_ref().map(|reason| Cow::Owned(reason.message()));
    if item.verdict == Verdict::Fail { found.or(reason) } else { reason.or(found) }
}

/// Returns the expectation that determines the item's verdict.
pub(super) fn expectation(item: &ItemResult) -> Option<&str> {
    let word = displayed_finding(item)?.expectation;
    (!word.is_empty()).then_some(word)
}

/// Why an item that was not verified needs no decision of the instructor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absence {
    /// No program was submitted for it.
    NotSubmitted,
    /// An item on which it depends did not pass.
    Waits,
    /// The evidence that it needs could not be collected.
    Unobserved,
}

impl Absence {
    /// All of them, in the order of the legend.
    pub(super) const ALL: [Self; 3] = [Self::NotSubmitted, Self::Waits, Self::Unobserved];

    /// Returns its sign, which differs from those of verdicts.
    pub(super) const fn mark(self) -> &'static str {
        match self {
            Self::NotSubmitted => "–",
            Self::Waits => "·",
            Self::Unobserved => "○",
        }
    }
}

/// Returns the sign of a verdict, which is readable without colours.
pub(super) const fn verdict_mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✓",
        Verdict::Fail => "✗",
        Verdict::NotVerified => "?",
        Verdict::Error => "!",
    }
}

/// Returns why an item was not verified, if that needs no decision.
pub(super) fn absence(item: &ItemResult) -> Option<Absence> {
    if item.verdict != Verdict::NotVerified {
        return None;
    }
    match &item.reason {
        Some(Reason::Cause(Cause::NotDelivered {}) | Reason::NotVerified(NotVerified::NotSubmitted {})) => {
            Some(Absence::NotSubmitted)
        }
        Some(Reason::NotVerified(NotVerified::DependsOn { .. })) => Some(Absence::Waits),
        Some(Reason::Gap(gap)) => is_known(gap).then_some(Absence::Unobserved),
        Some(_) => None,
        None => {
            let gap = GapReason::from(displayed_finding(item)?.because.message().into_owned());
            is_known(&gap).then_some(Absence::Unobserved)
        }
    }
}

const fn is_known(gap: &GapReason) -> bool {
    !matches!(gap, GapReason::Other(_))
}

/// Returns true if a submission has no program for any item.
pub(super) fn is_without_program(submission: &SubmissionResult) -> bool {
    submission.items.iter().all(|item| absence(item) == Some(Absence::NotSubmitted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Finding;
    use crate::report::sample;

    #[test]
    fn items_that_need_no_decision_differ() {
        let pattern = sample::report().submissions.remove(0).items.remove(0);
        let with = |verdict, reason: Option<Reason>| absence(&ItemResult { verdict, reason, ..pattern.clone() });
        let waits = NotVerified::DependsOn { item: "a".to_owned() };
        let open = Verdict::NotVerified;
        assert_eq!(with(open, Some(Cause::NotDelivered {}.into())), Some(Absence::NotSubmitted));
        assert_eq!(with(open, Some(NotVerified::NotSubmitted {}.into())), Some(Absence::NotSubmitted));
        assert_eq!(with(open, Some(waits.into())), Some(Absence::Waits));
        assert_eq!(with(open, Some(GapReason::NoHosts {}.into())), Some(Absence::Unobserved));
        // A lab may count a missing program as a failure; a missing tool needs the instructor.
        assert_eq!(with(Verdict::Fail, Some(Cause::NotDelivered {}.into())), None);
        let tool = NotVerified::ToolMissing { tool: "go".to_owned(), file: "s.go".to_owned() };
        assert_eq!(with(open, Some(tool.into())), None);
        let mut item = ItemResult { verdict: open, reason: None, ..pattern };
        item.judged.findings = vec![Finding::not_verified(GapReason::PacketsPlain {})];
        assert_eq!(absence(&item), Some(Absence::Unobserved));
        assert_eq!(absence(&item.clone().into_summary()), Some(Absence::Unobserved), "in a row of a table, too");
        item.judged.findings = vec![Finding::not_verified(NotVerified::NothingSent {})];
        assert_eq!(absence(&item), None);
    }
}
