//! `socklab man`: writes the manual pages, generated from the same text as `--help`.

use std::path::Path;

use anyhow::Context;
use clap::CommandFactory;

use super::Ui;
use super::arguments::Arguments;
use super::exit::{CliError, ExitStatus};
use crate::model::Message;
use crate::model::bytes::safe_path;

/// Replaces the headings of the text after the options with those of `man-pages(7)`.
const HEADING_REPLACEMENTS: [(&str, &str); 2] =
    [(".SH EXTRA\nExamples:\n", ".SH EXAMPLES\n.nf\n"), (".SH EXTRA\nExit codes: ", ".SH \"EXIT STATUS\"\n")];

/// Writes a page for the program and one per command into a folder.
pub(super) fn man(folder: &Path, reader: &Ui) -> Result<ExitStatus, CliError> {
    let shown = safe_path(folder);
    let trouble = || format!("writing manual pages into {shown}");
    if folder.exists() && !folder.is_dir() {
        return Err(CliError::usage(Message::new("cli-man-no-folder").with("folder", shown)));
    }
    std::fs::create_dir_all(folder).with_context(trouble)?;
    // The command `help` has no page, because it only shows the help of other commands.
    let command = Arguments::command().disable_help_subcommand(true);
    let verbs = command.get_subcommands().map(|verb| format!("socklab-{}.1", verb.get_name()));
    let pages: Vec<String> = verbs.chain(["socklab.1".to_owned()]).collect();
    clap_mangen::generate_to(command, folder).with_context(trouble)?;
    for page in &pages {
        let file = folder.join(page);
        let mut text = std::fs::read_to_string(&file).with_context(trouble)?;
        for (found, usual) in HEADING_REPLACEMENTS {
            text = text.replace(found, usual);
        }
        std::fs::write(&file, text).with_context(trouble)?;
    }
    let message = Message::new("cli-man-written").with("pages", pages.len()).with("folder", shown);
    Ui::print(&format!("{}\n", reader.words.format(&message)));
    Ok(ExitStatus::Passed)
}
