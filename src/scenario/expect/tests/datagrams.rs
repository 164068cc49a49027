//! Datagrams: `echo`, `uppercase` and `answered` over UDP.

use rstest::rstest;

use super::evidence_builder::{EvidenceBuilder, Want, fail, pass, udp};
use crate::model::{Arg, ExitStatus, StreamEnd, Verdict};

const RUBY_TRACE: &str = "pronto\ns.rb:14:in `send': no implicit conversion of nil into String (TypeError)\n\tfrom s.rb:14:in `block in <main>'\n\tfrom s.rb:9:in `loop'\n";

/// Returns one client that sent the datagrams `sent` and received `got`.
fn exchange(sent: &[&str], got: &[&str]) -> EvidenceBuilder {
    let builder = sent.iter().fold(udp().senders(1), |builder, sent| builder.sent(1, sent));
    got.iter().fold(builder, |builder, got| builder.got(1, got))
}

#[rstest]
#[case::one(&["ab"], &["AB"])]
#[case::two(&["ab", "cd"], &["AB", "CD"])]
#[case::in_the_other_order(&["ab", "cd"], &["CD", "AB"])]
#[case::the_same_twice(&["ab", "ab"], &["AB", "AB"])]
#[case::empty_unanswered(&["", "ab"], &["AB"])]
#[case::empty_answered(&["", "ab"], &["", "AB"])]
#[case::white_space_stripped_to_nothing(&[" \n", "ab"], &["AB"])]
#[case::white_space_answered(&[" \n", "ab"], &[" \n", "AB"])]
#[case::stripped(&[" ab\n"], &["AB"])]
#[case::kept(&[" ab\n"], &[" AB\n"])]
#[case::ascii(&["olá"], &["OLá"])]
#[case::unicode(&["olá"], &["OLÁ"])]
fn correct_answers_pass(#[case] sent: &[&str], #[case] got: &[&str]) {
    exchange(sent, got).assert_finding("uppercase", pass("upper-right"));
}

#[test]
fn empty_answer_is_named_only_for_other_data() {
    exchange(&["ab"], &[""]).assert_finding("uppercase", fail("empty-answer"));
    exchange(&["ab", "cd"], &["AB", ""]).assert_finding("uppercase", fail("empty-answer"));
    let judged = exchange(&["", "ab"], &[""]).judged("uppercase");
    assert_ne!(judged.because.message().id, "empty-answer", "it answers the empty datagram");
}

/// Returns two clients that sent a datagram each, of which only the first received something.
fn two_clients(second: &str, got: [&str; 2]) -> EvidenceBuilder {
    udp().senders(2).sent(1, "first").got(1, got[0]).sent(2, second).got(1, got[1])
}

#[test]
fn answer_for_another_client_is_named() {
    let named = two_clients("second", ["FIRST", "SECOND"]).judged("uppercase");
    assert_eq!(named.because.message().id, "answer-to-another-client");
    assert_eq!(named.because.hint().map(|hint| hint.id.into_owned()).as_deref(), Some("hint-reply-address"));
    two_clients("second", ["FIRST", "THIRD"]).assert_finding("uppercase", fail("datagram-too-many"));
    two_clients("second", ["FIRST", "FIRST"]).assert_finding("uppercase", fail("answered-twice"));
    two_clients("second", ["FIRST", "SECOND"])
        .got(2, "SECOND")
        .assert_finding("uppercase", fail("sent-to-all-clients"));
}

#[rstest]
#[case::both_orders(&["ab", "cd"], &["cd", "ab"], pass("echo-right"))]
#[case::empty(&["", "ab"], &["ab"], pass("echo-right"))]
#[case::white_space_is_data(&[" ", "ab"], &["ab"], fail("datagram-unanswered"))]
#[case::upper(&["ab"], &["AB"], fail("upper-for-echo"))]
fn echoes(#[case] sent: &[&str], #[case] got: &[&str], #[case] want: Want) {
    exchange(sent, got).assert_finding("echo", want);
}

