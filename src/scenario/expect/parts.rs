//! The parts of a byte stream: lines, and data whose length a line announces. Finds the first part that
//! is not as it must be, and why.

use std::borrow::Cow;

use regex::bytes::Regex;
use schemars::JsonSchema;
use serde::Deserialize;

use super::content_fault::{ContentFault, position_of};
use super::content_rule::ContentRule;
use super::excerpt::{difference, quote};
use super::mismatch::find;
use super::stream::Stream;
use crate::model::{Cause, ClientId, Finding, StreamEnd};
use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::validate::Scope;

/// Bytes of data that must be there before data is recognized by its beginning.
const MIN_BEGINNING_BYTES: usize = 4;

/// One part of the bytes of a connection. Exactly one field must be set.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Part {
    /// Exactly this line, without its ending: `\n`, or `\r\n`.
    pub line: Option<String>,
    /// A line in which this regular expression (Rust's `regex` crate) is found.
    pub matches: Option<String>,
    /// These bytes, without an ending: `file`, `given`, `text` or `repeat`.
    pub content: Option<ContentRule>,
}

impl Part {
    /// Reports the author's mistakes in a list of parts.
    pub(super) fn check_all(parts: Option<&Vec<Self>>, names: &mut Scope<'_>) {
        for part in parts.into_iter().flatten() {
            let given = [part.line.is_some(), part.matches.is_some(), part.content.is_some()];
            if given.into_iter().filter(|given| *given).count() != 1 {
                names.report(&["parts"], DiagnosticKind::OneOf.with("words", "line, matches, content"));
            }
            if let Some(line) = &part.line {
                names.check_template(&["parts"], line);
                if line.contains(['\n', '\r']) {
                    names.report(&["parts"], DiagnosticKind::LineWithEnd);
                }
            }
            names.pattern("parts", part.matches.as_ref());
            if let Some(content) = &part.content {
                content.check_exact(names, "parts");
            }
        }
    }
}

/// The bytes of one connection, compared with the parts that they must consist of.
pub(super) struct Comparison<'a> {
    pub(super) stream: &'a Stream<'a>,
    pub(super) parts: &'a [Part],
    /// Replaces the names in braces of a line.
    pub(super) fill: &'a dyn Fn(&str) -> Vec<u8>,
}

/// The first difference: its cause, and whether all bytes before it are as they must be and no others
/// came.
pub(super) struct Wrong {
    pub(super) finding: Finding,
    pub(super) is_beginning: bool,
}

