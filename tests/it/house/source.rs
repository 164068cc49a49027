//! Rust source text with comments, the contents of literals and, on request, test code replaced by
//! blanks. It recognizes tokens only as far as needed and is not a parser.

use std::path::Path;

/// A source file. All of its texts have the same length, so positions are interchangeable.
pub(super) struct Source {
    /// Path relative to the package.
    pub(super) path: String,
    /// The unchanged text.
    pub(super) text: String,
    /// The text without comments and without the contents of literals; the quotes remain.
    code: Vec<char>,
    /// The unchanged text as characters.
    raw: Vec<char>,
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let raw: Vec<char> = text.chars().collect();
        Self { path: path.to_owned(), text: text.to_owned(), code: masked(&raw), raw }
    }

    /// Returns the code without comments and contents of literals.
    pub(super) fn code(&self) -> String {
        self.code.iter().collect()
    }

    /// Returns the line number of a byte offset in [`Self::code`].
    pub(super) fn line_at(code: &str, offset: usize) -> usize {
        code[..offset].matches('\n').count() + 1
    }

    /// Returns the code with items marked `#[cfg(test)]` replaced by blanks as well.
    pub(super) fn code_without_tests(&self) -> Vec<char> {
        let mut code = self.code.clone();
        let mark: Vec<char> = "#[cfg(test)]".chars().collect();
        let mut at = 0;
        while at + mark.len() <= code.len() {
            if code[at..at + mark.len()] == mark[..] {
                let end = end_of_item(&code, at + mark.len());
                blank(&mut code[at..end]);
                at = end;
            } else {
                at += 1;
            }
        }
        code
    }

    /// Returns the files that this one declares for tests only (`#[cfg(test)] mod name;`), as paths
    /// without extension.
    pub(super) fn test_files(&self) -> Vec<String> {
        let code = self.code();
        let folder = self.folder_of_children();
        code.match_indices("#[cfg(test)]")
            .filter_map(|(at, mark)| {
                let words = code[at + mark.len()..].trim_start();
                let words = words.strip_prefix("pub(crate) ").unwrap_or(words);
                let name = words.strip_prefix("mod ")?.split_once(';')?.0.trim();
                is_name(name).then(|| format!("{folder}/{name}"))
            })
            .collect()
    }

    /// Returns the folder of the child modules of this file.
    fn folder_of_children(&self) -> String {
        let path = Path::new(&self.path);
        let parent = path.parent().unwrap_or(Path::new("")).to_string_lossy();
        match path.file_stem().and_then(|stem| stem.to_str()) {
            Some("mod" | "lib" | "main") | None => parent.into_owned(),
            Some(stem) => format!("{parent}/{stem}"),
        }
    }

    /// Returns the string literals that are the first argument of `call` outside test code, with
    /// their lines: `"…"` in `Message::new("…")`.
    pub(super) fn literals_after(&self, call: &str) -> Vec<(usize, String)> {
        let code: String = self.code_without_tests().into_iter().collect();
        let mut out = Vec::new();
        for (at, _) in code.match_indices(call) {
            let before = code[..at].chars().next_back();
            if call.starts_with(is_word) && before.is_some_and(is_word) {
                continue;
            }
            let rest = code[at + call.len()..].trim_start();
            let Some(rest) = rest.strip_prefix('(') else {
                continue;
            };
            let rest = rest.trim_start();
            if rest.starts_with('"') {
                let open = code.chars().count() - rest.chars().count() + 1;
                let literal = self.raw[open..].iter().take_while(|&&c| c != '"');
                out.push((Self::line_at(&code, at), literal.collect()));
            }
        }
        out
    }
}

/// Returns true if a character can be part of a name.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Returns true if `word` is a name.
pub(super) fn is_name(word: &str) -> bool {
    !word.is_empty() && word.chars().all(is_word)
}

