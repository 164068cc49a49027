# What `explain` says of causes: what proves them, and what the values in their sentences are.

cli-explain-cause = cause
cli-explain-proof = proved by

# What proves a cause.
proof-delivery = what was delivered: its files were looked through, and its programs started one by one
proof-build = the build, run by itself and without a network, and the first error that it gave
proof-refused = the start of the command, which the kernel refused
proof-start = the kernel's socket table, asked until a process of the server holds a socket; nothing connects to find out
proof-end = the end of the server's process as the kernel tells it, and the last line that it printed
proof-limits = the limit at which the server's processes were stopped
proof-output = what the server printed on either stream, of which the first and the last 16 KiB are kept
proof-clients = what socklab's own clients did and got: each connection, address and byte, and when
proof-table = a snapshot of the kernel's socket table: the state of both ends, and who holds them
proof-packets = every packet, captured (capture.pcapng in the evidence folder opens in Wireshark)
proof-calls = the server's system calls, each held until it was written down
proof-again = one more run of the same server, in which only what is asked differs

# Names of the values in the sentences of causes.
placeholder-address = address
placeholder-again = how many
placeholder-answered = how many
placeholder-asked = calls
placeholder-at = address
placeholder-accepted = how many
placeholder-back = how many
placeholder-backlog = backlog
placeholder-bytes = how many
placeholder-call = call
placeholder-cap = limit
placeholder-client = number
placeholder-client_state = state
placeholder-clients = how many
placeholder-code = number
placeholder-count = how many
placeholder-error = error
placeholder-expected = what should come
placeholder-extra = bytes
placeholder-field = number
placeholder-file = file
placeholder-found = protocol
placeholder-from = address
placeholder-got = what came
placeholder-local = address
placeholder-lost = how many
placeholder-made = calls
placeholder-messages = how many
placeholder-missing = how many
placeholder-ms = how many
placeholder-of = how many
placeholder-payload = number
placeholder-peer = address
placeholder-port = number
placeholder-ports = ports
placeholder-prefix = bytes
placeholder-problem = what the system said
placeholder-program = name
placeholder-protocol = protocol
placeholder-said = line
placeholder-sent = what was sent
placeholder-server_state = state
placeholder-state = state
placeholder-status = how
placeholder-to = address
placeholder-waiting = how many
placeholder-wanted = what is asked for
placeholder-wanted_ports = how many
