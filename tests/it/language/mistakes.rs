//! Every diagnostic of the scenario language, with its id and location. In the text of a case, `⟦`
//! marks the location.

use std::collections::BTreeSet;

use rstest::rstest;
use socklab::scenario::diagnostic::{Diagnostic, DiagnosticKind};
use socklab::scenario::lab::Lab;

use super::{read, summaries};

/// Returns the text without its mark, and the line and column of the mark.
fn unmarked(text: &str) -> (String, (u32, u32)) {
    let (before, after) = text.split_once('⟦').unwrap_or_else(|| panic!("no mark in {text}"));
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let place = [line, column].map(|number| u32::try_from(number).expect("a small number"));
    (format!("{before}{after}"), (place[0], place[1]))
}

/// Checks that this is the only diagnostic and that it is at the mark.
#[track_caller]
fn only(id: &str, place: (u32, u32), mistakes: &[Diagnostic], text: &str) {
    assert_eq!(summaries(mistakes), [format!("{}:{} {id}", place.0, place.1)], "\n{text}\n{mistakes:#?}");
}

/// Returns a scenario with this step, after a server and two clients.
fn step(step: &str) -> String {
    format!("steps:\n- start: tcp-simple\n- connect: 2\n- {step}\nitems:\n- id: a\n  expect: [listening]\n")
}

/// Returns a scenario with these declarations of hosts and one step.
fn with_hosts(hosts: &str, step: &str) -> String {
    format!("{hosts}\nsteps: [{step}]\nitems: [{{ id: a, expect: [listening] }}]\n")
}

/// Returns a scenario of two hosts with this link.
fn linked(link: &str) -> String {
    with_hosts(&format!("hosts: [alice, bob]\nlink: {link}"), "start: { server: tcp-simple, on: bob }")
}

/// Returns a scenario that expects a reliable transfer, with this setting, and these values of ACKs.
fn reliable(setting: &str, ack: &str) -> String {
    let setting = if setting.is_empty() { String::new() } else { format!(", {setting}") };
    let item = format!("reliable: {{ format: p, data: {{ type: 0 }}, ack: {{ {ack} }}{setting} }}");
    format!(
        "formats: {{ p: {{ type: u8, seq: u8 }} }}\nsteps: [start: tcp-simple]\nitems: [{{ id: a, expect: [{item}] }}]\n"
    )
}

/// Returns a scenario with these steps.
fn steps(steps: &str) -> String {
    format!("steps: [{steps}]\nitems:\n- id: a\n  expect: [listening]\n")
}

/// Returns a scenario with this expectation.
fn expecting(expectation: &str) -> String {
    format!(
        "steps: [start: tcp-simple, connect: 2, snapshot: open, exchange: hi]\nitems:\n- id: a\n  expect:\n  - {expectation}\n"
    )
}

/// Returns a scenario that starts with these lines.
fn head(lines: &str) -> String {
    format!("{lines}\nsteps: [start: tcp-simple]\nitems: [{{ id: a, expect: [listening] }}]\n")
}

/// Returns a scenario with these items.
fn items(items: &str) -> String {
    format!("steps: [start: tcp-simple]\nitems:\n{items}\n")
}

/// Formats for the scenarios below.
const FORMATS: &str =
    "formats:\n  packet: { seq: u8, data: bytes(rest) }\n  reply: { line: '^OK$' }\n  tag: { id: bytes(4) }\n";

/// Returns a scenario with formats and these steps, after a server and two clients.
fn with_formats(steps: &str) -> String {
    format!("{FORMATS}steps: [start: tcp-simple, connect: 2, {steps}]\nitems: [{{ id: a, expect: [listening] }}]\n")
}

/// Returns a scenario with these steps, after a server and two clients, and a macro with this step.
fn with_macros(steps: &str, step: &str) -> String {
    let steps: String =
        steps.split(", use").map(|step| format!("- {step}\n")).collect::<String>().replace("- :", "- use:");
    format!(
        "macros:\n  join: {{ parameters: [nick], steps: [{step}] }}\nsteps:\n- start: tcp-simple\n- connect: 2\n{steps}items:\n- id: a\n  expect: [listening]\n"
    )
}

