//! Texts in place of an answer: excuses, notes that something is missing, and credits of pictures.

/// Maximum number of words of an excuse that gives no reason in the subject.
const MAX_EXCUSE_WORDS: usize = 14;
/// Maximum number of words of an excuse whose verb also describes what programs do.
const MAX_SHORT_EXCUSE_WORDS: usize = 5;
/// Words before the negation of an excuse.
const BEFORE_NEGATION: [&str; 14] = [
    "eu",
    "nos",
    "infelizmente",
    "ainda",
    "i",
    "we",
    "unfortunately",
    "did",
    "could",
    "was",
    "were",
    "do",
    "have",
    "had",
];
const NEGATIONS: [&str; 8] = ["nao", "not", "nunca", "never", "didn", "didnt", "couldn", "couldnt"];
/// Verbs of students about their work, after a negation.
const OWN_VERBS: [&str; 32] = [
    "fiz",
    "fizemos",
    "respondi",
    "respondemos",
    "respondida",
    "respondido",
    "realizei",
    "realizamos",
    "sei",
    "soube",
    "sabemos",
    "sabia",
    "terminei",
    "terminamos",
    "completei",
    "entendi",
    "entendemos",
    "tive",
    "tivemos",
    "houve",
    "do",
    "done",
    "did",
    "answer",
    "answered",
    "finish",
    "finished",
    "know",
    "complete",
    "completed",
    "attempted",
    "understand",
];
/// Participles that also describe what programs do: "Não foi feita a conexão, pois …".
const PARTICIPLES: [&str; 6] = ["feito", "feita", "feitos", "realizado", "realizada", "concluido"];
/// Verbs after "não foi possível" and "não consegui" that are about the work and not about
/// programs.
const WORK_VERBS: [&str; 30] = [
    "realizar",
    "fazer",
    "responder",
    "completar",
    "concluir",
    "terminar",
    "finalizar",
    "instalar",
    "abrir",
    "testar",
    "tirar",
    "executar",
    "rodar",
    "usar",
    "entender",
    "capturar",
    "do",
    "finish",
    "complete",
    "answer",
    "install",
    "open",
    "test",
    "run",
    "use",
    "understand",
    "capture",
    "make",
    "realiza",
    "entregar",
];
/// Whole texts, or beginnings of short ones.
const BEGINNINGS: [&str; 22] = [
    "em branco",
    "deixei em branco",
    "deixamos em branco",
    "deixado em branco",
    "left blank",
    "sem tempo",
    "falta de tempo",
    "no time",
    "ran out of time",
    "inserir imagem",
    "inserir print",
    "inserir aqui",
    "inserir resposta",
    "colocar imagem",
    "colocar print",
    "insert image",
    "insert picture",
    "insert screenshot",
    "skipped",
    "skip this",
    "pulei",
    "pulamos",
];

/// Returns true if a text, given as words without accents, says that the work was not done.
pub(super) fn is_excuse(words: &[String]) -> bool {
    let joined = words.join(" ");
    if words.len() <= 8 && BEGINNINGS.iter().any(|start| joined.starts_with(start)) {
        return true;
    }
    let Some(at) = words.iter().take(4).position(|word| NEGATIONS.contains(&word.as_str())) else { return false };
    let is_own = words.iter().take(at).all(|word| BEFORE_NEGATION.contains(&word.as_str()));
    if !is_own {
        return false;
    }
    // "didn't" is two words.
    let after: Vec<&str> = words
        .iter()
        .skip(at + 1)
        .map(String::as_str)
        .filter(|word| !matches!(*word, "t" | "foi" | "eu" | "me"))
        .collect();
    let Some(verb) = after.first() else { return false };
    let is_able =
        matches!(*verb, "consegui" | "conseguimos" | "possivel" | "able" | "manage" | "managed" | "dei" | "deu");
    if is_able {
        let object = after.iter().skip(1).find(|word| !matches!(**word, "to" | "de" | "pra" | "para"));
        return match object {
            None => true,
            Some(object) if *object == "tempo" => words.len() <= MAX_EXCUSE_WORDS,
            Some(object) => {
                WORK_VERBS.contains(object) && words.len() <= MAX_EXCUSE_WORDS
                    || *verb != "deu" && words.len() <= MAX_SHORT_EXCUSE_WORDS
            }
        };
    }
    // "Não houve conexão" describes a program, "não houve tempo" excuses.
    let is_time = |words: &[&str]| words.iter().any(|word| matches!(*word, "tempo" | "time"));
    if matches!(*verb, "houve" | "tive" | "tivemos" | "have" | "had") {
        return is_time(&after) && words.len() <= MAX_EXCUSE_WORDS;
    }
    if PARTICIPLES.contains(verb) {
        return words.len() <= MAX_SHORT_EXCUSE_WORDS;
    }
    OWN_VERBS.contains(verb) && words.len() <= MAX_EXCUSE_WORDS - 4
}

/// Returns true if a text says who made a picture: "Fonte: autor".
pub(super) fn is_credit(text: &str, words: &[String]) -> bool {
    let first = words.first().map(String::as_str).unwrap_or_default();
    let has = |all: &[&str]| words.iter().any(|word| all.contains(&word.as_str()));
    let by = ["autor", "autores", "autora", "autoria", "author", "authors", "propria", "proprio", "own"];
    let is_source = matches!(first, "fonte" | "source") && text.contains(':') && has(&by);
    let is_made =
        matches!(first, "elaborado" | "elaborada" | "produzido" | "autoria" | "feito" | "made" | "created") && has(&by);
    words.len() <= 8 && (is_source || is_made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::annotate::written_report::words::all_words;

    fn says_not_done(text: &str) -> bool {
        is_excuse(&all_words(text))
    }

    #[test]
    fn excuses_are_recognized_by_pattern() {
        for text in [
            "Em branco",
            "Não sei responder",
            "Não foi possível realizar pois fiz o trabalho sozinho.",
            "Inserir imagem aqui",
            "Sem tempo",
            "Deixei em branco",
            "Não realizado",
            "I did not do this one",
            "Skipped this question",
            "Infelizmente não conseguimos instalar o Wireshark",
            "Não deu tempo",
            "Não tive tempo de terminar",
            "I didn't finish this part",
            "We were not able to run Wireshark",
            "Ainda não fiz",
        ] {
            assert!(says_not_done(text), "{text}");
        }
    }

    #[test]
    fn answers_with_a_negation_are_not_excuses() {
        for text in [
            "Não foi possível conectar porque a porta estava fechada, pois o servidor ainda não tinha feito o listen",
            "Não houve conexão, porque o UDP não a conhece",
            "Não deu erro ao conectar",
            "Não existe estado no UDP",
            "Não foi feita a conexão, pois o servidor só escuta na loopback",
            "UDP does not do a handshake",
            "O servidor não respondeu ao segundo cliente",
            "Sem handshake na captura",
            "Não há listen",
        ] {
            assert!(!says_not_done(text), "{text}");
        }
    }

    #[test]
    fn credits_of_pictures_are_recognized() {
        let credit = |text: &str| is_credit(text, &all_words(text));
        assert!(credit("Fonte: autor") && credit("Fonte: o próprio autor (2024)") && credit("Elaborado pelo autor"));
        assert!(!credit("Fonte: 127.0.0.1, destino: 127.0.0.1") && !credit("Feito o bind, o servidor escuta"));
    }
}
