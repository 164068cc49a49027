//! Names in braces: `{n}`, `{host}`, `{port}` and a scenario's own variables. Any other text in
//! braces is left unchanged.

use std::collections::{BTreeMap, BTreeSet};

/// The names predefined in every scenario.
pub(crate) const PREDEFINED_NAMES: [&str; 3] = ["n", "host", "port"];

/// Splits a text into plain runs (`Ok`) and names in braces (`Err`).
fn split_names(text: &str) -> Vec<Result<&str, &str>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let after = &rest[open + 1..];
        let name = after.find('}').map(|close| &after[..close]).filter(|name| is_variable_name(name));
        match name {
            Some(name) => {
                out.push(Ok(&rest[..open]));
                out.push(Err(name));
                rest = &after[name.len() + 1..];
            }
            None => {
                out.push(Ok(&rest[..=open]));
                rest = after;
            }
        }
    }
    out.push(Ok(rest));
    out
}

/// Returns true if a word is a valid variable name: a letter `a-z`, then `a-z`, `0-9` or `_`, at
/// most 32 characters.
pub(crate) fn is_variable_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.len() <= 32
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Returns the names in braces that are not in `known`.
#[must_use]
pub(crate) fn unknown_names(text: &str, known: &BTreeSet<String>) -> Vec<String> {
    split_names(text)
        .into_iter()
        .filter_map(Result::err)
        .filter(|name| !known.contains(*name))
        .map(str::to_owned)
        .collect()
}

/// Returns true if every name in braces has a value.
#[must_use]
pub(crate) fn is_filled(text: &str, values: &BTreeMap<String, String>) -> bool {
    split_names(text).into_iter().filter_map(Result::err).all(|name| values.contains_key(name))
}

/// Replaces every known name with its value. Names inside values are not replaced.
#[must_use]
pub(crate) fn fill(text: &str, values: &BTreeMap<String, String>) -> String {
    split_names(text)
        .into_iter()
        .map(|piece| match piece {
            Ok(plain) => plain.to_owned(),
            Err(name) => values.get(name).cloned().unwrap_or_else(|| format!("{{{name}}}")),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fill_replaces_only_known_names() {
        let values = BTreeMap::from([("n".to_owned(), "3".to_owned()), ("who".to_owned(), "{n}".to_owned())]);
        assert_eq!(fill("client {n} {who} {x} {\"a\": 1} {", &values), "client 3 {n} {x} {\"a\": 1} {");
        let known = values.keys().cloned().collect();
        assert_eq!(unknown_names("{n} {nome} {} {A}", &known), ["nome"]);
    }
}
