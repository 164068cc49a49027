//! Arbitrary journals, including impossible ones: judging never panics, its messages are in the
//! catalogues, and it is deterministic.

use proptest::collection::vec;
use proptest::prelude::*;

use super::evidence_builder::{assert_messages_known, client_at, expectation, local_address};
use super::starts::ALL_EXPECTATIONS;
use crate::model::net::Owner;
use crate::model::{
    Bytes, Cap, ClientId, Event, EventId, EventKind, Evidence, ExitStatus, HarnessError, Journal, KernelError, Moment,
    Protocol, ServerId, SnapshotName, SocketRow, StartFailure, StreamEnd, TcpState, WaitTarget,
};
use crate::scenario::expect::JudgeContext;

/// Further forms of the expectations, with all optional fields.
pub(super) const MORE_EXPECTATIONS: [&str; 17] = [
    "echo: { then_end: true }",
    "echo: { note: true, clients: [2] }",
    "uppercase: { clients: [1, 3], then_end: true, note: true }",
    "reply: { contains: a }",
    "reply: { matches: '^a' }",
    "answered: { clients: [2] }",
    "lines: { clients: [1, 2], are: [aa, A], except: '^x' }",
    "lines: { interleave: [[a, aA], [AA, ' ']] }",
    "lines: { have: [a, A], matching: 'a' }",
    "listening: seen",
    "bound: seen",
    "established: { at: seen, clients: 2 }",
    "accepted: { at: seen, clients: 0 }",
    "not_accepted: { at: seen, clients: 1 }",
    "first_to_close: { at: seen, who: server }",
    "exits: 1",
    "output: { matches: 'a+' }",
];

fn bytes() -> impl Strategy<Value = Bytes> {
    let some = prop_oneof![
        vec(any::<u8>(), 0..40),
        "[aA \n]{0,6}".prop_map(String::into_bytes),
        "[áß�A]{0,9}".prop_map(String::into_bytes),
        (0usize..2050).prop_map(|n| vec![b'x'; n]),
        Just(vec![]),
    ];
    some.prop_map(Bytes)
}

fn client() -> impl Strategy<Value = ClientId> {
    (0u32..4).prop_map(ClientId)
}

fn server() -> impl Strategy<Value = ServerId> {
    prop_oneof![4 => Just(ServerId(0)), 1 => Just(ServerId(1))]
}

fn protocol() -> impl Strategy<Value = Protocol> {
    prop_oneof![Just(Protocol::Tcp), Just(Protocol::Udp)]
}

fn address() -> impl Strategy<Value = std::net::SocketAddr> {
    prop_oneof![4 => Just(local_address(super::evidence_builder::PORT)), 4 => (1u32..4).prop_map(client_at), 1 => Just(local_address(0)),
        1 => Just("[::1]:9".parse().expect("an address"))]
}

fn row() -> impl Strategy<Value = SocketRow> {
    let owner = prop_oneof![
        Just(Owner::Nobody),
        Just(Owner::Harness),
        server().prop_map(|server| Owner::Server(server, 12)),
        Just(Owner::Other)
    ];
    let state = proptest::sample::select(&TcpState::ALL[..]);
    (protocol(), address(), address(), state, 0u64..2, 0u32..3, 0u32..3, owner).prop_map(
        |(protocol, local, peer, state, inode, receive_queue, send_queue, owner)| SocketRow {
            protocol,
            local,
            peer,
            state,
            inode,
            receive_queue,
            send_queue,
            owner,
        },
    )
}

fn ending() -> impl Strategy<Value = StreamEnd> {
    prop_oneof![
        Just(StreamEnd::End),
        Just(StreamEnd::Reset),
        Just(StreamEnd::Refused),
        Just(StreamEnd::Deadline),
        Just(StreamEnd::Other(KernelError::Errno(113)))
    ]
}

fn status() -> impl Strategy<Value = ExitStatus> {
    prop_oneof![any::<i32>().prop_map(ExitStatus::Code), any::<i32>().prop_map(ExitStatus::Signal)]
}

fn not_ready() -> impl Strategy<Value = StartFailure> {
    prop_oneof![
        Just(StartFailure::Missing("a".to_owned())),
        Just(StartFailure::ByteOrderMark("a".to_owned())),
        Just(StartFailure::NotExecutable("a".to_owned())),
        status().prop_map(StartFailure::Exited),
        row().prop_map(StartFailure::OtherProtocol),
        row().prop_map(StartFailure::BoundNotListening),
        any::<u64>().prop_map(|within_ms| StartFailure::Nothing { within_ms, silent: false }),
        Just(StartFailure::AsksInput),
        row().prop_map(StartFailure::PortBusy),
        Just(StartFailure::Harness(HarnessError::OutOfMemory {})),
    ]
}

