//! The hints of faulty programs: each is given only to faults that it repairs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use socklab::model::{Language, SubmissionResult, Verdict};

/// The faults of the matrix and the submissions of the zoo that each hint repairs, by the hint's
/// id. A hint that contradicts what a program does is worse than none, so each pair was read
/// together with the program's source.
const TABLE: &str = "tests/data/advice.yaml";

/// Compares the hints of faulty programs with the table: every pair of a program and a hint must be
/// in it. Which of several hints are given may depend on a race of the program, so not all of its
/// hints need be given, but at least one.
pub(crate) fn check(seen: &[(&str, Vec<&SubmissionResult>)]) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(TABLE);
    let table: BTreeMap<String, BTreeSet<String>> =
        serde_yaml::from_str(&fs::read_to_string(file).expect("the table of advice")).expect("a table of lists");
    let mut wrong = String::new();
    for (name, results) in seen {
        let given: BTreeSet<String> = results.iter().flat_map(|result| hints(result)).collect();
        let wanted: BTreeSet<String> =
            table.iter().filter(|(_, programs)| programs.contains(*name)).map(|(hint, _)| hint.clone()).collect();
        for hint in given.difference(&wanted) {
            let _ = writeln!(wrong, "{name}: {hint} was given. Add it to {TABLE} if it repairs the fault");
        }
        if !wanted.is_empty() && given.is_disjoint(&wanted) {
            let _ = writeln!(wrong, "{name}: none of its hints in {TABLE} was given: {wanted:?}");
        }
    }
    let known = socklab::i18n::message_ids(Language::English);
    for id in table.keys().filter(|id| !known.contains(*id)) {
        let _ = writeln!(wrong, "{TABLE}: {id} is no hint");
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Returns the ids of the hints that a report shows for failed items.
fn hints(result: &SubmissionResult) -> BTreeSet<String> {
    let findings =
        result.items.iter().filter(|item| item.verdict == Verdict::Fail).flat_map(|item| item.shown().findings);
    let failed = findings.filter(|finding| finding.verdict == Verdict::Fail);
    failed.filter_map(|finding| finding.because.hint()).map(|hint| hint.id.into_owned()).collect()
}
