//! The requirements of an author on contents: the body of a response, or a file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::payload::{MAX_GIVEN_BYTES, Repeat};
use crate::scenario::validate::Scope;

/// The required contents of a response or of a file. Exactly one field must be set.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ContentRule {
    /// The contents of a file next to the scenario.
    pub file: Option<String>,
    /// The contents of a file that a step has given to a program, by its path there.
    pub given: Option<String>,
    /// Exactly this text.
    pub text: Option<String>,
    /// Exactly this text, repeated.
    pub repeat: Option<Repeat>,
    /// This text somewhere in it.
    pub contains: Option<String>,
    /// This text nowhere in it.
    pub lacks: Option<String>,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: Option<String>,
    /// Nothing.
    pub empty: bool,
    /// The bytes of `file`, `given` or `repeat`, which are read with the scenario.
    #[serde(skip)]
    #[schemars(skip)]
    pub contents: Option<Vec<u8>>,
}

impl ContentRule {
    /// Returns the name of the file next to the scenario.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// Takes its contents from the files next to the scenario, and those given to servers.
    pub(crate) fn resolve(&mut self, beside: &BTreeMap<String, Vec<u8>>, given: &BTreeMap<String, Vec<u8>>) {
        let file = self.file.as_ref().and_then(|name| beside.get(name));
        let named = file.or_else(|| self.given.as_ref().and_then(|path| given.get(path))).cloned();
        self.contents = named.or_else(|| self.repeat.as_ref().map(|repeat| repeat.bytes()));
    }

    /// Returns the exact bytes, if the rule names them.
    pub(super) fn content(&self) -> Option<&[u8]> {
        self.contents.as_deref().or_else(|| self.text.as_deref().map(str::as_bytes))
    }

    /// Reports the author's mistakes; `key` is its key in the expectation.
    pub(super) fn check(&self, names: &mut Scope<'_>, key: &str) {
        let texts = [&self.file, &self.given, &self.text, &self.contains, &self.lacks, &self.sha256];
        let given = texts.iter().filter(|text| text.is_some()).count();
        if given + usize::from(self.repeat.is_some()) + usize::from(self.empty) != 1 {
            let words = "file, given, text, repeat, contains, lacks, sha256, empty";
            names.report(&[key], DiagnosticKind::OneOf.with("words", words));
        }
        let is_hash = |hash: &String| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if self.sha256.as_ref().is_some_and(|hash| !is_hash(hash)) {
            names.report(&[key, "sha256"], DiagnosticKind::Hex);
        }
        for (field, text) in [("contains", &self.contains), ("lacks", &self.lacks)] {
            if text.as_ref().is_some_and(String::is_empty) {
                names.report(&[key, field], DiagnosticKind::EmptyText);
            }
        }
        if let Some(path) = &self.given {
            names.require_given_file(&[key, "given"], path);
        }
        if let Some(bytes) = self.repeat.as_ref().map(Repeat::length).filter(|bytes| *bytes > MAX_GIVEN_BYTES) {
            let mistake = DiagnosticKind::PayloadTooLarge.with("bytes", bytes).with("most", MAX_GIVEN_BYTES);
            names.report(&[key, "repeat"], mistake);
        }
    }

    /// Reports the author's mistakes, if only rules that name all bytes are possible.
    pub(super) fn check_exact(&self, names: &mut Scope<'_>, key: &str) {
        if self.contains.is_some() || self.lacks.is_some() || self.sha256.is_some() || self.empty {
            names.report(&[key], DiagnosticKind::OneOf.with("words", "file, given, text, repeat"));
        } else {
            self.check(names, key);
        }
    }
}

/// Returns the SHA-256 of these bytes, in hexadecimal.
pub(super) fn sha256_of(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
