//! The journal: what happened in a scenario, in order. Steps and watchers write it, expectations read it.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::bytes::Bytes;
use super::name::{ClientId, Role, ServerId, SnapshotName};
use super::net::{Pid, Protocol, SocketRow};

/// Nanoseconds since the scenario began (monotonic clock).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub u64);

/// An event's number in its journal, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct EventId(pub u32);

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its number.
    pub id: EventId,
    /// When.
    pub at: Moment,
    /// During which step of the scenario, from 0.
    pub step: u32,
    /// What.
    pub kind: EventKind,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A server program was started (or, for a target that already runs, named: then `pid` is 0).
    Started {
        /// Which server.
        server: ServerId,
        /// What it is in the lab, where it is something.
        role: Option<Role>,
        /// Its command line as a person would type it.
        command: String,
        /// Its process, 0 for a target elsewhere.
        pid: Pid,
        /// The transport it should serve, where that is known beforehand.
        protocol: Option<Protocol>,
        /// The port it should serve, where that is known beforehand.
        port: Option<u16>,
    },
    /// Its socket is there.
    Ready {
        /// Which server.
        server: ServerId,
        /// The listening (TCP) or bound (UDP) socket.
        row: SocketRow,
    },
    /// It can be waited for no longer.
    NotReady {
        /// Which server.
        server: ServerId,
        /// Why.
        why: NotReady,
    },
    /// A server's first process ended by itself.
    Exited {
        /// Which server.
        server: ServerId,
        /// How.
        status: ExitStatus,
    },
    /// A server was sent a signal by a `stop` step.
    Signalled {
        /// Which server.
        server: ServerId,
        /// The signal's number.
        signal: i32,
    },
    /// What a server printed so far, both streams, told when the scenario ends or the server was given up.
    Output {
        /// Which server.
        server: ServerId,
        /// The first bytes.
        head: Bytes,
        /// The last bytes, where more came than `head` holds.
        tail: Bytes,
        /// How many bytes came in all.
        total: u64,
    },
    /// A cap was hit.
    CapHit {
        /// Which server.
        server: ServerId,
        /// The cap's name in the catalogues, as `processes`.
        cap: String,
    },
    /// A client's socket is connected (UDP: has its peer set).
    Connected {
        /// Which client.
        client: ClientId,
        /// To which server.
        server: ServerId,
        /// Over what.
        protocol: Protocol,
        /// The client's own address.
        local: SocketAddr,
        /// The server's address.
        peer: SocketAddr,
    },
    /// A client could not connect.
    ConnectFailed {
        /// Which client.
        client: ClientId,
        /// To which server.
        server: ServerId,
        /// Why.
        ending: Ending,
    },
    /// A client was told to send this (over UDP: as one datagram).
    Sent {
        /// Which client.
        client: ClientId,
        /// The name that the step gave it.
        label: Option<String>,
        /// The bytes.
        bytes: Bytes,
    },
    /// Of what was told to be sent, this many bytes could not be: the connection ended, or nobody read.
    Unsent {
        /// Which client.
        client: ClientId,
        /// How many bytes.
        bytes: u64,
    },
    /// A client got this (over UDP: as one datagram).
    Received {
        /// Which client.
        client: ClientId,
        /// The bytes.
        bytes: Bytes,
    },
    /// A client got this many bytes more than anybody can want; they were counted and dropped.
    Overflowed {
        /// Which client.
        client: ClientId,
        /// How many bytes.
        bytes: u64,
    },
    /// A datagram came to a client's port from an address that the client did not send to.
    Stray {
        /// Which client.
        client: ClientId,
        /// From where it came.
        from: SocketAddr,
        /// The bytes.
        bytes: Bytes,
    },
    /// A client's stream came to its end.
    Ended {
        /// Which client.
        client: ClientId,
        /// How.
        ending: Ending,
    },
    /// A client waited in vain.
    Late {
        /// Which client.
        client: ClientId,
        /// For what.
        waiting: Waiting,
        /// How long, in milliseconds.
        within_ms: u64,
    },
    /// A client closed its sending side.
    FinishedSending {
        /// Which client.
        client: ClientId,
    },
    /// A client closed.
    Closed {
        /// Which client.
        client: ClientId,
    },
    /// A client closed with a reset.
    Aborted {
        /// Which client.
        client: ClientId,
    },
    /// The socket table was copied.
    Snapshot {
        /// Under which name.
        name: SnapshotName,
        /// Whether what the step asked to wait for came to be.
        settled: bool,
        /// The rows that have to do with the scenario's servers and clients.
        rows: Vec<SocketRow>,
    },
    /// A `wait` step is over.
    Waited {
        /// For which server.
        server: ServerId,
        /// Whether what it waited for came.
        met: bool,
        /// What it waited for: the output's text, or nothing for the exit.
        text: Option<String>,
    },
}

