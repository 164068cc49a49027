//! Expectations about bytes: what each client got for what it sent.

use schemars::JsonSchema;
use serde::Deserialize;

use super::cause::{Case, data, difference, finding};
use super::rule::{Rule, expected_stream};
use super::stream::{Stream, streams};
use super::{Judge, unreachable_server};
use crate::model::{Ending, Evidence, EvidenceKind, Finding, Message, Needs, Protocol};
use crate::scenario::check::Names;
use crate::scenario::word::Word;

/// Every client got back exactly what it sent: no byte more, less or other.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Echo {
    /// Only these clients, by number from 1; all where it is left out.
    pub clients: Option<Vec<u32>>,
    /// Whether the stream must also come to its end (a FIN) after the answer.
    pub then_end: bool,
    /// Only noted, never scored.
    pub note: bool,
}

/// Every client got back what it sent, in upper case (ASCII or Unicode; white space around it may be stripped).
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Uppercase {
    /// Only these clients, by number from 1; all where it is left out.
    pub clients: Option<Vec<u32>>,
    /// Whether the stream must also come to its end (a FIN) after the answer.
    pub then_end: bool,
    /// Only noted, never scored.
    pub note: bool,
}

/// Every client got some answer to each thing it sent, whatever it says, and from the address that it was sent to.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Answered {
    /// Only these clients, by number from 1; all where it is left out.
    pub clients: Option<Vec<u32>>,
}

/// What every client got, all together, equals, contains or matches this.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Reply {
    /// Only these clients, by number from 1; all where it is left out.
    pub clients: Option<Vec<u32>>,
    /// Exactly this text; `{n}` is the client's number.
    pub equals: Option<String>,
    /// This text somewhere in it; `{n}` is the client's number.
    pub contains: Option<String>,
    /// A regular expression (Rust's `regex` crate) that is found in it.
    pub matches: Option<String>,
}

impl Word for Echo {
    const ALONE: bool = true;
}

impl Judge for Echo {
    fn needs(&self) -> Needs {
        Needs::of(&[EvidenceKind::Clients])
    }
    fn judge(&self, seen: &Evidence) -> Finding {
        judge_answers(Rule::Echo, self.clients.as_deref(), self.then_end, self.note, seen)
    }
    fn check(&self, names: &mut Names<'_>) {
        names.answers(self.clients.as_deref());
    }
}

impl Word for Uppercase {
    const ALONE: bool = true;
}

impl Judge for Uppercase {
    fn needs(&self) -> Needs {
        Needs::of(&[EvidenceKind::Clients])
    }
    fn judge(&self, seen: &Evidence) -> Finding {
        judge_answers(Rule::Upper, self.clients.as_deref(), self.then_end, self.note, seen)
    }
    fn check(&self, names: &mut Names<'_>) {
        names.answers(self.clients.as_deref());
    }
}

/// Judges every chosen client's answers; the first that is wrong is told in full.
fn judge_answers(rule: Rule, only: Option<&[u32]>, then_end: bool, note: bool, seen: &Evidence) -> Finding {
    let all = streams(&seen.journal, only);
    if let Some(finding) = unreachable_server(seen, &all) {
        return finding;
    }
    let wrong: Vec<Finding> = all.iter().filter_map(|stream| judge_stream(rule, stream, &all, then_end)).collect();
    let sent: usize = all.iter().flat_map(|stream| &stream.sent).map(|(_, bytes)| bytes.len()).sum();
    let id = if rule == Rule::Echo { "echo-right" } else { "upper-right" };
    let right = || Message::new(id).with("clients", all.len()).with("bytes", sent);
    match wrong.into_iter().next() {
        None => Finding::pass(right()),
        Some(first) if note => {
            let mut finding = Finding::pass(Message::new("noted-only"));
            finding.notes.push(first.because);
            finding
        }
        Some(first) => first,
    }
}

fn judge_stream(rule: Rule, stream: &Stream<'_>, all: &[Stream<'_>], then_end: bool) -> Option<Finding> {
    let wrong = match stream.protocol {
        Some(Protocol::Udp) => judge_datagrams(rule, stream, all),
        _ => judge_bytes(rule, stream, all),
    };
    wrong.or_else(|| if then_end { judge_end(stream) } else { None })
}

/// A stream of bytes: all that came against all that should have.
fn judge_bytes(rule: Rule, stream: &Stream<'_>, all: &[Stream<'_>]) -> Option<Finding> {
    let sent: Vec<&[u8]> = stream.sent.iter().map(|(_, bytes)| *bytes).collect();
    let got = stream.got_all();
    let (expected, starts) = expected_stream(rule, &sent, &got);
    if got == expected && stream.overflow == 0 {
        return None;
    }
    let others: Vec<Vec<u8>> = all
        .iter()
        .filter(|other| other.client != stream.client)
        .map(|other| other.sent.iter().flat_map(|(_, bytes)| rule.nearest(bytes, &got)).collect())
        .collect();
    let sent = sent.concat();
    Some(finding(&Case { rule, stream, sent: &sent, expected: &expected, got: &got, starts: &starts, others: &others }))
}

