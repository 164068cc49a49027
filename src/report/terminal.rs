//! Renders the report for a person at a terminal.
//!
//! Each item has one line. A failed item is followed by the events, the cause and the next step for
//! the student. This module does not query the terminal: the caller passes width and colour.

mod class_table;
pub(crate) mod diff;
mod fold;
pub(crate) mod footer;
mod more_findings;
mod start_here;

use std::borrow::Cow;
use std::io;

use crate::i18n::{Catalog, escape_controls};
use crate::model::report::ShownFinding;
use crate::model::{ItemResult, Message, Report, SourceLocation, SubmissionResult, Verdict};

use super::displayed::{displayed_finding, reason, verdict_mark};
use super::hint::hint_sentence;
use super::{ClassReport, FormatSpec, Render, Totals, submission_notes};
use crate::report::layout::{
    BOLD, DIM, ERROR, FAIL, FILE_WIDTH, NORMAL, NOT_VERIFIED, PASS, TextLayout, pad, text_width, wrap,
};

/// The labels that are aligned below each other.
const LABELS: &[&str] = &[
    "report-label-cause",
    "report-label-also",
    "report-label-line",
    "report-label-sends",
    "report-label-hint",
    "report-label-expected",
    "report-label-repeat",
    "report-label-evidence",
    "report-label-note",
    "report-label-report",
    "report-label-seed",
    "report-label-unseen",
    "report-label-wanted",
    "report-label-got",
];

/// The report for a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terminal {
    /// If true, colours are used.
    pub colour: bool,
    /// The width in columns (at least 60 are used).
    pub width: usize,
    /// How much is written.
    pub detail: Detail,
}

/// How much of a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Where to start, and the points.
    Quiet,
    /// Equal reasons once, and one hint for each failed item.
    Normal,
    /// Every item by itself, all hints, and the line of the scenario.
    Verbose,
}

impl Terminal {
    /// For a file or a pipe.
    pub(crate) const PLAIN: Self = Self { colour: false, width: FILE_WIDTH, detail: Detail::Verbose };

    /// Returns the items and points of a submission without the lines about the run, for results
    /// that were judged without running anything.
    #[must_use]
    pub(crate) fn render_judged(self, submission: &SubmissionResult, words: &Catalog) -> String {
        let mut page = self.page(words);
        write_submission(&mut page, words, submission, self.detail);
        page.text
    }

    /// Writes a class as a table with one row for each submission.
    ///
    /// # Errors
    /// Returns an error if a submission cannot be read, or if writing to `out` fails.
    pub(crate) fn render_table(
        self,
        class: ClassReport<'_>,
        words: &Catalog,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let mut page = self.page(words);
        let totals = class_table::write(&mut page, words, class, out)?;
        page.gap();
        footer::write_end(&mut page, words, class.run, totals);
        out.write_all(page.text.as_bytes())
    }

    fn page(self, words: &Catalog) -> TextLayout {
        let widths = LABELS.iter().map(|id| text_width(&words.sentence(id)));
        TextLayout::new(self.width, widths.max().unwrap_or_default(), self.colour)
    }
}

impl Render for Terminal {
    fn spec(&self) -> FormatSpec {
        FormatSpec::new("terminal", "for people: one line per item, and the story of each failed item")
    }

    fn render_class(&self, class: ClassReport<'_>, words: &Catalog, out: &mut dyn io::Write) -> io::Result<()> {
        let mut page = self.page(words);
        let many = class.count > 1;
        let mut totals = Totals::default();
        class.each(|submission| {
            totals.add(submission);
            if many || submission.name.is_some() {
                page.line(&page.paint(BOLD, &escape_controls(&submission.label())));
            }
            write_submission(&mut page, words, submission, self.detail);
            if many {
                page.gap();
            }
            out.write_all(page.text.as_bytes())?;
            page.text.clear();
            Ok(())
        })?;
        footer::write_end(&mut page, words, class.run, totals);
        out.write_all(page.text.as_bytes())
    }
}

/// Writes a submission's items, one below the other, and its points.
fn write_submission(page: &mut TextLayout, words: &Catalog, submission: &SubmissionResult, detail: Detail) {
    if detail != Detail::Quiet {
        submission_notes::write_head(page, words, submission);
    }
    if detail != Detail::Verbose {
        start_here::write(page, words, submission, detail);
    }
    if detail != Detail::Quiet {
        write_items(page, words, &submission.items, detail);
    }
    footer::write_submission(page, words, submission);
}

fn write_items(page: &mut TextLayout, words: &Catalog, items: &[ItemResult], detail: Detail) {
    let columns = ColumnWidths::of(items, words);
    let mut k = 0;
    while let Some(item) = items.get(k) {
        let equal = if detail == Detail::Normal { fold::equal_reasons(&items[k..]) } else { 1 };
        if equal > 1 {
            fold::write(page, words, &items[k..k + equal], &columns);
        } else {
            write_item(page, words, item, same_cause(&items[..k], item), &columns, detail);
        }
        k += equal;
    }
    if !items.is_empty() {
        page.gap();
    }
}

