//! The socket table while clients are connected: `established`, `accepted`, `not_accepted`,
//! `served_at_once`, `peer_address`, `connectionless`, and the ports of the clients.

use rstest::rstest;

use super::evidence_builder::{
    EvidenceBuilder, PORT, Want, client_at, client_end, datagram, fail, listener, local_address, open, own, pass,
    queued, server_end, tcp, udp, unverified,
};
use crate::model::{ClientId, EventKind, Protocol, ServerId, SocketRow, StreamEnd, Syscall, TcpState};

use TcpState::{CloseWait, Established, FinWait2, SynReceived, TimeWait};

/// Returns a journal with `accepted` accepted clients, and `waiting` more in the accept queue.
fn connected(accepted: u32, waiting: u32) -> EvidenceBuilder {
    let all = accepted + waiting;
    let rows = (1..=all).flat_map(|client| {
        let end = if client <= accepted { server_end(client, Established) } else { queued(client, Established) };
        [client_end(client, Established), end]
    });
    tcp().clients(all).snapshot(rows.chain([listener()]))
}

fn notes(builder: EvidenceBuilder, word: &str) -> Vec<String> {
    builder.judged(word).notes.iter().map(|note| note.id.to_string()).collect()
}

#[rstest]
#[case::one(connected(1, 0), pass("established"))]
#[case::queued_is_established(connected(0, 1), pass("established"))]
#[case::five(connected(2, 3), pass("established"))]
#[case::server_end_missing(tcp().clients(1).snapshot([client_end(1, Established)]), fail("not-established"))]
#[case::client_end_missing(tcp().clients(1).snapshot([server_end(1, Established)]), fail("not-established"))]
#[case::no_rows(tcp().clients(1).snapshot([]), fail("not-established"))]
#[case::handshake_unfinished(tcp().clients(1).snapshot([client_end(1, Established), queued(1, SynReceived)]), fail("not-established"))]
#[case::server_closed(tcp().clients(1).snapshot([client_end(1, CloseWait), server_end(1, FinWait2)]), fail("closed-before-data"))]
#[case::server_closed_after_data(tcp().clients(1).sent(1, "a").snapshot([client_end(1, CloseWait), server_end(1, FinWait2)]), fail("not-established"))]
#[case::one_of_two(tcp().clients(2).snapshot(open(1)), fail("not-established"))]
#[case::half_refused(tcp().clients(1).refused(2).snapshot(open(1)), fail("connection-refused"))]
#[case::all_refused(tcp().refused(1).snapshot([]), fail("connection-refused"))]
#[case::late(tcp().unconnected(1, StreamEnd::Deadline).snapshot([]), fail("connection-late"))]
#[case::not_taken(tcp().clients(1), unverified("snapshot-not-taken"))]
fn established(#[case] builder: EvidenceBuilder, #[case] want: Want) {
    builder.assert_finding("established: seen", want);
}

#[test]
fn shutdown_before_data_is_not_a_close() {
    let shut_down = |how| {
        let call = Syscall::Shutdown { fd: 4, how };
        tcp().clients(1).event(EventKind::Called { server: ServerId(0), pid: 12, call })
    };
    let kept = [client_end(1, CloseWait), server_end(1, FinWait2)];
    // No process has the socket any more: the runtime called shutdown before close.
    let closed = [client_end(1, CloseWait), queued(1, FinWait2)];
    let word = "established: seen";
    shut_down(libc::SHUT_WR).snapshot(kept.clone()).assert_finding(word, fail("shut-down-first"));
    shut_down(libc::SHUT_RD).snapshot(kept.clone()).assert_finding(word, fail("closed-before-data"));
    shut_down(libc::SHUT_WR).snapshot(closed).assert_finding(word, fail("closed-before-data"));
    let later = shut_down(libc::SHUT_WR).sent(1, "a").snapshot(kept);
    later.assert_finding(word, fail("not-established"));
}

#[test]
fn established_requires_at_least_the_client_count() {
    connected(5, 0).assert_finding("established: { at: seen, clients: 5 }", pass("established"));
    connected(4, 0).assert_finding("established: { at: seen, clients: 5 }", fail("too-few-connected"));
    connected(6, 0).assert_finding("established: { at: seen, clients: 5 }", pass("established"));
}

