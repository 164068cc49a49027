//! Checks the code in the written report with the parser of its language, in the sandbox. Executes
//! none of it.

use std::fs::File;
use std::io::{self, Write};

use rustix::fs::{Mode, OFlags, openat};

use crate::model::Message;
use crate::model::bytes::printable_text;
use crate::run::Session;
use crate::submission::annotate::written_report::markdown::CodeBlock;
use crate::submission::build::open_build_folder;
use crate::submission::import::Submission;
use crate::submission::language::BUILD_FOLDER;
use crate::submission::probe;
use crate::submission::probe::BuildOutcome;

/// Maximum number of blocks, and maximum size of a block in bytes.
const MAX_BLOCKS: usize = 8;
const MAX_BLOCK_BYTES: usize = 64 << 10;
/// Dedents first: an excerpt of a program may be indented as it was there.
const PYTHON: &str = "import ast, sys, textwrap
try:
    ast.parse(textwrap.dedent(open(sys.argv[1], encoding='utf-8').read()))
except SyntaxError as error:
    sys.exit(f'{error.lineno}: SyntaxError: {error.msg}')";

/// Returns the parser of a language: the extension of its files, and the command before the file.
fn parser(language: &str, text: &str) -> Option<(&'static str, &'static [&'static str])> {
    match language {
        "python" | "py" | "python3" => Some(("py", &["python3", "-c", PYTHON])),
        "javascript" | "js" => {
            let is_module = text.lines().any(|line| line.starts_with("import ") || line.starts_with("export "));
            Some((if is_module { "mjs" } else { "cjs" }, &["node", "--check"]))
        }
        _ => None,
    }
}

/// Returns true if a block shows a dialogue or omits lines, so that it is not meant to be complete
/// code.
fn is_a_sketch(text: &str) -> bool {
    let left_out = |line: &str| matches!(line.trim(), "..." | "…" | "[...]");
    text.trim_start().starts_with(['$', '>', '%']) || text.lines().any(left_out)
}

/// Returns a note for each block that its parser rejects. Without a parser, a block has no note.
pub(super) fn bad_code(blocks: &[CodeBlock], delivery: &Submission, session: Session<'_>) -> Vec<Message> {
    let code = blocks.iter().filter_map(|block| {
        let language = &block.language;
        let parser =
            parser(language, &block.text).filter(|_| block.text.len() <= MAX_BLOCK_BYTES && !is_a_sketch(&block.text));
        Some((language, &block.text, parser?))
    });
    let mut notes = Vec::new();
    for (k, (language, text, (ending, command))) in code.take(MAX_BLOCKS).enumerate() {
        let name = format!("report-{k}.{ending}");
        if write(delivery, &name, text).is_err() {
            return notes;
        }
        let file = format!("{BUILD_FOLDER}/{name}");
        let words: Vec<String> = command.iter().map(|&word| word.to_owned()).chain([file]).collect();
        let BuildOutcome::Failed(said) = probe::command(&delivery.root, &words, session) else { continue };
        let Some(problem) = said.lines().find(|line| line.contains("SyntaxError")) else { continue };
        let first = text.lines().next().unwrap_or_default();
        let note = Message::new("written-bad-code").with("language", language.as_str());
        notes.push(note.with("first", printable_text(first)).with("problem", printable_text(problem)));
    }
    notes
}

/// Writes a new file into the folder for builds. Follows no links that a build may have left there.
fn write(delivery: &Submission, name: &str, text: &str) -> io::Result<()> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = openat(open_build_folder(delivery)?, name, flags, Mode::from_raw_mode(0o644))?;
    File::from(file).write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sketches_are_not_parsed() {
        assert!(is_a_sketch("$ python3 servidor.py\n") && is_a_sketch("s.listen()\n...\n") && is_a_sketch(">>> 1\n"));
        assert!(!is_a_sketch("s.listen()\n"));
        assert_eq!(parser("js", "import net from 'net'\n").map(|(ending, _)| ending), Some("mjs"));
        assert!(parser("text", "").is_none());
    }
}
