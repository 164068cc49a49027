//! How long the builds and the observations of one submission may take together. The time counts while at least one of them has a
//! place of its own to run in: whoever waits for a place because of other submissions loses nothing. It stops nothing that runs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Time that several things share, some of them side by side.
#[derive(Debug)]
pub struct Budget {
    limit: Duration,
    clock: Mutex<Clock>,
    was_refused: AtomicBool,
}

#[derive(Debug, Default)]
struct Clock {
    /// How many go on now, and since when any does.
    going: usize,
    since: Option<Instant>,
    /// What was used before that.
    used: Duration,
}

impl Budget {
    /// So much time, of which nothing is used.
    #[must_use]
    pub fn new(limit: Duration) -> Self {
        Self { limit, clock: Mutex::default(), was_refused: AtomicBool::new(false) }
    }

    /// How much there is in all.
    #[must_use]
    pub const fn limit(&self) -> Duration {
        self.limit
    }

    fn clock(&self) -> MutexGuard<'_, Clock> {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How much was used.
    #[must_use]
    pub fn used(&self) -> Duration {
        let clock = self.clock();
        clock.used + clock.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// How much is left.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.limit.saturating_sub(self.used())
    }

    /// Whether something may begin that takes so long at most. That it may not is remembered.
    pub fn allows(&self, time: Duration) -> bool {
        self.allows_of(self.limit, time)
    }

    /// The same of a part of the whole: whether something may begin that takes so long at most, where so much may be used by then.
    pub fn allows_of(&self, part: Duration, time: Duration) -> bool {
        let left = part.min(self.limit).saturating_sub(self.used());
        let is_allowed = !left.is_zero() && left >= time;
        self.was_refused.fetch_or(!is_allowed, Ordering::Relaxed);
        is_allowed
    }

    /// Whether something was not done for want of time.
    #[must_use]
    pub fn was_refused(&self) -> bool {
        self.was_refused.load(Ordering::Relaxed)
    }

    /// One more goes on.
    pub fn begin(&self) {
        let mut clock = self.clock();
        clock.going += 1;
        clock.since.get_or_insert_with(Instant::now);
    }

    /// One less does.
    pub fn end(&self) {
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
pub struct Budgets {
    /// For building its programs.
    pub builds: Budget,
    /// For starting its programs besides the lab's scenarios: to find out what they are, to try clients, to tell the cause of a
    /// failure.
    pub looks: Budget,
}

impl Budgets {
    /// So much for builds, and so much for the rest.
    #[must_use]
    pub fn new(builds: Duration, looks: Duration) -> Self {
        Self { builds: Budget::new(builds), looks: Budget::new(looks) }
    }

    /// As much for another submission.
    #[must_use]
    pub fn anew(&self) -> Self {
        Self::new(self.builds.limit, self.looks.limit)
    }
}

impl Default for Budgets {
    /// A minute for builds: four programs in a language whose compiler begins with an empty cache take half of that. Three
    /// quarters of one for observations: what behaves takes a few seconds.
    fn default() -> Self {
        Self::new(Duration::from_secs(60), Duration::from_secs(45))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_counts_once_for_what_goes_on_side_by_side_and_not_between() {
        let budget = Budget::new(Duration::from_secs(3600));
        assert_eq!(budget.used(), Duration::ZERO);
        budget.begin();
        budget.begin();
        let one = budget.used();
        budget.end();
        assert!(budget.used() >= one, "one still goes on");
        budget.end();
        let used = budget.used();
        assert_eq!(budget.used(), used, "nothing goes on");
        budget.end();
        assert_eq!(budget.used(), used, "an end too many is none");
        assert!(budget.left() < budget.limit() && budget.allows(Duration::from_secs(1)) && !budget.was_refused());
        assert!(!budget.allows(Duration::from_secs(3601)) && budget.was_refused());
    }

    #[test]
    fn a_part_is_used_up_before_the_whole() {
        let budget = Budget::new(Duration::from_secs(60));
        let [part, look] = [20, 10].map(Duration::from_secs);
        assert!(budget.allows_of(part, look));
        budget.clock().used = Duration::from_secs(11);
        assert!(!budget.allows_of(part, look) && budget.allows(look));
        budget.clock().used = Duration::from_secs(60);
        assert!(!budget.allows(Duration::ZERO), "nothing is left for the shortest");
        let other = Budgets::new(Duration::from_secs(1), Duration::from_secs(2)).anew();
        assert_eq!((other.builds.left(), other.looks.limit()), (Duration::from_secs(1), Duration::from_secs(2)));
    }
}
