//! Finds a buffered writer that the source never flushes, for servers that read everything and sent
//! nothing: neither the system calls nor the bytes tell it from a server that waits for more data.
//! Reads the sources only. Changes the shown cause of a failure, never a verdict.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use super::source_clues::program_sources;
use crate::model::bytes::safe_path;
use crate::model::source_language::language_of;
use crate::model::{Cause, ItemResult, SourceLocation, Verdict};
use crate::submission::import::Submission;

/// The buffered writers of a language. Sources:
/// <https://docs.oracle.com/javase/8/docs/api/java/io/PrintWriter.html> and the pages of the other
/// classes; <https://docs.python.org/3/library/socket.html#socket.socket.makefile>; setbuf(3);
/// <https://perldoc.perl.org/perlvar#$OUTPUT_AUTOFLUSH>;
/// <https://learn.microsoft.com/dotnet/api/system.io.streamwriter.autoflush>;
/// <https://pkg.go.dev/bufio#Writer>; <https://doc.rust-lang.org/std/io/struct.BufWriter.html>.
struct Writers {
    languages: &'static [&'static str],
    /// Matches the creation of a writer; the group `writer` is its name.
    created: Regex,
    /// Matches what makes a line something else: a writer to a file, or one without a buffer.
    other: Regex,
    /// Matches what flushes a writer, anywhere in the program.
    flushed: Regex,
    /// Matches what closes one, and flushes it then: too late if data came that a client needed before.
    closed: Regex,
    comment: &'static str,
}

/// Matches what closes a writer of Java.
const CLOSED_IN_JAVA: &str =
    r"(?i)\b(?:out|saida|writer|bw|pw|escritor|output)\w*\.close\(|try\s*\([^)]*(?:Writer|OutputStream)";
/// Matches nothing.
const NEVER: &str = r"\z.";

static WRITERS: LazyLock<Vec<Writers>> = LazyLock::new(|| {
    let writers = |languages, created, other, flushed, closed, comment| {
        let [created, other, flushed, closed] =
            [created, other, flushed, closed].map(|pattern| Regex::new(pattern).ok());
        Some(Writers { languages, created: created?, other: other?, flushed: flushed?, closed: closed?, comment })
    };
    let all = [
        writers(
            &["Java", "Kotlin"],
            r"\b(?<writer>BufferedOutputStream|BufferedWriter|PrintWriter|OutputStreamWriter|bufferedWriter)\s*\(",
            r"\bFile(?:Writer|OutputStream)?\b|System\.(?:out|err)|PrintWriter\s*\(.*,\s*true\s*\)",
            r"(?i)flush",
            CLOSED_IN_JAVA,
            "//",
        ),
        // With `true`, println, printf and format flush, and print does not.
        writers(
            &["Java", "Kotlin"],
            r"\b(?<writer>PrintWriter)\s*\(.*,\s*true\s*\)",
            r"\bFile(?:Writer|OutputStream)?\b|System\.(?:out|err)",
            r"(?i)flush|(?:^|[^.\w])\w+\.(?:println|printf|format)\s*\(",
            CLOSED_IN_JAVA,
            "//",
        ),
        writers(
            &["Python"],
            r#"\.(?<writer>makefile)\(\s*(?:mode\s*=\s*)?['"](?:\w*w)"#,
            r"buffering\s*=\s*0|,\s*0\s*\)",
            r"flush",
            r"\bwith\b.*makefile",
            "#",
        ),
        writers(
            &["C", "C++"],
            r"\b(?<writer>fdopen)\s*\(",
            r#""r[bt]?""#,
            r"fflush|setv?buf|setlinebuf",
            r"fclose",
            "//",
        ),
        writers(
            &["C#"],
            r"\bnew\s+(?<writer>StreamWriter|BufferedStream)\s*\(",
            r#"\bFile\b|StreamWriter\s*\(\s*""#,
            r"Flush",
            r"\b(?:\w*[Ww]riter|sw|saida|escritor)\w*\.(?:Close|Dispose)|using\b.*StreamWriter",
            "//",
        ),
        writers(
            &["Go"],
            r"\b(?<writer>bufio\.New(?:Writer|ReadWriter)(?:Size)?)\(",
            r"os\.(?:Stdout|Stderr)",
            r"Flush\(",
            NEVER,
            "//",
        ),
        writers(
            &["Rust"],
            r"\b(?<writer>(?:Buf|Line)Writer)::(?:new|with_capacity)\(",
            r"std(?:out|err)\(|File::",
            r"flush\(|into_inner\(",
            r"drop\(",
            "//",
        ),
        // https://perldoc.perl.org/IO::Socket: its objects flush after each print.
        writers(
            &["Perl"],
            r#"\b(?<writer>print|printf)\s*(?:\{\s*)?(?:\$\w+|[A-Z]\w*)\s*(?:\}\s*)?\s[\$@"'\w]"#,
            r"\b(?:STDOUT|STDERR)\b|\$\w+\s+(?:if|unless|for|foreach|while|until|x|eq|ne|and|or)\b",
            r"IO::Socket|autoflush|\$\||->flush|->sync",
            r"\bclose\b",
            "#",
        ),
    ];
    all.into_iter().flatten().collect()
});

