//! Expectations about TCP packets: handshake, data, teardown, and the absence of other packets.

use std::collections::{BTreeSet, HashSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer_rule::{Rule, expected_stream};
use super::packet_view::{PacketView, first_events, from_packets, needs, packets_or_return};
use super::{Judge, JudgeContext};
use crate::model::bytes::printable_prefix;
use crate::model::cause::PortText;
use crate::model::journal::Connection;
use crate::model::{Cause, ClientId, EventKind, Finding, Message, Needs, NotVerified, Protocol};
use crate::packet::conversation::{Direction, Reset, ResetAfter};
use crate::packet::{Flags, Side, TcpConversation};
use crate::scenario::syntax::Keyword;
use crate::scenario::validate::Scope;

/// Maximum length of a quoted answer, in bytes.
const MAX_QUOTED_ANSWER_BYTES: usize = 60;

from_packets! {
    /// Each client's connection starts with SYN, SYN-ACK and ACK, in this order, in the capture.
    Handshake {},
    /// Data was sent both ways in segments with the PSH flag, and all of it was acknowledged, in
    /// the capture.
    DataAcknowledged {
        /// What the server's data must be.
        answer: AnswerWord
    },
    /// Each connection ended with a FIN from both ends, both acknowledged, and without a reset.
    /// Either end may close first.
    OrderlyClose {},
    /// No RST ended a client's connection in the capture, unless the scenario itself sent one. An
    /// RST after both ends have closed is ignored.
    NoReset {},
}

/// What an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerWord {
    /// What was sent, unchanged.
    Echo,
    /// What was sent, in upper case.
    Uppercase,
}

/// The capture contains this number of connections with a complete handshake, each with its own
/// 4-tuple (two addresses, two ports).
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// How many; default: one for each client that connected.
    #[serde(default)]
    pub count: Option<u32>,
    /// How many at least, if not exactly `count`.
    #[serde(default)]
    pub at_least: Option<u32>,
    /// Number of different server ports among them.
    #[serde(default)]
    pub server_ports: Option<u32>,
}

/// Filtered by the server's port, the capture contains only the clients' connections.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OnlyPort {}

impl Judge for Handshake {
    fn needs(&self) -> Needs {
        needs()
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        packets_or_return!(seen).each_tcp(self.clients.as_deref(), "handshake-seen", check_handshake)
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_clients(self.clients.as_deref());
    }
}

fn check_handshake(connection: &Connection, conversation: &TcpConversation) -> Option<Finding> {
    if conversation.is_established() {
        return None;
    }
    Some(Finding::fail(Cause::HandshakeNotSeen { client: connection.client }))
}

impl Judge for DataAcknowledged {
    fn needs(&self) -> Needs {
        needs()
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let view = packets_or_return!(seen);
        let rule = self.answer.map(|answer| match answer {
            AnswerWord::Echo => Rule::Echo,
            AnswerWord::Uppercase => Rule::Upper,
        });
        view.each_tcp(self.clients.as_deref(), "data-acknowledged", |connection, conversation| {
            check_data(connection, conversation)
                .or_else(|| rule.and_then(|rule| check_answer(view, rule, connection, conversation)))
        })
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_answers(self.clients.as_deref());
    }
}

/// Returns the clients that ended their connections with RST by themselves.
fn aborted_clients(seen: &JudgeContext<'_>) -> HashSet<ClientId> {
    let by_client = |kind: &EventKind| match kind {
        EventKind::Aborted { client } => Some(*client),
        _ => None,
    };
    seen.journal.iter().filter_map(|event| by_client(&event.kind)).collect()
}

