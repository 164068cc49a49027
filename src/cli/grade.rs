//! `socklab grade`: grades a class from folders and archives into a store and a table.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::array_job::{self, Environment};
use super::class_inputs::{ClassInputs, no_submissions};
use super::exit::{CliError, ExitStatus};
use super::grade_options::GradeOptions;
use super::grade_warnings::{self, KnownBefore};
use super::isolation::SandboxChoice;
use super::outputs::{ReportTarget, parse_reports, same_file, write_class_reports};
use super::progress_file::ProgressFile;
use super::selection::matches_pattern;
use super::signals::cancel_on_signals;
use super::store_access::{StoredClass, open_store, store_error};
use super::{Ui, run_limits};
use crate::i18n::Catalog;
use crate::model::bytes::printable_text;
use crate::model::{Message, Reason, SubmissionResult, Verdict};
use crate::report::Totals;
use crate::run::shard::Shard;
use crate::run::store::{ClosedStore, PartError, Store, StoreError};
use crate::run::toolchains::Toolchains;
use crate::run::{Cancel, Semaphore, Session, sandbox_denylist};
use crate::scenario::lab::Lab;
use crate::submission::grade::{GradeProgress, GradeSpec, SubmissionSource, class as order};
use crate::submission::import::Submission;
use crate::submission::{grade, import};

/// Scenarios of one submission that run in parallel. A scenario mostly waits.
const SCENARIOS_PER_SUBMISSION: usize = 4;
/// Submissions in progress per requested job. While the last scenario of one submission waits for a
/// lossy link, the next one has started. The total number of scenario slots is unchanged.
const SUBMISSIONS_PER_JOB: usize = 2;

/// Grades a class.
pub(super) fn grade(options: &GradeOptions, reader: &Ui) -> Result<ExitStatus, CliError> {
    let shard = options.shard.as_deref().map(requested_shard).transpose()?;
    let csv = ["csv=-".to_owned()];
    // A person gets a table, and a program that reads the output gets CSV.
    let is_default_csv = options.reports.is_empty() && !reader.terminal;
    let wanted = parse_reports(if is_default_csv { &csv } else { &options.reports })?;
    if let Some((one, _)) = wanted.iter().find(|(format, _)| format.spec().is_single_submission) {
        return Err(CliError::usage(Message::new("cli-one-submission").with("format", one.spec().name)));
    }
    check_replaced_files(options, &wanted)?;
    import::sweep();
    let ClassInputs { lab, sources, copies, roster, students } = ClassInputs::read(options, reader)?;
    let students = students.filter(|_| options.only.is_empty());
    let is_wanted = |id: &str| options.only.is_empty() || options.only.iter().any(|one| matches_pattern(one, id));
    let is_in_shard = |id: &str| shard.is_none_or(|shard| shard.contains(id));
    let mut selected: Vec<usize> = (0..sources.len()).collect();
    selected.retain(|&place| is_wanted(&sources[place].id.0) && is_in_shard(&sources[place].id.0));
    // A shard may have no submission; a class has some.
    if sources.is_empty() || selected.is_empty() && shard.is_none() {
        return Err(no_submissions(options));
    }
    let stage = SandboxChoice::new(options.stage).required_mode()?;
    let mut store = open_store(&options.store, true)?;
    let lab_hash = lab.hash();
    let path = Toolchains::find(&|name| std::env::var_os(name)).path.clone();
    let known = KnownBefore {
        lab: &lab,
        lab_hash: &lab_hash,
        sources: &selected.iter().map(|&place| &sources[place]).collect::<Vec<_>>(),
        listed: students.map(|students| selected.partition_point(|&place| place < students)),
        stage,
        seed: options.seed,
        path: &path,
    };
    grade_warnings::print(&known, &store, &reader.words).map_err(|error| store_error(&options.store, error))?;
    order::longest_first(&mut selected, &sources, &earlier_durations(options, &store)?);
    let cancel = Cancel::new().context("creating a pipe")?;
    cancel_on_signals(&cancel)?;
    let environment = |name: &str| std::env::var_os(name);
    let cores = || std::thread::available_parallelism().map_or(2, usize::from);
    let workers = options.jobs.map_or_else(cores, usize::from);
    let permits = Semaphore::new(workers * SCENARIOS_PER_SUBMISSION);
    let hide = hidden_paths(options, &wanted, &copies);
    let seed = begin(&mut store, &lab, shard, roster.as_deref(), &sources, options.seed);
    let seed = run_limits::seed(seed.map_err(|error| store_error(&options.store, error))?)?;
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
        selected: &selected,
        session,
        workers: workers * SUBMISSIONS_PER_JOB,
        force: options.force,
        failed: options.failed,
        run_within: Duration::MAX,
    };
    let file = options.progress.as_deref().map(|path| ProgressFile::create(path, shard, selected.len()));
    let file = file.transpose().context("writing the file of --progress")?;
    let bar = ClassProgress::new(&reader.words, selected.len(), file);
    let graded = grade::grade(&batch, store, &bar);
    bar.end();
    let store = graded.map_err(|error| store_error(&options.store, error))?;
    let own: BTreeSet<&str> = selected.iter().map(|&place| sources[place].id.0.as_str()).collect();
    let is_own = |id: &str| own.contains(id);
    let class = StoredClass::new(&store, &is_own, false);
    let mut class = class.map_err(|error| store_error(&options.store, error))?;
    class.run.interrupted = cancel.is_cancelled();
    let mut totals = Totals::default();
    let counted = class.report().each(|submission| {
        totals.add(submission);
        Ok(())
    });
    counted.context("reading the results")?;
    let done = Message::new("cli-grading-done")
        .with("n", totals.submissions)
        .with("store", crate::model::bytes::safe_path(&options.store))
        .with("kept", bar.kept.load(Ordering::Relaxed));
    let _ = writeln!(std::io::stderr().lock(), "{}", reader.words.format(&done));
    write_class_reports(class.report(), &wanted, reader)?;
    // Whoever moves the file after this process has ended moves all results.
    store.finish().map_err(|error| store_error(&options.store, error))?;
    if !cancel.is_cancelled() {
        bar.finished();
    }
    Ok(ExitStatus::of_class(cancel.is_cancelled(), totals.errors > 0))
}

