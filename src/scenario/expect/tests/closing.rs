//! The end of connections: `none_in_close_wait` and `first_to_close`.

use rstest::rstest;

use super::evidence_builder::{
    EvidenceBuilder, Want, client_end, fail, listener, open, pass, queued, server_end, tcp, unverified,
};
use crate::model::{SocketRow, StreamEnd, TcpState};

use TcpState::{CloseWait, Closing, Established, FinWait1, FinWait2, LastAck, TimeWait};

/// Returns one client that closed, and then a snapshot with these rows.
fn after(rows: impl IntoIterator<Item = SocketRow>) -> EvidenceBuilder {
    tcp().clients(1).closed(1).snapshot(rows)
}

/// Returns two clients that closed.
fn both_closed() -> EvidenceBuilder {
    tcp().clients(2).closed(1).closed(2)
}

/// Returns one client whose stream was reset, and then a snapshot with these rows.
fn reset(rows: impl IntoIterator<Item = SocketRow>) -> EvidenceBuilder {
    tcp().clients(1).closed(1).ended(1, StreamEnd::Reset).snapshot(rows)
}

#[rstest]
#[case::gone(after([client_end(1, TimeWait), listener()]), pass("server-closed"))]
#[case::all_gone(after([]), pass("server-closed"))]
#[case::server_in_time_wait(after([server_end(1, TimeWait)]), pass("server-closed"))]
#[case::server_closed_first(after([client_end(1, CloseWait), server_end(1, FinWait2)]), pass("server-closed"))]
#[case::on_its_way(after([client_end(1, FinWait2), server_end(1, LastAck)]), pass("server-closed"))]
#[case::both_at_once(after([client_end(1, Closing), server_end(1, Closing)]), pass("server-closed"))]
#[case::accepted(after([client_end(1, FinWait2), server_end(1, CloseWait)]), fail("left-in-close-wait"))]
#[case::never_accepted(after([client_end(1, FinWait2), queued(1, CloseWait)]), fail("never-accepted"))]
#[case::spins(tcp().clients(1).closed(1).busy_snapshot([server_end(1, CloseWait)]), fail("spins-after-end"))]
#[case::floods(tcp().clients(1).closed(1).overflowed(1, 70 << 20).busy_snapshot([server_end(1, CloseWait)]), fail("never-stops-sending"))]
#[case::busy_with_an_answer(tcp().clients(1).closed(1).got(1, "a").busy_snapshot([server_end(1, CloseWait)]), fail("left-in-close-wait"))]
#[case::busy_and_closed(tcp().clients(1).closed(1).busy_snapshot([client_end(1, TimeWait)]), pass("server-closed"))]
#[case::open(after(open(1)), fail("left-established"))]
#[case::nobody(tcp().snapshot([listener()]), fail("nobody-connected"))]
#[case::not_taken(tcp().clients(1), unverified("snapshot-not-taken"))]
#[case::the_second(both_closed().snapshot([server_end(2, CloseWait)]), fail("left-in-close-wait"))]
#[case::a_strangers(after([server_end(7, CloseWait)]), pass("server-closed"))]
#[case::the_clients_own(after([client_end(1, CloseWait)]), pass("server-closed"))]
fn none_in_close_wait(#[case] builder: EvidenceBuilder, #[case] want: Want) {
    let finding = builder.assert_finding("none_in_close_wait: seen", want);
    let hinted = matches!(
        want.1,
        "left-in-close-wait" | "spins-after-end" | "never-stops-sending" | "never-accepted" | "left-established"
    );
    assert_eq!(finding.because.hint().is_some(), hinted);
}

