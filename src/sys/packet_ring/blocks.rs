//! Parses the blocks of a TPACKET_V3 ring (`packet_mmap.rst` in the kernel's documentation).
//!
//! The layouts are those of `include/uapi/linux/if_packet.h`, with numbers in the machine's byte
//! order. Pure: it uses no socket or mapping. No input makes it panic, read outside the block or
//! loop forever.

use std::mem::offset_of;

use crate::sys::inet_diag::{u16_at, u32_at};

/// Offset of the status in a block, in bytes.
pub(super) const STATUS_OFFSET: usize =
    offset_of!(libc::tpacket_block_desc, hdr) + offset_of!(libc::tpacket_hdr_v1, block_status);
/// Offset of the packet counter in a block, in bytes.
pub(super) const PACKET_COUNT_OFFSET: usize =
    offset_of!(libc::tpacket_block_desc, hdr) + offset_of!(libc::tpacket_hdr_v1, num_pkts);
const FIRST_PACKET_OFFSET: usize =
    offset_of!(libc::tpacket_block_desc, hdr) + offset_of!(libc::tpacket_hdr_v1, offset_to_first_pkt);

/// Offset of the `struct sockaddr_ll` from a packet's header. Both precede the packet.
const SOCKADDR_OFFSET: usize = size_of::<libc::tpacket3_hdr>().next_multiple_of(libc::TPACKET_ALIGNMENT);

/// The link header at the start of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkHeader {
    /// An Ethernet header of 14 bytes, also on loopback and veth.
    Ethernet,
    /// No header: the packet starts with IPv4 or IPv6 (tun).
    None,
    /// Another header, by its `ARPHRD_` number.
    Other(u16),
}

/// A captured packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Packet<'a> {
    /// Time at which the kernel saw the packet, in nanoseconds since 1970 (wall clock, which may be
    /// set).
    ///
    /// The time is taken just before the packet's position in the ring is assigned. Packets that
    /// two processors handle at once may be out of order: 2 of 100,000 on a busy machine.
    pub timestamp_ns: u64,
    /// Original length in bytes; longer than `bytes` if the packet did not fit in a block.
    pub original_length: u32,
    /// Contents, starting at the link header.
    pub bytes: &'a [u8],
    /// The `ETH_P_` number, for example 0x0800 for IPv4.
    pub protocol: u16,
    /// The transport checksum is not filled in: the kernel leaves that to a device, and loopback
    /// and veth need none.
    pub checksum_unfilled: bool,
    /// The link header at the start of `bytes`.
    pub link: LinkHeader,
    /// The packet left through the interface (`PACKET_OUTGOING`) instead of arriving.
    pub outgoing: bool,
}

/// The packets of one retired block.
#[derive(Debug, Clone)]
pub(super) struct BlockPackets<'a> {
    block: &'a [u8],
    /// Offset of the next packet's header.
    at: usize,
    /// Number of remaining packets, by the block's counter.
    left: u32,
}

impl<'a> BlockPackets<'a> {
    pub(super) fn in_block(block: &'a [u8]) -> Self {
        let left = u32_at(block, PACKET_COUNT_OFFSET).unwrap_or_default();
        Self { block, at: u32_at(block, FIRST_PACKET_OFFSET).map_or(usize::MAX, |first| first as usize), left }
    }
}

impl<'a> Iterator for BlockPackets<'a> {
    type Item = Packet<'a>;

    fn next(&mut self) -> Option<Packet<'a>> {
        self.left = self.left.checked_sub(1)?;
        let frame = self.block.get(self.at..)?;
        let packet = parse_packet(frame)?;
        match u32_at(frame, offset_of!(libc::tpacket3_hdr, tp_next_offset))? {
            // The last packet.
            0 => self.left = 0,
            step => self.at = self.at.checked_add(step as usize)?,
        }
        Some(packet)
    }
}

