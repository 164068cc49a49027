//! Points that an instructor gave by hand, beside the results: `grade` and `regrade` keep them.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};

use super::{Store, StoreError};
use crate::model::{Mark, SubmissionResult};

/// Makes the table of marks. It is not part of the layout: older versions neither need nor reject
/// it.
pub(super) const MAKE_TABLE: &str =
    "CREATE TABLE IF NOT EXISTS mark (id TEXT NOT NULL, item TEXT NOT NULL, points INTEGER NOT NULL,
                                                           comment TEXT NOT NULL, PRIMARY KEY (id, item));";

impl Store {
    /// Stores the mark of an item. Replaces an earlier one.
    ///
    /// # Errors
    /// Returns an error if the file cannot be written.
    pub fn set_mark(&self, id: &str, item: &str, mark: &Mark) -> Result<(), StoreError> {
        self.db.execute_batch(MAKE_TABLE)?;
        let sql = "INSERT OR REPLACE INTO mark (id, item, points, comment) VALUES (?1, ?2, ?3, ?4)";
        self.db.execute(sql, params![id, item, mark.points, mark.comment])?;
        Ok(())
    }

    /// Removes the mark of an item. Returns true if there was one.
    ///
    /// # Errors
    /// Returns an error if the file cannot be written.
    pub fn remove_mark(&self, id: &str, item: &str) -> Result<bool, StoreError> {
        self.db.execute_batch(MAKE_TABLE)?;
        Ok(self.db.execute("DELETE FROM mark WHERE id = ?1 AND item = ?2", [id, item])? > 0)
    }

    /// Returns the marks of a submission, by item.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub fn marks(&self, id: &str) -> Result<BTreeMap<String, Mark>, StoreError> {
        let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'mark'";
        let has_table: Option<i64> = self.db.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
        if has_table.is_none() {
            return Ok(BTreeMap::new());
        }
        let mut query = self.db.prepare_cached("SELECT item, points, comment FROM mark WHERE id = ?1")?;
        let rows =
            query.query_map([id], |row| Ok((row.get(0)?, Mark { points: row.get(1)?, comment: row.get(2)? })))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Adds the marks of a result to its items, and to its sum.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub fn with_marks(&self, mut result: SubmissionResult) -> Result<SubmissionResult, StoreError> {
        let mut marks = self.marks(&result.id.0)?;
        if marks.is_empty() {
            return Ok(result);
        }
        for item in &mut result.items {
            if let Some(mark) = marks.remove(item.id.as_str()) {
                item.add_mark(mark);
            }
        }
        result.points = result.items.iter().map(|item| item.earned).sum();
        Ok(result)
    }
}

#[cfg(test)]
mod tests {
    use super::super::CacheKey;
    use super::*;
    use crate::model::{ItemResult, Judged, SubmissionId, Verdict};

    fn item(id: &str, earned: u32) -> ItemResult {
        ItemResult {
            id: id.parse().expect("an id"),
            title: crate::model::LocalizedText::Plain(id.to_owned()),
            verdict: if earned > 0 { Verdict::Pass } else { Verdict::Fail },
            earned,
            of: 3,
            role: None,
            program: String::new(),
            scenario: String::new(),
            reason: None,
            judged: Judged::default(),
            annotations: Vec::new(),
            story: Vec::new(),
            hidden: false,
            hint: None,
            repeat: String::new(),
            filter: None,
            took_ms: 0,
        }
    }

    fn store(folder: &std::path::Path) -> Store {
        let mut store = Store::open(&folder.join("a.db")).expect("it opens");
        let items = vec![item("tcp-simple.1", 3), item("tcp-simple.2", 0)];
        let result = SubmissionResult::new(SubmissionId("ana".to_owned()), items, 5);
        let key = CacheKey { submission: "s".to_owned(), lab: "l".to_owned(), version: "v".to_owned() };
        store.put(1, &key, &result, &[]).expect("written");
        store
    }

    fn mark(points: i32) -> Mark {
        Mark { points, comment: "well explained".to_owned() }
    }

    #[test]
    fn mark_is_added_to_reports_and_not_to_the_result() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = store(folder.path());
        store.set_mark("ana", "tcp-simple.2", &mark(1)).expect("written");
        store.set_mark("ana", "tcp-simple.2", &mark(2)).expect("replaced");
        let report = store.report().expect("read");
        let ana = &report.submissions[0];
        assert_eq!((ana.points, ana.of, ana.items[1].earned), (5, 6, 2));
        assert_eq!(ana.items[1].verdict, Verdict::Fail, "a mark changes no verdict");
        assert_eq!(ana.items[1].mark(), Some(&mark(2)));
        let stored = store.result("ana").expect("read").expect("a result");
        assert_eq!((stored.points, stored.items[1].mark()), (3, None));
        assert!(store.remove_mark("ana", "tcp-simple.2").expect("removed"));
        assert!(!store.remove_mark("ana", "tcp-simple.2").expect("nothing to remove"));
        assert_eq!(store.report().expect("read").submissions[0].points, 3);
    }

    #[test]
    fn mark_subtracts_at_most_to_zero() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = store(folder.path());
        store.set_mark("ana", "tcp-simple.1", &mark(-9)).expect("written");
        assert_eq!(store.report().expect("read").submissions[0].points, 0);
    }

    #[test]
    fn store_without_marks_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = store(folder.path());
        assert!(store.marks("ana").expect("read").is_empty());
        assert_eq!(store.report().expect("read").submissions[0].points, 3);
    }
}
