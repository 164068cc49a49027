//! Rejects deeply nested text before the YAML crate parses it, because its time grows with the
//! square of the depth.
//!
//! Half a megabyte of `{a: ` would take a minute, half a megabyte of `- ` some seconds. Recognizes
//! only brackets, leading `-` and `?`, quotes, comments and block scalars.

/// Nesting depth that is rejected. The YAML crate reads at most 128 levels; the rest is for
/// unbalanced brackets in plain text, of which no file has that many.
const MAX_BRACKET_DEPTH: usize = 1000;

/// Returns true if the text is nested too deeply to be parsed.
pub(super) fn is_too_deep(text: &str) -> bool {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut block: Option<usize> = None;
    for line in text.lines() {
        let indent = line.len() - line.trim_start_matches(' ').len();
        if let Some(header) = block {
            if indent > header || line.trim().is_empty() {
                continue;
            }
            block = None;
        }
        let dashes = line[indent..].split(' ').take_while(|word| matches!(*word, "-" | "?" | ""));
        if dashes.take(MAX_BRACKET_DEPTH).count() == MAX_BRACKET_DEPTH {
            return true;
        }
        let mut before = ' ';
        let mut letters = line.chars();
        while let Some(letter) = letters.next() {
            match (quote, letter) {
                (Some('"'), '\\') => {
                    letters.next();
                }
                (Some(open), _) if open == letter => quote = None,
                (Some(_), _) => {}
                (None, '#') if before.is_whitespace() => break,
                (None, '"' | '\'') if before.is_whitespace() || matches!(before, '[' | '{' | ',' | ':') => {
                    quote = Some(letter);
                }
                (None, '[' | '{') if depth == MAX_BRACKET_DEPTH => return true,
                (None, '[' | '{') => depth += 1,
                (None, ']' | '}') => depth = depth.saturating_sub(1),
                (None, _) => {}
            }
            before = letter;
        }
        if quote.is_none() && depth == 0 && opens_block_scalar(line) {
            block = Some(indent);
        }
    }
    false
}

/// Returns true if a line ends with the header of a block scalar: `|`, `>-` or `|2`, with or
/// without a comment.
fn opens_block_scalar(line: &str) -> bool {
    let line = line.split(" #").next().unwrap_or_default().trim_end();
    let header = line.trim_end_matches(['+', '-', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    header.ends_with(" |") || header.ends_with(" >") || matches!(header, "|" | ">")
}