#[rstest]
#[case::unchanged(&["ab"], &["ab"], "echo-for-upper")]
#[case::twice(&["ab"], &["AB", "AB"], "answered-twice")]
#[case::one_twice_of_two(&["ab", "cd"], &["AB", "AB", "CD"], "answered-twice")]
#[case::one_more(&["ab"], &["AB", "BYE"], "datagram-too-many")]
#[case::an_empty_one_more(&["ab"], &["AB", ""], "datagram-too-many")]
#[case::more_answers_to_empty(&["", "ab"], &["", "", "AB"], "answered-twice")]
#[case::merged(&["ab", "cd"], &["ABCD"], "datagrams-merged")]
#[case::merged_with_something_between(&["ab", "cd"], &["AB\nCD"], "datagrams-merged")]
#[case::in_two(&["abcd"], &["AB", "CD"], "answer-cut")]
#[case::prefix(&["hello"], &["UDP: HELLO"], "prefix")]
#[case::newline(&["hello"], &["HELLO\n"], "newline-added")]
#[case::nul(&["hello"], &["HELLO\0\0\0"], "nul-after-answer")]
#[case::cut(&["hello"], &["HEL"], "answer-cut")]
#[case::one_less(&["hello"], &["HELL"], "last-byte-missing")]
#[case::last_not_upper(&["hello"], &["HELLo"], "last-byte-not-upper")]
#[case::first_only(&["ab", "cd", "ef"], &["AB"], "only-first-datagram")]
#[case::silent_after_empty(&["ab", "", "cd"], &["AB"], "silent-after-empty-datagram")]
#[case::not_merged(&["aab", "abb"], &["AABB"], "more-after-answer")]
#[case::nothing(&["ab"], &[], "no-answer")]
fn wrong_answers_fail_with_their_cause(#[case] sent: &[&str], #[case] got: &[&str], #[case] id: &'static str) {
    let finding = exchange(sent, got).assert_finding("uppercase", fail(id));
    assert!(finding.because.hint().is_some() && !finding.shown_by.is_empty(), "{finding:?}");
}

#[rstest]
#[case::refused(exchange(&["ab"], &[]).ended(1, StreamEnd::Refused), "no-answer-refused")]
#[case::late(exchange(&["ab"], &[]).late(1), "no-answer-late")]
#[case::from_elsewhere(exchange(&["ab"], &[]).stray(1, "AB"), "answer-from-elsewhere")]
#[case::from_elsewhere_and_late(exchange(&["ab"], &[]).late(1).stray(1, "AB"), "answer-from-elsewhere")]
#[case::died_after_one(exchange(&["ab", "cd"], &["AB"]).ended(1, StreamEnd::Refused), "died-between-datagrams")]
#[case::died_on_empty(exchange(&["ab", "", "cd"], &["AB"]).ended(1, StreamEnd::Refused), "died-on-empty-datagram")]
#[case::died_slowly(exchange(&["ab", "cd"], &["AB"]).exited(ExitStatus::Code(0)).late(1), "died-between-datagrams")]
#[case::died_slowly_on_empty(exchange(&["ab", "", "cd"], &["AB"]).exited(ExitStatus::Code(0)).late(1), "died-on-empty-datagram")]
#[case::threw_on_empty(exchange(&["ab", "", "cd"], &["AB"]).printed(RUBY_TRACE).exited(ExitStatus::Code(1)).late(1), "server-crashed-said")]
#[case::memory_on_empty(exchange(&["ab", "", "cd"], &["AB"]).exited(ExitStatus::Signal(libc::SIGSEGV)).late(1), "memory-fault")]
#[case::threw(exchange(&["ab", "cd"], &["AB"]).printed(RUBY_TRACE).exited(ExitStatus::Code(1)).late(1), "server-crashed-said")]
// It only tested the count.
#[case::failed_on_empty(exchange(&["ab", "", "cd"], &["AB"]).printed("recvfrom: Success\n").exited(ExitStatus::Code(1)).late(1), "died-on-empty-datagram")]
#[case::word_on_empty(exchange(&["ab", "", "cd"], &["AB"]).printed("Error: no data\n").exited(ExitStatus::Code(1)).late(1), "died-on-empty-datagram")]
#[case::left_loop_on_empty(exchange(&["ab", "", "cd"], &["AB"]).printed(RUBY_TRACE).exited(ExitStatus::Code(0)).late(1), "died-on-empty-datagram")]
#[case::stopped(exchange(&["ab", "cd"], &["AB"]).late(1), "datagram-unanswered")]
#[case::stopped_and_ended_afterwards(exchange(&["ab", "cd"], &["AB"]).late(1).exited(ExitStatus::Code(0)), "datagram-unanswered")]
fn missing_answer_reports_its_cause(#[case] builder: EvidenceBuilder, #[case] id: &'static str) {
    builder.assert_finding("uppercase", fail(id));
}

