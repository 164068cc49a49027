//! Locations in YAML files and in sources. A path to a YAML node is resolved to line and column
//! later.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One level of a path in a YAML document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum YamlPathPart {
    /// The value of this key.
    Key(String),
    /// The element with this index, from 0.
    Index(usize),
}

/// The path from the root of a document to a node, such as `items[0].expect[2]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct YamlPath(pub Vec<YamlPathPart>);

impl YamlPath {
    /// Returns this path with one more key.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let mut parts = self.0.clone();
        parts.push(YamlPathPart::Key(key.to_owned()));
        Self(parts)
    }

    /// Returns this path with one more index.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        let mut parts = self.0.clone();
        parts.push(YamlPathPart::Index(index));
        Self(parts)
    }
}

impl fmt::Display for YamlPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (k, part) in self.0.iter().enumerate() {
            match part {
                YamlPathPart::Key(key) if k > 0 => write!(f, ".{key}")?,
                YamlPathPart::Key(key) => f.write_str(key)?,
                YamlPathPart::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// A line and column in a file, both from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SourceLocation {
    /// The file name as given; `-` for standard input.
    pub file: String,
    /// The line, from 1; 0 if not applicable.
    pub line: u32,
    /// The column in characters, from 1; 0 if not applicable.
    pub column: u32,
}

impl fmt::Display for SourceLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 { f.write_str(&self.file) } else { write!(f, "{}:{}:{}", self.file, self.line, self.column) }
    }
}
