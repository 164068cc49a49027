//! Recognizes the question at the beginning of a line.

use super::runs::Planned;
use super::wording;
use super::{MAX_PLAIN_TITLE_WORDS, Reader, Style};
use crate::submission::annotate::written_report::inline::BOLD_END;
use crate::submission::annotate::written_report::lines::{Line, LineKind, looks_like_code};
use crate::submission::annotate::written_report::numbering::{self, Number};
use crate::submission::annotate::written_report::sheet::Match;
use crate::submission::annotate::written_report::words;

/// A question at the beginning of a line.
pub(super) struct Question {
    pub(super) item: usize,
    /// The text after the question.
    pub(super) rest: String,
    /// True if the next line belongs to the question.
    pub(super) takes_next: bool,
}

impl Reader<'_> {
    /// Returns how a line is marked.
    fn style(&self, line: &Line, number: Option<Number>) -> Style {
        match line.kind {
            LineKind::Heading(_) => Style::Heading,
            _ if line.is_bold => Style::Bold,
            _ if number.is_some() => Style::Number,
            _ => Style::Plain,
        }
    }

    /// Returns the question at the beginning of a line.
    pub(super) fn question(&mut self, at: usize, line: &Line, next: Option<&Line>) -> Option<Question> {
        if let LineKind::Cell { is_first: true } = line.kind
            && words::all_words(&line.text)
                .iter()
                .any(|word| word.starts_with("quest") || word.starts_with("item") || word.starts_with("pergunta"))
            && line.text.split_whitespace().count() <= 2
        {
            self.numbers_in_table = true;
        }
        if looks_like_code(&line.text) {
            return None;
        }
        if let Some(item) = self.by_id(line) {
            return Some(item);
        }
        let text = self.text_after_mark(at, line);
        let text = text.as_str();
        // A letter, or a digit without a sign, is a number only in a run of questions.
        let mark = self.marks.get(at).copied().flatten().filter(|mark| !mark.is_weak(&line.text));
        let number = mark.map(|mark| mark.number);
        let style = self.style(line, number);
        if self.is_unusual(style) {
            return None;
        }
        if let Some(found) = self.by_text(line, number, text, style) {
            self.count(style);
            self.found.texts.insert(at, found.item);
            return Some(found);
        }
        // A question may go on in the next line.
        if let Some(next) = next.filter(|next| numbering::parse(next.text.trim()).is_none()) {
            let both = format!("{text} {}", next.text.trim());
            if both.split_whitespace().count() <= 60
                && let Some(found) =
                    self.by_text(line, number, &both, style).filter(|found| found.rest.trim().is_empty())
            {
                self.count(style);
                self.found.texts.insert(at, found.item);
                return Some(Question { takes_next: true, ..found });
            }
        }
        let item = self.by_number(line, number?, text, style)?;
        let is_heading = matches!(line.kind, LineKind::Heading(_));
        let planned = Planned { item, has_text_below: self.has_text_below };
        let is_question = wording::is_question_text(text, planned, is_heading, self.sheet);
        Some(Question { item, rest: if is_question { String::new() } else { text.to_owned() }, takes_next: false })
    }

    /// Returns the text of a line after its number.
    pub(super) fn text_after_mark(&self, at: usize, line: &Line) -> String {
        let rest = self.marks.get(at).copied().flatten().map_or(0, |mark| mark.rest);
        line.text.get(rest..).unwrap_or_default().trim_start_matches(|c: char| !c.is_alphanumeric()).to_owned()
    }

    /// Returns the question of a line whose number is in a run.
    pub(super) fn planned_question(
        &mut self,
        at: usize,
        line: &Line,
        next: Option<&Line>,
        planned: Planned,
    ) -> Question {
        let text = self.text_after_mark(at, line);
        let is_heading = matches!(line.kind, LineKind::Heading(_));
        let item = planned.item;
        let number = self.sheet.number(item).map(|number| Number { has_word: false, part: None, number });
        let style = self.style(line, number);
        let found = self.by_text(line, number, &text, style);
        if let Some(found) = found.filter(|found| found.item == item && !found.rest.trim().is_empty()) {
            self.count(style);
            return found;
        }
        if let Some(next) = next.filter(|next| numbering::parse(next.text.trim()).is_none()) {
            let (own, both) = (self.sheet.likeness_to(&text, item), format!("{text} {}", next.text.trim()));
            let both = self.sheet.likeness_to(&both, item);
            if both.precision >= 0.8 && both.recall >= own.recall + 0.1 {
                self.count(style);
                return Question { item, rest: String::new(), takes_next: true };
            }
        }
        if wording::is_question_text(&text, planned, is_heading, self.sheet) {
            self.count(style);
            return Question { item, rest: String::new(), takes_next: false };
        }
        Question { item, rest: text, takes_next: false }
    }

    /// Returns the question whose id a line begins with.
    pub(super) fn by_id(&self, line: &Line) -> Option<Question> {
        let lower = line.text.to_lowercase();
        let short =
            lower.split_whitespace().count() <= MAX_PLAIN_TITLE_WORDS || line.kind != LineKind::Text || line.is_bold;
        let found = self.sheet.items.iter().enumerate().find_map(|(k, item)| {
            let at = lower.find(&item.id).filter(|at| *at < 24)?;
            let after = lower.get(at + item.id.len()..)?;
            (!after.starts_with(|c: char| c.is_ascii_digit())).then(|| (k, after.to_owned()))
        });
        let (item, rest) =
            found.filter(|_| short || lower.split_whitespace().next().is_some_and(|word| word.contains('.')))?;
        let rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        // After the id in a heading is its title.
        let rest = if matches!(line.kind, LineKind::Heading(_)) { "" } else { rest };
        Some(Question { item, rest: rest.to_owned(), takes_next: false })
    }

    /// Returns the question whose text a line begins with.
    fn by_text(&mut self, line: &Line, number: Option<Number>, text: &str, style: Style) -> Option<Question> {
        let mut best: Option<(f32, usize, usize)> = None;
        if self.sheet.words(text).is_foreign() {
            return None;
        }
        let cuts: Vec<usize> = prefixes(text);
        for &end in &cuts {
            let is_whole = end == text.len();
            let Some(prefix) = text.get(..end) else { continue };
            let words = self.sheet.words(prefix);
            if words.len() == 0 || words.len() > 45 {
                continue;
            }
            let matches = self.sheet.matches(&words);
            let is_question = |one: &&Match| self.is_question(line, number, one, style, is_whole, words.len());
            let accepted: Vec<Match> = matches.iter().filter(is_question).copied().collect();
            let Some(item) = self.choose(&accepted, prefix) else { continue };
            let item = self.in_current_part(item, &matches);
            let of_item = accepted.iter().filter(|one| one.item == item).map(|one| one.likeness.mean());
            let score = of_item.fold(0.0, f32::max).max(0.4);
            // Of equal prefixes, the longer one has the whole question.
            if best.is_none_or(|(known, _, _)| score >= known - 0.08) {
                let highest = best.map_or(score, |(known, _, _)| f32::max(known, score));
                best = Some((highest, item, end));
            }
        }
        let (_, item, end) = best?;
        if self.is_sub_heading(line, item) {
            return None;
        }
        let rest = text.get(end..).unwrap_or_default();
        Some(Question { item, rest: rest.trim_start_matches(is_separator).to_owned(), takes_next: false })
    }

    /// Returns true if a line is like a question, as much as its marks demand.
    fn is_question(
        &self,
        line: &Line,
        number: Option<Number>,
        one: &Match,
        style: Style,
        is_whole: bool,
        words: usize,
    ) -> bool {
        let (precision, recall) = (one.likeness.precision, one.likeness.recall);
        // A title of one or two words must be the whole line, and at most begin a question.
        if one.is_keyword {
            return precision > 0.99
                && recall > 0.99
                && is_whole
                && (style != Style::Plain || line.begins_block && line.text.trim_end().ends_with(':'))
                && self.current.is_none_or(|current| current == one.item);
        }
        let agrees = number.is_some_and(|number| {
            Some(number.number) == self.sheet.number(one.item) || self.sheet.running(number.number) == Some(one.item)
        });
        let title = self.part.is_some() || self.sheet.parts.len() <= 1;
        let (least_precision, least_recall) = match style {
            _ if number.is_some_and(|number| number.has_word) && agrees => (0.45, 0.2),
            Style::Number | Style::Heading | Style::Bold if agrees && title => (0.5, 0.25),
            Style::Heading | Style::Number | Style::Bold => (0.62, 0.36),
            Style::Plain if line.is_item || matches!(line.kind, LineKind::Cell { .. }) => (0.8, 0.5),
            Style::Plain if line.text.trim_end().ends_with(':') && line.begins_block => (0.75, 0.4),
            Style::Plain if line.begins_block => (0.78, 0.45),
            Style::Plain => (0.85, 0.6),
        };
        // Of a longer line, only the whole question is cut off.
        let (least_precision, least_recall) = if is_whole {
            (least_precision, least_recall)
        } else {
            (f32::max(least_precision, 0.8), f32::max(least_recall, 0.5))
        };
        precision >= least_precision && recall >= least_recall && (words >= 2 || recall >= 0.6)
    }

    /// Returns the item with the same number in the current part, if its question is alike, too:
    /// texts that name another part are copied.
    fn in_current_part(&self, item: usize, matches: &[Match]) -> usize {
        let own = self.part.filter(|part| self.sheet.part_of(item) != Some(*part));
        let own = own.and_then(|part| self.sheet.item(part, self.sheet.number(item)?));
        let mean = |item: usize| {
            let all = matches.iter().filter(|one| one.item == item).map(|one| one.likeness.mean());
            all.fold(0.0, f32::max)
        };
        own.filter(|own| mean(*own) >= mean(item) - 0.35).unwrap_or(item)
    }

    /// Chooses among items whose question is the same in several parts.
    fn choose(&self, matches: &[Match], text: &str) -> Option<usize> {
        let best = matches.iter().map(|one| one.likeness.mean()).fold(0.0, f32::max);
        if let Some(part) = self.part {
            // Texts that name another part are copied: the title of the part says more.
            let own = matches.iter().filter(|one| self.sheet.part_of(one.item) == Some(part));
            let own = own.max_by(|a, b| a.likeness.mean().total_cmp(&b.likeness.mean()));
            if let Some(own) = own.filter(|own| own.likeness.mean() >= best - 0.35) {
                return Some(own.item);
            }
            let is_clear = |one: &&Match| one.likeness.precision >= 0.8 && one.likeness.recall >= 0.6;
            let same = matches.iter().filter(is_clear).find(|one| one.likeness.mean() >= best - 0.02);
            return same.map(|one| one.item);
        }
        let same: Vec<usize> =
            matches.iter().filter(|one| one.likeness.mean() >= best - 0.02).map(|one| one.item).collect();
        if same.len() == 1 {
            return same.first().copied();
        }
        let mentioned = self.sheet.mentioned_part(text);
        let of_mentioned =
            mentioned.and_then(|part| same.iter().copied().find(|item| self.sheet.part_of(*item) == Some(part)));
        // The course's question says "tcp server simple" in all parts.
        if let Some(item) = of_mentioned.filter(|item| !self.seen.contains(item)) {
            return Some(item);
        }
        // Without titles of parts, a question that comes again is that of the next part.
        let alike = matches.iter().filter(|one| one.likeness.mean() >= best - 0.2);
        let number = same.first().and_then(|item| self.sheet.number(*item));
        let same: Vec<usize> = alike.map(|one| one.item).filter(|item| self.sheet.number(*item) == number).collect();
        // A question that is repeated before its answer.
        let is_empty = |item: &usize| self.answers.items.get(item).is_none_or(|answer| answer.text.is_empty());
        if let Some(current) = self.current.filter(|current| same.contains(current) && is_empty(current)) {
            return Some(current);
        }
        let is_new = |item: &usize| !self.seen.contains(item);
        let from = |item: &usize| self.sheet.part_of(*item) >= Some(self.last_part);
        same.iter()
            .copied()
            .find(|item| is_new(item) && from(item))
            .or_else(|| same.iter().copied().find(is_new))
            .or_else(|| same.first().copied())
    }

    /// Returns the question with a number in the current part.
    fn by_number(&mut self, line: &Line, number: Number, text: &str, style: Style) -> Option<usize> {
        let in_cell = matches!(line.kind, LineKind::Cell { .. });
        let has_word = number.has_word
            || in_cell && self.numbers_in_table && matches!(line.kind, LineKind::Cell { is_first: true });
        if in_cell && !has_word {
            return None;
        }
        let item = match number.part {
            Some(part) if self.part.is_none() => {
                self.sheet.item(usize::try_from(part).ok()?.checked_sub(1)?, number.number)?
            }
            _ => match self.part {
                Some(part) if has_word => self.sheet.item_or_running(part, number.number)?,
                Some(part) => self.sheet.item(part, number.number)?,
                None if has_word => self.numbered_without_part(number.number)?,
                None => return None,
            },
        };
        let words = self.sheet.words(text);
        let is_first = !self.seen.contains(&item);
        if words.len() == 0 {
            let is_alone = style == Style::Heading || line.begins_block || in_cell;
            let is_next = self.is_after_seen(item);
            return (has_word || is_first && is_next && is_alone && (style == Style::Heading || self.has_style(style)))
                .then_some(item);
        }
        if self.is_sub_heading(line, item) {
            return None;
        }
        let overlaps = self.sheet.is_about(text, item);
        if has_word {
            let is_clear = is_first && numbering::has_clear_word(&line.text) && self.is_after_seen(item);
            return (overlaps || words.len() <= 2 || is_clear).then_some(item);
        }
        let goes_on = self.is_after_seen(item);
        (overlaps && is_first && goes_on && line.indent < 4 && self.has_style(style) && words.len() <= 14)
            .then_some(item)
    }

    /// Counts a question that was recognized by its text.
    fn count(&mut self, style: Style) {
        *self.styles.entry(style).or_default() += 1;
        self.answers.by_text += 1;
    }

    /// Returns true if questions are marked in this style, as far as is known.
    fn has_style(&self, style: Style) -> bool {
        self.usual.is_empty() || self.usual.contains_key(&style)
    }

    /// Returns true if questions are marked otherwise in this report. Answers have text and lists,
    /// too, that can be like a question.
    fn is_unusual(&self, style: Style) -> bool {
        let of = |style: Style| self.usual.get(&style).copied().unwrap_or_default();
        let most = self.usual.values().copied().max().unwrap_or_default();
        matches!(style, Style::Plain | Style::Number) && of(style) * 4 < most
    }

    /// Returns the question with a number in a report without titles of parts.
    fn numbered_without_part(&self, number: u32) -> Option<usize> {
        let mut part = self.last_part;
        let item = self.sheet.item(part, number);
        if item.is_some_and(|item| self.seen.contains(&item) && self.current != Some(item)) {
            part += 1;
        }
        // Numbers may go on over all parts.
        self.sheet.item(part, number).or_else(|| self.sheet.running(number))
    }

    /// Returns true if the number of an item is higher than those of its part that were read.
    fn is_after_seen(&self, item: usize) -> bool {
        let (part, number) = (self.sheet.part_of(item), self.sheet.number(item));
        let others = self.seen.iter().filter(|seen| self.sheet.part_of(**seen) == part);
        others.map(|seen| self.sheet.number(*seen)).all(|seen| seen < number)
    }

    /// Returns true if a heading is below that of another question, so that it divides its answer.
    fn is_sub_heading(&self, line: &Line, item: usize) -> bool {
        let LineKind::Heading(level) = line.kind else { return false };
        self.current.is_some_and(|current| current != item) && self.level.is_some_and(|own| level > own)
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, ':' | '.' | '?' | '!' | ';' | '-' | '–' | '—' | '>' | '=' | BOLD_END | '|' | '*' | '"')
}

/// Returns the ends of the beginnings of a line that can be a question: at signs, and the whole.
fn prefixes(text: &str) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let next = text.get(at + c.len_utf8()..).and_then(|text| text.chars().next()).unwrap_or(' ');
        let is_end = matches!(c, ':' | '?' | '!' | ';' | BOLD_END)
            || c == '.' && (next.is_whitespace() || next == BOLD_END)
            || matches!(c, '-' | '–' | '—' | '=' | '>') && before.is_whitespace() && next.is_whitespace();
        if is_end && at > 0 && ends.len() < 12 {
            ends.push(at);
        }
        before = c;
    }
    ends.push(text.len());
    ends
}
