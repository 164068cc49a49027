//! The files listed in `lab.yaml`, even if it is only partly readable, and the diagnostics of those
//! that cannot be opened.

use serde::Deserialize;

use super::super::diagnostic::{Diagnostic, DiagnosticKind};
use super::super::yaml;
use super::FileReader;
use crate::model::{YamlPath, YamlPathPart};

/// The `scenarios` list of a `lab.yaml`. All other keys are ignored.
#[derive(Debug, Deserialize)]
struct ScenarioList {
    #[serde(default)]
    scenarios: Vec<String>,
}

/// Returns the scenario files listed in the text of a `lab.yaml`.
#[must_use]
pub fn listed_scenarios(text: &str) -> Vec<String> {
    let read = yaml::read_lenient::<ScenarioList>("lab.yaml", text);
    let listed = read.map_or_else(|(_, rest)| rest, Some);
    listed.map_or_else(Vec::new, |listed| listed.scenarios)
}

/// Reports the listed files that cannot be opened. Used if nothing else of the lab is readable.
pub(super) fn missing_files(file: &str, text: &str, open: FileReader<'_>) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for (k, name) in listed_scenarios(text).iter().enumerate() {
        if let Err(why) = open(name) {
            out.push(relocate(*why, file, text, &YamlPath::default().key("scenarios").index(k), name));
        }
    }
    out
}

/// Moves the diagnostic of an unreadable file to its entry in `lab.yaml`, unless it has its own
/// line.
pub(super) fn relocate(why: Diagnostic, file: &str, text: &str, path: &YamlPath, name: &str) -> Diagnostic {
    if why.line > 0 {
        return why;
    }
    Diagnostic::at(file, text, path, why.into_mistake().with("file", name))
}

/// The sections of a `lab.yaml` that have syntax errors.
#[derive(Debug, Clone, Copy)]
pub(super) struct SyntaxErrors {
    in_roles: bool,
    in_formats: bool,
    /// True if the list of scenarios has errors: some scenarios may be missing.
    pub(super) in_scenarios: bool,
}

impl SyntaxErrors {
    /// Finds the sections of these diagnostics.
    pub(super) fn from_diagnostics(wrong: &[Diagnostic]) -> Self {
        let lies_in = |part: &str| {
            wrong.iter().any(|one| match (one.path.0.as_slice(), one.nearest.as_deref()) {
                ([YamlPathPart::Key(_)], near) if one.kind == DiagnosticKind::UnknownKey => {
                    near.is_none_or(|near| near == part)
                }
                ([YamlPathPart::Key(key), ..], _) => key == part,
                _ => true,
            })
        };
        Self { in_roles: lies_in("roles"), in_formats: lies_in("formats"), in_scenarios: lies_in("scenarios") }
    }

    /// Returns true if a semantic mistake may only follow from one of the syntax errors.
    pub(super) fn suppresses(&self, diagnostic: &Diagnostic) -> bool {
        match diagnostic.kind {
            DiagnosticKind::UnknownRole => self.in_roles,
            DiagnosticKind::UnknownFormat => self.in_formats,
            DiagnosticKind::NoScenarios => self.in_scenarios,
            _ => false,
        }
    }
}
