//! `StartFailure`: why a server did not become ready. [`super::event`] records it.

use serde::{Deserialize, Serialize};

use super::exit_status::ExitStatus;
use super::harness_error::HarnessError;
use super::net::SocketRow;

/// Why a server did not become ready.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartFailure {
    /// The program could not be started: no such file.
    Missing(String),
    /// The program could not be started: the interpreter in its first line, or the loader that it
    /// was linked for, does not exist.
    MissingInterpreter {
        /// The program.
        program: String,
        /// The interpreter, if its first line names one.
        interpreter: Option<String>,
    },
    /// The program could not be started: its first line ends in a carriage return, which thus
    /// belongs to the name of the interpreter.
    LineEndings(String),
    /// The program could not be started: it is a script that begins with a byte order mark, so that
    /// its first line is not recognised.
    ByteOrderMark(String),
    /// The program could not be started: not executable, or not a program.
    NotExecutable(String),
    /// The program exited before its socket existed.
    Exited(ExitStatus),
    /// The program has a socket of the other protocol, on its port or on one that it asked for.
    OtherProtocol(SocketRow),
    /// The program bound a TCP socket and never listened on it.
    BoundNotListening(SocketRow),
    /// No socket of the program listens or is bound.
    Nothing {
        /// The time limit, in milliseconds.
        within_ms: u64,
        /// True if the wait ended before it, because the program could do nothing more by itself
        /// (see [`super::EventKind::Silent`]).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        silent: bool,
    },
    /// No socket of the program listens or is bound, and it can only wait for its standard input.
    AsksInput,
    /// Another program's socket holds the port, perhaps of an earlier run. Not a fault of this
    /// program.
    PortBusy(SocketRow),
    /// The machine could not start or observe the program. Not a fault of this program.
    Harness(HarnessError),
}