#[rstest]
// Structure.
#[case("mistake-unknown-key", step("connect: { ⟦client: 5 }"))]
#[case("mistake-unknown-key", head("⟦titel: x"))]
#[case("mistake-unknown-key", items("- id: a\n  ⟦point: 2\n  expect: [listening]"))]
#[case("mistake-unknown-word", step("⟦snd: x"))]
#[case("mistake-unknown-word", step("⟦shut"))]
#[case("mistake-unknown-word", step("receive: ⟦anser"))]
#[case("mistake-unknown-word", step("stop: { signal: ⟦term }"))]
#[case("mistake-unknown-word", expecting("⟦ecko"))]
#[case("mistake-missing", step("snapshot: ⟦{ once: [closed] }"))]
#[case("mistake-missing", items("- ⟦expect: [listening]"))]
#[case("mistake-duplicate", step("connect: { clients: 1, ⟦clients: 2 }"))]
#[case("mistake-duplicate", head("title: a\n⟦title: b"))]
#[case("mistake-value", step("connect: { clients: ⟦five }"))]
#[case("mistake-value", items("- id: a\n  points: ⟦-1\n  expect: [listening]"))]
#[case("mistake-value", items("- id: ⟦-a b\n  expect: [listening]"))]
#[case("mistake-value", step("receive: { bytes: ⟦1.5 }"))]
#[case("mistake-value", step("receive: { quiet: ⟦50 }"))]
#[case("mistake-value", step("receive: { quiet: ⟦11m }"))]
#[case("mistake-value", step("send: { random: { bytes: ⟦-1 } }"))]
#[case("mistake-value", step("⟦7"))]
#[case("mistake-length", step("start: { server: ⟦[] }"))]
#[case("mistake-one-key-empty", step("⟦{}"))]
#[case("mistake-one-key-more", step("{ send: x, ⟦receive: answer }"))]
#[case("mistake-needs-value", step("⟦snapshot"))]
#[case("mistake-needs-value", expecting("⟦established"))]
#[case("mistake-yaml-tag", step("⟦!thing close"))]
#[case("mistake-key", head("variables: { ⟦[a, b]: c }"))]
#[case("mistake-other", head("variables: { a: ⟦[1] }"))]
// Whole scenarios.
#[case("mistake-no-items", "⟦steps: [start: tcp-simple]\n".to_owned())]
#[case("mistake-no-expectations", items("- id: a\n  ⟦expect: []"))]
#[case("mistake-no-expectations", "⟦server: x\nsteps: [connect]\n".to_owned())]
#[case("mistake-expect-without-server", "steps: [start: tcp-simple]\n⟦expect: [listening]\n".to_owned())]
#[case("mistake-items-and-expect", "server: x\nexpect: [listening]\n⟦items: [{ id: a, expect: [listening] }]\n".to_owned())]
// Items.
#[case("mistake-item-twice", items("- { id: a, expect: [listening] }\n- { ⟦id: a, expect: [listening] }"))]
#[case("mistake-needs-itself", items("- { id: a, ⟦needs: [a], expect: [listening] }"))]
// Names.
#[case("mistake-unknown-role", steps("start: ⟦tcp-simpel"))]
#[case("mistake-unknown-role", steps("start: { server: ⟦quic }"))]
#[case("mistake-no-server", steps("⟦connect, start: tcp-simple"))]
#[case("mistake-no-server", steps("⟦snapshot: a, start: tcp-simple"))]
#[case("mistake-unknown-server", step("connect: { ⟦server: 2 }"))]
#[case("mistake-unknown-server", step("stop: { ⟦server: 0 }"))]
#[case("mistake-unknown-server", step("wait: { for: exit, ⟦server: 9 }"))]
#[case("mistake-link-without-hosts", with_hosts("⟦link: {}", "start: tcp-simple"))]
#[case("mistake-two-hosts", with_hosts("⟦hosts: [a, b, c]", "start: { server: tcp-simple, on: a }"))]
#[case("mistake-same-hosts", with_hosts("⟦hosts: [a, a]", "start: { server: tcp-simple, on: a }"))]
#[case("mistake-which-host", with_hosts("hosts: [a, b]", "⟦start: tcp-simple"))]
#[case("mistake-unknown-host", with_hosts("hosts: [a, b]", "start: { server: tcp-simple, on: ⟦c }"))]
#[case("mistake-needs-hosts", expecting("⟦retransmissions"))]
#[case("mistake-between", linked("{ ⟦mtu: 67 }"))]
#[case("mistake-between", linked("{ ⟦mtu: 1501 }"))]
#[case("mistake-between", linked("{ ⟦rate: 0 }"))]
#[case("mistake-between", linked("{ rate: 5, ⟦queue: 0 }"))]
#[case("mistake-between", linked("{ from: { bob: { ⟦rate: 0 } } }"))]
#[case("mistake-between", linked("{ rules: [{ from: bob, do: drop, ⟦times: 0 }] }"))]
#[case("mistake-queue-without-rate", linked("{ ⟦queue: 5 }"))]
#[case("mistake-queue-without-rate", linked("{ from: { alice: { rate: 1 }, bob: { ⟦queue: 5 } } }"))]
#[case("mistake-rule-delay", linked("{ rules: [{ from: bob, ⟦do: delay }] }"))]
#[case("mistake-rule-delay", linked("{ rules: [{ from: bob, do: drop, ⟦by: 5ms }] }"))]
#[case("mistake-unknown-host", linked("{ from: { ⟦bib: { loss: 5% } } }"))]
#[case("mistake-unknown-host", linked("{ rules: [{ from: ⟦bib, do: drop }] }"))]
#[case("mistake-missing", linked("{ rules: [⟦{ from: bob }] }"))]
#[case("mistake-missing", linked("{ rules: [⟦{ do: drop }] }"))]
#[case("mistake-value", linked("{ rules: [{ from: bob, packet: ⟦7..5, do: drop }] }"))]
#[case("mistake-value", linked("{ rules: [{ from: bob, packet: ⟦0, do: drop }] }"))]
#[case("mistake-value", linked("{ corrupt: ⟦5 }"))]
#[case("mistake-unknown-word", linked("{ checksum: ⟦god }"))]
#[case("mistake-unknown-word", linked("{ rules: [{ from: bob, do: ⟦droop }] }"))]
#[case("mistake-unknown-field", reliable("sequence: ⟦sq", ""))]
#[case("mistake-unknown-field", reliable("", "⟦typ: 1"))]
#[case("mistake-between", reliable("⟦window: 0", ""))]
#[case("mistake-between", reliable("⟦modulus: 1", ""))]
#[case("mistake-between", reliable("⟦overhead: 0.5", ""))]
#[case("mistake-unknown-word", reliable("scheme: ⟦go_back", ""))]
#[case("mistake-rule-format", linked("{ rules: [{ from: bob, do: drop, ⟦format: packet }] }"))]
#[case("mistake-rule-format", linked("{ rules: [{ from: bob, do: drop, ⟦where: { a: 1 } }] }"))]
#[case("mistake-unknown-format", linked("{ rules: [{ from: bob, do: drop, format: ⟦packet, where: { a: 1 } }] }"))]
#[case(
    "mistake-unknown-field",
    linked("{ rules: [{ from: bob, do: drop, format: p, where: { ⟦b: 1 } }] }\nformats: { p: { a: u8 } }")
)]
#[case(
    "mistake-field-range",
    linked("{ rules: [{ from: bob, do: drop, format: p, where: { a: ⟦256 } }] }\nformats: { p: { a: u8 } }")
)]
#[case("mistake-unknown-key", linked("{ ⟦corupt: 5% }"))]
#[case("mistake-unknown-key", linked("{ from: { bob: { ⟦mtu: 500 } } }"))]
#[case("mistake-no-clients", step("connect: { ⟦clients: 0 }"))]
#[case("mistake-no-clients", step("send: { text: x, ⟦clients: [] }"))]
#[case("mistake-too-many-clients", step("connect: { ⟦clients: 999 }"))]
#[case("mistake-too-many-clients", step("connect: { ⟦clients: 4294967295 }"))]
#[case("mistake-nobody-connects", steps("start: tcp-simple, ⟦send: x"))]
#[case("mistake-nobody-connects", steps("start: tcp-simple, ⟦close"))]
#[case("mistake-unknown-client", step("send: { text: x, ⟦clients: [1, 3] }"))]
#[case("mistake-unknown-client", step("close: { ⟦clients: [0] }"))]
#[case("mistake-unknown-client", expecting("echo: { ⟦clients: [3] }"))]
#[case("mistake-more-than-connect", expecting("established: { at: open, ⟦clients: 3 }"))]
#[case("mistake-nothing-sent", "steps: [start: tcp-simple, connect]\nitems: [{ id: a, expect: [⟦echo] }]\n".to_owned())]
#[case("mistake-exit-not-awaited", expecting("⟦exits"))]
#[case("mistake-snapshot-twice", "steps: [start: tcp-simple, snapshot: a, ⟦snapshot: a]\nitems: [{ id: a, expect: [listening] }]\n".to_owned())]
#[case("mistake-unknown-snapshot", expecting("established: { at: ⟦opne }"))]
#[case("mistake-unknown-snapshot", expecting("accepted: ⟦closed"))]
#[case("mistake-unknown-variable", step("send: ⟦\"{nome}\""))]
#[case("mistake-unknown-variable", step("send: { repeat: { text: ⟦\"{x}\", times: 2 } }"))]
#[case("mistake-unknown-variable", step("receive: { until: ⟦\"{end}\" }"))]
#[case("mistake-unknown-variable", expecting("reply: { equals: ⟦\"{who}\" }"))]
#[case("mistake-environment-name", step("run: { program: [./a], env: { ⟦'A=': b } }"))]
#[case("mistake-no-listener", step("⟦accept"))]
#[case("mistake-unknown-listener", steps("start: tcp-simple, connect: 2, listen, accept: { ⟦listener: 2 }"))]
#[case("mistake-no-clients", steps("start: tcp-simple, connect: 2, listen, accept: { ⟦connections: 0 }"))]
#[case("mistake-none-accepted", expecting("⟦connects"))]
#[case("mistake-none-accepted", expecting("⟦received: x"))]
#[case("mistake-accepted-connection", steps("start: tcp-simple, connect: 2, listen, accept, ⟦receive: answer"))]
#[case(
    "mistake-accepted-connection",
    steps("start: tcp-simple, connect: 2, listen, accept, exchange: { text: x, ⟦clients: [3] }")
)]
#[case("mistake-no-stream", "steps: [start: tcp-simple, listen, accept, listen: udp, accept]\nitems: [{ id: a, expect: [⟦closes] }]\n".to_owned())]
#[case("mistake-not-accepted", "steps: [start: tcp-simple, connect, listen, accept]\nitems: [{ id: a, expect: [received: { equals: x, ⟦clients: [1] }] }]\n".to_owned())]
#[case("mistake-unknown-client", "steps: [start: tcp-simple, listen, accept]\nitems: [{ id: a, expect: [connects: { ⟦clients: [2] }] }]\n".to_owned())]
#[case("mistake-unknown-server", step("type: { text: x, ⟦program: 2 }"))]
#[case("mistake-unknown-server", step("wait: { for: exit, ⟦program: 2 }"))]
#[case("mistake-empty-text", step("type: { ⟦text: '' }"))]
#[case("mistake-given-path", step("collect: { ⟦file: ../a }"))]
#[case("mistake-not-collected", expecting("file: { path: ⟦a.txt }"))]
#[case("mistake-one-of", "steps: [start: tcp-simple, collect: a]\nitems: [{ id: a, expect: [file: { path: a, content: { text: x }, ⟦missing: true }] }]\n".to_owned())]
#[case("mistake-one-of", "steps: [start: tcp-simple, listen, accept]\nitems: [{ id: a, expect: [⟦received: {}] }]\n".to_owned())]
#[case("mistake-one-of", step("stop: { program: 1, ⟦server: 1 }"))]
#[case("mistake-regex", expecting("output: { never: '⟦[' }"))]
#[case("mistake-variable-given", head("variables: { ⟦port: 7 }"))]
#[case("mistake-variable-name", head("variables: { ⟦Name: x }"))]
// Values.
#[case("mistake-one-of", step("⟦send: { text: a, hex: '00' }"))]
#[case("mistake-any-of", step("⟦disturb: { seed: 7 }"))]
#[case("mistake-between", step("disturb: { ⟦recv: 0 }"))]
#[case("mistake-one-of", step("⟦send: {}"))]
#[case("mistake-one-of", step("⟦receive: { what: end, bytes: 3 }"))]
#[case("mistake-one-of", step("⟦wait: { within: 1s }"))]
#[case("mistake-one-of", expecting("⟦reply: { equals: a, contains: b }"))]
#[case("mistake-one-of", expecting("⟦output: {}"))]
#[case("mistake-between", head("limits: { ⟦clients: 15001 }"))]
#[case("mistake-between", head("limits: { ⟦clients: 0 }"))]
#[case("mistake-between", step("send: { text: a, ⟦fragments: 0 }"))]
#[case("mistake-between", step("exchange: { text: a, ⟦times: 100001 }"))]
#[case("mistake-empty-text", step("receive: { ⟦until: '' }"))]
#[case("mistake-close-quiet", step("receive: { quiet: 1s, ⟦close: true }"))]
#[case("mistake-between", step("request: { ⟦times: 1001 }"))]
#[case("mistake-line-in-header", step("request: { headers: { ⟦A: \"b\\r\\nC: d\" } }"))]
#[case("mistake-line-in-header", step("request: { ⟦path: \"/a\\n\" }"))]
#[case("mistake-given-path", steps("start: { server: tcp-simple, files: { ⟦../a: { text: b } } }"))]
#[case("mistake-one-of", steps("start: { server: tcp-simple, files: { ⟦a: { text: b, all_bytes: true } } }"))]
#[case("mistake-unknown-given-file", expecting("response: { body: { given: ⟦www/a } }"))]
#[case("mistake-one-of", expecting("response: { ⟦body: { text: a, empty: true } }"))]
#[case("mistake-hex", expecting("response: { body: { ⟦sha256: abc } }"))]
#[case("mistake-hex", step("send: { ⟦hex: '0' }"))]
#[case("mistake-hex", step("send: { ⟦hex: 'xy' }"))]
#[case("mistake-base64", step("send: { ⟦base64: '!' }"))]
#[case("mistake-payload-too-large", step("send: { ⟦random: { bytes: 67108865 } }"))]
#[case("mistake-payload-too-large", step("send: { ⟦repeat: { text: ab, times: 18446744073709551615 } }"))]
#[case("mistake-regex", expecting("reply: { matches: 'a⟦(' }"))]
#[case("mistake-regex", expecting("output: { matches: '⟦[' }"))]
#[case("mistake-regex", expecting("lines: { are: [], except: ⟦( }"))]
#[case("mistake-one-of", expecting("⟦lines: {}"))]
#[case("mistake-one-of", expecting("⟦lines: { are: [a], have: [a] }"))]
#[case("mistake-line-with-end", expecting("lines: { ⟦are: [\"a\\n\"] }"))]
#[case("mistake-line-in-two-lists", expecting("lines: { ⟦interleave: [[a, b], [c, a]] }"))]
#[case("mistake-no-clients", step("connect_unread: { ⟦clients: 0 }"))]
// Formats.
#[case("mistake-value", head("formats: { p: ⟦yaml }"))]
#[case("mistake-no-fields", head("formats: { ⟦p: {} }"))]
#[case("mistake-field-name", head("formats: { ⟦Packet: { a: u8 } }"))]
#[case("mistake-field-name", head("formats: { p: { ⟦rest: u8 } }"))]
#[case("mistake-field-type", head("formats: { p: { a: ⟦u16bee } }"))]
#[case("mistake-field-size", head("formats: { p: { a: bytes(⟦70000) } }"))]
#[case("mistake-field-rule", head("formats: { p: { a: u16be = ⟦internet17 } }"))]
#[case("mistake-size-field", head("formats: { p: { data: bytes(⟦length), length: u8 } }"))]
#[case("mistake-counted-field", head("formats: { p: { length: u8 = len(⟦dta), data: bytes(rest) } }"))]
#[case("mistake-field-constant", head("formats: { p: { a: u8 = ⟦256 } }"))]
#[case("mistake-checksum-size", head("formats: { p: { a: u8 = ⟦crc32 } }"))]
#[case("mistake-after-rest", head("formats: { p: { a: bytes(rest), ⟦b: text(zero) } }"))]
#[case("mistake-regex", head("formats: { p: { line: '⟦(' } }"))]
#[case("mistake-unknown-format", with_formats("send: { format: ⟦pakcet, fields: { seq: 1 } }"))]
#[case("mistake-unknown-format", with_formats("receive: { format: ⟦pakcet }"))]
#[case("mistake-unknown-field", with_formats("send: { format: packet, fields: { seq: 1, ⟦daat: x } }"))]
#[case("mistake-unknown-field", with_formats("receive: { format: packet, capture: { ⟦sq: a } }"))]
#[case("mistake-field-range", with_formats("send: { format: packet, fields: { seq: ⟦256 } }"))]
#[case("mistake-field-range", with_formats("send: { format: packet, fields: { seq: ⟦one } }"))]
#[case("mistake-field-value", with_formats("send: { format: tag, fields: { id: ⟦abc } }"))]
#[case("mistake-field-missing", with_formats("send: { format: packet, ⟦fields: { data: x } }"))]
#[case("mistake-field-missing", with_formats("send: { ⟦format: packet }"))]
#[case("mistake-fields-without-format", with_formats("send: { text: x, ⟦fields: { seq: 1 } }"))]
#[case("mistake-fields-without-format", with_formats("receive: { what: answer, ⟦capture: { seq: a } }"))]
#[case("mistake-line-format-sent", with_formats("send: { format: ⟦reply }"))]
#[case("mistake-hex", with_formats("send: { format: packet, fields: { seq: 1, ⟦data: { hex: xy } } }"))]
#[case("mistake-between", with_formats("receive: { format: packet, ⟦messages: 0 }"))]
#[case("mistake-variable-given", with_formats("receive: { format: packet, capture: { seq: ⟦port } }"))]
#[case("mistake-variable-name", with_formats("receive: { format: packet, capture: { seq: ⟦Seq } }"))]
#[case("mistake-captured-later", with_formats("send: ⟦'{seq}', receive: { format: packet, capture: { seq: seq } }"))]
#[case("mistake-unknown-variable", with_formats("receive: { format: packet, capture: { seq: seq } }, send: ⟦'{sqe}'"))]
#[case("mistake-unknown-format", format!("{FORMATS}steps: [start: tcp-simple, connect]\nitems: [{{ id: a, expect: [messages: ⟦pack] }}]\n"))]
#[case("mistake-unknown-field", format!("{FORMATS}steps: [start: tcp-simple, connect]\nitems: [{{ id: a, expect: [messages: {{ format: packet, are: [{{}}, {{ ⟦sq: 1 }}] }}] }}]\n"))]
#[case("mistake-field-range", format!("{FORMATS}steps: [start: tcp-simple, connect]\nitems: [{{ id: a, expect: [messages: {{ format: packet, each: {{ seq: ⟦-1 }} }}] }}]\n"))]
#[case("mistake-one-of", format!("{FORMATS}steps: [start: tcp-simple, connect]\nitems: [{{ id: a, expect: [⟦messages: {{ format: packet, each: {{}}, are: [] }}] }}]\n"))]
// Macros: a mistake in the steps of one has its location there, and is reported once.
#[case("mistake-unknown-macro", with_macros("use: ⟦jion", "close"))]
#[case("mistake-unknown-macro", with_macros("use: { macro: ⟦jion }", "close"))]
#[case("mistake-unknown-parameter", with_macros("use: { macro: join, with: { nick: a, ⟦romo: b } }", "close"))]
#[case("mistake-missing-parameter", with_macros("use: ⟦join", "close"))]
#[case(
    "mistake-macro-circle",
    with_macros("use: { macro: join, with: { nick: a } }", "use: { macro: ⟦join, with: { nick: '{nick}' } }")
)]
#[case(
    "mistake-unknown-variable",
    with_macros("use: { macro: join, with: { nick: a } }, use: { macro: join, with: { nick: b } }", "send: ⟦'{nikc}'")
)]
#[case(
    "mistake-unknown-word",
    with_macros("use: { macro: join, with: { nick: a } }, use: { macro: join, with: { nick: b } }", "⟦snd: '{nick}'")
)]
#[case("mistake-value", with_macros("use: { macro: join, with: { nick: ⟦ana } }", "receive: { bytes: '{nick}' }"))]
#[case(
    "mistake-unknown-client",
    with_macros("use: { macro: join, with: { nick: [9] } }", "close: { ⟦clients: '{nick}' }")
)]
#[case("mistake-unknown-key", head("macros: { join: { ⟦parametrs: [a], steps: [] } }"))]
fn diagnostic_has_its_location(#[case] id: &str, #[case] text: String) {
    let (text, place) = unmarked(&text);
    match read(&text) {
        Err(mistakes) => only(id, place, &mistakes, &text),
        Ok(_) => panic!("{id} is not reported:\n{text}"),
    }
}

