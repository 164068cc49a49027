//! Expectations about sockets as such: listening, bound, addresses and ports.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::snapshot::{BOTH_ENDS, analyse_or_return, at_a_snapshot};
use super::start::{FIRST_SERVER, judge_start, listening_row, socket_gone, start_failure};
use super::{Judge, JudgeContext};
use crate::model::journal::Connection;
use crate::model::net::Owner;
use crate::model::{
    Cause, ClientId, EventId, EventKind, Evidence, EvidenceKind, Finding, Message, Needs, Protocol, SnapshotName,
    TcpState,
};
use crate::scenario::syntax::Keyword;
use crate::scenario::validate::Scope;

at_a_snapshot! {
    /// The server's end of each connection shows its client's address and port.
    PeerAddress {},
    /// The server keeps no connection: its UDP socket has no peer address.
    Connectionless {},
}

/// A TCP socket of the server's process tree listens on its port.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Listening {
    /// Still true in this snapshot; default: when the server became ready.
    pub at: Option<SnapshotName>,
}

/// A UDP socket of the server's process tree is bound to its port, and none of its TCP sockets
/// listens there.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Bound {
    /// Still true in this snapshot; default: when the server became ready.
    pub at: Option<SnapshotName>,
}

/// Every client has its own source port, according to both the clients and the socket table.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DistinctSourcePorts {}

/// All clients are connected to the same server port, the one that the server listens on.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SameServerPort {}

impl Keyword for PeerAddress {
    const SHORTHAND_FIELD: Option<&'static str> = Some("at");
}

impl Judge for PeerAddress {
    fn needs(&self) -> Needs {
        Needs::new(BOTH_ENDS)
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let analysis = analyse_or_return!(seen, &self.at);
        if analysis.open.is_empty() {
            return Finding::fail(Cause::NobodyConnected {});
        }
        for connection in &analysis.open {
            if analysis.server_end(connection).is_none() {
                let cause = Cause::PeerNotSeen { client: connection.client, local: connection.local };
                return Finding::fail(cause).shown_by([connection.id, analysis.view.id]);
            }
        }
        let first = analysis.open[0].local.ip().to_string();
        Finding::pass(Message::new("peer-seen").with("address", first)).shown_by([analysis.view.id])
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.require_snapshot(&self.at);
        names.check_client_count(None);
    }
}

impl Keyword for Connectionless {
    const SHORTHAND_FIELD: Option<&'static str> = Some("at");
}

impl Judge for Connectionless {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::ServerSockets])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let analysis = analyse_or_return!(seen, &self.at);
        // Other sockets of the program do not matter: only the one that serves.
        let Some(bound) = listening_row(seen, analysis.view.rows, Protocol::Udp) else {
            return socket_gone(seen, FIRST_SERVER, analysis.view.id, Cause::NoLongerBound {});
        };
        let connected = analysis.view.rows.iter().find(|row| {
            matches!(row.owner, Owner::Server(FIRST_SERVER, _))
                && row.protocol == Protocol::Udp
                && row.state == TcpState::Established
                && row.local.port() == bound.local.port()
        });
        match connected {
            Some(row) => Finding::fail(Cause::UdpConnected { peer: row.peer }).shown_by([analysis.view.id]),
            None => Finding::pass(Message::new("connectionless")).shown_by([analysis.view.id]),
        }
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.require_snapshot(&self.at);
    }
}

impl Keyword for Listening {
    const SHORTHAND_FIELD: Option<&'static str> = Some("at");
    const ALLOWS_BARE: bool = true;
}

impl Judge for Listening {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::ServerSockets])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        match &self.at {
            None => judge_start(seen, Protocol::Tcp),
            Some(at) => {
                let analysis = analyse_or_return!(seen, at);
                match listening_row(seen, analysis.view.rows, Protocol::Tcp) {
                    Some(row) => Finding::pass(Message::new("still-listening").with("at", row.local.to_string()))
                        .shown_by([analysis.view.id]),
                    None => socket_gone(seen, FIRST_SERVER, analysis.view.id, Cause::NoLongerListening {}),
                }
            }
        }
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.require_server();
        if let Some(at) = &self.at {
            names.require_snapshot(at);
        }
    }
}

impl Keyword for Bound {
    const SHORTHAND_FIELD: Option<&'static str> = Some("at");
    const ALLOWS_BARE: bool = true;
}

