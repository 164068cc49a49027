//! `messages`: the messages of a format, and the values of their fields.

use rstest::rstest;

use super::evidence_builder::{
    EvidenceBuilder, Want, assert_messages_known, client_at, expectation, fail, local_address, pass, udp, unverified,
};
use crate::model::{ClientId, EventKind, FieldValue, Finding, ListenerId, Protocol, ServerId};
use crate::packet::layout::{Field, Layout, LinePattern};
use crate::scenario::expect::{Expectation, JudgeContext};

const PACKET: &[(&str, &str)] = &[("type", "u8"), ("seq", "u16be"), ("length", "u16be"), ("data", "bytes(length)")];
const CHECKED: &[(&str, &str)] = &[("kind", "u8 = 7"), ("sum", "u16be = internet16"), ("data", "bytes(rest)")];
const COUNTED: &[(&str, &str)] = &[("size", "u16be = len(name)"), ("name", "text(zero)"), ("end", "u8")];

fn fields(fields: &[(&str, &str)]) -> Layout {
    Layout::Fields(fields.iter().map(|(name, text)| Field::parse(name, text).expect("a notation")).collect())
}

/// Returns a program that was run and connected over this transport.
fn program(protocol: Protocol) -> EvidenceBuilder {
    let (local, peer, server, listener) = (local_address(65433), client_at(1), ServerId(0), ListenerId(0));
    EvidenceBuilder::default()
        .event(EventKind::Started {
            server,
            role: None,
            command: "python3 client.py".to_owned(),
            pid: 12,
            protocol: None,
            port: None,
            stands_in: None,
        })
        .event(EventKind::Accepted { client: ClientId(1), listener, server, protocol, local, peer })
}

fn judge(layout: &Layout, word: &str, builder: EvidenceBuilder) -> Finding {
    let mut expectation = expectation(word);
    if let Expectation::Messages(messages) = &mut expectation {
        messages.layout = Some(layout.clone());
    }
    let finding = expectation.act().judge(&JudgeContext::new(&builder.evidence()));
    assert_messages_known(&finding);
    finding
}

#[track_caller]
fn assert_finding(layout: &Layout, word: &str, builder: EvidenceBuilder, want: Want) {
    let finding = judge(layout, word, builder);
    assert_eq!((finding.verdict, &*finding.because.message().id), want, "{word}: {finding:?}");
}

/// Returns a program that sent these datagrams.
fn sent(datagrams: &[&[u8]]) -> EvidenceBuilder {
    datagrams.iter().fold(program(Protocol::Udp), |builder, bytes| builder.got(1, bytes))
}

const FIRST: &str = "messages: { format: p, are: [{ type: 0, seq: 1, data: ab }] }";

#[rstest]
#[case::right(&[&b"\0\0\x01\0\x02ab"[..]], pass("messages-right"))]
#[case::little_endian(&[&b"\0\x01\0\x02\0ab"[..]], fail("field-swapped"))]
#[case::other_number(&[&b"\0\0\x02\0\x02ab"[..]], fail("field-other-at"))]
#[case::other_data(&[&b"\0\0\x01\0\x02ax"[..]], fail("field-other-at"))]
#[case::cut_header(&[&b"\0\0\x01\0"[..]], fail("message-cut"))]
#[case::without_length(&[&b"\0\0\x01ab"[..]], fail("length-other"))]
#[case::with_header(&[&b"\0\0\x01\0\x07ab"[..]], fail("length-with-header"))]
#[case::length_swapped(&[&b"\0\0\x01\x02\0ab"[..]], fail("field-swapped"))]
#[case::too_long(&[&b"\0\0\x01\0\x02ab\n"[..]], fail("length-other"))]
#[case::characters(&["\0\0\x01\0\x01é".as_bytes()], fail("length-in-characters"))]
#[case::again(&[&b"\0\0\x01\0\x02ab"[..], b"\0\0\x01\0\x02ab"], fail("message-again"))]
#[case::one_more(&[&b"\0\0\x01\0\x02ab"[..], b"\0\0\x02\0\x02ab"], fail("messages-more"))]
#[case::nothing(&[], fail("sent-nothing"))]
fn datagrams_are_compared_field_by_field(#[case] datagrams: &[&[u8]], #[case] want: Want) {
    assert_finding(&fields(PACKET), FIRST, sent(datagrams), want);
}

#[rstest]
#[case::right("are: [{ seq: 1 }, { seq: 2 }, {}]", pass("messages-right"))]
#[case::one_missing("are: [{ seq: 1 }, { seq: 2 }, { seq: 3 }, { seq: 4 }]", fail("messages-missing"))]
#[case::left_out("are: [{ seq: 1 }, { seq: 9 }, { seq: 2 }, { seq: 3 }]", fail("message-left-out"))]
#[case::each("each: { type: 0 }", pass("messages-right"))]
#[case::not_each("each: { seq: 1 }", fail("field-other-at"))]
#[case::some("some: { seq: 3 }", pass("messages-right"))]
#[case::not_some("some: { seq: 4 }", fail("no-such-message"))]
#[case::none("none: { seq: 4 }", pass("messages-right"))]
#[case::not_none("none: { seq: 3 }", fail("forbidden-message"))]
#[case::no_messages("are: []", fail("messages-more"))]
fn lists_and_quantities_are_judged(#[case] rule: &str, #[case] want: Want) {
    let three = [b"\0\0\x01\0\0".as_slice(), b"\0\0\x02\0\0", b"\0\0\x03\0\0"];
    assert_finding(&fields(PACKET), &format!("messages: {{ format: p, {rule} }}"), sent(&three), want);
    // The same in a stream, in other pieces.
    let stream = program(Protocol::Tcp).got(1, b"\0\0\x01\0\0\0\0").got(1, b"\x02\0\0\0\0\x03\0\0");
    assert_finding(&fields(PACKET), &format!("messages: {{ format: p, {rule} }}"), stream, want);
}