/// Adds the writer that is never flushed to findings of missing answers.
pub(crate) fn annotate(items: &mut [ItemResult], delivery: &Submission) {
    for item in items.iter_mut().filter(|item| item.verdict == Verdict::Fail) {
        let mut found = Vec::new();
        for (finding, judged) in item.judged.findings.iter().enumerate() {
            // A further run may have shown that the server closed the connection after it had read.
            let is_open = |cause: &Cause| {
                let is_closed = matches!(cause, Cause::ClosedAfterReading { .. });
                is_closed || is_held_back(cause) && !item.has_rerun_cause(finding)
            };
            let shown = item.shown_cause(finding).filter(|_| judged.verdict == Verdict::Fail);
            let Some(cause) = shown.filter(|cause| is_open(cause)) else { continue };
            let Some(file) = item.source_hint(finding).map(|location| PathBuf::from(&location.file)) else { continue };
            if let Some((writer, location)) = never_flushed(&file, delivery, is_partly_sent(cause)) {
                found.push((finding, Cause::NeverFlushed { writer }, location));
            }
        }
        for (finding, cause, location) in found {
            item.explain(finding, cause, location);
        }
    }
}

/// Returns true if a cause says that the server has read the data and no answer came, or came late.
const fn is_held_back(cause: &Cause) -> bool {
    matches!(
        cause,
        Cause::ReadsOn { .. }
            | Cause::ReadNotAnswered { .. }
            | Cause::AwaitsOtherClient { .. }
            | Cause::NoAnswerSilent { .. }
            | Cause::NoAnswerClosed { .. }
            | Cause::PrintedSilent { .. }
            | Cause::PacketsNoAnswer { .. }
            | Cause::KeptInBuffer { .. }
            | Cause::OneMessageLate { .. }
            | Cause::WaitsForFixedAmount { .. }
    )
}

/// Returns true if a cause says that some of the data came: then a writer that is closed at the end
/// still kept the rest too long.
const fn is_partly_sent(cause: &Cause) -> bool {
    matches!(cause, Cause::KeptInBuffer { .. } | Cause::OneMessageLate { .. } | Cause::WaitsForFixedAmount { .. })
}

/// Returns the first buffered writer of a program and its location, if nothing in the program
/// flushes one, or closes one unless it may.
fn never_flushed(program: &Path, delivery: &Submission, may_close: bool) -> Option<(String, SourceLocation)> {
    let language = language_of(program)?;
    find_in(language, &program_sources(program, language, delivery), may_close)
}

fn find_in(language: &str, sources: &[(PathBuf, String)], may_close: bool) -> Option<(String, SourceLocation)> {
    let of_language = WRITERS.iter().filter(|writers| writers.languages.contains(&language));
    of_language.into_iter().find_map(|writers| find(writers, sources, may_close))
}

