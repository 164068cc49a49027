//! One direction of a TCP connection: the data that one end sent, derived from its segments and the
//! other end's acknowledgements. Ignores addresses and the other direction's data.

use super::window::Window;
use super::{PacketMark, Sighting};
use crate::packet::frame::{Flags, Tcp};

/// The data that one end of a connection sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Direction {
    /// Number of segments of any kind.
    pub packets: usize,
    /// Number of segments with payload, retransmissions included.
    pub data_segments: usize,
    /// Number of segments with payload and the PSH flag.
    pub pushed: usize,
    /// Number of different bytes seen.
    pub bytes: u64,
    /// Number of bytes that must have been sent but were not captured: holes between captured ones.
    pub missing: u64,
    /// Number of sequence numbers after the last captured one that were sent, but not captured: the
    /// other end acknowledged them, or a RST counts them. One of them may be a FIN, the others are
    /// bytes.
    pub unseen: u64,
    /// Number of segments that were entirely seen before: data, SYN or FIN. Excludes keep-alives.
    pub retransmissions: usize,
    /// Number of segments that probe whether the other end is still alive.
    pub keep_alives: usize,
    /// Number of segments that came after later data.
    pub out_of_order: usize,
    /// Number of segments that announce a window of 0; SYN, FIN and RST segments do not count.
    pub zero_windows: usize,
    /// How far the other end acknowledged, relative to the first sequence number; `None` if it
    /// never did.
    pub acknowledged: Option<u64>,
    /// How far this end sent, SYN and FIN included, relative to the first sequence number.
    pub sent: u64,
    /// Initial sequence number, if the SYN was seen.
    pub initial_sequence: Option<u32>,
    /// The first FIN.
    pub fin: Option<Fin>,
    /// Bytes in order from the beginning up to the first missing one; `None` if not requested.
    pub payload: Option<Vec<u8>>,
    /// True if the payload lacks seen bytes: over the limit, behind a hole, or not captured.
    pub is_payload_cut: bool,
}

/// The FIN of one end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fin {
    /// Position and time.
    pub seen: Sighting,
    /// Position and time of the other end's acknowledgement.
    pub acknowledged: Option<Sighting>,
}

impl Direction {
    /// Returns true if the other end acknowledged everything sent, SYN and FIN included.
    #[must_use]
    pub fn is_all_acknowledged(&self) -> bool {
        self.acknowledged.map_or(self.sent == 0, |acknowledged| acknowledged >= self.sent)
    }
}

/// A direction under analysis. Offsets are relative to the first sequence number, in 64 bits.
#[derive(Debug, Clone, Default)]
pub(super) struct LiveDirection {
    totals: Direction,
    /// Sequence number of offset 0.
    base: Option<u32>,
    /// Offset after everything sent.
    next: i64,
    /// Offset up to which the other end acknowledged.
    acknowledged: Option<i64>,
    fin_at: Option<i64>,
    /// Offset of the latest RST.
    reset_at: Option<i64>,
    window: Window,
}

/// Maximum number of bytes in flight (RFC 7323 section 2.3). A number farther ahead belongs to
/// another connection.
const MAX_WINDOW: i64 = 1 << 30;
/// Maximum number of bytes before a RST that count as sent: a RST of another connection, or of a
/// machine between the ends, may have any number.
const MAX_BEFORE_RESET: i64 = 1 << 20;

impl LiveDirection {
    /// Creates a direction of which at most `limit` bytes are kept.
    pub(super) fn new(limit: usize) -> Self {
        Self { window: Window::new(1, limit), ..Self::default() }
    }

    /// Returns the sequence number of offset 0, if it is known.
    pub(super) const fn base(&self) -> Option<u32> {
        self.base
    }

    /// Returns true if a sequence number of this direction is one that the end could have been sent
    /// an acknowledgement for: after its SYN, up to everything sent.
    pub(super) fn has_sent(&self, number: u32) -> bool {
        self.base.is_some_and(|base| (1..=self.next).contains(&self.offset_of(base, number)))
    }

    /// Returns true if a segment with data was captured.
    pub(super) const fn has_data(&self) -> bool {
        self.totals.data_segments > 0
    }

    /// Forgets everything but the number of segments: they belong to an earlier connection, or to
    /// an earlier attempt.
    pub(super) fn restart(&mut self, limit: usize) {
        let totals = Direction { packets: self.totals.packets, ..Direction::default() };
        *self = Self { totals, ..Self::new(limit) };
    }

    /// Forgets acknowledgements and RSTs: they belong to an earlier connection.
    pub(super) fn forget_acknowledgements(&mut self) {
        (self.acknowledged, self.reset_at) = (None, None);
    }

    /// Returns true if the FIN was sent.
    pub(super) const fn is_closed(&self) -> bool {
        self.fin_at.is_some()
    }

    /// Returns true if the FIN was sent and acknowledged.
    pub(super) fn is_close_acknowledged(&self) -> bool {
        self.fin_at.is_some_and(|fin| self.acknowledged.is_some_and(|place| place > fin))
    }

    /// Returns a sequence number relative to the first, as Wireshark shows it; 0 if the first is
    /// unknown.
    pub(super) fn relative(&self, sequence: u32) -> u32 {
        self.base.map_or(0, |base| sequence.wrapping_sub(base))
    }

