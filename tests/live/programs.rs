//! Programs that cannot be run or exit early: reported with their cause immediately, not after a
//! deadline.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{Duration, Instant};

use rstest::rstest;
use socklab::i18n::Catalog;
use socklab::model::{Language, SandboxMode, Verdict};

use crate::program::{Machine, built, live_tests_enabled, package, report, slow_tests_enabled, verdicts};

/// Far more time than the test needs, and far less than the limits given to socklab.
const IMMEDIATE_LIMIT: Duration = Duration::from_secs(150);

/// Runs a server with a start limit of five minutes. Returns its verdict, its message and the
/// elapsed time.
fn run_server(command: &str) -> (Verdict, String, Duration) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("start.yaml");
    let text = "limits: { scenario: 600s }\nsteps: [{ start: { server: tcp-simple, within: 300s } }]\n\
        items: [{ id: start, expect: [listening] }]\n";
    fs::write(&file, text).expect("a file");
    let began = Instant::now();
    let (server, file) = (format!("tcp-simple={command}"), file.display().to_string());
    let arguments = ["run", &file, "--server", &server, "--report", "json=-"];
    let output = Machine::Open.socklab(&arguments).output().expect("socklab starts");
    let report = report(&output);
    let item = &report.submissions[0].items[0];
    let first = item.shown().findings.into_iter().next().map(|finding| finding.because.message().into_owned());
    let because = first.or(item.reason.as_ref().map(|reason| reason.message())).expect("a reason");
    (item.verdict, Catalog::load(Language::English).format(&because), began.elapsed())
}

#[rstest]
#[case("no-such-program-anywhere", "no-such-program-anywhere")]
#[case("/etc/passwd", "/etc/passwd")]
#[case("sh -c 'kill -SEGV $$'", "SIGSEGV")]
#[case("sh -c 'exit 7'", "7")]
#[case("sh -c 'echo out of luck >&2; exit 1'", "out of luck")]
#[case("python3 -c 'import socket; socket.socket().bind((\"192.0.2.9\", 65432))'", "0")]
#[case("python3 -c 'print(1'", "SyntaxError")]
fn program_that_cannot_run_is_reported_immediately(#[case] command: &str, #[case] names: &str) {
    if !live_tests_enabled() {
        return;
    }
    let (verdict, because, took) = run_server(command);
    assert_eq!(verdict, Verdict::Fail, "{because}");
    assert!(because.contains(names), "{because}");
    assert!(took < IMMEDIATE_LIMIT, "{because} took {took:?}");
}

#[test]
fn file_without_execute_permission_is_reported() {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    let file = folder.path().join("server.sh");
    fs::write(&file, "#!/bin/sh\nexit 0\n").expect("a file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("permissions");
    let (verdict, text, _) = run_server(&file.display().to_string());
    assert_eq!(verdict, Verdict::Fail, "{text}");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("permissions");
    fs::write(&file, "#!/no/such/interpreter\n").expect("a file");
    let (verdict, text, _) = run_server(&file.display().to_string());
    assert_eq!(verdict, Verdict::Fail);
    assert!(text.contains("/no/such/interpreter"), "{text}");
}

#[test]
fn server_on_another_port_is_found_and_noted() {
    if !live_tests_enabled() {
        return;
    }
    let server = format!("tcp-multi={} serve tcp-multi --port 40123", built("socklab").display());
    let arguments = ["run", "--server", &server, "--item", "tcp-multi.*", "--report", "json=-"];
    let report = report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"));
    assert!(verdicts(&report).values().all(|verdict| *verdict == Verdict::Pass), "{:?}", verdicts(&report));
    let notes = &report.submissions[0].items[0].shown().notes;
    assert!(notes.iter().any(|note| note.id == "note-other-port"), "{notes:?}");
}

#[test]
fn python_servers_without_reuse_pass_repeatedly() {
    if !live_tests_enabled() {
        return;
    }
    // A typical server of the course: without SO_REUSEADDR it closes first, so its port stays in
    // TIME-WAIT.
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    let file = folder.path().join("multi.py");
    let text = "import socketserver\n\
        class H(socketserver.BaseRequestHandler):\n    \
            def handle(self):\n        \
                self.request.sendall(self.request.recv(1024).strip().upper())\n\
        socketserver.TCPServer(('localhost', 65432), H).serve_forever()\n";
    fs::write(&file, text).expect("a file");
    let server = format!("tcp-multi=python3 {}", file.display());
    let arguments = ["run", "--server", &server, "--item", "tcp-multi.*", "--report", "json=-"];
    let report = report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"));
    assert!(verdicts(&report).values().all(|verdict| *verdict == Verdict::Pass), "{:?}", verdicts(&report));
}

/// Sound servers that serve one client after another: to its end, and with a short accept queue.
#[rstest]
#[case::until_the_client_ends(5, 5)]
#[case::short_accept_queue(1, 3)]
#[case::shortest_accept_queue(0, 2)]
fn sequential_server_passes_with_several_clients(#[case] backlog: u32, #[case] clients: usize) {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    let file = folder.path().join("multi.py");
    let text = format!(
        "import socket\n\
        s = socket.create_server(('localhost', 65432), backlog={backlog})\n\
        while True:\n    \
            c, _ = s.accept()\n    \
            while data := c.recv(1024):\n        \
                c.sendall(data.upper())\n    \
            c.close()\n"
    );
    fs::write(&file, text).expect("a file");
    let server = format!("tcp-multi=python3 {}", file.display());
    let arguments = ["run", "--server", &server, "--item", "tcp-multi.5", "--report", "json=-"];
    let report = report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"));
    let item = &report.submissions[0].items[0];
    assert_eq!(item.verdict, Verdict::Pass, "{:?} {:?}", item.judged.findings, item.reason);
    let note = |id: &str| item.judged.findings.iter().flat_map(|finding| &finding.notes).any(|note| note.id == id);
    assert_eq!(note("note-fewer-clients"), clients < 5, "{:?}", item.judged.findings);
}

#[test]
fn deadline_missed_for_lack_of_cpu_proves_nothing() {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("works-first.yaml");
    let text = "limits: { scenario: 1ms }\nsteps:\n  - start: tcp-simple\n  - connect\n  \
        - snapshot: { name: connected, once: [established, accepted], within: 1ms }\n  \
        - exchange: { text: \"trabalho\", within: 1ms }\n  - close\n  \
        - snapshot: { name: closed, once: [closed], within: 1ms }\n  - stop: { within: 1ms }\n\
        items:\n  - id: works-first\n    expect: [{ accepted: connected }, echo, { none_in_close_wait: closed }, { exits: { code: 0 } }]\n";
    fs::write(&file, text).expect("a file");
    let server = format!("tcp-simple=python3 {}", package().join("tests/data/works_first.py").display());
    let arguments = ["run", &file.display().to_string(), "--server", &server, "--report", "json=-"];
    let report = report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"));
    let item = &report.submissions[0].items[0];
    assert_eq!(item.verdict, Verdict::Pass, "{:?}", item.shown().findings);
}

/// Returns the command of a C program of `tests/data`, built into a folder.
fn built_from_c(folder: &std::path::Path, name: &str) -> String {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).expect("permissions");
    let program = folder.join(name);
    let source = package().join(format!("tests/data/{name}.c"));
    let built = Command::new("cc").arg("-o").arg(&program).arg(source).status().expect("cc starts");
    assert!(built.success());
    program.display().to_string()
}

