//! `socklab analyze` on the captures of this package: kinds of teardown, port filter, both
//! languages, and files that are not captures.

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
fn conversation_is_described(#[case] name: &str, #[case] expected: &str) {
    socklab(&["analyze", &capture(name)]).assert().success().stdout(predicate::str::contains(expected));
}

#[test]
fn diagram_draws_every_packet() {
    let done = socklab(&["analyze", &capture("echo.pcapng"), "--port", "65432"]).assert().success();
    let text = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    let drawn = text.lines().filter(|line| line.contains("▶│") || line.contains("│◀")).count();
    assert_eq!(drawn, 10, "{text}");
    assert!(text.contains(" SYN-ACK seq=0 ack=1 "), "{text}");
}

#[test]
fn summary_has_one_line_per_conversation() {
    let done = socklab(&["analyze", "--summary", &capture("several.pcapng")]).assert().success();
    let text = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    let of_tcp: Vec<&str> = text.lines().filter(|line| line.starts_with("TCP ")).collect();
    let count = of_tcp.len();
    assert!(count > 1 && text.contains(&format!("TCP connections: {count},")), "{text}");
    assert!(of_tcp.iter().all(|line| line.contains("complete: SYN, SYN-ACK, ACK; a FIN from each end")), "{text}");
    assert!(!text.contains('│'), "{text}");
}

#[test]
fn port_filter_excludes_other_conversations() {
    let none = socklab(&["analyze", &capture("echo.pcapng"), "--port", "1"]).assert().success();
    none.stdout(predicate::str::contains("TCP connections: 0"));
}

#[test]
fn output_is_localized() {
    let done = socklab(&["--lang", "pt-BR", "analyze", &capture("echo.pcapng")]).assert().success();
    done.stdout(predicate::str::contains("um FIN de cada ponta, o do cliente primeiro"));
}

#[rstest]
#[case("no-such-file.pcapng")]
#[case("Cargo.toml")]
#[case("src")]
fn non_capture_file_is_rejected(#[case] name: &str) {
    let path = format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
    socklab(&["analyze", &path]).assert().code(2).stdout("").stderr(predicate::str::contains(name));
}

#[rstest]
#[case::right("echo.pcapng", "tcp-simple.4", &[], 0, "1 passed")]
#[case::another_answer("echo.pcapng", "tcp-multi.4", &[], 1, "carry \"hello\" instead of \"HELLO\"")]
#[case::reset("reset.pcapng", "tcp-simple.4", &[], 1, "no data from the server")]
#[case::not_whole("half-open.pcapng", "tcp-simple.4", &[], 3, "is complete in the capture")]
#[case::nothing_there("echo.pcapng", "udp-simple.4", &[], 3, "no UDP conversation")]
#[case::another_port("echo.pcapng", "tcp-simple.4", &["--port", "9"], 3, "on port 9 (use --port for another port)")]
#[case::not_of_packets("echo.pcapng", "tcp-simple.1", &[], 3, "a capture alone cannot show this")]
#[case::two_hosts("echo.pcapng", "tcp-simple.5", &[], 3, "a capture alone cannot show this")]
#[case::one_machine("echo.pcapng", "remote.4", &[], 3, "both ends are 127.0.0.1, the same machine")]
#[case::a_part("several.pcapng", "tcp-multi.5", &[], 3, "the capture shows: 5 connections, each with its own 4-tuple")]
#[case::snapped("snapped.pcap", "tcp-simple.4", &[], 3, "tcpdump -s 0")]
#[case::all_that_failed("reset.pcapng", "tcp-multi.4", &[], 1, "note also: the server's side ended the connection")]
#[case::unknown("echo.pcapng", "tcp-simple.44", &[], 2, "tcp-simple.4")]
fn capture_is_judged_against_item(
    #[case] name: &str,
    #[case] item: &str,
    #[case] more: &[&str],
    #[case] code: i32,
    #[case] expected: &str,
) {
    let path = capture(name);
    let arguments = [&["analyze", &path, "--expect", item], more].concat();
    let done = socklab(&arguments).assert().code(code);
    let output = done.get_output();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(one_line.contains(expected), "{text}");
    assert!(!one_line.contains("--report") && !one_line.contains("seed"), "neither applies to a capture: {text}");
}

/// Analyzes a file with these bytes in a language. Returns the exit code and all output.
fn output_of(name: &str, bytes: &[u8], language: &str, more: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("a file");
    output_at(&path.to_string_lossy(), language, more)
}

