# Findings of expectations, with stories, notes and hints.
# A finding states a fact about the program, a hint is an imperative; both start in lower case and have no full stop.
# Data is quoted.

# The server's start.
listening = the server listens on { $at } (backlog { $backlog })
bound = the server's UDP socket is bound to { $at }
note-other-port = the server uses port { $port }, not the lab's { $expected }
note-other-address = the server is bound to { $address }: a client that connects to 127.0.0.1 cannot reach it
note-no-reuse-address = SO_REUSEADDR is not set before bind: restarting the program right after it exits may fail with "Address already in use"
other-protocol = on port { $port } the server speaks { $found }, but { $wanted } is required
other-protocol-said = on port { $port } the server speaks { $found }, but { $wanted } is required; last output: "{ $said }"
tcp-listens-too = a UDP server is required, but a TCP socket listens on { $at }
program-missing = the program "{ $program }" was not found
line-endings = "{ $program }" has Windows line endings (CRLF), so the interpreter that its first line names is not found
marked-script = "{ $program }" begins with a byte order mark (BOM), so its first line (#!) is not recognised
interpreter-missing = the program "{ $program }" needs { $interpreter }, which is not installed here
loader-missing = the program "{ $program }" needs a loader that is not installed here: it was built for another system
program-not-executable = the program "{ $program }" cannot be run: it has no execute permission
bound-not-listening = the socket is bound to { $at } but does not listen: listen was not called
bound-not-listening-said = the socket is bound to { $at } but does not listen: listen was not called; last output: "{ $said }"
nothing-listens = the program is running but opened no { $protocol } port within { $ms } ms
nothing-listens-said = the program is running but opened no { $protocol } port within { $ms } ms; last output: "{ $said }"
waits-without-port = the program is running but opened no { $protocol } port: it only waits ({ $call })
waits-without-port-said = the program is running but opened no { $protocol } port: it only waits ({ $call }); last output: "{ $said }"
asks-on-stdin = the program waits for standard input before it opens a { $protocol } port
asks-on-stdin-said = the program waits for standard input before it opens a { $protocol } port; last output: "{ $said }"
port-busy = another program already uses { $at } ({ $state }), so this one could not be tested
harness-trouble = the server could not be started or observed: { $problem }
never-started = the server was never started
exited-early = the program exited ({ $status }) before opening its port and printed nothing
exited-early-said = the program exited ({ $status }) before opening its port; last output: "{ $said }"
exited-address-in-use = the program exited ({ $status }): its address is already in use; last output: "{ $said }"
exited-address-not-here = the program exited ({ $status }): the address it binds to does not belong to this machine; last output: "{ $said }"
address-bytes-swapped = the program binds to { $address }, which is 127.0.0.1 with its bytes in the wrong order
exited-wants-terminal = the program exited ({ $status }): it needs a terminal and there is none here; output: "{ $said }"
exited-wants-module = the program exited ({ $status }): it needs a module, library or tool that is neither in the submission nor installed here; output: "{ $said }"
exited-wants-windows = the program exited ({ $status }): it needs a module that exists only on Windows; output: "{ $said }"
program-not-here = the program "{ $program }" is not installed here
exited-wants-network = the program exited ({ $status }): it uses a host name or address that exists only on an outside network, or not at all (is the host name spelled correctly?); output: "{ $said }"
exited-by-fault = the program exited ({ $status }): { $fault ->
    [windows-headers] it is written for Windows
    [windows] it is written for Windows
    [byte-order-mark] it contains a byte order mark (BOM)
    [utf-16] it is saved as UTF-16
    [encoding] it is not saved as UTF-8
    [python-2] it is written for Python 2, and Python 3 runs it
    [tabs] its indentation mixes tabs and spaces
   *[line-endings] a script of it has Windows line endings (CRLF)
}; output: "{ $said }"
exited-other-system = the program exited ({ $status }): { $fault ->
    [windows-headers] it is written for Windows, and programs run on Linux here; what helps: the headers of Linux (sys/socket.h, netinet/in.h, unistd.h) instead of winsock2.h and windows.h, no WSAStartup, and close instead of closesocket
   *[windows] it is written for Windows, and programs run on Linux here; what helps: replace what exists only on Windows
}; output: "{ $said }"
exited-permission = the program exited ({ $status }): permission denied; last output: "{ $said }"

hint-other-protocol = create a socket of the other type: SOCK_STREAM is TCP, SOCK_DGRAM is UDP (Java: ServerSocket, DatagramSocket)
    .c = create a socket of the other type: socket(AF_INET, SOCK_STREAM, 0) is TCP, socket(AF_INET, SOCK_DGRAM, 0) is UDP
    .csharp = create a socket of the other type: TcpListener is TCP, UdpClient is UDP
    .go = create a socket of the other type: net.Listen("tcp", …) is TCP, net.ListenPacket("udp", …) is UDP
    .java = create a socket of the other type: ServerSocket is TCP, DatagramSocket is UDP
    .lua = create a socket of the other type: socket.tcp() and socket.bind() are TCP, socket.udp() is UDP
    .node = create a server of the other type: net.createServer(…) is TCP, dgram.createSocket('udp4') is UDP
    .perl = create a socket of the other type: Proto => 'tcp' is TCP, Proto => 'udp' is UDP (IO::Socket::INET->new)
    .php = create a socket of the other type: socket_create(AF_INET, SOCK_STREAM, SOL_TCP) is TCP, socket_create(AF_INET, SOCK_DGRAM, SOL_UDP) is UDP
    .python = create a socket of the other type: socket.SOCK_STREAM is TCP, socket.SOCK_DGRAM is UDP
    .ruby = create a socket of the other type: TCPServer is TCP, UDPSocket is UDP
hint-program-missing = check the name and the path in the command, and that the program is installed here
hint-line-endings = save the file with Unix line endings (LF), in the editor or with dos2unix; a Python program also runs with python3 FILE
hint-interpreter-missing = name an interpreter that is installed here in the first line, or run the program with it (python3 server.py)
hint-loader-missing = build the program on Linux, or submit its source file
hint-windows-headers = use the headers of Linux: sys/socket.h, netinet/in.h, arpa/inet.h and unistd.h instead of winsock2.h, windows.h and conio.h; omit WSAStartup and WSACleanup, and call close instead of closesocket
hint-windows = replace what exists only on Windows: the program runs on Linux here
hint-byte-order-mark = save the file as UTF-8 without BOM
hint-save-as-utf-8 = save the file as UTF-8
hint-python-2 = port it to Python 3: print(...) with parentheses, input() instead of raw_input(), and the new module names (_thread, socketserver, queue)
hint-tabs = indent every line with spaces only (4 per level); editors can convert tabs
hint-program-not-executable = run it with its interpreter (python3 server.py, java Server) or make it executable with chmod +x
hint-listen = call listen after bind, then accept
    .c = call listen(s, 5) after bind, then accept
    .lua = call server:listen(5) after server:bind(…), then server:accept()
    .php = call socket_listen($socket) after socket_bind, then socket_accept
    .python = call s.listen() after s.bind(…), then s.accept()
hint-nothing-listens = create the socket, bind it and (for TCP) call listen at the very start
    .c = call socket, bind with htons(port), and (for TCP) listen at the very start, and check what each of them returns (perror)
    .csharp = create new TcpListener(IPAddress.Any, port) and call Start(), or for UDP new UdpClient(port), at the very start
    .go = call net.Listen("tcp", …), or for UDP net.ListenPacket("udp", …), with ":port" at the very start
    .java = create new ServerSocket(port), or for UDP new DatagramSocket(port), at the very start
    .node = call server.listen(PORT), or for UDP server.bind(PORT), at the very start
    .python = create the socket, call s.bind((host, port)) and (for TCP) s.listen() at the very start
hint-asks-on-stdin = set the port in the program's code or arguments, or put the input to type into socklab.yaml (stdin:)
hint-address-in-use = stop the program that still holds the port, and set SO_REUSEADDR before bind
    .c = stop the program that still holds the port, and call setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) before bind, with int on = 1
    .go = stop the program that still holds the port, and call net.Listen only once; it sets SO_REUSEADDR by itself
    .java = stop the program that still holds the port, and create the ServerSocket only once; on Linux it already has SO_REUSEADDR
    .node = stop the program that still holds the port, and call listen only once; Node sets SO_REUSEADDR by itself
    .perl = stop the program that still holds the port, and pass ReuseAddr => 1 to IO::Socket::INET->new
    .php = stop the program that still holds the port, and call socket_set_option($socket, SOL_SOCKET, SO_REUSEADDR, 1) before socket_bind
    .python = stop the program that still holds the port, and call s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1) before s.bind
hint-address-not-here = bind to 127.0.0.1 or 0.0.0.0, not to the address of another machine
hint-address-bytes = write htonl(INADDR_LOOPBACK), or inet_addr("127.0.0.1") without htonl around it: addresses in a sockaddr_in are in network byte order, which inet_addr and inet_pton return already
hint-permission = use a port above 1023: lower ports require root
hint-exited = run the same command in a terminal and fix the first error

# How a process exited; used inside other messages.
status-code = exit code { $code }
status-signal = signal { $signal }

