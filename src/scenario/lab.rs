//! A lab: a folder with `lab.yaml` and scenario files. The bundled labs are embedded in the
//! program.

mod listed;
mod needs;
mod order;

use std::collections::{BTreeMap, BTreeSet};

use include_dir::{Dir, include_dir};
use schemars::JsonSchema;
use serde::Deserialize;

pub use self::listed::scenarios as listed_in;
pub use self::order::by_part;
use super::diagnostic::Diagnostic;
use super::word::Argv;
use super::{Reading, Scenario, Setting, yaml};
use crate::model::{Message, Path, Protocol, Role, Text};

/// The bundled labs.
static BUNDLED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// The lab that runs if none is named.
pub const DEFAULT: &str = "socket-lab";

/// `lab.yaml` as written.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "socklab lab")]
pub struct LabFile {
    /// The lab's name.
    pub lab: String,
    /// Title of the lab.
    #[serde(default)]
    pub title: Option<Text>,
    /// The programs of the lab, by role.
    #[serde(default)]
    pub roles: BTreeMap<Role, RoleEntry>,
    /// The scenario files, relative to this file, in the order of the report.
    pub scenarios: Vec<String>,
    /// Verdict of the items whose program was not submitted.
    #[serde(default)]
    pub missing: Missing,
    /// Points for answering an item in the written report. With 0, the answer is only shown.
    #[serde(default)]
    pub documented: u32,
    /// Files of the course beside this one. Their pictures do not count as the student's evidence.
    #[serde(default)]
    pub given: Vec<String>,
}

/// The verdict of items whose program was not submitted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// The items are not verified.
    #[default]
    NotVerified,
    /// The items fail.
    Fail,
}

/// A program of the lab.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleEntry {
    /// Title of the program.
    #[serde(default)]
    pub title: Option<Text>,
    /// The transport that it serves.
    pub protocol: Protocol,
    /// The port that it serves.
    pub port: u16,
    /// The bundled program, with its options, that runs if no other program is given.
    #[serde(default)]
    pub bundled: Option<String>,
    /// The command line of a correct program beside this file, which runs if no other program is
    /// given.
    #[serde(default)]
    pub reference: Option<Argv>,
    /// The kind of answer. Identifies its program in a submission without a manifest.
    #[serde(default)]
    pub answers: Option<Answers>,
    /// How many clients it serves.
    #[serde(default)]
    pub serves: Option<Serves>,
    /// Words in the name or path of its program. They identify it if its behaviour does not.
    #[serde(default)]
    pub names: Vec<String>,
    /// Roles whose program runs for this one if it was not submitted, in order of preference.
    #[serde(default)]
    pub falls_back_to: Vec<Role>,
}

/// How a server transforms the data that it receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Answers {
    /// It returns the same bytes.
    Echo,
    /// It returns the text in upper case.
    Uppercase,
}

/// How many clients a server serves, one after another or concurrently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Serves {
    /// One client, then it exits.
    One,
    /// Any number of clients.
    Many,
}

/// A lab that was parsed and validated.
#[derive(Debug, Clone, PartialEq)]
pub struct Lab {
    /// The lab's name.
    pub name: String,
    /// Title of the lab.
    pub title: Option<Text>,
    /// Its programs, by role.
    pub roles: BTreeMap<Role, RoleEntry>,
    /// Its scenarios, in order.
    pub scenarios: Vec<Scenario>,
    /// Verdict of the items whose program was not submitted.
    pub missing: Missing,
    /// Points for answering an item in the written report.
    pub documented: u32,
    /// The BLAKE3 hashes of the files provided by the course.
    pub given: BTreeSet<String>,
}

/// Opens a file of a lab: returns the bytes of a file beside `lab.yaml`, or a diagnostic.
pub type Read<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>, Box<Diagnostic>>;

impl Lab {
    /// Reads the lab in this folder. Reports every mistake in every file at once.
    ///
    /// # Errors
    /// Returns an error if the authors made mistakes.
    pub fn read(
        folder: &str,
        open: Read<'_>,
        variables: Option<&BTreeMap<String, String>>,
    ) -> Result<Self, Vec<Diagnostic>> {
        Self::read_part(folder, open, variables, None)
    }

