# Messages of a format, and their fields.
messages-right = { $messages ->
    [0] no message came, as expected
    [1] 1 message came, as expected
   *[other] { $messages } messages came, all as expected
}

message-cut = message { $number } over connection { $client } is too short: of its { $bytes } bytes, { $left } are left for the field { $name } at byte { $position }, which needs { $needed }
message-extra = message { $number } over connection { $client } is too long: { $bytes ->
    [1] 1 byte follows
   *[other] { $bytes } bytes follow
} its last field, from byte { $position } on: "{ $extra }"
message-unterminated = the last line over connection { $client } has no line ending (\n): "{ $line }"
message-no-match = line { $number } over connection { $client } is "{ $line }", which does not match the pattern { $pattern }
message-no-json = line { $number } over connection { $client } is not a JSON object: "{ $line }"
message-again = message { $number } over connection { $client } repeats the one before it: { $text } was sent again
message-again-answered = message { $number } over connection { $client } repeats the one before it: { $text } was sent again after the answer { $answer }
message-left-out = message { $number } over connection { $client } is { $text } instead of { $wanted }, which was left out
messages-missing = over connection { $client } { $messages ->
    [0] came no message
    [1] came 1 message
   *[other] came { $messages } messages
} instead of { $of }; the next one should be: { $wanted }
messages-more = after the { $of ->
    [0] last message
    [1] only message
   *[other] { $of } messages
} that should come over connection { $client } came one more: { $text }
no-such-message = { $messages ->
    [0] no message came over connection { $client }
    [1] the only message over connection { $client } is another one
   *[other] none of the { $messages } messages over connection { $client } has these values
}; expected: { $wanted }
forbidden-message = message { $number } over connection { $client } must not be sent: { $text }
nothing-captured = no message over connection { $client } had the value that the scenario uses later as { $name }
field-other = message { $number } over connection { $client }: { $name } is { $value } instead of { $wanted }
field-other-at = message { $number } over connection { $client }: { $name } (at byte { $position }) is { $value } instead of { $wanted }
field-swapped = message { $number } over connection { $client }: { $name } is { $value } instead of { $wanted }, its bytes in the opposite order
field-signed = message { $number } over connection { $client }: { $name } is { $value } instead of { $wanted }: the same bits, with the other signedness
length-with-header = message { $number } over connection { $client }: { $name } is { $value } instead of { $wanted }: it counts the bytes before the data, too
length-in-characters = message { $number } over connection { $client }: { $name } is { $value }, the number of characters, instead of { $wanted }, the number of bytes
length-other = message { $number } over connection { $client }: { $name } is { $value } instead of { $wanted }, the number of bytes that it counts
checksum-other = message { $number } over connection { $client }: the checksum { $name } is { $value } instead of { $wanted }
checksum-not-inverted = message { $number } over connection { $client }: the checksum { $name } is { $value }, the sum itself, instead of its complement { $wanted }
member-missing = message { $number } over connection { $client } has no { $name } (expected: { $wanted }); it has: { $text }
member-type = message { $number } over connection { $client }: { $name } is { $value } instead of { $wanted }: a value of another JSON type

hint-field-layout = write each field with exactly the size and at the place that the format gives it, without padding between fields, and the whole message with one send
    .python = build the message with struct.pack and a format that begins with "!" (network order, no padding), followed by the data
    .c = copy each field into a byte buffer with memcpy: the compiler may put padding between the members of a struct
    .java = write the fields in order into a ByteBuffer (put, putShort, putInt), and send exactly its bytes
hint-field-content = compare the value with the description of the protocol: does it change with each message, and does it answer the right one?
hint-byte-order = numbers in messages have a fixed byte order: convert them when they are written and when they are read (htons, htonl, ntohs, ntohl for network order)
    .python = begin the format of struct.pack and struct.unpack with "!" for network order; without it, the order is the machine's own
    .java = ByteBuffer and DataOutputStream write the most significant byte first: call order(ByteOrder.LITTLE_ENDIAN) only if the format asks for it
    .go = use binary.BigEndian.PutUint16 for network order, and binary.LittleEndian only if the format asks for it
    .node = use writeUInt16BE and readUInt16BE for network order, and the variants with LE only if the format asks for it
