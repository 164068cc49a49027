//! A scenario file's text: a regular file of at most 1 MiB of plain text, or one clear diagnostic. Knows no YAML.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::LIMIT;
use super::place::line_and_column;
use crate::model::message::{Arg, Message};
use crate::scenario::diagnostic::Diagnostic;

/// Why the system does not give a file, as a message; what is not known here is quoted.
#[must_use]
pub fn problem_of(error: &std::io::Error) -> Message {
    match (error.kind(), error.raw_os_error()) {
        (ErrorKind::PermissionDenied, _) => Message::new("problem-not-allowed"),
        (ErrorKind::NotADirectory, _) => Message::new("problem-below-a-file"),
        (ErrorKind::InvalidFilename, _) => Message::new("problem-name-too-long"),
        (_, Some(libc::ELOOP)) => Message::new("problem-links-in-a-circle"),
        _ => Message::new("problem-other").with("text", error.to_string()),
    }
}

/// Reads a file's text. Sizes are counted as bytes are read, never taken from what the file system claims.
///
/// # Errors
///
/// One diagnostic: the file is missing, unreadable, a directory, not a regular file, too large, or not plain text.
pub fn read_file(path: &Path) -> Result<String, Box<Diagnostic>> {
    let name = path.to_string_lossy();
    let refuse = |id, at: Option<(u32, u32)>, problem: Option<Arg>| {
        let mut message = Message::new(id).with("file", name.as_ref());
        if id == "file-too-large" {
            message = message.with("limit", LIMIT);
        }
        if let Some(problem) = problem {
            message = message.with("problem", problem);
        }
        let (line, column) = at.unwrap_or_default();
        Box::new(Diagnostic::new(&name, line, column, 1, message))
    };
    let unreadable = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => refuse("file-missing", None, None),
        _ => refuse("file-unreadable", None, Some(problem_of(&error).into())),
    };
    // Asked before opening: opening a FIFO would wait for its other end.
    let kind = std::fs::metadata(path).map_err(unreadable)?.file_type();
    if kind.is_dir() {
        return Err(refuse("file-is-directory", None, None));
    }
    if !kind.is_file() {
        return Err(refuse("file-not-regular", None, None));
    }
    // Asked again after opening, which never waits: the name may stand for something else by now.
    let file = File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path).map_err(unreadable)?;
    if !file.metadata().map_err(unreadable)?.is_file() {
        return Err(refuse("file-not-regular", None, None));
    }
    let mut bytes = Vec::new();
    file.take(LIMIT as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > LIMIT {
        return Err(refuse("file-too-large", None, None));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..good]);
        refuse("file-not-text", Some(line_and_column(&before, good)), Some("UTF-8".into()))
    })?;
    match text.char_indices().find(|(_, c)| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
        None => Ok(super::without_mark(&text).to_owned()),
        Some((at, c)) => Err(refuse(
            "file-not-text",
            Some(line_and_column(&text, at)),
            Some(format!("U+{:04X}", u32::from(c)).into()),
        )),
    }
}
