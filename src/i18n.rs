//! Floor 1: formats messages as sentences of a language with Project Fluent. Does not know the
//! subjects of the messages.
//!
//! The catalogues are embedded, with one folder per language and one file per subject.

mod language;
mod template;
mod variables;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};
use fluent_syntax::ast::Pattern;
use unic_langid::LanguageIdentifier;

use crate::model::bytes::escape;
use crate::model::{Arg, Language, LocalizedText, Message};

pub use language::{parse_language, select_language};
pub use template::variable_names;
#[cfg(test)]
pub(crate) use variables::variants;

/// The list of catalogues: subject, English source, Brazilian Portuguese source.
const CATALOGS: &[(&str, &str, &str)] = &[
    ("common", include_str!("i18n/en/common.ftl"), include_str!("i18n/pt-BR/common.ftl")),
    ("report", include_str!("i18n/en/report.ftl"), include_str!("i18n/pt-BR/report.ftl")),
    ("result", include_str!("i18n/en/result.ftl"), include_str!("i18n/pt-BR/result.ftl")),
    ("judge", include_str!("i18n/en/judge.ftl"), include_str!("i18n/pt-BR/judge.ftl")),
    ("answers", include_str!("i18n/en/answers.ftl"), include_str!("i18n/pt-BR/answers.ftl")),
    ("errors", include_str!("i18n/en/errors.ftl"), include_str!("i18n/pt-BR/errors.ftl")),
    ("lines", include_str!("i18n/en/lines.ftl"), include_str!("i18n/pt-BR/lines.ftl")),
    ("http", include_str!("i18n/en/http.ftl"), include_str!("i18n/pt-BR/http.ftl")),
    ("messages", include_str!("i18n/en/messages.ftl"), include_str!("i18n/pt-BR/messages.ftl")),
    ("submission", include_str!("i18n/en/submission.ftl"), include_str!("i18n/pt-BR/submission.ftl")),
    ("author", include_str!("i18n/en/author.ftl"), include_str!("i18n/pt-BR/author.ftl")),
    ("cli", include_str!("i18n/en/cli.ftl"), include_str!("i18n/pt-BR/cli.ftl")),
    ("doctor", include_str!("i18n/en/doctor.ftl"), include_str!("i18n/pt-BR/doctor.ftl")),
    ("system", include_str!("i18n/en/system.ftl"), include_str!("i18n/pt-BR/system.ftl")),
    ("timeline", include_str!("i18n/en/timeline.ftl"), include_str!("i18n/pt-BR/timeline.ftl")),
    ("class", include_str!("i18n/en/class.ftl"), include_str!("i18n/pt-BR/class.ftl")),
    ("analyze", include_str!("i18n/en/analyze.ftl"), include_str!("i18n/pt-BR/analyze.ftl")),
    ("audit", include_str!("i18n/en/audit.ftl"), include_str!("i18n/pt-BR/audit.ftl")),
    ("explain", include_str!("i18n/en/explain.ftl"), include_str!("i18n/pt-BR/explain.ftl")),
    ("language", include_str!("i18n/en/language.ftl"), include_str!("i18n/pt-BR/language.ftl")),
    ("help", include_str!("i18n/en/help.ftl"), include_str!("i18n/pt-BR/help.ftl")),
    ("begin", include_str!("i18n/en/begin.ftl"), include_str!("i18n/pt-BR/begin.ftl")),
    ("service", include_str!("i18n/en/service.ftl"), include_str!("i18n/pt-BR/service.ftl")),
];

/// The largest whole number that Fluent keeps exactly, since it counts in `f64`.
const MAX_EXACT_INTEGER: u64 = 1 << 53;

/// Returns the subjects of a language's catalogues with their sources.
fn catalog_sources(language: Language) -> impl Iterator<Item = (&'static str, &'static str)> {
    CATALOGS.iter().map(move |&(subject, en, pt)| match language {
        Language::English => (subject, en),
        Language::Portuguese => (subject, pt),
    })
}

/// The messages of one language. Can be shared between threads.
///
/// A catalogue is parsed when a sentence of it is first asked for: a run whose items all pass needs
/// few of them, and the texts of causes are half of all sentences. No sentence refers to one of
/// another catalogue.
pub struct Catalog {
    language: Language,
    /// By the order of [`catalog_sources`].
    parts: Vec<CatalogPart>,
    /// The part of each sentence, by the sentence's id.
    part_of_id: HashMap<&'static str, usize>,
}

/// One catalogue, parsed on first use.
struct CatalogPart {
    source: &'static str,
    bundle: OnceLock<FluentBundle<FluentResource>>,
}

impl CatalogPart {
    /// Parses the catalogue if that was not done before.
    ///
    /// A syntax error in a catalogue only loses the sentences that contain it. A test finds such
    /// errors.
    fn bundle(&self, language: Language) -> &FluentBundle<FluentResource> {
        self.bundle.get_or_init(|| {
            let known: LanguageIdentifier = language.tag().parse().unwrap_or_default();
            let mut bundle = FluentBundle::new_concurrent(vec![known]);
            bundle.set_use_isolating(false);
            let parsed = FluentResource::try_new(self.source.to_owned());
            let _ = bundle.add_resource(parsed.unwrap_or_else(|(understood, _mistakes)| understood));
            bundle
        })
    }
}

