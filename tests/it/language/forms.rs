//! Every form that the scenario language allows, accepted by the reader and by the schema that
//! editors use.

use rstest::rstest;
use serde_json::Value;

use super::{files, read};

/// Compiles a committed schema.
fn schema(name: &str) -> jsonschema::Validator {
    let files = files("schema", &format!("{name}.schema.json"));
    let schema: Value = serde_json::from_str(&files[0].1).expect("a committed schema is JSON");
    jsonschema::validator_for(&schema).expect("a committed schema is a schema")
}

/// Validates a YAML text against a schema.
#[track_caller]
fn fits(schema: &jsonschema::Validator, name: &str, text: &str) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let value: Value = serde_yaml::from_str(text).expect("it is YAML");
    let troubles: Vec<String> =
        schema.iter_errors(&value).map(|trouble| format!("{}: {trouble}", trouble.instance_path())).collect();
    assert!(troubles.is_empty(), "{name}: {troubles:#?}");
}

/// Returns a scenario that contains this step.
fn with_step(step: &str) -> String {
    format!(
        "variables: {{ name: ana, size: 7 }}\nsteps:\n- start: tcp-simple\n- connect: {{ clients: 3 }}\n- {step}\n\
         items:\n- id: a\n  expect: [listening]\n"
    )
}

/// Returns a scenario with this expectation.
fn with_expectation(expectation: &str) -> String {
    format!(
        "variables: {{ name: ana }}\nsteps:\n- start: tcp-simple\n- connect: 3\n- snapshot: open\n- exchange: hi\n\
         - stop\nitems:\n- id: a\n  expect:\n  - {expectation}\n"
    )
}

#[track_caller]
fn accepted(text: &str) {
    if let Err(mistakes) = read(text) {
        panic!("{text}\n{mistakes:#?}");
    }
    fits(&schema("scenario"), "the reader accepts it, the schema does not", text);
}

#[test]
fn bundled_files_match_the_schemas() {
    let (scenario, lab) = (schema("scenario"), schema("lab"));
    for (name, text) in files("scenarios", ".yaml") {
        let is_lab = name.ends_with("/lab.yaml");
        fits(if is_lab { &lab } else { &scenario }, &name, &text);
        let line = format!("$schema=../../schema/{}.schema.json", if is_lab { "lab" } else { "scenario" });
        assert!(text.lines().next().is_some_and(|first| first.ends_with(&line)), "{name}: names no schema");
    }
}

#[rstest]
#[case::bare("send: plain text")]
#[case::empty("send: ''")]
#[case::text("send: { text: 'client {n} of {name} at {host}:{port}, {size}' }")]
#[case::braces("send: { text: '{\"json\": {}} {A} {' }")]
#[case::hex("send: { hex: '00 fF 10' }")]
#[case::base64("send: { base64: 'U29j a2V0cw==' }")]
#[case::file("send: { file: payload.txt }")]
#[case::random("send: { random: { bytes: 65536, seed: 7 } }")]
#[case::random_seedless("send: { random: { bytes: 1 } }")]
#[case::repeat("send: { repeat: { text: 'ab{n}', times: 5000 } }")]
#[case::all_bytes("send: { all_bytes: true }")]
#[case::exchange_hex("exchange: { hex: '0a', times: 100, within: 2s, clients: [1, 3] }")]
#[case::exchange_random("exchange: { random: { bytes: 3 } }")]
#[case::exchange_file("exchange: { file: payload.txt }")]
fn payload_forms_are_accepted(#[case] step: &str) {
    accepted(&with_step(step));
}

#[rstest]
#[case::start("start: udp-simple")]
#[case::start_map("start: { server: tcp-multi, stdin: 'hi {name}', protocol: tcp, port: 7000, within: 500ms }")]
#[case::start_command("start: { server: [python3, 'my server.py', '{port}'], protocol: udp }")]
#[case::connect("connect")]
#[case::connect_count("connect: 5")]
#[case::connect_map("connect: { clients: 2, server: 1, protocol: udp, within: 1m 30s }")]
#[case::send_reverse("send: { text: hi, order: reverse, clients: [1, 2] }")]
#[case::send_together("send: { text: hi, order: together, fragments: 4, within: 1s }")]
#[case::receive_answer("receive: answer")]
#[case::receive_end("receive: { what: end, within: 2s }")]
#[case::receive_bytes("receive: { bytes: 10, clients: [2] }")]
#[case::receive_until("receive: { until: \"\\n\" }")]
#[case::receive_quiet("receive: { quiet: 50ms }")]
#[case::finish("finish_sending")]
#[case::finish_some("finish_sending: [1, 3]")]
#[case::close("close")]
#[case::close_some("close: { clients: [1] }")]
#[case::close_unread("close_unread")]
#[case::close_unread_some("close_unread: [2]")]
#[case::abort("abort")]
#[case::abort_some("abort: [2]")]
#[case::snapshot("snapshot: here")]
#[case::snapshot_map("snapshot: { name: here, once: [established, accepted, closed], within: 1s }")]
#[case::wait("wait: exit")]
#[case::wait_output("wait: { output: 'Listen {name}', within: 1s, server: 1 }")]
#[case::stop("stop")]
#[case::stop_signal("stop: HUP")]
#[case::stop_map("stop: { signal: KILL, server: 1, within: 1s }")]
fn step_forms_are_accepted(#[case] step: &str) {
    accepted(&with_step(step));
}

