//! The table of source clues, and which causes each of them refines.

use crate::model::cause::is_unclosed;
use crate::model::{Cause, ClientId, Hint};

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
}

/// Creates a row for a pattern.
const fn row(languages: &'static [&'static str], refine: fn(&Cause) -> Option<Cause>, place: &'static str) -> Row {
    Row { languages, refine, place, shows_last_line: false, unless: "", outside: "" }
}

/// The clues, of which the first one that fits counts.
pub(super) const ROWS: &[Row] = &[
    // https://docs.python.org/3/library/socketserver.html#request-handler-objects
    Row {
        unless: r"\bdef\s+handle\s*\(",
        ..row(&["Python"], handler_missing, r"(?m)^\s*class\s+\w+\s*\([^)]*\b(?:Base|Stream|Datagram)RequestHandler\b")
    },
    // A method that is named but not called. Other languages than these report that, or call it.
    row(&["Python"], close_not_called, r"(?m)^[ \t]*[\w.]+\.(?:close|shutdown|server_close)[ \t]*$"),
    row(&["JavaScript", "TypeScript"], close_not_called, r"(?m)^[ \t]*\w+\.(?:end|destroy|close)[ \t]*;?[ \t]*$"),
    // https://docs.python.org/3/library/asyncio-protocol.html#datagram-protocols
    Row {
        unless: r"\bdef\s+datagram_received\b",
        ..row(&["Python"], datagram_received_missing, r"(?m)^\s*class\s+\w+\s*\([^)]*\bDatagramProtocol\b")
    },
    // socket(7): with a time of 0, close discards what was not sent, and sends RST.
    row(
        &[],
        linger_reset,
        r"\bl_linger\s*=\s*0\b|\blinger\s+\w+\s*=\s*\{\s*1\s*,\s*0\b|SO_LINGER[^\n]*\b1\s*,\s*0\b|setSoLinger\s*\(\s*true\s*,\s*0|SetLinger\s*\(\s*0|LingerOption\s*\(\s*true\s*,\s*0|resetAndDestroy\s*\(|'l_onoff'\s*=>\s*1\s*,\s*'l_linger'\s*=>\s*0",
    ),
    row(&[], utf16_decoded, r"Encoding\.(?:BigEndian)?Unicode\b|UTF_16|(?i:\butf-?16(?:le|be)?\b|\bucs-?2\b)"),
    row(
        &[],
        http_server,
        r"\bHTTPServer\s*\(|\bhttp\.createServer\b|\bHttpServer\.create\b|\bHttpListener\b|\bhttp\.ListenAndServe\b|\bexpress\s*\(",
    ),
    row(&[], pieces_stripped, r"\.(?:strip|trim|Trim|rstrip|lstrip)\s*\(|\bstrings\.TrimSpace\b|\bchomp\b|\btrim\s*\("),
    // select(2): nfds is the highest descriptor in any of the sets, plus 1.
    Row {
        unless: r"(?:max\w*|\w*max|nfds)\s*=[^;=]*\+\s*1\b|(?:max\w*|nfds)\s*\+\+|\+\+\s*(?:max\w*|nfds)",
        ..row(
            &["C", "C++"],
            select_count,
            r"\bselect\s*\(\s*(?:max\w*|\w*max|nfds|s|sock\w*|servidor|server\w*|listen\w*)\s*,",
        )
    },
    // pthread_create(3): the argument is a pointer, and what it points to is shared.
    row(
        &["C", "C++"],
        thread_gets_address,
        r"\bpthread_create\s*\([^;]*,\s*(?:\(\s*void\s*\*\s*\)\s*)?&\s*\w+\s*\)|\bstd::j?thread\b[^;]{0,40}[({]\s*\[\s*&\s*\]",
    ),
    // A thread without arguments, unless it is an object with fields, takes the connection from a
    // variable: it is started in the block that accepts.
    Row {
        unless: r"(?i:queue)|\bargs\s*=\s*(?:[(\[]\s*\w|\w)|\blambda\b|\bclass\s+\w+\s*\([^)]*Thread",
        shows_last_line: true,
        ..row(
            &["Python"],
            thread_without_connection,
            r"(?m)\.accept\s*\(\s*\)[^\n]*\n(?:[ \t]+[^\n]*\n|[ \t]*\n){0,8}?[ \t]+[^\n]*\bThread\s*\(\s*target\s*=\s*[\w.]+\s*(?:,\s*(?:daemon\s*=\s*\w+|args\s*=\s*\(\s*\))\s*)*\)",
        )
    },
    // A char holds -128 to 127: C11 6.2.5, 5.2.4.2.1.
    row(
        &["C", "C++", "Java", "C#"],
        count_in_one_byte,
        r"(?s)\b(?:char|int8_t|byte|sbyte)\s+(?:(?<name>[a-z]\w*)\s*;.*?\b(?<again>[a-z]\w*)\s*|[a-z]\w*\s*)=\s*(?:\(\s*\w+\s*\)\s*)?(?:recv|read|recvfrom|\w+\.(?:read|Read|Receive))\s*\(",
    ),
    // https://docs.python.org/3/library/asyncio-stream.html: start_server returns at once.
    Row {
        unless: r"serve_forever|run_forever|\.wait\s*\(|\bs(?:erv\w*)?\.wait_closed|sleep",
        ..row(&["Python"], serve_forever_missing, r"\basyncio\.start_server\s*\(|\.create_server\s*\(")
    },
    // The place of the call: https://nodejs.org/api/net.html#serverlisten
    row(&["JavaScript", "TypeScript"], unix_socket, r"\.(?:listen|bind)\s*\("),
    row(&[], unix_socket, r"\bAF_UNIX\b|\bAF_LOCAL\b|\bUNIXServer\b|\bUnixListener\b|\.bind\s*\("),
    // https://en.cppreference.com/w/cpp/container/vector/reserve: it does not change the size.
    Row { unless: r"\.resize\s*\(|\.assign\s*\(|push_back|append", ..row(&["C++"], reserved_only, r"\.reserve\s*\(") },
    // pthread_cond_wait(3), java.lang.Object.wait(), threading.Condition: somebody must wake the waiter.
    Row {
        unless: r"(?i:notify|cond_signal|cond_broadcast|\bpulse(?:all)?\s*\(|\.signal(?:All)?\s*\(|\.broadcast\s*\()",
        ..row(
            &["C", "C++", "Java", "Kotlin", "Python", "C#", "Go", "Rust"],
            never_notified,
            r"\bpthread_cond_(?:timed)?wait\s*\(|\bMonitor\.Wait\s*\(|(?i:\b(?:cv|cond\w*|condition\w*|tem_\w+|has_\w+|not_empty|vari[aá]vel\w*)\.(?:wait|await)(?:_for|_while)?\s*\()",
        )
    },
    row(
        &["Java", "Kotlin", "Python"],
        one_thread_taken,
        r"(?s)(?:newFixedThreadPool\s*\(\s*1\s*\)|newSingleThreadExecutor\s*\(|max_workers\s*=\s*1\b).*?\.(?:submit|execute)\s*\(.*?\.(?:submit|execute)\s*\(",
    ),
    // https://docs.oracle.com/javase/8/docs/api/java/util/concurrent/ExecutorService.html and
    // https://docs.python.org/3/library/concurrent.futures.html: the error is in the future.
    row(&["Java", "Kotlin", "Python"], task_error_hidden, r"\.submit\s*\("),
    // An error that a handler swallows is shown at the handler.
    Row {
        shows_last_line: true,
        ..row(
            &["Python"],
            error_hidden,
            r"(?m)\b(?:send|sendall|sendto|write)\s*\([^\n]*\n(?:[^\n]*\n){0,12}?\s*except(?:\s+(?:\w*Exception|TypeError|OSError|socket\.error))?(?:\s+as\s+\w+)?\s*:\s*(?:pass|continue|break|return)\b",
        )
    },
    Row {
        shows_last_line: true,
        ..row(
            &["Java", "Kotlin", "C#", "JavaScript", "TypeScript", "PHP"],
            error_hidden,
            r"(?m)\b(?:send|write|print|println|Send|Write|WriteLine|end|socket_write|fwrite|flush)\s*\([^\n]*\n(?:[^\n]*\n){0,12}?[^\n]*\bcatch\s*(?:\([^)]*\))?\s*\{\s*(?:break;|return;|continue;)?\s*\}",
        )
    },
    row(
        &[],
        upper_lost,
        r"(?:\.upper\(|\.to[uU]pper|ToUpper|\btoupper\s*\(|strtoupper\s*\(|\.upcase|\buc\s*[($]|to_(?:ascii_)?uppercase|\.uppercase\()",
    ),
    // https://nodejs.org/api/net.html: a socket has the events data and end; message is of dgram.
    Row {
        unless: r#"dgram|cluster|[wW]orker|process\.on|\bws\b|['"]data['"]"#,
        ..row(
            &["JavaScript", "TypeScript"],
            wrong_event,
            r#"\.on\s*\(\s*['"](?:message|receive|recv|dados|mensagem|text)['"]"#,
        )
    },
    // https://nodejs.org/api/dgram.html: a socket has the event message, and its handler gets the address.
    Row {
        unless: r#"['"]message['"]"#,
        shows_last_line: true,
        ..row(
            &["JavaScript", "TypeScript"],
            wrong_datagram_event,
            r#"(?s)\bcreateSocket\s*\(.*?\.on\s*\(\s*['"](?:data|receive|recv|datagram|packet|dados|mensagem|connection|connect)['"]"#,
        )
    },
    // https://go.dev/ref/spec#Defer_statements: it runs when the function returns.
    Row {
        shows_last_line: true,
        outside: "func",
        ..row(&["Go"], defer_too_late, r"(?s)\.Accept\(\)[^}]{0,300}?\}?[^}]{0,200}?\bdefer\s+\w+\.Close\(\)")
    },
    // The place of the call that the cause names.
    row(&[], connects, r"\.connect\b|\bconnect\s*\("),
    // The place of a read until the end, for programs that print no stacks.
    row(&["Python"], reads_to_end, r"\bawait\s+\w+\.read\(\s*(?:-1)?\s*\)"),
    row(
        &["JavaScript", "TypeScript", "Ruby", "Perl", "PHP", "C#"],
        reads_to_end,
        r#"\.on\s*\(\s*['"]end['"]|\.read\s*$|\.read\s*[;).]|\bstream_get_contents\s*\(|\bReadToEnd(?:Async)?\s*\(|\blocal\s+\$/|\bundef\s*\(?\s*\$/"#,
    ),
    // What asks for data without waiting for it.
    row(
        &[],
        does_not_wait,
        r"\.(?:ready|available)\s*\(|\b(?:settimeout|setblocking|setSoTimeout|SO_RCVTIMEO|O_NONBLOCK|MSG_DONTWAIT|FIONREAD|read_nonblock|set_nonblocking|SetReadDeadline|DataAvailable|socket_set_nonblock)\b",
    ),
];

