//! Runs the scenario of a failed item again, and makes the program print its stacks where it fails, or
//! the errors that it catches: its clients must act as they did then. Decides nothing.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::{Collector, PROBE_NAME, PROBE_TEXTS, Probe, ProbeProgram, Purpose, SOCKET_TIMEOUT, run_probe};
use crate::engine::{ProgramSource, ProgramSpec};
use crate::model::{Evidence, ItemId, Role};
use crate::run::{RunPlan, run};
use crate::scenario::syntax::DurationArg;

/// How long an answer may take: the line in which the program waits is sought, not a late answer.
const REPLAY_ANSWER_LIMIT: Duration = Duration::from_secs(1);
/// How long the clients may take. After the first missing answer most programs have ended.
const REPLAY_LIMIT: Duration = Duration::from_secs(15);

/// Runs the scenario of an item again, and makes its programs print their stacks when a client gets
/// no answer. Returns the evidence.
pub(crate) fn print_stacks(item: &ItemId, plan: &RunPlan<'_>) -> Option<Evidence> {
    replay(item, plan, plan.programs.clone(), true)
}

/// Runs the scenario of an item again with another program in a role. Returns the evidence.
pub(crate) fn with_program(item: &ItemId, role: &Role, program: ProgramSpec, plan: &RunPlan<'_>) -> Option<Evidence> {
    let mut programs = plan.programs.clone();
    programs.insert(role.clone(), program);
    replay(item, plan, programs, false)
}

fn replay(item: &ItemId, plan: &RunPlan<'_>, programs: BTreeMap<Role, ProgramSpec>, stacks: bool) -> Option<Evidence> {
    let mut lab = plan.lab.clone();
    lab.scenarios.retain(|scenario| scenario.items.iter().any(|known| known.id == *item));
    for scenario in &mut lab.scenarios {
        scenario.limits.answer = DurationArg(REPLAY_ANSWER_LIMIT);
        scenario.limits.scenario = DurationArg(scenario.limits.scenario.0.min(REPLAY_LIMIT));
        for known in &mut scenario.items {
            known.needs.clear();
        }
    }
    let may_begin = || Purpose::Probe.is_allowed(plan.session);
    let again = RunPlan { programs, stacks, ..plan.again(&lab, &may_begin) };
    let collector = Collector { budget: Purpose::Probe.budget(plan.session), seen: Mutex::default() };
    let _ = run(&again, &collector);
    collector.seen.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().next()
}

/// Runs the program of a role with clients that send a text each and stay connected, and makes it
/// print its stacks: for a failure that the scenario did not show again. There are three clients: a
/// thread may wait for the thread of an earlier one. Returns the evidence.
pub(crate) fn print_stacks_alone(role: &Role, plan: &RunPlan<'_>) -> Option<Evidence> {
    let ProgramSpec { runs: ProgramSource::Command(words), stdin, port, .. } = plan.programs.get(role)? else {
        return None;
    };
    let start = ProbeProgram { words: words.clone(), stdin: stdin.clone(), port: *port };
    let started = Probe::new(format!("{PROBE_NAME}-stacks")).start(&start, SOCKET_TIMEOUT).stacks();
    let [text, _] = PROBE_TEXTS;
    let probe = (0..3).fold(started, |probe, _| probe.connect().exchange(text, REPLAY_ANSWER_LIMIT));
    let crate::run::ProgramFolder::Copy { root, .. } = &plan.folder else { return None };
    run_probe(root, probe, plan.session, Purpose::Probe)
}
