//! Matches submissions to the rows of a gradebook.
//!
//! A submission is identified by a number in its name, by an account, or by a person's name. If two
//! rows or two submissions match, the match is refused. This module has no notion of grades.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::char::is_combining_mark;

use super::FillError;
use crate::i18n::escape_controls;
use crate::model::name::fold_name;
use crate::model::{Message, SubmissionResult};

/// The person that a row describes. All texts except the number are normalized by [`fold_name`].
#[derive(Debug, Default)]
pub(super) struct Person {
    /// The index of the row.
    pub(super) row: usize,
    /// The number that the platform includes in the names of downloaded submissions.
    pub(super) number: String,
    /// Accounts, addresses and numbers of other registers. The first one that matches counts.
    pub(super) accounts: Vec<String>,
    /// The person's name, in each order in which it may be written.
    pub(super) names: Vec<String>,
}

impl Person {
    /// Returns true if the row does not describe a person.
    pub(super) fn is_nobody(&self) -> bool {
        self.number.is_empty() && self.accounts.iter().chain(&self.names).all(String::is_empty)
    }
}

/// How the platform names downloaded submissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DownloadNaming {
    /// `Full Name_NUMBER_assignsubmission_file_`. The number is specific to the assignment: a
    /// number without a row belongs to another assignment.
    Moodle,
    /// `lastfirst_NUMBER`, with the person's number on the whole platform.
    Canvas,
}

/// The rows of each submission, and the submissions without a row.
pub(super) struct RowMatches<'s> {
    /// A submission and its rows: several if the same person has several.
    pub(super) rows: Vec<(&'s SubmissionResult, Vec<usize>)>,
    /// Submissions without a row.
    pub(super) unknown: Vec<&'s SubmissionResult>,
}

/// Returns the number in the name of a Moodle folder: `Full Name_NUMBER_assignsubmission_file_`.
pub(super) fn moodle_number(id: &str) -> Option<&str> {
    let (head, _) = id.split_once("_assignsubmission_")?;
    let (_, digits) = head.rsplit_once('_')?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// Reduces a person's name as Canvas does in file names: to letters, digits, combining marks and
/// `_`.
fn compact(name: &str) -> String {
    name.chars().filter(|&c| c.is_alphanumeric() || c == '_' || is_combining_mark(c)).collect()
}

/// Finds the rows of these submissions.
pub(super) fn match_rows<'s>(
    naming: DownloadNaming,
    people: &[Person],
    submissions: impl Iterator<Item = &'s SubmissionResult>,
    file: &str,
) -> Result<RowMatches<'s>, FillError> {
    let mut all = RowMatches { rows: Vec::new(), unknown: Vec::new() };
    let mut taken: BTreeMap<usize, &SubmissionResult> = BTreeMap::new();
    for submission in submissions {
        let found = rows_of(naming, people, submission);
        let is_one = found.iter().map(|person| &person.number).collect::<BTreeSet<_>>().len() < 2
            && (found.len() < 2 || !found[0].number.is_empty());
        if !is_one {
            return Err(FillError::Other(
                Message::new("cli-fill-several-rows")
                    .with("file", file)
                    .with("name", escape_controls(&submission.label())),
            ));
        }
        if found.is_empty() {
            all.unknown.push(submission);
            continue;
        }
        for person in &found {
            if let Some(other) = taken.insert(person.row, submission) {
                return Err(FillError::Other(
                    Message::new("cli-fill-same-row")
                        .with("file", file)
                        .with("one", escape_controls(&other.label()))
                        .with("other", escape_controls(&submission.label())),
                ));
            }
        }
        all.rows.push((submission, found.iter().map(|person| person.row).collect()));
    }
    Ok(all)
}

fn rows_of<'p>(naming: DownloadNaming, people: &'p [Person], submission: &SubmissionResult) -> Vec<&'p Person> {
    static CANVAS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^(.+)_([0-9]+)$").ok());
    let id = submission.id.0.as_str();
    if naming == DownloadNaming::Moodle
        && let Some(number) = moodle_number(id)
    {
        return people.iter().filter(|person| person.number == number).collect();
    }
    let (id, name) = (fold_name(id), submission.name.as_deref().map(fold_name));
    let fit = |is: &dyn Fn(&Person) -> bool| people.iter().filter(|person| is(person)).collect::<Vec<_>>();
    let most = people.iter().map(|person| person.accounts.len()).max().unwrap_or_default();
    for k in 0..most {
        let found = fit(&|person| person.accounts.get(k) == Some(&id));
        if !found.is_empty() {
            return found;
        }
    }
    let is_called = |person: &Person, compacted: &str| person.names.iter().any(|name| compact(name) == compacted);
    if naming == DownloadNaming::Canvas
        && let Some(parts) = CANVAS.as_ref().and_then(|pattern| pattern.captures(&id))
    {
        // A folder that is not from a download may end in a number too, so the name must be the
        // person's.
        let found = fit(&|person| person.number == parts[2] && is_called(person, &parts[1]));
        if !found.is_empty() {
            return found;
        }
    }
    let found = fit(&|person| !id.is_empty() && person.names.contains(&id));
    if !found.is_empty() {
        return found;
    }
    if naming == DownloadNaming::Canvas {
        let found = fit(&|person| !id.is_empty() && is_called(person, &id));
        if !found.is_empty() {
            return found;
        }
    }
    fit(&|person| name.as_ref().is_some_and(|name| !name.is_empty() && person.names.contains(name)))
}
