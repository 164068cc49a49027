//! The journal: the events of a scenario in order, with the queries that expectations use.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use super::exit_status::ExitStatus;

use serde::{Deserialize, Serialize};

use super::event::{Event, EventId, EventKind};
use super::name::{ClientId, ServerId, SnapshotName};
use super::net::{Protocol, SocketRow};
use super::start_failure::StartFailure;
use super::stream_end::StreamEnd;

/// The events of a scenario, in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Journal(pub Vec<Event>);

/// A snapshot of the socket table in a journal.
#[derive(Debug, Clone, Copy)]
pub struct SnapshotView<'a> {
    /// The event that holds it.
    pub id: EventId,
    /// True if the condition of the step was met.
    pub settled: bool,
    /// True if the condition was not met, and a server's program was runnable at each of several
    /// polls.
    pub busy: bool,
    /// The rows of the table.
    pub rows: &'a [SocketRow],
}

/// A connection of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connection {
    /// The event that records it.
    pub id: EventId,
    /// The client.
    pub client: ClientId,
    /// The server.
    pub server: ServerId,
    /// The transport.
    pub protocol: Protocol,
    /// The address of the client.
    pub local: SocketAddr,
    /// The address of the server.
    pub peer: SocketAddr,
}

impl Journal {
    /// Returns every event.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.0.iter()
    }

    /// Returns the snapshot with this name; the last one, if the name was used twice.
    #[must_use]
    pub fn snapshot(&self, wanted: &SnapshotName) -> Option<SnapshotView<'_>> {
        self.0.iter().rev().find_map(|event| match &event.kind {
            EventKind::Snapshot { name, settled, busy, rows } if name == wanted => {
                Some(SnapshotView { id: event.id, settled: *settled, busy: *busy, rows })
            }
            _ => None,
        })
    }

    /// Returns every established connection, in the order of the client numbers.
    #[must_use]
    pub fn connections(&self) -> Vec<Connection> {
        let mut all: Vec<_> = self
            .0
            .iter()
            .filter_map(|event| match event.kind {
                EventKind::Connected { client, server, protocol, local, peer } => {
                    Some(Connection { id: event.id, client, server, protocol, local, peer })
                }
                _ => None,
            })
            .collect();
        all.sort_by_key(|connection| connection.client);
        all
    }

    /// Returns the numbers of the connections that programs opened or were to open.
    #[must_use]
    pub fn accepted_clients(&self) -> BTreeSet<ClientId> {
        let numbers = self.0.iter().filter_map(|event| match event.kind {
            EventKind::Accepted { client, .. } | EventKind::NotAccepted { client, .. } => Some(client),
            _ => None,
        });
        numbers.collect()
    }

    /// Returns every failed connect.
    pub fn failed_connects(&self) -> impl Iterator<Item = (EventId, ClientId, &StreamEnd)> {
        self.0.iter().filter_map(|event| match &event.kind {
            EventKind::ConnectFailed { client, ending, .. } => Some((event.id, *client, ending)),
            _ => None,
        })
    }

    /// Returns the socket with which this server became ready.
    #[must_use]
    pub fn ready(&self, wanted: ServerId) -> Option<(EventId, &SocketRow)> {
        self.0.iter().find_map(|event| match &event.kind {
            EventKind::Ready { server, row } if *server == wanted => Some((event.id, row)),
            _ => None,
        })
    }

    /// Returns the ports on which servers became ready.
    pub fn server_ports(&self) -> impl Iterator<Item = u16> {
        self.0.iter().filter_map(|event| match &event.kind {
            EventKind::Ready { row, .. } => Some(row.local.port()),
            _ => None,
        })
    }

    /// Returns why this server did not become ready.
    #[must_use]
    pub fn not_ready(&self, wanted: ServerId) -> Option<(EventId, &StartFailure)> {
        self.0.iter().find_map(|event| match &event.kind {
            EventKind::NotReady { server, why } if *server == wanted => Some((event.id, why)),
            _ => None,
        })
    }

    /// Returns the programs that were started, in order.
    pub fn programs(&self) -> impl Iterator<Item = ServerId> {
        self.0.iter().filter_map(|event| match event.kind {
            EventKind::Started { server, .. } => Some(server),
            _ => None,
        })
    }

    /// Returns true if no socket of this program was waited for: it was run, and not started as a
    /// server.
    #[must_use]
    pub fn is_no_server(&self, wanted: ServerId) -> bool {
        self.ready(wanted).is_none() && self.not_ready(wanted).is_none()
    }

    /// Returns the exit status of this server, if it exited during the scenario.
    #[must_use]
    pub fn exited(&self, wanted: ServerId) -> Option<(EventId, ExitStatus)> {
        self.0.iter().find_map(|event| match &event.kind {
            EventKind::Exited { server, status } if *server == wanted => Some((event.id, *status)),
            _ => None,
        })
    }

    /// Returns the output of this server when it was last recorded: head, tail and total.
    #[must_use]
    pub fn output(&self, wanted: ServerId) -> Option<(&[u8], &[u8], u64)> {
        self.0.iter().rev().find_map(|event| match &event.kind {
            EventKind::Output { server, head, tail, total } if *server == wanted => {
                Some((&head.0[..], &tail.0[..], *total))
            }
            _ => None,
        })
    }

    /// Returns the events that belong to this client, in order.
    pub fn events_of_client(&self, wanted: ClientId) -> impl DoubleEndedIterator<Item = &Event> {
        self.0.iter().filter(move |event| event.kind.client() == Some(wanted))
    }
}
