//! Builds the programs of a submission, each build once, confined like all other runs. If the
//! compiler alone fails, builds the program with its parts, or as the project in its folder or a
//! parent folder defines.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags, mkdirat, openat};
use rustix::io::Errno;

use super::observe::{self, Around, Built};
use super::{Candidate, Trouble};
use crate::model::bytes::shown_short;
use crate::run::delivery::Delivery;
use crate::run::language;
use crate::scenario::expect::last_words::{missing_tool, wants_to_fetch};
use crate::sys::namespace::{NOBODY, root_stays};

/// Builds a program together with its parts.
fn with_its_parts(delivery: &mut Delivery, candidate: &mut Candidate, builds: &mut Builds, around: Around<'_>) {
    // Java's compiler finds the parts by itself.
    let parts: Vec<String> = candidate.parts.iter().map(|part| language::argument(part)).collect();
    if parts.is_empty() || !matches!(candidate.recipe.language, "C" | "C++" | "Go") {
        return;
    }
    let whole: Vec<Vec<String>> = candidate.recipe.builds.iter().map(|build| [&build[..], &parts].concat()).collect();
    if builds.all(delivery, &whole, around).is_none() {
        candidate.trouble = None;
        candidate.recipe.builds = whole;
    }
}

/// Builds a program with the project in its folder or a parent folder, if its compiler alone
/// cannot. The program is then the file with its name, or the only new one.
fn by_project(delivery: &mut Delivery, candidate: &mut Candidate, builds: &mut Builds, around: Around<'_>) {
    let project = |folder: &Path| {
        let has = |names: &[&str]| names.iter().any(|name| delivery.root.join(folder).join(name).is_file());
        language::PROJECTS.iter().find(|project| has(project.files)).map(|project| project.build(folder))
    };
    let Some(make) = candidate.file.ancestors().skip(1).find_map(project).map(|words| vec![words]) else { return };
    let before: BTreeSet<PathBuf> = delivery.files.iter().cloned().collect();
    match builds.all(delivery, &make, around) {
        None => {}
        // The compiler alone lacks a dependency that the project would have fetched.
        trouble @ Some(Trouble::Fetch(_) | Trouble::Missing(_)) => return candidate.trouble = trouble,
        Some(_) => return,
    }
    if delivery.look_again().is_err() {
        return;
    }
    // Only plausible files are opened: a build may have created thousands.
    let is_program = |file: &&PathBuf| !file.starts_with(language::BUILT) && is_elf(delivery, file);
    let is_named = |file: &&PathBuf| file.file_stem() == candidate.file.file_stem();
    let named = delivery.files.iter().filter(is_named).find(is_program);
    let mut fresh = delivery.files.iter().filter(|file| !before.contains(*file)).filter(is_program);
    let made = named.or_else(|| fresh.next().filter(|_| fresh.next().is_none()));
    if let Some(made) = made {
        let run = vec![format!("./{}", made.to_string_lossy())];
        candidate.trouble = None;
        candidate.recipe.builds = make;
        candidate.recipe.run.clone_from(&run);
        candidate.start.words = run;
    }
}

/// Returns true if a file is an executable of the kernel's native format (`elf(5)`).
fn is_elf(delivery: &Delivery, file: &Path) -> bool {
    let mut head = [0; 4];
    let read = delivery.open(file).and_then(|mut file| io::Read::read_exact(&mut file, &mut head));
    read.is_ok() && head == *b"\x7fELF"
}

/// Maximum number of builds that may run out of time: after that, no other build begins.
const LATE: usize = 2;

/// All builds by command, so that each one runs once even if several programs need it.
#[derive(Default)]
pub(super) struct Builds {
    done: BTreeMap<Vec<String>, Built>,
    /// Builds that are repeated on their next request.
    again: BTreeSet<Vec<String>>,
}

impl Builds {
    /// Runs these builds in waves, with one build per CPU in a wave. After `LATE` builds that ran
    /// out of time, the others are not tried.
    pub(super) fn side_by_side(
        &mut self,
        delivery: &Delivery,
        wanted: impl Iterator<Item = Vec<String>>,
        around: Around<'_>,
    ) {
        let mut todo: Vec<Vec<String>> = Vec::new();
        for words in wanted {
            if !todo.contains(&words) {
                todo.push(words);
            }
        }
        let at_a_time = std::thread::available_parallelism().map_or(LATE, usize::from).min(around.jobs).max(1);
        for wave in todo.chunks(at_a_time) {
            let built: Vec<Built> = if too_late(&self.done) || around.cancel.is_cancelled() {
                wave.iter().map(|_| Built::Untried).collect()
            } else {
                std::thread::scope(|threads| {
                    let all: Vec<_> =
                        wave.iter().map(|words| threads.spawn(|| run_build(delivery, words, around))).collect();
                    all.into_iter().map(|one| one.join().unwrap_or(Built::Unknown)).collect()
                })
            };
            self.done.extend(wave.iter().cloned().zip(built));
        }
    }

