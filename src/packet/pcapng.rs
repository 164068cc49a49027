//! Capture files: pcapng written and read, and the older pcap read (draft-ietf-opsawg-pcapng, draft-ietf-opsawg-pcap).
//! Any `Write` and any `Read` will do; no file is opened here. It knows nothing of what the packets carry.

use std::borrow::Cow;
use std::io;

use super::frame::{Frame, Link, Unread};

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

/// The most bytes of a block, and of a packet, that are taken into memory: Wireshark's limit too.
pub const MOST_BYTES: u32 = 16 * 1024 * 1024;

/// A packet of a capture file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captured<'a> {
    /// When, in nanoseconds since 1970; 0 in a Simple Packet Block, which tells no time.
    pub at_ns: u64,
    /// Which interface, in the order of the file's sections and interfaces: an index into [`Reader::interfaces`].
    pub interface: usize,
    /// What the frame begins with; nothing where it is a layer that [`Frame`] does not read.
    pub link: Option<Link>,
    /// The number of that layer in the file.
    pub link_number: u16,
    /// How long the packet was; the file may hold less.
    pub original_length: u32,
    /// What the file holds of it.
    pub bytes: Cow<'a, [u8]>,
    /// The packet's first comment.
    pub comment: Option<Cow<'a, str>>,
}

impl Captured<'_> {
    /// What the packet carries.
    ///
    /// # Errors
    /// Where its link is not known, or it is not IP, or malformed.
    pub fn frame(&self) -> Result<Frame<'_>, Unread> {
        let link = self.link.ok_or(Unread::UnknownLink(self.link_number))?;
        Frame::read(link, self.at_ns, self.original_length, &self.bytes)
    }

    /// The same, holding its own bytes.
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

/// Why a capture file could not be read (on). What came before is sound.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The bytes could not be had.
    #[error("reading the capture: {0}")]
    Io(#[from] io::Error),
    /// It begins with gzip's mark: what is packed in it may well be a capture.
    #[error("this is a gzip file; decompress it first")]
    Gzip,
    /// It begins with neither pcapng's nor pcap's mark.
    #[error("this is neither a pcapng nor a pcap file")]
    NotACapture,
    /// It ends in the middle of a block or packet, as when the capturing program was killed.
    #[error("the capture is truncated in the block at byte {at}")]
    CutShort {
        /// Where the block begins.
        at: u64,
    },
    /// A block contradicts itself.
    #[error("the block at byte {at} of the capture is malformed: {why}")]
    Malformed {
        /// Where the block begins.
        at: u64,
        /// What is wrong with it.
        why: Fault,
    },
    /// A block or packet says that it is longer than [`MOST_BYTES`].
    #[error("the block at byte {at} of the capture is too large: {length} bytes")]
    TooLarge {
        /// Where the block begins.
        at: u64,
        /// How long it says it is.
        length: u32,
    },
}

/// How a block contradicts itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// An Interface Description Block is too short.
    #[error("incomplete interface description")]
    InterfaceFields,
    /// More interfaces than are kept of a file.
    #[error("too many interfaces")]
    TooManyInterfaces,
    /// An Interface Statistics Block names an interface that was not told of.
    #[error("statistics for an unknown interface")]
    Statistics,
    /// A packet's block is too short, or names an interface that was not told of.
    #[error("a packet without its fields, data or interface")]
    Packet,
    /// A section, not the first, whose byte order cannot be told.
    #[error("section without magic number")]
    SectionMark,
    /// A section of another version than 1.
    #[error("unsupported pcapng version")]
    Version,
    /// A length that is shorter than a block without anything in it, or longer than can be counted.
    #[error("impossible length")]
    Length,
    /// The length at the end of the block is another one than that at its beginning.
    #[error("the two length fields differ")]
    TwoLengths,
}
