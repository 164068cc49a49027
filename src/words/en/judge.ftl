# What expectations find: the sentences of findings, stories, notes and hints.
# A sentence says what is wrong, a hint what to do about it; both begin in lower case and end without a full stop.
# Data of others stands in quotes.

# The server's start.
listening = the server listens on { $at } (backlog { $backlog })
bound = the server's UDP socket is bound to { $at }
note-other-port = the server uses port { $port }, not the lab's { $expected }
note-other-address = the server is bound to { $address }: a client that connects to 127.0.0.1 does not reach it
note-no-reuse-address = SO_REUSEADDR is not set before bind: started again soon after it ended, the program may find its address still in use
other-protocol = on port { $port } the server speaks { $found }, and { $wanted } is asked for
other-protocol-said = on port { $port } the server speaks { $found }, and { $wanted } is asked for; it printed last: "{ $said }"
tcp-listens-too = a UDP server is asked for, but a TCP socket listens on { $at }
program-missing = the program "{ $program }" was not found
program-not-executable = the program "{ $program }" may not be run: it has no execute permission
bound-not-listening = the socket is bound to { $at } but never listens: listen was not called
bound-not-listening-said = the socket is bound to { $at } but never listens: listen was not called; it printed last: "{ $said }"
nothing-listens = the program runs, but opened no { $protocol } port within { $ms } ms
nothing-listens-said = the program runs, but opened no { $protocol } port within { $ms } ms; it printed last: "{ $said }"
asks-on-stdin = the program waits for its standard input before it opens a { $protocol } port
asks-on-stdin-said = the program waits for its standard input before it opens a { $protocol } port; it printed last: "{ $said }"
port-busy = another program already holds { $at } ({ $state }), so this one could not be tried
harness-trouble = the server could not be started or watched: { $problem }
never-started = the server was never started
exited-early = the program ended ({ $status }) before its port was open, and printed nothing
exited-early-said = the program ended ({ $status }) before its port was open; it printed last: "{ $said }"
exited-address-in-use = the program ended ({ $status }): its address is already in use; it printed last: "{ $said }"
exited-address-not-here = the program ended ({ $status }): the address it binds to is not this machine's; it printed last: "{ $said }"
exited-wants-terminal = the program ended ({ $status }): it asks for a terminal, and runs without one here; it printed: "{ $said }"
exited-wants-module = the program ended ({ $status }): it needs a module, a library or a tool that is neither in the delivery nor installed here; it printed: "{ $said }"
exited-wants-network = the program ended ({ $status }): it looked for a name or an address that only a network outside has, or nobody (is a host name written right?); it printed: "{ $said }"
exited-permission = the program ended ({ $status }): permission denied; it printed last: "{ $said }"

hint-other-protocol = create a socket of the other type: SOCK_STREAM is TCP, SOCK_DGRAM is UDP (Java: ServerSocket, DatagramSocket)
hint-program-missing = check the name and the path in the command, and that the program is installed here
hint-program-not-executable = run it through its interpreter (python3 server.py, java Server) or give it permission with chmod +x
hint-listen = call listen after bind, then accept
hint-nothing-listens = create the socket, bind it and (for TCP) listen right at the start
hint-asks-on-stdin = take the port from the program's text or its arguments, or say in socklab.yaml what is to be typed (stdin:)
hint-address-in-use = stop the program that still holds the port; set SO_REUSEADDR before bind
hint-address-not-here = bind to 127.0.0.1 or 0.0.0.0, not to the address of another machine
hint-permission = use a port above 1023: lower ones belong to the administrator
hint-exited = run the same command by hand and mend the first error that it prints

# How a process ended; stands inside other sentences.
status-code = exit code { $code }
status-signal = signal { $signal }

# The server's process.
still-running = the server is still running
server-ended = the server ended ({ $status }) while it should still be serving
server-ended-said = the server ended ({ $status }) while it should still be serving; it printed last: "{ $said }"
has-not-ended = the server is still running, and should have ended by now
ended = the server ended as it should ({ $status })
ended-otherwise = the server should have ended with exit code { $code }, and ended otherwise: { $status }
ended-otherwise-said = the server should have ended with exit code { $code }, and ended otherwise: { $status }; it printed last: "{ $said }"
output-found = the server printed "{ $wanted }"
output-missing = the server should have printed "{ $wanted }"; the end of what it printed: "{ $said }"
output-too-long = the server printed { $bytes } bytes, too much to keep it all; "{ $wanted }" is not in what was kept
nothing-asked = the expectation says nothing about what should be printed
within-limits = the server stayed within its limits
cap-hit = { $cap ->
    [processes] the server started too many processes or threads and was stopped
    [memory] the server used too much memory and was stopped
    [file] the server wrote too large a file and was stopped
    [file-size] the server wrote too large a file and was stopped
    [file_size] the server wrote too large a file and was stopped
    [disk] the server wrote so much that there was no room left
    [output] the server printed too much; the rest was thrown away
    [time] the server ran too long and was stopped
    [cpu] the server used too much processor time and was stopped
   *[other] the server went over a limit: { $cap }
}

