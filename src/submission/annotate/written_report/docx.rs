//! Reads Word documents (ECMA-376, part 1: WordprocessingML): text, headings, lists, tables,
//! pictures. Executes nothing, and follows no links.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::document::Document;
use super::inline::BOLD_END;
use super::lines::{Line, LineKind, MAX_LINES};

/// Maximum size of an unpacked XML part, in bytes.
const MAX_XML_BYTES: u64 = 16 << 20;
/// Maximum size of a picture, in bytes, and maximum number of pictures.
const MAX_PICTURE_BYTES: u64 = 32 << 20;
const MAX_PICTURES: usize = 200;
/// Maximum length of a paragraph, in bytes.
const MAX_PARAGRAPH_BYTES: usize = 64 << 10;

type Archive<'a> = zip::ZipArchive<Cursor<&'a [u8]>>;

/// Reads a document; `None` if it is damaged.
pub(super) fn read(file: &Path, bytes: &[u8]) -> Option<Document> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let text = part(&mut archive, "word/document.xml")?;
    let pictures = part(&mut archive, "word/_rels/document.xml.rels").map(|text| targets(&text)).unwrap_or_default();
    let lists = part(&mut archive, "word/numbering.xml").map(|text| numbered_lists(&text)).unwrap_or_default();
    let styles = part(&mut archive, "word/styles.xml").map(|text| heading_styles(&text)).unwrap_or_default();
    let mut body = Body::new(&pictures, &lists, &styles);
    body.read(&text);
    let mut embedded = BTreeMap::new();
    for name in body.lines.iter().flat_map(|line| &line.pictures).take(MAX_PICTURES) {
        if embedded.contains_key(name) {
            continue;
        }
        if let Some(hash) = picture_hash(&mut archive, name) {
            embedded.insert(name.clone(), hash);
        }
    }
    Some(Document { file: file.to_owned(), lines: body.lines, blocks: Vec::new(), embedded })
}

/// Returns the text of a part of the archive.
fn part(archive: &mut Archive<'_>, name: &str) -> Option<String> {
    let mut bytes = Vec::new();
    archive.by_name(name).ok()?.take(MAX_XML_BYTES).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Returns the hash of a picture in the archive; `None` if it is none.
fn picture_hash(archive: &mut Archive<'_>, name: &str) -> Option<String> {
    let mut bytes = Vec::new();
    archive.by_name(name).ok()?.take(MAX_PICTURE_BYTES).read_to_end(&mut bytes).ok()?;
    // Metafiles are drawings of Word's own.
    let is_picture = super::pictures::is_picture(bytes.get(..16).unwrap_or(&bytes)) || name.ends_with("mf");
    is_picture.then(|| blake3::hash(&bytes).to_hex().to_string())
}

/// Returns the value of an attribute, by its name without prefix.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = tag.attributes();
    let mut all = attributes.with_checks(false).flatten();
    let found = all.find(|one| one.key.local_name().as_ref() == name.as_bytes())?;
    Some(String::from_utf8_lossy(&found.value).into_owned())
}

/// Calls a function for each start of an element, in order. Stops at the first error.
fn each_start(text: &str, mut visit: impl FnMut(&str, &BytesStart<'_>)) {
    let mut reader = Reader::from_str(text);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) | Event::Empty(tag) => {
                let name = String::from_utf8_lossy(tag.local_name().as_ref()).into_owned();
                visit(&name, &tag);
            }
            Event::Eof => break,
            _ => {}
        }
    }
}

/// Returns the files in the archive that relationships name, by their ids.
fn targets(text: &str) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    each_start(text, |name, tag| {
        if name == "Relationship"
            && attribute(tag, "TargetMode").is_none_or(|mode| mode != "External")
            && let (Some(id), Some(target)) = (attribute(tag, "Id"), attribute(tag, "Target"))
        {
            let path = target.strip_prefix('/').map_or_else(|| format!("word/{target}"), str::to_owned);
            all.insert(id, path);
        }
    });
    all
}

