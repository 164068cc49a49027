//! Threads that use the connection of another one: the cause is the same in each order of the threads.

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
