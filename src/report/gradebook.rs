//! Fills in gradebooks of other systems: Moodle's offline worksheet and Canvas's export.
//!
//! Gradebooks are never created, only filled in. Points are scaled to the gradebook's own maximum.
//! All bytes except grades and feedback stay unchanged. This module is pure.

mod canvas;
mod decimal;
mod moodle;
mod people;
mod sheet;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use self::decimal::{Decimal, DecimalError};
use self::people::RowMatches;
use self::sheet::{Sheet, SheetError};
use crate::i18n::{Catalog, escape_controls};
use crate::model::name::fold_name;
use crate::model::{Message, NotVerified, SubmissionResult};

/// The system that a gradebook comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gradebook {
    /// The offline grading worksheet of a Moodle assignment.
    Moodle,
    /// The export of a Canvas gradebook. Grades go into the column of this assignment.
    Canvas,
}

/// The input for filling in a gradebook.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FillRequest<'a> {
    /// The file's name, for messages.
    pub file: &'a str,
    /// Canvas: the column of the assignment, by its title or the beginning of its heading.
    pub column: Option<&'a str>,
    /// The results.
    pub submissions: &'a [SubmissionResult],
    /// If true, submissions without a row in the gradebook are skipped.
    pub skip_unknown: bool,
}

impl<'a> FillRequest<'a> {
    /// Returns the submissions that get a grade. A missing submission gets none, which differs from
    /// 0.
    fn graded_submissions(self) -> impl Iterator<Item = &'a SubmissionResult> {
        let is_graded = |one: &&SubmissionResult| one.reason != Some(NotVerified::NotSubmitted {}.into());
        self.submissions.iter().filter(is_graded)
    }
}

/// A gradebook with grades filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FilledGradebook {
    /// The content of the file.
    pub bytes: Vec<u8>,
    /// Notes for the grader: how grades were scaled, and which submissions were left out.
    pub notes: Vec<Message>,
}

/// Why a gradebook cannot be filled in.
#[derive(Debug)]
enum FillError {
    /// The file is not a gradebook of this kind. Contains the problem.
    Format(Message),
    /// Any other reason, as a complete sentence.
    Other(Message),
}

/// Fills in a gradebook.
///
/// # Errors
/// Returns an error if the file is not a gradebook of this kind, if it lacks a row for a
/// submission, or if points cannot be scaled to its maximum. Nothing is filled in then.
pub(crate) fn fill(
    kind: Gradebook,
    bytes: &[u8],
    filling: FillRequest<'_>,
    words: &Catalog,
) -> Result<FilledGradebook, Message> {
    let name = match kind {
        Gradebook::Moodle => Message::new("fill-kind-moodle"),
        Gradebook::Canvas => Message::new("fill-kind-canvas"),
    };
    let refused = |refusal: FillError| match refusal {
        FillError::Other(message) => message,
        FillError::Format(problem) => Message::new("cli-fill-format")
            .with("file", filling.file)
            .with("kind", name.clone())
            .with("problem", problem),
    };
    let mut sheet = Sheet::parse(bytes).map_err(|problem| refused(FillError::Format(sheet_error_message(problem))))?;
    let mut grader = Grader { filling, scaled: BTreeSet::new(), skipped: Vec::new(), excluded: Vec::new() };
    match kind {
        Gradebook::Moodle => moodle::fill(&mut sheet, &mut grader, words),
        Gradebook::Canvas => canvas::fill(&mut sheet, &mut grader),
    }
    .map_err(refused)?;
    Ok(FilledGradebook { bytes: sheet.to_csv().into_bytes(), notes: grader.notes() })
}

fn sheet_error_message(problem: SheetError) -> Message {
    match problem {
        SheetError::Encoding => Message::new("fill-not-utf8"),
        SheetError::Quote => Message::new("fill-open-quote"),
        SheetError::Empty => Message::new("fill-empty"),
    }
}

/// Returns the columns whose headings are among `names`, in the order of `names`.
fn columns(sheet: &Sheet<'_>, names: &[&str]) -> Vec<usize> {
    let headings: Vec<String> = (0..sheet.width(0)).map(|column| fold_name(&sheet.cell(0, column))).collect();
    names.iter().filter_map(|name| headings.iter().position(|heading| heading == name)).collect()
}

/// Returns the first of these columns.
fn column(sheet: &Sheet<'_>, names: &[&str]) -> Option<usize> {
    columns(sheet, names).first().copied()
}

/// The column of a grade, and the maximum that applies to it.
struct GradeTarget<'c> {
    points: usize,
    maximum: &'c str,
}

/// Converts points to grades, and collects the notes to report.
struct Grader<'a> {
    filling: FillRequest<'a>,
    /// Points of the lab, and the maximum they were scaled to.
    scaled: BTreeSet<(u32, String)>,
    /// Submissions without a row.
    skipped: Vec<&'a SubmissionResult>,
    /// Submissions whose cell excludes a grade (`EX`, `N/A`).
    excluded: Vec<&'a SubmissionResult>,
}