    /// Returns the offset of a sequence number. Of all offsets with these 32 bits, it is the
    /// nearest to the data sent last.
    fn offset_of(&self, base: u32, sequence: u32) -> i64 {
        let near = base.wrapping_add(self.next as u32);
        self.next + i64::from(sequence.wrapping_sub(near) as i32)
    }

    /// Records that the other end acknowledged everything before `number`.
    pub(super) fn acknowledge(&mut self, number: u32, seen: Sighting) {
        // If the capture began later, the first acknowledged byte counts as the beginning, as in
        // Wireshark.
        if self.base.is_none() {
            self.next = 1;
        }
        let base = *self.base.get_or_insert(number.wrapping_sub(1));
        let place = self.offset_of(base, number);
        if place > self.next + MAX_WINDOW {
            return;
        }
        if self.acknowledged.is_none_or(|before| place > before) {
            self.acknowledged = Some(place);
        }
        if self.is_close_acknowledged()
            && let Some(fin) = &mut self.totals.fin
        {
            fin.acknowledged.get_or_insert(seen);
        }
    }

    /// Adds a segment of this direction, and returns its mark.
    pub(super) fn add(&mut self, tcp: &Tcp<'_>, seen: Sighting) -> PacketMark {
        let (syn, fin) = (tcp.flags.has(Flags::SYN), tcp.flags.has(Flags::FIN));
        let base = self.base.unwrap_or_else(|| {
            self.next = if syn { 0 } else { 1 };
            tcp.sequence.wrapping_sub(self.next as u32)
        });
        self.base = Some(base);
        let place = self.offset_of(base, tcp.sequence);
        let totals = &mut self.totals;
        totals.packets += 1;
        if tcp.payload_length > 0 {
            totals.data_segments += 1;
            totals.pushed += usize::from(tcp.flags.has(Flags::PSH));
        }
        if tcp.flags.has(Flags::RST) {
            self.reset_at = Some(place);
            return PacketMark::Plain;
        }
        // A RST after which the connection goes on was not its own.
        self.reset_at = None;
        totals.zero_windows += usize::from(tcp.window == 0 && !syn && !fin);
        if self.is_keep_alive(tcp, place) {
            self.totals.keep_alives += 1;
            return PacketMark::KeepAlive;
        }
        let (start, high) = (place + i64::from(syn), self.next);
        let fresh = if self.totals.initial_sequence.is_none() && !syn {
            self.window.add_with_beginning_unknown(start, tcp.payload_length, tcp.payload)
        } else {
            self.window.add(start, tcp.payload_length, tcp.payload)
        };
        let fin_at = start + i64::from(tcp.payload_length);
        let new_syn = syn && self.totals.initial_sequence.is_none();
        if new_syn {
            self.totals.initial_sequence = Some(tcp.sequence);
        }
        let new_fin = fin && self.fin_at.is_none();
        if new_fin {
            self.fin_at = Some(fin_at);
            self.totals.fin = Some(Fin { seen, acknowledged: None });
        }
        self.next = high.max(fin_at + i64::from(fin));
        let occupies = syn || fin || tcp.payload_length > 0;
        if !occupies {
            PacketMark::Plain
        } else if fresh.count > 0 && fresh.first < high {
            self.totals.out_of_order += 1;
            PacketMark::OutOfOrder
        } else if fresh.count == 0 && !new_syn && !new_fin {
            self.totals.retransmissions += 1;
            PacketMark::Retransmission
        } else if place > high {
            PacketMark::Ahead
        } else {
            PacketMark::Plain
        }
    }

    /// Returns true if a segment is a keep-alive: one before the end, at most one byte long, while
    /// nothing is in flight (RFC 9293 section 3.8.4, RFC 1122 section 4.2.3.6).
    ///
    /// If data is in flight, it is a retransmission of one byte.
    fn is_keep_alive(&self, tcp: &Tcp<'_>, place: i64) -> bool {
        tcp.payload_length <= 1
            && !tcp.flags.any(Flags::SYN.and(Flags::FIN))
            && place == self.next - 1
            && self.fin_at != Some(place)
            && self.acknowledged.is_some_and(|acknowledged| acknowledged >= self.next)
    }

    /// Returns the finished direction, with the payload only if it was requested.
    pub(super) fn finish(self, with_payload: bool) -> Direction {
        let closed = i64::from(self.fin_at.is_some_and(|fin| fin < self.next));
        let sent = u64::try_from(self.next).unwrap_or(0);
        let length = u64::try_from(self.next - 1 - closed).unwrap_or(0);
        let within = |place: Option<i64>, most: i64| place.filter(|&place| place <= self.next + most);
        let (acknowledged, reset_at) = (within(self.acknowledged, MAX_WINDOW), within(self.reset_at, MAX_BEFORE_RESET));
        let reached = acknowledged.max(reset_at).unwrap_or(self.next);
        Direction {
            bytes: self.window.seen() + self.window.seen_before(),
            missing: length.saturating_sub(self.window.seen()),
            unseen: u64::try_from(reached - self.next).unwrap_or(0),
            acknowledged: self.acknowledged.map(|place| u64::try_from(place).unwrap_or(0)),
            sent: if self.totals.packets == 0 { 0 } else { sent },
            is_payload_cut: with_payload && (self.window.is_cut || self.window.has_hole()),
            payload: with_payload.then_some(self.window.bytes),
            ..self.totals
        }
    }
}
