//! Grades a class while killing the grader repeatedly. Results in the store remain, and the final
//! table equals that of an undisturbed run.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use crate::program::{Machine, package, slow_tests_enabled};

/// Number of submissions and of kills; override with `SOCKLAB_CLASS` and `SOCKLAB_KILLS`.
const CLASS: usize = 9;
const KILLS: usize = 5;

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Writes a class that alternates between correct and faulty programs.
pub(crate) fn class(folder: &Path, size: usize) {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).expect("permissions");
    let serve = fs::read_to_string(package().join("tests/data/hostile/serve.py")).expect("text");
    for k in 0..size {
        let own = folder.join(format!("student-{k:03}"));
        fs::create_dir(&own).expect("a folder");
        let text = match k % 3 {
            0 => serve.clone(),
            1 => serve.replace("client.sendall(data)", "client.sendall(b'Eco: ' + data)"),
            _ => serve.replace("server.listen()", "server.listen(5) + 1"),
        };
        fs::write(own.join("servidor.py"), format!("{text}\n\nserve()\n")).expect("written");
    }
}

/// Returns the table of a complete grading run.
fn table(class: &str, store: &str) -> String {
    let output = Machine::Open.socklab(&["grade", class, "--store", store]).output().expect("socklab starts");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// Compares two tables row by row.
#[track_caller]
fn same(one: &str, other: &str) {
    for (one, other) in one.lines().zip(other.lines()) {
        assert_eq!(one, other);
    }
    assert_eq!(one.len(), other.len());
}

#[test]
fn killed_grading_resumes_from_the_store() {
    if !slow_tests_enabled("a grading that is killed") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (size, kills) = (number("SOCKLAB_CLASS", CLASS), number("SOCKLAB_KILLS", KILLS));
    class(folder.path(), size);
    let path = folder.path().display().to_string();
    let store = |name: &str| folder.path().join(name).display().to_string();
    let undisturbed = table(&path, &store(".a.db"));
    assert_eq!(undisturbed.lines().count(), size + 1);
    let mut state = 0x2545_f491_u64;
    for _ in 0..kills {
        // Kills the grader after a pseudo-random number of its output lines, possibly 0. Stored
        // results are among these lines. Counting lines makes the moment independent of the clock.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let lines = usize::try_from(state >> 33).unwrap_or_default() % (size / 2);
        let mut running = Machine::Open
            .socklab(&["grade", &path, "--store", &store(".b.db")])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("socklab starts");
        let stderr = BufReader::new(running.stderr.take().expect("a pipe"));
        let _ = stderr.lines().take(lines).count();
        let _ = running.kill();
        running.wait().expect("it ends");
    }
    same(&table(&path, &store(".b.db")), &undisturbed);
    // All submissions are stored now.
    let again = Machine::Open.socklab(&["grade", &path, "--store", &store(".b.db")]).output().expect("socklab starts");
    let stderr = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(stderr.contains(&format!("({size} unchanged)")), "{stderr}");
    let again = Machine::Open.socklab(&["regrade", &store(".b.db")]).output().expect("socklab starts");
    assert_eq!(again.status.code(), Some(0));
    let drawn =
        Machine::Open.socklab(&["report", &store(".b.db"), "--format", "csv"]).output().expect("socklab starts");
    // Judged again from the stored evidence.
    same(&String::from_utf8_lossy(&drawn.stdout), &undisturbed);
}
