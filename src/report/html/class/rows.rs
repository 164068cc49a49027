//! The rows of the table of a class. The first ones are markup of the page. The others of a large
//! class are data, of which the script makes rows when they are displayed, and markup of further
//! pages for readers without a script.

use std::collections::BTreeMap;
use std::io;

use askama::Template;

use super::{Group, Head, Labels, Meaning, absent, marked};
use crate::i18n::escape_controls;
use crate::model::{ItemResult, SubmissionResult, Verdict};
use crate::report::class_stats::{self, ItemStats};
use crate::report::displayed::absence;
use crate::report::html::bilingual::{Bilingual, Catalogs};

/// Number of rows that are markup of one page: a browser needs seconds to lay out 10,000 rows.
pub(super) const ROWS_PER_PAGE: usize = 500;

/// A row of the table.
pub(super) struct ClassRow {
    pub(super) name: String,
    /// The id, if the name is another one.
    pub(super) id: Option<String>,
    pub(super) page: String,
    pub(super) points: u32,
    pub(super) of: u32,
    pub(super) cells: Vec<Cell>,
    /// If there are no cells, the reason.
    pub(super) reason: Option<Bilingual>,
    /// The cells after those of the items: if the class has such columns, the number of items that
    /// the written report answers, and the points that were given by hand.
    pub(super) more: Vec<String>,
}

/// A cell of the table.
pub(super) struct Cell {
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
    pub(super) cause: Option<usize>,
    /// True if the written report answers the item.
    pub(super) is_documented: bool,
}

/// The cell of an item that the submission does not have.
const EMPTY: Cell = Cell { class: "", mark: "", cause: None, is_documented: false };

impl Cell {
    fn of(found: &ItemResult, item: &ItemStats) -> Self {
        let (class, mark) = absence(found).map_or(marked(found.verdict), absent);
        // Causes are listed only for items that at least one submission failed.
        let is_listed = item.counts[class_stats::verdict_index(Verdict::Fail)] > 0;
        let is_documented = found.documented().is_some_and(|written| written.answered);
        Self { class, mark, cause: item.cause_of(found).filter(|_| is_listed), is_documented }
    }

    /// Returns the cell as a letter and the number of its cause: `f3`. An empty cell is a point. A
    /// star means that the written report answers the item.
    fn code(&self) -> String {
        let class = if self.class.is_empty() { "." } else { self.class };
        let cause = self.cause.map(|cause| cause.to_string()).unwrap_or_default();
        format!("{class}{cause}{}", if self.is_documented { "*" } else { "" })
    }
}

/// Returns the row of a submission.
pub(super) fn row(
    submission: &SubmissionResult,
    page: &str,
    taught: &[ItemStats],
    frame: &Frame<'_>,
    catalogs: &Catalogs,
) -> ClassRow {
    let name = submission.display_name();
    let of_item = |item: &ItemStats| submission.items.iter().find(|one| one.id.as_str() == item.id);
    let cells = taught.iter().map(|item| of_item(item).map_or(EMPTY, |found| Cell::of(found, item)));
    let marks = || submission.items.iter().filter_map(ItemResult::mark);
    let is_marked = marks().next().is_some();
    // An item that was not run has the reason of the whole submission.
    let is_untried = submission.items.iter().all(|item| item.reason == submission.reason);
    let reason = submission.reason.as_ref().filter(|_| is_untried && !is_marked);
    let written = submission.items.iter().filter_map(ItemResult::documented).filter(|one| one.answered).count();
    let by_hand: i64 = marks().map(|mark| i64::from(mark.points)).sum();
    let mut more = Vec::new();
    if frame.has_written {
        more.push(if written > 0 { written.to_string() } else { String::new() });
    }
    if frame.has_by_hand {
        more.push(if is_marked { format!("{by_hand:+}") } else { String::new() });
    }
    ClassRow {
        name: escape_controls(name),
        id: (name != submission.id.0).then(|| escape_controls(submission.id.short())),
        page: page.to_owned(),
        points: submission.points,
        of: submission.of,
        cells: if reason.is_some() { Vec::new() } else { cells.collect() },
        reason: reason.map(|reason| catalogs.say(&reason.message())),
        more,
    }
}

