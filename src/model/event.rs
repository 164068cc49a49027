//! The events of a scenario. [`super::journal`] holds their sequence.

use super::exit_status::ExitStatus;
use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::blocked_thread::BlockedThread;
use super::bytes::Bytes;
use super::cap::Cap;
use super::collected_file::CollectedFile;
use super::field_value::FieldValue;
use super::name::{ClientId, ListenerId, Role, ServerId, SnapshotName};
use super::net::{Pid, Protocol, SocketRow};
use super::program_state::ProgramState;
use super::returned_call::ReturnedCall;
use super::start_failure::StartFailure;
use super::stream_end::{StreamEnd, WaitTarget};
use super::syscall::Syscall;

/// Nanoseconds since the scenario began (monotonic clock).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub u64);

/// The index of an event in its journal, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct EventId(pub u32);

/// An event of a scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The index of the event.
    pub id: EventId,
    /// The time of the event.
    pub at: Moment,
    /// The step of the scenario during which it occurred, from 0.
    pub step: u32,
    /// The kind of the event, with its data.
    pub kind: EventKind,
}

/// The kinds of events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A server program was started. A target that already runs is recorded too, with `pid` 0.
    Started {
        /// The server.
        server: ServerId,
        /// Its role in the lab, if it has one.
        role: Option<Role>,
        /// Its command line, as a user would type it.
        command: String,
        /// Its process; 0 for a target.
        pid: Pid,
        /// The expected transport, if known in advance.
        protocol: Option<Protocol>,
        /// The expected port, if known in advance.
        port: Option<u16>,
        /// The role that this program was written for, if it substitutes a program that was not
        /// submitted. The correct answers follow from it.
        #[serde(default)]
        stands_in: Option<Role>,
    },
    /// A server's program made a system call on sockets or other processes.
    Called {
        /// The server.
        server: ServerId,
        /// The process that made the call.
        pid: Pid,
        /// The call.
        call: Syscall,
    },
    /// A system call on a socket returned. Recorded in diagnosing runs only.
    Returned {
        /// The server.
        server: ServerId,
        /// The process that made the call.
        pid: Pid,
        /// The thread that made the call; equal to `pid` for the first thread of a process.
        thread: Pid,
        /// The call with its result.
        call: ReturnedCall,
    },
    /// From here on, the results of calls were no longer recorded: too many calls, or too much
    /// time.
    ResultsUnrecorded {},
    /// From here on, the calls of programs on sockets were cut short or interrupted.
    Disturbed {
        /// The most bytes that a read of a connection returned.
        recv: Option<u64>,
        /// The most bytes that a write to a connection accepted.
        send: Option<u64>,
        /// How many of a thousand calls were interrupted.
        permille: u64,
    },
    /// System calls of programs were changed, in a run of an audit. Recorded at its end.
    CallsMutated {
        /// Number of calls that were changed.
        calls: u64,
    },
    /// The server's program tried to bind an address that its host did not have. The address was
    /// added, and the program was started again.
    AddressGiven {
        /// The server.
        server: ServerId,
        /// The address.
        address: IpAddr,
    },
    /// The server's socket exists.
    Ready {
        /// The server.
        server: ServerId,
        /// The listening (TCP) or bound (UDP) socket.
        row: SocketRow,
    },
    /// The server did not become ready.
    NotReady {
        /// The server.
        server: ServerId,
        /// The reason.
        why: StartFailure,
    },
    /// A server's first process exited during the scenario.
    Exited {
        /// The server.
        server: ServerId,
        /// Its exit status.
        status: ExitStatus,
    },
    /// A `stop` step sent a signal to a server.
    Signalled {
        /// The server.
        server: ServerId,
        /// The number of the signal.
        signal: i32,
    },
    /// The output of a server so far, of both streams. Recorded when the scenario ends, or the
    /// server does not become ready.
    Output {
        /// The server.
        server: ServerId,
        /// The first bytes.
        head: Bytes,
        /// The last bytes, if there are more than `head` holds.
        tail: Bytes,
        /// Total number of bytes.
        total: u64,
    },
    /// A server exceeded a limit.
    CapHit {
        /// The server.
        server: ServerId,
        /// The limit.
        cap: Cap,
    },
    /// A `type` step wrote to the standard input of a program.
    Typed {
        /// The program.
        server: ServerId,
        /// The bytes that the pipe accepted.
        bytes: Bytes,
        /// Number of bytes that it did not accept: the program does not read, or has exited.
        #[serde(default)]
        unwritten: u64,
        /// True if its standard input was closed afterwards.
        #[serde(default)]
        closed: bool,
    },
    /// A `collect` step copied a file of the programs' working directory.
    Collected {
        /// Its path there.
        path: String,
        /// The file.
        file: CollectedFile,
    },
    /// socklab opened a socket to which the programs can connect.
    Listening {
        /// The listening socket.
        listener: ListenerId,
        /// The transport.
        protocol: Protocol,
        /// Its address.
        local: SocketAddr,
    },
    /// A program connected to a listening socket (UDP: its first datagram came), and socklab
    /// accepted the connection.
    Accepted {
        /// The number of the connection.
        client: ClientId,
        /// The listening socket.
        listener: ListenerId,
        /// The program that connected.
        server: ServerId,
        /// The transport.
        protocol: Protocol,
        /// The address of socklab's end.
        local: SocketAddr,
        /// The address of the program's end.
        peer: SocketAddr,
    },
    /// An `accept` step waited for this connection, which did not come.
    NotAccepted {
        /// The number that the connection would have had.
        client: ClientId,
        /// The listening socket.
        listener: ListenerId,
        /// The time limit, in milliseconds.
        within_ms: u64,
        /// True if the wait ended before the time limit, because nothing more could come.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        silent: bool,
    },
    /// A client's socket is connected (UDP: its peer is set).
    Connected {
        /// The client.
        client: ClientId,
        /// The server.
        server: ServerId,
        /// The transport.
        protocol: Protocol,
        /// The address of the client.
        local: SocketAddr,
        /// The address of the server.
        peer: SocketAddr,
    },
    /// Fewer clients connected than a step wanted, since the server's own accept queue held no
    /// more.
    FewerClients {
        /// The server.
        server: ServerId,
        /// How many connected.
        clients: u32,
        /// How many the step wanted.
        wanted: u32,
        /// The backlog that the server passed to `listen(2)`.
        backlog: u32,
    },
    /// A series of exchanges ended before all were made, since it took too long.
    FewerRounds {
        /// The client.
        client: ClientId,
        /// How many were made.
        rounds: u32,
        /// How many the step wanted.
        wanted: u32,
        /// How long they took, in milliseconds.
        time_ms: u64,
    },
    /// A client never reads. Data sent to it stays in the kernel's buffers until they are full.
    ReadsNothing {
        /// The client.
        client: ClientId,
    },
    /// A client could not connect.
    ConnectFailed {
        /// The client.
        client: ClientId,
        /// The server.
        server: ServerId,
        /// The reason.
        ending: StreamEnd,
    },
    /// A client started to send this message (UDP: as one datagram).
    Sent {
        /// The client.
        client: ClientId,
        /// The bytes.
        bytes: Bytes,
    },
    /// Some bytes of a message could not be sent: the connection ended, or the server did not read.
    Unsent {
        /// The client.
        client: ClientId,
        /// Number of bytes.
        bytes: u64,
    },
    /// A client received these bytes (UDP: as one datagram).
    Received {
        /// The client.
        client: ClientId,
        /// The bytes.
        bytes: Bytes,
    },
    /// A step took a value from the last message that a client waited for.
    Captured {
        /// The client.
        client: ClientId,
        /// The name for use in braces.
        name: String,
        /// The value. `None` if no message came, or it does not have the field.
        value: Option<FieldValue>,
    },
    /// A client received more bytes than it keeps. They were counted and dropped.
    Overflowed {
        /// The client.
        client: ClientId,
        /// Number of bytes dropped.
        bytes: u64,
    },
    /// A datagram came to a client's port from an address that the client did not send to.
    Stray {
        /// The client.
        client: ClientId,
        /// The source address.
        from: SocketAddr,
        /// The bytes.
        bytes: Bytes,
    },
    /// A client's stream ended.
    Ended {
        /// The client.
        client: ClientId,
        /// How it ended.
        ending: StreamEnd,
    },
    /// A client waited until the time limit.
    Late {
        /// The client.
        client: ClientId,
        /// The goal that was not reached.
        waiting: WaitTarget,
        /// The time limit, in milliseconds.
        within_ms: u64,
        /// True if the wait ended before the time limit, because nothing more could come (see
        /// [`EventKind::Silent`]).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        silent: bool,
        /// The bytes of the client that the server had not read, if it kept a processor busy until
        /// the wait ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        busy_unread: Option<u64>,
    },
    /// The programs were found silent: without new input they could do nothing more.
    ///
    /// Every thread slept in a call that only input, another thread or a time limit beyond the end
    /// of the wait can end, nothing was in flight, and no thread ran between two observations.
    Silent {
        /// The threads of all servers.
        threads: Vec<BlockedThread>,
        /// The socket table at that time, as in `Snapshot`.
        rows: Vec<SocketRow>,
    },
    /// The state of the programs at a snapshot, recorded after it.
    Programs {
        /// The name of the snapshot.
        at: SnapshotName,
        /// The state of each program that has a process, and of each that had one.
        states: Vec<ProgramState>,
    },
    /// A client closed its sending side.
    FinishedSending {
        /// The client.
        client: ClientId,
    },
    /// A client closed its connection.
    Closed {
        /// The client.
        client: ClientId,
    },
    /// A client closed its connection with a reset.
    Aborted {
        /// The client.
        client: ClientId,
    },
    /// The socket table was copied.
    Snapshot {
        /// The name of the snapshot.
        name: SnapshotName,
        /// True if the condition of the step was met.
        settled: bool,
        /// True if the condition was not met, and a server's program was runnable at each of
        /// several polls.
        #[serde(default)]
        busy: bool,
        /// The rows that concern the servers and clients of the scenario.
        rows: Vec<SocketRow>,
    },
    /// A `wait` step ended.
    Waited {
        /// The server.
        server: ServerId,
        /// True if the wait was successful.
        met: bool,
        /// The text that it waited for in the output. None if it waited for the exit.
        text: Option<String>,
    },
}
