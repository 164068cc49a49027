//! `socklab explain`: describes an item, a step, an expectation, a cause, an exit code or the
//! sandbox.
//!
//! Steps and expectations are described by the types that parse them, causes by their messages. A
//! cause may also be looked up by its message.

use serde_json::Value;

use super::exit::{CliError, ExitStatus};
use super::load::{self, VariableArgs};
use super::{Ui, explain_sandbox};
use crate::i18n::{Catalog, escape_controls};
use crate::model::Message;
use crate::model::cause::CauseInfo;
use crate::scenario::expect::Expectation;
use crate::scenario::lab::Lab;
use crate::scenario::step::Step;

/// Explains the given words, or everything: items of all labs, steps, expectations, causes and exit
/// codes.
pub(super) fn explain(words: &[String], all: bool, lab: &str, reader: &Ui) -> Result<ExitStatus, CliError> {
    let none = VariableArgs::new();
    let mut labs = vec![load::load_lab(lab, &none)?];
    for name in Lab::bundled_names().iter().filter(|name| *name != lab) {
        labs.push(load::load_lab(name, &none)?);
    }
    let items = labs.iter().flat_map(Lab::items);
    let mut known: Vec<String> = items.map(|(_, item)| item.id.to_string()).collect();
    known.extend(Step::KEYWORDS.iter().chain(Expectation::KEYWORDS).map(|word| (*word).to_owned()));
    known.extend(CauseInfo::all().map(|cause| cause.id.to_owned()));
    known.extend(ExitStatus::ALL.iter().map(|exit| exit.number().to_string()));
    known.push(explain_sandbox::EXPLAIN_WORD.to_owned());
    let wanted: Vec<String> = if all || words.is_empty() { known.clone() } else { words.to_vec() };
    let mut texts = Vec::new();
    for word in &wanted {
        let found = labs
            .iter()
            .find_map(|lab| describe_item(lab, word, &reader.words))
            .or_else(|| describe_keyword(word, &reader.words))
            .or_else(|| describe_cause(word, &reader.words))
            .or_else(|| describe_exit_code(word, &reader.words))
            .or_else(|| (word == explain_sandbox::EXPLAIN_WORD).then(|| explain_sandbox::describe(&reader.words)))
            .or_else(|| {
                find_by_message(word, &cause_messages(&reader.words)).and_then(|id| describe_cause(id, &reader.words))
            });
        let Some(text) = found else {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let mut message = Message::new("cli-nothing-to-explain").with("word", word.as_str());
            if let Some(near) = crate::scenario::diagnostic::nearest(word, &known) {
                message = Message::new("cli-nothing-to-explain-near").with("word", word.as_str()).with("near", near);
            }
            return Err(CliError::usage(message));
        };
        texts.push(text);
    }
    Ui::print(&texts.join("\n"));
    Ok(ExitStatus::Passed)
}

