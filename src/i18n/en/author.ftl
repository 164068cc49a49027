# Diagnostics for authors of scenarios and labs.
# A message starts in lower case and has no full stop; `expected-…` is printed under the caret.

# Around a diagnostic.
level-error = error
level-help = help
help-nearest = did you mean "{ $word }"?

# Files that cannot be read.
file-missing = there is no file "{ $file }"
file-is-directory = "{ $file }" is a directory, not a file
file-not-regular = "{ $file }" is not a regular file
file-unreadable = the file "{ $file }" cannot be read: { $problem }
problem-not-allowed = permission denied
problem-links-in-a-circle = too many levels of symbolic links
problem-below-a-file = a parent of it is a file, not a directory
problem-name-too-long = its name is too long
problem-other = { $text }
file-too-large = the file "{ $file }" is larger than { $limit } bytes
file-not-text = the file "{ $file }" is not plain text in UTF-8
empty-file = this file is empty
more-documents = a second YAML document starts here (---): a file contains only one
yaml-syntax = this is not valid YAML: { $problem }
syntax-list-open = the list that starts in line { $line } is missing a comma or its ]
syntax-map-open = the map that starts in line { $line } is missing a comma or its {"}"}
syntax-quotes-open = the quotation mark opened in line { $line } is never closed
syntax-tab = tabs are not allowed here: indent with spaces
syntax-character = a plain text cannot start with this character: put it in quotation marks
syntax-no-key-here = a key is not possible here: align it with the keys above, and put a text that contains ": " in quotation marks
syntax-no-colon = a key before this is missing its colon (key: value)
syntax-indentation = the indentation does not match the lines above: entries of one list or map start in the same column
syntax-dash = a list cannot start in the middle of a line: put each - on its own line
syntax-no-value = a value is missing here
syntax-name = a name is missing after & or *: put a text that starts with one of them in quotation marks
syntax-rest-of-line = only a comment may follow | or > on the same line
syntax-alias = this *name has no &name before it: put a text that starts with * in quotation marks
syntax-escape = unknown escape sequence: use '…' for a literal \
syntax-other = YAML parser: { $text }
alias-bomb = with its aliases (*name) expanded, this file has more than { $limit } values
too-many-values = this file has more than { $limit } values
nesting-too-deep = lists and maps are nested too deeply here (the limit is 128 levels)

# Structure.
mistake-yaml-tag = YAML tags (!name) are not supported here
mistake-key = a list or a map cannot be a key
mistake-unknown-key = unknown key "{ $found }"
mistake-unknown-word = unknown keyword "{ $found }"
mistake-missing = the key "{ $key }" is missing
mistake-duplicate = the key "{ $key }" is already given above
mistake-value = { $found } is not valid here
mistake-length = { $found ->
    [1] a list of 1 element is not valid here
   *[other] a list of { $found } elements is not valid here
}
mistake-one-key-empty = this map is empty: it needs one keyword
mistake-one-key-more = only one keyword is allowed here; write a separate list element for each
mistake-needs-value = this keyword needs a value
mistake-other = this cannot be read: { $text }

# What was found, inside mistake-value.
found-nothing = an empty value
found-list = a list
found-map = a map (key: value)
found-word = a keyword
found-other = this kind of value
found-text = the text "{ $text }"
found-number = the number { $number }
found-bool = the value { $value }

# What was expected, under the caret.
expected-text = expected a text
expected-number = expected a whole number
expected-number-between = expected a whole number from { $least } to { $most }
expected-decimal = expected a number
expected-bool = expected true or false
expected-list = expected a list
expected-shorter-list = expected a shorter list
expected-map = expected a map (key: value)
expected-nothing = expected nothing here
expected-value = expected a value
expected-word = expected a keyword
expected-one-key = expected one keyword, alone or with a value (keyword: value)
expected-one-of = expected one of { $words }
expected-name = expected a name: at most 64 letters (a-z, A-Z), digits, "-", "_" and ".", starting with a letter or digit
expected-duration = expected a duration with its unit, for example 500ms or 2s, at most 10 minutes
expected-percent = expected a percentage from 0% to 100%, for example 20%
expected-packet-range = expected packet numbers from 1, for example 3, 5..7 or 5..
expected-command = expected a command: a string that is split like in a shell, or a list of words
expected-role-or-command = expected the name of a role, or a command as a list of words
expected-status = expected a status code, a list of codes, or a class such as 2xx
expected-file-content = expected the name of a file, or its contents as a map
expected-other = expected { $text }

