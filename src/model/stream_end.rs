//! How streams and waits of connections end: parts of the events of a scenario.

use serde::{Deserialize, Serialize};

use super::kernel_error::KernelError;

/// How a stream or a connect ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamEnd {
    /// A FIN: the regular end of a stream.
    End,
    /// A reset.
    Reset,
    /// The port is closed (TCP: RST to the SYN; UDP: ICMP port unreachable).
    Refused,
    /// The deadline passed.
    Deadline,
    /// Another error.
    Other(KernelError),
}

/// The goal of a client that waited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitTarget {
    /// As many bytes (TCP) or datagrams (UDP) as it had sent.
    Answer {
        /// Number received.
        got: u64,
        /// Number expected.
        of: u64,
    },
    /// The end of the stream.
    End,
    /// A number of bytes.
    Bytes {
        /// Number received.
        got: u64,
        /// Number expected.
        of: u64,
    },
    /// A number of further HTTP responses.
    Responses {
        /// Number received.
        got: u32,
        /// Number expected.
        of: u32,
    },
    /// A number of further messages of a format.
    Messages {
        /// Number received.
        got: u32,
        /// Number expected.
        of: u32,
    },
    /// Bytes up to and including this text.
    Until(String),
    /// A connection, or the sending of all its data.
    Sending,
}
