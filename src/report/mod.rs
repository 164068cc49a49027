//! Floor 6: a `Report` becomes bytes that people or other programs read; one file a format. Pure: no file, no
//! clock, no terminal is known here.

mod capture_file;
mod cell;
pub mod class;
mod delivered;
pub mod evidence;
mod excerpt;
pub mod github;
pub mod gradebook;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
mod page;
mod rounding;
pub mod shown;
mod summary;
pub mod terminal;
pub mod timeline;
mod traffic;
pub mod withheld;

use std::io;

use crate::model::Report;
use crate::words::Words;

pub use class::{Classroom50, Csv, Gradescope};
pub use github::Github;
pub use html::{Html, Seen};
pub use json::Json;
pub use junit::Junit;
pub use markdown::Markdown;
pub use terminal::Terminal;
pub use timeline::Timeline;

/// A way to write a report down.
pub trait Render: Sync {
    /// The format's name on the command line.
    fn name(&self) -> &'static str;

    /// What it is, in one line of `--help` (English).
    fn about(&self) -> &'static str;

    /// Whether it is of one submission, and refuses reports of several or none.
    fn is_of_one(&self) -> bool {
        false
    }

    /// Whether it tells no more of an item than [`ItemResult::in_a_row`](crate::model::ItemResult::in_a_row) keeps of it.
    fn is_a_table(&self) -> bool {
        false
    }

    /// Whether it shows what was recorded as well, which is then kept until the run is over: see [`Render::render_seen`].
    fn shows_evidence(&self) -> bool {
        false
    }

    /// Writes the report, with what was recorded of the scenarios where the format has a place for it.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written to.
    fn render_seen(
        &self,
        report: &Report,
        _seen: &[Seen<'_>],
        words: &Words,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        self.render(report, words, out)
    }

    /// Writes the report.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written to.
    fn render(&self, report: &Report, words: &Words, out: &mut dyn io::Write) -> io::Result<()>;
}

/// THE LIST of the formats.
pub const FORMATS: &[&dyn Render] =
    &[&Terminal::PLAIN, &Json, &Junit, &Html, &Csv, &Gradescope, &Classroom50, &Markdown::STEP, &Github::HERE];

/// The format of this name.
#[must_use]
pub fn format(name: &str) -> Option<&'static dyn Render> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}

#[cfg(test)]
mod reread_tests;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod sums_tests;
#[cfg(test)]
mod tests;
