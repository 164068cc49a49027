# Hints for known errors that programs print.

hint-await-missing = write await before the call that gave this value (data = await reader.read(1024)): without it there is only a coroutine, which has not run
hint-bind-flag = give the flags for UDP, stream_socket_server($url, $errno, $errstr, STREAM_SERVER_BIND): without them the call also listens, which only TCP can
hint-start-listener = call Start() on the TcpListener before the first AcceptTcpClient or AcceptSocket: only then it binds and listens
hint-port-number = the port is a number from 1 to 65535, and comes before the address: send(data, port, address), listen(port, host)
hint-file-there = the program opens a file that is not there: submit it with the program, and write its name with the same capital letters and without a path of your machine (Linux distinguishes Config.txt and config.txt)
hint-closed-in-select = a closed socket is still in a list of select: remove it from every list before you close it
hint-still-registered = call unregister for a connection before you close it: the next client gets the same descriptor number
hint-text-for-bytes = sockets carry bytes, not text: text.encode() makes bytes for send, and data.decode() makes text of what recv returned
hint-address-pair = an address is a pair, with parentheses of its own: bind((host, port)); sendto takes the one that recvfrom returned (asyncio: the second argument of sendto)
hint-two-values = accept and recvfrom return two values, in this order: conn, addr = s.accept(); data, addr = s.recvfrom(1024); recv returns only the data; in a UDP handler of socketserver, data, s = self.request
hint-argument-tuple = the arguments of a thread are a tuple: write args=(conn,), with the comma; (conn) is only conn
hint-thread-arguments = this function is called with another number of arguments than it takes: args of a thread is a tuple (args=(conn,), with the comma), and methods take self first
hint-not-always-text = what arrives is not always text: a letter may be cut in two pieces, and data may be any bytes; send back the bytes as they came, without decoding them; for upper case, bytes.upper() changes the letters of ASCII only
    .python = what arrives is not always text, and a letter may be cut in two between two calls of recv: send back the bytes without decode(); for upper case, data.upper() on the bytes changes the letters of ASCII only
    .ruby = what arrives is not always text: send it back as it came, without force_encoding; for upper case, data.b.upcase works on any bytes and changes the letters of ASCII only
hint-declare-global = a function that assigns to a global variable needs the line: global NAME
hint-empty-value = a variable is empty at this line (None, null, nil, undefined): check where it gets its value; readLine, gets and the like return that when the client has ended
hint-bang-method = a value is nil here: a method with an exclamation mark (upcase!, strip!, chomp!) returns nil if it had nothing to change, so write upcase, strip or chomp; gets and read return nil when the client has ended
hint-host-is-address = the host given here is no address: pass the address that recvfrom or accept returned, host first and port second
hint-client-arguments = pass the host first and the port second, the port as a number: the first argument of the program is the address, the second one the port
    .python = the first argument is the address, the second one the port: host, port = sys.argv[1], int(sys.argv[2]), then connect((host, port))
    .java = the first argument is the address, the second one the port: new Socket(args[0], Integer.parseInt(args[1]))
    .c = the first argument is the address (argv[1]), the second one the port (argv[2])
    .node = the first argument is the address (process.argv[2]), the second one the port: net.connect(port, host)
    .go = the first argument is the address, the second one the port: net.Dial("tcp", net.JoinHostPort(os.Args[1], os.Args[2]))
hint-integer-port = the port must be a number: int(port), also if it comes from sys.argv, input() or the environment
hint-unknown-name = this name is not known at this line: check its spelling, the import, the type of the object, and that no file of yours has the name of a module
hint-changed-in-loop = the collection changes while a loop goes over it: loop over a copy (list(clients)), or protect it with a lock
hint-no-key-waited = accept returned null, since no connection was waiting: remove each key from selectedKeys() once it is handled (iterator.remove())
hint-pool-shut-down = the thread pool was shut down before this task: shutdown() belongs after the loop that accepts, not inside it
hint-started-twice = a thread can be started only once: create a new one for each client
hint-end-as-count = the read returned -1 because the client has ended: check the count before you use it, and leave the loop
hint-out-of-range = this goes beyond the data that arrived: a message may be shorter than expected, so use the count that the read returned
hint-thread-destroyed = a std::thread was destroyed while it was still running: call detach() on it, or keep it and join() it later
hint-freed-twice = the same memory was freed twice, or was not from malloc: free it once, after its last use
hint-end-is-no-error = this only means that a client has ended: leave its loop and close its connection, without ending the program (exit, log.Fatal, panic)
    .go = io.EOF only means that a client has ended: return from the function that serves it and close its conn, without log.Fatal, panic or os.Exit
    .java = EOFException only means that a client has ended: catch it for that client, leave its loop and close its socket, without ending the program (System.exit)
    .python = this only means that a client has ended: catch it in the function that serves that client, leave its loop and close its connection, without ending the program (sys.exit)
    .ruby = EOFError only means that a client has ended: write rescue EOFError in the method that serves it, leave its loop and close its connection, without exit
