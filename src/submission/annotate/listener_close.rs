//! Finds the line that closes the listening socket, for servers whose `accept` failed for that reason,
//! and whether a process that forks has it. Changes the shown location and hint, never a verdict.

use std::path::PathBuf;
use std::sync::LazyLock;

use regex::Regex;

use super::source_clues::{program_sources, without_comments};
use crate::model::bytes::safe_path;
use crate::model::source_language::language_of;
use crate::model::{Cause, Hint, ItemResult, SourceLocation, Verdict};
use crate::submission::import::Submission;

/// Matches calls of `accept`; a group is the name of the socket on which they act: its first argument
/// (`accept(2)`, `socket_accept` of PHP), the second one in Perl, or the object.
static ACCEPT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"\b(?:socket_|stream_socket_)?accept4?\s*\(\s*(?:my\s+\$\w+\s*,\s*|\$\w+\s*,\s*)?(\$?\w+)|(\$?\w+(?:\.\w+)*)\s*(?:\.|->)\s*(?:accept|Accept\w*)\b",
    )
    .ok()
});
/// Matches calls that close a socket; a group is its name.
static CLOSE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"\b(?:close|closesocket|socket_close|fclose)\s*\(?\s*(\$?\w+)|(\$?\w+(?:\.\w+)*)\s*(?:\.|->)\s*(?:close|Close|Stop|Dispose)\b",
    )
    .ok()
});

/// Matches calls that make a child process.
static FORK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b(?:pcntl_)?fork\b").ok());

/// Shows the line of the only call that closes the listening socket.
pub(crate) fn annotate(items: &mut [ItemResult], delivery: &Submission) {
    for item in items.iter_mut().filter(|item| item.verdict == Verdict::Fail) {
        for finding in 0..item.judged.findings.len() {
            let Some(cause @ Cause::ListenerClosed { .. }) = item.shown_cause(finding).cloned() else { continue };
            let Some(file) = item.source_hint(finding).map(|shown| PathBuf::from(&shown.file)) else { continue };
            let Some(language) = language_of(&file) else { continue };
            let sources = program_sources(&file, language, delivery);
            let Some((line, forks)) = sources.first().and_then(|(_, text)| only_close(text)) else { continue };
            let cause = match cause {
                Cause::ListenerClosed { said, .. } if forks => {
                    Cause::ListenerClosed { said, hint: Hint::ParentKeepsListener }
                }
                cause => cause,
            };
            item.explain(finding, cause, SourceLocation { file: safe_path(&file), line, column: 0 });
        }
    }
}

/// Returns the line of the only call that closes the socket of `accept`, and true if the program forks.
/// With several such calls, one may be that of a child, which may close its copy.
fn only_close(text: &str) -> Option<(u32, bool)> {
    let text = without_comments(text);
    let name = |found: regex::Captures<'_>| found.get(1).or_else(|| found.get(2)).map(|one| one.as_str().to_owned());
    let listeners: Vec<String> = ACCEPT.as_ref()?.captures_iter(&text).filter_map(name).collect();
    let close = CLOSE.as_ref()?;
    let closes = |line: &str| close.captures_iter(line).filter_map(name).any(|one| listeners.contains(&one));
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| closes(line)).map(|(number, _)| number);
    let line = lines.next().filter(|_| lines.next().is_none())?;
    Some((line, FORK.as_ref()?.is_match(&text)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::c("int c = accept(s, 0, 0);\nif (fork() == 0) {\n  close(c);\n}\nclose(s);\n", Some(5))]
    #[case::python("c, a = s.accept()\nc.close()\ns.close()\n", Some(3))]
    #[case::attribute("c, a = self.s.accept()\nself.s.close()\n", Some(2))]
    #[case::java("Socket c = server.accept();\nserver.close();\n", Some(2))]
    #[case::go("c, err := l.Accept()\nl.Close()\n", Some(2))]
    #[case::php("$c = socket_accept($s);\nsocket_close($s);\n", Some(2))]
    #[case::perl("accept(my $c, $s);\nclose $s;\n", Some(2))]
    #[case::ruby("c = s.accept\ns.close\n", Some(2))]
    #[case::csharp("var c = l.AcceptTcpClient();\nl.Stop();\n", Some(2))]
    #[case::twice("int c = accept(s, 0, 0);\nclose(s);\nclose(s);\n", None)]
    #[case::connection("int c = accept(s, 0, 0);\nclose(c);\n", None)]
    #[case::comment("int c = accept(s, 0, 0);\n// close(s);\n", None)]
    fn only_close_of_the_listener_is_found(#[case] text: &str, #[case] line: Option<u32>) {
        assert_eq!(only_close(text), line.map(|line| (line, text.contains("fork"))));
    }
}
