//! Finds the line that sends the answers, for answers whose bytes are wrong: if the program has exactly
//! one call that can send. The fault may be before it, so the line is not called that of the cause.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use super::source_clues::{program_sources, without_comments};
use crate::model::bytes::safe_path;
use crate::model::cause::{Proof, Symptom, symptom};
use crate::model::source_language::language_of;
use crate::model::{Annotation, Cause, ItemResult, SourceLocation, Verdict};
use crate::submission::import::Submission;

/// The calls that can send, by language. Those that write files are among them: no line is shown then.
const CALLS: [(&[&str], &str); 10] = [
    (&["Python"], r"\.(?:send\w*|write|writelines|sock_send\w+)\s*\(|\bfile\s*=|\bcopyfileobj\s*\("),
    (
        &["C", "C++"],
        r"\b(?:send|sendto|sendmsg|sendfile|write|writev|dprintf|fprintf|fputs|fputc|putc|fwrite|async_write\w*|write_some|send_to)\s*\(",
    ),
    (
        &["Java", "Kotlin"],
        r"\.(?:write|writeUTF|writeBytes|writeChars|writeObject|print|println|printf|format|send|transferTo)\s*\(",
    ),
    (&["C#"], r"\.(?:Send\w*|Write|WriteLine|WriteByte|WriteAsync|WriteLineAsync|CopyTo\w*)\s*\("),
    (&["Go"], r"\.(?:Write\w*|ReadFrom)\s*\(|\bfmt\.Fp?rint\w*\s*\(|\bio\.(?:Copy|WriteString)\w*\s*\("),
    (&["JavaScript", "TypeScript"], r"\.(?:write|send|pipe)\s*\(|\.end\s*\(\s*[^)\s]|\bpipeline\s*\("),
    (
        &["Ruby"],
        r"\.(?:write|puts|print|printf|send|syswrite|sendmsg|write_nonblock|__send__)\b|\.<<|\bcopy_stream\b|\w\s*<<\s*\w",
    ),
    (
        &["PHP"],
        r"\b(?:socket_write|socket_send|socket_sendto|socket_sendmsg|fwrite|fputs|fprintf|stream_socket_sendto|stream_copy_to_stream)\s*\(",
    ),
    (
        &["Perl"],
        r"\b(?:send|syswrite)\b|->(?:print|printf|say)\b|\b(?:print|printf|say)\s*\(?\s*(?:\{|\$\w+\s+[^\s,;.=])",
    ),
    (&["Rust"], r"\.(?:write\w*|send|send_to)\s*\(|\bwrite(?:ln)?!\s*\(|\bcopy\s*\("),
];

/// The receiver or the first argument of a call that writes on the screen, or into a log.
const SCREEN: [&str; 2] = [
    r"(?i)(?:std(?:out|err)(?:\(\))?(?:\.lock\(\))?|console(?:\.out|\.error)?|system\.(?:out|err)|\blog(?:ger)?)$",
    r"(?i)^\s*(?:(?:os|sys)\.)?(?:\$?std(?:out|err)|1\s*,|2\s*,)",
];

static PATTERNS: LazyLock<Vec<(&'static [&'static str], Regex)>> =
    LazyLock::new(|| CALLS.iter().filter_map(|(languages, call)| Some((*languages, Regex::new(call).ok()?))).collect());
static ON_SCREEN: LazyLock<Option<[Regex; 2]>> =
    LazyLock::new(|| Some([Regex::new(SCREEN[0]).ok()?, Regex::new(SCREEN[1]).ok()?]));

/// Adds the line that sends to findings about the bytes of answers that have no line.
pub(crate) fn annotate(items: &mut [ItemResult], delivery: &Submission) {
    for item in items.iter_mut().filter(|item| item.verdict == Verdict::Fail) {
        for finding in 0..item.judged.findings.len() {
            let is_failed = item.judged.findings[finding].verdict == Verdict::Fail;
            if !is_failed || !item.shown_cause(finding).is_some_and(is_of_bytes) {
                continue;
            }
            let Some(place) = item.source_hint(finding).filter(|place| place.line == 0) else { continue };
            let file = PathBuf::from(&place.file);
            let Some(language) = language_of(&file) else { continue };
            let Some(line) = only_send(language, &program_sources(&file, language, delivery)) else { continue };
            let location = SourceLocation { file: safe_path(&file), line, column: 0 };
            item.annotations.push(Annotation::SendingLine { finding, location });
        }
    }
}

