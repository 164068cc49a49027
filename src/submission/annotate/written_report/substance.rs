//! Whether a text says something: labels, captions, placeholders, and texts of the course do not.

mod excuses;
mod short;

use std::collections::HashSet;

use super::words::all_words;

/// Minimum number of words and letters of an answer.
const MIN_WORDS: usize = 2;
const MIN_LETTERS: usize = 8;
/// Maximum number of words of a label, such as "Print of the screen:".
const MAX_LABEL_WORDS: usize = 4;
/// Maximum number of different lines of the course that are compared by likeness.
const MAX_TEMPLATE_LINES: usize = 2_000;
/// Maximum number of words in which a line may differ from one of the course, as 1 in N.
const LIKENESS: usize = 7;

/// Words before an answer.
const ANSWER_LABELS: [&str; 11] = [
    "resposta",
    "respostas",
    "resp",
    "answer",
    "answers",
    "r",
    "a",
    "solucao",
    "solution",
    "explicacao",
    "explanation",
];
/// Words before a picture or code.
const PICTURE_LABELS: [&str; 20] = [
    "print",
    "prints",
    "tela",
    "captura",
    "capturas",
    "imagem",
    "imagens",
    "image",
    "images",
    "screenshot",
    "screenshots",
    "evidencia",
    "evidencias",
    "evidence",
    "figura",
    "figure",
    "foto",
    "fotos",
    "codigo",
    "code",
];
/// Returns true if a word stands before an answer or a picture.
fn is_label_word(word: &str) -> bool {
    ANSWER_LABELS.contains(&word) || PICTURE_LABELS.contains(&word)
}

/// Words that only point at a picture or begin a label.
const POINTERS: [&str; 64] = [
    "segue",
    "seguem",
    "abaixo",
    "acima",
    "veja",
    "ver",
    "conforme",
    "a",
    "o",
    "as",
    "os",
    "da",
    "de",
    "do",
    "das",
    "dos",
    "na",
    "no",
    "em",
    "imagem",
    "imagens",
    "print",
    "prints",
    "tela",
    "telas",
    "captura",
    "capturas",
    "figura",
    "figuras",
    "foto",
    "fotos",
    "anexo",
    "anexa",
    "mostra",
    "mostrada",
    "seguinte",
    "resposta",
    "see",
    "the",
    "below",
    "above",
    "image",
    "images",
    "picture",
    "pictures",
    "screenshot",
    "screenshots",
    "following",
    "shown",
    "in",
    "is",
    "of",
    "here",
    "aqui",
    "esta",
    "evidencia",
    "evidencias",
    "and",
    "arquivo",
    "arquivos",
    "file",
    "files",
    "anexado",
    "attached",
];
/// Beginnings of texts that promise an answer or excuse its absence.
const PLACEHOLDERS: [&str; 31] = [
    "todo",
    "to do",
    "tbd",
    "wip",
    "fixme",
    "a fazer",
    "fazer depois",
    "falta fazer",
    "falta responder",
    "pendente",
    "em breve",
    "em construcao",
    "em andamento",
    "coming soon",
    "nao fiz",
    "nao feito",
    "nao feita",
    "nao respond",
    "sem resposta",
    "nao consegui",
    "ainda nao",
    "not done",
    "not yet",
    "no answer",
    "escreva aqui",
    "sua resposta aqui",
    "your answer here",
    "write your answer",
    "coloque aqui",
    "responda aqui",
    "lorem ipsum",
];

/// The texts that the course provides.
#[derive(Debug, Default)]
pub(super) struct Template {
    lines: HashSet<String>,
    /// The words of each line, for comparison by likeness.
    words: Vec<Vec<String>>,
}

impl Template {
    /// Adds a text of the course.
    pub(super) fn add(&mut self, text: &str) {
        for line in text.lines() {
            let words = all_words(line);
            if !words.is_empty() && self.words.len() < MAX_TEMPLATE_LINES && self.lines.insert(words.join(" ")) {
                self.words.push(words);
            }
        }
    }