/// Returns a finding if data is missing or was not acknowledged. A client that ended the connection
/// with RST need not have acknowledged the server's data: the RST is judged elsewhere.
fn check_data(connection: &Connection, conversation: &TcpConversation) -> Option<Finding> {
    let client = connection.client;
    let is_reset_by_client = conversation.teardown.reset.is_some_and(|reset| reset.by == Side::Client);
    if conversation.from_server.bytes == 0 {
        return Some(Finding::fail(Cause::PacketsNoAnswer { client }));
    }
    let is_over = conversation.teardown.is_complete || conversation.teardown.reset.is_some();
    let ends = [
        (Cause::PacketsUnacknowledgedClient { client }, Side::Client),
        (Cause::PacketsUnacknowledgedServer { client }, Side::Server),
    ];
    for (unacknowledged, side) in ends {
        let direction = conversation.direction(side);
        let need_not_be = is_reset_by_client && side == Side::Server;
        if !need_not_be && !data_is_acknowledged(direction, is_over) {
            return Some(Finding::fail(unacknowledged));
        }
        if direction.pushed == 0 && !is_all_in_syn(conversation, side) {
            return Some(Finding::fail(Cause::PacketsNotPushed { client }));
        }
    }
    None
}

/// Returns true if the SYN carried all data of a direction (Fast Open, RFC 7413): it has no PSH
/// flag.
fn is_all_in_syn(conversation: &TcpConversation, side: Side) -> bool {
    let mut with_data = conversation.packets.iter().filter(|packet| packet.from == side && packet.length > 0);
    with_data.all(|packet| packet.flags.has(Flags::SYN)) && conversation.direction(side).data_segments > 0
}

/// Returns true if the data of a direction was acknowledged.
///
/// Counts from the SYN, which takes one sequence number, to the last byte. A FIN takes one more,
/// which need not be acknowledged. If the connection is still open when the capture ends, some data
/// is always in flight. Then any acknowledged data suffices.
fn data_is_acknowledged(direction: &Direction, is_over: bool) -> bool {
    let first = u64::from(direction.initial_sequence.is_some());
    let end = if is_over { direction.bytes + direction.missing } else { direction.bytes.min(1) };
    direction.acknowledged.is_some_and(|acknowledged| acknowledged >= first + end)
}

/// Returns a finding if the server's bytes in the capture are not the expected answer.
fn check_answer(
    view: &PacketView<'_>,
    rule: Rule,
    connection: &Connection,
    conversation: &TcpConversation,
) -> Option<Finding> {
    let got = conversation.from_server.payload.as_deref().unwrap_or_default();
    let (expected, _) = expected_stream(rule, view.sent(connection.client), got);
    if got == expected {
        return None;
    }
    Some(Finding::fail(Cause::PacketsOtherAnswer {
        client: connection.client,
        got: printable_prefix(got, MAX_QUOTED_ANSWER_BYTES),
        expected: printable_prefix(&expected, MAX_QUOTED_ANSWER_BYTES),
    }))
}

impl Judge for OrderlyClose {
    fn needs(&self) -> Needs {
        needs()
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let view = packets_or_return!(seen);
        let aborted = aborted_clients(seen);
        // How the server closes is visible only if the client lets it.
        let reset = |connection: &Connection, conversation: &TcpConversation| {
            let by_client = |reset: Reset| reset.by == Side::Client && reset.after != ResetAfter::Closed;
            aborted.contains(&connection.client) && conversation.teardown.reset.is_some_and(by_client)
        };
        if let Ok(clients) = view.connections(self.clients.as_deref(), Protocol::Tcp)
            && let Some(first) = clients.first()
            && clients.iter().all(|one| view.tcp_conversation(one).is_some_and(|conversation| reset(one, conversation)))
        {
            return Finding::not_verified(NotVerified::ClientReset { client: first.client }).shown_by([first.id]);
        }
        view.each_tcp(self.clients.as_deref(), "orderly-close", |connection, conversation| {
            if reset(connection, conversation) { None } else { check_close(connection, conversation) }
        })
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_clients(self.clients.as_deref());
    }
}

fn check_close(connection: &Connection, conversation: &TcpConversation) -> Option<Finding> {
    let client = connection.client;
    let teardown = &conversation.teardown;
    let cause = match teardown.reset {
        Some(reset) if reset.after != ResetAfter::Closed && reset.by == Side::Server => {
            Cause::PacketsResetByServer { client }
        }
        Some(reset) if reset.after != ResetAfter::Closed => Cause::PacketsResetByClient { client },
        _ if teardown.is_complete => return None,
        _ if conversation.from_server.fin.is_none() => Cause::PacketsNoFin { client },
        _ => Cause::PacketsFinUnacknowledged { client },
    };
    Some(Finding::fail(cause))
}

