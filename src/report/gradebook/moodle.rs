//! Moodle's offline grading worksheet (`mod/assign/gradingtable.php`).
//!
//! It has one row per participant, and headings in the language of the site.

use super::decimal::Decimal;
use super::people::{DownloadNaming, Person, match_rows};
use super::sheet::Sheet;
use super::{FillError, GradeTarget, Grader, column, columns};
use crate::i18n::Catalog;
use crate::model::Message;
use crate::model::name::fold_name;
use crate::report::csv_cell::cell;

// Headings in the languages of Western Europe. They are the strings `recordid`, `gradenoun`,
// `maxgrade` and `scale` of Moodle's language packs, and the name of the feedback plugin.
const IDENTIFIER: &[&str] = &[
    "identifier",
    "identificador",
    "id",
    "identifiant",
    "identifikator",
    "kennung",
    "identificatore",
    "identificativo",
    "identificatie",
    "identificació",
];
const GRADE: &[&str] = &[
    "grade",
    "nota",
    "avaliação",
    "calificación",
    "puntuación",
    "note",
    "évaluation",
    "bewertung",
    "valutazione",
    "voto",
    "cualificación",
    "qualificació",
    "cijfer",
    "beoordeling",
    "betyg",
];
const MAXIMUM: &[&str] = &[
    "maximum grade",
    "max grade",
    "maximum",
    "nota máxima",
    "avaliação máxima",
    "calificación máxima",
    "puntuación máxima",
    "note maximale",
    "note maximum",
    "bestwertung",
    "höchstbewertung",
    "höchste bewertung",
    "maximale bewertung",
    "maximalbewertung",
    "valutazione massima",
    "voto massimo",
    "cualificación máxima",
    "qualificació màxima",
    "maximumcijfer",
    "maximale cijfer",
    "maximaal cijfer",
    "högsta betyg",
];
const SCALE: &[&str] = &["scale", "escala", "barème", "échelle", "skala", "scala", "schaal"];
const FEEDBACK: &[&str] = &[
    "feedback comments",
    "feedback",
    "comentários de feedback",
    "comentários",
    "feedback via comentários",
    "comentarios de retroalimentación",
    "comentarios de la retroalimentación",
    "comentarios de realimentación",
    "comentarios",
    "feedback par commentaires",
    "commentaires de feedback",
    "commentaires",
    "feedback als kommentar",
    "commenti di feedback",
    "commenti",
    "comentarios de retroalimentación (feedback)",
];
const NAME: &[&str] = &[
    "full name",
    "nome completo",
    "nombre completo",
    "nombre",
    "nom complet",
    "vollständiger name",
    "nome",
    "name",
    "nom",
    "nombre completo del usuario",
];
const ACCOUNT: &[&str] = &[
    "username",
    "user name",
    "usuário",
    "nome de usuário",
    "nome de utilizador",
    "nombre de usuario",
    "nom d'utilisateur",
    "anmeldename",
    "email address",
    "email",
    "endereço de email",
    "endereço de e-mail",
    "dirección de correo",
    "dirección de correo electrónico",
    "correo electrónico",
    "adresse de courriel",
    "e-mail-adresse",
    "e-mail",
    "id number",
    "número de identificação",
    "número de id",
    "idnumber",
    "id-nummer",
];

/// Fills in the worksheet.
pub(super) fn fill(sheet: &mut Sheet<'_>, grader: &mut Grader<'_>, words: &Catalog) -> Result<(), FillError> {
    let filling = grader.filling;
    let missing =
        |column: &'static str| FillError::Format(Message::new("fill-no-column").with("column", Message::new(column)));
    let data = 1..sheet.len();
    let is_numbered = || sheet.len() > 1 && data.clone().all(|row| !trailing_digits(&sheet.cell(row, 0)).is_empty());
    let identifier = column(sheet, IDENTIFIER).or_else(|| is_numbered().then_some(0));
    let identifier = identifier.ok_or_else(|| missing("fill-column-identifier"))?;
    let (named, maximum) = (column(sheet, GRADE), column(sheet, MAXIMUM));
    if maximum.is_none()
        && let Some(scale) = column(sheet, SCALE)
    {
        let values = data.clone().map(|row| sheet.cell(row, scale)).find(|value| !value.is_empty());
        return Err(grader.not_a_number(&values.unwrap_or_default()));
    }
    let (points, maximum) = match (named, maximum) {
        (Some(points), Some(maximum)) => (points, maximum),
        (None, Some(_)) => return Err(missing("fill-column-grade")),
        // In an unknown language, the two columns are found by their adjacent position.
        (named, None) => adjacent_columns(sheet)
            .filter(|(points, _)| named.is_none_or(|named| named == *points))
            .ok_or_else(|| missing(if named.is_none() { "fill-column-grade" } else { "fill-column-maximum" }))?,
    };
    let feedback = column(sheet, FEEDBACK);
    let (names, accounts) = (columns(sheet, NAME), columns(sheet, ACCOUNT));
    let people: Vec<Person> = data
        .map(|row| Person {
            row,
            number: trailing_digits(&sheet.cell(row, identifier)),
            accounts: accounts.iter().map(|&column| fold_name(&sheet.cell(row, column))).collect(),
            names: names.iter().map(|&column| fold_name(&sheet.cell(row, column))).collect(),
        })
        .filter(|person| !person.is_nobody())
        .collect();
    let found = grader.matched_rows(match_rows(
        DownloadNaming::Moodle,
        &people,
        filling.graded_submissions(),
        filling.file,
    )?)?;
    let rows = found.iter().flat_map(|(submission, rows)| rows.iter().map(move |&row| (*submission, row)));
    for (submission, row) in rows {
        let grade = grader.grade(sheet, submission, GradeTarget { points, maximum: &sheet.cell(row, maximum) })?;
        sheet.set(row, points, grade);
        if let Some(feedback) = feedback {
            sheet.set(row, feedback, cell(&super::feedback(submission, words), sheet.separator));
        }
    }
    Ok(())
}

/// Returns the digits at the end of a text: `Participante 1234567`, `Teilnehmer/in1234567`.
fn trailing_digits(text: &str) -> String {
    let digits = text.len() - text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    text[text.len() - digits..].to_owned()
}

/// Finds a column of numbers with two decimals that is the same in every row, and the column of
/// grades before it. Returns `None` if several pairs of columns match.
fn adjacent_columns(sheet: &Sheet<'_>) -> Option<(usize, usize)> {
    let is_maximum = |column: usize| {
        let first = sheet.cell(1, column);
        let is_decimal = first.split_once(['.', ',']).is_some_and(|(_, decimals)| decimals.len() == 2);
        is_decimal && Decimal::parse(&first).is_ok() && (1..sheet.len()).all(|row| sheet.cell(row, column) == first)
    };
    let is_grade = |column: usize| {
        (1..sheet.len()).all(|row| {
            let grade = sheet.cell(row, column);
            grade.is_empty() || grade == "-" || grade.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
        })
    };
    let mut found = (1..sheet.width(0)).filter(|&column| is_maximum(column) && is_grade(column - 1));
    let only = found.next().filter(|_| found.next().is_none())?;
    Some((only - 1, only))
}
