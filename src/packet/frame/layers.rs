//! The layers between the link and the innermost IP packet: tags, labels and tunnels.
//!
//! | layer | source |
//! |---|---|
//! | VLAN tags | IEEE 802.1Q, 802.1ad |
//! | provider backbone, E-tag, VN-tag | IEEE 802.1ah, 802.1BR; Wireshark's `packet-vntag.c` |
//! | LLC with SNAP | IEEE 802, RFC 1042 |
//! | PPPoE session | RFC 2516 section 4, RFC 1661 section 2 |
//! | MPLS labels | RFC 3032 section 2.1, RFC 4385 section 3 |
//! | GRE | RFC 2784, RFC 2890; version 1: RFC 2637 section 4.1 |
//! | ERSPAN | draft-foschiano-erspan |
//! | VXLAN, Geneve | RFC 7348 section 5, RFC 8926 section 3.4 |
//!
//! It follows them to the offset of an IP packet, and reads neither addresses nor IP itself.

use super::FrameError;

/// Maximum number of layers that are skipped.
const MAX_LAYERS: usize = 16;
/// Maximum value of a length field of IEEE 802.3; higher values are types of Ethernet II.
const MAX_LENGTH_FIELD: u16 = 1_500;
/// Numbers of a payload in Ethernet frames and GRE (IEEE 802 numbers).
const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
const MPLS: u16 = 0x8847;
const MPLS_UPSTREAM: u16 = 0x8848;
const PPPOE_SESSION: u16 = 0x8864;
const PPP: u16 = 0x880b;
const BRIDGED_ETHERNET: u16 = 0x6558;
const ERSPAN: u16 = 0x88be;
const ERSPAN_3: u16 = 0x22eb;
/// UDP port of VXLAN, and the one that Linux used before it was assigned.
const VXLAN_PORTS: [u16; 2] = [4_789, 8_472];
/// UDP port of Geneve.
const GENEVE_PORT: u16 = 6_081;

/// The next layer: its type, and the offset of its first byte.
type Layer = (u16, usize);

/// Returns the offset of the IP packet in an Ethernet frame that begins at `at`.
pub(super) fn ip_in_ethernet(bytes: &[u8], at: usize) -> Result<usize, FrameError> {
    ip_behind(bytes, (read_u16(bytes, at + 12)?, at + 14))
}

/// Returns the offset of the IP packet behind a layer of this type.
pub(super) fn ip_behind(bytes: &[u8], (mut kind, mut at): Layer) -> Result<usize, FrameError> {
    for _ in 0..MAX_LAYERS {
        (kind, at) = match kind {
            IPV4 | IPV6 if bytes.len() >= at => return Ok(at),
            IPV4 | IPV6 => return Err(FrameError::Malformed),
            0x8100 | 0x88a8 | 0x9100 => (read_u16(bytes, at + 2)?, at + 4),
            // Backbone service instance tag, then a whole Ethernet header.
            0x88e7 => (read_u16(bytes, at + 16)?, at + 18),
            0x893f => (read_u16(bytes, at + 6)?, at + 8),
            0x8926 => (read_u16(bytes, at + 4)?, at + 6),
            PPPOE_SESSION => behind_ppp(bytes, at + 6)?,
            PPP => behind_ppp(bytes, at)?,
            MPLS | MPLS_UPSTREAM => behind_labels(bytes, at)?,
            BRIDGED_ETHERNET => (read_u16(bytes, at + 12)?, at + 14),
            0..=MAX_LENGTH_FIELD => behind_snap(bytes, at)?,
            _ => return Err(FrameError::NotIp),
        };
    }
    Err(FrameError::NotIp)
}

