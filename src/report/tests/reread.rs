//! Tests that points and names can be read back from every format and every gradebook.
//!
//! Each format of [`FORMATS`] is parsed again, by a parser of that format if there is one. The
//! points and names are arbitrary.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use serde_json::Value;

use crate::i18n::{Catalog, escape_controls};
use crate::model::score::earned_points;
use crate::model::{Language, Report, SubmissionId, SubmissionResult, Verdict};
use crate::report::gradebook::{FillRequest, Gradebook, fill};
use crate::report::{FORMATS, csv_cell, sample};

/// The input of a submission: its id, its name in the roster, and its items' points and verdicts.
type Made = (String, Option<String>, Vec<(u32, Verdict)>);

fn verdict() -> impl Strategy<Value = Verdict> {
    prop_oneof![Just(Verdict::Pass), Just(Verdict::Fail), Just(Verdict::NotVerified), Just(Verdict::Error)]
}

/// Generates ordinary names, and names with characters that are special in some format.
fn called() -> impl Strategy<Value = String> {
    prop_oneof!["[A-Z][a-zà-ü]{1,8} [A-Z][a-z]{1,8}", "[a-z =;,'\"\u{ff1d}@|<&%:`*_\\]\n\u{1b}-]{1,12}"]
}

fn report(all: &[Made]) -> Report {
    let pattern = sample::report().submissions.remove(0).items.remove(0);
    let submission = |(k, (id, name, items)): (usize, &Made)| {
        let item = |(n, &(of, verdict)): (usize, &(u32, Verdict))| {
            let mut item = pattern.clone();
            item.id = format!("part.{}", n + 1).parse().expect("a name");
            (item.of, item.verdict, item.earned) = (of, verdict, earned_points(verdict, of));
            item
        };
        // The index makes all ids different.
        let id = SubmissionId(format!("{id}{k}"));
        let items = items.iter().enumerate().map(item).collect();
        SubmissionResult { name: name.clone(), ..SubmissionResult::new(id, items, 1) }
    };
    Report { submissions: all.iter().enumerate().map(submission).collect(), interrupted: false, ..sample::report() }
}

/// The data read back of a submission. A field is `None` if the format does not contain it.
#[derive(Debug, PartialEq, Eq)]
struct Reread {
    called: Option<String>,
    points: Option<u64>,
    of: Option<u64>,
}

/// Reads the output of one format back.
fn reread(format: &str, text: &str, report: &Report) -> Vec<Reread> {
    let json = || serde_json::from_str::<Value>(text).expect("JSON");
    match format {
        "json" => {
            let back: Report = serde_json::from_str(text).expect("a report");
            assert_eq!(back, *report);
            let all = back.submissions.iter();
            all.map(|one| of(Some(escape_controls(&one.label())), one.points.into(), one.of.into())).collect()
        }
        "csv" => {
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let head = reader.headers().expect("a head").clone();
            let rows = reader.records().map(|row| row.expect("a row"));
            rows.map(|row| {
                let at = |name: &str| head.iter().position(|one| one == name).map(|column| row[column].to_owned());
                let number = |name| at(name).and_then(|cell| cell.parse().ok()).expect("a whole number");
                let percent: String = at("percent").expect("it").replace('.', "");
                let (points, of): (u64, u64) = (number("points"), number("of"));
                let off = 2 * (percent.parse::<i64>().expect("digits") * of as i64 - 1000 * points as i64);
                assert!(of == 0 || -(of as i64) < off && off <= of as i64, "{percent} is not rounded: {points}/{of}");
                let (id, name) = (at("submission").expect("it"), at("name").filter(|name| !name.is_empty()));
                let called = name.map_or_else(|| id.clone(), |name| format!("{name} ({id})"));
                Reread { called: Some(called), points: Some(points), of: Some(of) }
            })
            .collect()
        }
        "gradescope" => {
            let tests = json()["tests"].as_array().expect("a list").clone();
            let sum = |name: &str| tests.iter().map(|test| test[name].as_u64().expect("a number")).sum::<u64>();
            assert_eq!(json()["score"].as_u64(), Some(sum("score")));
            assert!(
                tests.iter().zip(&report.submissions[0].items).all(|(test, item)| {
                    test["name"].as_str().is_some_and(|name| name.starts_with(item.id.as_str()))
                })
            );
            vec![of(None, sum("score"), sum("max_score"))]
        }
        "classroom50" => {
            let ids = json()["tests"].as_array().expect("a list").clone();
            let items = &report.submissions[0].items;
            assert!(
                ids.iter().map(|test| test["test-name"].as_str()).eq(items.iter().map(|one| Some(one.id.as_str())))
            );
            vec![of(None, json()["score"].as_u64().expect("it"), json()["max-score"].as_u64().expect("it"))]
        }
        "junit" => suites(text),
        "markdown" => headings(text),
        "terminal" => sections(text),
        "html" => {
            let inside = |tag: &str| text.split(&format!("<{tag}>")).nth(1).and_then(|rest| rest.split("</").next());
            let title = unescaped(inside("title").expect("a title"));
            let (points, whole) =
                title.rsplit_once(" · ").and_then(|(_, points)| points.split_once('/')).expect("points");
            let called = unescaped(inside("h1").expect("a heading"));
            vec![of(Some(called), points.parse().expect("a number"), whole.parse().expect("a number"))]
        }
        // Annotations concern single items, and only ten of a kind are printed. Each title names
        // the submission.
        "github" => {
            let titles = text.lines().filter_map(|line| line.split("title=").nth(1)?.split("::").next());
            let decoded = titles.map(|title| title.replace("%3A", ":").replace("%2C", ",").replace("%25", "%"));
            let is_known = |title: &String| {
                let many = report.submissions.len() > 1;
                let mut known =
                    report.submissions.iter().map(|one| format!("{}: part.", escape_controls(&one.label())));
                title == "socklab"
                    || !many && title.starts_with("part.")
                    || known.any(|known| title.starts_with(&known))
            };
            let strangers: Vec<String> = decoded.filter(|title| !is_known(title)).collect();
            assert!(strangers.is_empty(), "{strangers:?}");
            Vec::new()
        }
        other => panic!("no reader for the format {other}"),
    }
}

