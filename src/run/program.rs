//! Programs to run: what they need to see of this machine, and the environment that they get. Starts nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::toolchains::Toolchains;
use crate::model::{Role, StageKind};
use crate::scenario::lab::{Lab, RoleEntry};
use crate::stage::isolated::{HOME, Sandbox, USER};
use crate::stage::{ProgramEntry, Runs};
use crate::sys::namespace::{NOBODY, root_stays};

/// Places where everybody keeps files of their own.
const HIDDEN: [&str; 6] = ["/home", "/root", "/tmp", "/var/tmp", "/run", "/dev/shm"];
/// Variables of the caller's environment that programs may need to start, and that say nothing of the caller.
const PASSED: [&str; 4] = ["TZ", "JAVA_HOME", "DOTNET_ROOT", "GOROOT"];
/// Processes and threads of one scenario's programs.
const PROCESSES: u32 = 400;

/// The caller's environment, as far as it is looked at.
pub type Variables<'a> = &'a (dyn Fn(&str) -> Option<OsString> + Sync);

/// A program that the unprivileged user of a run could not read: told before anything runs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} cannot be read by the unprivileged user that programs run as", .0.display())]
pub struct Unreadable(pub PathBuf);

/// The environment of the programs.
#[must_use]
pub fn environment(variables: Variables<'_>, stage: StageKind) -> Vec<(OsString, OsString)> {
    let mut env: Vec<(OsString, OsString)> =
        PASSED.iter().filter_map(|name| Some(((*name).into(), variables(name)?))).collect();
    env.push(("PATH".into(), Toolchains::of(variables).path.clone()));
    let home = match stage {
        StageKind::Isolated => HOME.into(),
        StageKind::Plain => variables("HOME").unwrap_or_else(|| "/".into()),
    };
    env.push(("HOME".into(), home));
    if stage == StageKind::Isolated {
        // Its user's number need not be in the system's list.
        env.extend(["USER", "LOGNAME"].map(|name| (name.into(), USER.into())));
    }
    env.push(("TERM".into(), "dumb".into()));
    // Text is UTF-8 on every machine: Java and others take the locale's encoding for that of every byte.
    env.extend(["LANG", "LC_ALL"].map(|name| (name.into(), "C.UTF-8".into())));
    // Output shows while the program runs, and its folder stays as it was.
    env.push(("PYTHONUNBUFFERED".into(), "1".into()));
    env.push(("PYTHONDONTWRITEBYTECODE".into(), "1".into()));
    env
}

/// The memory that the programs of one scenario may hold together, at least and at most, in bytes.
const MEMORY: std::ops::RangeInclusive<u64> = 1 << 30..=3 << 30;

/// Their part of the machine's memory, where so many scenarios go on at a time: half of it is for all of them, so that those
/// which take all they can get leave the others and the harness theirs.
#[must_use]
pub fn memory(at_once: usize) -> u64 {
    let system = rustix::system::sysinfo();
    #[expect(clippy::useless_conversion, reason = "its fields have other types on 32-bit machines")]
    let all = u64::from(system.totalram).saturating_mul(u64::from(system.mem_unit));
    (all / 2 / at_once.max(1) as u64).clamp(*MEMORY.start(), *MEMORY.end())
}

/// What the programs may see and do. `named` are command lines that somebody wrote who is trusted: what they name is shown,
/// too. A submission's own are not among them: it would be shown whatever it asks for.
#[must_use]
pub fn sandbox(
    programs: &BTreeMap<Role, ProgramEntry>,
    (commands, named): (&[Vec<String>], &[Vec<String>]),
    folder: &Path,
    variables: Variables<'_>,
    hide: &[PathBuf],
) -> Sandbox {
    let mut sandbox = Sandbox {
        hide: hide.iter().map(OsString::from).collect(),
        processes: PROCESSES,
        reserved_ports: reserved_ports(programs),
        memory: *MEMORY.end(),
        ..Sandbox::default()
    };
    if commands.is_empty() {
        return sandbox;
    }
    if folder != Path::new("/") && folder.is_dir() {
        sandbox.keep.push(folder.into());
    }
    let mut wanted = Toolchains::of(variables).shown.clone();
    let in_folder = |path: &PathBuf| folder != Path::new("/") && path.starts_with(folder);
    wanted.extend(named.iter().flatten().flat_map(|word| named_files(folder, word)));
    wanted.retain(|path| !in_folder(path));
    wanted.sort();
    wanted.dedup();
    sandbox.keep_read_only = wanted.into_iter().map(OsString::from).collect();
    sandbox
}

fn reserved_ports(programs: &BTreeMap<Role, ProgramEntry>) -> Vec<u16> {
    let mut ports: Vec<u16> = programs.values().filter_map(|entry| entry.port).collect();
    // The lab's own and their neighbours, for programs that are run without a role.
    ports.extend([65431, 65432, 65433]);
    ports.sort_unstable();
    ports.dedup();
    ports
}

fn is_hidden(path: &Path) -> bool {
    HIDDEN.iter().any(|hidden| path.starts_with(hidden))
}

/// The files that a word of a command line names, each with what lies beside it. A word may be a whole script (`sh -c
/// 'cd /home/ana/lab && ./server'`): then the absolute paths in it count too.
fn named_files(folder: &Path, word: &str) -> Vec<PathBuf> {
    let inside = word.split(|c: char| c.is_whitespace() || "'\"`=;:,&|()<>".contains(c));
    let absolute = inside.filter(|part| part.starts_with('/') && *part != word);
    let whole = std::iter::once(word).filter(|word| !word.is_empty());
    whole.chain(absolute).filter_map(|name| with_what_lies_beside(&folder.join(name).canonicalize().ok()?)).collect()
}

