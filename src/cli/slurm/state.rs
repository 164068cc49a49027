//! The folder of a class that is graded by Slurm: scripts, parts, progress files and logs, and what
//! must stay the same until the class is merged. It knows no job.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::script;
use crate::cli::outputs::write_atomically;
use crate::run::shard::Shard;
use crate::run::store::{ClosedStore, Fingerprint};

/// The name of the file of the state.
const STATE: &str = "state.json";
/// The file that the merge job makes at its end.
const MERGED: &str = "merged";
/// Version of the format.
const FORMAT: u32 = 1;
/// Maximum size of the state, in bytes.
const MAX_BYTES: u64 = 16 << 20;

/// The jobs that were submitted together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Submitted {
    /// The id of the array job, if shards were missing.
    pub(super) array: Option<u64>,
    /// The shards of the array, as in `1-3,7`.
    pub(super) shards: String,
    /// The id of the merge job, once it is submitted.
    pub(super) merge: Option<u64>,
}

/// The contents of `state.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    format: u32,
    /// The name of the jobs. Jobs are found by it even if their ids were not recorded.
    pub(super) name: String,
    /// The number of shards.
    pub(super) shards: u32,
    /// The seed of all shards.
    pub(super) seed: u64,
    /// The words of all shards, quoted for a shell, without seed and number of jobs.
    pub(super) words: String,
    /// All submissions, the first one first.
    pub(super) jobs: Vec<Submitted>,
}

impl State {
    /// Creates the state of a class of which nothing is submitted.
    pub(super) const fn new(name: String, shards: u32, seed: u64, words: String) -> Self {
        Self { format: FORMAT, name, shards, seed, words, jobs: Vec::new() }
    }

    /// Returns the ids of all array jobs.
    pub(super) fn arrays(&self) -> Vec<u64> {
        self.jobs.iter().filter_map(|one| one.array).collect()
    }
}

/// The folder of a class.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    /// Its absolute path.
    pub(super) path: PathBuf,
}

impl Folder {
    /// Returns the folder that is beside a results file.
    pub(super) fn beside(store: &Path) -> Self {
        let mut name = store.file_name().unwrap_or_default().to_owned();
        name.push(".slurm");
        Self { path: store.with_file_name(name) }
    }

    /// Creates the folder with its subfolders.
    pub(super) fn create(&self) -> io::Result<()> {
        ["parts", "progress", "logs"].iter().try_for_each(|name| fs::create_dir_all(self.path.join(name)))
    }

