//! Tests that anonymous reports contain no names, and that students see no hidden items.

use super::*;
use crate::model::report::ProgramKind;
use crate::model::{AnswerImage, Difference, Excerpt, ImageFormat, LocalizedText, SourceExcerpt, Verdict};
use crate::report::sample;

const NAME: &str = "Josefina";

/// Returns a result that contains the name in every text.
fn everywhere() -> SubmissionResult {
    let expected =
        || Message::new("sample-starts").with("program", NAME).with("why", Message::new("x").with("y", NAME));
    let excerpt = || Excerpt { text: NAME.to_owned(), caret: 0, hidden_before: 0, hidden_after: 0 };
    let mut result = sample::report().submissions.remove(0);
    result.id = SubmissionId(NAME.to_owned());
    result.name = Some(NAME.to_owned());
    result.hash = NAME.to_owned();
    let lines = vec![NAME.to_owned()];
    result.excerpts = vec![SourceExcerpt { file: NAME.to_owned(), line: 1, first: 1, lines }];
    result.graded_at = Some(1_700_000_123);
    result.reason = Some(expected().into());
    result.notes = vec![expected()];
    let kind = ProgramKind::Client;
    result.programs = vec![DetectedProgram { kind, role: None, program: NAME.to_owned(), because: expected() }];
    for item in &mut result.items {
        item.title = LocalizedText::Plain("a title".to_owned());
        item.program = NAME.to_owned();
        item.repeat = NAME.to_owned();
        item.filter = Some(NAME.to_owned());
        item.reason = Some(expected().into());
        item.story = vec![expected()];
        let written = WrittenAnswer {
            answered: true,
            text: NAME.to_owned(),
            pictures: vec![NAME.to_owned()],
            notes: vec![expected()],
            images: vec![AnswerImage { name: NAME.to_owned(), format: ImageFormat::Png, bytes: NAME.into() }],
        };
        item.annotations = vec![
            Annotation::SourceHint {
                finding: 0,
                location: SourceLocation { file: NAME.to_owned(), line: 1, column: 1 },
            },
            Annotation::Rerun { finding: 0, because: Because::new(expected(), Some(expected())) },
            Annotation::AbruptClient { note: expected() },
            Annotation::ClientCheck { note: expected() },
            Annotation::WrittenReport(written),
            Annotation::Evidence { folder: NAME.to_owned() },
        ];
        let difference = Some(Difference { at: 0, expected: excerpt(), got: excerpt() });
        let because = Because::new(expected().with("because", NAME), Some(expected()));
        let mut found = Finding::new(Verdict::Fail, because).with_note(expected()).with_difference(difference);
        found.at.file = format!("/home/{NAME}/lab/echo.yaml");
        item.judged = Judged { findings: vec![found], notes: vec![expected()] };
    }
    result
}

#[test]
fn names_are_withheld_in_all_fields() {
    let mut report = sample::report();
    report.ci_env.insert("OWNER".to_owned(), NAME.to_owned());
    report.machine.cannot[0].because = Message::new("sample-no-owners").with("why", NAME).into();
    report.submissions = vec![everywhere()];
    let mut ids = BTreeSet::new();
    add_lab_ids(&report.submissions[0], &mut ids);
    let mut report = anonymize_run(report, &ids);
    report.submissions = vec![anonymize_submission(everywhere(), 123_456, &ids)];
    let text = serde_json::to_string(&report).expect("serialises");
    assert!(!text.contains(NAME), "{text}");
    // Points and verdicts are unchanged.
    let (before, after) = (everywhere(), &report.submissions[0]);
    assert_eq!((before.points, before.of), (after.points, after.of));
    let verdicts = |result: &SubmissionResult| result.items.iter().map(|item| item.verdict).collect::<Vec<_>>();
    assert_eq!(verdicts(&before), verdicts(after));
    assert_eq!(after.id.0, "123456");
    assert_eq!(after.graded_at, Some(1_699_920_000), "the day, and not the time");
}

#[test]
fn known_words_are_kept_and_others_withheld() {
    let ids = BTreeSet::from(["tcp-multi.5".to_owned()]);
    let known = [("item", "tcp-multi.5"), ("state", "CLOSE-WAIT"), ("at", "127.0.0.1:65432"), ("ports", "41822 41830")];
    for (name, text) in known {
        assert!(is_public_word(name, text, &ids), "{name} {text}");
    }
    let unknown = [("got", "ana"), ("got", "20231234"), ("ports", "20231234"), ("at", "200.17.4.9:1"), ("cap", "Ana")];
    for (name, text) in unknown {
        assert!(!is_public_word(name, text, &ids), "{name} {text}");
    }
}

#[test]
fn numbers_are_stable_distinct_and_unordered() {
    let names: Vec<String> = (0..1000).map(|k| format!("student-{k:04}")).collect();
    let ids = || names.iter().map(String::as_str);
    let one = anonymous_ids(ids(), &[7; 32]);
    assert_eq!(one, anonymous_ids(ids(), &[7; 32]));
    assert_ne!(one, anonymous_ids(ids(), &[8; 32]));
    assert_eq!(one.iter().collect::<BTreeSet<_>>().len(), 1000);
    assert!(one.iter().all(|number| (100_000..1_000_000).contains(number)));
    let rising = one.windows(2).filter(|pair| pair[0] < pair[1]).count();
    assert!((400..600).contains(&rising), "{rising} of 999 rise");
    // A late submission does not change the numbers of the others.
    let late = anonymous_ids(ids().chain(["zoe"]), &[7; 32]);
    assert_eq!(late[..1000], one);
}

#[test]
fn hidden_item_is_not_named_by_its_dependents() {
    let mut report = sample::report();
    report.submissions[0].items[0].hidden = true;
    let hidden = report.submissions[0].items[0].id.to_string();
    report.submissions[0].items[4].reason = Some(Message::new("needs-another").with("item", hidden.as_str()).into());
    let submission = for_students(report.submissions.remove(0));
    let text = serde_json::to_string(&submission).expect("serialises");
    assert!(!text.contains(&format!("\"{hidden}\"")), "{text}");
}
