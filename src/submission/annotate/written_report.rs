//! Checks the written report of a submission: which items it answers, and with which pictures.
//! Reads Markdown and examines files. Does not judge answers.

mod code;
mod markdown;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use self::markdown::{Block, BlockKind};
use crate::model::bytes::{printable_text, safe_path};
use crate::model::{Annotation, ItemId, ItemResult, LocalizedText, Message, SubmissionResult, WrittenAnswer};
use crate::run::Session;
use crate::scenario::lab::Lab;
use crate::submission::import::Submission;

/// Maximum size of a report, in bytes.
const MAX_REPORT_BYTES: u64 = 2 << 20;
/// Maximum number of pictures that are examined.
const MAX_PICTURES: usize = 200;
/// Minimum number of letters of an answer.
const MIN_ANSWER_LETTERS: usize = 12;

/// Reads the report of a submission, and adds its answers and pictures to the items.
pub(crate) fn annotate(
    result: &mut SubmissionResult,
    delivery: &Submission,
    named: Option<&str>,
    lab: &Lab,
    around: Session<'_>,
) {
    let Some(file) = report_file(delivery, named) else {
        if named.is_some() {
            result.notes.push(Message::new("written-missing").with("file", printable_text(named.unwrap_or_default())));
        }
        return;
    };
    let ending = file.extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default();
    if !matches!(ending.as_str(), "md" | "markdown" | "txt" | "") {
        let note = Message::new("written-other-format").with("file", safe_path(&file));
        // It may be named already, as a document that was not read.
        if !result.unused_files().any(|other| other.args.get("file") == note.args.get("file")) {
            result.notes.push(note);
        }
        return;
    }
    let blocks = crate::submission::annotate::written_report::markdown::blocks(&delivery.text(&file, MAX_REPORT_BYTES));
    result.notes.extend(crate::submission::annotate::written_report::markdown::bad_data(&blocks));
    result.notes.extend(crate::submission::annotate::written_report::code::bad_code(&blocks, delivery, around));
    let titles: BTreeMap<&ItemId, Option<&LocalizedText>> =
        lab.items().map(|(_, item)| (&item.id, item.title.as_ref())).collect();
    let mut answers = answers(&blocks, &titles);
    let mut pictures =
        Pictures { delivery, report: &file, given: &lab.given, left: MAX_PICTURES, hashes: BTreeMap::new() };
    let (mut seen, mut more) = (BTreeSet::new(), 0_usize);
    for item in &mut result.items {
        let (answered, named) = answers.remove(&item.id).unwrap_or_default();
        let mut documented = WrittenAnswer { answered, pictures: Vec::new(), notes: Vec::new() };
        for picture in named {
            if pictures.left == 0 || around.cancel.is_cancelled() {
                more += 1;
                continue;
            }
            match pictures.check_picture(&picture, &mut seen) {
                Ok(path) => documented.pictures.push(path),
                Err(note) => documented.notes.push(note),
            }
        }
        item.annotations.push(Annotation::WrittenReport(documented));
    }
    if more > 0 {
        result.notes.push(Message::new("written-more-pictures").with("count", more).with("limit", MAX_PICTURES));
    }
}

/// Adds the points that a lab gives for an answer in the written report to those of the judge.
pub(crate) fn add_points(item: &mut ItemResult, points: u32) {
    let Some(answered) = item.documented().map(|documented| documented.answered) else { return };
    item.of += points;
    item.earned += if answered { points } else { 0 };
}

/// Returns the report: the file that the manifest names, else the README (in any case) nearest to
/// the top.
fn report_file(delivery: &Submission, named: Option<&str>) -> Option<PathBuf> {
    if let Some(named) = named {
        let named = Path::new(named);
        return delivery.files.iter().find(|file| file.components().eq(named.components())).cloned();
    }
    let is_readme = |file: &&PathBuf| {
        let stem = file.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
        let known = ["md", "markdown", "txt"];
        let ending = file.extension().map(|end| end.to_string_lossy().to_lowercase());
        let readable = ending.is_none_or(|end| known.contains(&end.as_str()));
        readable && ["readme", "leiame", "leia-me", "relatorio", "relatório", "report"].contains(&stem.as_str())
    };
    let is_document = |file: &&PathBuf| {
        let ending = file.extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default();
        ["pdf", "doc", "docx", "odt"].contains(&ending.as_str())
    };
    let nearest = |file: &&PathBuf| (file.components().count(), (*file).clone());
    let own = delivery.own_files();
    let readme = own.iter().copied().filter(is_readme).min_by_key(nearest);
    readme.or_else(|| own.iter().copied().filter(is_document).min_by_key(nearest)).cloned()
}

