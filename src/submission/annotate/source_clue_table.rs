//! The table of source clues. [`refine`] has the causes that each of them refines.

use super::clue_refinements as refine;
use crate::model::Cause;

/// A pattern of sources, and the cause that it turns others into.
pub(super) struct Row {
    /// Empty: all languages.
    pub(super) languages: &'static [&'static str],
    /// Returns the more exact cause, if the pattern can explain this one.
    pub(super) refine: fn(&Cause) -> Option<Cause>,
    /// Matches the place that is shown: the first line of the match, or its last one. If it has the
    /// groups `name` and `again`, both must be the same text.
    pub(super) place: &'static str,
    pub(super) shows_last_line: bool,
    /// If it matches anywhere in the program, the clue does not hold; empty: it holds always.
    pub(super) unless: &'static str,
    /// A text that must not be inside the match; empty: any text may be.
    pub(super) outside: &'static str,
    /// If the program has this right after the text of the group `variable`, the clue does not hold;
    /// empty: there is no such group.
    pub(super) unless_after_variable: &'static str,
    /// The line that is shown for the cause must have this; empty: any line, or none.
    pub(super) in_shown_line: &'static str,
}

/// Creates a row for a pattern.
const fn row(languages: &'static [&'static str], refine: fn(&Cause) -> Option<Cause>, place: &'static str) -> Row {
    Row {
        languages,
        refine,
        place,
        shows_last_line: false,
        unless: "",
        outside: "",
        unless_after_variable: "",
        in_shown_line: "",
    }
}

/// Creates a row whose last line is shown.
const fn last(languages: &'static [&'static str], refine: fn(&Cause) -> Option<Cause>, place: &'static str) -> Row {
    Row { shows_last_line: true, ..row(languages, refine, place) }
}

