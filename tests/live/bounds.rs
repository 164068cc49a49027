//! Limits on one submission in a class: the time it may cost, the paths it may write, and its view
//! of other submissions.
//!
//! Covers servers that never listen, builds that never end and planted links, each with a near
//! miss. No test measures time: the report shows the scenarios that were left out.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rstest::rstest;
use socklab::model::{ItemResult, Report, SubmissionResult, Verdict};

use crate::program::{Machine, live_tests_enabled, report};

const ECHO: &str = "import socket, sys, os, time
BEFORE
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 65432))
s.listen()
while True:
    c, a = s.accept()
    while d := c.recv(4096):
        c.sendall(d)
    c.close()
";

/// Held by a test whose programs use all the CPU time that they can get. Their limits are in CPU
/// time: each of them takes longer if more of them run.
fn hog_cpu() -> MutexGuard<'static, ()> {
    static CPU: Mutex<()> = Mutex::new(());
    CPU.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Creates a folder that every user may read.
fn open_folder() -> tempfile::TempDir {
    // Not below `/tmp`, which is hidden from programs anyway, unless this user can write nowhere
    // else.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).or_else(|_| tempfile::tempdir()).expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    folder
}

/// Writes a submission with these files.
fn submission(at: &Path, files: &[(&str, &str)]) -> PathBuf {
    fs::create_dir_all(at).expect("a folder");
    for (name, text) in files {
        fs::write(at.join(name), text).expect("written");
    }
    at.to_owned()
}

/// Runs socklab in a folder.
fn socklab(here: &Path, arguments: &[&str]) -> Output {
    Machine::Open.socklab(arguments).current_dir(here).output().expect("socklab starts")
}

/// Grades a class of two: a submission with these files, and a correct one.
fn graded(files: &[(&str, &str)], more: &[&str]) -> (SubmissionResult, SubmissionResult) {
    let folder = open_folder();
    submission(&folder.path().join("class/hostile"), files);
    submission(&folder.path().join("class/sound"), &[("server.py", &ECHO.replace("BEFORE", ""))]);
    let arguments = [&["grade", "class", "--report", "json=-"], more].concat();
    let mut rows = report(&socklab(folder.path(), &arguments)).submissions;
    let sound = rows.pop().expect("two rows");
    (rows.pop().expect("two rows"), sound)
}

fn item<'a>(row: &'a SubmissionResult, id: &str) -> &'a ItemResult {
    row.items.iter().find(|item| item.id.as_str() == id).unwrap_or_else(|| panic!("no {id}"))
}

/// Returns the verdict of an item, and the message id of its finding or reason.
fn verdict_and_id(row: &SubmissionResult, id: &str) -> (Verdict, &'static str) {
    let item = item(row, id);
    let finding = item.shown().findings.into_iter().find(|one| one.verdict == item.verdict);
    let message =
        finding.map(|one| one.because.message().into_owned()).or(item.reason.as_ref().map(|reason| reason.message()));
    (item.verdict, message.map(|message| message.id.into_owned().leak()).unwrap_or_default())
}

fn notes(row: &SubmissionResult) -> Vec<&str> {
    row.notes.iter().map(|note| note.id.as_ref()).collect()
}

#[track_caller]
fn is_sound(row: &SubmissionResult) {
    for id in ["tcp-simple.1", "tcp-simple.2", "tcp-simple.3"] {
        assert_eq!(verdict_and_id(row, id).0, Verdict::Pass, "{} {id}: {:?}", row.id.0, item(row, id));
    }
}

#[rstest]
#[case::sleeps("time.sleep(900)", "nothing-listens")]
#[case::waits("import threading; threading.Event().wait()", "waits-without-port")]
#[case::spins("while True: pass", "nothing-listens")]
fn silent_program_is_awaited_only_once(#[case] before: &str, #[case] cause: &str) {
    if !live_tests_enabled() {
        return;
    }
    let _cpu = hog_cpu();
    let (hostile, sound) = graded(&[("server.py", &ECHO.replace("BEFORE", before))], &[]);
    is_sound(&sound);
    assert_eq!(verdict_and_id(&hostile, "tcp-simple.1"), (Verdict::Fail, cause));
    for id in ["tcp-simple.3", "tcp-simple.5"] {
        assert_eq!(verdict_and_id(&hostile, id), (Verdict::NotVerified, "needs-another"), "as if it had been run");
        assert_eq!(item(&hostile, id).took_ms, 0, "{id} was run");
    }
}

#[test]
fn late_program_runs_every_scenario() {
    if !live_tests_enabled() {
        return;
    }
    let (late, sound) = graded(&[("server.py", &ECHO.replace("BEFORE", "time.sleep(3)"))], &[]);
    is_sound(&sound);
    is_sound(&late);
    assert!(item(&late, "tcp-simple.3").took_ms > 0);
}

