//! Instructions to run the programs, and other sections of a project's description. They share
//! their words with questions and answer none.

use super::marks::{Mark, look};
use super::wording;
use crate::submission::annotate::written_report::inline::BOLD_END;
use crate::submission::annotate::written_report::lines::{Line, LineKind};
use crate::submission::annotate::written_report::sheet::Sheet;
use crate::submission::annotate::written_report::substance;
use crate::submission::annotate::written_report::words::all_words;

/// Maximum number of words of a heading of such a section.
const MAX_HEADING_WORDS: usize = 7;
/// Maximum number of such sections in a report.
const MAX_SECTIONS: usize = 40;
/// Minimum number of questions that show that a section is the report nevertheless.
const MIN_QUESTIONS: usize = 2;
/// Whole headings, or their beginnings if words such as "the project" follow.
const HEADINGS: [&str; 55] = [
    "como executar",
    "como rodar",
    "como usar",
    "como testar",
    "como instalar",
    "como compilar",
    "instrucoes",
    "instalacao",
    "requisitos",
    "pre requisitos",
    "prerequisitos",
    "uso",
    "utilizacao",
    "execucao do projeto",
    "executando o projeto",
    "rodando o projeto",
    "modo de usar",
    "passo a passo para executar",
    "para executar",
    "para rodar",
    "para testar",
    "how to run",
    "how to use",
    "how to test",
    "how to install",
    "how to build",
    "how to start",
    "running the project",
    "running the programs",
    "running the code",
    "usage",
    "getting started",
    "quick start",
    "installation",
    "requirements",
    "prerequisites",
    "instructions",
    "estrutura do projeto",
    "estrutura de pastas",
    "estrutura do repositorio",
    "project structure",
    "autores",
    "authors",
    "licenca",
    "license",
    "features",
    "funcionalidades",
    "objetivos",
    "objetivo",
    "objectives",
    "goals",
    "tecnologias",
    "technologies",
    "table of contents",
    "sumario",
];
/// Words beside those in a heading.
const FILLERS: [&str; 14] = [
    "e",
    "and",
    "do",
    "da",
    "de",
    "the",
    "of",
    "projeto",
    "project",
    "programa",
    "programas",
    "execucao",
    "gerais",
    "codigo",
];
/// Other words in a heading that begins with several words: "How to run the server".
const OBJECTS: [&str; 38] = [
    "o",
    "os",
    "a",
    "as",
    "cada",
    "um",
    "uma",
    "each",
    "this",
    "este",
    "esse",
    "no",
    "em",
    "com",
    "in",
    "on",
    "with",
    "cliente",
    "clientes",
    "servidor",
    "servidores",
    "client",
    "clients",
    "server",
    "servers",
    "tcp",
    "udp",
    "programs",
    "projetos",
    "codigos",
    "code",
    "aplicacao",
    "application",
    "sistema",
    "lab",
    "laboratorio",
    "terminal",
    "localmente",
];
/// Minimum likeness of a heading to the title of a part, which ends such a section.
const MIN_TITLE_LIKENESS: f32 = 0.75;
/// Verbs at the beginning of a step, and words before them.
const STEP_VERBS: [&str; 36] = [
    "abra",
    "abrir",
    "execute",
    "executar",
    "rode",
    "rodar",
    "inicie",
    "iniciar",
    "suba",
    "subir",
    "clone",
    "clonar",
    "instale",
    "instalar",
    "compile",
    "compilar",
    "entre",
    "acesse",
    "digite",
    "pare",
    "use",
    "run",
    "start",
    "open",
    "stop",
    "install",
    "build",
    "type",
    "enter",
    "go",
    "then",
    "depois",
    "outro",
    "another",
    "novamente",
    "repita",
];
/// Words that only commands and descriptions of them have.
const COMMANDS: [&str; 19] = [
    "python", "python3", "java", "javac", "node", "gcc", "make", "pip", "npm", "git", "terminal", "ctrl", "cargo",
    "go", "dotnet", "cmd", "prompt", "shell", "cd",
];

/// Returns for each line whether it belongs to such a section or list.
pub(super) fn blocked(lines: &[Line], marks: &[Option<Mark>], sheet: &mut Sheet) -> Vec<bool> {
    let mut all = vec![false; lines.len()];
    let mut examined = 0;
    for (at, line) in lines.iter().enumerate() {
        if examined >= MAX_SECTIONS || all.get(at).copied().unwrap_or(true) || !is_heading(line) {
            continue;
        }
        examined += 1;
        let end = match line.kind {
            LineKind::Heading(level) => {
                let end = end_of_section(lines, at, level);
                (at + 1..end).find(|at| begins_report(lines, marks, *at, sheet)).unwrap_or(end)
            }
            _ => end_of_list(lines, marks, at + 1),
        };
        if has_questions(lines, marks, at + 1..end, sheet) {
            continue;
        }
        // A label before a list stays a line of its answer.
        let start = if matches!(line.kind, LineKind::Heading(_)) { at } else { at + 1 };
        all.iter_mut().take(end).skip(start).for_each(|blocked| *blocked = true);
    }
    for list in lists(lines, marks) {
        if is_steps(lines, marks, &list) {
            for at in list {
                if let Some(blocked) = all.get_mut(at) {
                    *blocked = true;
                }
            }
        }
    }
    all
}

