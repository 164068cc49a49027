//! Pages for a browser.
//!
//! The pages are self-contained files: they load nothing, work without a script, and contain both
//! languages. All text of a submission is escaped.
//!
//! Every page begins with `templates/base.css` (colours, light and dark mode, the hidden language).
//! Its content security policy allows only its own style and script, by their hashes. The page of a
//! submission has an anchor for each item, `#item-tcp-multi.5`, and for each scenario,
//! `#scenario-tcp-multi`.

mod bytes;
pub mod class;
mod diagram;
mod digest;
mod embedded;
mod item;
mod lesson;
mod manifest;
mod packets;
mod said;
mod scene;
mod submission;

pub use said::Tongues;
pub use submission::{Html, submission_page};

use super::evidence::Manifest;
use crate::model::Evidence;

/// The recorded evidence of a scenario, for a page that shows it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The scenario's name.
    pub scenario: &'a str,
    /// The evidence.
    pub evidence: &'a Evidence,
    /// The manifest of the run, if known.
    pub manifest: Option<&'a Manifest<'a>>,
}

#[cfg(test)]
mod markup;
#[cfg(test)]
mod tests;
