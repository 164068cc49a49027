//! Judges answers over UDP: pairs datagrams with answers and finds the cause of a missing one.

use super::answer_elsewhere::{MIN_ANSWER_BYTES, answer_elsewhere};
use super::answer_rule::{AnswerRule, Rule, common_prefix};
use super::broadcast;
use super::datagram_pattern;
use super::diff_cause::finding;
use super::error_exit::{error_exit, threw};
use super::excerpt::quote;
use super::mismatch::Mismatch;
use super::no_answer::had_ended;
use super::start::{ExitReason, exit_reason, exited_by_itself};
use super::stream::{Stream, streams};
use crate::model::{Cause, Evidence, ExitStatus, Finding, Hint, Protocol, StreamEnd};

/// A server that sends more surplus datagrams than this does not stop by itself.
const FLOOD_DATAGRAMS: usize = 50;

/// Judges that each datagram is answered by exactly one datagram. Their order is free (RFC 768 does
/// not guarantee one), and an empty datagram need not be answered.
pub(super) fn judge_datagrams(
    seen: &Evidence,
    asked: AnswerRule,
    stream: &Stream<'_>,
    all: &[Stream<'_>],
) -> Option<Finding> {
    let rule = asked.rule;
    let sent: Vec<&[u8]> = stream.sent.iter().map(|(_, bytes)| *bytes).collect();
    let strays = stream.strays.iter().map(|(_, _, bytes)| *bytes).filter(|_| asked.from_anywhere);
    let got: Vec<&[u8]> = stream.got.iter().map(|(_, bytes)| *bytes).chain(strays).collect();
    let Unpaired { mut unanswered, unexplained } = pair(rule, &sent, &got);
    // White space alone may be stripped to nothing: then a missing answer is correct, as for an
    // empty datagram.
    unanswered.retain(|sent| rule.answers(sent).iter().all(|answer| !answer.is_empty()));
    if unanswered.is_empty() && unexplained.is_empty() && stream.overflow == 0 {
        return None;
    }
    if unexplained.len() > sent.len() + FLOOD_DATAGRAMS {
        let cause = Cause::DatagramFlood { client: stream.client, sent: sent.len() as u64, back: got.len() as u64 };
        return Some(Finding::fail(cause).shown_by(stream.events()));
    }
    let extra = unexplained.first().copied().unwrap_or_default();
    if unanswered.is_empty() {
        if let Some(cause) = broadcast::cause(seen, rule, stream) {
            return Some(Finding::fail(cause).shown_by(stream.events()));
        }
        let known = sent.iter().any(|sent| rule.answers(sent).iter().any(|answer| answer == extra));
        let (client, bytes) = (stream.client, extra.len() as u64 + stream.overflow);
        let is_meant_for = |other: &&Stream<'_>| {
            let is_answer = |sent: &[u8]| rule.answers(sent).iter().any(|answer| answer == extra);
            other.client != client && other.got.is_empty() && other.sent.iter().any(|(_, sent)| is_answer(sent))
        };
        // The expectation may be about this client only.
        let everyone = streams(&seen.journal, None);
        let other = everyone.iter().find(is_meant_for).filter(|_| !known && extra.len() >= MIN_ANSWER_BYTES);
        let extra = quote(extra);
        let cause = if let Some(other) = other {
            Cause::AnswerToAnotherClient { client: other.client, other: client, hint: Hint::ReplyAddress }
        } else if known {
            Cause::AnsweredTwice { client, extra, bytes, hint: Hint::OneAnswer }
        } else {
            Cause::DatagramTooMany { client, extra, bytes }
        };
        return Some(Finding::fail(cause).shown_by(stream.events()));
    }
    if let Some(merged) = judge_merged(rule, stream, &unanswered, extra) {
        return Some(merged);
    }
    let is_empty = unexplained.iter().all(|answer| answer.is_empty());
    if is_empty && let Some(cause) = missing_datagram_cause(seen, Some(rule), stream, all) {
        return Some(Finding::fail(cause).shown_by(stream.events()));
    }
    if is_empty && unexplained.len() >= unanswered.len() {
        let of = rule.nearest(unanswered[0], extra).len() as u64;
        let cause = Cause::EmptyAnswer { client: stream.client, of };
        return Some(Finding::fail(cause).shown_by(stream.events()));
    }
    // Another datagram has this answer already: of two, one was answered twice.
    if sent.iter().any(|sent| rule.answers(sent).iter().any(|right| !right.is_empty() && right == extra)) {
        let (client, got, sent) = (stream.client, quote(extra), quote(unanswered[0]));
        return Some(Finding::fail(Cause::OneAnsweredForAnother { client, got, sent }).shown_by(stream.events()));
    }
    if !stream.got.is_empty() && unexplained.is_empty() {
        return Some(stopped_answering(seen, stream, unanswered[0], unanswered.len()));
    }
    // A wrong answer most likely belongs to the datagram that it resembles most. Fewer than 4
    // common bytes mean nothing.
    let alike = |sent: &[u8]| common_prefix(&rule.nearest(sent, extra), extra);
    let wrong = |sent: &&&[u8]| if alike(sent) < 4 { 0 } else { alike(sent) };
    let sent = unanswered.iter().rev().max_by_key(wrong).copied().unwrap_or_default();
    let expected = rule.nearest(sent, extra);
    let others: Vec<Vec<u8>> = all
        .iter()
        .filter(|other| other.client != stream.client)
        .flat_map(|other| other.sent.iter().flat_map(|(_, bytes)| rule.answers(bytes)))
        .collect();
    let (messages, starts, others) = (&[sent][..], &[0][..], &others[..]);
    let (got, expected) = (extra, &expected[..]);
    Some(finding(&Mismatch { seen, rule, stream, sent, expected, got, messages, starts, others, all }))
}

