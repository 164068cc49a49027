//! The capture on loopback: reads the packet ring, fills in checksums and keeps the packets. It
//! does not decode them.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use super::token::PACKETS;
use super::{Engine, RuntimeError, system};
use crate::model::{Capture, CapturedPacket, EvidenceKind, GapReason, Message, Operation, PacketFate};
use crate::packet::{Link, fill_checksums};
use crate::sys::SysError;
use crate::sys::packet_filter::MAX_FILTER_PORTS;
use crate::sys::packet_ring::{Packet, Ring, RingSize, UnboundSocket};

/// Maximum bytes of packets kept. Further packets are counted as dropped.
const MAX_CAPTURE_BYTES: usize = 128 << 20;
/// The same for a scenario in which the clients send little, and for each byte that they send: an
/// answer byte by byte takes 134 bytes of packets for each. A server that floods the network must not
/// fill the disk. The 16 MiB that a client reads after its end must fit.
const MIN_CAPTURE_LIMIT: usize = 40 << 20;
const BYTES_PER_SENT_BYTE: usize = 256;
/// Maximum number of clients for which a small ring suffices.
const SMALL_RING_CLIENTS: u32 = 100;
/// How long the kernel may take to hand over its packets (20 to 40 ms, measured).
const FLUSH: Duration = Duration::from_secs(1);

/// A running capture on loopback.
#[derive(Debug)]
pub(super) struct LoopbackCapture {
    pub(super) ring: Ring,
    kept: Capture,
    buffer: Vec<u8>,
    /// The captured ports. None: all packets are captured.
    ports: Option<BTreeSet<u16>>,
    /// Endpoints that socklab used to free a port, with a time in nanoseconds since 1970. Their
    /// packets up to that time are not part of the scenario.
    own_endpoints: Vec<(SocketAddr, u64)>,
    /// Bytes of packets that are kept at present.
    limit: usize,
}

impl LoopbackCapture {
    /// Starts a capture of all packets on loopback.
    fn on_loopback(room: RingSize) -> Result<Self, SysError> {
        Ok(Self {
            ring: Ring::open("lo", room)?,
            kept: Capture::with_interfaces(&["lo"]),
            buffer: Vec::new(),
            ports: None,
            own_endpoints: Vec::new(),
            limit: MIN_CAPTURE_LIMIT,
        })
    }

    /// Starts a capture on a shared loopback, limited to packets from or to these ports.
    fn on_shared(idle: &UnboundSocket, room: RingSize, ports: impl Iterator<Item = u16>) -> Result<Self, SysError> {
        let ports = ports.collect();
        let ring = Ring::open_on(idle.try_clone()?, "lo", room, Some(&ports))?;
        Ok(Self {
            ring,
            kept: Capture::with_interfaces(&["lo"]),
            buffer: Vec::new(),
            ports: Some(ports),
            own_endpoints: Vec::new(),
            limit: MIN_CAPTURE_LIMIT,
        })
    }

    /// Adds a port to a capture that is limited to ports.
    fn add_port(&mut self, port: u16) -> Result<(), SysError> {
        let Some(ports) = &mut self.ports else { return Ok(()) };
        // The last ports are those of single clients, whose packets also have their server's port.
        let is_new = ports.len() < MAX_FILTER_PORTS && ports.insert(port);
        if is_new { self.ring.filter_ports(ports) } else { Ok(()) }
    }

    /// Reads the packets that the kernel has handed over. `sent_bytes` is what the clients have sent.
    pub(super) fn drain(&mut self, sent_bytes: usize) {
        self.limit = capture_limit(sent_bytes);
        let Self { ring, kept, buffer, limit, .. } = self;
        ring.drain(&mut |packet| keep(kept, buffer, *limit, &packet));
    }

    /// Ends the capture. Every packet until now is in it, or is counted as dropped.
    pub(super) fn finish(mut self) -> Capture {
        let Self { ring, kept, buffer, limit, .. } = &mut self;
        let whole = ring.flush(FLUSH, &mut |packet| keep(kept, buffer, *limit, &packet));
        let dropped = ring.statistics().map_or(1, |counted| counted.dropped);
        self.kept.dropped += dropped + u64::from(!matches!(whole, Ok(true)));
        self.kept
    }
}

/// Returns the bytes of packets that are kept if the clients have sent `sent_bytes`.
fn capture_limit(sent_bytes: usize) -> usize {
    MIN_CAPTURE_LIMIT.saturating_add(sent_bytes.saturating_mul(BYTES_PER_SENT_BYTE)).min(MAX_CAPTURE_BYTES)
}

