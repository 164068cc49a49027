//! The report formats that other programs read, validated against their schemas (`tests/schema/`)
//! and the grammars below.
//!
//! Every text of the report is hostile. Only the output is examined; each format also has tests
//! beside its code.

use std::collections::BTreeMap;

use jsonschema::validator_for;
use quick_xml::events::{BytesStart, Event};
use regex::Regex;
use rstest::rstest;
use serde_json::Value;
use socklab::i18n::Catalog;
use socklab::model::report::{DetectedProgram, FORMAT, ProgramKind};
use socklab::model::{
    Annotation, Because, Difference, Excerpt, Finding, ItemResult, Judged, Language, LocalizedText, Machine, Message,
    Report, SandboxMode, SourceLocation, SubmissionId, SubmissionResult, Verdict,
};
use socklab::report::github::{Github, SubmissionLocation};
use socklab::report::{Markdown, Render, find_format};

const GRADESCOPE: &str = include_str!("../schema/gradescope.schema.json");
const CLASSROOM50: &str = include_str!("../schema/classroom50.schema.json");

const CONTROLS: &str =
    "\0\u{1}\u{7}\u{8}\t\n\u{b}\u{c}\r\u{1b}[31m\u{7f}\u{85}\u{9b}2J\u{200b}\u{202e}\u{2028}\u{feff}\u{fffe}\u{ffff}";
const COMMANDS: &str = "\n::error file=x::y\n::stop-commands::x\r\n ::add-mask::a\n##[error]x\n##[add-matcher]x";
const ESCAPES: &str = "%0A::error::x%0D%25 100% %3A %2C :,:,";
const XML: &str = "]]> <![CDATA[ <!-- --> &lt; &#0; &bogus; \" ' <?xml?>";
const HTML: &str = "<script>alert(1)</script></pre></details><img src=x onerror=y> <b>";
const MARKDOWN: &str =
    "| a | b |\n|---|---|\n``` `x` ~~~ **b** [l](javascript:x) ![i](http://x.example) # @all #1 $x$ <!--";
const JSON: &str = "\", \"score\": 1000, \"x\": \"\\\" \\u0000 \\";
const FORMULA: &str = "=HYPERLINK(\"http://x.example\")";

