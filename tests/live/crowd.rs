//! 10,000 clients in one scenario, all connected at once, with every packet of theirs looked at: what is quick enough for
//! five is quick enough for them, and the capture loses nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use socklab::model::Verdict;

use crate::program::{Machine, long, package, report, verdicts};

#[test]
fn a_crowd_is_served_and_every_packet_is_seen() {
    if !long("the crowd") {
        return;
    }
    // Where the package is, the user that programs run as may not be allowed to look.
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    for name in ["crowd.yaml", "crowd.py"] {
        let copy = folder.path().join(name);
        fs::copy(package().join("tests/data").join(name), &copy).expect("a copy");
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o644)).expect("permissions");
    }
    let scenario = folder.path().join("crowd.yaml").display().to_string();
    let server = format!("server={}", folder.path().join("crowd.py").display());
    let arguments = ["run", &scenario, "--set", &server, "--report", "json=-"];
    let output = Machine::Open.socklab(&arguments).output().expect("socklab starts");
    let report = report(&output);
    // A single packet that the capture missed would leave the packets' item not verified.
    let all = ["clients", "packets", "sockets"].map(|item| (format!("crowd.{item}"), Verdict::Pass));
    assert_eq!(verdicts(&report), all.into(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(output.status.code(), Some(0));
}
