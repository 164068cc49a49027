//! The pictures of written answers, which pages show. They are not in the results, so that reading
//! these stays fast.

use rusqlite::{OptionalExtension, Transaction, params};

use super::{Store, StoreError};
use crate::model::{Annotation, AnswerImage, ImageFormat, SubmissionResult};

/// Makes the table. It is not part of the layout: older versions neither need nor reject it.
pub(super) const MAKE_TABLE: &str =
    "CREATE TABLE IF NOT EXISTS image (id TEXT NOT NULL, item TEXT NOT NULL, place INTEGER NOT NULL,
                                                            name TEXT NOT NULL, content BLOB NOT NULL,
                                                            PRIMARY KEY (id, item, place));";

/// Replaces the pictures of a submission.
pub(super) fn put(change: &Transaction<'_>, result: &SubmissionResult) -> Result<(), StoreError> {
    change.execute_batch(MAKE_TABLE)?;
    change.execute("DELETE FROM image WHERE id = ?1", [&result.id.0])?;
    for item in &result.items {
        for (place, image) in item.documented().into_iter().flat_map(|written| written.images.iter().enumerate()) {
            change.execute(
                "INSERT INTO image (id, item, place, name, content) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    result.id.0,
                    item.id.as_str(),
                    i64::try_from(place).unwrap_or(i64::MAX),
                    image.name,
                    image.bytes
                ],
            )?;
        }
    }
    Ok(())
}

impl Store {
    /// Adds the stored pictures to the written answers of a result.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub fn with_images(&self, mut result: SubmissionResult) -> Result<SubmissionResult, StoreError> {
        let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'image'";
        let has_table: Option<i64> = self.db.query_row(sql, [], |row| row.get(0)).optional()?;
        if has_table.is_none() {
            return Ok(result);
        }
        let mut query =
            self.db.prepare_cached("SELECT name, content FROM image WHERE id = ?1 AND item = ?2 ORDER BY place")?;
        for item in &mut result.items {
            let rows = query.query_map([&result.id.0, item.id.as_str()], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?))
            })?;
            let rows: Vec<(String, Vec<u8>)> = rows.collect::<Result<_, _>>()?;
            let images = rows.into_iter().filter_map(|(name, bytes)| {
                let format = ImageFormat::of(&bytes)?;
                Some(AnswerImage { name, format, bytes })
            });
            for one in &mut item.annotations {
                if let Annotation::WrittenReport(written) = one {
                    written.images = images.collect();
                    break;
                }
            }
        }
        Ok(result)
    }
}
