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
                let ends = |line: &Line| matches!(line.kind, LineKind::Heading(other) if other <= level);
                lines.iter().skip(at + 1).position(ends).map_or(lines.len(), |length| at + 1 + length)
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

/// Returns true for a heading of such a section, or a label before a list.
fn is_heading(line: &Line) -> bool {
    let is_heading = matches!(line.kind, LineKind::Heading(_));
    let plain = line.text.replace(BOLD_END, "");
    let is_label = line.kind == LineKind::Text && plain.trim_end().ends_with(':');
    let words = all_words(&plain);
    let joined = words.join(" ");
    // Questions of the lab begin with "Executar", too: the heading must be whole, or go on with a
    // blank.
    let begins =
        |heading: &str| joined.strip_prefix(heading).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    // "Uso do Wireshark" is a question.
    let is_plain = |word: &String| HEADINGS.contains(&word.as_str()) || FILLERS.contains(&word.as_str());
    (is_heading || is_label)
        && words.len() <= MAX_HEADING_WORDS
        && HEADINGS.iter().any(|heading| begins(heading) && (heading.contains(' ') || words.iter().all(is_plain)))
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

/// Returns true if a list has the steps to run programs: imperatives and commands, and no text
/// below.
fn is_steps(lines: &[Line], marks: &[Option<Mark>], list: &[usize]) -> bool {
    let (Some(first), Some(last)) = (list.first(), list.last()) else { return false };
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
        let words = all_words(text);
        let is_question = text.trim_end().ends_with('?') || wording::asks_more(&words);
        steps += usize::from(words.iter().take(3).any(|word| STEP_VERBS.contains(&word.as_str())) && !is_question);
        has_command |= words.iter().any(|word| COMMANDS.contains(&word.as_str()));
    }
    has_command && steps * 3 >= list.len() * 2
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
    fn questions_and_answers_are_not_blocked() {
        for text in [
            "## Como executar o cliente TCP muda o estado da conexão neste laboratório\ntexto\n",
            "## Execução do cliente\ntexto\n",
            "## Uso do Wireshark\ntexto\n",
            "# Instruções\n3) Analise o código fonte\n4) Analise usando o wireshark explicando os pacotes.\n",
            "1) Subir o servidor e explicar os estados\nrodei python3 e vi LISTEN no terminal\n2) Executar o cliente\n",
            "1. Rodei python3 s.py e vi LISTEN\n2. O cliente conectou\n",
        ] {
            assert!(!all(text).contains(&true), "{text}");
        }
    }
}
