//! The lab `file-transfer`: its reference programs, near misses in other styles, and faults of either
//! program that fail exactly their items.

use std::collections::BTreeMap;
use std::fs;

use rstest::rstest;
use serde::Deserialize;
use socklab::model::{Report, Verdict};

use crate::matrix::run_parallel;
use crate::program::{
    Machine, check_submission, live_tests_enabled, package, readable_folder, report, slow_tests_enabled, verdicts,
};

const LAB: &str = "file-transfer";
/// Number of parallel runs.
const PARALLEL_RUNS: usize = 4;
/// Number of items of the lab.
const ITEMS: usize = 18;
const SERVER: &str = include_str!("../../scenarios/file-transfer/server.py");
const CLIENT: &str = include_str!("../../scenarios/file-transfer/client.py");

/// The program that is changed; the other one is bundled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Side {
    Server,
    Client,
}

impl Side {
    const fn reference(self) -> &'static str {
        match self {
            Self::Server => SERVER,
            Self::Client => CLIENT,
        }
    }

    const fn role(self) -> &'static str {
        match self {
            Self::Server => "file-server",
            Self::Client => "file-client",
        }
    }
}

/// A fault of a reference program, or a change after which it is still correct.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    name: String,
    program: Side,
    /// The texts of the reference program that it replaces; ⏎ is a line break.
    change: BTreeMap<String, String>,
    /// The items that fail, each with the cause of its first failed finding.
    #[serde(default)]
    fails: BTreeMap<String, String>,
}

impl Change {
    fn text(&self) -> String {
        self.change.iter().fold(self.program.reference().to_owned(), |text, (from, to)| {
            let [from, to] = [from, to].map(|text| text.replace('⏎', "\n"));
            assert!(text.contains(&from), "{} changes nothing: {from}", self.name);
            text.replace(&from, &to)
        })
    }
}

fn changes(file: &str) -> Vec<Change> {
    let text = fs::read_to_string(package().join("tests/data/file-transfer").join(file)).expect("the list is there");
    serde_yaml::from_str(&text).expect("the list is right")
}

/// Runs the items of a program, and of both together, in a folder, which must stay as it is.
fn run(side: Side, text: &str) -> Report {
    let folder = readable_folder();
    fs::write(folder.path().join("program.py"), text).expect("written");
    let program = format!("{}=python3 program.py", side.role());
    let items = format!("{}.*", side.role());
    let arguments =
        ["run", "--lab", LAB, "--server", &program, "--item", &items, "--item", "file-both.*", "--report", "json=-"];
    let output = Machine::Open.socklab(&arguments).current_dir(folder.path()).output().expect("socklab starts");
    let left: Vec<_> = fs::read_dir(folder.path()).expect("read").map(|one| one.expect("read").file_name()).collect();
    assert_eq!(left, ["program.py"], "nothing is written into the caller's folder");
    report(&output)
}

/// Returns the failed items, each with the cause of its first failed finding.
fn failures(report: &Report) -> BTreeMap<String, String> {
    let items = report.submissions.iter().flat_map(|submission| &submission.items);
    let failed = items.filter(|item| item.verdict == Verdict::Fail).map(|item| {
        let findings = item.shown().findings;
        let finding = findings.iter().find(|finding| finding.verdict == Verdict::Fail).expect("a finding");
        assert!(finding.because.cause().is_some(), "socklab explain knows nothing of {:?}", finding.because);
        (item.id.to_string(), finding.because.message().id.to_string())
    });
    failed.collect()
}

fn assert_passes(report: &Report, name: &str, items: usize) {
    let all = verdicts(report);
    let wrong: Vec<_> = all.iter().filter(|(_, verdict)| **verdict != Verdict::Pass).collect();
    assert!(wrong.is_empty() && all.len() >= items, "{name}: {} items, {wrong:?}, {:?}", all.len(), failures(report));
}

#[test]
fn bundled_file_programs_pass_every_item() {
    if !live_tests_enabled() {
        return;
    }
    let output = Machine::Open.socklab(&["run", "--lab", LAB, "--report", "json=-"]).output();
    assert_passes(&report(&output.expect("socklab starts")), "bundled", ITEMS);
}

#[test]
fn file_transfer_near_misses_pass_every_item() {
    if !live_tests_enabled() {
        return;
    }
    let near = fs::read_dir(package().join("tests/data/file-transfer/near")).expect("the folder is there");
    let files = near.map(|entry| entry.expect("read").path()).map(|path| {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let side = if name.starts_with("server") { Side::Server } else { Side::Client };
        (side, fs::read_to_string(&path).expect("read"), name)
    });
    let listed = changes("near.yaml").into_iter().map(|one| (one.program, one.text(), one.name));
    let references =
        [Side::Server, Side::Client].map(|side| (side, side.reference().to_owned(), "reference".to_owned()));
    let all: Vec<_> = references.into_iter().chain(listed).chain(files).collect();
    let reports = run_parallel(&all, PARALLEL_RUNS, |(side, text, _)| run(*side, text));
    for (report, (side, _, name)) in reports.iter().zip(&all) {
        let own = if *side == Side::Server { 12 } else { 7 };
        assert_passes(report, name, own);
    }
}

#[test]
fn file_transfer_faults_fail_exactly_their_items() {
    if !slow_tests_enabled("every fault of a file server and its client") {
        return;
    }
    let faults = changes("faults.yaml");
    let reports = run_parallel(&faults, PARALLEL_RUNS, |fault| run(fault.program, &fault.text()));
    let mut wrong = Vec::new();
    for (fault, report) in faults.iter().zip(&reports) {
        let failed = failures(report);
        if failed != fault.fails {
            wrong.push(format!("{}: {failed:?}", fault.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(faults.len() >= 20);
}

#[rstest]
#[case::by_their_names("servidor.py", "cliente.py")]
#[case::by_what_they_do("a.py", "b.py")]
fn file_programs_are_found_in_submissions(#[case] server: &str, #[case] client: &str) {
    if !live_tests_enabled() {
        return;
    }
    let folder = readable_folder();
    fs::create_dir(folder.path().join("files")).expect("a folder");
    for (name, text) in [(server, SERVER), (client, CLIENT), ("files/notes.txt", "the student's own file\n")] {
        fs::write(folder.path().join(name), text).expect("written");
    }
    assert_passes(&check_submission(folder.path(), LAB), server, ITEMS);
    let own = fs::read_to_string(folder.path().join("files/notes.txt")).expect("read");
    assert_eq!(own, "the student's own file\n");
}

#[test]
fn submission_without_file_client_is_judged_by_its_server() {
    if !live_tests_enabled() {
        return;
    }
    let folder = readable_folder();
    fs::write(folder.path().join("server.py"), SERVER).expect("written");
    for (item, verdict) in verdicts(&check_submission(folder.path(), LAB)) {
        let is_server = item.to_string().starts_with("file-server");
        assert_eq!(verdict, if is_server { Verdict::Pass } else { Verdict::NotVerified }, "{item}");
    }
}
