//! Reads a class roster (CSV), with or without a header, with one or several columns. No student is
//! lost: those without a submission have a row too, and submissions without a student keep their
//! own row.

use crate::model::name::fold_name;
use crate::model::{Message, SubmissionId};
use crate::submission::grade::SubmissionSource;

/// Headers of the column with submission identifiers, as documented in the help.
const SUBMISSION: &[&str] = &["submission", "folder", "id", "entrega", "pasta"];
/// Headers of columns with full names.
const NAME: &[&str] = &[
    "name",
    "full name",
    "student",
    "student name",
    "participant",
    "nome",
    "nome completo",
    "nome do aluno",
    "nome social",
    "aluno",
    "aluna",
    "aluno(a)",
    "estudante",
    "discente",
    "participante",
    "nombre",
    "nombre completo",
    "alumno",
    "estudiante",
    "nom",
    "nom complet",
    "étudiant",
    "vollständiger name",
    "teilnehmer/in",
];
/// Headers of columns with one part of a name.
const FIRST: &[&str] = &["first name", "firstname", "given name", "primeiro nome", "nome próprio", "prénom", "vorname"];
const LAST: &[&str] = &[
    "last name",
    "lastname",
    "surname",
    "family name",
    "sobrenome",
    "último nome",
    "apelido",
    "apellido",
    "apellidos",
    "apellido(s)",
    "nom de famille",
    "nachname",
];
/// Headers of other columns, and headers of lists: they show that a row is a header.
const OTHER: &[&str] = &[
    "login",
    "username",
    "user name",
    "user",
    "account",
    "usuário",
    "usuario",
    "nome de usuário",
    "nombre de usuario",
    "conta",
    "matrícula",
    "matricula",
    "ra",
    "registration",
    "number",
    "id number",
    "student id",
    "número",
    "numero",
    "nº",
    "no.",
    "código",
    "code",
    "identifier",
    "identificador",
    "identifiant",
    "sis login id",
    "sis user id",
    "integration id",
    "email",
    "e-mail",
    "email address",
    "e-mail address",
    "endereço de email",
    "endereço de e-mail",
    "correo",
    "dirección de correo",
    "class",
    "turma",
    "section",
    "seção",
    "grupo",
    "group",
    "groups",
    "grupos",
    "course",
    "curso",
    "disciplina",
    "submissions",
    "folders",
    "names",
    "students",
    "nomes",
    "alunos",
    "entregas",
    "pastas",
    "estudantes",
    "alumnos",
    "ids",
    "logins",
    "roster",
    "lista",
    "status",
    "notes",
    "obs",
    "observações",
];

/// A student on the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RosterEntry {
    /// Identifier of the submission.
    pub id: String,
    /// Name of the student, if another column has one.
    pub name: Option<String>,
}

/// A roster, parsed with one separator.
struct Table {
    rows: Vec<Vec<String>>,
    /// True if the first row is a header.
    is_headed: bool,
    /// Number of cells that fit a submission, for each column.
    fits: Vec<usize>,
}

impl Table {
    fn read(bytes: &[u8], separator: u8, sources: &[SubmissionSource]) -> Result<Self, Message> {
        let reader =
            csv::ReaderBuilder::new().flexible(true).has_headers(false).delimiter(separator).from_reader(bytes);
        let mut rows: Vec<Vec<String>> = Vec::new();
        for row in reader.into_records() {
            let row = row.map_err(|_| Message::new("roster-not-utf8"))?;
            let clean = |cell: &str| cell.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').to_owned();
            let row: Vec<String> = row.iter().map(clean).collect();
            if row.iter().any(|cell| !cell.is_empty()) {
                rows.push(row);
            }
        }
        let is_theirs = |cell: &str| sources.iter().any(|source| fit(cell, source).is_some());
        let is_headed = rows.first().is_some_and(|first| {
            let known = |cell: &String| [SUBMISSION, NAME, FIRST, LAST, OTHER].iter().any(|all| is_header(all, cell));
            // The folder of a student may have the name of a header.
            first.iter().any(known)
                && !first.iter().any(|cell| sources.iter().any(|source| fold_name(&source.id.0) == fold_name(cell)))
        });
        let width = rows.iter().map(Vec::len).max().unwrap_or_default();
        let data = &rows[usize::from(is_headed).min(rows.len())..];
        let count =
            |column| data.iter().filter(|row| row.get(column).is_some_and(|cell: &String| is_theirs(cell))).count();
        let fits = (0..width).map(count).collect();
        Ok(Self { rows, is_headed, fits })
    }

