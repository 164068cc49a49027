//! Why a body differs from the file that it should be: the effects of text modes, decoders and short
//! reads. Never changes a verdict.

use super::Answer;
use crate::model::{Cause, Finding};
use crate::scenario::expect::excerpt::difference;
use crate::scenario::expect::mismatch::find;

/// Bytes of a body that must agree with a conversion of the file before it is named as the cause.
const MIN_CONVERTED_BYTES: usize = 4;

/// Returns the finding about a body that is not this content.
pub(super) fn finding(answer: &Answer<'_>, content: &[u8]) -> Option<Finding> {
    let body = &answer.response.body[..];
    if body == content {
        return None;
    }
    let finding = Finding::fail(cause(answer, body, content));
    Some(if body.is_empty() { finding } else { finding.with_difference(Some(difference(content, body))) })
}

fn cause(answer: &Answer<'_>, body: &[u8], content: &[u8]) -> Cause {
    let (client, request) = (answer.connection.stream.client, answer.request());
    let (got, of) = (body.len() as u64, content.len() as u64);
    if body.is_empty() {
        return Cause::HttpBodyMissing { client, request, of };
    }
    if let Some(cause) = displaced(answer, content) {
        return cause;
    }
    if decoded(content).iter().any(|other| is_conversion(body, other, content)) {
        return Cause::HttpBodyDecoded { client, request };
    }
    if newlines(content).iter().any(|other| is_conversion(body, other, content)) {
        return Cause::HttpBodyNewlines { client, request };
    }
    if is_cut_at_nul(body, content) {
        return Cause::HttpBodyCutAtNul { client, request, got, of };
    }
    if content.starts_with(body) {
        return Cause::HttpBodyCut { client, request, got, of };
    }
    Cause::HttpBodyDiffers { client, request, got, of }
}

/// Returns the cause of a body that begins too late: after another head, or after a line ending.
pub(super) fn displaced(answer: &Answer<'_>, content: &[u8]) -> Option<Cause> {
    let (body, client, request) = (&answer.response.body[..], answer.connection.stream.client, answer.request());
    let after_head = second_head(body).is_some_and(|end| content.starts_with(&body[end..]));
    if after_head && !content.starts_with(body) {
        return Some(Cause::HttpHeadTwice { client, request });
    }
    is_after_line_ending(body, content).then_some(Cause::HttpEmptyLineTwice { client, request })
}

/// Returns true if a body is the content up to its first zero byte, as functions for texts see it.
fn is_cut_at_nul(body: &[u8], content: &[u8]) -> bool {
    !body.is_empty() && content.split(|byte| *byte == 0).next() == Some(body) && body.len() < content.len()
}

/// Returns the end of a head at the beginning of a body.
fn second_head(body: &[u8]) -> Option<usize> {
    let line = body.split(|byte| *byte == b'\n').next()?;
    let is_header = || line.windows(2).any(|pair| pair == b": ") && line.first().is_some_and(u8::is_ascii_alphabetic);
    let end = find(body, b"\r\n\r\n")? + 4;
    (body.starts_with(b"HTTP/1.") || is_header()).then_some(end)
}

/// Returns true if a body is a line ending and then the beginning of the content.
fn is_after_line_ending(body: &[u8], content: &[u8]) -> bool {
    let rest = body.strip_prefix(b"\r\n").or_else(|| body.strip_prefix(b"\n"));
    rest.is_some_and(|rest| !rest.is_empty() && content.starts_with(rest))
}

/// Returns true if a body is a conversion of the content, or its beginning beyond the first
/// difference from the content.
fn is_conversion(body: &[u8], other: &[u8], content: &[u8]) -> bool {
    let same = body.iter().zip(content).take_while(|(a, b)| a == b).count();
    !content.starts_with(body) && other.starts_with(body) && body.len() >= (same + MIN_CONVERTED_BYTES).min(other.len())
}

/// Returns a content after decoding and encoding as text: with replacement characters, from Latin-1,
/// with question marks, and without the bytes that cannot be decoded.
fn decoded(content: &[u8]) -> [Vec<u8>; 4] {
    let lossy = String::from_utf8_lossy(content);
    let latin: String = content.iter().map(|byte| char::from(*byte)).collect();
    let marks = lossy.replace('\u{fffd}', "?");
    let dropped = lossy.replace('\u{fffd}', "");
    [lossy.into_owned(), latin, marks, dropped].map(String::into_bytes)
}

/// Returns a content with the line endings that text modes make.
fn newlines(content: &[u8]) -> [Vec<u8>; 3] {
    let text: String = content.iter().map(|byte| char::from(*byte)).collect();
    let unix = text.replace("\r\n", "\n");
    let universal = unix.replace('\r', "\n");
    let windows = unix.replace('\n', "\r\n");
    [unix, universal, windows].map(|text| text.chars().map(|char| char as u8).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversions_are_recognized() {
        let content: Vec<u8> = (0..=255).collect();
        for other in decoded(&content) {
            assert_eq!(is_conversion(&other, &other, &content), !content.starts_with(&other));
            assert!(!is_conversion(&other[..128], &other, &content), "equal to the file so far");
        }
        let text = b"a\r\nb\r\n";
        assert!(newlines(text).iter().any(|other| is_conversion(b"a\nb\n", other, text)));
        assert!(!newlines(b"abc").iter().any(|other| is_conversion(b"abc", other, b"abc")));
        assert!(!is_conversion(b"a\n", b"a\nb", b"a\r\nb"), "too short to tell");
    }

    #[test]
    fn text_ends_at_the_first_zero_byte() {
        assert!(is_cut_at_nul(b"ab", b"ab\0cd"));
        assert!(!is_cut_at_nul(b"a", b"ab\0cd") && !is_cut_at_nul(b"ab\0c", b"ab\0cd"), "cut elsewhere");
        assert!(!is_cut_at_nul(b"", b"\0a"), "a body that is missing");
        assert!(!is_cut_at_nul(b"ab", b"ab"));
    }

    #[test]
    fn second_head_ends_at_its_empty_line() {
        assert_eq!(second_head(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nx"), Some(25));
        assert_eq!(second_head(b"Content-Type: text/html\r\n\r\nx"), Some(27));
        assert_eq!(second_head(b"<p>a\r\n\r\nb"), None);
    }
}
