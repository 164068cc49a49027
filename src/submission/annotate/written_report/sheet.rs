//! The questions of a lab as its students know them, ready to be compared with lines of a report.

use super::likeness::{Likeness, LineWords, Phrase, Vocabulary};
use super::substance::Template;
use super::words::{all_words, content_words};
use crate::model::LocalizedText;
use crate::scenario::lab::Lab;

/// Returns a text of the lab's author in each language.
fn both(text: Option<&LocalizedText>) -> impl Iterator<Item = String> + use<> {
    let texts = match text {
        Some(LocalizedText::Plain(text)) => vec![text.clone()],
        Some(LocalizedText::ByLanguage(both)) => vec![both.en.clone(), both.pt.clone()],
        None => Vec::new(),
    };
    texts.into_iter()
}

/// Minimum weight of the words that a numbered line must share with its question.
const MIN_SHARED_WEIGHT: f32 = 0.55;
/// Words of titles that do not say which part they name.
const FILLERS: [&str; 22] = [
    "parte",
    "part",
    "secao",
    "section",
    "etapa",
    "laboratorio",
    "lab",
    "atividade",
    "tarefa",
    "capitulo",
    "chapter",
    "topico",
    "experimento",
    "questao",
    "questoes",
    "question",
    "questions",
    "item",
    "itens",
    "exercicio",
    "exercicios",
    "perguntas",
];

/// An item of the lab.
#[derive(Debug)]
pub(super) struct SheetItem {
    /// Its id.
    pub(super) id: String,
    /// The index of its part.
    pub(super) part: usize,
    /// Its number in the part.
    pub(super) number: Option<u32>,
    /// True if code answers it.
    pub(super) takes_code: bool,
    phrases: Vec<Phrase>,
}

/// A part of the lab: the items of a role.
#[derive(Debug)]
pub(super) struct SheetPart {
    titles: Vec<Phrase>,
    words: Vec<u16>,
}

/// The texts of an item.
#[derive(Debug, Clone, Default)]
pub(super) struct ItemTexts {
    pub(super) id: String,
    pub(super) texts: Vec<String>,
    pub(super) takes_code: bool,
}

/// The texts of a lab.
#[derive(Debug, Clone, Default)]
pub(super) struct SheetTexts {
    /// The items in the order of the lab.
    pub(super) items: Vec<ItemTexts>,
    /// The titles of each part, by its name.
    pub(super) parts: Vec<(String, Vec<String>)>,
    /// Groups of words with the same meaning.
    pub(super) synonyms: Vec<Vec<String>>,
}

/// A comparison of a line with the question of an item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Match {
    pub(super) item: usize,
    pub(super) likeness: Likeness,
    /// True if the text of the question is a single word, such as "Bind".
    pub(super) is_keyword: bool,
}

/// The questions of a lab.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) items: Vec<SheetItem>,
    pub(super) parts: Vec<SheetPart>,
    pub(super) template: Template,
    /// The words of the titles of all parts.
    title_words: Vec<u16>,
    vocabulary: Vocabulary,
}

