//! `socklab mark`: points and comments that an instructor gives by hand. They are added to the
//! points of the run in every report, and change no verdict.

use super::Ui;
use super::exit::{CliError, ExitStatus};
use super::mark_options::MarkOptions;
use super::store_access::{open_store, store_error};
use crate::model::{Mark, Message, SubmissionResult};
use crate::run::store::Store;

/// Maximum number of points that a mark adds or subtracts.
const MAX_POINTS: i32 = 1_000;
/// Maximum length of a comment, in characters.
const MAX_COMMENT_CHARS: usize = 2_000;

/// Gives or removes points, or lists them.
pub(super) fn mark(options: &MarkOptions, reader: &Ui) -> Result<ExitStatus, CliError> {
    let store = open_store(&options.store, false)?;
    let failed = |error| store_error(&options.store, error);
    if options.student.is_none() && options.item.is_none() && options.points.is_none() && !options.remove {
        return list(&store, reader).map_err(failed);
    }
    let needed = |value: &Option<String>, flag: &'static str| {
        value.clone().ok_or_else(|| CliError::usage(Message::new("cli-mark-incomplete").with("flag", flag)))
    };
    let (student, item) = (needed(&options.student, "--student")?, needed(&options.item, "--item")?);
    let result = find(&store, &student).map_err(failed)?;
    let Some(result) = result else {
        return Err(CliError::usage(Message::new("cli-mark-no-student").with("student", student)));
    };
    let id = result.id.0.as_str();
    if !result.items.iter().any(|one| one.id.as_str() == item) {
        return Err(CliError::usage(Message::new("cli-mark-no-item").with("student", id).with("item", item)));
    }
    let message = if options.remove {
        store.remove_mark(id, &item).map_err(failed)?;
        Message::new("cli-mark-removed")
    } else {
        let mark = checked(options)?;
        store.set_mark(id, &item, &mark).map_err(failed)?;
        Message::new("cli-marked").with("text", mark.message())
    };
    Ui::print(&format!("{}\n", reader.words.format(&message.with("student", id).with("item", item))));
    Ok(ExitStatus::Passed)
}

/// Returns the mark that the command line asks for.
fn checked(options: &MarkOptions) -> Result<Mark, CliError> {
    let Some(points) = options.points else {
        return Err(CliError::usage(Message::new("cli-mark-incomplete").with("flag", "--points")));
    };
    if !(-MAX_POINTS..=MAX_POINTS).contains(&points) {
        let message = Message::new("cli-mark-points").with("points", points.to_string());
        return Err(CliError::usage(message.with("limit", MAX_POINTS.to_string())));
    }
    let comment = options.comment.clone().unwrap_or_default();
    let count = comment.chars().count();
    if count > MAX_COMMENT_CHARS {
        let message = Message::new("cli-mark-too-long").with("count", count).with("limit", MAX_COMMENT_CHARS);
        return Err(CliError::usage(message));
    }
    // One line, in every format.
    let comment = comment.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(Mark { points, comment })
}

/// Returns the result of a submission: by its id, else by the name of its student.
fn find(store: &Store, student: &str) -> Result<Option<SubmissionResult>, crate::run::store::StoreError> {
    if let Some(result) = store.result(student)? {
        return Ok(Some(result));
    }
    let report = store.report_of(|result| (result.name.as_deref() == Some(student)).then_some(result))?;
    // Two students of one name have different ids.
    let mut found = report.submissions.into_iter();
    Ok(found.next().filter(|_| found.next().is_none()))
}

/// Prints all marks.
fn list(store: &Store, reader: &Ui) -> Result<ExitStatus, crate::run::store::StoreError> {
    let mut lines = Vec::new();
    for id in store.ids()? {
        for (item, mark) in store.marks(&id)? {
            let line = Message::new("cli-mark-line").with("student", id.as_str()).with("item", item);
            let line = line.with("text", mark.message());
            lines.push(reader.words.format(&line));
        }
    }
    if lines.is_empty() {
        lines.push(reader.words.sentence("cli-mark-none"));
    }
    Ui::print(&format!("{}\n", lines.join("\n")));
    Ok(ExitStatus::Passed)
}
