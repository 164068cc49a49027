//! Why a client got no answer, by where the silent server's threads wait and where its data are.

use rstest::rstest;

use super::evidence_builder::{
    EvidenceBuilder, client_end, datagram, fail, listener, open, own, pass, queued, server_end, tcp, udp,
};
use crate::model::net::Owner;
use crate::model::{BlockedThread, ClientId, EventKind, Protocol, ServerId, SocketRow, TcpState, WaitTarget};

const LISTENER: u64 = 9;
const DATAGRAM: u64 = 8;

/// A thread of the first server.
fn thread(call: &str, fd: Option<i32>, inode: Option<u64>) -> BlockedThread {
    let (server, name, limited) = (ServerId(0), "python3".to_owned(), false);
    BlockedThread { server, pid: 12, thread: 12, name, call: call.to_owned(), fd, inode, limited, source: None }
}

fn accept() -> BlockedThread {
    thread("accept", Some(3), Some(LISTENER))
}

/// A thread that waits for more data of a client.
fn recv(client: u32) -> BlockedThread {
    thread("recv", Some(4), Some(100 + u64::from(client)))
}

fn keyboard() -> BlockedThread {
    thread("read", Some(0), None)
}

fn other(call: &str) -> BlockedThread {
    thread(call, None, None)
}

/// The server's end of a client's connection, with bytes that nobody has read.
fn unread(client: u32, bytes: u32) -> SocketRow {
    SocketRow { receive_queue: bytes, ..server_end(client, TcpState::Established) }
}

/// The wait of this client, ended by silence of these threads.
fn silent(
    scene: EvidenceBuilder,
    client: u32,
    threads: impl IntoIterator<Item = BlockedThread>,
    rows: impl IntoIterator<Item = SocketRow>,
) -> EvidenceBuilder {
    let (threads, rows) = (threads.into_iter().collect(), rows.into_iter().collect());
    let waiting = WaitTarget::Answer { got: 0, of: 5 };
    scene.event(EventKind::Silent { threads, rows }).event(EventKind::Late {
        client: ClientId(client),
        waiting,
        within_ms: 5000,
        silent: true,
        busy_unread: None,
    })
}

/// One client that sent a word over TCP, and got nothing until the server was silent.
fn one(threads: impl IntoIterator<Item = BlockedThread>, rows: impl IntoIterator<Item = SocketRow>) -> EvidenceBuilder {
    silent(tcp().clients(1).sent(1, "hello"), 1, threads, [listener()].into_iter().chain(rows))
}

/// Two clients, of which the second got nothing.
fn second(threads: impl IntoIterator<Item = BlockedThread>, row: SocketRow) -> EvidenceBuilder {
    let rows = [listener(), row, client_end(2, TcpState::Established)].into_iter().chain(open(1));
    silent(tcp().clients(2).sent(1, "a").sent(2, "b").got(1, "a"), 2, threads, rows)
}

/// One client that sent a datagram.
fn one_datagram(threads: impl IntoIterator<Item = BlockedThread>, unread: u32) -> EvidenceBuilder {
    let row = SocketRow { receive_queue: unread, ..datagram() };
    silent(udp().senders(1).sent(1, "hello"), 1, threads, [row])
}

fn established() -> [SocketRow; 2] {
    open(1)
}

fn second_listener() -> SocketRow {
    SocketRow { inode: 10, ..listener() }
}

