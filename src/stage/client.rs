//! One client: a TCP connection or a connected UDP socket, what it still has to send, and what it waits for. It moves
//! bytes and counts; deadlines and the journal are the driver's.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use mio::net::{TcpStream, UdpSocket};
use socket2::{Domain, SockRef, Socket, Type};

use crate::model::{ClientId, Ending, Protocol, ServerId, Waiting};

/// Bytes that a client keeps beyond twice what it sent; the rest is counted and dropped.
const SLACK: u64 = 64 << 10;
/// How long white space may follow an answer that is complete without it.
const STRIPPED: Duration = Duration::from_millis(300);
/// How many bytes are kept for finding a text in them.
const UNCLAIMED: usize = 256 << 10;
/// The largest segment of a client that never reads: what every host takes (RFC 9293, 3.7.1).
const SMALL_SEGMENT: u32 = 536;
/// After so many dropped bytes a client reads no more.
pub(super) const ENOUGH: u64 = 16 << 20;

/// A client's socket.
#[derive(Debug)]
pub(super) enum Wire {
    Tcp(TcpStream),
    /// The connected socket, and an unconnected one on the same port that catches what comes from elsewhere.
    Udp(UdpSocket, Option<UdpSocket>),
    /// Closed for good.
    None,
}

/// What a client waits for in the step that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Want {
    Connected,
    Sent,
    Answer,
    End,
    Bytes(u64),
    Text(Vec<u8>),
}

#[derive(Debug)]
pub(super) struct Client {
    pub(super) id: ClientId,
    pub(super) server: ServerId,
    pub(super) protocol: Protocol,
    pub(super) wire: Wire,
    pub(super) local: SocketAddr,
    pub(super) peer: SocketAddr,
    pub(super) connected: bool,
    /// What comes is never read.
    pub(super) is_unread: bool,
    /// The scenario has closed it; what still comes is read all the same.
    pub(super) closed: bool,
    pub(super) half_closed: bool,
    pub(super) ended: Option<Ending>,
    /// It waited in vain once: it waits no more.
    pub(super) gave_up: bool,
    pub(super) outgoing: VecDeque<u8>,
    /// Bytes that could not be sent.
    pub(super) unsent: u64,
    pub(super) want: Option<Want>,
    /// Bytes (TCP) or datagrams that are not empty (UDP), sent and come, from the beginning on.
    pub(super) asked: u64,
    pub(super) answered: u64,
    /// What is asked without the white space around each message: a server may strip it.
    asked_least: u64,
    last_came: Instant,
    /// Bytes that came, and how many of them earlier receives have claimed.
    pub(super) came: u64,
    claimed: u64,
    /// What came and is not claimed yet, as far as it is kept.
    unclaimed: Vec<u8>,
    /// How often it waited in vain although something came.
    stalled: u32,
    pub(super) sent_in_all: u64,
    pub(super) kept: u64,
    pub(super) dropped: u64,
}

impl Client {
    /// Begins to connect (TCP), or connects (UDP), without waiting.
    pub(super) fn begin(
        id: ClientId,
        server: ServerId,
        protocol: Protocol,
        peer: SocketAddr,
        source: Option<IpAddr>,
        reads: bool,
    ) -> io::Result<Self> {
        let (wire, local) = match protocol {
            Protocol::Tcp => begin_tcp(peer, reads)?,
            Protocol::Udp => begin_udp(peer, source)?,
        };
        let (connected, is_unread) = (protocol == Protocol::Udp, !reads);
        Ok(Self { wire, local, connected, is_unread, ..Self::without_wire(id, server, protocol, peer) })
    }

    /// A client that could not even begin: it keeps its number.
    pub(super) fn without_wire(id: ClientId, server: ServerId, protocol: Protocol, peer: SocketAddr) -> Self {
        Self {
            id,
            server,
            protocol,
            wire: Wire::None,
            local: unspecified(),
            peer,
            connected: false,
            is_unread: false,
            closed: false,
            half_closed: false,
            ended: None,
            gave_up: false,
            outgoing: VecDeque::new(),
            unsent: 0,
            want: None,
            asked: 0,
            answered: 0,
            asked_least: 0,
            last_came: Instant::now(),
            came: 0,
            claimed: 0,
            unclaimed: Vec::new(),
            stalled: 0,
            sent_in_all: 0,
            kept: 0,
            dropped: 0,
        }
    }

    /// Whether steps may still act on it.
    pub(super) const fn is_open(&self) -> bool {
        self.connected && !self.closed
    }

