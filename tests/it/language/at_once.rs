//! A mistake hides another only where that one may follow from it: everything else is told at once.

use rstest::rstest;

use super::{read, told};

/// A whole scenario with these steps and this item.
fn scenario(head: &str, steps: &str, item: &str) -> String {
    format!("{head}steps: [start: tcp-simple, {steps}]\nitems: [{item}]\n")
}

#[rstest]
#[case::points(scenario("", "connect: 2, snapshot: a, send: x", "{ id: i, points: -1, expect: [accepted: b, echo] }"), &["mistake-value", "mistake-unknown-snapshot"])]
#[case::title(scenario("titel: x\n", "connect: 2, send: '{nome}'", "{ id: i, expect: [listening] }"), &["mistake-unknown-key", "mistake-unknown-variable"])]
#[case::limits(scenario("limits: { clients: x }\n", "send: x", "{ id: i, expect: [listening] }"), &["mistake-value", "mistake-nobody-connects"])]
#[case::another_item(scenario("", "connect", "{ id: i, expect: [ecko] }, { id: k, expect: [] }"), &["mistake-unknown-word", "mistake-no-expectations"])]
#[case::hint(scenario("", "connect, send: {}", "{ id: i, hint: [a], expect: [exits] }"), &["mistake-value", "mistake-one-of", "mistake-exit-not-awaited"])]
fn what_does_not_follow_is_told_as_well(#[case] text: String, #[case] ids: &[&str]) {
    let mistakes = read(&text).expect_err("it has mistakes");
    for id in ids {
        assert!(mistakes.iter().any(|one| one.message.id == *id), "{id}: {:?}", told(&mistakes));
    }
    assert_eq!(mistakes.len(), ids.len(), "{:?}", told(&mistakes));
}

#[rstest]
#[case::steps(scenario("", "connect: 2, snapshto: a", "{ id: i, expect: [accepted: a] }"))]
#[case::variables(scenario("variables: { a: [1] }\n", "connect, send: '{a}'", "{ id: i, expect: [listening] }"))]
#[case::misspelt(scenario("variabels: { a: 1 }\n", "connect, send: '{a}'", "{ id: i, expect: [listening] }"))]
#[case::far_from_any(scenario("values: { a: 1 }\n", "connect, send: '{a}'", "{ id: i, expect: [listening] }"))]
#[case::own_item(scenario("", "connect", "{ id: i, expect: [ecko] }"))]
#[case::own_step(scenario("", "connect, send: { txet: a }", "{ id: i, expect: [listening] }"))]
#[case::limits(scenario("limits: { clients: 5k }\n", "connect: 2000", "{ id: i, expect: [listening] }"))]
#[case::no_steps("stpes: []\nitems: [{ id: i, expect: [listening] }]\n".to_owned())]
fn what_follows_is_not_told(#[case] text: String) {
    let mistakes = read(&text).expect_err("it has a mistake");
    assert_eq!(mistakes.len(), 1, "{:?}", told(&mistakes));
}

#[test]
fn a_step_that_connects_wrongly_connects_all_the_same() {
    let rest = "send: x, receive: answer, close: { clients: [2] }, snapshot: a";
    let item = "{ id: i, expect: [echo, { established: { at: a, clients: 3 } }, distinct_source_ports] }";
    let wrong = |connect: &str, rest: &str| {
        told(&read(&scenario("", &format!("{connect}, {rest}"), item)).expect_err("it has a mistake")).join(" ")
    };
    let alone = wrong("connect: { clients: 0 }", rest);
    assert!(alone.ends_with("mistake-no-clients") && alone.matches("mistake").count() == 1, "{alone}");
    // What has nothing to do with how many there are is told.
    let said = wrong("connect: { clients: 0 }", "close: { clients: [0] }, snapshot: a");
    assert!(said.contains("mistake-unknown-client") && said.contains("mistake-nothing-sent"), "{said}");
    let far = wrong("connect: { clients: 1, server: 7 }", "send: x, snapshot: a");
    assert!(far.contains("mistake-unknown-server") && !far.contains("nobody-connects"), "{far}");
}
