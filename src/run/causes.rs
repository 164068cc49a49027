//! The list of all causes of a failed item: message id, hints and kind of proof. For lookups only;
//! a test compares it with the code (`tests/it/house/causes.rs`).

/// The kind of evidence that proves a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The submission itself.
    Delivery,
    /// The build.
    Build,
    /// The refusal to start the command.
    Refused,
    /// Whether the server's socket appeared.
    Start,
    /// How the server's process exited.
    End,
    /// A limit of the server's process.
    Limits,
    /// The output of the server.
    Output,
    /// The data that the clients sent and received.
    Clients,
    /// A snapshot of the socket table.
    Table,
    /// The packets.
    Packets,
    /// The system calls.
    Calls,
    /// A further run.
    Again,
}

impl Proof {
    /// Returns the id of the message that describes it.
    #[must_use]
    pub const fn message_id(self) -> &'static str {
        match self {
            Self::Delivery => "proof-delivery",
            Self::Build => "proof-build",
            Self::Refused => "proof-refused",
            Self::Start => "proof-start",
            Self::End => "proof-end",
            Self::Limits => "proof-limits",
            Self::Output => "proof-output",
            Self::Clients => "proof-clients",
            Self::Table => "proof-table",
            Self::Packets => "proof-packets",
            Self::Calls => "proof-calls",
            Self::Again => "proof-again",
        }
    }
}

/// A cause of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cause {
    /// Id of its message.
    pub id: &'static str,
    /// Ids of the hints that it may come with; empty if the hint of the item suffices.
    pub hints: &'static [&'static str],
    /// The kind of evidence that proves it.
    pub proof: Proof,
}

/// Causes with the same kind of proof, each with its hints.
type Group = (Proof, &'static [(&'static str, &'static [&'static str])]);

