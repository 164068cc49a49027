//! Finds the blocks of code in Markdown (pulldown-cmark), and checks those that contain data.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::model::{Arg, Message};
use crate::scenario::yaml;

/// A block of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CodeBlock {
    /// The language of its fence.
    pub(super) language: String,
    pub(super) text: String,
}

/// Returns the blocks of code in a document, in order.
pub(super) fn code_blocks(text: &str) -> Vec<CodeBlock> {
    let mut all = Vec::new();
    let mut current: Option<CodeBlock> = None;
    for event in Parser::new_ext(text, Options::empty()) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let language = info.split_whitespace().next().unwrap_or_default().to_lowercase();
                current = Some(CodeBlock { language, text: String::new() });
            }
            Event::Text(text) => {
                if let Some(block) = &mut current {
                    block.text.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => all.extend(current.take()),
            _ => {}
        }
    }
    all
}

/// Returns notes about code blocks that are marked as data and cannot be parsed.
pub(super) fn bad_data(blocks: &[CodeBlock]) -> Vec<Message> {
    let mut notes = Vec::new();
    for block in blocks {
        let problem: Option<Arg> = match block.language.as_str() {
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
            let message = Message::new("written-bad-code").with("language", block.language.as_str());
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
