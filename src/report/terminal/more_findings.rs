//! Writes what else failed an item than the displayed finding.

use std::borrow::Cow;

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
    let first = displayed.map(|finding| finding.because.message());
    let causes = failed.map(|finding| finding.because.message()).filter(|cause| Some(cause) != first.as_ref());
    let mut others: Vec<Cow<'_, Message>> = Vec::new();
    for cause in causes {
        if !others.contains(&cause) {
            others.push(cause);
        }
    }
    if detail == Detail::Verbose {
        for cause in &others {
            page.labelled(&words.sentence("report-label-also"), NORMAL, &words.format(cause));
        }
    } else if !others.is_empty() {
        page.labelled("", DIM, &words.format(&Message::new("report-more-findings").with("n", others.len())));
    }
}
