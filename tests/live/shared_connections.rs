//! Threads and processes that use the connection of another one, or close a socket that another one
//! still uses: the cause is the same in each order of the threads.

use rstest::rstest;
use socklab::model::Verdict;

use crate::failed_calls::checked;
use crate::program::live_tests_enabled;

/// Serves each client in a thread, which uses the descriptor `FD`. `c` is a variable of all threads.
const C: &str = "  extern void server(int);\n  listen(s, 9);\n  server(s);\n}\n#include <pthread.h>\n#include <stdint.h>\n\
    static int c;\nstatic void *serve(void *own) {\n  char data[2000];\n  int n;\n  (void)own;\n  \
    while ((n = read(FD, data, 2000)) > 0) {\n    \
    for (int i = 0; i < n; i++) if (data[i] >= 'a' && data[i] <= 'z') data[i] -= 32;\n    write(FD, data, n);\n  }\n  \
    close(FD);\n  return 0;\n}\nvoid server(int s) {\n  pthread_t t;\n  for (;;) {\n    c = accept(s, 0, 0);\n    \
    pthread_create(&t, 0, serve, (void *)(intptr_t)c);\n    pthread_detach(t);\n  }\n";

/// The same in Ruby.
const RUBY: &str = "require 'socket'\ns = TCPServer.new('127.0.0.1', 65432)\nwhile true\n  c = s.accept\n  Thread.new(c) do |CONNECTION|\n    \
    begin\n      while (d = c.readpartial(1024))\n        c.write(d.upcase)\n      end\n    rescue EOFError\n    end\n    \
    c.close\n  end\nend\n";

/// Sends what the thread of a connection has read to `TO`, if so many clients have come.
const PYTHON: &str = "import socket, threading\nlast, clients = None, 0\n\
    def serve(own):\n    while d := own.recv(2000):\n        if CONDITION: TO.sendall(d.upper())\n    own.close()\n\
    s = socket.create_server(('127.0.0.1', 65432))\nwhile True:\n    last, _ = s.accept()\n    clients += 1\n    \
    threading.Thread(target=serve, args=(last,)).start()\n";

/// Returns a server in Python.
fn python(condition: &str, to: &str) -> String {
    PYTHON.replace("CONDITION", condition).replace("TO", to)
}

#[rstest]
#[case::c(C.replace("FD", "c"))]
#[case::ruby(RUBY.replace("CONNECTION", "unused"))]
#[case::python(python("True", "last"))]
#[case::python_alone_or_in_two(python("clients < 3", "last"))]
fn shared_connection_is_named(#[case] program: String) {
    if !live_tests_enabled() {
        return;
    }
    let (verdict, id, hint, named) = checked("tcp-multi.5", &program);
    let is_named = matches!(&*id, "answer-to-another-client" | "mixed-connections");
    assert!(verdict == Verdict::Fail && is_named && hint == "hint-own-connection", "{id} {hint} {named}");
}

#[rstest]
#[case::c(C.replace("FD", "(int)(intptr_t)own"))]
#[case::ruby(RUBY.replace("CONNECTION", "c"))]
#[case::python(python("True", "own"))]
fn own_connection_passes(#[case] program: String) {
    if !live_tests_enabled() {
        return;
    }
    assert_eq!(checked("tcp-multi.5", &program).0, Verdict::Pass, "{program}");
}

/// Only the first client is answered, and no answer goes to another one.
#[test]
fn unanswered_client_has_no_shared_connection() {
    if !live_tests_enabled() {
        return;
    }
    let (verdict, id, _, named) = checked("tcp-multi.5", &python("clients < 2", "own"));
    assert!(verdict == Verdict::Fail && id != "mixed-connections", "{id} {named}");
}

/// Serves each client in a thread, with `OPEN` around the start of the thread, and `OWN` in it.
const BLOCK: &str = "import socket, threading\ndef serve(c):\n    try:\n        OWN\n            \
    while d := c.recv(2000):\n                c.sendall(d.upper())\n    except OSError:\n        pass\n\
    s = socket.create_server(('127.0.0.1', 65432))\nwhile True:\n    c, _ = s.accept()\n    OPEN\n        \
    threading.Thread(target=serve, args=(c,)).start()\n";

