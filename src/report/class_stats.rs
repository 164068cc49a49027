//! Statistics of a class: the verdicts and causes of each item, and the distribution of points.
//! Contains no markup.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::model::{Arg, ItemResult, LocalizedText, Message, NotVerified, Report, SubmissionResult, Verdict};
use crate::report::displayed::{Absence, absence, reason};
use crate::report::rounding;

/// The results of an item over the class.
#[derive(Debug)]
pub(super) struct ItemStats<'r> {
    /// Its id.
    pub(super) id: &'r str,
    /// Its title.
    pub(super) title: &'r LocalizedText,
    /// The number of submissions per verdict: passed, failed, not verified, error.
    pub(super) counts: [usize; 4],
    /// Of those that are not verified: the number for each absence, in the order of [`Absence::ALL`].
    pub(super) absent: [usize; 3],
    /// Why it did not pass: causes of failures first, and absences last; the most frequent first.
    pub(super) causes: Vec<CauseCount<'r>>,
    /// The index of each cause by its shape.
    cause_indices: BTreeMap<String, usize>,
}

/// A cause and its frequency.
#[derive(Debug)]
pub(super) struct CauseCount<'r> {
    /// The resulting verdict.
    pub(super) verdict: Verdict,
    /// True if it needs no decision of the instructor.
    pub(super) is_absence: bool,
    /// The number of submissions with this cause.
    pub(super) count: usize,
    /// Its most frequent message.
    pub(super) message: Cow<'r, Message>,
    /// The number of different messages: the same sentence with other values.
    pub(super) variants: usize,
}

/// Returns the index of a verdict in the counts.
pub(super) const fn verdict_index(verdict: Verdict) -> usize {
    match verdict {
        Verdict::Pass => 0,
        Verdict::Fail => 1,
        Verdict::NotVerified => 2,
        Verdict::Error => 3,
    }
}

impl ItemStats<'_> {
    /// Returns the number of submissions that have the item.
    pub(super) fn asked(&self) -> usize {
        self.counts.iter().sum()
    }

    /// Returns the percentage that passed: 100 only if all did.
    pub(super) fn rate(&self) -> usize {
        rounding::percent(self.counts[0], self.asked())
    }

    /// Returns the index of an item's cause among those of the class.
    pub(super) fn cause_of(&self, item: &ItemResult) -> Option<usize> {
        self.cause_indices.get(&shape_of(item)?).copied()
    }
}

/// Writes a cause without its values: two students whose servers listen on different wrong ports
/// have the same cause. The item named by `needs-another` is part of the cause.
fn shape(message: &Message, out: &mut String) {
    out.push_str(&message.id);
    if let NotVerified::DependsOn { item } = NotVerified::of(message) {
        out.push(' ');
        out.push_str(&item);
    }
    for arg in message.args.values() {
        match arg {
            Arg::Message(inner) => {
                out.push('(');
                shape(inner, out);
                out.push(')');
            }
            Arg::Text(_) | Arg::Number(_) => {}
        }
    }
}

fn shape_of(item: &ItemResult) -> Option<String> {
    let because = if item.verdict == Verdict::Pass { None } else { reason(item) }?;
    let mut out = format!("{} ", item.verdict.name());
    shape(&because, &mut out);
    Some(out)
}

/// A cause while it is counted.
struct CauseTally<'r> {
    verdict: Verdict,
    is_absence: bool,
    /// The count of each message.
    ways: BTreeMap<String, (Cow<'r, Message>, usize)>,
}

/// Returns all items of a report in order of appearance, each with its causes.
pub(super) fn item_stats(report: &Report) -> Vec<ItemStats<'_>> {
    let mut all: Vec<ItemStats<'_>> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    // By item, then by the cause's shape.
    let mut found: Vec<BTreeMap<String, CauseTally<'_>>> = Vec::new();
    for item in report.submissions.iter().flat_map(|submission| &submission.items) {
        let place_of_item = *places.entry(item.id.as_str()).or_insert_with(|| {
            all.push(ItemStats {
                id: item.id.as_str(),
                title: &item.title,
                counts: [0; 4],
                absent: [0; 3],
                causes: Vec::new(),
                cause_indices: BTreeMap::new(),
            });
            found.push(BTreeMap::new());
            all.len() - 1
        });
        let absence = absence(item);
        all[place_of_item].counts[verdict_index(item.verdict)] += 1;
        if let Some(place) = Absence::ALL.iter().position(|one| Some(*one) == absence) {
            all[place_of_item].absent[place] += 1;
        }
        if let (Some(shape), Some(because)) = (shape_of(item), reason(item)) {
            let new = || CauseTally { verdict: item.verdict, is_absence: absence.is_some(), ways: BTreeMap::new() };
            let found = found[place_of_item].entry(shape).or_insert_with(new);
            found.ways.entry(format!("{because:?}")).or_insert((because, 0)).1 += 1;
        }
    }
    for (item, found) in all.iter_mut().zip(found) {
        let mut causes: Vec<(String, CauseCount<'_>)> = found
            .into_iter()
            .filter_map(|(shape, CauseTally { verdict, is_absence, ways })| {
                let count = ways.values().map(|(_, n)| n).sum();
                let variants = ways.len();
                let (message, _) = ways.into_values().max_by_key(|(_, n)| *n)?;
                Some((shape, CauseCount { verdict, is_absence, count, message, variants }))
            })
            .collect();
        causes.sort_by_key(|(shape, cause)| {
            (cause.verdict != Verdict::Fail, cause.is_absence, std::cmp::Reverse(cause.count), shape.clone())
        });
        for (k, (shape, cause)) in causes.into_iter().enumerate() {
            item.cause_indices.insert(shape, k);
            item.causes.push(cause);
        }
    }
    all
}

