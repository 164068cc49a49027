//! Packet expectations: for each, a capture that fails it, and near misses that pass.

use rstest::rstest;

use super::evidence_builder::{Want, fail, judged, own, pass, started, unverified};
use crate::model::{
    Bytes, Capture, CapturedPacket, ClientId, EventKind, Evidence, PacketFate, Protocol, ServerId, TcpState,
};
use crate::packet::frame::sample::{CLIENT, CaptureBuilder, SERVER, end, tcp, udp};

/// Returns the evidence of one client that was instructed to send this, with these packets.
fn seen(protocol: Protocol, sent: &[&[u8]], frames: &[Vec<u8>], fates: &[PacketFate]) -> Evidence {
    let (server, client) = (ServerId(0), ClientId(1));
    let state = if protocol == Protocol::Tcp { TcpState::Listen } else { TcpState::Close };
    let row = own(protocol, end(SERVER), end("0.0.0.0:0"), state, 9);
    let mut builder = started(protocol).event(EventKind::Ready { server, row });
    builder = builder.event(EventKind::Connected { client, server, protocol, local: end(CLIENT), peer: end(SERVER) });
    for bytes in sent {
        builder = builder.event(EventKind::Sent { client, bytes: Bytes(bytes.to_vec()) });
    }
    let mut evidence = builder.event(EventKind::Closed { client }).evidence();
    let mut capture = Capture::with_interfaces(&["lo"]);
    for (k, bytes) in frames.iter().enumerate() {
        let fate = fates.get(k).copied().unwrap_or_default();
        let original_length = u32::try_from(bytes.len()).expect("short");
        capture.add(CapturedPacket { at_ns: k as u64, interface: 0, fate, original_length, bytes });
    }
    evidence.capture = Some(capture);
    evidence
}

fn is(word: &str, evidence: &Evidence, want: Want) {
    let finding = judged(word, evidence);
    assert_eq!((finding.verdict, &*finding.because.message().id), want, "{word}: {finding:?}");
}

/// Returns a connection on which `abc` is sent and comes back.
fn echoed() -> CaptureBuilder {
    CaptureBuilder::connected()
        .client("PA", 1, 1, b"abc")
        .server("A", 1, 4, b"")
        .server("PA", 1, 4, b"abc")
        .client("A", 4, 4, b"")
}

/// Returns the same connection, closed by the client.
fn closed() -> CaptureBuilder {
    echoed().client("FA", 4, 4, b"").server("FA", 4, 5, b"").client("A", 5, 5, b"")
}

const HANDSHAKE: &str = "handshake";
const DATA: &str = "data_acknowledged";
const UPPER: &str = "data_acknowledged: { answer: uppercase }";
const ECHO: &str = "data_acknowledged: { answer: echo }";
const CLOSE: &str = "orderly_close";
const RESET: &str = "no_reset";

