//! A scenario file's text: a regular file of at most 1 MiB of plain text, or one clear diagnostic. Knows no YAML.

use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::LIMIT;
use super::place::line_and_column;
use crate::model::message::{Arg, Message};
use crate::scenario::diagnostic::Diagnostic;

/// Why the system does not give a file, as a message; what is not known here is quoted.
fn problem_of(error: &std::io::Error) -> Message {
    match (error.kind(), error.raw_os_error()) {
        (ErrorKind::PermissionDenied, _) => Message::new("problem-not-allowed"),
        (ErrorKind::NotADirectory, _) => Message::new("problem-below-a-file"),
        (ErrorKind::InvalidFilename, _) => Message::new("problem-name-too-long"),
        (_, Some(libc::ELOOP)) => Message::new("problem-links-in-a-circle"),
        _ => Message::new("problem-other").with("text", error.to_string()),
    }
}

/// That a file, shown under this name, could not be opened or read.
#[must_use]
pub fn unreadable(error: &std::io::Error, shown: &str) -> Message {
    match error.kind() {
        ErrorKind::NotFound => Message::new("file-missing"),
        _ => Message::new("file-unreadable").with("problem", problem_of(error)),
    }
    .with("file", shown)
}

/// Opens a regular file, which is shown under this name. Never waits, whatever stands there.
///
/// # Errors
/// The file is missing, unreadable, a directory, or not a regular file.
pub fn open_regular(path: &Path, shown: &str) -> Result<File, Message> {
    let regular = |metadata: Metadata| match metadata {
        folder if folder.is_dir() => Err(Message::new("file-is-directory").with("file", shown)),
        file if file.is_file() => Ok(()),
        _ => Err(Message::new("file-not-regular").with("file", shown)),
    };
    let refuse = |error: std::io::Error| unreadable(&error, shown);
    // Asked before opening: opening a FIFO would wait for its other end.
    regular(std::fs::metadata(path).map_err(refuse)?)?;
    // Asked again after opening, which never waits: the name may stand for something else by now.
    let file = File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path).map_err(refuse)?;
    regular(file.metadata().map_err(refuse)?)?;
    Ok(file)
}

/// Reads a file's text. Sizes are counted as bytes are read, never taken from what the file system claims.
///
/// # Errors
///
/// One diagnostic: the file is missing, unreadable, a directory, not a regular file, too large, or not plain text.
pub fn read_file(path: &Path) -> Result<String, Box<Diagnostic>> {
    let name = path.to_string_lossy();
    let refused = |message| Box::new(Diagnostic::new(&name, 0, 0, 1, message));
    let file = open_regular(path, &name).map_err(refused)?;
    let mut bytes = Vec::new();
    file.take(LIMIT as u64 + 1).read_to_end(&mut bytes).map_err(|error| refused(unreadable(&error, &name)))?;
    if bytes.len() > LIMIT {
        return Err(refused(Message::new("file-too-large").with("file", name.as_ref()).with("limit", LIMIT)));
    }
    let not_text = |(line, column), problem: Arg| {
        let message = Message::new("file-not-text").with("file", name.as_ref()).with("problem", problem);
        Box::new(Diagnostic::new(&name, line, column, 1, message))
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..good]);
        not_text(line_and_column(&before, good), "UTF-8".into())
    })?;
    match text.char_indices().find(|(_, c)| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
        None => Ok(super::without_mark(&text).to_owned()),
        Some((at, c)) => Err(not_text(line_and_column(&text, at), format!("U+{:04X}", u32::from(c)).into())),
    }
}
