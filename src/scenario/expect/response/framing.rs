//! Faults in the framing of responses: heads, lengths, and bytes that belong to no response.

use super::body_fault::displaced;
use super::{Answer, Connection};
use crate::model::Cause;
use crate::packet::http::{Framing, HttpFault, MAX_HEAD_BYTES};
use crate::scenario::expect::excerpt::quote;

/// Headers of which a response has one at most.
const SINGLE_HEADERS: [&str; 3] = ["Content-Length", "Content-Type", "Date"];

/// Returns the cause of a response that came before the head of its request was sent. Later header
/// lines may change the meaning of a request (RFC 9110, 5.3), but an error may be reported early.
pub(super) fn early(answer: &Answer<'_>, has_other_status: bool) -> Option<Cause> {
    let is_wrong = answer.response.is_early && (answer.response.status < 400 || has_other_status);
    is_wrong.then(|| Cause::HttpEarly {
        client: answer.connection.stream.client,
        got: quote(answer.response.status_line()),
    })
}

/// Returns the cause of a head that is understood but not valid.
pub(super) fn head_fault(answer: &Answer<'_>) -> Option<Cause> {
    let (response, client) = (answer.response, answer.connection.stream.client);
    let request = answer.request();
    if response.has_bare_newline() {
        return Some(Cause::HttpBareNewline { client, request });
    }
    let line = response.status_line();
    // The space after the code is required, even without a reason (RFC 9112, 4).
    if line.len() == "HTTP/1.1 200".len() {
        return Some(Cause::HttpStatusText { client, got: quote(line) });
    }
    let twice = SINGLE_HEADERS.iter().find(|name| response.values(name).count() > 1)?;
    Some(Cause::HttpHeaderTwice { client, request, header: (*twice).to_owned() })
}

/// Returns the cause of bytes after this response that belong to no response.
pub(super) fn surplus(answer: &Answer<'_>, content: Option<&[u8]>) -> Option<Cause> {
    let (client, request) = (answer.connection.stream.client, answer.request());
    let (after, bytes, count) = answer.connection.exchange.surplus()?;
    if after != answer.index + 1 {
        return None;
    }
    if answer.response.answers_head {
        return Some(Cause::HttpHeadBody { client, extra: quote(bytes), bytes: count });
    }
    if bytes.starts_with(b"HTTP/1.") {
        // A server may report that it waited too long for another request (RFC 9110, 15.5.9).
        let is_timeout = bytes.get(b"HTTP/1.1".len()..).is_some_and(|rest| rest.starts_with(b" 408"));
        return (!is_timeout).then(|| Cause::HttpFurtherResponse { client, extra: quote(bytes) });
    }
    if let Some(cause) = content.and_then(|content| displaced(answer, content)) {
        return Some(cause);
    }
    let of = answer.response.body_bytes;
    let is_in_characters = |content: &[u8]| {
        let characters = String::from_utf8_lossy(content).chars().count() as u64;
        characters == of && content.len() as u64 == of + count
    };
    if answer.response.framing == Framing::Length(of) && content.is_some_and(is_in_characters) {
        return Some(Cause::HttpLengthInCharacters { client, request, length: of, bytes: of + count });
    }
    Some(Cause::HttpBodyExtra { client, request, of, bytes: count, extra: quote(bytes) })
}

/// Returns the cause of a response that began and is not complete.
pub(super) fn incomplete(connection: &Connection<'_>, index: usize, content: Option<&[u8]>) -> Option<Cause> {
    let (exchange, client) = (&connection.exchange, connection.stream.client);
    let whole = exchange.whole_responses();
    if index < whole {
        return None;
    }
    let number = whole as u64 + 1;
    match exchange.fault() {
        Some(HttpFault::StatusLine(got)) => return Some(Cause::HttpNoStatusLine { client, number, got: quote(got) }),
        Some(HttpFault::Header(line)) => return Some(Cause::HttpBadHeader { client, number, line: quote(line) }),
        Some(HttpFault::HeadTooLong) => {
            return Some(Cause::HttpHeadTooLong { client, number, bytes: MAX_HEAD_BYTES as u64 });
        }
        Some(HttpFault::Length(value)) => {
            return Some(Cause::HttpBadLength { client, number, value: quote(value.as_bytes()) });
        }
        Some(HttpFault::Chunk) => return Some(Cause::HttpBadChunk { client, number }),
        None => {}
    }
    if !exchange.partial_head().is_empty() {
        return Some(Cause::HttpNoHeadEnd { client, number, got: quote(exchange.partial_head()) });
    }
    let response = exchange.responses().get(whole)?;
    Some(match response.framing {
        Framing::Length(of) => {
            let got = response.body_bytes;
            if content.is_some_and(|content| content == response.body) {
                Cause::HttpLengthTooBig { client, number, length: of, bytes: got }
            } else {
                Cause::HttpBodyShort { client, number, got, of }
            }
        }
        Framing::Chunked => Cause::HttpLastChunkMissing { client, number },
        Framing::UntilEnd if connection.ended.is_some() => Cause::EndedByReset { client },
        Framing::UntilEnd | Framing::Empty => Cause::HttpLengthMissing { client, number },
    })
}
