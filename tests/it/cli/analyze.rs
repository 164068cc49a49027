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
fn a_summary_is_a_line_for_each_conversation() {
    let done = socklab(&["analyze", "--summary", &capture("several.pcapng")]).assert().success();
    let text = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    let of_tcp: Vec<&str> = text.lines().filter(|line| line.starts_with("TCP ")).collect();
    let count = of_tcp.len();
    assert!(count > 1 && text.contains(&format!("TCP connections: {count},")), "{text}");
    assert!(of_tcp.iter().all(|line| line.contains("complete: SYN, SYN-ACK, ACK; a FIN from each end")), "{text}");
    assert!(!text.contains('│'), "{text}");
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

#[rstest]
#[case::right("echo.pcapng", "tcp-simple.4", &[], 0, "1 passed")]
#[case::another_answer("echo.pcapng", "tcp-multi.4", &[], 1, "carry \"hello\", and not \"HELLO\"")]
#[case::reset("reset.pcapng", "tcp-simple.4", &[], 1, "no data of the server")]
#[case::not_whole("half-open.pcapng", "tcp-simple.4", &[], 3, "is whole in the capture")]
#[case::nothing_there("echo.pcapng", "udp-simple.4", &[], 3, "no UDP conversation")]
#[case::another_port("echo.pcapng", "tcp-simple.4", &["--port", "9"], 3, "on port 9 (another port: --port)")]
#[case::not_of_packets("echo.pcapng", "tcp-simple.1", &[], 3, "a capture alone cannot show this")]
#[case::two_hosts("echo.pcapng", "tcp-simple.5", &[], 3, "a capture alone cannot show this")]
#[case::unknown("echo.pcapng", "tcp-simple.44", &[], 2, "tcp-simple.4")]
fn a_capture_is_judged_against_an_item(
    #[case] name: &str,
    #[case] item: &str,
    #[case] more: &[&str],
    #[case] code: i32,
    #[case] said: &str,
) {
    let path = capture(name);
    let arguments = [&["analyze", &path, "--expect", item], more].concat();
    let done = socklab(&arguments).assert().code(code);
    let output = done.get_output();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(one_line.contains(said), "{text}");
}
