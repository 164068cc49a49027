//! Loads and checks the labs and scenario files that the command line names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::exit::CliError;
use crate::model::{ItemId, Message, Role};
use crate::scenario::diagnostic::{Diagnostic, DiagnosticKind};
use crate::scenario::lab::{self, Lab};
use crate::scenario::{ParseOutcome, ReadContext, Scenario, yaml};

/// Values of scenario variables from the command line.
pub(super) type VariableArgs = BTreeMap<String, String>;

/// Loads a lab by its bundled name or from a folder.
pub(super) fn load_lab(name: &str, variables: &VariableArgs) -> Result<Lab, CliError> {
    if Lab::bundled_names().iter().any(|known| known == name) {
        return Lab::bundled(name, Some(variables)).map_err(with_sources);
    }
    if Path::new(name).join("lab.yaml").is_file() {
        return load_lab_in(Path::new(name), variables);
    }
    let names = Lab::bundled_names();
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let message = Message::new("cli-unknown-lab").with("lab", name).with("known", known.join(", "));
    Err(CliError::usage(with_suggestion(message, name, &known)))
}

/// Adds "did you mean" to a message if a known word is similar.
pub(super) fn with_suggestion(complaint: Message, word: &str, known: &[&str]) -> Message {
    match crate::scenario::diagnostic::nearest(word, known) {
        None => complaint,
        Some(near) => Message::new("cli-meant").with("complaint", complaint).with("near", near),
    }
}

/// Loads the lab in a folder.
pub(super) fn load_lab_in(folder: &Path, variables: &VariableArgs) -> Result<Lab, CliError> {
    let open = |name: &str| open_beside(folder, name);
    Lab::read(&folder.to_string_lossy(), &open, Some(variables)).map_err(with_sources)
}

/// Returns a command line of a lab file, with files beside the lab resolved against its folder.
pub(super) fn resolve_beside(folder: &Path, words: &[String]) -> Vec<String> {
    let file = |word: &String| Some(folder.join(word)).filter(|path| Path::new(word).is_relative() && path.is_file());
    let seen = |word: &String| file(word).map(|path| path.to_string_lossy().into_owned());
    words.iter().map(|word| seen(word).unwrap_or_else(|| word.clone())).collect()
}

/// A lab as named on the command line.
pub(super) struct LoadedLab {
    pub(super) lab: Lab,
    /// The requested items; `None` means all. Other items are present only as their dependencies.
    pub(super) items: Option<BTreeSet<ItemId>>,
    /// The folder that contains the lab's own programs.
    pub(super) folder: PathBuf,
}

impl LoadedLab {
    /// Wraps a whole lab whose programs are not relative to a folder.
    pub(super) fn whole(lab: Lab) -> Self {
        Self { lab, items: None, folder: PathBuf::new() }
    }
}

/// Loads the lab of a folder, scenario files of one lab, or scenario files outside any lab.
pub(super) fn load_files(files: &[PathBuf], variables: &VariableArgs) -> Result<LoadedLab, CliError> {
    if let [file] = files
        && let Some(folder) = lab_folder(file)
    {
        let lab = load_lab_in(&folder, variables)?;
        check_variables(&lab.scenarios, variables)?;
        return Ok(LoadedLab { lab, items: None, folder });
    }
    let labs = group_by_lab(files);
    if labs.len() > 1 || files.iter().any(|file| lab_folder(file).is_some()) {
        let gone: Vec<Diagnostic> = files
            .iter()
            .filter(|file| !file.is_dir())
            .filter_map(|file| yaml::read_file(file).err())
            .map(|why| *why)
            .collect();
        let several = || CliError::usage(Message::new("cli-several-labs"));
        return Err(if gone.is_empty() { several() } else { with_sources(gone) });
    }
    let (folder, own) = labs.into_iter().next().unwrap_or_default();
    let named = load_part(folder, &own, variables)?;
    check_variables(&named.lab.scenarios, variables)?;
    Ok(named)
}

/// Returns the folder of a lab that is named by its folder or by its `lab.yaml`.
pub(super) fn lab_folder(word: &Path) -> Option<PathBuf> {
    if word.file_name().is_some_and(|name| name == "lab.yaml") {
        return word.parent().map(Path::to_owned);
    }
    word.join("lab.yaml").is_file().then(|| word.to_owned())
}

/// Scenario files by the folder of the lab that lists them, each with its name in that list. The
/// key is `None` for files outside any lab.
pub(super) type FilesByLab = BTreeMap<Option<PathBuf>, Vec<(PathBuf, String)>>;

/// Groups scenario files by lab.
pub(super) fn group_by_lab(files: &[PathBuf]) -> FilesByLab {
    let mut labs = FilesByLab::new();
    for file in files {
        let (folder, name) = lab_of(file).unzip();
        labs.entry(folder).or_default().push((file.clone(), name.unwrap_or_default()));
    }
    labs
}

