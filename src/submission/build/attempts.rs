//! Other ways to build a program that its compiler alone does not build: with other files of the
//! submission, with the project in its folder or a parent folder, or with another compiler.

mod java;
mod project;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Builds;
use crate::model::source_language::language_of;
use crate::run::Session;
use crate::submission::candidate::{Candidate, ProgramProblem};
use crate::submission::heuristics::has_beginning;
use crate::submission::import::Submission;
use crate::submission::language::argument;

/// Maximum number of files that are added to a program.
const MAX_PARTS: usize = 100;
/// Maximum number of folders in which headers are searched.
const MAX_HEADER_FOLDERS: usize = 16;
/// Maximum number of parent folders whose files are added.
const MAX_LEVELS: usize = 4;
/// Maximum bytes that are read of a source.
const MAX_SOURCE_BYTES: u64 = 256 << 10;

/// Tries the other ways until one of them works. If none does, the problem of the first remains.
pub(super) fn improve(delivery: &mut Submission, candidate: &mut Candidate, builds: &mut Builds, session: Session<'_>) {
    let fails =
        |candidate: &Candidate| matches!(candidate.trouble, Some(ProgramProblem::Build(_) | ProgramProblem::Fault(..)));
    let lacks_dotnet = matches!(&candidate.trouble, Some(ProgramProblem::Missing(tool)) if tool == "dotnet");
    if candidate.recipe.language == "C#" && (lacks_dotnet || fails(candidate)) {
        return with_mono(delivery, candidate, builds, session);
    }
    // Go takes the packages of a module for others if it is not called in the module's folder.
    let is_go = candidate.recipe.language == "Go";
    let may_help = |candidate: &Candidate| {
        fails(candidate) || (is_go && matches!(candidate.trouble, Some(ProgramProblem::Fetch(_))))
    };
    for other in [with_parts, java::with_other_sources, project::build] {
        if may_help(candidate) && !session.cancel.is_cancelled() {
            other(delivery, candidate, builds, session);
        }
    }
}

/// Runs these builds. If they succeed, they become those of the program.
fn succeeds(
    delivery: &Submission,
    candidate: &mut Candidate,
    all: Vec<Vec<String>>,
    builds: &mut Builds,
    session: Session<'_>,
) -> bool {
    let is_built = builds.run_all(delivery, &all, session).is_none();
    if is_built {
        candidate.trouble = None;
        candidate.recipe.builds = all;
    }
    is_built
}

/// Returns the sources of a language in a folder that can only be parts of programs.
fn parts_in(delivery: &Submission, folder: &Path, candidate: &Candidate) -> Vec<PathBuf> {
    let of_language = |file: &&PathBuf| language_of(file) == Some(candidate.recipe.language);
    let own = delivery.own_files().into_iter().filter(|file| file.starts_with(folder) && **file != candidate.file);
    let is_part = |file: &&PathBuf| !has_beginning(candidate.recipe.language, &delivery.text(file, MAX_SOURCE_BYTES));
    own.filter(of_language).take(MAX_PARTS).filter(is_part).cloned().collect()
}

/// Returns the folders with headers in a folder.
fn header_folders(delivery: &Submission, folder: &Path) -> Vec<PathBuf> {
    const HEADERS: [&str; 5] = ["h", "hpp", "hh", "hxx", "inc"];
    let is_header = |file: &&PathBuf| {
        file.extension().is_some_and(|end| HEADERS.iter().any(|other| end.eq_ignore_ascii_case(other)))
    };
    let own = delivery.own_files().into_iter().filter(|file| file.starts_with(folder)).filter(is_header);
    let folders: BTreeSet<PathBuf> = own.filter_map(|file| file.parent().map(Path::to_owned)).collect();
    folders.into_iter().take(MAX_HEADER_FOLDERS).collect()
}

/// Builds a program together with its parts: those in its folder, then also those in the folders
/// below it and below its parent folders, with their headers.
fn with_parts(delivery: &mut Submission, candidate: &mut Candidate, builds: &mut Builds, session: Session<'_>) {
    if !matches!(candidate.recipe.language, "C" | "C++" | "Go") {
        return;
    }
    let alone = candidate.recipe.builds.clone();
    let with = |more: &[String]| -> Vec<Vec<String>> { alone.iter().map(|build| [build, more].concat()).collect() };
    let mut tried = vec![Vec::new()];
    let beside: Vec<String> = candidate.parts.iter().map(|part| argument(part)).collect();
    let mut attempts = vec![beside];
    if candidate.recipe.language != "Go" {
        for folder in candidate.file.ancestors().skip(1).take(MAX_LEVELS) {
            let headers = header_folders(delivery, folder).into_iter();
            let headers =
                headers.filter(|at| !at.as_os_str().is_empty()).map(|at| format!("-I{}", at.to_string_lossy()));
            let parts = parts_in(delivery, folder, candidate);
            attempts.push(parts.iter().map(|part| argument(part)).chain(headers).collect());
        }
    }
    for more in attempts {
        if tried.contains(&more) || session.cancel.is_cancelled() {
            continue;
        }
        if succeeds(delivery, candidate, with(&more), builds, session) {
            return;
        }
        tried.push(more);
    }
}

/// Builds a program of C# with Mono, for a machine without .NET or a program without a project.
fn with_mono(delivery: &mut Submission, candidate: &mut Candidate, builds: &mut Builds, session: Session<'_>) {
    let executable = format!("{}.exe", candidate.recipe.out);
    let begin = ["mcs", "-nologo", "-warn:0"].map(str::to_owned).into_iter();
    let begin: Vec<String> = begin.chain([format!("-out:{executable}"), argument(&candidate.file)]).collect();
    let folder = candidate.file.parent().unwrap_or(Path::new("")).to_owned();
    let is_made = |file: &PathBuf| file.iter().any(|part| part == "obj" || part == "bin");
    let parts = parts_in(delivery, &folder, candidate).into_iter().filter(|file| !is_made(file));
    let whole: Vec<String> = begin.iter().cloned().chain(parts.map(|part| argument(&part))).collect();
    for build in [whole, begin] {
        let all = vec![build];
        match builds.run_all(delivery, &all, session) {
            None => {
                let run = vec!["mono".to_owned(), executable];
                candidate.trouble = None;
                candidate.recipe.builds = all;
                candidate.recipe.run.clone_from(&run);
                candidate.start.words = run;
                return;
            }
            // Without any compiler, the usual one is named.
            Some(ProgramProblem::Missing(_)) => return,
            trouble => candidate.trouble = trouble,
        }
    }
}
