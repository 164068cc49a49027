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
    .c = send exactly as many bytes as recv or recvfrom returned, pass that n to send or sendto: received data has no NUL at its end, so do not use strlen or %s
    .csharp = send exactly the n bytes that Read returned, as in GetString(buffer, 0, n): the rest of the buffer holds earlier data, and a NUL byte does not end the text
    .go = send exactly the n bytes that Read or ReadFrom returned, buffer[:n]: the rest of the buffer holds earlier data, and a NUL byte does not end the text
    .java = send exactly the n bytes that read returned (of a datagram packet.getLength()): the rest of the buffer holds earlier data, and a NUL byte does not end the text
    .python = send exactly the bytes that recv returned (after n = conn.recv_into(buffer), buffer[:n]), without ending them at a NUL byte
hint-compared-count = in C, n = recv(…) > 0 stores the result of the comparison, which is 1: write while ((n = recv(…)) > 0), and pass n to send
hint-one-word = operator>>, scanf("%s") and Scanner.next() stop at a blank: use the bytes as recv returned them, or read whole lines (getline, nextLine)
    .c = scanf("%s"), sscanf and strtok stop at a blank: use the n bytes as recv returned them
    .cpp = operator>> stops at a blank: use the bytes as recv returned them, or read whole lines with std::getline
    .go = fmt.Fscan, bufio.ScanWords and strings.Fields stop at a blank: use buffer[:n] as Read returned it
    .java = Scanner.next() and split(" ") stop at a blank: use the bytes as read returned them, or read whole lines with nextLine() or readLine()
    .python = split() takes the text apart at its blanks: use the bytes as recv returned them
hint-one-encoding = use UTF-8 in both directions (StandardCharsets.UTF_8, Encoding.UTF8, decode("utf-8") and encode("utf-8")), never ASCII, Latin-1 or the default of the system
    .csharp = use UTF-8 in both directions, Encoding.UTF8.GetString(buffer, 0, n) and Encoding.UTF8.GetBytes(text), never Encoding.ASCII, Encoding.Latin1 or Encoding.Default
    .go = convert the whole text, string(buffer[:n]) and []byte(text): string(buffer[i]) encodes a single byte again, and byte(r) drops bits of a rune
    .java = use UTF-8 in both directions: new String(buffer, 0, n, StandardCharsets.UTF_8) and text.getBytes(StandardCharsets.UTF_8); pass it to InputStreamReader and OutputStreamWriter, too
    .node = use 'utf8' in both directions, data.toString('utf8') and socket.write(text, 'utf8'), never 'ascii', 'latin1' or 'binary'
    .perl = use both of the module Encode or none: decode('UTF-8', $data) for what was received and encode('UTF-8', $text) for the answer, without a layer :utf8
    .php = use UTF-8 in both directions: mb_strtoupper($text, 'UTF-8') for upper case, and no utf8_encode, utf8_decode, iconv or mb_convert_encoding
    .python = use UTF-8 in both directions, data.decode("utf-8") and text.encode("utf-8"), never "ascii" or "latin-1", and no errors="ignore" or "replace"
    .ruby = use UTF-8 in both directions: data.force_encoding('UTF-8') for what recv or readpartial returned, and no encode to ASCII or ISO-8859-1
hint-pointer-size = give recv and send the number of bytes: in C, sizeof of a pointer (char *text) is 8 and not the size of the buffer; in other languages, check the number passed to recv or read; repeat until recv returns empty
    .c = give recv and send the number of bytes: sizeof of a pointer (char *text) is 8 and not the size of the buffer, so pass 1024 to recv and n to send, and repeat until recv returns 0
    .go = check the length of the buffer (make([]byte, 1024)) and the slice passed to Write, and repeat Read and Write until Read returns io.EOF
    .java = check the size of the buffer (new byte[1024]) and the length passed to write, and repeat read and write until read returns -1
    .python = check the number passed to recv, conn.recv(1024), and the slices of what is sent, and repeat recv and sendall until recv returns b''
upper-only-beginning = only the first { $bytes } bytes of each answer are in upper case, such as "{ $got }" for client { $client }
hint-converted-count = convert as many bytes as recv returned: in C, sizeof of a pointer (a parameter char *text, also if written char text[]) is 8 and not the length of the data, so pass the length to the function as well
    .c = convert as many bytes as recv returned: sizeof of a pointer (also of a parameter char text[]) is 8 and not the length of the data, so pass n to the function as well
hint-pointer-sent = pass the buffer itself to send: if text is a pointer (char *text, malloc), write send(c, text, n, 0), not send(c, &text, n, 0)
hint-pointer-size-datagram = give recvfrom the size of a buffer that holds a whole datagram: in C, sizeof of a pointer (char *text) is 8 and not the size of the buffer
hint-earlier-length = set the size of the buffer again before each receive: a Java DatagramPacket takes no more than its last setData or setLength allows (create a new packet each time), and so does a length variable in C
    .c = pass the size of the whole buffer to each recv or recvfrom (sizeof buffer), not a variable that still holds the length of the last message
    .go = keep the whole buffer for the next read, and use buffer[:n] only for the answer: buffer = buffer[:n] makes it shorter for all that follows
    .java = create a new DatagramPacket before each receive, or call packet.setData(buffer), which makes the whole buffer available again: after setData(answer) or setLength(n) it takes no more than that