#[rstest]
#[case("echo")]
#[case("echo: { clients: [1, 2], then_end: true, note: true }")]
#[case("uppercase: { then_end: true }")]
#[case("answered")]
#[case("answered: { clients: [3] }")]
#[case("reply: 'HI {n} {name}'")]
#[case("reply: { contains: I, clients: [1] }")]
#[case("reply: { matches: '^H[A-Z]$' }")]
#[case("lines: { are: [], matching: '^[+]', clients: [1] }")]
#[case("lines: { interleave: [[a, '{n}'], [b]], except: '^-' }")]
#[case("lines: { have: [a, b] }")]
#[case("listening")]
#[case("listening: open")]
#[case("bound: { at: open }")]
#[case("established: { at: open, clients: 3 }")]
#[case("accepted: open")]
#[case("not_accepted: { at: open, clients: 2 }")]
#[case("served_at_once: open")]
#[case("none_in_close_wait: open")]
#[case("first_to_close: open")]
#[case("first_to_close: { at: open, who: server }")]
#[case("peer_address: open")]
#[case("connectionless: open")]
#[case("distinct_source_ports")]
#[case("same_server_port")]
#[case("still_running")]
#[case("exits")]
#[case("exits: 3")]
#[case("output: Listen")]
#[case("output: { matches: 'L.sten' }")]
#[case("within_limits")]
fn expectation_forms_are_accepted(#[case] expectation: &str) {
    accepted(&with_expectation(expectation));
}

#[rstest]
#[case::five_lines(
    "server: python3 my_server.py\nsteps: [connect: { clients: 3 }, send: hello, receive: answer, close]\nexpect: [uppercase, distinct_source_ports]\n"
)]
#[case::a_role("server: tcp-multi\nsteps: [connect, exchange: hi]\nexpect: [uppercase]\n")]
#[case::a_list("server: [java, Server]\nsteps: [connect, exchange: hi]\nexpect: [echo]\n")]
#[case::no_steps("server: python3 x.py\nexpect: [listening]\n")]
#[case::title("title: Try\nlimits: { start: 1s }\nserver: x\nsteps: [connect]\nexpect: [listening]\n")]
fn short_form_is_accepted(#[case] text: &str) {
    accepted(text);
    let scenario = read(text).expect("accepted");
    assert!(scenario.short_form);
    assert_eq!(scenario.items.len(), 1);
    assert_eq!(scenario.items[0].id.as_str(), "here", "the item is named after the file");
    assert_eq!(scenario.steps[0].word(), "start");
}

#[test]
fn single_word_server_may_name_a_role() {
    let short = |server: &str| read(&format!("server: {server}\nexpect: [listening]\n")).expect("it is right");
    assert_eq!(short("tcp-multi").first_role().map(ToString::to_string), Some("tcp-multi".to_owned()));
    assert_eq!(short("./tcp-multi").first_role(), None);
    assert_eq!(short("tcp-multi --concurrent").first_role(), None);
}

#[rstest]
#[case::plain_title("title: A try\n")]
#[case::both_titles("title: { en: A try, pt: Uma tentativa }\n")]
#[case::name("scenario: my-try.1\n")]
#[case::limits("limits: { clients: 15000, start: 1s, answer: 100ms, scenario: 10m }\n")]
#[case::variables("variables: { a: text, b: 7, c_1: -3 }\n")]
#[case::byte_order_mark("\u{feff}title: A try\n")]
#[case::windows("title: A try\r\n")]
fn scenario_headers_are_accepted(#[case] head: &str) {
    accepted(&format!("{head}{}", with_step("close").split_once('\n').map_or("", |(_, rest)| rest)));
}
