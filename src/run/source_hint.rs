//! Finds the source location of a cause: the line that a compiler, an interpreter or a stack trace
//! names, else the program's file. Reads program output, and accepts a line only if its file
//! belongs to the submission.

use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use super::plan::RunPlan;
use super::spec::without_package_name;
use crate::engine::isolated::SUBMISSION;
use crate::model::bytes::{quoted_line, safe_path};
use crate::model::{Annotation, Cause, EventKind, Evidence, Finding, ItemResult, SourceLocation, Verdict};
use crate::run::file_list::list_files;

/// Bytes of a source file that are read for an excerpt.
pub(crate) const MAX_SOURCE_BYTES: u64 = 1 << 20;

/// Formats of a source location, most specific first: Python; most other languages; C# and
/// TypeScript; PHP, Perl and traces of C#; shells.
static LOCATION_FORMATS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r#"File "(?<file>[^"]+)", line (?<line>\d+)"#,
        r#"(?<file>[^\s"'()<>:\[\]]+\.[A-Za-z]\w*):(?:line )?(?<line>\d+)(?::(?<column>\d+))?"#,
        r#"(?<file>[^\s"'()<>:]+\.[A-Za-z]\w*)\((?<line>\d+),(?<column>\d+)\)"#,
        r"(?:at|in) (?<file>\S+\.[A-Za-z]\w*) (?:on )?line (?<line>\d+)",
        r"^(?<file>\S+): line (?<line>\d+):",
    ]
    .iter()
    .filter_map(|form| Regex::new(form).ok())
    .collect()
});

/// Matches a line that begins an error: the locations below it belong to that error.
static ERROR_START: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"Error\b|Exception\b|Errno|^panic:|panicked at|^fatal|Caused by|Uncaught|error:").ok()
});

/// Adds the source line that the cause names to the findings of failed items.
pub(super) fn annotate(items: &mut [ItemResult], seen: Option<&Evidence>, plan: &RunPlan<'_>) {
    let own = SourceFiles::of(plan);
    for item in items.iter_mut().filter(|item| item.verdict == Verdict::Fail) {
        let program_file = || {
            // The file of a submitted program is known from detection: see
            // `submission::annotate::program_file`.
            let words = shell_words::split(&item.program).ok().filter(|_| plan.folder.copy().is_none())?;
            words.iter().find_map(|word| own.file(word)).map(whole)
        };
        let failed = item.judged.findings.iter().enumerate().filter(|(_, finding)| finding.verdict == Verdict::Fail);
        let hints = failed.filter_map(|(finding, judged)| {
            let line = cited(judged, seen).and_then(|text| blamed(&text, &|file| own.file(file)));
            Some(Annotation::SourceHint { finding, location: line.or_else(program_file)? })
        });
        item.annotations.extend(hints.collect::<Vec<_>>());
    }
}

/// Returns the text of a file below the user's own folder, for an excerpt; an empty text if it is
/// not a file.
pub(crate) fn own_text(root: &Path, file: &str) -> String {
    let mut bytes = Vec::new();
    let path = Some(root.join(file)).filter(|path| path.is_file());
    let read = path.and_then(|path| File::open(path).ok()?.take(MAX_SOURCE_BYTES).read_to_end(&mut bytes).ok());
    read.map_or_else(String::new, |_| String::from_utf8_lossy(&bytes).into_owned())
}

/// Returns the location of a whole file.
pub(crate) fn whole(file: PathBuf) -> SourceLocation {
    SourceLocation { file: safe_path(&file), line: 0, column: 0 }
}

