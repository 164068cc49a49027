//! The lab `http-server`: its reference programs, near misses in other legal styles, and faults that
//! fail exactly their items.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use socklab::model::{Report, Verdict};

use crate::matrix::run_parallel;
use crate::program::{Machine, live_tests_enabled, package, report, slow_tests_enabled, verdicts};

/// Number of parallel runs.
const PARALLEL_RUNS: usize = 8;
/// Number of items of the lab.
const ITEMS: usize = 13;

/// A fault of the reference server.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    name: String,
    /// The texts of the reference server that it replaces.
    change: BTreeMap<String, String>,
    /// The items that fail.
    fails: Vec<String>,
    /// The cause of the first failure.
    cause: String,
}

fn faults() -> Vec<Fault> {
    let text = fs::read_to_string(package().join("tests/data/http-server/faults.yaml")).expect("the list is there");
    serde_yaml::from_str(&text).expect("the list is right")
}

/// Returns the reference server with a fault.
fn with_fault(fault: &Fault) -> String {
    let text = fs::read_to_string(package().join("scenarios/http-server/server.py")).expect("the server is there");
    fault.change.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{}: {from}", fault.name);
        text.replace(from, to)
    })
}

/// Runs the lab on a server in a folder that has its own `www`, which must stay as it is.
fn run(server: &str) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    make_readable(folder.path());
    fs::create_dir(folder.path().join("mine")).expect("a folder");
    write("server.py", server);
    write("mine/index.html", "the student's own page");
    let mut command = Machine::Open.socklab(&[
        "run",
        "--lab",
        "http-server",
        "--server",
        "http=python3 server.py",
        "--report",
        "json=-",
    ]);
    let output = command.current_dir(folder.path()).output().expect("socklab starts");
    let mut left: Vec<_> =
        fs::read_dir(folder.path()).expect("read").map(|entry| entry.expect("read").file_name()).collect();
    left.sort();
    assert_eq!(left, ["mine", "server.py"], "nothing is written into the caller's folder");
    report(&output)
}

/// Opens a temporary folder to the user that programs run as.
fn make_readable(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).expect("permissions");
}

/// Returns the ids of the items with this verdict, in the order of the report.
fn items_with(report: &Report, verdict: Verdict) -> Vec<String> {
    let items = report.submissions.iter().flat_map(|one| &one.items);
    items.filter(|item| item.verdict == verdict).map(|item| item.id.to_string()).collect()
}

/// Returns the cause of the first failure.
fn first_cause(report: &Report) -> Option<String> {
    let items = report.submissions.iter().flat_map(|one| &one.items);
    let mut findings = items.flat_map(|item| item.shown().findings);
    let failed = findings.find(|finding| finding.verdict == Verdict::Fail)?;
    assert!(failed.because.cause().is_some(), "socklab explain knows nothing of {:?}", failed.because);
    Some(failed.because.message().id.to_string())
}

#[test]
fn http_servers_pass_every_item() {
    if !live_tests_enabled() {
        return;
    }
    let output = Machine::Open.socklab(&["run", "--lab", "http-server", "--report", "json=-"]).output();
    let bundled = report(&output.expect("socklab starts"));
    let near = fs::read_dir(package().join("tests/data/http-server/near")).expect("the folder is there");
    let mut files: Vec<_> = near.map(|entry| entry.expect("read").path()).collect();
    files.push(package().join("scenarios/http-server/server.py"));
    let servers: Vec<String> = files.iter().map(|file| fs::read_to_string(file).expect("read")).collect();
    let reports = run_parallel(&servers, PARALLEL_RUNS, |server| run(server));
    let names = files.iter().map(|file| file.display().to_string()).chain(["bundled".to_owned()]);
    for (report, name) in reports.iter().chain([&bundled]).zip(names) {
        let wrong: Vec<_> = verdicts(report).into_iter().filter(|(_, verdict)| *verdict != Verdict::Pass).collect();
        assert!(wrong.is_empty() && verdicts(report).len() == ITEMS, "{name}: {wrong:?}: {:?}", first_cause(report));
    }
}

#[test]
fn http_faults_fail_exactly_their_items() {
    if !slow_tests_enabled("every fault of an HTTP server") {
        return;
    }
    let faults = faults();
    let reports = run_parallel(&faults, PARALLEL_RUNS, |fault| run(&with_fault(fault)));
    let mut wrong = Vec::new();
    for (fault, report) in faults.iter().zip(&reports) {
        let (failed, cause) = (items_with(report, Verdict::Fail), first_cause(report));
        let open = items_with(report, Verdict::NotVerified).len();
        let expected = match fault.fails[0].as_str() {
            "http.1" => ITEMS - 1,
            "http.2" => ITEMS - 2,
            _ => 0,
        };
        if (&failed, open) != (&fault.fails, expected) || cause.as_ref() != Some(&fault.cause) {
            wrong.push(format!("{}: {failed:?}, {open} not verified: {cause:?}", fault.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(faults.len() >= 20);
}

/// An echo server on the port of the lab.
const ECHO: &str = "import socket
with socket.create_server(('127.0.0.1', 8080)) as s:
    while True:
        c, _ = s.accept()
        while d := c.recv(1024):
            c.sendall(d)
        c.close()
";

#[test]
fn program_that_answers_requests_is_detected() {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    make_readable(folder.path());
    let server = fs::read_to_string(package().join("scenarios/http-server/server.py")).expect("the server is there");
    fs::create_dir(folder.path().join("www")).expect("a folder");
    let own = folder.path().join("www/index.html");
    for (name, text) in [("a.py", ECHO), ("b.py", &server), ("www/index.html", "the student's own page")] {
        fs::write(folder.path().join(name), text).expect("written");
    }
    let evidence = tempfile::tempdir().expect("a folder");
    let (path, kept) = (folder.path().display().to_string(), evidence.path().join("kept").display().to_string());
    let arguments = ["check", &path, "--lab", "http-server", "--evidence", &kept, "--report", "json=-"];
    let report = report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"));
    let programs = &report.submissions[0].programs;
    let found: Vec<_> = programs.iter().filter(|one| one.role.is_some()).map(|one| one.program.as_str()).collect();
    assert_eq!(found, ["b.py"]);
    assert_eq!(items_with(&report, Verdict::Pass).len(), ITEMS, "{:?}", first_cause(&report));
    assert_eq!(fs::read_to_string(own).expect("read"), "the student's own page");
}
