//! Removes foreign packets from a capture on a shared network. Others may connect to a server's
//! port; their packets are neither judged nor kept.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use super::Engine;
use super::server::Server;
use crate::model::{Capture, CapturedPacket};
use crate::packet::{Frame, Link};

/// Returns the address as it appears in a packet, whichever family its socket has.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

impl Engine {
    /// Returns the scenario's own packets, and the number of foreign endpoints. For the endpoints
    /// in `means`, packets up to their time are removed.
    pub(super) fn own_packets(&self, capture: Capture, means: &[(SocketAddr, u64)]) -> (Capture, usize) {
        let ports: BTreeSet<u16> = self.servers.iter().flat_map(Server::ports).collect();
        let clients: BTreeSet<SocketAddr> = self.clients.iter().map(|client| canonical(client.local)).collect();
        // A program that connects to a server also belongs to the scenario, and its address is
        // unknown.
        let is_closed = !clients.is_empty() && !self.programs_connect_to(&ports);
        let mut own = remove_packets(capture, |at, end| means.iter().any(|&(of, until)| of == end && at <= until));
        let others = if is_closed { foreign_endpoints(&own, &ports, &clients) } else { BTreeSet::new() };
        if !others.is_empty() {
            own = remove_packets(own, |_, end| others.contains(&end));
        }
        (own, others.len())
    }

    fn programs_connect_to(&self, ports: &BTreeSet<u16>) -> bool {
        let calls = self.servers.iter().filter_map(|server| server.calls.as_ref());
        calls.flat_map(|calls| &calls.connected_ports).any(|port| ports.contains(port))
    }
}

/// Returns the endpoints of a packet.
fn endpoints(packet: &CapturedPacket<'_>) -> Option<(SocketAddr, SocketAddr)> {
    let frame = Frame::read(Link::Ethernet, packet.at_ns, packet.original_length, packet.bytes).ok()?;
    Some((canonical(frame.source), canonical(frame.destination)))
}

/// Returns the endpoints that sent something to one of the ports, and are neither clients nor
/// servers of the scenario.
fn foreign_endpoints(capture: &Capture, ports: &BTreeSet<u16>, clients: &BTreeSet<SocketAddr>) -> BTreeSet<SocketAddr> {
    let all = capture.packets().filter_map(|packet| endpoints(&packet));
    all.filter(|(from, to)| ports.contains(&to.port()) && !ports.contains(&from.port()) && !clients.contains(from))
        .map(|(from, _)| from)
        .collect()
}

/// Returns the capture without packets that have an excluded endpoint at their time.
fn remove_packets(capture: Capture, is_left_out: impl Fn(u64, SocketAddr) -> bool) -> Capture {
    let is_out = |packet: &CapturedPacket<'_>| {
        endpoints(packet).is_some_and(|(from, to)| is_left_out(packet.at_ns, from) || is_left_out(packet.at_ns, to))
    };
    if !capture.packets().any(|packet| is_out(&packet)) {
        return capture;
    }
    let mut rest = Capture::with_interfaces(&["lo"]);
    rest.dropped = capture.dropped;
    capture.packets().filter(|packet| !is_out(packet)).for_each(|packet| rest.add(packet));
    rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PacketFate;
    use crate::packet::frame::sample::{port_unreachable, udp};

    #[test]
    fn foreign_packets_are_removed() {
        let (client, server, other) = ("127.0.0.1:40000", "127.0.0.1:65432", "127.0.0.1:41000");
        let frames = [
            udp(client, server, b"1"),
            udp(server, client, b"2"),
            udp(other, server, b"3"),
            udp(server, other, b"4"),
            udp("127.0.0.1:50001", client, b"an answer from another port"),
            udp(server, "127.0.0.1:50002", b"an answer to nobody who asked"),
            port_unreachable(&udp(client, server, b"5")),
        ];
        let mut capture = Capture::with_interfaces(&["lo"]);
        for bytes in &frames {
            let original_length = u32::try_from(bytes.len()).expect("frame is short");
            capture.add(CapturedPacket { at_ns: 1, interface: 0, fate: PacketFate::Delivered, original_length, bytes });
        }
        let clients = [client.parse().expect("parse the address")].into();
        let found = foreign_endpoints(&capture, &[65432].into(), &clients);
        assert_eq!(found, [other.parse().expect("parse the address")].into());
        let own = remove_packets(capture, |_, end| found.contains(&end));
        let kept: Vec<&[u8]> = own.packets().map(|packet| packet.bytes).collect();
        assert_eq!(kept, [0, 1, 4, 5, 6].map(|k: usize| &frames[k][..]));
    }
}
