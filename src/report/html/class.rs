//! The page of a class: the results of each item, its most frequent causes, and the distribution of
//! points. It links to the pages of the submissions, but does not use their content.
//!
//! Each row is a submission, each cell an item. Cells are plain table cells with a one-letter
//! class. A class of a thousand has some twenty thousand cells, so every byte and element of a cell
//! multiplies. The cause of a cell is therefore stored once, in the list of causes, where the
//! script looks it up.

mod summary;

use askama::Template;

use self::summary::Summary;
use super::bilingual::{Bilingual, Catalogs};
use super::item::ABSENT;
use super::policy_source;
use crate::i18n::escape_controls;
use crate::model::{ItemResult, Message, Report, SubmissionResult, Verdict};
use crate::report::class_stats::{self, ItemStats};
use crate::report::displayed::{Absence, absence, verdict_mark};

const STYLE: &str = concat!(include_str!("../../../templates/base.css"), include_str!("../../../templates/class.css"));
const SCRIPT: &str = include_str!("../../../templates/class.js");

/// Number of items displayed at first, those that most submissions failed. The others are displayed
/// on request.
const ITEMS_SHOWN_AT_FIRST: usize = 4;
/// Number of an item's causes displayed at first. The others are displayed on request.
const CAUSES_SHOWN_AT_FIRST: usize = 3;

/// The input of the page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClassPage<'a> {
    /// The results. Only the fields of an item that a table row keeps are needed.
    pub report: &'a Report,
    /// The relative path from this page to the page of each submission, in the report's order. Only
    /// letters, digits, `/`, `-`, `_` and `.` are allowed.
    pub pages: &'a [String],
    /// True if submissions are named by numbers.
    pub anonymous: bool,
}

#[derive(Template)]
#[template(path = "class.html")]
struct Page<'p> {
    language: &'static str,
    policy: String,
    style: String,
    script: &'static str,
    /// The heading in the reader's language.
    title: String,
    summary: Summary,
    anonymous: Option<Bilingual>,
    interrupted: Option<Bilingual>,
    again: Vec<Item<'p>>,
    again_more: Vec<Item<'p>>,
    again_more_text: Bilingual,
    /// The items that at least one submission passed and none failed.
    sound: Vec<&'p str>,
    /// The items that no submission passed or failed.
    unproved: Vec<&'p str>,
    groups: Vec<Group<'p>>,
    heads: Vec<Head<'p>>,
    verdicts: Vec<Meaning>,
    most: u32,
    /// True if a submission has a written report, or points that were given by hand.
    has_written: bool,
    has_by_hand: bool,
    rows: Vec<ClassRow<'p>>,
    w: Labels,
}

/// An item that at least one submission failed.
struct Item<'p> {
    place: usize,
    id: &'p str,
    title: Bilingual,
    passed: Bilingual,
    parts: Vec<Part>,
    counts: Vec<(&'static str, Bilingual)>,
    causes: Vec<Why>,
    more: Vec<Why>,
    more_text: Bilingual,
}

/// A part of a bar, in thousandths of its width.
struct Part {
    class: &'static str,
    x: usize,
    width: usize,
}

struct Why {
    place: usize,
    class: &'static str,
    count: usize,
    text: Bilingual,
    is_example: bool,
}

/// Adjacent items with the same prefix.
struct Group<'p> {
    name: &'p str,
    columns: usize,
}

struct Head<'p> {
    id: &'p str,
    short: &'p str,
    rate: usize,
}

/// The legend of a mark in the table.
struct Meaning {
    letter: &'static str,
    mark: &'static str,
    text: Bilingual,
}

struct ClassRow<'p> {
    name: String,
    /// The id, if the name is another one.
    id: Option<String>,
    page: &'p str,
    points: u32,
    of: u32,
    cells: Vec<Cell>,
    /// If there are no cells, the reason.
    reason: Option<Bilingual>,
    /// The number of items that the written report answers, and the points that were given by hand.
    written: usize,
    by_hand: String,
}

struct Cell {
    class: &'static str,
    mark: &'static str,
    cause: Option<usize>,
    /// True if the written report answers the item.
    is_documented: bool,
}

macro_rules! labels {
    ($($name:ident = $id:literal),* $(,)?) => {
        /// The texts that every page of a class contains.
        struct Labels { $($name: Bilingual),* }
        impl Labels {
            fn of(catalogs: &Catalogs) -> Self {
                Self { $($name: catalogs.say(&Message::new($id))),* }
            }
        }
    };
}
labels! {
    skip = "class-skip",
    light = "result-light",
    dark = "result-dark",
    again = "class-again",
    again_none = "class-again-none",
    sound = "class-sound",
    unproved = "class-unproved",
    show = "class-show",
    example = "class-example",
    spread = "class-spread",
    table = "class-table",
    table_about = "class-table-about",
    no_script = "class-no-script",
    search = "class-search",
    item = "class-item",
    any_item = "class-any-item",
    verdict = "class-verdict",
    any_verdict = "class-any-verdict",
    from = "class-from",
    to = "class-to",
    reset = "class-reset",
    shown = "class-shown",
    none_shown = "class-none-shown",
    submission = "class-submission",
    points = "class-points",
    rate = "class-rate",
    counts_about = "class-counts-about",
    documented = "class-documented",
    written = "class-written",
    by_hand = "class-by-hand",
    open = "class-open",
}

