//! Streams of bytes: `echo`, `uppercase` and `answered` over TCP.

use rstest::rstest;

use super::evidence_builder::{EvidenceBuilder, Want, fail, pass, tcp, unverified};
use crate::model::{Arg, ClientId, EventKind, ExitStatus, Finding, KernelError, StreamEnd, Verdict, WaitTarget};

/// Returns one client that sent `sent` and received `got`.
fn exchange(sent: impl AsRef<[u8]>, got: impl AsRef<[u8]>) -> EvidenceBuilder {
    tcp().clients(1).sent(1, sent).got(1, got)
}

/// Returns one client that sent these messages in order and received `got`.
fn messages(sent: &[&str], got: impl AsRef<[u8]>) -> EvidenceBuilder {
    sent.iter().fold(tcp().clients(1), |builder, sent| builder.sent(1, sent)).got(1, got)
}

/// Returns one client that sent this and received nothing.
fn silence(sent: &str) -> EvidenceBuilder {
    tcp().clients(1).sent(1, sent)
}

fn number(finding: &Finding, name: &str) -> Option<i64> {
    match finding.because.message().args.get(name) {
        Some(Arg::Number(number)) => Some(*number),
        _ => None,
    }
}

fn text(finding: &Finding, name: &str) -> Option<String> {
    match finding.because.message().args.get(name) {
        Some(Arg::Text(text)) => Some(text.clone()),
        _ => None,
    }
}

#[rstest]
#[case::whole(exchange("olá", "olá"))]
#[case::in_chunks(exchange("abcdef", "a").got(1, "bcd").got(1, "ef"))]
#[case::merged(messages(&["ab", "cd", ""], "abcd"))]
#[case::interleaved(exchange("ab", "a").sent(1, "cd").got(1, "bcd"))]
#[case::every_byte(exchange((0..=255).collect::<Vec<u8>>(), (0..=255).collect::<Vec<u8>>()))]
#[case::nul_bytes_that_were_sent(exchange("a\0\0", "a\0\0"))]
#[case::right_after_it_was_late(silence("ab").late(1).got(1, "ab"))]
#[case::reset_after_the_answer(exchange("ab", "ab").ended(1, StreamEnd::Reset))]
#[case::a_client_that_had_nothing_to_say(tcp().clients(2).sent(1, "ab").got(1, "ab"))]
#[case::server_ended_after_it(exchange("ab", "ab").exited(ExitStatus::Code(1)))]
fn correct_echo_passes(#[case] builder: EvidenceBuilder) {
    builder.assert_finding("echo", pass("echo-right"));
}