/// The values that all pages of a class have in common.
pub(super) struct Frame<'p> {
    pub(super) language: &'static str,
    /// The policy of a page without a script.
    pub(super) policy: String,
    pub(super) style: &'p str,
    /// The heading in the reader's language.
    pub(super) title: &'p str,
    pub(super) heading: &'p Bilingual,
    pub(super) groups: &'p [Group<'p>],
    pub(super) heads: &'p [Head<'p>],
    pub(super) verdicts: &'p [Meaning],
    pub(super) most: u32,
    /// True if the table has a column for written reports, and one for points given by hand.
    pub(super) has_written: bool,
    pub(super) has_by_hand: bool,
    pub(super) w: &'p Labels,
}

/// A page with rows of a large class, for readers without a script.
#[derive(Template)]
#[template(path = "class-rows.html")]
struct RowsPage<'p> {
    language: &'static str,
    policy: &'p str,
    style: &'p str,
    title: &'p str,
    heading: &'p Bilingual,
    groups: &'p [Group<'p>],
    heads: &'p [Head<'p>],
    verdicts: &'p [Meaning],
    most: u32,
    has_written: bool,
    has_by_hand: bool,
    rows: &'p [ClassRow],
    range: &'p str,
    w: &'p Labels,
}

/// A further page, and the rows on it.
pub(super) struct Further {
    /// Its file, beside the page of the class.
    pub(super) file: String,
    /// The numbers of its first and its last row.
    pub(super) range: String,
}

/// The rows while they are collected. Those of further pages stay in memory only until the page is
/// full.
#[derive(Default)]
pub(super) struct Rows {
    count: usize,
    first: Vec<ClassRow>,
    /// The rows of the next further page.
    further: Vec<ClassRow>,
    /// All rows but the first ones, as JSON.
    more: String,
    reasons: Vec<Bilingual>,
    /// The indices of the reasons by their texts.
    indices: BTreeMap<String, usize>,
    pages: Vec<Further>,
}

impl Rows {
    /// Adds a row. Writes a further page if it is full.
    pub(super) fn add(
        &mut self,
        row: ClassRow,
        frame: &Frame<'_>,
        write: &mut dyn FnMut(&str, &str) -> io::Result<()>,
    ) -> io::Result<()> {
        self.count += 1;
        if self.first.len() < ROWS_PER_PAGE {
            self.first.push(row);
            return Ok(());
        }
        let reason = row.reason.as_ref().map(|reason| self.reason_index(reason));
        let cells: String = row.cells.iter().map(Cell::code).collect();
        let data = serde_json::json!([row.name, row.id, row.page, row.points, row.of, cells, reason, row.more]);
        self.more += if self.more.is_empty() { "" } else { ",\n" };
        self.more += &data.to_string();
        self.further.push(row);
        if self.further.len() < ROWS_PER_PAGE { Ok(()) } else { self.finish(frame, write) }
    }

    /// Writes the last further page, if rows are left.
    pub(super) fn finish(
        &mut self,
        frame: &Frame<'_>,
        write: &mut dyn FnMut(&str, &str) -> io::Result<()>,
    ) -> io::Result<()> {
        if self.further.is_empty() {
            return Ok(());
        }
        let range = format!("{}–{}", self.count - self.further.len() + 1, self.count);
        let page = RowsPage {
            language: frame.language,
            policy: &frame.policy,
            style: frame.style,
            title: frame.title,
            heading: frame.heading,
            groups: frame.groups,
            heads: frame.heads,
            verdicts: frame.verdicts,
            most: frame.most,
            has_written: frame.has_written,
            has_by_hand: frame.has_by_hand,
            rows: &self.further,
            range: &range,
            w: frame.w,
        };
        let file = format!("rows-{}.html", self.pages.len() + 2);
        write(&file, &page.render().map_err(io::Error::other)?)?;
        self.further.clear();
        self.pages.push(Further { file, range });
        Ok(())
    }

    fn reason_index(&mut self, reason: &Bilingual) -> usize {
        let next = self.reasons.len();
        let index = *self.indices.entry(reason.to_string()).or_insert(next);
        if index == next {
            self.reasons.push(reason.clone());
        }
        index
    }

    /// Returns the rows that are markup.
    pub(super) fn first(&self) -> &[ClassRow] {
        &self.first
    }

    /// Returns the other rows as JSON, which cannot end the element around it.
    pub(super) fn json(&self) -> String {
        format!("[{}]", self.more).replace('<', "\\u003c")
    }

    /// Returns the reasons to which rows of the JSON refer.
    pub(super) fn reasons(&self) -> &[Bilingual] {
        &self.reasons
    }

    /// Returns the further pages.
    pub(super) fn pages(&self) -> &[Further] {
        &self.pages
    }
}
