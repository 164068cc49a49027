//! Writes a class as a table: one row for each submission, with a mark for each item, and the most
//! frequent causes.

use anstyle::Style;

use crate::i18n::{Catalog, escape_controls};
use crate::model::{ItemResult, Message, Report, SubmissionResult, Verdict};
use crate::report::class_stats;
use crate::report::displayed::{Absence, absence};
use crate::report::layout::{BOLD, DIM, ERROR, FAIL, NOT_VERIFIED, PASS, TextLayout, pad, text_width};

/// Number of causes that are listed.
const MAX_CAUSES: usize = 5;
/// Longest name in a row, in columns.
const MAX_NAME_COLUMNS: usize = 32;

/// Writes the rows, the meaning of the marks, and the most frequent causes.
pub(super) fn write(page: &mut TextLayout, words: &Catalog, report: &Report) {
    let labels: Vec<String> = report.submissions.iter().map(|one| shortened(&escape_controls(&one.label()))).collect();
    let names = labels.iter().map(|label| text_width(label)).max().unwrap_or_default();
    let points: Vec<String> = report.submissions.iter().map(|one| points(words, one)).collect();
    let widest = points.iter().map(|text| text_width(text)).max().unwrap_or_default();
    for ((submission, label), points) in report.submissions.iter().zip(&labels).zip(&points) {
        let gap = widest.saturating_sub(text_width(points));
        let marks = marks(page, &submission.items);
        page.line(&format!("{}  {:gap$}{}  {marks}", pad(label, names), "", page.paint(BOLD, points)));
    }
    page.gap();
    page.hang("", DIM, &words.sentence("report-marks"));
    write_causes(page, words, report);
}

fn shortened(label: &str) -> String {
    if text_width(label) <= MAX_NAME_COLUMNS {
        return label.to_owned();
    }
    let mut text = String::new();
    for c in label.chars() {
        if text_width(&text) + 3 > MAX_NAME_COLUMNS {
            break;
        }
        text.push(c);
    }
    format!("{text}…")
}

fn points(words: &Catalog, submission: &SubmissionResult) -> String {
    words.format(&Message::new("points").with("earned", submission.points).with("of", submission.of))
}

/// Returns the marks of the items, those of each role together.
fn marks(page: &TextLayout, items: &[ItemResult]) -> String {
    let mut text = String::new();
    let mut last = None;
    for item in items {
        let part = item.id.as_str().rsplit_once('.').map(|(part, _)| part);
        if last.is_some_and(|last| last != part) {
            text.push(' ');
        }
        last = Some(part);
        let (mark, style) = mark(item);
        text.push_str(&page.paint(style, mark));
    }
    text
}

/// Returns the mark of an item. An item that was not submitted, or that waits for another one, needs
/// no decision of the instructor.
fn mark(item: &ItemResult) -> (&'static str, Style) {
    match (item.verdict, absence(item)) {
        (_, Some(Absence::NotSubmitted)) => ("–", DIM),
        (_, Some(Absence::Waits)) => ("·", DIM),
        (Verdict::Pass, None) => ("✓", PASS),
        (Verdict::Fail, None) => ("✗", FAIL),
        (Verdict::Error, None) => ("!", ERROR),
        (Verdict::NotVerified, None) => ("?", NOT_VERIFIED),
    }
}

fn write_causes(page: &mut TextLayout, words: &Catalog, report: &Report) {
    let stats = class_stats::item_stats(report);
    let all = stats.iter().flat_map(|item| item.causes.iter().map(|cause| (item.id, cause)));
    let mut failed: Vec<_> = all.filter(|(_, cause)| cause.verdict == Verdict::Fail).collect();
    failed.sort_by_key(|(_, cause)| std::cmp::Reverse(cause.count));
    if failed.is_empty() {
        return;
    }
    page.gap();
    page.line(&page.paint(BOLD, &words.sentence("report-frequent-causes")));
    for (item, cause) in failed.into_iter().take(MAX_CAUSES) {
        let text = words.format(&cause.message);
        page.hang(&format!("  {:>3} × {item}: ", cause.count), crate::report::layout::NORMAL, &text);
    }
}
