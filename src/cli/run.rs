//! `socklab run`: builds a plan from the options, runs it, and writes its reports.

pub(super) mod programs;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use clap::ValueEnum;
use programs::{missing_programs, programs};

use super::arguments::RunOptions;
use super::ci::{CiOutputs, ci_env};
use super::evidence::{self, EvidenceWriter};
use super::exit::{CliError, ExitStatus};
use super::isolation::SandboxChoice;
use super::load::{self, LoadedLab};
use super::outputs::{any_shows_evidence, parse_reports, write_reports};
use super::progress::ProgressLine;
use super::sandbox_arg::SandboxArg;
use super::selection::{select_from, select_items};
use super::signals::cancel_on_signals;
use super::{Ui, run_limits};
use crate::model::{Message, SubmissionId};
use crate::run::plan::{scenario_count, scenarios};
use crate::run::runner::all_commands;
use crate::run::sandbox_config::check_readable;
use crate::run::source_hint::own_text;
use crate::run::{Budgets, Cancel, ProgramFolder, RunPlan, Semaphore, Session};
use crate::scenario::lab;

/// Runs the scenarios that the options select.
pub(super) fn run(options: &RunOptions, reader: &Ui) -> Result<ExitStatus, CliError> {
    let variables = parse_pairs(&options.variables, "--set")?;
    let named = if options.files.is_empty() {
        let lab = load::load_lab(&options.lab, &variables)?;
        load::check_variables(&lab.scenarios, &variables)?;
        LoadedLab::whole(lab)
    } else {
        load::load_files(&options.files, &variables)?
    };
    let reports = parse_reports(&options.reports)?;
    let usual = || std::thread::available_parallelism().map_or(2, |n| n.get() + 1);
    // A scenario mostly waits, so one more than the number of CPUs keeps all of them busy.
    let permits = Semaphore::new(options.jobs.map_or_else(usual, usize::from));
    let mut unasked = CiOutputs::new(!options.no_ci, &reports);
    let cancel = Cancel::new().context("creating a pipe")?;
    let session = Session {
        seed: seed(options)?,
        stage: None,
        jobs: permits.all(),
        permits: &permits,
        environment: &|name| std::env::var_os(name),
        hide: &[],
        cancel: &cancel,
        budgets: &Budgets::default(),
    };
    let mut plan = plan(options, &named, session)?;
    plan.capture |= any_shows_evidence(&reports);
    let commands = all_commands(&plan);
    if let Err(unreadable) = check_readable(&commands, plan.folder.root()) {
        let path = crate::model::bytes::safe_path(&unreadable.0);
        return Err(CliError::usage(Message::new("cli-not-readable").with("path", path)));
    }
    if let Some(folder) = &options.evidence {
        evidence::check_evidence_dir(&named.lab, scenarios(&plan).into_iter().map(|(place, _)| place), folder)?;
    }
    let isolation = SandboxChoice::new(options.stage);
    // If only the lab's own programs run, a warning about missing isolation is not needed.
    plan.session.stage = if commands.is_empty() { isolation.asked() } else { isolation.preferred_mode(reader) };
    cancel_on_signals(&cancel)?;
    let line = ProgressLine::new(&reader.words, "progress-other");
    line.count(scenario_count(&plan));
    let line = line.asked(plan.items.as_ref());
    let keeper = EvidenceWriter::new(&plan, reader, &line, options.evidence.as_deref(), &options.shows);
    let keeper = keeper.holding(any_shows_evidence(&reports));
    let mut report = crate::run::run(&plan, &keeper);
    line.end();
    let kept = keeper.finish(&mut report);
    for result in &mut report.submissions {
        result.add_excerpts(&|file| own_text(plan.folder.root(), file));
    }
    report.ci_env = ci_env();
    unasked.stop_commands()?;
    write_reports(&report, &kept.seen(), &reports, reader)?;
    Ui::print(&kept.shown.context("writing the evidence")?);
    unasked.write(&report, plan.folder.root(), Path::new(""), reader)?;
    Ok(ExitStatus::of_report(&report, options.allow_unverified))
}

