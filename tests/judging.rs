//! Judging evidence through the public API: an item is never passed or failed if evidence that it
//! needs is missing.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::subsequence;
use socklab::model::net::Owner;
use socklab::model::{
    Bytes, ClientId, Event, EventId, EventKind, Evidence, EvidenceKind, ExitStatus, Gap, GapReason, HarnessError,
    ItemId, ItemResult, Journal, Message, Moment, NotVerified, Protocol, ServerId, SocketRow, StartFailure, TcpState,
    Verdict,
};
use socklab::run::judge::{Outcome, judge_items, settle_needs};
use socklab::scenario::{ReadContext, Scenario};

const KINDS: [EvidenceKind; 7] = EvidenceKind::ALL;

const WORDS: [&str; 17] = [
    "echo",
    "uppercase",
    "answered",
    "reply: a",
    "listening",
    "established: seen",
    "accepted: seen",
    "served_at_once: seen",
    "none_in_close_wait: seen",
    "first_to_close: seen",
    "connectionless: seen",
    "distinct_source_ports",
    "same_server_port",
    "still_running",
    "exits",
    "output: a",
    "within_limits",
];

/// Returns a scenario with one item per keyword.
fn scenario() -> Scenario {
    let mut text =
        "steps:\n  - start: [server]\n  - connect\n  - send: a\n  - snapshot: seen\n  - wait: { for: exit }\nitems:\n"
            .to_owned();
    for (k, word) in WORDS.iter().enumerate() {
        text += &format!("  - {{ id: item.{k}, points: 2, expect: [{{ {word} }}] }}\n")
            .replace("{ {", "{ ")
            .replace("} }", " }");
    }
    let text = WORDS.iter().fold(text, |text, word| {
        if word.contains(':') { text } else { text.replace(&format!("[{{ {word} }}]"), &format!("[{word}]")) }
    });
    Scenario::parse("judging.yaml", &text, ReadContext::default())
        .unwrap_or_else(|mistakes| panic!("{mistakes:?}\n{text}"))
}

/// Returns possible events of a run, in a plausible order.
fn pool() -> Vec<EventKind> {
    let at = |port: u16| std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let (server, client) = (ServerId(0), ClientId(1));
    let row = |local, peer, state, owner| SocketRow {
        protocol: Protocol::Tcp,
        local,
        peer,
        state,
        inode: 9,
        receive_queue: 0,
        send_queue: 5,
        owner,
    };
    let owner = Owner::Server(server, 12);
    let listener = row(at(9000), at(0), TcpState::Listen, owner);
    let ends = [
        row(at(9000), at(40001), TcpState::Established, owner),
        row(at(40001), at(9000), TcpState::Established, Owner::Harness),
    ];
    vec![
        EventKind::Ready { server, row: listener.clone() },
        EventKind::NotReady { server, why: StartFailure::Nothing { within_ms: 5, silent: false } },
        EventKind::Connected { client, server, protocol: Protocol::Tcp, local: at(40001), peer: at(9000) },
        EventKind::Sent { client, bytes: Bytes(b"a".to_vec()) },
        EventKind::Received { client, bytes: Bytes(b"a".to_vec()) },
        EventKind::Received { client, bytes: Bytes(b"A".to_vec()) },
        EventKind::Snapshot {
            name: "seen".parse().expect("a name"),
            settled: true,
            busy: false,
            rows: [vec![listener], ends.to_vec()].concat(),
        },
        EventKind::Exited { server, status: ExitStatus::Code(0) },
        EventKind::Output { server, head: Bytes(b"a".to_vec()), tail: Bytes(vec![]), total: 1 },
    ]
}

fn evidence(kinds: Vec<EventKind>, gaps: &[EvidenceKind]) -> Evidence {
    let event = |(k, kind)| Event { id: EventId(u32::try_from(k).expect("small")), at: Moment(0), step: 0, kind };
    let gap = |kind: &EvidenceKind| Gap { evidence: *kind, because: Message::new("gap-target").into() };
    let journal = Journal(kinds.into_iter().enumerate().map(event).collect());
    Evidence { journal, gaps: gaps.iter().map(gap).collect(), ..Evidence::default() }
}

