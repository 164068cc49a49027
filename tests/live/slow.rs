//! Correct servers that take seconds for an answer pass and get their role; servers that never
//! answer fail, also if nothing proves their silence. A busy one is not awaited for each client.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rstest::rstest;
use socklab::model::{Report, Verdict};

use crate::program::{Machine, live_tests_enabled, report};

const HEAD: &str = "import select, socket, time\ndef nap(): time.sleep(3)\ndef polls():\n    \
    for _ in range(6): select.select([], [], [], 0.5)\ndef nothing(): pass\n";
const ECHO: &str = "s = socket.create_server(('127.0.0.1', 65432))\nc, _ = s.accept()\n\
    while d := c.recv(65536):\n    WAIT()\n    c.sendall(d)\nc.close()\n";
const MULTI: &str = "s = socket.create_server(('127.0.0.1', 65432))\nwhile True:\n    c, _ = s.accept()\n    \
    d = c.recv(1024)\n    WAIT()\n    c.sendall(d.upper())\n    c.close()\n";
const UDP: &str = "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.bind(('127.0.0.1', 65431))\n\
    while True:\n    d, a = s.recvfrom(9000)\n    WAIT()\n    s.sendto(d.upper(), a)\n";
/// Wakes twice a second for ever, so that nothing proves its silence.
const NEVER: &str = "s = socket.create_server(('127.0.0.1', 65432))\nc, _ = s.accept()\nc.recv(100)\n\
    while True: select.select([], [], [], 0.5)\n";

/// Checks one item of a submission of one program, which is named so that its name tells nothing.
fn check(program: &str, wait: &str, item: &str) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    fs::write(folder.path().join("programa.py"), HEAD.to_owned() + &program.replace("WAIT", wait)).expect("written");
    let evidence = tempfile::tempdir().expect("a folder");
    let (path, kept) = (folder.path().display().to_string(), evidence.path().join("kept").display().to_string());
    let arguments = ["check", &path, "--item", item, "--evidence", &kept, "--report", "json=-"];
    report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"))
}

#[rstest]
#[case::echo_sleeps(ECHO, "nap", "tcp-simple", "tcp-simple.3")]
#[case::echo_polls(ECHO, "polls", "tcp-simple", "tcp-simple.3")]
#[case::multi_answers(MULTI, "nap", "tcp-multi", "tcp-multi.3")]
#[case::multi_serves_one_after_another(MULTI, "polls", "tcp-multi", "tcp-multi.5")]
#[case::udp(UDP, "nap", "udp-simple", "udp-simple.2")]
fn slow_server_passes_and_gets_its_role(
    #[case] program: &str,
    #[case] wait: &str,
    #[case] role: &str,
    #[case] item: &str,
) {
    if !live_tests_enabled() {
        return;
    }
    let report = check(program, wait, item);
    let submission = &report.submissions[0];
    let roles: Vec<String> =
        submission.programs.iter().filter_map(|one| Some(one.role.as_ref()?.to_string())).collect();
    let [item] = submission.items.as_slice() else { panic!("one item") };
    assert_eq!(item.verdict, Verdict::Pass, "{:?} {:?}", item.judged.findings, item.reason);
    assert_eq!(roles, [role]);
}

#[test]
fn server_that_never_answers_fails_without_proof() {
    if !live_tests_enabled() {
        return;
    }
    let report = check(NEVER, "nothing", "tcp-simple.3");
    let item = &report.submissions[0].items[0];
    let causes: Vec<_> = item.judged.findings.iter().map(|finding| finding.because.message().id.to_string()).collect();
    assert_eq!((item.verdict, causes), (Verdict::Fail, vec!["no-answer-late".to_owned()]));
}

/// Runs a scenario of the author's against a server. Returns the item.
fn run(server: &str, wait: &str, scenario: &str) -> socklab::model::ItemResult {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    let program = folder.path().join("server.py");
    fs::write(&program, HEAD.to_owned() + &server.replace("WAIT", wait)).expect("written");
    let file = folder.path().join("series.yaml");
    fs::write(&file, scenario).expect("written");
    let server = format!("udp-simple=python3 {}", program.display());
    let arguments = ["run", &file.display().to_string(), "--server", &server, "--report", "json=-"];
    let report = report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"));
    report.submissions[0].items[0].clone()
}

