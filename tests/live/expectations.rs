//! Every expectation on real servers: the `examples` lab passes on the bundled programs, and each
//! expectation is failed by a faulty server. That server is a fault of the matrix if a lab uses the
//! expectation, otherwise one of this file.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use socklab::model::{Report, Verdict};
use socklab::scenario::expect::Expectation;
use socklab::scenario::lab::Lab;

use crate::program::{Machine, built, live_tests_enabled, report};

/// Expectations that no server can fail, with the reason. Their judges are tested on synthetic
/// evidence only (`src/scenario/expect/tests/`).
const NOT_FAILABLE: [(&str, &str); 6] = [
    ("distinct_source_ports", "the clients' own kernel gives each its port"),
    ("same_server_port", "a connection keeps the port that it was made to"),
    ("peer_address", "the kernel writes down whose a connection is"),
    ("conversations", "the clients make the connections"),
    ("retransmissions", "the kernel sends again what was lost"),
    ("no_handshake", "who sends datagrams shakes no hands, whoever answers"),
];

/// A faulty server and the expectation that it fails.
struct Failing {
    /// `FAULTY` and `SOCKLAB` are replaced by the paths of the programs.
    server: &'static str,
    steps: &'static str,
    word: &'static str,
    /// The arguments of the expectation, if it needs any.
    given: &'static str,
    cause: &'static str,
}

/// Expectations that no lab uses, or that come after one that the faults of the lab fail first. A
/// server that refuses connections fails every expectation; for `handshake` there is no other one.
const FAILING_SERVERS: [Failing; 14] = [
    Failing { server: "FAULTY full-queue", steps: "connect", word: "handshake", given: "", cause: "connection-late" },
    Failing {
        server: "FAULTY prefix",
        steps: "connect, exchange: hello, close",
        word: "reply",
        given: ": { equals: hello }",
        cause: "reply-not-equal",
    },
    Failing {
        // The next line of the scenario declares the format.
        server: "SOCKLAB serve tcp-multi\nformats: { packet: { kind: u8, data: bytes(rest) } }",
        steps: "connect, exchange: { format: packet, fields: { kind: 97 } }, close",
        word: "messages",
        given: ": { format: packet, each: { kind: 97 } }",
        cause: "field-other-at",
    },
    Failing {
        server: "SOCKLAB serve tcp-multi --concurrent",
        steps: "connect: 3, snapshot: { name: all, once: [accepted] }, close",
        word: "not_accepted",
        given: ": { at: all, clients: 2 }",
        cause: "accepted-after-all",
    },
    Failing {
        server: "SOCKLAB serve tcp-multi",
        steps: "connect: 3, snapshot: { name: all, once: [established] }, close",
        word: "served_at_once",
        given: ": all",
        cause: "served-one-after-another",
    },
    Failing {
        server: "SOCKLAB serve tcp-multi",
        steps: "connect, exchange: hello, close, wait: { for: exit, within: 100ms }",
        word: "exits",
        given: ": { code: 0 }",
        cause: "has-not-ended",
    },
    Failing {
        server: "SOCKLAB serve tcp-multi --concurrent",
        steps: "connect: 3, snapshot: { name: all, once: [accepted, idle] }, close",
        word: "threads",
        given: ": { at: all, at_most: 2 }",
        cause: "too-many-threads",
    },
    Failing {
        server: "SOCKLAB serve tcp-multi --concurrent",
        steps: "connect: 3, snapshot: { name: all, once: [accepted, idle] }, close",
        word: "processes",
        given: ": { at: all, at_least: 3 }",
        cause: "too-few-processes",
    },
    Failing {
        server: "SOCKLAB serve tcp-multi --concurrent",
        steps: "snapshot: { name: start, once: [idle] }, connect: 3, snapshot: { name: all, once: [accepted, idle] }, close",
        word: "no_leaks",
        given: ": { from: start, at: all }",
        cause: "descriptors-left",
    },
    Failing {
        server: "python3 FORKS",
        steps: "connect, exchange: hello, close, snapshot: { name: over, once: [closed, idle] }",
        word: "no_zombies",
        given: ": over",
        cause: "zombies-left",
    },
    Failing {
        server: "SOCKLAB serve tcp-multi",
        steps: "connect, exchange: hello, close",
        word: "output",
        given: ": { contains: Olá }",
        cause: "output-missing",
    },
    Failing {
        server: "SOCKLAB serve tcp-multi",
        steps: "connect, exchange: hello, close, collect: a.txt",
        word: "file",
        given: ": a.txt",
        cause: "file-not-written",
    },
    Failing {
        server: "SOCKLAB serve udp-simple\nformats: { packet: { type: u8, seq: u8 } }",
        steps: "connect, exchange: { text: a0, times: 2 }",
        word: "reliable",
        given: ": { format: packet, data: { type: 97 }, ack: { type: 65 }, overhead: 1 }",
        cause: "transfer-overhead",
    },
    Failing {
        server: "sh -c 'exec head -c 80000000 /dev/zero > /tmp/big'",
        steps: "connect",
        word: "within_limits",
        given: "",
        cause: "cap-hit",
    },
];

