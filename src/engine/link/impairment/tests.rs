//! Losses must not depend on segmentation, ports, initial sequence numbers or retransmissions.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::engine::link::impairment::*;
use crate::scenario::yaml;

fn link(text: &str) -> Link {
    yaml::read("link.yaml", text).expect("parse the link")
}

fn impairments(link: &Link, seed: u64) -> LinkImpairments {
    let (alice, bob) = ("alice".parse().expect("a name"), "bob".parse().expect("a name"));
    LinkImpairments::new(link, [Some(&alice), Some(&bob)], &RuleNames::default(), seed)
}

fn fate(impairments: &mut LinkImpairments, way: LinkDirection, frame: &Frame<'_>) -> PacketFate {
    impairments.decide(way, frame).fate
}

/// Returns the fates of this many datagrams from the first host, and of as many from the second.
fn fates(text: &str, count: u32) -> [Vec<PacketFate>; 2] {
    let mut one = impairments(&link(text), 7);
    [LinkDirection::Forward, LinkDirection::Backward].map(|way| {
        let of = |n: u32| {
            let payload = n.to_le_bytes();
            let udp = Udp { length: 12, payload: &payload, payload_length: 4 };
            fate(&mut one, way, &frame(9, Transport::Udp(udp)))
        };
        (0..count).map(of).collect()
    })
}

fn tcp(sequence: u32, flags: Flags, payload: &[u8]) -> Transport<'_> {
    Transport::Tcp(Tcp {
        sequence,
        acknowledgement: 0,
        flags,
        window: 100,
        options: &[],
        payload,
        payload_length: u32::try_from(payload.len()).expect("payload is short"),
    })
}