/// A folder itself; a file's folder.
fn with_what_lies_beside(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        return Some(path.to_owned());
    }
    let beside = path.parent()?;
    // Beside a file at the very top of a hidden place lies everybody's: then only the file itself.
    let top = HIDDEN.iter().any(|hidden| beside == Path::new(hidden)) || beside.parent() == Some(Path::new("/home"));
    Some(if top { path.to_owned() } else { beside.to_owned() })
}

/// Started as root, programs run as nobody: can nobody read what is to be run?
///
/// # Errors
/// The first path that it cannot.
pub fn check_readable(commands: &[Vec<String>], folder: &Path) -> Result<(), Unreadable> {
    if commands.is_empty() || !rustix::process::geteuid().is_root() || root_stays() {
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

/// By the permission bits for others, or for the owner where nobody owns it.
fn readable_by_nobody(path: &Path) -> bool {
    path.ancestors().all(|part| {
        let Ok(metadata) = part.metadata() else { return false };
        let bits = if metadata.uid() == NOBODY { metadata.mode() >> 6 } else { metadata.mode() };
        let needed = if part == path && !metadata.is_dir() { 0o4 } else { 0o1 };
        bits & needed == needed
    })
}

/// The command lines among the programs.
#[must_use]
pub fn commands(programs: &BTreeMap<Role, ProgramEntry>) -> Vec<Vec<String>> {
    let words = |entry: &ProgramEntry| match &entry.runs {
        Runs::Command(words) => Some(words.clone()),
        Runs::Bundled(_) | Runs::Target(_) => None,
    };
    programs.values().filter_map(words).collect()
}

/// What is run for a role.
#[must_use]
pub fn entry(entry: &RoleEntry, runs: Runs) -> ProgramEntry {
    ProgramEntry { runs, protocol: Some(entry.protocol), port: Some(entry.port), stands_in: None, stdin: None }
}

/// A role that was not given has the program of the first given one that it falls back to.
pub fn fall_back(
    programs: &mut BTreeMap<Role, ProgramEntry>,
    lab: &Lab,
    given: &BTreeSet<Role>,
    kept: &BTreeSet<Role>,
) {
    let open = |role: &Role| !given.contains(role) && !kept.contains(role);
    for (role, entry) in lab.roles.iter().filter(|(role, _)| open(role)) {
        if let Some(other) = entry.falls_back_to.iter().find(|other| given.contains(*other))
            && let Some(stand_in) = programs.get(other).cloned()
        {
            programs.insert(role.clone(), ProgramEntry { stands_in: Some(other.clone()), ..stand_in });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_keeps_its_folder_and_what_it_names() {
        let dir = tempfile::tempdir().expect("a folder");
        let server = dir.path().join("lab/server.py");
        std::fs::create_dir(dir.path().join("lab")).expect("a folder");
        std::fs::write(&server, "").expect("a file");
        let programs = BTreeMap::new();
        let command = vec![vec!["python3".to_owned(), server.display().to_string()]];
        let path = |_: &str| Some(OsString::from("/usr/bin"));
        let beside = server.parent().map(|parent| parent.as_os_str().to_owned());
        let seen = sandbox(&programs, (&command, &command), Path::new("/"), &path, &[]);
        assert_eq!((seen.keep, seen.keep_read_only), (Vec::new(), beside.into_iter().collect()));
        let seen = sandbox(&programs, (&command, &command), dir.path(), &path, &[]);
        assert_eq!((seen.keep, seen.keep_read_only), (vec![dir.path().into()], Vec::new()));
        assert!(sandbox(&programs, (&[], &[]), dir.path(), &path, &[]).keep.is_empty());
        let script = vec![vec!["sh".to_owned(), "-c".to_owned(), format!("exec '{}' 1", server.display())]];
        let seen = sandbox(&programs, (&script, &script), Path::new("/"), &path, &[]);
        assert_eq!(seen.keep_read_only, [server.parent().expect("a folder").as_os_str().to_owned()]);
        for words in [&command, &script] {
            let seen = sandbox(&programs, (words, &[]), Path::new("/submission"), &path, &[]);
            assert!(seen.keep_read_only.is_empty(), "what a manifest names is not shown: {:?}", seen.keep_read_only);
        }
    }

    #[test]
    fn tools_beside_a_submission_are_kept_whole_where_everything_there_is_hidden() {
        let dir = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).expect("a folder");
        let dir = dir.path().canonicalize().expect("a folder");
        std::fs::create_dir_all(dir.join("venv/bin")).expect("a folder");
        let path = dir.join("venv/bin").into_os_string();
        let path = |name: &str| (name == "PATH").then(|| path.clone());
        let command = vec![vec!["python3".to_owned()]];
        let hide = [dir.clone()];
        let seen = sandbox(&BTreeMap::new(), (&command, &[]), Path::new("/submission"), &path, &hide);
        assert!(seen.keep_read_only.contains(&dir.join("venv").into_os_string()), "{:?}", seen.keep_read_only);
    }

    #[test]
    fn nothing_of_the_callers_environment_but_what_is_needed_is_passed() {
        let all = |name: &str| Some(OsString::from(format!("value of {name}")));
        let env = environment(&all, StageKind::Isolated);
        assert!(!env.iter().any(|(name, _)| name == "SSH_AUTH_SOCK" || name == "GITHUB_TOKEN"));
        assert!(env.contains(&("HOME".into(), HOME.into())));
    }
}
