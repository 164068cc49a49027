//! Conversations written packet by packet: each feature, and near misses that are not faults.

mod arbitrary;
mod bounded;
mod elsewhere;

use super::*;
use crate::packet::frame::sample::{CLIENT, CaptureBuilder, SERVER, end, port_unreachable, tcp, udp};
use crate::packet::frame::{Link, UnreachableKind};

fn all(story: &CaptureBuilder) -> Conversations {
    let mut analysis = Analysis::new().keep_payload(1_000);
    for frame in story.read() {
        analysis.add(&frame);
    }
    analysis.finish()
}

/// Returns the only conversation.
fn one(story: &CaptureBuilder) -> TcpConversation {
    let mut all = all(story);
    assert_eq!((all.tcp.len(), all.malformed, all.other), (1, 0, 0), "{all:?}");
    all.tcp.remove(0)
}

fn marks(one: &TcpConversation) -> Vec<PacketMark> {
    one.packets.iter().map(|packet| packet.mark).collect()
}

fn payload(direction: &Direction) -> &[u8] {
    direction.payload.as_deref().expect("payload was requested")
}

/// Returns an echo of five bytes, before its teardown.
fn echoed() -> CaptureBuilder {
    CaptureBuilder::connected()
        .client("PA", 1, 1, b"hello")
        .server("A", 1, 6, b"")
        .server("PA", 1, 6, b"hello")
        .client("A", 6, 6, b"")
}

#[test]
fn echo_is_analysed_from_handshake_to_teardown() {
    let story = echoed().client("FA", 6, 6, b"").server("FA", 6, 7, b"").client("A", 7, 7, b"");
    let one = one(&story);
    assert_eq!((one.client, one.server, one.oriented_by), (end(CLIENT), end(SERVER), OrientedBy::Syn));
    let Handshake { syn: Some(syn), syn_ack: Some(syn_ack), ack: Some(ack), .. } = one.handshake else {
        panic!("{one:?}")
    };
    assert_eq!([syn.frame, syn_ack.frame, ack.frame], [0, 1, 2]);
    assert_eq!([syn.at_ns, syn_ack.at_ns, ack.at_ns], [1_000_000, 2_000_000, 3_000_000]);
    for direction in [&one.from_client, &one.from_server] {
        assert_eq!((payload(direction), direction.is_payload_cut), (b"hello".as_slice(), false));
        assert_eq!((direction.bytes, direction.missing, direction.data_segments, direction.pushed), (5, 0, 1, 1));
        assert_eq!((direction.retransmissions, direction.out_of_order, direction.zero_windows), (0, 0, 0));
        assert_eq!((direction.sent, direction.acknowledged), (7, Some(7)));
    }
    assert!(one.is_all_acknowledged() && one.is_established() && !one.is_refused());
    let fins = [one.from_client.fin, one.from_server.fin].map(|fin| fin.expect("a FIN"));
    assert_eq!(fins.map(|fin| (fin.seen.frame, fin.acknowledged.map(|seen| seen.frame))), [(7, Some(8)), (8, Some(9))]);
    let ended = Teardown { first_fin: Some(Side::Client), is_complete: true, ..Teardown::default() };
    assert_eq!(one.teardown, ended);
    assert_eq!((one.first_ns, one.last_ns, one.packet_count), (1_000_000, 10_000_000, 10));
    let shown: Vec<String> = one.packets.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown[..4],
        [
            "client SYN seq=0 len=0",
            "server SYN-ACK seq=0 ack=1 len=0",
            "client ACK seq=1 ack=1 len=0",
            "client PSH-ACK seq=1 ack=1 len=5",
        ]
    );
    assert_eq!(shown[8], "server FIN-ACK seq=6 ack=7 len=0");
}

#[test]
fn data_with_a_fin_and_a_merged_ack_are_regular() {
    let story = CaptureBuilder::connected()
        .client("FPA", 1, 1, b"hello")
        .server("FPA", 1, 7, b"HELLO") // one segment: the ACK, the answer and the FIN
        .client("A", 7, 7, b"");
    let one = one(&story);
    assert_eq!((payload(&one.from_client), payload(&one.from_server)), (&b"hello"[..], &b"HELLO"[..]));
    assert!(one.is_all_acknowledged() && one.teardown.is_complete && !one.teardown.simultaneous);
    assert_eq!(one.teardown.first_fin, Some(Side::Client));
    assert_eq!(one.from_client.retransmissions + one.from_server.retransmissions, 0);
}