fn of(called: Option<String>, points: u64, of: u64) -> Reread {
    Reread { called, points: Some(points), of: Some(of) }
}

fn unescaped(text: &str) -> String {
    quick_xml::escape::unescape(text).expect("character references").into_owned()
}

/// Parses `3/7 points · …` at the beginning of a line.
fn points_of(line: &str) -> Option<(u64, u64)> {
    let (points, whole) = line.split_whitespace().next()?.split_once('/')?;
    Some((points.parse().ok()?, whole.parse().ok()?))
}

fn suites(xml: &str) -> Vec<Reread> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut all = Vec::new();
    loop {
        match reader.read_event().expect("well-formed") {
            quick_xml::events::Event::Eof => return all,
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag)
                if tag.name().as_ref() == b"testsuite" =>
            {
                let name = tag.try_get_attribute("name").expect("attributes").expect("a name");
                let called =
                    Some(name.normalized_value(quick_xml::XmlVersion::Implicit1_0).expect("a value").into_owned());
                all.push(Reread { called, points: None, of: None });
            }
            _ => {}
        }
    }
}

fn headings(text: &str) -> Vec<Reread> {
    let (mut all, mut called, mut inside) = (Vec::new(), None, None::<String>);
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::Heading { .. } | Tag::Paragraph) => inside = Some(String::new()),
            Event::Text(text) => inside.iter_mut().for_each(|inside| inside.push_str(&text)),
            Event::End(TagEnd::Heading(pulldown_cmark::HeadingLevel::H3)) => called = inside.take(),
            Event::End(TagEnd::Paragraph) => {
                if let Some((points, whole)) = inside.take().as_deref().and_then(points_of) {
                    all.push(of(called.take(), points, whole));
                }
            }
            _ => {}
        }
    }
    all
}

/// Reads the terminal format: a name is on a separate line, before the lines of its items. Those
/// begin with a mark or a space.
fn sections(text: &str) -> Vec<Reread> {
    let (mut all, mut called) = (Vec::new(), None);
    let mut is_first = true;
    for line in text.lines() {
        if std::mem::take(&mut is_first) && !line.starts_with(['✓', '✗', '?', '!']) && points_of(line).is_none() {
            called = Some(line.to_owned());
        } else if let Some((points, whole)) = points_of(line) {
            all.push(of(called.take(), points, whole));
        }
        is_first = line.is_empty() && !all.is_empty() && called.is_none();
    }
    all
}

/// Returns the form that a name has in the output of a format.
fn passed_through(format: &str, submission: &SubmissionResult) -> Option<String> {
    let label = escape_controls(&submission.label());
    let safe = |text: &str| csv_cell::cell(text, b',');
    Some(match format {
        "gradescope" | "classroom50" => return None,
        "csv" => {
            let id = safe(&submission.id.0);
            submission.name.as_ref().map_or_else(|| id.clone(), |name| format!("{} ({id})", safe(name)))
        }
        // These formats drop blanks at the ends of a line.
        "markdown" | "terminal" => label.trim_end().trim_start().to_owned(),
        _ => label,
    })
}