fn close_not_called(cause: &Cause) -> Option<Cause> {
    is_unclosed(cause).then_some(Cause::CloseNotCalled {})
}

fn datagram_received_missing(cause: &Cause) -> Option<Cause> {
    let is_open = matches!(
        cause,
        Cause::DatagramReadNotAnswered { .. } | Cause::NoAnswerSilent { .. } | Cause::NoAnswerLate { .. }
    );
    is_open.then_some(Cause::DatagramReceivedMissing {})
}

fn linger_reset(cause: &Cause) -> Option<Cause> {
    let is_reset = matches!(
        cause,
        Cause::ClosedByReset { .. }
            | Cause::PacketsResetByServer { .. }
            | Cause::EndedByReset { .. }
            | Cause::AnswerCutByReset { .. }
    );
    is_reset.then_some(Cause::LingerReset {})
}

fn utf16_decoded(cause: &Cause) -> Option<Cause> {
    match cause {
        Cause::EchoForUpper { client, got } | Cause::AnswerDiffers { client, got, .. } => {
            Some(Cause::Utf16Decoded { client: *client, got: got.clone() })
        }
        _ => None,
    }
}

fn http_server(cause: &Cause) -> Option<Cause> {
    let is_open = matches!(
        cause,
        Cause::PrintedSilent { .. }
            | Cause::PrintedNotSent { .. }
            | Cause::ReadsOn { .. }
            | Cause::ReadNotAnswered { .. }
            | Cause::NoAnswerSilent { .. }
            | Cause::NoAnswerLate { .. }
    );
    is_open.then_some(Cause::HttpServer {})
}

