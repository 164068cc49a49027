//! The state of a program at a snapshot: its threads, processes, zombies and descriptors.

use schemars::JsonSchema;
use serde::Deserialize;

use super::program_fault::program_fault;
use super::start::start_failure;
use super::{Judge, JudgeContext};
use crate::model::{
    Cause, EventKind, Evidence, EvidenceKind, Finding, Message, Needs, NotVerified, ProgramState, ServerId,
    SnapshotName,
};
use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::syntax::Keyword;
use crate::scenario::validate::Scope;

/// In this snapshot, every child process that had exited was waited for.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoZombies {
    /// The snapshot to judge.
    pub at: SnapshotName,
}

/// Between two snapshots, the program has closed the descriptors that it opened: files, sockets, pipes.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoLeaks {
    /// The snapshot before the clients came. A runtime may open files for the first client: take it after
    /// that one.
    pub from: SnapshotName,
    /// The snapshot after the clients have left.
    pub at: SnapshotName,
}

/// The number of threads of the program in this snapshot, in all of its processes. Those of a virtual
/// machine or another runtime count.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Threads {
    /// The snapshot to judge.
    pub at: SnapshotName,
    /// The least number.
    #[serde(default)]
    pub at_least: Option<u64>,
    /// The largest number.
    #[serde(default)]
    pub at_most: Option<u64>,
}

/// The number of processes of the program in this snapshot, without those that have exited.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProcessCount {
    /// The snapshot to judge.
    pub at: SnapshotName,
    /// The least number.
    #[serde(default)]
    pub at_least: Option<u64>,
    /// The largest number.
    #[serde(default)]
    pub at_most: Option<u64>,
}

impl Keyword for NoZombies {
    const SHORTHAND_FIELD: Option<&'static str> = Some("at");
}

impl Keyword for NoLeaks {
    const SHORTHAND_FIELD: Option<&'static str> = None;
}

impl Keyword for Threads {
    const SHORTHAND_FIELD: Option<&'static str> = None;
}

impl Keyword for ProcessCount {
    const SHORTHAND_FIELD: Option<&'static str> = None;
}

impl Judge for NoZombies {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Process])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        judge_state(seen, &self.at, |state| match state.zombies {
            0 => Ok(Message::new("no-zombies")),
            count => Err(Cause::ZombiesLeft { count }),
        })
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.require_snapshot(&self.at);
    }
}

impl Judge for NoLeaks {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Process])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        if let Some(finding) = start_failure(seen) {
            return finding;
        }
        let descriptors = |at| state_at(seen, at).and_then(|state| state.descriptors);
        let unknown = |at: &SnapshotName| Finding::not_verified(NotVerified::SnapshotNotTaken { name: at.to_string() });
        let Some(before) = descriptors(&self.from) else { return unknown(&self.from) };
        let Some(after) = descriptors(&self.at) else { return unknown(&self.at) };
        judge_state(seen, &self.at, |_| match after {
            after if after > before => Err(Cause::DescriptorsLeft { before, after }),
            _ => Ok(Message::new("no-leaks").with("descriptors", before)),
        })
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.require_snapshot(&self.from);
        names.require_snapshot(&self.at);
    }
}

impl Judge for Threads {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Process])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        judge_state(seen, &self.at, |state| {
            let count = state.threads;
            match (self.at_least, self.at_most) {
                (Some(least), _) if count < least => Err(Cause::TooFewThreads { count, least }),
                (_, Some(most)) if count > most => Err(Cause::TooManyThreads { count, most }),
                _ => Ok(Message::new("threads").with("count", count)),
            }
        })
    }
    fn check(&self, names: &mut Scope<'_>) {
        check_range(names, &self.at, self.at_least, self.at_most);
    }
}

impl Judge for ProcessCount {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Process])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        judge_state(seen, &self.at, |state| {
            let count = state.processes;
            match (self.at_least, self.at_most) {
                (Some(least), _) if count < least => Err(Cause::TooFewProcesses { count, least }),
                (_, Some(most)) if count > most => Err(Cause::TooManyProcesses { count, most }),
                _ => Ok(Message::new("processes").with("count", count)),
            }
        })
    }
    fn check(&self, names: &mut Scope<'_>) {
        check_range(names, &self.at, self.at_least, self.at_most);
    }
}

/// Reports a range without an end, and a snapshot that no step takes.
fn check_range(names: &mut Scope<'_>, at: &SnapshotName, least: Option<u64>, most: Option<u64>) {
    names.require_snapshot(at);
    if least.is_none() && most.is_none() {
        names.report(&[], DiagnosticKind::AnyOf.with("words", "at_least, at_most"));
    }
}

/// Judges the state of the first program in a snapshot. A program that has exited has no state.
fn judge_state(
    seen: &Evidence,
    at: &SnapshotName,
    judge: impl FnOnce(&ProgramState) -> Result<Message, Cause>,
) -> Finding {
    if let Some(finding) = start_failure(seen) {
        return finding;
    }
    let Some(state) = state_at(seen, at) else {
        return Finding::not_verified(NotVerified::SnapshotNotTaken { name: at.to_string() });
    };
    if state.processes == 0
        && let Some(finding) = program_fault(seen, ServerId(0))
    {
        return finding;
    }
    match judge(state) {
        Ok(message) => Finding::pass(message),
        Err(cause) => Finding::fail(cause),
    }
}

/// Returns the state of the first program in a snapshot.
fn state_at<'a>(seen: &'a Evidence, wanted: &SnapshotName) -> Option<&'a ProgramState> {
    seen.journal.iter().find_map(|event| match &event.kind {
        EventKind::Programs { at, states } if at == wanted => states.iter().find(|state| state.server == ServerId(0)),
        _ => None,
    })
}
