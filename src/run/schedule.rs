//! Chooses the next scenario of a submission, and skips those that cannot establish anything. A
//! program without a socket costs the whole start limit of the lab, in every scenario again. So
//! scenarios wait for the sockets of those that they depend on, and are skipped if a socket never
//! appears. A program that serves delays no other scenario: they begin as soon as its socket is
//! there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::judge::MissingProgram;
use crate::engine::{ProgramSource, ProgramSpec};
use crate::model::{EventKind, Evidence, ItemId, ItemResult, NotVerified, Role, StartFailure, Verdict};
use crate::scenario::Scenario;
use crate::scenario::step::Step;

/// Number of scenarios without a socket after which a role's program is not started again.
const MAX_FAILED_STARTS: usize = 3;

/// The next action of a worker.
pub(super) enum NextAction<'a> {
    /// Run this scenario, given by its index.
    Run(usize, &'a Scenario),
    /// Skip this scenario: running it would establish nothing, for this reason.
    Skip(usize, &'a Scenario, MissingProgram),
    /// All scenarios have begun.
    Done,
}

/// The state of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ScenarioState {
    Waits,
    /// It is running; true if the programs that it started have their sockets.
    Runs(bool),
    Over,
}

/// The scenarios of a plan, in the order in which they begin.
pub(super) struct Scheduler<'a> {
    all: Vec<&'a Scenario>,
    /// For each scenario and each of its items: all direct and indirect dependencies, each with the
    /// index of its scenario.
    needs: Vec<Vec<BTreeMap<ItemId, usize>>>,
    /// For each scenario: the command lines of submitted programs that it starts.
    programs: Vec<BTreeSet<Vec<String>>>,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    standing: Vec<ScenarioState>,
    /// Items that failed in a scenario whose program never had a socket.
    failed: BTreeSet<ItemId>,
    /// How often a program was waited for without success, and the longest limit of these waits.
    vain: BTreeMap<Vec<String>, (usize, Duration)>,
}

