//! The section `macros`: steps with parameters, as authors write them. The reader of YAML puts them in the
//! place of each `use` before the steps are read.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};

/// Steps that are used several times.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Macro {
    /// The names of its parameters: `{name}` in its steps becomes the value.
    #[serde(default)]
    pub parameters: Vec<String>,
    /// The steps. They are checked wherever they are used, with the values of that place.
    pub steps: Vec<MacroStep>,
}

/// A step of a macro, before its parameters are replaced.
#[derive(Debug, Clone, PartialEq)]
pub struct MacroStep;

impl<'de> Deserialize<'de> for MacroStep {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(from).map(|_| Self)
    }
}

impl JsonSchema for MacroStep {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "MacroStep".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "A step, in which `{name}` stands for the value of a parameter.", "type": ["object", "string"] })
    }
}
