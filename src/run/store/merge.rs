//! Merges the parts of a class into one store.
//!
//! The class is built in a file beside the store, one transaction for each part, and renamed into
//! place when it is complete. A merge that was killed at any moment has changed nothing, and goes
//! on where it was. Rows are copied by SQLite, so memory does not depend on their number.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rusqlite::{OptionalExtension, params};

use super::part::{ClosedStore, Fingerprint, PartInfo, read_only_uri};
use super::{RunInfo, Store, StoreError, from_json, images, marks};
use crate::model::{Machine, SandboxMode};

/// Makes the table of the parts that were merged. It is dropped at the end.
const MAKE_TABLE: &str = "CREATE TABLE IF NOT EXISTS merged (shard INTEGER PRIMARY KEY, stamp TEXT NOT NULL);";

/// A part that was found to belong to the class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its file.
    pub path: PathBuf,
    /// Its contents.
    pub info: PartInfo,
}

/// The result of a merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    /// Number of submissions of the class.
    pub submissions: usize,
    /// Number of parts that an earlier, killed merge had copied.
    pub resumed: usize,
    /// Number of results of the store's earlier content that are not of this class, and were kept.
    pub kept: usize,
}

/// Merges the parts of a class, which the caller has checked, into the store at `path`. Results of
/// submissions that are in the store already are replaced; marks stay.
///
/// # Errors
/// Returns an error if a file cannot be read or written, or if the store belongs to another lab or
/// is a part.
pub fn merge(parts: &[Part], path: &Path, merged_one: &mut dyn FnMut()) -> Result<Merged, StoreError> {
    let Some(first) = parts.first() else { return Err(StoreError::Content("no parts".to_owned())) };
    // A link stays, and its file is replaced.
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let earlier = if path.exists() { Some(Store::open(path)?) } else { None };
    if let Some(earlier) = &earlier {
        earlier.check_class(&first.info.fingerprint)?;
    }
    let building = beside(path);
    let (mut class, resumed) = begin(&building, parts)?;
    if let Ok(file) = fs::metadata(path) {
        // Before it has any row: the results may be those of students.
        fs::set_permissions(&building, file.permissions()).map_err(|error| StoreError::Content(error.to_string()))?;
    }
    for part in parts {
        if !class.is_merged(part)? {
            class.copy_part(part)?;
        }
        merged_one();
    }
    class.record_runs(parts)?;
    let kept = class.complete(earlier.is_some().then_some(path), first.info.fingerprint.size)?;
    class.finish()?;
    // Until here the earlier store is locked. It has no log any more, which would be found beside
    // the new one.
    fs::rename(&building, path).map_err(|error| StoreError::Content(error.to_string()))?;
    sync_folder(path);
    drop(earlier);
    Ok(Merged { submissions: first.info.fingerprint.size, resumed, kept })
}

/// Returns the name under which a class is built.
fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".merging");
    path.with_file_name(name)
}

/// Opens the class that is being built. If another merge began it from other parts, begins again.
fn begin(building: &Path, parts: &[Part]) -> Result<(Store, usize), StoreError> {
    let open = || -> Result<Store, StoreError> {
        let class = Store::open(building)?;
        class.db.pragma_update(None, "synchronous", "NORMAL")?;
        class.db.execute_batch(MAKE_TABLE)?;
        Ok(class)
    };
    // A link is not followed.
    if building.is_symlink() {
        remove(building)?;
    }
    let class = match open() {
        Ok(class) => class,
        Err(StoreError::Busy) => return Err(StoreError::Busy),
        // Killed while it was created.
        Err(_) => {
            remove(building)?;
            open()?
        }
    };
    let mut begun = 0;
    let mut stamps = class.db.prepare("SELECT shard, stamp FROM merged")?;
    let rows = stamps.query_map([], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, String>(1)?)))?;
    let mut is_same = true;
    for row in rows {
        let (shard, stamp) = row?;
        let part = parts.iter().find(|part| part.info.shard == shard);
        is_same &= part.is_some_and(|part| stamp_of(part).is_ok_and(|now| now == stamp));
        begun += 1;
    }
    drop(stamps);
    // Completed, but not renamed: its parts are no longer known.
    let is_complete = begun == 0 && !class.ids()?.is_empty();
    if is_same && !is_complete {
        return Ok((class, begun));
    }
    drop(class);
    remove(building)?;
    Ok((open()?, 0))
}

