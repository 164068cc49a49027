//! Starts Python files as modules of a package (`python3 -m`), if as a script they end at an import
//! that only a package allows. A script's own folder is where its imports are searched; those of a
//! module are searched in the folder above its package
//! (<https://docs.python.org/3/using/cmdline.html#cmdoption-m>). Starts nothing itself.

use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags, mkdirat, openat, symlinkat};
use rustix::io::Errno;

use crate::submission::build::open_build_folder;
use crate::submission::import::Submission;
use crate::submission::language::{PACKAGES_FOLDER, argument};

/// The import at which a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ImportProblem {
    /// A relative import (`from .a import b`), which needs a package, or one with more levels.
    Relative,
    /// This module, or a name in it, was not found. Its name may have several parts, with dots.
    Missing(String),
}

/// Returns the import at which a program ended, by the last line of its output.
#[must_use]
pub(super) fn import_problem(output: &str) -> Option<ImportProblem> {
    let line = output.lines().map(str::trim).rfind(|line| !line.is_empty())?;
    let error = ["ImportError: ", "ModuleNotFoundError: "].iter().find_map(|begin| line.strip_prefix(begin))?;
    if error.starts_with("attempted relative import") {
        return Some(ImportProblem::Relative);
    }
    let quoted = |text: &str| text.strip_prefix('\'')?.split('\'').next().map(str::to_owned);
    let name = match error.strip_prefix("No module named ") {
        Some(rest) => quoted(rest)?,
        None => {
            let (_, rest) = error.strip_prefix("cannot import name ")?.split_once(" from ")?;
            quoted(rest.strip_prefix("partially initialized module ").unwrap_or(rest))?
        }
    };
    match name.split('.').next().unwrap_or_default() {
        "" => None,
        "__main__" => Some(ImportProblem::Relative),
        _ => Some(ImportProblem::Missing(name)),
    }
}

/// The files among which packages are searched.
pub(super) struct PackageTree<'a> {
    /// The files of the submission, relative to its top folder.
    pub files: &'a [PathBuf],
    /// The name of the top folder itself.
    pub top_name: &'a str,
}

/// How a file is started as a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ModuleStart {
    /// Number of folders above the file that are part of the module's name.
    pub levels: usize,
    /// The command line.
    pub words: Vec<String>,
    /// The name that the top folder of the submission needs, if it is part of the module's name.
    pub top: Option<String>,
}

/// A name for the top folder if its own cannot be that of a package.
const TOP_NAME: &str = "submission";

impl PackageTree<'_> {
    /// Returns true if a module of this name is anywhere in the submission, by its last part.
    #[must_use]
    pub(super) fn has_anywhere(&self, module: &str) -> bool {
        let module = module.rsplit('.').next().unwrap_or(module);
        let is_it = |file: &PathBuf| {
            file.parent().is_some_and(|folders| folders.iter().any(|part| part == module)) || is_module(file, module)
        };
        self.files.iter().any(is_it)
    }

    /// Returns true if a module of this name is in this folder.
    fn has(&self, folder: &Path, module: &str) -> bool {
        let inner = folder.join(module);
        self.files.iter().any(|file| {
            (file.starts_with(&inner) && *file != inner) || (file.parent() == Some(folder) && is_module(file, module))
        })
    }

    /// Returns how a file is started as a module after this problem, with more than `levels`
    /// folders in its name; `None` if that cannot help.
    #[must_use]
    pub(super) fn start(&self, file: &Path, text: &str, problem: &ImportProblem, levels: usize) -> Option<ModuleStart> {
        let folders: Vec<&Path> = file.ancestors().skip(1).collect();
        let wanted = match problem {
            ImportProblem::Relative => {
                let is_package = |folder: &&&Path| self.files.contains(&folder.join("__init__.py"));
                let marked = folders.iter().take_while(is_package).count();
                relative_levels(text).max(marked).max(1).max(levels + 1)
            }
            ImportProblem::Missing(module) => {
                let module = module.split('.').next().unwrap_or(module);
                let is_there = |level: &usize| match folders.get(*level) {
                    Some(folder) => self.has(folder, module),
                    None => module == self.top_name,
                };
                (levels + 1..=folders.len()).find(is_there)?
            }
        };
        self.start_at(file, &folders, wanted)
    }

    fn start_at(&self, file: &Path, folders: &[&Path], levels: usize) -> Option<ModuleStart> {
        if levels > folders.len() || file.extension()? != "py" {
            return None;
        }
        let top = (levels == folders.len()).then(|| {
            let is_name = !self.top_name.is_empty() && !self.top_name.contains(['.', '/', '\0']);
            if is_name { self.top_name } else { TOP_NAME }.to_owned()
        });
        let mut parts: Vec<String> = top.iter().cloned().collect();
        let names = folders.iter().take(levels).rev().filter_map(|folder| folder.file_name());
        parts.extend(names.map(|name| name.to_string_lossy().into_owned()));
        parts.extend(file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).filter(|it| it != "__main__"));
        if parts.iter().any(|part| part.contains('.')) {
            return None;
        }
        let folder = match &top {
            Some(_) => PACKAGES_FOLDER.to_owned(),
            None => argument(folders.get(levels)?),
        };
        let module = parts.join(".");
        let run = ["python3", "-m", &module].map(str::to_owned);
        let change = ["env", "-C", &folder].map(str::to_owned);
        let words = if folder.is_empty() { run.to_vec() } else { [change, run].concat() };
        Some(ModuleStart { levels, words, top })
    }
}

