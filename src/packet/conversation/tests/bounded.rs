//! Analyses of large captures: what is counted without being listed, and connections that are
//! released when they are over.

use super::*;

/// Adds connection `number`, whole or only its first `packets` packets, of its own client.
fn add_connection(analysis: &mut Analysis, number: usize, packets: usize) {
    let client = format!("10.1.{}.{}:{}", number / 250 % 250, number % 250, 40_000 + number / 62_500);
    let (there, back) = ((client.as_str(), SERVER), (SERVER, client.as_str()));
    let all: [(_, _, _, &[u8]); 8] = [
        (there, "S", (0, 0), b""),
        (back, "SA", (0, 1), b""),
        (there, "A", (1, 1), b""),
        (there, "PA", (1, 1), b"abc"),
        (back, "PA", (1, 4), b"ABCD"),
        (there, "FA", (4, 5), b""),
        (back, "FA", (5, 5), b""),
        (there, "A", (5, 6), b""),
    ];
    for ((from, to), letters, (sequence, acknowledged), payload) in all.into_iter().take(packets) {
        let bytes = tcp(from, to, letters, (sequence, acknowledged, 512), payload);
        analysis.add(&crate::packet::Frame::read(Link::Ethernet, 0, bytes.len() as u32, &bytes));
    }
}

#[test]
fn closed_connections_are_released_unchanged() {
    let (mut kept, mut releasing) = (Analysis::new(), Analysis::new().release_closed());
    let mut released = Vec::new();
    for number in 0..3_000 {
        let packets = if number % 100 == 7 { 5 } else { 8 };
        for analysis in [&mut kept, &mut releasing] {
            add_connection(analysis, number, packets);
        }
        released.extend(std::iter::from_fn(|| releasing.take_closed()));
    }
    assert!(released.len() > 1_500 && released.len() < 3_000, "{}", released.len());
    assert!(released.iter().all(|one| one.teardown.is_complete), "open ones stay");
    let mut found = releasing.finish();
    found.tcp.extend(released);
    found.tcp.sort_by_key(|one| one.stream);
    let kept = kept.finish();
    for (one, other) in found.tcp.iter().zip(&kept.tcp) {
        assert_eq!(one, other);
    }
    assert_eq!((found.tcp.len(), found.frames), (kept.tcp.len(), kept.frames));
}

#[test]
fn late_packets_belong_to_the_released_stream() {
    let mut analysis = Analysis::new().release_closed();
    let mut released = Vec::new();
    for number in 0..2_000 {
        add_connection(&mut analysis, number, 8);
        released.extend(std::iter::from_fn(|| analysis.take_closed()));
    }
    let client = "10.1.0.5:40000";
    let mut late = |from, to, letters, numbers| {
        let bytes = tcp(from, to, letters, numbers, b"");
        analysis.add(&crate::packet::Frame::read(Link::Ethernet, 0, bytes.len() as u32, &bytes));
    };
    assert_eq!((released[5].stream, released[5].client), (5, end(client)));
    late(SERVER, client, "R", (6, 0, 0));
    late(client, SERVER, "R", (5, 0, 0));
    late("10.1.0.6:40000", SERVER, "S", (70_000, 0, 512));
    let found = analysis.finish();
    let of = |stream: usize| found.tcp.iter().find(|one| one.stream == stream).map(|one| one.packet_count);
    assert_eq!((of(5), of(6), of(2_000)), (Some(2), None, Some(1)), "a SYN opens another stream");
}

#[test]
fn connection_that_goes_on_after_a_reset_is_not_released() {
    let mut analysis = Analysis::new().release_closed();
    let story = echoed().client("R", 90_000, 0, b"");
    let (mut sequence, mut released) = (6, Vec::new());
    story.read().for_each(|frame| analysis.add(&frame));
    for number in 0..5_000 {
        add_connection(&mut analysis, number, 8);
        released.extend(std::iter::from_fn(|| analysis.take_closed()));
        if number % 500 == 0 {
            CaptureBuilder::new().client("PA", sequence, 6, b"x").read().for_each(|frame| analysis.add(&frame));
            sequence += 1;
        }
    }
    assert!(released.iter().all(|one| one.client != end(CLIENT)));
    let found = analysis.finish();
    let one = found.tcp.iter().find(|one| one.client == end(CLIENT)).expect("it is kept");
    assert_eq!((one.stream, one.from_client.bytes), (0, 15));
}

#[test]
fn packets_that_are_not_listed_are_counted() {
    let (question, other) = (udp(CLIENT, SERVER, b"hello"), udp("10.0.0.3:5", "10.0.0.4:6", b"x"));
    let mut story = echoed();
    for _ in 0..100 {
        story = story.frame(question.clone()).frame(udp(SERVER, CLIENT, b"HELLO!")).frame(other.clone());
    }
    let story = story.frame(port_unreachable(&question)).frame(port_unreachable(&question));
    let analysed = |analysis: Analysis| {
        let mut analysis = analysis;
        story.read().for_each(|frame| analysis.add(&frame));
        analysis.finish()
    };
    for (analysis, listed) in [
        (Analysis::new(), [7, 200, 100]),
        (Analysis::new().list_at_most(3), [3, 3, 3]),
        (Analysis::new().list_at_most(0), [0; 3]),
        (Analysis::new().list_only_port(6), [0, 0, 100]),
    ] {
        let found = analysed(analysis);
        let (tcp, first, second) = (&found.tcp[0], &found.udp[0], &found.udp[1]);
        assert_eq!([tcp.packets.len(), first.datagrams.len(), second.datagrams.len()], listed);
        assert_eq!((tcp.packet_count, tcp.from_client.bytes), (7, 5));
        let totals = |count, bytes| DatagramTotals { count, bytes };
        assert_eq!(
            (first.from_client, first.from_server, first.undeliverable),
            (totals(100, 500), totals(100, 600), 2)
        );
        assert_eq!((second.from_client, second.from_server), (totals(100, 100), totals(0, 0)));
    }
}