    /// Whether its stream ended in the middle of an answer.
    pub(super) const fn is_broken_off(&self) -> bool {
        self.ended.is_some() && self.answered < self.asked_least
    }

    /// Whether its stream is over: by the other end, or by our own reset.
    pub(super) const fn ended_or_reset(&self) -> bool {
        self.ended.is_some() || matches!(self.wire, Wire::None)
    }

    /// Whether what it wants has come to be, or can no longer come.
    pub(super) fn is_satisfied(&self, want: &Want) -> bool {
        match want {
            // The other end's FIN does not stop us from sending; a reset does.
            Want::Sent => self.outgoing.is_empty() || self.ended.as_ref().is_some_and(|ending| *ending != Ending::End),
            _ if self.ended.is_some() => true,
            Want::Connected => self.connected,
            Want::Answer => self.answered >= self.asked,
            Want::End => false,
            Want::Bytes(bytes) => self.came - self.claimed >= *bytes,
            Want::Text(text) => self.find(text).is_some(),
        }
    }

    /// What it waited for, for the journal.
    pub(super) fn waiting(&self, want: &Want) -> Waiting {
        match want {
            Want::Connected | Want::Sent => Waiting::Sending,
            Want::Answer => Waiting::Answer { got: self.answered, of: self.asked },
            Want::End => Waiting::End,
            Want::Bytes(bytes) => Waiting::Bytes { got: self.came - self.claimed, of: *bytes },
            Want::Text(text) => Waiting::Until(crate::model::bytes::shown(text)),
        }
    }

    /// Where a text ends among what is not claimed.
    fn find(&self, text: &[u8]) -> Option<usize> {
        let start = self.unclaimed.windows(text.len().max(1)).position(|window| window == text)?;
        Some(start + text.len())
    }

    /// A receive is over: what it waited for is its own, what came beyond that is the next one's.
    pub(super) fn claim(&mut self, want: &Want) {
        let bytes = match want {
            Want::Bytes(bytes) => usize::try_from(*bytes).unwrap_or(usize::MAX),
            Want::Text(text) => self.find(text).unwrap_or(usize::MAX),
            Want::Connected | Want::Sent => 0,
            // An answer's length is counted over the whole stream, so nothing beyond it is lost.
            Want::Answer | Want::End => usize::MAX,
        };
        let bytes = bytes.min(self.unclaimed.len());
        self.unclaimed.drain(..bytes);
        self.claimed += bytes as u64;
        if bytes == 0 || matches!(want, Want::Answer | Want::End) {
            self.claimed = self.came;
        }
    }

    /// Counts what is sent.
    pub(super) fn ask(&mut self, bytes: &[u8]) {
        self.sent_in_all += bytes.len() as u64;
        let (all, least) = match self.protocol {
            Protocol::Tcp => (bytes.len() as u64, bytes.trim_ascii().len() as u64),
            Protocol::Udp => (u64::from(!bytes.is_empty()), u64::from(!bytes.trim_ascii().is_empty())),
        };
        self.asked += all;
        self.asked_least += least;
    }

    /// Whether the answer may be shorter than what was asked.
    pub(super) const fn may_be_stripped(&self) -> bool {
        self.asked_least < self.asked
    }

    /// Whether all came but what may be stripped, and then nothing for a while: it will not come.
    pub(super) fn is_stripped(&self) -> bool {
        self.answered >= self.asked_least && self.asked_least > 0 && self.last_came.elapsed() >= STRIPPED
    }

    /// The answer is complete as it is.
    pub(super) fn settle_answer(&mut self) {
        self.answered = self.answered.max(self.asked);
        self.asked_least = self.asked;
    }

    /// It waited in vain. Where something came all the same it goes on from there; where nothing did, or again and again, it
    /// waits no more.
    pub(super) fn give_up(&mut self) {
        self.stalled += 1;
        self.gave_up = self.stalled > 1 || self.answered == 0;
        self.settle_answer();
    }

    /// Counts what came, and says how many of its bytes are kept.
    pub(super) fn count(&mut self, bytes: &[u8]) -> usize {
        let length = bytes.len() as u64;
        self.last_came = Instant::now();
        self.answered += match self.protocol {
            Protocol::Tcp => length,
            Protocol::Udp => u64::from(length > 0),
        };
        self.came += length;
        let room = UNCLAIMED.saturating_sub(self.unclaimed.len());
        self.unclaimed.extend_from_slice(&bytes[..room.min(bytes.len())]);
        let room = (self.sent_in_all * 2 + SLACK).saturating_sub(self.kept);
        let keep = length.min(room);
        self.kept += keep;
        self.dropped += length - keep;
        usize::try_from(keep).unwrap_or(bytes.len())
    }

