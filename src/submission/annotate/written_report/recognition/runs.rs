//! Runs of numbers below the title of a part: where the numbers of a part run on in order, they are
//! its questions, and the text after each is the question or already the answer.

use std::collections::BTreeMap;

use super::marks::{Mark, Sign, look};
use crate::submission::annotate::written_report::inline::BOLD_END;
use crate::submission::annotate::written_report::lines::{Line, LineKind, looks_like_code};
use crate::submission::annotate::written_report::sheet::Sheet;
use crate::submission::annotate::written_report::substance;

/// Minimum number of ids in a report without titles of parts.
const MIN_IDS: usize = 3;

/// A section of a report: the lines after the title of a part.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section {
    /// The first line.
    pub(super) start: usize,
    pub(super) part: usize,
    /// True if the title has more than one word of the lab.
    pub(super) is_clear: bool,
}

/// A line that begins a question by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Planned {
    pub(super) item: usize,
    /// True if other text is below it before the next question.
    pub(super) has_text_below: bool,
}

/// The results of the first pass.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    /// The sections, in order; `None` where a part ends.
    pub(super) sections: Vec<(usize, Option<Section>)>,
    /// The item whose text each line has.
    pub(super) texts: BTreeMap<usize, usize>,
}

/// A run of numbered lines with one look.
struct Run {
    lines: Vec<(usize, usize)>,
    agree: usize,
    is_strong: bool,
    /// Its look, and the sign of its numbers.
    kind: (u8, Sign),
    /// True if its numbers count only in a sequence, and it has one of them.
    is_single: bool,
    is_bare: bool,
    is_title: bool,
}

/// Returns the lines that begin a question by their number in a run.
pub(super) fn plan(
    lines: &[Line],
    marks: &[Option<Mark>],
    blocked: &[bool],
    found: &Found,
    sheet: &mut Sheet,
) -> BTreeMap<usize, Planned> {
    let mut chosen: Vec<(Section, usize, Run)> = Vec::new();
    for (k, (start, section)) in found.sections.iter().enumerate() {
        let end = found.sections.get(k + 1).map_or(lines.len(), |(next, _)| *next);
        let Some(section) = section else {
            if let Some(run) = run_of_ids(lines, marks, blocked, found, (*start, end), sheet) {
                chosen.push((Section { start: *start, part: 0, is_clear: true }, end, run));
            }
            continue;
        };
        let range = (section.start.max(*start), end);
        let runs = runs(lines, marks, blocked, found, range, section, sheet);
        if let Some(run) = best(runs, found, range) {
            chosen.push((*section, end, run));
        }
    }
    let weak = chosen.iter().filter(|(_, _, run)| run.agree == 0 && !run.is_strong).count();
    let usual: Vec<(u8, Sign)> =
        chosen.iter().filter(|(_, _, run)| !run.is_single).map(|(_, _, run)| run.kind).collect();
    chosen.retain(|(_, _, run)| !run.is_single || usual.contains(&run.kind));
    let mut all = BTreeMap::new();
    for (section, end, run) in &chosen {
        let is_sure = run.agree > 0 || run.is_strong;
        let is_first = run.lines.first().is_some_and(|(first, _)| is_alone(lines, section.start, *first, sheet));
        let is_about = run.lines.iter().any(|(at, item)| {
            let text = text_after(lines, marks, *at);
            sheet.is_about(&text, *item)
        });
        // Lists of properties are numbered, too: prose or a label before them shows that.
        let is_list = is_first && !run.is_title && (section.is_clear || is_about || weak >= 2);
        if !is_sure && !is_list && !run.is_bare {
            continue;
        }
        for (k, (at, item)) in run.lines.iter().enumerate() {
            let next = run.lines.get(k + 1).map_or(*end, |(next, _)| *next);
            let has_text_below = (at + 1..next).any(|line| {
                lines.get(line).is_some_and(|line| {
                    line.kind == LineKind::Code || substance::says_something(&line.text.replace(BOLD_END, ""))
                })
            });
            all.insert(*at, Planned { item: *item, has_text_below });
        }
    }
    all
}

fn text_after(lines: &[Line], marks: &[Option<Mark>], at: usize) -> String {
    let rest = marks.get(at).copied().flatten().map_or(0, |mark| mark.rest);
    lines.get(at).and_then(|line| line.text.get(rest..)).unwrap_or_default().replace(BOLD_END, "")
}

/// Returns true if nothing but pictures, labels and texts of the course is before a run.
fn is_alone(lines: &[Line], start: usize, first: usize, sheet: &Sheet) -> bool {
    lines.iter().take(first).skip(start).all(|line| {
        let text = line.text.replace(BOLD_END, "");
        let is_other = text.trim().is_empty() || substance::is_label(&text) || sheet.template.has(&text);
        is_other || line.kind != LineKind::Code && !text.trim_end().ends_with(':') && !substance::says_something(&text)
    })
}

