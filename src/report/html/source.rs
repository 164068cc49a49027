//! An excerpt of a source file on a page: numbered lines, of which that of the cause is marked.
//! What cannot be shown as itself (control and invisible characters, changes of the writing
//! direction) is escaped, so that the lines read in the order in which they are run.

use super::bytes::Run;
use crate::i18n::escape_controls;
use crate::model::report::ShownFinding;
use crate::model::{SourceExcerpt, SourceLocation, SubmissionResult};
use crate::report::terminal::cause_location;

/// The location of a cause, with its lines if they are known and not shown before.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// File, line and column: `servidor.py:14`.
    pub(super) at: String,
    pub(super) lines: Vec<SourceLine>,
    /// The item that shows the lines, if it is another one.
    pub(super) shown_at: Option<String>,
}

/// A numbered line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SourceLine {
    /// Its number, aligned to the right.
    pub(super) number: String,
    pub(super) runs: Vec<Run>,
    /// True if it is the line of the cause.
    pub(super) is_cause: bool,
}

/// The excerpts of a submission, each shown once on its page.
pub(super) struct Excerpts<'a> {
    submission: &'a SubmissionResult,
    /// The locations that are shown already, with the id of the item.
    shown: Vec<(&'a SourceLocation, String)>,
}

impl<'a> Excerpts<'a> {
    pub(super) const fn of(submission: &'a SubmissionResult) -> Self {
        Self { submission, shown: Vec::new() }
    }

    /// Returns the location of a finding's cause, if its line is known.
    pub(super) fn place(&mut self, finding: &ShownFinding<'a>, item: &str) -> Option<Place> {
        let (at, source) = (cause_location(finding)?, finding.source?);
        let Some(excerpt) = self.submission.excerpt(source) else {
            return Some(Place { at, lines: Vec::new(), shown_at: None });
        };
        if let Some((_, other)) = self.shown.iter().find(|(shown, _)| excerpt.is_of(shown)) {
            let shown_at = Some(other.clone()).filter(|other| other != item);
            return Some(Place { at, lines: Vec::new(), shown_at });
        }
        self.shown.push((source, item.to_owned()));
        Some(Place { at, lines: lines(excerpt), shown_at: None })
    }
}

fn lines(excerpt: &SourceExcerpt) -> Vec<SourceLine> {
    let numbers = || (excerpt.first..).zip(&excerpt.lines);
    let width = numbers().last().map_or(0, |(number, _)| number.to_string().len());
    let line = |(number, text): (u32, &String)| SourceLine {
        number: format!("{number:>width$}"),
        runs: runs(text),
        is_cause: number == excerpt.line,
    };
    numbers().map(line).collect()
}

/// Splits a line into text and escapes. Tabs stay, because they indent.
fn runs(line: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for c in line.chars() {
        let own = c.to_string();
        let text = if c == '\t' { own.clone() } else { escape_controls(&own) };
        let escape = text != own;
        match runs.last_mut() {
            Some(last) if last.escape == escape => last.text.push_str(&text),
            _ => runs.push(Run { text, escape, marked: false }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_of_the_cause_is_marked_and_numbers_are_aligned() {
        let lines = ["a", "\tb", "c"].map(str::to_owned).to_vec();
        let lines = super::lines(&SourceExcerpt { file: "s.py".to_owned(), line: 10, first: 9, lines });
        let shown: Vec<_> = lines.iter().map(|line| (line.number.as_str(), line.is_cause)).collect();
        assert_eq!(shown, [(" 9", false), ("10", true), ("11", false)]);
        assert_eq!(lines[1].runs, [Run { text: "\tb".to_owned(), escape: false, marked: false }]);
    }

    #[test]
    fn characters_that_deceive_are_escaped() {
        let line = "if a\u{202e} \u{200b}\u{1b}[0m\r é\\n";
        let shown = runs(line);
        let text: String = shown.iter().map(|run| run.text.as_str()).collect();
        assert_eq!(text, "if a\\u{202e} \\u{200b}\\x1b[0m\\r é\\n");
        let escapes: Vec<&str> = shown.iter().filter(|run| run.escape).map(|run| run.text.as_str()).collect();
        assert_eq!(escapes, ["\\u{202e}", "\\u{200b}\\x1b", "\\r"]);
    }
}
