//! Expectations about bytes: the data each client received for the data it sent.

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer_rule::{AnswerRule, Rule, expected_stream};
use super::datagrams::{judge_datagrams, missing_datagram_cause, stopped_answering};
use super::diff_cause::finding;
use super::excerpt::{difference, quote};
use super::mismatch::Mismatch;
use super::parts::{Comparison, Part};
use super::stream::{Stream, streams};
use super::{Judge, JudgeContext, unreachable_server};
use crate::model::{
    Cause, EventId, EventKind, Evidence, EvidenceKind, Finding, Message, Needs, Protocol, StreamEnd, Verdict,
};
use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::syntax::Keyword;
use crate::scenario::validate::Scope;

/// Defines expectations that compare every answer with a rule. They differ only in the rule.
macro_rules! by_rule {
    ($($(#[$about:meta])* $name:ident => $rule:expr),* $(,)?) => { $(
        $(#[$about])*
        #[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            /// Only these clients, by number from 1; default: all.
            pub clients: Option<Vec<u32>>,
            /// Whether the stream must also end (FIN) after the answer. Has no effect over UDP.
            pub then_end: bool,
            /// Whether to accept an answer from an address the client had not sent to (UDP).
            pub from_anywhere: bool,
            /// Note only; never scored.
            pub note: bool,
        }

        impl Keyword for $name {
            const ALLOWS_BARE: bool = true;
        }

        impl Judge for $name {
            fn needs(&self) -> Needs {
                Needs::new(&[EvidenceKind::Clients])
            }
            fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
                let asked = AnswerRule { rule: $rule, then_end: self.then_end, from_anywhere: self.from_anywhere };
                asked.judge(self.clients.as_deref(), self.note, seen)
            }
            fn check(&self, names: &mut Scope<'_>) {
                names.check_answers(self.clients.as_deref());
            }
        }
    )* };
}

by_rule! {
    /// Every client received exactly the bytes it sent: none missing, added or changed.
    Echo => Rule::Echo,
    /// Every client received what it sent, in upper case (ASCII or Unicode; surrounding white space
    /// may be stripped).
    Uppercase => Rule::Upper,
}

/// Every client received an answer, with any content, to everything it sent, from the address it
/// sent to.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Answered {
    /// Only these clients, by number from 1; default: all.
    pub clients: Option<Vec<u32>>,
}

/// The data that each client received, taken together, equals, contains or matches this, or consists
/// of these parts.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Reply {
    /// Only these clients, by number from 1; default: all.
    pub clients: Option<Vec<u32>>,
    /// Exactly this text; `{n}` is the client's number.
    pub equals: Option<String>,
    /// This text somewhere in it; `{n}` is the client's number.
    pub contains: Option<String>,
    /// A regular expression (Rust's `regex` crate) that is found in it.
    pub matches: Option<String>,
    /// Exactly these parts, in this order: each a `line`, a line that `matches`, or `content`.
    pub parts: Option<Vec<Part>>,
}

impl AnswerRule {
    /// Judges the answers of every chosen client and reports the first wrong one in full. With
    /// `note`, any other verdict than a pass becomes a pass with a note.
    fn judge(self, only: Option<&[u32]>, note: bool, seen: &Evidence) -> Finding {
        let finding = self.judge_all(only, seen);
        if note && finding.verdict != Verdict::Pass {
            return Finding::pass(Message::new("noted-only")).with_note(finding.because.message().into_owned());
        }
        finding
    }

    fn judge_all(self, only: Option<&[u32]>, seen: &Evidence) -> Finding {
        let all = streams(&seen.journal, only);
        if let Some(finding) = unreachable_server(seen, &all) {
            return finding;
        }
        let wrong = all.iter().find_map(|stream| match stream.protocol {
            Some(Protocol::Udp) => judge_datagrams(seen, self, stream, &all),
            _ => judge_bytes(seen, self.rule, stream, &all).or_else(|| judge_end(stream).filter(|_| self.then_end)),
        });
        let sent: usize = all.iter().flat_map(|stream| &stream.sent).map(|(_, bytes)| bytes.len()).sum();
        let id = if self.rule == Rule::Echo { "echo-right" } else { "upper-right" };
        wrong.unwrap_or_else(|| {
            let passed = Finding::pass(Message::new(id).with("clients", all.len()).with("bytes", sent));
            fewer_rounds(seen, &all).into_iter().fold(passed, Finding::with_note)
        })
    }
}

