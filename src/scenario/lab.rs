//! A lab: a folder with `lab.yaml` and scenario files. The bundled labs are embedded in the
//! program.

mod course_files;
mod dependencies;
mod file_list;
mod item_order;
mod lab_file;
mod replaced_steps;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use include_dir::{Dir, include_dir};

pub use self::file_list::listed_scenarios as listed_in;
pub use self::item_order::sort_by_part;
pub use self::lab_file::{AnswerKind, Concurrency, LabFile, MissingPolicy, RoleEntry, RoleKind};
pub use self::written::{WrittenSection, WrittenTexts};
use super::diagnostic::{Diagnostic, DiagnosticKind};
use super::formats::{self, FormatSource};
use super::{ParseOutcome, ReadContext, Scenario, yaml};
use crate::model::{LocalizedText, Role, YamlPath};
use crate::packet::layout::Layout;

/// The bundled labs.
static BUNDLED_LABS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// The lab that runs if none is named.
pub const DEFAULT_LAB: &str = "socket-lab";

/// A lab that was parsed and validated.
#[derive(Debug, Clone, PartialEq)]
pub struct Lab {
    /// The lab's name.
    pub name: String,
    /// Title of the lab.
    pub title: Option<LocalizedText>,
    /// Its programs, by role.
    pub roles: BTreeMap<Role, RoleEntry>,
    /// Its scenarios, in order.
    pub scenarios: Vec<Scenario>,
    /// Verdict of the items whose program was not submitted.
    pub missing: MissingPolicy,
    /// Points for answering an item in the written report.
    pub documented: u32,
    /// The BLAKE3 hashes of the files provided by the course.
    pub given: BTreeSet<String>,
    /// How students name the parts and questions in the written report, and the course's own texts.
    pub written: WrittenTexts,
    /// The formats that it declares for all scenarios, by name.
    pub formats: BTreeMap<String, Layout>,
}

/// Opens a file of a lab: returns the bytes of a file beside `lab.yaml`, or a diagnostic.
pub type FileReader<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>, Box<Diagnostic>>;

impl Lab {
    /// Reads the lab in this folder. Reports every mistake in every file at once.
    ///
    /// # Errors
    /// Returns an error if the authors made mistakes.
    pub fn read(
        folder: &str,
        open: FileReader<'_>,
        variables: Option<&BTreeMap<String, String>>,
    ) -> Result<Self, Vec<Diagnostic>> {
        Self::read_selected(folder, open, variables, None)
    }

    /// Reads only these scenario files of a lab (named as in `lab.yaml`) and those whose items they
    /// need. Mistakes in unrelated files are ignored.
    ///
    /// # Errors
    /// Returns an error if the authors made mistakes.
    pub fn read_selected(
        folder: &str,
        open: FileReader<'_>,
        variables: Option<&BTreeMap<String, String>>,
        part: Option<&BTreeSet<String>>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let file = lab_file_name(folder, "lab.yaml");
        let text = decode_text(&file, open("lab.yaml").map_err(|diagnostic| vec![*diagnostic])?)?;
        let (written, mut out) = match yaml::read_lenient::<LabFile>(&file, &text) {
            Ok(written) => (written, Vec::new()),
            Err((mistakes, Some(rest))) => (rest, mistakes),
            Err((mut mistakes, None)) => {
                mistakes.extend(file_list::missing_files(&file, &text, open));
                return Err(mistakes);
            }
        };
        let shape = file_list::SyntaxErrors::from_diagnostics(&out);
        validate_lab_file(&written, &file, &text, &mut out);
        let roles: BTreeSet<Role> = written.roles.keys().cloned().collect();
        let source = FormatSource { file: &file, text: &text };
        let formats = formats::resolve(&written.formats, None, source, &mut out);
        let context = ReadContext { roles: Some(&roles), variables, formats: Some(&formats) };
        let is_named = |name: &str| part.is_none_or(|part| part.contains(name));
        let (mut scenarios, mut others, mut all_items) = (Vec::new(), Vec::new(), !shape.in_scenarios);
        for (k, name) in written.scenarios.iter().enumerate() {
            let path = YamlPath::default().key("scenarios").index(k);
            let reading = match open(name) {
                Ok(bytes) => parse_scenario_lenient(&lab_file_name(folder, name), bytes, context, open),
                Err(why) => {
                    let mistakes = vec![file_list::relocate(*why, &file, &text, &path, name)];
                    ParseOutcome { scenario: None, diagnostics: mistakes, all_items_known: false }
                }
            };
            all_items &= reading.all_items_known;
            if is_named(name) { &mut out } else { &mut others }.extend(reading.diagnostics);
            scenarios.extend(reading.scenario);
        }
        let (given, texts) = course_files::read_course_files(&written, &file, &text, open, &mut out);
        course_files::validate(&written, &scenarios, all_items, (&file, &text), &mut out);
        dependencies::validate(&scenarios, all_items, &mut out);
        if let Some(part) = part {
            let named: BTreeSet<String> = part.iter().map(|name| lab_file_name(folder, name)).collect();
            dependencies::retain_with_dependencies(&mut scenarios, &|scenario| named.contains(&scenario.file));
            let is_kept = |name: &String| {
                *name == file || named.contains(name) || scenarios.iter().any(|kept| kept.file == *name)
            };
            let is_here = |one: &Diagnostic| is_kept(&one.file);
            // A needed item may be in a file that could not be read: then report other files too.
            let lacks = dependencies::has_missing_dependency(&scenarios);
            out.retain(is_here);
            out.extend(others.into_iter().filter(|one| lacks || one.file != file && is_here(one)));
        }
        out.retain(|diagnostic| !shape.suppresses(diagnostic));
        let order = |name: &str| written.scenarios.iter().position(|own| lab_file_name(folder, own) == name);
        out.sort_by_key(|one| (one.file != file, order(&one.file), one.line, one.column));
        let lab = Self {
            name: written.lab,
            title: written.title,
            roles: written.roles,
            scenarios,
            missing: written.missing,
            documented: written.documented,
            given,
            written: WrittenTexts { section: written.written, texts },
            formats: formats.into_iter().filter_map(|(name, layout)| Some((name, layout?))).collect(),
        };
        if out.is_empty() { Ok(lab) } else { Err(out) }
    }

