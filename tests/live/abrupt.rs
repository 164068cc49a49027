//! Notes of `socklab check` on servers that do not survive clients which end abruptly or pause.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rstest::rstest;
use socklab::model::{Arg, Message};

use crate::program::{Machine, live_tests_enabled, report};

const BEGIN: &str = "import select, socket, socketserver, threading\n\
    s = socket.create_server(('127.0.0.1', 65432))\n";
/// One client at a time.
const SEQUENTIAL: &str = "while True:\n    c, a = s.accept()\n    try:\n        d = c.recv(1024)\n        \
    c.sendall(d.upper())\n    except CAUGHT:\n        pass\n    c.close()\n";
/// One client to its end at a time.
const TO_THE_END: &str = "while True:\n    c, a = s.accept()\n    try:\n        while d := c.recv(1024):\n            \
    c.sendall(d.upper())\n    except ConnectionError:\n        pass\n    c.close()\n";
const THREADS: &str = "def serve(c):\n    while d := c.recv(1024): c.sendall(d.upper())\n    c.close()\n\
    while True:\n    threading.Thread(target=serve, args=s.accept()[:1], daemon=True).start()\n";
/// Wakes twice a second.
const SOCKETSERVER: &str = "s.close()\nclass H(socketserver.BaseRequestHandler):\n    def handle(self):\n        \
    self.request.sendall(self.request.recv(1024).upper())\n\
    class S(socketserver.TCPServer): allow_reuse_address = True\nS(('127.0.0.1', 65432), H).serve_forever()\n";
/// Serves five clients, however they end.
const FIVE: &str = "for _ in range(5):\n    c, a = s.accept()\n    try: c.sendall(c.recv(1024).upper())\n    \
    except ConnectionError: pass\n    c.close()\n";
const ACCEPT_TIMEOUT: &str = "s.settimeout(0.4)\nwhile True:\n    c, a = s.accept()\n    \
    try: c.sendall(c.recv(1024).upper())\n    except ConnectionError: pass\n    c.close()\n";
const ACCEPT_AGAIN: &str = "s.settimeout(0.4)\nwhile True:\n    try: c, a = s.accept()\n    \
    except TimeoutError: continue\n    try: c.sendall(c.recv(1024).upper())\n    \
    except ConnectionError: pass\n    c.close()\n";
const CLIENT_TIMEOUT: &str = "while True:\n    c, a = s.accept()\n    c.settimeout(0.4)\n    \
    c.sendall(c.recv(1024).upper())\n    c.close()\n";
/// Closes the connection of a client that has not sent anything yet.
const NOT_READY: &str = "while True:\n    c, a = s.accept()\n    if select.select([c], [], [], 0.4)[0]:\n        \
    try: c.sendall(c.recv(1024).upper())\n        except ConnectionError: pass\n    c.close()\n";
const ONE_NOT_READY: &str = "c, a = s.accept()\nwhile select.select([c], [], [], 0.4)[0]:\n    d = c.recv(65536)\n    \
    if not d: break\n    c.sendall(d)\nc.close()\n";
const ONE: &str = "c, a = s.accept()\nwhile d := c.recv(65536): c.sendall(d)\nc.close()\n";
const C: &str = "#include <arpa/inet.h>\n#include <ctype.h>\n#include <signal.h>\n#include <unistd.h>\n\
    int main(void) {\n  char b[1024];\n  int one = 1, s = socket(AF_INET, SOCK_STREAM, 0);\n  \
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(65432), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };\n  \
    PIPE\n  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);\n  bind(s, (void *)&a, sizeof a);\n  listen(s, 9);\n  \
    for (;;) {\n    int c = accept(s, 0, 0);\n    ssize_t n = recv(c, b, sizeof b, 0);\n    \
    for (ssize_t k = 0; k < n; k++) { b[k] = toupper(b[k]); usleep(1000); write(c, b + k, 1); }\n    close(c);\n  }\n}\n";

