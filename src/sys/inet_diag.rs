//! Encodes requests and decodes answers of `sock_diag(7)` for internet sockets. Pure; no input
//! makes it panic.
//!
//! The layouts are those of `include/uapi/linux/netlink.h` and `include/uapi/linux/inet_diag.h`.
//! Numbers are in the machine's byte order, ports and addresses in network byte order.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::model::{Protocol, TcpState};

const HEADER: usize = 16; // struct nlmsghdr
const DIAG: usize = 72; // struct inet_diag_msg
const REQUEST: usize = HEADER + 56; // with struct inet_diag_req_v2

const SOCK_DIAG_BY_FAMILY: u16 = 20;
const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;
const NLM_F_REQUEST: u16 = 0x1;
const NLM_F_DUMP_INTR: u16 = 0x10;
const NLM_F_DUMP: u16 = 0x300;
const INET_DIAG_SKV6ONLY: u16 = 11;

/// One of the kernel's two tables. The second also holds v4-mapped connections of dual-stack
/// sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Family {
    V4 = libc::AF_INET as u8,
    V6 = libc::AF_INET6 as u8,
}

/// A socket in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiagRow {
    /// TCP or UDP.
    pub protocol: Protocol,
    /// Local address; a v4-mapped IPv6 address is converted to IPv4.
    pub local: SocketAddr,
    /// Peer address, converted like `local`; all zero if there is none.
    pub peer: SocketAddr,
    /// TCP state.
    pub state: TcpState,
    /// Inode by which processes hold the socket; 0 if none does (in the accept queue, in TIME-WAIT,
    /// orphaned).
    pub inode: u64,
    /// Bytes not yet read. For a listener: connections not yet accepted.
    pub receive_queue: u32,
    /// Bytes not yet acknowledged (TCP) or not yet sent (UDP). For a listener: its backlog.
    pub send_queue: u32,
    /// User id of the owner, in the user namespace in which the table was opened.
    pub uid: u32,
    /// The socket is an `AF_INET6` socket.
    pub v6: bool,
    /// IPv4 does not reach the socket (`IPV6_V6ONLY`). `None` unless it is an `AF_INET6` socket
    /// that listens or is only bound.
    pub v6_only: Option<bool>,
}

/// The answers in one read.
#[derive(Debug, Default, PartialEq)]
pub(super) struct DiagReply {
    /// The sockets, each with the kernel's cookie, which identifies a socket.
    pub(super) rows: Vec<(u64, DiagRow)>,
    /// 0 or an error number if the answer is complete, else `None`.
    pub(super) status: Option<i32>,
    /// The table changed during the dump: the kernel reports it (`NLM_F_DUMP_INTR`), or a row shows
    /// it.
    pub(super) interrupted: bool,
}

const fn protocol_number(protocol: Protocol) -> u8 {
    match protocol {
        Protocol::Tcp => libc::IPPROTO_TCP as u8,
        Protocol::Udp => libc::IPPROTO_UDP as u8,
    }
}

/// Builds a request for all sockets of a family in the given states (a mask of `1 << state`).
pub(super) fn dump_request(sequence: u32, family: Family, protocol: Protocol, states: u32) -> [u8; REQUEST] {
    request(sequence, NLM_F_DUMP, family as u8, protocol, states, None)
}

/// Builds a request for the socket that would receive a packet sent to `local`.
pub(super) fn lookup_request(sequence: u32, protocol: Protocol, local: SocketAddr) -> [u8; REQUEST] {
    let family = if local.is_ipv4() { Family::V4 } else { Family::V6 };
    request(sequence, 0, family as u8, protocol, u32::MAX, Some(local))
}

