//! `socklab report`: renders stored results, without running anything.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context;

use super::Ui;
use super::arguments::ReportOptions;
use super::exit::{CliError, ExitStatus};
use super::outputs::{terminal_format, unknown_format, write_atomically};
use super::selection::matches_pattern;
use super::store_access::{load_results, open_store, store_error};
use crate::model::{Message, Report};
use crate::report::gradebook::{FillRequest, Gradebook, fill};
use crate::report::html::RecordedScenario;
use crate::report::{Render as _, find_format};
use crate::run::store::Store;

/// Renders a report, or fills in a gradebook.
pub(super) fn report(options: &ReportOptions, reader: &Ui) -> Result<ExitStatus, CliError> {
    let store = open_store(&options.store, false)?;
    let is_wanted = |id: &str| options.only.as_ref().is_none_or(|only| matches_pattern(only, id));
    if super::html_site::is_requested(options) && options.moodle.is_none() && options.canvas.is_none() {
        return super::html_site::write(&store, options, is_wanted, reader);
    }
    if options.anonymous {
        return Err(CliError::usage(Message::new("cli-pages-anonymous")));
    }
    let table = find_format(&options.format).is_some_and(|format| format.spec().needs_summary_only);
    let mut report = load_results(&store, table, is_wanted).map_err(|error| store_error(&options.store, error))?;
    if options.for_students {
        report = report.for_students();
    }
    let bytes = match (&options.moodle, &options.canvas) {
        (Some(file), _) => fill_gradebook(Gradebook::Moodle, file, options, &report, reader)?,
        (None, Some(file)) => fill_gradebook(Gradebook::Canvas, file, options, &report, reader)?,
        (None, None) => render_report(options, &report, &store, reader)?,
    };
    match &options.output {
        Some(file) => write_atomically(file, &bytes).with_context(|| format!("writing {}", file.display()))?,
        None => drop(std::io::stdout().lock().write_all(&bytes)),
    }
    Ok(ExitStatus::Passed)
}

fn render_report(options: &ReportOptions, report: &Report, store: &Store, reader: &Ui) -> Result<Vec<u8>, CliError> {
    let Some(format) = find_format(&options.format) else {
        return Err(unknown_format(&options.format));
    };
    if format.spec().is_single_submission && report.submissions.len() != 1 {
        return Err(CliError::usage(Message::new("cli-one-submission").with("format", format.spec().name)));
    }
    let mut bytes = Vec::new();
    if format.spec().name == "terminal" && options.output.is_none() {
        terminal_format(reader).render(report, &reader.words, &mut bytes).context("rendering the report")?;
    } else {
        let of_one =
            report.submissions.first().filter(|_| format.spec().shows_evidence && format.spec().is_single_submission);
        let evidence = of_one.map_or_else(|| Ok(Vec::new()), |one| store.evidence(&one.id.0));
        let evidence = evidence.map_err(|error| store_error(&options.store, error))?;
        let seen = evidence.iter().map(|(scenario, evidence)| RecordedScenario { scenario, evidence, manifest: None });
        let seen: Vec<RecordedScenario<'_>> = seen.collect();
        format.render_with_evidence(report, &seen, &reader.words, &mut bytes).context("rendering the report")?;
    }
    Ok(bytes)
}

fn fill_gradebook(
    kind: Gradebook,
    file: &Path,
    options: &ReportOptions,
    report: &Report,
    reader: &Ui,
) -> Result<Vec<u8>, CliError> {
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let shown = crate::model::bytes::safe_path(file);
    let filling = FillRequest {
        file: &shown,
        column: options.column.as_deref(),
        submissions: &report.submissions,
        skip_unknown: options.skip_unknown,
    };
    let filled = fill(kind, &bytes, filling, &reader.words).map_err(CliError::usage)?;
    for note in &filled.notes {
        let _ = writeln!(std::io::stderr().lock(), "{}", reader.words.format(note));
    }
    Ok(filled.bytes)
}
