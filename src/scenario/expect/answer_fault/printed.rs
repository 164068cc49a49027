//! The printed form of an object instead of its bytes: `b'…'`, `[B@1b6d3586`, `[79 108 97]`.

use std::fmt::Write as _;

use super::Question;
use crate::model::Hint;

/// Fixed texts of objects whose content is not printed.
const OPAQUE: [&str; 13] = [
    "[object Promise]",
    "<coroutine object ",
    "<generator object ",
    "<bound method ",
    "System.Byte[]",
    "System.Char[]",
    "[object Object]",
    "[object ArrayBuffer]",
    "[object Uint8Array]",
    "java.nio.HeapByteBuffer[",
    "java.net.DatagramPacket@",
    "<memory at 0x",
    "ARRAY(0x",
];

/// Returns the length of the printed form of the message that `got` begins with.
pub(super) fn length(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    let converted = question.right.iter().map(Vec::as_slice);
    let forms = [question.sent, question.sent.trim_ascii()].into_iter().chain(converted).flat_map(forms);
    let whole = forms.map(|form| form.into_bytes()).find(|form| begins(got, form)).map(|form| form.len());
    whole.or_else(|| java_array(got)).or_else(|| opaque(got))
}

/// Returns the hint for a printed form.
pub(super) fn hint(got: &[u8]) -> Hint {
    let is_pending = ["[object Promise]", "<coroutine object "].iter().any(|text| begins(got, text.as_bytes()));
    if is_pending { Hint::AwaitMissing } else { Hint::PrintedForm }
}

/// Compares without regard to case: the text may have been put into upper case.
fn begins(got: &[u8], form: &[u8]) -> bool {
    got.get(..form.len()).is_some_and(|head| head.eq_ignore_ascii_case(form))
}

/// Returns the printed forms of these bytes in Python, Go, Rust, Java, Ruby and JavaScript.
fn forms(bytes: &[u8]) -> Vec<String> {
    let list = |separator: &str, signed: bool| {
        let number = |byte: &u8| if signed { (*byte as i8).to_string() } else { byte.to_string() };
        bytes.iter().map(number).collect::<Vec<_>>().join(separator)
    };
    let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
    let python = python_literal(bytes);
    let [ruby, json] = quoted_forms(bytes);
    vec![
        ruby,
        json,
        format!("bytearray({python})"),
        python,
        format!("[{}]", list(" ", false)),
        list("", false),
        format!("[{}]", list(", ", false)),
        format!("[{}]", list(", ", true)),
        format!("<Buffer {hex}>"),
        format!("{{\"type\":\"Buffer\",\"data\":[{}]}}", list(",", false)),
    ]
}

/// Returns Python's literal of these bytes.
fn python_literal(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut text = format!("b{quote}");
    for &byte in bytes {
        match byte {
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            b'\\' => text.push_str("\\\\"),
            _ if char::from(byte) == quote => {
                text.push('\\');
                text.push(quote);
            }
            b' '..=b'~' => text.push(char::from(byte)),
            _ => {
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
    }
    text.push(quote);
    text
}

/// Returns the text between quotation marks, as Ruby's `inspect` and as JSON encoders print it.
/// Other than ASCII letters may be escaped.
fn quoted_forms(bytes: &[u8]) -> [String; 2] {
    let escaped = |text: &str, other: &dyn Fn(char) -> String| -> String {
        let letter = |c: char| match c {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            '\n' => "\\n".to_owned(),
            '\r' => "\\r".to_owned(),
            '\t' => "\\t".to_owned(),
            ' '..='~' => c.to_string(),
            c => other(c),
        };
        format!("\"{}\"", text.chars().map(letter).collect::<String>())
    };
    let single: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let text = String::from_utf8_lossy(bytes);
    [
        escaped(&single, &|c| format!("\\x{:02x}", u32::from(c))),
        escaped(&text, &|c| if u32::from(c) < 0x20 { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }),
    ]
}

/// Returns the length of the name that Java gives an array: `[B@1b6d3586`.
fn java_array(got: &[u8]) -> Option<usize> {
    let digits = got.strip_prefix(b"[B@").or_else(|| got.strip_prefix(b"[C@"))?;
    let count = digits.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    (count >= 5).then_some(3 + count)
}

/// Returns the length of a fixed text, up to its end.
fn opaque(got: &[u8]) -> Option<usize> {
    let text = OPAQUE.iter().find(|text| begins(got, text.as_bytes()))?;
    let is_open = |byte: &u8| !matches!(byte, b'\n' | b')' | b'>' | b']');
    let closed = text.ends_with(']');
    let more = got[text.len()..].iter().take_while(|byte| !closed && is_open(byte)).count();
    Some((text.len() + more + usize::from(!closed)).min(got.len()))
}
