//! Expectations about packet loss (TCP retransmits, UDP does not) and about UDP packets as such.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::Deserialize;

use super::packet_view::{PacketView, first_events, from_packets, needs, packets_or_return};
use super::stream::{Stream, streams};
use super::{Judge, JudgeContext};
use crate::model::cause::PortText;
use crate::model::journal::Connection;
use crate::model::{Cause, Finding, GapReason, Message, Needs, NotVerified, Protocol};
use crate::packet::Side;
use crate::packet::conversation::Datagram;
use crate::scenario::validate::Scope;

from_packets! {
    /// Packets of the TCP connections were lost on the link, and their data was retransmitted.
    Retransmissions {
        /// How many at least; default: 1.
        at_least: u32
    },
    /// Datagrams were lost on the link and were not retransmitted.
    Lost {
        /// How many at least; default: 1.
        at_least: u32
    },
    /// The first packet of each UDP exchange carries its data: no connection is set up first.
    NoHandshake {},
    /// Exactly one datagram came back for each datagram that a client sent, there are no others,
    /// and all length fields are correct.
    DatagramsPerExchange {},
}

impl Judge for Retransmissions {
    fn needs(&self) -> Needs {
        needs()
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let view = packets_or_return!(seen);
        let clients = match view.connections(self.clients.as_deref(), Protocol::Tcp) {
            Ok(clients) => clients,
            Err(finding) => return *finding,
        };
        let fates = view.fates();
        let all: Vec<_> = clients.iter().filter_map(|connection| view.tcp_conversation(connection)).collect();
        let again: usize =
            all.iter().map(|one| one.from_client.retransmissions + one.from_server.retransmissions).sum();
        let packets = all.iter().flat_map(|one| &one.packets);
        let lost = packets.filter(|packet| !fates.get(packet.frame).is_none_or(|fate| fate.arrives())).count();
        let events = first_events(&clients);
        if lost == 0 {
            // The link dropped nothing, which is not the program's fault.
            let reason = NotVerified::NothingLost { lost: lost as u64, again: again as u64 };
            return Finding::not_verified(reason).shown_by(events);
        }
        if again < self.at_least.unwrap_or(1) as usize {
            let (lost, again) = (lost as u64, again as u64);
            return Finding::fail(Cause::NotSentAgain { lost, again }).shown_by(events);
        }
        Finding::pass(Message::new("sent-again").with("lost", lost).with("again", again)).shown_by(events)
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_clients(self.clients.as_deref());
        names.require_hosts();
    }
}

/// A datagram with both of its addresses.
#[derive(Clone, Copy)]
struct AddressedDatagram<'a> {
    from: SocketAddr,
    to: SocketAddr,
    datagram: &'a Datagram,
}

/// The datagrams of the capture, indexed by both of their addresses.
struct Datagrams<'a>(HashMap<SocketAddr, Vec<AddressedDatagram<'a>>>);

impl<'a> Datagrams<'a> {
    fn index(view: &'a PacketView<'_>) -> Self {
        let mut by_end: HashMap<SocketAddr, Vec<AddressedDatagram<'a>>> = HashMap::new();
        for one in &view.conversations.udp {
            for datagram in &one.datagrams {
                let (from, to) = match datagram.from {
                    Side::Client => (one.client, one.server),
                    Side::Server => (one.server, one.client),
                };
                let flown = AddressedDatagram { from, to, datagram };
                by_end.entry(from).or_default().push(flown);
                if from != to {
                    by_end.entry(to).or_default().push(flown);
                }
            }
        }
        Self(by_end)
    }

    /// Returns the datagrams of a client's exchange.
    fn in_exchange(&self, connection: &Connection) -> impl Iterator<Item = &AddressedDatagram<'a>> {
        let known = self.0.get(&connection.local).map_or(&[][..], Vec::as_slice);
        known.iter().filter(|one| belongs_to_exchange(one, connection))
    }
}

impl Judge for Lost {
    fn needs(&self) -> Needs {
        needs()
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let view = packets_or_return!(seen);
        let clients = match view.connections(self.clients.as_deref(), Protocol::Udp) {
            Ok(clients) => clients,
            Err(finding) => return *finding,
        };
        let fates = view.fates();
        let datagrams = Datagrams::index(view);
        let (mut lost, mut sent) = (0, 0);
        for connection in &clients {
            let ours: Vec<_> = datagrams.in_exchange(connection).collect();
            lost +=
                ours.iter().filter(|one| !fates.get(one.datagram.seen.frame).is_none_or(|fate| fate.arrives())).count();
            let from_client = ours.iter().filter(|one| one.from == connection.local).count();
            let count = view.sent(connection.client).len();
            sent += count;
            if from_client > count || max_repetitions(&ours, connection) > from_client {
                let cause = Cause::DatagramSentAgain { client: connection.client };
                return Finding::fail(cause).shown_by([connection.id]);
            }
        }
        let events = first_events(&clients);
        if lost < self.at_least.unwrap_or(1) as usize {
            let reason = NotVerified::NoDatagramLost { lost: lost as u64, sent: sent as u64 };
            return Finding::not_verified(reason).shown_by(events);
        }
        Finding::pass(Message::new("datagrams-lost").with("lost", lost).with("sent", sent)).shown_by(events)
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_clients(self.clients.as_deref());
        names.require_hosts();
    }
}

