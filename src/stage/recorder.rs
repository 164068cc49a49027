//! The journal as it is being written: numbers, times, and the step that is going on. Judges nothing.

use std::time::{Instant, SystemTime};

use crate::model::{Bytes, ClientId, Event, EventId, EventKind, Moment};

/// Writes events down in their order.
#[derive(Debug)]
pub(super) struct Recorder {
    began: Instant,
    /// The same moment by the wall clock, which packets are dated by.
    began_ns: u64,
    next: u32,
    step: u32,
    /// Events that have not been handed on yet.
    fresh: Vec<Event>,
}

impl Recorder {
    /// A journal that begins now.
    #[must_use]
    pub(super) fn new() -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let began_ns = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
        Self { began: Instant::now(), began_ns, next: 0, step: 0, fresh: Vec::new() }
    }

    /// When it began, in nanoseconds since 1970.
    pub(super) const fn began_ns(&self) -> u64 {
        self.began_ns
    }

    /// From now on, which is told, events belong to this step, from 0.
    pub(super) fn step(&mut self, step: u32) -> Moment {
        self.step = step;
        self.now()
    }

    fn now(&self) -> Moment {
        Moment(u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }

    /// Writes an event down.
    pub(super) fn record(&mut self, kind: EventKind) -> EventId {
        let id = EventId(self.next);
        self.next += 1;
        let at = self.now();
        self.fresh.push(Event { id, at, step: self.step, kind });
        id
    }

    /// Writes down bytes of a stream; such as follow directly on the same client's bytes are added to their event,
    /// because a stream has no messages.
    pub(super) fn stream_bytes(&mut self, from: ClientId, bytes: &[u8]) {
        if let Some(Event { kind: EventKind::Received { client, bytes: held }, step, .. }) = self.fresh.last_mut()
            && *client == from
            && *step == self.step
        {
            held.0.extend_from_slice(bytes);
            return;
        }
        self.record(EventKind::Received { client: from, bytes: Bytes(bytes.to_vec()) });
    }

    /// Strikes out events that are not handed on yet.
    pub(super) fn forget(&mut self, which: impl Fn(&EventKind) -> bool) {
        self.fresh.retain(|event| !which(&event.kind));
    }

    /// The events since the last call.
    pub(super) fn take(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.fresh)
    }
}
