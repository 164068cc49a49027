//! Formats on real programs: a sender of datagrams with a header, and a server of JSON lines. Each fault
//! of a header is named, and variants that the format allows pass.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rstest::rstest;
use socklab::model::Verdict;

use crate::program::{Machine, live_tests_enabled, report};

/// Sends two words, each in a datagram with a header, and waits for each answer.
const SENDER: &str = r#"import socket, struct, sys

def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF

def packet(kind, seq, word):
    data = word.encode()
    length = len(data)
    head = struct.pack("!BHHH", kind, seq, length, 0)
    return struct.pack("!BHHH", kind, seq, length, checksum(head + data)) + data

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.connect((sys.argv[1], int(sys.argv[2])))
    for seq, word in enumerate(["olá", "mundo"], 1):
        s.send(packet(0, seq, word))
        s.recv(2048)
"#;

const SENDER_SCENARIO: &str = r#"formats:
  packet: { type: u8, seq: u16be, length: u16be, sum: u16be = internet16, data: bytes(length) }
steps:
  - listen: udp
  - run: { program: [python3, PROGRAM, "{host}", "{port}"] }
  - accept
  - receive: { format: packet, capture: { seq: first }, within: 2s }
  - send: { format: packet, fields: { type: 1, seq: "{first}" } }
  - receive: { format: packet, within: 2s }
  - send: { format: packet, fields: { type: 1, seq: 2 } }
  - wait: { for: exit, within: 2s }
items:
  - id: sender
    expect:
      - messages: { format: packet, are: [{ type: 0, seq: "{first}", data: olá }, { type: 0, seq: 2, data: mundo }] }
"#;

/// Adds two numbers of a JSON object.
const SERVER: &str = r#"import json, socket, sys

with socket.create_server(("127.0.0.1", 65433)) as s:
    while True:
        c, _ = s.accept()
        with c, c.makefile("r", encoding="utf-8", newline="\n") as lines:
            for line in lines:
                asked = json.loads(line)
                answer = {"id": asked["id"], "sum": asked["a"] + asked["b"]}
                c.sendall((json.dumps(answer) + "\n").encode())
"#;

const SERVER_SCENARIO: &str = r#"formats:
  question: json
  answer: json
steps:
  - start: { server: [python3, PROGRAM], protocol: tcp, port: 65433 }
  - connect
  - send: { format: question, fields: { id: x1, a: 100, b: 100 } }
  - receive: { format: answer, capture: { sum: total }, within: 2s }
  - send: { format: question, fields: { id: x2, a: "{total}", b: -1 } }
  - receive: { format: answer, within: 2s }
  - close
items:
  - id: server
    expect:
      - messages: { format: answer, are: [{ id: x1, sum: 200 }, { id: x2, sum: 199 }] }
"#;

/// Runs a scenario of a program and returns the verdict of its only expectation, and its message.
fn run(scenario: &str, program: &str) -> (Verdict, String) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    let path = folder.path().join("program.py");
    fs::write(&path, program).expect("a program");
    let file = folder.path().join("case.yaml");
    fs::write(&file, scenario.replace("PROGRAM", &path.display().to_string())).expect("a scenario");
    let output = Machine::Open.socklab(&["run", &file.display().to_string(), "--report", "json=-"]).output();
    let report = report(&output.expect("socklab starts"));
    let findings = &report.submissions[0].items[0].shown().findings;
    assert_eq!(findings.len(), 1, "{findings:?}");
    (findings[0].verdict, findings[0].because.message().id.to_string())
}

/// Checks a program in which a text is replaced by another.
#[track_caller]
fn assert_changed(scenario: &str, program: &str, (from, to): (&str, &str), want: (Verdict, &str)) {
    if !live_tests_enabled() {
        return;
    }
    assert!(program.contains(from), "{from}");
    let (verdict, id) = run(scenario, &program.replace(from, to));
    assert_eq!((verdict, id.as_str()), want, "{to}");
}

#[rstest]
#[case::little_endian("\"!BHHH\"", "\"<BHHH\"", "field-swapped")]
#[case::cut_header("checksum(head + data)) + data", "0)[:4]", "message-cut")]
#[case::length_with_header("length = len(data)", "length = len(data) + 7", "length-with-header")]
#[case::length_of_the_message("seq, length, 0)", "seq, length + 1, 0)", "checksum-other")]
#[case::length_in_characters("length = len(data)", "length = len(word)", "length-in-characters")]
#[case::checksum_not_inverted("return ~total & 0xFFFF", "return total", "checksum-not-inverted")]
#[case::checksum_of_the_data("checksum(head + data)", "checksum(data)", "checksum-other")]
#[case::padded("\"!BHHH\"", "\"=BxHHH\"", "length-other")]
#[case::again("s.recv(2048)\n", "s.recv(2048)\n        s.send(packet(0, seq, word))\n", "message-again-answered")]
#[case::left_out("[\"olá\", \"mundo\"]", "[\"olá\"]", "messages-missing")]
#[case::same_number("packet(0, seq, word)", "packet(0, 1, word)", "field-other-at")]
fn faults_of_a_header_are_named(#[case] from: &str, #[case] to: &str, #[case] cause: &str) {
    assert_changed(SENDER_SCENARIO, SENDER, (from, to), (Verdict::Fail, cause));
}

#[rstest]
#[case::as_it_is("import", "import")]
#[case::written_by_hand(
    "struct.pack(\"!BHHH\", kind, seq, length, 0)",
    "bytes([kind]) + seq.to_bytes(2, 'big') + length.to_bytes(2, 'big') + b'\\0\\0'"
)]
#[case::without_connect(
    "s.send(packet(0, seq, word))",
    "s.sendto(packet(0, seq, word), (sys.argv[1], int(sys.argv[2])))"
)]
fn correct_senders_pass(#[case] from: &str, #[case] to: &str) {
    assert_changed(SENDER_SCENARIO, SENDER, (from, to), (Verdict::Pass, "messages-right"));
}

#[rstest]
#[case::text_for_number("asked[\"a\"] + asked[\"b\"]}", "str(asked[\"a\"] + asked[\"b\"])}", "member-type")]
#[case::python_object("json.dumps(answer)", "str(answer)", "message-no-json")]
#[case::without_line_feed("json.dumps(answer) + \"\\n\"", "json.dumps(answer)", "message-unterminated")]
#[case::other_name("\"sum\"", "\"total\"", "member-missing")]
#[case::signed_byte("asked[\"b\"]}", "asked[\"b\"] - 256}", "field-signed")]
#[case::fixed_id("asked[\"id\"]", "\"x1\"", "field-other")]
fn faults_of_objects_are_named(#[case] from: &str, #[case] to: &str, #[case] cause: &str) {
    assert_changed(SERVER_SCENARIO, SERVER, (from, to), (Verdict::Fail, cause));
}

#[rstest]
#[case::as_it_is("import", "import")]
#[case::other_order_and_more("{\"id\"", "{\"when\": [1.5, None], \"id\"")]
#[case::in_pieces(
    "c.sendall((json.dumps(answer) + \"\\n\").encode())",
    "[c.sendall(bytes([b])) for b in (json.dumps(answer) + \"\\r\\n\").encode()]"
)]
fn correct_objects_pass(#[case] from: &str, #[case] to: &str) {
    assert_changed(SERVER_SCENARIO, SERVER, (from, to), (Verdict::Pass, "messages-right"));
}
