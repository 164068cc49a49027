//! Words of a written report in a comparable form: lower case, without accents, and equal in spite
//! of typing errors and inflection.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Maximum number of words of a text that are compared.
pub(super) const MAX_WORDS: usize = 80;
/// Minimum length of two words of which one may be an inflection of the other, in characters.
const MIN_STEM: usize = 4;
/// Words that say nothing about the subject, in Portuguese and English.
const STOP_WORDS: [&str; 72] = [
    "a", "o", "as", "os", "um", "uma", "de", "do", "da", "dos", "das", "em", "no", "na", "nos", "nas", "e", "ou",
    "que", "para", "por", "pelo", "pela", "pelas", "pelos", "com", "se", "ao", "aos", "sua", "seu", "isso", "nao",
    "porque", "pq", "entre", "ele", "ela", "esteja", "mesma", "qual", "quais", "etc", "the", "of", "and", "or", "to",
    "in", "on", "at", "is", "are", "an", "with", "for", "your", "its", "it", "by", "from", "what", "why", "between",
    "that", "this", "be", "you", "do", "does", "s", "foi",
];

/// Returns the words of a text: lower case, without accents and punctuation.
pub(super) fn all_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            word.push(c);
        } else if !word.is_empty() {
            words.push(std::mem::take(&mut word));
            if words.len() >= 4 * MAX_WORDS {
                return words;
            }
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Returns the words of a text that can say something about its subject, at most [`MAX_WORDS`].
pub(super) fn content_words(text: &str) -> Vec<String> {
    let all = all_words(text).into_iter();
    all.filter(|word| !STOP_WORDS.contains(&word.as_str())).take(MAX_WORDS).collect()
}

/// Returns true if two words are the same in spite of a typing error or another ending.
pub(super) fn same_word(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (left, right) = (a.chars().count(), b.chars().count());
    let (short, long) = (left.min(right), left.max(right));
    if short < MIN_STEM || long > 40 || a.chars().any(|c| c.is_ascii_digit()) {
        return false;
    }
    let common = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    // "explique", "explicar": half of the longer word. "multi" begins "multicliente".
    if common >= MIN_STEM && (common * 2 > long || common == short && short > MIN_STEM) {
        return true;
    }
    let typos = if long >= 8 { 2 } else { 1 };
    long - short <= typos && short > MIN_STEM && strsim::osa_distance(a, b) <= typos
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_no_accents_and_no_case() {
        assert_eq!(all_words("CONEXÃO, à máquina—1"), ["conexao", "a", "maquina", "1"]);
        assert_eq!(content_words("Analise o código-fonte"), ["analise", "codigo", "fonte"]);
        assert_eq!(content_words(&"palavra ".repeat(10_000)).len(), MAX_WORDS);
    }

    #[test]
    fn inflections_and_typing_errors_are_the_same_word() {
        let same = [
            ("explicar", "explique"),
            ("analise", "analisar"),
            ("conexao", "conexoes"),
            ("diferencie", "diferenca"),
            ("servidor", "servdor"),
            ("wireshark", "whireshark"),
            ("wireshark", "wiresharck"),
            ("multi", "multiplas"),
            ("pacote", "pacotes"),
            ("porta", "port"),
        ];
        for (a, b) in same {
            assert!(same_word(a, b), "{a} {b}");
        }
        for (a, b) in [("tcp", "udp"), ("bind", "find"), ("porta", "pote"), ("colega", "coloca"), ("1024", "1025")] {
            assert!(!same_word(a, b), "{a} {b}");
        }
    }
}
