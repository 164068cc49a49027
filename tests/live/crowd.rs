//! 10,000 simultaneous clients in one scenario with every packet analyzed. The limits that suffice
//! for five clients must suffice here, and the capture must lose no packet.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use socklab::model::Verdict;

use crate::program::{Machine, package, report, slow_tests_enabled, verdicts};

#[test]
fn crowd_is_served_and_every_packet_is_captured() {
    if !slow_tests_enabled("the crowd") {
        return;
    }
    // The user that programs run as may not be allowed to read the package's folder.
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
    // If the capture missed one packet, the item on packets would be not verified.
    let all = ["clients", "packets", "sockets"].map(|item| (format!("crowd.{item}"), Verdict::Pass));
    assert_eq!(verdicts(&report), all.into(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(output.status.code(), Some(0));
}
