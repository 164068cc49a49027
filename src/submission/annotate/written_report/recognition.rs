//! Recognizes the questions of a lab in a report, and collects the answer and the pictures below each.
//!
//! A question is recognized by its text, else by its number in a part. Texts come first, because
//! students number as they like.

mod question;

use std::collections::{BTreeMap, BTreeSet};

use super::inline::BOLD_END;
use super::lines::{Line, LineKind};
use super::numbering;
use super::sheet::Sheet;
use super::substance;

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
    /// The part whose title was read.
    part: Option<usize>,
    /// Level of the heading with that title.
    part_level: Option<u8>,
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
    /// True if the first column of the table has numbers of questions.
    numbers_in_table: bool,
    answers: Answers,
}

/// Returns the answers in the lines of a report. `part` is the part that the name of its file says.
pub(super) fn answers(lines: &[Line], sheet: &mut Sheet, part: Option<usize>) -> Answers {
    let mut usual = BTreeMap::new();
    // The first pass only finds out how the questions are marked.
    for pass in 0..2 {
        let mut reader = Reader {
            sheet,
            part,
            part_level: None,
            current: None,
            level: None,
            seen: BTreeSet::new(),
            styles: BTreeMap::new(),
            usual: std::mem::take(&mut usual),
            last_part: 0,
            numbers_in_table: false,
            answers: Answers::default(),
        };
        reader.read(lines);
        if pass == 1 {
            return reader.answers;
        }
        usual = reader.styles;
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
            if line.kind == LineKind::Code {
                self.add_code(&line.text);
                continue;
            }
            // A title such as "Remote machine" shares its words with questions.
            let after = lines.get(at + 1);
            if self.is_clear_title(line) && self.is_title(line, after) {
                self.add_pictures(line);
                continue;
            }
            let next =
                lines.get(at + 1).filter(|next| next.kind == LineKind::Text && !next.begins_block && !next.is_item);
            if let Some(question) = self.question(line, next) {
                skip = question.takes_next;
                self.begin_question(line, question.item);
                self.add_pictures(line);
                self.add_text(&question.rest, false);
                continue;
            }
            if self.is_title(line, after) {
                self.add_pictures(line);
                continue;
            }
            self.end_at_heading(line);
            self.add_pictures(line);
            self.add_text(&line.text, matches!(line.kind, LineKind::Heading(_)));
        }
    }

    fn begin_question(&mut self, line: &Line, item: usize) {
        self.current = Some(item);
        self.level = if let LineKind::Heading(level) = line.kind { Some(level) } else { None };
        self.seen.insert(item);
        self.last_part = self.sheet.part_of(item).unwrap_or(self.last_part);
        self.answers.items.entry(item).or_default();
    }

    /// Returns true if a line is more like the title of a part than like a question.
    fn is_clear_title(&mut self, line: &Line) -> bool {
        if !matches!(line.kind, LineKind::Heading(_)) && !line.is_bold && !line.is_item && !line.begins_block {
            return false;
        }
        if self.by_id(line).is_some() {
            return false;
        }
        let text = line.text.replace(BOLD_END, "");
        let Some((_, score, _)) = self.sheet.title(&text) else { return false };
        let words = self.sheet.words(numbering::parse(text.trim()).map_or(text.trim(), |(_, rest)| rest));
        let question = self.sheet.matches(&words).iter().map(|one| one.likeness.mean()).fold(0.0, f32::max);
        score >= 0.75 && score >= question
    }

    /// Returns true if a line is the title of a part, which then begins.
    fn is_title(&mut self, line: &Line, after: Option<&Line>) -> bool {
        let text = line.text.trim();
        let is_heading = matches!(line.kind, LineKind::Heading(_));
        if text.split_whitespace().count() > MAX_PLAIN_TITLE_WORDS + 4 {
            return false;
        }
        let (part, score, words) = match self.sheet.title(text) {
            Some(found) => found,
            None => return false,
        };
        let is_title = match line.kind {
            LineKind::Heading(level) => {
                let is_below = self.level.is_some_and(|own| level > own)
                    || self.current.is_some() && self.part_level.is_some_and(|own| level > own);
                score >= if is_below { 0.97 } else { 0.6 }
                    && (!is_below || words >= 2 && self.level.is_none_or(|own| level <= own))
            }
            LineKind::Text => {
                let is_whole = line.text.trim_end_matches(BOLD_END).find(BOLD_END).is_none();
                let is_marked = line.is_bold && is_whole || line.is_item || text.ends_with(':') || line.begins_block;
                // Titles of parts have one form: a label in an answer is not one.
                let is_other = self.part_level.is_some() && self.part.is_some();
                // A label such as "UDP" in an answer is not followed by the first question.
                let is_numbered = Sheet::has_part_word(text)
                    || (line.is_bold || line.is_item)
                        && !text.contains(':')
                        && after.is_some_and(|after| self.is_first_question(after));
                is_marked && line.indent < 4 && score >= 0.9 && (words >= 2 || is_numbered) && !is_other
            }
            _ => false,
        };
        if !is_title {
            return false;
        }
        let is_same = self.part == Some(part);
        self.part = Some(part);
        self.part_level = if let LineKind::Heading(level) = line.kind { Some(level) } else { None };
        if !is_same || is_heading {
            self.seen.clear();
            self.current = None;
            self.level = None;
        }
        self.last_part = part;
        true
    }

    /// Returns true if a line begins with the first question of a part.
    fn is_first_question(&mut self, line: &Line) -> bool {
        let plain = line.text.trim_start_matches(|c: char| !c.is_alphanumeric());
        if numbering::parse(plain).is_some_and(|(number, _)| number.number == 1) {
            return true;
        }
        let words = self.sheet.words(plain);
        let matches = self.sheet.matches(&words);
        let is_alike = |one: &super::sheet::Match| one.likeness.precision >= 0.8 && one.likeness.recall >= 0.35;
        matches.iter().any(|one| is_alike(one) && self.sheet.number(one.item) == Some(1))
    }

    /// Ends the answer at a heading that is not below its question.
    fn end_at_heading(&mut self, line: &Line) {
        let LineKind::Heading(level) = line.kind else { return };
        if self.sheet.template.has(&line.text) {
            return;
        }
        let is_label = substance::is_label(&line.text);
        let ends = match (self.level, self.part_level) {
            // "Resposta" may have the level of its question.
            (_, Some(part)) if is_label => level <= part,
            (Some(own), None) if is_label => level < own,
            (None, None) if is_label => !substance::is_answer_label(&line.text),
            (Some(own), _) | (None, Some(own)) => level <= own,
            (None, None) => true,
        };
        if ends {
            self.current = None;
            self.level = None;
        }
        // A chapter above the parts ends the part, too.
        if self.part_level.is_some_and(|own| level < own) {
            self.part = None;
            self.part_level = None;
        }
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
