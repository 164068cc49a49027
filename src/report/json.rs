//! Renders the report as JSON for other programs, with each message's sentence in every language.
//!
//! The output deserializes to the same `Report`, which ignores the sentences.

use std::fmt::Write as _;
use std::io;

use schemars::{Schema, schema_for};
use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::i18n::{Catalog, escape_controls};
use crate::model::{Language, Message, Report};

use super::{FormatSpec, Render};

/// The paths of messages in a report (`*`: each element).
const MESSAGE_PATHS: &[&[&str]] = &[
    &["machine", "cannot", "*", "because"],
    &["submissions", "*", "reason"],
    &["submissions", "*", "notes", "*"],
    &["submissions", "*", "programs", "*", "because"],
    &["submissions", "*", "items", "*", "documented", "notes", "*"],
    &["submissions", "*", "items", "*", "reason"],
    &["submissions", "*", "items", "*", "story", "*"],
    &["submissions", "*", "items", "*", "notes", "*"],
    &["submissions", "*", "items", "*", "findings", "*", "because"],
    &["submissions", "*", "items", "*", "findings", "*", "hint"],
    &["submissions", "*", "items", "*", "findings", "*", "notes", "*"],
    &["submissions", "*", "items", "*", "annotations", "*", "judged"],
    &["submissions", "*", "items", "*", "annotations", "*", "hint"],
];

/// The report as JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Json;

impl Render for Json {
    fn spec(&self) -> FormatSpec {
        FormatSpec::new("json", "for programs: everything, with messages in every language (schema/report.schema.json)")
    }

    fn render(&self, report: &Report, _words: &Catalog, out: &mut dyn io::Write) -> io::Result<()> {
        let text = text(report, &Language::ALL.map(Catalog::load))?;
        writeln!(out, "{text}")
    }
}

/// Returns the JSON text with the sentences of these languages.
pub(super) fn text(report: &Report, languages: &[Catalog]) -> io::Result<String> {
    let value = with_sentences(report, languages)?;
    Ok(escape_unsafe(&serde_json::to_string_pretty(&value)?))
}

/// Replaces characters that a terminal may interpret with equivalent `\u` escapes.
///
/// All of them are inside strings, because serde_json does not emit such characters elsewhere.
fn escape_unsafe(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        let is_plain = c == '\n' || c == '\\' || !escape_controls(c.encode_utf8(&mut [0; 4])).starts_with('\\');
        if is_plain {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

/// Returns the report with the sentences of these languages.
fn with_sentences(report: &Report, languages: &[Catalog]) -> io::Result<Value> {
    let mut value = serde_json::to_value(report)?;
    for path in MESSAGE_PATHS {
        visit_path(&mut value, path, &mut |message| add_sentences(message, languages));
    }
    Ok(value)
}

/// Adds a message's sentences beside its id.
fn add_sentences(message: &mut Value, languages: &[Catalog]) {
    let Ok(sentence) = Message::deserialize(&*message) else {
        return;
    };
    for words in languages {
        message[words.language().tag()] = Value::String(words.format(&sentence));
    }
}

/// Calls `act` on each value that the path leads to.
fn visit_path(value: &mut Value, path: &[&str], act: &mut dyn FnMut(&mut Value)) {
    match path.split_first() {
        None => act(value),
        Some((&"*", rest)) => {
            for element in value.as_array_mut().into_iter().flatten() {
                visit_path(element, rest, act);
            }
        }
        Some((key, rest)) => {
            if let Some(inner) = value.get_mut(key) {
                visit_path(inner, rest, act);
            }
        }
    }
}

/// Returns the JSON Schema of the output of [`Json`]: `schema/report.schema.json`.
#[must_use]
pub(crate) fn schema() -> Schema {
    let mut schema = schema_for!(Report);
    schema.insert("title".to_owned(), json!("socklab report"));
    let properties = schema.pointer_mut("/$defs/Message/properties");
    if let Some(properties) = properties.and_then(Value::as_object_mut) {
        for language in Language::ALL {
            let about = format!("The sentence in the language `{}`, for readers.", language.tag());
            let sentence = json!({ "type": "string", "description": about });
            properties.insert(language.tag().to_owned(), sentence);
        }
    }
    schema
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::sample;
    use super::*;

    /// Returns the sample, with all annotations, as JSON with sentences.
    fn written() -> Value {
        let words = Language::ALL.map(sample::words);
        with_sentences(&sample::annotated(), &words).expect("serialises")
    }

    /// Collects every message object of the sample, except those inside another message.
    fn messages<'a>(value: &'a Value, out: &mut Vec<&'a Value>) {
        match value {
            Value::Array(all) => all.iter().for_each(|one| messages(one, out)),
            Value::Object(_) if value["id"].as_str().is_some_and(|id| id.starts_with("sample-")) => {
                out.push(value);
            }
            Value::Object(all) => all.values().for_each(|one| messages(one, out)),
            _ => {}
        }
    }

    #[test]
    fn messages_have_sentences_in_both_languages() {
        let value = written();
        let mut all = Vec::new();
        messages(&value, &mut all);
        assert!(all.len() > 10, "the sample has too few messages");
        for message in all {
            for language in Language::ALL {
                let sentence = message[language.tag()].as_str();
                assert!(sentence.is_some_and(|s| !s.contains('«')), "{message:#}");
            }
        }
    }

    #[test]
    fn json_reads_back_as_the_same_report() {
        let mut bytes = Vec::new();
        let words = Catalog::load(Language::English);
        Json.render(&sample::annotated(), &words, &mut bytes).expect("writes");
        let read: Report = serde_json::from_slice(&bytes).expect("reads");
        assert_eq!(read, sample::annotated());
    }

    #[test]
    fn output_matches_schema() {
        let validator = jsonschema::validator_for(schema().as_value()).expect("a sound schema");
        let mistakes: Vec<_> = validator.iter_errors(&written()).map(|e| e.to_string()).collect();
        assert!(mistakes.is_empty(), "{mistakes:#?}");
        let mut wrong = written();
        wrong["submissions"][0]["items"][0]["verdict"] = json!("maybe");
        assert!(!validator.is_valid(&wrong));
        let mut wrong = written();
        wrong["machine"]["cannot"][0]["because"]["pt-BR"] = json!(7);
        assert!(!validator.is_valid(&wrong));
    }

    #[test]
    fn committed_schema_is_current() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/report.schema.json");
        let current = serde_json::to_string_pretty(&schema()).expect("serialises") + "\n";
        if std::env::var_os("UPDATE_SCHEMAS").is_some_and(|set| set == "1") {
            std::fs::write(&file, &current).expect("writes the schema");
        }
        let committed = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            committed == current,
            "schema/report.schema.json is stale: run UPDATE_SCHEMAS=1 cargo test --lib report"
        );
    }
}
