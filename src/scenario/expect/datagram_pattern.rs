//! Causes that the pattern of unanswered datagrams reveals: only the first, all but the first,
//! every second, only the last of several.

use super::answer_rule::Rule;
use super::excerpt::quote;
use super::stream::Stream;
use super::turns::{Turn, turns};
use super::unchanged;
use crate::model::{Cause, ClientId, EventId, Evidence};

/// Fewest datagrams that make a pattern, and in which every second one is one.
const MIN_DATAGRAMS: usize = 3;
const MIN_ALTERNATING: usize = 4;

/// A datagram that a client sent, in the order in which the server received them.
struct Asked<'a> {
    id: EventId,
    client: ClientId,
    sent: &'a [u8],
    answered: bool,
    /// It is empty, or white space, which some programs strip: its content may be the cause.
    is_optional: bool,
}

/// Returns the cause for datagrams without an answer. With a rule, only correct answers count.
pub(super) fn cause(seen: &Evidence, rule: Option<Rule>, all: &[Stream<'_>]) -> Option<Cause> {
    let mut asked: Vec<Asked<'_>> = all.iter().flat_map(|stream| asked(rule, stream)).collect();
    asked.sort_by_key(|one| one.id);
    let texts = asked.iter().map(|one| unchanged::Asked {
        id: one.id,
        client: one.client,
        sent: one.sent,
        answered: one.answered,
    });
    if let Some(cause) = rule.and_then(|rule| unchanged::cause(rule, &texts.collect::<Vec<_>>())) {
        return Some(cause);
    }
    let judged: Vec<&Asked<'_>> = asked.iter().filter(|one| !one.is_optional).collect();
    let (first, later) = judged.split_first()?;
    let missing = judged.iter().filter(|one| !one.answered).count() as u64;
    let answered = judged.len() as u64 - missing;
    let unanswered = judged.iter().find(|one| !one.answered)?;
    let client = unanswered.client;
    if later.is_empty() || answered == 0 {
        return None;
    }
    let is_pattern = judged.len() >= MIN_DATAGRAMS;
    if is_pattern && !first.answered && later.iter().all(|one| one.answered) {
        return Some(Cause::FirstDatagramUnanswered { client, answered });
    }
    if is_pattern && first.answered && later.iter().all(|one| !one.answered) {
        return Some(Cause::OnlyFirstDatagram { client, missing });
    }
    if is_alternating(&asked) {
        return Some(Cause::EverySecondDatagram { client, answered, missing });
    }
    if let [.., before, last] = judged[..]
        && !last.answered
        && answered + 1 == judged.len() as u64
        && all.iter().any(|stream| is_first_late(seen, stream) && before.client == stream.client)
    {
        return Some(Cause::OneMessageLate { client, got: quote(first.sent) });
    }
    let is_burst = all.iter().all(|stream| only_last_of_each_turn(seen, stream, &asked));
    is_burst.then(|| Cause::OnlyLastDatagram { client, sent: quote(unanswered.sent) })
}

/// Returns true if nothing came while the client waited for its first answer.
fn is_first_late(seen: &Evidence, stream: &Stream<'_>) -> bool {
    turns(&seen.journal, stream).turns.first().is_some_and(|turn| turn.late && turn.got.is_empty())
}

/// Returns true if of the datagrams that a client sent at once only the last was answered.
fn only_last_of_each_turn(seen: &Evidence, stream: &Stream<'_>, asked: &[Asked<'_>]) -> bool {
    let all = turns(&seen.journal, stream);
    let is_last_only = |turn: &Turn<'_>| {
        let of_turn = asked.iter().filter(|one| one.client == turn.client && one.id >= turn.begin);
        let of_turn: Vec<_> = of_turn.take(turn.sent.len()).filter(|one| !one.is_optional).collect();
        let Some((last, before)) = of_turn.split_last() else { return true };
        let is_whole = before.iter().all(|one| one.answered);
        last.answered && (is_whole || before.iter().all(|one| !one.answered))
    };
    !all.gave_up && all.turns.iter().all(is_last_only)
}

/// Returns the datagrams of a client, and which of them were answered: an answer belongs to the
/// first that it fits.
fn asked<'a>(rule: Option<Rule>, stream: &Stream<'a>) -> Vec<Asked<'a>> {
    let mut all: Vec<Asked<'a>> = Vec::new();
    let mut events: Vec<(EventId, bool, &[u8])> = stream.sent.iter().map(|(id, bytes)| (*id, true, *bytes)).collect();
    events.extend(stream.got.iter().map(|(id, bytes)| (*id, false, *bytes)));
    events.extend(stream.strays.iter().map(|(id, _, bytes)| (*id, false, *bytes)));
    events.sort_by_key(|(id, ..)| *id);
    for (id, is_sent, bytes) in events {
        if is_sent {
            let is_optional = bytes.trim_ascii().is_empty();
            all.push(Asked { id, client: stream.client, sent: bytes, answered: false, is_optional });
            continue;
        }
        let fits = |one: &&mut Asked<'_>| {
            !one.answered && rule.is_none_or(|rule| rule.answers(one.sent).iter().any(|right| right == bytes))
        };
        if let Some(one) = all.iter_mut().find(fits) {
            one.answered = true;
        }
    }
    all
}

/// Returns true if every second datagram was answered. Of equal ones it is not known which.
fn is_alternating(asked: &[Asked<'_>]) -> bool {
    let mut at = 0;
    let mut parity = None;
    let mut is_regular = asked.len() >= MIN_ALTERNATING;
    for run in asked.chunk_by(|a, b| a.client == b.client && a.sent == b.sent) {
        let answered = run.iter().filter(|one| one.answered).count();
        match run {
            [one] if one.is_optional => {}
            [one] => {
                let is_odd = (at % 2 == 1) == one.answered;
                is_regular &= *parity.get_or_insert(is_odd) == is_odd;
            }
            _ => is_regular &= (2 * answered).abs_diff(run.len()) <= 1,
        }
        at += run.len();
    }
    is_regular && parity.is_some()
}