/// Returns a manifest with this build in each role.
fn builds(build: &str) -> String {
    let role =
        |role: &str| format!("  {role}: {{ run: [python3, server.py], build: {} }}\n", build.replace("ROLE", role));
    format!("servers:\n{}", ["tcp-simple", "udp-simple", "tcp-multi", "remote"].map(role).concat())
}

#[test]
fn endless_builds_share_one_budget() {
    if !live_tests_enabled() {
        return;
    }
    let _cpu = hog_cpu();
    let (server, manifest) = (ECHO.replace("BEFORE", ""), builds("[sh, -c, 'sleep 900; echo ROLE']"));
    let files = [("server.py", server.as_str()), ("socklab.yaml", &manifest)];
    let (hostile, sound) = graded(&files, &["--build-timeout", "4s"]);
    is_sound(&sound);
    let all = ["tcp-simple.1", "udp-simple.1", "tcp-multi.1", "remote.1"].map(|id| verdict_and_id(&hostile, id));
    let (endless, untried) = ((Verdict::Fail, "does-not-build-time"), (Verdict::NotVerified, "not-built-in-time"));
    assert!(all.contains(&endless) && all.iter().all(|one| [endless, untried].contains(one)), "{all:?}");
    assert!(hostile.items.iter().all(|item| item.verdict != Verdict::Error));
}

#[test]
fn builds_may_use_results_of_earlier_builds() {
    if !live_tests_enabled() {
        return;
    }
    let server = ECHO.replace("BEFORE", "");
    let manifest = "servers:
  tcp-multi: { run: [python3, made.py], build: [sh, -c, 'sleep 1; cp server.py made.py'] }
  tcp-simple: { run: [python3, again.py], build: [cp, made.py, again.py] }
";
    let (row, sound) = graded(&[("server.py", &server), ("socklab.yaml", manifest)], &[]);
    is_sound(&sound);
    is_sound(&row);
    assert_eq!(notes(&row), Vec::<&str>::new());
}

#[test]
fn skipped_probes_are_noted_without_changing_verdicts() {
    if !live_tests_enabled() {
        return;
    }
    let server = ECHO.replace("BEFORE", "");
    // More programs than can be probed at a time (four): the last ones find the time used up.
    let names: Vec<String> = (1..=6).map(|number| format!("other_server{number}.py")).collect();
    let others = names.iter().map(|name| (name.as_str(), server.as_str()));
    let files: Vec<_> = std::iter::once(("server.py", server.as_str())).chain(others).collect();
    let (row, _) = graded(&files, &["--observe-timeout", "1ms"]);
    assert!(notes(&row).contains(&"note-looks-time"), "{:?}", row.notes);
    is_sound(&row);
    let (row, _) = graded(&[("server.py", &server)], &[]);
    assert_eq!(notes(&row), Vec::<&str>::new());
}

#[test]
fn seed_is_random_reported_and_kept_for_a_class() {
    if !live_tests_enabled() {
        return;
    }
    let folder = open_folder();
    let server = ECHO.replace("BEFORE", "");
    submission(&folder.path().join("class/ana"), &[("server.py", &server)]);
    let check = |more: &[&str]| -> Report {
        let usual = ["check", "class/ana", "--item", "tcp-simple.1", "--no-ci", "--report", "json=-"];
        report(&socklab(folder.path(), &[&usual, more].concat()))
    };
    let (one, other) = (check(&[]), check(&[]));
    assert_ne!(one.seed, other.seed, "equal with a probability of 1 in 2^32");
    let again = format!("socklab check class/ana --seed {} --item tcp-simple.1", one.seed);
    assert_eq!(one.submissions[0].items[0].repeat, again);
    assert_eq!(check(&["--seed", "1"]).seed, 1);
    let grade =
        |more: &[&str]| report(&socklab(folder.path(), &[&["grade", "class", "--report", "json=-"], more].concat()));
    let first = grade(&[]);
    submission(&folder.path().join("class/rui"), &[("server.py", &server)]);
    let second = grade(&[]);
    assert_eq!(second.seed, first.seed, "the same class, graded again");
    let of_rui = second.submissions.iter().find(|row| row.id.0 == "rui").expect("a row");
    assert!(of_rui.items[0].repeat.contains(&format!("--seed {} ", first.seed)), "{}", of_rui.items[0].repeat);
    assert_eq!(grade(&["--force", "--seed", "5"]).seed, 5);
}

/// Exits with a message that names those of its arguments that exist as files.
const SPY: &str = "import os, sys
seen = [name for name in sys.argv[1:] if os.path.exists(name)]
sys.exit('SAW ' + repr(seen))
";