/// Returns a note if a client made fewer exchanges than it should have, since they took too long.
fn fewer_rounds(seen: &Evidence, all: &[Stream<'_>]) -> Option<Message> {
    seen.journal.iter().find_map(|event| match event.kind {
        EventKind::FewerRounds { client, rounds, wanted, time_ms }
            if all.iter().any(|stream| stream.client == client) =>
        {
            let note = Message::new("note-fewer-rounds").with("rounds", rounds).with("wanted", wanted);
            Some(note.with("seconds", time_ms / 1000))
        }
        _ => None,
    })
}

/// Judges a byte stream: everything received against everything expected.
///
/// If the bytes were already wrong when the client first timed out, reports that moment. A person
/// in the client's place would see the same.
fn judge_bytes(seen: &Evidence, rule: Rule, stream: &Stream<'_>, all: &[Stream<'_>]) -> Option<Finding> {
    let whole = bytes_mismatch(seen, rule, stream, all, None);
    // An answer that arrives only after the client's next action does not answer its earlier data.
    let unanswered = stream.act_after_waiting().and_then(|act| bytes_mismatch(seen, rule, stream, all, Some(act)));
    let wrong = whole.or(unanswered)?;
    let at_first = stream.timeout.and_then(|(late, ..)| bytes_mismatch(seen, rule, stream, all, Some(late)));
    Some(at_first.unwrap_or(wrong))
}

/// Returns a finding if the bytes of a stream before the event `until` are wrong.
fn bytes_mismatch(
    seen: &Evidence,
    rule: Rule,
    stream: &Stream<'_>,
    all: &[Stream<'_>],
    until: Option<EventId>,
) -> Option<Finding> {
    let by_then = |(id, _): &&(EventId, &[u8])| until.is_none_or(|until| *id < until);
    let messages: Vec<&[u8]> = stream.sent.iter().filter(by_then).map(|(_, bytes)| *bytes).collect();
    let got: Vec<u8> = stream.got.iter().filter(by_then).flat_map(|(_, bytes)| bytes.iter().copied()).collect();
    let (expected, starts) = expected_stream(rule, &messages, &got);
    if got == expected && (stream.overflow == 0 || until.is_some()) {
        return None;
    }
    let others: Vec<Vec<u8>> = all
        .iter()
        .filter(|other| other.client != stream.client)
        .map(|other| other.sent.iter().flat_map(|(_, bytes)| rule.nearest(bytes, &got)).collect())
        .collect();
    let sent = messages.concat();
    let (messages, starts, others) = (&messages[..], &starts[..], &others[..]);
    Some(finding(&Mismatch {
        seen,
        rule,
        stream,
        sent: &sent,
        expected: &expected,
        got: &got,
        messages,
        starts,
        others,
        all,
    }))
}

/// Returns a finding if a stream with correct bytes did not end with a FIN.
fn judge_end(stream: &Stream<'_>) -> Option<Finding> {
    let client = stream.client;
    let cause = match stream.ending.map(|(_, ending)| ending) {
        Some(StreamEnd::End) => return None,
        Some(StreamEnd::Reset) => Cause::EndedByReset { client },
        _ => Cause::StreamNotEnded { client },
    };
    Some(Finding::fail(cause).shown_by(stream.events()))
}

/// Returns the finding about a client that received nothing, whatever the answer had to be.
pub(super) fn nothing_came(seen: &Evidence, stream: &Stream<'_>) -> Finding {
    let sent = stream.sent.iter().map(|(_, bytes)| *bytes).collect::<Vec<_>>().concat();
    let (messages, expected, rule) = (&[&sent[..]][..], &sent[..], Rule::Echo);
    // Without the other clients: their data would be compared with an echo.
    let (got, starts, others, all) = (&[][..], &[0][..], &[][..], &[][..]);
    finding(&Mismatch { seen, rule, stream, sent: &sent, expected, got, messages, starts, others, all })
}

impl Keyword for Answered {
    const ALLOWS_BARE: bool = true;
}

impl Judge for Answered {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Clients])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let all = streams(&seen.journal, self.clients.as_deref());
        if let Some(finding) = unreachable_server(seen, &all) {
            return finding;
        }
        for stream in &all {
            // White space alone may be stripped to nothing, and an empty answer need not be sent.
            let asked = stream.sent.iter().filter(|(_, bytes)| !bytes.trim_ascii().is_empty()).count();
            let enough = if stream.protocol == Some(Protocol::Udp) { asked } else { asked.min(1) };
            let answers = stream.got.iter().filter(|(_, bytes)| !bytes.is_empty()).count();
            if answers < enough {
                if let Some(cause) = missing_datagram_cause(seen, None, stream, &all) {
                    return Finding::fail(cause).shown_by(stream.events());
                }
                if stream.protocol == Some(Protocol::Udp) && answers == 0 && !stream.got.is_empty() {
                    let of = stream.sent.first().map_or(0, |(_, bytes)| bytes.len() as u64);
                    let cause = Cause::EmptyAnswer { client: stream.client, of };
                    return Finding::fail(cause).shown_by(stream.events());
                }
                if answers > 0 {
                    let last = stream.sent.last().map_or(&[][..], |(_, bytes)| *bytes);
                    return stopped_answering(seen, stream, last, enough - answers);
                }
                return nothing_came(seen, stream);
            }
        }
        Finding::pass(Message::new("answered").with("clients", all.len()))
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_answers(self.clients.as_deref());
    }
}

