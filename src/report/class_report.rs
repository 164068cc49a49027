//! A report whose submissions are read one after another, as often as a format needs, so that
//! memory does not grow with the class.

use std::io;

use crate::model::report::Tally;
use crate::model::{Report, SubmissionResult};

/// The submissions of a report.
pub trait Submissions {
    /// Calls `visit` with each submission, in the order of the class.
    ///
    /// # Errors
    /// Returns an error if a submission cannot be read, or the first error of `visit`.
    fn each(&self, visit: &mut dyn FnMut(&SubmissionResult) -> io::Result<()>) -> io::Result<()>;
}

impl Submissions for Vec<SubmissionResult> {
    fn each(&self, visit: &mut dyn FnMut(&SubmissionResult) -> io::Result<()>) -> io::Result<()> {
        self.iter().try_for_each(visit)
    }
}

/// A report, and a way to read its submissions.
#[derive(Clone, Copy)]
pub struct ClassReport<'a> {
    /// Everything but the submissions.
    pub run: &'a Report,
    /// Number of submissions.
    pub count: usize,
    /// The submissions.
    pub submissions: &'a dyn Submissions,
}

impl<'a> ClassReport<'a> {
    /// Returns a report that is in memory.
    #[must_use]
    pub fn of(report: &'a Report) -> Self {
        Self { run: report, count: report.submissions.len(), submissions: &report.submissions }
    }

    /// Calls `visit` with each submission, in the order of the class.
    ///
    /// # Errors
    /// Returns an error if a submission cannot be read, or the first error of `visit`.
    pub fn each(&self, mut visit: impl FnMut(&SubmissionResult) -> io::Result<()>) -> io::Result<()> {
        self.submissions.each(&mut visit)
    }

    /// Returns the report with all submissions in memory.
    ///
    /// # Errors
    /// Returns an error if a submission cannot be read.
    pub fn collect(&self) -> io::Result<Report> {
        let mut report = without_submissions(self.run);
        self.each(|submission| {
            report.submissions.push(submission.clone());
            Ok(())
        })?;
        Ok(report)
    }
}

/// Returns a copy of a report without its submissions.
#[must_use]
pub(crate) fn without_submissions(report: &Report) -> Report {
    let mut own = Report::new(&report.lab, report.machine.clone(), report.seed, Vec::new());
    own.socklab.clone_from(&report.socklab);
    own.title.clone_from(&report.title);
    own.interrupted = report.interrupted;
    own.ci_env.clone_from(&report.ci_env);
    own
}

/// Sums over the submissions of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    /// Number of submissions.
    pub(crate) submissions: usize,
    /// Number of submissions that passed every item.
    pub(crate) perfect: usize,
    /// Number of failed items.
    pub(crate) failed: usize,
    /// Number of items that ended with an error of the harness.
    pub(crate) errors: usize,
}

impl Totals {
    /// Adds a submission.
    pub(crate) fn add(&mut self, submission: &SubmissionResult) {
        let tally = Tally::count(&submission.items);
        self.submissions += 1;
        self.perfect += usize::from(tally.total() > 0 && tally.pass == tally.total());
        self.failed += tally.fail;
        self.errors += tally.error;
    }
}