#[test]
fn handshake_ack_may_carry_data() {
    let story = CaptureBuilder::new().client("S", 0, 0, b"").server("SA", 0, 1, b"").client("PA", 1, 1, b"hi");
    let one = one(&story);
    assert!(one.is_established());
    assert!(!one.is_all_acknowledged(), "the data is not acknowledged");
}

#[test]
fn simultaneous_close_is_reported_and_complete() {
    let story = echoed().client("FA", 6, 6, b"").server("FA", 6, 6, b"").server("A", 7, 7, b"").client("A", 7, 7, b"");
    let one = one(&story);
    assert!(one.teardown.simultaneous && one.teardown.is_complete && one.is_all_acknowledged());
    assert_eq!(one.teardown.reset, None);
}

#[test]
fn keep_alives_are_not_retransmissions() {
    let story = echoed()
        .client("A", 5, 6, b"") // no byte, one before the end
        .server("A", 6, 6, b"")
        .client("A", 5, 6, b"o") // one byte, as older systems do
        .server("A", 6, 6, b"");
    let one = one(&story);
    assert_eq!((one.from_client.keep_alives, one.from_client.retransmissions), (2, 0));
    assert_eq!(marks(&one)[7..], [PacketMark::KeepAlive, PacketMark::Plain, PacketMark::KeepAlive, PacketMark::Plain]);
    assert_eq!(payload(&one.from_client), b"hello");
    // Also before any data was sent.
    let idle = CaptureBuilder::connected().client("A", 0, 1, b"").server("A", 1, 1, b"");
    assert_eq!(super::tests::one(&idle).from_client.keep_alives, 1);
}

#[test]
fn unacknowledged_byte_is_a_retransmission() {
    let story = CaptureBuilder::connected().client("PA", 1, 1, b"x").client("PA", 1, 1, b"x").server("A", 1, 2, b"");
    let one = one(&story);
    assert_eq!((one.from_client.keep_alives, one.from_client.retransmissions), (0, 1));
}

#[test]
fn repeated_segment_is_a_retransmission() {
    let story = CaptureBuilder::new()
        .client("S", 0, 0, b"")
        .client("S", 0, 0, b"")
        .server("SA", 0, 1, b"")
        .server("SA", 0, 1, b"")
        .client("A", 1, 1, b"")
        .client("PA", 1, 1, b"hello")
        .client("PA", 1, 1, b"hello")
        .client("PA", 3, 1, b"llo, world") // partly new
        .server("A", 1, 13, b"")
        .client("FA", 13, 1, b"")
        .client("FA", 13, 1, b"");
    let one = one(&story);
    assert_eq!((one.from_client.retransmissions, one.from_server.retransmissions), (3, 1));
    assert_eq!((payload(&one.from_client), one.from_client.out_of_order), (&b"hello, world"[..], 0));
    assert!(one.is_established());
    assert_eq!(one.handshake.syn.map(|seen| seen.frame), Some(0));
    let again = [1, 3, 6, 10];
    let expected: Vec<PacketMark> =
        (0..11).map(|at| if again.contains(&at) { PacketMark::Retransmission } else { PacketMark::Plain }).collect();
    assert_eq!(marks(&one), expected);
}

#[test]
fn reordered_segments_are_put_in_order() {
    let story =
        CaptureBuilder::connected().client("PA", 6, 1, b"world").client("A", 1, 1, b"hello").server("A", 1, 11, b"");
    let one = one(&story);
    assert_eq!(payload(&one.from_client), b"helloworld");
    assert_eq!((one.from_client.out_of_order, one.from_client.retransmissions), (1, 0));
    assert_eq!(marks(&one)[3..5], [PacketMark::Ahead, PacketMark::OutOfOrder]);
}

#[test]
fn uncaptured_bytes_are_missing() {
    let story =
        CaptureBuilder::connected().client("A", 1, 1, b"hello").client("PA", 9, 1, b"x").server("A", 1, 10, b"");
    let one = one(&story);
    let client = &one.from_client;
    assert_eq!((client.bytes, client.missing, payload(client)), (6, 3, &b"hello"[..]));
    assert!(client.is_payload_cut && client.is_all_acknowledged());
}

