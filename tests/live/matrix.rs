//! The matrix of bundled servers: reference programs pass every item, near misses pass every item
//! of their role, and faults fail exactly their items.
//!
//! The messages that students read are recorded as snapshots.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use regex::Regex;
use socklab::bundled::{FAULTS, Fault, NEAR_MISSES};
use socklab::i18n::Catalog;
use socklab::model::report::ShownFinding;
use socklab::model::{Language, Report, Verdict};

use crate::program::{Machine, built, live_tests_enabled, package, report, slow_tests_enabled, verdicts};

/// Number of parallel runs. Most of them wait for a deadline.
const PARALLEL_RUNS: usize = 64;

/// Runs the items of a fault's role. The seed is fixed, because recorded messages contain generated
/// bytes.
fn run_fault(fault: &Fault, machine: Machine) -> Report {
    let server = format!("{}={} --fault {}", fault.role, built("socklab-faulty").display(), fault.name);
    let mut arguments =
        vec!["run", "--lab", fault.lab(), "--server", &server, "--report", "json=-", "--jobs", "8", "--seed", "1"];
    arguments.extend(fault.items().iter().flat_map(|item| ["--item", item]));
    report(&machine.socklab(&arguments).output().expect("socklab starts"))
}

/// Runs all faults in parallel and returns the reports in the given order.
fn run_all(faults: &[&Fault], machine: Machine) -> Vec<Report> {
    run_parallel(faults, PARALLEL_RUNS, |fault| run_fault(fault, machine))
}

/// Makes this number of runs at a time and returns the reports in the given order.
pub(crate) fn run_parallel<T: Sync>(all: &[T], at_once: usize, run: impl Fn(&T) -> Report + Sync) -> Vec<Report> {
    let next = AtomicUsize::new(0);
    let found: Mutex<BTreeMap<usize, Report>> = Mutex::new(BTreeMap::new());
    std::thread::scope(|threads| {
        for _ in 0..at_once {
            threads.spawn(|| {
                loop {
                    let k = next.fetch_add(1, Ordering::Relaxed);
                    let Some(one) = all.get(k) else { return };
                    let report = run(one);
                    found.lock().expect("no run panicked").insert(k, report);
                }
            });
        }
    });
    found.into_inner().expect("no run panicked").into_values().collect()
}

/// Returns the expected verdict of an item.
fn expected(fault: &Fault, item: &str) -> Verdict {
    if fault.fails.contains(&item) {
        Verdict::Fail
    } else if fault.not_verified().contains(&item) {
        Verdict::NotVerified
    } else {
        Verdict::Pass
    }
}

/// Returns true if `socklab explain` covers a finding: a failure must have a known cause.
fn is_covered(finding: &ShownFinding<'_>) -> bool {
    finding.verdict != Verdict::Fail || finding.because.cause().is_some()
}

/// Describes the verdicts that differ from the expected ones. With `lenient`, `not-verified` is
/// always accepted.
fn differences(fault: &Fault, report: &Report, lenient: bool) -> Vec<String> {
    let found = verdicts(report);
    assert!(!found.is_empty(), "{}: no items were reported", fault.name);
    let wrong = found.iter().filter(|(item, verdict)| {
        let allowed = lenient && **verdict == Verdict::NotVerified;
        **verdict != expected(fault, item) && !allowed
    });
    let findings = report.submissions.iter().flat_map(|one| &one.items).flat_map(|item| item.shown().findings);
    let unknown = findings
        .filter(|finding| !is_covered(finding))
        .map(|finding| format!("{}: socklab explain knows nothing of {:?}", fault.name, finding.because));
    wrong
        .map(|(item, verdict)| {
            let sentence = messages_of(report, item);
            // An item that it depends on may explain the difference.
            let others: Vec<_> = found.iter().map(|(item, verdict)| format!("{item} {}", verdict.name())).collect();
            let (is, not, others) = (verdict.name(), expected(fault, item).name(), others.join(", "));
            format!("{}: {item} is {is}, not {not}: {sentence}; all: {others}", fault.name)
        })
        .chain(unknown)
        .collect()
}

/// Returns the messages of an item in English.
fn messages_of(report: &Report, item: &str) -> String {
    let words = Catalog::load(Language::English);
    let items = report.submissions.iter().flat_map(|submission| &submission.items);
    let found = items.filter(|one| one.id.as_str() == item);
    let sentence = found.map(|one| {
        let messages = one
            .shown()
            .findings
            .into_iter()
            .map(|finding| finding.because.message().into_owned())
            .chain(one.reason.iter().map(|reason| reason.message()));
        let sentences: Vec<String> = messages.map(|message| words.format(&message)).collect();
        format!("{} ({} ms)", sentences.join(" | "), one.took_ms)
    });
    sentence.collect()
}

#[test]
fn reference_programs_pass_every_item() {
    if !live_tests_enabled() {
        return;
    }
    let output = Machine::Open.socklab(&["run", "--report", "json=-"]).output().expect("socklab starts");
    let report = report(&output);
    let found = verdicts(&report);
    let wrong: Vec<_> = found.iter().filter(|(_, verdict)| **verdict != Verdict::Pass).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!((found.len(), output.status.code()), (18, Some(0)));
    assert_eq!(report.machine.stage, socklab::model::SandboxMode::Isolated);
    let schema = std::fs::read_to_string(package().join("schema/report.schema.json")).expect("the schema is committed");
    let schema = serde_json::from_str(&schema).expect("the schema is JSON");
    let written: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the report is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let complaints: Vec<String> = validator.iter_errors(&written).map(|error| error.to_string()).collect();
    assert!(complaints.is_empty(), "{complaints:?}");
}

/// The default lab.
const LAB: &str = "socket-lab";