    /// Reads only these scenario files of a lab (named as in `lab.yaml`) and those whose items they
    /// need. Mistakes in unrelated files are ignored.
    ///
    /// # Errors
    /// Returns an error if the authors made mistakes.
    pub fn read_part(
        folder: &str,
        open: Read<'_>,
        variables: Option<&BTreeMap<String, String>>,
        part: Option<&BTreeSet<String>>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let file = beside(folder, "lab.yaml");
        let text = text_of(&file, open("lab.yaml").map_err(|diagnostic| vec![*diagnostic])?)?;
        let (written, mut out) = match yaml::read_what_can_be::<LabFile>(&file, &text) {
            Ok(written) => (written, Vec::new()),
            Err((mistakes, Some(rest))) => (rest, mistakes),
            Err((mut mistakes, None)) => {
                mistakes.extend(listed::missing(&file, &text, open));
                return Err(mistakes);
            }
        };
        let shape = listed::Shape::of(&out);
        check_bundled(&written, &file, &text, &mut out);
        let roles: BTreeSet<Role> = written.roles.keys().cloned().collect();
        let is_named = |name: &str| part.is_none_or(|part| part.contains(name));
        let (mut scenarios, mut others, mut all_items) = (Vec::new(), Vec::new(), !shape.in_scenarios);
        for (k, name) in written.scenarios.iter().enumerate() {
            let path = Path::default().key("scenarios").index(k);
            let reading = match open(name) {
                Ok(bytes) => read_what_can_be(&beside(folder, name), bytes, &roles, variables, open),
                Err(why) => {
                    let mistakes = vec![listed::told_here(*why, &file, &text, &path, name)];
                    Reading { scenario: None, mistakes, has_all_items: false }
                }
            };
            all_items &= reading.has_all_items;
            if is_named(name) { &mut out } else { &mut others }.extend(reading.mistakes);
            scenarios.extend(reading.scenario);
        }
        let mut given = BTreeSet::new();
        for (k, name) in written.given.iter().enumerate() {
            match open(name) {
                Ok(bytes) => drop(given.insert(blake3::hash(&bytes).to_hex().to_string())),
                Err(why) => {
                    let path = Path::default().key("given").index(k);
                    out.push(listed::told_here(*why, &file, &text, &path, name));
                }
            }
        }
        needs::check(&scenarios, all_items, &mut out);
        if let Some(part) = part {
            let named: BTreeSet<String> = part.iter().map(|name| beside(folder, name)).collect();
            needs::with_needed(&mut scenarios, &|scenario| named.contains(&scenario.file));
            let is_kept = |name: &String| {
                *name == file || named.contains(name) || scenarios.iter().any(|kept| kept.file == *name)
            };
            let is_here = |one: &Diagnostic| is_kept(&one.file);
            // A needed item may be in a file that could not be read: then report other files too.
            let lacks = needs::lack_something(&scenarios);
            out.retain(is_here);
            out.extend(others.into_iter().filter(|one| lacks || one.file != file && is_here(one)));
        }
        out.retain(|diagnostic| !shape.brings_about(diagnostic));
        let order = |name: &str| written.scenarios.iter().position(|own| beside(folder, own) == name);
        out.sort_by_key(|one| (one.file != file, order(&one.file), one.line, one.column));
        let lab = Self {
            name: written.lab,
            title: written.title,
            roles: written.roles,
            scenarios,
            missing: written.missing,
            documented: written.documented,
            given,
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
            BUNDLED.get_file(format!("{name}/{file}")).map(|file| file.contents().to_vec()).ok_or_else(|| {
                let message = Message::new("file-missing").with("file", file);
                Box::new(Diagnostic::new(&beside(&folder, file), 0, 0, 1, message))
            })
        };
        Self::read(&folder, &open, variables)
    }

    /// Returns the names of the bundled labs.
    #[must_use]
    pub fn bundled_names() -> Vec<String> {
        BUNDLED.dirs().filter_map(|dir| Some(dir.path().file_name()?.to_str()?.to_owned())).collect()
    }

