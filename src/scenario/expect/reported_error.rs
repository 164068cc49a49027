//! Finds the exceptions, panics and failed calls that a program printed, of several languages: the
//! message, not the trace. The output is untrusted data, so only causes depend on it.

use super::known_errors::finds_nothing;

/// How an error ended in the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Severity {
    /// The program printed it, and may have continued as intended.
    Printed,
    /// It ended a thread, a task or the program.
    Uncaught,
}

/// An error that a program printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReportedError {
    /// The line that names it.
    pub(super) line: String,
    pub(super) severity: Severity,
}

/// Lines before a Python traceback that say that nothing caught the exception.
const PYTHON_UNCAUGHT: [&str; 6] = [
    "Exception in thread ",
    "Exception occurred during processing of request",
    "Task exception was never retrieved",
    "Unhandled exception in ",
    "Exception in callback ",
    "Future exception was never retrieved",
];

/// Beginnings of lines that name an error that nothing caught.
const UNCAUGHT: [&str; 14] = [
    "Exception in thread \"", // Java, Kotlin, Scala
    "panic: ",                // Go
    "fatal error: ",          // Go's runtime
    "Unhandled exception. ",  // C#
    "PHP Fatal error:  ",
    "Fatal error: ",               // PHP without its log
    "terminate called ",           // C++
    "*** stack smashing detected", // glibc
    "*** buffer overflow detected",
    "free(): ",
    "double free or corruption",
    "malloc(): ",
    "Segmentation fault",
    "Uncaught ", // JavaScript
];

/// Parts of lines that name an error that nothing caught.
const UNCAUGHT_PARTS: [&str; 6] = [
    "ERROR: AddressSanitizer",
    ": runtime error: ",
    "UnhandledPromiseRejectionWarning: ",
    "http: panic serving ",
    " terminated abnormally: ", // Perl's threads
    ": Assertion `",
];

/// Texts of `strerror(3)` that programs print behind the name of a failed call. Errors that a
/// client's end causes are missing.
const FAILED: [&str; 15] = [
    "Bad file descriptor",
    "Invalid argument",
    "Operation not permitted",
    "Operation not supported",
    "Address already in use",
    "Cannot assign requested address",
    "Address family not supported by protocol",
    "Protocol not available",
    "Protocol not supported",
    "Socket operation on non-socket",
    "Destination address required",
    "Message too long",
    "Bad address",
    "Transport endpoint is already connected",
    "Too many open files",
];

/// Errors that the end of a client causes: they follow from a failure, and do not cause it.
const CLIENT_ENDED: [&str; 15] = [
    "EOFException",
    "IncompleteReadError",
    "unexpected EOF",
    "BrokenPipe",
    "Broken pipe",
    "ConnectionReset",
    "Connection reset",
    "ConnectionAborted",
    "connection abort",
    "KeyboardInterrupt",
    "SystemExit",
    "EPIPE",
    "ECONNRESET",
    "not connected",
    "[Errno 107]",
];

/// Returns the errors in an output, in the order in which they were printed, without those that
/// the end of a client causes.
pub(super) fn reported_errors(output: &str) -> Vec<ReportedError> {
    let lines: Vec<&str> = output.lines().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let Some((error, used)) = error_at(&lines, at) else {
            at += 1;
            continue;
        };
        at += used.max(1);
        let is_harmless = error.severity == Severity::Printed && finds_nothing(&error.line);
        if !is_harmless && !CLIENT_ENDED.iter().any(|mark| error.line.contains(mark)) {
            found.push(error);
        }
    }
    found
}

/// Returns the error that begins at this line, and how many lines it takes up.
fn error_at(lines: &[&str], at: usize) -> Option<(ReportedError, usize)> {
    let line = lines[at].trim_end();
    let text = line.trim_start();
    let next = |n: usize| lines.get(at + n).map_or("", |line| line.trim());
    let one = |line: &str, severity, used| Some((ReportedError { line: line.to_owned(), severity }, used));
    if text.starts_with("Traceback (most recent call last):") {
        return python(lines, at);
    }
    // Rust prints the message on the next line since 1.73.
    if text.starts_with("thread '") && text.contains(" panicked at ") {
        let message = if text.ends_with(':') { format!("{text} {}", next(1)) } else { text.to_owned() };
        return one(&message, Severity::Uncaught, 2);
    }
    if text.starts_with("terminate called ") && next(1).starts_with("what():") {
        return one(&format!("{text} {}", next(1)), Severity::Uncaught, 2);
    }
    // Ruby names the thread first, and the error on the next line.
    if text.starts_with("#<Thread:") && text.contains("terminated with exception") {
        return one(next(1), Severity::Uncaught, 2);
    }
    // A Go program prints this word too: then no goroutine follows.
    let is_go = text.starts_with("panic: ") || text.starts_with("fatal error: ");
    if is_go && !(1..6).any(|n| next(n).starts_with("goroutine ") || next(n).starts_with("[signal ")) {
        return None;
    }
    if UNCAUGHT.iter().any(|begin| text.starts_with(begin)) || UNCAUGHT_PARTS.iter().any(|part| text.contains(part)) {
        return one(text, Severity::Uncaught, 1);
    }
    // Java, C#, JavaScript: a trace follows the message.
    let traced = next(1).starts_with("at ") && (next(1).contains('(') || next(1).contains(':'));
    if traced && is_exception(text) {
        return one(text, Severity::Printed, 1);
    }
    let is_failed_call = |name: &str| !name.is_empty() && name.len() <= 40 && !name.contains(['"', '\'']);
    let failed = FAILED
        .iter()
        .any(|error| text.strip_suffix(error).and_then(|head| head.strip_suffix(": ")).is_some_and(is_failed_call));
    (failed || text.contains("[Errno "))
        .then(|| (ReportedError { line: text.to_owned(), severity: Severity::Printed }, 1))
}

