//! The section `written` of `lab.yaml`: how students name the parts and questions in their reports,
//! and the texts that the course provides.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::{ItemId, Role};

/// The section `written` as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WrittenSection {
    /// Titles of the parts of the report, by role.
    pub parts: BTreeMap<Role, Vec<String>>,
    /// Texts of the questions, by item, in every language and wording that students use. The item's
    /// own title is always one of them.
    pub questions: BTreeMap<ItemId, Vec<String>>,
    /// Groups of words with the same meaning.
    pub synonyms: Vec<Vec<String>>,
    /// Items that code without further words answers.
    pub code: BTreeSet<ItemId>,
    /// Files beside this one with texts that the course provides. They are not answers.
    pub template: Vec<String>,
}

/// The section `written`, with the texts of its files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrittenTexts {
    /// The section.
    pub section: WrittenSection,
    /// The texts that the course provides: those of `template`, and Markdown and text of `given`.
    pub texts: Vec<String>,
}
