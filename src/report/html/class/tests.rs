//! Tests the page of a class as text: its content in both languages, and forbidden content.
//!
//! Its behaviour in a browser is tested in `tests/live/pages.rs`.

use super::*;
use crate::model::{Language, Report, SubmissionId, SubmissionResult};
use crate::report::{ClassReport, anonymize, sample};

fn page(report: &Report) -> String {
    let pages: Vec<String> = (0..report.submissions.len()).map(|k| format!("submissions/{k}.html")).collect();
    let catalogs = Catalogs::with(Language::ALL.map(sample::words), Language::English);
    let class = ClassPage { class: ClassReport::of(report), pages: &pages, anonymous: false };
    class_page(&class, &catalogs, &mut |_, _| panic!("the class is small")).expect("a page")
}

/// Returns the page of a class with this number of copies of the sample's submissions, and its
/// further pages.
fn large(mut report: Report, count: usize) -> (String, Vec<(String, String)>) {
    let own = std::mem::take(&mut report.submissions);
    for k in 0..count {
        let mut copy = own[k % own.len()].clone();
        copy.id = SubmissionId(format!("</script> {k}"));
        if k % 7 == 6 {
            copy = SubmissionResult::new(copy.id, Vec::new(), 0);
            copy.reason = Some(Message::new("sample-not-delivered").into());
        }
        report.submissions.push(copy);
    }
    let pages: Vec<String> = (0..count).map(|k| format!("submissions/{k}.html")).collect();
    let catalogs = Catalogs::with(Language::ALL.map(sample::words), Language::English);
    let class = ClassPage { class: ClassReport::of(&report), pages: &pages, anonymous: false };
    let mut further = Vec::new();
    let page = class_page(&class, &catalogs, &mut |name, text| {
        further.push((name.to_owned(), text.to_owned()));
        Ok(())
    });
    (page.expect("a page"), further)
}

