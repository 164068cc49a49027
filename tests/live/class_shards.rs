//! A class graded in shards, which are killed, as the merge is: reports equal those of one machine.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::program::{Machine, slow_tests_enabled};

/// Number of submissions, shards, and kills of each kind; override with `SOCKLAB_CLASS` and
/// `SOCKLAB_KILLS`.
const CLASS: usize = 6;
const SHARDS: usize = 3;
const KILLS: usize = 3;

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// A pseudo-random sequence, so that moments do not depend on the clock.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % limit.max(1)
    }
}

/// Writes a class of correct and faulty programs, one bad manifest, and a roster with a student
/// without a submission. Returns the roster.
fn class(folder: &Path, size: usize) -> String {
    fs::create_dir(folder).expect("a folder");
    crate::class::class(folder, size);
    fs::write(folder.join("student-001/socklab.yaml"), "nonsense: 1\n").expect("written");
    let rows = (0..size).map(|k| format!("student-{k:03},Nome {}\n", size - k));
    let mut roster = "id,name\n".to_owned() + &rows.collect::<String>();
    roster += "absent,Ausente da Silva\n";
    let file = folder.with_extension("csv");
    fs::write(&file, roster).expect("written");
    file.display().to_string()
}

fn run(arguments: &[&str]) -> String {
    let output = Machine::Open.socklab(arguments).output().expect("socklab starts");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {stderr}");
    String::from_utf8(output.stdout).expect("text")
}

fn json(store: &str) -> Value {
    serde_json::from_str(&run(&["report", store, "--format", "json"])).expect("JSON")
}

/// Returns the values that two runs of the same submissions have in common: everything but times,
/// process ids and the order of concurrent events.
fn judged(report: &Value) -> Value {
    let items = |submission: &Value| -> Vec<Value> {
        let all = submission["items"].as_array().expect("items").iter();
        all.map(|item| {
            let findings = item["findings"].as_array().into_iter().flatten();
            let findings: Vec<_> = findings.map(|one| json!([one["verdict"], one["because"]["id"]])).collect();
            json!([item["id"], item["title"], item["verdict"], item["earned"], item["reason"], findings])
        })
        .collect()
    };
    let all = report["submissions"].as_array().expect("submissions").iter();
    let keys = ["id", "name", "points", "of", "hash", "reason", "programs"];
    let all = all.map(|one| json!([keys.map(|key| one[key].clone()), items(one)]));
    let all: Vec<Value> = all.collect();
    json!([report["lab"], report["machine"], report["seed"], report["interrupted"], all])
}

fn csv(store: &str) -> String {
    run(&["report", store, "--format", "csv"])
}

fn start(arguments: &[&str]) -> Child {
    let mut command = Machine::Open.socklab(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("socklab starts")
}

fn kill(mut running: Child) {
    let _ = running.kill();
    running.wait().expect("it ends");
}

/// Starts a merge and kills it as soon as the class that it builds has this size, or has been
/// renamed into place.
fn kill_merge(arguments: &[&str], building: &Path, bytes: u64) {
    let mut running = start(arguments);
    let size = |path: &Path| path.metadata().map_or(0, |file| file.len());
    let log = building.with_extension("merging-wal");
    while size(building) + size(&log) < bytes && running.try_wait().expect("it can be asked").is_none() {
        std::hint::spin_loop();
    }
    kill(running);
}

#[test]
fn shards_that_are_killed_make_the_same_reports_as_one_machine() {
    if !slow_tests_enabled("shards that are killed") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    let (size, kills) = (number("SOCKLAB_CLASS", CLASS), number("SOCKLAB_KILLS", KILLS));
    let class_folder = folder.path().join("class");
    let roster = class(&class_folder, size);
    let path = class_folder.display().to_string();
    let store = |name: &str| folder.path().join(name).display().to_string();
    let whole = store("whole.db");
    run(&["grade", &path, "--roster", &roster, "--store", &whole, "--seed", "7"]);
    let mut random = Random(0x2545_f491);
    let shards: Vec<(String, String)> =
        (1..=SHARDS).map(|shard| (format!("{shard}/{SHARDS}"), store(&format!("part-{shard}.db")))).collect();
    let progress = store("progress.json");
    let grading = |k: usize| {
        let (shard, part) = &shards[k];
        let mut words = vec!["grade", &path, "--roster", &roster, "--seed", "7", "--shard", shard, "--store", part];
        words.extend(["--progress", &progress]);
        words
    };
    for _ in 0..kills {
        let k = random.below(SHARDS);
        let mut running = start(&grading(k));
        // Stored results are among the lines of its output.
        let stderr = BufReader::new(running.stderr.take().expect("a pipe"));
        let _ = stderr.lines().take(random.below(size / 2)).count();
        kill(running);
    }
    let class_store = store("class.db");
    let mut merging = vec!["merge", "--store", &class_store];
    merging.extend(shards.iter().map(|(_, part)| part.as_str()));
    for k in 0..SHARDS {
        if k + 1 == SHARDS {
            // Not all shards are finished.
            let refused = Machine::Open.socklab(&merging).output().expect("socklab starts");
            let stderr = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert_eq!(refused.status.code(), Some(2), "{stderr}");
            assert!(stderr.contains(&format!("part-{SHARDS}.db")), "{stderr}");
            assert!(!Path::new(&class_store).exists());
        }
        run(&grading(k));
        let last: Value = serde_json::from_str(&fs::read_to_string(&progress).expect("written")).expect("JSON");
        assert_eq!((&last["state"], &last["done"]), (&Value::from("finished"), &last["total"]));
        assert_eq!((&last["shard"], &last["errors"]), (&Value::from(k + 1), &Value::from(0)));
    }
    let building = folder.path().join(".class.db.merging");
    for _ in 0..kills {
        let bytes = u64::try_from(random.below(400_000)).expect("small");
        kill_merge(&merging, &building, bytes);
        let _ = fs::remove_file(&class_store);
    }
    run(&merging);
    assert_eq!(csv(&class_store), csv(&whole));
    let (merged, whole_report) = (json(&class_store), json(&whole));
    assert_eq!(judged(&merged), judged(&whole_report));
    // Everything else is that of the parts.
    let own = |report: &Value| report["submissions"].as_array().expect("submissions").clone();
    let parts: Vec<Value> = shards.iter().flat_map(|(_, part)| own(&json(part))).collect();
    assert_eq!(parts.len(), own(&merged).len());
    assert!(own(&merged).iter().all(|one| parts.contains(one)));
    let evidence = |store: &str| {
        let regraded = run(&["regrade", store]);
        assert!(regraded.contains(&format!("{} submissions regraded, 0 changed", size + 1)), "{regraded}");
    };
    evidence(&class_store);
    assert_eq!(csv(&class_store), csv(&whole), "judged again from the evidence of all shards");
    // Each store is one file, and nothing else is left.
    let mut names: Vec<String> = fs::read_dir(folder.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let parts = (1..=SHARDS).map(|shard| format!("part-{shard}.db"));
    let mut expected: Vec<String> =
        ["class", "class.csv", "class.db", "progress.json", "whole.db"].map(str::to_owned).into();
    expected.extend(parts);
    expected.sort();
    assert_eq!(names, expected);
}
