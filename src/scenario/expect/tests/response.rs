//! `response`: the HTTP responses of hand-made journals, one table for each kind of fault.

use rstest::rstest;

use super::evidence_builder::{EvidenceBuilder, Want, fail, pass, tcp, unverified};
use crate::model::{ClientId, EventKind, StreamEnd, WaitTarget};

const GET: &str = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
const HEAD: &str = "HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nolá\r\n!";

/// Returns a client that sent a request, and received this.
fn got(answer: impl AsRef<[u8]>) -> EvidenceBuilder {
    tcp().clients(1).sent(1, GET).got(1, answer)
}

/// Records that the client waited for a response in vain.
fn late(builder: EvidenceBuilder) -> EvidenceBuilder {
    let waiting = WaitTarget::Responses { got: 0, of: 1 };
    let client = ClientId(1);
    builder.event(EventKind::Late { client, waiting, within_ms: 5000, silent: false, busy_unread: None })
}

/// Returns the response with this head and the body of [`OK`].
fn with_head(head: &str) -> EvidenceBuilder {
    got(format!("{head}\r\n\r\nolá\r\n!"))
}

#[rstest]
#[case::right(got(OK), pass("response-right"))]
#[case::in_pieces(got(&OK[..20]).got(1, &OK[20..]), pass("response-right"))]
#[case::lower_case(with_head("HTTP/1.1 200 \r\ncontent-length:7\r\nx: y"), pass("response-right"))]
#[case::chunks(
    got("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nolá\r\n!\r\n0\r\n\r\n"),
    pass("response-right")
)]
#[case::until_end(with_head("HTTP/1.0 200 OK").ended(1, StreamEnd::End), pass("response-right"))]
#[case::until_end_after_half_close(tcp().clients(1).sent(1, GET).event(EventKind::FinishedSending { client: ClientId(1) })
    .got(1, "HTTP/1.0 200 OK\r\n\r\nolá\r\n!").ended(1, StreamEnd::End), pass("response-right"))]
#[case::interim(got(format!("HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n{OK}")), pass("response-right"))]
#[case::timed_out_later(got(format!("{OK}HTTP/1.1 408 Request Timeout\r\n\r\n")), pass("response-right"))]
#[case::other_status(got(OK.replace("200", "404")), fail("http-status"))]
#[case::no_space(with_head("HTTP/1.1 200\r\nContent-Length: 7"), fail("http-status-text"))]
#[case::echo(got(GET), fail("http-no-status-line"))]
#[case::bare_newlines(got(OK.replacen("\r\n", "\n", 2)), fail("http-bare-newline"))]
#[case::bad_header(with_head("HTTP/1.1 200 OK\r\nno colon"), fail("http-bad-header"))]
#[case::no_head_end(late(got("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n")), fail("http-no-head-end"))]
#[case::endless_head(got(["HTTP/1.1 200 OK\r\nA: ", &"b".repeat(70_000)].concat()), fail("http-head-too-long"))]
#[case::header_twice(with_head("HTTP/1.1 200 OK\r\nContent-Length: 7\r\ncontent-length: 7"), fail("http-header-twice"))]
#[case::no_length(late(with_head("HTTP/1.1 200 OK")), fail("http-length-missing"))]
#[case::ended_too_late(late(with_head("HTTP/1.1 200 OK")).closed(1).ended(1, StreamEnd::End), fail("http-length-missing"))]
#[case::reset(with_head("HTTP/1.1 200 OK").ended(1, StreamEnd::Reset), fail("ended-by-reset"))]
#[case::bad_length(with_head("HTTP/1.1 200 OK\r\nContent-Length: seven"), fail("http-bad-length"))]
#[case::too_big(late(with_head("HTTP/1.1 200 OK\r\nContent-Length: 8")), fail("http-length-too-big"))]
#[case::characters(with_head("HTTP/1.1 200 OK\r\nContent-Length: 6"), fail("http-length-in-characters"))]
#[case::extra(got(format!("{OK}\r\n")), fail("http-body-extra"))]
#[case::further(got(format!("{OK}{OK}")), fail("http-further-response"))]
#[case::short(got("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nol").ended(1, StreamEnd::End), fail("http-body-short"))]
#[case::nothing(got("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), fail("http-body-missing"))]
#[case::cut(got("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nolá"), fail("http-body-cut"))]
#[case::text_mode(got("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nolá\n!"), fail("http-body-newlines"))]
#[case::latin(got("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nol\u{c3}\u{a1}\r\n!"), fail("http-body-decoded"))]
#[case::differs(got(OK.replace('l', "x")), fail("http-body-differs"))]
#[case::head_twice(got("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n".repeat(2) + "olá\r\n!"), fail("http-body-extra"))]
#[case::two_empty_lines(got("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n\r\nolá\r\n!"), fail("http-empty-line-twice"))]
#[case::bad_chunk(got("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nolá\r\n!"), fail("http-bad-chunk"))]
#[case::no_last_chunk(
    late(got("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nolá\r\n!\r\n")),
    fail("http-last-chunk-missing")
)]
#[case::endless(got("HTTP/1.1 200 OK\r\n\r\nolá").overflowed(1, 9), fail("http-too-much"))]
#[case::early(tcp().clients(1).sent(1, &GET[..9]).got(1, OK).sent(1, &GET[9..]), fail("http-early"))]
#[case::late(late(tcp().clients(1).sent(1, GET)).closed(1).got(1, OK), fail("no-answer-late"))]
#[case::silent(late(tcp().clients(1).sent(1, GET)), fail("no-answer-late"))]
#[case::nothing_sent(tcp().clients(1), unverified("nothing-was-sent"))]
fn response_must_be_whole_and_right(#[case] builder: EvidenceBuilder, #[case] want: Want) {
    builder.assert_finding("response: { status: 200, body: { text: \"olá\\r\\n!\" } }", want);
}

