//! Grades a class: imports, runs and stores submissions in parallel. One that is bad or fails the
//! harness gets a row with the reason and stops no other. Harness errors are retried at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::budget::Budget;
use super::check::{self, Task};
use super::delivery::{Delivery, DeliveryError};
use super::detect::observe::Around;
use super::judge::{Absent, Outcome, judge_items, settle_needs};
use super::kept::{Kept, keep};
use super::store::{Stamp, Store, StoreError};
use super::{Cancel, Over, Progress, lock, run};
use crate::model::{ItemResult, Machine, Message, StageKind, SubmissionId, SubmissionResult, Verdict};
use crate::scenario::Scenario;
use crate::scenario::lab::Lab;

/// The origin of one submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Identifier of the submission.
    pub id: SubmissionId,
    /// Name of the student, if a roster gives one.
    pub name: Option<String>,
    /// Folder or archive; `None` if nothing was handed in.
    pub path: Option<PathBuf>,
}

/// The input and the options of grading a class.
pub struct Batch<'a> {
    /// The lab.
    pub lab: &'a Lab,
    /// Hash of the lab's files.
    pub lab_hash: String,
    /// The submissions, in the order of the report.
    pub sources: &'a [Source],
    /// How each submission is run, with `jobs` scenarios at a time.
    pub around: Around<'a>,
    /// Number of submissions that run in parallel.
    pub workers: usize,
    /// Also grade submissions that have not changed.
    pub force: bool,
    /// Also grade submissions with an item that failed or could not be verified.
    pub failed: bool,
    /// Time within which scenarios may begin on one submission; running ones have their own limits.
    pub run_within: Duration,
}

/// Time within which scenarios of a retried submission may begin: a correct one takes a third.
const ONCE_MORE: Duration = Duration::from_secs(60);

/// Receives the progress of grading.
pub trait Watch: Sync {
    /// Reports a finished submission, and whether it was stored before. Retries are reported once.
    fn over(&self, result: &SubmissionResult, kept_before: bool);
}

/// Grades all submissions. An interrupted run has stored the submissions that were finished.
///
/// A machine that is busy with other submissions, perhaps on purpose, gives one too little CPU to
/// prove anything: a fork bomb and a full disk beside it kept one from its share for 40 s. So
/// submissions with harness errors are graded again after all others, one submission and one
/// scenario at a time. That result is final.
///
/// # Errors
/// Returns an error if the store cannot be written any longer.
pub fn grade(batch: &Batch<'_>, store: Store, watch: &dyn Watch) -> Result<Store, StoreError> {
    let store = Mutex::new(store);
    let again: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());
    let all: Vec<usize> = (0..batch.sources.len()).collect();
    side_by_side(batch, &all, &|place, source| {
        match one(batch, place, source, &store)? {
            Some(Graded { result, .. }) if has_trouble(&result) => drop(lock(&again).insert(place)),
            Some(graded) => watch.over(&graded.result, graded.kept_before),
            None => {}
        }
        Ok(())
    })?;
    let again: Vec<usize> = lock(&again).iter().copied().collect();
    let around = Around { jobs: 1, ..batch.around };
    let run_within = ONCE_MORE.min(batch.run_within);
    let alone = Batch { lab_hash: batch.lab_hash.clone(), workers: 1, around, run_within, ..*batch };
    side_by_side(&alone, &again, &|place, source| {
        if let Some(graded) = one(&alone, place, source, &store)? {
            watch.over(&graded.result, graded.kept_before);
        }
        Ok(())
    })?;
    Ok(store.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Calls `each` for sources by index, in parallel, until interrupted or the store fails.
fn side_by_side(
    batch: &Batch<'_>,
    places: &[usize],
    each: &(dyn Fn(usize, &Source) -> Result<(), StoreError> + Sync),
) -> Result<(), StoreError> {
    let next = AtomicUsize::new(0);
    let trouble: Mutex<Option<StoreError>> = Mutex::new(None);
    std::thread::scope(|threads| {
        for _ in 0..batch.workers.clamp(1, places.len().max(1)) {
            threads.spawn(|| {
                while let Some(&place) = places.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Some(source) = batch.sources.get(place) else { return };
                    if batch.around.cancel.is_cancelled() || lock(&trouble).is_some() {
                        return;
                    }
                    if let Err(error) = each(place, source) {
                        lock(&trouble).get_or_insert(error);
                        return;
                    }
                }
            });
        }
    });
    lock(&trouble).take().map_or(Ok(()), Err)
}

