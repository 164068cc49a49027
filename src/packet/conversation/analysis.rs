//! Assigns each frame of a capture to its conversation. Linear in the number of frames. Memory
//! holds the results and, if payload is kept, at most the limit for each direction.

use std::collections::{HashMap, HashSet, VecDeque};
use std::net::SocketAddr;

use super::live::LiveTcp;
use super::orientation::{OrientedBy, guess};
use super::streams::{Pair, ReleasedStreams, StreamNumbers, pair};
use super::udp::LiveUdp;
use super::{Conversations, Sighting, TcpConversation};
use crate::model::Protocol;
use crate::packet::frame::{Flags, Frame, FrameError, Tcp, Transport, Udp, Unreachable};

/// Number of connections that must end after one before that one is released: late packets, such as
/// a RST or a repeated FIN, come within a few seconds.
const RELEASE_DELAY: usize = 1_024;

/// Assembles conversations, frame by frame.
#[derive(Debug)]
pub struct Analysis {
    keep_payload: Option<usize>,
    /// Maximum number of packets that are listed of a conversation.
    max_listed: usize,
    /// The port whose conversations are listed; `None` means all.
    listed_port: Option<u16>,
    server_ports: Vec<u16>,
    /// Index of the latest conversation of two endpoints.
    tcp_of: HashMap<Pair, usize>,
    /// The conversations that were not released; a released one leaves a free place.
    tcp: Vec<Option<LiveTcp>>,
    free: Vec<usize>,
    /// Conversations that are over, in the order of their ends: the index, and the number of
    /// packets at the end. `None` if they are never released.
    closed: Option<VecDeque<(usize, usize)>>,
    released: ReleasedStreams,
    /// Servers of released conversations.
    released_servers: HashSet<SocketAddr>,
    udp_of: HashMap<Pair, usize>,
    udp: Vec<LiveUdp>,
    tcp_streams: StreamNumbers,
    udp_streams: StreamNumbers,
    /// Counts only; the conversations are added at the end.
    counts: Conversations,
}

impl Default for Analysis {
    fn default() -> Self {
        Self::new()
    }
}

impl Analysis {
    /// Returns an analysis that lists packets and keeps no payload.
    #[must_use]
    pub fn new() -> Self {
        Self {
            keep_payload: None,
            max_listed: usize::MAX,
            listed_port: None,
            server_ports: Vec::new(),
            tcp_of: HashMap::new(),
            tcp: Vec::new(),
            free: Vec::new(),
            closed: None,
            released: ReleasedStreams::default(),
            released_servers: HashSet::new(),
            udp_of: HashMap::new(),
            udp: Vec::new(),
            tcp_streams: StreamNumbers::default(),
            udp_streams: StreamNumbers::default(),
            counts: Conversations::default(),
        }
    }

    /// Also keeps payload, at most `limit` bytes of each direction of a conversation.
    #[must_use]
    pub fn keep_payload(mut self, limit: usize) -> Self {
        self.keep_payload = Some(limit);
        self
    }

    /// Sets how many packets of each conversation are listed, from its beginning; each takes 40
    /// bytes, and a datagram 100. All are counted.
    #[must_use]
    pub fn list_at_most(mut self, packets: usize) -> Self {
        self.max_listed = packets;
        self
    }

    /// Lists only packets of conversations with this port at either end. All are counted.
    #[must_use]
    pub fn list_only_port(mut self, port: u16) -> Self {
        self.listed_port = Some(port);
        self
    }

    /// Makes [`Self::take_closed`] return connections that are over, so that they need no memory.
    #[must_use]
    pub fn release_closed(mut self) -> Self {
        self.closed = Some(VecDeque::new());
        self
    }

    /// Names a port of servers. It identifies the client if the beginning was not captured.
    #[must_use]
    pub fn server_port(mut self, port: u16) -> Self {
        self.server_ports.push(port);
        self
    }