/// Returns a report with every verdict, whose every text is `word`.
fn report(word: &str, items: usize) -> Report {
    let verdicts = [Verdict::Fail, Verdict::Pass, Verdict::NotVerified, Verdict::Error];
    let item = |n: usize| {
        let verdict = verdicts[n % verdicts.len()];
        let because = Message::new("exited-early-said")
            .with("status", Message::new("status-code").with("code", 1i32))
            .with("said", word);
        let excerpt = || Excerpt { text: word.to_owned(), caret: 0, hidden_before: 1, hidden_after: 2 };
        let mut finding = Finding::new(
            verdict,
            Because::new(because.clone(), Some(Message::new("cli-harness").with("problem", word))),
        )
        .with_note(Message::new("cli-harness").with("problem", word))
        .with_difference(Some(Difference { at: 0, expected: excerpt(), got: excerpt() }));
        finding.expectation = word.to_owned();
        finding.at = SourceLocation { file: word.to_owned(), line: 3, column: 4 };
        let location = SourceLocation { file: word.to_owned(), line: 7, column: 2 };
        ItemResult {
            id: format!("part.{}", n + 1).parse().expect("a name"),
            title: LocalizedText::Plain(word.to_owned()),
            verdict,
            earned: 2 * u32::from(verdict == Verdict::Pass),
            of: 2,
            role: None,
            program: word.to_owned(),
            scenario: word.to_owned(),
            reason: None,
            judged: Judged { findings: vec![finding], notes: vec![Message::new("cli-harness").with("problem", word)] },
            annotations: vec![
                Annotation::SourceHint { finding: 0, location },
                Annotation::Rerun { finding: 0, because: because.clone().into() },
                Annotation::ClientCheck { note: Message::new("cli-harness").with("problem", word) },
                Annotation::Evidence { folder: word.to_owned() },
            ],
            story: vec![Message::new("cli-harness").with("problem", word)],
            hidden: false,
            hint: Some(LocalizedText::Plain(word.to_owned())),
            repeat: word.to_owned(),
            filter: Some(word.to_owned()),
            took_ms: 1500,
        }
    };
    let mut submission = SubmissionResult::new(SubmissionId(word.to_owned()), (0..items).map(item).collect(), 61_500);
    submission.notes = vec![Message::new("delivery-link").with("file", word)];
    submission.programs = vec![DetectedProgram {
        kind: ProgramKind::Server,
        role: None,
        program: word.to_owned(),
        because: Message::new("chosen-declared"),
    }];
    let names =
        ["CLASSROOM", "ASSIGNMENT", "OWNER", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL", "REVIEW_URL", "DATETIME"];
    Report {
        title: None,
        format: FORMAT,
        socklab: "0.1.0".to_owned(),
        lab: word.to_owned(),
        machine: Machine { stage: SandboxMode::Isolated, cannot: Vec::new() },
        seed: 1,
        interrupted: false,
        submissions: vec![submission],
        ci_env: names.iter().map(|name| ((*name).to_owned(), word.to_owned())).collect(),
    }
}

/// Returns 2 MiB of repeated hostile text.
fn long() -> String {
    let all = [CONTROLS, COMMANDS, ESCAPES, XML, HTML, MARKDOWN, JSON].concat();
    let mut text = all.repeat((2 << 20) / all.len() + 1);
    text.push('é');
    text
}

fn written(format: &dyn Render, report: &Report, language: Language) -> String {
    let mut bytes = Vec::new();
    format.render(report, &Catalog::load(language), &mut bytes).expect("writes");
    let text = String::from_utf8(bytes).expect("UTF-8");
    let bad = text.chars().find(|c| c.is_control() && *c != '\n' || ('\u{202a}'..='\u{202e}').contains(c));
    assert_eq!(bad, None, "{}: no terminal control characters", format.spec().name);
    text
}

fn named(name: &str) -> &'static dyn Render {
    find_format(name).expect("there is such a format")
}

#[track_caller]
fn valid(schema: &str, text: &str) {
    let schema: Value = serde_json::from_str(schema).expect("JSON");
    let schema = validator_for(&schema).expect("a schema");
    let value: Value = serde_json::from_str(text).expect("JSON");
    let wrong: Vec<String> =
        schema.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Checks the properties of JUnit XML that its readers rely on.
fn junit(xml: &str, report: &Report) {
    const SUITE: &[&str] = &["name", "tests", "failures", "errors", "skipped", "time"];
    let attributes = |tag: &BytesStart<'_>| -> BTreeMap<String, String> {
        let pair = |one: quick_xml::events::attributes::Attribute<'_>| {
            let value = one.normalized_value(quick_xml::XmlVersion::Implicit1_0).expect("a value").into_owned();
            (String::from_utf8_lossy(one.key.as_ref()).into_owned(), value)
        };
        tag.attributes().map(|one| pair(one.expect("an attribute"))).collect()
    };
    let mut reader = quick_xml::Reader::from_str(xml);
    let (mut open, mut count): (Vec<String>, BTreeMap<String, usize>) = (Vec::new(), BTreeMap::new());
    loop {
        let event = reader.read_event().expect("well-formed");
        let (tag, stays) = match event {
            Event::Eof => break,
            Event::Start(tag) => (tag, true),
            Event::Empty(tag) => (tag, false),
            Event::End(_) => {
                open.pop();
                continue;
            }
            Event::CData(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => panic!("not allowed"),
            Event::Text(text) => {
                let inside = open.last().map_or("", String::as_str);
                let blank = text.decode().expect("a text").trim().is_empty();
                assert!(blank || ["failure", "error", "skipped"].contains(&inside), "text in {inside}");
                continue;
            }
            _ => continue,
        };
        let name = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
        let found = attributes(&tag);
        let (above, needed, beside): (&str, &[&str], &[&str]) = match name.as_str() {
            "testsuites" => ("", &["name", "tests", "failures", "errors"], SUITE),
            "testsuite" => ("testsuites", SUITE, SUITE),
            "testcase" => ("testsuite", &["classname", "name", "time"], &["classname", "name", "time"]),
            "failure" | "error" | "skipped" => ("testcase", &["type", "message"], &["type", "message"]),
            other => panic!("<{other}> is not allowed"),
        };
        assert_eq!(open.last().map_or("", String::as_str), above, "<{name}>");
        for attribute in needed {
            assert!(found.contains_key(*attribute), "<{name}> has no {attribute}");
        }
        for (attribute, value) in &found {
            assert!(beside.contains(&attribute.as_str()), "<{name} {attribute}>");
            if ["tests", "failures", "errors", "skipped"].contains(&attribute.as_str()) {
                value.parse::<u32>().expect("a count");
            }
            if attribute == "time" {
                value.parse::<f64>().expect("seconds");
            }
        }
        *count.entry(name.clone()).or_default() += 1;
        if stays {
            open.push(name);
        }
    }
    let items: Vec<&ItemResult> = report.submissions.iter().flat_map(|one| &one.items).collect();
    let of = |verdict| items.iter().filter(|item| item.verdict == verdict).count();
    let counted = |name: &str| count.get(name).copied().unwrap_or_default();
    let broken_off = usize::from(report.interrupted);
    assert_eq!(counted("testcase"), items.len() + broken_off);
    assert_eq!(counted("failure"), of(Verdict::Fail));
    assert_eq!(counted("error"), of(Verdict::Error) + broken_off);
    assert_eq!(counted("skipped"), of(Verdict::NotVerified));
}

