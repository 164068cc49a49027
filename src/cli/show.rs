//! `socklab show`: what a lab asks in an item, and the scenario that checks it.

use std::fs;

use super::Ui;
use super::check::lab_for_students;
use super::exit::{CliError, ExitStatus};
use super::explain::{describe_item, describe_keyword};
use super::selection::unknown_item;
use crate::i18n::escape_controls;
use crate::scenario::expect::Expectation;
use crate::scenario::lab::Lab;

/// Shows an item of a lab: its title, questions and expectations, and the source of its scenario.
pub(super) fn show(item: &str, lab: &str, reader: &Ui) -> Result<ExitStatus, CliError> {
    let lab = lab_for_students(lab)?;
    let words = &reader.words;
    let found = lab.items().find(|(_, one)| one.id.as_str() == item);
    let (Some((scenario, one)), Some(mut text)) = (found, describe_item(&lab, item, words)) else {
        return Err(unknown_item(&lab, item));
    };
    let questions = lab.written.section.questions.get(&one.id).into_iter().flatten();
    for (k, question) in questions.enumerate() {
        let label = if k == 0 { words.sentence("cli-show-questions") } else { String::new() };
        text += &format!("  {label:12}{}\n", escape_controls(question));
    }
    for word in one.expect.iter().map(Expectation::word) {
        let about = describe_keyword(word, words).and_then(|text| text.lines().nth(1).map(str::to_owned));
        text += &format!("\n{word}\n{}\n", about.unwrap_or_default());
    }
    let source =
        Lab::bundled_text(&scenario.file).map(str::to_owned).or_else(|| fs::read_to_string(&scenario.file).ok());
    if let Some(source) = source {
        let lines = source.lines().map(|line| format!("  {}\n", escape_controls(line)));
        text += &format!("\n{}\n{}", escape_controls(&scenario.file), lines.collect::<String>());
    }
    Ui::print(&text);
    Ok(ExitStatus::Passed)
}
