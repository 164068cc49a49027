//! Merged classes equal classes that were graded whole, whatever happened to the merge.

use std::collections::BTreeSet;

use rstest::rstest;

use crate::model::{Evidence, Limitation, LocalizedText, Mark, Message, SubmissionId, SubmissionResult};
use crate::run::evidence_codec::pack;
use crate::run::shard::Shard;
use crate::run::store::CacheKey;
use crate::run::store::merge::*;

const SEED: u64 = 7;

fn names(size: usize) -> Vec<String> {
    (0..size).map(|k| format!("student-{k:03}")).collect()
}

fn class(size: usize, shards: u32) -> Fingerprint {
    Fingerprint {
        lab: "socket-lab".to_owned(),
        lab_hash: "l".to_owned(),
        roster: String::new(),
        submissions: size.to_string(),
        size,
        version: "v".to_owned(),
        shards,
    }
}

fn machine(stage: SandboxMode) -> Machine {
    Machine { stage, cannot: Vec::new() }
}

fn title() -> LocalizedText {
    LocalizedText::Plain("Sockets".to_owned())
}

/// Stores the result of a submission, as `grade` does.
fn grade(store: &mut Store, place: usize, name: &str) {
    let key = CacheKey { submission: name.to_owned(), lab: "l".to_owned(), version: "v".to_owned() };
    let result = SubmissionResult::new(SubmissionId(name.to_owned()), Vec::new(), place as u64);
    let evidence = Evidence { began_ns: place as u64, ..Evidence::default() };
    store.put(place, &key, &result, &[pack("tcp", &evidence).expect("packed")]).expect("written");
}

/// Makes the parts of a class in a folder.
fn parts(folder: &Path, size: usize, shards: u32) -> Vec<Part> {
    let (class, names) = (class(size, shards), names(size));
    let part = |number| {
        let shard = Shard::new(number, shards).expect("a shard");
        let path = folder.join(format!("part-{number}.db"));
        let mut store = Store::open(&path).expect("a store");
        let members: Vec<(usize, &str)> =
            names.iter().map(String::as_str).enumerate().filter(|(_, name)| shard.contains(name)).collect();
        let seed = store.begin_part(&class, shard, Some(SEED), members.iter().copied()).expect("begun");
        for (place, name) in &members {
            store.record_run("socket-lab", &machine(SandboxMode::Isolated), seed).expect("recorded");
            store.record_title(Some(&title())).expect("recorded");
            grade(&mut store, *place, name);
        }
        let info = store.part().expect("read").expect("a part");
        store.finish().expect("finished");
        Part { path, info }
    };
    (1..=shards).map(part).collect()
}

/// Everything that reports of a store can contain.
fn content(path: &Path) -> String {
    let store = Store::open(path).expect("a store");
    let report = store.report().expect("read");
    let evidence: Vec<_> = store.ids().expect("read").iter().map(|id| store.evidence(id).expect("read")).collect();
    format!("{} {evidence:?}", serde_json::to_string(&report).expect("JSON"))
}

/// Returns the content of a store into which the class was graded on one machine.
fn whole(folder: &Path, size: usize) -> String {
    let path = folder.join("whole.db");
    let mut store = Store::open(&path).expect("a store");
    store.record_run("socket-lab", &machine(SandboxMode::Isolated), SEED).expect("recorded");
    store.record_title(Some(&title())).expect("recorded");
    // In the order in which submissions happen to end.
    for (place, name) in names(size).iter().enumerate().rev() {
        grade(&mut store, place, name);
    }
    store.finish().expect("finished");
    content(&path)
}

fn merged(parts: &[Part], path: &Path) -> Result<Merged, StoreError> {
    merge(parts, path, &mut || ())
}

