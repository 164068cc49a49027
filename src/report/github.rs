//! Prints failures as GitHub Actions workflow commands: one annotation per line on standard output.
//!
//! The full report for people is the job summary (see `markdown.rs`). This module does not know
//! whether GitHub reads the output. It prints at most ten annotations of a kind, because GitHub
//! does not show more per step.

use std::io;

use super::displayed::{displayed_finding, reason};
use super::markdown::truncate;
use super::terminal::{hints, title};
use super::{ClassReport, FormatSpec, Render};
use crate::i18n::{Catalog, escape_controls};
use crate::model::{ItemResult, Message, SourceLocation, SubmissionResult, Verdict};

/// Maximum number of annotations of a kind that GitHub shows per step.
const MAX_ANNOTATIONS: usize = 10;
/// Maximum bytes of an annotation's title, and of its text.
const MAX_TITLE_BYTES: usize = 200;
const MAX_TEXT_BYTES: usize = 4096;

/// The location of a submission's files, as seen by a reader of the annotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubmissionLocation<'a> {
    /// In this folder, relative to the root of the repository. Empty: the root itself.
    Folder(&'a str),
    /// Inside this archive file. Annotations cannot point to a line in it.
    File(&'a str),
}

/// Failed items as annotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Github<'a> {
    /// The location of the submission.
    pub location: SubmissionLocation<'a>,
}

impl Github<'_> {
    /// For a submission that is the repository itself.
    pub const REPOSITORY_ROOT: Self = Self { location: SubmissionLocation::Folder("") };

    /// Returns the `file` and `line` properties of the annotation. If it cannot point to the
    /// location, also returns the location as text.
    fn location_properties(self, place: Option<&SourceLocation>) -> (String, Option<String>) {
        let property = |name: &str, value: &str| format!("{name}={}", escape_property(&escape_controls(value)));
        match (self.location, place) {
            (SubmissionLocation::Folder(_), None) => (String::new(), None),
            (SubmissionLocation::File(file), place) => {
                let inside = place.map(|place| match place.line {
                    0 => place.file.clone(),
                    line => format!("{}:{line}", place.file),
                });
                (property("file", file) + ",", inside)
            }
            (SubmissionLocation::Folder(folder), Some(place)) => {
                let file = if folder.is_empty() { place.file.clone() } else { format!("{folder}/{}", place.file) };
                let mut all = property("file", &file);
                for (name, number) in [("line", place.line), ("col", place.column)] {
                    if number > 0 {
                        all += &format!(",{name}={number}");
                    }
                }
                (all + ",", None)
            }
        }
    }

    /// Returns the annotation of an item.
    fn annotation(
        self,
        kind: &str,
        submission: Option<&SubmissionResult>,
        item: &ItemResult,
        words: &Catalog,
    ) -> String {
        let shown = displayed_finding(item);
        let (at, inside) = self.location_properties(shown.and_then(|finding| finding.source));
        let of = submission.map_or_else(String::new, |one| format!("{}: ", escape_controls(&one.label())));
        let title = format!("{of}{} {}", item.id, title(words, item));
        let because = reason(item).map_or_else(|| words.sentence("report-no-reason"), |because| words.format(&because));
        let because = inside.map_or_else(String::new, |place| format!("{}: ", escape_controls(&place))) + &because;
        let lines: Vec<String> = std::iter::once(because).chain(hints(item, words)).collect();
        command(kind, &at, &title, &lines.join("\n"))
    }
}

/// Formats one command. It stays on one line, whatever its parts contain.
fn command(kind: &str, at: &str, title: &str, text: &str) -> String {
    let title = escape_property(&truncate(title, MAX_TITLE_BYTES));
    format!("::{kind} {at}title={title}::{}\n", escape_data(&truncate(text, MAX_TEXT_BYTES)))
}

/// Escapes text for the data of a command.
fn escape_data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes text for a property of a command.
fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

