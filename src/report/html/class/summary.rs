//! The top of a class page: title, date, the numbers of the class, and what they count. Also the
//! distribution of points and the footer.

use crate::i18n::{Catalog, escape_controls};
use crate::model::{Message, Report, SandboxMode};
use crate::report::class_stats::ClassStats;
use crate::report::html::bilingual::{Bilingual, Catalogs};
use crate::report::html::manifest;
use crate::report::{ClassReport, Totals};

/// The parts of a class page that are about the class as a whole.
pub(super) struct Summary {
    pub(super) heading: Bilingual,
    /// The lab, and when it was graded.
    pub(super) about: Bilingual,
    pub(super) facts: Vec<Fact>,
    pub(super) spread: Vec<Bin>,
    pub(super) spread_about: Bilingual,
    pub(super) footer: Bilingual,
}

/// A number with its label.
pub(super) struct Fact {
    pub(super) number: String,
    pub(super) what: Bilingual,
}

/// The submissions whose points are in a range.
pub(super) struct Bin {
    pub(super) label: String,
    pub(super) count: usize,
    pub(super) width: usize,
}

impl Summary {
    pub(super) fn of(class: &ClassReport<'_>, stats: &ClassStats, totals: Totals, catalogs: &Catalogs) -> Self {
        let spread_about = Message::new("class-spread-about").with("n", stats.with_program());
        Self {
            heading: catalogs.each(|words| heading(class, words)),
            about: catalogs.each(|words| about(class.run, stats, words)),
            facts: facts(stats, totals, catalogs),
            spread: bins(stats.distribution()),
            spread_about: catalogs.say(&spread_about),
            footer: footer(class.run, catalogs),
        }
    }
}

/// Returns the title of the lab, and the number of submissions.
pub(super) fn heading(class: &ClassReport<'_>, words: &Catalog) -> String {
    let title = class.run.title.as_ref().map(|title| words.author_text(title).split_whitespace().collect::<Vec<_>>());
    let lab = title.map_or_else(|| class.run.lab.clone(), |title| title.join(" "));
    words.format(&Message::new("class-heading").with("lab", lab).with("n", class.count))
}

/// Returns the name of the lab, if it has a title too, and the days on which it was graded.
fn about(run: &Report, stats: &ClassStats, words: &Catalog) -> String {
    let lab = run.title.as_ref().map(|_| escape_controls(&run.lab));
    let graded = stats.graded().map(|(first, last)| {
        let (first, last) = (manifest::day(first), manifest::day(last));
        let kind = if first == last { "one" } else { "several" };
        let message = Message::new("class-graded").with("kind", kind.to_owned());
        words.format(&message.with("first", first).with("last", last))
    });
    lab.into_iter().chain(graded).collect::<Vec<_>>().join(" · ")
}

/// Returns the numbers at the top of the page. The points of submissions without a program say
/// nothing about the class.
fn facts(stats: &ClassStats, totals: Totals, catalogs: &Catalogs) -> Vec<Fact> {
    let plain = |number: usize, id| Fact { number: number.to_string(), what: catalogs.word(id) };
    let mut facts = vec![plain(totals.submissions, "class-fact-submissions")];
    if stats.without_program() > 0 {
        facts.push(plain(stats.without_program(), "class-fact-without"));
    }
    facts.push(plain(totals.perfect, "class-fact-perfect"));
    if stats.with_program() > 0 {
        let middle = Message::new("class-fact-middle").with("n", stats.with_program());
        let number = format!("{}/{}", stats.median(), stats.most());
        facts.push(Fact { number, what: catalogs.say(&middle) });
    }
    if stats.not_run() > 0 {
        facts.push(plain(stats.not_run(), "class-fact-not-run"));
    }
    facts
}

fn bins(spread: [usize; 11]) -> Vec<Bin> {
    let most = spread.iter().copied().max().unwrap_or_default().max(1);
    let label = |k: usize| if k == 10 { "100".to_owned() } else { format!("{}–{}", k * 10, k * 10 + 9) };
    spread
        .iter()
        .enumerate()
        .rev()
        .map(|(k, &count)| Bin { label: label(k), count, width: count * 1000 / most })
        .collect()
}

fn footer(report: &Report, catalogs: &Catalogs) -> Bilingual {
    let stage = match report.machine.stage {
        SandboxMode::Isolated => "class-stage-isolated",
        SandboxMode::Plain => "class-stage-plain",
    };
    catalogs.say(
        &Message::new("class-footer")
            .with("version", report.socklab.as_str())
            .with("stage", Message::new(stage))
            .with("seed", report.seed.to_string()),
    )
}