impl<'a> Grader<'a> {
    /// Returns the rows of all submissions. Refuses if a submission has none, unless such
    /// submissions are to be skipped.
    fn matched_rows(&mut self, matched: RowMatches<'a>) -> Result<Vec<(&'a SubmissionResult, Vec<usize>)>, FillError> {
        if !matched.unknown.is_empty() && !self.filling.skip_unknown {
            let message = Message::new("cli-fill-no-row").with("n", matched.unknown.len());
            return Err(FillError::Other(
                message.with("names", quoted_names(&matched.unknown)).with("file", self.filling.file),
            ));
        }
        self.skipped = matched.unknown;
        Ok(matched.rows)
    }

    /// Returns the grade of a submission in the notation of its cell.
    fn grade(
        &mut self,
        sheet: &Sheet<'_>,
        submission: &SubmissionResult,
        wanted: GradeTarget<'_>,
    ) -> Result<String, FillError> {
        let about = |id: &'static str| {
            FillError::Other(
                Message::new(id).with("file", self.filling.file).with("value", escape_controls(wanted.maximum)),
            )
        };
        let maximum = Decimal::parse(wanted.maximum).map_err(|problem| match problem {
            DecimalError::NotANumber => self.not_a_number(wanted.maximum),
            DecimalError::Ambiguous => about("cli-fill-ambiguous-maximum"),
            DecimalError::Zero => about("cli-fill-zero-maximum"),
        })?;
        // Marks can exceed the lab's maximum. A gradebook refuses a grade above its own.
        let (points, of) = (submission.points.min(submission.of), submission.of);
        if maximum.equals(of) {
            return Ok(points.to_string());
        }
        self.scaled.insert((of, wanted.maximum.to_owned()));
        let sign = maximum.sign.unwrap_or_else(|| decimal_sign(sheet, &wanted));
        Ok(maximum.scaled(points, of, sign))
    }

    /// Returns the refusal for a maximum that is not a number.
    fn not_a_number(&self, value: &str) -> FillError {
        FillError::Other(
            Message::new("cli-fill-no-number").with("file", self.filling.file).with("value", escape_controls(value)),
        )
    }

    fn notes(self) -> Vec<Message> {
        let file = self.filling.file;
        let scaled = self.scaled.iter().map(|(of, maximum)| {
            Message::new("cli-fill-scaled").with("file", file).with("of", *of).with("maximum", escape_controls(maximum))
        });
        let about = |id: &'static str, all: &[&SubmissionResult]| {
            let message = || Message::new(id).with("n", all.len()).with("names", quoted_names(all)).with("file", file);
            (!all.is_empty()).then(message)
        };
        let left = [about("cli-fill-skipped", &self.skipped), about("cli-fill-kept", &self.excluded)];
        scaled.chain(left.into_iter().flatten()).collect()
    }
}

/// Lists the names of these submissions, each in the quotation marks of the language. The list is
/// halved again and again, so that a large class nests only a few messages.
fn quoted_names(all: &[&SubmissionResult]) -> Message {
    if let [one] = all {
        return Message::new("fill-name").with("name", escape_controls(&one.label()));
    }
    let (first, rest) = all.split_at(all.len().div_ceil(2));
    let names = Message::new("fill-names").with("first", quoted_names(first));
    names.with("rest", quoted_names(rest))
}

/// Returns the decimal sign of a file whose maximum has none.
///
/// It is the sign of other grades in the column, else of other cells, else the one that is
/// customary with the file's separator.
fn decimal_sign(sheet: &Sheet<'_>, wanted: &GradeTarget<'_>) -> char {
    let sign_of = |text: &str| {
        let (whole, decimals) = text.split_once(['.', ','])?;
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_number = is_digits(whole) && is_digits(decimals) && decimals.len() <= 2;
        is_number.then(|| char::from(text.as_bytes()[whole.len()]))
    };
    let rows = 1..sheet.len();
    let column = rows.clone().find_map(|row| sign_of(&sheet.cell(row, wanted.points)));
    let anywhere = || {
        let cells = rows.clone().flat_map(|row| (0..sheet.width(row)).map(move |column| (row, column)));
        let signs: Vec<char> = cells.filter_map(|(row, column)| sign_of(&sheet.cell(row, column))).collect();
        let commas = signs.iter().filter(|&&sign| sign == ',').count();
        (!signs.is_empty()).then_some(if commas * 2 > signs.len() { ',' } else { '.' })
    };
    column.or_else(anywhere).unwrap_or(if sheet.separator == b';' { ',' } else { '.' })
}

/// Returns the feedback that the student reads in the gradebook. It omits hidden items.
fn feedback(submission: &SubmissionResult, words: &Catalog) -> String {
    let mut visible = submission.clone();
    visible.items.retain(|item| !item.hidden);
    super::class::notes(&visible, words)
}
