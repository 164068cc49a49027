//! Assigns each frame of a capture to its conversation. Linear in the number of frames. Memory
//! holds the results and, if payload is kept, at most the limit for each direction.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;

use super::live::LiveTcp;
use super::orientation::{OrientedBy, guess};
use super::udp::LiveUdp;
use super::{Conversations, Sighting};
use crate::model::Protocol;
use crate::packet::frame::{Frame, FrameError, Tcp, Transport, Udp, Unreachable};

/// Two endpoints, ordered by their addresses.
type Pair = (SocketAddr, SocketAddr);

/// Assembles conversations, frame by frame.
#[derive(Debug)]
pub struct Analysis {
    keep_payload: Option<usize>,
    keep_packets: bool,
    server_ports: Vec<u16>,
    /// Index of the latest conversation of two endpoints.
    tcp_of: HashMap<Pair, usize>,
    tcp: Vec<LiveTcp>,
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
            keep_packets: true,
            server_ports: Vec::new(),
            tcp_of: HashMap::new(),
            tcp: Vec::new(),
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

    /// Sets whether the packets of TCP conversations are listed; each takes 40 bytes.
    #[must_use]
    pub fn keep_packets(mut self, keep: bool) -> Self {
        self.keep_packets = keep;
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
            Protocol::Tcp => (self.tcp_of.contains_key(&ends), &mut self.tcp_streams),
            Protocol::Udp => (self.udp_of.contains_key(&ends), &mut self.udp_streams),
        };
        if !known {
            streams.reserve(ends);
        }
    }

    fn add_tcp(&mut self, frame: &Frame<'_>, tcp: &Tcp<'_>, seen: Sighting) {
        let next = self.tcp.len();
        let number = self.tcp_of.entry(pair(frame.source, frame.destination)).or_insert(next);
        if self.tcp.get(*number).is_some_and(|live| live.is_reopened_by(frame.source, tcp)) {
            *number = next;
        }
        if *number == next {
            let limit = self.keep_payload.unwrap_or(0);
            let stream = self.tcp_streams.take(pair(frame.source, frame.destination));
            self.tcp.push(LiveTcp::new(stream, frame.source, frame.destination, seen.at_ns, limit));
        }
        self.tcp[*number].add(frame.source, tcp, seen, self.keep_packets);
    }

    fn add_udp(&mut self, frame: &Frame<'_>, udp: &Udp<'_>, seen: Sighting) {
        let next = self.udp.len();
        let number = *self.udp_of.entry(pair(frame.source, frame.destination)).or_insert(next);
        if number == next {
            let limit = self.keep_payload.unwrap_or(0);
            let stream = self.udp_streams.take(pair(frame.source, frame.destination));
            self.udp.push(LiveUdp::new(stream, frame.source, frame.destination, limit));
        }
        self.udp[number].add(frame, udp, seen, self.keep_payload.is_some());
    }

    /// Returns false if the message is about a conversation that was not seen.
    fn add_unreachable(&mut self, message: Unreachable, seen: Sighting) -> bool {
        let ends = pair(message.source, message.destination);
        match message.protocol {
            Protocol::Tcp => self.tcp_of.get(&ends).is_some_and(|&number| {
                self.tcp[number].unreachable.get_or_insert((seen, message));
                true
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
        let servers: HashSet<SocketAddr> = self
            .tcp
            .iter()
            .filter_map(|live| live.beginning.client().map(|(client, _)| live.ends[1 - client]))
            .collect();
        let settle = |live: &LiveTcp| -> (usize, OrientedBy) {
            live.beginning.client().unwrap_or_else(|| guess(live.ends, &self.server_ports, &servers))
        };
        let tcp = self.tcp.into_iter().map(|live| {
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

/// Numbers conversations as Wireshark does.
#[derive(Debug, Default)]
struct StreamNumbers {
    next: usize,
    reserved: HashMap<Pair, usize>,
}

impl StreamNumbers {
    fn reserve(&mut self, ends: Pair) {
        let next = self.next;
        let number = *self.reserved.entry(ends).or_insert(next);
        self.next += usize::from(number == next);
    }

    /// Returns the number of a new conversation: the reserved one of its endpoints, or the next.
    fn take(&mut self, ends: Pair) -> usize {
        let reserved = if self.reserved.is_empty() { None } else { self.reserved.remove(&ends) };
        reserved.unwrap_or_else(|| {
            self.next += 1;
            self.next - 1
        })
    }
}

fn pair(a: SocketAddr, b: SocketAddr) -> Pair {
    if a <= b { (a, b) } else { (b, a) }
}
