//! Finds the source line in which a thread of a compiled program waits: unwinds its stack to the
//! innermost function of the submission, and reads the line tables that the compiler wrote
//! (`gcc -g1`, `rustc -C debuginfo=1`). Only in diagnosing runs.
//!
//! Programs, their files and their stacks are hostile data: all sizes and all work are bounded, and
//! whatever does not fit the formats gives no line. Nothing is guessed: a function without unwinding
//! information ends the search.

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

/// Size of a file that is read, and of all files of a process together. A debug build of a small
/// Rust program has 4 MiB.
const MAX_FILE_BYTES: u64 = 64 << 20;
const MAX_PROCESS_BYTES: u64 = 128 << 20;

/// Calls of a stack that are followed.
const MAX_FRAMES: usize = 64;

/// Threads that are inspected. The threads of a server mostly wait in the same line.
const MAX_THREADS: usize = 64;

/// Notes the source line in which each thread waits, if it is known.
pub(super) fn add_lines(threads: &mut [BlockedThread]) {
    let mut processes: HashMap<Pid, ProcessCode> = HashMap::new();
    let mut budget = Budget::default();
    for thread in threads.iter_mut().take(MAX_THREADS) {
        let code = processes.entry(thread.pid).or_insert_with(|| ProcessCode::of(thread.pid, Path::new(SUBMISSION)));
        // Interpreters print their stacks themselves.
        if code.is_of_submission() {
            // The parsers of ELF and DWARF have panicked on corrupt files before.
            let find = |stopped: &StoppedThread| {
                catch_unwind(AssertUnwindSafe(|| code.waiting_line(stopped, &mut budget))).ok().flatten()
            };
            thread.source = inspect(thread.thread, find).flatten();
        }
    }
}

/// The code of one process.
struct ProcessCode<'a> {
    pid: Pid,
    /// The folder of the submission, as the process sees it.
    submission: &'a Path,
    mappings: Vec<Mapping>,
    /// The files that have been read. None: unreadable.
    files: HashMap<PathBuf, Option<Vec<u8>>>,
    /// Bytes that may still be read.
    left: u64,
    /// The lines of the addresses so far: threads of a server mostly wait in the same functions.
    lines: HashMap<u64, LineInSubmission>,
}

/// None: not in a file of the submission. `Some(None)`: in one, but the compiler gave no line.
type LineInSubmission = Option<Option<SourceLocation>>;

impl<'a> ProcessCode<'a> {
    fn of(pid: Pid, submission: &'a Path) -> Self {
        let mappings = executable_mappings(pid);
        Self { pid, submission, mappings, files: HashMap::new(), left: MAX_PROCESS_BYTES, lines: HashMap::new() }
    }

    /// Returns true if a file of the submission is executed.
    fn is_of_submission(&self) -> bool {
        self.mappings.iter().any(|mapping| mapping.file.starts_with(self.submission))
    }

    /// Returns the line of the innermost call that is in a file of the submission.
    fn waiting_line(&mut self, stopped: &StoppedThread, budget: &mut Budget) -> Option<SourceLocation> {
        let mut frame = Frame::innermost(stopped.pc, &stopped.registers);
        for _ in 0..MAX_FRAMES {
            let at = frame.lookup_address();
            let mapping = self.mappings.iter().find(|mapping| (mapping.start..mapping.end).contains(&at))?.clone();
            self.read(&mapping.file);
            let image = Image::parse(self.files.get(&mapping.file)?.as_deref()?)?;
            // Addresses in the file differ from those in memory by a constant.
            let address = image.address((at - mapping.start).checked_add(mapping.offset)?)?;
            if mapping.file.starts_with(self.submission) {
                let find =
                    || lines::at(&image, address, budget).iter().find_map(|line| own_line(line, self.submission));
                if let Some(own) = self.lines.entry(at).or_insert_with(find) {
                    return own.clone();
                }
            }
            frame = unwind::caller(&image, address, &frame, &|address| stopped.word(address), budget)?;
        }
        None
    }

    /// Reads a mapped file, once.
    fn read(&mut self, file: &Path) {
        if !self.files.contains_key(file) {
            let bytes = read_file(self.pid, file, MAX_FILE_BYTES.min(self.left));
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
