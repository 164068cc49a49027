//! Which annotations a regrade keeps. Runs no programs.

use crate::model::net::Owner;
use crate::model::{
    Bytes, Cause, ClientId, Event, EventId, EventKind, Evidence, Journal, Message, Moment, Protocol, ServerId,
    SocketRow, SourceLocation, SubmissionId, TcpState, WrittenAnswer,
};
use crate::run::evidence_codec::pack;
use crate::run::store::CacheKey;
use crate::scenario::ReadContext;
use crate::submission::regrade::*;

/// The expectation that the answer of a client contradicts.
const ECHO: &str = "echo";

/// Returns a lab with one item, which has this expectation.
fn lab(item: &str, expectation: &str) -> Lab {
    let text = format!(
        "steps:\n  - start: [server]\n  - connect\n  - send: abc\n\
         items:\n  - {{ id: {item}, points: 2, expect: [{{ {expectation} }}] }}\n"
    );
    let text = if expectation.contains(':') { text } else { text.replace("{ echo }", "echo") };
    let scenario = Scenario::parse("eco.yaml", &text, ReadContext::default()).expect("a scenario");
    Lab::from_scenarios("lab", vec![scenario]).expect("a lab")
}

/// Returns evidence of a server that answers something else.
fn evidence() -> Evidence {
    let at = |port: u16| std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let (server, client) = (ServerId(0), ClientId(1));
    let bytes = |text: &str| Bytes(text.as_bytes().to_vec());
    let listener = SocketRow {
        protocol: Protocol::Tcp,
        local: at(65432),
        peer: at(0),
        state: TcpState::Listen,
        inode: 9,
        receive_queue: 0,
        send_queue: 5,
        owner: Owner::Server(server, 12),
    };
    let kinds = [
        EventKind::Started {
            server,
            role: None,
            command: "s.py".to_owned(),
            pid: 12,
            protocol: Some(Protocol::Tcp),
            port: None,
            stands_in: None,
        },
        EventKind::Ready { server, row: listener },
        EventKind::Connected { client, server, protocol: Protocol::Tcp, local: at(40001), peer: at(65432) },
        EventKind::Sent { client, bytes: bytes("abc") },
        EventKind::Received { client, bytes: bytes("xyz") },
    ];
    let event = |(k, kind)| Event { id: EventId(k), at: Moment(0), step: 0, kind };
    Evidence { journal: Journal((0..).zip(kinds).map(event).collect()), ..Evidence::default() }
}

/// The annotations of an item with one finding, one of each source, in the order of a stored
/// report.
fn annotations() -> Vec<Annotation> {
    let location = SourceLocation { file: "s.py".to_owned(), line: 7, column: 0 };
    let because = Cause::AnswersFixedText { got: "xyz".to_owned() }.into();
    let note = |id| Message::new(id).with("file", "c.py");
    vec![
        Annotation::SourceHint { finding: 0, location },
        Annotation::Rerun { finding: 0, because },
        Annotation::AbruptClient { note: note("note-reset-client") },
        Annotation::ClientCheck { note: note("client-right") },
        Annotation::WrittenReport(WrittenAnswer {
            answered: true,
            text: String::new(),
            pictures: Vec::new(),
            notes: Vec::new(),
            images: Vec::new(),
        }),
        Annotation::Evidence { folder: "evidence/eco".to_owned() },
    ]
}

/// Returns the judged and annotated result of a submission.
fn graded(lab: &Lab) -> SubmissionResult {
    let outcome = Outcome::Seen(Box::new(evidence()));
    let mut items = judge_items(&lab.scenarios[0], &outcome, 5, "socklab check .");
    assert_eq!(items[0].verdict, Verdict::Fail, "{items:?}");
    items[0].annotations = annotations();
    SubmissionResult::new(SubmissionId("ana".to_owned()), items, 9)
}

