//! `socklab explain`: describes an item, a step, an expectation, a cause, an exit code or the
//! sandbox.
//!
//! Steps and expectations are described by the types that parse them, causes by their messages. A
//! cause may also be looked up by its message.

use serde_json::Value;

use super::exit::{Exit, Trouble};
use super::gather::{self, Variables};
use super::{Reader, sandbox};
use crate::model::Message;
use crate::run::causes;
use crate::scenario::expect::Expectation;
use crate::scenario::lab::Lab;
use crate::scenario::step::Step;
use crate::words::{Words, plain};

/// Explains the given words, or everything: items of all labs, steps, expectations, causes and exit
/// codes.
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
    known.push(sandbox::WORD.to_owned());
    let wanted: Vec<String> = if all || words.is_empty() { known.clone() } else { words.to_vec() };
    let mut texts = Vec::new();
    for word in &wanted {
        let found = labs
            .iter()
            .find_map(|lab| item(lab, word, &reader.words))
            .or_else(|| language(word, &reader.words))
            .or_else(|| cause(word, &reader.words))
            .or_else(|| exit_code(word, &reader.words))
            .or_else(|| (word == sandbox::WORD).then(|| sandbox::explained(&reader.words)))
            .or_else(|| said(word, &sentences(&reader.words)).and_then(|id| cause(id, &reader.words)));
        let Some(text) = found else {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let mut message = Message::new("cli-nothing-to-explain").with("word", word.as_str());
            if let Some(near) = crate::scenario::diagnostic::nearest(word, &known) {
                message = Message::new("cli-nothing-to-explain-near").with("word", word.as_str()).with("near", near);
            }
            return Err(Trouble::usage(message));
        };
        texts.push(text);
    }
    Reader::print(&texts.join("\n"));
    Ok(Exit::Passed)
}

/// Describes an item of a lab: title, points, file, dependencies, expectations and hint.
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

/// Describes a step or an expectation and its fields, in the user's language.
fn language(word: &str, words: &Words) -> Option<String> {
    let (kind, schema) = match (Step::schema_of(word), Expectation::schema_of(word)) {
        (Some(schema), _) => ("step", schema),
        (_, Some(schema)) => ("expectation", schema),
        _ => return None,
    };
    let kind_word = words.word(if kind == "step" { "cli-explain-step" } else { "cli-explain-expectation" });
    let mut text = format!("{word}  ({kind_word})\n");
    let described =
        |what: &Value| what.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ");
    let about = words.known(&format!("word-{word}"));
    text += &format!("  {}\n", about.unwrap_or_else(|| described(schema.as_value())));
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let fields = schema.get("properties").and_then(Value::as_object);
    for (name, field) in fields.into_iter().flatten() {
        // The field's own message, else the one shared by all fields of that name. A new field has
        // only the English description of its type.
        let own = words.known(&format!("field-{word}-{name}"));
        let about = own.or_else(|| words.known(&format!("field-{name}"))).unwrap_or_else(|| described(field));
        let star = if required.contains(&name.as_str()) { "*" } else { " " };
        text += &format!("  {star} {name:14}{about}\n");
    }
    Some(text)
}

/// Describes a cause: its message with placeholders, its hints and its proof.
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

/// Returns the message of each cause, with placeholders.
fn sentences(words: &Words) -> Vec<(&'static str, String)> {
    causes::all().map(|cause| (cause.id, words.shape(cause.id))).collect()
}

/// Finds a cause by its message as copied from a report, by the beginning of the message, or by a
/// part of it. Returns `None` if several causes match equally well.
fn said(text: &str, sentences: &[(&'static str, String)]) -> Option<&'static str> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let begun: Vec<_> = sentences.iter().filter_map(|(id, shape)| Some((begins(shape, &text)?, *id))).collect();
    let best = begun.iter().map(|(fit, _)| *fit).max();
    let mut fitting = begun.iter().filter(|(fit, _)| Some(*fit) == best).map(|(_, id)| *id);
    let mut holding =
        sentences.iter().filter(|(_, shape)| text.len() >= LEAST && shape.contains(&text)).map(|(id, _)| *id);
    let only = |first: Option<&'static str>, second: Option<&'static str>| first.filter(|_| second.is_none());
    let (first, second) = (fitting.next(), fitting.next());
    if first.is_some() { only(first, second) } else { only(holding.next(), holding.next()) }
}

/// Minimum length in bytes of a text that is looked up as a message.
const LEAST: usize = 12;

/// Matches a text against a message with placeholders. Returns the number of bytes that match
/// literally, and whether the text reaches the end of the message. Returns `None` if it does not
/// match.
fn begins(shape: &str, text: &str) -> Option<(usize, bool)> {
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
                return Some((length, false)).filter(|_| length >= LEAST);
            }
        }
    }
    Some((length, true)).filter(|_| length >= LEAST)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    #[test]
    fn cause_is_found_by_its_message() {
        let english = sentences(&Words::of(Language::English));
        for (cause, sentence) in &english {
            let found = said(sentence, &english);
            let says = english.iter().find(|(id, _)| Some(*id) == found).map(|(_, sentence)| sentence);
            assert_eq!(says, Some(sentence), "{cause}");
        }
        let of = |text: &str| said(text, &english);
        assert_eq!(of("client 3 sent and got no answer within 2000 ms"), Some("no-answer-late"));
        assert_eq!(of("client 3 sent and got\n     no answer"), Some("no-answer"));
        assert_eq!(of("never accepted client"), Some("never-accepted"));
        assert_eq!(of("only the first message of client 1 was answered"), Some("only-first-message"));
        assert_eq!(of("the program ended (exit code 1)"), None, "so begin several");
        assert_eq!((of("client"), of("something else altogether"), of("")), (None, None, None));
        let portuguese = sentences(&Words::of(Language::Portuguese));
        let copied = "só a primeira mensagem do cliente 1 foi respondida (recebidos: 11 de 65854 bytes)";
        assert_eq!(said(copied, &portuguese), Some("only-first-message"));
    }
}