#[rstest]
#[case::waits_for_more(one([recv(1)], established()), "reads-on")]
#[case::waits_for_more_beside_accept(one([accept(), recv(1)], established()), "reads-on")]
#[case::waits_for_more_than_is_there(one([recv(1)], [unread(1, 5), client_end(1, TcpState::Established)]), "no-answer-silent")]
#[case::accepts_again(one([accept()], established()), "awaits-other-client")]
#[case::thread_beside_accept(one([accept(), other("futex")], established()), "read-not-answered")]
#[case::waits_in_select(one([other("select")], established()), "read-not-answered")]
#[case::waits_for_its_keyboard(one([keyboard()], established()), "waits-for-keyboard")]
#[case::keyboard_before_reading(one([keyboard()], [unread(1, 5)]), "waits-for-keyboard")]
#[case::reads_a_pipe(one([thread("read", Some(5), None)], established()), "read-not-answered")]
#[case::reads_another_file_as_standard_input(one([thread("read", Some(0), Some(101))], established()), "reads-on")]
#[case::accepted_and_unread(one([accept()], [unread(1, 5)]), "data-unread-silent")]
#[case::unread_in_select(one([other("select")], [unread(1, 5)]), "connection-not-watched")]
#[case::unread_in_select_beside_a_lock(one([other("select"), other("futex")], [unread(1, 5)]), "data-unread-silent")]
#[case::unread_in_poll(one([other("poll")], [unread(1, 5)]), "connection-not-watched")]
#[case::unread_in_poll_of_one(one([thread("poll", Some(3), Some(LISTENER))], [unread(1, 5)]), "data-unread-silent")]
#[case::unread_although_printed(one([other("futex")], [unread(1, 5)]).printed("hello\n"), "data-unread-silent")]
#[case::printed(one([recv(1)], established()).printed("hello\n"), "printed-silent")]
#[case::not_accepted(one([thread("poll", Some(7), None)], [queued(1, TcpState::Established)]), "left-in-accept-queue")]
#[case::not_accepted_in_select(one([thread("epoll_wait", Some(5), None)], [queued(1, TcpState::Established)]), "listener-not-watched")]
#[case::not_accepted_by_the_other_socket(
    one([accept()], [second_listener(), queued(1, TcpState::Established)]),
    "other-listener"
)]
#[case::connection_is_gone(one([accept()], []), "no-answer-silent")]
#[case::busy_with_the_first(second([recv(1)], queued(2, TcpState::Established)), "busy-with-client")]
#[case::second_in_the_queue(second([other("futex")], queued(2, TcpState::Established)), "left-in-accept-queue")]
#[case::second_shares_a_variable(second([recv(1), recv(1)], unread(2, 5)), "shared-connection")]
#[case::second_is_unread(second([recv(1), accept()], unread(2, 5)), "data-unread-silent")]
#[case::second_is_read(second([recv(1), recv(2)], server_end(2, TcpState::Established)), "reads-on")]
#[case::datagram_read(one_datagram([thread("recv", Some(3), Some(DATAGRAM))], 0), "datagram-read-not-answered")]
#[case::datagram_unread(one_datagram([other("futex")], 300), "datagram-unread")]
#[case::datagram_and_keyboard(one_datagram([keyboard()], 300), "waits-for-keyboard")]
fn silent_server_fails_with_the_place_where_it_waits(#[case] scene: EvidenceBuilder, #[case] id: &'static str) {
    let finding = scene.assert_finding("echo", fail(id));
    assert!(finding.because.hint().is_some() && !finding.shown_by.is_empty(), "{finding:?}");
}

/// Two clients, of which the first was answered and left before the second sent.
fn after_the_first(threads: impl IntoIterator<Item = BlockedThread>, first: Option<SocketRow>) -> EvidenceBuilder {
    let rows = [listener(), server_end(2, TcpState::Established), client_end(2, TcpState::Established)];
    let scene = tcp().clients(2).sent(1, "hello").got(1, "hello").closed(1).sent(2, "world");
    silent(scene, 2, threads, rows.into_iter().chain(first))
}

#[rstest]
#[case::only_the_first(after_the_first([other("epoll_wait")], None), "only-first-client")]
#[case::workers_of_node(after_the_first([other("epoll_wait"), other("futex")], None), "only-first-client")]
#[case::printed(after_the_first([other("epoll_wait")], None).printed("world\n"), "only-first-client")]
#[case::end_of_the_first_unread(
    after_the_first([other("epoll_wait")], Some(SocketRow { receive_queue: 1, ..server_end(1, TcpState::CloseWait) })),
    "read-not-answered"
)]
#[case::lock(
    after_the_first([other("epoll_wait"), BlockedThread { name: ".NET Finalizer".to_owned(), ..other("futex") }], None),
    "read-not-answered"
)]
#[case::waits_for_more(after_the_first([recv(2)], None), "reads-on")]
#[case::first_is_open(second([other("epoll_wait")], server_end(2, TcpState::Established)), "read-not-answered")]
fn server_of_only_the_first_client_is_named(#[case] scene: EvidenceBuilder, #[case] id: &'static str) {
    scene.assert_finding("echo", fail(id));
}

