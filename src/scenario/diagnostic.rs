//! `Diagnostic`: a mistake of a scenario's author with its location. Rendered like a compiler
//! error: the line, a caret, the expected value and the nearest valid word.
//!
//! Pure: the caller passes the file's text and formats the sentences. `Diagnostic::at`, which finds
//! the location of a node, is in `yaml.rs` with the search.
//!
//! Every message id of reading, with its arguments (`M`: a nested message):
//!
//! | id | arguments | when |
//! |---|---|---|
//! | `file-missing`, `file-is-directory`, `file-not-regular` | `file` | there is no file to read |
//! | `file-unreadable` | `file`, `problem` | reading fails; `problem` M: `problem-…` |
//! | `file-too-large` | `file`, `limit` (bytes) | more than 1 MiB |
//! | `file-not-text` | `file`, `problem` (`UTF-8`, `U+001B`) | not UTF-8, or a control character |
//! | `empty-file` | | only comments, or empty |
//! | `more-documents` | | a second `---` document |
//! | `yaml-syntax` | `problem` M (`syntax-…`) | not valid YAML |
//! | `alias-bomb`, `too-many-values` | `limit` (values) | too large, with and without aliases |
//! | `nesting-too-deep` | | more than 128 levels |
//! | `mistake-yaml-tag` | | a value with a `!tag` |
//! | `mistake-key` | | a key that is a list or a map |
//! | `mistake-unknown-key` | `found`, `expected` M, `nearest`? | a map has no such key |
//! | `mistake-unknown-word` | `found`, `expected` M, `nearest`? | no such keyword or named value |
//! | `mistake-missing` | `key` | a map lacks a key |
//! | `mistake-duplicate` | `key` | the map already has this key |
//! | `mistake-value` | `found` M, `expected` M | wrong type, or out of range |
//! | `mistake-length` | `found` (count), `expected` M | a list with too few or too many elements |
//! | `mistake-one-key-empty` | | `{}` instead of a map with one key |
//! | `mistake-one-key-more` | | a second key in a map with one key (at that key) |
//! | `mistake-needs-value` | | a bare keyword that requires a value |
//! | `mistake-other` | `text` | any other error, in serde's words |
//! | `found-nothing`, `found-list`, `found-map` | | inside `mistake-value` |
//! | `found-word`, `found-other` | | inside `mistake-value` |
//! | `found-text` | `text` | inside `mistake-value`, at most 60 characters |
//! | `found-number` | `number` (as spelled) | inside `mistake-value` |
//! | `found-bool` | `value` (`true`, `false`) | inside `mistake-value` |
//! | `expected-text`, `expected-number` (whole) | | under the caret |
//! | `expected-decimal`, `expected-bool` | | under the caret |
//! | `expected-list`, `expected-map`, `expected-nothing`, `expected-word` | | under the caret |
//! | `expected-shorter-list` | | under the caret |
//! | `expected-number-between` | `least`, `most` | under the caret |
//! | `expected-one-of` | `words` (`a, b, c`) | under the caret |
//! | `expected-other` | `text` (serde's words) | under the caret |
//! | `expected-name`, `expected-duration` | | under the caret |
//! | `expected-percent`, `expected-command` | | under the caret |
//! | `help-nearest` | `word` | "did you mean" |
//! | `level-error`, `level-help` | | the labels `error` and `help` |

mod kind;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::model::message::Message;
use crate::model::source::{SourceLocation, YamlPath};

pub use self::kind::{DiagnosticKind, Mistake, Section};

/// A mistake of a scenario's author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file, as the caller named it.
    pub file: String,
    /// The line, from 1. 0 means the whole file.
    pub line: u32,
    /// The column in characters, from 1. 0 means the whole file.
    pub column: u32,
    /// The number of characters that the caret marks, at least 1.
    pub length: u32,
    /// The node with the mistake.
    pub path: YamlPath,
    /// The kind of mistake.
    pub kind: DiagnosticKind,
    /// The mistake, in one sentence.
    pub message: Message,
    /// The expected value, shown under the caret.
    pub expected: Option<Message>,
    /// The valid word nearest to the wrong one.
    pub nearest: Option<String>,
}

impl Diagnostic {
    /// Creates a diagnostic at a known location.
    #[must_use]
    pub fn new(file: &str, line: u32, column: u32, length: u32, mistake: impl Into<Mistake>) -> Self {
        let Mistake { kind, message } = mistake.into();
        Self {
            file: file.to_owned(),
            line,
            column,
            length: length.max(1),
            path: YamlPath::default(),
            kind,
            message,
            expected: None,
            nearest: None,
        }
    }

    /// Adds the expected value.
    #[must_use]
    pub fn with_expected(mut self, expected: Message) -> Self {
        self.expected = Some(expected);
        self
    }

