//! Renders a `Report` as bytes for people or other programs, with one file per format (floor 6).
//!
//! This floor is pure: it does not access files, the clock or the terminal.

pub(crate) mod anonymize;
mod capture_file;
pub(crate) mod class;
mod csv_cell;
pub(crate) mod evidence;
pub mod github;
pub(crate) mod gradebook;
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
pub(crate) use github::Github;
pub(crate) use html::{Html, RecordedScenario};
pub(crate) use json::Json;
pub(crate) use junit::Junit;
pub use markdown::Markdown;
pub(crate) use terminal::Terminal;
pub use timeline::Timeline;

/// An output format for reports.
pub trait Render: Sync {
    /// Returns the format's name on the command line.
    fn name(&self) -> &'static str;

    /// Returns a one-line description for `--help` (English).
    fn about(&self) -> &'static str;

    /// Returns true if the format is for exactly one submission. It then refuses reports of several
    /// submissions or of none.
    fn is_single_submission(&self) -> bool {
        false
    }

    /// Returns true if the format needs only the parts of an item that
    /// [`ItemResult::into_summary`](crate::model::ItemResult::into_summary) keeps.
    fn needs_summary_only(&self) -> bool {
        false
    }

    /// Returns true if the format also shows recorded evidence. The caller then keeps the evidence
    /// until the run has finished and calls [`Render::render_with_evidence`].
    fn shows_evidence(&self) -> bool {
        false
    }

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
    fn render(&self, report: &Report, words: &Catalog, out: &mut dyn io::Write) -> io::Result<()>;
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
    FORMATS.iter().copied().find(|format| format.name() == name)
}

pub(crate) mod layout;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