/// Returns the text below an item's title, without colours, for formats that can include it.
pub(super) fn details(item: &ItemResult, words: &Catalog) -> String {
    let mut page = Terminal::PLAIN.page(words);
    write_body(&mut page, words, item, None, Detail::Verbose);
    page.text
}

/// Returns the text above a submission's items, without colours.
pub(super) fn text_above_items(submission: &SubmissionResult, words: &Catalog) -> String {
    let mut page = Terminal::PLAIN.page(words);
    submission_notes::write_head(&mut page, words, submission);
    page.text
}

/// Returns the text below all submissions, without colours.
pub(super) fn text_below_items(run: &Report, totals: Totals, words: &Catalog) -> String {
    let mut page = Terminal::PLAIN.page(words);
    footer::write_end(&mut page, words, run, totals);
    page.text
}

/// The widths of the columns beside the titles of a submission's items.
struct ColumnWidths {
    ids: usize,
    points: usize,
    documented: usize,
}

impl ColumnWidths {
    fn of(items: &[ItemResult], words: &Catalog) -> Self {
        let widest = |width: &dyn Fn(&ItemResult) -> usize| {
            let all = items.iter().map(width);
            all.max().unwrap_or_default()
        };
        Self {
            ids: widest(&|item| text_width(item.id.as_str())),
            points: widest(&|item| text_width(&points(words, item))),
            documented: widest(&|item| {
                submission_notes::documented(words, item).map_or(0, |text| text_width(&text) + 2)
            }),
        }
    }
}

/// Returns the first of these items of the same role that failed for the same cause, whichever
/// client and number of bytes showed it.
fn same_cause<'a>(earlier: &'a [ItemResult], item: &ItemResult) -> Option<&'a ItemResult> {
    let cause = |item: &ItemResult| {
        let mut cause = reason(item).filter(|_| item.verdict == Verdict::Fail)?.into_owned();
        cause.args.remove("client");
        cause.args.remove("bytes");
        Some(cause)
    };
    let own = cause(item)?;
    let of_role = |other: &&ItemResult| other.role.is_some() && other.role == item.role;
    earlier.iter().filter(of_role).find(|other| cause(other).as_ref() == Some(&own))
}

/// Writes an item's title and the text below it. `earlier` failed for the same cause.
fn write_item(
    page: &mut TextLayout,
    words: &Catalog,
    item: &ItemResult,
    earlier: Option<&ItemResult>,
    beside: &ColumnWidths,
    detail: Detail,
) {
    let style = match item.verdict {
        Verdict::Pass => PASS,
        Verdict::Fail => FAIL,
        Verdict::NotVerified => NOT_VERIFIED,
        Verdict::Error => ERROR,
    };
    let points = points(words, item);
    let left = beside.ids + 4;
    let room = page.width.saturating_sub(left + beside.points + beside.documented + 2);
    for (k, title) in wrap(&title(words, item), room).iter().enumerate() {
        let title = if item.verdict == Verdict::Fail { page.paint(BOLD, &pad(title, room)) } else { pad(title, room) };
        if k == 0 {
            let mark = page.paint(style, verdict_mark(item.verdict));
            let id = pad(item.id.as_str(), beside.ids);
            let gap = beside.points.saturating_sub(text_width(&points));
            let points = page.paint(style, &points);
            let documented =
                submission_notes::documented(words, item).map_or_else(String::new, |text| format!("  {text}"));
            page.line(&format!("{mark} {id}  {title}  {:gap$}{points}{documented}", ""));
        } else {
            page.line(&format!("{:left$}{}", "", title.trim_end()));
        }
    }
    write_body(page, words, item, earlier, detail);
}

/// Writes the text below an item's title.
fn write_body(page: &mut TextLayout, words: &Catalog, item: &ItemResult, earlier: Option<&ItemResult>, detail: Detail) {
    write_verdict(page, words, item, earlier, detail);
    submission_notes::write_documented(page, words, item);
}

/// Writes the details of an item's verdict.
fn write_verdict(
    page: &mut TextLayout,
    words: &Catalog,
    item: &ItemResult,
    earlier: Option<&ItemResult>,
    detail: Detail,
) {
    match item.verdict {
        Verdict::Pass => {
            let shown = item.shown();
            let notes = shown.findings.iter().flat_map(|finding| finding.notes);
            write_notes(page, words, shown.notes.iter().copied().chain(notes));
        }
        Verdict::Fail => write_failure(page, words, item, earlier, detail),
        Verdict::NotVerified | Verdict::Error => {
            let id = if item.verdict == Verdict::Error { "report-error" } else { "report-not-verified" };
            let reason = reason(item).map(Cow::into_owned);
            let reason = reason.unwrap_or_else(|| Message::new("report-no-reason"));
            let text = words.format(&Message::new(id).with("reason", reason));
            page.hang("    ", NORMAL, &text);
        }
    }
}

