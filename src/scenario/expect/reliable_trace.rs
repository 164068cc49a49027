//! The packets of one reliable transfer over datagrams, and the faults that their order proves.
//!
//! A host knows a packet only once it has arrived there, and its program only once it has read it.
//! So an ACK that was lost, or may not have arrived yet, is no reproach to the sender; and a packet
//! that may have arrived is none to the receiver. Pure: knows neither bytes nor addresses.

use std::collections::BTreeMap;

use crate::model::Cause;

/// The rules of a transfer.
#[derive(Debug, Clone, Copy)]
pub(super) struct TransferRules {
    /// Maximum number of packets that may be sent before their ACKs.
    pub(super) window: Option<u64>,
    /// Which packets an ACK covers.
    pub(super) scheme: Scheme,
    /// Sequence numbers begin again at 0 after this many; at least 2.
    pub(super) modulus: u64,
}

/// Which packets an ACK covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    /// All up to its number. The receiver may keep packets that arrive early.
    Cumulative,
    /// All up to its number. The receiver discards packets that arrive early.
    GoBackN,
    /// Only the one with its number.
    Selective,
}

/// A packet of a transfer, as it was captured.
#[derive(Debug, Clone, Copy)]
pub(super) struct TransferPacket {
    /// Its position in the capture, from 0.
    pub(super) position: u64,
    /// Data or ACK, with the number that it carries.
    pub(super) kind: TransferKind,
    /// Whether it arrived.
    pub(super) arrival: Arrival,
    /// The packets of the other host from this position on were sent after this one had arrived.
    /// `None` if that is not known.
    pub(super) known_after: Option<u64>,
}

/// The kind of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TransferKind {
    /// Data with this sequence number.
    Data(u64),
    /// An ACK for this sequence number.
    Ack(u64),
}

/// Whether a packet arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrival {
    /// It did not.
    Lost,
    /// It did, changed: a program may have read any number in it.
    Damaged,
    /// It did.
    Whole,
}

/// A transfer that has no fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Transfer {
    /// Number of different packets with data.
    pub(super) distinct: u64,
    /// Number of packets with data, repetitions included.
    pub(super) sent: u64,
    /// Maximum number of packets that were sent before their ACKs.
    pub(super) unacknowledged: u64,
}

/// An ACK. Its sequence number does not wrap around.
#[derive(Debug, Clone, Copy)]
struct Ack {
    packet: TransferPacket,
    number: u64,
}

/// The state of a walk through the packets.
#[derive(Debug)]
struct Walk {
    rules: TransferRules,
    /// The times at which each sequence number was sent. Numbers do not wrap around.
    sends: BTreeMap<u64, Vec<TransferPacket>>,
    acks: Vec<Ack>,
    /// All below were received in order, as far as they may have arrived.
    in_order: u64,
    /// The sender has proved that it knows the ACKs of all below.
    known_acks: u64,
    /// Packets to the sender that arrived at or before this moment were read.
    read_until: u64,
    has_damaged_data: bool,
    has_damaged_ack: bool,
    result: Transfer,
}

/// Returns the transfer, or the first fault that the packets prove.
pub(super) fn judge_transfer(rules: TransferRules, packets: &[TransferPacket]) -> Result<Transfer, Box<Cause>> {
    let mut walk = Walk {
        rules,
        sends: BTreeMap::new(),
        acks: Vec::new(),
        in_order: 0,
        known_acks: 0,
        read_until: 0,
        has_damaged_data: false,
        has_damaged_ack: false,
        result: Transfer::default(),
    };
    for packet in packets {
        match packet.kind {
            TransferKind::Data(value) => walk.data(*packet, value)?,
            TransferKind::Ack(value) => walk.ack(*packet, value)?,
        }
    }
    walk.finish()?;
    walk.result.distinct = walk.sends.len() as u64;
    Ok(walk.result)
}

