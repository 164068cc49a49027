//! Pages for a browser: files that stand alone, load nothing, read without a script, and hold both languages. Whatever a
//! submission says is text in them.
//!
//! Every page begins with `templates/base.css` (colours, light and dark, the hidden language) and a policy that allows its
//! own style and script by their hashes and nothing else. The page of a submission has an anchor for each item,
//! `#item-tcp-multi.5`, and one for each scenario, `#scenario-tcp-multi`.

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

/// What was recorded of a scenario, for a page that shows it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The scenario's name.
    pub scenario: &'a str,
    /// What was recorded.
    pub evidence: &'a Evidence,
    /// By which bytes it came about, where that is known.
    pub manifest: Option<&'a Manifest<'a>>,
}

#[cfg(test)]
mod markup;
#[cfg(test)]
mod tests;