/// Returns the last error of a Python traceback, with those that it was raised from.
fn python(lines: &[&str], begin: usize) -> Option<(ReportedError, usize)> {
    let is_trace = |line: &str| line.is_empty() || line.starts_with([' ', '\t']);
    let end = (begin + 1..lines.len()).find(|&at| !is_trace(lines[at].trim_end()))?;
    // An exception that was raised while another was handled: the last one counts.
    let chained = (end + 1..lines.len().min(end + 6)).find(|&at| lines[at].trim_start().starts_with("Traceback (most"));
    let is_linked = |at: usize| {
        lines[end + 1..at]
            .iter()
            .any(|line| line.contains("the above exception") || line.contains("The above exception"))
    };
    if let Some((error, used)) = chained.filter(|at| is_linked(*at)).and_then(|at| python(lines, at)) {
        let severity = error.severity.max(severity(lines, begin));
        return Some((ReportedError { severity, ..error }, chained? - begin + used));
    }
    let line = lines[end].trim_end();
    is_class(line).then(|| (ReportedError { line: line.to_owned(), severity: severity(lines, begin) }, end - begin + 1))
}

/// Returns whether a line before a traceback says that nothing caught the exception.
fn severity(lines: &[&str], begin: usize) -> Severity {
    let before = &lines[begin.saturating_sub(4)..begin];
    let is_uncaught = |line: &&str| PYTHON_UNCAUGHT.iter().any(|mark| line.trim_start().starts_with(mark));
    if before.iter().any(is_uncaught) { Severity::Uncaught } else { Severity::Printed }
}

/// Returns true if a line is the name of a class, alone or before a message: after the trace of Python,
/// it is the exception.
fn is_class(line: &str) -> bool {
    let name = line.split(':').next().unwrap_or_default();
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
}

