//! Tools on the caller's PATH inside a home folder: programs see the whole toolchain and nothing
//! else of the home.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use socklab::model::Verdict;

use crate::program::{Machine, live_tests_enabled, package, report, verdicts};

/// Exits if it sees more of the home than the tools, otherwise serves.
const SERVER: &str = "import os, sys
from serve import serve
home = sys.argv[1]
if os.listdir(home) != ['tools'] or sorted(os.listdir(home + '/tools')) != ['bin', 'lib']:
    sys.exit('LEAK ' + home)
serve()
";

#[test]
fn toolchain_in_home_works_and_home_stays_hidden() {
    if !live_tests_enabled() {
        return;
    }
    let place = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).or_else(|_| tempfile::tempdir()).expect("a folder");
    let at = |name: &str| place.path().join(name);
    for folder in ["home/tools/bin", "home/tools/lib", "home/.ssh", "delivery"] {
        fs::create_dir_all(at(folder)).expect("a folder");
    }
    fs::write(at("home/.ssh/id"), "secret").expect("written");
    fs::write(at("home/tools/lib/needed"), "x").expect("written");
    let tool = format!("#!/bin/sh\ncat '{}' && exec python3 \"$@\"\n", at("home/tools/lib/needed").display());
    fs::write(at("home/tools/bin/own-python"), tool).expect("written");
    fs::set_permissions(at("home/tools/bin/own-python"), fs::Permissions::from_mode(0o755)).expect("permissions");
    // Like the home of root, which the user that programs run as cannot enter.
    fs::set_permissions(at("home"), fs::Permissions::from_mode(0o700)).expect("permissions");
    fs::copy(package().join("tests/data/hostile/serve.py"), at("delivery/serve.py")).expect("a copy");
    fs::write(at("delivery/server.py"), SERVER).expect("written");
    let home = at("home").display().to_string();
    let manifest = format!("servers:\n  tcp-simple: {{ run: [own-python, server.py, '{home}'] }}\n");
    fs::write(at("delivery/socklab.yaml"), manifest).expect("written");
    let delivery = at("delivery").display().to_string();
    let mut command =
        Machine::Open.socklab(&["check", &delivery, "--item", "tcp-simple.1", "--report", "json=-", "--no-ci"]);
    let path = std::env::join_paths([at("home/tools/bin"), "/usr/bin".into(), "/bin".into()]).expect("no colon");
    let output = command.env("HOME", &home).env("PATH", path).output().expect("socklab starts");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(verdicts(&report(&output)).values().all(|verdict| *verdict == Verdict::Pass), "{stdout}");
}