/// Returns the faults of a lab.
fn of_lab(faults: &'static [Fault], lab: &str) -> Vec<&'static Fault> {
    faults.iter().filter(|fault| fault.lab() == lab).collect()
}

#[test]
fn near_misses_pass_every_item() {
    near_misses_pass(LAB);
}

/// Checks that every near miss of a lab passes all items of its role.
pub(crate) fn near_misses_pass(lab: &str) {
    if !slow_tests_enabled("every near miss") {
        return;
    }
    let all = of_lab(NEAR_MISSES, lab);
    let reports = run_all(&all, Machine::Open);
    let wrong: Vec<String> =
        all.iter().zip(&reports).flat_map(|(fault, report)| differences(fault, report, false)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn faults_fail_exactly_their_items() {
    faults_fail_exactly(LAB, "students-words");
}

/// Checks that every fault of a lab fails exactly its items. The messages are recorded under
/// `recorded` and the language.
pub(crate) fn faults_fail_exactly(lab: &str, recorded: &str) {
    if !slow_tests_enabled("every fault") {
        return;
    }
    let all = of_lab(FAULTS, lab);
    let reports = run_all(&all, Machine::Open);
    let wrong: Vec<String> =
        all.iter().zip(&reports).flat_map(|(fault, report)| differences(fault, report, false)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    crate::expectations::check_all_failed(&reports);
    let results = all.iter().zip(&reports).map(|(fault, report)| (fault.name, report.submissions.iter().collect()));
    crate::advice::check(&results.collect::<Vec<_>>());
    for language in Language::ALL {
        let words = words_of(&all, &reports, language);
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("{recorded}-{}", language.tag()), words);
        });
    }
}

#[test]
fn plain_mode_agrees_with_isolated_mode() {
    if !slow_tests_enabled("namespaces denied") {
        return;
    }
    let output = Machine::Denied.socklab(&["run", "--report", "json=-"]).output().expect("socklab starts");
    let reference = report(&output);
    assert_eq!(reference.machine.stage, socklab::model::SandboxMode::Plain);
    assert!(!reference.machine.cannot.is_empty(), "the report lists the missing isolation");
    let bad =
        verdicts(&reference).into_iter().find(|(_, verdict)| !matches!(verdict, Verdict::Pass | Verdict::NotVerified));
    assert_eq!(bad, None);
    // Runs every server if `REQUIRE_LIVE` is set, else a sample, because all of them take a minute.
    // `SOCKLAB_BRIEF` also selects a sample: of root and of other users different ones.
    let all_of_them = std::env::var_os("REQUIRE_LIVE").is_some() && std::env::var_os("SOCKLAB_BRIEF").is_none();
    let (first, step) = match all_of_them {
        true => (0, 1),
        false if rustix::process::geteuid().is_root() => (0, 8),
        false => (4, 8),
    };
    // Without network namespaces, the scenarios of a role wait for each other's port. The faults of
    // the chat time out in many steps, so only one in four is run.
    let (own, chat): (Vec<&Fault>, Vec<&Fault>) = FAULTS.iter().partition(|fault| fault.lab() == LAB);
    let all = own.into_iter().chain(chat.into_iter().skip(1).step_by(4)).chain(NEAR_MISSES);
    let all: Vec<&Fault> = all.skip(first).step_by(step).collect();
    let reports = run_all(&all, Machine::Denied);
    let wrong: Vec<String> =
        all.iter().zip(&reports).flat_map(|(fault, report)| differences(fault, report, true)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns the messages that students read for each fault: cause and hint of the first failure in
/// each item. Values that differ between runs (client ports, process numbers) are replaced.
fn words_of(faults: &[&Fault], reports: &[Report], language: Language) -> String {
    let words = Catalog::load(language);
    let changing = Regex::new(r"(127\.0\.0\.1|192\.0\.2\.\d):(\d{4,5})").expect("a regular expression");
    let mut text = String::new();
    for (fault, report) in faults.iter().zip(reports) {
        let _ = writeln!(text, "## {}", fault.name);
        for item in report.submissions.iter().flat_map(|submission| &submission.items) {
            let Some(finding) = item.shown().findings.into_iter().find(|finding| finding.verdict == Verdict::Fail)
            else {
                continue;
            };
            let _ = writeln!(text, "{}  {}", item.id, finding.expectation);
            let sentence = words.format(&finding.because.message());
            // This fault is a race: which client's text a thread finds in the shared variable
            // varies.
            let races = fault.name == "multi-other-clients-answer";
            let sentence = if races { sentence.replace(|c: char| c.is_ascii_digit(), "N") } else { sentence };
            let _ = writeln!(text, "    {sentence}");
            if let Some(hint) = &finding.because.hint() {
                let _ = writeln!(text, "    -> {}", words.format(hint));
            }
        }
    }
    let fixed = changing.replace_all(&text, |found: &regex::Captures<'_>| {
        if found[2].starts_with("6543") { found[0].to_owned() } else { format!("{}:PORT", &found[1]) }
    });
    // TCP states, segment boundaries and the size of a flood vary by microseconds.
    let states =
        Regex::new(r"FIN-WAIT-[12]").expect("a regular expression").replace_all(&fixed, "FIN-WAIT").into_owned();
    let counts = Regex::new(r"\b\d{5,}\b").expect("a regular expression");
    let counted =
        counts.replace_all(
            &states,
            |found: &regex::Captures<'_>| {
                if found[0].starts_with("6543") { found[0].to_owned() } else { "MANY".to_owned() }
            },
        );
    Regex::new(r"\b\d+ (of|de) MANY").expect("a regular expression").replace_all(&counted, "SOME $1 MANY").into_owned()
}
