//! Writes what else failed an item than the displayed finding.

use super::Detail;
use crate::i18n::Catalog;
use crate::model::report::ShownFinding;
use crate::model::{Message, Verdict};
use crate::report::layout::{DIM, NORMAL, TextLayout};

/// Writes the other causes in a verbose report, and else their number.
pub(super) fn write(
    page: &mut TextLayout,
    words: &Catalog,
    findings: &[ShownFinding<'_>],
    displayed: Option<&ShownFinding<'_>>,
    detail: Detail,
) {
    let failed = findings.iter().filter(|finding| finding.verdict == Verdict::Fail);
    let more = failed.clone().count().saturating_sub(1);
    if detail == Detail::Verbose {
        let first = displayed.map(|finding| finding.because.message());
        let causes = failed.map(|finding| finding.because.message());
        for cause in causes.filter(|cause| Some(cause) != first.as_ref()) {
            page.labelled(&words.sentence("report-label-also"), NORMAL, &words.format(&cause));
        }
    } else if more > 0 {
        page.labelled("", DIM, &words.format(&Message::new("report-more-findings").with("n", more)));
    }
}