# The server's process.
still-running = the program is still running
server-ended = the server exited ({ $status }) while it should still be serving
server-ended-said = the server exited ({ $status }) while it should still be serving; last output: "{ $said }"
still-reads-keyboard = the other end has closed the connection, but the program still runs: a thread waits for the keyboard
no-zombies = every child process that had exited was waited for
no-leaks = the program has no more open descriptors than before ({ $descriptors })
threads = { $count ->
    [one] the program has 1 thread
   *[other] the program has { $count } threads
}
processes = { $count ->
    [one] the program has 1 process
   *[other] the program has { $count } processes
}
zombies-left = { $count ->
    [one] 1 child process has exited and was not waited for: it stays as a zombie
   *[other] { $count } child processes have exited and were not waited for: they stay as zombies
}
descriptors-left = the clients have left, but the program has { $after } open descriptors, and had { $before } before
too-few-threads = the program has { $count } threads, and at least { $least } are required
too-many-threads = the program has { $count } threads, and at most { $most } are allowed
too-few-processes = the program has { $count } processes, and at least { $least } are required
too-many-processes = the program has { $count } processes, and at most { $most } are allowed
hint-reap-children = wait for each child: call waitpid(-1, …, WNOHANG) in a loop, in a handler of SIGCHLD or after each accept; or ignore SIGCHLD
    .c = call while (waitpid(-1, 0, WNOHANG) > 0); in a handler of SIGCHLD, or signal(SIGCHLD, SIG_IGN) before the first fork
    .python = call signal.signal(signal.SIGCHLD, signal.SIG_IGN) before the first fork, or os.waitpid(-1, os.WNOHANG) in a loop after each accept
    .perl = write $SIG{"{"}CHLD{"}"} = 'IGNORE' before the first fork, or call waitpid(-1, WNOHANG) in a loop
    .ruby = call Process.detach(pid) after each fork, or trap("CLD", "IGNORE") before the first one
    .php = call pcntl_signal(SIGCHLD, SIG_IGN) before the first pcntl_fork, or pcntl_waitpid(-1, $status, WNOHANG) in a loop
hint-close-descriptors = close every connection and every file on each path, also after an error: look for those of each client that are never closed; after fork, the parent closes the connection, too
hint-thread-for-each = start a thread for each client (or a pool of threads) that serves it, while the main thread accepts the next one
hint-fewer-threads = serve all clients in one thread, with select, poll or epoll
hint-more-processes = start a child process for each client with fork, while the parent accepts the next one
hint-fewer-processes = serve all clients in one process, and end each child process with exit when its client has left
has-not-ended = the program is still running; it should have exited by now
ended = the program exited as expected ({ $status })
ended-otherwise = the program should have exited with exit code { $code }; instead: { $status }
ended-otherwise-said = the program should have exited with exit code { $code }; instead: { $status }; last output: "{ $said }"
output-found = the program printed "{ $wanted }"
output-missing = the program did not print "{ $wanted }"; its output ends with: "{ $said }"
output-too-long = the server printed { $bytes } bytes, too many to keep; "{ $wanted }" is not in the part that was kept
nothing-asked = the expectation does not name any output to look for
within-limits = the server stayed within its limits
cap-hit = { $cap ->
    [processes] the server started too many processes or threads and was stopped
    [memory] the server used too much memory and was stopped
    [file-size] the server wrote a file that was too large and was stopped
    [disk] the server used up the disk space it was given
    [cpu] the server used too much CPU time and was stopped
   *[other] the server exceeded a limit: { $cap }
}

hint-serve-for-ever = serve in an endless loop, and catch the errors of one client; exit() ends the whole program, also in a thread, and so does closing the last server or socket in Node
    .c = serve in an endless loop, for (;;) around accept (or recvfrom) and the answer; a failed recv or send of one client only closes its connection: exit() and return from main end the whole program
    .go = serve in an endless for loop around Accept (or ReadFrom) and the answer; log.Fatal, panic and os.Exit end the program, also in a goroutine, so return or continue after the error of one client
    .java = serve in an endless loop, while (true) around accept (or receive) and the answer, with try and catch inside the loop; System.exit() ends the program, also in a thread
    .node = keep the server open: server.close() and process.exit() end it, and an 'error' event of a socket without a handler ends the whole program (socket.on('error', …))
    .python = serve in an endless loop, while True around accept (or recvfrom) and the answer, with try and except for the errors of one client; sys.exit() and os._exit() end the program
hint-end = when recv returns empty (the client has closed), leave the loop, close the sockets and let the program exit
    .c = when recv returns 0 (the client has closed), leave the loop, call close for both sockets and return from main
    .go = when Read returns io.EOF (the client has closed), leave the loop, close conn and the listener, and return from main
    .java = when read returns -1 (the client has closed), leave the loop, close the Socket and the ServerSocket, and let main end; a pool of threads needs shutdown()
    .node = call server.close() in the handler of 'end' (the client has closed): Node exits by itself once no socket and no timer is left
    .python = when conn.recv returns b'' (the client has closed), leave the loop, close both sockets and let the program reach its end
hint-output = print exactly this text, and flush the output right after printing
hint-cap = look for a loop that never ends: an empty read (0 bytes) means that the client has closed

# Clients that could not connect.
connection-refused = client { $client } could not connect: connection refused (nothing listens there)
connection-reset = client { $client } could not connect: the connection was reset (RST)
connection-late = client { $client } could not connect in time: the server's side did not respond
connection-error = client { $client } could not connect: { $problem }
ended-by-close = client { $client } could not connect: the connection was closed immediately
accept-queue-full = client { $client } could not connect: the accept queue is full ({ $waiting } waiting, backlog { $backlog })
nobody-connected = no client connected, so there is no connection to check
nothing-was-sent = no client sent anything, so there is no answer to check
too-few-connected = { $count } of { $wanted ->
    [1] 1 client
   *[other] { $wanted } clients
} connected

hint-connect = keep the server's socket listening on its original port for as long as clients may connect
hint-backlog = call accept in a loop, or pass a larger backlog to listen, for example listen(5)

# Correct answers.
echo-right = { $clients ->
    [1] 1 client got back exactly what it sent ({ $bytes } bytes)
   *[other] { $clients } clients got back exactly what they sent ({ $bytes } bytes)
}
upper-right = { $clients ->
    [1] 1 client got back what it sent, in upper case ({ $bytes } bytes)
   *[other] { $clients } clients got back what they sent, in upper case ({ $bytes } bytes)
}
answered = { $clients ->
    [1] 1 client received its answer
   *[other] all { $clients } clients received their answers
}
reply-right = { $clients ->
    [1] 1 client received the expected reply
   *[other] all { $clients } clients received the expected reply
}
noted-only = note only, no points lost

# No answer.
no-answer = client { $client } sent data but received no answer
no-answer-late = client { $client } sent data but received no answer within { $ms } ms
no-answer-silent = client { $client } sent data but received no answer: the server only waits ({ $call })
reads-on = the server has read everything that client { $client } sent, sent nothing back, and waits for more from it ({ $call })
awaits-other-client = the server has read what client { $client } sent, sent nothing back, and waits for another client (accept)
read-not-answered = the server has read everything that client { $client } sent, sent nothing back, and only waits ({ $call })
datagram-read-not-answered = the server has read the datagram of client { $client }, sent nothing back, and waits for the next one ({ $call })
waits-for-keyboard = client { $client } gets no answer: the server waits for its keyboard (standard input)
standard-input-read = client { $client } gets no answer: the server reads descriptor 0, its standard input, and not the connection
data-unread-silent = { $bytes } bytes of client { $client } were not read: they are still in the connection, and the server waits elsewhere ({ $call })
only-first-client = client { $other } was answered, but client { $client } was not, and no later client is: its data was taken in, and nothing came back
busy-and-unread = the server keeps a processor busy all the time, and does not read what client { $client } sent
connection-not-watched = { $bytes } bytes of client { $client } were not read: the server waits in { $call }, which does not watch the connection, or reports it only once (EPOLLET)
shared-connection = { $bytes } bytes of client { $client } were not read: several threads wait for data of client { $other }, and none for those of client { $client }
datagram-unread = the datagram of client { $client } was not read: it is still in the socket, and the server waits elsewhere ({ $call })
printed-not-sent = the server printed what client { $client } sent, but sent nothing back within { $ms } ms
printed-silent = the server printed what client { $client } sent, sent nothing back, and now only waits ({ $call })
no-answer-closed = client { $client } sent data, and the server closed the connection without answering
no-answer-refused = client { $client } received no answer: the server's socket no longer existed
no-answer-error = client { $client } sent data but received no answer: { $problem }
answer-from-elsewhere = the answer to client { $client } ("{ $got }") came from { $from }, not from the address the client sent to

hint-no-answer = after recv, send the data back on the connection that accept returned
    .c = after n = recv(c, …), send the answer with send(c, buffer, n, 0) on the descriptor c that accept returned
    .csharp = after Read, write the answer to GetStream() of the TcpClient that AcceptTcpClient returned (or Send on the Socket of Accept)
    .go = after n, err := conn.Read(buffer), send the answer with conn.Write(…) on the conn that Accept returned
    .java = after the read, write the answer to getOutputStream() of the socket that accept returned
    .node = in the handler of 'data', send the answer with socket.write(…) on the socket of that connection
    .python = after data = conn.recv(1024), send the answer with conn.sendall(…) on the conn that accept returned