hint-serve-for-ever = receive or accept inside a loop without an end, and catch one client's errors so that they do not end the server
hint-end = leave the loop when recv returns empty (the client has ended), close the sockets and let the program end
hint-output = print this text exactly, and flush the output right after printing
hint-cap = look for a loop that never stops: an empty read (0 bytes) means that the client has ended

# Clients that could not connect.
connection-refused = client { $client } could not connect: connection refused, nothing listens there
connection-reset = client { $client } could not connect: the connection was reset (RST)
connection-late = client { $client } could not connect in time: the server's side did not answer
connection-error = client { $client } could not connect: { $problem }
ended-by-close = client { $client } could not connect: the connection was closed at once
accept-queue-full = client { $client } could not connect: the accept queue is full ({ $waiting } waiting, backlog { $backlog })
nobody-connected = no client connected, so there is no connection to look at
nothing-was-sent = no client sent anything, so there is no answer to judge
too-few-connected = { $count } of { $wanted ->
    [1] 1 client
   *[other] { $wanted } clients
} connected

hint-connect = keep the server's socket listening for as long as clients may come, on the port it began with
hint-backlog = call accept in a loop, or give listen a larger number, as listen(5)

# Answers that are right.
echo-right = { $clients ->
    [1] 1 client got back exactly what it sent ({ $bytes } bytes)
   *[other] { $clients } clients got back exactly what they sent ({ $bytes } bytes)
}
upper-right = { $clients ->
    [1] 1 client got back in upper case what it sent ({ $bytes } bytes)
   *[other] { $clients } clients got back in upper case what they sent ({ $bytes } bytes)
}
answered = { $clients ->
    [1] 1 client got its answer
   *[other] all { $clients } clients got their answers
}
reply-right = { $clients ->
    [1] 1 client got the expected reply
   *[other] all { $clients } clients got the expected reply
}
noted-only = only noted, it costs no points

# No answer.
no-answer = client { $client } sent and got no answer
no-answer-late = client { $client } sent and got no answer within { $ms } ms
printed-not-sent = the server printed what client { $client } sent, and nothing came back within { $ms } ms
no-answer-closed = client { $client } sent, and the server closed the connection without an answer
no-answer-refused = client { $client } got no answer: the server's socket was no longer there
no-answer-error = client { $client } sent and got no answer: { $problem }
answer-from-elsewhere = the answer to client { $client } ("{ $got }") came from { $from }, not from the address it had sent to

hint-no-answer = after recv, send the data back on the same socket; do not wait for a whole line (readLine, gets): the client sends no newline
hint-printed-not-sent = printing shows the data only on the server's own screen: send it back too, on the connection's socket or to the address that it came from, without waiting for a newline or for more
hint-reset = read all that the client sends before closing, and check that the program did not crash: both send an RST
hint-refused = keep the socket open and receive in a loop; check that the program did not crash
hint-answer-from-elsewhere = send the answer from the same socket that received the datagram, not from a new one

# Other answers than the right one.
answer-of-another-client = client { $client } got another client's answer ("{ $got }"): the server mixes up the data of its connections
upper-for-echo = client { $client } got its data back in upper case ("{ $got }"), and it should come back unchanged
echo-for-upper = client { $client } got its data back unchanged ("{ $got }"), and it should come back in upper case
lower-case = client { $client } got its data back in lower case ("{ $got }")
decoded-as-text = bytes over 127 came back changed to client { $client } ("{ $got }"): the server treats them as text
reversed = client { $client } got its data back to front ("{ $got }")
answer-differs = client { $client } should have got "{ $expected }" where it got "{ $got }"
reply-not-equal = client { $client } should have got "{ $wanted }" and got "{ $got }"
reply-without = what client { $client } got ("{ $got }") does not contain "{ $wanted }"
reply-does-not-match = what client { $client } got ("{ $got }") does not match the pattern "{ $wanted }"