/// The expectations that the matrix need not fail.
fn covered_keywords() -> impl Iterator<Item = &'static str> {
    FAILING_SERVERS.iter().map(|one| one.word).chain(NOT_FAILABLE.map(|(word, _)| word))
}

#[test]
fn examples_lab_passes_on_bundled_servers() {
    if !live_tests_enabled() {
        return;
    }
    let output = Machine::Open.socklab(&["run", "--lab", "examples", "--report", "json=-"]).output();
    let report = report(&output.expect("socklab starts"));
    let items = report.submissions.iter().flat_map(|submission| &submission.items);
    let wrong: Vec<_> = items.filter(|item| item.verdict != Verdict::Pass).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Every expectation is failed by a server: in this file, or in the matrix if an item of a lab uses
/// it.
#[test]
fn expectations_are_all_failed_by_some_server() {
    let labs = ["socket-lab", "line-chat", "http-server", "chat-client", "file-transfer"]
        .map(|name| Lab::bundled(name, None).expect("a lab without mistakes"));
    let asked = labs.iter().flat_map(Lab::items).flat_map(|(_, item)| &item.expect).map(Expectation::word);
    let known: BTreeSet<&str> = asked.chain(covered_keywords()).collect();
    assert_eq!(known, Expectation::KEYWORDS.iter().copied().collect());
}

/// Checks, after all faults of a lab were run, that each expectation of its items was failed by one
/// of them or is listed above.
pub(crate) fn check_all_failed(reports: &[Report]) {
    let items = reports.iter().flat_map(|report| &report.submissions).flat_map(|one| &one.items);
    let (mut all, mut failed) = (BTreeSet::new(), BTreeSet::new());
    for finding in items.flat_map(|item| item.shown().findings) {
        all.insert(finding.expectation);
        if finding.verdict == Verdict::Fail {
            failed.insert(finding.expectation);
        }
    }
    let covered: BTreeSet<&str> = covered_keywords().collect();
    let never: Vec<_> = all.difference(&failed).filter(|word| !covered.contains(*word)).collect();
    assert!(never.is_empty(), "no fault fails {never:?}");
    let wrong: Vec<_> = NOT_FAILABLE.iter().filter(|(word, _)| failed.contains(word)).collect();
    assert!(wrong.is_empty(), "a fault does fail {wrong:?}");
}

/// A server that never waits for its children.
const FORKING_SERVER: &str = "import os, socket
s = socket.create_server(('127.0.0.1', 65432))
while True:
    c, _ = s.accept()
    if os.fork() == 0:
        while d := c.recv(1024): c.sendall(d)
        os._exit(0)
    c.close()
";

#[test]
fn expectations_without_a_lab_fail_on_faulty_servers() {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    let faulty = format!("{} --fault", built("socklab-faulty").display());
    let forks = folder.path().join("forks.py");
    fs::write(&forks, FORKING_SERVER).expect("a server");
    for Failing { server, steps, word, given, cause } in FAILING_SERVERS {
        let server = server.replace("FAULTY", &faulty).replace("SOCKLAB", &built("socklab").display().to_string());
        let server = server.replace("FORKS", &forks.display().to_string());
        let file = folder.path().join(format!("{word}.yaml"));
        let text = format!("server: {server}\nsteps: [{steps}]\nexpect: [{word}{given}]\n");
        fs::write(&file, text).expect("a file");
        let output = Machine::Open.socklab(&["run", &file.display().to_string(), "--report", "json=-"]).output();
        let report = report(&output.expect("socklab starts"));
        let findings = &report.submissions[0].items[0].shown().findings;
        let found: Vec<_> =
            findings.iter().map(|one| (one.expectation, one.verdict, one.because.message().id.to_string())).collect();
        assert_eq!(found, [(word, Verdict::Fail, cause.to_owned())], "{findings:?}");
    }
}