#[rstest]
#[case::a_folder(&["check", "class/spy"], ".")]
#[case::this_folder(&["check", "."], "class/spy")]
#[case::a_link_to_it(&["check", "links/spy"], ".")]
#[case::a_class(&["grade", "class"], ".")]
fn neighbours_are_hidden_even_if_the_manifest_names_them(#[case] verb: &[&str], #[case] here: &str) {
    if !live_tests_enabled() {
        return;
    }
    let folder = open_folder();
    let top = folder.path().canonicalize().expect("a folder");
    submission(&top.join("class/ana"), &[("work.py", "work")]);
    submission(&top.join("links"), &[]);
    symlink("../class/spy", top.join("links/spy")).expect("a link");
    let [work, own] = ["class/ana/work.py", "class/spy/spy.py"].map(|name| top.join(name).display().to_string());
    let manifest = format!("servers: {{ tcp-simple: {{ run: [python3, spy.py, {work:?}, {own:?}, spy.py] }} }}\n");
    submission(&top.join("class/spy"), &[("spy.py", SPY), ("socklab.yaml", &manifest)]);
    let arguments = [verb, &["--stage", "isolated", "--report", "json=-"]].concat();
    let report = report(&socklab(&top.join(here), &arguments));
    let row = report.submissions.iter().find(|row| row.id.0 == "spy").expect("a row");
    let findings = format!("{:?}", item(row, "tcp-simple.1").shown().findings);
    assert!(findings.contains("SAW ['spy.py']"), "{findings}");
}

#[rstest]
#[case::usual(&[], true)]
#[case::named(&["--evidence", "own/kept"], false)]
fn evidence_is_not_written_through_planted_link(#[case] more: &[&str], #[case] is_told: bool) {
    if !live_tests_enabled() {
        return;
    }
    let folder = open_folder();
    let here =
        submission(&folder.path().join("ana"), &[("server.py", "import socket\nsocket.socket().listen(int('x'))\n")]);
    let (private, own) = (folder.path().join("private"), folder.path().join("own-place"));
    fs::create_dir(&private).expect("a folder");
    fs::create_dir(&own).expect("a folder");
    symlink(&private, here.join("socklab-evidence")).expect("a link");
    let mine = folder.path().join("mine");
    symlink(&own, &mine).expect("a link");
    let mine = mine.join("kept").display().to_string();
    let more: Vec<&str> = more.iter().map(|word| if word.contains('/') { mine.as_str() } else { word }).collect();
    let usual = ["check", ".", "--item", "tcp-simple.1", "--no-ci", "--report", "json=-"];
    for (language, words) in [("en", "no evidence will be written"), ("pt-BR", "nenhuma evidência será gravada")] {
        let output = socklab(&here, &[&usual, &more[..], &["--lang", language]].concat());
        assert_eq!(verdict_and_id(&report(&output).submissions[0], "tcp-simple.1").0, Verdict::Fail);
        assert_eq!(String::from_utf8_lossy(&output.stderr).contains(words), is_told);
    }
    assert_eq!(fs::read_dir(&private).expect("a folder").count(), 0, "something was written through the link");
    // A link that the user made outside the submission is followed.
    assert_eq!(own.join("kept").exists(), !is_told);
}

#[test]
fn other_files_are_not_written_through_planted_link() {
    let folder = open_folder();
    let here = submission(&folder.path().join("ana"), &[("server.py", "import socket\n")]);
    let private = folder.path().join("private");
    fs::create_dir(&private).expect("a folder");
    for name in [".github", "out", "deep"] {
        symlink(&private, here.join(name)).expect("a link");
    }
    for (language, words) in
        [("en", "is a symbolic link from the submission"), ("pt-BR", "é um link simbólico que veio com a entrega")]
    {
        for arguments in [
            &["init", ".", "--ci", "github"][..],
            &["init", ".", "--ci", "github", "--force"],
            &["check", ".", "--report", "json=out/report.json"],
            &["check", ".", "--evidence", "deep/er"],
        ] {
            let output = socklab(&here, &[arguments, &["--lang", language]].concat());
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.code() == Some(2) && stderr.contains(words), "{arguments:?}: {stderr}");
        }
    }
    let lab = socklab(&here, &["new-lab", "out", "--lang", "en"]);
    assert_eq!(lab.status.code(), Some(2), "{}", String::from_utf8_lossy(&lab.stderr));
    assert_eq!(fs::read_dir(&private).expect("a folder").count(), 0, "something was written through a link");
    fs::remove_file(here.join(".github")).expect("removed");
    assert_eq!(socklab(&here, &["init", ".", "--ci", "github"]).status.code(), Some(0));
    assert!(here.join(".github/workflows/socklab.yml").is_file());
}
