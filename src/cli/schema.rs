//! `socklab schema`: the JSON Schemas of the files that people write, and of the report.

use std::path::Path;

use anyhow::Context;

use super::Ui;
use super::arguments::SchemaName;
use super::exit::{CliError, ExitStatus};

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
