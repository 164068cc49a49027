//! `socklab grade`: grades a class from folders and archives into a store and a table.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::arguments::GradeOptions;
use super::exit::{CliError, ExitStatus};
use super::grade_warnings::{self, KnownBefore};
use super::isolation::SandboxChoice;
use super::outputs::{ReportTarget, parse_reports, write_class_reports};
use super::selection::matches_pattern;
use super::signals::cancel_on_signals;
use super::store_access::{load_results, open_store, store_error};
use super::{Ui, load, run_limits};
use crate::i18n::Catalog;
use crate::model::{Message, Reason, SubmissionResult};
use crate::run::toolchains::Toolchains;
use crate::run::{Cancel, Semaphore, Session, sandbox_denylist};
use crate::submission::grade::{GradeProgress, GradeSpec, SubmissionSource};
use crate::submission::import::{ImportError, Submission};
use crate::submission::sources::Class;
use crate::submission::{grade, import, roster};

/// Scenarios of one submission that run in parallel. A scenario mostly waits.
const SCENARIOS_PER_SUBMISSION: usize = 4;
/// Submissions in progress per requested job. While the last scenario of one submission waits for a
/// lossy link, the next one has started. The total number of scenario slots is unchanged.
const SUBMISSIONS_PER_JOB: usize = 2;

/// Grades a class.
pub(super) fn grade(options: &GradeOptions, reader: &Ui) -> Result<ExitStatus, CliError> {
    let lab = load::load_lab(&options.lab, &BTreeMap::new())?;
    let csv = ["csv=-".to_owned()];
    // A person gets a table, and a program that reads the output gets CSV.
    let is_default_csv = options.reports.is_empty() && !reader.terminal;
    let wanted = parse_reports(if is_default_csv { &csv } else { &options.reports })?;
    if let Some((one, _)) = wanted.iter().find(|(format, _)| format.spec().is_single_submission) {
        return Err(CliError::usage(Message::new("cli-one-submission").with("format", one.spec().name)));
    }
    import::sweep();
    let class = all_sources(options)?;
    for note in &class.notes {
        let _ = writeln!(std::io::stderr().lock(), "{}", reader.words.format(note));
    }
    // Unpacked copies must exist until grading is over.
    let Class { mut sources, copies, .. } = class;
    let mut listed = None;
    if let Some(roster) = &options.roster {
        let students;
        (sources, students) = with_roster(sources, roster)?;
        listed = Some(students).filter(|_| options.only.is_empty());
    }
    if let Err(name) = grade::check_names(&sources) {
        return Err(CliError::usage(
            Message::new("cli-submission-twice").with("name", crate::model::bytes::printable_text(&name)),
        ));
    }
    sources
        .retain(|source| options.only.is_empty() || options.only.iter().any(|one| matches_pattern(one, &source.id.0)));
    if sources.is_empty() {
        let path = options.submissions.first().map_or_else(String::new, |path| crate::model::bytes::safe_path(path));
        return Err(CliError::usage(Message::new("cli-no-submissions").with("path", path)));
    }
    let stage = SandboxChoice::new(options.stage).required_mode()?;
    let store = open_store(&options.store, true)?;
    let lab_hash = lab.hash();
    let path = Toolchains::find(&|name| std::env::var_os(name)).path.clone();
    let known = KnownBefore {
        lab: &lab,
        lab_hash: &lab_hash,
        sources: &sources,
        listed,
        stage,
        seed: options.seed,
        path: &path,
    };
    grade_warnings::print(&known, &store, &reader.words).map_err(|error| store_error(&options.store, error))?;
    let cancel = Cancel::new().context("creating a pipe")?;
    cancel_on_signals(&cancel)?;
    let environment = |name: &str| std::env::var_os(name);
    let cores = || std::thread::available_parallelism().map_or(2, usize::from);
    let workers = options.jobs.map_or_else(cores, usize::from);
    let permits = Semaphore::new(workers * SCENARIOS_PER_SUBMISSION);
    let hide = hidden_paths(options, &wanted, &copies);
    // The seed is the same for the whole class, even if it is graded in several runs.
    let stored = store.seed().map_err(|error| store_error(&options.store, error))?;
    let seed = run_limits::seed(options.seed.or(stored))?;
    let budgets = options.bounds.budgets();
    let session = Session {
        seed,
        stage: Some(stage),
        jobs: SCENARIOS_PER_SUBMISSION,
        permits: &permits,
        environment: &environment,
        hide: &hide,
        cancel: &cancel,
        budgets: &budgets,
    };
    let batch = GradeSpec {
        lab: &lab,
        lab_hash,
        sources: &sources,
        session,
        workers: workers * SUBMISSIONS_PER_JOB,
        force: options.force,
        failed: options.failed,
        run_within: Duration::MAX,
    };
    let bar = ClassProgress::new(&reader.words, sources.len());
    let graded = grade::grade(&batch, store, &bar);
    bar.end();
    let store = graded.map_err(|error| store_error(&options.store, error))?;
    let table = wanted.iter().all(|(format, _)| format.spec().needs_summary_only);
    let own: BTreeSet<&str> = sources.iter().map(|source| source.id.0.as_str()).collect();
    let report = load_results(&store, table, |id| own.contains(id));
    let mut report = report.map_err(|error| store_error(&options.store, error))?;
    report.interrupted = cancel.is_cancelled();
    let done = Message::new("cli-grading-done")
        .with("n", report.submissions.len())
        .with("store", crate::model::bytes::safe_path(&options.store))
        .with("kept", bar.kept.load(Ordering::Relaxed));
    let _ = writeln!(std::io::stderr().lock(), "{}", reader.words.format(&done));
    write_class_reports(&report, &wanted, reader)?;
    Ok(ExitStatus::of_class(&report))
}