fn files(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

#[rstest]
#[case::one_shard(1)]
#[case::several(4)]
#[case::more_shards_than_submissions(40)]
fn merged_class_equals_the_whole_one(#[case] shards: u32) {
    let folder = tempfile::tempdir().expect("a folder");
    let parts = parts(folder.path(), 25, shards);
    assert_eq!(files(folder.path()).len(), parts.len(), "a part is one file");
    let path = folder.path().join("class.db");
    let found = merged(&parts, &path).expect("merged");
    assert_eq!(found, Merged { submissions: 25, resumed: 0, kept: 0 });
    assert_eq!(files(folder.path()).len(), parts.len() + 1, "nothing is left beside the class");
    assert_eq!(content(&path), whole(folder.path(), 25));
    // Again: the same.
    merged(&parts, &path).expect("merged");
    assert_eq!(content(&path), whole(folder.path(), 25));
}

#[test]
fn killed_merge_goes_on_where_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let parts = parts(folder.path(), 25, 5);
    let path = folder.path().join("class.db");
    {
        let (mut class, _) = begin(&beside(&path), &parts).expect("begun");
        class.copy_part(&parts[1]).expect("copied");
        class.copy_part(&parts[3]).expect("copied");
    }
    assert!(!path.exists());
    assert_eq!(merged(&parts, &path).expect("merged").resumed, 2);
    assert_eq!(content(&path), whole(folder.path(), 25));
}

#[test]
fn killed_merge_begins_again_if_a_part_has_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut parts = parts(folder.path(), 25, 5);
    let path = folder.path().join("class.db");
    {
        let (mut class, _) = begin(&beside(&path), &parts).expect("begun");
        class.copy_part(&parts[1]).expect("copied");
    }
    parts[1].info.revision = "another run".to_owned();
    assert_eq!(merged(&parts, &path).expect("merged").resumed, 0);
    assert_eq!(content(&path), whole(folder.path(), 25));
}

#[test]
fn merge_killed_before_the_rename_begins_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let parts = parts(folder.path(), 9, 3);
    let path = folder.path().join("class.db");
    let mut earlier = Store::open(&path).expect("a store");
    grade(&mut earlier, 0, "withdrawn");
    earlier.finish().expect("finished");
    {
        let (mut class, _) = begin(&beside(&path), &parts).expect("begun");
        parts.iter().for_each(|part| class.copy_part(part).expect("copied"));
        assert_eq!(class.complete(Some(&path), 9).expect("complete"), 1);
    }
    assert_eq!(merged(&parts, &path).expect("merged"), Merged { submissions: 9, resumed: 0, kept: 1 });
    // All parts are copied, and the wrong number of rows changes nothing.
    {
        let (mut class, _) = begin(&beside(&path), &parts).expect("begun");
        parts.iter().for_each(|part| class.copy_part(part).expect("copied"));
        assert!(matches!(class.complete(Some(&path), 8), Err(StoreError::Content(_))));
    }
    assert_eq!(merged(&parts, &path).expect("merged"), Merged { submissions: 9, resumed: 3, kept: 1 });
}

#[test]
fn content_of_another_file_is_not_taken_for_a_part() {
    let folder = tempfile::tempdir().expect("a folder");
    let parts = parts(folder.path(), 5, 2);
    let path = folder.path().join("class.db");
    let planted = folder.path().join("planted.db");
    let mut other = Store::open(&planted).expect("a store");
    grade(&mut other, 0, "student-001");
    other.set_mark("student-001", "tcp-simple.1", &Mark { points: 40, comment: String::new() }).expect("written");
    other.finish().expect("finished");
    fs::copy(&planted, beside(&path)).expect("copied");
    assert_eq!(merged(&parts, &path).expect("merged").submissions, 5);
    assert!(Store::open(&path).expect("a store").marks("student-001").expect("read").is_empty());
    // Neither by a link, whose target stays.
    fs::remove_file(&path).expect("removed");
    std::os::unix::fs::symlink(&planted, beside(&path)).expect("a link");
    assert_eq!(merged(&parts, &path).expect("merged").submissions, 5);
    assert_eq!(Store::open(&planted).expect("a store").ids().expect("read"), ["student-001"]);
}

