//! Reads PDF documents (lopdf): the text of their pages in lines, and their pictures.
//!
//! A PDF of a submission is hostile data for a large parser. It is parsed in a process of its own
//! that can use little memory and processor time, and opens no files.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, Read, Seek, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use lopdf::content::Content;
use lopdf::{Document as Pdf, LoadOptions, Object, ObjectId};
use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};

use super::document::Document;
use super::lines::{Line, MAX_LINES};

/// The first argument of the process that parses.
pub(crate) const PARSER_ARGUMENT: &str = "__pdf";
/// Limits of that process: memory and output in bytes, processor time in seconds, open files.
const MAX_MEMORY_BYTES: u64 = 1 << 30;
const MAX_OUTPUT_BYTES: u64 = 4 << 20;
const MAX_CPU_SECONDS: u64 = 10;
const MAX_OPEN_FILES: u64 = 16;
/// Maximum size of a document, and of a decompressed stream, in bytes.
const MAX_DOCUMENT_BYTES: u64 = 32 << 20;
const MAX_STREAM_BYTES: usize = 64 << 20;
/// Maximum number of pages that are read, of forms within a page, and their depth.
const MAX_PAGES: usize = 100;
const MAX_FORMS: usize = 200;
const MAX_FORM_DEPTH: usize = 4;
/// Minimum width and height of a picture, in pixels: smaller ones are ornaments.
const MIN_PICTURE_SIZE: i64 = 48;
/// Marks a place in which the position of the text changes within a line. It is a space, unless the
/// document has characters for its spaces.
const GAP: char = '\u{e010}';
/// A shift within a text that is as wide as a space, in thousandths of the font's size.
const SPACE_SHIFT: f32 = 180.0;

/// A line of a PDF, as the two processes exchange it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PdfLine {
    text: String,
    /// The name and the hash of each picture.
    pictures: Vec<(String, String)>,
    begins_block: bool,
}

/// Reads a document in a separate process; `None` if it cannot be parsed within the limits.
pub(super) fn read(file: &Path, bytes: &[u8]) -> Option<Document> {
    let mut input = tempfile::tempfile().ok()?;
    input.write_all(bytes).ok()?;
    input.rewind().ok()?;
    let mut child = Command::new("/proc/self/exe")
        .arg0(OsStr::new("socklab"))
        .arg(PARSER_ARGUMENT)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::from(input))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut output = Vec::new();
    let read = child.stdout.take().map(|out| out.take(MAX_OUTPUT_BYTES).read_to_end(&mut output));
    // One that still writes is over its limit.
    drop(child.kill());
    let ended = child.wait();
    if !matches!(read, Some(Ok(_))) || ended.is_err() {
        return None;
    }
    document(file, serde_json::from_slice(&output).ok()?)
}

/// Returns the document of parsed lines.
fn document(file: &Path, parsed: Vec<PdfLine>) -> Option<Document> {
    let mut embedded = BTreeMap::new();
    let lines = parsed.into_iter().take(MAX_LINES).map(|line| {
        let names = line.pictures.iter().map(|(name, _)| name.clone()).collect();
        embedded.extend(line.pictures);
        let text: String =
            line.text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{e000}'..='\u{f8ff}')).collect();
        Line { pictures: names, begins_block: line.begins_block, ..Line::of_text(&text) }
    });
    let lines = lines.collect();
    Some(Document { file: file.to_owned(), lines, blocks: Vec::new(), embedded })
}

