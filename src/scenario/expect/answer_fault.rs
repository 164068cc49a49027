//! Faults that the content of wrong answers reveals: cut at a NUL byte, UTF-16, the printed form of
//! an object, text of an earlier message. A fault is named only if it explains every answer that
//! can be compared, and changes at least one.

mod content;
mod cut;
mod earlier;
mod encoding;
mod printed;

use std::ops::Range;

use super::answer_rule::Rule;
use super::excerpt::quote;
use super::stream::Stream;
use super::turns::{Turn, turns};
use crate::model::{Cause, ClientId, EventId, Evidence, Hint, Protocol};

/// Longest message that is compared, in bytes. A program may receive a longer one in pieces, and
/// the fault then changes each piece.
const MAX_COMPARED_BYTES: usize = 1000;

/// A message, and all that a fault may depend on.
struct Question<'a> {
    rule: Rule,
    sent: &'a [u8],
    /// The correct answers.
    right: &'a [Vec<u8>],
    /// The messages that were sent before, by all clients.
    earlier: &'a [&'a [u8]],
    /// The messages of the other clients. The server may have received them in another order.
    others: &'a [&'a [u8]],
}

/// How a fault changes answers.
enum Effect {
    /// Answers keep their place in the turn, even if some are missing.
    Shortens,
    /// Answers become longer, so that they may end in a later turn.
    Lengthens,
}

