//! The last lines of a terminal report.
//!
//! They contain the points and counts of each submission. For the whole run, they contain the seed,
//! the gaps of this machine, and whether the run was interrupted.

use anstyle::{Effects, Style};

use crate::model::report::Tally;
use crate::model::{Machine, Message, Report, SubmissionResult, Verdict};
use crate::words::Words;

use super::page::{BOLD, FAIL, NORMAL, PASS, Page, TROUBLE, UNSEEN};

/// Writes the points and counts of one submission.
pub(super) fn write_submission(page: &mut Page, words: &Words, submission: &SubmissionResult) {
    page.flow(&parts(submission, words));
}

/// Returns the same text as separate parts without styles.
pub(super) fn counts(submission: &SubmissionResult, words: &Words) -> Vec<String> {
    parts(submission, words).into_iter().map(|(_, part)| part).collect()
}

fn parts(submission: &SubmissionResult, words: &Words) -> Vec<(Style, String)> {
    if submission.items.is_empty() {
        return vec![(NORMAL, words.word("report-empty"))];
    }
    let tally = Tally::of(&submission.items);
    let points = Message::new("points").with("earned", submission.points).with("of", submission.of);
    let counts = [
        ("report-count-pass", tally.pass, PASS),
        ("report-count-fail", tally.fail, FAIL),
        ("report-count-not-verified", tally.not_verified, UNSEEN),
        ("report-count-error", tally.error, TROUBLE),
    ];
    let mut parts = vec![(BOLD, words.say(&points))];
    for (id, count, style) in counts.into_iter().filter(|(_, count, _)| *count > 0) {
        parts.push((style, words.say(&Message::new(id).with("n", count))));
    }
    parts.push((NORMAL, words.say(&duration(submission.took_ms))));
    parts
}

/// Writes the lines that concern the whole report.
pub(super) fn write_end(page: &mut Page, words: &Words, report: &Report) {
    if report.submissions.is_empty() {
        page.line(&words.word("report-empty"));
    }
    if report.submissions.len() > 1 {
        let perfect = |submission: &&SubmissionResult| {
            !submission.items.is_empty() && Tally::of(&submission.items).pass == submission.items.len()
        };
        let text = Message::new("report-submissions")
            .with("n", report.submissions.len())
            .with("perfect", report.submissions.iter().filter(perfect).count());
        page.line(&words.say(&text));
    }
    let mut items = report.submissions.iter().flat_map(|one| &one.items);
    if items.any(|item| item.verdict == Verdict::Fail) {
        let text = Message::new("report-seed").with("seed", report.seed.to_string());
        page.labelled(&words.word("report-label-seed"), NORMAL, &words.say(&text));
    }
    write_machine(page, words, &report.machine);
    if report.interrupted {
        let text = words.word("report-interrupted");
        page.hang("", UNSEEN.effects(Effects::BOLD), &text);
    }
}

/// Writes the evidence that this machine could not provide.
fn write_machine(page: &mut Page, words: &Words, machine: &Machine) {
    let plain_stage = machine.ran_plainly().then(|| words.word("report-plain-stage"));
    let cannot = machine.cannot.iter().map(|one| words.say(&one.because));
    let lines: Vec<_> = plain_stage.into_iter().chain(cannot).collect();
    if lines.is_empty() {
        return;
    }
    let mut label = words.word("report-label-unseen");
    let doctor = machine.lacks_something().then(|| words.word("report-doctor"));
    for line in lines.into_iter().chain(doctor) {
        page.labelled(&std::mem::take(&mut label), NORMAL, &line);
    }
}

/// Returns a duration, in milliseconds if it is below one second.
pub(super) fn duration(ms: u64) -> Message {
    if ms < 1000 {
        return Message::new("milliseconds").with("n", ms);
    }
    Message::new("seconds").with("whole", ms / 1000).with("tenth", ms % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::sample;
    use super::*;
    use crate::model::report::Cannot;
    use crate::model::{Language, StageKind};
    use crate::report::{Render, Terminal};

    const PLAINLY: &str = "on this machine's own network, without a sandbox";
    const DOCTOR: &str = "run `socklab doctor` to see what is missing here";

    #[rstest]
    #[case::isolated(StageKind::Isolated, &[], false, false)]
    #[case::asked_for(StageKind::Plain, &[], true, false)]
    #[case::denied(StageKind::Plain, &["stage-plain"], true, true)]
    #[case::elsewhere(StageKind::Plain, &["gap-target"], false, false)]
    #[case::elsewhere_and_denied(StageKind::Plain, &["stage-plain", "gap-target"], false, true)]
    fn machine_notes_match_sandbox_mode_and_gaps(
        #[case] stage: StageKind,
        #[case] cannot: &[&'static str],
        #[case] plainly: bool,
        #[case] doctor: bool,
    ) {
        let one = |id: &&'static str| Cannot { evidence: None, because: Message::new(id).with("problem", "EPERM") };
        let machine = Machine { stage, cannot: cannot.iter().map(one).collect() };
        let mut out = Vec::new();
        let report = Report { machine, ..sample::report() };
        let words = sample::words(Language::English);
        Terminal { colour: false, width: 400 }.render(&report, &words, &mut out).expect("writes");
        let text = String::from_utf8(out).expect("text").replace("so they ran on this machine's own network", "");
        assert_eq!((text.contains(PLAINLY), text.contains(DOCTOR)), (plainly, doctor), "{text}");
    }
}