    /// Marks failed builds to be repeated, in the order of the requests: they may need the output
    /// of another build.
    pub(super) fn once_more_in_order(&mut self) {
        if self.done.values().any(|built| *built == Built::Done) {
            let failed = self.done.iter().filter(|(_, built)| matches!(built, Built::Failed(_)));
            self.again = failed.map(|(words, _)| words.clone()).collect();
        }
    }

    /// Builds a candidate: alone, then with its parts, then with its project.
    pub(super) fn candidate(&mut self, delivery: &mut Delivery, candidate: &mut Candidate, around: Around<'_>) {
        candidate.trouble = self.all(delivery, &candidate.recipe.builds, around);
        for otherwise in [with_its_parts, by_project] {
            if matches!(candidate.trouble, Some(Trouble::Build(_))) && !around.cancel.is_cancelled() {
                otherwise(delivery, candidate, self, around);
            }
        }
    }

    /// Runs these builds, each once. Returns why not all of them succeeded.
    pub(super) fn all(&mut self, delivery: &Delivery, builds: &[Vec<String>], around: Around<'_>) -> Option<Trouble> {
        for words in builds {
            if self.again.remove(words) || !self.done.contains_key(words) {
                let built = if too_late(&self.done) { Built::Untried } else { run_build(delivery, words, around) };
                self.done.insert(words.clone(), built);
            }
            match self.done.get(words) {
                Some(Built::Done) => {}
                Some(Built::Missing(tool)) => return Some(Trouble::Missing(tool.clone())),
                Some(Built::Failed(output)) => return Some(why_it_failed(output)),
                Some(Built::Capped(cap)) => return Some(Trouble::Cap(cap.clone())),
                Some(Built::Endless(seconds)) => return Some(Trouble::Endless(*seconds)),
                Some(Built::Untried) => return Some(Trouble::Untried(around.budgets.builds.limit().as_secs())),
                Some(Built::Unknown) | None => return Some(Trouble::Harness),
            }
        }
        None
    }
}

/// Returns true if too many builds ran out of time for another one to begin.
fn too_late(done: &BTreeMap<Vec<String>, Built>) -> bool {
    done.values().filter(|built| built.is_out_of_time()).count() >= LATE
}

fn why_it_failed(output: &str) -> Trouble {
    if let Some(tool) = output.lines().find_map(missing_tool) {
        return Trouble::Missing(shown_short(tool.as_bytes(), 40));
    }
    match output.lines().find(|line| wants_to_fetch(line)) {
        Some(line) => Trouble::Fetch(shown_short(line.trim().as_bytes(), 160)),
        None => Trouble::Build(observe::first_error(output)),
    }
}

fn run_build(delivery: &Delivery, words: &[String], around: Around<'_>) -> Built {
    match folder_for_builds(delivery) {
        Ok(_) => {}
        Err(error) if [Errno::LOOP, Errno::NOTDIR].contains(&Errno::from_io_error(&error).unwrap_or(Errno::IO)) => {
            return Built::Failed(String::new());
        }
        Err(_) => return Built::Unknown,
    }
    let built = observe::build(&delivery.root, words, around);
    let tool = words.first().cloned().unwrap_or_default();
    if matches!(built, Built::Failed(_)) && !tool.contains('/') {
        // A tool that does not even print its version is missing, such as a version manager without
        // versions.
        let version = vec![tool.clone(), if tool == "go" { "version" } else { "--version" }.to_owned()];
        if matches!(observe::build(&delivery.root, &version, around), Built::Failed(_) | Built::Missing(_)) {
            return Built::Missing(tool);
        }
    }
    built
}

/// Opens the folder for build output, which the unprivileged user can write. Creates it if
/// necessary. Does not follow a link that a build may have left in its place, because this process
/// may be root.
///
/// # Errors
/// Returns an error if the folder cannot be created, or if something else has its name.
pub fn folder_for_builds(delivery: &Delivery) -> io::Result<OwnedFd> {
    let root = File::open(&delivery.root)?;
    match mkdirat(&root, language::BUILT, Mode::from_raw_mode(0o755)) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(error) => return Err(error.into()),
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = openat(&root, language::BUILT, flags, Mode::empty())?;
    if rustix::process::geteuid().is_root() && !root_stays() {
        std::os::unix::fs::fchown(&folder, Some(NOBODY), Some(NOBODY))?;
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::*;

    #[test]
    fn link_in_place_of_build_folder_is_not_followed() {
        let (from, victim) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        fs::write(from.path().join("s.py"), "import socket").expect("written");
        let delivery = Delivery::receive(from.path()).expect("received");
        let place = delivery.root.join(language::BUILT);
        symlink(victim.path(), &place).expect("a link");
        let owner = victim.path().metadata().expect("it is there").uid();
        assert!(folder_for_builds(&delivery).is_err());
        assert_eq!(victim.path().metadata().expect("it is there").uid(), owner);
        fs::remove_file(&place).expect("removed");
        assert!(folder_for_builds(&delivery).is_ok() && folder_for_builds(&delivery).is_ok());
    }
}