    /// Locks the folder until the file is dropped, so that two commands do not submit the same
    /// shards.
    pub(super) fn lock(&self) -> io::Result<File> {
        let file = File::options().create(true).append(true).open(self.path.join("lock"))?;
        match rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive) {
            // Some network file systems have no locks.
            Ok(()) | Err(rustix::io::Errno::NOLCK | rustix::io::Errno::NOTSUP) => Ok(file),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads the state; `None` if there is none.
    pub(super) fn read(&self) -> io::Result<Option<State>> {
        let path = self.path.join(STATE);
        if !path.try_exists()? {
            return Ok(None);
        }
        let state: State = serde_json::from_slice(&read_bounded(&path, MAX_BYTES)?)?;
        if state.format == FORMAT { Ok(Some(state)) } else { Err(io::Error::other("unknown format")) }
    }

    /// Writes the state as a whole.
    pub(super) fn write(&self, state: &State) -> io::Result<()> {
        let mut bytes = serde_json::to_vec_pretty(state)?;
        bytes.push(b'\n');
        write_atomically(&self.path.join(STATE), &bytes)
    }

    /// Writes both scripts.
    pub(super) fn write_scripts(&self, array: &str, merge: &str) -> io::Result<()> {
        write_atomically(&self.path.join(script::ARRAY), array.as_bytes())?;
        write_atomically(&self.path.join(script::MERGE), merge.as_bytes())
    }

    /// Returns true if the last merge job has moved the class into place.
    pub(super) fn is_merged(&self) -> bool {
        self.path.join(MERGED).exists()
    }

    /// Forgets that an earlier merge job succeeded.
    pub(super) fn forget_merge(&self) -> io::Result<()> {
        match fs::remove_file(self.path.join(MERGED)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Returns the log of a shard.
    pub(super) fn log(&self, shard: u32) -> PathBuf {
        self.path.join(format!("logs/shard-{shard}.log"))
    }

    /// Returns the log of the merge job.
    pub(super) fn merge_log(&self) -> PathBuf {
        self.path.join("logs/merge.log")
    }

    /// Returns the progress file of a shard.
    pub(super) fn progress(&self, shard: u32) -> PathBuf {
        self.path.join(format!("progress/{shard:05}.json"))
    }

    /// Returns the part of a shard.
    pub(super) fn part(&self, shard: u32) -> PathBuf {
        self.path.join(format!("parts/{shard:05}.db"))
    }
}

/// Reads a file of at most this size.
pub(super) fn read_bounded(path: &Path, max_bytes: u64) -> io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    File::open(path)?.take(max_bytes).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The shards whose parts are complete and of the present class. A part appears by renaming, so that
/// it is complete if it exists.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    folder: &'a Folder,
    class: &'a Fingerprint,
    seed: u64,
    /// The numbers of these shards.
    pub(super) complete: BTreeSet<u32>,
}

impl<'a> Parts<'a> {
    /// Looks for the parts of a class.
    pub(super) fn find(folder: &'a Folder, class: &'a Fingerprint, seed: u64) -> Self {
        let mut parts = Self { folder, class, seed, complete: BTreeSet::new() };
        parts.refresh();
        parts
    }

    /// Looks for parts that were not there before.
    pub(super) fn refresh(&mut self) {
        for shard in 1..=self.class.shards {
            if !self.complete.contains(&shard) && self.is_current(shard) {
                self.complete.insert(shard);
            }
        }
    }

    /// Returns the shards that have no such part.
    pub(super) fn missing(&self) -> Vec<u32> {
        (1..=self.class.shards).filter(|shard| !self.complete.contains(shard)).collect()
    }

    /// Returns true if the part exists and is of this class: after a late submission, parts of the
    /// earlier class are still there.
    fn is_current(&self, shard: u32) -> bool {
        let path = self.folder.part(shard);
        let Some(wanted) = Shard::new(shard, self.class.shards) else { return false };
        // A part that cannot be read is graded again.
        let info = path.is_file().then(|| ClosedStore::open(&path).and_then(|part| part.part()).ok().flatten());
        info.flatten().is_some_and(|info| {
            info.shard() == wanted && info.seed == self.seed && info.fingerprint.difference(self.class).is_none()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::store::Store;

    fn folder() -> (tempfile::TempDir, Folder) {
        let dir = tempfile::tempdir().expect("a folder");
        let folder = Folder::beside(&dir.path().join("class.db"));
        folder.create().expect("created");
        (dir, folder)
    }

    #[test]
    fn state_is_read_as_it_was_written() {
        let (_dir, folder) = folder();
        assert_eq!(folder.read().expect("none"), None);
        let mut state = State::new("socklab-1".to_owned(), 8, 7, "--lab x".to_owned());
        state.jobs.push(Submitted { array: Some(12), shards: "1-8".to_owned(), merge: None });
        folder.write(&state).expect("written");
        assert_eq!(folder.read().expect("read"), Some(state.clone()));
        assert_eq!(state.arrays(), [12]);
        fs::write(folder.path.join(STATE), "{\"format\":2}").expect("written");
        assert!(folder.read().is_err());
    }

    #[test]
    fn parts_of_another_class_or_seed_are_missing() {
        let (_dir, folder) = folder();
        let class = |submissions: &str| Fingerprint {
            lab: "a".to_owned(),
            lab_hash: String::new(),
            roster: String::new(),
            submissions: submissions.to_owned(),
            size: 2,
            version: "1".to_owned(),
            shards: 4,
        };
        let make = |path: PathBuf, submissions: &str, shard: u32, seed: u64| {
            let mut store = Store::open(&path).expect("a store");
            let shard = Shard::new(shard, 4).expect("a shard");
            store.begin_part(&class(submissions), shard, Some(seed), []).expect("a part");
            store.finish().expect("closed");
        };
        make(folder.part(1), "now", 1, 7);
        make(folder.part(2), "before", 2, 7);
        make(folder.part(3), "now", 3, 8);
        fs::write(folder.part(4), "not a store").expect("written");
        let now = class("now");
        let mut parts = Parts::find(&folder, &now, 7);
        assert_eq!(parts.missing(), [2, 3, 4]);
        fs::rename(folder.part(3), folder.part(4)).expect("renamed");
        parts.refresh();
        assert_eq!(parts.missing(), [2, 3, 4], "a part of another shard");
    }
}
