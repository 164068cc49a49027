//! Reads YAML text into the language's types, or reports every mistake of the author at once. Only
//! this module and its folder use the YAML crate.
//!
//! The text is parsed once, into a tree. Serde reads the types from the tree and stops at the first
//! mistake. The mistake is recorded, its node is removed and the types are read again, until no
//! mistake is left. Mistakes that only follow from a removed node are not reported.

mod error;
mod file;
mod limits;
mod locate;
mod macros;
mod reader;
mod recover;
mod syntax_error;
mod tree;

#[cfg(test)]
mod tests;

use std::ops::Range;

use serde::de::DeserializeOwned;

pub(crate) use file::{open_regular, read_file, unreadable};
pub(crate) use locate::locate;
pub(crate) use macros::Origins;

use crate::model::message::Message;
use crate::model::source::{YamlPath, YamlPathPart};
use crate::scenario::diagnostic::{Diagnostic, DiagnosticKind, Mistake, nearest};
use error::{ErrorKind, ErrorToken, ReadError, shorten};
use tree::{Node, NodeKind};

/// Maximum file size in bytes: 1 MiB.
pub(crate) const MAX_FILE_BYTES: usize = 1 << 20;
/// Maximum number of mistakes per reading, and the lower bound of that number for large files.
const MAX_DIAGNOSTICS: usize = 100;
const MIN_DIAGNOSTICS: usize = 10;
/// Maximum text in bytes that is walked through to locate mistakes. Each location takes one walk.
const MAX_LOCATE_BYTES: usize = 4 << 20;

/// Reads a value from a file's text. `file` is the name shown in diagnostics.
///
/// # Errors
/// Returns an error if there are mistakes, ordered by location. At most 100 are reported, fewer in
/// files over 40 kB, and 10 in files of the maximum size.
pub(crate) fn read<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, Vec<Diagnostic>> {
    read_lenient(file, text).map_err(|(mistakes, _)| mistakes)
}

/// The mistakes in a file, and the value without the wrong nodes if it can be read.
pub(crate) type YamlErrors<T> = (Vec<Diagnostic>, Option<T>);

/// Like [`read`], but also returns the readable part of a file with mistakes, so that its meaning
/// can be validated too.
///
/// # Errors
/// Returns an error if [`read`] does.
pub(crate) fn read_lenient<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, YamlErrors<T>> {
    read_expanded(file, text, |_, _| (Origins::default(), Vec::new())).map(|(value, _)| value).map_err(|errors| {
        let (mistakes, rest) = errors;
        (mistakes, rest.map(|(value, _)| value))
    })
}

/// Like [`read_lenient`], but replaces the uses of macros by their steps. Also returns where the steps
/// are written.
///
/// # Errors
/// Returns an error if there are mistakes, also in the use of macros.
pub(crate) fn read_scenario<T: DeserializeOwned>(
    file: &str,
    text: &str,
) -> Result<(T, Origins), YamlErrors<(T, Origins)>> {
    read_expanded(file, text, |root, text| macros::expand(root, file, text))
}

fn read_expanded<T: DeserializeOwned>(
    file: &str,
    text: &str,
    expand: impl FnOnce(&mut Node, &str) -> (Origins, Vec<Diagnostic>),
) -> Result<(T, Origins), YamlErrors<(T, Origins)>> {
    let text = strip_bom(text);
    if text.len() > MAX_FILE_BYTES {
        let mistake = DiagnosticKind::FileTooLarge.with("file", file).with("limit", MAX_FILE_BYTES);
        return Err((vec![Diagnostic::new(file, 0, 0, 1, mistake)], None));
    }
    if limits::is_too_deep(text) {
        let mistake = DiagnosticKind::NestingTooDeep;
        return Err((vec![Diagnostic::new(file, 0, 0, 1, mistake)], None));
    }
    let mut root = tree::build_tree(text).map_err(|trouble| {
        let at = trouble.at.map(|at| floor_char_boundary(text, at));
        (vec![diagnostic_at_byte(file, text, at, trouble.mistake)], None)
    })?;
    let most = (MAX_LOCATE_BYTES / text.len().max(1)).clamp(MIN_DIAGNOSTICS, MAX_DIAGNOSTICS);
    let mut noted = Vec::new();
    root.remove_duplicates(&YamlPath::default(), &mut noted);
    noted.truncate(most);
    let (origins, wrong_uses) = expand(&mut root, text);
    let mut rest = None;
    while noted.len() < most {
        let mistake = match T::deserialize(reader::Reader(&root)) {
            Ok(value) if noted.is_empty() && wrong_uses.is_empty() => return Ok((value, origins)),
            Ok(value) => {
                rest = Some(value);
                break;
            }
            Err(mistake) => mistake.at_token(ErrorToken::Value, || root.describe()),
        };
        let follows = root.explains(&mistake);
        let path = mistake.path();
        if !follows {
            noted.push(mistake);
        }
        if !root.remove(&path) {
            break;
        }
    }
    let mut diagnostics: Vec<_> = noted.iter().map(|mistake| diagnose(file, text, &root, &origins, mistake)).collect();
    diagnostics.extend(wrong_uses);
    diagnostics.sort_by_key(|d| (d.line, d.column));
    // A mistake in a macro is found wherever that is used.
    diagnostics.dedup();
    Err((diagnostics, rest.map(|value| (value, origins))))
}

