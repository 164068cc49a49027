//! How alike a line of a report and a text of the lab are: by their words, and the words' order.

use std::collections::{BTreeMap, HashMap};

use super::words::{content_words, same_word};

/// Weight of a word that no text of the lab has.
const UNKNOWN_WEIGHT: f32 = 0.8;
/// Maximum number of different words that are looked up by likeness. Reports have about a thousand.
const MAX_REMEMBERED: usize = 10_000;
/// Minimum share of a phrase in a line, below which both are not compared further.
const MIN_SHARE: f32 = 0.18;

/// A word of the lab, by its number.
type WordId = u16;

/// A text of the lab.
#[derive(Debug, Clone)]
pub(super) struct Phrase {
    words: Vec<WordId>,
    /// Its words as written, to compare templates.
    weight: f32,
}

impl Phrase {
    /// Returns the number of words.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }
}

/// A line of a report: for each word, the words of the lab that it can be.
#[derive(Debug, Clone, Default)]
pub(super) struct LineWords(Vec<Vec<WordId>>);

impl LineWords {
    /// Looks words up that are not remembered.
    pub(super) fn of(vocabulary: &Vocabulary, words: &[String]) -> Self {
        Self(words.iter().map(|word| vocabulary.ids(word)).collect())
    }

    /// Returns the number of words.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns true if no word can be one of the lab.
    pub(super) fn is_foreign(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }
}

/// How much of a line is in a phrase, and of the phrase in the line: 0 to 1 by weight.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Likeness {
    /// The share of the line.
    pub(super) precision: f32,
    /// The share of the phrase.
    pub(super) recall: f32,
}

impl Likeness {
    /// Returns one number for both shares: their harmonic mean.
    pub(super) fn mean(self) -> f32 {
        let sum = self.precision + self.recall;
        if sum > 0.0 { 2.0 * self.precision * self.recall / sum } else { 0.0 }
    }
}

/// The words of a lab's texts.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// Forms of each word: it and its synonyms.
    forms: Vec<Vec<String>>,
    /// Weight of each word: words of few items weigh more.
    weights: Vec<f32>,
    /// Words of reports that were looked up.
    known: HashMap<String, Vec<WordId>>,
}

impl Vocabulary {
    /// Collects the words of texts. Each group has the texts of one item or part.
    pub(super) fn new(groups: &[Vec<&str>], synonyms: &[Vec<String>]) -> Self {
        let mut all = Self::default();
        for group in synonyms {
            all.forms.push(group.iter().flat_map(|word| content_words(word)).collect());
        }
        let mut counts: BTreeMap<WordId, usize> = BTreeMap::new();
        for group in groups {
            let mut ids: Vec<WordId> = Vec::new();
            for word in group.iter().flat_map(|text| content_words(text)) {
                let id = all.exact(&word).or_else(|| all.add(&word));
                ids.extend(id.filter(|id| !ids.contains(id)));
            }
            for id in ids {
                *counts.entry(id).or_default() += 1;
            }
        }
        let total = groups.len().max(2) as f32;
        for id in 0..all.forms.len() {
            let count = WordId::try_from(id).ok().and_then(|id| counts.get(&id)).copied().unwrap_or(1).max(1) as f32;
            all.weights.push(0.3 + (total / count).ln() / total.ln());
        }
        all
    }

    /// Returns the number of a word that is a form of another one.
    fn exact(&self, word: &str) -> Option<WordId> {
        let at = self.forms.iter().position(|forms| forms.iter().any(|form| form == word));
        let similar = || self.forms.iter().position(|forms| forms.iter().any(|form| same_word(form, word)));
        at.or_else(similar).and_then(|at| at.try_into().ok())
    }

    fn add(&mut self, word: &str) -> Option<WordId> {
        let id = self.forms.len().try_into().ok()?;
        self.forms.push(vec![word.to_owned()]);
        Some(id)
    }

    fn weight(&self, id: WordId) -> f32 {
        self.weights.get(usize::from(id)).copied().unwrap_or(UNKNOWN_WEIGHT)
    }

    /// Returns a text of the lab as a phrase.
    pub(super) fn phrase(&self, text: &str) -> Phrase {
        let mut words: Vec<WordId> = content_words(text).iter().filter_map(|word| self.exact(word)).collect();
        // "Servidor TCP: o servidor …": said twice is said once.
        let mut seen = Vec::new();
        words.retain(|id| {
            !seen.contains(id) && {
                seen.push(*id);
                true
            }
        });
        let weight = words.iter().map(|id| self.weight(*id)).sum();
        Phrase { words, weight }
    }

    /// Returns the words of a line.
    pub(super) fn line(&mut self, text: &str) -> LineWords {
        LineWords(content_words(text).into_iter().map(|word| self.look_up(word)).collect())
    }

    fn look_up(&mut self, word: String) -> Vec<WordId> {
        if let Some(known) = self.known.get(&word) {
            return known.clone();
        }
        if self.known.len() >= MAX_REMEMBERED {
            return Vec::new();
        }
        let found = self.ids(&word);
        self.known.insert(word, found.clone());
        found
    }

