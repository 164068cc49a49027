//! The store of results: one SQLite file. The result of each submission is committed as a whole. A
//! store that was killed at any moment holds all committed results. Runs nothing and renders
//! nothing.

mod images;
mod marks;
mod merge;
mod part;

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::evidence_codec::{CodecError, PackedEvidence};
use crate::model::{Evidence, LocalizedText, Machine, Report, SandboxMode, SubmissionResult};

pub use self::merge::{Merged, Part, merge};
pub use self::part::{ClosedStore, Fingerprint, PartError, PartInfo, Unfinished};

/// `PRAGMA application_id` of the store: "slab".
const APPLICATION_ID: i32 = 0x736c_6162;
/// Version of the table layout.
const LAYOUT_VERSION: i32 = 2;
/// Makes the order of the class an index: results are read one by one in this order, without
/// sorting them. It is not part of the layout: older versions neither need nor reject it.
const MAKE_INDEX: &str = "CREATE INDEX IF NOT EXISTS result_order ON result (place, id);";
/// Makes the table of the secret. It is not part of the layout: older versions neither need nor
/// reject it.
const MAKE_SECRET: &str =
    "CREATE TABLE IF NOT EXISTS secret (one INTEGER PRIMARY KEY CHECK (one = 1), key BLOB NOT NULL);";

/// Why a store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another `grade` uses it.
    #[error("the store is in use by another run")]
    Busy,
    /// The file is not a store, or one of another version.
    #[error("not a store of this version of socklab")]
    NotOurs,
    /// It belongs to another lab.
    #[error("the store belongs to the lab {0}")]
    OtherLab(String),
    /// It holds another part of a class, or a whole class.
    #[error("{0}")]
    Part(#[from] PartError),
    /// The error from SQLite.
    #[error("{0}")]
    Sqlite(rusqlite::Error),
    /// Its content cannot be decoded.
    #[error("{0}")]
    Content(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::NotADatabase) => Self::NotOurs,
            _ => Self::Sqlite(error),
        }
    }
}

impl From<CodecError> for StoreError {
    fn from(error: CodecError) -> Self {
        Self::Content(error.0)
    }
}

/// Cache key of a result: if it is unchanged, the result need not be produced again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheKey {
    /// Hash of the submission.
    pub submission: String,
    /// Hash of the lab.
    pub lab: String,
    /// Version of socklab.
    pub version: String,
}

/// Information about a whole run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct RunInfo {
    lab: String,
    machine: Machine,
    seed: u64,
    /// The title of the lab. Stores of older versions have none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    title: Option<LocalizedText>,
}

/// An open store, locked exclusively.
#[derive(Debug)]
pub struct Store {
    db: Connection,
}

