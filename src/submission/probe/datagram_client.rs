//! Tells clients for datagrams that bind their socket from servers: Java's `new DatagramSocket()`
//! and Node's `bind(0)` let the kernel choose a port, and then send.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use super::{PROBE_NAME, Probe, ProbeProgram, Purpose, SOCKET_TIMEOUT, run_probe};
use crate::model::{Capture, EventKind, Evidence, Protocol};
use crate::packet::conversation::Side;
use crate::packet::{Analysis, Frame, Link};
use crate::run::Session;

/// How long the first datagram may take after the socket appeared. Only a datagram proves
/// something.
const SEND_LIMIT: Duration = Duration::from_secs(2);

/// Starts a program without clients. Returns the address to which it sends its first datagram;
/// `None` if it sends none, or if there is no capture.
pub(crate) fn destination(delivery: &Path, start: &ProbeProgram, session: Session<'_>) -> Option<SocketAddr> {
    let started = Probe::new(format!("{PROBE_NAME}-datagrams")).start(start, SOCKET_TIMEOUT).capture();
    let probe = started.pause(SEND_LIMIT);
    read(&run_probe(delivery, probe, session, Purpose::Classify(SOCKET_TIMEOUT))?)
}

/// Returns the address to which the program sends first from the socket that appeared.
fn read(seen: &Evidence) -> Option<SocketAddr> {
    let port = seen.journal.0.iter().find_map(|event| match &event.kind {
        EventKind::Ready { row, .. } if row.protocol == Protocol::Udp => Some(row.local.port()),
        _ => None,
    })?;
    first_destination(seen.capture.as_ref()?, port)
}

fn first_destination(capture: &Capture, port: u16) -> Option<SocketAddr> {
    let mut analysis = Analysis::new();
    for packet in capture.packets() {
        analysis.add(&Frame::read(Link::Ethernet, packet.at_ns, packet.original_length, packet.bytes));
    }
    // The sender of the first datagram is the client of a conversation.
    let all = analysis.finish();
    let own = all.udp.iter().find(|one| one.client.port() == port);
    own.filter(|one| one.datagrams_from(Side::Client).next().is_some()).map(|one| one.server)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CapturedPacket, PacketFate};
    use crate::packet::frame::sample::{end, udp};

    fn first(frames: &[(&str, &str)], port: u16) -> Option<SocketAddr> {
        let mut capture = Capture::with_interfaces(&["lo"]);
        for ((from, to), at_ns) in frames.iter().zip(1..) {
            let bytes = udp(from, to, b"x");
            let original_length = u32::try_from(bytes.len()).expect("a short frame");
            capture.add(CapturedPacket {
                at_ns,
                interface: 0,
                fate: PacketFate::Delivered,
                original_length,
                bytes: &bytes,
            });
        }
        first_destination(&capture, port)
    }

    #[test]
    fn first_datagram_names_the_server() {
        let (own, server, other) = ("127.0.0.1:40000", "127.0.0.1:65431", "127.0.0.1:50000");
        assert_eq!(first(&[(own, server), (server, own)], 40_000), Some(end(server)));
        // A server on a port that the kernel chose answers.
        assert_eq!(first(&[(other, own), (own, other)], 40_000), None);
        assert_eq!(first(&[(other, server)], 40_000), None);
        assert_eq!(first(&[], 40_000), None);
    }
}
