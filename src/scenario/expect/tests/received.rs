//! `connects`, `received`, `closes`, `all_read`: a program that connects to socklab.

use rstest::rstest;

use super::evidence_builder::{EvidenceBuilder, Want, client_at, fail, local_address, own, pass, unverified};
use crate::model::net::Owner;
use crate::model::{
    BlockedThread, Bytes, Cause, ClientId, EventKind, ExitStatus, Hint, ListenerId, Protocol, ServerId, StartFailure,
    StreamEnd, Syscall, TcpState,
};

/// The port of the listening socket.
const PORT: u16 = 65433;

/// Returns a program that was run, and a listening socket.
fn program() -> EvidenceBuilder {
    let (protocol, local) = (Protocol::Tcp, local_address(PORT));
    let listening = EventKind::Listening { listener: ListenerId(0), protocol, local };
    EvidenceBuilder::default().event(listening).event(EventKind::Started {
        server: ServerId(0),
        role: None,
        command: "python3 client.py".to_owned(),
        pid: 12,
        protocol: None,
        port: None,
        stands_in: None,
    })
}

fn accepted(builder: EvidenceBuilder, client: u32) -> EvidenceBuilder {
    let (protocol, local, peer) = (Protocol::Tcp, local_address(PORT), client_at(client));
    let (client, listener, server) = (ClientId(client), ListenerId(0), ServerId(0));
    builder.event(EventKind::Accepted { client, listener, server, protocol, local, peer })
}

/// Returns a program that connected once.
fn connected() -> EvidenceBuilder {
    accepted(program(), 1)
}

/// Returns a program that did not connect.
fn absent(builder: EvidenceBuilder) -> EvidenceBuilder {
    let (client, listener) = (ClientId(1), ListenerId(0));
    builder.event(EventKind::NotAccepted { client, listener, within_ms: 5000, silent: true })
}

fn call(call: Syscall) -> EventKind {
    EventKind::Called { server: ServerId(0), pid: 12, call }
}

fn connect_to(port: u16) -> EventKind {
    call(Syscall::Connect { fd: 3, address: Some(local_address(port)) })
}

fn socket(kind: i32) -> EventKind {
    call(Syscall::Socket { domain: 2, kind, protocol: 0 })
}

fn failed(builder: EvidenceBuilder, said: &str) -> EvidenceBuilder {
    builder.exited(ExitStatus::Code(1)).printed(said)
}

#[rstest]
#[case::came(connected(), pass("connects"))]
#[case::two_came(accepted(connected(), 2), pass("connects"))]
#[case::second_missing(accepted(absent(program()), 2), fail("never-connects"))]
#[case::waits(absent(program()), fail("never-connects"))]
#[case::elsewhere(absent(program().event(connect_to(9999))), fail("connects-elsewhere"))]
#[case::refused_elsewhere(failed(absent(program().event(connect_to(9999))), "refused"), fail("connects-elsewhere"))]
#[case::looked_up_a_name(absent(program().event(connect_to(53))), fail("never-connects"))]
#[case::other_transport(absent(program().event(socket(2)).event(connect_to(PORT))), fail("connects-by-other"))]
#[case::both_transports(absent(program().event(socket(2)).event(socket(1))), fail("never-connects"))]
#[case::ended(absent(program()).exited(ExitStatus::Code(0)), fail("ended-before-connect"))]
#[case::ended_with_output(absent(program()).exited(ExitStatus::Code(0)).printed("bye"), fail("ended-before-connect-said"))]
#[case::failed(failed(absent(program()), "NameError: name 'x' is not defined"), fail("program-failed-said"))]
#[case::failed_silently(absent(program()).exited(ExitStatus::Signal(11)), fail("program-failed"))]
#[case::missing(program().event(EventKind::NotReady { server: ServerId(0), why: StartFailure::Missing("x".to_owned()) }), fail("program-missing"))]
#[case::nobody_waited(program(), unverified("nothing-was-sent"))]
fn connects_finds_why_a_program_did_not_connect(#[case] builder: EvidenceBuilder, #[case] want: Want) {
    builder.assert_finding("connects", want);
}

fn sent(text: &str) -> EvidenceBuilder {
    connected().got(1, text)
}