hint-make-map = create the map with make before you put something into it
hint-closed-channel = the channel is closed already: only the goroutine that sends closes it, once, after its last send
hint-not-held = only the thread that holds a lock releases it, once for each time that it took it
hint-all-wait = every thread waits for another one: release each lock on every path, and let another thread take from the channel or queue
hint-address-text = the address is a text with host and port, such as "127.0.0.1:65432" or ":65432"; a number becomes text with strconv.Itoa or fmt.Sprintf, not with string()
hint-write-after-end = the connection was ended (end, destroy) before this write: end it only when the client has
hint-socket-closed-early = the socket was closed before this call: a server keeps it open, also after an answer
hint-text-or-buffer = write and send take a text or a Buffer, not a number or an object: convert it with String() or JSON.stringify()
hint-not-a-number = what a client sends is not always a number: the answer needs the data as it came, so do not convert it
hint-set-non-blocking = call configureBlocking(false) on a channel before you register it with a selector
hint-cancelled-key = the key's channel was closed: go on with the next key right after you closed one (continue), and check isValid()
hint-flip-buffer = a ByteBuffer needs flip() before what was read is written, and clear() or compact() before the next read
hint-plain-bytes = the clients send plain bytes, without a length and without the format of a language (readUTF, ObjectInputStream, pickle, struct, JSON): read and send bytes
hint-call-it = the value is a method that was not called: write the parentheses, as in data.upper()
hint-import-socket = socket is the class here, since it was imported with "from socket import socket": write import socket, or import AF_INET and SOCK_STREAM by name, too
hint-listen-packet = net.Listen is for TCP only: for UDP, use net.ListenPacket or net.ListenUDP, then ReadFrom and WriteTo, without Accept
hint-queue-waits = get_nowait() and get(block=False) fail at once if the queue is empty: get() waits for the next entry, and put() for room
hint-interrupted = a signal (such as SIGCHLD at the end of a child) interrupted the call: install its handler with sigaction and SA_RESTART, or call again if errno is EINTR
    .perl = a signal (such as SIGCHLD at the end of a child) interrupted the call: write $SIG{"{"}CHLD{"}"} = 'IGNORE', or go on with the loop if $!{"{"}EINTR{"}"} is set
    .python = a signal interrupted the call: let the handler of the signal return without raising an exception, and Python calls again by itself
hint-wait-group-add = call wg.Add(1) before each go statement whose function calls wg.Done()
hint-frozen-text = this text cannot be changed (frozen_string_literal): begin with String.new or +'', or make a new text with + or upcase
hint-call-by-colon = call the method with a colon, which passes the object: text:upper(), client:send(text); with a dot, pass it yourself: string.upper(text)
hint-null-argument = the variable is null here: a function of PHP sees only its parameters, so pass the variable to it (or declare it with global)
hint-main-method = Java starts public static void main(String[] args): check its spelling, static, and the brackets
hint-own-file-name = rename your file: it has the name of a module of Python, and is imported in its place
hint-require-missing = write require 'socket' at the top of the program, and check the spelling of the class
hint-ended-silently = the program ended without printing why: look for exit, return and os._exit after a failed call, print its error there (perror in C), and run the program in a terminal
    .c = the program ended without printing why: look for exit and return after a failed call, print its error there with perror, and run the program in a terminal
    .go = the program ended without printing why: look for os.Exit after if err != nil, print err there, and run the program in a terminal
    .java = the program ended without printing why: look for System.exit() in a catch block, print the exception there (e.printStackTrace()), and run the program in a terminal
    .node = the program ended without printing why: look for process.exit() after an error, print the error there (console.error), and run the program in a terminal
    .python = the program ended without printing why: look for sys.exit and os._exit after an error (in an except block), print the error there, and run the program in a terminal
