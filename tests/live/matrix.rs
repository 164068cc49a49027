//! The matrix: the reference programs pass every item, every near miss passes every item of its role, and every fault
//! fails exactly its items and no other, with the words that students read recorded.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use regex::Regex;
use socklab::bundled::{FAULTS, Fault, NEAR_MISSES};
use socklab::model::{Language, Report, Verdict};
use socklab::words::Words;

use crate::program::{Machine, built, live, long, package, report, verdicts};

/// How many runs go side by side. Most of them wait for a deadline.
const AT_A_TIME: usize = 64;

/// What this run of a fault's role says, always with one seed: the words that are recorded show the bytes that it made.
fn run_fault(fault: &Fault, machine: Machine) -> Report {
    let server = format!("{}={} --fault {}", fault.role, built("socklab-faulty").display(), fault.name);
    let mut arguments =
        vec!["run", "--lab", fault.lab(), "--server", &server, "--report", "json=-", "--jobs", "8", "--seed", "1"];
    arguments.extend(fault.items().iter().flat_map(|item| ["--item", item]));
    report(&machine.socklab(&arguments).output().expect("socklab starts"))
}

/// Runs all of these side by side; the reports in their order.
fn run_all(faults: &[&Fault], machine: Machine) -> Vec<Report> {
    let next = AtomicUsize::new(0);
    let found: Mutex<BTreeMap<usize, Report>> = Mutex::new(BTreeMap::new());
    std::thread::scope(|threads| {
        for _ in 0..AT_A_TIME {
            threads.spawn(|| {
                loop {
                    let k = next.fetch_add(1, Ordering::Relaxed);
                    let Some(fault) = faults.get(k) else { return };
                    let report = run_fault(fault, machine);
                    found.lock().expect("no run panicked").insert(k, report);
                }
            });
        }
    });
    found.into_inner().expect("no run panicked").into_values().collect()
}

/// The verdict that an item must get.
fn expected(fault: &Fault, item: &str) -> Verdict {
    if fault.fails.contains(&item) {
        Verdict::Fail
    } else if fault.not_verified().contains(&item) {
        Verdict::NotVerified
    } else {
        Verdict::Pass
    }
}

/// Where a report's verdicts are not those expected; with `lenient`, not-verified is never wrong.
fn differences(fault: &Fault, report: &Report, lenient: bool) -> Vec<String> {
    let found = verdicts(report);
    assert!(!found.is_empty(), "{}: no items were reported", fault.name);
    let wrong = found.iter().filter(|(item, verdict)| {
        let allowed = lenient && **verdict == Verdict::NotVerified;
        **verdict != expected(fault, item) && !allowed
    });
    let findings = report.submissions.iter().flat_map(|one| &one.items).flat_map(|item| &item.findings);
    let unknown = findings.filter(|finding| !socklab::run::causes::tell_of(finding)).map(|finding| {
        format!("{}: socklab explain knows nothing of {:?} with {:?}", fault.name, finding.because.id, finding.hint)
    });
    wrong
        .map(|(item, verdict)| {
            let said = told(report, item);
            // What it needs may say why.
            let others: Vec<_> = found.iter().map(|(item, verdict)| format!("{item} {}", verdict.name())).collect();
            let (is, not, others) = (verdict.name(), expected(fault, item).name(), others.join(", "));
            format!("{}: {item} is {is}, not {not}: {said}; all: {others}", fault.name)
        })
        .chain(unknown)
        .collect()
}

/// What the report says of an item, in English.
fn told(report: &Report, item: &str) -> String {
    let words = Words::of(Language::English);
    let items = report.submissions.iter().flat_map(|submission| &submission.items);
    let found = items.filter(|one| one.id.as_str() == item);
    let said = found.map(|one| {
        let messages = one.findings.iter().map(|finding| &finding.because).chain(&one.reason);
        let sentences: Vec<String> = messages.map(|message| words.say(message)).collect();
        format!("{} ({} ms)", sentences.join(" | "), one.took_ms)
    });
    said.collect()
}

#[test]
fn the_reference_programs_pass_everything() {
    if !live() {
        return;
    }
    let output = Machine::Open.socklab(&["run", "--report", "json=-"]).output().expect("socklab starts");
    let report = report(&output);
    let found = verdicts(&report);
    let wrong: Vec<_> = found.iter().filter(|(_, verdict)| **verdict != Verdict::Pass).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!((found.len(), output.status.code()), (18, Some(0)));
    assert_eq!(report.machine.stage, socklab::model::StageKind::Isolated);
    let schema = std::fs::read_to_string(package().join("schema/report.schema.json")).expect("the schema is committed");
    let schema = serde_json::from_str(&schema).expect("the schema is JSON");
    let written: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the report is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let complaints: Vec<String> = validator.iter_errors(&written).map(|error| error.to_string()).collect();
    assert!(complaints.is_empty(), "{complaints:?}");
}