/// How a stream or an attempt to connect ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// By a FIN: the regular end of the stream.
    End,
    /// By a reset.
    Reset,
    /// Nobody listens there (TCP: RST to the SYN; UDP: ICMP port unreachable).
    Refused,
    /// Nothing came before the deadline.
    Deadline,
    /// Another error, in the system's words.
    Other(String),
}

/// What a client waited for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// As many bytes (TCP) or datagrams (UDP) as it had sent; so many of them had come.
    Answer {
        /// How many had come.
        got: u64,
        /// How many were waited for.
        of: u64,
    },
    /// The end of the stream.
    End,
    /// A number of bytes.
    Bytes {
        /// How many had come.
        got: u64,
        /// How many were waited for.
        of: u64,
    },
    /// Bytes up to and with this text.
    Until(String),
    /// That what was to be sent could be sent.
    Sending,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExitStatus {
    /// With this exit code.
    Code(i32),
    /// By this signal.
    Signal(i32),
}

/// Why a server can be waited for no longer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotReady {
    /// The program could not be started: no such file.
    Missing(String),
    /// The program could not be started: not executable, or not a program.
    NotExecutable(String),
    /// It ended before its socket was there.
    Exited(ExitStatus),
    /// It has a socket of the other protocol on the port.
    OtherProtocol(SocketRow),
    /// It bound a TCP socket and never listened on it.
    BoundNotListening(SocketRow),
    /// Nothing of it is listening or bound.
    Nothing {
        /// After so many milliseconds.
        within_ms: u64,
    },
    /// Somebody else's socket (or one of an earlier run, in TIME-WAIT) holds the port: not this program's fault.
    PortBusy(SocketRow),
    /// The machine did not let us start or watch it: not this program's fault.
    Harness(String),
}

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

impl Connection {
    /// Whether the row is the server's end of this connection.
    #[must_use]
    pub fn is_server_end(&self, row: &SocketRow) -> bool {
        row.protocol == self.protocol && row.local == self.peer && row.peer == self.local
    }

    /// Whether the row is the client's end of this connection.
    #[must_use]
    pub fn is_client_end(&self, row: &SocketRow) -> bool {
        row.protocol == self.protocol && row.local == self.local && row.peer == self.peer
    }
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
            EventKind::Snapshot { name, settled, rows } if name == wanted => {
                Some(SnapshotView { id: event.id, settled: *settled, rows })
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

impl EventKind {
    /// The client that the event belongs to.
    #[must_use]
    pub const fn client(&self) -> Option<ClientId> {
        match self {
            Self::Connected { client, .. }
            | Self::ConnectFailed { client, .. }
            | Self::Sent { client, .. }
            | Self::Unsent { client, .. }
            | Self::Received { client, .. }
            | Self::Overflowed { client, .. }
            | Self::Stray { client, .. }
            | Self::Ended { client, .. }
            | Self::Late { client, .. }
            | Self::FinishedSending { client }
            | Self::Closed { client }
            | Self::Aborted { client } => Some(*client),
            _ => None,
        }
    }
}
