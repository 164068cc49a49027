//! Servers that already run elsewhere: answers are judged, and facts that only the server's machine
//! can observe are not verified.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use socklab::model::{Protocol, TcpState, Verdict};
use socklab::sys::fds::sockets_of;
use socklab::sys::sock_diag::SocketTable;

use crate::program::{Machine, built, live_tests_enabled, report, verdicts};

/// A bundled server outside any sandbox; killed when the test ends.
struct RunningServer(Child);

impl Drop for RunningServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a server on a port chosen by the kernel, which no other program can take, and waits until
/// it is ready.
fn serve(name: &str, protocol: Protocol) -> (RunningServer, u16) {
    let mut command = Command::new(built("socklab"));
    command.args(["serve", name, "--port", "0"]).stdin(Stdio::null()).stdout(Stdio::null());
    let server = RunningServer(command.spawn().expect("it starts"));
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
fn target_is_judged_by_its_answers_only() {
    if !live_tests_enabled() {
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
fn wrong_target_fails_by_its_answers() {
    if !live_tests_enabled() {
        return;
    }
    // The server answers in upper case although the item expects an echo.
    let (_udp, port) = serve("tcp-multi", Protocol::Tcp);
    let target = format!("tcp-simple=127.0.0.1:{port}");
    let output = Machine::Open
        .socklab(&["run", "--target", &target, "--item", "tcp-simple.3", "--report", "json=-"])
        .output()
        .expect("socklab starts");
    assert_eq!(verdicts(&report(&output)), [("tcp-simple.3".to_owned(), Verdict::Fail)].into());
}

#[test]
fn udp_target_is_judged_by_its_answers() {
    if !live_tests_enabled() {
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
