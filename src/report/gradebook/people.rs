//! Whose row is whose submission. A submission is known by a number in its name, by an account, or by a person's name; where two
//! rows or two submissions fit, nobody guesses. It knows nothing of grades.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::char::is_combining_mark;

use super::Refusal;
use crate::model::name::folded;
use crate::model::{Message, SubmissionResult};
use crate::words::plain;

/// What a row says of a person. All but the number as [`folded`] has it.
#[derive(Debug, Default)]
pub(super) struct Person {
    /// The row.
    pub(super) row: usize,
    /// The number that the platform puts into the names of what it hands out for download.
    pub(super) number: String,
    /// Accounts, addresses, numbers of other registers: the first one that fits counts.
    pub(super) accounts: Vec<String>,
    /// The person's name, in the orders in which it may be written.
    pub(super) names: Vec<String>,
}

impl Person {
    /// Whether a row says nothing of anybody.
    pub(super) fn is_nobody(&self) -> bool {
        self.number.is_empty() && self.accounts.iter().chain(&self.names).all(String::is_empty)
    }
}

/// How the platform names what it hands out for download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// `Full Name_NUMBER_assignsubmission_file_`. The number is the assignment's own: one that is not there is another assignment's.
    Moodle,
    /// `lastfirst_NUMBER`, where the number is the person's on all of the platform.
    Canvas,
}

/// Which rows are whose, and whom there is no row for.
pub(super) struct Matched<'s> {
    /// A submission and its rows: more than one where the same person has several.
    pub(super) rows: Vec<(&'s SubmissionResult, Vec<usize>)>,
    /// Submissions without a row.
    pub(super) unknown: Vec<&'s SubmissionResult>,
}

/// The number of a Moodle folder: `Full Name_NUMBER_assignsubmission_file_`.
pub(super) fn moodle_number(id: &str) -> Option<&str> {
    let (head, _) = id.split_once("_assignsubmission_")?;
    let (_, digits) = head.rsplit_once('_')?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// A person's name as Canvas puts it into file names: letters, digits and marks alone.
fn compact(name: &str) -> String {
    name.chars().filter(|&c| c.is_alphanumeric() || c == '_' || is_combining_mark(c)).collect()
}

/// Finds the rows of these submissions.
pub(super) fn matched<'s>(
    naming: Naming,
    people: &[Person],
    submissions: impl Iterator<Item = &'s SubmissionResult>,
    file: &str,
) -> Result<Matched<'s>, Refusal> {
    let mut all = Matched { rows: Vec::new(), unknown: Vec::new() };
    let mut taken: BTreeMap<usize, &SubmissionResult> = BTreeMap::new();
    for submission in submissions {
        let found = rows_of(naming, people, submission);
        let is_one = found.iter().map(|person| &person.number).collect::<BTreeSet<_>>().len() < 2
            && (found.len() < 2 || !found[0].number.is_empty());
        if !is_one {
            return Err(Refusal::Said(
                Message::new("cli-fill-several-rows").with("file", file).with("name", plain(&submission.label())),
            ));
        }
        if found.is_empty() {
            all.unknown.push(submission);
            continue;
        }
        for person in &found {
            if let Some(other) = taken.insert(person.row, submission) {
                return Err(Refusal::Said(
                    Message::new("cli-fill-same-row")
                        .with("file", file)
                        .with("one", plain(&other.label()))
                        .with("other", plain(&submission.label())),
                ));
            }
        }
        all.rows.push((submission, found.iter().map(|person| person.row).collect()));
    }
    Ok(all)
}

fn rows_of<'p>(naming: Naming, people: &'p [Person], submission: &SubmissionResult) -> Vec<&'p Person> {
    static CANVAS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^(.+)_([0-9]+)$").ok());
    let id = submission.id.0.as_str();
    if naming == Naming::Moodle
        && let Some(number) = moodle_number(id)
    {
        return people.iter().filter(|person| person.number == number).collect();
    }
    let (id, name) = (folded(id), submission.name.as_deref().map(folded));
    let fit = |is: &dyn Fn(&Person) -> bool| people.iter().filter(|person| is(person)).collect::<Vec<_>>();
    let most = people.iter().map(|person| person.accounts.len()).max().unwrap_or_default();
    for k in 0..most {
        let found = fit(&|person| person.accounts.get(k) == Some(&id));
        if !found.is_empty() {
            return found;
        }
    }
    let is_called = |person: &Person, compacted: &str| person.names.iter().any(|name| compact(name) == compacted);
    if naming == Naming::Canvas
        && let Some(parts) = CANVAS.as_ref().and_then(|pattern| pattern.captures(&id))
    {
        // A folder of somebody's own making may end in a number too: the name must be the person's.
        let found = fit(&|person| person.number == parts[2] && is_called(person, &parts[1]));
        if !found.is_empty() {
            return found;
        }
    }
    let found = fit(&|person| !id.is_empty() && person.names.contains(&id));
    if !found.is_empty() {
        return found;
    }
    if naming == Naming::Canvas {
        let found = fit(&|person| !id.is_empty() && is_called(person, &id));
        if !found.is_empty() {
            return found;
        }
    }
    fit(&|person| name.as_ref().is_some_and(|name| !name.is_empty() && person.names.contains(name)))
}
