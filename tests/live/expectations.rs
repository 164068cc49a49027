//! Every expectation on real servers: the tour of the language passes on the programs that socklab carries, and each word is failed
//! by a server that is wrong in it: one of the matrix where an item of a lab asks for it, else one here.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use rstest::rstest;
use socklab::model::{Report, Verdict};
use socklab::scenario::expect::Expectation;
use socklab::scenario::lab::Lab;

use crate::program::{Machine, built, live, report};

/// What a server cannot get wrong, and why. Whether it is seen when it is wrong is tried on written evidence alone
/// (`src/scenario/expect/tests/`).
const NO_SERVER_CAN: [(&str, &str); 6] = [
    ("distinct_source_ports", "the clients' own kernel gives each its port"),
    ("same_server_port", "a connection keeps the port that it was made to"),
    ("peer_address", "the kernel writes down whose a connection is"),
    ("conversations", "the clients make the connections"),
    ("retransmissions", "the kernel sends again what was lost"),
    ("no_handshake", "who sends datagrams shakes no hands, whoever answers"),
];

/// What is failed by a server here.
const HERE: [&str; 7] = ["handshake", "reply", "not_accepted", "served_at_once", "exits", "output", "within_limits"];

#[test]
fn the_tour_of_the_language_passes() {
    if !live() {
        return;
    }
    let output = Machine::Open.socklab(&["run", "--lab", "examples", "--report", "json=-"]).output();
    let report = report(&output.expect("socklab starts"));
    let items = report.submissions.iter().flat_map(|submission| &submission.items);
    let wrong: Vec<_> = items.filter(|item| item.verdict != Verdict::Pass).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Each word has a server that it fails: here, or one of the matrix where an item of these labs has it.
#[test]
fn every_word_is_failed_by_some_server() {
    let labs = ["socket-lab", "line-chat"].map(|name| Lab::bundled(name, None).expect("a lab without mistakes"));
    let asked = labs.iter().flat_map(Lab::items).flat_map(|(_, item)| &item.expect).map(Expectation::word);
    let known: BTreeSet<&str> = asked.chain(HERE).chain(NO_SERVER_CAN.map(|(word, _)| word)).collect();
    assert_eq!(known, Expectation::WORDS.iter().copied().collect());
}

/// Of a lab whose faults were all run: each word that its items have was failed by one of them, or is told of above.
pub(crate) fn each_was_failed(reports: &[Report]) {
    let items = reports.iter().flat_map(|report| &report.submissions).flat_map(|one| &one.items);
    let (mut all, mut failed) = (BTreeSet::new(), BTreeSet::new());
    for finding in items.flat_map(|item| &item.findings) {
        all.insert(finding.expectation.as_str());
        if finding.verdict == Verdict::Fail {
            failed.insert(finding.expectation.as_str());
        }
    }
    let told: BTreeSet<&str> = HERE.into_iter().chain(NO_SERVER_CAN.map(|(word, _)| word)).collect();
    let never: Vec<_> = all.difference(&failed).filter(|word| !told.contains(*word)).collect();
    assert!(never.is_empty(), "no fault fails {never:?}");
    let wrong: Vec<_> = NO_SERVER_CAN.iter().filter(|(word, _)| failed.contains(word)).collect();
    assert!(wrong.is_empty(), "a fault does fail {wrong:?}");
}

/// Where no item of a lab asks for it, or the lab's faults fail an item before that.
#[rstest]
#[case::handshake("FAULTY full-queue", "connect", "handshake", "connection-late")]
#[case::reply("FAULTY prefix", "connect, exchange: hello, close", "reply: { equals: hello }", "reply-not-equal")]
#[case::not_accepted(
    "SOCKLAB serve tcp-multi --concurrent",
    "connect: 3, snapshot: { name: all, once: [accepted] }, close",
    "not_accepted: { at: all, clients: 2 }",
    "accepted-after-all"
)]
#[case::served_at_once(
    "SOCKLAB serve tcp-multi",
    "connect: 3, snapshot: { name: all, once: [established] }, close",
    "served_at_once: all",
    "served-one-after-another"
)]
#[case::exits(
    "SOCKLAB serve tcp-multi",
    "connect, exchange: hello, close, wait: { for: exit, within: 100ms }",
    "exits: { code: 0 }",
    "has-not-ended"
)]
#[case::output(
    "SOCKLAB serve tcp-multi",
    "connect, exchange: hello, close",
    "output: { contains: Olá }",
    "output-missing"
)]
#[case::within_limits("sh -c 'exec head -c 80000000 /dev/zero > /tmp/big'", "connect", "within_limits", "cap-hit")]
fn what_no_item_of_a_lab_asks_for_fails_here(
    #[case] server: &str,
    #[case] steps: &str,
    #[case] expect: &str,
    #[case] cause: &str,
) {
    if !live() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    let file = folder.path().join("one.yaml");
    let faulty = format!("{} --fault", built("socklab-faulty").display());
    let server = server.replace("FAULTY", &faulty).replace("SOCKLAB", &built("socklab").display().to_string());
    fs::write(&file, format!("server: {server}\nsteps: [{steps}]\nexpect: [{expect}]\n")).expect("a file");
    let output = Machine::Open.socklab(&["run", &file.display().to_string(), "--report", "json=-"]).output();
    let report = report(&output.expect("socklab starts"));
    let findings: Vec<_> = report.submissions[0].items[0].findings.iter().collect();
    let found: Vec<_> = findings.iter().map(|one| (one.verdict, one.because.id.as_ref())).collect();
    assert_eq!(found, [(Verdict::Fail, cause)], "{findings:?}");
    assert!(HERE.contains(&findings[0].expectation.as_str()), "{findings:?}");
}
