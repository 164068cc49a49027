//! Labs and scenarios from files: what the command line names, read and checked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::exit::Trouble;
use crate::model::{Message, Role};
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::lab::{self, Lab};
use crate::scenario::yaml;

/// Variables from the command line.
pub(super) type Variables = BTreeMap<String, String>;

/// The lab of this name, or in this folder.
pub(super) fn lab(name: &str, variables: &Variables) -> Result<Lab, Trouble> {
    if Lab::bundled_names().iter().any(|known| known == name) {
        return Lab::bundled(name, Some(variables)).map_err(with_sources);
    }
    if Path::new(name).join("lab.yaml").is_file() {
        return lab_in(Path::new(name), variables);
    }
    let names = Lab::bundled_names();
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let message = Message::new("cli-unknown-lab").with("lab", name).with("known", known.join(", "));
    Err(Trouble::usage(near(message, name, &known)))
}

/// A complaint about a word that there is not, and which one was meant, where one is near.
pub(super) fn near(complaint: Message, word: &str, known: &[&str]) -> Message {
    match crate::scenario::diagnostic::nearest(word, known) {
        None => complaint,
        Some(near) => Message::new("cli-meant").with("complaint", complaint).with("near", near),
    }
}

/// The lab in a folder.
pub(super) fn lab_in(folder: &Path, variables: &Variables) -> Result<Lab, Trouble> {
    let open = |name: &str| open_beside(folder, name);
    Lab::read(&folder.to_string_lossy(), &open, Some(variables)).map_err(with_sources)
}

/// The words of a command line that stands in a lab's file: those that name a file beside it, as they are named from here.
pub(super) fn beside(folder: &Path, words: &[String]) -> Vec<String> {
    let file = |word: &String| Some(folder.join(word)).filter(|path| Path::new(word).is_relative() && path.is_file());
    let seen = |word: &String| file(word).map(|path| path.to_string_lossy().into_owned());
    words.iter().map(|word| seen(word).unwrap_or_else(|| word.clone())).collect()
}

/// What the command line names, as one lab: a folder's lab, or scenario files.
pub(super) fn named(files: &[std::path::PathBuf], variables: &Variables) -> Result<Lab, Trouble> {
    if let [folder] = files
        && folder.is_dir()
        && folder.join("lab.yaml").is_file()
    {
        return lab_in(folder, variables);
    }
    let roles: BTreeSet<Role> = lab(lab::DEFAULT, &Variables::new())?.roles.into_keys().collect();
    let mut scenarios = Vec::new();
    let mut mistakes = Vec::new();
    for file in files {
        match scenario(file, &roles, variables) {
            Ok(scenario) => scenarios.push(scenario),
            Err(found) => mistakes.extend(found),
        }
    }
    if !mistakes.is_empty() {
        return Err(with_sources(mistakes));
    }
    check_variables(&scenarios, variables)?;
    let name = scenarios.first().map_or_else(String::new, |first| first.name.clone());
    Lab::of_scenarios(&name, scenarios).map_err(with_sources)
}

/// One scenario file with the files that it names.
pub(super) fn scenario(
    file: &Path,
    roles: &BTreeSet<Role>,
    variables: &Variables,
) -> Result<crate::scenario::Scenario, Vec<Diagnostic>> {
    let text = yaml::read_file(file).map_err(|diagnostic| vec![*diagnostic])?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let open = |name: &str| open_beside(folder, name);
    lab::read_scenario(&file.to_string_lossy(), text.into_bytes(), roles, Some(variables), &open)
}

/// The largest file that a payload may name, in bytes.
const MOST: u64 = 64 << 20;

/// A file beside a scenario. YAML is read with its own limits, anything else as a payload.
fn open_beside(folder: &Path, name: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
    let path = folder.join(name);
    if name.ends_with(".yaml") || name.ends_with(".yml") {
        return yaml::read_file(&path).map(String::into_bytes);
    }
    let shown = path.to_string_lossy();
    let refuse = |message| Box::new(Diagnostic::new(&shown, 0, 0, 1, message));
    let named = |id: &'static str| refuse(Message::new(id).with("file", name));
    let unreadable = |error: &std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => named("file-missing"),
        _ => refuse(Message::new("file-unreadable").with("file", name).with("problem", yaml::problem_of(error))),
    };
    let metadata = path.metadata().map_err(|error| unreadable(&error))?;
    if metadata.is_dir() {
        return Err(named("file-is-directory"));
    }
    if !metadata.is_file() {
        return Err(named("file-not-regular"));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(&path).map_err(|error| unreadable(&error))?;
    std::io::Read::read_to_end(&mut std::io::Read::take(file, MOST + 1), &mut bytes)
        .map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > MOST {
        let message = Message::new("file-too-large").with("file", name).with("limit", MOST);
        return Err(refuse(message));
    }
    Ok(bytes)
}

/// A value for a variable that no scenario has is a slip of the keyboard.
pub(super) fn check_variables(scenarios: &[crate::scenario::Scenario], variables: &Variables) -> Result<(), Trouble> {
    let known: BTreeSet<&String> = scenarios.iter().flat_map(|scenario| scenario.variables.keys()).collect();
    match variables.keys().find(|name| !known.contains(name)) {
        None => Ok(()),
        Some(name) => {
            let known: Vec<&str> = known.into_iter().map(String::as_str).collect();
            if known.is_empty() {
                return Err(Trouble::usage(Message::new("cli-no-variables").with("name", name.as_str())));
            }
            let message =
                Message::new("cli-unknown-variable").with("name", name.as_str()).with("known", known.join(", "));
            Err(Trouble::usage(near(message, name, &known)))
        }
    }
}

/// Mistakes with the text of their files, for showing the lines.
pub(super) fn with_sources(mistakes: Vec<Diagnostic>) -> Trouble {
    let files: BTreeSet<&String> = mistakes.iter().filter(|one| one.line > 0).map(|one| &one.file).collect();
    let text =
        |file: &str| Lab::bundled_text(file).map(str::to_owned).or_else(|| yaml::read_file(Path::new(file)).ok());
    let sources = files.into_iter().filter_map(|file| Some((file.clone(), text(file)?))).collect();
    Trouble::mistakes(mistakes, sources)
}
