# Packets by name: the sequence diagram and the comments of capture files.
timeline-client = client { $client }
timeline-role = { $role }
timeline-server = server { $server }
timeline-a-client = client
timeline-a-server = server
timeline-step = step { $number }: { $step }
timeline-lost = lost on the link
timeline-lost-again = retransmission, lost on the link
timeline-reordered = delayed by the link
timeline-duplicated = duplicated by the link
timeline-corrupted = corrupted by the link: the checksum is bad
timeline-altered = one byte changed by the link, checksum good
timeline-truncated = truncated by the link
timeline-retransmission = retransmission
timeline-out-of-order = out of order
timeline-ahead = after a gap
timeline-keep-alive = keep-alive
timeline-zero-window = zero window
timeline-more-clients = and { $clients ->
    [1] 1 client
   *[other] { $clients } clients
} more, whose packets ({ $packets }) are not drawn
timeline-more-rows = and { $count ->
    [1] 1 line
   *[other] { $count } lines
} more
timeline-comment-of-client = { $client }: { $what }
timeline-comment-of-server = { $server } to { $client }: { $what }
timeline-comment-special = { $comment } [{ $special }]
timeline-comment-step = { $comment } ({ $step })
timeline-legend-packet = packet
timeline-legend-again = retransmitted or out of order
timeline-legend-lost = lost
timeline-legend-refused = reset or refused
timeline-legend-call = system call
timeline-no-packets = { $scenario }: no packets were captured, so there is no diagram
