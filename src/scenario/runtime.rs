//! The trait [`Runtime`]: the operations available to steps. Its implementation is two floors up.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::{ClientId, FieldValues, HarnessError, HostName, ListenerId, Protocol, Role, ServerId, SnapshotName};
use crate::packet::layout::Layout;

/// A failure of socklab or of the machine during a step, never the student's fault.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// An operation of the system failed, or no more evidence can be collected.
    #[error("{0:?}")]
    Harness(HarnessError),
    /// The run was interrupted from outside.
    #[error("interrupted")]
    Interrupted,
}

/// The program that a `start` step starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Program {
    /// The submission's (or the bundled) program of this role.
    Role(Role),
    /// This command line.
    Command(Vec<String>),
}

/// The parameters of `start`.
#[derive(Debug, Clone)]
pub struct StartRequest {
    /// The program.
    pub program: Program,
    /// The host to start it on, if there are two.
    pub on: Option<HostName>,
    /// The paths and contents of files that it finds in its working directory.
    pub files: Vec<(String, Vec<u8>)>,
    /// The text to write to its standard input.
    pub stdin: Option<String>,
    /// The transport that it should serve, if known.
    pub protocol: Option<Protocol>,
    /// The port that it should serve, if known.
    pub port: Option<u16>,
    /// Time limit for its socket to appear.
    pub within: Option<Duration>,
}

/// The parameters of `run`.
#[derive(Debug, Clone)]
pub struct RunRequest {
    /// The program.
    pub program: Program,
    /// Further words of its command line.
    pub args: Vec<String>,
    /// Variables of its environment, by name.
    pub env: BTreeMap<String, String>,
    /// The paths and contents of files that it finds in its working directory.
    pub files: Vec<(String, Vec<u8>)>,
    /// The host to start it on, if there are two.
    pub on: Option<HostName>,
    /// The text to write to its standard input.
    pub stdin: Option<String>,
}

/// The parameters of `type`.
#[derive(Debug, Clone)]
pub struct TypeRequest {
    /// The program. Default: the last one started.
    pub program: Option<ServerId>,
    /// The bytes for its standard input.
    pub bytes: Vec<u8>,
    /// True if its standard input ends after them.
    pub close: bool,
    /// Time limit until the program has read what a full pipe does not hold.
    pub within: Option<Duration>,
}

/// The parameters of `listen`.
#[derive(Debug, Clone)]
pub struct ListenRequest {
    /// The transport.
    pub protocol: Protocol,
    /// The port. Default: one that the kernel chooses.
    pub port: Option<u16>,
    /// The host to listen on, if there are two.
    pub on: Option<HostName>,
}

/// The parameters of `accept`.
#[derive(Debug, Clone)]
pub struct AcceptRequest {
    /// The number of connections.
    pub connections: u32,
    /// The listening socket. Default: the last one opened.
    pub listener: Option<ListenerId>,
    /// Time limit until all have come.
    pub within: Option<Duration>,
}

/// The parameters of `disturb`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DisturbRequest {
    /// The most bytes that a read of a connection returns.
    pub recv: Option<u64>,
    /// The most bytes that a write to a connection accepts.
    pub send: Option<u64>,
    /// The share of calls on sockets that fail with EINTR, from 0 to 1.
    pub eintr: f64,
    /// The seed that selects these calls.
    pub seed: u64,
}

/// The parameters of `connect`.
#[derive(Debug, Clone)]
pub struct ConnectRequest {
    /// The number of clients.
    pub clients: u32,
    /// The host to connect from, if there are two.
    pub on: Option<HostName>,
    /// Connects to the last server of this host if no server is named.
    pub to: Option<HostName>,
    /// The server, counted from 0. Default: the last one started.
    pub server: Option<ServerId>,
    /// The transport. Default: that of the server's socket.
    pub protocol: Option<Protocol>,
    /// True if the clients read. Clients that do not read have the smallest buffers of the kernel.
    pub reads: bool,
    /// Time limit until all clients are connected.
    pub within: Option<Duration>,
    /// True if fewer clients may connect, when the accept queue holds no more.
    pub fit_backlog: bool,
}

/// The data that one client sends.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The client.
    pub client: ClientId,
    /// The bytes. Over UDP, they are one datagram.
    pub bytes: Vec<u8>,
    /// The number of pieces (TCP). Each is passed to the kernel after the previous one was
    /// acknowledged.
    pub fragments: u32,
}

/// The order in which clients send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SendOrder {
    /// By client number, ascending.
    #[default]
    Forward,
    /// By client number, descending.
    Reverse,
    /// As close to simultaneously as one thread allows.
    Together,
}

/// The condition that ends a receive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiveUntil {
    /// The client received as many bytes (TCP) or datagrams (UDP) as it sent since its last
    /// receive, or the stream ended.
    Answer,
    /// The stream ended.
    End,
    /// This number of further bytes arrived, or the stream ended. Over UDP, the bytes of all
    /// datagrams are added up.
    Bytes(u64),
    /// These bytes arrived, or the stream ended.
    Text(Vec<u8>),
    /// This number of further HTTP responses arrived whole, or the stream ended.
    Responses(u32),
    /// This number of further messages of a layout arrived whole, or the stream ended.
    Messages(Layout, u32),
    /// Nothing arrived for this long.
    Quiet(Duration),
}

