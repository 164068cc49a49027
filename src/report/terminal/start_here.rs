//! Writes which item to correct first.

use super::{Detail, cause_location};
use crate::i18n::Catalog;
use crate::model::{Cause, ItemResult, Message, Reason, SubmissionResult, Verdict};
use crate::report::displayed::{displayed_finding, reason};
use crate::report::layout::{BOLD, TextLayout};

/// Writes the first failed item with its cause and line, if several items failed. Items that depend
/// on others come after these.
pub(super) fn write(page: &mut TextLayout, words: &Catalog, submission: &SubmissionResult, detail: Detail) {
    let is_submitted = |item: &&ItemResult| !matches!(item.reason, Some(Reason::Cause(Cause::NotDelivered {})));
    let is_failed = |item: &&ItemResult| item.verdict == Verdict::Fail && is_submitted(item);
    let mut failed = submission.items.iter().filter(is_failed);
    let Some((item, cause)) = failed.next().and_then(|item| Some((item, reason(item)?.into_owned()))) else { return };
    // A report on one failed item begins with it anyway.
    if failed.next().is_none() && detail != Detail::Quiet {
        return;
    }
    let line = displayed_finding(item).and_then(|finding| cause_location(&finding));
    let id = if line.is_some() { "report-start-with-line" } else { "report-start-with" };
    let message =
        Message::new(id).with("item", item.id.as_str()).with("cause", cause).with("line", line.unwrap_or_default());
    page.hang("", BOLD, &words.format(&message));
    page.gap();
}