/// Returns true if an item ended with an error of the harness.
fn has_trouble(result: &SubmissionResult) -> bool {
    result.items.iter().any(|item| item.verdict == Verdict::Error)
}

/// A finished submission.
struct Graded {
    result: SubmissionResult,
    kept_before: bool,
}

/// Grades one submission, from its folder to its row. Returns `None` if the run is interrupted.
fn one(batch: &Batch<'_>, place: usize, source: &Source, store: &Mutex<Store>) -> Result<Option<Graded>, StoreError> {
    let began = Instant::now();
    let received = match &source.path {
        None => Err((Verdict::NotVerified, Message::new("not-handed-in"))),
        Some(path) => match receive(path, batch.around.cancel) {
            Some(received) => received,
            None => return Ok(None),
        },
    };
    let hash =
        received.as_ref().map_or_else(|(_, reason)| format!("none: {}", reason.id), |delivery| delivery.hash.clone());
    let stamp = Stamp { submission: hash, lab: batch.lab_hash.clone(), version: env!("CARGO_PKG_VERSION").to_owned() };
    if !batch.force
        && let Some(kept) = kept(batch, source, &stamp, &lock(store))?
    {
        return Ok(Some(Graded { result: kept, kept_before: true }));
    }
    let mut evidence = Vec::new();
    let made = catch_unwind(AssertUnwindSafe(|| match received {
        Ok(delivery) => {
            let (result, seen, machine) = run_one(batch, source, delivery)?;
            evidence = seen;
            Some((result, Some(machine)))
        }
        Err((verdict, reason)) => Some((nothing(batch, source, verdict, reason), None)),
    }));
    let made = made.unwrap_or_else(|_| {
        let reason = Message::new("harness-trouble").with("problem", "socklab broke down over this submission");
        Some((nothing(batch, source, Verdict::Error, reason), None))
    });
    // Interrupted: nothing is stored, as if it had not begun.
    let Some((mut result, machine)) = made else { return Ok(None) };
    result.name.clone_from(&source.name);
    result.took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    {
        let mut store = lock(store);
        if let Some(machine) = machine {
            store.begin(&batch.lab.name, &machine, batch.around.seed)?;
        }
        store.put(place, &stamp, &result, &evidence)?;
    }
    Ok(Some(Graded { result, kept_before: false }))
}

/// Imports a submission. Returns verdict and reason if it is unusable, `None` if interrupted.
fn receive(path: &Path, cancel: &Cancel) -> Option<Result<Delivery, (Verdict, Message)>> {
    Some(match Delivery::receive_unless(path, &|| cancel.is_cancelled()) {
        Ok(delivery) => Ok(delivery),
        Err(DeliveryError::Unusable(message)) => Err((Verdict::NotVerified, message)),
        Err(DeliveryError::System(error)) => {
            Err((Verdict::Error, Message::new("delivery-trouble").with("problem", error.to_string())))
        }
        Err(DeliveryError::BrokenOff) => return None,
    })
}