/// Reads the protocol field of PPP. Address and control bytes, and the field's first byte, may be
/// left out (RFC 1661 section 6.5 and 6.6).
fn behind_ppp(bytes: &[u8], mut at: usize) -> Result<Layer, FrameError> {
    if bytes.get(at..at + 2) == Some(&[0xff, 0x03]) {
        at += 2;
    }
    let first = *bytes.get(at).ok_or(FrameError::Malformed)?;
    let (protocol, end) = if first & 1 == 1 { (u16::from(first), at + 1) } else { (read_u16(bytes, at)?, at + 2) };
    match protocol {
        0x0021 => Ok((IPV4, end)),
        0x0057 => Ok((IPV6, end)),
        _ => Err(FrameError::NotIp),
    }
}

/// Skips a stack of MPLS labels. What follows has no type: IP by its version, or Ethernet behind a
/// control word of 0.
fn behind_labels(bytes: &[u8], mut at: usize) -> Result<Layer, FrameError> {
    for _ in 0..MAX_LAYERS {
        let is_last = bytes.get(at + 2).ok_or(FrameError::Malformed)? & 1 == 1;
        at += 4;
        if is_last {
            return match bytes.get(at).ok_or(FrameError::Malformed)? >> 4 {
                4 => Ok((IPV4, at)),
                6 => Ok((IPV6, at)),
                0 => Ok((BRIDGED_ETHERNET, at + 4)),
                _ => Err(FrameError::NotIp),
            };
        }
    }
    Err(FrameError::NotIp)
}

/// Reads the type in a SNAP header with the number of Ethernet (RFC 1042) or of a bridge tunnel.
fn behind_snap(bytes: &[u8], at: usize) -> Result<Layer, FrameError> {
    match bytes.get(at..at + 6) {
        Some([0xaa, 0xaa, 0x03, 0, 0, 0 | 0xf8]) => Ok((read_u16(bytes, at + 6)?, at + 8)),
        _ => Err(FrameError::NotIp),
    }
}

/// Returns the offset of the IP packet in a GRE packet.
pub(super) fn ip_in_gre(bytes: &[u8]) -> Result<usize, FrameError> {
    let (flags, kind) = (read_u16(bytes, 0)?, read_u16(bytes, 2)?);
    let has = |flag: u16| flags & flag != 0;
    let mut at = 4;
    // Checksum, key, sequence number; in version 1 an acknowledgement number.
    for (flag, is_valid) in [(0x8000, true), (0x2000, true), (0x1000, true), (0x0080, flags & 7 == 1)] {
        at += if is_valid && has(flag) { 4 } else { 0 };
    }
    match (flags & 7, kind) {
        (0, ERSPAN) if has(0x1000) => ip_in_ethernet(bytes, at + 8),
        (0, ERSPAN) => ip_in_ethernet(bytes, at),
        (0, ERSPAN_3) => ip_in_ethernet(bytes, at + 12),
        // A routing header (RFC 1701) is obsolete.
        (0, _) if !has(0x4000) => ip_behind(bytes, (kind, at)),
        (1, PPP) => ip_behind(bytes, (PPP, at)),
        _ => Err(FrameError::NotIp),
    }
}

/// Returns the offset of the IP packet in a datagram to this port, if it is one of a tunnel.
pub(super) fn ip_in_datagram(port: u16, payload: &[u8]) -> Option<usize> {
    let found = match (port, payload) {
        // The flag that the network identifier is valid; nothing else may be set (RFC 7348).
        (port, [0x08, 0, 0, 0, _, _, _, 0, ..]) if VXLAN_PORTS.contains(&port) => ip_in_ethernet(payload, 8),
        // Version 0, and the length of the options in units of 4 bytes.
        (GENEVE_PORT, [first @ 0..=0x3f, _, ..]) => {
            let kind = read_u16(payload, 2).ok()?;
            ip_behind(payload, (kind, 8 + usize::from(*first) * 4))
        }
        _ => return None,
    };
    found.ok()
}

pub(super) fn read_u16(bytes: &[u8], at: usize) -> Result<u16, FrameError> {
    let bytes = bytes.get(at..).and_then(|rest| rest.first_chunk()).ok_or(FrameError::Malformed)?;
    Ok(u16::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests;
