//! Faults that bytes or the source reveal, of real programs: each is named, and the program without
//! the fault passes.

use rstest::rstest;
use socklab::model::Verdict;

use crate::failed_calls::{checked, checked_with};
use crate::program::live_tests_enabled;

/// Begins every program for TCP: `s` listens.
const TCP: &str = "import socket, struct, threading, concurrent.futures as futures\n\
    s = socket.socket()\ns.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\nLINGER\n\
    s.bind(('127.0.0.1', 65432))\ns.listen(5)\n";
/// Serves one client after another in upper case.
const UPPER: &str = "while True:\n    c, _ = s.accept()\n    c.sendall(CONVERTED)\n    c.close()\n";
const ECHO: &str = "while True:\n    c, _ = s.accept()\n    while True:\n        d = c.recv(2000)\n        \
    if not d: break\n        c.sendall(d.strip())\n    c.close()\n";
const READER: &str = "while True:\n    c, _ = s.accept()\n    while True:\n        f = c.makefile('rb')\n        \
    f.peek(1)\n        d = f.read1(512)\n        if not d: break\n        c.sendall(d)\n    f.close()\n    c.close()\n";
const LINGER: &str = "s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))";
const POOL: &str = "pool = futures.ThreadPoolExecutor(max_workers=1)\n\
    def serve(c):\n    c.sendall(c.recv(1024).upper())\n    c.close()\n\
    def accept_all():\n    while True: pool.submit(serve, s.accept()[0])\npool.submit(accept_all).result()\n";
const CONDITION: &str = "cond = threading.Condition()\nqueue = []\n\
    def work():\n    while True:\n        with cond:\n            while not queue: cond.wait()\n            \
    c = queue.pop(0)\n        c.sendall(c.recv(1024).upper())\n        c.close()\n\
    threading.Thread(target=work).start()\n\
    while True:\n    c, _ = s.accept()\n    with cond:\n        queue.append(c)\n        cond.notify()\n";
const THREAD: &str = "def serve(c):\n    c.sendall(c.recv(1024).upper())\n    c.close()\n\
    while True:\n    t = threading.Thread(target=serve, args=(s.accept()[0],))\n    t.start()\n";
/// Collects bytes until no more are there, and sends them.
const BYTE_AS_END: &str = "  listen(s, 5);\n  for (;;) {\n    int c = accept(s, 0, 0), n = 0;\n    \
    FILE *f = fdopen(c, \"r\");\n    char k, peeked;\n    static char all[99999];\n    \
    while ((k = fgetc(f)) != EOF) {\n      all[n++] = k;\n      \
    if (f->_IO_read_ptr == f->_IO_read_end && recv(c, &peeked, 1, MSG_PEEK | MSG_DONTWAIT) <= 0) {\n        \
    send(c, all, n, 0);\n        n = 0;\n      }\n    }\n    fclose(f);\n  }\n";
const ASYNCIO: &str = "import asyncio\n\
    async def serve(r, w):\n    w.write((await r.read(1024)).upper())\n    await w.drain()\n    w.close()\n    \
    await w.wait_closed()\n\
    async def main():\n    server = await asyncio.start_server(serve, '127.0.0.1', 65432)\n    \
    await server.serve_forever()\nasyncio.run(main())\n";
const PROTOCOL: &str = "import asyncio\nclass Server(asyncio.DatagramProtocol):\n    \
    def connection_made(self, t):\n        self.t = t\n    \
    def datagram_received(self, d, a):\n        self.t.sendto(d.upper(), a)\n\
    async def main():\n    loop = asyncio.get_running_loop()\n    \
    await loop.create_datagram_endpoint(Server, local_addr=('127.0.0.1', 65432))\n    \
    await asyncio.Event().wait()\nasyncio.run(main())\n";
const HTTP: &str = "import http.server\nhttp.server.HTTPServer(('127.0.0.1', 65432), \
    http.server.SimpleHTTPRequestHandler).serve_forever()\n";
const SELECT: &str = "  listen(s, 5);\n  int max = s;\n  for (;;) {\n    fd_set r;\n    FD_ZERO(&r);\n    FD_SET(s, &r);\n    \
    select(max + 1, &r, 0, 0, 0);\n    int c = accept(s, 0, 0), n = recv(c, b, 1024, 0);\n    \
    for (int i = 0; i < n; i++) if (b[i] >= 'a' && b[i] <= 'z') b[i] -= 32;\n    send(c, b, n, 0);\n    close(c);\n  }\n";

