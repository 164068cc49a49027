//! Renders the report as JSON for other programs, with each message's sentence in every language.
//!
//! The output deserializes to the same `Report`, which ignores the sentences.

use std::io::{self, Write as _};

use schemars::{Schema, schema_for};
use serde::ser::{Error as _, SerializeMap as _, SerializeSeq as _};
use serde::{Deserialize as _, Serialize, Serializer};
use serde_json::ser::{Formatter, PrettyFormatter};
use serde_json::{Value, json};

use crate::i18n::{Catalog, escape_controls};
use crate::model::{Language, Message, Report};

use super::class_report::without_submissions;
use super::{ClassReport, FormatSpec, Render};

/// The paths of messages in a report, except in its submissions (`*`: each element).
const RUN_PATHS: [&[&str]; 1] = [&["machine", "cannot", "*", "because"]];
/// The paths of messages in a submission.
const SUBMISSION_PATHS: [&[&str]; 12] = [
    &["reason"],
    &["notes", "*"],
    &["programs", "*", "because"],
    &["items", "*", "documented", "notes", "*"],
    &["items", "*", "reason"],
    &["items", "*", "story", "*"],
    &["items", "*", "notes", "*"],
    &["items", "*", "findings", "*", "because"],
    &["items", "*", "findings", "*", "hint"],
    &["items", "*", "findings", "*", "notes", "*"],
    &["items", "*", "annotations", "*", "judged"],
    &["items", "*", "annotations", "*", "hint"],
];

/// The report as JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Json;

impl Render for Json {
    fn spec(&self) -> FormatSpec {
        FormatSpec::new("json", "for programs: everything, with messages in every language (schema/report.schema.json)")
    }

    fn render_class(&self, class: ClassReport<'_>, _words: &Catalog, out: &mut dyn io::Write) -> io::Result<()> {
        write(class, &Language::ALL.map(Catalog::load), out)
    }
}

/// Writes the JSON text with the sentences of these languages.
pub(super) fn write(class: ClassReport<'_>, languages: &[Catalog], out: &mut dyn io::Write) -> io::Result<()> {
    let run = with_sentences(&without_submissions(class.run), &RUN_PATHS, languages)?;
    let mut out = io::BufWriter::new(out);
    let formatter = SafeFormatter { pretty: PrettyFormatter::new() };
    let whole = Whole { run: &run, submissions: AllSubmissions { class, languages } };
    whole.serialize(&mut serde_json::Serializer::with_formatter(&mut out, formatter))?;
    out.write_all(b"\n")?;
    out.flush()
}

/// A report whose submissions are read while they are written.
struct Whole<'a> {
    run: &'a Value,
    submissions: AllSubmissions<'a>,
}

impl Serialize for Whole<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in self.run.as_object().into_iter().flatten() {
            if key == "submissions" {
                map.serialize_entry(key, &self.submissions)?;
            } else {
                map.serialize_entry(key, value)?;
            }
        }
        map.end()
    }
}

struct AllSubmissions<'a> {
    class: ClassReport<'a>,
    languages: &'a [Catalog],
}

impl Serialize for AllSubmissions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_seq(None)?;
        let mut failed = None;
        let written = self.class.each(|submission| {
            let value = with_sentences(submission, &SUBMISSION_PATHS, self.languages)?;
            all.serialize_element(&value).map_err(|error| {
                let text = io::Error::other(error.to_string());
                failed = Some(error);
                text
            })
        });
        // The error itself tells whether a pipe was closed.
        failed.map_or(Ok(()), Err)?;
        written.map_err(S::Error::custom)?;
        all.end()
    }
}

/// Writes characters that a terminal may interpret as equivalent `\u` escapes.
struct SafeFormatter {
    pretty: PrettyFormatter<'static>,
}

/// Functions that are those of the pretty format.
macro_rules! pretty {
    ($($name:ident($($argument:ident: $kind:ty),*);)*) => {
        $(fn $name<W: ?Sized + io::Write>(&mut self, out: &mut W $(, $argument: $kind)*) -> io::Result<()> {
            self.pretty.$name(out $(, $argument)*)
        })*
    };
}

impl Formatter for SafeFormatter {
    pretty! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        begin_object_value();
        end_object_value();
    }

    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        // Nearly all text is of these characters.
        if fragment.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return out.write_all(fragment.as_bytes());
        }
        for c in fragment.chars() {
            let mut bytes = [0; 4];
            let text = &*c.encode_utf8(&mut bytes);
            if c.is_ascii_graphic() || c == ' ' || !escape_controls(text).starts_with('\\') {
                out.write_all(text.as_bytes())?;
                continue;
            }
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
        }
        Ok(())
    }
}

/// Converts a report or a submission to JSON and adds the sentence of each message at these paths
/// in each language.
fn with_sentences(part: &impl Serialize, paths: &[&[&str]], languages: &[Catalog]) -> io::Result<Value> {
    let mut value = serde_json::to_value(part)?;
    for path in paths {
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
        let report = sample::annotated();
        let mut bytes = Vec::new();
        write(ClassReport::of(&report), &words, &mut bytes).expect("writes");
        serde_json::from_slice(&bytes).expect("JSON")
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
