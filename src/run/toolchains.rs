//! Finds the tools on the caller's PATH for the programs of a submission: which folders they need
//! to see, and the PATH that leads to them. Version managers (rustup, pyenv and similar) are
//! resolved here to the version that they would run: inside the sandbox, their scripts would search
//! another home. Starts nothing.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::sys::mounts::SYSTEM;

/// Used if PATH is not set.
const USUAL_PATH: &str = "/usr/local/bin:/usr/bin:/bin";
/// Variables that name the folder of a toolchain, which becomes visible.
const HOMES: [&str; 5] = ["JAVA_HOME", "DOTNET_ROOT", "GOROOT", "NVM_BIN", "VIRTUAL_ENV"];
/// Folders that hold a `bin` and also personal files: only `bin` becomes visible.
const MIXED: [&str; 4] = [".local", ".cargo", "go", "node_modules"];
/// Names of folders with programs. The rest of the toolchain is in their parent folder.
const PROGRAMS: [&str; 3] = ["bin", "sbin", "shims"];

/// Looks up variables of the caller's environment.
pub(crate) type Variables<'a> = &'a (dyn Fn(&str) -> Option<OsString> + Sync);

/// The tools of the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Toolchains {
    /// The PATH that leads to them.
    pub path: OsString,
    /// The folders and files that they need, without those of the system ([`SYSTEM`]).
    pub shown: Vec<PathBuf>,
}

/// The variables that were read, and the result.
type CachedResult = (Vec<Option<OsString>>, Arc<Toolchains>);

/// The last result: it is requested for each scenario, and PATH does not change in between.
static CACHE: Mutex<Option<CachedResult>> = Mutex::new(None);

impl Toolchains {
    /// Returns the tools of a caller with this environment.
    #[must_use]
    pub(crate) fn find(variables: Variables<'_>) -> Arc<Self> {
        let asked = ["PATH", "HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"].into_iter().chain(HOMES);
        let key: Vec<Option<OsString>> = asked.map(variables).collect();
        let mut last = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = last.as_ref().filter(|(before, _)| *before == key) {
            return Arc::clone(found);
        }
        let found = Arc::new(Finder::new(variables).find());
        *last = Some((key, Arc::clone(&found)));
        found
    }
}

struct Finder<'a> {
    variables: Variables<'a>,
    shown: BTreeSet<PathBuf>,
    /// The folders whose links were followed. `/bin` is often a link to `/usr/bin`, and some systems
    /// have five hundred links there.
    visited: BTreeSet<PathBuf>,
}

impl<'a> Finder<'a> {
    const fn new(variables: Variables<'a>) -> Self {
        Self { variables, shown: BTreeSet::new(), visited: BTreeSet::new() }
    }

    fn find(mut self) -> Toolchains {
        let path = (self.variables)("PATH").unwrap_or_else(|| USUAL_PATH.into());
        let mut entries: Vec<PathBuf> = Vec::new();
        for entry in std::env::split_paths(&path) {
            for entry in self.resolved(&entry) {
                if !entries.contains(&entry) {
                    entries.push(entry);
                }
            }
        }
        // A relative entry is resolved in the program's own folder, which is visible anyway.
        for entry in entries.iter().filter(|entry| entry.is_absolute()) {
            self.show_programs(entry);
        }
        for home in HOMES.iter().filter_map(|name| (self.variables)(name)).map(PathBuf::from) {
            if home.is_absolute() && home.is_dir() && !is_system(&home) && !self.is_personal(&home) {
                self.shown.insert(home);
            }
        }
        let path = std::env::join_paths(&entries).unwrap_or(path);
        Toolchains { path, shown: self.shown.into_iter().collect() }
    }

