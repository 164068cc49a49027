//! A client: its TCP connection or connected UDP socket, its outgoing data and its current goal. It
//! moves and counts bytes; deadlines and the journal belong to the driver.

mod asked;
mod connect;
mod http;
mod messages;
pub(crate) mod recv;
pub(crate) mod send;
use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use mio::net::{TcpStream, UdpSocket};
use socket2::SockRef;

use self::asked::Asked;
use self::connect::{begin_tcp, begin_udp};
pub(super) use self::http::HttpClient;
use self::messages::PendingMessages;
use crate::model::{ClientId, Protocol, ServerId, StreamEnd, WaitTarget};
use crate::packet::layout::Layout;

/// Bytes that a client keeps beyond twice what it sent. Further bytes are counted and dropped.
const RECV_SLACK_BYTES: u64 = 64 << 10;
/// Bytes that are kept of what a program sends over a connection that it opened itself.
const MAX_ACCEPTED_BYTES: u64 = 16 << 20;
/// How long white space may follow an answer that is complete without it.
const STRIP_WINDOW: Duration = Duration::from_millis(300);
/// Maximum bytes kept for finding a text in them.
const MAX_UNCLAIMED_BYTES: usize = 256 << 10;
/// After this many dropped bytes a client stops reading.
pub(super) const MAX_DROPPED_BYTES: u64 = 16 << 20;

/// The socket of a client.
#[derive(Debug)]
pub(super) enum ClientSocket {
    Tcp(TcpStream),
    /// The connected socket, and an unconnected catcher on the same port for datagrams from
    /// elsewhere.
    Udp(UdpSocket, Option<UdpSocket>),
    /// Closed for good.
    None,
}

/// The goal of a client in the current step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ClientGoal {
    Connected,
    Sent,
    Answer,
    End,
    Bytes(u64),
    Text(Vec<u8>),
    /// This number of further HTTP responses.
    Responses(u32),
    /// This number of further messages of a layout.
    Messages(Layout, u32),
}

#[derive(Debug)]
pub(super) struct Client {
    pub(super) id: ClientId,
    pub(super) server: ServerId,
    pub(super) protocol: Protocol,
    pub(super) socket: ClientSocket,
    pub(super) local: SocketAddr,
    pub(super) peer: SocketAddr,
    pub(super) connected: bool,
    /// True if a program opened the connection, and socklab accepted it: nothing that comes is an
    /// answer.
    pub(super) accepted: bool,
    /// True if arriving data is never read.
    pub(super) never_reads: bool,
    /// True if the scenario has closed the client. Arriving data is still read.
    pub(super) closed: bool,
    pub(super) half_closed: bool,
    pub(super) ended: Option<StreamEnd>,
    /// True after a timeout. The client is not waited for again.
    pub(super) gave_up: bool,
    pub(super) outgoing: VecDeque<u8>,
    /// Bytes that could not be sent.
    pub(super) unsent: u64,
    pub(super) goal: Option<ClientGoal>,
    /// Bytes (TCP) or non-empty datagrams (UDP) sent in total. `answered` counts those received.
    pub(super) expected: u64,
    pub(super) answered: u64,
    /// As `asked`, without the white space around each message, which a server may strip.
    expected_min: u64,
    last_came: Instant,
    /// The messages whose answer the client awaits.
    pub(super) asked: Asked,
    /// Bytes received, and how many of them earlier receive steps have claimed.
    pub(super) received_bytes: u64,
    claimed: u64,
    /// The received bytes that are not claimed yet, up to a limit.
    unclaimed: Vec<u8>,
    /// Number of timeouts although something was received.
    timeouts: u32,
    pub(super) sent_bytes: u64,
    /// Bytes that `receive` steps have waited for by their number, up to a limit.
    wanted_bytes: u64,
    pub(super) kept: u64,
    pub(super) dropped: u64,
    /// True if a program was busy in the whole time of its answer, which did not come.
    pub(super) missed_by_busy: bool,
    /// The requests and responses on its connection, if the scenario waits for responses.
    pub(super) http: Option<Box<HttpClient>>,
    /// The messages among the bytes that are not claimed yet.
    messages: PendingMessages,
}

impl Client {
    /// Starts to connect (TCP), or connects (UDP), without blocking.
    pub(super) fn connect(
        id: ClientId,
        server: ServerId,
        protocol: Protocol,
        peer: SocketAddr,
        source: Option<IpAddr>,
        reads: bool,
    ) -> io::Result<Self> {
        let (socket, local) = match protocol {
            Protocol::Tcp => begin_tcp(peer, reads)?,
            Protocol::Udp => begin_udp(peer, source)?,
        };
        let (connected, is_unread) = (protocol == Protocol::Udp, !reads);
        Ok(Self {
            socket,
            local,
            connected,
            never_reads: is_unread,
            ..Self::without_socket(id, server, protocol, peer)
        })
    }

