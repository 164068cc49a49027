//! Terminal output about a submission as a whole: its programs, the roles detected for them, its
//! notes, and the results of checking its written report.

use super::page::{DIM, NORMAL, Page, UNSEEN};
use crate::model::report::ProgramKind;
use crate::model::{ItemResult, Message, SubmissionResult};
use crate::words::Words;

/// Writes the lines above the items: the reason if nothing was run, the programs, and the notes.
pub(super) fn write_head(page: &mut Page, words: &Words, submission: &SubmissionResult) {
    if let Some(reason) = &submission.reason {
        let message = Message::new("report-nothing-run").with("reason", reason.clone());
        page.hang("  ", UNSEEN, &words.say(&message));
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
        page.hang("  ", if one.kind == ProgramKind::Other { DIM } else { NORMAL }, &words.say(&message));
    }
    for note in &submission.notes {
        page.hang("  ", DIM, &words.say(note));
    }
    if !submission.programs.is_empty() || !submission.notes.is_empty() || submission.reason.is_some() {
        page.gap();
    }
}

/// Returns the text beside an item's points: whether the written report answers the item.
pub(super) fn documented(words: &Words, item: &ItemResult) -> Option<String> {
    let documented = item.documented.as_ref()?;
    let message = Message::new("report-documented")
        .with("answered", if documented.answered { "yes" } else { "no" }.to_owned())
        .with("n", documented.pictures.len());
    Some(words.say(&message))
}

/// Writes the notes on the item's answer in the written report below the item.
pub(super) fn write_documented(page: &mut Page, words: &Words, item: &ItemResult) {
    let mut label = words.word("report-label-report");
    for note in item.documented.iter().flat_map(|documented| &documented.notes) {
        page.labelled(&std::mem::take(&mut label), DIM, &words.say(note));
    }
}