hint-unsigned = read and write the number with the signedness that the format gives: a byte of 128 or more is no negative number
    .java = a byte is signed: use b & 0xFF, and Short.toUnsignedInt
    .python = use "B", "H" and "I" in struct formats for unsigned numbers, and "b", "h" and "i" for signed ones
    .c = use uint8_t, uint16_t and uint32_t for unsigned fields: char may be signed
hint-length-of-data = set the length to the number of bytes that it counts in the format: neither more nor less, and no header unless the format says so
hint-length-in-bytes = encode the text first, and count the bytes of the result: a letter may take several bytes
    .python = use len(text.encode()), not len(text)
    .java = use text.getBytes(StandardCharsets.UTF_8).length, not text.length()
    .node = use Buffer.byteLength(text), not text.length
hint-checksum-over-all = compute the checksum over the whole message, header and data, with its own field set to zero, when all other fields have their values
hint-checksum-invert = at the end, fold the carries into the lower 16 bits and invert all bits (RFC 1071): ~sum & 0xFFFF
hint-json-line = send each message as one JSON object in one line, with "\n" at its end and no other line ending inside
    .python = send json.dumps(message) + "\n": str(message) is not JSON
    .java = build the object with a JSON library or with quoted names and texts: toString() of a map is not JSON
hint-json-members = write the member with exactly this name: upper and lower case count
hint-json-types = write numbers without quotes, texts with quotes, and true, false and null without quotes
hint-line-form = write the line exactly as the protocol describes it: words, spaces, upper and lower case, and nothing more
hint-send-once = send a message again only if its answer did not come in time; after the answer, go on with the next one
hint-send-in-order = send every message of the dialogue, one after another, and wait for each answer that the protocol foresees

# Reliable transfer over datagrams.
transfer-right = { $count ->
    [1] 1 packet with data was transferred
   *[other] { $count } packets with data were transferred
}: { $again } sent again, at most { $unacknowledged } unacknowledged
window-exceeded = with seq { $seq } (packet { $packet }), { $count } packets were unacknowledged; at most { $window } are allowed
sent-again-after-ack = seq { $seq } was sent again (packet { $packet }) after the ACK for it had arrived
lost-not-sent-again = seq { $seq } (packet { $packet }) was lost on the link, and was never sent again
ack-lost-not-sent-again = the ACK for seq { $seq } was lost on the link, and seq { $seq } was never sent again
acknowledged-unreceived = the receiver acknowledged seq { $seq } (packet { $packet }), but seq { $missing } had not arrived
acknowledged-early-packet = the receiver acknowledged seq { $seq } (packet { $packet }), but seq { $missing } had arrived only before its turn: with Go-Back-N such a packet is discarded
never-acknowledged = seq { $seq } arrived (packet { $packet }), and the receiver never acknowledged it
not-acknowledged-again = seq { $seq } arrived again (packet { $packet }), because its ACK was lost, and the receiver did not acknowledge it again
transfer-overhead = { $packets } packets with data were sent for { $count } different ones
transfer-without-data = no packet of the format "{ $name }" with data was sent
hint-send-window = count the packets that are sent and not acknowledged, and wait for an ACK before you exceed the window
hint-read-acks = stop the timer when the ACK arrives, and go on with the next packet
hint-send-again = start a timer with each packet, and send the packet again when it expires without an ACK
hint-acknowledge-received = acknowledge only packets that have arrived undamaged, and nothing after a gap
hint-discard-early = discard a packet that is not the next one, and acknowledge the last one in order again
hint-acknowledge-each = send an ACK for each packet that arrives
hint-acknowledge-again = acknowledge a packet again if it arrives again: its ACK may have been lost. Keep the socket open for that for a while after the last packet
