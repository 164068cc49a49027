//! Gradebooks of others, which are never made here, only filled in: Moodle's offline worksheet and Canvas's export. Everything
//! but grades and feedback stays as it came: order, headings in the site's language, separator, byte order mark. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::class::cell;
use crate::model::{Message, SubmissionResult};
use crate::words::Words;

/// Whose gradebook it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gradebook {
    /// The offline grading worksheet of a Moodle assignment.
    Moodle,
    /// The export of a Canvas gradebook; grades go into the column of this assignment.
    Canvas,
}

/// What is to be filled in.
#[derive(Debug, Clone, Copy)]
pub struct Filling<'a> {
    /// The file's name, for messages.
    pub file: &'a str,
    /// Canvas: the assignment's column, by the beginning of its heading.
    pub column: Option<&'a str>,
    /// The results.
    pub submissions: &'a [SubmissionResult],
}

/// Fills a gradebook in; its bytes with the grades.
///
/// # Errors
/// It is no such gradebook, names nobody knows, or a grade is above its maximum: nothing is filled in then.
pub fn fill(kind: Gradebook, bytes: &[u8], filling: Filling<'_>, words: &Words) -> Result<Vec<u8>, Message> {
    let name = match kind {
        Gradebook::Moodle => "Moodle worksheet",
        Gradebook::Canvas => "Canvas export",
    };
    let wrong = |problem: String| {
        Message::new("cli-fill-format").with("file", filling.file).with("kind", name).with("problem", problem)
    };
    let (mark, text) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (&b"\xef\xbb\xbf"[..], rest),
        None => (&b""[..], bytes),
    };
    let separator = separator(text);
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text);
    let mut rows: Vec<csv::StringRecord> = Vec::new();
    for row in reader.records() {
        rows.push(row.map_err(|error| wrong(error.to_string()))?);
    }
    let head = rows.first().cloned().ok_or_else(|| wrong("it is empty".to_owned()))?;
    let filled = match kind {
        Gradebook::Moodle => moodle(&head, &mut rows, filling, words),
        Gradebook::Canvas => canvas(&head, &mut rows, filling),
    };
    filled.map_err(|trouble| match trouble {
        Trouble::Format(problem) => wrong(problem),
        Trouble::Said(message) => message,
    })?;
    let ends =
        if text.windows(2).any(|two| two == b"\r\n") { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
    let mut out =
        csv::WriterBuilder::new().delimiter(separator).terminator(ends).flexible(true).from_writer(mark.to_vec());
    for row in &rows {
        out.write_record(row).map_err(|error| wrong(error.to_string()))?;
    }
    out.into_inner().map_err(|error| wrong(error.to_string()))
}

enum Trouble {
    Format(String),
    Said(Message),
}

/// The separator that the first line has most of.
fn separator(text: &[u8]) -> u8 {
    let first = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| first.iter().filter(|&&byte| byte == wanted).count();
    [b',', b';', b'\t'].into_iter().max_by_key(|&one| (count(one), one == b',')).unwrap_or(b',')
}

/// The column whose heading is one of these, in any case.
fn column(head: &csv::StringRecord, names: &[&str]) -> Option<usize> {
    head.iter().position(|heading| {
        let heading = heading.trim().to_lowercase();
        names.iter().any(|name| heading == *name)
    })
}

/// What a submission's row gets: its points, and nothing where nothing was handed in (which is not 0).
fn grade(submission: &SubmissionResult) -> Option<u32> {
    let handed_in = submission.reason.as_ref().is_none_or(|reason| reason.id != "not-handed-in");
    handed_in.then_some(submission.points)
}

fn set(row: &mut csv::StringRecord, column: usize, value: &str) {
    let mut cells: Vec<String> = row.iter().map(str::to_owned).collect();
    if cells.len() <= column {
        cells.resize(column + 1, String::new());
    }
    value.clone_into(&mut cells[column]);
    *row = csv::StringRecord::from(cells);
}

