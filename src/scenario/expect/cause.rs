//! From bytes that differ to the likely cause, in the words of the catalogue. Only a reading of the evidence at
//! hand: it never changes a verdict.

use super::rule::{Rule, common};
use super::stream::Stream;
use crate::model::bytes::{shown, shown_short};
use crate::model::{Difference, Ending, Excerpt, Finding, Message};

/// How many bytes of an excerpt stand before and after the first difference.
const AROUND: (usize, usize) = (24, 40);
/// Data inside a sentence is cut to so many bytes.
const IN_A_SENTENCE: usize = 60;

/// What the judge of an exchange knows when the bytes differ.
pub(super) struct Case<'a> {
    pub(super) rule: Rule,
    pub(super) stream: &'a Stream<'a>,
    /// All that was sent, all that was expected and all that came.
    pub(super) sent: &'a [u8],
    pub(super) expected: &'a [u8],
    pub(super) got: &'a [u8],
    /// Where each message's answer begins in `expected`.
    pub(super) starts: &'a [usize],
    /// What the other clients should get.
    pub(super) others: &'a [Vec<u8>],
}

/// The excerpt pair around the first byte that differs.
pub(super) fn difference(expected: &[u8], got: &[u8]) -> Difference {
    let at = common(expected, got);
    Difference { at, expected: excerpt(expected, at), got: excerpt(got, at) }
}

fn excerpt(bytes: &[u8], at: usize) -> Excerpt {
    let start = edge(bytes, at.saturating_sub(AROUND.0));
    let end = edge(bytes, (at + AROUND.1).min(bytes.len()));
    let before = shown(&bytes[start..at.min(bytes.len())]);
    let caret = before.chars().count();
    let text = before + &shown(bytes.get(at..end).unwrap_or_default());
    Excerpt { text, caret, hidden_before: start, hidden_after: bytes.len() - end.max(start) }
}

/// The nearest start of a UTF-8 character at or before `at`.
fn edge(bytes: &[u8], at: usize) -> usize {
    (at.saturating_sub(3)..=at).rev().find(|&k| bytes.get(k).is_none_or(|b| b & 0xC0 != 0x80)).unwrap_or(at)
}

/// The failing finding for bytes that differ: cause, hint and the bytes.
pub(super) fn finding(case: &Case<'_>) -> Finding {
    let (because, hint) = recognise(case);
    let show = !case.got.is_empty();
    Finding::fail(because.with("client", case.stream.client.0))
        .hint(Message::new(hint))
        .differing(show.then(|| difference(case.expected, case.got)))
        .shown_by(case.stream.events())
}

fn recognise(case: &Case<'_>) -> (Message, &'static str) {
    let Case { expected, got, .. } = *case;
    if got.is_empty() {
        return nothing_came(case);
    }
    if case.others.iter().any(|other| !other.is_empty() && other != expected && got == other) {
        return (Message::new("answer-of-another-client").with("got", data(got)), "hint-answer-of-another-client");
    }
    if let Some(found) = other_rule(case) {
        return found;
    }
    if got.len() < expected.len() && expected.starts_with(got) {
        return cut(case);
    }
    if got.starts_with(expected) {
        return more(case, &got[expected.len()..]);
    }
    within(case)
}

/// Nothing at all came back.
fn nothing_came(case: &Case<'_>) -> (Message, &'static str) {
    if let Some((_, from, bytes)) = case.stream.strays.first() {
        let message = Message::new("answer-from-elsewhere").with("from", from.to_string()).with("got", data(bytes));
        return (message, "hint-answer-from-elsewhere");
    }
    match (case.stream.ending.map(|(_, ending)| ending), case.stream.late) {
        (Some(Ending::End), _) => (Message::new("no-answer-closed"), "hint-no-answer"),
        (Some(Ending::Reset), _) => (Message::new("no-answer-reset"), "hint-reset"),
        (Some(Ending::Refused), _) => (Message::new("no-answer-refused"), "hint-refused"),
        (Some(Ending::Other(problem)), _) => {
            (Message::new("no-answer-error").with("problem", problem.as_str()), "hint-no-answer")
        }
        (_, Some((.., within_ms))) => (Message::new("no-answer-late").with("ms", within_ms), "hint-no-answer"),
        _ => (Message::new("no-answer"), "hint-no-answer"),
    }
}

/// The whole answer is what another simple program would give.
fn other_rule(case: &Case<'_>) -> Option<(Message, &'static str)> {
    let Case { sent, got, rule, .. } = *case;
    let sample = |id: &'static str| Message::new(id).with("got", data(got));
    let has_letters = sent.iter().any(u8::is_ascii_alphabetic);
    let begins = |other: &[u8]| got.len() >= 2 && other.starts_with(got);
    let lossy = String::from_utf8_lossy(sent);
    if rule == Rule::Echo && has_letters && begins(&sent.to_ascii_uppercase()) && !sent.starts_with(got) {
        return Some((sample("upper-for-echo"), "hint-roles-swapped"));
    }
    if rule == Rule::Upper && has_letters && begins(sent) && !case.expected.starts_with(got) {
        return Some((sample("echo-for-upper"), "hint-upper"));
    }
    if has_letters && begins(&sent.to_ascii_lowercase()) && !case.expected.starts_with(got) {
        return Some((sample("lower-case"), "hint-upper"));
    }
    if rule == Rule::Echo
        && std::str::from_utf8(sent).is_err()
        && !sent.starts_with(got)
        && lossy.as_bytes().starts_with(got)
    {
        return Some((sample("decoded-as-text"), "hint-bytes"));
    }
    let message = first_message(case, sent);
    let reversed: Vec<u8> = message.iter().rev().copied().collect();
    if message.len() > 2 && got.starts_with(&reversed) && reversed != message {
        return Some((sample("reversed"), "hint-exactly"));
    }
    None
}

