//! A server that runs already, elsewhere: what its bytes prove is judged, what only its own machine sees is not verified.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use socklab::model::{Protocol, TcpState, Verdict};
use socklab::sys::open_files::sockets_of;
use socklab::sys::sock_diag::SocketTable;

use crate::program::{Machine, built, live, report, verdicts};

/// A bundled server outside of any stage; ended when the test is over.
struct Elsewhere(Child);

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts it on a port that the kernel chooses, which nobody else can have taken meanwhile, and waits until it is there.
fn serve(name: &str, protocol: Protocol) -> (Elsewhere, u16) {
    let mut command = Command::new(built("socklab"));
    command.args(["serve", name, "--port", "0"]).stdin(Stdio::null()).stdout(Stdio::null());
    let server = Elsewhere(command.spawn().expect("it starts"));
    let pid = server.0.id().try_into().expect("a process");
    let mut table = SocketTable::open().expect("the socket table");
    let began = Instant::now();
    loop {
        let rows = match protocol {
            Protocol::Tcp => table.tcp(&[TcpState::Listen]),
            Protocol::Udp => table.udp(),
        };
        let own = sockets_of(pid).expect("it is open");
        if let Some(row) = rows.expect("rows").iter().find(|row| own.contains(&row.inode)) {
            return (server, row.local.port());
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{name} does not come up");
    }
}

#[test]
fn what_a_target_answers_is_judged_and_the_rest_is_not_verified() {
    if !live() {
        return;
    }
    let (_multi, port) = serve("tcp-multi", Protocol::Tcp);
    let target = format!("tcp-multi=127.0.0.1:{port}");
    let output = Machine::Open
        .socklab(&["run", "--target", &target, "--item", "tcp-multi.*", "--report", "json=-"])
        .output()
        .expect("socklab starts");
    let found = verdicts(&report(&output));
    let expected =
        ["1", "2", "3", "4", "5"].map(|item| (item, if item == "3" { Verdict::Pass } else { Verdict::NotVerified }));
    let expected = expected.map(|(item, verdict)| (format!("tcp-multi.{item}"), verdict));
    assert_eq!(found, expected.into());
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn a_wrong_target_fails_where_its_bytes_show_it() {
    if !live() {
        return;
    }
    // It answers in upper case, where an echo was asked for.
    let (_udp, port) = serve("tcp-multi", Protocol::Tcp);
    let target = format!("tcp-simple=127.0.0.1:{port}");
    let output = Machine::Open
        .socklab(&["run", "--target", &target, "--item", "tcp-simple.3", "--report", "json=-"])
        .output()
        .expect("socklab starts");
    assert_eq!(verdicts(&report(&output)), [("tcp-simple.3".to_owned(), Verdict::Fail)].into());
}

#[test]
fn a_udp_target_is_judged_by_its_answers() {
    if !live() {
        return;
    }
    let (_udp, port) = serve("udp-simple", Protocol::Udp);
    let target = format!("udp-simple=127.0.0.1:{port}");
    let output = Machine::Open
        .socklab(&["run", "--target", &target, "--item", "udp-simple.3", "--allow-unverified", "--report", "json=-"])
        .output()
        .expect("socklab starts");
    assert_eq!(verdicts(&report(&output)), [("udp-simple.3".to_owned(), Verdict::Pass)].into());
    assert_eq!(output.status.code(), Some(0));
}