impl Judge for NoReset {
    fn needs(&self) -> Needs {
        needs()
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let aborted = aborted_clients(seen);
        packets_or_return!(seen).each_tcp(self.clients.as_deref(), "no-reset", |connection, conversation| {
            // After both ends closed, a RST is not caused by a program: kernels answer late
            // segments with it.
            let reset = conversation.teardown.reset.filter(|reset| reset.after != ResetAfter::Closed)?;
            if aborted.contains(&connection.client) {
                return None;
            }
            let client = connection.client;
            Some(Finding::fail(match reset.by {
                Side::Server => Cause::PacketsResetByServer { client },
                Side::Client => Cause::PacketsResetByClient { client },
            }))
        })
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_clients(self.clients.as_deref());
    }
}

impl Keyword for Count {
    const SHORTHAND_FIELD: Option<&'static str> = Some("count");
}

impl Judge for Count {
    fn needs(&self) -> Needs {
        needs()
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let view = packets_or_return!(seen);
        let clients = match view.connections(None, Protocol::Tcp) {
            Ok(clients) => clients,
            Err(finding) => return *finding,
        };
        let whole: Vec<_> = clients
            .iter()
            .filter_map(|connection| view.tcp_conversation(connection))
            .filter(|conversation| conversation.is_established())
            .collect();
        let tuples: BTreeSet<_> = whole.iter().map(|one| (one.client, one.server)).collect();
        let ports: BTreeSet<u16> = whole.iter().map(|one| one.server.port()).collect();
        let count = tuples.len() as u64;
        let least = clients.len().max(self.at_least.unwrap_or(1) as usize) as u64;
        let wanted = self.count.map_or(least, u64::from);
        let (different, wanted_ports) = (ports.len() as u64, u64::from(self.server_ports.unwrap_or(1)));
        let events = first_events(&clients);
        if count != wanted {
            let cause = Cause::ConversationsOther { count, wanted, ports: different, wanted_ports };
            return Finding::fail(cause).shown_by(events);
        }
        if self.server_ports.is_some_and(|wanted| wanted as usize != ports.len()) {
            let cause = Cause::ConversationsOtherPorts { count, wanted, ports: different, wanted_ports };
            return Finding::fail(cause).shown_by(events);
        }
        let right = Message::new("conversations-right").with("count", count).with("wanted", wanted);
        Finding::pass(right.with("ports", different).with("wanted_ports", wanted_ports)).shown_by(events)
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_client_count(self.count);
        names.check_client_count(self.at_least);
    }
}

impl Keyword for OnlyPort {
    const ALLOWS_BARE: bool = true;
}

impl Judge for OnlyPort {
    fn needs(&self) -> Needs {
        needs()
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let view = packets_or_return!(seen);
        let clients = match view.connections(None, Protocol::Tcp) {
            Ok(clients) => clients,
            Err(finding) => return *finding,
        };
        let port = clients[0].peer.port();
        let on_port = |a: u16, b: u16| [a, b].contains(&port);
        let ours: HashSet<_> = clients.iter().map(|connection| (connection.local, connection.peer)).collect();
        let is_ours = |one: &TcpConversation| ours.contains(&(one.client, one.server));
        let others =
            view.conversations.tcp.iter().filter(|one| on_port(one.client.port(), one.server.port()) && !is_ours(one));
        let others = others.map(|one| (one.client, one.server));
        let udp = view.conversations.udp.iter().filter(|one| on_port(one.client.port(), one.server.port()));
        let strange = others.chain(udp.map(|one| (one.client, one.server))).next();
        if let Some((from, to)) = strange {
            return Finding::fail(Cause::PortHasOthers { port: PortText(port), from, to });
        }
        view.each_tcp(None, "only-port", check_handshake)
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_client_count(None);
    }
}
