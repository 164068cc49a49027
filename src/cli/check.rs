//! `socklab check`: checks one submission as its student does.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::Context;

use super::arguments::{CheckOptions, DEFAULT_EVIDENCE_DIR};
use super::changes::Outcome;
use super::ci::{CiOutputs, ci_env};
use super::evidence::{EvidenceWriter, check_evidence_dir};
use super::exit::{CliError, ExitStatus};
use super::isolation::SandboxChoice;
use super::outputs::{any_shows_evidence, parse_reports, write_reports};
use super::progress::ProgressLine;
use super::selection::select_items;
use super::signals::cancel_on_signals;
use super::watch::Watched;
use super::{Ui, load, run_limits, symlink_guard, watch};
use crate::model::{ItemId, Message, Report, SubmissionId};
use crate::run::plan::scenario_count;
use crate::run::{Cancel, Semaphore, Session, run, sandbox_denylist};
use crate::scenario::lab::Lab;
use crate::scenario::manifest::FILE_NAME;
use crate::submission::import::{ImportError, Submission};
use crate::submission::pipeline;
use crate::submission::pipeline::CheckSpec;

/// Reads a lab and removes everything that students may not see.
pub(super) fn lab_for_students(name: &str) -> Result<Lab, CliError> {
    Ok(load::load_lab(name, &BTreeMap::new())?.without_hidden_items())
}

/// Returns the lab with only the chosen item, and with these steps in place of its own.
fn lab_with_steps(lab: &Lab, items: Option<&BTreeSet<ItemId>>, steps: &str) -> Result<Lab, CliError> {
    let mut chosen = items.into_iter().flatten();
    let (Some(item), None) = (chosen.next(), chosen.next()) else {
        return Err(CliError::usage(Message::new("cli-steps-one-item")));
    };
    let replaced = lab.with_steps(item, steps).map_err(|mistakes| CliError::diagnostics(mistakes, Vec::new()))?;
    replaced.ok_or_else(|| CliError::usage(Message::new("cli-steps-no-answers").with("item", item.as_str())))
}

/// Imports a submission.
///
/// # Errors
/// Returns an error if the path does not exist, the submission is unusable, the import fails, or
/// the run is interrupted.
pub(super) fn import_submission(path: &Path, cancel: &Cancel) -> Result<Submission, CliError> {
    let shown = crate::model::bytes::safe_path(path);
    if !path.exists() {
        return Err(CliError::usage(Message::new("cli-no-delivery").with("path", shown)));
    }
    Submission::import_until(path, &|| cancel.is_cancelled()).map_err(|error| match error {
        ImportError::Interrupted => CliError::Interrupted,
        ImportError::Unusable(reason) => {
            CliError::usage(Message::new("cli-delivery").with("path", shown).with("reason", reason))
        }
        ImportError::System(error) => CliError::Internal(anyhow::Error::new(error).context("importing the submission")),
    })
}

/// Returns the id of a submission: the name of its folder or archive, without extension.
fn name(path: &Path) -> SubmissionId {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    SubmissionId(real.file_stem().map_or_else(|| "submission".to_owned(), |name| name.to_string_lossy().into_owned()))
}

/// Checks a submission, and again after each change if `--watch` is given.
pub(super) fn check(options: &CheckOptions, reader: &Ui) -> Result<ExitStatus, CliError> {
    let mut lab = lab_for_students(&options.lab)?;
    let items = select_items(&lab, &options.items)?;
    if let Some(steps) = &options.steps {
        lab = lab_with_steps(&lab, items.as_ref(), steps)?;
    }
    let cancel = Cancel::new().context("creating a pipe")?;
    cancel_on_signals(&cancel)?;
    let path = options.delivery.clone();
    let path = path.unwrap_or_else(|| CiOutputs::submission(uses_ci(options), reader));
    let isolation = SandboxChoice::new(options.stage);
    if options.watch {
        return watch::watch(&path, &cancel, &reader.words, &mut |last| {
            // The terminal may have another width by now.
            check_once((options, &path, &isolation), &reader.resized(), &lab, items.as_ref(), &cancel, last)
        });
    }
    check_once((options, &path, &isolation), reader, &lab, items.as_ref(), &cancel, None).map(|done| done.exit)
}

/// Returns true if results are written for CI services: not with `--watch`, which would write them
/// again after each change.
const fn uses_ci(options: &CheckOptions) -> bool {
    !options.no_ci && !options.watch
}