/// Checks that the files that are replaced, those of `--progress` and `--report`, are none of the
/// others.
fn check_replaced_files(options: &GradeOptions, wanted: &[ReportTarget<'_>]) -> Result<(), CliError> {
    let kept = [Some(&options.store), options.roster.as_ref(), options.earlier.as_ref()].into_iter().flatten();
    let kept: Vec<_> = kept.map(|file| file.to_string_lossy()).collect();
    let progress = options.progress.as_deref().map(Path::to_string_lossy);
    let replaced = wanted.iter().map(|(_, file)| ("--report", *file));
    for (option, file) in replaced.clone().chain(progress.as_deref().map(|file| ("--progress", file))) {
        let is_report = option == "--progress" && replaced.clone().any(|(_, report)| same_file(report, file));
        if is_report || kept.iter().any(|kept| same_file(kept, file)) {
            let message = Message::new("cli-file-twice").with("file", printable_text(file));
            return Err(CliError::usage(message.with("option", option)));
        }
    }
    Ok(())
}

/// Returns the paths hidden from submissions: other submissions, their results, and the lab, which
/// may have hidden items.
fn hidden_paths(options: &GradeOptions, wanted: &[ReportTarget<'_>], copies: &[Submission]) -> Vec<PathBuf> {
    let store = sandbox_denylist::store(&options.store);
    let files = [&options.roster, &options.earlier, &options.progress].into_iter().filter_map(Option::as_deref);
    let own = [Path::new(&options.lab)].into_iter().chain(files);
    let written = wanted.iter().map(|(_, file)| Path::new(*file));
    let copies = copies.iter().map(|copy| copy.root.as_path());
    let submissions = options.submissions.iter().map(PathBuf::as_path).chain(copies);
    sandbox_denylist::from_submissions(submissions.chain(own).chain(written).chain(store.iter().map(PathBuf::as_path)))
}

/// Returns the shard of the option `--shard`.
fn requested_shard(option: &str) -> Result<Shard, CliError> {
    let variable = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    let shard = Environment { variable: &variable, file: &array_job::read_job_ad }.shard(option)?;
    array_job::acknowledge_shards(&variable);
    Ok(shard)
}

/// Begins a run in the store, which must hold the same shard, or a whole class. Returns the seed,
/// if one is known: it is the same for the whole class, even if it is graded in several runs or
/// shards.
fn begin(
    store: &mut Store,
    lab: &Lab,
    shard: Option<Shard>,
    roster: Option<&[u8]>,
    sources: &[SubmissionSource],
    seed: Option<u64>,
) -> Result<Option<u64>, StoreError> {
    if let Some(shard) = shard {
        let class = order::fingerprint(lab, roster, sources, shard.count);
        let all = sources.iter().enumerate().map(|(place, source)| (place, source.id.0.as_str()));
        return store.begin_part(&class, shard, seed, all.filter(|(_, id)| shard.contains(id))).map(Some);
    }
    if let Some(part) = store.part()? {
        return Err(PartError::OtherShard(part.shard()).into());
    }
    Ok(seed.or(store.seed()?))
}

/// Returns how long submissions took in an earlier run, in milliseconds.
fn earlier_durations(options: &GradeOptions, store: &Store) -> Result<BTreeMap<String, u64>, CliError> {
    let (path, durations) = match &options.earlier {
        Some(path) if !path.is_file() => {
            let message = Message::new("cli-store-missing").with("store", crate::model::bytes::safe_path(path));
            return Err(CliError::usage(message));
        }
        // The store itself is open and locked.
        Some(path) if same_file(&path.to_string_lossy(), &options.store.to_string_lossy()) => (path, store.durations()),
        Some(path) => (path, ClosedStore::open(path).and_then(|earlier| earlier.durations())),
        None => (&options.store, store.durations()),
    };
    Ok(durations.map_err(|error| store_error(path, error))?.into_iter().collect())
}

/// The progress of a class: a bar with the remaining time on a terminal, one line per submission in
/// a pipe.
struct ClassProgress<'a> {
    words: &'a Catalog,
    bar: Option<ProgressBar>,
    kept: AtomicUsize,
    file: Option<ProgressFile>,
}

impl<'a> ClassProgress<'a> {
    fn new(words: &'a Catalog, all: usize, file: Option<ProgressFile>) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(Some(all as u64), ProgressDrawTarget::stderr_with_hz(10));
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len}  {eta}  {wide_msg}") {
                bar.set_style(style);
            }
            bar
        });
        Self { words, bar, kept: AtomicUsize::new(0), file }
    }

    /// Reports that the results are complete, in one file.
    fn finished(&self) {
        if let Some(file) = &self.file {
            file.finished();
        }
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
        if let Some(file) = &self.file {
            file.add(kept_before, result.items.iter().any(|item| item.verdict == Verdict::Error));
        }
        let id = printable_text(&result.label());
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