/// Checks an item of a submission of one program. Returns its notes.
fn notes(name: &str, text: &str, item: &str) -> Vec<Message> {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    fs::write(folder.path().join(name), text).expect("written");
    let evidence = tempfile::tempdir().expect("a folder");
    let (path, kept) = (folder.path().display().to_string(), evidence.path().join("kept").display().to_string());
    let arguments = ["check", &path, "--item", item, "--evidence", &kept, "--report", "json=-"];
    let report = report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"));
    let [item] = report.submissions[0].items.as_slice() else { panic!("one item") };
    let notes = item.shown().notes.iter().map(|note| (*note).clone()).collect::<Vec<_>>();
    notes
        .into_iter()
        .filter(|note| ["client", "idle"].iter().any(|word| note.args.contains_key("advice") && note.id.contains(word)))
        .collect()
}

fn argument<'a>(note: &'a Message, name: &str) -> &'a Message {
    match note.args.get(name) {
        Some(Arg::Message(message)) => message,
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case::reset(SEQUENTIAL, "tcp-multi.5", "note-reset-client", "ConnectionResetError")]
#[case::accept_timeout(ACCEPT_TIMEOUT, "tcp-multi.5", "note-idle-server", "TimeoutError")]
#[case::client_timeout(CLIENT_TIMEOUT, "tcp-multi.5", "note-pausing-client", "TimeoutError")]
#[case::not_ready(NOT_READY, "tcp-multi.5", "note-pausing-client-unanswered", "")]
#[case::one_not_ready(ONE_NOT_READY, "tcp-simple.4", "note-pausing-client-unanswered", "")]
fn server_that_does_not_survive_a_client_is_noted(
    #[case] program: &str,
    #[case] item: &str,
    #[case] id: &str,
    #[case] said: &str,
) {
    if !live_tests_enabled() {
        return;
    }
    let text = BEGIN.to_owned() + &program.replace("CAUGHT", "ZeroDivisionError");
    let notes = notes("servidor.py", &text, item);
    let ids: Vec<&str> = notes.iter().map(|note| note.id.as_ref()).collect();
    assert_eq!(ids, [id]);
    assert!(format!("{:?}", argument(&notes[0], "how")).contains(said), "{notes:?}");
    assert!(argument(&notes[0], "advice").id.ends_with("advice-python"), "{notes:?}");
}

#[rstest]
#[case::default("", Some("note-unread-client"))]
#[case::ignored("signal(SIGPIPE, SIG_IGN);", None)]
fn signal_that_ends_the_server_is_named(#[case] pipe: &str, #[case] id: Option<&str>) {
    if !live_tests_enabled() {
        return;
    }
    let notes = notes("servidor.c", &C.replace("PIPE", pipe), "tcp-multi.5");
    assert_eq!(notes.iter().map(|note| note.id.as_ref()).collect::<Vec<_>>(), Vec::from_iter(id));
    if let Some(note) = notes.first() {
        assert!(format!("{:?}", argument(note, "how")).contains("SIGPIPE"), "{notes:?}");
        assert_eq!(argument(note, "advice").id, "abrupt-advice-c");
    }
}

#[rstest]
#[case::sequential(SEQUENTIAL, "tcp-multi.5")]
#[case::to_the_end(TO_THE_END, "tcp-multi.5")]
#[case::threads(THREADS, "tcp-multi.5")]
#[case::socketserver(SOCKETSERVER, "tcp-multi.5")]
#[case::five(FIVE, "tcp-multi.5")]
#[case::accept_again(ACCEPT_AGAIN, "tcp-multi.5")]
#[case::one(ONE, "tcp-simple.4")]
fn server_that_survives_all_clients_is_not_noted(#[case] program: &str, #[case] item: &str) {
    if !live_tests_enabled() {
        return;
    }
    let text = BEGIN.to_owned() + &program.replace("CAUGHT", "ConnectionError");
    assert_eq!(notes("servidor.py", &text, item), []);
}