/// The server ends shortly after it has served a client, when its child does.
#[test]
fn server_that_its_child_interrupts_fails_whatever_the_timing() {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let server = format!("tcp-multi={}", built_from_c(folder.path(), "interrupted_accept"));
    let arguments =
        ["run", "--server", &server, "--item", "tcp-multi.2", "--item", "tcp-multi.3", "--report", "json=-"];
    let report = report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"));
    for item in &report.submissions[0].items {
        let failed = item.judged.findings.iter().find(|finding| finding.verdict == Verdict::Fail);
        let cause = failed.map(|finding| finding.because.message().id.to_string()).unwrap_or_default();
        let names_the_end = ["server-ended", "server-crashed", "no-longer-listening"].map(|id| cause.starts_with(id));
        assert!(names_the_end.contains(&true), "{}: {cause} {:?}", item.id, item.judged.findings);
    }
}

/// A signal sent while the program still works may arrive where it does not check for one. The
/// verdict would then depend on timing.
#[test]
fn signal_is_sent_to_an_idle_program() {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let server = format!("tcp-simple={}", built_from_c(folder.path(), "late_wait"));
    let file = folder.path().join("stopped.yaml");
    let text = "steps:\n  - start: tcp-simple\n  - connect\n  - exchange: { text: trabalho }\n  - close\n  \
        - snapshot: { name: closed, once: [closed] }\n  - stop\n\
        items:\n  - id: stopped\n    expect: [echo, { exits: { code: 0 } }]\n";
    fs::write(&file, text).expect("a file");
    let arguments = ["run", &file.display().to_string(), "--server", &server, "--report", "json=-"];
    let report = report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"));
    let item = &report.submissions[0].items[0];
    assert_eq!(item.verdict, Verdict::Pass, "{:?}", item.shown().findings);
}

#[rstest]
#[case::main_thread_ends(Machine::Open, "main_thread_ends.py")]
#[case::main_thread_ends_on_the_plain_stage(Machine::Denied, "main_thread_ends.py")]
#[case::not_dumpable(Machine::Open, "not_dumpable.py 65432")]
fn program_that_is_hard_to_inspect_passes(#[case] machine: Machine, #[case] program: &str) {
    if !live_tests_enabled() {
        return;
    }
    let server = format!("tcp-simple=python3 {}/{program}", package().join("tests/data").display());
    let items = ["--item", "tcp-simple.1", "--item", "tcp-simple.2", "--item", "tcp-simple.3"];
    let arguments = [&["run", "--server", &server, "--report", "json=-"][..], &items].concat();
    let report = report(&machine.socklab(&arguments).output().expect("socklab starts"));
    for item in &report.submissions[0].items {
        assert_eq!(item.verdict, Verdict::Pass, "{}: {:?} {:?}", item.id, item.shown().findings, item.reason);
    }
}