#[rstest]
#[case::equal("received: 'ana'", sent("ana"), pass("received-right"))]
#[case::in_parts("received: 'ana'", sent("a").got(1, "na"), pass("received-right"))]
#[case::more("received: 'ana'", sent("ana\n"), fail("sent-other"))]
#[case::nothing("received: 'ana'", connected(), fail("sent-nothing"))]
#[case::unasked("received: ''", sent("ana"), fail("sent-unasked"))]
#[case::silent("received: ''", connected(), pass("received-right"))]
#[case::contains("received: { contains: n }", sent("ana"), pass("received-right"))]
#[case::contains_not("received: { contains: b }", sent("ana"), fail("sent-without"))]
#[case::matches("received: { matches: '^a' }", sent("ana"), pass("received-right"))]
#[case::matches_not("received: { matches: '^n' }", sent("ana"), fail("sent-does-not-match"))]
#[case::failed("received: 'ana'", failed(sent("a"), "KeyError: 1"), fail("program-failed-said"))]
#[case::wrong_before_it_failed("received: 'ana'", failed(sent("bia"), "KeyError: 1"), fail("sent-other"))]
#[case::thread_failed("received: 'ana'", sent("a").printed("Exception in thread \"main\" java.io.IOException: x\n"), fail("uncaught-error"))]
fn received_compares_what_the_program_sent(#[case] word: &str, #[case] builder: EvidenceBuilder, #[case] want: Want) {
    builder.assert_finding(word, want);
}

#[rstest]
#[case::right(sent("ana\noi\n"), pass("received-right"))]
#[case::with_returns(sent("ana\r\noi\r\n"), pass("received-right"))]
#[case::without_endings(sent("anaoi"), fail("sent-without-ending"))]
#[case::first_without_ending(sent("ana"), fail("sent-without-ending"))]
#[case::last_without_ending(sent("ana\noi"), fail("sent-other"))]
#[case::only_first(sent("ana\n"), fail("only-first-lines"))]
#[case::only_first_with_return(sent("ana\r\n"), fail("only-first-lines"))]
#[case::prompt(sent("> ana\n> oi\n"), fail("sent-other"))]
#[case::more(sent("ana\noi\n\n"), fail("sent-other"))]
fn lines_end_with_a_line_feed(#[case] builder: EvidenceBuilder, #[case] want: Want) {
    builder.assert_finding("received: { lines: [ana, oi] }", want);
}

#[test]
fn data_that_came_only_after_the_next_step_is_late() {
    connected().late(1).got(1, "ana").assert_finding("received: ana", fail("sent-late"));
    connected().got(1, "ana").late(1).assert_finding("received: ana", pass("received-right"));
}

/// Returns a program that was found to wait in these calls when nothing came of what was typed.
fn waits_in(calls: &[(&str, i32, Option<u64>)]) -> EvidenceBuilder {
    let thread = |(call, fd, inode): &(&str, i32, Option<u64>)| blocked(call, *fd, *inode);
    let rows = vec![own(Protocol::Tcp, client_at(1), local_address(PORT), TcpState::Established, 7)];
    let silent = EventKind::Silent { threads: calls.iter().map(thread).collect(), rows };
    let bytes = Bytes::from(&b"oi\n"[..]);
    let typed = EventKind::Typed { server: ServerId(0), bytes, unwritten: 0, closed: false };
    connected().got(1, "ana\n").event(typed).event(silent).late(1)
}

#[test]
fn program_that_waits_for_the_server_is_told_from_one_that_waits_for_the_keyboard() {
    let word = "received: { lines: [ana, oi] }";
    let (socket, keyboard) = (("recvfrom", 3, Some(7)), ("read", 0, None));
    waits_in(&[socket]).assert_finding(word, fail("awaits-reply"));
    waits_in(&[keyboard]).assert_finding(word, fail("only-first-lines"));
    waits_in(&[socket, keyboard]).assert_finding(word, fail("only-first-lines"));
    waits_in(&[("poll", 3, Some(7))]).assert_finding(word, fail("only-first-lines"));
    waits_in(&[("recvfrom", 4, Some(8))]).assert_finding(word, fail("only-first-lines"));
}

#[test]
fn connection_is_closed_before_socklab_closes_it() {
    connected().ended(1, StreamEnd::End).closed(1).assert_finding("closes", pass("closes"));
    connected().ended(1, StreamEnd::End).assert_finding("closes", pass("closes"));
    connected().closed(1).ended(1, StreamEnd::End).assert_finding("closes", fail("never-closes"));
    connected().assert_finding("closes", fail("never-closes"));
}

/// Returns a thread of the program that waits in this call.
fn blocked(call: &str, fd: i32, inode: Option<u64>) -> BlockedThread {
    BlockedThread {
        server: ServerId(0),
        pid: 12,
        thread: 12,
        name: "t".to_owned(),
        call: call.to_owned(),
        fd: Some(fd),
        inode,
        limited: false,
        source: None,
    }
}

#[rstest]
#[case::closed(None, Owner::Other, 7, fail("closed-while-reading"))]
#[case::no_close_was_called(Some(7), Owner::Server(ServerId(0), 12), 7, fail("never-closes"))]
#[case::another_process_holds_it(None, Owner::Server(ServerId(0), 13), 7, fail("never-closes"))]
#[case::orphaned(None, Owner::Nobody, 0, fail("never-closes"))]
fn close_while_another_thread_reads_is_named(
    #[case] read: Option<u64>,
    #[case] owner: Owner,
    #[case] inode: u64,
    #[case] want: Want,
) {
    let end = own(Protocol::Tcp, client_at(1), local_address(PORT), TcpState::Established, inode);
    let rows = vec![crate::model::SocketRow { owner, ..end }];
    let threads = vec![blocked("futex", 9, None), blocked("recvfrom", 3, read)];
    connected().event(EventKind::Silent { threads, rows }).late(1).assert_finding("closes", want);
}

