//! Symbolic links of a submission in paths that socklab writes to. A path that the user names may
//! contain the user's own links. A link inside the submission was made by its author, and nothing
//! is written through it.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::exit::CliError;
use crate::model::Message;
use crate::model::bytes::safe_path;

/// Returns the first link on the way to `way` that is inside the submission.
pub(super) fn find_planted_link(way: &Path, submission: &Path) -> Option<PathBuf> {
    /// Maximum number of links followed; the kernel's own limit.
    const MAX_LINKS: usize = 40;
    let submission = fs::canonicalize(submission).ok()?;
    let here = std::env::current_dir().and_then(fs::canonicalize).unwrap_or_default();
    let (mut at, mut followed) = (PathBuf::new(), 0);
    let whole = here.join(way);
    // The components that remain to be resolved, in reverse order.
    let mut todo: Vec<PathBuf> = parts(&whole);
    while let Some(part) = todo.pop() {
        if part == Path::new("..") {
            at.pop();
            continue;
        }
        let next = at.join(&part);
        if !fs::symlink_metadata(&next).is_ok_and(|found| found.is_symlink()) {
            at = next;
            continue;
        }
        if at.starts_with(&submission) {
            return Some(next);
        }
        followed += 1;
        if followed > MAX_LINKS {
            return None;
        }
        let to = fs::read_link(&next).ok()?;
        todo.extend(parts(&to));
        if to.is_absolute() {
            at = PathBuf::new();
        }
    }
    None
}

/// Returns the components of a path, last one first.
fn parts(path: &Path) -> Vec<PathBuf> {
    path.components()
        .rev()
        .filter(|part| *part != Component::CurDir)
        .map(|part| PathBuf::from(part.as_os_str()))
        .collect()
}

/// Returns an error if a link of the submission is on the way to one of these paths.
pub(super) fn reject_planted_links<'a>(
    ways: impl IntoIterator<Item = &'a Path>,
    submission: &Path,
) -> Result<(), CliError> {
    let found = ways.into_iter().find_map(|way| find_planted_link(way, submission));
    found.map_or(Ok(()), |link| Err(CliError::usage(link_message("cli-planted-link", &link))))
}

/// Returns a message about a link.
pub(super) fn link_message(id: &'static str, link: &Path) -> Message {
    Message::new(id).with("link", safe_path(link))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn planted_link_is_found_but_user_link_is_allowed() {
        let folder = tempfile::tempdir().expect("a folder");
        let top = fs::canonicalize(folder.path()).expect("it is there");
        for name in ["ana/real", "private", "own"] {
            fs::create_dir_all(top.join(name)).expect("a folder");
        }
        symlink(top.join("private"), top.join("ana/out")).expect("a link");
        symlink("nowhere", top.join("ana/gone.json")).expect("a link");
        symlink("real", top.join("ana/inner")).expect("a link");
        symlink("own", top.join("mine")).expect("a link");
        symlink("ana", top.join("student")).expect("a link");
        let of = |way: &str| {
            find_planted_link(&top.join(way), &top.join("ana"))
                .map(|link| link.strip_prefix(&top).expect("below").to_owned())
        };
        for (way, link) in [
            ("ana/out", "ana/out"),
            ("ana/out/deep/er", "ana/out"),
            ("ana/gone.json", "ana/gone.json"),
            ("ana/inner/x", "ana/inner"),
            ("student/out/x", "ana/out"),
            ("mine/../ana/out/x", "ana/out"),
            ("ana/real/../out", "ana/out"),
        ] {
            assert_eq!(of(way), Some(PathBuf::from(link)), "{way}");
        }
        for way in ["ana", "ana/real/new", "ana/new", "mine/x", "student/new", "private/x", "ana/new/../../own/x"] {
            assert_eq!(of(way), None, "{way}");
        }
        assert!(reject_planted_links([top.join("mine").as_path()], &top.join("ana")).is_ok());
        assert!(reject_planted_links([top.join("ana/out").as_path()], &top.join("ana")).is_err());
        symlink("round", top.join("round")).expect("a link");
        assert_eq!(of("round/x"), None, "the system refuses it");
    }
}
