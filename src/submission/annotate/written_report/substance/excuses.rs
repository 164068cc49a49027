//! Texts in place of an answer: excuses, notes that something is missing, and credits of pictures.

/// Maximum number of words of an excuse.
const MAX_EXCUSE_WORDS: usize = 14;
/// Maximum number of words of one with a verb of [`OWN_VERBS`].
const MAX_SHORT_EXCUSE_WORDS: usize = 10;
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
const PORTUGUESE_NEGATIONS: [&str; 2] = ["nao", "nunca"];
const ENGLISH_NEGATIONS: [&str; 6] = ["not", "never", "didn", "didnt", "couldn", "couldnt"];
/// Verbs that only students are the subject of.
const KNOW_VERBS: [&str; 8] = ["sei", "soube", "sabemos", "sabia", "entendi", "entendemos", "know", "understand"];
/// Verbs and participles about the work of students, and of programs: "Não foi feita a conexão".
const OWN_VERBS: [&str; 30] = [
    "fiz",
    "fizemos",
    "feito",
    "feita",
    "feitos",
    "respondi",
    "respondemos",
    "respondida",
    "respondido",
    "realizei",
    "realizamos",
    "realizado",
    "realizada",
    "terminei",
    "terminamos",
    "completei",
    "concluido",
    "do",
    "done",
    "did",
    "answer",
    "answered",
    "finish",
    "finished",
    "complete",
    "completed",
    "attempted",
    "attempt",
    "entreguei",
    "consta",
];
/// Verbs after "não foi possível" and "não consegui" that are about the work only.
const WORK_VERBS: [&str; 11] = [
    "responder",
    "instalar",
    "tirar",
    "entender",
    "capturar",
    "entregar",
    "answer",
    "install",
    "understand",
    "capture",
    "submit",
];
/// Verbs there that are also about what programs do: "não foi possível abrir a conexão".
const SHARED_VERBS: [&str; 20] = [
    "realizar",
    "realiza",
    "fazer",
    "completar",
    "concluir",
    "terminar",
    "finalizar",
    "abrir",
    "testar",
    "executar",
    "rodar",
    "usar",
    "do",
    "finish",
    "complete",
    "open",
    "test",
    "run",
    "use",
    "make",
];
/// Words of which one follows such a verb in an excuse.
const WORK_OBJECTS: [&str; 46] = [
    "questao",
    "questoes",
    "pergunta",
    "perguntas",
    "exercicio",
    "exercicios",
    "item",
    "itens",
    "parte",
    "partes",
    "atividade",
    "tarefa",
    "trabalho",
    "laboratorio",
    "relatorio",
    "captura",
    "print",
    "prints",
    "wireshark",
    "isso",
    "isto",
    "essa",
    "esse",
    "este",
    "tempo",
    "nada",
    "tudo",
    "this",
    "that",
    "it",
    "one",
    "question",
    "questions",
    "exercise",
    "exercises",
    "part",
    "parts",
    "task",
    "lab",
    "report",
    "work",
    "assignment",
    "screenshot",
    "anything",
    "everything",
    "time",
];
/// Words that begin a reason, and no object.
const NO_OBJECT: [&str; 12] =
    ["pois", "porque", "por", "devido", "ja", "sozinho", "ainda", "infelizmente", "because", "since", "due", "yet"];