/// Returns the levels of lists that are numbered: the id of the list, and its level.
fn numbered_lists(text: &str) -> BTreeMap<(String, String), bool> {
    let (mut formats, mut all) = (BTreeMap::new(), BTreeMap::new());
    let (mut format_id, mut level, mut list) = (String::new(), String::new(), String::new());
    let mut lists = Vec::new();
    each_start(text, |name, tag| match name {
        "abstractNum" => format_id = attribute(tag, "abstractNumId").unwrap_or_default(),
        "lvl" => level = attribute(tag, "ilvl").unwrap_or_default(),
        "numFmt" => {
            let is_number = attribute(tag, "val").is_some_and(|format| format.starts_with("decimal"));
            formats.insert((format_id.clone(), level.clone()), is_number);
        }
        "num" => list = attribute(tag, "numId").unwrap_or_default(),
        "abstractNumId" => lists.push((list.clone(), attribute(tag, "val").unwrap_or_default())),
        _ => {}
    });
    for (list, format_id) in lists {
        for ((_, level), is_number) in formats.iter().filter(|((id, _), _)| *id == format_id) {
            all.insert((list.clone(), level.clone()), *is_number);
        }
    }
    all
}

/// Returns the levels of the styles of headings, by their ids.
fn heading_styles(text: &str) -> BTreeMap<String, u8> {
    let mut all = BTreeMap::new();
    let mut style = String::new();
    each_start(text, |name, tag| match name {
        "style" => style = attribute(tag, "styleId").unwrap_or_default(),
        "name" => {
            let called = attribute(tag, "val").unwrap_or_default();
            all.extend(heading_level(&called).map(|level| (style.clone(), level)));
        }
        "outlineLvl" => {
            let level = attribute(tag, "val").and_then(|level| level.parse::<u8>().ok()).filter(|level| *level < 6);
            all.extend(level.map(|level| (style.clone(), level + 1)));
        }
        _ => {}
    });
    all
}

/// Returns the level of a heading by the name or id of its style: "heading 2", "Ttulo2".
fn heading_level(style: &str) -> Option<u8> {
    let lower = style.to_lowercase();
    if lower == "title" || lower == "ttulo" || lower == "título" {
        return Some(1);
    }
    let rest = ["heading", "ttulo", "título", "titulo"].iter().find_map(|name| lower.strip_prefix(name))?;
    rest.trim().parse().ok().filter(|level| (1..=6).contains(level))
}

/// The body of a document while it is read.
struct Body<'a> {
    pictures: &'a BTreeMap<String, String>,
    lists: &'a BTreeMap<(String, String), bool>,
    styles: &'a BTreeMap<String, u8>,
    lines: Vec<Line>,
    text: String,
    named: Vec<String>,
    heading: Option<u8>,
    list: Option<(String, String)>,
    is_bold: bool,
    begins_bold: bool,
    /// Number of cells before in the row, if a table is open.
    cell: Option<usize>,
    /// Depth of elements that repeat others for old programs.
    skipped: usize,
    in_text: bool,
    counts: BTreeMap<(String, String), u32>,
}

impl<'a> Body<'a> {
    fn new(
        pictures: &'a BTreeMap<String, String>,
        lists: &'a BTreeMap<(String, String), bool>,
        styles: &'a BTreeMap<String, u8>,
    ) -> Self {
        let (lines, text, named, counts) = (Vec::new(), String::new(), Vec::new(), BTreeMap::new());
        Self {
            pictures,
            lists,
            styles,
            lines,
            text,
            named,
            counts,
            heading: None,
            list: None,
            is_bold: false,
            begins_bold: false,
            cell: None,
            skipped: 0,
            in_text: false,
        }
    }