/// Returns the diagnostic of a mistake.
fn diagnose(file: &str, text: &str, root: &Node, origins: &Origins, mistake: &ReadError) -> Diagnostic {
    let path = mistake.path();
    let keyed = matches!(path.0.last(), Some(YamlPathPart::Key(_)));
    let empty = root.node_at_even_removed(&path).is_some_and(|node| matches!(node.kind, NodeKind::Nothing));
    let spot = match mistake.spot() {
        ErrorToken::Value if keyed && empty => ErrorToken::Key(0),
        spot => spot,
    };
    // The key of a value that replaced a name is written in the macro.
    let is_key = matches!(spot, ErrorToken::Key(_));
    let at = if is_key && !origins.is_inside_value(&path) {
        origins.step_source(&path)
    } else {
        origins.value_source(&path)
    };
    let path = origins.step_source(&path);
    let near = match &*mistake.kind {
        ErrorKind::UnknownKey { found, expected } | ErrorKind::UnknownWord { found, expected } => {
            nearest(found, expected).map(str::to_owned)
        }
        _ => None,
    };
    let (mut described, expected) = describe(&mistake.kind);
    if let Some(expected) = &expected {
        described = described.with("expected", expected.clone());
    }
    if let Some(near) = &near {
        described = described.with("nearest", near.as_str());
    }
    let mut diagnostic = diagnostic_at_byte(file, text, locate::find_token(text, &at, spot), described);
    diagnostic.path = path;
    diagnostic.expected = expected;
    diagnostic.nearest = near;
    diagnostic
}

/// Returns the message for a mistake, and the expected value.
fn describe(what: &ErrorKind) -> (Mistake, Option<Message>) {
    match what {
        ErrorKind::UnknownKey { found, expected } => {
            (DiagnosticKind::UnknownKey.with("found", shorten(found)), Some(one_of(expected)))
        }
        ErrorKind::UnknownWord { found, expected } => {
            (DiagnosticKind::UnknownWord.with("found", shorten(found)), Some(one_of(expected)))
        }
        ErrorKind::Missing { key } => (DiagnosticKind::Missing.with("key", *key), None),
        ErrorKind::Duplicate { key } => (DiagnosticKind::Duplicate.with("key", shorten(key)), None),
        ErrorKind::Value { found, expected } => {
            (DiagnosticKind::Value.with("found", found.clone()), Some(expected.clone()))
        }
        ErrorKind::Length { found, expected } => (DiagnosticKind::Length.with("found", *found), Some(expected.clone())),
        ErrorKind::Custom(text) => {
            let known = DiagnosticKind::with_id(text).map(Mistake::from);
            (known.unwrap_or_else(|| DiagnosticKind::Other.with("text", text.as_str())), None)
        }
    }
}

fn one_of(words: &[&str]) -> Message {
    if words.is_empty() {
        Message::new("expected-nothing")
    } else {
        Message::new("expected-one-of").with("words", words.join(", "))
    }
}

/// Creates a diagnostic at a byte of the text.
fn diagnostic_at_byte(file: &str, text: &str, at: Option<usize>, mistake: impl Into<Mistake>) -> Diagnostic {
    let Some(at) = at else {
        return Diagnostic::new(file, 0, 0, 1, mistake);
    };
    let (line, column) = locate::line_and_column(text, at);
    Diagnostic::new(file, line, column, locate::token_length(text, at), mistake)
}

impl Diagnostic {
    /// Creates a diagnostic at a node: at the key if the path ends in one, else at the element.
    #[must_use]
    pub fn at(file: &str, text: &str, path: &YamlPath, mistake: impl Into<Mistake>) -> Self {
        let text = strip_bom(text);
        let at = locate::find_key_or_value(text, path).or_else(|| nearest_written_ancestor(text, path));
        let mut diagnostic = diagnostic_at_byte(file, text, at, mistake);
        diagnostic.path = path.clone();
        diagnostic
    }

    /// Creates a diagnostic at a node's value. If the path ends in a key, the value after it is
    /// marked.
    #[must_use]
    pub fn at_value(file: &str, text: &str, path: &YamlPath, mistake: impl Into<Mistake>) -> Self {
        let text = strip_bom(text);
        let at = locate::find_token(text, path, ErrorToken::Value).or_else(|| nearest_written_ancestor(text, path));
        let mut diagnostic = diagnostic_at_byte(file, text, at, mistake);
        diagnostic.path = path.clone();
        diagnostic
    }

    /// Creates a diagnostic at a part of a node's text. `part` is the text and a byte range in it.
    ///
    /// The whole value is marked if the file spells the text differently: with escapes, or on
    /// several lines.
    pub(super) fn inside_value(
        file: &str,
        text: &str,
        path: &YamlPath,
        part: (&str, Range<usize>),
        mistake: impl Into<Mistake>,
    ) -> Self {
        let mut diagnostic = Self::at_value(file, text, path, mistake);
        let (value, range) = part;
        let text = strip_bom(text);
        if let Some(start) =
            locate::find_token(text, path, ErrorToken::Value).and_then(|at| locate::verbatim(text, at, value))
            && let Some(marked) = value.get(range.clone())
        {
            (diagnostic.line, diagnostic.column) = locate::line_and_column(text, start + range.start);
            diagnostic.length = u32::try_from(marked.chars().count().max(1)).unwrap_or(u32::MAX);
        }
        diagnostic
    }
}

/// Returns the nearest written value above a node without text, such as the key implied by a bare
/// keyword or a shorthand value.
fn nearest_written_ancestor(text: &str, path: &YamlPath) -> Option<usize> {
    (0..path.0.len())
        .rev()
        .find_map(|length| locate::find_token(text, &YamlPath(path.0[..length].to_vec()), ErrorToken::Value))
}

/// Returns the text without a byte order mark.
pub(super) fn strip_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Returns the last character boundary at or before `at`.
fn floor_char_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
