//! Losses must not depend on segmentation, ports, initial sequence numbers or retransmissions.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::engine::link::impairment::*;
use crate::scenario::yaml;

fn link(text: &str) -> Link {
    yaml::read("link.yaml", text).expect("parse the link")
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
    let mut fates = LinkImpairments::new(&link("loss: 20%\n"), seed);
    assert_eq!(
        fates.decide(LinkDirection::Forward, &frame(port, tcp(initial, Flags::SYN, &[]))),
        PacketFate::Delivered
    );
    let bytes = vec![b'x'; length];
    let (mut at, mut all, mut k) = (0, BTreeSet::new(), 0);
    while at < length {
        let piece = pieces[k % pieces.len()].min(length - at);
        k += 1;
        for _ in 0..times {
            let sequence = initial.wrapping_add(1).wrapping_add(at as u32);
            if fates.decide(LinkDirection::Forward, &frame(port, tcp(sequence, Flags::ACK, &bytes[at..at + piece])))
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
        fates.decide(LinkDirection::Backward, &frame(5, tcp(sequence, Flags::ACK, b"data")))
    };
    let mut none = LinkImpairments::new(&link("{}\n"), 1);
    let mut all = LinkImpairments::new(&link("loss: 100%\n"), 1);
    assert_eq!(none.decide(LinkDirection::Backward, &frame(5, tcp(0, Flags::SYN, &[]))), PacketFate::Delivered);
    assert_eq!(all.decide(LinkDirection::Backward, &frame(5, tcp(0, Flags::SYN, &[]))), PacketFate::Lost);
    for _ in 0..3 {
        assert_eq!(segment("none", &mut none, 1), PacketFate::Delivered);
        assert_eq!(segment("all", &mut all, 1), PacketFate::Lost);
    }
}

#[test]
fn datagram_fate_depends_on_the_payload() {
    let run = |first_port: u16| {
        let mut fates = LinkImpairments::new(&link("loss: 20%\nseed: 7\n"), 1);
        let texts: Vec<String> = (0..500).map(|n| format!("datagram {n}")).collect();
        let lost = texts.iter().enumerate().filter(|(k, text)| {
            let udp = Udp { length: 0, payload: text.as_bytes(), payload_length: 0 };
            let port = first_port + u16::try_from(*k % 20).expect("index is small");
            fates.decide(LinkDirection::Forward, &frame(port, Transport::Udp(udp))) == PacketFate::Lost
        });
        lost.map(|(k, _)| k).collect::<BTreeSet<_>>()
    };
    assert_eq!(run(40000), run(50000));
    assert!((60..140).contains(&run(40000).len()));
}

#[test]
fn reordering_and_duplication_are_chosen() {
    let mut fates = LinkImpairments::new(&link("reorder: 30%\nduplicate: 30%\n"), 3);
    let mut seen = BTreeSet::new();
    for n in 0..200_u32 {
        let payload = n.to_le_bytes();
        let udp = Udp { length: 0, payload: &payload, payload_length: 4 };
        seen.insert(format!("{:?}", fates.decide(LinkDirection::Backward, &frame(9, Transport::Udp(udp)))));
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
    let mut fates = LinkImpairments::new(&link("loss: 20%\n"), 42);
    fates.decide(LinkDirection::Forward, &frame(40000, tcp(7, Flags::SYN, &[])));
    let bytes = [b'x'; 1448];
    let pairs = (0..100_u64).flat_map(|pair| [pair * 2 + 1, pair * 2]);
    let mut is_lost = |block: &u64| {
        let sequence = 8 + (*block * BLOCK_BYTES) as u32;
        let mut once = || fates.decide(LinkDirection::Forward, &frame(40000, tcp(sequence, Flags::ACK, &bytes)));
        let (first, again) = (once(), once());
        assert_eq!(again, PacketFate::Delivered, "retransmitted");
        first == PacketFate::Lost
    };
    assert_eq!(pairs.filter(|block| is_lost(block)).collect::<BTreeSet<_>>(), in_order);
}
