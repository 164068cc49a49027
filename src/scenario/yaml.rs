//! Reads YAML text into the language's types, or reports every mistake of the author at once. Only
//! this module and its folder use the YAML crate.
//!
//! The text is parsed once, into a tree. Serde reads the types from the tree and stops at the first
//! mistake. The mistake is recorded, its node is removed and the types are read again, until no
//! mistake is left. Mistakes that only follow from a removed node are not reported.

mod depth;
mod file;
mod mistake;
mod place;
mod prune;
mod reader;
mod syntax;
mod tree;

#[cfg(test)]
mod tests;

use std::ops::Range;

use serde::de::DeserializeOwned;

pub use file::{open_regular, read_file, unreadable};
pub use place::locate;

use crate::model::message::Message;
use crate::model::place::{Path, PathPart};
use crate::scenario::diagnostic::{Diagnostic, nearest};
use mistake::{Mistake, Spot, What, named, quoted};
use tree::{Kind, Node};

/// Maximum file size in bytes: 1 MiB.
pub const LIMIT: usize = 1 << 20;
/// Maximum number of mistakes per reading, and the lower bound of that number for large files.
const MOST: usize = 100;
const FEWEST: usize = 10;
/// Maximum text in bytes that is walked through to locate mistakes. Each location takes one walk.
const WALKED: usize = 4 << 20;

/// Reads a value from a file's text. `file` is the name shown in diagnostics.
///
/// # Errors
/// Returns an error if there are mistakes, ordered by location. At most 100 are reported, fewer in
/// files over 40 kB, and 10 in files of the maximum size.
pub fn read<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, Vec<Diagnostic>> {
    read_what_can_be(file, text).map_err(|(mistakes, _)| mistakes)
}

/// The mistakes in a file, and the value without the wrong nodes if it can be read.
pub type Mistaken<T> = (Vec<Diagnostic>, Option<T>);

/// Like [`read`], but also returns the readable part of a file with mistakes, so that its meaning
/// can be validated too.
///
/// # Errors
/// Returns an error if [`read`] does.
pub fn read_what_can_be<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, Mistaken<T>> {
    let text = without_mark(text);
    if text.len() > LIMIT {
        let message = Message::new("file-too-large").with("file", file).with("limit", LIMIT);
        return Err((vec![Diagnostic::new(file, 0, 0, 1, message)], None));
    }
    if depth::is_absurd(text) {
        let message = Message::new("nesting-too-deep");
        return Err((vec![Diagnostic::new(file, 0, 0, 1, message)], None));
    }
    let mut root = tree::grow(text).map_err(|trouble| {
        let at = trouble.at.map(|at| floor(text, at));
        (vec![pointing_at(file, text, at, trouble.message)], None)
    })?;
    let most = (WALKED / text.len().max(1)).clamp(FEWEST, MOST);
    let mut noted = Vec::new();
    root.prune_duplicates(&Path::default(), &mut noted);
    noted.truncate(most);
    let mut rest = None;
    while noted.len() < most {
        let mistake = match T::deserialize(reader::Reader(&root)) {
            Ok(value) if noted.is_empty() => return Ok(value),
            Ok(value) => {
                rest = Some(value);
                break;
            }
            Err(mistake) => mistake.about(Spot::Value, || root.found()),
        };
        let follows = root.explains(&mistake);
        let path = mistake.path();
        if !follows {
            noted.push(mistake);
        }
        if !root.prune(&path) {
            break;
        }
    }
    let mut diagnostics: Vec<_> = noted.iter().map(|mistake| diagnose(file, text, &root, mistake)).collect();
    diagnostics.sort_by_key(|d| (d.line, d.column));
    Err((diagnostics, rest))
}