#[rstest]
#[case::whole(closed(), HANDSHAKE, pass("handshake-seen"))]
#[case::half_open(CaptureBuilder::new().client("S", 0, 0, b"").server("SA", 0, 1, b""), HANDSHAKE, fail("handshake-not-seen"))]
#[case::data_with_the_ack(
    CaptureBuilder::new().client("S", 0, 0, b"").server("SA", 0, 1, b"").client("PA", 1, 1, b"abc"),
    HANDSHAKE,
    pass("handshake-seen")
)]
#[case::both_ways(closed(), DATA, pass("data-acknowledged"))]
#[case::right_answer(closed(), ECHO, pass("data-acknowledged"))]
#[case::other_answer(closed(), UPPER, fail("packets-other-answer"))]
#[case::delayed_ack_in_the_answer(
    CaptureBuilder::connected().client("PA", 1, 1, b"abc").server("PA", 1, 4, b"abc").client("FA", 4, 4, b"").server("FA", 4, 5, b""),
    ECHO,
    pass("data-acknowledged")
)]
#[case::answer_in_fragments(
    CaptureBuilder::connected().client("PA", 1, 1, b"abc").server("PA", 1, 4, b"A").server("PA", 2, 4, b"BC").client("A", 4, 4, b""),
    UPPER,
    pass("data-acknowledged")
)]
#[case::no_answer(
    CaptureBuilder::connected().client("PA", 1, 1, b"abc").server("A", 1, 4, b""),
    DATA,
    fail("packets-no-answer")
)]
#[case::unacknowledged(
    CaptureBuilder::connected().client("PA", 1, 1, b"abc").server("PA", 1, 4, b"abc"),
    DATA,
    fail("packets-unacknowledged-server")
)]
#[case::closed(closed(), CLOSE, pass("orderly-close"))]
#[case::data_with_the_fin(
    CaptureBuilder::connected().client("PA", 1, 1, b"abc").server("FPA", 1, 4, b"abc").client("FA", 4, 5, b"").server("A", 5, 5, b""),
    CLOSE,
    pass("orderly-close")
)]
#[case::simultaneous(
    echoed().client("FA", 4, 4, b"").server("FA", 4, 4, b"").client("A", 5, 5, b"").server("A", 5, 5, b""),
    CLOSE,
    pass("orderly-close")
)]
#[case::never_closed(echoed().client("FA", 4, 4, b"").server("A", 4, 5, b""), CLOSE, fail("packets-no-fin"))]
#[case::fin_unanswered(
    echoed().client("FA", 4, 4, b"").server("FA", 4, 5, b""),
    CLOSE,
    fail("packets-fin-unacknowledged")
)]
#[case::reset(echoed().client("FA", 4, 4, b"").server("RA", 4, 5, b""), CLOSE, fail("packets-reset-by-server"))]
#[case::keep_alive(
    echoed().client("A", 3, 4, b"").server("A", 4, 4, b"").client("FA", 4, 4, b"").server("FA", 4, 5, b"").client("A", 5, 5, b""),
    CLOSE,
    pass("orderly-close")
)]
#[case::no_reset(closed(), RESET, pass("no-reset"))]
#[case::reset_seen(echoed().server("R", 4, 0, b""), RESET, fail("packets-reset-by-server"))]
#[case::after_both_were_closed(
    closed().server("A", 4, 5, b"").client("A", 5, 5, b"").server("R", 5, 0, b""),
    RESET,
    pass("no-reset")
)]
#[case::late_data(
    echoed().client("FA", 4, 4, b"").server("PA", 4, 5, b"more").client("R", 5, 0, b""),
    RESET,
    fail("packets-reset-by-client")
)]
#[case::one_conversation(closed(), "conversations: { count: 1, server_ports: 1 }", pass("conversations-right"))]
#[case::too_few(CaptureBuilder::new().client("S", 0, 0, b""), "conversations: 1", fail("conversations-other"))]
#[case::one_for_each_client(closed(), "conversations: { server_ports: 1 }", pass("conversations-right"))]
#[case::fewer_than_the_least(closed(), "conversations: { at_least: 2 }", fail("conversations-other"))]
#[case::none_for_the_client(CaptureBuilder::new().client("S", 0, 0, b""), "conversations: { server_ports: 1 }", fail("conversations-other"))]
#[case::alone_on_its_port(closed(), "only_port", pass("only-port"))]
#[case::another_port_is_no_matter(
    closed().frame(tcp("10.0.0.3:1000", "10.0.0.2:9", "S", (1, 0, 9), b"")),
    "only_port",
    pass("only-port")
)]
#[case::another_client(
    closed().frame(tcp("10.0.0.3:1000", SERVER, "S", (1, 0, 9), b"")),
    "only_port",
    fail("port-has-others")
)]
#[case::the_server_connects_too(
    closed().frame(tcp(SERVER, "10.0.0.3:80", "S", (1, 0, 9), b"")),
    "only_port",
    fail("port-has-others")
)]
#[case::datagrams_on_its_port(closed().frame(udp(CLIENT, SERVER, b"x")), "only_port", fail("port-has-others"))]
fn tcp_packets(#[case] story: CaptureBuilder, #[case] word: &str, #[case] want: Want) {
    is(word, &seen(Protocol::Tcp, &[b"abc"], &story.frames, &[]), want);
}

#[rstest]
#[case::one_each(&[(CLIENT, SERVER), (SERVER, CLIENT)], "datagrams_per_exchange", pass("datagrams-right"))]
#[case::from_another_port(&[(CLIENT, SERVER), ("10.0.0.2:7", CLIENT)], "datagrams_per_exchange", pass("datagrams-right"))]
#[case::none_back(&[(CLIENT, SERVER)], "datagrams_per_exchange", fail("datagrams-missing"))]
#[case::two_back(
    &[(CLIENT, SERVER), (SERVER, CLIENT), (SERVER, CLIENT)],
    "datagrams_per_exchange",
    fail("datagrams-too-many")
)]
#[case::other_clients(
    &[(CLIENT, SERVER), (SERVER, CLIENT), ("10.0.0.3:1", SERVER)],
    "datagrams_per_exchange",
    pass("datagrams-right")
)]
#[case::no_handshake(&[(CLIENT, SERVER), (SERVER, CLIENT)], "no_handshake", pass("no-handshake"))]
#[case::speaks_first(&[(SERVER, CLIENT), (CLIENT, SERVER)], "no_handshake", fail("server-speaks-first"))]
fn udp_packets(#[case] packets: &[(&str, &str)], #[case] word: &str, #[case] want: Want) {
    let frames: Vec<_> = packets.iter().map(|(from, to)| udp(from, to, b"abc")).collect();
    is(word, &seen(Protocol::Udp, &[b"abc"], &frames, &[]), want);
}