fn output_at(path: &str, language: &str, more: &[&str]) -> (Option<i32>, String) {
    let arguments = [&["--lang", language, "analyze", path], more].concat();
    let output = socklab(&arguments).timeout(std::time::Duration::from_secs(60)).output().expect("socklab starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code(), text)
}

fn bytes_of(name: &str) -> Vec<u8> {
    std::fs::read(capture(name)).expect("a capture")
}

#[rstest]
#[case::text(b"a text that is no capture".to_vec(), "it is neither a pcapng nor a pcap file", "não é um arquivo pcapng nem pcap")]
#[case::gzip(vec![0x1f, 0x8b, 8, 0, 0, 0], "its compressed data is damaged", "os dados compactados estão danificados")]
#[case::zstd(vec![0x28, 0xb5, 0x2f, 0xfd, 9], "its compressed data is damaged", "os dados compactados estão danificados")]
#[case::header(bytes_of("echo-classic.pcap")[..20].to_vec(), "truncated in the block at byte 0", "truncado no bloco que começa no byte 0")]
#[case::malformed([&bytes_of("echo.pcapng")[..], &[6, 0, 0, 0, 8, 0, 0, 0]].concat(), "impossible length", "um comprimento impossível")]
fn read_error_is_localized(#[case] bytes: Vec<u8>, #[case] english: &str, #[case] portuguese: &str) {
    for (language, expected) in [("en", english), ("pt-BR", portuguese)] {
        let (code, text) = output_of("a capture.pcap", &bytes, language, &[]);
        assert!(code == Some(2) && text.contains(expected), "{text}");
    }
}

#[test]
fn special_file_is_rejected_without_waiting() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().to_string_lossy().into_owned();
    let cases =
        [("/dev/zero", "is not a regular file"), (&*folder, "is a directory"), ("/nowhere/at/all", "there is no file")];
    for (path, expected) in cases {
        for more in [&[][..], &["--expect", "tcp-simple.4"]] {
            let (code, text) = output_at(path, "en", more);
            assert!(code == Some(2) && text.contains(expected), "{path}: {text}");
        }
    }
}

#[test]
fn compressed_capture_is_read_like_a_plain_one() {
    let bytes = bytes_of("echo.pcapng");
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut encoder, bytes).expect("memory");
        encoder.finish().expect("memory")
    };
    let (_, plain) = output_of("a.pcapng", &bytes, "en", &[]);
    let shown = |text: &str| text.split_once(": ").map(|(_, rest)| rest.to_owned());
    // Two streams in one file are one, for both formats.
    let (first, second) = bytes.split_at(100);
    let skippable = [0x53, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9];
    let packed = [
        [&skippable[..], &zstd::encode_all(&*bytes, 3).expect("memory")].concat(),
        gzip(&bytes),
        [gzip(first), gzip(second)].concat(),
        zstd::encode_all(&*bytes, 3).expect("memory"),
        [zstd::encode_all(first, 3).expect("memory"), zstd::encode_all(second, 3).expect("memory")].concat(),
    ];
    for packed in &packed {
        let (code, text) = output_of("a.pcapng", packed, "en", &[]);
        assert_eq!((code, shown(&text)), (Some(0), shown(&plain)));
        let (code, _) = output_of("a.pcapng", packed, "en", &["--expect", "tcp-simple.4"]);
        assert_eq!(code, Some(0));
    }
    // A torn compressed file is read up to where it is torn.
    let long = [&bytes[..], &bytes[..]].concat();
    for packed in [gzip(&long), [zstd::encode_all(&*bytes, 3).expect("memory"), vec![0; 9]].concat()] {
        let (code, text) = output_of("a.pcapng", &packed[..packed.len() - 8], "en", &["--summary"]);
        assert!(code == Some(2) && text.contains("compressed data is damaged or ends early"), "{text}");
        assert!(text.contains("a FIN from each end"), "{text}");
    }
}

