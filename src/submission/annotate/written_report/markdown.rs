//! Splits Markdown into blocks (pulldown-cmark), with the pictures in them.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::model::{Arg, Message};
use crate::scenario::yaml;

/// The kind of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum BlockKind {
    /// A heading.
    Heading,
    /// The beginning of a list item, with its number in a numbered list.
    Item(Option<u64>),
    /// Other text.
    Text,
    /// Code, with the language of its fence.
    Code(String),
}

/// A block of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) kind: BlockKind,
    pub(super) text: String,
    pub(super) pictures: Vec<String>,
}

/// Returns the blocks of a document, in order.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut all: Vec<Block> = Vec::new();
    let mut lists: Vec<Option<u64>> = Vec::new();
    let begin = |all: &mut Vec<Block>, kind| all.push(Block { kind, text: String::new(), pictures: Vec::new() });
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => begin(&mut all, BlockKind::Heading),
            Event::Start(Tag::List(first)) => lists.push(first),
            Event::End(TagEnd::List(_)) => drop(lists.pop()),
            Event::Start(Tag::Item) => {
                let number = lists.last_mut().and_then(|next| {
                    let number = *next;
                    *next = next.map(|number| number.saturating_add(1));
                    number
                });
                begin(&mut all, BlockKind::Item(number));
            }
            Event::Start(Tag::Paragraph | Tag::BlockQuote(_) | Tag::Table(_) | Tag::HtmlBlock) => {
                // The first paragraph of a list item is the item itself.
                let fresh = all.last().is_some_and(|last| {
                    matches!(last.kind, BlockKind::Item(_)) && last.text.is_empty() && last.pictures.is_empty()
                });
                if !fresh {
                    begin(&mut all, BlockKind::Text);
                }
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or_default().to_lowercase(),
                    CodeBlockKind::Indented => String::new(),
                };
                begin(&mut all, BlockKind::Code(language));
            }
            Event::End(TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::Paragraph) => begin(&mut all, BlockKind::Text),
            Event::Start(Tag::Image { dest_url, .. }) => {
                if all.is_empty() {
                    begin(&mut all, BlockKind::Text);
                }
                if let Some(last) = all.last_mut() {
                    last.pictures.push(dest_url.into_string());
                }
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some(last) = all.last_mut() {
                    last.text.push_str(&text);
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                if all.is_empty() {
                    begin(&mut all, BlockKind::Text);
                }
                if let Some(last) = all.last_mut() {
                    last.pictures.extend(html_pictures(&html));
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some(last) = all.last_mut() {
                    last.text.push('\n');
                }
            }
            _ => {}
        }
    }
    all.retain(|block| !block.text.trim().is_empty() || !block.pictures.is_empty());
    all
}

/// Returns the sources of `<img src="…">`, which GitHub writes for pasted pictures.
fn html_pictures(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for tag in html.split("<img").skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let Some(after) = tag.split("src=").nth(1) else { continue };
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
        let source = match quote {
            Some(quote) => after[1..].split(quote).next(),
            None => after.split_whitespace().next(),
        };
        found.extend(source.map(str::to_owned));
    }
    found
}

/// Returns notes about code blocks that are marked as data and cannot be parsed.
pub(super) fn bad_data(blocks: &[Block]) -> Vec<Message> {
    let mut notes = Vec::new();
    for block in blocks {
        let BlockKind::Code(language) = &block.kind else { continue };
        let problem: Option<Arg> = match language.as_str() {
            "json" => {
                serde_json::from_str::<serde_json::Value>(&block.text).err().map(|error| error.to_string().into())
            }
            "yaml" | "yml" => yaml::read::<serde_json::Value>("", &block.text)
                .err()
                .and_then(|mistakes| mistakes.into_iter().next())
                .map(|first| Arg::from(first.message)),
            _ => None,
        };
        if let Some(problem) = problem {
            let first = block.text.lines().next().unwrap_or_default();
            let message = Message::new("written-bad-code").with("language", language.as_str());
            notes.push(message.with("first", crate::model::bytes::printable_text(first)).with("problem", problem));
        }
    }
    notes
}

/// Decodes percent-encoding: `%20` is a space.
pub(super) fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| byte == b'%') {
            Some(decoded) => {
                out.push(decoded);
                at += 3;
            }
            None => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
