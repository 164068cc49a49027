//! `Message`: a sentence that is not rendered in a language yet. The catalogues hold the texts.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A message for the user: the id of a sentence in the catalogues, and the values in it.
///
/// Rendered as late as possible, so that a stored report can be shown in any language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Message {
    /// The id of the sentence in every catalogue, in kebab case.
    pub id: Cow<'static, str>,
    /// The values, by their names in the catalogues.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<Cow<'static, str>, Arg>,
}

/// A value in a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Arg {
    /// A count, a port or a size. Languages choose plural forms by it.
    Number(i64),
    /// Data, shown as it is and never interpreted.
    Text(String),
    /// A message inside the message.
    Message(Box<Message>),
}

impl Message {
    /// Creates a message without values.
    #[must_use]
    pub fn new(id: &'static str) -> Self {
        Self { id: Cow::Borrowed(id), args: BTreeMap::new() }
    }

    /// Returns the message with one more value.
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
    fn message_round_trips_through_json() {
        let inner = Message::new("inner").with("n", 3u16);
        let outer = Message::new("outer").with("who", "ana").with("why", inner);
        let text = serde_json::to_string(&outer).expect("serialises");
        assert_eq!(serde_json::from_str::<Message>(&text).expect("parses"), outer);
    }
}
