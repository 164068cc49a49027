//! Events: what can happen in a scenario. The journal of them is in `journal`.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::bytes::Bytes;
use super::call::Call;
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
        /// The role that this program was written for, where it only stands in for one that was not given: what is
        /// right to answer follows from it.
        #[serde(default)]
        stands_in: Option<Role>,
    },
    /// A server's program made a system call about sockets.
    Called {
        /// Which server.
        server: ServerId,
        /// The process that made it.
        pid: Pid,
        /// The call.
        call: Call,
    },
    /// The server's program wanted to bind an address that its host did not have: it was given it, and the program
    /// was started again.
    AddressGiven {
        /// Which server.
        server: ServerId,
        /// The address.
        address: IpAddr,
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
    /// A client will never read: what is sent to it stays where it is, until nobody takes more of it.
    ReadsNothing {
        /// Which client.
        client: ClientId,
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
        /// Whether it did not, and a server's program was busy all the same, at each of several looks.
        #[serde(default)]
        busy: bool,
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
    /// Nothing of it is listening or bound, and it can do nothing but wait for its standard input.
    AsksInput,
    /// Somebody else's socket (or one of an earlier run, in TIME-WAIT) holds the port: not this program's fault.
    PortBusy(SocketRow),
    /// The machine did not let us start or watch it: not this program's fault.
    Harness(String),
}

impl EventKind {
    /// The client that the event belongs to.
    #[must_use]
    pub const fn client(&self) -> Option<ClientId> {
        match self {
            Self::Connected { client, .. }
            | Self::ReadsNothing { client }
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
