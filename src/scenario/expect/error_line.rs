//! Finds the line of a program's output that reports why it exited: the last one, or the error before
//! a stack trace or a version.
//!
//! Matches the messages of several languages. They are untrusted data, so nothing else depends on
//! them.

use super::known_errors::{advice, is_mistake};
use crate::model::bytes::quoted_line;
use crate::model::{Evidence, ServerId};

/// Maximum bytes that are quoted of a line of output: one line of a report.
const MAX_LINE_BYTES: usize = 160;

/// Returns the kept output lines of a server, escaped and shortened, without blank ones.
pub(super) fn lines(seen: &Evidence, server: ServerId) -> Vec<String> {
    let Some((head, tail, _)) = seen.journal.output(server) else { return Vec::new() };
    let all = head.split(|&byte| byte == b'\n').chain(tail.split(|&byte| byte == b'\n'));
    all.map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()).map(|line| quoted_line(line, MAX_LINE_BYTES)).collect()
}

/// Returns the last line of a server's output, or its last error if only a location or a version
/// follows. Some languages print these after the error.
#[must_use]
pub(crate) fn last_error_line(seen: &Evidence, server: ServerId) -> Option<String> {
    last_relevant_line(&lines(seen, server)).map(str::to_owned)
}

/// Returns the last error that ended a program of Python or Ruby, if text without an error follows it in
/// the output: a program prints its buffered lines when it exits, and the order of its two streams is not
/// known.
pub(super) fn uncaught_error(seen: &Evidence, server: ServerId) -> Option<String> {
    uncaught(&lines(seen, server)).cloned()
}

fn uncaught(lines: &[String]) -> Option<&String> {
    let last = lines.last()?;
    let is_traced = |at: usize| {
        let is_python = lines[..at].iter().any(|line| line.starts_with("Traceback (most recent call last):"));
        is_ruby_error(&lines[at]) || is_python && is_error(&lines[at])
    };
    let at = (0..lines.len()).rev().find(|&at| is_traced(at))?;
    let is_plain = !may_be_error(last) && advice(last).is_none() && !is_trailer(last);
    is_plain.then(|| &lines[at])
}

/// Returns true if a line has the form of an error that Ruby did not catch.
fn is_ruby_error(line: &str) -> bool {
    line.contains(":in ") && line.ends_with("Error)") && !line.starts_with("from ")
}

/// Returns the line of an output that tells why its program exited, escaped and shortened: the last
/// one, or the error that only locations follow.
#[must_use]
pub(crate) fn error_line(output: &str) -> Option<String> {
    let all = output.lines().map(|line| line.trim().as_bytes()).filter(|line| !line.is_empty());
    let lines: Vec<String> = all.map(|line| quoted_line(line, MAX_LINE_BYTES)).collect();
    last_relevant_line(&lines).map(str::to_owned)
}

/// Returns the last of the lines, or the last error if only its trace or a count of errors follows.
pub(super) fn last_relevant_line(lines: &[String]) -> Option<&str> {
    let last = lines.last()?;
    let error = lines.iter().rposition(|line| is_error(line));
    let error = error.filter(|&at| is_trailer(last) && !is_trailer(&lines[at])).map(|at| {
        // Rust and C++ print the message on the next line.
        let has_message = lines[at].ends_with(':') || lines[at].starts_with("terminate called ");
        let message = lines.get(at + 1).filter(|line| has_message && !is_trailer(line));
        message.unwrap_or(&lines[at])
    });
    let chosen = first_perl_error(lines).or(error).unwrap_or(last);
    Some(earlier_reason(lines, chosen).unwrap_or(chosen))
}