/// If only white space is missing inside what the answer shows.
fn pieces_stripped(cause: &Cause) -> Option<Cause> {
    const MIN_LETTERS: usize = 4;
    let Cause::AnswerDiffers { client, expected, got } = cause else { return None };
    let letters = |text: &str| -> String { text.chars().filter(|c| !matches!(c, ' ' | '…')).collect() };
    let [wanted, came] = [letters(expected), letters(got)];
    let is_same = wanted.starts_with(&came) || came.starts_with(&wanted);
    (is_same && wanted.len().min(came.len()) >= MIN_LETTERS).then_some(Cause::PiecesStripped { client: *client })
}

fn select_count(cause: &Cause) -> Option<Cause> {
    let is_open = match cause {
        Cause::CallsMissing { call, .. } => call == "accept",
        Cause::ListenerNotWatched { .. } | Cause::ConnectionNotWatched { .. } | Cause::LeftInAcceptQueue { .. } => true,
        _ => false,
    };
    is_open.then_some(Cause::SelectCount {})
}

fn thread_gets_address(cause: &Cause) -> Option<Cause> {
    let is_mixed = matches!(
        cause,
        Cause::AwaitsOtherClient { .. }
            | Cause::AnswerToAnotherClient { .. }
            | Cause::AnswerOfAnotherClient { .. }
            | Cause::ClosedBeforeData { .. }
            | Cause::SharedConnection { .. }
    );
    is_mixed.then_some(Cause::ThreadGetsAddress {})
}