/// Checks a submission once. Does nothing if its hash is still `last`.
fn check_once(
    (options, path, isolation): (&CheckOptions, &Path, &SandboxChoice),
    reader: &Ui,
    lab: &Lab,
    items: Option<&BTreeSet<ItemId>>,
    cancel: &Cancel,
    last: Option<&str>,
) -> Result<Watched, CliError> {
    let seed = run_limits::seed(options.seed)?;
    let reports = parse_reports(&options.reports)?;
    let files = reports.iter().map(|(_, file)| Path::new(*file)).filter(|file| *file != Path::new("-"));
    symlink_guard::reject_planted_links(files.filter_map(Path::parent), path)?;
    // The default evidence folder was not requested and may not be needed, so only its links are
    // checked.
    let is_usual = options.evidence == Path::new(DEFAULT_EVIDENCE_DIR);
    let planted = symlink_guard::find_planted_link(&options.evidence, path);
    let evidence = planted.is_none().then_some(options.evidence.as_path());
    if let Some(link) = planted {
        if !is_usual {
            return Err(CliError::usage(symlink_guard::link_message("cli-planted-link", &link)));
        }
        let _ = writeln!(
            std::io::stderr().lock(),
            "{}",
            reader.words.format(&symlink_guard::link_message("cli-evidence-link", &link))
        );
    } else if !is_usual {
        check_evidence_dir(lab, 0..lab.scenarios.len(), &options.evidence)?;
    }
    let begin = Instant::now();
    let mut unasked = CiOutputs::new(uses_ci(options), &reports);
    let mut delivery = import_submission(path, cancel)?;
    let hash = delivery.hash.clone();
    if last == Some(&hash) {
        return Ok(Watched { exit: ExitStatus::Passed, hash, outcome: None });
    }
    let manifest = match pipeline::manifest(&delivery, lab) {
        Ok(manifest) => manifest,
        Err(mistakes) => {
            // A service that waits for a report gets one. Otherwise students would only see that it
            // is missing.
            let mut report = pipeline::not_run_report(lab, &name(path), seed, pipeline::manifest_reason(&mistakes));
            report.ci_env = ci_env();
            unasked.write(&report, path, &delivery.original_subfolder(), reader)?;
            let text = delivery.text(Path::new(FILE_NAME), 1 << 20);
            return Err(CliError::diagnostics(mistakes, vec![(FILE_NAME.to_owned(), text)]));
        }
    };
    let environment = |name: &str| std::env::var_os(name);
    let usual = || std::thread::available_parallelism().map_or(2, |n| n.get() + 1);
    let jobs = options.jobs.map_or_else(usual, usize::from);
    let permits = Semaphore::new(jobs);
    let written = reports.iter().map(|(_, file)| Path::new(*file));
    // As in `grade`: files beside the submission may belong to other students.
    let beside = sandbox_denylist::submission_parents(path);
    let beside = beside.iter().map(std::path::PathBuf::as_path);
    let hide =
        sandbox_denylist::from_submissions(written.chain([Path::new(&options.lab), &options.evidence]).chain(beside));
    let budgets = options.bounds.budgets();
    let session = Session {
        seed,
        stage: isolation.preferred_mode(reader),
        jobs,
        permits: &permits,
        environment: &environment,
        hide: &hide,
        cancel,
        budgets: &budgets,
    };
    let repeat = repeat_command(path, options, seed);
    let submission = name(path);
    let task = CheckSpec {
        lab,
        items,
        session,
        submission: &submission,
        repeat: &repeat,
        capture: true,
        thorough: true,
        may_begin: &|| true,
    };
    let line = ProgressLine::new(&reader.words, "progress-looking");
    let prepared = pipeline::prepare(&mut delivery, manifest.as_ref(), &task);
    let plan = prepared.plan(&delivery, &task);
    line.count(scenario_count(&plan));
    let line = line.asked(items);
    let keeper = EvidenceWriter::new(&plan, reader, &line, evidence, &options.shows).only_failed();
    let keeper = keeper.holding(any_shows_evidence(&reports));
    let mut report = run(&plan, &keeper);
    line.set_message("progress-again");
    pipeline::annotate(&mut report, &delivery, &prepared, &plan, &task);
    // The time that the student waited: finding the programs and explaining failures included.
    if let Some(result) = report.submissions.first_mut() {
        result.took_ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    }
    line.end();
    let kept = keeper.finish(&mut report);
    report.ci_env = ci_env();
    unasked.stop_commands()?;
    write_reports(&report, &kept.seen(), &reports, reader)?;
    Ui::print(&kept.shown.context("writing the evidence")?);
    unasked.write(&report, path, &delivery.original_subfolder(), reader)?;
    let outcome = report.submissions.first().map(Outcome::of);
    Ok(Watched { exit: exit(&report, options), hash, outcome })
}

/// Returns the beginning of the command that checks an item again.
fn repeat_command(path: &Path, options: &CheckOptions, seed: u64) -> String {
    let mut words = vec!["socklab".into(), "check".into(), path.to_string_lossy()];
    if options.lab != crate::scenario::lab::DEFAULT_LAB {
        words.extend(["--lab".into(), options.lab.as_str().into()]);
    }
    let seed = seed.to_string();
    words.extend(["--seed".into(), seed.as_str().into()]);
    if let Some(steps) = &options.steps {
        words.extend(["--steps".into(), steps.as_str().into()]);
    }
    shell_words::join(words)
}

fn exit(report: &Report, options: &CheckOptions) -> ExitStatus {
    ExitStatus::of_report(report, options.allow_unverified)
}
