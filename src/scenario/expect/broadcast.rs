//! Finds servers that send each answer to every client: the received data consists of the
//! answers to this client and of whole answers to other clients, which got those, too.

use super::answer_elsewhere::MIN_ANSWER_BYTES;
use super::answer_rule::Rule;
use super::excerpt::quote;
use super::stream::{Stream, streams};
use crate::model::{Cause, ClientId, Evidence, Protocol};

/// The most data of a client that is examined, and the most answers that it is compared with.
const MAX_BYTES: usize = 16 << 10;
const MAX_ANSWERS: usize = 500;

/// The client whose message an answer belongs to.
type Owners = Vec<ClientId>;

/// Returns the cause if the server sends each answer to every client.
pub(super) fn cause(seen: &Evidence, rule: Rule, stream: &Stream<'_>) -> Option<Cause> {
    // The expectation may be about this client only.
    let all: Vec<Stream<'_>> = streams(&seen.journal, None);
    let answers = answers(rule, &all, stream)?;
    let owners = owners(&answers, stream)?;
    let others: Vec<ClientId> = owners.iter().copied().filter(|owner| *owner != stream.client).collect();
    if others.is_empty() || !has_all(&owners, stream) {
        return None;
    }
    let parts: Vec<(&Stream<'_>, Owners)> =
        all.iter().filter_map(|one| Some((one, owners_of(rule, &all, one)?))).collect();
    // Those clients got their answers themselves: no answer only went astray.
    let got_own = |client: &ClientId| parts.iter().any(|(one, owners)| one.client == *client && has_all(owners, one));
    // A buffer that is never emptied holds answers to earlier clients, and never to later ones.
    let goes_on = |(one, owners): &(&Stream<'_>, Owners)| owners.last().is_some_and(|last| *last != one.client);
    let is_broadcast = others.iter().all(got_own) && parts.iter().filter(|(one, own)| has_all(own, one)).any(goes_on);
    let got = quote(&stream.received_bytes());
    is_broadcast.then_some(Cause::SentToAllClients { client: stream.client, got })
}

fn owners_of(rule: Rule, all: &[Stream<'_>], stream: &Stream<'_>) -> Option<Owners> {
    owners(&answers(rule, all, stream)?, stream)
}

/// Returns the answers that may be in a stream, with their owners: its own ones first, and of the other
/// clients those that differ.
fn answers(rule: Rule, all: &[Stream<'_>], stream: &Stream<'_>) -> Option<Vec<(ClientId, Vec<u8>)>> {
    let of = |one: &Stream<'_>| -> Vec<(ClientId, Vec<u8>)> {
        let answers = one.sent.iter().flat_map(|(_, sent)| rule.answers(sent)).filter(|answer| !answer.is_empty());
        answers.map(|answer| (one.client, answer)).collect()
    };
    let mut found = of(stream);
    let own = found.len();
    for other in all.iter().filter(|other| other.client != stream.client && other.server == stream.server) {
        let is_other = |answer: &[u8]| found[..own].iter().all(|(_, known)| known != answer);
        let more: Vec<_> =
            of(other).into_iter().filter(|(_, one)| one.len() >= MIN_ANSWER_BYTES && is_other(one)).collect();
        found.extend(more);
        if found.len() > MAX_ANSWERS {
            return None;
        }
    }
    Some(found)
}

/// Returns the owners of the answers that a stream is made of, in order; `None` if it has other bytes.
fn owners(answers: &[(ClientId, Vec<u8>)], stream: &Stream<'_>) -> Option<Owners> {
    if stream.protocol == Some(Protocol::Udp) {
        let owner = |got: &[u8]| answers.iter().find(|(_, answer)| answer == got).map(|(owner, _)| *owner);
        return stream.got.iter().map(|(_, got)| owner(got)).collect();
    }
    let got = Some(stream.received_bytes()).filter(|got| got.len() <= MAX_BYTES && stream.overflow == 0)?;
    // For each offset that whole answers reach, the last of them.
    let mut last: Vec<Option<&(ClientId, Vec<u8>)>> = vec![None; got.len() + 1];
    for at in 0..got.len() {
        if at > 0 && last[at].is_none() {
            continue;
        }
        for answer in answers.iter().filter(|(_, answer)| got[at..].starts_with(answer)) {
            last[at + answer.1.len()].get_or_insert(answer);
        }
    }
    let mut at = got.len();
    let mut owners = Owners::new();
    while at > 0 {
        let (owner, answer) = last[at]?;
        owners.push(*owner);
        at -= answer.len();
    }
    owners.reverse();
    Some(owners)
}

/// Returns true if a client's own answers are all there, each once.
fn has_all(owners: &[ClientId], stream: &Stream<'_>) -> bool {
    let asked = stream.sent.iter().filter(|(_, sent)| !sent.is_empty()).count();
    asked > 0 && owners.iter().filter(|owner| **owner == stream.client).count() == asked
}
