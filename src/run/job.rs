//! Builds the agent's job for one scenario of a plan: programs, visible files, environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use super::agent::AgentJob;
use super::plan::{RunSpec, has_target, needed};
use super::{sandbox_config, sandbox_denylist};
use crate::engine::ProgramSpec;
use crate::engine::isolated::SUBMISSION;
use crate::model::{Bytes, EvidenceKind, ItemId, Role, SandboxMode};
use crate::scenario::Scenario;
use crate::scenario::step::{ServerArg, Step};
use crate::sys::namespace::cannot_drop_root;

/// Returns the job of one scenario.
pub(super) fn job(plan: &RunSpec<'_>, scenario: &Scenario, stage: SandboxMode) -> AgentJob {
    let mut commands = own_commands(scenario);
    // Command lines of the lab or the caller make the files that they name visible; a submission's
    // do not.
    let mut named = commands.clone();
    let used: BTreeMap<Role, ProgramSpec> =
        scenario.roles().filter_map(|role| Some((role.clone(), plan.programs.get(role)?.clone()))).collect();
    commands.extend(sandbox_config::commands(&used));
    if plan.copy.is_none() {
        named.clone_from(&commands);
    }
    let folder = match (&plan.copy, stage) {
        (Some(_), SandboxMode::Isolated) => PathBuf::from(SUBMISSION),
        (Some(copy), SandboxMode::Plain) => copy.clone(),
        (None, _) if commands.is_empty() => PathBuf::from("/"),
        (None, _) => plan.folder.clone(),
    };
    let mut sandbox =
        sandbox_config::sandbox(&plan.programs, (&commands, &named), &folder, plan.environment, plan.hide);
    if !plan.keep_written {
        sandbox.memory = sandbox_config::memory_limit(plan.slots.all());
    }
    sandbox.submission = plan.copy.clone().map(Into::into);
    if !commands.is_empty() && cannot_drop_root() {
        sandbox.hide.extend(sandbox_denylist::settings().closed.iter().map(OsString::from));
    }
    let mut env = sandbox_config::environment(plan.environment, stage);
    if let (Some(copy), SandboxMode::Plain) = (&plan.copy, stage) {
        // The user's home is not passed on: files that programs leave behind are removed with the
        // copy.
        env.retain(|(name, _)| name != "HOME");
        env.extend(["HOME", "TMPDIR"].map(|name| (name.into(), copy.clone().into())));
    }
    let needed = needed(plan);
    let is_needed = |item: &ItemId| needed.as_ref().is_none_or(|needed| needed.contains(item));
    AgentJob {
        stage,
        script: scenario.script(),
        files: scenario.files.iter().map(|(name, bytes)| (name.clone(), Bytes(bytes.clone()))).collect(),
        sandbox,
        env,
        ports: if has_target(plan, scenario) { Vec::new() } else { ports(scenario, &used) },
        programs: used,
        folder: folder.into(),
        seed: plan.seed,
        capture: plan.capture || scenario.needs_evidence(EvidenceKind::Packets, is_needed),
        keep_written: plan.keep_written,
        foreign: !commands.is_empty(),
        group: None,
    }
}

/// Returns the ports that the servers of a scenario are expected to serve.
fn ports(scenario: &Scenario, programs: &BTreeMap<Role, ProgramSpec>) -> Vec<u16> {
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
            ServerArg::Command(words) => {
                Some(words.iter().map(|word| crate::scenario::template::fill(word, &scenario.variables)).collect())
            }
            ServerArg::Role(_) => None,
        },
        _ => None,
    };
    scenario.steps.iter().filter_map(words).collect()
}
