# Submissions: their files and programs, clients, the written report, classes.

# Import.
delivery-empty = it contains no files
delivery-too-many-files = it contains more than { $limit } files and directories
delivery-too-large = its files exceed { $limit } MiB in total
delivery-no-archive = "{ $file }" is neither a directory nor an archive (zip, tar, tar.gz)
delivery-other-archive = { $kind } archives are not supported: submit a .zip or .tar.gz
delivery-damaged = the archive is damaged: { $problem }
delivery-long-headers = the archive contains more than { $limit } MiB of headers in addition to its files: pack it again with zip or tar
delivery-trouble = it could not be read: { $problem }
delivery-inner-archive = "{ $file }" was unpacked: there was nothing else to run
delivery-bad-name = skipped: "{ $file }" is outside the submission or nested too deeply
delivery-name-twice = skipped: "{ $file }" appears twice
delivery-link = skipped: "{ $file }" is a symbolic link
delivery-special = skipped: "{ $file }" is neither a file nor a directory
delivery-unreadable = skipped: "{ $file }" cannot be read
delivery-more-left-out = { $count } more skipped
venv-used = the modules of the virtual environment "{ $folder }" were used
requirements-not-installed = "{ $file }" lists what the programs need, and not all of it is installed here: { $kind ->
    [node] run npm install, and submit node_modules too
   *[python] make a virtual environment in the submission (python3 -m venv .venv), and install into it (.venv/bin/pip install -r requirements.txt)
}
sources-not-read = { $count ->
    [1] the source file "{ $file }" was not searched for programs
   *[other] { $count } source files, such as "{ $file }", were not searched for programs
}: at most { $files } files and { $limit } MiB of text are read; name the programs in socklab.yaml
programs-not-started = { $count ->
    [1] the program "{ $file }" was not started
   *[other] { $count } programs, such as "{ $file }", were not started
}: at most { $most } are; name the programs in socklab.yaml
note-builds-time = not every program was built: all builds of a submission may take { $limit } s in total (--build-timeout), and after two that do not finish no other build is started
note-looks-time = not everything was tested: detecting programs, testing clients and explaining failures may take { $limit } s in total (--observe-timeout)
time-used-up = not run: no time was left to run this submission again
not-started-again = not run: "{ $program }" did not open its port in { $times } other scenarios
manifest-wrong = socklab.yaml, line { $line }: { $mistake }
manifest-wrong-somewhere = socklab.yaml cannot be read
not-handed-in = not submitted
not-delivered = not submitted: no program in the submission fills this role
not-kept = no evidence was kept

# Files that were not used.
unused-utf-16 = "{ $file }" is saved as UTF-16, which its compiler or interpreter does not read: save it as UTF-8
unused-empty = "{ $file }" is empty
unused-system = "{ $file }" is { $kind ->
    [windows] a Windows
    [mac] a macOS
   *[other] an Android
} program and was not used: submit its source file
unused-compiled = "{ $file }" is a compiled program and was not used: submit its source file, or declare the command that runs it in socklab.yaml
unused-notebook = "{ $file }" is a notebook and was not used: submit its programs as .py files
unused-other-archive = "{ $file }" was not unpacked: { $kind ->
    [rar] RAR archives are
    [seven-zip] 7z archives are
   *[other] archives of this kind are
} not supported; submit a .zip or .tar.gz
unused-inner-archive = "{ $file }" is an archive inside the submission and was not unpacked: submit the files in it
unused-shortcut = "{ $file }" is only a shortcut to a file: submit the file itself
unused-extension = "{ $file }" looks like a program but was not used, because its extension does not belong to a known language: rename it (for example to .py), or declare the command that runs it in socklab.yaml
unused-document = "{ $file }" is { $kind ->
    [picture] an image
   *[other] a document
} and contains no program that can run: submit the programs as source files (.py, .java, .c)
unused-report = "{ $file }" is a document that was not read as the report: Markdown (README.md), plain text, Word (.docx) and PDF are supported
unused-more = { $count ->
    [1] 1 more file that was not used
   *[other] { $count } more files that were not used
}