#[rstest]
#[case::prefix(exchange("hello", "Eco: hello"), "prefix")]
#[case::banner(tcp().clients(1).got(1, "hi!").sent(1, "hello").got(1, "hello"), "speaks-first")]
#[case::newline(exchange("hello", "hello\n"), "newline-added")]
#[case::carriage_return_too(exchange("hello", "hello\r\n"), "newline-added")]
#[case::newline_after_each(messages(&["ab", "cd"], "ab\ncd\n"), "newline-added")]
#[case::nul(exchange("hello", "hello\0"), "nul-after-answer")]
#[case::whole_buffer(exchange("hello", [&b"hello"[..], &[0; 1019]].concat()), "nul-after-answer")]
#[case::nul_after_each(messages(&["ab", "cd"], "ab\0\0cd\0\0"), "nul-after-answer")]
#[case::doubled(exchange("hello", "hellohello"), "answered-twice")]
#[case::each_doubled(messages(&["ab", "cd"], "ababcdcd"), "answered-twice")]
#[case::suffix(exchange("hello", "hello!"), "more-after-answer")]
#[case::after_the_end(exchange("hello", "hello").closed(1).got(1, "BYE"), "more-after-end")]
#[case::before_the_end(exchange("hello", "helloBYE").closed(1), "more-after-answer")]
#[case::begun_before_the_end(exchange("hello", "helloB").closed(1).got(1, "YE"), "more-after-answer")]
#[case::for_ever(exchange("hello", "hello").overflowed(1, 70_000), "more-after-answer")]
#[case::without_end(exchange("hello", "hello").overflowed(1, 70 << 20), "never-stops-sending")]
#[case::only_printed(silence("hello").late(1).printed("recebido: b'HELLO'\n"), "printed-not-sent")]
#[case::printed_something_else(silence("hello").late(1).printed("pronto\n"), "no-answer-late")]
#[case::reversed(exchange("hello", "olleh"), "reversed")]
#[case::upper(exchange("hello", "HELLO"), "upper-for-echo")]
#[case::upper_of_all(messages(&["ab", "cd"], "ABCD"), "upper-for-echo")]
#[case::lower(exchange("Hello", "hello"), "lower-case")]
#[case::as_text(exchange(b"ab\xff\xfe", "ab\u{fffd}\u{fffd}"), "decoded-as-text")]
#[case::as_ascii(exchange("olá!", "ol??!"), "only-ascii")]
#[case::one_byte_less(exchange("hello", "hell"), "last-byte-missing")]
#[case::one_byte_less_each(messages(&["abc", "def"], "abde"), "last-byte-missing")]
#[case::cut_at_1024(exchange("x".repeat(3000), "x".repeat(1024)), "answer-cut-at-buffer")]
#[case::second_cut_at_1024(messages(&["ab", &"x".repeat(3000)], format!("ab{}", "x".repeat(1024))), "answer-cut-at-buffer")]
#[case::cut(exchange("hello", "he"), "answer-cut")]
#[case::cut_and_in_upper_case_as_it_was_sent(exchange("HELLO", "HE"), "answer-cut")]
#[case::cut_by_close(exchange("hello", "he").ended(1, StreamEnd::End), "answer-cut-by-close")]
#[case::cut_by_reset(exchange("hello", "he").ended(1, StreamEnd::Reset), "answer-cut-by-reset")]
#[case::first_only(messages(&["ab", "cd"], "ab").late(1), "only-first-message")]
#[case::two_of_three(messages(&["ab", "cd", "ef"], "abcd").late(1), "stops-after-messages")]
#[case::fixed_text(exchange("hello", "OK, received"), "answer-differs")]
#[case::one_letter_says_little(exchange("ab", "A"), "answer-differs")]
#[case::one_byte_after_another(exchange("a", "xa"), "answer-differs")]
#[case::swapped_bytes(exchange("hello", "hlelo"), "answer-differs")]
#[case::nothing(silence("hello"), "no-answer")]
#[case::nothing_in_time(silence("hello").late(1), "no-answer-late")]
#[case::nothing_of_one_that_had_ended(silence("hello").exited(ExitStatus::Code(0)).late(1), "no-answer-refused")]
#[case::nothing_of_one_that_ended_afterwards(silence("hello").late(1).exited(ExitStatus::Code(0)), "no-answer-late")]
#[case::only_after_more_was_sent(silence("ab").late(1).sent(1, "cd").got(1, "abcd"), "kept-in-buffer")]
#[case::last_bytes_are_kept(silence("ab").late(1).sent(1, "cdef").got(1, "abcd"), "kept-in-buffer")]
#[case::one_message_late(silence("ab").late(1).sent(1, "cd").got(1, "ab"), "one-message-late")]
#[case::to_another_client(silence("hello").clients(2).sent(2, "other").got(2, "hello").late(1), "answer-to-another-client")]
#[case::of_the_second_to_the_third(silence("hello").clients(3).sent(2, "other").sent(3, "third").got(3, "thirdother").late(1), "answer-to-another-client")]
#[case::only_the_third_is_answered(silence("hello").clients(3).sent(2, "other").sent(3, "third").got(3, "third").late(1), "no-answer-late")]
#[case::same_text_of_another_client(silence("hello").clients(2).sent(2, "hello").got(2, "hello").late(1), "no-answer-late")]
#[case::only_after_the_client_had_ended(silence("ab").late(1).event(EventKind::FinishedSending { client: ClientId(1) }).got(1, "ab"), "answers-only-after-end")]
#[case::closed(silence("hello").ended(1, StreamEnd::End), "no-answer-closed")]
#[case::reset(silence("hello").ended(1, StreamEnd::Reset), "no-answer-closed")]
#[case::the_second_client(exchange("a", "a").clients(2).sent(2, "b").late(2), "no-answer-late")]
fn wrong_echo_fails_with_its_cause(#[case] builder: EvidenceBuilder, #[case] id: &'static str) {
    let finding = builder.assert_finding("echo", fail(id));
    assert!(finding.because.hint().is_some() && !finding.shown_by.is_empty(), "{finding:?}");
    assert_eq!(
        finding.difference.is_some(),
        !(id.starts_with("no-answer")
            || [
                "printed-not-sent",
                "answers-only-after-end",
                "one-message-late",
                "kept-in-buffer",
                "answer-to-another-client"
            ]
            .contains(&id)),
        "{finding:?}"
    );
}

