//! A report of format 1, written before causes were types, is read and written without a change.
//!
//! `tests/data/reports/format_1.json` has items of 13 test submissions and 22 faulty servers: one
//! for each cause, reason and note that they show. Paths are shortened.

use serde_json::Value;
use socklab::i18n::Catalog;
use socklab::model::{Annotation, Because, Cause, Language, Report, Verdict};
use socklab::report::FORMATS;

const STORED: &str = include_str!("../data/reports/format_1.json");

fn stored() -> Report {
    serde_json::from_str(STORED).expect("a report")
}

/// Returns the failing findings of a report.
fn failures(report: &Report) -> Vec<&Because> {
    let items = report.submissions.iter().flat_map(|submission| &submission.items);
    let findings = items.flat_map(|item| item.shown().findings);
    findings.filter(|finding| finding.verdict == Verdict::Fail).map(|finding| finding.because).collect()
}

fn items_of(submission: &mut Value) -> &mut Vec<Value> {
    submission["items"].as_array_mut().expect("items")
}

#[test]
fn stored_report_is_written_back_unchanged() {
    let before: Value = serde_json::from_str(STORED).expect("JSON");
    let mut after = serde_json::to_value(stored()).expect("it is written");
    // The field is new: it says which notes are about the clients of a submission.
    for item in after["submissions"].as_array_mut().into_iter().flatten().flat_map(items_of) {
        item.as_object_mut().expect("an object").remove("annotations");
    }
    assert_eq!(after, before);
}

#[test]
fn failures_of_a_stored_report_have_causes() {
    let report = stored();
    let all = failures(&report);
    let known: Vec<&Cause> = all.iter().filter_map(|because| because.cause()).collect();
    assert_eq!(known.len(), all.len());
    let mut ids: Vec<_> = known.iter().map(|cause| cause.message().id).collect();
    ids.sort();
    ids.dedup();
    assert!(ids.len() >= 35, "{} different causes", ids.len());
}

#[test]
fn causes_render_as_their_stored_messages() {
    let report = stored();
    let mut plain = report.clone();
    for item in plain.submissions.iter_mut().flat_map(|submission| &mut submission.items) {
        let judged = item.judged.findings.iter_mut().map(|finding| &mut finding.because);
        let found_again = item.annotations.iter_mut().filter_map(|one| match one {
            Annotation::Rerun { because, .. } => Some(because),
            _ => None,
        });
        for because in judged.chain(found_again) {
            *because = Because::Message { message: because.message().into_owned(), hint: because.hint() };
        }
    }
    let single = |report: &Report| -> Vec<Report> {
        let one = |submission: &_| Report { submissions: vec![Clone::clone(submission)], ..report.clone() };
        report.submissions.iter().map(one).collect()
    };
    for words in Language::ALL.map(Catalog::load) {
        for format in FORMATS {
            let render = |report: &Report| {
                let reports = if format.spec().is_single_submission { single(report) } else { vec![report.clone()] };
                let mut out = Vec::new();
                for report in &reports {
                    format.render(report, &words, &mut out).expect("it renders");
                }
                String::from_utf8(out).expect("text")
            };
            let text = render(&report);
            assert!(!text.is_empty() && text == render(&plain), "{}", format.spec().name);
        }
    }
}
