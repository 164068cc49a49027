//! Exchanges by the thousand: what is right passes however it arrives, and any change of it fails.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::scene::{Scene, tcp, udp};
use crate::model::{Finding, Verdict};

/// One change of what a client got.
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
    /// The bytes changed; they are never the same as before.
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

/// A client that got these bytes, cut at these places.
fn in_chunks(scene: Scene, bytes: &[u8], cuts: &[Index]) -> Scene {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    places.extend([0, bytes.len()]);
    places.sort_unstable();
    places.windows(2).filter(|pair| pair[0] < pair[1]).fold(scene, |scene, pair| scene.got(1, &bytes[pair[0]..pair[1]]))
}

fn sent(scene: Scene, payloads: &[Vec<u8>]) -> Scene {
    payloads.iter().fold(scene, |scene, payload| scene.sent(1, payload))
}

fn stream(word: &str, payloads: &[Vec<u8>], got: &[u8], cuts: &[Index]) -> Finding {
    in_chunks(sent(tcp().clients(1), payloads), got, cuts).judged(word)
}

fn datagrams(word: &str, payloads: &[Vec<u8>], got: &[Vec<u8>]) -> Finding {
    got.iter().fold(sent(udp().senders(1), payloads), |scene, got| scene.got(1, got)).judged(word)
}

fn payloads() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let one = prop_oneof![vec(any::<u8>(), 0..60), "[a-c \n\0]{0,8}".prop_map(String::into_bytes)];
    // Something is asked: where only nothing was sent, nothing is proved.
    vec(one, 1..6).prop_filter("something is asked", |all| all.iter().any(|one| !one.is_empty()))
}

/// Texts with letters in and outside ASCII, and white space around them.
fn texts() -> impl Strategy<Value = Vec<String>> {
    vec("[ \n\t\u{a0}]{0,2}[a-cXY1áçß ]{0,5}[ \n\t]{0,2}", 1..4)
}

/// The permitted forms of an answer, written down apart from the judge: kept or stripped (ASCII or Unicode white space),
/// and upper case by ASCII or by Unicode.
fn forms(sent: &str) -> [String; 6] {
    let stripped = sent.trim_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
    let (ascii, unicode) = (str::to_ascii_uppercase, str::to_uppercase);
    let wholly = sent.trim();
    [ascii(sent), unicode(sent), ascii(stripped), unicode(stripped), ascii(wholly), unicode(wholly)]
}

/// Every stream that consists of a permitted form of each message.
fn streams(sent: &[String]) -> Vec<Vec<u8>> {
    sent.iter().fold(vec![Vec::new()], |heads, message| {
        let joined = |head: &Vec<u8>| forms(message).map(|form| [head, form.as_bytes()].concat());
        heads.iter().flat_map(joined).collect()
    })
}

fn bytes_of(texts: &[String]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.clone().into_bytes()).collect()
}

proptest! {
    #[test]
    fn the_changes_change(bytes in vec(any::<u8>(), 0..20), change in change()) {
        prop_assert_ne!(change.of(&bytes), bytes, "{:?}", change);
    }

    #[test]
    fn an_exact_echo_passes_in_any_chunks(payloads in payloads(), cuts in vec(any::<Index>(), 0..6)) {
        let finding = stream("echo", &payloads, &payloads.concat(), &cuts);
        prop_assert_eq!(finding.verdict, Verdict::Pass);
    }

    #[test]
    fn any_change_of_an_echo_fails(payloads in payloads(), change in change(), cuts in vec(any::<Index>(), 0..4)) {
        let finding = stream("echo", &payloads, &change.of(&payloads.concat()), &cuts);
        prop_assert_eq!(finding.verdict, Verdict::Fail);
        prop_assert!(finding.hint.is_some());
    }

    #[test]
    fn two_messages_in_the_wrong_order_fail(mut payloads in payloads(), a in any::<Index>(), b in any::<Index>()) {
        let right = payloads.concat();
        let sent = payloads.clone();
        payloads.swap(a.index(sent.len()), b.index(sent.len()));
        let finding = stream("echo", &sent, &payloads.concat(), &[]);
        prop_assert_eq!(finding.verdict == Verdict::Pass, payloads.concat() == right);
    }

    #[test]
    fn too_much_is_never_right(payloads in payloads(), extra in 1u64..1_000_000) {
        let scene = sent(tcp().clients(1), &payloads).got(1, payloads.concat()).overflowed(1, extra);
        prop_assert_eq!(scene.judged("echo").verdict, Verdict::Fail);
    }

    #[test]
    fn every_server_that_keeps_to_one_form_passes(texts in texts(), form in 0usize..6, cuts in vec(any::<Index>(), 0..4)) {
        let got: Vec<u8> = texts.iter().flat_map(|text| forms(text)[form].clone().into_bytes()).collect();
        let finding = stream("uppercase", &bytes_of(&texts), &got, &cuts);
        prop_assert_eq!(finding.verdict, Verdict::Pass);
    }

    #[test]
    fn upper_case_changed_out_of_every_form_fails(texts in texts(), form in 0usize..6, change in change()) {
        let right: Vec<u8> = texts.iter().flat_map(|text| forms(text)[form].clone().into_bytes()).collect();
        let got = change.of(&right);
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
        form in 0usize..6,
    ) {
        let got: Vec<Vec<u8>> = order.iter().map(|&k| forms(&texts[k])[form].clone().into_bytes()).collect();
        prop_assert_eq!(datagrams("uppercase", &bytes_of(&texts), &got).verdict, Verdict::Pass);
    }

    #[test]
    fn a_missing_datagram_fails_unless_it_was_empty(payloads in payloads(), at in any::<Index>()) {
        let mut got = payloads.clone();
        let missing = got.remove(at.index(got.len()));
        let verdict = datagrams("echo", &payloads, &got).verdict;
        prop_assert_eq!(verdict == Verdict::Pass, missing.is_empty());
    }

    #[test]
    fn one_datagram_more_fails(payloads in payloads(), more in vec(any::<u8>(), 0..20), at in any::<Index>()) {
        let mut got = payloads.clone();
        got.insert(at.index(got.len() + 1), more);
        prop_assert_eq!(datagrams("echo", &payloads, &got).verdict, Verdict::Fail);
    }

    #[test]
    fn a_changed_datagram_fails(payloads in payloads(), change in change(), at in any::<Index>()) {
        let mut got = payloads.clone();
        let k = at.index(got.len());
        got[k] = change.of(&got[k]);
        prop_assert_eq!(datagrams("echo", &payloads, &got).verdict, Verdict::Fail);
    }

    #[test]
    fn datagrams_have_edges(payloads in payloads(), cut in any::<Index>()) {
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
