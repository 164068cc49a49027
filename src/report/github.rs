//! What failed, as the commands that GitHub Actions makes annotations of: one line each on standard output. The whole report for
//! people is the summary: see `markdown.rs`. It does not know whether anybody obeys, and holds no more than ten of a kind, since
//! GitHub shows no more of a step.

use std::io;

use super::Render;
use super::markdown::cut;
use super::terminal::{hints, reason, shown_finding, title};
use crate::model::{ItemResult, Message, Place, Report, SubmissionResult, Verdict};
use crate::words::{Words, plain};

/// So many annotations of a kind are shown of a step.
const MOST: usize = 10;
/// So many bytes of a title, and of a text, are shown.
const MOST_OF_TITLE: usize = 200;
const MOST_OF_TEXT: usize = 4096;

/// Where the files of a submission are for whoever reads an annotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered<'a> {
    /// In this folder, by its path from the repository's top on; nothing: that top itself.
    Folder(&'a str),
    /// Inside this file, which no line of an annotation can point into.
    File(&'a str),
}

/// The annotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Github<'a> {
    /// Where the submission is.
    pub delivered: Delivered<'a>,
}

impl Github<'_> {
    /// Of a submission that is the repository itself.
    pub const HERE: Self = Self { delivered: Delivered::Folder("") };

    /// The file and line that an annotation points at, and, where it cannot, the place in words.
    fn at(self, place: Option<&Place>) -> (String, Option<String>) {
        let property = |name: &str, value: &str| format!("{name}={}", in_property(&plain(value)));
        match (self.delivered, place) {
            (Delivered::Folder(_), None) => (String::new(), None),
            (Delivered::File(file), place) => {
                let inside = place.map(|place| match place.line {
                    0 => place.file.clone(),
                    line => format!("{}:{line}", place.file),
                });
                (property("file", file) + ",", inside)
            }
            (Delivered::Folder(folder), Some(place)) => {
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

    /// The annotation of an item.
    fn line(self, kind: &str, (submission, item): (Option<&SubmissionResult>, &ItemResult), words: &Words) -> String {
        let shown = shown_finding(item);
        let (at, inside) = self.at(shown.and_then(|finding| finding.source.as_ref()));
        let of = submission.map_or_else(String::new, |one| format!("{}: ", plain(&one.label())));
        let title = format!("{of}{} {}", item.id, title(words, item));
        let because = reason(item).map_or_else(|| words.word("report-no-reason"), |because| words.say(because));
        let because = inside.map_or_else(String::new, |place| format!("{}: ", plain(&place))) + &because;
        let lines: Vec<String> = std::iter::once(because).chain(hints(item, words)).collect();
        command(kind, &at, &title, &lines.join("\n"))
    }
}

/// One command; whatever is in it, it stays one line.
fn command(kind: &str, at: &str, title: &str, text: &str) -> String {
    let title = in_property(&cut(title, MOST_OF_TITLE));
    format!("::{kind} {at}title={title}::{}\n", in_data(&cut(text, MOST_OF_TEXT)))
}

/// Text as the data of a command.
fn in_data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text as a property of a command.
fn in_property(text: &str) -> String {
    in_data(text).replace(':', "%3A").replace(',', "%2C")
}

impl Render for Github<'_> {
    fn name(&self) -> &'static str {
        "github"
    }

    fn about(&self) -> &'static str {
        "for GitHub Actions: an annotation for each failed item (see markdown for the summary)"
    }

    fn render(&self, report: &Report, words: &Words, out: &mut dyn io::Write) -> io::Result<()> {
        let many = report.submissions.len() > 1;
        if report.interrupted {
            out.write_all(command("error", "", "socklab", &words.word("report-interrupted")).as_bytes())?;
        }
        for (kind, verdict, more) in
            [("error", Verdict::Fail, "github-more-failed"), ("warning", Verdict::Error, "github-more-errors")]
        {
            let all: Vec<(Option<&SubmissionResult>, &ItemResult)> = report
                .submissions
                .iter()
                .flat_map(|one| one.items.iter().map(move |item| (many.then_some(one), item)))
                .filter(|(_, item)| item.verdict == verdict)
                .collect();
            // The last one tells how many more there are.
            let most = MOST - usize::from(report.interrupted && kind == "error");
            let (shown, left) = all.split_at(if all.len() > most { most - 1 } else { all.len() });
            for one in shown {
                out.write_all(self.line(kind, *one, words).as_bytes())?;
            }
            if let [_, ..] = left {
                let ids: Vec<&str> = left.iter().map(|(_, item)| item.id.as_str()).collect();
                let text = words.say(&Message::new(more).with("n", left.len()).with("items", ids.join(", ")));
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
    use crate::model::{Language, Text};

    fn written(github: Github<'_>, report: &Report) -> Vec<String> {
        let mut out = Vec::new();
        github.render(report, &sample::words(Language::English), &mut out).expect("writes");
        String::from_utf8(out).expect("text").lines().map(str::to_owned).collect()
    }

    /// The sample with its first failed item alone, its cause at this place.
    fn one(line: u32, column: u32) -> Report {
        let mut report = Report { interrupted: false, ..sample::report() };
        report.submissions.truncate(1);
        report.submissions[0].items.retain(|item| item.id.as_str() == "tcp-multi.5");
        let item = &mut report.submissions[0].items[0];
        item.title = Text::Plain("100%: a, b".to_owned());
        for finding in &mut item.findings {
            finding.source = Some(Place { file: "src/a,b:c%.py".to_owned(), line, column });
        }
        report
    }

    #[rstest]
    #[case::line(Delivered::Folder(""), 12, 0, "::error file=src/a%2Cb%3Ac%25.py,line=12,title=")]
    #[case::column(
        Delivered::Folder("turma/ana"),
        12,
        3,
        "::error file=turma/ana/src/a%2Cb%3Ac%25.py,line=12,col=3,title="
    )]
    #[case::file(Delivered::Folder(""), 0, 0, "::error file=src/a%2Cb%3Ac%25.py,title=")]
    #[case::archive(Delivered::File("ana.zip"), 12, 0, "::error file=ana.zip,title=")]
    fn an_annotation_points_into_the_source(
        #[case] delivered: Delivered<'_>,
        #[case] line: u32,
        #[case] column: u32,
        #[case] begin: &str,
    ) {
        let lines = written(Github { delivered }, &one(line, column));
        let [line] = lines.as_slice() else { panic!("one annotation: {lines:?}") };
        assert!(line.starts_with(begin), "{line}");
        assert!(line.contains("title=tcp-multi.5 100%25%3A a%2C b::"), "{line}");
        let inside = matches!(delivered, Delivered::File(_));
        assert_eq!(line.contains("::src/a,b:c%25.py:12: client 3 received the answer"), inside, "{line}");
        assert!(line.ends_with("%0ALook at what the program does between accept and send."), "hints below: {line}");
    }

    #[test]
    fn no_more_than_ten_of_a_kind() {
        let mut report = one(1, 0);
        let item = report.submissions[0].items[0].clone();
        for (n, lines) in [(0, 0), (1, 1), (10, 10), (11, 10), (30, 10)] {
            report.submissions[0].items = vec![item.clone(); n];
            let written = written(Github::HERE, &report);
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
    fn a_run_that_was_broken_off_says_so_within_what_is_shown() {
        let whole = Report { interrupted: false, ..sample::report() };
        let said = "::error title=socklab::interrupted: items not listed were not run";
        assert!(!written(Github::HERE, &whole).iter().any(|line| line == said));
        let mut report = sample::report();
        let failed = report.submissions[0].items.iter().find(|item| item.verdict == Verdict::Fail).cloned();
        report.submissions[0].items = vec![failed.expect("one failed"); 40];
        let lines = written(Github::HERE, &report);
        assert_eq!((lines[0].as_str(), lines.len()), (said, MOST));
    }

    #[test]
    fn trouble_of_the_machine_is_a_warning_and_what_was_not_seen_is_nothing() {
        let lines = written(Github::HERE, &sample::report());
        let count = |begin: &str| lines.iter().filter(|line| line.starts_with(begin)).count();
        assert_eq!((count("::error "), count("::warning "), lines.len()), (4, 1, 5));
        assert!(lines.iter().all(|line| line.matches("::error").count() + line.matches("::warning").count() >= 1));
    }
}
