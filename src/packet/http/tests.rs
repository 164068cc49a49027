//! Tests of the framing of responses: fixed examples, any pieces, and hostile input.

use proptest::prelude::*;
use rstest::rstest;

use super::{Framing, HttpExchange, HttpFault, MAX_HEAD_BYTES};

/// Returns the exchange of these requests and this data, which comes in pieces of this size.
fn exchange(requests: &str, received: &[u8], piece: usize, ends: bool) -> HttpExchange {
    let mut exchange = HttpExchange::with_bodies();
    exchange.sent(requests.as_bytes());
    for part in received.chunks(piece.max(1)) {
        exchange.received(part);
    }
    if ends {
        exchange.end(true);
    }
    exchange
}

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const HEAD: &str = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";

#[rstest]
#[case::length(GET, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", Framing::Length(3), "abc")]
#[case::length_twice(GET, "HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\n\r\nabc", Framing::Length(3), "abc")]
#[case::nothing(GET, "HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n", Framing::Length(0), "")]
#[case::chunks(
    GET,
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nA: b\r\n\r\n",
    Framing::Chunked,
    "abc"
)]
#[case::head(HEAD, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", Framing::Empty, "")]
#[case::no_content(GET, "HTTP/1.1 204 No Content\r\n\r\n", Framing::Empty, "")]
#[case::interim(
    GET,
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
    Framing::Length(1),
    "x"
)]
#[case::bare_newlines(GET, "HTTP/1.1 200 OK\nContent-Length: 3\n\nabc", Framing::Length(3), "abc")]
#[case::no_reason(GET, "HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabc", Framing::Length(3), "abc")]
fn response_is_framed(#[case] request: &str, #[case] received: &str, #[case] framing: Framing, #[case] body: &str) {
    for piece in 1..received.len() {
        let found = exchange(request, received.as_bytes(), piece, false);
        let [response] = found.responses() else { panic!("{found:?}") };
        assert!(response.is_whole && found.fault().is_none() && found.surplus().is_none(), "{piece}: {found:?}");
        assert_eq!((response.framing, &response.body[..]), (framing, body.as_bytes()), "{piece}");
    }
}

#[test]
fn body_without_length_ends_with_the_stream() {
    let received = b"HTTP/1.0 200 OK\r\n\r\nabc";
    let open = exchange(GET, received, 7, false);
    assert_eq!((open.whole_responses(), open.responses().len()), (0, 1));
    let ended = exchange(GET, received, 7, true);
    assert!(ended.responses()[0].is_whole && ended.responses()[0].closes());
    let mut reset = exchange(GET, received, 7, false);
    reset.end(false);
    assert!(!reset.responses()[0].is_whole);
}

#[test]
fn responses_are_matched_with_pipelined_requests() {
    let requests = [GET, HEAD, GET].concat();
    let one = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    let received = [one, "ab", one, one, "cd"].concat();
    for piece in 1..received.len() {
        let found = exchange(&requests, received.as_bytes(), piece, false);
        let bodies: Vec<&[u8]> = found.responses().iter().map(|one| &one.body[..]).collect();
        assert_eq!(bodies, [&b"ab"[..], b"", b"cd"], "{piece}");
        assert_eq!(found.whole_responses(), 3);
    }
}

#[test]
fn bytes_after_a_body_are_surplus_before_and_after_the_next_request() {
    let one = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naXY";
    let mut at_once = exchange(GET, one.as_bytes(), 99, false);
    assert_eq!(at_once.surplus(), Some((1, &b"XY"[..], 2)));
    at_once.sent(GET.as_bytes());
    at_once.received(one.as_bytes());
    assert_eq!((at_once.whole_responses(), at_once.fault()), (2, None));
    for piece in 1..30 {
        let mut later = HttpExchange::with_bodies();
        later.sent([GET, GET].concat().as_bytes());
        [one, one].concat().as_bytes().chunks(piece).for_each(|part| later.received(part));
        assert_eq!((later.whole_responses(), later.fault()), (2, None), "{piece}");
        assert_eq!(later.surplus().map(|(after, bytes, _)| (after, &bytes[..2])), Some((1, &b"XY"[..])));
    }
}

