//! `trait Stage`: all that steps may do to the world. The stages themselves live two floors up.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::{ClientId, HostName, Protocol, Role, ServerId, SnapshotName};

/// The harness or the machine failed while a step acted: never the student's fault.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// Something of the system did not work.
    #[error("{doing}: {source}")]
    System {
        /// What was being done, to what.
        doing: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The run was broken off from outside.
    #[error("interrupted")]
    BrokenOff,
    /// This stage cannot do what the step asks.
    #[error("{0}")]
    Unable(String),
}

/// Which program a `start` step starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Program {
    /// The submission's (or the bundled) program of this role.
    Role(Role),
    /// This command line.
    Command(Vec<String>),
}

/// What `start` asks for.
#[derive(Debug, Clone)]
pub struct StartRequest {
    /// Which program.
    pub program: Program,
    /// On which host, if there are two.
    pub on: Option<HostName>,
    /// What to write to its standard input.
    pub stdin: Option<String>,
    /// The transport that it should serve, where that is known.
    pub protocol: Option<Protocol>,
    /// The port that it should serve, where that is known.
    pub port: Option<u16>,
    /// How long to wait for its socket.
    pub within: Option<Duration>,
}

/// What `connect` asks for.
#[derive(Debug, Clone)]
pub struct ConnectRequest {
    /// How many clients.
    pub clients: u32,
    /// On which host, if there are two.
    pub on: Option<HostName>,
    /// To the last server of this host, where no server is named.
    pub to: Option<HostName>,
    /// To which server, counted from 0; the last one started where it is left out.
    pub server: Option<ServerId>,
    /// Transport; default: that of the server's socket.
    pub protocol: Option<Protocol>,
    /// Whether they read what comes. Those that do not have the smallest buffers that the kernel gives.
    pub reads: bool,
    /// How long to wait until all are connected.
    pub within: Option<Duration>,
}

/// What one client is to send.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Which client.
    pub client: ClientId,
    /// The bytes; over UDP one datagram.
    pub bytes: Vec<u8>,
    /// In how many pieces (TCP), each given to the kernel when the one before has been acknowledged.
    pub fragments: u32,
}

/// In what order clients send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// In the order of their numbers.
    #[default]
    Forward,
    /// The last one first.
    Reverse,
    /// As near to the same moment as one thread can.
    Together,
}

/// Until when a client receives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Until {
    /// As many bytes (TCP) or datagrams (UDP) came as it sent since its last receive, or the stream ended.
    Answer,
    /// The stream ended.
    End,
    /// So many bytes more came (over UDP: datagrams' bytes added up), or the stream ended.
    Bytes(u64),
    /// These bytes came, or the stream ended.
    Text(Vec<u8>),
    /// Nothing came for this long.
    Quiet(Duration),
}

/// What a snapshot may wait for before it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Every client's connection is established at both ends.
    Established,
    /// The server has accepted every client's connection.
    Accepted,
    /// The server sleeps: it has dealt with everything that came. Waited for until it has used half a second of
    /// processor time.
    Idle,
    /// No connection is left that either end still has to close.
    Closed,
}

/// What `wait` waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitFor {
    /// That the server ends by itself.
    Exit,
    /// That the server has printed this.
    Output(String),
}

/// What steps may do. Every wait ends: by what it waits for, by its deadline, or because nothing more can come.
/// What a program under test does wrong is recorded, never returned as an error.
pub trait Stage {
    /// Starts a server and waits until its socket is there, as the kernel's table tells.
    fn start(&mut self, request: &StartRequest) -> Result<(), StageError>;
    /// Connects new clients and waits until all are connected.
    fn connect(&mut self, request: &ConnectRequest) -> Result<(), StageError>;
    /// Sends, and waits until all is handed to the kernel.
    fn send(&mut self, batch: &[Outgoing], order: Order, within: Option<Duration>) -> Result<(), StageError>;
    /// Receives.
    fn receive(&mut self, clients: &[ClientId], until: &Until, within: Option<Duration>) -> Result<(), StageError>;
    /// Half-closes: no more will be sent, everything is still received.
    fn finish_sending(&mut self, clients: &[ClientId]) -> Result<(), StageError>;
    /// Closes. What still comes is read until the end, so that the close is not turned into a reset.
    fn close(&mut self, clients: &[ClientId]) -> Result<(), StageError>;
    /// Closes with a reset.
    fn abort(&mut self, clients: &[ClientId]) -> Result<(), StageError>;
    /// Copies the socket table once all of `once` holds or the deadline has passed.
    fn snapshot(&mut self, name: &SnapshotName, once: &[Settled], within: Option<Duration>) -> Result<(), StageError>;
    /// Waits for a server.
    fn wait(&mut self, server: Option<ServerId>, what: &WaitFor, within: Option<Duration>) -> Result<(), StageError>;
    /// Sends a server a signal and waits until it has ended.
    fn stop(&mut self, server: Option<ServerId>, signal: i32, within: Option<Duration>) -> Result<(), StageError>;
    /// The clients that are connected and have not been closed.
    fn open_clients(&self) -> Vec<ClientId>;
    /// The values of the names in braces, without `n`.
    fn values(&self) -> BTreeMap<String, String>;
    /// The contents of a file that the scenario names.
    fn file(&self, name: &str) -> Option<&[u8]>;
    /// The run's seed.
    fn seed(&self) -> u64;
}
