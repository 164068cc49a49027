//! Frames for tests, built with etherparse: a conversation between two endpoints, packet by packet,
//! with relative numbers.

use std::net::{IpAddr, SocketAddr};

use etherparse::{PacketBuilder, TcpHeader};

use super::{Flags, Frame, FrameError, Link};

/// The client of every sample.
pub(crate) const CLIENT: &str = "10.0.0.1:40000";
/// The server of every sample.
pub(crate) const SERVER: &str = "10.0.0.2:65432";

/// Parses an endpoint.
pub(crate) fn end(text: &str) -> SocketAddr {
    text.parse().expect("an address and a port")
}

/// Returns the headers of Ethernet and IP between two endpoints.
fn ip(from: SocketAddr, to: SocketAddr) -> etherparse::PacketBuilderStep<etherparse::IpHeaders> {
    let ethernet = PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]);
    match (from.ip(), to.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => ethernet.ipv4(from.octets(), to.octets(), 64),
        (IpAddr::V6(from), IpAddr::V6(to)) => ethernet.ipv6(from.octets(), to.octets(), 64),
        _ => unreachable!("two ends of one family"),
    }
}

/// Returns a UDP datagram in an Ethernet frame.
pub(crate) fn udp(from: &str, to: &str, payload: &[u8]) -> Vec<u8> {
    let (from, to) = (end(from), end(to));
    let mut bytes = Vec::new();
    let builder = ip(from, to).udp(from.port(), to.port());
    builder.write(&mut bytes, payload).expect("a datagram that fits");
    bytes
}

/// Returns the ICMP message that the port of the datagram in `frame` is unreachable.
pub(crate) fn port_unreachable(frame: &[u8]) -> Vec<u8> {
    let read = Frame::read(Link::Ethernet, 0, 0, frame).expect("a frame");
    let mut bytes = Vec::new();
    let written = match read.source {
        SocketAddr::V4(_) => ip(read.destination, read.source).icmpv4_raw(3, 3, [0; 4]).write(&mut bytes, &frame[14..]),
        SocketAddr::V6(_) => ip(read.destination, read.source).icmpv6_raw(1, 4, [0; 4]).write(&mut bytes, &frame[14..]),
    };
    written.expect("a message that fits");
    bytes
}

/// Returns the flags for one letter each, as tcpdump shows them: `S`, `SA`, `PA`, `FA`, `R`.
pub(crate) fn flags(letters: &str) -> Flags {
    letters.chars().fold(Flags::default(), |all, letter| {
        all.and(match letter {
            'S' => Flags::SYN,
            'A' => Flags::ACK,
            'P' => Flags::PSH,
            'F' => Flags::FIN,
            'R' => Flags::RST,
            letter => unreachable!("no flag is called {letter}"),
        })
    })
}

/// Returns a TCP segment in an Ethernet frame.
pub(crate) fn tcp(from: &str, to: &str, letters: &str, numbers: (u32, u32, u16), payload: &[u8]) -> Vec<u8> {
    let (from, to) = (end(from), end(to));
    let set = flags(letters);
    let mut header = TcpHeader::new(from.port(), to.port(), numbers.0, numbers.2);
    header.acknowledgment_number = numbers.1;
    header.syn = set.has(Flags::SYN);
    header.ack = set.has(Flags::ACK);
    header.psh = set.has(Flags::PSH);
    header.fin = set.has(Flags::FIN);
    header.rst = set.has(Flags::RST);
    let mut bytes = Vec::new();
    ip(from, to).tcp_header(header).write(&mut bytes, payload).expect("a segment that fits");
    bytes
}

/// A capture, written packet by packet, with one packet per millisecond.
#[derive(Debug, Clone)]
pub(crate) struct CaptureBuilder {
    /// Initial sequence numbers of the client and of the server.
    pub(crate) first: (u32, u32),
    /// Window that both ends announce.
    pub(crate) window: u16,
    /// The frames.
    pub(crate) frames: Vec<Vec<u8>>,
}

impl CaptureBuilder {
    /// Creates an empty capture. The client's numbers wrap around after a few bytes.
    pub(crate) fn new() -> Self {
        Self { first: (u32::MAX - 2, 5_000), window: 512, frames: Vec::new() }
    }

    /// Creates a capture that begins with a handshake.
    pub(crate) fn connected() -> Self {
        Self::new().client("S", 0, 0, b"").server("SA", 0, 1, b"").client("A", 1, 1, b"")
    }

    /// Adds a segment of the client; the numbers are relative to the initial ones.
    pub(crate) fn client(mut self, letters: &str, sequence: u32, acknowledgement: u32, payload: &[u8]) -> Self {
        let numbers = (self.first.0.wrapping_add(sequence), self.first.1.wrapping_add(acknowledgement), self.window);
        self.frames.push(tcp(CLIENT, SERVER, letters, numbers, payload));
        self
    }

    /// Adds a segment of the server.
    pub(crate) fn server(mut self, letters: &str, sequence: u32, acknowledgement: u32, payload: &[u8]) -> Self {
        let numbers = (self.first.1.wrapping_add(sequence), self.first.0.wrapping_add(acknowledgement), self.window);
        self.frames.push(tcp(SERVER, CLIENT, letters, numbers, payload));
        self
    }

    /// Adds any other frame.
    pub(crate) fn frame(mut self, bytes: Vec<u8>) -> Self {
        self.frames.push(bytes);
        self
    }

    /// Parses the frames of the capture.
    pub(crate) fn read(&self) -> impl Iterator<Item = Result<Frame<'_>, FrameError>> {
        (1_u64..).zip(&self.frames).map(|(at, bytes)| {
            Frame::read(Link::Ethernet, at * 1_000_000, u32::try_from(bytes.len()).expect("a short frame"), bytes)
        })
    }
}
