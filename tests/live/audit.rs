//! `socklab audit`: the mutations of a lab's programs, the items that notice them, and faulty programs.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::program::{ENVIRONMENT_VARS, built, live_tests_enabled, package};

/// Audits a lab. Returns the exit code and the results.
fn audit(words: &[&str]) -> (Option<i32>, Value) {
    let mut command = Command::new(built("socklab"));
    for name in ENVIRONMENT_VARS {
        command.env_remove(name);
    }
    let output = command.current_dir(package()).args(["audit", "--json"]).args(words).output().expect("socklab runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let results = serde_json::from_str(&text).unwrap_or_else(|error| {
        panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr));
    });
    (output.status.code(), results)
}

/// Returns the failed items of each mutant that changes calls in every scenario, by the name of its
/// mutation.
fn failed(results: &Value) -> BTreeMap<String, Vec<String>> {
    let all = results["mutants"].as_array().expect("mutants").iter();
    let whole =
        all.filter(|mutant| mutant["scenario"].is_null() && (mutant["changed"] != 0 || mutant["mutation"].is_null()));
    let items = |mutant: &Value| -> Vec<String> {
        mutant["fails"].as_array().expect("items").iter().filter_map(|item| Some(item.as_str()?.to_owned())).collect()
    };
    whole.map(|mutant| (mutant["mutation"].as_str().unwrap_or("faulty").to_owned(), items(mutant))).collect()
}

#[test]
fn mutations_of_a_client_fail_the_items_about_them() {
    if !live_tests_enabled() {
        return;
    }
    let (code, results) = audit(&["chat-client"]);
    assert_eq!(code, Some(0), "each item fails for some mutation: {results:#}");
    let failed = failed(&results);
    let of = |mutation: &str| failed.get(mutation).map(|items| items.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(of("connects-to-next-port"), Some(vec!["chat-client.1"]));
    assert_eq!(of("loses-last-byte"), Some(vec!["chat-client.2"]));
    assert_eq!(of("never-closes"), Some(vec!["chat-client.3"]));
    assert_eq!(of("reads-no-input"), Some(vec!["chat-client.2", "chat-client.3"]));
    assert_eq!(of("prints-other-byte"), Some(vec!["chat-client.5"]));
    for disturbance in ["short-reads", "short-writes"] {
        assert_eq!(of(disturbance), Some(Vec::new()), "a correct client survives it");
    }
    assert_eq!(of("accepts-once"), None, "a client does not accept");
}

#[test]
fn faulty_programs_are_run_beside_mutations() {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("client.py");
    let sound = include_str!("../data/chat-client/client.py");
    let changed = sound.replace("server.sendall(line.encode())", "server.sendall(line.upper().encode())");
    assert_ne!(changed, sound);
    fs::write(&file, changed).expect("a client");
    let faulty = format!("client=python3 {}", file.display());
    let (code, results) = audit(&["chat-client", "--mutation", "swaps-exit-code", "--faulty", &faulty]);
    assert_eq!(code, Some(0), "only a part of the mutations was run");
    let failed = failed(&results);
    assert_eq!(failed.get("swaps-exit-code").map(Vec::len), Some(3));
    assert_eq!(failed.get("faulty"), Some(&vec!["chat-client.2".to_owned()]));
}
