//! `socklab list`: the items of a lab.

use super::Ui;
use super::exit::{CliError, ExitStatus};
use super::load::{self, VariableArgs};
use crate::model::Message;

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