/// Returns the paths hidden from submissions: other submissions, their results, and the lab, which
/// may have hidden items.
fn hidden_paths(options: &GradeOptions, wanted: &[ReportTarget<'_>], copies: &[Submission]) -> Vec<PathBuf> {
    let store = sandbox_denylist::store(&options.store);
    let own = [Path::new(&options.lab)].into_iter().chain(options.roster.as_deref());
    let written = wanted.iter().map(|(_, file)| Path::new(*file));
    let copies = copies.iter().map(|copy| copy.root.as_path());
    let submissions = options.submissions.iter().map(PathBuf::as_path).chain(copies);
    sandbox_denylist::from_submissions(submissions.chain(own).chain(written).chain(store.iter().map(PathBuf::as_path)))
}

/// Returns the submissions that the command line names.
fn all_sources(options: &GradeOptions) -> Result<Class, CliError> {
    let shown = |path: &Path| crate::model::bytes::safe_path(path);
    if let Some(path) = options.submissions.iter().find(|path| !path.exists()) {
        return Err(CliError::usage(Message::new("cli-no-delivery").with("path", shown(path))));
    }
    let paths: Vec<&Path> = options.submissions.iter().map(PathBuf::as_path).collect();
    Class::from_paths(&paths).map_err(|(path, error)| {
        CliError::usage(match error {
            ImportError::Unusable(reason) => {
                Message::new("cli-delivery").with("path", shown(path)).with("reason", reason)
            }
            ImportError::System(_) | ImportError::Interrupted => {
                Message::new("cli-no-submissions").with("path", shown(path))
            }
        })
    })
}

/// Applies a roster to the submissions. Also returns the number of students, who come first.
fn with_roster(sources: Vec<SubmissionSource>, file: &Path) -> Result<(Vec<SubmissionSource>, usize), CliError> {
    let shown = crate::model::bytes::safe_path(file);
    let wrong = |problem: Message| Message::new("cli-roster").with("file", shown.as_str()).with("problem", problem);
    let bytes = std::fs::read(file).map_err(|error| {
        CliError::usage(wrong(Message::new("roster-unreadable").with("problem", error.to_string())))
    })?;
    let listed = roster::read(&bytes, &sources).map_err(|problem| CliError::usage(wrong(problem)))?;
    let students = listed.len();
    Ok((roster::apply(listed, sources), students))
}

/// The progress of a class: a bar with the remaining time on a terminal, one line per submission in
/// a pipe.
struct ClassProgress<'a> {
    words: &'a Catalog,
    bar: Option<ProgressBar>,
    kept: AtomicUsize,
}

impl<'a> ClassProgress<'a> {
    fn new(words: &'a Catalog, all: usize) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(Some(all as u64), ProgressDrawTarget::stderr_with_hz(10));
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len}  {eta}  {wide_msg}") {
                bar.set_style(style);
            }
            bar
        });
        Self { words, bar, kept: AtomicUsize::new(0) }
    }

    fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl GradeProgress for ClassProgress<'_> {
    fn submission_finished(&self, result: &SubmissionResult, kept_before: bool) {
        self.kept.fetch_add(usize::from(kept_before), Ordering::Relaxed);
        let id = crate::model::bytes::printable_text(&result.label());
        if let Some(bar) = &self.bar {
            bar.set_message(id);
            bar.inc(1);
            return;
        }
        let what = Message::new(if kept_before { "cli-graded-before" } else { "cli-graded-now" });
        let message = Message::new("cli-graded")
            .with("id", id)
            .with("earned", result.points)
            .with("of", result.of)
            .with("what", result.reason.as_ref().map_or(what, Reason::message));
        let _ = writeln!(std::io::stderr().lock(), "{}", self.words.format(&message));
    }
}
