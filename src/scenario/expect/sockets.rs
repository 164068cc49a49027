//! Expectations about the kernel's socket table: who listens, what was really accepted, who closed first.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Judge;
use super::start::{judge_start, listening_rows};
use crate::model::event::{Connection, SnapshotView};
use crate::model::net::Owner;
use crate::model::{
    ClientId, Evidence, EvidenceKind, Finding, Message, Needs, Protocol, ServerId, SnapshotName, SocketRow, TcpState,
};
use crate::scenario::check::Names;
use crate::scenario::word::Word;

macro_rules! at_a_snapshot {
    ($($(#[$about:meta])* $name:ident { $($(#[$field_about:meta])* $field:ident: $type:ty),* $(,)? }),* $(,)?) => { $(
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The snapshot that it is judged from.
            pub at: SnapshotName,
            $(
                $(#[$field_about])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $field: Option<$type>,
            )*
        }
    )* };
}

at_a_snapshot! {
    /// So many connections are ESTABLISHED at both ends.
    Established {
        /// How many; as many as tried to connect where it is left out.
        clients: u32,
    },
    /// The server has really accepted so many connections: they are its own, not merely queued by the kernel.
    Accepted {
        /// How many; all where it is left out.
        clients: u32,
    },
    /// So many connections are still in the accept queue.
    NotAccepted {
        /// How many; all where it is left out.
        clients: u32,
    },
    /// After the clients closed, the server closed its ends too: none is left in CLOSE-WAIT.
    NoneInCloseWait {},
    /// The server accepted every connection while all were open: it serves them at once.
    ServedAtOnce {},
    /// Each connection's server end carries its client's address and port.
    PeerAddress {},
    /// The server keeps no connection: its UDP socket has no peer.
    Connectionless {},
    /// Each connection was closed by a FIN both ways, and this end closed first (it is in TIME-WAIT).
    FirstToClose {
        /// Who must have been first; either where it is left out.
        who: End,
    },
}

/// An end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// The client's.
    Client,
    /// The server's.
    Server,
}

/// A TCP socket of the server's process tree listens on its port.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Listening {
    /// Still so at this snapshot; where it is left out, when the server became ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<SnapshotName>,
}

/// A UDP socket of the server's process tree is bound to its port, and no TCP socket of it listens there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Bound {
    /// Still so at this snapshot; where it is left out, when the server became ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<SnapshotName>,
}

/// Every client has a source port of its own, by what the clients and the socket table say alike.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DistinctSourcePorts {}

/// Every client is connected to one and the same server port, the one that the server listens on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SameServerPort {}

/// What every judge of a snapshot works on.
struct Scene<'a> {
    view: SnapshotView<'a>,
    connections: Vec<Connection>,
}

impl<'a> Scene<'a> {
    /// The snapshot, or the finding that it was never taken.
    fn at(seen: &'a Evidence, name: &SnapshotName) -> Result<Self, Box<Finding>> {
        let connections = seen.journal.connections();
        match seen.journal.snapshot(name) {
            Some(view) => Ok(Self { view, connections }),
            None => {
                Err(Box::new(Finding::not_verified(Message::new("snapshot-not-taken").with("name", name.as_str()))))
            }
        }
    }

    fn server_end(&self, connection: &Connection) -> Option<&'a SocketRow> {
        self.view.rows.iter().find(|row| connection.is_server_end(row))
    }

    fn client_end(&self, connection: &Connection) -> Option<&'a SocketRow> {
        self.view.rows.iter().find(|row| connection.is_client_end(row))
    }

    /// How many connections the server has really accepted.
    fn accepted(&self) -> usize {
        self.connections.iter().filter(|c| self.server_end(c).is_some_and(|row| row.inode != 0)).count()
    }
}

/// The state of an end in a sentence.
fn state(row: Option<&SocketRow>) -> String {
    row.map_or_else(|| "-".to_owned(), |row| row.state.name().to_owned())
}

/// How many clients tried to connect.
fn tried(seen: &Evidence) -> usize {
    let clients: BTreeSet<ClientId> = seen
        .journal
        .connections()
        .iter()
        .map(|c| c.client)
        .chain(seen.journal.failed_connects().map(|(_, client, _)| client))
        .collect();
    clients.len()
}

/// The finding for clients that could not connect at all.
fn connect_failed(seen: &Evidence, scene: &Scene<'_>) -> Option<Finding> {
    let (id, client, ending) = seen.journal.failed_connects().next()?;
    let mut message = super::process::told(ending, "connect").with("client", client.0);
    let full = scene.view.rows.iter().find(|row| row.state == TcpState::Listen && row.receive_queue > row.send_queue);
    let mut hint = Message::new("hint-connect");
    if let Some(full) = full {
        message = Message::new("accept-queue-full")
            .with("client", client.0)
            .with("waiting", full.receive_queue)
            .with("backlog", full.send_queue);
        hint = Message::new("hint-backlog");
    }
    Some(Finding::fail(message).hint(hint).shown_by([id, scene.view.id]))
}

