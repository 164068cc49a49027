//! `lines`: lines that a server sends to several clients, as fixed examples and in any interleaving
//! and any chunks.

use proptest::prelude::*;
use rstest::rstest;

use super::evidence_builder::{EvidenceBuilder, Want, fail, listener, pass, queued, tcp, unverified};
use crate::model::{ClientId, EventKind, ExitStatus, StreamEnd, TcpState, Verdict};

/// Returns a chat of three clients: 1 sent `oi`, 2 sent `olá`, and 3 sent nothing after its name.
fn chat() -> EvidenceBuilder {
    tcp().clients(3).sent(1, "ana\n").sent(2, "bia\n").sent(3, "caio\n").sent(1, "oi\n").sent(2, "ol\u{e1}\n")
}

#[rstest]
#[case::right(chat().got(3, "ana: oi\nbia: olá\n"), pass("lines-right"))]
#[case::in_chunks(chat().got(3, "ana: ").got(3, "oi\nbia: olá").got(3, "\n"), pass("lines-right"))]
#[case::with_carriage_returns(chat().got(3, "ana: oi\r\nbia: olá\r\n"), pass("lines-right"))]
#[case::told_besides(chat().got(3, "+dora\nana: oi\n-dora\nbia: olá\n"), pass("lines-right"))]
#[case::own(chat().got(3, "ana: oi\nbia: olá\ncaio\n"), fail("line-own"))]
#[case::twice(chat().got(3, "ana: oi\nana: oi\nbia: olá\n"), fail("line-twice"))]
#[case::nobody_said_it(chat().got(3, "welcome\nana: oi\nbia: olá\n"), fail("line-extra"))]
#[case::and_more(chat().got(3, "ana: oi\nbia: olá\nbye\n"), fail("line-extra"))]
#[case::other_order(chat().got(3, "bia: olá\nana: oi\n"), fail("line-out-of-order"))]
#[case::without_name(chat().got(3, "oi\nolá\n"), fail("line-without-beginning"))]
#[case::in_pieces(chat().got(3, "ana: oi\nbia: o\nbia: lá\n"), fail("line-in-pieces"))]
#[case::mixed(chat().got(3, "ana: obia: olá\n"), fail("line-mixed"))]
#[case::no_end_at_all(chat().got(3, "ana: oi\nbia: olá"), fail("line-without-end"))]
#[case::an_end_too_few(chat().got(3, "ana: oi\nbia: olá\nx"), fail("line-without-end"))]
#[case::otherwise(chat().got(3, "ana disse oi\nbia: olá\n"), fail("line-differs"))]
#[case::one_is_missing(chat().got(3, "ana: oi\n"), fail("line-missing"))]
#[case::the_first_is_missing(chat().got(3, "bia: olá\n"), fail("line-missing"))]
#[case::only_other_lines(chat().got(3, "+dora\n"), fail("line-missing-others-came"))]
#[case::nothing(chat(), fail("line-missing-nothing-came"))]
#[case::a_part(chat().got(3, "ana: oi\nbia: á\n"), fail("line-without-part"))]
#[case::others_got_it(chat().got(2, "ana: oi\n"), fail("line-to-others-only"))]
#[case::for_ever(chat().got(3, "ana: oi\nbia: olá\n").overflowed(3, 9), fail("lines-too-many"))]
#[case::closed(chat().got(3, "ana: oi\n").ended(3, StreamEnd::End), fail("line-closed"))]
#[case::closed_after_all(chat().got(3, "ana: oi\nbia: olá\n").ended(3, StreamEnd::End), pass("lines-right"))]
#[case::ended(chat().exited(ExitStatus::Code(1)), fail("line-server-ended"))]
#[case::ended_and_said(chat().printed("Broken pipe\n").exited(ExitStatus::Code(1)), fail("line-server-ended-said"))]
#[case::held_up(chat().got(3, "ana: oi\n").event(EventKind::ReadsNothing { client: ClientId(2) }).late(3), fail("line-held-up"))]
#[case::waiting(chat().snapshot([listener(), queued(2, TcpState::Established)]), fail("line-not-accepted"))]
#[case::not_connected(tcp().clients(1).sent(1, "a\n"), unverified("nothing-was-sent"))]
fn client_must_receive_the_lines_of_the_others(#[case] builder: EvidenceBuilder, #[case] want: Want) {
    let finding =
        builder.assert_finding("lines: { clients: [3], except: '^[+-]', are: ['ana: oi', 'bia: olá'] }", want);
    assert_eq!(finding.shown_by.is_empty(), want.0 != Verdict::Fail);
}

