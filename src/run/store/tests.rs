//! The store itself: round trips, locks, and files that are no stores.

use crate::model::{Capture, SubmissionId};
use crate::run::evidence_codec::pack;
use crate::run::store::*;

fn stamp() -> CacheKey {
    CacheKey { submission: "s".to_owned(), lab: "l".to_owned(), version: "v".to_owned() }
}

#[test]
fn result_round_trips_with_its_evidence() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.db");
    let mut store = Store::open(&path).expect("it opens");
    let result = SubmissionResult::new(SubmissionId("ana".to_owned()), Vec::new(), 5);
    let evidence = Evidence { capture: Some(Capture::with_interfaces(&["lo"])), began_ns: 7, ..Evidence::default() };
    store.put(3, &stamp(), &result, &[pack("tcp", &evidence).expect("kept")]).expect("written");
    drop(store);
    let store = Store::open(&path).expect("it opens again");
    assert_eq!(store.cache_key("ana").expect("read"), Some(stamp()));
    assert_eq!(store.result("ana").expect("read"), Some(result));
    let all = store.evidence("ana").expect("read");
    assert_eq!((all[0].0.as_str(), all[0].1.began_ns), ("tcp", 7));
    assert!(all[0].1.capture.is_some());
    assert_eq!(store.report().expect("read").submissions.len(), 1);
}

#[test]
fn key_is_stable_and_differs_between_stores() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = |name: &str| Store::open(&folder.path().join(name)).expect("opens").secret().expect("a key");
    assert_eq!(key("a.db"), key("a.db"));
    assert_ne!(key("a.db"), key("b.db"));
}

#[test]
fn store_is_exclusive_and_rejects_other_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.db");
    let first = Store::open(&path).expect("it opens");
    assert!(matches!(Store::open(&path), Err(StoreError::Busy)));
    drop(first);
    Store::open(&path).expect("free again");
    let other = folder.path().join("b.db");
    std::fs::write(
        &other,
        "not a database at all, but long enough to be looked at as one........................................",
    )
    .expect("written");
    assert!(matches!(Store::open(&other), Err(StoreError::NotOurs)), "{:?}", Store::open(&other));
    let foreign = folder.path().join("c.db");
    Connection::open(&foreign).expect("opens").execute_batch("CREATE TABLE t (x)").expect("made");
    assert!(matches!(Store::open(&foreign), Err(StoreError::NotOurs)));
}
