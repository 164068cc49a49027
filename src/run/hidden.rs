//! What a submission must not see of this machine, wherever it lies: other submissions, the lab with its hidden items, the
//! results, and this program, which could serve in its author's place. Where there are namespaces it is covered.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// What SQLite puts beside a store (https://www.sqlite.org/tempfiles.html).
const BESIDE_A_STORE: [&str; 3] = ["-wal", "-shm", "-journal"];
/// What the names of this program and of the bundled ones begin with.
const OURS: &str = "socklab";

/// These files and folders, as far as they are there by their real names, and the programs of this package.
#[must_use]
pub fn from_submissions<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = paths.into_iter().filter_map(|path| fs::canonicalize(path).ok()).collect();
    all.extend(own_programs());
    all.sort();
    all.dedup();
    all
}

/// Folders of the system, which programs need: a submission that lies in one of them has its neighbours in sight.
const SYSTEM: [&str; 13] =
    ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc", "/opt", "/nix", "/dev", "/proc", "/sys", "/var"];

/// The folder that a submission lies in, where others may lie beside it: by its real name, and by that of a link to it. Never the
/// root of all, a folder that the system itself lies in, or one of those.
#[must_use]
pub fn around_submission(submission: &Path) -> Vec<PathBuf> {
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

/// A store, and what lies beside it while it is open.
#[must_use]
pub fn store(path: &Path) -> Vec<PathBuf> {
    let beside = |end: &&str| {
        let mut name = OsString::from(path);
        name.push(end);
        PathBuf::from(name)
    };
    std::iter::once(path.to_owned()).chain(BESIDE_A_STORE.iter().map(beside)).collect()
}

fn own_programs() -> Vec<PathBuf> {
    let Ok(own) = std::env::current_exe() else { return Vec::new() };
    let entries = own.parent().and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let ours = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(OURS));
    // A build leaves other files of these names beside them, and each that is covered takes its time.
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
    fn what_lies_beside_a_submission_is_hidden_and_the_system_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let real = fs::canonicalize(folder.path()).expect("it is there");
        for name in ["class/ana", "links"] {
            fs::create_dir_all(real.join(name)).expect("a folder");
        }
        fs::write(real.join("class/rui.zip"), "").expect("written");
        std::os::unix::fs::symlink("../class/ana", real.join("links/ana")).expect("a link");
        for name in ["class/ana", "class/rui.zip", "class/ana/../ana"] {
            assert_eq!(around_submission(&real.join(name)), [real.join("class")], "{name}");
        }
        let both = [real.join("class"), real.join("links")];
        assert_eq!(around_submission(&real.join("links/ana")), both, "its neighbours there too");
        let here = std::env::current_dir().expect("a folder");
        assert_eq!(around_submission(Path::new(".")), [here.parent().expect("a folder")]);
        for name in ["/", "/usr", "/opt/entrega", "/usr/bin", "/no/such/place"] {
            assert!(around_submission(Path::new(name)).is_empty(), "{name}");
        }
    }

    #[test]
    fn what_is_there_is_hidden_by_its_real_name_and_this_program_always() {
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