fn request(
    sequence: u32,
    flags: u16,
    family: u8,
    protocol: Protocol,
    states: u32,
    local: Option<SocketAddr>,
) -> [u8; REQUEST] {
    let mut bytes = [0; REQUEST];
    bytes[0..4].copy_from_slice(&(REQUEST as u32).to_ne_bytes());
    bytes[4..6].copy_from_slice(&SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    bytes[6..8].copy_from_slice(&(NLM_F_REQUEST | flags).to_ne_bytes());
    bytes[8..12].copy_from_slice(&sequence.to_ne_bytes());
    bytes[16] = family;
    bytes[17] = protocol_number(protocol);
    bytes[20..24].copy_from_slice(&states.to_ne_bytes());
    if let Some(local) = local {
        bytes[24..26].copy_from_slice(&local.port().to_be_bytes());
        match local.ip() {
            IpAddr::V4(ip) => bytes[28..32].copy_from_slice(&ip.octets()),
            IpAddr::V6(ip) => bytes[28..44].copy_from_slice(&ip.octets()),
        }
        bytes[64..72].fill(0xff); // INET_DIAG_NOCOOKIE: any socket
    }
    bytes
}

/// Parses the answers to the request with this sequence number. Skips answers to other requests,
/// and stops at a truncated message.
pub(super) fn parse(bytes: &[u8], sequence: u32, protocol: Protocol) -> DiagReply {
    let mut batch = DiagReply::default();
    let mut rest = bytes;
    while let Some(length) = u32_at(rest, 0).map(|length| length as usize) {
        let Some(message) = rest.get(..length).filter(|message| message.len() >= HEADER) else {
            break;
        };
        if u32_at(message, 8) == Some(sequence) {
            read_message(message, protocol, &mut batch);
        }
        rest = rest.get(align4(length)..).unwrap_or_default();
    }
    batch
}

fn read_message(message: &[u8], protocol: Protocol, batch: &mut DiagReply) {
    let flags = u16_at(message, 6).unwrap_or_default();
    batch.interrupted |= flags & NLM_F_DUMP_INTR != 0;
    let body = &message[HEADER..];
    match u16_at(message, 4) {
        // Both carry a negated error number. Old kernels send a DONE without one.
        Some(NLMSG_ERROR | NLMSG_DONE) => {
            let error = u32_at(body, 0).map_or(0, |number| number as i32);
            batch.status = Some(error.saturating_neg());
        }
        Some(SOCK_DIAG_BY_FAMILY) => match read_row(body, protocol) {
            // The socket was closed or entered TIME-WAIT after the kernel unlocked its chain, and
            // lost its port. Sockets in the table always have one. Measured: 2 rows of 10 million,
            // while connections came and went.
            Some((_, row)) if protocol == Protocol::Tcp && row.local.port() == 0 => batch.interrupted = true,
            row => batch.rows.extend(row),
        },
        _ => {}
    }
}

fn read_row(body: &[u8], protocol: Protocol) -> Option<(u64, DiagRow)> {
    let (message, attributes) = body.split_at_checked(DIAG)?;
    let v6 = match message[0] {
        family if family == Family::V4 as u8 => false,
        family if family == Family::V6 as u8 => true,
        _ => return None,
    };
    let address = |port: usize, ip: usize| {
        let port = u16::from_be_bytes(message[port..port + 2].try_into().ok()?);
        let ip = if v6 {
            let octets: [u8; 16] = message[ip..ip + 16].try_into().ok()?;
            Ipv6Addr::from(octets).to_canonical()
        } else {
            let octets: [u8; 4] = message[ip..ip + 4].try_into().ok()?;
            IpAddr::V4(Ipv4Addr::from(octets))
        };
        Some(SocketAddr::new(ip, port))
    };
    let local = address(4, 8)?;
    let mut state = TcpState::from_number(message[1])?;
    // The kernel lists bound TCP sockets under its pseudo-state 13, but reports their real state,
    // CLOSE. The table has no other closed TCP sockets (net/ipv4/inet_diag.c, inet_diag_dump_icsk).
    if protocol == Protocol::Tcp && state == TcpState::Close {
        state = TcpState::BoundInactive;
    }
    let cookie = u64::from(u32_at(message, 44)?) | u64::from(u32_at(message, 48)?) << 32;
    let row = DiagRow {
        protocol,
        local,
        peer: address(6, 24)?,
        state,
        receive_queue: u32_at(message, 56)?,
        send_queue: u32_at(message, 60)?,
        uid: u32_at(message, 64)?,
        inode: u64::from(u32_at(message, 68)?),
        v6,
        v6_only: attribute(attributes, INET_DIAG_SKV6ONLY).and_then(|value| value.first()).map(|&only| only != 0),
    };
    Some((cookie, row))
}

/// Returns the value of the first attribute (`struct nlattr`) of this type.
pub(super) fn attribute(mut rest: &[u8], wanted: u16) -> Option<&[u8]> {
    loop {
        let length = usize::from(u16_at(rest, 0)?);
        let value = rest.get(4..length)?;
        if u16_at(rest, 2)? == wanted {
            return Some(value);
        }
        rest = rest.get(align4(length)..)?;
    }
}

/// Rounds up to a multiple of four bytes, the alignment of messages and attributes.
pub(super) const fn align4(length: usize) -> usize {
    length.saturating_add(3) & !3
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at + 2)?;
    Some(u16::from_ne_bytes(bytes.try_into().ok()?))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    Some(u32::from_ne_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns one padded message.
    fn message(kind: u16, flags: u16, sequence: u32, body: &[u8]) -> Vec<u8> {
        let mut bytes = ((HEADER + body.len()) as u32).to_ne_bytes().to_vec();
        bytes.extend(kind.to_ne_bytes());
        bytes.extend(flags.to_ne_bytes());
        bytes.extend(sequence.to_ne_bytes());
        bytes.extend([0; 4]);
        bytes.extend(body);
        bytes.resize(align4(bytes.len()), 0);
        bytes
    }

    /// Returns the body of a dual-stack listener or a mapped connection.
    fn body(state: u8, local: &str, peer: &str) -> Vec<u8> {
        let mut body = vec![0; DIAG];
        body[0] = Family::V6 as u8;
        body[1] = state;
        for (text, port, ip) in [(local, 4, 8), (peer, 6, 24)] {
            let address: SocketAddr = text.parse().expect("an address");
            body[port..port + 2].copy_from_slice(&address.port().to_be_bytes());
            let IpAddr::V6(v6) = address.ip() else { panic!("a v6 address") };
            body[ip..ip + 16].copy_from_slice(&v6.octets());
        }
        body[44] = 7;
        body[56] = 1;
        body[60] = 5;
        body[68..72].copy_from_slice(&4242_u32.to_ne_bytes());
        body
    }

    #[test]
    fn listener_attribute_and_end_are_parsed() {
        let mut listener = body(10, "[::]:65432", "[::]:0");
        listener.extend([5, 0, 11, 0, 1, 0, 0, 0]);
        let mut bytes = message(SOCK_DIAG_BY_FAMILY, 2, 9, &listener);
        bytes.extend(message(NLMSG_DONE, 2 | NLM_F_DUMP_INTR, 9, &[0; 4]));
        let batch = parse(&bytes, 9, Protocol::Tcp);
        assert_eq!((batch.status, batch.interrupted), (Some(0), true));
        let [(cookie, row)] = &batch.rows[..] else { panic!("one row, not {:?}", batch.rows) };
        assert_eq!((*cookie, row.v6_only, row.inode), (7, Some(true), 4242));
        assert_eq!((row.receive_queue, row.send_queue), (1, 5));
        assert_eq!(row.local.to_string(), "[::]:65432");
    }

    #[test]
    fn mapped_addresses_become_ipv4() {
        let mapped = body(1, "[::ffff:127.0.0.1]:65432", "[::ffff:127.0.0.1]:40000");
        let batch = parse(&message(20, 0, 1, &mapped), 1, Protocol::Tcp);
        let row = &batch.rows[0].1;
        assert_eq!(row.local.to_string(), "127.0.0.1:65432");
        assert_eq!(row.peer.to_string(), "127.0.0.1:40000");
        assert!(row.v6);
    }

    #[test]
    fn closed_tcp_row_becomes_bound_inactive() {
        let bytes = message(20, 0, 1, &body(7, "[::1]:5", "[::]:0"));
        let state = |protocol| parse(&bytes, 1, protocol).rows[0].1.state;
        assert_eq!(state(Protocol::Tcp), TcpState::BoundInactive);
        assert_eq!(state(Protocol::Udp), TcpState::Close);
    }

    #[test]
    fn tcp_row_without_port_marks_interruption() {
        let bytes = message(20, 0, 1, &body(7, "[::ffff:127.0.0.1]:0", "[::ffff:127.0.0.1]:40000"));
        let batch = parse(&bytes, 1, Protocol::Tcp);
        assert!(batch.rows.is_empty() && batch.interrupted, "the dump is repeated");
        let batch = parse(&bytes, 1, Protocol::Udp);
        assert!(batch.rows.len() == 1 && !batch.interrupted);
    }

    #[test]
    fn error_is_returned_and_other_sequences_are_skipped() {
        let error = message(NLMSG_ERROR, 0, 3, &(-libc::ENOENT).to_ne_bytes());
        assert_eq!(parse(&error, 3, Protocol::Tcp).status, Some(libc::ENOENT));
        assert_eq!(parse(&error, 4, Protocol::Tcp), DiagReply::default());
    }

    proptest::proptest! {
        #[test]
        fn random_bytes_do_not_panic(bytes: Vec<u8>, sequence: u32) {
            let _ = parse(&bytes, sequence, Protocol::Tcp);
        }

        #[test]
        fn truncated_bodies_do_not_panic(tail: Vec<u8>, cut: usize, length: u16, attribute: u16) {
            let mut listener = body(10, "[::]:1", "[::]:0");
            listener.extend(length.to_ne_bytes());
            listener.extend(attribute.to_ne_bytes());
            listener.extend(tail);
            let bytes = message(SOCK_DIAG_BY_FAMILY, 0, 1, &listener);
            proptest::prop_assert_eq!(parse(&bytes, 1, Protocol::Tcp).rows.len(), 1);
            let _ = parse(&bytes[..cut % bytes.len()], 1, Protocol::Tcp);
        }
    }
}