hint-answer-of-another-client = keep each connection's data in a variable of its own connection (or thread)
hint-roles-swapped = send the data back as it came, without changing it; check that the programs of two roles are not swapped
hint-upper = turn the data into upper case before sending it back (upper, toUpperCase, toupper)
hint-bytes = send back the very bytes that were received, without turning them into text and back (decode, new String)
hint-exactly = compare what the server sends with what the item asks for, byte by byte

# Answers that are cut.
answer-cut = the answer to client { $client } is incomplete: only { $got } of { $of } bytes came
answer-cut-by-close = the server closed the connection of client { $client } after { $got } of { $of } bytes of the answer
answer-cut-by-reset = the connection of client { $client } was reset (RST) after { $got } of { $of } bytes of the answer
answer-cut-at-buffer = of an answer of { $of } bytes only { $got } came to client { $client }: just the size of a receive buffer
only-first-message = only the first message of client { $client } was answered ({ $got } of { $of } bytes came)
stops-after-messages = the server answered { $messages } messages of client { $client } and then no more ({ $got } of { $of } bytes came)
last-byte-missing = the last byte of an answer to client { $client } is missing ({ $got } of { $of } bytes came)
last-byte-not-upper = the last byte of an answer to client { $client } is not in upper case

hint-read-until-end = TCP: repeat recv and send until recv returns empty; UDP: receive into a buffer that holds a whole datagram (65535 bytes)
hint-loop = repeat recv and send in a loop until recv returns empty (the client has ended)
hint-last-byte = check the count: the loop or slice must reach the last byte, i < n and not i < n - 1

# Answers with more in them.
prefix = the answer to client { $client } begins with "{ $prefix }", which does not belong there
speaks-first = client { $client } got "{ $prefix }" before it had sent anything
newline-added = the answer to client { $client } has a line break at its end ("{ $extra }") that was not sent
nul-after-answer = { $bytes ->
    [1] 1 NUL byte too many follows the answer to client { $client }
   *[other] { $bytes } NUL bytes too many follow the answer to client { $client }: the whole buffer was sent
}
answered-twice = client { $client } got the same answer twice ("{ $extra }")
never-stops-sending = after the answer to client { $client } the server goes on sending and never stops
more-after-answer = { $bytes ->
    [1] 1 byte too many follows the answer to client { $client }: "{ $extra }"
   *[other] { $bytes } bytes too many follow the answer to client { $client }: "{ $extra }"
}

hint-prefix = send the data alone; print texts such as "Echo:" on the screen only
hint-speaks-first = send nothing on accept: wait for the client's data first
hint-newline-added = send with send or write instead of println or puts, and add nothing
hint-nul = send only as many bytes as recv or read returned, not the whole buffer
hint-answered-twice = call send only once for each recv

# Datagrams.
datagram-too-many = { $bytes ->
    [1] client { $client } got a datagram more than it should (1 byte): "{ $extra }"
   *[other] client { $client } got a datagram more than it should ({ $bytes } bytes): "{ $extra }"
}
datagrams-merged = client { $client } sent two datagrams and got one answer for both: "{ $got }"
datagram-unanswered = { $missing ->
    [1] client { $client } sent a datagram that got no answer ({ $bytes } bytes; answered: { $answered }): "{ $sent }"
   *[other] client { $client } sent { $missing } datagrams that got no answer (answered: { $answered }); the first of them ({ $bytes } bytes): "{ $sent }"
}
died-between-datagrams = { $answered ->
    [1] the server answered 1 datagram of client { $client } and was gone at the next one ({ $bytes } bytes, { $missing } unanswered): "{ $sent }"
   *[other] the server answered { $answered } datagrams of client { $client } and was gone at the next one ({ $bytes } bytes, { $missing } unanswered): "{ $sent }"
}
died-on-empty-datagram = an empty datagram of client { $client } ended the server: "{ $sent }", sent after it, got no answer
silent-after-empty-datagram = after an empty datagram of client { $client } the server answered no more: "{ $sent }" got no answer

hint-one-answer = answer each datagram with exactly one: one sendto for each recvfrom
hint-empty-datagram = do not leave the loop at an empty datagram: UDP has no end of stream, 0 bytes is just an empty message

# The end of a stream.
ended-by-reset = the answer to client { $client } is right, but the server then reset the connection (RST) instead of closing it
stream-not-ended = the answer to client { $client } is right, but the server never closed the connection

