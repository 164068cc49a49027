//! The documents of a submission that can be its written report, and their content.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::document::Document;
use super::lines;
use super::markdown;
use super::sheet::Sheet;
use super::words::all_words;
use super::{docx, pdf};
use crate::submission::encoding::utf_16;
use crate::submission::import::Submission;

/// Maximum size of a text, in bytes.
const MAX_TEXT_BYTES: u64 = 512 << 10;
/// Maximum size of another document, in bytes.
const MAX_DOCUMENT_BYTES: u64 = 32 << 20;
/// Maximum number of documents that are read.
const MAX_DOCUMENTS: usize = 12;
/// Names of reports, as words without accents.
const REPORT_NAMES: [&str; 17] = [
    "readme",
    "leiame",
    "leia",
    "relatorio",
    "report",
    "resposta",
    "respostas",
    "answers",
    "answer",
    "trabalho",
    "lab",
    "laboratorio",
    "documentacao",
    "entrega",
    "questoes",
    "questions",
    "atividade",
];

/// Why a document was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DocumentError {
    /// Its format is not supported.
    OtherFormat,
    /// It is damaged or too large.
    Unreadable,
}

fn ending(file: &Path) -> String {
    file.extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// Returns true if a file has the name of a report.
pub(super) fn is_report_name(file: &Path) -> bool {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    all_words(&stem).iter().any(|word| REPORT_NAMES.contains(&word.as_str()))
}

/// Returns the documents that can be the report: the file that the manifest names, else all
/// documents, those with the name of a report first, then those nearest to the top.
pub(super) fn files(delivery: &Submission, named: Option<&str>) -> Vec<PathBuf> {
    if let Some(named) = named {
        let named = Path::new(named);
        return delivery
            .files
            .iter()
            .filter(|file| file.components().eq(named.components()))
            .take(1)
            .cloned()
            .collect();
    }
    let is_document = |file: &&PathBuf| match ending(file).as_str() {
        "md" | "markdown" | "pdf" | "docx" => true,
        // Other texts are output, licences, and lists of dependencies.
        "txt" | "" | "doc" | "odt" | "rtf" => is_report_name(file),
        _ => false,
    };
    let mut found: Vec<PathBuf> = delivery.own_files().into_iter().filter(is_document).cloned().collect();
    found.sort_by_cached_key(|file| (!is_report_name(file), file.components().count(), file.clone()));
    if found.is_empty() {
        let is_other = |file: &&PathBuf| ["doc", "odt", "rtf"].contains(&ending(file).as_str());
        found = delivery.own_files().into_iter().filter(is_other).cloned().collect();
    }
    found.truncate(MAX_DOCUMENTS);
    found
}

/// Returns the part that the folder or name of a document says.
pub(super) fn part_of(file: &Path, sheet: &mut Sheet) -> Option<usize> {
    let folder = file.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let names = stem.into_iter().chain(folder).map(|name| name.replace(['_', '-', '.'], " "));
    names.filter_map(|name| sheet.title(&name)).find(|(_, score, _)| *score >= 0.75).map(|(part, _, _)| part)
}

/// Reads a document.
pub(super) fn read(delivery: &Submission, file: &Path) -> Result<Document, DocumentError> {
    match ending(file).as_str() {
        "docx" => docx::read(file, &delivery.bytes(file, MAX_DOCUMENT_BYTES)).ok_or(DocumentError::Unreadable),
        "pdf" => pdf::read(file, &delivery.bytes(file, MAX_DOCUMENT_BYTES)).ok_or(DocumentError::Unreadable),
        "md" | "markdown" | "txt" | "" => {
            let text = decoded(&delivery.bytes(file, MAX_TEXT_BYTES));
            let (lines, blocks) = (lines::lines(&text), markdown::code_blocks(&text));
            Ok(Document { file: file.to_owned(), lines, blocks, embedded: BTreeMap::new() })
        }
        _ => Err(DocumentError::OtherFormat),
    }
}

/// Returns the text of a file: UTF-8, UTF-16, or else Windows-1252, as editors of Windows save
/// texts.
fn decoded(bytes: &[u8]) -> String {
    if let Some(text) = utf_16(bytes) {
        return text;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        // The limit may have cut the last character.
        Err(error) if error.error_len().is_none() => String::from_utf8_lossy(bytes).into_owned(),
        // The first 256 characters of Unicode are those of Latin-1; Windows-1252 has other signs,
        // but the same letters.
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_windows_are_decoded() {
        let text = "Explique a conexão e o código";
        let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin-1")).collect();
        let wide: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        for bytes in [text.as_bytes(), &latin, &wide, &marked] {
            assert_eq!(decoded(bytes), text);
        }
        let cut = &"conexão".as_bytes()[..6];
        assert!(decoded(cut).starts_with("conex"));
    }
}
