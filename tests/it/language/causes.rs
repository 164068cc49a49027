//! Every cause has its sentence and its hints in each language, with exactly its values as
//! variables.

use std::collections::BTreeSet;

use socklab::i18n::{Catalog, message_ids, variable_names};
use socklab::model::cause::CauseInfo;
use socklab::model::{Cap, Cause, GapReason, HarnessError, Hint, Language, NotVerified};

/// Values that no text uses: they are in format 1, and other programs may read them.
const UNUSED_VALUES: &[(&str, &str)] = &[
    ("accepted-after-all", "count"),
    ("answered-twice", "bytes"),
    ("cap-hit", "client"),
    ("cap-hit", "code"),
    ("cap-hit", "line"),
    ("connection-late", "act"),
    ("connection-refused", "act"),
    ("connection-reset", "act"),
    ("conversations-other", "ports"),
    ("conversations-other", "wanted_ports"),
    ("conversations-other-ports", "count"),
    ("conversations-other-ports", "wanted"),
    ("died-on-empty-datagram", "answered"),
    ("died-on-empty-datagram", "bytes"),
    ("died-on-empty-datagram", "missing"),
    ("ended-by-close", "act"),
    ("never-stops-sending", "state"),
    ("newline-added", "bytes"),
    ("nul-after-answer", "extra"),
    ("only-first-message", "messages"),
    ("only-queued", "count"),
    ("silent-after-empty-datagram", "answered"),
    ("silent-after-empty-datagram", "bytes"),
    ("silent-after-empty-datagram", "missing"),
];

/// As above, of reasons.
const UNUSED_REASON_VALUES: &[(&str, &str)] =
    &[("connection-error", "act"), ("no-datagram-lost", "sent"), ("nothing-lost", "again"), ("nothing-lost", "lost")];

#[test]
fn messages_exist_in_each_language_with_exactly_the_values() {
    let mut problems = Vec::new();
    for language in Language::ALL {
        let ids = message_ids(language);
        let mut unused: BTreeSet<(&str, &str)> = BTreeSet::new();
        for cause in CauseInfo::all() {
            let row = cause.row;
            let hints = row.all_hints().map(Hint::id);
            for id in [cause.id, row.proof.message_id()].into_iter().chain(hints) {
                assert!(ids.contains(id), "{id} has no sentence in {}", language.tag());
            }
            let variables = variable_names(language, cause.id);
            let mut values: BTreeSet<String> = row.values.iter().map(|value| (*value).to_owned()).collect();
            values.remove("hint");
            if let Some((_, flag)) = row.twin.filter(|_| cause.id == row.id) {
                values.remove(flag);
            }
            for variable in variables.difference(&values) {
                problems.push(format!("{}: {} has no value {variable}", language.tag(), cause.id));
            }
            for variable in &variables {
                assert!(ids.contains(&format!("placeholder-{variable}")), "{variable} of {} has no name", cause.id);
            }
            let of_row = row.values.iter().filter(|value| values.contains(**value) && !variables.contains(**value));
            unused.extend(of_row.map(|value| (cause.id, *value)));
        }
        let known: BTreeSet<(&str, &str)> = UNUSED_VALUES.iter().copied().collect();
        if unused != known {
            problems.push(format!("{}: values that no text uses: {unused:?}", language.tag()));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn hints_all_come_with_a_cause() {
    let used: BTreeSet<&str> = Cause::ROWS.iter().flat_map(|row| row.all_hints()).map(Hint::id).collect();
    let known: BTreeSet<&str> = Hint::ALL.iter().map(|hint| hint.id()).collect();
    let all = message_ids(Language::English);
    let all: BTreeSet<&str> = all.iter().map(String::as_str).filter(|id| id.starts_with("hint-")).collect();
    assert_eq!((&used, &known), (&all, &all));
}

#[test]
fn reasons_exist_in_each_language_with_exactly_their_values() {
    for language in Language::ALL {
        for (id, values) in GapReason::ROWS.iter().chain(NotVerified::ROWS).chain(HarnessError::ROWS) {
            let used = values.iter().filter(|value| !UNUSED_REASON_VALUES.contains(&(id, value)));
            let values: BTreeSet<String> = used.map(|value| (*value).to_owned()).collect();
            assert_eq!(variable_names(language, id), values, "{id} in {}", language.tag());
            assert!(message_ids(language).contains(*id), "{id} in {}", language.tag());
        }
    }
}

#[test]
fn limits_have_texts_of_their_own() {
    for language in Language::ALL {
        let catalog = Catalog::load(language);
        let texts = |cap: Cap| {
            let hit = Cause::CapHit { cap: cap.clone(), client: None, code: None, line: None, hint: Hint::Cap };
            let build = Cause::DoesNotBuildCap { file: String::new(), cap };
            [hit, build].map(|cause| catalog.format(&cause.message()))
        };
        let unknown = texts(Cap::Other("later".to_owned()));
        for cap in Cap::ALL {
            for (text, unknown) in texts(cap.clone()).iter().zip(&unknown) {
                assert_ne!(*text, unknown.replace("later", cap.name()), "in {}", language.tag());
            }
        }
    }
}