hint-close = when recv returns empty (0 bytes), leave the loop and close that connection's socket

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
note-one-after-another = the server serves one after another: { $accepted } accepted, { $waiting } waiting in the accept queue
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
accepted-after-all = { $wanted ->
    [1] 1 connection
   *[other] { $wanted } connections
} should be waiting in the accept queue, and there are { $waiting }; accepted: { $accepted }
served-at-once = the server accepted every connection while all were open ({ $accepted })
served-one-after-another = the server should serve all clients at once: it accepted { $accepted }, waiting in the accept queue: { $waiting }
never-accepted = the server never accepted client { $client }: the kernel still holds the connection ({ $state })
left-in-close-wait = client { $client } has closed, but the server has not closed its end of the connection ({ $state })
spins-after-end = client { $client } has closed, and the server neither closes nor waits: it repeats an empty read without end and keeps a processor busy ({ $state })
left-established = the server's end of the connection of client { $client } is still open ({ $state })
server-closed = { $clients ->
    [1] the server closed its end of the connection
   *[other] the server closed its end of all { $clients } connections
}
client-closed-first = the client closed first
server-closed-first = the server closed first
closed-together = both ends closed at the same time
client-closed-first-wrong = client { $client } closed first, and the server should have
server-closed-first-wrong = the server closed the connection of client { $client } first, and the client should have
closed-by-reset = the connection of client { $client } ended with a reset (RST), not with a FIN from each end (client { $client_state }, server { $server_state })
not-closed = the connection of client { $client } was not closed from both ends (client { $client_state }, server { $server_state })
no-trace-of-closing = the connection of client { $client } is gone, and nothing shows which end closed first (client { $client_state }, server { $server_state })
peer-seen = the server's end of each connection carries its client's address ({ $address })
peer-not-seen = no connection at the server carries the address of client { $client } ({ $local })
connectionless = the server's UDP socket has no peer: it keeps no connection
udp-connected = the server's UDP socket is tied to a single peer ({ $peer }) and hears no other client
still-listening = the server still listens on { $at }
no-longer-listening = the server runs but no longer listens
still-bound = the server's UDP socket is still bound to { $at }
no-longer-bound = the server runs but its UDP socket is no longer there
ports-distinct = { $count ->
    [1] the client has a source port of its own ({ $ports })
   *[other] { $clients } clients, { $count } different source ports ({ $ports })
}
ports-shared = { $clients } clients should have as many source ports, and have { $count } ({ $ports })
one-server-port = every client is connected to one and the same server port ({ $port })
several-server-ports = the clients are connected to several server ports ({ $ports }) instead of one

hint-not-established = keep each connection open until its client has ended; do not close it right after accept
hint-accept = call accept in a loop, once for every client
hint-accepted-after-all = serve one client to its end before you call accept for the next
hint-at-once = serve each connection in its own thread, process or task, or all of them with select
hint-keep-listening = close only the client's socket (the one from accept); keep the server's own socket open
hint-udp-connected = do not call connect on the server's UDP socket: use recvfrom and sendto

# The story of a run, a line each.
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
} in all), got "{ $got }" ({ $got_bytes ->
    [1] 1 byte
   *[other] { $got_bytes } bytes
})
story-sent-nothing-came = client { $client } sent "{ $sent }" ({ $sent_bytes ->
    [1] 1 byte
   *[other] { $sent_bytes } bytes
} in all), got nothing
story-ended = the server ended: { $status }

output-nothing = the server printed nothing; "{ $wanted }" was expected
state-gone = gone