/// Returns the diagnostic of a mistake.
fn diagnose(file: &str, text: &str, root: &Node, mistake: &Mistake) -> Diagnostic {
    let path = mistake.path();
    let keyed = matches!(path.0.last(), Some(PathPart::Key(_)));
    let empty = root.even_gone(&path).is_some_and(|node| matches!(node.kind, Kind::Nothing));
    let spot = match mistake.spot() {
        Spot::Value if keyed && empty => Spot::Key(0),
        spot => spot,
    };
    let near = match &*mistake.what {
        What::UnknownKey { found, expected } | What::UnknownWord { found, expected } => {
            nearest(found, expected).map(str::to_owned)
        }
        _ => None,
    };
    let (mut message, expected) = say(&mistake.what);
    if let Some(expected) = &expected {
        message = message.with("expected", expected.clone());
    }
    if let Some(near) = &near {
        message = message.with("nearest", near.as_str());
    }
    let mut diagnostic = pointing_at(file, text, place::find(text, &path, spot), message);
    diagnostic.path = path;
    diagnostic.expected = expected;
    diagnostic.nearest = near;
    diagnostic
}

/// Returns the message for a mistake, and the expected value.
fn say(what: &What) -> (Message, Option<Message>) {
    match what {
        What::UnknownKey { found, expected } => {
            (Message::new("mistake-unknown-key").with("found", quoted(found)), Some(one_of(expected)))
        }
        What::UnknownWord { found, expected } => {
            (Message::new("mistake-unknown-word").with("found", quoted(found)), Some(one_of(expected)))
        }
        What::Missing { key } => (Message::new("mistake-missing").with("key", *key), None),
        What::Duplicate { key } => (Message::new("mistake-duplicate").with("key", quoted(key)), None),
        What::Value { found, expected } => {
            (Message::new("mistake-value").with("found", found.clone()), Some(expected.clone()))
        }
        What::Length { found, expected } => {
            (Message::new("mistake-length").with("found", *found), Some(expected.clone()))
        }
        What::Custom(id) if id.starts_with("mistake-") => (named(id), None),
        What::Custom(text) => (Message::new("mistake-other").with("text", text.as_str()), None),
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
fn pointing_at(file: &str, text: &str, at: Option<usize>, message: Message) -> Diagnostic {
    let Some(at) = at else {
        return Diagnostic::new(file, 0, 0, 1, message);
    };
    let (line, column) = place::line_and_column(text, at);
    Diagnostic::new(file, line, column, place::length(text, at), message)
}

impl Diagnostic {
    /// Creates a diagnostic at a node: at the key if the path ends in one, else at the element.
    #[must_use]
    pub fn at(file: &str, text: &str, path: &Path, message: Message) -> Self {
        let text = without_mark(text);
        let at = place::key_or_value(text, path).or_else(|| nearest_above(text, path));
        let mut diagnostic = pointing_at(file, text, at, message);
        diagnostic.path = path.clone();
        diagnostic
    }

    /// Creates a diagnostic at a node's value. If the path ends in a key, the value after it is
    /// marked.
    #[must_use]
    pub fn at_value(file: &str, text: &str, path: &Path, message: Message) -> Self {
        let text = without_mark(text);
        let at = place::find(text, path, Spot::Value).or_else(|| nearest_above(text, path));
        let mut diagnostic = pointing_at(file, text, at, message);
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
        path: &Path,
        part: (&str, Range<usize>),
        message: Message,
    ) -> Self {
        let mut diagnostic = Self::at_value(file, text, path, message);
        let (value, range) = part;
        let text = without_mark(text);
        if let Some(start) = place::find(text, path, Spot::Value).and_then(|at| place::verbatim(text, at, value))
            && let Some(marked) = value.get(range.clone())
        {
            (diagnostic.line, diagnostic.column) = place::line_and_column(text, start + range.start);
            diagnostic.length = u32::try_from(marked.chars().count().max(1)).unwrap_or(u32::MAX);
        }
        diagnostic
    }
}

/// Returns the nearest written value above a node without text, such as the key implied by a bare
/// keyword or a shorthand value.
fn nearest_above(text: &str, path: &Path) -> Option<usize> {
    (0..path.0.len()).rev().find_map(|length| place::find(text, &Path(path.0[..length].to_vec()), Spot::Value))
}

/// Returns the text without a byte order mark.
pub(super) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Returns the last character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
