//! Runs a lab with mutated programs: which items fail for which mutation of a correct program.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use super::{Progress, RunPlan, ScenarioDone};
use crate::engine::ProgramSource;
use crate::model::{EventKind, ItemId, MutatedRole, Mutation, MutationKind, Role, SubmissionResult, Verdict};
use crate::scenario::Scenario;

/// The results of an audit.
#[derive(Debug, Serialize)]
pub(crate) struct Audit {
    /// The items of the lab that programs decide, in the order of the lab.
    pub items: Vec<ItemId>,
    /// The items that the correct programs do not pass. If there are any, nothing else was run.
    pub unpassed: Vec<ItemId>,
    /// The mutated programs, in the order in which they were run.
    pub mutants: Vec<Mutant>,
}

/// A program with a mutation, or a faulty program.
#[derive(Debug, Serialize)]
pub(crate) struct Mutant {
    /// The role of the program.
    pub role: Role,
    /// How its calls were changed; `None` for a faulty program.
    pub mutation: Option<Mutation>,
    /// The only scenario in which calls were changed.
    pub scenario: Option<String>,
    /// The only call that was changed, from 1.
    pub only: Option<u64>,
    /// The command line of a faulty program.
    pub command: Option<Vec<String>>,
    /// Number of calls that were changed. With 0, the run shows nothing.
    pub changed: u64,
    /// The items that failed.
    pub fails: BTreeSet<ItemId>,
    /// The items for which the harness failed. They show nothing.
    pub errors: BTreeSet<ItemId>,
}

/// A faulty program that is given beside the mutations.
#[derive(Debug, Clone)]
pub(crate) struct FaultyProgram {
    /// The role that it plays.
    pub role: Role,
    /// Its command line.
    pub words: Vec<String>,
}

impl Mutant {
    fn new(role: Role, mutation: Option<Mutation>, command: Option<Vec<String>>, results: &[SubmissionResult]) -> Self {
        let fails = with_verdict(results, |verdict| verdict == Verdict::Fail);
        let errors = with_verdict(results, |verdict| verdict == Verdict::Error);
        Self { role, mutation, scenario: None, only: None, command, changed: 0, fails, errors }
    }

    /// Returns true if the lab should fail it, and its run could show that it does.
    pub(crate) fn is_fault(&self) -> bool {
        self.mutation.is_none_or(|mutation| mutation.kind() == MutationKind::Fault && self.changed > 0)
    }

    /// Returns true if it only does what every program must survive, and its run could show that it does.
    pub(crate) fn is_disturbance(&self) -> bool {
        self.mutation.is_some_and(|mutation| mutation.kind() == MutationKind::Disturbance && self.changed > 0)
    }
}

/// The mutations that are also tried for one call after another.
const SINGLE: [Mutation; 4] =
    [Mutation::ChangesByte, Mutation::SendsNothing, Mutation::PrintsOtherByte, Mutation::WritesOtherByte];
/// The most calls that are tried one after another.
const MOST_CALLS: u64 = 100;

impl Audit {
    fn add(&mut self, mutant: Mutant) {
        self.mutants.push(mutant);
    }

    /// Returns the items that no fault fails.
    pub(crate) fn unfailed(&self) -> Vec<&ItemId> {
        let failed: BTreeSet<&ItemId> =
            self.mutants.iter().filter(|mutant| mutant.is_fault()).flat_map(|mutant| &mutant.fails).collect();
        self.items.iter().filter(|item| !failed.contains(item)).collect()
    }

    /// Returns the faults that no item catches.
    pub(crate) fn uncaught(&self) -> impl Iterator<Item = &Mutant> {
        self.mutants.iter().filter(|mutant| mutant.is_fault() && mutant.fails.is_empty() && mutant.errors.is_empty())
    }

    /// Returns the disturbances that fail an item, although a correct program was disturbed.
    pub(crate) fn harmed(&self) -> impl Iterator<Item = &Mutant> {
        self.mutants.iter().filter(|mutant| mutant.is_disturbance() && !mutant.fails.is_empty())
    }
}

/// Runs the lab of a plan with its programs as they are, then with each mutation of the program of each
/// role, then with each faulty program. `began` is called before each run after the first.
pub(crate) fn audit(
    plan: &RunPlan<'_>,
    mutations: &[Mutation],
    faulty: &[FaultyProgram],
    began: &dyn Fn(usize, usize),
) -> Audit {
    let items: Vec<ItemId> = plan
        .lab
        .items()
        .filter(|(scenario, _)| scenario.roles().next().is_some())
        .map(|(_, item)| item.id.clone())
        .collect();
    let is_known = |item: &ItemId| items.contains(item);
    let (results, _) = run(plan, &items);
    let unpassed = with_verdict(&results, |verdict| verdict != Verdict::Pass).into_iter().filter(is_known).collect();
    let mut audit = Audit { items: items.clone(), unpassed, mutants: Vec::new() };
    if !audit.unpassed.is_empty() {
        return audit;
    }
    let roles: Vec<&Role> = plan.programs.keys().filter(|role| !items_of(plan, role).is_empty()).collect();
    let total = roles.len() * mutations.len() + faulty.len();
    for role in &roles {
        for mutation in mutations {
            began(audit.mutants.len(), total);
            let of_role = items_of(plan, role);
            audit.add(mutated(
                plan,
                MutatedRole { role: (*role).clone(), mutation: *mutation, scenario: None, only: None },
                &of_role,
            ));
        }
    }
    for FaultyProgram { role, words } in faulty {
        began(audit.mutants.len(), total);
        audit.add(replaced(plan, role, words, &items_of(plan, role)));
    }
    // A part of the mutations need not fail every item.
    let scenarios: &[Scenario] = if mutations.len() == Mutation::ALL.len() { &plan.lab.scenarios } else { &[] };
    for scenario in scenarios {
        for role in roles.iter().filter(|role| scenario.roles().any(|one| one == **role)) {
            in_scenario(plan, role, scenario, mutations, &mut audit);
        }
    }
    audit
}

