//! Formats for classes: the CSV of socklab, Gradescope's `results.json` and Classroom 50's
//! `result.json`.
//!
//! Points come from the submission's own sum, as in every format.

use std::io;

use serde_json::{Value, json};

use super::displayed::reason;
use super::terminal::{details, title};
use super::{ClassReport, FormatSpec, Render, csv_cell, rounding, submission_notes};
use crate::i18n::{Catalog, escape_controls};
use crate::model::report::ProgramKind;
use crate::model::{ItemResult, Message, NotVerified, Report, SubmissionResult, Verdict};

/// A table of all submissions with one row per submission and one column per item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Csv;

/// The cell separator.
const SEPARATOR: u8 = b',';

/// Escapes text so that no spreadsheet treats the cell as a formula.
fn escape_cell(text: &str) -> String {
    csv_cell::cell(text, SEPARATOR)
}

/// Returns an item's cell: its points, or the name of its verdict if nothing was proved.
fn points_cell(item: &ItemResult) -> String {
    match item.verdict {
        Verdict::Pass | Verdict::Fail => item.earned.to_string(),
        Verdict::NotVerified | Verdict::Error if item.mark().is_some() => item.earned.to_string(),
        Verdict::NotVerified | Verdict::Error => item.verdict.name().to_owned(),
    }
}