impl TransferPacket {
    /// Returns its number in the capture as Wireshark counts, from 1.
    const fn number(&self) -> u64 {
        self.position + 1
    }

    fn may_have_arrived(&self) -> bool {
        self.arrival != Arrival::Lost
    }
}

impl Walk {
    fn base(&self) -> Option<u64> {
        self.sends.keys().next().copied()
    }

    fn highest(&self) -> Option<u64> {
        self.sends.keys().next_back().copied()
    }

    /// Returns the sequence number that a value means: the one from `least` on.
    const fn unwrapped(&self, value: u64, least: u64) -> u64 {
        let modulus = self.rules.modulus;
        least + (value % modulus + modulus - least % modulus) % modulus
    }

    fn covers(&self, ack: &Ack, number: u64) -> bool {
        if self.rules.scheme == Scheme::Selective { ack.number == number } else { ack.number >= number }
    }

    /// Returns true if the sender may know an ACK of this number.
    fn may_be_acknowledged(&self, number: u64) -> bool {
        self.has_damaged_ack || self.acks.iter().any(|ack| ack.packet.may_have_arrived() && self.covers(ack, number))
    }

    fn data(&mut self, packet: TransferPacket, value: u64) -> Result<(), Box<Cause>> {
        // A value is that of a packet already sent, or else of a new one: half of the values are
        // ahead, and with two values (a bit that alternates) only the next one.
        let number = match self.highest() {
            None => value,
            Some(highest) => self.unwrapped(value, (highest + 1).saturating_sub(self.rules.modulus / 2)),
        };
        self.result.sent += 1;
        if self.highest().is_none_or(|highest| number > highest) {
            self.new_data(packet, number)?;
        } else {
            self.repeated_data(packet, number)?;
        }
        self.sends.entry(number).or_default().push(packet);
        self.has_damaged_data |= packet.arrival == Arrival::Damaged;
        if self.base() == Some(number) {
            self.in_order = self.in_order.max(number);
        }
        if packet.may_have_arrived() {
            while self.is_received(self.in_order) && (self.rules.scheme != Scheme::GoBackN || self.in_order == number) {
                self.in_order += 1;
            }
        }
        Ok(())
    }

    /// Returns true if a packet with this number may have arrived.
    fn is_received(&self, number: u64) -> bool {
        self.sends.get(&number).is_some_and(|sends| sends.iter().any(TransferPacket::may_have_arrived))
    }

    fn new_data(&mut self, packet: TransferPacket, number: u64) -> Result<(), Box<Cause>> {
        let earlier = self.sends.keys().filter(|earlier| !self.may_be_acknowledged(**earlier)).count() as u64;
        let count = earlier + 1;
        self.result.unacknowledged = self.result.unacknowledged.max(count);
        let Some(window) = self.rules.window else { return Ok(()) };
        if count > window {
            return Err(Box::new(Cause::WindowExceeded { seq: number, packet: packet.number(), count, window }));
        }
        // This packet is in the window only if the sender has read an ACK of the one that left it.
        if let Some(left) = number.checked_sub(window).filter(|left| self.base().is_some_and(|base| base <= *left)) {
            self.known_acks = self.known_acks.max(left + 1);
            let first = self.acks.iter().filter(|ack| self.covers(ack, left)).filter_map(|ack| ack.packet.known_after);
            self.read_until = self.read_until.max(first.min().unwrap_or(0));
        }
        Ok(())
    }