const SCENARIO: &str = "steps: [start: r]\nitems: [{ id: a, expect: [listening] }]\n";

/// The files of a lab's folder: names and texts.
type Folder<'a> = &'a [(&'a str, &'a str)];

/// Reads a lab from texts and expects one diagnostic at the mark, which may be in any file.
#[track_caller]
fn lab(id: &str, folder: Folder<'_>) {
    let marked = folder.iter().find(|(_, text)| text.contains('⟦')).expect("one file has the mark");
    let place = unmarked(marked.1).1;
    let open = |name: &str| {
        let text = folder.iter().find(|(file, _)| *file == name).map(|(_, text)| text.replace('⟦', "").into_bytes());
        text.ok_or_else(|| Box::new(Diagnostic::new(name, 0, 0, 1, DiagnosticKind::FileMissing.with("file", name))))
    };
    let Err(mistakes) = Lab::read("", &open, None) else { panic!("{id} is not reported") };
    only(id, place, &mistakes, marked.1);
    assert_eq!(mistakes[0].file, marked.0);
}

const LAB: &str = "lab: x\nroles: { r: { protocol: tcp, port: 1 } }\n";

#[rstest]
#[case("mistake-no-scenarios", "⟦scenarios: []\n", "")]
#[case("mistake-unknown-bundled", "scenarios: [s.yaml]\n", "")]
#[case("file-missing", "scenarios: [s.yaml, ⟦t.yaml]\n", SCENARIO)]
#[case(
    "mistake-unknown-item",
    "scenarios: [s.yaml]\n",
    "steps: [start: r]\nitems: [{ id: a, needs: [⟦b], expect: [listening] }]\n"
)]
#[case(
    "mistake-unknown-role",
    "scenarios: [s.yaml]\n",
    "steps: [start: ⟦tcp-simple]\nitems: [{ id: a, expect: [listening] }]\n"
)]
fn lab_diagnostic_has_its_location(#[case] id: &str, #[case] scenarios: &str, #[case] scenario: &str) {
    if id == "mistake-unknown-bundled" {
        let file = format!("lab: x\nroles: {{ r: {{ protocol: tcp, port: 1, ⟦bundled: nc }} }}\n{scenarios}");
        lab(id, &[("lab.yaml", &file), ("s.yaml", SCENARIO)]);
    } else {
        lab(id, &[("lab.yaml", &format!("{LAB}{scenarios}")), ("s.yaml", scenario)]);
    }
}

