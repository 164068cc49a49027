//! All diagnostics are reported together, except those that may be a consequence of another one.

use rstest::rstest;
use socklab::scenario::diagnostic::{Diagnostic, DiagnosticKind};
use socklab::scenario::lab::Lab;

use super::{read, summaries};

/// Returns a scenario with these steps and this item.
fn scenario(head: &str, steps: &str, item: &str) -> String {
    format!("{head}steps: [start: tcp-simple, {steps}]\nitems: [{item}]\n")
}

#[rstest]
#[case::points(scenario("", "connect: 2, snapshot: a, send: x", "{ id: i, points: -1, expect: [accepted: b, echo] }"), &["mistake-value", "mistake-unknown-snapshot"])]
#[case::title(scenario("titel: x\n", "connect: 2, send: '{nome}'", "{ id: i, expect: [listening] }"), &["mistake-unknown-key", "mistake-unknown-variable"])]
#[case::limits(scenario("limits: { clients: x }\n", "send: x", "{ id: i, expect: [listening] }"), &["mistake-value", "mistake-nobody-connects"])]
#[case::another_item(scenario("", "connect", "{ id: i, expect: [ecko] }, { id: k, expect: [] }"), &["mistake-unknown-word", "mistake-no-expectations"])]
#[case::hint(scenario("", "connect, send: {}", "{ id: i, hint: [a], expect: [exits] }"), &["mistake-value", "mistake-one-of", "mistake-exit-not-awaited"])]
fn independent_diagnostics_are_reported_together(#[case] text: String, #[case] ids: &[&str]) {
    let mistakes = read(&text).expect_err("it has mistakes");
    for id in ids {
        assert!(mistakes.iter().any(|one| one.message.id == *id), "{id}: {:?}", summaries(&mistakes));
    }
    assert_eq!(mistakes.len(), ids.len(), "{:?}", summaries(&mistakes));
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
fn consequential_diagnostics_are_suppressed(#[case] text: String) {
    let mistakes = read(&text).expect_err("it has a mistake");
    assert_eq!(mistakes.len(), 1, "{:?}", summaries(&mistakes));
}

#[test]
fn invalid_connect_still_counts_as_connected() {
    let rest = "send: x, receive: answer, close: { clients: [2] }, snapshot: a";
    let item = "{ id: i, expect: [echo, { established: { at: a, clients: 3 } }, distinct_source_ports] }";
    let wrong = |connect: &str, rest: &str| {
        summaries(&read(&scenario("", &format!("{connect}, {rest}"), item)).expect_err("it has a mistake")).join(" ")
    };
    let alone = wrong("connect: { clients: 0 }", rest);
    assert!(alone.ends_with("mistake-no-clients") && alone.matches("mistake").count() == 1, "{alone}");
    // Diagnostics that do not depend on the number of clients are reported.
    let expected = wrong("connect: { clients: 0 }", "close: { clients: [0] }, snapshot: a");
    assert!(expected.contains("mistake-unknown-client") && expected.contains("mistake-nothing-sent"), "{expected}");
    let far = wrong("connect: { clients: 1, server: 7 }", "send: x, snapshot: a");
    assert!(far.contains("mistake-unknown-server") && !far.contains("nobody-connects"), "{far}");
}

/// Returns the diagnostics of a lab with these files, as `file:line id`.
fn wrong(files: &[(&str, &str)]) -> Vec<String> {
    let open = |name: &str| {
        let text = files.iter().find(|(file, _)| *file == name).map(|(_, text)| text.as_bytes().to_vec());
        text.ok_or_else(|| Box::new(Diagnostic::new(name, 0, 0, 1, DiagnosticKind::FileMissing.with("file", name))))
    };
    let mistakes = Lab::read("", &open, None).expect_err("it has mistakes");
    mistakes.iter().map(|one| format!("{}:{} {}", one.file, one.line, one.message.id)).collect()
}

const ROLES: &str = "roles: { r: { protocol: tcp, port: 1 } }\n";

#[test]
fn missing_payload_does_not_hide_other_diagnostics() {
    let text = "steps:\n- start: r\n- connect: { clients: 0 }\n- send: { file: nope.bin }\n- snd: x\nitems:\n- { id: a, needs: [b], expect: [listening] }\n- { id: c, needs: [c2], expect: [listening] }\n- { id: c2, needs: [c], expect: [listening] }\n";
    let lab = format!("lab: x\n{ROLES}scenarios: [s.yaml]\n");
    let expected = ["3 no-clients", "4 file", "5 unknown-word", "7 unknown-item", "8 needs-circle", "9 needs-circle"];
    let expected =
        expected.map(|one| format!("s.yaml:{}", one.replace(' ', " mistake-").replace("mistake-file", "file-missing")));
    assert_eq!(wrong(&[("lab.yaml", &lab), ("s.yaml", text)]), expected);
}

#[test]
fn invalid_lab_does_not_hide_missing_files() {
    let good = "steps: [start: r]\nitems: [{ id: a, expect: [listening] }]\n";
    let misspelt = format!("lab: x\ntitel: y\n{ROLES}scenarios: [s.yaml, gone.yaml]\n");
    let expected = ["lab.yaml:2 mistake-unknown-key", "lab.yaml:4 file-missing"];
    assert_eq!(wrong(&[("lab.yaml", &misspelt), ("s.yaml", good)]), expected);
    // Also if the lab has no name.
    let nameless = format!("{ROLES}scenarios: [s.yaml, gone.yaml]\n");
    let diagnostics = wrong(&[("lab.yaml", &nameless), ("s.yaml", good)]);
    assert_eq!(diagnostics, ["lab.yaml:1 mistake-missing", "lab.yaml:2 file-missing"]);
    // If the roles are invalid, their names do not count as unknown.
    let roles = "lab: x\nroles: { r: { protocol: tpc, port: 1 } }\nscenarios: [s.yaml]\n";
    assert_eq!(wrong(&[("lab.yaml", roles), ("s.yaml", good)]), ["lab.yaml:2 mistake-unknown-word"]);
}

#[test]
fn dependency_is_unknown_only_if_all_items_are_known() {
    let lab = format!("lab: x\n{ROLES}scenarios: [s.yaml, t.yaml]\n");
    let needs = "steps: [start: r]\nitems: [{ id: a, needs: [b], expect: [listening] }]\n";
    let other = |item: &str| format!("steps: [start: r]\nitems: [{item}]\n");
    let nameless = other("{ expect: [listening] }");
    assert_eq!(wrong(&[("lab.yaml", &lab), ("s.yaml", needs), ("t.yaml", &nameless)]), ["t.yaml:2 mistake-missing"]);
    let wrong_points = other("{ id: c, points: -1, expect: [listening] }");
    let diagnostics = wrong(&[("lab.yaml", &lab), ("s.yaml", needs), ("t.yaml", &wrong_points)]);
    assert_eq!(diagnostics, ["s.yaml:2 mistake-unknown-item", "t.yaml:2 mistake-value"]);
}