/// A client refused while the server is exiting learns that the server exited, however slow the
/// exit is.
#[test]
fn exiting_server_is_reported_as_exited() {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("again.yaml");
    let program = package().join("tests/data/ends_slowly.py");
    let text = format!(
        "steps:\n  - start: {{ server: [python3, {program:?}] }}\n  - connect\n  - exchange: once\n  - close\n  \
        - connect\n  - exchange: again\n  - close\nitems:\n  - {{ id: again, expect: [echo] }}\n"
    );
    fs::write(&file, text).expect("a file");
    let arguments = ["run", &file.display().to_string(), "--report", "json=-"];
    let report = report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"));
    let item = &report.submissions[0].items[0];
    assert_eq!(
        (item.verdict, &*item.shown().findings[0].because.message().id),
        (Verdict::Fail, "server-ended"),
        "{:?}",
        item.shown().findings
    );
}

/// In plain mode the agent may not inspect this program. A socket that is not found then proves
/// nothing.
#[test]
fn program_that_denies_inspection_is_not_verified() {
    if !slow_tests_enabled("the plain stage, whose ports others of this machine may hold for a minute") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("closed.yaml");
    let program = package().join("tests/data/not_dumpable.py");
    let text = format!(
        "limits: {{ start: 500ms }}\nsteps:\n  - start: {{ server: [python3, {program:?}, \"0\"] }}\n\
        items:\n  - {{ id: closed, expect: [listening] }}\n"
    );
    fs::write(&file, text).expect("a file");
    let arguments = ["run", &file.display().to_string(), "--stage", "plain", "--report", "json=-"];
    let report = report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"));
    let item = &report.submissions[0].items[0];
    assert_eq!(item.verdict, Verdict::NotVerified, "{:?}", item.shown().findings);
    assert_eq!(item.shown().findings[0].because.message().id, "gap-closed");
}

#[test]
fn used_process_numbers_do_not_count_against_the_limit() {
    if !live_tests_enabled() {
        return;
    }
    let command = format!("tcp-simple=python3 {}", package().join("tests/data/many_numbers.py").display());
    let arguments = ["run", "--item", "tcp-simple.1", "--server", &command, "--report", "json=-"];
    let report = report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"));
    let item = &report.submissions[0].items[0];
    assert_eq!(item.verdict, Verdict::Pass, "{:?}", item.shown().findings);
}

#[test]
fn server_that_strips_newlines_causes_no_delay() {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("lines.yaml");
    let text = "limits: { scenario: 600s, answer: 100s }\nsteps:\n  - start: tcp-concurrent\n  - connect\n  - exchange: { text: \"uma linha\\n\", times: 5 }\n  - close\n\
        items:\n  - { id: lines, expect: [uppercase] }\n";
    // The bundled server answers once per connection; this one answers every message, without its
    // newline.
    let server = "import socketserver\n\
        class H(socketserver.BaseRequestHandler):\n    \
            def handle(self):\n        \
                while data := self.request.recv(1024):\n            \
                    self.request.sendall(data.strip().upper())\n\
        class S(socketserver.ThreadingTCPServer):\n    allow_reuse_address = True\n\
        S(('127.0.0.1', 65432), H).serve_forever()\n";
    fs::write(&file, text.replace("tcp-concurrent", "tcp-multi")).expect("a file");
    fs::write(folder.path().join("strip.py"), server).expect("a file");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    let command = format!("tcp-multi=python3 {}", folder.path().join("strip.py").display());
    let began = Instant::now();
    let arguments = ["run", &file.display().to_string(), "--server", &command, "--report", "json=-"];
    let report = report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"));
    assert_eq!(verdicts(&report), [("lines".to_owned(), Verdict::Pass)].into());
    assert!(began.elapsed() < IMMEDIATE_LIMIT);
}

/// On a shared network another program may hold the port, and an exiting server may hold it for a
/// moment.
#[rstest]
#[case::stays("stays", Verdict::NotVerified)]
#[case::goes("goes", Verdict::Pass)]
fn port_held_by_another_program_proves_nothing(#[case] holder: &str, #[case] verdict: Verdict) {
    if !live_tests_enabled() {
        return;
    }
    let holds = package().join("tests/data/holds_port.py").display().to_string();
    let arguments = ["run", "--item", "tcp-simple.1", "--item", "tcp-simple.3", "--report", "json=-"];
    let output = Machine::Denied.socklab_started_by(&["python3", &holds, holder], &arguments).output();
    let report = report(&output.expect("it starts"));
    assert_eq!(report.machine.stage, SandboxMode::Plain);
    let wanted = [("tcp-simple.1".to_owned(), verdict), ("tcp-simple.3".to_owned(), verdict)].into();
    assert_eq!(verdicts(&report), wanted, "{report:?}");
    let reasons: Vec<_> =
        report.submissions[0].items.iter().filter_map(|item| Some(item.reason.as_ref()?.message().id)).collect();
    let expected: &[&str] = if verdict == Verdict::Pass { &[] } else { &["port-busy", "port-busy"] };
    assert_eq!(reasons, expected);
}
