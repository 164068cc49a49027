//! The requirements of an author on the head of a response: status and headers.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};

use super::Answer;
use crate::model::Cause;
use crate::scenario::expect::excerpt::quote;

/// The status codes that are right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusRule {
    /// One of these codes.
    Codes(Vec<u16>),
    /// Any code of the class with this first digit.
    Class(u16),
}

impl StatusRule {
    pub(super) fn allows(&self, status: u16) -> bool {
        match self {
            Self::Codes(codes) => codes.contains(&status),
            Self::Class(first) => status / 100 == *first,
        }
    }

    /// Returns the cause of a response with another status.
    pub(super) fn cause(&self, answer: &Answer<'_>) -> Cause {
        let wanted = match self {
            Self::Codes(codes) => codes.iter().map(u16::to_string).collect::<Vec<_>>().join(" / "),
            Self::Class(first) => format!("{first}xx"),
        };
        Cause::HttpStatus {
            client: answer.connection.stream.client,
            request: answer.request(),
            wanted,
            got: quote(answer.response.status_line()),
        }
    }
}

impl<'de> Deserialize<'de> for StatusRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CodesOrClass;
        impl<'de> Visitor<'de> for CodesOrClass {
            type Value = StatusRule;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("expected-status")
            }
            fn visit_u64<E: de::Error>(self, code: u64) -> Result<StatusRule, E> {
                let known = u16::try_from(code).ok().filter(|code| (100..600).contains(code));
                known
                    .map(|code| StatusRule::Codes(vec![code]))
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Unsigned(code), &self))
            }
            fn visit_str<E: de::Error>(self, class: &str) -> Result<StatusRule, E> {
                let first = class.strip_suffix("xx").and_then(|first| first.parse().ok());
                let known = first.filter(|first| (1..6).contains(first));
                known.map(StatusRule::Class).ok_or_else(|| E::invalid_value(de::Unexpected::Str(class), &self))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<StatusRule, A::Error> {
                let mut codes = Vec::new();
                while let Some(code) = list.next_element::<u16>()? {
                    codes.push(code);
                }
                if codes.is_empty() {
                    return Err(de::Error::invalid_length(0, &self));
                }
                Ok(StatusRule::Codes(codes))
            }
        }
        deserializer.deserialize_any(CodesOrClass)
    }
}

impl JsonSchema for StatusRule {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Status".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let code = json_schema!({ "type": "integer", "minimum": 100, "maximum": 599 });
        json_schema!({
            "description": "A status code, a list of codes, or a class of codes such as 2xx.",
            "anyOf": [code, { "type": "array", "items": code, "minItems": 1 }, { "type": "string", "pattern": "^[1-5]xx$" }]
        })
    }
}

/// Returns the cause of a response in which no header of this name has this value.
pub(super) fn header_cause(answer: &Answer<'_>, name: &str, wanted: &str) -> Option<Cause> {
    let (client, request, header) = (answer.connection.stream.client, answer.request(), name.to_owned());
    let values: Vec<&str> = answer.response.values(name).collect();
    let Some(first) = values.first() else {
        return Some(Cause::HttpHeaderMissing { client, request, header, wanted: wanted.to_owned() });
    };
    let got = quote(first.as_bytes());
    let is_wrong = !values.iter().any(|value| matches(wanted, value));
    is_wrong.then(|| Cause::HttpHeaderOther { client, request, header, wanted: wanted.to_owned(), got })
}

/// Returns true if a value matches a pattern, in which `*` stands for any text. Case does not
/// matter: the values that labs ask for are tokens and media types.
fn matches(pattern: &str, value: &str) -> bool {
    let (pattern, value) = (pattern.to_ascii_lowercase(), value.to_ascii_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| value.strip_prefix(first)) else { return false };
    let Some(last) = pattern.contains('*').then(|| parts.next_back()).flatten() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn star_stands_for_any_text() {
        assert!(matches("text/html*", "text/html; charset=utf-8") && matches("text/html*", "Text/HTML"));
        assert!(matches("*", "") && matches("a*b*c", "a-b-c") && matches("abc", "abc"));
        assert!(!matches("text/html*", "text/plain") && !matches("abc", "abcd") && !matches("a*b*c", "acb"));
        assert!(!matches("ab*b", "ab"), "parts do not overlap");
    }
}
