# Lines that a server sends to several clients.
lines-right = { $clients ->
    [1] the client received the expected lines and no others
   *[other] { $clients } clients received the expected lines and no others
}
story-reads-nothing = client { $client } never reads what is sent to it

line-own = client { $client } received its own line: "{ $line }"
line-twice = client { $client } received the same line twice: "{ $line }"
line-extra = client { $client } received a line that is not meant for it: "{ $line }"
line-out-of-order = client { $client } received "{ $line }" before "{ $next }", which was sent first
line-differs = client { $client } received "{ $got }" instead of the line "{ $line }"
line-without-beginning = client { $client } received "{ $got }" instead of "{ $line }": the beginning is missing
line-in-pieces = client { $client } received "{ $got }", only the first part of "{ $line }": the server treats the data of one recv as a whole line
line-mixed = client { $client } received "{ $got }" instead of "{ $line }": the bytes of two lines are mixed, or the end of the line is missing
line-without-end = client { $client } received "{ $line }" without a line ending (\n)
lines-too-many = client { $client } received far more than expected: { $bytes } bytes were not even kept
line-server-ended = the server exited ({ $status }) before client { $client } received "{ $line }"
line-server-ended-said = the server exited ({ $status }) before client { $client } received "{ $line }"; last output: "{ $said }"
line-closed = the server closed the connection of client { $client } before it received "{ $line }"
line-held-up = client { $client } did not receive "{ $line }" while client { $unread } was not reading: one slow reader blocks the others
line-to-others-only = client { $client } did not receive "{ $line }", but client { $other } did
line-missing = client { $client } did not receive "{ $line }"; the last line of this kind that it received is "{ $got }"
line-missing-others-came = client { $client } did not receive "{ $line }", although it received other lines
line-after-another = client { $client } did not receive "{ $line }", which was sent in one piece with the line before it: the server drops what follows the first line in the data of one recv
line-without-part = client { $client } received "{ $got }" instead of "{ $line }": the piece that arrived first is missing
line-not-accepted = client { $client } did not receive "{ $line }": client { $queued } was still waiting to be accepted, so the server serves one client at a time
line-missing-nothing-came = client { $client } did not receive "{ $line }" or any other line

hint-line-own = when sending to all clients, skip the one that the line came from
hint-line-extra = check to whom this line is sent, and send only what the item requires
hint-line-order = forward lines in the order in which they arrive, one after another, with one queue for each client
hint-line-beginning = assemble the whole line, including the part before the text, and then send it
hint-line-pieces = recv returns any number of bytes, not lines: collect them in a buffer for each connection and take a line out at each "\n"; send each line whole
hint-line-end = end each line that you send with "\n"
hint-line-closed = close a client's connection only when its recv returns empty or fails
hint-line-held-up = send blocks when its client does not read: give each client a bounded queue and its own sending thread (or use non-blocking sockets), and drop a client whose queue is full
hint-line-to-all = keep a list of all connected clients and go through all of it for each line; an error of one client must not end the loop
hint-line-not-accepted = call accept in a loop that does nothing else, and serve each client in its own thread (or all of them with select)

mistake-line-with-end = write a line without its ending; this one has one: "{ $line }"
mistake-line-in-two-lists = the line "{ $line }" is in two lists: it would be ambiguous which one it belongs to
