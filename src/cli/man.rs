//! `socklab man`: the manual pages, made of the same words as the help.

use std::path::Path;

use anyhow::Context;
use clap::CommandFactory;

use super::Reader;
use super::arguments::Arguments;
use super::exit::{Exit, Trouble};
use crate::model::Message;
use crate::model::bytes::safe;

/// What stands below a help has the usual heading of manual pages (`man-pages(7)`).
const HEADINGS: [(&str, &str); 2] =
    [(".SH EXTRA\nExamples:\n", ".SH EXAMPLES\n.nf\n"), (".SH EXTRA\nExit codes: ", ".SH \"EXIT STATUS\"\n")];

/// Writes a page for the program and one for each verb into a folder.
pub(super) fn man(folder: &Path, reader: &Reader) -> Result<Exit, Trouble> {
    let shown = safe(&folder.to_string_lossy());
    let trouble = || format!("writing manual pages into {shown}");
    if folder.exists() && !folder.is_dir() {
        return Err(Trouble::usage(Message::new("cli-man-no-folder").with("folder", shown)));
    }
    std::fs::create_dir_all(folder).with_context(trouble)?;
    // The verb `help` has no page: it only shows the others.
    let command = Arguments::command().disable_help_subcommand(true);
    let verbs = command.get_subcommands().map(|verb| format!("socklab-{}.1", verb.get_name()));
    let pages: Vec<String> = verbs.chain(["socklab.1".to_owned()]).collect();
    clap_mangen::generate_to(command, folder).with_context(trouble)?;
    for page in &pages {
        let file = folder.join(page);
        let mut text = std::fs::read_to_string(&file).with_context(trouble)?;
        for (found, usual) in HEADINGS {
            text = text.replace(found, usual);
        }
        std::fs::write(&file, text).with_context(trouble)?;
    }
    let message = Message::new("cli-man-written").with("pages", pages.len()).with("folder", shown);
    Reader::print(&format!("{}\n", reader.words.say(&message)));
    Ok(Exit::Passed)
}