#[test]
fn failed_attempts_are_not_established() {
    let refused =
        CaptureBuilder::new().client("S", 0, 0, b"").frame(tcp(SERVER, CLIENT, "RA", (0, u32::MAX - 1, 0), b""));
    let refused = one(&refused);
    assert!(refused.is_refused() && !refused.is_established());
    assert_eq!(refused.handshake.state(), HandshakeState::SynSent);
    assert_eq!(refused.packets[1].to_string(), "server RST-ACK seq=1 ack=1 len=0", "as Wireshark shows it");
    let half_open = one(&CaptureBuilder::new().client("S", 0, 0, b"").server("SA", 0, 1, b""));
    assert_eq!(half_open.handshake.state(), HandshakeState::HalfOpen);
    assert!(!half_open.is_refused() && !half_open.is_all_acknowledged());
    let unanswered = one(&CaptureBuilder::new().client("S", 0, 0, b"").client("S", 0, 0, b""));
    assert_eq!(unanswered.handshake.state(), HandshakeState::SynSent);
    assert_eq!(unanswered.from_client.retransmissions, 1);
    let other = CaptureBuilder::new().client("S", 0, 0, b"").server("SA", 0, 9, b"");
    assert_eq!(one(&other).handshake.state(), HandshakeState::SynSent, "it acknowledges something else");
    let other = one(&other.client("A", 1, 1, b""));
    assert_eq!(other.handshake.state(), HandshakeState::SynAckMissing, "the client got another one");
    let turned = one(&CaptureBuilder::new().server("SA", 0, 1, b"").client("S", 0, 0, b"").client("A", 1, 1, b""));
    assert_eq!((turned.handshake.state(), turned.is_established()), (HandshakeState::Reordered, false));
}

#[test]
fn resets_report_the_fins_before_them() {
    let reset = |story: &CaptureBuilder| {
        let reset = one(story).teardown.reset.expect("a RST");
        (reset.by, reset.after)
    };
    let fin = |story: CaptureBuilder| story.client("FA", 6, 6, b"");
    let closed = || fin(echoed()).server("FA", 6, 7, b"").client("A", 7, 7, b"");
    assert_eq!(reset(&echoed().server("RA", 6, 6, b"")), (Side::Server, ResetAfter::NoFin));
    assert_eq!(reset(&fin(echoed()).server("RA", 6, 7, b"")), (Side::Server, ResetAfter::OtherFin));
    assert_eq!(reset(&fin(echoed()).client("R", 7, 0, b"")), (Side::Client, ResetAfter::OwnFin));
    let both = fin(echoed()).server("FA", 6, 7, b"").client("R", 7, 0, b"");
    assert_eq!(reset(&both), (Side::Client, ResetAfter::BothFins));
    let after = closed().client("R", 7, 0, b"").client("R", 7, 0, b"");
    assert_eq!(reset(&after), (Side::Client, ResetAfter::Closed));
    let after = one(&after);
    assert!(after.teardown.is_complete && after.teardown.resets == 2 && after.is_all_acknowledged());
    let unacknowledged = one(&fin(echoed()).server("RA", 6, 7, b""));
    assert_eq!(unacknowledged.from_client.fin.map(|fin| fin.acknowledged), Some(None), "a RST acknowledges no FIN");
}

#[test]
fn zero_windows_are_counted() {
    let mut story = echoed();
    story.window = 0;
    let one = one(&story.server("A", 6, 6, b""));
    assert_eq!((one.from_server.zero_windows, one.from_client.zero_windows), (1, 0));
}

