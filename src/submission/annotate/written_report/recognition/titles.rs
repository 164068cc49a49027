//! Titles of parts, and headings that end an answer.

use super::question::Question;
use super::runs::Section;
use super::{MAX_PLAIN_TITLE_WORDS, Reader};
use crate::submission::annotate::written_report::inline::BOLD_END;
use crate::submission::annotate::written_report::lines::{Line, LineKind};
use crate::submission::annotate::written_report::numbering;
use crate::submission::annotate::written_report::sheet::{Match, Sheet};
use crate::submission::annotate::written_report::substance;

/// A question in a heading above which no title of a part is: its sub-headings can be the parts.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    level: u8,
    /// The item of each part whose question this is.
    items: Vec<usize>,
}

impl Reader<'_> {
    /// Remembers a question in a heading that no title of a part is above.
    pub(super) fn remember_asked(&mut self, line: &Line, item: usize) {
        let LineKind::Heading(level) = line.kind else {
            self.asked = None;
            return;
        };
        if self.part.is_some() {
            self.asked = None;
            return;
        }
        let text = numbering::parse(&line.text).map_or(line.text.as_str(), |(_, rest)| rest).replace(BOLD_END, "");
        let own = self.sheet.likeness_to(&text, item).mean();
        let number = self.sheet.number(item);
        let items = (0..self.sheet.items.len()).filter(|other| {
            self.sheet.number(*other) == number && self.sheet.likeness_to(&text, *other).mean() >= 0.6 * own
        });
        self.asked = Some(Asked { level, items: items.collect() });
    }

    /// Returns the item that a sub-heading with the title of a part names below a question: `None`
    /// if it is not such a heading, `Some(None)` if the part does not have the question.
    pub(super) fn by_part_below(&mut self, line: &Line) -> Option<Option<Question>> {
        let LineKind::Heading(level) = line.kind else { return None };
        let asked = self.asked.clone().filter(|asked| level > asked.level && asked.items.len() > 1)?;
        let (part, score, _) = self.sheet.title(&line.text.replace(BOLD_END, ""))?;
        let item = asked.items.iter().copied().find(|item| self.sheet.part_of(*item) == Some(part));
        (score >= 0.75).then(|| item.map(|item| Question { item, rest: String::new(), takes_next: false }))
    }

    /// Returns true if a line has the number or a word of a question of the current part, below
    /// whose title it is: "1) Subir o servidor UDP".
    fn is_question_of_part(&mut self, at: usize, line: &Line) -> bool {
        let Some(part) = self.part else { return false };
        if let LineKind::Heading(level) = line.kind {
            let is_below = |own: u8| if self.deep_titles { level < own } else { level > own };
            if !self.part_level.is_some_and(is_below) {
                return false;
            }
        }
        let text = self.text_after_mark(at, line);
        let number = self.marks.get(at).copied().flatten().map(|mark| mark.number.number);
        let items: Vec<usize> = match number {
            Some(number) => self.sheet.item_or_running(part, number).into_iter().collect(),
            None => (0..self.sheet.items.len()).filter(|item| self.sheet.part_of(*item) == Some(part)).collect(),
        };
        let words = self.sheet.words(&text);
        items.into_iter().any(|item| self.sheet.has_own_word(&words, item))
    }

    /// Returns true if a line is more like the title of a part than like a question.
    pub(super) fn is_clear_title(&mut self, at: usize, line: &Line) -> bool {
        if !matches!(line.kind, LineKind::Heading(_)) && !line.is_bold && !line.is_item && !line.begins_block {
            return false;
        }
        if self.by_id(line).is_some() || self.is_question_of_part(at, line) {
            return false;
        }
        let text = line.text.replace(BOLD_END, "");
        let Some((_, score, _)) = self.sheet.title(&text) else { return false };
        let words = self.sheet.words(numbering::parse(text.trim()).map_or(text.trim(), |(_, rest)| rest));
        let question = self.sheet.matches(&words).iter().map(|one| one.likeness.mean()).fold(0.0, f32::max);
        score >= 0.75 && score >= question
    }

    /// Returns true if a line is the title of a part, which then begins.
    pub(super) fn is_title(&mut self, at: usize, line: &Line, after: Option<&Line>) -> bool {
        let text = line.text.trim();
        let is_heading = matches!(line.kind, LineKind::Heading(_));
        if text.split_whitespace().count() > MAX_PLAIN_TITLE_WORDS + 4 {
            return false;
        }
        let (part, score, words) = match self.sheet.title(text) {
            Some(found) => found,
            None => return false,
        };
        let mut is_deep = false;
        let is_title = match line.kind {
            LineKind::Heading(level) => {
                // Below it are questions in larger headings.
                is_deep = score >= 0.9 && after.is_some_and(|after| self.is_larger_question(at + 1, after, level));
                let is_below = self.level.is_some_and(|own| level > own)
                    || self.current.is_some() && self.part_level.is_some_and(|own| level > own);
                is_deep
                    || score >= if is_below { 0.97 } else { 0.6 }
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
        if !is_title || self.is_question_of_part(at, line) {
            return false;
        }
        let is_same = self.part == Some(part);
        self.deep_titles |= is_deep;
        self.asked = None;
        self.part = Some(part);
        self.part_level = if let LineKind::Heading(level) = line.kind { Some(level) } else { None };
        if !is_same || is_heading {
            self.seen.clear();
            self.current = None;
            self.level = None;
            let section = Section { start: at + 1, part, is_clear: words >= 2 };
            self.found.sections.push((at, Some(section)));
        }
        self.last_part = part;
        true
    }

    /// Returns true if a line is a question in a larger heading than a title of this level.
    fn is_larger_question(&mut self, at: usize, line: &Line, title: u8) -> bool {
        if !matches!(line.kind, LineKind::Heading(level) if level < title) {
            return false;
        }
        if self.marks.get(at).is_some_and(Option::is_some) {
            return true;
        }
        let words = self.sheet.words(&line.text);
        let is_alike = |one: &Match| one.likeness.precision >= 0.7 && one.likeness.recall >= 0.4;
        self.sheet.matches(&words).iter().any(is_alike)
    }

    /// Returns true if a line begins with the first question of a part.
    fn is_first_question(&mut self, line: &Line) -> bool {
        let plain = line.text.trim_start_matches(|c: char| !c.is_alphanumeric());
        if numbering::parse(plain).is_some_and(|(number, _)| number.number == 1) {
            return true;
        }
        let words = self.sheet.words(plain);
        let matches = self.sheet.matches(&words);
        let is_alike = |one: &Match| one.likeness.precision >= 0.8 && one.likeness.recall >= 0.35;
        matches.iter().any(|one| is_alike(one) && self.sheet.number(one.item) == Some(1))
    }

    /// Ends the part at a heading that is larger than its title.
    pub(super) fn end_part_at(&mut self, at: usize, line: &Line) {
        if let LineKind::Heading(level) = line.kind
            && self.part_level.is_some_and(|own| level < own)
        {
            self.found.sections.push((at, None));
            self.part = None;
            self.part_level = None;
        }
    }

    /// Ends the answer at a heading that is not below its question.
    pub(super) fn end_at_heading(&mut self, at: usize, line: &Line) {
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
        if self.asked.as_ref().is_some_and(|asked| level <= asked.level) {
            self.asked = None;
        }
        self.end_part_at(at, line);
    }
}