# Detected programs.
found-listens = listens on { $protocol } { $address }, { $what }
found-answers-http = answers HTTP requests
found-answers-echo = answers with the same bytes
found-answers-uppercase = answers in upper case
found-answers-echo-and-more = answers with the same text and more in it
found-answers-uppercase-and-more = answers in upper case and with more in it
found-answers-nothing = no answer came back
found-greets = sends a text first, then { $what }
found-answers-otherwise = answers with something else
found-connects = connects to { $address }
found-looks-up = looks up a name that does not exist here
found-no-socket = opens no listening socket
found-needs-tool = needs { $tool }, which is not installed here (or does not work)
found-does-not-build = does not build
found-does-not-build-said = does not build: { $error }
found-needs-download = cannot be built here without a network: { $said }
found-exits = exits when it is started, and prints nothing
found-exits-said = exits when it is started; last output: "{ $said }"
found-without-sockets = contains no socket calls
found-fits-less = { $what }; it fits no role, or less well than another program
found-not-started = was not started, so its behavior is unknown
chosen-declared = declared in socklab.yaml
chosen-by-name = chosen by file name and source; it did not answer when started on its own
chosen-connects = chosen by source and file name: it connects to a server
chosen-by-name-alone = chosen by file name and source only; it was not started
chosen-by-name-of = chosen by file name and source; it { $reason }
note-typed = "{ $file }" reads standard input before it serves: "{ $typed }" was typed (set stdin: in socklab.yaml to change it)
tool-missing = "{ $file }" needs { $tool }, which is not installed here (or does not work)
does-not-build = "{ $file }" does not build
does-not-build-said = "{ $file }" does not build: { $error }
does-not-build-fetch = "{ $file }" cannot be built here: the build needs something that this machine does not have, and there is no network to download it: { $said }
does-not-build-fault = "{ $file }" does not build: { $fault ->
    [windows-headers] it is written for Windows
    [windows] it is written for Windows
    [byte-order-mark] it contains a byte order mark (BOM)
    [utf-16] it is saved as UTF-16
    [encoding] it is not saved as UTF-8
    [python-2] it is written for Python 2, and Python 3 runs it
    [tabs] its indentation mixes tabs and spaces
   *[line-endings] a file of it has Windows line endings (CRLF)
}: { $error }
does-not-build-other-system = "{ $file }" was not tried: { $fault ->
    [windows-headers] it is written for Windows, and programs run on Linux here; what helps: the headers of Linux (sys/socket.h, netinet/in.h, unistd.h) instead of winsock2.h and windows.h, no WSAStartup, and close instead of closesocket
   *[windows] it is written for Windows, and programs run on Linux here; what helps: replace what exists only on Windows
}: { $error }
does-not-build-cap = building "{ $file }" was stopped: it { $cap ->
    [processes] started too many processes or threads
    [memory] used too much memory
    [file-size] wrote a file that was too large
    [disk] used up the disk space it was given
    [cpu] used too much CPU time
   *[other] exceeded a limit: { $cap }
}
does-not-build-time = building "{ $file }" was stopped: it did not finish within { $limit } s
not-built-in-time = "{ $file }" was not built: the { $limit } s for all builds of a submission were used up, or two builds before it did not finish (use --build-timeout for more time)
hint-build = build it with the same command in a terminal, and fix the first error
hint-build-cap = look for a build step that starts itself again or never ends