    /// Returns the words of the lab that a word can be.
    fn ids(&self, word: &str) -> Vec<WordId> {
        let has = |forms: &&Vec<String>, by: &dyn Fn(&str) -> bool| forms.iter().any(|form| by(form));
        let ids = |by: &dyn Fn(&str) -> bool| -> Vec<WordId> {
            let all = self.forms.iter().enumerate().filter(|(_, forms)| has(forms, by));
            all.filter_map(|(id, _)| id.try_into().ok()).take(4).collect()
        };
        let exact = ids(&|form| form == word);
        // Errors in the first letter are rare, and comparing all words is slow.
        let first = word.chars().next();
        let is_same = |form: &str| form.chars().next() == first && same_word(form, word);
        if exact.is_empty() { ids(&is_same) } else { exact }
    }

    /// Compares a line with a phrase. Words of the line that are in `neutral` do not count if they
    /// are not in the phrase.
    pub(super) fn likeness(&self, line: &LineWords, phrase: &Phrase, neutral: &[WordId]) -> Likeness {
        if self.shared_weight(line, phrase) < MIN_SHARE * phrase.weight {
            return Likeness::default();
        }
        let mut left = phrase.words.clone();
        // The position in the phrase of each word of the line that is in it.
        let mut positions = Vec::new();
        let (mut total, mut matched) = (0.0, 0.0);
        for ids in &line.0 {
            let found = left.iter().position(|id| ids.contains(id));
            if let Some(at) = found {
                let id = left.remove(at);
                positions.extend(phrase.words.iter().position(|one| *one == id));
                total += self.weight(id);
                matched += self.weight(id);
                continue;
            }
            let is_repeated = ids.iter().any(|id| phrase.words.contains(id));
            if !is_repeated && !ids.iter().any(|id| neutral.contains(id)) {
                total += ids.iter().map(|id| self.weight(*id)).fold(UNKNOWN_WEIGHT, f32::max);
            }
        }
        if positions.is_empty() || total <= 0.0 || phrase.weight <= 0.0 {
            return Likeness::default();
        }
        // Words in another order are worth less.
        let order = longest_ascent(&positions) as f32 / positions.len() as f32;
        let factor = 0.75 + 0.25 * order;
        Likeness { precision: matched / total * factor, recall: matched / phrase.weight * factor }
    }

    /// Returns the weight of all words of a phrase.
    pub(super) fn weight_of(&self, phrase: &Phrase) -> f32 {
        phrase.weight
    }

    /// Returns the weight of the words of a line that are in a phrase.
    pub(super) fn shared_weight(&self, line: &LineWords, phrase: &Phrase) -> f32 {
        let shared = phrase.words.iter().filter(|id| line.0.iter().any(|ids| ids.contains(id)));
        shared.map(|id| self.weight(*id)).sum()
    }

    /// Returns true if a line shares a word with a phrase that is not in `others`.
    pub(super) fn shares_other(&self, line: &LineWords, phrase: &Phrase, others: &[WordId]) -> bool {
        let is_own = |ids: &Vec<WordId>| {
            ids.iter().any(|id| phrase.words.contains(id)) && !ids.iter().any(|id| others.contains(id))
        };
        line.0.iter().any(is_own)
    }

    /// Returns the words of phrases.
    pub(super) fn words_of(phrases: &[Phrase]) -> Vec<WordId> {
        let mut all: Vec<WordId> = phrases.iter().flat_map(|phrase| phrase.words.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Returns the length of the longest ascending subsequence.
fn longest_ascent(values: &[usize]) -> usize {
    let mut tails: Vec<usize> = Vec::new();
    for value in values {
        let at = tails.partition_point(|tail| tail < value);
        match tails.get_mut(at) {
            Some(tail) => *tail = *value,
            None => tails.push(*value),
        }
    }
    tails.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_depends_on_words_and_order() {
        let texts =
            vec![vec!["Diferencie a conexão UDP de TCP"], vec!["Analise o código fonte"], vec!["Analise os pacotes"]];
        let mut all = Vocabulary::new(&texts, &[vec!["fonte".to_owned(), "source".to_owned()]]);
        let phrase = all.phrase("Analise o código fonte");
        let mut of = |text: &str| {
            let line = all.line(text);
            all.likeness(&line, &phrase, &[])
        };
        assert_eq!(of("ANALISE O CODIGO FONTE"), Likeness { precision: 1.0, recall: 1.0 });
        assert_eq!(of("Analisar o código source").recall, 1.0, "inflection, synonym");
        assert!(of("fonte código analise").mean() < 1.0, "another order");
        assert!(of("Analise o código fonte do programa que o colega escreveu ontem").precision < 0.7);
        assert_eq!(of("outra coisa"), Likeness::default());
        assert_eq!(of(""), Likeness::default());
    }

    #[test]
    fn ascents_are_counted() {
        assert_eq!((longest_ascent(&[0, 1, 2]), longest_ascent(&[2, 0, 1]), longest_ascent(&[])), (3, 2, 0));
    }
}
