//! Gives items of a role that fail for the same reason the same cause: one scenario shows the root,
//! another only what follows from it.

use crate::model::cause::{Proof, Symptom, is_unclosed, symptom};
use crate::model::{Cause, Finding, Hint, ItemResult, Role, Verdict};

/// The expectations about the data of clients.
const EXCHANGE_WORDS: &[&str] = &["echo", "uppercase", "reply", "answered"];

/// Returns the kind of symptom that a cause explains in other items of its role, and its rank: the
/// surest first.
const fn explains(cause: &Cause) -> Option<(Symptom, usize)> {
    Some(match cause {
        Cause::AnswerSentElsewhere { .. } | Cause::AnswerToAnotherClient { hint: Hint::ReplyAddress, .. } => {
            (Symptom::Missing, 0)
        }
        Cause::DataUnread { .. }
        | Cause::ConnectionNotWatched { .. }
        | Cause::BusyAndUnread { .. }
        | Cause::SharedConnection { .. }
        | Cause::AcceptsAgain { .. }
        | Cause::DatagramFlood { .. }
        | Cause::WaitsForKeyboard { .. }
        | Cause::StandardInputRead { .. } => (Symptom::Missing, 1),
        Cause::AnswersOnlyAfterEnd { .. } => (Symptom::Missing, 2),
        Cause::EverySecondDatagram { .. } => (Symptom::Missing, 3),
        Cause::FirstDatagramUnanswered { .. } => (Symptom::Missing, 4),
        Cause::ClosedBeforeData { .. } | Cause::ShutDownFirst { .. } => (Symptom::Missing, 6),
        Cause::OneMessageLate { .. } | Cause::KeptInBuffer { .. } => (Symptom::Missing, 5),
        Cause::ObjectStream { .. }
        | Cause::PrintedForm { .. }
        | Cause::TwoBytesPerLetter { .. }
        | Cause::OneBytePerAccent { .. }
        | Cause::LengthBeforeAnswer { .. }
        | Cause::EveryAnswerCut { .. }
        | Cause::UpperOnlyBeginning { .. }
        | Cause::CutAtNul { .. }
        | Cause::EarlierTextBefore { .. }
        | Cause::CaseSwapped { .. } => (Symptom::Wrong, 0),
        Cause::SpeaksFirst { .. } => (Symptom::Wrong, 1),
        Cause::SpinsAfterEnd { .. } => (Symptom::Connection, 0),
        _ => return None,
    })
}

/// Replaces causes that only describe a symptom by the root cause that another item of the same
/// role shows.
pub(super) fn share_root_causes(items: &mut [ItemResult]) {
    let failed = |item: &&ItemResult| item.verdict == Verdict::Fail && item.role.is_some();
    let roots: Vec<_> = items
        .iter()
        .filter(failed)
        .flat_map(|item| {
            item.judged.findings.iter().filter_map(|finding| Some((item.role.clone(), finding.because.cause()?)))
        })
        .filter_map(|(role, cause)| Some((role, explains(cause)?, cause.clone())))
        .collect();
    for item in items.iter_mut().filter(|item| item.verdict == Verdict::Fail) {
        let role = item.role.clone();
        for finding in item.judged.findings.iter_mut().filter(|finding| finding.verdict == Verdict::Fail) {
            let Some(own) = finding.because.cause() else { continue };
            let Some(symptom) = symptom(own) else { continue };
            let rank = explains(own).map_or(usize::MAX, |(_, rank)| rank);
            let fits = |kind: Symptom, cause: &Cause| {
                // A cut answer is incomplete, and looks wrong.
                let is_cut = symptom == Symptom::Missing && matches!(cause, Cause::EveryAnswerCut { .. });
                let is_blocked = symptom == Symptom::Blocked && kind == Symptom::Missing && !is_unserved(own);
                // A greeting precedes the answer if the client sends before it comes.
                let is_other = match cause {
                    Cause::SpeaksFirst { .. } => !may_be_greeting(own),
                    Cause::SpinsAfterEnd { .. } => !is_unclosed(own),
                    // A server that waits has not closed anything.
                    Cause::ClosedBeforeData { .. } | Cause::ShutDownFirst { .. } => symptom != Symptom::Missing,
                    _ => false,
                };
                // What waits for another client does not see the end of this one.
                let is_unseen = matches!(cause, Cause::AcceptsAgain { .. }) && is_unclosed(own);
                (kind == symptom || is_blocked || is_unseen || is_cut && has_part(own)) && !is_other
            };
            let best = roots
                .iter()
                .filter(|(of, (kind, other), cause)| *of == role && fits(*kind, cause) && *other < rank)
                .min_by_key(|(_, (_, rank), _)| *rank);
            if let Some((.., cause)) = best {
                finding.because = cause.clone().into();
            }
        }
    }
    share_mixed_connections(items);
    share_crashes(items);
    share_exchange_causes(items);
}