/// The clues, of which the first one that fits counts.
pub(super) const ROWS: &[Row] = &[
    // https://docs.python.org/3/library/socketserver.html#request-handler-objects
    Row {
        unless: r"\bdef\s+handle\s*\(",
        ..row(
            &["Python"],
            refine::handler_missing,
            r"(?m)^\s*class\s+\w+\s*\([^)]*\b(?:Base|Stream|Datagram)RequestHandler\b",
        )
    },
    // A method that is named but not called. Other languages than these report that, or call it.
    row(&["Python"], refine::close_not_called, r"(?m)^[ \t]*[\w.]+\.(?:close|shutdown|server_close)[ \t]*$"),
    row(
        &["JavaScript", "TypeScript"],
        refine::close_not_called,
        r"(?m)^[ \t]*\w+\.(?:end|destroy|close)[ \t]*;?[ \t]*$",
    ),
    // https://docs.python.org/3/library/asyncio-protocol.html#datagram-protocols
    Row {
        unless: r"\bdef\s+datagram_received\b",
        ..row(&["Python"], refine::datagram_received_missing, r"(?m)^\s*class\s+\w+\s*\([^)]*\bDatagramProtocol\b")
    },
    // socket(7): with a time of 0, close discards what was not sent, and sends RST.
    row(
        &[],
        refine::linger_reset,
        r"\bl_linger\s*=\s*0\b|\blinger\s+\w+\s*=\s*\{\s*1\s*,\s*0\b|SO_LINGER[^\n]*\b1\s*,\s*0\b|setSoLinger\s*\(\s*true\s*,\s*0|SetLinger\s*\(\s*0|LingerOption\s*\(\s*true\s*,\s*0|resetAndDestroy\s*\(|'l_onoff'\s*=>\s*1\s*,\s*'l_linger'\s*=>\s*0",
    ),
    row(&[], refine::utf16_decoded, r"Encoding\.(?:BigEndian)?Unicode\b|UTF_16|(?i:\butf-?16(?:le|be)?\b|\bucs-?2\b)"),
    row(
        &[],
        refine::http_server,
        r"\bHTTPServer\s*\(|\bhttp\.createServer\b|\bHttpServer\.create\b|\bHttpListener\b|\bhttp\.ListenAndServe\b|\bexpress\s*\(",
    ),
    row(
        &[],
        refine::pieces_stripped,
        r"\.(?:strip|trim|Trim|rstrip|lstrip)\s*\(|\bstrings\.TrimSpace\b|\bchomp\b|\btrim\s*\(",
    ),
    // select(2): nfds is the highest descriptor in any of the sets, plus 1.
    Row {
        unless: r"(?:max\w*|\w*max|nfds)\s*=[^;=]*\+\s*1\b|(?:max\w*|nfds)\s*\+\+|\+\+\s*(?:max\w*|nfds)",
        ..row(
            &["C", "C++"],
            refine::select_count,
            r"\bselect\s*\(\s*(?:max\w*|\w*max|nfds|s|sock\w*|servidor|server\w*|listen\w*)\s*,",
        )
    },
    // pthread_create(3): the argument is a pointer, and what it points to is shared.
    row(
        &["C", "C++"],
        refine::thread_gets_address,
        r"\bpthread_create\s*\([^;]*,\s*(?:\(\s*void\s*\*\s*\)\s*)?&\s*\w+\s*\)|\bstd::j?thread\b[^;]{0,40}[({]\s*\[\s*&\s*\]",
    ),
    // The end of a block closes the connection: https://docs.python.org/3/library/socket.html,
    // java.lang.AutoCloseable, and `using` of C#. A function that is called in the block may close it.
    Row {
        outside: "accept",
        ..row(
            &["Python"],
            refine::closed_by_starter,
            r"(?m)^[ \t]*with\s+(?:[^\n]*\bas\s+)?(?<name>\w+)\s*:[^\n]*\n(?:[^\n]*\n){0,8}?[^\n]*\b(?:Thread\s*\([^\n]*\bargs\s*=\s*[(\[]|submit\s*\(\s*[\w.]+\s*,|start_new_thread\s*\(\s*[\w.]+\s*,\s*\(|lambda\s*:\s*[\w.]+\s*\()\s*(?<again>\w+)",
        )
    },
    Row {
        outside: "def ",
        ..row(
            &["Python"],
            refine::closed_by_starter,
            r"(?m)^[ \t]*with\s+[\w.]+\.accept\s*\(\s*\)\[0\]\s+as\s+(?<name>\w+)\s*:[^\n]*\n(?:[^\n]*\n){0,8}?[^\n]*\b(?:Thread\s*\([^\n]*\bargs\s*=\s*[(\[]|submit\s*\(\s*[\w.]+\s*,)\s*(?<again>\w+)",
        )
    },
    Row {
        outside: "catch",
        ..row(
            &["Java", "Kotlin"],
            refine::closed_by_starter,
            r"(?m)(?:\btry\s*\([^\n]*\.accept\s*\(\s*\)|\.accept\s*\(\s*\)\.use\s*\{)[^\n]*\n(?:[^\n]*\n){0,8}?[^\n]*(?:\.start\s*\(|\.execute\s*\(|\.submit\s*\(|\bthread\s*\{|\bstartVirtualThread\s*\()",
        )
    },
    row(
        &["C#"],
        refine::closed_by_starter,
        r"(?m)\busing\s*\(?\s*(?:var|TcpClient|Socket)\s+\w+\s*=\s*(?:await\s+)?[\w.]+\.Accept\w*\s*\([^\n]*\n(?:[^\n]*\n){0,8}?[^\n]*(?:\.Start\s*\(|\bTask\.Run\s*\(|\bQueueUserWorkItem\s*\()",
    ),
    // The same by a call right after the start of the thread.
    last(
        &["Python"],
        refine::closed_by_starter,
        r"(?m)\bThread\s*\([^\n]*\bargs\s*=\s*[(\[]\s*(?<name>\w+)[^\n]*\n(?:[^\n]*\.(?:start|append|setDaemon)\s*\([^\n]*\n|[^\n]*\.daemon\s*=[^\n]*\n|[ \t]*\n){0,4}?[ \t]*(?<again>\w+)\.close\s*\(\s*\)",
    ),
    last(
        &["C", "C++"],
        refine::closed_by_starter,
        r"(?m)\bpthread_create\s*\([^;]*\b(?<name>\w+)\s*\)+\s*;[^\n]*\n(?:[^\n]*\bpthread_detach\b[^\n]*\n|[ \t]*\n){0,3}?[ \t]*close\s*\(\s*(?<again>\w+)\s*\)",
    ),
    last(
        &["Java", "Kotlin", "C#"],
        refine::closed_by_starter,
        r"(?m)[(,]\s*(?<name>\w+)\s*\)[^;\n]*\.[sS]tart\s*\(\s*\)\s*;[^\n]*\n[ \t\n]*(?<again>\w+)\.[cC]lose\s*\(\s*\)",
    ),
    last(
        &["Go"],
        refine::closed_by_starter,
        r"(?m)\bgo\s+[\w.]+\s*\(\s*(?<name>\w+)\b[^\n]*\)[^\n]*\n[ \t\n]*(?<again>\w+)\.Close\s*\(\s*\)",
    ),
    // A thread without arguments, unless it is an object with fields, takes the connection from a
    // variable: it is started in the block that accepts.
    Row {
        unless: r"(?i:queue)|\bargs\s*=\s*(?:[(\[]\s*\w|\w)|\blambda\b|\bclass\s+\w+\s*\([^)]*Thread",
        shows_last_line: true,
        ..row(
            &["Python"],
            refine::thread_without_connection,
            r"(?m)\.accept\s*\(\s*\)[^\n]*\n(?:[ \t]+[^\n]*\n|[ \t]*\n){0,8}?[ \t]+[^\n]*\bThread\s*\(\s*target\s*=\s*[\w.]+\s*(?:,\s*(?:daemon\s*=\s*\w+|args\s*=\s*\(\s*\))\s*)*\)",
        )
    },
    // The place at which the next client changes the variable of all threads, or of the thread that
    // takes it from there.
    last(
        &["C", "C++"],
        refine::shared_variable,
        r"(?ms)^(?:static\s+|volatile\s+)*int\b(?:[^;({]*,)?\s*(?<name>\w+)\s*(?:=\s*-?\w+\s*)?[,;].*?\b(?<again>\w+)\s*=\s*accept\s*\(",
    ),
    last(
        &["Java", "Kotlin", "C#"],
        refine::shared_variable,
        r"(?s)\bstatic\s+(?:\w+\s+)*(?:Socket|TcpClient)\??\s+(?<name>\w+)\b.*?\b(?<again>\w+)\s*=\s*\w+\.(?:accept|Accept\w*)\s*\(",
    ),
    last(
        &["Python"],
        refine::shared_variable,
        r"(?s)\bglobal\s+(?<name>\w+).*?\b(?<again>\w+)\s*,\s*\w+\s*=\s*[\w.]+\.accept\s*\(",
    ),
    row(&["Python"], refine::shared_variable, r"\bThread\s*\(\s*target\s*=\s*lambda\s*:"),
    row(&["Go"], refine::shared_variable, r"\bgo\s+func\s*\(\s*\)\s*\{"),
    row(&["Ruby"], refine::shared_variable, r"\bThread\.(?:new|start|fork)\s*(?:do\b|\{)"),
    // java.io.InputStream.read(), getc(3): one byte as an int, or -1 at the end.
    row(
        &["C", "C++", "Java", "C#", "Kotlin"],
        refine::byte_taken_for_end,
        r"(?s)=\s*\(\s*s?byte\s*\)\s*\w+\.(?:read|ReadByte)\s*\(\s*\)|\.read\s*\(\s*\)\.toByte\s*\(|\bchar\s+(?<name>[a-z]\w*)\s*[,;].*?\b(?<again>[a-z]\w*)\s*=\s*f?getc\s*\(",
    ),
    // A char holds -128 to 127: C11 6.2.5, 5.2.4.2.1.
    row(
        &["C", "C++", "Java", "C#"],
        refine::count_in_one_byte,
        r"(?s)\b(?:char|int8_t|byte|sbyte)\s+(?:(?<name>[a-z]\w*)\s*;.*?\b(?<again>[a-z]\w*)\s*|[a-z]\w*\s*)=\s*(?:\(\s*\w+\s*\)\s*)?(?:recv|read|recvfrom|\w+\.(?:read|Read|Receive))\s*\(\s*[^\s)]",
    ),
    // https://docs.python.org/3/library/asyncio-stream.html: start_server returns at once.
    Row {
        unless: r"serve_forever|run_forever|\.wait\s*\(|\bs(?:erv\w*)?\.wait_closed|sleep",
        ..row(&["Python"], refine::serve_forever_missing, r"\basyncio\.start_server\s*\(|\.create_server\s*\(")
    },
    // The place of the call: https://nodejs.org/api/net.html#serverlisten
    row(&["JavaScript", "TypeScript"], refine::unix_socket, r"\.(?:listen|bind)\s*\("),
    row(&[], refine::unix_socket, r"\bAF_UNIX\b|\bAF_LOCAL\b|\bUNIXServer\b|\bUnixListener\b|\.bind\s*\("),
    // https://en.cppreference.com/w/cpp/container/vector/reserve: it does not change the size.
    Row {
        unless: r"\.resize\s*\(|\.assign\s*\(|push_back|append",
        ..row(&["C++"], refine::reserved_only, r"\.reserve\s*\(")
    },
    Row {
        unless: "MSG_PEEK",
        ..row(
            &["Python"],
            refine::read_thrown_away,
            r"(?m)^[ \t]*while\s+(?:\w+\.)?(?:recv|recvfrom|readline)\s*\([^)\n]*\)[^:\n]*:",
        )
    },
    row(
        &["Java", "Kotlin", "C#"],
        refine::read_thrown_away,
        r"\bwhile\s*\(\s*\w+\.(?:readLine|read|ReadLine|ReadByte)\s*\(\s*\)\s*(?:!=|>)",
    ),
    // The line of the error is that of accept, so that the listening socket was closed.
    Row { in_shown_line: "accept", ..row(&[], refine::listener_closed, r"\b\w+\.(?:accept|Accept\w*)\b") },
    Row {
        in_shown_line: "accept",
        ..row(&["Perl", "PHP"], refine::listener_closed, r"->accept\b|\b(?:socket_|stream_socket_)?accept\s*\(")
    },
    // The runtime of Go names the call in its error: https://pkg.go.dev/net#OpError
    row(&["Go"], refine::listener_closed_in_go, r"\.Accept(?:TCP)?\s*\("),
    // https://nodejs.org/api/net.html#class-netserver: a server has no event 'data'.
    Row {
        shows_last_line: true,
        ..row(
            &["JavaScript", "TypeScript"],
            refine::event_of_server,
            r#"(?s)\b(?<name>\w+)\s*=\s*(?:new\s+)?net\.(?:createServer|Server)\b.*?\b(?<again>\w+)\.on\s*\(\s*['"](?:data|end)['"]"#,
        )
    },
    // A key that leaves out the port. https://docs.python.org/3/library/socket.html#socket-families and
    // the classes of the other languages.
    row(
        &["Python"],
        refine::table_by_host,
        r"\[\s*\w+\[0\]\s*\]|(?:\.get|\.setdefault)\s*\(\s*\w+\[0\]\s*[,)]|(?s)\b(?<name>\w+)\s*=\s*\w+\[0\]\s*\n.{0,400}?\[\s*(?<again>\w+)\s*\]",
    ),
    row(
        &["JavaScript", "TypeScript"],
        refine::table_by_host,
        r"(?:\[|\.(?:get|set|has)\s*\()\s*\w+\.(?:address|remoteAddress)\s*[\],)]",
    ),
    row(
        &["Java", "Kotlin"],
        refine::table_by_host,
        r"\.(?:get|put|containsKey|getOrDefault|computeIfAbsent|putIfAbsent)\s*\(\s*\w+\.get(?:Inet)?Address\s*\(\s*\)\s*(?:\.\w+\s*\(\s*\)\s*)?[,)]",
    ),
    row(&["Go"], refine::table_by_host, r"\[\s*\w+\.IP(?:\.String\(\))?\s*\]"),
    // poll(2), epoll_ctl(2): the end of a peer is POLLIN, with POLLRDHUP only if that was asked for.
    Row {
        shows_last_line: true,
        ..row(&["C", "C++"], refine::events_compared, r"(?s)\bE?POLLRDHUP\b.*?\b(?:revents|events)\s*[!=]=\s*E?POLL")
    },
    row(&["C", "C++"], refine::events_compared, r"(?s)\b(?:revents|events)\s*[!=]=\s*E?POLL.*?\bE?POLLRDHUP\b"),
    row(&["Python"], refine::start_not_called, r"(?m)^[ \t]*\w+\.start[ \t]*$"),
    // https://docs.oracle.com/javase/8/docs/api/java/lang/Thread.html: start() runs it.
    Row {
        unless: r"(?i:\.\s*start\s*\(|extends\s+Thread|\.\s*execute\s*\(|\.\s*submit\s*\()",
        ..row(
            &["Java", "Kotlin", "Python"],
            refine::thread_not_started,
            r"\bnew\s+Thread\s*\(|\b(?:Thread|Process)\s*\(\s*target\s*=|\bThread\s*\{",
        )
    },
    // Its TcpListener has a method Start, too.
    Row {
        unless_after_variable: ".Start(",
        ..row(&["C#"], refine::thread_not_started, r"\b(?:Thread|var)\s+(?<variable>\w+)\s*=\s*new\s+Thread\s*\(")
    },
    // pthread_cond_wait(3), java.lang.Object.wait(), threading.Condition: somebody must wake the waiter.
    Row {
        unless: r"(?i:notify|cond_signal|cond_broadcast|\bpulse(?:all)?\s*\(|\.signal(?:All)?\s*\(|\.broadcast\s*\()",
        ..row(
            &["C", "C++", "Java", "Kotlin", "Python", "C#", "Go", "Rust"],
            refine::never_notified,
            r"\bpthread_cond_(?:timed)?wait\s*\(|\bMonitor\.Wait\s*\(|(?i:\b(?:cv|cond\w*|condition\w*|tem_\w+|has_\w+|not_empty|vari[aá]vel\w*)\.(?:wait|await)(?:_for|_while)?\s*\()",
        )
    },
    row(
        &["Java", "Kotlin", "Python"],
        refine::one_thread_taken,
        r"(?s)(?:newFixedThreadPool\s*\(\s*1\s*\)|newSingleThreadExecutor\s*\(|max_workers\s*=\s*1\b).*?\.(?:submit|execute)\s*\(.*?\.(?:submit|execute)\s*\(",
    ),
    // https://docs.oracle.com/javase/8/docs/api/java/util/concurrent/ExecutorService.html and
    // https://docs.python.org/3/library/concurrent.futures.html: the error is in the future.
    row(&["Java", "Kotlin", "Python"], refine::task_error_hidden, r"\.submit\s*\("),
    // An error that a handler swallows is shown at the handler.
    Row {
        shows_last_line: true,
        ..row(
            &["Python"],
            refine::error_hidden,
            r"(?m)\b(?:send|sendall|sendto|write)\s*\([^\n]*\n(?:[^\n]*\n){0,12}?\s*except(?:\s+(?:\w*Exception|TypeError|OSError|socket\.error))?(?:\s+as\s+\w+)?\s*:\s*(?:pass|continue|break|return)\b",
        )
    },
    Row {
        shows_last_line: true,
        ..row(
            &["Java", "Kotlin", "C#", "JavaScript", "TypeScript", "PHP"],
            refine::error_hidden,
            r"(?m)\b(?:send|write|print|println|Send|Write|WriteLine|end|socket_write|fwrite|flush)\s*\([^\n]*\n(?:[^\n]*\n){0,12}?[^\n]*\bcatch\s*(?:\([^)]*\))?\s*\{\s*(?:break;|return;|continue;)?\s*\}",
        )
    },
    row(
        &[],
        refine::upper_lost,
        r"(?:\.upper\(|\.to[uU]pper|ToUpper|\btoupper\s*\(|strtoupper\s*\(|\.upcase|\buc\s*[($]|to_(?:ascii_)?uppercase|\.uppercase\()",
    ),
    // https://nodejs.org/api/net.html: a socket has the events data and end; message is of dgram.
    Row {
        unless: r#"dgram|cluster|[wW]orker|process\.on|\bws\b|['"]data['"]"#,
        ..row(
            &["JavaScript", "TypeScript"],
            refine::wrong_event,
            r#"\.on\s*\(\s*['"](?:message|receive|recv|dados|mensagem|text)['"]"#,
        )
    },
    // https://nodejs.org/api/dgram.html: a socket has the event message, and its handler gets the address.
    Row {
        unless: r#"['"]message['"]"#,
        shows_last_line: true,
        ..row(
            &["JavaScript", "TypeScript"],
            refine::wrong_datagram_event,
            r#"(?s)\bcreateSocket\s*\(.*?\.on\s*\(\s*['"](?:data|receive|recv|datagram|packet|dados|mensagem|connection|connect)['"]"#,
        )
    },
    // https://go.dev/ref/spec#Defer_statements: it runs when the function returns.
    Row {
        shows_last_line: true,
        outside: "func",
        ..row(&["Go"], refine::defer_too_late, r"(?s)\.Accept\(\)[^}]{0,300}?\}?[^}]{0,200}?\bdefer\s+\w+\.Close\(\)")
    },
    // The place of the call that the cause names.
    row(&[], refine::connects, r"\.connect\b|\bconnect\s*\("),
    // The place of a read until the end, for programs that print no stacks.
    row(&["Python"], refine::reads_to_end, r"\bawait\s+\w+\.read\(\s*(?:-1)?\s*\)"),
    row(
        &["JavaScript", "TypeScript", "Ruby", "Perl", "PHP", "C#"],
        refine::reads_to_end,
        r#"\.on\s*\(\s*['"]end['"]|\.read\s*$|\.read\s*[;).]|\bstream_get_contents\s*\(|\bReadToEnd(?:Async)?\s*\(|\blocal\s+\$/|\bundef\s*\(?\s*\$/"#,
    ),
    // The place of the value that recvfrom takes for the size of the address.
    row(
        &["C", "C++"],
        refine::first_datagram,
        r"\b(?:socklen_t|int|unsigned(?:\s+int)?)\s+\w*(?:len|tam|size)\w*\s*(?:=\s*0\s*)?;",
    ),
    // A comparison, as the value of the assignment: C11 6.5.8 and 6.5.16.
    row(
        &["C", "C++"],
        refine::compared_count,
        r"[^(\s]\s*\(\s*\w+\s*=\s*(?:recv|read|recvfrom)\s*\([^;{]*\)\s*(?:>|!=)",
    ),
    row(&["C", "C++"], refine::descriptor_compared, r"=\s*accept\s*\((?:[^()]|\([^()]*\))*\)\s*(?:<|>|==|!=)"),
    // A program that has no call for the keyboard reads it by the number of its descriptor.
    Row {
        unless: r"scanf|getchar|\bgets\b|\bgetline\b|\bgetc\b|\bstdin\b|STDIN_FILENO|\bcin\b|\b(?:read|poll)\s*\(\s*0\s*,|\bfd\s*=\s*0\b|FD_SET\s*\(\s*0\s*,|\bgetch\b",
        ..row(&["C", "C++"], refine::descriptor_of_keyboard, r"\b(?:recv|read)\s*\(")
    },
    row(
        &["Java", "Kotlin"],
        refine::closed_by_try,
        r"\btry\s*\(\s*(?:final\s+)?(?:Socket|var)\s+\w+\s*=\s*[^;)]*\.accept\s*\(\s*\)|\.accept\s*\(\s*\)\.use\s*\{",
    ),
    row(
        &[],
        refine::encoded_twice,
        r#"(?i:setEncoding\s*\(\s*['"](?:latin1|binary|ascii)|decode\s*\(\s*['"](?:latin-?1|iso-?8859)|ISO_8859_1|"iso-8859-1"|Encoding\.Latin1|GetEncoding\s*\(\s*(?:28591|"iso)|toString\s*\(\s*['"](?:latin1|binary))"#,
    ),
    Row {
        unless: r"\.\s*(?:detach|join)\s*\(",
        ..row(&["C++"], refine::thread_destroyed, r"\b(?:std::)?thread\s+\w+\s*[({]|\bstd::thread\s*[({]")
    },
    // What asks for data without waiting for it.
    row(
        &[],
        refine::does_not_wait,
        r"\.(?:ready|available)\s*\(|\b(?:settimeout|setblocking|setSoTimeout|SO_RCVTIMEO|O_NONBLOCK|MSG_DONTWAIT|FIONREAD|read_nonblock|set_nonblocking|SetReadDeadline|DataAvailable|socket_set_nonblock)\b",
    ),
];
