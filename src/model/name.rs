//! Names given by lab authors or on the command line: items, roles, hosts, snapshots, submissions.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// The error of a word that is not a valid name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected-name")]
pub struct NameError;

/// Returns true if a word is a valid name: 1 to 64 of `a-z A-Z 0-9 _ - .`, beginning with a letter
/// or digit.
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
            /// Returns the name as text.
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
    /// The public id of a lab item, such as `tcp-multi.5`.
    ItemId,
    /// The part of a lab that a program plays, such as `tcp-simple`.
    Role,
    /// A simulated host of a scenario.
    HostName,
    /// The name of a copy of the socket table.
    SnapshotName
);

/// A submission, named by its folder or archive. Any text, shown escaped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct SubmissionId(pub String);

impl SubmissionId {
    /// Returns the student's name and number, if the id is a folder of a Moodle download:
    /// `Ana Lima_1001_assignsubmission_file_` (`mod/assign/locallib.php`).
    fn moodle_parts(&self) -> Option<(&str, &str)> {
        let (student, _) = self.0.split_once("_assignsubmission_")?;
        let (name, number) = student.rsplit_once('_')?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        (is_number && !name.trim().is_empty()).then_some((name, number))
    }

    /// Returns the student's name, if the id contains it beside other things.
    #[must_use]
    pub fn student(&self) -> Option<&str> {
        self.moodle_parts().map(|(name, _)| name)
    }

    /// Returns the part of the id that tells students of the same name apart.
    #[must_use]
    pub fn short(&self) -> &str {
        self.moodle_parts().map_or(&self.0, |(_, number)| number)
    }
}

/// Normalises the name of a person or submission for comparison: composed characters (NFC), lower
/// case, single spaces, no invisible characters at the ends. File systems and spreadsheets write
/// the same name in several ways.
#[must_use]
pub fn fold_name(name: &str) -> String {
    let name: String = name.nfc().collect();
    let name = name.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}'));
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    // Lower case may decompose a character, such as U+0130.
    words.join(" ").nfc().collect()
}

/// A connection of a scenario that socklab holds: as a client, or because a program under test
/// connected to one of its listening sockets. Numbered from 1 in the order of the steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(pub u32);

/// A program of a scenario, a server or not, numbered from 0 in the order of the `start` and `run`
/// steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServerId(pub u32);

/// A listening socket of socklab, numbered from 0 in the order of the `listen` steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ListenerId(pub u32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_names_ignore_spelling_variants() {
        assert_eq!(fold_name("Jose\u{301}  Lima\u{a0}"), fold_name("\u{feff}josé lima"));
        assert_ne!(fold_name("jose lima"), fold_name("josé lima"), "an accent is part of a name");
    }

    #[test]
    fn student_of_a_moodle_folder_is_known() {
        let parts = |id: &str| {
            let id = SubmissionId(id.to_owned());
            (id.student().map(str::to_owned), id.short().to_owned())
        };
        let known = (Some("Ana Lima_b".to_owned()), "1001".to_owned());
        assert_eq!(parts("Ana Lima_b_1001_assignsubmission_file_"), known);
        for other in
            ["ana", "Ana_1001", "_1_assignsubmission_file_", "Ana_x_assignsubmission_file_", "_assignsubmission_"]
        {
            assert_eq!(parts(other), (None, other.to_owned()));
        }
    }

    #[test]
    fn names_are_plain_words() {
        assert_eq!("tcp-multi.5".parse::<ItemId>().map(|n| n.to_string()), Ok("tcp-multi.5".to_owned()));
        for bad in ["", "-x", "a b", "../x", "é", &"x".repeat(65)] {
            assert_eq!(bad.parse::<ItemId>(), Err(NameError), "{bad:?}");
        }
    }
}
