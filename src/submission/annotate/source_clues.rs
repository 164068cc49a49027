//! Finds in the source what calls and bytes do not show: a handler with the wrong name, an error that
//! nobody prints, a converted text that is not sent. A clue only refines a cause that it fits, and
//! never changes a verdict.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use super::source_clue_table::{ROWS, Row};
use crate::model::bytes::safe_path;
use crate::model::source_language::language_of;
use crate::model::{Cause, ItemResult, SourceLocation, Verdict};
use crate::submission::heuristics::is_named_client;
use crate::submission::import::Submission;

/// Bytes of a source file that are read.
const MAX_SOURCE_BYTES: u64 = 256 << 10;
/// Maximum number of source files of a program.
const MAX_FILES: usize = 50;

/// Maximum number of matches of a pattern that are examined.
const MAX_MATCHES: usize = 200;

/// A row with its regular expressions.
struct Clue {
    row: &'static Row,
    place: Regex,
    unless: Option<Regex>,
}

static CLUES: LazyLock<Vec<Clue>> = LazyLock::new(|| {
    let clue = |row: &'static Row| {
        let unless = Some(row.unless).filter(|pattern| !pattern.is_empty()).map(Regex::new).transpose().ok()?;
        Some(Clue { row, place: Regex::new(row.place).ok()?, unless })
    };
    ROWS.iter().filter_map(clue).collect()
});

/// Refines the shown causes of failures by what the sources of their programs show.
pub(crate) fn annotate(items: &mut [ItemResult], delivery: &Submission) {
    for item in items.iter_mut().filter(|item| item.verdict == Verdict::Fail) {
        let mut found = Vec::new();
        for (finding, judged) in item.judged.findings.iter().enumerate() {
            let Some(cause) = item.shown_cause(finding).filter(|_| judged.verdict == Verdict::Fail) else { continue };
            let Some(shown) = item.source_hint(finding) else { continue };
            let file = PathBuf::from(&shown.file);
            // Where requests are sent, an HTTP server is right.
            let is_meant = |refined: &Cause| judged.expectation == "response" && *refined == Cause::HttpServer {};
            let refine = |clue: &Clue| (clue.row.refine)(cause).filter(|refined| !is_meant(refined));
            let refined: Vec<(&Clue, Cause)> = CLUES.iter().filter_map(|clue| Some((clue, refine(clue)?))).collect();
            if refined.is_empty() {
                continue;
            }
            let Some(language) = language_of(&file) else { continue };
            let sources = program_sources(&file, language, delivery);
            let line = sources.first().map(|(_, text)| line_of(text, shown.line)).unwrap_or_default();
            let place = |clue: &Clue| clue.find(language, &sources).filter(|_| line.contains(clue.row.in_shown_line));
            if let Some((cause, location)) = refined.into_iter().find_map(|(clue, cause)| Some((cause, place(clue)?))) {
                found.push((finding, cause, location));
            }
        }
        for (finding, cause, location) in found {
            item.explain(finding, cause, location);
        }
    }
}

/// Returns the sources of a program: its file, and those in the same language, without clients.
pub(super) fn program_sources(program: &Path, language: &str, delivery: &Submission) -> Vec<(PathBuf, String)> {
    let is_part = |file: &&&PathBuf| **file != program && language_of(file) == Some(language) && !is_named_client(file);
    let own = delivery.own_files();
    let parts = own.iter().filter(is_part).take(MAX_FILES).map(|file| file.as_path());
    let files = std::iter::once(program).chain(parts);
    files.map(|file| (file.to_owned(), delivery.text(file, MAX_SOURCE_BYTES))).collect()
}

impl Clue {
    /// Returns the place of the pattern in the first source, outside of comments.
    fn find(&self, language: &str, sources: &[(PathBuf, String)]) -> Option<SourceLocation> {
        let Row { languages, outside, shows_last_line, .. } = *self.row;
        if !languages.is_empty() && !languages.contains(&language) {
            return None;
        }
        let sources: Vec<(&PathBuf, String)> =
            sources.iter().map(|(file, text)| (file, without_comments(text))).collect();
        if self.unless.as_ref().is_some_and(|unless| sources.iter().any(|(_, text)| unless.is_match(text))) {
            return None;
        }
        // Another file may be the program of another role.
        let (file, text) = sources.first()?;
        let fits = |found: &regex::Captures<'_>| {
            let is_outside = outside.is_empty() || !found[0].contains(outside);
            let is_used = |variable: regex::Match<'_>| {
                text.contains(&format!("{}{}", variable.as_str(), self.row.unless_after_variable))
            };
            is_outside
                && !found.name("variable").is_some_and(is_used)
                && found.name("name").map(|one| one.as_str()) == found.name("again").map(|one| one.as_str())
        };
        let found = matches_from_all_places(&self.place, text).find(fits)?.get(0)?;
        let blanks = found.as_str().len() - found.as_str().trim_start().len();
        let place = if shows_last_line { found.end() } else { found.start() + blanks };
        let line = 1 + text[..place].matches('\n').count();
        Some(SourceLocation { file: safe_path(file), line: u32::try_from(line).ok()?, column: 0 })
    }
}

/// Returns the matches of a pattern, also those that begin inside an earlier one: a pattern with the
/// same name twice may begin at another name first.
fn matches_from_all_places<'t>(pattern: &Regex, text: &'t str) -> impl Iterator<Item = regex::Captures<'t>> {
    let mut from = 0;
    let next = move || {
        let found = pattern.captures_at(text, from)?;
        let start = found.get(0)?.start();
        from = start + text[start..].chars().next()?.len_utf8();
        Some(found)
    };
    std::iter::from_fn(next).take(MAX_MATCHES)
}

/// Returns a line by its number, which begins with 1; an empty one if there is none.
fn line_of(text: &str, number: u32) -> &str {
    let index = usize::try_from(number).unwrap_or_default().checked_sub(1);
    index.and_then(|index| text.lines().nth(index)).unwrap_or_default()
}

/// Returns a source without its comments that take up the rest of a line.
pub(super) fn without_comments(text: &str) -> String {
    let code = |line: &str| -> String {
        let is_comment =
            |line: &str| line.trim_start().starts_with(['#', '*']) && !line.trim_start().starts_with("#include");
        if is_comment(line) {
            return String::new();
        }
        line.find("//").filter(|at| !line[..*at].ends_with(':')).map_or(line, |at| &line[..at]).to_owned()
    };
    text.lines().map(|line| code(line) + "\n").collect()
}

#[cfg(test)]
mod tests;