/// Returns a scenario that waits for messages of a format.
fn waits_for(format: &str) -> String {
    format!("steps: [start: r, connect, receive: {{ format: {format} }}]\nitems: [{{ id: a, expect: [listening] }}]\n")
}

#[test]
fn formats_of_the_lab_are_known_in_its_scenarios() {
    let scenario = waits_for("packet");
    let read = |formats: &str| {
        let file = format!("{LAB}formats: {formats}\nscenarios: [s.yaml]\n");
        let text = |name: &str| if name == "lab.yaml" { file.clone() } else { scenario.clone() };
        let open = |name: &str| Ok(text(name).into_bytes());
        Lab::read("", &open, None).expect("no mistakes")
    };
    let (one, other) = (read("{ packet: { seq: u8 } }"), read("{ packet: { seq: u16be } }"));
    assert!(one.scenarios[0].formats.contains_key("packet"));
    assert_ne!(one.hash(), other.hash(), "the format affects verdicts");
}

#[test]
fn mistakes_about_formats_of_the_lab_have_their_location() {
    let lab_of = |formats: &str| format!("{LAB}formats: {{ {formats} }}\nscenarios: [s.yaml]\n");
    let wrong = lab_of("packet: { seq: ⟦u17be }");
    lab("mistake-field-type", &[("lab.yaml", &wrong), ("s.yaml", &waits_for("packet"))]);
    let right = lab_of("packet: { seq: u8 }");
    lab("mistake-unknown-format", &[("lab.yaml", &right), ("s.yaml", &waits_for("⟦pakcet"))]);
    let again = format!("formats: {{ ⟦packet: {{ seq: u16be }} }}\n{}", waits_for("packet"));
    lab("mistake-format-twice", &[("lab.yaml", &right), ("s.yaml", &again)]);
    let unreadable = lab_of("packet: ⟦[seq]");
    lab("mistake-value", &[("lab.yaml", &unreadable), ("s.yaml", &waits_for("packet"))]);
}

