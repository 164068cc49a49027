//! Builds a program with the project in its folder or a parent folder, and finds the program that
//! this made.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::MAX_SOURCE_BYTES;
use crate::run::Session;
use crate::submission::build::Builds;
use crate::submission::candidate::{Candidate, ProgramProblem};
use crate::submission::heuristics::is_named_client;
use crate::submission::import::Submission;
use crate::submission::language::{self, BUILD_FOLDER, PROJECTS};

/// Folders in which build tools keep parts of programs, and programs of their own.
const PARTS: [&str; 6] = ["deps", "build", "incremental", "CMakeFiles", "examples", ".fingerprint"];

/// Builds a program with its project. The program is then the file with its name, the one that the
/// project names, or the only new one.
pub(super) fn build(delivery: &mut Submission, candidate: &mut Candidate, builds: &mut Builds, session: Session<'_>) {
    let language = candidate.recipe.language;
    let found = candidate.file.ancestors().skip(1).find_map(|folder| {
        let has = |names: &[&str]| names.iter().any(|name| delivery.root.join(folder).join(name).is_file());
        let fits = |project: &&language::Project| project.is_for(language) && has(project.files);
        PROJECTS.iter().find(fits).map(|project| (project, folder.to_owned()))
    });
    let Some((project, folder)) = found else { return };
    let make = project.builds(&folder, &candidate.file, &candidate.recipe.out);
    let before: BTreeSet<PathBuf> = delivery.files.iter().cloned().collect();
    match builds.run_all(delivery, &make, session) {
        None => {}
        // The compiler alone lacks something that the project would have added or fetched.
        trouble @ Some(ProgramProblem::Fetch(_) | ProgramProblem::Missing(_)) => {
            if is_incomplete(candidate) {
                candidate.trouble = trouble;
            }
            return;
        }
        Some(_) => return,
    }
    if delivery.refresh_file_list().is_err() {
        return;
    }
    if let Some(made) = made_program(delivery, candidate, &folder, &before) {
        let run = vec![format!("./{}", made.to_string_lossy())];
        candidate.trouble = None;
        candidate.recipe.builds = make;
        candidate.recipe.run.clone_from(&run);
        candidate.start.words = run;
    }
}

/// Returns true if the compiler's error may be due to a missing file, symbol or definition, and not
/// to the source.
fn is_incomplete(candidate: &Candidate) -> bool {
    const MARKS: [&str; 12] = [
        "No such file or directory",
        "undefined reference",
        "undeclared",
        "unresolved",
        "cannot find",
        "can't find",
        "could not find",
        "E0463",
        "is not in GOROOT",
        "is not in std",
        "#error",
        "edition",
    ];
    match &candidate.trouble {
        Some(ProgramProblem::Build(Some(error))) => MARKS.iter().any(|mark| error.contains(mark)),
        Some(ProgramProblem::Build(None)) => true,
        _ => false,
    }
}

/// Returns the program that a build made from a source.
fn made_program(
    delivery: &Submission,
    candidate: &Candidate,
    folder: &Path,
    before: &BTreeSet<PathBuf>,
) -> Option<PathBuf> {
    let own = Path::new(&candidate.recipe.out);
    let is_part = |file: &PathBuf| file.iter().any(|part| PARTS.iter().any(|other| part == *other));
    let is_elsewhere = |file: &PathBuf| file.starts_with(BUILD_FOLDER) && !file.starts_with(own);
    let stem = |file: &Path| file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let all: Vec<&PathBuf> = delivery
        .files
        .iter()
        .filter(|file| !is_part(file) && !is_elsewhere(file) && file.extension().is_none())
        .collect();
    // The name of the source, then that of its folder or its project, of which it is the main file.
    let package = cargo_package(delivery, folder);
    let parent = candidate.file.parent().map(stem);
    let names = [Some(stem(&candidate.file)), package.filter(|_| stem(&candidate.file) == "main"), parent];
    for name in names.into_iter().flatten() {
        if let Some(file) = all.iter().find(|file| stem(file) == name && is_program(delivery, file)) {
            return Some((*file).clone());
        }
    }
    // Only new files are opened: a build may have created thousands of others.
    let fresh: Vec<&PathBuf> =
        all.into_iter().filter(|file| !before.contains(*file)).filter(|file| is_program(delivery, file)).collect();
    let servers: Vec<&&PathBuf> = fresh.iter().filter(|file| !is_named_client(file)).collect();
    match (fresh.as_slice(), servers.as_slice()) {
        ([only], _) => Some((*only).clone()),
        (_, [only]) if !is_named_client(&candidate.file) => Some((**only).clone()),
        _ => None,
    }
}

/// Returns the name of the package that a folder's `Cargo.toml` defines.
fn cargo_package(delivery: &Submission, folder: &Path) -> Option<String> {
    let text = delivery.text(&folder.join("Cargo.toml"), MAX_SOURCE_BYTES);
    let mut lines = text.lines().map(str::trim).skip_while(|line| *line != "[package]").skip(1);
    let value = lines.find_map(|line| line.strip_prefix("name")?.trim_start().strip_prefix('='))?;
    Some(value.trim().trim_matches('"').to_owned()).filter(|name| !name.is_empty())
}

/// Returns true if a file is an executable of the kernel's native format, and not only a part of
/// one (`elf(5)`: `ET_EXEC` 2, `ET_DYN` 3).
fn is_program(delivery: &Submission, file: &Path) -> bool {
    let mut head = [0; 18];
    let read = delivery.open(file).and_then(|mut file| file.read_exact(&mut head));
    let is_little = head[5] == 1;
    let kind =
        if is_little { u16::from_le_bytes([head[16], head[17]]) } else { u16::from_be_bytes([head[16], head[17]]) };
    read.is_ok() && head.starts_with(b"\x7fELF") && matches!(kind, 2 | 3)
}