/// Changes only the calls in one scenario, as long as some item of it has not failed: all of them, then
/// one after another. A change in every scenario fails the first item, and those that depend on it show
/// nothing.
fn in_scenario(plan: &RunPlan<'_>, role: &Role, scenario: &Scenario, mutations: &[Mutation], audit: &mut Audit) {
    let faults = mutations.iter().filter(|one| one.kind() == MutationKind::Fault).map(|one| (*one, None));
    let calls = || (1..=MOST_CALLS).map(Some);
    let single = SINGLE.iter().filter(|one| mutations.contains(one)).flat_map(|one| calls().map(|call| (*one, call)));
    let mut exhausted = BTreeSet::new();
    for (mutation, only) in faults.chain(single) {
        let unfailed = audit.unfailed();
        let open = scenario.items.iter().map(|item| &item.id).filter(|item| unfailed.contains(item));
        let open: Vec<ItemId> = open.cloned().collect();
        if open.is_empty() || plan.session.cancel.is_cancelled() {
            return;
        }
        // Without as many calls, there is none after them either.
        if exhausted.contains(&mutation) {
            continue;
        }
        let change = MutatedRole { role: role.clone(), mutation, scenario: Some(scenario.name.clone()), only };
        let mutant = mutated(plan, change, &open);
        if mutant.changed == 0 {
            exhausted.insert(mutation);
        } else if mutant.fails.iter().any(|item| open.contains(item)) {
            // A change that no item of a part of the lab notices says little.
            audit.add(mutant);
        }
    }
}

/// Runs these items with a mutation.
fn mutated(plan: &RunPlan<'_>, mutation: MutatedRole, items: &[ItemId]) -> Mutant {
    let mut mutated = plan.again(plan.lab, plan.may_begin);
    mutated.mutation = Some(mutation.clone());
    let (results, changed) = run(&mutated, items);
    let MutatedRole { role, mutation, scenario, only } = mutation;
    Mutant { changed, scenario, only, ..Mutant::new(role, Some(mutation), None, &results) }
}

/// Runs these items with another program for a role.
fn replaced(plan: &RunPlan<'_>, role: &Role, words: &[String], items: &[ItemId]) -> Mutant {
    let mut replaced = plan.again(plan.lab, plan.may_begin);
    if let Some(program) = replaced.programs.get_mut(role) {
        program.runs = ProgramSource::Command(words.to_vec());
    }
    Mutant::new(role.clone(), None, Some(words.to_vec()), &run(&replaced, items).0)
}

/// Returns the items of the scenarios that run a program of a role.
fn items_of(plan: &RunPlan<'_>, role: &Role) -> Vec<ItemId> {
    let of_role = plan.lab.items().filter(|(scenario, _)| scenario.roles().any(|one| one == role));
    of_role.map(|(_, item)| item.id.clone()).collect()
}

/// Runs these items. Returns the results and the number of changed calls.
fn run(plan: &RunPlan<'_>, items: &[ItemId]) -> (Vec<SubmissionResult>, u64) {
    let counter = Counter::default();
    let mut chosen = plan.again(plan.lab, plan.may_begin);
    chosen.items = Some(items.iter().cloned().collect());
    chosen.absent = plan.absent.clone();
    chosen.mutation = plan.mutation.clone();
    chosen.retry_harness_errors = true;
    let report = crate::run::run(&chosen, &counter);
    (report.submissions, counter.0.load(Ordering::Relaxed))
}

/// Returns the items with such a verdict.
fn with_verdict(results: &[SubmissionResult], is_meant: impl Fn(Verdict) -> bool) -> BTreeSet<ItemId> {
    let items = results.iter().flat_map(|result| &result.items);
    items.filter(|item| is_meant(item.verdict)).map(|item| item.id.clone()).collect()
}

/// Adds up the changed calls of a run.
#[derive(Debug, Default)]
struct Counter(AtomicU64);

impl Progress for Counter {
    fn scenario_started(&self, _scenario: &Scenario) {}

    fn scenario_finished(&self, done: &ScenarioDone<'_>) {
        for event in done.evidence.iter().flat_map(|seen| seen.journal.iter()) {
            if let EventKind::CallsMutated { calls } = event.kind {
                self.0.fetch_add(calls, Ordering::Relaxed);
            }
        }
    }
}