/// For each item: true if it is answered, and the pictures in the answer.
type WrittenAnswers = BTreeMap<ItemId, (bool, Vec<String>)>;

fn answers(blocks: &[Block], titles: &BTreeMap<&ItemId, Option<&LocalizedText>>) -> WrittenAnswers {
    let parts: Vec<String> = {
        let mut parts = Vec::new();
        for id in titles.keys() {
            let part = id.as_str().rsplit_once('.').map_or(id.as_str(), |(part, _)| part).to_owned();
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        parts
    };
    let mut part: Option<String> = None;
    let mut current: Option<ItemId> = None;
    let mut found = WrittenAnswers::new();
    for block in blocks {
        let question = matches!(block.kind, BlockKind::Heading | BlockKind::Item(_));
        let number = match block.kind {
            BlockKind::Item(Some(number)) => Some((None, number)),
            BlockKind::Heading => number_of(&block.text),
            _ => None,
        };
        if block.kind == BlockKind::Heading {
            let named = parts.iter().find(|part| is_about(&block.text, part)).cloned();
            if named.is_some() {
                part = named;
                current = None;
            } else if number.is_none() {
                current = None;
            }
        }
        let by_id = titles.keys().find(|id| block.text.contains(id.as_str())).map(|id| (*id).clone());
        let by_title = question.then(|| titles.iter().find(|(_, title)| is_title(&block.text, **title))).flatten();
        let by_number = number.and_then(|(_, number)| format!("{}.{number}", part.as_ref()?).parse::<ItemId>().ok());
        let next = by_id.filter(|_| question).or_else(|| by_title.map(|(id, _)| (*id).clone())).or(by_number);
        if let Some(next) = next.filter(|next| question && titles.contains_key(next)) {
            found.entry(next.clone()).or_default();
            current = Some(next);
            // The line of the question may contain pictures.
            if let Some(entry) = current.as_ref().and_then(|id| found.get_mut(id)) {
                entry.1.extend(block.pictures.iter().cloned());
            }
            continue;
        }
        let Some(entry) = current.as_ref().and_then(|id| found.get_mut(id)) else { continue };
        let says = block.text.chars().filter(|c| c.is_alphabetic()).count() >= MIN_ANSWER_LETTERS;
        let repeats = current.as_ref().and_then(|id| titles.get(id)).is_some_and(|title| is_title(&block.text, *title));
        entry.0 |= says && !repeats && !block.text.trim_end().ends_with('?');
        entry.1.extend(block.pictures.iter().cloned());
    }
    found
}

/// Returns true if a heading concerns a role of the lab.
fn is_about(heading: &str, part: &str) -> bool {
    let heading = heading.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| heading.contains(word));
    match part {
        "tcp-multi" => has(&["multi", "várias conex", "varias conex", "several"]),
        "remote" => has(&["remot", "outra máquina", "outra maquina", "colega", "another machine"]),
        "udp-simple" => has(&["udp"]) && !has(&["tcp"]),
        "tcp-simple" => has(&["tcp"]) && !has(&["udp", "multi", "remot"]),
        other => heading.contains(other),
    }
}

/// Returns true if a text is the title of an item, in any language.
fn is_title(text: &str, title: Option<&LocalizedText>) -> bool {
    let plain =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let text = plain(text);
    let same = |title: &str| {
        let title = plain(title);
        !title.is_empty() && text.ends_with(&title) && text.len() <= title.len() + 12
    };
    match title {
        Some(LocalizedText::Plain(title)) => same(title),
        Some(LocalizedText::ByLanguage(both)) => same(&both.en) || same(&both.pt),
        None => false,
    }
}