/// Returns a submission's points as a percentage, rounded to one decimal.
fn percent(submission: &SubmissionResult) -> String {
    let tenths = rounding::per_mille(submission.points, submission.of);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Returns the marks of all items, in the instructor's words.
fn marks<'a>(submission: &'a SubmissionResult, words: &'a Catalog) -> impl Iterator<Item = String> + 'a {
    submission.items.iter().filter_map(|item| Some(format!("{}: {}", item.id, submission_notes::mark(words, item)?)))
}

/// Returns the causes of all items that did not pass, and the marks, in one cell.
pub(super) fn notes(submission: &SubmissionResult, words: &Catalog) -> String {
    if let Some(reason) = &submission.reason {
        return [words.format(&reason.message())]
            .into_iter()
            .chain(marks(submission, words))
            .collect::<Vec<_>>()
            .join("; ");
    }
    let mut cells: Vec<(String, Vec<&str>)> = Vec::new();
    for item in submission.items.iter().filter(|item| item.verdict != Verdict::Pass) {
        let because = reason(item)
            .filter(|because| !matches!(NotVerified::of(because), NotVerified::DependsOn { .. }))
            .map(|because| words.format(&because));
        match (because, cells.last_mut()) {
            (None, _) => {}
            // A reason that several consecutive items share is written once.
            (Some(because), Some((last, items))) if *last == because => items.push(item.id.as_str()),
            (Some(because), _) => cells.push((because, vec![item.id.as_str()])),
        }
    }
    let cells = cells.into_iter().map(|(because, items)| format!("{}: {because}", items.join(", ")));
    // "Not submitted" alone would say nothing about a file that is there.
    let others = submission.programs.iter().filter(|one| one.kind == ProgramKind::Other).map(|one| {
        let message = Message::new("report-program-other").with("program", one.program.as_str());
        words.format(&message.with("because", one.because.clone()))
    });
    let unused = submission.unused_files().map(|note| words.format(note));
    cells.chain(others).chain(unused).chain(marks(submission, words)).collect::<Vec<_>>().join("; ")
}

impl Render for Csv {
    fn spec(&self) -> FormatSpec {
        FormatSpec {
            needs_summary_only: true,
            ..FormatSpec::new("csv", "for spreadsheets: one row per submission, one column per item")
        }
    }

    fn render_class(&self, class: ClassReport<'_>, words: &Catalog, out: &mut dyn io::Write) -> io::Result<()> {
        let mut ids: Vec<String> = Vec::new();
        let (mut documented, mut named) = (false, false);
        class.each(|submission| {
            for item in &submission.items {
                if !ids.iter().any(|id| id == item.id.as_str()) {
                    ids.push(item.id.to_string());
                }
                documented |= item.documented().is_some();
            }
            named |= submission.name.is_some();
            Ok(())
        })?;
        let mut table = csv::WriterBuilder::new().delimiter(SEPARATOR).from_writer(out);
        let mut head = vec!["submission"];
        if named {
            head.push("name");
        }
        head.extend(ids.iter().map(String::as_str));
        head.extend(["points", "of", "percent"]);
        if documented {
            head.push("documented");
        }
        head.push("notes");
        table.write_record(&head).map_err(io::Error::from)?;
        class.each(|submission| {
            let mut row = vec![escape_cell(&submission.id.0)];
            if named {
                row.push(escape_cell(submission.name.as_deref().unwrap_or_default()));
            }
            row.extend(ids.iter().map(|id| {
                let item = submission.items.iter().find(|item| item.id.as_str() == *id);
                item.map_or_else(String::new, points_cell)
            }));
            row.extend([submission.points.to_string(), submission.of.to_string(), percent(submission)]);
            if documented {
                let answered = submission.items.iter().filter_map(ItemResult::documented);
                row.push(answered.filter(|documented| documented.answered).count().to_string());
            }
            row.push(escape_cell(&notes(submission, words)));
            table.write_record(&row).map_err(io::Error::from)
        })?;
        if class.run.interrupted {
            // The notice does not belong to a submission: the row has no name, so no gradebook
            // assigns it to a student.
            let mut row = vec![String::new(); head.len() - 1];
            row.push(escape_cell(&words.sentence("report-interrupted")));
            table.write_record(&row).map_err(io::Error::from)?;
        }
        table.flush()
    }
}

/// Returns the only submission of the report, or an error if there is not exactly one.
fn single_submission(report: &Report) -> io::Result<&SubmissionResult> {
    match report.submissions.as_slice() {
        [only] => Ok(only),
        all => Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{} submissions instead of one", all.len()))),
    }
}

/// Returns the text about an item that students see.
fn item_output(item: &ItemResult, words: &Catalog) -> String {
    format!("{}\n{}", title(words, item), details(item, words))
}

/// Returns the text about the whole submission: the reason if nothing was run, and a notice if the
/// run was interrupted.
fn submission_output(report: &Report, submission: &SubmissionResult, words: &Catalog) -> String {
    let reason = submission.reason.as_ref().map(|reason| words.format(&reason.message()));
    let interrupted = report.interrupted.then(|| words.sentence("report-interrupted"));
    reason.into_iter().chain(interrupted).collect::<Vec<_>>().join("\n")
}

/// `results.json` of Gradescope's autograder. It omits hidden items, but their points are in the
/// sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gradescope;

impl Render for Gradescope {
    fn spec(&self) -> FormatSpec {
        FormatSpec {
            is_single_submission: true,
            ..FormatSpec::new("gradescope", "for Gradescope: results.json of one submission")
        }
    }

    fn render(&self, report: &Report, words: &Catalog, out: &mut dyn io::Write) -> io::Result<()> {
        let submission = single_submission(report)?;
        let visible = submission.items.iter().filter(|item| !item.hidden).enumerate();
        let tests: Vec<Value> = visible
            .map(|(k, item)| {
                json!({
                    "score": item.earned,
                    "max_score": item.of,
                    "status": if item.verdict == Verdict::Pass { "passed" } else { "failed" },
                    "name": escape_controls(&format!("{} {}", item.id, title(words, item))),
                    "number": (k + 1).to_string(),
                    "output": item_output(item, words),
                    "output_format": "text",
                    "tags": [item.verdict.name()],
                    "visibility": "visible",
                    "extra_data": { "id": item.id.as_str(), "verdict": item.verdict.name() },
                })
            })
            .collect();
        let whole = json!({
            "score": submission.points,
            "execution_time": submission.took_ms / 1000,
            "output": submission_output(report, submission, words),
            "output_format": "text",
            "visibility": "visible",
            "stdout_visibility": "hidden",
            "tests": tests,
        });
        writeln!(out, "{whole:#}")
    }
}

/// `result.json` of Classroom 50. The metadata of the service comes from the report
/// ([`Report::ci_env`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Classroom50;

impl Render for Classroom50 {
    fn spec(&self) -> FormatSpec {
        FormatSpec {
            is_single_submission: true,
            ..FormatSpec::new(
                "classroom50",
                "for Classroom 50: result.json of one submission (CLASSROOM, ASSIGNMENT, OWNER … from the environment)",
            )
        }
    }

    fn render(&self, report: &Report, words: &Catalog, out: &mut dyn io::Write) -> io::Result<()> {
        let submission = single_submission(report)?;
        let variable = |name: &str| report.ci_env.get(name).map(|value| escape_controls(value)).unwrap_or_default();
        let mut tests: Vec<Value> = submission
            .items
            .iter()
            .filter(|item| !item.hidden)
            .map(|item| {
                json!({
                    "test-name": item.id.as_str(),
                    "passed": item.verdict == Verdict::Pass,
                    "score": item.earned,
                    "max-score": item.of,
                    "verdict": item.verdict.name(),
                    "output": item_output(item, words),
                })
            })
            .collect();
        if report.interrupted {
            // The format can only represent the notice as a test, here one without points.
            tests.push(json!({
                "test-name": "interrupted",
                "passed": false,
                "score": 0,
                "max-score": 0,
                "verdict": Verdict::Error.name(),
                "output": words.sentence("report-interrupted"),
            }));
        }
        let tag = variable("SUBMISSION_TAG");
        let whole = json!({
            "schema": "classroom50/result/v1",
            "classroom": variable("CLASSROOM"),
            "assignment": variable("ASSIGNMENT"),
            "assignment_type": if variable("ASSIGNMENT_TYPE") == "group" { "group" } else { "individual" },
            "owner": variable("OWNER"),
            "submission": if tag.starts_with("submit/") { tag } else { format!("submit/{tag}") },
            "commit": variable("COMMIT_URL"),
            "release": variable("RELEASE_URL"),
            "review": variable("REVIEW_URL"),
            "datetime": variable("DATETIME"),
            "score": submission.points,
            "max-score": submission.of,
            "tests": tests,
        });
        writeln!(out, "{whole:#}")
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::model::Language;

    fn written(format: &dyn Render, report: &Report) -> String {
        let mut out = Vec::new();
        format.render(report, &sample::words(Language::English), &mut out).expect("writes");
        String::from_utf8(out).expect("text")
    }

    fn one() -> Report {
        let mut report = sample::report();
        report.submissions.truncate(1);
        report
    }

    #[test]
    fn table_has_one_line_per_submission() {
        let table = written(&Csv, &sample::report());
        assert!(
            // Plus the heading and the row about the interruption.
            !table.contains('\u{1b}') && table.lines().count() == sample::report().submissions.len() + 2,
            "{table}"
        );
    }

    #[test]
    fn names_get_a_column_if_any_is_known() {
        let mut report = sample::report();
        assert!(written(&Csv, &report).starts_with("submission,tcp-simple.1,"));
        report.submissions[0].name = Some("Ana Souza; =1".to_owned());
        let table = written(&Csv, &report);
        let mut rows = csv::Reader::from_reader(table.as_bytes());
        assert_eq!(rows.headers().expect("a head").iter().take(2).collect::<Vec<_>>(), ["submission", "name"]);
        let names: Vec<String> = rows.records().map(|row| row.expect("a row")[1].to_owned()).collect();
        assert_eq!(names, ["Ana Souza;' =1", "", ""]);
    }

    #[test]
    fn interrupted_run_is_marked() {
        let (cut, whole) = (one(), Report { interrupted: false, ..one() });
        let expected = "interrupted: items not listed were not run";
        for format in [&Csv as &dyn Render, &Gradescope, &Classroom50] {
            assert!(written(format, &cut).contains(expected), "{}", format.spec().name);
            assert!(!written(format, &whole).contains(expected), "{}", format.spec().name);
        }
        let table = written(&Csv, &cut);
        let mut rows = csv::Reader::from_reader(table.as_bytes());
        let last = rows.records().last().expect("a row").expect("as long as the others");
        assert!(last[0].is_empty() && last[last.len() - 1] == *expected, "not attributed to a submission: {last:?}");
    }

    #[test]
    fn formats_have_the_same_sum() {
        let report = one();
        let submission = &report.submissions[0];
        let value: Value = serde_json::from_str(&written(&Gradescope, &report)).expect("JSON");
        assert_eq!(value["score"], submission.points);
        let value: Value = serde_json::from_str(&written(&Classroom50, &report)).expect("JSON");
        assert_eq!((&value["score"], &value["max-score"]), (&submission.points.into(), &submission.of.into()));
        let table = written(&Csv, &report);
        let row = csv::Reader::from_reader(table.as_bytes()).records().next().expect("a row").expect("a row");
        assert!(row.iter().any(|cell| cell == submission.points.to_string()));
    }

    #[test]
    fn hidden_items_are_not_in_student_formats() {
        let mut report = one();
        report.submissions[0].items[0].hidden = true;
        let id = report.submissions[0].items[0].id.to_string();
        for format in [&Gradescope as &dyn Render, &Classroom50] {
            assert!(!written(format, &report).contains(&format!("\"{id}")), "{}", format.spec().name);
        }
        let students = report.submissions.remove(0).without_hidden_items();
        assert!(!students.items.iter().any(|item| item.id.as_str() == id));
    }

    #[test]
    fn gradescope_refuses_several_submissions() {
        let mut out = Vec::new();
        let words = sample::words(Language::English);
        assert!(Gradescope.render(&sample::report(), &words, &mut out).is_err());
    }
}
