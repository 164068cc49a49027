//! One submission: the scenarios of a lab, several at a time, and the report of them all.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::agent::Job;
use super::blame;
use super::cancel::Cancel;
use super::hidden;
use super::judge::{Absent, Outcome, judge_items, settle_needs};
use super::program::{self, Variables};
use super::scenario::{Ran, perform};
use super::slots::Slots;
use crate::model::report::FORMAT;
use crate::model::{
    Bytes, Cannot, Evidence, EvidenceKind, Gap, ItemId, ItemResult, Machine, Message, Report, Role, StageKind,
    SubmissionId, SubmissionResult,
};
use crate::scenario::lab::{Lab, by_part};
use crate::scenario::step::{ServerWord, Step};
use crate::scenario::{Item, Scenario};
use crate::stage::isolated::SUBMISSION;
use crate::stage::{ProgramEntry, Runs};
use crate::sys::namespace::root_stays;

/// What is to be run.
pub struct Plan<'a> {
    /// The lab.
    pub lab: &'a Lab,
    /// The items to report on; none: all.
    pub items: Option<BTreeSet<ItemId>>,
    /// The programs by role.
    pub programs: BTreeMap<Role, ProgramEntry>,
    /// The roles whose program is not there or cannot be run, and what that means for their items.
    pub absent: BTreeMap<Role, Absent>,
    /// Whose they are.
    pub submission: SubmissionId,
    /// The folder in which they run.
    pub folder: PathBuf,
    /// The private copy of what was delivered, which is what programs get to see as their folder; none: they run where
    /// `folder` says.
    pub delivery: Option<PathBuf>,
    /// Whether what the programs write into that copy stays: they build something.
    pub keep_written: bool,
    /// Values that replace the scenarios' variables.
    pub variables: BTreeMap<String, String>,
    /// How many scenarios at a time.
    pub jobs: usize,
    /// The places for scenarios, those of other submissions included: they share the machine's memory.
    pub slots: &'a Slots,
    /// The seed of every random choice.
    pub seed: u64,
    /// The stage that is asked for; none: the isolated one where the machine allows it, else the plain one.
    pub stage: Option<StageKind>,
    /// What nothing of a submission may see.
    pub hide: &'a [PathBuf],
    /// The beginning of the command that runs an item again.
    pub repeat: String,
    /// Whether packets are captured also where no item asks for them: somebody wants to see them.
    pub capture: bool,
    /// The caller's environment.
    pub environment: Variables<'a>,
}

/// Who is told how far a run is.
pub trait Progress: Sync {
    /// A scenario begins.
    fn begins(&self, scenario: &Scenario);
    /// A step of it begins, counted from 0; past the last one, its packets are on their way.
    fn step(&self, _scenario: &Scenario, _number: usize) {}
    /// A scenario is over.
    fn over(&self, over: &Over<'_>);
}

/// A scenario that is over.
#[derive(Debug, Clone, Copy)]
pub struct Over<'a> {
    /// The scenario, and its place in the lab.
    pub scenario: &'a Scenario,
    /// How its programs were run.
    pub stage: StageKind,
    /// What its items say, needs aside.
    pub items: &'a [ItemResult],
    /// What was recorded; nothing where the harness failed.
    pub evidence: Option<&'a Evidence>,
}

/// Runs what the plan says. A run that is broken off gives the report of what was over by then.
#[must_use]
pub fn run(plan: &Plan<'_>, progress: &dyn Progress, cancel: &Cancel) -> Report {
    let began = Instant::now();
    let wanted = scenarios(plan);
    let denied: Mutex<Option<String>> = Mutex::new(None);
    let next = AtomicUsize::new(0);
    let found: Mutex<BTreeMap<usize, Vec<ItemResult>>> = Mutex::new(BTreeMap::new());
    std::thread::scope(|threads| {
        for _ in 0..plan.jobs.clamp(1, wanted.len().max(1)) {
            threads.spawn(|| {
                while let Some((number, scenario)) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if cancel.is_cancelled() {
                        return;
                    }
                    let _slot = plan.slots.take();
                    progress.begins(scenario);
                    if let Some(items) = run_scenario(plan, scenario, &denied, progress, cancel) {
                        lock(&found).insert(*number, items);
                    }
                }
            });
        }
    });
    let found = std::mem::take(&mut *lock(&found));
    let denied = lock(&denied).take();
    report(plan, found, denied, cancel.is_cancelled(), millis(began))
}

/// A lock whose holder panicked still holds good data: every write to it is one call.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// The wanted items and the items that they need; none: all.
fn needed<'a>(plan: &'a Plan<'_>) -> Option<BTreeSet<&'a ItemId>> {
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

/// The scenarios that the needed items come from, with their places in the lab.
#[must_use]
pub fn scenarios<'a>(plan: &Plan<'a>) -> Vec<(usize, &'a Scenario)> {
    let needed = needed(plan);
    let is_wanted = |scenario: &Scenario| {
        needed.as_ref().is_none_or(|needed| scenario.items.iter().any(|item| needed.contains(&item.id)))
    };
    plan.lab.scenarios.iter().enumerate().filter(|(_, scenario)| is_wanted(scenario)).collect()
}