fn thread_without_connection(cause: &Cause) -> Option<Cause> {
    let is_mixed = match cause {
        Cause::ThreadFailed { hint, .. } | Cause::ErrorPrinted { hint, .. } => *hint == Hint::DescriptorClosed,
        Cause::ClosedBeforeData { .. }
        | Cause::AnswerToAnotherClient { hint: Hint::OwnConnection, .. }
        | Cause::SharedConnection { .. } => true,
        _ => false,
    };
    is_mixed.then_some(Cause::ThreadWithoutConnection {})
}

fn count_in_one_byte(cause: &Cause) -> Option<Cause> {
    match cause {
        Cause::StopsAtMessage { client, .. } => Some(Cause::CountInOneByte { client: *client }),
        _ => None,
    }
}

fn serve_forever_missing(cause: &Cause) -> Option<Cause> {
    matches!(cause, Cause::EndedAfterListen { .. }).then_some(Cause::ServeForeverMissing {})
}

fn unix_socket(cause: &Cause) -> Option<Cause> {
    matches!(cause, Cause::UnixSocketBound { .. }).then(|| cause.clone())
}

fn reserved_only(cause: &Cause) -> Option<Cause> {
    matches!(cause, Cause::SendOfNothing { .. } | Cause::ReadOfNothing { .. }).then_some(Cause::ReservedOnly {})
}

