//! Which sources give which clues, and which give none.

use rstest::rstest;

use super::*;
use crate::model::{ClientId, Hint, Protocol, TcpState};

fn found(cause: &Cause, file: &str, text: &str) -> Option<(&'static str, u32)> {
    let language = language_of(Path::new(file)).expect("a language");
    let sources = [(PathBuf::from(file), text.to_owned())];
    CLUES.iter().find_map(|clue| {
        let cause = (clue.row.refine)(cause)?;
        Some((cause.row().id, clue.find(language, &sources)?.line))
    })
}

/// Returns a loop of Python that accepts and then does this.
fn in_loop(line: &str) -> String {
    format!("while True:\n    c, a = s.accept()\n    {line}\n")
}

const CLOSED: Cause = Cause::ClosedUnread { hint: Hint::CloseLate };
const READ: Cause = Cause::ClosedAfterReading { bytes: 9 };

const ENDED: Cause = Cause::EndedAfterListen { said: None };
const BEFORE_DATA: Cause = Cause::ClosedBeforeData { client: ClientId(1), hint: Hint::CloseLate };
const CLOSED_FD: Cause = Cause::ThreadFailed { said: String::new(), hint: Hint::DescriptorClosed };
const STOPS: Cause = Cause::StopsAtMessage { client: ClientId(1), messages: 1, hint: Hint::CompareMessages };
const UNIX: Cause = Cause::UnixSocketBound { protocol: Protocol::Tcp };
const AFTER_END: Cause = Cause::AnswersOnlyAfterEnd { client: ClientId(1) };
const PORTLESS: Cause = Cause::WaitsWithoutPort { protocol: Protocol::Tcp, call: String::new(), said: None };
const DATAGRAM: Cause = Cause::NoAnswerLate { client: ClientId(1), ms: 5000, hint: Hint::NoAnswerDatagram };
const RESET: Cause = Cause::PacketsResetByServer { client: ClientId(1) };
const WATCHED: Cause = Cause::ListenerNotWatched { client: ClientId(1), call: String::new() };
const MIXED: Cause = Cause::AwaitsOtherClient { client: ClientId(1) };

const MIXES: Cause = Cause::MixedConnections {};
const OTHER_CLIENT: Cause =
    Cause::AnswerToAnotherClient { client: ClientId(2), other: ClientId(1), hint: Hint::ReplyAddress };
const FIRST: Cause = Cause::FirstDatagramUnanswered { client: ClientId(1), answered: 9 };
const ONE_BYTE: Cause = Cause::EveryAnswerCut { client: ClientId(1), got: 1, of: 9, hint: Hint::ComparedCount };
const SPINS: Cause = Cause::SpinsAfterEnd { client: ClientId(1), state: TcpState::CloseWait };
const UNCLOSED: Cause = Cause::LeftInCloseWait { client: ClientId(1), state: TcpState::CloseWait };

fn unread(client: u32) -> Cause {
    let call = Some("accept".to_owned());
    Cause::DataUnread { client: ClientId(client), bytes: 9, call, hint: Hint::ServeAccepted }
}

fn destroyed() -> Cause {
    let status = crate::model::ExitStatus::Code(1);
    Cause::ServerEndedByError { status, said: None, hint: Hint::ThreadDestroyed }
}

fn twice() -> Cause {
    Cause::EncodedTwice { client: ClientId(1), got: "x".to_owned(), hint: Hint::Bytes }
}

fn bad_send() -> Cause {
    Cause::CallFailed { call: "send".to_owned(), error: "EBADF".to_owned(), hint: Hint::NegativeDescriptor }
}

fn accept_closed() -> Cause {
    let said = Some("accept tcp 127.0.0.1:65432: use of closed network connection".to_owned());
    Cause::ServerEndedByError { status: crate::model::ExitStatus::Code(1), said, hint: Hint::DescriptorClosed }
}

fn gave_up() -> Cause {
    Cause::ReadGaveUp { call: "recv".to_owned() }
}

fn reads_on() -> Cause {
    Cause::ReadsOn { client: ClientId(1), call: "recv".to_owned() }
}

fn connected() -> Cause {
    Cause::ConnectForBind { call: "connect(3, 127.0.0.1:65431)".to_owned() }
}