/// Finds the lab of a scenario file: a `lab.yaml` beside or above it that lists the file. Both must
/// have the same owner, because a lab decides which commands run.
fn lab_of(file: &Path) -> Option<(PathBuf, String)> {
    let real = file.canonicalize().ok()?;
    let owner = |path: &Path| Some(std::os::unix::fs::MetadataExt::uid(&path.metadata().ok()?));
    let lists = |folder: &Path| {
        let lab = folder.join("lab.yaml");
        if !lab.is_file() || owner(&lab) != owner(&real) {
            return None;
        }
        let names = lab::listed_in(&yaml::read_file(&lab).ok()?);
        let name = names.into_iter().find(|name| folder.join(name).canonicalize().is_ok_and(|own| own == real))?;
        Some((folder.to_owned(), name))
    };
    file.ancestors().skip(1).chain(real.ancestors().skip(1)).find_map(lists)
}

/// Loads scenario files of one lab with their dependencies, or files outside any lab.
pub(super) fn load_part(
    folder: Option<PathBuf>,
    files: &[(PathBuf, String)],
    variables: &VariableArgs,
) -> Result<LoadedLab, CliError> {
    let Some(folder) = folder else {
        let lab = load_without_lab(files.iter().map(|(file, _)| file.as_path()), variables)?;
        return Ok(LoadedLab::whole(lab));
    };
    let names: BTreeSet<String> = files.iter().map(|(_, name)| name.clone()).collect();
    let open = |name: &str| open_beside(&folder, name);
    let shown = folder.to_string_lossy();
    let lab = Lab::read_selected(&shown, &open, Some(variables), Some(&names)).map_err(with_sources)?;
    let is_named = |scenario: &Scenario| names.iter().any(|name| lab::lab_file_name(&shown, name) == scenario.file);
    let items = lab.items().filter(|(scenario, _)| is_named(scenario)).map(|(_, item)| item.id.clone()).collect();
    Ok(LoadedLab { items: Some(items), lab, folder })
}

/// Loads scenario files outside any lab, with the roles of the default lab. Items may depend on
/// items of the other files.
fn load_without_lab<'a>(files: impl Iterator<Item = &'a Path>, variables: &VariableArgs) -> Result<Lab, CliError> {
    let roles: BTreeSet<Role> = Lab::default_roles().map_err(with_sources)?.into_keys().collect();
    let context = ReadContext { roles: Some(&roles), variables: Some(variables), formats: None };
    let readings: Vec<ParseOutcome> = files
        .map(|file| {
            let folder = file.parent().unwrap_or(Path::new(""));
            let open = |name: &str| open_beside(folder, name);
            match yaml::read_file(file) {
                Ok(text) => {
                    let shown = file.to_string_lossy();
                    lab::parse_scenario_lenient(&shown, text.into_bytes(), context, &open)
                }
                Err(why) => ParseOutcome { scenario: None, diagnostics: vec![*why], all_items_known: false },
            }
        })
        .collect();
    let first = readings.iter().find_map(|reading| reading.scenario.as_ref());
    let name = first.map_or_else(String::new, |first| first.name.clone());
    Lab::from_outcomes(&name, readings).map_err(with_sources)
}

/// Maximum size of a payload file, in bytes.
const MAX_PAYLOAD_BYTES: u64 = 64 << 20;

/// Reads a file beside a scenario. YAML has its own limits; any other file is read as a payload.
fn open_beside(folder: &Path, name: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
    let path = folder.join(name);
    if name.ends_with(".yaml") || name.ends_with(".yml") {
        return yaml::read_file(&path).map(String::into_bytes);
    }
    let shown = path.to_string_lossy();
    let refuse = |message| Box::new(Diagnostic::new(&shown, 0, 0, 1, message));
    let file = yaml::open_regular(&path, name).map_err(refuse)?;
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut std::io::Read::take(file, MAX_PAYLOAD_BYTES + 1), &mut bytes)
        .map_err(|error| refuse(yaml::unreadable(&error, name)))?;
    if bytes.len() as u64 > MAX_PAYLOAD_BYTES {
        let mistake = DiagnosticKind::FileTooLarge.with("file", name).with("limit", MAX_PAYLOAD_BYTES);
        return Err(refuse(mistake));
    }
    Ok(bytes)
}

/// Rejects a variable that no scenario declares, since it is probably a typing error.
pub(super) fn check_variables(scenarios: &[Scenario], variables: &VariableArgs) -> Result<(), CliError> {
    let known: BTreeSet<&String> = scenarios.iter().flat_map(|scenario| scenario.variables.keys()).collect();
    match variables.keys().find(|name| !known.contains(name)) {
        None => Ok(()),
        Some(name) => {
            let known: Vec<&str> = known.into_iter().map(String::as_str).collect();
            if known.is_empty() {
                return Err(CliError::usage(Message::new("cli-no-variables").with("name", name.as_str())));
            }
            let message =
                Message::new("cli-unknown-variable").with("name", name.as_str()).with("known", known.join(", "));
            Err(CliError::usage(with_suggestion(message, name, &known)))
        }
    }
}

/// Attaches the texts of their files to diagnostics, so that the lines can be shown.
pub(super) fn with_sources(mistakes: Vec<Diagnostic>) -> CliError {
    let files: BTreeSet<&String> = mistakes.iter().filter(|one| one.line > 0).map(|one| &one.file).collect();
    let text =
        |file: &str| Lab::bundled_text(file).map(str::to_owned).or_else(|| yaml::read_file(Path::new(file)).ok());
    let sources = files.into_iter().filter_map(|file| Some((file.clone(), text(file)?))).collect();
    CliError::diagnostics(mistakes, sources)
}