hint-printed-not-sent = printing only shows the data on the server's screen: also send it back on the connection right after each read (what stands after the loop, or after a copy to the screen such as io.Copy(os.Stdout, conn), comes only when the client has ended), and flush the stream if it has a buffer
    .c = printf only shows the data on the server's screen: also call send(c, buffer, n, 0) right after each recv, inside the loop (what comes after it runs only when the client has ended)
    .cpp = std::cout only shows the data on the server's screen: also call send with the answer right after each recv, inside the loop (what comes after it runs only when the client has ended)
    .csharp = Console.WriteLine only shows the data on the server's screen: also write the answer to the connection's stream right after each Read, inside the loop, with Flush() or AutoFlush for a StreamWriter
    .go = fmt.Println and io.Copy(os.Stdout, conn) only show the data on the server's screen: call conn.Write with the answer right after each Read (io.Copy(conn, conn) does both for an echo)
    .java = System.out only shows the data on the server's screen: also write the answer to socket.getOutputStream() right after each read, inside the loop, and call flush() if the writer has a buffer
    .node = console.log only shows the data on the server's screen: also call socket.write(…) with the answer in the handler of 'data' (that of 'end' runs only when the client has ended)
    .perl = print without a handle only shows the data on the server's screen: also send it on the connection, print $client …, right after each read, inside the loop
    .php = echo only shows the data on the server's screen: also call socket_write or fwrite with the connection right after each read, inside the loop
    .python = print only shows the data on the server's screen: also send the answer with conn.sendall(…) right after each recv, inside the loop (what comes after it runs only when the client has ended)
    .ruby = puts and print only show the data on the server's screen: also call client.write(…) with the answer right after each read, inside the loop
hint-reads-on = send the answer after each recv: do not wait for a full buffer, for the end of a line or for the end of the connection, since the client waits for your answer first; if it writes through a buffer (PrintWriter, BufferedWriter, bufio, makefile), call flush after each answer
    .c = send the answer after each recv: do not wait until the buffer is full (MSG_WAITALL, fread), for a line (fgets) or until recv returns 0, since the client waits for your answer first
    .csharp = send the answer after each Read: ReadLine, ReadToEnd and ReadExactly wait for more, but the client waits for your answer first; call Flush() on a StreamWriter, or set AutoFlush
    .go = send the answer after each Read: ReadString('\n'), bufio.Scanner, io.ReadAll and io.ReadFull wait for more, but the client waits for your answer first; call Flush() on a bufio.Writer
    .java = send the answer after each read: readLine(), readFully and a loop up to -1 wait for more, but the client waits for your answer first; call flush() on a PrintWriter or BufferedWriter
    .lua = receive() waits for a line, receive(n) for n bytes and receive("*a") for the end, but the client waits for your answer first: after settimeout(0), use its third result (partial)
    .node = send the answer in the handler of 'data': do not wait for a line ('line'), a certain length or 'end', since the client waits for your answer first
    .perl = send the answer after each sysread or recv: <$client> waits for a line, and read for the whole length, but the client waits for your answer first
    .php = send the answer after each socket_read or fread: fgets, PHP_NORMAL_READ and stream_get_contents wait for more, but the client waits for your answer first
    .python = send the answer after each recv: do not wait for a full buffer, a line (readline) or the end (b'') first, since the client waits for your answer; after writing to a makefile, call flush()
    .ruby = send the answer after each readpartial or recv: gets waits for a line, read(n) for n bytes and read for the end, but the client waits for your answer first
hint-every-client = what serves a client must be done for each one: register the handler for every connection (on, not once), let the loop go on with the next client, and keep in no shared variable that the work is done
    .c = what serves a client must be done for each one: let the loop go on with the next client (no break after the first), and keep in no global or static variable that the work is done
    .go = what serves a client must be done for each one: let the loop go on with the next client (no break or sync.Once), and keep in no shared variable that the work is done
    .java = what serves a client must be done for each one: let the loop go on with the next client (no break after the first), and keep in no static or shared field that the work is done
    .node = what serves a client must be done for each one: register its handlers for every connection with on, not once, and keep in no variable outside them that the work is done
    .python = what serves a client must be done for each one: let the loop go on with the next client (no break or return after the first), and keep in no global variable that the work is done
hint-busy-loop = look for a loop that waits for something without blocking (while (x === null), while not done: pass): call recv there, which waits by itself; in Node and other event loops such a loop also keeps every event from being handled, so answer in the handler of the data; a read into a buffer whose length is 0 also returns at once, with nothing (Go: make([]byte, 1024), not var b []byte)
    .c = look for a loop that waits without blocking (while (!done);): call recv there, which waits by itself, with sizeof buffer as the length (with 0 it returns at once)
    .go = look for a loop that waits without blocking (for !done, select with default): call conn.Read there, which waits by itself, into make([]byte, 1024): with length 0 (var b []byte) it returns at once
    .java = look for a loop that waits without blocking (while (x == null), while (!in.ready())): call read there, which waits by itself, with a buffer that is not empty (new byte[1024])
    .node = look for a loop that waits for something (while (x === null)): while it runs, Node handles no event, so remove it and answer in the handler of 'data'
    .python = look for a loop that waits without blocking (while not done: pass): call conn.recv(1024) there, which waits by itself; in asyncio, such a loop also stops every other coroutine (use await)
hint-watch-connection = add each accepted connection to the set, or to a place of its own in the array, before every wait, and do not overwrite the list with what select returns; with EPOLLET, read until recv returns EAGAIN
    .c = before every wait, add each accepted descriptor: FD_SET(c, &set) in a set filled again, or its own place in the array of poll; with EPOLLET, read until recv returns EAGAIN
    .php = append each accepted connection to your list before the next socket_select, and give it a copy, $read = $sockets: the call overwrites its arrays
    .python = append each accepted conn to the list given to select before the next call, and keep the result in another variable: ready, _, _ = select.select(sockets, [], [])
    .ruby = append each accepted connection to the list given to IO.select before the next call, and keep the result in another variable: ready, = IO.select(sockets)
hint-accept-once = call accept once per client, and after it repeat recv and send in an inner loop until recv returns empty: with accept in the same loop, each message needs a new connection
    .c = call accept once per client, and after it repeat recv and send in an inner loop until recv returns 0: with accept in the same loop, each message needs a new connection
    .csharp = call AcceptTcpClient once per client, and after it repeat Read and Write in an inner loop until Read returns 0: with both in one loop, each message needs a new connection
    .go = call Accept once per client, and after it repeat Read and Write in an inner loop until Read returns io.EOF: with Accept in the same loop, each message needs a new connection
    .java = call accept once per client, and after it repeat read and write in an inner loop until read returns -1: with accept in the same loop, each message needs a new connection
    .php = call socket_accept once per client, and after it repeat socket_read and socket_write in an inner loop until socket_read returns '': in one loop, each message needs a new connection
    .python = call accept once per client, and after it repeat recv and sendall in an inner loop (while True) until recv returns b'': with accept in the same loop, each message needs a new connection
hint-awaits-other-client = send the answer before the next accept, and call accept once per client, outside the loop that receives from it
hint-send-to = send the answer with sendto to the address that recvfrom returned, and check what sendto returns
    .c = send the answer with sendto(s, buffer, n, 0, (struct sockaddr *)&client, len), with the address that recvfrom stored, and check what it returns (perror)
    .go = send the answer with _, err := conn.WriteTo(answer, addr), with the addr that ReadFrom returned, and print err if it is not nil
    .java = send the answer in a new DatagramPacket(answer, answer.length, packet.getAddress(), packet.getPort()), and print the exception that send throws
    .node = send the answer with server.send(answer, rinfo.port, rinfo.address, (error) => …), and print that error
    .python = send the answer with s.sendto(answer, addr), with the addr that recvfrom returned, and do not hide its error (except: pass)
hint-waits-for-keyboard = this server must answer by itself: remove the call that reads from the keyboard (input, scanf, readLine on standard input)
    .c = this server must answer by itself: remove scanf, getchar and fgets(…, stdin), which wait for the keyboard
    .cpp = this server must answer by itself: remove std::cin and std::getline(std::cin, …), which wait for the keyboard
    .csharp = this server must answer by itself: remove Console.ReadLine and Console.ReadKey, which wait for the keyboard
    .go = this server must answer by itself: remove fmt.Scan and what reads from os.Stdin (the keyboard)
    .java = this server must answer by itself: remove the Scanner or BufferedReader on System.in, which waits for the keyboard
    .node = this server must answer by itself: do not wait for process.stdin or readline (the keyboard)
    .perl = this server must answer by itself: remove <STDIN>, which waits for the keyboard
    .php = this server must answer by itself: remove readline() and fgets(STDIN), which wait for the keyboard
    .python = this server must answer by itself: remove input() and sys.stdin, which wait for the keyboard
    .ruby = this server must answer by itself: remove gets without a socket before it ($stdin.gets), which waits for the keyboard