/// Serves one client after another with the descriptor that `ACCEPTED` leaves in `c`.
const COMPARED: &str = "  listen(s, 5);\n  for (;;) {\n    int c = 0, n;\n    ACCEPTED\n    \
    while ((n = read(c, b, 1024)) > 0) {\n      for (int i = 0; i < n; i++) if (b[i] >= 'a' && b[i] <= 'z') b[i] -= 32;\n      \
    send(c, b, n, 0);\n    }\n    close(c);\n  }\n";

const NODE: &str = "const net = require('net');\nconst server = net.createServer((c) => {\n  \
    c.on('data', (d) => c.write(d));\n});\nserver.listen(WHERE);\n";
const DGRAM: &str = "const dgram = require('dgram');\nconst s = dgram.createSocket('udp4');\n\
    s.on('message', (m, r) => s.send(m.toString().toUpperCase(), r.port, r.address));\ns.bind(65432, '127.0.0.1');\n";
const PERL: &str = "use Socket;\nsocket(my $s, PF_INET, SOCK_STREAM, 0);\nsetsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);\n\
    bind($s, sockaddr_in(65432, inet_aton('127.0.0.1')));\nlisten($s, 5);\nwhile (accept(my $c, $s)) {\n  \
    while (sysread($c, my $b, 1024)) {\n    print $c $b;\n  }\n  close($c);\n}\n";
const FIRST_SENDER: &str = "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n\
    s.bind(('127.0.0.1', 65432))\nfirst = None\nwhile True:\n    d, a = s.recvfrom(65535)\n    \
    first = first or a\n    s.sendto(d.upper(), first)\n";

/// Returns a server that sends this expression of Python.
fn upper(converted: &str) -> String {
    tcp(&UPPER.replace("CONVERTED", converted))
}

fn tcp(rest: &str) -> String {
    format!("{}{rest}", TCP.replace("LINGER\n", ""))
}