/// Returns a submission's points as a percentage: 100 only if it has all points.
pub(super) fn percent(submission: &SubmissionResult) -> usize {
    rounding::percent(submission.points as usize, submission.of as usize)
}

/// Returns the number of submissions per ten percent of the points. The last entry is 100 %.
pub(super) fn distribution(submissions: &[&SubmissionResult]) -> [usize; 11] {
    let mut bins = [0; 11];
    for submission in submissions {
        bins[percent(submission) / 10] += 1;
    }
    bins
}

/// Returns the median of the points. If the number of submissions is even, returns the lower one.
pub(super) fn median(submissions: &[&SubmissionResult]) -> u32 {
    let mut all: Vec<u32> = submissions.iter().map(|submission| submission.points).collect();
    all.sort_unstable();
    all.get(all.len().saturating_sub(1) / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Finding, SubmissionId};
    use crate::report::sample;

    /// Returns a class whose submissions all fail the sample's first item, with these ports.
    fn class(ports: &[u16]) -> Report {
        let mut report = sample::report();
        let item = report.submissions[0].items[0].clone();
        report.submissions = ports
            .iter()
            .map(|port| {
                let mut item = item.clone();
                item.verdict = Verdict::Fail;
                item.earned = 0;
                item.judged.findings =
                    vec![Finding::new(Verdict::Fail, Message::new("sample-port").with("port", *port))];
                SubmissionResult::new(SubmissionId(port.to_string()), vec![item], 1)
            })
            .collect();
        report
    }

    #[test]
    fn messages_with_other_values_are_one_cause() {
        let mut report = class(&[5000, 6000, 6000]);
        report.submissions[0].items[0].judged.findings.insert(0, Finding::pass(Message::new("sample-right")));
        let taught = item_stats(&report);
        let [item] = taught.as_slice() else { panic!("{taught:?}") };
        assert_eq!((item.counts, item.rate(), item.asked()), ([0, 3, 0, 0], 0, 3));
        let [cause] = item.causes.as_slice() else { panic!("{:?}", item.causes) };
        assert_eq!((cause.count, cause.variants), (3, 2));
        assert_eq!(*cause.message, Message::new("sample-port").with("port", 6000_u16));
        assert_eq!(item.cause_of(&report.submissions[2].items[0]), Some(0));
    }

    #[test]
    fn failures_come_first_then_frequent_causes() {
        let mut report = class(&[1, 2, 3, 4, 5, 6]);
        for (k, submission) in report.submissions.iter_mut().enumerate() {
            let item = &mut submission.items[0];
            match k {
                0 => {
                    item.judged.findings =
                        vec![Finding::new(Verdict::Fail, Message::new("sample-silent").with("ms", 9_u16))]
                }
                1..=3 => {
                    item.verdict = Verdict::NotVerified;
                    item.reason = Some(Message::new("sample-not-delivered").into());
                }
                _ => {}
            }
        }
        let taught = item_stats(&report);
        let causes: Vec<_> = taught[0].causes.iter().map(|cause| (&*cause.message.id, cause.count)).collect();
        assert_eq!(causes, [("sample-port", 2), ("sample-silent", 1), ("sample-not-delivered", 3)]);
    }

    #[test]
    fn points_are_counted_in_steps_of_ten_percent() {
        let of = |points: u32| {
            let mut one = SubmissionResult::new(SubmissionId(String::new()), Vec::new(), 0);
            (one.points, one.of) = (points, 34);
            one
        };
        let all = [of(0), of(3), of(4), of(33), of(34), of(34)];
        let all: Vec<&SubmissionResult> = all.iter().collect();
        assert_eq!(distribution(&all), [2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
        assert_eq!(median(&all), 4);
        assert_eq!(median(&[]), 0);
        // The lab has no points.
        let mut none = of(0);
        none.of = 0;
        assert_eq!(percent(&none), 0);
    }
}