hint-datagram-unread = call recvfrom on the bound socket again after each datagram, with a buffer that is not empty
hint-reset = read everything the client sends before closing, and check that the program did not crash: both cause an RST
hint-refused = keep the socket open and receive in a loop; check that the program did not crash
hint-answer-from-elsewhere = send the answer from the same socket that received the datagram, not from a new one

# Wrong answers.
sent-to-all-clients = client { $client } also received the answers to other clients: "{ $got }"
answer-of-another-client = client { $client } received the answer to another client ("{ $got }"): the server mixes up the data of its connections
answer-to-another-client = client { $client } received nothing: the server sent its answer to client { $other }
upper-for-echo = client { $client } received its data in upper case ("{ $got }"); it should come back unchanged
echo-for-upper = client { $client } received its data unchanged ("{ $got }"); it should come back in upper case
lower-case = client { $client } received its data in lower case ("{ $got }")
decoded-as-text = bytes above 127 came back to client { $client } changed ("{ $got }"): the server treats them as text
reversed = client { $client } received its data in reverse order ("{ $got }")
answer-differs = client { $client } received "{ $got }" instead of "{ $expected }"
reply-not-equal = client { $client } received "{ $got }", expected "{ $wanted }"
reply-without = the data that client { $client } received ("{ $got }") does not contain "{ $wanted }"
reply-does-not-match = the data that client { $client } received ("{ $got }") does not match the pattern "{ $wanted }"

hint-only-to-sender = send each answer only to the client whose data it answers, not to every client in a list
hint-answer-of-another-client = keep the data of each connection in a variable that belongs to that connection (or thread)
    .c = keep the data of each connection in a local variable of the function that serves it, char buffer[1024], not in a global or static one
    .go = keep the data of each connection in a local variable of the function that serves it, and create the buffer there, too, not outside the loop that accepts
    .java = keep the data of each connection in a local variable of the method that serves it, not in a static field or in one that the threads share
    .node = keep the data of each connection in a variable inside the connection's handler (let or const), not in one outside it
    .python = keep the data of each connection in a local variable of the function that serves it (or in a dict with conn as the key), not in a global one
hint-own-connection = pass the connection that accept returned to its thread or handler as an argument, by value: the next accept changes a variable that all of them share; a table of clients needs address and port as its key (one machine has many clients)
    .c = pass the descriptor that accept returned to its thread by value, (void *)(intptr_t)c, not &c or a global variable: the next accept changes a variable that all threads share
    .cpp = pass the descriptor that accept returned to its thread by value, std::thread(f, c) or [c], not [&] or a global variable: the next accept changes a variable that all threads share
    .go = pass the connection as an argument, go handle(conn): the next Accept changes a variable outside the loop; a map of clients needs address and port as its key (RemoteAddr().String())
    .java = pass the socket to the constructor of its thread, into a field without static: the next accept changes a variable that all share; a table of clients needs address and port as its key
    .node = use the socket that is the parameter of the connection's own handler, not a variable outside it, which the next connection changes; a table of clients needs address and port as its key
    .python = pass the connection as an argument, Thread(target=f, args=(conn,)): the next accept changes a global variable; a table of clients needs the whole addr (address and port) as its key
    .ruby = pass the connection as an argument, Thread.new(client), and use the parameter of its block: the next accept changes a variable that all threads share
hint-roles-swapped = send the data back unchanged; check that the programs of two roles are not swapped
hint-upper = convert the data to upper case before sending it back (upper, toUpperCase, toupper)
    .c = convert the data to upper case before sending it back: buffer[i] = toupper((unsigned char)buffer[i]) for each i below n
    .csharp = convert the data to upper case before sending it back: text = text.ToUpper()
    .go = convert the data to upper case before sending it back: bytes.ToUpper(buffer[:n])
    .java = convert the data to upper case before sending it back: text = text.toUpperCase()
    .lua = convert the data to upper case before sending it back: data:upper()
    .node = convert the data to upper case before sending it back: data.toString().toUpperCase()
    .perl = convert the data to upper case before sending it back: uc($data)
    .php = convert the data to upper case before sending it back: strtoupper($data)
    .python = convert the data to upper case before sending it back: answer = data.upper()
    .ruby = convert the data to upper case before sending it back: data.upcase
hint-bytes = send back the bytes exactly as received, without converting them to text and back (decode, new String)
    .c = send back the n bytes exactly as recv stored them, without leaving any out or converting them
    .csharp = send back the first n bytes of the buffer exactly as received, without GetString, StreamReader or StreamWriter
    .go = send back buffer[:n] exactly as received, without going through runes or single letters
    .java = send back the first n bytes of the buffer exactly as received, without new String, a Reader or a Writer
    .node = send back the Buffer exactly as it came, without toString(), setEncoding() or text + data
    .python = send back the bytes exactly as recv returned them, without decode() and encode()
    .ruby = send back the text exactly as recv or readpartial returned it, without encode, scrub or force_encoding between
hint-writes-after-end = when recv returns 0 (empty), only close: the client has ended. A client that has closed refuses what is written to it, and the next write ends a C program by SIGPIPE, and raises an error in other languages
hint-exactly = compare what the server sends with what the item requires, byte by byte

# Truncated answers.
answer-cut = the answer to client { $client } is incomplete: only { $got } of { $of } bytes arrived
answer-cut-by-close = the server closed the connection of client { $client } after { $got } of { $of } bytes of the answer
answer-cut-by-reset = the connection of client { $client } was reset (RST) after { $got } of { $of } bytes of the answer
answer-cut-at-buffer = only { $got } of { $of } bytes of an answer reached client { $client }: exactly the size of a receive buffer
only-first-message = only the first message of client { $client } was answered ({ $got } of { $of } bytes received)
accepts-again = the server answered the first message of client { $client }, then waits for another client (accept), and leaves what client { $client } sent next unread
stops-after-messages = the server answered { $messages } messages of client { $client } and then stopped ({ $got } of { $of } bytes received)
last-byte-missing = the last byte of an answer to client { $client } is missing ({ $got } of { $of } bytes received)
last-byte-not-upper = the last byte of an answer to client { $client } is not in upper case

hint-read-until-end = repeat recv and send until recv returns empty: one recv may return only a part
    .c = repeat recv and send until recv returns 0: one recv may return only a part, whatever the size of the buffer
    .csharp = repeat Read and Write until Read returns 0: one Read may return only a part, whatever the size of the buffer
    .go = repeat Read and Write until Read returns io.EOF: one Read may return only a part, whatever the length of the buffer
    .java = repeat read and write until read returns -1: one read may return only a part, whatever the size of the buffer
    .node = answer every event 'data' (on, not once) until 'end' comes: one event may bring only a part
    .php = repeat socket_read (fread) and socket_write (fwrite) until '' comes: one call may return only a part
    .python = repeat recv and sendall until recv returns b'': one recv may return only a part, whatever number it is given
    .ruby = repeat readpartial (or recv) and write until the client has closed (EOFError, or nil or "" from recv): one call may return only a part
hint-loop = repeat recv and send in a loop until recv returns empty (the client has closed), and close only then (in Node: socket.write, not socket.end)
    .c = repeat recv and send in a loop, while ((n = recv(c, buffer, sizeof buffer, 0)) > 0), and call close(c) only after it
    .csharp = repeat Read and Write in a loop, while ((n = stream.Read(buffer, 0, buffer.Length)) > 0), and call Close() only after it
    .go = repeat Read and Write in a loop, n, err := conn.Read(buffer), leave it if err != nil (io.EOF: the client has closed), and call conn.Close() only after it
    .java = repeat read and write in a loop, while ((n = in.read(buffer)) != -1), and close the socket only after it
    .node = register socket.on('data', …), not once, and send each answer with socket.write: socket.end ends the connection after the first one
    .perl = repeat sysread and syswrite in a loop, while (sysread($client, $data, 1024)), and close $client only after it
    .php = repeat socket_read and socket_write in a loop until socket_read returns '' or false (with streams: fread, fwrite, feof), and close only then
    .python = repeat recv and sendall in a loop: data = conn.recv(1024), if not data: break, then send the answer; call conn.close() only after the loop
    .ruby = repeat readpartial (or recv) and write in a loop until the client has closed (readpartial raises EOFError, recv returns nil or ""), and call close only then
hint-last-byte = check the count: the loop or slice must include the last byte (i < n, not i < n - 1)
    .c = look at what happens to the last byte: buffer[n - 1] = 0 overwrites it (write buffer[n] = 0, in a buffer with room for n + 1), and a loop goes up to i < n, not i < n - 1; send n bytes
    .go = look at what happens to the last byte: take buffer[:n], not buffer[:n-1], and let a loop go up to i < n
    .java = look at what happens to the last byte: a loop goes up to i < n, substring(0, n) ends before n, and write(buffer, 0, n) sends n bytes
    .python = look at what happens to the last byte: data[:-1] leaves it out, and range(n - 1) ends before it

