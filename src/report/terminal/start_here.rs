//! Writes which item to correct first.

use std::borrow::Cow;

use super::{Detail, cause_location};
use crate::i18n::Catalog;
use crate::model::cause::{Symptom, symptom};
use crate::model::{Cause, ItemResult, Message, Reason, SubmissionResult, Verdict};
use crate::report::displayed::{displayed_finding, reason};
use crate::report::layout::{BOLD, TextLayout};

/// Writes the item to correct first with its cause and line, if several items failed.
pub(super) fn write(page: &mut TextLayout, words: &Catalog, submission: &SubmissionResult, detail: Detail) {
    let is_submitted = |item: &&ItemResult| !matches!(item.reason, Some(Reason::Cause(Cause::NotDelivered {})));
    let is_failed = |item: &&ItemResult| item.verdict == Verdict::Fail && is_submitted(item);
    let failed: Vec<&ItemResult> = submission.items.iter().filter(is_failed).collect();
    let Some(item) = most_telling(&failed) else { return };
    let Some(cause) = reason(item).map(Cow::into_owned) else { return };
    // A report on one failed item begins with it anyway.
    if failed.len() == 1 && detail != Detail::Quiet {
        return;
    }
    let line = displayed_finding(item).and_then(|finding| cause_location(&finding));
    let id = if line.is_some() { "report-start-with-line" } else { "report-start-with" };
    let message =
        Message::new(id).with("item", item.id.as_str()).with("cause", cause).with("line", line.unwrap_or_default());
    page.hang("", BOLD, &words.format(&message));
    page.gap();
}

/// Returns the failed item of the first one's role whose cause says most: it names a fault, or at
/// least what is missing or wrong, rather than only the state of a connection. Items that depend on
/// others come after these.
fn most_telling<'i>(failed: &[&'i ItemResult]) -> Option<&'i ItemResult> {
    let first = *failed.first()?;
    let rank = |item: &&&ItemResult| {
        let finding = displayed_finding(item);
        match finding.as_ref().and_then(|finding| finding.because.cause()).map(symptom) {
            Some(None) => 0,
            Some(Some(Symptom::Missing | Symptom::Blocked | Symptom::Wrong)) => 1,
            Some(Some(Symptom::Connection)) | None => 2,
        }
    };
    failed.iter().filter(|item| item.role == first.role).min_by_key(rank).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClientId, Finding, Hint, Role};
    use crate::report::sample;

    /// Returns a failed item of a role.
    fn item(id: &str, role: &str, cause: Cause) -> ItemResult {
        let mut item = sample::report().submissions.remove(0).items.remove(0);
        item.id = id.parse().expect("an id");
        item.role = Some(role.parse::<Role>().expect("a role"));
        item.verdict = Verdict::Fail;
        item.annotations.clear();
        item.judged.findings = vec![Finding::fail(cause)];
        item
    }

    #[test]
    fn fault_of_the_same_role_comes_before_a_symptom() {
        let client = ClientId(1);
        let symptom = || Cause::EndedByReset { client };
        let fault = || Cause::ReadOfNothing { call: "recv".to_owned() };
        let cut = || Cause::LastByteNotUpper { client };
        let first = |all: &[ItemResult]| {
            most_telling(&all.iter().collect::<Vec<_>>()).map(|item| item.id.to_string()).expect("an item")
        };
        assert_eq!(first(&[item("x.2", "x", symptom()), item("x.3", "x", fault())]), "x.3");
        assert_eq!(first(&[item("x.2", "x", symptom()), item("y.3", "y", fault())]), "x.2");
        assert_eq!(first(&[item("x.2", "x", cut()), item("x.3", "x", fault())]), "x.2");
        let late = Cause::NoAnswerLate { client, ms: 5000, hint: Hint::NoAnswer };
        assert_eq!(first(&[item("x.2", "x", symptom()), item("x.3", "x", late.clone())]), "x.3");
        assert_eq!(first(&[item("x.2", "x", late.clone()), item("x.3", "x", late)]), "x.2");
    }
}
