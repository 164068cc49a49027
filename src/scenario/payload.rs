//! Payloads: the data that clients send, written in one of seven ways.

use std::collections::BTreeMap;

use base64::Engine as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::template;
use super::validate::Scope;
use crate::scenario::diagnostic::DiagnosticKind;

/// Maximum payload size in bytes: 64 MiB.
pub(super) const MAX_PAYLOAD_BYTES: u64 = 64 << 20;

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
}

/// The inputs of a payload's bytes other than its own fields.
pub(super) struct PayloadContext<'a> {
    /// The values of names in braces, including `n`.
    pub(super) values: BTreeMap<String, String>,
    pub(super) client: u32,
    pub(super) seed: u64,
    pub(super) file: &'a dyn Fn(&str) -> Option<Vec<u8>>,
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
        ]
        .into_iter()
        .filter(|&given| given)
        .count()
    }

    /// Reports the author's mistakes in the payload.
    pub(super) fn check(&self, names: &mut Scope<'_>) {
        if self.set_field_count() != 1 {
            let words = "text, hex, base64, file, random, repeat, all_bytes";
            names.report(&[], DiagnosticKind::OneOf.with("words", words));
        }
        if let Some(text) = self.text {
            names.check_template(&["text"], text);
        }
        if self.hex.is_some_and(|hex| parse_hex(hex).is_none()) {
            names.report(&["hex"], DiagnosticKind::Hex);
        }
        if self.base64.is_some_and(|text| parse_base64(text).is_none()) {
            names.report(&["base64"], DiagnosticKind::Base64);
        }
        let size = match (self.random, self.repeat) {
            (Some(random), _) => random.bytes,
            (_, Some(repeat)) => repeat.times.saturating_mul(repeat.text.len() as u64),
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

    /// Returns the payload's bytes for one client.
    pub(super) fn bytes(&self, context: &PayloadContext<'_>) -> Vec<u8> {
        if let Some(text) = self.text {
            template::fill(text, &context.values).into_bytes()
        } else if let Some(hex) = self.hex {
            parse_hex(hex).unwrap_or_default()
        } else if let Some(text) = self.base64 {
            parse_base64(text).unwrap_or_default()
        } else if let Some(file) = self.file {
            (context.file)(file).unwrap_or_default()
        } else if let Some(random) = self.random {
            random_bytes(random, context.seed, context.client)
        } else if let Some(repeat) = self.repeat {
            template::fill(&repeat.text, &context.values)
                .into_bytes()
                .repeat(usize::try_from(repeat.times).unwrap_or(0))
        } else if self.all_bytes {
            (0..=255).collect()
        } else {
            Vec::new()
        }
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

/// Parses pairs of hexadecimal digits. White space between digits is allowed.
fn parse_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
        .collect();
    let digits = digits?;
    digits.len().is_multiple_of(2).then(|| digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

fn parse_base64(text: &str) -> Option<Vec<u8>> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    base64::engine::general_purpose::STANDARD.decode(compact).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_requires_pairs_of_digits() {
        assert_eq!(parse_hex("00 fF\n10"), Some(vec![0, 255, 16]));
        assert_eq!(parse_hex("0"), None);
        assert_eq!(parse_hex("0g"), None);
    }

    #[test]
    fn random_bytes_depend_only_on_seed_and_client() {
        let random = Random { bytes: 32, seed: 7 };
        assert_eq!(random_bytes(&random, 1, 1), random_bytes(&random, 1, 1));
        assert_ne!(random_bytes(&random, 1, 1), random_bytes(&random, 2, 1));
        assert_ne!(random_bytes(&random, 1, 1), random_bytes(&random, 1, 2));
    }
}
