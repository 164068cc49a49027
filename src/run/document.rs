//! What documents itself: the schemas of what authors write, from the types that read it.

use schemars::Schema;

use crate::scenario::ScenarioFile;
use crate::scenario::lab::LabFile;
use crate::scenario::manifest::Manifest;

/// A schema by its name: `scenario`, `lab` or `submission`. (The report's belongs to its format.)
#[must_use]
pub fn schema(name: &str) -> Option<Schema> {
    let generator = schemars::generate::SchemaSettings::draft2020_12().into_generator();
    match name {
        "scenario" => Some(generator.into_root_schema_for::<ScenarioFile>()),
        "lab" => Some(generator.into_root_schema_for::<LabFile>()),
        "submission" => Some(generator.into_root_schema_for::<Manifest>()),
        _ => None,
    }
}