fn find(writers: &Writers, sources: &[(PathBuf, String)], may_close: bool) -> Option<(String, SourceLocation)> {
    let code = |line: &'_ str| -> usize { line.find(writers.comment).unwrap_or(line.len()) };
    let lines = || {
        let all = sources
            .iter()
            .flat_map(|(file, text)| (1..).zip(text.lines()).map(move |(number, line)| (file, number, line)));
        all.map(|(file, number, line)| (file.as_path(), number, &line[..code(line)]))
    };
    let is_flushed = |line: &str| writers.flushed.is_match(line) || !may_close && writers.closed.is_match(line);
    if lines().any(|(.., line)| is_flushed(line)) {
        return None;
    }
    lines().filter(|(.., line)| !writers.other.is_match(line)).find_map(|(file, line, text)| {
        let writer = writers.created.captures(text)?.name("writer")?.as_str().to_owned();
        Some((writer, SourceLocation { file: safe_path(file), line, column: 0 }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(language: &str, text: &str, may_close: bool) -> Option<(String, u32)> {
        find_in(language, &[(PathBuf::from("a"), text.to_owned())], may_close)
            .map(|(writer, location)| (writer, location.line))
    }

    #[test]
    fn writers_that_nobody_flushes_are_found() {
        for (language, text, writer) in [
            ("Java", "\nout = new BufferedOutputStream(s.getOutputStream());\nout.write(b);", "BufferedOutputStream"),
            ("Java", "\nvar out = new PrintWriter(s.getOutputStream());\n// out.flush();", "PrintWriter"),
            ("Java", "\nWriter w = new OutputStreamWriter(s.getOutputStream(), \"UTF-8\");", "OutputStreamWriter"),
            ("Java", "\nw = new PrintWriter(out, true);\nSystem.out.println(x);\nw.print(x);", "PrintWriter"),
            ("Python", "\nf = c.makefile('rw')\nf.write(x)", "makefile"),
            ("Python", "\nf = c.makefile(mode=\"wb\")", "makefile"),
            ("C", "\nFILE *f = fdopen(c, \"w+\");", "fdopen"),
            ("C#", "\nvar w = new StreamWriter(c.GetStream());", "StreamWriter"),
            ("Go", "\nw := bufio.NewWriter(conn)", "bufio.NewWriter"),
            ("Rust", "\nlet mut w = BufWriter::new(&stream);", "BufWriter"),
            ("Perl", "\nprint $cli $buf;", "print"),
            ("Perl", "\nprint {$cli} uc($buf);", "print"),
            ("Perl", "\nprint CLIENTE uc $texto;", "print"),
        ] {
            assert_eq!(found(language, text, false), Some((writer.to_owned(), 2)), "{text}");
        }
    }

    #[test]
    fn other_writers_are_not_found() {
        for (language, text) in [
            ("Java", "out = new PrintWriter(s.getOutputStream(), true);\nout.println(x);"),
            ("Java", "out = new PrintWriter(s.getOutputStream());\nout.flush();"),
            ("Java", "out = new BufferedWriter(new FileWriter(\"log.txt\"));"),
            ("Java", "out = new DataOutputStream(s.getOutputStream());"),
            ("Java", "out = new BufferedWriter(w);\nout.write(x);\nout.close();"),
            ("Python", "f = c.makefile('r')"),
            ("Python", "f = c.makefile('wb', buffering=0)"),
            ("Python", "f = c.makefile('rw')\nprint(x, file=f, flush=True)"),
            ("Python", "# f = c.makefile('rw')"),
            ("C", "FILE *f = fdopen(c, \"r\");"),
            ("C", "FILE *f = fdopen(c, \"w\");\nsetvbuf(f, NULL, _IONBF, 0);"),
            ("C#", "var w = new StreamWriter(s) { AutoFlush = true };"),
            ("Go", "w := bufio.NewWriter(conn)\nw.WriteString(x)\nw.Flush()"),
            ("Go", "w := bufio.NewWriter(os.Stdout)"),
            ("Perl", "print \"pronto\\n\";\nprint $texto;\nprint STDERR $texto;\nprint uc($texto);"),
            ("Perl", "print $texto if $n;\nprint $texto . \"x\";\nprint $a, $b;"),
            ("Perl", "use IO::Socket::INET;\nprint $cli $buf;"),
            ("Perl", "$cli->autoflush(1);\nprint $cli $buf;"),
        ] {
            assert_eq!(found(language, text, false), None, "{text}");
        }
    }

    #[test]
    fn close_flushes_too_late_if_some_data_came() {
        let text = "FILE *f = fdopen(c, \"w\");\nfwrite(b, 1, n, f);\nfclose(f);";
        assert_eq!(found("C", text, true), Some(("fdopen".to_owned(), 1)));
        assert_eq!(found("C", text, false), None);
    }
}
