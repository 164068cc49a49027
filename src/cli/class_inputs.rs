//! Reads the inputs of grading a class: lab, submissions and roster. Each is checked before anything
//! is run.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::exit::CliError;
use super::grade_options::GradeOptions;
use super::{Ui, load};
use crate::model::Message;
use crate::model::bytes::{printable_text, safe_path};
use crate::scenario::lab::Lab;
use crate::submission::grade::{SubmissionSource, class as order};
use crate::submission::import::{ImportError, Submission};
use crate::submission::roster;
use crate::submission::sources::Class;

/// The inputs of a class.
pub(super) struct ClassInputs {
    pub(super) lab: Lab,
    /// The submissions in the order of the class.
    pub(super) sources: Vec<SubmissionSource>,
    /// Unpacked copies that hold some of the submissions: they must exist until grading is over.
    pub(super) copies: Vec<Submission>,
    /// The content of the roster's file.
    pub(super) roster: Option<Vec<u8>>,
    /// The number of students in the roster. They come first.
    pub(super) students: Option<usize>,
}

impl ClassInputs {
    /// Reads the inputs that a command line names, and prints notes about them.
    ///
    /// # Errors
    /// Returns an error if one of them cannot be used.
    pub(super) fn read(options: &GradeOptions, reader: &Ui) -> Result<Self, CliError> {
        let lab = load::load_lab(&options.lab, &BTreeMap::new())?;
        let Class { mut sources, copies, notes } = all_sources(options)?;
        for note in &notes {
            let _ = writeln!(std::io::stderr().lock(), "{}", reader.words.format(note));
        }
        let roster = options.roster.as_deref().map(read_roster).transpose()?;
        let mut students = None;
        if let (Some(file), Some(bytes)) = (&options.roster, &roster) {
            let listed;
            (sources, listed) = with_roster(sources, file, bytes)?;
            students = Some(listed);
        }
        if let Err(name) = order::check_names(&sources) {
            return Err(CliError::usage(Message::new("cli-submission-twice").with("name", printable_text(&name))));
        }
        Ok(Self { lab, sources, copies, roster, students })
    }
}

/// Returns the error for a command line that names no submission.
pub(super) fn no_submissions(options: &GradeOptions) -> CliError {
    let path = options.submissions.first().map_or_else(String::new, |path| safe_path(path));
    CliError::usage(Message::new("cli-no-submissions").with("path", path))
}

/// Returns the submissions that the command line names.
fn all_sources(options: &GradeOptions) -> Result<Class, CliError> {
    if let Some(path) = options.submissions.iter().find(|path| !path.exists()) {
        return Err(CliError::usage(Message::new("cli-no-delivery").with("path", safe_path(path))));
    }
    let paths: Vec<&Path> = options.submissions.iter().map(PathBuf::as_path).collect();
    Class::from_paths(&paths).map_err(|(path, error)| {
        CliError::usage(match error {
            ImportError::Unusable(reason) => {
                Message::new("cli-delivery").with("path", safe_path(path)).with("reason", reason)
            }
            ImportError::System(_) | ImportError::Interrupted => {
                Message::new("cli-no-submissions").with("path", safe_path(path))
            }
        })
    })
}

/// Returns the message for a roster that cannot be used.
fn roster_error(file: &Path, problem: Message) -> CliError {
    let file = safe_path(file);
    CliError::usage(Message::new("cli-roster").with("file", file).with("problem", problem))
}

fn read_roster(file: &Path) -> Result<Vec<u8>, CliError> {
    let unreadable = |error: std::io::Error| Message::new("roster-unreadable").with("problem", error.to_string());
    std::fs::read(file).map_err(|error| roster_error(file, unreadable(error)))
}

/// Applies a roster to the submissions. Also returns the number of students, who come first.
fn with_roster(
    sources: Vec<SubmissionSource>,
    file: &Path,
    bytes: &[u8],
) -> Result<(Vec<SubmissionSource>, usize), CliError> {
    let listed = roster::read(bytes, &sources).map_err(|problem| roster_error(file, problem))?;
    let students = listed.len();
    Ok((roster::apply(listed, sources), students))
}
