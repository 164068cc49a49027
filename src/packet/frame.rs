//! Parses a captured frame: addresses, and TCP, UDP or an ICMP message that a destination was
//! unreachable.
//!
//! The views borrow the capture's bytes. Lengths are those of the headers, so that a truncated
//! capture (a snap length) is still counted correctly. Looks into tunnels. Ignores other frames;
//! reports IP fragments, but does not reassemble them.

use std::net::{IpAddr, SocketAddr};

use etherparse::{IpNumber, LaxIpSlice, TcpHeaderSlice, UdpHeaderSlice};

mod checksum;
mod extensions;
mod flags;
mod icmp;
mod layers;
mod link;

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

pub use checksum::fill_checksums;
pub use flags::Flags;
pub use icmp::{Quote, Unreachable, UnreachableKind};
pub use link::{Link, as_ethernet, link_name};

/// A frame that carries IP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Capture time, in nanoseconds since 1970.
    pub at_ns: u64,
    /// Length on the wire in bytes; the capture may hold less.
    pub original_length: u32,
    /// Sender. The port is 0 if there is none (ICMP, later fragments).
    pub source: SocketAddr,
    /// Receiver. The port is 0 if there is none.
    pub destination: SocketAddr,
    /// Set if the frame holds only a part of an IP packet.
    pub fragment: Option<Fragment>,
    /// Contents of the packet.
    pub transport: Transport<'a>,
    /// The packet that a datagram of VXLAN or Geneve carries. Of tunnels without a datagram (GRE,
    /// IP in IP), the frame itself is the inner packet.
    pub inner: Option<Box<Frame<'a>>>,
}

/// Maximum number of tunnels, one in another, that are looked into.
const MAX_TUNNELS: usize = 8;

/// The contents of an IP packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transport<'a> {
    /// A TCP segment (RFC 9293 section 3.1).
    Tcp(Tcp<'a>),
    /// A UDP datagram (RFC 768); if fragmented, its first fragment.
    Udp(Udp<'a>),
    /// An ICMP message that a destination was unreachable, with the packet that it is about.
    Unreachable(Unreachable),
    /// Another ICMP error message, with the packet that it quotes.
    Quote(Quote),
    /// A fragment without the transport header, or a fragment of a TCP segment.
    Fragment,
    /// Another protocol, by its number in the IP header.
    Other(u8),
}

/// A TCP segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tcp<'a> {
    /// Sequence number from the header.
    pub sequence: u32,
    /// Acknowledgement number; valid only if the ACK flag is set.
    pub acknowledgement: u32,
    /// The flags.
    pub flags: Flags,
    /// Window from the header, not scaled.
    pub window: u16,
    /// Options of the header, not parsed: see [`Tcp::window_shift`] and [`Tcp::segment_limit`].
    pub options: &'a [u8],
    /// Payload, as far as it was captured.
    pub payload: &'a [u8],
    /// Payload length in bytes, according to the headers.
    pub payload_length: u32,
}

impl Tcp<'_> {
    /// Returns the window scale that this segment offers (RFC 7323 section 2.2).
    #[must_use]
    pub fn window_shift(&self) -> Option<u8> {
        self.option(3, 1).map(|value| value[0])
    }

    /// Returns the maximum segment size that the sender accepts (RFC 9293 section 3.2).
    #[must_use]
    pub fn segment_limit(&self) -> Option<u16> {
        self.option(2, 2).map(|value| u16::from_be_bytes([value[0], value[1]]))
    }

    /// Returns the value of an option if it has `length` bytes (RFC 9293 section 3.1: kind, length
    /// including these two bytes, value).
    fn option(&self, kind: u8, length: usize) -> Option<&[u8]> {
        let mut rest = self.options;
        loop {
            rest = match rest {
                [] | [0, ..] => return None,
                [1, rest @ ..] => rest,
                [_, whole, ..] if usize::from(*whole) < 2 || usize::from(*whole) > rest.len() => return None,
                [found, whole, ..] => {
                    let value = &rest[2..usize::from(*whole)];
                    if *found == kind {
                        return (value.len() == length).then_some(value);
                    }
                    &rest[usize::from(*whole)..]
                }
                [_] => return None,
            };
        }
    }
}

/// A UDP datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Udp<'a> {
    /// Length field of the header: 8 plus the payload length.
    pub length: u16,
    /// Payload, as far as it was captured.
    pub payload: &'a [u8],
    /// Payload length in bytes: from the IP header or, in a fragment, from the length field.
    pub payload_length: u32,
}

