//! A snapshot of the socket table with the connections of its scenario: what every judge of one works on.

use std::collections::BTreeSet;

use crate::model::journal::{Connection, SnapshotView};
use crate::model::{Arg, ClientId, Evidence, EvidenceKind, Finding, Message, SnapshotName, SocketRow, TcpState};

/// Expectations that are judged from a snapshot: structs with its name and fields that may be left out.
macro_rules! at_a_snapshot {
    ($($(#[$about:meta])* $name:ident { $($(#[$field_about:meta])* $field:ident: $type:ty),* $(,)? }),* $(,)?) => { $(
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The snapshot that it is judged from.
            pub at: SnapshotName,
            $(
                $(#[$field_about])*
                #[serde(default)]
                pub $field: Option<$type>,
            )*
        }
    )* };
}
pub(super) use at_a_snapshot;

/// What every judge of a snapshot works on.
pub(super) struct Scene<'a> {
    pub(super) view: SnapshotView<'a>,
    pub(super) connections: Vec<Connection>,
}

impl<'a> Scene<'a> {
    /// The snapshot, or the finding that it was never taken.
    pub(super) fn at(seen: &'a Evidence, name: &SnapshotName) -> Result<Self, Box<Finding>> {
        let connections = seen.journal.connections();
        match seen.journal.snapshot(name) {
            Some(view) => Ok(Self { view, connections }),
            None => {
                Err(Box::new(Finding::not_verified(Message::new("snapshot-not-taken").with("name", name.as_str()))))
            }
        }
    }

    pub(super) fn server_end(&self, connection: &Connection) -> Option<&'a SocketRow> {
        self.view.rows.iter().find(|row| connection.is_server_end(row))
    }

    pub(super) fn client_end(&self, connection: &Connection) -> Option<&'a SocketRow> {
        self.view.rows.iter().find(|row| connection.is_client_end(row))
    }

    /// How many connections the server has really accepted.
    pub(super) fn accepted(&self) -> usize {
        self.connections.iter().filter(|c| self.server_end(c).is_some_and(|row| row.inode != 0)).count()
    }
}

/// The state of an end in a sentence.
pub(super) fn state(row: Option<&SocketRow>) -> Arg {
    row.map_or_else(|| Message::new("state-gone").into(), |row| row.state.name().into())
}

/// How many clients tried to connect.
pub(super) fn tried(seen: &Evidence) -> usize {
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
pub(super) fn connect_failed(seen: &Evidence, scene: &Scene<'_>) -> Option<Finding> {
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
        if let Some(finding) = $crate::scenario::expect::nothing_started($seen) {
            return finding;
        }
        match $crate::scenario::expect::scene::Scene::at($seen, $name) {
            Ok(scene) => scene,
            Err(finding) => return *finding,
        }
    }};
}

pub(super) const BOTH_ENDS: &[EvidenceKind] =
    &[EvidenceKind::Clients, EvidenceKind::ClientSockets, EvidenceKind::ServerSockets];
pub(super) use scene;