    /// Adds the candidate nearest to the word that was found, if one is near enough.
    #[must_use]
    pub fn with_nearest(mut self, found: &str, candidates: &[&str]) -> Self {
        self.nearest = nearest(found, candidates).map(str::to_owned);
        self
    }

    /// Returns the mistake without its location.
    #[must_use]
    pub fn into_mistake(self) -> Mistake {
        Mistake { kind: self.kind, message: self.message }
    }

    /// Returns the location.
    #[must_use]
    pub fn location(&self) -> SourceLocation {
        SourceLocation { file: self.file.clone(), line: self.line, column: self.column }
    }
}

/// Returns the candidate nearest to a word, if one is near enough to have been meant.
#[must_use]
pub fn nearest<'c>(found: &str, candidates: &[&'c str]) -> Option<&'c str> {
    if found.len() > 100 {
        return None;
    }
    let plain = |word: &str| word.to_lowercase().replace(['-', ' '], "_");
    let found = plain(found);
    let near = candidates.iter().filter_map(|candidate| {
        let word = plain(candidate);
        let edits = strsim::damerau_levenshtein(&found, &word);
        // Fewer edits for short words: two edits change most of a word of three letters.
        let close = edits <= 2 && edits * 2 < word.chars().count().max(2);
        let alike = strsim::jaro_winkler(&found, &word);
        (close || alike > 0.85).then_some((*candidate, edits, alike))
    });
    near.min_by(|a, b| a.1.cmp(&b.1).then(b.2.total_cmp(&a.2))).map(|(candidate, ..)| candidate)
}

/// Renders diagnostics as text, each with its line and a caret.
///
/// `sources` returns the text of a file by its name, `say` formats a message. Control characters
/// from the author are replaced before they reach the terminal.
pub fn render(
    diagnostics: &[Diagnostic],
    sources: &dyn Fn(&str) -> Option<String>,
    say: &dyn Fn(&Message) -> String,
    colour: bool,
) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() }.decor_style(DecorStyle::Ascii);
    let mut shown = String::new();
    let mut known: Option<(&str, Option<String>)> = None;
    for diagnostic in diagnostics {
        let source = match &known {
            Some((file, source)) if *file == diagnostic.file => source,
            _ => &known.insert((&diagnostic.file, sources(&diagnostic.file))).1,
        };
        if !shown.is_empty() {
            shown.push('\n');
        }
        shown.push_str(&render_one(diagnostic, source.as_deref(), say, &renderer));
        shown.push('\n');
    }
    shown
}

fn render_one(
    diagnostic: &Diagnostic,
    source: Option<&str>,
    say: &dyn Fn(&Message) -> String,
    renderer: &Renderer,
) -> String {
    let say = |message: &Message| sanitize(&say(message));
    let level = |level: Level<'static>, id| level.with_name(say(&Message::new(id)));
    let file = sanitize(&diagnostic.file);
    let title = level(Level::ERROR, "level-error").primary_title(say(&diagnostic.message));
    let line = source.and_then(|text| source_line(text, diagnostic.line));
    let mut group: Group<'_> = match line {
        Some(line) => {
            let byte = |column: u32| {
                let letters = usize::try_from(column).unwrap_or(usize::MAX);
                let at = line.char_indices().nth(letters).map(|(k, _)| k);
                at.unwrap_or(line.len())
            };
            let start = diagnostic.column.saturating_sub(1);
            let span = byte(start)..byte(start.saturating_add(diagnostic.length));
            let mut caret = AnnotationKind::Primary.span(span);
            if let Some(expected) = &diagnostic.expected {
                caret = caret.label(say(expected));
            }
            title.element(
                Snippet::source(line)
                    .line_start(usize::try_from(diagnostic.line).unwrap_or(usize::MAX))
                    .path(file)
                    .annotation(caret),
            )
        }
        None if diagnostic.line > 0 => title.element(
            Origin::path(file)
                .line(usize::try_from(diagnostic.line).unwrap_or(usize::MAX))
                .char_column(usize::try_from(diagnostic.column).unwrap_or(usize::MAX)),
        ),
        None => title.element(Origin::path(file)),
    };
    if let Some(word) = &diagnostic.nearest {
        let words = say(&Message::new("help-nearest").with("word", word.as_str()));
        group = group.element(level(Level::HELP, "level-help").message(words));
    }
    renderer.render(&[group])
}

/// Returns a sanitized line of a text. Lines count from 1.
fn source_line(text: &str, number: u32) -> Option<String> {
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let line = text.split('\n').nth(index)?;
    Some(sanitize(line.strip_suffix('\r').unwrap_or(line)))
}

/// Replaces each character that can affect a terminal with one other character.
fn sanitize(text: &str) -> String {
    let shown = |letter: char| match letter {
        '\t' => ' ',
        // Characters that change the writing direction, have no width or break the line.
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {
            char::REPLACEMENT_CHARACTER
        }
        letter if letter.is_control() => char::REPLACEMENT_CHARACTER,
        letter => letter,
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests;
