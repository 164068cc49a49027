//! Builds a Java program with the other sources and libraries of its submission. `javac` finds a
//! class only in the folder of its package, and students also submit the files of a package in one
//! folder, or in the folders of several projects.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::{MAX_PARTS, MAX_SOURCE_BYTES, succeeds};
use crate::model::bytes::quoted_line;
use crate::model::source_language::language_of;
use crate::run::Session;
use crate::submission::build::Builds;
use crate::submission::candidate::{Candidate, ProgramProblem};
use crate::submission::import::Submission;
use crate::submission::language::{argument, java_package};

/// Maximum number of libraries of a submission.
const MAX_LIBRARIES: usize = 20;
/// Maximum bytes that are quoted of an error.
const MAX_ERROR_BYTES: usize = 160;

/// A source of Java.
struct JavaSource {
    file: PathBuf,
    package: Option<String>,
}

impl JavaSource {
    /// Returns the folder in which `javac` searches for it: its folder without the part that the
    /// package names. Returns `None` if its folder is not that of its package.
    fn root(&self) -> Option<PathBuf> {
        let mut folder = self.file.parent()?.to_owned();
        for name in self.package.iter().flat_map(|package| package.split('.').rev()) {
            if folder.file_name()? != name {
                return None;
            }
            folder.pop();
        }
        Some(if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder })
    }
}

/// Builds a program with all folders of sources, then with the sources of its folder, then with
/// all.
pub(super) fn with_other_sources(
    delivery: &mut Submission,
    candidate: &mut Candidate,
    builds: &mut Builds,
    session: Session<'_>,
) {
    if candidate.recipe.language != "Java" {
        return;
    }
    let own = delivery.own_files();
    let is_java = |file: &&&PathBuf| language_of(file) == Some("Java");
    let sources: Vec<JavaSource> = own
        .iter()
        .filter(is_java)
        .take(MAX_PARTS)
        .map(|file| JavaSource {
            package: java_package(&delivery.text(file, MAX_SOURCE_BYTES)).map(str::to_owned),
            file: (*file).clone(),
        })
        .collect();
    let is_library = |file: &&&PathBuf| file.extension().is_some_and(|end| end.eq_ignore_ascii_case("jar"));
    let libraries: Vec<String> = own.iter().filter(is_library).take(MAX_LIBRARIES).map(|file| argument(file)).collect();
    let out = candidate.recipe.out.clone();
    let class_path = std::iter::once(&out).chain(&libraries).cloned().collect::<Vec<_>>().join(":");
    let begin: Vec<String> =
        ["javac", "-encoding", "UTF-8", "-nowarn", "-d", &out, "-cp", &class_path].map(str::to_owned).to_vec();
    let roots: BTreeSet<PathBuf> = sources.iter().filter_map(JavaSource::root).collect();
    let roots: Vec<String> = roots.iter().map(|root| argument(root)).collect();
    let name = |source: &JavaSource| argument(&source.file);
    let package = sources.iter().find(|source| source.file == candidate.file).and_then(|source| source.package.clone());
    let is_beside = |source: &&JavaSource| source.file.parent() == candidate.file.parent() && source.package == package;
    let by_roots = vec!["-sourcepath".to_owned(), roots.join(":"), argument(&candidate.file)];
    let beside: Vec<String> = sources.iter().filter(is_beside).map(name).collect();
    let with_roots = ["-sourcepath".to_owned(), roots.join(":")].into_iter().chain(beside).collect();
    let all: Vec<String> = sources.iter().map(name).collect();
    for more in [by_roots, with_roots, all] {
        if session.cancel.is_cancelled() {
            return;
        }
        if succeeds(delivery, candidate, vec![[&begin[..], &more].concat()], builds, session) {
            for words in [&mut candidate.recipe.run, &mut candidate.start.words] {
                if let Some(place) = words.iter().position(|word| *word == out) {
                    words[place].clone_from(&class_path);
                }
            }
            return;
        }
    }
    let packages: BTreeSet<&str> = sources.iter().filter_map(|source| source.package.as_deref()).collect();
    if let Some(ProgramProblem::Build(Some(error))) = &candidate.trouble
        && lacks_library(error, &packages)
    {
        candidate.trouble = Some(ProgramProblem::Fetch(quoted_line(error.as_bytes(), MAX_ERROR_BYTES)));
    }
}

/// Returns true if an error names a package that neither Java nor the submission has: a library,
/// which the student's build tool would fetch.
fn lacks_library(error: &str, packages: &BTreeSet<&str>) -> bool {
    let name = error.split_once("error: package ").and_then(|(_, rest)| rest.strip_suffix(" does not exist"));
    // Libraries begin with the domain of their makers; anything else may be mistyped.
    const BEGINNINGS: [&str; 11] =
        ["org.", "com.", "io.", "net.", "edu.", "dev.", "br.", "lombok.", "javafx.", "jakarta.", "kotlin."];
    name.is_some_and(|name| {
        BEGINNINGS.iter().any(|beginning| format!("{name}.").starts_with(beginning)) && !packages.contains(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_is_above_the_folders_of_the_package() {
        let root = |file: &str, package: Option<&str>| {
            let source = JavaSource { file: file.into(), package: package.map(str::to_owned) };
            source.root().map(|root| root.display().to_string())
        };
        assert_eq!(root("src/main/java/br/eco/S.java", Some("br.eco")).as_deref(), Some("src/main/java"));
        assert_eq!(root("br/eco/S.java", Some("br.eco")).as_deref(), Some("."));
        assert_eq!(root("S.java", None).as_deref(), Some("."));
        assert_eq!(root("S.java", Some("eco")), None);
        assert_eq!(root("eco/S.java", Some("br.eco")), None);
    }

    #[test]
    fn missing_library_is_not_the_program_s_fault() {
        let packages = BTreeSet::from(["br.eco"]);
        let error = |name: &str| format!("S.java:1: error: package {name} does not exist");
        assert!(lacks_library(&error("org.springframework.boot"), &packages));
        assert!(lacks_library(&error("lombok"), &packages));
        for own in ["java.nett", "javax.socket", "br.eco", "javva.net", "eco"] {
            assert!(!lacks_library(&error(own), &packages), "{own}");
        }
        assert!(!lacks_library("S.java:1: error: cannot find symbol", &packages));
    }
}
