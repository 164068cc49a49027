//! Renders the report as JUnit XML, strict core only, because GitLab, Jenkins and others agree only
//! on that.
//!
//! The details of an item are the element's text, because GitLab shows nothing else. There are no
//! timestamps: a report does not contain the time.

use std::io;
use std::time::Duration;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use crate::i18n::{Catalog, escape_controls};
use crate::model::report::Tally;
use crate::model::{ItemResult, SubmissionResult, Verdict};

use super::displayed::{expectation, reason};
use super::terminal::{details, title};
use super::{ClassReport, FormatSpec, Render, submission_notes};

/// The report as JUnit XML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Junit;

impl Render for Junit {
    fn spec(&self) -> FormatSpec {
        FormatSpec::new("junit", "for CI: JUnit XML, with one test suite per submission and one test case per item")
    }

    fn render_class(&self, class: ClassReport<'_>, words: &Catalog, out: &mut dyn io::Write) -> io::Result<()> {
        let lab = class.run.lab.as_str();
        // The sums come first in the file.
        let mut whole = quick_junit::Report::new(escape_attribute(lab));
        let mut add = |submission: &SubmissionResult| {
            let tally = Tally::count(&submission.items);
            whole.tests += tally.total();
            whole.failures += tally.fail;
            whole.errors += tally.error;
            whole.skipped += tally.not_verified;
            Ok(())
        };
        class.each(&mut add)?;
        let interrupted = class.run.interrupted.then(|| interrupted_suite(lab, words));
        if let Some(suite) = &interrupted {
            whole.tests += suite.tests;
            whole.errors += suite.errors;
        }
        let frame = whole.to_string().map_err(io::Error::other)?;
        let end = frame.rfind("</testsuites>").unwrap_or(frame.len());
        out.write_all(&frame.as_bytes()[..end])?;
        class.each(|submission| {
            let mut suite = TestSuite::new(escape_attribute(&submission.label()));
            suite.set_time(Duration::from_millis(submission.took_ms));
            for item in &submission.items {
                suite.add_test_case(case(lab, item, words));
            }
            write_suite(suite, out)
        })?;
        if let Some(suite) = interrupted {
            write_suite(suite, out)?;
        }
        out.write_all(&frame.as_bytes()[end..])
    }
}

/// Writes a suite, without the element around all suites.
fn write_suite(suite: TestSuite, out: &mut dyn io::Write) -> io::Result<()> {
    let mut one = quick_junit::Report::new("");
    one.add_test_suite(suite);
    let text = one.to_string().map_err(io::Error::other)?;
    let (begin, end) = (text.find("    <testsuite "), text.rfind("</testsuites>"));
    let suite = begin.zip(end).and_then(|(begin, end)| text.get(begin..end));
    out.write_all(suite.ok_or_else(|| io::Error::other("a suite without its element"))?.as_bytes())
}

/// Returns a suite with an error for an interrupted run. An interrupted run is not a success, but a
/// report without tests would be read as one.
fn interrupted_suite(lab: &str, words: &Catalog) -> TestSuite {
    let text = escape_attribute(&words.sentence("report-interrupted"));
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type("interrupted");
    status.set_message(text.as_str());
    status.set_description(text.as_str());
    let mut case = TestCase::new("interrupted", status);
    case.set_classname(escape_attribute(lab));
    case.set_time(Duration::ZERO);
    let mut suite = TestSuite::new("socklab");
    suite.set_time(Duration::ZERO);
    suite.add_test_case(case);
    suite
}

/// Returns an item as a test case.
fn case(lab: &str, item: &ItemResult, words: &Catalog) -> TestCase {
    let name = format!("{} {}", item.id, title(words, item));
    let mut case = TestCase::new(escape_attribute(&name), status(item, words));
    let part = item.role.as_ref().map_or(item.scenario.as_str(), |role| role.as_str());
    case.set_classname(escape_attribute(&format!("{lab}.{part}")));
    case.set_time(Duration::from_millis(item.took_ms));
    if let Some(text) = submission_notes::mark(words, item) {
        case.set_system_out(escape_attribute(&text));
    }
    case
}

/// Returns the outcome of an item, with its cause and details.
fn status(item: &ItemResult, words: &Catalog) -> TestCaseStatus {
    let mut status = match item.verdict {
        Verdict::Pass => return TestCaseStatus::success(),
        Verdict::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
        Verdict::NotVerified => TestCaseStatus::skipped(),
    };
    let because = reason(item);
    let kind: Vec<_> =
        expectation(item).into_iter().chain(because.as_ref().map(|message| message.id.as_ref())).collect();
    let kind = if kind.is_empty() { item.verdict.name().to_owned() } else { kind.join("/") };
    let text = because.map_or_else(|| words.sentence("report-no-reason"), |because| words.format(&because));
    status.set_type(escape_attribute(&kind));
    status.set_message(escape_attribute(&text));
    status.set_description(format!("\n{}", strip_forbidden(&details(item, words))));
    status
}

/// Escapes one line of text for an attribute: terminal control characters are escaped, characters
/// that XML forbids are removed.
fn escape_attribute(text: &str) -> String {
    strip_forbidden(&escape_controls(text))
}