/// Returns the stored result if it need not be produced again.
fn kept(
    batch: &Batch<'_>,
    source: &Source,
    stamp: &Stamp,
    store: &Store,
) -> Result<Option<SubmissionResult>, StoreError> {
    if store.stamp(&source.id.0)?.as_ref() != Some(stamp) {
        return Ok(None);
    }
    let kept = store.result(&source.id.0)?;
    let again = |result: &SubmissionResult| {
        // Harness errors are always retried, other failures on request.
        has_trouble(result) || batch.failed && result.items.iter().any(|item| item.verdict != Verdict::Pass)
    };
    kept.filter(|result| !again(result)).map(|result| named(result, source, stamp, store)).transpose()
}

/// Returns a stored result with the name from the current roster. Without a roster, the name stays.
fn named(
    mut kept: SubmissionResult,
    source: &Source,
    stamp: &Stamp,
    store: &Store,
) -> Result<SubmissionResult, StoreError> {
    if source.name.is_some() && kept.name != source.name {
        kept.name.clone_from(&source.name);
        store.change(&kept, &stamp.lab)?;
    }
    Ok(kept)
}

/// Collects the evidence of a run, compressed as it arrives, and measures its time.
struct Keeping {
    all: Mutex<Vec<Kept>>,
    budget: Budget,
}

impl Progress for Keeping {
    fn begins(&self, _: &Scenario) {
        self.budget.begin();
    }
    fn over(&self, over: &Over<'_>) {
        self.budget.end();
        if let Some(kept) = over.evidence.and_then(|evidence| keep(&over.scenario.name, evidence)) {
            lock(&self.all).push(kept);
        }
    }
}

/// Runs a submission. Returns `None` if the run is interrupted.
fn run_one(
    batch: &Batch<'_>,
    source: &Source,
    mut delivery: Delivery,
) -> Option<(SubmissionResult, Vec<Kept>, Machine)> {
    let repeat = format!(
        "socklab check {} --seed {}",
        shell_words::quote(&source.path.as_deref().unwrap_or(Path::new(".")).to_string_lossy()),
        batch.around.seed
    );
    let budgets = batch.around.budgets.anew();
    let keeping = Keeping { all: Mutex::default(), budget: Budget::new(batch.run_within) };
    let may_begin = || keeping.budget.allows(Duration::ZERO);
    let task = Task {
        lab: batch.lab,
        items: None,
        around: Around { budgets: &budgets, ..batch.around },
        submission: &source.id,
        repeat: &repeat,
        capture: false,
        thorough: false,
        may_begin: &may_begin,
    };
    let manifest = match check::manifest(&delivery, batch.lab) {
        Ok(manifest) => manifest,
        Err(mistakes) => {
            let mut result = nothing(batch, source, Verdict::NotVerified, check::of_mistakes(&mistakes));
            result.hash.clone_from(&delivery.hash);
            return Some((result, Vec::new(), Machine { stage: StageKind::Isolated, cannot: Vec::new() }));
        }
    };
    let prepared = check::prepare(&mut delivery, manifest.as_ref(), &task);
    let plan = prepared.plan(&delivery, &task);
    let mut report = run(&plan, &keeping, batch.around.cancel);
    check::complete(&mut report, &delivery, &prepared, &plan, &task);
    if batch.around.cancel.is_cancelled() {
        return None;
    }
    let result = report.submissions.pop()?;
    let evidence = keeping.all.into_inner().unwrap_or_else(PoisonError::into_inner);
    Some((result, evidence, report.machine))
}

/// Returns the row of a submission that was not run.
fn nothing(batch: &Batch<'_>, source: &Source, verdict: Verdict, reason: Message) -> SubmissionResult {
    check::nothing(batch.lab, &source.id, verdict, reason)
}

