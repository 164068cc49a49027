//! System calls in order, and near misses: other calls in between, other processes, an unobserved
//! accept.

use rstest::rstest;

use super::evidence_builder::{EvidenceBuilder, Want, fail, listener, open, own, pass, tcp, unverified};
use crate::model::{EventKind, Protocol, ServerId, Syscall, TcpState};
use crate::packet::frame::sample::end;

const WORD: &str = "calls: [socket, bind, listen, accept]";

fn called(builder: EvidenceBuilder, pid: i32, call: Syscall) -> EvidenceBuilder {
    builder.event(EventKind::Called { server: ServerId(0), pid, call })
}

/// Returns a server that made these calls, one letter each: socket, datagram socket, netlink
/// socket, option, bind, listen, accept.
fn made(letters: &str) -> EvidenceBuilder {
    let letters = letters.chars().enumerate();
    letters.fold(tcp(), |builder, (k, letter)| {
        let call = match letter {
            's' => Syscall::Socket { domain: 2, kind: 1, protocol: 0 },
            'd' => Syscall::Socket { domain: 2, kind: 2, protocol: 0 },
            'n' => Syscall::Socket { domain: 16, kind: 3, protocol: 0 },
            'o' => Syscall::SetOption { fd: 3, level: 1, name: 2, value: Some(1) },
            'b' => {
                let address = Some(std::net::SocketAddr::from(([127, 0, 0, 1], 65432)));
                Syscall::Bind { fd: 3, address, length: Some(16), family: Some(2) }
            }
            'l' => Syscall::Listen { fd: 3, backlog: 5 },
            'a' => Syscall::Accept { fd: 3 },
            other => panic!("no call is called {other}"),
        };
        // Each call is made by another process: a child may continue after its parent exited.
        called(builder, 12 + i32::try_from(k).expect("small"), call)
    })
}

#[rstest]
#[case::just_so("sbla", pass("calls-right"))]
#[case::others_between("nsosobllaa", pass("calls-right"))]
#[case::tried_again("sbsbla", pass("calls-right"))]
#[case::accept_before_listen("sbala", pass("calls-right"))]
#[case::never_accepts("sbl", fail("calls-missing"))]
#[case::never_binds("sla", fail("calls-missing"))]
#[case::listens_before_it_binds("slba", fail("calls-order"))]
#[case::only_datagrams("db", unverified("calls-unseen"))]
#[case::nothing_seen("", unverified("calls-unseen"))]
fn calls(#[case] letters: &str, #[case] want: Want) {
    made(letters).assert_finding(WORD, want);
}

#[test]
fn unobserved_accept_is_proved_by_the_socket_table() {
    let rows = [vec![listener()], open(1).to_vec()].concat();
    let finding = made("sbl").clients(1).snapshot(rows).assert_finding(WORD, pass("calls-right"));
    assert!(finding.notes.iter().any(|note| note.id == "note-accept-unseen"));
}

#[test]
fn outgoing_connection_is_not_an_accepted_one() {
    let own = own(Protocol::Tcp, end("127.0.0.1:40000"), end("127.0.0.1:65432"), TcpState::Established, 31);
    made("sbl").clients(1).snapshot(vec![listener(), own]).assert_finding(WORD, fail("calls-missing"));
}

#[test]
fn datagram_sockets_count_without_listen() {
    made("db").assert_finding("calls: [socket, bind]", pass("calls-right"));
    made("sb").assert_finding("calls: [socket, bind]", unverified("calls-unseen"));
}

#[rstest]
#[case::before_it_binds("sobla", 0)]
#[case::not_at_all("sbla", 1)]
#[case::too_late("sbola", 1)]
fn missing_reuse_address_is_noted(#[case] letters: &str, #[case] notes: usize) {
    assert_eq!(made(letters).assert_finding(WORD, pass("calls-right")).notes.len(), notes);
}
