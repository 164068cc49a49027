//! Every text of the help is in the catalogues: in English as the doc comments have it, in
//! Portuguese with no English left.

use std::collections::BTreeSet;

use super::*;
use crate::i18n::message_ids;

/// What a text is of, which decides where its ids are looked up.
struct Text {
    /// The ids that it may have, its own first.
    ids: Vec<String>,
    english: String,
}

/// Every text of the English help, but for those that clap generates.
fn texts() -> Vec<Text> {
    let mut command = Arguments::command();
    command.build();
    let mut all = Vec::new();
    collect(&command, &mut all);
    all
}

fn collect(command: &Command, all: &mut Vec<Text>) {
    let name = command.get_name();
    let mut add = |ids: Vec<String>, text: Option<&clap::builder::StyledStr>| {
        all.extend(text.map(|text| Text { ids, english: text.to_string() }));
    };
    add(vec![format!("help-{name}")], command.get_about());
    add(vec![format!("help-{name}-after")], command.get_after_help());
    for arg in command.get_arguments().filter(|arg| !matches!(arg.get_id().as_str(), "help" | "version")) {
        let id = arg.get_id();
        add(vec![format!("help-{name}-{id}"), format!("help-any-{id}")], arg.get_help());
        for value in arg.get_possible_values() {
            let value_name = value.get_name();
            let ids = vec![format!("help-{name}-{id}-{value_name}"), format!("help-any-{id}-{value_name}")];
            add(ids, value.get_help());
        }
    }
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        collect(inner, all);
    }
}

/// The placeholders of the values of all arguments.
fn value_names(command: &Command) -> BTreeSet<String> {
    let valued = command.get_arguments().filter(|arg| arg.get_action().takes_values());
    let own = valued.flat_map(|arg| arg.get_value_names().into_iter().flatten());
    let own = own.map(ToString::to_string);
    own.chain(command.get_subcommands().flat_map(value_names)).collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn english_catalogue_equals_the_doc_comments() {
    let words = Catalog::load(Language::English);
    let wrong: Vec<String> = texts()
        .into_iter()
        .filter(|text| text.ids.iter().find_map(|id| words.try_sentence(id)).as_ref() != Some(&text.english))
        .map(|text| format!("{} = {}", text.ids[0], text.english))
        .collect();
    assert!(wrong.is_empty(), "src/i18n/en/help.ftl:\n{}", wrong.join("\n"));
    for name in crate::bundled::SERVERS {
        let port = crate::bundled::default_port(name);
        assert_eq!(of_program("serve", name, port, &words), crate::bundled::server_help(name));
    }
    assert_eq!(of_program("client", "client", 0, &words), crate::bundled::client_help());
}

#[test]
fn catalogue_has_no_text_without_an_argument() {
    let mut command = Arguments::command();
    command.build();
    let words = Catalog::load(Language::English);
    let known = texts().into_iter().filter_map(|text| text.ids.into_iter().find(|id| words.try_sentence(id).is_some()));
    let mut used: BTreeSet<String> = known.collect();
    let placeholders = value_names(&command);
    used.extend(placeholders.iter().map(|name| format!("help-value-{}", value_id(name))));
    let generated = ["help-help", "help-any-help", "help-any-version", "help-value-options", "help-value-command"];
    used.extend(generated.map(str::to_owned));
    let is_of_an_argument = |id: &String| {
        id.starts_with("help-") && !id.starts_with("help-word-") && !id.ends_with("-program") && *id != "help-nearest"
    };
    let unused: Vec<String> =
        message_ids(Language::English).into_iter().filter(is_of_an_argument).filter(|id| !used.contains(id)).collect();
    assert!(unused.is_empty(), "{unused:?}");
    for name in placeholders {
        assert!(
            words.try_sentence(&format!("help-value-{}", value_id(&name))).is_some(),
            "help-value-{}",
            value_id(&name)
        );
    }
}

#[test]
fn portuguese_help_has_no_english() {
    let words = Catalog::load(Language::Portuguese);
    let generated = ["Usage", "Options", "Commands", "Arguments", "OPTIONS", "[default", "ossible values", "Print "];
    let english = texts().into_iter().filter_map(|text| {
        let portuguese =
            text.ids.iter().find_map(|id| words.try_sentence(id)).expect("the languages have the same ids");
        (portuguese != text.english).then(|| one_line(&text.english))
    });
    let english: Vec<String> = english.chain(generated.map(str::to_owned)).collect();
    let mut command = command(&words);
    let names: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
    assert!(names.len() > 15, "{names:?}");
    let mut helps = vec![command.render_help(), command.render_long_help()];
    for name in &names {
        let inner = command.find_subcommand_mut(name).expect("it is there");
        helps.extend([inner.render_help(), inner.render_long_help()]);
    }
    for help in helps {
        let help = one_line(&help.to_string());
        // The command `help` has no options.
        let has_options = help.contains("Opções:") || help.contains("Uso: socklab help");
        assert!(help.contains("Uso: socklab") && has_options, "{help}");
        for text in &english {
            assert!(!help.contains(text), "{text:?} is in: {help}");
        }
    }
}

#[test]
fn translated_command_line_parses_like_the_english_one() {
    let words = Catalog::load(Language::Portuguese);
    command(&words).debug_assert();
    for line in ["socklab run --jobs 3 --stage plain a.yaml", "socklab report x.db --format csv", "socklab lint"] {
        let line = || line.split(' ');
        let english = Arguments::try_parse_from(line()).expect("a sound line");
        let matches = command(&words).try_get_matches_from(line()).expect("a sound line");
        let portuguese = Arguments::from_arg_matches(&matches).expect("the same arguments");
        assert_eq!(format!("{portuguese:?}"), format!("{english:?}"));
    }
}