/// Runs one scenario on the best stage there is; none where the run was broken off.
fn run_scenario(
    plan: &Plan<'_>,
    scenario: &Scenario,
    denied: &Mutex<Option<String>>,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Option<Vec<ItemResult>> {
    let began = Instant::now();
    let fallen_back = lock(denied).is_some();
    let first = plan.stage.unwrap_or(if fallen_back { StageKind::Plain } else { StageKind::Isolated });
    // A target runs outside: only the host's own network leads to it.
    let first = if has_target(plan, scenario) { StageKind::Plain } else { first };
    let alone = |stage: StageKind| match (stage, scenario.hosts.is_empty() || has_target(plan, scenario)) {
        (StageKind::Plain, false) => Ran::Over(Outcome::Seen(Box::new(without_hosts()))),
        _ => perform(job(plan, scenario, stage), cancel, &|number| progress.step(scenario, number)),
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
    let took = millis(began);
    let mut items = judge_items(scenario, &outcome, took, &plan.repeat);
    let evidence = match &outcome {
        Outcome::Seen(seen) => Some(&**seen),
        Outcome::Failed(_) | Outcome::Absent(_) => None,
    };
    blame::point(&mut items, evidence, plan);
    progress.over(&Over { scenario, stage, items: &items, evidence });
    Some(items)
}

/// Why a scenario's programs cannot be run, where they cannot. Of several reasons the one that blames least.
fn absent(plan: &Plan<'_>, scenario: &Scenario) -> Option<Absent> {
    let all = scenario.roles().filter_map(|role| plan.absent.get(role));
    let blame = |absent: &&Absent| match absent.verdict {
        crate::model::Verdict::NotVerified | crate::model::Verdict::Pass => 0,
        crate::model::Verdict::Error => 1,
        crate::model::Verdict::Fail => 2,
    };
    all.min_by_key(blame).cloned()
}

/// What can be seen of a scenario with two hosts where no network can be made: nothing.
fn without_hosts() -> Evidence {
    let because = Message::new("gap-no-hosts");
    let gaps = EvidenceKind::ALL.map(|evidence| Gap { evidence, because: because.clone() });
    Evidence { gaps: gaps.to_vec(), ..Evidence::default() }
}

fn has_target(plan: &Plan<'_>, scenario: &Scenario) -> bool {
    let is_target = |role: &Role| plan.programs.get(role).is_some_and(|entry| matches!(entry.runs, Runs::Target(_)));
    scenario.roles().any(is_target)
}

/// The command lines that a scenario runs by itself.
fn own_commands(scenario: &Scenario) -> Vec<Vec<String>> {
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

/// How many scenarios the plan runs.
#[must_use]
pub fn scenario_count(plan: &Plan<'_>) -> usize {
    scenarios(plan).len()
}

/// The command lines of everything that the plan would run.
#[must_use]
pub fn all_commands(plan: &Plan<'_>) -> Vec<Vec<String>> {
    let mut all = program::commands(&plan.programs);
    all.extend(scenarios(plan).iter().flat_map(|(_, scenario)| own_commands(scenario)));
    all
}

fn job(plan: &Plan<'_>, scenario: &Scenario, stage: StageKind) -> Job {
    let mut commands = own_commands(scenario);
    let used: BTreeMap<Role, ProgramEntry> =
        scenario.roles().filter_map(|role| Some((role.clone(), plan.programs.get(role)?.clone()))).collect();
    commands.extend(program::commands(&used));
    let folder = match (&plan.delivery, stage) {
        (Some(_), StageKind::Isolated) => PathBuf::from(SUBMISSION),
        (Some(copy), StageKind::Plain) => copy.clone(),
        (None, _) if commands.is_empty() => PathBuf::from("/"),
        (None, _) => plan.folder.clone(),
    };
    let mut sandbox = program::sandbox(&plan.programs, &commands, &folder, plan.environment, plan.hide);
    if !plan.keep_written {
        sandbox.memory = program::memory(plan.slots.all());
    }
    sandbox.submission = plan.delivery.clone().map(Into::into);
    if !commands.is_empty() && root_stays() {
        sandbox.hide.extend(hidden::settings().closed.iter().map(OsString::from));
    }
    let mut env = program::environment(plan.environment, stage);
    if let (Some(copy), StageKind::Plain) = (&plan.delivery, stage) {
        // Nothing of the user's own: what programs leave behind goes with the copy.
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

/// The ports that a scenario's servers should serve.
fn ports(scenario: &Scenario, programs: &BTreeMap<Role, ProgramEntry>) -> Vec<u16> {
    let asked = scenario.steps.iter().filter_map(|step| match step {
        Step::Start(start) => start.port,
        _ => None,
    });
    // A command line without a port may serve the lab's.
    let usual = if own_commands(scenario).is_empty() { Vec::new() } else { vec![65431, 65432] };
    asked.chain(programs.values().filter_map(|entry| entry.port)).chain(usual).collect()
}

/// The items in the order of the report.
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