/// Whole texts, or beginnings of short ones.
const BEGINNINGS: [&str; 19] = [
    "em branco",
    "deixei em branco",
    "deixamos em branco",
    "deixado em branco",
    "left blank",
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
/// Words for a lack of time. Other words follow in "sem tempo de espera".
const NO_TIME: [&str; 4] = ["sem tempo", "por falta de tempo", "falta de tempo", "no time"];

/// Returns true if a text, given as words without accents, says that the work was not done.
///
/// An answer that is called an excuse costs its author points, so what may describe a program is an
/// answer: "Não foi possível conectar".
pub(super) fn is_excuse(words: &[String]) -> bool {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let joined = words.join(" ");
    let after = |start: &&str| joined.strip_prefix(start).filter(|rest| rest.is_empty() || rest.starts_with(' '));
    if words.len() <= 8 && BEGINNINGS.iter().any(|start| after(start).is_some()) {
        return true;
    }
    if let Some(rest) = NO_TIME.iter().find_map(after) {
        return words.len() <= MAX_EXCUSE_WORDS && is_after_time(&rest.split_whitespace().collect::<Vec<_>>());
    }
    let is_negation = |word: &&str| PORTUGUESE_NEGATIONS.contains(word) || ENGLISH_NEGATIONS.contains(word);
    let Some(at) = words.iter().take(4).position(is_negation) else { return false };
    let is_english = words.get(at).is_some_and(|word| ENGLISH_NEGATIONS.contains(word));
    if !words.iter().take(at).all(|word| BEFORE_NEGATION.contains(word)) {
        return false;
    }
    // "didn't" is two words.
    let after: Vec<&str> =
        words.iter().skip(at + 1).copied().filter(|word| !matches!(*word, "t" | "foi" | "eu" | "me")).collect();
    let Some((verb, rest)) = after.split_first() else { return false };
    match *verb {
        "consegui" | "conseguimos" | "possivel" | "able" | "manage" | "managed" | "dei" | "deu" => {
            words.len() <= MAX_EXCUSE_WORDS && is_inability(rest)
        }
        // "Não houve conexão" describes a program.
        "houve" | "tive" | "tivemos" | "have" | "had" => words.len() <= MAX_EXCUSE_WORDS && begins_with_time(rest),
        verb if KNOW_VERBS.contains(&verb) => words.len() <= MAX_SHORT_EXCUSE_WORDS,
        // "Não, do lado do servidor": a preposition.
        "do" if !is_english => false,
        verb if OWN_VERBS.contains(&verb) => words.len() <= MAX_SHORT_EXCUSE_WORDS && is_about_work(rest),
        _ => false,
    }
}

/// Returns true for what follows "não consegui" in an excuse.
fn is_inability(rest: &[&str]) -> bool {
    let rest: Vec<&str> =
        rest.iter().copied().skip_while(|word| matches!(*word, "to" | "de" | "pra" | "para")).collect();
    match rest.split_first() {
        None => true,
        Some((verb, _)) if WORK_VERBS.contains(verb) => true,
        Some((verb, object)) if SHARED_VERBS.contains(verb) => is_about_work(object),
        _ => begins_with_time(&rest),
    }
}

/// Returns true if the object of a verb is the work, or if there is no object.
fn is_about_work(rest: &[&str]) -> bool {
    rest.first().is_none_or(|first| NO_OBJECT.contains(first))
        || rest.iter().take(3).any(|word| WORK_OBJECTS.contains(word))
}

/// Returns true if words begin with "time", and not with "time wait" or "tempo de espera".
fn begins_with_time(rest: &[&str]) -> bool {
    let rest: Vec<&str> = rest
        .iter()
        .copied()
        .skip_while(|word| matches!(*word, "o" | "muito" | "mais" | "the" | "enough" | "any" | "much"))
        .collect();
    match rest.as_slice() {
        ["tempo" | "time", rest @ ..] => is_after_time(rest),
        _ => false,
    }
}

/// Returns true for what follows "no time" in an excuse.
fn is_after_time(rest: &[&str]) -> bool {
    match rest {
        [] => true,
        ["de" | "para" | "pra" | "to" | "for", rest @ ..] => {
            rest.first().is_some_and(|verb| WORK_VERBS.contains(verb) || SHARED_VERBS.contains(verb))
                || rest.iter().take(3).any(|word| WORK_OBJECTS.contains(word))
        }
        [first, ..] => {
            matches!(*first, "habil" | "suficiente" | "left" | "enough" | "nao") || NO_OBJECT.contains(first)
        }
    }
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
            "No time",
            "Sem tempo para terminar",
            "Por falta de tempo não fiz",
            "Não foi feito",
            "Não foi possível tirar o print",
            "Não fizemos esta parte pois faltou tempo",
            "Did not do this question",
            "Not answered",
            "Didn't have enough time",
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
            "Não, do lado do servidor a porta é fixa",
            "Não houve TIME_WAIT no servidor",
            "Não houve tempo de espera",
            "No timeout: the call returned at once",
            "No time wait on the client",
            "Sem tempo de espera entre as mensagens",
            "Did not complete the handshake",
            "Not answered by the server",
            "Was not able to connect",
            "Não foi possível conectar",
            "Não consegui conectar",
            "Não foi possível usar a porta, já em uso",
            "Não foi possível abrir a conexão",
            "Não foi feita a conexão",
            "Não fiz bind no cliente",
            "Não realizado pelo UDP",
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
