//! Tests of the table of causes.

use std::collections::BTreeSet;

use super::*;
use crate::model::{Arg, ExitStatus};

/// Converts the name of a variant to kebab case.
fn kebab(variant: &str) -> String {
    let mut id = String::new();
    for letter in variant.chars() {
        if letter.is_uppercase() && !id.is_empty() {
            id.push('-');
        }
        id.extend(letter.to_lowercase());
    }
    id
}

#[test]
fn ids_derive_from_variants_and_are_unique() {
    let mut known = BTreeSet::new();
    for cause in CauseInfo::all() {
        assert!(known.insert(cause.id), "{} stands twice", cause.id);
    }
    for row in Cause::ROWS {
        assert_eq!(row.id, kebab(row.variant));
    }
    assert!(known.len() > 140, "{}", known.len());
}

#[test]
fn several_hints_are_a_value() {
    for row in Cause::ROWS {
        assert_eq!(row.hints.len() > 1 || row.quotes_error, row.values.contains(&"hint"), "{}", row.id);
    }
}

/// Returns a message with values of the right types for each row, by trying all types.
fn sample(cause: CauseInfo) -> Cause {
    let texts = ["x", "connect", "TCP", "ESTABLISHED", "127.0.0.1:5", "80", "tabs"].map(Arg::from);
    let args: Vec<Arg> = texts
        .into_iter()
        .chain([Arg::Number(7), ExitStatus::Signal(11).message().into(), Message::new("state-gone").into()])
        .collect();
    let hint = cause.row.hints.first().map(|hint| hint.message());
    let mut message = Message::new(cause.id);
    let wants = |value: &str| {
        let is_flag = cause.row.twin.is_some_and(|(id, flag)| flag == value && id != cause.id);
        value != "hint" && !is_flag
    };
    let values: Vec<&'static str> = cause.row.values.iter().copied().filter(|value| wants(value)).collect();
    let mut choice = vec![0; values.len()];
    loop {
        for (value, k) in values.iter().zip(&choice) {
            message.args.insert((*value).into(), args[*k].clone());
        }
        if let Some(cause) = Cause::from_message(&message, hint.as_ref()) {
            return cause;
        }
        let next = choice.iter().position(|k| k + 1 < args.len()).expect("some choice fits");
        choice[next] += 1;
        choice[..next].fill(0);
    }
}

#[test]
fn causes_are_read_back_from_their_messages() {
    for info in CauseInfo::all() {
        let cause = sample(info);
        assert_eq!((cause.row(), &*cause.message().id), (info.row, info.id));
        let hint = cause.hint().map(Hint::message);
        assert_eq!(Cause::from_message(&cause.message(), hint.as_ref()), Some(cause.clone()));
        let more = cause.message().with("more", 1u16);
        assert_eq!(Cause::from_message(&more, hint.as_ref()), None, "nothing is lost by reading");
    }
}

#[test]
fn message_of_another_version_is_no_cause() {
    assert_eq!(Cause::from_message(&Message::new("was-once"), None), None);
    assert_eq!(Cause::from_message(&Message::new("no-answer"), None), None, "it lacks its client");
    let other = Message::new("hint-exactly");
    let message = Message::new("no-answer-closed").with("client", 1u16);
    assert_eq!(Cause::from_message(&message, Some(&other)), None, "its hint is another");
}