/// Gives items of a role in which an answer went to another client that cause: the same variable of
/// all threads makes them use a connection that another one has closed.
fn share_mixed_connections(items: &mut [ItemResult]) {
    share(
        items,
        |_| true,
        |root, own| {
            let follows = match own {
                Cause::ClosedBeforeData { .. } => true,
                Cause::ThreadFailed { hint, .. } | Cause::ErrorPrinted { hint, .. } => *hint == Hint::DescriptorClosed,
                _ => false,
            };
            follows && matches!(root, Cause::AnswerToAnotherClient { .. })
        },
    );
}

/// Gives items whose client waited when the server crashed the cause of those that only see its exit.
fn share_crashes(items: &mut [ItemResult]) {
    share(
        items,
        |_| true,
        |root, own| match (root, own) {
            (
                Cause::ServerEndedByError { status, said, hint },
                Cause::ServerCrashed { status: own_status, said: own_said, hint: own_hint, .. },
            ) => (status, said, hint) == (own_status, own_said, own_hint),
            _ => false,
        },
    );
}

/// Replaces each cause of a failed item by the first one of its role, among the findings that may be
/// a root, that explains it.
fn share(items: &mut [ItemResult], may_be_root: fn(&Finding) -> bool, explains: fn(&Cause, &Cause) -> bool) {
    let failed = items.iter().filter(|item| item.verdict == Verdict::Fail && item.role.is_some());
    let all: Vec<(Option<Role>, Cause)> = failed
        .flat_map(|item| item.judged.findings.iter().map(|finding| (item.role.clone(), finding)))
        .filter(|(_, finding)| may_be_root(finding))
        .filter_map(|(role, finding)| Some((role, finding.because.cause()?.clone())))
        .collect();
    for item in items.iter_mut().filter(|item| item.verdict == Verdict::Fail) {
        for finding in item.judged.findings.iter_mut().filter(|finding| finding.verdict == Verdict::Fail) {
            let Some(own) = finding.because.cause() else { continue };
            let root = all.iter().find(|(role, root)| *role == item.role && explains(root, own));
            if let Some((_, root)) = root {
                finding.because = root.clone().into();
            }
        }
    }
}

/// Returns true if a cause says that a connection waited to be accepted, which is a fault of its
/// own.
const fn is_unserved(cause: &Cause) -> bool {
    matches!(cause, Cause::LeftInAcceptQueue { .. } | Cause::ListenerNotWatched { .. } | Cause::BusyWithClient { .. })
}

/// Returns true if a greeting before the answer looks like this.
const fn may_be_greeting(cause: &Cause) -> bool {
    matches!(cause, Cause::Prefix { .. } | Cause::AnswerDiffers { .. } | Cause::PacketsOtherAnswer { .. })
}

/// Returns true if a failed exchange with the cause `exchange` shows in the packets as `packets`
/// says. Both come from different dialogues, so the same fault must be visible in each.
fn shows_in_packets(exchange: &Cause, packets: &Cause) -> bool {
    let is_missing = matches!(symptom(exchange), Some(Symptom::Missing | Symptom::Blocked))
        || matches!(
            exchange,
            Cause::AnswersOnlyAfterEnd { .. }
                | Cause::WaitsForFixedAmount { .. }
                | Cause::WaitsForShortRead { .. }
                | Cause::WaitsForKeyboard { .. }
                | Cause::StandardInputRead { .. }
                | Cause::AnswerAfterMore { .. }
                | Cause::AnswerToAnotherClient { .. }
        );
    match packets {
        Cause::PacketsNoAnswer { .. } => is_missing && !has_part(exchange),
        Cause::PacketsOtherAnswer { .. } => is_of_any_text(exchange) && !is_missing,
        Cause::DatagramsMissing { .. } => is_missing || matches!(exchange, Cause::DatagramsMerged { .. }),
        Cause::DatagramsTooMany { .. } => {
            matches!(
                exchange,
                Cause::AnsweredTwice { .. } | Cause::DatagramTooMany { .. } | Cause::AnswerToAnotherClient { .. }
            )
        }
        _ => false,
    }
}

