//! The plan of a run: what to run of which lab, with which programs, and who is told of it. Runs
//! nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::judge::MissingProgram;
use super::session::Session;
use crate::engine::{ProgramSource, ProgramSpec};
use crate::model::{Evidence, ItemId, ItemResult, MutatedRole, Role, SandboxMode, SubmissionId};
use crate::scenario::lab::Lab;
use crate::scenario::{Item, Scenario};

/// Everything that a run needs.
pub(crate) struct RunPlan<'a> {
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
    pub folder: ProgramFolder,
    /// The surroundings.
    pub session: Session<'a>,
    /// Beginning of the command that runs an item again.
    pub repeat: String,
    /// True if packets are captured even if no item needs them, because the caller wants to see
    /// them.
    pub capture: bool,
    /// True if silent programs are made to print their stacks, which ends most of them.
    pub stacks: bool,
    /// True if the results of the programs' socket calls are recorded, which slows them down.
    pub results: bool,
    /// The calls of programs that are changed, in a run of an audit.
    pub mutation: Option<MutatedRole>,
    /// True if scenarios in which the harness failed are retried once, after all others.
    pub retry_harness_errors: bool,
    /// Returns true if there is time to begin another scenario.
    pub may_begin: &'a (dyn Fn() -> bool + Sync),
}

impl<'a> RunPlan<'a> {
    /// Returns the plan of a further run of the same programs with another lab: without captures, and
    /// without a retry if the harness fails.
    pub(crate) fn again(&self, lab: &'a Lab, may_begin: &'a (dyn Fn() -> bool + Sync)) -> RunPlan<'a>
    where
        Self: 'a,
    {
        RunPlan {
            lab,
            items: None,
            programs: self.programs.clone(),
            absent: BTreeMap::new(),
            submission: self.submission.clone(),
            folder: self.folder.clone(),
            session: self.session,
            repeat: String::new(),
            capture: false,
            stacks: false,
            results: false,
            mutation: None,
            retry_harness_errors: false,
            may_begin,
        }
    }
}

/// The folder in which programs run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProgramFolder {
    /// A folder of the caller.
    Own(PathBuf),
    /// The private copy of a submission, which programs see as their folder.
    Copy {
        /// Where it is.
        root: PathBuf,
        /// True for a build: files that programs write into the copy are kept.
        keeps_writes: bool,
    },
}

impl ProgramFolder {
    /// Returns where the folder is.
    #[must_use]
    pub(crate) fn root(&self) -> &Path {
        match self {
            Self::Own(root) | Self::Copy { root, .. } => root,
        }
    }

    /// Returns where the copy of a submission is, if it is one.
    #[must_use]
    pub(crate) fn copy(&self) -> Option<&Path> {
        if let Self::Copy { root, .. } = self { Some(root) } else { None }
    }

    /// Returns true if files that programs write are kept in a copy.
    pub(super) const fn keeps_writes(&self) -> bool {
        matches!(self, Self::Copy { keeps_writes: true, .. })
    }
}

/// Receives the progress of a run.
pub(crate) trait Progress: Sync {
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
pub(crate) struct ScenarioDone<'a> {
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
pub(super) fn needed<'a>(plan: &'a RunPlan<'_>) -> Option<BTreeSet<&'a ItemId>> {
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
pub(crate) fn scenarios<'a>(plan: &RunPlan<'a>) -> Vec<(usize, &'a Scenario)> {
    let needed = needed(plan);
    let is_wanted = |scenario: &Scenario| {
        needed.as_ref().is_none_or(|needed| scenario.items.iter().any(|item| needed.contains(&item.id)))
    };
    plan.lab.scenarios.iter().enumerate().filter(|(_, scenario)| is_wanted(scenario)).collect()
}

/// Returns the number of scenarios that the plan runs.
#[must_use]
pub(crate) fn scenario_count(plan: &RunPlan<'_>) -> usize {
    scenarios(plan).len()
}

/// Returns true if a program of the scenario is an external target.
pub(super) fn has_target(plan: &RunPlan<'_>, scenario: &Scenario) -> bool {
    let is_target =
        |role: &Role| plan.programs.get(role).is_some_and(|entry| matches!(entry.runs, ProgramSource::Target(_)));
    scenario.roles().any(is_target)
}
