//! The states of both ends of a connection after each of its packets (RFC 9293 section 3.3.2), as
//! far as the packets show them.
//!
//! A sender changes its state at once, the receiver when the packet arrives. Missing data before a
//! FIN delays the FIN. Actions without a packet are invisible.

use std::collections::BTreeMap;

use super::{Side, TcpPacket};
use crate::model::TcpState;
use crate::packet::frame::Flags;

/// The states of a connection's two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct States {
    /// State of the end that opened the connection.
    pub client: TcpState,
    /// State of the end that was contacted.
    pub server: TcpState,
}

impl States {
    /// Returns the state of one end.
    #[must_use]
    pub const fn state_of(&self, side: Side) -> TcpState {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }
}

/// Returns the states after each packet of a conversation. `arrives` must return true if a packet
/// reached the other end. Data of a lost packet arrives at the latest with its retransmission.
#[must_use]
pub fn states(packets: &[TcpPacket], arrives: impl Fn(&TcpPacket) -> bool) -> Vec<States> {
    let begins = packets.first().is_some_and(|packet| packet.flags.has(Flags::SYN));
    let answer = packets.iter().find(|packet| packet.from == Side::Server);
    let [client, server] = match begins {
        // No socket listens if a SYN is answered by a RST.
        true if answer.is_some_and(|packet| packet.flags.has(Flags::RST)) => [TcpState::Close, TcpState::Close],
        true => [TcpState::Close, TcpState::Listen],
        false => [TcpState::Established, TcpState::Established],
    };
    let mut ends = [EndState::new(client), EndState::new(server)];
    let mut all = Vec::with_capacity(packets.len());
    for packet in packets {
        let (from, to) = if packet.from == Side::Client { (0, 1) } else { (1, 0) };
        ends[from].send(packet);
        if arrives(packet) {
            ends[to].receive(packet);
        }
        all.push(States { client: ends[0].state, server: ends[1].state });
    }
    all
}

/// One end during the analysis.
#[derive(Debug)]
struct EndState {
    state: TcpState,
    /// The acknowledgement number that acknowledges its FIN, if it sent one.
    fin_acknowledged_by: Option<u32>,
    /// End of the data received in order, relative to the other end's first number; `None` before
    /// the first packet.
    got: Option<u32>,
    /// Data that arrived before its turn: start and end.
    ahead: BTreeMap<u32, u32>,
    /// Sequence number of the other end's FIN.
    fin_at: Option<u32>,
}

impl EndState {
    const fn new(state: TcpState) -> Self {
        Self { state, fin_acknowledged_by: None, got: None, ahead: BTreeMap::new(), fin_at: None }
    }

    fn send(&mut self, packet: &TcpPacket) {
        use TcpState::{Close, CloseWait, Established, FinWait1, LastAck, Listen, SynReceived, SynSent};
        let flags = packet.flags;
        if flags.has(Flags::RST) {
            self.state = Close;
            return;
        }
        // A RST may come before the connection: the port was closed, or an old connection answered.
        self.state = match (self.state, flags.has(Flags::SYN), flags.has(Flags::ACK)) {
            (Close, true, false) => SynSent,
            (Close | Listen, true, true) => SynReceived,
            // Its SYN-ACK was not captured, or not yet.
            (SynSent, false, true) => Established,
            (other, ..) => other,
        };
        if flags.has(Flags::FIN) {
            self.fin_acknowledged_by = Some(packet.sequence.wrapping_add(packet.length).wrapping_add(1));
            self.state = match self.state {
                Established | SynReceived => FinWait1,
                CloseWait => LastAck,
                other => other,
            };
        }
    }

    fn receive(&mut self, packet: &TcpPacket) {
        use TcpState::{
            Close, CloseWait, Closing, Established, FinWait1, FinWait2, LastAck, Listen, SynReceived, SynSent, TimeWait,
        };
        let flags = packet.flags;
        if flags.has(Flags::RST) {
            self.state = Close;
            return;
        }
        self.state = match (self.state, flags.has(Flags::SYN), flags.has(Flags::ACK)) {
            (Listen, true, false) | (SynSent, true, false) => SynReceived,
            // Closed after a RST: the SYN that this answers was not captured.
            (SynSent | Close, true, true) | (SynReceived, _, true) => Established,
            (other, ..) => other,
        };
        let acknowledged = flags.has(Flags::ACK)
            && self.fin_acknowledged_by.is_some_and(|by| packet.acknowledgement.wrapping_sub(by) as i32 >= 0);
        if acknowledged {
            self.state = match self.state {
                FinWait1 => FinWait2,
                Closing => TimeWait,
                LastAck => Close,
                other => other,
            };
        }
        if self.receive_data(packet) {
            self.state = match self.state {
                Established | SynReceived => CloseWait,
                FinWait1 => Closing,
                FinWait2 => TimeWait,
                other => other,
            };
        }
    }

