//! `socklab check`: one item, the smallest exchange that fails, and `--watch`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use rstest::rstest;
use socklab::model::{Arg, ItemResult, Verdict};

use crate::program::{Machine, live_tests_enabled, report};

const ECHO: &str = "import socket
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 65432))
s.listen(5)
c, a = s.accept()
while True:
    d = c.recv(70000)
    if not d:
        break
    c.sendall(ANSWER)
";

/// Checks the answers of a submission to these steps, or to the lab's.
fn check_echo(path: &str, steps: Option<&str>) -> ItemResult {
    let evidence = tempfile::tempdir().expect("a folder");
    let kept = evidence.path().join("kept").display().to_string();
    let mut arguments = vec!["check", path, "--item", "tcp-simple.3", "--evidence", &kept, "--report", "json=-"];
    arguments.extend(steps.into_iter().flat_map(|steps| ["--steps", steps]));
    let report = report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"));
    report.submissions[0].items.first().expect("an item").clone()
}

/// A report on one item has the item that blocks it, with its cause.
#[test]
fn blocking_item_is_reported_beside_the_chosen_one() {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    let manifest = "servers:\n  tcp-simple: { run: python3 echo.py }\n";
    fs::write(folder.path().join("socklab.yaml"), manifest).expect("written");
    let path = folder.path().display().to_string();
    let chosen = |text: &str| {
        fs::write(folder.path().join("echo.py"), text).expect("written");
        let evidence = tempfile::tempdir().expect("a folder");
        let kept = evidence.path().join("kept").display().to_string();
        let arguments = ["check", &path, "--item", "tcp-simple.3", "--evidence", &kept, "--report", "json=-"];
        let output = Machine::Open.socklab(&arguments).output().expect("socklab starts");
        let items = report(&output).submissions[0].items.iter().map(|item| item.id.to_string()).collect::<Vec<_>>();
        (output.status.code(), items)
    };
    let both = ["tcp-simple.1", "tcp-simple.3"].map(str::to_owned).to_vec();
    assert_eq!(chosen("raise ValueError('no')\n"), (Some(1), both));
    let right = ECHO.replace("ANSWER", "d") + "c.close()\n";
    assert_eq!(chosen(&right), (Some(0), vec!["tcp-simple.3".to_owned()]));
}

#[rstest]
#[case::ascii_only("bytes(b if b < 128 else 63 for b in d)", r#"exchange: {text: "á"}"#, "exchange: a")]
// One byte less is a fault of its own: the last byte is missing.
#[case::fixed_buffer("d[:40]", "times: 42", "exchange: { repeat: { text: a, times: 40 } }")]
fn smallest_exchange_fails_and_a_smaller_one_passes(#[case] answer: &str, #[case] has: &str, #[case] smaller: &str) {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    fs::write(folder.path().join("echo.py"), ECHO.replace("ANSWER", answer)).expect("written");
    let path = folder.path().display().to_string();
    let item = check_echo(&path, None);
    let notes = item.shown().notes;
    let note = notes.iter().find(|note| note.id.starts_with("note-fails-")).unwrap_or_else(|| panic!("{notes:?}"));
    let Some(Arg::Text(command)) = note.args.get("command") else { panic!("{note:?}") };
    let words = shell_words::split(command).expect("a command line");
    let steps = words.last().expect("the steps");
    assert!(words.contains(&"--steps".to_owned()) && steps.contains(has), "{words:?}");
    let cause = |item: &ItemResult| {
        let failed = item.judged.findings.iter().find(|finding| finding.verdict == Verdict::Fail);
        failed.map(|finding| finding.because.message().id.clone())
    };
    assert_eq!(cause(&check_echo(&path, Some(steps))), cause(&item), "{words:?}");
    assert_eq!(check_echo(&path, Some(&format!("connect, {smaller}, close"))).verdict, Verdict::Pass);
}

/// Returns the output of a watched check up to the line with the total.
fn up_to_the_sum(lines: &mut impl Iterator<Item = std::io::Result<String>>) -> String {
    let mut text = String::new();
    for line in lines.map_while(Result::ok) {
        let is_sum = line.contains("points ·") || line.contains("point ·");
        text += &(line + "\n");
        if is_sum {
            break;
        }
    }
    text
}

#[test]
fn watch_checks_again_after_save() {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    let server = folder.path().join("servidor.py");
    let bound = "import socket\ns = socket.socket()\ns.bind(('127.0.0.1', 65432))\n";
    fs::write(&server, bound).expect("written");
    let path = folder.path().display().to_string();
    // Failed items leave evidence, which must not be written to the test's working directory.
    let evidence = tempfile::tempdir().expect("a folder");
    let kept = evidence.path().join("kept").display().to_string();
    let arguments = ["check", &path, "--watch", "--item", "tcp-simple.1", "--lang", "en", "--evidence", &kept];
    let mut check = Machine::Open.socklab(&arguments);
    let mut check = check.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("socklab starts");
    let mut status = BufReader::new(check.stderr.take().expect("a pipe")).lines();
    let mut lines = BufReader::new(check.stdout.take().expect("a pipe")).lines();
    let first = up_to_the_sum(&mut lines);
    assert!(first.contains("✗ tcp-simple.1"), "{first}");
    // Saves the same content first, which is not a change, then the corrected program. Renames like
    // an editor, so that no half-written file is visible.
    let save = |text: &str| {
        let aside = evidence.path().join("aside.py");
        fs::write(&aside, text).expect("written");
        fs::rename(aside, &server).expect("in its place");
    };
    save(bound);
    save(&format!("{bound}s.listen()\nwhile True:\n    s.accept()\n"));
    let second = up_to_the_sum(&mut lines);
    assert!(second.contains("✓ tcp-simple.1"), "{second}");
    // The changes follow the time, also if there are none. Each save may cause one or two events.
    let mut said = |wanted: &str| {
        let line = status.by_ref().map_while(Result::ok).find(|line| line.contains(wanted));
        line.unwrap_or_else(|| panic!("{wanted} is not said"))
    };
    said("watching ");
    let again = said("a file changed: checking again");
    assert!(again.as_bytes().get(2) == Some(&b':') && again.as_bytes().get(5) == Some(&b':'), "{again}");
    said("better: tcp-simple.1 (failed → passed)");
    save(&format!("{bound}s.listen()\nwhile True:\n    s.accept()  # as before\n"));
    said("no item changed since the last run (2 of 2 points)");
    let number = rustix::process::Pid::from_child(&check);
    rustix::process::kill_process(number, rustix::process::Signal::INT).expect("it runs");
    let _ = check.wait().expect("it ends");
}