impl Udp<'_> {
    /// Returns true if the length field is 8 plus the payload length (RFC 768, Fields).
    #[must_use]
    pub fn is_length_right(&self) -> bool {
        u32::from(self.length) == 8 + self.payload_length
    }
}

/// The position of a fragment within an IP packet (RFC 791 section 3.1, RFC 8200 section 4.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fragment {
    /// Number that the fragments of one packet share.
    pub identification: u32,
    /// Offset within the packet, in bytes.
    pub offset: u32,
    /// True if more fragments follow.
    pub more: bool,
    /// Protocol of the whole packet, by its number in the IP header.
    pub protocol: u8,
}

/// The reason why a frame could not be parsed into a [`Frame`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// It carries something other than IP, for example ARP.
    #[error("not IP")]
    NotIp,
    /// It was captured on a link of this number, which is not supported.
    #[error("unsupported link type {0}")]
    UnknownLink(u16),
    /// A header contradicts itself, or the capture was truncated within the headers.
    #[error("malformed")]
    Malformed,
}

impl<'a> Frame<'a> {
    /// Returns true if the packet uses this port at either end, or reports that such a packet was
    /// undeliverable.
    #[must_use]
    pub fn is_on_port(&self, port: u16) -> bool {
        let uses = |one: SocketAddr, other: SocketAddr| [one.port(), other.port()].contains(&port);
        if self.inner.as_ref().is_some_and(|inner| inner.is_on_port(port)) {
            return true;
        }
        match &self.transport {
            Transport::Unreachable(message) => uses(message.source, message.destination),
            Transport::Tcp(_) | Transport::Udp(_) => uses(self.source, self.destination),
            Transport::Fragment | Transport::Quote(_) | Transport::Other(_) => false,
        }
    }

    /// Parses a captured frame.
    ///
    /// # Errors
    /// Returns an error if the frame is not IP or is malformed.
    pub fn read(link: Link, at_ns: u64, original_length: u32, bytes: &'a [u8]) -> Result<Self, FrameError> {
        let start = link.ip_offset(bytes)?;
        let wire = (original_length as usize).max(bytes.len()).saturating_sub(start);
        let frame = Frame { at_ns, original_length, ..Self::read_ip(&bytes[start..], wire, MAX_TUNNELS)? };
        Ok(frame)
    }

    /// Parses an IP packet that has `wire` bytes on the wire, and looks into at most `tunnels`
    /// tunnels. Sets neither time nor length.
    fn read_ip(bytes: &'a [u8], wire: usize, tunnels: usize) -> Result<Self, FrameError> {
        let (ip, stopped) = LaxIpSlice::from_slice(bytes).map_err(|_| FrameError::Malformed)?;
        if stopped.is_some() {
            return Err(FrameError::Malformed);
        }
        let carried = ip.payload();
        let length = carried_length(&ip, wire);
        let at = |ip: IpAddr, port: u16| SocketAddr::new(ip, port);
        let (from, to) = (ip.source_addr(), ip.destination_addr());
        let mut frame = Self {
            at_ns: 0,
            original_length: 0,
            source: at(from, 0),
            destination: at(to, 0),
            fragment: fragment(&ip),
            transport: Transport::Other(carried.ip_number.0),
            inner: None,
        };
        // Looks into the tunnel whose packet begins at `offset` of what is carried.
        let look_into = |bytes: &'a [u8], length: usize, offset: usize| {
            let tunnels = tunnels.checked_sub(1)?;
            Self::read_ip(bytes.get(offset..)?, length.saturating_sub(offset), tunnels).ok()
        };
        let first = frame.fragment.is_none_or(|fragment| fragment.offset == 0);
        match carried.ip_number {
            IpNumber::TCP | IpNumber::UDP if !first => frame.transport = Transport::Fragment,
            IpNumber::TCP if frame.fragment.is_some() => frame.transport = Transport::Fragment,
            IpNumber::TCP => {
                let header = TcpHeaderSlice::from_slice(carried.payload).map_err(|_| FrameError::Malformed)?;
                frame.source.set_port(header.source_port());
                frame.destination.set_port(header.destination_port());
                frame.transport = Transport::Tcp(segment(carried.payload, length)?);
            }
            IpNumber::UDP => {
                let header = UdpHeaderSlice::from_slice(carried.payload).map_err(|_| FrameError::Malformed)?;
                frame.source.set_port(header.source_port());
                frame.destination.set_port(header.destination_port());
                let datagram = datagram(carried.payload, length, frame.fragment.is_some())?;
                frame.transport = Transport::Udp(datagram);
                if frame.fragment.is_none()
                    && let Some(offset) = layers::ip_in_datagram(frame.destination.port(), datagram.payload)
                {
                    let inner = look_into(datagram.payload, datagram.payload_length as usize, offset);
                    frame.inner = inner.map(Box::new);
                }
            }
            IpNumber::IPV4 | IpNumber::IPV6 | IpNumber::GRE if frame.fragment.is_none() => {
                let offset = match carried.ip_number {
                    IpNumber::GRE => layers::ip_in_gre(carried.payload).ok(),
                    _ => Some(0),
                };
                if let Some(inner) = offset.and_then(|offset| look_into(carried.payload, length, offset)) {
                    return Ok(inner);
                }
            }
            IpNumber::ICMP | IpNumber::IPV6_ICMP if first => {
                let unreachable = icmp::unreachable(carried.ip_number, carried.payload).map(Transport::Unreachable);
                let other = || icmp::quote(carried.ip_number, carried.payload).map(Transport::Quote);
                frame.transport = unreachable.or_else(other).unwrap_or(frame.transport);
            }
            _ => {}
        }
        Ok(frame)
    }
}

