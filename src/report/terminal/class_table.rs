//! Writes a class as a table: one row for each submission, with a mark for each item, and the most
//! frequent causes.

use anstyle::Style;

use crate::i18n::{Catalog, escape_controls};
use crate::model::{ItemResult, Message, Report, SubmissionResult, Verdict};
use crate::report::class_stats;
use crate::report::displayed::{absence, verdict_mark};
use crate::report::layout::{BOLD, DIM, ERROR, FAIL, NOT_VERIFIED, PASS, TextLayout, pad, text_width};

/// Number of causes that are listed.
const MAX_CAUSES: usize = 5;
/// Longest name in a row, in columns.
const MAX_NAME_COLUMNS: usize = 32;
/// Longest name that a narrow terminal does not shorten further, in columns.
const MIN_NAME_COLUMNS: usize = 16;
/// Columns between name, points and marks.
const GAP: usize = 2;

/// Writes the rows, the meaning of the marks, and the most frequent causes.
pub(super) fn write(page: &mut TextLayout, words: &Catalog, report: &Report) {
    let labels: Vec<String> = report.submissions.iter().map(|one| escape_controls(&one.label())).collect();
    let points: Vec<String> = report.submissions.iter().map(|one| points(words, one)).collect();
    let marks: Vec<String> = report.submissions.iter().map(|one| marks(page, &one.items)).collect();
    let widest_marks = report.submissions.iter().map(|one| marks_width(&one.items)).max().unwrap_or_default();
    let widest = |texts: &[String]| texts.iter().map(|text| text_width(text)).max().unwrap_or_default();
    // A narrow terminal gets the points without the word, and shorter names.
    let bare: Vec<String> = report.submissions.iter().map(|one| format!("{}/{}", one.points, one.of)).collect();
    let room = |points: &[String]| page.width.saturating_sub(widest_marks + widest(points) + 2 * GAP);
    let points = if room(&points) < MIN_NAME_COLUMNS.min(widest(&labels)) { bare } else { points };
    let names = widest(&labels).min(MAX_NAME_COLUMNS).min(room(&points).max(MIN_NAME_COLUMNS));
    let widest_points = widest(&points);
    for ((label, points), marks) in labels.iter().zip(&points).zip(&marks) {
        let gap = widest_points.saturating_sub(text_width(points));
        let name = pad(&shortened(label, names), names);
        page.line(&format!("{name}  {:gap$}{}  {marks}", "", page.paint(BOLD, points)));
    }
    page.gap();
    let longest = report.submissions.iter().map(|one| &one.items).max_by_key(|items| items.len());
    let groups = longest.map(|items| groups(items)).filter(|groups| !groups.is_empty());
    if let Some(groups) = groups {
        page.hang("", DIM, &words.format(&Message::new("report-mark-order").with("items", groups.join(", "))));
    }
    for line in packed(&words.sentence("report-marks"), page.width) {
        page.line(&page.paint(DIM, &line));
    }
    write_causes(page, words, report);
}

/// Returns the parts of a legend, which are set apart by three spaces, on lines of this width.
fn packed(legend: &str, width: usize) -> Vec<String> {
    const BETWEEN: &str = "   ";
    let mut lines: Vec<String> = Vec::new();
    for part in legend.split(BETWEEN) {
        match lines.last_mut() {
            Some(line) if text_width(line) + BETWEEN.len() + text_width(part) <= width => {
                line.push_str(BETWEEN);
                line.push_str(part);
            }
            _ => lines.push(part.to_owned()),
        }
    }
    lines
}

/// Returns the columns of the marks of these items.
fn marks_width(items: &[ItemResult]) -> usize {
    items.len() + groups(items).len().saturating_sub(1)
}

fn shortened(label: &str, columns: usize) -> String {
    if text_width(label) <= columns {
        return label.to_owned();
    }
    let mut text = String::new();
    for c in label.chars() {
        if text_width(&text) + 3 > columns {
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

/// Returns the mark of an item. Those of items that need no decision of the instructor recede.
fn mark(item: &ItemResult) -> (&'static str, Style) {
    if let Some(absence) = absence(item) {
        return (absence.mark(), DIM);
    }
    let style = match item.verdict {
        Verdict::Pass => PASS,
        Verdict::Fail => FAIL,
        Verdict::Error => ERROR,
        Verdict::NotVerified => NOT_VERIFIED,
    };
    (verdict_mark(item.verdict), style)
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
        assert_eq!(shortened("ana", MAX_NAME_COLUMNS), "ana");
        let long = shortened(&"x".repeat(90), MAX_NAME_COLUMNS);
        assert!(text_width(&long) <= MAX_NAME_COLUMNS && long.ends_with('…'), "{long}");
    }

    #[test]
    fn rows_and_legend_fit_narrow_terminals() {
        let mut report = sample::report();
        for submission in &mut report.submissions {
            submission.name = Some("Maria Aparecida de Oliveira e Silva".to_owned());
        }
        for language in Language::ALL {
            let words = sample::words(language);
            let text = Terminal { width: 60, ..Terminal::PLAIN }.render_class(&report, &words);
            let table: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
            assert!(table.iter().all(|line| text_width(line) <= 60), "{text}");
            let legend = packed(&words.sentence("report-marks"), 60);
            assert!(legend.iter().all(|line| text_width(line) <= 60 && !line.ends_with('·')), "{legend:?}");
        }
    }
}