impl Comparison<'_> {
    /// Returns the bytes that came in time: what comes after the client has given up and acted again
    /// answers nothing.
    pub(super) fn bytes_in_time(&self) -> Vec<u8> {
        let late = self.stream.timeout.map(|(id, ..)| id);
        let acts = self.stream.sent.iter().map(|(id, _)| *id).chain(self.stream.closed);
        let act = late.and_then(|late| acts.filter(|act| *act > late).min());
        let in_time = self.stream.got.iter().filter(|(id, _)| act.is_none_or(|act| *id < act));
        in_time.flat_map(|(_, bytes)| bytes.iter().copied()).collect()
    }

    /// Returns the first difference of these bytes from the parts.
    pub(super) fn wrong(&self, got: &[u8]) -> Option<Wrong> {
        let mut rest = got;
        for index in 0..self.parts.len() {
            rest = match self.after(index, rest) {
                Ok(after) => after,
                Err(wrong) => return Some(*wrong),
            };
        }
        let extra = rest.len() as u64 + self.stream.overflow;
        (extra > 0).then(|| self.fail(Cause::PartExtra { client: self.client(), bytes: extra, extra: quote(rest) }))
    }

    const fn client(&self) -> ClientId {
        self.stream.client
    }

    /// Returns what follows a part at the beginning of these bytes.
    fn after<'b>(&self, index: usize, rest: &'b [u8]) -> Result<&'b [u8], Box<Wrong>> {
        let part = &self.parts[index];
        if let Some(content) = part.content.as_ref().and_then(ContentRule::content) {
            return rest.strip_prefix(content).ok_or_else(|| Box::new(self.wrong_content(index, content, rest)));
        }
        let line = self.line(part);
        let end = rest.iter().position(|byte| *byte == b'\n');
        let first = end.map(|end| rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]));
        match (first, end, &part.matches) {
            (Some(got), Some(end), Some(pattern)) if is_match(pattern, got) => Ok(&rest[end + 1..]),
            (Some(got), Some(end), None) if got == &*line => Ok(&rest[end + 1..]),
            _ if rest.is_empty() => Err(Box::new(self.missing(&line))),
            (_, _, Some(pattern)) => Err(Box::new(self.wrong_match(pattern, first.unwrap_or(rest), end.is_some()))),
            _ => Err(Box::new(self.wrong_line(index, &line, first.unwrap_or(rest), rest))),
        }
    }

    /// Returns a line that must come, or the pattern of one.
    fn line(&self, part: &Part) -> Cow<'_, [u8]> {
        match (&part.line, &part.matches) {
            (Some(line), _) => Cow::Owned((self.fill)(line)),
            (None, pattern) => Cow::Owned(pattern.clone().unwrap_or_default().into_bytes()),
        }
    }

    /// Returns the data that follows a part.
    fn content_after(&self, index: usize) -> Option<&[u8]> {
        self.parts.get(index + 1)?.content.as_ref()?.content()
    }

    fn fail(&self, cause: Cause) -> Wrong {
        Wrong { finding: Finding::fail(cause).shown_by(self.stream.events()), is_beginning: false }
    }

    /// Returns the cause of a line of which nothing came.
    fn missing(&self, line: &[u8]) -> Wrong {
        let (client, wanted) = (self.client(), quote(line));
        let wrong = self.fail(match self.stream.premature_end() {
            Some(StreamEnd::End | StreamEnd::Reset) => Cause::PartClosed { client, wanted },
            _ => Cause::PartMissing { client, wanted },
        });
        Wrong { is_beginning: true, ..wrong }
    }

    /// Returns the cause of a line in which a pattern is not found.
    fn wrong_match(&self, pattern: &str, got: &[u8], has_end: bool) -> Wrong {
        let (client, got_text) = (self.client(), quote(got));
        if !has_end && is_match(pattern, got) {
            return self.fail(Cause::PartLineUnended { client, line: got_text });
        }
        self.fail(Cause::PartLineUnlike { client, wanted: quote(pattern.as_bytes()), got: got_text })
    }

    /// Returns the cause of another line than this one.
    fn wrong_line(&self, index: usize, line: &[u8], got: &[u8], rest: &[u8]) -> Wrong {
        let client = self.client();
        let data = self.content_after(index);
        if let Some(after) = rest.strip_prefix(line)
            && (after.is_empty() || data.is_some_and(|data| begins(after, data)))
        {
            return Wrong {
                is_beginning: after.is_empty(),
                ..self.fail(Cause::PartLineUnended { client, line: quote(line) })
            };
        }
        if let Some(at) = find(rest, &[line, b"\n"].concat())
            && index > 0
        {
            return self.fail(Cause::PartExtra { client, bytes: at as u64, extra: quote(&rest[..at]) });
        }
        if data.is_some_and(|data| begins(rest, data)) {
            return self.fail(Cause::PartLineMissing { client, line: quote(line) });
        }
        if let (Some(number), Some(data)) = (other_number(line, got), data) {
            if let Some(wrong) = self.announced_content(index + 1, number, data, rest) {
                return wrong;
            }
            let (line, bytes) = (quote(got), data.len() as u64);
            let characters = String::from_utf8_lossy(data).chars().count() as u64;
            let in_characters = number == characters && characters != bytes;
            return self.fail(if in_characters {
                Cause::PartSizeInCharacters { client, line, bytes }
            } else {
                Cause::PartSizeOther { client, line, bytes }
            });
        }
        let wrong = self.fail(Cause::PartLineOther { client, wanted: quote(line), got: quote(got) });
        Wrong {
            finding: wrong.finding.with_difference(Some(difference(line, got))),
            is_beginning: line.starts_with(got),
        }
    }

    /// Returns the cause of data that is other than the content, if a line with another size announces it
    /// rightly.
    fn announced_content(&self, index: usize, number: u64, content: &[u8], rest: &[u8]) -> Option<Wrong> {
        let after = &rest[rest.iter().position(|byte| *byte == b'\n')? + 1..];
        let body = &after[..after.len().min(usize::try_from(number).unwrap_or(usize::MAX))];
        let is_announced = body.len() as u64 == number && position_of(content, after).is_none();
        let fault = ContentFault::of(body, content);
        (is_announced && fault != ContentFault::Other).then(|| self.wrong_content(index, content, body))
    }

    /// Returns the cause of data that is not this content.
    fn wrong_content(&self, index: usize, content: &[u8], rest: &[u8]) -> Wrong {
        let client = self.client();
        let next = self.parts.get(index + 1).and_then(|next| next.line.as_ref());
        let end = next.and_then(|next| find(rest, &[&(self.fill)(next)[..], b"\n"].concat()));
        let body = &rest[..end.unwrap_or(rest.len())];
        let (got, of) = (body.len() as u64, content.len() as u64);
        if let Some(at) = position_of(content, body) {
            return self.fail(Cause::PartExtra { client, bytes: at as u64, extra: quote(&body[..at]) });
        }
        let cause = match ContentFault::of(body, content) {
            ContentFault::Decoded => Cause::PartDataDecoded { client },
            ContentFault::Newlines => Cause::PartDataNewlines { client },
            ContentFault::CutAtNul => Cause::PartDataCutAtNul { client, got, of },
            ContentFault::Cut => Cause::PartDataCut { client, got, of },
            ContentFault::Other => Cause::PartDataOther { client, got, of },
        };
        let is_beginning = content.starts_with(rest);
        let wrong = self.fail(cause);
        let show = !body.is_empty();
        let finding = wrong.finding.with_difference(show.then(|| difference(content, body)));
        Wrong { finding, is_beginning }
    }
}

fn is_match(pattern: &str, line: &[u8]) -> bool {
    Regex::new(pattern).is_ok_and(|regex| regex.is_match(line))
}

/// Returns true if bytes begin as the data does, as far as one can tell.
fn begins(bytes: &[u8], data: &[u8]) -> bool {
    let start = &data[..data.len().min(MIN_BEGINNING_BYTES)];
    !start.is_empty() && bytes.starts_with(start)
}

/// Returns the number at the end of a line, if it is all that differs from another line.
fn other_number(line: &[u8], got: &[u8]) -> Option<u64> {
    let split = |line: &[u8]| {
        let at = line.iter().rposition(|byte| *byte == b' ')? + 1;
        let number: u64 = std::str::from_utf8(&line[at..]).ok()?.parse().ok()?;
        Some((line[..at].to_vec(), number))
    };
    let ((wanted, _), (came, number)) = (split(line)?, split(got)?);
    (wanted == came).then_some(number)
}
