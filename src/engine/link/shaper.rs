//! The rate of a link in one direction, and the packets that wait for it. Pure: the caller gives
//! the time.

use std::collections::VecDeque;
use std::time::Duration;

use crate::scenario::link::Impairments;

/// A rate and its queue.
#[derive(Debug)]
pub(super) struct Shaper {
    bytes_per_second: u32,
    max_waiting: usize,
    /// When each packet that waited at the last call begins to be sent.
    waiting: VecDeque<Duration>,
    /// When the link has carried all packets.
    free_at: Duration,
}

impl Shaper {
    /// Creates the shaper of one direction, if its rate is limited.
    pub(super) fn new(settings: &Impairments) -> Option<Self> {
        let bytes_per_second = settings.rate.filter(|rate| *rate > 0)?;
        let max_waiting = usize::try_from(settings.queue).unwrap_or(usize::MAX);
        Some(Self { bytes_per_second, max_waiting, waiting: VecDeque::new(), free_at: Duration::ZERO })
    }

    /// Returns when the link will have carried a packet of `bytes` that comes `now`, or `None` if
    /// the queue is full. Times count from any fixed moment.
    pub(super) fn admit(&mut self, now: Duration, bytes: usize) -> Option<Duration> {
        while self.waiting.front().is_some_and(|begin| *begin <= now) {
            self.waiting.pop_front();
        }
        if self.waiting.len() >= self.max_waiting {
            return None;
        }
        let begin = self.free_at.max(now);
        if begin > now {
            self.waiting.push_back(begin);
        }
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.free_at = begin + Duration::from_secs_f64(f64::from(bytes) / f64::from(self.bytes_per_second));
        Some(self.free_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::link::Link;
    use crate::scenario::yaml;

    fn shaper(text: &str) -> Option<Shaper> {
        let link: Link = yaml::read("link.yaml", text).expect("a link");
        Shaper::new(&link.impairments(None))
    }

    const fn ms(number: u64) -> Duration {
        Duration::from_millis(number)
    }

    #[test]
    fn packets_arrive_at_the_rate() {
        let mut one = shaper("rate: 10000\n").expect("a rate");
        let arrivals: Vec<_> = (0..4).map(|_| one.admit(ms(0), 100)).collect();
        assert_eq!(arrivals, [Some(ms(10)), Some(ms(20)), Some(ms(30)), Some(ms(40))]);
        assert_eq!(one.admit(ms(100), 50), Some(ms(105)), "the link was idle");
        assert!(shaper("{}\n").is_none(), "without a rate");
    }

    #[test]
    fn full_queue_loses_packets_until_one_is_sent() {
        let mut one = shaper("rate: 10000\nqueue: 2\n").expect("a rate");
        let admitted: Vec<_> = (0..5).map(|_| one.admit(ms(0), 100).is_some()).collect();
        assert_eq!(admitted, [true, true, true, false, false], "one is sent and two wait");
        assert_eq!(one.admit(ms(9), 100), None);
        assert_eq!(one.admit(ms(10), 100), Some(ms(40)));
        assert_eq!(one.admit(ms(10), 100), None);
    }
}
