//! `reliable`: traces of transfers, each with the fault that it proves, or with a near miss; then whole
//! captures.

use super::evidence_builder::{Want, fail, own, pass, started};
use crate::model::{Capture, CapturedPacket, EventKind, Evidence, PacketFate, Protocol, ServerId, TcpState};
use crate::packet::frame::sample::{CLIENT, SERVER, end, udp};
use crate::scenario::expect::reliable_trace::{
    Arrival, Scheme, TransferKind, TransferPacket, TransferRules, judge_transfer,
};
use crate::scenario::expect::{Expectation, JudgeContext};
use crate::scenario::{ReadContext, Scenario};

/// Returns the packets of a trace, one per word: `d3` is data with number 3, `a3` its ACK. `-`
/// after it is a loss, `*` damage, `~` an arrival that is not known. `|` between words: the packets
/// sent before have arrived before the rest is sent.
fn trace(text: &str) -> Vec<TransferPacket> {
    let mut all: Vec<TransferPacket> = Vec::new();
    let (mut settled, mut is_unknown) = (0, Vec::<bool>::new());
    for word in text.split_whitespace() {
        let position = all.len() as u64;
        if word == "|" {
            for k in settled..all.len() {
                let arrived = all[k].arrival != Arrival::Lost && !is_unknown[k];
                all[k].known_after = arrived.then_some(position);
            }
            settled = all.len();
            continue;
        }
        let number = word[1..].trim_end_matches(['-', '*', '~']).parse().expect("a number");
        let kind = if word.starts_with('d') { TransferKind::Data(number) } else { TransferKind::Ack(number) };
        let arrival = match word.chars().last() {
            Some('-') => Arrival::Lost,
            Some('*') => Arrival::Damaged,
            _ => Arrival::Whole,
        };
        is_unknown.push(word.ends_with('~'));
        all.push(TransferPacket { position, kind, arrival, known_after: None });
    }
    all
}

fn judge(scheme: Scheme, window: u64, modulus: u64, text: &str) -> String {
    let rules = TransferRules { window: Some(window), scheme, modulus };
    match judge_transfer(rules, &trace(text)) {
        Ok(_) => "right".to_owned(),
        Err(cause) => {
            let message = cause.message();
            let value = |name: &str| message.args.get(name).map(|value| format!(" {name}={}", shown(value)));
            let values = ["seq", "missing", "packet", "count"].into_iter().filter_map(value);
            format!("{}{}", message.id, values.collect::<String>())
        }
    }
}

