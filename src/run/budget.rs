//! A time budget for all builds and probes of one submission. Time counts only while at least one
//! of them holds a permit to run, so waiting for other submissions costs nothing. It never stops a
//! running program.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A time budget shared by several tasks, some of them in parallel.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: Duration,
    clock: Mutex<Clock>,
    was_refused: AtomicBool,
}

#[derive(Debug, Default)]
struct Clock {
    /// Number of running tasks; `since` is the time from which at least one has been running.
    going: usize,
    since: Option<Instant>,
    /// Time used before `since`.
    used: Duration,
}

impl Budget {
    /// Creates an unused budget.
    #[must_use]
    pub(crate) fn new(limit: Duration) -> Self {
        Self { limit, clock: Mutex::default(), was_refused: AtomicBool::new(false) }
    }

    /// Returns the total time.
    #[must_use]
    pub(crate) const fn limit(&self) -> Duration {
        self.limit
    }

    fn clock(&self) -> MutexGuard<'_, Clock> {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the time used so far.
    #[must_use]
    pub(crate) fn used(&self) -> Duration {
        let clock = self.clock();
        clock.used + clock.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// Returns the time left.
    #[must_use]
    pub(crate) fn left(&self) -> Duration {
        self.limit.saturating_sub(self.used())
    }

    /// Returns true if a task of at most `time` may begin. A refusal is remembered.
    pub(crate) fn allows(&self, time: Duration) -> bool {
        self.allows_within(self.limit, time)
    }

    /// Returns true if a task of at most `time` may begin within the first `part` of the budget. A
    /// refusal is remembered.
    pub(crate) fn allows_within(&self, part: Duration, time: Duration) -> bool {
        let left = part.min(self.limit).saturating_sub(self.used());
        let is_allowed = !left.is_zero() && left >= time;
        self.was_refused.fetch_or(!is_allowed, Ordering::Relaxed);
        is_allowed
    }

    /// Returns true if a task was refused for lack of time.
    #[must_use]
    pub(crate) fn was_refused(&self) -> bool {
        self.was_refused.load(Ordering::Relaxed)
    }

    /// Records that a task begins.
    pub(crate) fn begin(&self) {
        let mut clock = self.clock();
        clock.going += 1;
        clock.since.get_or_insert_with(Instant::now);
    }

    /// Records that a task is over.
    pub(crate) fn end(&self) {
        let mut clock = self.clock();
        clock.going = clock.going.saturating_sub(1);
        if clock.going == 0
            && let Some(since) = clock.since.take()
        {
            clock.used += since.elapsed();
        }
    }
}

/// The budgets of one submission.
#[derive(Debug)]
pub(crate) struct Budgets {
    /// Budget for building its programs.
    pub builds: Budget,
    /// Budget for starting its programs outside the lab's scenarios: to detect servers, to try
    /// clients, to find the cause of a failure.
    pub probes: Budget,
}

impl Budgets {
    /// Creates unused budgets for builds and for probes.
    #[must_use]
    pub(crate) fn new(builds: Duration, looks: Duration) -> Self {
        Self { builds: Budget::new(builds), probes: Budget::new(looks) }
    }

    /// Returns unused budgets of the same size, for another submission.
    #[must_use]
    pub(crate) fn renewed(&self) -> Self {
        Self::new(self.builds.limit, self.probes.limit)
    }
}

impl Default for Budgets {
    /// A minute for builds: four programs take half of that if the compiler's cache is empty. 45
    /// seconds for probes. Programs that behave well take a few seconds.
    fn default() -> Self {
        Self::new(Duration::from_secs(60), Duration::from_secs(45))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parallel_tasks_count_once_and_pauses_not_at_all() {
        let budget = Budget::new(Duration::from_secs(3600));
        assert_eq!(budget.used(), Duration::ZERO);
        budget.begin();
        budget.begin();
        let one = budget.used();
        budget.end();
        assert!(budget.used() >= one, "one task is still running");
        budget.end();
        let used = budget.used();
        assert_eq!(budget.used(), used, "no task is running");
        budget.end();
        assert_eq!(budget.used(), used, "a surplus end is ignored");
        assert!(budget.left() < budget.limit() && budget.allows(Duration::from_secs(1)) && !budget.was_refused());
        assert!(!budget.allows(Duration::from_secs(3601)) && budget.was_refused());
    }

    #[test]
    fn part_is_exhausted_before_the_whole() {
        let budget = Budget::new(Duration::from_secs(60));
        let [part, look] = [20, 10].map(Duration::from_secs);
        assert!(budget.allows_within(part, look));
        budget.clock().used = Duration::from_secs(11);
        assert!(!budget.allows_within(part, look) && budget.allows(look));
        budget.clock().used = Duration::from_secs(60);
        assert!(!budget.allows(Duration::ZERO), "no time is left for any task");
        let other = Budgets::new(Duration::from_secs(1), Duration::from_secs(2)).renewed();
        assert_eq!((other.builds.left(), other.probes.limit()), (Duration::from_secs(1), Duration::from_secs(2)));
    }
}
