//! `--help` in the reader's language. The English texts are the doc comments of the arguments; the
//! catalogues (`help.ftl`) have them in every language, by the ids of commands and arguments, and
//! tests keep them complete. It parses nothing itself.

use clap::{Arg, Command, CommandFactory, FromArgMatches, Parser};

use super::arguments::Arguments;
use crate::i18n::Catalog;
use crate::model::{Language, Message};

/// Parses the command line; errors and help are in this language as far as clap's texts can be
/// replaced.
///
/// # Errors
/// Returns an error if the command line is invalid or asks for help or the version.
pub(super) fn parse(language: Language) -> Result<Arguments, clap::Error> {
    if language == Language::English {
        return Arguments::try_parse();
    }
    let matches = command(&Catalog::load(language)).try_get_matches()?;
    Arguments::from_arg_matches(&matches)
}

/// The command line with its help texts in the language of these words.
pub(super) fn command(words: &Catalog) -> Command {
    let mut command = Arguments::command();
    if words.language() == Language::English {
        return command;
    }
    // Adds what clap generates (`--help`, `--version`, the command `help`), so that it is
    // translated too.
    command.build();
    translated(command, words)
}

/// The help of a bundled server, or of the bundled client, by the command that runs it.
pub(super) fn of_program(command: &str, name: &str, port: u16, words: &Catalog) -> String {
    let id = if command == "client" { "help-client-program" } else { "help-serve-program" };
    let concurrent = if name == "tcp-multi" { "yes" } else { "no" };
    words.format(&Message::new(id).with("name", name).with("port", port.to_string()).with("concurrent", concurrent))
        + "\n"
}

fn translated(command: Command, words: &Catalog) -> Command {
    let name = command.get_name().to_owned();
    let after = command.get_after_help().is_some().then(|| words.try_sentence(&format!("help-{name}-after"))).flatten();
    let about = words.try_sentence(&format!("help-{name}"));
    let mut command = command
        .subcommand_help_heading(words.sentence("help-word-commands"))
        .mut_args(|arg| argument(arg, &name, words))
        .mut_subcommands(|inner| translated(inner, words));
    if let Some(about) = about {
        command = command.about(about);
    }
    if let Some(after) = after {
        command = command.after_help(after);
    }
    let usage = usage(&mut command, words);
    let style = *command.get_styles().get_usage();
    let heading = words.sentence("help-word-usage");
    command.override_usage(usage).help_template(format!(
        "{{before-help}}{{about-with-newline}}\n{style}{heading}:{style:#} {{usage}}\n\n{{all-args}}{{after-help}}"
    ))
}

/// How the command is used, without its heading. Styled, as clap has it.
fn usage(command: &mut Command, words: &Catalog) -> String {
    let usage = command.render_usage().ansi().to_string();
    let usage = usage.split_once(' ').map_or(&*usage, |(_heading, usage)| usage);
    usage
        .replace("[OPTIONS]", &format!("[{}]", words.sentence("help-value-options")))
        .replace("<COMMAND>", &format!("<{}>", words.sentence("help-value-command")))
        .replace("[COMMAND]", &format!("[{}]", words.sentence("help-value-command")))
}

fn argument(arg: Arg, command: &str, words: &Catalog) -> Arg {
    let id = arg.get_id().as_str().to_owned();
    let heading = if arg.is_positional() { "help-word-arguments" } else { "help-word-options" };
    let names: Vec<String> = arg.get_value_names().into_iter().flatten().map(|name| value_name(name, words)).collect();
    let is_long = arg.get_long_help().is_some();
    let (short, long) = descriptions(&arg, command, &id, words);
    let mut arg =
        arg.help_heading(words.sentence(heading)).hide_default_value(true).hide_possible_values(true).help(short);
    if let Some(long) = long.or_else(|| arg.get_help().filter(|_| is_long).map(ToString::to_string)) {
        arg = arg.long_help(long);
    }
    if names.is_empty() || !arg.get_action().takes_values() { arg } else { arg.value_names(names) }
}

/// The short description of an argument and, if its values have descriptions, the long one: with
/// defaults and possible values.
fn descriptions(arg: &Arg, command: &str, id: &str, words: &Catalog) -> (String, Option<String>) {
    let text =
        argument_text(words, command, id).or_else(|| arg.get_help().map(ToString::to_string)).unwrap_or_default();
    if !arg.get_action().takes_values() {
        return (text, None);
    }
    let bracketed = |word: &'static str, values: &[String]| {
        if values.is_empty() { String::new() } else { format!("[{}: {}]", words.sentence(word), values.join(", ")) }
    };
    let defaults: Vec<String> =
        arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let default = bracketed("help-word-default", &defaults);
    let values = arg.get_possible_values();
    let values: Vec<_> = values.iter().filter(|value| !value.is_hide_set()).collect();
    let names: Vec<String> = values.iter().map(|value| value.get_name().to_owned()).collect();
    let possible = bracketed("help-word-possible-values", &names);
    let joined = |parts: &[&String], between: &str| {
        parts.iter().filter(|part| !part.is_empty()).map(|part| part.as_str()).collect::<Vec<_>>().join(between)
    };
    let short = joined(&[&text, &default, &possible], " ");
    let width = names.iter().map(String::len).max().unwrap_or_default() + 1;
    let lines: Vec<String> = values
        .iter()
        .filter_map(|value| {
            let about = argument_text(words, command, &format!("{id}-{}", value.get_name()))?;
            Some(format!("- {:width$} {about}", format!("{}:", value.get_name())))
        })
        .collect();
    let list = format!("{}:\n{}", capitalized(&words.sentence("help-word-possible-values")), lines.join("\n"));
    let long = (!lines.is_empty()).then(|| joined(&[&text, &list, &default], "\n\n"));
    (short, long)
}

/// The text of an argument: its own (`help-COMMAND-ARGUMENT`), or that of every argument of its
/// name (`help-any-ARGUMENT`).
fn argument_text(words: &Catalog, command: &str, id: &str) -> Option<String> {
    words.try_sentence(&format!("help-{command}-{id}")).or_else(|| words.try_sentence(&format!("help-any-{id}")))
}

/// The placeholder of a value, such as `DIR` or `ROLE=COMMAND`.
fn value_name(name: &str, words: &Catalog) -> String {
    words.try_sentence(&format!("help-value-{}", value_id(name))).unwrap_or_else(|| name.to_owned())
}

fn value_id(name: &str) -> String {
    name.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-")
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests;