/// The datagrams and answers that are left over when as many as possible are paired.
struct Unpaired<'a> {
    unanswered: Vec<&'a [u8]>,
    unexplained: Vec<&'a [u8]>,
}

/// Pairs datagrams with answers so that as many as possible have one.
///
/// Which answer belongs to which datagram is not always clear: `"a"` and `" a"` may both be
/// answered by `"A"`. So pairs are changed if that admits another one (an augmenting path of a
/// bipartite matching).
fn pair<'a>(rule: Rule, sent: &[&'a [u8]], got: &[&'a [u8]]) -> Unpaired<'a> {
    let right: Vec<Vec<Vec<u8>>> = sent.iter().map(|sent| rule.answers(sent)).collect();
    let mut of_sent: Vec<Option<usize>> = vec![None; sent.len()];
    let mut unexplained = Vec::new();
    for k in 0..got.len() {
        let mut tried = vec![false; sent.len()];
        if !place(k, got, &right, &mut of_sent, &mut tried) {
            unexplained.push(got[k]);
        }
    }
    let unanswered = sent.iter().zip(&of_sent).filter(|(_, answer)| answer.is_none()).map(|(sent, _)| *sent).collect();
    Unpaired { unanswered, unexplained }
}

/// Assigns answer `k` to a datagram, moving another answer if necessary. Returns true on success.
fn place(k: usize, got: &[&[u8]], right: &[Vec<Vec<u8>>], of_sent: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    let fits = |n: usize| right[n].iter().any(|answer| answer == got[k]);
    // Prefer a free datagram: then no answer has to move.
    if let Some(free) = (0..right.len()).find(|&n| of_sent[n].is_none() && fits(n)) {
        of_sent[free] = Some(k);
        return true;
    }
    for n in 0..right.len() {
        if tried[n] || !fits(n) {
            continue;
        }
        tried[n] = true;
        // Equal answers would only change places with each other.
        let holder = of_sent[n].filter(|&holder| got[holder] != got[k]);
        if holder.is_some_and(|holder| place(holder, got, right, of_sent, tried)) {
            of_sent[n] = Some(k);
            return true;
        }
    }
    false
}

/// Returns a finding if one datagram answers two.
fn judge_merged(rule: Rule, stream: &Stream<'_>, unanswered: &[&[u8]], got: &[u8]) -> Option<Finding> {
    let [first, second, ..] = unanswered else { return None };
    let (a, b) = (rule.nearest(first, got), rule.nearest(second, got.get(first.len()..).unwrap_or_default()));
    let both =
        !a.is_empty() && !b.is_empty() && got.starts_with(&a) && got.ends_with(&b) && got.len() >= a.len() + b.len();
    both.then(|| {
        Finding::fail(Cause::DatagramsMerged { client: stream.client, got: quote(got) }).shown_by(stream.events())
    })
}

/// Returns the cause for datagrams without an answer, if packets or the other datagrams reveal it.
pub(super) fn missing_datagram_cause(
    seen: &Evidence,
    rule: Option<Rule>,
    stream: &Stream<'_>,
    all: &[Stream<'_>],
) -> Option<Cause> {
    let is_gone = matches!(stream.ending, Some((_, StreamEnd::Refused))) || had_ended(seen, stream);
    let answered = stream.got.len();
    // An empty datagram just before the first silence is the likelier cause.
    let after_empty = answered > 0 && stream.sent.get(answered).is_some_and(|(_, bytes)| bytes.is_empty());
    if stream.protocol != Some(Protocol::Udp) || is_gone || after_empty {
        return None;
    }
    if let Some((to, got)) = answer_elsewhere(seen, stream).filter(|_| stream.got.is_empty()) {
        if let Some(other) = seen.journal.connections().into_iter().find(|other| other.local == to) {
            let (client, other) = (stream.client, other.client);
            return Some(Cause::AnswerToAnotherClient { client, other, hint: Hint::ReplyAddress });
        }
        return Some(Cause::AnswerSentElsewhere { client: stream.client, to, got: quote(got) });
    }
    datagram_pattern::cause(seen, rule, all)
}

/// Returns the finding for a server that answered earlier datagrams and then stopped.
pub(super) fn stopped_answering(seen: &Evidence, stream: &Stream<'_>, sent: &[u8], missing: usize) -> Finding {
    let after_empty = stream.sent.windows(2).any(|pair| pair[0].1.is_empty() && pair[1].1 == sent);
    let gone = matches!(stream.ending, Some((_, StreamEnd::Refused))) || had_ended(seen, stream);
    let client = stream.client;
    // What the program printed says more than the datagram before which it stopped.
    if let Some(cause) = end_by_error(seen, stream, after_empty).filter(|_| gone) {
        return Finding::fail(cause).shown_by(stream.events());
    }
    let [bytes, answered, missing] = [sent.len(), stream.got.len(), missing].map(|number| number as u64);
    let sent = quote(sent);
    let cause = match (gone, after_empty) {
        (true, true) => Cause::DiedOnEmptyDatagram { client, sent, bytes, answered, missing },
        (true, false) => Cause::DiedBetweenDatagrams { client, sent, bytes, answered, missing },
        (false, true) => Cause::SilentAfterEmptyDatagram { client, sent, bytes, answered, missing },
        (false, false) => Cause::DatagramUnanswered { client, sent, bytes, answered, missing },
    };
    Finding::fail(cause).shown_by(stream.events())
}

/// Returns the cause if an error ended the server of a client. After an empty datagram, a failed exit
/// alone is none: the program may only have tested the count of `recvfrom`.
fn end_by_error(seen: &Evidence, stream: &Stream<'_>, after_empty: bool) -> Option<Cause> {
    let (_, status) = exited_by_itself(seen, stream.server).filter(|(_, status)| *status != ExitStatus::Code(0))?;
    let is_error = !after_empty || matches!(status, ExitStatus::Signal(_)) || threw(seen, stream.server);
    let cause = is_error.then(|| match exit_reason(seen, stream.server) {
        ExitReason::Limit(cap) => {
            Cause::CapHit { cap, client: Some(stream.client), code: None, line: None, hint: Hint::Crashed }
        }
        ExitReason::Program(said) => error_exit(seen, stream.server, status, said, Some(stream.client)),
    })?;
    // An index beyond the data is what an empty datagram causes.
    let is_of_empty = matches!(cause.hint(), Some(Hint::OutOfRange | Hint::EndAsCount));
    (!after_empty || !is_of_empty).then_some(cause)
}
