//! Floor 1: bytes of the wire to meaning and back. Frames are read, capture files are written and read, conversations
//! are put together from frames. Pure: no sockets, no clock, no file is opened here, and no bytes make it panic. It
//! knows nothing of labs, items or verdicts.

pub mod conversation;
pub mod frame;
pub mod pcapng;

pub use conversation::{Analysis, Conversations, Side, TcpConversation, UdpConversation};
pub use frame::{
    Flags, Frame, Link, Transport, Unreachable, UnreachableKind, Unread, as_ethernet, fill_checksums, link_name,
};
pub use pcapng::{Captured, Fault, ReadError, Reader, Writer};
