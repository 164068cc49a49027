//! A program that may be chosen for a role, and the reasons why it cannot be run.

use std::path::PathBuf;

use crate::model::{Cap, SourceFault};
use crate::submission::heuristics::SourceHints;
use crate::submission::language::Recipe;
use crate::submission::probe::ProbeProgram;
use crate::submission::probe::outcome::ProbeOutcome;

/// Why a program cannot be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProgramProblem {
    /// A tool that it needs is missing on this machine, which is not the student's fault.
    Missing(String),
    /// The build fails: the first error, if any was printed.
    Build(Option<String>),
    /// The build fails with an error that says this about the source; contains the error.
    Fault(SourceFault, String),
    /// The build would download something, and there is no network: the line that reports it.
    Fetch(String),
    /// The build exceeded this limit.
    Cap(Cap),
    /// The build did not finish within this time, in seconds.
    BuildTimeout(u64),
    /// There was no time left for the build, out of this time for all builds, in seconds.
    OutOfTime(u64),
    /// The harness failed.
    Harness,
}

/// A program that may be chosen for a role.
pub(super) struct Candidate {
    /// Its main source file.
    pub(super) file: PathBuf,
    /// The other source files of the program.
    pub(super) parts: Vec<PathBuf>,
    /// How it is built and started.
    pub(super) recipe: Recipe,
    /// What its source suggests.
    pub(super) reading: SourceHints,
    /// Why it cannot be run.
    pub(super) trouble: Option<ProgramProblem>,
    /// What its last probe found.
    pub(super) seen: ProbeOutcome,
    /// How that probe started it.
    pub(super) start: ProbeProgram,
}