#[test]
fn duplicate_item_in_two_files_is_found() {
    let twice = SCENARIO.replace("id: a", "⟦id: a");
    lab(
        "mistake-item-twice",
        &[("lab.yaml", &format!("{LAB}scenarios: [s.yaml, t.yaml]\n")), ("s.yaml", SCENARIO), ("t.yaml", &twice)],
    );
}

#[test]
fn circular_dependencies_are_found() {
    let text = "steps: [start: r]\nitems:\n- { id: a, needs: [b], expect: [listening] }\n- { id: b, needs: [c], expect: [listening] }\n- { id: c, needs: [a], expect: [listening] }\n- { id: d, needs: [a], expect: [listening] }\n";
    let open = |name: &str| match name {
        "lab.yaml" => Ok(format!("{LAB}scenarios: [s.yaml]\n").into_bytes()),
        _ => Ok(text.as_bytes().to_vec()),
    };
    let Err(mistakes) = Lab::read("", &open, None) else { panic!("the circle is not reported") };
    let circle = [3, 4, 5].map(|line| format!("{line}:20 {}", "mistake-needs-circle"));
    assert_eq!(summaries(&mistakes), circle, "d depends on the circle but is not part of it");
}

#[test]
fn missing_steps_are_found() {
    // Every expectation needs a server, so this diagnostic never comes alone.
    let Err(mistakes) = read("items: [{ id: a, expect: [still_running] }]\n") else { panic!("it has no steps") };
    let summary = summaries(&mistakes);
    assert!(summary.contains(&format!("1:1 {}", "mistake-no-steps")), "{summary:?}");
}