impl Judge for Bound {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::ServerSockets])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        match &self.at {
            None => judge_start(seen, Protocol::Udp),
            Some(at) => {
                let analysis = analyse_or_return!(seen, at);
                if let Some(row) = listening_row(seen, analysis.view.rows, Protocol::Tcp) {
                    return Finding::fail(Cause::TcpListensToo { at: row.local }).shown_by([analysis.view.id]);
                }
                match listening_row(seen, analysis.view.rows, Protocol::Udp) {
                    Some(row) => Finding::pass(Message::new("still-bound").with("at", row.local.to_string()))
                        .shown_by([analysis.view.id]),
                    None => socket_gone(seen, FIRST_SERVER, analysis.view.id, Cause::NoLongerBound {}),
                }
            }
        }
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.require_server();
        if let Some(at) = &self.at {
            names.require_snapshot(at);
        }
    }
}

/// Returns the number of connections that share their source port with another one open at the same
/// time. (A released port may be reused.)
fn shared_ports(seen: &Evidence, connections: &[Connection]) -> usize {
    let closed: BTreeMap<ClientId, EventId> = seen
        .journal
        .iter()
        .filter(|event| matches!(event.kind, EventKind::Closed { .. } | EventKind::Aborted { .. }))
        .filter_map(|event| Some((event.kind.client()?, event.id)))
        .collect();
    let mut by_port: BTreeMap<(Protocol, u16), Vec<&Connection>> = BTreeMap::new();
    for connection in connections {
        by_port.entry((connection.protocol, connection.local.port())).or_default().push(connection);
    }
    let overlaps = |pair: &[&Connection]| closed.get(&pair[0].client).is_none_or(|end| pair[1].id < *end);
    by_port
        .values_mut()
        .map(|same| {
            same.sort_by_key(|connection| connection.id);
            same.windows(2).filter(|pair| overlaps(pair)).count()
        })
        .sum()
}

impl Keyword for DistinctSourcePorts {
    const ALLOWS_BARE: bool = true;
}

impl Judge for DistinctSourcePorts {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Clients])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        if let Some(finding) = start_failure(seen) {
            return finding;
        }
        let connections = seen.journal.connections();
        let shared = shared_ports(seen, &connections);
        let ports: Vec<String> = connections.iter().take(12).map(|c| c.local.port().to_string()).collect();
        let (count, clients, ports) = (connections.len() - shared, connections.len(), ports.join(" "));
        if let Some((id, client, ending)) = seen.journal.failed_connects().next() {
            return super::diff_cause::not_connected(client, ending).shown_by([id]);
        }
        if connections.is_empty() {
            return Finding::fail(Cause::NobodyConnected {});
        }
        let events = connections.iter().map(|c| c.id).take(40);
        if shared == 0 {
            let right = Message::new("ports-distinct").with("count", count).with("clients", clients);
            Finding::pass(right.with("ports", ports)).shown_by(events)
        } else {
            let (count, clients) = (count as u64, clients as u64);
            Finding::fail(Cause::PortsShared { count, clients, ports }).shown_by(events)
        }
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_client_count(None);
    }
}

impl Keyword for SameServerPort {
    const ALLOWS_BARE: bool = true;
}

impl Judge for SameServerPort {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Clients])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        if let Some(finding) = start_failure(seen) {
            return finding;
        }
        let connections = seen.journal.connections();
        if let Some((id, client, ending)) = seen.journal.failed_connects().next() {
            return super::diff_cause::not_connected(client, ending).shown_by([id]);
        }
        let first = connections.first().map(|c| (c.server, c.protocol));
        let ports: BTreeSet<u16> =
            connections.iter().filter(|c| Some((c.server, c.protocol)) == first).map(|c| c.peer.port()).collect();
        let listed: Vec<String> = ports.iter().map(u16::to_string).collect();
        match ports.len() {
            0 => Finding::fail(Cause::NobodyConnected {}),
            1 => Finding::pass(Message::new("one-server-port").with("port", listed.join(" "))),
            _ => Finding::fail(Cause::SeveralServerPorts { ports: listed.join(" ") }),
        }
        .shown_by(connections.iter().map(|c| c.id).take(40))
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_client_count(None);
    }
}