impl Render for Github<'_> {
    fn spec(&self) -> FormatSpec {
        FormatSpec::new(
            "github",
            "for GitHub Actions: an annotation for each failed item (see markdown for the summary)",
        )
    }

    fn render_class(&self, class: ClassReport<'_>, words: &Catalog, out: &mut dyn io::Write) -> io::Result<()> {
        let many = class.count > 1;
        let interrupted = class.run.interrupted;
        if interrupted {
            out.write_all(command("error", "", "socklab", &words.sentence("report-interrupted")).as_bytes())?;
        }
        for (kind, verdict, more) in
            [("error", Verdict::Fail, "github-more-failed"), ("warning", Verdict::Error, "github-more-errors")]
        {
            let most = MAX_ANNOTATIONS - usize::from(interrupted && kind == "error");
            let mut shown: Vec<String> = Vec::new();
            // The ids of the items from the last shown annotation on.
            let (mut left, mut ids) = (0, String::new());
            class.each(|one| {
                for item in one.items.iter().filter(|item| item.verdict == verdict) {
                    if shown.len() < most {
                        shown.push(self.annotation(kind, many.then_some(one), item, words));
                    }
                    if shown.len() == most {
                        left += 1;
                        // The text is cut off after so many bytes.
                        if ids.len() < MAX_TEXT_BYTES {
                            ids += if ids.is_empty() { "" } else { ", " };
                            ids += item.id.as_str();
                        }
                    }
                }
                Ok(())
            })?;
            // The last annotation reports the number of items left out.
            if left > 1 {
                shown.pop();
            }
            for annotation in shown {
                out.write_all(annotation.as_bytes())?;
            }
            if left > 1 {
                let text = words.format(&Message::new(more).with("n", left).with("items", ids));
                out.write_all(command(kind, "", "socklab", &text).as_bytes())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::sample;
    use super::*;
    use crate::model::{Annotation, Language, LocalizedText, Report};

    fn written(github: Github<'_>, report: &Report) -> Vec<String> {
        let mut out = Vec::new();
        github.render(report, &sample::words(Language::English), &mut out).expect("writes");
        String::from_utf8(out).expect("text").lines().map(str::to_owned).collect()
    }

    /// Returns the sample with a single failed item whose cause is at this location.
    fn one(line: u32, column: u32) -> Report {
        let mut report = Report { interrupted: false, ..sample::report() };
        report.submissions.truncate(1);
        report.submissions[0].items.retain(|item| item.id.as_str() == "tcp-multi.5");
        let item = &mut report.submissions[0].items[0];
        item.title = LocalizedText::Plain("100%: a, b".to_owned());
        for annotation in &mut item.annotations {
            if let Annotation::SourceHint { location, .. } = annotation {
                *location = SourceLocation { file: "src/a,b:c%.py".to_owned(), line, column };
            }
        }
        report
    }

    #[rstest]
    #[case::line(SubmissionLocation::Folder(""), 12, 0, "::error file=src/a%2Cb%3Ac%25.py,line=12,title=")]
    #[case::column(
        SubmissionLocation::Folder("turma/ana"),
        12,
        3,
        "::error file=turma/ana/src/a%2Cb%3Ac%25.py,line=12,col=3,title="
    )]
    #[case::file(SubmissionLocation::Folder(""), 0, 0, "::error file=src/a%2Cb%3Ac%25.py,title=")]
    #[case::archive(SubmissionLocation::File("ana.zip"), 12, 0, "::error file=ana.zip,title=")]
    fn annotation_points_to_source_location(
        #[case] delivered: SubmissionLocation<'_>,
        #[case] line: u32,
        #[case] column: u32,
        #[case] begin: &str,
    ) {
        let lines = written(Github { location: delivered }, &one(line, column));
        let [line] = lines.as_slice() else { panic!("expected one annotation: {lines:?}") };
        assert!(line.starts_with(begin), "{line}");
        assert!(line.contains("title=tcp-multi.5 100%25%3A a%2C b::"), "{line}");
        let inside = matches!(delivered, SubmissionLocation::File(_));
        assert_eq!(line.contains("::src/a,b:c%25.py:12: client 3 received the answer"), inside, "{line}");
        assert!(line.ends_with("%0ALook at what the program does between accept and send."), "hints below: {line}");
    }

    #[test]
    fn annotations_are_limited_to_ten_per_kind() {
        let mut report = one(1, 0);
        let item = report.submissions[0].items[0].clone();
        for (n, lines) in [(0, 0), (1, 1), (10, 10), (11, 10), (30, 10)] {
            report.submissions[0].items = vec![item.clone(); n];
            let written = written(Github::REPOSITORY_ROOT, &report);
            assert_eq!(written.len(), lines);
            let more = written.iter().filter(|line| line.contains("more item")).collect::<Vec<_>>();
            assert_eq!(more.len(), usize::from(n > 10), "{more:?}");
            if n > 10 {
                assert!(
                    more[0].starts_with(&format!("::error title=socklab::and {} more items failed", n - 9)),
                    "{more:?}"
                );
            }
        }
    }

    #[test]
    fn interruption_is_among_the_shown_annotations() {
        let whole = Report { interrupted: false, ..sample::report() };
        let expected = "::error title=socklab::interrupted: items not listed were not run";
        assert!(!written(Github::REPOSITORY_ROOT, &whole).iter().any(|line| line == expected));
        let mut report = sample::report();
        let failed = report.submissions[0].items.iter().find(|item| item.verdict == Verdict::Fail).cloned();
        report.submissions[0].items = vec![failed.expect("one failed"); 40];
        let lines = written(Github::REPOSITORY_ROOT, &report);
        assert_eq!((lines[0].as_str(), lines.len()), (expected, MAX_ANNOTATIONS));
    }

    #[test]
    fn errors_are_warnings_and_unverified_items_are_skipped() {
        let lines = written(Github::REPOSITORY_ROOT, &sample::report());
        let count = |begin: &str| lines.iter().filter(|line| line.starts_with(begin)).count();
        assert_eq!((count("::error "), count("::warning "), lines.len()), (4, 1, 5));
        assert!(lines.iter().all(|line| line.matches("::error").count() + line.matches("::warning").count() >= 1));
    }
}