#[rstest]
#[case::byte_order_mark(
    "tcp-multi.3",
    upper("c.recv(1024).decode().upper().encode('utf-8-sig')"),
    "byte-order-mark-sent"
)]
#[case::all_bytes("tcp-multi.3", upper("bytes((b - 32) % 256 for b in c.recv(1024))"), "case-of-all-bytes")]
#[case::only_letters(
    "tcp-multi.3",
    upper("bytes(b for b in c.recv(1024).upper() if chr(b).isalnum() and b < 128)"),
    "characters-removed"
)]
#[case::utf16(
    "tcp-multi.3",
    upper("c.recv(1024).decode('utf-16-le', 'replace').upper().encode('utf-16-le', 'replace')"),
    "utf16-decoded"
)]
#[case::http("tcp-multi.3", HTTP.to_owned(), "http-server")]
#[case::strip("tcp-simple.3", tcp(ECHO), "pieces-stripped")]
#[case::reader("tcp-simple.3", tcp(READER), "bytes-skipped")]
#[case::close("tcp-multi.2", upper("c.recv(1024).upper()").replace("c.close()", "c.close"), "close-not-called")]
#[case::linger("tcp-multi.4", upper("c.recv(1024).upper()").replace("s.bind", &format!("{LINGER}\ns.bind")), "linger-reset")]
#[case::pool("tcp-multi.2", tcp(POOL), "one-thread-taken")]
#[case::condition("tcp-multi.2", tcp(&CONDITION.replace("cond.notify()", "pass")), "never-notified")]
#[case::thread("tcp-multi.2", tcp(&THREAD.replace(".start()", "")), "thread-not-started")]
#[case::two_reads(
    "tcp-simple.3",
    tcp(
        "while True:\n    c, _ = s.accept()\n    while c.recv(1024):\n        c.sendall(c.recv(1024))\n    c.close()\n"
    ),
    "read-thrown-away"
)]
#[case::second_accept("tcp-multi.2", upper("c.recv(1024).upper()").replace("    c.close()", "    c, _ = s.accept()\n    c.close()"), "next-without-close")]
#[case::return_first(
    "tcp-multi.2",
    tcp(
        "def serve(c):\n    while d := c.recv(1024):\n        c.sendall(d.upper())\n        return\n    c.close()\nwhile True:\n    c, _ = s.accept()\n    serve(c)\n"
    ),
    "next-without-close"
)]
#[case::event_of_server("tcp-simple.3", NODE.replace("WHERE", "65432, '127.0.0.1'").replace("c.on('data'", "server.on('data'"), "event-of-server")]
#[case::listener_closed("tcp-multi.2", upper("c.recv(1024).upper()").replace("c.close()", "c.close()\n    s.close()"), "listener-closed-said")]
#[case::empty_answer("udp-simple.3", FIRST_SENDER.replace("first = first or a", "first = a").replace("d.upper()", "d.upper() if len(d) < 999 else b''"), "empty-answer")]
#[case::always_empty("udp-simple.2", FIRST_SENDER.replace("first = first or a", "first = a").replace("d.upper()", "b''"), "empty-answer")]
#[case::no_datagram("udp-simple.2", FIRST_SENDER.replace("s.sendto(d.upper(), first)", "d.upper()"), "datagram-read-not-answered")]
#[case::keyboard("tcp-multi.3", upper("c.recv(1024).upper()").replace("c.close()", "c.close()\n    input()"), "waits-for-keyboard")]
#[case::byte_as_end("tcp-simple.3", BYTE_AS_END.to_owned(), "byte-taken-for-end")]
#[case::asyncio("tcp-multi.1", ASYNCIO.replace("    await server.serve_forever()\n", ""), "serve-forever-missing")]
#[case::start_server("tcp-multi.1", ASYNCIO.replace("await asyncio", "asyncio").replace("await server.serve_forever", "await asyncio.Event().wait"), "never-awaited")]
#[case::main("tcp-multi.1", ASYNCIO.replace("asyncio.run(main())", "main()"), "never-awaited")]
#[case::own_coroutine("tcp-multi.2", ASYNCIO.replace("async def main", "async def accepted(r, w):\n    serve(r, w)\nasync def main").replace("(serve, '127", "(accepted, '127"), "never-awaited")]
#[case::callback("udp-simple.2", PROTOCOL.replace("def datagram_received", "async def datagram_received"), "never-awaited")]
#[case::protocol("udp-simple.2", PROTOCOL.replace("datagram_received", "data_received"), "datagram-received-missing")]
#[case::select("tcp-multi.1", SELECT.replace("max + 1", "max"), "select-count")]
#[case::compared("tcp-multi.2", COMPARED.replace("ACCEPTED", "if (c = accept(s, 0, 0) < 0) return 1;"), "standard-input-read")]
#[case::keyboard_of_c("tcp-multi.2", COMPARED.replace("ACCEPTED", "c = accept(s, 0, 0); getchar();"), "waits-for-keyboard")]
#[case::not_kept("tcp-multi.2", COMPARED.replace("ACCEPTED", "accept(s, 0, 0);"), "standard-input-read")]
#[case::path("tcp-simple.1", NODE.replace("WHERE", "'127.0.0.1:65432'"), "unix-socket-bound")]
#[case::event("udp-simple.2", DGRAM.replace("'message'", "'data'"), "wrong-datagram-event")]
#[case::print("tcp-simple.3", PERL.to_owned(), "never-flushed")]
#[case::first_sender("udp-simple.2", FIRST_SENDER.to_owned(), "answer-to-another-client")]
#[case::table_by_host("udp-simple.2", FIRST_SENDER.replace("first = None", "first = {}").replace("first = first or a", "first.setdefault(a[0], a)").replace(", first)", ", first[a[0]])"), "table-by-host")]
#[case::first_sender_too_many("udp-simple.3", FIRST_SENDER.to_owned(), "answer-to-another-client")]
fn fault_is_named(#[case] item: &str, #[case] program: String, #[case] id: &str) {
    if !live_tests_enabled() {
        return;
    }
    let (verdict, cause, ..) = checked(item, &program);
    assert_eq!((verdict, cause.as_str()), (Verdict::Fail, id), "{program}");
}