    /// Records the contents of a packet. Returns true if the other end's FIN is next in order.
    fn receive_data(&mut self, packet: &TcpPacket) -> bool {
        let start = packet.sequence.wrapping_add(u32::from(packet.flags.has(Flags::SYN)));
        let end = start.wrapping_add(packet.length);
        if packet.flags.has(Flags::FIN) {
            self.fin_at = Some(end);
        }
        if packet.flags.has(Flags::SYN) {
            (self.got, self.fin_at) = (None, None);
            self.ahead.clear();
        }
        let mut got = *self.got.get_or_insert(start);
        self.ahead.insert(start, end);
        // Join every stretch that continues the data in order; the rest waits.
        while let Some((&start, &end)) = self.ahead.first_key_value() {
            if start.wrapping_sub(got) as i32 > 0 {
                break;
            }
            self.ahead.remove(&start);
            if end.wrapping_sub(got) as i32 > 0 {
                got = end;
            }
        }
        self.got = Some(got);
        self.fin_at == Some(got)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::conversation::PacketMark;

    /// Returns a packet: sender, flags, sequence, acknowledgement, length.
    fn packet(from: Side, flags: Flags, sequence: u32, acknowledgement: u32, length: u32) -> TcpPacket {
        let mark = PacketMark::Plain;
        TcpPacket { at_ns: 0, frame: 0, sequence, acknowledgement, length, window: 1, from, flags, mark }
    }

    const SYN_ACK: Flags = Flags::new(0x12);
    const FIN_ACK: Flags = Flags::new(0x11);

    fn names(packets: &[TcpPacket], arrives: impl Fn(&TcpPacket) -> bool) -> Vec<(&'static str, &'static str)> {
        states(packets, arrives).iter().map(|both| (both.client.name(), both.server.name())).collect()
    }

    fn open() -> Vec<TcpPacket> {
        use Side::{Client, Server};
        vec![packet(Client, Flags::SYN, 0, 0, 0), packet(Server, SYN_ACK, 0, 1, 0), packet(Client, Flags::ACK, 1, 1, 0)]
    }

    #[test]
    fn ordinary_connection_passes_through_its_states() {
        use Side::{Client, Server};
        let mut packets = open();
        packets.extend([
            packet(Client, FIN_ACK, 1, 1, 4),
            packet(Server, Flags::ACK, 1, 6, 0),
            packet(Server, FIN_ACK, 1, 6, 4),
            packet(Client, Flags::ACK, 6, 6, 0),
        ]);
        assert_eq!(
            names(&packets, |_| true),
            [
                ("SYN-SENT", "SYN-RECEIVED"),
                ("ESTABLISHED", "SYN-RECEIVED"),
                ("ESTABLISHED", "ESTABLISHED"),
                ("FIN-WAIT-1", "CLOSE-WAIT"),
                ("FIN-WAIT-2", "CLOSE-WAIT"),
                ("TIME-WAIT", "LAST-ACK"),
                ("TIME-WAIT", "CLOSED"),
            ]
        );
    }

    #[test]
    fn both_ends_may_close_at_once() {
        use Side::{Client, Server};
        let mut packets = open();
        packets.extend([
            packet(Client, FIN_ACK, 1, 1, 0),
            packet(Server, FIN_ACK, 1, 1, 0),
            packet(Client, Flags::ACK, 2, 2, 0),
            packet(Server, Flags::ACK, 2, 2, 0),
        ]);
        // The server sends its FIN before the client's arrives. Seen from one place, it is in
        // CLOSE-WAIT first.
        let last = names(&packets, |packet| packet.flags != FIN_ACK || packet.from == Server).pop();
        assert_eq!(last, Some(("TIME-WAIT", "FIN-WAIT-2")), "a FIN that never arrived");
        assert_eq!(names(&packets, |_| true).pop(), Some(("TIME-WAIT", "CLOSED")));
    }

    #[test]
    fn fin_behind_a_hole_waits_for_missing_data() {
        use Side::Client;
        let mut packets = open();
        packets.extend([
            packet(Client, Flags::ACK, 1, 1, 10),
            packet(Client, FIN_ACK, 11, 1, 0),
            packet(Client, Flags::ACK, 1, 1, 10),
        ]);
        let all = names(&packets, |packet| packet.length == 0 || std::ptr::eq(packet, &packets[5]));
        assert_eq!(all[4], ("FIN-WAIT-1", "ESTABLISHED"));
        assert_eq!(all[5], ("FIN-WAIT-1", "CLOSE-WAIT"));
    }

    #[test]
    fn reset_closes_both_ends() {
        use Side::{Client, Server};
        let mut packets = open();
        packets.push(packet(Server, Flags::RST, 1, 0, 0));
        assert_eq!(names(&packets, |_| true)[3], ("CLOSED", "CLOSED"));
        let refused = [packet(Client, Flags::SYN, 0, 0, 0), packet(Server, Flags::RST, 0, 1, 0)];
        assert_eq!(names(&refused, |_| true), [("SYN-SENT", "CLOSED"), ("CLOSED", "CLOSED")]);
    }

    #[test]
    fn lost_syn_changes_only_its_sender() {
        let packets = open();
        assert_eq!(names(&packets[..1], |_| false), [("SYN-SENT", "LISTEN")]);
    }

    #[test]
    fn connection_from_before_the_capture_is_established() {
        let packets = [packet(Side::Client, Flags::ACK, 1, 1, 5)];
        assert_eq!(names(&packets, |_| true), [("ESTABLISHED", "ESTABLISHED")]);
    }

    proptest::proptest! {
        #[test]
        fn states_never_panic_on_arbitrary_packets(
            packets in proptest::collection::vec((proptest::bool::ANY, 0..=255_u8, 0..=u32::MAX, 0..=u32::MAX, 0..=u32::MAX), 0..40),
            lost in 0..40_usize,
        ) {
            let packets: Vec<_> = packets.into_iter().map(|(client, flags, sequence, acknowledgement, length)| {
                let from = if client { Side::Client } else { Side::Server };
                packet(from, Flags::new(flags), sequence, acknowledgement, length)
            }).collect();
            let all = states(&packets, |packet| packet.sequence as usize % 40 != lost);
            proptest::prop_assert_eq!(all.len(), packets.len());
        }
    }
}
