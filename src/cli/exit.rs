//! Every exit code, and every trouble of the program's own in words. The one place where they are.

use std::io::Write;
use std::process::ExitCode;

use crate::model::report::Tally;
use crate::model::{Message, Report};
use crate::scenario::diagnostic::{Diagnostic, render};
use crate::words::Words;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// 0: every item passed.
    Passed,
    /// 1: an item failed.
    Failed,
    /// 2: the command line, a scenario or a manifest is wrong; nothing was run.
    Usage,
    /// 3: nothing failed, but something could not be verified.
    NotVerified,
    /// 4: the harness itself failed.
    Harness,
    /// 130: broken off by Ctrl-C (128 and the signal's number, as shells have it).
    Interrupted,
}

impl Exit {
    /// Every way to end.
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

    /// How a run with this report ends.
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
    /// How grading a class ends: a wrong submission is no failure of it.
    pub(super) fn of_class(report: &Report) -> Self {
        let errors = report.submissions.iter().any(|one| Tally::of(&one.items).error > 0);
        match (report.interrupted, errors) {
            (true, _) => Self::Interrupted,
            (false, true) => Self::Harness,
            (false, false) => Self::Passed,
        }
    }
}

/// Why a verb could not do its work.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The command line asks for something that there is not.
    Usage(Message),
    /// The authors' mistakes.
    Mistakes(Vec<Diagnostic>, Vec<(String, String)>),
    /// The harness or the machine failed.
    Harness(anyhow::Error),
    /// Broken off before anything was run.
    BrokenOff,
}

impl Trouble {
    pub(super) const fn usage(message: Message) -> Self {
        Self::Usage(message)
    }

    /// Mistakes, with the text of the files that they are in.
    pub(super) const fn mistakes(mistakes: Vec<Diagnostic>, sources: Vec<(String, String)>) -> Self {
        Self::Mistakes(mistakes, sources)
    }

    /// Says it on standard error, and gives the exit code.
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

/// A complaint, as it is said.
pub(super) fn error(message: Message) -> Message {
    Message::new("cli-error").with("message", message)
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        Self::Harness(error)
    }
}