/// Returns the byte offsets at which `word` occurs in `text` as a whole word.
pub(super) fn words_at<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = usize> + 't {
    text.match_indices(word).map(|(at, _)| at).filter(move |&at| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// Replaces everything but line breaks by blanks.
fn blank(piece: &mut [char]) {
    for c in piece {
        if *c != '\n' {
            *c = ' ';
        }
    }
}

/// Returns the text with comments and the contents of literals replaced by blanks.
fn masked(raw: &[char]) -> Vec<char> {
    let mut code = raw.to_vec();
    let mut at = 0;
    while at < raw.len() {
        let rest = &raw[at..];
        let inside_word = at > 0 && is_word(raw[at - 1]);
        if rest.starts_with(&['/', '/']) {
            let end = find(raw, at, '\n').unwrap_or(raw.len());
            blank(&mut code[at..end]);
            at = end;
        } else if rest.starts_with(&['/', '*']) {
            let end = end_of_block(raw, at);
            blank(&mut code[at..end]);
            at = end;
        } else if let Some((open, hashes)) = raw_string(rest).filter(|_| !inside_word) {
            let end = end_of_raw(raw, at + open, hashes);
            blank(&mut code[at + open..end.saturating_sub(1 + hashes).max(at + open)]);
            at = end;
        } else if rest[0] == '"' {
            let end = end_of_string(raw, at + 1);
            blank(&mut code[at + 1..end.saturating_sub(1).max(at + 1)]);
            at = end;
        } else if let Some(length) = quoted_character(rest) {
            blank(&mut code[at + 1..at + length - 1]);
            at += length;
        } else {
            at += 1;
        }
    }
    code
}

fn find(raw: &[char], from: usize, wanted: char) -> Option<usize> {
    (from..raw.len()).find(|&at| raw[at] == wanted)
}

/// Returns the end of a block comment. Block comments nest.
fn end_of_block(raw: &[char], from: usize) -> usize {
    let mut depth = 0;
    let mut at = from;
    while at < raw.len() {
        if raw[at..].starts_with(&['/', '*']) {
            depth += 1;
            at += 2;
        } else if raw[at..].starts_with(&['*', '/']) {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    raw.len()
}

/// Returns the offset of the contents of a raw string, and the number of `#` that close it.
fn raw_string(rest: &[char]) -> Option<(usize, usize)> {
    let prefix = match rest {
        ['r', ..] => 1,
        ['b' | 'c', 'r', ..] => 2,
        _ => return None,
    };
    let hashes = rest[prefix..].iter().take_while(|&&c| c == '#').count();
    (rest.get(prefix + hashes) == Some(&'"')).then_some((prefix + hashes + 1, hashes))
}

/// Returns the end of a raw string, after its last `#`.
fn end_of_raw(raw: &[char], inside: usize, hashes: usize) -> usize {
    (inside..raw.len())
        .find(|&at| raw[at] == '"' && raw[at + 1..].iter().take_while(|&&c| c == '#').count().min(hashes) == hashes)
        .map_or(raw.len(), |at| at + 1 + hashes)
}

/// Returns the end of a string, after its quote.
fn end_of_string(raw: &[char], inside: usize) -> usize {
    let mut at = inside;
    while at < raw.len() {
        match raw[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    raw.len()
}

/// Returns the length of a character literal with its quotes, or `None` for a lifetime.
fn quoted_character(rest: &[char]) -> Option<usize> {
    match rest {
        ['\'', '\\', _, tail @ ..] => Some(tail.iter().position(|&c| c == '\'')? + 4),
        ['\'', _, '\'', ..] => Some(3),
        _ => None,
    }
}

/// Returns the end of the item after an attribute: its closing brace or its semicolon.
fn end_of_item(code: &[char], from: usize) -> usize {
    let mut depth = 0_usize;
    for (at, &c) in code.iter().enumerate().skip(from) {
        match c {
            '{' | '[' | '(' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' | ']' | ')' => depth = depth.saturating_sub(1),
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

#[test]
fn comments_and_literals_are_blanked() {
    let text = concat!(
        "let a = \"unsafe \\\" {\"; // unsafe\n",
        "/* unsafe /* unsafe */ unsafe */ let b = r#\"unsafe \" unsafe\"#;\n",
        "let c = '\"'; let d: &'static str = b\"unsafe\"; let e = '\\''; let f = '\\u{7f}'; rest"
    );
    let source = Source::new("src/x.rs", text);
    let code = source.code();
    assert_eq!(words_at(&code, "unsafe").count(), 0, "{code}");
    assert_eq!(code.chars().count(), text.chars().count());
    assert!(code.ends_with("rest") && code.contains("&'static str"));
    assert!(code.contains("let a = \"") && code.contains("let b = r#\""));
}

#[test]
fn test_code_is_found() {
    let text = "fn a() {}\n#[cfg(test)]\n#[expect(x, reason = \"y\")]\nmod tests { fn b() { c(); } }\nfn d() {}\n\
                #[cfg(test)]\nmod sample;\n#[cfg(test)]\nuse x::{y, z};\nfn e() {}";
    let source = Source::new("src/report/mod.rs", text);
    let code: String = source.code_without_tests().into_iter().collect();
    let left: Vec<&str> = code.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    // The semicolon of a group of imports may remain.
    assert_eq!(left, ["fn a() {}", "fn d() {}", ";", "fn e() {}"]);
    assert_eq!(source.test_files(), ["src/report/sample"]);
    assert_eq!(Source::new("src/run/x.rs", text).test_files(), ["src/run/x/sample"]);
}

#[test]
fn literals_are_found_with_their_lines() {
    let text = "// Message::new(\"no\")\nlet é = Message::new(\n  \"a-b\",\n);\nx.word(\"c\"); OtherMessage::new(\"d\");\n\
                Message::new(id);\n#[cfg(test)]\nmod tests { fn t() { Message::new(\"no\"); } }";
    let source = Source::new("src/x.rs", text);
    assert_eq!(source.literals_after("Message::new"), [(2, "a-b".to_owned())]);
    assert_eq!(source.literals_after(".word"), [(5, "c".to_owned())]);
}