/// Returns the end of the section that begins at a heading: the next heading of its level.
fn end_of_section(lines: &[Line], at: usize, level: u8) -> usize {
    let ends = |line: &Line| matches!(line.kind, LineKind::Heading(other) if other <= level);
    lines.iter().skip(at + 1).position(ends).map_or(lines.len(), |length| at + 1 + length)
}

/// Returns true for the title of a part above numbered lines that are no steps. The report may be
/// below "How to run the project", and the steps are below the titles of the servers, too.
fn begins_report(lines: &[Line], marks: &[Option<Mark>], at: usize, sheet: &mut Sheet) -> bool {
    let Some(Line { kind: LineKind::Heading(level), text, .. }) = lines.get(at) else { return false };
    let title = sheet.title(&text.replace(BOLD_END, ""));
    let is_answer = |at: &usize| match (lines.get(*at), marks.get(*at)) {
        (Some(line), Some(Some(mark))) => !is_step(line.text.get(mark.rest..).unwrap_or_default()),
        _ => false,
    };
    title.is_some_and(|(_, likeness, words)| likeness >= MIN_TITLE_LIKENESS && words >= 2)
        && (at + 1..end_of_section(lines, at, *level)).filter(is_answer).count() >= MIN_QUESTIONS
}

/// Returns true for a heading of such a section, or a label before a list.
fn is_heading(line: &Line) -> bool {
    let is_heading = matches!(line.kind, LineKind::Heading(_));
    let plain = line.text.replace(BOLD_END, "");
    let is_label = line.kind == LineKind::Text && plain.trim_end().ends_with(':');
    let words = all_words(&plain);
    let joined = words.join(" ");
    let has = |all: &[&str], word: &str| all.contains(&word);
    // "Uso do Wireshark" and "Como usar o Wireshark: análise" are questions.
    let is_whole = |heading: &str| match joined.strip_prefix(heading) {
        Some(rest) if rest.is_empty() || rest.starts_with(' ') => rest
            .split_whitespace()
            .all(|word| has(&HEADINGS, word) || has(&FILLERS, word) || heading.contains(' ') && has(&OBJECTS, word)),
        _ => false,
    };
    (is_heading || is_label) && words.len() <= MAX_HEADING_WORDS && HEADINGS.iter().any(|heading| is_whole(heading))
}

/// Returns the end of the list and code that begin at a line.
fn end_of_list(lines: &[Line], marks: &[Option<Mark>], start: usize) -> usize {
    let goes_on = |(at, line): (usize, &Line)| match line.kind {
        LineKind::Heading(_) => false,
        LineKind::Code | LineKind::Cell { .. } => true,
        LineKind::Text => marks.get(at).is_some_and(Option::is_some) || line.is_item || line.indent >= 2,
    };
    let all = lines.iter().enumerate().skip(start);
    all.take_while(|line| goes_on(*line)).map(|(at, _)| at + 1).last().unwrap_or(start)
}

/// Returns true if lines have questions of the lab with their own numbers.
fn has_questions(lines: &[Line], marks: &[Option<Mark>], range: std::ops::Range<usize>, sheet: &mut Sheet) -> bool {
    let mut found = Vec::new();
    for at in range {
        let (Some(line), Some(Some(mark))) = (lines.get(at), marks.get(at)) else { continue };
        let Some(text) = line.text.get(mark.rest..) else { continue };
        for part in 0..sheet.parts.len() {
            let Some(item) = sheet.item_or_running(part, mark.number.number) else { continue };
            let likeness = sheet.likeness_to(text, item);
            if likeness.precision >= 0.8 && likeness.recall >= 0.75 && !found.contains(&mark.number.number) {
                found.push(mark.number.number);
            }
        }
    }
    found.len() >= MIN_QUESTIONS
}

