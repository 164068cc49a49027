//! `Place`: where in a YAML file something stands, as a path that a small search turns into line and column.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One step down into a YAML document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PathPart {
    /// The value under this key.
    Key(String),
    /// The n-th element, from 0.
    Index(usize),
}

/// The way from a document's root to a node, as `items[0].expect[2]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Path(pub Vec<PathPart>);

impl Path {
    /// This path and one key more.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let mut parts = self.0.clone();
        parts.push(PathPart::Key(key.to_owned()));
        Self(parts)
    }

    /// This path and one element more.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        let mut parts = self.0.clone();
        parts.push(PathPart::Index(index));
        Self(parts)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (k, part) in self.0.iter().enumerate() {
            match part {
                PathPart::Key(key) if k > 0 => write!(f, ".{key}")?,
                PathPart::Key(key) => f.write_str(key)?,
                PathPart::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// A line and column in a file, both from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Place {
    /// The file as it was named, `-` for standard input.
    pub file: String,
    /// The line, from 1; 0 where no line applies.
    pub line: u32,
    /// The column in characters, from 1; 0 where no column applies.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 { f.write_str(&self.file) } else { write!(f, "{}:{}:{}", self.file, self.line, self.column) }
    }
}
