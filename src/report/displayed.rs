//! The finding and the reason that reports show for an item.

use std::borrow::Cow;

use crate::model::report::ShownFinding;
use crate::model::{Cause, ItemResult, Message, NotVerified, Reason, Verdict};

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
}

/// Returns why an item was not verified, if that needs no decision.
pub(super) fn absence(item: &ItemResult) -> Option<Absence> {
    match (item.verdict, &item.reason) {
        (Verdict::NotVerified, Some(Reason::Cause(Cause::NotDelivered {}))) => Some(Absence::NotSubmitted),
        (Verdict::NotVerified, Some(Reason::NotVerified(NotVerified::DependsOn { .. }))) => Some(Absence::Waits),
        _ => None,
    }
}
