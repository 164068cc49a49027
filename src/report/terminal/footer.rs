//! The last lines of a terminal report.
//!
//! They contain the points and counts of each submission. For the whole run, they contain the seed,
//! the gaps of this machine, and whether the run was interrupted.

use anstyle::{Effects, Style};

use crate::i18n::Catalog;
use crate::model::report::Tally;
use crate::model::{Machine, Message, Report, SubmissionResult};
use crate::report::Totals;

use crate::report::layout::BOLD;
use crate::report::layout::ERROR;
use crate::report::layout::FAIL;
use crate::report::layout::NORMAL;
use crate::report::layout::NOT_VERIFIED;
use crate::report::layout::PASS;
use crate::report::layout::TextLayout;

/// Writes the points and counts of one submission.
pub(in crate::report) fn write_submission(page: &mut TextLayout, words: &Catalog, submission: &SubmissionResult) {
    page.flow(&parts(submission, words));
}

/// Returns the same text as separate parts without styles.
pub(in crate::report) fn counts(submission: &SubmissionResult, words: &Catalog) -> Vec<String> {
    parts(submission, words).into_iter().map(|(_, part)| part).collect()
}

fn parts(submission: &SubmissionResult, words: &Catalog) -> Vec<(Style, String)> {
    if submission.items.is_empty() {
        return vec![(NORMAL, words.sentence("report-empty"))];
    }
    let tally = Tally::count(&submission.items);
    let points = Message::new("points").with("earned", submission.points).with("of", submission.of);
    let counts = [
        ("report-count-pass", tally.pass, PASS),
        ("report-count-fail", tally.fail, FAIL),
        ("report-count-not-verified", tally.not_verified, NOT_VERIFIED),
        ("report-count-error", tally.error, ERROR),
    ];
    let mut parts = vec![(BOLD, words.format(&points))];
    for (id, count, style) in counts.into_iter().filter(|(_, count, _)| *count > 0) {
        parts.push((style, words.format(&Message::new(id).with("n", count))));
    }
    parts.push((NORMAL, words.format(&duration(submission.took_ms))));
    parts
}

/// Writes the lines that concern the whole report. Its submissions are in the sums only.
pub(in crate::report) fn write_end(page: &mut TextLayout, words: &Catalog, run: &Report, totals: Totals) {
    if totals.submissions == 0 {
        page.line(&words.sentence("report-empty"));
    }
    if totals.submissions > 1 {
        let text = Message::new("report-submissions").with("n", totals.submissions).with("perfect", totals.perfect);
        page.line(&words.format(&text));
    }
    if totals.failed > 0 {
        let text = Message::new("report-seed").with("seed", run.seed.to_string());
        page.labelled(&words.sentence("report-label-seed"), NORMAL, &words.format(&text));
    }
    write_machine(page, words, &run.machine);
    if run.interrupted {
        let text = words.sentence("report-interrupted");
        page.hang("", NOT_VERIFIED.effects(Effects::BOLD), &text);
    }
}

/// Writes the evidence that this machine could not provide.
fn write_machine(page: &mut TextLayout, words: &Catalog, machine: &Machine) {
    let plain_stage = machine.is_plain_mode().then(|| words.sentence("report-plain-stage"));
    let cannot = machine.cannot.iter().map(|one| words.format(&one.because.message()));
    let lines: Vec<_> = plain_stage.into_iter().chain(cannot).collect();
    if lines.is_empty() {
        return;
    }
    let mut label = words.sentence("report-label-unseen");
    let doctor = machine.has_fixable_limitation().then(|| words.sentence("report-doctor"));
    for line in lines.into_iter().chain(doctor) {
        page.labelled(&std::mem::take(&mut label), NORMAL, &line);
    }
}

/// Returns a duration, in milliseconds if it is below one second.
pub(in crate::report) fn duration(ms: u64) -> Message {
    if ms < 1000 {
        return Message::new("milliseconds").with("n", ms);
    }
    Message::new("seconds").with("whole", ms / 1000).with("tenth", ms % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::model::report::Limitation;
    use crate::model::{Language, SandboxMode};
    use crate::report::{Render, Terminal, sample};

    const PLAINLY: &str = "on this machine's own network, without a sandbox";
    const DOCTOR: &str = "run `socklab doctor` to see what is missing here";

    #[rstest]
    #[case::isolated(SandboxMode::Isolated, &[], false, false)]
    #[case::asked_for(SandboxMode::Plain, &[], true, false)]
    #[case::denied(SandboxMode::Plain, &["stage-plain"], true, true)]
    #[case::elsewhere(SandboxMode::Plain, &["gap-target"], false, false)]
    #[case::elsewhere_and_denied(SandboxMode::Plain, &["stage-plain", "gap-target"], false, true)]
    fn machine_notes_match_sandbox_mode_and_gaps(
        #[case] stage: SandboxMode,
        #[case] cannot: &[&'static str],
        #[case] plainly: bool,
        #[case] doctor: bool,
    ) {
        let one = |id: &&'static str| Limitation {
            evidence: None,
            because: if *id == "gap-target" {
                Message::new(id).into()
            } else {
                Message::new(id).with("problem", "EPERM").into()
            },
        };
        let machine = Machine { stage, cannot: cannot.iter().map(one).collect() };
        let mut out = Vec::new();
        let report = Report { machine, ..sample::report() };
        let words = sample::words(Language::English);
        Terminal { width: 400, ..Terminal::PLAIN }.render(&report, &words, &mut out).expect("writes");
        let text = String::from_utf8(out).expect("text").replace("so they ran on this machine's own network", "");
        assert_eq!((text.contains(PLAINLY), text.contains(DOCTOR)), (plainly, doctor), "{text}");
    }
}
