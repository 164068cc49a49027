//! Keeps the judges and `socklab explain` consistent: every message of a finding is a cause in
//! `run::causes`, or is listed here as one that never fails an item.

use std::collections::BTreeSet;

use socklab::i18n::message_ids;
use socklab::model::Language;
use socklab::run::causes;

use super::{assert_none, sources};

/// The files in which findings are created.
const JUDGES: [&str; 6] = [
    "src/scenario/expect/",
    "src/submission/annotate/rerun.rs",
    "src/submission/pipeline.rs",
    "src/submission/grade.rs",
    "src/run/judge.rs",
    "src/run/scenario.rs",
];

/// Prefixes of ids that are never a cause: additions to a cause, parts of one, or reasons for
/// missing evidence.
const NON_CAUSE_PREFIXES: [&str; 9] =
    ["hint-", "note-", "story-", "status-", "state-", "gap-", "mistake-", "expected-", "chosen-"];

/// Messages of findings that pass.
const PASSING: [&str; 38] = [
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

/// Messages for items without a verdict, for lack of evidence or because of an error of socklab.
const WITHOUT_VERDICT: [&str; 29] = [
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
fn causes_of_all_judges_are_explained() {
    let said: BTreeSet<String> = message_ids(Language::English);
    let known: BTreeSet<&str> =
        causes::all_causes().map(|cause| cause.id).chain(PASSING).chain(WITHOUT_VERDICT).collect();
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
            if !said.contains(&text) || NON_CAUSE_PREFIXES.iter().any(|begin| text.starts_with(begin)) {
                continue;
            }
            if !known.contains(text.as_str()) {
                offences.push(format!("{}:{line}: `{text}` is in no list: is it a cause?", source.path));
            }
            found.insert(text);
        }
    }
    // A cause that is no longer used must not be explained.
    let gone = causes::all_causes().map(|cause| cause.id).filter(|id| !found.contains(*id));
    offences.extend(gone.map(|id| format!("src/run/causes.rs: `{id}` is said nowhere")));
    assert_none(&offences);
    assert!(found.len() > 150, "{} messages found", found.len());
}

#[test]
fn hints_belong_to_causes() {
    let used: BTreeSet<&str> = causes::all_causes().flat_map(|cause| cause.hints).copied().collect();
    let all = message_ids(Language::English);
    let unused = all.iter().filter(|id| id.starts_with("hint-") && !used.contains(id.as_str()));
    assert_none(&unused.map(|id| format!("`{id}` goes with no cause in src/run/causes.rs")).collect::<Vec<_>>());
}
