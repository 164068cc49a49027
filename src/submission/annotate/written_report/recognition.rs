//! Recognizes the questions of a lab in a report, and collects the answer and the pictures below
//! each.
//!
//! A question is recognized by its text, else by its number in a part. Texts come first, because
//! students number as they like.

mod instructions;
mod marks;
mod paragraphs;
mod question;
mod runs;
mod titles;
mod wording;

use std::collections::{BTreeMap, BTreeSet};

use super::inline::BOLD_END;
use super::lines::{Line, LineKind};
use super::sheet::Sheet;
use super::substance;
use marks::Mark;
use runs::{Found, Planned, Section};
use titles::Asked;

/// Maximum length of the text of an answer that is kept, in bytes.
pub(super) const MAX_ANSWER_BYTES: usize = 4 << 10;
/// Maximum number of words of a line without marks that can be a question or a title.
const MAX_PLAIN_TITLE_WORDS: usize = 10;

/// The answer to an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// True if it says something.
    pub(super) answered: bool,
    /// Its text, at most [`MAX_ANSWER_BYTES`].
    pub(super) text: String,
    /// Its pictures, as the report names them.
    pub(super) pictures: Vec<String>,
}

/// The answers of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Answers {
    /// The answer to each item whose question was found, by the index of the item.
    pub(super) items: BTreeMap<usize, Answer>,
    /// Pictures that belong to no item.
    pub(super) others: Vec<String>,
    /// Number of questions that were recognized by their text.
    pub(super) by_text: usize,
}

/// How a question is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Style {
    Heading,
    Bold,
    Number,
    Plain,
}

/// The state while a report is read.
struct Reader<'a> {
    sheet: &'a mut Sheet,
    /// The number of each line.
    marks: &'a [Option<Mark>],
    /// True for each line that belongs to instructions.
    blocked: &'a [bool],
    /// The lines that begin a question by their number, after the first pass.
    plan: BTreeMap<usize, Planned>,
    /// The results of the first pass, for that.
    found: Found,
    /// The part whose title was read.
    part: Option<usize>,
    /// Level of the heading with that title.
    part_level: Option<u8>,
    /// True if questions have larger headings than parts.
    deep_titles: bool,
    /// The question in the last heading above which no title of a part is.
    asked: Option<Asked>,
    current: Option<usize>,
    /// Level of the heading with the current question.
    level: Option<u8>,
    /// Items whose question was read since the title of the part.
    seen: BTreeSet<usize>,
    /// Number of questions that were recognized by their text, by style.
    styles: BTreeMap<Style, usize>,
    /// The same in the first pass; empty during it.
    usual: BTreeMap<Style, usize>,
    /// The part of the last question.
    last_part: usize,
    /// True if text is below the current line and before the next number.
    has_text_below: bool,
    /// True if the first column of the table has numbers of questions.
    numbers_in_table: bool,
    answers: Answers,
}

/// Returns the answers in the lines of a report. `part` is the part that the name of its file says.
pub(super) fn answers(lines: &[Line], sheet: &mut Sheet, part: Option<usize>) -> Answers {
    let lines = paragraphs::split(lines, sheet);
    let marks = marks::marks(&lines);
    let blocked = instructions::blocked(&lines, &marks, sheet);
    let part = part.filter(|part| *part < sheet.parts.len());
    let section = part.map(|part| Section { start: 0, part, is_clear: true });
    let (mut usual, mut plan) = (BTreeMap::new(), BTreeMap::new());
    // The first pass only finds out where the parts are and how the questions are marked.
    for pass in 0..2 {
        let mut reader = Reader {
            sheet,
            marks: &marks,
            blocked: &blocked,
            plan: std::mem::take(&mut plan),
            found: Found { sections: vec![(0, section)], ..Found::default() },
            part,
            part_level: None,
            deep_titles: false,
            asked: None,
            current: None,
            level: None,
            seen: BTreeSet::new(),
            styles: BTreeMap::new(),
            usual: std::mem::take(&mut usual),
            last_part: 0,
            has_text_below: false,
            numbers_in_table: false,
            answers: Answers::default(),
        };
        reader.read(&lines);
        if pass == 1 {
            return reader.answers;
        }
        usual = reader.styles;
        let found = reader.found;
        plan = runs::plan(&lines, &marks, &blocked, &found, sheet);
    }
    Answers::default()
}