impl<'a> Scheduler<'a> {
    pub(super) fn new(submitted: &BTreeMap<Role, ProgramSpec>, scenarios: &[(usize, &'a Scenario)]) -> Self {
        let all: Vec<&Scenario> = scenarios.iter().map(|(_, scenario)| *scenario).collect();
        let place: BTreeMap<&ItemId, usize> = all
            .iter()
            .enumerate()
            .flat_map(|(k, scenario)| scenario.items.iter().map(move |item| (&item.id, k)))
            .collect();
        let own: BTreeMap<&ItemId, &Vec<ItemId>> =
            all.iter().flat_map(|scenario| &scenario.items).map(|item| (&item.id, &item.needs)).collect();
        let needs_of = |item: &ItemId| {
            let mut todo: Vec<&ItemId> = own.get(item).into_iter().copied().flatten().collect();
            let mut seen = BTreeMap::new();
            while let Some(next) = todo.pop() {
                if let Some(&at) = place.get(next)
                    && seen.insert(next.clone(), at).is_none()
                {
                    todo.extend(own.get(next).into_iter().copied().flatten());
                }
            }
            seen
        };
        let needs = all.iter().map(|scenario| scenario.items.iter().map(|item| needs_of(&item.id)).collect()).collect();
        let programs = all.iter().map(|scenario| programs(submitted, scenario)).collect();
        let standing = vec![ScenarioState::Waits; all.len()];
        let state = Mutex::new(State { standing, failed: BTreeSet::new(), vain: BTreeMap::new() });
        Self { all, needs, programs, state, changed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the next action. Blocks while it depends on running scenarios.
    pub(super) fn next(&self) -> NextAction<'a> {
        let mut state = self.state();
        loop {
            let waiting = || (0..self.all.len()).filter(|&k| state.standing[k] == ScenarioState::Waits);
            if waiting().next().is_none() {
                return NextAction::Done;
            }
            if let Some(k) = waiting().find(|&k| !self.is_blocked(&state, k)) {
                let absent = self.skip_reason(&state, k);
                state.standing[k] = if absent.is_some() {
                    ScenarioState::Over
                } else {
                    ScenarioState::Runs(self.programs[k].is_empty())
                };
                self.changed.notify_all();
                return absent
                    .map_or(NextAction::Run(k, self.all[k]), |absent| NextAction::Skip(k, self.all[k], absent));
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Returns true if it is not known yet whether running scenario `k` makes sense. Each of its
    /// items then depends on a scenario that has not begun, or whose programs have no sockets yet.
    /// Dependencies are acyclic, so one of the waiting scenarios can always begin.
    fn is_blocked(&self, state: &State, k: usize) -> bool {
        let is_open = |other: &usize| {
            *other != k && matches!(state.standing[*other], ScenarioState::Waits | ScenarioState::Runs(false))
        };
        let needs = &self.needs[k];
        !self.programs[k].is_empty() && !needs.is_empty() && needs.iter().all(|needs| needs.values().any(is_open))
    }

    /// Returns the reason why running scenario `k` would establish nothing, if there is one.
    fn skip_reason(&self, state: &State, k: usize) -> Option<MissingProgram> {
        let blocked = |needs: &BTreeMap<ItemId, usize>| needs.keys().find_map(|other| state.failed.get(other));
        let not_verified = |because: NotVerified| MissingProgram::new(Verdict::NotVerified, because);
        let all: Option<Vec<&ItemId>> = self.needs[k].iter().map(blocked).collect();
        if let Some(first) = all.as_ref().and_then(|all| all.first()) {
            return Some(not_verified(NotVerified::DependsOn { item: first.to_string() }));
        }
        let longest = longest_wait(self.all[k]);
        let is_known = |(often, waited): &(usize, Duration)| *often >= MAX_FAILED_STARTS && *waited >= longest;
        let program = self.programs[k].iter().find(|program| state.vain.get(*program).is_some_and(is_known))?;
        let (times, program) = (MAX_FAILED_STARTS as u64, shell_words::join(program));
        Some(not_verified(NotVerified::NotStartedAgain { times, program }))
    }

    /// Records that the programs started by the first step of scenario `k` have their sockets.
    pub(super) fn mark_ready(&self, k: usize) {
        self.state().standing[k] = ScenarioState::Runs(true);
        self.changed.notify_all();
    }

    /// Records that scenario `k` is over, with the results of its items and its evidence.
    pub(super) fn mark_done(&self, k: usize, items: &[ItemResult], evidence: Option<&Evidence>) {
        let mut state = self.state();
        state.standing[k] = ScenarioState::Over;
        if evidence.is_some_and(start_timed_out) {
            let failed = items.iter().filter(|item| item.verdict == Verdict::Fail);
            state.failed.extend(failed.map(|item| item.id.clone()));
            // With several programs, it is not known here which one had no socket.
            if let [program] = Vec::from_iter(&self.programs[k])[..] {
                let (often, waited) = state.vain.entry(program.clone()).or_default();
                *often += 1;
                *waited = (*waited).max(longest_wait(self.all[k]));
            }
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Records that the run is interrupted: no worker waits any longer.
    pub(super) fn interrupt(&self) {
        let mut state = self.state();
        state.standing.iter_mut().for_each(|standing| *standing = ScenarioState::Over);
        drop(state);
        self.changed.notify_all();
    }
}

/// Returns true if the events of a completed step report no program without a socket.
pub(super) fn are_ready(events: &[crate::model::Event]) -> bool {
    !events.iter().any(|event| matches!(event.kind, EventKind::NotReady { .. }))
}

/// Returns true if a program was waited for until its limit. One that exits early costs no time and
/// has a cause.
fn start_timed_out(evidence: &Evidence) -> bool {
    let is_vain = |why: &StartFailure| {
        matches!(
            why,
            StartFailure::Nothing { .. } | StartFailure::BoundNotListening(_) | StartFailure::OtherProtocol(_)
        )
    };
    evidence.journal.0.iter().any(|event| matches!(&event.kind, EventKind::NotReady { why, .. } if is_vain(why)))
}

/// Returns the command lines of the role programs that a scenario starts, without the lab's own.
fn programs(submitted: &BTreeMap<Role, ProgramSpec>, scenario: &Scenario) -> BTreeSet<Vec<String>> {
    let words =
        |runs: &ProgramSource| if let ProgramSource::Command(words) = runs { Some(words.clone()) } else { None };
    scenario.roles().filter_map(|role| words(&submitted.get(role)?.runs)).collect()
}

/// Returns the longest time that a scenario waits for the socket of a program.
fn longest_wait(scenario: &Scenario) -> Duration {
    let own = scenario.steps.iter().filter_map(|step| match step {
        Step::Start(start) => start.within.map(|within| within.0),
        _ => None,
    });
    own.max().unwrap_or_default().max(scenario.limits.start.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Event, EventId, Moment, ServerId};
    use crate::scenario::ReadContext;
    use crate::scenario::lab::{DEFAULT_LAB, Lab};

    /// Returns the programs of a submission with one program.
    fn submitted(role: &str) -> BTreeMap<Role, ProgramSpec> {
        let program = ProgramSpec::new(ProgramSource::Command(vec!["./server".to_owned()]));
        BTreeMap::from([(role.parse::<Role>().expect("a name"), program)])
    }

    /// Returns the evidence of a server that was not ready for this reason.
    fn not_ready(why: StartFailure) -> Evidence {
        let kind = EventKind::NotReady { server: ServerId(0), why };
        let mut seen = Evidence::default();
        seen.journal.0.push(Event { id: EventId(1), at: Moment::default(), step: 0, kind });
        seen
    }

    fn failed(scenario: &Scenario) -> Vec<ItemResult> {
        let absent = MissingProgram::new(Verdict::Fail, crate::model::Cause::NotDelivered {});
        crate::run::judge::judge_items(scenario, &crate::run::judge::Outcome::Absent(absent), 0, "")
    }

    fn scenarios(lab: &Lab) -> Vec<(usize, &Scenario)> {
        lab.scenarios.iter().enumerate().collect()
    }

    const IN_ALL: StartFailure = StartFailure::Nothing { within_ms: 10_000, silent: false };

    #[test]
    fn dependent_scenario_waits_only_until_the_socket_is_there() {
        let lab = Lab::bundled(DEFAULT_LAB, None).expect("the lab");
        let (programs, all) = (submitted("tcp-simple"), scenarios(&lab));
        let place = |name: &str| all.iter().position(|(_, one)| one.name == name).expect("a scenario");
        let (first, echo, udp) = (place("tcp-simple"), place("tcp-simple-echo"), place("udp-simple-answers"));
        let order = Scheduler::new(&programs, &all);
        let is_held = |k| order.is_blocked(&order.state(), k);
        assert!(matches!(order.next(), NextAction::Run(k, _) if k == first));
        assert!(is_held(echo) && !is_held(udp), "only for programs of a submission");
        order.mark_ready(first);
        assert!(!is_held(echo));
        // The item failed, but not because nothing listens: items that depend on it run.
        order.mark_done(first, &failed(all[first].1), Some(&not_ready(StartFailure::AsksInput)));
        assert!(matches!(order.next(), NextAction::Run(k, _) if k == echo));
    }

    #[test]
    fn dependents_of_program_without_socket_are_skipped() {
        let lab = Lab::bundled(DEFAULT_LAB, None).expect("the lab");
        let (programs, all) = (submitted("tcp-simple"), scenarios(&lab));
        let order = Scheduler::new(&programs, &all);
        let (mut run, mut left_out) = (Vec::new(), Vec::new());
        loop {
            match order.next() {
                NextAction::Done => break,
                NextAction::Run(k, scenario) => {
                    run.push(scenario.name.as_str());
                    order.mark_done(k, &failed(scenario), Some(&not_ready(IN_ALL)));
                }
                NextAction::Skip(_, scenario, absent) => {
                    assert_eq!(
                        (absent.verdict, &*absent.because.message().id),
                        (Verdict::NotVerified, "needs-another")
                    );
                    left_out.push(scenario.name.as_str());
                }
            }
        }
        assert!(run.contains(&"tcp-simple") && run.contains(&"udp-simple") && run.contains(&"remote"), "{run:?}");
        assert!(left_out.contains(&"tcp-simple-echo") && left_out.contains(&"tcp-udp"), "{left_out:?}");
        assert_eq!(run.len() + left_out.len(), all.len());
    }

    #[test]
    fn program_without_socket_is_started_three_times() {
        let roles = BTreeSet::from(["eco".parse::<Role>().expect("a name")]);
        let setting = ReadContext { roles: Some(&roles), ..ReadContext::default() };
        let read = |k: usize, wait: &str| {
            let text = format!(
                "scenario: s{k}\nsteps: [{{ start: {{ server: eco, within: {wait} }} }}]\nitems: [{{ id: i.{k}, expect: [listening] }}]\n"
            );
            Scenario::parse(&format!("s{k}.yaml"), &text, setting).expect("it is right")
        };
        let waits = ["10s", "10s", "10s", "10s", "60s"];
        let read = waits.iter().enumerate().map(|(k, wait)| read(k, wait)).collect();
        let lab = Lab::from_scenarios("x", read).expect("a lab");
        let (programs, all) = (submitted("eco"), scenarios(&lab));
        let order = Scheduler::new(&programs, &all);
        let mut actions = Vec::new();
        loop {
            match order.next() {
                NextAction::Done => break,
                NextAction::Run(k, scenario) => {
                    actions.push("run".to_owned());
                    order.mark_done(k, &failed(scenario), Some(&not_ready(IN_ALL)));
                }
                NextAction::Skip(_, _, absent) => actions.push(absent.because.message().id.to_string()),
            }
        }
        assert_eq!(actions, ["run", "run", "run", "not-started-again", "run"], "a longer wait may show more");
    }

    #[test]
    fn interrupted_run_blocks_no_worker() {
        let lab = Lab::bundled(DEFAULT_LAB, None).expect("the lab");
        let (programs, all) = (submitted("tcp-simple"), scenarios(&lab));
        let order = Scheduler::new(&programs, &all);
        order.interrupt();
        assert!(matches!(order.next(), NextAction::Done));
    }
}
