//! Conversations of arbitrary segments: nothing panics, and the bytes of a transfer come out in
//! order.

use proptest::prelude::*;

use super::{all, one, payload};
use crate::packet::frame::sample::{CLIENT, CaptureBuilder, SERVER, tcp};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Arbitrary segments of two ends, with numbers near each other and anywhere.
    #[test]
    fn analysis_never_panics_on_arbitrary_segments(
        segments in prop::collection::vec(
            (any::<bool>(), any::<u8>(), prop_oneof![0..40_u32, any::<u32>()], any::<u32>(), 0..30_usize),
            1..80,
        ),
    ) {
        let mut story = CaptureBuilder::new();
        for (from_client, flags, sequence, acknowledgement, length) in &segments {
            let (from, to) = if *from_client { (CLIENT, SERVER) } else { (SERVER, CLIENT) };
            let mut bytes = tcp(from, to, "", (*sequence, *acknowledgement, 0), &[b'x'; 30][..*length]);
            bytes[47] = *flags;
            story = story.frame(bytes);
        }
        let all = all(&story);
        prop_assert_eq!(all.tcp.iter().map(|one| one.packet_count).sum::<usize>(), segments.len());
        for one in &all.tcp {
            for direction in [&one.from_client, &one.from_server] {
                prop_assert!(payload(direction).len() as u64 <= direction.bytes);
                prop_assert!(direction.retransmissions + direction.keep_alives <= direction.packets);
            }
        }
    }

    /// The bytes of a transfer come out unchanged, however its segments are cut, repeated and
    /// mixed.
    #[test]
    fn transfer_is_put_in_order(
        pieces in prop::collection::vec((0..60_usize, 1..20_usize), 0..40),
        order in any::<u64>(),
    ) {
        let text: Vec<u8> = (0..80).collect();
        let mut cuts: Vec<(usize, usize)> = (0..80).step_by(16).map(|at| (at, 16)).chain(pieces).collect();
        cuts.sort_by_key(|&(at, length)| (at as u64 * 31 + length as u64).wrapping_mul(order | 1));
        let mut story = CaptureBuilder::connected();
        for (at, length) in cuts {
            story = story.client("PA", at as u32 + 1, 1, &text[at..at + length]);
        }
        let one = one(&story);
        prop_assert_eq!(payload(&one.from_client), text.as_slice());
        prop_assert_eq!((one.from_client.missing, one.from_client.is_payload_cut), (0, false));
    }
}
