# Mistakes of a scenario's or a lab's author: the sentences of diagnostics.
# A sentence begins in lower case and ends without a full stop; `expected-…` stands under the caret.

# Around a mistake.
level-error = error
level-help = help
help-nearest = did you mean "{ $word }"?

# Files that cannot be read.
file-missing = there is no file "{ $file }"
file-is-directory = "{ $file }" is a folder, not a file
file-not-regular = "{ $file }" is not a regular file
file-unreadable = the file "{ $file }" cannot be read: { $problem }
problem-not-allowed = you may not read it
problem-links-in-a-circle = its symbolic links lead in a circle
problem-below-a-file = what should be a folder on the way to it is a file
problem-name-too-long = its name is too long
problem-other = the system says "{ $text }"
file-too-large = the file "{ $file }" is larger than { $limit } bytes
file-not-text = the file "{ $file }" is not plain text in UTF-8
empty-file = there is nothing in this file
more-documents = a second YAML document begins here (---): one file holds one
yaml-syntax = this is not valid YAML: { $problem }
syntax-list-open = the list that begins in line { $line } lacks a comma, or its ]
syntax-map-open = the map that begins in line { $line } lacks a comma, or its {"}"}
syntax-quotes-open = the quotation marks that are opened in line { $line } are not closed
syntax-tab = a tab stands where only spaces may: indent with spaces
syntax-character = no text begins with this character unless it stands in quotation marks
syntax-no-key-here = no key fits here: it begins in the column of its neighbours, and a text with ": " in it stands in quotation marks
syntax-no-colon = a key before this has no colon (key: value)
syntax-indentation = this does not fit what stands above it: what belongs together begins in the same column
syntax-dash = no list begins in the middle of a line: give each - a line of its own
syntax-no-value = a value is missing here
syntax-name = a name is missing after & or *: a text that begins with one stands in quotation marks
syntax-rest-of-line = nothing but a comment may follow in the line of | or >
syntax-alias = no &name was given before this *name: a text that begins with * stands in quotation marks
syntax-escape = this \ begins nothing that is known: in '…' it stands for itself
syntax-other = the parser says "{ $text }"
alias-bomb = with its aliases (*name) written out, this file has more than { $limit } values
too-many-values = this file has more than { $limit } values
nesting-too-deep = lists and maps are nested too deep here (128 levels at most)

# The shape of what is written.
mistake-yaml-tag = YAML tags (!name) have no meaning here
mistake-key = a list or a map cannot be a key
mistake-unknown-key = there is no key "{ $found }" here
mistake-unknown-word = the word "{ $found }" is not known here
mistake-missing = the key "{ $key }" is missing
mistake-duplicate = the key "{ $key }" is already given above
mistake-value = { $found } does not fit here
mistake-length = { $found ->
    [1] a list of 1 element does not fit here
   *[other] a list of { $found } elements does not fit here
}
mistake-one-key-empty = this map is empty: one word is needed in it
mistake-one-key-more = only one word may stand here; write another list element for each
mistake-needs-value = this word cannot stand alone: it needs a value after it
mistake-other = this cannot be read: { $text }

# What was found, inside mistake-value.
found-nothing = an empty value
found-list = a list
found-map = a map (key: value)
found-word = a word
found-other = this kind of value
found-text = the text "{ $text }"
found-number = the number { $number }
found-bool = the value { $value }

# What would have been right, under the caret.
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
expected-word = expected a word
expected-one-key = expected one word, alone or with a value (word: value)
expected-one-of = expected one of { $words }
expected-name = expected a name: at most 64 letters (a-z, A-Z), digits, "-", "_" and ".", beginning with a letter or digit
expected-duration = expected a time with its unit, as 500ms or 2s, at most 10 minutes
expected-percent = expected a percentage from 0% to 100%, as 20%
expected-command = expected a command: a text as a shell splits it, or a list of words
expected-role-or-command = expected the name of a role, or a command as a list of words
expected-other = expected { $text }

