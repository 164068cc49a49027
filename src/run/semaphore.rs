//! A semaphore that bounds concurrently running scenarios over all submissions. A scenario mostly
//! waits, so more submissions are in progress than the machine has CPUs: `grade` runs two per CPU,
//! with four scenarios per CPU.

use std::sync::{Condvar, Mutex, PoisonError};

/// A counting semaphore for running scenarios.
#[derive(Debug)]
pub(crate) struct Semaphore {
    all: usize,
    free: Mutex<usize>,
    freed: Condvar,
}

/// A permit to run one scenario, released when dropped.
#[derive(Debug)]
pub(crate) struct Permit<'a>(&'a Semaphore);

impl Semaphore {
    /// Creates a semaphore with `all` permits, at least one.
    #[must_use]
    pub(crate) fn new(all: usize) -> Self {
        let all = all.max(1);
        Self { all, free: Mutex::new(all), freed: Condvar::new() }
    }

    /// Returns the total number of permits: as many scenarios share the machine's memory.
    #[must_use]
    pub(crate) const fn all(&self) -> usize {
        self.all
    }

    /// Acquires a permit. Blocks until one is free.
    pub(crate) fn acquire(&self) -> Permit<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self.freed.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Permit(self)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn slots_bound_concurrency() {
        let (slots, now, most) = (Semaphore::new(3), AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| {
                    for _ in 0..50 {
                        let _slot = slots.acquire();
                        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::yield_now();
                        now.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!((1..=3).contains(&most.load(Ordering::SeqCst)));
        assert_eq!((slots.all(), *slots.free.lock().expect("free")), (3, 3));
        assert_eq!(Semaphore::new(0).all(), 1, "zero permits would block forever");
    }
}