    fn data(&self) -> &[Vec<String>] {
        &self.rows[usize::from(self.is_headed).min(self.rows.len())..]
    }

    /// Returns a key that is highest for the most plausible separator.
    fn rank(&self) -> (usize, usize, bool, usize) {
        let first = self.rows.first().map_or(0, Vec::len);
        let known = if self.is_headed { first } else { 0 };
        let is_even = first > 1 && self.rows.iter().all(|row| row.len() == first);
        (self.fits.iter().copied().max().unwrap_or_default(), known, is_even, first)
    }

    /// Returns the index of the column with one of these headers.
    fn column(&self, names: &[&str]) -> Option<usize> {
        self.rows.first().filter(|_| self.is_headed)?.iter().position(|cell| is_header(names, cell))
    }

    /// Returns the index of the column with submission identifiers. It is the one with such a
    /// header, else the one whose cells fit submissions, else the first that is not part of a name.
    fn ids(&self) -> usize {
        let is = |headings: &[&str], column: usize| {
            self.is_headed && self.rows[0].get(column).is_some_and(|cell| is_header(headings, cell))
        };
        let is_part = |column: usize| is(FIRST, column) || is(LAST, column);
        let best = (0..self.fits.len())
            .filter(|&column| !is_part(column))
            .max_by_key(|&column| (self.fits[column], !is(NAME, column), std::cmp::Reverse(column)));
        let fits = |column: &usize| self.fits[*column] > 0;
        let called = self.column(SUBMISSION).filter(|column| fits(column) || !best.is_some_and(|best| fits(&best)));
        let first = || (0..self.fits.len()).find(|&column| !is_part(column));
        called.or_else(|| best.filter(fits)).or_else(first).unwrap_or_default()
    }

    /// Returns the columns with names, other than the identifiers: one column, or two in this
    /// order.
    fn names(&self, ids: usize) -> Vec<usize> {
        let named = self.column(NAME);
        if let (Some(first), Some(last)) = (self.column(FIRST).or(named), self.column(LAST)) {
            return vec![first, last];
        }
        let looks_so = |column: &usize| {
            let cells = || self.data().iter().filter_map(|row| row.get(*column)).filter(|cell| !cell.is_empty());
            let is_name = |cell: &String| {
                cell.contains(char::is_alphabetic)
                    && !cell.contains('@')
                    && !cell.contains(|c: char| c.is_ascii_digit())
            };
            cells().all(is_name) && cells().any(|cell| cell.contains(' '))
        };
        let unheaded = || (0..self.fits.len()).filter(|column| *column != ids && !self.is_headed).find(looks_so);
        named.or_else(unheaded).filter(|&column| column != ids).into_iter().collect()
    }
}

/// Returns true if a cell is one of these headers.
fn is_header(headings: &[&str], cell: &str) -> bool {
    headings.contains(&fold_name(cell).as_str())
}

