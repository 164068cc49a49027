//! What a server does right after `accept`, without data of its client, does not depend on timing:
//! the client sends only when the server does nothing more.

use rstest::rstest;
use socklab::model::Verdict;

use crate::failed_calls::checked;
use crate::program::live_tests_enabled;

/// Times that each program is checked: each must end alike.
const TIMES: usize = 3;

/// Returns an echo server that serves clients in threads, with this line before its loop and this
/// handler of errors.
fn echo(first: &str, at_error: &str) -> String {
    format!(
        "import socket, threading\ndef serve(c):\n    {first}\n    while True:\n        try:\n            \
         d = c.recv(2000)\n        except OSError:\n            {at_error}\n        if not d: break\n        \
         c.sendall(d)\n    c.close()\ns = socket.create_server(('127.0.0.1', 65432))\nwhile True:\n    \
         threading.Thread(target=serve, args=(s.accept()[0],)).start()\n"
    )
}

const SHUT_DOWN: &str = "  listen(s, 5);\n  for (;;) {\n    int c = accept(s, 0, 0), n;\n    shutdown(c, SHUT_WR);\n    \
    while ((n = recv(c, b, 2000, 0)) > 0) send(c, b, n, MSG_NOSIGNAL);\n    close(c);\n  }\n";
const FAILED_SHUTDOWN: &str = "  listen(s, 5);\n  for (;;) {\n    int c = accept(s, 0, 0), n;\n    shutdown(c, SHUT_RD + 9);\n    \
    while ((n = recv(c, b, 2000, 0)) > 0) send(c, b, n, MSG_NOSIGNAL);\n    close(c);\n  }\n";

#[rstest]
#[case::non_blocking(&echo("c.setblocking(False)", "raise"), Some("thread-failed"))]
#[case::gives_up_after_five_ms(&echo("c.settimeout(0.005)", "break"), Some("closed-unread"))]
#[case::tries_again_after_five_ms(&echo("c.settimeout(0.005)", "continue"), None)]
#[case::shut_down(SHUT_DOWN, Some("shut-down-first"))]
#[case::failed_shutdown(FAILED_SHUTDOWN, None)]
fn server_acts_alike_each_time(#[case] text: &str, #[case] cause: Option<&str>) {
    if !live_tests_enabled() {
        return;
    }
    let verdict = if cause.is_some() { Verdict::Fail } else { Verdict::Pass };
    for _ in 0..TIMES {
        let (found, id, ..) = checked("tcp-simple.2", text);
        assert_eq!((found, &*id), (verdict, cause.unwrap_or_default()));
    }
}
