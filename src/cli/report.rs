//! `socklab report`: renders stored results, without running anything.

use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context;

use super::Ui;
use super::arguments::ReportOptions;
use super::exit::{CliError, ExitStatus};
use super::outputs::{terminal_format, unknown_format, write_atomically_with, write_to_stdout};
use super::selection::matches_pattern;
use super::store_access::{StoredClass, open_store, store_error};
use crate::model::{LocalizedText, Message, SubmissionResult, Verdict};
use crate::report::gradebook::{FillRequest, Gradebook, fill};
use crate::report::html::RecordedScenario;
use crate::report::{ClassReport, Render as _, find_format};
use crate::run::store::Store;

/// Renders a report, or fills in a gradebook.
pub(super) fn report(options: &ReportOptions, reader: &Ui) -> Result<ExitStatus, CliError> {
    let store = open_store(&options.store, false)?;
    let is_wanted = |id: &str| options.only.as_ref().is_none_or(|only| matches_pattern(only, id));
    if super::html_site::is_requested(options) && options.moodle.is_none() && options.canvas.is_none() {
        return super::html_site::write(&store, options, &is_wanted, reader);
    }
    if options.anonymous {
        return Err(CliError::usage(Message::new("cli-pages-anonymous")));
    }
    let of_store = |error| store_error(&options.store, error);
    let class = StoredClass::new(&store, &is_wanted, options.for_students).map_err(of_store)?;
    let class = class.report();
    let gradebook = match (&options.moodle, &options.canvas) {
        (Some(file), _) => Some(fill_gradebook(Gradebook::Moodle, file, options, class, reader)?),
        (None, Some(file)) => Some(fill_gradebook(Gradebook::Canvas, file, options, class, reader)?),
        (None, None) => None,
    };
    let render = |out: &mut dyn io::Write| match &gradebook {
        Some(bytes) => out.write_all(bytes),
        None => render_report(options, class, &store, reader, out),
    };
    if gradebook.is_none() {
        check_format(options, class)?;
    }
    match &options.output {
        Some(file) => write_atomically_with(file, render).with_context(|| format!("writing {}", file.display()))?,
        None => write_to_stdout(render).context("rendering the report")?,
    }
    Ok(ExitStatus::Passed)
}

/// Checks that the format exists and can show the submissions.
fn check_format(options: &ReportOptions, class: ClassReport<'_>) -> Result<(), CliError> {
    let Some(format) = find_format(&options.format) else {
        return Err(unknown_format(&options.format));
    };
    if format.spec().is_single_submission && class.count != 1 {
        return Err(CliError::usage(Message::new("cli-one-submission").with("format", format.spec().name)));
    }
    Ok(())
}

fn render_report(
    options: &ReportOptions,
    class: ClassReport<'_>,
    store: &Store,
    reader: &Ui,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let Some(format) = find_format(&options.format) else { return Ok(()) };
    if format.spec().name == "terminal" && options.output.is_none() {
        return terminal_format(reader).render_class(class, &reader.words, out);
    }
    if !format.spec().is_single_submission {
        return format.render_class(class, &reader.words, out);
    }
    let report = class.collect()?;
    let of_one = report.submissions.first().filter(|_| format.spec().shows_evidence);
    let evidence = of_one.map_or_else(|| Ok(Vec::new()), |one| store.evidence(&one.id.0))?;
    let seen = evidence.iter().map(|(scenario, evidence)| RecordedScenario { scenario, evidence, manifest: None });
    let seen: Vec<RecordedScenario<'_>> = seen.collect();
    format.render_with_evidence(&report, &seen, &reader.words, out)
}

fn fill_gradebook(
    kind: Gradebook,
    file: &Path,
    options: &ReportOptions,
    class: ClassReport<'_>,
    reader: &Ui,
) -> Result<Vec<u8>, CliError> {
    // Rows are matched with all submissions; of their items only those that the feedback names
    // stay.
    let mut submissions = Vec::new();
    let collected = class.each(|submission| {
        submissions.push(without_passed_items(submission.clone()));
        Ok(())
    });
    collected.context("reading the results")?;
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let shown = crate::model::bytes::safe_path(file);
    let filling = FillRequest {
        file: &shown,
        column: options.column.as_deref(),
        submissions: &submissions,
        skip_unknown: options.skip_unknown,
    };
    let filled = fill(kind, &bytes, filling, &reader.words).map_err(CliError::usage)?;
    for note in &filled.notes {
        let _ = writeln!(std::io::stderr().lock(), "{}", reader.words.format(note));
    }
    Ok(filled.bytes)
}

/// Returns the values of a submission that a row of a gradebook needs.
fn without_passed_items(mut submission: SubmissionResult) -> SubmissionResult {
    submission.items.retain(|item| item.verdict != Verdict::Pass || item.mark().is_some());
    let mut submission = submission.into_summary();
    for item in &mut submission.items {
        item.title = LocalizedText::Plain(String::new());
    }
    submission
}
