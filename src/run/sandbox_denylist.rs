//! Paths that are hidden from submissions: other submissions, the lab with its hidden items, the
//! results, and this program, which could serve in place of the student's. Over-mounted in the
//! sandbox.
//!
//! Homes and folders for temporary files are empty in a sandbox anyway. A class below `/srv` was
//! not, and a submission that ran its neighbour's server passed.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Suffixes of SQLite's files beside a store (<https://www.sqlite.org/tempfiles.html>).
const BESIDE_A_STORE: [&str; 3] = ["-wal", "-shm", "-journal"];
/// Prefix of the names of this program and of the bundled ones.
const OWN_PROGRAM_PREFIX: &str = "socklab";

/// Returns the existing ones of these paths by their real names, and the programs of this package.
#[must_use]
pub(crate) fn from_submissions<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = paths.into_iter().filter_map(|path| fs::canonicalize(path).ok()).collect();
    all.extend(own_programs());
    all.sort();
    all.dedup();
    all
}

/// System folders that programs need: a submission in one of them can see its neighbors.
const SYSTEM: [&str; 13] =
    ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc", "/opt", "/nix", "/dev", "/proc", "/sys", "/var"];

/// Returns the folder of a submission, which may hold others, by its real name and by that of a
/// link to it. Never returns the root or a system folder.
#[must_use]
pub(crate) fn submission_parents(submission: &Path) -> Vec<PathBuf> {
    let real = fs::canonicalize(submission).ok();
    let named = submission.file_name().and_then(|_| {
        let folder = submission.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::canonicalize(folder).ok()
    });
    let beside = real.as_deref().and_then(Path::parent).map(Path::to_owned);
    let mut all: Vec<PathBuf> = beside.into_iter().chain(named).collect();
    all.retain(|folder| folder.parent().is_some() && !SYSTEM.iter().any(|other| folder == Path::new(other)));
    all.dedup();
    all
}

/// Returns the files of a store, including those that exist while it is open.
#[must_use]
pub(crate) fn store(path: &Path) -> Vec<PathBuf> {
    let beside = |end: &&str| {
        let mut name = OsString::from(path);
        name.push(end);
        PathBuf::from(name)
    };
    std::iter::once(path.to_owned()).chain(BESIDE_A_STORE.iter().map(beside)).collect()
}

/// The parts of a folder that others may read, and those that only its owner may, by the permission
/// bits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shared {
    /// Folders that others may read completely, and single files.
    pub open: Vec<PathBuf>,
    /// Folders and files that others may not read. Links are in neither list: their targets have
    /// their own bits.
    pub closed: Vec<PathBuf>,
}

/// Returns which system settings others may read. Programs that run as root, because there is no
/// other user to become, would own the rest (`/etc/shadow`).
#[must_use]
pub(crate) fn settings() -> &'static Shared {
    static SETTINGS: LazyLock<Shared> = LazyLock::new(|| shared(Path::new("/etc")));
    &SETTINGS
}

/// Maximum depth of folders.
const MAX_DEPTH: usize = 32;

/// Lists the open and the closed parts of a folder.
fn shared(folder: &Path) -> Shared {
    let mut shared = Shared::default();
    if is_open(folder, &mut shared, MAX_DEPTH) {
        shared.open = vec![folder.to_owned()];
    }
    shared
}

/// Returns true if all of a path is open to others; otherwise adds its parts to the lists.
fn is_open(path: &Path, shared: &mut Shared, deeper: usize) -> bool {
    let Ok(metadata) = fs::symlink_metadata(path) else { return false };
    let needed = if metadata.is_dir() { 0o5 } else { 0o4 };
    if metadata.permissions().mode() & needed != needed || deeper == 0 {
        shared.closed.push(path.to_owned());
        return false;
    }
    if !metadata.is_dir() {
        return true;
    }
    let known = shared.open.len();
    let entries = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let parts: Vec<PathBuf> = entries.filter(|path| !path.is_symlink()).collect();
    let (open, closed): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| is_open(part, shared, deeper - 1));
    if !closed.is_empty() {
        shared.open.extend(open);
        return false;
    }
    shared.open.truncate(known);
    true
}

