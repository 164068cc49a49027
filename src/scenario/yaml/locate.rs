//! Locates the nodes of a document in its text.
//!
//! The YAML crate exposes positions only in its errors. A walk down the path therefore fails on
//! purpose at its end, and positions cost nothing if there are no mistakes.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::error::ErrorToken;
use crate::model::source::{YamlPath, YamlPathPart};

/// Returns the line and column of a path in a text, both from 1. The column counts characters.
///
/// A path that ends in a key has the location of the key. A path that ends in an index has that of
/// the element's first character, and the empty path that of the document. Returns `None` if there
/// is no such node or the text is not valid YAML.
#[must_use]
pub(crate) fn locate(text: &str, path: &YamlPath) -> Option<(u32, u32)> {
    let text = super::strip_bom(text);
    find_key_or_value(text, path).map(|at| line_and_column(text, at))
}

/// Returns the byte offset of the path's key if it ends in one, else of its value.
pub(super) fn find_key_or_value(text: &str, path: &YamlPath) -> Option<usize> {
    let spot = match path.0.last() {
        Some(YamlPathPart::Key(_)) => ErrorToken::Key(0),
        _ => ErrorToken::Value,
    };
    find_token(text, path, spot)
}

/// Returns the byte offset of a node's token.
pub(super) fn find_token(text: &str, path: &YamlPath, spot: ErrorToken) -> Option<usize> {
    let arrived = Cell::new(false);
    let walk = PathSeeker { rest: &path.0, spot, arrived: &arrived };
    let error = walk.deserialize(serde_yaml::Deserializer::from_str(text)).err()?;
    let at = error.location().filter(|_| arrived.get())?.index();
    text.is_char_boundary(at).then_some(at)
}

/// Returns the byte offset of the second document.
pub(super) fn second_document(text: &str) -> Option<usize> {
    let document = serde_yaml::Deserializer::from_str(text).nth(1)?;
    let arrived = Cell::new(false);
    let error = document.deserialize_any(FailAt(&arrived)).err()?;
    error.location().map(|l| l.index())
}

/// Returns the line and column of a byte offset, both from 1. The column counts characters, and
/// only `\n` ends a line, as in editors.
pub(super) fn line_and_column(text: &str, at: usize) -> (u32, u32) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |k| k + 1);
    let column = before[start..].chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

/// Returns the number of characters of the token at a byte offset, up to the end of its line. A
/// token is a quoted text, a bracketed list or map, or a plain scalar.
pub(super) fn token_length(text: &str, at: usize) -> u32 {
    let start = text[..at].rfind('\n').map_or(0, |k| k + 1);
    let line = text[at..].lines().next().unwrap_or_default();
    let flow = text[start..at].chars().fold(0_i32, |depth, c| match c {
        '[' | '{' => depth + 1,
        ']' | '}' => depth - 1,
        _ => depth,
    });
    let end = match line.chars().next() {
        Some(quote @ ('"' | '\'')) => quoted_end(line, quote),
        Some('[' | '{') => bracketed_end(line),
        _ => plain_end(line, flow > 0),
    };
    let characters = line[..end].trim_end().chars().count();
    u32::try_from(characters.max(1)).unwrap_or(u32::MAX)
}

/// Returns the byte offset of a scalar's text if its token at `at` contains the text verbatim: on
/// one line, and without escapes.
pub(super) fn verbatim(text: &str, at: usize, value: &str) -> Option<usize> {
    let token = text.get(at..)?;
    let quote = token.chars().next().filter(|c| matches!(c, '"' | '\''));
    let special = match quote {
        Some('"') => &['\n', '\\', '"'][..],
        Some(_) => &['\n', '\''],
        None => &['\n'],
    };
    let start = quote.map_or(0, char::len_utf8);
    (!value.contains(special) && token[start..].starts_with(value)).then_some(at + start)
}

/// Returns the offset after the closing quote, or the end of the line.
fn quoted_end(line: &str, quote: char) -> usize {
    let mut letters = line.char_indices().skip(1).peekable();
    while let Some((k, letter)) = letters.next() {
        if letter == '\\' && quote == '"' {
            letters.next();
        } else if letter == quote {
            if quote == '\'' && letters.peek().is_some_and(|(_, next)| *next == '\'') {
                letters.next();
            } else {
                return k + quote.len_utf8();
            }
        }
    }
    line.len()
}