fn judged(scenario: &Scenario, seen: &Evidence) -> Vec<ItemResult> {
    let outcome = Outcome::Seen(Box::new(seen.clone()));
    judge_items(scenario, &outcome, 1, "socklab check .")
}

proptest! {
    #[test]
    fn gap_in_needed_evidence_is_never_a_pass_or_fail(
        kinds in subsequence(pool(), 0..=9),
        gaps in subsequence(KINDS.to_vec(), 1..=5),
    ) {
        let scenario = scenario();
        for (item, result) in scenario.items.iter().zip(judged(&scenario, &evidence(kinds, &gaps))) {
            let needs = item.expect[0].act().needs();
            if gaps.iter().any(|kind| needs.contains(*kind)) {
                prop_assert_eq!(result.verdict, Verdict::NotVerified, "{}", item.expect[0].word());
                prop_assert_eq!((result.earned, result.reason), (0, Some(GapReason::Target {}.into())));
            }
        }
    }

    #[test]
    fn points_require_a_pass_and_a_story_requires_a_fail(kinds in subsequence(pool(), 0..=9)) {
        let scenario = scenario();
        for result in judged(&scenario, &evidence(kinds, &[])) {
            prop_assert_eq!(result.earned, if result.verdict == Verdict::Pass { 2 } else { 0 });
            prop_assert!(result.verdict == Verdict::Fail || result.story.is_empty());
        }
    }

    #[test]
    fn dependents_of_failed_items_are_not_verified(
        verdicts in proptest::collection::vec(0usize..4, 2..7),
        links in proptest::collection::vec((0usize..7, 0usize..8), 0..10),
    ) {
        let all = [Verdict::Pass, Verdict::Fail, Verdict::NotVerified, Verdict::Error];
        let name = |k: usize| format!("item.{k}").parse::<ItemId>().expect("a name");
        let mut needs: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for &(from, to) in &links {
            needs.entry(name(from)).or_default().push(name(to));
        }
        let blank = judged(&scenario(), &evidence(vec![], &[])).remove(0);
        let before: Vec<Verdict> = verdicts.iter().map(|&k| all[k]).collect();
        let mut items: Vec<ItemResult> = before.iter().enumerate().map(|(k, &verdict)| {
            ItemResult { id: name(k), verdict, earned: 2 * u32::from(verdict == Verdict::Pass), ..blank.clone() }
        }).collect();
        settle_needs(&mut items, &needs);
        // An independent definition of the rule. An item is blocked if its dependencies lead to a
        // failed item. It is also blocked if they lead to an item with an error, unless it has an
        // error itself.
        let is = |id: &ItemId, verdict| (0..before.len()).any(|k| name(k) == *id && before[k] == verdict);
        for (item, verdict) in items.iter().zip(&before) {
            let mut seen = std::collections::BTreeSet::new();
            let mut todo: Vec<ItemId> = needs.get(&item.id).cloned().unwrap_or_default();
            let mut blocked = false;
            while let Some(need) = todo.pop() {
                blocked |= is(&need, Verdict::Fail) || *verdict != Verdict::Error && is(&need, Verdict::Error);
                // An unknown item has no dependencies.
                if seen.insert(need.clone()) && (0..before.len()).any(|k| name(k) == need) {
                    todo.extend(needs.get(&need).cloned().unwrap_or_default());
                }
            }
            prop_assert_eq!(item.verdict, if blocked { Verdict::NotVerified } else { *verdict });
            prop_assert!(item.verdict == Verdict::Pass || item.earned == 0);
        }
    }
}

#[test]
fn harness_failure_is_an_error() {
    let reason = NotVerified::HarnessTrouble { problem: HarnessError::OutOfMemory {} };
    let result = judge_items(&scenario(), &Outcome::Failed(reason.clone()), 1, "socklab").remove(0);
    assert_eq!((result.verdict, result.earned), (Verdict::Error, 0));
    assert_eq!(result.reason, Some(reason.into()));
}
