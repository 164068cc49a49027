//! Conversations as captures from elsewhere have them: Fast Open, repeated attempts, missing and
//! reordered packets, and data before the first captured byte.

use super::*;
use crate::model::TcpState;

const REFUSAL: (u32, u32, u16) = (0, u32::MAX - 1, 0);

fn refused() -> CaptureBuilder {
    CaptureBuilder::new().client("S", 0, 0, b"").frame(tcp(SERVER, CLIENT, "RA", REFUSAL, b""))
}

/// Adds a handshake, an echo and an orderly end.
fn whole(story: CaptureBuilder) -> CaptureBuilder {
    let story = story.client("S", 0, 0, b"").server("SA", 0, 1, b"").client("A", 1, 1, b"");
    let story = story.client("PA", 1, 1, b"hello").server("PA", 1, 6, b"HELLO").client("A", 6, 6, b"");
    story.client("FA", 6, 6, b"").server("FA", 6, 7, b"").client("A", 7, 7, b"")
}

fn assert_whole(one: &TcpConversation) {
    assert_eq!(one.handshake.state(), HandshakeState::Complete, "{one:#?}");
    assert_eq!((payload(&one.from_client), payload(&one.from_server)), (&b"hello"[..], &b"HELLO"[..]));
    assert_eq!([one.from_client.missing, one.from_server.missing], [0, 0]);
    assert_eq!([one.from_client.unseen, one.from_server.unseen], [0, 0]);
    assert!(one.teardown.is_complete && one.is_all_acknowledged() && one.teardown.reset.is_none(), "{one:#?}");
    let last = states(&one.packets, |_| true).pop().expect("packets");
    assert_eq!((last.client, last.server), (TcpState::TimeWait, TcpState::Close));
}

#[test]
fn syn_data_that_the_syn_ack_acknowledges_is_fast_open() {
    let rest = |story: CaptureBuilder| {
        let story = story.client("A", 4, 1, b"").server("PA", 1, 4, b"abc").client("FA", 4, 4, b"");
        one(&story.server("FA", 4, 5, b"").client("A", 5, 5, b""))
    };
    let open = rest(CaptureBuilder::new().client("S", 0, 0, b"abc").server("SA", 0, 4, b""));
    assert!(open.is_established() && open.teardown.is_complete && open.is_all_acknowledged(), "{open:#?}");
    assert_eq!((payload(&open.from_client), open.from_client.retransmissions), (&b"abc"[..], 0));
    // The server may acknowledge the SYN alone; then the data comes again.
    let without = CaptureBuilder::new().client("S", 0, 0, b"abc").server("SA", 0, 1, b"").client("PA", 1, 1, b"abc");
    let without = rest(without);
    assert!(without.is_established());
    assert_eq!((without.from_client.bytes, without.from_client.retransmissions), (3, 1));
    let beyond = one(&CaptureBuilder::new().client("S", 0, 0, b"abc").server("SA", 0, 5, b"").client("A", 4, 1, b""));
    assert!(!beyond.is_established(), "nobody sent this");
}

#[test]
fn refused_syn_may_be_repeated_with_the_same_number() {
    let mut all = all(&whole(refused()));
    assert_eq!(all.tcp.len(), 1, "one stream, as in Wireshark");
    let one = all.tcp.remove(0);
    assert_whole(&one);
    assert_eq!((one.from_client.retransmissions, one.teardown.resets), (1, 1));
    assert_eq!(one.packets[3].to_string(), "server SYN-ACK seq=0 ack=1 len=0");
    assert!(super::one(&refused().client("S", 0, 0, b"").frame(tcp(SERVER, CLIENT, "RA", REFUSAL, b""))).is_refused());
    // Also if the second SYN was not captured.
    let mut story = whole(refused());
    story.frames.remove(2);
    assert_whole(&super::one(&story));
}

#[test]
fn challenge_ack_belongs_to_an_old_connection() {
    // RFC 5961 section 4: the server still holds an old connection, and acknowledges that one.
    let old = tcp(SERVER, CLIENT, "A", (5_000_000, 99_999, 512), b"");
    let story =
        CaptureBuilder::new().client("S", 0, 0, b"").frame(old).frame(tcp(CLIENT, SERVER, "R", (99_999, 0, 0), b""));
    let one = one(&whole(story));
    assert_whole(&one);
    assert_eq!(one.from_server.packets, 4, "its segments are counted");
}

#[test]
fn of_two_syn_acks_the_acknowledged_one_counts() {
    let story = |number: u32| {
        let other = tcp(SERVER, CLIENT, "SA", (number, u32::MAX - 1, 512), b"");
        let story = CaptureBuilder::new().client("S", 0, 0, b"");
        (story.clone().frame(other.clone()).server("SA", 0, 1, b""), story.server("SA", 0, 1, b"").frame(other))
    };
    let (before, after) = story(77);
    for story in [before, after] {
        let story = story.client("A", 1, 1, b"").client("PA", 1, 1, b"hello").server("PA", 1, 6, b"HELLO");
        let one = one(&story.client("A", 6, 6, b""));
        assert!(one.is_established(), "{one:#?}");
        assert_eq!((payload(&one.from_server), one.from_server.missing, one.from_server.unseen), (&b"HELLO"[..], 0, 0));
    }
}

