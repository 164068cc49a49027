//! Runs one submission: the scenarios of a lab, several in parallel, combined into one report.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Instant;

use super::judge::{MissingProgram, Outcome, judge_items, settle_needs};
use super::plan::{Progress, RunPlan, ScenarioDone, has_target, scenarios};
use super::scenario::{AgentRun, perform};
use super::schedule::{NextAction, Scheduler};
use super::spec::{own_commands, run_spec};
use super::{lock, sandbox_config, source_hint};
use crate::model::{
    Evidence, EvidenceKind, Gap, GapReason, HarnessError, ItemId, ItemResult, Limitation, Machine, NotVerified, Reason,
    Report, SandboxMode, SubmissionResult, Verdict,
};
use crate::scenario::Scenario;
use crate::scenario::lab::sort_by_part;

/// Runs a plan. An interrupted run returns the report of the scenarios that were over.
#[must_use]
pub(crate) fn run(plan: &RunPlan<'_>, progress: &dyn Progress) -> Report {
    let cancel = plan.session.cancel;
    let began = Instant::now();
    let wanted = scenarios(plan);
    let denied: Mutex<Option<HarnessError>> = Mutex::new(None);
    let order = Scheduler::new(&plan.programs, &wanted);
    let found: Mutex<BTreeMap<usize, Vec<ItemResult>>> = Mutex::new(BTreeMap::new());
    let failed: Mutex<Vec<(usize, &Scenario)>> = Mutex::new(Vec::new());
    let keep = |k: usize, items: Vec<ItemResult>| {
        lock(&found).insert(wanted[k].0, items);
    };
    let work = || loop {
        let (k, scenario, absent) = match order.next() {
            NextAction::Done => return,
            NextAction::Run(k, scenario) => (k, scenario, None),
            NextAction::Skip(k, scenario, absent) => (k, scenario, Some(absent)),
        };
        let permit = absent.is_none().then(|| plan.session.permits.acquire());
        if cancel.is_cancelled() {
            return order.interrupt();
        }
        let absent = absent.or_else(|| (!(plan.may_begin)()).then(out_of_time));
        progress.scenario_started(scenario);
        let attempt = match absent {
            Some(absent) => Some(left_out(plan, absent)),
            None => run_scenario(plan, scenario, &denied, progress, &|| order.mark_ready(k)),
        };
        drop(permit);
        let Some(attempt) = attempt else { return order.interrupt() };
        if plan.retry_harness_errors && matches!(attempt.outcome, Outcome::Failed(_)) {
            lock(&failed).push((k, scenario));
            order.mark_done(k, &[], None);
            continue;
        }
        let (items, evidence) = judge_and_report(plan, scenario, attempt, progress);
        order.mark_done(k, &items, evidence.as_ref());
        keep(k, items);
    };
    std::thread::scope(|threads| {
        for _ in 0..plan.session.jobs.clamp(1, wanted.len().max(1)) {
            threads.spawn(work);
        }
    });
    // Once, and alone: a machine that is busy with other scenarios, or out of memory, proves
    // nothing.
    for (k, scenario) in std::mem::take(&mut *lock(&failed)) {
        let _permit = plan.session.permits.acquire();
        if let Some(attempt) = run_scenario(plan, scenario, &denied, progress, &|| ()) {
            keep(k, judge_and_report(plan, scenario, attempt, progress).0);
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
struct ScenarioRun {
    outcome: Outcome,
    stage: SandboxMode,
    took_ms: u64,
}

/// Returns the result of a scenario that is skipped: it would establish nothing, or there is no
/// time.
fn left_out(plan: &RunPlan<'_>, absent: MissingProgram) -> ScenarioRun {
    ScenarioRun {
        outcome: Outcome::Absent(absent),
        stage: plan.session.stage.unwrap_or(SandboxMode::Isolated),
        took_ms: 0,
    }
}

/// Returns the reason why a scenario does not begin any more.
fn out_of_time() -> MissingProgram {
    MissingProgram::new(Verdict::Error, NotVerified::TimeUsedUp {})
}

/// Runs one scenario in the best available mode. Returns `None` if interrupted. Calls `is_ready`
/// when the programs of the first step have their sockets.
fn run_scenario(
    plan: &RunPlan<'_>,
    scenario: &Scenario,
    denied: &Mutex<Option<HarnessError>>,
    progress: &dyn Progress,
    is_ready: &dyn Fn(),
) -> Option<ScenarioRun> {
    let began = Instant::now();
    let fallen_back = lock(denied).is_some();
    let first = plan.session.stage.unwrap_or(if fallen_back { SandboxMode::Plain } else { SandboxMode::Isolated });
    // A target runs outside: only the host's own network reaches it.
    let first = if has_target(plan, scenario) { SandboxMode::Plain } else { first };
    let alone = |stage: SandboxMode| match (stage, scenario.hosts.is_empty() || has_target(plan, scenario)) {
        (SandboxMode::Plain, false) => AgentRun::Done(Outcome::Seen(Box::new(without_hosts()))),
        _ => perform(
            run_spec(plan, scenario, stage),
            scenario.limits.scenario.0,
            plan.session.cancel,
            &|number, ready| {
                progress.step_started(scenario, number);
                if ready && number == 1 {
                    is_ready();
                }
            },
        ),
    };
    let mut stage = first;
    let absent = absent(plan, scenario);
    let outcome = match absent.map_or_else(|| alone(first), |absent| AgentRun::Done(Outcome::Absent(absent))) {
        AgentRun::Interrupted => return None,
        AgentRun::Done(outcome) => outcome,
        AgentRun::Denied(why) if plan.session.stage.is_none() && first == SandboxMode::Isolated => {
            lock(denied).get_or_insert(why);
            stage = SandboxMode::Plain;
            match alone(SandboxMode::Plain) {
                AgentRun::Interrupted => return None,
                AgentRun::Done(outcome) => outcome,
                AgentRun::Denied(why) => Outcome::Failed(NotVerified::ModeDenied { problem: why }),
            }
        }
        AgentRun::Denied(why) => Outcome::Failed(NotVerified::ModeDenied { problem: why }),
    };
    Some(ScenarioRun { outcome, stage, took_ms: millis(began) })
}

/// Judges the items of a scenario that is over. Returns their results and the evidence.
fn judge_and_report(
    plan: &RunPlan<'_>,
    scenario: &Scenario,
    attempt: ScenarioRun,
    progress: &dyn Progress,
) -> (Vec<ItemResult>, Option<Evidence>) {
    let ScenarioRun { outcome, stage, took_ms } = attempt;
    let mut items = judge_items(scenario, &outcome, took_ms, &plan.repeat);
    let evidence = match outcome {
        Outcome::Seen(seen) => Some(*seen),
        Outcome::Failed(_) | Outcome::Absent(_) => None,
    };
    source_hint::annotate(&mut items, evidence.as_ref(), plan);
    progress.scenario_finished(&ScenarioDone { scenario, stage, items: &items, evidence: evidence.as_ref() });
    (items, evidence)
}

/// Returns why the programs of a scenario cannot be run, if they cannot. Of several reasons,
/// returns the most lenient.
fn absent(plan: &RunPlan<'_>, scenario: &Scenario) -> Option<MissingProgram> {
    let all = scenario.roles().filter_map(|role| plan.absent.get(role));
    let blame = |absent: &&MissingProgram| match absent.verdict {
        Verdict::NotVerified | Verdict::Pass => 0,
        Verdict::Error => 1,
        Verdict::Fail => 2,
    };
    all.min_by_key(blame).cloned()
}

/// Returns the evidence of a scenario with two hosts if no network can be created: gaps only.
fn without_hosts() -> Evidence {
    let because = GapReason::NoHosts {};
    let gaps = EvidenceKind::ALL.map(|evidence| Gap { evidence, because: because.clone() });
    Evidence { gaps: gaps.to_vec(), ..Evidence::default() }
}

/// Returns all command lines that the plan would run.
#[must_use]
pub(crate) fn all_commands(plan: &RunPlan<'_>) -> Vec<Vec<String>> {
    let mut all = sandbox_config::commands(&plan.programs);
    all.extend(scenarios(plan).iter().flat_map(|(_, scenario)| own_commands(scenario)));
    all
}

/// Returns the ids of the items that keep wanted items from being judged, directly or indirectly. A
/// report on one item must show what to correct first.
fn blocking_items(items: &[ItemResult], wanted: &BTreeSet<ItemId>) -> BTreeSet<String> {
    let mut blocking = BTreeSet::new();
    let mut open: Vec<&str> = wanted.iter().map(ItemId::as_str).collect();
    while let Some(id) = open.pop() {
        let found = items.iter().find(|item| item.id.as_str() == id);
        if let Some(Reason::NotVerified(NotVerified::DependsOn { item })) =
            found.and_then(|found| found.reason.as_ref())
            && blocking.insert(item.clone())
        {
            open.push(item);
        }
    }
    blocking
}

/// Sorts items in the order of the report.
#[must_use]
pub(crate) fn ordered(mut items: Vec<ItemResult>) -> Vec<ItemResult> {
    sort_by_part(&mut items, |item| item.id.as_str());
    items
}

fn report(
    plan: &RunPlan<'_>,
    found: BTreeMap<usize, Vec<ItemResult>>,
    denied: Option<HarnessError>,
    interrupted: bool,
    took: u64,
) -> Report {
    let needs = plan.lab.items().map(|(_, item)| (item.id.clone(), item.needs.clone())).collect();
    let mut items: Vec<ItemResult> = found.into_values().flatten().collect();
    settle_needs(&mut items, &needs);
    sort_by_part(&mut items, |item| item.id.as_str());
    if let Some(wanted) = &plan.items {
        let blocking = blocking_items(&items, wanted);
        items.retain(|item| wanted.contains(&item.id) || blocking.contains(item.id.as_str()));
    }
    let targets = scenarios(plan).iter().any(|(_, scenario)| has_target(plan, scenario));
    let stage = match (plan.session.stage, &denied) {
        _ if targets => SandboxMode::Plain,
        (Some(stage), _) => stage,
        (None, Some(_)) => SandboxMode::Plain,
        (None, None) => SandboxMode::Isolated,
    };
    let cannot = denied
        .map(|problem| GapReason::PlainMode { problem })
        .into_iter()
        .chain(targets.then_some(GapReason::Target {}))
        .map(|because| Limitation { evidence: None, because })
        .collect();
    let result = SubmissionResult::new(plan.submission.clone(), items, took);
    let mut report = Report::new(&plan.lab.name, Machine { stage, cannot }, plan.session.seed, vec![result]);
    report.title.clone_from(&plan.lab.title);
    report.interrupted = interrupted;
    report
}
