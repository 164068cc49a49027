//! The progress of a class that is graded by Slurm: counts from the progress files of the shards,
//! and the time left. It reads no states of jobs, but combines them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use super::queue::JobState;
use super::state::{Folder, read_bounded};

/// Maximum size of a progress file, in bytes.
const MAX_BYTES: u64 = 64 << 10;
/// Time after which the pace of grading is an estimate of the time left.
const MIN_ELAPSED: Duration = Duration::from_secs(5);
/// The state of a job that has ended without an error. Its part may be visible some time later.
const COMPLETED: &str = "COMPLETED";

/// The fields of a progress file that are shown: see `cli/progress_file.rs`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(super) struct ShardProgress {
    /// Submissions to be graded.
    total: usize,
    /// Those of `total` that are stored.
    done: usize,
    /// Those of `done` that were stored before.
    unchanged: usize,
    /// Those of `done` with an error of the harness.
    errors: usize,
}

impl ShardProgress {
    /// Reads a progress file; `None` if there is none, or if it is not one.
    fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&read_bounded(path, MAX_BYTES).ok()?).ok()
    }
}

/// The progress of all shards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Overview {
    /// Shards that are complete.
    pub(super) complete: usize,
    /// Shards that run now.
    pub(super) running: usize,
    /// Submissions that are stored.
    pub(super) done: usize,
    /// Those of `done` that were stored before this run of their shard.
    pub(super) unchanged: usize,
    /// Those of `done` with an error of the harness.
    pub(super) errors: usize,
    /// Shards that have ended without a part, with the last state of their jobs.
    pub(super) failed: BTreeMap<u32, String>,
}

impl Overview {
    /// Combines the parts, the progress files and the states of the jobs.
    pub(super) fn new(
        shards: u32,
        complete: &BTreeSet<u32>,
        progress: &dyn Fn(u32) -> Option<ShardProgress>,
        states: &BTreeMap<u32, &JobState>,
    ) -> Self {
        let mut all = Self { complete: complete.len(), ..Self::default() };
        for shard in 1..=shards {
            let state = states.get(&shard);
            if !complete.contains(&shard) {
                all.running += usize::from(state.is_some_and(|state| state.is_running()));
                if let Some(state) = state.filter(|state| !state.is_live() && state.state != COMPLETED) {
                    all.failed.insert(shard, state.state.clone());
                }
            }
            if let Some(progress) = progress(shard) {
                all.done += progress.done.min(progress.total);
                all.unchanged += progress.unchanged.min(progress.done);
                all.errors += progress.errors;
            }
        }
        all
    }

    /// Reads the progress files of a folder.
    pub(super) fn read(
        folder: &Folder,
        shards: u32,
        complete: &BTreeSet<u32>,
        states: &BTreeMap<u32, &JobState>,
    ) -> Self {
        Self::new(shards, complete, &|shard| ShardProgress::read(&folder.progress(shard)), states)
    }
}

/// Returns the time left at the pace of the submissions that were graded while this was watched;
/// `None` if there is no pace yet.
pub(super) fn time_left(graded: usize, elapsed: Duration, left: usize) -> Option<Duration> {
    if graded == 0 || elapsed < MIN_ELAPSED {
        return None;
    }
    let seconds = elapsed.as_secs_f64() * left as f64 / graded as f64;
    Duration::try_from_secs_f64(seconds).ok()
}

/// Returns a time as `3 h 05 min`, `12 min` or `40 s`.
pub(super) fn rough_time(time: Duration) -> String {
    let (minutes, seconds) = (time.as_secs() / 60, time.as_secs() % 60);
    match (minutes / 60, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {:02} min", minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(task: u32, state: &str) -> JobState {
        JobState { job: 1, task: Some(task), state: state.to_owned() }
    }

    #[test]
    fn shards_are_counted_by_parts_files_and_states() {
        let states = [
            state(1, "COMPLETED"),
            state(2, "RUNNING"),
            state(3, "PENDING"),
            state(4, "TIMEOUT"),
            state(5, "COMPLETED"),
            state(6, "FAILED"),
        ];
        let states: BTreeMap<u32, &JobState> = states.iter().filter_map(|one| Some((one.task?, one))).collect();
        let progress = |shard: u32| match shard {
            1 => Some(ShardProgress { total: 10, done: 10, unchanged: 4, errors: 1 }),
            2 => Some(ShardProgress { total: 10, done: 3, unchanged: 0, errors: 0 }),
            _ => None,
        };
        // The part of shard 6 is there although its job failed later.
        let all = Overview::new(7, &BTreeSet::from([1, 6]), &progress, &states);
        let failed = BTreeMap::from([(4, "TIMEOUT".to_owned())]);
        let expected = Overview { complete: 2, running: 1, done: 13, unchanged: 4, errors: 1, failed };
        assert_eq!(all, expected);
    }

    #[test]
    fn progress_file_that_is_not_one_is_ignored() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        for text in ["", "{}", "[1]", "{\"total\":-1}", "null"] {
            std::fs::write(file.path(), text).expect("written");
            assert_eq!(ShardProgress::read(file.path()), None, "{text}");
        }
        std::fs::write(file.path(), r#"{"format":1,"state":"running","total":5,"done":2,"unchanged":1,"errors":0}"#)
            .expect("written");
        let expected = ShardProgress { total: 5, done: 2, unchanged: 1, errors: 0 };
        assert_eq!(ShardProgress::read(file.path()), Some(expected));
    }

    #[test]
    fn time_left_follows_the_pace() {
        let seconds = Duration::from_secs;
        assert_eq!(time_left(0, seconds(60), 10), None);
        assert_eq!(time_left(10, seconds(1), 10), None);
        assert_eq!(time_left(10, seconds(60), 100), Some(seconds(600)));
        assert_eq!(time_left(1, Duration::MAX, usize::MAX), None);
        let shown = [12, 725, 11_100].map(|time| rough_time(seconds(time)));
        assert_eq!(shown, ["12 s", "12 min", "3 h 05 min"]);
    }
}
