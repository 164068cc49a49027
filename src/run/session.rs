//! The surroundings of runs, which stay in the process that starts the agents: permits, the
//! caller's environment, and the cancellation. The progress is not among them, because whoever
//! receives it needs the plan of a run first.

use std::path::PathBuf;

use super::budget::Budgets;
use super::cancel::Cancel;
use super::semaphore::Semaphore;
use super::toolchains::Variables;
use crate::model::SandboxMode;

/// The surroundings of a run: everything except the lab and its programs.
#[derive(Clone, Copy)]
pub(crate) struct Session<'a> {
    /// The seed of all random choices.
    pub seed: u64,
    /// The requested sandbox mode; `None` for isolated mode if the machine allows it, else plain
    /// mode.
    pub stage: Option<SandboxMode>,
    /// Number of scenarios that run in parallel.
    pub jobs: usize,
    /// Permits for scenarios, shared with other submissions: they share the machine's memory.
    pub permits: &'a Semaphore,
    /// The caller's environment.
    pub environment: Variables<'a>,
    /// Paths that are hidden from submissions.
    pub hide: &'a [PathBuf],
    /// The cancellation signal.
    pub cancel: &'a Cancel,
    /// Time for builds and probes. A run of the lab itself uses none of it.
    pub budgets: &'a Budgets,
}
