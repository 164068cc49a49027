//! Reads the files of the course that `lab.yaml` names, and validates its section `written`.

use std::collections::BTreeSet;

use super::lab_file::LabFile;
use super::{FileReader, file_list};
use crate::model::{Role, YamlPath};
use crate::scenario::Scenario;
use crate::scenario::diagnostic::{Diagnostic, DiagnosticKind};

/// Maximum size of a text of the course that is compared, in bytes.
const MAX_TEXT_BYTES: usize = 256 << 10;

/// Reads the files of the course: returns the hashes of those in `given`, and the texts.
pub(super) fn read_course_files(
    written: &LabFile,
    file: &str,
    text: &str,
    open: FileReader<'_>,
    out: &mut Vec<Diagnostic>,
) -> (BTreeSet<String>, Vec<String>) {
    let (mut hashes, mut texts) = (BTreeSet::new(), Vec::new());
    let given =
        written.given.iter().enumerate().map(|(k, name)| (YamlPath::default().key("given").index(k), name, true));
    let template = written.written.template.iter().enumerate();
    let template = template.map(|(k, name)| (YamlPath::default().key("written").key("template").index(k), name, false));
    for (path, name, is_given) in given.chain(template) {
        let bytes = match open(name) {
            Ok(bytes) => bytes,
            Err(why) => {
                out.push(file_list::relocate(*why, file, text, &path, name));
                continue;
            }
        };
        let lower = name.to_lowercase();
        let is_text = [".md", ".markdown", ".txt"].iter().any(|ending| lower.ends_with(ending));
        if is_given {
            hashes.insert(blake3::hash(&bytes).to_hex().to_string());
        }
        if is_text || !is_given {
            texts.push(
                String::from_utf8_lossy(bytes.get(..bytes.len().min(MAX_TEXT_BYTES)).unwrap_or_default()).into_owned(),
            );
        }
    }
    (hashes, texts)
}

/// Reports parts that are not roles and, if `all_items` are known, questions of unknown items.
pub(super) fn validate(
    written: &LabFile,
    scenarios: &[Scenario],
    all_items: bool,
    (file, text): (&str, &str),
    out: &mut Vec<Diagnostic>,
) {
    let here = YamlPath::default().key("written");
    let roles: Vec<&str> = written.roles.keys().map(Role::as_str).collect();
    for role in written.written.parts.keys().filter(|role| !written.roles.contains_key(*role)) {
        let mistake = DiagnosticKind::UnknownRole.with("name", role.as_str());
        let path = here.key("parts").key(role.as_str());
        out.push(Diagnostic::at(file, text, &path, mistake).with_nearest(role.as_str(), &roles));
    }
    if !all_items {
        return;
    }
    let known: Vec<&str> = scenarios.iter().flat_map(|one| &one.items).map(|item| item.id.as_str()).collect();
    let questions = written.written.questions.keys().map(|item| (here.key("questions").key(item.as_str()), item));
    let code = written.written.code.iter().enumerate().map(|(k, item)| (here.key("code").index(k), item));
    for (path, item) in questions.chain(code).filter(|(_, item)| !known.contains(&item.as_str())) {
        let mistake = DiagnosticKind::UnknownItem.with("item", item.as_str());
        out.push(Diagnostic::at(file, text, &path, mistake).with_nearest(item.as_str(), &known));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Lab;
    use super::*;

    fn read(section: &str) -> Result<Lab, Vec<String>> {
        let lab = format!("lab: x\nroles:\n  tcp-simple: {{ protocol: tcp, port: 1 }}\nscenarios: []\n{section}");
        let open = |name: &str| match name {
            "lab.yaml" => Ok(lab.clone().into_bytes()),
            "course.md" => Ok(b"Answer here".to_vec()),
            _ => Err(Box::new(Diagnostic::new(name, 0, 0, 1, DiagnosticKind::FileMissing.with("file", name)))),
        };
        Lab::read("", &open, None).map_err(|all| all.into_iter().map(|one| one.message.id.into_owned()).collect())
    }

    #[test]
    fn unknown_names_and_missing_files_are_reported() {
        let found = read(
            "written:\n  parts: { tcp: [TCP] }\n  questions: { tcp-simple.9: [Why] }\n  code: [x.1]\n  template: [none.md]\n",
        );
        let found = found.expect_err("mistakes");
        for id in ["mistake-unknown-role", "mistake-unknown-item", "file-missing"] {
            assert!(found.contains(&id.to_owned()), "{id}: {found:?}");
        }
    }

    #[test]
    fn bundled_lab_has_texts_for_every_item() {
        let lab = Lab::bundled("socket-lab", None).expect("it is right");
        for (_, item) in lab.items() {
            assert!(lab.written.section.questions.get(&item.id).is_some_and(|texts| texts.len() >= 3), "{}", item.id);
        }
        assert_eq!(lab.written.section.parts.len(), lab.roles.len());
        assert!(!lab.written.texts.is_empty());
    }
}
