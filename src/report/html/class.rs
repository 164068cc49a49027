//! The page of a class: the results of each item, its most frequent causes, and the distribution of
//! points. It links to the pages of the submissions, but does not use their content.
//!
//! Each row is a submission, each cell an item. Cells are plain table cells with a one-letter
//! class. A class of a thousand has some twenty thousand cells, so every byte and element of a cell
//! multiplies. The cause of a cell is therefore stored once, in the list of causes, where the
//! script looks it up.

mod labels;
mod rows;
mod summary;

use std::io;

use askama::Template;

use self::labels::Labels;
use self::rows::{ClassRow, Frame, Further, Rows, row};
use self::summary::Summary;
use super::bilingual::{Bilingual, Catalogs};
use super::item::ABSENT;
use super::policy_source;
use crate::model::{Message, Verdict};
use crate::report::class_stats::{self, ClassStats, ItemStats};
use crate::report::displayed::{Absence, verdict_mark};
use crate::report::{ClassReport, Totals};

const STYLE: &str = concat!(include_str!("../../../templates/base.css"), include_str!("../../../templates/class.css"));
const SCRIPT: &str = include_str!("../../../templates/class.js");

/// Number of items displayed at first, those that most submissions failed. The others are displayed
/// on request.
const ITEMS_SHOWN_AT_FIRST: usize = 4;
/// Number of an item's causes displayed at first. The others are displayed on request.
const CAUSES_SHOWN_AT_FIRST: usize = 3;

/// The input of the page.
#[derive(Clone, Copy)]
pub(crate) struct ClassPage<'a> {
    /// The results. Only the fields of an item that a table row keeps are needed.
    pub class: ClassReport<'a>,
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
    style: &'p str,
    script: &'static str,
    /// The heading in the reader's language.
    title: &'p str,
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
    groups: &'p [Group<'p>],
    heads: &'p [Head<'p>],
    verdicts: &'p [Meaning],
    most: u32,
    /// True if a submission has a written report, or points that were given by hand.
    has_written: bool,
    has_by_hand: bool,
    count: usize,
    rows: &'p [ClassRow],
    /// The other rows, as JSON.
    more: String,
    /// The reasons in those rows.
    reasons: &'p [Bilingual],
    /// The pages with those rows, for readers without a script.
    further: &'p [Further],
    w: &'p Labels,
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

/// Renders the page. `write_further` receives the name and the text of each further page.
///
/// # Errors
/// Returns an error if a submission cannot be read, or if a page cannot be written.
pub(crate) fn class_page(
    page: &ClassPage<'_>,
    catalogs: &Catalogs,
    write_further: &mut dyn FnMut(&str, &str) -> io::Result<()>,
) -> io::Result<String> {
    let (class, run) = (page.class, page.class.run);
    let (mut stats, mut totals) = (ClassStats::default(), Totals::default());
    class.each(|submission| {
        stats.add(submission);
        totals.add(submission);
        Ok(())
    })?;
    let title = summary::heading(&class, catalogs.reader());
    let summary = Summary::of(&class, &stats, totals, catalogs);
    let (most, has_written, has_by_hand) = (stats.most(), stats.has_written(), stats.has_by_hand());
    let taught = stats.into_items();
    // The table's width depends on its number of columns, which the static style cannot contain.
    let more = usize::from(has_written) + usize::from(has_by_hand);
    let style = format!("{STYLE}:root{{--items:{};--more:{more}}}\n", taught.len());
    let (script_hash, style_hash) = (policy_source(SCRIPT), policy_source(&style));
    let is_failed = |item: &&ItemStats| item.counts[class_stats::verdict_index(Verdict::Fail)] > 0;
    let is_passed = |item: &&ItemStats| item.counts[class_stats::verdict_index(Verdict::Pass)] > 0;
    let mut failed: Vec<(usize, &ItemStats)> = taught.iter().enumerate().filter(|(_, item)| is_failed(item)).collect();
    failed.sort_by_key(|(place, item)| {
        (std::cmp::Reverse(item.counts[class_stats::verdict_index(Verdict::Fail)]), *place)
    });
    let mut cards: Vec<Item<'_>> = failed.iter().map(|(place, item)| again(*place, item, catalogs)).collect();
    let again_more = cards.split_off(ITEMS_SHOWN_AT_FIRST.min(cards.len()));
    let (labels, groups) = (Labels::of(catalogs), groups(&taught));
    let heads: Vec<Head<'_>> =
        taught.iter().map(|item| Head { id: &item.id, short: split(&item.id).1, rate: item.rate() }).collect();
    let verdicts = meanings(catalogs);
    let frame = Frame {
        language: catalogs.reader().language().tag(),
        policy: format!("default-src 'none'; style-src '{style_hash}'; base-uri 'none'; form-action 'none'"),
        style: &style,
        title: &title,
        heading: &summary.heading,
        groups: &groups,
        heads: &heads,
        verdicts: &verdicts,
        most,
        has_written,
        has_by_hand,
        w: &labels,
    };
    let mut rows = Rows::default();
    let mut paths = page.pages.iter();
    class.each(|submission| match paths.next() {
        Some(path) => rows.add(row(submission, path, &taught, &frame, catalogs), &frame, write_further),
        None => Ok(()),
    })?;
    rows.finish(&frame, write_further)?;
    let page = Page {
        language: catalogs.reader().language().tag(),
        policy: format!(
            "default-src 'none'; style-src '{style_hash}'; script-src '{script_hash}'; base-uri 'none'; form-action 'none'"
        ),
        style: &style,
        script: SCRIPT,
        title: &title,
        summary,
        anonymous: page.anonymous.then(|| catalogs.word("class-anonymous")),
        interrupted: run.interrupted.then(|| catalogs.word("report-interrupted")),
        again: cards,
        again_more_text: catalogs.say(&Message::new("class-more-items").with("n", again_more.len())),
        again_more,
        sound: taught.iter().filter(|item| !is_failed(item) && is_passed(item)).map(|item| item.id.as_str()).collect(),
        unproved: taught
            .iter()
            .filter(|item| !is_failed(item) && !is_passed(item))
            .map(|item| item.id.as_str())
            .collect(),
        groups: &groups,
        heads: &heads,
        verdicts: &verdicts,
        most,
        has_written,
        has_by_hand,
        count: class.count,
        rows: rows.first(),
        more: rows.json(),
        reasons: rows.reasons(),
        further: rows.pages(),
        w: &labels,
    };
    page.render().map_err(io::Error::other)
}

fn again<'p>(place: usize, item: &'p ItemStats, catalogs: &Catalogs) -> Item<'p> {
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
        id: &item.id,
        title: catalogs.text(&item.title),
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

fn groups(items: &[ItemStats]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for item in items {
        let name = split(&item.id).0;
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

#[cfg(test)]
mod tests;