/// Removes an unfinished store.
fn remove(building: &Path) -> Result<(), StoreError> {
    for file in [super::part::log_of(building), building.to_owned()] {
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(StoreError::Content(error.to_string()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Returns what changes if a part is graded, judged or marked again, or replaced.
fn stamp_of(part: &Part) -> io::Result<String> {
    let file = part.path.metadata()?;
    let Fingerprint { lab_hash, submissions, .. } = &part.info.fingerprint;
    let time = format!("{}.{:09}", file.mtime(), file.mtime_nsec());
    Ok(format!("{} {} {time} {lab_hash} {submissions}", part.info.revision, file.len()))
}

fn sync_folder(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // The rename would be lost only if the machine stopped now, and a merge can be repeated.
    let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
}

impl Store {
    /// Checks that results of this class may be added.
    fn check_class(&self, class: &Fingerprint) -> Result<(), StoreError> {
        if let Some(part) = self.part()? {
            return Err(super::PartError::OtherShard(part.shard()).into());
        }
        match self.whole()? {
            Some(whole) if whole.lab != class.lab => Err(StoreError::OtherLab(whole.lab)),
            _ => {
                self.leave_log()?;
                Ok(self.db.execute_batch("BEGIN EXCLUSIVE; COMMIT;")?)
            }
        }
    }

    fn is_merged(&self, part: &Part) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM merged WHERE shard = ?1";
        let found: Option<i64> = self.db.query_row(sql, [part.info.shard], |row| row.get(0)).optional()?;
        Ok(found.is_some())
    }

    /// Copies the submissions of a part with their evidence, pictures and marks.
    fn copy_part(&mut self, part: &Part) -> Result<(), StoreError> {
        let stamp = stamp_of(part).map_err(|error| StoreError::Content(error.to_string()))?;
        self.with_attached(&part.path, |change, tables| {
            change.execute_batch(
                "INSERT OR REPLACE INTO main.result (id, place, submission, lab, version, content)
                     SELECT id, member.place, submission, lab, version, content
                     FROM other.member CROSS JOIN other.result USING (id);
                 INSERT OR REPLACE INTO main.evidence (id, scenario, content)
                     SELECT id, scenario, content FROM other.member CROSS JOIN other.evidence USING (id);",
            )?;
            copy_extras(change, tables, "id IN (SELECT id FROM other.member)")?;
            change
                .execute("INSERT INTO main.merged (shard, stamp) VALUES (?1, ?2)", params![part.info.shard, stamp])?;
            // The part is read without locks. If it was graded meanwhile, nothing of it is kept.
            let is_unchanged = stamp_of(part).is_ok_and(|now| now == stamp) && ClosedStore::open(&part.path).is_ok();
            if is_unchanged { Ok(()) } else { Err(StoreError::Busy) }
        })
    }

    /// Completes the class, in one transaction: keeps the content of the earlier store at `path`, checks
    /// the number of submissions, and forgets the parts. Returns the number of earlier results that
    /// were kept.
    fn complete(&mut self, path: Option<&Path>, size: usize) -> Result<usize, StoreError> {
        let finish = |change: &rusqlite::Transaction<'_>, kept: usize| {
            let rows: i64 = change.query_row("SELECT count(*) FROM main.result", [], |row| row.get(0))?;
            let submissions = usize::try_from(rows).unwrap_or_default().saturating_sub(kept);
            if submissions != size {
                return Err(StoreError::Content(format!("{submissions} submissions instead of {size}")));
            }
            change.execute_batch("DROP TABLE main.merged;")?;
            Ok(kept)
        };
        let Some(path) = path else {
            let change = self.db.transaction()?;
            finish(&change, 0)?;
            change.commit()?;
            return Ok(0);
        };
        self.with_attached(path, |change, tables| {
            let kept = keep_earlier(change, tables)?;
            finish(change, kept)
        })
    }

    /// Calls `copy` in a transaction, with another store as `other` and the names of its tables.
    fn with_attached<T>(
        &mut self,
        path: &Path,
        copy: impl FnOnce(&rusqlite::Transaction<'_>, &[String]) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.db.execute("ATTACH ?1 AS other", [read_only_uri(path)])?;
        let copied = (|| {
            let tables: Vec<String> = {
                let mut query = self.db.prepare("SELECT name FROM other.sqlite_schema WHERE type = 'table'")?;
                let rows = query.query_map([], |row| row.get(0))?;
                rows.collect::<Result<_, _>>()?
            };
            let change = self.db.transaction()?;
            let copied = copy(&change, &tables)?;
            change.commit()?;
            Ok(copied)
        })();
        self.db.execute("DETACH other", [])?;
        copied
    }

    /// Records how the parts were run. Machines may differ: a limitation of one is one of the
    /// class.
    fn record_runs(&self, parts: &[Part]) -> Result<(), StoreError> {
        let mut all: Option<RunInfo> = None;
        for part in parts {
            let Some(run) = ClosedStore::open(&part.path)?.run_info()? else { continue };
            match &mut all {
                None => all = Some(run),
                Some(all) => {
                    all.machine = weaker(&all.machine, &run.machine);
                    all.title = all.title.take().or(run.title);
                }
            }
        }
        if let Some(all) = all {
            self.put_whole(&all)?;
        }
        Ok(())
    }
}

impl ClosedStore {
    fn run_info(&self) -> Result<Option<RunInfo>, StoreError> {
        let sql = "SELECT content FROM whole WHERE one = 1";
        let text: Option<String> = self.db.query_row(sql, [], |row| row.get(0)).optional()?;
        text.as_deref().map(from_json).transpose()
    }
}

/// Copies the results of other submissions of the earlier store, its marks, and its secret. Returns the
/// number of submissions.
fn keep_earlier(change: &rusqlite::Transaction<'_>, tables: &[String]) -> Result<usize, StoreError> {
    change.execute_batch(
        "INSERT OR IGNORE INTO main.evidence (id, scenario, content)
             SELECT id, scenario, content FROM other.evidence
             WHERE id NOT IN (SELECT id FROM main.result);",
    )?;
    copy_extras(change, tables, "id NOT IN (SELECT id FROM main.result)")?;
    if tables.iter().any(|table| table == "mark") {
        change.execute_batch(
            "INSERT OR REPLACE INTO main.mark (id, item, points, comment)
                 SELECT id, item, points, comment FROM other.mark;",
        )?;
    }
    if tables.iter().any(|table| table == "secret") {
        change.execute_batch(super::MAKE_SECRET)?;
        change.execute_batch("INSERT OR REPLACE INTO main.secret (one, key) SELECT one, key FROM other.secret;")?;
    }
    Ok(change.execute(
        "INSERT OR IGNORE INTO main.result (id, place, submission, lab, version, content)
             SELECT id, place, submission, lab, version, content FROM other.result",
        [],
    )?)
}

/// Copies pictures and marks of the submissions that fit `condition`. Marks that the class has
/// stay.
fn copy_extras(change: &rusqlite::Transaction<'_>, tables: &[String], condition: &str) -> Result<(), StoreError> {
    if tables.iter().any(|table| table == "image") {
        change.execute_batch(images::MAKE_TABLE)?;
        change.execute_batch(&format!(
            "INSERT OR REPLACE INTO main.image (id, item, place, name, content)
                 SELECT id, item, place, name, content FROM other.image WHERE {condition};"
        ))?;
    }
    if tables.iter().any(|table| table == "mark") {
        change.execute_batch(marks::MAKE_TABLE)?;
        change.execute_batch(&format!(
            "INSERT OR IGNORE INTO main.mark (id, item, points, comment)
                 SELECT id, item, points, comment FROM other.mark WHERE {condition};"
        ))?;
    }
    Ok(())
}

/// Returns a machine with the limitations of both.
fn weaker(one: &Machine, other: &Machine) -> Machine {
    let is_plain = [one, other].iter().any(|machine| machine.stage == SandboxMode::Plain);
    let mut cannot = one.cannot.clone();
    cannot.extend(other.cannot.iter().filter(|limitation| !one.cannot.contains(limitation)).cloned());
    Machine { stage: if is_plain { SandboxMode::Plain } else { SandboxMode::Isolated }, cannot }
}

#[cfg(test)]
mod tests;
