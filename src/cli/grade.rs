//! `socklab grade`: grades a class from folders and archives into a store and a table.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::arguments::GradeOptions;
use super::exit::{Exit, Trouble};
use super::isolation::Isolation;
use super::outputs::{Wanted, reports, write_reports};
use super::selection::matches;
use super::signals::catch_signals;
use super::store_access::{open, results, trouble};
use super::{Reader, bounds, gather};
use crate::model::{Message, SubmissionResult};
use crate::run::batch::{self, Batch, Source, Watch};
use crate::run::delivery::{self, Delivery, DeliveryError};
use crate::run::detect::observe::Around;
use crate::run::sources::Class;
use crate::run::{Cancel, Slots, hidden, roster};
use crate::words::Words;

/// Scenarios of one submission that run in parallel. A scenario mostly waits.
const SIDE_BY_SIDE: usize = 4;
/// Submissions in progress per requested job. While the last scenario of one submission waits for a
/// lossy link, the next one has started. The total number of scenario slots is unchanged.
const AHEAD: usize = 2;

/// Grades a class.
pub(super) fn grade(options: &GradeOptions, reader: &Reader) -> Result<Exit, Trouble> {
    let lab = gather::lab(&options.lab, &BTreeMap::new())?;
    let table = ["csv=-".to_owned()];
    let wanted = reports(if options.reports.is_empty() { &table } else { &options.reports })?;
    if let Some((one, _)) = wanted.iter().find(|(format, _)| format.is_of_one()) {
        return Err(Trouble::usage(Message::new("cli-one-submission").with("format", one.name())));
    }
    delivery::sweep();
    let class = all_sources(options)?;
    for note in &class.notes {
        let _ = writeln!(std::io::stderr().lock(), "{}", reader.words.say(note));
    }
    // Unpacked copies must exist until grading is over.
    let Class { mut sources, copies, .. } = class;
    if let Some(roster) = &options.roster {
        sources = with_roster(sources, roster)?;
    }
    if let Err(name) = batch::check_names(&sources) {
        return Err(Trouble::usage(
            Message::new("cli-submission-twice").with("name", crate::model::bytes::safe(&name)),
        ));
    }
    sources.retain(|source| options.only.is_empty() || options.only.iter().any(|one| matches(one, &source.id.0)));
    if sources.is_empty() {
        let path = options.submissions.first().map_or_else(String::new, |path| crate::model::bytes::safe_path(path));
        return Err(Trouble::usage(Message::new("cli-no-submissions").with("path", path)));
    }
    let stage = Isolation::new(options.stage).demanded()?;
    let store = open(&options.store, true)?;
    let cancel = Cancel::new().context("creating a pipe")?;
    catch_signals(&cancel)?;
    let environment = |name: &str| std::env::var_os(name);
    let cores = || std::thread::available_parallelism().map_or(2, usize::from);
    let workers = options.jobs.map_or_else(cores, usize::from);
    let slots = Slots::new(workers * SIDE_BY_SIDE);
    let hide = hidden(options, &wanted, &copies);
    // The seed is the same for the whole class, even if it is graded in several runs.
    let stored = store.seed().map_err(|error| trouble(&options.store, error))?;
    let seed = bounds::seed(options.seed.or(stored))?;
    let budgets = options.bounds.budgets();
    let around = Around {
        seed,
        stage: Some(stage),
        jobs: SIDE_BY_SIDE,
        slots: &slots,
        environment: &environment,
        hide: &hide,
        cancel: &cancel,
        budgets: &budgets,
    };
    let batch = Batch {
        lab: &lab,
        lab_hash: lab.hash(),
        sources: &sources,
        around,
        workers: workers * AHEAD,
        force: options.force,
        failed: options.failed,
        run_within: Duration::MAX,
    };
    let bar = Bar::new(&reader.words, sources.len());
    let graded = batch::grade(&batch, store, &bar);
    bar.end();
    let store = graded.map_err(|error| trouble(&options.store, error))?;
    let table = wanted.iter().all(|(format, _)| format.is_a_table());
    let own: BTreeSet<&str> = sources.iter().map(|source| source.id.0.as_str()).collect();
    let report = results(&store, table, |id| own.contains(id));
    let mut report = report.map_err(|error| trouble(&options.store, error))?;
    report.interrupted = cancel.is_cancelled();
    let done = Message::new("cli-grading-done")
        .with("n", report.submissions.len())
        .with("store", crate::model::bytes::safe_path(&options.store))
        .with("kept", bar.kept.load(Ordering::Relaxed));
    let _ = writeln!(std::io::stderr().lock(), "{}", reader.words.say(&done));
    write_reports(&report, &[], &wanted, reader)?;
    Ok(Exit::of_class(&report))
}

/// Returns the paths hidden from submissions: other submissions, their results, and the lab, which
/// may have hidden items.
fn hidden(options: &GradeOptions, wanted: &[Wanted<'_>], copies: &[Delivery]) -> Vec<PathBuf> {
    let store = hidden::store(&options.store);
    let own = [Path::new(&options.lab)].into_iter().chain(options.roster.as_deref());
    let written = wanted.iter().map(|(_, file)| Path::new(*file));
    let copies = copies.iter().map(|copy| copy.root.as_path());
    let submissions = options.submissions.iter().map(PathBuf::as_path).chain(copies);
    hidden::from_submissions(submissions.chain(own).chain(written).chain(store.iter().map(PathBuf::as_path)))
}

/// Returns the submissions that the command line names.
fn all_sources(options: &GradeOptions) -> Result<Class, Trouble> {
    let shown = |path: &Path| crate::model::bytes::safe_path(path);
    if let Some(path) = options.submissions.iter().find(|path| !path.exists()) {
        return Err(Trouble::usage(Message::new("cli-no-delivery").with("path", shown(path))));
    }
    let paths: Vec<&Path> = options.submissions.iter().map(PathBuf::as_path).collect();
    Class::of(&paths).map_err(|(path, error)| {
        Trouble::usage(match error {
            DeliveryError::Unusable(reason) => {
                Message::new("cli-delivery").with("path", shown(path)).with("reason", reason)
            }
            DeliveryError::System(_) | DeliveryError::BrokenOff => {
                Message::new("cli-no-submissions").with("path", shown(path))
            }
        })
    })
}

/// Applies a roster to the submissions.
fn with_roster(sources: Vec<Source>, file: &Path) -> Result<Vec<Source>, Trouble> {
    let shown = crate::model::bytes::safe_path(file);
    let wrong = |problem: Message| Message::new("cli-roster").with("file", shown.as_str()).with("problem", problem);
    let bytes = std::fs::read(file)
        .map_err(|error| Trouble::usage(wrong(Message::new("roster-unreadable").with("problem", error.to_string()))))?;
    let listed = roster::read(&bytes, &sources).map_err(|problem| Trouble::usage(wrong(problem)))?;
    Ok(roster::applied(listed, sources))
}

/// The progress of a class: a bar with the remaining time on a terminal, one line per submission in
/// a pipe.
struct Bar<'a> {
    words: &'a Words,
    bar: Option<ProgressBar>,
    kept: AtomicUsize,
}

impl<'a> Bar<'a> {
    fn new(words: &'a Words, all: usize) -> Self {
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

impl Watch for Bar<'_> {
    fn over(&self, result: &SubmissionResult, kept_before: bool) {
        self.kept.fetch_add(usize::from(kept_before), Ordering::Relaxed);
        let id = crate::model::bytes::safe(&result.label());
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
            .with("what", result.reason.clone().unwrap_or(what));
        let _ = writeln!(std::io::stderr().lock(), "{}", self.words.say(&message));
    }
}
