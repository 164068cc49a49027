//! What cannot be observed: an item whose evidence has a gap neither passes nor fails.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::subsequence;

use super::arbitrary::{MORE, evidence};
use super::scene::{Scene, client_end, expectation, listener, tcp};
use super::starts::EVERY;
use crate::model::{Evidence, EvidenceKind, Gap, ItemResult, Message, TcpState, Verdict};
use crate::run::judge::{Outcome, judge_item, settle_needs};
use crate::scenario::{Item, Scenario};

const KINDS: [EvidenceKind; 5] = [
    EvidenceKind::Clients,
    EvidenceKind::ClientSockets,
    EvidenceKind::ServerSockets,
    EvidenceKind::Process,
    EvidenceKind::Output,
];

/// A scenario with one item that expects this.
fn scenario(words: &[&str]) -> Scenario {
    let item = Item {
        id: "item.1".parse().expect("a name"),
        title: None,
        points: 2,
        needs: Vec::new(),
        expect: words.iter().map(|word| expectation(word)).collect(),
        hint: None,
    };
    Scenario {
        name: "scene".to_owned(),
        file: "scene.yaml".to_owned(),
        text: String::new(),
        files: BTreeMap::new(),
        title: None,
        variables: BTreeMap::new(),
        limits: crate::scenario::Limits::default(),
        steps: Vec::new(),
        items: vec![item],
        short: false,
    }
}

fn item(words: &[&str], seen: Evidence) -> ItemResult {
    judge_item(&scenario(words), 0, &Outcome::Seen(Box::new(seen)), 1, "socklab check .")
}

fn gap(evidence: EvidenceKind) -> Gap {
    Gap { evidence, because: Message::new("gap-target") }
}

proptest! {
    #[test]
    fn a_gap_in_what_it_needs_is_never_a_pass_or_a_fail(
        seen in evidence(),
        gaps in subsequence(KINDS.to_vec(), 1..=KINDS.len()),
    ) {
        for word in EVERY.into_iter().chain(MORE) {
            let needs = expectation(word).act().needs();
            let touched = gaps.iter().any(|kind| needs.contains(*kind));
            let seen = Evidence { gaps: gaps.iter().map(|kind| gap(*kind)).collect(), ..seen.clone() };
            let result = item(&[word], seen.clone());
            if touched {
                prop_assert_eq!(result.verdict, Verdict::NotVerified, "{}", word);
                prop_assert_eq!(result.earned, 0);
                prop_assert_eq!(result.reason, Some(Message::new("gap-target")));
            } else {
                prop_assert_eq!(result.verdict, expectation(word).act().judge(&seen).verdict, "{}", word);
            }
        }
    }

    #[test]
    fn an_item_passes_only_where_everything_does(seen in evidence(), gaps in subsequence(KINDS.to_vec(), 0..3)) {
        let seen = Evidence { gaps: gaps.into_iter().map(gap).collect(), ..seen };
        for words in [["echo", "within_limits"], ["still_running", "uppercase"], ["answered", "listening: seen"]] {
            let result = item(&words, seen.clone());
            let alone = words.map(|word| item(&[word], seen.clone()).verdict);
            prop_assert_eq!(result.verdict, Verdict::of_all(alone));
            prop_assert_eq!(result.verdict == Verdict::Pass, alone == [Verdict::Pass; 2]);
            prop_assert_eq!(result.earned, if result.verdict == Verdict::Pass { 2 } else { 0 });
        }
    }

    #[test]
    fn what_needs_what_did_not_pass_is_not_verified(
        verdicts in proptest::collection::vec(0usize..4, 2..7),
        links in proptest::collection::vec((0usize..7, 0usize..8), 0..10),
    ) {
        let all = [Verdict::Pass, Verdict::Fail, Verdict::NotVerified, Verdict::Error];
        let name = |k: usize| format!("item.{k}").parse::<crate::model::ItemId>().expect("a name");
        let before: Vec<Verdict> = verdicts.iter().map(|&k| all[k]).collect();
        let mut needs: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for &(from, to) in &links {
            needs.entry(name(from)).or_default().push(name(to));
        }
        let mut items: Vec<ItemResult> = before.iter().enumerate().map(|(k, &verdict)| {
            let blank = item(&["within_limits"], Evidence::default());
            ItemResult { id: name(k), verdict, earned: 2 * u32::from(verdict == Verdict::Pass), ..blank }
        }).collect();
        settle_needs(&mut items, &needs);
        let passes = |id| items.iter().any(|item| item.id == id && item.verdict == Verdict::Pass);
        for (item, before) in items.iter().zip(before) {
            let met = needs.get(&item.id).into_iter().flatten().all(|need| passes(need.clone()));
            let settled = matches!(before, Verdict::Pass | Verdict::Fail) && !met;
            prop_assert_eq!(item.verdict, if settled { Verdict::NotVerified } else { before });
            prop_assert!(item.verdict == Verdict::Pass || item.earned == 0);
            prop_assert!(!settled || item.findings.is_empty() && item.reason.is_some());
        }
    }
}

