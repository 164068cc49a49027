//! `socklab merge` refuses parts that are not one complete class, and names each of them; `--shard`
//! refuses what is not a shard.

use std::path::{Path, PathBuf};

use socklab::model::{SubmissionId, SubmissionResult};
use socklab::run::shard::Shard;
use socklab::run::store::{CacheKey, Fingerprint, Store};

use super::*;

const NAMES: [&str; 6] = ["ana", "bia", "caio", "davi", "eva", "flora"];

fn class(shards: u32) -> Fingerprint {
    Fingerprint {
        lab: "socket-lab".to_owned(),
        lab_hash: "l".to_owned(),
        roster: "r".to_owned(),
        submissions: "s".to_owned(),
        size: NAMES.len(),
        version: "1".to_owned(),
        shards,
    }
}

/// Makes a part of a class in which the first `graded` submissions of the shard have results.
fn part(folder: &Path, name: &str, class: &Fingerprint, number: u32, seed: u64, graded: usize) -> PathBuf {
    let path = folder.join(name);
    let shard = Shard::new(number, class.shards).expect("a shard");
    let members: Vec<(usize, &str)> = NAMES.into_iter().enumerate().filter(|(_, name)| shard.contains(name)).collect();
    let mut store = Store::open(&path).expect("a store");
    store.begin_part(class, shard, Some(seed), members.iter().copied()).expect("begun");
    for (place, name) in members.iter().take(graded) {
        let key = CacheKey { submission: "x".to_owned(), lab: class.lab_hash.clone(), version: class.version.clone() };
        let result = SubmissionResult::new(SubmissionId((*name).to_owned()), Vec::new(), 1);
        store.put(*place, &key, &result, &[]).expect("written");
    }
    store.finish().expect("finished");
    path
}

fn complete(folder: &Path, shards: u32) -> Vec<PathBuf> {
    (1..=shards).map(|k| part(folder, &format!("part-{k}.db"), &class(shards), k, 1, NAMES.len())).collect()
}

/// Runs `merge` and returns its exit code and its messages.
fn merged(parts: &[PathBuf], store: &Path, lang: &str) -> (i32, String) {
    let mut command = socklab(&["merge", "--lang", lang, "--store"]);
    let output = command.arg(store).args(parts).output().expect("socklab starts");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().expect("a code"), String::from_utf8(text).expect("text"))
}

#[test]
fn complete_class_is_merged() {
    let folder = TempDir::new().expect("a folder");
    let store = folder.path().join("class.db");
    // More shards than submissions: some are empty.
    let mut parts = complete(folder.path(), 9);
    parts.reverse();
    let (code, text) = merged(&parts, &store, "en");
    assert_eq!((code, text.contains("6 submissions from 9 parts in ")), (0, true), "{text}");
    let (code, text) = merged(&parts, &store, "pt-BR");
    assert_eq!((code, text.contains("6 entregas de 9 frações em ")), (0, true), "{text}");
    let table = socklab(&["report", "--format", "csv"]).arg(&store).output().expect("socklab starts");
    let table = String::from_utf8(table.stdout).expect("text");
    let names: Vec<&str> = table.lines().skip(1).filter_map(|row| row.split(',').next()).collect();
    assert_eq!(names, NAMES);
}

#[test]
fn problems_of_all_parts_are_named() {
    let folder = TempDir::new().expect("a folder");
    let store = folder.path().join("class.db");
    let refused = |parts: &[PathBuf], expected: &[&str]| {
        for lang in ["en", "pt-BR"] {
            let (code, text) = merged(parts, &store, lang);
            assert_eq!(code, 2, "{text}");
            if lang == "en" {
                for words in expected {
                    assert!(text.contains(words), "{words}: {text}");
                }
                assert_eq!(text.lines().count(), expected.len(), "{text}");
            }
            assert!(!store.exists(), "nothing is merged");
        }
    };
    let parts = complete(folder.path(), 3);
    refused(&parts[..2], &["the shard 3 of 3 is missing"]);
    refused(&parts[1..2], &["the shards 1, 3 of 3 are missing"]);
    let twice = part(folder.path(), "twice.db", &class(3), 2, 1, NAMES.len());
    refused(&[parts.clone(), vec![twice]].concat(), &["are both the shard 2/3"]);
    let foreign = |name: &str, class: &Fingerprint, number| part(folder.path(), name, class, number, 1, NAMES.len());
    let others = [
        (Fingerprint { lab_hash: "m".to_owned(), ..class(3) }, "the lab differs"),
        (Fingerprint { roster: String::new(), ..class(3) }, "the roster differs"),
        (Fingerprint { submissions: "t".to_owned(), ..class(3) }, "the list of submissions differs"),
        (Fingerprint { version: "2".to_owned(), ..class(3) }, "the version of socklab differs"),
        (class(4), "the number of shards differs"),
    ];
    for (k, (other, words)) in others.iter().enumerate() {
        let other = foreign(&format!("other-{k}.db"), other, 3);
        refused(&[parts[0].clone(), parts[1].clone(), other], &[words]);
    }
    let seed = part(folder.path(), "seed.db", &class(3), 3, 2, NAMES.len());
    refused(&[parts[0].clone(), parts[1].clone(), seed], &["has the seed 2, but"]);
    let unfinished = part(folder.path(), "unfinished.db", &class(1), 1, 1, 2);
    refused(
        std::slice::from_ref(&unfinished),
        &["4 submissions of the shard 1/1 have no current result (caio, davi, eva, …)"],
    );
    let whole = folder.path().join("whole.db");
    drop(Store::open(&whole).expect("a store"));
    let text = folder.path().join("text.db");
    std::fs::write(&text, "no database").expect("written");
    let missing = folder.path().join("missing.db");
    let all = [unfinished, whole, text, missing, parts[0].clone()];
    let expected = ["have no current result", "contains a whole class", "is not a store", "there is no store"];
    refused(&all, &expected);
}

#[rstest]
#[case::zero("0/4")]
#[case::past_the_last("5/4")]
#[case::no_number("a/4")]
#[case::one_number("3")]
fn shard_that_does_not_exist_is_refused(#[case] shard: &str) {
    let words = ["grade", "tests/data/submissions", "--store", "/nonexistent/s.db", "--shard", shard];
    socklab(&words).assert().code(2).stderr(contains("is not a shard: write I/N"));
}

#[test]
fn shard_of_an_array_job_is_read_from_its_variables() {
    let mut command = socklab(&["grade", "tests/data/submissions", "--shard", "auto"]);
    command.env("CI_NODE_INDEX", "2").env_remove("CI_NODE_TOTAL");
    command.assert().code(2).stderr(contains("CI_NODE_INDEX is set, but CI_NODE_TOTAL is missing"));
}