impl Keyword for Reply {
    const SHORTHAND_FIELD: Option<&'static str> = Some("equals");
}

impl Judge for Reply {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Clients])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let all = streams(&seen.journal, self.clients.as_deref());
        if let Some(finding) = unreachable_server(seen, &all) {
            return finding;
        }
        let wrong = all.iter().find_map(|stream| self.find_mismatch(seen, stream).map(|finding| (stream, finding)));
        match wrong {
            None => Finding::pass(Message::new("reply-right").with("clients", all.len())),
            Some((stream, finding)) => finding.shown_by(stream.events()),
        }
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_answers(self.clients.as_deref());
        let given = usize::from(self.equals.is_some())
            + usize::from(self.contains.is_some())
            + usize::from(self.matches.is_some())
            + usize::from(self.parts.is_some());
        if given != 1 {
            names.report(&[], DiagnosticKind::OneOf.with("words", "equals, contains, matches, parts"));
        }
        Part::check_all(self.parts.as_ref(), names);
        for (key, text) in [("equals", &self.equals), ("contains", &self.contains)] {
            if let Some(text) = text {
                names.check_template(&[key], text);
            }
        }
        names.pattern("matches", self.matches.as_ref());
    }
}

impl Reply {
    fn find_mismatch(&self, seen: &Evidence, stream: &Stream<'_>) -> Option<Finding> {
        let got = stream.received_bytes();
        let mut values = seen.variables.clone();
        values.insert("n".to_owned(), stream.client.0.to_string());
        let fill = |text: &str| crate::scenario::template::fill(text, &values);
        if let Some(parts) = &self.parts {
            let fill = |text: &str| fill(text).into_bytes();
            return wrong_parts(seen, stream, &Comparison { stream, parts, fill: &fill });
        }
        let (client, quoted) = (stream.client, quote(&got));
        if let Some(text) = &self.equals {
            let text = fill(text);
            return (got != text.as_bytes() || stream.overflow > 0)
                .then(|| Cause::ReplyNotEqual { client, wanted: quote(text.as_bytes()), got: quoted })
                .map(|cause| Finding::fail(cause).with_difference(Some(difference(text.as_bytes(), &got))));
        }
        if let Some(text) = &self.contains {
            let text = fill(text);
            let found = text.is_empty() || got.windows(text.len()).any(|window| window == text.as_bytes());
            let cause = Cause::ReplyWithout { client, wanted: quote(text.as_bytes()), got: quoted };
            return (!found).then(|| Finding::fail(cause));
        }
        let pattern = self.matches.as_deref().unwrap_or_default();
        let found = regex::bytes::Regex::new(pattern).is_ok_and(|regex| regex.is_match(&got));
        let cause = Cause::ReplyDoesNotMatch { client, wanted: quote(pattern.as_bytes()), got: quoted };
        (!found).then(|| Finding::fail(cause))
    }
}

/// Returns the finding about the first part of an answer that is wrong.
fn wrong_parts(seen: &Evidence, stream: &Stream<'_>, comparison: &Comparison<'_>) -> Option<Finding> {
    let got = comparison.bytes_in_time();
    let wrong = comparison.wrong(&got)?;
    // Why nothing at all came does not depend on the parts.
    Some(if got.is_empty() && wrong.is_beginning { nothing_came(seen, stream) } else { wrong.finding })
}
