//! The manifest of a result as rows: versions, the seed, and the hash of every file.

use std::time::{Duration, UNIX_EPOCH};

use super::said::{Said, Tongues};
use crate::model::Message;
use crate::report::evidence::{Hashed, Manifest};
use crate::words::plain;

/// A row: its label, its name, and its hash if it has one.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) label: Said,
    pub(super) name: Said,
    pub(super) hash: String,
}

impl Row {
    pub(super) fn new(label: Said, name: impl AsRef<str>, hash: &str) -> Self {
        Self { label, name: Said::alike(plain(name.as_ref())), hash: plain(hash) }
    }

    fn file(label: Said, file: &Hashed) -> Self {
        let name = format!("{} ({} B)", file.name, file.bytes);
        Self::new(label, name, &file.blake3)
    }
}

/// Returns the rows of a manifest.
pub(super) fn rows(manifest: &Manifest<'_>, tongues: &Tongues) -> Vec<Row> {
    let word = |id| tongues.word(id);
    let itself = manifest.socklab_blake3.as_deref().unwrap_or_default();
    let mut rows = vec![
        Row::new(word("result-began"), date(manifest.began_ns), ""),
        Row::new(word("result-program-itself"), format!("socklab {}", manifest.socklab), itself),
        Row::file(word("result-scenario"), &manifest.scenario),
        Row::new(word("report-label-seed"), manifest.seed.to_string(), ""),
    ];
    for program in &manifest.programs {
        let label = tongues.say(&Message::new("result-program").with("role", program.role.as_str()));
        rows.push(Row::new(label, &program.command, ""));
        rows.extend(program.files.iter().map(|file| Row::file(word("result-file"), file)));
    }
    rows.extend(manifest.files.iter().map(|file| Row::file(word("result-evidence-file"), file)));
    rows
}

/// Formats nanoseconds since 1970 as a date and a time of day.
pub(super) fn date(at_ns: u64) -> String {
    let at = UNIX_EPOCH + Duration::from_nanos(at_ns);
    humantime::format_rfc3339_seconds(at).to_string().replace('T', " ").replace('Z', " UTC")
}
