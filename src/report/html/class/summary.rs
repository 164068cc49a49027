//! The top of a class page: title, date, the numbers of the class, and what they count. Also the
//! distribution of points and the footer.

use crate::i18n::{Catalog, escape_controls};
use crate::model::{Message, Report, SandboxMode, SubmissionResult, Verdict};
use crate::report::class_stats;
use crate::report::displayed::is_without_program;
use crate::report::html::bilingual::{Bilingual, Catalogs};
use crate::report::html::manifest;

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
    pub(super) fn of(report: &Report, catalogs: &Catalogs) -> Self {
        let with_program: Vec<&SubmissionResult> = report.submissions.iter().filter(|one| was_run(one)).collect();
        let spread_about = Message::new("class-spread-about").with("n", with_program.len());
        Self {
            heading: catalogs.each(|words| heading(report, words)),
            about: catalogs.each(|words| about(report, words)),
            facts: facts(report, &with_program, catalogs),
            spread: bins(&with_program),
            spread_about: catalogs.say(&spread_about),
            footer: footer(report, catalogs),
        }
    }
}

/// Returns true if a program of the submission was run, so that its points say something.
fn was_run(submission: &SubmissionResult) -> bool {
    submission.reason.is_none() && !is_without_program(submission)
}

/// Returns the title of the lab, and the number of submissions.
pub(super) fn heading(report: &Report, words: &Catalog) -> String {
    let title = report.title.as_ref().map(|title| words.author_text(title).split_whitespace().collect::<Vec<_>>());
    let lab = title.map_or_else(|| report.lab.clone(), |title| title.join(" "));
    words.format(&Message::new("class-heading").with("lab", lab).with("n", report.submissions.len()))
}

/// Returns the name of the lab, if it has a title too, and the days on which it was graded.
fn about(report: &Report, words: &Catalog) -> String {
    let lab = report.title.as_ref().map(|_| escape_controls(&report.lab));
    let days = || report.submissions.iter().filter_map(|one| one.graded_at).map(manifest::day);
    let graded = days().min().zip(days().max()).map(|(first, last)| {
        let kind = if first == last { "one" } else { "several" };
        let message = Message::new("class-graded").with("kind", kind.to_owned());
        words.format(&message.with("first", first).with("last", last))
    });
    lab.into_iter().chain(graded).collect::<Vec<_>>().join(" · ")
}

/// Returns the numbers at the top of the page. The points of submissions without a program say nothing
/// about the class.
fn facts(report: &Report, with_program: &[&SubmissionResult], catalogs: &Catalogs) -> Vec<Fact> {
    let all = &report.submissions;
    let count = |is: &dyn Fn(&SubmissionResult) -> bool| all.iter().filter(|one| is(one)).count();
    let is_perfect =
        |one: &SubmissionResult| !one.items.is_empty() && one.items.iter().all(|item| item.verdict == Verdict::Pass);
    let of = all.iter().map(|one| one.of).max().unwrap_or_default();
    let plain = |number: usize, id| Fact { number: number.to_string(), what: catalogs.word(id) };
    let mut facts = vec![plain(all.len(), "class-fact-submissions")];
    let without = count(&is_without_program);
    if without > 0 {
        facts.push(plain(without, "class-fact-without"));
    }
    facts.push(plain(count(&is_perfect), "class-fact-perfect"));
    if !with_program.is_empty() {
        let middle = Message::new("class-fact-middle").with("n", with_program.len());
        let number = format!("{}/{of}", class_stats::median(with_program));
        facts.push(Fact { number, what: catalogs.say(&middle) });
    }
    let not_run = count(&|one| one.reason.is_some() && !is_without_program(one));
    if not_run > 0 {
        facts.push(plain(not_run, "class-fact-not-run"));
    }
    facts
}

fn bins(submissions: &[&SubmissionResult]) -> Vec<Bin> {
    let spread = class_stats::distribution(submissions);
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