#[test]
fn concurrency_is_reported_as_a_note() {
    assert!(notes(connected(1, 0), "established: seen").is_empty(), "one client shows no concurrency");
    assert_eq!(notes(connected(2, 0), "established: seen"), ["note-served-at-once"]);
    assert_eq!(notes(connected(1, 1), "established: seen"), ["note-one-after-another"]);
    assert_eq!(notes(connected(0, 2), "established: seen"), ["note-one-after-another"]);
}

#[test]
fn full_accept_queue_is_reported() {
    let queue = |waiting| SocketRow { receive_queue: waiting, send_queue: 1, ..listener() };
    for word in ["established: seen", "accepted: seen"] {
        let builder = |waiting| tcp().clients(1).unconnected(2, StreamEnd::Deadline).snapshot([queue(waiting)]);
        builder(2).assert_finding(word, fail("accept-queue-full"));
        builder(1).assert_finding(word, fail("connection-late"));
        // Unread data of a connection is not a full accept queue.
        let unread = SocketRow { receive_queue: 9, send_queue: 0, ..server_end(1, Established) };
        let builder = tcp().clients(1).unconnected(2, StreamEnd::Deadline).snapshot([unread]);
        builder.assert_finding(word, fail("connection-late"));
    }
}

#[rstest]
#[case::all(connected(2, 0), pass("accepted"), fail("accepted-after-all"))]
#[case::none(connected(0, 2), fail("only-queued"), pass("not-accepted"))]
#[case::one_of_two(connected(1, 1), fail("only-queued"), fail("accepted-after-all"))]
#[case::refused(tcp().clients(1).refused(2).snapshot(open(1)), fail("connection-refused"), fail("connection-refused"))]
#[case::not_taken(tcp().clients(1), unverified("snapshot-not-taken"), unverified("snapshot-not-taken"))]
fn accepted(#[case] builder: EvidenceBuilder, #[case] now: Want, #[case] queued: Want) {
    builder.clone().assert_finding("accepted: seen", now);
    builder.assert_finding("not_accepted: seen", queued);
}

#[test]
fn accepted_compares_the_client_count() {
    connected(1, 4).assert_finding("accepted: { at: seen, clients: 1 }", pass("accepted"));
    connected(2, 3).assert_finding("accepted: { at: seen, clients: 1 }", pass("accepted"));
    connected(1, 4).assert_finding("accepted: { at: seen, clients: 2 }", fail("only-queued"));
    connected(1, 4).assert_finding("not_accepted: { at: seen, clients: 4 }", pass("not-accepted"));
    connected(2, 3).assert_finding("not_accepted: { at: seen, clients: 4 }", fail("accepted-after-all"));
    connected(1, 4).assert_finding("not_accepted: { at: seen, clients: 3 }", fail("accepted-after-all"));
    let finding = connected(1, 4).judged("accepted: seen");
    let number = |name: &str| finding.because.message().args.get(name).cloned();
    assert_eq!(
        (number("accepted"), number("waiting"), number("wanted")),
        (Some(1.into()), Some(4.into()), Some(5.into()))
    );
}

#[test]
fn foreign_connection_is_not_counted() {
    // The number of rows is right, but one belongs to an unknown client.
    let stranger = own(Protocol::Tcp, local_address(PORT), local_address(50000), Established, 77);
    let rows = [client_end(1, Established), queued(1, Established), stranger];
    tcp().clients(1).snapshot(rows.clone()).assert_finding("accepted: seen", fail("only-queued"));
    tcp().clients(1).snapshot(rows[2..].to_vec()).assert_finding("established: seen", fail("not-established"));
}

#[test]
fn accepted_connection_is_recognised_by_its_inode() {
    // The owner may be hidden from socklab: it is enough that some process owns the socket.
    let row = SocketRow { owner: crate::model::net::Owner::Nobody, ..server_end(1, Established) };
    let builder = tcp().clients(1).snapshot([client_end(1, Established), row]);
    builder.clone().assert_finding("accepted: seen", pass("accepted"));
    builder.assert_finding("served_at_once: seen", pass("served-at-once"));
}

#[rstest]
#[case::all(connected(3, 0), pass("served-at-once"))]
#[case::one_waits(connected(2, 1), fail("served-one-after-another"))]
#[case::not_taken(tcp().clients(2), unverified("snapshot-not-taken"))]
fn served_at_once(#[case] builder: EvidenceBuilder, #[case] want: Want) {
    builder.assert_finding("served_at_once: seen", want);
}