fn differs(expected: &str, got: &str) -> Cause {
    Cause::AnswerDiffers { client: ClientId(1), expected: expected.to_owned(), got: got.to_owned() }
}

fn echoed() -> Cause {
    Cause::EchoForUpper { client: ClientId(1), got: "x".to_owned() }
}

#[test]
fn all_patterns_are_regular_expressions() {
    assert_eq!(CLUES.len(), ROWS.len(), "a clue whose pattern does not compile is left out");
}

#[rstest]
#[case(
    CLOSED,
    "s.py",
    "import socketserver\n\nclass T(socketserver.BaseRequestHandler):\n    def handler(self):\n",
    "handler-missing",
    3
)]
#[case(unread(1), "S.java", "class S {\n  void f() {\n    pool.submit(new Task(s));\n", "task-error-hidden", 3)]
#[case(
    READ,
    "s.py",
    "try:\n    n = c.recv(9)\n    c.sendall(str(n))\nexcept Exception:\n    pass\n",
    "error-hidden",
    5
)]
#[case(READ, "s.py", "try:\n    c.send(x)\nexcept: pass\n", "error-hidden", 3)]
#[case(READ, "S.java", "try {\n  out.write(x);\n} catch (Exception e) {\n}\n", "error-hidden", 4)]
#[case(READ, "s.js", "try {\n  c.write(5);\n} catch (e) {}\n", "error-hidden", 3)]
#[case(CLOSED_FD, "S.java", "while (true) new T(s.accept()).start();\n", "listener-closed", 1)]
#[case(reads_on(), "s.js", "const s = net.createServer((c) => {\n  s.on('data', f);\n", "event-of-server", 2)]
#[case(reads_on(), "s.py", "while c.recv(1024):\n    c.sendall(c.recv(1024))\n", "read-thrown-away", 1)]
#[case(reads_on(), "S.java", "while (in.readLine() != null) {\n", "read-thrown-away", 1)]
#[case(MIXES, "s.c", "int s;\nint c;\nvoid f(void) {\n  c = accept(s, 0, 0);\n", "mixed-connections", 4)]
#[case(
    MIXES,
    "s.c",
    "static int s, c = -1;\nvoid f(void) {\n  if ((c = accept(s, 0, 0)) < 0) exit(1);\n",
    "mixed-connections",
    3
)]
#[case(MIXES, "S.java", "private static Socket c;\nvoid f() {\n  c = s.accept();\n", "mixed-connections", 3)]
#[case(MIXES, "S.cs", "static TcpClient c;\nc = l.AcceptTcpClient();\n", "mixed-connections", 2)]
#[case(MIXES, "s.py", "def main():\n    global c\n    c, a = s.accept()\n", "mixed-connections", 3)]
#[case(MIXES, "s.py", "Thread(target=lambda: serve(c)).start()\n", "mixed-connections", 1)]
#[case(MIXES, "s.go", "c, err = l.Accept()\ngo func() {\n", "mixed-connections", 2)]
#[case(MIXES, "s.rb", "c = s.accept\nThread.new do\n", "mixed-connections", 2)]
#[case(CLOSED_FD, "s.py", "while 1:\n    with c:\n        t = Thread(target=f, args=(c, a))\n", "closed-by-starter", 2)]
#[case(bad_send(), "s.py", "with c:\n    pool.submit(serve, c)\n", "closed-by-starter", 1)]
#[case(
    bad_send(),
    "s.py",
    "with s.accept()[0] as c:\n    Thread(target=f, args=(c,)).start()\n",
    "closed-by-starter",
    1
)]
#[case(bad_send(), "s.py", "t = Thread(target=f, args=(c,))\nt.start()\nc.close()\n", "closed-by-starter", 3)]
#[case(bad_send(), "s.c", "pthread_create(&t, 0, f, (void *)c);\nclose(c);\n", "closed-by-starter", 2)]
#[case(
    CLOSED_FD,
    "S.java",
    "try (Socket c = s.accept()) {\n  new Thread(() -> f(c)).start();\n}\n",
    "closed-by-starter",
    1
)]
#[case(CLOSED_FD, "S.java", "new Thread(new T(c)).start();\nc.close();\n", "closed-by-starter", 2)]
#[case(CLOSED_FD, "S.cs", "using var c = l.AcceptTcpClient();\nTask.Run(() => F(c));\n", "closed-by-starter", 1)]
#[case(CLOSED_FD, "s.go", "go serve(c)\nc.Close()\n", "closed-by-starter", 2)]
#[case(accept_closed(), "s.go", "c, err := l.Accept()\n", "listener-closed", 1)]
#[case(CLOSED_FD, "s.pl", "my $c = $s->accept() or die;\n", "listener-closed", 1)]
#[case(CLOSED, "s.py", "p = Process(target=f, args=(c,))\nc.close()\n", "thread-not-started", 1)]
#[case(OTHER_CLIENT, "s.py", "def f(origem):\n    ip = origem[0]\n    t[ip] = origem\n", "table-by-host", 2)]
#[case(OTHER_CLIENT, "s.py", "t[addr[0]] = addr\n", "table-by-host", 1)]
#[case(OTHER_CLIENT, "s.js", "t.set(rinfo.address, rinfo);\n", "table-by-host", 1)]
#[case(OTHER_CLIENT, "S.java", "t.put(p.getAddress().getHostAddress(), p);\n", "table-by-host", 1)]
#[case(OTHER_CLIENT, "s.go", "clients[addr.IP.String()] = addr\n", "table-by-host", 1)]
#[case(destroyed(), "s.cpp", "\nthread t(serve, c);\n", "server-ended-by-error", 2)]
#[case(twice(), "s.js", "c.setEncoding('latin1');\n", "encoded-twice", 1)]
#[case(gave_up(), "s.py", "\nc.setblocking(False)\n", "read-gave-up", 2)]
#[case(FIRST, "s.c", "socklen_t len = 0;\n", "first-datagram-unanswered", 1)]
#[case(ONE_BYTE, "s.c", "\nwhile (n = recv(c, b, 9, 0) > 0)\n", "every-answer-cut", 2)]
#[case(CLOSED, "S.java", "try (Socket c = s.accept()) {\n", "closed-unread", 1)]
#[case(UNCLOSED, "s.c", "p.events = POLLIN | POLLRDHUP;\nif (p.revents == POLLIN) {\n", "events-compared", 2)]
#[case(SPINS, "s.c", "if (e.events == EPOLLIN) {\n  f(EPOLLIN | EPOLLRDHUP);\n", "events-compared", 1)]
#[case(
    unread(1),
    "S.cs",
    "l.Start();\nvar t = new Thread(() => F(c));\nt.IsBackground = true;\n",
    "thread-not-started",
    2
)]
#[case(unread(1), "s.py", "t = Thread(target=f, args=(c,))\nt.start\n", "start-not-called", 2)]
#[case(unread(1), "s.py", "t = threading.Thread(target=f, args=(c,))\n", "thread-not-started", 1)]
#[case(STOPS, "S.java", "byte b;\nwhile ((b = (byte) in.read()) != -1) {\n", "byte-taken-for-end", 2)]
#[case(STOPS, "s.c", "char c;\nwhile ((c = fgetc(f)) != EOF) {\n", "byte-taken-for-end", 1)]
#[case(STOPS, "S.java", "byte n = (byte) in.read(b);\n", "count-in-one-byte", 1)]
#[case(echoed(), "s.cpp", "for (char c : s)\n  c = std::toupper(c);\n", "upper-lost", 2)]
#[case(echoed(), "s.py", "# x.upper()\ndata.upper()\n", "upper-lost", 2)]
#[case(CLOSED, "S.java", "if (in.ready()) {\n", "closed-unread", 1)]
#[case(connected(), "s.py", "# connect\ns = socket()\ns.connect((HOST, PORT))\n", "connect-for-bind", 3)]
#[case(connected(), "s.rb", "s = UDPSocket.new\ns.connect '127.0.0.1', 65431\n", "connect-for-bind", 2)]
#[case(unread(1), "s.js", "const net = require('net');\nsocket.on('message', (m) => {\n", "wrong-event", 2)]
#[case(
    UNCLOSED,
    "s.go",
    "for {\n\tc, err := l.Accept()\n\tif err != nil {\n\t\tcontinue\n\t}\n\tdefer c.Close()\n",
    "defer-too-late",
    6
)]
#[case(UNCLOSED, "s.py", "c.sendall(x)\nconn.close\n", "close-not-called", 2)]
#[case(UNCLOSED, "s.js", "  socket.end;\n", "close-not-called", 1)]
#[case(
    DATAGRAM,
    "s.py",
    "class S(asyncio.DatagramProtocol):\n  def data_received(self, d):\n",
    "datagram-received-missing",
    1
)]
#[case(RESET, "s.c", "l.l_onoff = 1;\nl.l_linger = 0;\n", "linger-reset", 2)]
#[case(RESET, "s.py", "s.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack('ii', 1, 0))\n", "linger-reset", 1)]
#[case(echoed(), "S.cs", "t = Encoding.Unicode.GetString(b).ToUpper();\n", "utf16-decoded", 1)]
#[case(differs("um dois", "umdois"), "s.py", "c.sendall(d.strip())\n", "pieces-stripped", 1)]
#[case(differs("ab", "\\0"), "S.cs", "Encoding.Unicode.GetString(b)\n", "utf16-decoded", 1)]
#[case(DATAGRAM, "s.py", "http.server.HTTPServer(a, h)\n", "http-server", 1)]
#[case(WATCHED, "s.c", "maxfd = lst;\nselect(maxfd, &r, NULL, NULL, NULL);\n", "select-count", 2)]
#[case(MIXED, "s.c", "pthread_create(&t, NULL, serve, &novo);\n", "thread-gets-address", 1)]
#[case(MIXED, "s.c", "pthread_create(&t, NULL, serve, (void *)&novo);\n", "thread-gets-address", 1)]
#[case(MIXED, "s.cpp", "std::thread([&]() { serve(fd); }).detach();\n", "thread-gets-address", 1)]
#[case(
    unread(1),
    "S.java",
    "p = Executors.newFixedThreadPool(1);\np.submit(this::accept);\np.submit(() -> serve(c));\n",
    "one-thread-taken",
    1
)]
#[case(
    ENDED,
    "s.py",
    "async def main():\n  s = await asyncio.start_server(f, H, P)\nawait w.wait_closed()\n",
    "serve-forever-missing",
    2
)]
#[case(CLOSED_FD, "s.py", &in_loop("t = threading.Thread(target=serve)"), "thread-without-connection", 3)]
#[case(CLOSED_FD, "s.py", &in_loop("Thread(target=serve, daemon=True).start()"), "thread-without-connection", 3)]
#[case(STOPS, "s.c", "int main(void) {\n  char n;\n  while ((n = recv(c, b, 9, 0)) > 0)\n", "count-in-one-byte", 2)]
#[case(STOPS, "S.java", "byte lidos = (byte) in.read(b);\n", "count-in-one-byte", 1)]
#[case(UNIX, "s.js", "const s = 1;\nserver.listen(HOST, PORT, () => {\n", "unix-socket-bound", 2)]
#[case(UNIX, "s.py", "s = socket.socket(socket.AF_UNIX)\n", "unix-socket-bound", 1)]
#[case(DATAGRAM, "s.js", "s = dgram.createSocket('udp4');\ns.on('data', m => {});\n", "wrong-datagram-event", 2)]
#[case(AFTER_END, "s.py", "x = 1\n    d = await reader.read()\n", "answers-only-after-end", 2)]
#[case(AFTER_END, "s.js", "s.on('end', () => {});\n", "answers-only-after-end", 1)]
#[case(Cause::SendOfNothing { call: String::new() }, "s.cpp", "std::vector<char> b;\nb.reserve(1024);\n", "reserved-only", 2)]
#[case(unread(1), "s.cpp", "fila.push(c);\ntem_cliente.wait(lk);\n", "never-notified", 2)]
#[case(unread(1), "s.c", "pthread_cond_wait(&cheia, &m);\n", "never-notified", 1)]
fn clues_refine_causes(
    #[case] cause: Cause,
    #[case] file: &str,
    #[case] text: &str,
    #[case] id: &str,
    #[case] line: u32,
) {
    assert_eq!(found(&cause, file, text), Some((id, line)));
}