fn never_notified(cause: &Cause) -> Option<Cause> {
    is_left_to_thread(cause).then_some(Cause::NeverNotified {})
}

fn one_thread_taken(cause: &Cause) -> Option<Cause> {
    is_left_to_thread(cause).then_some(Cause::OneThreadTaken {})
}

fn handler_missing(cause: &Cause) -> Option<Cause> {
    let is_unserved = matches!(
        cause,
        Cause::ClosedUnread { .. }
            | Cause::ClosedBeforeData { .. }
            | Cause::NoAnswerClosed { .. }
            | Cause::NoAnswerSilent { .. }
            | Cause::NoAnswerLate { .. }
            | Cause::DatagramReadNotAnswered { .. }
    );
    is_unserved.then_some(Cause::HandlerMissing {})
}

fn task_error_hidden(cause: &Cause) -> Option<Cause> {
    is_left_to_thread(cause).then_some(Cause::TaskErrorHidden {})
}

/// Returns true if a cause says that the first client was accepted and no thread serves it. For later
/// clients, the threads of a pool may be busy.
fn is_left_to_thread(cause: &Cause) -> bool {
    let first = ClientId(1);
    match cause {
        Cause::DataUnread { client, call: Some(call), .. } => *client == first && call.contains("accept"),
        Cause::ReadNotAnswered { client, .. } => *client == first,
        _ => false,
    }
}

fn error_hidden(cause: &Cause) -> Option<Cause> {
    let is_open = matches!(
        cause,
        Cause::ClosedAfterReading { .. }
            | Cause::NoAnswerClosed { .. }
            | Cause::ReadNotAnswered { .. }
            | Cause::ReadsOn { .. }
            | Cause::PrintedSilent { .. }
            | Cause::DatagramReadNotAnswered { .. }
    );
    is_open.then_some(Cause::ErrorHidden {})
}

fn wrong_event(cause: &Cause) -> Option<Cause> {
    let is_open = matches!(
        cause,
        Cause::ReadNotAnswered { .. }
            | Cause::ReadsOn { .. }
            | Cause::DataUnread { .. }
            | Cause::NoAnswerSilent { .. }
            | Cause::LeftInCloseWait { .. }
            | Cause::NotClosed { .. }
    );
    is_open.then_some(Cause::WrongEvent {})
}

fn wrong_datagram_event(cause: &Cause) -> Option<Cause> {
    let is_open = matches!(
        cause,
        Cause::DatagramReadNotAnswered { .. }
            | Cause::DatagramUnread { .. }
            | Cause::NoAnswerSilent { .. }
            | Cause::NoAnswerLate { .. }
    );
    is_open.then_some(Cause::WrongDatagramEvent {})
}

fn defer_too_late(cause: &Cause) -> Option<Cause> {
    is_unclosed(cause).then_some(Cause::DeferTooLate {})
}

fn connects(cause: &Cause) -> Option<Cause> {
    matches!(cause, Cause::ConnectForBind { .. }).then(|| cause.clone())
}

fn reads_to_end(cause: &Cause) -> Option<Cause> {
    matches!(cause, Cause::AnswersOnlyAfterEnd { .. }).then(|| cause.clone())
}

fn upper_lost(cause: &Cause) -> Option<Cause> {
    match cause {
        Cause::EchoForUpper { client, got } => Some(Cause::UpperLost { client: *client, got: got.clone() }),
        _ => None,
    }
}

fn does_not_wait(cause: &Cause) -> Option<Cause> {
    let hint = Hint::WaitForData;
    match cause {
        Cause::ClosedUnread { .. } => Some(Cause::ClosedUnread { hint }),
        Cause::StopsAtMessage { client, messages, .. } => {
            Some(Cause::StopsAtMessage { client: *client, messages: *messages, hint })
        }
        Cause::ClosedBeforeData { client, .. } => Some(Cause::ClosedBeforeData { client: *client, hint }),
        _ => None,
    }
}