# Probes after a failure.
waits-for-newline = the server answers only after a newline: the same text ending in "\n" is answered
hint-waits-for-newline = use what recv (read) returns, not a line: the lab's clients send no newline (readLine, gets and input wait for one)
    .c = use what recv or read returns, not a line: the lab's clients send no newline, and fgets, getline and a loop up to '\n' wait for one
    .csharp = use what stream.Read(buffer, 0, buffer.Length) returns, not a line: the lab's clients send no newline, and ReadLine waits for one
    .go = use what conn.Read(buffer) returns, not a line: the lab's clients send no newline, and ReadString('\n'), ReadLine and bufio.Scanner wait for one
    .java = use what in.read(buffer) returns, not a line: the lab's clients send no newline, and readLine() and Scanner.nextLine() wait for one
    .lua = receive() and receive("*l") wait for a newline, which the lab's clients do not send: after settimeout(0) and socket.select, use the third result of receive (partial)
    .node = use the event 'data' of the socket, not a line: the lab's clients send no newline, and readline ('line'), split('\n') or indexOf('\n') waits for one
    .perl = use what sysread or recv reads, not a line: the lab's clients send no newline, and <$client> and readline wait for one
    .php = use what socket_read($client, 1024) or fread($client, 1024) returns, not a line: the lab's clients send no newline, and fgets and PHP_NORMAL_READ wait for one
    .python = use what conn.recv(1024) returns (asyncio: reader.read(1024)), not a line: the lab's clients send no newline, and readline() and for line in f wait for one
    .ruby = use what client.readpartial(1024) returns, not a line: the lab's clients send no newline, and gets and each_line wait for one
waits-for-ending = the server answers only after "{ $ending }": the same text with "{ $ending }" at the end is answered
hint-waits-for-ending = use what recv (read) returns: the lab's clients send no character that marks the end of a message
waits-for-length = the server answers only a text with its length in front: it takes the first bytes of each message for a length
answers-too-late = the server answers, but later than the lab allows
hint-answers-too-late = answer immediately: remove every sleep, and do nothing slow between recv and send
answers-fixed-text = the server always answers "{ $got }", whatever is sent
hint-answers-fixed-text = send back what recv (read) returned, in upper case if the lab asks for it, not a text of your own
    .c = send back the n bytes that recv or recvfrom stored in the buffer, after toupper if the lab asks for it, not a text of your own
    .go = send back what Read or ReadFrom stored, buffer[:n], with bytes.ToUpper if the lab asks for it, not a text of your own
    .java = send back what read or receive stored in the buffer, with toUpperCase() if the lab asks for it, not a text of your own
    .node = send back the data of the event 'data' (UDP: 'message'), with data.toString().toUpperCase() if the lab asks for it, not a text of your own
    .python = send back what recv or recvfrom returned, with data.upper() if the lab asks for it, not a text of your own
note-reset-client = a client that resets its connection (RST, for example when killed) also ends the server ({ $how }): { $advice }
note-unread-client = a client that sends and closes without reading the answer also ends the server ({ $how }): { $advice }
note-pausing-client = a client that connects and sends only after a pause also ends the server ({ $how }): { $advice }
note-pausing-client-unanswered = a client that connects and sends only after a pause is not answered, although others are: { $advice }
note-idle-server = the server ends after a second without a client ({ $how }): { $advice }
abrupt-printed = last output: "{ $said }"
abrupt-nothing = no output
abrupt-advice-c = call signal(SIGPIPE, SIG_IGN) or send with MSG_NOSIGNAL, check the results of recv and send, and continue with the next client
abrupt-advice-python = catch ConnectionError around recv and send of each client, close its socket, and continue with the next client
abrupt-advice-java = catch IOException for each client, close its socket, and continue with the next client
abrupt-advice-node = handle the event 'error' of each socket
abrupt-advice-other = handle the errors of recv and send for each client, and continue with the next client
pause-advice-c = set no time limit (SO_RCVTIMEO) and no O_NONBLOCK, or call accept and recv again after EAGAIN
pause-advice-python = remove settimeout and setblocking(False), or catch TimeoutError and BlockingIOError and call accept or recv again
pause-advice-java = remove setSoTimeout, and read without asking ready() or available() first: read waits for the data
pause-advice-other = let accept and recv wait without a time limit, or call them again after it
# The smallest exchange that fails.
note-fails-with-one = it fails already when one client sends "{ $data }" (repeat: { $command })
note-fails-with-bytes = it fails already when one client sends { $bytes } bytes, "{ $data }" (repeat: { $command })
note-fails-with-same = it fails already when one client sends "{ $data }" { $times ->
    [2] twice
   *[other] { $times } times
} (repeat: { $command })
note-fails-with-several = it fails already when one client sends { $messages } messages (repeat: { $command })
note-fails-in-turn = it fails already when { $clients } clients, one after the other, send "{ $data }" each (repeat: { $command })
note-fails-together = it fails already when { $clients } clients at the same time send a short text each (repeat: { $command })

