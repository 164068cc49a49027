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
    let longest = report.submissions.iter().map(|one| &one.items).max_by_key(|items| items.len());
    let groups = longest.map(|items| groups(items)).filter(|groups| !groups.is_empty());
    if let Some(groups) = groups {
        page.hang("", DIM, &words.format(&Message::new("report-mark-order").with("items", groups.join(", "))));
    }
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

/// Returns the parts of the lab in the order of the marks, each with the number of its items.
fn groups(items: &[ItemResult]) -> Vec<String> {
    let mut groups: Vec<(&str, usize)> = Vec::new();
    for item in items {
        let part = item.id.as_str().rsplit_once('.').map_or(item.id.as_str(), |(part, _)| part);
        match groups.last_mut() {
            Some((last, count)) if *last == part => *count += 1,
            _ => groups.push((part, 1)),
        }
    }
    groups.into_iter().map(|(part, count)| format!("{} ({count})", escape_controls(part))).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;
    use crate::report::sample;
    use crate::report::terminal::Terminal;

    #[test]
    fn class_has_one_row_for_each_submission_and_one_mark_for_each_item() {
        let mut report = sample::report();
        let items = report.submissions[0].items.len();
        report.submissions.push(report.submissions[0].clone());
        let words = sample::words(Language::English);
        let text = Terminal::PLAIN.render_class(&report, &words);
        let rows: Vec<&str> = text.lines().take(report.submissions.len()).collect();
        let marks = |row: &&str| row.rsplit("points").next().unwrap_or_default().chars().filter(|c| *c != ' ').count();
        assert_eq!(marks(&rows[0]), items, "{text}");
        assert_eq!(rows[0], rows[report.submissions.len() - 1], "{text}");
        assert!(text.contains("items from left to right: "), "{text}");
    }

    #[test]
    fn long_names_are_shortened() {
        assert_eq!(shortened("ana"), "ana");
        let long = shortened(&"x".repeat(90));
        assert!(text_width(&long) <= MAX_NAME_COLUMNS && long.ends_with('…'), "{long}");
    }
}
