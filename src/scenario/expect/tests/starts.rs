//! From the start of a server to its verdict: `listening`, `bound`, and the findings of all other
//! expectations about a server that is not ready.

use rstest::rstest;

use super::evidence_builder::{
    EvidenceBuilder, PORT, Want, datagram, fail, given_up, listener, local_address, open, own, pass, started, tcp, udp,
    unverified,
};
use crate::model::{
    Cap, EventKind, ExitStatus, HarnessError, Protocol, ServerId, SocketRow, StartFailure, TcpState, Verdict,
};

/// Every expectation in its shortest form.
pub(super) const ALL_EXPECTATIONS: [&str; 46] = [
    "echo",
    "uppercase",
    "reply: x",
    "response: { status: 200 }",
    "answered",
    "lines: { are: [x] }",
    "connects",
    "received: x",
    "messages: packet",
    "all_read: seen",
    "closes",
    "listening",
    "bound",
    "established: seen",
    "accepted: seen",
    "not_accepted: seen",
    "served_at_once: seen",
    "none_in_close_wait: seen",
    "first_to_close: seen",
    "peer_address: seen",
    "connectionless: seen",
    "reachable",
    "answers_as_its_role",
    "distinct_source_ports",
    "same_server_port",
    "still_running",
    "exits",
    "output: x",
    "file: a",
    "within_limits",
    "no_zombies: seen",
    "no_leaks: { from: seen, at: seen }",
    "threads: { at: seen, at_most: 9 }",
    "processes: { at: seen, at_most: 9 }",
    "calls: [socket]",
    "handshake",
    "data_acknowledged",
    "orderly_close",
    "no_reset",
    "conversations: 1",
    "only_port",
    "no_handshake",
    "datagrams_per_exchange",
    "retransmissions",
    "lost",
    "reliable: { format: packet, data: { type: 0 }, ack: { type: 1 } }",
];

#[test]
fn list_of_expectations_is_complete() {
    let words: Vec<&str> = ALL_EXPECTATIONS.iter().map(|word| word.split(':').next().unwrap_or_default()).collect();
    assert_eq!(words, crate::scenario::expect::Expectation::KEYWORDS);
}

fn exited(code: i32) -> EvidenceBuilder {
    given_up(StartFailure::Exited(ExitStatus::Code(code)))
}

/// Returns a server that was stopped for hitting a limit before its socket existed.
fn capped(cap: Cap) -> EvidenceBuilder {
    given_up(StartFailure::Exited(ExitStatus::Signal(9))).event(EventKind::CapHit { server: ServerId(0), cap })
}

fn no_interpreter(interpreter: Option<&str>) -> StartFailure {
    StartFailure::MissingInterpreter { program: "run.sh".to_owned(), interpreter: interpreter.map(str::to_owned) }
}

