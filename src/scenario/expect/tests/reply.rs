//! `reply`: the data that every client received, compared with the author's text.

use rstest::rstest;

use super::evidence_builder::{EvidenceBuilder, Want, fail, pass, tcp, udp};

fn got(bytes: impl AsRef<[u8]>) -> EvidenceBuilder {
    tcp().clients(1).sent(1, "hello").got(1, bytes)
}

#[rstest]
#[case::equal("reply: HELLO", got("HELLO"), pass("reply-right"))]
#[case::in_chunks("reply: HELLO", got("HE").got(1, "LLO"), pass("reply-right"))]
#[case::in_datagrams("reply: HELLO", udp().senders(1).sent(1, "x").got(1, "HE").got(1, "LLO"), pass("reply-right"))]
#[case::more("reply: HELLO", got("HELLO\n"), fail("reply-not-equal"))]
#[case::less("reply: HELLO", got("HELL"), fail("reply-not-equal"))]
#[case::for_ever("reply: HELLO", got("HELLO").overflowed(1, 1), fail("reply-not-equal"))]
#[case::nothing("reply: HELLO", tcp().clients(1).sent(1, "x"), fail("reply-not-equal"))]
#[case::contains("reply: { contains: LL }", got("HELLO"), pass("reply-right"))]
#[case::contains_across_chunks("reply: { contains: LL }", got("HEL").got(1, "LO"), pass("reply-right"))]
#[case::contains_anything("reply: { contains: '' }", got("HELLO"), pass("reply-right"))]
#[case::contains_not("reply: { contains: ll }", got("HELLO"), fail("reply-without"))]
#[case::contains_more_than_came("reply: { contains: HELLO }", got("HE"), fail("reply-without"))]
#[case::matches("reply: { matches: '^H.+O$' }", got("HELLO"), pass("reply-right"))]
#[case::matches_no_text("reply: { matches: '^H(?-u:\\xff)' }", got(b"H\xff"), pass("reply-right"))]
#[case::matches_not("reply: { matches: '^E' }", got("HELLO"), fail("reply-does-not-match"))]
fn reply_compares_all_received_data(#[case] word: &str, #[case] builder: EvidenceBuilder, #[case] want: Want) {
    let finding = builder.assert_finding(word, want);
    assert_eq!(finding.shown_by.is_empty(), want.0 == crate::model::Verdict::Pass);
}

#[test]
fn reply_fills_in_the_client_number() {
    let builder = tcp().clients(2).sent(1, "a").got(1, "client 1").sent(2, "a").got(2, "client 2");
    for word in ["reply: 'client {n}'", "reply: { equals: 'client {n}' }", "reply: { contains: '{n}' }"] {
        builder.clone().assert_finding(word, pass("reply-right"));
    }
    builder.clone().assert_finding("reply: 'client 1'", fail("reply-not-equal"));
    builder.clone().assert_finding("reply: { contains: '1' }", fail("reply-without"));
    builder.clone().assert_finding("reply: { equals: 'client 1', clients: [1] }", pass("reply-right"));
    builder.assert_finding("reply: { equals: 'client 1', clients: [2] }", fail("reply-not-equal"));
}

#[test]
fn variables_in_braces_are_filled() {
    got("65432").assert_finding("reply: '{port}'", pass("reply-right"));
    got("65433").assert_finding("reply: '{port}'", fail("reply-not-equal"));
    got("65432").assert_finding("reply: { contains: '{port}' }", pass("reply-right"));
}

#[test]
fn difference_is_shown() {
    let finding = got("HELPO").assert_finding("reply: HELLO", fail("reply-not-equal"));
    assert_eq!(finding.difference.map(|difference| difference.at), Some(3));
}
