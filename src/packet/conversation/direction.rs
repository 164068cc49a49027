//! One direction of a TCP connection: what one end sent, as far as it can be told from its segments and from the other
//! end's acknowledgements. It knows nothing of addresses, and of the other direction only what it acknowledged.

use super::window::Window;
use super::{Mark, Sighting};
use crate::packet::frame::{Flags, Tcp};

/// What one end of a connection sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Direction {
    /// Segments of any kind.
    pub packets: usize,
    /// Segments that carry bytes, those sent again included.
    pub data_segments: usize,
    /// Segments that carry bytes and have the PSH flag.
    pub pushed: usize,
    /// Different bytes that were seen.
    pub bytes: u64,
    /// Bytes that must have been sent and were not captured.
    pub missing: u64,
    /// Segments all of which had been seen before: data, SYN or FIN. Keep-alives are not.
    pub retransmissions: usize,
    /// Segments that ask whether the other end is still there.
    pub keep_alives: usize,
    /// Segments that came after what follows them.
    pub out_of_order: usize,
    /// Segments that say that there is no room for more.
    pub zero_windows: usize,
    /// How far the other end acknowledged, relative to the first sequence number; nothing where it never did.
    pub acknowledged: Option<u64>,
    /// How far this end sent, SYN and FIN included, relative to the first sequence number.
    pub sent: u64,
    /// The initial sequence number, where the SYN was seen.
    pub initial_sequence: Option<u32>,
    /// The first FIN.
    pub fin: Option<Fin>,
    /// The bytes in order from the beginning on, up to the first that is missing; nothing where they were not asked for.
    pub payload: Option<Vec<u8>>,
    /// The payload lacks bytes that were seen: too many, behind a hole, or not captured.
    pub is_payload_cut: bool,
}

/// The end of what one end sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fin {
    /// Where and when.
    pub seen: Sighting,
    /// Where and when the other end acknowledged it.
    pub acknowledged: Option<Sighting>,
}

impl Direction {
    /// Whether the other end acknowledged all that was sent, SYN and FIN included.
    #[must_use]
    pub fn is_all_acknowledged(&self) -> bool {
        self.acknowledged.map_or(self.sent == 0, |acknowledged| acknowledged >= self.sent)
    }
}

/// A direction while it is looked at. Places are relative to the first sequence number, in 64 bits.
#[derive(Debug, Clone, Default)]
pub(super) struct Sent {
    told: Direction,
    /// The sequence number of place 0.
    base: Option<u32>,
    /// Behind the last that was sent.
    next: i64,
    /// Up to where the other end acknowledged.
    acknowledged: Option<i64>,
    fin_at: Option<i64>,
    window: Window,
}

impl Sent {
    /// A direction of which at most `limit` bytes are kept.
    pub(super) fn new(limit: usize) -> Self {
        Self { window: Window::new(1, limit), ..Self::default() }
    }

    /// The sequence number of place 0, where it is known.
    pub(super) const fn base(&self) -> Option<u32> {
        self.base
    }

    /// Whether the FIN was sent.
    pub(super) const fn is_closed(&self) -> bool {
        self.fin_at.is_some()
    }

    /// Whether the FIN was sent and acknowledged.
    pub(super) fn is_close_acknowledged(&self) -> bool {
        self.fin_at.is_some_and(|fin| self.acknowledged.is_some_and(|place| place > fin))
    }

    /// A sequence number relative to the first, as Wireshark shows it; 0 where the first is not known.
    pub(super) fn relative(&self, sequence: u32) -> u32 {
        self.base.map_or(0, |base| sequence.wrapping_sub(base))
    }

    /// The place of a sequence number: the one with its 32 bits that is nearest to what was sent last.
    fn place(&self, base: u32, sequence: u32) -> i64 {
        let near = base.wrapping_add(self.next as u32);
        self.next + i64::from(sequence.wrapping_sub(near) as i32)
    }