    /// Returns true if a line is one of the course's, or nearly so.
    pub(super) fn has(&self, line: &str) -> bool {
        let words = all_words(line);
        if words.is_empty() || self.lines.contains(&words.join(" ")) {
            return true;
        }
        // A few words can be alike by chance.
        let may_differ = words.len() / LIKENESS;
        may_differ > 0
            && self
                .words
                .iter()
                .any(|own| own.len().abs_diff(words.len()) <= may_differ && differ_by(own, &words) <= may_differ)
    }

    /// Returns true if at least four of five lines of code are the course's.
    pub(super) fn has_code(&self, code: &str) -> bool {
        let lines = code.lines().filter(|line| line.chars().any(char::is_alphanumeric));
        let (mut total, mut own) = (0_usize, 0_usize);
        for line in lines {
            total += 1;
            own += usize::from(self.lines.contains(&all_words(line).join(" ")));
        }
        own * 5 >= total * 4
    }
}

/// Returns the number of words of one line that are not in the other, the larger of both
/// directions.
fn differ_by(a: &[String], b: &[String]) -> usize {
    let missing = |a: &[String], b: &[String]| a.iter().filter(|word| !b.contains(word)).count();
    missing(a, b).max(missing(b, a))
}

/// Removes a label such as "Resposta:" from the beginning of a text.
pub(super) fn without_label(text: &str) -> &str {
    let start = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = start.find(|c: char| !c.is_alphabetic()).unwrap_or(start.len());
    let is_label =
        start.get(..end).is_some_and(|word| all_words(word).iter().any(|word| ANSWER_LABELS.contains(&word.as_str())));
    let rest = start.get(end..).unwrap_or_default();
    // "Resposta 1:", "R:", "R -": a sign is needed, since "A" is also an article.
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c.is_ascii_digit());
    match rest.strip_prefix([':', ')', '.', '-', '–', '=', super::inline::BOLD_END]) {
        Some(rest) if is_label => rest.trim_start_matches(|c: char| !c.is_alphanumeric()),
        _ => text,
    }
}

/// Returns true if a heading or bold text only announces an answer or a picture.
pub(super) fn is_label(text: &str) -> bool {
    let words = all_words(text);
    let is_number = |word: &String| word.chars().all(|c| c.is_ascii_digit());
    let known = |word: &String| is_label_word(word) || POINTERS.contains(&word.as_str()) || is_number(word);
    words.iter().any(|word| is_label_word(word))
        && words.len() <= 2 * MAX_LABEL_WORDS
        && (words.iter().all(known)
            || words.first().is_some_and(|word| word.len() > 1 && is_label_word(word)) && words.len() <= 3)
}

/// Returns true if a label announces an answer in words.
pub(super) fn is_answer_label(text: &str) -> bool {
    all_words(text)
        .first()
        .is_some_and(|word| ["resposta", "respostas", "resp", "answer", "answers", "r"].contains(&word.as_str()))
}

/// Returns true if a text is an answer, or part of one: more than a label, a caption, a
/// placeholder, a question or the name of a file.
pub(super) fn says_something(text: &str) -> bool {
    let text = without_label(text).trim();
    if short::is_short_answer(text) {
        return true;
    }
    let words = all_words(&without_addresses(text));
    let joined = words.join(" ");
    let letters = joined.chars().filter(|c| c.is_alphabetic()).count();
    let has_words = words.iter().filter(|word| word.chars().any(char::is_alphabetic)).count() >= MIN_WORDS;
    let is_placeholder = PLACEHOLDERS.iter().any(|start| joined.starts_with(start)) && words.len() <= 8;
    let only_points = words.iter().all(|word| POINTERS.contains(&word.as_str()));
    let all = all_words(text);
    let is_excuse = excuses::is_excuse(&all) || excuses::is_credit(text, &all);
    has_words
        && letters >= MIN_LETTERS
        && !is_placeholder
        && !is_excuse
        && !only_points
        && !is_caption(text, &words)
        && !text.ends_with('?')
        && !(text.ends_with(':') && words.len() <= MAX_LABEL_WORDS)
}