/// The process that parses: reads a PDF from its standard input, and writes its lines.
pub(crate) fn run_parser() -> ExitCode {
    let limit = |most: u64| Rlimit { current: Some(most), maximum: Some(most) };
    let limits = [
        (Resource::As, MAX_MEMORY_BYTES),
        (Resource::Cpu, MAX_CPU_SECONDS),
        (Resource::Nofile, MAX_OPEN_FILES),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
    ];
    if limits.into_iter().any(|(resource, most)| setrlimit(resource, limit(most)).is_err()) {
        return ExitCode::FAILURE;
    }
    let mut bytes = Vec::new();
    if io::stdin().lock().take(MAX_DOCUMENT_BYTES).read_to_end(&mut bytes).is_err() {
        return ExitCode::FAILURE;
    }
    let written = parse(&bytes).and_then(|lines| serde_json::to_vec(&lines).ok());
    match written.map(|text| io::stdout().lock().write_all(&text)) {
        Some(Ok(())) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Returns the lines of a document.
fn parse(bytes: &[u8]) -> Option<Vec<PdfLine>> {
    let options = LoadOptions { max_decompressed_size: Some(MAX_STREAM_BYTES), ..LoadOptions::default() };
    let pdf = Pdf::load_mem_with_options(bytes, options).ok()?;
    // A document that an empty password opens is decrypted when it is loaded.
    if pdf.is_encrypted() {
        return None;
    }
    let (mut pages, mut count) = (Vec::new(), 0);
    for (number, page) in pdf.get_pages().into_iter().take(MAX_PAGES) {
        let mut reader = PageReader { pdf: &pdf, number, forms: 0, fragments: Vec::new() };
        reader.read_page(page);
        let lines = page_lines(reader.fragments);
        count += lines.len();
        pages.push(lines);
        if count >= MAX_LINES {
            break;
        }
    }
    Some(without_heads(pages))
}

/// A text or a picture on a page.
struct Fragment {
    text: String,
    picture: Option<(String, String)>,
    /// Its height on the page, and the size of its font.
    y: f32,
    size: f32,
}

/// A transformation: a, b, c, d, e, f (ISO 32000-1, 8.3.3).
type Matrix = [f32; 6];

const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// Returns the transformation `first`, then `second`.
fn multiply(first: &Matrix, second: &Matrix) -> Matrix {
    let [a, b, c, d, e, f] = *first;
    let [g, h, i, j, k, l] = *second;
    [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l]
}

fn numbers(operands: &[Object]) -> Vec<f32> {
    operands.iter().filter_map(|one| one.as_float().ok()).filter(|one| one.is_finite()).collect()
}

fn matrix(operands: &[Object]) -> Option<Matrix> {
    numbers(operands).try_into().ok()
}

/// Reads the content of a page.
struct PageReader<'a> {
    pdf: &'a Pdf,
    number: u32,
    forms: usize,
    fragments: Vec<Fragment>,
}

impl<'a> PageReader<'a> {
    fn read_page(&mut self, page: ObjectId) {
        let Ok(content) = self.pdf.get_page_content_with_limit(page, MAX_STREAM_BYTES) else { return };
        let fonts = self.pdf.get_page_fonts(page).unwrap_or_default();
        let (own, ids) = self.pdf.get_page_resources(page).unwrap_or_default();
        let referenced = ids.iter().filter_map(|id| self.pdf.get_dictionary(*id).ok());
        let resources: Vec<&lopdf::Dictionary> = own.into_iter().chain(referenced).collect();
        self.read_content(&content, &fonts, &resources, IDENTITY, 0);
    }

    /// Reads a content stream.
    fn read_content(
        &mut self,
        content: &[u8],
        fonts: &BTreeMap<Vec<u8>, &'a lopdf::Dictionary>,
        resources: &[&'a lopdf::Dictionary],
        outer: Matrix,
        depth: usize,
    ) {
        let Ok(content) = Content::decode(content) else { return };
        let encodings: BTreeMap<&[u8], lopdf::Encoding<'_>> = fonts
            .iter()
            .filter_map(|(name, font)| {
                Some((name.as_slice(), font.get_font_encoding_with_limit(self.pdf, MAX_STREAM_BYTES).ok()?))
            })
            .collect();
        let (mut ctm, mut saved) = (outer, Vec::new());
        let (mut line, mut leading, mut size) = (IDENTITY, 0.0_f32, 1.0_f32);
        let mut font: Vec<u8> = Vec::new();
        for operation in &content.operations {
            let operands = &operation.operands;
            match operation.operator.as_str() {
                "q" if saved.len() < 100 => saved.push(ctm),
                "Q" => ctm = saved.pop().unwrap_or(ctm),
                "cm" => ctm = matrix(operands).map_or(ctm, |own| multiply(&own, &ctm)),
                "BT" => line = IDENTITY,
                "Tm" => line = matrix(operands).unwrap_or(line),
                "TL" => leading = numbers(operands).first().copied().unwrap_or_default(),
                "Td" | "TD" => {
                    if let [x, y] = numbers(operands)[..] {
                        line = multiply(&[1.0, 0.0, 0.0, 1.0, x, y], &line);
                        leading = if operation.operator == "TD" { -y } else { leading };
                    }
                    self.add_gap();
                }
                "T*" => line = multiply(&[1.0, 0.0, 0.0, 1.0, 0.0, -leading], &line),
                "Tf" => {
                    font = operands.first().and_then(|name| name.as_name().ok()).unwrap_or_default().to_vec();
                    size = numbers(operands).first().copied().unwrap_or(1.0);
                }
                "Tj" | "TJ" | "'" | "\"" => {
                    if matches!(operation.operator.as_str(), "'" | "\"") {
                        line = multiply(&[1.0, 0.0, 0.0, 1.0, 0.0, -leading], &line);
                    }
                    let mut text = String::new();
                    shown_text(operands, encodings.get(font.as_slice()), &mut text);
                    let place = multiply(&line, &ctm);
                    self.add(text, None, place[5], (size * place[3]).abs().max(1.0));
                }
                "Do" => {
                    let name = operands.first().and_then(|name| name.as_name().ok()).unwrap_or_default();
                    self.read_object(name, resources, fonts, ctm, depth);
                }
                _ => {}
            }
        }
    }

    /// Adds a mark for a change of position.
    fn add_gap(&mut self) {
        if let Some(last) = self.fragments.last_mut().filter(|last| last.picture.is_none()) {
            last.text.push(GAP);
        }
    }

    fn add(&mut self, text: String, picture: Option<(String, String)>, y: f32, size: f32) {
        if self.fragments.len() < 20 * MAX_LINES {
            self.fragments.push(Fragment { text, picture, y, size });
        }
    }

    /// Reads a picture or a form that a page shows.
    fn read_object(
        &mut self,
        name: &[u8],
        resources: &[&'a lopdf::Dictionary],
        fonts: &BTreeMap<Vec<u8>, &'a lopdf::Dictionary>,
        ctm: Matrix,
        depth: usize,
    ) {
        let found = resources.iter().find_map(|one| {
            let all = self.pdf.get_dict_in_dict(one, b"XObject").ok()?;
            let object = all.get(name).ok()?;
            object.as_reference().ok().and_then(|id| self.pdf.get_object(id).ok())?.as_stream().ok()
        });
        let Some(stream) = found else { return };
        let number = |key: &[u8]| stream.dict.get(key).and_then(Object::as_i64).unwrap_or_default();
        match stream.dict.get(b"Subtype").and_then(Object::as_name) {
            Ok(b"Image") if number(b"Width") >= MIN_PICTURE_SIZE && number(b"Height") >= MIN_PICTURE_SIZE => {
                let hash = blake3::hash(&stream.content).to_hex().to_string();
                let name = format!("page {}: {}", self.number, String::from_utf8_lossy(name));
                self.add(String::new(), Some((name, hash)), ctm[5], 1.0);
            }
            Ok(b"Form") if depth < MAX_FORM_DEPTH && self.forms < MAX_FORMS => {
                self.forms += 1;
                let Ok(content) = stream.get_plain_content_with_limit(MAX_STREAM_BYTES) else { return };
                let own = self.pdf.get_dict_in_dict(&stream.dict, b"Resources").ok();
                let all: Vec<&lopdf::Dictionary> = own.into_iter().chain(resources.iter().copied()).collect();
                let mut all_fonts = fonts.clone();
                let own_fonts = own.and_then(|own| self.pdf.get_dict_in_dict(own, b"Font").ok());
                for (name, font) in own_fonts.into_iter().flat_map(lopdf::Dictionary::iter) {
                    let font = font.as_reference().ok().and_then(|id| self.pdf.get_dictionary(id).ok());
                    all_fonts.extend(font.map(|font| (name.clone(), font)));
                }
                let own = stream.dict.get(b"Matrix").and_then(Object::as_array).ok().and_then(|all| matrix(all));
                let ctm = own.map_or(ctm, |own| multiply(&own, &ctm));
                self.read_content(&content, &all_fonts, &all, ctm, depth + 1);
            }
            _ => {}
        }
    }
}

/// Adds the text of the operands of an operator that shows text.
fn shown_text(operands: &[Object], encoding: Option<&lopdf::Encoding<'_>>, text: &mut String) {
    for operand in operands {
        match operand {
            Object::String(bytes, _) => match encoding.map(|encoding| Pdf::decode_text(encoding, bytes)) {
                Some(Ok(decoded)) => text.push_str(&decoded),
                _ => text.extend(bytes.iter().map(|byte| char::from(*byte))),
            },
            Object::Array(inner) => {
                for one in inner {
                    match one {
                        Object::String(..) => shown_text(std::slice::from_ref(one), encoding, text),
                        other if other.as_float().is_ok_and(|shift| shift <= -SPACE_SHIFT) => text.push(GAP),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
}

/// Minimum number of pages on which a line is the head or foot of each page.
const MIN_REPEATS: usize = 3;

/// Removes lines at the edge of most pages: heads and feet. Their numbers may differ.
fn without_heads(pages: Vec<Vec<PdfLine>>) -> Vec<PdfLine> {
    let plain = |line: &PdfLine| line.text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
    let is_edge = |at: usize, length: usize| at < 2 || at + 2 >= length;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for page in &pages {
        for (_, line) in page.iter().enumerate().filter(|(at, _)| is_edge(*at, page.len())) {
            *counts.entry(plain(line)).or_default() += 1;
        }
    }
    let most = MIN_REPEATS.max(pages.len().div_ceil(2));
    let is_head =
        |line: &PdfLine| line.pictures.is_empty() && counts.get(&plain(line)).is_some_and(|count| *count >= most);
    let kept = pages.into_iter().flat_map(|page| {
        let length = page.len();
        page.into_iter().enumerate().map(move |(at, line)| (is_edge(at, length), line))
    });
    kept.filter(|(is_edge, line)| !(*is_edge && is_head(line))).map(|(_, line)| line).collect()
}

/// Joins the fragments of a page to lines.
fn page_lines(fragments: Vec<Fragment>) -> Vec<PdfLine> {
    let spaces: usize = fragments.iter().map(|one| one.text.matches(' ').count()).sum();
    let letters: usize = fragments.iter().map(|one| one.text.chars().filter(|c| c.is_alphanumeric()).count()).sum();
    let has_spaces = spaces * 20 >= letters;
    let mut lines: Vec<PdfLine> = Vec::new();
    let (mut y, mut size) = (f32::MAX, 1.0_f32);
    for one in fragments {
        if let Some(picture) = one.picture {
            lines.push(PdfLine { text: String::new(), pictures: vec![picture], begins_block: true });
            y = f32::MAX;
            continue;
        }
        let gap = if has_spaces { "" } else { " " };
        let text = one.text.replace(GAP, gap);
        let is_same = (one.y - y).abs() < 0.4 * size.max(one.size);
        match lines.last_mut().filter(|_| is_same) {
            Some(line) => line.text.push_str(&text),
            None => {
                let begins_block = y == f32::MAX || (y - one.y).abs() > 1.8 * size.max(one.size) || one.y > y;
                lines.push(PdfLine { text, pictures: Vec::new(), begins_block });
            }
        }
        (y, size) = (one.y, one.size);
    }
    lines.retain(|line| !line.text.trim().is_empty() || !line.pictures.is_empty());
    lines
}

#[cfg(test)]
mod tests;
