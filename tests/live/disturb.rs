//! The step `disturb`: programs whose calls are cut short or interrupted.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rstest::rstest;
use socklab::model::Verdict;

use crate::program::{Machine, live_tests_enabled, report};

/// A correct server in Python, which calls again after EINTR by itself (PEP 475).
const SOUND: &str = "import socket
with socket.create_server(('127.0.0.1', 65432)) as s:
    c, _ = s.accept()
    with c:
        while data := c.recv(1024):
            c.sendall(data)
";

/// Runs an echo with a disturbance. Returns the verdict and the cause.
fn run(program: &str, disturbance: &str) -> (Verdict, String) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    let [server, scenario] = ["server.py", "disturbed.yaml"].map(|name| folder.path().join(name));
    fs::write(&server, program).expect("a server");
    let text = format!(
        "server: python3 {}\nsteps:\n  - disturb: {disturbance}\n  - connect\n  - exchange: {{ all_bytes: true }}\n  \
         - finish_sending\n  - receive: end\n  - close\nexpect: [echo: {{ then_end: true }}]\n",
        server.display()
    );
    fs::write(&scenario, text).expect("a scenario");
    let arguments = ["run", &scenario.display().to_string(), "--report", "json=-"];
    let seen = report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"));
    let item = &seen.submissions[0].items[0];
    let cause = item.judged.findings.iter().find_map(|finding| finding.because.cause());
    (item.verdict, cause.map(|cause| cause.message().id.into_owned()).unwrap_or_default())
}

#[rstest]
#[case::short_reads("{ recv: 1 }")]
#[case::short_writes("{ send: 1 }")]
#[case::interrupted("{ eintr: 50%, seed: 7 }")]
#[case::all("{ recv: 5, send: 3, eintr: 20%, seed: 1 }")]
fn correct_program_survives(#[case] disturbance: &str) {
    if live_tests_enabled() {
        assert_eq!(run(SOUND, disturbance), (Verdict::Pass, String::new()));
    }
}

#[rstest]
#[case::one_read("while data := c.recv(1024):", "if data := c.recv(1024):", "{ recv: 100 }", "answer-cut-by-reset")]
#[case::one_write("c.sendall(data)", "c.send(data)", "{ send: 100 }", "answer-cut")]
fn program_that_ignores_short_calls_fails(
    #[case] sound: &str,
    #[case] faulty: &str,
    #[case] disturbance: &str,
    #[case] cause: &str,
) {
    if live_tests_enabled() {
        let program = SOUND.replace(sound, faulty);
        assert_eq!(run(&program, disturbance), (Verdict::Fail, cause.to_owned()));
        assert_eq!(run(&program, "{ recv: 300 }").0, Verdict::Pass, "only the disturbance shows the fault");
    }
}
