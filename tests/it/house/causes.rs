//! What is said of an item and what `socklab explain` knows of causes stay the same: every sentence that the judges say is either
//! a cause in the list of `run::causes`, or stands here as one that never fails an item.

use std::collections::BTreeSet;

use socklab::model::Language;
use socklab::run::causes;
use socklab::words::ids;

use super::{none, sources};

/// Where findings are made.
const JUDGES: [&str; 6] = [
    "src/scenario/expect/",
    "src/run/diagnose.rs",
    "src/run/check.rs",
    "src/run/batch.rs",
    "src/run/judge.rs",
    "src/run/scenario.rs",
];

/// Beginnings of ids that are never a cause: what stands beside one or inside it, and why evidence is missing.
const BESIDE: [&str; 9] = ["hint-", "note-", "story-", "status-", "state-", "gap-", "mistake-", "expected-", "chosen-"];

/// What is said of what is right.
const RIGHT: [&str; 38] = [
    "lines-right",
    "listening",
    "bound",
    "still-running",
    "ended",
    "output-found",
    "within-limits",
    "echo-right",
    "upper-right",
    "answered",
    "reply-right",
    "noted-only",
    "established",
    "accepted",
    "not-accepted",
    "served-at-once",
    "server-closed",
    "client-closed-first",
    "server-closed-first",
    "closed-together",
    "peer-seen",
    "connectionless",
    "still-listening",
    "still-bound",
    "ports-distinct",
    "one-server-port",
    "reachable",
    "handshake-seen",
    "data-acknowledged",
    "orderly-close",
    "no-reset",
    "conversations-right",
    "only-port",
    "no-handshake",
    "datagrams-right",
    "sent-again",
    "datagrams-lost",
    "calls-right",
];

/// What is said of what nothing can be said of, for want of evidence or by the harness's own fault.
const UNSEEN: [&str; 29] = [
    "connection-error",
    "no-answer-error",
    "never-started",
    "exited-wants-terminal",
    "exited-wants-module",
    "exited-wants-network",
    "does-not-build-fetch",
    "not-built-in-time",
    "port-busy",
    "harness-trouble",
    "nothing-was-sent",
    "nothing-asked",
    "output-too-long",
    "snapshot-not-taken",
    "nobody-closed",
    "no-trace-of-closing",
    "no-capture",
    "packets-not-seen",
    "nothing-lost",
    "no-datagram-lost",
    "calls-unseen",
    "needs-another",
    "tool-missing",
    "not-handed-in",
    "manifest-wrong",
    "manifest-wrong-somewhere",
    "stands-in",
    "delivery-trouble",
    "not-kept",
];

#[test]
fn every_cause_that_the_code_says_can_be_explained() {
    let said: BTreeSet<String> = ids(Language::English);
    let known: BTreeSet<&str> = causes::all().map(|cause| cause.id).chain(RIGHT).chain(UNSEEN).collect();
    let sources = sources();
    let tests: Vec<String> = sources.iter().flat_map(super::Source::test_files).collect();
    let is_test = |path: &str| tests.iter().any(|test| path.trim_end_matches(".rs").starts_with(test.as_str()));
    let judges = sources
        .iter()
        .filter(|source| JUDGES.iter().any(|place| source.path.starts_with(place)) && !is_test(&source.path));
    let mut found = BTreeSet::new();
    let mut offences = Vec::new();
    for source in judges {
        for (line, text) in source.literals() {
            if !said.contains(&text) || BESIDE.iter().any(|begin| text.starts_with(begin)) {
                continue;
            }
            if !known.contains(text.as_str()) {
                offences.push(format!("{}:{line}: `{text}` is in no list: is it a cause?", source.path));
            }
            found.insert(text);
        }
    }
    // What nobody says any more is explained no longer.
    let gone = causes::all().map(|cause| cause.id).filter(|id| !found.contains(*id));
    offences.extend(gone.map(|id| format!("src/run/causes.rs: `{id}` is said nowhere")));
    none(&offences);
    assert!(found.len() > 150, "the judges say {}", found.len());
}

#[test]
fn every_hint_belongs_to_a_cause() {
    let used: BTreeSet<&str> = causes::all().flat_map(|cause| cause.hints).copied().collect();
    let all = ids(Language::English);
    let unused = all.iter().filter(|id| id.starts_with("hint-") && !used.contains(id.as_str()));
    none(&unused.map(|id| format!("`{id}` goes with no cause in src/run/causes.rs")).collect::<Vec<_>>());
}