/// Writes the details of a failed item: its events, and one cause in full, unless an earlier item
/// failed for it too.
fn write_failure(
    page: &mut TextLayout,
    words: &Catalog,
    item: &ItemResult,
    earlier: Option<&ItemResult>,
    detail: Detail,
) {
    let is_verbose = detail == Detail::Verbose;
    // The earlier item has the story, the hints and the evidence of the fault.
    let is_brief = earlier.is_some() && !is_verbose;
    let number = item.story.len().to_string().len();
    for (k, line) in item.story.iter().filter(|_| !is_brief).enumerate() {
        let head = format!("    {:number$} ", k + 1);
        page.hang(&head, NORMAL, &words.format(line));
    }
    let merged = item.shown();
    let shown = displayed_finding(item);
    if let Some(difference) = shown.and_then(|finding| finding.difference).filter(|_| !is_brief) {
        diff::write(page, words, difference);
    }
    let same = earlier.map(|earlier| Message::new("report-same-cause").with("item", earlier.id.as_str()));
    if let Some(cause) = same.map(Cow::Owned).or_else(|| reason(item)) {
        page.labelled(&words.sentence("report-label-cause"), BOLD, &words.format(&cause));
    }
    if let Some(line) = shown.and_then(|finding| cause_location(&finding)) {
        page.labelled_whole(&words.sentence("report-label-line"), &line);
    } else if let Some(place) = shown.and_then(|finding| finding.sends_at) {
        page.labelled_whole(&words.sentence("report-label-sends"), &line_text(place));
    }
    if is_brief {
        return;
    }
    let own_hints = usize::from(earlier.is_some() && shown.is_some_and(|finding| finding.because.hint().is_some()));
    let shown_hints = if is_verbose { usize::MAX } else { 1 };
    for (k, hint) in hints(item, words).skip(own_hints).take(shown_hints).enumerate() {
        let label = if k == 0 { words.sentence("report-label-hint") } else { String::new() };
        page.labelled(&label, NORMAL, &hint);
    }
    if let Some(finding) = shown.filter(|finding| is_verbose && !finding.at.file.is_empty()) {
        let asked = format!("{}   - {}", finding.at, finding.expectation);
        page.labelled_whole(&words.sentence("report-label-expected"), &escape_controls(&asked));
    }
    if !item.repeat.is_empty() {
        page.labelled_command(&words.sentence("report-label-repeat"), &escape_controls(&item.repeat));
    }
    if let Some(folder) = merged.evidence {
        let message = match &item.filter {
            Some(filter) => {
                Message::new("report-evidence-packets").with("folder", folder).with("filter", filter.as_str())
            }
            None => Message::new("report-evidence").with("folder", folder),
        };
        page.labelled_wide(&words.sentence("report-label-evidence"), &words.format(&message));
    }
    let notes = shown.into_iter().flat_map(|finding| finding.notes);
    write_notes(page, words, merged.notes.into_iter().chain(notes));
    more_findings::write(page, words, &merged.findings, shown.as_ref(), detail);
}

/// Writes notes without duplicates.
fn write_notes<'a>(page: &mut TextLayout, words: &Catalog, notes: impl Iterator<Item = &'a Message>) {
    let mut written: Vec<&Message> = Vec::new();
    for note in notes {
        if !written.contains(&note) {
            written.push(note);
            page.labelled(&words.sentence("report-label-note"), DIM, &words.format(note));
        }
    }
}

/// Returns the location of the cause in the submission, if its line is known. A file without a line
/// is only the program that was started.
pub(super) fn cause_location(finding: &ShownFinding<'_>) -> Option<String> {
    finding.source.filter(|place| place.line > 0).map(line_text)
}

/// Formats a location that has a line.
pub(super) fn line_text(place: &SourceLocation) -> String {
    let SourceLocation { file, line, column } = place;
    let column = if *column > 0 { format!(":{column}") } else { String::new() };
    escape_controls(&format!("{file}:{line}{column}"))
}

/// Returns the hints for the student: of the displayed finding, then of the lab's author.
pub(super) fn hints(item: &ItemResult, words: &Catalog) -> impl Iterator<Item = String> {
    let of_finding = displayed_finding(item).and_then(|finding| hint_sentence(&finding, words));
    let of_author = item.hint.as_ref().map(|hint| one_line(words.author_text(hint)));
    of_finding.into_iter().chain(of_author)
}

/// Returns the item's title in the reader's language, on one line.
pub(super) fn title(words: &Catalog, item: &ItemResult) -> String {
    one_line(words.author_text(&item.title))
}

/// Returns the item's points. If nothing was proved, a dash replaces the earned points.
pub(super) fn points(words: &Catalog, item: &ItemResult) -> String {
    let message = Message::new("points").with("of", item.of);
    words.format(&match item.verdict {
        Verdict::Pass | Verdict::Fail => message.with("earned", item.earned),
        // An instructor may give points for what was not verified.
        Verdict::NotVerified | Verdict::Error if item.mark().is_some() => message.with("earned", item.earned),
        Verdict::NotVerified | Verdict::Error => message.with("earned", "–"),
    })
}

/// Returns an author's text on one line, safe to print.
fn one_line(text: &str) -> String {
    escape_controls(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}
