//! A snapshot of the socket table with the connections of its scenario: the input of every snapshot
//! judge.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;

use crate::model::cause::SocketState;
use crate::model::journal::{Connection, SnapshotView};
use crate::model::{
    Cause, ClientId, EventKind, Evidence, EvidenceKind, Finding, NotVerified, Protocol, SnapshotName, SocketRow,
    TcpState,
};

/// Defines expectations that are judged from a snapshot: structs with its name and optional fields.
macro_rules! at_a_snapshot {
    ($($(#[$about:meta])* $name:ident { $($(#[$field_about:meta])* $field:ident: $type:ty),* $(,)? }),* $(,)?) => { $(
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The snapshot to judge.
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

/// The input of every snapshot judge: the rows, and the TCP connections made before the snapshot.
pub(super) struct SnapshotAnalysis<'a> {
    pub(super) view: SnapshotView<'a>,
    /// Connections that their clients had neither closed nor aborted.
    pub(super) open: Vec<Connection>,
    /// Connections that their clients had closed with a FIN.
    pub(super) closed: Vec<Connection>,
    /// TCP rows by local and peer address: each connection looks up both of its ends.
    rows: HashMap<(SocketAddr, SocketAddr), &'a SocketRow>,
}

impl<'a> SnapshotAnalysis<'a> {
    /// Returns the snapshot with this name, or the finding that it was never taken.
    pub(super) fn analyse(seen: &'a Evidence, name: &SnapshotName) -> Result<Self, Box<Finding>> {
        let Some(view) = seen.journal.snapshot(name) else {
            let reason = NotVerified::SnapshotNotTaken { name: name.to_string() };
            return Err(Box::new(Finding::not_verified(reason)));
        };
        let (mut aborted, mut closed): (HashSet<ClientId>, HashSet<ClientId>) = Default::default();
        for event in seen.journal.iter().take_while(|event| event.id < view.id) {
            match event.kind {
                EventKind::Aborted { client } => drop(aborted.insert(client)),
                EventKind::Closed { client } => drop(closed.insert(client)),
                _ => {}
            }
        }
        let mut connections = seen.journal.connections();
        connections.retain(|connection| {
            connection.protocol == Protocol::Tcp && connection.id < view.id && !aborted.contains(&connection.client)
        });
        let (closed, open) = connections.into_iter().partition(|connection| closed.contains(&connection.client));
        let mut rows = HashMap::with_capacity(view.rows.len());
        for row in view.rows.iter().filter(|row| row.protocol == Protocol::Tcp) {
            rows.entry((row.local, row.peer)).or_insert(row);
        }
        Ok(Self { view, open, closed, rows })
    }

    pub(super) fn server_end(&self, connection: &Connection) -> Option<&'a SocketRow> {
        self.rows.get(&(connection.peer, connection.local)).copied()
    }

    pub(super) fn client_end(&self, connection: &Connection) -> Option<&'a SocketRow> {
        self.rows.get(&(connection.local, connection.peer)).copied()
    }

    /// Returns how many open connections the server has accepted, and how many are in its accept
    /// queue.
    pub(super) fn accepted_and_waiting(&self) -> (usize, usize) {
        let ends = || self.open.iter().filter_map(|connection| self.server_end(connection));
        let accepted = ends().filter(|row| row.inode != 0).count();
        let queued =
            |row: &&SocketRow| row.inode == 0 && matches!(row.state, TcpState::Established | TcpState::CloseWait);
        (accepted, ends().filter(queued).count())
    }
}

/// Returns the TCP state of one end of a connection.
pub(super) fn state(row: Option<&SocketRow>) -> SocketState {
    SocketState(row.map(|row| row.state))
}

/// Returns the finding for clients that could not connect before the snapshot, if there are any.
/// Reports a full accept queue as the cause if there is one.
pub(super) fn connect_failed(seen: &Evidence, analysis: &SnapshotAnalysis<'_>) -> Option<Finding> {
    let (id, client, ending) = seen.journal.failed_connects().find(|(id, ..)| *id < analysis.view.id)?;
    let mut finding = super::diff_cause::not_connected(client, ending);
    let full =
        analysis.view.rows.iter().find(|row| row.state == TcpState::Listen && row.receive_queue > row.send_queue);
    if let Some(full) = full {
        let (waiting, backlog) = (full.receive_queue.into(), full.send_queue.into());
        finding = Finding::fail(Cause::AcceptQueueFull { client, waiting, backlog });
    }
    Some(finding.shown_by([id, analysis.view.id]))
}

/// Analyses the snapshot, or returns early with the finding that explains why that is impossible.
macro_rules! analyse_or_return {
    ($seen:expr, $name:expr) => {{
        if let Some(finding) = $crate::scenario::expect::start::start_failure($seen) {
            return finding;
        }
        match $crate::scenario::expect::snapshot::SnapshotAnalysis::analyse($seen, $name) {
            Ok(analysis) => analysis,
            Err(finding) => return *finding,
        }
    }};
}

pub(super) const BOTH_ENDS: &[EvidenceKind] =
    &[EvidenceKind::Clients, EvidenceKind::ClientSockets, EvidenceKind::ServerSockets];
pub(super) use analyse_or_return;