#[rstest]
#[case::seen(connected(2, 0), pass("peer-seen"))]
#[case::other_port(tcp().clients(1).snapshot([own(Protocol::Tcp, local_address(PORT), local_address(50000), Established, 7)]), fail("peer-not-seen"))]
#[case::other_protocol(tcp().clients(1).snapshot([own(Protocol::Udp, local_address(PORT), client_at(1), Established, 7)]), fail("peer-not-seen"))]
#[case::only_the_clients_end(tcp().clients(1).snapshot([client_end(1, Established)]), fail("peer-not-seen"))]
#[case::one_of_two(tcp().clients(2).snapshot(open(1)), fail("peer-not-seen"))]
#[case::nobody(tcp().snapshot([listener()]), fail("nobody-connected"))]
#[case::not_taken(tcp().clients(1), unverified("snapshot-not-taken"))]
fn peer_address(#[case] builder: EvidenceBuilder, #[case] want: Want) {
    builder.assert_finding("peer_address: seen", want);
}

#[test]
fn peer_address_is_reported() {
    let finding = connected(1, 0).judged("peer_address: seen");
    assert_eq!(finding.because.message().args.get("address").cloned(), Some("127.0.0.1".into()));
}

#[test]
fn connectionless() {
    let tied = own(Protocol::Udp, local_address(PORT), client_at(1), Established, 8);
    udp().snapshot([datagram()]).assert_finding("connectionless: seen", pass("connectionless"));
    udp().snapshot([datagram(), tied.clone()]).assert_finding("connectionless: seen", fail("udp-connected"));
    // The clients' sockets are connected, which is not a fault.
    let own_socket = SocketRow { owner: crate::model::net::Owner::Harness, ..tied };
    udp().snapshot([datagram(), own_socket]).assert_finding("connectionless: seen", pass("connectionless"));
    let stream = server_end(1, Established);
    udp().snapshot([datagram(), stream]).assert_finding("connectionless: seen", pass("connectionless"));
    udp().assert_finding("connectionless: seen", unverified("snapshot-not-taken"));
}

/// Adds a client that connected from port `from` to port `to`.
fn from_to(builder: EvidenceBuilder, client: u32, from: u16, to: u16) -> EvidenceBuilder {
    let (client, server, protocol) = (ClientId(client), ServerId(0), Protocol::Tcp);
    builder.event(EventKind::Connected {
        client,
        server,
        protocol,
        local: local_address(from),
        peer: local_address(to),
    })
}

#[rstest]
#[case::one(tcp().clients(1), pass("ports-distinct"))]
#[case::five(tcp().clients(5), pass("ports-distinct"))]
#[case::shared(from_to(from_to(tcp(), 1, 40001, PORT), 2, 40001, PORT), fail("ports-shared"))]
#[case::refused(tcp().clients(1).refused(2), fail("connection-refused"))]
#[case::nobody(tcp(), fail("nobody-connected"))]
fn distinct_source_ports(#[case] builder: EvidenceBuilder, #[case] want: Want) {
    builder.assert_finding("distinct_source_ports", want);
}

#[rstest]
#[case::one(tcp().clients(1), pass("one-server-port"))]
#[case::five(tcp().clients(5), pass("one-server-port"))]
#[case::two(from_to(tcp().clients(1), 2, 40002, 9000), fail("several-server-ports"))]
#[case::nobody(tcp(), fail("nobody-connected"))]
fn same_server_port(#[case] builder: EvidenceBuilder, #[case] want: Want) {
    builder.assert_finding("same_server_port", want);
}

#[test]
fn established_requires_the_state_at_both_ends() {
    for state in TcpState::ALL.into_iter().filter(|state| *state != Established) {
        let builder = |ends: [SocketRow; 2]| tcp().clients(1).snapshot(ends);
        let client = builder([client_end(1, state), server_end(1, Established)]);
        let server = builder([client_end(1, Established), server_end(1, state)]);
        let id = if state == CloseWait { "closed-before-data" } else { "not-established" };
        client.assert_finding("established: seen", fail(id));
        server.assert_finding("established: seen", fail("not-established"));
    }
    assert_eq!(server_end(1, TimeWait).inode, 0);
}
