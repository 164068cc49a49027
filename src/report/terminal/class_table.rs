//! Writes a class as a table: one row for each submission, with a mark for each item, and the most
//! frequent causes.

use std::io;

use anstyle::Style;

use crate::i18n::{Catalog, escape_controls};
use crate::model::{ItemResult, Message, SubmissionResult, Verdict};
use crate::report::class_stats::ClassStats;
use crate::report::displayed::{absence, verdict_mark};
use crate::report::layout::{BOLD, DIM, ERROR, FAIL, NOT_VERIFIED, PASS, TextLayout, pad, text_width};
use crate::report::{ClassReport, Totals};

/// Number of causes that are listed.
const MAX_CAUSES: usize = 5;
/// Longest name in a row, in columns.
const MAX_NAME_COLUMNS: usize = 32;
/// Longest name that a narrow terminal does not shorten further, in columns.
const MIN_NAME_COLUMNS: usize = 16;
/// Columns between name, points and marks.
const GAP: usize = 2;

/// Writes the rows to `out`, then the meaning of the marks and the most frequent causes to the
/// page.
pub(super) fn write(
    page: &mut TextLayout,
    words: &Catalog,
    class: ClassReport<'_>,
    out: &mut dyn io::Write,
) -> io::Result<Totals> {
    let mut widths = Widths::default();
    let mut longest: Vec<String> = Vec::new();
    let mut most = 0;
    let mut stats = ClassStats::default();
    let mut totals = Totals::default();
    class.each(|submission| {
        widths.add(submission, words);
        if submission.items.len() > most {
            most = submission.items.len();
            longest = groups(&submission.items);
        }
        stats.add(submission);
        totals.add(submission);
        Ok(())
    })?;
    let columns = widths.columns(page.width);
    class.each(|submission| {
        let points = if columns.are_points_bare { bare_points(submission) } else { points(words, submission) };
        let gap = columns.points.saturating_sub(text_width(&points));
        let marks = marks(page, &submission.items);
        let name = pad(&shortened(&label(submission), columns.names), columns.names);
        page.line(&format!("{name}  {:gap$}{}  {marks}", "", page.paint(BOLD, &points)));
        out.write_all(page.text.as_bytes())?;
        page.text.clear();
        Ok(())
    })?;
    page.gap();
    if !longest.is_empty() {
        page.hang("", DIM, &words.format(&Message::new("report-mark-order").with("items", longest.join(", "))));
    }
    for line in packed(&words.sentence("report-marks"), page.width) {
        page.line(&page.paint(DIM, &line));
    }
    write_causes(page, words, stats);
    Ok(totals)
}

/// The widest texts of a class, in columns.
#[derive(Default)]
struct Widths {
    names: usize,
    points: usize,
    bare_points: usize,
    marks: usize,
}

/// The columns of the table.
struct Columns {
    names: usize,
    points: usize,
    are_points_bare: bool,
}

impl Widths {
    fn add(&mut self, submission: &SubmissionResult, words: &Catalog) {
        self.names = self.names.max(text_width(&label(submission)));
        self.points = self.points.max(text_width(&points(words, submission)));
        self.bare_points = self.bare_points.max(text_width(&bare_points(submission)));
        self.marks = self.marks.max(marks_width(&submission.items));
    }

    /// Returns the columns for a page of this width. A narrow terminal gets the points without the
    /// word, and shorter names.
    fn columns(&self, width: usize) -> Columns {
        let room = |points: usize| width.saturating_sub(self.marks + points + 2 * GAP);
        let are_points_bare = room(self.points) < MIN_NAME_COLUMNS.min(self.names);
        let points = if are_points_bare { self.bare_points } else { self.points };
        let names = self.names.min(MAX_NAME_COLUMNS).min(room(points).max(MIN_NAME_COLUMNS));
        Columns { names, points, are_points_bare }
    }
}

/// Returns the name in a row.
fn label(submission: &SubmissionResult) -> String {
    escape_controls(&submission.label())
}

/// Returns the points without the word.
fn bare_points(submission: &SubmissionResult) -> String {
    format!("{}/{}", submission.points, submission.of)
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
            let mut bytes = Vec::new();
            let terminal = Terminal { width: 60, ..Terminal::PLAIN };
            terminal.render_table(ClassReport::of(&report), &words, &mut bytes).expect("written");
            let text = String::from_utf8(bytes).expect("text");
            let table: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
            assert!(table.iter().all(|line| text_width(line) <= 60), "{text}");
            let legend = packed(&words.sentence("report-marks"), 60);
            assert!(legend.iter().all(|line| text_width(line) <= 60 && !line.ends_with('·')), "{legend:?}");
        }
    }
}