#[test]
fn syn_ack_that_was_not_captured_is_missing() {
    let without = |indices: &[usize]| {
        let mut story = whole(CaptureBuilder::new());
        let mut at = 0;
        story.frames.retain(|_| {
            at += 1;
            !indices.contains(&(at - 1))
        });
        one(&story)
    };
    assert_eq!(without(&[1]).handshake.state(), HandshakeState::SynAckMissing);
    let nothing_of_the_client = without(&[1, 2, 3, 5, 6, 8]);
    assert_eq!(nothing_of_the_client.handshake.state(), HandshakeState::SynSent, "6 was never captured");
    assert_eq!(without(&[1, 4, 7]).handshake.state(), HandshakeState::SynAckMissing, "only the client was captured");
    assert_eq!(without(&[2, 3, 5, 6, 8]).handshake.state(), HandshakeState::HalfOpen);
    assert_eq!(without(&[0]).handshake.state(), HandshakeState::None);
    let mut swapped = whole(CaptureBuilder::new());
    swapped.frames.swap(0, 1);
    let swapped = one(&swapped);
    assert_eq!((swapped.handshake.state(), swapped.is_established()), (HandshakeState::Reordered, false));
    assert_eq!((swapped.client, payload(&swapped.from_server)), (end(CLIENT), &b"HELLO"[..]));
}

#[test]
fn acknowledged_but_uncaptured_numbers_are_unseen() {
    let unseen = |story: CaptureBuilder| {
        let one = one(&story);
        [one.from_client.unseen, one.from_server.unseen, one.from_client.missing, one.from_server.missing]
    };
    assert_eq!(unseen(echoed()), [0; 4]);
    assert_eq!(unseen(echoed().server("A", 6, 7, b"")), [1, 0, 0, 0], "a byte or a FIN of the client");
    assert_eq!(unseen(echoed().client("A", 6, 1_006, b"")), [0, 1_000, 0, 0]);
    assert_eq!(unseen(echoed().server("R", 9, 0, b"")), [0, 3, 0, 0], "a RST counts what was sent before it");
    assert_eq!(unseen(echoed().server("A", 9, 6, b"")), [0, 0, 0, 3], "an ACK counts it too");
    assert_eq!(unseen(echoed().server("PA", 9, 6, b"x")), [0, 0, 0, 3]);
    assert_eq!(unseen(echoed().client("A", 6, 2_000_000_000, b"")), [0; 4], "more than any window");
    assert_eq!(unseen(echoed().server("R", 3_000_000, 0, b"")), [0; 4], "of another connection");
    assert_eq!(unseen(echoed().server("R", 900, 0, b"").server("PA", 6, 6, b"x")), [0; 4], "it goes on");
}

#[test]
fn bytes_before_the_first_captured_one_are_counted() {
    let story = CaptureBuilder::new().server("PA", 500, 700, b"0123456789").server("A", 400, 700, &[b'x'; 100]);
    let first = one(&story);
    assert_eq!((first.from_server.bytes, first.from_server.missing), (110, 0));
    assert_eq!((first.from_server.out_of_order, first.from_server.retransmissions), (1, 0));
    let again = one(&story.clone().server("A", 400, 700, &[b'x'; 100]).server("A", 450, 700, &[b'x'; 60]));
    assert_eq!((again.from_server.bytes, again.from_server.retransmissions), (110, 2));
    let across = one(&story.server("A", 390, 700, &[b'x'; 130]));
    assert_eq!((across.from_server.bytes, across.from_server.missing), (130, 0));
}

#[test]
fn packets_that_icmp_quotes_have_stream_numbers() {
    let time_exceeded = |quoted: &[u8], length: usize| {
        let mut message = port_unreachable(quoted);
        // Type 11 (RFC 792). The IP header of the message has 20 bytes, its own header 8.
        message[14 + 20] = 11;
        message.truncate(14 + 20 + 8 + 20 + length);
        message
    };
    let other = "10.0.0.9:9";
    let syn = tcp(CLIENT, other, "S", (1, 0, 9), b"");
    let question = udp(CLIENT, other, b"x");
    let story = CaptureBuilder::new()
        .frame(time_exceeded(&tcp(CLIENT, "10.0.0.9:8", "S", (1, 0, 9), b""), 8)) // no whole header: no number
        .frame(port_unreachable(&syn))
        .frame(time_exceeded(&question, 8))
        .frame(udp(CLIENT, SERVER, b"x"))
        .client("S", 0, 0, b"")
        .frame(syn)
        .frame(question);
    let all = all(&story);
    let streams: Vec<_> = all.tcp.iter().map(|one| (one.stream, one.server)).collect();
    assert_eq!(streams, [(0, end(other)), (1, end(SERVER))], "compared with tshark");
    let streams: Vec<_> = all.udp.iter().map(|one| (one.stream, one.server)).collect();
    assert_eq!(streams, [(0, end(other)), (1, end(SERVER))]);
    assert_eq!(all.other, 3);
}
