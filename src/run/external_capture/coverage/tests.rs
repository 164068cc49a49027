//! Captures made by hand, each with a near miss, and their verdicts on the lab's items.

mod incomplete;

use std::borrow::Cow;

use super::*;
use crate::model::{PacketFate, Reason};
use crate::packet::frame::sample::{CLIENT, CaptureBuilder, SERVER, tcp, udp};
use crate::scenario::lab::{DEFAULT_LAB, Lab};

/// Returns a capture with at most `most` bytes of each frame.
fn kept(frames: &[Vec<u8>], most: usize) -> Capture {
    let mut capture = Capture::with_interfaces(&["any"]);
    for (at_ns, bytes) in (0..).zip(frames) {
        let original_length = u32::try_from(bytes.len()).expect("short");
        let bytes = &bytes[..bytes.len().min(most)];
        capture.add(CapturedPacket { at_ns, interface: 0, fate: PacketFate::Delivered, original_length, bytes });
    }
    capture
}

fn found_in(item: &str, capture: &Capture) -> ItemResult {
    let mut lab = Lab::bundled(DEFAULT_LAB, None).expect("the bundled lab");
    let place = |scenario: &Scenario| scenario.items.iter().position(|one| one.id.as_str() == item);
    let of = |(k, scenario): (usize, &Scenario)| Some((k, place(scenario)?));
    let (which, number) = lab.scenarios.iter().enumerate().find_map(of).expect("an item of the lab");
    let scenario = lab.scenarios.swap_remove(which);
    let entry = &lab.roles[scenario.first_role().expect("a server")];
    let wanted = CaptureFilter { role: None, protocol: entry.protocol, port: entry.port, file: "a.pcapng".to_owned() };
    judge_capture(scenario, number, capture, &wanted)
}

fn found(item: &str, frames: &[Vec<u8>]) -> ItemResult {
    found_in(item, &kept(frames, usize::MAX))
}

/// Returns the verdict, and the id of the reason.
fn verdict_and_id(result: &ItemResult) -> (Verdict, &'static str) {
    let failed = result.judged.findings.iter().find(|finding| finding.verdict == Verdict::Fail);
    let reason =
        failed.map(|finding| finding.because.message().into_owned()).or(result.reason.as_ref().map(Reason::message));
    let id = match reason.map(|reason| reason.id) {
        Some(Cow::Borrowed(id)) => id,
        _ => "",
    };
    (result.verdict, id)
}

fn closed() -> Vec<Vec<u8>> {
    let story = CaptureBuilder::connected().client("PA", 1, 1, b"abc").server("PA", 1, 4, b"abc");
    let story = story.client("FA", 4, 4, b"").server("FA", 4, 5, b"").client("A", 5, 5, b"");
    story.frames
}

/// The frames of [`closed`] between other endpoints.
fn closed_between(client: &str, server: &str) -> Vec<Vec<u8>> {
    let (there, back) = ((client, server), (server, client));
    let all: [(_, _, _, &[u8]); 8] = [
        (there, "S", (0, 0), b""),
        (back, "SA", (0, 1), b""),
        (there, "A", (1, 1), b""),
        (there, "PA", (1, 1), b"abc"),
        (back, "PA", (1, 4), b"abc"),
        (there, "FA", (4, 4), b""),
        (back, "FA", (4, 5), b""),
        (there, "A", (5, 5), b""),
    ];
    all.map(|((from, to), flags, (sequence, acknowledged), payload)| {
        tcp(from, to, flags, (sequence, acknowledged, 512), payload)
    })
    .to_vec()
}

#[test]
fn connection_between_two_hosts_passes() {
    assert_eq!(verdict_and_id(&found("remote.4", &closed())), (Verdict::Pass, ""));
    let elsewhere = [closed(), vec![tcp("10.0.0.1:7", "10.0.0.2:8", "R", (1, 1, 1), b"")]].concat();
    assert_eq!(verdict_and_id(&found("remote.4", &elsewhere)), (Verdict::Pass, ""), "other ports are ignored");
    let twice = [closed(), closed_between("10.0.0.1:40001", SERVER)].concat();
    assert_eq!(verdict_and_id(&found("remote.4", &twice)), (Verdict::Fail, "conversations-other"));
}