/// Returns true for the caption of a picture: "Figura 1: …".
fn is_caption(text: &str, words: &[String]) -> bool {
    let begins = ["figura", "fig", "figure", "imagem", "image", "print", "foto", "tela", "screenshot"];
    let first = words.first().is_some_and(|word| begins.contains(&word.as_str()));
    let second = words.get(1).is_some_and(|word| word.len() <= 2 && word.chars().all(|c| c.is_ascii_digit()));
    let only_label = words.len() <= MAX_LABEL_WORDS && is_label(text);
    first && second && words.len() <= 20 || only_label
}

/// Returns a text without addresses of the web and names of files.
fn without_addresses(text: &str) -> String {
    let is_address = |word: &&str| word.contains("://") || word.starts_with("www.") || short::is_file_name(word);
    let words = text.split_whitespace().filter(|word| !is_address(word));
    words.collect::<Vec<_>>().join(" ")
}

/// Returns true if code has comments that explain it.
pub(super) fn has_comments(code: &str) -> bool {
    let comment = |line: &str| {
        let line = line.trim_start();
        let after =
            ["#", "//", "--", "/*"].iter().filter_map(|sign| line.split_once(sign).map(|(_, text)| text)).next()?;
        (!after.starts_with("include") && !after.contains("://")).then(|| all_words(after).len())
    };
    code.lines().filter_map(comment).filter(|words| *words >= 4).count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_say_something() {
        for text in [
            "É um eco: tudo volta.",
            "R: O bind prende a porta",
            "Bind: escolhe a porta.",
            "A porta muda",
            "TCP confirma",
        ] {
            assert!(says_something(text), "{text}");
        }
    }

    #[test]
    fn labels_captions_and_placeholders_say_nothing() {
        let empty = [
            "TODO",
            "TODO: explicar",
            "resposta:",
            "Resposta 1:",
            "Print da tela:",
            "Figura 2: o servidor em execução",
            "Segue o print abaixo",
            "https://exemplo.org/uma/imagem muito",
            "O que é bind?",
            "Servidor",
            "Não consegui fazer",
            "...",
            "",
            "**",
            "Servidor e cliente:",
            "Imagem:",
            "A ser",
            "12 34 56",
        ];
        for text in empty {
            assert!(!says_something(text), "{text}");
        }
    }

    #[test]
    fn labels_are_recognized() {
        for text in ["Resposta", "Resposta 1:", "Print da tela:", "Print Screem:", "Imagens", "Answer"] {
            assert!(is_label(text), "{text}");
        }
        for text in ["Servidor UDP", "Wireshark", "Respostas que o servidor envia ao cliente", ""] {
            assert!(!is_label(text), "{text}");
        }
        assert_eq!(without_label("Resposta: sim"), "sim");
        assert_eq!(without_label("A porta: muda"), "A porta: muda");
    }

    #[test]
    fn texts_of_the_course_are_recognized_by_likeness() {
        let mut template = Template::default();
        template.add("Documente com print e coloque aqui as respostas\nconn.close()\nimport socket\nx = 1\ny = 2\n");
        assert!(template.has("documente com PRINT e coloque aqui as respostas!"));
        assert!(template.has("Documente com prints e coloque aqui as respostas"));
        assert!(!template.has("Documente com print a porta"));
        assert!(template.has_code("import socket\nx = 1\ny = 2\nz = 3\nconn.close()"));
        assert!(!template.has_code("import socket\nz = 3"));
    }

    #[test]
    fn comments_explain_code() {
        assert!(has_comments("s.listen()  # agora o socket espera\nc = s.accept() // tira um da fila"));
        assert!(!has_comments("# echo-client.py\nimport socket\n#include <stdio.h> // a b c d"));
    }
}