#[rstest]
#[case::right("headers: { content-LENGTH: '7' }", pass("response-right"))]
#[case::any("headers: { Content-Length: '*' }, status: 2xx", pass("response-right"))]
#[case::missing("headers: { Content-Type: text/html }", fail("http-header-missing"))]
#[case::other("headers: { Content-Length: '8*' }", fail("http-header-other"))]
#[case::one_of("status: [200, 204]", pass("response-right"))]
#[case::none_of("status: [201, 204]", fail("http-status"))]
#[case::class("status: 4xx", fail("http-status"))]
#[case::contains("body: { contains: olá }", pass("response-right"))]
#[case::without("body: { contains: ola }", fail("http-body-without"))]
#[case::lacks("body: { lacks: ola }", pass("response-right"))]
#[case::has("body: { lacks: olá }", fail("http-body-has"))]
#[case::empty("body: { empty: true }", fail("http-body-not-empty"))]
#[case::hash(
    "body: { sha256: 'E54BA0CA9C4B5C0E2C6F0A4F0D8F0E2C6F0A4F0D8F0E2C6F0A4F0D8F0E2C6F0A' }",
    fail("http-body-other-hash")
)]
#[case::second("number: 2", fail("http-unanswered"))]
fn author_can_ask_for_parts(#[case] asked: &str, #[case] want: Want) {
    got(OK).assert_finding(&format!("response: {{ {asked} }}"), want);
}

#[rstest]
#[case::head_alone(OK.split_inclusive("\r\n\r\n").next().expect("a head"), pass("response-right"))]
#[case::with_body(OK, fail("http-head-body"))]
fn response_to_head_has_no_body(#[case] answer: &str, #[case] want: Want) {
    let builder = tcp().clients(1).sent(1, HEAD).got(1, answer);
    builder.assert_finding("response: { status: 200, body: { text: \"olá\\r\\n!\" } }", want);
}

/// Returns a client that sent two requests, each after the answer to the one before.
fn twice(first: &str, rest: impl FnOnce(EvidenceBuilder) -> EvidenceBuilder) -> EvidenceBuilder {
    rest(got(first)).closed(1)
}

const CLOSING: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

#[rstest]
#[case::kept(twice(OK, |one| one.sent(1, GET).got(1, OK)), pass("response-right"), pass("response-right"), fail("http-left-open"))]
#[case::announced(twice(CLOSING, |one| one.ended(1, StreamEnd::End).sent(1, GET)), pass("response-right"), fail("http-closed-unannounced"), pass("response-right"))]
#[case::reset_later(twice(CLOSING, |one| one.sent(1, GET).ended(1, StreamEnd::Reset)), pass("response-right"), fail("http-closed-unannounced"), fail("http-left-open"))]
#[case::unannounced(twice(OK, |one| one.sent(1, GET).ended(1, StreamEnd::End)), fail("http-closed-unannounced"), fail("http-closed-unannounced"), fail("http-closed-unannounced"))]
#[case::unanswered(late(got(OK).sent(1, GET)).closed(1), fail("http-unanswered"), fail("http-unanswered"), fail("http-unanswered"))]
#[case::stays_open(got(CLOSING).closed(1), fail("http-announced-open"), pass("response-right"), fail("http-left-open"))]
#[case::idle_close(got(OK).ended(1, StreamEnd::End), pass("response-right"), fail("http-closed-unannounced"), pass("response-right"))]
#[case::asked_to_close(tcp().clients(1).sent(1, GET.replace("Host: a", "Connection: close")).got(1, OK).closed(1), fail("http-left-open"), pass("response-right"), fail("http-left-open"))]
#[case::version_1_0(tcp().clients(1).sent(1, "GET / HTTP/1.0\r\n\r\n").got(1, OK).ended(1, StreamEnd::End), pass("response-right"), fail("http-closed-unannounced"), pass("response-right"))]
fn connection_is_judged(
    #[case] builder: EvidenceBuilder,
    #[case] as_announced: Want,
    #[case] kept: Want,
    #[case] closed: Want,
) {
    builder.clone().assert_finding("response: { connection: as_announced }", as_announced);
    builder.clone().assert_finding("response: { connection: kept }", kept);
    builder.assert_finding("response: { connection: closed }", closed);
}
