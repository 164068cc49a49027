//! Properties of generated exchanges: correct data passes however it arrives, and any change of it
//! fails.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::evidence_builder::{EvidenceBuilder, tcp, udp};
use crate::model::{Finding, Verdict};

/// One change of the bytes that a client received.
#[derive(Debug, Clone)]
enum Change {
    Flip(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Truncate(Index),
    Extend(Vec<u8>),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<Index>(), 1u8..=255).prop_map(|(at, with)| Change::Flip(at, with)),
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Insert(at, byte)),
        any::<Index>().prop_map(Change::Remove),
        any::<Index>().prop_map(Change::Truncate),
        vec(any::<u8>(), 1..30).prop_map(Change::Extend),
    ]
}

impl Change {
    /// Returns the changed bytes, which always differ from the original.
    fn of(&self, bytes: &[u8]) -> Vec<u8> {
        let mut out = bytes.to_vec();
        match self {
            Self::Extend(more) => out.extend(more),
            Self::Insert(at, byte) => out.insert(at.index(bytes.len() + 1), *byte),
            _ if bytes.is_empty() => out.push(b'x'),
            Self::Flip(at, with) => out[at.index(bytes.len())] ^= with,
            Self::Remove(at) => drop(out.remove(at.index(bytes.len()))),
            Self::Truncate(at) => out.truncate(at.index(bytes.len())),
        }
        out
    }
}

/// Adds these bytes as received by a client, split at these positions.
fn in_chunks(builder: EvidenceBuilder, bytes: &[u8], cuts: &[Index]) -> EvidenceBuilder {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    places.extend([0, bytes.len()]);
    places.sort_unstable();
    places
        .windows(2)
        .filter(|pair| pair[0] < pair[1])
        .fold(builder, |builder, pair| builder.got(1, &bytes[pair[0]..pair[1]]))
}

fn sent(builder: EvidenceBuilder, payloads: &[Vec<u8>]) -> EvidenceBuilder {
    payloads.iter().fold(builder, |builder, payload| builder.sent(1, payload))
}

fn stream(word: &str, payloads: &[Vec<u8>], got: &[u8], cuts: &[Index]) -> Finding {
    in_chunks(sent(tcp().clients(1), payloads), got, cuts).judged(word)
}

fn datagrams(word: &str, payloads: &[Vec<u8>], got: &[Vec<u8>]) -> Finding {
    got.iter().fold(sent(udp().senders(1), payloads), |builder, got| builder.got(1, got)).judged(word)
}

fn payloads() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let one = prop_oneof![vec(any::<u8>(), 0..60), "[a-c \n\0]{0,8}".prop_map(String::into_bytes)];
    // At least one payload is not empty: if nothing was sent, nothing is proved.
    vec(one, 1..6).prop_filter("something is asked", |all| all.iter().any(|one| !one.is_empty()))
}

/// Generates texts with letters in and outside ASCII, and white space around them.
fn texts() -> impl Strategy<Value = Vec<String>> {
    vec("[ \n\t\u{a0}]{0,2}[a-cXY1áçß ]{0,5}[ \n\t]{0,2}", 1..4)
}

/// Returns the permitted forms of an answer, independently of the judge.
///
/// White space (ASCII's or Unicode's) is kept or stripped on either side. Upper case is by ASCII,
/// by Unicode, or by Unicode one character at a time.
fn forms(sent: &str) -> Vec<String> {
    let white: [fn(char) -> bool; 3] = [|_| false, |c| " \t\n\r\x0b\x0c".contains(c), char::is_whitespace];
    let simple = |c: char| if c.to_uppercase().count() == 1 { c.to_uppercase().collect() } else { c.to_string() };
    let mut all = Vec::new();
    for left in white {
        for right in white {
            let stripped = sent.trim_start_matches(left).trim_end_matches(right);
            all.extend([
                stripped.to_ascii_uppercase(),
                stripped.to_uppercase(),
                stripped.chars().map(simple).collect(),
            ]);
        }
    }
    all
}

/// Returns every stream that consists of a permitted form of each message.
fn streams(sent: &[String]) -> Vec<Vec<u8>> {
    sent.iter().fold(vec![Vec::new()], |heads, message| {
        let forms = forms(message);
        let joined = |head: &Vec<u8>| forms.iter().map(|form| [head, form.as_bytes()].concat()).collect::<Vec<_>>();
        let mut all: Vec<Vec<u8>> = heads.iter().flat_map(joined).collect();
        all.sort();
        all.dedup();
        all
    })
}

fn bytes_of(texts: &[String]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.clone().into_bytes()).collect()
}

