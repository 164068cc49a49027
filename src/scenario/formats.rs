//! The section `formats`: layouts of messages as authors write them, and the mistakes in them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Unexpected, Visitor};

use super::Scenario;
use super::diagnostic::{Diagnostic, DiagnosticKind};
use super::expect::Expectation;
use super::regex_error::error_in;
use super::step::Step;
use super::template::is_variable_name;
use crate::model::{Message, YamlPath};
use crate::packet::layout::{Field, Layout, LayoutFault, LinePattern, NotationError};

/// The key of a format for lines, instead of fields.
const LINE_KEY: &str = "line";

/// A format as written.
#[derive(Debug, Clone, PartialEq)]
pub enum FormatText {
    /// Binary fields: names and notations, in order.
    Fields(Vec<(String, String)>),
    /// A regular expression for lines.
    Line(String),
    /// One JSON object per line.
    Json,
}

impl<'de> Deserialize<'de> for FormatText {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = FormatText;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("expected-format")
            }
            fn visit_str<E: Error>(self, word: &str) -> Result<FormatText, E> {
                if word == "json" { Ok(FormatText::Json) } else { Err(E::invalid_value(Unexpected::Str(word), &self)) }
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FormatText, A::Error> {
                let mut fields = Vec::new();
                while let Some(entry) = map.next_entry::<String, String>()? {
                    fields.push(entry);
                }
                match fields.as_slice() {
                    [(key, pattern)] if key == LINE_KEY => Ok(FormatText::Line(pattern.clone())),
                    _ => Ok(FormatText::Fields(fields)),
                }
            }
        }
        from.deserialize_any(Form)
    }
}

impl JsonSchema for FormatText {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Format".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The format of a message: binary fields in order, a regular expression for lines \
                (its named groups are the fields), or `json` (one object per line).",
            "anyOf": [
                { "const": "json" },
                {
                    "type": "object",
                    "properties": { LINE_KEY: { "type": "string" } },
                    "required": [LINE_KEY],
                    "additionalProperties": false,
                },
                {
                    "type": "object",
                    "propertyNames": { "pattern": "^[a-z][a-z0-9_]{0,31}$" },
                    "additionalProperties": { "type": "string" },
                    "minProperties": 1,
                },
            ],
            "examples": ["json", { "type": "u8", "seq": "u16be", "length": "u16be", "data": "bytes(length)" }],
        })
    }
}

impl Scenario {
    /// Returns the names of the values that its steps capture.
    pub(super) fn captures(&self) -> BTreeSet<String> {
        let names = |step: &Step| match step {
            Step::Receive(receive) => receive.capture.values().cloned().collect(),
            _ => Vec::new(),
        };
        self.steps.iter().flat_map(names).collect()
    }

    /// Passes the layouts to the expectations that compare messages.
    pub(super) fn resolve_formats(&mut self) {
        for expectation in self.items.iter_mut().flat_map(|item| &mut item.expect) {
            match expectation {
                Expectation::Messages(messages) => messages.layout = self.formats.get(&messages.format).cloned(),
                Expectation::Reliable(reliable) => reliable.layout = self.formats.get(&reliable.format).cloned(),
                _ => {}
            }
        }
    }
}

/// Where the formats of a file are written: its name, its text, and the path of the section.
#[derive(Debug, Clone, Copy)]
pub(super) struct FormatSource<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
}

