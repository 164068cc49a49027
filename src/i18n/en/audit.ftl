# Messages of `socklab audit`: mutations of programs, and what the items of a lab noticed.

audit-unpassed = the lab's own programs do not pass: { $items }. Nothing was mutated; see socklab run
audit-survived = passes every item
audit-uncaught = passes every item: no item notices
audit-errors = could not be run
audit-faults = faults that an item notices: { $caught } of { $faults }
audit-harmed = the program does not survive calls that are cut short or interrupted, as POSIX allows: { $mutants }
audit-items = { $unfailed ->
    [0] each of the { $items } items fails for some fault
    [one] 1 of the { $items } items fails for no fault; add a program that it should fail (--faulty):
   *[other] { $unfailed } of the { $items } items fail for no fault; add programs that they should fail (--faulty):
}

mutation-sends-nothing = send does nothing, and reports that everything was sent
mutation-sends-once = only the first send of a process sends
mutation-loses-last-byte = each send loses its last byte
mutation-changes-byte = each send changes the byte in its middle
mutation-sends-twice = each send is made twice
mutation-loses-received-byte = each recv of more than one byte loses the last one
mutation-ends-after-first-read = the second recv of a connection reports its end
mutation-waits-for-full-buffer = recv returns only once its buffer is full, or the connection ends
mutation-never-closes = connections are neither closed nor shut down
mutation-resets-connections = connections are closed by a reset (RST)
mutation-accepts-nothing = accept never returns
mutation-accepts-once = the second accept never returns
mutation-leaves-connections = every second connection is accepted, and then neither used nor closed
mutation-serves-one-client = the program exits instead of waiting for its second client
mutation-binds-next-port = bind uses the next port
mutation-binds-loopback = bind uses the loopback address
mutation-never-listens = listen does nothing
mutation-swaps-transport = TCP sockets are UDP sockets, and the other way round
mutation-sends-from-other-socket = datagrams are sent from another socket
mutation-sends-to-first-address = datagrams are sent to the first address that any of them was sent to
mutation-connects-to-next-port = connect uses the next port
mutation-swaps-exit-code = the exit code is 1 instead of 0, and 0 instead of any other
mutation-never-exits = the program never exits
mutation-prints-nothing = nothing is printed
mutation-prints-other-byte = the byte in the middle of each output is changed
mutation-reads-no-input = standard input ends at once
mutation-reads-input-once = standard input ends after the first read
mutation-writes-other-byte = the byte in the middle of each write to a file is changed
mutation-writes-nothing = writes to files do nothing
mutation-short-reads = each recv of a connection returns at most 16 bytes
mutation-short-writes = each send over a connection sends at most half of its bytes
mutation-interrupts = every fifth accept, recv and send is interrupted (EINTR)