/// Returns true if a cause is about the bytes of an answer that was sent.
fn is_of_bytes(cause: &Cause) -> bool {
    if !matches!(cause.row().proof, Proof::Clients) {
        return false;
    }
    match cause {
        Cause::AnswerCut { .. } | Cause::AnswerCutAtBuffer { .. } | Cause::EmptyAnswer { .. } => true,
        // They are about connections, or data that did not come.
        Cause::NobodyConnected {}
        | Cause::StandardInputRead { .. }
        | Cause::WaitsForKeyboard { .. }
        | Cause::PortsShared { .. }
        | Cause::SeveralServerPorts { .. }
        | Cause::UnchangedUnanswered { .. }
        | Cause::AnswersOnlyAfterEnd { .. }
        | Cause::WaitsForShortRead { .. }
        | Cause::WaitsForFixedAmount { .. }
        | Cause::DiedBetweenDatagrams { .. }
        | Cause::DiedOnEmptyDatagram { .. }
        | Cause::SilentAfterEmptyDatagram { .. }
        | Cause::LineHeldUp { .. }
        | Cause::ClosedWhileReading { .. }
        | Cause::NeverCloses { .. }
        | Cause::ClosesEarly { .. }
        | Cause::NeverConnects { .. }
        | Cause::SentNothing { .. }
        | Cause::AwaitsReply { .. }
        | Cause::LeftUnread { .. }
        | Cause::ClosedUnreadConnection { .. }
        | Cause::ConnectsByOther { .. }
        | Cause::LineToOthersOnly { .. }
        | Cause::NeverStopsSending { .. } => false,
        cause => matches!(symptom(cause), None | Some(Symptom::Wrong)),
    }
}

/// Returns the line of the only call of a program that can send; `None` if it has several.
fn only_send(language: &str, sources: &[(PathBuf, String)]) -> Option<u32> {
    let (_, pattern) = PATTERNS.iter().find(|(languages, _)| languages.contains(&language))?;
    let (_, program) = sources.first()?;
    let is_elsewhere =
        |(file, text): &(PathBuf, String)| is_part(language, program, file) && !sends(pattern, text).is_empty();
    if sources[1..].iter().any(is_elsewhere) {
        return None;
    }
    match sends(pattern, program)[..] {
        [line] => Some(line),
        _ => None,
    }
}

/// Returns true if another file may belong to the program: it names the file, or its language need not.
fn is_part(language: &str, program: &str, file: &Path) -> bool {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    matches!(language, "Go" | "C#" | "Kotlin" | "Rust") || stem.is_empty() || program.contains(&stem)
}

