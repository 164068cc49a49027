//! Payloads: the data that clients send, written in one of eight ways.

use std::collections::BTreeMap;

use base64::Engine as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fields::{self, FieldArgs, NameValues};
use super::hexadecimal::parse_hex;
use super::template;
use super::validate::Scope;
use crate::model::FieldValues;
use crate::packet::layout::Layout;
use crate::scenario::diagnostic::DiagnosticKind;

/// Maximum payload size in bytes: 64 MiB.
pub(super) const MAX_PAYLOAD_BYTES: u64 = 64 << 20;

/// Maximum length of a repeated text that is the content of a file, in bytes: 16 MiB.
pub(super) const MAX_GIVEN_BYTES: u64 = MAX_PAYLOAD_BYTES / 4;

/// So many bytes that look random and are a function of the seed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Random {
    /// How many bytes.
    pub bytes: u64,
    /// The seed; the run's own (`--seed`) and the client's number are mixed in.
    #[serde(default)]
    pub seed: u64,
}

/// A text so many times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// The text; names in braces are replaced.
    pub text: String,
    /// How many times.
    pub times: u64,
}

impl Repeat {
    /// Returns the number of its bytes, without names in braces.
    pub(super) fn length(&self) -> u64 {
        self.times.saturating_mul(self.text.len() as u64)
    }

    /// Returns its bytes, with names in braces left as they are.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.text.repeat(usize::try_from(self.times).unwrap_or(0)).into_bytes()
    }
}

/// The payload fields of a step. Exactly one of them must be set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Payload<'a> {
    pub(super) text: Option<&'a String>,
    pub(super) hex: Option<&'a String>,
    pub(super) base64: Option<&'a String>,
    pub(super) file: Option<&'a String>,
    pub(super) random: Option<&'a Random>,
    pub(super) repeat: Option<&'a Repeat>,
    pub(super) all_bytes: bool,
    pub(super) format: Option<&'a String>,
    pub(super) fields: &'a FieldArgs,
}

/// The inputs of a payload's bytes other than its own fields.
pub(super) struct PayloadContext<'a> {
    /// The values of names in braces, including `n`.
    pub(super) values: BTreeMap<String, String>,
    pub(super) client: u32,
    pub(super) seed: u64,
    pub(super) file: &'a dyn Fn(&str) -> Option<Vec<u8>>,
    /// The values that steps captured.
    pub(super) captured: &'a FieldValues,
    /// The layout of the payload's format.
    pub(super) layout: Option<&'a Layout>,
}

impl Payload<'_> {
    /// Returns the number of fields that are set.
    fn set_field_count(&self) -> usize {
        [
            self.text.is_some(),
            self.hex.is_some(),
            self.base64.is_some(),
            self.file.is_some(),
            self.random.is_some(),
            self.repeat.is_some(),
            self.all_bytes,
            self.format.is_some(),
        ]
        .into_iter()
        .filter(|&given| given)
        .count()
    }

    /// Reports the author's mistakes in the payload.
    pub(super) fn check(&self, names: &mut Scope<'_>) {
        if self.set_field_count() != 1 {
            let words = "text, hex, base64, file, random, repeat, all_bytes, format";
            names.report(&[], DiagnosticKind::OneOf.with("words", words));
        }
        if let Some(text) = self.text {
            names.check_template(&["text"], text);
        }
        match self.format {
            Some(format) => {
                names.check_format(&["format"], format);
                fields::check_sent(names, format, self.fields);
            }
            None if !self.fields.is_empty() => names.report(&["fields"], DiagnosticKind::FieldsWithoutFormat),
            None => {}
        }
        if self.hex.is_some_and(|hex| parse_hex(hex).is_none()) {
            names.report(&["hex"], DiagnosticKind::Hex);
        }
        if self.base64.is_some_and(|text| parse_base64(text).is_none()) {
            names.report(&["base64"], DiagnosticKind::Base64);
        }
        let size = match (self.random, self.repeat) {
            (Some(random), _) => random.bytes,
            (_, Some(repeat)) => repeat.length(),
            _ => 0,
        };
        if size > MAX_PAYLOAD_BYTES {
            let key = if self.random.is_some() { "random" } else { "repeat" };
            names.report(&[key], DiagnosticKind::PayloadTooLarge.with("bytes", size).with("most", MAX_PAYLOAD_BYTES));
        }
        if let Some(repeat) = self.repeat {
            names.check_template(&["repeat", "text"], &repeat.text);
        }
    }

    /// Returns the payload's bytes for one client. `None` if they contain a value that was to be captured
    /// and did not come, or does not fit: then nothing can be sent.
    pub(super) fn bytes(&self, context: &PayloadContext<'_>) -> Option<Vec<u8>> {
        let filled = |text: &str| {
            template::is_filled(text, &context.values).then(|| template::fill(text, &context.values).into_bytes())
        };
        if let Some(text) = self.text {
            return filled(text);
        }
        if let Some(repeat) = self.repeat {
            return Some(filled(&repeat.text)?.repeat(usize::try_from(repeat.times).unwrap_or(0)));
        }
        if self.format.is_some() {
            let names = NameValues { texts: &context.values, captured: context.captured };
            let values = fields::resolve(self.fields, context.layout?, names).ok()?;
            return context.layout?.encode(&values).ok();
        }
        Some(if let Some(hex) = self.hex {
            parse_hex(hex).unwrap_or_default()
        } else if let Some(text) = self.base64 {
            parse_base64(text).unwrap_or_default()
        } else if let Some(file) = self.file {
            (context.file)(file).unwrap_or_default()
        } else if let Some(random) = self.random {
            random_bytes(random, context.seed, context.client)
        } else if self.all_bytes {
            (0..=255).collect()
        } else {
            Vec::new()
        })
    }
}

/// Returns the extendable output of BLAKE3 over the two seeds and the client's number. It is the
/// same on every machine and in every version.
fn random_bytes(random: &Random, seed: u64, client: u32) -> Vec<u8> {
    let mut hasher = blake3::Hasher::new_derive_key("socklab payload v1");
    hasher.update(&random.seed.to_le_bytes()).update(&seed.to_le_bytes()).update(&client.to_le_bytes());
    let mut bytes = vec![0; usize::try_from(random.bytes.min(MAX_PAYLOAD_BYTES)).unwrap_or(0)];
    hasher.finalize_xof().fill(&mut bytes);
    bytes
}

fn parse_base64(text: &str) -> Option<Vec<u8>> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    base64::engine::general_purpose::STANDARD.decode(compact).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_bytes_depend_only_on_seed_and_client() {
        let random = Random { bytes: 32, seed: 7 };
        assert_eq!(random_bytes(&random, 1, 1), random_bytes(&random, 1, 1));
        assert_ne!(random_bytes(&random, 1, 1), random_bytes(&random, 2, 1));
        assert_ne!(random_bytes(&random, 1, 1), random_bytes(&random, 1, 2));
    }
}