# Clients.
client-right = client "{ $file }": connects to { $address }, sends, and prints the answer
client-never-connects = client "{ $file }": does not connect; last output: "{ $said }"
client-other-port = client "{ $file }": connects to { $address }, but the lab's server is on port { $port }
client-looks-up = client "{ $file }": looks up the name "{ $name }", which does not exist here: let it connect to an address, such as 127.0.0.1
client-looks-up-something = client "{ $file }": looks up a name that does not exist here: let it connect to an address, such as 127.0.0.1
client-other-address = client "{ $file }": connects to { $address }, an address of another machine
client-sends-nothing = client "{ $file }": connects to { $address } and sends nothing
client-prints-nothing = client "{ $file }": does not print the answer from { $address }
client-gets-nothing = client "{ $file }": sends to { $address } and receives nothing
client-address-given = client "{ $file }": its source contains { $address }, so the server was given that address for this run
client-right-with-own = client "{ $file }": works with the submission's own server
client-wrong-with-own = client "{ $file }": does not work with the submission's own server
client-ends-with-error = client "{ $file }": the exchange with { $address } is correct, but it then fails with an error: { $said }
client-tool-missing = client "{ $file }": needs { $tool }, which is not installed here
client-does-not-build = client "{ $file }": does not build

# The written report.
written-missing = the report "{ $file }" named in socklab.yaml does not exist
written-other-format = the report is "{ $file }": only Markdown, plain text, Word (.docx) and PDF are supported
written-unreadable = the document "{ $file }" cannot be read: it is damaged, encrypted or too large
written-bad-code = the report has an invalid { $language } block ("{ $first }"): { $problem }
picture-elsewhere = image "{ $file }" is on the network: not checked
picture-missing = image "{ $file }" is not in the submission
picture-other-name = image "{ $file }" is not in the submission; "{ $near }" is
picture-is-none = "{ $file }" is not an image
picture-twice = image "{ $file }" is used twice in the report
picture-of-the-course = image "{ $file }" was supplied by the course, it is not yours
written-more-pictures = images in the report that were not checked: { $count } (at most { $limit } are)
written-pictures-beside-no-item = { $count ->
    [1] 1 image of the report belongs to no item: { $files }
   *[other] { $count } images of the report belong to no item: { $files }
}
report-label-mark = by hand
report-mark = { $points } { $n ->
    [1] point
   *[other] points
}{ $has-comment ->
    [yes] : { $comment }
   *[no] { "" }
}
report-documented = { $answered ->
    [yes] written answer: found
   *[no] written answer: none
}{ $n ->
    [0] { "" }
    [1] , 1 image
   *[other] , { $n } images
}
report-label-report = report
report-program-server = { $role } ← { $program }: { $because }
report-program-client = { $role } client ← { $program }: { $because }
report-program-other = not used: { $program }: { $because }
report-nothing-run = nothing was run: { $reason }