#[test]
fn standard_input_and_fifo_are_read() {
    let bytes = bytes_of("echo.pcapng");
    for path in ["-", "/dev/stdin"] {
        let done = socklab(&["analyze", path, "--summary"]).write_stdin(bytes.clone()).assert().success();
        done.stdout(predicate::str::contains("a FIN from each end"));
        let done = socklab(&["analyze", path, "--expect", "tcp-simple.4"]).write_stdin(bytes.clone()).assert();
        done.success().stdout(predicate::str::contains("1 passed"));
    }
    socklab(&["analyze", "-"]).write_stdin("").assert().code(2).stderr(predicate::str::contains("neither a pcapng"));
    let folder = tempfile::tempdir().expect("a folder");
    let fifo = folder.path().join("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().expect("mkfifo").success());
    let path = fifo.clone();
    let writer = std::thread::spawn(move || std::fs::write(path, bytes).expect("a reader"));
    let (code, text) = output_at(&fifo.to_string_lossy(), "en", &["--summary"]);
    writer.join().expect("the writer");
    assert!(code == Some(0) && text.contains("a FIN from each end"), "{text}");
}

#[test]
fn first_interrupt_waits_for_the_end_of_the_input() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let mut command = Command::new(env!("CARGO_BIN_EXE_socklab"));
    command.args(["--lang", "en", "analyze", "-", "--summary"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("socklab starts");
    let pid = child.id();
    // The second bit of SigCgt stands for SIGINT (proc_pid_status(5)).
    let is_handled = || {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a process");
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).map(str::trim);
        u64::from_str_radix(mask.unwrap_or_default(), 16).expect("a mask") & 2 != 0
    };
    while !is_handled() {
        assert!(child.try_wait().expect("a child").is_none(), "it waits for its input");
        std::thread::yield_now();
    }
    let sent = Command::new("kill").args(["-INT", &pid.to_string()]).status().expect("kill");
    assert!(sent.success());
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(&bytes_of("echo.pcapng")).expect("it still reads");
    drop(input);
    let output = child.wait_with_output().expect("its output");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("a FIN from each end"), "{text}");
}

#[test]
fn connections_that_are_over_are_printed_in_order() {
    // 3,000 copies of one connection, each of its own client port, and a late RST.
    let frames = |client: u16| {
        let mut all = Vec::new();
        let mut packet = |from: u16, to: u16, sequence: u32, acknowledgement: u32, flags: u8| {
            let mut tcp = [from.to_be_bytes(), to.to_be_bytes()].concat();
            tcp.extend([sequence.to_be_bytes(), acknowledgement.to_be_bytes()].concat());
            tcp.extend([0x50, flags, 2, 0, 0, 0, 0, 0]);
            let ip = [&[0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 1][..], &tcp].concat();
            for word in [0, 0, 40, 40_u32] {
                all.extend(word.to_le_bytes());
            }
            all.extend(ip);
        };
        packet(client, 65_432, 0, 0, 2);
        packet(65_432, client, 0, 1, 18);
        packet(client, 65_432, 1, 1, 17);
        packet(65_432, client, 1, 2, 17);
        packet(client, 65_432, 2, 2, 16);
        packet(65_432, client, 2, 2, 4);
        let late = all.split_off(all.len() - 56);
        (all, late)
    };
    let mut bytes: Vec<u8> =
        [0xa1b2_c3d4_u32, 2 | 4 << 16, 0, 0, 65_535, 101].iter().flat_map(|word| word.to_le_bytes()).collect();
    (0..3_000).for_each(|number| bytes.extend(frames(10_000 + number).0));
    bytes.extend(frames(10_005).1);
    let (code, text) = output_of("a.pcap", &bytes, "en", &["--summary"]);
    assert!(code == Some(0) && text.contains("packets: 15001, TCP connections: 3000,"), "{text}");
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("TCP ")).collect();
    for (number, line) in lines.iter().enumerate() {
        let packets = if number == 5 { "3/0 → 3/0 ←" } else { "3/0 → 2/0 ←" };
        let start = format!("TCP {number}  10.0.0.1:{} → 10.0.0.1:65432  {packets}  complete", 10_000 + number);
        assert!(line.starts_with(&start), "{line}");
    }
    let (_, text) = output_of("a.pcap", &bytes, "en", &["--summary", "--port", "10007"]);
    assert!(text.contains("TCP connections: 1,") && text.contains("TCP 7  "), "{text}");
}

#[test]
fn damaged_capture_is_read_up_to_the_damage() {
    let whole = bytes_of("echo-classic.pcap");
    let garbage = [&whole[..], &[0xa5; 50]].concat();
    let (code, text) = output_of("a.pcap", &garbage, "en", &["--summary"]);
    assert!(code == Some(2) && text.contains("the capture is damaged: the block at byte"), "{text}");
    assert!(text.contains("a FIN from each end"), "{text}");
    let (code, text) = output_of("a.pcap", &garbage, "pt-BR", &["--expect", "tcp-simple.4"]);
    assert!(code == Some(0) && text.contains("a captura está danificada"), "{text}");
    let (code, text) = output_of("a.pcap", &[&whole[..24], &[0xa5; 50]].concat(), "en", &["--summary"]);
    assert!(code == Some(2) && text.contains("is not a readable capture"), "{text}");
}