/// Returns the lines of the calls that can send, without those that write on the screen.
fn sends(pattern: &Regex, source: &str) -> Vec<u32> {
    let text = without_comments(source);
    let Some([receiver, argument]) = ON_SCREEN.as_ref() else { return Vec::new() };
    let is_send = |found: &regex::Match<'_>| {
        !receiver.is_match(text[..found.start()].rsplit('\n').next().unwrap_or_default())
            && !argument.is_match(text[found.end()..].lines().next().unwrap_or_default())
    };
    let line = |found: regex::Match<'_>| u32::try_from(1 + text[..found.start()].matches('\n').count()).ok();
    pattern.find_iter(&text).filter(is_send).filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::model::{ClientId, Hint};

    fn found(files: &[(&str, &str)]) -> Option<u32> {
        let sources: Vec<_> = files.iter().map(|(file, text)| (PathBuf::from(file), (*text).to_owned())).collect();
        only_send(language_of(&sources[0].0).expect("a language"), &sources)
    }

    #[rstest]
    #[case::python("s.py", "d = c.recv(9)\nprint(d)\nc.sendall(d)\n", 3)]
    #[case::screen("s.py", "sys.stdout.write('x')\ns.sendto(d, a)\n", 2)]
    #[case::line_before("s.c", "FILE *f = stdout\nsend(c, b, n, 0);\n", 2)]
    #[case::commented("s.py", "# c.send(d)\nc.send(d)\n", 2)]
    #[case::stream("s.py", "self.wfile.write(d)\n", 1)]
    #[case::c("s.c", "fprintf(stderr, \"x\");\nprintf(\"x\");\nsend(c, b, n, 0);\n", 3)]
    #[case::c_write("s.c", "write(1, b, n);\nwrite(c, b, n);\n", 2)]
    #[case::java("S.java", "System.out.println(x);\nout.write(b, 0, n);\n", 2)]
    #[case::csharp("S.cs", "Console.WriteLine(x);\nudp.Send(b, n, p);\n", 2)]
    #[case::go("s.go", "fmt.Println(x)\nfmt.Fprintln(os.Stderr, x)\nconn.WriteTo(b, a)\n", 3)]
    #[case::node("s.js", "console.log(x);\nfor (const c of all) {\n  c.write(t);\n}\nc.end();\n", 3)]
    #[case::ruby("s.rb", "puts x\n$stdout.puts x\nc.write d.upcase\n", 3)]
    #[case::php("s.php", "fwrite(STDERR, 'x');\nsocket_sendto($s, $b, 9, 0, $a, $p);\n", 2)]
    #[case::perl("s.pl", "print \"x\";\nprint STDERR \"x\";\nprint $c uc $b;\n", 3)]
    #[case::rust("s.rs", "println!(\"x\");\nio::stdout().write_all(b);\nc.write_all(&b[..n]);\n", 3)]
    fn only_call_that_sends_is_found(#[case] file: &str, #[case] text: &str, #[case] line: u32) {
        assert_eq!(found(&[(file, text)]), Some(line));
    }

    #[rstest]
    #[case::two("s.py", "c.sendall(h)\nc.sendall(d)\n")]
    #[case::file("s.py", "f.write(str(d))\nc.sendall(d)\n")]
    #[case::printed_into_a_file("s.py", "print(d, file=f)\nlog_file.write(d)\n")]
    #[case::none("s.py", "os.sendfile\n")]
    #[case::c("s.c", "send(c, h, 4, 0);\nwrite(c, b, n);\n")]
    #[case::definition("S.java", "this.send(b);\nsocket.send(p);\n")]
    #[case::node("s.js", "c.write(t);\nc.end('x');\n")]
    #[case::lua("s.lua", "c:send(d)\n")]
    fn several_calls_give_no_line(#[case] file: &str, #[case] text: &str) {
        assert_eq!(found(&[(file, text)]), None);
    }

    #[test]
    fn call_in_a_file_that_the_program_names_counts() {
        let (program, helper) = ("import helper\nc.sendall(d)\n", "def f(c):\n    c.send(1)\n");
        assert_eq!(found(&[("s.py", program), ("helper.py", helper)]), None);
        assert_eq!(found(&[("s.py", program), ("udp.py", helper)]), Some(2));
        assert_eq!(found(&[("s.go", "c.Write(b)\n"), ("udp.go", "c.Write(b)\n")]), None);
    }

    #[test]
    fn only_causes_of_bytes_that_came_have_the_line() {
        let client = ClientId(1);
        let cut = Cause::AnswerCut { client, got: 1, of: 2, hint: Hint::ReadUntilEnd };
        let more = Cause::MoreAfterAnswer { client, extra: "x".to_owned(), bytes: 1 };
        assert!(is_of_bytes(&cut) && is_of_bytes(&more) && is_of_bytes(&Cause::CutAtNul { client }));
        let closed = Cause::StreamNotEnded { client };
        let none = Cause::NoAnswer { client, hint: Hint::NoAnswer };
        assert!(!is_of_bytes(&closed) && !is_of_bytes(&none) && !is_of_bytes(&Cause::NoLongerBound {}));
    }
}
