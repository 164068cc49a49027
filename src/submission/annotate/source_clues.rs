//! Finds in the source what calls and bytes do not show: a handler with the wrong name, an error that
//! nobody prints, a converted text that is not sent. A clue only refines a cause that it fits, and
//! never changes a verdict.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use crate::model::bytes::safe_path;
use crate::model::{Cause, ClientId, Hint, ItemResult, SourceLocation, Verdict};
use crate::submission::heuristics::is_named_client;
use crate::submission::import::Submission;
use crate::submission::language;

/// Bytes of a source file that are read.
const MAX_SOURCE_BYTES: u64 = 256 << 10;
/// Maximum number of source files of a program.
const MAX_FILES: usize = 50;

/// A pattern of sources, and the cause that it turns others into.
struct Row {
    /// Empty: all languages.
    languages: &'static [&'static str],
    /// Returns the more exact cause, if the pattern can explain this one.
    refine: fn(&Cause) -> Option<Cause>,
    /// Matches the place that is shown: the first line of the match, or its last one.
    place: &'static str,
    shows_last_line: bool,
    /// If it matches anywhere in the program, the clue does not hold; empty: it holds always.
    unless: &'static str,
    /// A text that must not be inside the match; empty: any text may be.
    outside: &'static str,
}

/// Creates a row for a pattern.
const fn row(languages: &'static [&'static str], refine: fn(&Cause) -> Option<Cause>, place: &'static str) -> Row {
    Row { languages, refine, place, shows_last_line: false, unless: "", outside: "" }
}

/// The clues, of which the first one that fits counts.
const ROWS: &[Row] = &[
    // https://docs.python.org/3/library/socketserver.html#request-handler-objects
    Row {
        unless: r"\bdef\s+handle\s*\(",
        ..row(&["Python"], handler_missing, r"(?m)^\s*class\s+\w+\s*\([^)]*\b(?:Base|Stream|Datagram)RequestHandler\b")
    },
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
    // https://go.dev/ref/spec#Defer_statements: it runs when the function returns.
    Row {
        shows_last_line: true,
        outside: "func",
        ..row(&["Go"], defer_too_late, r"(?s)\.Accept\(\)[^}]{0,300}?\}?[^}]{0,200}?\bdefer\s+\w+\.Close\(\)")
    },
    // The place of the call that the cause names.
    row(&[], connects, r"\.connect\b|\bconnect\s*\("),
    // What asks for data without waiting for it.
    row(
        &[],
        does_not_wait,
        r"\.(?:ready|available)\s*\(|\b(?:settimeout|setblocking|setSoTimeout|SO_RCVTIMEO|O_NONBLOCK|MSG_DONTWAIT|FIONREAD|read_nonblock|set_nonblocking|SetReadDeadline|DataAvailable|socket_set_nonblock)\b",
    ),
];

/// A row with its regular expressions.
struct Clue {
    row: &'static Row,
    place: Regex,
    unless: Option<Regex>,
}

static CLUES: LazyLock<Vec<Clue>> = LazyLock::new(|| {
    let clue = |row: &'static Row| {
        let unless = Some(row.unless).filter(|pattern| !pattern.is_empty()).map(Regex::new).transpose().ok()?;
        Some(Clue { row, place: Regex::new(row.place).ok()?, unless })
    };
    ROWS.iter().filter_map(clue).collect()
});

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