#[test]
fn diagnostics_are_sorted_by_location() {
    let text = "\
limits: { clients: 0 }
steps:
  - start: tcp-simpel
  - connect: { clients: 3 }
  - send: { hex: zz, clients: [7] }
  - snapshot: a
  - snapshot: a
items:
  - id: one
    needs: [one]
    expect: []
  - id: one
    expect: [exits, { reply: { matches: '(' } }, { accepted: b }]
";
    let Err(mistakes) = read(text) else { panic!("the scenario is invalid") };
    let places: Vec<(u32, u32)> = mistakes.iter().map(|one| (one.line, one.column)).collect();
    assert!(places.is_sorted(), "{places:?}");
    let ids: BTreeSet<&str> = mistakes.iter().map(|one| one.message.id.as_ref()).collect();
    let expected = [
        "mistake-between",
        "mistake-unknown-role",
        "mistake-too-many-clients",
        "mistake-hex",
        "mistake-unknown-client",
        "mistake-snapshot-twice",
        "mistake-needs-itself",
        "mistake-no-expectations",
        "mistake-item-twice",
        "mistake-exit-not-awaited",
        "mistake-regex",
        "mistake-unknown-snapshot",
    ];
    assert_eq!(ids, BTreeSet::from(expected), "{:#?}", summaries(&mistakes));
}