#[rstest]
#[case::missing(given_up(StartFailure::Missing("python4".to_owned())), fail("program-missing"))]
#[case::not_executable(given_up(StartFailure::NotExecutable("a.py".to_owned())), fail("program-not-executable"))]
#[case::line_endings(given_up(StartFailure::LineEndings("run.sh".to_owned())), fail("line-endings"))]
#[case::marked_script(given_up(StartFailure::ByteOrderMark("a.py".to_owned())), fail("marked-script"))]
#[case::no_tool(given_up(StartFailure::Missing("java".to_owned())), unverified("program-not-here"))]
#[case::no_shell(given_up(no_interpreter(Some("/bin/zsh"))), unverified("tool-missing"))]
#[case::no_interpreter(given_up(no_interpreter(Some("/bin/pyhton"))), fail("interpreter-missing"))]
#[case::no_loader(given_up(no_interpreter(None)), fail("loader-missing"))]
#[case::exited(exited(1), fail("exited-early"))]
#[case::python_2(exited(1).printed("  print 1\nSyntaxError: Missing parentheses in call to 'print'."), fail("exited-by-fault"))]
#[case::python_2_module(exited(1).printed("ModuleNotFoundError: No module named 'thread'"), fail("exited-by-fault"))]
#[case::env(exited(127).printed("env: ‘python3\\r’: No such file or directory\nenv: use -[v]S to pass"), fail("exited-by-fault"))]
#[case::windows(exited(1).printed("ModuleNotFoundError: No module named 'msvcrt'"), unverified("exited-wants-windows"))]
#[case::exited_well(exited(0), fail("came-to-its-end"))]
#[case::killed(given_up(StartFailure::Exited(ExitStatus::Signal(11))), fail("memory-fault"))]
#[case::exited_with_words(exited(1).printed("Traceback\n  x\nSyntaxError: bad\n\n"), fail("exited-early-said"))]
#[case::in_use(exited(1).printed("OSError: [Errno 98] Address already in use\n"), fail("exited-address-in-use"))]
#[case::in_use_in_node(exited(1).printed("Error: listen EADDRINUSE"), fail("exited-address-in-use"))]
#[case::not_here(exited(1).printed("OSError: [Errno 99] Cannot assign requested address"), unverified("exited-address-not-here"))]
#[case::no_terminal(exited(1).printed("OSError: [Errno 25] Inappropriate ioctl for device"), unverified("exited-wants-terminal"))]
#[case::no_module(exited(1).printed("ModuleNotFoundError: No module named 'colorama'"), unverified("exited-wants-module"))]
#[case::no_file_of_its_own(exited(1).printed("Error: Cannot find module './rede'"), fail("exited-early-said"))]
#[case::no_such_name(exited(1).printed("socket.gaierror: [Errno -3] Temporary failure in name resolution"), unverified("exited-wants-network"))]
#[case::impossible_address(exited(1).printed("  s.bind(('192.168.0.300', 1))\ngaierror: Name or service not known"), fail("impossible-address"))]
#[case::possible_address(exited(1).printed("  s.bind(('192.168.0.30', 1))\ngaierror: Name or service not known"), unverified("exited-wants-network"))]
#[case::number_beside_another_error(exited(1).printed("release 1.2.3.400\nSyntaxError: bad"), fail("exited-early-said"))]
#[case::no_way(exited(1).printed("OSError: [Errno 101] Network is unreachable"), unverified("exited-wants-network"))]
#[case::forbidden(exited(1).printed("bind: Permission denied"), fail("exited-permission"))]
#[case::nothing(given_up(StartFailure::Nothing { within_ms: 10_000, silent: false }), fail("nothing-listens"))]
#[case::stopped(capped(Cap::Processes), fail("cap-hit"))]
#[case::quoted(given_up(StartFailure::Nothing { within_ms: 10_000, silent: false }).printed("Porta: "), fail("nothing-listens-said"))]
#[case::asks(given_up(StartFailure::AsksInput).printed("Porta: "), fail("asks-on-stdin-said"))]
#[case::asks_without_a_word(given_up(StartFailure::AsksInput), fail("asks-on-stdin"))]
#[case::bound_only(given_up(StartFailure::BoundNotListening(listener())), fail("bound-not-listening"))]
#[case::bound_only_said(given_up(StartFailure::BoundNotListening(listener())).printed("Bind"), fail("bound-not-listening-said"))]
#[case::other_protocol_said(given_up(StartFailure::OtherProtocol(datagram())).printed("Bind"), fail("other-protocol-said"))]
#[case::other_protocol(given_up(StartFailure::OtherProtocol(datagram())), fail("other-protocol"))]
#[case::port_busy(given_up(StartFailure::PortBusy(listener())), unverified("port-busy"))]
#[case::harness(given_up(StartFailure::Harness(HarnessError::OutOfMemory {})), (Verdict::Error, "harness-trouble"))]
fn missing_server_is_reported_by_every_expectation(#[case] builder: EvidenceBuilder, #[case] want: Want) {
    for word in ALL_EXPECTATIONS.into_iter().filter(|word| *word != "bound") {
        let finding = builder.clone().assert_finding(word, want);
        assert_eq!(finding.because.hint().is_some(), want.0 == Verdict::Fail, "{word}");
        assert!(!finding.shown_by.is_empty(), "{word}");
    }
    // A client that connected nevertheless and received its answer changes nothing.
    let builder = builder.clients(1).sent(1, "x").got(1, "x");
    builder.assert_finding("echo", want);
}

