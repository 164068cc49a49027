//! Builds the agent's job for one scenario of a plan: programs, visible files, environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use super::agent::Job;
use super::plan::{Plan, has_target, needed};
use super::{hidden, program};
use crate::model::{Bytes, EvidenceKind, ItemId, Role, StageKind};
use crate::scenario::Scenario;
use crate::scenario::step::{ServerWord, Step};
use crate::stage::ProgramEntry;
use crate::stage::isolated::SUBMISSION;
use crate::sys::namespace::root_stays;

/// Returns the job of one scenario.
pub(super) fn job(plan: &Plan<'_>, scenario: &Scenario, stage: StageKind) -> Job {
    let mut commands = own_commands(scenario);
    // Command lines of the lab or the caller make the files that they name visible; a submission's
    // do not.
    let mut named = commands.clone();
    let used: BTreeMap<Role, ProgramEntry> =
        scenario.roles().filter_map(|role| Some((role.clone(), plan.programs.get(role)?.clone()))).collect();
    commands.extend(program::commands(&used));
    if plan.delivery.is_none() {
        named.clone_from(&commands);
    }
    let folder = match (&plan.delivery, stage) {
        (Some(_), StageKind::Isolated) => PathBuf::from(SUBMISSION),
        (Some(copy), StageKind::Plain) => copy.clone(),
        (None, _) if commands.is_empty() => PathBuf::from("/"),
        (None, _) => plan.folder.clone(),
    };
    let mut sandbox = program::sandbox(&plan.programs, (&commands, &named), &folder, plan.environment, plan.hide);
    if !plan.keep_written {
        sandbox.memory = program::memory(plan.slots.all());
    }
    sandbox.submission = plan.delivery.clone().map(Into::into);
    if !commands.is_empty() && root_stays() {
        sandbox.hide.extend(hidden::settings().closed.iter().map(OsString::from));
    }
    let mut env = program::environment(plan.environment, stage);
    if let (Some(copy), StageKind::Plain) = (&plan.delivery, stage) {
        // The user's home is not passed on: files that programs leave behind are removed with the
        // copy.
        env.retain(|(name, _)| name != "HOME");
        env.extend(["HOME", "TMPDIR"].map(|name| (name.into(), copy.clone().into())));
    }
    let needed = needed(plan);
    let is_needed = |item: &ItemId| needed.as_ref().is_none_or(|needed| needed.contains(item));
    Job {
        stage,
        file: scenario.file.clone(),
        text: scenario.text.clone(),
        files: scenario.files.iter().map(|(name, bytes)| (name.clone(), Bytes(bytes.clone()))).collect(),
        variables: plan.variables.clone(),
        roles: plan.lab.roles.keys().cloned().collect(),
        sandbox,
        env,
        ports: if has_target(plan, scenario) { Vec::new() } else { ports(scenario, &used) },
        programs: used,
        folder: folder.into(),
        seed: plan.seed,
        capture: plan.capture || scenario.needs(EvidenceKind::Packets, is_needed),
        keep_written: plan.keep_written,
        foreign: !commands.is_empty(),
        group: None,
    }
}

/// Returns the ports that the servers of a scenario are expected to serve.
fn ports(scenario: &Scenario, programs: &BTreeMap<Role, ProgramEntry>) -> Vec<u16> {
    let asked = scenario.steps.iter().filter_map(|step| match step {
        Step::Start(start) => start.port,
        _ => None,
    });
    // A command line without a port may serve one of the lab's ports.
    let usual = if own_commands(scenario).is_empty() { Vec::new() } else { vec![65431, 65432] };
    asked.chain(programs.values().filter_map(|entry| entry.port)).chain(usual).collect()
}

/// Returns the command lines that the scenario itself contains.
pub(super) fn own_commands(scenario: &Scenario) -> Vec<Vec<String>> {
    let words = |step: &Step| match step {
        Step::Start(start) => match &start.server {
            ServerWord::Command(words) => {
                Some(words.iter().map(|word| crate::scenario::template::fill(word, &scenario.variables)).collect())
            }
            ServerWord::Role(_) => None,
        },
        _ => None,
    };
    scenario.steps.iter().filter_map(words).collect()
}