    /// Hands over what the kernel takes now. Errors are told by the next read.
    pub(super) fn push(&mut self) {
        let Wire::Tcp(stream) = &mut self.wire else { return };
        while !self.outgoing.is_empty() {
            let (front, _) = self.outgoing.as_slices();
            match io::Write::write(stream, front) {
                Ok(0) => break,
                Ok(n) => drop(self.outgoing.drain(..n)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // Nobody takes it any more.
                Err(_) => {
                    self.unsent += self.outgoing.len() as u64;
                    self.outgoing.clear();
                }
            }
        }
    }

    /// Sends one datagram.
    pub(super) fn push_datagram(&self, bytes: &[u8]) -> io::Result<()> {
        let Wire::Udp(socket, _) = &self.wire else { return Ok(()) };
        socket.send(bytes).map(drop)
    }

    /// Makes the close a reset: nothing is left to linger.
    pub(super) fn reset(&mut self) {
        if let Wire::Tcp(stream) = &self.wire {
            let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
        }
        self.wire = Wire::None;
    }
}

fn begin_tcp(peer: SocketAddr, reads: bool) -> io::Result<(Wire, SocketAddr)> {
    let socket = Socket::new(Domain::for_address(peer), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.set_tcp_nodelay(true)?;
    if !reads {
        // Said before it connects, a small segment makes the other end's buffer small too: it has room for some of the
        // largest (`tcp_sndbuf_expand` in net/ipv4/tcp_input.c), and those of loopback have 64 KB.
        socket.set_recv_buffer_size(1)?;
        socket.set_tcp_mss(SMALL_SEGMENT)?;
    }
    match socket.connect(&peer.into()) {
        Ok(()) => {}
        Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {}
        Err(error) => return Err(error),
    }
    let local = socket.local_addr()?.as_socket().unwrap_or(unspecified());
    Ok((Wire::Tcp(TcpStream::from_std(socket.into())), local))
}

/// Two sockets on one port: the kernel prefers the connected one for what the server sends from where it should, and
/// gives the other whatever comes from elsewhere (`udp4_lib_lookup2` in net/ipv4/udp.c scores them so).
fn begin_udp(peer: SocketAddr, source: Option<IpAddr>) -> io::Result<(Wire, SocketAddr)> {
    let any = SocketAddr::new(source.unwrap_or(source_for(peer)), 0);
    let socket = Socket::new(Domain::for_address(peer), Type::DGRAM, None)?;
    socket.set_nonblocking(true)?;
    // Bound before the port may be shared: otherwise the kernel could choose another client's.
    socket.bind(&any.into())?;
    socket.connect(&peer.into())?;
    let local = socket.local_addr()?.as_socket().unwrap_or(unspecified());
    socket.set_reuse_address(true)?;
    let catcher = Socket::new(Domain::for_address(peer), Type::DGRAM, None)?;
    catcher.set_nonblocking(true)?;
    catcher.set_reuse_address(true)?;
    let catcher = catcher.bind(&local.into()).ok().map(|()| UdpSocket::from_std(catcher.into()));
    Ok((Wire::Udp(UdpSocket::from_std(socket.into()), catcher), local))
}

/// The address to send from: the peer's own where it is this machine's loopback, else the kernel's choice.
fn source_for(peer: SocketAddr) -> IpAddr {
    match peer {
        SocketAddr::V4(v4) if v4.ip().is_loopback() => Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(v6) if v6.ip().is_loopback() => std::net::Ipv6Addr::LOCALHOST.into(),
        SocketAddr::V6(_) => std::net::Ipv6Addr::UNSPECIFIED.into(),
    }
}

fn unspecified() -> SocketAddr {
    SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_broke_off_is_over_and_what_it_closed_is_not() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let peer = listener.local_addr().expect("bound");
        let mut client =
            Client::begin(ClientId(1), ServerId(0), Protocol::Tcp, peer, None, true).expect("it begins to connect");
        client.closed = true;
        assert!(!client.ended_or_reset(), "what still comes is read to its end");
        client.wire = Wire::None;
        assert!(client.ended_or_reset(), "a reset takes it away at once");
        client.ended = Some(Ending::End);
        assert!(client.ended_or_reset());
    }
}
