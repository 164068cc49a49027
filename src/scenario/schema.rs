//! JSON Schemas of scenario, lab and submission files, derived from their types.

use schemars::Schema;

use crate::scenario::ScenarioFile;
use crate::scenario::lab::LabFile;
use crate::scenario::manifest::Manifest;

/// Returns the JSON Schema named `scenario`, `lab` or `submission`. The schema of reports belongs
/// to the report format.
#[must_use]
pub(crate) fn schema(name: &str) -> Option<Schema> {
    let generator = schemars::generate::SchemaSettings::draft2020_12().into_generator();
    match name {
        "scenario" => Some(generator.into_root_schema_for::<ScenarioFile>()),
        "lab" => Some(generator.into_root_schema_for::<LabFile>()),
        "submission" => Some(generator.into_root_schema_for::<Manifest>()),
        _ => None,
    }
}
