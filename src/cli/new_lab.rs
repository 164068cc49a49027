//! `socklab new-lab`: writes a small, runnable lab as a starting point for instructors. Its files
//! are embedded, one folder per language.

use std::path::Path;

use anyhow::Context;
use include_dir::{Dir, include_dir};

use super::Ui;
use super::exit::{CliError, ExitStatus};
use crate::model::Message;
use crate::model::bytes::safe_path;

/// The embedded lab, one folder per language.
static TEMPLATES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates/new-lab");

/// The schemas that the lab's files refer to. They are written beside the lab, so that nothing is
/// downloaded.
const SCHEMAS: [&str; 2] = ["lab", "scenario"];

/// Writes the lab into a folder that is empty or does not exist.
pub(super) fn new_lab(folder: &Path, reader: &Ui) -> Result<ExitStatus, CliError> {
    let shown = safe_path(folder);
    // A link counts as existing, even if its target is missing.
    let is_there = folder.symlink_metadata().is_ok();
    let is_link = folder.symlink_metadata().is_ok_and(|found| found.is_symlink());
    let is_empty = || !is_link && std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    if is_there && !is_empty() {
        return Err(CliError::usage(Message::new("cli-new-lab-not-empty").with("folder", shown)));
    }
    let writing = || format!("writing a lab into {shown}");
    let language = TEMPLATES.get_dir(reader.words.language().tag());
    std::fs::create_dir_all(folder.join("schema")).with_context(writing)?;
    for file in language.into_iter().flat_map(Dir::files) {
        let name = file.path().file_name().unwrap_or_default();
        std::fs::write(folder.join(name), file.contents()).with_context(writing)?;
    }
    for name in SCHEMAS {
        let file = folder.join(format!("schema/{name}.schema.json"));
        std::fs::write(file, super::schema::schema_text(name)?).with_context(writing)?;
    }
    let quoted = shell_words::quote(&shown);
    let wrong = shell_words::quote(&format!("python3 {quoted}/wrong.py")).into_owned();
    let message = Message::new("cli-new-lab-written").with("folder", quoted.as_ref()).with("wrong", wrong);
    Ui::print(&format!("{}\n", reader.words.format(&message)));
    Ok(ExitStatus::Passed)
}
