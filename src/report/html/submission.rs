//! The page of one submission: its points, the causes, and the evidence. Pure: takes results and
//! evidence and returns text.

use std::io;
use std::sync::LazyLock;

use askama::Template;

use super::bilingual::{Bilingual, Catalogs};
use super::captures::Embedded;
use super::diagram::{Shape, rows_per_diagram};
use super::item::{ABSENT, Item};
use super::scenario::ScenarioSection;
use super::source::Excerpts;
use super::{RecordedScenario, captures, manifest, policy_source};
use crate::i18n::{Catalog, escape_controls};
use crate::model::report::{ProgramKind, Tally};
use crate::model::{ItemResult, Language, Message, Report, SandboxMode, SubmissionResult, Verdict};
use crate::report::displayed::{Absence, absence, verdict_mark};
use crate::report::terminal::footer;
use crate::report::{FormatSpec, Render, anonymize};

/// The complete style of the page: the shared part and its own.
const STYLE: &str =
    concat!(include_str!("../../../templates/base.css"), include_str!("../../../templates/submission.css"));
/// The script of the page.
const SCRIPT: &str = include_str!("../../../templates/submission.js");

/// The page of one submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Html;

impl Render for Html {
    fn spec(&self) -> FormatSpec {
        FormatSpec {
            is_single_submission: true,
            shows_evidence: true,
            ..FormatSpec::new("html", "for people: a page of one submission with its evidence, in both languages")
        }
    }

    fn render(&self, report: &Report, words: &Catalog, out: &mut dyn io::Write) -> io::Result<()> {
        self.render_with_evidence(report, &[], words, out)
    }

    fn render_with_evidence(
        &self,
        report: &Report,
        seen: &[RecordedScenario<'_>],
        words: &Catalog,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let catalogs = Catalogs::of(words.language());
        for submission in report.submissions.iter().take(1).cloned().map(anonymize::for_students) {
            let page = submission_page(report, &submission, seen, None, &catalogs).map_err(io::Error::other)?;
            out.write_all(page.as_bytes())?;
        }
        Ok(())
    }
}

#[derive(Template)]
#[template(path = "submission.html")]
struct Page<'a> {
    catalogs: &'a Catalogs,
    language: Language,
    policy: &'static str,
    style: &'static str,
    script: &'static str,
    title: String,
    name: String,
    lab: String,
    /// The title of the lab, if it has one.
    lab_title: Option<Bilingual>,
    class: Option<&'static str>,
    points: Bilingual,
    earned: u32,
    of: u32,
    counts: Vec<(&'static str, &'static str, Bilingual)>,
    took: Bilingual,
    began: Option<String>,
    interrupted: bool,
    reason: Option<Bilingual>,
    /// The evidence that the machine could not provide.
    unseen: Vec<Bilingual>,
    programs: Vec<(bool, Bilingual)>,
    notes: Vec<Bilingual>,
    items: Vec<Item>,
    scenes: Vec<ScenarioSection>,
    manifest: Vec<manifest::ManifestRow>,
    /// The maximum size of all captures of a page, in MiB.
    most: usize,
}

/// Returns the page of a submission of the report, with the recorded evidence of its scenarios.
///
/// Scenarios without an item in the submission are not shown. The caller must remove hidden items:
/// see [`anonymize::for_students`]. `class` is the relative path to the page of the class, if there
/// is one.
///
/// # Errors
/// No error is known: only formatting a value could fail.
pub(crate) fn submission_page(
    report: &Report,
    submission: &SubmissionResult,
    seen: &[RecordedScenario<'_>],
    class: Option<&'static str>,
    catalogs: &Catalogs,
) -> Result<String, askama::Error> {
    let items = &submission.items;
    let asked: Vec<RecordedScenario<'_>> =
        seen.iter().filter(|seen| items.iter().any(|item| item.scenario == seen.scenario)).copied().collect();
    let failed = |scenario: &str| items.iter().any(|item| item.scenario == scenario && item.verdict == Verdict::Fail);
    let captures = captures::captures(&asked, failed, catalogs.reader());
    let packets =
        |seen: &RecordedScenario<'_>| seen.evidence.capture.as_ref().map_or(0, |capture| capture.packets().count());
    let most_rows = rows_per_diagram(&asked.iter().map(packets).collect::<Vec<_>>());
    let scenes: Vec<ScenarioSection> = asked
        .iter()
        .zip(captures)
        .enumerate()
        .map(|(number, (seen, capture))| ScenarioSection::of(number, seen, items, capture, most_rows, catalogs))
        .collect();
    let anchor = |item: &ItemResult| {
        let place = asked.iter().position(|seen| seen.scenario == item.scenario);
        place.map(|place| scenes[place].anchor.clone())
    };
    let name = escape_controls(&submission.label());
    let began = asked.iter().map(|seen| seen.evidence.began_ns).filter(|&at| at > 0).min();
    let mut excerpts = Excerpts::of(submission);
    let page = Page {
        catalogs,
        language: catalogs.reader().language(),
        policy: &POLICY,
        style: STYLE,
        script: SCRIPT,
        title: format!("{name} · {} · {}/{}", escape_controls(&report.lab), submission.points, submission.of),
        lab: escape_controls(&report.lab),
        lab_title: report.title.as_ref().map(|title| catalogs.text(title)),
        class,
        points: catalogs.say(&Message::new("points").with("earned", submission.points).with("of", submission.of)),
        earned: submission.points,
        of: submission.of,
        counts: counts(submission, catalogs),
        took: catalogs.say(&footer::duration(submission.took_ms)),
        began: began.map(manifest::date).or_else(|| submission.graded_at.map(manifest::day)),
        interrupted: report.interrupted,
        reason: submission
            .reason
            .as_ref()
            .map(|reason| catalogs.say(&Message::new("report-nothing-run").with("reason", reason.message()))),
        unseen: gap_texts(report, catalogs),
        programs: programs(submission, catalogs),
        notes: submission.notes.iter().map(|note| catalogs.say(note)).collect(),
        items: items.iter().map(|item| Item::of(item, anchor(item), &mut excerpts, catalogs)).collect(),
        manifest: run_rows(report, submission, catalogs),
        most: captures::MAX_CAPTURES_BYTES >> 20,
        name,
        scenes,
    };
    page.render()
}

/// The content security policy: the page may load and run only its own content. Computed once, since
/// it is the same for all pages of a class.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
        policy_source(STYLE),
        policy_source(SCRIPT)
    )
});

