//! Programs to run: the files of this machine that they need, and their environment. Starts
//! nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::toolchains::{Toolchains, Variables};
use crate::engine::isolated::{HOME, Sandbox, USER};
use crate::engine::{ProgramSource, ProgramSpec};
use crate::model::{Role, SandboxMode};
use crate::scenario::lab::{Lab, RoleEntry};
use crate::sys::namespace::{NOBODY, cannot_drop_root};

/// Folders in which users keep their own files.
const HIDDEN: [&str; 6] = ["/home", "/root", "/tmp", "/var/tmp", "/run", "/dev/shm"];
/// Variables that programs may need to start, and that reveal nothing about the caller.
const PASSED: [&str; 4] = ["TZ", "JAVA_HOME", "DOTNET_ROOT", "GOROOT"];
/// Maximum processes and threads of one scenario's programs.
const MAX_PROCESSES: u32 = 400;

/// A path that the unprivileged user of a run cannot read. Reported before anything runs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} cannot be read by the unprivileged user that programs run as", .0.display())]
pub(crate) struct Unreadable(pub PathBuf);

/// Returns the environment of the programs.
#[must_use]
pub(crate) fn environment(variables: Variables<'_>, stage: SandboxMode) -> Vec<(OsString, OsString)> {
    let mut env: Vec<(OsString, OsString)> =
        PASSED.iter().filter_map(|name| Some(((*name).into(), variables(name)?))).collect();
    env.push(("PATH".into(), Toolchains::find(variables).path.clone()));
    let home = match stage {
        SandboxMode::Isolated => HOME.into(),
        SandboxMode::Plain => variables("HOME").unwrap_or_else(|| "/".into()),
    };
    env.push(("HOME".into(), home));
    if stage == SandboxMode::Isolated {
        // The user id inside the sandbox need not be in the system's list.
        env.extend(["USER", "LOGNAME"].map(|name| (name.into(), USER.into())));
    }
    env.push(("TERM".into(), "dumb".into()));
    // UTF-8 on every machine: Java and others decode bytes in the locale's encoding.
    env.extend(["LANG", "LC_ALL"].map(|name| (name.into(), "C.UTF-8".into())));
    // Output appears while the program runs, and its folder stays unchanged.
    env.push(("PYTHONUNBUFFERED".into(), "1".into()));
    env.push(("PYTHONDONTWRITEBYTECODE".into(), "1".into()));
    env
}

/// Maximum memory of all programs of one scenario, in bytes.
pub(super) const MAX_MEMORY_BYTES: u64 = 3 << 30;
/// Minimum memory of all programs of one scenario, in bytes.
const MIN_MEMORY_BYTES: u64 = 1 << 30;

/// Returns the memory of one scenario's programs if `at_once` scenarios run concurrently. They
/// share half of the machine's memory, so that greedy ones leave enough to the others and to the
/// harness.
#[must_use]
pub(crate) fn memory_limit(at_once: usize) -> u64 {
    let system = rustix::system::sysinfo();
    #[expect(clippy::useless_conversion, reason = "its fields have other types on 32-bit machines")]
    let all = u64::from(system.totalram).saturating_mul(u64::from(system.mem_unit));
    (all / 2 / at_once.max(1) as u64).clamp(MIN_MEMORY_BYTES, MAX_MEMORY_BYTES)
}

/// The command lines of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CommandLines<'a> {
    /// All command lines.
    pub all: &'a [Vec<String>],
    /// Those of trusted authors: the files that they name become visible. Those of a submission are
    /// not among them, or it could request any file.
    pub trusted: &'a [Vec<String>],
}

