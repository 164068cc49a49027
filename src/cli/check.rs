//! `socklab check`: checks one submission as its student does.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use anyhow::Context;

use super::Reader;
use super::arguments::{CheckOptions, EVIDENCE};
use super::evidence::{Keeper, check_place};
use super::exit::{Exit, Trouble};
use super::isolation::Isolation;
use super::outputs::{reports, show_evidence, write_reports};
use super::progress::Line;
use super::selection::chosen_items;
use super::service::{Unasked, around_now};
use super::signals::catch_signals;
use super::{bounds, gather, links, watch};
use crate::model::{ItemId, Message, Report, SubmissionId};
use crate::run::check::{self, Task};
use crate::run::delivery::{Delivery, DeliveryError};
use crate::run::detect::observe::Around;
use crate::run::plan::scenario_count;
use crate::run::{Cancel, Slots, hidden, run};
use crate::scenario::lab::Lab;
use crate::scenario::manifest::FILE;

/// Reads a lab and removes everything that students may not see.
pub(super) fn lab_for_students(name: &str) -> Result<Lab, Trouble> {
    Ok(gather::lab(name, &BTreeMap::new())?.for_students())
}

/// Imports a submission.
///
/// # Errors
/// Returns an error if the path does not exist, the submission is unusable, the import fails, or
/// the run is interrupted.
pub(super) fn receive(path: &Path, cancel: &Cancel) -> Result<Delivery, Trouble> {
    let shown = crate::model::bytes::safe_path(path);
    if !path.exists() {
        return Err(Trouble::usage(Message::new("cli-no-delivery").with("path", shown)));
    }
    Delivery::receive_unless(path, &|| cancel.is_cancelled()).map_err(|error| match error {
        DeliveryError::BrokenOff => Trouble::BrokenOff,
        DeliveryError::Unusable(reason) => {
            Trouble::usage(Message::new("cli-delivery").with("path", shown).with("reason", reason))
        }
        DeliveryError::System(error) => Trouble::Harness(anyhow::Error::new(error).context("importing the submission")),
    })
}

/// Returns the id of a submission: the name of its folder or archive, without extension.
fn name(path: &Path) -> SubmissionId {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    SubmissionId(real.file_stem().map_or_else(|| "submission".to_owned(), |name| name.to_string_lossy().into_owned()))
}

/// Checks a submission, and again after each change if `--watch` is given.
pub(super) fn check(options: &CheckOptions, reader: &Reader) -> Result<Exit, Trouble> {
    let lab = lab_for_students(&options.lab)?;
    let items = chosen_items(&lab, &options.items)?;
    let cancel = Cancel::new().context("creating a pipe")?;
    catch_signals(&cancel)?;
    let path = options.delivery.clone();
    let path = path.unwrap_or_else(|| Unasked::submission(asks_services(options), reader));
    let isolation = Isolation::new(options.stage);
    if options.watch {
        return watch::watch(&path, &cancel, &mut |last| {
            once((options, &path, &isolation), reader, &lab, items.as_ref(), &cancel, last)
        });
    }
    once((options, &path, &isolation), reader, &lab, items.as_ref(), &cancel, None).map(|(exit, _)| exit)
}

/// Returns true if results are written for CI services: not with `--watch`, which would write them
/// again after each change.
const fn asks_services(options: &CheckOptions) -> bool {
    !options.no_ci && !options.watch
}

