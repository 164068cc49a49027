# Causes that the content, the time and the order of the answers reveal.

# The content.
cut-at-nul = an answer to client { $client } ends before the first NUL byte of the message: the server takes a NUL byte for the end of the data, as strlen and C strings do
every-answer-cut = { $got ->
    [one] every answer has only one byte, though client { $client } should have received { $of }
   *[other] every answer ends after { $got } bytes, though client { $client } should have received { $of }: the server reads or sends a fixed number of bytes, such as the size of a pointer (sizeof) or of a small buffer
}
cut-at-earlier-length = an answer to client { $client } ends after { $got } of { $of } bytes, the length of an earlier, shorter message
printed-form = client { $client } received the printed form of an object ("{ $got }") instead of its bytes
object-stream = client { $client } received "{ $got }": AC ED 00 05 is the header of a Java ObjectOutputStream, and the lab uses plain bytes
two-bytes-per-letter = client { $client } received several bytes for each letter ("{ $got }"): the text was sent as UTF-16 or UTF-32, with NUL bytes between the letters
one-byte-per-accent = letters with accents came back to client { $client } as a single byte each ("{ $got }"): the text was sent as Latin-1 instead of UTF-8
length-before-answer = the answer to client { $client } begins with its own length ("{ $prefix }"), which does not belong to the data
case-swapped = client { $client } received small letters as capitals and capitals as small letters ("{ $got }")
case-changed = client { $client } received the right letters, but capitals and small letters are not as required ("{ $got }")
cut-at-blank = every answer to client { $client } ends at the first blank of the message ("{ $got }"): the server reads one word, and not all that came
blanks-missing = the blanks of the message are missing from what client { $client } received ("{ $got }"): the server reads word by word
only-ascii = client { $client } received a question mark for each letter with an accent ("{ $got }"): the server converts the data with an ASCII encoding
rest-of-buffer = client { $client } received { $bytes } bytes that were behind its message in the server's buffer, and not the message
encoded-twice = bytes above 127 came back to client { $client } as two bytes each ("{ $got }"): the data was read as Latin-1 and sent as UTF-8
bytes-dropped = bytes above 127 are missing from what client { $client } received ("{ $got }"): the server treats the data as text and leaves out what it cannot decode
address-sent = client { $client } received the right number of bytes, but they are a memory address and what lies next to it ("{ $got }"): the program sends the pointer instead of the data that it points to
earlier-text-after = { $bytes ->
    [1] after the answer to client { $client } comes 1 byte of an earlier, longer message: "{ $extra }"
   *[other] after the answer to client { $client } come { $bytes } bytes of an earlier, longer message: "{ $extra }"
}
earlier-text-before = the answer to client { $client } begins with what was received before ("{ $extra }"): the data of earlier messages is never removed