/// All causes.
const CAUSES: &[Group] = &[
    (Proof::Delivery, &[("not-delivered", &[])]),
    (
        Proof::Build,
        &[
            ("does-not-build", &["hint-build"]),
            ("does-not-build-said", &["hint-build"]),
            ("does-not-build-cap", &["hint-build-cap"]),
            ("does-not-build-time", &["hint-build-cap"]),
        ],
    ),
    (
        Proof::Refused,
        &[("program-missing", &["hint-program-missing"]), ("program-not-executable", &["hint-program-not-executable"])],
    ),
    (
        Proof::Start,
        &[
            ("bound-not-listening", &["hint-listen"]),
            ("bound-not-listening-said", &["hint-listen"]),
            ("nothing-listens", &["hint-nothing-listens"]),
            ("nothing-listens-said", &["hint-nothing-listens"]),
            ("asks-on-stdin", &["hint-asks-on-stdin"]),
            ("asks-on-stdin-said", &["hint-asks-on-stdin"]),
            ("other-protocol", &["hint-other-protocol"]),
            ("other-protocol-said", &["hint-other-protocol"]),
            ("bound-to-loopback", &["hint-bind-outside"]),
            ("bound-elsewhere", &["hint-bind-outside"]),
        ],
    ),
    (
        Proof::End,
        &[
            ("exited-early", &["hint-exited"]),
            ("exited-early-said", &["hint-exited"]),
            ("exited-address-in-use", &["hint-address-in-use"]),
            ("exited-address-not-here", &["hint-address-not-here"]),
            ("exited-permission", &["hint-permission"]),
            ("server-ended", &["hint-serve-for-ever"]),
            ("server-ended-said", &["hint-serve-for-ever"]),
            ("server-crashed", &["hint-crashed"]),
            ("server-crashed-said", &["hint-crashed"]),
            ("has-not-ended", &["hint-end"]),
            ("ended-otherwise", &["hint-exited"]),
            ("ended-otherwise-said", &["hint-exited"]),
            ("line-server-ended", &["hint-crashed"]),
            ("line-server-ended-said", &["hint-crashed"]),
        ],
    ),
    (Proof::Limits, &[("cap-hit", &["hint-cap", "hint-exited", "hint-serve-for-ever", "hint-crashed"])]),
    (Proof::Output, &[("output-missing", &["hint-output"]), ("output-nothing", &["hint-output"])]),
    (
        Proof::Clients,
        &[
            ("connection-refused", &["hint-connect"]),
            ("connection-reset", &["hint-connect"]),
            ("connection-late", &["hint-connect"]),
            ("ended-by-close", &["hint-connect"]),
            ("nobody-connected", &[]),
            ("no-answer", &["hint-no-answer"]),
            ("no-answer-late", &["hint-no-answer"]),
            ("printed-not-sent", &["hint-printed-not-sent"]),
            ("no-answer-closed", &["hint-no-answer"]),
            ("no-answer-refused", &["hint-refused"]),
            ("answer-from-elsewhere", &["hint-answer-from-elsewhere"]),
            ("answer-of-another-client", &["hint-answer-of-another-client"]),
            ("upper-for-echo", &["hint-roles-swapped"]),
            ("echo-for-upper", &["hint-upper"]),
            ("lower-case", &["hint-upper", "hint-exactly"]),
            ("decoded-as-text", &["hint-bytes", "hint-exactly"]),
            ("reversed", &["hint-exactly"]),
            ("answer-differs", &["hint-exactly"]),
            ("reply-not-equal", &["hint-exactly"]),
            ("reply-without", &["hint-exactly"]),
            ("reply-does-not-match", &["hint-exactly"]),
            ("answer-cut", &["hint-read-until-end"]),
            ("answer-cut-by-close", &["hint-read-until-end"]),
            ("answer-cut-by-reset", &["hint-read-until-end"]),
            ("answer-cut-at-buffer", &["hint-read-until-end"]),
            ("only-first-message", &["hint-loop"]),
            ("stops-after-messages", &["hint-loop"]),
            ("last-byte-missing", &["hint-last-byte"]),
            ("last-byte-not-upper", &["hint-last-byte"]),
            ("white-space-stripped", &["hint-exactly"]),
            ("answers-out-of-order", &["hint-exactly"]),
            ("prefix", &["hint-prefix"]),
            ("speaks-first", &["hint-speaks-first"]),
            ("newline-added", &["hint-newline-added"]),
            ("nul-after-answer", &["hint-nul"]),
            ("answered-twice", &["hint-answered-twice", "hint-one-answer"]),
            ("never-stops-sending", &["hint-close"]),
            ("more-after-answer", &["hint-exactly"]),
            ("datagram-too-many", &["hint-one-answer"]),
            ("datagrams-merged", &["hint-one-answer"]),
            ("datagram-unanswered", &["hint-one-answer"]),
            ("died-between-datagrams", &["hint-serve-for-ever"]),
            ("died-on-empty-datagram", &["hint-empty-datagram"]),
            ("silent-after-empty-datagram", &["hint-empty-datagram"]),
            ("ended-by-reset", &["hint-reset"]),
            ("stream-not-ended", &["hint-close"]),
            ("ports-shared", &[]),
            ("several-server-ports", &[]),
            ("lines-too-many", &["hint-exactly"]),
            ("line-own", &["hint-line-own"]),
            ("line-twice", &["hint-answered-twice"]),
            ("line-extra", &["hint-line-extra"]),
            ("line-out-of-order", &["hint-line-order"]),
            ("line-differs", &["hint-exactly"]),
            ("line-without-end", &["hint-line-end"]),
            ("line-without-beginning", &["hint-line-beginning"]),
            ("line-in-pieces", &["hint-line-pieces"]),
            ("line-without-part", &["hint-line-pieces"]),
            ("line-mixed", &["hint-line-pieces"]),
            ("line-after-another", &["hint-line-pieces"]),
            ("line-closed", &["hint-line-closed"]),
            ("line-held-up", &["hint-line-held-up"]),
            ("line-to-others-only", &["hint-line-to-all"]),
            ("line-missing", &["hint-line-to-all"]),
            ("line-missing-others-came", &["hint-line-to-all"]),
            ("line-missing-nothing-came", &["hint-line-to-all"]),
        ],
    ),
    (
        Proof::Table,
        &[
            ("accept-queue-full", &["hint-backlog"]),
            ("too-few-connected", &[]),
            ("not-established", &["hint-not-established"]),
            ("only-queued", &["hint-accept"]),
            ("accepted-after-all", &["hint-accepted-after-all"]),
            ("served-one-after-another", &["hint-at-once"]),
            ("never-accepted", &["hint-accept"]),
            ("line-not-accepted", &["hint-line-not-accepted"]),
            ("left-in-close-wait", &["hint-close"]),
            ("spins-after-end", &["hint-close"]),
            ("left-established", &["hint-close"]),
            ("client-closed-first-wrong", &[]),
            ("server-closed-first-wrong", &[]),
            ("closed-by-reset", &["hint-reset"]),
            ("not-closed", &["hint-close"]),
            ("peer-not-seen", &[]),
            ("udp-connected", &["hint-udp-connected"]),
            ("tcp-listens-too", &["hint-other-protocol"]),
            ("no-longer-listening", &["hint-keep-listening"]),
            ("no-longer-bound", &["hint-keep-listening"]),
        ],
    ),
    (
        Proof::Packets,
        &[
            ("handshake-not-seen", &["hint-handshake"]),
            ("packets-no-answer", &["hint-packets-no-answer"]),
            ("packets-unacknowledged-client", &["hint-packets-unacknowledged"]),
            ("packets-unacknowledged-server", &["hint-packets-unacknowledged"]),
            ("packets-not-pushed", &["hint-packets-unacknowledged"]),
            ("packets-other-answer", &["hint-packets-other-answer"]),
            ("packets-no-fin", &["hint-close"]),
            ("packets-fin-unacknowledged", &["hint-close"]),
            ("packets-reset-by-server", &["hint-reset"]),
            ("packets-reset-by-client", &["hint-late-data"]),
            ("conversations-other", &["hint-conversations"]),
            ("conversations-other-ports", &["hint-conversations"]),
            ("port-has-others", &["hint-port-has-others"]),
            ("handshake-over-udp", &["hint-other-protocol"]),
            ("server-speaks-first", &["hint-datagrams"]),
            ("datagrams-missing", &["hint-datagrams"]),
            ("datagrams-too-many", &["hint-datagrams"]),
            ("datagram-length", &[]),
            ("not-sent-again", &["hint-not-sent-again"]),
            ("datagram-sent-again", &["hint-datagram-sent-again"]),
        ],
    ),
    (
        Proof::Calls,
        &[
            ("attacked-harness", &["hint-attacked-harness"]),
            ("calls-missing", &["hint-calls"]),
            ("calls-order", &["hint-calls"]),
        ],
    ),
    (
        Proof::Again,
        &[
            ("waits-for-newline", &["hint-waits-for-newline"]),
            ("answers-too-late", &["hint-answers-too-late"]),
            ("answers-fixed-text", &["hint-answers-fixed-text"]),
        ],
    ),
];

/// Returns all causes.
pub fn all_causes() -> impl Iterator<Item = Cause> {
    let of = |&(proof, group): &Group| group.iter().map(move |&(id, hints)| Cause { id, hints, proof });
    CAUSES.iter().flat_map(of)
}

/// Returns the cause with this id.
#[must_use]
pub fn named(id: &str) -> Option<Cause> {
    all_causes().find(|cause| cause.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::i18n::{message_ids, variable_names};
    use crate::model::Language;

    #[test]
    fn causes_have_messages_and_are_unique() {
        let mut known = BTreeSet::new();
        for cause in all_causes() {
            assert!(known.insert(cause.id), "{} stands twice", cause.id);
        }
        assert!(known.len() > 100, "{}", known.len());
        for language in Language::ALL {
            let ids = message_ids(language);
            for cause in all_causes() {
                for id in [cause.id, cause.proof.message_id()].iter().chain(cause.hints) {
                    assert!(ids.contains(*id), "{id} has no sentence in {}", language.tag());
                }
                for value in variable_names(language, cause.id) {
                    assert!(ids.contains(&format!("placeholder-{value}")), "{value} of {} has no name", cause.id);
                }
            }
        }
    }
}
