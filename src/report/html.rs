//! Pages for a browser.
//!
//! The pages are self-contained files: they load nothing, work without a script, and contain both
//! languages. All text of a submission is escaped.
//!
//! Every page begins with `templates/base.css` (colours, light and dark mode, the hidden language).
//! Its content security policy allows only its own style and script, by their hashes. The page of a
//! submission has an anchor for each item, `#item-tcp-multi.5`, and for each scenario,
//! `#scenario-tcp-multi`.

mod bilingual;
mod bytes;
mod captures;
pub(crate) mod class;
mod diagram;
mod item;
mod manifest;
mod packets;
mod scenario;
mod source;
mod submission;

pub(crate) use bilingual::Catalogs;
pub(crate) use submission::{Html, submission_page};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::evidence::Manifest;
use crate::model::Evidence;

/// The recorded evidence of a scenario, for a page that shows it.
#[derive(Debug, Clone, Copy)]
pub struct RecordedScenario<'a> {
    /// The scenario's name.
    pub scenario: &'a str,
    /// The evidence.
    pub evidence: &'a Evidence,
    /// The manifest of the run, if known.
    pub manifest: Option<&'a Manifest<'a>>,
}

/// Returns the hash of a style or a script as a source expression of the content security policy.
///
/// Browsers accept only the SHA-2 family there.
fn policy_source(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests;
