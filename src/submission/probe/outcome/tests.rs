//! Tests of the interpretation of evidence.

use super::*;
use crate::model::event::Moment;
use crate::model::{EventId, Journal, ServerId};

#[test]
fn address_lookup_is_not_a_connection() {
    let socket = |kind| Syscall::Socket { domain: 2, kind, protocol: 0 };
    let address = |ip: [u8; 4]| Some(SocketAddr::from((ip, 65432)));
    let connect = |ip| Syscall::Connect { fd: 5, address: address(ip) };
    let bind = Syscall::Bind { fd: 5, address: address([127, 0, 0, 1]), length: None, family: None };
    let [here, anywhere] = [[127, 0, 0, 1], [0; 4]];
    // Ruby's TCPServer.new(65432), interrupted before it creates its own socket; then a server
    // that binds after looking up localhost.
    assert_eq!(connected_address([socket(2), connect(anywhere)].iter()), None);
    assert_eq!(connected_address([socket(2), connect(here), socket(1), bind].iter()), None);
    // Clients: a TCP one after a lookup, and a UDP one.
    assert_eq!(connected_address([socket(2), connect(here), socket(1), connect(here)].iter()), address(here));
    assert_eq!(connected_address([socket(2), connect(here)].iter()), address(here));
    assert_eq!(connected_address([socket(1), connect(anywhere)].iter()), address(anywhere), "0.0.0.0 is this host");
}

fn row(protocol: Protocol, port: u16, owner: Owner) -> SocketRow {
    let (local, peer) = (SocketAddr::from(([127, 0, 0, 1], port)), SocketAddr::from(([0; 4], 0)));
    let state = if protocol == Protocol::Tcp { TcpState::Listen } else { TcpState::Close };
    SocketRow { protocol, local, peer, state, inode: 1, receive_queue: 0, send_queue: 0, owner }
}

fn evidence(kinds: Vec<EventKind>) -> Evidence {
    let event = |(k, kind): (usize, EventKind)| Event {
        id: EventId(u32::try_from(k).expect("few")),
        at: Moment(k as u64),
        step: 0,
        kind,
    };
    Evidence { journal: Journal(kinds.into_iter().enumerate().map(event).collect()), ..Evidence::default() }
}

const SERVER: ServerId = ServerId(0);

fn called(call: Syscall) -> EventKind {
    EventKind::Called { server: SERVER, pid: 2, call }
}

fn ready(protocol: Protocol) -> EventKind {
    EventKind::Ready { server: SERVER, row: row(protocol, 65432, Owner::Server(SERVER, 2)) }
}

#[test]
fn program_that_exits_without_accept_has_no_socket() {
    let listen = || called(Syscall::Listen { fd: 3, backlog: 5 });
    let exited = |code| EventKind::Exited { server: SERVER, status: ExitStatus::Code(code) };
    let accept = || called(Syscall::Accept { fd: 3 });
    let is_ready = |kinds| matches!(read(&evidence(kinds)), ProbeOutcome::Ready(..));
    assert!(!is_ready(vec![listen(), ready(Protocol::Tcp), exited(1)]));
    assert!(is_ready(vec![listen(), ready(Protocol::Tcp)]));
    assert!(is_ready(vec![listen(), accept(), ready(Protocol::Tcp), exited(1)]), "a client may be the reason");
    assert!(is_ready(vec![listen(), ready(Protocol::Tcp), exited(0), accept()]), "it goes on in the background");
    assert!(is_ready(vec![ready(Protocol::Tcp), exited(1)]), "its calls are not recorded");
    assert!(!is_ready(vec![ready(Protocol::Udp), exited(1)]));
}

#[test]
fn port_is_any_if_the_program_asked_for_none() {
    let bind = |port: u16| {
        let address = Some(SocketAddr::from(([0; 4], port)));
        called(Syscall::Bind { fd: 3, address, length: None, family: Some(2) })
    };
    let is_any = |protocol, ports: &[u16]| {
        let kinds = ports.iter().map(|&port| bind(port)).chain([ready(protocol)]).collect();
        let ProbeOutcome::Ready(_, answered) = read(&evidence(kinds)) else { panic!("it is ready") };
        answered.is_any_port
    };
    assert!(is_any(Protocol::Udp, &[0]));
    assert!(!is_any(Protocol::Udp, &[65432]));
    assert!(!is_any(Protocol::Udp, &[0, 65432]), "the socket is another one");
    assert!(!is_any(Protocol::Udp, &[]) && !is_any(Protocol::Tcp, &[0]));
}

#[test]
fn greeting_is_no_answer() {
    let client = ClientId(1);
    let received = |text: &str| EventKind::Received { client, bytes: Bytes(text.into()) };
    let sent = EventKind::Sent { client, bytes: Bytes(PROBE_TEXTS[0].into()) };
    let seen = evidence(vec![ready(Protocol::Tcp), received("Bem-vindo!\n"), sent, received("OLA MUNDO 1")]);
    let ProbeOutcome::Ready(_, answered) = read(&seen) else { panic!("it is ready") };
    assert_eq!(answered.greeting, b"Bem-vindo!\n");
    assert_eq!((answered.answers, answered.is_exact), (Some(AnswerKind::Uppercase), true));
}

#[test]
fn other_sockets_are_those_of_the_program() {
    let own = Owner::Server(SERVER, 2);
    let bind = |port: u16| {
        called(Syscall::Bind {
            fd: 3,
            address: Some(SocketAddr::from(([127, 0, 0, 1], port))),
            length: None,
            family: Some(2),
        })
    };
    let rows = vec![
        row(Protocol::Tcp, 65432, own),
        row(Protocol::Udp, 65431, own),
        row(Protocol::Udp, 40000, own),
        row(Protocol::Tcp, 22, Owner::Other),
    ];
    let name = "sockets".parse().expect("a name");
    let snapshot = EventKind::Snapshot { name, settled: true, busy: false, rows };
    let seen = evidence(vec![bind(65432), bind(65431), ready(Protocol::Tcp), snapshot]);
    let ProbeOutcome::Ready(_, answered) = read(&seen) else { panic!("it is ready") };
    let ports: Vec<u16> = answered.other_sockets.iter().map(|row| row.local.port()).collect();
    assert_eq!(ports, [65431], "the kernel chose port 40000");
}

#[test]
fn answer_kind_depends_on_content() {
    assert_eq!(kind(HTTP_PROBE_TEXT, b"HTTP/1.1 404 Not Found\r\n"), Some((AnswerKind::Http, true)));
    assert_eq!(kind(HTTP_PROBE_TEXT, HTTP_PROBE_TEXT.as_bytes()), Some((AnswerKind::Echo, true)));
    assert_eq!(kind(PROBE_TEXTS[0], b"HTTP/1.1 400 Bad Request\r\n"), None, "not requested");
    assert_eq!(kind(PROBE_TEXTS[0], b"Eco: Ola Mundo 1"), Some((AnswerKind::Echo, false)));
    assert_eq!(kind(PROBE_TEXTS[0], b"Ola Mundo 1\0\0"), Some((AnswerKind::Echo, false)));
    assert_eq!(kind(PROBE_TEXTS[1], b"TUDO BEM 2\n"), Some((AnswerKind::Uppercase, true)));
    assert_eq!(kind(PROBE_TEXTS[0], b"ok"), None);
}