hint-received-count = send exactly as many bytes as recv, recvfrom or read returned: received data has no NUL at its end, so do not use strlen or %s
hint-compared-count = in C, n = recv(…) > 0 stores the result of the comparison, which is 1: write while ((n = recv(…)) > 0), and pass n to send
hint-one-word = operator>>, scanf("%s") and Scanner.next() stop at a blank: use the bytes as recv returned them, or read whole lines (getline, nextLine)
hint-one-encoding = use UTF-8 in both directions (StandardCharsets.UTF_8, Encoding.UTF8, decode("utf-8") and encode("utf-8")), never ASCII, Latin-1 or the default of the system
hint-pointer-size = give recv and send the number of bytes: in C, sizeof of a pointer (char *text) is 8 and not the size of the buffer; in other languages, check the number passed to recv or read; repeat until recv returns empty
upper-only-beginning = only the first { $bytes } bytes of each answer are in upper case, such as "{ $got }" for client { $client }
hint-converted-count = convert as many bytes as recv returned: in C, sizeof of a pointer (a parameter char *text, also if written char text[]) is 8 and not the length of the data, so pass the length to the function as well
hint-pointer-sent = pass the buffer itself to send: if text is a pointer (char *text, malloc), write send(c, text, n, 0), not send(c, &text, n, 0)
hint-pointer-size-datagram = give recvfrom the size of a buffer that holds a whole datagram: in C, sizeof of a pointer (char *text) is 8 and not the size of the buffer
hint-earlier-length = set the size of the buffer again before each receive: a Java DatagramPacket keeps the length of its last data (setLength, or a new packet each time), and so does a length variable in C
hint-printed-form = send the bytes themselves: Python's str() of bytes gives b'…' (use decode()), Java's toString() of an array gives [B@… (use new String(bytes, 0, count, UTF_8)), JavaScript needs buffer.toString(), Go string(b[:n]); JSON.stringify and inspect add quotes
hint-object-stream = use the streams of the socket (getInputStream, getOutputStream) without ObjectInputStream and ObjectOutputStream: the other side need not be written in Java
hint-utf16 = send the bytes of the text in UTF-8: getBytes(UTF_8) and write in Java (writeChars sends two bytes for each letter), encode("utf-8") in Python, Encoding.UTF8 in C#
hint-latin1 = encode and decode with UTF-8 everywhere: getBytes(UTF_8) in Java (writeBytes keeps one byte of each letter), encode("utf-8") in Python, Encoding.UTF8 in C#, no "latin1" or "binary" in JavaScript
hint-no-length = send only the data, without a length in front: writeUTF, struct.pack and headers of your own add one, and the lab's clients neither send nor expect it
hint-empty-variable = use a new variable for each message of each connection, or empty it after each answer

# The time of the answers.
answers-only-after-end = client { $client } received its answer only after it had ended its side: the server reads to the end of the stream (or of a line) before it answers, and a client that waits for its answer does not end
waits-for-short-read = the answer to a message of { $bytes } bytes came only when client { $client } sent more or ended, and shorter messages were answered at once: the server waits for a recv shorter than its buffer, and this length is a multiple of the buffer's
waits-for-fixed-amount = the server answered client { $client } only in whole blocks: shorter messages wait until a block ({ $bytes } bytes or a part of that) is full
answer-after-more = client { $client } received the answer to one message ({ $bytes } bytes: "{ $sent }") only when it had sent more or had ended its side; the messages before were answered at once
one-message-late = each answer to client { $client } came only with the next message: "{ $got }" was not answered until more was sent
kept-in-buffer = client { $client } received nothing until it sent more: "{ $sent }" was not answered by itself{ $bytes ->
    [0] {""}
   *[other] , and the last { $bytes } bytes of the answers never came
}
one-message-unanswered = client { $client } received no answer to one message ({ $bytes } bytes: "{ $sent }"); those before and after it were answered

hint-reads-to-end = answer what is there: recv(1024), read(buffer) or the event 'data' return as soon as some bytes are there; read() without a number, rfile.read(n) of Python, readAllBytes, io.ReadAll, fread, recv with MSG_WAITALL and the event 'end' wait for the end of the stream; a writer with a buffer (makefile, PrintWriter, bufio) keeps the answer until flush or close
hint-answer-each-piece = send back each piece as it comes: a recv that returns fewer bytes is not the end of a message, and a full buffer does not mean that more follows (do not wait for a full buffer with readFully, readexactly or MSG_WAITALL)
hint-one-message-late = answer in the same turn of the loop: first recv, then send what this recv returned, not what an earlier one did
hint-flush = call flush after each answer: a writer with a buffer (BufferedOutputStream, PrintWriter, makefile, fdopen, bufio) sends only when its buffer is full; without such a writer, send back each piece as soon as recv returns it
hint-one-message-unanswered = look at what distinguishes this message: its length, or bytes that are not text (0, values above 127)

# Datagrams.
first-datagram-unanswered = { $answered ->
    [1] the first datagram (of client { $client }) got no answer, and the one after it did
   *[other] the first datagram (of client { $client }) got no answer, and all { $answered } after it did
}
only-first-datagram = { $missing ->
    [1] only the first datagram was answered, and the next one (of client { $client }) was not
   *[other] only the first datagram was answered, and the { $missing } after it (the next of client { $client }) were not
}
every-second-datagram = only every second datagram was answered ({ $answered } answered, { $missing } not, the first of these of client { $client })
unchanged-unanswered = client { $client } received no answer to "{ $sent }", which upper case does not change; all texts that it changes were answered
only-last-datagram = of datagrams that client { $client } sent one right after another, only the last was answered: "{ $sent }" was not
one-answered-for-another = client { $client } received the answer "{ $got }" twice, and none to "{ $sent }", sent right before or after it
answer-sent-elsewhere = the server sent the answer for client { $client } ("{ $got }") to { $to }, which is not the client's address

hint-no-answer-datagram = after recvfrom, send the answer with sendto on the same socket, to the address that recvfrom returned
hint-printed-not-sent-datagram = printing only shows the data on the server's screen: also send it back with sendto, to the address that recvfrom returned
hint-whole-datagram = receive into a buffer large enough for a whole datagram (65535 bytes): recvfrom drops what does not fit
hint-address-length = in C, set the length variable to sizeof the address before every recvfrom: with 0 the sender's address is not stored, and sendto fails with EINVAL; check the result of sendto; in other languages, look at what the first turn of the loop does differently
hint-datagram-loop = call recvfrom and sendto in an endless loop, and use the address that this recvfrom returned each time
hint-every-second = call recvfrom only once in each turn of the loop: the data of a second call is lost if only one of both is answered
hint-unchanged = send the text also if upper case changes nothing: upcase! in Ruby then returns nil (use upcase), and a comparison of the two texts finds them equal
http-answer = client { $client } received the answer of an HTTP server, although it sent plain data
hint-plain-server = use a TCP server without HTTP: net.createServer in Node, a socket or socketserver in Python, TcpListener in C#, ServerSocket in Java
byte-order-mark-sent = the answer to client { $client } begins with a byte order mark (EF BB BF), which should not be there
hint-no-byte-order-mark = write without a byte order mark: new UTF8Encoding(false) in the place of Encoding.UTF8 (C#), "utf-8" and not "utf-8-sig" (Python), or send the bytes themselves
characters-removed = the answer to client { $client } lacks these characters of the text: "{ $removed }"
hint-keep-characters = remove only the line end or blanks at the ends of the text (strip, trim, chomp): a pattern such as \W or [^a-z] removes everything else as well
case-of-all-bytes = client { $client } received "{ $got }": the program changes every byte by 32, and not only the small letters
hint-only-letters = change a byte only if it is a small letter, with both conditions: if (c >= 'a' && c <= 'z'), or call toupper
bytes-skipped = after { $got } bytes of an answer to client { $client }, { $bytes } bytes of the data are missing, and the rest follows
hint-one-reader = create a buffered reader (BufReader, BufferedReader, Scanner, makefile) once for each connection, before the loop: what it has read ahead is lost with it; use all that recv returned
hint-call-close = write the parentheses: conn.close()
hint-datagram-received = name the method datagram_received(self, data, addr), and answer with self.transport.sendto(data, addr)
hint-no-linger = remove SO_LINGER; for a port that is still in use, SO_REUSEADDR is enough
hint-own-copy = give each thread a copy of its own: a malloc'ed int for each client, or the number itself ((void *)(intptr_t)fd); in C++ capture by value ([fd])
hint-select-count = call select with the highest descriptor plus 1: select(maxfd + 1, ...)
hint-notify = after each entry that you put into the queue, wake a waiting thread: notify_one() or notify(), pthread_cond_signal, Monitor.Pulse
hint-serve-forever = after start_server: async with server: await server.serve_forever()
hint-port-first = the port comes first: listen(PORT, HOST)
hint-resize = call resize(1024) before recv, and resize(n) with the number that it returned; send size() bytes
hint-no-strip = an echo sends the bytes as they came: do not call strip(), trim() or chomp on what is sent back
hint-more-threads = run the loop that accepts outside the pool, and give the pool more than one thread
hint-own-variables = keep the data and the address of each datagram in variables of their own (parameters of the thread or task), not in variables that all threads share
hint-reply-address = send the answer to the address that recvfrom returned (in Java packet.getAddress() and getPort()), not to a fixed port or to the server's own

# What the program printed while it ran, and how it ended.
thread-failed = an error ended a thread or task of the server, and its client was left without service: "{ $said }"
error-printed = the server printed an error while it served: "{ $said }"
server-ended-by-error = the server ended with an error ({ $status })
server-ended-by-error-said = the server ended with an error ({ $status }): "{ $said }"
came-to-its-end = the program came to its end without an error and without opening its port (exit code 0)
came-to-its-end-said = the program came to its end without an error and without opening its port (exit code 0); last output: "{ $said }"

hint-thread-failed = fix this error at the line that its trace names in your own file: what the other items report follows from it
hint-error-printed = find the call that this error names, and fix its cause; print the whole trace if its line is unknown
hint-keep-running = call the function that serves (main), keep it in an endless loop, and let the main program wait for its threads with join: daemon threads end with the main program

# Data in the receive queue.
data-unread = the server accepted client { $client }, but never read what it sent: { $bytes } bytes are still unread in the connection's receive queue
hint-serve-accepted = after accept, read from the connection that it returned before the next accept, or start a thread or process that does (start(), not run()); it gets the connection by value, and prints its own errors
hint-watch-all = give every connection to each call (select: in the set, and the first argument is the highest descriptor + 1; poll: in the array, with events = POLLIN), and read each one that is ready, into a buffer whose length is not 0
hint-event-loop = register each connection for reading (on 'data', a coroutine that awaits read, selector.register, epoll_ctl), and never block the event loop with a loop or a sleep
hint-close-late = close the connection only after its client has closed; with threads, the one that serves the client closes it, and not the one that accepts (no with, using or try (…) around the start of a thread); keep the socket in a variable until then (in PHP, &$clients for an array that a function changes)
hint-reach-send = look at what stands between recv and send: a condition that does not hold, or an error that ends the thread without being printed
hint-name-handle = name the method handle, as socketserver requires: def handle(self)
hint-print-task-error = use execute() (Java) or a thread of its own, or catch and print the errors inside the task
hint-print-error = print the error in the except or catch block (traceback.print_exc(), e.printStackTrace(), console.error): it says what fails before the send
hint-use-result = use what the conversion returns: text = text.upper(), and send that variable; in C++, for (char &c : text) changes the text itself, for (char c : text) only a copy
hint-empty-is-end = when recv returns empty (0 bytes), leave the loop and close that connection's socket; in Python it returns b'', which is never equal to '': write if not data: break; an epoll or poll event is a set of bits: test it with &, not ==
hint-compare-messages = compare that message with the earlier ones: its length (a count above 127 or 255 does not fit into char or byte), NUL bytes, bytes above 127, line breaks, and what your loop tests before it goes on
hint-count-as-int = keep what read returns in an int: as a char or (byte), the byte 255 becomes -1 and is taken for the end of the stream
hint-first-byte = begin the loop with the first byte: i = 0
hint-count-bytes = use the length in bytes, not that of the text: Buffer.byteLength(text), len(text.encode()), text.getBytes().length; in UTF-8 a letter with an accent has two bytes
hint-bind-first = call bind first and then listen
hint-datagram-socket = create the socket with SOCK_DGRAM (UDP), and use recvfrom and sendto without listen and accept
hint-data-event = register the handler with socket.on('data', …): 'message' is an event of UDP sockets (dgram)
hint-receive-in-loop = call recvfrom inside the loop, so that each turn waits for one datagram and sends one answer
hint-close-in-turn = put the service of a client into a function of its own, with defer conn.Close() in it, or call conn.Close() at the end of each turn of the loop
hint-read-data = read from the connection that accept returned, into a buffer whose length is not 0 (Go: make([]byte, 1024), not var b []byte); with threads, each client needs one that is free, and gets its connection by value (not the address of a variable of the loop)

# Why a socket does not have the port that its program names.
bind-length-wrong = bind failed with EINVAL (Invalid argument): it got { $length } as the length of the address, which is not the length of an address (16 bytes for IPv4, 28 for IPv6)
bind-length-wrong-port = bind failed with EINVAL (Invalid argument): it got { $length } as the length of the address, which is not the length of an address (16 bytes for IPv4, 28 for IPv6); the kernel chose port { $port } instead, another one at every start
bind-failed = { $call } failed, and the program did not check its result
bind-failed-port = { $call } failed, and the program did not check its result; the socket has port { $port } instead, which the kernel chose
bind-never-called = the program never bound its socket: bind was not called
listen-never-called = the program called accept on a socket for which it had not called listen: the kernel refuses that (EINVAL)
held-by-parent = a child process served the connection to its end, but the process that accepted it still holds its own copy, so that the connection is never closed
hint-close-in-parent = after fork, close the connection in the parent, too (close(c) in C, c.close() in Python, close $c in Perl): it ends only when every process that has it has closed it
awaits-thread = the thread that should answer waits for another thread of the program (a lock, a full queue or a channel), and that one never comes
never-flushed = the answers stay in the buffer of { $writer }: the program never calls flush on it
needless-accept = the server waits in accept although no client connects, and so serves none of the clients that it has; it uses { $call }, which tells which sockets are ready
hint-test-ready-set = call accept only if the wait has reported the listening socket: test the set that select has filled (FD_ISSET on it, and not on the copy with all sockets), or revents of its own entry
hint-awaits-thread = release each lock on every path, and before you wait for a client (with lock:, try/finally, defer mu.Unlock()); a queue or a channel needs a thread that takes from it
impossible-address = the program exited ({ $status }) because it uses { $address }, which is not an IP address: "{ $said }"
hint-impossible-address = correct the address: four numbers from 0 to 255 with dots between them, such as 127.0.0.1; 0.0.0.0 stands for every address of the machine
ended-after-listen = the program called listen and then ended without an error (exit code 0), before a client came
ended-after-listen-said = the program called listen and then ended without an error (exit code 0), before a client came; last output: "{ $said }"
memory-fault = the server was ended by a memory error ({ $status }): it read or wrote outside its variables
memory-fault-said = the server was ended by a memory error ({ $status }), it read or wrote outside its variables: "{ $said }"
hint-accept-returned = the program must live on: let the main program wait for its threads (join); accept must wait for a client, so check what it returns, do not make the listening socket non-blocking (setblocking(False), O_NONBLOCK), and serve in a loop
hint-bind-family = use one family everywhere: AF_INET in socket and in sin_family with struct sockaddr_in, or AF_INET6 with struct sockaddr_in6; check what bind returns (perror)
hint-memory = check the size that you pass to recv and the length of every array and copy (strcpy, sprintf, b[n] = 0 with n as large as the array); gcc -g -fsanitize=address shows the line
bind-never-called-port = the program never bound its socket: bind was not called; the kernel chose port { $port }, another one at every start
connect-for-bind = the program called { $call } and waits for datagrams, but never called bind: its socket has a port that no client knows, and receives only from that address
bound-to-port-zero = bind got port 0, so the kernel chose a port, another one at every start
bound-to-port-zero-port = bind got port 0, so the kernel chose a port, another one at every start (this time { $port })
several-listeners = the program has { $sockets } listening sockets at { $at } (SO_REUSEPORT), and does not accept from all of them: the kernel deals the clients out to all
note-swapped-port = the server uses port { $port }, which is { $expected } with its two bytes swapped: put the port number into network byte order with htons({ $expected }), or a client that does so cannot reach it

hint-bind-length = pass sizeof(struct sockaddr_in), not sizeof of a pointer, and check what bind returns (perror)
hint-bind-result = check what bind returns, and print the reason with perror("bind"): another address, a port above 1023 or SO_REUSEADDR may be needed
hint-call-bind = call bind(socket, address, length) after socket: without it no client knows the port
hint-bind-not-connect = write bind in the place of connect, with the same address: connect is what a client calls, and a server waits on its own port
hint-name-port = give bind the port of the lab, in C with htons(port)
hint-one-listener = create, bind and listen with one socket only, or accept from each of them; leave out SO_REUSEPORT

# Connections that were not accepted, or closed too early.
client-never-accepted = client { $client } was never accepted: the server called accept { $accepts ->
    [1] only once
   *[other] only { $accepts } times
}, so the connection waits in the accept queue
hint-accept-all = call accept in a loop, once for every client; with select, fill the set anew (FD_ZERO, FD_SET) before each call; with threads, pass the function without calling it (Thread(target=f, args=(c,)), not target=f(c))
closed-before-data = the server closed the connection of client { $client } before the client had sent anything: it did not wait for the client's data
hint-wait-for-data = call recv or read, which wait until data is there, and close after the answer; ready(), available(), non-blocking reads and short time limits (settimeout, SetReadDeadline) only say what is there at this moment; in Go, a time without a unit is in nanoseconds

# Calls that failed, and the program went on (a further run).
handler-missing = the handler class has no method handle: socketserver calls that one for each client, and ends the connection when it returns
close-not-called = the connection stays open: this line names the method that closes it, but without () it is not called
datagram-received-missing = the protocol class has no method datagram_received: asyncio calls that one for each datagram, and data_received only for TCP
linger-reset = the program sets SO_LINGER with a time of 0, so that close sends a reset (RST) instead of a FIN
utf16-decoded = client { $client } received "{ $got }": the program takes the bytes for UTF-16, two of them for each letter, so no letter becomes upper case
thread-gets-address = each thread gets the address of the same variable, which the next accept overwrites while the thread still uses it
select-count = the first argument of select is too small, so that select does not watch the highest descriptor: it must be the highest one plus 1
serve-forever-missing = asyncio.start_server only starts the server: the program then reaches its end, and ends
listen-swapped = the arguments of listen are swapped: with a text in the first place, Node listens on a file (a Unix socket) and not on a port
reserved-only = reserve changes no size: the buffer still has 0 bytes, so that recv reads or send sends nothing
pieces-stripped = the answer to client { $client } lacks only white space of the data: the program removes it at the ends of each piece that it receives
never-notified = the connection was accepted, and no thread reads it: the thread that should waits for a condition here, and nothing in the program wakes it
http-server = the program is an HTTP server: it waits for a request with headers, and the clients of the lab send plain data
one-thread-taken = the pool has one thread only, and a task that does not end (such as the loop that accepts) holds it: the tasks after it never run
task-error-hidden = the connection was accepted, and no thread reads it: an error of a task that was given to submit() ends the task without a message
error-hidden = the program read the message and sent nothing, and it ignores every error between (an empty except or catch)
upper-lost = client { $client } received its data unchanged ("{ $got }"), although the program converts text to upper case: the result does not reach the answer
stops-at-message = { $messages ->
    [one] client { $client } got an answer to its first message and none to the next one, although the server does answer several messages on a connection
   *[other] client { $client } got answers to { $messages } messages and none to the next one, although the server does answer several messages on a connection
}
ends-at-byte255 = the answers to client { $client } end before a byte with the value 255, and nothing came after it
first-byte-not-upper = the first byte of an answer to client { $client } was not put into upper case
cut-by-accents = client { $client } received { $got } of { $of } bytes: the answer lacks as many bytes as it has letters with accents, so its length was counted in letters
listen-before-bind = the program calls listen before bind: the socket has a port by then, which the kernel chose, and bind fails
stream-for-datagrams = the program binds a socket of the type SOCK_STREAM, which is TCP, and makes none for UDP
datagram-flood = client { $client } sent { $sent ->
    [one] one datagram
   *[other] { $sent } datagrams
} and received { $back }: the server goes on sending without receiving
wrong-event = the program registers a handler for an event that a TCP socket of Node does not have, and none for its data
defer-too-late = the connection stays open: defer runs only when its function returns, and this one goes on with its loop
shut-down-first = the server shut its sending side of client { $client }'s connection down (shutdown) before the client had sent anything: no answer can follow
read-gave-up = { $call } found no data yet and did not wait for it (EAGAIN), and the program closed the connection
closed-unread = the program closed the connection without having read anything from it
closed-after-reading = { $bytes ->
    [one] the program read one byte from the connection and closed it without sending anything
   *[other] the program read { $bytes } bytes from the connection and closed it without sending anything
}
call-failed = { $call } failed with { $error ->
    [EBADF] EBADF (Bad file descriptor)
    [ENOTSOCK] ENOTSOCK (Socket operation on non-socket)
    [EFAULT] EFAULT (Bad address)
    [EOPNOTSUPP] EOPNOTSUPP (Operation not supported)
    [EINVAL] EINVAL (Invalid argument)
    [EMSGSIZE] EMSGSIZE (Message too long)
    [EAFNOSUPPORT] EAFNOSUPPORT (Address family not supported by protocol)
    [EDESTADDRREQ] EDESTADDRREQ (Destination address required)
    [ENOTCONN] ENOTCONN (Transport endpoint is not connected)
    [EPIPE] EPIPE (Broken pipe)
   *[other] { $error }
}; the program went on, and no answer came
bind-refused = { $call } failed with { $error ->
    [EADDRINUSE] EADDRINUSE (Address already in use)
    [EADDRNOTAVAIL] EADDRNOTAVAIL (Cannot assign requested address)
    [EACCES] EACCES (Permission denied)
    [EINVAL] EINVAL (Invalid argument)
   *[other] { $error }
}, and the program did not check its result
read-of-nothing = { $call } was called with a size of 0 bytes, so it read nothing of what the client had sent
send-of-nothing = { $call } was called with a size of 0 bytes, so it sent no answer

hint-negative-descriptor = the descriptor is negative: in C it is the result of an earlier call that failed (socket, accept), so check what that call returns and print the reason (perror); in Python the socket was closed before, so close it only after its last use
hint-descriptor-closed = this descriptor is not open: look where it was closed, perhaps by an earlier turn of the loop, by another thread (a variable that all threads share) or before a fork, and close each socket only after its last use; check that the right variable is passed, and what the call returns (perror in C)
hint-wait-arguments = check the arguments: the first of select is the highest descriptor + 1 and not negative, the number of poll is that of the array's elements, and a time-out is not negative, except -1 for poll and epoll_wait
hint-no-socket = pass the descriptor that socket or accept returned: this one belongs to another file
hint-parentheses = the descriptor is 0, 1 or 2, the keyboard or the screen, and not a socket: in C, write parentheses around the assignment, if ((s = socket(…)) < 0), since < is evaluated before =; the same holds for accept
hint-buffer-address = pass the address of an array or of allocated memory: this pointer refers to no memory of the program that the call may use
hint-accept-of-datagrams = UDP has no connections: do not call accept or listen, and exchange datagrams with recvfrom and sendto
hint-accept-listens = call listen after bind and before accept, on the same socket, and do not call shutdown on it
hint-datagram-size = a UDP datagram holds at most 65507 bytes: send as many bytes as recvfrom returned, not the whole buffer, and check what the call returns
hint-send-address = send to the address that recvfrom stored, with its length: in C, set the length variable to sizeof the address before every recvfrom and pass it on to sendto unchanged; check what sendto returns (perror)
hint-use-connection = send and receive with the descriptor that accept returned, not with the socket that listens
hint-shut-down-last = send the whole answer first, and call shutdown (shutdownOutput in Java, socket.end in Node) only after it
hint-buffer-size = pass the size of the buffer: in C sizeof buffer for an array, and not strlen of an empty buffer; in other languages, make the buffer larger than 0 bytes
hint-sent-count = pass the number of bytes that recv or read returned: strlen is 0 if the buffer is empty or begins with a NUL byte; in C++, a string needs its size before std::transform writes into it