#[rstest]
#[case::ascii("olá ß", "OLá ß")]
#[case::unicode("olá ß", "OLÁ SS")]
#[case::kept_white_space(" ab\r\n", " AB\r\n")]
#[case::stripped(" ab\r\n", "AB")]
#[case::stripped_vertical_tab("ab\x0b", "AB")]
#[case::stripped_as_unicode("\u{a0}ab", "AB")]
#[case::digits_and_marks("0123 (~)!", "0123 (~)!")]
#[case::not_text_at_all("ab\u{e1}", "AB\u{e1}")]
fn correct_upper_case_passes(#[case] sent: &str, #[case] got: &str) {
    exchange(sent, got).assert_finding("uppercase", pass("upper-right"));
    // In chunks, and as one of several messages.
    let (a, b) = got.as_bytes().split_at(got.len() / 2);
    exchange(sent, a).got(1, b).assert_finding("uppercase", pass("upper-right"));
    messages(&[sent, "z", sent], [got, "Z", got].concat()).assert_finding("uppercase", pass("upper-right"));
}

#[test]
fn upper_case_of_invalid_utf8_changes_ascii_only() {
    exchange(b"ab\xff\xe1", b"AB\xff\xe1").assert_finding("uppercase", pass("upper-right"));
    exchange(b"\x0bab\xff \x0b", b"AB\xff").assert_finding("uppercase", pass("upper-right"));
    exchange(b"ab\xff\xe1", b"AB\xff\xc1").assert_finding("uppercase", fail("answer-differs"));
    exchange(b"ab\xff\xe1", "AB\u{fffd}\u{fffd}").assert_finding("uppercase", fail("decoded-as-text"));
    exchange(b"ab\xff\xe1", b"AB??").assert_finding("uppercase", fail("only-ascii"));
}

#[rstest]
#[case::unchanged("hello", "hello", "echo-for-upper")]
#[case::lower("Hello", "hello", "lower-case")]
#[case::title("hello", "Hello", "case-changed")]
#[case::another_letter("hello", "HELpO", "answer-differs")]
#[case::last_byte("hello", "HELLo", "last-byte-not-upper")]
#[case::prefix("hello", "TCP: HELLO", "prefix")]
#[case::newline("hello", "HELLO\n", "newline-added")]
#[case::cut("hello", "HEL", "answer-cut")]
#[case::one_less("hello", "HELL", "last-byte-missing")]
#[case::twice("hello", "HELLOHELLO", "answered-twice")]
#[case::swapped_case("Hello1", "hELLO1", "case-swapped")]
#[case::first_byte("hello", "hELLO", "first-byte-not-upper")]
#[case::first_two("hello", "heLLO", "case-changed")]
#[case::inner_space_lost("a b", "AB", "blanks-missing")]
#[case::accent_lost("olá mundo", "OLA MUNDO", "answer-differs")]
fn wrong_upper_case_fails_with_its_cause(#[case] sent: &str, #[case] got: &str, #[case] id: &'static str) {
    exchange(sent, got).assert_finding("uppercase", fail(id));
}

#[test]
fn messages_may_be_stripped_independently() {
    messages(&["ab  ", " cd"], "AB CD").assert_finding("uppercase", pass("upper-right"));
    messages(&["ab  ", " cd"], "AB  CD").assert_finding("uppercase", pass("upper-right"));
    messages(&["ab  ", " cd"], "AB    CD").assert_finding("uppercase", fail("answer-differs"));
}

#[test]
fn client_must_receive_its_own_answer() {
    let crossed = |sent: [&str; 2], got: [&str; 2]| {
        tcp().clients(2).sent(1, sent[0]).sent(2, sent[1]).got(2, got[1]).got(1, got[0])
    };
    crossed(["um", "dois"], ["DOIS", "UM"]).assert_finding("uppercase", fail("answer-of-another-client"));
    crossed(["um", "dois"], ["dois", "um"]).assert_finding("echo", fail("answer-of-another-client"));
    crossed(["um", "dois"], ["UM", "DOIS"]).assert_finding("uppercase", pass("upper-right"));
    // Both sent the same: the answers are indistinguishable, hence correct.
    crossed(["um", "um"], ["UM", "UM"]).assert_finding("uppercase", pass("upper-right"));
    let both = crossed(["um", "um"], ["UM", "UM"]).overflowed(1, 9);
    both.assert_finding("uppercase", fail("more-after-answer"));
    // The finding names the first client that is wrong.
    let finding = crossed(["um", "dois"], ["UM", "UM"]).assert_finding("uppercase", fail("answer-of-another-client"));
    assert_eq!(number(&finding, "client"), Some(2));
}