fn keep(kept: &mut Capture, buffer: &mut Vec<u8>, limit: usize, packet: &Packet<'_>) {
    if kept.bytes() + packet.bytes.len() > limit {
        kept.dropped += 1;
        return;
    }
    buffer.clear();
    buffer.extend_from_slice(packet.bytes);
    if packet.checksum_unfilled {
        fill_checksums(Link::Ethernet, buffer);
    }
    kept.add(CapturedPacket {
        at_ns: packet.timestamp_ns,
        interface: 0,
        fate: PacketFate::Delivered,
        original_length: packet.original_length,
        bytes: buffer,
    });
}

impl Engine {
    /// Starts the capture, if it was requested. If that is not possible, adds a gap.
    pub(super) fn start_capture(&mut self) -> Result<(), RuntimeError> {
        if !self.spec.capture || self.link.is_some() {
            return Ok(());
        }
        let room = if self.spec.script.client_count() > SMALL_RING_CLIENTS { RingSize::Large } else { RingSize::Small };
        let opened = match &self.handles.plain.capture_socket {
            _ if self.spec.is_isolated() => LoopbackCapture::on_loopback(room),
            Some(idle) => {
                LoopbackCapture::on_shared(idle, room, self.spec.programs.values().filter_map(|one| one.port))
            }
            None => {
                let because = GapReason::PacketsPlain {};
                self.recorder.add_gap(EvidenceKind::Packets, because);
                return Ok(());
            }
        };
        match opened {
            Ok(packets) => {
                self.watch_packets(&packets)?;
                self.observers.capture = Some(packets);
            }
            Err(error) => self.add_packet_gap(error),
        }
        Ok(())
    }

    fn add_packet_gap(&mut self, error: SysError) {
        let because = GapReason::Packets { problem: error.into() };
        self.recorder.add_gap(EvidenceKind::Packets, because);
    }

    /// Adds a port to the capture on a shared network. Call it before a packet of that port is
    /// sent.
    pub(super) fn capture_port(&mut self, port: Option<u16>) {
        let (Some(port), Some(packets)) = (port, &mut self.observers.capture) else { return };
        if let Err(error) = packets.add_port(port) {
            self.add_packet_gap(error);
        }
    }

    /// Registers the ring of the capture with the event loop.
    fn watch_packets(&self, packets: &LoopbackCapture) -> Result<(), RuntimeError> {
        let registered = self.event_loop.watch(&packets.ring, PACKETS);
        registered.map_err(|error| system(Operation::RegisterPackets, error))
    }

    /// Reads the packets that the kernel has handed over. Also called between polls: thousands of
    /// clients send more at once than the ring holds.
    pub(super) fn drain_packets(&mut self) {
        let sent_bytes = self.clients.sent_bytes;
        self.observers.capture.iter_mut().for_each(|capture| capture.drain(sent_bytes));
    }

    /// Excludes the packets of these endpoints until now from the scenario.
    pub(super) fn exclude_packets(&mut self, ends: impl Iterator<Item = SocketAddr>) {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let now = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
        if let Some(packets) = &mut self.observers.capture {
            packets.own_endpoints.extend(ends.map(|end| (end, now)));
        }
    }

    /// Returns the packets of the scenario, if they were captured, and the notes about them.
    pub(crate) fn take_capture(&mut self) -> (Option<Capture>, Vec<Message>) {
        let means = self
            .observers
            .capture
            .as_mut()
            .map(|packets| std::mem::take(&mut packets.own_endpoints))
            .unwrap_or_default();
        let captured = match (self.observers.capture.take(), self.link.take()) {
            (Some(packets), _) => Some(packets.finish()),
            (None, Some(link)) => Some(link.finish()),
            (None, None) => None,
        };
        if let Some(dropped) = captured.as_ref().map(|capture| capture.dropped).filter(|&dropped| dropped > 0) {
            let because = GapReason::PacketsDropped { count: dropped };
            self.recorder.add_gap(EvidenceKind::Packets, because);
        }
        if self.spec.is_isolated() {
            return (captured, Vec::new());
        }
        let Some((own, others)) = captured.map(|captured| self.own_packets(captured, &means)) else {
            return (None, Vec::new());
        };
        let note = (others > 0).then(|| Message::new("note-others").with("count", others));
        (Some(own), note.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::client::MAX_DROPPED_BYTES;

    #[test]
    fn limit_grows_with_what_the_clients_send() {
        assert!(capture_limit(0) > 2 * usize::try_from(MAX_DROPPED_BYTES).expect("a size"));
        assert!(capture_limit(65_854) > MIN_CAPTURE_LIMIT + 65_854 * 134, "an answer byte by byte is kept");
        assert_eq!([capture_limit(1 << 20), capture_limit(usize::MAX)], [MAX_CAPTURE_BYTES; 2]);
    }
}