fn shown(value: &crate::model::Arg) -> String {
    match value {
        crate::model::Arg::Number(number) => number.to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn stop_and_wait_is_judged() {
    for (text, want) in [
        ("d0 | a0 | d1 | a1 | d2 | a2", "right"),
        ("d0 d1 a0 a1", "window-exceeded seq=1 packet=2 count=2"),
        ("d0 a0- d1 a1", "window-exceeded seq=1 packet=3 count=2"),
        ("d0 a0 d1 a1", "right"),
        // A loss of data, and of an ACK.
        ("d0 | a0 | d1- | d1 | a1", "right"),
        ("d0 | a0- | d0 | a0 | d1 | a1", "right"),
        ("d0 | a0 | d1-", "lost-not-sent-again seq=1 packet=3"),
        ("d0 | a0 | d1- | d1-", "right"),
        ("d0 | a0 | d1 | a1-", "ack-lost-not-sent-again seq=1"),
        ("d0 | a0 | d1 | a1- | d1 | a1", "right"),
        ("d0 | a0 | d1 | a1- | d1", "not-acknowledged-again seq=1 packet=5"),
        ("d0 | a0 | d1 | a1- | d1-", "right"),
        ("d0 | a0 | d1 | a1- | d1 | a1-", "right"),
        ("d0 | a0 | d1", "never-acknowledged seq=1 packet=3"),
        // A time-out just before the ACK arrives.
        ("d0 d0 | a0 a0 | d1 | a1", "right"),
        ("d0 | a0 d0 | a0 | d1 | a1", "right"),
        ("d0 | a0 | d0 | a0 | d1 | a1", "right"),
        ("d0 | a0 | d0 | d0 | a0 a0 | d1 | a1", "sent-again-after-ack seq=0 packet=4"),
        ("d0 | a0~ | d0 | d0 | d0 | a0 | d1 | a1", "right"),
        ("d0 | a0- | d0 | d0 | d0 | a0 | d1 | a1", "right"),
        ("d0 | a0 | d1 | a1 | d0", "sent-again-after-ack seq=0 packet=5"),
        // ACKs of packets that did not arrive.
        ("d0- | a0 | d1 | a1", "acknowledged-unreceived seq=0 missing=0 packet=2"),
        ("d0 | a0 | d1- | a1", "acknowledged-unreceived seq=1 missing=1 packet=4"),
        ("d0 | a1", "acknowledged-unreceived seq=1 missing=1 packet=2"),
        ("d1 | a0 | a1 | d2 | a2", "right"),
        ("d0* | a0 | d1 | a1", "right"),
        ("", "right"),
        ("a0 d0 a0", "right"),
    ] {
        assert_eq!(judge(Scheme::Cumulative, 1, 256, text), want, "{text}");
    }
}

#[test]
fn alternating_bit_is_judged() {
    for (text, want) in [
        ("d0 | a0 | d1 | a1 | d0 | a0 | d1 | a1", "right"),
        ("d0 | a0 | d1- | d1 | a1- | d1 | a1 | d0 | a0", "right"),
        ("d0 | a0 | d1 | a0 | d1 | a1", "right"),
        ("d0 | a0 | d1 | d0", "window-exceeded seq=2 packet=4 count=2"),
        ("d0 | a0 | d1 | a1 | d0-", "lost-not-sent-again seq=2 packet=5"),
    ] {
        assert_eq!(judge(Scheme::Cumulative, 1, 2, text), want, "{text}");
    }
}

#[test]
fn go_back_n_is_judged() {
    for (text, want) in [
        ("d0 d1 d2 | a0 a1 a2 | d3 d4 | a3 a4", "right"),
        ("d0 d1 d2 | a2 | d3 d4 | a4", "right"),
        ("d0 d1 d2 d3 | a0 a1 a2 a3", "window-exceeded seq=3 packet=4 count=4"),
        ("d0 d1 d2 | a0- a1 a2 | d3 d4 d5 | a5", "right"),
        ("d0 d1- d2 | a0 a0 | d1 d2 | a1 a2", "right"),
        ("d0 d1- d2 | a0 | d3 | a0 a0 | d1 d2 d3 | a3", "right"),
        ("d0 d1- d2 | a0 a2", "acknowledged-unreceived seq=2 missing=1 packet=5"),
        ("d0 d1- d2 | a0 | d1 | a2", "acknowledged-early-packet seq=2 missing=2 packet=6"),
        ("d0 d1 d2 | a2 | d3 | a3 | d0", "sent-again-after-ack seq=0 packet=7"),
        ("d0 d1 d2 | a2- | d0 d1 d2 | a2", "right"),
        ("d0 d1 d2 | a2- | d0 d1 d2", "not-acknowledged-again seq=0 packet=5"),
        ("d254 d255 d0 | a254 a255 a0 | d1 | a1", "right"),
        ("d254 d255 d0 d1 | a1", "window-exceeded seq=257 packet=4 count=4"),
    ] {
        assert_eq!(judge(Scheme::GoBackN, 3, 256, text), want, "{text}");
    }
    assert_eq!(judge(Scheme::Cumulative, 3, 256, "d0 d1- d2 | a0 | d1 | a2"), "right");
}

#[test]
fn selective_repeat_is_judged() {
    for (text, want) in [
        ("d0 d1- d2 | a0 a2 | d1 | a1", "right"),
        ("d0 d1- d2 | a0 a2 | d1 | a2", "never-acknowledged seq=1 packet=6"),
        ("d0 d1- d2 | a0", "lost-not-sent-again seq=1 packet=2"),
        ("d0 d1- d2 | a0 a0 | d1 d2 | a1 a2", "right"),
        // A repetition of 2 may have crossed its ACK; the third one has not.
        ("d0 d1- d2 | a0 a2 | d1- d2 | a2 | d1 d2 | a1 a2", "right"),
        ("d0 d1- d2 | a0 | a2 | d3 | a3 | d1- d2 | d1- d2 | d1- d2", "sent-again-after-ack seq=2 packet=11"),
        ("d0 d1 d2 | a2 a1 a0 | d3 | a3", "right"),
        ("d0 d1 d2 | a2 a1 | d3 | a3", "window-exceeded seq=3 packet=6 count=2"),
    ] {
        let want = if text.contains("a2 a1 | d3") { "never-acknowledged seq=0 packet=1" } else { want };
        assert_eq!(judge(Scheme::Selective, 3, 256, text), want, "{text}");
    }
}

/// Judges a capture: each packet is sent by the client (data) or the server (ACK), with a fate.
fn of_capture(expectation: &str, packets: &[(&[u8], PacketFate)]) -> (crate::model::Verdict, String) {
    let row = own(Protocol::Udp, end(SERVER), end("0.0.0.0:0"), TcpState::Close, 9);
    let mut evidence: Evidence = started(Protocol::Udp).event(EventKind::Ready { server: ServerId(0), row }).evidence();
    let mut capture = Capture::with_interfaces(&["alice", "bob"]);
    for (k, (payload, fate)) in packets.iter().enumerate() {
        let from_client = payload[0] != 1;
        let frame = if from_client { udp(CLIENT, SERVER, payload) } else { udp(SERVER, CLIENT, payload) };
        let (at_ns, original_length) = (k as u64, u32::try_from(frame.len()).expect("short"));
        capture.add(CapturedPacket { at_ns, interface: 0, fate: *fate, original_length, bytes: &frame });
    }
    for k in 0..packets.len() as u64 {
        capture.note_arrival(k, k + 1);
    }
    evidence.capture = Some(capture);
    let text = format!(
        "formats: {{ packet: {{ type: u8, seq: u8 }} }}\nsteps: [start: x]\nitems: [{{ id: a, expect: [reliable: {{ format: packet, \
         data: {{ type: 0 }}, ack: {{ type: 1 }}{expectation} }}] }}]\n"
    );
    let read = Scenario::parse_lenient("a.yaml", &text, ReadContext::default());
    assert_eq!(read.diagnostics, [], "{text}");
    let scenario = read.scenario.expect("a scenario");
    let judge: &Expectation = &scenario.items[0].expect[0];
    let finding = judge.act().judge(&JudgeContext::new(&evidence));
    (finding.verdict, finding.because.message().id.to_string())
}

#[test]
fn captures_are_judged() {
    use PacketFate::{Altered, Corrupted, Delivered, Lost};
    let right: &[(&[u8], PacketFate)] = &[
        (&[0, 0], Delivered),
        (&[1, 0], Delivered),
        (&[0, 1], Corrupted),
        (&[9, 9], Lost),
        (&[0, 1], Delivered),
        (&[1, 1], Delivered),
    ];
    let same = |want: Want, found: (crate::model::Verdict, String)| {
        assert_eq!((found.0, found.1.as_str()), want);
    };
    same(pass("transfer-right"), of_capture(", scheme: stop_and_wait", right));
    same(pass("transfer-right"), of_capture(", overhead: 1.5", right));
    same(fail("transfer-overhead"), of_capture(", overhead: 1.4", right));
    same(fail("transfer-without-data"), of_capture("", &[(&[7, 0], Delivered)]));
    same(fail("window-exceeded"), of_capture(", scheme: stop_and_wait", &[(&[0, 0], Delivered), (&[0, 1], Delivered)]));
    same(fail("lost-not-sent-again"), of_capture("", &[(&[0, 0], Corrupted)]));
    same(fail("acknowledged-unreceived"), of_capture("", &[(&[0, 0], Corrupted), (&[1, 0], Delivered)]));
    same(pass("transfer-right"), of_capture("", &[(&[0, 0], Altered), (&[1, 0], Delivered)]));
    // An ACK with the number that is expected next.
    let next: &[(&[u8], PacketFate)] = &[(&[0, 0], Delivered), (&[1, 1], Delivered)];
    same(pass("transfer-right"), of_capture(", acknowledges: next", next));
    same(fail("acknowledged-unreceived"), of_capture("", next));
}
