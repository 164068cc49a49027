//! The step that stands for the steps of a macro. These follow it in the list of steps, since the reader
//! of YAML puts them there.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Perform;
use crate::scenario::runtime::{Runtime, RuntimeError};
use crate::scenario::syntax::Keyword;
use crate::scenario::validate::Scope;

/// Performs the steps of a macro.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Use {
    /// The name of the macro.
    #[serde(rename = "macro")]
    pub name: String,
    /// The values of its parameters, by name: texts, numbers, lists or maps.
    #[serde(default)]
    pub with: BTreeMap<String, serde_json::Value>,
}

impl Keyword for Use {
    const SHORTHAND_FIELD: Option<&'static str> = Some("macro");
}

impl Perform for Use {
    fn check(&self, _: &mut Scope<'_>) {}
    fn perform(&self, _: &mut dyn Runtime) -> Result<(), RuntimeError> {
        Ok(())
    }
}
