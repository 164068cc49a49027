//! `ProgramState`: the processes, threads and descriptors of a program at a snapshot.

use serde::{Deserialize, Serialize};

use super::ServerId;

/// The state of all processes of a program at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramState {
    /// The program.
    pub server: ServerId,
    /// Number of its processes, without zombies.
    pub processes: u64,
    /// Number of its processes that have exited and were not waited for (`wait(2)`, NOTES).
    pub zombies: u64,
    /// Number of threads in all processes.
    pub threads: u64,
    /// Number of open descriptors in all processes; `None` if some may not be inspected.
    pub descriptors: Option<u64>,
}
