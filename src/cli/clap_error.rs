//! Explains an invalid command line in the user's language, with a suggestion. The facts are
//! clap's; if no message exists for an error, clap's own text is printed.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::exit::error_message;
use super::serve::split_language;
use crate::i18n::{Catalog, escape_controls, parse_language, select_language};
use crate::model::{Language, Message};

/// Returns the catalogue in the user's language, although the command line could not be parsed: it
/// searches the raw words for `--lang`.
pub(super) fn catalog(line: &[String]) -> Catalog {
    Catalog::load(language(line))
}

/// The reader's language, before the command line is parsed: from `--lang` anywhere in it, else
/// from the environment.
pub(super) fn language(line: &[String]) -> Language {
    let lang = split_language(line).1.filter(|tag| parse_language(tag).is_some());
    select_language(lang.as_deref(), &|name| std::env::var(name).ok())
}

/// Returns the error and the usage of the command. Returns `None` if clap has to print something
/// else, or if no message exists for the error.
pub(super) fn explain_error(wrong: &clap::Error, words: &Catalog) -> Option<String> {
    let mut lines = vec![words.format(&error_message(message(wrong)?))];
    if let Some(usage) = context_text(wrong, ContextKind::Usage) {
        let usage = usage.trim().trim_start_matches("Usage:").trim().to_owned();
        lines.push(words.format(&Message::new("cli-misread-usage").with("usage", usage)));
    }
    lines.push(words.sentence("cli-misread-help"));
    Some(lines.join("\n") + "\n")
}

fn message(wrong: &clap::Error) -> Option<Message> {
    let one = |kind| context_text(wrong, kind);
    let arg = || one(ContextKind::InvalidArg);
    Some(match wrong.kind() {
        ErrorKind::UnknownArgument => unknown_word("cli-misread-option", "arg", arg()?, one(ContextKind::SuggestedArg)),
        ErrorKind::InvalidSubcommand => {
            let verb = one(ContextKind::InvalidSubcommand)?;
            // Of several suggestions, the nearest comes last.
            let nearest = one(ContextKind::SuggestedSubcommand);
            let nearest = nearest.and_then(|all| all.rsplit(", ").next().map(str::to_owned));
            unknown_word("cli-misread-verb", "verb", verb, nearest)
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let message = value(wrong, &arg()?, one(ContextKind::InvalidValue)?);
            with_suggestion(message, one(ContextKind::SuggestedValue))
        }
        ErrorKind::MissingRequiredArgument => Message::new("cli-misread-missing").with("args", arg()?),
        ErrorKind::ArgumentConflict => {
            Message::new("cli-misread-conflict").with("arg", arg()?).with("other", one(ContextKind::PriorArg)?)
        }
        _ => return None,
    })
}

/// Reports an unknown word, with the most similar known one if there is one.
fn unknown_word(id: &'static str, name: &'static str, word: String, near: Option<String>) -> Message {
    with_suggestion(Message::new(id).with(name, word), near)
}

fn with_suggestion(message: Message, near: Option<String>) -> Message {
    match near {
        Some(near) => Message::new("cli-misread-near").with("what", message).with("near", near),
        None => message,
    }
}

fn value(wrong: &clap::Error, arg: &str, value: String) -> Message {
    let known = context_text(wrong, ContextKind::ValidValue).filter(|known| !known.is_empty());
    let problem = std::error::Error::source(wrong).map(ToString::to_string).unwrap_or_default();
    let range = problem.split_once(" is not in ").and_then(|(_, range)| range.split_once("..="));
    let message = match (value.is_empty(), known, range) {
        (true, Some(known), _) => Message::new("cli-misread-no-value").with("known", known),
        (true, None, _) => Message::new("cli-misread-no-value"),
        (false, Some(known), _) => Message::new("cli-misread-value-known").with("known", known),
        (false, None, Some((low, high))) => Message::new("cli-misread-range").with("low", low).with("high", high),
        (false, None, None) => Message::new("cli-misread-value"),
    };
    message.with("arg", arg).with("value", value)
}

/// Returns the context of this kind as one line of plain text, without terminal control characters.
fn context_text(wrong: &clap::Error, kind: ContextKind) -> Option<String> {
    let whole = match wrong.get(kind)? {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(all) => all.join(", "),
        ContextValue::StyledStr(text) => text.to_string(),
        _ => return None,
    };
    let lines: Vec<String> = whole.lines().map(|line| escape_controls(line.trim())).collect();
    Some(lines.join(" "))
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use rstest::rstest;

    use super::super::arguments::Arguments;
    use super::*;

    fn explanation_of(line: &str, language: Language) -> Option<String> {
        let wrong = Arguments::try_parse_from(line.split(' ')).expect_err("it is wrong");
        explain_error(&wrong, &Catalog::load(language))
    }

    #[rstest]
    #[case::option("socklab run --jbos 3", "erro: opção desconhecida: “--jbos”; você quis dizer “--jobs”?")]
    #[case::option_far_off("socklab run --zebra", "erro: opção desconhecida: “--zebra”\n")]
    #[case::verb("socklab chekc", "erro: comando desconhecido: “chekc”; você quis dizer “check”?")]
    #[case::range("socklab run --jobs 0", "erro: “0” está fora da faixa de “--jobs <JOBS>”: de 1 a 256")]
    #[case::number("socklab run --seed x", "erro: valor inválido “x” para “--seed <SEED>”")]
    #[case::known(
        "socklab run --stage cloud",
        "valor inválido “cloud” para “--stage <STAGE>”; valores possíveis: auto, isolated, plain"
    )]
    #[case::like_a_known_one("socklab run --stage isolatd", "isolated, plain; você quis dizer “isolated”?")]
    #[case::missing("socklab analyze", "erro: falta o argumento <FILE>")]
    #[case::conflict("socklab run a.yaml --lab x", "não pode ser usado com")]
    fn error_is_localized_with_suggestion(#[case] line: &str, #[case] expected: &str) {
        let text = explanation_of(line, Language::Portuguese).expect("there are words for it");
        assert!(text.contains(expected), "{text}");
        // For an invalid value clap does not give the usage.
        assert_eq!(
            text.contains("uso: socklab"),
            !text.contains("valor inválido") && !text.contains("está fora"),
            "{text}"
        );
        assert!(text.ends_with("use --help\n"), "{text}");
        assert!(!text.contains("Usage") && !text.contains("error:"), "{text}");
        assert!(explanation_of(line, Language::English).is_some_and(|text| text.starts_with("error: ")));
    }

    #[test]
    fn help_and_version_are_not_errors() {
        for line in ["socklab --help", "socklab --version", "socklab run --help", "socklab"] {
            assert_eq!(explanation_of(line, Language::Portuguese), None, "{line}");
        }
    }

    #[test]
    fn control_characters_are_escaped() {
        let text = explanation_of("socklab run --\u{1b}[31m", Language::English).expect("there are words for it");
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }
}