#[test]
fn mode_and_link_of_the_earlier_store_stay() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let parts = parts(folder.path(), 5, 2);
    let [path, link] = ["class.db", "link.db"].map(|name| folder.path().join(name));
    Store::open(&path).expect("a store").finish().expect("finished");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("set");
    std::os::unix::fs::symlink(&path, &link).expect("a link");
    assert_eq!(merged(&parts, &link).expect("merged").submissions, 5);
    assert!(link.is_symlink());
    assert_eq!(path.metadata().expect("a file").permissions().mode() & 0o777, 0o600);
}

#[test]
fn part_that_was_not_checked_to_its_end_is_unfinished() {
    let folder = tempfile::tempdir().expect("a folder");
    let Part { path, info } = parts(folder.path(), 3, 1).remove(0);
    let unfinished = || ClosedStore::open(&path).expect("it opens").unfinished(&info).expect("read").names;
    let again = || {
        let mut store = Store::open(&path).expect("a part");
        let names = names(3);
        let members = names.iter().map(String::as_str).enumerate();
        store.begin_part(&info.fingerprint, info.shard(), None, members).expect("begun");
        store
    };
    // A later run ends before it has looked at all submissions: one may have changed.
    let store = again();
    store.keep("student-000", 0).expect("kept");
    store.finish().expect("finished");
    assert_eq!(unfinished(), names(3)[1..]);
    let mut store = again();
    store.keep("student-000", 0).expect("kept");
    store.keep("student-001", 1).expect("kept");
    grade(&mut store, 2, "student-002");
    store.finish().expect("finished");
    assert_eq!(unfinished(), [""; 0]);
}

#[test]
fn unreadable_remains_of_a_merge_are_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let parts = parts(folder.path(), 5, 2);
    let path = folder.path().join("class.db");
    fs::write(beside(&path), "x".repeat(5000)).expect("written");
    assert_eq!(merged(&parts, &path).expect("merged").submissions, 5);
    assert_eq!(files(folder.path()), BTreeSet::from(["class.db", "part-1.db", "part-2.db"].map(str::to_owned)));
}

#[test]
fn earlier_store_keeps_marks_secret_and_other_submissions() {
    let folder = tempfile::tempdir().expect("a folder");
    let parts = parts(folder.path(), 9, 3);
    let path = folder.path().join("class.db");
    let mark = |points| Mark { points, comment: "clear".to_owned() };
    let mut store = Store::open(&path).expect("a store");
    grade(&mut store, 0, "student-004");
    grade(&mut store, 1, "withdrawn");
    store.set_mark("student-004", "tcp-simple.1", &mark(2)).expect("written");
    let secret = store.secret().expect("a secret");
    drop(store);
    let part = Store::open(&parts[0].path).expect("a part");
    let in_part = part.ids().expect("read")[0].clone();
    part.set_mark(&in_part, "tcp-simple.2", &mark(1)).expect("written");
    part.set_mark("student-004", "tcp-simple.1", &mark(9)).expect("written");
    part.finish().expect("finished");
    assert_eq!(merged(&parts, &path).expect("merged"), Merged { submissions: 9, resumed: 0, kept: 1 });
    let store = Store::open(&path).expect("a store");
    assert_eq!(store.ids().expect("read").len(), 10);
    assert_eq!(store.secret().expect("a secret"), secret);
    assert_eq!(store.marks("student-004").expect("read")["tcp-simple.1"], mark(2));
    assert_eq!(store.marks(&in_part).expect("read")["tcp-simple.2"], mark(1));
    assert_eq!(store.result("student-004").expect("read").expect("a result").took_ms, 4, "replaced");
}

#[test]
fn store_of_another_lab_or_part_is_not_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let parts = parts(folder.path(), 5, 2);
    let other = folder.path().join("other.db");
    Store::open(&other).expect("a store").record_run("dns-lab", &machine(SandboxMode::Plain), 1).expect("recorded");
    assert!(matches!(merged(&parts, &other), Err(StoreError::OtherLab(lab)) if lab == "dns-lab"));
    assert!(matches!(merged(&parts, &parts[0].path), Err(StoreError::Part(_))));
    let open = Store::open(&folder.path().join("open.db")).expect("a store");
    assert!(matches!(merged(&parts, &folder.path().join("open.db")), Err(StoreError::Busy)));
    drop(open);
}

