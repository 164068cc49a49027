//! Grades a class: imports, runs and stores submissions in parallel. One that is bad or fails the
//! harness gets a row with the reason and stops no other. Harness errors are retried at the end.

pub(crate) mod class;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::model::{HarnessError, Machine, NotVerified, Reason, SubmissionId, SubmissionResult, Verdict};
use crate::run::budget::Budget;
use crate::run::evidence_codec::{PackedEvidence, pack};
use crate::run::store::{CacheKey, Store, StoreError};
use crate::run::{Cancel, Progress, ScenarioDone, Session, lock, run};
use crate::scenario::Scenario;
use crate::scenario::lab::Lab;
use crate::submission::import::{ImportError, Submission};
use crate::submission::pipeline::{self, CheckSpec};

/// The origin of one submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SubmissionSource {
    /// Identifier of the submission.
    pub id: SubmissionId,
    /// Name of the student, if a roster gives one.
    pub name: Option<String>,
    /// Folder or archive; `None` if nothing was handed in.
    pub path: Option<PathBuf>,
}

/// The input and the options of grading a class.
pub(crate) struct GradeSpec<'a> {
    /// The lab.
    pub lab: &'a Lab,
    /// Hash of the lab's files.
    pub lab_hash: String,
    /// The submissions of the class, in the order of the report.
    pub sources: &'a [SubmissionSource],
    /// The indices of those to be graded, in the order in which they begin.
    pub selected: &'a [usize],
    /// How each submission is run, with `jobs` scenarios at a time.
    pub session: Session<'a>,
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
const RETRY_TIME_LIMIT: Duration = Duration::from_secs(60);