/// Returns the highest number of equal datagrams from the server to this client. Different ones are
/// not repetitions: another expectation judges which answers arrive.
fn max_repetitions(ours: &[&AddressedDatagram<'_>], connection: &Connection) -> usize {
    let mut times: HashMap<_, usize> = HashMap::new();
    for one in ours.iter().filter(|one| one.from != connection.local) {
        *times.entry((one.datagram.payload_length, one.datagram.payload.as_deref())).or_default() += 1;
    }
    times.into_values().max().unwrap_or(0)
}

/// Returns true if a datagram belongs to a client's exchange: from it to the server, or to it from
/// the server's host. Another expectation judges the source port of an answer.
fn belongs_to_exchange(one: &AddressedDatagram<'_>, connection: &Connection) -> bool {
    (one.from, one.to) == (connection.local, connection.peer)
        || one.to == connection.local && one.from.ip() == connection.peer.ip()
}

impl Judge for NoHandshake {
    fn needs(&self) -> Needs {
        needs()
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let view = packets_or_return!(seen);
        let clients = match view.connections(self.clients.as_deref(), Protocol::Udp) {
            Ok(clients) => clients,
            Err(finding) => return *finding,
        };
        let datagrams = Datagrams::index(view);
        let over_tcp: HashSet<SocketAddr> = view.conversations.tcp.iter().map(|one| one.server).collect();
        for connection in &clients {
            if over_tcp.contains(&connection.peer) {
                let cause = Cause::HandshakeOverUdp { port: PortText(connection.peer.port()) };
                return Finding::fail(cause).shown_by([connection.id]);
            }
            let first = datagrams.in_exchange(connection).next();
            if first.is_some_and(|one| one.from != connection.local) {
                let cause = Cause::ServerSpeaksFirst { client: connection.client };
                return Finding::fail(cause).shown_by([connection.id]);
            }
        }
        let message = Message::new("no-handshake").with("clients", clients.len());
        Finding::pass(message).shown_by(first_events(&clients))
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_clients(self.clients.as_deref());
    }
}

impl Judge for DatagramsPerExchange {
    fn needs(&self) -> Needs {
        needs()
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let view = packets_or_return!(seen);
        let clients = match view.connections(self.clients.as_deref(), Protocol::Udp) {
            Ok(clients) => clients,
            Err(finding) => return *finding,
        };
        let datagrams = Datagrams::index(view);
        let mut all = 0;
        for connection in &clients {
            let sent = view.sent(connection.client).len();
            let ours: Vec<_> = datagrams.in_exchange(connection).collect();
            if let Some(one) = ours.iter().find(|one| !one.datagram.is_length_right) {
                let (field, payload) = (one.datagram.length_field, one.datagram.payload_length);
                let cause = Cause::DatagramLength { field: field.into(), payload: payload as u64 };
                return Finding::fail(cause).shown_by([connection.id]);
            }
            let there = ours.iter().filter(|one| one.from == connection.local).count();
            let back = ours.len() - there;
            all += there;
            if there != sent {
                let reason = NotVerified::PacketsNotSeen { client: connection.client };
                return Finding::not_verified(reason).shown_by([connection.id]);
            }
            if back != sent {
                let (client, sent, back) = (connection.client, sent as u64, back as u64);
                let cause = if back < sent {
                    Cause::DatagramsMissing { client, sent, back }
                } else {
                    Cause::DatagramsTooMany { client, sent, back }
                };
                return Finding::fail(cause).shown_by([connection.id]);
            }
        }
        let message = Message::new("datagrams-right").with("clients", clients.len()).with("exchanges", all);
        Finding::pass(message).shown_by(first_events(&clients))
    }
    /// A server that answers itself sends more packets than are captured. What its clients received
    /// is known.
    fn proved_failure(&self, missing: &GapReason, seen: &JudgeContext<'_>) -> Option<Finding> {
        let GapReason::PacketsDropped { .. } = missing else { return None };
        let all = streams(&seen.journal, self.clients.as_deref());
        let is_unanswered = |one: &&Stream<'_>| !one.sent.is_empty() && one.got.is_empty() && one.strays.is_empty();
        let unanswered = all.iter().filter(|one| one.protocol == Some(Protocol::Udp)).find(is_unanswered)?;
        let cause = Cause::DatagramsMissing { client: unanswered.client, sent: unanswered.sent.len() as u64, back: 0 };
        Some(Finding::fail(cause).shown_by(unanswered.events()))
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_answers(self.clients.as_deref());
    }
}
