//! Builds the programs of a submission, each build once, confined like all other runs.

mod attempts;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{Mode, OFlags, mkdirat, openat};
use rustix::io::Errno;

use crate::model::bytes::{printable_prefix, quoted_line};
use crate::run::Session;
use crate::scenario::expect::exit_output::{missing_tool, needs_download};
use crate::scenario::expect::source_fault;
use crate::submission::build_error::first_error;
use crate::submission::candidate::{Candidate, ProgramProblem};
use crate::submission::import::Submission;
use crate::submission::probe::{self, BuildOutcome};
use crate::sys::namespace::{NOBODY, cannot_drop_root};

/// Maximum number of builds that may run out of time: after that, no other build begins.
const MAX_TIMED_OUT_BUILDS: usize = 2;

/// All builds by command, so that each one runs once even if several programs need it.
#[derive(Default)]
pub(crate) struct Builds {
    done: BTreeMap<Vec<String>, BuildOutcome>,
    /// Builds that are repeated on their next request.
    again: BTreeSet<Vec<String>>,
}

impl Builds {
    /// Runs these builds in waves, with one build per CPU in a wave. After `LATE` builds that ran
    /// out of time, the others are not tried.
    pub(crate) fn run_waves(
        &mut self,
        delivery: &Submission,
        wanted: impl Iterator<Item = Vec<String>>,
        session: Session<'_>,
    ) {
        let mut todo: Vec<Vec<String>> = Vec::new();
        for words in wanted {
            if !todo.contains(&words) {
                todo.push(words);
            }
        }
        let at_a_time =
            std::thread::available_parallelism().map_or(MAX_TIMED_OUT_BUILDS, usize::from).min(session.jobs).max(1);
        for wave in todo.chunks(at_a_time) {
            let built: Vec<BuildOutcome> = if is_time_exhausted(&self.done) || session.cancel.is_cancelled() {
                wave.iter().map(|_| BuildOutcome::OutOfTime).collect()
            } else {
                std::thread::scope(|threads| {
                    let all: Vec<_> =
                        wave.iter().map(|words| threads.spawn(|| run_build(delivery, words, session))).collect();
                    all.into_iter().map(|one| one.join().unwrap_or(BuildOutcome::Unknown)).collect()
                })
            };
            self.done.extend(wave.iter().cloned().zip(built));
        }
    }

    /// Marks failed builds to be repeated, in the order of the requests: they may need the output
    /// of another build.
    pub(crate) fn mark_failed_for_retry(&mut self) {
        if self.done.values().any(|built| *built == BuildOutcome::Done) {
            let failed = self.done.iter().filter(|(_, built)| matches!(built, BuildOutcome::Failed(_)));
            self.again = failed.map(|(words, _)| words.clone()).collect();
        }
    }

    /// Builds a candidate: alone, then in other ways.
    pub(super) fn candidate(&mut self, delivery: &mut Submission, candidate: &mut Candidate, session: Session<'_>) {
        candidate.trouble = self.run_all(delivery, &candidate.recipe.builds, session);
        attempts::improve(delivery, candidate, self, session);
    }

    /// Runs these builds, each once. Returns why not all of them succeeded.
    pub(crate) fn run_all(
        &mut self,
        delivery: &Submission,
        builds: &[Vec<String>],
        session: Session<'_>,
    ) -> Option<ProgramProblem> {
        for words in builds {
            if self.again.remove(words) || !self.done.contains_key(words) {
                let built = if is_time_exhausted(&self.done) {
                    BuildOutcome::OutOfTime
                } else {
                    run_build(delivery, words, session)
                };
                self.done.insert(words.clone(), built);
            }
            match self.done.get(words) {
                Some(BuildOutcome::Done) => {}
                Some(BuildOutcome::Missing(tool)) => return Some(ProgramProblem::Missing(tool.clone())),
                Some(BuildOutcome::Fault(fault, script)) => {
                    return Some(ProgramProblem::Fault(*fault, script.clone()));
                }
                Some(BuildOutcome::Failed(output)) => return Some(why_it_failed(output)),
                Some(BuildOutcome::Capped(cap)) => return Some(ProgramProblem::Cap(cap.clone())),
                Some(BuildOutcome::TimedOut(seconds)) => return Some(ProgramProblem::BuildTimeout(*seconds)),
                Some(BuildOutcome::OutOfTime) => {
                    return Some(ProgramProblem::OutOfTime(session.budgets.builds.limit().as_secs()));
                }
                Some(BuildOutcome::Unknown) | None => return Some(ProgramProblem::Harness),
            }
        }
        None
    }
}

/// Returns true if too many builds ran out of time for another one to begin.
fn is_time_exhausted(done: &BTreeMap<Vec<String>, BuildOutcome>) -> bool {
    done.values().filter(|built| built.is_out_of_time()).count() >= MAX_TIMED_OUT_BUILDS
}

fn why_it_failed(output: &str) -> ProgramProblem {
    if let Some((fault, line)) = source_fault::in_build(output) {
        return ProgramProblem::Fault(fault, quoted_line(line.as_bytes(), 160));
    }
    if let Some(tool) = output.lines().find_map(missing_tool) {
        return ProgramProblem::Missing(printable_prefix(tool.as_bytes(), 40));
    }
    match output.lines().find(|line| needs_download(line)) {
        Some(line) => ProgramProblem::Fetch(quoted_line(line.trim().as_bytes(), 160)),
        None => ProgramProblem::Build(first_error(output)),
    }
}

fn run_build(delivery: &Submission, words: &[String], session: Session<'_>) -> BuildOutcome {
    match open_build_folder(delivery) {
        Ok(_) => {}
        Err(error) if [Errno::LOOP, Errno::NOTDIR].contains(&Errno::from_io_error(&error).unwrap_or(Errno::IO)) => {
            return BuildOutcome::Failed(String::new());
        }
        Err(_) => return BuildOutcome::Unknown,
    }
    let built = probe::build(&delivery.root, words, session);
    let tool = words.first().cloned().unwrap_or_default();
    if matches!(built, BuildOutcome::Failed(_)) && !tool.contains('/') {
        // A tool that does not even print its version is missing, such as a version manager without
        // versions.
        let version = vec![tool.clone(), if tool == "go" { "version" } else { "--version" }.to_owned()];
        if matches!(probe::build(&delivery.root, &version, session), BuildOutcome::Failed(_) | BuildOutcome::Missing(_))
        {
            return BuildOutcome::Missing(tool);
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
pub(crate) fn open_build_folder(delivery: &Submission) -> io::Result<OwnedFd> {
    let root = File::open(&delivery.root)?;
    match mkdirat(&root, crate::submission::language::BUILD_FOLDER, Mode::from_raw_mode(0o755)) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(error) => return Err(error.into()),
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = openat(&root, crate::submission::language::BUILD_FOLDER, flags, Mode::empty())?;
    if rustix::process::geteuid().is_root() && !cannot_drop_root() {
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
        let delivery = Submission::import(from.path()).expect("received");
        let place = delivery.root.join(crate::submission::language::BUILD_FOLDER);
        symlink(victim.path(), &place).expect("a link");
        let owner = victim.path().metadata().expect("it is there").uid();
        assert!(open_build_folder(&delivery).is_err());
        assert_eq!(victim.path().metadata().expect("it is there").uid(), owner);
        fs::remove_file(&place).expect("removed");
        assert!(open_build_folder(&delivery).is_ok() && open_build_folder(&delivery).is_ok());
    }
}