/// Returns what the programs may see and do.
#[must_use]
pub(crate) fn sandbox(
    programs: &BTreeMap<Role, ProgramSpec>,
    commands: CommandLines<'_>,
    folder: &Path,
    variables: Variables<'_>,
    hide: &[PathBuf],
) -> Sandbox {
    let mut sandbox = Sandbox {
        hide: hide.iter().map(OsString::from).collect(),
        processes: MAX_PROCESSES,
        reserved_ports: reserved_ports(programs),
        ..Sandbox::default()
    };
    if commands.all.is_empty() {
        return sandbox;
    }
    if folder != Path::new("/") && folder.is_dir() {
        sandbox.keep.push(folder.into());
    }
    let mut wanted = Toolchains::find(variables).shown.clone();
    let in_folder = |path: &PathBuf| folder != Path::new("/") && path.starts_with(folder);
    wanted.extend(commands.trusted.iter().flatten().flat_map(|word| named_files(folder, word)));
    wanted.retain(|path| !in_folder(path));
    wanted.sort();
    wanted.dedup();
    sandbox.keep_read_only = wanted.into_iter().map(OsString::from).collect();
    sandbox
}

fn reserved_ports(programs: &BTreeMap<Role, ProgramSpec>) -> Vec<u16> {
    let mut ports: Vec<u16> = programs.values().filter_map(|entry| entry.port).collect();
    // Ports of the lab and their neighbors, for programs that run without a role.
    ports.extend([65431, 65432, 65433]);
    ports.sort_unstable();
    ports.dedup();
    ports
}

fn is_hidden(path: &Path) -> bool {
    HIDDEN.iter().any(|hidden| path.starts_with(hidden))
}

/// Returns the files that a word of a command line names, with their folders. A word may be a whole
/// script (`sh -c 'cd /home/ana/lab && ./server'`): then the absolute paths in it count too.
fn named_files(folder: &Path, word: &str) -> Vec<PathBuf> {
    let inside = word.split(|c: char| c.is_whitespace() || "'\"`=;:,&|()<>".contains(c));
    let absolute = inside.filter(|part| part.starts_with('/') && *part != word);
    let whole = std::iter::once(word).filter(|word| !word.is_empty());
    whole.chain(absolute).filter_map(|name| containing_folder(&folder.join(name).canonicalize().ok()?)).collect()
}

/// Returns a folder itself, and the folder of a file.
fn containing_folder(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        return Some(path.to_owned());
    }
    let beside = path.parent()?;
    // The top of a hidden folder contains files of other users: then only the file itself.
    let top = HIDDEN.iter().any(|hidden| beside == Path::new(hidden)) || beside.parent() == Some(Path::new("/home"));
    Some(if top { path.to_owned() } else { beside.to_owned() })
}

/// Checks that the unprivileged user can read all files to run. Only needed if socklab runs as
/// root: then programs run as that user.
///
/// # Errors
/// Returns an error if it cannot read a path, with that path.
pub(crate) fn check_readable(commands: &[Vec<String>], folder: &Path) -> Result<(), Unreadable> {
    if commands.is_empty() || !rustix::process::geteuid().is_root() || cannot_drop_root() {
        return Ok(());
    }
    let named = commands.iter().flatten().filter_map(|word| folder.join(word).canonicalize().ok());
    let mut paths = vec![folder.to_owned()];
    paths.extend(named.filter(|path| path.is_file() && (path.starts_with(folder) || is_hidden(path))));
    match paths.into_iter().find(|path| !readable_by_nobody(path)) {
        Some(path) => Err(Unreadable(path)),
        None => Ok(()),
    }
}

/// Checks the permission bits for others, or those for the owner if that is the unprivileged user.
fn readable_by_nobody(path: &Path) -> bool {
    path.ancestors().all(|part| {
        let Ok(metadata) = part.metadata() else { return false };
        let bits = if metadata.uid() == NOBODY { metadata.mode() >> 6 } else { metadata.mode() };
        let needed = if part == path && !metadata.is_dir() { 0o4 } else { 0o1 };
        bits & needed == needed
    })
}

/// Returns the command lines of the programs.
#[must_use]
pub(crate) fn commands(programs: &BTreeMap<Role, ProgramSpec>) -> Vec<Vec<String>> {
    let words = |entry: &ProgramSpec| match &entry.runs {
        ProgramSource::Command(words) => Some(words.clone()),
        ProgramSource::Bundled(_) | ProgramSource::Target(_) => None,
    };
    programs.values().filter_map(words).collect()
}

