//! The short form of a scenario (five lines). Expanded to the long form, the only one that other
//! modules know.

use super::diagnostic::{Diagnostic, DiagnosticKind};
use super::step::{self, ServerArg, Step};
use super::{Item, ReadContext, ScenarioFile};
use crate::model::{YamlPath, YamlPathPart};

/// Returns a valid name made from the file's name, without its folder and extension.
pub(super) fn name_from_file(file: &str) -> String {
    let base = file.rsplit('/').next().unwrap_or(file);
    let base = base.strip_suffix(".yaml").or_else(|| base.strip_suffix(".yml")).unwrap_or(base);
    let name: String =
        base.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).take(60).collect();
    if name.starts_with(|c: char| c.is_ascii_alphanumeric()) { name } else { format!("scenario{name}") }
}

/// Expands the short form to the long one: a first step that starts the server, and one item.
pub(super) fn expand(
    name: &str,
    written: &mut ScenarioFile,
    setting: ReadContext<'_>,
    file: &str,
    text: &str,
    out: &mut Vec<Diagnostic>,
) {
    let mut mistake = |key: &str, kind: DiagnosticKind| {
        out.push(Diagnostic::at(file, text, &YamlPath(vec![YamlPathPart::Key(key.to_owned())]), kind));
    };
    match written.server.take() {
        None => mistake("expect", DiagnosticKind::ExpectWithoutServer),
        Some(argv) => {
            let words = argv.words().to_vec();
            // A single word that names a role is that role. Anything else is a command line.
            let role = setting
                .roles
                .filter(|_| words.len() == 1)
                .and_then(|roles| roles.iter().find(|role| role.as_str() == words[0]));
            let server = role.cloned().map_or_else(|| ServerArg::Command(words), ServerArg::Role);
            written.steps.insert(0, Step::Start(step::Start::with_server(server)));
        }
    }
    if !written.items.is_empty() {
        mistake("items", DiagnosticKind::ItemsAndExpect);
        return;
    }
    let id = name.parse().or_else(|_| name_from_file(name).parse());
    match id {
        Ok(id) => written.items.push(Item {
            visibility: super::Visibility::Visible,
            id,
            title: written.title.clone(),
            points: 1,
            needs: Vec::new(),
            expect: std::mem::take(&mut written.expect),
            hint: None,
        }),
        Err(_) => mistake("scenario", DiagnosticKind::ExpectedName),
    }
}