/// Of the first client only: for later ones, the threads of a pool may be busy.
fn task_error_hidden(cause: &Cause) -> Option<Cause> {
    let first = ClientId(1);
    let is_open = match cause {
        Cause::DataUnread { client, call: Some(call), .. } => *client == first && call.contains("accept"),
        Cause::ReadNotAnswered { client, .. } => *client == first,
        _ => false,
    };
    is_open.then_some(Cause::TaskErrorHidden {})
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

fn defer_too_late(cause: &Cause) -> Option<Cause> {
    let is_open = matches!(
        cause,
        Cause::LeftInCloseWait { .. }
            | Cause::LeftEstablished { .. }
            | Cause::NotClosed { .. }
            | Cause::PacketsNoFin { .. }
    );
    is_open.then_some(Cause::DeferTooLate {})
}

fn connects(cause: &Cause) -> Option<Cause> {
    matches!(cause, Cause::ConnectForBind { .. }).then(|| cause.clone())
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

/// Refines the shown causes of failures by what the sources of their programs show.
pub(crate) fn annotate(items: &mut [ItemResult], delivery: &Submission) {
    for item in items.iter_mut().filter(|item| item.verdict == Verdict::Fail) {
        let mut found = Vec::new();
        for (finding, judged) in item.judged.findings.iter().enumerate() {
            let Some(cause) = item.shown_cause(finding).filter(|_| judged.verdict == Verdict::Fail) else { continue };
            let Some(file) = item.source_hint(finding).map(|location| PathBuf::from(&location.file)) else { continue };
            let refined: Vec<(&Clue, Cause)> =
                CLUES.iter().filter_map(|clue| Some((clue, (clue.row.refine)(cause)?))).collect();
            if refined.is_empty() {
                continue;
            }
            let Some(language) = language::by_name(&file) else { continue };
            let sources = program_sources(&file, language, delivery);
            let place = |clue: &Clue| clue.find(language, &sources);
            if let Some((cause, location)) = refined.into_iter().find_map(|(clue, cause)| Some((cause, place(clue)?))) {
                found.push((finding, cause, location));
            }
        }
        for (finding, cause, location) in found {
            item.explain(finding, cause, location);
        }
    }
}

/// Returns the sources of a program: its file, and those in the same language, without clients.
pub(super) fn program_sources(program: &Path, language: &str, delivery: &Submission) -> Vec<(PathBuf, String)> {
    let is_part =
        |file: &&&PathBuf| **file != program && language::by_name(file) == Some(language) && !is_named_client(file);
    let own = delivery.own_files();
    let parts = own.iter().filter(is_part).take(MAX_FILES).map(|file| file.as_path());
    let files = std::iter::once(program).chain(parts);
    files.map(|file| (file.to_owned(), delivery.text(file, MAX_SOURCE_BYTES))).collect()
}

impl Clue {
    /// Returns the place of the pattern in the first source, outside of comments.
    fn find(&self, language: &str, sources: &[(PathBuf, String)]) -> Option<SourceLocation> {
        let Row { languages, outside, shows_last_line, .. } = *self.row;
        if !languages.is_empty() && !languages.contains(&language) {
            return None;
        }
        let sources: Vec<(&PathBuf, String)> =
            sources.iter().map(|(file, text)| (file, without_comments(text))).collect();
        if self.unless.as_ref().is_some_and(|unless| sources.iter().any(|(_, text)| unless.is_match(text))) {
            return None;
        }
        // Another file may be the program of another role.
        let (file, text) = sources.first()?;
        let is_outside = |found: &regex::Match<'_>| outside.is_empty() || !found.as_str().contains(outside);
        let found = self.place.find_iter(text).find(is_outside)?;
        let blanks = found.as_str().len() - found.as_str().trim_start().len();
        let place = if shows_last_line { found.end() } else { found.start() + blanks };
        let line = 1 + text[..place].matches('\n').count();
        Some(SourceLocation { file: safe_path(file), line: u32::try_from(line).ok()?, column: 0 })
    }
}

/// Returns a source without its comments that take up the rest of a line.
fn without_comments(text: &str) -> String {
    let code = |line: &str| -> String {
        let is_comment =
            |line: &str| line.trim_start().starts_with(['#', '*']) && !line.trim_start().starts_with("#include");
        if is_comment(line) {
            return String::new();
        }
        line.find("//").filter(|at| !line[..*at].ends_with(':')).map_or(line, |at| &line[..at]).to_owned()
    };
    text.lines().map(|line| code(line) + "\n").collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::model::TcpState;

    fn found(cause: &Cause, file: &str, text: &str) -> Option<(&'static str, u32)> {
        let language = language::by_name(Path::new(file)).expect("a language");
        let sources = [(PathBuf::from(file), text.to_owned())];
        CLUES.iter().find_map(|clue| {
            let cause = (clue.row.refine)(cause)?;
            Some((cause.row().id, clue.find(language, &sources)?.line))
        })
    }

    const CLOSED: Cause = Cause::ClosedUnread { hint: Hint::CloseLate };
    const READ: Cause = Cause::ClosedAfterReading { bytes: 9 };

    const UNCLOSED: Cause = Cause::LeftInCloseWait { client: ClientId(1), state: TcpState::CloseWait };

    fn unread(client: u32) -> Cause {
        let call = Some("accept".to_owned());
        Cause::DataUnread { client: ClientId(client), bytes: 9, call, hint: Hint::ServeAccepted }
    }

    fn connected() -> Cause {
        Cause::ConnectForBind { call: "connect(3, 127.0.0.1:65431)".to_owned() }
    }

    fn echoed() -> Cause {
        Cause::EchoForUpper { client: ClientId(1), got: "x".to_owned() }
    }

    #[test]
    fn all_patterns_are_regular_expressions() {
        assert_eq!(CLUES.len(), ROWS.len(), "a clue whose pattern does not compile is left out");
    }

    #[rstest]
    #[case(
        CLOSED,
        "s.py",
        "import socketserver\n\nclass T(socketserver.BaseRequestHandler):\n    def handler(self):\n",
        "handler-missing",
        3
    )]
    #[case(unread(1), "S.java", "class S {\n  void f() {\n    pool.submit(new Task(s));\n", "task-error-hidden", 3)]
    #[case(
        READ,
        "s.py",
        "try:\n    n = c.recv(9)\n    c.sendall(str(n))\nexcept Exception:\n    pass\n",
        "error-hidden",
        5
    )]
    #[case(READ, "s.py", "try:\n    c.send(x)\nexcept: pass\n", "error-hidden", 3)]
    #[case(READ, "S.java", "try {\n  out.write(x);\n} catch (Exception e) {\n}\n", "error-hidden", 4)]
    #[case(READ, "s.js", "try {\n  c.write(5);\n} catch (e) {}\n", "error-hidden", 3)]
    #[case(echoed(), "s.cpp", "for (char c : s)\n  c = std::toupper(c);\n", "upper-lost", 2)]
    #[case(echoed(), "s.py", "# x.upper()\ndata.upper()\n", "upper-lost", 2)]
    #[case(CLOSED, "S.java", "if (in.ready()) {\n", "closed-unread", 1)]
    #[case(connected(), "s.py", "# connect\ns = socket()\ns.connect((HOST, PORT))\n", "connect-for-bind", 3)]
    #[case(connected(), "s.rb", "s = UDPSocket.new\ns.connect '127.0.0.1', 65431\n", "connect-for-bind", 2)]
    #[case(unread(1), "s.js", "const net = require('net');\nsocket.on('message', (m) => {\n", "wrong-event", 2)]
    #[case(
        UNCLOSED,
        "s.go",
        "for {\n\tc, err := l.Accept()\n\tif err != nil {\n\t\tcontinue\n\t}\n\tdefer c.Close()\n",
        "defer-too-late",
        6
    )]
    fn clues_refine_causes(
        #[case] cause: Cause,
        #[case] file: &str,
        #[case] text: &str,
        #[case] id: &str,
        #[case] line: u32,
    ) {
        assert_eq!(found(&cause, file, text), Some((id, line)));
    }

    #[rstest]
    #[case(CLOSED, "s.py", "class T(socketserver.BaseRequestHandler):\n    def handle(self):\n")]
    #[case(CLOSED, "s.py", "class T(Handler):\n    def handler(self):\n")]
    #[case(unread(2), "S.java", "pool.submit(new Task(s));\n")]
    #[case(unread(1), "S.java", "pool.execute(new Task(s));\n")]
    #[case(READ, "s.py", "try:\n    c.send(x)\nexcept ConnectionResetError:\n    pass\n")]
    #[case(READ, "s.py", "try:\n    c.send(x)\nexcept Exception as e:\n    print(e)\n")]
    #[case(READ, "S.java", "try {\n  out.write(x);\n} catch (Exception e) {\n  e.printStackTrace();\n}\n")]
    #[case(echoed(), "s.py", "# x.upper()\nc.send(x)\n")]
    #[case(CLOSED, "S.java", "in.read(b);\n")]
    #[case(CLOSED, "S.java", "System.out.println(\"Server ready\");\n")]
    #[case(unread(1), "s.js", "const cluster = require('cluster');\nworker.on('message', (m) => {\n")]
    #[case(unread(1), "s.js", "const dgram = require('dgram');\nsocket.on('message', (m) => {\n")]
    #[case(UNCLOSED, "s.go", "c, err := l.Accept()\ngo serve(c)\n}\nfunc serve(c net.Conn) {\n\tdefer c.Close()\n")]
    fn other_sources_give_no_clue(#[case] cause: Cause, #[case] file: &str, #[case] text: &str) {
        assert_eq!(found(&cause, file, text), None);
    }
}
