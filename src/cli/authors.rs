//! The commands for lab authors: `lint`, `schema` and `list`.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::Reader;
use super::arguments::SchemaName;
use super::exit::{Exit, Trouble};
use super::gather::{self, Named, Variables, lab_folder};
use crate::model::Message;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::lab::Lab;

/// Checks lab and scenario files without running anything. Reports every diagnostic of every file.
pub(super) fn lint(files: &[PathBuf], reader: &Reader) -> Result<Exit, Trouble> {
    let none = Variables::new();
    let mut mistakes: Vec<Diagnostic> = Vec::new();
    let mut sources = Vec::new();
    let mut note = |outcome: Result<Named, Trouble>| -> Result<(), Trouble> {
        let (found, texts) = mistakes_of(outcome)?;
        for one in found {
            // A lab and one of its files may both be on the command line.
            if !mistakes.iter().any(|other| same(&one, other)) {
                mistakes.push(one);
            }
        }
        sources.extend(texts);
        Ok(())
    };
    let mut count = files.len();
    if files.is_empty() {
        for name in Lab::bundled_names() {
            note(gather::lab(&name, &none).map(Named::whole))?;
            count += 1;
        }
    }
    let (labs, scenarios): (Vec<_>, Vec<_>) = files.iter().cloned().partition(|file| lab_folder(file).is_some());
    for folder in labs.iter().filter_map(|file| lab_folder(file)) {
        note(gather::lab_in(&folder, &none).map(Named::whole))?;
    }
    for (folder, own) in gather::by_lab(&scenarios) {
        if folder.is_some() {
            note(gather::part(folder, &own, &none))?;
            continue;
        }
        // Files outside a lab may be meant for one run or for separate runs. An unknown item counts
        // only if it is reported both for the file alone and for all files together.
        let together = mistakes_of(gather::part(None, &own, &none))?.0;
        for file in &own {
            let (mut found, texts) = mistakes_of(gather::part(None, std::slice::from_ref(file), &none))?;
            let is_given = |one: &Diagnostic| !together.iter().any(|other| same(one, other));
            found.retain(|one| one.message.id != "mistake-unknown-item" || !is_given(one));
            note(Err(Trouble::Mistakes(found, texts)))?;
        }
    }
    if mistakes.is_empty() {
        Reader::print(&format!("{}\n", reader.words.say(&Message::new("cli-lint-clean").with("files", count))));
        Ok(Exit::Passed)
    } else {
        Err(Trouble::mistakes(mistakes, sources))
    }
}

/// Diagnostics, and the texts of their files by name.
type Told = (Vec<Diagnostic>, Vec<(String, String)>);

/// Returns the diagnostics of a failed reading with their texts, or none if the reading succeeded.
fn mistakes_of(outcome: Result<Named, Trouble>) -> Result<Told, Trouble> {
    match outcome {
        Ok(_) => Ok((Vec::new(), Vec::new())),
        Err(Trouble::Mistakes(found, texts)) => Ok((found, texts)),
        Err(other) => Err(other),
    }
}

/// Returns true if two diagnostics have the same message and location.
fn same(one: &Diagnostic, other: &Diagnostic) -> bool {
    one.message == other.message && one.place() == other.place()
}

/// Returns the text of a schema by name.
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
        Some(file) => {
            super::outputs::write_whole(file, text.as_bytes()).with_context(|| format!("writing {}", file.display()))?
        }
    }
    Ok(Exit::Passed)
}

/// Lists the items of a lab.
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