    /// Creates the end of a connection that a program opened, and socklab accepted. Without a
    /// socket, the connection has not come and only keeps its number.
    pub(super) fn accepted(
        id: ClientId,
        server: ServerId,
        protocol: Protocol,
        socket: ClientSocket,
        (local, peer): (SocketAddr, SocketAddr),
    ) -> Self {
        let connected = !matches!(socket, ClientSocket::None);
        Self { socket, local, connected, accepted: true, ..Self::without_socket(id, server, protocol, peer) }
    }

    /// Creates a client whose connect failed at once: it keeps its number.
    pub(super) fn without_socket(id: ClientId, server: ServerId, protocol: Protocol, peer: SocketAddr) -> Self {
        Self {
            id,
            server,
            protocol,
            socket: ClientSocket::None,
            local: unspecified(),
            peer,
            connected: false,
            accepted: false,
            never_reads: false,
            closed: false,
            half_closed: false,
            ended: None,
            gave_up: false,
            outgoing: VecDeque::new(),
            unsent: 0,
            goal: None,
            expected: 0,
            answered: 0,
            expected_min: 0,
            last_came: Instant::now(),
            asked: Asked::default(),
            received_bytes: 0,
            claimed: 0,
            unclaimed: Vec::new(),
            timeouts: 0,
            sent_bytes: 0,
            wanted_bytes: 0,
            kept: 0,
            dropped: 0,
            missed_by_busy: false,
            http: None,
            messages: PendingMessages::default(),
        }
    }

    /// Returns true if steps may still act on the client.
    pub(super) const fn is_open(&self) -> bool {
        self.connected && !self.closed
    }

    /// Returns true if the stream ended in the middle of an answer.
    pub(super) const fn is_interrupted(&self) -> bool {
        self.ended.is_some() && self.answered < self.expected_min
    }

    /// Returns true if the stream is over: ended by the peer, or reset by this client.
    pub(super) const fn ended_or_reset(&self) -> bool {
        self.ended.is_some() || matches!(self.socket, ClientSocket::None)
    }

    /// Returns true if the client has waited for something for its whole time.
    pub(super) const fn has_timed_out(&self) -> bool {
        self.timeouts > 0
    }

    /// Keeps as many bytes more as a step waits for.
    pub(super) fn keep_wanted(&mut self, want: &ClientGoal) {
        if let ClientGoal::Bytes(bytes) = want {
            self.wanted_bytes = self.wanted_bytes.saturating_add(*bytes).min(HttpClient::room(self.id.0));
        }
    }

    /// Returns true if a goal is met, or can no longer be met.
    pub(super) fn is_satisfied(&self, want: &ClientGoal) -> bool {
        match want {
            // A FIN of the peer does not prevent sending, but a reset does.
            ClientGoal::Sent => {
                self.outgoing.is_empty() || self.ended.as_ref().is_some_and(|ending| *ending != StreamEnd::End)
            }
            _ if self.ended.is_some() => true,
            ClientGoal::Connected => self.connected,
            ClientGoal::Answer => self.answered >= self.expected,
            ClientGoal::End => false,
            ClientGoal::Bytes(bytes) => self.received_bytes - self.claimed >= *bytes,
            ClientGoal::Text(text) => self.find(text).is_some(),
            ClientGoal::Responses(count) => self.http.as_ref().is_none_or(|http| http.has_responses(*count)),
            ClientGoal::Messages(layout, count) => self.further_messages(layout, *count) >= *count,
        }
    }

    /// Converts a goal to its form in the journal.
    pub(super) fn wait_target(&self, want: &ClientGoal) -> WaitTarget {
        match want {
            ClientGoal::Connected | ClientGoal::Sent => WaitTarget::Sending,
            ClientGoal::Answer => WaitTarget::Answer { got: self.answered, of: self.expected },
            ClientGoal::End => WaitTarget::End,
            ClientGoal::Bytes(bytes) => WaitTarget::Bytes { got: self.received_bytes - self.claimed, of: *bytes },
            ClientGoal::Text(text) => WaitTarget::Until(crate::model::bytes::printable(text)),
            ClientGoal::Responses(of) => WaitTarget::Responses { got: self.further_responses(), of: *of },
            ClientGoal::Messages(layout, of) => {
                WaitTarget::Messages { got: self.further_messages(layout, *of), of: *of }
            }
        }
    }

    /// Returns the end of the first match of a text in the unclaimed bytes.
    fn find(&self, text: &[u8]) -> Option<usize> {
        let start = self.unclaimed.windows(text.len().max(1)).position(|window| window == text)?;
        Some(start + text.len())
    }

