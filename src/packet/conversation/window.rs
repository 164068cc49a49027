//! Reassembles the bytes of one direction: which were seen, which are missing and, if requested,
//! the bytes themselves.
//!
//! Offsets count from the initial sequence number, in 64 bits, so that they do not wrap around. If
//! bytes arrive twice, the first ones count. Ignores flags.

use std::collections::BTreeMap;

/// Maximum number of stretches kept behind holes. With more, the first hole counts as never
/// captured.
const MAX_STRETCHES_AHEAD: usize = 1_024;

/// Offset of the first byte: the SYN takes offset 0.
const BEGINNING: i64 = 1;

/// A byte stream in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Window {
    /// All bytes before this offset were seen, or given up.
    contiguous: i64,
    /// Stretches that were seen behind a hole: start, end and bytes.
    ahead: BTreeMap<i64, (i64, Vec<u8>)>,
    /// Number of bytes in `ahead`.
    held: usize,
    /// Number of different bytes seen.
    seen: u64,
    /// Stretches before the offset that the window began with: start and end.
    before: BTreeMap<i64, i64>,
    /// Number of different bytes in `before`.
    seen_before: u64,
    /// The bytes from the beginning on, without holes.
    pub(super) bytes: Vec<u8>,
    /// Maximum number of bytes kept.
    limit: usize,
    /// True if some seen bytes are not in `bytes`: over the limit, not captured, or behind a hole.
    pub(super) is_cut: bool,
}

/// The new part of a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NewBytes {
    /// Number of its bytes that had not been seen.
    pub(super) count: u64,
    /// Offset of the first new byte.
    pub(super) first: i64,
}

impl Window {
    /// Creates a window that begins at an offset and keeps at most `limit` bytes.
    pub(super) fn new(start: i64, limit: usize) -> Self {
        Self { contiguous: start, limit, ..Self::default() }
    }

    /// Returns the number of different bytes seen.
    pub(super) const fn seen(&self) -> u64 {
        self.seen
    }

    /// Returns the number of different bytes seen before the offset that the window began with.
    pub(super) const fn seen_before(&self) -> u64 {
        self.seen_before
    }

    /// Adds bytes of a direction whose beginning was not captured. Those before offset 1, which is
    /// only the first one seen, are counted too.
    pub(super) fn add_with_beginning_unknown(&mut self, start: i64, length: u32, bytes: &[u8]) -> NewBytes {
        let end = start + i64::from(length);
        if start >= BEGINNING {
            return self.add(start, length, bytes);
        }
        let mut fresh = self.count_before(start, end.min(BEGINNING));
        if end > BEGINNING {
            let skipped = bytes.len().min(start.abs_diff(BEGINNING) as usize);
            let rest = self.add(BEGINNING, end.abs_diff(BEGINNING) as u32, &bytes[skipped..]);
            if fresh.count == 0 {
                fresh.first = rest.first;
            }
            fresh.count += rest.count;
        }
        fresh
    }

    /// Counts the bytes from `start` to `end` among those before the beginning.
    fn count_before(&mut self, start: i64, end: i64) -> NewBytes {
        let mut fresh = NewBytes { count: 0, first: end };
        let (mut low, mut high, mut known) = (start, end, 0);
        // Join the stretches that touch this one.
        while let Some((&first, &last)) = self.before.range(..=high).next_back()
            && last >= low
        {
            known += last.min(end).saturating_sub(first.max(start)).max(0).unsigned_abs();
            (low, high) = (low.min(first), high.max(last));
            self.before.remove(&first);
        }
        if start < end {
            fresh.count = start.abs_diff(end).saturating_sub(known);
            fresh.first = if fresh.count > 0 { start } else { end };
            self.before.insert(low, high);
        }
        self.seen_before += fresh.count;
        if self.before.len() > MAX_STRETCHES_AHEAD {
            self.before.pop_first();
        }
        fresh
    }

    /// Returns true if bytes were seen behind missing ones.
    pub(super) fn has_hole(&self) -> bool {
        !self.ahead.is_empty()
    }

    /// Adds `length` bytes from offset `start` on; `bytes` are those of them that were captured.
    pub(super) fn add(&mut self, start: i64, length: u32, bytes: &[u8]) -> NewBytes {
        let end = start + i64::from(length);
        if start == self.contiguous && self.ahead.is_empty() {
            self.append(end, bytes);
            return NewBytes { count: u64::from(length), first: start };
        }
        let mut fresh = NewBytes { count: 0, first: end };
        let mut at = start.max(self.contiguous);
        while at < end {
            if let Some((_, &(covered, _))) = self.ahead.range(..=at).next_back()
                && covered > at
            {
                at = covered;
                continue;
            }
            let stop = self.ahead.range(at..).next().map_or(end, |(&next, _)| next.min(end));
            let part = |place: i64| bytes.len().min((place - start) as usize);
            fresh.first = fresh.first.min(at);
            fresh.count += stop.abs_diff(at);
            self.hold(at, stop, &bytes[part(at)..part(stop)]);
            at = stop;
        }
        self.append_ready();
        while self.ahead.len() > MAX_STRETCHES_AHEAD {
            self.skip_first_hole();
        }
        fresh
    }

