//! Terminal output about a submission as a whole: its programs, the roles detected for them, its
//! notes, and the results of checking its written report.

use crate::i18n::Catalog;
use crate::model::report::ProgramKind;
use crate::model::{ItemResult, Message, SubmissionResult};
use crate::report::layout::DIM;
use crate::report::layout::NORMAL;
use crate::report::layout::NOT_VERIFIED;
use crate::report::layout::TextLayout;

/// Writes the lines above the items: the reason if nothing was run, the programs, and the notes.
pub(super) fn write_head(page: &mut TextLayout, words: &Catalog, submission: &SubmissionResult) {
    if let Some(reason) = &submission.reason {
        let message = Message::new("report-nothing-run").with("reason", reason.message());
        page.hang("  ", NOT_VERIFIED, &words.format(&message));
    }
    for one in &submission.programs {
        let id = match one.kind {
            ProgramKind::Server => "report-program-server",
            ProgramKind::Client => "report-program-client",
            ProgramKind::Other => "report-program-other",
        };
        let role = one.role.as_ref().map_or_else(String::new, ToString::to_string);
        let message = Message::new(id)
            .with("role", role)
            .with("program", one.program.as_str())
            .with("because", one.because.clone());
        page.hang("  ", if one.kind == ProgramKind::Other { DIM } else { NORMAL }, &words.format(&message));
    }
    for note in &submission.notes {
        page.hang("  ", DIM, &words.format(note));
    }
    if !submission.programs.is_empty() || !submission.notes.is_empty() || submission.reason.is_some() {
        page.gap();
    }
}

/// Returns the text beside an item's points: whether the written report answers the item.
pub(super) fn documented(words: &Catalog, item: &ItemResult) -> Option<String> {
    let documented = item.documented()?;
    let message = Message::new("report-documented")
        .with("answered", if documented.answered { "yes" } else { "no" }.to_owned())
        .with("n", documented.pictures.len());
    Some(words.format(&message))
}

/// Returns the points that an instructor gave by hand, with the comment.
pub(super) fn mark(words: &Catalog, item: &ItemResult) -> Option<String> {
    item.mark().map(|mark| words.format(&mark.message()))
}

/// Writes the mark, and the notes on the item's answer in the written report below the item.
pub(super) fn write_documented(page: &mut TextLayout, words: &Catalog, item: &ItemResult) {
    let mut label = words.sentence("report-label-report");
    if let Some(text) = mark(words, item) {
        page.labelled(&words.sentence("report-label-mark"), NORMAL, &text);
    }
    for note in item.documented().into_iter().flat_map(|documented| &documented.notes) {
        page.labelled(&std::mem::take(&mut label), DIM, &words.format(note));
    }
}
