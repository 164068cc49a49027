//! Statistics of a class: the verdicts and causes of each item, and the distribution of points.
//! Contains no markup.

use std::collections::BTreeMap;

use crate::model::{Arg, ItemResult, LocalizedText, Message, NotVerified, SubmissionResult, Verdict};
use crate::report::displayed::{Absence, absence, is_without_program, reason};
use crate::report::rounding;

/// Number of different messages of a cause that are counted. Memory must not grow with the class if
/// every submission has a message of its own.
const MAX_MESSAGES: usize = 200;

/// The results of an item over the class.
#[derive(Debug)]
pub(super) struct ItemStats {
    /// Its id.
    pub(super) id: String,
    /// Its title.
    pub(super) title: LocalizedText,
    /// The number of submissions per verdict: passed, failed, not verified, error.
    pub(super) counts: [usize; 4],
    /// Of those that are not verified: the number for each absence, in the order of
    /// [`Absence::ALL`].
    pub(super) absent: [usize; 3],
    /// Why it did not pass: causes of failures first, and absences last; the most frequent first.
    pub(super) causes: Vec<CauseCount>,
    /// The index of each cause by its shape.
    cause_indices: BTreeMap<String, usize>,
}

/// A cause and its frequency.
#[derive(Debug)]
pub(super) struct CauseCount {
    /// The resulting verdict.
    pub(super) verdict: Verdict,
    /// True if it needs no decision of the instructor.
    pub(super) is_absence: bool,
    /// The number of submissions with this cause.
    pub(super) count: usize,
    /// Its most frequent message.
    pub(super) message: Message,
    /// The number of different messages, up to [`MAX_MESSAGES`]: the same sentence with other
    /// values.
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

impl ItemStats {
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
#[derive(Debug)]
struct CauseTally {
    verdict: Verdict,
    is_absence: bool,
    count: usize,
    /// The count of each message.
    ways: BTreeMap<String, (Message, usize)>,
}

/// An item while it is counted.
#[derive(Debug)]
struct ItemTally {
    id: String,
    title: LocalizedText,
    counts: [usize; 4],
    absent: [usize; 3],
    /// By the cause's shape.
    causes: BTreeMap<String, CauseTally>,
}

/// The statistics of a class while they are collected, one submission after another.
#[derive(Debug, Default)]
pub(super) struct ClassStats {
    items: Vec<ItemTally>,
    indices: BTreeMap<String, usize>,
    /// The points of the submissions of which a program was run: those of the others say nothing.
    points: Vec<u32>,
    /// The distribution of these points.
    bins: [usize; 11],
    most: u32,
    without_program: usize,
    not_run: usize,
    has_written: bool,
    has_by_hand: bool,
    /// When the first and the last submission was graded, in seconds since 1970.
    graded: Option<(u64, u64)>,
}

impl ClassStats {
    /// Adds a submission.
    pub(super) fn add(&mut self, submission: &SubmissionResult) {
        self.most = self.most.max(submission.of);
        if is_without_program(submission) {
            self.without_program += 1;
        } else if submission.reason.is_some() {
            self.not_run += 1;
        } else {
            self.points.push(submission.points);
            self.bins[percent(submission) / 10] += 1;
        }
        if let Some(at) = submission.graded_at {
            let (first, last) = self.graded.unwrap_or((at, at));
            self.graded = Some((first.min(at), last.max(at)));
        }
        for item in &submission.items {
            self.has_written |= item.documented().is_some();
            self.has_by_hand |= item.mark().is_some();
            self.add_item(item);
        }
    }

    fn add_item(&mut self, item: &ItemResult) {
        let index = match self.indices.get(item.id.as_str()) {
            Some(index) => *index,
            None => {
                let (id, title) = (item.id.to_string(), item.title.clone());
                self.indices.insert(id.clone(), self.items.len());
                self.items.push(ItemTally { id, title, counts: [0; 4], absent: [0; 3], causes: BTreeMap::new() });
                self.items.len() - 1
            }
        };
        let tally = &mut self.items[index];
        let absence = absence(item);
        tally.counts[verdict_index(item.verdict)] += 1;
        if let Some(place) = Absence::ALL.iter().position(|one| Some(*one) == absence) {
            tally.absent[place] += 1;
        }
        if let (Some(shape), Some(because)) = (shape_of(item), reason(item)) {
            let (verdict, is_absence) = (item.verdict, absence.is_some());
            let new = || CauseTally { verdict, is_absence, count: 0, ways: BTreeMap::new() };
            let cause = tally.causes.entry(shape).or_insert_with(new);
            cause.count += 1;
            let key = format!("{because:?}");
            if let Some((_, count)) = cause.ways.get_mut(&key) {
                *count += 1;
            } else if cause.ways.len() < MAX_MESSAGES {
                cause.ways.insert(key, (because.into_owned(), 1));
            }
        }
    }

    /// Returns the number of submissions of which a program was run. Only these are in the
    /// distribution and the median.
    pub(super) const fn with_program(&self) -> usize {
        self.points.len()
    }