#[rstest]
#[case(CLOSED, "s.py", "class T(socketserver.BaseRequestHandler):\n    def handle(self):\n")]
#[case(CLOSED, "s.py", "class T(Handler):\n    def handler(self):\n")]
#[case(unread(2), "S.java", "pool.submit(new Task(s));\n")]
#[case(unread(1), "S.java", "pool.execute(new Task(s));\n")]
#[case(READ, "s.py", "try:\n    c.send(x)\nexcept ConnectionResetError:\n    pass\n")]
#[case(READ, "s.py", "try:\n    c.send(x)\nexcept Exception as e:\n    print(e)\n")]
#[case(READ, "S.java", "try {\n  out.write(x);\n} catch (Exception e) {\n  e.printStackTrace();\n}\n")]
#[case(echoed(), "s.py", "# x.upper()\nc.send(x)\n")]
#[case(CLOSED, "S.java", "in.read(b);\n")]
#[case(
    bad_send(),
    "s.py",
    "def f(c):\n    with c:\n        g(c)\nc = s.accept()[0]\nThread(target=f, args=(c,)).start()\n"
)]
#[case(bad_send(), "s.py", "with lock:\n    t = Thread(target=f, args=(c,))\n")]
#[case(bad_send(), "s.py", "t = Thread(target=f, args=(c,))\nt.start()\nt.join()\nc.close()\n")]
#[case(bad_send(), "s.c", "pthread_create(&t, 0, f, p);\npthread_join(t, 0);\nclose(c);\n")]
#[case(Cause::ErrorCaught { error: String::new(), hint: Hint::DescriptorClosed }, "S.java", "try (Socket c = s.accept()) {\n  serve(c);\n}\n")]
#[case(Cause::CallFailed { call: "accept".to_owned(), error: "EBADF".to_owned(), hint: Hint::DescriptorClosed }, "s.c", "pthread_create(&t, 0, f, (void *)c);\nclose(c);\n")]
#[case(MIXES, "s.c", "int s;\nvoid f(void) {\n  int c = accept(s, 0, 0);\n")]
#[case(MIXES, "S.java", "static int n;\nSocket c = s.accept();\n")]
#[case(MIXES, "s.rb", "Thread.new(s.accept) do |c|\n")]
#[case(CLOSED, "S.java", "System.out.println(\"Server ready\");\n")]
#[case(unread(1), "s.js", "const cluster = require('cluster');\nworker.on('message', (m) => {\n")]
#[case(unread(1), "s.js", "const dgram = require('dgram');\nsocket.on('message', (m) => {\n")]
#[case(UNCLOSED, "s.go", "c, err := l.Accept()\ngo serve(c)\n}\nfunc serve(c net.Conn) {\n\tdefer c.Close()\n")]
#[case(ENDED, "s.py", "s = await asyncio.start_server(f, H, P)\nawait s.serve_forever()\n")]
#[case(PORTLESS, "s.js", "server.listen(PORT, HOST);\n")]
#[case(CLOSED_FD, "s.py", "t = Thread(target=serve, args=(c,))\n")]
#[case(CLOSED_FD, "s.py", "q = queue.Queue()\nt = Thread(target=work)\n")]
// The thread accepts by itself.
#[case(
    BEFORE_DATA,
    "s.py",
    "def loop():\n    while True:\n        c, a = s.accept()\n        c.close()\nThread(target=loop).start()\n"
)]
#[case(BEFORE_DATA, "s.py", "def f():\n    c, a = s.accept()\n\ndef main():\n    Thread(target=f).start()\n")]
#[case(STOPS, "s.c", "char buffer[1024];\nint n;\nn = recv(c, buffer, 1024, 0);\n")]
#[case(STOPS, "s.c", "char ret;\nint n;\nn = recv(c, b, 1024, 0);\n")]
#[case(PORTLESS, "s.js", "server.listen('65432', '127.0.0.1');\n")]
#[case(Cause::SendOfNothing { call: String::new() }, "s.cpp", "b.reserve(9);\nb.resize(9);\n")]
#[case(unread(1), "s.cpp", "fila.push(c);\ntem_cliente.notify_one();\ntem_cliente.wait(lk);\n")]
#[case(unread(1), "s.c", "pthread_cond_wait(&m);\npthread_cond_signal(&m);\n")]
#[case(differs("um dois", "umdoiz"), "s.py", "c.sendall(d.strip())\n")]
#[case(differs("um dois", "umdois"), "s.py", "c.sendall(d)\n")]
#[case(UNCLOSED, "s.py", "conn.close()\n")]
#[case(UNCLOSED, "s.rb", "client.close\n")]
#[case(DATAGRAM, "s.py", "class S(DatagramProtocol):\n  def datagram_received(self, d, a):\n")]
#[case(RESET, "s.c", "l.l_onoff = 1;\nl.l_linger = 5;\n")]
#[case(WATCHED, "s.c", "select(maxfd + 1, &r, NULL, NULL, NULL);\n")]
#[case(WATCHED, "s.c", "nfds = lst + 1;\nselect(nfds, &r, NULL, NULL, NULL);\n")]
#[case(MIXED, "s.c", "pthread_create(&t, NULL, serve, &clients[i]);\npthread_create(&t, NULL, serve, p);\n")]
#[case(Cause::ReadNotAnswered { client: ClientId(1), call: "futex".to_owned() }, "s.c", "pthread_create(&t, 0, serve, &c);\n")]
#[case(reads_on(), "s.js", "const s = net.createServer((c) => {\n  c.on('data', f);\n")]
#[case(reads_on(), "s.py", "while d := c.recv(1024):\n")]
#[case(reads_on(), "S.java", "while ((line = in.readLine()) != null) {\n")]
#[case(CLOSED, "s.py", "p = Process(target=f, args=(c,))\np.start()\n")]
#[case(OTHER_CLIENT, "s.py", "t[addr] = addr\nprint(addr[0])\n")]
#[case(OTHER_CLIENT, "s.py", "ip = addr[0]\nprint(ip)\nt[addr] = 1\n")]
#[case(OTHER_CLIENT, "s.js", "t.set(rinfo.address + rinfo.port, rinfo);\n")]
#[case(OTHER_CLIENT, "s.go", "clients[addr.String()] = addr\n")]
#[case(destroyed(), "s.cpp", "std::thread t(serve, c);\nt.detach();\n")]
#[case(twice(), "s.js", "c.setEncoding('utf8');\n")]
#[case(gave_up(), "s.py", "c.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)\n")]
#[case(FIRST, "s.c", "socklen_t len = sizeof a;\n")]
#[case(ONE_BYTE, "s.c", "while ((n = recv(c, b, 9, 0)) > 0)\n")]
#[case(UNCLOSED, "s.c", "p.events = POLLIN | POLLRDHUP;\nif (p.revents & POLLIN) {\n")]
// Without POLLRDHUP, the end of a client is POLLIN alone.
#[case(SPINS, "s.c", "p.events = POLLIN;\nif (p.revents == POLLIN) {\n")]
#[case(reads_on(), "s.py", "while c.recv(1, MSG_PEEK):\n")]
#[case(unread(1), "S.cs", "new Thread(() => F(c)).Start();\n")]
#[case(unread(1), "S.cs", "l.Start();\nThread t = new Thread(() => F(c));\nt.Start();\n")]
#[case(unread(1), "S.java", "class T extends Thread {}\nnew Thread(new T(c));\n")]
#[case(unread(2), "S.cs", "new Thread(() => F(c));\n")]
#[case(STOPS, "S.java", "int b;\nwhile ((b = in.read()) != -1) out.write((byte) b);\n")]
#[case(STOPS, "s.c", "int c;\nwhile ((c = fgetc(f)) != EOF) {\n")]
#[case(MIXED, "s.cpp", "std::thread([fd]() { serve(fd); }).detach();\n")]
#[case(unread(1), "S.java", "p = Executors.newFixedThreadPool(1);\np.execute(() -> serve(c));\n")]
fn other_sources_give_no_clue(#[case] cause: Cause, #[case] file: &str, #[case] text: &str) {
    assert_eq!(found(&cause, file, text), None);
}
