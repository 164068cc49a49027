//! The ids and variables of the catalogues, from the syntax tree that Fluent itself parses.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser::parse_runtime;

use super::catalog_sources;
use crate::model::Language;

/// The variables of each message, by its id.
type Variables = BTreeMap<&'static str, BTreeSet<&'static str>>;

/// Returns the ids of a language with the variables of each.
pub(super) fn all(language: Language) -> &'static Variables {
    static ENGLISH: LazyLock<Variables> = LazyLock::new(|| read(Language::English));
    static PORTUGUESE: LazyLock<Variables> = LazyLock::new(|| read(Language::Portuguese));
    match language {
        Language::English => &ENGLISH,
        Language::Portuguese => &PORTUGUESE,
    }
}

fn read(language: Language) -> Variables {
    catalog_sources(language).flat_map(|(_, source)| variables_in(source)).collect()
}

/// Returns the attributes of the messages that have any.
#[cfg(test)]
pub(crate) fn variants(language: Language) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let entries = catalog_sources(language)
        .flat_map(|(_, source)| parse_runtime(source).unwrap_or_else(|(understood, _errors)| understood).body);
    let messages = entries.filter_map(|entry| match entry {
        Entry::Message(message) if !message.attributes.is_empty() => Some(message),
        _ => None,
    });
    messages
        .map(|message| (message.id.name, message.attributes.iter().map(|attribute| attribute.id.name).collect()))
        .collect()
}

/// Returns the variables of each message of a catalogue. A syntax error loses only its own entry.
fn variables_in(source: &str) -> Vec<(&str, BTreeSet<&str>)> {
    let resource = parse_runtime(source).unwrap_or_else(|(understood, _errors)| understood);
    let messages = resource.body.into_iter().filter_map(|entry| match entry {
        Entry::Message(message) => Some(message),
        _ => None,
    });
    let variables = messages.map(|message| {
        let mut found = BTreeSet::new();
        let attributes = message.attributes.iter().map(|attribute| &attribute.value);
        for pattern in message.value.iter().chain(attributes) {
            of_pattern(pattern, &mut found);
        }
        (message.id.name, found)
    });
    variables.collect()
}

fn of_pattern<'s>(pattern: &Pattern<&'s str>, found: &mut BTreeSet<&'s str>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            of_expression(expression, found);
        }
    }
}

fn of_expression<'s>(expression: &Expression<&'s str>, found: &mut BTreeSet<&'s str>) {
    match expression {
        Expression::Select { selector, variants } => {
            of_inline(selector, found);
            for variant in variants {
                of_pattern(&variant.value, found);
            }
        }
        Expression::Inline(inline) => of_inline(inline, found),
    }
}

fn of_inline<'s>(expression: &InlineExpression<&'s str>, found: &mut BTreeSet<&'s str>) {
    match expression {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name);
        }
        InlineExpression::Placeable { expression } => of_expression(expression, found),
        InlineExpression::FunctionReference { arguments, .. }
        | InlineExpression::TermReference { arguments: Some(arguments), .. } => of_arguments(arguments, found),
        InlineExpression::StringLiteral { .. }
        | InlineExpression::NumberLiteral { .. }
        | InlineExpression::MessageReference { .. }
        | InlineExpression::TermReference { arguments: None, .. } => {}
    }
}

fn of_arguments<'s>(arguments: &CallArguments<&'s str>, found: &mut BTreeSet<&'s str>) {
    let named = arguments.named.iter().map(|argument| &argument.value);
    for value in arguments.positional.iter().chain(named) {
        of_inline(value, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_wherever_a_pattern_contains_them() {
        let source = "# $no\na = x $no { $a } { \"$no\" }\n    { NUMBER($b, style: \"x\") }\n\
                      b = { $n ->\n    [one] { $c } = { { $d } }\n   *[other] { -term(e: 1) }\n }\n    .of = { $f }\n\
                      -term = { $no }\nc\nd = { a }\n";
        let found = variables_in(source);
        let wanted: [(&str, &[&str]); 3] = [("a", &["a", "b"]), ("b", &["c", "d", "f", "n"]), ("d", &[])];
        assert_eq!(found, wanted.map(|(id, names)| (id, names.iter().copied().collect())));
    }
}
