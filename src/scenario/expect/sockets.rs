//! Expectations about sockets as such: who listens, who is bound, which addresses and ports.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Judge;
use super::scene::{BOTH_ENDS, at_a_snapshot, scene};
use super::start::{judge_start, listening_rows};
use crate::model::net::Owner;
use crate::model::{Evidence, EvidenceKind, Finding, Message, Needs, Protocol, ServerId, SnapshotName, TcpState};
use crate::scenario::check::Names;
use crate::scenario::word::Word;

at_a_snapshot! {
    /// Each connection's server end carries its client's address and port.
    PeerAddress {},
    /// The server keeps no connection: its UDP socket has no peer.
    Connectionless {},
}

/// A TCP socket of the server's process tree listens on its port.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Listening {
    /// Still so at this snapshot; where it is left out, when the server became ready.
    pub at: Option<SnapshotName>,
}

/// A UDP socket of the server's process tree is bound to its port, and no TCP socket of it listens there.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Bound {
    /// Still so at this snapshot; where it is left out, when the server became ready.
    pub at: Option<SnapshotName>,
}

/// Every client has a source port of its own, by what the clients and the socket table say alike.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DistinctSourcePorts {}

/// Every client is connected to one and the same server port, the one that the server listens on.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SameServerPort {}

impl Word for PeerAddress {
    const SHORT: Option<&'static str> = Some("at");
}

impl Judge for PeerAddress {
    fn needs(&self) -> Needs {
        Needs::of(BOTH_ENDS)
    }
    fn judge(&self, seen: &Evidence) -> Finding {
        let scene = scene!(seen, &self.at);
        if scene.connections.is_empty() {
            return Finding::fail(Message::new("nobody-connected"));
        }
        for connection in &scene.connections {
            if scene.server_end(connection).is_none() {
                let message = Message::new("peer-not-seen")
                    .with("client", connection.client.0)
                    .with("local", connection.local.to_string());
                return Finding::fail(message).shown_by([connection.id, scene.view.id]);
            }
        }
        let first = scene.connections[0].local.ip().to_string();
        Finding::pass(Message::new("peer-seen").with("address", first)).shown_by([scene.view.id])
    }
    fn check(&self, names: &mut Names<'_>) {
        names.snapshot_taken(&self.at);
        names.connects(None);
    }
}

impl Word for Connectionless {
    const SHORT: Option<&'static str> = Some("at");
}

impl Judge for Connectionless {
    fn needs(&self) -> Needs {
        Needs::of(&[EvidenceKind::ServerSockets])
    }
    fn judge(&self, seen: &Evidence) -> Finding {
        let scene = scene!(seen, &self.at);
        let connected = scene.view.rows.iter().find(|row| {
            matches!(row.owner, Owner::Server(..))
                && row.protocol == Protocol::Udp
                && row.state == TcpState::Established
        });
        match connected {
            Some(row) => Finding::fail(Message::new("udp-connected").with("peer", row.peer.to_string()))
                .hint(Message::new("hint-udp-connected"))
                .shown_by([scene.view.id]),
            None => Finding::pass(Message::new("connectionless")).shown_by([scene.view.id]),
        }
    }
    fn check(&self, names: &mut Names<'_>) {
        names.snapshot_taken(&self.at);
    }
}

impl Word for Listening {
    const SHORT: Option<&'static str> = Some("at");
    const ALONE: bool = true;
}

impl Judge for Listening {
    fn needs(&self) -> Needs {
        Needs::of(&[EvidenceKind::ServerSockets])
    }
    fn judge(&self, seen: &Evidence) -> Finding {
        match &self.at {
            None => judge_start(seen, Protocol::Tcp),
            Some(at) => {
                let scene = scene!(seen, at);
                match listening_rows(seen, scene.view.rows, Protocol::Tcp).first() {
                    Some(row) => Finding::pass(Message::new("still-listening").with("at", row.local.to_string()))
                        .shown_by([scene.view.id]),
                    None => super::start::no_longer_there(seen, scene.view.id, "no-longer-listening"),
                }
            }
        }
    }
    fn check(&self, names: &mut Names<'_>) {
        names.server_started();
        if let Some(at) = &self.at {
            names.snapshot_taken(at);
        }
    }
}