    /// The other end acknowledged all before `number`. True where that is further than before.
    pub(super) fn acknowledge(&mut self, number: u32, seen: Sighting) {
        // Where the capture began later, what is acknowledged first is taken for the beginning, as Wireshark does.
        if self.base.is_none() {
            self.next = 1;
        }
        let base = *self.base.get_or_insert(number.wrapping_sub(1));
        let place = self.place(base, number);
        if self.acknowledged.is_none_or(|before| place > before) {
            self.acknowledged = Some(place);
        }
        if self.is_close_acknowledged()
            && let Some(fin) = &mut self.told.fin
        {
            fin.acknowledged.get_or_insert(seen);
        }
    }

    /// Takes a segment of this direction.
    pub(super) fn take(&mut self, tcp: &Tcp<'_>, seen: Sighting) -> Mark {
        let (syn, fin) = (tcp.flags.has(Flags::SYN), tcp.flags.has(Flags::FIN));
        let base = self.base.unwrap_or_else(|| {
            self.next = if syn { 0 } else { 1 };
            tcp.sequence.wrapping_sub(self.next as u32)
        });
        self.base = Some(base);
        let place = self.place(base, tcp.sequence);
        let told = &mut self.told;
        told.packets += 1;
        if tcp.payload_length > 0 {
            told.data_segments += 1;
            told.pushed += usize::from(tcp.flags.has(Flags::PSH));
        }
        if tcp.flags.has(Flags::RST) {
            return Mark::Plain;
        }
        told.zero_windows += usize::from(tcp.window == 0 && !syn && !fin);
        if self.is_keep_alive(tcp, place) {
            self.told.keep_alives += 1;
            return Mark::KeepAlive;
        }
        let (start, high) = (place + i64::from(syn), self.next);
        let fresh = self.window.take(start, tcp.payload_length, tcp.payload);
        let fin_at = start + i64::from(tcp.payload_length);
        let new_syn = syn && self.told.initial_sequence.is_none();
        if new_syn {
            self.told.initial_sequence = Some(tcp.sequence);
        }
        let new_fin = fin && self.fin_at.is_none();
        if new_fin {
            self.fin_at = Some(fin_at);
            self.told.fin = Some(Fin { seen, acknowledged: None });
        }
        self.next = high.max(fin_at + i64::from(fin));
        let occupies = syn || fin || tcp.payload_length > 0;
        // What lies before a beginning that was not seen may well be new.
        let before = place < 1 && self.told.initial_sequence.is_none() && tcp.payload_length > 0;
        if !occupies {
            Mark::Plain
        } else if before || (fresh.count > 0 && fresh.first < high) {
            self.told.out_of_order += 1;
            Mark::OutOfOrder
        } else if fresh.count == 0 && !new_syn && !new_fin {
            self.told.retransmissions += 1;
            Mark::Retransmission
        } else if place > high {
            Mark::Ahead
        } else {
            Mark::Plain
        }
    }

    /// Whether a segment is a keep-alive: one place before the end, at most one byte, while nothing is under way
    /// (RFC 9293 section 3.8.4, RFC 1122 section 4.2.3.6). While something is, it would be a retransmission of one byte.
    fn is_keep_alive(&self, tcp: &Tcp<'_>, place: i64) -> bool {
        tcp.payload_length <= 1
            && !tcp.flags.any(Flags::SYN.and(Flags::FIN))
            && place == self.next - 1
            && self.fin_at != Some(place)
            && self.acknowledged.is_some_and(|acknowledged| acknowledged >= self.next)
    }

    /// The direction as it is told in the end; the payload only where it was asked for.
    pub(super) fn finish(self, with_payload: bool) -> Direction {
        let closed = i64::from(self.fin_at.is_some_and(|fin| fin < self.next));
        let sent = u64::try_from(self.next).unwrap_or(0);
        let length = u64::try_from(self.next - 1 - closed).unwrap_or(0);
        Direction {
            bytes: self.window.seen(),
            missing: length.saturating_sub(self.window.seen()),
            acknowledged: self.acknowledged.map(|place| u64::try_from(place).unwrap_or(0)),
            sent: if self.told.packets == 0 { 0 } else { sent },
            is_payload_cut: with_payload && (self.window.is_cut || self.window.is_behind_a_hole()),
            payload: with_payload.then_some(self.window.bytes),
            ..self.told
        }
    }
}