#[rstest]
#[case::keyboard_only(vec![blocked("read", 0, None)], 0, fail("still-reads-keyboard"))]
#[case::data_is_unread(vec![blocked("read", 0, None)], 9, fail("has-not-ended"))]
#[case::socket_too(vec![blocked("read", 0, None), blocked("recvfrom", 3, Some(7))], 0, fail("has-not-ended"))]
#[case::lock(vec![blocked("futex", 9, None)], 0, fail("has-not-ended"))]
fn program_that_still_waits_for_its_keyboard_is_named(
    #[case] threads: Vec<BlockedThread>,
    #[case] unread: u32,
    #[case] want: Want,
) {
    let end = own(Protocol::Tcp, client_at(1), local_address(PORT), TcpState::CloseWait, 7);
    // The end of the stream counts as one byte until it is read.
    let silent = |end_unread: u32| EventKind::Silent {
        threads: threads.clone(),
        rows: vec![crate::model::SocketRow { receive_queue: unread + end_unread, ..end.clone() }],
    };
    connected().closed(1).event(silent(1)).assert_finding("exits", want);
    connected().event(silent(1)).closed(1).assert_finding("exits", fail("has-not-ended"));
    for (end_unread, hint) in [(0, Hint::ExitProgram), (1, Hint::ReadWhileTyping)].into_iter().filter(|_| unread == 0) {
        let finding = connected().closed(1).event(silent(end_unread)).judged("exits");
        if let Some(Cause::StillReadsKeyboard { hint: found }) = finding.because.cause() {
            assert_eq!(*found, hint);
        }
    }
}

#[test]
fn connection_is_closed_after_the_end_of_the_input() {
    let end = || EventKind::Typed { server: ServerId(0), bytes: Bytes(Vec::new()), unwritten: 0, closed: true };
    connected().event(end()).ended(1, StreamEnd::End).assert_finding("closes", pass("closes"));
    connected().ended(1, StreamEnd::End).event(end()).assert_finding("closes", fail("closes-early"));
    failed(connected().ended(1, StreamEnd::End).event(end()), "x")
        .assert_finding("closes", fail("program-failed-said"));
}

#[test]
fn unread_data_of_a_connection_is_found_in_the_snapshot() {
    let end = |unread, state| {
        let row = own(Protocol::Tcp, client_at(1), local_address(PORT), state, 7);
        connected().snapshot([crate::model::SocketRow { receive_queue: unread, ..row }])
    };
    end(0, TcpState::Established).assert_finding("all_read: seen", pass("all-read"));
    end(5, TcpState::Established).assert_finding("all_read: seen", fail("left-unread"));
    end(1, TcpState::CloseWait).assert_finding("all_read: seen", pass("all-read"));
    connected().assert_finding("all_read: seen", unverified("snapshot-not-taken"));
    failed(end(5, TcpState::Established), "x").assert_finding("all_read: seen", fail("program-failed-said"));
}

#[test]
fn connection_that_was_closed_before_the_data_came_was_not_read() {
    let word = "all_read: seen";
    let orphan = || own(Protocol::Tcp, client_at(1), local_address(PORT), TcpState::FinWait2, 0);
    let sent = |builder: EvidenceBuilder| builder.sent(1, "+bia\n");
    let ended = |builder: EvidenceBuilder| builder.ended(1, StreamEnd::End);
    ended(sent(connected())).snapshot([]).assert_finding(word, pass("all-read"));
    sent(ended(connected())).snapshot([]).assert_finding(word, fail("closed-unread-connection"));
    sent(ended(connected())).snapshot([orphan()]).assert_finding(word, fail("closed-unread-connection"));
    let reset = sent(connected()).ended(1, StreamEnd::Reset);
    reset.snapshot([]).assert_finding(word, fail("closed-unread-connection"));
    // It has closed its side only, and reads on.
    let half = own(Protocol::Tcp, client_at(1), local_address(PORT), TcpState::FinWait2, 7);
    sent(ended(connected())).snapshot([half]).assert_finding(word, pass("all-read"));
    sent(ended(connected().snapshot([]))).assert_finding(word, pass("all-read"));
}

#[test]
fn accepted_connection_is_no_client() {
    let server = connected().event(EventKind::Sent { client: ClientId(1), bytes: Bytes::from(&b"x"[..]) });
    server.assert_finding("echo", unverified("nothing-was-sent"));
}
