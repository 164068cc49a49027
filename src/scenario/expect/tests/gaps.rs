//! What each expectation cannot do without: where that could not be observed, it is not asked at all.

use super::scene::{expectation, tcp};
use super::starts::EVERY;
use crate::model::EvidenceKind;

const KINDS: [EvidenceKind; 5] = [
    EvidenceKind::Clients,
    EvidenceKind::ClientSockets,
    EvidenceKind::ServerSockets,
    EvidenceKind::Process,
    EvidenceKind::Output,
];

#[test]
fn each_expectation_needs_what_it_looks_at() {
    use EvidenceKind::{Calls, ClientSockets, Clients, Output, Packets, Process, ServerSockets};
    for word in EVERY {
        let needs = expectation(word).act().needs();
        let wanted: &[EvidenceKind] = match word.split(':').next().unwrap_or_default() {
            "echo"
            | "uppercase"
            | "reply"
            | "answered"
            | "lines"
            | "distinct_source_ports"
            | "same_server_port"
            | "answers_as_its_role" => &[Clients],
            "listening" | "bound" | "connectionless" | "reachable" => &[ServerSockets],
            "still_running" | "exits" | "within_limits" => &[Process],
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
            | "lost" => &[Clients, Packets],
            _ => &[Clients, ClientSockets, ServerSockets],
        };
        for kind in KINDS {
            assert_eq!(needs.contains(kind), wanted.contains(&kind), "{word} {kind:?}");
        }
    }
}

#[test]
fn a_gap_is_found_where_it_is_needed_and_only_there() {
    for word in EVERY {
        let needs = expectation(word).act().needs();
        for kind in KINDS {
            let seen = tcp().without(kind).evidence();
            assert_eq!(seen.gap_in(&needs).is_some(), needs.contains(kind), "{word} {kind:?}");
        }
        assert!(tcp().evidence().gap_in(&needs).is_none(), "{word}");
    }
}
