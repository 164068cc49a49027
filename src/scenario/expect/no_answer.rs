//! Derives the cause for a client that received nothing. A proof of silence shows where its data
//! are.

use super::blocked::SilentServer;
use super::excerpt::quote;
use super::mismatch::{Mismatch, find};
use super::start::exited_by_itself;
use super::stream::Stream;
use super::udp_peer::connected_to_another;
use super::unchanged::cause_of_streams;
use crate::model::{Cause, ClientId, Evidence, Hint, Protocol, StreamEnd};

/// Returns the cause for a client that received nothing.
pub(super) fn no_answer_cause(case: &Mismatch<'_>) -> Cause {
    let client = case.stream.client;
    if let Some(&(_, from, bytes)) = case.stream.strays.first() {
        return Cause::AnswerFromElsewhere { client, from, got: quote(bytes) };
    }
    if let Some((client, other)) = misdirected(case) {
        return Cause::AnswerToAnotherClient { client, other, hint: Hint::OwnConnection };
    }
    if let Some(cause) = cause_of_streams(case.rule, case.all) {
        return cause;
    }
    match (case.stream.premature_end(), case.stream.timeout) {
        // Which of the two the client sees depends on microseconds: a closed socket answers data
        // with a reset.
        (Some(StreamEnd::End | StreamEnd::Reset), _) => Cause::NoAnswerClosed { client },
        (Some(StreamEnd::Refused), _) => {
            connected_to_another(case.seen, case.stream.server, client).unwrap_or(Cause::NoAnswerRefused { client })
        }
        _ if had_ended(case.seen, case.stream) => Cause::NoAnswerRefused { client },
        (_, Some((.., within_ms))) => unanswered_cause(case, within_ms),
        _ => Cause::NoAnswer { client, hint: no_answer_hints(case).0 },
    }
}

/// Returns a client that received nothing, and the one that got its answer: this client if that is
/// known of it, else another one. If the next `accept` changes a variable of all threads, the order of
/// the threads decides whose answers get that far, and whose data is left behind.
fn misdirected(case: &Mismatch<'_>) -> Option<(ClientId, ClientId)> {
    let got_nothing = |stream: &&Stream<'_>| stream.client != case.stream.client && stream.got.is_empty();
    let all = std::iter::once(case.stream).chain(case.all.iter().filter(got_nothing));
    all.filter_map(|stream| Some((stream.client, answered_client(case, stream)?))).next()
}

/// Returns the client that got the answer to this one over its own connection. Short answers may be
/// equal by chance.
fn answered_client(case: &Mismatch<'_>, stream: &Stream<'_>) -> Option<ClientId> {
    const MIN_ANSWER_BYTES: usize = 4;
    let is_tcp = |stream: &&Stream<'_>| stream.protocol == Some(Protocol::Tcp) && stream.server == case.stream.server;
    let answers = |stream: &Stream<'_>| stream.sent.iter().map(|(_, sent)| case.rule.answers(sent)).collect::<Vec<_>>();
    let own = answers(stream);
    let others = case.all.iter().filter(|other| other.client != stream.client).filter(is_tcp);
    let others = others.filter(|_| is_tcp(&stream));
    let has = |bytes: &[u8]| {
        let mut long = own.iter().flatten().filter(|answer| answer.len() >= MIN_ANSWER_BYTES);
        long.any(|answer| find(bytes, answer).is_some())
    };
    let mut mixed = others.filter(|other| has(&other.received_bytes()));
    mixed.find(|other| !answers(other).iter().flatten().any(|answer| has(answer))).map(|other| other.client)
}

/// Returns the hints for a server that did not answer, and for one that only printed the data.
fn no_answer_hints(case: &Mismatch<'_>) -> (Hint, Hint) {
    match case.stream.protocol {
        Some(Protocol::Udp) => (Hint::NoAnswerDatagram, Hint::PrintedNotSentDatagram),
        _ => (Hint::NoAnswer, Hint::PrintedNotSent),
    }
}

/// Returns the cause for a client that waited for an answer while the server was running. A proof
/// of silence shows where its data are.
fn unanswered_cause(case: &Mismatch<'_>, within_ms: u64) -> Cause {
    let client = case.stream.client;
    let (hint, printed) = no_answer_hints(case);
    let silent = SilentServer::of(case.seen, case.stream);
    if let Some(cause) = silent.as_ref().and_then(SilentServer::unread_cause) {
        return cause;
    }
    if case.stream.busy_unread > Some(0) {
        return Cause::BusyAndUnread { client };
    }
    match silent {
        Some(silent) => silent.read_cause(hint, is_printed(case).then_some(printed), case.all),
        None if is_printed(case) => Cause::PrintedNotSent { client, ms: within_ms, hint: printed },
        None => Cause::NoAnswerLate { client, ms: within_ms, hint },
    }
}

/// Returns true if the server had exited by itself when the client gave up waiting. Data that
/// arrives while a server exits is queued in its socket and disappears with it, without a refusal.
pub(super) fn had_ended(seen: &Evidence, stream: &Stream<'_>) -> bool {
    let gave_up = stream.timeout.map(|(id, ..)| id);
    exited_by_itself(seen, stream.server).is_some_and(|(id, _)| gave_up.is_some_and(|late| id < late))
}

/// Returns true if the server printed the data of this client, in any case and notation. Searches
/// for its longest run of plain letters, digits and spaces.
fn is_printed(case: &Mismatch<'_>) -> bool {
    const MIN_RUN_BYTES: usize = 4;
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b' ';
    let Some(run) = case.sent.split(|byte| !is_plain(byte)).max_by_key(|run| run.len()) else { return false };
    let run = run.trim_ascii().to_ascii_lowercase();
    let Some((head, tail, _)) = case.seen.journal.output(case.stream.server) else { return false };
    let has = |printed: &[u8]| find(&printed.to_ascii_lowercase(), &run).is_some();
    run.len() >= MIN_RUN_BYTES && (has(head) || has(tail))
}