/// Returns the earlier line that gives the reason, if the chosen one only says that something failed: it
/// ends before its own reason, or a call of PHP failed before it.
fn earlier_reason<'a>(lines: &'a [String], chosen: &str) -> Option<&'a String> {
    /// The most lines after a warning that a program still prints about it.
    const MAX_LATER: usize = 3;
    let at = lines.iter().rposition(|line| line == chosen)?;
    let before = &lines[..at];
    // The call returned false, which the program then used.
    let of_call = before.iter().rposition(|line| is_php_warning(line)).filter(|&warning| {
        let is_used = chosen.contains(", bool given") || chosen.contains(", false given");
        is_used || !is_error(chosen) && at - warning <= MAX_LATER
    });
    let is_cut = chosen.ends_with(':') && !is_trailer(chosen);
    let any = || before.last().filter(|line| is_cut && (is_error(line) || is_python_warning(line)));
    of_call.map(|at| &before[at]).or_else(any)
}

/// Returns true if PHP printed that one of its functions failed: `Warning: f(): … in s.php on line 3`.
fn is_php_warning(line: &str) -> bool {
    let text = line.strip_prefix("PHP Warning:").or_else(|| line.strip_prefix("Warning:"));
    let function = text.and_then(|text| text.trim_start().split_once("(): "));
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':'));
    function.is_some_and(|(name, rest)| is_name(name) && rest.contains(" on line "))
}

/// Returns true if Python printed a warning: `s.py:3: RuntimeWarning: …`.
fn is_python_warning(line: &str) -> bool {
    line.contains("Warning: ") && line.contains(".py:")
}

/// Returns true if a line only follows an error: a location, the version of the interpreter, or the
/// advice of a runtime.
pub(super) fn is_trailer(line: &str) -> bool {
    const BEGINNINGS: [&str; 14] = [
        "Node.js v",
        "public static void main(", // Java, which knows no main method
        "or a JavaFX application class must extend",
        "at ",
        "[C]: in ", // Lua
        "stack traceback:",
        "Stack trace:",
        "thrown in ", // PHP
        "#0 ",
        "{main}",
        "goroutine ", // Go
        "exit status ",
        "note: ", // Rust
        "stack backtrace:",
    ];
    let is_ruby = line.starts_with("from ") && line.contains(":in ");
    let is_lua = line.contains(": in main chunk")
        || line.contains(": in function ")
        || line.contains(": in local ")
        || line.contains(": in upvalue ")
        || line.contains(": in method ");
    let is_go =
        line.contains(" +0x") || line.starts_with("main.") && line.ends_with(')') || line.starts_with("created by ");
    let is_php = line.strip_prefix('#').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let is_rust = line.split_once(": ").is_some_and(|(number, _)| number.parse::<u16>().is_ok());
    // Python and Ruby mark a part of the line above.
    let is_mark = !line.is_empty() && line.bytes().all(|byte| matches!(byte, b'^' | b'~' | b' '));
    BEGINNINGS.iter().any(|begin| line.starts_with(begin))
        || is_mark
        || (line.starts_with("... ") && line.ends_with(" more"))
        || is_ruby
        || is_lua
        || is_go
        || is_php
        || is_rust
}

/// Returns true if a line begins like an error: `TypeError: …`, `Error [CODE]: …`,
/// `Exception in thread "main" …`, `Caused by: …`, `panic: …`, or has the form of Ruby's.
pub(super) fn is_error(line: &str) -> bool {
    const BEGINNINGS: [&str; 9] = [
        "Exception in thread",
        "Caused by:",
        "Unhandled exception. ",
        "PHP Fatal error:  ",
        "Fatal error: ",
        "panic: ",
        "fatal error: ",
        "terminate called ",
        "Uncaught ",
    ];
    let word = line.split([':', ' ']).next().unwrap_or_default();
    let is_rust = line.starts_with("thread '") && line.contains(" panicked at ");
    let is_lua = word.starts_with("lua") && line.contains(": ");
    // a.rb:2:in `f': message (RuntimeError)
    let is_ruby = is_ruby_error(line);
    word.ends_with("Error")
        || word.ends_with("Exception")
        || BEGINNINGS.iter().any(|begin| line.starts_with(begin))
        || is_rust
        || is_lua
        || is_ruby
}