/// Returns true if a cause is about the content of an answer, whatever the text. Faults that need
/// letters with accents, a NUL or other bytes do not show in the packets of a plain text.
fn is_of_any_text(cause: &Cause) -> bool {
    let is_content = cause.proof() == Proof::Clients && matches!(symptom(cause), None | Some(Symptom::Wrong));
    let needs_bytes = matches!(
        cause,
        Cause::DecodedAsText { .. }
            | Cause::OneBytePerAccent { .. }
            | Cause::EncodedTwice { .. }
            | Cause::BytesDropped { .. }
            | Cause::CutAtNul { .. }
    );
    is_content && !needs_bytes
}

/// Gives items that analyse packets the cause of the exchange that fails in the same role: clients
/// see more of it than that data is missing or different.
fn share_exchange_causes(items: &mut [ItemResult]) {
    let is_exchange = |finding: &Finding| {
        let word = finding.expectation.split(':').next().unwrap_or_default();
        finding.verdict == Verdict::Fail && EXCHANGE_WORDS.contains(&word)
    };
    share(items, is_exchange, shows_in_packets);
}

/// Returns true if a part of the answer came.
const fn has_part(cause: &Cause) -> bool {
    matches!(cause, Cause::AnswerCut { .. } | Cause::AnswerCutByClose { .. } | Cause::AnswerCutByReset { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClientId, Judged};
    use crate::run::judge;

    /// An item of which the clients' data or the packets are judged.
    fn judged(word: &str, role: &str, cause: Cause) -> ItemResult {
        let mut item = item("a", role, cause);
        item.judged.findings[0].expectation = word.to_owned();
        item
    }

    fn item(id: &str, role: &str, cause: Cause) -> ItemResult {
        ItemResult {
            role: Some(role.parse().expect("a name")),
            judged: Judged { findings: vec![Finding::fail(cause)], notes: Vec::new() },
            ..judge::tests::item(id, Verdict::Fail)
        }
    }

    fn shared(all: [(&str, Cause); 2]) -> Vec<&'static str> {
        let mut items: Vec<_> = all.into_iter().map(|(role, cause)| item("a", role, cause)).collect();
        share_root_causes(&mut items);
        items.iter().map(|item| item.judged.findings[0].because.cause().expect("a cause").row().id).collect()
    }

    #[test]
    fn symptom_gets_the_root_of_its_role() {
        let client = ClientId(1);
        let silent = || Cause::NoAnswerLate { client, ms: 5000, hint: Hint::NoAnswer };
        let root = || Cause::AnswersOnlyAfterEnd { client };
        assert_eq!(shared([("x", silent()), ("x", root())]), ["answers-only-after-end"; 2]);
        assert_eq!(shared([("x", silent()), ("y", root())]), ["no-answer-late", "answers-only-after-end"]);
        let wrong = Cause::LastByteMissing { client, got: 8, of: 9 };
        assert_eq!(shared([("x", wrong.clone()), ("x", root())]), ["last-byte-missing", "answers-only-after-end"]);
        let cut = Cause::EveryAnswerCut { client, got: 8, of: 19, hint: Hint::PointerSize };
        assert_eq!(shared([("x", wrong), ("x", cut)]), ["every-answer-cut"; 2]);
        let fault = Cause::UpperForEcho { client, got: String::new() };
        assert_eq!(shared([("x", fault), ("x", root())]), ["upper-for-echo", "answers-only-after-end"]);
    }

    #[test]
    fn answer_to_another_client_comes_before_what_follows() {
        let client = ClientId(1);
        let mixed = || Cause::AnswerToAnotherClient { client, other: ClientId(2), hint: Hint::OwnConnection };
        let closed = || Cause::ClosedBeforeData { client, hint: Hint::CloseLate };
        let failed = |hint| Cause::ThreadFailed { said: String::new(), hint };
        assert_eq!(shared([("x", closed()), ("x", mixed())]), ["answer-to-another-client"; 2]);
        assert_eq!(shared([("x", failed(Hint::DescriptorClosed)), ("x", mixed())]), ["answer-to-another-client"; 2]);
        assert_eq!(shared([("y", closed()), ("x", mixed())]), ["closed-before-data", "answer-to-another-client"]);
        let other = shared([("x", failed(Hint::EmptyValue)), ("x", mixed())]);
        assert_eq!(other, ["thread-failed", "answer-to-another-client"], "it has its own error");
    }

    #[test]
    fn packets_get_the_cause_of_the_exchange() {
        let client = ClientId(1);
        let no_data = || Cause::PacketsNoAnswer { client };
        let other = || Cause::PacketsOtherAnswer { client, got: String::new(), expected: String::new() };
        let of_packets = |exchange: Cause, packets: Cause| {
            let mut items =
                [judged("uppercase: { then_end: true }", "x", exchange), judged("data_acknowledged", "x", packets)];
            share_root_causes(&mut items);
            items[1].judged.findings[0].because.cause().expect("a cause").row().id
        };
        let prefix = || Cause::Prefix { client, prefix: String::new() };
        let reads = || Cause::ReadsOn { client, call: String::new() };
        assert_eq!(of_packets(prefix(), other()), "prefix");
        assert_eq!(of_packets(reads(), no_data()), "reads-on");
        // Data that is missing in one dialogue may be different in another.
        assert_eq!(of_packets(prefix(), no_data()), "packets-no-answer");
        assert_eq!(of_packets(reads(), other()), "packets-other-answer");
        let cut = Cause::AnswerCut { client, got: 8, of: 9, hint: Hint::ReadUntilEnd };
        assert_eq!(of_packets(cut, no_data()), "packets-no-answer");
        let twice = Cause::AnsweredTwice { client, extra: String::new(), bytes: 1, hint: Hint::OneAnswer };
        let too_many = || Cause::DatagramsTooMany { client, sent: 1, back: 2 };
        assert_eq!(of_packets(twice, too_many()), "answered-twice");
        assert_eq!(of_packets(prefix(), too_many()), "datagrams-too-many");
        // One client gets none, another one too many.
        let none = || Cause::DatagramReadNotAnswered { client, call: String::new() };
        assert_eq!(of_packets(none(), too_many()), "datagrams-too-many");
        assert_eq!(
            of_packets(none(), Cause::DatagramsMissing { client, sent: 1, back: 0 }),
            "datagram-read-not-answered"
        );
        // The packets carry a plain text, and the program crashed elsewhere.
        let accents = Cause::DecodedAsText { client, got: String::new(), hint: Hint::Bytes };
        assert_eq!(of_packets(accents, other()), "packets-other-answer");
        assert_eq!(
            of_packets(Cause::ThreadFailed { said: String::new(), hint: Hint::ThreadFailed }, other()),
            "packets-other-answer"
        );
        let no_fin = || Cause::PacketsNoFin { client };
        assert_eq!(of_packets(prefix(), no_fin()), "packets-no-fin");
        let again = || Cause::AcceptsAgain { client };
        assert_eq!(shared([("x", no_fin()), ("x", again())]), ["accepts-again"; 2]);
        assert_eq!(shared([("y", no_fin()), ("x", again())]), ["packets-no-fin", "accepts-again"]);
        let reset = Cause::PacketsResetByServer { client };
        assert_eq!(shared([("x", reset), ("x", again())]), ["packets-reset-by-server", "accepts-again"]);
        let greeting = || Cause::SpeaksFirst { client, prefix: String::new() };
        assert_eq!(shared([("x", prefix()), ("x", greeting())]), ["speaks-first"; 2]);
        let last = Cause::LastByteMissing { client, got: 8, of: 9 };
        assert_eq!(shared([("x", last), ("x", greeting())]), ["last-byte-missing", "speaks-first"]);
        let unread = || Cause::DataUnread { client, bytes: 9, call: Some("select".to_owned()), hint: Hint::WatchAll };
        let queued = Cause::LeftInAcceptQueue { client, call: "select".to_owned() };
        assert_eq!(shared([("x", queued), ("x", unread())]), ["left-in-accept-queue", "data-unread"]);
        let unanswered = Cause::ReadNotAnswered { client, call: "select".to_owned() };
        assert_eq!(shared([("x", unanswered), ("x", unread())]), ["data-unread"; 2]);
        // Of another role, or no exchange.
        let mut items = [judged("uppercase", "x", prefix()), judged("data_acknowledged", "y", other())];
        share_root_causes(&mut items);
        assert_eq!(items[1].judged.findings[0].because.cause(), Some(&other()));
    }
}
