//! The blocks of a TPACKET_V3 ring, walked as bytes (`packet_mmap.rst` in the kernel's documentation; layouts are those
//! of `include/uapi/linux/if_packet.h`, numbers in the machine's byte order). Pure: it knows no socket and no mapping,
//! and no bytes make it panic, read outside the block or go on for ever.

use std::mem::offset_of;

/// Where a block's status stands, in bytes from its beginning.
pub(super) const STATUS: usize =
    offset_of!(libc::tpacket_block_desc, hdr) + offset_of!(libc::tpacket_hdr_v1, block_status);
/// Where it counts its packets.
pub(super) const COUNT: usize = offset_of!(libc::tpacket_block_desc, hdr) + offset_of!(libc::tpacket_hdr_v1, num_pkts);
const FIRST: usize = offset_of!(libc::tpacket_block_desc, hdr) + offset_of!(libc::tpacket_hdr_v1, offset_to_first_pkt);

/// Each packet is preceded by its own header and, from this offset on, by a `struct sockaddr_ll`.
const ADDRESS: usize = size_of::<libc::tpacket3_hdr>().next_multiple_of(libc::TPACKET_ALIGNMENT);

/// What the bytes of a packet begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkHeader {
    /// An Ethernet header, 14 bytes: loopback and veth too.
    Ethernet,
    /// None: IPv4 or IPv6 at once (tun).
    None,
    /// Another one, by its `ARPHRD_` number.
    Other(u16),
}

/// A packet as it came by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// When the kernel saw it, in nanoseconds since 1970 (the wall clock, which may be set). The time is taken just before
    /// the packet's place in the ring: packets that two processors handle at once may stand in the other order (2 of
    /// 100,000 on a busy machine).
    pub at: u64,
    /// How many bytes it had; more than there are here where it was longer than a block of the ring.
    pub original_length: u32,
    /// From the link header on.
    pub bytes: &'a [u8],
    /// The `ETH_P_` number, as 0x0800 for IPv4.
    pub protocol: u16,
    /// The transport checksum is not in it yet: the kernel leaves that to a device, and loopback and veth need none.
    pub checksum_unfilled: bool,
    /// What `bytes` begins with.
    pub link: LinkHeader,
    /// It left through the interface, where all others came in (`PACKET_OUTGOING`).
    pub outgoing: bool,
}

/// The packets of one retired block.
#[derive(Debug, Clone)]
pub(super) struct Packets<'a> {
    block: &'a [u8],
    /// Where the next packet's header begins.
    at: usize,
    /// How many there are still, as the block says.
    left: u32,
}

impl<'a> Packets<'a> {
    pub(super) fn of(block: &'a [u8]) -> Self {
        let left = u32_at(block, COUNT).unwrap_or_default();
        Self { block, at: u32_at(block, FIRST).map_or(usize::MAX, |first| first as usize), left }
    }
}

impl<'a> Iterator for Packets<'a> {
    type Item = Packet<'a>;

    fn next(&mut self) -> Option<Packet<'a>> {
        self.left = self.left.checked_sub(1)?;
        let frame = self.block.get(self.at..)?;
        let packet = read(frame)?;
        match u32_at(frame, offset_of!(libc::tpacket3_hdr, tp_next_offset))? {
            // The last one.
            0 => self.left = 0,
            step => self.at = self.at.checked_add(step as usize)?,
        }
        Some(packet)
    }
}