#[test]
fn series_of_exchanges_ends_early_with_a_note() {
    if !live_tests_enabled() {
        return;
    }
    let series = "steps:\n  - start: udp-simple\n  - connect\n  - exchange: { text: um, times: 100, for_at_most: 4s }\n\
        items:\n  - { id: series, expect: [uppercase] }\n";
    let slow = run(UDP, "nap", series);
    let note = slow.shown().notes.iter().find(|note| note.id == "note-fewer-rounds").cloned();
    assert_eq!((slow.verdict, note.and_then(|note| note.args.get("rounds").cloned())), (Verdict::Pass, Some(2.into())));
    let fast = run(UDP, "nothing", series);
    assert_eq!((fast.verdict, fast.shown().notes.len()), (Verdict::Pass, 0));
}

#[test]
fn series_ends_after_another_answer() {
    if !live_tests_enabled() {
        return;
    }
    let series = "steps:\n  - start: udp-simple\n  - connect\n  - exchange: { text: um, times: 20, until_other: true }\n\
        items:\n  - { id: series, expect: [uppercase] }\n";
    let sent = |server: &str| {
        let item = run(server, "nothing", series);
        let story = item.story.iter().find(|line| line.id == "story-sent-got").cloned();
        (item.verdict, story.and_then(|line| line.args.get("sent_bytes").cloned()))
    };
    assert_eq!(sent(&UDP.replace("d.upper()", "b'no'")), (Verdict::Fail, Some(2.into())), "one of 20 messages");
    // A right answer is not named in the story.
    assert_eq!(sent(UDP), (Verdict::Pass, None));
}

#[test]
fn answer_that_the_end_of_the_scenario_cuts_off_proves_nothing() {
    if !live_tests_enabled() {
        return;
    }
    let short = "limits: { scenario: 5s }\nsteps:\n  - start: udp-simple\n  - connect\n  - exchange: { text: um, times: 5 }\n\
        items:\n  - { id: series, expect: [uppercase] }\n";
    let item = run(UDP, "nap", short);
    let reason = item.reason.as_ref().map(|reason| reason.message().id.to_string());
    let findings: Vec<_> = item.judged.findings.iter().map(|one| one.because.message().id.to_string()).collect();
    assert_eq!((item.verdict, &*findings), (Verdict::NotVerified, &["gap-scenario-time".to_owned()][..]), "{reason:?}");
}

/// Computes without end for its first client.
const BUSY: &str = "s = socket.create_server(('127.0.0.1', 65432))\nc, _ = s.accept()\nc.recv(100)\nwhile True: pass\n";

/// Runs three clients against a busy server. Returns the verdict, and how long each of the answers
/// that did not come was awaited, in milliseconds.
fn run_three_clients(server: &str, expectation: &str) -> (Verdict, Vec<u64>) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    let program = folder.path().join("server.py");
    fs::write(&program, HEAD.to_owned() + server).expect("written");
    let file = folder.path().join("busy.yaml");
    let client = "  - connect\n  - exchange: um\n  - close\n".repeat(3);
    let steps = format!("  - start: tcp-multi\n{client}");
    let text = format!(
        "scenario: busy\nlimits: {{ answer: 3s }}\nsteps:\n{steps}items:\n  - {{ id: busy, expect: [{expectation}] }}\n"
    );
    fs::write(&file, text).expect("written");
    let evidence = folder.path().join("kept");
    let server = format!("tcp-multi=python3 {}", program.display());
    let [file, kept] = [&file, &evidence].map(|path| path.display().to_string());
    let arguments = ["run", &file, "--server", &server, "--evidence", &kept, "--report", "json=-"];
    let report = report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"));
    let journal = fs::read_to_string(evidence.join("busy/journal.json")).expect("a journal");
    let mut waits = Vec::new();
    find_waits(&serde_json::from_str(&journal).expect("JSON"), &mut waits);
    (report.submissions[0].items[0].verdict, waits)
}

/// Finds the time limits of all missing answers in a journal.
fn find_waits(value: &serde_json::Value, waits: &mut Vec<u64>) {
    match value {
        serde_json::Value::Object(map) => {
            waits.extend(map.get("within_ms").and_then(serde_json::Value::as_u64));
            map.values().for_each(|value| find_waits(value, waits));
        }
        serde_json::Value::Array(all) => all.iter().for_each(|value| find_waits(value, waits)),
        _ => {}
    }
}

#[test]
fn busy_server_is_awaited_only_once() {
    if !live_tests_enabled() {
        return;
    }
    assert_eq!(run_three_clients(BUSY, "uppercase"), (Verdict::Fail, vec![3000, 1000, 1000]));
    // The answers of other clients decide.
    let waits = run_three_clients(BUSY, "uppercase: { clients: [2] }");
    assert_eq!(waits, (Verdict::Fail, vec![3000, 3000, 3000]));
}
