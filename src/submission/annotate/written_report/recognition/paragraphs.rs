//! Splits a paragraph that contains several questions: "1) … Resposta: … 2) … Resposta: …".

use crate::submission::annotate::written_report::lines::{Line, LineKind, MAX_LINES};
use crate::submission::annotate::written_report::numbering;
use crate::submission::annotate::written_report::sheet::Sheet;

/// Maximum number of questions in a paragraph.
const MAX_QUESTIONS: usize = 20;
/// Labels before an answer within a paragraph.
const LABELS: [&str; 8] = ["Resposta:", "RESPOSTA:", "resposta:", "Resp:", "Resp.:", "Answer:", "R:", "R -"];

/// Returns lines in which each question of such a paragraph, and each answer, begins a line.
pub(super) fn split(lines: &[Line], sheet: &mut Sheet) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::with_capacity(lines.len());
    for line in lines {
        match pieces(line, sheet) {
            Some(pieces) => {
                for (k, piece) in pieces.iter().enumerate() {
                    let pictures = if k == 0 { line.pictures.clone() } else { Vec::new() };
                    out.push(Line {
                        text: (*piece).to_owned(),
                        pictures,
                        begins_block: true,
                        is_bold: false,
                        ..line.clone()
                    });
                }
            }
            None => out.push(line.clone()),
        }
    }
    out.truncate(2 * MAX_LINES);
    out
}

/// Returns the questions and answers of a line, or `None` if it does not have several.
fn pieces<'a>(line: &'a Line, sheet: &mut Sheet) -> Option<Vec<&'a str>> {
    if line.kind != LineKind::Text || line.indent >= 4 {
        return None;
    }
    let text = line.text.as_str();
    let starts = starts(text);
    if starts.len() < 2 {
        return None;
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let questions: Vec<&str> =
        starts.iter().zip(ends).filter_map(|(start, end)| text.get(*start..end)).map(str::trim).collect();
    let labelled = questions.iter().filter(|question| label(question).is_some()).count();
    let alike = questions.iter().filter(|question| is_alike(question, sheet)).count();
    // The steps of a handshake are numbered in a sentence, too.
    if alike * 2 < questions.len() || labelled == 0 && alike < questions.len() {
        return None;
    }
    let title = text.get(..*starts.first()?)?.trim();
    let mut all: Vec<&str> = Vec::new();
    all.extend(Some(title).filter(|title| !title.is_empty()));
    for question in questions {
        match label(question).and_then(|at| Some((question.get(..at)?, question.get(at..)?))) {
            Some((question, answer)) => all.extend([question.trim(), answer.trim()]),
            None => all.push(question),
        }
    }
    Some(all)
}

/// Returns the beginnings of the numbers in a text, if they ascend.
fn starts(text: &str) -> Vec<usize> {
    let mut all = Vec::new();
    let mut last = 0;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let is_start = before.is_whitespace() && (c.is_ascii_digit() || matches!(c, 'Q' | 'q' | 'P' | 'p'));
        before = c;
        if !is_start {
            continue;
        }
        let Some((number, rest)) = text.get(at..).and_then(numbering::parse) else { continue };
        let sign = text.get(at..text.len() - rest.len()).unwrap_or_default();
        let is_closed = number.has_word || sign.contains([')', '.', '-', '–', 'º']);
        if is_closed
            && number.number > last
            && number.number <= last + 3
            && !rest.is_empty()
            && all.len() < MAX_QUESTIONS
        {
            last = number.number;
            all.push(at);
        }
    }
    all
}

/// Returns where the label of an answer begins.
fn label(text: &str) -> Option<usize> {
    let at = LABELS.iter().filter_map(|label| {
        let at = text.find(label)?;
        text.get(..at)?.ends_with(char::is_whitespace).then_some(at)
    });
    at.min()
}

/// Returns true if a piece begins with the question that has its number in some part.
fn is_alike(text: &str, sheet: &mut Sheet) -> bool {
    let Some((number, rest)) = numbering::parse(text) else { return false };
    let question = label(rest).and_then(|at| rest.get(..at)).unwrap_or(rest);
    let question = question.split(['.', ':', '?']).find(|text| !text.trim().is_empty()).unwrap_or(question);
    (0..sheet.parts.len()).any(|part| {
        let item = sheet.item_or_running(part, number.number);
        item.is_some_and(|item| {
            let likeness = sheet.likeness_to(question, item);
            likeness.precision >= 0.5 && likeness.recall >= 0.3
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::lab::Lab;

    fn texts(text: &str) -> Vec<String> {
        let mut sheet = Sheet::of_lab(&Lab::bundled("socket-lab", None).expect("it is right"));
        split(&[Line::of_text(text)], &mut sheet).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn questions_in_one_paragraph_are_split() {
        let text = "TCP: 1) Analise o código fonte... Resposta: faz 2 ecos.";
        assert_eq!(texts(text), [text], "one question");
        assert_eq!(
            texts("Servidor TCP: 3) Analise o código fonte. Resposta: é um eco. 4) Analise os pacotes. R: vi 3."),
            [
                "Servidor TCP:",
                "3) Analise o código fonte.",
                "Resposta: é um eco.",
                "4) Analise os pacotes.",
                "R: vi 3."
            ]
        );
    }

    #[test]
    fn numbers_in_a_sentence_are_not_split() {
        for text in [
            "O handshake tem 1) SYN, 2) SYN-ACK e 3) ACK.",
            "Fiz assim: 1) abri o terminal 2) rodei o servidor 3) rodei o cliente.",
            "Vi a porta 1. Depois a 2. E a 3. Resposta: nenhuma.",
        ] {
            assert_eq!(texts(text), [text]);
        }
    }
}
