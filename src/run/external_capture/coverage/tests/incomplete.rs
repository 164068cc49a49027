//! Captures in which the client resets, packets are missing, or datagrams have no answer: never a
//! fault of the server that the packets do not prove, and never a pass that they contradict.

use super::*;
use crate::packet::frame::sample::port_unreachable;

const UDP: (&str, &str) = ("10.0.0.1:5000", "10.0.0.2:65431");

fn echoed() -> CaptureBuilder {
    CaptureBuilder::connected().client("PA", 1, 1, b"abc").server("PA", 1, 4, b"abc").client("A", 4, 4, b"")
}

fn without(mut frames: Vec<Vec<u8>>, index: usize) -> Vec<Vec<u8>> {
    frames.remove(index);
    frames
}

/// Returns the id of the reason why no conversation is complete.
fn why(frames: &[Vec<u8>]) -> String {
    let result = found("tcp-simple.4", frames);
    assert_eq!(verdict_and_id(&result), (Verdict::NotVerified, "capture-nothing-whole"));
    let reason = result.reason.as_ref().map(Reason::message).expect("a reason");
    match reason.args.get("why") {
        Some(crate::model::message::Arg::Message(message)) => message.id.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn reset_by_the_client_is_no_fault_of_the_server() {
    let unsure = (Verdict::NotVerified, "client-reset");
    for story in [
        echoed().client("RA", 4, 4, b""),
        // Without an ACK of the answer: the client closes with unread data.
        CaptureBuilder::connected().client("PA", 1, 1, b"abc").server("PA", 1, 4, b"abc").client("R", 4, 0, b""),
        // After the server's FIN.
        echoed().server("FA", 4, 4, b"").client("A", 4, 5, b"").client("RA", 4, 5, b""),
        // The client closed before the answer came, which was only late.
        CaptureBuilder::connected()
            .client("PA", 1, 1, b"abc")
            .client("FA", 4, 1, b"")
            .server("PA", 1, 5, b"abc")
            .client("R", 5, 0, b""),
        // The system forgot the closed connection before the server closed it.
        echoed().client("FA", 4, 4, b"").server("A", 4, 5, b"").server("FA", 4, 5, b"").client("R", 5, 0, b""),
        // The server sent more while the client's FIN was still on its way.
        echoed().client("FA", 4, 4, b"").server("PA", 4, 4, b"more").client("R", 5, 0, b""),
    ] {
        assert_eq!(verdict_and_id(&found("tcp-simple.4", &story.frames)), unsure, "{story:?}");
        let beside = [closed_between("10.0.0.1:40001", SERVER), story.frames].concat();
        assert_eq!(verdict_and_id(&found("tcp-simple.4", &beside)), (Verdict::Pass, ""));
    }
    let more = echoed().client("FA", 4, 4, b"").server("A", 4, 5, b"");
    let more = more.server("PA", 4, 5, b"more").client("R", 5, 0, b"");
    let result = found("tcp-simple.4", &more.frames);
    assert_eq!(verdict_and_id(&result), (Verdict::Fail, "packets-reset-by-client"));
    let acknowledged = echoed().client("FA", 4, 4, b"").server("PA", 4, 5, b"more").client("RA", 5, 8, b"");
    let result = found("tcp-simple.4", &acknowledged.frames);
    assert_eq!(verdict_and_id(&result), (Verdict::Fail, "packets-reset-by-client"));
    assert!(result.judged.notes.is_empty(), "the same cause is not repeated: {result:?}");
    let by_server = echoed().server("RA", 4, 4, b"");
    assert_eq!(verdict_and_id(&found("tcp-simple.4", &by_server.frames)), (Verdict::Fail, "packets-reset-by-server"));
}

#[test]
fn client_that_gave_up_is_left_out_with_a_note() {
    let gave_up = CaptureBuilder::connected().client("PA", 1, 1, b"abc").server("A", 1, 4, b"").client("RA", 4, 1, b"");
    assert_eq!(why(&gave_up.frames), "capture-why-reset-by-client");
    let beside = found("tcp-simple.4", &[gave_up.frames, closed_between("10.0.0.1:40001", SERVER)].concat());
    assert_eq!(verdict_and_id(&beside), (Verdict::Pass, ""));
    assert_eq!(beside.judged.notes.iter().map(|note| &*note.id).collect::<Vec<_>>(), ["capture-left-out"]);
    // Wrong data is wrong, even if the client resets afterwards.
    let wrong = echoed().client("RA", 4, 4, b"");
    assert_eq!(verdict_and_id(&found("tcp-multi.4", &wrong.frames)), (Verdict::Fail, "packets-other-answer"));
}

#[test]
fn reason_names_what_the_capture_lacks() {
    let refusal = tcp(SERVER, CLIENT, "RA", (0, u32::MAX - 1, 0), b"");
    let refused = CaptureBuilder::new().client("S", 0, 0, b"").frame(refusal);
    assert_eq!(why(&refused.frames), "capture-why-refused");
    assert_eq!(why(&CaptureBuilder::new().client("S", 0, 0, b"").frames), "capture-why-unanswered");
    let all = closed();
    assert_eq!(why(&all[1..]), "capture-why-no-syn");
    assert_eq!(why(&without(all.clone(), 1)), "capture-why-no-syn-ack");
    assert_eq!(why(&all[..6]), "capture-why-open");
    let mut swapped = all.clone();
    swapped.swap(0, 1);
    assert_eq!(why(&swapped), "capture-why-reordered");
    for index in [3, 4, 5] {
        assert_eq!(why(&without(all.clone(), index)), "capture-why-hole", "{index}");
    }
    for index in 0..all.len() {
        assert_ne!(found("tcp-simple.4", &without(all.clone(), index)).verdict, Verdict::Fail, "{index}");
    }
}

#[test]
fn refused_or_fast_open_connection_passes() {
    let open = CaptureBuilder::new().client("S", 0, 0, b"abc").server("SA", 0, 4, b"").client("A", 4, 1, b"");
    let open = open.server("PA", 1, 4, b"abc").client("FA", 4, 4, b"").server("FA", 4, 5, b"").client("A", 5, 5, b"");
    assert_eq!(verdict_and_id(&found("tcp-simple.4", &open.frames)), (Verdict::Pass, ""));
    let refusal = tcp(SERVER, CLIENT, "RA", (0, u32::MAX - 1, 0), b"");
    let refused = CaptureBuilder::new().client("S", 0, 0, b"").frame(refusal).frames;
    assert_eq!(verdict_and_id(&found("tcp-simple.4", &[refused, closed()].concat())), (Verdict::Pass, ""));
}

#[test]
fn unanswered_datagram_is_no_pass() {
    let (client, server) = UDP;
    let asks = |client: &str| udp(client, server, b"abc");
    let answers = |client: &str| udp(server, client, b"ABC");
    let other = "10.0.0.1:5001";
    let right = [asks(client), answers(client), asks(other), answers(other)];
    assert_eq!(verdict_and_id(&found("udp-simple.4", &right)), (Verdict::Pass, ""));
    let unsure = (Verdict::NotVerified, "capture-unanswered");
    for frames in [
        vec![asks(other), asks(client), answers(client)],
        vec![asks(client), answers(client), asks(other)],
        vec![asks(client), answers(client), asks(other), port_unreachable(&asks(other))],
    ] {
        let result = found("udp-simple.4", &frames);
        assert_eq!((verdict_and_id(&result), result.earned), (unsure, 0));
    }
    // The client asked before the server was running.
    let early = [asks(other), port_unreachable(&asks(other)), asks(client), answers(client)];
    let result = found("udp-simple.4", &early);
    assert_eq!(verdict_and_id(&result), (Verdict::Pass, ""));
    assert_eq!(result.judged.notes.len(), 1);
    let same = [asks(client), port_unreachable(&asks(client)), asks(other), answers(other)];
    assert_eq!(found("udp-simple.4", &same).verdict, Verdict::Pass);
    assert_eq!(verdict_and_id(&found("udp-simple.4", &early[..2])), (Verdict::NotVerified, "capture-nothing-whole"));
}

#[test]
fn datagram_may_be_lost_only_between_machines() {
    let frames = |client: &str, server: &str| {
        vec![udp(client, server, b"abc"), udp(client, server, b"def"), udp(server, client, b"DEF")]
    };
    let lost = found("udp-simple.4", &frames(UDP.0, UDP.1));
    assert_eq!(verdict_and_id(&lost), (Verdict::NotVerified, "capture-loss-possible"));
    let local = found("udp-simple.4", &frames("127.0.0.1:5000", "127.0.0.1:65431"));
    assert_eq!(verdict_and_id(&local), (Verdict::Fail, "datagrams-missing"));
}

#[test]
fn dropped_packets_matter_where_nothing_else_shows_them() {
    let (client, server) = UDP;
    let mut capture = kept(&[udp(client, server, b"abc"), udp(server, client, b"ABC")], usize::MAX);
    capture.dropped = 1;
    assert_eq!(verdict_and_id(&found_in("udp-simple.4", &capture)), (Verdict::NotVerified, "gap-packets-dropped"));
    let mut whole = kept(&closed(), usize::MAX);
    whole.dropped = 1;
    assert_eq!(verdict_and_id(&found_in("tcp-simple.4", &whole)), (Verdict::Pass, ""), "its numbers show that");
}

#[test]
fn another_number_of_clients_is_no_fault() {
    let clients: Vec<_> = (0..7).map(|k| closed_between(&format!("10.0.0.1:4000{k}"), SERVER)).collect();
    for count in 1..=7 {
        let result = found("tcp-multi.5", &clients[..count].concat());
        let expected = if count == 1 { "capture-few-clients" } else { "capture-shows-part" };
        assert_eq!(verdict_and_id(&result), (Verdict::NotVerified, expected), "{count}");
    }
}