#[test]
fn finding_counts_messages_and_bytes() {
    let finding = messages(&["ab", "cd", "ef"], "abcd").judged("echo");
    assert_eq!(
        (number(&finding, "messages"), number(&finding, "got"), number(&finding, "of")),
        (Some(2), Some(4), Some(6))
    );
    let finding = exchange("x".repeat(3000), "x".repeat(1024)).judged("echo");
    assert_eq!((number(&finding, "got"), number(&finding, "of")), (Some(1024), Some(3000)));
    let finding = exchange("hello", "Eco: hello").judged("echo");
    assert_eq!(text(&finding, "prefix").as_deref(), Some("Eco: "));
    let finding = exchange("hello", "hello!!").overflowed(1, 5).judged("echo");
    assert_eq!((text(&finding, "extra").as_deref(), number(&finding, "bytes")), (Some("!!"), Some(7)));
    let finding = tcp().clients(2).sent(1, "abc").got(1, "abc").sent(2, "de").got(2, "de").judged("echo");
    assert_eq!((number(&finding, "clients"), number(&finding, "bytes")), (Some(2), Some(5)));
}

#[test]
fn finding_reports_the_first_timeout_and_truncates_data() {
    let again = EventKind::Late {
        client: ClientId(1),
        waiting: WaitTarget::End,
        within_ms: 7,
        silent: false,
        busy_unread: None,
    };
    assert_eq!(number(&silence("ab").late(1).event(again).judged("echo"), "ms"), Some(5000));
    let finding = exchange("hello", "y".repeat(900)).judged("echo");
    assert!(text(&finding, "got").as_deref().is_some_and(|got| got.ends_with('…') && got.len() < 80), "{finding:?}");
}

#[test]
fn server_that_never_started_is_not_verified() {
    for word in ["echo", "uppercase", "answered", "reply: x"] {
        assert_eq!(EvidenceBuilder::default().judged(word).verdict, Verdict::NotVerified, "{word}");
    }
}

#[rstest]
#[case::ended(exchange("ab", "ab").ended(1, StreamEnd::End), pass("echo-right"))]
#[case::reset(exchange("ab", "ab").ended(1, StreamEnd::Reset), fail("ended-by-reset"))]
#[case::open(exchange("ab", "ab"), fail("stream-not-ended"))]
#[case::late(exchange("ab", "ab").late(1), fail("stream-not-ended"))]
#[case::the_first_ending_counts(exchange("ab", "ab").ended(1, StreamEnd::Reset).ended(1, StreamEnd::End), fail("ended-by-reset"))]
#[case::wrong_bytes_first(exchange("ab", "a!").ended(1, StreamEnd::Reset), fail("answer-differs"))]
#[case::only_one_of_two(exchange("ab", "ab").ended(1, StreamEnd::End).clients(2).sent(2, "c").got(2, "c"), fail("stream-not-ended"))]
fn then_end_requires_a_fin(#[case] builder: EvidenceBuilder, #[case] want: Want) {
    builder.clone().assert_finding("echo: { then_end: true }", want);
    if want.1 != "answer-differs" {
        builder.assert_finding("echo", pass("echo-right"));
    }
}

#[test]
fn then_end_applies_to_upper_case() {
    exchange("ab", "AB").assert_finding("uppercase: { then_end: true }", fail("stream-not-ended"));
    exchange("ab", "AB").ended(1, StreamEnd::End).assert_finding("uppercase: { then_end: true }", pass("upper-right"));
}

#[test]
fn clients_field_selects_the_judged_clients() {
    let builder = exchange("ab", "ab").clients(2).sent(2, "cd").got(2, "no");
    builder.clone().assert_finding("echo: { clients: [1] }", pass("echo-right"));
    builder.clone().assert_finding("echo: { clients: [2] }", fail("answer-differs"));
    builder.clone().assert_finding("answered: { clients: [1] }", pass("answered"));
    builder.assert_finding("uppercase: { clients: [1] }", fail("echo-for-upper"));
    let silent = exchange("ab", "AB").clients(2).sent(2, "cd");
    silent.clone().assert_finding("answered: { clients: [2] }", fail("no-answer"));
    silent.assert_finding("uppercase: { clients: [1] }", pass("upper-right"));
}