impl Word for Bound {
    const SHORT: Option<&'static str> = Some("at");
    const ALONE: bool = true;
}

impl Judge for Bound {
    fn needs(&self) -> Needs {
        Needs::of(&[EvidenceKind::ServerSockets])
    }
    fn judge(&self, seen: &Evidence) -> Finding {
        match &self.at {
            None => judge_start(seen, Protocol::Udp),
            Some(at) => {
                let scene = scene!(seen, at);
                let port = seen.journal.ready(ServerId(0)).map(|(_, row)| row.local.port());
                let tcp = listening_rows(seen, scene.view.rows, Protocol::Tcp);
                if let Some(row) = tcp.iter().find(|row| Some(row.local.port()) == port) {
                    let message = Message::new("tcp-listens-too").with("at", row.local.to_string());
                    return Finding::fail(message).hint(Message::new("hint-other-protocol")).shown_by([scene.view.id]);
                }
                match listening_rows(seen, scene.view.rows, Protocol::Udp).first() {
                    Some(row) => Finding::pass(Message::new("still-bound").with("at", row.local.to_string()))
                        .shown_by([scene.view.id]),
                    None => super::start::no_longer_there(seen, scene.view.id, "no-longer-bound"),
                }
            }
        }
    }
    fn check(&self, names: &mut Names<'_>) {
        names.server_started();
        if let Some(at) = &self.at {
            names.snapshot_taken(at);
        }
    }
}

impl Word for DistinctSourcePorts {
    const ALONE: bool = true;
}

impl Judge for DistinctSourcePorts {
    fn needs(&self) -> Needs {
        Needs::of(&[EvidenceKind::Clients])
    }
    fn judge(&self, seen: &Evidence) -> Finding {
        if let Some(finding) = super::nothing_started(seen) {
            return finding;
        }
        let connections = seen.journal.connections();
        let distinct: BTreeSet<u16> = connections.iter().map(|c| c.local.port()).collect();
        let ports: Vec<String> = connections.iter().take(12).map(|c| c.local.port().to_string()).collect();
        let fill = |id: &'static str| {
            Message::new(id)
                .with("count", distinct.len())
                .with("clients", connections.len())
                .with("ports", ports.join(" "))
        };
        if let Some((id, client, ending)) = seen.journal.failed_connects().next() {
            return Finding::fail(super::process::told(ending, "connect").with("client", client.0)).shown_by([id]);
        }
        if connections.is_empty() {
            return Finding::fail(Message::new("nobody-connected"));
        }
        let events = connections.iter().map(|c| c.id).take(40);
        if distinct.len() == connections.len() {
            Finding::pass(fill("ports-distinct")).shown_by(events)
        } else {
            Finding::fail(fill("ports-shared")).shown_by(events)
        }
    }
    fn check(&self, names: &mut Names<'_>) {
        names.connects(None);
    }
}

impl Word for SameServerPort {
    const ALONE: bool = true;
}

impl Judge for SameServerPort {
    fn needs(&self) -> Needs {
        Needs::of(&[EvidenceKind::Clients])
    }
    fn judge(&self, seen: &Evidence) -> Finding {
        if let Some(finding) = super::nothing_started(seen) {
            return finding;
        }
        let connections = seen.journal.connections();
        let ports: BTreeSet<u16> = connections.iter().map(|c| c.peer.port()).collect();
        let listed: Vec<String> = ports.iter().map(u16::to_string).collect();
        match ports.len() {
            0 => Finding::fail(Message::new("nobody-connected")),
            1 => Finding::pass(Message::new("one-server-port").with("port", listed.join(" "))),
            _ => Finding::fail(Message::new("several-server-ports").with("ports", listed.join(" "))),
        }
        .shown_by(connections.iter().map(|c| c.id).take(40))
    }
    fn check(&self, names: &mut Names<'_>) {
        names.connects(None);
    }
}