fn own_programs() -> Vec<PathBuf> {
    let Ok(own) = std::env::current_exe() else { return Vec::new() };
    let entries = own.parent().and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let ours = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(OWN_PROGRAM_PREFIX));
    // Builds leave other files with these names, and each hidden path takes time.
    let is_program = |path: &PathBuf| {
        fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
    };
    let mut all: Vec<PathBuf> = ours.map(|entry| entry.path()).filter(is_program).collect();
    all.push(own);
    all.into_iter().filter_map(|path| fs::canonicalize(path).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_of_submission_is_hidden_and_system_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let real = fs::canonicalize(folder.path()).expect("it is there");
        for name in ["class/ana", "links"] {
            fs::create_dir_all(real.join(name)).expect("a folder");
        }
        fs::write(real.join("class/rui.zip"), "").expect("written");
        std::os::unix::fs::symlink("../class/ana", real.join("links/ana")).expect("a link");
        for name in ["class/ana", "class/rui.zip", "class/ana/../ana"] {
            assert_eq!(submission_parents(&real.join(name)), [real.join("class")], "{name}");
        }
        let both = [real.join("class"), real.join("links")];
        assert_eq!(submission_parents(&real.join("links/ana")), both, "the folder of the link too");
        let here = std::env::current_dir().expect("a folder");
        assert_eq!(submission_parents(Path::new(".")), [here.parent().expect("a folder")]);
        for name in ["/", "/usr", "/opt/entrega", "/usr/bin", "/no/such/place"] {
            assert!(submission_parents(Path::new(name)).is_empty(), "{name}");
        }
    }

    #[test]
    fn open_and_closed_settings_are_separated() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let make = |name: &str, mode: u32| {
            fs::create_dir_all(at(name).parent().expect("a folder")).expect("made");
            fs::write(at(name), "x").expect("written");
            fs::set_permissions(at(name), fs::Permissions::from_mode(mode)).expect("set");
        };
        for (name, mode) in [("a/b/open", 0o644), ("c/open", 0o644), ("c/d/shadow", 0o640), ("c/d/e/open", 0o444)] {
            make(name, mode);
        }
        std::os::unix::fs::symlink("c/d/shadow", at("link")).expect("a link");
        for name in ["", "a", "a/b", "c", "c/d", "c/d/e"] {
            fs::set_permissions(at(name), fs::Permissions::from_mode(0o755)).expect("set");
        }
        let mut found = shared(folder.path());
        found.open.sort();
        assert_eq!(found, Shared { open: ["a", "c/d/e", "c/open"].map(at).to_vec(), closed: vec![at("c/d/shadow")] });
        fs::set_permissions(at("c/d"), fs::Permissions::from_mode(0o711)).expect("set");
        assert_eq!(shared(folder.path()).closed, [at("c/d")], "a folder that cannot be listed is closed as a whole");
        assert_eq!(
            shared(&at("a")),
            Shared { open: vec![at("a")], closed: Vec::new() },
            "a completely open folder is one entry"
        );
    }

    #[test]
    fn existing_paths_and_own_programs_are_hidden() {
        let folder = tempfile::tempdir().expect("a folder");
        let real = fs::canonicalize(folder.path()).expect("it is there");
        fs::write(real.join("a.db"), "").expect("written");
        fs::write(real.join("a.db-wal"), "").expect("written");
        std::os::unix::fs::symlink("a.db", real.join("link")).expect("a link");
        let mut paths = store(&real.join("a.db"));
        paths.push(real.join("link"));
        let hidden = from_submissions(paths.iter().map(PathBuf::as_path));
        let here: Vec<_> = hidden.iter().filter(|path| path.starts_with(&real)).cloned().collect();
        assert_eq!(here, [real.join("a.db"), real.join("a.db-wal")]);
        let own = fs::canonicalize(std::env::current_exe().expect("this program")).expect("it is there");
        assert!(hidden.contains(&own));
    }
}