/// Returns the lists of numbered lines: the indices of the lines of each.
fn lists(lines: &[Line], marks: &[Option<Mark>]) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = Vec::new();
    let mut list: Vec<usize> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(Some(mark)) = marks.get(at).filter(|_| line.kind == LineKind::Text) else {
            if matches!(line.kind, LineKind::Heading(_)) {
                all.push(std::mem::take(&mut list));
            }
            continue;
        };
        let last = list.last().and_then(|last| Some((lines.get(*last)?, marks.get(*last)?.as_ref()?)));
        let goes_on = last.is_some_and(|(other, before)| {
            look(other) == look(line) && before.sign == mark.sign && before.number.number < mark.number.number
        });
        if !goes_on {
            all.push(std::mem::take(&mut list));
        }
        list.push(at);
    }
    all.push(list);
    all.retain(|list| list.len() >= 2);
    all
}

/// Returns true if a list has the steps to run programs: imperatives and commands, with no text and
/// no picture below.
fn is_steps(lines: &[Line], marks: &[Option<Mark>], list: &[usize]) -> bool {
    let (Some(first), Some(last)) = (list.first(), list.last()) else { return false };
    let below = lines.iter().skip(*last + 1);
    let below =
        below.take_while(|line| !matches!(line.kind, LineKind::Heading(_)) && !substance::says_something(&line.text));
    if lines.iter().take(*last + 1).skip(*first).chain(below).any(|line| !line.pictures.is_empty()) {
        return false;
    }
    let (mut steps, mut has_command) = (0_usize, false);
    for at in *first..=*last {
        let Some(line) = lines.get(at) else { return false };
        let is_code = line.kind == LineKind::Code || line.indent >= 4 || is_command(&line.text);
        if !list.contains(&at) {
            if !is_code && substance::says_something(&line.text) {
                return false;
            }
            continue;
        }
        let Some(Some(mark)) = marks.get(at) else { return false };
        let text = line.text.get(mark.rest..).unwrap_or_default();
        steps += usize::from(is_step(text));
        has_command |= all_words(text).iter().any(|word| COMMANDS.contains(&word.as_str()));
    }
    has_command && steps * 3 >= list.len() * 2
}

/// Returns true for an imperative or a command that asks nothing.
fn is_step(text: &str) -> bool {
    let words = all_words(text);
    let is_question = text.trim_end().ends_with('?') || wording::asks_more(&words);
    (words.iter().take(3).any(|word| STEP_VERBS.contains(&word.as_str())) || is_command(text)) && !is_question
}

fn is_command(text: &str) -> bool {
    let first = text.trim_start_matches(['$', '>', ' ']).split_whitespace().next().unwrap_or_default();
    COMMANDS.contains(&first) || text.trim_start().starts_with('$')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::lab::Lab;
    use crate::submission::annotate::written_report::lines::lines;
    use crate::submission::annotate::written_report::recognition::marks::marks;

    fn all(text: &str) -> Vec<bool> {
        let lines = lines(text);
        let mut sheet = Sheet::of_lab(&Lab::bundled("socket-lab", None).expect("it is right"));
        blocked(&lines, &marks(&lines), &mut sheet)
    }

    #[test]
    fn sections_and_lists_of_instructions_are_blocked() {
        assert_eq!(all("# A\n## Como executar o projeto\n### TCP\n1. Suba\n## B\n"), [false, true, true, true, false]);
        assert_eq!(all("How to run:\n\n1) Start the server\n\n    python3 s.py\n\ntext\n"), [false, true, true, false]);
        assert_eq!(all("1. Abra um terminal\n2. Execute o servidor: `python3 s.py`\n"), [true, true]);
    }

    #[test]
    fn report_below_instructions_is_not_blocked() {
        let report = "# Como rodar o projeto\npython3 s.py\n## Servidor TCP simples\n1) LISTEN\n2) bind\n";
        assert_eq!(all(report), [true, true, false, false, false]);
        let steps = "# Como rodar o projeto\n## Servidor TCP simples\n1) python3 s.py\n2) Abra outro terminal\n";
        assert!(all(steps).iter().all(|blocked| *blocked));
    }

    #[test]
    fn questions_and_answers_are_not_blocked() {
        for text in [
            "## Como executar o cliente TCP muda o estado da conexão neste laboratório\ntexto\n",
            "## Execução do cliente\ntexto\n",
            "## Uso do Wireshark\ntexto\n",
            "# Instruções\n3) Analise o código fonte\n4) Analise usando o wireshark explicando os pacotes.\n",
            "1) Subir o servidor e explicar os estados\nrodei python3 e vi LISTEN no terminal\n2) Executar o cliente\n",
            "1. Rodei python3 s.py e vi LISTEN\n2. O cliente conectou\n",
            "## Como usar o Wireshark: análise\ntexto\n",
            "1. Execute o servidor com python3 s.py\n![](a.png)\n2. Execute o cliente\n![](b.png)\n",
            "1. Execute o servidor com python3 s.py\n2. Execute o cliente\n![](b.png)\n",
        ] {
            assert!(!all(text).contains(&true), "{text}");
        }
    }
}
