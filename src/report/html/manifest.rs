//! The manifest of a result as rows: versions, the seed, and the hash of every file.

use std::time::{Duration, UNIX_EPOCH};

use super::bilingual::{Bilingual, Catalogs};
use crate::i18n::escape_controls;
use crate::model::Message;
use crate::report::evidence::{Hashed, Manifest};

/// Characters of a date without the time of day: `2026-12-01`.
const DAY_CHARS: usize = 10;

/// A row: its label, its name, and its hash if it has one.
#[derive(Debug)]
pub(super) struct ManifestRow {
    pub(super) label: Bilingual,
    pub(super) name: Bilingual,
    pub(super) hash: String,
}

impl ManifestRow {
    pub(super) fn new(label: Bilingual, name: impl AsRef<str>, hash: &str) -> Self {
        Self { label, name: Bilingual::same(escape_controls(name.as_ref())), hash: escape_controls(hash) }
    }

    fn file(label: Bilingual, file: &Hashed) -> Self {
        let name = format!("{} ({} B)", file.name, file.bytes);
        Self::new(label, name, &file.blake3)
    }
}

/// Returns the rows of a manifest.
pub(super) fn rows(manifest: &Manifest<'_>, catalogs: &Catalogs) -> Vec<ManifestRow> {
    let word = |id| catalogs.word(id);
    let itself = manifest.socklab_blake3.as_deref().unwrap_or_default();
    let mut rows = vec![
        ManifestRow::new(word("result-began"), date(manifest.began_ns), ""),
        ManifestRow::new(word("result-program-itself"), format!("socklab {}", manifest.socklab), itself),
        ManifestRow::file(word("result-scenario"), &manifest.scenario),
        ManifestRow::new(word("report-label-seed"), manifest.seed.to_string(), ""),
    ];
    for program in &manifest.programs {
        let label = catalogs.say(&Message::new("result-program").with("role", program.role.as_str()));
        rows.push(ManifestRow::new(label, &program.command, ""));
        rows.extend(program.files.iter().map(|file| ManifestRow::file(word("result-file"), file)));
    }
    rows.extend(manifest.files.iter().map(|file| ManifestRow::file(word("result-evidence-file"), file)));
    rows
}

/// Formats seconds since 1970 as a date (UTC).
pub(super) fn day(at: u64) -> String {
    date(at.saturating_mul(1_000_000_000)).chars().take(DAY_CHARS).collect()
}

/// Formats nanoseconds since 1970 as a date and a time of day.
pub(super) fn date(at_ns: u64) -> String {
    let at = UNIX_EPOCH + Duration::from_nanos(at_ns);
    humantime::format_rfc3339_seconds(at).to_string().replace('T', " ").replace('Z', " UTC")
}
