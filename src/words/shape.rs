//! A sentence without its values: what it would say, with the name of each value where the value would stand. For
//! explaining sentences that nobody has said yet.

use std::collections::{BTreeMap, BTreeSet};

use super::{Words, id_of, sources};
use crate::model::{Arg, Language, Message};

/// The names of the values of a sentence, as its catalogue has them.
#[must_use]
pub fn values_of(language: Language, id: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, source) in sources(language) {
        let mut inside = false;
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            inside = id_of(line).map_or(inside, |begins| begins == id);
            if inside {
                found.extend(line.split('$').skip(1).map(name).filter(|name| !name.is_empty()).map(str::to_owned));
            }
        }
    }
    found
}

/// The name that a text begins with.
fn name(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')));
    &text[..end.unwrap_or(text.len())]
}

impl Words {
    /// The sentence of this id, which has no values; nothing where there is none.
    #[must_use]
    pub fn known(&self, id: &str) -> Option<String> {
        self.try_say(&Message { id: id.to_owned().into(), args: BTreeMap::new() }, &mut Vec::new())
    }

    /// The sentence of this id with the name of each value in its place, as `client ‹number› sent and got no answer`. A name
    /// is the word `placeholder-NAME` of the catalogue, where there is one.
    #[must_use]
    pub fn shape(&self, id: &'static str) -> String {
        let mut message = Message::new(id);
        for value in values_of(self.language, id) {
            let shown = self.known(&format!("placeholder-{value}")).unwrap_or_else(|| value.clone());
            let shown = format!("‹{shown}›");
            message.args.insert(value.into(), Arg::Text(shown));
        }
        self.say(&message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_s_name_stands_where_the_value_would() {
        let sentence = "try-this = { $n ->\n    [1] one by { $who }\n   *[other] { $n } by { $who }\n}\n";
        let words = Words::of(Language::English).and(sentence);
        let shape = words.say(&Message::new("try-this").with("n", "‹number›").with("who", "‹name›"));
        assert_eq!(shape, "‹number› by ‹name›");
        let known = ["client", "got", "of"].map(str::to_owned);
        assert_eq!(values_of(Language::English, "answer-cut"), BTreeSet::from(known));
        assert_eq!(
            Words::of(Language::English).shape("answer-cut"),
            "the answer to client ‹number› is incomplete: only ‹received data› of ‹count› bytes arrived"
        );
        assert!(values_of(Language::Portuguese, "no-such-sentence").is_empty());
    }
}