# Answers with additional data.
prefix = the answer to client { $client } begins with "{ $prefix }", which should not be there
speaks-first = client { $client } received "{ $prefix }" before it had sent anything
newline-added = the answer to client { $client } ends with a line break ("{ $extra }") that the client did not send
nul-after-answer = { $bytes ->
    [1] the answer to client { $client } is followed by 1 extra NUL byte
   *[other] the answer to client { $client } is followed by { $bytes } extra NUL bytes: the whole buffer was sent
}
answered-twice = client { $client } received the same answer twice ("{ $extra }")
never-stops-sending = after the answer to client { $client } the server keeps sending and never stops
more-after-end = { $bytes ->
    [1] 1 extra byte arrived after client { $client } had ended its side: "{ $extra }"
   *[other] { $bytes } extra bytes arrived after client { $client } had ended its side: "{ $extra }"
}

more-after-answer = { $bytes ->
    [1] the answer to client { $client } is followed by 1 extra byte: "{ $extra }"
   *[other] the answer to client { $client } is followed by { $bytes } extra bytes: "{ $extra }"
}

hint-prefix = send only the data; print texts such as "Echo:" on the screen
hint-speaks-first = send nothing right after accept: wait for the client's data first
hint-newline-added = use send or write instead of println or puts, and append nothing
    .c = send the n bytes that recv returned and append nothing: no "\n" with strcat, sprintf or dprintf, and no puts
    .csharp = use Write instead of WriteLine, and append nothing: no + "\n"
    .go = use conn.Write or fmt.Fprint instead of fmt.Fprintln, and append nothing: no + "\n"
    .java = use write or print (and flush()) instead of println, and append nothing: out.write(buffer, 0, n)
    .node = send the data alone and append nothing: no + '\n'
    .perl = use print $client $data instead of say, and append nothing: no . "\n"
    .php = use socket_write or fwrite with the data alone, and append nothing: no . "\n" or . PHP_EOL
    .python = send the data alone and append nothing: no + "\n", and no print(…, file=f), which adds a line end
    .ruby = use client.write or client.print instead of puts, and append nothing
hint-nul = send only as many bytes as recv or read returned (Java: packet.getLength()), not the whole buffer
    .c = send only as many bytes as recv or recvfrom returned: pass that n to send or sendto, not sizeof buffer or strlen + 1
    .csharp = send only the n bytes that Read returned, stream.Write(buffer, 0, n) and GetString(buffer, 0, n), not buffer.Length
    .go = send only the n bytes that Read or ReadFrom returned: buffer[:n], not buffer
    .java = send only the n bytes that read returned, out.write(buffer, 0, n) or new String(buffer, 0, n), and of a datagram only packet.getLength(), not buffer.length
    .node = write the data of the event 'data' itself, not a Buffer.alloc(…) of a fixed size into which it was copied
    .python = send only the bytes that arrived: what recv returned, or buffer[:n] after n = conn.recv_into(buffer), not the whole buffer
hint-answered-twice = call send exactly once for each recv
    .go = call Write exactly once for each Read
    .java = write the answer exactly once for each read
    .node = register socket.on('data', …) only once for each connection, and write each answer exactly once
    .python = call sendall exactly once for each recv

# Datagrams.
datagram-too-many = { $bytes ->
    [1] client { $client } received one datagram too many (1 byte): "{ $extra }"
   *[other] client { $client } received one datagram too many ({ $bytes } bytes): "{ $extra }"
}
datagrams-merged = client { $client } sent two datagrams and received one answer for both: "{ $got }"
datagram-unanswered = { $missing ->
    [1] client { $client } sent a datagram that was not answered ({ $bytes } bytes; answered: { $answered }): "{ $sent }"
   *[other] client { $client } sent { $missing } datagrams that were not answered (answered: { $answered }); the first ({ $bytes } bytes): "{ $sent }"
}
died-between-datagrams = { $answered ->
    [1] the server answered 1 datagram of client { $client } and no longer existed at the next one ({ $bytes } bytes, { $missing } unanswered): "{ $sent }"
   *[other] the server answered { $answered } datagrams of client { $client } and no longer existed at the next one ({ $bytes } bytes, { $missing } unanswered): "{ $sent }"
}
died-on-empty-datagram = an empty datagram from client { $client } made the server exit: "{ $sent }", sent after it, was not answered
silent-after-empty-datagram = the server stopped answering after an empty datagram from client { $client }: "{ $sent }" was not answered

hint-one-answer = answer each datagram with exactly one datagram: one sendto for each recvfrom
    .csharp = answer each datagram with exactly one datagram: one Send (SendTo) for each Receive (ReceiveFrom)
    .go = answer each datagram with exactly one datagram: one WriteTo for each ReadFrom
    .java = answer each datagram with exactly one datagram: one send for each receive
    .node = answer each datagram with exactly one datagram: one server.send in each event 'message'
hint-empty-datagram = do not leave the loop on an empty datagram: UDP has no end of stream, so 0 bytes is just an empty message

# The end of a stream.
ended-by-reset = the answer to client { $client } is correct, but the server then reset the connection (RST) instead of closing it
stream-not-ended = the answer to client { $client } is correct, but the server never closed the connection

hint-close = when recv returns empty (0 bytes), leave the loop and close that connection's socket
    .c = when recv returns 0 (the client has closed), leave the loop (if (n <= 0) break;) and call close(c)
    .csharp = when Read returns 0, or ReadLine null (the client has closed), leave the loop and call client.Close(), or declare it with using in the function that serves it
    .go = when Read returns io.EOF (the client has closed), leave the loop and call conn.Close(), or write defer conn.Close() at the top of the function that serves the client
    .java = when read returns -1, or readLine() null (the client has closed), leave the loop and call socket.close(), in finally or with try (socket)
    .node = call socket.end() in the handler of 'end', if allowHalfOpen is set: without it Node closes by itself; 'end' only comes once all data is read ('data' or resume())
    .perl = when sysread returns 0 (the client has closed), leave the loop and call close($client)
    .php = when socket_read returns '' or false (the client has closed), leave the loop and call socket_close; with streams, fread, feof and fclose
    .python = when conn.recv returns b'' (the client has closed), leave the loop (if not data: break) and call conn.close()
    .ruby = when recv returns nil or "", or readpartial raises EOFError (the client has closed), leave the loop and call client.close, best in ensure

# The socket table.
snapshot-not-taken = the snapshot "{ $name }" was never taken
established = { $clients ->
    [1] 1 connection is ESTABLISHED at both ends
   *[other] { $clients } connections are ESTABLISHED at both ends
}
not-established = the connection of client { $client } is not ESTABLISHED at both ends (client { $client_state }, server { $server_state })
note-served-at-once = the server { $clients ->
    [1] accepted the client
   *[other] accepted all { $clients } clients
} at once
note-fewer-rounds = slow: only { $rounds } of { $wanted } messages were sent in this series, which took { $seconds } s; each of them was answered
note-fewer-clients = only { $clients } of { $wanted } clients connected at the same time: the server's own accept queue (backlog { $backlog }) holds no more
note-one-after-another = { $accepted ->
    [1] the server handles one client at a time: 1 accepted, { $waiting } waiting in the accept queue
   *[other] the server handles some clients at once: { $accepted } accepted, { $waiting } waiting in the accept queue
}
accepted = { $count ->
    [1] the server accepted 1 connection
   *[other] the server accepted { $count } connections
}
only-queued = the server accepted only { $accepted } of { $wanted ->
    [1] 1 connection
   *[other] { $wanted } connections
}; in the accept queue: { $waiting }
not-accepted = { $count ->
    [1] 1 connection waits in the accept queue
   *[other] { $count } connections wait in the accept queue
}
accepted-after-all = expected { $wanted ->
    [1] 1 connection
   *[other] { $wanted } connections
} waiting in the accept queue, found { $waiting }; accepted: { $accepted }
served-at-once = the server accepted all connections while they were open ({ $accepted })
served-one-after-another = the server should serve all clients at once; it accepted { $accepted }, waiting in the accept queue: { $waiting }
busy-with-client = client { $client } was not accepted: the server waits for client { $other } ({ $call }), and nobody else is served meanwhile
left-in-accept-queue = client { $client } was not accepted: its connection is still in the accept queue, and the server waits elsewhere ({ $call })
listener-not-watched = client { $client } was not accepted: its connection is in the accept queue, and the server waits in { $call }, which does not watch the listening socket
other-listener = client { $client } was not accepted: several sockets of the server listen on this port, and its connection is in the queue of one on which nobody calls accept
never-accepted = the server never accepted client { $client }: the kernel still holds the connection ({ $state })
left-in-close-wait = client { $client } has closed, but the server has not closed its end of the connection ({ $state })
spins-after-end = client { $client } has closed, but the server neither closes its end nor waits: it runs in a busy loop ({ $state })
left-established = the server's end of the connection of client { $client } is still open ({ $state })
server-closed = { $clients ->
    [1] the server closed its end of the connection
   *[other] the server closed its end of all { $clients } connections
}
client-closed-first = the client closed first
server-closed-first = the server closed first
closed-together = both ends closed at the same time
client-closed-first-wrong = client { $client } closed first; the server should have closed first
server-closed-first-wrong = the server closed the connection of client { $client } first; the client should have closed first
closed-by-reset = the connection of client { $client } ended with a reset (RST) instead of a FIN from each end (client { $client_state }, server { $server_state })
not-closed = the connection of client { $client } was not closed from both ends (client { $client_state }, server { $server_state })
no-trace-of-closing = the connection of client { $client } no longer exists, and there is no record of which end closed first (client { $client_state }, server { $server_state })
peer-seen = the server's end of each connection shows its client's address ({ $address })
peer-not-seen = no connection on the server shows the address of client { $client } ({ $local })
connectionless = the server's UDP socket has no peer address: it keeps no connection
udp-connected = the server's UDP socket is connected to a single peer ({ $peer }) and receives from no other client
still-listening = the server still listens on { $at }
no-longer-listening = the server is running but no longer listens
still-bound = the server's UDP socket is still bound to { $at }
no-longer-bound = the server is running but its UDP socket no longer exists
ports-distinct = { $count ->
    [1] the client has its own source port ({ $ports })
   *[other] { $clients } clients, { $count } different source ports ({ $ports })
}
ports-shared = { $clients } clients should each have their own source port, but there are { $count } ({ $ports })
one-server-port = all clients are connected to the same server port ({ $port })
several-server-ports = the clients are connected to several server ports ({ $ports }) instead of one