# The command line.
cli-no-delivery = there is no directory or archive "{ $path }"
cli-delivery = "{ $path }": { $reason }
cli-no-submissions = there are no submissions in "{ $path }": each is a directory or an archive
cli-submission-twice = two submissions have the name "{ $name }"
cli-store-busy = another run is using the store "{ $store }": wait until it finishes, or choose another one with --store
cli-store-not-ours = "{ $store }" is not a store of this version of socklab
cli-store-other-lab = the store "{ $store }" contains results of the lab "{ $lab }": choose another one with --store
cli-store-missing = there is no store "{ $store }"
cli-store-whole-class = the store "{ $store }" contains a whole class, not a shard: choose another one with --store
cli-store-other-shard = the store "{ $store }" contains the shard { $shard } of a class: choose another one with --store
cli-store-other-seed = the results in the store "{ $store }" have the seed { $seed }: leave out --seed, or choose another store with --store
cli-shard-value = "{ $value }" is not a shard: write I/N with I from 1 to N, as in 3/64, or auto
cli-shard-none = --shard auto: no variable of an array job is set ({ $known }); write --shard I/N instead
cli-shard-missing = --shard auto: { $index } is set, but { $missing } is missing; write --shard I/N instead
cli-shard-number = --shard auto: { $name } is "{ $value }", which is not a number
cli-shard-range = --shard auto: { $name } is { $value }, but { $total } tasks are numbered from { $first } (at most { $limit } shards)
cli-shard-gaps = --shard auto: { $index } is one of { $count } numbers between { $first } and { $last } at unequal distances; submit the array as 1-N, or write --shard I/N instead
cli-shard-conflict = --shard auto: { $first } means the shard { $one }, but { $second } means { $other }; write --shard I/N instead
cli-merge-no-part = "{ $store }" contains a whole class, not a shard
cli-merge-in-use = "{ $store }" is not complete: its shard is being graded, or was killed; grade the shard again with the same command
cli-merge-damaged = "{ $store }" cannot be read ({ $problem }): copy it again, or grade its shard again
cli-merge-unfinished = "{ $store }" is not complete: { $n ->
    [1] 1 submission
   *[other] { $n } submissions
} of the shard { $shard } { $n ->
    [1] has
   *[other] have
} no current result ({ $names }); grade the shard again with the same command
cli-merge-other-member = "{ $store }" contains "{ $name }", which is not in the shard { $shard }
cli-merge-foreign = "{ $part }" is not of the same class as "{ $first }": { $what ->
    [shards] the number of shards differs
    [version] the version of socklab differs
    [lab] the lab differs
    [roster] the roster differs
   *[submissions] the list of submissions differs
}; grade its shard again with the same command as the others
cli-merge-seed = "{ $part }" has the seed { $seed }, but "{ $first }" has { $other }: remove one of them, and grade its shard again with --seed and the other one's seed
cli-merge-twice = "{ $part }" and "{ $other }" are both the shard { $shard }
cli-merge-missing = { $n ->
    [1] the shard { $names } of { $count } is missing
   *[other] the shards { $names } of { $count } are missing
}
cli-merge-more = { $n ->
    [1] 1 more problem
   *[other] { $n } more problems
}
cli-merged = { $n ->
    [1] 1 submission
   *[other] { $n } submissions
} from { $parts ->
    [1] 1 part
   *[other] { $parts } parts
} in "{ $store }"{ $kept ->
    [0] {""}
    [1] ; 1 earlier result of another submission was kept
   *[other] ; { $kept } earlier results of other submissions were kept
}
warn = warning: { $text }
warn-plain = the submitted programs run on this machine's own network, without a sandbox: they can reach what you can reach
warn-other-seed = the stored results are of seed { $stored }; with --seed { $asked }, losses on the link differ between submissions
warn-lab-changed = the lab has changed: { $n ->
    [1] 1 submission that was graded before is
   *[other] { $n } submissions that were graded before are
} run again
warn-no-submission = { $n ->
    [1] 1 student on the roster has no submission
   *[other] { $n } students on the roster have no submission
}: { $names }{ $more ->
    [0] { "" }
   *[other] { " " }and { $more } more
}
warn-not-on-roster = { $n ->
    [1] 1 submission is not on the roster
   *[other] { $n } submissions are not on the roster
}: { $names }{ $more ->
    [0] { "" }
   *[other] { " " }and { $more } more
}
warn-tool-missing = { $tool } is not installed here: { $n ->
    [1] 1 submission with { $language } files may not be verified
   *[other] { $n } submissions with { $language } files may not be verified
}: { $names }{ $more ->
    [0] { "" }
   *[other] { " " }and { $more } more
}
cli-graded = { $id }: { $earned }/{ $of } ({ $what })
cli-graded-now = graded
cli-graded-before = unchanged
cli-written = written: { $path }
cli-grading-done = { $n ->
    [1] 1 submission
   *[other] { $n } submissions
} in "{ $store }" ({ $kept } unchanged)
cli-marked = { $student }, { $item }: { $text }
cli-mark-removed = { $student }, { $item }: no points by hand
cli-mark-no-student = the store has no submission "{ $student }"
cli-mark-no-item = the results of { $student } have no item { $item }
cli-mark-incomplete = { $flag } is missing: a mark needs --student, --item, and --points or --remove
cli-mark-too-long = the comment has { $count } characters; at most { $limit } are kept
cli-mark-points = { $points } points are too many: at most { $limit }, or -{ $limit }
cli-mark-line = { $student }  { $item }  { $text }
cli-mark-none = there are no points by hand in this store
cli-regraded = { $n ->
    [1] 1 submission
   *[other] { $n } submissions
} regraded, { $changed } changed
cli-init-exists = { $file } already exists: use --force to replace it
cli-init-nothing = no server was found in "{ $path }"
cli-init-written = wrote { $file }
cli-fill-format = "{ $file }" is not a valid { $kind }: { $problem }
cli-fill-no-row = "{ $file }" has no row for { $n ->
    [1] this submission
   *[other] these { $n } submissions
} in the store: { $names } (use --skip-unknown to leave { $n ->
    [1] it
   *[other] them
} out)
cli-fill-several-rows = several rows of "{ $file }" match the submission "{ $name }"
cli-fill-same-row = the submissions "{ $one }" and "{ $other }" match the same row of "{ $file }"
cli-fill-no-number = "{ $file }" cannot be filled in: points cannot be scaled to its maximum grade "{ $value }", which is not a number
cli-fill-ambiguous-maximum = "{ $file }" cannot be filled in: its maximum grade "{ $value }" means different numbers in different countries; write it with two decimals
cli-fill-zero-maximum = "{ $file }" cannot be filled in: its maximum grade is { $value }
cli-fill-scaled = grades are scaled: { $of } points in the lab are { $maximum } in "{ $file }"
cli-fill-skipped = skipped, because "{ $file }" has no row for { $n ->
    [1] it
   *[other] them
}: { $names }
cli-fill-kept = not filled in, because the grade in "{ $file }" is EX or N/A: { $names }
fill-name = "{ $name }"
fill-names = { $first }, { $rest }
fill-kind-moodle = Moodle worksheet
fill-kind-canvas = Canvas export
fill-empty = it is empty
fill-not-utf8 = it is not encoded as UTF-8
fill-open-quote = a quotation mark in it is never closed
fill-no-column = it has no column for { $column }
fill-column-identifier = the participant's number (Identifier)
fill-column-grade = the grade (Grade)
fill-column-maximum = the maximum grade (Maximum Grade)
fill-column-student = the student (Student)
fill-column-unnamed = --column does not name the assignment's column
fill-several-columns = more than one column matches "{ $column }": { $columns }
fill-no-possible-row = it has no row "Points Possible"
cli-one-submission = the format { $format } supports one submission: choose it with --only
cli-roster = "{ $file }" is not a valid roster: { $problem }
cli-download-among-others = "{ $file }" looks like a class download, but is graded as one submission because the other archives are not downloads: if it is one, give it alone
roster-nobody = it contains no submissions
roster-not-utf8 = it is not encoded as UTF-8
roster-unreadable = { $problem }