/// Datagrams: each that was sent is answered by one datagram of its own. Their order is free (RFC 768 promises
/// none), and an empty one need not be answered.
fn judge_datagrams(rule: Rule, stream: &Stream<'_>, all: &[Stream<'_>]) -> Option<Finding> {
    let mut unanswered: Vec<&[u8]> = stream.sent.iter().map(|(_, bytes)| *bytes).collect();
    let mut unexplained: Vec<&[u8]> = Vec::new();
    // An answer from a wrong address is judged by `answered`; here only what it says counts.
    let strays = stream.strays.iter().map(|(_, _, bytes)| bytes);
    for got in stream.got.iter().map(|(_, bytes)| bytes).chain(strays) {
        match unanswered.iter().position(|sent| rule.answers(sent).iter().any(|answer| answer == got)) {
            Some(at) => {
                unanswered.remove(at);
            }
            None => unexplained.push(got),
        }
    }
    // White space alone may be stripped to nothing: then, as for an empty datagram, no answer is a right answer.
    unanswered.retain(|sent| rule.answers(sent).iter().all(|answer| !answer.is_empty()));
    if unanswered.is_empty() && unexplained.is_empty() {
        return None;
    }
    let Some(&sent) = unanswered.first() else {
        let extra = unexplained.first().copied().unwrap_or_default();
        let id = if stream.sent.iter().any(|(_, sent)| rule.answers(sent).iter().any(|a| a == extra)) {
            "answered-twice"
        } else {
            "datagram-too-many"
        };
        let message =
            Message::new(id).with("extra", data(extra)).with("bytes", extra.len()).with("client", stream.client.0);
        return Some(Finding::fail(message).hint(Message::new("hint-one-answer")).shown_by(stream.events()));
    };
    let got = unexplained.first().copied().unwrap_or_default();
    if let Some(merged) = judge_merged(rule, stream, &unanswered, got) {
        return Some(merged);
    }
    if !stream.got.is_empty() && unexplained.is_empty() {
        return Some(stopped_answering(stream, sent, unanswered.len()));
    }
    let expected = rule.nearest(sent, got);
    let others: Vec<Vec<u8>> = all
        .iter()
        .filter(|other| other.client != stream.client)
        .flat_map(|other| other.sent.iter().flat_map(|(_, bytes)| rule.answers(bytes)))
        .collect();
    Some(finding(&Case { rule, stream, sent, expected: &expected, got, starts: &[0], others: &others }))
}

/// Two datagrams that were answered by one.
fn judge_merged(rule: Rule, stream: &Stream<'_>, unanswered: &[&[u8]], got: &[u8]) -> Option<Finding> {
    let [first, second, ..] = unanswered else { return None };
    let (a, b) = (rule.nearest(first, got), rule.nearest(second, got.get(first.len()..).unwrap_or_default()));
    let both =
        !a.is_empty() && !b.is_empty() && got.starts_with(&a) && got.ends_with(&b) && got.len() >= a.len() + b.len();
    both.then(|| {
        Finding::fail(Message::new("datagrams-merged").with("got", data(got)).with("client", stream.client.0))
            .hint(Message::new("hint-one-answer"))
            .shown_by(stream.events())
    })
}

/// Earlier datagrams were answered well, then no answer came.
fn stopped_answering(stream: &Stream<'_>, sent: &[u8], missing: usize) -> Finding {
    let after_empty = stream.sent.windows(2).any(|pair| pair[0].1.is_empty() && pair[1].1 == sent);
    let refused = matches!(stream.ending, Some((_, Ending::Refused)));
    let id = match (refused, after_empty) {
        (true, true) => "died-on-empty-datagram",
        (true, false) => "died-between-datagrams",
        (false, true) => "silent-after-empty-datagram",
        (false, false) => "datagram-unanswered",
    };
    let answered = stream.got.len();
    Finding::fail(
        Message::new(id)
            .with("client", stream.client.0)
            .with("sent", data(sent))
            .with("bytes", sent.len())
            .with("answered", answered)
            .with("missing", missing),
    )
    .hint(Message::new(if after_empty { "hint-empty-datagram" } else { "hint-serve-for-ever" }))
    .shown_by(stream.events())
}