/// Returns the text that a cause is taken from: a compiler's line, or the whole output of the
/// server if the finding quotes its last line.
fn cited(finding: &Finding, seen: Option<&Evidence>) -> Option<String> {
    let cause = finding.because.cause()?;
    match cause {
        Cause::DoesNotBuild { error, .. } => return error.clone(),
        Cause::DoesNotBuildFault { error, .. } => return Some(error.clone()),
        _ => {}
    }
    if let Cause::ThreadFailed { said, .. }
    | Cause::ErrorPrinted { said, .. }
    | Cause::UncaughtError { said, .. }
    | Cause::TracePrinted { said } = cause
    {
        return trace_of(said, seen?);
    }
    let said = exit_line(cause)?;
    seen?.journal.iter().rev().find_map(|event| match &event.kind {
        EventKind::Output { head, tail, .. } => {
            let lines = || [&head.0, &tail.0].into_iter().flat_map(|part| part.split(|byte| *byte == b'\n'));
            let is_it = lines().any(|line| quoted_line(line.trim_ascii(), 160) == said);
            is_it.then(|| lines().map(|line| String::from_utf8_lossy(line) + "\n").collect())
        }
        _ => None,
    })
}

/// Returns the trace of an error that a running server printed: the lines before it, back to the
/// beginning of Python's traceback, and the lines after it that belong to a trace.
fn trace_of(said: &str, seen: &Evidence) -> Option<String> {
    const MAX_TRACE_LINES: usize = 60;
    seen.journal.iter().rev().find_map(|event| {
        let EventKind::Output { head, tail, .. } = &event.kind else { return None };
        let text = [head, tail].map(|part| String::from_utf8_lossy(&part.0).into_owned()).concat();
        let lines: Vec<&str> = text.lines().collect();
        // Of an error in two lines the first one is found.
        let is_it = |line: &&str| {
            let line = quoted_line(line.trim().as_bytes(), 160);
            line == said || (line.len() > 12 && said.starts_with(&line))
        };
        let at = lines.iter().rposition(is_it)?;
        let is_trace = |line: &&str| line.is_empty() || line.starts_with([' ', '\t']) || line.starts_with("Traceback");
        let before = lines[..at].iter().rev().take(MAX_TRACE_LINES).take_while(|line| is_trace(line)).count();
        let is_after = |line: &&str| is_trace(line) || line.starts_with("goroutine ") || line.ends_with(')');
        let after = lines[at + 1..].iter().take(MAX_TRACE_LINES).take_while(|line| is_after(line)).count();
        Some(lines[at - before..=at + after].join("\n"))
    })
}

/// Returns the last line of a server that exited, if the cause quotes it.
fn exit_line(cause: &Cause) -> Option<&str> {
    match cause {
        Cause::ExitedEarly { said, .. }
        | Cause::ServerEnded { said, .. }
        | Cause::ServerCrashed { said, .. }
        | Cause::EndedAfterListen { said }
        | Cause::MemoryFault { said, .. }
        | Cause::ServerEndedByError { said, .. }
        | Cause::EndedOtherwise { said, .. }
        | Cause::ProgramFailed { said, .. }
        | Cause::EndedBeforeConnect { said, .. }
        | Cause::LineServerEnded { said, .. } => said.as_deref(),
        Cause::ExitedByFault { said, .. }
        | Cause::ExitedAddressInUse { said, .. }
        | Cause::ExitedAddressNotHere { said, .. }
        | Cause::ImpossibleAddress { said, .. }
        | Cause::ExitedPermission { said, .. } => Some(said),
        _ => None,
    }
}

/// Returns the location that a text blames. Python prints the innermost call last, all others
/// first.
fn blamed(text: &str, own: &dyn Fn(&str) -> Option<PathBuf>) -> Option<SourceLocation> {
    let mut found = None;
    let mut fresh = true;
    for line in text.lines() {
        fresh |= ERROR_START.as_ref().is_some_and(|begins| begins.is_match(line));
        let Some((place, last_counts)) = place(line, own) else { continue };
        if fresh || last_counts {
            found = Some(place);
            fresh = false;
        }
    }
    found
}

/// Returns the first location in a line that is in one of the submission's files, and whether a
/// later one takes precedence.
fn place(line: &str, own: &dyn Fn(&str) -> Option<PathBuf>) -> Option<(SourceLocation, bool)> {
    LOCATION_FORMATS.iter().enumerate().find_map(|(form, pattern)| {
        pattern.captures_iter(line).find_map(|found| {
            let number = |name| found.name(name).and_then(|digits| digits.as_str().parse().ok());
            let line = number("line").filter(|line| *line > 0)?;
            let file = own(found.name("file")?.as_str())?;
            Some((SourceLocation { line, column: number("column").unwrap_or_default(), ..whole(file) }, form == 0))
        })
    })
}

