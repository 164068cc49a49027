//! Finds the source line in which a thread of a compiled program waits: unwinds its stack to the
//! innermost function of the submission, and reads the line tables that the compiler wrote
//! (`gcc -g1`, `rustc -C debuginfo=1`). Only in diagnosing runs.
//!
//! Programs, their files and their stacks are hostile data: all sizes and all work are bounded, and
//! whatever does not fit the formats gives no line. Nothing is guessed: a function without
//! unwinding information ends the search.

mod elf;
mod lines;
mod unwind;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use self::elf::Image;
use self::lines::{Budget, SourceLine};
use self::unwind::Frame;
use super::isolated::SUBMISSION;
use crate::model::net::Pid;
use crate::model::{BlockedThread, SourceLocation, bytes};
use crate::sys::mappings::{Mapping, executable_mappings, read_file};
use crate::sys::thread_registers::{StoppedThread, inspect};

/// Size of a file that is read, and of all files together. A debug build of a small Rust program
/// has 4 MiB.
const MAX_FILE_BYTES: u64 = 64 << 20;
const MAX_TOTAL_BYTES: u64 = 128 << 20;

/// Calls of a stack that are followed.
const MAX_FRAMES: usize = 64;

/// Threads that are inspected. The threads of a server mostly wait in the same line.
const MAX_THREADS: usize = 64;

/// Notes the source line in which each thread waits, if it is known.
pub(super) fn add_lines(threads: &mut [BlockedThread]) {
    let mut processes: HashMap<Pid, Vec<Mapping>> = HashMap::new();
    let mut search = LineSearch::of(Path::new(SUBMISSION));
    for thread in threads.iter_mut().take(MAX_THREADS) {
        let mappings = processes.entry(thread.pid).or_insert_with(|| executable_mappings(thread.pid));
        // Interpreters print their stacks themselves.
        if mappings.iter().any(|mapping| mapping.file.starts_with(SUBMISSION)) {
            // A panic of a parser on a corrupt file must not end the run.
            let find = |stopped: &StoppedThread| {
                catch_unwind(AssertUnwindSafe(|| search.waiting_line(thread.pid, mappings, stopped))).ok().flatten()
            };
            thread.source = inspect(thread.thread, find).flatten();
        }
    }
}

/// The search for lines in the processes of one submission, with what it has read so far.
struct LineSearch<'a> {
    /// The folder of the submission, as the processes see it.
    submission: &'a Path,
    /// The files that have been read: processes mostly have the same. None: unreadable.
    files: HashMap<PathBuf, Option<Vec<u8>>>,
    /// Bytes of files that may still be read.
    left: u64,
    /// The lines of addresses in files: threads mostly wait in the same functions.
    lines: HashMap<(PathBuf, u64), LineInSubmission>,
    budget: Budget,
}

/// None: not in a file of the submission. `Some(None)`: in one, but the compiler gave no line.
type LineInSubmission = Option<Option<SourceLocation>>;

impl<'a> LineSearch<'a> {
    fn of(submission: &'a Path) -> Self {
        let (files, lines) = (HashMap::new(), HashMap::new());
        Self { submission, files, left: MAX_TOTAL_BYTES, lines, budget: Budget::default() }
    }

    /// Returns the line of the innermost call that is in a file of the submission. `mappings` is
    /// the code of the thread's process.
    fn waiting_line(&mut self, pid: Pid, mappings: &[Mapping], stopped: &StoppedThread) -> Option<SourceLocation> {
        let mut frame = Frame::innermost(stopped.pc, &stopped.registers);
        for _ in 0..MAX_FRAMES {
            let at = frame.lookup_address();
            let mapping = mappings.iter().find(|mapping| (mapping.start..mapping.end).contains(&at))?;
            self.read(pid, &mapping.file);
            let image = Image::parse(self.files.get(&mapping.file)?.as_deref()?)?;
            // Addresses in the file differ from those in memory by a constant.
            let address = image.address((at - mapping.start).checked_add(mapping.offset)?)?;
            if mapping.file.starts_with(self.submission) {
                let find = || {
                    let lines = lines::at(&image, address, &mut self.budget);
                    lines.iter().find_map(|line| own_line(line, self.submission))
                };
                if let Some(own) = self.lines.entry((mapping.file.clone(), address)).or_insert_with(find) {
                    return own.clone();
                }
            }
            frame = unwind::caller(&image, address, &frame, &|address| stopped.word(address), &mut self.budget)?;
        }
        None
    }

    /// Reads a mapped file, once.
    fn read(&mut self, pid: Pid, file: &Path) {
        if !self.files.contains_key(file) {
            let bytes = read_file(pid, file, MAX_FILE_BYTES.min(self.left));
            self.left -= bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
            self.files.insert(file.to_owned(), bytes);
        }
    }
}

/// Returns a line as one of the submission.
fn own_line(line: &SourceLine, submission: &Path) -> LineInSubmission {
    let file = line.file.strip_prefix(submission).ok()?;
    let location = SourceLocation { file: bytes::safe_path(file), line: line.line, column: 0 };
    Some((line.line > 0).then_some(location))
}

#[cfg(test)]
mod tests;
