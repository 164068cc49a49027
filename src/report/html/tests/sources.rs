//! Tests the source excerpts of a page.

use super::*;
use crate::model::{SourceLocation, Verdict};

#[test]
fn line_of_the_cause_is_marked_in_its_source() {
    let page = page(Language::English);
    let rows = page.matches(r#"<span class="row here"><span class="no">▶ "#).count();
    assert_eq!(rows, 2, "one marked line for each location");
    let text = Markup::of(&page).text;
    assert!(text.contains("  13def before():\n▶ 14 this line:esta linha: \\u{202e}\"><img src=x"), "{text}");
    // The page of an older store, or of a file that could not be read.
    let mut without = submission();
    without.excerpts.clear();
    let page = submission_page(&sample::report(), &without, &[], None, &catalogs(Language::English)).expect("a page");
    assert!(!page.contains(r#"class="source""#) && page.contains("<code>Server-TCP-Multicliente.py:14</code>"));
}

#[test]
fn lines_are_shown_once_and_linked_from_other_items() {
    let mut report = sample::report();
    let place = SourceLocation { file: "s.py".to_owned(), line: 2, column: 0 };
    let one = &mut report.submissions[0];
    for item in one.items.iter_mut().filter(|item| item.verdict == Verdict::Fail) {
        for annotation in &mut item.annotations {
            if let Annotation::SourceHint { location, .. } = annotation {
                location.clone_from(&place);
            }
        }
    }
    one.add_excerpts(&|file| if file == "s.py" { "a\nb\nc\n".to_owned() } else { String::new() });
    assert_eq!(one.excerpts.len(), 1);
    let page = submission_page(&report, &report.submissions[0], &[], None, &catalogs(Language::English));
    let page = page.expect("a page");
    assert_eq!(page.matches(r#"class="source""#).count(), 1);
    assert!(page.contains(r##"<a href="#item-tcp-simple.3"><span lang="en">shown at tcp-simple.3</span>"##), "{page}");
}

#[test]
fn excerpts_of_hidden_items_are_not_for_students() {
    let mut report = sample::report();
    report.submissions.truncate(1);
    report.submissions[0].add_excerpts(&|_| "a\n".repeat(20));
    assert_eq!(report.submissions[0].excerpts.len(), 2);
    for item in &mut report.submissions[0].items {
        item.hidden = item.id.as_str() == "tcp-multi.5";
    }
    let shown = report.submissions.remove(0).without_hidden_items();
    let files: Vec<&str> = shown.excerpts.iter().map(|one| one.file.as_str()).collect();
    assert_eq!(files, [HOSTILE]);
}

#[test]
fn results_without_excerpts_are_read() {
    let json = serde_json::to_value(&sample::report().submissions[0]).expect("JSON");
    assert!(json.get("excerpts").is_none() && json.get("graded_at").is_none());
    let back: SubmissionResult = serde_json::from_value(json).expect("a result of an older version");
    assert_eq!((back.excerpts.len(), back.graded_at), (0, None));
}