/// Parses the number in the heading of a question: `1.`, `Questão 2)`, `Item 3:`, `2.4 …` (part and
/// number).
fn number_of(text: &str) -> Option<(Option<u64>, u64)> {
    let text = text.trim().to_lowercase();
    let words = ["questão", "questao", "question", "item", "pergunta", "exercício", "exercicio", "exercise"];
    let rest = words.iter().find_map(|word| text.strip_prefix(word)).unwrap_or(&text).trim_start();
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let first = digits.parse().ok()?;
    let after = &rest[digits.len()..];
    if let Some(second) = after.strip_prefix('.') {
        let digits: String = second.chars().take_while(char::is_ascii_digit).collect();
        if let Ok(second) = digits.parse() {
            return Some((Some(first), second));
        }
    }
    let ends = after.is_empty() || after.starts_with(['.', ')', ':', '-', ' ', '–', 'º', 'ª']);
    ends.then_some((None, first))
}

/// The pictures that a report names.
struct Pictures<'a> {
    delivery: &'a Submission,
    report: &'a Path,
    /// Hashes of the pictures in the course material.
    given: &'a BTreeSet<String>,
    /// Number of pictures that may still be examined.
    left: usize,
    /// Hash of each file that was read; `None` if it cannot be read.
    hashes: BTreeMap<PathBuf, Option<String>>,
}

impl Pictures<'_> {
    /// Returns the hash of a file.
    fn hash(&mut self, path: &Path) -> Option<String> {
        if let Some(known) = self.hashes.get(path) {
            return known.clone();
        }
        let mut hasher = blake3::Hasher::new();
        let read = self.delivery.open(path).and_then(|file| hasher.update_reader(file).map(|_| ()));
        let hash = read.ok().map(|()| hasher.finalize().to_hex().to_string());
        self.hashes.insert(path.to_owned(), hash.clone());
        hash
    }

    /// Returns the path of a picture in the submission, or a note about its problem.
    fn check_picture(&mut self, named: &str, seen: &mut BTreeSet<String>) -> Result<String, Message> {
        self.left = self.left.saturating_sub(1);
        let delivery = self.delivery;
        let about = |id: &'static str| Message::new(id).with("file", printable_text(named));
        if named.contains("://") || named.starts_with("//") {
            return Err(about("picture-elsewhere"));
        }
        let plain = crate::submission::annotate::written_report::markdown::percent_decoded(
            named.split(['?', '#']).next().unwrap_or_default(),
        )
        .replace('\\', "/");
        let mut path = self.report.parent().unwrap_or(Path::new("")).to_owned();
        for part in Path::new(plain.trim_start_matches('/')).components() {
            match part {
                Component::Normal(part) => path.push(part),
                Component::ParentDir if path.pop() => {}
                Component::CurDir => {}
                _ => return Err(about("picture-missing")),
            }
        }
        if !delivery.files.contains(&path) {
            let lower = path.to_string_lossy().to_lowercase();
            let stem = path.with_extension("").to_string_lossy().to_lowercase();
            let near = delivery.files.iter().find(|file| {
                let other = file.to_string_lossy().to_lowercase();
                other == lower || Path::new(&other).with_extension("").to_string_lossy() == *stem
            });
            return Err(match near {
                Some(near) => about("picture-other-name").with("near", safe_path(near)),
                None => about("picture-missing"),
            });
        }
        let mut head = [0; 16];
        let read = delivery.open(&path).and_then(|mut file| file.read(&mut head)).unwrap_or_default();
        if !is_picture(&head[..read]) {
            return Err(about("picture-is-none"));
        }
        // Compared by content: one picture under two names is one picture.
        let Some(hash) = self.hash(&path) else { return Err(about("picture-missing")) };
        if self.given.contains(&hash) {
            return Err(about("picture-of-the-course"));
        }
        if !seen.insert(hash) {
            return Err(about("picture-twice"));
        }
        Ok(safe_path(&path))
    }
}

/// Returns true if a file begins with the signature of a picture format.
fn is_picture(head: &[u8]) -> bool {
    let begins: [&[u8]; 8] =
        [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"<svg", b"<?xml", b"II*\0", b"MM\0*"];
    begins.iter().any(|begin| head.starts_with(begin))
        || head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP")
        || head.get(4..8) == Some(b"ftyp")
}

#[cfg(test)]
mod tests;