    /// Adds the next frame of the capture, even if it could not be read.
    pub fn add(&mut self, frame: &Result<Frame<'_>, FrameError>) {
        let number = self.counts.frames;
        self.counts.frames += 1;
        let frame = match frame {
            Ok(frame) => frame,
            Err(FrameError::NotIp) => {
                self.counts.other += 1;
                return;
            }
            Err(FrameError::UnknownLink(number)) => {
                *self.counts.unknown_links.entry(*number).or_default() += 1;
                return;
            }
            Err(FrameError::Malformed) => {
                self.counts.malformed += 1;
                return;
            }
        };
        self.add_frame(frame, Sighting { frame: number, at_ns: frame.at_ns });
    }

    fn add_frame(&mut self, frame: &Frame<'_>, seen: Sighting) {
        match &frame.transport {
            Transport::Tcp(tcp) => self.add_tcp(frame, tcp, seen),
            Transport::Udp(udp) => self.add_udp(frame, udp, seen),
            Transport::Unreachable(message) => {
                if !self.add_unreachable(*message, seen) {
                    self.counts.other += 1;
                    if message.has_header {
                        self.reserve_stream(message.protocol, pair(message.source, message.destination));
                    }
                }
            }
            Transport::Quote(quote) => {
                self.counts.other += 1;
                if quote.has_header {
                    self.reserve_stream(quote.protocol, pair(quote.source, quote.destination));
                }
            }
            Transport::Fragment => self.counts.fragments += 1,
            Transport::Other(_) => self.counts.other += 1,
        }
        if let Some(inner) = &frame.inner {
            self.add_frame(inner, seen);
        }
    }

    /// Reserves the next stream number for two endpoints without a conversation: Wireshark numbers
    /// the packets that ICMP errors quote, too.
    fn reserve_stream(&mut self, protocol: Protocol, ends: Pair) {
        let (known, streams) = match protocol {
            Protocol::Tcp => {
                let is_known = self.tcp_of.contains_key(&ends) || self.released.stream(ends).is_some();
                (is_known, &mut self.tcp_streams)
            }
            Protocol::Udp => (self.udp_of.contains_key(&ends), &mut self.udp_streams),
        };
        if !known {
            streams.reserve(ends);
        }
    }

    fn add_tcp(&mut self, frame: &Frame<'_>, tcp: &Tcp<'_>, seen: Sighting) {
        let ends = pair(frame.source, frame.destination);
        let known = self.tcp_of.get(&ends).copied();
        let is_reopened = |live: &LiveTcp| live.is_reopened_by(frame.source, tcp);
        let place = match known {
            Some(place) if !self.tcp[place].as_ref().is_some_and(is_reopened) => place,
            _ => {
                let place = self.open_tcp(frame, tcp, known.is_some(), seen);
                self.tcp_of.insert(ends, place);
                place
            }
        };
        let max_listed = self.max_listed(ends);
        let Some(live) = &mut self.tcp[place] else { return };
        live.add(frame.source, tcp, seen, max_listed);
        if let Some(closed) = &mut self.closed
            && live.is_newly_over()
        {
            closed.push_back((place, live.packet_count));
        }
    }

    /// Begins a conversation, and returns its index.
    fn open_tcp(&mut self, frame: &Frame<'_>, tcp: &Tcp<'_>, is_reopened: bool, seen: Sighting) -> usize {
        let ends = pair(frame.source, frame.destination);
        let opens = tcp.flags.has(Flags::SYN) && !tcp.flags.has(Flags::ACK);
        // A late packet of a released conversation belongs to its stream.
        let late = if is_reopened || opens { None } else { self.released.stream(ends) };
        let stream = late.unwrap_or_else(|| self.tcp_streams.take(ends));
        let limit = self.keep_payload.unwrap_or(0);
        let live = LiveTcp::new(stream, frame.source, frame.destination, seen.at_ns, limit);
        match self.free.pop() {
            Some(place) => {
                self.tcp[place] = Some(live);
                place
            }
            None => {
                self.tcp.push(Some(live));
                self.tcp.len() - 1
            }
        }
    }