/// What each expectation cannot do without.
#[test]
fn each_expectation_needs_what_it_looks_at() {
    use EvidenceKind::{ClientSockets, Clients, Output, Process, ServerSockets};
    for word in EVERY {
        let needs = expectation(word).act().needs();
        let wanted: &[EvidenceKind] = match word.split(':').next().unwrap_or_default() {
            "echo" | "uppercase" | "reply" | "answered" | "distinct_source_ports" | "same_server_port" => &[Clients],
            "listening" | "bound" | "connectionless" => &[ServerSockets],
            "still_running" | "exits" | "within_limits" => &[Process],
            "output" => &[Output],
            _ => &[Clients, ClientSockets, ServerSockets],
        };
        for kind in KINDS {
            assert_eq!(needs.contains(kind), wanted.contains(&kind), "{word} {kind:?}");
        }
    }
}

#[test]
fn a_fail_and_a_gap_together_fail_and_a_pass_and_a_gap_do_not_pass() {
    let right = || tcp().clients(1).sent(1, "a").got(1, "a").without(EvidenceKind::Output);
    assert_eq!(item(&["echo", "output: x"], right().evidence()).verdict, Verdict::NotVerified);
    assert_eq!(item(&["uppercase", "output: x"], right().evidence()).verdict, Verdict::Fail);
    assert_eq!(item(&["echo"], right().evidence()).verdict, Verdict::Pass);
}

#[test]
fn an_item_that_fails_has_a_story_and_one_that_passes_has_none() {
    let scene = || tcp().clients(1).sent(1, "a");
    let failed = item(&["echo"], scene().got(1, "b").evidence());
    let ids: Vec<_> = failed.story.iter().map(|line| line.id.to_string()).collect();
    assert_eq!(ids, ["story-listens", "story-connected", "story-sent-got"]);
    assert_eq!((failed.program.as_str(), failed.reason), ("python3 server.py", None));
    assert_eq!(failed.repeat, "socklab check . --item item.1");
    let silent = item(&["echo"], scene().evidence());
    assert_eq!(silent.story.last().map(|line| line.id.to_string()).as_deref(), Some("story-sent-nothing-came"));
    let ended = item(&["still_running"], scene().exited(crate::model::ExitStatus::Code(1)).evidence());
    assert_eq!(ended.story.last().map(|line| line.id.to_string()).as_deref(), Some("story-ended"));
    let passed = item(&["echo"], scene().got(1, "a").evidence());
    assert!(passed.story.is_empty() && passed.hint.is_none());
}

#[test]
fn what_is_not_verified_says_why() {
    let result = item(&["listening", "first_to_close: seen"], tcp().clients(1).snapshot([listener()]).evidence());
    assert_eq!(result.verdict, Verdict::NotVerified);
    assert_eq!(result.reason.map(|reason| reason.id.to_string()).as_deref(), Some("no-trace-of-closing"));
    let scene: Scene = tcp().clients(1).snapshot([client_end(1, TcpState::TimeWait)]);
    assert_eq!(item(&["first_to_close: seen"], scene.evidence()).reason, None);
}

#[test]
fn the_harness_trouble_is_an_error() {
    let failed = Outcome::Failed(Message::new("gap-target"));
    let result = judge_item(&scenario(&["echo"]), 0, &failed, 1, "socklab");
    assert_eq!((result.verdict, result.earned, result.of), (Verdict::Error, 0, 2));
    assert_eq!(result.reason, Some(Message::new("gap-target")));
    assert!(result.findings.is_empty());
}

#[test]
fn a_finding_knows_its_word_and_its_notes_reach_the_item() {
    let rows = [1, 2].map(super::scene::open).concat();
    let result = item(&["distinct_source_ports", "established: seen"], tcp().clients(2).snapshot(rows).evidence());
    let words: Vec<_> = result.findings.iter().map(|finding| finding.expectation.as_str()).collect();
    assert_eq!(words, ["distinct_source_ports", "established"]);
    assert_eq!(result.notes.iter().map(|note| note.id.to_string()).collect::<Vec<_>>(), ["note-served-at-once"]);
}