/// The bytes are right: did the stream end as it should?
fn judge_end(stream: &Stream<'_>) -> Option<Finding> {
    let fail = |id: &'static str, hint: &'static str| {
        let message = Message::new(id).with("client", stream.client.0);
        Some(Finding::fail(message).hint(Message::new(hint)).shown_by(stream.events()))
    };
    match stream.ending.map(|(_, ending)| ending) {
        Some(Ending::End) => None,
        Some(Ending::Reset) => fail("ended-by-reset", "hint-reset"),
        _ => fail("stream-not-ended", "hint-close"),
    }
}

impl Word for Answered {
    const ALONE: bool = true;
}

impl Judge for Answered {
    fn needs(&self) -> Needs {
        Needs::of(&[EvidenceKind::Clients])
    }
    fn judge(&self, seen: &Evidence) -> Finding {
        let all = streams(&seen.journal, self.clients.as_deref());
        if let Some(finding) = unreachable_server(seen, &all) {
            return finding;
        }
        for stream in &all {
            let asked = stream.sent.iter().filter(|(_, bytes)| !bytes.is_empty()).count();
            let enough = if stream.protocol == Some(Protocol::Udp) { asked } else { asked.min(1) };
            let answers = stream.got.iter().filter(|(_, bytes)| !bytes.is_empty()).count();
            if answers < enough {
                let sent = stream.sent.iter().map(|(_, bytes)| *bytes).collect::<Vec<_>>().concat();
                let case = Case {
                    rule: Rule::Echo,
                    stream,
                    sent: &sent,
                    expected: &sent,
                    got: &[],
                    starts: &[0],
                    others: &[],
                };
                return finding(&case);
            }
        }
        Finding::pass(Message::new("answered").with("clients", all.len()))
    }
    fn check(&self, names: &mut Names<'_>) {
        names.answers(self.clients.as_deref());
    }
}

impl Word for Reply {
    const SHORT: Option<&'static str> = Some("equals");
}

impl Judge for Reply {
    fn needs(&self) -> Needs {
        Needs::of(&[EvidenceKind::Clients])
    }
    fn judge(&self, seen: &Evidence) -> Finding {
        let all = streams(&seen.journal, self.clients.as_deref());
        if let Some(finding) = unreachable_server(seen, &all) {
            return finding;
        }
        let wrong = all.iter().find_map(|stream| self.wrong(seen, stream).map(|finding| (stream, finding)));
        match wrong {
            None => Finding::pass(Message::new("reply-right").with("clients", all.len())),
            Some((stream, finding)) => finding.hint(Message::new("hint-exactly")).shown_by(stream.events()),
        }
    }
    fn check(&self, names: &mut Names<'_>) {
        names.answers(self.clients.as_deref());
        let given = usize::from(self.equals.is_some())
            + usize::from(self.contains.is_some())
            + usize::from(self.matches.is_some());
        if given != 1 {
            names.mistake(&[], Message::new("mistake-one-of").with("words", "equals, contains, matches"));
        }
        for (key, text) in [("equals", &self.equals), ("contains", &self.contains)] {
            if let Some(text) = text {
                names.template(&[key], text);
            }
        }
        if let Some(Err(problem)) = self.matches.as_ref().map(|pattern| regex::bytes::Regex::new(pattern)) {
            names.mistake(
                &["matches"],
                Message::new("mistake-regex").with("problem", problem.to_string().lines().last().unwrap_or_default()),
            );
        }
    }
}

impl Reply {
    fn wrong(&self, seen: &Evidence, stream: &Stream<'_>) -> Option<Finding> {
        let got = stream.got_all();
        let mut values = seen.variables.clone();
        values.insert("n".to_owned(), stream.client.0.to_string());
        let fill = |text: &str| crate::scenario::template::fill(text, &values);
        let fail = |id: &'static str, wanted: &str| {
            Finding::fail(
                Message::new(id)
                    .with("client", stream.client.0)
                    .with("wanted", data(wanted.as_bytes()))
                    .with("got", data(&got)),
            )
        };
        if let Some(text) = &self.equals {
            let text = fill(text);
            return (got != text.as_bytes() || stream.overflow > 0)
                .then(|| fail("reply-not-equal", &text).differing(Some(difference(text.as_bytes(), &got))));
        }
        if let Some(text) = &self.contains {
            let text = fill(text);
            let found = text.is_empty() || got.windows(text.len()).any(|window| window == text.as_bytes());
            return (!found).then(|| fail("reply-without", &text));
        }
        let pattern = self.matches.as_deref().unwrap_or_default();
        let found = regex::bytes::Regex::new(pattern).is_ok_and(|regex| regex.is_match(&got));
        (!found).then(|| fail("reply-does-not-match", pattern))
    }
}
