//! Proofs of silence: servers that answer late pass, whatever they wait for, and servers that never
//! answer fail with the place where they wait.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use rstest::rstest;
use socklab::model::Verdict;

use crate::program::{Machine, live_tests_enabled, package, report};

/// Returns the command of a program of `tests/data/late`, built into `folder` if it must be. `None`
/// if its tools are missing.
fn late_program(folder: &Path, program: &str) -> Option<String> {
    let source = package().join("tests/data/late").join(program);
    let build = |tool: &str, options: &[&str], out: &str| {
        let out = folder.join(out);
        let built = Command::new(tool).args(options).arg(&out).arg(&source).status();
        built.is_ok_and(|status| status.success()).then_some(out)
    };
    let (name, extension) = program.split_once('.')?;
    Some(match extension {
        "py" => format!("python3 {}", source.display()),
        "js" => format!("node {}", source.display()),
        "c" => build("cc", &["-pthread", "-o"], name)?.display().to_string(),
        "java" => format!("java -cp {} {name}", build("javac", &["-d"], "classes")?.display()),
        "go" => {
            Command::new("go").arg("version").output().ok()?;
            build("go", &["build", "-o"], name)?.display().to_string()
        }
        _ => panic!("{program}"),
    })
}

/// Runs an echo of one client against a server. Returns the verdict, the id of its message, and all
/// findings.
fn echo(folder: &Path, server: &str) -> (Verdict, String, String) {
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("permissions");
    let file = folder.join("echo.yaml");
    let text = "steps:\n  - start: tcp-simple\n  - connect\n  - exchange: { text: trabalho, within: 10s }\n\
        items:\n  - { id: echo, expect: [echo] }\n";
    fs::write(&file, text).expect("a file");
    let server = format!("tcp-simple={server}");
    let arguments = ["run", &file.display().to_string(), "--server", &server, "--report", "json=-"];
    let report = report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"));
    let item = &report.submissions[0].items[0];
    let id = item.judged.findings.first().map_or_else(String::new, |finding| finding.because.message().id.to_string());
    (item.verdict, id, format!("{:?} {:?}", item.judged.findings, item.reason))
}

#[rstest]
fn server_that_answers_late_passes(
    #[values(
        ("late.py", "sleep"),
        ("late.py", "sleep_2"),
        ("late.py", "poll"),
        ("late.py", "thread_timer"),
        ("late.py", "alarm"),
        ("late.py", "interval_timer"),
        ("late.py", "signal"),
        ("late.py", "timer_descriptor"),
        ("late.py", "child_pipe"),
        ("late.py", "child_exit"),
        ("late.py", "lock"),
        ("late.py", "executor"),
        ("late.py", "worker"),
        ("late.py", "file_poll"),
        ("late.py", "inotify"),
        ("late.py", "socket_limit"),
        ("late.py", "own_connection"),
        ("late.py", "asyncio"),
        ("late.py", "compute"),
        ("late.c", "sleep"),
        ("late.c", "sleep_until"),
        ("late.c", "poll"),
        ("late.c", "select"),
        ("late.c", "epoll"),
        ("late.c", "alarm"),
        ("late.c", "interrupted_recv"),
        ("late.c", "timer"),
        ("late.c", "timer_descriptor"),
        ("late.c", "receive_limit"),
        ("late.c", "child"),
        ("late.c", "vfork"),
        ("late.c", "condition"),
        ("late.c", "semaphore"),
        ("late.c", "stopped"),
        ("late.c", "compute"),
        ("Late.java", "sleep"),
        ("Late.java", "wait"),
        ("Late.java", "park"),
        ("Late.java", "timer"),
        ("Late.java", "scheduled"),
        ("Late.java", "delayed"),
        ("Late.java", "receive_limit"),
        ("Late.java", "process"),
        ("Late.java", "compute"),
        ("late.js", "timeout"),
        ("late.js", "interval"),
        ("late.js", "child"),
        ("late.js", "child_sync"),
        ("late.js", "worker"),
        ("late.js", "atomics"),
        ("late.js", "watch"),
        ("late.go", "sleep"),
        ("late.go", "after"),
        ("late.go", "ticker"),
        ("late.go", "deadline"),
        ("late.go", "lock"),
        ("late.go", "process")
    )]
    (program, mode): (&str, &str),
) {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let Some(server) = late_program(folder.path(), program) else {
        // Written to the stream directly, as the message of `live_tests_enabled`. CI installs Go.
        let _ = writeln!(std::io::stderr().lock(), "SKIPPED: {program} cannot be built here");
        assert!(std::env::var_os("CI").is_none(), "{program} cannot be built");
        return;
    };
    let (verdict, _, findings) = echo(folder.path(), &format!("{server} {mode}"));
    assert_eq!(verdict, Verdict::Pass, "{program} {mode}: {findings}");
}

