//! Every format shows an item in the same form: the judged findings, merged with the annotations.

use serde_json::Value;

use super::*;
use crate::model::{Annotation, ItemResult, Language, Mark, Message};

/// Returns the annotated sample with everything merged by hand, as if it had been judged so.
fn merged() -> Report {
    let mut report = sample::annotated();
    for item in &mut report.submissions[0].items {
        for annotation in std::mem::take(&mut item.annotations) {
            match annotation {
                Annotation::Rerun { finding, because } => item.judged.findings[finding].because = because,
                Annotation::AbruptClient { note }
                | Annotation::SmallestExchange { note }
                | Annotation::ClientCheck { note } => item.judged.notes.push(note),
                other => item.annotations.push(other),
            }
        }
    }
    report
}

/// Removes the fields that say what the judge did not write.
fn without_annotations(value: &mut Value) {
    for submission in value["submissions"].as_array_mut().expect("submissions") {
        for item in submission["items"].as_array_mut().expect("items") {
            item.as_object_mut().expect("an item").remove("annotations");
        }
    }
}

#[test]
fn formats_show_the_merged_cause() {
    for format in FORMATS {
        for language in Language::ALL {
            let [annotated, merged] = [sample::annotated(), merged()].map(|mut report| {
                if format.spec().is_single_submission {
                    report.submissions.truncate(1);
                }
                written(*format, &report, language)
            });
            if format.spec().name == Json.spec().name {
                let [mut annotated, merged]: [Value; 2] =
                    [annotated, merged].map(|text| serde_json::from_str(&text).expect("JSON"));
                without_annotations(&mut annotated);
                assert_eq!(annotated, merged);
            } else {
                assert_eq!(annotated, merged, "{}", format.spec().name);
                let cause = sample::words(language).sentence("sample-one-by-one");
                // The pages have their own catalogues, without the sample's sentences.
                assert!(
                    annotated.contains(&cause) || annotated.contains("«sample-one-by-one»"),
                    "{}: {annotated}",
                    format.spec().name
                );
            }
        }
    }
}

#[test]
fn summary_keeps_the_merged_cause_and_the_written_answer() {
    let summary = sample::annotated().submissions.remove(0).into_summary();
    let item = summary.items.iter().find(|item| item.id.as_str() == "tcp-multi.5").expect("an item");
    let shown = item.shown();
    assert_eq!(shown.findings[0].because.message().id, "sample-one-by-one");
    assert!(shown.documented.is_some_and(|written| written.answered));
    assert_eq!((shown.notes.len(), shown.evidence), (0, None));
}

#[test]
fn formats_show_marks() {
    let mut report = sample::annotated();
    report.submissions.truncate(1);
    let marked = [("tcp-simple.1", "<b>read</b>"), ("tcp-multi.5", "wrong")];
    for (id, comment) in marked {
        let item = report.submissions[0].items.iter_mut().find(|item| item.id.as_str() == id).expect("an item");
        let (earned, comment) = (item.earned, format!("comment {comment}"));
        item.add_mark(Mark { points: 1, comment });
        assert_eq!(item.earned, earned + 1);
    }
    let words = crate::i18n::Catalog::load(Language::English);
    // GitHub's annotations are only about failures of a run.
    for format in FORMATS.iter().filter(|format| format.spec().name != "github") {
        let mut out = Vec::new();
        format.render(&report, &words, &mut out).expect("writes");
        let text = String::from_utf8(out).expect("text");
        assert_eq!(text.matches("comment").count().min(2), 2, "{}: {text}", format.spec().name);
        assert!(text.contains("wrong"), "{}", format.spec().name);
    }
    let html = find_format("html").expect("a format");
    let mut out = Vec::new();
    html.render(&report, &words, &mut out).expect("writes");
    assert!(!String::from_utf8(out).expect("text").contains("<b>read"));
    let text = serde_json::to_string(&report).expect("serialises");
    let again: Report = serde_json::from_str(&text).expect("reads back");
    let marks = |report: &Report| -> Vec<Option<Mark>> {
        report.submissions[0].items.iter().map(|item| item.mark().cloned()).collect()
    };
    assert_eq!(marks(&again), marks(&report));
}

/// An annotation of another version may name a finding that is missing here.
#[test]
fn annotation_without_its_finding_is_not_shown() {
    let mut item: ItemResult = sample::annotated().submissions[0].items[3].clone();
    item.judged.findings.truncate(1);
    assert_eq!(item.shown().findings.len(), 1);
    assert_eq!(item.shown().findings[0].source, None);
    serde_json::to_value(&item).expect("serialises");
}

#[test]
fn note_of_a_table_names_unused_files() {
    let mut submission = sample::annotated().submissions.remove(0);
    let unused = Message::new("unused-system").with("file", "servidor.exe").with("kind", "windows");
    submission.notes = vec![Message::new("note-looks-time").with("limit", 9u16), unused];
    let words = crate::i18n::Catalog::load(Language::English);
    let notes = class::notes(&submission.into_summary(), &words);
    assert!(
        notes.ends_with("\"servidor.exe\" is a Windows program and was not used: submit its source file"),
        "{notes}"
    );
}