/// Checks a submission once. Does nothing if its hash is still `last`.
fn once(
    (options, path, isolation): (&CheckOptions, &Path, &Isolation),
    reader: &Reader,
    lab: &Lab,
    items: Option<&BTreeSet<ItemId>>,
    cancel: &Cancel,
    last: Option<&str>,
) -> Result<(Exit, String), Trouble> {
    let seed = bounds::seed(options.seed)?;
    let reports = reports(&options.reports)?;
    let files = reports.iter().map(|(_, file)| Path::new(*file)).filter(|file| *file != Path::new("-"));
    links::refuse(files.filter_map(Path::parent), path)?;
    // The default evidence folder was not requested and may not be needed, so only its links are
    // checked.
    let is_usual = options.evidence == Path::new(EVIDENCE);
    let planted = links::planted(&options.evidence, path);
    let evidence = planted.is_none().then_some(options.evidence.as_path());
    if let Some(link) = planted {
        if !is_usual {
            return Err(Trouble::usage(links::told("cli-planted-link", &link)));
        }
        let _ = writeln!(std::io::stderr().lock(), "{}", reader.words.say(&links::told("cli-evidence-link", &link)));
    } else if !is_usual {
        check_place(lab, 0..lab.scenarios.len(), &options.evidence)?;
    }
    let mut unasked = Unasked::of(asks_services(options), &reports);
    let mut delivery = receive(path, cancel)?;
    let hash = delivery.hash.clone();
    if last == Some(&hash) {
        return Ok((Exit::Passed, hash));
    }
    let manifest = match check::manifest(&delivery, lab) {
        Ok(manifest) => manifest,
        Err(mistakes) => {
            // A service that waits for a report gets one. Otherwise students would only see that it
            // is missing.
            let mut report = check::refused(lab, &name(path), seed, check::of_mistakes(&mistakes));
            report.around = around_now();
            unasked.write(&report, (path, &delivery.below()), reader)?;
            let text = delivery.text(Path::new(FILE), 1 << 20);
            return Err(Trouble::mistakes(mistakes, vec![(FILE.to_owned(), text)]));
        }
    };
    let environment = |name: &str| std::env::var_os(name);
    let usual = || std::thread::available_parallelism().map_or(2, |n| n.get() + 1);
    let jobs = options.jobs.map_or_else(usual, usize::from);
    let slots = Slots::new(jobs);
    let written = reports.iter().map(|(_, file)| Path::new(*file));
    // As in `grade`: files beside the submission may belong to other students.
    let beside = hidden::around_submission(path);
    let beside = beside.iter().map(std::path::PathBuf::as_path);
    let hide = hidden::from_submissions(written.chain([Path::new(&options.lab), &options.evidence]).chain(beside));
    let budgets = options.bounds.budgets();
    let around = Around {
        seed,
        stage: isolation.preferred(reader),
        jobs,
        slots: &slots,
        environment: &environment,
        hide: &hide,
        cancel,
        budgets: &budgets,
    };
    let repeat = repeat(path, options, seed);
    let submission = name(path);
    let task = Task {
        lab,
        items,
        around,
        submission: &submission,
        repeat: &repeat,
        capture: true,
        thorough: true,
        may_begin: &|| true,
    };
    let line = Line::new(&reader.words, "progress-looking");
    let prepared = check::prepare(&mut delivery, manifest.as_ref(), &task);
    let plan = prepared.plan(&delivery, &task);
    line.count(scenario_count(&plan));
    let line = line.asked(items);
    let keeper = Keeper::new(&plan, reader, &line, evidence, &options.shows).only_failed();
    let keeper = keeper.holding(show_evidence(&reports));
    let mut report = run(&plan, &keeper, cancel);
    line.says("progress-again");
    check::complete(&mut report, &delivery, &prepared, &plan, &task);
    line.end();
    let kept = keeper.finish(&mut report);
    report.around = around_now();
    unasked.silence()?;
    write_reports(&report, &kept.seen(), &reports, reader)?;
    Reader::print(&kept.shown.context("writing the evidence")?);
    unasked.write(&report, (path, &delivery.below()), reader)?;
    Ok((exit(&report, options), hash))
}

/// Returns the beginning of the command that checks an item again.
fn repeat(path: &Path, options: &CheckOptions, seed: u64) -> String {
    let mut words = vec!["socklab".into(), "check".into(), path.to_string_lossy()];
    if options.lab != crate::scenario::lab::DEFAULT {
        words.extend(["--lab".into(), options.lab.as_str().into()]);
    }
    let seed = seed.to_string();
    words.extend(["--seed".into(), seed.as_str().into()]);
    shell_words::join(words)
}

fn exit(report: &Report, options: &CheckOptions) -> Exit {
    Exit::of(report, options.allow_unverified)
}
