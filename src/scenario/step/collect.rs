//! The step that copies a file of the programs into the evidence.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Perform;
use super::given_files::is_inside;
use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::runtime::{Runtime, RuntimeError};
use crate::scenario::syntax::Keyword;
use crate::scenario::validate::Scope;

/// Copies a file from the working directory of the programs into the evidence, once they are idle.
/// If it is not there, that is recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Collect {
    /// The file, by its path in the working directory.
    pub file: String,
}

impl Keyword for Collect {
    const SHORTHAND_FIELD: Option<&'static str> = Some("file");
}

impl Perform for Collect {
    fn check(&self, names: &mut Scope<'_>) {
        names.require_server();
        if !is_inside(&self.file) {
            names.report(&["file"], DiagnosticKind::GivenPath.with("path", self.file.as_str()));
        }
        names.declare_collected_file(&self.file);
    }
    fn perform(&self, stage: &mut dyn Runtime) -> Result<(), RuntimeError> {
        stage.collect(&self.file)
    }
}