impl Sheet {
    /// Prepares the texts of a lab: those of its section `written`, and the titles of its items and
    /// roles.
    pub(super) fn of_lab(lab: &Lab) -> Self {
        let section = &lab.written.section;
        let items = lab.items().map(|(_, item)| ItemTexts {
            id: item.id.to_string(),
            texts: both(item.title.as_ref())
                .chain(section.questions.get(&item.id).into_iter().flatten().cloned())
                .collect(),
            takes_code: section.code.contains(&item.id),
        });
        let items: Vec<ItemTexts> = items.collect();
        // The order of the parts is that of their first items.
        let mut names: Vec<String> = Vec::new();
        for item in &items {
            let name = item.id.rsplit_once('.').map_or(item.id.as_str(), |(part, _)| part).to_owned();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let parts = names.into_iter().map(|name| {
            let role = lab.roles.iter().find(|(role, _)| role.as_str() == name);
            let titles = both(role.and_then(|(_, entry)| entry.title.as_ref()));
            let own = role.and_then(|(role, _)| section.parts.get(role)).into_iter().flatten().cloned();
            let titles = titles.chain(own).chain([name.replace(['-', '_'], " ")]).collect();
            (name, titles)
        });
        let mut sheet = Self::new(&SheetTexts { parts: parts.collect(), items, synonyms: section.synonyms.clone() });
        for text in &lab.written.texts {
            sheet.template.add(text);
        }
        sheet
    }

    /// Prepares the texts of a lab.
    pub(super) fn new(texts: &SheetTexts) -> Self {
        let mut groups: Vec<Vec<&str>> =
            texts.items.iter().map(|item| item.texts.iter().map(String::as_str).collect()).collect();
        groups.extend(texts.parts.iter().map(|(_, titles)| titles.iter().map(String::as_str).collect()));
        let vocabulary = Vocabulary::new(&groups, &texts.synonyms);
        let phrases = |texts: &[String]| -> Vec<Phrase> {
            texts.iter().map(|text| vocabulary.phrase(text)).filter(|phrase| phrase.len() > 0).collect()
        };
        let parts = texts.parts.iter().map(|(_, titles)| {
            let titles = phrases(titles);
            SheetPart { words: Vocabulary::words_of(&titles), titles }
        });
        let parts: Vec<SheetPart> = parts.collect();
        let items = texts.items.iter().map(|item| {
            let (part, number) = item.id.rsplit_once('.').unwrap_or((&item.id, ""));
            SheetItem {
                id: item.id.to_lowercase(),
                part: texts.parts.iter().position(|(name, _)| name == part).unwrap_or(usize::MAX),
                number: number.parse().ok(),
                takes_code: item.takes_code,
                phrases: phrases(&item.texts),
            }
        });
        let items = items.collect();
        let title_words = parts.iter().flat_map(|part| part.words.iter().copied()).collect();
        Self { items, parts, template: Template::default(), title_words, vocabulary }
    }

    /// Returns the words of a line.
    pub(super) fn words(&mut self, text: &str) -> LineWords {
        self.vocabulary.line(text)
    }

    /// Compares a line with the questions of all items: the best one or two texts of each.
    pub(super) fn matches(&self, line: &LineWords) -> Vec<Match> {
        let mut all = Vec::new();
        if line.is_foreign() {
            return all;
        }
        for (k, item) in self.items.iter().enumerate() {
            let neutral = self.parts.get(item.part).map(|part| part.words.as_slice()).unwrap_or_default();
            let mut found = Vec::new();
            for phrase in &item.phrases {
                let likeness = self.vocabulary.likeness(line, phrase, neutral);
                let is_keyword = phrase.len() == 1;
                let is_full = likeness.precision > 0.99 && likeness.recall > 0.99;
                if likeness.precision > 0.0 && (!is_keyword || is_full) {
                    found.push(Match { item: k, likeness, is_keyword });
                }
            }
            // A long question that was shortened has a low share of the phrase, but a high one of
            // the line.
            let by = |rate: fn(&Likeness) -> f32| {
                found.iter().copied().max_by(|a, b| rate(&a.likeness).total_cmp(&rate(&b.likeness)))
            };
            let best = by(|one| one.mean());
            all.extend(best);
            all.extend(by(|one| 2.0 * one.precision + one.recall).filter(|other| Some(*other) != best));
        }
        all
    }

    /// Returns the index of the part of an item.
    pub(super) fn part_of(&self, item: usize) -> Option<usize> {
        self.items.get(item).map(|item| item.part)
    }

    /// Returns the number of an item in its part.
    pub(super) fn number(&self, item: usize) -> Option<u32> {
        self.items.get(item)?.number
    }

    /// Returns the item with a number in a part.
    pub(super) fn item(&self, part: usize, number: u32) -> Option<usize> {
        self.items.iter().position(|item| item.part == part && item.number == Some(number))
    }

    /// Returns true if a text shares a word with the question of an item that tells it from others.
    pub(super) fn is_about(&mut self, text: &str, item: usize) -> bool {
        let line = self.words(text);
        let part = self.part_of(item);
        let shared = |item: &SheetItem| {
            let weights = item.phrases.iter().map(|phrase| self.vocabulary.shared_weight(&line, phrase));
            weights.fold(0.0, f32::max)
        };
        let own = self.items.get(item).map_or(0.0, shared);
        let of_others = self.items.iter().enumerate().filter(|(k, other)| *k != item && Some(other.part) == part);
        own >= MIN_SHARED_WEIGHT && of_others.map(|(_, other)| shared(other)).all(|other| other <= own + 0.01)
    }

    /// Returns how alike a text and the question of an item are.
    pub(super) fn likeness_to(&mut self, text: &str, item: usize) -> Likeness {
        let line = self.words(text);
        let Some(item) = self.items.get(item) else { return Likeness::default() };
        let neutral = self.parts.get(item.part).map(|part| part.words.as_slice()).unwrap_or_default();
        let all = item.phrases.iter().map(|phrase| self.vocabulary.likeness(&line, phrase, neutral));
        all.max_by(|a, b| a.mean().total_cmp(&b.mean())).unwrap_or_default()
    }

    /// Returns the number of items of a part.
    pub(super) fn count(&self, part: usize) -> u32 {
        let count = self.items.iter().filter(|item| item.part == part && item.number.is_some()).count();
        count.try_into().unwrap_or(u32::MAX)
    }

    /// Returns the item with a number that runs on over all parts, from 1.
    pub(super) fn running(&self, number: u32) -> Option<usize> {
        let mut all: Vec<usize> = (0..self.items.len()).collect();
        all.sort_by_key(|item| self.items.get(*item).map(|item| (item.part, item.number)));
        all.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
    }

    /// Returns the item with a number in a part: its number there, or one that runs on over all
    /// parts.
    pub(super) fn item_or_running(&self, part: usize, number: u32) -> Option<usize> {
        self.item(part, number).or_else(|| self.running(number).filter(|item| self.part_of(*item) == Some(part)))
    }

    /// Returns true if a line has a word of the question of an item that no title of a part has.
    pub(super) fn has_own_word(&self, line: &LineWords, item: usize) -> bool {
        let Some(item) = self.items.get(item) else { return false };
        item.phrases.iter().any(|phrase| self.vocabulary.shares_other(line, phrase, &self.title_words))
    }

    /// Returns true if a text only repeats the question of an item.
    pub(super) fn repeats(&mut self, text: &str, item: usize) -> bool {
        let line = self.words(text);
        let Some(item) = self.items.get(item) else { return false };
        line.len() > 0
            && item.phrases.iter().any(|phrase| {
                let likeness = self.vocabulary.likeness(&line, phrase, &[]);
                likeness.precision >= 0.9 && (likeness.recall >= 0.3 || line.len() >= 2) && phrase.len() > 1
            })
    }

    /// Returns true if a title has a word such as "Part".
    pub(super) fn has_part_word(text: &str) -> bool {
        all_words(text).first().is_some_and(|word| FILLERS.contains(&word.as_str()))
    }

    /// Returns the part that a title names, how alike they are, and the title's number of words.
    pub(super) fn title(&mut self, text: &str) -> Option<(usize, f32, usize)> {
        let without_number = super::numbering::parse(text.trim()).map_or(text, |(_, rest)| rest);
        let words: Vec<String> = all_words(without_number)
            .into_iter()
            .filter(|word| !FILLERS.contains(&word.as_str()) && !word.chars().all(|c| c.is_ascii_digit()))
            .collect();
        let line = self.words(&words.join(" "));
        if line.is_foreign() {
            return None;
        }
        let mut best: Option<(usize, f32)> = None;
        for (k, part) in self.parts.iter().enumerate() {
            let scores = part.titles.iter().map(|title| self.vocabulary.likeness(&line, title, &[]).mean());
            let score = scores.fold(0.0, f32::max);
            if score > best.map_or(0.0, |(_, best)| best + 0.01) {
                best = Some((k, score));
            }
        }
        best.map(|(part, score)| (part, score, line.len()))
    }

    /// Returns the part whose whole title a text contains.
    pub(super) fn mentioned_part(&self, text: &str) -> Option<usize> {
        let words = content_words(text);
        let line = LineWords::of(&self.vocabulary, &words);
        let mut best: Option<(usize, f32)> = None;
        for (k, part) in self.parts.iter().enumerate() {
            for title in part.titles.iter().filter(|title| title.len() >= 2) {
                let weight = self.vocabulary.shared_weight(&line, title);
                let is_whole = self.vocabulary.weight_of(title) <= weight + 0.01;
                if is_whole && weight > best.map_or(0.0, |(_, best)| best + 0.01) {
                    best = Some((k, weight));
                }
            }
        }
        best.map(|(part, _)| part)
    }
}