    /// Returns the folders that a PATH entry stands for: itself, or the versions that a manager
    /// chose.
    fn resolved(&self, entry: &Path) -> Vec<PathBuf> {
        let Some(root) = entry.parent() else { return vec![entry.to_owned()] };
        if entry.ends_with("shims") {
            // pyenv, rbenv, nodenv and similar: ROOT/version names folders in ROOT/versions.
            let chosen = fs::read_to_string(root.join("version")).unwrap_or_default();
            let bins = chosen.split([':', '\n', ' ']).filter(|name| is_plain_name(name));
            let bins: Vec<PathBuf> =
                bins.map(|name| root.join("versions").join(name).join("bin")).filter(|bin| bin.is_dir()).collect();
            if !bins.is_empty() {
                return bins;
            }
        }
        let mut all: Vec<PathBuf> = self.rust_toolchain(entry).into_iter().collect();
        all.push(entry.to_owned());
        all
    }

    /// Returns the programs of the toolchain that rustup's proxies in this folder would run.
    fn rust_toolchain(&self, entry: &Path) -> Option<PathBuf> {
        entry.join("rustup").symlink_metadata().ok()?;
        let beside = entry.parent().and_then(Path::parent).map(|home| home.join(".rustup"));
        let home = (self.variables)("RUSTUP_HOME").map(PathBuf::from).or(beside)?;
        let chosen = (self.variables)("RUSTUP_TOOLCHAIN").and_then(|name| name.into_string().ok()).or_else(|| {
            let settings = fs::read_to_string(home.join("settings.toml")).ok()?;
            let value = settings.lines().find_map(|line| line.trim().strip_prefix("default_toolchain"))?;
            Some(value.trim_start_matches([' ', '=']).trim().trim_matches('"').to_owned())
        })?;
        let bin = home.join("toolchains").join(Some(chosen).filter(|name| is_plain_name(name))?).join("bin");
        bin.is_dir().then_some(bin)
    }

    /// Makes a folder with programs visible, together with the targets of its links.
    fn show_programs(&mut self, folder: &Path) {
        let Ok(real) = folder.canonicalize() else { return };
        if !is_system(folder) || !is_system(&real) {
            self.show_tool(folder, &real);
        }
        if !self.visited.insert(real.clone()) {
            return;
        }
        for entry in fs::read_dir(&real).into_iter().flatten().flatten() {
            if !entry.file_type().is_ok_and(|kind| kind.is_symlink()) {
                continue;
            }
            let Ok(target) = entry.path().canonicalize() else { continue };
            if is_system(&target) || self.shown.iter().any(|place| target.starts_with(place)) || !target.is_file() {
                continue;
            }
            // By the path of the link, so that links on the way to it become visible as well.
            match target.parent() {
                Some(parent) if is_programs(parent) => self.show_tool(&entry.path(), parent),
                _ => drop(self.shown.insert(target.clone())),
            }
            self.shown.insert(entry.path());
        }
    }

    /// Makes the toolchain around a folder with programs visible, as far as it is one. `path` led
    /// to it.
    fn show_tool(&mut self, path: &Path, real: &Path) {
        let modules = real.ancestors().filter(|part| part.ends_with("node_modules")).last();
        let whole = real.parent().filter(|parent| is_programs(real) && !self.is_personal(parent));
        let place = modules.or(whole).unwrap_or(real);
        self.shown.extend([place.to_owned(), path.to_owned()].into_iter().filter(|path| !is_system(path)));
    }

    /// Returns true if a folder is not just a toolchain, but a home or a top-level folder.
    fn is_personal(&self, folder: &Path) -> bool {
        let is_home = (self.variables)("HOME").is_some_and(|home| Path::new(&home) == folder);
        is_home
            || folder.components().count() < 3
            || folder.parent() == Some(Path::new("/home"))
            || folder.file_name().is_some_and(|name| MIXED.iter().any(|mixed| name == OsStr::new(mixed)))
            || [".ssh", ".bashrc", ".profile"].iter().any(|file| folder.join(file).exists())
    }
}

fn is_programs(folder: &Path) -> bool {
    PROGRAMS.iter().any(|name| folder.ends_with(name))
}

/// Returns true if every sandbox shows this path.
fn is_system(path: &Path) -> bool {
    SYSTEM.iter().any(|place| path.starts_with(place))
}

