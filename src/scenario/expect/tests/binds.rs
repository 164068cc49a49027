//! Sockets whose port the program never named, each with a near miss.

use std::net::SocketAddr;

use rstest::rstest;

use super::evidence_builder::{
    EvidenceBuilder, Want, datagram, fail, given_up, listener, local_address, pass, started, unverified,
};
use crate::model::{EventKind, EvidenceKind, ExitStatus, Protocol, ServerId, SocketRow, StartFailure, Syscall};

/// The port that the kernel chose.
const CHOSEN: u16 = 40_123;

fn called(scene: EvidenceBuilder, calls: &[Syscall]) -> EvidenceBuilder {
    let call = |call: &Syscall| EventKind::Called { server: ServerId(0), pid: 12, call: call.clone() };
    calls.iter().fold(scene, |scene, one| scene.event(call(one)))
}

/// Returns a TCP server that made these calls before it was ready at this port.
fn listens(port: u16, calls: &[Syscall]) -> EvidenceBuilder {
    let row = SocketRow { local: local_address(port), ..listener() };
    let made = called(started(Protocol::Tcp), &[&[socket(1)], calls, &[LISTEN]].concat());
    made.event(EventKind::Ready { server: ServerId(0), row })
}

const LISTEN: Syscall = Syscall::Listen { fd: 3, backlog: 5 };

fn socket(kind: i32) -> Syscall {
    Syscall::Socket { domain: 2, kind, protocol: 0 }
}

fn bind(fd: i32, port: u16) -> Syscall {
    Syscall::Bind { fd, address: Some(SocketAddr::from(([127, 0, 0, 1], port))), length: Some(16), family: Some(2) }
}

fn bind_to(ip: [u8; 4]) -> Syscall {
    Syscall::Bind { fd: 3, address: Some(SocketAddr::from((ip, 65432))), length: Some(16), family: Some(2) }
}

/// Returns a server that exited because its address is that of no interface.
fn exited_after(bind: Syscall) -> EvidenceBuilder {
    let scene = given_up(StartFailure::Exited(ExitStatus::Code(1))).printed("bind: Cannot assign requested address");
    called(scene, &[socket(1), bind])
}

/// A `bind` to an address of 16 bytes with another family than IPv4.
fn family(family: i32) -> Syscall {
    Syscall::Bind { fd: 3, address: None, length: Some(16), family: Some(family) }
}

fn unread(length: i32) -> Syscall {
    Syscall::Bind { fd: 3, address: None, length: Some(length), family: None }
}

#[rstest]
#[case::right(listens(65432, &[bind(3, 65432)]), pass("listening"))]
#[case::other_port(listens(5000, &[bind(3, 5000)]), pass("listening"))]
#[case::by_another_descriptor(listens(5000, &[bind(3, 80), bind(4, 5000)]), pass("listening"))]
#[case::length_of_a_pointer(listens(CHOSEN, &[unread(8)]), fail("bind-length-wrong-port"))]
#[case::failed(listens(CHOSEN, &[bind(3, 80)]), fail("bind-failed-port"))]
#[case::swapped_address(listens(CHOSEN, &[bind_to([1, 0, 0, 127])]), fail("address-bytes-swapped"))]
#[case::swapped_address_and_exit(exited_after(bind_to([1, 0, 0, 127])), fail("address-bytes-swapped"))]
#[case::address_of_another_host(exited_after(bind_to([192, 168, 0, 127])), unverified("exited-address-not-here"))]
#[case::family_of_ipv6(listens(CHOSEN, &[family(10)]), fail("bind-failed-port"))]
#[case::no_family(listens(CHOSEN, &[family(0)]), pass("listening"))]
#[case::never_bound(listens(CHOSEN, &[]), fail("bind-never-called-port"))]
#[case::port_zero(listens(CHOSEN, &[bind(3, 0)]), fail("bound-to-port-zero-port"))]
// What could not be read proves nothing.
#[case::unreadable(listens(CHOSEN, &[unread(16)]), pass("listening"))]
#[case::untraced(listens(CHOSEN, &[]).without(EvidenceKind::Calls), pass("listening"))]
fn port_must_be_named(#[case] scene: EvidenceBuilder, #[case] want: Want) {
    scene.assert_finding("listening", want);
}

#[test]
fn unobserved_creation_proves_nothing() {
    let row = SocketRow { local: local_address(CHOSEN), ..listener() };
    let scene = started(Protocol::Tcp).event(EventKind::Ready { server: ServerId(0), row });
    scene.assert_finding("listening", pass("listening"));
}

#[test]
fn swapped_port_is_noted() {
    let note = |port: u16| {
        let finding = listens(port, &[bind(3, port)]).assert_finding("listening", pass("listening"));
        finding.notes[0].id.clone().into_owned()
    };
    assert_eq!((note(65432_u16.swap_bytes()), note(5000)), ("note-swapped-port".into(), "note-other-port".into()));
}

fn datagrams(port: u16, calls: &[Syscall]) -> EvidenceBuilder {
    let row = SocketRow { local: local_address(port), ..datagram() };
    called(started(Protocol::Udp), calls).event(EventKind::Ready { server: ServerId(0), row })
}