#[rstest]
#[case(step("recieve: answer"), "receive")]
#[case(step("finish-sending"), "finish_sending")]
#[case(step("connect: { client: 5 }"), "clients")]
#[case(expecting("upper_case"), "uppercase")]
#[case(expecting("listenning"), "listening")]
#[case(expecting("accepted: oepn"), "open")]
#[case(steps("start: tcp-mutli"), "tcp-multi")]
#[case(step("send: '{prot}'"), "port")]
#[case(linked("{ checksum: god }"), "good")]
#[case(linked("{ rules: [{ from: bob, do: dorp }] }"), "drop")]
#[case(linked("{ from: { bbo: {} } }"), "bob")]
#[case(linked("{ truncat: 5% }"), "truncate")]
fn nearest_known_word_is_suggested(#[case] text: String, #[case] near: &str) {
    let Err(mistakes) = read(&text) else { panic!("{text} has a mistake") };
    assert_eq!(mistakes.len(), 1, "{:?}", summaries(&mistakes));
    assert_eq!(mistakes[0].nearest.as_deref(), Some(near), "{mistakes:?}");
}

#[test]
fn diagnostics_all_have_a_case() {
    let here = include_str!("mistakes.rs");
    let ids = DiagnosticKind::ALL.iter().map(|kind| kind.id()).filter(|id| id.starts_with("mistake-"));
    let missing: Vec<_> = ids.filter(|id| !here.contains(&format!("{id:?}"))).collect();
    assert_eq!(missing, [""; 0], "without a case in tests/it/language/mistakes.rs");
}

#[test]
fn manifest_diagnostic_has_its_location() {
    use socklab::scenario::manifest::Manifest;
    let roles = BTreeSet::from(["tcp-simple".parse().expect("a name")]);
    for (id, text) in [
        ("mistake-path-outside", "report: ⟦../README.md\n"),
        ("mistake-unknown-role", "servers:\n  ⟦tcp-simpel: { run: python3 a.py }\n"),
        ("mistake-unknown-key", "servers:\n  tcp-simple: { run: python3 a.py, ⟦prot: 1 }\n"),
    ] {
        let (text, place) = unmarked(text);
        let mistakes = Manifest::read("socklab.yaml", &text, &roles).expect_err("it has a mistake");
        only(id, place, &mistakes, &text);
    }
}
