//! `socklab lint`: checks lab and scenario files.

use std::path::PathBuf;

use super::Ui;
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