/// The digits at the end of a text: `Participante 1234567`.
fn number(text: &str) -> Option<&str> {
    let text = text.trim();
    let start = text
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    (start < text.len()).then(|| &text[start..])
}

/// The number of a Moodle folder: `Full Name_NUMBER_assignsubmission_file_`.
#[must_use]
pub fn moodle_number(id: &str) -> Option<&str> {
    let head = id.split("_assignsubmission_").next()?;
    let (_, digits) = head.rsplit_once('_')?;
    (!digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())).then_some(digits)
}

fn moodle(
    head: &csv::StringRecord,
    rows: &mut [csv::StringRecord],
    filling: Filling<'_>,
    words: &Words,
) -> Result<(), Trouble> {
    let missing = |what: &str| Trouble::Format(format!("it has no column for {what}"));
    let id = column(head, &["identifier", "identificador", "id"]).ok_or_else(|| missing("the participant's number"))?;
    let points = column(head, &["grade", "nota", "avaliação", "calificación"]).ok_or_else(|| missing("the grade"))?;
    let most = column(head, &["maximum grade", "nota máxima", "maximum", "avaliação máxima", "calificación máxima"]);
    let feedback = column(head, &["feedback comments", "comentários de feedback", "comentários", "feedback"]);
    let by_number: BTreeMap<&str, &SubmissionResult> =
        filling.submissions.iter().filter_map(|one| Some((moodle_number(&one.id.0)?, one))).collect();
    let mut used = BTreeSet::new();
    for row in rows.iter_mut().skip(1) {
        let Some(known) = row.get(id).and_then(number).map(str::to_owned) else { continue };
        let Some(submission) = by_number.get(known.as_str()) else { continue };
        used.insert(submission.id.0.clone());
        let Some(earned) = grade(submission) else { continue };
        let most =
            most.and_then(|most| row.get(most)).and_then(|most| most.trim().replace(',', ".").parse::<f64>().ok());
        check_most(&submission.id.0, earned, most, filling.file)?;
        set(row, points, &earned.to_string());
        if let Some(feedback) = feedback {
            set(row, feedback, &cell(&comment(submission, words)));
        }
    }
    everybody(filling, &used)
}

fn canvas(head: &csv::StringRecord, rows: &mut [csv::StringRecord], filling: Filling<'_>) -> Result<(), Trouble> {
    let missing = |what: &str| Trouble::Format(format!("it has no column for {what}"));
    let student = column(head, &["student"]).ok_or_else(|| missing("the student (Student)"))?;
    let login =
        column(head, &["sis login id"]).or_else(|| column(head, &["sis user id"])).or_else(|| column(head, &["id"]));
    let wanted =
        filling.column.ok_or_else(|| Trouble::Format("the assignment's column is not named (--column)".to_owned()))?;
    let points = head.iter().position(|heading| heading.trim().starts_with(wanted)).ok_or_else(|| missing(wanted))?;
    let possible = rows.iter().find(|row| row.get(student).is_some_and(|name| name.trim() == "Points Possible"));
    let most = possible.and_then(|row| row.get(points)).and_then(|most| most.trim().parse::<f64>().ok());
    let mut used = BTreeSet::new();
    for row in rows.iter_mut().skip(1) {
        let names: Vec<String> = [Some(student), login]
            .into_iter()
            .flatten()
            .filter_map(|column| row.get(column).map(|text| text.trim().to_owned()))
            .filter(|text| !text.is_empty())
            .collect();
        let Some(submission) = filling.submissions.iter().find(|one| names.contains(&one.id.0)) else { continue };
        used.insert(submission.id.0.clone());
        let Some(earned) = grade(submission) else { continue };
        check_most(&submission.id.0, earned, most, filling.file)?;
        set(row, points, &earned.to_string());
    }
    everybody(filling, &used)
}

fn check_most(name: &str, earned: u32, most: Option<f64>, file: &str) -> Result<(), Trouble> {
    match most {
        Some(most) if f64::from(earned) > most => Err(Trouble::Said(
            Message::new("cli-grade-too-high")
                .with("name", crate::words::plain(name))
                .with("points", earned)
                .with("file", file)
                .with("most", most.to_string()),
        )),
        _ => Ok(()),
    }
}

