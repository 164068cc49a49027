//! The messages of a format that a client waits for: where they end, and the last one, of which values
//! are captured.

use std::collections::VecDeque;
use std::ops::Range;

use super::{Client, ClientGoal};
use crate::model::Protocol;
use crate::packet::layout::Layout;

/// Maximum number of datagrams whose sizes are kept.
const MAX_DATAGRAMS: usize = 16_384;

/// The messages that no step has claimed yet. Their bytes are those that the client has not claimed.
#[derive(Debug, Default)]
pub(in crate::engine) struct PendingMessages {
    /// The sizes of the datagrams (UDP).
    datagrams: VecDeque<usize>,
    /// The last message that a step waited for.
    last: Option<Vec<u8>>,
}

impl PendingMessages {
    /// Adds a received datagram.
    pub(super) fn add_datagram(&mut self, length: usize) {
        if self.datagrams.len() < MAX_DATAGRAMS {
            self.datagrams.push_back(length);
        }
    }

    /// Drops the datagrams of these bytes, which a step has claimed. The rest of a datagram that was
    /// claimed in part stays.
    pub(super) fn drop_bytes(&mut self, mut bytes: usize, all: bool) {
        if all {
            return self.datagrams.clear();
        }
        while let Some(length) = self.datagrams.front_mut().filter(|_| bytes > 0) {
            let taken = bytes.min(*length);
            *length -= taken;
            bytes -= taken;
            if *length == 0 {
                self.datagrams.pop_front();
            }
        }
    }
}

impl Client {
    /// Returns the bytes of the first messages among those that no step has claimed, at most `count`.
    fn pending(&self, layout: &Layout, count: usize) -> Vec<Range<usize>> {
        if self.protocol == Protocol::Tcp {
            let mut whole = layout.units(&self.unclaimed).whole;
            whole.truncate(count);
            return whole;
        }
        let mut at = 0;
        let range = |length: &usize| {
            let range = at..at + length;
            at = range.end;
            range
        };
        let ranges = self.messages.datagrams.iter().take(count).map(range);
        ranges.take_while(|range| range.end <= self.unclaimed.len()).collect()
    }

    /// Returns the number of messages that no step has claimed, at most `count`.
    pub(super) fn further_messages(&self, layout: &Layout, count: u32) -> u32 {
        u32::try_from(self.pending(layout, count as usize).len()).unwrap_or(count)
    }

    /// Ends a wait for messages. Returns the number of bytes of those that came.
    pub(super) fn claim_messages(&mut self, want: &ClientGoal) -> Option<usize> {
        let ClientGoal::Messages(layout, count) = want else { return None };
        let pending = self.pending(layout, *count as usize);
        let is_whole = pending.len() == *count as usize;
        self.messages.last = pending.last().filter(|_| is_whole).map(|range| self.unclaimed[range.clone()].to_vec());
        if self.protocol == Protocol::Udp {
            self.messages.datagrams.drain(..pending.len());
        }
        Some(pending.last().map_or(0, |range| range.end))
    }

    /// Returns the last message that a step waited for, if it came.
    pub(in crate::engine) fn last_message(&self) -> Option<&[u8]> {
        self.messages.last.as_deref()
    }
}
