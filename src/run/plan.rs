//! The plan of a run: what to run of which lab, with which programs, and who is told of it. Runs
//! nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::judge::Absent;
use super::slots::Slots;
use super::toolchains::Variables;
use crate::model::{Evidence, ItemId, ItemResult, Role, StageKind, SubmissionId};
use crate::scenario::lab::Lab;
use crate::scenario::{Item, Scenario};
use crate::stage::{ProgramEntry, Runs};

/// Everything that a run needs.
pub struct Plan<'a> {
    /// The lab.
    pub lab: &'a Lab,
    /// The items to report on; `None` for all.
    pub items: Option<BTreeSet<ItemId>>,
    /// The programs by role.
    pub programs: BTreeMap<Role, ProgramEntry>,
    /// Roles whose program is missing or cannot be run, with the consequence for their items.
    pub absent: BTreeMap<Role, Absent>,
    /// Identifier of the submission.
    pub submission: SubmissionId,
    /// The folder in which programs run.
    pub folder: PathBuf,
    /// The private copy of the submission, which programs see as their folder; `None` if they run
    /// in `folder`.
    pub delivery: Option<PathBuf>,
    /// True for a build: files that programs write into the copy are kept.
    pub keep_written: bool,
    /// Values that override the scenarios' variables.
    pub variables: BTreeMap<String, String>,
    /// Number of scenarios that run in parallel.
    pub jobs: usize,
    /// Permits for scenarios, shared with other submissions: they share the machine's memory.
    pub slots: &'a Slots,
    /// The seed of all random choices.
    pub seed: u64,
    /// The requested sandbox mode; `None` for isolated mode if the machine allows it, else plain
    /// mode.
    pub stage: Option<StageKind>,
    /// Paths that are hidden from submissions.
    pub hide: &'a [PathBuf],
    /// Beginning of the command that runs an item again.
    pub repeat: String,
    /// True if packets are captured even if no item needs them, because the caller wants to see
    /// them.
    pub capture: bool,
    /// True if scenarios in which the harness failed are retried once, after all others.
    pub again: bool,
    /// The caller's environment.
    pub environment: Variables<'a>,
    /// Returns true if there is time to begin another scenario.
    pub may_begin: &'a (dyn Fn() -> bool + Sync),
}

/// Receives the progress of a run.
pub trait Progress: Sync {
    /// Reports that a scenario begins.
    fn begins(&self, scenario: &Scenario);
    /// Reports that a step begins, counted from 0. After the last one, the packets are being
    /// transferred.
    fn step(&self, _scenario: &Scenario, _number: usize) {}
    /// Reports that a scenario is over.
    fn over(&self, over: &Over<'_>);
}

/// A scenario that is over.
#[derive(Debug, Clone, Copy)]
pub struct Over<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// The sandbox mode in which its programs ran.
    pub stage: StageKind,
    /// Results of its items, before dependencies are considered.
    pub items: &'a [ItemResult],
    /// The evidence; `None` if the harness failed.
    pub evidence: Option<&'a Evidence>,
}

/// Returns the requested items with their dependencies; `None` for all.
pub(super) fn needed<'a>(plan: &'a Plan<'_>) -> Option<BTreeSet<&'a ItemId>> {
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
pub fn scenarios<'a>(plan: &Plan<'a>) -> Vec<(usize, &'a Scenario)> {
    let needed = needed(plan);
    let is_wanted = |scenario: &Scenario| {
        needed.as_ref().is_none_or(|needed| scenario.items.iter().any(|item| needed.contains(&item.id)))
    };
    plan.lab.scenarios.iter().enumerate().filter(|(_, scenario)| is_wanted(scenario)).collect()
}

/// Returns the number of scenarios that the plan runs.
#[must_use]
pub fn scenario_count(plan: &Plan<'_>) -> usize {
    scenarios(plan).len()
}

/// Returns true if a program of the scenario is an external target.
pub(super) fn has_target(plan: &Plan<'_>, scenario: &Scenario) -> bool {
    let is_target = |role: &Role| plan.programs.get(role).is_some_and(|entry| matches!(entry.runs, Runs::Target(_)));
    scenario.roles().any(is_target)
}