/// Reads a roster. The existing submissions determine which column has the identifiers, and whether
/// the first row is one of them.
///
/// # Errors
/// Returns an error if the file is not UTF-8, or if it lists no students.
pub(crate) fn read(bytes: &[u8], sources: &[SubmissionSource]) -> Result<Vec<RosterEntry>, Message> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut best: Option<Table> = None;
    for separator in [b',', b';', b'\t'] {
        let table = Table::read(bytes, separator, sources)?;
        // The later one of equals: names may contain commas too.
        if best.as_ref().is_none_or(|best| table.rank() >= best.rank()) {
            best = Some(table);
        }
    }
    let table = best.ok_or_else(|| Message::new("roster-nobody"))?;
    let ids = table.ids();
    let names = table.names(ids);
    let mut all: Vec<RosterEntry> = Vec::new();
    for row in table.data() {
        let cell = |column: usize| row.get(column).map(String::as_str).unwrap_or_default();
        let name =
            names.iter().map(|&column| cell(column)).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        let id = if cell(ids).is_empty() { name.as_str() } else { cell(ids) };
        if id.is_empty() {
            continue;
        }
        let listed =
            RosterEntry { name: Some(name.clone()).filter(|name| !name.is_empty() && name != id), id: id.to_owned() };
        // A student who is listed twice in the same words is one student.
        if !all.contains(&listed) {
            all.push(listed);
        }
    }
    if all.is_empty() { Err(Message::new("roster-nobody")) } else { Ok(all) }
}

/// How well a name on the roster fits a submission, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It is the identifier.
    Whole,
    /// The identifier begins with it.
    Beginning,
    /// It is the number at the end of a Canvas identifier.
    Number,
    /// It is the student's name in Canvas's spelling.
    Compact,
}

fn fit(name: &str, source: &SubmissionSource) -> Option<Fit> {
    let (name, id) = (fold_name(name), fold_name(&source.id.0));
    if name.is_empty() {
        return None;
    }
    if name == id {
        return Some(Fit::Whole);
    }
    if id.strip_prefix(&name).is_some_and(|rest| rest.starts_with(['_', '-', ' '])) {
        return Some(Fit::Beginning);
    }
    let (student, number) = id.rsplit_once('_')?;
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) || student.contains(' ') {
        return None;
    }
    if number == name {
        return Some(Fit::Number);
    }
    // The last name comes first in Canvas's spelling, and its first word is unknown.
    let words: Vec<&str> = name.split([' ', ',']).collect();
    let compact = |from: usize| {
        let all = words[from..].iter().chain(&words[..from]).flat_map(|word| word.chars());
        all.filter(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
    };
    (words.len() > 1 && (0..words.len()).any(|from| compact(from) == student)).then_some(Fit::Compact)
}

/// Combines the roster with the submissions. Every student has a row, also without a submission,
/// followed by submissions that fit no student. If several submissions or several students fit,
/// none is assigned.
#[must_use]
pub(crate) fn apply(listed: Vec<RosterEntry>, sources: Vec<SubmissionSource>) -> Vec<SubmissionSource> {
    let mut left: Vec<Option<SubmissionSource>> = sources.into_iter().map(Some).collect();
    let mut found: Vec<Option<SubmissionSource>> = listed.iter().map(|_| None).collect();
    // Longest names first: `ana maria` also begins with `ana`.
    let mut order: Vec<usize> = (0..listed.len()).collect();
    order.sort_by_key(|&k| std::cmp::Reverse(listed[k].id.chars().count()));
    for wanted in [Fit::Whole, Fit::Beginning, Fit::Number, Fit::Compact] {
        for by_name in [false, true] {
            for &k in order.iter().filter(|_| !(by_name && wanted == Fit::Number)) {
                let called = if by_name { listed[k].name.as_deref() } else { Some(listed[k].id.as_str()) };
                let Some(called) = called.filter(|_| found[k].is_none()) else { continue };
                let fits =
                    |place: &usize| left[*place].as_ref().is_some_and(|source| fit(called, source) == Some(wanted));
                let all: Vec<usize> = (0..left.len()).filter(fits).collect();
                if let [only] = all[..] {
                    found[k] = left[only].take();
                }
            }
        }
    }
    let rows = listed.into_iter().zip(found).map(|(one, source)| SubmissionSource {
        id: SubmissionId(one.id),
        name: one.name,
        path: source.and_then(|source| source.path),
    });
    rows.chain(left.into_iter().flatten()).collect()
}

#[cfg(test)]
mod tests;
