//! `grade --progress FILE`: the progress of grading as a small JSON file, which other processes
//! read while the store is locked. It is replaced as a whole, so that a reader never sees a part of
//! it.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::Serialize;

use super::outputs::write_atomically;
use crate::run::lock;
use crate::run::shard::Shard;

/// Minimum time between two writes: the file may be on a network file system.
const MIN_INTERVAL: Duration = Duration::from_secs(1);

/// The state of a run that has not ended.
const RUNNING: &str = "running";

/// The contents of the file.
#[derive(Debug, Clone, Serialize)]
struct Progress {
    /// Version of the format.
    format: u32,
    /// `running`, `finished` (all of the shard is stored) or `interrupted`.
    state: &'static str,
    /// The shard, and the number of shards: 1 of 1 for a whole class.
    shard: u32,
    shards: u32,
    /// Submissions to be graded, and those that are stored, changed or not.
    total: usize,
    done: usize,
    /// Those of `done` that were stored before.
    unchanged: usize,
    /// Those of `done` with an item that ended with an error of the harness.
    errors: usize,
    /// When this run began, and when the file was written: seconds since 1970 (UTC).
    started: u64,
    updated: u64,
}

/// Writes the progress of a run.
#[derive(Debug)]
pub(super) struct ProgressFile {
    path: PathBuf,
    state: Mutex<(Progress, Instant)>,
}

impl ProgressFile {
    /// Creates the file.
    ///
    /// # Errors
    /// Returns an error if it cannot be written.
    pub(super) fn create(path: &std::path::Path, shard: Option<Shard>, total: usize) -> std::io::Result<Self> {
        let shard = shard.unwrap_or(Shard { number: 1, count: 1 });
        let progress = Progress {
            format: 1,
            state: RUNNING,
            shard: shard.number,
            shards: shard.count,
            total,
            done: 0,
            unchanged: 0,
            errors: 0,
            started: now(),
            updated: now(),
        };
        write_atomically(path, &bytes(&progress))?;
        Ok(Self { path: path.to_owned(), state: Mutex::new((progress, Instant::now())) })
    }

    /// Adds a finished submission.
    pub(super) fn add(&self, is_unchanged: bool, is_error: bool) {
        let mut state = lock(&self.state);
        let (progress, written) = &mut *state;
        progress.done += 1;
        progress.unchanged += usize::from(is_unchanged);
        progress.errors += usize::from(is_error);
        if written.elapsed() >= MIN_INTERVAL {
            *written = Instant::now();
            progress.updated = now();
            // The results do not depend on it: a full disk is reported by the store.
            let _ = write_atomically(&self.path, &bytes(progress));
        }
    }

    /// Records that the results are complete.
    pub(super) fn finished(&self) {
        self.end("finished");
    }

    fn end(&self, state: &'static str) {
        let mut current = lock(&self.state);
        let (progress, _) = &mut *current;
        progress.state = state;
        progress.updated = now();
        let _ = write_atomically(&self.path, &bytes(progress));
    }
}

/// A run that ends in any other way was interrupted.
impl Drop for ProgressFile {
    fn drop(&mut self) {
        if lock(&self.state).0.state == RUNNING {
            self.end("interrupted");
        }
    }
}

fn bytes(progress: &Progress) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(progress).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_has_the_counts_when_grading_ends() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("progress.json");
        let read = || -> serde_json::Value {
            serde_json::from_str(&std::fs::read_to_string(&path).expect("it is there")).expect("JSON")
        };
        let file = ProgressFile::create(&path, Shard::parse("3/64"), 2).expect("written");
        let first = read();
        assert_eq!((&first["state"], &first["shard"], &first["shards"]), (&"running".into(), &3.into(), &64.into()));
        assert_eq!((&first["total"], &first["done"]), (&2.into(), &0.into()));
        file.add(true, false);
        file.add(false, true);
        file.finished();
        drop(file);
        let last = read();
        assert_eq!((&last["state"], &last["done"]), (&"finished".into(), &2.into()));
        assert_eq!((&last["unchanged"], &last["errors"]), (&1.into(), &1.into()));
        assert!(last["started"].as_u64() <= last["updated"].as_u64());
        drop(ProgressFile::create(&path, None, 1).expect("replaced"));
        assert_eq!((&read()["state"], &read()["shards"]), (&"interrupted".into(), &1.into()));
        assert_eq!(std::fs::read_dir(folder.path()).expect("read").count(), 1, "nothing is left beside it");
    }
}
