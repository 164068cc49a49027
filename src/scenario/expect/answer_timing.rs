//! Causes that the time of answers reveals: data that did not come while the client waited, and
//! came when it had sent more or ended its side.

use std::time::Duration;

use super::answer_rule::{Rule, expected_stream};
use super::excerpt::quote;
use super::stream::Stream;
use super::turns::{Turn, Turns, turns};
use crate::model::{Cause, Evidence, Moment};

/// Common sizes of the receive buffers of programs.
pub(super) const RECV_BUFFER_SIZES: [usize; 9] = [256, 512, 1000, 1024, 1500, 2048, 4096, 8192, 16384];
/// How soon after the end of the client's side an answer must begin to be caused by that end.
const PROMPT: Duration = Duration::from_millis(300);
/// Smallest block that a program fills before it answers, in bytes.
const MIN_BLOCK_BYTES: usize = 16;

/// Returns the cause for an answer over TCP that did not come in time, if the rest of the exchange
/// reveals it.
pub(super) fn cause(seen: &Evidence, rule: Rule, stream: &Stream<'_>) -> Option<Cause> {
    let all = turns(&seen.journal, stream);
    let first = all.turns.iter().position(|turn| turn.late && !is_right(rule, turn))?;
    let case = LateExchange { rule, stream, all: &all, first };
    case.after_the_end()
        .or_else(|| case.after_a_line())
        .or_else(|| case.after_a_short_read())
        .or_else(|| case.block_by_block())
        .or_else(|| case.one_message_late())
        .or_else(|| case.one_message_unanswered())
        .or_else(|| case.after_more())
}

/// Returns true if a turn got exactly the correct answers.
fn is_right(rule: Rule, turn: &Turn<'_>) -> bool {
    let got = turn.received();
    expected_stream(rule, &turn.sent, &got).0 == got
}

/// An exchange, and the first of its turns whose answer did not come in time.
struct LateExchange<'a> {
    rule: Rule,
    stream: &'a Stream<'a>,
    all: &'a Turns<'a>,
    first: usize,
}

