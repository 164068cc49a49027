//! `socklab serve NAME …` and `socklab client …`: start the bundled programs, which parse their own
//! options.

use std::process::ExitCode;

use clap::CommandFactory;

use super::Reader;
use super::arguments::Arguments;
use super::exit::Exit;
use crate::words::{Words, language_from};

/// Returns the arguments of this process from index `first`.
pub(super) fn words_from(first: usize) -> Vec<String> {
    std::env::args_os().skip(first).map(|word| word.to_string_lossy().into_owned()).collect()
}

/// Runs a bundled program. Its options are parsed by the program itself.
pub(super) fn run(verb: &str, words: &[String]) -> ExitCode {
    let (words, lang) = without_language(words);
    if let Some(trouble) = lang.and_then(|tag| Reader::new(Some(&tag)).err()) {
        return trouble.tell(&Words::of(language_from(None, &|name| std::env::var(name).ok())));
    }
    let words = words.as_slice();
    let asks_for_help = words.first().is_none_or(|word| word == "--help" || word == "-h");
    match (verb, words.split_first()) {
        ("serve", Some((name, options))) if !asks_for_help => crate::bundled::serve(name, options),
        ("serve", _) => {
            let mut command = Arguments::command();
            command.build();
            let help = command.find_subcommand_mut("serve").map(|serve| serve.render_help().to_string());
            Reader::print(&help.unwrap_or_default());
            if words.is_empty() { Exit::Usage.code() } else { Exit::Passed.code() }
        }
        _ => crate::bundled::client(words),
    }
}

/// Splits `--lang TAG`, which every command accepts, from the other words. The bundled programs
/// print in one language only and do not know the option.
pub(super) fn without_language(words: &[String]) -> (Vec<String>, Option<String>) {
    let (mut left, mut lang) = (Vec::new(), None);
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match word.split_once('=') {
            Some(("--lang", tag)) => lang = Some(tag.to_owned()),
            None if word == "--lang" => lang = rest.next().cloned(),
            // The value of an option may look like an option.
            None if VALUED.contains(&word.as_str()) => left.extend([word].into_iter().chain(rest.next()).cloned()),
            _ => left.push(word.clone()),
        }
    }
    (left, lang)
}

/// The options of the bundled programs that take a value.
const VALUED: [&str; 4] = ["--host", "--port", "--protocol", "--message"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lang_option_is_removed_but_option_values_are_kept() {
        let split = |line: &str| {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            let (left, lang) = without_language(&words);
            (left.join(" "), lang)
        };
        let portuguese = || Some("pt-BR".to_owned());
        assert_eq!(split("tcp-multi --lang pt-BR --port 1"), ("tcp-multi --port 1".to_owned(), portuguese()));
        assert_eq!(split("--lang=pt-BR tcp-multi"), ("tcp-multi".to_owned(), portuguese()));
        assert_eq!(split("--message --lang udp"), ("--message --lang udp".to_owned(), None));
        assert_eq!(split("tcp-multi --language x"), ("tcp-multi --language x".to_owned(), None));
    }
}