#[rstest]
#[case::upper("tcp-multi.3", upper("c.recv(1024).upper()"))]
#[case::close("tcp-multi.2", upper("c.recv(1024).upper()"))]
#[case::echo("tcp-simple.3", tcp(&ECHO.replace(".strip()", "")))]
#[case::reader("tcp-simple.3", tcp(&READER.replace("        f = c.makefile('rb')\n", "").replace("    c, _ = s.accept()\n", "    c, _ = s.accept()\n    f = c.makefile('rb')\n")))]
#[case::linger("tcp-multi.4", upper("c.recv(1024).upper()").replace("s.bind", &format!("{}\ns.bind", LINGER.replace("1, 0", "1, 5"))))]
#[case::pool("tcp-multi.2", tcp(&POOL.replace("max_workers=1", "max_workers=4")))]
#[case::condition("tcp-multi.2", tcp(CONDITION))]
#[case::thread("tcp-multi.2", tcp(THREAD))]
#[case::int_as_end("tcp-simple.3", BYTE_AS_END.replace("char k, peeked", "int k, peeked"))]
#[case::asyncio("tcp-multi.1", ASYNCIO.to_owned())]
#[case::awaited_later("tcp-multi.1", ASYNCIO.replace("await asyncio", "asyncio").replace("    await server", "    server = await server\n    await server"))]
#[case::own_coroutine("tcp-multi.2", ASYNCIO.replace("async def main", "async def accepted(r, w):\n    await serve(r, w)\nasync def main").replace("(serve, '127", "(accepted, '127"))]
#[case::protocol("udp-simple.2", PROTOCOL.to_owned())]
#[case::select("tcp-multi.1", SELECT.to_owned())]
#[case::compared("tcp-multi.2", COMPARED.replace("ACCEPTED", "if ((c = accept(s, 0, 0)) < 0) return 1;"))]
#[case::path("tcp-simple.1", NODE.replace("WHERE", "65432, '127.0.0.1'"))]
#[case::event("udp-simple.2", DGRAM.to_owned())]
#[case::print("tcp-simple.3", PERL.replace("    print", "    $c->autoflush(1);\n    print"))]
#[case::first_sender("udp-simple.3", FIRST_SENDER.replace("first or a", "a"))]
#[case::table_by_address("udp-simple.2", FIRST_SENDER.replace("first = None", "first = {}").replace("first = first or a", "first.setdefault(a, a)").replace(", first)", ", first[a])"))]
fn program_without_the_fault_passes(#[case] item: &str, #[case] program: String) {
    if !live_tests_enabled() {
        return;
    }
    assert_eq!(checked(item, &program).0, Verdict::Pass, "{program}");
}

/// Uses a module that is one of Python's, or the submission's own, in which a name is missing.
const MODULES: &str = "import socketserver, settings\nclass Handler(socketserver.BaseRequestHandler):\n    \
    def handle(self):\n        self.request.sendall(self.request.recv(1024))\n\
    socketserver.TCPServer(('127.0.0.1', settings.PORT), Handler).serve_forever()\n";

#[rstest]
#[case::hidden(&[("socketserver.py", "x = 1\n"), ("settings.py", "PORT = 65432\n")], "hint-own-file-name")]
#[case::misspelled_in_its_own(&[("settings.py", "PORTA = 65432\n")], "hint-unknown-name")]
fn file_that_hides_a_module_is_named(#[case] files: &[(&str, &str)], #[case] hint: &str) {
    if !live_tests_enabled() {
        return;
    }
    let (verdict, id, found, _) = checked_with("tcp-simple.1", MODULES, files);
    assert_eq!((verdict, &*id, &*found), (Verdict::Fail, "exited-early-said", hint));
}

/// A thread that accepts by itself needs no connection.
const ACCEPTS_ITSELF: &str = "def loop():\n    while True:\n        c, _ = s.accept()\n        c.close()\n\
    threading.Thread(target=loop).start()\n";

#[test]
fn other_fault_of_a_thread_is_not_a_missing_connection() {
    if !live_tests_enabled() {
        return;
    }
    let (verdict, id, _, named) = checked("tcp-multi.3", &tcp(ACCEPTS_ITSELF));
    assert!(verdict == Verdict::Fail && id != "thread-without-connection", "{id} {named}");
}