#[rstest]
#[case::echo("GET / HTTP/1.1\r\n", HttpFault::StatusLine(b"GET / HTTP/1.1\r\n".to_vec()))]
#[case::status("HTTP/1.1 OK\r\n\r\n", HttpFault::StatusLine(b"HTTP/1.1 OK\r\n\r\n".to_vec()))]
#[case::header("HTTP/1.1 200 OK\r\nA: b\r\nno colon\r\n\r\n", HttpFault::Header(b"no colon".to_vec()))]
#[case::space("HTTP/1.1 200 OK\r\nA : b\r\n\r\n", HttpFault::Header(b"A : b".to_vec()))]
#[case::length("HTTP/1.1 200 OK\r\nContent-Length: 3 bytes\r\n\r\n", HttpFault::Length("3 bytes".to_owned()))]
#[case::lengths("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", HttpFault::Length("4".to_owned()))]
#[case::chunk("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", HttpFault::Chunk)]
#[case::chunk_end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", HttpFault::Chunk)]
fn malformed_response_is_a_fault(#[case] received: &str, #[case] fault: HttpFault) {
    let found = exchange(GET, received.as_bytes(), received.len(), false);
    assert_eq!(found.fault(), Some(&fault));
    let pieces = exchange(GET, received.as_bytes(), 1, true);
    let kind = std::mem::discriminant;
    assert_eq!(pieces.fault().map(kind), Some(kind(&fault)), "in any pieces");
}

#[test]
fn response_to_an_unfinished_request_is_early() {
    let mut exchange = HttpExchange::default();
    exchange.sent(b"POST /a HTTP/1.1\r\nContent-Le");
    exchange.received(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    exchange.sent(b"ngth: 3\r\n\r\nabcGET /b HTTP/1.0\r\n\r\n");
    exchange.received(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let early: Vec<bool> = exchange.responses().iter().map(|one| one.is_early).collect();
    assert_eq!(early, [true, false]);
    let requests: Vec<_> = exchange.requests().iter().map(|one| (&*one.method, &*one.target, one.closes)).collect();
    assert_eq!(requests, [("POST", "/a", false), ("GET", "/b", true)]);
}

#[test]
fn endless_heads_are_bounded() {
    let mut endless = exchange(GET, b"HTTP/1.1 200 OK\r\n", 99, false);
    let line = [b'a'; 1000];
    for _ in 0..2 * MAX_HEAD_BYTES / line.len() {
        endless.received(&line);
    }
    assert!(endless.fault().is_some() && endless.partial_head().len() <= MAX_HEAD_BYTES + 1);
}

proptest! {
    #[test]
    fn any_input_is_read_within_bounds(bytes in proptest::collection::vec(any::<u8>(), 0..600), piece in 1_usize..40, ends: bool) {
        let found = exchange(GET, &bytes, piece, ends);
        let kept: usize = found.responses().iter().map(|one| one.body.len()).sum();
        prop_assert!(kept <= bytes.len() && found.whole_responses() <= found.responses().len());
    }

    #[test]
    fn any_body_arrives_in_any_pieces(
        body in proptest::collection::vec(any::<u8>(), 0..300),
        chunk in 1_usize..80,
        piece in 1_usize..90,
    ) {
        let mut chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
        for part in body.chunks(chunk) {
            chunked.extend(format!("{:x}\r\n", part.len()).into_bytes());
            chunked.extend(part);
            chunked.extend(b"\r\n");
        }
        chunked.extend(b"0\r\n\r\n");
        let mut sized = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
        sized.extend(&body);
        for received in [chunked, sized] {
            let found = exchange(GET, &received, piece, false);
            prop_assert_eq!(found.whole_responses(), 1);
            prop_assert_eq!(&found.responses()[0].body, &body);
        }
    }
}