#[test]
fn finding_names_both_protocols() {
    let wanted = |protocol, row| {
        let server = ServerId(0);
        let builder = started(protocol).event(EventKind::NotReady { server, why: StartFailure::OtherProtocol(row) });
        let finding = builder.assert_finding("echo", fail("other-protocol"));
        ["found", "wanted"].map(|name| finding.because.message().args.get(name).cloned())
    };
    assert_eq!(wanted(Protocol::Tcp, datagram()), [Some("UDP".into()), Some("TCP".into())]);
    assert_eq!(wanted(Protocol::Udp, listener()), [Some("TCP".into()), Some("UDP".into())]);
}

#[test]
fn finding_quotes_the_last_output_line() {
    let quoted = |builder: EvidenceBuilder| builder.judged("listening").because.message().args.get("said").cloned();
    assert_eq!(quoted(exited(1).printed("a\n  b \n\n")), Some("b".into()));
    assert_eq!(quoted(exited(1).output("first\n", "last\n", 900)), Some("last".into()));
    assert_eq!(quoted(exited(1).printed(" \n")), None);
}

#[test]
fn finding_contains_the_exit_status() {
    let status = |status: ExitStatus| {
        let finding = given_up(StartFailure::Exited(status)).judged("listening");
        serde_json::to_string(&finding.because.message()).expect("writes")
    };
    assert!(status(ExitStatus::Code(3)).contains(r#""code":3"#));
    assert!(status(ExitStatus::Signal(11)).contains("SIGSEGV"));
    assert!(status(ExitStatus::Signal(64)).contains(r#""signal":"64""#));
}

#[rstest]
#[case::tcp(tcp(), pass("listening"), fail("other-protocol"))]
#[case::udp(udp(), fail("other-protocol"), pass("bound"))]
#[case::never(started(Protocol::Tcp), unverified("never-started"), unverified("never-started"))]
#[case::nothing_at_all(EvidenceBuilder::default(), unverified("never-started"), unverified("never-started"))]
fn ready_socket_decides_the_verdict(#[case] builder: EvidenceBuilder, #[case] listening: Want, #[case] bound: Want) {
    builder.clone().assert_finding("listening", listening);
    builder.assert_finding("bound", bound);
}

#[rstest]
#[case::the_labs("127.0.0.1", &[])]
#[case::all("0.0.0.0", &[])]
#[case::all_of_both("[::]", &[])]
#[case::a_hosts("192.0.2.1", &[])]
#[case::the_names("127.0.1.1", &["note-other-address"])]
#[case::ipv6("[::1]", &["note-other-address"])]
fn unexpected_address_is_noted_but_passes(#[case] ip: &str, #[case] notes: &[&str]) {
    let local = format!("{ip}:{PORT}").parse().expect("an address");
    let row = SocketRow { local, ..listener() };
    let ready = started(Protocol::Tcp).event(EventKind::Ready { server: ServerId(0), row });
    let finding = ready.assert_finding("listening", pass("listening"));
    assert_eq!(finding.notes.iter().map(|note| &*note.id).collect::<Vec<_>>(), notes);
}

#[test]
fn unexpected_port_is_noted_but_passes() {
    let ready = |row: SocketRow| started(row.protocol).event(EventKind::Ready { server: ServerId(0), row });
    let finding =
        ready(SocketRow { local: local_address(8080), ..listener() }).assert_finding("listening", pass("listening"));
    assert_eq!(finding.notes.iter().map(|note| &*note.id).collect::<Vec<_>>(), ["note-other-port"]);
    let finding = ready(SocketRow { local: local_address(8080), ..datagram() }).assert_finding("bound", pass("bound"));
    assert_eq!(finding.notes.len(), 1);
    assert!(tcp().judged("listening").notes.is_empty());
    let anywhere = EvidenceBuilder::default().event(EventKind::Ready { server: ServerId(0), row: listener() });
    assert!(anywhere.judged("listening").notes.is_empty(), "no port was asked for");
}

#[test]
fn other_servers_do_not_affect_the_first() {
    let builder = EvidenceBuilder::default().event(EventKind::Ready { server: ServerId(1), row: listener() });
    builder.assert_finding("listening", unverified("never-started"));
    let builder = tcp().event(EventKind::Exited { server: ServerId(1), status: ExitStatus::Code(1) });
    builder.assert_finding("still_running", pass("still-running"));
}

fn bare(protocol: Protocol, state: TcpState) -> SocketRow {
    own(protocol, local_address(PORT), local_address(0), state, 5)
}

#[rstest]
#[case::still(tcp().snapshot([listener()]), pass("still-listening"))]
#[case::closed(tcp().snapshot([]), fail("no-longer-listening"))]
#[case::only_connections(tcp().clients(1).snapshot(open(1)), fail("no-longer-listening"))]
#[case::bound_again(tcp().snapshot([bare(Protocol::Tcp, TcpState::BoundInactive)]), fail("no-longer-listening"))]
#[case::somebody_elses(tcp().snapshot([SocketRow { owner: crate::model::net::Owner::Other, ..listener() }]), fail("no-longer-listening"))]
#[case::ended(tcp().snapshot([]).exited(ExitStatus::Code(0)), fail("server-ended"))]
#[case::ended_and_a_child_listens(tcp().exited(ExitStatus::Code(0)).snapshot([listener()]), pass("still-listening"))]
#[case::not_taken(tcp(), unverified("snapshot-not-taken"))]
fn listening_at_a_snapshot(#[case] builder: EvidenceBuilder, #[case] want: Want) {
    builder.assert_finding("listening: seen", want);
}

#[rstest]
#[case::still(udp().snapshot([datagram()]), pass("still-bound"))]
#[case::gone(udp().snapshot([]), fail("no-longer-bound"))]
#[case::ended(udp().snapshot([]).exited(ExitStatus::Signal(11)), fail("memory-fault"))]
#[case::tcp_too(udp().snapshot([datagram(), listener()]), fail("tcp-listens-too"))]
#[case::tcp_elsewhere(udp().snapshot([datagram(), SocketRow { local: local_address(9000), ..listener() }]), pass("still-bound"))]
#[case::tcp_instead(udp().snapshot([SocketRow { local: local_address(9000), ..listener() }]), fail("no-longer-bound"))]
#[case::no_port(udp().snapshot([SocketRow { local: local_address(0), ..datagram() }]), fail("no-longer-bound"))]
#[case::not_taken(udp(), unverified("snapshot-not-taken"))]
fn bound_at_a_snapshot(#[case] builder: EvidenceBuilder, #[case] want: Want) {
    builder.assert_finding("bound: seen", want);
}

#[test]
fn listening_reports_the_ready_port() {
    let other = SocketRow { local: local_address(9000), ..listener() };
    let finding = tcp().snapshot([other, listener()]).assert_finding("listening: seen", pass("still-listening"));
    assert_eq!(finding.because.message().args.get("at").cloned(), Some("127.0.0.1:65432".into()));
}

#[test]
fn last_snapshot_of_a_name_counts() {
    tcp().snapshot([]).snapshot([listener()]).assert_finding("listening: seen", pass("still-listening"));
    tcp().snapshot([listener()]).snapshot([]).assert_finding("listening: seen", fail("no-longer-listening"));
}
