//! A lab item as a scenario has it: what is asked, what it is worth, who sees it, and what must hold.

use schemars::JsonSchema;
use serde::Deserialize;

use super::expect::Expectation;
use crate::model::{ItemId, Text};

/// What a lab item makes of the steps.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its public id.
    pub id: ItemId,
    /// What is asked of the student.
    #[serde(default)]
    pub title: Option<Text>,
    /// What it is worth.
    #[serde(default = "one")]
    pub points: u32,
    /// Items that must pass before this one says anything.
    #[serde(default)]
    pub needs: Vec<ItemId>,
    /// What must hold.
    pub expect: Vec<Expectation>,
    /// The lab author's words, shown when it fails.
    #[serde(default)]
    pub hint: Option<Text>,
    /// Who sees it.
    #[serde(default)]
    pub visibility: Visibility,
}

/// Who sees an item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Visibility {
    /// Everybody.
    #[default]
    Visible,
    /// Only who grades: in nothing that is meant for students.
    Hidden,
}

const fn one() -> u32 {
    1
}