/// Opens the scene or returns early with the finding that says why not.
macro_rules! scene {
    ($seen:expr, $name:expr) => {{
        if let Some(finding) = super::nothing_started($seen) {
            return finding;
        }
        match Scene::at($seen, $name) {
            Ok(scene) => scene,
            Err(finding) => return *finding,
        }
    }};
}

const BOTH_ENDS: &[EvidenceKind] = &[EvidenceKind::Clients, EvidenceKind::ClientSockets, EvidenceKind::ServerSockets];

impl Word for Established {
    const SHORT: Option<&'static str> = Some("at");
}

impl Judge for Established {
    fn needs(&self) -> Needs {
        Needs::of(BOTH_ENDS)
    }
    fn judge(&self, seen: &Evidence) -> Finding {
        let scene = scene!(seen, &self.at);
        if let Some(finding) = connect_failed(seen, &scene) {
            return finding;
        }
        let wanted = self.clients.map_or_else(|| tried(seen), |n| n as usize);
        for connection in &scene.connections {
            let (client, server) = (scene.client_end(connection), scene.server_end(connection));
            let open = |row: Option<&SocketRow>| row.is_some_and(|row| row.state == TcpState::Established);
            if !open(client) || !open(server) {
                let message = Message::new("not-established")
                    .with("client", connection.client.0)
                    .with("client_state", state(client))
                    .with("server_state", state(server));
                return Finding::fail(message)
                    .hint(Message::new("hint-not-established"))
                    .shown_by([connection.id, scene.view.id]);
            }
        }
        let count = scene.connections.len();
        if count < wanted {
            let message = Message::new("too-few-connected").with("count", count).with("wanted", wanted);
            return Finding::fail(message).shown_by([scene.view.id]);
        }
        let finding = Finding::pass(Message::new("established").with("clients", count)).shown_by([scene.view.id]);
        let accepted = scene.accepted();
        if count < 2 {
            finding
        } else if accepted == count {
            finding.note(Message::new("note-served-at-once").with("clients", count))
        } else {
            let note =
                Message::new("note-one-after-another").with("accepted", accepted).with("waiting", count - accepted);
            finding.note(note)
        }
    }
    fn check(&self, names: &mut Names<'_>) {
        names.snapshot_taken(&self.at);
        names.connects(self.clients);
    }
}

/// Compares how many connections were accepted.
fn judge_accepted(seen: &Evidence, at: &SnapshotName, wanted: Option<u32>, queued: bool) -> Finding {
    let scene = scene!(seen, at);
    if let Some(finding) = connect_failed(seen, &scene) {
        return finding;
    }
    let accepted = scene.accepted();
    let waiting = scene.connections.len() - accepted;
    let wanted = wanted.map_or(scene.connections.len(), |n| n as usize);
    let (count, right, wrong, hint) = if queued {
        (waiting, "not-accepted", "accepted-after-all", "hint-accepted-after-all")
    } else {
        (accepted, "accepted", "only-queued", "hint-accept")
    };
    let fill = |id: &'static str| {
        Message::new(id).with("count", count).with("wanted", wanted).with("waiting", waiting).with("accepted", accepted)
    };
    let enough = if queued { count == wanted } else { count >= wanted };
    if enough && wanted > 0 {
        Finding::pass(fill(right)).shown_by([scene.view.id])
    } else {
        Finding::fail(fill(wrong)).hint(Message::new(hint)).shown_by([scene.view.id])
    }
}

impl Word for Accepted {
    const SHORT: Option<&'static str> = Some("at");
}

impl Judge for Accepted {
    fn needs(&self) -> Needs {
        Needs::of(BOTH_ENDS)
    }
    fn judge(&self, seen: &Evidence) -> Finding {
        judge_accepted(seen, &self.at, self.clients, false)
    }
    fn check(&self, names: &mut Names<'_>) {
        names.snapshot_taken(&self.at);
        names.connects(self.clients);
    }
}

impl Word for NotAccepted {
    const SHORT: Option<&'static str> = Some("at");
}

impl Judge for NotAccepted {
    fn needs(&self) -> Needs {
        Needs::of(BOTH_ENDS)
    }
    fn judge(&self, seen: &Evidence) -> Finding {
        judge_accepted(seen, &self.at, self.clients, true)
    }
    fn check(&self, names: &mut Names<'_>) {
        names.snapshot_taken(&self.at);
        names.connects(self.clients);
    }
}

impl Word for ServedAtOnce {
    const SHORT: Option<&'static str> = Some("at");
}

