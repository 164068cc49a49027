//! Retries of submissions, and how they are reported. Runs no programs.

use std::fs;

use crate::run::{Budgets, Semaphore};
use crate::scenario::lab::DEFAULT_LAB;
use crate::submission::grade::*;

/// Records finished submissions, and creates a file as soon as one is finished.
struct Repairs {
    place: PathBuf,
    over: Mutex<Vec<(String, Verdict, bool)>>,
}

impl GradeProgress for Repairs {
    fn submission_finished(&self, result: &SubmissionResult, kept_before: bool) {
        fs::write(&self.place, "not an archive").expect("written");
        lock(&self.over).push((result.id.0.clone(), result.items[0].verdict, kept_before));
    }
}

/// Grades a submission whose archive cannot be read at first, and one that is missing. Returns the
/// reports.
fn graded(folder: &Path, place: PathBuf) -> Vec<(String, Verdict, bool)> {
    let source = |id: &str, path| SubmissionSource { id: SubmissionId(id.to_owned()), name: None, path };
    let sources = [source("ana", Some(folder.join("ana.zip"))), source("bia", None)];
    let (lab, permits) = (Lab::bundled(DEFAULT_LAB, None).expect("the lab"), Semaphore::new(1));
    let cancel = Cancel::new().expect("a pipe");
    let budgets = Budgets::default();
    let session = Session {
        seed: 1,
        stage: None,
        jobs: 1,
        permits: &permits,
        environment: &|_| None,
        hide: &[],
        cancel: &cancel,
        budgets: &budgets,
    };
    let (lab_hash, run_within) = (lab.hash(), Duration::MAX);
    let batch = GradeSpec {
        lab: &lab,
        lab_hash,
        sources: &sources,
        selected: &[0, 1],
        session,
        workers: 1,
        force: false,
        failed: false,
        run_within,
    };
    let watch = Repairs { place, over: Mutex::default() };
    grade(&batch, Store::open(&folder.join("s.db")).expect("a store"), &watch).expect("a store");
    watch.over.into_inner().expect("whole")
}

#[test]
fn harness_errors_are_retried_once_sequentially() {
    let folder = tempfile::tempdir().expect("a folder");
    let order = graded(folder.path(), folder.path().join("ana.zip"));
    let unseen = |id: &str, kept| (id.to_owned(), Verdict::NotVerified, kept);
    assert_eq!(order, [unseen("bia", false), unseen("ana", false)], "each is reported once, when it is finished");
    let order = graded(folder.path(), folder.path().join("ana.zip"));
    assert_eq!(order, [unseen("ana", true), unseen("bia", true)]);
}

#[test]
fn lasting_harness_error_is_reported_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let order = graded(folder.path(), folder.path().join("elsewhere"));
    let trouble = ("ana".to_owned(), Verdict::Error, false);
    assert_eq!(order, [("bia".to_owned(), Verdict::NotVerified, false), trouble]);
}
