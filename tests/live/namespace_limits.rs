//! Grading on a machine where each user may have few namespaces: submissions that find none free
//! are graded again, so that the limit changes no result.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::program::{Machine, live_tests_enabled, package};

/// Network namespaces that one scenario with two hosts needs. Several run at a time by default.
const LIMIT: usize = 5;

#[test]
fn few_network_namespaces_change_no_result() {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    let serve = fs::read_to_string(package().join("tests/data/hostile/serve.py")).expect("text");
    for k in 0..4 {
        let own = folder.path().join(format!("student-{k}"));
        fs::create_dir(&own).expect("a folder");
        let text = serve.replace("127.0.0.1", "0.0.0.0");
        fs::write(own.join("servidor.py"), format!("{text}\n\nserve()\n")).expect("written");
    }
    let class = folder.path().display().to_string();
    // Only the namespaces of a new user namespace are limited, not those of this user.
    let limit = format!("echo {LIMIT} > /proc/sys/user/max_net_namespaces && exec \"$@\"");
    let limited = ["unshare", "--user", "--map-root-user", "sh", "-c", &limit, "sh"];
    let table = |starter: &[&str], store: &str| {
        let store = folder.path().join(store).display().to_string();
        let arguments = ["grade", &class, "--store", &store, "--jobs", "2"];
        let output = Machine::Open.socklab_started_by(starter, &arguments).output().expect("socklab starts");
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    // The limit acts: without room for two, nothing can be isolated.
    let none = [
        "unshare",
        "--user",
        "--map-root-user",
        "sh",
        "-c",
        "echo 1 > /proc/sys/user/max_net_namespaces && exec \"$@\"",
        "sh",
    ];
    let refused = ["run", "--stage", "isolated", "--item", "tcp-simple.1"];
    let output = Machine::Open.socklab_started_by(&none, &refused).output().expect("socklab starts");
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let usual = table(&[], ".a.db");
    assert_eq!(usual.lines().count(), 5, "{usual}");
    assert_eq!(table(&limited, ".b.db"), usual);
}