#[test]
fn single_host_or_other_traffic_is_not_verified() {
    let unsure = |reason| (Verdict::NotVerified, reason);
    let alone = closed_between("127.0.0.1:40000", "127.0.0.1:65432");
    assert_eq!(verdict_and_id(&found("remote.4", &alone)), unsure("capture-of-one-machine"));
    for other in [udp(CLIENT, SERVER, b"abc"), tcp("10.0.0.3:9", SERVER, "S", (0, 0, 512), b"")] {
        let frames = [closed(), vec![other.clone()]].concat();
        assert_eq!(verdict_and_id(&found("remote.4", &frames)), unsure("capture-has-others"));
        assert_eq!(verdict_and_id(&found("tcp-simple.4", &frames)).0, Verdict::Pass, "irrelevant on one host");
    }
    // A complete connection, then a second one on the same ports that is incomplete.
    let again = [closed(), vec![tcp(CLIENT, SERVER, "S", (9_000, 0, 512), b"")]].concat();
    assert_eq!(verdict_and_id(&found("remote.4", &again)), unsure("capture-has-others"));
    let frames = closed();
    for from in 0..frames.len() {
        for to in from + 1..=frames.len() {
            assert_ne!(found("remote.4", &frames[from..to]).verdict, Verdict::Fail, "{from}..{to}");
        }
    }
}

#[test]
fn link_impairment_is_not_verified() {
    assert_eq!(verdict_and_id(&found("tcp-simple.5", &closed())), (Verdict::NotVerified, "gap-capture-only"));
}

#[test]
fn partial_proof_is_reported_but_not_verified() {
    let clients: Vec<_> = (0..5).map(|k| closed_between(&format!("10.0.0.1:4000{k}"), SERVER)).collect();
    let result = found("tcp-multi.5", &clients.concat());
    assert_eq!((verdict_and_id(&result), result.earned), ((Verdict::NotVerified, "capture-shows-part"), 0));
    // The capture proves no part of the first item.
    assert_eq!(verdict_and_id(&found("tcp-multi.1", &clients.concat())), (Verdict::NotVerified, "gap-capture-only"));
    let beside = [clients[4..].concat(), vec![udp(CLIENT, SERVER, b"abc")]].concat();
    assert_eq!(
        verdict_and_id(&found("tcp-multi.5", &beside)).1,
        "capture-few-clients",
        "a datagram is not an incomplete connection"
    );
    let late = &clients.concat()[3..];
    assert_eq!(verdict_and_id(&found("tcp-multi.5", late)).0, Verdict::NotVerified);
}

#[test]
fn snap_length_is_named_if_it_is_the_only_gap() {
    let frames = closed();
    let unsure = |reason| (Verdict::NotVerified, reason);
    let snapped = kept(&frames, 14 + 20 + 20 + 2);
    assert_eq!(verdict_and_id(&found_in("tcp-simple.4", &snapped)), unsure("capture-snapped"));
    assert_eq!(
        verdict_and_id(&found_in("tcp-simple.4", &kept(&frames, 40))),
        unsure("capture-snapped"),
        "not even headers"
    );
    // Packets are truncated, and the end is missing as well.
    let early = kept(&frames[..5], 14 + 20 + 20 + 2);
    assert_eq!(verdict_and_id(&found_in("tcp-simple.4", &early)), unsure("capture-nothing-whole"));
    assert_eq!(verdict_and_id(&found("tcp-simple.4", &frames[..5])), unsure("capture-nothing-whole"));
    let long = kept(&frames, 14 + 20 + 20 + 3);
    assert_eq!(verdict_and_id(&found_in("tcp-simple.4", &long)), (Verdict::Pass, ""), "just enough");
}

#[test]
fn truncated_datagram_is_not_a_failure() {
    let (client, server) = ("10.0.0.1:5000", "10.0.0.2:65431");
    let frames = [udp(client, server, b"abc"), udp(server, client, b"ABC")];
    assert_eq!(verdict_and_id(&found("udp-simple.4", &frames)), (Verdict::Pass, ""));
    let cut = kept(&frames, 14 + 20 + 8 + 2);
    assert_eq!(verdict_and_id(&found_in("udp-simple.4", &cut)), (Verdict::NotVerified, "capture-snapped"));
}

#[test]
fn failures_after_the_first_become_notes() {
    let reset = CaptureBuilder::connected().client("PA", 1, 1, b"abc").server("RA", 1, 4, b"");
    let result = found("tcp-simple.4", &reset.frames);
    let failed = result.judged.findings.iter().filter(|finding| finding.verdict == Verdict::Fail).count();
    let also: Vec<&str> = result.judged.notes.iter().map(|note| &*note.id).collect();
    assert_eq!((failed, also), (1, vec!["capture-also"]));
    assert!(found("tcp-simple.4", &closed()).judged.notes.is_empty());
}
