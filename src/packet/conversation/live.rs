//! A TCP conversation under analysis. Its ends are numbered, and end 0 sent the first packet; the
//! client is identified only when the analysis finishes. Segments must be added in capture order.

use std::net::SocketAddr;

use super::direction::LiveDirection;
use super::orientation::{Beginning, OrientedBy};
use super::{Handshake, Reset, ResetAfter, Side, Sighting, TcpConversation, TcpPacket, Teardown};
use crate::packet::frame::{Flags, Tcp, Unreachable};

/// The conversation so far.
#[derive(Debug)]
pub(super) struct LiveTcp {
    pub(super) stream: usize,
    pub(super) ends: [SocketAddr; 2],
    pub(super) beginning: Beginning,
    pub(super) unreachable: Option<(Sighting, Unreachable)>,
    sent: [LiveDirection; 2],
    /// Maximum number of payload bytes that are kept each way.
    limit: usize,
    handshake: Handshake,
    /// A SYN-ACK without a SYN before it, with its acknowledgement number.
    early_syn_ack: Option<(Sighting, u32)>,
    /// Sequence number of an earlier SYN-ACK that another one with another number followed.
    rival: Option<u32>,
    first_fin: Option<usize>,
    simultaneous: bool,
    reset: Option<(usize, Sighting, ResetAfter)>,
    resets: usize,
    packets: Vec<TcpPacket>,
    pub(super) packet_count: usize,
    first_ns: u64,
    last_ns: u64,
    /// True if [`Self::is_newly_over`] returned true.
    was_over: bool,
}

impl LiveTcp {
    /// Creates a conversation that begins with a packet from `source`, and keeps `limit` bytes of
    /// payload each way.
    pub(super) fn new(stream: usize, source: SocketAddr, destination: SocketAddr, at_ns: u64, limit: usize) -> Self {
        Self {
            stream,
            ends: [source, destination],
            beginning: Beginning::default(),
            unreachable: None,
            sent: [LiveDirection::new(limit), LiveDirection::new(limit)],
            limit,
            handshake: Handshake::default(),
            early_syn_ack: None,
            rival: None,
            first_fin: None,
            simultaneous: false,
            reset: None,
            resets: 0,
            packets: Vec::new(),
            packet_count: 0,
            first_ns: at_ns,
            last_ns: at_ns,
            was_over: false,
        }
    }

    /// Returns true, once, if the client is known and the connection is over: both FINs were
    /// acknowledged, or there was a RST.
    pub(super) fn is_newly_over(&mut self) -> bool {
        let is_over = self.reset.is_some() || self.sent.iter().all(LiveDirection::is_close_acknowledged);
        if self.was_over || !is_over || self.beginning.client().is_none() {
            return false;
        }
        self.was_over = true;
        true
    }

    /// Returns true if a segment opens another conversation between the same endpoints: a SYN with
    /// another number than this one began with.
    pub(super) fn is_reopened_by(&self, source: SocketAddr, tcp: &Tcp<'_>) -> bool {
        let opens = tcp.flags.has(Flags::SYN) && !tcp.flags.has(Flags::ACK);
        opens && self.sent[self.end(source)].base().is_some_and(|base| base != tcp.sequence)
    }

    fn end(&self, source: SocketAddr) -> usize {
        usize::from(source != self.ends[0])
    }

    /// Adds the next segment.
    pub(super) fn add(&mut self, source: SocketAddr, tcp: &Tcp<'_>, seen: Sighting, max_listed: usize) {
        let from = self.end(source);
        let to = 1 - from;
        self.packet_count += 1;
        self.first_ns = self.first_ns.min(seen.at_ns);
        self.last_ns = self.last_ns.max(seen.at_ns);
        let has_ack = tcp.flags.has(Flags::ACK);
        let is_reset = tcp.flags.has(Flags::RST);
        if !is_reset {
            self.begin_anew(from, tcp);
        }
        // A RST aborts the connection: its acknowledgement does not confirm that a FIN was
        // received.
        if has_ack && !is_reset {
            self.sent[to].acknowledge(tcp.acknowledgement, seen);
        }
        let was_closed = self.sent[from].is_closed();
        let mark = self.sent[from].add(tcp, seen);
        if is_reset {
            self.take_reset(from, seen);
        } else {
            self.update_handshake(from, tcp, seen);
        }
        if self.sent[from].is_closed() && !was_closed {
            self.simultaneous = self.first_fin == Some(to) && !self.sent[to].is_close_acknowledged();
            self.first_fin.get_or_insert(from);
        }
        if self.packets.len() < max_listed {
            self.packets.push(TcpPacket {
                at_ns: seen.at_ns,
                frame: seen.frame,
                sequence: self.sent[from].relative(tcp.sequence),
                acknowledgement: if has_ack { self.sent[to].relative(tcp.acknowledgement) } else { 0 },
                length: tcp.payload_length,
                window: tcp.window,
                from: if from == 0 { Side::Client } else { Side::Server },
                flags: tcp.flags,
                mark,
            });
        }
    }

