//! Records the journal: event numbers, times, and the current step. Also the gaps in the evidence.

use std::time::{Duration, Instant, SystemTime};

use crate::model::{Bytes, ClientId, Event, EventId, EventKind, EvidenceKind, Gap, GapReason, Moment};

/// A journal under construction.
#[derive(Debug)]
pub(super) struct Recorder {
    began: Instant,
    /// The same instant by the wall clock, which dates the packets.
    began_ns: u64,
    next: u32,
    step: u32,
    step_began: Instant,
    /// Events that have not been taken yet.
    fresh: Vec<Event>,
    gaps: Vec<Gap>,
}

impl Recorder {
    /// Creates a journal that starts now.
    #[must_use]
    pub(super) fn new() -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let began_ns = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
        let began = Instant::now();
        Self { began, began_ns, next: 0, step: 0, step_began: began, fresh: Vec::new(), gaps: Vec::new() }
    }

    /// Returns the start of the journal, in nanoseconds since 1970.
    pub(super) const fn began_ns(&self) -> u64 {
        self.began_ns
    }

    /// Starts step `step` (0-based): later events belong to it. Returns the current time.
    pub(super) fn step(&mut self, step: u32) -> Moment {
        self.step = step;
        self.step_began = Instant::now();
        self.now()
    }

    /// Returns the time since the current step began.
    pub(super) fn step_time(&self) -> Duration {
        self.step_began.elapsed()
    }

    fn now(&self) -> Moment {
        Moment(u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }

    /// Returns the id of the next event.
    pub(super) const fn next_id(&self) -> EventId {
        EventId(self.next)
    }

    /// Records an event.
    pub(super) fn record(&mut self, kind: EventKind) -> EventId {
        let id = EventId(self.next);
        self.next += 1;
        let at = self.now();
        self.fresh.push(Event { id, at, step: self.step, kind });
        id
    }

    /// Records bytes of a stream. If the last event has bytes of the same client and step, extends
    /// it, because a stream has no message boundaries.
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

    /// Deletes the matching events among those that have not been taken yet.
    pub(super) fn discard(&mut self, which: impl Fn(&EventKind) -> bool) {
        self.fresh.retain(|event| !which(&event.kind));
    }

    /// Adds a gap: this evidence could not be collected.
    pub(super) fn add_gap(&mut self, evidence: EvidenceKind, because: GapReason) {
        self.gaps.push(Gap { evidence, because });
    }

    /// Adds gaps in several kinds of evidence for one reason.
    pub(super) fn add_gaps(&mut self, kinds: &[EvidenceKind], because: &GapReason) {
        self.gaps.extend(kinds.iter().map(|&evidence| Gap { evidence, because: because.clone() }));
    }

    /// Deletes the gaps in one kind of evidence.
    pub(super) fn remove_gaps(&mut self, evidence: EvidenceKind) {
        self.gaps.retain(|gap| gap.evidence != evidence);
    }

    /// Returns true if a kind of evidence has a gap.
    pub(super) fn has_gap(&self, evidence: EvidenceKind) -> bool {
        self.gaps.iter().any(|gap| gap.evidence == evidence)
    }

    /// Returns all gaps so far.
    pub(super) fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// Returns the events recorded since the last call.
    pub(super) fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.fresh)
    }
}
