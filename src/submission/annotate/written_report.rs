//! Checks the written report of a submission: which items it answers, and with which pictures.
//! Reads documents and examines files. Does not judge answers.

mod code;
mod document;
mod documents;
mod docx;
mod html;
mod inline;
mod likeness;
mod lines;
mod markdown;
mod numbering;
pub(crate) mod pdf;
mod pictures;
mod recognition;
mod sheet;
mod substance;
mod words;

use std::collections::BTreeMap;

use self::document::Document;
use self::documents::DocumentError;
use self::pictures::Pictures;
use self::recognition::Answers;
use self::sheet::Sheet;
use crate::model::bytes::{printable_text, safe_path};
use crate::model::{Annotation, Arg, ItemResult, Message, SubmissionResult, WrittenAnswer};
use crate::run::Session;
use crate::scenario::lab::{Lab, WrittenSection};
use crate::submission::import::Submission;

/// Maximum number of pictures that are examined.
const MAX_PICTURES: usize = 200;
/// Maximum number of pictures beside no item that a note names.
const MAX_NAMED_PICTURES: usize = 5;
/// Minimum number of questions that a file with an unusual name must contain to be a report.
const MIN_QUESTIONS: usize = 2;

/// The notes that a document was not read.
const DOCUMENT_NOTES: [&str; 2] = ["unused-document", "unused-report"];

/// Reads the report of a submission, and adds its answers and pictures to the items.
pub(crate) fn annotate(
    result: &mut SubmissionResult,
    delivery: &Submission,
    named: Option<&str>,
    lab: &Lab,
    session: Session<'_>,
) {
    let files = documents::files(delivery, named);
    if files.is_empty() {
        if named.is_some() {
            result.notes.push(Message::new("written-missing").with("file", printable_text(named.unwrap_or_default())));
        }
        return;
    }
    let mut sheet = Sheet::of_lab(lab);
    let mut read: Vec<(Document, Answers)> = Vec::new();
    for file in &files {
        if session.cancel.is_cancelled() {
            break;
        }
        let is_report = named.is_some() || files.len() == 1 || documents::is_report_name(file);
        let mut document = match documents::read(delivery, file) {
            Ok(document) => document,
            Err(error) => {
                let id = match error {
                    DocumentError::OtherFormat => "written-other-format",
                    DocumentError::Unreadable => "written-unreadable",
                };
                let note = Message::new(id).with("file", safe_path(file));
                // It may be named already, as a document that was not read.
                let is_named = result.unused_files().any(|other| other.args.get("file") == note.args.get("file"));
                result.notes.extend(Some(note).filter(|_| is_report && !is_named));
                continue;
            }
        };
        let part = documents::part_of(file, &mut sheet);
        let found = recognition::answers(&document.lines, &mut sheet, part);
        if is_report || found.by_text >= MIN_QUESTIONS {
            let blocks = std::mem::take(&mut document.blocks);
            let name = Some(Arg::Text(safe_path(file)));
            result.notes.retain(|note| !DOCUMENT_NOTES.contains(&&*note.id) || note.args.get("file") != name.as_ref());
            result.notes.extend(markdown::bad_data(&blocks));
            result.notes.extend(code::bad_code(&blocks, delivery, session));
            read.push((document, found));
        }
    }
    let is_asked = named.is_some() || lab.documented > 0 || lab.written.section != WrittenSection::default();
    let is_answered = || read.iter().any(|(_, found)| found.items.values().any(|answer| answer.answered));
    // A README beside the programs of a lab without written questions is no report.
    if !read.is_empty() && (is_asked || is_answered()) {
        add_answers(result, &sheet, &read, &mut Pictures::new(delivery, &lab.given), session);
    }
}

/// Adds the answers of all documents to the items, and notes about pictures.
fn add_answers(
    result: &mut SubmissionResult,
    sheet: &Sheet,
    read: &[(Document, Answers)],
    pictures: &mut Pictures<'_>,
    session: Session<'_>,
) {
    let indices: BTreeMap<&str, usize> =
        sheet.items.iter().enumerate().map(|(k, item)| (item.id.as_str(), k)).collect();
    let mut more = 0_usize;
    for item in &mut result.items {
        let mut written = WrittenAnswer {
            answered: false,
            text: String::new(),
            pictures: Vec::new(),
            notes: Vec::new(),
            images: Vec::new(),
        };
        let index = indices.get(item.id.as_str().to_lowercase().as_str());
        let answers = read.iter().filter_map(|(document, found)| Some((document, found.items.get(index?)?)));
        for (document, answer) in answers {
            written.answered |= answer.answered;
            recognition::push_bounded(&mut written.text, &answer.text);
            for picture in &answer.pictures {
                if pictures.left == 0 || session.cancel.is_cancelled() {
                    more += 1;
                    continue;
                }
                match pictures.check_picture(document, picture) {
                    Ok(path) => {
                        written.images.extend(pictures.image(&path));
                        written.pictures.push(path);
                    }
                    Err(note) => written.notes.push(note),
                }
            }
        }
        item.annotations.push(Annotation::WrittenReport(written));
    }
    if more > 0 {
        result.notes.push(Message::new("written-more-pictures").with("count", more).with("limit", MAX_PICTURES));
    }
    let others: Vec<&String> = read.iter().flat_map(|(_, found)| &found.others).collect();
    if !others.is_empty() {
        let names = others.iter().take(MAX_NAMED_PICTURES).map(|name| printable_text(name));
        let dots = if others.len() > MAX_NAMED_PICTURES { ", …" } else { "" };
        let note = Message::new("written-pictures-beside-no-item").with("count", others.len());
        result.notes.push(note.with("files", format!("{}{dots}", names.collect::<Vec<_>>().join(", "))));
    }
}

/// Adds the points that a lab gives for an answer in the written report to those of the judge.
pub(crate) fn add_points(item: &mut ItemResult, points: u32) {
    let Some(answered) = item.documented().map(|documented| documented.answered) else { return };
    item.of += points;
    item.earned += if answered { points } else { 0 };
}

#[cfg(test)]
mod tests;
