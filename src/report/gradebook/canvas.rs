//! The export of a Canvas gradebook (`lib/gradebook_exporter.rb`).
//!
//! It has one row per student and one column per assignment. A row above the students contains the
//! maximum points of each assignment. The built-in headings are English whatever the site's
//! language.

use super::people::{DownloadNaming, Person, match_rows};
use super::sheet::Sheet;
use super::{FillError, FillRequest, GradeTarget, Grader, column};
use crate::model::Message;
use crate::model::name::fold_name;

/// Labels of the row of maxima.
const MAXIMUM_ROW_LABELS: &[&str] = &[
    "points possible",
    "pontos possíveis",
    "puntos posibles",
    "points possibles",
    "mögliche punkte",
    "punti possibili",
];
/// Cells that exclude a grade: the student is excused, or the assignment was not given to the
/// student.
const EXCLUDED_GRADES: [&str; 2] = ["EX", "N/A"];

/// Fills in the assignment's column.
pub(super) fn fill(sheet: &mut Sheet<'_>, grader: &mut Grader<'_>) -> Result<(), FillError> {
    let filling = grader.filling;
    let last_first = column(sheet, &["lastname"]).zip(column(sheet, &["firstname"]));
    let student = column(sheet, &["student", "aluno", "estudante", "estudiante", "étudiant", "studierende"]);
    let name = student.or(last_first.map(|(last, _)| last));
    let name = name.ok_or_else(|| {
        FillError::Format(Message::new("fill-no-column").with("column", Message::new("fill-column-student")))
    })?;
    let id = column(sheet, &["id"]);
    let accounts = ["sis login id", "sis user id", "integration id", "email"].map(|heading| column(sheet, &[heading]));
    let own =
        [student, id].into_iter().chain(accounts).flatten().chain(last_first.into_iter().flat_map(|(a, b)| [a, b]));
    let points = assignment_column(sheet, filling, &own.collect::<Vec<_>>())?;
    let is_named = |&row: &usize| MAXIMUM_ROW_LABELS.contains(&fold_name(&sheet.cell(row, name)).as_str());
    let is_like_it = |&row: &usize| {
        let is_nobody = id.is_some_and(|id| sheet.cell(row, id).is_empty());
        is_nobody && !sheet.cell(row, name).is_empty() && !sheet.cell(row, points).is_empty()
    };
    let possible = (1..sheet.len()).find(is_named).or_else(|| (1..sheet.len().min(4)).find(is_like_it));
    let possible = possible.ok_or_else(|| FillError::Format(Message::new("fill-no-possible-row")))?;
    let maximum = sheet.cell(possible, points);
    let people: Vec<Person> = (1..sheet.len())
        .filter(|&row| row != possible)
        .map(|row| {
            let cell = |column: usize| fold_name(&sheet.cell(row, column));
            let number = id.map(cell).unwrap_or_default();
            let accounts = accounts.iter().map(|account| account.map(cell).unwrap_or_default()).chain([number.clone()]);
            let accounts = accounts.collect();
            Person {
                row,
                number,
                accounts,
                names: name_forms(&student.map(cell), last_first.map(|(a, b)| (cell(a), cell(b)))),
            }
        })
        .filter(|person| !person.is_nobody())
        .collect();
    let found = grader.matched_rows(match_rows(
        DownloadNaming::Canvas,
        &people,
        filling.graded_submissions(),
        filling.file,
    )?)?;
    for (submission, rows) in found {
        for row in rows {
            if EXCLUDED_GRADES.contains(&&*sheet.cell(row, points)) {
                grader.excluded.push(submission);
                continue;
            }
            let grade = grader.grade(sheet, submission, GradeTarget { points, maximum: &maximum })?;
            sheet.set(row, points, grade);
        }
    }
    Ok(())
}

/// Returns a name as written in the file, and with the first name first.
fn name_forms(student: &Option<String>, last_first: Option<(String, String)>) -> Vec<String> {
    let mut all = Vec::new();
    let split = student.as_deref().and_then(|name| name.split_once(", "));
    let split = split.map(|(last, first)| (last.to_owned(), first.to_owned())).or(last_first);
    all.extend(student.clone());
    if let Some((last, first)) = split {
        all.push(format!("{last}, {first}"));
        all.push(format!("{first} {last}").trim().to_owned());
    }
    all.retain(|name| !name.is_empty() && name != ",");
    all
}

/// Finds the assignment's column: the column with this heading or title, else the column whose
/// heading begins with it.
fn assignment_column(sheet: &Sheet<'_>, filling: FillRequest<'_>, own: &[usize]) -> Result<usize, FillError> {
    let wanted = filling.column.map(fold_name).filter(|wanted| !wanted.is_empty());
    let wanted = wanted.ok_or_else(|| FillError::Format(Message::new("fill-column-unnamed")))?;
    let headings: Vec<(usize, String)> = (0..sheet.width(0))
        .filter(|column| !own.contains(column))
        .map(|column| (column, fold_name(&sheet.cell(0, column))))
        .collect();
    // Canvas appends the assignment's number to its title.
    let title = |heading: &str| {
        let numbered = heading.strip_suffix(')').and_then(|heading| heading.rsplit_once(" ("));
        let is_number = |number: &str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        numbered.filter(|(_, number)| is_number(number)).map_or(heading, |(title, _)| title).to_owned()
    };
    let whole: Vec<_> = headings.iter().filter(|(_, heading)| *heading == wanted).collect();
    let titled: Vec<_> = headings.iter().filter(|(_, heading)| title(heading) == wanted).collect();
    let begun: Vec<_> = headings.iter().filter(|(_, heading)| heading.starts_with(&wanted)).collect();
    let fit = [whole, titled, begun].into_iter().find(|fit| !fit.is_empty()).unwrap_or_default();
    let shown = crate::i18n::escape_controls(filling.column.unwrap_or_default());
    match fit.as_slice() {
        [(column, _)] => Ok(*column),
        [] => Err(FillError::Format(Message::new("fill-no-column").with("column", format!("\"{shown}\"")))),
        several => {
            let names: Vec<String> =
                several.iter().map(|(column, _)| crate::i18n::escape_controls(&sheet.cell(0, *column))).collect();
            Err(FillError::Format(
                Message::new("fill-several-columns").with("column", shown).with("columns", names.join(", ")),
            ))
        }
    }
}
