//! The specification of one run of a scenario, from which an agent performs it: steps, programs,
//! visible files, environment and limits. The runner makes it; the engine reads it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::isolated::Sandbox;
use super::{ProgramSource, ProgramSpec};
use crate::model::{Bytes, MutatedRole, Role, SandboxMode};
use crate::scenario::script::Script;
use crate::sys::rlimits::{Limits as ProgramLimits, UNLIMITED};
use crate::sys::syscall_denylist::Confinement;
use crate::sys::syscall_policy::Policy;

/// File descriptors of a program besides one per client.
const EXTRA_OPEN_FILES: u64 = 1024;

/// Everything that an agent needs to run a scenario. It crosses to the agent's process as one
/// frame, which is read before any privilege is dropped; nothing in it is parsed later.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RunSpec {
    /// The steps of the scenario, and what they depend on.
    pub script: Script,
    /// The contents of the files that its payloads name.
    pub payload_files: BTreeMap<String, Bytes>,
    /// The programs by role.
    pub programs: BTreeMap<Role, ProgramSpec>,
    /// Where the programs run, and what they see.
    pub sandbox: SandboxSpec,
    /// What all programs together may use.
    pub limits: LimitSpec,
    /// The seed of the run.
    pub seed: u64,
    /// True if packets are captured.
    pub capture: bool,
    /// True for a build: files that the programs write into the submission's folder are kept.
    pub keep_writes: bool,
    /// True if silent programs are made to print their stacks, which ends most of them.
    pub stacks: bool,
    /// True if the results of the programs' socket calls are recorded, which slows them down.
    pub results: bool,
    /// The calls of programs that are changed. Their results are then not recorded.
    pub mutation: Option<MutatedRole>,
    /// True if every item fails as soon as one answer does not come, so that the answers of further
    /// clients decide nothing.
    pub needs_all_answers: bool,
}

/// Where the programs of a run are, and what they see.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SandboxSpec {
    /// The sandbox mode.
    pub mode: SandboxMode,
    /// The folder in which programs run.
    pub folder: OsString,
    /// The complete environment of the programs.
    pub environment: Vec<(OsString, OsString)>,
    /// Ports that plain mode locks.
    pub locked_ports: Vec<u16>,
    /// The visible files, and the settings of the namespaces (isolated mode).
    pub view: Sandbox,
}

/// The limits of all programs of a run together.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LimitSpec {
    /// True if the limits are enforced: any program is not the lab's own.
    pub enforced: bool,
    /// Memory in bytes.
    pub memory: u64,
    /// Folder of the cgroup in which the kernel limits the memory, if there is one.
    pub cgroup: Option<PathBuf>,
}

impl RunSpec {
    /// Returns true if calls of programs are changed: by a mutation, or by a step of the scenario.
    #[must_use]
    pub(crate) fn changes_calls(&self) -> bool {
        self.mutation.is_some() || self.script.disturbs()
    }

    /// Returns true if every row of the socket table belongs to the scenario.
    #[must_use]
    pub(crate) fn is_isolated(&self) -> bool {
        self.sandbox.mode == SandboxMode::Isolated
    }

    /// Returns true if a server runs elsewhere: its packets use other networks as well.
    #[must_use]
    pub(crate) fn has_target(&self) -> bool {
        self.programs.values().any(|program| matches!(program.runs, ProgramSource::Target(_)))
    }

    /// Returns the limits of each program.
    pub(super) fn program_limits(&self) -> ProgramLimits {
        let default = ProgramLimits::default();
        // RLIMIT_NPROC would count all processes of the user on this machine.
        let processes = if self.is_isolated() { u64::from(self.sandbox.view.processes) } else { UNLIMITED };
        // A server holds one descriptor per client.
        let open_files = default.open_files.max(u64::from(self.script.limits.clients) + EXTRA_OPEN_FILES);
        ProgramLimits { processes, open_files, ..default }
    }

    /// Returns which system calls are denied. In plain mode a submission's programs are confined;
    /// commands of the caller are confined as far as in a sandbox.
    pub(super) fn syscall_policy(&self) -> Policy {
        let Some(folder) = self.sandbox.view.submission.as_ref().filter(|_| !self.is_isolated()) else {
            return Policy::default();
        };
        let writable = std::fs::canonicalize(folder).unwrap_or_else(|_| PathBuf::from(folder));
        Policy { confinement: Confinement::Plain, writable }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(mode: SandboxMode, submission: Option<&str>, clients: u32) -> RunSpec {
        let mut script = Script::default();
        script.limits.clients = clients;
        let view = Sandbox { submission: submission.map(Into::into), processes: 7, ..Sandbox::default() };
        RunSpec {
            script,
            payload_files: BTreeMap::new(),
            programs: BTreeMap::new(),
            sandbox: SandboxSpec {
                mode,
                folder: OsString::new(),
                environment: Vec::new(),
                locked_ports: Vec::new(),
                view,
            },
            limits: LimitSpec { enforced: true, memory: 0, cgroup: None },
            seed: 0,
            capture: false,
            keep_writes: false,
            stacks: false,
            results: false,
            mutation: None,
            needs_all_answers: false,
        }
    }

    #[test]
    fn process_limit_applies_only_inside_namespaces() {
        assert_eq!(spec(SandboxMode::Isolated, None, 1).program_limits().processes, 7);
        assert_eq!(spec(SandboxMode::Plain, None, 1).program_limits().processes, UNLIMITED);
    }

    #[test]
    fn open_files_suffice_for_all_clients() {
        assert!(spec(SandboxMode::Plain, None, 10_000).program_limits().open_files >= 10_000 + EXTRA_OPEN_FILES);
        let few = spec(SandboxMode::Plain, None, 1).program_limits();
        assert_eq!(few.open_files, ProgramLimits::default().open_files);
    }

    #[test]
    fn submission_is_confined_in_plain_mode_only() {
        let plain = spec(SandboxMode::Plain, Some("/no/such/folder"), 1).syscall_policy();
        assert_eq!((plain.confinement, plain.writable), (Confinement::Plain, PathBuf::from("/no/such/folder")));
        let default = Policy::default().confinement;
        assert_eq!(spec(SandboxMode::Isolated, Some("/no/such/folder"), 1).syscall_policy().confinement, default);
        assert_eq!(spec(SandboxMode::Plain, None, 1).syscall_policy().confinement, default);
    }
}