/// The lab that runs where none is named.
const LAB: &str = "socket-lab";

/// Of these, those of a lab.
fn of_lab(faults: &'static [Fault], lab: &str) -> Vec<&'static Fault> {
    faults.iter().filter(|fault| fault.lab() == lab).collect()
}

#[test]
fn every_near_miss_passes() {
    near_misses_pass(LAB);
}

/// Every near miss of a lab passes all items of its role.
pub(crate) fn near_misses_pass(lab: &str) {
    if !long("every near miss") {
        return;
    }
    let all = of_lab(NEAR_MISSES, lab);
    let reports = run_all(&all, Machine::Open);
    let wrong: Vec<String> =
        all.iter().zip(&reports).flat_map(|(fault, report)| differences(fault, report, false)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_fault_fails_exactly_its_items() {
    faults_fail_exactly(LAB, "students-words");
}

/// Every fault of a lab fails its items and no others; the words are recorded under this name and the language.
pub(crate) fn faults_fail_exactly(lab: &str, recorded: &str) {
    if !long("every fault") {
        return;
    }
    let all = of_lab(FAULTS, lab);
    let reports = run_all(&all, Machine::Open);
    let wrong: Vec<String> =
        all.iter().zip(&reports).flat_map(|(fault, report)| differences(fault, report, false)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    crate::expectations::each_was_failed(&reports);
    for language in Language::ALL {
        let words = words_of(&all, &reports, language);
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("{recorded}-{}", language.tag()), words);
        });
    }
}

#[test]
fn where_namespaces_are_denied_no_verdict_is_another() {
    if !long("namespaces denied") {
        return;
    }
    let output = Machine::Denied.socklab(&["run", "--report", "json=-"]).output().expect("socklab starts");
    let reference = report(&output);
    assert_eq!(reference.machine.stage, socklab::model::StageKind::Plain);
    assert!(!reference.machine.cannot.is_empty(), "the report says that there was no isolation");
    let bad =
        verdicts(&reference).into_iter().find(|(_, verdict)| !matches!(verdict, Verdict::Pass | Verdict::NotVerified));
    assert_eq!(bad, None);
    // Every one of them where the live tests must be run; else a sample, for it takes a minute, as where SOCKLAB_BRIEF asks for it.
    let all_of_them = std::env::var_os("REQUIRE_LIVE").is_some() && std::env::var_os("SOCKLAB_BRIEF").is_none();
    let step = if all_of_them { 1 } else { 8 };
    // Without a network of one's own the scenarios of a role wait for each other's port: of the chat's faults, which wait in vain in
    // many steps, one of four is tried.
    let (own, chat): (Vec<&Fault>, Vec<&Fault>) = FAULTS.iter().partition(|fault| fault.lab() == LAB);
    let all = own.into_iter().chain(chat.into_iter().skip(1).step_by(4)).chain(NEAR_MISSES);
    let all: Vec<&Fault> = all.step_by(step).collect();
    let reports = run_all(&all, Machine::Denied);
    let wrong: Vec<String> =
        all.iter().zip(&reports).flat_map(|(fault, report)| differences(fault, report, true)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What students read of each fault: cause and hint of what failed first in each item. Numbers that change from run to
/// run (client ports, process numbers) are replaced.
fn words_of(faults: &[&Fault], reports: &[Report], language: Language) -> String {
    let words = Words::of(language);
    let changing = Regex::new(r"(127\.0\.0\.1|192\.0\.2\.\d):(\d{4,5})").expect("a regular expression");
    let mut text = String::new();
    for (fault, report) in faults.iter().zip(reports) {
        let _ = writeln!(text, "## {}", fault.name);
        for item in report.submissions.iter().flat_map(|submission| &submission.items) {
            let Some(finding) = item.findings.iter().find(|finding| finding.verdict == Verdict::Fail) else { continue };
            let _ = writeln!(text, "{}  {}", item.id, finding.expectation);
            let said = words.say(&finding.because);
            // Which client's text its threads find in the shared variable is a race: that is the fault.
            let races = fault.name == "multi-other-clients-answer";
            let said = if races { said.replace(|c: char| c.is_ascii_digit(), "N") } else { said };
            let _ = writeln!(text, "    {said}");
            if let Some(hint) = &finding.hint {
                let _ = writeln!(text, "    -> {}", words.say(hint));
            }
        }
    }
    let fixed = changing.replace_all(&text, |found: &regex::Captures<'_>| {
        if found[2].starts_with("6543") { found[0].to_owned() } else { format!("{}:PORT", &found[1]) }
    });
    // How far the kernel had got, how TCP cut a stream, how much a flood was: matters of microseconds.
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
