//! The layout of an evidence folder: a subfolder per scenario, and checks that it can be written
//! and replaced.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::cli::exit::CliError;
use crate::model::Message;
use crate::report::evidence::MANIFEST;
use crate::scenario::lab::Lab;

/// Checks that evidence of these scenarios (indices in the lab) can be written below `base`. Called
/// before anything runs.
pub(in crate::cli) fn check_evidence_dir(
    lab: &Lab,
    scenarios: impl Iterator<Item = usize>,
    base: &Path,
) -> Result<(), CliError> {
    let names = folder_names(lab.scenarios.iter().map(|scenario| scenario.name.as_str()));
    let asked = scenarios.filter_map(|place| names.get(place));
    let shown = |path: &Path| crate::model::bytes::safe_path(path);
    dir_error(base, asked).map_or(Ok(()), |why| {
        let why = match why {
            DirError::File => Message::new("cli-evidence-file"),
            DirError::Foreign(path) => Message::new("cli-evidence-foreign").with("path", shown(&path)),
            DirError::Denied => Message::new("cli-evidence-denied"),
        };
        Err(CliError::usage(Message::new("cli-evidence-place").with("folder", shown(base)).with("why", why)))
    })
}

/// The reason why evidence cannot be written to a folder.
#[derive(Debug, PartialEq, Eq)]
enum DirError {
    /// The path is a file, or is below a file.
    File,
    /// This path, which a scenario's folder needs, is not an evidence folder.
    Foreign(PathBuf),
    /// This user has no permission to write there.
    Denied,
}

fn dir_error<'n>(base: &Path, mut names: impl Iterator<Item = &'n String>) -> Option<DirError> {
    // Missing folders are created in the nearest existing one.
    let above = base.ancestors().find(|path| path.symlink_metadata().is_ok());
    let above = above.unwrap_or(Path::new("."));
    if !above.is_dir() {
        return Some(DirError::File);
    }
    // Permission bits are not enough: they do not apply to root, and the disk may be read-only.
    let probe = above.join(format!(".socklab.{}.part", std::process::id()));
    if fs::create_dir(&probe).and_then(|()| fs::remove_dir(&probe)).is_err() {
        return Some(DirError::Denied);
    }
    names.find_map(|name| {
        let place = base.join(name);
        is_replaceable(&place).is_err().then_some(DirError::Foreign(place))
    })
}

/// Returns true if `place` is an evidence folder, which may be replaced.
///
/// # Errors
/// Returns an error if `place` is anything else that exists: it must not be removed.
pub(super) fn is_replaceable(place: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(place) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
        Ok(found) if found.is_dir() && place.join(MANIFEST).is_file() => Ok(true),
        Ok(_) => {
            let what = format!("{} is no evidence folder and stays as it is", place.display());
            Err(io::Error::new(io::ErrorKind::AlreadyExists, what))
        }
    }
}

/// Returns a unique folder name for each scenario, of ASCII letters, digits and `-_.` only.
pub(super) fn folder_names<'n>(scenarios: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let one = |scenario: &str| {
        let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
        let name: String = scenario.chars().map(plain).take(100).collect();
        let name = name.trim_start_matches(['.', '-']).to_owned();
        if name.is_empty() { "scenario".to_owned() } else { name }
    };
    let mut unlike = |name: String| {
        let numbered = (2_u32..).map(|k| format!("{name}-{k}"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| taken.insert(name.clone()));
        free.unwrap_or(name)
    };
    scenarios.map(|scenario| unlike(one(scenario))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_names_are_plain_and_unique() {
        let names = ["tcp-multi", "../../etc", "tcp-multi", "", "ação 1", "..", "tcp-multi-2"];
        let expected = ["tcp-multi", "etc", "tcp-multi-2", "scenario", "a--o-1", "scenario-2", "tcp-multi-2-2"];
        assert_eq!(folder_names(names.into_iter()), expected);
    }

    #[test]
    fn unusable_evidence_folder_is_detected_early() {
        let base = tempfile::tempdir().expect("a folder");
        let names = ["one".to_owned(), "two".to_owned()];
        let of = |place: &str| dir_error(&base.path().join(place), names.iter());
        assert_eq!((of(""), of("new/and/deeper")), (None, None));
        assert!(!base.path().join("new").exists(), "nothing is made by asking");
        fs::write(base.path().join("file"), "").expect("a file");
        assert_eq!((of("file"), of("file/below")), (Some(DirError::File), Some(DirError::File)));
        std::os::unix::fs::symlink("gone", base.path().join("link")).expect("a link");
        assert_eq!(of("link"), Some(DirError::File), "it leads nowhere");
        fs::create_dir(base.path().join("three")).expect("a folder");
        assert_eq!(of(""), None, "another one's folder is in nobody's way");
        fs::create_dir(base.path().join("two")).expect("a folder");
        assert_eq!(of(""), Some(DirError::Foreign(base.path().join("two"))));
        assert_eq!(dir_error(Path::new("/proc/socklab"), names.iter()), Some(DirError::Denied));
    }

    #[test]
    fn evidence_folder_is_replaced_but_other_files_are_not() {
        let base = tempfile::tempdir().expect("a folder");
        let place = base.path().join("one");
        assert!(!is_replaceable(&place).expect("nothing is there"));
        fs::create_dir(&place).expect("a folder");
        assert!(is_replaceable(&place).is_err(), "somebody's own folder");
        fs::write(place.join(MANIFEST), "{}").expect("a file");
        assert!(is_replaceable(&place).expect("ours"));
        let link = base.path().join("link");
        std::os::unix::fs::symlink(&place, &link).expect("a link");
        assert!(is_replaceable(&link).is_err(), "a link leads elsewhere");
    }
}
