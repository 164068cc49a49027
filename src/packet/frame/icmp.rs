//! Parses the error messages of ICMP, for IPv4 and IPv6: the "unreachable" ones, and the packets
//! that all of them quote. Ignores all other ICMP messages.

use std::net::SocketAddr;

use etherparse::{IpNumber, LaxIpSlice};

use crate::model::Protocol;

/// A message that a packet could not be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreachable {
    /// Kind of the unreachable destination.
    pub kind: UnreachableKind,
    /// Protocol of the packet: TCP or UDP.
    pub protocol: Protocol,
    /// Sender of the packet.
    pub source: SocketAddr,
    /// Receiver of the packet.
    pub destination: SocketAddr,
    /// Length field of the datagram; `None` if the packet is not UDP.
    pub length: Option<u16>,
    /// True if the quote has the whole header of TCP or UDP.
    pub has_header: bool,
}

/// A packet that an ICMP error message quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// Protocol of the packet: TCP or UDP.
    pub protocol: Protocol,
    /// Sender of the packet.
    pub source: SocketAddr,
    /// Receiver of the packet.
    pub destination: SocketAddr,
    /// Length field of the datagram; `None` if the packet is not UDP.
    length: Option<u16>,
    /// True if the quote has the whole header of TCP or UDP.
    pub has_header: bool,
}

/// The kind of an unreachable destination (RFC 792, Destination Unreachable; RFC 1812
/// section 5.2.7.1; RFC 4443 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnreachableKind {
    /// No route to the network.
    Network,
    /// The host did not answer, or does not have the address.
    Host,
    /// The host does not speak the protocol.
    Protocol,
    /// No socket receives on the port.
    Port,
    /// A filter forbids it.
    Prohibited,
    /// Another reason, by its code.
    Other(u8),
}

/// Parses the message in `bytes`, which begin with the ICMP header. Returns `None` if it is another
/// message, or about another protocol.
pub(super) fn unreachable(version: IpNumber, bytes: &[u8]) -> Option<Unreachable> {
    let (&[message, code], quoted) = (bytes.first_chunk()?, bytes.get(8..)?);
    let kind = match (version, message) {
        (IpNumber::ICMP, 3) => match code {
            0 | 6 | 11 => UnreachableKind::Network,
            1 | 5 | 7 | 8 | 12 => UnreachableKind::Host,
            2 => UnreachableKind::Protocol,
            3 => UnreachableKind::Port,
            9 | 10 | 13 => UnreachableKind::Prohibited,
            _ => UnreachableKind::Other(code),
        },
        (IpNumber::IPV6_ICMP, 1) => match code {
            0 => UnreachableKind::Network,
            1 | 5 | 6 => UnreachableKind::Prohibited,
            2 | 3 => UnreachableKind::Host,
            4 => UnreachableKind::Port,
            _ => UnreachableKind::Other(code),
        },
        _ => return None,
    };
    let Quote { protocol, source, destination, length, has_header } = quoted_packet(quoted)?;
    Some(Unreachable { kind, protocol, source, destination, length, has_header })
}

/// Returns the packet that another error message quotes: source quench, redirect, time exceeded,
/// parameter problem (RFC 792), packet too big (RFC 4443).
pub(super) fn quote(version: IpNumber, bytes: &[u8]) -> Option<Quote> {
    let (&[message], quoted) = (bytes.first_chunk()?, bytes.get(8..)?);
    let is_error = matches!((version, message), (IpNumber::ICMP, 4 | 5 | 11 | 12) | (IpNumber::IPV6_ICMP, 2..=4));
    quoted_packet(quoted).filter(|_| is_error)
}

fn quoted_packet(quoted: &[u8]) -> Option<Quote> {
    let (ip, _) = LaxIpSlice::from_slice(quoted).ok()?;
    let carried = ip.payload();
    let (protocol, header) = match carried.ip_number {
        IpNumber::TCP => (Protocol::Tcp, 20),
        IpNumber::UDP => (Protocol::Udp, 8),
        _ => return None,
    };
    // At least eight bytes of the transport are quoted (RFC 792), and more by RFC 1812
    // section 4.3.2.3.
    let ports: [u8; 6] = *carried.payload.first_chunk()?;
    let half = |at: usize| u16::from_be_bytes([ports[at], ports[at + 1]]);
    Some(Quote {
        protocol,
        source: SocketAddr::new(ip.source_addr(), half(0)),
        destination: SocketAddr::new(ip.destination_addr(), half(2)),
        length: (protocol == Protocol::Udp).then(|| half(4)),
        has_header: carried.payload.len() >= header,
    })
}

/// Returns the offset, within an IP packet, of the packet that an ICMP message quotes.
pub(super) fn quoted_at(packet: &[u8]) -> Option<usize> {
    let (ip, stopped) = LaxIpSlice::from_slice(packet).ok()?;
    let carried = ip.payload();
    if stopped.is_some() || carried.fragmented || carried.incomplete {
        return None;
    }
    unreachable(carried.ip_number, carried.payload)?;
    let headers = match &ip {
        LaxIpSlice::Ipv4(ip) => ip.header().slice().len() + ip.extensions().auth.map_or(0, |auth| auth.slice().len()),
        LaxIpSlice::Ipv6(ip) => 40 + ip.extensions().slice().len(),
    };
    Some(headers + 8)
}
