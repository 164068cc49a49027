//! `socklab check --watch`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use crate::program::{Machine, live_tests_enabled};

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
    let mut check = check.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("socklab starts");
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
    let number = rustix::process::Pid::from_child(&check);
    rustix::process::kill_process(number, rustix::process::Signal::INT).expect("it runs");
    let _ = check.wait().expect("it ends");
}