hint-not-established = keep each connection open until its client closes; do not close it right after accept
    .c = keep each connection open until its client closes: call close(c) only when recv has returned 0, not right after accept or the first answer
    .go = keep each connection open until its client closes: call conn.Close() only when Read has returned io.EOF, not right after Accept or the first answer
    .java = keep each connection open until its client closes: call socket.close() only when read has returned -1, not right after accept or the first answer
    .node = keep each connection open until its client ends it (event 'end'): no socket.end() or socket.destroy() right after the connection or the first answer
    .python = keep each connection open until its client closes: call conn.close() only when recv has returned b'', not right after accept or the first answer
hint-accept = call accept in a loop, once for every client
    .c = call accept in a loop, for (;;), once for every client: c = accept(s, NULL, NULL)
    .csharp = call AcceptTcpClient() of the TcpListener (or Accept() of the Socket) in a loop, while (true), once for every client
    .go = call Accept of the listener in an endless loop, once for every client: conn, err := listener.Accept()
    .java = call accept() of the ServerSocket in a loop, while (true), once for every client
    .python = call accept in a loop, once for every client: while True: conn, addr = s.accept()
hint-watch-listener = keep the listening socket in the set before each wait: do not overwrite your list with what select returns, nor use the same fd_set again without filling it; with EPOLLET, call accept until it returns EAGAIN
    .c = fill the fd_set again before each select (FD_ZERO, FD_SET(s, &set)), since select overwrites it; with poll, keep s in the array; with EPOLLET, call accept until it returns EAGAIN
    .php = give socket_select a copy of your list each time, $read = $sockets, with the listening socket in it: the call overwrites its arrays
    .python = keep the listening socket in the list given to select, and its result in another variable: ready, _, _ = select.select(sockets, [], []), not sockets, _, _ = …
    .ruby = keep the listening socket in the list given to IO.select, and its result in another variable: ready, = IO.select(sockets), not sockets, = …
hint-accepted-after-all = serve one client to the end before calling accept for the next one
    .c = serve one client until recv returns 0 before calling accept for the next one, without threads, fork or select
    .csharp = serve one client until Read returns 0 before accepting the next one, without threads or Task.Run
    .go = serve one client until Read returns io.EOF before calling Accept for the next one: handle(conn) without go
    .java = serve one client until read returns -1 before calling accept for the next one, without threads or a pool
    .python = serve one client until recv returns b'' before calling accept for the next one, without threads, select or asyncio
hint-at-once = serve each connection in its own thread, process or task, or all of them with select
    .c = serve each connection in its own thread (pthread_create) or process (fork) after accept, or all of them with select, poll or epoll
    .cpp = serve each connection in its own thread, std::thread(f, c).detach() after accept, or all of them with select, poll or epoll
    .csharp = serve each connection in its own thread or task, Task.Run(() => Serve(client)) after AcceptTcpClient, without waiting for it (no Wait(), no await)
    .go = serve each connection in its own goroutine: write go handle(conn) after Accept, not handle(conn) alone
    .java = serve each connection in its own thread, new Thread(() -> serve(socket)).start() after accept or Executors.newCachedThreadPool(), or all of them with a Selector
    .lua = serve all connections with socket.select, and call settimeout(0) on each of them
    .node = answer in the handlers of each connection (net.createServer, socket.on('data', …)), without a loop, an await or a queue that holds up the other clients
    .perl = serve each connection in its own process (fork) after accept, or all of them with IO::Select
    .php = serve each connection in its own process (pcntl_fork), or all of them with socket_select or stream_select
    .python = serve each connection in its own thread, Thread(target=f, args=(conn,)).start() after accept (socketserver: ThreadingTCPServer), or all of them with select or asyncio
    .ruby = serve each connection in its own thread, Thread.new(client) after accept, or all of them with IO.select
hint-keep-listening = close only the client's socket (the one from accept); keep the server's own socket open
    .c = close only the descriptor that accept returned; keep the one that socket returned open until the server ends
    .csharp = close only the TcpClient that AcceptTcpClient returned; keep the TcpListener open: no Stop() after a client
    .go = close only the conn that Accept returned; keep the listener open, with defer listener.Close() in main and nowhere else
    .java = close only the Socket that accept returned; keep the ServerSocket (or DatagramSocket) open, also at the end of a try (…) block
    .node = end only the client's socket, socket.end(); keep the server open: no server.close() after a client
    .python = close only the client's socket, conn.close(); keep the server's own socket open: no s.close() inside the loop, nor the end of with s
hint-udp-connected = do not call connect on the server's UDP socket: use recvfrom and sendto

# The story of a run, one line each.
story-listens = { $command } listens on { $at } (process { $pid }, backlog { $backlog })
story-bound = { $command } receives on { $at } over UDP (process { $pid })
story-started = { $command } was started (process { $pid })
story-connected = { $clients ->
    [1] 1 client, source port { $ports }
   *[other] { $clients } clients, source ports { $ports }
}
story-sent-got = client { $client } sent "{ $sent }" ({ $sent_bytes ->
    [1] 1 byte
   *[other] { $sent_bytes } bytes
} in total), received "{ $got }" ({ $got_bytes ->
    [1] 1 byte
   *[other] { $got_bytes } bytes
})
story-sent-nothing-came = client { $client } sent "{ $sent }" ({ $sent_bytes ->
    [1] 1 byte
   *[other] { $sent_bytes } bytes
} in total), received nothing
story-silent = the server can do nothing more without new data: it waits in { $places }
story-silent-input = the server can do nothing more without new data: it waits for input
story-unread = { $bytes ->
    [1] 1 byte of client { $client } lies unread in its connection
   *[other] { $bytes } bytes of client { $client } lie unread in its connection
}
story-ended = the server exited: { $status }
story-typed = typed: "{ $text }" ({ $bytes ->
    [1] 1 byte
   *[other] { $bytes } bytes
} in total)
story-connection = connection { $client }: the program sent "{ $got }" ({ $got_bytes ->
    [1] 1 byte
   *[other] { $got_bytes } bytes
}){ $sent_bytes ->
    [0] {""}
    [1] , and was sent "{ $sent }" (1 byte)
   *[other] , and was sent "{ $sent }" ({ $sent_bytes } bytes)
}
story-program-silent = the program can do nothing more without new input: it waits in { $places }
story-program-silent-input = the program can do nothing more without new input: it waits for input
story-disturbed = the test disturbs the calls of the program, as POSIX allows:{ $recv ->
    [none] {""}
   *[other] {" "}a read returns at most { $recv } bytes{ $send ->
        [none] {""}
       *[other] ,
    }
}{ $send ->
    [none] {""}
   *[other] {" "}a write takes at most { $send } bytes
}{ $eintr ->
    [0] {""}
   *[other] {" "}({ $eintr }% fail with EINTR)
}
story-program-ended-later = { $command } exited only after the test had closed the connections: { $status }
story-program-ended = { $command } exited: { $status }

output-nothing = the program printed nothing; expected "{ $wanted }"
state-gone = gone

nobody-closed = no client had closed yet
server-crashed = the server exited ({ $status }) while client { $client } was waiting for its answer
server-crashed-said = the server exited ({ $status }) while client { $client } was waiting for its answer; last output: "{ $said }"
hint-crashed = fix the error printed last, and catch errors caused by one client so that the others are still served
    .c = fix the error printed last; if recv or send fails for one client, close its connection and go on with the others, without exit
    .go = fix the error printed last; after an error of one client, return or continue instead of log.Fatal and panic, so that the others are still served
    .java = fix the error printed last, and put try and catch around the service of each client, inside the loop, so that the others are still served
    .node = fix the error printed last, and register socket.on('error', …) for each connection: without it, an error of one client ends the whole program
    .python = fix the error printed last, and put try and except around the service of each client, so that an error of one leaves the others served
