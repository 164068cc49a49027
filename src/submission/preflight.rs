//! What names of files reveal of a class before anything is run: the languages whose tools are
//! missing on this machine. Reads folders and lists of archives, within limits, but no contents. A
//! missing tool found here is a warning; the verdicts come from the runs.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use crate::model::source_language::language_of;
use crate::submission::grade::SubmissionSource;
use crate::submission::import::{is_foreign_folder, zip_names};
use crate::submission::language;

/// Entries of folders and archives that are read of one submission.
const MAX_ENTRIES: usize = 2000;
/// Depth of folders.
const MAX_DEPTH: usize = 6;

/// A tool that is not installed, and the submissions that may need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MissingTool<'s> {
    /// The name of the program.
    pub tool: String,
    /// The language.
    pub language: &'static str,
    /// The submissions with sources in that language.
    pub submissions: Vec<&'s SubmissionSource>,
}

/// Returns the missing tools, by name. `path` is the value of PATH with which submissions run.
#[must_use]
pub(crate) fn missing_tools<'s>(sources: &[&'s SubmissionSource], path: &OsStr) -> Vec<MissingTool<'s>> {
    let folders: Vec<PathBuf> = std::env::split_paths(path).collect();
    let is_installed = |tool: &str| folders.iter().any(|folder| folder.join(tool).is_file());
    // C# is compiled with Mono if .NET is missing.
    let stands_in = |tool: &str| tool == "dotnet" && is_installed("mcs");
    let mut found: BTreeMap<String, MissingTool<'s>> = BTreeMap::new();
    for &source in sources {
        let names = source.path.as_deref().map(names).unwrap_or_default();
        let languages: BTreeSet<&str> = names.iter().filter_map(|name| language_of(Path::new(name))).collect();
        for language in languages {
            let file = names.iter().find(|name| language_of(Path::new(name)) == Some(language));
            let recipe = file.and_then(|name| language::recipe(Path::new(name), "", 0));
            let tools = recipe.map(|recipe| recipe.tools).unwrap_or_default();
            for tool in tools.into_iter().filter(|tool| !is_installed(tool) && !stands_in(tool)) {
                let new = || MissingTool { tool: tool.clone(), language, submissions: Vec::new() };
                let missing = found.entry(tool.clone()).or_insert_with(new);
                if missing.submissions.last().is_none_or(|last| last.id != source.id) {
                    missing.submissions.push(source);
                }
            }
        }
    }
    found.into_values().collect()
}

/// Returns the names of files in a folder or a ZIP archive. A file that a library cannot cope with has
/// none here.
fn names(path: &Path) -> Vec<String> {
    if !path.is_dir() {
        let names = catch_unwind(|| zip_names(path)).unwrap_or_default().into_iter();
        let is_own = |name: &String| !name.split('/').any(is_foreign_folder);
        return names.filter(is_own).take(MAX_ENTRIES).collect();
    }
    let (mut all, mut left) = (Vec::new(), MAX_ENTRIES);
    add_names(path, MAX_DEPTH, &mut all, &mut left);
    all
}

/// Adds the names of files. `left` counts the entries, with folders.
fn add_names(folder: &Path, depth: usize, all: &mut Vec<String>, left: &mut usize) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if *left == 0 {
            return;
        }
        *left -= 1;
        let name = entry.file_name().to_string_lossy().into_owned();
        // Links are not followed.
        match entry.file_type() {
            Ok(kind) if kind.is_file() => all.push(name),
            Ok(kind) if kind.is_dir() && depth > 0 && !is_foreign_folder(&name) => {
                add_names(&entry.path(), depth - 1, all, left);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SubmissionId;

    #[test]
    fn missing_tools_are_named_with_their_submissions() {
        let folder = tempfile::tempdir().expect("a folder");
        let source = |id: &str, files: &[&str]| {
            let path = folder.path().join(id);
            for file in files {
                let file = path.join(file);
                fs::create_dir_all(file.parent().expect("a folder")).expect("made");
                fs::write(file, "").expect("written");
            }
            SubmissionSource { id: SubmissionId(id.to_owned()), name: None, path: Some(path) }
        };
        let sources = [
            source("ana", &["src/main.go", "util.go", "node_modules/x/a.rb"]),
            source("rui", &["s.py", "c.go"]),
            source("zoe", &["README.md", "s.cs"]),
            SubmissionSource { id: SubmissionId("nobody".to_owned()), name: None, path: None },
        ];
        let sources: Vec<&SubmissionSource> = sources.iter().collect();
        let tools = folder.path().join("bin");
        fs::create_dir(&tools).expect("made");
        for tool in ["python3", "mcs"] {
            fs::write(tools.join(tool), "").expect("written");
        }
        let submissions = vec![sources[0], sources[1]];
        let expected = [MissingTool { tool: "go".to_owned(), language: "Go", submissions }];
        assert_eq!(missing_tools(&sources, tools.as_os_str()), expected);
        fs::write(tools.join("go"), "").expect("written");
        assert_eq!(missing_tools(&sources, tools.as_os_str()), []);
    }
}