nobody-closed = no client had closed yet
server-crashed = the server ended ({ $status }) while client { $client } waited for its answer
server-crashed-said = the server ended ({ $status }) while client { $client } waited for its answer; it printed last: "{ $said }"
hint-crashed = mend the error that it printed last; catch what one client can cause, so that the others are still served
white-space-stripped = white space at the end of a message of client { $client } is missing in the answer
answers-out-of-order = the answers to client { $client } came in another order than its messages
story-elsewhere = looked at: { $command }
story-not-started = { $command } could not be started
note-address-given = the program wants the address { $address }, which this machine does not have: it was given it for the run
reachable = bound to { $at }: other machines reach it
bound-to-loopback = the server is bound to { $at }: only its own machine reaches it there
bound-elsewhere = the server is bound to { $at }, which is none of its host's addresses
hint-bind-outside = bind to "0.0.0.0" (all addresses of the machine) or to the machine's own address in the network, not to 127.0.0.1 or localhost
no-capture = the packets of this run were not captured
packets-not-seen = the packets of client { $client } are not in the capture
handshake-seen = the handshake (SYN, SYN-ACK, ACK) of { $clients ->
    [one] the connection is
   *[other] all { $clients } connections is
} in the capture
handshake-not-seen = the handshake of client { $client } (SYN, SYN-ACK, ACK) was not finished in the capture
hint-handshake = the kernel makes the handshake once the server has called listen; look at the first packets of the connection
data-acknowledged = data went both ways with PSH, and all of it was acknowledged
packets-no-answer = no data of the server to client { $client } is in the capture
hint-packets-no-answer = send the answer on the connection that accept gave
packets-unacknowledged-client = data of client { $client } was not acknowledged by the server's machine
packets-unacknowledged-server = data of the server to client { $client } was not acknowledged
packets-not-pushed = data of the connection of client { $client } went without the PSH flag
hint-packets-unacknowledged = an end that resets the connection throws away what is under way: close it with close instead
packets-other-answer = the server's packets to client { $client } carry "{ $got }", and not "{ $expected }"
hint-packets-other-answer = compare the data of the packets both ways: the answer is what was sent, in upper case
orderly-close = FIN and ACK went both ways
packets-no-fin = the server sent no FIN to client { $client }: it never closed the connection
packets-fin-unacknowledged = a FIN of the connection of client { $client } was not acknowledged
packets-reset-by-server = the server's side of the connection of client { $client } was torn down with RST, not closed with FIN
packets-reset-by-client = the server sent to client { $client } after that one had closed, and got a RST for it
hint-late-data = when recv returns empty the client has ended: send nothing more after the answer, and close
no-reset = no connection was torn down with RST
conversations-right = { $count ->
    [1] 1 connection, with its own four numbers
   *[other] { $count } connections, each with its own four numbers
}, and { $ports ->
    [one] one port
   *[other] { $ports } ports
} of the server
conversations-other = { $count ->
    [1] 1 connection with a whole handshake is
   *[other] { $count } connections with a whole handshake are
} in the capture, and not { $wanted }
conversations-other-ports = the server has { $ports ->
    [1] 1 port
   *[other] { $ports } ports
} in the capture, and not { $wanted_ports }
hint-conversations = one listening socket accepts all connections: they share the server's port and differ in the client's
only-port = filtered by the server's port, the capture holds this connection and nothing else
port-has-others = the server's port { $port } is also in packets from { $from } to { $to }
hint-port-has-others = the server needs only the connections that it accepts; it should make none of its own from that port
no-handshake = the first packet of each exchange carries its data: there is no connection
handshake-over-udp = TCP packets go to port { $port }, where UDP was asked for
server-speaks-first = the server sent client { $client } a datagram before it had asked anything
hint-datagrams = one recvfrom, then one sendto with the whole answer, for each datagram
datagrams-right = { $exchanges } exchanges, each one datagram there and one back
datagrams-missing = client { $client } sent { $sent ->
    [1] 1 datagram
   *[other] { $sent } datagrams
}, and { $back } came back in the capture
datagrams-too-many = client { $client } sent { $sent ->
    [1] 1 datagram
   *[other] { $sent } datagrams
}, and { $back } came back: more than one for each
datagram-length = the length field of a datagram says { $field }, and it carries { $payload } bytes (8 more are right)
sent-again = { $lost } packets were lost on the link, and TCP sent { $again } again
nothing-lost = nothing of the connection was lost on the link
not-sent-again = { $lost } packets were lost, and only { $again } were sent again
hint-not-sent-again = TCP sends again by itself as long as the connection is open: do not close it early
datagrams-lost = { $lost ->
    [1] 1 datagram was
   *[other] { $lost } datagrams were
} lost on the link ({ $sent } were sent by the clients), and none was sent again
no-datagram-lost = { $lost } datagrams were lost on the link
datagram-sent-again = a datagram between client { $client } and the server was sent more than once
hint-datagram-sent-again = UDP sends once: the server answers each datagram that came one time
calls-right = the system calls came in this order: { $asked }
calls-unseen = the program made its socket in a way that cannot be watched (io_uring, or a 32-bit program)
calls-missing = the program never called { $call } (it called { $made }; asked for: { $asked })
calls-order = the program called { $call } in another order (it called { $made }; asked for: { $asked })
hint-calls = a TCP server calls socket, bind, listen and accept, in this order
note-accept-unseen = the connection was accepted in a way that could not be watched

attacked-harness = the program made the call { $call } on a process of socklab, which was refused, and the run did not come to its end after that
hint-attacked-harness = A program has no business with other processes than its own: remove the call.
