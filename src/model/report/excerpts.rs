//! The source excerpts of a result: which locations have one, and which are still needed.

use super::super::source::SourceLocation;
use super::super::source_excerpt::SourceExcerpt;
use super::super::verdict::Verdict;
use super::{ItemResult, SubmissionResult};

/// Most excerpts of a submission: about 200 KB at worst.
const MAX_EXCERPTS: usize = 24;

/// Returns the locations of an item's causes that name a line.
fn locations(item: &ItemResult) -> impl Iterator<Item = &SourceLocation> {
    let failed = item.judged.findings.iter().enumerate().filter(|(_, finding)| finding.verdict == Verdict::Fail);
    failed.filter_map(|(index, _)| item.source_hint(index)).filter(|location| location.line > 0)
}

impl SubmissionResult {
    /// Adds the excerpt of each location that a cause has. `read` returns the text of a file of the
    /// submission, or an empty text.
    pub fn add_excerpts(&mut self, read: &dyn Fn(&str) -> String) {
        for location in self.items.iter().flat_map(locations) {
            if self.excerpts.len() >= MAX_EXCERPTS {
                return;
            }
            if !self.excerpts.iter().any(|one| one.is_of(location)) {
                self.excerpts.extend(SourceExcerpt::of(&read(&location.file), location));
            }
        }
    }

    /// Removes the excerpts to which no item refers any more.
    pub fn drop_unused_excerpts(&mut self) {
        let items = &self.items;
        self.excerpts.retain(|one| items.iter().flat_map(locations).any(|location| one.is_of(location)));
    }

    /// Returns the excerpt that shows a location.
    #[must_use]
    pub fn excerpt(&self, at: &SourceLocation) -> Option<&SourceExcerpt> {
        self.excerpts.iter().find(|one| one.is_of(at))
    }
}