/// While packets are on their way, all programs sleep.
#[rstest]
#[case::tcp("SOCK_STREAM", "s.listen()\nc, _ = s.accept()\nwhile d := c.recv(1024): c.sendall(d)\n")]
#[case::udp("SOCK_DGRAM", "while True:\n    d, a = s.recvfrom(1024)\n    s.sendto(d, a)\n")]
fn answer_over_a_slow_link_is_awaited(#[case] kind: &str, #[case] serve: &str) {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("permissions");
    let program = folder.path().join("server.py");
    let text = format!("import socket\ns = socket.socket(socket.AF_INET, socket.{kind})\ns.bind(('', 65432))\n{serve}");
    fs::write(&program, text).expect("a file");
    let file = folder.path().join("slow.yaml");
    let text = format!(
        "hosts: [ana, bia]\nlink: {{ delay: 300ms }}\nsteps:\n  \
        - start: {{ server: [python3, {program:?}], on: bia }}\n  - connect: {{ on: ana, within: 20s }}\n  \
        - exchange: {{ text: trabalho, within: 20s }}\n\
        items:\n  - {{ id: slow, expect: [echo] }}\n"
    );
    fs::write(&file, text).expect("a file");
    let arguments = ["run", &file.display().to_string(), "--report", "json=-"];
    let report = report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"));
    let item = &report.submissions[0].items[0];
    assert_eq!(item.verdict, Verdict::Pass, "{:?} {:?}", item.judged.findings, item.reason);
}

#[rstest]
#[case::python(
    "py",
    "import socket\ns = socket.create_server(('127.0.0.1', 65432))\nwhile True:\n    c, _ = s.accept()\n    while c.recv(100): pass\n",
    "reads-on"
)]
#[case::python_thread(
    "py",
    "import socket, threading\ns = socket.create_server(('127.0.0.1', 65432))\nkept = []\nthreading.Thread(target=lambda: (kept.append(s.accept()[0]), kept[0].recv(9), threading.Event().wait()), daemon=True).start()\nthreading.Event().wait()\n",
    "read-not-answered"
)]
#[case::python_accepts_only(
    "py",
    "import socket\ns = socket.create_server(('127.0.0.1', 65432))\nkept = []\nwhile True: kept.append(s.accept())\n",
    "data-unread-silent"
)]
#[case::python_never_accepts(
    "py",
    "import socket, signal\ns = socket.create_server(('127.0.0.1', 65432))\nsignal.pause()\n",
    "left-in-accept-queue"
)]
#[case::python_keyboard(
    "py",
    "import socket\ns = socket.create_server(('127.0.0.1', 65432))\nc, _ = s.accept()\nc.recv(100)\nc.sendall(input().encode())\n",
    "waits-for-keyboard"
)]
#[case::javascript(
    "js",
    "require('net').createServer(c => c.on('data', () => {})).listen(65432, '127.0.0.1')\n",
    "read-not-answered"
)]
fn silent_server_fails_where_it_waits(#[case] extension: &str, #[case] text: &str, #[case] id: &str) {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let source = folder.path().join(format!("server.{extension}"));
    fs::write(&source, text).expect("a file");
    let tool = if extension == "py" { "python3" } else { "node" };
    let (verdict, found, findings) = echo(folder.path(), &format!("{tool} {}", source.display()));
    assert_eq!((verdict, &*found), (Verdict::Fail, id), "{findings}");
}

const SILENT_JAVA: &str = "import java.io.*;\nimport java.net.*;\npublic class Server {\n  \
    static void serve(Socket client) throws IOException {\n    byte[] data = new byte[100];\n    \
    while (client.getInputStream().read(data) > 0) {\n    }\n  }\n  \
    public static void main(String[] arguments) throws IOException {\n    \
    ServerSocket server = new ServerSocket(65432);\n    while (true) {\n      serve(server.accept());\n    }\n  }\n}\n";
const SILENT_PYTHON: &str = "import socket\n\ndef serve(c):\n    while c.recv(100):\n        pass\n\n\
    s = socket.create_server(('127.0.0.1', 65432))\nwhile True:\n    serve(s.accept()[0])\n";
/// One thread waits in `accept`, the other one in `recv`.
const SILENT_THREADS: &str = "import socket\nimport threading\n\ndef serve(c):\n    while c.recv(100):\n        pass\n\n\
    s = socket.create_server(('127.0.0.1', 65432))\nwhile True:\n    c, _ = s.accept()\n    \
    threading.Thread(target=serve, args=(c,)).start()\n";

#[rstest]
#[case::python("server.py", SILENT_PYTHON, 4)]
#[case::python_threads("server.py", SILENT_THREADS, 5)]
#[case::java("Server.java", SILENT_JAVA, 6)]
fn line_in_which_a_silent_server_waits_is_found(#[case] name: &str, #[case] text: &str, #[case] line: u32) {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("permissions");
    fs::write(folder.path().join(name), text).expect("a file");
    let folder = folder.path().display().to_string();
    let arguments = ["check", &folder, "--item", "tcp-simple.3", "--report", "json=-"];
    let report = report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"));
    let item = &report.submissions[0].items[0];
    let shown = item.shown();
    let source = shown.findings[0].source.map(|source| (source.file.as_str(), source.line));
    assert_eq!((item.verdict, source), (Verdict::Fail, Some((name, line))), "{:?}", item.judged.findings);
}
