//! Finds a file of the submission that hides a module of Python: a program that lacks a name of the
//! module has imported the file. Changes the shown hint of a failure, never a verdict.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use crate::model::{Cause, Hint, ItemResult, SourceLocation, Verdict};
use crate::run::source_hint::whole;
use crate::submission::import::Submission;

/// Modules of Python whose names students give to their own files. Only these: a name that a module
/// of the submission lacks is a mistake in the name, and no reason to rename the module.
/// <https://docs.python.org/3/library/index.html>
const STANDARD: [&str; 40] = [
    "abc",
    "asyncio",
    "calendar",
    "cmd",
    "code",
    "concurrent",
    "copy",
    "datetime",
    "email",
    "enum",
    "http",
    "inspect",
    "io",
    "ipaddress",
    "json",
    "logging",
    "multiprocessing",
    "numbers",
    "operator",
    "os",
    "parser",
    "platform",
    "queue",
    "random",
    "re",
    "secrets",
    "select",
    "selectors",
    "signal",
    "socket",
    "socketserver",
    "ssl",
    "statistics",
    "string",
    "struct",
    "subprocess",
    "test",
    "threading",
    "time",
    "types",
];

/// Matches the errors of CPython that name the module in which a name is missing.
static MISSING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"module '(?<module>\w+)' has no attribute|cannot import name '\w+' from '(?<from>\w+)'").ok()
});

/// Shows the file that has the name of a module in the place of the line that uses the module.
pub(crate) fn annotate(items: &mut [ItemResult], delivery: &Submission) {
    for item in items.iter_mut().filter(|item| item.verdict == Verdict::Fail) {
        let failed = item.judged.findings.iter().enumerate().filter(|(_, one)| one.verdict == Verdict::Fail);
        let found: Vec<(usize, Cause, PathBuf)> = failed
            .filter_map(|(index, _)| {
                let (cause, module) = renamed(item.shown_cause(index)?)?;
                let file = module_file(&module, &delivery.own_files())?;
                Some((index, cause, file))
            })
            .collect();
        for (index, cause, file) in found {
            let location = SourceLocation { line: 1, ..whole(file) };
            item.explain(index, cause, location);
        }
    }
}

/// Returns the cause with the hint to rename the file, and the name of the module.
fn renamed(cause: &Cause) -> Option<(Cause, String)> {
    let mut cause = cause.clone();
    let (said, hint) = match &mut cause {
        Cause::ExitedEarly { said: Some(said), hint, .. }
        | Cause::ServerEndedByError { said: Some(said), hint, .. }
        | Cause::ServerCrashed { said: Some(said), hint, .. }
        | Cause::ProgramFailed { said: Some(said), hint, .. }
        | Cause::UncaughtError { said, hint }
        | Cause::ThreadFailed { said, hint }
        | Cause::ErrorPrinted { said, hint } => (said, hint),
        _ => return None,
    };
    let names = MISSING.as_ref()?.captures(said)?;
    let module = names.name("module").or_else(|| names.name("from"))?.as_str().to_owned();
    *hint = Hint::OwnFileName;
    STANDARD.contains(&&*module).then_some((cause, module))
}

/// Returns the file that is imported as a module of this name.
fn module_file(module: &str, files: &[&PathBuf]) -> Option<PathBuf> {
    let (name, package) = (format!("{module}.py"), Path::new(module).join("__init__.py"));
    files
        .iter()
        .find(|file| file.file_name().is_some_and(|one| *one == *name) || file.ends_with(&package))
        .map(|file| (*file).clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ExitStatus;

    fn module_of(said: &str) -> Option<String> {
        let said = Some(said.to_owned());
        let cause = Cause::ExitedEarly { status: ExitStatus::Code(1), said, hint: Hint::UnknownName };
        renamed(&cause).map(|(cause, module)| {
            assert_eq!(cause.hint(), Some(Hint::OwnFileName));
            module
        })
    }

    #[test]
    fn module_is_taken_from_the_error() {
        let missing = "AttributeError: module 'socketserver' has no attribute 'TCPServer'";
        assert_eq!(module_of(missing).as_deref(), Some("socketserver"));
        let import = "ImportError: cannot import name 'socket' from 'socket' (/tmp/submission/socket.py)";
        assert_eq!(module_of(import).as_deref(), Some("socket"));
        assert_eq!(module_of("AttributeError: 'str' object has no attribute 'decode'"), None);
        assert_eq!(module_of("AttributeError: module 'config' has no attribute 'PORTA'"), None, "not of Python");
    }

    #[test]
    fn file_must_have_the_name_of_the_module() {
        let files = ["servidor.py", "src/socket.py", "queue/__init__.py"].map(PathBuf::from);
        let files: Vec<&PathBuf> = files.iter().collect();
        assert_eq!(module_file("socket", &files), Some("src/socket.py".into()));
        assert_eq!(module_file("queue", &files), Some("queue/__init__.py".into()));
        assert_eq!(module_file("select", &files), None);
    }
}