hint-broken-pipe = a client may close before the answer is sent, and send then ends the program: ignore SIGPIPE (signal(SIGPIPE, SIG_IGN)) or pass MSG_NOSIGNAL, and check what send returns
hint-bind-once = create and bind the socket once, before the loop; each turn of the loop only receives and answers

bound-twice = the program binds a socket to { $address } although it already has one there: "{ $said }"

# Errors of compilers, and of interpreters that cannot read a program.
hint-retype-character = type this line again: it has a character that is not plain ASCII, such as a typographic quotation mark or a special space, which comes with text copied from a page or a slide
hint-close-text = close the text in this line with the quotation mark that opened it
hint-close-bracket = a bracket or a block that was opened above is not closed: find the one without its partner, not the end of the file; the indentation shows where it belongs
    .lua = a function, loop or condition that was opened above is not closed: write the missing end
    .python = close every bracket that this line, or a line above it, opens
    .ruby = a block, a method or a bracket that was opened above is not closed: write the missing end
hint-remove-unused = Go does not build what is not used: use it or remove it; write _ for a result that you do not need
hint-file-of-class = give the file the name of its public class, with the same capital letters, or write class without public
hint-declare-exception = put the call into try and catch, or write throws and the exception's name after the parameters of the method; run() of a thread allows only try and catch
hint-indent = indent this line like the block that it belongs to: what follows a colon is four spaces further in, and lines of the same block begin in the same column
hint-colon = end the line of if, else, while, for, def, class, try or except with a colon
hint-define-main = the program has no main function: check its spelling, and that the file which contains it is submitted
hint-define-function = this function is called but not defined in any file of the build: check its spelling, and submit the file that contains it; a library needs its -l
    .cpp = this function is declared and called, but not defined with these parameters in any file of the build: compare its definition with its declaration (name, types, const, &), and submit the file that contains it; a library needs its -l
hint-take-results = take as many results as the function returns: in Go most return a value and an error (conn, err := …)
hint-assign-only = write = instead of :=, since these variables already exist here
hint-declare-once = this name is declared twice: remove one declaration, or give it another name
hint-match-arguments = pass the arguments that the function takes, in its order: look them up in its documentation (in C, man 2 and its name)
    .c = pass the arguments that the function takes, in its order: its man page shows them (man 2 send)
hint-return-always = return a value on every path through the function, also after its loops and conditions
hint-clone-first = the value was given away above: pass a reference (&), or a copy (clone(), and try_clone() for a TcpStream)
hint-make-mutable = declare the variable with let mut (or the parameter with mut): its value changes later
hint-move-into-thread = write move before the closure that the thread runs, so that it owns what it uses
hint-convert-type = the value here has another type than the one expected: convert it (text and bytes are different types in most languages), or pass what was meant
hint-declare-name = this name is not known here: check its spelling, that it is declared above, and that its header, import or use is there
    .c = this name is not known here: check its spelling and that it is declared above; the functions and types of the system need the header that their man page names (man 2 socket)
    .csharp = this name is not known here: check its spelling and capital letters, the declaration above, and using (System.Net, System.Net.Sockets)
    .go = this name is not known here: check its spelling, its declaration with := or var, and the import
    .java = this name is not known here: check its spelling and capital letters, the declaration above, and the import (java.net.*, java.io.*)
    .perl = declare this variable with my, and check its spelling
hint-make-async = declare the function around await as async
hint-place-statement = this statement is outside the function, class or loop that it needs: a bracket closes too early above it, or its indentation is wrong
hint-module-file = load the module with require, or give the file the extension .mjs
hint-end-statement = put a semicolon at the end of the statement before this place, often at the end of the line above
hint-look-before = the program cannot be read from this place on: look here and on the line above for a missing bracket, comma, operator, quotation mark or, where the language needs it, semicolon
hint-unpack-count = this line takes something apart into another number of parts than it has: a message may come in pieces, so read until it is complete before you split it; accept and recvfrom return two values, recv only the data