fn check(report: &Report) {
    let words = sample::words(Language::English);
    for format in FORMATS {
        if format.spec().is_single_submission && report.submissions.len() != 1 {
            continue;
        }
        let mut out = Vec::new();
        format.render(report, &words, &mut out).expect("writes");
        let found = reread(format.spec().name, &String::from_utf8(out).expect("text"), report);
        if format.spec().name == "github" {
            continue;
        }
        assert_eq!(found.len(), report.submissions.len(), "{}: {found:?}", format.spec().name);
        for (found, submission) in found.iter().zip(&report.submissions) {
            let is_shown = report.submissions.len() > 1 || submission.name.is_some();
            let is_always = !matches!(format.spec().name, "markdown" | "terminal");
            if let Some(called) = passed_through(format.spec().name, submission).filter(|_| is_shown || is_always) {
                assert_eq!(found.called.as_deref().map(str::trim), Some(called.trim()), "{}", format.spec().name);
            }
            let points = (u64::from(submission.points), u64::from(submission.of));
            assert_eq!(found.points.unwrap_or(points.0), points.0, "{}", format.spec().name);
            assert_eq!(found.of.unwrap_or(points.1), points.1, "{}", format.spec().name);
        }
    }
}

/// Returns the grades of a gradebook with the first cell of each row.
fn grades(text: &[u8], separator: u8, column: usize) -> Vec<(String, String)> {
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text);
    reader.records().map(|row| row.expect("a row")).map(|row| (row[0].to_owned(), row[column].to_owned())).collect()
}

/// Returns true if the grade is the nearest number with two decimals, where halves are rounded up.
fn is_nearest(grade: &str, points: u32, of: u32, hundredths: i64, sign: char) -> bool {
    let (points, of) = (i64::from(points), i64::from(of));
    let Some((whole, decimals)) = grade.split_once(sign) else {
        return grade.parse() == Ok(points) && hundredths == of * 100;
    };
    let (Ok(whole), Ok(decimals), 2) = (whole.parse::<i64>(), decimals.parse::<i64>(), decimals.len()) else {
        return false;
    };
    let off = 2 * ((whole * 100 + decimals) * of - points * hundredths);
    of == 0 && points == 0 || -of < off && off <= of
}

proptest! {
    #[test]
    fn points_and_names_survive_every_format(
        all in vec((called(), option::of(called()), vec((0_u32..9, verdict()), 1..6)), 1..4),
    ) {
        check(&report(&all));
    }

    #[test]
    fn points_and_names_survive_every_gradebook(
        all in vec((called(), option::of(called()), vec((0_u32..9, verdict()), 1..6)), 1..4),
        (maximum, separator, sign) in (1_i64..20_000, prop_oneof![Just(b','), Just(b';'), Just(b'\t')], prop_oneof![Just('.'), Just(',')]),
    ) {
        let report = report(&all);
        let shown = format!("{}{sign}{:02}", maximum / 100, maximum % 100);
        let table = |head: &[&str], rows: Vec<Vec<String>>| {
            let mut table = csv::WriterBuilder::new().delimiter(separator).flexible(true).from_writer(Vec::new());
            table.write_record(head).expect("written");
            rows.iter().for_each(|row| table.write_record(row).expect("written"));
            table.into_inner().expect("a table")
        };
        let name = |submission: &SubmissionResult| submission.id.0.clone();
        let row = |k: usize, one: &SubmissionResult| vec![format!("Participant {}", 100 + k), name(one), String::new(), shown.clone()];
        let numbered: Vec<SubmissionResult> = report.submissions.iter().enumerate().map(|(k, one)| {
            SubmissionResult { id: SubmissionId(format!("A B_{}_assignsubmission_file_", 100 + k)), ..one.clone() }
        }).collect();
        let rows = report.submissions.iter().enumerate().rev().map(|(k, one)| row(k, one)).collect();
        let moodle = table(&["Identifier", "Full name", "Grade", "Maximum Grade"], rows);
        let mut rows = vec![vec!["    Points Possible".to_owned(), String::new(), String::new(), shown.clone()]];
        rows.extend(report.submissions.iter().enumerate().map(|(k, one)| vec![name(one), k.to_string(), String::new(), String::new()]));
        let canvas = table(&["Student", "ID", "Section", "Lab (7)"], rows);
        let words = Catalog::load(Language::English);
        for (kind, bytes, submissions, column, above) in
            [(Gradebook::Moodle, moodle, &numbered, 2, 0), (Gradebook::Canvas, canvas, &report.submissions, 3, 1)]
        {
            let filling = FillRequest { file: "g.csv", column: Some("Lab"), submissions, skip_unknown: false };
            let filled = fill(kind, &bytes, filling, &words).map_err(|message| TestCaseError::fail(words.format(&message)))?;
            let grades = grades(&filled.bytes, separator, column);
            prop_assert_eq!(grades.len(), submissions.len() + above);
            for (k, one) in submissions.iter().enumerate() {
                let called = if kind == Gradebook::Moodle { format!("Participant {}", 100 + k) } else { name(one) };
                let (_, grade) = grades.iter().find(|(row, _)| *row == called).expect("the row is as it was");
                prop_assert!(is_nearest(grade, one.points, one.of, maximum, sign), "{}/{} of {shown}: {grade}", one.points, one.of);
            }
        }
    }
}