proptest! {
    #[test]
    fn changes_alter_the_bytes(bytes in vec(any::<u8>(), 0..20), change in change()) {
        prop_assert_ne!(change.of(&bytes), bytes, "{:?}", change);
    }

    #[test]
    fn exact_echo_passes_in_any_chunks(payloads in payloads(), cuts in vec(any::<Index>(), 0..6)) {
        let finding = stream("echo", &payloads, &payloads.concat(), &cuts);
        prop_assert_eq!(finding.verdict, Verdict::Pass);
    }

    #[test]
    fn changed_echo_fails(payloads in payloads(), change in change(), cuts in vec(any::<Index>(), 0..4)) {
        let finding = stream("echo", &payloads, &change.of(&payloads.concat()), &cuts);
        prop_assert_eq!(finding.verdict, Verdict::Fail);
        prop_assert!(finding.because.hint().is_some());
    }

    #[test]
    fn swapped_messages_fail(mut payloads in payloads(), a in any::<Index>(), b in any::<Index>()) {
        let right = payloads.concat();
        let sent = payloads.clone();
        payloads.swap(a.index(sent.len()), b.index(sent.len()));
        let finding = stream("echo", &sent, &payloads.concat(), &[]);
        prop_assert_eq!(finding.verdict == Verdict::Pass, payloads.concat() == right);
    }

    #[test]
    fn surplus_bytes_always_fail(payloads in payloads(), extra in 1u64..1_000_000) {
        let builder = sent(tcp().clients(1), &payloads).got(1, payloads.concat()).overflowed(1, extra);
        prop_assert_eq!(builder.judged("echo").verdict, Verdict::Fail);
    }

    #[test]
    fn consistent_upper_case_form_passes(texts in texts(), form in 0usize..27, cuts in vec(any::<Index>(), 0..4)) {
        let got: Vec<u8> = texts.iter().flat_map(|text| forms(text)[form].clone().into_bytes()).collect();
        prop_assume!(texts.iter().any(|text| !text.is_empty()));
        let finding = stream("uppercase", &bytes_of(&texts), &got, &cuts);
        prop_assert_eq!(finding.verdict, Verdict::Pass);
    }

    #[test]
    fn upper_case_outside_the_permitted_forms_fails(texts in texts(), form in 0usize..27, change in change()) {
        let right: Vec<u8> = texts.iter().flat_map(|text| forms(text)[form].clone().into_bytes()).collect();
        let got = change.of(&right);
        prop_assume!(texts.iter().any(|text| !text.is_empty()));
        let finding = stream("uppercase", &bytes_of(&texts), &got, &[]);
        if !streams(&texts).contains(&got) {
            prop_assert_eq!(finding.verdict, Verdict::Fail);
        }
    }

    #[test]
    fn datagrams_may_be_echoed_in_any_order(
        (payloads, got) in payloads().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
    ) {
        prop_assert_eq!(datagrams("echo", &payloads, &got).verdict, Verdict::Pass);
    }

    #[test]
    fn datagrams_may_be_answered_in_any_order(
        (texts, order) in vec("[a-z][a-záß ]{0,9}[a-z]", 1..6).prop_flat_map(|all| {
            let order: Vec<usize> = (0..all.len()).collect();
            (Just(all), Just(order).prop_shuffle())
        }),
        form in 0usize..27,
    ) {
        let got: Vec<Vec<u8>> = order.iter().map(|&k| forms(&texts[k])[form].clone().into_bytes()).collect();
        prop_assert_eq!(datagrams("uppercase", &bytes_of(&texts), &got).verdict, Verdict::Pass);
    }

    #[test]
    fn missing_datagram_fails_unless_it_was_empty(payloads in payloads(), at in any::<Index>()) {
        let mut got = payloads.clone();
        let missing = got.remove(at.index(got.len()));
        let verdict = datagrams("echo", &payloads, &got).verdict;
        prop_assert_eq!(verdict == Verdict::Pass, missing.is_empty());
    }

    #[test]
    fn surplus_datagram_fails(payloads in payloads(), more in vec(any::<u8>(), 0..20), at in any::<Index>()) {
        let mut got = payloads.clone();
        got.insert(at.index(got.len() + 1), more);
        prop_assert_eq!(datagrams("echo", &payloads, &got).verdict, Verdict::Fail);
    }

    #[test]
    fn changed_datagram_fails(payloads in payloads(), change in change(), at in any::<Index>()) {
        let mut got = payloads.clone();
        let k = at.index(got.len());
        got[k] = change.of(&got[k]);
        prop_assert_eq!(datagrams("echo", &payloads, &got).verdict, Verdict::Fail);
    }

    #[test]
    fn datagram_boundaries_matter(payloads in payloads(), cut in any::<Index>()) {
        let whole = payloads.concat();
        let cut = cut.index(whole.len() + 1);
        let got = [whole[..cut].to_vec(), whole[cut..].to_vec()];
        let mut alike = [payloads.clone(), got.to_vec()].map(|mut all| {
            all.retain(|one| !one.is_empty());
            all.sort();
            all
        });
        alike.sort();
        if alike[0] != alike[1] {
            prop_assert_eq!(datagrams("echo", &payloads, &got).verdict, Verdict::Fail);
        }
    }
}