impl Judge for ServedAtOnce {
    fn needs(&self) -> Needs {
        Needs::of(BOTH_ENDS)
    }
    fn judge(&self, seen: &Evidence) -> Finding {
        let scene = scene!(seen, &self.at);
        let (accepted, all) = (scene.accepted(), scene.connections.len());
        let fill = |id: &'static str| Message::new(id).with("accepted", accepted).with("waiting", all - accepted);
        if all > 0 && accepted == all {
            Finding::pass(fill("served-at-once")).shown_by([scene.view.id])
        } else {
            Finding::fail(fill("served-one-after-another")).hint(Message::new("hint-at-once")).shown_by([scene.view.id])
        }
    }
    fn check(&self, names: &mut Names<'_>) {
        names.snapshot_taken(&self.at);
        names.connects(None);
    }
}

impl Word for NoneInCloseWait {
    const SHORT: Option<&'static str> = Some("at");
}

impl Judge for NoneInCloseWait {
    fn needs(&self) -> Needs {
        Needs::of(BOTH_ENDS)
    }
    fn judge(&self, seen: &Evidence) -> Finding {
        let scene = scene!(seen, &self.at);
        for connection in &scene.connections {
            let Some(row) = scene.server_end(connection) else { continue };
            let (id, hint) = match row.state {
                TcpState::CloseWait if row.inode == 0 => ("never-accepted", "hint-accept"),
                TcpState::CloseWait => ("left-in-close-wait", "hint-close"),
                TcpState::Established => ("left-established", "hint-close"),
                _ => continue,
            };
            let message = Message::new(id).with("client", connection.client.0).with("state", row.state.name());
            return Finding::fail(message).hint(Message::new(hint)).shown_by([connection.id, scene.view.id]);
        }
        if scene.connections.is_empty() {
            return Finding::fail(Message::new("nobody-connected"));
        }
        Finding::pass(Message::new("server-closed").with("clients", scene.connections.len())).shown_by([scene.view.id])
    }
    fn check(&self, names: &mut Names<'_>) {
        names.snapshot_taken(&self.at);
        names.connects(None);
    }
}

impl Word for FirstToClose {
    const SHORT: Option<&'static str> = Some("at");
}

impl Judge for FirstToClose {
    fn needs(&self) -> Needs {
        Needs::of(BOTH_ENDS)
    }
    fn judge(&self, seen: &Evidence) -> Finding {
        let scene = scene!(seen, &self.at);
        let mut first = None;
        for connection in &scene.connections {
            match self.judge_one(seen, &scene, connection) {
                Ok(end) => first = end.or(first),
                Err(finding) => return *finding,
            }
        }
        if scene.connections.is_empty() {
            return Finding::fail(Message::new("nobody-connected"));
        }
        let id = match first {
            Some(End::Client) => "client-closed-first",
            Some(End::Server) => "server-closed-first",
            None => "closed-together",
        };
        Finding::pass(Message::new(id)).shown_by([scene.view.id])
    }
    fn check(&self, names: &mut Names<'_>) {
        names.snapshot_taken(&self.at);
        names.connects(None);
    }
}

impl FirstToClose {
    /// Which end of this connection closed first; none where both did at once.
    fn judge_one(
        &self,
        seen: &Evidence,
        scene: &Scene<'_>,
        connection: &Connection,
    ) -> Result<Option<End>, Box<Finding>> {
        let waits = |row: Option<&SocketRow>| row.is_some_and(|row| row.state == TcpState::TimeWait);
        let (client_row, server_row) = (scene.client_end(connection), scene.server_end(connection));
        let first = match (waits(client_row), waits(server_row)) {
            (true, true) => return Ok(None),
            (true, false) => End::Client,
            (false, true) => End::Server,
            (false, false) => {
                let reset = super::stream::streams(&seen.journal, Some(&[connection.client.0]))
                    .first()
                    .is_some_and(|stream| matches!(stream.ending, Some((_, crate::model::Ending::Reset))));
                let fill = |id: &'static str| {
                    Message::new(id)
                        .with("client", connection.client.0)
                        .with("client_state", state(client_row))
                        .with("server_state", state(server_row))
                };
                return Err(Box::new(if reset {
                    Finding::fail(fill("closed-by-reset"))
                        .hint(Message::new("hint-reset"))
                        .shown_by([connection.id, scene.view.id])
                } else if client_row.is_some() || server_row.is_some() {
                    Finding::fail(fill("not-closed"))
                        .hint(Message::new("hint-close"))
                        .shown_by([connection.id, scene.view.id])
                } else {
                    Finding::not_verified(fill("no-trace-of-closing")).shown_by([connection.id, scene.view.id])
                }));
            }
        };
        if self.who.is_some_and(|who| who != first) {
            let id = if first == End::Client { "client-closed-first-wrong" } else { "server-closed-first-wrong" };
            let message = Message::new(id).with("client", connection.client.0);
            return Err(Box::new(Finding::fail(message).shown_by([connection.id, scene.view.id])));
        }
        Ok(Some(first))
    }
}

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