    /// Forgets what an earlier attempt or an earlier connection between the same ends left behind,
    /// if this segment begins a connection.
    ///
    /// - The client's SYN after a RST: it repeats a refused SYN with the same number, as Windows
    ///   does.
    /// - The server's SYN-ACK with another number than its direction began with: the earlier
    ///   segment was a challenge ACK of an old connection (RFC 5961 section 4), or a RST.
    /// - The client's ACK of the first of two SYN-ACKs with different numbers.
    fn begin_anew(&mut self, from: usize, tcp: &Tcp<'_>) {
        let (syn, ack) = (tcp.flags.has(Flags::SYN), tcp.flags.has(Flags::ACK));
        let Some(client) = self.beginning.syn_from else { return };
        let server = 1 - client;
        if self.handshake.ack.is_some() || self.sent[server].has_data() {
            let is_retry = syn && !ack && from == client && self.reset.is_some() && !self.sent[server].has_data();
            if !is_retry {
                return;
            }
        }
        if syn && !ack && from == client && self.reset.is_some() {
            self.sent[client].forget_acknowledgements();
            self.sent[server].restart(self.limit);
            self.handshake = Handshake::default();
            (self.reset, self.rival) = (None, None);
        } else if syn && ack && from == server && self.sent[client].has_sent(tcp.acknowledgement) {
            if self.sent[server].base().is_some_and(|base| base != tcp.sequence) {
                self.rival = self.handshake.syn_ack.and(self.sent[server].base());
                self.rebase(client, server);
            }
            self.reset = None;
        } else if !syn && ack && from == client && self.rival == Some(tcp.acknowledgement.wrapping_sub(1)) {
            self.rebase(client, server);
        }
    }

    /// Lets the server's next segment, or the client's next acknowledgement, define the server's
    /// first number.
    fn rebase(&mut self, client: usize, server: usize) {
        self.sent[client].forget_acknowledgements();
        self.sent[server].restart(self.limit);
    }

    /// Updates the handshake: a step counts only if the one before it was seen.
    fn update_handshake(&mut self, from: usize, tcp: &Tcp<'_>, seen: Sighting) {
        let (syn, ack) = (tcp.flags.has(Flags::SYN), tcp.flags.has(Flags::ACK));
        let beyond = |sent: &LiveDirection| sent.base().map_or(0, |base| tcp.acknowledgement.wrapping_sub(base) as i32);
        if syn && !ack {
            self.beginning.syn_from.get_or_insert(from);
            if self.beginning.syn_from == Some(from) && self.handshake.syn.is_none() {
                self.handshake.syn = Some(seen);
                if let Some((early, number)) = self.early_syn_ack.take()
                    && number == tcp.sequence.wrapping_add(1)
                {
                    self.handshake.syn_ack = Some(early);
                    self.handshake.is_reordered = true;
                }
            }
            return;
        }
        if syn {
            self.beginning.syn_ack_from.get_or_insert(from);
        }
        if !ack {
            return;
        }
        let Some(client) = self.beginning.syn_from else {
            if syn {
                self.early_syn_ack.get_or_insert((seen, tcp.acknowledgement));
            }
            return;
        };
        // The SYN-ACK acknowledges the SYN, and data that the SYN carried (RFC 7413 section 4.2).
        let is_answer = client != from && self.sent[client].has_sent(tcp.acknowledgement);
        if is_answer && syn {
            self.handshake.syn_ack.get_or_insert(seen);
        } else if client == from && self.handshake.syn_ack.is_some() && beyond(&self.sent[1 - from]) >= 1 {
            self.handshake.ack.get_or_insert(seen);
        } else if !syn && (is_answer || client == from) {
            self.handshake.is_syn_ack_implied |= self.handshake.syn_ack.is_none();
        }
    }

    fn take_reset(&mut self, from: usize, seen: Sighting) {
        self.resets += 1;
        let [own, other] = [&self.sent[from], &self.sent[1 - from]];
        let after = match (own.is_closed(), other.is_closed()) {
            (false, false) => ResetAfter::NoFin,
            (true, false) => ResetAfter::OwnFin,
            (false, true) => ResetAfter::OtherFin,
            (true, true) if own.is_close_acknowledged() && other.is_close_acknowledged() => ResetAfter::Closed,
            (true, true) => ResetAfter::BothFins,
        };
        self.reset.get_or_insert((from, seen, after));
    }

    /// Returns the finished conversation. `client` is the client's number.
    pub(super) fn finish(self, client: usize, oriented_by: OrientedBy, with_payload: bool) -> TcpConversation {
        let side = |end: usize| if end == client { Side::Client } else { Side::Server };
        let is_complete = self.sent.iter().all(LiveDirection::is_close_acknowledged);
        let [mut from_client, mut from_server] = self.sent.map(|sent| sent.finish(with_payload));
        let [mut client_end, mut server_end] = self.ends;
        let mut packets = self.packets;
        if client == 1 {
            std::mem::swap(&mut from_client, &mut from_server);
            std::mem::swap(&mut client_end, &mut server_end);
            for packet in &mut packets {
                packet.from = packet.from.other();
            }
        }
        TcpConversation {
            stream: self.stream,
            client: client_end,
            server: server_end,
            oriented_by,
            handshake: self.handshake,
            from_client,
            from_server,
            teardown: Teardown {
                first_fin: self.first_fin.map(side),
                simultaneous: self.simultaneous,
                is_complete,
                reset: self.reset.map(|(by, seen, after)| Reset { by: side(by), seen, after }),
                resets: self.resets,
            },
            unreachable: self.unreachable,
            packets,
            packet_count: self.packet_count,
            first_ns: self.first_ns,
            last_ns: self.last_ns,
        }
    }
}
