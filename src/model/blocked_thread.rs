//! `BlockedThread`: where a thread of a silent server waits.

use serde::{Deserialize, Serialize};

use super::name::ServerId;
use super::net::Pid;

/// A thread of a server that slept in a system call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockedThread {
    /// The server.
    pub server: ServerId,
    /// The process.
    pub pid: Pid,
    /// The thread; equal to `pid` for the first thread of a process.
    pub thread: Pid,
    /// The name of the thread, at most 15 bytes (`prctl(2)`, PR_SET_NAME).
    pub name: String,
    /// The call, as in its manual page; `sleep` for all that only wait for a time.
    pub call: String,
    /// The descriptor that the call waits for, if it waits for one.
    pub fd: Option<i32>,
    /// The inode of the socket behind `fd`.
    pub inode: Option<u64>,
    /// True if the call has a time limit.
    pub limited: bool,
}