/// Regrades a result with another lab. Returns the new result, and whether it has changed.
fn regraded(before: &SubmissionResult, lab: &Lab) -> (SubmissionResult, bool) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = Store::open(&folder.path().join("a.db")).expect("a store");
    let stamp = CacheKey { submission: "s".to_owned(), lab: "l".to_owned(), version: "v".to_owned() };
    store.put(0, &stamp, before, &[pack("eco", &evidence()).expect("packed")]).expect("written");
    let (all, changed) = regrade(lab, "l", &store).expect("regraded");
    assert_eq!(all, 1);
    (store.result("ana").expect("read").expect("a result"), changed == 1)
}

/// Returns the annotations of a result that are on the whole item.
fn on_item(annotations: Vec<Annotation>) -> Vec<Annotation> {
    annotations.into_iter().filter(|one| one.target() == AnnotationTarget::Item).collect()
}

#[test]
fn same_cause_keeps_annotations_of_all_sources() {
    let lab = lab("eco", ECHO);
    let before = graded(&lab);
    assert_eq!(regraded(&before, &lab), (before, false));
}

#[test]
fn annotations_follow_their_finding_to_another_place() {
    let before = graded(&lab("eco", ECHO));
    let mut items = graded(&lab("eco", ECHO)).items;
    let other = Finding { expectation: "reply".to_owned(), ..items[0].judged.findings[0].clone() };
    items[0].judged.findings.insert(0, other);
    let kept = kept_annotations(&before.items[0], &items[0].judged.findings);
    let expected: Vec<_> = annotations().into_iter().map(|one| one.moved_to(1)).collect();
    assert_eq!(kept, expected);
}

#[test]
fn other_expectation_drops_annotations_of_the_finding() {
    let (after, changed) = regraded(&graded(&lab("eco", ECHO)), &lab("eco", "reply: efg"));
    assert!(changed && after.items[0].verdict == Verdict::Fail);
    assert_eq!(after.items[0].annotations, on_item(annotations()));
}

#[test]
fn other_cause_drops_annotations_of_the_finding() {
    let mut before = graded(&lab("eco", ECHO));
    before.items[0].judged.findings[0].because =
        Cause::NoAnswer { client: ClientId(1), hint: crate::model::Hint::NoAnswer }.into();
    let (after, changed) = regraded(&before, &lab("eco", ECHO));
    assert!(changed && after.items[0].shown().findings[0].source.is_none());
    assert_eq!(after.items[0].annotations, on_item(annotations()));
}

#[test]
fn item_that_no_longer_exists_drops_all_annotations() {
    let (after, _) = regraded(&graded(&lab("eco", ECHO)), &lab("other", ECHO));
    assert_eq!(after.items[0].annotations, []);
}

#[test]
fn item_without_evidence_keeps_annotations_once() {
    let mut before = graded(&lab("eco", ECHO));
    before.items[0].scenario = "eco".to_owned();
    let mut lab = lab("eco", ECHO);
    "never-run".clone_into(&mut lab.scenarios[0].name);
    let (after, _) = regraded(&before, &lab);
    assert_eq!(after.items[0].annotations, annotations());
}

/// The judged cause is lost in such a report; the cause that a further run found stands in its
/// place.
#[test]
fn report_of_an_older_version_keeps_what_was_merged() {
    let lab = lab("eco", ECHO);
    let mut before = graded(&lab);
    // `grade` never adds this note, and a regrade dropped it.
    before.items[0].annotations.retain(|one| !matches!(one, Annotation::AbruptClient { .. }));
    let mut value = serde_json::to_value(&before).expect("serialises");
    value["items"][0].as_object_mut().expect("an item").remove("annotations").expect("annotations");
    let old: SubmissionResult = serde_json::from_value(value).expect("a result");
    assert_eq!(old.items[0].annotations, before.items[0].annotations);
    assert_eq!(regraded(&old, &lab), (before, false));
}