/// A submission for which there is no row would be lost.
fn everybody(filling: Filling<'_>, used: &BTreeSet<String>) -> Result<(), Trouble> {
    let mut lost = filling.submissions.iter().filter(|one| grade(one).is_some() && !used.contains(&one.id.0));
    match lost.next() {
        None => Ok(()),
        Some(one) => Err(Trouble::Said(
            Message::new("cli-no-source-row").with("name", crate::words::plain(&one.id.0)).with("file", filling.file),
        )),
    }
}

/// What the student reads in the gradebook: hidden items are not in it.
fn comment(submission: &SubmissionResult, words: &Words) -> String {
    let mut visible = submission.clone();
    visible.items.retain(|item| !item.hidden);
    super::class::notes(&visible, words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Language, SubmissionId};

    fn result(id: &str, points: u32) -> SubmissionResult {
        let mut one = SubmissionResult::new(SubmissionId(id.to_owned()), Vec::new(), 1);
        (one.points, one.of) = (points, 34);
        one
    }

    fn filled(kind: Gradebook, text: &str, all: &[SubmissionResult]) -> Result<String, String> {
        let words = Words::of(Language::English);
        let filling = Filling { file: "notas.csv", column: Some("Sockets"), submissions: all };
        let out = fill(kind, text.as_bytes(), filling, &words).map_err(|message| message.id.into_owned())?;
        Ok(String::from_utf8(out).expect("text"))
    }

    const WORKSHEET: &str = "\u{feff}Identificador,\"Nome completo\",Status,Nota,\"Nota máxima\",\"Comentários de feedback\"\r\n\
        \"Participante 101\",\"Ana Lima\",Enviado,,\"100,00\",\r\n\"Participante 102\",\"Rui, o Sá\",\"Nenhum envio\",,\"100,00\",\r\n";

    #[test]
    fn a_moodle_worksheet_keeps_all_but_grades() {
        let all = [result("Ana Lima_101_assignsubmission_file_", 30)];
        let out = filled(Gradebook::Moodle, WORKSHEET, &all).expect("filled in");
        assert!(out.starts_with("\u{feff}Identificador,Nome completo,Status,Nota,"), "{out}");
        assert!(out.contains("Participante 101,Ana Lima,Enviado,30,"), "{out}");
        assert!(out.contains("\"Rui, o Sá\",Nenhum envio,,"), "nothing handed in is not 0: {out}");
        assert!(out.ends_with("\r\n"));
    }

    #[test]
    fn nobody_is_lost_and_nobody_gets_too_much() {
        let all = [result("Bia_999_assignsubmission_file_", 30)];
        assert_eq!(filled(Gradebook::Moodle, WORKSHEET, &all), Err("cli-no-source-row".to_owned()));
        let all = [result("Ana Lima_101_assignsubmission_file_", 101)];
        assert_eq!(filled(Gradebook::Moodle, WORKSHEET, &all), Err("cli-grade-too-high".to_owned()));
        assert_eq!(filled(Gradebook::Moodle, "a,b\n1,2\n", &[]), Err("cli-fill-format".to_owned()));
    }

    #[test]
    fn a_canvas_export_is_filled_in_one_column() {
        let text = "Student,ID,SIS Login ID,Section,Sockets (12),Final\nPoints Possible,,,,34,\nLima Ana,7,ana,T1,,9\n";
        let out = filled(Gradebook::Canvas, text, &[result("ana", 31)]).expect("filled in");
        assert!(out.contains("Lima Ana,7,ana,T1,31,9"), "{out}");
    }

    #[test]
    fn a_moodle_folder_has_its_number() {
        assert_eq!(moodle_number("Ana_da Silva_12345_assignsubmission_file_"), Some("12345"));
        assert_eq!(moodle_number("ana"), None);
        assert_eq!(number("Participant 77"), Some("77"));
    }
}
