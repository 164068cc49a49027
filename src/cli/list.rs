//! `socklab list`: the items of a lab, or the bundled labs.

use super::Ui;
use super::exit::{CliError, ExitStatus};
use super::load::{self, VariableArgs};
use crate::model::Message;
use crate::scenario::lab::Lab;

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

/// Lists the bundled labs, each with its title and its points.
pub(super) fn list_labs(reader: &Ui) -> Result<ExitStatus, CliError> {
    let names = Lab::bundled_names();
    let wide = names.iter().map(String::len).max().unwrap_or(0);
    let mut text = String::new();
    for name in &names {
        let lab = load::load_lab(name, &VariableArgs::new())?;
        let title = lab.title.as_ref().map_or("", |title| reader.words.author_text(title));
        let points: u32 = lab.items().map(|(_, item)| item.points).sum();
        let points = reader.words.format(&Message::new("cli-points").with("points", points));
        text += &format!("{name:wide$}  {}  ({points})\n", crate::i18n::escape_controls(title));
    }
    Ui::print(&text);
    Ok(ExitStatus::Passed)
}
