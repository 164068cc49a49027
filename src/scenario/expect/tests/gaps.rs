//! The evidence that each expectation needs: if it could not be observed, the expectation is not
//! judged.

use super::evidence_builder::{EvidenceBuilder, expectation, tcp, udp};
use super::starts::ALL_EXPECTATIONS;
use crate::model::{Cause, ClientId, EvidenceKind, GapReason};
use crate::scenario::expect::JudgeContext;

const KINDS: [EvidenceKind; 5] = [
    EvidenceKind::Clients,
    EvidenceKind::ClientSockets,
    EvidenceKind::ServerSockets,
    EvidenceKind::Process,
    EvidenceKind::Output,
];

#[test]
fn expectations_need_the_evidence_they_read() {
    use EvidenceKind::{Calls, ClientSockets, Clients, Output, Packets, Process, ServerSockets};
    for word in ALL_EXPECTATIONS {
        let needs = expectation(word).act().needs();
        let wanted: &[EvidenceKind] = match word.split(':').next().unwrap_or_default() {
            "echo"
            | "uppercase"
            | "reply"
            | "response"
            | "answered"
            | "lines"
            | "connects"
            | "received"
            | "messages"
            | "closes"
            | "distinct_source_ports"
            | "same_server_port"
            | "answers_as_its_role" => &[Clients],
            "listening" | "bound" | "connectionless" | "reachable" => &[ServerSockets],
            "still_running" | "exits" | "within_limits" | "file" | "no_zombies" | "no_leaks" | "threads"
            | "processes" => &[Process],
            "output" => &[Output],
            "calls" => &[Calls],
            "handshake"
            | "data_acknowledged"
            | "orderly_close"
            | "no_reset"
            | "conversations"
            | "only_port"
            | "no_handshake"
            | "datagrams_per_exchange"
            | "retransmissions"
            | "lost"
            | "reliable" => &[Clients, Packets],
            _ => &[Clients, ClientSockets, ServerSockets],
        };
        for kind in KINDS {
            assert_eq!(needs.contains(kind), wanted.contains(&kind), "{word} {kind:?}");
        }
    }
}

#[test]
fn gap_is_found_only_if_its_evidence_is_needed() {
    for word in ALL_EXPECTATIONS {
        let needs = expectation(word).act().needs();
        for kind in KINDS {
            let seen = tcp().without(kind).evidence();
            assert_eq!(seen.first_gap(&needs).is_some(), needs.contains(kind), "{word} {kind:?}");
        }
        assert!(tcp().evidence().first_gap(&needs).is_none(), "{word}");
    }
}

#[test]
fn missing_datagram_fails_although_packets_were_dropped() {
    let dropped = GapReason::PacketsDropped { count: 9 };
    let failure = |builder: EvidenceBuilder, because: &GapReason| {
        let seen = builder.evidence();
        let seen = JudgeContext::new(&seen);
        let found = expectation("datagrams_per_exchange").act().proved_failure(because, &seen)?;
        found.because.cause().cloned()
    };
    let asked = || udp().senders(2).sent(1, "a").sent(2, "b").got(1, "A");
    let missing = Cause::DatagramsMissing { client: ClientId(2), sent: 1, back: 0 };
    assert_eq!(failure(asked(), &dropped), Some(missing));
    assert_eq!(failure(asked().got(2, "B"), &dropped), None, "each has an answer");
    assert_eq!(failure(asked().stray(2, "B"), &dropped), None, "from another address");
    let other = GapReason::PacketsPlain {};
    assert_eq!(failure(asked(), &other), None);
}