#[test]
fn handshake_before_a_datagram_fails() {
    let frames = [tcp(CLIENT, SERVER, "S", (1, 0, 9), b""), udp(CLIENT, SERVER, b"abc"), udp(SERVER, CLIENT, b"ABC")];
    is("no_handshake", &seen(Protocol::Udp, &[b"abc"], &frames, &[]), fail("handshake-over-udp"));
}

#[test]
fn lost_data_is_retransmitted_over_tcp_only() {
    use PacketFate::{Delivered, Lost};
    let story =
        CaptureBuilder::connected().client("PA", 1, 1, b"abc").client("PA", 1, 1, b"abc").server("A", 1, 4, b"");
    let lost = [Delivered, Delivered, Delivered, Lost];
    is("retransmissions", &seen(Protocol::Tcp, &[b"abc"], &story.frames, &lost), pass("sent-again"));
    let without = &story.frames[..4];
    is("retransmissions", &seen(Protocol::Tcp, &[b"abc"], without, &lost), fail("not-sent-again"));
    // Retransmitted for another reason: the link dropped nothing, so the experiment shows nothing.
    is("retransmissions", &seen(Protocol::Tcp, &[b"abc"], &story.frames, &[]), unverified("nothing-lost"));

    let one = [udp(CLIENT, SERVER, b"abc")];
    let twice = [udp(CLIENT, SERVER, b"abc"), udp(CLIENT, SERVER, b"abc")];
    let answered_twice = [udp(CLIENT, SERVER, b"abc"), udp(SERVER, CLIENT, b"A"), udp(SERVER, CLIENT, b"A")];
    is("lost", &seen(Protocol::Udp, &[b"abc"], &one, &[Lost]), pass("datagrams-lost"));
    is("lost", &seen(Protocol::Udp, &[b"abc"], &one, &[]), unverified("no-datagram-lost"));
    is("lost", &seen(Protocol::Udp, &[b"abc"], &twice, &[Lost]), fail("datagram-sent-again"));
    is("lost", &seen(Protocol::Udp, &[b"abc"], &answered_twice, &[Lost]), fail("datagram-sent-again"));
    // An answer meant for another client is a different fault.
    let strays = [udp(CLIENT, SERVER, b"abc"), udp(SERVER, CLIENT, b"A"), udp(SERVER, CLIENT, b"B")];
    is("lost", &seen(Protocol::Udp, &[b"abc"], &strays, &[Lost]), pass("datagrams-lost"));
    // Two datagrams with the same text are not one datagram sent twice.
    is("lost", &seen(Protocol::Udp, &[b"abc", b"abc"], &twice, &[Lost]), pass("datagrams-lost"));
}

#[rstest]
fn missing_or_incomplete_capture_never_passes(
    #[values(HANDSHAKE, DATA, CLOSE, RESET, "conversations: 1", "only_port", "retransmissions")] word: &str,
) {
    let mut evidence = seen(Protocol::Tcp, &[b"abc"], &closed().frames, &[]);
    if let Some(capture) = &mut evidence.capture {
        capture.dropped = 1;
    }
    is(word, &evidence, unverified("gap-packets-dropped"));
    evidence.capture = None;
    is(word, &evidence, unverified("no-capture"));
    evidence.capture = Some(Capture::with_interfaces(&["lo"]));
    let finding = judged(word, &evidence);
    assert_ne!(finding.verdict, crate::model::Verdict::Pass, "{word}: {finding:?}");
}

proptest::proptest! {
    #[test]
    fn judges_never_panic_on_arbitrary_frames(
        frames in proptest::collection::vec(proptest::collection::vec(0..=255_u8, 0..80), 0..8),
        damage in proptest::collection::vec((0..12_usize, 0..60_usize, 0..=255_u8), 0..6),
    ) {
        let mut all = closed().frames;
        for (frame, at, value) in damage {
            if let Some(byte) = all.get_mut(frame).and_then(|frame| frame.get_mut(at)) {
                *byte = value;
            }
        }
        all.extend(frames);
        for word in [HANDSHAKE, DATA, UPPER, CLOSE, RESET, "conversations: 1", "only_port", "retransmissions"] {
            judged(word, &seen(Protocol::Tcp, &[b"abc"], &all, &[]));
        }
        for word in ["no_handshake", "datagrams_per_exchange", "lost"] {
            judged(word, &seen(Protocol::Udp, &[b"abc"], &all, &[]));
        }
    }
}
