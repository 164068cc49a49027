//! The journal: what happened in a scenario, in order, and the questions that expectations ask of it.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::event::{Ending, Event, EventId, EventKind, ExitStatus, NotReady};
use super::name::{ClientId, ServerId, SnapshotName};
use super::net::{Protocol, SocketRow};

/// What happened, in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Journal(pub Vec<Event>);

/// A copy of the socket table in a journal.
#[derive(Debug, Clone, Copy)]
pub struct SnapshotView<'a> {
    /// The event that holds it.
    pub id: EventId,
    /// Whether what the step asked to wait for came to be.
    pub settled: bool,
    /// Whether it did not, and a server's program was busy all the same.
    pub busy: bool,
    /// The rows.
    pub rows: &'a [SocketRow],
}

/// A client's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connection {
    /// The event that tells of it.
    pub id: EventId,
    /// Which client.
    pub client: ClientId,
    /// To which server.
    pub server: ServerId,
    /// Over what.
    pub protocol: Protocol,
    /// The client's own address.
    pub local: SocketAddr,
    /// The server's address.
    pub peer: SocketAddr,
}

impl Journal {
    /// Every event.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.0.iter()
    }

    /// The snapshot of this name (the last one, where a name was used twice).
    #[must_use]
    pub fn snapshot(&self, wanted: &SnapshotName) -> Option<SnapshotView<'_>> {
        self.0.iter().rev().find_map(|event| match &event.kind {
            EventKind::Snapshot { name, settled, busy, rows } if name == wanted => {
                Some(SnapshotView { id: event.id, settled: *settled, busy: *busy, rows })
            }
            _ => None,
        })
    }

    /// Every connection that came to be, in the order of the clients' numbers.
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

    /// Every attempt to connect that failed.
    pub fn failed_connects(&self) -> impl Iterator<Item = (EventId, ClientId, &Ending)> {
        self.0.iter().filter_map(|event| match &event.kind {
            EventKind::ConnectFailed { client, ending, .. } => Some((event.id, *client, ending)),
            _ => None,
        })
    }

    /// The socket with which this server became ready.
    #[must_use]
    pub fn ready(&self, wanted: ServerId) -> Option<(EventId, &SocketRow)> {
        self.0.iter().find_map(|event| match &event.kind {
            EventKind::Ready { server, row } if *server == wanted => Some((event.id, row)),
            _ => None,
        })
    }

    /// The ports on which servers became ready.
    pub fn server_ports(&self) -> impl Iterator<Item = u16> {
        self.0.iter().filter_map(|event| match &event.kind {
            EventKind::Ready { row, .. } => Some(row.local.port()),
            _ => None,
        })
    }

    /// Why this server was given up, where it was.
    #[must_use]
    pub fn not_ready(&self, wanted: ServerId) -> Option<(EventId, &NotReady)> {
        self.0.iter().find_map(|event| match &event.kind {
            EventKind::NotReady { server, why } if *server == wanted => Some((event.id, why)),
            _ => None,
        })
    }

    /// How this server ended, where it ended by itself.
    #[must_use]
    pub fn exited(&self, wanted: ServerId) -> Option<(EventId, ExitStatus)> {
        self.0.iter().find_map(|event| match &event.kind {
            EventKind::Exited { server, status } if *server == wanted => Some((event.id, *status)),
            _ => None,
        })
    }

    /// What this server printed: head, tail and count (the last record of it).
    #[must_use]
    pub fn output(&self, wanted: ServerId) -> Option<(&[u8], &[u8], u64)> {
        self.0.iter().rev().find_map(|event| match &event.kind {
            EventKind::Output { server, head, tail, total } if *server == wanted => {
                Some((&head.0[..], &tail.0[..], *total))
            }
            _ => None,
        })
    }

    /// The events that belong to this client, in order.
    pub fn of_client(&self, wanted: ClientId) -> impl DoubleEndedIterator<Item = &Event> {
        self.0.iter().filter(move |event| event.kind.client() == Some(wanted))
    }
}
