//! First steps that run programs: the new lab on its correct and its wrong server, the manifest
//! written by `init`, and the progress display.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use rstest::rstest;
use socklab::model::Verdict;
use tempfile::TempDir;

use crate::program::{Machine, built, live_tests_enabled, report, verdicts};

/// Creates a folder that the unprivileged user may read, too.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    folder
}

#[rstest]
#[case("en")]
#[case("pt-BR")]
fn new_lab_fails_exactly_one_item_on_its_wrong_server(#[case] lang: &str) {
    if !live_tests_enabled() {
        return;
    }
    let folder = folder();
    let run =
        |words: &[&str]| Machine::Open.socklab(words).current_dir(folder.path()).output().expect("socklab starts");
    assert!(run(&["new-lab", "my lab", "--lang", lang]).status.success());
    let right = run(&["run", "my lab", "--report", "json=-"]);
    let all = |verdict| BTreeMap::from([("sum.1".to_owned(), Verdict::Pass), ("sum.2".to_owned(), verdict)]);
    assert_eq!((verdicts(&report(&right)), right.status.code()), (all(Verdict::Pass), Some(0)));
    let wrong = run(&["run", "my lab", "--server", "sum=python3 'my lab/wrong.py'", "--report", "json=-"]);
    assert_eq!((verdicts(&report(&wrong)), wrong.status.code()), (all(Verdict::Fail), Some(1)));
    // A submission without a manifest: the command that repeats an item names the lab.
    fs::create_dir(folder.path().join("ana")).expect("a folder");
    fs::copy(folder.path().join("my lab/wrong.py"), folder.path().join("ana/soma.py")).expect("a copy");
    let checked = run(&["check", "ana", "--lab", "my lab", "--report", "json=-"]);
    let report = report(&checked);
    assert_eq!(verdicts(&report), all(Verdict::Fail));
    assert_eq!(
        report.submissions[0].items[1].repeat,
        format!("socklab check ana --lab 'my lab' --seed {} --item sum.2", report.seed)
    );
}

#[test]
fn manifest_written_by_init_is_used() {
    if !live_tests_enabled() {
        return;
    }
    let folder = folder();
    let echo = "import socket\nwith socket.create_server(('127.0.0.1', 65432)) as s:\n    c, a = s.accept()\n    \
                while d := c.recv(1024):\n        c.sendall(d)\n    c.close()\n";
    let name = "eco: #1\n \"x\".py";
    fs::write(folder.path().join(name), echo).expect("written");
    let at = folder.path().display().to_string();
    let init = Machine::Open.socklab(&["init", &at, "--lang", "pt-BR"]).output().expect("socklab starts");
    let text = fs::read_to_string(folder.path().join("socklab.yaml")).expect("it is there");
    assert!(init.status.success() && String::from_utf8_lossy(&init.stdout).starts_with(&text), "{init:?}");
    assert!(text.starts_with("# yaml-language-server: $schema=.socklab/submission.schema.json\n"), "{text}");
    assert!(text.contains("  # Servidor TCP simples (eco): TCP, porta 65432\n"), "{text}");
    let schema = fs::read_to_string(folder.path().join(".socklab/submission.schema.json")).expect("it is there");
    assert!(schema.contains("socklab submission"));
    let checked = Machine::Open.socklab(&["check", &at, "--item", "tcp-simple.3", "--report", "json=-"]).output();
    let report = report(&checked.expect("socklab starts"));
    assert_eq!(verdicts(&report).into_values().collect::<Vec<_>>(), [Verdict::Pass]);
    assert!(report.submissions[0].programs.iter().all(|one| one.because.id == "chosen-declared"));
    let again = Machine::Open.socklab(&["init", &at]).output().expect("socklab starts");
    assert_eq!(again.status.code(), Some(2), "an existing file is not replaced");
}

/// Returns the output of socklab on a terminal of 70 columns, recorded by `script`. Returns `None`
/// if `script` is not installed.
fn on_a_terminal(words: &str, variables: &[(&str, &str)]) -> Option<String> {
    let line = format!("stty cols 70 rows 24; exec {} {words}", built("socklab").display());
    let mut script = Command::new("script");
    script.args(["-qec", &line, "/dev/null"]).current_dir("/").env_remove("NO_COLOR").env("TERM", "xterm");
    script.env("LC_ALL", "C.UTF-8").envs(variables.iter().copied());
    let output = script.stdin(std::process::Stdio::null()).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn terminal_progress_respects_width_and_no_color() {
    if !live_tests_enabled() {
        return;
    }
    let words = "run --lang en --item tcp-simple.1 --item udp-simple.1";
    let Some(coloured) = on_a_terminal(words, &[]) else { return };
    assert!(coloured.contains("tcp-simple: ") && coloured.contains("waiting for the server's socket"), "{coloured}");
    assert!(coloured.contains("\u{1b}[32m") && coloured.contains("✓"), "{coloured}");
    // Updates of the progress line are separated by carriage returns. None may be wider than the
    // terminal.
    let bare = regex::Regex::new("\u{1b}\\[[0-9;?]*[A-Za-z]").expect("a regular expression");
    for line in bare.replace_all(&coloured, "").split(['\r', '\n']) {
        assert!(line.chars().count() <= 70, "{line:?}");
    }
    let plain = on_a_terminal(words, &[("NO_COLOR", "1")]).expect("script was installed before");
    assert!(!plain.contains("\u{1b}[3") && plain.contains("✓"), "{plain}");
}

#[test]
fn pipe_output_has_whole_lines_only() {
    if !live_tests_enabled() {
        return;
    }
    let words = ["run", "--lang", "en", "--item", "tcp-simple.1"];
    let output = Machine::Open.socklab(&words).env("CLICOLOR", "1").output().expect("socklab starts");
    for stream in [&output.stdout, &output.stderr] {
        assert!(!stream.contains(&0x1b) && !stream.contains(&b'\r'), "{}", String::from_utf8_lossy(stream));
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.starts_with("tcp-simple: 1 of 1 passed"),
        "one line per scenario, counting requested items only: {stderr}"
    );
}