    /// Ends a receive step, which claims the bytes that it waited for. Later bytes are left to the
    /// next one.
    pub(super) fn claim(&mut self, want: &ClientGoal) {
        let messages = self.claim_messages(want);
        let is_all = matches!(want, ClientGoal::Answer | ClientGoal::End | ClientGoal::Responses(_));
        let bytes = match want {
            ClientGoal::Bytes(bytes) => usize::try_from(*bytes).unwrap_or(usize::MAX),
            ClientGoal::Text(text) => self.find(text).unwrap_or(usize::MAX),
            ClientGoal::Connected | ClientGoal::Sent => 0,
            ClientGoal::Messages(..) => messages.unwrap_or(0),
            // The length of an answer is counted over the whole stream, so that nothing is lost.
            ClientGoal::Answer | ClientGoal::End | ClientGoal::Responses(_) => usize::MAX,
        };
        self.claim_responses(want);
        if *want == ClientGoal::Answer {
            self.asked.clear();
        }
        let bytes = bytes.min(self.unclaimed.len());
        self.unclaimed.drain(..bytes);
        if messages.is_none() {
            self.messages.drop_bytes(bytes, is_all);
        }
        self.claimed += bytes as u64;
        if messages.is_none() && bytes == 0 || is_all {
            self.claimed = self.received_bytes;
        }
    }

    /// Counts a message that is to be sent.
    pub(super) fn count_sent(&mut self, bytes: &[u8]) {
        self.sent_bytes += bytes.len() as u64;
        if self.accepted {
            return;
        }
        self.asked.add(bytes);
        if let Some(http) = &mut self.http {
            http.exchange.sent(bytes);
        }
        let (all, least) = match self.protocol {
            Protocol::Tcp => (bytes.len() as u64, bytes.trim_ascii().len() as u64),
            Protocol::Udp => (u64::from(!bytes.is_empty()), u64::from(!bytes.trim_ascii().is_empty())),
        };
        self.expected += all;
        self.expected_min += least;
    }

    /// Returns true if the answer may be shorter than the messages.
    pub(super) const fn may_be_stripped(&self) -> bool {
        self.expected_min < self.expected
    }

    /// Returns true if only strippable bytes are missing, and nothing was received for a while:
    /// they will not come.
    pub(super) fn is_stripped(&self) -> bool {
        self.answered >= self.expected_min && self.expected_min > 0 && self.last_came.elapsed() >= STRIP_WINDOW
    }

    /// Marks the answer as complete.
    pub(super) fn complete_answer(&mut self) {
        self.answered = self.answered.max(self.expected);
        self.expected_min = self.expected;
    }

    /// Handles a timeout. If something was received, the client goes on from there. If nothing was,
    /// or on a second timeout, it is not waited for again.
    pub(super) fn give_up(&mut self) {
        self.timeouts += 1;
        self.gave_up = self.timeouts > 1 || self.answered == 0;
        self.complete_answer();
    }

    /// Returns true if it is certain, once the client acts again, that its answer was too late:
    /// nothing came in its time, and something had to come.
    pub(super) const fn has_no_answer(&self) -> bool {
        self.missed_by_busy && self.received_bytes == 0 && self.expected_min > 0
    }

    /// Counts received bytes. Returns how many of them to keep.
    pub(super) fn count_received(&mut self, bytes: &[u8]) -> usize {
        let length = bytes.len() as u64;
        self.last_came = Instant::now();
        self.answered += match self.protocol {
            Protocol::Tcp => length,
            Protocol::Udp => u64::from(length > 0),
        };
        self.received_bytes += length;
        let room = MAX_UNCLAIMED_BYTES.saturating_sub(self.unclaimed.len());
        self.unclaimed.extend_from_slice(&bytes[..room.min(bytes.len())]);
        if self.protocol == Protocol::Udp {
            self.messages.add_datagram(bytes.len());
        }
        let slack = self.http.as_mut().map_or(RECV_SLACK_BYTES, |http| http.received(bytes));
        let asked = self.sent_bytes * 2 + self.wanted_bytes;
        let limit = if self.accepted { MAX_ACCEPTED_BYTES } else { asked + slack };
        let room = limit.saturating_sub(self.kept);
        let keep = length.min(room);
        self.kept += keep;
        self.dropped += length - keep;
        usize::try_from(keep).unwrap_or(bytes.len())
    }

    /// Writes as much outgoing data as the kernel accepts. The next read reports errors.
    pub(super) fn flush_outgoing(&mut self) {
        let ClientSocket::Tcp(stream) = &mut self.socket else { return };
        while !self.outgoing.is_empty() {
            let (front, _) = self.outgoing.as_slices();
            match io::Write::write(stream, front) {
                Ok(0) => break,
                Ok(n) => drop(self.outgoing.drain(..n)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // The peer accepts no more.
                Err(_) => {
                    self.unsent += self.outgoing.len() as u64;
                    self.outgoing.clear();
                }
            }
        }
    }

    /// Sends one datagram.
    pub(super) fn push_datagram(&self, bytes: &[u8]) -> io::Result<()> {
        let ClientSocket::Udp(socket, _) = &self.socket else { return Ok(()) };
        socket.send(bytes).map(drop)
    }

    /// Closes with a reset: a linger time of zero discards unsent data.
    pub(super) fn reset(&mut self) {
        if let ClientSocket::Tcp(stream) = &self.socket {
            let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
        }
        self.socket = ClientSocket::None;
    }
}

fn unspecified() -> SocketAddr {
    SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0)
}

#[cfg(test)]
mod tests;