impl Reader<'_> {
    fn read(&mut self, lines: &[Line]) {
        let mut skip = false;
        for (at, line) in lines.iter().enumerate() {
            if std::mem::take(&mut skip) {
                self.add_pictures(line);
                continue;
            }
            let is_blocked = self.blocked.get(at).copied().unwrap_or(false);
            if is_blocked && matches!(line.kind, LineKind::Heading(_)) {
                self.end_at_heading(at, line);
                self.current = None;
                self.level = None;
            }
            if line.kind == LineKind::Code {
                self.add_code(&line.text);
                continue;
            }
            if is_blocked {
                self.add_pictures(line);
                self.add_text(&line.text, matches!(line.kind, LineKind::Heading(_)));
                continue;
            }
            let after = lines.get(at + 1);
            self.has_text_below = after.is_some_and(|after| {
                let is_number = self.marks.get(at + 1).is_some_and(Option::is_some);
                !is_number && !matches!(after.kind, LineKind::Heading(_)) && substance::says_something(&after.text)
            });
            let next = after.filter(|next| next.kind == LineKind::Text && !next.begins_block && !next.is_item);
            let planned = self.plan.get(&at).copied();
            let mut found = planned.map(|planned| self.planned_question(at, line, next, planned));
            if found.is_none()
                && let Some(below) = self.by_part_below(line)
            {
                found = below;
                if found.is_none() {
                    // A part in which the lab does not ask this.
                    self.current = None;
                    self.add_pictures(line);
                    continue;
                }
            }
            if let Some(question) = found {
                skip = question.takes_next;
                self.begin(line, question);
                continue;
            }
            // A title such as "Remote machine" shares its words with questions.
            if self.is_clear_title(at, line) && self.is_title(at, line, after) {
                self.add_pictures(line);
                continue;
            }
            // A larger heading may be a question below which the parts are.
            if !self.deep_titles && !self.sheet.template.has(&line.text) {
                self.end_part_at(at, line);
            }
            if let Some(question) = self.question(at, line, next) {
                skip = question.takes_next;
                let item = question.item;
                self.begin(line, question);
                self.remember_asked(line, item);
                continue;
            }
            if self.is_title(at, line, after) {
                self.add_pictures(line);
                continue;
            }
            self.end_at_heading(at, line);
            self.add_pictures(line);
            self.add_text(&line.text, matches!(line.kind, LineKind::Heading(_)));
        }
    }

    fn begin(&mut self, line: &Line, question: question::Question) {
        self.begin_question(line, question.item);
        self.add_pictures(line);
        self.add_text(&question.rest, false);
    }

    fn begin_question(&mut self, line: &Line, item: usize) {
        self.current = Some(item);
        self.level = if let LineKind::Heading(level) = line.kind { Some(level) } else { None };
        self.seen.insert(item);
        self.last_part = self.sheet.part_of(item).unwrap_or(self.last_part);
        self.answers.items.entry(item).or_default();
    }

    fn add_pictures(&mut self, line: &Line) {
        match self.current.and_then(|item| self.answers.items.get_mut(&item)) {
            Some(answer) => answer.pictures.extend(line.pictures.iter().cloned()),
            None => self.answers.others.extend(line.pictures.iter().cloned()),
        }
    }

    fn add_text(&mut self, text: &str, is_heading: bool) {
        let Some(item) = self.current else { return };
        let plain = text.replace(BOLD_END, "");
        let is_whole_bold = text.ends_with(BOLD_END) && text.matches(BOLD_END).count() == 1;
        if plain.trim().is_empty() || self.sheet.template.has(&plain) || self.sheet.repeats(&plain, item) {
            return;
        }
        let words = plain.split_whitespace().count();
        let is_title = is_heading && words <= 7 || is_whole_bold && words <= 4;
        let says = !is_title && substance::says_something(&plain);
        if let Some(answer) = self.answers.items.get_mut(&item) {
            answer.answered |= says;
            push_bounded(&mut answer.text, plain.trim());
        }
    }

    fn add_code(&mut self, code: &str) {
        let Some(item) = self.current else { return };
        if self.sheet.template.has_code(code) {
            return;
        }
        let is_answer = self.sheet.items.get(item).is_some_and(|item| item.takes_code)
            && code.chars().filter(|c| c.is_alphabetic()).count() >= 12
            || substance::has_comments(code);
        if let Some(answer) = self.answers.items.get_mut(&item) {
            answer.answered |= is_answer;
            push_bounded(&mut answer.text, code);
        }
    }
}

/// Adds a line to a text, up to [`MAX_ANSWER_BYTES`].
pub(super) fn push_bounded(text: &mut String, line: &str) {
    if text.len() >= MAX_ANSWER_BYTES || line.is_empty() {
        return;
    }
    if !text.is_empty() {
        text.push('\n');
    }
    for c in line.chars() {
        if text.len() + c.len_utf8() > MAX_ANSWER_BYTES {
            break;
        }
        text.push(c);
    }
}

#[cfg(test)]
mod tests;
