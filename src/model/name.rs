//! Names that a lab's author or the command line gives: items, roles, hosts, snapshots, submissions.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// Why a word is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected-name")]
pub struct NameError;

/// Whether a word can be a name: 1 to 64 of `a-z A-Z 0-9 _ - .`, beginning with a letter or digit.
fn is_name(word: &str) -> bool {
    word.len() <= 64
        && word.starts_with(|c: char| c.is_ascii_alphanumeric())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

macro_rules! names {
    ($($(#[$about:meta])* $name:ident),*) => { $(
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schemars(with = "String")]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl FromStr for $name {
            type Err = NameError;
            fn from_str(word: &str) -> Result<Self, NameError> {
                if is_name(word) { Ok(Self(word.to_owned())) } else { Err(NameError) }
            }
        }
        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(word: String) -> Result<Self, NameError> {
                word.parse()
            }
        }
        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    )* };
}

names!(
    /// A lab item's public id, as `tcp-multi.5`.
    ItemId,
    /// What a program is in the lab, as `tcp-simple`.
    Role,
    /// A simulated machine of a scenario.
    HostName,
    /// A moment at which the socket table was copied.
    SnapshotName
);

/// A submission, by the name of its folder or archive: any text, shown escaped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct SubmissionId(pub String);

/// A person's or submission's name as names are compared: composed characters (NFC), lower case, single spaces, and no invisible
/// mark at its ends. File systems and spreadsheets write the same name in several ways.
#[must_use]
pub fn folded(name: &str) -> String {
    let name: String = name.nfc().collect();
    let name = name.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}'));
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    // Lower case may take a character apart again, as that of U+0130.
    words.join(" ").nfc().collect()
}

/// A client of a scenario, numbered from 1 in the order of connecting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(pub u32);

/// A server of a scenario, numbered from 0 in the order of the `start` steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServerId(pub u32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_is_the_same_however_it_is_written() {
        assert_eq!(folded("Jose\u{301}  Lima\u{a0}"), folded("\u{feff}josé lima"));
        assert_ne!(folded("jose lima"), folded("josé lima"), "an accent is part of a name");
    }

    #[test]
    fn names_are_plain_words() {
        assert_eq!("tcp-multi.5".parse::<ItemId>().map(|n| n.to_string()), Ok("tcp-multi.5".to_owned()));
        for bad in ["", "-x", "a b", "../x", "é", &"x".repeat(65)] {
            assert_eq!(bad.parse::<ItemId>(), Err(NameError), "{bad:?}");
        }
    }
}