/// Removes the characters that XML 1.0 forbids and quick-junit keeps. quick-junit itself removes
/// the C0 controls.
fn strip_forbidden(text: &str) -> String {
    text.replace(['\u{fffe}', '\u{ffff}'], "")
}

#[cfg(test)]
mod tests {
    use quick_xml::events::Event;

    use super::super::sample;
    use super::*;
    use crate::model::{Language, LocalizedText, Report, SubmissionId};

    /// Returns the XML of a report, in English.
    fn written(report: &Report) -> String {
        let mut bytes = Vec::new();
        let words = sample::words(Language::English);
        Junit.render(report, &words, &mut bytes).expect("writes");
        String::from_utf8(bytes).expect("UTF-8")
    }

    /// Returns every element with its attributes as `name=value`, and all text.
    fn parsed(xml: &str) -> (Vec<(String, Vec<String>)>, String) {
        let mut reader = quick_xml::Reader::from_str(xml);
        let mut elements = Vec::new();
        let mut texts = String::new();
        loop {
            match reader.read_event().expect("well-formed") {
                Event::Eof => return (elements, texts),
                Event::Start(tag) | Event::Empty(tag) => {
                    let name = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
                    let attributes = tag.attributes().map(|attribute| {
                        let attribute = attribute.expect("an attribute");
                        let key = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
                        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).expect("a value");
                        format!("{key}={value}")
                    });
                    elements.push((name, attributes.collect()));
                }
                Event::Text(text) => texts.push_str(&text.decode().expect("a text")),
                _ => {}
            }
        }
    }

    /// Returns true if XML 1.0 allows the character.
    fn is_legal(c: char) -> bool {
        matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
    }

    #[test]
    fn counts_and_kinds_match_the_report() {
        let (elements, _) = parsed(&written(&sample::report()));
        let count = |wanted: &str| elements.iter().filter(|(name, _)| name == wanted).count();
        // One of each is for the interrupted run.
        assert_eq!(count("testsuite"), 2 + 1);
        assert_eq!(count("testcase"), 7 + 1);
        assert_eq!(count("failure"), 3);
        assert_eq!(count("error"), 1 + 1);
        assert_eq!(count("skipped"), 1);
        let (_, suite) = elements.iter().find(|(name, _)| name == "testsuite").expect("one");
        for attribute in ["tests=6", "failures=2", "errors=1", "skipped=1", "time=1.812"] {
            assert!(suite.iter().any(|one| one == attribute), "{attribute}: {suite:?}");
        }
    }

    #[test]
    fn interrupted_run_is_an_error() {
        let nothing = |interrupted| Report { interrupted, submissions: Vec::new(), ..sample::report() };
        let errors = |report: &Report| {
            let (elements, texts) = parsed(&written(report));
            let (_, all) = elements.into_iter().find(|(name, _)| name == "testsuites").expect("the whole");
            (all.into_iter().find(|one| one.starts_with("errors=")).expect("a count"), texts)
        };
        let (count, texts) = errors(&nothing(true));
        assert_eq!(count, "errors=1");
        assert!(texts.contains("interrupted: items not listed were not run"), "{texts}");
        assert_eq!(errors(&nothing(false)).0, "errors=0");
    }

    #[test]
    fn attributes_are_of_the_strict_core() {
        let (elements, _) = parsed(&written(&sample::report()));
        let core = "name tests failures errors skipped time classname type message";
        for (element, attributes) in elements {
            for attribute in attributes {
                let key = attribute.split('=').next().unwrap_or_default().to_owned();
                assert!(core.split(' ').any(|known| known == key), "{element}: {key}");
            }
        }
    }

    #[test]
    fn forbidden_xml_characters_are_removed() {
        let hostile = "a\0b\u{1b}[31mc\u{fffe}d\u{ffff}<script>]]>&\"'\u{202e}\u{b}\u{85}z";
        let mut report = sample::report();
        report.lab = hostile.to_owned();
        report.submissions[0].id = SubmissionId(hostile.to_owned());
        for item in &mut report.submissions[0].items {
            item.title = LocalizedText::Plain(hostile.to_owned());
            item.repeat = hostile.to_owned();
            item.scenario = hostile.to_owned();
            item.role = None;
            for finding in &mut item.judged.findings {
                finding.expectation = hostile.to_owned();
                finding.at.file = hostile.to_owned();
            }
        }
        let xml = written(&report);
        assert_eq!(xml.chars().find(|c| !is_legal(*c)), None);
        assert!(!xml.contains("<script>") && !xml.contains("]]>"), "{xml}");
        assert!(!xml.contains(['\u{1b}', '\u{202e}', '\u{85}']));
        let (elements, _) = parsed(&xml);
        let (_, suite) = elements.iter().find(|(name, _)| name == "testsuite").expect("one");
        assert_eq!(suite[0], r#"name=a\0b\x1b[31mc\u{fffe}d\u{ffff}<script>]]>&"'\u{202e}\x0b\u{85}z"#);
    }
}