/// Returns a verdict's letter in the table, and its mark.
const fn marked(verdict: Verdict) -> (&'static str, &'static str) {
    let letter = match verdict {
        Verdict::Pass => "p",
        Verdict::Fail => "f",
        Verdict::NotVerified => "n",
        Verdict::Error => "e",
    };
    (letter, verdict_mark(verdict))
}

/// Returns the letter and the mark of an item that needs no decision.
const fn absent(why: Absence) -> (&'static str, &'static str) {
    let letter = match why {
        Absence::NotSubmitted => "a",
        Absence::Waits => "w",
        Absence::Unobserved => "u",
    };
    (letter, why.mark())
}

/// Returns the message with the number of items that need no decision.
const fn count_id(why: Absence) -> &'static str {
    match why {
        Absence::NotSubmitted => "class-count-not-submitted",
        Absence::Waits => "class-count-waits",
        Absence::Unobserved => "class-count-unobserved",
    }
}

const VERDICTS: [(Verdict, &str, &str); 4] = [
    (Verdict::Pass, "class-pass", "class-count-pass"),
    (Verdict::Fail, "class-fail", "class-count-fail"),
    (Verdict::NotVerified, "class-not-verified", "class-count-not-verified"),
    (Verdict::Error, "class-error", "class-count-error"),
];

/// Renders the page.
///
/// # Errors
/// No error is known: only formatting a value could fail.
pub(crate) fn class_page(class: &ClassPage<'_>, catalogs: &Catalogs) -> Result<String, askama::Error> {
    let report = class.report;
    let submissions = &report.submissions;
    let has = |is: &dyn Fn(&ItemResult) -> bool| submissions.iter().flat_map(|one| &one.items).any(is);
    let has_written = has(&|item| item.documented().is_some());
    let has_by_hand = has(&|item| item.mark().is_some());
    let taught = class_stats::item_stats(report);
    // The table's width depends on its number of columns, which the static style cannot contain.
    let style = format!(
        "{STYLE}:root{{--items:{};--more:{}}}\n",
        taught.len(),
        usize::from(has_written) + usize::from(has_by_hand)
    );
    let (script_hash, style_hash) = (policy_source(SCRIPT), policy_source(&style));
    let is_failed = |item: &&ItemStats<'_>| item.counts[class_stats::verdict_index(Verdict::Fail)] > 0;
    let is_passed = |item: &&ItemStats<'_>| item.counts[class_stats::verdict_index(Verdict::Pass)] > 0;
    let mut failed: Vec<(usize, &ItemStats<'_>)> =
        taught.iter().enumerate().filter(|(_, item)| is_failed(item)).collect();
    failed.sort_by_key(|(place, item)| {
        (std::cmp::Reverse(item.counts[class_stats::verdict_index(Verdict::Fail)]), *place)
    });
    let mut cards: Vec<Item<'_>> = failed.iter().map(|(place, item)| again(*place, item, catalogs)).collect();
    let again_more = cards.split_off(ITEMS_SHOWN_AT_FIRST.min(cards.len()));
    let rows = submissions.iter().zip(class.pages).map(|(submission, page)| row(submission, page, &taught, catalogs));
    Page {
        language: catalogs.reader().language().tag(),
        policy: format!(
            "default-src 'none'; style-src '{style_hash}'; script-src '{script_hash}'; base-uri 'none'; form-action 'none'"
        ),
        style,
        script: SCRIPT,
        title: summary::heading(report, catalogs.reader()),
        summary: Summary::of(report, catalogs),
        anonymous: class.anonymous.then(|| catalogs.word("class-anonymous")),
        interrupted: report.interrupted.then(|| catalogs.word("report-interrupted")),
        again: cards,
        again_more_text: catalogs.say(&Message::new("class-more-items").with("n", again_more.len())),
        again_more,
        sound: taught.iter().filter(|item| !is_failed(item) && is_passed(item)).map(|item| item.id).collect(),
        unproved: taught.iter().filter(|item| !is_failed(item) && !is_passed(item)).map(|item| item.id).collect(),
        groups: groups(&taught),
        heads: taught.iter().map(|item| Head { id: item.id, short: split(item.id).1, rate: item.rate() }).collect(),
        verdicts: meanings(catalogs),
        most: submissions.iter().map(|submission| submission.of).max().unwrap_or_default(),
        has_written,
        has_by_hand,
        rows: rows.collect(),
        w: Labels::of(catalogs),
    }
    .render()
}

fn again<'p>(place: usize, item: &ItemStats<'p>, catalogs: &Catalogs) -> Item<'p> {
    let mut causes: Vec<Why> = item
        .causes
        .iter()
        .enumerate()
        .map(|(place, cause)| Why {
            place,
            class: if cause.is_absence { ABSENT } else { cause.verdict.name() },
            count: cause.count,
            text: catalogs.say(&cause.message),
            is_example: cause.variants > 1,
        })
        .collect();
    let more = causes.split_off(CAUSES_SHOWN_AT_FIRST.min(causes.len()));
    let mut x = 0;
    let mut parts = Vec::new();
    let mut counts = Vec::new();
    let absent_count: usize = item.absent.iter().sum();
    let verdicts = VERDICTS.map(|(verdict, _, id)| {
        let n = item.counts[class_stats::verdict_index(verdict)];
        let n = if verdict == Verdict::NotVerified { n - absent_count } else { n };
        (n, marked(verdict).0, verdict.name(), id)
    });
    let absences = Absence::ALL.iter().zip(item.absent).map(|(why, n)| (n, absent(*why).0, ABSENT, count_id(*why)));
    for (n, letter, class, id) in verdicts.into_iter().chain(absences).filter(|(n, ..)| *n > 0) {
        let end = x + n * 1000 / item.asked();
        parts.push(Part { class: letter, x, width: end - x });
        counts.push((class, catalogs.say(&Message::new(id).with("n", n))));
        x = end;
    }
    Item {
        place,
        id: item.id,
        title: catalogs.text(item.title),
        passed: catalogs.say(&Message::new("class-passed").with("rate", item.rate())),
        parts,
        counts,
        causes,
        more_text: catalogs.say(&Message::new("class-more").with("n", more.len())),
        more,
    }
}

