//! The packets of a scenario: taken from the ring on loopback, their checksums filled in, and handed on in the end. It
//! does not know what they say.

use std::os::fd::{AsFd, AsRawFd};
use std::time::Duration;

use mio::Interest;
use mio::unix::SourceFd;

use super::{PACKETS, StageError, World, system};
use crate::model::{Capture, CapturedPacket, EvidenceKind, Fate, Gap, Message};
use crate::packet::{Link, fill_checksums};
use crate::sys::capture::{Packet, Ring, Room};

/// The most bytes of packets that are kept; what comes beyond is counted as dropped.
const MOST_BYTES: usize = 128 << 20;
/// So many clients are served by a small ring.
const SOME: u32 = 100;
/// How long the kernel may take to hand over what it has (20 to 40 ms, measured).
const FLUSH: Duration = Duration::from_secs(1);

/// A capture that goes on.
#[derive(Debug)]
pub(super) struct Packets {
    pub(super) ring: Ring,
    kept: Capture,
    buffer: Vec<u8>,
}

impl Packets {
    /// Captures on loopback from now on.
    pub(super) fn on_loopback(room: Room) -> Result<Self, crate::sys::SysError> {
        Ok(Self { ring: Ring::open("lo", room)?, kept: Capture::on(&["lo"]), buffer: Vec::new() })
    }

    /// Takes what the kernel has handed over.
    pub(super) fn drain(&mut self) {
        let Self { ring, kept, buffer } = self;
        ring.drain(&mut |packet| keep(kept, buffer, &packet));
    }

    /// Ends the capture: all that came by until now is in it, or counted as dropped.
    pub(super) fn finish(mut self) -> Capture {
        let Self { ring, kept, buffer } = &mut self;
        let whole = ring.flush(FLUSH, &mut |packet| keep(kept, buffer, &packet));
        let dropped = ring.statistics().map_or(1, |counted| counted.dropped);
        self.kept.dropped += dropped + u64::from(!matches!(whole, Ok(true)));
        self.kept
    }
}

fn keep(kept: &mut Capture, buffer: &mut Vec<u8>, packet: &Packet<'_>) {
    if kept.bytes() + packet.bytes.len() > MOST_BYTES {
        kept.dropped += 1;
        return;
    }
    buffer.clear();
    buffer.extend_from_slice(packet.bytes);
    if packet.checksum_unfilled {
        fill_checksums(Link::Ethernet, buffer);
    }
    kept.add(CapturedPacket {
        at_ns: packet.at,
        interface: 0,
        fate: Fate::Delivered,
        original_length: packet.original_length,
        bytes: buffer,
    });
}

impl World {
    /// Captures from now on, where that is asked for and possible; else it is a gap.
    pub(super) fn capture(&mut self) -> Result<(), StageError> {
        if !self.setup.capture || self.wire.is_some() {
            return Ok(());
        }
        let because = if !self.setup.alone {
            Message::new("gap-packets-plain")
        } else {
            let room = if self.setup.clients > SOME { Room::Large } else { Room::Small };
            match Packets::on_loopback(room) {
                Ok(packets) => {
                    self.watch_packets(&packets)?;
                    self.packets = Some(packets);
                    return Ok(());
                }
                Err(error) => Message::new("gap-packets").with("problem", error.to_string()),
            }
        };
        self.gaps.push(Gap { evidence: EvidenceKind::Packets, because });
        Ok(())
    }

    /// The capture's ring has packets, from now on told by a token.
    fn watch_packets(&self, packets: &Packets) -> Result<(), StageError> {
        let ring = packets.ring.as_fd().as_raw_fd();
        let registered = self.poll.registry().register(&mut SourceFd(&ring), PACKETS, Interest::READABLE);
        registered.map_err(|error| system("watching the packets", error))
    }

    /// Takes what the kernel has handed over, between the turns of the event loop too: what thousands of clients send in one
    /// go, and what comes back, is more than the ring holds.
    pub(super) fn drain_packets(&mut self) {
        self.packets.iter_mut().for_each(Packets::drain);
    }

    /// All packets of the scenario, where they were captured.
    pub fn take_capture(&mut self) -> Option<Capture> {
        let captured = match (self.packets.take(), self.wire.take()) {
            (Some(packets), _) => Some(packets.finish()),
            (None, Some(wire)) => Some(wire.finish()),
            (None, None) => None,
        };
        if let Some(dropped) = captured.as_ref().map(|capture| capture.dropped).filter(|&dropped| dropped > 0) {
            let because = Message::new("gap-packets-dropped").with("count", dropped);
            self.gaps.push(Gap { evidence: EvidenceKind::Packets, because });
        }
        captured
    }
}