#[rstest]
#[case::client(after([client_end(1, TimeWait)]), pass("client-closed-first"))]
#[case::server(after([server_end(1, TimeWait)]), pass("server-closed-first"))]
#[case::both(after([client_end(1, TimeWait), server_end(1, TimeWait)]), pass("closed-together"))]
#[case::client_while_the_server_ends(after([client_end(1, TimeWait), server_end(1, LastAck)]), pass("client-closed-first"))]
#[case::client_and_then_reset(reset([client_end(1, TimeWait)]), pass("client-closed-first"))]
#[case::neither(after([listener()]), unverified("no-trace-of-closing"))]
#[case::neither_and_a_regular_end(tcp().clients(1).closed(1).ended(1, StreamEnd::End).snapshot([]), unverified("no-trace-of-closing"))]
#[case::reset(reset([]), fail("closed-by-reset"))]
#[case::half_closed(after([client_end(1, FinWait2), server_end(1, CloseWait)]), fail("not-closed"))]
#[case::server_half_closed(after([client_end(1, CloseWait), server_end(1, FinWait2)]), fail("not-closed"))]
#[case::on_its_way(after([client_end(1, FinWait1)]), fail("not-closed"))]
#[case::open(after(open(1)), fail("not-closed"))]
#[case::last_ack(after([server_end(1, LastAck)]), fail("not-closed"))]
#[case::nobody(tcp().snapshot([listener()]), fail("nobody-connected"))]
#[case::not_taken(tcp().clients(1), unverified("snapshot-not-taken"))]
fn first_to_close(#[case] builder: EvidenceBuilder, #[case] want: Want) {
    builder.assert_finding("first_to_close: seen", want);
}

#[rstest]
#[case::client_right("client", client_end(1, TimeWait), pass("client-closed-first"))]
#[case::client_wrong("client", server_end(1, TimeWait), fail("server-closed-first-wrong"))]
#[case::server_right("server", server_end(1, TimeWait), pass("server-closed-first"))]
#[case::server_wrong("server", client_end(1, TimeWait), fail("client-closed-first-wrong"))]
fn first_to_close_requires_the_named_end(#[case] who: &str, #[case] row: SocketRow, #[case] want: Want) {
    after([row]).assert_finding(&format!("first_to_close: {{ at: seen, who: {who} }}"), want);
}

#[test]
fn simultaneous_close_passes_for_either_end() {
    for who in ["client", "server"] {
        let builder = after([client_end(1, TimeWait), server_end(1, TimeWait)]);
        builder.assert_finding(&format!("first_to_close: {{ at: seen, who: {who} }}"), pass("closed-together"));
    }
}

#[test]
fn first_to_close_requires_all_connections_closed() {
    let two = |second: SocketRow| both_closed().snapshot([client_end(1, TimeWait), second]);
    two(client_end(2, TimeWait)).assert_finding("first_to_close: seen", pass("client-closed-first"));
    two(client_end(2, Established)).assert_finding("first_to_close: seen", fail("not-closed"));
    two(listener()).assert_finding("first_to_close: seen", unverified("no-trace-of-closing"));
    let together = both_closed().snapshot([client_end(1, TimeWait), server_end(1, TimeWait), client_end(2, TimeWait)]);
    together.assert_finding("first_to_close: seen", pass("client-closed-first"));
}

#[test]
fn simultaneous_close_does_not_hide_another_connection() {
    let rows = [client_end(1, TimeWait), client_end(2, TimeWait), server_end(2, TimeWait)];
    both_closed().snapshot(rows).assert_finding("first_to_close: seen", pass("client-closed-first"));
}

#[test]
fn reset_of_another_client_is_ignored() {
    let builder = both_closed().ended(2, StreamEnd::Reset).snapshot([client_end(2, TimeWait)]);
    builder.assert_finding("first_to_close: seen", unverified("no-trace-of-closing"));
}

#[test]
fn unread_data_is_recognised() {
    let left = |queue: u32| {
        let row = SocketRow { receive_queue: queue, ..server_end(1, TcpState::CloseWait) };
        tcp().clients(1).sent(1, "hello").closed(1).snapshot([row])
    };
    left(6).assert_finding("none_in_close_wait: seen", fail("data-unread"));
    // Near misses: all was read, or a part of it.
    left(1).assert_finding("none_in_close_wait: seen", fail("left-in-close-wait"));
    left(3).assert_finding("none_in_close_wait: seen", fail("left-in-close-wait"));
}
