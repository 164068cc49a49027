//! `socklab audit`: shows which items of a lab notice which faults of its programs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context;

use super::audit_options::AuditOptions;
use super::exit::{CliError, ExitStatus};
use super::load::{self, LoadedLab, VariableArgs};
use super::progress::ProgressLine;
use super::run::programs::references;
use super::signals::cancel_on_signals;
use super::{Ui, run};
use crate::model::{Message, Mutation, SubmissionId};
use crate::run::audit::{Audit, FaultyProgram, Mutant};
use crate::run::{Budgets, Cancel, ProgramFolder, RunPlan, Semaphore, Session};
use crate::scenario::lab::Lab;

/// The seed of every run: an audit is the same each time.
const SEED: u64 = 1;

/// Audits a lab. Returns 1 if some item fails for no fault.
pub(super) fn audit(options: &AuditOptions, reader: &Ui) -> Result<ExitStatus, CliError> {
    let named = load(&options.lab)?;
    let faulty = faulty_programs(options, &named)?;
    let chosen: Vec<Mutation> = options.mutations.iter().filter_map(|id| Mutation::find(id)).collect();
    let mutations = if options.mutations.is_empty() { Mutation::ALL } else { &chosen };
    let permits = Semaphore::new(std::thread::available_parallelism().map_or(2, |n| n.get() + 1));
    let cancel = Cancel::new().context("creating a pipe")?;
    let session = Session {
        seed: SEED,
        stage: None,
        jobs: permits.all(),
        permits: &permits,
        environment: &|name| std::env::var_os(name),
        hide: &[],
        cancel: &cancel,
        budgets: &Budgets::default(),
    };
    let plan = RunPlan {
        lab: &named.lab,
        items: None,
        programs: references(&named),
        absent: BTreeMap::new(),
        submission: SubmissionId("socklab".to_owned()),
        folder: ProgramFolder::Own(std::env::current_dir().context("finding the current directory")?),
        session,
        repeat: String::new(),
        capture: false,
        stacks: false,
        results: false,
        mutation: None,
        retry_harness_errors: true,
        may_begin: &|| true,
    };
    cancel_on_signals(&cancel)?;
    let line = ProgressLine::new(&reader.words, "progress-other");
    let audit = crate::run::audit::audit(&plan, mutations, &faulty, &|index, all| {
        if index == 0 {
            line.count(all);
        }
        line.advance();
    });
    line.end();
    // A part of the mutations need not fail every item.
    let shows_items = options.mutations.is_empty();
    if options.json {
        Ui::print(&(serde_json::to_string_pretty(&audit).context("writing the results")? + "\n"));
    } else {
        Ui::print(&text_of(&audit, &named.lab, shows_items, reader));
    }
    Ok(if cancel.is_cancelled() {
        ExitStatus::Interrupted
    } else if !audit.unpassed.is_empty() || shows_items && !audit.unfailed().is_empty() {
        ExitStatus::Failed
    } else {
        ExitStatus::Passed
    })
}

/// Loads a bundled lab, or the lab of a folder.
fn load(name: &str) -> Result<LoadedLab, CliError> {
    let is_folder = PathBuf::from(name).join("lab.yaml").is_file();
    if is_folder && !Lab::bundled_names().iter().any(|known| known == name) {
        return load::load_files(&[PathBuf::from(name)], &VariableArgs::new());
    }
    load::load_lab(name, &VariableArgs::new()).map(LoadedLab::whole)
}

/// Returns the faulty programs of the options.
fn faulty_programs(options: &AuditOptions, named: &LoadedLab) -> Result<Vec<FaultyProgram>, CliError> {
    let mut programs = Vec::new();
    for pair in &options.faulty {
        for (name, command) in run::parse_pairs(std::slice::from_ref(pair), "--faulty")? {
            let words = shell_words::split(&command).ok().filter(|words| !words.is_empty());
            let unusable = || CliError::usage(Message::new("cli-bad-command").with("command", command.clone()));
            let words = words.ok_or_else(unusable)?;
            let known: Vec<&str> = named.lab.roles.keys().map(|role| role.as_str()).collect();
            let Some(role) = named.lab.roles.keys().find(|role| role.as_str() == name) else {
                let message = Message::new("cli-unknown-role").with("role", &*name).with("known", known.join(", "));
                return Err(CliError::usage(load::with_suggestion(message, &name, &known)));
            };
            programs.push(FaultyProgram { role: role.clone(), words });
        }
    }
    Ok(programs)
}

/// Returns the report of an audit.
fn text_of(audit: &Audit, lab: &Lab, shows_items: bool, reader: &Ui) -> String {
    let words = &reader.words;
    let say = |message: &Message| words.format(message) + "\n";
    if !audit.unpassed.is_empty() {
        return say(&Message::new("audit-unpassed").with("items", joined(&audit.unpassed)));
    }
    let mut text = String::new();
    let mut last = None;
    let width = Mutation::ALL.iter().map(|one| one.id().len()).max().unwrap_or(0);
    for mutant in &audit.mutants {
        if mutant.mutation.is_some() && mutant.changed == 0 {
            continue;
        }
        if last != Some(&mutant.role) {
            text += &format!("{}{}\n", if last.is_some() { "\n" } else { "" }, mutant.role);
            last = Some(&mutant.role);
        }
        let fails: Vec<_> = mutant.fails.iter().collect();
        let outcome = match (fails.is_empty(), mutant.is_disturbance()) {
            (false, _) => joined(fails),
            (true, _) if !mutant.errors.is_empty() => words.sentence("audit-errors"),
            (true, true) => words.sentence("audit-survived"),
            (true, false) => words.sentence("audit-uncaught"),
        };
        text += &format!("  {:width$}  {outcome}\n", name_of(mutant));
    }
    text += "\n";
    let faults = audit.mutants.iter().filter(|mutant| mutant.is_fault()).count();
    let uncaught: Vec<&Mutant> = audit.uncaught().collect();
    text += &say(&Message::new("audit-faults").with("faults", faults).with("caught", faults - uncaught.len()));
    for mutant in uncaught {
        let does = mutant.mutation.map_or_else(String::new, |mutation| words.format(&mutation.message()));
        text += &format!("  {} {}: {does}\n", mutant.role, name_of(mutant));
    }
    let harmed: Vec<String> = audit.harmed().map(|mutant| format!("{} {}", mutant.role, name_of(mutant))).collect();
    if !harmed.is_empty() {
        text += &say(&Message::new("audit-harmed").with("mutants", harmed.join(", ")));
    }
    if !shows_items {
        return text;
    }
    let unfailed = audit.unfailed();
    text += &say(&Message::new("audit-items").with("items", audit.items.len()).with("unfailed", unfailed.len()));
    for (scenario, item) in lab.items().filter(|(_, item)| unfailed.contains(&&item.id)) {
        let title = item.title.as_ref().or(scenario.title.as_ref()).map_or("", |title| words.author_text(title));
        text += &format!("  {}  {}\n", item.id, crate::i18n::escape_controls(title));
    }
    text
}

/// Returns the name of a mutant: its mutation, or its command line.
fn name_of(mutant: &Mutant) -> String {
    match (&mutant.mutation, &mutant.command) {
        (Some(mutation), _) => {
            let call = mutant.only.map(|call| format!(" {call}")).unwrap_or_default();
            let place = mutant.scenario.as_ref().map(|name| format!(" @{name}")).unwrap_or_default();
            format!("{}{call}{place}", mutation.id())
        }
        (None, command) => crate::i18n::escape_controls(&shell_words::join(command.iter().flatten())).to_string(),
    }
}

fn joined<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(" ")
}
