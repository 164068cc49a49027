//! All exit codes, and all errors of the program itself as messages.

use std::io::Write;
use std::process::ExitCode;

use crate::model::report::Tally;
use crate::model::{Message, Report};
use crate::scenario::diagnostic::{Diagnostic, render};
use crate::words::Words;

/// The exit status of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// 0: every item passed.
    Passed,
    /// 1: an item failed.
    Failed,
    /// 2: the command line, a scenario or a manifest is invalid; nothing was run.
    Usage,
    /// 3: nothing failed, but some items could not be verified.
    NotVerified,
    /// 4: internal error.
    Harness,
    /// 130: interrupted by Ctrl-C (128 plus the signal number, as in shells).
    Interrupted,
}

impl Exit {
    /// Every exit status.
    pub(super) const ALL: [Self; 6] =
        [Self::Passed, Self::Failed, Self::Usage, Self::NotVerified, Self::Harness, Self::Interrupted];

    pub(super) const fn number(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotVerified => 3,
            Self::Harness => 4,
            Self::Interrupted => 130,
        }
    }

    pub(super) fn code(self) -> ExitCode {
        ExitCode::from(self.number())
    }

    /// Returns the exit status of a run with this report.
    pub(super) fn of(report: &Report, allow_unverified: bool) -> Self {
        let tallies: Vec<Tally> = report.submissions.iter().map(|one| Tally::of(&one.items)).collect();
        let any = |count: fn(&Tally) -> usize| tallies.iter().any(|tally| count(tally) > 0);
        if report.interrupted {
            Self::Interrupted
        } else if any(|tally| tally.fail) {
            Self::Failed
        } else if any(|tally| tally.error) {
            Self::Harness
        } else if any(|tally| tally.not_verified) && !allow_unverified {
            Self::NotVerified
        } else {
            Self::Passed
        }
    }
}

impl Exit {
    /// Returns the exit status of grading a class. Failed items of a submission do not count as a
    /// failure.
    pub(super) fn of_class(report: &Report) -> Self {
        let errors = report.submissions.iter().any(|one| Tally::of(&one.items).error > 0);
        match (report.interrupted, errors) {
            (true, _) => Self::Interrupted,
            (false, true) => Self::Harness,
            (false, false) => Self::Passed,
        }
    }
}

/// The reason why a command could not do its work.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The command line requests something that does not exist or cannot be done.
    Usage(Message),
    /// Diagnostics of lab or scenario files, with the texts of those files by name.
    Mistakes(Vec<Diagnostic>, Vec<(String, String)>),
    /// An error of socklab or of the machine.
    Harness(anyhow::Error),
    /// Interrupted before anything was run.
    BrokenOff,
}

impl Trouble {
    pub(super) const fn usage(message: Message) -> Self {
        Self::Usage(message)
    }

    /// Creates an error from diagnostics and the texts of their files.
    pub(super) const fn mistakes(mistakes: Vec<Diagnostic>, sources: Vec<(String, String)>) -> Self {
        Self::Mistakes(mistakes, sources)
    }

    /// Prints the error on standard error and returns the exit code.
    pub(super) fn tell(self, words: &Words) -> ExitCode {
        let colour = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
        let (text, exit) = match self {
            Self::Usage(message) => (format!("{}\n", words.say(&error(message))), Exit::Usage),
            Self::Mistakes(mistakes, sources) => {
                let source = |file: &str| sources.iter().find(|(name, _)| name == file).map(|(_, text)| text.clone());
                (render(&mistakes, &source, &|message| words.say(message), colour), Exit::Usage)
            }
            Self::Harness(problem) => {
                let message = Message::new("cli-harness").with("problem", format!("{problem:#}"));
                (format!("{}\n", words.say(&error(message))), Exit::Harness)
            }
            Self::BrokenOff => (String::new(), Exit::Interrupted),
        };
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
        exit.code()
    }
}

/// Wraps a message in the sentence of an error.
pub(super) fn error(message: Message) -> Message {
    Message::new("cli-error").with("message", message)
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        Self::Harness(error)
    }
}
