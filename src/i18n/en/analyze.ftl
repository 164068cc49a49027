# `socklab analyze`.
analyze-summary = { $file }: packets: { $frames }, TCP connections: { $tcp }, UDP conversations: { $udp }
analyze-other = packets that are neither TCP nor UDP: { $count }
analyze-malformed = malformed packets: { $count }
analyze-fragments = fragments of packets, not reassembled: { $count }
analyze-link-named = packets with unsupported link type { $number } ({ $name }); supported are Ethernet, loopback, Linux cooked and raw IP: { $count }
analyze-link = packets with unsupported link type { $number }; supported are Ethernet, loopback, Linux cooked and raw IP: { $count }
analyze-end-missing = the capture is truncated in the block at byte { $at }; everything before it is shown
analyze-unreadable = { $file } is not a readable capture: { $problem }
analyze-not-a-capture = it is neither a pcapng nor a pcap file
analyze-cut-short = it is truncated in the block at byte { $at }
analyze-too-many-bytes = { $file } has more than { $most } MiB of packets on port { $port }, and no more can be judged
analyze-terminal = standard input is a terminal: pipe a capture into it, as in tcpdump -w - | socklab analyze -
analyze-damaged = the capture is damaged: { $problem }; the packets before that are shown: { $packets }
analyze-compressed-damaged = its compressed data is damaged or ends early
analyze-dropped = packets that the capturing program dropped, by its own count in the file: { $count }
analyze-not-captured = bytes or FINs sent but not captured: { $count }
analyze-block-too-large = the block at byte { $at } claims { $length } bytes, which is too large
analyze-malformed-block = the block at byte { $at } is malformed: { $why }
analyze-fault-interface = incomplete interface description
analyze-fault-interfaces = too many interfaces
analyze-fault-statistics = statistics for an unknown interface
analyze-fault-packet = a packet without its fields, data or interface
analyze-fault-section = a section without its magic number
analyze-fault-version = unsupported pcapng version
analyze-fault-length = impossible length
analyze-fault-lengths = the two length fields differ
analyze-label-handshake = handshake
analyze-label-client = client sent
analyze-label-server = server sent
analyze-label-end = end
analyze-handshake-complete = complete: SYN, SYN-ACK, ACK
analyze-handshake-half-open = half open: SYN and SYN-ACK, no ACK
analyze-handshake-reordered = complete, but in another order: the capture has the SYN-ACK before the SYN
analyze-handshake-no-syn-ack = the SYN-ACK is not in the capture; later packets show that it arrived
analyze-handshake-unanswered = no answer to the SYN in the capture
analyze-handshake-refused = refused: the SYN was answered by RST
analyze-handshake-none = the SYN is not in the capture, which may begin later
analyze-sent = bytes: { $bytes }, in segments: { $segments }, with PSH: { $pushed }{ $retransmissions ->
    [0] {""}
   *[other] , retransmissions: { $retransmissions }
}{ $zero ->
    [0] {""}
   *[other] , zero window: { $zero }
}{ $missing ->
    [0] {""}
   *[other] , sent but not captured: { $missing }
}
analyze-zero-windows = zero window: { $count }
analyze-datagrams = datagrams: { $count }, total bytes: { $bytes }
analyze-unreachable = datagrams answered by ICMP port unreachable: { $count }
analyze-end-client-first = a FIN from each end, the client's first
analyze-end-server-first = a FIN from each end, the server's first
analyze-end-together = a FIN from each end, both at once
analyze-end-half = the FIN of only one end is in the capture
analyze-end-open = still open at the end of the capture
analyze-end-refused = refused
analyze-end-reset-by-client = reset (RST) by the client
analyze-end-reset-by-server = reset (RST) by the server
gap-capture-only = a capture alone cannot show this: run the program with socklab
capture-nothing-there = the capture contains no { $protocol } conversation with a server on port { $port } (use --port for another port)
capture-nothing-whole = no { $protocol } conversation on port { $port } is complete in the capture: { $why }
capture-why-unanswered = a SYN has no answer in it: no server listened, or the answer was not captured
capture-why-refused = the connection was refused (RST): no server was listening on the port
capture-why-no-syn = the SYN is not in it: start capturing before the client connects
capture-why-half-open = the client's ACK of the handshake is not in it
capture-why-no-syn-ack = the SYN-ACK of an established connection is not in it
capture-why-reordered = it has the SYN-ACK before the SYN: the capturing program changed their order
capture-why-reset-by-client = the client ended the connection with RST before it had the whole answer; that is not the server's fault
capture-why-open = the connection is still open at its end: stop capturing after both ends have closed (a server that never closes looks the same)
capture-why-cut = data is missing from its packets, or more than { $most } MiB were sent in one direction, and no more is examined
capture-why-hole = it has a gap: { $count ->
    [1] 1 byte or FIN was
   *[other] { $count } bytes (or a FIN among them) were
} sent but not captured
capture-why-hole-dropped = it has a gap: { $count ->
    [1] 1 byte or FIN was
   *[other] { $count } bytes (or a FIN among them) were
} sent but not captured; by its own count, the capturing program dropped packets: { $dropped }
capture-why-partial = a conversation begins with the server's datagram: the capture starts too late
capture-why-before-server = a datagram was undeliverable (ICMP): the server was not running yet
capture-left-out = conversations left out, because the capture has only a part of them: { $count }; { $why }
capture-unanswered = datagrams to the server have no answer in the capture; conversations: { $count }, the first with { $client }. The capture ends too early, a datagram was lost, or the server did not answer
capture-few-clients = { $found }: capture several clients that are connected at the same time
capture-loss-possible = { $found }; a network may lose datagrams, so this does not prove a fault of the server
client-reset = client { $client } ended its connection with RST, so the packets do not show how the server closes
capture-snapped = the capture contains only the first bytes of each packet: capture again without a snapshot length (tcpdump -s 0)
capture-has-others = in addition to complete connections, port { $port } appears in packets from { $from } to { $to }: capture one connection from start to end and nothing else on that port
capture-of-one-machine = both ends are { $at }, the same machine: capture between two machines
capture-count-unsure = { $found }; other conversations on this port are incomplete in the capture
capture-shows-part = the capture shows: { $shown }; a capture alone cannot show the rest: run the program with socklab
capture-shows-both = { $first }; { $second }
capture-also = also: { $because }
