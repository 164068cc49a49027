//! `socklab analyze` on captures of this package: what it says of each kind of ending, filtered by port, in both
//! languages, and of files that are no captures.

use predicates::prelude::*;
use rstest::rstest;

use super::socklab;

fn capture(name: &str) -> String {
    format!("{}/tests/data/captures/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[rstest]
#[case("echo.pcapng", "a FIN from each end, the client's first")]
#[case("reset.pcapng", "reset (RST)")]
#[case("refused.pcapng", "refused: the SYN was answered by RST")]
#[case("half-open.pcapng", "handshake")]
#[case("made-simultaneous-close.pcapng", "both at once")]
#[case("made-retransmission.pcapng", "[retransmission]")]
#[case("udp-unreachable.pcapng", "ICMP port unreachable: 2")]
fn a_conversation_is_told(#[case] name: &str, #[case] said: &str) {
    socklab(&["analyze", &capture(name)]).assert().success().stdout(predicate::str::contains(said));
}

#[test]
fn every_packet_of_an_echo_is_drawn() {
    let done = socklab(&["analyze", &capture("echo.pcapng"), "--port", "65432"]).assert().success();
    let text = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    let drawn = text.lines().filter(|line| line.contains("▶│") || line.contains("│◀")).count();
    assert_eq!(drawn, 10, "{text}");
    assert!(text.contains(" SYN-ACK seq=0 ack=1 "), "{text}");
}

#[test]
fn another_port_leaves_nothing_over() {
    let none = socklab(&["analyze", &capture("echo.pcapng"), "--port", "1"]).assert().success();
    none.stdout(predicate::str::contains("TCP connections: 0"));
}

#[test]
fn it_speaks_portuguese() {
    let done = socklab(&["--lang", "pt-BR", "analyze", &capture("echo.pcapng")]).assert().success();
    done.stdout(predicate::str::contains("um FIN de cada ponta, o do cliente primeiro"));
}

#[rstest]
#[case("no-such-file.pcapng")]
#[case("Cargo.toml")]
#[case("src")]
fn what_is_no_capture_is_refused(#[case] name: &str) {
    let path = format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
    socklab(&["analyze", &path]).assert().code(2).stdout("").stderr(predicate::str::contains(name));
}
