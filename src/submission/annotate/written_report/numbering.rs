//! The number before a question, in the many ways in which students write it.

/// The number of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    /// True if a word such as "Question" is before it.
    pub(super) has_word: bool,
    /// The number of the part, as the 2 in `2.4`.
    pub(super) part: Option<u32>,
    /// The number.
    pub(super) number: u32,
}

/// Words before a number that announce steps, too.
const STEP_WORDS: [&str; 7] = ["passo", "step", "etapa", "ponto", "numero", "topico", "problema"];

/// Returns true if a text begins with a word that only questions have before their number.
pub(super) fn has_clear_word(text: &str) -> bool {
    let start = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = start.find(|c: char| !c.is_alphabetic()).unwrap_or(start.len());
    let word = super::words::all_words(start.get(..end).unwrap_or_default()).into_iter().next().unwrap_or_default();
    QUESTION_WORDS.contains(&word.as_str()) && !STEP_WORDS.contains(&word.as_str())
}

/// Words before a number, without accents.
const QUESTION_WORDS: [&str; 21] = [
    "questao",
    "question",
    "pergunta",
    "item",
    "exercicio",
    "exercise",
    "atividade",
    "tarefa",
    "task",
    "problema",
    "problem",
    "quesito",
    "passo",
    "step",
    "topico",
    "etapa",
    "q",
    "p",
    "ex",
    "ponto",
    "numero",
];

/// Returns the length in bytes of the word at the beginning that announces a number.
fn question_word(text: &str) -> Option<usize> {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let word = text.get(..end)?;
    let plain = super::words::all_words(word);
    (!word.is_empty() && plain.iter().any(|word| QUESTION_WORDS.contains(&word.as_str()))).then_some(end)
}

/// Parses digits at the beginning, of which there are at most two: returns the number and the rest.
fn digits(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number = text.get(..end).filter(|digits| matches!(digits.len(), 1 | 2))?.parse().ok()?;
    Some((number, text.get(end..)?))
}

/// Removes signs that separate a number from its text.
fn after_separator(text: &str) -> &str {
    text.trim_start_matches(|c: char| {
        c.is_whitespace()
            || matches!(c, ')' | '.' | ':' | '-' | '–' | '—' | 'º' | 'ª' | '°' | ']' | '/' | ',' | '|')
            || c == super::inline::BOLD_END
    })
}

/// Parses the number at the beginning of a text: returns it, and the text after it.
pub(super) fn parse(text: &str) -> Option<(Number, &str)> {
    let start = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let word = question_word(start);
    let mut rest = start.get(word.unwrap_or(0)..)?;
    if word.is_some() {
        rest = rest
            .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ':' | '-' | '#' | 'º' | '°' | '('));
        rest = ["nº", "n°", "n.", "no."].iter().find_map(|sign| rest.strip_prefix(sign)).unwrap_or(rest).trim_start();
    }
    let (first, mut after) = digits(rest)?;
    let (mut part, mut number) = (None, first);
    if let Some((second, further)) = after.strip_prefix('.').and_then(digits) {
        if further.starts_with('.')
            && further.get(1..).is_some_and(|text| text.starts_with(|c: char| c.is_ascii_digit()))
        {
            // An address, or the version of a program.
            return None;
        }
        (part, number, after) = (Some(first), second, further);
    }
    let is_separated = after.trim_start().is_empty()
        || after.starts_with([')', '.', ':', ']', 'º', 'ª', '°', '/', '|', '–', '—'])
        || after.trim_start().starts_with(['-', '–', '—', ')', ':', '|', '.'])
        || after.starts_with(['-', super::inline::BOLD_END])
        || word.is_some() && after.starts_with([' ', ','])
        || part.is_some() && after.starts_with(' ');
    // "1.5 s" and "1,024" are quantities.
    if !is_separated || after.starts_with(',') && word.is_none() {
        return None;
    }
    let mut text = after_separator(after);
    let mut has_word = word.is_some();
    // "1ª questão".
    if let Some(end) = question_word(text).filter(|end| *end > 2) {
        text = after_separator(text.get(end..)?);
        has_word = true;
    }
    Some((Number { has_word, part, number }, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<(bool, Option<u32>, u32, String)> {
        parse(text).map(|(number, rest)| (number.has_word, number.part, number.number, rest.to_owned()))
    }

    #[test]
    fn numbers_are_parsed_in_all_styles() {
        for text in
            ["1) Servidor", "1. Servidor", "1 - Servidor", "1.Servidor", "(1) Servidor", "1º Servidor", "01) Servidor"]
        {
            assert_eq!(parsed(text), Some((false, None, 1, "Servidor".to_owned())), "{text}");
        }
        for text in [
            "Questão 1: Servidor",
            "Q1: Servidor",
            "QUESTÃO 1 – Servidor",
            "Item nº 1 Servidor",
            "1ª questão: Servidor",
        ] {
            assert_eq!(parsed(text), Some((true, None, 1, "Servidor".to_owned())), "{text}");
        }
        assert_eq!(parsed("2.4 Pacotes"), Some((false, Some(2), 4, "Pacotes".to_owned())));
        assert_eq!(parsed("Question 3"), Some((true, None, 3, String::new())));
        assert_eq!(parsed("12"), Some((false, None, 12, String::new())));
    }

    #[test]
    fn quantities_and_addresses_are_not_numbers_of_questions() {
        for text in
            ["2024 foi um ano", "65432: porta", "3D", "127.0.0.1: o endereço", "3 pacotes", "Introdução", "", "1,5 s"]
        {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
