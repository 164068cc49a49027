//! Checks regular expressions and localizes their errors. The parser of the regex crate reports
//! the kind and the location of an error: common kinds are mapped to messages, others are quoted.

use std::ops::Range;

use regex_syntax::ast::{ErrorKind, Span};
use regex_syntax::{Error, ParserBuilder};

use crate::model::Message;

/// An error in a regular expression.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PatternError {
    /// The kind of error.
    pub(super) problem: Message,
    /// The bytes of the pattern with the error. `None` if it is about the whole pattern.
    pub(super) span: Option<Range<usize>>,
}

/// Returns the error in a pattern, if any.
pub(super) fn error_in(pattern: &str) -> Option<PatternError> {
    let error = regex::bytes::Regex::new(pattern).err()?;
    // The regex crate parses with these options, but returns errors as English text.
    Some(match ParserBuilder::new().utf8(false).build().parse(pattern) {
        Err(Error::Parse(error)) => {
            PatternError { problem: regex_problem(error.kind()), span: Some(bytes_of(error.span())) }
        }
        Err(Error::Translate(error)) => {
            PatternError { problem: other(&error.kind().to_string()), span: Some(bytes_of(error.span())) }
        }
        // The pattern is valid, but too large to compile.
        _ => PatternError { problem: other(error.to_string().trim()), span: None },
    })
}

fn bytes_of(span: &Span) -> Range<usize> {
    span.start.offset..span.end.offset
}

fn regex_problem(kind: &ErrorKind) -> Message {
    Message::new(match kind {
        ErrorKind::GroupUnclosed => "pattern-unclosed-group",
        ErrorKind::GroupUnopened => "pattern-unopened-group",
        ErrorKind::ClassUnclosed => "pattern-unclosed-class",
        ErrorKind::RepetitionCountUnclosed => "pattern-unclosed-count",
        ErrorKind::RepetitionMissing => "pattern-nothing-repeated",
        ErrorKind::EscapeUnrecognized => "pattern-unknown-escape",
        ErrorKind::UnsupportedBackreference => "pattern-no-backreferences",
        ErrorKind::EscapeUnexpectedEof => "pattern-escape-at-end",
        ErrorKind::ClassRangeInvalid => "pattern-range-backwards",
        ErrorKind::RepetitionCountInvalid => "pattern-count-backwards",
        ErrorKind::UnsupportedLookAround => "pattern-no-look-around",
        other_kind => return other(&other_kind.to_string()),
    })
}

/// Quotes an error that has no message of its own.
fn other(text: &str) -> Message {
    Message::new("pattern-other").with("text", text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::YamlPath;
    use crate::scenario::diagnostic::{Diagnostic, DiagnosticKind, render};

    #[test]
    fn caret_points_into_a_verbatim_pattern() {
        let shown = |text: &str| {
            let path = YamlPath::default().key("a");
            let part = ("é(\tb", 2..3);
            let diagnostic = Diagnostic::inside_value("x.yaml", text, &path, part, DiagnosticKind::Regex);
            let shown = render(&[diagnostic], &|_| Some(text.to_owned()), &|message| message.id.to_string(), false);
            let line = shown.lines().nth(3).unwrap_or_default().to_owned();
            let caret = shown.lines().find(|line| line.contains('^')).unwrap_or_default().to_owned();
            (line, caret)
        };
        let wanted = |line: &str, caret: &str| (format!("1 | {line}"), format!("  | {caret}"));
        assert_eq!(shown("a: é(\tb\n"), wanted("a: é( b", "    ^"));
        assert_eq!(shown("{ a: é(\tb }\n"), wanted("{ a: é( b }", "      ^"));
        assert_eq!(shown("a: 'é(\tb'\n"), wanted("a: 'é( b'", "     ^"));
        // The file spells the pattern differently here: the whole value is marked.
        assert_eq!(shown("a: \"é(\\tb\"\n"), wanted("a: \"é(\\tb\"", "   ^^^^^^^"));
    }

    #[test]
    fn common_errors_have_messages_and_spans() {
        let known = [
            ("é(", "pattern-unclosed-group", 2..3),
            ("a)", "pattern-unopened-group", 1..2),
            ("[a", "pattern-unclosed-class", 0..1),
            ("a{2", "pattern-unclosed-count", 1..3),
            ("a|*", "pattern-nothing-repeated", 2..2),
            (r"b\y", "pattern-unknown-escape", 1..3),
            (r"(a)\1", "pattern-no-backreferences", 3..5),
            (r"a\", "pattern-escape-at-end", 1..2),
            ("[z-a]", "pattern-range-backwards", 1..4),
            ("a{3,2}", "pattern-count-backwards", 1..6),
            ("(?=a)", "pattern-no-look-around", 0..3),
        ];
        for (pattern, id, span) in known {
            let wanted = PatternError { problem: Message::new(id), span: Some(span) };
            assert_eq!(error_in(pattern), Some(wanted), "{pattern}");
        }
        assert_eq!(error_in(r"^\d+(?-u:\xff)$"), None);
    }

    #[test]
    fn other_errors_are_quoted() {
        let quoted = |text: &str, span| Some(PatternError { problem: other(text), span });
        assert_eq!(error_in("(?P<>a)"), quoted("empty capture group name", Some(4..4)));
        assert_eq!(error_in(r"a\p{nothing}"), quoted("Unicode property not found", Some(1..12)));
        let large = quoted("Compiled regex exceeds size limit of 10485760 bytes.", None);
        assert_eq!(error_in(r"\w{1000}{1000}"), large);
    }
}
