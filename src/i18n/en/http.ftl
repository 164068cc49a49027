# HTTP responses.
response-right = { $responses ->
    [1] the response is whole and as expected
   *[other] all { $responses } responses are whole and as expected
}

http-no-status-line = response { $number } to client { $client } does not begin with a status line, but with "{ $got }"
http-status-text = the status line for client { $client } ends after the code: "{ $got }"
http-bad-header = response { $number } to client { $client } has a line in its head that is not a header: "{ $line }"
http-head-too-long = the head of response { $number } to client { $client } is longer than { $bytes } bytes
http-no-head-end = no empty line ends the head of response { $number } to client { $client }: "{ $got }"
http-bare-newline = the lines in the head of the response to { $request } (client { $client }) end with \n alone
http-status = the response to { $request } (client { $client }) is "{ $got }" instead of { $wanted }
http-header-missing = the response to { $request } (client { $client }) has no header { $header } (expected: { $wanted })
http-header-other = the response to { $request } (client { $client }) has { $header }: "{ $got }" instead of { $wanted }
http-header-twice = the response to { $request } (client { $client }) has the header { $header } twice
http-head-twice = the body of the response to { $request } (client { $client }) begins with another head: the head was sent twice
http-empty-line-twice = the body of the response to { $request } (client { $client }) begins with a line ending: there is one empty line too many after the head
http-bad-length = response { $number } to client { $client } has an invalid Content-Length: "{ $value }"
http-length-missing = response { $number } to client { $client } has no Content-Length, and the connection stayed open: the client cannot know where the body ends
http-length-too-big = the Content-Length of response { $number } to client { $client } is { $length }, but the body has only { $bytes } bytes
http-length-in-characters = the Content-Length of the response to { $request } (client { $client }) is { $length }, the number of characters; the body has { $bytes } bytes
http-body-extra = after the { $of } bytes of the body that answers { $request } (client { $client }), { $bytes ->
    [1] 1 more byte came
   *[other] { $bytes } more bytes came
}: "{ $extra }"
http-body-short = the body of response { $number } to client { $client } ended after { $got } of the { $of } bytes that Content-Length promises
http-body-missing = the response to { $request } (client { $client }) has no body; { $of } bytes were expected
http-body-cut = the body of the response to { $request } (client { $client }) is only the first { $got } of { $of } bytes of the file
http-body-decoded = the body of the response to { $request } (client { $client }) is not the bytes of the file: bytes from 128 on were decoded as text
http-body-newlines = the body of the response to { $request } (client { $client }) has other line endings than the file: it was read or written in text mode
http-body-differs = the body of the response to { $request } (client { $client }) is not the file: { $got } bytes instead of { $of }, or with other contents
http-body-without = the body of the response to { $request } (client { $client }) does not contain "{ $wanted }": "{ $got }"
http-body-has = the body of the response to { $request } (client { $client }) contains "{ $text }", which it must not
http-body-other-hash = the body of the response to { $request } (client { $client }), { $bytes } bytes, has another SHA-256 than expected
http-body-not-empty = the response to { $request } (client { $client }) has a body of { $bytes } bytes, where none was expected: "{ $got }"
http-bad-chunk = the chunks of response { $number } to client { $client } are malformed
http-last-chunk-missing = the body of response { $number } to client { $client } has no last chunk (of size 0)
http-head-body = { $bytes ->
    [1] 1 byte follows
   *[other] { $bytes } bytes follow
} the head of a response to HEAD (client { $client }): "{ $extra }"
http-further-response = client { $client } received a further response that no request asked for: "{ $extra }"
http-early = client { $client } received "{ $got }" before it had sent the whole head of its request
http-unanswered = request { $number } on the connection of client { $client } was not answered, although the server kept the connection open
http-closed-unannounced = the server closed the connection of client { $client } after response { $number }, without announcing it
http-left-open = the server left the connection of client { $client } open after response { $number }
http-announced-open = response { $number } to client { $client } announces that the connection closes, but the server left it open
http-too-much = client { $client } received far more than one response needs: { $bytes } bytes were not even kept

hint-http-status-line = begin each response with a line such as "HTTP/1.1 200 OK\r\n": version, space, code, space, reason
hint-http-header-line = write each header as "Name: value\r\n", without a space before the colon, and an empty line ("\r\n") after the last one
hint-http-empty-line = end the head with exactly one empty line: the last header, "\r\n", and once more "\r\n"; then comes the body
hint-http-line-ending = end the status line and each header with "\r\n", also the empty line; print and println write only "\n"
hint-http-status = 200 if the file is there, 404 if it is not, 405 or 501 for a method that the server does not support
hint-http-header = add the header to the head; choose Content-Type by the extension of the file
hint-http-once = send one response per request: the head once, each header once, then the body once
hint-http-length = send Content-Length with the exact number of bytes in the body, or close the connection after it
hint-http-length-in-bytes = count bytes, not characters: encode the text first, and take the length of the result
hint-http-send-all = read the whole file and send all of it: send may accept only a part (use sendall, or send in a loop), and close only then
hint-http-body = send the contents of the file after the empty line
hint-http-binary = open files in binary mode ("rb") and send their bytes unchanged: neither decode nor encode them
hint-http-outside = decode the path, resolve ".." in it, and answer 404 or 403 if the result is not inside the folder of the files
hint-http-no-body = send only the head in answer to HEAD, with the same headers as for GET
hint-http-chunks = each chunk is its size in hexadecimal, "\r\n", the data, "\r\n"; the last one is "0\r\n\r\n"
hint-http-read-head = one recv may return only a part of a request: read in a loop until "\r\n\r\n" came, and only then answer
hint-http-next-request = HTTP/1.1 keeps connections open: after a response, read the next request in a loop, or send "Connection: close" and close
hint-http-close = a server that closes after a response says so with "Connection: close", and one that says so, or is asked to, closes
http-body-cut-at-nul = the body of the response to { $request } (client { $client }) ends before the first zero byte of the file: { $got } of { $of } bytes
hint-http-byte-count = strlen, %s and the other functions for texts stop at a zero byte: send as many bytes as fread or read returned, and use this number for Content-Length, too
