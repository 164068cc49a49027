//! One item of a submission on a page. The finding displayed first is chosen as in the terminal.
//! The page also lists the others.

use super::bilingual::{Bilingual, Catalogs};
use super::bytes::Pair;
use super::source::{Excerpts, Place};
use crate::i18n::escape_controls;
use crate::model::report::ShownFinding;
use crate::model::{AnswerImage, ItemResult, Message, Verdict};
use crate::report::displayed::{Absence, absence, displayed_finding, reason, verdict_mark};
use crate::report::hint::hint_sentence;
use crate::report::{submission_notes, terminal};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::borrow::Cow;

/// A link to an item.
#[derive(Debug)]
pub(super) struct Chip {
    pub(super) id: String,
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
}

impl Chip {
    pub(super) fn of(item: &ItemResult) -> Self {
        match absence(item) {
            Some(absence) => Self { id: item.id.to_string(), class: ABSENT, mark: absence.mark() },
            None => Self { id: item.id.to_string(), class: item.verdict.name(), mark: verdict_mark(item.verdict) },
        }
    }
}

/// The class of an item that needs no decision.
pub(super) const ABSENT: &str = "absent";

/// Returns the verdict of an item in words, or why it has none.
fn outcome(item: &ItemResult, catalogs: &Catalogs) -> Bilingual {
    match absence(item) {
        Some(Absence::NotSubmitted) => catalogs.word("class-not-submitted"),
        Some(Absence::Waits) => catalogs.word("result-waits"),
        Some(Absence::Unobserved) => catalogs.word("class-unobserved"),
        None => word(item.verdict, catalogs),
    }
}

/// Returns the name of a verdict.
pub(super) fn word(verdict: Verdict, catalogs: &Catalogs) -> Bilingual {
    match verdict {
        Verdict::Pass => catalogs.word("result-pass"),
        Verdict::Fail => catalogs.word("result-fail"),
        Verdict::NotVerified => catalogs.word("result-not-verified"),
        Verdict::Error => catalogs.word("result-error"),
    }
}

/// An item.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) chip: Chip,
    pub(super) verdict: Bilingual,
    pub(super) title: Bilingual,
    pub(super) points: Bilingual,
    pub(super) open: bool,
    pub(super) story: Vec<Bilingual>,
    pub(super) cause: Option<Bilingual>,
    /// The line of the submission that the cause refers to.
    pub(super) place: Option<Place>,
    /// The line that sends the answers, if that of the cause is not known.
    pub(super) sends_at: Option<String>,
    pub(super) hints: Vec<Bilingual>,
    pub(super) bytes: Option<Pair>,
    pub(super) program: String,
    pub(super) asked: Option<String>,
    pub(super) repeat: String,
    /// The anchor of the scenario's evidence, if the page contains it.
    pub(super) scene: Option<String>,
    pub(super) filter: Option<String>,
    pub(super) folder: Option<String>,
    pub(super) notes: Vec<Bilingual>,
    pub(super) findings: Vec<FindingRow>,
    pub(super) documented: Option<Bilingual>,
    pub(super) documented_notes: Vec<Bilingual>,
    /// The lines of the written answer.
    pub(super) answer: Vec<String>,
    /// The files with the answer's pictures that the page does not show.
    pub(super) pictures: Vec<String>,
    /// The pictures that it shows.
    pub(super) images: Vec<Image>,
    /// Points that an instructor gave by hand.
    pub(super) mark: Option<Bilingual>,
}

/// The finding of one expectation.
#[derive(Debug)]
pub(super) struct FindingRow {
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
    pub(super) verdict: Bilingual,
    pub(super) expectation: String,
    /// The location of the expectation in the scenario file.
    pub(super) asked: String,
    pub(super) because: Bilingual,
    pub(super) hint: Option<Bilingual>,
    pub(super) place: Option<Place>,
    pub(super) bytes: Option<Pair>,
}

/// A picture of an answer.
#[derive(Debug)]
pub(super) struct Image {
    pub(super) name: String,
    /// Its content, as a `data:` address.
    pub(super) source: String,
}

impl Image {
    fn of(image: &AnswerImage) -> Self {
        let content = BASE64.encode(&image.bytes);
        Self {
            name: escape_controls(&image.name),
            source: format!("data:{};base64,{content}", image.format.media_type()),
        }
    }
}