/// A fault that the content reveals.
struct AnswerFault {
    effect: Effect,
    /// Returns how many bytes of `got` the answer to the message takes up, if it has this fault or
    /// the fault does not change it.
    matches: fn(&Question<'_>, &[u8]) -> Option<usize>,
    /// True if it needs text: its effect on other bytes is not known.
    text_only: bool,
    cause: fn(&Shown) -> Option<Cause>,
}

/// The first answer that a fault changed.
struct Shown {
    client: ClientId,
    protocol: Option<Protocol>,
    rule: Rule,
    got: Vec<u8>,
    right: Vec<u8>,
}

/// The faults, the most specific first.
const FAULTS: &[AnswerFault] = &[
    bytes(Effect::Lengthens, content::http, |shown| Some(Cause::HttpAnswer { client: shown.client })),
    text(Effect::Lengthens, content::byte_order_mark, |shown| Some(Cause::ByteOrderMarkSent { client: shown.client })),
    text(Effect::Lengthens, printed::length, |shown| {
        Some(Cause::PrintedForm { client: shown.client, got: quote(&shown.got), hint: printed::hint(&shown.got) })
    }),
    bytes(Effect::Lengthens, encoding::object_stream, |shown| {
        Some(Cause::ObjectStream { client: shown.client, got: quote(&shown.got) })
    }),
    text(Effect::Lengthens, encoding::wide, |shown| {
        Some(Cause::TwoBytesPerLetter { client: shown.client, got: quote(&shown.got) })
    }),
    text(Effect::Shortens, encoding::latin1, |shown| {
        Some(Cause::OneBytePerAccent { client: shown.client, got: quote(&shown.got) })
    }),
    text(Effect::Lengthens, encoding::encoded_twice, |shown| {
        Some(Cause::EncodedTwice { client: shown.client, got: quote(&shown.got), hint: shown.bytes_hint() })
    }),
    bytes(Effect::Shortens, encoding::dropped, |shown| {
        let got = Some(quote(&shown.got)).filter(|_| !shown.got.is_empty())?;
        Some(Cause::BytesDropped { client: shown.client, got, hint: shown.bytes_hint() })
    }),
    bytes(Effect::Shortens, encoding::question_marks, |shown| {
        let got = Some(quote(&shown.got)).filter(|_| shown.got.contains(&b'?'))?;
        Some(Cause::OnlyAscii { client: shown.client, got })
    }),
    bytes(Effect::Lengthens, encoding::length_prefix, |shown| {
        Some(Cause::LengthBeforeAnswer { client: shown.client, prefix: quote(shown.surplus_before()) })
    }),
    bytes(Effect::Shortens, cut::at_nul, |shown| Some(Cause::CutAtNul { client: shown.client })),
    text(Effect::Shortens, encoding::swapped_case, encoding::swapped_case_cause),
    bytes(Effect::Lengthens, earlier::after, |shown| {
        let extra = shown.got.get(shown.right.len()..).unwrap_or_default();
        Some(Cause::EarlierTextAfter { client: shown.client, extra: quote(extra), bytes: extra.len() as u64 })
    }),
    bytes(Effect::Lengthens, earlier::before, |shown| {
        Some(Cause::EarlierTextBefore { client: shown.client, extra: quote(shown.surplus_before()) })
    }),
    bytes(Effect::Lengthens, earlier::rest_of_buffer, |shown| {
        Some(Cause::RestOfBuffer { client: shown.client, bytes: shown.got.len() as u64 })
    }),
    text(Effect::Shortens, cut::at_letter_count, |shown| {
        let (got, of) = (shown.got.len() as u64, shown.right.len() as u64);
        // A single missing byte may as well be the last one of each message.
        (got + 1 < of).then_some(Cause::CutByAccents { client: shown.client, got, of })
    }),
    bytes(Effect::Shortens, cut::at_one, cut::cause),
    bytes(Effect::Shortens, cut::at_four, cut::cause),
    bytes(Effect::Shortens, cut::at_eight, cut::cause),
    bytes(Effect::Shortens, cut::upper_to_eight, cut::upper_to_eight_cause),
    bytes(Effect::Shortens, cut::at_blank, |shown| {
        Some(Cause::CutAtBlank { client: shown.client, got: quote(&shown.got) })
    }),
    bytes(Effect::Shortens, cut::without_blanks, |shown| {
        let is_inside = shown.right.trim_ascii() != shown.got;
        is_inside.then(|| Cause::BlanksMissing { client: shown.client, got: quote(&shown.got) })
    }),
    text(Effect::Shortens, content::words, content::removed_cause),
    text(Effect::Shortens, content::ascii_words, content::removed_cause),
    text(Effect::Shortens, content::letters_and_blanks, content::removed_cause),
    text(Effect::Shortens, content::letters_and_digits, content::removed_cause),
    text(Effect::Shortens, content::letters, content::removed_cause),
    bytes(Effect::Shortens, content::case_distance, content::case_distance_cause),
    bytes(Effect::Shortens, cut::at_earlier_length, |shown| {
        let (got, of) = (shown.got.len() as u64, shown.right.len() as u64);
        Some(Cause::CutAtEarlierLength { client: shown.client, got, of })
    }),
];

type Matches = fn(&Question<'_>, &[u8]) -> Option<usize>;

/// Creates a fault of programs that convert text.
const fn text(effect: Effect, matches: Matches, cause: fn(&Shown) -> Option<Cause>) -> AnswerFault {
    AnswerFault { effect, matches, text_only: true, cause }
}

/// Creates a fault that changes any bytes.
const fn bytes(effect: Effect, matches: Matches, cause: fn(&Shown) -> Option<Cause>) -> AnswerFault {
    AnswerFault { effect, matches, text_only: false, cause }
}

impl Shown {
    /// Returns the hint for bytes that a program took for text.
    fn bytes_hint(&self) -> Hint {
        if self.rule == Rule::Echo { Hint::Bytes } else { Hint::OneEncoding }
    }

    /// Returns the bytes before the correct answer.
    fn surplus_before(&self) -> &[u8] {
        &self.got[..self.got.len().saturating_sub(self.right.len())]
    }
}

/// Returns the cause if one fault explains all answers of these clients.
pub(super) fn cause(seen: &Evidence, rule: Rule, all: &[Stream<'_>]) -> Option<Cause> {
    let exchanges: Vec<Exchange<'_>> = all.iter().map(|stream| Exchange::of(seen, stream)).collect();
    let order = order(&exchanges);
    FAULTS.iter().find_map(|fault| (fault.cause)(&fault.first_shown(rule, &exchanges, &order)?))
}

/// The exchange of one client.
struct Exchange<'a> {
    client: ClientId,
    protocol: Option<Protocol>,
    turns: Vec<Turn<'a>>,
    /// Everything that came, whenever it came.
    received: Vec<u8>,
    gave_up: bool,
}

/// Messages of an exchange, by their index in it, and the data that answers them.
struct Part {
    messages: Range<usize>,
    got: Vec<u8>,
    /// The server ended the stream here.
    ended: bool,
    /// It is the whole stream.
    is_whole: bool,
    /// More may have come later.
    is_open: bool,
}

impl<'a> Exchange<'a> {
    fn of(seen: &'a Evidence, stream: &Stream<'_>) -> Self {
        let all = turns(&seen.journal, stream);
        let (client, protocol, received) = (stream.client, stream.protocol, stream.received_bytes());
        Self { client, protocol, turns: all.turns, received, gave_up: all.gave_up }
    }

    /// Returns the parts in which an answer with this fault can be told from the next one.
    fn parts(&self, effect: &Effect) -> Vec<Part> {
        let mut begin = 0;
        let part = |messages, got, ended| Part { messages, got, ended, is_whole: false, is_open: false };
        let mut parts = Vec::new();
        for turn in &self.turns {
            let messages = begin..begin + turn.sent.len();
            begin = messages.end;
            if self.protocol != Some(Protocol::Udp) {
                // Of a message right before the end of the client's side, the answer comes after it.
                let is_open = turn.got.is_empty() && !turn.late && !turn.ended;
                parts.push(Part { is_open, ..part(messages, turn.received(), turn.ended) });
            } else if turn.got.len() == turn.sent.len() && turn.sent.iter().all(|sent| !sent.is_empty()) {
                parts.extend(messages.zip(&turn.got).map(|(at, got)| part(at..at + 1, got.to_vec(), false)));
            } else if !turn.got.is_empty() {
                // From here on answers may belong to earlier datagrams.
                break;
            }
        }
        match effect {
            Effect::Lengthens if self.protocol == Some(Protocol::Tcp) => {
                let is_open = self.gave_up;
                vec![Part { is_whole: true, is_open, ..part(0..begin, self.received.clone(), false) }]
            }
            _ => parts,
        }
    }
}

/// Returns all messages in the order in which they were sent, each with the number of its exchange
/// and its index in that.
fn order<'a>(exchanges: &[Exchange<'a>]) -> Vec<(usize, usize, &'a [u8])> {
    let mut all: Vec<(EventId, usize, usize, &[u8])> = Vec::new();
    for (n, exchange) in exchanges.iter().enumerate() {
        let sent = exchange.turns.iter().flat_map(|turn| turn.sent.iter().map(|sent| (turn.begin, *sent)));
        all.extend(sent.enumerate().map(|(index, (begin, sent))| (begin, n, index, sent)));
    }
    all.sort_by_key(|(begin, n, index, _)| (*begin, *n, *index));
    all.into_iter().map(|(_, n, index, sent)| (n, index, sent)).collect()
}