/// Receives the progress of grading.
pub(crate) trait GradeProgress: Sync {
    /// Reports a finished submission, and whether it was stored before. Retries are reported once.
    fn submission_finished(&self, result: &SubmissionResult, kept_before: bool);
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
pub(crate) fn grade(batch: &GradeSpec<'_>, store: Store, watch: &dyn GradeProgress) -> Result<Store, StoreError> {
    let store = Mutex::new(store);
    let again: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());
    run_parallel(batch, batch.selected, &|place, source| {
        match grade_one(batch, place, source, &store)? {
            Some(Graded { result, .. }) if has_harness_error(&result) => drop(lock(&again).insert(place)),
            Some(graded) => watch.submission_finished(&graded.result, graded.kept_before),
            None => {}
        }
        Ok(())
    })?;
    let again: Vec<usize> = lock(&again).iter().copied().collect();
    let session = Session { jobs: 1, ..batch.session };
    let run_within = RETRY_TIME_LIMIT.min(batch.run_within);
    let alone = GradeSpec { lab_hash: batch.lab_hash.clone(), workers: 1, session, run_within, ..*batch };
    run_parallel(&alone, &again, &|place, source| {
        if let Some(graded) = grade_one(&alone, place, source, &store)? {
            watch.submission_finished(&graded.result, graded.kept_before);
        }
        Ok(())
    })?;
    Ok(store.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Calls `each` for sources by index, in parallel, until interrupted or the store fails.
fn run_parallel(
    batch: &GradeSpec<'_>,
    places: &[usize],
    each: &(dyn Fn(usize, &SubmissionSource) -> Result<(), StoreError> + Sync),
) -> Result<(), StoreError> {
    let next = AtomicUsize::new(0);
    let trouble: Mutex<Option<StoreError>> = Mutex::new(None);
    std::thread::scope(|threads| {
        for _ in 0..batch.workers.clamp(1, places.len().max(1)) {
            threads.spawn(|| {
                while let Some(&place) = places.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Some(source) = batch.sources.get(place) else { return };
                    if batch.session.cancel.is_cancelled() || lock(&trouble).is_some() {
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
fn has_harness_error(result: &SubmissionResult) -> bool {
    result.items.iter().any(|item| item.verdict == Verdict::Error)
}

/// A finished submission.
struct Graded {
    result: SubmissionResult,
    kept_before: bool,
}

/// Grades one submission, from its folder to its row. Returns `None` if the run is interrupted.
fn grade_one(
    batch: &GradeSpec<'_>,
    place: usize,
    source: &SubmissionSource,
    store: &Mutex<Store>,
) -> Result<Option<Graded>, StoreError> {
    let began = Instant::now();
    let received = match &source.path {
        None => Err((Verdict::NotVerified, NotVerified::NotSubmitted {}.into())),
        Some(path) => match receive(path, batch.session.cancel) {
            Some(received) => received,
            None => return Ok(None),
        },
    };
    let hash = received
        .as_ref()
        .map_or_else(|(_, reason)| format!("none: {}", reason.message().id), |delivery| delivery.hash.clone());
    let stamp =
        CacheKey { submission: hash, lab: batch.lab_hash.clone(), version: env!("CARGO_PKG_VERSION").to_owned() };
    if !batch.force {
        let store = lock(store);
        if let Some(kept) = stored_result(batch, source, &stamp, &store)? {
            store.keep(&source.id.0, place)?;
            return Ok(Some(Graded { result: kept, kept_before: true }));
        }
    }
    let mut evidence = Vec::new();
    let made = catch_unwind(AssertUnwindSafe(|| match received {
        Ok(delivery) => {
            let (result, seen, machine) = run_one(batch, source, delivery)?;
            evidence = seen;
            Some((result, machine))
        }
        Err((verdict, reason)) => Some((not_run_result(batch, source, verdict, reason), None)),
    }));
    let made = made.unwrap_or_else(|_| {
        let reason = NotVerified::HarnessTrouble { problem: HarnessError::SubmissionPanicked {} };
        Some((not_run_result(batch, source, Verdict::Error, reason.into()), None))
    });
    // Interrupted: nothing is stored, as if it had not begun.
    let Some((mut result, machine)) = made else { return Ok(None) };
    result.name.clone_from(&source.name);
    result.took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    result.graded_at = SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|now| now.as_secs());
    {
        let mut store = lock(store);
        if let Some(machine) = machine {
            store.record_run(&batch.lab.name, &machine, batch.session.seed)?;
            store.record_title(batch.lab.title.as_ref())?;
        }
        store.put(place, &stamp, &result, &evidence)?;
    }
    Ok(Some(Graded { result, kept_before: false }))
}

/// Imports a submission. Returns verdict and reason if it is unusable, `None` if interrupted.
fn receive(path: &Path, cancel: &Cancel) -> Option<Result<Submission, (Verdict, Reason)>> {
    Some(match Submission::import_until(path, &|| cancel.is_cancelled()) {
        Ok(delivery) => Ok(delivery),
        Err(ImportError::Unusable(message)) => Err((Verdict::NotVerified, message.into())),
        Err(ImportError::System(error)) => Err((Verdict::Error, NotVerified::NotRead { problem: error.into() }.into())),
        Err(ImportError::Interrupted) => return None,
    })
}

/// Returns the stored result if it need not be produced again.
fn stored_result(
    batch: &GradeSpec<'_>,
    source: &SubmissionSource,
    stamp: &CacheKey,
    store: &Store,
) -> Result<Option<SubmissionResult>, StoreError> {
    if store.cache_key(&source.id.0)?.as_ref() != Some(stamp) {
        return Ok(None);
    }
    let kept = store.result(&source.id.0)?;
    let again = |result: &SubmissionResult| {
        // Harness errors are always retried, other failures on request.
        has_harness_error(result) || batch.failed && result.items.iter().any(|item| item.verdict != Verdict::Pass)
    };
    kept.filter(|result| !again(result)).map(|result| named(result, source, stamp, store)).transpose()
}

/// Returns a stored result with the name from the current roster. Without a roster, the name stays.
fn named(
    mut kept: SubmissionResult,
    source: &SubmissionSource,
    stamp: &CacheKey,
    store: &Store,
) -> Result<SubmissionResult, StoreError> {
    if source.name.is_some() && kept.name != source.name {
        kept.name.clone_from(&source.name);
        store.update(&kept, &stamp.lab)?;
    }
    Ok(kept)
}

/// Collects the evidence of a run, compressed as it arrives, and measures its time.
struct EvidenceCollector {
    all: Mutex<Vec<PackedEvidence>>,
    budget: Budget,
}

impl Progress for EvidenceCollector {
    fn scenario_started(&self, _: &Scenario) {
        self.budget.begin();
    }
    fn scenario_finished(&self, over: &ScenarioDone<'_>) {
        self.budget.end();
        if let Some(kept) = over.evidence.and_then(|evidence| pack(&over.scenario.name, evidence)) {
            lock(&self.all).push(kept);
        }
    }
}

/// Runs a submission. Returns `None` if the run is interrupted.
fn run_one(
    batch: &GradeSpec<'_>,
    source: &SubmissionSource,
    mut delivery: Submission,
) -> Option<(SubmissionResult, Vec<PackedEvidence>, Option<Machine>)> {
    let repeat = format!(
        "socklab check {} --seed {}",
        shell_words::quote(&source.path.as_deref().unwrap_or(Path::new(".")).to_string_lossy()),
        batch.session.seed
    );
    let budgets = batch.session.budgets.renewed();
    let keeping = EvidenceCollector { all: Mutex::default(), budget: Budget::new(batch.run_within) };
    let may_begin = || keeping.budget.allows(Duration::ZERO);
    let task = CheckSpec {
        lab: batch.lab,
        items: None,
        session: Session { budgets: &budgets, ..batch.session },
        submission: &source.id,
        repeat: &repeat,
        capture: false,
        thorough: false,
        may_begin: &may_begin,
    };
    let manifest = match pipeline::manifest(&delivery, batch.lab) {
        Ok(manifest) => manifest,
        Err(mistakes) => {
            let mut result = not_run_result(batch, source, Verdict::NotVerified, pipeline::manifest_reason(&mistakes));
            result.hash.clone_from(&delivery.hash);
            return Some((result, Vec::new(), None));
        }
    };
    let prepared = pipeline::prepare(&mut delivery, manifest.as_ref(), &task);
    let plan = prepared.plan(&delivery, &task);
    let mut report = run(&plan, &keeping);
    pipeline::annotate(&mut report, &delivery, &prepared, &plan, &task);
    if batch.session.cancel.is_cancelled() {
        return None;
    }
    let result = report.submissions.pop()?;
    let evidence = keeping.all.into_inner().unwrap_or_else(PoisonError::into_inner);
    Some((result, evidence, Some(report.machine)))
}

/// Returns the row of a submission that was not run.
fn not_run_result(
    batch: &GradeSpec<'_>,
    source: &SubmissionSource,
    verdict: Verdict,
    reason: Reason,
) -> SubmissionResult {
    pipeline::not_run_result(batch.lab, &source.id, verdict, reason)
}

#[cfg(test)]
mod tests;