/// Returns the layouts of the formats and of those of the lab, `None` for those that have mistakes, and
/// reports the mistakes. Redeclaring a format of the lab is one: its readers would not know which
/// counts.
pub(super) fn resolve(
    written: &BTreeMap<String, FormatText>,
    of_lab: Option<&BTreeMap<String, Option<Layout>>>,
    source: FormatSource<'_>,
    out: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Option<Layout>> {
    let section = YamlPath::default().key("formats");
    let mut layouts = of_lab.cloned().unwrap_or_default();
    for (name, format) in written {
        let path = section.key(name);
        let before = out.len();
        if layouts.contains_key(name) {
            out.push(source.at(&path, DiagnosticKind::FormatTwice.with("name", name.as_str())));
        }
        if !is_variable_name(name) {
            out.push(source.at(&path, DiagnosticKind::FieldName.with("name", name.as_str())));
        }
        let layout = match format {
            FormatText::Json => Layout::Json,
            FormatText::Line(pattern) => line_layout(pattern, &path.key(LINE_KEY), source, out),
            FormatText::Fields(fields) => Layout::Fields(binary_fields(fields, &path, source, out)),
        };
        layouts.insert(name.clone(), (out.len() == before).then_some(layout));
    }
    layouts
}

impl FormatSource<'_> {
    fn at(&self, path: &YamlPath, mistake: impl Into<super::diagnostic::Mistake>) -> Diagnostic {
        Diagnostic::at(self.file, self.text, path, mistake)
    }

    /// Reports a mistake at a part of a notation, with the words that may have been meant.
    fn at_part(
        &self,
        path: &YamlPath,
        notation: &str,
        part: &str,
        kind: DiagnosticKind,
        candidates: &[&str],
    ) -> Diagnostic {
        let start = notation.find(part).unwrap_or(0);
        let mistake = kind.with("name", part);
        let span = (notation, start..start + part.len());
        let mut diagnostic = Diagnostic::inside_value(self.file, self.text, path, span, mistake);
        if !candidates.is_empty() {
            let words = Message::new("expected-one-of").with("words", candidates.join(", "));
            diagnostic = diagnostic.with_expected(words);
        }
        diagnostic.with_nearest(part, candidates)
    }
}

fn line_layout(pattern: &str, path: &YamlPath, source: FormatSource<'_>, out: &mut Vec<Diagnostic>) -> Layout {
    if let Some(error) = error_in(pattern) {
        let mistake = DiagnosticKind::Regex.with("problem", error.problem);
        let span = (pattern, error.span.unwrap_or(0..pattern.len()));
        out.push(Diagnostic::inside_value(source.file, source.text, path, span, mistake));
    }
    Layout::Line(LinePattern::new(pattern))
}

fn binary_fields(
    written: &[(String, String)],
    path: &YamlPath,
    source: FormatSource<'_>,
    out: &mut Vec<Diagnostic>,
) -> Vec<Field> {
    let before = out.len();
    if written.is_empty() {
        out.push(source.at(path, DiagnosticKind::NoFields));
    }
    let mut fields = Vec::new();
    for (name, notation) in written {
        let here = path.key(name);
        // The words of the notation cannot be names of fields.
        if !is_variable_name(name) || matches!(name.as_str(), "rest" | "zero" | "all") {
            out.push(source.at(&here, DiagnosticKind::FieldName.with("name", name.as_str())));
        }
        match Field::parse(name, notation) {
            Ok(field) => fields.push(field),
            Err(error) => {
                let kind = match error {
                    NotationError::Type(_) => DiagnosticKind::FieldType,
                    NotationError::Size(_) => DiagnosticKind::FieldSize,
                    NotationError::Rule(_) => DiagnosticKind::FieldRule,
                };
                out.push(source.at_part(&here, notation, error.part(), kind, error.candidates()));
            }
        }
    }
    if out.len() > before {
        return fields;
    }
    for (at, fault) in Layout::faults_of(&fields) {
        let (name, notation) = &written[at];
        let here = path.key(name);
        let names = |range: std::ops::Range<usize>, numbers: bool| -> Vec<&str> {
            let is_wanted =
                |field: &&Field| matches!(field.kind, crate::packet::layout::FieldKind::Number(_)) == numbers;
            fields[range].iter().filter(is_wanted).map(|field| field.name.as_str()).collect()
        };
        out.push(match fault {
            LayoutFault::Size(size) => {
                source.at_part(&here, notation, &size, DiagnosticKind::SizeField, &names(0..at, true))
            }
            LayoutFault::Length(counted) => {
                let all = names(0..fields.len(), false);
                source.at_part(&here, notation, &counted, DiagnosticKind::CountedField, &all)
            }
            LayoutFault::Constant(_) => {
                let rule = notation.split_once('=').map_or("", |(_, rule)| rule.trim());
                source.at_part(&here, notation, rule, DiagnosticKind::FieldConstant, &[])
            }
            LayoutFault::Checksum(checksum) => {
                source.at_part(&here, notation, checksum.name(), DiagnosticKind::ChecksumSize, &[])
            }
            LayoutFault::AfterRest(rest) => source.at(&here, DiagnosticKind::AfterRest.with("name", rest)),
        });
    }
    fields
}
