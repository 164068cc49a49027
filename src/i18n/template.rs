//! Sentences without values: shows the name of each value as a placeholder. Used to explain
//! messages that have not occurred.

use std::collections::{BTreeMap, BTreeSet};

use super::{Catalog, variables};
use crate::model::{Arg, Language, Message};

/// Returns the names of the values of a sentence, as its catalogue has them.
#[must_use]
pub fn variable_names(language: Language, id: &str) -> BTreeSet<String> {
    let names = variables::all(language).get(id).into_iter().flatten();
    names.map(|&name| name.to_owned()).collect()
}

impl Catalog {
    /// Formats the sentence of this id without values, or returns `None` if the id is unknown.
    #[must_use]
    pub fn try_sentence(&self, id: &str) -> Option<String> {
        self.try_format(&Message { id: id.to_owned().into(), args: BTreeMap::new() }, &mut Vec::new())
    }

    /// Formats the sentence of this id with placeholders, for example
    /// `client ‹number› sent and got no answer`.
    ///
    /// A placeholder shows the catalogue's `placeholder-NAME` if it exists, or else the name of the
    /// value.
    #[must_use]
    pub fn format_with_placeholders(&self, id: &'static str) -> String {
        let mut message = Message::new(id);
        for value in variable_names(self.language, id) {
            let shown = self.try_sentence(&format!("placeholder-{value}")).unwrap_or_else(|| value.clone());
            let shown = format!("‹{shown}›");
            message.args.insert(value.into(), Arg::Text(shown));
        }
        self.format(&message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shape_shows_value_names_as_placeholders() {
        let sentence = "try-this = { $n ->\n    [1] one by { $who }\n   *[other] { $n } by { $who }\n}\n";
        let words = Catalog::load(Language::English).with_source(sentence);
        let shape = words.format(&Message::new("try-this").with("n", "‹number›").with("who", "‹name›"));
        assert_eq!(shape, "‹number› by ‹name›");
        let known = ["client", "got", "of"].map(str::to_owned);
        assert_eq!(variable_names(Language::English, "answer-cut"), BTreeSet::from(known));
        assert_eq!(
            Catalog::load(Language::English).format_with_placeholders("answer-cut"),
            "the answer to client ‹number› is incomplete: only ‹received data› of ‹count› bytes arrived"
        );
        assert!(variable_names(Language::Portuguese, "no-such-sentence").is_empty());
    }
}