/// Returns the ids that a catalogue defines: what stands before ` =` at the start of a line.
fn defined_ids(source: &str) -> impl Iterator<Item = &str> {
    source.lines().filter_map(|line| {
        let (id, _) = line.split_once(" =")?;
        id.starts_with(|first: char| first.is_ascii_alphabetic()).then_some(id)
    })
}

impl Catalog {
    /// Lists the sentences of a language.
    #[must_use]
    pub fn load(language: Language) -> Self {
        let mut words = Self { language, parts: Vec::new(), part_of_id: HashMap::new() };
        for (_, source) in catalog_sources(language) {
            words.add_source(source);
        }
        words
    }

    /// Adds a catalogue. An id that exists already keeps its sentence.
    fn add_source(&mut self, source: &'static str) {
        for id in defined_ids(source) {
            self.part_of_id.entry(id).or_insert(self.parts.len());
        }
        self.parts.push(CatalogPart { source, bundle: OnceLock::new() });
    }

    /// Returns the catalogue that has a sentence, if any has.
    fn bundle_of(&self, id: &str) -> Option<&FluentBundle<FluentResource>> {
        Some(self.parts.get(*self.part_of_id.get(id)?)?.bundle(self.language))
    }

    /// Adds the sentences of a test to the catalogue.
    #[cfg(test)]
    pub(crate) fn with_source(mut self, source: &'static str) -> Self {
        self.add_source(source);
        self
    }

    /// Returns the language.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// Formats a message as a sentence. Nested messages are formatted first.
    ///
    /// Values are escaped: they add no control characters, invisible characters or characters that
    /// change the writing direction. An unknown id results in `«id»` and the values.
    #[must_use]
    pub fn format(&self, message: &Message) -> String {
        let mut troubles = Vec::new();
        self.try_format(message, &mut troubles).unwrap_or_else(|| format_unknown(message))
    }

    /// As [`format`](Self::format), with the first of these attributes that the message has in the
    /// place of its value.
    #[must_use]
    pub fn format_variant(&self, message: &Message, variants: &[&str]) -> String {
        let attribute = self.bundle_of(&message.id).and_then(|bundle| {
            let found = bundle.get_message(&message.id)?;
            let attribute = variants.iter().find_map(|name| found.get_attribute(name))?;
            Some(self.format_pattern(bundle, attribute.value(), message, &mut Vec::new()))
        });
        attribute.unwrap_or_else(|| self.format(message))
    }

    /// Formats a message without values.
    #[must_use]
    pub fn sentence(&self, id: &'static str) -> String {
        self.format(&Message::new(id))
    }

    /// Returns an author's text in this language, unescaped. See [`escape_controls`] for escaping.
    #[must_use]
    pub fn author_text<'t>(&self, text: &'t LocalizedText) -> &'t str {
        text.in_language(self.language)
    }

    /// Formats a message, or returns `None` if its id is unknown.
    fn try_format(&self, message: &Message, troubles: &mut Vec<FluentError>) -> Option<String> {
        let bundle = self.bundle_of(&message.id)?;
        let sentence = bundle.get_message(&message.id)?.value()?;
        Some(self.format_pattern(bundle, sentence, message, troubles))
    }

    fn format_pattern(
        &self,
        bundle: &FluentBundle<FluentResource>,
        pattern: &Pattern<&str>,
        message: &Message,
        troubles: &mut Vec<FluentError>,
    ) -> String {
        let mut args = FluentArgs::with_capacity(message.args.len());
        for (name, arg) in &message.args {
            args.set(name.as_ref(), self.fluent_value(arg));
        }
        bundle.format_pattern(pattern, Some(&args), troubles).into_owned()
    }

    /// Converts a value for Fluent.
    fn fluent_value<'a>(&self, arg: &Arg) -> FluentValue<'a> {
        match arg {
            Arg::Number(number) if number.unsigned_abs() <= MAX_EXACT_INTEGER => FluentValue::from(*number),
            Arg::Number(number) => FluentValue::String(Cow::Owned(number.to_string())),
            Arg::Text(text) => FluentValue::String(Cow::Owned(escape_controls(text))),
            Arg::Message(message) => FluentValue::String(Cow::Owned(self.format(message))),
        }
    }
}

/// Formats a message whose id is unknown: the id and its values, as a hint to the maintainer of the
/// catalogue.
fn format_unknown(message: &Message) -> String {
    let mut out = format!("«{}»", escape_controls(&message.id));
    for (name, arg) in &message.args {
        let value = match arg {
            Arg::Number(number) => number.to_string(),
            Arg::Text(text) => format!("{text:?}"),
            Arg::Message(inner) => format_unknown(inner),
        };
        out.push_str(&escape_controls(&format!(" {name}={value}")));
    }
    out
}

/// Escapes every character that controls a terminal, is invisible or changes the writing direction.
///
/// Unlike [`printable_text`](crate::model::bytes::printable_text), leaves backslashes unchanged, so
/// that text which is already escaped stays the same.
#[must_use]
pub fn escape_controls(text: &str) -> String {
    // Most texts are plain, and a page has thousands of them.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\\' {
            out.push(c);
        } else {
            escape(&mut out, c);
        }
    }
    out
}

/// Returns the ids of all sentences of a language.
#[must_use]
pub fn message_ids(language: Language) -> BTreeSet<String> {
    variables::all(language).keys().map(|&id| id.to_owned()).collect()
}

#[cfg(test)]
mod tests;
