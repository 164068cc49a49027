//! Fills in checksums.
//!
//! Packets on loopback and veth pairs are captured before their checksums are computed
//! (`TP_STATUS_CSUMNOTREADY`), and Wireshark would report every packet as bad. Of the ICMP
//! messages, changes only those that quote such a packet.

use etherparse::checksum::Sum16BitWords;
use etherparse::{IpNumber, LaxIpSlice, TcpHeaderSlice, UdpHeader, UdpHeaderSlice};

use super::extensions::{ROUTING, extensions};
use super::icmp;
use super::link::Link;

/// Computes the checksums of the IPv4 header and of TCP or UDP in a frame (RFC 791 section 3.1,
/// RFC 9293 section 3.1, RFC 768, RFC 8200 section 8.1), and those of a packet that an ICMP message
/// quotes.
///
/// Returns true if the checksum of the transport was written. Fragments, truncated packets and
/// packets with a routing header keep theirs, because the correct one is unknown.
pub fn fill_checksums(link: Link, bytes: &mut [u8]) -> bool {
    let Ok(start) = link.ip_offset(bytes) else {
        return false;
    };
    // Begin with the quoted packet: the checksum of the message covers it.
    if let Some(quoted) = icmp::quoted_at(&bytes[start..]) {
        fill(&mut bytes[start + quoted..]);
    }
    fill(&mut bytes[start..])
}

fn fill(packet: &mut [u8]) -> bool {
    let Some(sums) = Checksums::compute(packet) else {
        return false;
    };
    if let Some(sum) = sums.header {
        packet[10..12].copy_from_slice(&sum.to_be_bytes());
    }
    if let Some((at, sum)) = sums.transport {
        packet[at..at + 2].copy_from_slice(&sum.to_be_bytes());
    }
    sums.transport.is_some()
}

/// The checksums that an IP packet should have.
struct Checksums {
    header: Option<u16>,
    /// Its offset and value.
    transport: Option<(usize, u16)>,
}

impl Checksums {
    fn compute(packet: &[u8]) -> Option<Self> {
        let (ip, stopped) = LaxIpSlice::from_slice(packet).ok()?;
        let header = ip.ipv4().map(|ip| header_sum(ip.header().slice()));
        let carried = ip.payload();
        let routed = ip.ipv6().is_some_and(|ip| extensions(ip).iter().any(|(number, _)| *number == ROUTING));
        let has_length = match &ip {
            LaxIpSlice::Ipv4(ip) => usize::from(ip.header().total_len()) >= ip.header().slice().len(),
            LaxIpSlice::Ipv6(ip) => ip.header().payload_length() > 0,
        };
        if stopped.is_some() || carried.fragmented || carried.incomplete || routed || !has_length {
            return Some(Self { header, transport: None });
        }
        // The headers come first, and padding of the link may follow the payload.
        let at = match &ip {
            LaxIpSlice::Ipv4(ip) => {
                ip.header().slice().len() + ip.extensions().auth.map_or(0, |auth| auth.slice().len())
            }
            LaxIpSlice::Ipv6(ip) => 40 + ip.extensions().slice().len(),
        };
        let transport = match carried.ip_number {
            IpNumber::TCP => tcp(&ip, carried.payload).map(|sum| (at + 16, sum)),
            IpNumber::UDP => udp(&ip, carried.payload).map(|sum| (at + 6, sum)),
            IpNumber::ICMP | IpNumber::IPV6_ICMP if icmp::quoted_at(packet).is_some() => {
                icmp_sum(&ip, carried.payload).map(|sum| (at + 2, sum))
            }
            _ => None,
        };
        Some(Self { header, transport })
    }
}

/// Returns the checksum of an IPv4 header, over all bits except its own (etherparse's function
/// skips the reserved flag).
fn header_sum(header: &[u8]) -> u16 {
    Sum16BitWords::new().add_slice(&header[..10]).add_slice(&header[12..]).ones_complement().to_be()
}

fn tcp(ip: &LaxIpSlice<'_>, bytes: &[u8]) -> Option<u16> {
    let header = TcpHeaderSlice::from_slice(bytes).ok()?;
    let payload = &bytes[header.slice().len()..];
    match ip {
        LaxIpSlice::Ipv4(ip) => header.calc_checksum_ipv4(&ip.header(), payload).ok(),
        LaxIpSlice::Ipv6(ip) => header.calc_checksum_ipv6(&ip.header(), payload).ok(),
    }
}

fn udp(ip: &LaxIpSlice<'_>, bytes: &[u8]) -> Option<u16> {
    let header: UdpHeader = UdpHeaderSlice::from_slice(bytes).ok()?.to_header();
    let payload = bytes.get(8..usize::from(header.length))?;
    match ip {
        LaxIpSlice::Ipv4(ip) => header.calc_checksum_ipv4(&ip.header().to_header(), payload).ok(),
        LaxIpSlice::Ipv6(ip) => header.calc_checksum_ipv6(&ip.header().to_header(), payload).ok(),
    }
}

/// Returns the checksum of an ICMP message (RFC 792); for IPv6 it covers the addresses (RFC 4443
/// section 2.3).
fn icmp_sum(ip: &LaxIpSlice<'_>, bytes: &[u8]) -> Option<u16> {
    let sum = match ip {
        LaxIpSlice::Ipv4(_) => Sum16BitWords::new(),
        LaxIpSlice::Ipv6(ip) => Sum16BitWords::new()
            .add_16bytes(ip.header().source())
            .add_16bytes(ip.header().destination())
            .add_4bytes(u32::try_from(bytes.len()).ok()?.to_be_bytes())
            .add_2bytes([0, IpNumber::IPV6_ICMP.0]),
    };
    Some(sum.add_slice(bytes.get(..2)?).add_slice(bytes.get(4..)?).ones_complement().to_be())
}