/// Parses a line as GitHub's runner does: command, properties, data.
fn obeyed(line: &str) -> Option<(String, BTreeMap<String, String>, String)> {
    let (head, data) = line.trim().strip_prefix("::")?.split_once("::")?;
    let unescaped = |text: &str| {
        [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")]
            .iter()
            .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    };
    let (command, properties) = head.split_once(' ').unwrap_or((head, ""));
    let properties = properties.split(',').filter_map(|one| one.split_once('='));
    let properties = properties.map(|(name, value)| (name.to_owned(), unescaped(value))).collect();
    Some((command.to_owned(), properties, unescaped(data)))
}

/// Checks the grammar of annotations and their limits.
fn annotations(text: &str, word: &str) {
    let property = "(?:[^:,%\r\n]|%(?:25|0A|0D|3A|2C))*";
    let grammar = format!(
        "^::(error|warning) (?:file={property}(?:,line=[1-9][0-9]*(?:,col=[1-9][0-9]*)?)?,)?title={property}::(?:[^%\r\n]|%(?:25|0A|0D))*$"
    );
    let grammar = Regex::new(&grammar).expect("a pattern");
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for line in text.lines() {
        assert!(grammar.is_match(line), "{line}");
        assert!(line.len() < 64 << 10, "{}", line.len());
        let (command, properties, data) = obeyed(line).expect("a command");
        assert!(
            properties.keys().all(|name| ["file", "line", "col", "title"].contains(&name.as_str())),
            "{properties:?}"
        );
        assert!(!properties["title"].is_empty() && !data.is_empty());
        *kinds.entry(command).or_default() += 1;
    }
    assert!(kinds.values().all(|count| *count <= 10), "{kinds:?}");
    assert!(kinds.keys().eq(["error", "warning"]), "{word}: {kinds:?}");
}

/// Checks that text outside `<pre>` contains only our own tags and nothing that starts Markdown
/// syntax.
fn markdown(text: &str) {
    assert!(text.len() <= Markdown::STEP_SUMMARY.max_bytes, "{}", text.len());
    let pre = Regex::new("(?s)<pre>\n(.*?)\n</pre>\n").expect("a pattern");
    for block in pre.captures_iter(text) {
        assert!(!block[1].contains(['<', '>']), "{}", &block[1]);
    }
    let ours = Regex::new("</?(?:details|summary|b)>|<!-- -->").expect("a pattern");
    let rest = pre.replace_all(text, "");
    let rest = ours.replace_all(&rest, "");
    assert!(!rest.contains(['<', '>', '`', '*', '[', '\\', '@', '~', '$']), "{rest}");
    for line in rest.lines().filter(|line| line.starts_with('|')) {
        assert_eq!(line.matches('|').count(), 5, "{line}");
    }
}

#[rstest]
#[case::plain("olá")]
#[case::nothing("")]
#[case::controls(CONTROLS)]
#[case::commands(COMMANDS)]
#[case::escapes(ESCAPES)]
#[case::xml(XML)]
#[case::html(HTML)]
#[case::markdown(MARKDOWN)]
#[case::json(JSON)]
#[case::formula(FORMULA)]
fn hostile_text_keeps_every_format_valid(#[case] word: &str) {
    let report = report(word, 4);
    for language in Language::ALL {
        valid(GRADESCOPE, &written(named("gradescope"), &report, language));
        valid(CLASSROOM50, &written(named("classroom50"), &report, language));
        junit(&written(named("junit"), &report, language), &report);
        annotations(&written(named("github"), &report, language), word);
        for delivered in [SubmissionLocation::Folder(word), SubmissionLocation::File(word)] {
            annotations(&written(&Github { location: delivered }, &report, language), word);
        }
        markdown(&written(named("markdown"), &report, language));
    }
}

#[test]
fn large_hostile_output_keeps_every_format_valid() {
    let (all, language) = (long(), Language::Portuguese);
    let mut report = report(&all[..200], 4);
    report.submissions[0].items[0].judged.findings[0].because = Message::new("exited-early-said")
        .with("status", Message::new("status-code").with("code", 1i32))
        .with("said", all)
        .into();
    valid(GRADESCOPE, &written(named("gradescope"), &report, language));
    valid(CLASSROOM50, &written(named("classroom50"), &report, language));
    junit(&written(named("junit"), &report, language), &report);
    annotations(&written(named("github"), &report, language), "long");
    markdown(&written(named("markdown"), &report, language));
}

#[test]
fn many_failures_stay_within_github_limits() {
    let report = report(&"|<`".repeat(300), 400);
    annotations(&written(named("github"), &report, Language::English), "many");
    markdown(&written(named("markdown"), &report, Language::English));
}

#[test]
fn interrupted_run_keeps_every_format_valid() {
    let report = Report { interrupted: true, ..report("x", 4) };
    for language in Language::ALL {
        valid(GRADESCOPE, &written(named("gradescope"), &report, language));
        valid(CLASSROOM50, &written(named("classroom50"), &report, language));
        junit(&written(named("junit"), &report, language), &report);
        annotations(&written(named("github"), &report, language), "interrupted");
    }
}

/// The schemas and grammars must reject invalid input, or the tests above would prove nothing.
#[test]
fn schemas_and_grammars_reject_invalid_input() {
    let refused = |schema: &str, text: &str, change: &dyn Fn(&mut Value)| {
        let schema: Value = serde_json::from_str(schema).expect("JSON");
        let mut value: Value = serde_json::from_str(text).expect("JSON");
        change(&mut value);
        !validator_for(&schema).expect("a schema").is_valid(&value)
    };
    let report = report("x", 4);
    let one = written(named("gradescope"), &report, Language::English);
    let changes: [&dyn Fn(&mut Value); 4] = [
        &|value| value["tests"][0]["status"] = "pass".into(),
        &|value| value["score"] = "3".into(),
        &|value| value["tests"][0]["number"] = 1.into(),
        &|value| value["more"] = 1.into(),
    ];
    assert!(changes.iter().all(|change| refused(GRADESCOPE, &one, change)));
    let one = written(named("classroom50"), &report, Language::English);
    let changes: [&dyn Fn(&mut Value); 5] = [
        &|value| value["submission"] = "v1".into(),
        &|value| value["score"] = 1.5.into(),
        &|value| value["assignment_type"] = "pair".into(),
        &|value| value["schema"] = "classroom50/result/v2".into(),
        &|value| drop(value.as_object_mut().expect("an object").remove("max-score")),
    ];
    assert!(changes.iter().all(|change| refused(CLASSROOM50, &one, change)));
    for wrong in ["::error title=a,b=c::x", "::error file=a\u{3a}b,title=x::y", "::error title=x::100%", "x"] {
        let caught = std::panic::catch_unwind(|| annotations(wrong, ""));
        assert!(caught.is_err(), "{wrong}");
    }
}