    /// Returns the text of a bundled file, by its path, with or without `scenarios/`.
    #[must_use]
    pub fn bundled_text(file: &str) -> Option<&'static str> {
        BUNDLED.get_file(file.strip_prefix("scenarios/").unwrap_or(file))?.contents_utf8()
    }

    /// Builds a lab from standalone scenarios, with the roles of the default lab.
    ///
    /// # Errors
    /// Returns an error if the dependencies between their items are wrong.
    pub fn of_scenarios(name: &str, scenarios: Vec<Scenario>) -> Result<Self, Vec<Diagnostic>> {
        let whole = |scenario| Reading { scenario: Some(scenario), mistakes: Vec::new(), has_all_items: true };
        Self::of_readings(name, scenarios.into_iter().map(whole).collect())
    }

    /// Builds a lab from lenient reads of standalone scenarios, with the roles of the default lab.
    ///
    /// # Errors
    /// Returns an error if a scenario or the dependencies between their items have mistakes.
    pub fn of_readings(name: &str, readings: Vec<Reading>) -> Result<Self, Vec<Diagnostic>> {
        let roles = Self::bundled(DEFAULT, None)?.roles;
        let (missing, given) = (Missing::default(), BTreeSet::new());
        let all_items = readings.iter().all(|reading| reading.has_all_items);
        let (mut out, mut scenarios) = (Vec::new(), Vec::new());
        for reading in readings {
            out.extend(reading.mistakes);
            scenarios.extend(reading.scenario);
        }
        needs::check(&scenarios, all_items, &mut out);
        if out.is_empty() {
            return Ok(Self { name: name.to_owned(), title: None, roles, scenarios, missing, documented: 0, given });
        }
        let files: Vec<String> = out.iter().map(|one| one.file.clone()).collect();
        out.sort_by_key(|one| (files.iter().position(|file| *file == one.file), one.line, one.column));
        Err(out)
    }

    /// Returns the BLAKE3 hash of the parts that affect verdicts: a lab with another hash may judge
    /// differently.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let said = (&self.roles, self.missing, self.documented, &self.given);
        hasher.update(format!("{said:?}").as_bytes());
        for scenario in &self.scenarios {
            for part in [scenario.file.as_bytes(), scenario.text.as_bytes()] {
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
    pub fn for_students(mut self) -> Self {
        for scenario in &mut self.scenarios {
            scenario.items.retain(|item| item.visibility == super::Visibility::Visible);
        }
        self.scenarios.retain(|scenario| !scenario.items.is_empty());
        self
    }

    /// Returns every item with its scenario, in the lab's order.
    pub fn items(&self) -> impl Iterator<Item = (&Scenario, &super::Item)> {
        self.scenarios.iter().flat_map(|scenario| scenario.items.iter().map(move |item| (scenario, item)))
    }
}

/// Reads a scenario leniently, and the files named by its payloads.
#[must_use]
pub fn read_what_can_be(
    file: &str,
    bytes: Vec<u8>,
    roles: &BTreeSet<Role>,
    variables: Option<&BTreeMap<String, String>>,
    open: Read<'_>,
) -> Reading {
    let text = match text_of(file, bytes) {
        Ok(text) => text,
        Err(mistakes) => return Reading { scenario: None, mistakes, has_all_items: false },
    };
    let mut reading = Scenario::read_what_can_be(file, &text, Setting { roles: Some(roles), variables });
    if let Some(scenario) = &mut reading.scenario {
        let mut files = BTreeMap::new();
        for (path, name) in scenario.payload_files() {
            match open(name) {
                Ok(bytes) => drop(files.insert(name.to_owned(), bytes)),
                Err(why) => reading.mistakes.push(Diagnostic::at(file, &text, &path, why.message)),
            }
        }
        scenario.files = files;
        reading.mistakes.sort_by_key(|one| (one.line, one.column));
    }
    reading
}

/// Names of the bundled programs. Listed here because this floor does not import `bundled`.
const PROGRAMS: [&str; 4] = ["tcp-simple", "udp-simple", "tcp-multi", "line-chat"];

/// Splits a role's bundled command into the program's name and its options.
#[must_use]
pub fn bundled_words(entry: &RoleEntry) -> Option<Vec<String>> {
    shell_words::split(entry.bundled.as_deref()?).ok()
}

fn check_bundled(written: &LabFile, file: &str, text: &str, out: &mut Vec<Diagnostic>) {
    for (role, entry) in &written.roles {
        if let Some(name) = &entry.bundled {
            let known = |words: Vec<String>| words.first().is_some_and(|name| PROGRAMS.contains(&name.as_str()));
            if !bundled_words(entry).is_some_and(known) {
                let path = Path::default().key("roles").key(role.as_str()).key("bundled");
                let message = Message::new("mistake-unknown-bundled").with("name", name.as_str());
                out.push(Diagnostic::at(file, text, &path, message));
            }
        }
    }
    for (role, entry) in &written.roles {
        for (k, other) in
            entry.falls_back_to.iter().enumerate().filter(|(_, other)| !written.roles.contains_key(*other))
        {
            let path = Path::default().key("roles").key(role.as_str()).key("falls_back_to").index(k);
            let message = Message::new("mistake-unknown-role").with("name", other.as_str());
            out.push(Diagnostic::at(file, text, &path, message));
        }
    }
    if written.scenarios.is_empty() {
        let path = Path::default().key("scenarios");
        out.push(Diagnostic::at(file, text, &path, Message::new("mistake-no-scenarios")));
    }
}

/// Decodes a file's bytes as UTF-8.
fn text_of(file: &str, bytes: Vec<u8>) -> Result<String, Vec<Diagnostic>> {
    String::from_utf8(bytes)
        .map_err(|_| vec![Diagnostic::new(file, 0, 0, 1, Message::new("file-not-text").with("file", file))])
}

/// Joins the folder of a lab and the name of a file beside its `lab.yaml`.
#[must_use]
pub fn beside(folder: &str, file: &str) -> String {
    if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") }
}
