//! `Message`: what is said, not yet in a language. The sentences themselves live in `words/`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Something to say: the id of a sentence in the catalogues and the values that go into it.
///
/// Kept unrendered until the last moment, so that a stored report can be drawn again in any language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Message {
    /// The sentence's id in every catalogue, in kebab case.
    pub id: Cow<'static, str>,
    /// The values, by the name that the catalogues use for them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<Cow<'static, str>, Arg>,
}

/// A value in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Arg {
    /// A count, a port, a size: languages choose plural forms by it.
    Number(i64),
    /// Data: shown as it is, never interpreted.
    Text(String),
    /// A sentence inside the sentence.
    Message(Box<Message>),
}

impl Message {
    /// A message with no values yet.
    #[must_use]
    pub fn new(id: &'static str) -> Self {
        Self { id: Cow::Borrowed(id), args: BTreeMap::new() }
    }

    /// The same message with one value more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.args.insert(Cow::Borrowed(name), value.into());
        self
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Message> for Arg {
    fn from(message: Message) -> Self {
        Self::Message(Box::new(message))
    }
}

macro_rules! number {
    ($($from:ty),*) => { $(
        impl From<$from> for Arg {
            fn from(number: $from) -> Self {
                Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
            }
        }
    )* };
}
number!(u16, u32, u64, usize, i32, i64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_survives_json() {
        let inner = Message::new("inner").with("n", 3u16);
        let outer = Message::new("outer").with("who", "ana").with("why", inner);
        let text = serde_json::to_string(&outer).expect("serialises");
        assert_eq!(serde_json::from_str::<Message>(&text).expect("parses"), outer);
    }
}
