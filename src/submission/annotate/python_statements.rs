//! Splits Python source into statements, to distinguish a call that is a statement from one
//! inside of another call, a text or a comment. Does not parse them.

use std::iter::Peekable;
use std::str::Chars;

/// A statement: its first line, and its text on one line, with the contents of texts removed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// Begins with 1.
    pub(super) line: u32,
    /// The number of blanks in front of it.
    pub(super) indent: usize,
    pub(super) text: String,
}

/// Returns the statements of a source, each without its comments.
pub(super) fn statements(source: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    let mut chars = source.chars().peekable();
    let (mut line, mut begin, mut depth) = (1, 1, 0_usize);
    let mut text = String::new();
    while let Some(c) = chars.next() {
        match c {
            '#' => while chars.next_if(|&next| next != '\n').is_some() {},
            '"' | '\'' => {
                line += skip_text(&mut chars, c);
                text.extend([c, c]);
            }
            '\\' if chars.next_if_eq(&'\n').is_some() => {
                line += 1;
                text.push(' ');
            }
            '\n' if depth == 0 => {
                line += 1;
                finish(&mut found, &mut text, begin);
                begin = line;
            }
            '\n' => {
                line += 1;
                text.push(' ');
            }
            '(' | '[' | '{' => {
                depth += 1;
                text.push(c);
            }
            ')' | ']' | '}' => {
                depth = depth.saturating_sub(1);
                text.push(c);
            }
            _ => text.push(c),
        }
    }
    finish(&mut found, &mut text, begin);
    found
}

fn finish(found: &mut Vec<Statement>, text: &mut String, line: u32) {
    let whole = std::mem::take(text);
    let code = whole.trim_start();
    if !code.is_empty() {
        found.push(Statement { line, indent: whole.len() - code.len(), text: code.trim_end().to_owned() });
    }
}

/// Skips the rest of a text that begins with this quotation mark. Returns the number of its lines
/// without the first one.
fn skip_text(chars: &mut Peekable<Chars<'_>>, quote: char) -> u32 {
    let is_long = if chars.next_if_eq(&quote).is_none() {
        false
    } else if chars.next_if_eq(&quote).is_none() {
        return 0;
    } else {
        true
    };
    let (mut lines, mut marks) = (0, 0);
    while let Some(c) = chars.next() {
        marks = if c == quote { marks + 1 } else { 0 };
        if marks == if is_long { 3 } else { 1 } {
            break;
        }
        match c {
            '\\' => lines += u32::from(chars.next() == Some('\n')),
            '\n' => {
                lines += 1;
                // A text that was never closed ends with its line.
                if !is_long {
                    break;
                }
            }
            _ => {}
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_in_brackets_texts_and_comments_are_no_statements() {
        let source = "\"\"\"Runs\nserve()\n\"\"\"\nx = 'it\\'s' # serve()\nawait gather(\n    serve(1),  # one\n)\n\
            if a and \\\n   b:\n    serve()\n";
        let found: Vec<(u32, usize, String)> =
            statements(source).into_iter().map(|one| (one.line, one.indent, one.text)).collect();
        let of = |line, indent, text: &str| (line, indent, text.to_owned());
        assert_eq!(
            found,
            [
                of(1, 0, "\"\""),
                of(4, 0, "x = ''"),
                of(5, 0, "await gather(     serve(1),   )"),
                of(8, 0, "if a and     b:"),
                of(10, 4, "serve()")
            ]
        );
    }

    #[test]
    fn broken_source_ends() {
        for source in ["'", "\"\"\"", "f(", "x = '\\", "'a\nf()\n", "))"] {
            assert!(statements(source).len() <= 2, "{source}");
        }
        assert_eq!(statements("x = 'a\nf()\n")[0].text, "x = ''f()", "it cannot run");
    }
}