/// Returns true if a line may report an error, in English, Portuguese or Spanish.
pub(super) fn may_be_error(line: &str) -> bool {
    const MARKS: [&str; 22] = [
        "err",
        "exception",
        "fail",
        "falh",
        "fallo",
        "panic",
        "abort",
        "cannot",
        "can't",
        "could not",
        "couldn't",
        "não ",
        "nao ",
        "no se ",
        "not ",
        "invalid",
        "inválid",
        "impossível",
        "denied",
        "refused",
        "timed out",
        "warning",
    ];
    let lower = line.to_lowercase();
    is_error(line) || is_mistake(line) || line.contains(": ") || MARKS.iter().any(|mark| lower.contains(mark))
}

/// Returns the first error of a program that Perl cannot read: the last line of the output only says
/// that there are some.
fn first_perl_error(lines: &[String]) -> Option<&String> {
    let ends = [" aborted due to compilation errors.", " had compilation errors."];
    let only_counts = |line: &String| ends.iter().any(|end| line.ends_with(end));
    lines.last().filter(|line| only_counts(line))?;
    lines.iter().find(|line| line.contains(" at ") && line.contains(" line ") && !only_counts(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_error_of_perl_is_quoted() {
        let lines = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
        let said =
            lines("oi\nsyntax error at s.pl line 4, near \"x\"\nExecution of s.pl aborted due to compilation errors.");
        assert_eq!(first_perl_error(&said).map(String::as_str), Some("syntax error at s.pl line 4, near \"x\""));
        let other = lines("syntax error at s.pl line 4, near \"x\"\nencerrado");
        assert_eq!(first_perl_error(&other), None);
    }

    #[test]
    fn uncaught_error_comes_before_buffered_text() {
        let found = |text: &str| {
            let lines: Vec<String> = text.lines().map(|line| line.trim().to_owned()).collect();
            uncaught(&lines).cloned()
        };
        let ruby = "s.rb:9:in `readpartial': end of file reached (EOFError)";
        let trace = format!("{ruby}\n\tfrom s.rb:23:in `<main>'");
        assert_eq!(found(&format!("{trace}\nescuchando en 65432")).as_deref(), Some(ruby));
        let python = "Traceback (most recent call last):\n  File \"s.py\", line 2\nKeyError: 'x'";
        assert_eq!(found(&format!("{python}\na escutar\nligado")).as_deref(), Some("KeyError: 'x'"));
        for other in [trace.as_str(), python, "Error: one\nlistening", "escuchando", ""] {
            assert_eq!(found(other), None, "{other}");
        }
        assert_eq!(found(&format!("{python}\nbind: Address already in use\nOSError: y")), None);
    }

    #[test]
    fn warning_is_quoted_for_a_message_without_its_reason() {
        let quoted = |text: &str| {
            let lines: Vec<String> = text.lines().map(|line| line.trim().to_owned()).collect();
            last_relevant_line(&lines).unwrap_or_default().to_owned()
        };
        let warning = "PHP Warning:  stream_socket_server(): Unable to connect to udp://127.0.0.1:9 (Unknown error) in \
            /s/a.php on line 9";
        let shown = warning.replace("PHP Warning: ", "Warning:");
        let used =
            "PHP Fatal error:  Uncaught TypeError: f(): Argument #1 ($socket) must be of type resource, bool given";
        for later in ["Não foi possível criar o servidor: ", "Falhou", "Falhou:\nencerrando", used] {
            assert_eq!(quoted(&format!("oi\n{warning}\n{later}")), warning, "{later}");
        }
        assert_eq!(quoted(&format!("{shown}\nerro:")), shown);
        assert_eq!(quoted("TypeError: x is not iterable\nErro:"), "TypeError: x is not iterable");
        let python = "s.py:9: RuntimeWarning: coroutine 'main' was never awaited";
        assert_eq!(quoted(&format!("{python}\nfim:")), python);
        for last in ["PHP Fatal error:  Uncaught Error: x", "a\nb\nc\nd"] {
            assert_eq!(quoted(&format!("{warning}\n{last}")), last.lines().last().unwrap_or_default());
        }
        // What another function warns of is another matter.
        let other = "PHP Warning:  Undefined variable $x in /s/a.php on line 9";
        assert_eq!(quoted(&format!("{other}\nFalhou:")), "Falhou:");
        assert_eq!(quoted("listening\nErro:"), "Erro:");
        assert_eq!(quoted(&format!("{python}\nfim")), "fim");
    }

    #[test]
    fn error_line_may_precede_the_last_line() {
        let quoted = |text: &str| {
            let lines: Vec<String> = text.lines().map(|line| line.trim().to_owned()).collect();
            last_relevant_line(&lines).unwrap_or_default().to_owned()
        };
        assert_eq!(
            quoted("  throw err;\nTypeError: x is not a function\n    at y (z.js:1:2)\n\nNode.js v20.1.0"),
            "TypeError: x is not a function"
        );
        assert_eq!(
            quoted("Exception in thread \"main\" java.net.BindException: x\n\tat a.b(C.java)\n\t... 1 more"),
            "Exception in thread \"main\" java.net.BindException: x"
        );
        let ruby = "a.rb:2:in `f': falhou aqui (RuntimeError)";
        assert_eq!(quoted(&format!("{ruby}\n\tfrom a.rb:4:in `each'\n\tfrom a.rb:4:in `<main>'")), ruby);
        let marked = "a.rb:5:in `<main>': uninitialized constant TCPServer (NameError)";
        assert_eq!(quoted(&format!("{marked}\n\nserver = TCPServer.new(1)\n         ^^^^^^^^^")), marked);
        let java = "Error: Main method not found in class S, please define the main method as:";
        let rest = "   public static void main(String[] args)\nor a JavaFX application class must extend javafx.application.Application";
        assert_eq!(quoted(&format!("{java}\n{rest}")), java);
        let lua = "lua5.4: a.lua:1: falhou aqui";
        assert_eq!(quoted(&format!("{lua}\nstack traceback:\n\ta.lua:2: in main chunk\n\t[C]: in ?")), lua);
        let php = "PHP Fatal error:  Uncaught Exception: falhou aqui in /s/a.php:2";
        assert_eq!(
            quoted(&format!("{php}\nStack trace:\n#0 /s/a.php(3): f()\n#1 {{main}}\n  thrown in /s/a.php on line 2")),
            php
        );
        let go = "panic: runtime error: index out of range [1] with length 0";
        assert_eq!(
            quoted(&format!("{go}\n\ngoroutine 1 [running]:\nmain.main()\n\t/s/a.go:3 +0x2c\nexit status 2")),
            go
        );
        let rust = "called `Result::unwrap()` on an `Err` value: \"falhou aqui\"";
        let start = "thread 'main' (9) panicked at a.rs:1:68:";
        let note = "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace";
        assert_eq!(quoted(&format!("{start}\n{rust}\n{note}")), rust);
        assert_eq!(
            quoted(&format!("{start}\n{rust}\nstack backtrace:\n   0: core::panicking::panic_fmt\n{note}")),
            rust
        );
        assert_eq!(quoted("terminate called after throwing an instance of 'E'\n  what():  falhou"), "what():  falhou");
        assert_eq!(quoted("Error: one\nlistening"), "listening", "the last line is not a trailer of the error");
        assert_eq!(quoted("at last"), "at last");
        let lua = "lua: eco.lua:2: falta\nstack traceback:\n\t[C]: in function 'error'\n\teco.lua:2: in function 'f'\n\t[C]: in ?";
        assert_eq!(quoted(lua), "lua: eco.lua:2: falta");
        assert_eq!(quoted("one\nfrom here to there"), "from here to there");
    }
}
