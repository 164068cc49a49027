//! A lab item as written in a scenario: its title, points, visibility and expectations.

use schemars::JsonSchema;
use serde::Deserialize;

use super::expect::Expectation;
use crate::model::{ItemId, LocalizedText};

/// A lab item, judged from the evidence of the steps.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The item's public id.
    pub id: ItemId,
    /// The task given to the student.
    #[serde(default)]
    pub title: Option<LocalizedText>,
    /// The points that it is worth. Default: 1.
    #[serde(default = "one")]
    pub points: u32,
    /// Items that this one depends on. If one of them fails, this one is not verified.
    #[serde(default)]
    pub needs: Vec<ItemId>,
    /// The expectations, all of which must hold.
    pub expect: Vec<Expectation>,
    /// The lab author's hint, shown when the item fails.
    #[serde(default)]
    pub hint: Option<LocalizedText>,
    /// Who can see the item.
    #[serde(default)]
    pub visibility: Visibility,
}

/// The visibility of an item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Visibility {
    /// Visible to students and graders.
    #[default]
    Visible,
    /// Visible to graders only: left out of everything meant for students.
    Hidden,
}

const fn one() -> u32 {
    1
}
