//! How many scenarios go on at a time, whoever's they are: most of what a scenario does is to wait, so more submissions are
//! under way than the machine has processors, and this is what bounds them all together.

use std::sync::{Condvar, Mutex, PoisonError};

/// So many places for scenarios that go on.
#[derive(Debug)]
pub struct Slots {
    all: usize,
    free: Mutex<usize>,
    freed: Condvar,
}

/// A place that is taken, until this is dropped.
#[derive(Debug)]
pub struct Slot<'a>(&'a Slots);

impl Slots {
    /// So many places, one at least.
    #[must_use]
    pub fn new(all: usize) -> Self {
        let all = all.max(1);
        Self { all, free: Mutex::new(all), freed: Condvar::new() }
    }

    /// How many there are: so many scenarios share the machine's memory.
    #[must_use]
    pub const fn all(&self) -> usize {
        self.all
    }

    /// Takes a place, as soon as one is free.
    pub fn take(&self) -> Slot<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self.freed.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Slot(self)
    }
}

impl Drop for Slot<'_> {
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
    fn no_more_go_on_than_there_are_places() {
        let (slots, now, most) = (Slots::new(3), AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| {
                    for _ in 0..50 {
                        let _slot = slots.take();
                        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::yield_now();
                        now.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!((1..=3).contains(&most.load(Ordering::SeqCst)));
        assert_eq!((slots.all(), *slots.free.lock().expect("free")), (3, 3));
        assert_eq!(Slots::new(0).all(), 1, "none would wait for ever");
    }
}
