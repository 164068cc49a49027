//! `socklab run`: builds a plan from the options, runs it, and writes its reports.

mod programs;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use clap::ValueEnum;
use programs::{absent, programs};

use super::arguments::{RunOptions, StageName};
use super::evidence::{self, Keeper};
use super::exit::{Exit, Trouble};
use super::gather::{self, Named, Variables};
use super::isolation::Isolation;
use super::outputs::{reports, show_evidence, write_reports};
use super::progress::Line;
use super::selection::{chosen_items, chosen_of};
use super::service::{Unasked, around_now};
use super::signals::catch_signals;
use super::{Reader, bounds};
use crate::model::{Message, SubmissionId};
use crate::run::plan::{scenario_count, scenarios};
use crate::run::program::check_readable;
use crate::run::submission::all_commands;
use crate::run::{Cancel, Plan, Slots};
use crate::scenario::lab;

/// Runs the scenarios that the options select.
pub(super) fn run(options: &RunOptions, reader: &Reader) -> Result<Exit, Trouble> {
    let variables = pairs(&options.variables, "--set")?;
    let named = if options.files.is_empty() {
        let lab = gather::lab(&options.lab, &variables)?;
        gather::check_variables(&lab.scenarios, &variables)?;
        Named::whole(lab)
    } else {
        gather::named(&options.files, &variables)?
    };
    let reports = reports(&options.reports)?;
    let usual = || std::thread::available_parallelism().map_or(2, |n| n.get() + 1);
    // A scenario mostly waits, so one more than the number of CPUs keeps all of them busy.
    let slots = Slots::new(options.jobs.map_or_else(usual, usize::from));
    let mut unasked = Unasked::of(!options.no_ci, &reports);
    let mut plan = plan(options, &named, variables, &slots)?;
    plan.capture |= show_evidence(&reports);
    let commands = all_commands(&plan);
    if let Err(unreadable) = check_readable(&commands, &plan.folder) {
        let path = crate::model::bytes::safe_path(&unreadable.0);
        return Err(Trouble::usage(Message::new("cli-not-readable").with("path", path)));
    }
    if let Some(folder) = &options.evidence {
        evidence::check_place(&named.lab, scenarios(&plan).into_iter().map(|(place, _)| place), folder)?;
    }
    let isolation = Isolation::new(options.stage);
    // If only the lab's own programs run, a warning about missing isolation is not needed.
    plan.stage = if commands.is_empty() { isolation.asked() } else { isolation.preferred(reader) };
    let cancel = Cancel::new().context("creating a pipe")?;
    catch_signals(&cancel)?;
    let line = Line::new(&reader.words, "progress-other");
    line.count(scenario_count(&plan));
    let line = line.asked(plan.items.as_ref());
    let keeper = Keeper::new(&plan, reader, &line, options.evidence.as_deref(), &options.shows);
    let keeper = keeper.holding(show_evidence(&reports));
    let mut report = crate::run::run(&plan, &keeper, &cancel);
    line.end();
    let kept = keeper.finish(&mut report);
    report.around = around_now();
    unasked.silence()?;
    write_reports(&report, &kept.seen(), &reports, reader)?;
    Reader::print(&kept.shown.context("writing the evidence")?);
    unasked.write(&report, (&plan.folder, Path::new("")), reader)?;
    Ok(Exit::of(&report, options.allow_unverified))
}

fn plan<'a>(
    options: &RunOptions,
    named: &'a Named,
    variables: Variables,
    slots: &'a Slots,
) -> Result<Plan<'a>, Trouble> {
    let programs = programs(options, named)?;
    // Runs of the lab's own programs have a fixed seed, so that the output in the README is
    // reproducible.
    let own = options.files.is_empty() && options.servers.is_empty() && options.targets.is_empty();
    let seed = bounds::seed(options.seed.or(own.then_some(1)))?;
    Ok(Plan {
        lab: &named.lab,
        items: match &named.items {
            Some(meant) if !options.items.is_empty() => {
                Some(chosen_of(&meant.iter().collect::<Vec<_>>(), &options.items)?)
            }
            Some(meant) => Some(meant.clone()),
            None => chosen_items(&named.lab, &options.items)?,
        },
        absent: absent(&named.lab, &programs),
        programs,
        submission: SubmissionId("socklab".to_owned()),
        folder: std::env::current_dir().context("finding the current directory")?,
        delivery: None,
        keep_written: false,
        variables,
        jobs: slots.all(),
        slots,
        seed,
        stage: None,
        hide: &[],
        repeat: repeat(options, seed),
        capture: options.evidence.is_some() || !options.shows.is_empty(),
        again: true,
        environment: &|name| std::env::var_os(name),
        may_begin: &|| true,
    })
}

/// Returns the beginning of the command that runs an item again, with every option that affects the
/// result.
fn repeat(options: &RunOptions, seed: u64) -> String {
    let mut words = vec!["socklab".to_owned(), "run".to_owned()];
    words.extend(options.files.iter().map(|file| file.to_string_lossy().into_owned()));
    if options.lab != lab::DEFAULT {
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
    if let Some(stage) = options.stage.to_possible_value().filter(|_| options.stage != StageName::Auto) {
        words.extend(["--stage".to_owned(), stage.get_name().to_owned()]);
    }
    shell_words::join(words)
}

/// Parses `NAME=VALUE` arguments.
fn pairs(words: &[String], flag: &'static str) -> Result<BTreeMap<String, String>, Trouble> {
    let mut pairs = BTreeMap::new();
    for word in words {
        let Some((name, value)) = word.split_once('=') else {
            return Err(Trouble::usage(Message::new("cli-not-a-pair").with("flag", flag).with("word", word.as_str())));
        };
        if pairs.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(Trouble::usage(Message::new("cli-given-twice").with("flag", flag).with("name", name)));
        }
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::arguments::{Arguments, Verb};
    use super::*;

    pub(super) fn options(words: &[&str]) -> RunOptions {
        let words = ["socklab", "run"].iter().chain(words);
        match Arguments::parse_from(words).verb {
            Verb::Run(options) => options,
            verb => panic!("{verb:?}"),
        }
    }

    #[test]
    fn repeat_command_contains_every_relevant_option() {
        let again = |words: &[&str], seed| repeat(&options(words), seed);
        assert_eq!(again(&["--item", "tcp-simple.1", "--jobs", "3", "--allow-unverified"], 1), "socklab run");
        let words = ["--lab", "line-chat", "--server", "chat=python3 a.py", "--set", "x=a b"];
        let whole = "socklab run --lab line-chat --server 'chat=python3 a.py' --set 'x=a b' --seed 7";
        assert_eq!(again(&words, 7), whole, "also where it was drawn");
        let words = ["my file.yaml", "--stage", "plain", "--seed", "1"];
        assert_eq!(again(&words, 1), "socklab run 'my file.yaml' --seed 1 --stage plain");
    }
}