/// The thread that accepts closes the connection at once, and thereby before or while it is used.
#[rstest]
#[case::block("if True:", "with c:", Verdict::Fail)]
#[case::block_of_the_thread("with c:", "if True:", Verdict::Pass)]
fn connection_closed_by_the_end_of_a_block_is_named(#[case] own: &str, #[case] open: &str, #[case] wanted: Verdict) {
    if !live_tests_enabled() {
        return;
    }
    let (verdict, id, hint, named) = checked("tcp-multi.3", &BLOCK.replace("OWN", own).replace("OPEN", open));
    let is_named = (&*id, &*hint) == ("closed-by-starter", "hint-close-late");
    assert!(verdict == wanted && is_named == (wanted == Verdict::Fail), "{id} {hint} {named}");
}

/// Serves each client in a process.
const FORK: &str = "  signal(SIGCHLD, SIG_IGN);\n  listen(s, 9);\n  for (;;) {\n    int c = accept(s, 0, 0), n;\n    \
    if (c < 0) FAILED;\n    if (fork() == 0) {\n      CHILD;\n      while ((n = read(c, b, 2000)) > 0) {\n        \
    for (int i = 0; i < n; i++) if (b[i] >= 'a' && b[i] <= 'z') b[i] -= 32;\n        write(c, b, n);\n      }\n      \
    _exit(0);\n    }\n    PARENT;\n  }\n";
const FORK_IN_PYTHON: &str = "import os, signal, socket\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\n\
    s = socket.create_server(('127.0.0.1', 65432))\nwhile True:\n    c, _ = s.accept()\n    if os.fork() == 0:\n        \
    CHILD\n        while d := c.recv(2000):\n            c.sendall(d.upper())\n        os._exit(0)\n    PARENT\n";

const FORK_IN_PERL: &str = "use strict;\nuse IO::Socket::INET;\n$SIG{CHLD} = 'IGNORE';\n\
    my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 65432, Listen => 5, ReuseAddr => 1) or die;\n\
    while (1) {\n    my $c = $s->accept() or die \"accept: $!\";\n    if (fork() == 0) {\n        CHILD;\n        \
    while (sysread($c, my $b, 1024)) { syswrite($c, uc $b); }\n        exit 0;\n    }\n    PARENT;\n}\n";

fn forking(program: &str, failed: &str, child: &str, parent: &str) -> String {
    program.replace("FAILED", failed).replace("CHILD", child).replace("PARENT", parent)
}

#[rstest]
#[case::prints_the_error(
    forking(FORK, "{ perror(\"accept\"); return 1; }", "close(s + 9)", "close(s)"),
    "listener-closed-said"
)]
#[case::ends_silently(forking(FORK, "return 0", "close(s + 9)", "close(s)"), "listener-closed")]
#[case::python(forking(FORK_IN_PYTHON, "", "pass", "s.close()"), "listener-closed-said")]
#[case::perl(forking(FORK_IN_PERL, "", "1", "close($s)"), "listener-closed-said")]
fn listener_closed_by_the_parent_is_named(#[case] program: String, #[case] wanted: &str) {
    if !live_tests_enabled() {
        return;
    }
    let (verdict, id, hint, named) = checked("tcp-multi.2", &program);
    assert_eq!((verdict, &*id, &*hint), (Verdict::Fail, wanted, "hint-parent-keeps-listener"), "{named}");
}

#[rstest]
#[case::c(forking(FORK, "return 1", "close(s)", "close(c)"))]
#[case::python(forking(FORK_IN_PYTHON, "", "s.close()", "c.close()"))]
#[case::perl(forking(FORK_IN_PERL, "", "close($s)", "close($c)"))]
fn listener_closed_by_the_child_passes(#[case] program: String) {
    if !live_tests_enabled() {
        return;
    }
    assert_eq!(checked("tcp-multi.2", &program).0, Verdict::Pass, "{program}");
}

/// The result of `accept` replaces the listening socket: the program closes a connection.
#[test]
fn replaced_descriptor_is_no_closed_listener() {
    if !live_tests_enabled() {
        return;
    }
    let program = "  listen(s, 9);\n  for (int n;;) {\n    s = accept(s, 0, 0);\n    if (s < 0) { perror(\"accept\"); return 1; }\n    \
        while ((n = read(s, b, 2000)) > 0) write(s, b, n);\n    close(s);\n  }\n";
    let (verdict, id, _, named) = checked("tcp-multi.2", program);
    assert!(verdict == Verdict::Fail && !id.starts_with("listener-closed"), "{id} {named}");
}