/// Judges the stored evidence of all submissions again with the current lab, without running
/// anything. Returns the number of submissions, and how many results changed.
///
/// # Errors
/// Returns an error if the store cannot be read or written.
pub fn regrade(lab: &Lab, lab_hash: &str, store: &Store) -> Result<(usize, usize), StoreError> {
    let needs: BTreeMap<_, _> = lab.items().map(|(_, item)| (item.id.clone(), item.needs.clone())).collect();
    let (mut all, mut changed) = (0, 0);
    for id in store.ids()? {
        let Some(old) = store.result(&id)? else { continue };
        let seen: BTreeMap<String, crate::model::Evidence> = store.evidence(&old.id.0)?.into_iter().collect();
        let mut items = Vec::new();
        for scenario in &lab.scenarios {
            match seen.get(&scenario.name) {
                Some(evidence) => {
                    let took =
                        old.items.iter().find(|item| item.scenario == scenario.name).map_or(0, |item| item.took_ms);
                    let repeat = repeat_of(&old);
                    let outcome = Outcome::Seen(Box::new(evidence.clone()));
                    items.extend(judge_items(scenario, &outcome, took, &repeat));
                }
                None => items.extend(without_evidence(scenario, &old)),
            }
        }
        settle_needs(&mut items, &needs);
        let mut items = super::submission::ordered(items);
        keep_besides(&mut items, &old, lab.documented);
        let new = SubmissionResult {
            name: old.name.clone(),
            reason: old.reason.clone(),
            programs: old.programs.clone(),
            notes: old.notes.clone(),
            hash: old.hash.clone(),
            ..SubmissionResult::new(old.id.clone(), items, old.took_ms)
        };
        all += 1;
        changed += usize::from(new != old);
        store.change(&new, lab_hash)?;
    }
    Ok((all, changed))
}

/// Carries over annotations from further runs and from the written report.
fn keep_besides(items: &mut [ItemResult], old: &SubmissionResult, documented: u32) {
    for item in items {
        let Some(before) = old.items.iter().find(|before| before.id == item.id) else { continue };
        item.documented.clone_from(&before.documented);
        super::written::count(item, documented);
        item.evidence.clone_from(&before.evidence);
        let told: Vec<Message> = before.notes.iter().filter(|note| note.id.starts_with("client-")).cloned().collect();
        item.notes.extend(told);
        for finding in &mut item.findings {
            let same = before.findings.iter().find(|one| {
                one.expectation == finding.expectation
                    && super::diagnose::is_from_a_further_run(&one.because.id)
                    && one.verdict == finding.verdict
            });
            if let Some(same) = same {
                finding.because = same.because.clone();
                finding.hint.clone_from(&same.hint);
            }
            // The source location stays valid if the cause is the same.
            let mut told = before.findings.iter().filter(|one| one.expectation == finding.expectation);
            let told = told.find(|one| one.because == finding.because);
            finding.source = told.and_then(|told| told.source.clone());
        }
    }
}

fn repeat_of(old: &SubmissionResult) -> String {
    let all = old.items.iter().find_map(|item| item.repeat.rsplit_once(" --item "));
    all.map(|(repeat, _)| repeat.to_owned()).unwrap_or_default()
}

/// Returns the items of a scenario that was not run: old verdicts, current points.
fn without_evidence(scenario: &Scenario, old: &SubmissionResult) -> Vec<ItemResult> {
    let reason = old.reason.clone().unwrap_or_else(|| Message::new("not-kept"));
    let absent = Outcome::Absent(Absent { verdict: Verdict::NotVerified, because: reason, hint: None });
    let mut items = judge_items(scenario, &absent, 0, &repeat_of(old));
    for item in &mut items {
        if let Some(before) = old.items.iter().find(|before| before.id == item.id) {
            let (of, title) = (item.of, item.title.clone());
            *item = before.clone();
            (item.of, item.title) = (of, title);
            item.earned = crate::model::verdict::earned(item.verdict, of);
        }
    }
    items
}

/// Checks that no submission identifier occurs twice.
///
/// # Errors
/// Returns an error if one does: the identifier.
pub fn check_names(sources: &[Source]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    match sources.iter().find(|source| !seen.insert(&source.id.0)) {
        Some(twice) => Err(twice.id.0.clone()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