/// Returns true if a line begins with the name of an exception.
fn is_exception(line: &str) -> bool {
    let name = line.split([':', ' ']).next().unwrap_or_default();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '$'));
    let last = name.rsplit('.').next().unwrap_or_default();
    let ends = ["Error", "Exception", "Warning", "Interrupt", "timeout", "gaierror", "herror", "error"];
    is_name && ends.iter().any(|end| last.ends_with(end))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::python_thread(
        "Exception in thread Thread-1 (serve):\nTraceback (most recent call last):\n  File \"/usr/lib/python3.11/threading.py\", line 1038, in _bootstrap_inner\n    self.run()\n  File \"s.py\", line 17, in serve\n    n = int(conn.recv(64))\n        ^^^^^^\nValueError: invalid literal for int() with base 10: b'um'\n",
        "ValueError: invalid literal for int() with base 10: b'um'",
        Severity::Uncaught
    )]
    #[case::python_queue(
        "Exception in thread Thread-1 (worker):\nTraceback (most recent call last):\n  File \"s.py\", line 12, in worker\n_queue.Empty\n",
        "_queue.Empty",
        Severity::Uncaught
    )]
    #[case::python_task(
        "Task exception was never retrieved\nfuture: <Task finished>\nTraceback (most recent call last):\n  File \"s.py\", line 5, in handle\nKeyError: 'x'\n",
        "KeyError: 'x'",
        Severity::Uncaught
    )]
    #[case::python_nothing_there(
        "Exception in thread Thread-1 (serve):\nTraceback (most recent call last):\n  File \"s.py\", line 7, in serve\nBlockingIOError: [Errno 11] Resource temporarily unavailable\n",
        "BlockingIOError: [Errno 11] Resource temporarily unavailable",
        Severity::Uncaught
    )]
    #[case::python_caught(
        "Traceback (most recent call last):\n  File \"s.py\", line 5, in handle\nsocket.timeout: timed out\n",
        "socket.timeout: timed out",
        Severity::Printed
    )]
    #[case::python_chained(
        "Exception in thread Thread-2:\nTraceback (most recent call last):\n  File \"s.py\", line 3\nKeyError: 1\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"s.py\", line 5\nNameError: name 'y' is not defined\n",
        "NameError: name 'y' is not defined",
        Severity::Uncaught
    )]
    #[case::java(
        "Exception in thread \"Thread-0\" java.lang.NullPointerException: x\n\tat Server.run(Server.java:17)\n",
        "Exception in thread \"Thread-0\" java.lang.NullPointerException: x",
        Severity::Uncaught
    )]
    #[case::java_caught(
        "java.io.StreamCorruptedException: invalid stream header\n\tat java.base/java.io.ObjectInputStream.x(O.java:1)\n",
        "java.io.StreamCorruptedException: invalid stream header",
        Severity::Printed
    )]
    #[case::go(
        "panic: runtime error: index out of range [3] with length 3\n\ngoroutine 7 [running]:\nmain.serve(0x1)\n\t/tmp/main.go:20 +0x1d\nexit status 2\n",
        "panic: runtime error: index out of range [3] with length 3",
        Severity::Uncaught
    )]
    #[case::node(
        "TypeError: x.foo is not a function\n    at Socket.<anonymous> (/tmp/s.js:9:5)\n",
        "TypeError: x.foo is not a function",
        Severity::Printed
    )]
    #[case::node_promise(
        "(node:7) UnhandledPromiseRejectionWarning: Error: x\n",
        "(node:7) UnhandledPromiseRejectionWarning: Error: x",
        Severity::Uncaught
    )]
    #[case::rust(
        "thread '<unnamed>' panicked at src/main.rs:5:9:\ncalled `Option::unwrap()` on a `None` value\nnote: run with `RUST_BACKTRACE=1`\n",
        "thread '<unnamed>' panicked at src/main.rs:5:9: called `Option::unwrap()` on a `None` value",
        Severity::Uncaught
    )]
    #[case::rust_old(
        "thread '<unnamed>' panicked at 'x', src/main.rs:5:9\n",
        "thread '<unnamed>' panicked at 'x', src/main.rs:5:9",
        Severity::Uncaught
    )]
    #[case::csharp(
        "Unhandled exception. System.FormatException: x\n   at Program.Main() in /tmp/P.cs:line 7\n",
        "Unhandled exception. System.FormatException: x",
        Severity::Uncaught
    )]
    #[case::ruby(
        "#<Thread:0x01 s.rb:3 run> terminated with exception (report_on_exception is true):\ns.rb:4:in `x': undefined method `up' for nil (NoMethodError)\n",
        "s.rb:4:in `x': undefined method `up' for nil (NoMethodError)",
        Severity::Uncaught
    )]
    #[case::php(
        "PHP Fatal error:  Uncaught TypeError: x in /tmp/s.php:3\n",
        "PHP Fatal error:  Uncaught TypeError: x in /tmp/s.php:3",
        Severity::Uncaught
    )]
    #[case::perl(
        "Thread 1 terminated abnormally: Can't call method \"x\" at s.pl line 12.\n",
        "Thread 1 terminated abnormally: Can't call method \"x\" at s.pl line 12.",
        Severity::Uncaught
    )]
    #[case::cpp(
        "terminate called after throwing an instance of 'std::invalid_argument'\n  what():  stoi\n",
        "terminate called after throwing an instance of 'std::invalid_argument' what():  stoi",
        Severity::Uncaught
    )]
    #[case::sanitizer(
        "==9==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1\n",
        "==9==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1",
        Severity::Uncaught
    )]
    #[case::perror("accept: Bad file descriptor\n", "accept: Bad file descriptor", Severity::Printed)]
    #[case::errno("erro: [Errno 22] Invalid argument\n", "erro: [Errno 22] Invalid argument", Severity::Printed)]
    fn error_is_found(#[case] output: &str, #[case] line: &str, #[case] severity: Severity) {
        let output = format!("servidor pronto\n{output}cliente conectado\n");
        assert_eq!(reported_errors(&output), [ReportedError { line: line.to_owned(), severity }]);
    }

    #[rstest]
    #[case::nothing("servidor pronto\nrecebido: um cliente\n")]
    #[case::word_in_text("Error: nothing was wrong\npanic: no\nrecebi TypeError: x\n")]
    #[case::client_left(
        "Exception in thread Thread-1:\nTraceback (most recent call last):\n  File \"s.py\", line 3\nBrokenPipeError: [Errno 32] Broken pipe\n"
    )]
    #[case::client_left_java(
        "Exception in thread \"main\" java.io.EOFException\n\tat java.base/java.io.DataInputStream.readFully(D.java:1)\n"
    )]
    #[case::polled(
        "Traceback (most recent call last):\n  File \"s.py\", line 3\nBlockingIOError: [Errno 11] Resource temporarily unavailable\n"
    )]
    #[case::stopped("Traceback (most recent call last):\n  File \"s.py\", line 3\nKeyboardInterrupt\n")]
    #[case::quoted("recebido: 'accept: Bad file descriptor'\n")]
    #[case::unfinished("Traceback (most recent call last):\n  File \"s.py\", line 3\n")]
    fn other_output_is_no_error(#[case] output: &str) {
        assert_eq!(reported_errors(output), []);
    }
}