    fn max_listed(&self, (one, other): Pair) -> usize {
        let is_listed = self.listed_port.is_none_or(|port| [one.port(), other.port()].contains(&port));
        if is_listed { self.max_listed } else { 0 }
    }

    /// Returns the next connection that is over, if many others have ended since. Packets that come
    /// even later are a conversation of their own with the same stream number, in
    /// [`Self::finish`]. Must be enabled by [`Self::release_closed`].
    pub fn take_closed(&mut self) -> Option<TcpConversation> {
        let closed = self.closed.as_mut()?;
        if closed.len() <= RELEASE_DELAY {
            return None;
        }
        let (place, packets) = closed.pop_front()?;
        let live = self.tcp[place].take()?;
        if live.packet_count > packets {
            // It goes on, for example after a RST that did not fit.
            closed.push_back((place, live.packet_count));
            self.tcp[place] = Some(live);
            return None;
        }
        self.free.push(place);
        let ends = pair(live.ends[0], live.ends[1]);
        if self.tcp_of.get(&ends) == Some(&place) {
            self.tcp_of.remove(&ends);
            self.released.insert(ends, live.stream);
        }
        let (client, by) = live.beginning.client()?;
        self.released_servers.insert(live.ends[1 - client]);
        Some(live.finish(client, by, self.keep_payload.is_some()))
    }

    fn add_udp(&mut self, frame: &Frame<'_>, udp: &Udp<'_>, seen: Sighting) {
        let next = self.udp.len();
        let ends = pair(frame.source, frame.destination);
        let number = *self.udp_of.entry(ends).or_insert(next);
        if number == next {
            let limit = self.keep_payload.unwrap_or(0);
            let stream = self.udp_streams.take(ends);
            self.udp.push(LiveUdp::new(stream, frame.source, frame.destination, limit));
        }
        let max_listed = self.max_listed(ends);
        self.udp[number].add(frame, udp, seen, self.keep_payload.is_some(), max_listed);
    }

    /// Returns false if the message is about a conversation that was not seen.
    fn add_unreachable(&mut self, message: Unreachable, seen: Sighting) -> bool {
        let ends = pair(message.source, message.destination);
        match message.protocol {
            Protocol::Tcp => self.tcp_of.get(&ends).is_some_and(|&number| {
                let live = self.tcp[number].as_mut();
                live.map(|live| live.unreachable.get_or_insert((seen, message))).is_some()
            }),
            Protocol::Udp => {
                self.udp_of.get(&ends).is_some_and(|&number| self.udp[number].assign_unreachable(message, seen))
            }
        }
    }

    /// Finishes the analysis and returns its results.
    #[must_use]
    pub fn finish(self) -> Conversations {
        let with_payload = self.keep_payload.is_some();
        let mut servers = self.released_servers;
        let known = self.tcp.iter().flatten();
        servers.extend(known.filter_map(|live| live.beginning.client().map(|(client, _)| live.ends[1 - client])));
        let settle = |live: &LiveTcp| -> (usize, OrientedBy) {
            live.beginning.client().unwrap_or_else(|| guess(live.ends, &self.server_ports, &servers))
        };
        let tcp = self.tcp.into_iter().flatten().map(|live| {
            let (client, by) = settle(&live);
            live.finish(client, by, with_payload)
        });
        let mut tcp: Vec<_> = tcp.collect();
        let mut udp: Vec<_> = self.udp.into_iter().map(|talk| talk.finish(&self.server_ports)).collect();
        // A reserved number may be lower than those of conversations with earlier packets.
        tcp.sort_by_key(|one| one.stream);
        udp.sort_by_key(|one| one.stream);
        Conversations { tcp, udp, ..self.counts }
    }
}