hint-printed-form = send the bytes themselves: Python's str() of bytes gives b'…' (use decode()), Java's toString() of an array gives [B@… (use new String(bytes, 0, count, UTF_8)), JavaScript needs buffer.toString(), Go string(b[:n]); JSON.stringify and inspect add quotes
    .csharp = send the bytes themselves: ToString() of an array gives System.Byte[]; make text of them with Encoding.UTF8.GetString(buffer, 0, n)
    .go = send the bytes themselves, conn.Write(buffer[:n]), or the text string(buffer[:n]): fmt.Fprint(conn, buffer) and %v print a slice as a list of numbers, and %q adds quotes
    .java = send the bytes themselves: toString() of an array gives [B@…, and Arrays.toString gives [79, 108, …]; make text of them with new String(buffer, 0, n, StandardCharsets.UTF_8)
    .node = send the data itself or data.toString(): JSON.stringify and util.inspect add quotes or print a Buffer as a list of numbers
    .perl = send the text itself: a reference prints as ARRAY(0x…), so write @$data or $$data to get what it refers to
    .php = send the text itself, without json_encode, var_export or print_r, which add quotes or print an array
    .python = send the bytes themselves: str(data), f"{"{"}data{"}"}" and repr(data) give b'…'; make text of them with data.decode() and bytes again with text.encode()
    .ruby = send the text itself, without inspect or to_json, which add quotes; recvfrom and recvfrom_nonblock return an array, and the data is its first element
hint-object-stream = use the streams of the socket (getInputStream, getOutputStream) without ObjectInputStream and ObjectOutputStream: the other side need not be written in Java
hint-utf16 = send the bytes of the text in UTF-8: getBytes(UTF_8) and write in Java (writeChars sends two bytes for each letter), encode("utf-8") in Python, Encoding.UTF8 in C#
    .csharp = use Encoding.UTF8 for GetString and GetBytes: Encoding.Unicode and Encoding.BigEndianUnicode use two bytes for each letter
    .java = send text.getBytes(StandardCharsets.UTF_8) with write, and decode with UTF_8, too: writeChars and UTF_16 use two bytes for each letter
    .node = use 'utf8' (the default) in toString, setEncoding and write, not 'utf16le' or 'ucs2', which use two bytes for each letter
    .python = use data.decode("utf-8") and text.encode("utf-8"), not "utf-16", which takes two bytes for each letter
hint-latin1 = encode and decode with UTF-8 everywhere: getBytes(UTF_8) in Java (writeBytes keeps one byte of each letter), encode("utf-8") in Python, Encoding.UTF8 in C#, no "latin1" or "binary" in JavaScript
    .csharp = use Encoding.UTF8.GetBytes(text) and Encoding.UTF8.GetString: Encoding.Latin1 and a cast such as (byte)letter keep only one byte of each letter
    .go = send []byte(text), which is UTF-8: byte(r) for each rune of a text keeps only one byte of each letter
    .java = send text.getBytes(StandardCharsets.UTF_8) with write, and decode with UTF_8, too: DataOutputStream.writeBytes keeps only one byte of each letter
    .node = leave out 'latin1' and 'binary' in toString, setEncoding, Buffer.from and write: without a name, data.toString() and socket.write(text) use UTF-8
    .php = leave out utf8_decode, and iconv or mb_convert_encoding to ISO-8859-1: a text in PHP already holds the bytes of UTF-8
    .python = use "utf-8" in each encode(…) and decode(…): "latin-1", "iso-8859-1" and "cp1252" make one byte of each letter
hint-no-length = send only the data, without a length in front: writeUTF, struct.pack and headers of your own add one, and the lab's clients neither send nor expect it
    .java = send only the data, without a length in front: in.read(buffer) and out.write(buffer, 0, n) instead of readUTF and writeUTF, which expect and add one
    .python = send only the data, without a length in front: no struct.pack, and no header of your own, which the lab's clients neither send nor expect
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
    .c = answer what is there: recv and read return as soon as some bytes are there; fread, fgets and recv with MSG_WAITALL wait for more; call fflush on a stream of fdopen after each answer
    .csharp = answer what is there: stream.Read(buffer, 0, buffer.Length) returns as soon as some bytes are there; ReadToEnd, ReadExactly and ReadLine wait for more; set AutoFlush of a StreamWriter
    .go = answer what is there: conn.Read(buffer) returns as soon as some bytes are there; io.ReadAll, io.ReadFull and ReadString wait for more; call Flush() on a bufio.Writer
    .java = answer what is there: in.read(buffer) returns as soon as some bytes are there; readAllBytes, readNBytes and readLine wait for more; call flush() on a writer with a buffer
    .lua = answer what is there: receive("*a") waits for the end of the stream, receive() for a line, and receive(n) for n bytes; after settimeout(0) and socket.select, use its third result (partial)
    .node = answer in the handler of 'data', with socket.write: the event 'end' comes only when the client has ended its side
    .perl = answer what is there: sysread($client, $data, 1024) and recv return as soon as some bytes are there; read waits for all of them, and <$client> for the end of a line
    .php = answer what is there: socket_read($client, 1024) or fread($client, 1024) returns as soon as some bytes are there; stream_get_contents, fgets and PHP_NORMAL_READ wait for more
    .python = answer what is there: recv(1024) returns as soon as some bytes are there; read() without a number, rfile.read(n), readline() and MSG_WAITALL wait for more; call flush() on a makefile
    .ruby = answer what is there: client.readpartial(1024) and recv(1024) return as soon as some bytes are there; read waits for the end of the stream, and gets for the end of a line
hint-answer-each-piece = send back each piece as it comes: a recv that returns fewer bytes is not the end of a message, and a full buffer does not mean that more follows (do not wait for a full buffer with readFully, readexactly or MSG_WAITALL)
    .rust = send back each piece as it comes: n < buffer.len() is not the end of a message, and a full buffer does not mean that more follows (read instead of read_exact)
    .c = send back each piece as it comes: n < sizeof buffer is not the end of a message, and a full buffer does not mean that more follows (no MSG_WAITALL or fread)
    .csharp = send back each piece as it comes: n < buffer.Length is not the end of a message, and a full buffer does not mean that more follows (no ReadExactly or ReadBlock)
    .go = send back each piece as it comes: n < len(buffer) is not the end of a message, and a full buffer does not mean that more follows (no io.ReadFull or io.ReadAtLeast)
    .java = send back each piece as it comes: n < buffer.length is not the end of a message, and a full buffer does not mean that more follows (no readFully or readNBytes)
    .node = send back each piece in the handler of 'data' as it comes: a short piece is not the end of a message, so do not collect pieces up to a length (socket.read(n))
    .python = send back each piece as it comes: len(data) < 1024 is not the end of a message, and a full buffer does not mean that more follows (no readexactly, read(n) or MSG_WAITALL)
hint-one-message-late = answer in the same turn of the loop: first recv, then send what this recv returned, not what an earlier one did
hint-flush = call flush after each answer: a writer with a buffer (BufferedOutputStream, PrintWriter, makefile, fdopen, bufio) sends only when its buffer is full; without such a writer, send back each piece as soon as recv returns it
    .c = call fflush after each answer: a stream of fdopen sends only when its buffer is full; without one, send back each piece as soon as recv returns it
    .csharp = call Flush() after each answer, or set writer.AutoFlush = true: a StreamWriter or BufferedStream sends only when its buffer is full
    .go = call Flush() after each answer: a bufio.Writer sends only when its buffer is full; conn.Write has no buffer, so write each piece as soon as Read returns it
    .java = call flush() after each answer: BufferedWriter, BufferedOutputStream and PrintWriter send only when their buffer is full; PrintWriter(…, true) flushes after println only, not after print or write
    .node = call socket.write in the handler of 'data' for each piece as soon as it comes: do not collect the pieces until later, and leave out cork()
    .perl = call $client->flush after each answer, or $client->autoflush(1) once: print sends only when its buffer is full; syswrite and send have no buffer
    .python = call flush() after each answer: a file of makefile() sends only when its buffer is full; with conn.sendall there is no buffer, so send each piece as soon as recv returns it
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
    .c = after recvfrom, send the answer on the same socket to the address that it stored: sendto(s, buffer, n, 0, (struct sockaddr *)&client, len)
    .csharp = after Receive(ref remote), send the answer on the same UdpClient: Send(answer, answer.Length, remote)
    .go = after n, addr, err := conn.ReadFrom(buffer), send the answer on the same conn: conn.WriteTo(answer, addr)
    .java = after receive, send a DatagramPacket with the answer on the same socket, to packet.getAddress() and packet.getPort()
    .node = in the handler of 'message', send the answer on the same socket: server.send(answer, rinfo.port, rinfo.address)
    .python = after data, addr = s.recvfrom(65535), send the answer on the same socket: s.sendto(answer, addr)
hint-printed-not-sent-datagram = printing only shows the data on the server's screen: also send it back with sendto, to the address that recvfrom returned
    .c = printf only shows the data on the server's screen: also send the answer with sendto(s, buffer, n, 0, …) to the address that recvfrom stored
    .csharp = Console.WriteLine only shows the data on the server's screen: also call Send or SendTo with the endpoint that Receive or ReceiveFrom filled in
    .go = fmt.Println only shows the data on the server's screen: also send the answer with conn.WriteTo(answer, addr), to the addr that ReadFrom returned
    .java = System.out only shows the data on the server's screen: also send the answer in a DatagramPacket to packet.getAddress() and packet.getPort() of the one received
    .node = console.log only shows the data on the server's screen: also call server.send(answer, rinfo.port, rinfo.address) in the handler of 'message'
    .python = print only shows the data on the server's screen: also send the answer, s.sendto(answer, addr), with the addr that recvfrom returned
hint-whole-datagram = receive into a buffer large enough for a whole datagram (65535 bytes): recvfrom drops what does not fit
    .c = receive into a buffer large enough for a whole datagram, char buffer[65535], and pass its size: recvfrom drops what does not fit
    .csharp = receive into a buffer large enough for a whole datagram, new byte[65535]: ReceiveFrom does not keep what does not fit
    .go = receive into a buffer large enough for a whole datagram, make([]byte, 65535): ReadFrom drops what does not fit
    .java = receive into a buffer large enough for a whole datagram, new byte[65535]: receive drops what does not fit into the packet
    .php = receive a whole datagram: socket_recvfrom($socket, $data, 65535, 0, $host, $port); it drops what does not fit into the number given
    .python = receive a whole datagram: s.recvfrom(65535); recvfrom drops what does not fit into the number given
    .ruby = receive a whole datagram: recvfrom(65535); recvfrom drops what does not fit into the number given
hint-address-length = in C, set the length variable to sizeof the address before every recvfrom: with 0 the sender's address is not stored, and sendto fails with EINVAL; check the result of sendto; in other languages, look at what the first turn of the loop does differently
    .c = write len = sizeof client before every recvfrom: with 0 the sender's address is not stored, and sendto fails with EINVAL; check what sendto returns (perror)
    .go = look at what the first turn of the loop does differently: every turn must call ReadFrom, and then WriteTo with the addr that it returned
    .java = look at what the first turn of the loop does differently: every turn must call receive, and then send to the address and port of that packet
    .node = look at what the first event 'message' does differently: each one must call server.send with its own rinfo.port and rinfo.address
    .python = look at what the first turn of the loop does differently: every turn must call recvfrom, and then sendto with the addr that it returned
hint-datagram-loop = call recvfrom and sendto in an endless loop, and use the address that this recvfrom returned each time
    .c = call recvfrom and sendto in an endless loop, for (;;), set len = sizeof client before each recvfrom, and use the address that it stored
    .csharp = call Receive and Send in an endless loop, while (true), and use the endpoint that this Receive(ref remote) filled in
    .go = call ReadFrom and WriteTo in an endless loop, and use the addr that this ReadFrom returned each time
    .java = call receive and send in an endless loop, while (true), and use the address and port of the packet that this receive filled in
    .node = register server.on('message', …), not once, answer each message to its own rinfo, and do not close the socket after the first one
    .python = call recvfrom and sendto in an endless loop, while True: data, addr = s.recvfrom(65535), then s.sendto(answer, addr) with this addr
hint-every-second = call recvfrom only once in each turn of the loop: the data of a second call is lost if only one of both is answered
hint-unchanged = send the text also if upper case changes nothing: upcase! in Ruby then returns nil (use upcase), and a comparison of the two texts finds them equal
    .c = send the text also if upper case changes nothing: do not make send depend on strcmp or on a count of changed letters
    .go = send the text also if upper case changes nothing: a comparison such as if answer != text leaves it out
    .java = send the text also if upper case changes nothing: a comparison such as if (!answer.equals(text)) leaves it out
    .node = send the text also if upper case changes nothing: a comparison such as if (answer !== text) leaves it out
    .python = send the text also if upper case changes nothing: a comparison such as if answer != data leaves it out
    .ruby = send the text also if upper case changes nothing: upcase! returns nil then, so write text.upcase
http-answer = client { $client } received the answer of an HTTP server, although it sent plain data
hint-plain-server = use a TCP server without HTTP: net.createServer in Node, a socket or socketserver in Python, TcpListener in C#, ServerSocket in Java
    .csharp = use a TCP server without HTTP: TcpListener instead of HttpListener or WebApplication
    .go = use a TCP server without HTTP: net.Listen("tcp", …) and Accept instead of http.ListenAndServe
    .java = use a TCP server without HTTP: ServerSocket instead of HttpServer
    .node = use a TCP server without HTTP: net.createServer((socket) => …) instead of http.createServer or express
    .python = use a TCP server without HTTP, the module socket or socketserver.TCPServer, instead of HTTPServer or Flask
byte-order-mark-sent = the answer to client { $client } begins with a byte order mark (EF BB BF), which should not be there
hint-no-byte-order-mark = write without a byte order mark: new UTF8Encoding(false) instead of Encoding.UTF8 (C#), "utf-8" and not "utf-8-sig" (Python), or send the bytes themselves
    .csharp = write without a byte order mark: new StreamWriter(stream, new UTF8Encoding(false)) instead of Encoding.UTF8, or send the bytes themselves
    .python = write without a byte order mark: encode("utf-8") and not encode("utf-8-sig") (or "utf-16"), or send the bytes themselves
characters-removed = the answer to client { $client } lacks these characters of the text: "{ $removed }"
hint-keep-characters = remove only the line end or blanks at the ends of the text (strip, trim, chomp): a pattern such as \W or [^a-z] removes everything else as well
case-of-all-bytes = client { $client } received "{ $got }": the program changes every byte by 32, and not only the small letters
hint-only-letters = change a byte only if it is a small letter, with both conditions: if (c >= 'a' && c <= 'z'), or call toupper
bytes-skipped = after { $got } bytes of an answer to client { $client }, { $bytes } bytes of the data are missing, and the rest follows
hint-one-reader = create a buffered reader (BufReader, BufferedReader, Scanner, makefile) once for each connection, before the loop: what it has read ahead is lost with it; use all that recv returned
    .c = use all n bytes that recv returned before the next recv; with fdopen, open the stream once for each connection, before the loop: what it has read ahead is lost with it
    .csharp = create the StreamReader once for each connection, before the loop: what it has read ahead is lost with it; use all n bytes that Read returned
    .go = create the bufio.Reader or bufio.Scanner once for each connection, before the loop: what it has read ahead is lost with it; use all of buffer[:n]
    .java = create the BufferedReader or Scanner once for each connection, before the loop: what it has read ahead is lost with it; use all n bytes that read returned
    .python = call conn.makefile() once for each connection, before the loop: what it has read ahead is lost with it; use all that recv returned
hint-call-close = write the parentheses: conn.close()
hint-datagram-received = name the method datagram_received(self, data, addr), and answer with self.transport.sendto(data, addr)
hint-no-linger = remove SO_LINGER; for a port that is still in use, SO_REUSEADDR is enough
hint-own-copy = give each thread a copy of its own: a malloc'ed int for each client, or the number itself ((void *)(intptr_t)fd); in C++ capture by value ([fd])
    .c = give each thread its own copy: int *p = malloc(sizeof *p) with *p = c, which the thread frees, or the number itself, (void *)(intptr_t)c
    .cpp = give each thread its own copy: std::thread(f, c), or a lambda that captures the connection by value, [c] and not [&]
hint-select-count = call select with the highest descriptor plus 1: select(maxfd + 1, ...)
hint-notify = after each entry that you put into the queue, wake a waiting thread: notify_one() or notify(), pthread_cond_signal, Monitor.Pulse
hint-address-as-key = use the address and the port together as the key (in Python addr, not addr[0]), or answer with the address that came with the data
hint-close-before-accept = close the connection of a client before the next accept, on every path of the loop: also before continue, break and return
hint-keep-read = read once in each turn of the loop, and use what that call returned
    .java = read once in each turn, and keep it: while ((line = in.readLine()) != null)
    .python = read once in each turn, and keep it: while data := conn.recv(1024), or data = conn.recv(1024) and if not data: break
hint-receive-each-turn = call recv in each turn of the loop that sends, and leave the loop when it returns nothing (0, b'', -1 or null): the client has closed then
hint-event-of-connection = register the handler on the connection, in the function that gets it: net.createServer((socket) => socket.on('data', …))
hint-keep-listener = close only the connection of a client when it has ended, and leave the listening socket open: look for the close() that is called on it
hint-parent-keeps-listener = after fork, the parent closes the connection and keeps the listening socket, with which it accepts the next client; only the child may close that one
    .c = after fork, the parent calls close(c) on the connection, and not close(s) on the listening socket, with which it accepts the next client; only the child may close that one
    .perl = after fork, the parent calls close($c) on the connection, and not close($s) on the listening socket, with which it accepts the next client; only the child may close that one
    .php = after pcntl_fork, the parent closes the connection, and not the listening socket, with which it accepts the next client; only the child may close that one
    .python = after os.fork, the parent calls conn.close() on the connection, and not s.close() on the listening socket, with which it accepts the next client; only the child may close that one
    .ruby = after fork, the parent calls client.close on the connection, and not server.close on the listening socket, with which it accepts the next client; only the child may close that one
hint-send-received = send as many bytes as were received: look for a length of 0, and for a variable that is empty after a long message
hint-test-bits = test the bit: if (fds[i].revents & POLLIN), if (ev.events & EPOLLIN); events has one bit for each event, and several may be set
hint-start-thread = call start() on the thread after you created it: without that, it never runs
    .csharp = call Start() on the thread after you created it: without that, it never runs
hint-serve-forever = after start_server: async with server: await server.serve_forever()
hint-await-call = write await before this call (server = await asyncio.start_server(…)); outside of an async function, pass it to asyncio.run(…)
hint-plain-function = write def instead of async def for this function: its caller does not await it; await in another function that asyncio.create_task(…) or asyncio.run(…) starts
hint-resize = call resize(1024) before recv, and resize(n) with the number that it returned; send size() bytes
hint-no-strip = an echo sends the bytes as they came: do not call strip(), trim() or chomp on what is sent back
    .go = send back all white space as it came: do not call strings.TrimSpace or bytes.TrimSpace on the data
    .java = send back all white space as it came: do not call trim() or strip() on the data
    .node = send back all white space as it came: do not call trim() on the data
    .python = send back all white space as it came: do not call strip() or rstrip() on the data
    .ruby = send back all white space as it came: do not call strip or chomp on the data
hint-more-threads = run the loop that accepts outside the pool, and give the pool more than one thread
hint-own-variables = keep the data and the address of each datagram in variables of their own (parameters of the thread or task), not in variables that all threads share
    .c = give each thread its own struct from malloc, with the data, their length and the address: variables that all threads share change with the next recvfrom
    .go = create the buffer inside the loop, new for each datagram, and pass it with addr as an argument, go answer(conn, buffer[:n], addr): the next ReadFrom overwrites one that all share
    .java = create the buffer and the DatagramPacket inside the loop, new ones for each datagram, and pass them to the thread: the next receive overwrites a packet that all threads share
    .node = use msg and rinfo of the handler of 'message' itself, not variables outside it, which the next datagram changes
    .python = pass the data and the address of each datagram to its thread, Thread(target=f, args=(data, addr)), and do not read them from global variables, which the next recvfrom changes
hint-reply-address = send the answer to the address that recvfrom returned (in Java packet.getAddress() and getPort()), not to a fixed port or to the server's own
    .c = pass to sendto the address that recvfrom stored in its fifth argument (&client), not a fixed port or the address with which the server called bind
    .csharp = send the answer to the endpoint that Receive(ref remote) or ReceiveFrom filled in, not to a fixed port or to the server's own
    .go = send the answer to the addr that ReadFrom returned, n, addr, err := conn.ReadFrom(buffer), with conn.WriteTo(…, addr), not to a fixed port or to the server's own
    .java = send the answer to packet.getAddress() and packet.getPort() of the packet that receive filled in, not to a fixed port or to the server's own
    .node = send the answer to the rinfo of the event 'message', server.send(answer, rinfo.port, rinfo.address), not to a fixed port or to the server's own
    .python = send the answer to the address that recvfrom returned: data, addr = s.recvfrom(1024), then s.sendto(…, addr), not to a fixed port or to the server's own

# What the program printed while it ran, and how it ended.
thread-failed = an error was not caught, and the client was left without service: "{ $said }"
error-printed = the server printed an error while it served: "{ $said }"
server-ended-by-error = the server ended with an error ({ $status })
server-ended-by-error-said = the server ended with an error ({ $status }): "{ $said }"
came-to-its-end = the program came to its end without an error and without opening its port (exit code 0)
came-to-its-end-said = the program came to its end without an error and without opening its port (exit code 0); last output: "{ $said }"

hint-thread-failed = fix this error at the line that its trace names in your own file: what the other items report follows from it
    .go = fix this error at the first line of the trace that names your own .go file: what the other items report follows from it
    .java = fix this error at the first line of the stack trace that names your own class: what the other items report follows from it
    .node = fix this error at the first line of the stack trace that names your own file: what the other items report follows from it
    .python = fix this error at the last line of the traceback that names your own file: what the other items report follows from it
hint-error-printed = find the call that this error names, and fix its cause; print the whole trace if its line is unknown
    .c = find the call that this error names, and fix its cause; perror("recv"), perror("send") … with the name of each call show which one failed
    .go = find the call that this error names, and fix its cause; log.SetFlags(log.Lshortfile) makes log.Println print the line
    .java = find the call that this error names, and fix its cause; e.printStackTrace() in the catch block prints the line
    .node = find the call that this error names, and fix its cause; console.error(error.stack) prints the line
    .python = find the call that this error names, and fix its cause; traceback.print_exc() in the except block prints the line
hint-keep-running = call the function that serves (main), keep it in an endless loop, and let the main program wait for its threads with join: daemon threads end with the main program
    .c = call the function that serves from main, keep it in an endless loop, and let main wait for its threads with pthread_join: return from main ends them all
    .go = call the function that serves from main, keep it in an endless loop, and let main wait for its goroutines (wg.Wait()): they end when main returns
    .java = call the method that serves from main, keep it in an endless loop, and let main wait for its threads with join(): daemon threads (setDaemon(true)) end with main
    .node = call the function that serves, with server.listen(PORT) in it (dgram: bind): Node ends once nothing is open, also after server.close() or unref()
    .python = call the function that serves at the end of the file (main()), keep it in a loop, while True, and wait for threads with join(): daemon threads end with the main program

# Data in the receive queue.
data-unread = the server accepted client { $client }, but never read what it sent: { $bytes } bytes are still unread in the connection's receive queue
hint-serve-accepted = after accept, read from the connection that it returned before the next accept, or start a thread or process that does (start(), not run()); it gets the connection by value, and prints its own errors
    .c = after accept, call recv on the connection before the next accept, or start a thread (pthread_create) or process (fork) that does; pass the descriptor by value: (void *)(intptr_t)c
    .cpp = after accept, call recv on the connection before the next accept, or start a thread that does and prints its errors: std::thread(f, c).detach(), with the descriptor by value
    .csharp = after accepting, read from the connection before the next one, or start a thread that does: new Thread(() => Serve(client)).Start(), or Task.Run; print its exceptions
    .go = after Accept, read from the connection before the next Accept, or start a goroutine that does, go handle(conn), and print its errors
    .java = after accept, read from its socket before the next accept, or start a thread that does, with start(), not run(); give it the socket in the constructor, and print its exceptions
    .python = after accept, call recv on the connection before the next accept, or start a thread that does: Thread(target=f, args=(conn,)).start(), not run()
    .ruby = after accept, read from the connection before the next accept, or start a thread that does, with the connection as its argument: Thread.new(client)
hint-watch-all = give every connection to each call (select: in the set, and the first argument is the highest descriptor + 1; poll: in the array, with events = POLLIN), and read each one that is ready, into a buffer whose length is not 0
    .c = give every connection to each call (FD_SET, and the highest descriptor + 1 as the first argument; poll: events = POLLIN), and read each one that is ready, with a length above 0
    .php = give every connection to each socket_select (or stream_select), in a new copy of your list, and read each one that is ready, with a length above 0
    .python = give every connection to each select, select.select([s] + connections, [], []), and call recv(1024) for each one that is ready
    .ruby = give every connection to each IO.select([server] + clients), and call readpartial(1024) for each one that is ready
hint-event-loop = register each connection for reading (on 'data', a coroutine that awaits read, selector.register, epoll_ctl), and never block the event loop with a loop or a sleep
    .c = register each accepted connection for reading, epoll_ctl(ep, EPOLL_CTL_ADD, c, &ev) with ev.events = EPOLLIN, and never block the event loop with another loop or a sleep
    .java = register each accepted channel for reading, channel.register(selector, SelectionKey.OP_READ), and never block the selector's loop with another loop or a sleep
    .node = register socket.on('data', …) for each connection, and never block the event loop with a loop that waits
    .python = register each connection for reading, await reader.read(1024) or selector.register(conn, EVENT_READ), and never block the event loop with a loop or time.sleep (in asyncio, await asyncio.sleep)
hint-close-late = close the connection only after its client has closed; with threads, the one that serves the client closes it, and not the one that accepts (no with, using or try (…) around the start of a thread); keep the socket in a variable until then (in PHP, &$clients for an array that a function changes)
    .c = call close(c) only after the client has closed (recv returns 0); with threads, the function that serves the client calls it, and not the loop that accepts
    .csharp = close the connection only after its client has closed; with threads or tasks, the function that serves it closes it, and not the loop that accepts (no using around the start of the thread)
    .go = call conn.Close() only after the client has closed, in the function that serves it (defer conn.Close() as its first line), and not after go handle(conn) in the loop that accepts
    .java = close the socket only after its client has closed; with threads, the one that serves it closes it, and not the loop that accepts (no try (Socket s = …) around start() or execute())
    .node = leave out socket.end() and socket.destroy() in the connection handler: answer in the handler of 'data' with socket.write, and end the connection only after the client has ended it ('end')
    .php = close the connection only after its client has closed, and keep its socket in a variable until then: a function that adds it to an array needs &$clients as its parameter
    .python = call conn.close() only after the client has closed; with threads, the function that serves the client calls it, and not the loop that accepts (no with conn: around the start of the thread)
    .ruby = call client.close only after the client has closed; with threads, do it at the end of the block of Thread.new(client), and not in the loop that accepts
hint-reach-send = look at what stands between recv and send: a condition that does not hold, or an error that ends the thread without being printed
    .c = look at what is between recv and send: a condition that does not hold (strcmp on data without a NUL at its end), or an early return, break or close
    .go = look at what is between Read and Write: a condition that does not hold, or if err != nil with return, which does not print the error
    .java = look at what is between read and write: a condition that does not hold (compare texts with equals, not ==), or an exception that an empty catch hides
    .node = look at what is between the data and socket.write: a condition that does not hold (data === 'x' compares a Buffer with a text), or an error that a catch hides
    .python = look at what is between recv and send: a condition that does not hold (bytes are never equal to a text: data == "x"), or an error that except: pass hides
hint-name-handle = name the method handle, as socketserver requires: def handle(self)
hint-print-task-error = use execute() (Java) or a thread of its own, or catch and print the errors inside the task
hint-error-caught = fix this error at the line shown, and print what except catches (traceback.print_exc()) instead of hiding it
    .ruby = fix this error at the line shown, and print what rescue catches (warn e.full_message) instead of hiding it
hint-print-error = print the error in the except or catch block (traceback.print_exc(), e.printStackTrace(), console.error): it says what fails before the send
    .csharp = print the exception in the catch block, Console.Error.WriteLine(e): it says what fails before the write
    .java = print the exception in the catch block, e.printStackTrace(): it says what fails before the write
    .node = print the error in the catch block, console.error(error): it says what fails before the write
    .php = print the exception in the catch block, fwrite(STDERR, $e): it says what fails before the write
    .python = print the error in the except block, traceback.print_exc() instead of pass: it says what fails before the send
hint-use-result = use what the conversion returns: text = text.upper(), and send that variable; in C++, for (char &c : text) changes the text itself, for (char c : text) only a copy
    .c = toupper returns the letter and changes nothing: write buffer[i] = toupper((unsigned char)buffer[i]) for each byte, and send that buffer
    .cpp = toupper only returns the letter: store it with c = toupper(c) in for (char &c : text), since for (char c : text) changes only a copy, and send that text
    .csharp = ToUpper() returns a new text and leaves the old one as it was: write text = text.ToUpper(), and send the bytes of that
    .go = strings.ToUpper and bytes.ToUpper return a copy and leave their argument as it was: write answer := bytes.ToUpper(buffer[:n]), and send that
    .java = toUpperCase() returns a new text and leaves the old one as it was: write text = text.toUpperCase(), and send that variable
    .lua = upper() returns a new text and leaves the old one as it was: write text = text:upper(), and send that variable
    .node = toUpperCase() returns a new text and leaves the old one as it was: write const answer = data.toString().toUpperCase(), and send that
    .perl = uc returns a new text and leaves the old one as it was: write $text = uc($text), and send that variable
    .php = strtoupper returns a new text and leaves the old one as it was: write $text = strtoupper($text), and send that variable
    .python = upper() returns a new text and leaves the old one as it was: write data = data.upper(), and send that variable
    .ruby = upcase returns a new text and leaves the old one as it was: write text = text.upcase, and send that variable
hint-empty-is-end = when recv returns empty (0 bytes), leave the loop and close that connection's socket; in Python it returns b'', which is never equal to '': write if not data: break
    .c = recv returns 0 when the client has closed: leave the loop on n <= 0, and call close(c)
    .csharp = Read returns 0, and ReadLine null, when the client has closed: leave the loop then, and call Close() on that connection
    .go = Read returns io.EOF each time once the client has closed: leave the loop if err != nil (return, not continue), and call conn.Close()
    .java = read returns -1, and readLine() null, when the client has closed: leave the loop then, and close that connection's socket
    .lua = receive returns nil and "closed" when the client has closed: leave the loop then, and call client:close()
    .perl = when the client has closed, sysread returns 0, recv leaves an empty string and <$client> gives undef: leave the loop then, and close $client
    .php = when the client has closed, socket_read returns '' or false, and fread '' with feof() true: leave the loop then, and close that connection's socket
    .python = recv returns b'' when the client has closed, which is never equal to '' or None: write if not data: break, and call conn.close() after the loop
    .ruby = when the client has closed, recv returns nil or "", gets nil, and readpartial raises EOFError: leave the loop then, and close that connection's socket
hint-compare-messages = compare that message with the earlier ones: its length (a count above 127 or 255 does not fit into char or byte), NUL bytes, bytes above 127, line breaks, and what your loop tests before it goes on
hint-count-as-int = keep what read returns in an int: as a char or (byte), the byte 255 becomes -1 and is taken for the end of the stream
hint-first-byte = begin the loop with the first byte: i = 0
hint-count-in-int = keep the count that recv returned in an int or ssize_t: a char holds at most 127, and becomes negative for more, like an error
    .java = keep the count that read returned in an int: a byte holds at most 127, and becomes negative for more, like the end of the stream
hint-buffer-to-text = the data is a Buffer, which has no methods of a text: write data.toString().toUpperCase(), or call socket.setEncoding('utf8') first
hint-count-bytes = use the length in bytes, not that of the text: Buffer.byteLength(text), len(text.encode()), text.getBytes().length; in UTF-8 a letter with an accent has two bytes
    .csharp = use the length in bytes, Encoding.UTF8.GetBytes(text).Length, not text.Length: in UTF-8 a letter with an accent has two bytes
    .go = use the length in bytes, len(text), not utf8.RuneCountInString(text) or len([]rune(text)): in UTF-8 a letter with an accent has two bytes
    .java = use the length in bytes, text.getBytes(StandardCharsets.UTF_8).length, not text.length(): in UTF-8 a letter with an accent has two bytes
    .node = use the length in bytes, Buffer.byteLength(text), not text.length: in UTF-8 a letter with an accent has two bytes
    .php = use the length in bytes, strlen($text), not mb_strlen($text): in UTF-8 a letter with an accent has two bytes
    .python = use the length in bytes, len(text.encode()), not len(text): in UTF-8 a letter with an accent has two bytes
    .ruby = use the length in bytes, text.bytesize, not text.length: in UTF-8 a letter with an accent has two bytes
hint-bind-first = call bind first and then listen
hint-datagram-socket = create the socket with SOCK_DGRAM (UDP), and use recvfrom and sendto without listen and accept
hint-internet-socket = create the socket with AF_INET, and give it a host and a port, the port as a number
    .node = give listen the port first, as a number, and then the host: server.listen(65432, '127.0.0.1'); a text in the first place is taken for the path of a file
    .python = create the socket with AF_INET, and bind it to a pair: s.bind((HOST, PORT))
hint-message-event = register the handler with server.on('message', (msg, rinfo) => …), and answer with server.send(answer, rinfo.port, rinfo.address): 'data' is an event of TCP sockets
hint-data-event = register the handler with socket.on('data', …): 'message' is an event of UDP sockets (dgram)
hint-receive-in-loop = call recvfrom inside the loop, so that each turn waits for one datagram and sends one answer
    .csharp = call Receive inside the loop, so that each turn waits for one datagram and sends one answer
    .go = call conn.ReadFrom inside the loop, so that each turn waits for one datagram and sends one answer
    .java = call socket.receive(packet) inside the loop, so that each turn waits for one datagram and sends one answer
    .node = call server.send once in the handler of 'message', without a loop or setInterval, so that each datagram gets one answer
    .python = call s.recvfrom inside the loop, so that each turn waits for one datagram and sends one answer
hint-close-in-turn = put the service of a client into a function of its own, with defer conn.Close() in it, or call conn.Close() at the end of each turn of the loop
hint-read-data = read from the connection that accept returned, into a buffer whose length is not 0 (Go: make([]byte, 1024), not var b []byte); with threads, each client needs one that is free, and gets its connection by value (not the address of a variable of the loop)
    .c = call recv with the descriptor that accept returned and a length above 0 (sizeof buffer); with threads, each client needs a free one, and its descriptor by value, not by address
    .go = call Read on the conn that Accept returned, into a buffer with a length (make([]byte, 1024), not var b []byte), and give it to the goroutine as an argument: go handle(conn)
    .java = read from the socket that accept returned, into a buffer that is not empty (new byte[1024]); with a pool, each client needs a thread that is free (newCachedThreadPool())
    .node = register socket.on('data', …) for the socket that each connection brings, net.createServer((socket) => …), and call resume() after each pause()
    .python = call recv on the connection that accept returned (conn, addr = s.accept()), with a number above 0; with threads, each client needs a free one (max_workers) and its own conn: args=(conn,)

# Why a socket does not have the port that its program names.
bind-length-wrong = bind failed with EINVAL (Invalid argument): it got { $length } as the length of the address, which is not the length of an address (16 bytes for IPv4, 28 for IPv6)
bind-length-wrong-port = bind failed with EINVAL (Invalid argument): it got { $length } as the length of the address, which is not the length of an address (16 bytes for IPv4, 28 for IPv6); the kernel chose port { $port } instead, another one at every start
bind-failed = { $call } failed, and the program did not check its result
bind-failed-port = { $call } failed, and the program did not check its result; the socket has port { $port } instead, which the kernel chose
bind-never-called = the program never bound its socket: bind was not called
listen-never-called = the program called accept on a socket for which it had not called listen: the kernel refuses that (EINVAL)
held-by-parent = a child process served the connection to its end, but the process that accepted it still holds its own copy, so that the connection is never closed
hint-close-in-parent = after fork, close the connection in the parent, too (close(c) in C, c.close() in Python, close $c in Perl): it ends only when every process that has it has closed it
    .c = after fork, call close(c) in the parent, too: the connection ends only when every process that has it has closed it
    .cpp = after fork, call close(c) in the parent, too: the connection ends only when every process that has it has closed it
    .python = after fork, call c.close() in the parent, too: the connection ends only when every process that has it has closed it
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
    .c = the program must live on: serve in a loop, check what accept returns (perror), do not set O_NONBLOCK on the listening socket, and wait for threads with pthread_join
    .csharp = the program must live on: serve in a loop, while (true) around AcceptTcpClient, and let Main wait for its threads and tasks (Join(), Wait() or await)
    .go = the program must live on: call Accept in an endless loop in main, or let main wait for its goroutines (wg.Wait()), and print the error that Accept returns
    .java = the program must live on: serve in a loop, while (true) around accept, let main wait for its threads (join()), and set no time limit or configureBlocking(false) on the server's socket
    .node = the program must live on: do not call server.close(), server.unref() or process.exit() after listen
    .python = the program must live on: serve in a loop, while True around accept, wait for threads with join(), and let accept wait (no setblocking(False) or settimeout() on the listening socket)
hint-bind-family = use one family everywhere: AF_INET in socket and in sin_family with struct sockaddr_in, or AF_INET6 with struct sockaddr_in6; check what bind returns (perror)
hint-memory = check the size that you pass to recv and the length of every array and copy (strcpy, sprintf, b[n] = 0 with n as large as the array); gcc -g -fsanitize=address shows the line
    .cpp = check the size that you pass to recv and every index and copy (an empty std::string or vector has no room; b[n] = 0 with n as large as the array); g++ -g -fsanitize=address shows the line
bind-never-called-port = the program never bound its socket: bind was not called; the kernel chose port { $port }, another one at every start
connect-for-bind = the program called { $call } and waits for datagrams, but never called bind: its socket has a port that no client knows, and receives only from that address
bound-to-port-zero = bind got port 0, so the kernel chose a port, another one at every start
bound-to-port-zero-port = bind got port 0, so the kernel chose a port, another one at every start (this time { $port })
several-listeners = the program has { $sockets } listening sockets at { $at } (SO_REUSEPORT), and does not accept from all of them: the kernel deals the clients out to all
note-swapped-port = the server uses port { $port }, which is { $expected } with its two bytes swapped: put the port number into network byte order with htons({ $expected }), or a client that does so cannot reach it

hint-bind-length = pass sizeof(struct sockaddr_in), not sizeof of a pointer, and check what bind returns (perror)
hint-bind-result = check what bind returns, and print the reason with perror("bind"): another address, a port above 1023 or SO_REUSEADDR may be needed
hint-call-bind = call bind(socket, address, length) after socket: without it no client knows the port
hint-bind-not-connect = write bind instead of connect, with the same address: connect is what a client calls, and a server waits on its own port
hint-name-port = give bind the port of the lab, in C with htons(port)
hint-one-listener = create, bind and listen with one socket only, or accept from each of them; leave out SO_REUSEPORT

# Connections that were not accepted, or closed too early.
client-never-accepted = client { $client } was never accepted: the server called accept { $accepts ->
    [1] only once
   *[other] only { $accepts } times
}, so the connection waits in the accept queue
hint-accept-all = call accept in a loop, once for every client; with select, fill the set anew (FD_ZERO, FD_SET) before each call; with threads, pass the function without calling it (Thread(target=f, args=(c,)), not target=f(c))
    .c = call accept in an endless loop, once for every client; with select, fill the set again before each call (FD_ZERO, then FD_SET for every socket)
    .go = call Accept in an endless loop, once for every client, and serve each one with go handle(conn): without go, the loop stops at the first client
    .java = call accept in an endless loop, while (true), once for every client; with threads, call start(), not run(), which serves the client before the loop goes on
    .python = call accept in a loop, once for every client (while True: conn, addr = s.accept()); with threads, pass the function without calling it: Thread(target=f, args=(conn,)), not target=f(conn)
closed-before-data = the server closed the connection of client { $client } before the client had sent anything: it did not wait for the client's data
hint-wait-for-data = call recv or read, which wait until data is there, and close after the answer; ready(), available(), non-blocking reads and short time limits (settimeout, SetReadDeadline) only say what is there at this moment; in Go, a time without a unit is in nanoseconds
    .c = let recv wait until data is there, and close after the answer: remove O_NONBLOCK, MSG_DONTWAIT, FIONREAD and a short SO_RCVTIMEO, or call recv only after select or poll has reported the socket
    .csharp = call Read, which waits until data is there, and close after the answer: DataAvailable and Available only say what is there at this moment, and a short ReceiveTimeout gives up
    .go = let Read wait until data is there, and close after the answer: remove SetReadDeadline, or allow more time (10 * time.Second): a time without a unit is in nanoseconds
    .java = call read, which waits until data is there, and close after the answer: ready() and available() only say what is there at this moment, and a short setSoTimeout() gives up
    .php = let socket_read or fread wait until data is there, and close after the answer: remove socket_set_nonblock, stream_set_blocking(…, false) and short time limits
    .python = let recv wait until data is there, and close after the answer: remove setblocking(False), MSG_DONTWAIT and a short settimeout(), or call recv only after select has reported the socket
    .ruby = call readpartial(1024) or recv(1024), which wait until data is there, and close after the answer: read_nonblock and recv_nonblock do not wait

# Calls that failed, and the program went on (a further run).
handler-missing = the handler class has no method handle: socketserver calls that one for each client, and ends the connection when it returns
close-not-called = the connection stays open: this line names the method that closes it, but without () it is not called
datagram-received-missing = the protocol class has no method datagram_received: asyncio calls that one for each datagram, and data_received only for TCP
linger-reset = the program sets SO_LINGER with a time of 0, so that close sends a reset (RST) instead of a FIN
utf16-decoded = client { $client } received "{ $got }": the program takes the bytes for UTF-16, two of them for each letter, so no letter becomes upper case
thread-gets-address = each thread gets the address of the same variable, which the next accept overwrites while the thread still uses it
select-count = the first argument of select is too small, so that select does not watch the highest descriptor: it must be the highest one plus 1
serve-forever-missing = asyncio.start_server only starts the server: the program then reaches its end, and ends
never-awaited = nothing awaits the coroutine { $call }, so none of its code runs
reserved-only = reserve does not change the size of the buffer: it still has 0 bytes, to receive into and to send
pieces-stripped = the answer to client { $client } lacks only white space of the data: the program removes it at the ends of each piece that it receives
table-by-host = the answer went to another client: a table of the server has the IP address alone as its key here, and all clients of one machine have the same one
next-without-close = the server accepts the next client without having closed the connection of the one before
read-thrown-away = what this call reads is thrown away: only the next call keeps what it read, and waits for the message after it
event-of-server = the handler of the data is registered on the server here, which never gets data: only a connection does
listener-closed = accept failed, since the program itself had closed its listening socket
listener-closed-said = accept failed, since the program itself had closed its listening socket: "{ $said }"
closed-by-starter = the part of the program that accepts closes the connection here, by a call or at the end of the block, while the thread that it started still uses it
empty-answer = the answer to client { $client } is an empty datagram, and not one of { $of } bytes
events-compared = client { $client } has closed, and the server does not notice: it compares the events of poll or epoll with == here, and the end of a connection has two of them (POLLIN and POLLRDHUP)
start-not-called = the connection was accepted, and no thread reads it: start is named here but not called, since its parentheses are missing
thread-not-started = the connection was accepted, and no thread reads it: the thread is created here, and never started
byte-taken-for-end = client { $client } got no answer to a message with the byte 255: the server keeps what it reads in a variable of one byte, in which 255 is -1, like the end of the stream
never-notified = the connection was accepted, and no thread reads it: the thread that should waits for a condition here, and nothing in the program wakes it
http-server = the program is an HTTP server: it waits for a request with headers, and the clients of the lab send plain data
one-thread-taken = the pool has one thread only, and a task that does not end (such as the loop that accepts) holds it: the tasks after it never run
task-error-hidden = the connection was accepted, and no thread reads it: an error of a task that was given to submit() ends the task without a message
error-hidden = the program read the message and sent nothing, and it ignores every error between (an empty except or catch)
error-caught = the program caught an error between reading the message and answering it, and went on without an answer: "{ $error }"
upper-lost = client { $client } received its data unchanged ("{ $got }"), although the program converts text to upper case: the result does not reach the answer
stops-at-message = { $messages ->
    [one] client { $client } got an answer to its first message and none to the next one, although the server does answer several messages on a connection
   *[other] client { $client } got answers to { $messages } messages and none to the next one, although the server does answer several messages on a connection
}
count-in-one-byte = client { $client } got no answer to a long message: the number of bytes that the server received does not fit into its variable of one byte
ended-by-accept = accept failed with { $error }, and the server ended without an error of its own
mixed-connections = with two clients at the same time (a further run), the server sent the answer to the first one to the second one
thread-without-connection = the threads are started without their connection: all of them use one variable, which the next accept changes
ends-at-byte255 = the answers to client { $client } end before a byte with the value 255, and nothing came after it
first-byte-not-upper = the first byte of an answer to client { $client } was not put into upper case
cut-by-accents = client { $client } received { $got } of { $of } bytes: the answer lacks as many bytes as it has letters with accents, so its length was counted in letters
listen-before-bind = the program calls listen before bind: the socket has a port by then, which the kernel chose, and bind fails
stream-for-datagrams = the program binds a socket of the type SOCK_STREAM, which is TCP, and makes none for UDP
unix-socket-bound = the program bound a UNIX socket, which is a file on this machine, and no { $protocol } port
datagram-flood = client { $client } sent { $sent ->
    [one] one datagram
   *[other] { $sent } datagrams
} and received { $back }: the server goes on sending without receiving
wrong-event = the program registers a handler for an event that a TCP socket of Node does not have, and none for its data
wrong-datagram-event = the program registers a handler for an event that a UDP socket of Node does not have, and none for 'message'
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
    .c = the descriptor is the -1 of an earlier call that failed (socket, accept): check what that call returns, if (fd < 0), and print the reason with perror
    .python = this socket is closed already (its fileno() is then -1): look for close() or the end of a with block before its last use, perhaps in an earlier turn of the loop or in another thread that shares the variable
hint-descriptor-closed = this descriptor is not open: look where it was closed, perhaps by an earlier turn of the loop, by another thread (a variable that all threads share) or before a fork, and close each socket only after its last use; check that the right variable is passed, and what the call returns (perror in C)
    .c = this descriptor is not open: look where it was closed (an earlier turn of the loop, a thread that shares the variable, before a fork), check that it is the right variable, and use perror
    .csharp = this socket is closed already: closing a NetworkStream, StreamReader or StreamWriter, or the end of a using block, closes the connection, too; close it only after its last use
    .go = this connection is closed already: look for conn.Close() before its last use, perhaps a defer in a function that has returned, or a conn that goroutines share (pass it as an argument)
    .java = this socket is closed already: closing one of its streams, or the end of a try (…) block, closes the socket, too; close it only after its last use, and give each thread its own variable
    .node = this socket is closed already: call end() or destroy() only after the last write, and check that no later callback or timer still writes to it
    .python = this socket is closed already: look for close() or the end of a with block before its last use, perhaps in an earlier turn of the loop or in another thread that shares the variable
    .ruby = this socket is closed already: look for close, or the end of a block that closes it, before its last use, perhaps in another thread that shares the variable (Thread.new(client))
hint-wait-arguments = check the arguments: the first of select is the highest descriptor + 1 and not negative, the number of poll is that of the array's elements, and a time-out is not negative, except -1 for poll and epoll_wait
hint-no-socket = pass the descriptor that socket or accept returned: this one belongs to another file
hint-parentheses = the descriptor is 0, 1 or 2, the keyboard or the screen, and not a socket: in C, write parentheses around the assignment, if ((s = socket(…)) < 0), since < is evaluated before =; the same holds for accept
hint-buffer-address = pass the address of an array or of allocated memory: this pointer refers to no memory of the program that the call may use
hint-keep-connection = read from the descriptor that accept returned, c = accept(…): the variable that is read from is 0, the keyboard
hint-option-address = setsockopt takes the address of the value and its size: int on = 1; setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on)
hint-accept-of-datagrams = UDP has no connections: do not call accept or listen, and exchange datagrams with recvfrom and sendto
hint-accept-listens = call listen after bind and before accept, on the same socket, and do not call shutdown on it
hint-datagram-size = a UDP datagram holds at most 65507 bytes: send as many bytes as recvfrom returned, not the whole buffer, and check what the call returns
hint-send-address = send to the address that recvfrom stored, with its length: in C, set the length variable to sizeof the address before every recvfrom and pass it on to sendto unchanged; check what sendto returns (perror)
hint-use-connection = send and receive with the descriptor that accept returned, not with the socket that listens
hint-shut-down-last = send the whole answer first, and call shutdown (shutdownOutput in Java, socket.end in Node) only after it
    .c = send the whole answer first, and call shutdown(c, SHUT_WR) only after it
    .go = send the whole answer first, and call CloseWrite() only after it
    .java = send the whole answer first, and call socket.shutdownOutput() only after it
    .node = send the whole answer first with socket.write, and call socket.end() only after it
    .python = send the whole answer first, and call conn.shutdown(…) only after it
hint-buffer-size = pass the size of the buffer: in C sizeof buffer for an array, and not strlen of an empty buffer; in other languages, make the buffer larger than 0 bytes
    .c = pass the size of the buffer, recv(c, buffer, sizeof buffer, 0), and not strlen(buffer), which is 0 for an empty buffer
    .cpp = pass the size of the buffer: sizeof buffer for an array; a new std::string or std::vector has size() 0, so create it with its size, std::vector<char> buffer(1024)
    .csharp = create the buffer with more than 0 bytes, new byte[1024], and pass buffer.Length to Read
    .go = create the buffer with a length, make([]byte, 1024), and not var b []byte or make([]byte, 0, 1024)
    .java = create the buffer with more than 0 bytes, new byte[1024], and pass its whole length
    .python = pass a number above 0, recv(1024), and to recv_into a buffer with a size, bytearray(1024)
    .rust = read fills only the length of the buffer: vec![0; 1024] or [0; 1024]; Vec::with_capacity(1024) and Vec::new() have the length 0
hint-sent-count = pass the number of bytes that recv or read returned: strlen is 0 if the buffer is empty or begins with a NUL byte; in C++, a string needs its size before std::transform writes into it
    .c = pass to send the number of bytes that recv returned, n: strlen(buffer) is 0 if the buffer is empty or begins with a NUL byte
    .cpp = pass to send the number of bytes that recv returned: size() of a new std::string is 0, also after std::transform into it, so give it its size first (answer.resize(n))
    .go = send what Read stored, conn.Write(buffer[:n]) with the n that it returned: the slice that this call sends is empty
    .python = send what recv returned: the bytes that this call sends are empty (b'')
