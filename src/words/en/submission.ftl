# Submissions: what was delivered, which programs were found in it, clients, the written report, classes.

# What was delivered.
delivery-empty = there is no file in it
delivery-too-many-files = it has more than { $limit } files and folders
delivery-too-large = its files have more than { $limit } MiB in all
delivery-no-archive = "{ $file }" is neither a folder nor an archive (zip, tar, tar.gz)
delivery-other-archive = { $kind } archives cannot be unpacked here: deliver a .zip or .tar.gz
delivery-damaged = the archive is damaged: { $problem }
delivery-long-headers = the archive says more than { $limit } MiB of its files beside their contents: pack it again with zip or tar
delivery-trouble = it could not be read: { $problem }
delivery-inner-archive = "{ $file }" was unpacked: there was nothing else to run
delivery-bad-name = left out: "{ $file }" leads out of the delivery, or lies too deep
delivery-name-twice = left out: "{ $file }" is there twice
delivery-link = left out: "{ $file }" is a link
delivery-special = left out: "{ $file }" is neither a file nor a folder
delivery-unreadable = left out: "{ $file }" cannot be read
delivery-more-left-out = left out besides: { $count }
sources-not-read = { $count ->
    [1] 1 source file was not looked at for programs
   *[other] { $count } source files were not looked at for programs
}, such as "{ $file }": at most { $files } files and { $limit } MiB of text are read (socklab.yaml names the programs directly)
programs-not-started = { $count ->
    [1] 1 more program was not started
   *[other] { $count } more programs were not started
}, such as "{ $file }": at most { $most } are (socklab.yaml names the programs directly)
note-builds-time = not every program was built: all builds of a submission together have { $limit } s (--build-timeout), and after two that never end no other one is begun
note-looks-time = not everything was tried: to find out what the programs are, to try clients and to tell causes of failures there are { $limit } s (--observe-timeout)
time-used-up = it was not run: the time for grading this submission once more was used up
not-started-again = it was not run: in { $times } scenarios "{ $program }" never had a socket that waits
manifest-wrong = socklab.yaml, line { $line }: { $mistake }
manifest-wrong-somewhere = socklab.yaml cannot be read
not-handed-in = nothing was handed in
not-delivered = not delivered: no program of it was found for this part
not-kept = no evidence of it is kept

# Programs that were found.
found-listens = listens on { $protocol } { $address }, { $what }
found-answers-echo = answers with the same bytes
found-answers-uppercase = answers in upper case
found-answers-otherwise = gives another answer or none
found-connects = connects to { $address }
found-no-socket = opens no socket that waits
found-not-started = was not started: what it does is not known
chosen-declared = socklab.yaml says so
chosen-by-name = by its name and text: started alone it did not answer
chosen-by-name-alone = by its name and text alone: it was not started to find out what it is
note-typed = "{ $file }" asks on its standard input before it serves: "{ $typed }" was typed (stdin: in socklab.yaml says what to type)
tool-missing = "{ $file }" needs { $tool }, which is not on this machine (or does not work here)
does-not-build = "{ $file }" does not build
does-not-build-said = "{ $file }" does not build: { $error }
does-not-build-fetch = "{ $file }" cannot be built here: its build wants something that this machine does not have, and there is no network to fetch it from: { $said }
does-not-build-cap = building "{ $file }" was stopped: it { $cap ->
    [processes] started too many processes or threads
    [memory] used too much memory
    [file-size] wrote too large a file
    [disk] wrote so much that there was no room left
    [cpu] used too much processor time
   *[other] went over a limit: { $cap }
}
does-not-build-time = building "{ $file }" was stopped: it was not over after { $limit } s
not-built-in-time = "{ $file }" was not built: the { $limit } s for all builds of a submission were used up, or two builds before it never ended (--build-timeout gives them more time)
hint-build = build it by hand with the same command, and mend the first error first
hint-build-cap = look for a build step that starts itself again or never stops

# One more try.
waits-for-newline = it answers only after a newline: the same text with "\n" at its end is answered
hint-waits-for-newline = read what recv (read) gives, not a line: the lab's clients send no newline (readLine, gets and input wait for one)
answers-too-late = it answers, but later than the lab allows
hint-answers-too-late = answer at once: take out every sleep, and do nothing long between recv and send
answers-fixed-text = whatever is sent, it answers "{ $got }"
hint-answers-fixed-text = send back what recv (read) gave, in upper case where the lab asks for that, and no text of your own
note-abrupt-client = a client that ends abruptly (RST, as one that is killed) ends the server too: catch the error of recv and send (ConnectionResetError, IOException) around one client, and go on with the next
note-abrupt-client-said = a client that ends abruptly (RST, as one that is killed) ends the server too, with "{ $said }": catch the error of recv and send around one client, and go on with the next

