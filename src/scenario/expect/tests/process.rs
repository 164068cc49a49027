//! The server process: `still_running`, `exits`, `output`, `within_limits`.

use rstest::rstest;

use super::evidence_builder::{EvidenceBuilder, Want, fail, pass, tcp, unverified};
use crate::model::{Cap, EventKind, ExitStatus, ServerId};

fn ended(code: i32) -> EvidenceBuilder {
    tcp().exited(ExitStatus::Code(code))
}

#[rstest]
#[case::runs(tcp(), pass("still-running"), fail("has-not-ended"))]
#[case::ended(ended(0), fail("server-ended"), pass("ended"))]
#[case::failed(ended(1), fail("server-ended"), fail("ended-otherwise"))]
#[case::killed(tcp().exited(ExitStatus::Signal(11)), fail("memory-fault"), fail("ended-otherwise"))]
#[case::signal_zero_is_no_code(tcp().exited(ExitStatus::Signal(0)), fail("server-ended"), fail("ended-otherwise"))]
fn exit_status_decides_still_running_and_exits(
    #[case] builder: EvidenceBuilder,
    #[case] runs: Want,
    #[case] exits: Want,
) {
    let with_words = builder.clone().printed("Traceback\nValueError: x\n");
    assert_eq!(with_words.clone().judged("still_running").verdict, runs.0);
    assert_eq!(with_words.judged("exits").verdict, exits.0);
    builder.clone().assert_finding("still_running", runs);
    builder.assert_finding("exits", exits);
}

#[test]
fn exits_accepts_another_code() {
    ended(3).assert_finding("exits: 3", pass("ended"));
    ended(0).assert_finding("exits: 3", fail("ended-otherwise"));
    ended(3).assert_finding("exits: { code: 3 }", pass("ended"));
}

#[rstest]
#[case::there("output: Listen", tcp().printed("Bind\nListen\n"), pass("output-found"))]
#[case::absent("output: Accept", tcp().printed("Bind\nListen\n"), fail("output-missing"))]
#[case::other_case("output: listen", tcp().printed("Listen"), fail("output-near"))]
#[case::longer_than_all("output: Listening", tcp().printed("Listen"), fail("output-near"))]
#[case::nothing_printed("output: Listen", tcp().printed(""), fail("output-nothing"))]
#[case::in_the_tail("output: end", tcp().output("begin", "the end", 900), pass("output-found"))]
#[case::too_much("output: middle", tcp().output("begin", "the end", 900), unverified("output-too-long"))]
#[case::all_kept("output: middle", tcp().output("begin", "the end", 12), fail("output-missing"))]
#[case::matching("output: { matches: 'B.nd' }", tcp().printed("Bind"), pass("output-found"))]
#[case::not_matching("output: { matches: '^Listen' }", tcp().printed("Bind\nListen"), fail("output-missing"))]
#[case::by_lines("output: { matches: '(?m)^Listen$' }", tcp().printed("Bind\nListen\n"), pass("output-found"))]
#[case::the_last_record("output: Listen", tcp().printed("Bind").printed("Bind\nListen"), pass("output-found"))]
#[case::any("output: ''", tcp().printed("Bind"), pass("output-found"))]
#[case::nothing_asked("output: {}", tcp().printed("Bind"), unverified("nothing-asked"))]
fn output(#[case] word: &str, #[case] builder: EvidenceBuilder, #[case] want: Want) {
    builder.assert_finding(word, want);
}

#[test]
fn finding_quotes_the_end_of_the_output() {
    let finding =
        tcp().printed(&format!("{}END", "x".repeat(500))).assert_finding("output: Bind", fail("output-missing"));
    let said = serde_json::to_string(&finding.because.message().args["said"]).expect("writes");
    assert!(said.ends_with("xEND\"") && said.len() < 200, "{said}");
}

#[test]
fn limit_hit_fails_within_limits() {
    tcp().assert_finding("within_limits", pass("within-limits"));
    for cap in Cap::ALL.iter().cloned().chain([Cap::Other("something".to_owned())]) {
        let builder = tcp().event(EventKind::CapHit { server: ServerId(0), cap });
        builder.assert_finding("within_limits", fail("cap-hit"));
    }
}

#[test]
fn nearest_line_is_shown_for_a_text_that_was_not_printed() {
    let printed = || tcp().printed("pronto\nbia: voc ouviu?\nfim\n");
    let near = printed().assert_finding("output: 'bia: você ouviu?'", fail("output-near"));
    assert!(near.because.message().args.values().any(|value| format!("{value:?}").contains("voc ouviu")));
    printed().assert_finding("output: { lines: ['bia: você ouviu?'] }", fail("output-near"));
    printed().assert_finding("output: 'bia: oi, ana'", fail("output-missing"));
    printed().assert_finding("output: { matches: 'bia: vocé ouviu' }", fail("output-missing"));
}

#[rstest]
#[case::python(
    "Traceback (most recent call last):\n  File \"c.py\", line 3\nConnectionRefusedError: [Errno 111] Connection refused\n",
    fail("trace-printed")
)]
#[case::java(
    "Exception in thread \"main\" java.net.ConnectException: Connection refused\n\tat C.main(C.java:3)\n",
    fail("trace-printed")
)]
#[case::own_text("an Exception in the rule\n", fail("output-forbidden"))]
#[case::handled("cannot connect: Connection refused\n", pass("output-without"))]
fn trace_of_an_error_is_told_from_other_output(#[case] printed: &str, #[case] want: Want) {
    tcp().exited(ExitStatus::Code(1)).printed(printed).assert_finding("output: { never: 'Traceback|Exception' }", want);
}