    fn read(&mut self, text: &str) {
        let mut reader = Reader::from_str(text);
        while let Ok(event) = reader.read_event() {
            match event {
                Event::Start(tag) => self.start(&tag),
                Event::Empty(tag) => {
                    self.start(&tag);
                    self.end(tag.local_name().as_ref());
                }
                Event::End(tag) => self.end(tag.local_name().as_ref()),
                Event::Text(text) if self.in_text => self.push(&String::from_utf8_lossy(&text)),
                Event::GeneralRef(reference) if self.in_text => {
                    let c = match &reference[..] {
                        b"amp" => Some('&'),
                        b"lt" => Some('<'),
                        b"gt" => Some('>'),
                        b"quot" => Some('"'),
                        b"apos" => Some('\''),
                        _ => reference.resolve_char_ref().ok().flatten().filter(|c| !c.is_control()),
                    };
                    if let Some(c) = c {
                        self.push(c.encode_utf8(&mut [0; 4]));
                    }
                }
                Event::Eof => break,
                _ => {}
            }
            if self.lines.len() >= MAX_LINES {
                break;
            }
        }
        self.end_paragraph();
    }

    fn push(&mut self, text: &str) {
        if self.text.len() + text.len() <= MAX_PARAGRAPH_BYTES && self.skipped == 0 {
            self.begins_bold |= self.is_bold && self.text.trim().is_empty();
            self.text.extend(text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{e000}'..='\u{f8ff}')));
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) {
        match tag.local_name().as_ref() {
            b"Fallback" => self.skipped += 1,
            _ if self.skipped > 0 => {}
            b"p" => self.end_paragraph(),
            b"t" => self.in_text = true,
            b"tab" => self.push(" "),
            b"br" | b"cr" => self.add_line(),
            b"r" => self.is_bold = false,
            b"b" => self.is_bold = attribute(tag, "val").is_none_or(|value| !matches!(value.as_str(), "0" | "false")),
            b"pStyle" => {
                let style = attribute(tag, "val").unwrap_or_default();
                self.heading = self.styles.get(&style).copied().or_else(|| heading_level(&style));
            }
            b"numId" => {
                let level = self.list.take().map_or_else(|| "0".to_owned(), |(_, level)| level);
                // 0 removes the list of the style.
                self.list = attribute(tag, "val").filter(|id| id != "0").map(|id| (id, level));
            }
            b"ilvl" => self.list = Some((String::new(), attribute(tag, "val").unwrap_or_default())),
            b"tr" => self.cell = Some(0),
            b"blip" | b"imagedata" => {
                let id = attribute(tag, "embed").or_else(|| attribute(tag, "id"));
                self.named.extend(
                    id.and_then(|id| self.pictures.get(&id)).filter(|name| !self.named.contains(name)).cloned(),
                );
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        match name {
            b"Fallback" => self.skipped = self.skipped.saturating_sub(1),
            b"t" => self.in_text = false,
            b"r" if self.is_bold => {
                self.is_bold = false;
                if self.begins_bold && !self.text.ends_with(BOLD_END) {
                    self.text.push(BOLD_END);
                }
            }
            b"p" => self.end_paragraph(),
            b"tc" => self.cell = self.cell.map(|cell| cell + 1),
            b"tr" => self.cell = None,
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        self.add_line();
        (self.heading, self.list, self.begins_bold, self.is_bold) = (None, None, false, false);
    }

    fn add_line(&mut self) {
        let text = std::mem::take(&mut self.text);
        let pictures = std::mem::take(&mut self.named);
        if text.trim_matches(|c: char| c.is_whitespace() || c == BOLD_END).is_empty() && pictures.is_empty() {
            return;
        }
        let is_item = self.list.is_some();
        let number = self.list.take().filter(|list| self.lists.get(list) == Some(&true)).map(|list| {
            let count = self.counts.entry(list).or_default();
            *count = count.saturating_add(1);
            *count
        });
        let kind = match (self.heading, self.cell) {
            (Some(level), _) => LineKind::Heading(level),
            (None, Some(cell)) => LineKind::Cell { is_first: cell == 0 },
            (None, None) => LineKind::Text,
        };
        let text = number.map_or_else(|| text.clone(), |number| format!("{number}) {text}"));
        self.lines.push(Line {
            kind,
            text,
            pictures,
            is_item,
            is_bold: self.begins_bold,
            indent: 0,
            begins_block: true,
        });
    }
}

#[cfg(test)]
mod tests;