/// Parses the packet whose header starts at `frame`.
fn parse_packet(frame: &[u8]) -> Option<Packet<'_>> {
    let header = |offset| u32_at(frame, offset);
    let length = header(offset_of!(libc::tpacket3_hdr, tp_snaplen))? as usize;
    let begin = usize::from(u16_at(frame, offset_of!(libc::tpacket3_hdr, tp_mac))?);
    let seconds = u64::from(header(offset_of!(libc::tpacket3_hdr, tp_sec))?);
    let nanoseconds = u64::from(header(offset_of!(libc::tpacket3_hdr, tp_nsec))?);
    let status = header(offset_of!(libc::tpacket3_hdr, tp_status))?;
    let address = frame.get(SOCKADDR_OFFSET..SOCKADDR_OFFSET + size_of::<libc::sockaddr_ll>())?;
    Some(Packet {
        // Cannot overflow: both are 32 bits wide.
        timestamp_ns: seconds * 1_000_000_000 + nanoseconds,
        original_length: header(offset_of!(libc::tpacket3_hdr, tp_len))?,
        bytes: frame.get(begin..begin.checked_add(length)?)?,
        protocol: u16::from_be(u16_at(address, offset_of!(libc::sockaddr_ll, sll_protocol))?),
        checksum_unfilled: status & libc::TP_STATUS_CSUMNOTREADY != 0,
        link: match u16_at(address, offset_of!(libc::sockaddr_ll, sll_hatype))? {
            libc::ARPHRD_ETHER | libc::ARPHRD_LOOPBACK => LinkHeader::Ethernet,
            libc::ARPHRD_NONE => LinkHeader::None,
            other => LinkHeader::Other(other),
        },
        outgoing: *address.get(offset_of!(libc::sockaddr_ll, sll_pkttype))? == libc::PACKET_OUTGOING,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The kernel's offsets of the first packet in a block, and of a packet in its frame.
    const HEAD: usize = 48;
    const MAC: usize = 82;

    fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
        bytes[at..at + value.len()].copy_from_slice(value);
    }

    /// Returns a block of 4 KiB with these payloads, laid out as by the kernel.
    fn block(payloads: &[&[u8]]) -> Vec<u8> {
        let mut block = vec![0; 4096];
        put(&mut block, PACKET_COUNT_OFFSET, &(payloads.len() as u32).to_ne_bytes());
        put(&mut block, FIRST_PACKET_OFFSET, &(HEAD as u32).to_ne_bytes());
        let mut at = HEAD;
        for (k, payload) in payloads.iter().enumerate() {
            let step = (MAC + payload.len()).next_multiple_of(16);
            let next = if k + 1 == payloads.len() { 0 } else { step as u32 };
            let length = (payload.len() as u32).to_ne_bytes();
            put(&mut block, at, &next.to_ne_bytes());
            put(&mut block, at + 4, &1_700_000_000_u32.to_ne_bytes());
            put(&mut block, at + 8, &(k as u32).to_ne_bytes());
            put(&mut block, at + 12, &length);
            put(&mut block, at + 16, &length);
            put(&mut block, at + 20, &(libc::TP_STATUS_USER | libc::TP_STATUS_CSUMNOTREADY).to_ne_bytes());
            put(&mut block, at + 24, &(MAC as u16).to_ne_bytes());
            put(&mut block, at + SOCKADDR_OFFSET + 2, &0x0800_u16.to_be_bytes());
            put(&mut block, at + SOCKADDR_OFFSET + 8, &libc::ARPHRD_LOOPBACK.to_ne_bytes());
            put(&mut block, at + SOCKADDR_OFFSET + 10, &[if k == 1 { libc::PACKET_OUTGOING } else { 0 }]);
            put(&mut block, at + MAC, payload);
            at += step;
        }
        block
    }

    #[test]
    fn layout_matches_the_kernel() {
        assert_eq!((STATUS_OFFSET, PACKET_COUNT_OFFSET, FIRST_PACKET_OFFSET, SOCKADDR_OFFSET), (8, 12, 16, 48));
        assert_eq!(libc::TPACKET3_HDRLEN, SOCKADDR_OFFSET + 20);
    }

    #[test]
    fn packets_of_a_block_are_returned_in_order() {
        let block = block(&[b"one", b"two, longer than a header is", b""]);
        let packets: Vec<_> = BlockPackets::in_block(&block).collect();
        let [one, two, three] = packets[..] else { panic!("three packets, not {packets:?}") };
        assert_eq!((one.bytes, one.timestamp_ns, one.original_length), (&b"one"[..], 1_700_000_000_000_000_000, 3));
        assert_eq!((one.protocol, one.link, one.checksum_unfilled), (0x0800, LinkHeader::Ethernet, true));
        assert_eq!((one.outgoing, two.outgoing, three.outgoing), (false, true, false));
        assert_eq!((two.timestamp_ns, three.bytes), (1_700_000_000_000_000_001, &b""[..]));
    }

    #[test]
    fn excess_count_stops_at_the_last_packet() {
        let mut bytes = block(&[b"one"]);
        put(&mut bytes, PACKET_COUNT_OFFSET, &u32::MAX.to_ne_bytes());
        assert_eq!(BlockPackets::in_block(&bytes).count(), 1);
    }

    #[test]
    fn offsets_outside_the_block_stop_iteration() {
        for (at, value) in
            [(FIRST_PACKET_OFFSET, u32::MAX), (FIRST_PACKET_OFFSET, 4090), (HEAD, u32::MAX), (HEAD, 4096)]
        {
            let mut bytes = block(&[b"one", b"two"]);
            put(&mut bytes, at, &value.to_ne_bytes());
            assert!(BlockPackets::in_block(&bytes).count() < 2, "{at} {value}");
        }
        let mut bytes = block(&[b"one"]);
        put(&mut bytes, HEAD + 12, &u32::MAX.to_ne_bytes());
        assert_eq!(BlockPackets::in_block(&bytes).count(), 0, "a length past the end");
        assert_eq!(BlockPackets::in_block(&[]).count(), 0);
    }

    proptest::proptest! {
        #[test]
        fn random_bytes_do_not_panic(bytes: Vec<u8>) {
            let _ = BlockPackets::in_block(&bytes).count();
        }

        #[test]
        fn damaged_blocks_are_read_within_bounds(damage in proptest::collection::vec((0..256_usize, 0..=255_u8), 1..8)) {
            let mut bytes = block(&[b"one", b"two", b"three"]);
            for (at, value) in damage {
                bytes[at] = value;
            }
            let inside = bytes.as_ptr_range();
            for packet in BlockPackets::in_block(&bytes) {
                let range = packet.bytes.as_ptr_range();
                assert!(inside.start <= range.start && range.end <= inside.end);
            }
        }
    }
}
