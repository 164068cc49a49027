//! Builds command lines and environments from the `start` steps of a scenario.

use std::ffi::OsString;

use super::{ProgramEntry, Runs, World};
use crate::model::bytes::safe;
use crate::model::{NotReady, Role};
use crate::scenario::stage::Program;
use crate::scenario::template::fill;
use crate::sys::process;
use crate::sys::process::StartError;

impl World {
    /// Returns the program for a `start` step, and its role.
    pub(super) fn entry_for(&self, program: &Program) -> (ProgramEntry, Option<Role>) {
        match program {
            Program::Command(words) => (ProgramEntry::of(Runs::Command(words.clone())), None),
            Program::Role(role) => {
                let missing = || ProgramEntry::of(Runs::Command(vec![role.to_string()]));
                (self.setup.programs.get(role).cloned().unwrap_or_else(missing), Some(role.clone()))
            }
        }
    }

    /// Returns the arguments to execute, and the command line as it is shown to the user.
    pub(super) fn command_line(&self, runs: &Runs, port: Option<u16>) -> (Vec<OsString>, String) {
        match runs {
            Runs::Target(address) => (Vec::new(), address.to_string()),
            Runs::Bundled(words) => {
                let mut words = words.clone();
                if let Some(port) = port {
                    words.extend(["--port".to_owned(), port.to_string()]);
                }
                let shown = format!("socklab serve {}", shell_words::join(&words));
                let mut argv: Vec<OsString> = vec![process::program_itself().into(), "serve".into()];
                argv.extend(words.into_iter().map(OsString::from));
                (argv, shown)
            }
            Runs::Command(words) => {
                let mut values = self.setup.variables.clone();
                values.insert("host".to_owned(), "127.0.0.1".to_owned());
                values.extend(port.map(|port| ("port".to_owned(), port.to_string())));
                let words: Vec<String> = words.iter().map(|word| fill(word, &values)).collect();
                let shown = shell_words::join(&words);
                (words.into_iter().map(OsString::from).collect(), safe(&shown))
            }
        }
    }

    pub(super) fn environment(&self, port: Option<u16>) -> Vec<(OsString, OsString)> {
        let mut env = self.setup.env.clone();
        env.push(("HOST".into(), "127.0.0.1".into()));
        env.extend(port.map(|port| ("PORT".into(), port.to_string().into())));
        env
    }
}

/// Converts a start error into the reason recorded in the journal: a fault of the submission or of
/// the machine.
pub(super) fn not_started(error: &StartError) -> NotReady {
    let name = |name: &OsString| safe(&name.to_string_lossy());
    match error {
        StartError::Missing { program } => NotReady::Missing(name(program)),
        StartError::MissingInterpreter { .. } => NotReady::Missing(safe(&error.to_string())),
        StartError::NotExecutable { program, .. } => NotReady::NotExecutable(name(program)),
        StartError::NoFolder { .. } | StartError::OtherArchitecture { .. } | StartError::Other(_) => {
            NotReady::Harness(error.to_string())
        }
    }
}