impl AnswerFault {
    /// Returns the first answer that this fault changed, if it explains all.
    fn first_shown(&self, rule: Rule, exchanges: &[Exchange<'_>], order: &[(usize, usize, &[u8])]) -> Option<Shown> {
        let mut shown = None;
        for (n, exchange) in exchanges.iter().enumerate() {
            let parts = exchange.parts(&self.effect);
            for (k, part) in parts.iter().enumerate().filter(|(_, part)| !part.messages.is_empty()) {
                let is_here = |at: &usize| order[*at].0 == n && part.messages.contains(&order[*at].1);
                let messages: Vec<usize> = (0..order.len()).filter(is_here).collect();
                if let Found::Changed(got, right) = self.explains(rule, order, &messages, part)? {
                    // Nothing came: only a later answer shows that this one was sent, with no
                    // bytes.
                    let is_served = parts[k..].iter().any(|part| !part.got.is_empty());
                    if got.is_empty() && (part.ended || !is_served) {
                        return None;
                    }
                    let Exchange { client, protocol, .. } = *exchange;
                    shown.get_or_insert(Shown { client, protocol, rule, got, right });
                }
            }
        }
        shown
    }

    /// Compares the data that came with what this fault makes of these messages; `None` if it does
    /// not explain the data.
    fn explains(&self, rule: Rule, order: &[(usize, usize, &[u8])], messages: &[usize], part: &Part) -> Option<Found> {
        let mut found = Found::Same;
        let mut rest = &part.got[..];
        for (place, &at) in messages.iter().enumerate() {
            let sent = order[at].2;
            if sent.len() > MAX_COMPARED_BYTES || (self.text_only && std::str::from_utf8(sent).is_err()) {
                return Some(found);
            }
            let earlier: Vec<&[u8]> = order[..at].iter().map(|(.., sent)| *sent).collect();
            let is_other = |(n, ..): &&(usize, usize, &[u8])| *n != order[at].0;
            let others: Vec<&[u8]> = order.iter().filter(is_other).map(|(.., sent)| *sent).collect();
            let right = rule.answers(sent);
            let question = Question { rule, sent, right: &right, earlier: &earlier, others: &others };
            let Some(length) = (self.matches)(&question, rest) else {
                // Nothing more came, which is not about the content; or the program received later
                // messages in pieces.
                let is_over = rest.is_empty() && (place > 0 || part.is_open);
                return (is_over || part.is_whole && matches!(found, Found::Changed(..))).then_some(found);
            };
            let (answer, later) = rest.split_at(length);
            if !right.iter().any(|right| right == answer) && matches!(found, Found::Same) {
                let nearest = rule.nearest(sent, answer);
                let ends = right.iter().find(|right| answer.ends_with(right)).cloned();
                found = Found::Changed(answer.to_vec(), ends.unwrap_or(nearest));
            }
            rest = later;
        }
        rest.is_empty().then_some(found)
    }
}

/// The result of comparing.
enum Found {
    /// The fault does not change these answers.
    Same,
    /// It changed this answer; the second is the correct one.
    Changed(Vec<u8>, Vec<u8>),
}
