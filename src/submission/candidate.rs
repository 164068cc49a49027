//! A program that may be chosen for a role, and the reasons why it cannot be run.

use std::path::PathBuf;

use crate::model::{Cap, Cause, HarnessError, Hint, Message, NotVerified, SocketRow, SourceFault, Verdict};
use crate::run::judge::MissingProgram;
use crate::scenario::expect::compile_errors::compile_advice;
use crate::submission::heuristics::SourceHints;
use crate::submission::language::Recipe;
use crate::submission::probe::ProbeProgram;
use crate::submission::probe::outcome::{ProbeAnswer, ProbeOutcome};

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

impl ProgramProblem {
    /// Returns the reason why the program in this file is not run.
    #[must_use]
    pub(super) fn absence(&self, file: &str) -> MissingProgram {
        let not_verified = |because: NotVerified| MissingProgram::new(Verdict::NotVerified, because);
        let file = file.to_owned();
        match self {
            Self::Missing(tool) => not_verified(NotVerified::ToolMissing { tool: tool.clone(), file }),
            Self::Build(error) => {
                let hint = error.as_deref().and_then(compile_advice).unwrap_or(Hint::Build);
                MissingProgram::failed(Cause::DoesNotBuild { file, error: error.clone(), hint })
            }
            Self::Fault(fault, error) if fault.is_of_other_system() => {
                let error = error.clone();
                not_verified(NotVerified::WrittenForOtherSystem { file, fault: *fault, error })
            }
            Self::Fault(fault, error) => {
                let (error, hint) = (error.clone(), Hint::for_fault(*fault));
                MissingProgram::failed(Cause::DoesNotBuildFault { file, fault: *fault, error, hint })
            }
            Self::Fetch(line) => not_verified(NotVerified::NeedsDownload { file, said: line.clone() }),
            Self::Cap(cap) => MissingProgram::failed(Cause::DoesNotBuildCap { file, cap: cap.clone() }),
            Self::BuildTimeout(limit) => MissingProgram::failed(Cause::DoesNotBuildTime { file, limit: *limit }),
            Self::OutOfTime(limit) => not_verified(NotVerified::NotBuiltInTime { file, limit: *limit }),
            Self::Harness => {
                let because = NotVerified::HarnessTrouble { problem: HarnessError::BuildPanicked {} };
                MissingProgram::new(Verdict::Error, because)
            }
        }
    }

    /// Returns the same reason for a list of programs that were not used, without the file.
    #[must_use]
    pub(super) fn message(&self) -> Message {
        match self {
            Self::Missing(tool) => Message::new("found-needs-tool").with("tool", tool.as_str()),
            Self::Build(Some(error)) | Self::Fault(_, error) => {
                Message::new("found-does-not-build-said").with("error", error.as_str())
            }
            Self::Build(None) | Self::Cap(_) | Self::BuildTimeout(_) => Message::new("found-does-not-build"),
            Self::Fetch(said) => Message::new("found-needs-download").with("said", said.as_str()),
            Self::OutOfTime(_) | Self::Harness => Message::new("found-not-started"),
        }
    }
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
    /// True if its main source serves, and not only one of its parts.
    pub(super) serves_itself: bool,
    /// Why it cannot be run.
    pub(super) trouble: Option<ProgramProblem>,
    /// What its last probe found.
    pub(super) seen: ProbeOutcome,
    /// How that probe started it.
    pub(super) start: ProbeProgram,
    /// Its further sockets, with its answers there.
    pub(super) other_sockets: Vec<(SocketRow, ProbeAnswer)>,
}
