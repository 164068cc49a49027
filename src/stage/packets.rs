//! The capture on loopback: reads the packet ring, fills in checksums and keeps the packets. It
//! does not decode them.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd};
use std::time::{Duration, SystemTime};

use mio::Interest;
use mio::unix::SourceFd;

use super::{PACKETS, StageError, World, system};
use crate::model::{Capture, CapturedPacket, EvidenceKind, Fate, Gap, Message};
use crate::packet::{Link, fill_checksums};
use crate::sys::SysError;
use crate::sys::capture::{Idle, Packet, Ring, Room};
use crate::sys::packet_filter::MOST;

/// Maximum bytes of packets kept. Further packets are counted as dropped.
const MOST_BYTES: usize = 128 << 20;
/// Maximum number of clients for which a small ring suffices.
const SOME: u32 = 100;
/// How long the kernel may take to hand over its packets (20 to 40 ms, measured).
const FLUSH: Duration = Duration::from_secs(1);

/// A running capture on loopback.
#[derive(Debug)]
pub(super) struct Packets {
    pub(super) ring: Ring,
    kept: Capture,
    buffer: Vec<u8>,
    /// The captured ports. None: all packets are captured.
    ports: Option<BTreeSet<u16>>,
    /// Endpoints that socklab used to free a port, with a time in nanoseconds since 1970. Their
    /// packets up to that time are not part of the scenario.
    means: Vec<(SocketAddr, u64)>,
}

impl Packets {
    /// Starts a capture of all packets on loopback.
    fn on_loopback(room: Room) -> Result<Self, SysError> {
        Ok(Self {
            ring: Ring::open("lo", room)?,
            kept: Capture::on(&["lo"]),
            buffer: Vec::new(),
            ports: None,
            means: Vec::new(),
        })
    }

    /// Starts a capture on a shared loopback, limited to packets from or to these ports.
    fn on_shared(idle: &Idle, room: Room, ports: impl Iterator<Item = u16>) -> Result<Self, SysError> {
        let ports = ports.collect();
        let ring = Ring::on(idle.copy()?, "lo", room, Some(&ports))?;
        Ok(Self { ring, kept: Capture::on(&["lo"]), buffer: Vec::new(), ports: Some(ports), means: Vec::new() })
    }

    /// Adds a port to a capture that is limited to ports.
    fn take_port(&mut self, port: u16) -> Result<(), SysError> {
        let Some(ports) = &mut self.ports else { return Ok(()) };
        // The last ports are those of single clients, whose packets also have their server's port.
        let is_new = ports.len() < MOST && ports.insert(port);
        if is_new { self.ring.take_only(ports) } else { Ok(()) }
    }

    /// Reads the packets that the kernel has handed over.
    pub(super) fn drain(&mut self) {
        let Self { ring, kept, buffer, .. } = self;
        ring.drain(&mut |packet| keep(kept, buffer, &packet));
    }

    /// Ends the capture. Every packet until now is in it, or is counted as dropped.
    pub(super) fn finish(mut self) -> Capture {
        let Self { ring, kept, buffer, .. } = &mut self;
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
    /// Starts the capture, if it was requested. If that is not possible, adds a gap.
    pub(super) fn capture(&mut self) -> Result<(), StageError> {
        if !self.setup.capture || self.wire.is_some() {
            return Ok(());
        }
        let room = if self.setup.clients > SOME { Room::Large } else { Room::Small };
        let opened = match &self.setup.plain.packets {
            _ if self.setup.alone => Packets::on_loopback(room),
            Some(idle) => Packets::on_shared(idle, room, self.setup.programs.values().filter_map(|one| one.port)),
            None => {
                let because = Message::new("gap-packets-plain");
                self.gaps.push(Gap { evidence: EvidenceKind::Packets, because });
                return Ok(());
            }
        };
        match opened {
            Ok(packets) => {
                self.watch_packets(&packets)?;
                self.packets = Some(packets);
            }
            Err(error) => self.packets_are_unseen(&error),
        }
        Ok(())
    }

    fn packets_are_unseen(&mut self, error: &SysError) {
        let because = Message::new("gap-packets").with("problem", error.to_string());
        self.gaps.push(Gap { evidence: EvidenceKind::Packets, because });
    }

    /// Adds a port to the capture on a shared network. Call it before a packet of that port is
    /// sent.
    pub(super) fn capture_port(&mut self, port: Option<u16>) {
        let (Some(port), Some(packets)) = (port, &mut self.packets) else { return };
        if let Err(error) = packets.take_port(port) {
            self.packets_are_unseen(&error);
        }
    }

    /// Registers the ring of the capture with the event loop.
    fn watch_packets(&self, packets: &Packets) -> Result<(), StageError> {
        let ring = packets.ring.as_fd().as_raw_fd();
        let registered = self.poll.registry().register(&mut SourceFd(&ring), PACKETS, Interest::READABLE);
        registered.map_err(|error| system("registering the packet socket", error))
    }

    /// Reads the packets that the kernel has handed over. Also called between polls: thousands of
    /// clients send more at once than the ring holds.
    pub(super) fn drain_packets(&mut self) {
        self.packets.iter_mut().for_each(Packets::drain);
    }

    /// Excludes the packets of these endpoints until now from the scenario.
    pub(super) fn pass_over(&mut self, ends: impl Iterator<Item = SocketAddr>) {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let now = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
        if let Some(packets) = &mut self.packets {
            packets.means.extend(ends.map(|end| (end, now)));
        }
    }

    /// Returns the packets of the scenario, if they were captured, and the notes about them.
    pub fn take_capture(&mut self) -> (Option<Capture>, Vec<Message>) {
        let means = self.packets.as_mut().map(|packets| std::mem::take(&mut packets.means)).unwrap_or_default();
        let captured = match (self.packets.take(), self.wire.take()) {
            (Some(packets), _) => Some(packets.finish()),
            (None, Some(wire)) => Some(wire.finish()),
            (None, None) => None,
        };
        if let Some(dropped) = captured.as_ref().map(|capture| capture.dropped).filter(|&dropped| dropped > 0) {
            let because = Message::new("gap-packets-dropped").with("count", dropped);
            self.gaps.push(Gap { evidence: EvidenceKind::Packets, because });
        }
        if self.setup.alone {
            return (captured, Vec::new());
        }
        let Some((own, others)) = captured.map(|captured| self.own_packets(captured, &means)) else {
            return (None, Vec::new());
        };
        let note = (others > 0).then(|| Message::new("note-others").with("count", others));
        (Some(own), note.into_iter().collect())
    }
}
