//! Resolves the folders and files that a sandbox shows: their real paths and the symbolic links
//! that lead to them.
//!
//! Runs before the process drops its privileges. As root it also opens the places that other users
//! cannot reach, for example below root's home.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ffi::OsString;
use std::fs;
use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};

use super::{make_read_only, open_copy};

/// Maximum number of links that the kernel follows in a path (`MAXSYMLINKS`,
/// include/linux/namei.h).
const MAX_LINKS: usize = 40;

/// The places that are shown read-only at their own paths.
#[derive(Debug, Default)]
pub(crate) struct VisiblePlaces {
    /// Real paths.
    pub(super) places: BTreeSet<PathBuf>,
    /// Symbolic links on the way to the places: path to target.
    pub(super) links: BTreeMap<PathBuf, PathBuf>,
    /// Detached copies of the places that were opened early.
    pub(super) trees: BTreeMap<PathBuf, OwnedFd>,
}

impl VisiblePlaces {
    /// Resolves these paths. Skips a path that does not exist or that this user may not follow.
    #[must_use]
    pub(crate) fn resolve<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Self {
        let mut shown = Self::default();
        for path in paths {
            shown.add(path.as_ref());
        }
        shown
    }

    fn add(&mut self, path: &Path) {
        let mut todo: VecDeque<OsString> = names(path).collect();
        let (mut real, mut links) = (PathBuf::from("/"), Vec::new());
        while let Some(name) = todo.pop_front() {
            if name == ".." {
                real.pop();
                continue;
            }
            let next = real.join(&name);
            let Ok(found) = fs::symlink_metadata(&next) else { return };
            if !found.is_symlink() {
                real = next;
                continue;
            }
            let Ok(target) = fs::read_link(&next) else { return };
            if links.len() >= MAX_LINKS {
                return;
            }
            if target.is_absolute() {
                real = PathBuf::from("/");
            }
            todo = names(&target).chain(todo).collect();
            links.push((next, target));
        }
        // The root itself is never shown.
        if real.parent().is_some() {
            self.places.insert(real);
            self.links.extend(links);
        }
    }

    /// Opens a detached, read-only copy of each place inside a folder that others may not enter
    /// (`open_tree(2)`; needs `CAP_SYS_ADMIN`). A process that drops root could not reach it later.
    /// A place that cannot be opened is shown later, if the new user may access it.
    pub(crate) fn open_closed(&mut self) {
        use std::os::unix::fs::PermissionsExt;
        let is_open = |folder: &Path| fs::metadata(folder).is_ok_and(|found| found.permissions().mode() & 0o1 != 0);
        for place in &self.places {
            if place.ancestors().skip(1).all(is_open) {
                continue;
            }
            let taken = open_copy(place).and_then(|tree| make_read_only(&tree, Path::new("")).map(|()| tree));
            if let Ok(tree) = taken {
                self.trees.insert(place.clone(), tree);
            }
        }
    }

    /// Returns true if the path is inside a shown place.
    pub(super) fn covers(&self, path: &Path) -> bool {
        path.ancestors().any(|part| self.places.contains(part))
    }
}

/// Returns the names in a path, including `..`.
fn names(path: &Path) -> impl Iterator<Item = OsString> + use<> {
    let names = path.components().filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    names.map(|part| part.as_os_str().to_owned()).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_followed_and_recorded_with_targets() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = fs::canonicalize(folder.path()).expect("it is there");
        fs::create_dir_all(at.join("jdk-17/bin")).expect("a folder");
        symlink("jdk-17", at.join("jdk")).expect("a link");
        symlink(at.join("jdk/bin"), at.join("tools")).expect("a link");
        symlink("../nowhere", at.join("dangling")).expect("a link");
        symlink("circle", at.join("circle")).expect("a link");
        let shown =
            VisiblePlaces::resolve([at.join("tools"), at.join("dangling"), at.join("circle"), PathBuf::from("/")]);
        assert_eq!(shown.places, [at.join("jdk-17/bin")].into());
        let links: Vec<_> = shown.links.keys().cloned().collect();
        assert_eq!(links, [at.join("jdk"), at.join("tools")]);
        assert!(shown.covers(&at.join("jdk-17/bin/java")) && !shown.covers(&at.join("jdk-17")));
    }
}