#[test]
fn answer_before_a_refusal_passes() {
    exchange(&["ab"], &["AB"]).ended(1, StreamEnd::Refused).assert_finding("uppercase", pass("upper-right"));
}

#[test]
fn answer_of_another_client_is_recognised() {
    let two = |first: &str, second: &str| udp().senders(2).sent(1, "um").sent(2, "dois").got(1, first).got(2, second);
    two("DOIS", "UM").assert_finding("uppercase", fail("answer-of-another-client"));
    two("UM", "UM").assert_finding("uppercase", fail("answer-of-another-client"));
    two("UM", "DOIS").assert_finding("uppercase", pass("upper-right"));
}

#[test]
fn answer_to_every_client_is_recognised() {
    let two = || udp().senders(2).sent(1, "first").sent(2, "second").got(1, "FIRST");
    let all = two().got(2, "FIRST").got(1, "SECOND").got(2, "SECOND");
    all.assert_finding("uppercase", fail("sent-to-all-clients"));
    // The answer to the second went to the first: its own cause.
    two().got(1, "SECOND").assert_finding("uppercase", fail("answer-to-another-client"));
    two().got(1, "THIRD").got(2, "SECOND").assert_finding("uppercase", fail("datagram-too-many"));
}

#[test]
fn large_datagram_cut_at_the_buffer_is_recognised() {
    let (sent, got) = ("x".repeat(2000), "X".repeat(1024));
    exchange(&[&sent], &[&got]).assert_finding("uppercase", fail("answer-cut-at-buffer"));
    let finding = exchange(&[&sent], &[&got]).assert_finding("uppercase: { note: true }", pass("noted-only"));
    assert_eq!(&*finding.notes[0].id, "answer-cut-at-buffer");
    exchange(&[&sent], &[&sent.to_uppercase()]).assert_finding("uppercase", pass("upper-right"));
}

#[test]
fn missing_answers_are_counted() {
    let finding = exchange(&["ab", "cd", "ef", "gh"], &["AB", "GH"]).judged("uppercase");
    let number = |name: &str| finding.because.message().args.get(name).cloned();
    assert_eq!(number("answered"), Some(Arg::Number(2)));
    assert_eq!(number("missing"), Some(Arg::Number(2)));
    assert_eq!(number("sent"), Some(Arg::Text("cd".to_owned())));
}

#[rstest]
#[case::each(&["ab", "cd"], &["1", "2"], Verdict::Pass)]
#[case::one_of_two(&["ab", "cd"], &["1"], Verdict::Fail)]
#[case::an_empty_one_asks_for_nothing(&["", "cd"], &["1"], Verdict::Pass)]
#[case::an_empty_one_is_no_answer(&["ab", "cd"], &["1", ""], Verdict::Fail)]
fn answered(#[case] sent: &[&str], #[case] got: &[&str], #[case] verdict: Verdict) {
    assert_eq!(exchange(sent, got).judged("answered").verdict, verdict);
}

#[test]
fn duplicate_answer_does_not_answer_another_datagram() {
    for word in ["uppercase", "echo"] {
        assert_eq!(exchange(&["12", "34"], &["12", "12"]).judged(word).verdict, Verdict::Fail);
    }
}

#[test]
fn answer_from_elsewhere_requires_from_anywhere() {
    let builder = || exchange(&["ab"], &[]).stray(1, "AB");
    builder().assert_finding("uppercase: { from_anywhere: true }", pass("upper-right"));
    exchange(&["ab"], &[]).stray(1, "ab").assert_finding("uppercase: { from_anywhere: true }", fail("echo-for-upper"));
    exchange(&["ab"], &[]).stray(1, "AB").assert_finding("answered", fail("answer-from-elsewhere"));
    let one = |got: u32| udp().senders(2).sent(1, "a").sent(2, "b").got(got, "x").stray(3 - got, "x");
    one(1).assert_finding("answered", fail("answer-from-elsewhere"));
    one(2).assert_finding("answered", fail("answer-from-elsewhere"));
}