fn waiting() -> impl Strategy<Value = WaitTarget> {
    prop_oneof![
        (any::<u64>(), any::<u64>()).prop_map(|(got, of)| WaitTarget::Answer { got, of }),
        Just(WaitTarget::End),
        (any::<u32>(), any::<u32>()).prop_map(|(got, of)| WaitTarget::Responses { got, of }),
        (any::<u64>(), any::<u64>()).prop_map(|(got, of)| WaitTarget::Bytes { got, of }),
        Just(WaitTarget::Until("x".to_owned())),
        Just(WaitTarget::Sending),
    ]
}

/// Generates server events. They are rare, so that client events take effect.
fn of_server() -> impl Strategy<Value = EventKind> {
    prop_oneof![
        3 => (server(), protocol(), any::<u16>()).prop_map(|(server, protocol, port)| EventKind::Started {
            server, role: None, command: "x".to_owned(), pid: 3, protocol: Some(protocol), port: Some(port), stands_in: None }),
        6 => (server(), row()).prop_map(|(server, row)| EventKind::Ready { server, row }),
        1 => (server(), not_ready()).prop_map(|(server, why)| EventKind::NotReady { server, why }),
        2 => (server(), status()).prop_map(|(server, status)| EventKind::Exited { server, status }),
        1 => (server(), any::<i32>()).prop_map(|(server, signal)| EventKind::Signalled { server, signal }),
        2 => (server(), bytes(), bytes(), any::<u64>())
            .prop_map(|(server, head, tail, total)| EventKind::Output { server, head, tail, total }),
        1 => server().prop_map(|server| EventKind::CapHit { server, cap: Cap::Memory }),
        1 => (server(), any::<bool>()).prop_map(|(server, met)| EventKind::Waited { server, met, text: None }),
    ]
}

fn of_client() -> impl Strategy<Value = EventKind> {
    prop_oneof![
        4 => (client(), server(), protocol(), address(), address()).prop_map(
            |(client, server, protocol, local, peer)| EventKind::Connected { client, server, protocol, local, peer }),
        1 => (client(), server(), ending())
            .prop_map(|(client, server, ending)| EventKind::ConnectFailed { client, server, ending }),
        6 => (client(), bytes()).prop_map(|(client, bytes)| EventKind::Sent { client, bytes }),
        6 => (client(), bytes()).prop_map(|(client, bytes)| EventKind::Received { client, bytes }),
        1 => (client(), any::<u32>()).prop_map(|(client, n)| EventKind::Unsent { client, bytes: n.into() }),
        1 => (client(), any::<u32>()).prop_map(|(client, n)| EventKind::Overflowed { client, bytes: n.into() }),
        2 => (client(), address(), bytes()).prop_map(|(client, from, bytes)| EventKind::Stray { client, from, bytes }),
        2 => (client(), ending()).prop_map(|(client, ending)| EventKind::Ended { client, ending }),
        1 => (client(), waiting(), any::<u64>())
            .prop_map(|(client, waiting, within_ms)| EventKind::Late { client, waiting, within_ms, silent: false, busy_unread: None }),
        1 => client().prop_map(|client| EventKind::FinishedSending { client }),
        1 => client().prop_map(|client| EventKind::Closed { client }),
        1 => client().prop_map(|client| EventKind::Aborted { client }),
    ]
}

fn snapshot() -> impl Strategy<Value = EventKind> {
    let name: SnapshotName = "seen".parse().expect("a name");
    (any::<bool>(), any::<bool>(), vec(row(), 0..6)).prop_map(move |(settled, busy, rows)| EventKind::Snapshot {
        name: name.clone(),
        settled,
        busy,
        rows,
    })
}

/// Generates any journal.
pub(super) fn evidence() -> impl Strategy<Value = Evidence> {
    let event = prop_oneof![1 => of_server(), 4 => of_client(), 1 => snapshot()];
    vec(event, 0..24).prop_map(|kinds| {
        let event = |(k, kind): (usize, EventKind)| Event {
            id: EventId(u32::try_from(k).expect("a small number")),
            at: Moment(k as u64),
            step: 0,
            kind,
        };
        let journal = Journal(kinds.into_iter().enumerate().map(event).collect());
        Evidence { journal, ..Evidence::default() }
    })
}

proptest! {
    #[test]
    fn judging_never_panics_and_uses_known_messages(seen in evidence()) {
        for word in ALL_EXPECTATIONS.into_iter().chain(MORE_EXPECTATIONS) {
            let finding = expectation(word).act().judge(&JudgeContext::new(&seen));
            let last = seen.journal.0.len();
            prop_assert!(finding.shown_by.iter().all(|id| (id.0 as usize) < last), "{}: {:?}", word, finding);
            assert_messages_known(&finding);
        }
    }

    #[test]
    fn judging_is_deterministic(seen in evidence()) {
        for word in ALL_EXPECTATIONS {
            let judge = expectation(word);
            prop_assert_eq!(judge.act().judge(&JudgeContext::new(&seen)), judge.act().judge(&JudgeContext::new(&seen)));
        }
    }
}
