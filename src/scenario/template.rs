//! Names in braces: `{n}`, `{host}`, `{port}` and a scenario's own variables. Anything else in braces is plain text.

use std::collections::{BTreeMap, BTreeSet};

/// The names that every scenario has.
pub const GIVEN: [&str; 3] = ["n", "host", "port"];

/// The pieces of a text: plain runs and names in braces.
fn pieces(text: &str) -> Vec<Result<&str, &str>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let after = &rest[open + 1..];
        let name = after.find('}').map(|close| &after[..close]).filter(|name| is_name(name));
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

/// Whether a word can be a variable's name: `a-z`, then `a-z 0-9 _`.
pub fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.len() <= 32
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// The names in braces that are not among `known`.
#[must_use]
pub fn unknown_names(text: &str, known: &BTreeSet<String>) -> Vec<String> {
    pieces(text).into_iter().filter_map(Result::err).filter(|name| !known.contains(*name)).map(str::to_owned).collect()
}

/// The text with every known name replaced by its value; values are not looked at again.
#[must_use]
pub fn fill(text: &str, values: &BTreeMap<String, String>) -> String {
    pieces(text)
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
    fn names_are_filled_and_the_rest_stays() {
        let values = BTreeMap::from([("n".to_owned(), "3".to_owned()), ("who".to_owned(), "{n}".to_owned())]);
        assert_eq!(fill("client {n} {who} {x} {\"a\": 1} {", &values), "client 3 {n} {x} {\"a\": 1} {");
        let known = values.keys().cloned().collect();
        assert_eq!(unknown_names("{n} {nome} {} {A}", &known), ["nome"]);
    }
}