fn is_module(file: &Path, module: &str) -> bool {
    file.extension().is_some_and(|end| end == "py") && file.file_stem().is_some_and(|stem| stem == module)
}

/// Returns the largest number of dots at the beginning of a relative import.
fn relative_levels(text: &str) -> usize {
    let dots = |line: &str| {
        Some(line.trim_start().strip_prefix("from")?.trim_start().bytes().take_while(|&b| b == b'.').count())
    };
    text.lines().filter_map(dots).max().unwrap_or(0)
}

/// Gives the top folder of a submission a name below a folder, so that it can be a package: its own
/// parent folder has another name where programs run. Follows no links of the submission.
///
/// # Errors
/// Returns an error if the link cannot be created, or if something else has its name.
pub(super) fn name_top_folder(delivery: &Submission, name: &str) -> io::Result<()> {
    let build = open_build_folder(delivery)?;
    let folder = Path::new(PACKAGES_FOLDER).file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    match mkdirat(&build, folder, Mode::from_raw_mode(0o755)) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(error) => return Err(error.into()),
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = openat(&build, folder, flags, Mode::empty())?;
    match symlinkat("../..", &folder, name) {
        Ok(()) | Err(Errno::EXIST) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::script(
        "ImportError: attempted relative import with no known parent package",
        Some(ImportProblem::Relative)
    )]
    #[case::above("ImportError: attempted relative import beyond top-level package", Some(ImportProblem::Relative))]
    #[case::main(
        "ModuleNotFoundError: No module named '__main__.x'; '__main__' is not a package",
        Some(ImportProblem::Relative)
    )]
    #[case::missing("ModuleNotFoundError: No module named 'app.udp'", Some(ImportProblem::Missing("app.udp".to_owned())))]
    #[case::name("ImportError: cannot import name 'x' from 'app' (/s/app.py)", Some(ImportProblem::Missing("app".to_owned())))]
    #[case::circle(
        "ImportError: cannot import name 'x' from partially initialized module 'app.a' (most likely …)",
        Some(ImportProblem::Missing("app.a".to_owned()))
    )]
    #[case::quoted_by_the_program("erro: ImportError: No module named 'app'", None)]
    #[case::other("NameError: name 'app' is not defined", None)]
    #[case::hostile("ImportError: No module named '", None)]
    fn problem_is_read_from_the_last_line(#[case] line: &str, #[case] wanted: Option<ImportProblem>) {
        assert_eq!(import_problem(&format!("Traceback (most recent call last):\n  …\n{line}\n\n")), wanted);
        assert_eq!(import_problem(&format!("{line}\nservidor pronto\n")), None);
    }

    fn words(files: &[&str], top_name: &str, text: &str, problem: &ImportProblem) -> Option<String> {
        let all: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
        let tree = PackageTree { files: &all, top_name };
        tree.start(&all[0], text, problem, 0).map(|start| start.words.join(" "))
    }

    #[rstest]
    #[case::marked(&["g/__main__.py", "g/__init__.py", "g/nucleo.py"], "from .nucleo import ligar", Some("python3 -m g"))]
    #[case::unmarked(&["g/eco.py", "g/nucleo.py"], "from . import nucleo", Some("python3 -m g.eco"))]
    #[case::two_levels(&["a/b/eco.py", "a/rede.py"], "from ..rede import x", Some("python3 -m a.b.eco"))]
    #[case::deep(&["t/g/eco.py", "t/g/__init__.py"], "from . import x", Some("env -C t python3 -m g.eco"))]
    #[case::outer_package(&["a/b/eco.py", "a/b/__init__.py", "a/__init__.py"], "from . import x", Some("python3 -m a.b.eco"))]
    #[case::top(&["__main__.py", "__init__.py"], "from .x import y", Some("env -C .socklab/packages python3 -m grupo"))]
    #[case::above_the_top(&["eco.py"], "from ..x import y", None)]
    #[case::dotted(&["v1.0/eco.py"], "from .x import y", None)]
    #[case::option(&["-t/g/eco.py"], "from .x import y", Some("env -C ./-t python3 -m g.eco"))]
    fn relative_import_needs_the_package(#[case] files: &[&str], #[case] text: &str, #[case] wanted: Option<&str>) {
        assert_eq!(words(files, "grupo", text, &ImportProblem::Relative).as_deref(), wanted);
    }

    #[rstest]
    #[case::folder(&["app/__main__.py", "app/udp.py"], "app.udp", Some("python3 -m app"))]
    #[case::file(&["bin/eco.py", "rede.py"], "rede", Some("python3 -m bin.eco"))]
    #[case::nearest(&["a/app/eco.py", "a/app/x.py", "app/x.py"], "app", Some("env -C a python3 -m app.eco"))]
    #[case::top(&["eco.py", "rede.py"], "grupo", Some("env -C .socklab/packages python3 -m grupo.eco"))]
    #[case::not_submitted(&["app/__main__.py", "app/udp.py"], "flask", None)]
    #[case::elsewhere(&["bin/eco.py", "lib/rede.py"], "rede", None)]
    #[case::beside(&["eco.py", "rede.py"], "rede", None)]
    #[case::other_name(&["bin/eco.py", "rede.txt", "redes.py"], "rede", None)]
    fn missing_module_is_searched_above(#[case] files: &[&str], #[case] module: &str, #[case] wanted: Option<&str>) {
        assert_eq!(words(files, "grupo", "", &ImportProblem::Missing(module.to_owned())).as_deref(), wanted);
    }

    #[test]
    fn module_of_the_submission_is_found_by_its_last_part() {
        let all = ["app/eco.py", "app/rede/tcp.py"].map(PathBuf::from);
        let tree = PackageTree { files: &all, top_name: "" };
        assert!(["app", "app.rede", "rede.tcp", "eco"].iter().all(|name| tree.has_anywhere(name)));
        assert!(["app.udp", "flask", "tcp.flask"].iter().all(|name| !tree.has_anywhere(name)));
    }

    #[test]
    fn top_folder_without_a_usable_name_gets_another() {
        let wanted = Some("env -C .socklab/packages python3 -m submission.eco");
        for name in ["", "v1.0"] {
            assert_eq!(words(&["eco.py"], name, "from .x import y", &ImportProblem::Relative).as_deref(), wanted);
        }
    }

    #[test]
    fn link_to_the_top_folder_is_made_once() {
        let from = tempfile::tempdir().expect("a folder");
        std::fs::write(from.path().join("eco.py"), "x").expect("written");
        let delivery = Submission::import(from.path()).expect("received");
        name_top_folder(&delivery, "grupo").expect("linked");
        name_top_folder(&delivery, "grupo").expect("linked already");
        assert!(delivery.root.join(PACKAGES_FOLDER).join("grupo/eco.py").is_file());
    }
}