    /// Reads the bundled lab of this name.
    ///
    /// # Errors
    /// Returns an error if there is no such lab or it has mistakes. A test checks the bundled labs.
    pub fn bundled(name: &str, variables: Option<&BTreeMap<String, String>>) -> Result<Self, Vec<Diagnostic>> {
        let folder = format!("scenarios/{name}");
        let open = |file: &str| {
            BUNDLED_LABS.get_file(format!("{name}/{file}")).map(|file| file.contents().to_vec()).ok_or_else(|| {
                let mistake = DiagnosticKind::FileMissing.with("file", file);
                Box::new(Diagnostic::new(&lab_file_name(&folder, file), 0, 0, 1, mistake))
            })
        };
        Self::read(&folder, &open, variables)
    }

    /// Returns the roles of the default lab. Reads its `lab.yaml` and none of its scenarios: their
    /// parsing costs more than a short run.
    ///
    /// # Errors
    /// Returns an error if the file has mistakes. A test checks the bundled labs.
    pub fn default_roles() -> Result<BTreeMap<Role, RoleEntry>, Vec<Diagnostic>> {
        let file = lab_file_name(&format!("scenarios/{DEFAULT_LAB}"), "lab.yaml");
        let text = Self::bundled_text(&file).unwrap_or_default();
        let written = yaml::read_lenient::<LabFile>(&file, text).map_err(|(mistakes, _)| mistakes)?;
        Ok(written.roles)
    }

    /// Returns the names of the bundled labs.
    #[must_use]
    pub fn bundled_names() -> Vec<String> {
        BUNDLED_LABS.dirs().filter_map(|dir| Some(dir.path().file_name()?.to_str()?.to_owned())).collect()
    }

    /// Returns the text of a bundled file, by its path, with or without `scenarios/`.
    #[must_use]
    pub fn bundled_text(file: &str) -> Option<&'static str> {
        BUNDLED_LABS.get_file(file.strip_prefix("scenarios/").unwrap_or(file))?.contents_utf8()
    }

    /// Builds a lab from standalone scenarios, with the roles of the default lab.
    ///
    /// # Errors
    /// Returns an error if the dependencies between their items are wrong.
    pub fn from_scenarios(name: &str, scenarios: Vec<Scenario>) -> Result<Self, Vec<Diagnostic>> {
        let whole =
            |scenario| ParseOutcome { scenario: Some(scenario), diagnostics: Vec::new(), all_items_known: true };
        Self::from_outcomes(name, scenarios.into_iter().map(whole).collect())
    }

    /// Builds a lab from lenient reads of standalone scenarios, with the roles of the default lab.
    ///
    /// # Errors
    /// Returns an error if a scenario or the dependencies between their items have mistakes.
    pub fn from_outcomes(name: &str, readings: Vec<ParseOutcome>) -> Result<Self, Vec<Diagnostic>> {
        let roles = Self::default_roles()?;
        let (missing, given) = (MissingPolicy::default(), BTreeSet::new());
        let all_items = readings.iter().all(|reading| reading.all_items_known);
        let (mut out, mut scenarios) = (Vec::new(), Vec::new());
        for reading in readings {
            out.extend(reading.diagnostics);
            scenarios.extend(reading.scenario);
        }
        dependencies::validate(&scenarios, all_items, &mut out);
        if out.is_empty() {
            let (name, written) = (name.to_owned(), WrittenTexts::default());
            return Ok(Self {
                name,
                title: None,
                roles,
                scenarios,
                missing,
                documented: 0,
                given,
                written,
                formats: BTreeMap::new(),
            });
        }
        let files: Vec<String> = out.iter().map(|one| one.file.clone()).collect();
        out.sort_by_key(|one| (files.iter().position(|file| *file == one.file), one.line, one.column));
        Err(out)
    }

    /// Returns the BLAKE3 hash of the parts that affect verdicts: a lab with another hash may judge
    /// differently. It does not depend on the lab's folder, which machines may name differently.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let settings = (&self.roles, self.missing, self.documented, &self.given, &self.written);
        hasher.update(format!("{settings:?}").as_bytes());
        if !self.formats.is_empty() {
            hasher.update(format!("{:?}", self.formats).as_bytes());
        }
        for scenario in &self.scenarios {
            let file = Path::new(&scenario.file).file_name().unwrap_or_default();
            for part in [file.as_encoded_bytes(), scenario.text.as_bytes()] {
                hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
            }
            for (name, bytes) in &scenario.files {
                hasher.update(name.as_bytes()).update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
            }
        }
        hasher.finalize().to_hex().to_string()
    }

    /// Removes hidden items, and scenarios that have no other items.
    #[must_use]
    pub fn without_hidden_items(mut self) -> Self {
        for scenario in &mut self.scenarios {
            scenario.items.retain(|item| item.visibility == super::Visibility::Visible);
        }
        self.scenarios.retain(|scenario| !scenario.items.is_empty());
        self
    }

    /// Returns true if a client fills this role.
    #[must_use]
    pub fn is_client(&self, role: &Role) -> bool {
        self.roles.get(role).is_some_and(|entry| entry.kind == RoleKind::Client)
    }

    /// Returns every item with its scenario, in the lab's order.
    pub fn items(&self) -> impl Iterator<Item = (&Scenario, &super::Item)> {
        self.scenarios.iter().flat_map(|scenario| scenario.items.iter().map(move |item| (scenario, item)))
    }
}

