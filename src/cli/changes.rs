//! `check --watch`: which items are better or worse than in the previous run.

use crate::i18n::Catalog;
use crate::model::report::ShownFinding;
use crate::model::{ItemId, ItemResult, Message, SubmissionResult, Verdict};

/// The results of a run, as far as the next one is compared with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    items: Vec<ItemOutcome>,
    points: u32,
    of: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct ItemOutcome {
    id: ItemId,
    verdict: Verdict,
    /// The message id of the cause or the reason: its values, such as a port, may differ in each
    /// run.
    because: Option<String>,
}

impl ItemOutcome {
    fn of(item: &ItemResult) -> Self {
        let shown = item.shown();
        let is_first = |finding: &&ShownFinding<'_>| finding.verdict == item.verdict;
        let found = shown.findings.iter().find(is_first).map(|finding| finding.because.message().id.to_string());
        let because = found.or_else(|| item.reason.as_ref().map(|reason| reason.message().id.to_string()));
        Self { id: item.id.clone(), verdict: item.verdict, because: because.filter(|_| item.verdict != Verdict::Pass) }
    }
}

impl Outcome {
    pub(super) fn of(submission: &SubmissionResult) -> Self {
        let items = submission.items.iter().map(ItemOutcome::of).collect();
        Self { items, points: submission.points, of: submission.of }
    }

    /// Returns lines that compare this run with the one before: the points, then one line for each
    /// item that changed. If none did, one line says so.
    pub(super) fn changes_since(&self, before: &Self, words: &Catalog) -> String {
        let changed: Vec<Message> = self.items.iter().filter_map(|item| change(before, item)).collect();
        if changed.is_empty() {
            let same = Message::new("watch-same").with("earned", self.points).with("of", self.of);
            return words.format(&same) + "\n";
        }
        let points =
            Message::new("watch-points").with("before", before.points).with("earned", self.points).with("of", self.of);
        let lines =
            std::iter::once(words.format(&points)).chain(changed.iter().map(|one| format!("  {}", words.format(one))));
        lines.map(|line| line + "\n").collect()
    }
}

/// Returns how an item differs from the previous run; `None` if it does not.
fn change(before: &Outcome, now: &ItemOutcome) -> Option<Message> {
    let old = before.items.iter().find(|old| old.id == now.id)?;
    if old == now {
        return None;
    }
    let id = match (old.verdict, now.verdict) {
        (old, new) if old == new => "watch-other-cause",
        (_, Verdict::Pass) => "watch-better",
        (Verdict::Pass, _) => "watch-worse",
        _ => "watch-changed",
    };
    let name = |verdict| {
        Message::new(match verdict {
            Verdict::Pass => "result-pass",
            Verdict::Fail => "result-fail",
            Verdict::NotVerified => "result-not-verified",
            Verdict::Error => "result-error",
        })
    };
    let message = Message::new(id).with("item", now.id.as_str());
    Some(message.with("before", name(old.verdict)).with("now", name(now.verdict)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    fn outcome(items: &[(&str, Verdict, &str)], points: u32) -> Outcome {
        let item = |(id, verdict, because): &(&str, Verdict, &str)| ItemOutcome {
            id: id.parse().expect("an id"),
            verdict: *verdict,
            because: Some((*because).to_owned()).filter(|text| !text.is_empty()),
        };
        Outcome { items: items.iter().map(item).collect(), points, of: 9 }
    }

    #[test]
    fn better_and_worse_items_are_named() {
        let before = outcome(
            &[
                ("a.1", Verdict::Fail, "x"),
                ("a.2", Verdict::Pass, ""),
                ("a.3", Verdict::Fail, "x"),
                ("a.4", Verdict::NotVerified, "y"),
                ("a.5", Verdict::Pass, ""),
            ],
            4,
        );
        let after = outcome(
            &[
                ("a.1", Verdict::Pass, ""),
                ("a.2", Verdict::Fail, "z"),
                ("a.3", Verdict::Fail, "z"),
                ("a.4", Verdict::Fail, "x"),
                ("a.5", Verdict::Pass, ""),
            ],
            5,
        );
        let text = after.changes_since(&before, &Catalog::load(Language::English));
        let expected = "changed since the last run: 4 → 5 of 9 points\n  better: a.1 (failed → passed)\n  \
                        worse: a.2 (passed → failed)\n  still failed, with another cause: a.3\n  \
                        changed: a.4 (not verified → failed)\n";
        assert_eq!(text, expected);
        let text = after.changes_since(&before, &Catalog::load(Language::Portuguese));
        assert!(text.contains("piorou: a.2 (passou → falhou)"), "{text}");
    }

    #[test]
    fn equal_results_are_named_too() {
        let one = outcome(&[("a.1", Verdict::Fail, "x")], 0);
        let text = one.changes_since(&one, &Catalog::load(Language::English));
        assert_eq!(text, "no item changed since the last run (0 of 9 points)\n");
    }
}
