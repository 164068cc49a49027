//! `socklab explain`: an item, a step, an expectation, a cause or an exit code. What it says of the language comes from the
//! same types that read it, what it says of causes from their sentences.

use serde_json::Value;

use super::Reader;
use super::exit::{Exit, Trouble};
use super::gather::{self, Variables};
use crate::model::Message;
use crate::run::causes;
use crate::scenario::expect::Expectation;
use crate::scenario::lab::Lab;
use crate::scenario::step::Step;
use crate::words::{Words, plain};

/// Explains words, or everything: the items of this lab and of the bundled ones, the language, causes, exit codes.
pub(super) fn explain(words: &[String], all: bool, lab: &str, reader: &Reader) -> Result<Exit, Trouble> {
    let none = Variables::new();
    let mut labs = vec![gather::lab(lab, &none)?];
    for name in Lab::bundled_names().iter().filter(|name| *name != lab) {
        labs.push(gather::lab(name, &none)?);
    }
    let items = labs.iter().flat_map(Lab::items);
    let mut known: Vec<String> = items.map(|(_, item)| item.id.to_string()).collect();
    known.extend(Step::WORDS.iter().chain(Expectation::WORDS).map(|word| (*word).to_owned()));
    known.extend(causes::all().map(|cause| cause.id.to_owned()));
    known.extend(Exit::ALL.iter().map(|exit| exit.number().to_string()));
    let wanted: Vec<String> = if all || words.is_empty() { known.clone() } else { words.to_vec() };
    let mut texts = Vec::new();
    for word in &wanted {
        let said = labs
            .iter()
            .find_map(|lab| item(lab, word, &reader.words))
            .or_else(|| language(word, &reader.words))
            .or_else(|| cause(word, &reader.words))
            .or_else(|| exit_code(word, &reader.words));
        let Some(said) = said else {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let mut message = Message::new("cli-nothing-to-explain").with("word", word.as_str());
            if let Some(near) = crate::scenario::diagnostic::nearest(word, &known) {
                message = Message::new("cli-nothing-to-explain-near").with("word", word.as_str()).with("near", near);
            }
            return Err(Trouble::usage(message));
        };
        texts.push(said);
    }
    Reader::print(&texts.join("\n"));
    Ok(Exit::Passed)
}

/// An item of a lab: what it asks, what verifies it, where it is written.
fn item(lab: &Lab, word: &str, words: &Words) -> Option<String> {
    let (scenario, item) = lab.items().find(|(_, item)| item.id.as_str() == word)?;
    let title = item.title.as_ref().map_or("", |title| words.text(title));
    let mut text = format!("{}  {}\n", item.id, plain(title));
    let mut line = |id: &'static str, value: String| text += &format!("  {:12}{value}\n", words.word(id));
    line("cli-explain-points", item.points.to_string());
    line("cli-explain-file", scenario.file.clone());
    if !item.needs.is_empty() {
        line("cli-explain-needs", item.needs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    }
    let expectations: Vec<&str> = item.expect.iter().map(Expectation::word).collect();
    line("cli-explain-expects", expectations.join(", "));
    if let Some(hint) = &item.hint {
        line("cli-explain-hint", plain(words.text(hint)));
    }
    Some(text)
}

/// A step or an expectation: what it is, in the reader's language, and its fields.
fn language(word: &str, words: &Words) -> Option<String> {
    let (kind, schema) = match (Step::schema_of(word), Expectation::schema_of(word)) {
        (Some(schema), _) => ("step", schema),
        (_, Some(schema)) => ("expectation", schema),
        _ => return None,
    };
    let kind_word = words.word(if kind == "step" { "cli-explain-step" } else { "cli-explain-expectation" });
    let mut text = format!("{word}  ({kind_word})\n");
    let about = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    text += &format!("  {}\n", about.replace('\n', " "));
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let fields = schema.get("properties").and_then(Value::as_object);
    for (name, field) in fields.into_iter().flatten() {
        let about = field.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ");
        let star = if required.contains(&name.as_str()) { "*" } else { " " };
        text += &format!("  {star} {name:14}{about}\n");
    }
    Some(text)
}

/// A cause: its sentence with the values' names, what to do about it, what proves it.
fn cause(word: &str, words: &Words) -> Option<String> {
    let cause = causes::named(word)?;
    let mut text = format!("{word}  ({})\n  {}\n", words.word("cli-explain-cause"), words.shape(cause.id));
    let mut line = |id: &'static str, value: &str| text += &format!("  {:12}{value}\n", words.word(id));
    for hint in cause.hints {
        line("cli-explain-hint", &words.shape(hint));
    }
    line("cli-explain-proof", &words.word(cause.proof.word()));
    Some(text)
}

fn exit_code(word: &str, words: &Words) -> Option<String> {
    let exit = Exit::ALL.into_iter().find(|exit| exit.number().to_string() == word)?;
    let id = match exit {
        Exit::Passed => "cli-exit-passed",
        Exit::Failed => "cli-exit-failed",
        Exit::Usage => "cli-exit-usage",
        Exit::NotVerified => "cli-exit-not-verified",
        Exit::Harness => "cli-exit-harness",
        Exit::Interrupted => "cli-exit-interrupted",
    };
    Some(format!("{}\n  {}\n", words.word("cli-explain-exit").replace("{}", word), words.word(id)))
}
