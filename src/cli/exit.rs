//! All exit codes, and all errors of the program itself as messages.

use std::io::Write;
use std::process::ExitCode;

use crate::i18n::Catalog;
use crate::model::report::Tally;
use crate::model::{Message, Report};
use crate::scenario::diagnostic::{Diagnostic, render};

/// The exit status of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ExitStatus {
    /// 0: every item passed.
    Passed,
    /// 1: an item failed.
    Failed,
    /// 2: the command line, a scenario, a manifest or a capture is invalid; nothing was run.
    Usage,
    /// 3: nothing failed, but some items could not be verified.
    NotVerified,
    /// 4: internal error.
    Internal,
    /// 130: interrupted by Ctrl-C (128 plus the signal number, as in shells).
    Interrupted,
}

impl ExitStatus {
    /// Every exit status.
    pub(super) const ALL: [Self; 6] =
        [Self::Passed, Self::Failed, Self::Usage, Self::NotVerified, Self::Internal, Self::Interrupted];

    pub(super) const fn number(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotVerified => 3,
            Self::Internal => 4,
            Self::Interrupted => 130,
        }
    }

    pub(super) fn code(self) -> ExitCode {
        ExitCode::from(self.number())
    }

    /// Returns the exit status of a run with this report.
    pub(super) fn of_report(report: &Report, allow_unverified: bool) -> Self {
        let tallies: Vec<Tally> = report.submissions.iter().map(|one| Tally::count(&one.items)).collect();
        let any = |count: fn(&Tally) -> usize| tallies.iter().any(|tally| count(tally) > 0);
        if report.interrupted {
            Self::Interrupted
        } else if any(|tally| tally.fail) {
            Self::Failed
        } else if any(|tally| tally.error) {
            Self::Internal
        } else if any(|tally| tally.not_verified) && !allow_unverified {
            Self::NotVerified
        } else {
            Self::Passed
        }
    }
}

impl ExitStatus {
    /// Returns the exit status of grading a class. Failed items of a submission do not count as a
    /// failure.
    pub(super) const fn of_class(is_interrupted: bool, has_errors: bool) -> Self {
        match (is_interrupted, has_errors) {
            (true, _) => Self::Interrupted,
            (false, true) => Self::Internal,
            (false, false) => Self::Passed,
        }
    }
}

/// The reason why a command could not do its work.
#[derive(Debug)]
pub(super) enum CliError {
    /// The command line requests something that does not exist or cannot be done.
    Usage(Message),
    /// Diagnostics of lab or scenario files, with the texts of those files by name.
    Diagnostics(Vec<Diagnostic>, Vec<(String, String)>),
    /// An error of socklab or of the machine.
    Internal(anyhow::Error),
    /// Interrupted before anything was run.
    Interrupted,
}

impl CliError {
    pub(super) const fn usage(message: Message) -> Self {
        Self::Usage(message)
    }

    /// Creates an error from diagnostics and the texts of their files.
    pub(super) const fn diagnostics(mistakes: Vec<Diagnostic>, sources: Vec<(String, String)>) -> Self {
        Self::Diagnostics(mistakes, sources)
    }

    /// Prints the error on standard error and returns the exit code.
    pub(super) fn print(self, words: &Catalog) -> ExitCode {
        let colour = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
        let (text, exit) = match self {
            Self::Usage(message) => (format!("{}\n", words.format(&error_message(message))), ExitStatus::Usage),
            Self::Diagnostics(mistakes, sources) => {
                let source = |file: &str| sources.iter().find(|(name, _)| name == file).map(|(_, text)| text.clone());
                (render(&mistakes, &source, &|message| words.format(message), colour), ExitStatus::Usage)
            }
            Self::Internal(problem) => {
                let message = Message::new("cli-harness").with("problem", format!("{problem:#}"));
                (format!("{}\n", words.format(&error_message(message))), ExitStatus::Internal)
            }
            Self::Interrupted => (String::new(), ExitStatus::Interrupted),
        };
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
        exit.code()
    }
}

/// Wraps a message in the sentence of an error.
pub(super) fn error_message(message: Message) -> Message {
    Message::new("cli-error").with("message", message)
}

impl From<anyhow::Error> for CliError {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}