    /// Returns the number of submissions that have no program for any item.
    pub(super) const fn without_program(&self) -> usize {
        self.without_program
    }

    /// Returns true if a submission has a written report.
    pub(super) const fn has_written(&self) -> bool {
        self.has_written
    }

    /// Returns true if a submission has points that were given by hand.
    pub(super) const fn has_by_hand(&self) -> bool {
        self.has_by_hand
    }

    /// Returns when the first and the last submission was graded, in seconds since 1970.
    pub(super) const fn graded(&self) -> Option<(u64, u64)> {
        self.graded
    }

    /// Returns the number of submissions per ten percent of the points. The last entry is 100 %.
    pub(super) const fn distribution(&self) -> [usize; 11] {
        self.bins
    }

    /// Returns the highest number of points that a submission can earn.
    pub(super) const fn most(&self) -> u32 {
        self.most
    }

    /// Returns the number of submissions of which nothing was run, although they have a program.
    pub(super) const fn not_run(&self) -> usize {
        self.not_run
    }

    /// Returns the median of the points. If the number of submissions is even, returns the lower
    /// one.
    pub(super) fn median(&self) -> u32 {
        let mut all = self.points.clone();
        all.sort_unstable();
        all.get(all.len().saturating_sub(1) / 2).copied().unwrap_or_default()
    }

    /// Returns all items in order of appearance, each with its causes.
    pub(super) fn into_items(self) -> Vec<ItemStats> {
        self.items.into_iter().map(ItemTally::finish).collect()
    }
}

impl ItemTally {
    fn finish(self) -> ItemStats {
        let mut causes: Vec<(String, CauseCount)> = self
            .causes
            .into_iter()
            .filter_map(|(shape, CauseTally { verdict, is_absence, count, ways })| {
                let variants = ways.len();
                let (message, _) = ways.into_values().max_by_key(|(_, n)| *n)?;
                Some((shape, CauseCount { verdict, is_absence, count, message, variants }))
            })
            .collect();
        causes.sort_by_key(|(shape, cause)| {
            (cause.verdict != Verdict::Fail, cause.is_absence, std::cmp::Reverse(cause.count), shape.clone())
        });
        let cause_indices = causes.iter().enumerate().map(|(k, (shape, _))| (shape.clone(), k)).collect();
        let causes = causes.into_iter().map(|(_, cause)| cause).collect();
        let Self { id, title, counts, absent, .. } = self;
        ItemStats { id, title, counts, absent, causes, cause_indices }
    }
}

/// Returns a submission's points as a percentage: 100 only if it has all points.
fn percent(submission: &SubmissionResult) -> usize {
    rounding::percent(submission.points as usize, submission.of as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Finding, Report, SubmissionId};
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

    fn stats(submissions: &[SubmissionResult]) -> ClassStats {
        let mut stats = ClassStats::default();
        submissions.iter().for_each(|submission| stats.add(submission));
        stats
    }

    #[test]
    fn messages_with_other_values_are_one_cause() {
        let mut report = class(&[5000, 6000, 6000]);
        report.submissions[0].items[0].judged.findings.insert(0, Finding::pass(Message::new("sample-right")));
        let taught = stats(&report.submissions).into_items();
        let [item] = taught.as_slice() else { panic!("{taught:?}") };
        assert_eq!((item.counts, item.rate(), item.asked()), ([0, 3, 0, 0], 0, 3));
        let [cause] = item.causes.as_slice() else { panic!("{:?}", item.causes) };
        assert_eq!((cause.count, cause.variants), (3, 2));
        assert_eq!(cause.message, Message::new("sample-port").with("port", 6000_u16));
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
        let taught = stats(&report.submissions).into_items();
        let causes: Vec<_> = taught[0].causes.iter().map(|cause| (&*cause.message.id, cause.count)).collect();
        assert_eq!(causes, [("sample-port", 2), ("sample-silent", 1), ("sample-not-delivered", 3)]);
    }

    #[test]
    fn points_are_counted_in_steps_of_ten_percent() {
        let item = sample::report().submissions.remove(0).items.remove(0);
        let of = |points: u32| {
            let mut one = SubmissionResult::new(SubmissionId(String::new()), vec![item.clone()], 0);
            (one.points, one.of) = (points, 34);
            one
        };
        let all = [of(0), of(3), of(4), of(33), of(34), of(34)];
        assert_eq!(stats(&all).distribution(), [2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
        assert_eq!(stats(&all).median(), 4);
        assert_eq!(stats(&[]).median(), 0);
        // Submissions without a program are not counted.
        let without = SubmissionResult::new(SubmissionId(String::new()), Vec::new(), 0);
        let mut not_run = of(0);
        not_run.reason = Some(Message::new("sample-not-delivered").into());
        let more = stats(&[of(34), without, not_run]);
        assert_eq!((more.with_program(), more.without_program(), more.not_run(), more.median()), (1, 1, 1, 34));
        // The lab has no points.
        let mut none = of(0);
        none.of = 0;
        assert_eq!(percent(&none), 0);
    }
}