/// Returns the entry of a program that runs for a role.
#[must_use]
pub(crate) fn entry(entry: &RoleEntry, runs: ProgramSource) -> ProgramSpec {
    ProgramSpec { runs, protocol: Some(entry.protocol), port: Some(entry.port), stands_in: None, stdin: None }
}

/// Gives each role without a program that of a role that it falls back to, if there is one: of
/// those with the largest `rank` the first.
pub(crate) fn fall_back(
    programs: &mut BTreeMap<Role, ProgramSpec>,
    lab: &Lab,
    given: &BTreeSet<Role>,
    kept: &BTreeSet<Role>,
    rank: &dyn Fn(&Role) -> u8,
) {
    let open = |role: &Role| !given.contains(role) && !kept.contains(role);
    for (role, entry) in lab.roles.iter().filter(|(role, _)| open(role)) {
        let others = entry.falls_back_to.iter().filter(|other| given.contains(*other));
        // `min_by_key` returns the first of several.
        if let Some(other) = others.min_by_key(|other| std::cmp::Reverse(rank(other)))
            && let Some(stand_in) = programs.get(other).cloned()
        {
            programs.insert(role.clone(), ProgramSpec { stands_in: Some(other.clone()), ..stand_in });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_sees_its_folder_and_named_files() {
        let dir = tempfile::tempdir().expect("a folder");
        let server = dir.path().join("lab/server.py");
        std::fs::create_dir(dir.path().join("lab")).expect("a folder");
        std::fs::write(&server, "").expect("a file");
        let programs = BTreeMap::new();
        let command = vec![vec!["python3".to_owned(), server.display().to_string()]];
        let path = |_: &str| Some(OsString::from("/usr/bin"));
        let beside = server.parent().map(|parent| parent.as_os_str().to_owned());
        let seen = sandbox(&programs, CommandLines { all: &command, trusted: &command }, Path::new("/"), &path, &[]);
        assert_eq!((seen.keep, seen.keep_read_only), (Vec::new(), beside.into_iter().collect()));
        let seen = sandbox(&programs, CommandLines { all: &command, trusted: &command }, dir.path(), &path, &[]);
        assert_eq!((seen.keep, seen.keep_read_only), (vec![dir.path().into()], Vec::new()));
        assert!(sandbox(&programs, CommandLines { all: &[], trusted: &[] }, dir.path(), &path, &[]).keep.is_empty());
        let script = vec![vec!["sh".to_owned(), "-c".to_owned(), format!("exec '{}' 1", server.display())]];
        let seen = sandbox(&programs, CommandLines { all: &script, trusted: &script }, Path::new("/"), &path, &[]);
        assert_eq!(seen.keep_read_only, [server.parent().expect("a folder").as_os_str().to_owned()]);
        for words in [&command, &script] {
            let seen =
                sandbox(&programs, CommandLines { all: words, trusted: &[] }, Path::new("/submission"), &path, &[]);
            assert!(
                seen.keep_read_only.is_empty(),
                "files named by a manifest are not visible: {:?}",
                seen.keep_read_only
            );
        }
    }

    #[test]
    fn tools_stay_visible_beside_hidden_submissions() {
        let dir = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).expect("a folder");
        let dir = dir.path().canonicalize().expect("a folder");
        std::fs::create_dir_all(dir.join("venv/bin")).expect("a folder");
        let path = dir.join("venv/bin").into_os_string();
        let path = |name: &str| (name == "PATH").then(|| path.clone());
        let command = vec![vec!["python3".to_owned()]];
        let hide = [dir.clone()];
        let seen = sandbox(
            &BTreeMap::new(),
            CommandLines { all: &command, trusted: &[] },
            Path::new("/submission"),
            &path,
            &hide,
        );
        assert!(seen.keep_read_only.contains(&dir.join("venv").into_os_string()), "{:?}", seen.keep_read_only);
    }

    #[test]
    fn environment_passes_only_needed_variables() {
        let all = |name: &str| Some(OsString::from(format!("value of {name}")));
        let env = environment(&all, SandboxMode::Isolated);
        assert!(!env.iter().any(|(name, _)| name == "SSH_AUTH_SOCK" || name == "GITHUB_TOKEN"));
        assert!(env.contains(&("HOME".into(), HOME.into())));
    }
}
