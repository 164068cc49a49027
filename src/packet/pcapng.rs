//! Capture files: reads and writes pcapng, and reads the older pcap (draft-ietf-opsawg-pcapng,
//! draft-ietf-opsawg-pcap).
//!
//! Works on any `Write` and any `Read`; opens no files. Does not parse the packets.

use std::borrow::Cow;
use std::io;

use super::frame::{Frame, FrameError, Link};

mod block;
mod body;
mod classic;
mod interface;
mod read;
mod write;

#[cfg(test)]
mod tests;

pub use interface::{Interface, Statistics};
pub use read::Reader;
pub use write::{Direction, Packet, Writer};

/// Maximum size of a block, and of a packet, that is read into memory, in bytes: Wireshark's limit
/// too.
pub const MAX_BLOCK_BYTES: u32 = 16 * 1024 * 1024;

/// A packet of a capture file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captured<'a> {
    /// Capture time, in nanoseconds since 1970; 0 in a Simple Packet Block, which has no time.
    pub at_ns: u64,
    /// Index into [`Reader::interfaces`], in the order of the file's sections and interfaces.
    pub interface: usize,
    /// Link type; `None` if it is one that [`Frame`] does not support.
    pub link: Option<Link>,
    /// Number of the link type in the file.
    pub link_number: u16,
    /// Length of the packet in bytes; the file may hold less.
    pub original_length: u32,
    /// The bytes that the file holds.
    pub bytes: Cow<'a, [u8]>,
    /// The packet's first comment.
    pub comment: Option<Cow<'a, str>>,
}

impl Captured<'_> {
    /// Parses the packet.
    ///
    /// # Errors
    /// Returns an error if the link type is unknown, or if the packet is not IP or is malformed.
    pub fn frame(&self) -> Result<Frame<'_>, FrameError> {
        let link = self.link.ok_or(FrameError::UnknownLink(self.link_number))?;
        Frame::read(link, self.at_ns, self.original_length, &self.bytes)
    }

    /// Converts the packet into one that owns its bytes.
    #[must_use]
    pub fn into_owned(self) -> Captured<'static> {
        Captured {
            bytes: Cow::Owned(self.bytes.into_owned()),
            comment: self.comment.map(|comment| Cow::Owned(comment.into_owned())),
            at_ns: self.at_ns,
            interface: self.interface,
            link: self.link,
            link_number: self.link_number,
            original_length: self.original_length,
        }
    }
}

/// The reason why a capture file could not be read further. Packets returned before it are valid.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Reading the bytes failed.
    #[error("reading the capture: {0}")]
    Io(#[from] io::Error),
    /// It begins with gzip's magic number: the compressed file may well be a capture.
    #[error("this is a gzip file; decompress it first")]
    Gzip,
    /// It begins with neither pcapng's nor pcap's magic number.
    #[error("this is neither a pcapng nor a pcap file")]
    NotACapture,
    /// It ends in the middle of a block or packet, for example because the capturing program was
    /// killed.
    #[error("the capture is truncated in the block at byte {at}")]
    CutShort {
        /// Offset of the block.
        at: u64,
    },
    /// A block contradicts itself.
    #[error("the block at byte {at} of the capture is malformed: {why}")]
    Malformed {
        /// Offset of the block.
        at: u64,
        /// The contradiction.
        why: BlockFault,
    },
    /// A block or packet has a length over [`MAX_BLOCK_BYTES`].
    #[error("the block at byte {at} of the capture is too large: {length} bytes")]
    TooLarge {
        /// Offset of the block.
        at: u64,
        /// The length in bytes.
        length: u32,
    },
}

/// A contradiction within a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BlockFault {
    /// An Interface Description Block is too short.
    #[error("incomplete interface description")]
    InterfaceFields,
    /// The file has more interfaces than are kept.
    #[error("too many interfaces")]
    TooManyInterfaces,
    /// An Interface Statistics Block names an undeclared interface.
    #[error("statistics for an unknown interface")]
    Statistics,
    /// A packet's block is too short, or names an undeclared interface.
    #[error("a packet without its fields, data or interface")]
    Packet,
    /// A section, not the first, has an unknown byte order.
    #[error("section without magic number")]
    SectionMark,
    /// A section has another version than 1.
    #[error("unsupported pcapng version")]
    Version,
    /// A length is shorter than an empty block, or overflows.
    #[error("impossible length")]
    Length,
    /// The length at the end of the block differs from that at its beginning.
    #[error("the two length fields differ")]
    TwoLengths,
}
