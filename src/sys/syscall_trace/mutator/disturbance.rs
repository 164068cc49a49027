//! Disturbances that a correct program survives: calls that are cut short or interrupted.

use std::collections::HashMap;

use super::buffers::{Buffers, Memory};
use super::call::{Call, CallKind};
use super::target::Target;
use super::{Change, ResultChange};
use crate::model::net::Pid;

/// Which calls are disturbed, from a step of a scenario on.
#[derive(Debug)]
pub(crate) struct Disturbance {
    /// The most bytes that a read of a connection returns.
    recv: Option<u64>,
    /// The most bytes that a write to a connection accepts.
    send: Option<u64>,
    /// The share of interrupted calls, from 0 to 1.
    interrupted: f64,
    key: [u8; 32],
    /// The order in which threads were first seen, and the number of their calls.
    threads: HashMap<Pid, (u64, u64)>,
}

impl Disturbance {
    /// Creates a disturbance that has seen no call. The seed selects the interrupted calls.
    pub(crate) fn new(recv: Option<u64>, send: Option<u64>, interrupted: f64, seed: u64) -> Self {
        let key = blake3::derive_key("socklab disturbance 1", &seed.to_le_bytes());
        Self { recv, send, interrupted, key, threads: HashMap::new() }
    }

    /// Returns how a call is disturbed, if it is.
    pub(super) fn change(
        &mut self,
        thread: Pid,
        (call, kind): (&Call, CallKind),
        target: &Target,
        memory: &Memory,
    ) -> Option<Change> {
        let is_socket = matches!(target, Target::Stream(_) | Target::Datagram | Target::Listener);
        if !is_socket || !matches!(kind, CallKind::Accept | CallKind::Send | CallKind::Receive) {
            return None;
        }
        if self.is_interrupted(thread) {
            let result = ResultChange::Always(-i64::from(libc::EINTR));
            return Some(Change { number: Some(None), result, ..Change::default() });
        }
        let most = match kind {
            CallKind::Receive => self.recv,
            CallKind::Send => self.send,
            _ => None,
        };
        let most = most.filter(|_| matches!(target, Target::Stream(_)))?;
        let data = Buffers::of(call, memory)?;
        if data.total() > most { data.first_bytes_only(most) } else { None }
    }

    /// Returns true if the next call of a thread is interrupted.
    fn is_interrupted(&mut self, thread: Pid) -> bool {
        let next = self.threads.len() as u64;
        let (order, calls) = self.threads.entry(thread).or_insert((next, 0));
        *calls += 1;
        self.interrupted > 0.0 && chance(&self.key, *order, *calls) < self.interrupted
    }
}

/// Returns a number from 0 to 1 that depends on nothing else than these.
fn chance(key: &[u8; 32], order: u64, call: u64) -> f64 {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(&order.to_le_bytes());
    hasher.update(&call.to_le_bytes());
    let bytes: [u8; 4] = hasher.finalize().as_bytes().first_chunk().copied().unwrap_or_default();
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interruptions_depend_on_the_seed_and_the_share_only() {
        let seen = |share: f64, seed: u64| {
            let mut disturbance = Disturbance::new(None, None, share, seed);
            (0..1000).map(|call| disturbance.is_interrupted(100 + call % 2)).collect::<Vec<bool>>()
        };
        let count = |share: f64| seen(share, 7).iter().filter(|hit| **hit).count();
        assert_eq!(seen(0.2, 7), seen(0.2, 7));
        assert_ne!(seen(0.2, 7), seen(0.2, 8));
        assert_eq!((count(0.0), count(1.0)), (0, 1000));
        assert!((150..250).contains(&count(0.2)), "{}", count(0.2));
    }
}
