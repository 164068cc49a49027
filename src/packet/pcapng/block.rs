//! The numbers of pcapng, and the fields of a block in either byte order. Does not interpret what
//! it reads.

/// Section Header Block (section 4.1); a palindrome, so that it is the same in both byte orders.
pub(super) const SECTION: u32 = 0x0a0d_0d0a;
/// The magic number that shows the byte order of the section.
pub(super) const BYTE_ORDER_MAGIC: u32 = 0x1a2b_3c4d;
/// Interface Description Block (section 4.2).
pub(super) const INTERFACE: u32 = 1;
/// The obsolete Packet Block (appendix A).
pub(super) const PACKET: u32 = 2;
/// Simple Packet Block (section 4.4).
pub(super) const SIMPLE: u32 = 3;
/// Name Resolution Block (section 4.5).
pub(super) const NAMES: u32 = 4;
/// Interface Statistics Block (section 4.6).
pub(super) const STATISTICS: u32 = 5;
/// Enhanced Packet Block (section 4.3).
pub(super) const ENHANCED: u32 = 6;

pub(super) const COMMENT: u16 = 1;
pub(super) const SHB_USERAPPL: u16 = 4;
pub(super) const IF_NAME: u16 = 2;
pub(super) const IF_TSRESOL: u16 = 9;
pub(super) const IF_OS: u16 = 12;
pub(super) const IF_TSOFFSET: u16 = 14;
pub(super) const EPB_FLAGS: u16 = 2;
pub(super) const ISB_IFRECV: u16 = 4;
pub(super) const ISB_IFDROP: u16 = 5;
pub(super) const ISB_OSDROP: u16 = 7;
pub(super) const EPB_DROPCOUNT: u16 = 4;
pub(super) const NRB_IPV4: u16 = 1;
pub(super) const NRB_IPV6: u16 = 2;

/// The byte order of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    pub(super) fn u16_from(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }
    }

    pub(super) fn u32_from(self, bytes: [u8; 4]) -> u32 {
        match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        }
    }

    pub(super) fn u64_from(self, bytes: [u8; 8]) -> u64 {
        match self {
            Self::Little => u64::from_le_bytes(bytes),
            Self::Big => u64::from_be_bytes(bytes),
        }
    }
}

/// Reads a block's body from front to back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a> {
    pub(super) order: ByteOrder,
    pub(super) rest: &'a [u8],
}

impl<'a> Fields<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*taken)
    }

    pub(super) fn read_u16(&mut self) -> Option<u16> {
        Some(self.order.u16_from(self.take()?))
    }

    pub(super) fn read_u32(&mut self) -> Option<u32> {
        Some(self.order.u32_from(self.take()?))
    }

    pub(super) fn read_u64(&mut self) -> Option<u64> {
        Some(self.order.u64_from(self.take()?))
    }

    /// Reads a time in two halves, the high one first in either byte order (section 4.3).
    pub(super) fn time(&mut self) -> Option<u64> {
        let (high, low) = (self.read_u32()?, self.read_u32()?);
        Some((u64::from(high) << 32) | u64::from(low))
    }

    /// Reads bytes, and the padding to a multiple of four behind them. The padding of the last
    /// bytes may be missing.
    pub(super) fn padded(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.rest.get(..length)?;
        self.rest = self.rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some(taken)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (u16, &'a [u8]);

    /// Returns the next option. The end marker or a malformed option ends the iteration
    /// (section 3.5).
    fn next(&mut self) -> Option<Self::Item> {
        let (code, length) = (self.read_u16()?, self.read_u16()?);
        if code == 0 {
            return None;
        }
        Some((code, self.padded(usize::from(length))?))
    }
}
