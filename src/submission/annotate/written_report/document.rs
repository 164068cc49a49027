//! A document of a submission that was read.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::lines::Line;
use super::markdown::CodeBlock;

/// A document that was read.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// Its path in the submission.
    pub(super) file: PathBuf,
    pub(super) lines: Vec<Line>,
    /// The code in it.
    pub(super) blocks: Vec<CodeBlock>,
    /// Hashes of the pictures that it contains, by the names that its lines have for them.
    pub(super) embedded: BTreeMap<String, String>,
}
