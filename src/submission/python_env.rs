//! Prepares the private copy of a submission for its Python programs: the modules of a virtual
//! environment in it, its interpreter, and the name `python` on a machine that has only `python3`.
//! Runs before any program of the submission, which might put links in the way.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::model::Message;
use crate::model::bytes::safe_path;
use crate::run::Session;
use crate::run::toolchains::Toolchains;
use crate::submission::build::open_build_folder;
use crate::submission::import::Submission;
use crate::submission::language::{PYTHON_USER_FOLDER, TOOLS_FOLDER};

/// The file that marks a virtual environment (PEP 405).
const MARK: &str = "pyvenv.cfg";
/// Maximum number of virtual environments that are prepared.
const MAX_ENVIRONMENTS: usize = 3;
/// The minor versions of Python 3 that are expected here.
const MINOR_VERSIONS: std::ops::RangeInclusive<u32> = 6..=20;
/// Runs the interpreter that is here: the one of the environment was a link to the student's.
const INTERPRETER: &str = "#!/bin/sh\nexec python3 \"$@\"\n";

/// Prepares a submission. Returns a note about the virtual environment that is used.
pub(crate) fn prepare(delivery: &Submission, session: Session<'_>) -> Option<Message> {
    let environments: Vec<PathBuf> = delivery
        .files
        .iter()
        .filter(|file| file.file_name().is_some_and(|name| name == MARK))
        .filter_map(|file| file.parent().filter(|folder| !folder.as_os_str().is_empty()).map(Path::to_owned))
        .take(MAX_ENVIRONMENTS)
        .collect();
    let tools = Toolchains::find(session.environment);
    let has = |name: &str| std::env::split_paths(&tools.path).any(|folder| folder.join(name).is_file());
    if has("python3") && !has("python") {
        let _ = add_python(delivery);
    }
    for environment in &environments {
        for name in ["python", "python3"] {
            let _ = write_script(&delivery.root.join(environment).join("bin").join(name));
        }
    }
    let used = environments.iter().find_map(|folder| Some((folder, modules(delivery, folder)?)));
    let (folder, modules) = used?;
    use_modules(delivery, &modules).ok()?;
    Some(Message::new("venv-used").with("folder", safe_path(folder)))
}

/// Returns the folder of the modules of an environment that was made on Linux, macOS or Windows.
fn modules(delivery: &Submission, environment: &Path) -> Option<PathBuf> {
    let is_modules = |folder: &&Path| folder.file_name().is_some_and(|name| name == "site-packages");
    let own = delivery.files.iter().filter(|file| file.starts_with(environment));
    own.filter_map(|file| file.ancestors().skip(1).filter(is_modules).last()).map(Path::to_owned).next()
}

/// Adds the name `python`.
fn add_python(delivery: &Submission) -> io::Result<()> {
    open_build_folder(delivery)?;
    write_script(&delivery.root.join(TOOLS_FOLDER).join("python"))
}

/// Writes a script that runs the interpreter, if nothing has its name.
fn write_script(place: &Path) -> io::Result<()> {
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::File::options().write(true).create_new(true).mode(0o755).open(place)?.write_all(INTERPRETER.as_bytes())
}

/// Makes modules importable by every version of Python, after its own library: in the folder that
/// `PYTHONUSERBASE` names (<https://docs.python.org/3/library/site.html>).
fn use_modules(delivery: &Submission, modules: &Path) -> io::Result<()> {
    open_build_folder(delivery)?;
    for minor in MINOR_VERSIONS {
        let folder = Path::new(PYTHON_USER_FOLDER).join(format!("lib/python3.{minor}"));
        let up: PathBuf = folder.components().map(|_| "..").collect();
        fs::create_dir_all(delivery.root.join(&folder))?;
        symlink(up.join(modules), delivery.root.join(folder).join("site-packages"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_of_an_environment_are_found() {
        let from = tempfile::tempdir().expect("a folder");
        for file in [
            "venv/pyvenv.cfg",
            "venv/Lib/site-packages/a/b.py",
            "x/.venv/pyvenv.cfg",
            "x/.venv/lib/python3.11/site-packages/c.py",
        ] {
            let place = from.path().join(file);
            fs::create_dir_all(place.parent().expect("a folder")).expect("created");
            fs::write(place, "x").expect("written");
        }
        let delivery = Submission::import(from.path()).expect("received");
        let of = |folder: &str| modules(&delivery, Path::new(folder)).map(|found| found.display().to_string());
        assert_eq!(of("venv").as_deref(), Some("venv/Lib/site-packages"));
        assert_eq!(of("x/.venv").as_deref(), Some("x/.venv/lib/python3.11/site-packages"));
        assert_eq!(of("y"), None);
        use_modules(&delivery, Path::new("venv/Lib/site-packages")).expect("linked");
        let linked = delivery.root.join(PYTHON_USER_FOLDER).join("lib/python3.11/site-packages/a/b.py");
        assert!(linked.is_file());
        let script = delivery.root.join("venv/bin/python");
        write_script(&script).expect("written");
        assert!(write_script(&script).is_err(), "an existing file is not replaced");
    }
}
