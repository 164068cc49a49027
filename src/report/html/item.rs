//! One item of a submission on a page. The finding displayed first is chosen as in the terminal.
//! The page also lists the others.

use super::bytes::Pair;
use super::said::{Said, Tongues};
use crate::model::{Finding, ItemResult, Message, Verdict};
use crate::report::{delivered, terminal};
use crate::words::plain;

/// A link to an item.
#[derive(Debug)]
pub(super) struct Chip {
    pub(super) id: String,
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
}

impl Chip {
    pub(super) fn of(item: &ItemResult) -> Self {
        Self { id: item.id.to_string(), class: item.verdict.name(), mark: mark(item.verdict) }
    }
}

/// Returns the sign of a verdict, which is readable without colours.
pub(super) const fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✓",
        Verdict::Fail => "✗",
        Verdict::NotVerified => "?",
        Verdict::Error => "!",
    }
}

/// Returns the name of a verdict.
pub(super) fn word(verdict: Verdict, tongues: &Tongues) -> Said {
    match verdict {
        Verdict::Pass => tongues.word("result-pass"),
        Verdict::Fail => tongues.word("result-fail"),
        Verdict::NotVerified => tongues.word("result-not-verified"),
        Verdict::Error => tongues.word("result-error"),
    }
}

/// An item.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) chip: Chip,
    pub(super) verdict: Said,
    pub(super) title: Said,
    pub(super) points: Said,
    pub(super) open: bool,
    pub(super) story: Vec<Said>,
    pub(super) cause: Option<Said>,
    /// The line of the submission that the cause refers to.
    pub(super) line: Option<String>,
    pub(super) hints: Vec<Said>,
    pub(super) bytes: Option<Pair>,
    pub(super) program: String,
    pub(super) asked: Option<String>,
    pub(super) repeat: String,
    /// The anchor of the scenario's evidence, if the page contains it.
    pub(super) scene: Option<String>,
    pub(super) filter: Option<String>,
    pub(super) folder: Option<String>,
    pub(super) notes: Vec<Said>,
    pub(super) findings: Vec<Found>,
    pub(super) documented: Option<Said>,
    pub(super) documented_notes: Vec<Said>,
}

/// The finding of one expectation.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
    pub(super) verdict: Said,
    pub(super) expectation: String,
    pub(super) place: String,
    pub(super) because: Said,
    pub(super) hint: Option<Said>,
    pub(super) bytes: Option<Pair>,
}

impl Item {
    pub(super) fn of(item: &ItemResult, scene: Option<String>, tongues: &Tongues) -> Self {
        let told = item.verdict != Verdict::Pass;
        let first = terminal::shown_finding(item).filter(|_| told);
        let is_first = |finding: &&Finding| first.is_some_and(|first| std::ptr::eq(first, *finding));
        let hint = first.and_then(|finding| finding.hint.as_ref()).map(|hint| tongues.say(hint));
        let of_author = item.hint.as_ref().filter(|_| item.verdict == Verdict::Fail).map(|hint| tongues.text(hint));
        let mut notes: Vec<&Message> = Vec::new();
        for note in item.notes.iter().chain(item.findings.iter().flat_map(|finding| &finding.notes)) {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        Self {
            chip: Chip::of(item),
            verdict: word(item.verdict, tongues),
            title: tongues.each(|words| terminal::title(words, item)),
            points: tongues.each(|words| terminal::points(words, item)),
            open: item.verdict == Verdict::Fail,
            story: item.story.iter().map(|line| tongues.say(line)).collect(),
            cause: told.then(|| {
                let none = Message::new("report-no-reason");
                tongues.say(terminal::reason(item).unwrap_or(&none))
            }),
            line: first.and_then(terminal::blamed_line),
            hints: hint.into_iter().chain(of_author).collect(),
            bytes: first.and_then(|finding| finding.difference.as_ref()).map(Pair::of),
            program: plain(&item.program),
            asked: first
                .filter(|finding| !finding.at.file.is_empty())
                .map(|finding| plain(&format!("{}   - {}", finding.at, finding.expectation))),
            repeat: plain(&item.repeat),
            scene,
            filter: item.filter.as_deref().map(plain),
            folder: item.evidence.as_deref().map(plain),
            notes: notes.into_iter().map(|note| tongues.say(note)).collect(),
            findings: item.findings.iter().filter(|one| !is_first(one)).map(|one| Found::of(one, tongues)).collect(),
            documented: item
                .documented
                .as_ref()
                .map(|_| tongues.each(|words| delivered::documented(words, item).unwrap_or_default())),
            documented_notes: item
                .documented
                .iter()
                .flat_map(|documented| &documented.notes)
                .map(|note| tongues.say(note))
                .collect(),
        }
    }
}

impl Found {
    fn of(finding: &Finding, tongues: &Tongues) -> Self {
        let place = if finding.at.file.is_empty() { String::new() } else { plain(&finding.at.to_string()) };
        Self {
            class: finding.verdict.name(),
            mark: mark(finding.verdict),
            verdict: word(finding.verdict, tongues),
            expectation: plain(&finding.expectation),
            place,
            because: tongues.say(&finding.because),
            hint: finding.hint.as_ref().map(|hint| tongues.say(hint)),
            bytes: finding.difference.as_ref().map(Pair::of),
        }
    }
}
