//! Floor 1: converts network bytes to values and back.
//!
//! Reads frames, reads and writes capture files, assembles conversations from frames, and frames the
//! messages of HTTP, and decodes the messages that scenarios declare. Pure: no sockets, no clock, no file access, and no input makes it panic. Does
//! not depend on labs, items or verdicts.

pub mod conversation;
pub mod frame;
pub mod http;
pub mod layout;
pub mod pcapng;

pub use conversation::{Analysis, Conversations, Side, TcpConversation, UdpConversation};
pub use frame::{
    Flags, Frame, FrameError, Link, Transport, Unreachable, UnreachableKind, as_ethernet, fill_checksums, link_name,
};
pub use pcapng::{BlockFault, Captured, ReadError, Reader, Writer};
