//! The files that `lab.yaml` lists: which they are, also where it cannot be read whole, and where it is told that one
//! cannot be read.

use serde::Deserialize;

use super::super::{diagnostic::Diagnostic, yaml};
use super::Read;
use crate::model::{Message, Path, PathPart};

/// Of `lab.yaml` the list alone, whatever else is wrong.
#[derive(Debug, Deserialize)]
struct Listed {
    #[serde(default)]
    scenarios: Vec<String>,
}

/// The scenario files that a `lab.yaml` with this text lists.
#[must_use]
pub fn scenarios(text: &str) -> Vec<String> {
    let read = yaml::read_what_can_be::<Listed>("lab.yaml", text);
    let listed = read.map_or_else(|(_, rest)| rest, Some);
    listed.map_or_else(Vec::new, |listed| listed.scenarios)
}

/// The listed files that cannot be opened, where nothing more can be said of the lab.
pub(super) fn missing(file: &str, text: &str, open: Read<'_>) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for (k, name) in scenarios(text).iter().enumerate() {
        if let Err(why) = open(name) {
            out.push(told_here(*why, file, text, &Path::default().key("scenarios").index(k), name));
        }
    }
    out
}

/// Why a listed file cannot be read, at the place in `lab.yaml` that lists it; at its own place where it has one.
pub(super) fn told_here(why: Diagnostic, file: &str, text: &str, path: &Path, name: &str) -> Diagnostic {
    if why.line > 0 {
        return why;
    }
    let message = Message { id: why.message.id, args: why.message.args }.with("file", name);
    Diagnostic::at(file, text, path, message)
}

/// Where the mistakes of shape of a `lab.yaml` lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    in_roles: bool,
    /// In its list of scenarios: some may be missing in what could be read.
    pub(super) in_scenarios: bool,
}

impl Shape {
    /// Of these mistakes.
    pub(super) fn of(wrong: &[Diagnostic]) -> Self {
        let lies_in = |part: &str| {
            wrong.iter().any(|one| match (one.path.0.as_slice(), one.nearest.as_deref()) {
                ([PathPart::Key(_)], near) if one.message.id == "mistake-unknown-key" => {
                    near.is_none_or(|near| near == part)
                }
                ([PathPart::Key(key), ..], _) => key == part,
                _ => true,
            })
        };
        Self { in_roles: lies_in("roles"), in_scenarios: lies_in("scenarios") }
    }

    /// Whether a mistake of meaning may only follow from one of them.
    pub(super) fn brings_about(&self, diagnostic: &Diagnostic) -> bool {
        match diagnostic.message.id.as_ref() {
            "mistake-unknown-role" => self.in_roles,
            "mistake-no-scenarios" => self.in_scenarios,
            _ => false,
        }
    }
}