    /// Judges a repetition. Until the sender has read the ACK, a time-out may have passed.
    fn repeated_data(&self, packet: TransferPacket, number: u64) -> Result<(), Box<Cause>> {
        let arrived = |ack: &&Ack| {
            ack.packet.arrival == Arrival::Whole
                && self.covers(ack, number)
                && ack.packet.known_after.is_some_and(|after| after <= packet.position)
        };
        let Some(after) = self.acks.iter().filter(arrived).filter_map(|ack| ack.packet.known_after).min() else {
            return Ok(());
        };
        // Each repetition that a time-out or an earlier packet causes takes one packet from the
        // socket, if there is one.
        let unread = self.acks.iter().filter_map(|ack| ack.packet.known_after);
        let unread = unread.filter(|one| self.read_until < *one && *one <= after).count();
        let sends = self.sends.get(&number).map_or(&[][..], Vec::as_slice);
        let repeated = 1 + sends.iter().filter(|one| one.position >= after).count();
        if number < self.known_acks || repeated > unread {
            let cause = Cause::SentAgainAfterAck { seq: number, packet: packet.number() };
            return Err(Box::new(cause));
        }
        Ok(())
    }

    fn ack(&mut self, packet: TransferPacket, value: u64) -> Result<(), Box<Cause>> {
        let (Some(base), Some(highest)) = (self.base(), self.highest()) else { return Ok(()) };
        let modulus = self.rules.modulus;
        // With few values, none can be spared for packets that were never sent.
        let ahead = if self.rules.window.is_none_or(|window| modulus > 2 * window + 1) { modulus / 2 } else { 0 };
        let Some(least) = (highest + 1 + ahead).checked_sub(modulus) else {
            // The first values have not wrapped around.
            return self.judge_ack(Ack { packet, number: value }, base);
        };
        self.judge_ack(Ack { packet, number: self.unwrapped(value, least) }, base)
    }

    fn judge_ack(&mut self, ack: Ack, base: u64) -> Result<(), Box<Cause>> {
        let is_of_nothing =
            ack.number < base || self.highest().is_none_or(|highest| ack.number > highest + self.rules.modulus / 2);
        if !is_of_nothing && !self.has_damaged_data {
            let first = if self.rules.scheme == Scheme::Selective { ack.number } else { base };
            let missing = (first..=ack.number).find(|number| !self.is_received(*number));
            if let Some(missing) = missing {
                let (seq, packet) = (ack.number, ack.packet.number());
                return Err(Box::new(Cause::AcknowledgedUnreceived { seq, missing, packet }));
            }
            if self.rules.scheme == Scheme::GoBackN && ack.number >= self.in_order {
                let (seq, missing) = (ack.number, self.in_order);
                return Err(Box::new(Cause::AcknowledgedEarlyPacket { seq, missing, packet: ack.packet.number() }));
            }
        }
        self.has_damaged_ack |= ack.packet.arrival == Arrival::Damaged;
        if !is_of_nothing {
            self.acks.push(ack);
        }
        Ok(())
    }

    /// Judges missing repetitions and ACKs.
    fn finish(&self) -> Result<(), Box<Cause>> {
        if self.has_damaged_data || self.has_damaged_ack {
            // A program may have taken a damaged packet for any other.
            return Ok(());
        }
        for (&seq, sends) in &self.sends {
            let Some(last_arrival) = sends.iter().rev().find(|one| one.may_have_arrived()) else {
                if sends.len() == 1 {
                    return Err(Box::new(Cause::LostNotSentAgain { seq, packet: sends[0].number() }));
                }
                continue;
            };
            if self.may_be_acknowledged(seq) {
                continue;
            }
            let last_ack = self.acks.iter().rev().find(|ack| self.covers(ack, seq));
            let is_due = self.rules.scheme == Scheme::Selective || seq < self.in_order;
            match last_ack {
                None if is_due => {
                    return Err(Box::new(Cause::NeverAcknowledged { seq, packet: last_arrival.number() }));
                }
                Some(_) if sends.len() == 1 => return Err(Box::new(Cause::AckLostNotSentAgain { seq })),
                Some(ack) if ack.packet.position < last_arrival.position && sends.len() > 1 => {
                    return Err(Box::new(Cause::NotAcknowledgedAgain { seq, packet: last_arrival.number() }));
                }
                _ => {}
            }
        }
        Ok(())
    }
}
