//! Finds a buffered writer that the source never flushes, for servers that read everything and sent
//! nothing: neither the system calls nor the bytes tell it from a server that waits for more data.
//! Reads the sources only. Changes the shown cause of a failure, never a verdict.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use crate::model::bytes::safe_path;
use crate::model::{Annotation, Cause, ItemResult, SourceLocation, Verdict};
use crate::submission::heuristics::is_named_client;
use crate::submission::import::Submission;
use crate::submission::language;

/// Bytes of a source file that are read.
const MAX_SOURCE_BYTES: u64 = 256 << 10;
/// Maximum number of source files of a program.
const MAX_FILES: usize = 50;

/// The buffered writers of a language. Sources:
/// <https://docs.oracle.com/javase/8/docs/api/java/io/PrintWriter.html> and the pages of the other
/// classes; <https://docs.python.org/3/library/socket.html#socket.socket.makefile>; setbuf(3);
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
    comment: &'static str,
}

static WRITERS: LazyLock<Vec<Writers>> = LazyLock::new(|| {
    let writers = |languages, created, other, flushed, comment| {
        let [created, other, flushed] = [created, other, flushed].map(|pattern| Regex::new(pattern).ok());
        Some(Writers { languages, created: created?, other: other?, flushed: flushed?, comment })
    };
    let all = [
        writers(
            &["Java", "Kotlin"],
            r"\b(?<writer>BufferedOutputStream|BufferedWriter|PrintWriter|OutputStreamWriter|bufferedWriter)\s*\(",
            r"\bFile(?:Writer|OutputStream)?\b|System\.(?:out|err)|PrintWriter\s*\(.*,\s*true\s*\)",
            r"(?i)flush|\b(?:out|saida|writer|bw|pw|escritor|output)\w*\.close\(|try\s*\([^)]*(?:Writer|OutputStream)",
            "//",
        ),
        writers(
            &["Python"],
            r#"\.(?<writer>makefile)\(\s*(?:mode\s*=\s*)?['"](?:\w*w)"#,
            r"buffering\s*=\s*0|,\s*0\s*\)",
            r"flush|\bwith\b.*makefile",
            "#",
        ),
        writers(&["C", "C++"], r"\b(?<writer>fdopen)\s*\(", r#""r[bt]?""#, r"fflush|setv?buf|setlinebuf|fclose", "//"),
        writers(
            &["C#"],
            r"\bnew\s+(?<writer>StreamWriter|BufferedStream)\s*\(",
            r#"\bFile\b|StreamWriter\s*\(\s*""#,
            r"Flush|\b(?:\w*[Ww]riter|sw|saida|escritor)\w*\.(?:Close|Dispose)|using\b.*StreamWriter",
            "//",
        ),
        writers(
            &["Go"],
            r"\b(?<writer>bufio\.New(?:Writer|ReadWriter)(?:Size)?)\(",
            r"os\.(?:Stdout|Stderr)",
            r"Flush\(",
            "//",
        ),
        writers(
            &["Rust"],
            r"\b(?<writer>(?:Buf|Line)Writer)::(?:new|with_capacity)\(",
            r"std(?:out|err)\(|File::",
            r"flush\(|into_inner\(|drop\(",
            "//",
        ),
    ];
    all.into_iter().flatten().collect()
});

/// Adds the writer that is never flushed to findings of missing answers.
pub(crate) fn annotate(items: &mut [ItemResult], delivery: &Submission) {
    for item in items.iter_mut().filter(|item| item.verdict == Verdict::Fail) {
        let mut found = Vec::new();
        for (finding, judged) in item.judged.findings.iter().enumerate() {
            let is_open = judged.verdict == Verdict::Fail && !item.has_rerun_cause(finding);
            if !is_open || !judged.because.cause().is_some_and(is_held_back) {
                continue;
            }
            let Some(file) = item.source_hint(finding).map(|location| PathBuf::from(&location.file)) else { continue };
            if let Some((writer, location)) = never_flushed(&file, delivery) {
                found.push(Annotation::Rerun { finding, because: Cause::NeverFlushed { writer }.into() });
                found.push(Annotation::SourceHint { finding, location });
            }
        }
        item.annotations.extend(found);
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

/// Returns the first buffered writer of a program and its location, if nothing in the program
/// flushes or closes one.
fn never_flushed(program: &Path, delivery: &Submission) -> Option<(String, SourceLocation)> {
    let language = language::by_name(program)?;
    let writers = WRITERS.iter().find(|writers| writers.languages.contains(&language))?;
    // Its classes may be in other files; those of clients flush streams of their own.
    let is_part =
        |file: &&&PathBuf| **file != program && language::by_name(file) == Some(language) && !is_named_client(file);
    let own = delivery.own_files();
    let parts = own.iter().filter(is_part).take(MAX_FILES).map(|file| file.as_path());
    let sources: Vec<(&Path, String)> =
        std::iter::once(program).chain(parts).map(|file| (file, delivery.text(file, MAX_SOURCE_BYTES))).collect();
    find(writers, &sources)
}

fn find(writers: &Writers, sources: &[(&Path, String)]) -> Option<(String, SourceLocation)> {
    let code = |line: &'_ str| -> usize { line.find(writers.comment).unwrap_or(line.len()) };
    let lines = || {
        let all = sources
            .iter()
            .flat_map(|(file, text)| (1..).zip(text.lines()).map(move |(number, line)| (file, number, line)));
        all.map(|(file, number, line)| (*file, number, &line[..code(line)]))
    };
    if lines().any(|(.., line)| writers.flushed.is_match(line)) {
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

    fn found(language: &str, text: &str) -> Option<(String, u32)> {
        let writers = WRITERS.iter().find(|writers| writers.languages.contains(&language)).expect("a language");
        find(writers, &[(Path::new("a"), text.to_owned())]).map(|(writer, location)| (writer, location.line))
    }

    #[test]
    fn writers_that_nobody_flushes_are_found() {
        for (language, text, writer) in [
            ("Java", "\nout = new BufferedOutputStream(s.getOutputStream());\nout.write(b);", "BufferedOutputStream"),
            ("Java", "\nvar out = new PrintWriter(s.getOutputStream());\n// out.flush();", "PrintWriter"),
            ("Java", "\nWriter w = new OutputStreamWriter(s.getOutputStream(), \"UTF-8\");", "OutputStreamWriter"),
            ("Python", "\nf = c.makefile('rw')\nf.write(x)", "makefile"),
            ("Python", "\nf = c.makefile(mode=\"wb\")", "makefile"),
            ("C", "\nFILE *f = fdopen(c, \"w+\");", "fdopen"),
            ("C#", "\nvar w = new StreamWriter(c.GetStream());", "StreamWriter"),
            ("Go", "\nw := bufio.NewWriter(conn)", "bufio.NewWriter"),
            ("Rust", "\nlet mut w = BufWriter::new(&stream);", "BufWriter"),
        ] {
            assert_eq!(found(language, text), Some((writer.to_owned(), 2)), "{text}");
        }
    }

    #[test]
    fn other_writers_are_not_found() {
        for (language, text) in [
            ("Java", "out = new PrintWriter(s.getOutputStream(), true);"),
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
        ] {
            assert_eq!(found(language, text), None, "{text}");
        }
    }
}
