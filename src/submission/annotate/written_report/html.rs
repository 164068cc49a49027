//! HTML in a Markdown report: tags become line breaks and marks that [`super::lines`] knows.

/// Begins and ends the source of a picture.
pub(super) const PICTURE_START: char = '\u{e000}';
pub(super) const PICTURE_END: char = '\u{e001}';
/// Begins a heading: a digit with its level is next.
pub(super) const HEADING: char = '\u{e002}';
/// Maximum length of a tag, in bytes.
const MAX_TAG_BYTES: usize = 1_000;

/// Tags that begin and end a block.
const BLOCKS: [&str; 20] = [
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "tr",
    "td",
    "th",
    "table",
    "tbody",
    "thead",
    "summary",
    "details",
    "center",
    "blockquote",
    "section",
    "figure",
    "figcaption",
    "hr",
    "dd",
];
/// Tags without an effect here. Others, such as `<host>`, are text.
const INLINE: [&str; 24] = [
    "a", "em", "i", "u", "span", "font", "code", "sub", "sup", "kbd", "small", "big", "s", "del", "ins", "mark",
    "html", "body", "head", "meta", "dl", "dt", "pre", "picture",
];

/// Replaces tags and character references. Removes comments, and characters that are marks.
pub(super) fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(['<', '&']) {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let (replaced, length) = if from.starts_with('&') { reference(from) } else { tag(from) };
        match replaced {
            Some(text) => out.push_str(&text),
            None => out.push_str(from.get(..length).unwrap_or_default()),
        }
        rest = from.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// Returns what replaces the tag or comment at the beginning (`None` if it is text), and its
/// length.
fn tag(text: &str) -> (Option<String>, usize) {
    if text.starts_with("<!--") {
        // An open comment hides the rest, as in a browser.
        return (Some(String::new()), text.find("-->").map_or(text.len(), |end| end + 3));
    }
    let bytes = text.as_bytes();
    let is_tag = bytes.get(1).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'/');
    let mut quote = None;
    let end = bytes.iter().take(MAX_TAG_BYTES).position(|&byte| {
        match (quote, byte) {
            (Some(open), byte) if open == byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'>') => return true,
            _ => {}
        }
        false
    });
    let Some(end) = end.filter(|_| is_tag) else { return (None, 1) };
    let inner = text.get(1..end).unwrap_or_default();
    let (closes, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
    let name: String = inner.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let level =
        name.strip_prefix('h').and_then(|level| level.parse::<u8>().ok()).filter(|level| (1..=6).contains(level));
    // "<img/a.png>" is the destination of a picture in Markdown.
    let after = inner.get(name.len()..).unwrap_or_default();
    if !(after.is_empty() || after == "/" || after.starts_with(char::is_whitespace)) {
        return (None, 1);
    }
    let replaced = match (name.as_str(), level) {
        ("img", _) => source(inner).map_or_else(String::new, |source| format!("{PICTURE_START}{source}{PICTURE_END}")),
        ("br", _) => "\n".to_owned(),
        ("b" | "strong", _) => "**".to_owned(),
        (_, Some(_)) if closes => "\n\n".to_owned(),
        (_, Some(level)) => format!("\n\n{HEADING}{level}"),
        (name, _) if BLOCKS.contains(&name) => "\n\n".to_owned(),
        (name, _) if INLINE.contains(&name) => String::new(),
        _ => return (None, 1),
    };
    (Some(replaced), end + 1)
}

/// Returns the value of `src` in a tag.
fn source(tag: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let at = lower.match_indices("src").map(|(at, _)| at).find(|at| {
        let before = lower.get(..*at).and_then(|text| text.chars().next_back());
        before.is_some_and(char::is_whitespace)
            && lower.get(at + 3..).is_some_and(|text| text.trim_start().starts_with('='))
    })?;
    let value = tag.get(at + 3..)?.trim_start().strip_prefix('=')?.trim_start();
    let source = match value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        Some(quote) => value.get(1..)?.split(quote).next()?,
        None => value.split_whitespace().next()?.trim_end_matches('/'),
    };
    Some(source.trim().to_owned()).filter(|source| !source.is_empty())
}

/// Returns the character of a reference such as `&nbsp;` at the beginning, and its length.
fn reference(text: &str) -> (Option<String>, usize) {
    let Some(end) = text.bytes().take(12).position(|byte| byte == b';') else { return (None, 1) };
    let name = text.get(1..end).unwrap_or_default();
    let number = name.strip_prefix('#').and_then(|digits| match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => digits.parse().ok(),
    });
    let c = match name {
        "nbsp" => Some(' '),
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => number.and_then(char::from_u32).filter(|c| !c.is_control() && !matches!(c, '\u{e000}'..='\u{f8ff}')),
    };
    match c {
        Some(c) => (Some(c.to_string()), end + 1),
        None => (None, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_marks_and_breaks() {
        assert_eq!(without_tags("<h3 align='center'>UDP</h3>x"), format!("\n\n{HEADING}3UDP\n\nx"));
        assert_eq!(without_tags("a<br>b <b>c</b> <host> 1 < 2"), "a\nb **c** <host> 1 < 2");
        assert_eq!(without_tags("a<!-- b\n -->c&nbsp;d &amp; e&copy;"), "ac d & e&copy;");
    }

    #[test]
    fn sources_of_pictures_are_kept() {
        for tag in [
            "<img width=\"3\" src='a b.png'/>",
            "<IMG alt=\"x > y\" SRC = \"a b.png\">",
            "<img data-src=x src=\"a b.png\">",
        ] {
            assert_eq!(without_tags(tag), format!("{PICTURE_START}a b.png{PICTURE_END}"), "{tag}");
        }
        assert_eq!(without_tags("<img src=a.png>"), format!("{PICTURE_START}a.png{PICTURE_END}"));
        assert_eq!(without_tags("<img alt='src='>"), "");
    }

    #[test]
    fn broken_tags_are_text() {
        for text in ["<", "<img src=\"", "a < b", "&#xffffffff;", "&", "<é>"] {
            assert_eq!(without_tags(text), text);
        }
        assert_eq!(without_tags(&"<a ".repeat(9_000)).len(), 27_000);
    }
}
