//! Tests that the sum of points in every format equals the sum of the report.
//!
//! The verdicts and points are arbitrary. Names, and the points that gradebooks derive, are tested
//! in `reread_tests.rs`.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

use crate::model::score::earned_points;
use crate::model::{Language, Report, SubmissionId, SubmissionResult, Verdict};
use crate::report::{Classroom50, Csv, Gradescope, Json, Render, sample};

fn verdict() -> impl Strategy<Value = Verdict> {
    prop_oneof![Just(Verdict::Pass), Just(Verdict::Fail), Just(Verdict::NotVerified), Just(Verdict::Error)]
}

/// Builds a submission from items: their points, their verdicts, and whether the written report
/// answers them, for one extra point.
fn submission(items: &[(u32, Verdict, Option<bool>)]) -> SubmissionResult {
    let pattern = sample::report().submissions.remove(0).items.remove(0);
    let item = |(k, &(of, verdict, answered)): (usize, &(u32, Verdict, Option<bool>))| {
        let mut item = pattern.clone();
        item.id = format!("part.{}", k + 1).parse().expect("a name");
        (item.of, item.verdict, item.earned) = (of, verdict, earned_points(verdict, of));
        item.of += u32::from(answered.is_some());
        item.earned += u32::from(answered == Some(true));
        item
    };
    SubmissionResult::new(SubmissionId("ana".to_owned()), items.iter().enumerate().map(item).collect(), 1)
}

fn written(format: &dyn Render, report: &Report) -> String {
    let mut out = Vec::new();
    format.render(report, &sample::words(Language::English), &mut out).expect("writes");
    String::from_utf8(out).expect("text")
}

/// Sums a number over all tests of a format that lists tests.
fn sum(value: &Value, name: &str) -> u64 {
    let tests = value["tests"].as_array().expect("a list");
    tests.iter().map(|test| test[name].as_u64().expect("a whole number")).sum()
}

/// Returns the cell in a column of a table's last row.
fn last(table: &str, column: &str) -> String {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let place = reader.headers().expect("a head").iter().position(|name| name == column).expect("the column");
    reader.records().last().expect("a row").expect("a row")[place].to_owned()
}

proptest! {
    #[test]
    fn formats_agree_on_sums(items in vec((0_u32..9, verdict(), any::<Option<bool>>()), 0..20)) {
        let one = submission(&items);
        let expected: u32 = one.items.iter().map(|item| item.earned).sum();
        let most: u32 = one.items.iter().map(|item| item.of).sum();
        prop_assert_eq!((one.points, one.of), (expected, most));
        let report = Report { submissions: vec![one], interrupted: false, ..sample::report() };

        let json: Value = serde_json::from_str(&written(&Json, &report)).expect("JSON");
        prop_assert_eq!(&json["submissions"][0]["points"], &Value::from(expected));
        let gradescope: Value = serde_json::from_str(&written(&Gradescope, &report)).expect("JSON");
        prop_assert_eq!(&gradescope["score"], &Value::from(expected));
        prop_assert_eq!((sum(&gradescope, "score"), sum(&gradescope, "max_score")), (expected.into(), most.into()));
        let classroom: Value = serde_json::from_str(&written(&Classroom50, &report)).expect("JSON");
        prop_assert_eq!((&classroom["score"], &classroom["max-score"]), (&expected.into(), &most.into()));
        prop_assert_eq!(last(&written(&Csv, &report), "points"), expected.to_string());

        let rows = Report { submissions: report.submissions.iter().cloned().map(SubmissionResult::into_summary).collect(), ..report.clone() };
        prop_assert_eq!(written(&Csv, &rows), written(&Csv, &report), "the table needs only the fields kept by in_a_row");
    }
}
