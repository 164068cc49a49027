//! The commands for lab authors: `lint`, `schema` and `list`.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::Ui;
use super::arguments::SchemaName;
use super::exit::{CliError, ExitStatus};
use super::load::{self, LoadedLab, VariableArgs, lab_folder};
use crate::model::Message;
use crate::scenario::diagnostic::{Diagnostic, DiagnosticKind};
use crate::scenario::lab::Lab;

/// Checks lab and scenario files without running anything. Reports every diagnostic of every file.
pub(super) fn lint(files: &[PathBuf], reader: &Ui) -> Result<ExitStatus, CliError> {
    let none = VariableArgs::new();
    let mut mistakes: Vec<Diagnostic> = Vec::new();
    let mut sources = Vec::new();
    let mut note = |outcome: Result<LoadedLab, CliError>| -> Result<(), CliError> {
        let (found, texts) = diagnostics_of(outcome)?;
        for one in found {
            // A lab and one of its files may both be on the command line.
            if !mistakes.iter().any(|other| is_duplicate(&one, other)) {
                mistakes.push(one);
            }
        }
        sources.extend(texts);
        Ok(())
    };
    let mut count = files.len();
    if files.is_empty() {
        for name in Lab::bundled_names() {
            note(load::load_lab(&name, &none).map(LoadedLab::whole))?;
            count += 1;
        }
    }
    let (labs, scenarios): (Vec<_>, Vec<_>) = files.iter().cloned().partition(|file| lab_folder(file).is_some());
    for folder in labs.iter().filter_map(|file| lab_folder(file)) {
        note(load::load_lab_in(&folder, &none).map(LoadedLab::whole))?;
    }
    for (folder, own) in load::group_by_lab(&scenarios) {
        if folder.is_some() {
            note(load::load_part(folder, &own, &none))?;
            continue;
        }
        // Files outside a lab may be meant for one run or for separate runs. An unknown item counts
        // only if it is reported both for the file alone and for all files together.
        let together = diagnostics_of(load::load_part(None, &own, &none))?.0;
        for file in &own {
            let (mut found, texts) = diagnostics_of(load::load_part(None, std::slice::from_ref(file), &none))?;
            let is_given = |one: &Diagnostic| !together.iter().any(|other| is_duplicate(one, other));
            found.retain(|one| one.kind != DiagnosticKind::UnknownItem || !is_given(one));
            note(Err(CliError::Diagnostics(found, texts)))?;
        }
    }
    if mistakes.is_empty() {
        Ui::print(&format!("{}\n", reader.words.format(&Message::new("cli-lint-clean").with("files", count))));
        Ok(ExitStatus::Passed)
    } else {
        Err(CliError::diagnostics(mistakes, sources))
    }
}

/// Diagnostics, and the texts of their files by name.
type LintReport = (Vec<Diagnostic>, Vec<(String, String)>);

/// Returns the diagnostics of a failed reading with their texts, or none if the reading succeeded.
fn diagnostics_of(outcome: Result<LoadedLab, CliError>) -> Result<LintReport, CliError> {
    match outcome {
        Ok(_) => Ok((Vec::new(), Vec::new())),
        Err(CliError::Diagnostics(found, texts)) => Ok((found, texts)),
        Err(other) => Err(other),
    }
}

/// Returns true if two diagnostics have the same message and location.
fn is_duplicate(one: &Diagnostic, other: &Diagnostic) -> bool {
    one.message == other.message && one.location() == other.location()
}

/// Returns the text of a schema by name.
pub(super) fn schema_text(name: &str) -> anyhow::Result<String> {
    let schema = match name {
        "report" => Some(crate::report::json::schema()),
        _ => crate::scenario::schema::schema(name),
    };
    Ok(serde_json::to_string_pretty(&schema).context("writing a schema")? + "\n")
}

/// Prints a schema, or writes it to a file.
pub(super) fn schema(name: &SchemaName, output: Option<&Path>) -> Result<ExitStatus, CliError> {
    let text = schema_text(match name {
        SchemaName::Scenario => "scenario",
        SchemaName::Lab => "lab",
        SchemaName::Submission => "submission",
        SchemaName::Report => "report",
    })?;
    match output {
        None => Ui::print(&text),
        Some(file) => super::outputs::write_atomically(file, text.as_bytes())
            .with_context(|| format!("writing {}", file.display()))?,
    }
    Ok(ExitStatus::Passed)
}

/// Lists the items of a lab.
pub(super) fn list(name: &str, reader: &Ui) -> Result<ExitStatus, CliError> {
    let lab = load::load_lab(name, &VariableArgs::new())?;
    let wide = lab.items().map(|(_, item)| item.id.as_str().len()).max().unwrap_or(0);
    let mut text = String::new();
    for (scenario, item) in lab.items_in_report_order() {
        let title = item.title.as_ref().or(scenario.title.as_ref()).map_or("", |title| reader.words.author_text(title));
        let points = reader.words.format(&Message::new("cli-points").with("points", item.points));
        text += &format!("{:wide$}  {}  ({points})\n", item.id, crate::i18n::escape_controls(title));
    }
    Ui::print(&text);
    Ok(ExitStatus::Passed)
}
