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
