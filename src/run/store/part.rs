//! A store that holds one shard of a class: which one, of which class, and the names of its
//! submissions.
//!
//! The tables are not part of the layout: older versions neither need nor reject them.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::{APPLICATION_ID, LAYOUT_VERSION, Store, StoreError, from_json, to_json};
use crate::run::shard::Shard;

/// Makes the tables of a part.
const MAKE_TABLES: &str =
    "CREATE TABLE IF NOT EXISTS part (one INTEGER PRIMARY KEY CHECK (one = 1), content TEXT NOT NULL);
     CREATE TABLE IF NOT EXISTS member (id TEXT PRIMARY KEY, place INTEGER NOT NULL,
                                         checked INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;";
/// Selects the submissions of a part without a result that its last run checked or produced. An
/// earlier result may be of another content.
const UNFINISHED: &str = "FROM member WHERE NOT (checked AND EXISTS (
     SELECT 1 FROM result WHERE result.id = member.id AND lab = ?1 AND version = ?2))";
/// Number of unfinished submissions that are named.
const MAX_NAMED: u32 = 3;

/// The values that all parts of one class have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Name of the lab.
    pub lab: String,
    /// Hash of the lab's files.
    pub lab_hash: String,
    /// Hash of the roster's bytes; empty without a roster.
    pub roster: String,
    /// Hash of the submissions: their names in order, and which of them have no files.
    pub submissions: String,
    /// Number of submissions of the class.
    pub size: usize,
    /// Version of socklab.
    pub version: String,
    /// Number of shards.
    pub shards: u32,
}

impl Fingerprint {
    /// Returns the seed of a class for which none was given: the same in every shard, whatever
    /// their number. A student cannot compute it without the names of all submissions.
    #[must_use]
    pub fn seed(&self) -> u64 {
        let mut hasher = blake3::Hasher::new();
        for part in [&self.lab, &self.lab_hash, &self.roster, &self.submissions, &self.version] {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
        let mut first = [0; 4];
        hasher.finalize_xof().fill(&mut first);
        u64::from(u32::from_le_bytes(first))
    }

    /// Returns the name of the first property in which two fingerprints differ.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<&'static str> {
        let same = [
            ("shards", self.shards == other.shards),
            ("version", self.version == other.version),
            ("lab", self.lab == other.lab && self.lab_hash == other.lab_hash),
            ("roster", self.roster == other.roster),
            ("submissions", self.submissions == other.submissions && self.size == other.size),
        ];
        same.into_iter().find(|(_, same)| !same).map(|(name, _)| name)
    }
}

/// Identity of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartInfo {
    /// The class.
    pub fingerprint: Fingerprint,
    /// The number of the shard.
    pub shard: u32,
    /// The seed of its runs.
    pub seed: u64,
    /// A random word that every run of `grade` replaces.
    #[serde(default)]
    pub revision: String,
}

impl PartInfo {
    /// Returns the shard.
    #[must_use]
    pub const fn shard(&self) -> Shard {
        Shard { number: self.shard, count: self.fingerprint.shards }
    }
}

/// Why a store cannot hold this shard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    /// It holds a whole class.
    #[error("the store holds a whole class")]
    WholeClass,
    /// It holds this shard.
    #[error("the store holds shard {0}")]
    OtherShard(Shard),
    /// Its results have this seed.
    #[error("the results of the store have the seed {0}")]
    OtherSeed(u64),
}

impl Store {
    /// Returns the contents of a part; `None` if the store holds a whole class.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub fn part(&self) -> Result<Option<PartInfo>, StoreError> {
        read_info(&self.db)
    }

    /// Makes the store a part, or goes on with it: records its shard, its class, and its
    /// submissions with their places in the class. Returns the seed of its runs: `seed` if given,
    /// else that of earlier runs, else that of the fingerprint.
    ///
    /// # Errors
    /// Returns an error if the store holds something else, or if it cannot be written.
    pub fn begin_part<'m>(
        &mut self,
        fingerprint: &Fingerprint,
        shard: Shard,
        seed: Option<u64>,
        members: impl IntoIterator<Item = (usize, &'m str)>,
    ) -> Result<u64, StoreError> {
        let before = self.part()?;
        if let Some(before) = &before {
            let other = before.shard();
            if other != shard {
                return Err(PartError::OtherShard(other).into());
            }
            if seed.is_some_and(|seed| seed != before.seed) {
                return Err(PartError::OtherSeed(before.seed).into());
            }
            if before.fingerprint.lab != fingerprint.lab {
                return Err(StoreError::OtherLab(before.fingerprint.lab.clone()));
            }
        } else if !self.ids()?.is_empty() {
            return Err(PartError::WholeClass.into());
        }
        let seed = seed.or(before.map(|before| before.seed)).unwrap_or_else(|| fingerprint.seed());
        let change = self.db.transaction()?;
        change.execute_batch(MAKE_TABLES)?;
        change.execute("DELETE FROM member", [])?;
        {
            let mut insert = change.prepare("INSERT INTO member (id, place) VALUES (?1, ?2)")?;
            for (place, id) in members {
                insert.execute(params![id, i64::try_from(place).unwrap_or(i64::MAX)])?;
            }
        }
        let revision: String = change.query_row("SELECT lower(hex(randomblob(16)))", [], |row| row.get(0))?;
        let info = PartInfo { fingerprint: fingerprint.clone(), shard: shard.number, seed, revision };
        change.execute("INSERT OR REPLACE INTO part (one, content) VALUES (1, ?1)", [to_json(&info)?])?;
        change.commit()?;
        Ok(seed)
    }

    /// Closes the store: all results are in one file then, which can be moved, and nothing is
    /// beside it.
    ///
    /// # Errors
    /// Returns an error if the results cannot be moved from the log into the file.
    pub fn finish(self) -> Result<(), StoreError> {
        self.leave_log()?;
        self.db.close().map_err(|(_, error)| error.into())
    }
}