/// Describes an item of a lab: title, points, file, dependencies, expectations and hint.
pub(super) fn describe_item(lab: &Lab, word: &str, words: &Catalog) -> Option<String> {
    let (scenario, item) = lab.items().find(|(_, item)| item.id.as_str() == word)?;
    let title = item.title.as_ref().map_or("", |title| words.author_text(title));
    let mut text = format!("{}  {}\n", item.id, escape_controls(title));
    let mut line = |id: &'static str, value: String| text += &format!("  {:12}{value}\n", words.sentence(id));
    line("cli-explain-points", item.points.to_string());
    line("cli-explain-file", scenario.file.clone());
    if !item.needs.is_empty() {
        line("cli-explain-needs", item.needs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    }
    let expectations: Vec<&str> = item.expect.iter().map(Expectation::word).collect();
    line("cli-explain-expects", expectations.join(", "));
    if let Some(hint) = &item.hint {
        line("cli-explain-hint", escape_controls(words.author_text(hint)));
    }
    Some(text)
}

/// Describes a step or an expectation and its fields, in the user's language.
pub(super) fn describe_keyword(word: &str, words: &Catalog) -> Option<String> {
    let (kind, schema) = match (Step::schema_of(word), Expectation::schema_of(word)) {
        (Some(schema), _) => ("step", schema),
        (_, Some(schema)) => ("expectation", schema),
        _ => return None,
    };
    let kind_word = words.sentence(if kind == "step" { "cli-explain-step" } else { "cli-explain-expectation" });
    let mut text = format!("{word}  ({kind_word})\n");
    let described =
        |what: &Value| what.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ");
    let about = words.try_sentence(&format!("word-{word}"));
    text += &format!("  {}\n", about.unwrap_or_else(|| described(schema.as_value())));
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let fields = schema.get("properties").and_then(Value::as_object);
    for (name, field) in fields.into_iter().flatten() {
        // The field's own message, else the one shared by all fields of that name. A new field has
        // only the English description of its type.
        let own = words.try_sentence(&format!("field-{word}-{name}"));
        let about = own.or_else(|| words.try_sentence(&format!("field-{name}"))).unwrap_or_else(|| described(field));
        let star = if required.contains(&name.as_str()) { "*" } else { " " };
        text += &format!("  {star} {name:14}{about}\n");
    }
    Some(text)
}

/// Describes a cause: its message with placeholders, its hints and its proof.
fn describe_cause(word: &str, words: &Catalog) -> Option<String> {
    let cause = CauseInfo::named(word)?;
    let mut text =
        format!("{word}  ({})\n  {}\n", words.sentence("cli-explain-cause"), words.format_with_placeholders(cause.id));
    let mut line = |id: &'static str, value: &str| text += &format!("  {:12}{value}\n", words.sentence(id));
    for hint in cause.row.all_hints() {
        line("cli-explain-hint", &words.format_with_placeholders(hint.id()));
    }
    line("cli-explain-proof", &words.sentence(cause.row.proof.message_id()));
    Some(text)
}

/// Returns the message of each cause, with placeholders.
fn cause_messages(words: &Catalog) -> Vec<(&'static str, String)> {
    CauseInfo::all().map(|cause| (cause.id, words.format_with_placeholders(cause.id))).collect()
}

/// Finds a cause by its message as copied from a report, by the beginning of the message, or by a
/// part of it. Returns `None` if several causes match equally well.
fn find_by_message(text: &str, sentences: &[(&'static str, String)]) -> Option<&'static str> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let begun: Vec<_> = sentences.iter().filter_map(|(id, shape)| Some((match_message(shape, &text)?, *id))).collect();
    let best = begun.iter().map(|(fit, _)| *fit).max();
    let mut fitting = begun.iter().filter(|(fit, _)| Some(*fit) == best).map(|(_, id)| *id);
    let mut holding = sentences
        .iter()
        .filter(|(_, shape)| text.len() >= MIN_MESSAGE_BYTES && shape.contains(&text))
        .map(|(id, _)| *id);
    let only = |first: Option<&'static str>, second: Option<&'static str>| first.filter(|_| second.is_none());
    let (first, second) = (fitting.next(), fitting.next());
    if first.is_some() { only(first, second) } else { only(holding.next(), holding.next()) }
}

/// Minimum length in bytes of a text that is looked up as a message.
const MIN_MESSAGE_BYTES: usize = 12;

/// Matches a text against a message with placeholders. Returns the number of bytes that match
/// literally, and whether the text reaches the end of the message. Returns `None` if it does not
/// match.
fn match_message(shape: &str, text: &str) -> Option<(usize, bool)> {
    let (mut rest, mut length) = (text, 0);
    for (k, piece) in shape.split('‹').enumerate() {
        let piece = if k == 0 { piece } else { piece.split_once('›').map_or(piece, |(_, after)| after) };
        match rest.find(piece).filter(|at| k > 0 || *at == 0) {
            Some(at) => {
                rest = &rest[at + piece.len()..];
                length += piece.len();
            }
            // The text ends inside this piece.
            None => {
                let mut ends = rest.char_indices().map(|(at, _)| &rest[at..]).filter(|end| k > 0 || *end == rest);
                length += ends.find(|end| piece.starts_with(end))?.len();
                return Some((length, false)).filter(|_| length >= MIN_MESSAGE_BYTES);
            }
        }
    }
    Some((length, true)).filter(|_| length >= MIN_MESSAGE_BYTES)
}

fn describe_exit_code(word: &str, words: &Catalog) -> Option<String> {
    let exit = ExitStatus::ALL.into_iter().find(|exit| exit.number().to_string() == word)?;
    let id = match exit {
        ExitStatus::Passed => "cli-exit-passed",
        ExitStatus::Failed => "cli-exit-failed",
        ExitStatus::Usage => "cli-exit-usage",
        ExitStatus::NotVerified => "cli-exit-not-verified",
        ExitStatus::Internal => "cli-exit-harness",
        ExitStatus::Interrupted => "cli-exit-interrupted",
    };
    Some(format!("{}\n  {}\n", words.sentence("cli-explain-exit").replace("{}", word), words.sentence(id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    #[test]
    fn cause_is_found_by_its_message() {
        let english = cause_messages(&Catalog::load(Language::English));
        for (cause, sentence) in &english {
            let found = find_by_message(sentence, &english);
            let says = english.iter().find(|(id, _)| Some(*id) == found).map(|(_, sentence)| sentence);
            assert_eq!(says, Some(sentence), "{cause}");
        }
        let of = |text: &str| find_by_message(text, &english);
        assert_eq!(of("client 3 sent data but received no answer within 2000 ms"), Some("no-answer-late"));
        assert_eq!(of("client 3 sent data but\n     received no answer"), Some("no-answer"));
        assert_eq!(of("never accepted client"), Some("never-accepted"));
        assert_eq!(of("only the first message of client 1 was answered"), Some("only-first-message"));
        assert_eq!(of("the program exited (exit code 1)"), None, "so begin several");
        assert_eq!((of("client"), of("something else altogether"), of("")), (None, None, None));
        let portuguese = cause_messages(&Catalog::load(Language::Portuguese));
        let copied = "só a primeira mensagem do cliente 1 foi respondida (recebidos: 11 de 65854 bytes)";
        assert_eq!(find_by_message(copied, &portuguese), Some("only-first-message"));
    }
}