#[rstest]
#[case::in_this_order("have: [oi, olá]", "ana: oi\nx\nbia: olá\n", pass("lines-right"))]
#[case::not_in_another("have: [olá, oi]", "ana: oi\nbia: olá\n", fail("line-missing"))]
#[case::not_unfinished("have: [oi]", "ana: oi", fail("line-without-end"))]
#[case::none("are: []", "", pass("lines-right"))]
#[case::none_and_one_came("are: []", "ana: oi\n", fail("line-extra"))]
#[case::only_some("matching: '^[+]', are: [+bia]", "x\n+bia\ny", pass("lines-right"))]
#[case::each_its_own("are: ['client {n}']", "client 3\n", pass("lines-right"))]
#[case::mixed("interleave: [[a, b], [c, d]]", "c\na\nd\nb\n", pass("lines-right"))]
#[case::in_one_piece("have: [oi, duas]", "ana: oi\nbia: uma\n", fail("line-after-another"))]
#[case::not_by_a_guess("have: [oi]", "ana: ox\n", fail("line-missing"))]
#[case::the_next_is_no_damage(
    "are: ['bia: uma', 'bia: duas', 'bia: tr\u{ea}s']",
    "bia: uma\nbia: três\n",
    fail("line-after-another")
)]
#[case::mixed_out_of_order("interleave: [[a, b], [c, d]]", "c\nb\na\nd\n", fail("line-out-of-order"))]
fn fields_of_lines_select_and_compare(#[case] asked: &str, #[case] got: &str, #[case] want: Want) {
    chat().sent(2, "uma\nduas\n").got(3, got).assert_finding(&format!("lines: {{ clients: [3], {asked} }}"), want);
}

#[test]
fn difference_is_shown() {
    let builder = chat().got(3, "ana: oi\nbia: olé\n");
    let finding = builder.assert_finding("lines: { clients: [3], are: ['ana: oi', 'bia: olá'] }", fail("line-differs"));
    assert_eq!(finding.difference.map(|difference| difference.at), Some("ana: oi\nbia: ol".len() + 1));
}

/// Returns the lines of two other clients, interleaved by `choices`, and a journal in which they
/// arrive in pieces of `size` bytes.
fn mixed(choices: &[bool], size: usize) -> (Vec<String>, EvidenceBuilder) {
    let mut lists = [["a 1", "a 2", "a 3"].into_iter(), ["b 1", "b 2", "b 3"].into_iter()];
    let mut lines: Vec<String> = Vec::new();
    for &choice in choices {
        let [first, second] = if choice { [0, 1] } else { [1, 0] };
        let next = lists[first].next().or_else(|| lists[second].next());
        lines.extend(next.map(str::to_owned));
    }
    let builder = sent_in(&lines, size);
    (lines, builder)
}

fn sent_in(lines: &[String], size: usize) -> EvidenceBuilder {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    text.as_bytes().chunks(size).fold(chat(), |builder, chunk| builder.got(3, chunk))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn interleaved_lists_pass_and_changed_lines_fail(
        choices in proptest::collection::vec(any::<bool>(), 6),
        size in 1usize..30,
        which in 0usize..6,
    ) {
        let asked = "lines: { clients: [3], interleave: [['a 1', 'a 2', 'a 3'], ['b 1', 'b 2', 'b 3']] }";
        let (lines, builder) = mixed(&choices, size);
        builder.assert_finding(asked, pass("lines-right"));
        let mut fewer = lines.clone();
        fewer.remove(which);
        let mut more = lines.clone();
        more.insert(which, lines[which].clone());
        let mut other = lines.clone();
        other[which].push('!');
        for wrong in [fewer, more, other] {
            prop_assert_eq!(sent_in(&wrong, size).judged(asked).verdict, Verdict::Fail);
        }
    }
}