# Whole scenarios.
mistake-no-steps = a scenario needs at least one step
mistake-no-items = a scenario needs at least one item
mistake-no-expectations = an item without expectations would always pass: add at least one
mistake-expect-without-server = the short form with "expect" also needs "server"
mistake-items-and-expect = the short form ("server", "expect") defines one item and does not allow "items": use one form or the other

# Items.
mistake-item-twice = the item "{ $item }" is defined twice
mistake-needs-itself = the item "{ $item }" needs itself
mistake-unknown-item = unknown item "{ $item }"
mistake-needs-circle = the items "{ $item }" and "{ $need }" depend on each other

# Steps and expectations.
mistake-unknown-role = unknown role "{ $name }"
mistake-no-server = no server has been started at this point: add a "start" step before it
mistake-unknown-server = there is no server { $server } at this point; started so far: { $servers }
mistake-no-clients = at least one client is needed here
mistake-too-many-clients = { $clients } clients in total exceed the limit of { $most } (limits.clients)
mistake-nobody-connects = no client has connected at this point: add a "connect" step before it
mistake-no-listener = no socket listens at this point: add a "listen" step before it
mistake-unknown-listener = there is no listening socket { $listener } at this point; opened so far: { $listeners }
mistake-none-accepted = no connection has been accepted at this point: add an "accept" step before it
mistake-accepted-connection = connection { $client } was opened by a program and accepted: it is no client, and has no answer; use "bytes", "until" or "end" to receive, and "received" to judge
mistake-not-collected = no step collects the file "{ $name }": add a "collect" step
mistake-no-stream = connection { $client } is over UDP: datagrams have no end that a program could close
mistake-not-accepted = client { $client } is one of the "connect" step: "received" judges connections of "accept" steps
mistake-environment-name = the name of an environment variable must not be empty and contains no "="
mistake-unknown-client = there is no client { $client } at this point; connected so far: { $clients } (counted from 1)
mistake-more-than-connect = { $wanted } connections are expected, but only { $clients } clients connect
mistake-nothing-sent = an answer is expected, but nothing is sent: add a "send" or "exchange" step
mistake-exit-not-awaited = no step waits for the server to exit: add "wait: exit" or "stop" before
mistake-snapshot-twice = the snapshot name "{ $name }" is already used: choose another name
mistake-unknown-snapshot = no step takes a snapshot "{ $name }"
mistake-one-of = specify exactly one of: { $words }
mistake-any-of = specify at least one of: { $words }
mistake-between = this number must be from { $least } to { $most }
mistake-close-quiet = a client can close only after an answer, its end, a number of bytes or a text, not after a quiet time
mistake-line-in-header = a line of the head of a request cannot contain a line ending
mistake-given-path = "{ $path }" is not a path inside the working directory: write a relative path of at most 200 bytes, without ".."
mistake-unknown-given-file = no program is given the file "{ $name }"
mistake-empty-text = this text must not be empty
mistake-regex = invalid regular expression: { $problem }

