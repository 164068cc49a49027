//! Suppresses semantic diagnostics that follow from a syntax error: they may miss a part of the
//! file that could not be read.
//!
//! Each kind of diagnostic depends only on certain sections of the file and on its own node. Pure.

use super::ScenarioFile;
use super::diagnostic::{Diagnostic, DiagnosticKind, Section};
use crate::model::{YamlPath, YamlPathPart};

/// The syntax errors of a scenario, and the sections that it does not have.
#[derive(Debug)]
pub(super) struct SyntaxErrors {
    errors: Vec<Diagnostic>,
    missing_sections: Vec<Section>,
}

/// Returns the sections that a diagnostic depends on, apart from its own node. `None` if it never
/// follows from a syntax error.
fn required_sections(diagnostic: &Diagnostic) -> Option<&'static [Section]> {
    match diagnostic.kind {
        // In the short form, the expectations are a section.
        DiagnosticKind::NoExpectations if diagnostic.path.0.is_empty() => Some(&[Section::Expect]),
        kind => kind.relies_on(),
    }
}

impl SyntaxErrors {
    /// Collects the syntax errors, and the sections missing from the readable part.
    pub(super) fn new(wrong: &[Diagnostic], written: &ScenarioFile) -> Self {
        let parts = [
            (Section::Steps, written.steps.is_empty()),
            (Section::Items, written.items.is_empty()),
            (Section::Expect, written.expect.is_empty()),
            (Section::Server, written.server.is_none()),
            (Section::Variables, written.variables.is_empty()),
            (Section::Hosts, written.hosts.is_empty()),
            (Section::Formats, written.formats.is_empty()),
        ];
        let absent = parts.into_iter().filter(|(_, is_absent)| *is_absent).map(|(part, _)| part).collect();
        Self { errors: wrong.to_vec(), missing_sections: absent }
    }

    /// Returns true if a semantic diagnostic may only follow from one of the syntax errors.
    pub(super) fn suppresses(&self, diagnostic: &Diagnostic) -> bool {
        required_sections(diagnostic).is_some_and(|parts| {
            parts.iter().any(|part| self.concerns_section(*part)) || self.has_error_below(&subject_node(diagnostic))
        })
    }

    /// Returns true if the ids of all items are known.
    pub(super) fn knows_all_ids(&self) -> bool {
        let loses = |one: &Diagnostic| {
            one.path.0.len() < 3
                || one.path.0[2] == YamlPathPart::Key("id".to_owned())
                || one.nearest.as_deref() == Some("id")
        };
        !self.errors.iter().any(|one| is_in_section(one, "items", &self.missing_sections) && loses(one))
            && !self.errors.iter().any(|one| is_in_section(one, "scenario", &self.missing_sections))
    }

    /// Returns true if a syntax error is in this section, or may be its misspelt key.
    fn concerns_section(&self, part: Section) -> bool {
        self.errors.iter().any(|one| is_in_section(one, part.key(), &self.missing_sections))
    }

    fn has_error_below(&self, node: &YamlPath) -> bool {
        !node.0.is_empty() && self.errors.iter().any(|one| one.path.0.starts_with(&node.0))
    }
}

/// Returns the node whose content is wrong. For an item without expectations, this is the item.
fn subject_node(diagnostic: &Diagnostic) -> YamlPath {
    let mut node = diagnostic.path.clone();
    if diagnostic.kind == DiagnosticKind::NoExpectations {
        node.0.pop();
    }
    node
}

/// Returns true if a syntax error is in this section. An unknown key may have been meant for the
/// section with the nearest name, or else for any missing section.
fn is_in_section(wrong: &Diagnostic, part: &str, absent: &[Section]) -> bool {
    match (wrong.path.0.as_slice(), wrong.nearest.as_deref()) {
        ([YamlPathPart::Key(_)], Some(near)) if wrong.kind == DiagnosticKind::UnknownKey => near == part,
        ([YamlPathPart::Key(_)], None) if wrong.kind == DiagnosticKind::UnknownKey => {
            absent.iter().any(|section| section.key() == part)
        }
        // The steps of macros are steps.
        ([YamlPathPart::Key(key), ..], _) => key == part || key == "macros" && part == Section::Steps.key(),
        _ => true,
    }
}