#[test]
fn limitations_of_all_machines_are_those_of_the_class() {
    let limitation = |name: &'static str| Limitation { evidence: None, because: Message::new(name).into() };
    let one = Machine { stage: SandboxMode::Isolated, cannot: vec![limitation("a")] };
    let other = Machine { stage: SandboxMode::Plain, cannot: vec![limitation("a"), limitation("b")] };
    let both = weaker(&one, &other);
    assert_eq!(both, Machine { stage: SandboxMode::Plain, cannot: vec![limitation("a"), limitation("b")] });
    assert_eq!(weaker(&one, &one), one);
}

#[test]
fn part_holds_one_shard_of_one_class() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("part.db");
    let mut store = Store::open(&path).expect("a store");
    let shard = Shard::new(2, 3).expect("a shard");
    let derived = store.begin_part(&class(9, 3), shard, None, []).expect("begun");
    assert_eq!(derived, class(9, 3).seed());
    // A late submission changes the class, and not the seed.
    assert_eq!(store.begin_part(&class(10, 3), shard, None, []).expect("begun"), derived);
    let refused = |store: &mut Store, shard, seed| match store.begin_part(&class(9, 3), shard, seed, []) {
        Err(StoreError::Part(error)) => error,
        other => panic!("{other:?}"),
    };
    let other = Shard::new(1, 3).expect("a shard");
    assert_eq!(refused(&mut store, other, None), crate::run::store::PartError::OtherShard(shard));
    assert_eq!(refused(&mut store, shard, Some(derived + 1)), crate::run::store::PartError::OtherSeed(derived));
    let other = Fingerprint { lab: "dns-lab".to_owned(), ..class(9, 3) };
    assert!(matches!(store.begin_part(&other, shard, None, []), Err(StoreError::OtherLab(lab)) if lab == "socket-lab"));
    assert_eq!(store.part().expect("read").expect("a part").fingerprint, class(10, 3), "nothing is changed");
    let mut whole = Store::open(&folder.path().join("whole.db")).expect("a store");
    grade(&mut whole, 0, "ana");
    assert_eq!(refused(&mut whole, shard, None), crate::run::store::PartError::WholeClass);
}

#[test]
fn unfinished_part_and_cut_copy_are_recognized() {
    let folder = tempfile::tempdir().expect("a folder");
    let part = parts(folder.path(), 9, 1).remove(0);
    let read = || ClosedStore::open(&part.path);
    assert_eq!(read().expect("it opens").unfinished(&part.info).expect("read").count, 0);
    let other = PartInfo { fingerprint: Fingerprint { lab_hash: "m".to_owned(), ..class(9, 1) }, ..part.info.clone() };
    let unfinished = read().expect("it opens").unfinished(&other).expect("read");
    assert_eq!((unfinished.count, unfinished.names), (9, names(3)));
    let bytes = fs::read(&part.path).expect("read");
    fs::write(&part.path, &bytes[..bytes.len() - 4096]).expect("written");
    assert!(matches!(read(), Err(StoreError::Sqlite(_))), "{:?}", read());
    fs::write(&part.path, &bytes).expect("written");
    fs::write(super::super::part::log_of(&part.path), "log").expect("written");
    assert!(matches!(read(), Err(StoreError::Busy)));
}

#[test]
fn closed_store_is_read_from_any_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let part = parts(folder.path(), 3, 1).remove(0);
    let odd = folder.path().join("a b?c#d%41é&.db");
    fs::rename(&part.path, &odd).expect("renamed");
    assert_eq!(ClosedStore::open(&odd).expect("it opens").members().expect("read"), names(3));
    let part = Part { path: odd, ..part };
    assert_eq!(merged(&[part], &folder.path().join("class.db")).expect("merged").submissions, 3);
}
