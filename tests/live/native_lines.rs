//! The source line in which a silent server in C, C++ or Rust waits, and near misses: programs that
//! do not show it keep their cause, without a line.

use std::fs;
use std::path::Path;

use rstest::rstest;
use socklab::model::Verdict;

use crate::program::{Machine, live_tests_enabled, report};

const C_HEAD: &str = "#include <arpa/inet.h>\n#include <pthread.h>\n#include <stdio.h>\n#include <string.h>\n\
    #include <sys/socket.h>\n#include <unistd.h>\nstatic int serving(void) {\n  \
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(65432)};\n  \
    int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;\n  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);\n  \
    bind(s, (struct sockaddr *)&here, sizeof here);\n  listen(s, 5);\n  return s;\n}\n";

/// Waits in `recv`, in a function of its own with a large buffer.
const C_RECV: &str = "static void serve(int c) {\n  char data[100000];\n  int n;\n  memset(data, 0, sizeof data);\n  \
    while ((n = recv(c, data, sizeof data, 0)) > 0) // HERE\n    ;\n}\n\
    int main(void) {\n  int s = serving();\n  for (;;)\n    serve(accept(s, 0, 0));\n}\n";
/// Reads once, and waits in `accept` for the next client.
const C_ACCEPT: &str = "int main(void) {\n  int s = serving();\n  char data[100];\n  for (;;) {\n    \
    int c = accept(s, 0, 0); // HERE\n    recv(c, data, sizeof data, 0);\n  }\n}\n";
/// The first thread waits in `accept`, the other one in `read`.
const C_THREAD: &str = "static void *serve(void *c) {\n  char data[100];\n  \
    while (read(*(int *)c, data, sizeof data) > 0) // HERE\n    ;\n  return 0;\n}\n\
    int main(void) {\n  int s = serving(), c;\n  pthread_t thread;\n  while ((c = accept(s, 0, 0)) >= 0)\n    \
    pthread_create(&thread, 0, serve, &c);\n}\n";
/// The first process waits in `accept`, its child in `recv`.
const C_FORK: &str = "int main(void) {\n  int s = serving(), c;\n  char data[100];\n  \
    while ((c = accept(s, 0, 0)) >= 0)\n    if (fork() == 0) {\n      \
    while (recv(c, data, sizeof data, 0) > 0) // HERE\n        ;\n      _exit(0);\n    }\n}\n";
/// The first thread waits for the other one, which waits for a mutex.
const C_LOCK: &str = "static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;\n\
    static void *serve(void *c) {\n  (void)c;\n  pthread_mutex_lock(&lock); // HERE\n  return 0;\n}\n\
    int main(void) {\n  int s = serving(), c = accept(s, 0, 0);\n  char data[100];\n  pthread_t thread;\n  \
    recv(c, data, sizeof data, 0);\n  pthread_mutex_lock(&lock);\n  pthread_create(&thread, 0, serve, &c);\n  \
    pthread_join(thread, 0);\n}\n";
const CPP: &str = "#include <iostream>\n#include <thread>\n#include <vector>\nstruct Client {\n  int c;\n  \
    std::vector<char> data = std::vector<char>(64);\n  void serve() {\n    \
    while (recv(c, data.data(), data.size(), 0) > 0) { // HERE\n    }\n  }\n};\n\
    int main() {\n  int s = serving();\n  for (;;) {\n    int c = accept(s, nullptr, nullptr);\n    \
    std::thread([c] { Client{c}.serve(); }).detach();\n  }\n}\n";
const RUST: &str = "use std::io::Read;\nuse std::net::TcpListener;\nfn main() {\n    \
    let server = TcpListener::bind((\"127.0.0.1\", 65432)).unwrap();\n    for client in server.incoming() {\n        \
    let mut client = client.unwrap();\n        let mut all = Vec::new();\n        \
    client.read_to_end(&mut all).unwrap(); // HERE\n    }\n}\n";
const RUST_THREAD: &str = "use std::io::{BufRead, BufReader};\nuse std::net::TcpListener;\nfn main() {\n    \
    let server = TcpListener::bind((\"127.0.0.1\", 65432)).unwrap();\n    for client in server.incoming() {\n        \
    let client = client.unwrap();\n        std::thread::spawn(move || {\n            \
    for line in BufReader::new(client).lines() { // HERE\n                drop(line);\n            }\n        });\n    \
    }\n}\n";