/// The part of `sent` that the client sent first.
fn first_message<'a>(case: &Case<'a>, sent: &'a [u8]) -> &'a [u8] {
    case.stream.sent.first().map_or(sent, |(_, bytes)| bytes)
}

/// What came is right as far as it goes, and then stops.
fn cut(case: &Case<'_>) -> (Message, &'static str) {
    let (got, all) = (case.got.len(), case.expected.len());
    let counted = |id: &'static str| Message::new(id).with("got", got).with("of", all);
    let broke = match case.stream.ending.map(|(_, ending)| ending) {
        Some(Ending::Reset) => Some("answer-cut-by-reset"),
        Some(Ending::End) => Some("answer-cut-by-close"),
        _ => None,
    };
    // The message that broke off: where its answer begins, and how much of it came.
    let k = case.starts.iter().rposition(|&start| start <= got).unwrap_or(0);
    let start = case.starts.get(k).copied().unwrap_or(0);
    let end = case.starts.get(k + 1).copied().unwrap_or(all);
    let (came, length) = (got - start, end - start);
    if came == 0 && k > 0 {
        let id = if k == 1 { "only-first-message" } else { "stops-after-messages" };
        return (Message::new(id).with("messages", k).with("got", got).with("of", all), "hint-loop");
    }
    if came + 1 == length && length > 1 {
        return (counted("last-byte-missing"), "hint-last-byte");
    }
    if length > came && [256, 512, 1000, 1024, 1500, 2048, 4096, 8192, 16384].contains(&came) {
        let message = Message::new("answer-cut-at-buffer").with("got", came).with("of", length);
        return (message, "hint-read-until-end");
    }
    (counted(broke.unwrap_or("answer-cut")), "hint-read-until-end")
}

/// All of the answer came, and then more.
fn more(case: &Case<'_>, extra: &[u8]) -> (Message, &'static str) {
    let message = |id: &'static str| {
        Message::new(id).with("extra", data(extra)).with("bytes", extra.len() as u64 + case.stream.overflow)
    };
    if extra.iter().all(|&b| b == 0) && !extra.is_empty() {
        (message("nul-after-answer"), "hint-nul")
    } else if extra == b"\n" || extra == b"\r\n" {
        (message("newline-added"), "hint-newline-added")
    } else if extra == case.expected {
        (message("answered-twice"), "hint-answered-twice")
    } else {
        (message("more-after-answer"), "hint-exactly")
    }
}

/// It differs somewhere inside.
fn within(case: &Case<'_>) -> (Message, &'static str) {
    let Case { expected, got, .. } = *case;
    let at = common(expected, got);
    let first_end = case.starts.get(1).copied().unwrap_or(expected.len());
    let first = &expected[..first_end];
    if let Some(position) = find(got, first).filter(|&position| position > 0 && first.len() > 1) {
        let prefix = Message::new(if case.stream.spoke_first { "speaks-first" } else { "prefix" })
            .with("prefix", data(&got[..position]));
        return (prefix, if case.stream.spoke_first { "hint-speaks-first" } else { "hint-prefix" });
    }
    // Inside a stream of several answers: what stands between two of them?
    let k = case.starts.iter().rposition(|&start| start <= at).unwrap_or(0);
    let at_edge = case.starts.get(k) == Some(&at) && k > 0;
    if at_edge {
        let extra: Vec<u8> =
            got[at..].iter().copied().take_while(|&b| Some(&b) != expected.get(at)).take(2048).collect();
        let previous = &expected[case.starts[k - 1]..at];
        if got[at..].starts_with(previous) && !previous.is_empty() {
            return (
                Message::new("answered-twice").with("extra", data(previous)).with("bytes", previous.len()),
                "hint-answered-twice",
            );
        }
        let message = |id: &'static str| Message::new(id).with("extra", data(&extra)).with("bytes", extra.len());
        if extra == b"\n" || extra == b"\r\n" {
            return (message("newline-added"), "hint-newline-added");
        }
        if !extra.is_empty() && extra.iter().all(|&b| b == 0) {
            return (message("nul-after-answer"), "hint-nul");
        }
    }
    let answer_end = case.starts.get(k + 1).copied().unwrap_or(expected.len());
    if at + 1 == answer_end
        && expected.get(at + 1..answer_end + 1) == got.get(at..=at)
        && got.get(at) != expected.get(at)
    {
        return (Message::new("last-byte-missing").with("got", got.len()).with("of", expected.len()), "hint-last-byte");
    }
    if case.rule == Rule::Upper
        && at + 1 == answer_end
        && got.get(at).map(u8::to_ascii_uppercase) == expected.get(at).copied()
    {
        return (Message::new("last-byte-not-upper").with("at", at + 1), "hint-last-byte");
    }
    if expected.get(at).is_some_and(|&b| b > 127) {
        return (Message::new("decoded-as-text").with("got", data(&got[at..])), "hint-bytes");
    }
    (differs(case, at), "hint-exactly")
}

fn differs(case: &Case<'_>, at: usize) -> Message {
    Message::new("answer-differs")
        .with("at", at + 1)
        .with("expected", data(case.expected.get(at..).unwrap_or_default()))
        .with("got", data(case.got.get(at..).unwrap_or_default()))
}

/// Data as it stands in a sentence.
pub(super) fn data(bytes: &[u8]) -> String {
    shown_short(bytes, IN_A_SENTENCE)
}

/// Where `needle` first stands in `hay`.
fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    (!needle.is_empty()).then(|| hay.windows(needle.len()).position(|window| window == needle)).flatten()
}
