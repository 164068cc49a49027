//! Renders a `Report` as bytes for people or other programs, with one file per format (floor 6).
//!
//! This floor is pure: it does not access files, the clock or the terminal.

pub(crate) mod anonymize;
mod capture_file;
pub(crate) mod class;
pub(crate) mod class_report;
mod class_stats;
mod csv_cell;
mod displayed;
pub(crate) mod evidence;
pub mod github;
pub(crate) mod gradebook;
mod hint;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod junit;
pub(crate) mod listing;
pub(crate) mod markdown;
mod packet_labels;
mod rounding;
mod submission_notes;
pub(crate) mod terminal;
pub(crate) mod timeline;

use std::io;

use crate::i18n::Catalog;
use crate::model::Report;

pub(crate) use class::{Classroom50, Csv, Gradescope};
pub(crate) use class_report::Totals;
pub use class_report::{ClassReport, Submissions};
pub(crate) use github::Github;
pub use hint::hint_sentence;
pub(crate) use html::{Html, RecordedScenario};
pub(crate) use json::Json;
pub(crate) use junit::Junit;
pub use markdown::Markdown;
pub(crate) use terminal::{Detail, Terminal};
pub use timeline::Timeline;

/// What callers know of an output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormatSpec {
    /// The format's name on the command line.
    pub name: &'static str,
    /// A one-line description for `--help` (English).
    pub about: &'static str,
    /// True if the format is for exactly one submission. It then refuses reports of several
    /// submissions or of none.
    pub is_single_submission: bool,
    /// True if the format needs only the parts of an item that
    /// [`ItemResult::into_summary`](crate::model::ItemResult::into_summary) keeps.
    pub needs_summary_only: bool,
    /// True if the format also shows recorded evidence. The caller then keeps the evidence until
    /// the run has finished and calls [`Render::render_with_evidence`].
    pub shows_evidence: bool,
}

impl FormatSpec {
    /// Describes a format for any number of submissions, which needs whole items and no evidence.
    #[must_use]
    pub const fn new(name: &'static str, about: &'static str) -> Self {
        Self { name, about, is_single_submission: false, needs_summary_only: false, shows_evidence: false }
    }
}

/// An output format for reports.
pub trait Render: Sync {
    /// Returns what callers know of the format.
    fn spec(&self) -> FormatSpec;

    /// Writes the report, with the recorded evidence of the scenarios if the format can show it.
    ///
    /// # Errors
    ///
    /// Returns an error if writing to `out` fails.
    fn render_with_evidence(
        &self,
        report: &Report,
        _seen: &[RecordedScenario<'_>],
        words: &Catalog,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        self.render(report, words, out)
    }

    /// Writes the report.
    ///
    /// # Errors
    ///
    /// Returns an error if writing to `out` fails.
    fn render(&self, report: &Report, words: &Catalog, out: &mut dyn io::Write) -> io::Result<()> {
        self.render_class(ClassReport::of(report), words, out)
    }

    /// Writes a report whose submissions are read one after another. Formats for any number of
    /// submissions implement this function, the others `render`.
    ///
    /// # Errors
    ///
    /// Returns an error if a submission cannot be read, or if writing to `out` fails.
    fn render_class(&self, class: ClassReport<'_>, words: &Catalog, out: &mut dyn io::Write) -> io::Result<()> {
        self.render(&class.collect()?, words, out)
    }
}

/// All output formats. This list is the only place that names them.
pub const FORMATS: &[&dyn Render] = &[
    &Terminal::PLAIN,
    &Json,
    &Junit,
    &Html,
    &Csv,
    &Gradescope,
    &Classroom50,
    &Markdown::STEP_SUMMARY,
    &Github::REPOSITORY_ROOT,
];

/// Finds a format by its name.
#[must_use]
pub fn find_format(name: &str) -> Option<&'static dyn Render> {
    FORMATS.iter().copied().find(|format| format.spec().name == name)
}

pub(crate) mod layout;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