/// Returns true if the name is a single path component.
fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('/') && name != ".." && name != "."
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    struct Machine(tempfile::TempDir);

    impl Machine {
        fn new() -> Self {
            Self(tempfile::tempdir().expect("a folder"))
        }

        fn at(&self, path: &str) -> PathBuf {
            self.0.path().canonicalize().expect("it is there").join(path)
        }

        fn file(&self, path: &str, text: &str) {
            let path = self.at(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, text).expect("written");
        }

        fn tools(&self, path: &[&str]) -> Toolchains {
            let path = std::env::join_paths(path.iter().map(|entry| self.at(entry))).expect("no colon");
            let home = self.at("ana");
            let variables = |name: &str| match name {
                "PATH" => Some(path.clone()),
                "HOME" => Some(home.clone().into()),
                _ => None,
            };
            Finder::new(&variables).find()
        }
    }

    #[test]
    fn toolchain_is_visible_and_home_is_not() {
        let machine = Machine::new();
        machine.file("ana/.nvm/versions/node/v20/bin/node", "");
        machine.file("ana/bin/mine", "");
        machine.file("ana/.local/bin/tool", "");
        machine.file("ana/.cargo/credentials.toml", "secret");
        machine.file("ana/.cargo/bin/cargo-x", "");
        let tools = machine.tools(&["ana/.nvm/versions/node/v20/bin", "ana/bin", "ana/.local/bin", "ana/.cargo/bin"]);
        let shown = |path: &str| tools.shown.iter().any(|place| machine.at(path).starts_with(place));
        assert!(shown("ana/.nvm/versions/node/v20/lib") && shown("ana/bin/mine") && shown("ana/.local/bin/tool"));
        assert!(!shown("ana/.ssh") && !shown("ana/.local/share") && !shown("ana/.cargo/credentials.toml"));
    }

    #[test]
    fn shims_are_resolved_to_the_chosen_version() {
        let machine = Machine::new();
        machine.file("ana/.pyenv/shims/python3", "");
        machine.file("ana/.pyenv/version", "3.12.1\n../../evil\n");
        machine.file("ana/.pyenv/versions/3.12.1/bin/python3", "");
        machine.file("ana/.cargo/bin/rustup", "");
        machine.file("ana/.rustup/settings.toml", "version = \"12\"\ndefault_toolchain = \"stable-x\"\n");
        machine.file("ana/.rustup/toolchains/stable-x/bin/rustc", "");
        let tools = machine.tools(&["ana/.pyenv/shims", "ana/.cargo/bin"]);
        let path: Vec<PathBuf> = std::env::split_paths(&tools.path).collect();
        let wanted = ["ana/.pyenv/versions/3.12.1/bin", "ana/.rustup/toolchains/stable-x/bin", "ana/.cargo/bin"];
        assert_eq!(path, wanted.map(|entry| machine.at(entry)));
        assert!(tools.shown.contains(&machine.at("ana/.rustup/toolchains/stable-x")));
        // Without a version, only the shims themselves remain.
        fs::remove_file(machine.at("ana/.pyenv/version")).expect("removed");
        assert!(machine.tools(&["ana/.pyenv/shims"]).shown.contains(&machine.at("ana/.pyenv")));
    }

    #[test]
    fn link_targets_are_visible_and_their_neighbors_are_not() {
        let machine = Machine::new();
        machine.file("opt/jdk-17/bin/java", "");
        machine.file("ana/projects/grading/tool.py", "");
        machine.file("ana/projects/grading/solution.py", "");
        fs::create_dir_all(machine.at("local/bin")).expect("made");
        symlink("jdk-17", machine.at("opt/jdk")).expect("a link");
        symlink(machine.at("opt/jdk/bin/java"), machine.at("local/bin/java")).expect("a link");
        symlink(machine.at("ana/projects/grading/tool.py"), machine.at("local/bin/tool")).expect("a link");
        let tools = machine.tools(&["local/bin"]);
        let shown = |path: &str| tools.shown.iter().any(|place| machine.at(path).starts_with(place));
        assert!(shown("opt/jdk-17/lib") && shown("ana/projects/grading/tool.py"));
        assert!(!shown("ana/projects/grading/solution.py"));
    }
}
