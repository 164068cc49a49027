//! For authors: `lint`, `schema`, `list`.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::Reader;
use super::arguments::SchemaName;
use super::exit::{Exit, Trouble};
use super::gather::{self, Variables};
use crate::model::Message;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::lab::{self, Lab};

/// Checks files without running anything. Every mistake in every file is told.
pub(super) fn lint(files: &[PathBuf], reader: &Reader) -> Result<Exit, Trouble> {
    let none = Variables::new();
    let mut mistakes: Vec<Diagnostic> = Vec::new();
    let mut sources = Vec::new();
    let mut note = |outcome: Result<(), Trouble>| -> Result<(), Trouble> {
        match outcome {
            Err(Trouble::Mistakes(found, texts)) => {
                mistakes.extend(found);
                sources.extend(texts);
                Ok(())
            }
            other => other,
        }
    };
    let mut count = files.len();
    if files.is_empty() {
        for name in Lab::bundled_names() {
            note(gather::lab(&name, &none).map(drop))?;
            count += 1;
        }
    }
    let roles = gather::lab(lab::DEFAULT, &none)?.roles.into_keys().collect();
    for file in files {
        let is_lab = file.file_name().is_some_and(|name| name == "lab.yaml");
        note(if is_lab {
            gather::lab_in(file.parent().unwrap_or(Path::new("")), &none).map(drop)
        } else if file.is_dir() && file.join("lab.yaml").is_file() {
            gather::lab_in(file, &none).map(drop)
        } else {
            gather::scenario(file, &roles, &none).map(drop).map_err(gather::with_sources)
        })?;
    }
    if mistakes.is_empty() {
        Reader::print(&format!("{}\n", reader.words.say(&Message::new("cli-lint-clean").with("files", count))));
        Ok(Exit::Passed)
    } else {
        Err(Trouble::mistakes(mistakes, sources))
    }
}

/// A schema's text, by its name.
pub(super) fn text_of(name: &str) -> anyhow::Result<String> {
    let schema = match name {
        "report" => Some(crate::report::json::schema()),
        _ => crate::run::document::schema(name),
    };
    Ok(serde_json::to_string_pretty(&schema).context("writing a schema")? + "\n")
}

/// Prints a schema, or writes it to a file.
pub(super) fn schema(name: &SchemaName, output: Option<&Path>) -> Result<Exit, Trouble> {
    let text = text_of(match name {
        SchemaName::Scenario => "scenario",
        SchemaName::Lab => "lab",
        SchemaName::Submission => "submission",
        SchemaName::Report => "report",
    })?;
    match output {
        None => Reader::print(&text),
        Some(file) => std::fs::write(file, text).with_context(|| format!("writing {}", file.display()))?,
    }
    Ok(Exit::Passed)
}

/// Lists a lab's items.
pub(super) fn list(name: &str, reader: &Reader) -> Result<Exit, Trouble> {
    let lab = gather::lab(name, &Variables::new())?;
    let wide = lab.items().map(|(_, item)| item.id.as_str().len()).max().unwrap_or(0);
    let mut text = String::new();
    for (scenario, item) in lab.listed() {
        let title = item.title.as_ref().or(scenario.title.as_ref()).map_or("", |title| reader.words.text(title));
        let points = reader.words.say(&Message::new("cli-points").with("points", item.points));
        text += &format!("{:wide$}  {}  ({points})\n", item.id, crate::words::plain(title));
    }
    Reader::print(&text);
    Ok(Exit::Passed)
}
