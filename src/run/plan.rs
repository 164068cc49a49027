//! The plan of a run: what to run of which lab, with which programs, and who is told of it. Runs
//! nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::judge::MissingProgram;
use super::semaphore::Semaphore;
use super::toolchains::Variables;
use crate::engine::{ProgramSource, ProgramSpec};
use crate::model::{Evidence, ItemId, ItemResult, Role, SandboxMode, SubmissionId};
use crate::scenario::lab::Lab;
use crate::scenario::{Item, Scenario};

/// Everything that a run needs.
pub struct RunSpec<'a> {
    /// The lab.
    pub lab: &'a Lab,
    /// The items to report on; `None` for all.
    pub items: Option<BTreeSet<ItemId>>,
    /// The programs by role.
    pub programs: BTreeMap<Role, ProgramSpec>,
    /// Roles whose program is missing or cannot be run, with the consequence for their items.
    pub absent: BTreeMap<Role, MissingProgram>,
    /// Identifier of the submission.
    pub submission: SubmissionId,
    /// The folder in which programs run.
    pub folder: PathBuf,
    /// The private copy of the submission, which programs see as their folder; `None` if they run
    /// in `folder`.
    pub copy: Option<PathBuf>,
    /// True for a build: files that programs write into the copy are kept.
    pub keep_written: bool,
    /// Number of scenarios that run in parallel.
    pub jobs: usize,
    /// Permits for scenarios, shared with other submissions: they share the machine's memory.
    pub slots: &'a Semaphore,
    /// The seed of all random choices.
    pub seed: u64,
    /// The requested sandbox mode; `None` for isolated mode if the machine allows it, else plain
    /// mode.
    pub stage: Option<SandboxMode>,
    /// Paths that are hidden from submissions.
    pub hide: &'a [PathBuf],
    /// Beginning of the command that runs an item again.
    pub repeat: String,
    /// True if packets are captured even if no item needs them, because the caller wants to see
    /// them.
    pub capture: bool,
    /// True if scenarios in which the harness failed are retried once, after all others.
    pub retry_harness_errors: bool,
    /// The caller's environment.
    pub environment: Variables<'a>,
    /// Returns true if there is time to begin another scenario.
    pub may_begin: &'a (dyn Fn() -> bool + Sync),
}

/// Receives the progress of a run.
pub trait Progress: Sync {
    /// Reports that a scenario begins.
    fn scenario_started(&self, scenario: &Scenario);
    /// Reports that a step begins, counted from 0. After the last one, the packets are being
    /// transferred.
    fn step_started(&self, _scenario: &Scenario, _number: usize) {}
    /// Reports that a scenario is over.
    fn scenario_finished(&self, done: &ScenarioDone<'_>);
}

/// A scenario that is over.
#[derive(Debug, Clone, Copy)]
pub struct ScenarioDone<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// The sandbox mode in which its programs ran.
    pub stage: SandboxMode,
    /// Results of its items, before dependencies are considered.
    pub items: &'a [ItemResult],
    /// The evidence; `None` if the harness failed.
    pub evidence: Option<&'a Evidence>,
}

/// Returns the requested items with their dependencies; `None` for all.
pub(super) fn needed<'a>(plan: &'a RunSpec<'_>) -> Option<BTreeSet<&'a ItemId>> {
    let by_id: BTreeMap<&ItemId, &Item> = plan.lab.items().map(|(_, item)| (&item.id, item)).collect();
    let mut todo: Vec<&ItemId> = plan.items.as_ref()?.iter().collect();
    let mut all = BTreeSet::new();
    while let Some(id) = todo.pop() {
        if all.insert(id) {
            todo.extend(by_id.get(id).into_iter().flat_map(|item| &item.needs));
        }
    }
    Some(all)
}

/// Returns the scenarios of the needed items, with their indices in the lab.
#[must_use]
pub fn scenarios<'a>(plan: &RunSpec<'a>) -> Vec<(usize, &'a Scenario)> {
    let needed = needed(plan);
    let is_wanted = |scenario: &Scenario| {
        needed.as_ref().is_none_or(|needed| scenario.items.iter().any(|item| needed.contains(&item.id)))
    };
    plan.lab.scenarios.iter().enumerate().filter(|(_, scenario)| is_wanted(scenario)).collect()
}

/// Returns the number of scenarios that the plan runs.
#[must_use]
pub fn scenario_count(plan: &RunSpec<'_>) -> usize {
    scenarios(plan).len()
}

/// Returns true if a program of the scenario is an external target.
pub(super) fn has_target(plan: &RunSpec<'_>, scenario: &Scenario) -> bool {
    let is_target =
        |role: &Role| plan.programs.get(role).is_some_and(|entry| matches!(entry.runs, ProgramSource::Target(_)));
    scenario.roles().any(is_target)
}