hint-fix-mistake = this error is in the program itself, at the line that its trace names in your own file: fix it there; catching it would only hide it
white-space-stripped = trailing white space of a message from client { $client } is missing in the answer
answers-out-of-order = the answers to client { $client } arrived in a different order than its messages
story-elsewhere = tested: { $command }
story-not-started = { $command } could not be started
note-address-given = the program binds to { $address }, which this machine does not have; socklab assigned it for this run
reachable = bound to { $at }: reachable from other machines
bound-to-loopback = the server is bound to { $at }: only its own machine can reach it there
bound-elsewhere = the server is bound to { $at }, which is not an address of its host
hint-bind-outside = bind to "0.0.0.0" (all addresses of the machine) or to the machine's own address in the network, not to 127.0.0.1 or localhost
no-capture = the packets of this run were not captured
packets-not-seen = the packets of client { $client } are not in the capture
handshake-seen = the handshake (SYN, SYN-ACK, ACK) of { $clients ->
    [one] the connection is
   *[other] all { $clients } connections is
} in the capture
handshake-not-seen = the handshake of client { $client } (SYN, SYN-ACK, ACK) is incomplete in the capture
hint-handshake = the kernel performs the handshake once the server has called listen; look at the first packets of the connection
data-acknowledged = data was sent in both directions with PSH, and all of it was acknowledged
packets-no-answer = the capture contains no data from the server to client { $client }
hint-packets-no-answer = send the answer on the connection that accept returned
packets-unacknowledged-client = data from client { $client } was not acknowledged by the server's machine
packets-unacknowledged-server = data from the server to client { $client } was not acknowledged
packets-not-pushed = data on the connection of client { $client } was sent without the PSH flag
hint-packets-unacknowledged = resetting a connection discards data in transit: close it with close instead
packets-other-answer = the server's packets to client { $client } carry "{ $got }" instead of "{ $expected }"
hint-packets-other-answer = compare the data of the packets in both directions: the answer must be what was sent, in upper case
orderly-close = FIN and ACK were sent in both directions
packets-no-fin = the server sent no FIN to client { $client }: it never closed the connection
packets-fin-unacknowledged = a FIN on the connection of client { $client } was not acknowledged
packets-reset-by-server = the server's side ended the connection of client { $client } with RST instead of FIN
packets-reset-by-client = the server sent data to client { $client } after the client had closed, and received an RST
hint-late-data = when recv returns empty, the client has closed: send nothing more after the answer, and close
no-reset = no connection was reset (RST)
conversations-right = { $count ->
    [1] 1 connection with its own 4-tuple (addresses and ports)
   *[other] { $count } connections, each with its own 4-tuple (addresses and ports)
}, and { $ports ->
    [one] one port
   *[other] { $ports } ports
} of the server
conversations-other = { $count ->
    [1] 1 connection with a complete handshake is
   *[other] { $count } connections with a complete handshake are
} in the capture, expected { $wanted }
conversations-other-ports = the server has { $ports ->
    [1] 1 port
   *[other] { $ports } ports
} in the capture, expected { $wanted_ports }
hint-conversations = one listening socket accepts all connections: they share the server's port and differ in the client's port
only-port = filtered by the server's port, the capture contains only this connection
port-has-others = the server's port { $port } also appears in packets from { $from } to { $to }
hint-port-has-others = the server only needs the connections it accepts; it should not open any from that port
no-handshake = the first packet of each exchange carries its data: there is no connection
handshake-over-udp = there are TCP packets to port { $port }, where UDP is required
server-speaks-first = the server sent client { $client } a datagram before the client had sent anything
hint-datagrams = for each datagram: one recvfrom, then one sendto with the whole answer
datagrams-right = { $exchanges } exchanges, each with one datagram in each direction
datagrams-missing = client { $client } sent { $sent ->
    [1] 1 datagram
   *[other] { $sent } datagrams
}; the capture shows { $back } coming back
datagrams-too-many = client { $client } sent { $sent ->
    [1] 1 datagram
   *[other] { $sent } datagrams
}, but { $back } came back: more than one for each
datagram-length = the length field of a datagram is { $field }, but it carries { $payload } bytes (the field must be 8 larger)
sent-again = { $lost ->
    [1] 1 packet was
   *[other] { $lost } packets were
} lost on the link, and TCP retransmitted { $again }
nothing-lost = no packet of the connection was lost on the link
not-sent-again = { $lost ->
    [1] 1 packet was
   *[other] { $lost } packets were
} lost, but only { $again } were retransmitted
hint-not-sent-again = TCP retransmits by itself while the connection is open: do not close it early
datagrams-lost = { $lost ->
    [1] 1 datagram was
   *[other] { $lost } datagrams were
} lost on the link ({ $sent } sent by the clients), and none was sent again
no-datagram-lost = { $lost } datagrams were lost on the link
datagram-sent-again = a datagram between client { $client } and the server was sent more than once
hint-datagram-sent-again = UDP does not retransmit: answer each datagram you receive once
calls-right = the system calls were made in this order: { $asked }
calls-unseen = the program created its socket in a way that cannot be observed (io_uring, or a 32-bit program)
calls-missing = the program never called { $call } (called: { $made }; required: { $asked })
calls-order = the program called { $call } in a different order (called: { $made }; required: { $asked })
hint-calls = a TCP server calls socket, bind, listen and accept, in this order
note-accept-unseen = the connection was accepted in a way that could not be observed

attacked-harness = the program made the system call { $call } on a process of socklab; the call was denied, and the run did not complete afterwards
hint-attacked-harness = remove the call: the program must not access processes other than its own

# Programs that connect to socklab.
program-failed = the program ended with an error ({ $status }) and printed nothing
program-failed-said = the program ended with an error ({ $status }): "{ $said }"
ended-before-connect = the program ended ({ $status }) { $protocol ->
    [UDP] without sending a datagram to { $at }
   *[TCP] without connecting to { $at }
}
ended-before-connect-said = the program ended ({ $status }) { $protocol ->
    [UDP] without sending a datagram to { $at }
   *[TCP] without connecting to { $at }
}; last output: "{ $said }"
never-connects = the program is running but { $protocol ->
    [UDP] sent no datagram to { $at }
   *[TCP] did not connect to { $at }
}
connects-elsewhere = the program connects to { $to }, and not to { $at }
connects = { $connections ->
    [one] the program connected
   *[other] { $connections } connections came
}
received-right = { $connections ->
    [one] the program sent what was expected
   *[other] what was expected came over all { $connections } connections
}
sent-nothing = the program sent nothing over connection { $client }; expected: "{ $wanted }"
sent-unasked = the program sent "{ $got }" over connection { $client }, where nothing was to be sent
sent-other = over connection { $client } the program sent "{ $got }" instead of "{ $wanted }"
sent-without = what the program sent over connection { $client } does not contain "{ $wanted }"; it sent: "{ $got }"
sent-does-not-match = what the program sent over connection { $client } does not match the pattern { $wanted }; it sent: "{ $got }"
trace-printed = the program does not catch this error, and shows its trace to the user: "{ $said }"
output-forbidden = the program printed "{ $line }", and nothing that matches { $pattern } may be printed
hint-end-program = when its work is done, its standard input has ended or the other end has closed the connection (recv returns empty), leave the loop, close the socket and let the program exit
hint-exit-program = end the whole program where the read finds the end of the connection, also while another thread waits for the keyboard
    .python = call os._exit(0) where recv returns b"": sys.exit there ends only its own thread
    .java = call System.exit(0) where the read returns -1 or null: a return ends only its own thread
    .go = call os.Exit(0) where Read returns io.EOF: a return ends only its own goroutine
    .c = call exit(0) where recv returns 0: return and pthread_exit end only the own thread
    .node = call process.exit(0) in the handler of 'end' or 'close': standard input keeps the program running
    .csharp = call Environment.Exit(0) where the read returns 0 or null: a return ends only its own thread
    .ruby = call exit!(0) where the read returns nil: exit ends only its own thread
hint-shutdown-first = call shutdown before close: a close sends nothing while another thread is in a call on the same socket, and shutdown ends that call
    .python = call s.shutdown(socket.SHUT_RDWR) before s.close(): close() sends nothing while another thread is in s.recv, and shutdown ends that call
    .c = call shutdown(s, SHUT_RDWR) before close(s): close sends nothing while another thread is in recv(s, …), and shutdown ends that call
hint-connect-to = connect to the host and port that the program gets as arguments, and use no other address
hint-send-request = send the message to the connected socket, whole and with its line ending if it has one, and flush it if the stream is buffered
hint-send-nothing = send nothing here: the other end speaks next
hint-send-exactly = send exactly the bytes that the protocol asks for: no prompt, no further line ending, no NUL at the end
hint-catch-error = catch the error where it may happen, print a short message, and exit with an error code
    .python = put the call into try: …, and after except OSError as error: print a message and call sys.exit(1)
    .java = put the call into try { "{" } … { "}" } catch (IOException error) { "{" } print a message, System.exit(1) { "}" }
    .go = check err != nil after the call, print it with fmt.Fprintln(os.Stderr, err) and call os.Exit(1); do not call panic
    .node = handle the event 'error' of the socket: print a message and call process.exit(1)
    .rust = match the Result instead of calling unwrap or expect, print the error with eprintln! and call std::process::exit(1)
    .ruby = put the call into begin … rescue SystemCallError => error, print a message and call exit 1
    .csharp = put the call into try { "{" } … { "}" } catch (SocketException error) { "{" } print a message, Environment.Exit(1) { "}" }