# Whole scenarios.
mistake-no-steps = there are no steps: a scenario needs at least one
mistake-no-items = there are no items: a scenario needs at least one
mistake-no-expectations = nothing is expected: without an expectation the item would always pass
mistake-expect-without-server = the short form with "expect" needs a "server" as well
mistake-items-and-expect = the short form ("server", "expect") has one item and no "items": use one form or the other

# Items.
mistake-item-twice = the item "{ $item }" is already given
mistake-needs-itself = the item "{ $item }" needs itself
mistake-unknown-item = the lab has no item "{ $item }"
mistake-needs-circle = the items "{ $item }" and "{ $need }" need each other

# Steps and expectations.
mistake-unknown-role = the lab has no role "{ $name }"
mistake-no-server = no server is started before this: write a "start" step first
mistake-unknown-server = there is no server { $server }; started before this: { $servers }
mistake-no-clients = at least one client is needed here
mistake-too-many-clients = { $clients } clients in all are too many: the scenario may have { $most } (limits.clients)
mistake-nobody-connects = no client connects before this: write a "connect" step first
mistake-unknown-client = there is no client { $client }; connected before this: { $clients }, counted from 1
mistake-more-than-connect = { $wanted } connections are expected, and only { $clients } clients connect
mistake-nothing-sent = an answer is judged, but nothing is sent: write a "send" or "exchange" step
mistake-exit-not-awaited = no step waits for the server's end: write "wait: exit" or "stop" first
mistake-snapshot-twice = a snapshot "{ $name }" is already taken: give this one another name
mistake-unknown-snapshot = no step takes a snapshot "{ $name }"
mistake-one-of = exactly one of these must be given: { $words }
mistake-between = this number must be from { $least } to { $most }
mistake-empty-text = this text must not be empty
mistake-regex = this is not a valid regular expression: { $problem }

# What is wrong with a regular expression, inside mistake-regex.
pattern-unclosed-group = a group "(" is not closed
pattern-unopened-group = a ")" closes no group
pattern-unclosed-class = a class "[" is not closed
pattern-unclosed-count = a count of repetitions "{"{"}" is not closed
pattern-nothing-repeated = there is nothing before "*", "+", "?" or a count that could be repeated
pattern-unknown-escape = after a backslash stands a letter that means nothing there
pattern-escape-at-end = it ends with a backslash
pattern-range-backwards = a range in a class "[…]" goes backwards
pattern-count-backwards = a count of repetitions goes backwards
pattern-no-backreferences = references to a group before (\1) are not supported
pattern-no-look-around = look-ahead and look-behind (?=, ?!, ?<=, ?<!) are not supported
pattern-other = the library says "{ $text }"

# Variables.
mistake-unknown-variable = there is no variable "{ $name }"
mistake-variable-given = "{ $name }" is given by socklab and cannot be set here: choose another name
mistake-variable-name = "{ $name }" cannot name a variable: use a-z, 0-9 and _, beginning with a letter, at most 32

# Payloads.
mistake-hex = this is not hexadecimal: write two digits (0-9, a-f) for each byte
mistake-base64 = this is not valid Base64
mistake-payload-too-large = a payload of { $bytes } bytes is too large: at most { $most }

# Labs.
mistake-no-scenarios = the lab names no scenarios: it needs at least one
mistake-unknown-bundled = socklab carries no program "{ $name }", only tcp-simple, udp-simple, tcp-multi and line-chat
expected-host = expected a host's name, or a name and its IPv4 address (bob: 10.0.0.7)
mistake-link-without-hosts = a link joins two hosts, and there are none: write "hosts: [alice, bob]"
mistake-two-hosts = a scenario has two hosts or none, not { $hosts }
mistake-same-hosts = the two hosts have the same name or the same address
mistake-which-host = on which host? There are two: { $hosts } ("on: ...")
mistake-unknown-host = there is no host "{ $name }"
mistake-needs-hosts = this is judged from the link between two hosts, and there are none: write "hosts: [alice, bob]"
mistake-path-outside = "{ $path }" leads out of the submission
