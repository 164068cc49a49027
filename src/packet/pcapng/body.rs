//! Parses the bodies of pcapng blocks, field by field (draft-ietf-opsawg-pcapng section 4). Returns
//! `None` for a body without its fields; the reader turns that into an error with its offset.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::block::{self, Fields};
use super::interface::{Interface, Statistics, TimestampUnit};

/// The position of a packet within a block.
pub(super) struct PacketSpan {
    /// Index of the interface within the section.
    pub(super) interface: usize,
    pub(super) at_ns: u64,
    pub(super) original_length: u32,
    /// Offset of its bytes within the block's body, and their number.
    pub(super) start: usize,
    pub(super) length: usize,
    /// Offset of its options, if it can have any.
    pub(super) options: Option<usize>,
    /// Number of packets dropped between the one before and this one, by the file's own count.
    pub(super) dropped: u64,
}

/// Parses an Interface Description Block.
pub(super) fn parse_interface(mut fields: Fields<'_>) -> Option<Interface> {
    let (link, _, snap_length) = (fields.read_u16()?, fields.read_u16()?, fields.read_u32()?);
    let mut interface = Interface { link, snap_length, ..Interface::default() };
    let mut ticks = TimestampUnit::default();
    let order = fields.order;
    for (code, value) in fields {
        match (code, value) {
            (block::IF_NAME, name) => interface.name = Some(text(name)),
            (block::IF_OS, system) => interface.system = Some(text(system)),
            (block::IF_TSRESOL, [resolution, ..]) => ticks.resolution = *resolution,
            (block::IF_TSOFFSET, &[a, b, c, d, e, f, g, h]) => {
                ticks.offset = order.u64_from([a, b, c, d, e, f, g, h]) as i64;
            }
            _ => {}
        }
    }
    interface.ticks = ticks;
    Some(interface)
}

/// Parses a record of a Name Resolution Block; of several names, returns the first.
pub(super) fn parse_name((code, value): (u16, &[u8])) -> Option<(IpAddr, String)> {
    let (address, names) = match code {
        block::NRB_IPV4 => value.split_first_chunk::<4>().map(|(ip, names)| (Ipv4Addr::from(*ip).into(), names))?,
        block::NRB_IPV6 => value.split_first_chunk::<16>().map(|(ip, names)| (Ipv6Addr::from(*ip).into(), names))?,
        _ => return None,
    };
    Some((address, text(names.split(|&byte| byte == 0).next()?)))
}

/// Parses an Interface Statistics Block. Returns the index of the interface, and its counts.
pub(super) fn parse_statistics(mut fields: Fields<'_>) -> Option<(usize, Statistics)> {
    let number = fields.read_u32()? as usize;
    fields.time()?;
    let mut counted = Statistics::default();
    let order = fields.order;
    for (code, value) in fields {
        let count = Fields { order, rest: value }.read_u64();
        match code {
            block::ISB_IFRECV => counted.received = count,
            block::ISB_IFDROP => counted.dropped = count,
            block::ISB_OSDROP => counted.dropped_by_system = count,
            _ => {}
        }
    }
    Some((number, counted))
}

/// Parses an Enhanced Packet Block, or the obsolete Packet Block, which has a shorter interface
/// number and a count of drops.
pub(super) fn parse_packet(mut fields: Fields<'_>, obsolete: bool, interfaces: &[Interface]) -> Option<PacketSpan> {
    let whole = fields.rest.len();
    let (interface, dropped) = if obsolete {
        let (number, dropped) = (fields.read_u16()?, fields.read_u16()?);
        // 0xffff means unknown (appendix A).
        (usize::from(number), Some(dropped).filter(|&dropped| dropped != u16::MAX).map(u64::from))
    } else {
        (fields.read_u32()? as usize, None)
    };
    let (time, length, original_length) = (fields.time()?, fields.read_u32()? as usize, fields.read_u32()?);
    let start = whole - fields.rest.len();
    fields.rest.get(..length)?;
    let options = Some(start + length.next_multiple_of(4));
    let dropped = dropped.or_else(|| {
        let (order, rest) = (fields.order, fields.rest.get(length.next_multiple_of(4)..)?);
        let (_, count) = Fields { order, rest }.find(|&(code, _)| code == block::EPB_DROPCOUNT)?;
        Fields { order, rest: count }.read_u64()
    });
    let at_ns = interfaces.get(interface)?.ticks.nanoseconds(time);
    Some(PacketSpan { interface, at_ns, original_length, start, length, options, dropped: dropped.unwrap_or(0) })
}

/// Parses a Simple Packet Block: of the first interface, without a time. Its length is the minimum
/// of three.
pub(super) fn parse_simple_packet(mut fields: Fields<'_>, interfaces: &[Interface]) -> Option<PacketSpan> {
    let original_length = fields.read_u32()?;
    let limit = interfaces.first()?.snap_length;
    let limit = if limit == 0 { usize::MAX } else { limit as usize };
    let length = fields.rest.len().min(limit).min(original_length as usize);
    Some(PacketSpan { interface: 0, at_ns: 0, original_length, start: 4, length, options: None, dropped: 0 })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end_matches('\0').to_owned()
}