/// Checks a submission of these files. Returns the name and the line that are shown with the cause.
fn shown_line(folder: &Path, files: &[(&str, &str)]) -> (Verdict, Option<(String, u32)>, String) {
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("permissions");
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("a file");
    }
    let arguments = ["check", &folder.display().to_string(), "--item", "tcp-simple.3", "--report", "json=-"];
    let report = report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"));
    let item = &report.submissions[0].items[0];
    let source = item.shown().findings.first().and_then(|finding| finding.source);
    let line = source.map(|source| (source.file.clone(), source.line));
    let shown = format!("{} {:?}", item.program, item.story);
    assert!(!shown.contains(".socklab/"), "a command of our own build: {shown}");
    (item.verdict, line, format!("{:?} {:?}", item.judged.findings, item.annotations))
}

/// Returns the number of the line that is marked.
fn marked(text: &str) -> u32 {
    let before = text.split("// HERE").next().unwrap_or_default();
    u32::try_from(before.lines().count()).expect("few lines")
}

#[rstest]
#[case::recv("server.c", &[C_HEAD, C_RECV])]
#[case::accept("server.c", &[C_HEAD, C_ACCEPT])]
#[case::thread("server.c", &[C_HEAD, C_THREAD])]
#[case::fork("server.c", &[C_HEAD, C_FORK])]
#[case::cpp("server.cpp", &[C_HEAD, CPP])]
#[case::rust("server.rs", &[RUST])]
#[case::rust_thread("server.rs", &[RUST_THREAD])]
fn line_in_which_a_compiled_server_waits_is_found(#[case] name: &str, #[case] text: &[&str]) {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let text = text.concat();
    let (verdict, line, all) = shown_line(folder.path(), &[(name, &text)]);
    assert_eq!((verdict, line), (Verdict::Fail, Some((name.to_owned(), marked(&text)))), "{all}");
}

/// A build by the submission itself: `make` runs because the file alone does not compile.
#[rstest]
#[case::debug("-g -O0", true)]
#[case::optimised("-g -O2", true)]
#[case::inlined("-g -O3 -fomit-frame-pointer", true)]
#[case::static_binary("-g -static", true)]
#[case::no_line_table("", false)]
#[case::stripped("-g -s", false)]
#[case::no_unwinding_information("-g -O2 -fno-asynchronous-unwind-tables -fno-unwind-tables", true)]
#[case::compressed("-g -gz", false)]
fn line_of_a_build_by_the_submission_is_right_or_missing(#[case] flags: &str, #[case] is_known: bool) {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let text = [C_HEAD, "#ifndef PORT\n#error needs its Makefile\n#endif\n", C_RECV].concat();
    let make = format!("server: server.c\n\tgcc -w -DPORT -pthread {flags} -o server server.c\n");
    let (verdict, line, all) = shown_line(folder.path(), &[("server.c", &text), ("Makefile", &make)]);
    let expected = if is_known { marked(&text) } else { 0 };
    assert_eq!((verdict, line), (Verdict::Fail, Some(("server.c".to_owned(), expected))), "{flags}: {all}");
}

/// The Makefile replaces the line table by other bytes.
#[test]
fn corrupt_line_table_shows_no_line() {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let text = [C_HEAD, "#ifndef PORT\n#error needs its Makefile\n#endif\n", C_RECV].concat();
    let make = "server: server.c\n\tgcc -w -DPORT -pthread -g -o server server.c\n\tyes | head -c 300 > junk\n\t\
        objcopy --update-section .debug_line=junk server\n";
    let (verdict, line, all) = shown_line(folder.path(), &[("server.c", &text), ("Makefile", make)]);
    assert_eq!((verdict, line), (Verdict::Fail, Some(("server.c".to_owned(), 0))), "{all}");
}

#[test]
fn line_of_a_cargo_project_is_found() {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("src")).expect("a folder");
    let manifest = "[package]\nname = \"server\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
    let programs = "servers:\n  tcp-simple: { build: cargo build --offline, run: ./target/debug/server }\n";
    let files = [("Cargo.toml", manifest), ("src/main.rs", RUST), ("socklab.yaml", programs)];
    let (verdict, line, all) = shown_line(folder.path(), &files);
    assert_eq!((verdict, line), (Verdict::Fail, Some(("src/main.rs".to_owned(), marked(RUST)))), "{all}");
}

/// The first thread waits for the end of the other, which waits for its lock.
#[test]
fn line_of_a_lock_that_is_never_released_is_found() {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let text = [C_HEAD, C_LOCK].concat();
    let (verdict, line, all) = shown_line(folder.path(), &[("server.c", &text)]);
    assert_eq!((verdict, line), (Verdict::Fail, Some(("server.c".to_owned(), marked(&text)))), "{all}");
    assert!(all.contains("AwaitsThread"), "{all}");
}