/// Returns the seed of a run. Runs of the lab's own programs have a fixed one, so that the output
/// in the README is reproducible.
fn seed(options: &RunOptions) -> Result<u64, CliError> {
    let own = options.files.is_empty() && options.servers.is_empty() && options.targets.is_empty();
    Ok(run_limits::seed(options.seed.or(own.then_some(1)))?)
}

fn plan<'a>(options: &RunOptions, named: &'a LoadedLab, session: Session<'a>) -> Result<RunPlan<'a>, CliError> {
    let programs = programs(options, named)?;
    Ok(RunPlan {
        lab: &named.lab,
        items: match &named.items {
            Some(meant) if !options.items.is_empty() => {
                Some(select_from(&meant.iter().collect::<Vec<_>>(), &options.items)?)
            }
            Some(meant) => Some(meant.clone()),
            None => select_items(&named.lab, &options.items)?,
        },
        absent: missing_programs(&named.lab, &programs),
        programs,
        submission: SubmissionId("socklab".to_owned()),
        folder: ProgramFolder::Own(std::env::current_dir().context("finding the current directory")?),
        session,
        repeat: repeat_command(options, session.seed),
        capture: options.evidence.is_some() || !options.shows.is_empty(),
        stacks: false,
        results: false,
        mutation: None,
        retry_harness_errors: true,
        may_begin: &|| true,
    })
}

/// Returns the beginning of the command that runs an item again, with every option that affects the
/// result.
fn repeat_command(options: &RunOptions, seed: u64) -> String {
    let mut words = vec!["socklab".to_owned(), "run".to_owned()];
    words.extend(options.files.iter().map(|file| file.to_string_lossy().into_owned()));
    if options.lab != lab::DEFAULT_LAB {
        words.extend(["--lab".to_owned(), options.lab.clone()]);
    }
    for (flag, values) in
        [("--server", &options.servers), ("--target", &options.targets), ("--set", &options.variables)]
    {
        words.extend(values.iter().flat_map(|value| [flag.to_owned(), value.clone()]));
    }
    // Seed 1 is the default if only the lab's own programs run.
    if seed != 1 || options.seed.is_some() {
        words.extend(["--seed".to_owned(), seed.to_string()]);
    }
    if let Some(stage) = options.stage.to_possible_value().filter(|_| options.stage != SandboxArg::Auto) {
        words.extend(["--stage".to_owned(), stage.get_name().to_owned()]);
    }
    shell_words::join(words)
}

/// Parses `NAME=VALUE` arguments.
pub(super) fn parse_pairs(words: &[String], flag: &'static str) -> Result<BTreeMap<String, String>, CliError> {
    let mut pairs = BTreeMap::new();
    for word in words {
        let Some((name, value)) = word.split_once('=') else {
            return Err(CliError::usage(Message::new("cli-not-a-pair").with("flag", flag).with("word", word.as_str())));
        };
        if pairs.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(CliError::usage(Message::new("cli-given-twice").with("flag", flag).with("name", name)));
        }
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::arguments::{Arguments, Command};
    use super::*;

    pub(super) fn options(words: &[&str]) -> RunOptions {
        let words = ["socklab", "run"].iter().chain(words);
        match Arguments::parse_from(words).verb {
            Command::Run(options) => options,
            verb => panic!("{verb:?}"),
        }
    }

    #[test]
    fn repeat_command_contains_every_relevant_option() {
        let again = |words: &[&str], seed| repeat_command(&options(words), seed);
        assert_eq!(again(&["--item", "tcp-simple.1", "--jobs", "3", "--allow-unverified"], 1), "socklab run");
        let words = ["--lab", "line-chat", "--server", "chat=python3 a.py", "--set", "x=a b"];
        let whole = "socklab run --lab line-chat --server 'chat=python3 a.py' --set 'x=a b' --seed 7";
        assert_eq!(again(&words, 7), whole, "also where it was drawn");
        let words = ["my file.yaml", "--stage", "plain", "--seed", "1"];
        assert_eq!(again(&words, 1), "socklab run 'my file.yaml' --seed 1 --stage plain");
    }
}