# Clients.
client-right = client "{ $file }": connects to { $address }, sends, prints what came back
client-never-connects = client "{ $file }": connects to nobody; it last printed "{ $said }"
client-other-port = client "{ $file }": connects to { $address }, and the lab's server is on port { $port }
client-other-address = client "{ $file }": connects to { $address }, an address of another machine
client-sends-nothing = client "{ $file }": connects to { $address } and sends nothing
client-prints-nothing = client "{ $file }": does not print what came back from { $address }
client-gets-nothing = client "{ $file }": sends to { $address }, and nothing comes back
client-address-given = client "{ $file }": for the run { $address }, which it has in its text, was the server's address
client-right-with-own = client "{ $file }": with the delivery's own server it does all that it should
client-wrong-with-own = client "{ $file }": with the delivery's own server it does not
client-ends-with-error = client "{ $file }": the exchange with { $address } is right, then it ends with an error: { $said }
client-tool-missing = client "{ $file }": needs { $tool }, which is not on this machine
client-does-not-build = client "{ $file }": does not build

# The written report.
written-missing = the report "{ $file }" that socklab.yaml names is not there
written-other-format = the report is "{ $file }": only Markdown and plain text are read
written-bad-code = the report has a { $language } block that is none ("{ $first }"): { $problem }
picture-elsewhere = picture "{ $file }" is elsewhere on the network: not looked at
picture-missing = picture "{ $file }" is not in the delivery
picture-other-name = picture "{ $file }" is not in the delivery; "{ $near }" is
picture-is-none = "{ $file }" is no picture
picture-twice = picture "{ $file }" stands in the report twice
picture-of-the-course = picture "{ $file }" is the course's own, not yours
written-more-pictures = of the pictures in the report { $count } were not looked at: { $limit } at most are
report-documented = { $answered ->
    [yes] report: yes
   *[no] report: no
}{ $n ->
    [0] { "" }
    [1] , 1 picture
   *[other] , { $n } pictures
}
report-label-report = report
report-program-server = { $role } ← { $program }: { $because }
report-program-client = { $role } client ← { $program }: { $because }
report-program-other = not used: { $program }: { $because }
report-nothing-run = nothing was run: { $reason }

# The command line.
cli-no-delivery = there is no folder or archive "{ $path }"
cli-delivery = "{ $path }": { $reason }
cli-no-submissions = there are no submissions in "{ $path }": each is a folder or an archive
cli-submission-twice = two submissions are called "{ $name }"
cli-store-busy = another run uses the store "{ $store }": wait until it is over, or name another one with --store
cli-store-not-ours = "{ $store }" is no store of this version of socklab
cli-store-other-lab = the store "{ $store }" holds results of the lab "{ $lab }": name another one with --store
cli-store-missing = there is no store "{ $store }"
cli-graded = { $id }: { $earned }/{ $of } ({ $what })
cli-graded-now = graded
cli-graded-before = unchanged
cli-grading-done = { $n ->
    [1] 1 submission
   *[other] { $n } submissions
} in "{ $store }", of which { $kept } { $kept ->
    [1] was
   *[other] were
} unchanged
cli-regraded = { $n ->
    [1] 1 submission
   *[other] { $n } submissions
} judged again, { $changed } changed
cli-init-exists = { $file } exists already: --force replaces it
cli-init-nothing = no server was found in "{ $path }"
cli-init-written = { $file } written
cli-fill-format = "{ $file }" is not a { $kind } that can be filled in: { $problem }
cli-fill-no-row = "{ $file }" has no row for { $n ->
    [1] this submission
   *[other] these { $n } submissions
} of the store: { $names } (--skip-unknown leaves { $n ->
    [1] it
   *[other] them
} out)
cli-fill-several-rows = several rows of "{ $file }" fit the submission "{ $name }"
cli-fill-same-row = the submissions "{ $one }" and "{ $other }" fit the same row of "{ $file }"
cli-fill-no-number = "{ $file }" cannot be filled in: its maximum grade is "{ $value }", and points can be scaled only to a number
cli-fill-ambiguous-maximum = "{ $file }" cannot be filled in: its maximum grade "{ $value }" means different numbers in different countries; write it with two decimals
cli-fill-zero-maximum = "{ $file }" cannot be filled in: its maximum grade is { $value }
cli-fill-scaled = grades are scaled: { $of } points of the lab are { $maximum } in "{ $file }"
cli-fill-skipped = left out, because "{ $file }" has no row for { $n ->
    [1] it
   *[other] them
}: { $names }
cli-fill-kept = not filled in, because "{ $file }" has EX or N/A there: { $names }
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
fill-several-columns = more than one column fits "{ $column }": { $columns }
fill-no-possible-row = it has no row "Points Possible"
cli-one-submission = the format { $format } is for one submission: name it with --only
cli-roster = "{ $file }" is no list of submissions: { $problem }
cli-download-among-others = "{ $file }" looks like the download of a class, and is taken for one submission because the archives beside it are none: name it alone if it is a download
roster-nobody = nobody is on it
roster-not-utf8 = it is not encoded as UTF-8
roster-unreadable = { $problem }