impl Store {
    /// Opens a store, or creates it.
    ///
    /// # Errors
    /// Returns an error if the file cannot be used as a store: see [`StoreError`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let db = Connection::open(path)?;
        db.busy_timeout(std::time::Duration::ZERO)?;
        // The lock is held from the first read until the connection ends, however it ends.
        db.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        if tables == 0 {
            db.execute_batch(&format!(
                "BEGIN EXCLUSIVE;
                 PRAGMA application_id = {APPLICATION_ID};
                 PRAGMA user_version = {LAYOUT_VERSION};
                 CREATE TABLE whole (one INTEGER PRIMARY KEY CHECK (one = 1), content TEXT NOT NULL);
                 CREATE TABLE result (id TEXT PRIMARY KEY, place INTEGER NOT NULL, submission TEXT NOT NULL,
                                      lab TEXT NOT NULL, version TEXT NOT NULL, content TEXT NOT NULL);
                 CREATE TABLE evidence (id TEXT NOT NULL, scenario TEXT NOT NULL, content BLOB NOT NULL,
                                        PRIMARY KEY (id, scenario));
                 COMMIT;"
            ))?;
        } else {
            let number = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
            if number("application_id")? != APPLICATION_ID || number("user_version")? != LAYOUT_VERSION {
                return Err(StoreError::NotOurs);
            }
            // Acquires the lock now instead of with the first result.
            db.execute_batch("BEGIN IMMEDIATE; COMMIT;")?;
        }
        db.execute_batch(MAKE_INDEX)?;
        Ok(Self { db })
    }

    /// Records the lab whose results are stored, and how they are produced.
    ///
    /// # Errors
    /// Returns an error if the store belongs to another lab.
    pub fn record_run(&self, lab: &str, machine: &Machine, seed: u64) -> Result<(), StoreError> {
        let before = self.whole()?;
        if let Some(whole) = &before
            && whole.lab != lab
        {
            return Err(StoreError::OtherLab(whole.lab.clone()));
        }
        let title = before.and_then(|whole| whole.title);
        self.put_whole(&RunInfo { lab: lab.to_owned(), machine: machine.clone(), seed, title })
    }

    /// Records the title of the lab, after [`Store::record_run`].
    ///
    /// # Errors
    /// Returns an error if the file cannot be written.
    pub fn record_title(&self, title: Option<&LocalizedText>) -> Result<(), StoreError> {
        match self.whole()? {
            Some(whole) if whole.title.as_ref() != title => self.put_whole(&RunInfo { title: title.cloned(), ..whole }),
            _ => Ok(()),
        }
    }

    fn put_whole(&self, whole: &RunInfo) -> Result<(), StoreError> {
        self.db.execute("INSERT OR REPLACE INTO whole (one, content) VALUES (1, ?1)", [to_json(whole)?])?;
        Ok(())
    }

    fn whole(&self) -> Result<Option<RunInfo>, StoreError> {
        let text: Option<String> =
            self.db.query_row("SELECT content FROM whole WHERE one = 1", [], |row| row.get(0)).optional()?;
        text.as_deref().map(from_json).transpose()
    }

    /// Returns the name of the lab whose results are stored; `None` if nothing was run.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub fn lab(&self) -> Result<Option<String>, StoreError> {
        Ok(self.whole()?.map(|whole| whole.lab))
    }

    /// Returns the seed of the runs whose results are stored; `None` if nothing was run.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub fn seed(&self) -> Result<Option<u64>, StoreError> {
        Ok(self.whole()?.map(|whole| whole.seed))
    }

    /// Returns a random secret of this store, created on first use.
    ///
    /// # Errors
    /// Returns an error if the file cannot be written.
    pub fn secret(&self) -> Result<[u8; 32], StoreError> {
        self.db.execute_batch(MAKE_SECRET)?;
        self.db.execute("INSERT OR IGNORE INTO secret (one, key) VALUES (1, randomblob(32))", [])?;
        Ok(self.db.query_row("SELECT key FROM secret WHERE one = 1", [], |row| row.get(0))?)
    }

    /// Returns the cache key of a stored result.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub fn cache_key(&self, id: &str) -> Result<Option<CacheKey>, StoreError> {
        let sql = "SELECT submission, lab, version FROM result WHERE id = ?1";
        let read =
            |row: &rusqlite::Row<'_>| Ok(CacheKey { submission: row.get(0)?, lab: row.get(1)?, version: row.get(2)? });
        Ok(self.db.query_row(sql, [id], read).optional()?)
    }

    /// Stores a result with its evidence, in one transaction. Replaces an earlier one.
    ///
    /// # Errors
    /// Returns an error if the file cannot be written.
    pub fn put(
        &mut self,
        place: usize,
        stamp: &CacheKey,
        result: &SubmissionResult,
        evidence: &[PackedEvidence],
    ) -> Result<(), StoreError> {
        let content = to_json(result)?;
        let id = &result.id.0;
        let change = self.db.transaction()?;
        change.execute("DELETE FROM evidence WHERE id = ?1", [id])?;
        change.execute(
            "INSERT OR REPLACE INTO result (id, place, submission, lab, version, content) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![id, i64::try_from(place).unwrap_or(i64::MAX), stamp.submission, stamp.lab, stamp.version, content],
        )?;
        for kept in evidence {
            change.execute(
                "INSERT OR REPLACE INTO evidence (id, scenario, content) VALUES (?1, ?2, ?3)",
                params![id, kept.scenario, kept.bytes],
            )?;
        }
        images::put(&change, result)?;
        part::mark_checked(&change, id)?;
        Ok(change.commit()?)
    }

    /// Stores a changed result; its evidence stays.
    ///
    /// # Errors
    /// Returns an error if the file cannot be written.
    pub fn update(&self, result: &SubmissionResult, lab: &str) -> Result<(), StoreError> {
        let content = to_json(result)?;
        self.db
            .execute("UPDATE result SET content = ?2, lab = ?3 WHERE id = ?1", params![result.id.0, content, lab])?;
        Ok(())
    }

    /// Keeps a stored result, which is current, at this place of the class: it changes when others are
    /// added.
    ///
    /// # Errors
    /// Returns an error if the file cannot be written.
    pub fn keep(&self, id: &str, place: usize) -> Result<(), StoreError> {
        let place = i64::try_from(place).unwrap_or(i64::MAX);
        self.db.execute("UPDATE result SET place = ?2 WHERE id = ?1 AND place <> ?2", params![id, place])?;
        part::mark_checked(&self.db, id)
    }

    /// Returns a stored result, without marks.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub fn result(&self, id: &str) -> Result<Option<SubmissionResult>, StoreError> {
        let sql = "SELECT content FROM result WHERE id = ?1";
        let text: Option<String> = self.db.prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()?;
        text.as_deref().map(from_json).transpose()
    }

    /// Returns all submissions with a result, in the order in which they were given.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub fn ids(&self) -> Result<Vec<String>, StoreError> {
        let mut query = self.db.prepare("SELECT id FROM result ORDER BY place, id")?;
        let rows = query.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Returns the evidence of a submission, by scenario.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub fn evidence(&self, id: &str) -> Result<Vec<(String, Evidence)>, StoreError> {
        let unpacked = |kept: PackedEvidence| {
            let evidence = kept.unpack()?;
            Ok((kept.scenario, evidence))
        };
        self.packed_evidence(id)?.into_iter().map(unpacked).collect()
    }

    /// Returns the evidence of a submission as it is stored, by scenario.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub(crate) fn packed_evidence(&self, id: &str) -> Result<Vec<PackedEvidence>, StoreError> {
        let sql = "SELECT scenario, content FROM evidence WHERE id = ?1 ORDER BY scenario";
        let mut query = self.db.prepare_cached(sql)?;
        let rows = query.query_map([id], |row| Ok(PackedEvidence { scenario: row.get(0)?, bytes: row.get(1)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Returns all results with their marks as one report, in the order in which the submissions
    /// were given.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub fn report(&self) -> Result<Report, StoreError> {
        self.report_of(Some)
    }

    /// Returns a report with `take` applied to each result. Only the parts that `take` returns stay
    /// in memory.
    ///
    /// # Errors
    /// Returns an error if [`Store::report`] would.
    pub fn report_of(&self, take: impl Fn(SubmissionResult) -> Option<SubmissionResult>) -> Result<Report, StoreError> {
        let mut report = self.run()?;
        self.each(
            |_| true,
            |result| -> Result<(), StoreError> {
                report.submissions.extend(take(result));
                Ok(())
            },
        )?;
        Ok(report)
    }

    /// Returns the report without its submissions.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub fn run(&self) -> Result<Report, StoreError> {
        let whole = self.whole()?.unwrap_or_else(|| RunInfo {
            lab: String::new(),
            machine: Machine { stage: SandboxMode::Isolated, cannot: Vec::new() },
            seed: 1,
            title: None,
        });
        let run = Report::new(&whole.lab, whole.machine, whole.seed, Vec::new());
        Ok(Report { title: whole.title, ..run })
    }

    /// Calls `visit` with each wanted result and its marks, in the order in which the submissions
    /// were given. Only one is in memory at a time.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, or the first error of `visit`.
    pub fn each<E: From<StoreError>>(
        &self,
        is_wanted: impl Fn(&str) -> bool,
        mut visit: impl FnMut(SubmissionResult) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = "SELECT id, content FROM result ORDER BY place, id";
        let mut query = self.db.prepare(sql).map_err(StoreError::from)?;
        let mut rows = query.query([]).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            let text = |column| row.get_ref(column).map_err(StoreError::from);
            if is_wanted(text(0)?.as_str().unwrap_or_default()) {
                visit(self.with_marks(from_json(text(1)?.as_str().unwrap_or_default())?)?)?;
            }
        }
        Ok(())
    }
}

impl From<StoreError> for std::io::Error {
    fn from(error: StoreError) -> Self {
        Self::other(error)
    }
}

fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Content(error.to_string()))
}

fn from_json<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Content(error.to_string()))
}

#[cfg(test)]
mod tests;