#[test]
fn network_error_is_not_verified_unless_the_server_crashed() {
    let builder = silence("hello").ended(1, StreamEnd::Other(KernelError::Errno(113)));
    let finding = builder.assert_finding("echo", unverified("no-answer-error"));
    assert!(finding.because.hint().is_none() && !finding.shown_by.is_empty(), "{finding:?}");
    // A crash of the server still counts as its fault.
    let crashed = silence("hello").exited(ExitStatus::Code(1)).ended(1, StreamEnd::Other(KernelError::Errno(113)));
    crashed.assert_finding("echo", fail("server-crashed"));
}

#[test]
fn note_never_fails() {
    for (word, sent) in [("echo: { note: true }", "ab"), ("uppercase: { note: true }", "cd")] {
        let finding = exchange(sent, "no").assert_finding(word, pass("noted-only"));
        assert_eq!(finding.notes.len(), 1);
        assert_eq!(&*finding.notes[0].id, "answer-differs");
    }
    let finding = exchange("ab", "ab").assert_finding("echo: { note: true }", pass("echo-right"));
    assert!(finding.notes.is_empty());
    let finding = exchange("ab", "ab").assert_finding("echo: { note: true, then_end: true }", pass("noted-only"));
    assert_eq!(&*finding.notes[0].id, "stream-not-ended");
}

#[rstest]
#[case::one(exchange("ab", "anything at all"), pass("answered"))]
#[case::in_part(messages(&["ab", "cd"], "x"), pass("answered"))]
#[case::none(silence("ab"), fail("no-answer"))]
#[case::closed(silence("ab").ended(1, StreamEnd::End), fail("no-answer-closed"))]
#[case::one_of_two(exchange("ab", "ab").clients(2).sent(2, "c").ended(2, StreamEnd::Reset), fail("no-answer-closed"))]
#[case::asked_nothing(exchange("ab", "ab").clients(2).sent(2, ""), pass("answered"))]
fn answered(#[case] builder: EvidenceBuilder, #[case] want: Want) {
    builder.assert_finding("answered", want);
}

#[rstest]
#[case::refused(tcp().refused(1), fail("connection-refused"))]
#[case::half_of_them(exchange("ab", "ab").refused(2), fail("connection-refused"))]
#[case::reset(tcp().unconnected(1, StreamEnd::Reset), fail("connection-reset"))]
#[case::late(tcp().unconnected(1, StreamEnd::Deadline), fail("connection-late"))]
#[case::other(tcp().unconnected(1, StreamEnd::Other(KernelError::Errno(113))), unverified("connection-error"))]
#[case::server_gone(exchange("ab", "ab").exited(ExitStatus::Code(0)).refused(2), fail("server-ended"))]
#[case::nothing_sent(tcp().clients(3), unverified("nothing-was-sent"))]
#[case::nobody(tcp(), unverified("nothing-was-sent"))]
fn clients_that_never_connected_are_reported(
    #[case] builder: EvidenceBuilder,
    #[case] want: Want,
    #[values("echo", "uppercase", "answered", "reply: ab")] word: &str,
) {
    let finding = builder.assert_finding(word, want);
    assert_eq!(finding.because.hint().is_some(), want.0 == Verdict::Fail);
}

/// Returns three clients that were connected at once, and what they received.
fn three(got: [&str; 3]) -> EvidenceBuilder {
    let sent =
        (1..).zip(["cliente 1", "cliente 2", "cliente 10"]).fold(tcp().clients(3), |all, (n, text)| all.sent(n, text));
    (1..).zip(got).fold(sent, |all, (n, text)| all.got(n, text))
}

#[rstest]
#[case::last_first(
    ["cliente 10cliente 2cliente 1", "cliente 10cliente 2cliente 1", "cliente 10cliente 2cliente 1"],
    "sent-to-all-clients"
)]
#[case::first_first(["cliente 1cliente 2", "cliente 1cliente 2", "cliente 10"], "sent-to-all-clients")]
// A buffer that is never emptied.
#[case::kept(["cliente 1", "cliente 1cliente 2", "cliente 1cliente 2cliente 10"], "earlier-text-before")]
#[case::part_of_an_answer(["cliente 1cliente 2", "cliente 1client", "cliente 10"], "more-after-answer")]
#[case::gone_astray(["cliente 1cliente 2", "", "cliente 10"], "more-after-answer")]
#[case::mixed_up(["cliente 2", "cliente 1", "cliente 10"], "answer-of-another-client")]
#[case::other_text(["cliente 1cliente 2", "cliente 1, cliente 2", "cliente 10"], "more-after-answer")]
fn answers_to_other_clients_are_recognised(#[case] got: [&str; 3], #[case] id: &'static str) {
    three(got).assert_finding("echo", fail(id));
}