impl Store {
    /// Moves the log into the file, and removes it. The lock is kept.
    pub(super) fn leave_log(&self) -> Result<(), StoreError> {
        let mode: String = self.db.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get(0))?;
        if mode == "delete" { Ok(()) } else { Err(StoreError::Busy) }
    }
}

/// Records that a result of a part is that of the submission's present content. Does nothing in a
/// store of a whole class.
pub(super) fn mark_checked(db: &Connection, id: &str) -> Result<(), StoreError> {
    if has_table(db, "member")? {
        db.execute("UPDATE member SET checked = 1 WHERE id = ?1", [id])?;
    }
    Ok(())
}

fn has_table(db: &Connection, name: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1";
    let found: Option<i64> = db.query_row(sql, [name], |row| row.get(0)).optional()?;
    Ok(found.is_some())
}

fn read_info(db: &Connection) -> Result<Option<PartInfo>, StoreError> {
    if !has_table(db, "part")? {
        return Ok(None);
    }
    let text: Option<String> =
        db.query_row("SELECT content FROM part WHERE one = 1", [], |row| row.get(0)).optional()?;
    text.as_deref().map(from_json).transpose()
}

/// A closed store, open for reading. It is neither locked nor written, so that it may be in a
/// read-only folder or on a network file system.
#[derive(Debug)]
pub struct ClosedStore {
    pub(super) db: Connection,
}

/// The submissions of a part that are not graded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// Their number.
    pub count: usize,
    /// The names of the first ones.
    pub names: Vec<String>,
}

impl ClosedStore {
    /// Opens a store that no process has open.
    ///
    /// # Errors
    /// Returns an error if the file is not a store, or if it was cut off: [`StoreError::Busy`] if a
    /// log is beside it, which holds further results.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let log = log_of(path);
        if log.metadata().is_ok_and(|log| log.len() > 0) {
            return Err(StoreError::Busy);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(read_only_uri(path), flags)?;
        let number = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        if number("application_id")? != i64::from(APPLICATION_ID)
            || number("user_version")? != i64::from(LAYOUT_VERSION)
        {
            return Err(StoreError::NotOurs);
        }
        Ok(Self { db })
    }

    /// Returns the contents of a part; `None` if the store holds a whole class.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub fn part(&self) -> Result<Option<PartInfo>, StoreError> {
        read_info(&self.db)
    }

    /// Returns the names of the submissions of a part, in the order of the class.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub fn members(&self) -> Result<Vec<String>, StoreError> {
        let mut query = self.db.prepare("SELECT id FROM member ORDER BY place")?;
        let rows = query.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Returns the submissions of a part whose result is missing, of another lab or version, or was
    /// not checked by the last run.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub fn unfinished(&self, part: &PartInfo) -> Result<Unfinished, StoreError> {
        let of = &part.fingerprint;
        let count = format!("SELECT count(*) {UNFINISHED}");
        let count: i64 = self.db.query_row(&count, [&of.lab_hash, &of.version], |row| row.get(0))?;
        let mut query = self.db.prepare(&format!("SELECT id {UNFINISHED} ORDER BY place LIMIT ?3"))?;
        let rows = query.query_map(params![of.lab_hash, of.version, MAX_NAMED], |row| row.get(0))?;
        Ok(Unfinished { count: usize::try_from(count).unwrap_or_default(), names: rows.collect::<Result<_, _>>()? })
    }

    /// Returns how long each submission took, in milliseconds, in no particular order.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub fn durations(&self) -> Result<Vec<(String, u64)>, StoreError> {
        durations(&self.db)
    }
}

impl Store {
    /// Returns how long each stored submission took, in milliseconds, in no particular order.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub fn durations(&self) -> Result<Vec<(String, u64)>, StoreError> {
        durations(&self.db)
    }
}

fn durations(db: &Connection) -> Result<Vec<(String, u64)>, StoreError> {
    let mut query = db.prepare("SELECT id, coalesce(json_extract(content, '$.took_ms'), 0) FROM result")?;
    let rows =
        query.query_map([], |row| Ok((row.get(0)?, u64::try_from(row.get::<_, i64>(1)?).unwrap_or_default())))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Returns the path of the log of a store.
pub(super) fn log_of(path: &Path) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// Returns the name by which SQLite opens a file without locks and without a log
/// (<https://www.sqlite.org/uri.html>, `immutable`).
pub(super) fn read_only_uri(path: &Path) -> String {
    use std::fmt::Write as _;
    use std::os::unix::ffi::OsStrExt as _;
    let mut uri = "file:".to_owned();
    for &byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02x}");
        }
    }
    uri + "?immutable=1"
}
