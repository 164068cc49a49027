//! Rules for single packets on a link, as an author writes them: which packets, and the action. The
//! engine counts the packets and applies the rules.

use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::diagnostic::DiagnosticKind;
use super::fields::{self, FieldArgs, NameValues};
use super::syntax::{DurationArg, is_default};
use super::validate::Scope;
use crate::model::{FieldValues, HostName};
use crate::packet::layout::Layout;

/// The checksum of a corrupted packet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Checksum {
    /// Wrong, as after a fault on a physical link: the kernel drops the packet.
    #[default]
    Bad,
    /// Computed again: the program receives the changed data.
    Good,
}

/// A rule for packets from one host. It counts the UDP datagrams, and the TCP packets with data,
/// that the host sends, repetitions included; with `where`, only those with these values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkRule {
    /// The host that sends the packets.
    pub from: HostName,
    /// The format of the messages that `where` is about. Each packet is decoded as one message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Only packets whose fields have these values.
    #[serde(rename = "where", default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<FieldArgs>,
    /// Which packets, by number from 1: `3`, `5..7` (5, 6 and 7), or `5..` (all from 5 on).
    /// Default: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packet: Option<PacketRange>,
    /// The action.
    #[serde(rename = "do")]
    pub action: RuleAction,
    /// The checksum of packets that the rule corrupts.
    #[serde(default, skip_serializing_if = "is_default")]
    pub checksum: Checksum,
    /// How much later a packet arrives; for `delay`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<DurationArg>,
    /// How many times the rule applies. Default: each time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

/// The action of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleAction {
    /// The packet is lost.
    Drop,
    /// One byte of its data is changed.
    Corrupt,
    /// Its end is cut off. Only datagrams.
    Truncate,
    /// It arrives twice.
    Duplicate,
    /// It arrives later, by the time `by`.
    Delay,
    /// It arrives unchanged, whatever the shares are.
    Deliver,
}

/// A range of packet numbers, from 1: `3`, `5..7` or `5..`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacketRange {
    first: u64,
    last: u64,
}

impl PacketRange {
    /// Returns true if a packet has a number of the range.
    #[must_use]
    pub const fn contains(self, number: u64) -> bool {
        self.first <= number && number <= self.last
    }

    fn new(first: u64, last: u64) -> Option<Self> {
        (1 <= first && first <= last).then_some(Self { first, last })
    }

    fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
        match text.split_once("..") {
            None => number(text).and_then(|only| Self::new(only, only)),
            Some((first, "")) => Self::new(number(first)?, u64::MAX),
            Some((first, last)) => Self::new(number(first)?, number(last)?),
        }
    }
}

impl fmt::Display for PacketRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.first, self.last) {
            (first, u64::MAX) => write!(f, "{first}.."),
            (first, last) if first == last => write!(f, "{first}"),
            (first, last) => write!(f, "{first}..{last}"),
        }
    }
}

impl Serialize for PacketRange {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PacketRange {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct NumberOrRange;
        impl Visitor<'_> for NumberOrRange {
            type Value = PacketRange;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("expected-packet-range")
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<PacketRange, E> {
                let wrong = || E::invalid_value(de::Unexpected::Unsigned(number), &self);
                PacketRange::new(number, number).ok_or_else(wrong)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<PacketRange, E> {
                PacketRange::parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        from.deserialize_any(NumberOrRange)
    }
}

impl JsonSchema for PacketRange {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PacketRange".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Packets by number, from 1: 3, 5..7 or 5..",
            "anyOf": [
                { "type": "integer", "minimum": 1 },
                { "type": "string", "pattern": "^[0-9]+(\\.\\.[0-9]*)?$" },
            ],
            "examples": [3, "5..7"],
        })
    }
}

impl LinkRule {
    /// Returns true if the rule is about a packet with this payload.
    pub(crate) fn is_about(
        &self,
        payload: &[u8],
        formats: &BTreeMap<String, Layout>,
        variables: &BTreeMap<String, String>,
    ) -> bool {
        let Some(wanted) = &self.fields else { return true };
        let Some(layout) = self.format.as_ref().and_then(|name| formats.get(name)) else { return false };
        let Ok(values) = layout.decode(payload) else { return false };
        has_values(layout, &values, wanted, variables)
    }

    /// Checks the host, the number of times, and that a delay has its time.
    pub(super) fn check(&self, names: &mut Scope<'_>) {
        names.check_host(&["from"], &self.from);
        check_count(names, "times", self.times);
        match (&self.format, &self.fields) {
            (Some(format), Some(values)) => {
                names.check_format(&["format"], format);
                fields::check(names, &["where"], format, values);
            }
            (None, None) => {}
            (Some(_), None) => names.report(&["format"], DiagnosticKind::RuleFormat),
            (None, Some(_)) => names.report(&["where"], DiagnosticKind::RuleFormat),
        }
        if self.by.is_some() != (self.action == RuleAction::Delay) {
            names.report(&[if self.by.is_some() { "by" } else { "do" }], DiagnosticKind::RuleDelay);
        }
    }
}

/// Returns true if a message has these values in its fields.
pub(super) fn has_values(
    layout: &Layout,
    values: &FieldValues,
    wanted: &FieldArgs,
    variables: &BTreeMap<String, String>,
) -> bool {
    let names = NameValues { texts: variables, captured: &FieldValues::new() };
    wanted.iter().all(|(name, arg)| {
        let wanted = arg.resolve(layout.field(name), names);
        values.get(name).zip(wanted).is_some_and(|(value, wanted)| match (value.as_bytes(), wanted.as_bytes()) {
            (Some(value), Some(wanted)) => value == wanted,
            _ => *value == wanted,
        })
    })
}

/// Checks that a number is not 0.
pub(super) fn check_count(names: &mut Scope<'_>, key: &str, count: Option<u32>) {
    if count == Some(0) {
        names.report(&[key], DiagnosticKind::Between.with("least", 1u32).with("most", u32::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packet_ranges_are_read_and_written() {
        for (text, inside, outside) in [("3", 3, 4), ("5..7", 7, 8), ("5..7", 5, 4), ("5..", u64::MAX, 4)] {
            let range = PacketRange::parse(text).expect("a range");
            assert_eq!(range.to_string(), text);
            assert!(range.contains(inside) && !range.contains(outside), "{text}");
        }
        for bad in ["", "0", "7..5", "..5", "a", "5...7", "+5", "-1", "0..3", "99999999999999999999"] {
            assert_eq!(PacketRange::parse(bad), None, "{bad}");
        }
    }
}