fn frame(port: u16, transport: Transport<'_>) -> Frame<'_> {
    Frame {
        at_ns: 0,
        original_length: 0,
        source: SocketAddr::from(([192, 0, 2, 1], port)),
        destination: SocketAddr::from(([192, 0, 2, 2], 65432)),
        fragment: None,
        transport,
        inner: None,
    }
}

/// Returns the lost blocks of a stream of `length` bytes. It is sent in pieces of the lengths
/// `pieces`, cyclically, each `times` times.
fn lost(seed: u64, port: u16, initial: u32, length: usize, pieces: &[usize], times: usize) -> BTreeSet<u64> {
    let mut fates = impairments(&link("loss: 20%\n"), seed);
    assert_eq!(
        fate(&mut fates, LinkDirection::Forward, &frame(port, tcp(initial, Flags::SYN, &[]))),
        PacketFate::Delivered
    );
    let bytes = vec![b'x'; length];
    let (mut at, mut all, mut k) = (0, BTreeSet::new(), 0);
    while at < length {
        let piece = pieces[k % pieces.len()].min(length - at);
        k += 1;
        for _ in 0..times {
            let sequence = initial.wrapping_add(1).wrapping_add(at as u32);
            if fate(&mut fates, LinkDirection::Forward, &frame(port, tcp(sequence, Flags::ACK, &bytes[at..at + piece])))
                == PacketFate::Lost
            {
                all.insert((at as u64).div_ceil(BLOCK_BYTES));
            }
        }
        at += piece;
    }
    all
}

#[test]
fn loss_rate_is_close_to_the_configured_rate() {
    let count = lost(42, 40000, 7, 1448 * 5000, &[1448], 1).len();
    assert!((850..1150).contains(&count), "{count} of 5000");
    assert_ne!(lost(42, 40000, 7, 1448 * 100, &[1448], 1), lost(43, 40000, 7, 1448 * 100, &[1448], 1));
}

#[test]
fn loss_of_0_and_100_percent_is_exact() {
    let segment = |text: &str, fates: &mut LinkImpairments, sequence| {
        assert!(!text.is_empty());
        fate(fates, LinkDirection::Backward, &frame(5, tcp(sequence, Flags::ACK, b"data")))
    };
    let mut none = impairments(&link("{}\n"), 1);
    let mut all = impairments(&link("loss: 100%\n"), 1);
    assert_eq!(fate(&mut none, LinkDirection::Backward, &frame(5, tcp(0, Flags::SYN, &[]))), PacketFate::Delivered);
    assert_eq!(fate(&mut all, LinkDirection::Backward, &frame(5, tcp(0, Flags::SYN, &[]))), PacketFate::Lost);
    for _ in 0..3 {
        assert_eq!(segment("none", &mut none, 1), PacketFate::Delivered);
        assert_eq!(segment("all", &mut all, 1), PacketFate::Lost);
    }
}

#[test]
fn datagram_fate_depends_on_the_payload() {
    let run = |first_port: u16| {
        let mut fates = impairments(&link("loss: 20%\nseed: 7\n"), 1);
        let texts: Vec<String> = (0..500).map(|n| format!("datagram {n}")).collect();
        let lost = texts.iter().enumerate().filter(|(k, text)| {
            let udp = Udp { length: 0, payload: text.as_bytes(), payload_length: 0 };
            let port = first_port + u16::try_from(*k % 20).expect("index is small");
            fate(&mut fates, LinkDirection::Forward, &frame(port, Transport::Udp(udp))) == PacketFate::Lost
        });
        lost.map(|(k, _)| k).collect::<BTreeSet<_>>()
    };
    assert_eq!(run(40000), run(50000));
    assert!((60..140).contains(&run(40000).len()));
}

#[test]
fn reordering_and_duplication_are_chosen() {
    let mut fates = impairments(&link("reorder: 30%\nduplicate: 30%\n"), 3);
    let mut seen = BTreeSet::new();
    for n in 0..200_u32 {
        let payload = n.to_le_bytes();
        let udp = Udp { length: 0, payload: &payload, payload_length: 4 };
        seen.insert(format!("{:?}", fate(&mut fates, LinkDirection::Backward, &frame(9, Transport::Udp(udp)))));
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["Delivered", "Duplicated", "Reordered"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn segmentation_and_retransmission_do_not_change_losses(
        pieces in prop::collection::vec(1..=1448_usize, 1..20),
        port in 1024..60000_u16,
        initial: u32,
        times in 1..3_usize,
    ) {
        let length = 1448 * 40;
        prop_assert_eq!(lost(42, port, initial, length, &pieces, times), lost(42, 40000, 0, length, &[1448], 1));
    }
}

#[test]
fn reordered_packets_keep_their_fate() {
    let in_order = lost(42, 40000, 7, 1448 * 200, &[1448], 1);
    let mut fates = impairments(&link("loss: 20%\n"), 42);
    fate(&mut fates, LinkDirection::Forward, &frame(40000, tcp(7, Flags::SYN, &[])));
    let bytes = [b'x'; 1448];
    let pairs = (0..100_u64).flat_map(|pair| [pair * 2 + 1, pair * 2]);
    let mut is_lost = |block: &u64| {
        let sequence = 8 + (*block * BLOCK_BYTES) as u32;
        let mut once = || fate(&mut fates, LinkDirection::Forward, &frame(40000, tcp(sequence, Flags::ACK, &bytes)));
        let (first, again) = (once(), once());
        assert_eq!(again, PacketFate::Delivered, "retransmitted");
        first == PacketFate::Lost
    };
    assert_eq!(pairs.filter(|block| is_lost(block)).collect::<BTreeSet<_>>(), in_order);
}

#[test]
fn corruption_and_truncation_are_chosen() {
    let count = |fates: &[PacketFate], one: PacketFate| fates.iter().filter(|fate| **fate == one).count();
    let [there, back] = fates("corrupt: 20%\ntruncate: 20%\nfrom: { bob: { checksum: good, truncate: 0% } }\n", 500);
    assert!((70..130).contains(&count(&there, PacketFate::Corrupted)), "{there:?}");
    assert!((60..120).contains(&count(&there, PacketFate::Truncated)), "{there:?}");
    assert!((70..130).contains(&count(&back, PacketFate::Altered)), "{back:?}");
    assert_eq!(count(&back, PacketFate::Truncated) + count(&back, PacketFate::Corrupted), 0);
}

#[test]
fn damage_does_not_change_losses() {
    let lost = |text: &str| fates(text, 300)[0].iter().map(|fate| *fate == PacketFate::Lost).collect::<Vec<_>>();
    assert_eq!(lost("loss: 20%\n"), lost("loss: 20%\ncorrupt: 50%\ntruncate: 10%\n"));
}

#[test]
fn rule_decides_before_the_shares() {
    use PacketFate::{Altered, Delivered, Duplicated, Lost, Reordered, Truncated};
    let rules = "{ from: alice, packet: 1, do: deliver }, { from: alice, packet: 2, do: corrupt, checksum: good }, \
                 { from: alice, packet: 3, do: truncate }, { from: alice, packet: 4, do: duplicate }, \
                 { from: alice, packet: 5, do: delay, by: 3ms }";
    let [there, back] = fates(&format!("loss: 100%\nrules: [{rules}]\n"), 6);
    assert_eq!(there, [Delivered, Altered, Truncated, Duplicated, Reordered, Lost]);
    assert_eq!(back, [Lost; 6]);
}

#[test]
fn rules_count_packets_with_data() {
    let mut one = impairments(&link("rules: [{ from: alice, packet: 2, do: drop }]\n"), 1);
    let mut send = |flags: Flags, sequence: u32, payload: &[u8]| {
        fate(&mut one, LinkDirection::Forward, &frame(5, tcp(sequence, flags, payload)))
    };
    let fates = [
        send(Flags::SYN, 0, b""),
        send(Flags::ACK, 1, b""),
        send(Flags::ACK, 1, b"one"),
        send(Flags::ACK, 4, b""),
        send(Flags::ACK, 4, b"two"),
        send(Flags::ACK, 4, b"two"),
    ];
    let lost: Vec<usize> = (0..6).filter(|k| fates[*k] == PacketFate::Lost).collect();
    assert_eq!(lost, [4], "{fates:?}");
}

#[test]
fn damage_depends_only_on_the_seed() {
    let draws = |seed: u64| {
        let mut one = impairments(&link("rules: [{ from: alice, do: corrupt }]\n"), seed);
        let udp = || Udp { length: 9, payload: b"x", payload_length: 1 };
        (0..9).map(|_| one.decide(LinkDirection::Forward, &frame(9, Transport::Udp(udp()))).draw).collect::<Vec<_>>()
    };
    assert_eq!(draws(1), draws(1));
    assert_ne!(draws(1), draws(2));
    assert_eq!(draws(1).into_iter().collect::<BTreeSet<_>>().len(), 9);
}
