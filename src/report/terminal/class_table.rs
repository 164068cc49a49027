//! Writes a class as a table: one row for each submission, with a mark for each item, and the most
//! frequent causes.

use std::io;

use anstyle::Style;

use crate::i18n::{Catalog, escape_controls};
use crate::model::{ItemResult, Message, SubmissionResult, Verdict};
use crate::report::class_stats::ClassStats;
use crate::report::displayed::{Absence, absence};
use crate::report::layout::{BOLD, DIM, ERROR, FAIL, NOT_VERIFIED, PASS, TextLayout, pad, text_width};
use crate::report::{ClassReport, Totals};

/// Number of causes that are listed.
const MAX_CAUSES: usize = 5;
/// Longest name in a row, in columns.
const MAX_NAME_COLUMNS: usize = 32;

/// Writes the rows to `out`, then the meaning of the marks and the most frequent causes to the page.
pub(super) fn write(
    page: &mut TextLayout,
    words: &Catalog,
    class: ClassReport<'_>,
    out: &mut dyn io::Write,
) -> io::Result<Totals> {
    let (mut names, mut widest) = (0, 0);
    let mut longest: Vec<String> = Vec::new();
    let mut most = 0;
    let mut stats = ClassStats::default();
    let mut totals = Totals::default();
    class.each(|submission| {
        names = names.max(text_width(&row_label(submission)));
        widest = widest.max(text_width(&points(words, submission)));
        if submission.items.len() > most {
            most = submission.items.len();
            longest = groups(&submission.items);
        }
        stats.add(submission);
        totals.add(submission);
        Ok(())
    })?;
    class.each(|submission| {
        let points = points(words, submission);
        let gap = widest.saturating_sub(text_width(&points));
        let marks = marks(page, &submission.items);
        let label = pad(&row_label(submission), names);
        page.line(&format!("{label}  {:gap$}{}  {marks}", "", page.paint(BOLD, &points)));
        out.write_all(page.text.as_bytes())?;
        page.text.clear();
        Ok(())
    })?;
    page.gap();
    if !longest.is_empty() {
        page.hang("", DIM, &words.format(&Message::new("report-mark-order").with("items", longest.join(", "))));
    }
    page.hang("", DIM, &words.sentence("report-marks"));
    write_causes(page, words, stats);
    Ok(totals)
}

/// Returns the name in a row.
fn row_label(submission: &SubmissionResult) -> String {
    shortened(&escape_controls(&submission.label()))
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

fn write_causes(page: &mut TextLayout, words: &Catalog, stats: ClassStats) {
    let stats = stats.into_items();
    let all = stats.iter().flat_map(|item| item.causes.iter().map(|cause| (item.id.as_str(), cause)));
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
        let mut bytes = Vec::new();
        Terminal::PLAIN.render_table(ClassReport::of(&report), &words, &mut bytes).expect("written");
        let text = String::from_utf8(bytes).expect("text");
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
