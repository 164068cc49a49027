//! Reads the text of a scenario file: a regular file of plain text, at most 1 MiB. Does not parse
//! YAML.

use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::MAX_FILE_BYTES;
use super::locate::line_and_column;
use crate::model::message::{Arg, Message};
use crate::scenario::diagnostic::{Diagnostic, DiagnosticKind, Mistake};

/// Returns the message for an I/O error. Errors without a message are quoted.
fn io_problem(error: &std::io::Error) -> Message {
    match (error.kind(), error.raw_os_error()) {
        (ErrorKind::PermissionDenied, _) => Message::new("problem-not-allowed"),
        (ErrorKind::NotADirectory, _) => Message::new("problem-below-a-file"),
        (ErrorKind::InvalidFilename, _) => Message::new("problem-name-too-long"),
        (_, Some(libc::ELOOP)) => Message::new("problem-links-in-a-circle"),
        _ => Message::new("problem-other").with("text", error.to_string()),
    }
}

/// Returns the message for a file that could not be opened or read. `shown` is its displayed name.
#[must_use]
pub(crate) fn unreadable(error: &std::io::Error, shown: &str) -> Mistake {
    match error.kind() {
        ErrorKind::NotFound => DiagnosticKind::FileMissing.into(),
        _ => DiagnosticKind::FileUnreadable.with("problem", io_problem(error)),
    }
    .with("file", shown)
}

/// Opens a regular file, displayed as `shown`. Never blocks, whatever the path refers to.
///
/// # Errors
/// Returns an error if the file is missing, unreadable, a directory, or not a regular file.
pub(crate) fn open_regular(path: &Path, shown: &str) -> Result<File, Mistake> {
    let regular = |metadata: Metadata| match metadata {
        folder if folder.is_dir() => Err(DiagnosticKind::FileIsDirectory.with("file", shown)),
        file if file.is_file() => Ok(()),
        _ => Err(DiagnosticKind::FileNotRegular.with("file", shown)),
    };
    let refuse = |error: std::io::Error| unreadable(&error, shown);
    // Check before opening: a plain open of a FIFO would block until a writer appears.
    regular(std::fs::metadata(path).map_err(refuse)?)?;
    // Check again after opening without blocking: the path may refer to another file by now.
    let file = File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path).map_err(refuse)?;
    regular(file.metadata().map_err(refuse)?)?;
    Ok(file)
}

/// Reads a file's text. The size limit applies to the bytes read, not to the size that the file
/// system reports.
///
/// # Errors
/// Returns an error if the file is missing, unreadable, a directory, not a regular file, too large,
/// or not plain text.
pub(crate) fn read_file(path: &Path) -> Result<String, Box<Diagnostic>> {
    let name = path.to_string_lossy();
    let refused = |message| Box::new(Diagnostic::new(&name, 0, 0, 1, message));
    let file = open_regular(path, &name).map_err(refused)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| refused(unreadable(&error, &name)))?;
    if bytes.len() > MAX_FILE_BYTES {
        return Err(refused(DiagnosticKind::FileTooLarge.with("file", name.as_ref()).with("limit", MAX_FILE_BYTES)));
    }
    let not_text = |(line, column), problem: Arg| {
        let mistake = DiagnosticKind::FileNotText.with("file", name.as_ref()).with("problem", problem);
        Box::new(Diagnostic::new(&name, line, column, 1, mistake))
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..good]);
        not_text(line_and_column(&before, good), "UTF-8".into())
    })?;
    match text.char_indices().find(|(_, c)| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
        None => Ok(super::strip_bom(&text).to_owned()),
        Some((at, c)) => Err(not_text(line_and_column(&text, at), format!("U+{:04X}", u32::from(c)).into())),
    }
}