fn counts(submission: &SubmissionResult, catalogs: &Catalogs) -> Vec<(&'static str, &'static str, Bilingual)> {
    let tally = Tally::count(&submission.items);
    let absent = |kind| submission.items.iter().filter(|item| absence(item) == Some(kind)).count();
    let undecided = tally.not_verified - Absence::ALL.into_iter().map(absent).sum::<usize>();
    let verdicts = [
        ("report-count-pass", tally.pass, Verdict::Pass),
        ("report-count-fail", tally.fail, Verdict::Fail),
        ("report-count-not-verified", undecided, Verdict::NotVerified),
        ("report-count-error", tally.error, Verdict::Error),
    ];
    let verdicts = verdicts.map(|(id, count, verdict)| (id, count, verdict.name(), verdict_mark(verdict)));
    let absences = Absence::ALL.map(|kind| {
        let id = match kind {
            Absence::NotSubmitted => "result-count-not-submitted",
            Absence::Waits => "result-count-waits",
            Absence::Unobserved => "result-count-unobserved",
        };
        (id, absent(kind), ABSENT, kind.mark())
    });
    let shown = verdicts.into_iter().chain(absences).filter(|(_, count, ..)| *count > 0);
    shown.map(|(id, count, class, mark)| (class, mark, catalogs.say(&Message::new(id).with("n", count)))).collect()
}

fn gap_texts(report: &Report, catalogs: &Catalogs) -> Vec<Bilingual> {
    let plain_stage = report.machine.is_plain_mode().then(|| catalogs.word("report-plain-stage"));
    plain_stage
        .into_iter()
        .chain(report.machine.cannot.iter().map(|one| catalogs.say(&one.because.message())))
        .collect()
}

/// Returns the programs of the submission: whether each was used, and its detected role.
fn programs(submission: &SubmissionResult, catalogs: &Catalogs) -> Vec<(bool, Bilingual)> {
    let one = |program: &crate::model::report::DetectedProgram| {
        let id = match program.kind {
            ProgramKind::Server => "report-program-server",
            ProgramKind::Client => "report-program-client",
            ProgramKind::Other => "report-program-other",
        };
        let message = Message::new(id)
            .with("role", program.role.as_ref().map_or_else(String::new, ToString::to_string))
            .with("program", program.program.as_str())
            .with("because", program.because.clone());
        (program.kind != ProgramKind::Other, catalogs.say(&message))
    };
    submission.programs.iter().map(one).collect()
}

/// Returns the rows that apply to all scenarios.
fn run_rows(report: &Report, submission: &SubmissionResult, catalogs: &Catalogs) -> Vec<manifest::ManifestRow> {
    let stage = match report.machine.stage {
        SandboxMode::Isolated => catalogs.word("result-stage-isolated"),
        SandboxMode::Plain if !report.machine.is_plain_mode() => catalogs.word("result-stage-elsewhere"),
        SandboxMode::Plain => catalogs.word("result-stage-plain"),
    };
    let row = |label, name: &str, hash: &str| manifest::ManifestRow::new(catalogs.word(label), name, hash);
    let mut rows = vec![
        row("result-program-itself", &format!("socklab {}", report.socklab), ""),
        row("result-lab", &report.lab, ""),
        row("report-label-seed", &report.seed.to_string(), ""),
        manifest::ManifestRow { label: catalogs.word("result-stage"), name: stage, hash: String::new() },
    ];
    if !submission.hash.is_empty() {
        rows.push(row("result-submission", &submission.id.0, &submission.hash));
    }
    rows
}