/// A client whose first message was answered, and whose second one is in this row.
fn after_one_message(threads: impl IntoIterator<Item = BlockedThread>, row: SocketRow) -> EvidenceBuilder {
    let scene = tcp().clients(1).sent(1, "hello").got(1, "hello").sent(1, "world");
    silent(scene, 1, threads, [listener(), row, client_end(1, TcpState::Established)])
}

#[rstest]
#[case::accept_in_the_loop(after_one_message([accept()], unread(1, 5)), "accepts-again")]
// Another thread may serve the client, or the server has read the message.
#[case::other_thread(after_one_message([accept(), other("futex")], unread(1, 5)), "only-first-message")]
#[case::read(after_one_message([accept()], server_end(1, TcpState::Established)), "only-first-message")]
#[case::waits_elsewhere(after_one_message([other("futex")], unread(1, 5)), "only-first-message")]
fn accept_after_one_message_is_named(#[case] scene: EvidenceBuilder, #[case] id: &'static str) {
    scene.assert_finding("echo", fail(id));
}

#[test]
fn busy_server_that_leaves_data_unread_is_named() {
    let late = |busy_unread| {
        let waiting = WaitTarget::Answer { got: 0, of: 5 };
        let late = EventKind::Late { client: ClientId(1), waiting, within_ms: 5000, silent: false, busy_unread };
        tcp().clients(1).sent(1, "hello").event(late)
    };
    late(Some(5)).assert_finding("echo", fail("busy-and-unread"));
    late(Some(0)).assert_finding("echo", fail("no-answer-late"));
    late(None).assert_finding("echo", fail("no-answer-late"));
}

#[test]
fn answered_client_passes_whatever_the_server_waits_for() {
    let answered = tcp().clients(1).sent(1, "hello").got(1, "hello");
    silent(answered, 1, [keyboard()], established()).assert_finding("echo", pass("echo-right"));
}

#[test]
fn only_the_proof_of_the_same_wait_counts() {
    // Silence was proved for another wait before; this one lasted to its time limit.
    let threads = vec![keyboard()];
    let rows = established().to_vec();
    let scene = tcp().clients(1).event(EventKind::Silent { threads, rows }).sent(1, "hello").late(1);
    scene.assert_finding("echo", fail("no-answer-late"));
}

#[test]
fn sleeping_thread_may_answer_later() {
    one([other("sleep"), recv(1)], established()).assert_finding("echo", fail("no-answer-late"));
}

#[test]
fn threads_of_other_servers_do_not_count() {
    let elsewhere = BlockedThread { server: ServerId(1), ..keyboard() };
    one([elsewhere.clone(), recv(1)], established()).assert_finding("echo", fail("reads-on"));
    one([elsewhere], established()).assert_finding("echo", fail("no-answer-late"));
}

#[test]
fn socket_of_another_port_is_not_that_of_the_client() {
    let row = own(Protocol::Udp, super::evidence_builder::local_address(5000), datagram().peer, TcpState::Close, 77);
    let row = SocketRow { owner: Owner::Server(ServerId(0), 12), receive_queue: 9, ..row };
    let scene = silent(udp().senders(1).sent(1, "hello"), 1, [other("futex")], [row]);
    scene.assert_finding("echo", fail("no-answer-silent"));
}

#[test]
fn hint_for_unread_data_follows_the_wait() {
    let named = |name: &str| BlockedThread { name: name.to_owned(), ..other("epoll_wait") };
    let hint = |threads: Vec<BlockedThread>| {
        let finding = one(threads, [unread(1, 5)]).assert_finding("echo", fail("data-unread-silent"));
        finding.because.hint().expect("a hint").id.into_owned()
    };
    assert_eq!(hint(vec![accept(), other("futex")]), "hint-serve-accepted");
    assert_eq!(hint(vec![other("select"), other("futex")]), "hint-watch-all");
    assert_eq!(hint(vec![named("node"), other("futex")]), "hint-event-loop");
    assert_eq!(hint(vec![named("eco"), other("futex")]), "hint-read-data", "the runtime of Go");
    assert_eq!(hint(vec![other("futex")]), "hint-read-data");
}
