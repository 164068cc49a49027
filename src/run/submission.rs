//! Runs one submission: the scenarios of a lab, several in parallel, combined into one report.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Instant;

use super::blame;
use super::cancel::Cancel;
use super::job::{job, own_commands};
use super::judge::{Absent, Outcome, judge_items, settle_needs};
use super::lock;
use super::order::{Next, Order};
use super::plan::{Over, Plan, Progress, has_target, scenarios};
use super::program;
use super::scenario::{Ran, perform};
use crate::model::report::FORMAT;
use crate::model::{
    Cannot, Evidence, EvidenceKind, Gap, ItemResult, Machine, Message, Report, StageKind, SubmissionResult, Verdict,
};
use crate::scenario::Scenario;
use crate::scenario::lab::by_part;

/// Runs a plan. An interrupted run returns the report of the scenarios that were over.
#[must_use]
pub fn run(plan: &Plan<'_>, progress: &dyn Progress, cancel: &Cancel) -> Report {
    let began = Instant::now();
    let wanted = scenarios(plan);
    let denied: Mutex<Option<String>> = Mutex::new(None);
    let order = Order::of(plan, &wanted);
    let found: Mutex<BTreeMap<usize, Vec<ItemResult>>> = Mutex::new(BTreeMap::new());
    let failed: Mutex<Vec<(usize, &Scenario)>> = Mutex::new(Vec::new());
    let keep = |k: usize, items: Vec<ItemResult>| {
        lock(&found).insert(wanted[k].0, items);
    };
    let work = || loop {
        let (k, scenario, absent) = match order.next() {
            Next::Nothing => return,
            Next::Run(k, scenario) => (k, scenario, None),
            Next::LeaveOut(k, scenario, absent) => (k, scenario, Some(absent)),
        };
        let slot = absent.is_none().then(|| plan.slots.take());
        if cancel.is_cancelled() {
            return order.break_off();
        }
        let absent = absent.or_else(|| (!(plan.may_begin)()).then(out_of_time));
        progress.begins(scenario);
        let attempt = match absent {
            Some(absent) => Some(left_out(plan, absent)),
            None => attempt(plan, scenario, &denied, progress, cancel, &|| order.is_ready(k)),
        };
        drop(slot);
        let Some(attempt) = attempt else { return order.break_off() };
        if plan.again && matches!(attempt.outcome, Outcome::Failed(_)) {
            lock(&failed).push((k, scenario));
            order.over(k, &[], None);
            continue;
        }
        let (items, evidence) = conclude(plan, scenario, attempt, progress);
        order.over(k, &items, evidence.as_ref());
        keep(k, items);
    };
    std::thread::scope(|threads| {
        for _ in 0..plan.jobs.clamp(1, wanted.len().max(1)) {
            threads.spawn(work);
        }
    });
    // Once, and alone: a machine that is busy with other scenarios, or out of memory, proves
    // nothing.
    for (k, scenario) in std::mem::take(&mut *lock(&failed)) {
        let _slot = plan.slots.take();
        if let Some(attempt) = attempt(plan, scenario, &denied, progress, cancel, &|| ()) {
            keep(k, conclude(plan, scenario, attempt, progress).0);
        }
    }
    let found = std::mem::take(&mut *lock(&found));
    let denied = lock(&denied).take();
    report(plan, found, denied, cancel.is_cancelled(), millis(began))
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// The result of running a scenario.
struct Attempt {
    outcome: Outcome,
    stage: StageKind,
    took_ms: u64,
}

/// Returns the result of a scenario that is skipped: it would establish nothing, or there is no
/// time.
fn left_out(plan: &Plan<'_>, absent: Absent) -> Attempt {
    Attempt { outcome: Outcome::Absent(absent), stage: plan.stage.unwrap_or(StageKind::Isolated), took_ms: 0 }
}

/// Returns the reason why a scenario does not begin any more.
fn out_of_time() -> Absent {
    Absent { verdict: Verdict::Error, because: Message::new("time-used-up"), hint: None }
}

/// Runs one scenario in the best available mode. Returns `None` if interrupted. Calls `is_ready`
/// when the programs of the first step have their sockets.
fn attempt(
    plan: &Plan<'_>,
    scenario: &Scenario,
    denied: &Mutex<Option<String>>,
    progress: &dyn Progress,
    cancel: &Cancel,
    is_ready: &dyn Fn(),
) -> Option<Attempt> {
    let began = Instant::now();
    let fallen_back = lock(denied).is_some();
    let first = plan.stage.unwrap_or(if fallen_back { StageKind::Plain } else { StageKind::Isolated });
    // A target runs outside: only the host's own network reaches it.
    let first = if has_target(plan, scenario) { StageKind::Plain } else { first };
    let alone = |stage: StageKind| match (stage, scenario.hosts.is_empty() || has_target(plan, scenario)) {
        (StageKind::Plain, false) => Ran::Over(Outcome::Seen(Box::new(without_hosts()))),
        _ => perform(job(plan, scenario, stage), scenario.limits.scenario.0, cancel, &|number, ready| {
            progress.step(scenario, number);
            if ready && number == 1 {
                is_ready();
            }
        }),
    };
    let mut stage = first;
    let absent = absent(plan, scenario);
    let outcome = match absent.map_or_else(|| alone(first), |absent| Ran::Over(Outcome::Absent(absent))) {
        Ran::BrokenOff => return None,
        Ran::Over(outcome) => outcome,
        Ran::Denied(why) if plan.stage.is_none() && first == StageKind::Isolated => {
            lock(denied).get_or_insert(why);
            stage = StageKind::Plain;
            match alone(StageKind::Plain) {
                Ran::BrokenOff => return None,
                Ran::Over(outcome) => outcome,
                Ran::Denied(why) => Outcome::Failed(Message::new("stage-denied").with("problem", why)),
            }
        }
        Ran::Denied(why) => Outcome::Failed(Message::new("stage-denied").with("problem", why)),
    };
    Some(Attempt { outcome, stage, took_ms: millis(began) })
}

/// Judges the items of a scenario that is over. Returns their results and the evidence.
fn conclude(
    plan: &Plan<'_>,
    scenario: &Scenario,
    attempt: Attempt,
    progress: &dyn Progress,
) -> (Vec<ItemResult>, Option<Evidence>) {
    let Attempt { outcome, stage, took_ms } = attempt;
    let mut items = judge_items(scenario, &outcome, took_ms, &plan.repeat);
    let evidence = match outcome {
        Outcome::Seen(seen) => Some(*seen),
        Outcome::Failed(_) | Outcome::Absent(_) => None,
    };
    blame::point(&mut items, evidence.as_ref(), plan);
    progress.over(&Over { scenario, stage, items: &items, evidence: evidence.as_ref() });
    (items, evidence)
}

/// Returns why the programs of a scenario cannot be run, if they cannot. Of several reasons,
/// returns the most lenient.
fn absent(plan: &Plan<'_>, scenario: &Scenario) -> Option<Absent> {
    let all = scenario.roles().filter_map(|role| plan.absent.get(role));
    let blame = |absent: &&Absent| match absent.verdict {
        Verdict::NotVerified | Verdict::Pass => 0,
        Verdict::Error => 1,
        Verdict::Fail => 2,
    };
    all.min_by_key(blame).cloned()
}

/// Returns the evidence of a scenario with two hosts if no network can be created: gaps only.
fn without_hosts() -> Evidence {
    let because = Message::new("gap-no-hosts");
    let gaps = EvidenceKind::ALL.map(|evidence| Gap { evidence, because: because.clone() });
    Evidence { gaps: gaps.to_vec(), ..Evidence::default() }
}

/// Returns all command lines that the plan would run.
#[must_use]
pub fn all_commands(plan: &Plan<'_>) -> Vec<Vec<String>> {
    let mut all = program::commands(&plan.programs);
    all.extend(scenarios(plan).iter().flat_map(|(_, scenario)| own_commands(scenario)));
    all
}

/// Sorts items in the order of the report.
#[must_use]
pub fn ordered(mut items: Vec<ItemResult>) -> Vec<ItemResult> {
    by_part(&mut items, |item| item.id.as_str());
    items
}

fn report(
    plan: &Plan<'_>,
    found: BTreeMap<usize, Vec<ItemResult>>,
    denied: Option<String>,
    interrupted: bool,
    took: u64,
) -> Report {
    let needs = plan.lab.items().map(|(_, item)| (item.id.clone(), item.needs.clone())).collect();
    let mut items: Vec<ItemResult> = found.into_values().flatten().collect();
    settle_needs(&mut items, &needs);
    by_part(&mut items, |item| item.id.as_str());
    items.retain(|item| plan.items.as_ref().is_none_or(|wanted| wanted.contains(&item.id)));
    let targets = scenarios(plan).iter().any(|(_, scenario)| has_target(plan, scenario));
    let stage = match (plan.stage, &denied) {
        _ if targets => StageKind::Plain,
        (Some(stage), _) => stage,
        (None, Some(_)) => StageKind::Plain,
        (None, None) => StageKind::Isolated,
    };
    let cannot = denied
        .map(|why| Message::new("stage-plain").with("problem", why))
        .into_iter()
        .chain(targets.then(|| Message::new("gap-target")))
        .map(|because| Cannot { evidence: None, because })
        .collect();
    Report {
        format: FORMAT,
        socklab: env!("CARGO_PKG_VERSION").to_owned(),
        lab: plan.lab.name.clone(),
        machine: Machine { stage, cannot },
        seed: plan.seed,
        interrupted,
        submissions: vec![SubmissionResult::new(plan.submission.clone(), items, took)],
        around: std::collections::BTreeMap::new(),
    }
}
