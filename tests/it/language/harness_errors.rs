//! The texts of failures of socklab and of the machine: each exists, and each Portuguese text is
//! free of English.

use std::collections::BTreeSet;

use socklab::i18n::{Catalog, message_ids, variable_names};
use socklab::model::{Arg, HarnessError, KernelError, Language, Message, Operation};

/// Words that both languages share: technical terms of the labs, and words of the same spelling.
const SHARED: &str = "bind buffer cgroup cgroups interface kernel landlock link links loopback monitor namespace \
    namespaces netlink pidfd pipes proc root seccomp socket socklab sockets threads veth";

/// Returns the words of a text that are long enough to tell a language, in lower case.
fn words(text: &str) -> BTreeSet<String> {
    let all = text.split(|letter: char| !letter.is_alphabetic()).filter(|word| word.chars().count() >= 4);
    all.filter(|word| word.chars().any(char::is_lowercase)).map(str::to_lowercase).collect()
}

/// Returns the text of a message in which every value is a mark.
fn fixed_text(catalog: &Catalog, id: &str) -> String {
    let names = variable_names(catalog.language(), id);
    let args = names.into_iter().map(|name| (name.into(), Arg::Text("-".to_owned())));
    catalog.format(&Message { id: id.to_owned().into(), args: args.collect() })
}

#[test]
fn portuguese_texts_of_errors_are_free_of_english() {
    let [english, portuguese] = [Language::English, Language::Portuguese].map(Catalog::load);
    let ids = message_ids(Language::English);
    let errors = HarnessError::ROWS.iter().map(|(id, _)| *id);
    let parts = ids.iter().map(String::as_str).filter(|id| id.starts_with("operation-") || id.starts_with("errno-"));
    let mut offences = Vec::new();
    for id in errors.chain(parts) {
        let (one, other) = (fixed_text(&english, id), fixed_text(&portuguese, id));
        let shared = words(&one).intersection(&words(&other)).cloned().collect::<BTreeSet<_>>();
        let english: Vec<_> = shared.iter().filter(|word| !SHARED.split(' ').any(|known| known == *word)).collect();
        if !english.is_empty() {
            offences.push(format!("{id}: {english:?} in \"{other}\""));
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

/// Returns the ids in the message of a failed operation: those of the operation and of its error.
fn parts_of(operation: Operation, number: i32) -> [String; 2] {
    let error = HarnessError::System { operation, error: KernelError::Errno(number) };
    let message = error.message();
    ["operation", "error"].map(|name| match &message.args[name] {
        Arg::Message(part) => part.id.to_string(),
        other => panic!("{name} of {operation:?}: {other:?}"),
    })
}

#[test]
fn operations_and_error_numbers_have_exactly_the_texts_of_the_catalogues() {
    // Linux has no error number above 133.
    let numbers = (1..=134).map(|number| parts_of(Operation::Fork, number)[1].clone());
    let operations = Operation::ALL.iter().map(|operation| parts_of(*operation, 1)[0].clone());
    let created: BTreeSet<String> = numbers.chain(operations).collect();
    for language in Language::ALL {
        let ids = message_ids(language).into_iter();
        let known: BTreeSet<String> =
            ids.filter(|id| id.starts_with("operation-") || id.starts_with("errno-")).collect();
        assert_eq!(created, known, "{}", language.tag());
    }
}