#[rstest]
#[case::right(datagrams(65432, &[socket(2), bind(3, 65432)]), pass("bound"))]
#[case::sent_first(datagrams(CHOSEN, &[socket(2)]), fail("bind-never-called-port"))]
#[case::streams_too(datagrams(CHOSEN, &[socket(2), socket(1)]), pass("bound"))]
fn datagram_socket_must_be_bound(#[case] scene: EvidenceBuilder, #[case] want: Want) {
    scene.assert_finding("bound", want);
}

#[test]
fn accept_without_listen_is_recognised() {
    let exited = |calls: &[Syscall]| {
        let why = StartFailure::Exited(crate::model::ExitStatus::Code(0));
        called(started(Protocol::Tcp), calls).event(EventKind::NotReady { server: ServerId(0), why })
    };
    let accept = Syscall::Accept { fd: 3 };
    exited(&[socket(1), bind(3, 65432), accept.clone()]).assert_finding("listening", fail("listen-never-called"));
    let own = exited(&[socket(1), bind(3, 65432), LISTEN, accept.clone()]);
    own.assert_finding("listening", fail("ended-after-listen"));
    exited(&[socket(1), bind(4, 65432), accept]).assert_finding("listening", fail("came-to-its-end"));
    exited(&[socket(1), bind(3, 65432)]).assert_finding("listening", fail("came-to-its-end"));
}

#[test]
fn unbound_datagram_server_is_recognised() {
    let event = |calls: &[Syscall]| {
        let scene = called(started(Protocol::Udp), calls);
        scene.event(EventKind::NotReady {
            server: ServerId(0),
            why: StartFailure::Nothing { within_ms: 9, silent: false },
        })
    };
    event(&[socket(2)]).assert_finding("bound", fail("bind-never-called"));
    event(&[socket(2), unread(8)]).assert_finding("bound", fail("bind-length-wrong"));
    event(&[]).assert_finding("bound", fail("nothing-listens"));
    event(&[socket(1)]).assert_finding("bound", fail("nothing-listens"));
    event(&[socket(1), bind(3, 65431)]).assert_finding("bound", fail("stream-for-datagrams"));
    event(&[socket(1), bind(3, 65431), socket(2)]).assert_finding("bound", fail("nothing-listens"));
    event(&[socket(1), unread(8)]).assert_finding("bound", fail("nothing-listens"));
    given_up(StartFailure::Nothing { within_ms: 9, silent: false })
        .assert_finding("listening", fail("nothing-listens"));
}

#[test]
fn unix_socket_is_no_port() {
    let unix = Syscall::Bind { fd: 4, address: None, length: Some(20), family: Some(1) };
    let event = |calls: &[Syscall]| {
        let why = StartFailure::Nothing { within_ms: 9, silent: true };
        called(started(Protocol::Tcp), calls).event(EventKind::NotReady { server: ServerId(0), why })
    };
    event(&[unix.clone(), LISTEN]).assert_finding("listening", fail("unix-socket-bound"));
    event(&[unix, bind(3, 65432)]).assert_finding("listening", fail("nothing-listens"));
    event(&[bind(3, 65432)]).assert_finding("listening", fail("nothing-listens"));
}

#[test]
fn connect_in_place_of_bind_is_named() {
    let connect = |port: u16| Syscall::Connect { fd: 3, address: Some(local_address(port)) };
    let event = |calls: &[Syscall], silent| {
        let why = StartFailure::Nothing { within_ms: 9, silent };
        called(started(Protocol::Udp), calls).event(EventKind::NotReady { server: ServerId(0), why })
    };
    event(&[socket(2), connect(65431)], true).assert_finding("bound", fail("connect-for-bind"));
    event(&[socket(2), connect(65431)], false).assert_finding("bound", fail("nothing-listens"));
    // It asks a name server, looks its address up, or has a stream socket besides.
    for calls in [&[socket(2), connect(53)][..], &[socket(2), connect(65431), socket(1)], &[socket(1), connect(65431)]]
    {
        let finding = event(calls, true).judged("bound");
        assert_ne!(finding.because.message().id, "connect-for-bind", "{calls:?}");
    }
    let looked_up = [socket(2), connect(65431), socket(2)];
    assert_ne!(event(&looked_up, true).judged("bound").because.message().id, "connect-for-bind");
}

#[test]
fn missing_parentheses_are_named() {
    let said = "bind: Socket operation on non-socket";
    let given_up = || given_up(StartFailure::Exited(ExitStatus::Code(1))).printed(said);
    let hint = |fd| {
        let finding = called(given_up(), &[socket(1), bind(fd, 65432)]).judged("listening");
        finding.because.hint().expect("a hint").id.into_owned()
    };
    assert_eq!(hint(0), "hint-parentheses");
    assert_eq!(hint(3), "hint-no-socket", "it is another file");
}

#[test]
fn listen_before_bind_is_named() {
    let listen = || Syscall::Listen { fd: 3, backlog: 5 };
    let given_up =
        || given_up(StartFailure::Exited(ExitStatus::Code(1))).printed("OSError: [Errno 22] Invalid argument");
    called(given_up(), &[socket(1), listen(), bind(3, 80)]).assert_finding("listening", fail("listen-before-bind"));
    called(given_up(), &[socket(1), bind(3, 80), listen()]).assert_finding("listening", fail("exited-early-said"));
}
