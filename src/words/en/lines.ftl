# Lines that a server tells several clients.
lines-right = { $clients ->
    [1] the client got the lines that it should, and no others
   *[other] { $clients } clients got the lines that they should, and no others
}
story-reads-nothing = client { $client } never reads what comes to it

line-own = client { $client } got its own line back: "{ $line }"
line-twice = client { $client } got the same line twice: "{ $line }"
line-extra = client { $client } got a line that is not meant for it: "{ $line }"
line-out-of-order = client { $client } got "{ $line }" before "{ $next }", which was said first
line-differs = the line "{ $line }" should have come to client { $client } where "{ $got }" came
line-without-beginning = client { $client } got "{ $got }" for "{ $line }": the beginning is missing
line-in-pieces = client { $client } got "{ $got }", which is only the first part of "{ $line }": the server takes what one recv gives for a whole line
line-mixed = client { $client } got "{ $got }" for "{ $line }": bytes of two lines are mixed, or the end of the line is missing
line-without-end = client { $client } got "{ $line }" without an end of line (\n) after it
lines-too-many = client { $client } got far more than it should: { $bytes } bytes were not even kept
line-server-ended = the server ended ({ $status }) before client { $client } got "{ $line }"
line-server-ended-said = the server ended ({ $status }) before client { $client } got "{ $line }"; it printed last: "{ $said }"
line-closed = the server closed the connection of client { $client } before it got "{ $line }"
line-held-up = client { $client } did not get "{ $line }" while client { $unread } was not reading: one slow reader holds up the others
line-to-others-only = client { $client } did not get "{ $line }", and client { $other } did
line-missing = client { $client } did not get "{ $line }"; the last line of this kind that it got is "{ $got }"
line-missing-others-came = client { $client } did not get "{ $line }", though it got other lines
line-after-another = client { $client } did not get "{ $line }", which was sent in one piece with the line before it: the server forgets what follows the first line in what recv gives
line-without-part = client { $client } got "{ $got }" for "{ $line }": a part of it is missing, the piece that came first
line-not-accepted = client { $client } did not get "{ $line }": client { $queued } was still waiting to be accepted, so the server serves one client after another
line-missing-nothing-came = client { $client } did not get "{ $line }", nor any other line

hint-line-own = when you send to every client, leave out the one that the line came from
hint-line-extra = look for who is sent this line, and send only what the item asks for
hint-line-order = pass lines on in the order in which they come: one after another, with one queue for each client
hint-line-beginning = put together the whole line, with what belongs before the text, and then send it
hint-line-pieces = recv gives any number of bytes, not lines: collect them in a buffer of this connection's own, and take a line out of it each time that it has a "\n"; send each line whole
hint-line-end = end each line that you send with "\n"
hint-line-closed = close a client's connection only when its recv returns empty or fails
hint-line-held-up = a send waits when its client does not read: give each client a bounded queue and a thread of its own that sends from it (or use non-blocking sockets), and give up a client whose queue is full
hint-line-to-all = keep a list of all connected clients, and go through the whole of it for each line; what one of them does wrong must not end the loop
hint-line-not-accepted = accept in a loop that does nothing else, and serve each client in a thread of its own (or all of them with select)

mistake-line-with-end = a line is given without its end, and this one has one: "{ $line }"
mistake-line-in-two-lists = the line "{ $line }" stands in two lists: which of them it belongs to could not be told