#[test]
fn packets_that_the_file_counts_as_dropped_are_reported() {
    // An Interface Statistics Block with isb_ifdrop = 2.
    let block: Vec<u8> =
        [5_u32, 40, 0, 0, 0, 8 << 16 | 5, 2, 0, 0, 40].iter().flat_map(|word| word.to_le_bytes()).collect();
    let bytes = [bytes_of("echo.pcapng"), block].concat();
    for (language, expected) in
        [("en", "by its own count in the file: 2"), ("pt-BR", "pela contagem dele no arquivo: 2")]
    {
        for more in [&["--summary"][..], &[], &["--expect", "tcp-simple.4"]] {
            let (code, text) = output_of("a.pcapng", &bytes, language, more);
            assert!(code == Some(0) && text.contains(expected), "{text}");
        }
    }
}

#[test]
fn uncaptured_bytes_are_reported() {
    let whole = bytes_of("echo-classic.pcap");
    // Remove the records whose packets carry data, one after another.
    let mut at = 24;
    let mut removed = 0;
    while at < whole.len() {
        let length = u32::from_le_bytes([whole[at + 8], whole[at + 9], whole[at + 10], whole[at + 11]]) as usize;
        let record = at..at + 16 + length;
        if length > 70 && at > 24 + 3 * 90 {
            removed += 1;
            let bytes = [&whole[..record.start], &whole[record.end..]].concat();
            for (language, expected) in [("en", "sent but not captured: "), ("pt-BR", "mas não capturados: ")] {
                for more in [&["--summary"][..], &[]] {
                    let (_, text) = output_of("a.pcap", &bytes, language, more);
                    assert!(text.contains(expected), "{text}");
                }
            }
            let (code, text) = output_of("a.pcap", &bytes, "en", &["--expect", "tcp-simple.4"]);
            assert!(code == Some(3) && text.contains("it has a gap"), "{text}");
        }
        at = record.end;
    }
    assert!(removed > 0);
}

#[test]
fn truncated_capture_is_read_as_far_as_possible() {
    let bytes = bytes_of("echo.pcapng");
    let (code, text) = output_of("cut.pcapng", &bytes[..bytes.len() - 10], "en", &["--summary"]);
    assert!(code == Some(0) && text.contains("the capture is truncated in the block"), "{text}");
    assert!(text.contains("a FIN from each end"), "{text}");
    let (code, text) = output_of("cut.pcapng", &bytes[..bytes.len() - 10], "pt-BR", &["--expect", "tcp-simple.4"]);
    assert!(code == Some(0) && text.contains("a captura está truncada no bloco"), "{text}");
    let half = &bytes[..bytes.len() / 2];
    let (code, text) = output_of("cut.pcapng", half, "en", &["--expect", "tcp-simple.4"]);
    assert!(code == Some(3) && text.contains("the capture is truncated in the block"), "{text}");
    let (_, text) = output_of("whole.pcapng", &bytes, "en", &[]);
    assert!(!text.contains("truncated"), "{text}");
}

#[rstest]
#[case(105, "type 105 (IEEE 802.11 (Wi-Fi))")]
#[case(127, "type 127 (IEEE 802.11 (Wi-Fi) + radiotap)")]
#[case(9, "type 9 (PPP)")]
#[case(107, "type 107 (Frame Relay)")]
#[case(147, "type 147; supported are")]
fn unsupported_link_type_is_named(#[case] number: u8, #[case] expected: &str) {
    let mut bytes = bytes_of("echo-classic.pcap");
    assert_eq!(bytes[20..22], [1, 0], "Ethernet, in little-endian order");
    bytes[20] = number;
    for more in [&[][..], &["--expect", "tcp-simple.4"]] {
        let (code, text) = output_of("a.pcap", &bytes, "en", more);
        assert!(text.contains(expected) && !text.contains("neither TCP nor UDP"), "{text}");
        assert_eq!(code, Some(2), "nothing could be read: {text}");
    }
}

#[test]
fn zero_window_is_reported_and_drawn() {
    for (language, expected) in [("en", "zero window: 2"), ("pt-BR", "janela zero (zero window): 2")] {
        for more in [&[][..], &["--summary"]] {
            let (_, text) = output_at(&capture("zero-window.pcap"), language, more);
            assert!(text.contains(expected), "{text}");
            let drawn = text.lines().filter(|line| line.contains("[zero window]") || line.contains("[janela zero]"));
            assert_eq!(drawn.count(), if more.is_empty() { 2 } else { 0 }, "{text}");
        }
    }
    let (_, text) = output_at(&capture("echo.pcapng"), "en", &[]);
    assert!(!text.contains("zero window"), "{text}");
}
