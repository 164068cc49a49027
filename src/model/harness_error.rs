//! `HarnessError`: a failure of socklab or of the machine, with typed values. It crosses from the
//! agent to the runner, and format 1 of the report has its message.

use serde::{Deserialize, Serialize};

use super::cause::value::{Source, Value};
use super::exit_status::ExitStatus;
use super::kernel_error::KernelError;
use super::message::{Arg, Message};
use super::operation::Operation;
use super::reason_table::reasons;

reasons! {
    /// A failure of socklab or of the machine: never the student's fault.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(from = "Arg", into = "Arg")]
    HarnessError {
        System { operation: Operation, error: KernelError } = "system-failed";
        SystemOn { operation: Operation, on: String, error: KernelError } = "system-failed-on";
        BoundUnlisted {} = "kernel-bound-unlisted";
        ProbeExited { status: ExitStatus } = "probe-exited";
        Step { step: String, problem: Box<HarnessError> } = "step-failed";
        Overloaded { cpu_ms: u64, wall_ms: u64 } = "machine-overloaded";
        OutOfMemory {} = "machine-out-of-memory";
        KilledFromOutside { status: ExitStatus } = "killed-from-outside";
        NoFolder { folder: String } = "folder-not-found";
        OtherArchitecture { program: String } = "other-architecture";
        RootWithoutLandlock {} = "root-without-landlock";
        AgentExited {} = "agent-exited";
        AgentOutOfMemory {} = "agent-out-of-memory";
        AgentTimedOut {} = "agent-timed-out";
        BuildPanicked {} = "build-panicked";
        SubmissionPanicked {} = "submission-panicked";
        Stored { text: String } = "harness-text";
    }
}

impl HarnessError {
    /// Creates the error of an operation on an object, if it has one.
    #[must_use]
    pub fn system(operation: Operation, on: Option<String>, error: impl Into<KernelError>) -> Self {
        let error = error.into();
        match on {
            Some(on) => Self::SystemOn { operation, on, error },
            None => Self::System { operation, error },
        }
    }

    /// Returns the kernel's error number, if the kernel refused an operation.
    #[must_use]
    pub const fn errno(&self) -> Option<i32> {
        match self {
            Self::System { error, .. } | Self::SystemOn { error, .. } => error.errno(),
            _ => None,
        }
    }

    /// Returns it without the object of the operation.
    #[must_use]
    pub fn without_object(&self) -> Self {
        match self.clone() {
            Self::SystemOn { operation, on: _, error } => Self::System { operation, error },
            other => other,
        }
    }
}

impl From<Arg> for HarnessError {
    /// Reads a stored error. An older version of socklab stored only an English text.
    fn from(arg: Arg) -> Self {
        match arg {
            Arg::Text(text) => Self::Stored { text },
            Arg::Number(number) => Self::Stored { text: number.to_string() },
            Arg::Message(message) => Self::from(*message),
        }
    }
}

impl From<HarnessError> for Arg {
    fn from(error: HarnessError) -> Self {
        match error {
            HarnessError::Stored { text } => Self::Text(text),
            error => error.message().into(),
        }
    }
}

impl Value for HarnessError {
    fn to_arg(&self) -> Option<Arg> {
        Some(self.clone().into())
    }

    fn read_from(name: &'static str, source: Source<'_>) -> Option<Self> {
        source.message.args.get(name).cloned().map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{GapReason, StartFailure, StreamEnd};

    #[test]
    fn errors_are_read_back_from_json() {
        let refused = || KernelError::Errno(libc::EPERM);
        let errors = [
            HarnessError::system(Operation::Fork, None, refused()),
            HarnessError::system(Operation::CreateFile, Some("/tmp".to_owned()), KernelError::Text("odd".to_owned())),
            HarnessError::ProbeExited { status: ExitStatus::Code(1) },
            HarnessError::Step {
                step: "start".to_owned(),
                problem: HarnessError::Overloaded { cpu_ms: 3, wall_ms: 30_000 }.into(),
            },
            HarnessError::Stored { text: "forking: no memory".to_owned() },
            HarnessError::Other(Message::new("of-another-version").with("n", 1u16)),
        ];
        for error in errors {
            let text = serde_json::to_string(&error).expect("JSON");
            assert_eq!(serde_json::from_str::<HarnessError>(&text).expect("it"), error, "{text}");
        }
    }

    #[test]
    fn texts_of_older_versions_are_read() {
        let text = "forking: no memory".to_owned();
        let why: StartFailure = serde_json::from_str(r#"{"harness":"forking: no memory"}"#).expect("a start failure");
        assert_eq!(why, StartFailure::Harness(HarnessError::Stored { text: text.clone() }));
        let end: StreamEnd = serde_json::from_str(r#"{"other":"forking: no memory"}"#).expect("an end");
        assert_eq!(end, StreamEnd::Other(KernelError::Text(text.clone())));
        let gap = Message::new("gap-calls").with("problem", text.as_str());
        assert_eq!(GapReason::from(gap), GapReason::Calls { problem: HarnessError::Stored { text } });
    }
}
