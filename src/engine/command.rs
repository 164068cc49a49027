//! Builds command lines and environments from the `start` steps of a scenario.

use std::ffi::{OsStr, OsString};

use super::{Engine, ProgramSource, ProgramSpec};
use crate::model::bytes::{printable_text, safe_path};
use crate::model::{HarnessError, Role, StartFailure};
use crate::scenario::runtime::Program;
use crate::scenario::template::fill;
use crate::sys::spawn;
use crate::sys::spawn::StartError;

impl Engine {
    /// Returns the program for a `start` step, and its role.
    pub(super) fn entry_for(&self, program: &Program) -> (ProgramSpec, Option<Role>) {
        match program {
            Program::Command(words) => (ProgramSpec::new(ProgramSource::Command(words.clone())), None),
            Program::Role(role) => {
                let missing = || ProgramSpec::new(ProgramSource::Command(vec![role.to_string()]));
                (self.spec.programs.get(role).cloned().unwrap_or_else(missing), Some(role.clone()))
            }
        }
    }

    /// Returns the arguments to execute, and the command line as it is shown to the user.
    pub(super) fn command_line(&self, runs: &ProgramSource, port: Option<u16>) -> (Vec<OsString>, String) {
        match runs {
            ProgramSource::Target(address) => (Vec::new(), address.to_string()),
            ProgramSource::Bundled(words) => {
                let port = port.map(|port| ["--port".to_owned(), port.to_string()]);
                bundled_line(words.iter().cloned().chain(port.into_iter().flatten()))
            }
            ProgramSource::Command(words) => {
                let mut values = self.spec.script.variables.clone();
                values.insert("host".to_owned(), "127.0.0.1".to_owned());
                values.extend(port.map(|port| ("port".to_owned(), port.to_string())));
                let words: Vec<String> = words.iter().map(|word| fill(word, &values)).collect();
                let shown = shell_words::join(&words);
                (words.into_iter().map(OsString::from).collect(), printable_text(&shown))
            }
        }
    }

    pub(super) fn environment(&self, port: Option<u16>) -> Vec<(OsString, OsString)> {
        let mut env = self.spec.sandbox.environment.clone();
        env.push(("HOST".into(), "127.0.0.1".into()));
        if self.spec.stacks {
            let (name, value) = super::thread_stacks::FAULT_HANDLER;
            env.push((name.into(), value.into()));
        }
        env.extend(port.map(|port| ("PORT".into(), port.to_string().into())));
        env
    }
}

/// Returns the arguments to execute for a bundled program, and the command line as it is shown. The
/// words of a server are its name and its options, those of a client begin with `client`.
pub(super) fn bundled_line(words: impl Iterator<Item = String>) -> (Vec<OsString>, String) {
    let mut words: Vec<String> = words.collect();
    if words.first().is_none_or(|word| word != "client") {
        words.insert(0, "serve".to_owned());
    }
    let shown = format!("socklab {}", shell_words::join(&words));
    let argv = std::iter::once(spawn::own_executable().into()).chain(words.into_iter().map(OsString::from));
    (argv.collect(), shown)
}

/// Converts a start error into the reason recorded in the journal: a fault of the submission or of
/// the machine.
pub(super) fn not_started(error: StartError) -> StartFailure {
    let name = |name: &OsStr| printable_text(&name.to_string_lossy());
    match error {
        StartError::Missing { program } => StartFailure::Missing(name(&program)),
        StartError::MissingInterpreter { program, interpreter } => {
            // Its name in its folder: the folder is that of the sandbox.
            let program = name(program.file_name().unwrap_or(program.as_os_str()));
            match interpreter {
                Some(interpreter) if interpreter.ends_with('\r') => StartFailure::LineEndings(program),
                other => {
                    let interpreter = other.as_deref().map(printable_text);
                    StartFailure::MissingInterpreter { program, interpreter }
                }
            }
        }
        StartError::MarkedScript { program } => {
            StartFailure::ByteOrderMark(name(program.file_name().unwrap_or(program.as_os_str())))
        }
        StartError::NotExecutable { program, .. } => StartFailure::NotExecutable(name(&program)),
        StartError::NoFolder { folder } => StartFailure::Harness(HarnessError::NoFolder { folder: safe_path(&folder) }),
        StartError::OtherArchitecture { program } => {
            StartFailure::Harness(HarnessError::OtherArchitecture { program: safe_path(&program) })
        }
        StartError::Other(error) => StartFailure::Harness(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_interpreter_may_be_a_line_ending() {
        let failure = |interpreter: Option<&str>| {
            let interpreter = interpreter.map(str::to_owned);
            not_started(StartError::MissingInterpreter { program: "/tmp/submission/./run.sh".into(), interpreter })
        };
        let (program, zsh) = ("run.sh".to_owned(), "/bin/zsh".to_owned());
        assert_eq!(failure(Some("/bin/bash\r")), StartFailure::LineEndings(program.clone()));
        let other = |interpreter| StartFailure::MissingInterpreter { program: program.clone(), interpreter };
        assert_eq!(failure(Some("/bin/zsh")), other(Some(zsh)));
        assert_eq!(failure(None), other(None));
    }
}