/// A condition that a snapshot may wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapshotCondition {
    /// Every client's connection is established at both ends.
    Established,
    /// The server has accepted every client's connection.
    Accepted,
    /// The server is idle: it has processed everything that arrived. The wait ends if it has used
    /// half a second of CPU time.
    Idle,
    /// There is no connection left that either end still has to close.
    Closed,
}

/// The condition of a `wait` step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitCondition {
    /// The server exits by itself.
    Exit,
    /// The server has printed this text.
    Output(String),
}

/// The operations available to steps.
///
/// Every wait ends: when its condition holds, at its deadline, or if nothing more can arrive.
/// Faults of a program under test are recorded, never returned as errors.
pub trait Runtime {
    /// Starts a server and waits until its socket appears in the kernel's socket table.
    fn start(&mut self, request: &StartRequest) -> Result<(), RuntimeError>;
    /// Starts a program that is no server: no socket of it is waited for.
    fn run(&mut self, request: &RunRequest) -> Result<(), RuntimeError>;
    /// Writes to the standard input of a program.
    fn type_input(&mut self, request: &TypeRequest) -> Result<(), RuntimeError>;
    /// Opens a socket to which programs can connect.
    fn listen(&mut self, request: &ListenRequest) -> Result<(), RuntimeError>;
    /// Accepts connections of programs. Those that do not come keep their numbers.
    fn accept(&mut self, request: &AcceptRequest) -> Result<(), RuntimeError>;
    /// Copies a file from the working directory of the programs, once they are idle.
    fn collect(&mut self, path: &str) -> Result<(), RuntimeError>;
    /// Cuts the calls of programs short, or interrupts them, from now on.
    fn disturb(&mut self, request: &DisturbRequest) -> Result<(), RuntimeError>;
    /// Connects new clients and waits until all are connected.
    fn connect(&mut self, request: &ConnectRequest) -> Result<(), RuntimeError>;
    /// Sends data and waits until all of it was passed to the kernel.
    fn send(&mut self, batch: &[Outgoing], order: SendOrder, within: Option<Duration>) -> Result<(), RuntimeError>;
    /// Receives data until the condition holds. If `close` is true, each client closes as soon as
    /// it does for that client.
    fn receive(
        &mut self,
        clients: &[ClientId],
        until: &ReceiveUntil,
        within: Option<Duration>,
        close: bool,
    ) -> Result<(), RuntimeError>;
    /// Returns true if the current step has taken this long, so that its series of exchanges ends.
    /// Records how many of the wanted rounds were made.
    fn ends_series(&mut self, clients: &[ClientId], rounds: [u32; 2], limit: Duration) -> bool;
    /// Returns true if one of these clients received data for its last message that does not repeat
    /// what it sent, in any case.
    fn got_other_answer(&self, clients: &[ClientId]) -> bool;
    /// Half-closes the connections: the clients stop sending but still receive.
    fn finish_sending(&mut self, clients: &[ClientId]) -> Result<(), RuntimeError>;
    /// Closes the connections. Pending data is read first, so that the close does not become a
    /// reset.
    fn close(&mut self, clients: &[ClientId]) -> Result<(), RuntimeError>;
    /// Closes the sockets without reading what has arrived or will arrive.
    fn close_unread(&mut self, clients: &[ClientId]) -> Result<(), RuntimeError>;
    /// Closes the connections with a reset.
    fn abort(&mut self, clients: &[ClientId]) -> Result<(), RuntimeError>;
    /// Copies the socket table when all conditions hold or the deadline has passed.
    fn snapshot(
        &mut self,
        name: &SnapshotName,
        once: &[SnapshotCondition],
        within: Option<Duration>,
    ) -> Result<(), RuntimeError>;
    /// Waits for a server to exit or to print a text.
    fn wait(
        &mut self,
        server: Option<ServerId>,
        what: &WaitCondition,
        within: Option<Duration>,
    ) -> Result<(), RuntimeError>;
    /// Sends a signal to a server and waits until it has exited.
    fn stop(&mut self, server: Option<ServerId>, signal: i32, within: Option<Duration>) -> Result<(), RuntimeError>;
    /// Returns the clients that are connected and not closed.
    fn open_clients(&self) -> Vec<ClientId>;
    /// Returns the values of the names in braces, except `n`.
    fn values(&self) -> BTreeMap<String, String>;
    /// Returns the contents of a file that the scenario names.
    fn file(&self, name: &str) -> Option<&[u8]>;
    /// Returns the layout of a format that the scenario declares.
    fn format(&self, name: &str) -> Option<&Layout>;
    /// Captures values of the last message that each of these clients waited for: names by field.
    /// Records each, or that it is missing.
    fn capture(&mut self, clients: &[ClientId], format: &str, names: &BTreeMap<String, String>);
    /// Returns the captured values by name: those of this client, else the last ones of any client.
    fn captured(&self, client: ClientId) -> FieldValues;
    /// Returns the seed of the run.
    fn seed(&self) -> u64;
}
