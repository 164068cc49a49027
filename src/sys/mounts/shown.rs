//! Which folders and files of the machine a sandbox shows, by their real paths, and the symbolic links that lead to them.
//! Worked out, and as root also taken, before the process gives up its privileges: afterwards folders below root's
//! home are out of reach.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ffi::OsString;
use std::fs;
use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};

use super::{open_copy, restrict};

/// The kernel follows at most this many links in one path (`MAXSYMLINKS`, include/linux/namei.h).
const MOST_LINKS: usize = 40;

/// What is shown, read-only, at its own path.
#[derive(Debug, Default)]
pub struct Shown {
    /// Real paths.
    pub(super) places: BTreeSet<PathBuf>,
    /// Links on the way to them: path, target.
    pub(super) links: BTreeMap<PathBuf, PathBuf>,
    /// Detached copies of the places, where they were taken early.
    pub(super) trees: BTreeMap<PathBuf, OwnedFd>,
}

impl Shown {
    /// Follows these paths to what they lead to. A path that leads nowhere, or that this user may not follow, is left out.
    #[must_use]
    pub fn of<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Self {
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
            if links.len() >= MOST_LINKS {
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

    /// Takes a detached, read-only copy of each place that lies in a folder which others may not enter: a process that is
    /// about to give up root would not reach it any more (`open_tree(2)`; needs `CAP_SYS_ADMIN`). A place that cannot be
    /// taken is shown later, if that user may see it.
    pub fn take_closed(&mut self) {
        use std::os::unix::fs::PermissionsExt;
        let is_open = |folder: &Path| fs::metadata(folder).is_ok_and(|found| found.permissions().mode() & 0o1 != 0);
        for place in &self.places {
            if place.ancestors().skip(1).all(is_open) {
                continue;
            }
            let taken = open_copy(place).and_then(|tree| restrict(&tree, Path::new("")).map(|()| tree));
            if let Ok(tree) = taken {
                self.trees.insert(place.clone(), tree);
            }
        }
    }

    /// Whether the path lies in a place that is shown.
    pub(super) fn covers(&self, path: &Path) -> bool {
        path.ancestors().any(|part| self.places.contains(part))
    }
}

/// The names in a path, `..` included.
fn names(path: &Path) -> impl Iterator<Item = OsString> + use<> {
    let names = path.components().filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    names.map(|part| part.as_os_str().to_owned()).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_followed_and_shown_with_what_they_lead_to() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = fs::canonicalize(folder.path()).expect("it is there");
        fs::create_dir_all(at.join("jdk-17/bin")).expect("a folder");
        symlink("jdk-17", at.join("jdk")).expect("a link");
        symlink(at.join("jdk/bin"), at.join("tools")).expect("a link");
        symlink("../nowhere", at.join("dangling")).expect("a link");
        symlink("circle", at.join("circle")).expect("a link");
        let shown = Shown::of([at.join("tools"), at.join("dangling"), at.join("circle"), PathBuf::from("/")]);
        assert_eq!(shown.places, [at.join("jdk-17/bin")].into());
        let links: Vec<_> = shown.links.keys().cloned().collect();
        assert_eq!(links, [at.join("jdk"), at.join("tools")]);
        assert!(shown.covers(&at.join("jdk-17/bin/java")) && !shown.covers(&at.join("jdk-17")));
    }
}
