//! Why a body differs from the file that it should be, as the cause of a response. Never changes a
//! verdict.

use super::Answer;
use crate::model::{Cause, Finding};
use crate::scenario::expect::content_fault::ContentFault;
use crate::scenario::expect::excerpt::difference;
use crate::scenario::expect::mismatch::find;

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
    match ContentFault::of(body, content) {
        ContentFault::Decoded => Cause::HttpBodyDecoded { client, request },
        ContentFault::Newlines => Cause::HttpBodyNewlines { client, request },
        ContentFault::CutAtNul => Cause::HttpBodyCutAtNul { client, request, got, of },
        ContentFault::Cut => Cause::HttpBodyCut { client, request, got, of },
        ContentFault::Other => Cause::HttpBodyDiffers { client, request, got, of },
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_head_ends_at_its_empty_line() {
        assert_eq!(second_head(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nx"), Some(25));
        assert_eq!(second_head(b"Content-Type: text/html\r\n\r\nx"), Some(27));
        assert_eq!(second_head(b"<p>a\r\n\r\nb"), None);
    }
}