/// The packet whose header these bytes begin with.
fn read(frame: &[u8]) -> Option<Packet<'_>> {
    let header = |offset| u32_at(frame, offset);
    let length = header(offset_of!(libc::tpacket3_hdr, tp_snaplen))? as usize;
    let begin = usize::from(u16_at(frame, offset_of!(libc::tpacket3_hdr, tp_mac))?);
    let seconds = u64::from(header(offset_of!(libc::tpacket3_hdr, tp_sec))?);
    let nanoseconds = u64::from(header(offset_of!(libc::tpacket3_hdr, tp_nsec))?);
    let status = header(offset_of!(libc::tpacket3_hdr, tp_status))?;
    let address = frame.get(ADDRESS..ADDRESS + size_of::<libc::sockaddr_ll>())?;
    Some(Packet {
        // Both are 32 bits wide: it fits.
        at: seconds * 1_000_000_000 + nanoseconds,
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

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_ne_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_ne_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the kernel puts the first packet of a block, and a packet in its frame.
    const HEAD: usize = 48;
    const MAC: usize = 82;

    fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
        bytes[at..at + value.len()].copy_from_slice(value);
    }

    /// A block of 4 KiB with these payloads, as the kernel makes it.
    fn block(payloads: &[&[u8]]) -> Vec<u8> {
        let mut block = vec![0; 4096];
        put(&mut block, COUNT, &(payloads.len() as u32).to_ne_bytes());
        put(&mut block, FIRST, &(HEAD as u32).to_ne_bytes());
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
            put(&mut block, at + ADDRESS + 2, &0x0800_u16.to_be_bytes());
            put(&mut block, at + ADDRESS + 8, &libc::ARPHRD_LOOPBACK.to_ne_bytes());
            put(&mut block, at + ADDRESS + 10, &[if k == 1 { libc::PACKET_OUTGOING } else { 0 }]);
            put(&mut block, at + MAC, payload);
            at += step;
        }
        block
    }

    #[test]
    fn the_layout_is_the_kernels() {
        assert_eq!((STATUS, COUNT, FIRST, ADDRESS), (8, 12, 16, 48));
        assert_eq!(libc::TPACKET3_HDRLEN, ADDRESS + 20);
    }

    #[test]
    fn every_packet_of_a_block_is_told() {
        let block = block(&[b"one", b"two, longer than a header is", b""]);
        let packets: Vec<_> = Packets::of(&block).collect();
        let [one, two, three] = packets[..] else { panic!("three packets, not {packets:?}") };
        assert_eq!((one.bytes, one.at, one.original_length), (&b"one"[..], 1_700_000_000_000_000_000, 3));
        assert_eq!((one.protocol, one.link, one.checksum_unfilled), (0x0800, LinkHeader::Ethernet, true));
        assert_eq!((one.outgoing, two.outgoing, three.outgoing), (false, true, false));
        assert_eq!((two.at, three.bytes), (1_700_000_000_000_000_001, &b""[..]));
    }

    #[test]
    fn a_count_that_is_too_high_ends_with_the_last_packet() {
        let mut bytes = block(&[b"one"]);
        put(&mut bytes, COUNT, &u32::MAX.to_ne_bytes());
        assert_eq!(Packets::of(&bytes).count(), 1);
    }

    #[test]
    fn what_leads_outside_the_block_ends_the_walk() {
        for (at, value) in [(FIRST, u32::MAX), (FIRST, 4090), (HEAD, u32::MAX), (HEAD, 4096)] {
            let mut bytes = block(&[b"one", b"two"]);
            put(&mut bytes, at, &value.to_ne_bytes());
            assert!(Packets::of(&bytes).count() < 2, "{at} {value}");
        }
        let mut bytes = block(&[b"one"]);
        put(&mut bytes, HEAD + 12, &u32::MAX.to_ne_bytes());
        assert_eq!(Packets::of(&bytes).count(), 0, "a length past the end");
        assert_eq!(Packets::of(&[]).count(), 0);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = Packets::of(&bytes).count();
        }

        #[test]
        fn no_damage_makes_it_panic_or_read_outside(damage in proptest::collection::vec((0..256_usize, 0..=255_u8), 1..8)) {
            let mut bytes = block(&[b"one", b"two", b"three"]);
            for (at, value) in damage {
                bytes[at] = value;
            }
            let inside = bytes.as_ptr_range();
            for packet in Packets::of(&bytes) {
                let range = packet.bytes.as_ptr_range();
                assert!(inside.start <= range.start && range.end <= inside.end);
            }
        }
    }
}