impl Item {
    pub(super) fn of<'a>(
        item: &'a ItemResult,
        scene: Option<String>,
        excerpts: &mut Excerpts<'a>,
        catalogs: &Catalogs,
    ) -> Self {
        let has_cause = item.verdict != Verdict::Pass;
        let first = displayed_finding(item).filter(|_| has_cause);
        let is_first = |finding: &ShownFinding<'_>| first.is_some_and(|first| first.index == finding.index);
        let shown = item.shown();
        let hint = first.and_then(|finding| say_hint(&finding, catalogs));
        let of_author = item.hint.as_ref().filter(|_| item.verdict == Verdict::Fail).map(|hint| catalogs.text(hint));
        let mut notes: Vec<&Message> = Vec::new();
        for note in shown.notes.iter().copied().chain(shown.findings.iter().flat_map(|finding| finding.notes)) {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        Self {
            chip: Chip::of(item),
            verdict: outcome(item, catalogs),
            title: catalogs.each(|words| terminal::title(words, item)),
            points: catalogs.each(|words| terminal::points(words, item)),
            open: item.verdict == Verdict::Fail,
            story: item.story.iter().map(|line| catalogs.say(line)).collect(),
            cause: has_cause.then(|| {
                let none = || Cow::Owned(Message::new("report-no-reason"));
                catalogs.say(&reason(item).unwrap_or_else(none))
            }),
            place: first.and_then(|finding| excerpts.place(&finding, item.id.as_str())),
            sends_at: first.and_then(|finding| finding.sends_at).map(terminal::line_text),
            hints: hint.into_iter().chain(of_author).collect(),
            bytes: first.and_then(|finding| finding.difference).map(Pair::of),
            program: escape_controls(&item.program),
            asked: first
                .filter(|finding| !finding.at.file.is_empty())
                .map(|finding| escape_controls(&format!("{}   - {}", finding.at, finding.expectation))),
            repeat: escape_controls(&item.repeat),
            scene,
            filter: item.filter.as_deref().map(escape_controls),
            folder: shown.evidence.map(escape_controls),
            notes: notes.into_iter().map(|note| catalogs.say(note)).collect(),
            findings: shown
                .findings
                .iter()
                .filter(|one| !is_first(one))
                .map(|one| {
                    let is_elsewhere = first.is_none_or(|first| first.source != one.source);
                    let is_failed = one.verdict == Verdict::Fail && is_elsewhere;
                    let place = Some(one).filter(|_| is_failed).and_then(|one| excerpts.place(one, item.id.as_str()));
                    FindingRow::of(one, place, catalogs)
                })
                .collect(),
            documented: shown
                .documented
                .map(|_| catalogs.each(|words| submission_notes::documented(words, item).unwrap_or_default())),
            documented_notes: shown
                .documented
                .into_iter()
                .flat_map(|documented| &documented.notes)
                .map(|note| catalogs.say(note))
                .collect(),
            answer: shown
                .documented
                .into_iter()
                .flat_map(|documented| documented.text.lines())
                .map(escape_controls)
                .collect(),
            pictures: shown
                .documented
                .into_iter()
                .flat_map(|documented| {
                    let is_shown = |name: &&String| documented.images.iter().any(|image| image.name == **name);
                    documented.pictures.iter().filter(move |name| !is_shown(name))
                })
                .map(|name| escape_controls(name))
                .collect(),
            images: shown.documented.into_iter().flat_map(|documented| &documented.images).map(Image::of).collect(),
            mark: shown.mark.map(|_| catalogs.each(|words| submission_notes::mark(words, item).unwrap_or_default())),
        }
    }
}

/// Returns the hint of a finding.
fn say_hint(finding: &ShownFinding<'_>, catalogs: &Catalogs) -> Option<Bilingual> {
    finding.because.hint().map(|_| catalogs.each(|words| hint_sentence(finding, words).unwrap_or_default()))
}

impl FindingRow {
    fn of(finding: &ShownFinding<'_>, place: Option<Place>, catalogs: &Catalogs) -> Self {
        let asked = if finding.at.file.is_empty() { String::new() } else { escape_controls(&finding.at.to_string()) };
        Self {
            class: finding.verdict.name(),
            mark: verdict_mark(finding.verdict),
            verdict: word(finding.verdict, catalogs),
            expectation: escape_controls(finding.expectation),
            asked,
            because: catalogs.say(&finding.because.message()),
            hint: say_hint(finding, catalogs),
            place,
            bytes: finding.difference.map(Pair::of),
        }
    }
}
