//! `socklab man`: the manual pages, made of the same words as the help.

use std::path::Path;

use anyhow::Context;
use clap::CommandFactory;

use super::Reader;
use super::arguments::Arguments;
use super::exit::{Exit, Trouble};
use crate::model::Message;
use crate::model::bytes::safe;

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
    let pages = 1 + command.get_subcommands().count();
    clap_mangen::generate_to(command, folder).with_context(trouble)?;
    let message = Message::new("cli-man-written").with("pages", pages).with("folder", shown);
    Reader::print(&format!("{}\n", reader.words.say(&message)));
    Ok(Exit::Passed)
}
