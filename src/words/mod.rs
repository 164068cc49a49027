//! Floor 1: formats messages as sentences of a language with Project Fluent. Does not know the
//! subjects of the messages.
//!
//! The catalogues are embedded, with one folder per language and one file per subject.

mod language;
mod shape;
mod variables;

use std::borrow::Cow;
use std::collections::BTreeSet;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::model::bytes::safe;
use crate::model::{Arg, Language, Message, Text};

pub use language::{language_from, language_named};
pub use shape::values_of;

/// The list of catalogues: subject, English source, Brazilian Portuguese source.
const CATALOGUES: &[(&str, &str, &str)] = &[
    ("common", include_str!("en/common.ftl"), include_str!("pt-BR/common.ftl")),
    ("report", include_str!("en/report.ftl"), include_str!("pt-BR/report.ftl")),
    ("result", include_str!("en/result.ftl"), include_str!("pt-BR/result.ftl")),
    ("judge", include_str!("en/judge.ftl"), include_str!("pt-BR/judge.ftl")),
    ("lines", include_str!("en/lines.ftl"), include_str!("pt-BR/lines.ftl")),
    ("submission", include_str!("en/submission.ftl"), include_str!("pt-BR/submission.ftl")),
    ("author", include_str!("en/author.ftl"), include_str!("pt-BR/author.ftl")),
    ("cli", include_str!("en/cli.ftl"), include_str!("pt-BR/cli.ftl")),
    ("doctor", include_str!("en/doctor.ftl"), include_str!("pt-BR/doctor.ftl")),
    ("timeline", include_str!("en/timeline.ftl"), include_str!("pt-BR/timeline.ftl")),
    ("class", include_str!("en/class.ftl"), include_str!("pt-BR/class.ftl")),
    ("analyze", include_str!("en/analyze.ftl"), include_str!("pt-BR/analyze.ftl")),
    ("explain", include_str!("en/explain.ftl"), include_str!("pt-BR/explain.ftl")),
    ("language", include_str!("en/language.ftl"), include_str!("pt-BR/language.ftl")),
    ("help", include_str!("en/help.ftl"), include_str!("pt-BR/help.ftl")),
    ("begin", include_str!("en/begin.ftl"), include_str!("pt-BR/begin.ftl")),
    ("service", include_str!("en/service.ftl"), include_str!("pt-BR/service.ftl")),
];

/// The largest whole number that Fluent keeps exactly, since it counts in `f64`.
const EXACT: u64 = 1 << 53;

/// Returns the subjects of a language's catalogues with their sources.
fn sources(language: Language) -> impl Iterator<Item = (&'static str, &'static str)> {
    CATALOGUES.iter().map(move |&(subject, en, pt)| match language {
        Language::English => (subject, en),
        Language::Portuguese => (subject, pt),
    })
}

/// The message catalogue of one language. Can be shared between threads.
pub struct Words {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// Loads the catalogues of a language.
    ///
    /// A syntax error in a catalogue only loses the sentences that contain it. A test finds such
    /// errors.
    #[must_use]
    pub fn of(language: Language) -> Self {
        let known: LanguageIdentifier = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![known]);
        bundle.set_use_isolating(false);
        let mut words = Self { language, bundle };
        for (_, source) in sources(language) {
            words.add(source);
        }
        words
    }

    /// Adds a catalogue. An id that exists already keeps its sentence.
    fn add(&mut self, source: &str) {
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(understood, _mistakes)| understood);
        let _ = self.bundle.add_resource(resource);
    }

    /// Adds the sentences of a test to the catalogue.
    #[cfg(test)]
    pub(crate) fn and(mut self, source: &str) -> Self {
        self.add(source);
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
    pub fn say(&self, message: &Message) -> String {
        let mut troubles = Vec::new();
        self.try_say(message, &mut troubles).unwrap_or_else(|| unknown(message))
    }

    /// Formats a message without values.
    #[must_use]
    pub fn word(&self, id: &'static str) -> String {
        self.say(&Message::new(id))
    }

    /// Returns an author's text in this language, unescaped. See [`plain`] for escaping.
    #[must_use]
    pub fn text<'t>(&self, text: &'t Text) -> &'t str {
        text.in_language(self.language)
    }

    /// Formats a message, or returns `None` if its id is unknown.
    fn try_say(&self, message: &Message, troubles: &mut Vec<FluentError>) -> Option<String> {
        let sentence = self.bundle.get_message(&message.id)?.value()?;
        let mut args = FluentArgs::with_capacity(message.args.len());
        for (name, arg) in &message.args {
            args.set(name.as_ref(), self.value(arg));
        }
        Some(self.bundle.format_pattern(sentence, Some(&args), troubles).into_owned())
    }

    /// Converts a value for Fluent.
    fn value<'a>(&self, arg: &Arg) -> FluentValue<'a> {
        match arg {
            Arg::Number(number) if number.unsigned_abs() <= EXACT => FluentValue::from(*number),
            Arg::Number(number) => FluentValue::String(Cow::Owned(number.to_string())),
            Arg::Text(text) => FluentValue::String(Cow::Owned(plain(text))),
            Arg::Message(message) => FluentValue::String(Cow::Owned(self.say(message))),
        }
    }
}

/// Formats a message whose id is unknown: the id and its values, as a hint to the maintainer of the
/// catalogue.
fn unknown(message: &Message) -> String {
    let mut out = format!("«{}»", plain(&message.id));
    for (name, arg) in &message.args {
        let value = match arg {
            Arg::Number(number) => number.to_string(),
            Arg::Text(text) => format!("{text:?}"),
            Arg::Message(inner) => unknown(inner),
        };
        out.push_str(&plain(&format!(" {name}={value}")));
    }
    out
}

/// Escapes every character that controls a terminal, is invisible or changes the writing direction.
///
/// Unlike [`safe`], leaves backslashes unchanged, so that text which is already escaped stays the
/// same.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\\' {
            out.push(c);
        } else {
            out.push_str(&safe(c.encode_utf8(&mut [0; 4])));
        }
    }
    out
}

/// Returns the ids of all sentences of a language.
#[must_use]
pub fn ids(language: Language) -> BTreeSet<String> {
    variables::all(language).keys().map(|&id| id.to_owned()).collect()
}

#[cfg(test)]
mod tests;
