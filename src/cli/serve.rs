//! `socklab serve NAME …` and `socklab client …`: start the bundled programs, which parse their own
//! options.

use std::process::ExitCode;

use super::exit::ExitStatus;
use super::{Ui, help};
use crate::bundled::{SERVERS, default_port};
use crate::i18n::{Catalog, select_language};
use crate::model::Language;

/// Returns the arguments of this process from index `first`.
pub(super) fn arguments_from(first: usize) -> Vec<String> {
    std::env::args_os().skip(first).map(|word| word.to_string_lossy().into_owned()).collect()
}

/// Runs a bundled program. Its options are parsed by the program itself.
pub(super) fn run(verb: &str, words: &[String], lang: Option<&str>) -> ExitCode {
    let (words, own) = split_language(words);
    let lang = own.as_deref().or(lang);
    if let Some(trouble) = lang.and_then(|tag| Ui::new(Some(tag)).err()) {
        return trouble.print(&Catalog::load(select_language(None, &|name| std::env::var(name).ok())));
    }
    let language = select_language(lang, &|name| std::env::var(name).ok());
    let words = words.as_slice();
    if let Some(help) = program_help(verb, words, language) {
        Ui::print(&help);
        return ExitStatus::Passed.code();
    }
    let asks_for_help = words.first().is_none_or(|word| word == "--help" || word == "-h");
    match (verb, words.split_first()) {
        ("serve", Some((name, options))) if !asks_for_help => crate::bundled::serve(name, options),
        ("serve", _) => {
            let mut command = help::command(&Catalog::load(language));
            command.build();
            let help = command.find_subcommand_mut("serve").map(|serve| serve.render_help().to_string());
            Ui::print(&help.unwrap_or_default());
            if words.is_empty() { ExitStatus::Usage.code() } else { ExitStatus::Passed.code() }
        }
        _ => crate::bundled::client(words),
    }
}

/// The help that one of these programs is asked for, in a language that the program itself does not
/// have.
fn program_help(verb: &str, words: &[String], language: Language) -> Option<String> {
    if language == Language::English {
        return None;
    }
    let (name, options) = match (verb, words.split_first()) {
        ("serve", Some((name, options))) if SERVERS.contains(&name.as_str()) => (name.as_str(), options),
        ("client", _) => ("client", words),
        _ => return None,
    };
    let mut rest = options.iter();
    while let Some(word) = rest.next() {
        if word == "--help" || word == "-h" {
            return Some(help::of_program(verb, name, default_port(name), &Catalog::load(language)));
        }
        if VALUE_OPTIONS.contains(&word.as_str()) {
            rest.next();
        }
    }
    None
}

/// Splits `--lang TAG`, which every command accepts, from the other words. The bundled programs
/// print in one language only and do not know the option.
pub(super) fn split_language(words: &[String]) -> (Vec<String>, Option<String>) {
    let (mut left, mut lang) = (Vec::new(), None);
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match word.split_once('=') {
            Some(("--lang", tag)) => lang = Some(tag.to_owned()),
            None if word == "--lang" => lang = rest.next().cloned(),
            // The value of an option may look like an option.
            None if VALUE_OPTIONS.contains(&word.as_str()) => {
                left.extend([word].into_iter().chain(rest.next()).cloned())
            }
            _ => left.push(word.clone()),
        }
    }
    (left, lang)
}

/// The options of the bundled programs that take a value.
const VALUE_OPTIONS: [&str; 4] = ["--host", "--port", "--protocol", "--message"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lang_option_is_removed_but_option_values_are_kept() {
        let split = |line: &str| {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            let (left, lang) = split_language(&words);
            (left.join(" "), lang)
        };
        let portuguese = || Some("pt-BR".to_owned());
        assert_eq!(split("tcp-multi --lang pt-BR --port 1"), ("tcp-multi --port 1".to_owned(), portuguese()));
        assert_eq!(split("--lang=pt-BR tcp-multi"), ("tcp-multi".to_owned(), portuguese()));
        assert_eq!(split("--message --lang udp"), ("--message --lang udp".to_owned(), None));
        assert_eq!(split("tcp-multi --language x"), ("tcp-multi --language x".to_owned(), None));
    }
}