/// The files that may contain a cause.
struct SourceFiles<'a> {
    /// Their folder, and the path at which programs see it.
    roots: Vec<&'a Path>,
    /// The folder, if it is a submission: a bare file name is then searched in all of it.
    delivery: Option<&'a Path>,
}

impl<'a> SourceFiles<'a> {
    fn of(plan: &'a RunPlan<'_>) -> Self {
        Self { roots: vec![plan.folder.root(), Path::new(SUBMISSION)], delivery: plan.folder.copy() }
    }

    /// Returns the path of the named file relative to the root.
    fn file(&self, name: &str) -> Option<PathBuf> {
        let name = name.strip_prefix("//").unwrap_or(name);
        let path = Path::new(name);
        let path = self.roots.iter().find_map(|root| path.strip_prefix(root).ok()).unwrap_or(path);
        let inner: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
        let inner = without_package_name(&inner).to_owned();
        if inner.as_os_str().is_empty() || inner.components().any(|part| !matches!(part, Component::Normal(_))) {
            return None;
        }
        if self.roots[0].join(&inner).is_file() {
            return Some(inner);
        }
        // Java names the file without its folders.
        let all = list_files(self.delivery.filter(|_| inner.components().count() == 1)?).ok()?;
        let mut named = all.into_iter().filter(|file| file.file_name() == Some(inner.as_os_str()));
        named.next().filter(|_| named.next().is_none())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Resolves names as if these files had been submitted.
    fn own(name: &str) -> Option<PathBuf> {
        let name = name.trim_start_matches("//").trim_start_matches("/tmp/submission/").trim_start_matches("./");
        let known =
            ["s.py", "lib/x.py", "Server.java", "s.c", "s.rs", "s.js", "main.go", "s.rb", "s.php", "s.pl", "s.lua"];
        let known = known.into_iter().chain(["Program.cs", "s.ts", "s.sh"]);
        known.into_iter().find(|known| *known == name).map(PathBuf::from)
    }

    #[rstest]
    #[case::python(
        "Traceback (most recent call last):\n  File \"/tmp/submission/s.py\", line 9, in <module>\n    main()\n  \
         File \"/tmp/submission/lib/x.py\", line 4, in main\n    s.bind(x)\n  File \"/usr/lib/python3/socket.py\", line 700, in bind\n\
         OSError: [Errno 98] Address already in use\n",
        "lib/x.py:4:0"
    )]
    #[case::python_twice(
        "Traceback (most recent call last):\n  File \"s.py\", line 3, in f\nKeyError: 1\nserving\nTraceback (most recent call last):\n  \
         File \"s.py\", line 8, in g\nValueError: x\n",
        "s.py:8:0"
    )]
    #[case::python_syntax(
        "  File \"/tmp/submission/s.py\", line 2\n    print(\n         ^\nSyntaxError: '(' was never closed\n",
        "s.py:2:0"
    )]
    #[case::java(
        "Exception in thread \"main\" java.net.BindException: Address already in use\n\tat java.base/sun.nio.ch.Net.bind0(Native Method)\n\t\
         at java.base/java.net.ServerSocket.bind(ServerSocket.java:395)\n\tat Server.open(Server.java:7)\n\tat Server.main(Server.java:20)\n",
        "Server.java:7:0"
    )]
    #[case::javac("Server.java:5: error: ';' expected", "Server.java:5:0")]
    #[case::gcc("s.c:3:5: error: expected ';' before 'return'", "s.c:3:5")]
    #[case::rustc("s.rs:2:5: error[E0425]: cannot find value `x`", "s.rs:2:5")]
    #[case::rust("thread 'main' panicked at s.rs:5:9:\nboom\nnote: run with `RUST_BACKTRACE=1`\n", "s.rs:5:9")]
    #[case::node(
        "/tmp/submission/s.js:3\n  throw new Error('x');\n  ^\n\nError: x\n    at f (/tmp/submission/s.js:3:9)\n    \
         at Object.<anonymous> (/tmp/submission/s.js:8:1)\n    at node:internal/main:1:2\n\nNode.js v20.1.0\n",
        "s.js:3:9"
    )]
    #[case::node_syntax(
        "/tmp/submission/s.js:4\nfoo(\n^\n\nSyntaxError: missing )\n    at wrapSafe (node:internal/x:1:2)\n",
        "s.js:4:0"
    )]
    #[case::node_module("file:///tmp/submission/s.js:4\nfoo(\n", "s.js:4:0")]
    #[case::go(
        "panic: boom\n\ngoroutine 1 [running]:\nmain.f(...)\n\t/tmp/submission/main.go:10\nmain.main()\n\t\
         /tmp/submission/main.go:20 +0x1d\nexit status 2\n",
        "main.go:10:0"
    )]
    #[case::go_build("./main.go:7:2: undefined: x", "main.go:7:2")]
    #[case::ruby(
        "s.rb:3:in `bind': Address already in use (Errno::EADDRINUSE)\n\tfrom s.rb:9:in `<main>'\n",
        "s.rb:3:0"
    )]
    #[case::php(
        "PHP Fatal error:  Uncaught Exception: x in /tmp/submission/s.php:3\nStack trace:\n#0 {main}\n",
        "s.php:3:0"
    )]
    #[case::php_parse("PHP Parse error:  syntax error, unexpected x in s.php on line 6", "s.php:6:0")]
    #[case::perl("Can't bind: Address already in use at s.pl line 12.", "s.pl:12:0")]
    #[case::lua(
        "lua: s.lua:3: boom\nstack traceback:\n\t[C]: in function 'error'\n\ts.lua:9: in main chunk\n",
        "s.lua:3:0"
    )]
    #[case::csharp("Program.cs(5,9): error CS1002: ; expected", "Program.cs:5:9")]
    #[case::csharp_trace(
        "Unhandled exception. System.Exception: x\n   at Program.Main() in /tmp/submission/Program.cs:line 7\n",
        "Program.cs:7:0"
    )]
    #[case::typescript("s.ts(3,5): error TS2304: Cannot find name 'x'.", "s.ts:3:5")]
    #[case::shell("s.sh: line 3: nc: command not found", "s.sh:3:0")]
    fn blamed_line_is_found(#[case] text: &str, #[case] at: &str) {
        let place = blamed(text, &own).expect("a place");
        assert_eq!(format!("{}:{}:{}", place.file, place.line, place.column), at);
    }

    #[rstest]
    #[case::nothing("")]
    #[case::somebody_elses("  File \"/etc/passwd\", line 1\nError: /usr/lib/x.js:3:4\n")]
    #[case::an_address("Error: connect to localhost.example:80 and 127.0.0.1:65432 failed")]
    #[case::no_line("s.py:0: error")]
    #[case::too_large("s.py:99999999999999999999: error")]
    fn unrelated_text_blames_no_line(#[case] text: &str) {
        assert_eq!(blamed(text, &own), None);
    }

    #[test]
    fn file_must_belong_to_the_submission() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        for name in ["src/Server.java", "a/Twice.java", "b/Twice.java", "s.py"] {
            std::fs::create_dir_all(root.join(name).parent().expect("a folder")).expect("made");
            std::fs::write(root.join(name), "x").expect("written");
        }
        let own = SourceFiles { roots: vec![root, Path::new(SUBMISSION)], delivery: Some(root) };
        let file = |name: &str| own.file(name);
        assert_eq!(file("/tmp/submission/s.py"), Some("s.py".into()));
        assert_eq!(file("./s.py"), Some("s.py".into()));
        assert_eq!(file(&root.join("s.py").to_string_lossy()), Some("s.py".into()));
        assert_eq!(file("/tmp/submission/.socklab/packages/grupo/s.py"), Some("s.py".into()));
        assert_eq!(file("Server.java"), Some("src/Server.java".into()));
        for no in ["Twice.java", "../s.py", "/etc/passwd", "src", "", ".", "/tmp/submission"] {
            assert_eq!(file(no), None, "{no}");
        }
    }
}
