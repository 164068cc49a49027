//! Whether the text after the number of a question is the question or already the answer.

use super::runs::Planned;
use crate::submission::annotate::written_report::inline::BOLD_END;
use crate::submission::annotate::written_report::sheet::Sheet;
use crate::submission::annotate::written_report::words::all_words;

/// Maximum number of words of a question that is no sentence.
const MAX_TITLE_WORDS: usize = 6;
/// Maximum number of words of a question that only begins like one.
const MAX_QUESTION_WORDS: usize = 45;
/// Words at the beginning of a question: imperatives, infinitives, and words that ask.
const QUESTION_STARTS: [&str; 64] = [
    "subir",
    "suba",
    "inicie",
    "iniciar",
    "execute",
    "executar",
    "rode",
    "rodar",
    "analise",
    "analisar",
    "analyse",
    "analyze",
    "explique",
    "explicar",
    "diferencie",
    "diferenciar",
    "compare",
    "comparar",
    "verifique",
    "verificar",
    "demonstre",
    "demonstrar",
    "mostre",
    "mostrar",
    "descreva",
    "descrever",
    "comente",
    "comentar",
    "start",
    "run",
    "explain",
    "describe",
    "show",
    "check",
    "verify",
    "distinguish",
    "differentiate",
    "demonstrate",
    "change",
    "modifique",
    "modificar",
    "altere",
    "alterar",
    "filtre",
    "filtrar",
    "capture",
    "capturar",
    "observe",
    "observar",
    "identifique",
    "qual",
    "quais",
    "como",
    "por",
    "what",
    "why",
    "how",
    "which",
    "when",
    "quando",
    "onde",
    "where",
    "inspect",
    "cite",
];

/// Returns true if a text begins as a question does.
fn begins_as_question(words: &[String]) -> bool {
    let Some(first) = words.first() else { return false };
    let second = words.get(1).map(String::as_str).unwrap_or_default();
    match first.as_str() {
        "por" => second == "que",
        "o" => second == "que",
        first if QUESTION_STARTS.contains(&first) => true,
        // Typing errors: "esplique", but not "executei".
        first
            if first.len() >= 6
                && !["ei", "ou", "os", "ed", "iu", "eu", "do"].iter().any(|end| first.ends_with(end)) =>
        {
            // "Somente" is not "comente".
            let is_near = |start: &&str| {
                start.len() >= 6
                    && start.chars().next() == first.chars().next()
                    && strsim::osa_distance(start, first) <= 1
            };
            QUESTION_STARTS.iter().any(is_near)
        }
        _ => false,
    }
}

/// Returns true if a text asks for an explanation, as steps to run programs do not.
pub(super) fn asks_more(words: &[String]) -> bool {
    let asks = ["explicar", "explique", "explain", "verificar", "verifique", "verify", "analise", "estados", "states"];
    words.iter().any(|word| asks.contains(&word.as_str()))
}

/// Returns true if the text after the number of an item is its question, and false if it is the
/// answer.
pub(super) fn is_question_text(text: &str, planned: Planned, is_heading: bool, sheet: &mut Sheet) -> bool {
    let plain = text.replace(BOLD_END, " ");
    let plain = plain.trim();
    let words = all_words(plain);
    if words.is_empty() {
        return true;
    }
    let likeness = sheet.likeness_to(plain, planned.item);
    let (precision, recall) = (likeness.precision, likeness.recall);
    let ends_sentence = plain.ends_with(['.', '!']);
    let shares = precision >= 0.3 || sheet.is_about(plain, planned.item);
    plain.ends_with('?')
        || precision >= 0.8 && recall >= 0.5
        || shares && begins_as_question(&words) && words.len() <= MAX_QUESTION_WORDS
        || planned.has_text_below && words.len() <= 14 && !ends_sentence && (precision >= 0.5 || plain.ends_with(':'))
        || words.len() <= MAX_TITLE_WORDS && !ends_sentence && precision >= 0.6
        || is_heading && words.len() <= 8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::lab::Lab;

    fn is_question(id: &str, text: &str, has_text_below: bool) -> bool {
        let mut sheet = Sheet::of_lab(&Lab::bundled("socket-lab", None).expect("it is right"));
        let item = sheet.items.iter().position(|item| item.id == id).expect("an item");
        is_question_text(text, Planned { item, has_text_below }, false, &mut sheet)
    }

    #[test]
    fn questions_are_told_from_answers() {
        for (id, text) in [
            ("tcp-simple.3", "Analise o código fonte"),
            ("tcp-simple.3", "analize o codigo fonte"),
            ("tcp-simple.1", "Subir o tcp server simple"),
            ("tcp-multi.5", "Por que a porta muda?"),
            ("tcp-simple.2", "Executar o cliente"),
            ("tcp-multi.5", "esplique as diferenca de multi conexao e pq a cada conexao a porta muda"),
        ] {
            assert!(is_question(id, text, true) && is_question(id, text, false), "{text}");
        }
        for (id, text) in [
            ("tcp-simple.1", "O estado muda para LISTEN depois do bind e do listen."),
            ("tcp-simple.2", "O estado muda para ESTABLISHED."),
            ("tcp-simple.2", "Executei o cliente e o estado ficou ESTABLISHED"),
            ("tcp-simple.3", "O código ecoa os bytes recebidos."),
            ("tcp-simple.4", "O handshake aparece nos três primeiros pacotes."),
            ("tcp-simple.5", "TCP é confiável, o UDP não é."),
            ("tcp-multi.5", "Muda a porta do cliente porque cada conexão precisa ser única."),
            ("remote.2", "Rodei o cliente com o IP dele."),
            ("udp-simple.4", "Dois datagramas."),
            ("udp-simple.1", "Somente bind."),
        ] {
            assert!(!is_question(id, text, false), "{text}");
        }
    }
}