/// Returns the runs of a section: the line and item of each number.
fn runs(
    lines: &[Line],
    marks: &[Option<Mark>],
    blocked: &[bool],
    found: &Found,
    (start, end): (usize, usize),
    section: &Section,
    sheet: &mut Sheet,
) -> Vec<Run> {
    type Key = (u8, Sign, bool, Option<u32>);
    let mut groups: BTreeMap<Key, Vec<(usize, Mark)>> = BTreeMap::new();
    for at in start..end {
        let (Some(line), Some(Some(mark))) = (lines.get(at), marks.get(at)) else { continue };
        let is_other = matches!(line.kind, LineKind::Cell { .. } | LineKind::Code) || line.indent >= 4;
        if is_other || blocked.get(at).copied().unwrap_or(false) || looks_like_code(&line.text) {
            continue;
        }
        let key = (look(line), mark.sign, mark.number.has_word, mark.number.part);
        groups.entry(key).or_default().push((at, *mark));
    }
    let count = sheet.count(section.part);
    let mut all = Vec::new();
    for ((look, sign, has_word, part), group) in groups {
        let numbers: Vec<u32> = group.iter().map(|(_, mark)| mark.number.number).collect();
        let is_plain = numbers.iter().all(|number| *number <= count);
        let is_strong = has_word || part.is_some();
        let is_ascending = numbers.is_sorted_by(|a, b| a < b)
            // "Question 5" before "Question 4" is clear, too.
            || is_strong && (1..numbers.len()).all(|k| !numbers.iter().take(k).any(|one| numbers.get(k) == Some(one)));
        let item = |number: &u32| match is_plain {
            true => sheet.item(section.part, *number),
            false => sheet.running(*number).filter(|item| sheet.part_of(*item) == Some(section.part)),
        };
        let items: Option<Vec<usize>> = numbers.iter().map(item).collect();
        let Some(items) = items.filter(|_| is_ascending) else { continue };
        let run: Vec<(usize, usize)> = group.iter().map(|(at, _)| *at).zip(items).collect();
        let (agree, differ) = compare(lines, marks, found, &run, sheet);
        let is_single = matches!(sign, Sign::Bare | Sign::Letter | Sign::SmallRoman) && run.len() < 2;
        // A word, or numbers that run on over all parts, are more than a likeness.
        let is_refuted = match (is_strong, is_plain) {
            (true, false) => false,
            (true, true) => differ > agree,
            (false, _) => differ * 2 > agree,
        };
        if is_refuted {
            continue;
        }
        let is_bare = group.iter().all(|(at, _)| text_after(lines, marks, *at).trim().is_empty());
        // Chapters are numbered, too.
        let is_whole = |line: &Line| line.text.ends_with(BOLD_END) && line.text.matches(BOLD_END).count() == 1;
        let is_title = look < 10 || look == 10 && run.iter().all(|(at, _)| lines.get(*at).is_some_and(is_whole));
        all.push(Run { lines: run, agree, is_strong, kind: (look, sign), is_single, is_bare, is_title });
    }
    all
}

/// Returns how many lines of a run have the text of their question, and of another question.
fn compare(
    lines: &[Line],
    marks: &[Option<Mark>],
    found: &Found,
    run: &[(usize, usize)],
    sheet: &mut Sheet,
) -> (usize, usize) {
    let (mut agree, mut differ) = (0, 0);
    for (at, item) in run {
        let Some(own) = found.texts.get(at) else { continue };
        let is_same = sheet.number(*own) == sheet.number(*item);
        // "IP do colega" is like two questions.
        let text = text_after(lines, marks, *at);
        let mut is_near = || sheet.likeness_to(&text, *item).mean() >= 0.6 * sheet.likeness_to(&text, *own).mean();
        if is_same {
            agree += 1;
        } else if !is_near() {
            differ += 1;
        }
    }
    (agree, differ)
}

/// Returns the lines with ids such as "2.3" in a report without titles of parts.
fn run_of_ids(
    lines: &[Line],
    marks: &[Option<Mark>],
    blocked: &[bool],
    found: &Found,
    (start, end): (usize, usize),
    sheet: &mut Sheet,
) -> Option<Run> {
    let mut run: Vec<(usize, usize)> = Vec::new();
    let mut looks: Vec<u8> = Vec::new();
    let mut last = (0, 0);
    for at in start..end {
        let (Some(line), Some(Some(mark))) = (lines.get(at), marks.get(at)) else { continue };
        let is_other = matches!(line.kind, LineKind::Cell { .. } | LineKind::Code) || line.indent >= 4;
        let Some(part) = mark.number.part.filter(|_| !is_other && !blocked.get(at).copied().unwrap_or(false)) else {
            continue;
        };
        let index = usize::try_from(part).ok()?.checked_sub(1)?;
        let item = sheet.item(index, mark.number.number)?;
        if (part, mark.number.number) <= last {
            return None;
        }
        last = (part, mark.number.number);
        run.push((at, item));
        looks.push(look(line));
    }
    looks.dedup();
    let (agree, differ) = compare(lines, marks, found, &run, sheet);
    let is_title = looks.first().is_some_and(|look| *look < 10);
    let is_about = run.iter().any(|(at, item)| {
        let text = text_after(lines, marks, *at);
        sheet.is_about(&text, *item)
    });
    let is_run = looks.len() == 1 && differ * 2 <= agree && run.len() >= MIN_IDS;
    (is_run && (agree > 0 || is_about && !is_title)).then_some(Run {
        lines: run,
        agree,
        is_strong: true,
        kind: (*looks.first()?, Sign::Bare),
        is_single: false,
        is_bare: false,
        is_title,
    })
}

/// Returns the run whose lines are the questions of a section, if no other lines are.
fn best(runs: Vec<Run>, found: &Found, (start, end): (usize, usize)) -> Option<Run> {
    let in_section = found.texts.range(start..end).count();
    let rank = |run: &Run| (run.agree, run.is_strong, run.is_title, run.lines.len());
    let best = runs.into_iter().max_by_key(rank)?;
    let outside = found.texts.range(start..end).filter(|(at, _)| !best.lines.iter().any(|(own, _)| own == *at)).count();
    (outside == 0 || best.agree > outside || best.is_strong && outside < in_section.max(1)).then_some(best)
}