hint-not-printed = remove this output, or print it only in the case that it is meant for
output-without = the program printed nothing that matches { $pattern }
sent-late = over connection { $client } the program sent what was expected, but only after it had got further input
hint-send-at-once = send each message before you wait for the next input, and flush it if the stream is buffered
left-unread = { $bytes ->
    [1] 1 byte that came over connection { $client } is still unread: the program waits for something else
   *[other] { $bytes } bytes that came over connection { $client } are still unread: the program waits for something else
}
all-read = the program has read everything that came over { $connections ->
    [one] its connection
   *[other] its { $connections } connections
}
hint-read-while-typing = read from the socket while the program waits for the keyboard, too: in a thread of its own, or with select or poll on both
    .python = read from the socket in a thread of its own (threading.Thread(target=…, daemon=True).start()) while the main thread calls input, or use select.select([sys.stdin, s], [], [])
    .c = call poll (or select) on descriptor 0 and on the socket, and read from the one that is ready; or read from the socket in a thread of its own (pthread_create)
    .java = read from the socket in a thread of its own (new Thread(…).start()) while the main thread reads System.in
    .go = read from the connection in a goroutine of its own (go func() { "{" } … { "}" }()) while main reads os.Stdin
    .node = register socket.on('data', …) before anything is read from process.stdin, and read that with on('data', …) or readline, too
ended-without-error = the program should have exited with an exit code other than 0, because its work could not be done; instead: { $status }
ended-without-error-said = the program should have exited with an exit code other than 0, because its work could not be done; instead: { $status }; last output: "{ $said }"
sent-without-ending = the program sent the line "{ $line }" over connection { $client } without its line ending (\n)
hint-report-error = after an error that ends the program, print it and exit with a code other than 0
    .python = after an error that ends the program, print it and call sys.exit(1)
    .c = after an error that ends the program, print it with perror and return 1 from main
    .java = after an error that ends the program, print it and call System.exit(1)
    .go = after an error that ends the program, print it and call os.Exit(1)
    .node = after an error that ends the program, print it and call process.exit(1)
hint-end-lines = send "\n" after each line: the functions that read a line from the keyboard remove it
    .python = send the line and "\n": s.sendall((line + "\n").encode()), since input() removes the line ending
    .java = send the line and "\n" (PrintWriter: println, and flush), since readLine removes the line ending
    .node = send line + '\n', since readline removes the line ending
    .go = send the line and "\n" (fmt.Fprintln), since Scanner removes the line ending
only-first-lines = over connection { $client } came only the first { $got ->
    [one] line
   *[other] { $got } lines
} of { $of } that were to be sent
awaits-reply = the program waits for data of connection { $client } ({ $call }) instead of reading and sending what was typed
closed-while-reading = the program has called close, but connection { $client } stays open: another thread still waits in { $call }
never-closes = the program has not closed connection { $client }
connects-by-other = the program uses { $found }, but { $wanted } is required
closes = { $connections ->
    [one] the program closed its connection
   *[other] the program closed its { $connections } connections
}
hint-loop-over-input = read and send in a loop, until the typed input ends
hint-other-transport = create a socket of the other type: SOCK_STREAM is TCP, SOCK_DGRAM is UDP (Java: Socket, DatagramSocket)
uncaught-error = an error in the program was not caught: "{ $said }"
hint-whole-lines = a letter may be cut in two pieces on its way: collect the bytes until "\n" has come, and decode only whole lines
file-absent = there is no file "{ $path }"
file-right = the file "{ $path }" is right ({ $bytes ->
    [one] 1 byte
   *[other] { $bytes } bytes
})
file-not-written = the program has not written the file "{ $path }"
written-not-regular = "{ $path }" is no regular file
written-too-large = the file "{ $path }" has { $bytes } bytes: more than are compared
file-unwanted = there is a file "{ $path }", which must not be written
file-empty = the file "{ $path }" is empty instead of { $of } bytes long
file-cut = the file "{ $path }" ends after { $got } of { $of } bytes
file-differs = the file "{ $path }" has other contents: { $got } bytes instead of { $of }, or other bytes
file-without = the file "{ $path }" does not contain "{ $wanted }"; it begins with: "{ $got }"
file-has = the file "{ $path }" contains "{ $text }", which does not belong there
file-other-hash = the file "{ $path }" ({ $bytes } bytes) has another SHA-256 than is required
file-not-empty = the file "{ $path }" has { $bytes } bytes, but it must be empty
hint-write-file = write the received data to a file of this name in the working directory
hint-write-received = open the file in binary mode, and write exactly the bytes that belong to it: no header, no text conversion, nothing twice
    .python = open the file with open(path, "wb"), and write exactly the bytes that belong to it: no header, no decode, nothing twice
    .java = write with a FileOutputStream (no Writer, no PrintWriter): write(buffer, 0, n) with the n that read returned
    .c = write with fwrite(buffer, 1, n, file) or write(fd, buffer, n), where n is what recv returned, and not with fputs or fprintf
hint-close-file = receive until all of the file has come (its length, or the end of the connection), not only once, and close the file before the program ends
hint-no-file = create the file only when its data comes
closes-early = the program closed connection { $client } before its input had ended
closed-unread-connection = the program had closed connection { $client } before it could read the data that came
hint-stay-connected = keep the connection open, and read from it in a loop until recv returns empty or the typed input ends
output-near = the program did not print "{ $wanted }"; the nearest line that it printed: "{ $line }"
awaits-more = the program still waited in { $call } for data of connection { $client } after all of it had been sent
part-line-other = the line "{ $got }" came over connection { $client } instead of "{ $wanted }"
part-line-unlike = the line "{ $got }" came over connection { $client }, and does not match the pattern { $wanted }
part-line-unended = the line "{ $line }" on connection { $client } does not end with \n
part-line-missing = the data came over connection { $client } without the line "{ $line }" before it
part-size-other = the line "{ $line }" on connection { $client } gives another size than the { $bytes } bytes of the data
part-size-in-characters = the line "{ $line }" on connection { $client } gives the number of characters; the data has { $bytes } bytes
part-data-cut = { $got ->
    [0] none of the { $of } bytes of the data
    [1] only 1 of the { $of } bytes of the data
   *[other] only { $got } of the { $of } bytes of the data
} came over connection { $client }
part-data-cut-at-nul = the data on connection { $client } ends before the first zero byte of the file: { $got } of { $of } bytes
part-data-decoded = the data on connection { $client } is not the bytes of the file: bytes from 128 on were decoded as text
part-data-newlines = the data on connection { $client } has other line endings than the file: it was read or written in text mode
part-data-other = the data on connection { $client } is not the contents of the file: { $got } bytes came, it has { $of }
part-extra = { $bytes ->
    [1] 1 byte that does not belong there came
   *[other] { $bytes } bytes that do not belong there came
} over connection { $client }: "{ $extra }"
part-missing = nothing came over connection { $client } where "{ $wanted }" was expected
part-closed = the program closed connection { $client } before it had sent "{ $wanted }"
file-decoded = the file "{ $path }" does not have the bytes that were sent: bytes from 128 on were decoded as text
file-newlines = the file "{ $path }" has other line endings than the data that was sent: it was written in text mode
file-cut-at-nul = the file "{ $path }" ends before the first zero byte of the data: { $got } of { $of } bytes
file-extra = the file "{ $path }" has { $bytes ->
    [1] 1 byte that does not belong there
   *[other] { $bytes } bytes that do not belong there
}: "{ $extra }"
file-begins-late = the beginning of the file "{ $path }" is missing: it has only the last { $got } of { $of } bytes
hint-keep-rest = what recv returns may contain the end of the line and the first bytes of the data: keep the bytes after the \n, they belong to the file
hint-stop-at-size = the connection stays open, so its end does not end the data: count the received bytes, also those that came together with the line, and stop at the size that the line gives
hint-part-line = send the line exactly as the protocol has it: the word, one space, the value, and nothing else
hint-part-line-end = end the line with one \n before the data begins
hint-part-size = the size is the number of bytes of the file, not of its characters: take it from the file system, or from the bytes that were read in binary mode
    .python = take the size from os.path.getsize(path), or from len(data) of the bytes that open(path, "rb") has read
    .java = take the size from Files.size(path), or from the length of the byte[] that was read, not from String.length()
    .node = take the size from the length of a Buffer (fs.readFileSync(path) without an encoding), not of a string
hint-part-send-all = read and send all of it: send may accept only a part, and read may return only a part (use sendall, or loops), and do not close before
hint-part-byte-count = strlen, %s and the other functions for texts stop at a zero byte: send as many bytes as fread or read returned
hint-part-exactly = send exactly the bytes of the file after the line, as many as the line says: no further line ending, no NUL, nothing twice
hint-part-next = the connection stays open: after each answer read the next request in a loop, also if it came together with the one before, and close only when recv returns empty