/// Reads a scenario leniently, and the files named by its payloads.
#[must_use]
pub fn parse_scenario_lenient(
    file: &str,
    bytes: Vec<u8>,
    context: ReadContext<'_>,
    open: FileReader<'_>,
) -> ParseOutcome {
    let text = match decode_text(file, bytes) {
        Ok(text) => text,
        Err(mistakes) => return ParseOutcome { scenario: None, diagnostics: mistakes, all_items_known: false },
    };
    let mut reading = Scenario::parse_lenient(file, &text, context);
    if let Some(scenario) = &mut reading.scenario {
        let mut files = BTreeMap::new();
        for (path, name) in scenario.payload_files() {
            match open(name) {
                Ok(bytes) => drop(files.insert(name.to_owned(), bytes)),
                Err(why) => reading.diagnostics.push(Diagnostic::at(file, &text, &path, why.into_mistake())),
            }
        }
        scenario.files = files;
        scenario.resolve_contents();
        reading.diagnostics.sort_by_key(|one| (one.line, one.column));
    }
    reading
}

/// Names of the bundled programs. Listed here because this floor does not import `bundled`.
const BUNDLED_PROGRAMS: [&str; 7] =
    ["tcp-simple", "udp-simple", "tcp-multi", "line-chat", "http-server", "file-server", "client"];

/// Splits a role's bundled command into the program's name and its options.
#[must_use]
pub fn bundled_command(entry: &RoleEntry) -> Option<Vec<String>> {
    shell_words::split(entry.bundled.as_deref()?).ok()
}

fn validate_lab_file(written: &LabFile, file: &str, text: &str, out: &mut Vec<Diagnostic>) {
    for (role, entry) in &written.roles {
        if let Some(name) = &entry.bundled {
            let known =
                |words: Vec<String>| words.first().is_some_and(|name| BUNDLED_PROGRAMS.contains(&name.as_str()));
            if !bundled_command(entry).is_some_and(known) {
                let path = YamlPath::default().key("roles").key(role.as_str()).key("bundled");
                let mistake = DiagnosticKind::UnknownBundled.with("name", name.as_str());
                out.push(Diagnostic::at(file, text, &path, mistake));
            }
        }
    }
    for (role, entry) in &written.roles {
        for (k, other) in
            entry.falls_back_to.iter().enumerate().filter(|(_, other)| !written.roles.contains_key(*other))
        {
            let path = YamlPath::default().key("roles").key(role.as_str()).key("falls_back_to").index(k);
            let mistake = DiagnosticKind::UnknownRole.with("name", other.as_str());
            out.push(Diagnostic::at(file, text, &path, mistake));
        }
    }
    if written.scenarios.is_empty() {
        let path = YamlPath::default().key("scenarios");
        out.push(Diagnostic::at(file, text, &path, DiagnosticKind::NoScenarios));
    }
}

/// Decodes a file's bytes as UTF-8.
fn decode_text(file: &str, bytes: Vec<u8>) -> Result<String, Vec<Diagnostic>> {
    String::from_utf8(bytes)
        .map_err(|_| vec![Diagnostic::new(file, 0, 0, 1, DiagnosticKind::FileNotText.with("file", file))])
}

/// Joins the folder of a lab and the name of a file beside its `lab.yaml`.
#[must_use]
pub fn lab_file_name(folder: &str, file: &str) -> String {
    if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_roles_are_those_of_the_default_lab() {
        let lab = Lab::bundled(DEFAULT_LAB, None).expect("the bundled lab");
        assert!(!lab.roles.is_empty());
        assert_eq!(Lab::default_roles(), Ok(lab.roles));
    }
}