/// Returns the offset after the closing bracket, or the end of the line.
fn bracketed_end(line: &str) -> usize {
    let mut depth = 0_i32;
    let mut skip = 0;
    for (k, letter) in line.char_indices() {
        if k < skip {
            continue;
        }
        match letter {
            '"' | '\'' => skip = k + quoted_end(&line[k..], letter),
            '[' | '{' => depth += 1,
            ']' | '}' => {
                depth -= 1;
                if depth == 0 {
                    return k + 1;
                }
            }
            _ => {}
        }
    }
    line.len()
}

/// Returns the offset of the end of a plain scalar.
fn plain_end(line: &str, flow: bool) -> usize {
    let mut before = ' ';
    for (k, letter) in line.char_indices() {
        let after = line[k + letter.len_utf8()..].chars().next().unwrap_or(' ');
        let ends = match letter {
            ':' => after == ' ' || (flow && matches!(after, ',' | ']' | '}')),
            '#' => before == ' ',
            ',' | ']' | '}' => flow,
            _ => false,
        };
        if ends {
            return k;
        }
        before = letter;
    }
    line.len()
}

/// Walks down a path and fails at its end.
#[derive(Clone, Copy)]
struct PathSeeker<'p> {
    rest: &'p [YamlPathPart],
    spot: ErrorToken,
    arrived: &'p Cell<bool>,
}

impl<'de> DeserializeSeed<'de> for PathSeeker<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.rest.first() {
            None => deserializer.deserialize_any(FailAt(self.arrived)),
            Some(YamlPathPart::Key(_)) => deserializer.deserialize_map(self),
            Some(YamlPathPart::Index(_)) => deserializer.deserialize_seq(self),
        }
    }
}

impl<'de> Visitor<'de> for PathSeeker<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the way to a node")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((YamlPathPart::Key(wanted), rest)) = self.rest.split_first() else {
            return Ok(());
        };
        let mut halt_at = match self.spot {
            ErrorToken::Key(nth) if rest.is_empty() => Some(nth),
            _ => None,
        };
        loop {
            let word = KeySeeker { wanted, halt: halt_at == Some(0), arrived: self.arrived };
            match (map.next_key_seed(word)?, &mut halt_at) {
                (None, _) => return Ok(()),
                (Some(true), None) => return map.next_value_seed(PathSeeker { rest, ..self }),
                (Some(true), Some(nth)) => *nth -= 1,
                (Some(false), _) => {}
            }
            map.next_value::<IgnoredAny>()?;
        }
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Some((YamlPathPart::Index(index), rest)) = self.rest.split_first() else {
            return Ok(());
        };
        for _ in 0..*index {
            if list.next_element::<IgnoredAny>()?.is_none() {
                return Ok(());
            }
        }
        list.next_element_seed(PathSeeker { rest, ..self }).map(|_| ())
    }
}

/// Compares a key with the wanted one, and fails there if the walk ends at it.
struct KeySeeker<'p> {
    wanted: &'p str,
    halt: bool,
    arrived: &'p Cell<bool>,
}

impl<'de> DeserializeSeed<'de> for KeySeeker<'_> {
    type Value = bool;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeeker<'_> {
    type Value = bool;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }
    fn visit_str<E: Error>(self, key: &str) -> Result<bool, E> {
        if key == self.wanted && self.halt {
            self.arrived.set(true);
            return Err(E::custom("here"));
        }
        Ok(key == self.wanted)
    }
}

/// Fails at any value.
struct FailAt<'p>(&'p Cell<bool>);

impl FailAt<'_> {
    fn fail<E: Error>(self) -> Result<(), E> {
        self.0.set(true);
        Err(E::custom("here"))
    }
}

impl<'de> Visitor<'de> for FailAt<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.fail()
    }
    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.fail()
    }
    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.fail()
    }
    fn visit_i128<E: Error>(self, _: i128) -> Result<(), E> {
        self.fail()
    }
    fn visit_u128<E: Error>(self, _: u128) -> Result<(), E> {
        self.fail()
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.fail()
    }
    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.fail()
    }
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.fail()
    }
    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.fail()
    }
    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        self.fail()
    }
    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        self.fail()
    }
}