impl LateExchange<'_> {
    /// Returns the expected and the received data, of all messages.
    fn whole(&self) -> (Vec<u8>, Vec<u8>) {
        let sent: Vec<&[u8]> = self.stream.sent.iter().map(|(_, bytes)| *bytes).collect();
        let got = self.stream.received_bytes();
        (expected_stream(self.rule, &sent, &got).0, got)
    }

    /// Returns true if all data is correct in the end.
    fn is_complete(&self) -> bool {
        let (expected, got) = self.whole();
        expected == got && !got.is_empty()
    }

    /// Returns true if all data that came is correct, whatever is missing at its end.
    fn is_beginning(&self) -> bool {
        let (expected, got) = self.whole();
        expected.starts_with(&got) && !got.is_empty()
    }

    /// Nothing came, and then the answer at once when the client had ended its side.
    fn after_the_end(&self) -> Option<Cause> {
        let finished = self.all.finished?;
        let &(begins, _) = self.all.after.first()?;
        let is_late = begins >= finished && self.all.turns.iter().all(|turn| turn.got.is_empty());
        (is_late && is_prompt(finished, begins) && self.is_beginning())
            .then_some(Cause::AnswersOnlyAfterEnd { client: self.stream.client })
    }

    /// The first answer came with the first newline that was sent, and ends there. A part of random
    /// data may end with a later newline by chance.
    fn after_a_line(&self) -> Option<Cause> {
        let (expected, _) = self.whole();
        let (_, first) = self.all.after.first()?;
        let line = expected.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
        let is_line = line == Some(first.len()) && expected.len() > first.len();
        (self.first == 0 && is_line && self.is_beginning()).then_some(Cause::WaitsForNewline {})
    }

    /// Shorter messages were answered at once, but one that fills the buffer only with the next.
    fn after_a_short_read(&self) -> Option<Cause> {
        let late = &self.all.turns[self.first];
        let [sent] = late.sent[..] else { return None };
        let fills = RECV_BUFFER_SIZES.iter().any(|size| sent.len() % size == 0);
        let served = self.all.turns[..self.first].iter().all(|turn| is_right(self.rule, turn));
        let bytes = sent.len() as u64;
        (fills && served && self.first > 0 && !sent.is_empty() && self.is_complete())
            .then_some(Cause::WaitsForShortRead { client: self.stream.client, bytes })
    }

    /// An answer came only when the client had sent more, or had ended its side.
    fn after_more(&self) -> Option<Cause> {
        if !self.is_complete() || self.first == 0 {
            return None;
        }
        let sent = self.all.turns[self.first].sent.concat();
        let (client, bytes) = (self.stream.client, sent.len() as u64);
        Some(Cause::AnswerAfterMore { client, sent: quote(&sent), bytes })
    }

    /// The first message was not answered; later data ends with a full block.
    fn block_by_block(&self) -> Option<Cause> {
        let finished = self.all.finished.unwrap_or(Moment(u64::MAX));
        let later = self.all.after.iter().filter(|(at, _)| *at < finished).map(|(_, bytes)| bytes.len());
        let got = later.chain(self.all.turns.iter().flat_map(|turn| &turn.got).map(|bytes| bytes.len())).sum::<usize>();
        let is_begin = got > 0 && got < self.whole().0.len() && self.is_beginning();
        let is_block = |size: &&usize| **size >= MIN_BLOCK_BYTES && got % **size == 0;
        let sizes = [16, 32, 64, 100, 128];
        let block = RECV_BUFFER_SIZES.iter().rev().chain(sizes.iter().rev()).find(is_block).copied()?;
        let came = self.all.turns[self.first].got.is_empty();
        (self.first == 0 && came && is_begin)
            .then_some(Cause::WaitsForFixedAmount { client: self.stream.client, bytes: block as u64 })
    }

    /// Answers came, but only after the next message: all but the last, or parts of it, too.
    fn one_message_late(&self) -> Option<Cause> {
        let (_, first) = self.stream.sent.first().filter(|_| self.stream.sent.len() > 1)?;
        let (_, last) = self.stream.sent.last()?;
        let &(begins, _) = self.all.after.first()?;
        let in_time = self.all.finished.is_none_or(|finished| begins < finished);
        let waited = self.first == 0 && self.all.turns[0].got.is_empty();
        if !(waited && in_time && self.is_beginning()) {
            return None;
        }
        let finished = self.all.finished.unwrap_or(Moment(u64::MAX));
        let after = self.all.after.iter().filter(|(at, _)| *at < finished).map(|(_, bytes)| bytes.len());
        let (got, expected) = (after.sum::<usize>(), self.whole().0.len());
        let missing = expected.saturating_sub(got);
        let client = self.stream.client;
        Some(if missing < self.rule.nearest(last, &[]).len() {
            Cause::KeptInBuffer { client, sent: quote(first), bytes: missing as u64 }
        } else {
            Cause::OneMessageLate { client, got: quote(first) }
        })
    }

    /// One message was not answered, and a later one was.
    fn one_message_unanswered(&self) -> Option<Cause> {
        let turn = &self.all.turns[self.first];
        let later = &self.all.turns[self.first + 1..];
        let served = later.iter().any(|turn| !turn.got.is_empty() && is_right(self.rule, turn));
        let sent = turn.sent.concat();
        let (client, bytes) = (self.stream.client, sent.len() as u64);
        (turn.got.is_empty() && !turn.ended && served && self.first > 0).then_some(Cause::OneMessageUnanswered {
            client,
            sent: quote(&sent),
            bytes,
        })
    }
}

/// Returns true if `then` follows `first` at once.
fn is_prompt(first: Moment, then: Moment) -> bool {
    u128::from(then.0.saturating_sub(first.0)) <= PROMPT.as_nanos()
}