/// Splits an id into the heading of its group and the rest: `tcp-multi.5` is 5 of `tcp-multi`.
fn split(id: &str) -> (&str, &str) {
    id.rsplit_once('.').unwrap_or(("", id))
}

fn groups<'p>(items: &[ItemStats<'p>]) -> Vec<Group<'p>> {
    let mut groups: Vec<Group<'p>> = Vec::new();
    for item in items {
        let name = split(item.id).0;
        match groups.last_mut() {
            Some(last) if last.name == name => last.columns += 1,
            _ => groups.push(Group { name, columns: 1 }),
        }
    }
    groups
}

/// Returns the legend of the marks: the verdicts, and items that need no decision.
fn meanings(catalogs: &Catalogs) -> Vec<Meaning> {
    let verdicts = VERDICTS.iter().map(|(verdict, id, _)| (marked(*verdict), *id));
    let others = Absence::ALL.map(|why| {
        let id = match why {
            Absence::NotSubmitted => "class-not-submitted",
            Absence::Waits => "class-waits",
            Absence::Unobserved => "class-unobserved",
        };
        (absent(why), id)
    });
    let all = verdicts.chain(others);
    all.map(|((letter, mark), id)| Meaning { letter, mark, text: catalogs.word(id) }).collect()
}

fn row<'p>(
    submission: &SubmissionResult,
    page: &'p str,
    taught: &[ItemStats<'_>],
    catalogs: &Catalogs,
) -> ClassRow<'p> {
    let name = submission.display_name();
    let of_item = |item: &ItemStats<'_>| submission.items.iter().find(|one| one.id.as_str() == item.id);
    let cells = taught.iter().map(|item| of_item(item).map_or(EMPTY, |found| cell(found, item)));
    // An item that was not run has the reason of the whole submission.
    let is_untried = submission.items.iter().all(|item| item.reason == submission.reason);
    let reason =
        submission.reason.as_ref().filter(|_| is_untried && submission.items.iter().all(|item| item.mark().is_none()));
    let by_hand: i64 = submission.items.iter().filter_map(ItemResult::mark).map(|mark| i64::from(mark.points)).sum();
    let is_marked = submission.items.iter().any(|item| item.mark().is_some());
    ClassRow {
        name: escape_controls(name),
        id: (name != submission.id.0).then(|| escape_controls(submission.id.short())),
        page,
        points: submission.points,
        of: submission.of,
        cells: if reason.is_some() { Vec::new() } else { cells.collect() },
        reason: reason.map(|reason| catalogs.say(&reason.message())),
        written: submission.items.iter().filter_map(ItemResult::documented).filter(|written| written.answered).count(),
        by_hand: if is_marked { format!("{by_hand:+}") } else { String::new() },
    }
}

/// The cell of an item that the submission does not have.
const EMPTY: Cell = Cell { class: "", mark: "", cause: None, is_documented: false };

fn cell(found: &ItemResult, item: &ItemStats<'_>) -> Cell {
    let (class, mark) = absence(found).map_or(marked(found.verdict), absent);
    // Causes are listed only for items that at least one submission failed.
    let is_listed = item.counts[class_stats::verdict_index(Verdict::Fail)] > 0;
    let is_documented = found.documented().is_some_and(|written| written.answered);
    Cell { class, mark, cause: item.cause_of(found).filter(|_| is_listed), is_documented }
}

#[cfg(test)]
mod tests;
