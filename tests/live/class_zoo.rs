//! Grades the example submissions and compares roles and verdicts with
//! `tests/data/submissions/expected.yaml`. Languages whose tools are not installed are skipped and
//! printed by name.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde::Deserialize;
use socklab::i18n::Catalog;
use socklab::model::report::ProgramKind;
use socklab::model::{Language, Report, SubmissionResult, Verdict};
use socklab::report::hint_sentence;

use crate::program::{Machine, live_tests_enabled, package, report};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    language: String,
    #[serde(default)]
    roles: BTreeMap<String, String>,
    #[serde(default)]
    fail: BTreeSet<String>,
    #[serde(default)]
    unverified: BTreeSet<String>,
    #[serde(default)]
    cause: BTreeMap<String, String>,
    #[serde(default)]
    notes: BTreeSet<String>,
}

/// Returns how many copies of each submission are graded; override with `SOCKLAB_ZOO`. A run takes
/// one to two minutes, so a plain `cargo test` skips it.
fn times() -> usize {
    let usual = usize::from(std::env::var_os("REQUIRE_LIVE").is_some());
    std::env::var("SOCKLAB_ZOO").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Parallel submissions per copy; most of them wait for answers that do not come. Other tests run
/// at the same time. With a larger number they got too little of two CPUs.
const PARALLEL_SUBMISSIONS: usize = 3;

fn expected() -> BTreeMap<String, Expected> {
    let file = package().join("tests/data/submissions/expected.yaml");
    serde_yaml::from_str(&fs::read_to_string(file).expect("the table")).expect("a table")
}

/// Copies the submission folders, with a prefix before each name.
fn copy(to: &Path, before: &str) {
    fs::set_permissions(to, fs::Permissions::from_mode(0o755)).expect("permissions");
    let zoo = package().join("tests/data/submissions");
    let folders = fs::read_dir(zoo).expect("a folder").flatten().filter(|entry| entry.path().is_dir());
    let mut todo: Vec<_> = folders
        .map(|entry| {
            let there = to.join(format!("{before}{}", entry.file_name().to_string_lossy()));
            fs::create_dir(&there).expect("a folder");
            (entry.path(), there)
        })
        .collect();
    while let Some((from, to)) = todo.pop() {
        for entry in fs::read_dir(from).expect("a folder").flatten() {
            let there = to.join(entry.file_name());
            if entry.file_type().expect("a kind").is_dir() {
                fs::create_dir(&there).expect("a folder");
                todo.push((entry.path(), there));
            } else {
                fs::copy(entry.path(), there).expect("a copy");
            }
        }
    }
}

fn items(row: &SubmissionResult, verdict: Verdict) -> BTreeSet<String> {
    row.items.iter().filter(|item| item.verdict == verdict).map(|item| item.id.to_string()).collect()
}

/// Returns the missing tool if the submission needs one.
fn missing(row: &SubmissionResult) -> Option<String> {
    let reasons = row.items.iter().filter_map(|item| Some(item.reason.as_ref()?.message()));
    reasons.filter(|reason| reason.id == "tool-missing").map(|reason| format!("{:?}", reason.args.get("tool"))).next()
}

/// Returns the differences between a result and the expected one.
fn differences(row: &SubmissionResult, expected: &Expected) -> Vec<String> {
    let mut wrong = Vec::new();
    let roles: BTreeMap<String, String> = row
        .programs
        .iter()
        .filter(|one| one.kind == ProgramKind::Server)
        .filter_map(|one| Some((one.role.as_ref()?.to_string(), one.program.clone())))
        .collect();
    if roles != expected.roles {
        wrong.push(format!("roles {roles:?}, not {:?}", expected.roles));
    }
    for (verdict, wanted) in [(Verdict::Fail, &expected.fail), (Verdict::NotVerified, &expected.unverified)] {
        let found = items(row, verdict);
        if found != *wanted {
            wrong.push(format!("{verdict:?} {found:?}, not {wanted:?}"));
        }
    }
    let trouble = items(row, Verdict::Error);
    if !trouble.is_empty() {
        wrong.push(format!("the harness failed over {trouble:?}"));
    }
    for (id, cause) in &expected.cause {
        let item = row.items.iter().find(|item| item.id.as_str() == id);
        let finding = item.and_then(|item| item.shown().findings.into_iter().find(|one| one.verdict == item.verdict));
        let reason = item.and_then(|item| item.reason.as_ref());
        let found = finding
            .map(|one| one.because.message().into_owned())
            .or(reason.map(|reason| reason.message()))
            .map(|because| because.id);
        if found.as_deref() != Some(cause.as_str()) {
            wrong.push(format!("{id} because {found:?}, not {cause}"));
        }
    }
    let notes: BTreeSet<&str> =
        row.items.iter().flat_map(|item| item.shown().notes).chain(&row.notes).map(|note| note.id.as_ref()).collect();
    let untold = expected.notes.iter().filter(|note| !notes.contains(note.as_str()));
    wrong.extend(untold.map(|note| format!("no note {note}")));
    wrong
}

/// Returns the differences for a submission whose tool is missing. Items may be not verified, but
/// no other verdict may change.
fn unexpected_verdicts(row: &SubmissionResult, expected: &Expected) -> Vec<String> {
    let passed = items(row, Verdict::Pass)
        .into_iter()
        .filter(|id| expected.fail.contains(id) || expected.unverified.contains(id));
    let failed = items(row, Verdict::Fail).into_iter().filter(|id| !expected.fail.contains(id));
    passed
        .chain(failed)
        .chain(items(row, Verdict::Error))
        .map(|id| format!("{id} has another verdict without the tool"))
        .collect()
}

/// Returns the message and hint of each cause, taken from the first program that shows it. Only
/// Python submissions count, since Python is always installed. Program output, compiler output and
/// times are left out.
fn words_of(report: &Report, before: &str, expected: &BTreeMap<String, Expected>, language: Language) -> String {
    const ASIDE: [&str; 6] = ["said", "error", "ms", "at", "from", "bytes"];
    let words = Catalog::load(language);
    let mut explained: BTreeMap<String, String> = BTreeMap::new();
    let everywhere = expected.iter().filter(|(_, one)| one.language == "Python");
    for row in
        everywhere.filter_map(|(name, _)| report.submissions.iter().find(|one| one.id.0 == format!("{before}{name}")))
    {
        for finding in
            row.items.iter().flat_map(|item| item.shown().findings).filter(|one| one.verdict == Verdict::Fail)
        {
            let mut because = finding.because.message().into_owned();
            for name in ASIDE.iter().filter(|name| finding.because.message().args.contains_key(**name)) {
                because = because.with(name, "…");
            }
            let hint = hint_sentence(&finding, &words).map(|hint| format!("\n    → {hint}")).unwrap_or_default();
            explained.entry(because.id.to_string()).or_insert_with(|| format!("{}{hint}", words.format(&because)));
        }
    }
    explained.iter().map(|(id, text)| format!("{id}\n    {text}\n")).collect()
}

fn compare(report: &Report, before: &str, expected: &BTreeMap<String, Expected>) -> BTreeSet<String> {
    let mut wrong = Vec::new();
    let mut left_out = BTreeSet::new();
    for (name, wanted) in expected {
        let Some(row) = report.submissions.iter().find(|one| one.id.0 == format!("{before}{name}")) else {
            wrong.push(format!("{name}: no row"));
            continue;
        };
        let tool = missing(row);
        let found = if tool.is_some() { unexpected_verdicts(row, wanted) } else { differences(row, wanted) };
        left_out.extend(tool.map(|tool| format!("{} ({tool})", wanted.language)));
        // Print details, since the report of a failed CI run cannot be inspected later.
        let why =
            row.items.iter().filter_map(|item| Some(format!("{}: {:?}", item.id, item.reason.as_ref()?.message().id)));
        let failed = row.items.iter().flat_map(|item| item.shown().findings).filter(|one| one.verdict == Verdict::Fail);
        let details = format!(
            "programs {:?}; reasons {:?}; failed {:?}",
            row.programs,
            why.collect::<Vec<_>>(),
            failed.map(|one| one.because).collect::<Vec<_>>()
        );
        let details = Some(details).filter(|_| !found.is_empty());
        wrong.extend(found.into_iter().chain(details).map(|one| format!("{name}: {one}")));
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    left_out
}

#[test]
fn submissions_get_the_expected_roles_and_verdicts() {
    if !live_tests_enabled() {
        return;
    }
    let expected = expected();
    let languages: BTreeSet<&String> = expected.values().map(|one| &one.language).collect();
    assert!(expected.len() >= 60 && languages.len() >= 8, "{} in {languages:?}", expected.len());
    let times = times();
    if times == 0 {
        let _ =
            writeln!(std::io::stderr().lock(), "LEFT OUT: the zoo of submissions (REQUIRE_LIVE=1 or SOCKLAB_ZOO=1)");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let before: Vec<String> = (0..times).map(|k| format!("{k}-")).collect();
    before.iter().for_each(|before| copy(folder.path(), before));
    let (class, store) = (folder.path().display().to_string(), folder.path().join(".s.db").display().to_string());
    let jobs = (times * PARALLEL_SUBMISSIONS).to_string();
    let arguments = ["grade", &class, "--store", &store, "--jobs", &jobs, "--report", "json=-", "--seed", "1"];
    let output = Machine::Open.socklab(&arguments).output().expect("socklab starts");
    let report = report(&output);
    let left_out: BTreeSet<String> = before.iter().flat_map(|before| compare(&report, before, &expected)).collect();
    let results = report.submissions.iter().filter_map(|row| Some((row.id.0.strip_prefix(&*before[0])?, vec![row])));
    crate::advice::check(&results.collect::<Vec<_>>());
    for language in Language::ALL {
        let words = words_of(&report, &before[0], &expected, language);
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("zoo-words-{}", language.tag()), words);
        });
    }
    for language in left_out {
        let _ = writeln!(std::io::stderr().lock(), "LEFT OUT: {language}");
    }
}