#[test]
fn message_that_was_answered_is_sent_again() {
    let (data, ack) = (b"\0\0\x03\0\x01a", b"\x01\0\x03\0\0");
    let builder = program(Protocol::Udp).got(1, data).sent(1, ack).got(1, data);
    let finding = judge(&fields(PACKET), "messages: { format: p, are: [{ seq: 3 }, { seq: 4 }] }", builder);
    let message = finding.because.message().into_owned();
    assert_eq!(message.id, "message-again-answered");
    let shown = |name: &str| format!("{:?}", message.args[name]);
    assert_eq!(shown("text"), r#"Text("type=0 seq=3 length=1 data=\"a\"")"#);
    assert_eq!(shown("answer"), r#"Text("type=1 seq=3 length=0 data=\"\"")"#);
}

#[rstest]
#[case::right(b"\x07\x96\x9eab", pass("messages-right"))]
#[case::swapped(b"\x07\x9e\x96ab", fail("field-swapped"))]
#[case::sum_itself(b"\x07\x69\x61ab", fail("checksum-not-inverted"))]
#[case::zero(b"\x07\0\0ab", fail("checksum-other"))]
#[case::other_constant(b"\x08\x96\x9cab", fail("field-other-at"))]
fn checksums_and_constants_are_checked(#[case] datagram: &[u8], #[case] want: Want) {
    let layout = fields(CHECKED);
    let right = layout.encode(&[("data".to_owned(), FieldValue::Text("ab".to_owned()))].into()).expect("bytes");
    assert_eq!(right, b"\x07\x96\x9eab", "the example is right");
    assert_finding(&layout, "messages: p", sent(&[datagram]), want);
}

#[rstest]
#[case::right("\0\x03olá\0\x01", fail("length-in-characters"))]
#[case::right("\0\x04olá\0\x01", pass("messages-right"))]
#[case::whole("\0\x08olá\0\x01", fail("length-with-header"))]
#[case::other("\0\x05olá\0\x01", fail("length-other"))]
#[case::without_end("\0\x04olá", fail("message-cut"))]
#[case::too_long("\0\x04olá\0\x01x", fail("message-extra"))]
fn declared_lengths_are_checked(#[case] datagram: &str, #[case] want: Want) {
    assert_finding(&fields(COUNTED), "messages: p", sent(&[datagram.as_bytes()]), want);
}

#[rstest]
#[case::right("{\"n\": 200, \"who\": \"ana\", \"more\": []}\n", pass("messages-right"))]
#[case::signed("{\"n\": -56, \"who\": \"ana\"}\n", fail("field-signed"))]
#[case::text_for_number("{\"n\": \"200\", \"who\": \"ana\"}\n", fail("member-type"))]
#[case::other("{\"n\": 200, \"who\": \"rui\"}\n", fail("field-other"))]
#[case::missing("{\"N\": 200, \"who\": \"ana\"}\n", fail("member-missing"))]
#[case::python("{'n': 200, 'who': 'ana'}\n", fail("message-no-json"))]
#[case::list("[200]\n", fail("message-no-json"))]
#[case::open("{\"n\": 200, \"who\": \"ana\"}", fail("message-unterminated"))]
fn lines_of_json_are_compared_by_member(#[case] text: &str, #[case] want: Want) {
    let word = "messages: { format: m, are: [{ n: 200, who: ana }] }";
    assert_finding(&Layout::Json, word, program(Protocol::Tcp).got(1, text), want);
}

#[rstest]
#[case::right("OK 012\r\n", pass("messages-right"))]
#[case::other("OK 13\n", fail("field-other"))]
#[case::other_line("ok 12\n", fail("message-no-match"))]
fn lines_are_compared_by_group(#[case] text: &str, #[case] want: Want) {
    let layout = Layout::Line(LinePattern::new(r"^OK (?<size>\d+)$"));
    assert_finding(&layout, "messages: { format: m, each: { size: 12 } }", program(Protocol::Tcp).got(1, text), want);
}

#[test]
fn captured_value_is_compared_in_its_own_type() {
    let captured = |value: Option<i128>| EventKind::Captured {
        client: ClientId(1),
        name: "sequence".to_owned(),
        value: value.map(FieldValue::Number),
    };
    let word = "messages: { format: p, each: { seq: '{sequence}' } }";
    let one = || sent(&[b"\0\0\x05\0\0"]);
    assert_finding(&fields(PACKET), word, one().event(captured(Some(5))), pass("messages-right"));
    assert_finding(&fields(PACKET), word, one().event(captured(Some(6))), fail("field-other-at"));
    assert_finding(&fields(PACKET), word, one().event(captured(None)), fail("nothing-captured"));
}

#[test]
fn answers_of_a_server_count_only_in_time() {
    let asked = || udp().senders(1).sent(1, "x");
    let word = "messages: { format: p, each: { seq: 1 } }";
    let answer = b"\0\0\x01\0\0";
    assert_finding(&fields(PACKET), word, asked().got(1, answer), pass("messages-right"));
    let late = asked().late(1).sent(1, "y").got(1, answer);
    let finding = judge(&fields(PACKET), word, late);
    assert_eq!(finding.verdict, crate::model::Verdict::Fail, "{finding:?}");
    assert_finding(&fields(PACKET), word, udp(), unverified("nothing-was-sent"));
}

#[test]
fn message_that_came_late_is_named() {
    let builder = program(Protocol::Udp).late(1).got(1, b"\0\0\x01\0\x02ab");
    assert_finding(&fields(PACKET), FIRST, builder, fail("sent-late"));
}