/// Returns the number of bytes after the IP headers, according to their length fields.
///
/// `wire` is the length of the packet on the wire. It applies to packets without a length
/// (segmentation offload leaves it 0), and bounds a length that is larger than the frame.
fn carried_length(ip: &LaxIpSlice<'_>, wire: usize) -> usize {
    let (length, headers) = match ip {
        LaxIpSlice::Ipv4(ip) => {
            let extensions = ip.extensions().auth.map_or(0, |auth| auth.slice().len());
            let header = ip.header().slice().len();
            let total = usize::from(ip.header().total_len());
            (if total < header { wire } else { total }, header + extensions)
        }
        LaxIpSlice::Ipv6(ip) => {
            let length = usize::from(ip.header().payload_length());
            (if length == 0 { wire } else { length + 40 }, 40 + ip.extensions().slice().len())
        }
    };
    length.min(wire).saturating_sub(headers)
}

fn segment(bytes: &[u8], length: usize) -> Result<Tcp<'_>, FrameError> {
    let header = TcpHeaderSlice::from_slice(bytes).map_err(|_| FrameError::Malformed)?;
    let header_length = header.slice().len();
    let payload_length = length.checked_sub(header_length).ok_or(FrameError::Malformed)?;
    let payload = &bytes[header_length..];
    Ok(Tcp {
        sequence: header.sequence_number(),
        acknowledgement: header.acknowledgment_number(),
        flags: Flags::new(bytes[13]),
        window: header.window_size(),
        options: &bytes[20..header_length],
        payload: &payload[..payload.len().min(payload_length)],
        payload_length: u32::try_from(payload_length).unwrap_or(u32::MAX),
    })
}

fn datagram(bytes: &[u8], length: usize, is_part: bool) -> Result<Udp<'_>, FrameError> {
    let header = UdpHeaderSlice::from_slice(bytes).map_err(|_| FrameError::Malformed)?;
    let field = header.length();
    // Only jumbograms may have length 0 (RFC 2675 section 4).
    if field < 8 {
        return Err(FrameError::Malformed);
    }
    let whole = if is_part { usize::from(field) } else { length };
    let payload_length = whole.checked_sub(8).ok_or(FrameError::Malformed)?;
    let payload = &bytes[8..];
    let kept = payload.len().min(payload_length).min(usize::from(field) - 8);
    Ok(Udp {
        length: field,
        payload: &payload[..kept],
        payload_length: u32::try_from(payload_length).unwrap_or(u32::MAX),
    })
}

fn fragment(ip: &LaxIpSlice<'_>) -> Option<Fragment> {
    if !ip.is_fragmenting_payload() {
        return None;
    }
    match ip {
        LaxIpSlice::Ipv4(ip) => {
            let header = ip.header();
            Some(Fragment {
                identification: u32::from(header.identification()),
                offset: u32::from(header.fragments_offset().value()) * 8,
                more: header.more_fragments(),
                protocol: ip.payload_ip_number().0,
            })
        }
        LaxIpSlice::Ipv6(ip) => {
            let all = extensions::extensions(ip);
            let part = all.iter().find_map(|(number, header)| (*number == extensions::FRAGMENT).then_some(*header))?;
            // RFC 8200 section 4.5: next header, reserved, 13 bits of offset, 2 reserved, flag M,
            // identification.
            let field = u16::from_be_bytes([part[2], part[3]]);
            Some(Fragment {
                identification: u32::from_be_bytes([part[4], part[5], part[6], part[7]]),
                offset: u32::from(field & 0xFFF8),
                more: field & 1 == 1,
                protocol: ip.payload().ip_number.0,
            })
        }
    }
}