#[test]
fn reused_ports_start_another_stream() {
    let mut story = echoed().client("RA", 6, 6, b"").frame(tcp("10.0.0.3:9", SERVER, "S", (1, 0, 9), b""));
    story.first = (70_000, 80_000);
    let story = story.client("S", 0, 0, b"").client("S", 0, 0, b"").server("RA", 0, 1, b"");
    let all = all(&story);
    assert_eq!(all.tcp.iter().map(|one| one.packet_count).collect::<Vec<_>>(), [8, 1, 3]);
    assert_eq!(all.tcp.iter().map(|one| one.stream).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!((all.tcp[2].from_client.retransmissions, all.tcp[2].is_refused()), (1, true));
    assert_eq!(all.clone().on_port(9).tcp.len(), 1);
    assert_eq!(all.clone().on_port(65432).tcp.len(), 3);
    assert_eq!(all.on_port(9).tcp[0].stream, 1, "the number stays");
}

#[test]
fn capture_may_begin_after_the_handshake() {
    let story = CaptureBuilder::new()
        .server("PA", 500, 700, b"hello")
        .client("A", 700, 505, b"")
        .client("PA", 700, 505, b"hi")
        .client("PA", 690, 505, b"before");
    let one = one(&story);
    assert_eq!((one.oriented_by, one.client), (OrientedBy::Ports, end(CLIENT)));
    assert_eq!(one.handshake.state(), HandshakeState::None);
    assert_eq!((payload(&one.from_server), payload(&one.from_client)), (&b"hello"[..], &b"hi"[..]));
    assert_eq!((one.from_client.out_of_order, one.from_client.retransmissions), (1, 0), "it may be new");
    assert_eq!(one.packets[0].to_string(), "server PSH-ACK seq=1 ack=1 len=5", "as Wireshark shows it");
    assert_eq!(one.packets[0].from, Side::Server);
}

#[test]
fn sequence_numbers_may_wrap_around() {
    let mut story = CaptureBuilder::connected();
    let piece = [b'x'; 1_000];
    let (mut analysis, rounds) = (Analysis::new(), 3_u32);
    // Three times around, in steps that a 32-bit comparison can still order.
    for step in 0..rounds * 8 {
        story = story.client("A", (step << 29).wrapping_add(1), 1, &piece);
    }
    story.read().for_each(|frame| analysis.add(&frame));
    let finished = analysis.finish();
    let client = &finished.tcp[0].from_client;
    assert_eq!((client.bytes, client.retransmissions, client.out_of_order), (24_000, 0, 0));
    assert_eq!(client.sent, (23_u64 << 29) + 1_001);
}

#[test]
fn datagrams_of_both_directions_are_recorded() {
    let (client, server) = ("[::1]:40000", "[::1]:65431");
    let lost = udp(client, server, b"anybody?");
    let story = CaptureBuilder::new()
        .frame(udp(client, server, b"hello"))
        .frame(udp(server, client, b"HELLO"))
        .frame(udp(client, server, b""))
        .frame(lost.clone())
        .frame(port_unreachable(&lost))
        .frame(udp(CLIENT, SERVER, b"x"));
    let all = all(&story);
    assert_eq!((all.udp.len(), all.tcp.len(), all.other, all.frames), (2, 0, 0, 6));
    let talk = &all.udp[0];
    assert_eq!((talk.client, talk.server, talk.stream), (end(client), end(server), 0));
    assert_eq!(talk.datagrams_from(Side::Client).map(|one| one.length_field).collect::<Vec<_>>(), [13, 8, 16]);
    assert_eq!(
        talk.datagrams_from(Side::Server).map(|one| one.payload.as_deref()).collect::<Vec<_>>(),
        [Some(&b"HELLO"[..])]
    );
    assert!(talk.datagrams.iter().all(|one| one.is_length_right && !one.is_fragmented));
    let messages: Vec<_> =
        talk.datagrams.iter().map(|one| one.unreachable.map(|(seen, what)| (seen.frame, what.kind))).collect();
    assert_eq!(messages, [None, None, None, Some((4, UnreachableKind::Port))]);
}

#[test]
fn unknown_messages_and_frames_are_counted() {
    let story = CaptureBuilder::new()
        .frame(port_unreachable(&udp(CLIENT, SERVER, b"x")))
        .frame([[0; 12].as_slice(), &[8, 6], &[0; 28]].concat())
        .frame(vec![0; 5]);
    let all = all(&story);
    assert_eq!((all.other, all.malformed, all.frames), (2, 1, 3));
    let quoted = tcp(CLIENT, SERVER, "S", (u32::MAX - 2, 0, 9), b"");
    let story = CaptureBuilder::new().client("S", 0, 0, b"").frame(port_unreachable(&quoted));
    assert_eq!(one(&story).unreachable.map(|(seen, what)| (seen.frame, what.kind)), Some((1, UnreachableKind::Port)));
}

#[test]
fn payload_is_kept_up_to_the_limit() {
    let story = echoed().frame(udp(CLIENT, SERVER, b"hello"));
    let mut analysis = Analysis::new().keep_payload(3).list_at_most(0).server_port(40000);
    story.read().for_each(|frame| analysis.add(&frame));
    let finished = analysis.finish();
    let one = &finished.tcp[0];
    assert_eq!(
        (payload(&one.from_client), one.from_client.is_payload_cut, one.from_client.bytes),
        (&b"hel"[..], true, 5)
    );
    assert_eq!((one.packets.len(), one.packet_count), (0, 7));
    let talk = &finished.udp[0];
    assert_eq!((talk.datagrams.len(), talk.client, talk.from_server.bytes), (0, end(SERVER), 5));
    let counted = Conversations::analyse(story.read());
    assert_eq!((counted.tcp[0].from_client.payload.as_deref(), counted.tcp[0].from_client.bytes), (None, 5));
    assert_eq!(Link::Ethernet.number(), 1);
}