    /// Stores a stretch that is entirely new.
    fn hold(&mut self, start: i64, end: i64, bytes: &[u8]) {
        if start == self.contiguous {
            self.append(end, bytes);
            return;
        }
        self.seen += end.abs_diff(start);
        let room = self.limit.saturating_sub(self.held);
        let kept = &bytes[..bytes.len().min(room)];
        self.held += kept.len();
        match self.ahead.range_mut(..start).next_back() {
            Some((&first, (before, held))) if *before == start => {
                // A stretch that lacks bytes stays incomplete.
                if held.len() as u64 == start.abs_diff(first) {
                    held.extend(kept);
                }
                *before = end;
            }
            _ => {
                self.ahead.insert(start, (end, kept.to_vec()));
            }
        }
    }

    /// Appends the stretch that comes next.
    fn append(&mut self, end: i64, bytes: &[u8]) {
        self.seen += end.abs_diff(self.contiguous);
        self.keep(end, bytes);
    }

    fn keep(&mut self, end: i64, bytes: &[u8]) {
        let length = end.abs_diff(self.contiguous);
        self.contiguous = end;
        if self.is_cut {
            return;
        }
        let kept = bytes.len().min(self.limit - self.bytes.len());
        self.bytes.extend(&bytes[..kept]);
        self.is_cut = (kept as u64) < length;
    }

    /// Appends held stretches that are no longer behind a hole.
    fn append_ready(&mut self) {
        while let Some(first) = self.ahead.first_entry() {
            if *first.key() != self.contiguous {
                break;
            }
            let (end, bytes) = first.remove();
            self.held -= bytes.len();
            self.keep(end, &bytes);
        }
    }

    fn skip_first_hole(&mut self) {
        if let Some((&start, _)) = self.ahead.first_key_value() {
            self.is_cut = true;
            self.contiguous = start;
            self.append_ready();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &[u8] = b"the quick brown fox jumps over the lazy dog";

    fn take(window: &mut Window, from: usize, to: usize) -> u64 {
        window.add(from as i64, (to - from) as u32, &TEXT[from..to]).count
    }

    #[test]
    fn bytes_are_put_in_order_and_counted_once() {
        let mut window = Window::new(0, 100);
        assert_eq!([take(&mut window, 0, 4), take(&mut window, 10, 16), take(&mut window, 16, 20)], [4, 6, 4]);
        assert_eq!((window.seen(), window.ahead.len()), (14, 1));
        assert_eq!([take(&mut window, 12, 18), take(&mut window, 2, 12), take(&mut window, 0, 20)], [0, 6, 0]);
        assert_eq!((window.seen(), window.contiguous), (20, 20));
        assert_eq!((window.bytes.as_slice(), window.is_cut), (&TEXT[..20], false));
    }

    #[test]
    fn kept_bytes_stay_within_the_limit() {
        let mut window = Window::new(0, 6);
        take(&mut window, 2, 10);
        take(&mut window, 0, 2);
        assert_eq!((window.bytes.as_slice(), window.is_cut, window.seen()), (&TEXT[..6], true, 10));
        let mut cut = Window::new(0, 100);
        cut.add(0, 10, &TEXT[..4]);
        take(&mut cut, 10, 12);
        assert_eq!((cut.bytes.as_slice(), cut.is_cut), (&TEXT[..4], true));
    }

    #[test]
    fn bytes_before_an_unknown_beginning_are_counted_once() {
        let mut window = Window::new(1, 100);
        let mut add = |start: i64, length: u32| window.add_with_beginning_unknown(start, length, b"").count;
        assert_eq!([add(1, 10), add(-99, 100), add(-99, 100), add(-109, 20)], [10, 100, 0, 10]);
        assert_eq!([add(-300, 10), add(-400, 500), add(-400, 20)], [10, 281 + 89, 0]);
        assert_eq!((window.seen(), window.seen_before()), (99, 401));
    }

    #[test]
    fn holes_are_bounded() {
        let mut window = Window::new(0, 10);
        for at in 0..10_000 {
            window.add(at * 3 + 1, 1, b"x");
        }
        assert!(window.ahead.len() <= MAX_STRETCHES_AHEAD && window.held <= 10);
        assert_eq!(window.seen(), 10_000);
    }

    proptest! {
        #[test]
        fn bytes_do_not_depend_on_the_order(pieces in prop::collection::vec((0..TEXT.len(), 0..12_usize), 1..60)) {
            let mut window = Window::new(0, 1_000);
            let mut known = [false; TEXT.len()];
            for (from, length) in pieces {
                let to = (from + length).min(TEXT.len());
                let new = known[from..to].iter().filter(|&&known| !known).count();
                known[from..to].fill(true);
                prop_assert_eq!(take(&mut window, from, to), new as u64);
            }
            let whole = known.iter().take_while(|&&known| known).count();
            prop_assert_eq!(window.bytes.as_slice(), &TEXT[..whole]);
            prop_assert_eq!(window.seen() as usize, known.iter().filter(|&&known| known).count());
        }
    }
}