#[test]
fn large_class_has_its_first_rows_as_markup_and_the_others_as_data() {
    let (page, further) = large(sample::report(), rows::ROWS_PER_PAGE);
    assert!(further.is_empty() && !page.contains("application/json"));
    let (page, further) = large(sample::report(), 1203);
    let rows_of = |text: &str| text.matches("<tr><th scope=row>").count();
    assert_eq!(rows_of(&page), rows::ROWS_PER_PAGE);
    let names: Vec<&str> = further.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["rows-2.html", "rows-3.html"]);
    assert_eq!(further.iter().map(|(_, text)| rows_of(text)).collect::<Vec<_>>(), [500, 203]);
    assert!(page.contains(r#"<a href="rows-3.html">1001–1203</a>"#), "{page}");
    let (_, data) = page.split_once(r#"<script type="application/json" id="more">"#).expect("data");
    let (data, _) = data.split_once("</script>").expect("an end");
    let data: Vec<serde_json::Value> = serde_json::from_str(data).expect("JSON");
    assert_eq!(data.len(), 703);
    assert_eq!(data[0][0], "</script> 500");
    assert_eq!(data[702][2], "submissions/1202.html");
    // The 511th has a reason instead of cells.
    assert_eq!((&data[10][5], &data[10][6]), (&"".into(), &0.into()));
    assert!(page.contains(r#"<p id="reason-0">"#) && !page.contains(r#"<p id="reason-1">"#));
    // Names end no element.
    assert_eq!(page.matches("</script>").count(), 2);
    assert!(further.iter().all(
        |(_, text)| !text.contains("<script") && text.contains("&#60;/script&#62; 1000") == text.contains("1001–")
    ));
}

#[test]
fn further_rows_have_names_written_answers_and_points_by_hand() {
    let mut report = sample::annotated();
    report.title = Some(crate::model::LocalizedText::Plain("Sockets".to_owned()));
    report.submissions[0].name = Some("Ana Souza".to_owned());
    report.submissions[0].items[0].add_mark(crate::model::Mark { points: 2, comment: String::new() });
    let (page, further) = large(report, rows::ROWS_PER_PAGE + 2);
    let rows = &further[0].1;
    assert!(rows.contains("<title>Sockets · 502 submissions · 501–502</title>"), "{rows}");
    for (text, row) in [(&page, "&#60;/script&#62; 0"), (rows, "&#60;/script&#62; 500")] {
        let (_, row) = text.split_once(&format!("Ana Souza</a> <span class=id>{row}</span>")).expect("a row");
        let (row, _) = row.split_once("\n<tr>").expect("an end");
        assert!(row.contains("✗✎") && row.ends_with("<td>1<td>+2"), "{row}");
        for part in [r#"<col class="more">"#, "by hand", "✎</span>"] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
    }
    let (_, data) = page.split_once(r#"id="more">"#).expect("data");
    let data: Vec<serde_json::Value> =
        serde_json::from_str(data.split_once("</script>").expect("an end").0).expect("JSON");
    assert_eq!((&data[0][0], &data[0][1]), (&"Ana Souza".into(), &"</script> 500".into()));
    assert!(data[0][5].as_str().is_some_and(|cells| cells.contains("f0*")), "{}", data[0]);
    assert_eq!(data[0][7], serde_json::json!(["1", "+2"]));
    assert_eq!((&data[1][1], &data[1][7]), (&serde_json::Value::Null, &serde_json::json!(["", ""])));
}

#[test]
fn class_page_has_rows_causes_and_links() {
    let page = page(&sample::report());
    assert!(page.contains(r#"<tr><th scope=row><a href="submissions/0.html">ana</a><td>"#), "{page}");
    for part in [
        r#"<span class="times fail">1×</span>"#,
        r#"<th scope="colgroup" colspan="2">tcp-simple</th>"#,
        "client 3 received the answer to another client",
        "o cliente 3 recebeu a resposta de outro cliente",
        "<td class=f data-c=0>✗",
        "<td class=p>✓",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert!(!page.contains('«'), "a sentence is missing");
}

#[test]
fn text_of_students_is_escaped() {
    let page = page(&sample::report());
    assert!(!page.contains("<script>alert"), "{page}");
    assert!(!page.chars().any(|c| c.is_control() && c != '\n' || c == '\u{202e}'));
    // There is one script and one style, and the policy contains the hashes of both.
    assert_eq!((page.matches("<script").count(), page.matches("<style").count()), (1, 1));
    let between =
        |from: &str, to: &str| page.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map(|(text, _)| text);
    for (from, to) in [("<style>", "</style>"), ("<script>", "</script>")] {
        let hash = policy_source(between(from, to).expect("there"));
        assert!(page.contains(&format!("-src '{}'", hash.replace('+', "&#43;"))) || page.contains(&hash), "{hash}");
    }
    assert!(!page.contains(" style=") && !page.contains(" onclick=") && !page.contains("http:"), "{page}");
}

#[test]
fn empty_class_has_a_page() {
    let mut report = sample::report();
    report.submissions.clear();
    assert!(page(&report).contains("0 submissions"));
}

#[test]
fn hidden_items_are_not_on_the_page_for_students() {
    let mut report = sample::report();
    for submission in &mut report.submissions {
        for item in &mut submission.items {
            item.hidden = item.id.as_str() == "tcp-multi.5";
        }
    }
    assert!(page(&report).contains("tcp-multi"));
    let own = std::mem::take(&mut report.submissions);
    report.submissions = own.into_iter().map(anonymize::for_students).collect();
    assert!(!page(&report).contains("tcp-multi"));
}

#[test]
fn unverified_item_is_not_listed_as_passed() {
    let mut report = sample::report();
    let items = report.submissions.iter_mut().flat_map(|submission| &mut submission.items);
    items.filter(|item| item.id.as_str() == "tcp-multi.5").for_each(|item| item.verdict = Verdict::NotVerified);
    let page = page(&report);
    let listed = |label: &str| {
        let (_, list) = page.split_once(label)?;
        list.split_once("</p>").map(|(list, _)| list.contains("tcp-multi.5"))
    };
    assert_eq!(
        (listed("Neither passed nor failed by any submission:"), listed("No failures:")),
        (Some(true), Some(false))
    );
}

#[test]
fn submission_that_was_not_run_has_its_reason() {
    let mut report = sample::report();
    let mut none = SubmissionResult::new(SubmissionId("zoe".to_owned()), Vec::new(), 0);
    none.reason = Some(Message::new("sample-not-delivered").into());
    report.submissions.push(none);
    let page = page(&report);
    assert!(page.contains("<td class=r colspan=6>"), "{page}");
}

#[test]
fn class_page_has_title_date_and_roster_names() {
    let mut report = sample::report();
    let title = crate::model::localized::ByLanguage { en: "Sockets <lab>".to_owned(), pt: "Laboratório".to_owned() };
    report.title = Some(crate::model::LocalizedText::ByLanguage(title));
    for (k, submission) in report.submissions.iter_mut().enumerate() {
        submission.graded_at = Some(1_700_000_000 + k as u64 * 86_400);
    }
    report.submissions[0].name = Some("Ana Souza".to_owned());
    let shown = page(&report);
    for part in [
        "<title>Sockets &#60;lab&#62; · 2 submissions</title>",
        "Laboratório · 2 entregas",
        "socket-lab · graded from 2023-11-14 to 2023-11-15 (UTC)",
        "socket-lab · avaliada de 2023-11-14 a 2023-11-15 (UTC)",
        r#"<a href="submissions/0.html">Ana Souza</a> <span class=id>ana</span><td>"#,
        "median score of the 2 with a program",
    ] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    assert_eq!(shown, page(&report), "the page depends on nothing else");
    report.submissions[1].graded_at = report.submissions[0].graded_at;
    assert!(page(&report).contains("graded on 2023-11-14 (UTC)"));
}

#[test]
fn submissions_without_a_program_recede_and_are_not_in_the_median() {
    let mut report = sample::report();
    let mut none = report.submissions[0].clone();
    for item in &mut none.items {
        (item.verdict, item.earned) = (Verdict::NotVerified, 0);
        item.reason = Some(crate::model::Cause::NotDelivered {}.into());
        item.judged = crate::model::Judged::default();
    }
    (none.id, none.points) = (SubmissionId("nobody".to_owned()), 0);
    report.submissions.push(none);
    let mut unseen = report.submissions[0].clone();
    unseen.items[0].verdict = Verdict::NotVerified;
    unseen.items[0].reason = Some(crate::model::GapReason::NoHosts {}.into());
    unseen.id = SubmissionId("unseen".to_owned());
    report.submissions.push(unseen);
    let page = page(&report);
    for part in [
        "class=a",
        "<td class=a>–",
        "class=u data-c=",
        ">○",
        "without a program",
        "scores of the 3 submissions with a program",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    // The cards count them apart, too.
    assert!(page.contains("– 1 not submitted") && page.contains(r#"<rect class="a""#), "{page}");
}

#[test]
fn written_answers_and_points_by_hand_are_beside_what_was_demonstrated() {
    let report = sample::report();
    assert!(!page(&report).contains('✎'));
    let mut report = sample::annotated();
    report.submissions[0].items[0].add_mark(crate::model::Mark { points: 2, comment: String::new() });
    report.submissions[0].items[2].add_mark(crate::model::Mark { points: -1, comment: String::new() });
    let page = page(&report);
    assert!(page.contains("✗✎") && page.contains("<td>1<td>+1"), "{page}");
    assert!(page.contains("answered in the written report") && page.contains("respondido no relatório"));
    // The other submission has neither.
    assert!(page.contains("<td><td>\n"), "{page}");
}