# What is wrong with a regular expression, inside mistake-regex.
pattern-unclosed-group = a group "(" is not closed
pattern-unopened-group = a ")" has no matching "("
pattern-unclosed-class = a class "[" is not closed
pattern-unclosed-count = a count of repetitions "{"{"}" is not closed
pattern-nothing-repeated = there is nothing to repeat before "*", "+", "?" or a count
pattern-unknown-escape = unknown escape sequence after a backslash
pattern-escape-at-end = it ends with a backslash
pattern-range-backwards = a range in a class "[…]" goes backwards
pattern-count-backwards = a count of repetitions goes backwards
pattern-no-backreferences = backreferences (\1) are not supported
pattern-no-look-around = look-ahead and look-behind (?=, ?!, ?<=, ?<!) are not supported
pattern-other = { $text }

# Variables.
mistake-unknown-variable = unknown variable "{ $name }"
mistake-variable-given = "{ $name }" is set by socklab and cannot be set here: choose another name
mistake-variable-name = "{ $name }" is not a valid variable name: use at most 32 of a-z, 0-9 and _, starting with a letter

# Payloads.
mistake-hex = this is not hexadecimal: write two digits (0-9, a-f) per byte
mistake-base64 = this is not valid Base64
mistake-payload-too-large = a payload of { $bytes } bytes is too large: at most { $most }

# Labs.
mistake-no-scenarios = a lab needs at least one scenario
mistake-unknown-bundled = there is no bundled program "{ $name }"; available: tcp-simple, udp-simple, tcp-multi, line-chat, http-server and file-server
expected-host = expected a host's name, or a name and its IPv4 address (bob: 10.0.0.7)
mistake-link-without-hosts = a link connects two hosts, but there are none: write "hosts: [alice, bob]"
mistake-two-hosts = a scenario has two hosts or none, not { $hosts }
mistake-same-hosts = the two hosts have the same name or the same address
mistake-which-host = on which host? Write "on: ..." with one of { $hosts }
mistake-unknown-host = unknown host "{ $name }"
mistake-needs-hosts = this is checked on the link between two hosts, but there are none: write "hosts: [alice, bob]"
mistake-queue-without-rate = a queue needs a "rate": without one, no packet waits
mistake-rule-delay = "by" is the time of the action "delay": the two are written together
mistake-rule-format = "where" gives the values of fields of a "format": the two are written together
mistake-path-outside = "{ $path }" is outside the submission

# Formats and their fields.
expected-format = expected a map of fields, a pattern for lines ("line: …"), or json
expected-field-value = expected a number, a text, or bytes ("hex: …")
mistake-no-fields = a format needs at least one field
mistake-field-name = "{ $name }" is not a valid name here: use at most 32 of a-z, 0-9 and _, starting with a letter, and not "rest", "zero" or "all"
mistake-field-type = unknown field type "{ $name }"
mistake-field-size = "{ $name }" is not a size: write a number of bytes from 1 to 65,535, the name of a field before this one, "rest", or (for a text) "zero"
mistake-field-rule = "{ $name }" is neither a value of this field nor a rule
mistake-size-field = the size of a field must be a number that comes before it, and "{ $name }" is not
mistake-counted-field = there is no field "{ $name }" of bytes or text whose length could be counted
mistake-field-constant = the field cannot hold the value { $name }
mistake-checksum-size = the checksum { $name } does not fit into this field: use u16be or u16le for internet16, and u32be or u32le for crc32
mistake-after-rest = after "{ $name }", which takes the rest of the message, only fields of a fixed size can follow
mistake-unknown-format = unknown format "{ $name }"
mistake-format-twice = the format "{ $name }" is already declared in lab.yaml
mistake-unknown-field = the format "{ $format }" has no field "{ $name }"
mistake-field-value = the field "{ $name }" cannot hold this value
mistake-field-range = the value of "{ $name }" must be a number from { $least } to { $most }
mistake-field-missing = the field "{ $name }" needs a value
mistake-fields-without-format = this needs a format: write "format: …" beside it
mistake-line-format-sent = no line follows from the pattern of "{ $name }": send a text
mistake-captured-later = "{ $name }" is used here, but only a later step captures it

# Macros.
mistake-unknown-macro = unknown macro "{ $name }"
mistake-macro-circle = the macro "{ $name }" uses itself
mistake-unknown-parameter = the macro "{ $macro }" has no parameter "{ $name }"
mistake-missing-parameter = the macro "{ $macro }" needs a value for "{ $name }": add it to "with"
