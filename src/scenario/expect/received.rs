//! Expectations about a program under test that connects to socklab: whether it connected, and the data
//! that it sent and read.

use schemars::JsonSchema;
use serde::Deserialize;

use super::excerpt::{difference, quote};
use super::parts::{Comparison, Part};
use super::program_fault::{accepted_connections, awaits_more, awaits_reply, missing_connection, program_fault};
use super::program_stays::{closed_while_reading, end_in_silence, its_end};
use super::start::exited_by_itself;
use super::stream::{Stream, streams};
use super::{Judge, JudgeContext};
use crate::model::{
    Cause, ClientId, EventId, EventKind, Evidence, EvidenceKind, Finding, Message, Needs, NotVerified, ServerId,
    SnapshotName, SocketRow, StreamEnd,
};
use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::syntax::Keyword;
use crate::scenario::template;
use crate::scenario::validate::Scope;

/// The program connected to the listening socket, as often as `accept` steps wanted. Over UDP, it
/// sent a datagram to it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Connects {
    /// Only these connections, by number from 1; default: all of `accept` steps.
    pub clients: Option<Vec<u32>>,
}

/// The data that the program sent over each accepted connection, taken together, equals, contains or
/// matches this, or consists of these parts.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Received {
    /// Only these connections, by number from 1; default: all of `accept` steps.
    pub clients: Option<Vec<u32>>,
    /// Exactly this text; `{n}` is the number of the connection. An empty text means nothing.
    pub equals: Option<String>,
    /// Exactly these lines, in this order, without their endings: a line ends with `\n`, and a `\r`
    /// before it is part of the ending.
    pub lines: Option<Vec<String>>,
    /// This text somewhere in it; `{n}` is the number of the connection.
    pub contains: Option<String>,
    /// A regular expression (Rust's `regex` crate) that is found in it.
    pub matches: Option<String>,
    /// Exactly these parts, in this order: each a `line`, a line that `matches`, or `content`.
    pub parts: Option<Vec<Part>>,
}

/// In this snapshot, the program had read everything that came over its connections.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AllRead {
    /// The snapshot to judge.
    pub at: SnapshotName,
    /// Only these connections, by number from 1; default: all of `accept` steps.
    #[serde(default)]
    pub clients: Option<Vec<u32>>,
}

/// The program closed each accepted connection, or its own side of it, before socklab closed it. If a
/// `type` step ends its input, it did so only after that.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Closes {
    /// Only these connections, by number from 1; default: all of `accept` steps.
    pub clients: Option<Vec<u32>>,
}

impl Keyword for Closes {
    const SHORTHAND_FIELD: Option<&'static str> = Some("clients");
    const ALLOWS_BARE: bool = true;
}

impl Judge for Closes {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Clients])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        if let Some(finding) = missing_connection(seen, self.clients.as_deref()) {
            return finding;
        }
        let all = accepted_streams(seen, self.clients.as_deref());
        for stream in &all {
            let client = stream.client;
            let end = stream.ending.map(|(end, _)| end).filter(|end| stream.closed.is_none_or(|closed| *end < closed));
            // An error after socklab ended its side follows from waiting for too long.
            if let Some(cause) = awaits_more(seen, stream).filter(|_| end.is_none()) {
                return Finding::fail(cause).shown_by(stream.events());
            }
            let cause = match (end, end_of_input(seen, stream.server)) {
                (None, _) => end_in_silence(seen, stream)
                    .and_then(|end| closed_while_reading(seen, stream, end))
                    .unwrap_or(Cause::NeverCloses { client }),
                (Some(end), Some(input)) if end < input => Cause::ClosesEarly { client },
                _ => continue,
            };
            let fault = program_fault(seen, stream.server);
            return fault.unwrap_or_else(|| Finding::fail(cause)).shown_by(stream.events());
        }
        Finding::pass(Message::new("closes").with("connections", all.len()))
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_accepted(self.clients.as_deref());
        names.check_streams(self.clients.as_deref());
    }
}

impl Keyword for Connects {
    const SHORTHAND_FIELD: Option<&'static str> = Some("clients");
    const ALLOWS_BARE: bool = true;
}

impl Judge for Connects {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Clients])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        match missing_connection(seen, self.clients.as_deref()) {
            Some(finding) => finding,
            None => {
                let chosen = accepted_connections(seen, self.clients.as_deref());
                Finding::pass(Message::new("connects").with("connections", chosen.len()))
            }
        }
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_accepted(self.clients.as_deref());
    }
}

impl Keyword for Received {
    const SHORTHAND_FIELD: Option<&'static str> = Some("equals");
}

impl Judge for Received {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Clients])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        if let Some(finding) = missing_connection(seen, self.clients.as_deref()) {
            return finding;
        }
        let all = accepted_streams(seen, self.clients.as_deref());
        let wrong = all.iter().find_map(|stream| self.find_mismatch(seen, stream).map(|finding| (stream, finding)));
        match wrong {
            None => Finding::pass(Message::new("received-right").with("connections", all.len())),
            Some((stream, finding)) => finding.shown_by(stream.events()),
        }
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_accepted(self.clients.as_deref());
        let texts = [&self.equals, &self.contains, &self.matches].into_iter().filter(|text| text.is_some()).count();
        if texts + usize::from(self.lines.is_some()) + usize::from(self.parts.is_some()) != 1 {
            names.report(&[], DiagnosticKind::OneOf.with("words", "equals, lines, contains, matches, parts"));
        }
        Part::check_all(self.parts.as_ref(), names);
        for line in self.lines.iter().flatten() {
            names.check_template(&["lines"], line);
            if line.contains(['\n', '\r']) {
                names.report(&["lines"], DiagnosticKind::LineWithEnd);
            }
        }
        for (key, text) in [("equals", &self.equals), ("contains", &self.contains)] {
            if let Some(text) = text {
                names.check_template(&[key], text);
            }
        }
        names.pattern("matches", self.matches.as_ref());
    }
}

impl Keyword for AllRead {
    const SHORTHAND_FIELD: Option<&'static str> = Some("at");
}

impl Judge for AllRead {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Clients, EvidenceKind::ClientSockets, EvidenceKind::ServerSockets])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        if let Some(finding) = missing_connection(seen, self.clients.as_deref()) {
            return finding;
        }
        let Some(view) = seen.journal.snapshot(&self.at) else {
            return Finding::not_verified(NotVerified::SnapshotNotTaken { name: self.at.to_string() });
        };
        for stream in accepted_streams(seen, self.clients.as_deref()) {
            let client = stream.client;
            let cause = match its_end(seen, client, view.rows).map(SocketRow::unread_bytes) {
                Some(0) => continue,
                Some(bytes) => Cause::LeftUnread { client, bytes },
                // It has closed its end. What came before, it may have read.
                None if !was_sent_after_end(seen, &stream, view.id) => continue,
                None => Cause::ClosedUnreadConnection { client },
            };
            let fault = program_fault(seen, stream.server);
            return fault.unwrap_or_else(|| Finding::fail(cause)).shown_by([view.id]);
        }
        let connections = accepted_connections(seen, self.clients.as_deref()).len();
        Finding::pass(Message::new("all-read").with("connections", connections)).shown_by([view.id])
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.require_snapshot(&self.at);
        names.check_accepted(self.clients.as_deref());
    }
}

impl Received {
    fn find_mismatch(&self, seen: &Evidence, stream: &Stream<'_>) -> Option<Finding> {
        let got = stream.received_bytes();
        let mut values = seen.variables.clone();
        values.insert("n".to_owned(), stream.client.0.to_string());
        let fill = |text: &str| template::fill(text, &values).into_bytes();
        let client = stream.client;
        if let Some(parts) = &self.parts {
            return wrong_parts(seen, &Comparison { stream, parts, fill: &fill });
        }
        let wanted = self.wanted(&fill);
        let is_right = match (&self.equals, &self.lines, &self.contains) {
            (Some(_), ..) => got == wanted && stream.overflow == 0,
            (_, Some(_), _) => without_returns(&got) == wanted && stream.overflow == 0,
            (.., Some(_)) => wanted.is_empty() || got.windows(wanted.len()).any(|window| window == wanted),
            (None, None, None) => {
                let pattern = self.matches.as_deref().unwrap_or_default();
                regex::bytes::Regex::new(pattern).is_ok_and(|regex| regex.is_match(&got))
            }
        };
        let is_exact = self.equals.is_some() || self.lines.is_some();
        // Data that came only after the step that waited for it is held back.
        let is_late = is_exact && stream.timeout.is_some_and(|(late, ..)| stream.got.iter().any(|(id, _)| *id > late));
        if is_right {
            let cause = || awaits_reply(seen, stream).unwrap_or(Cause::SentLate { client });
            return is_late.then(|| Finding::fail(cause()));
        }
        // A program that was ended by an error had no chance to send the rest.
        let is_beginning = !is_exact || wanted.starts_with(&got);
        if let Some(finding) = is_beginning.then(|| program_fault(seen, stream.server)).flatten() {
            return Some(finding);
        }
        if let Some(cause) = awaits_reply(seen, stream).filter(|_| is_beginning) {
            return Some(Finding::fail(cause));
        }
        if got.is_empty() {
            return Some(Finding::fail(Cause::SentNothing { client, wanted: quote(&wanted) }));
        }
        if let Some(lines) = &self.lines
            && let Some(cause) = unterminated_line(client, lines, &fill, &got)
                .or_else(|| only_first_lines(client, lines, &wanted, &without_returns(&got)))
        {
            return Some(Finding::fail(cause));
        }
        let (wanted_text, got_text) = (quote(&wanted), quote(&got));
        Some(if is_exact && wanted.is_empty() {
            Finding::fail(Cause::SentUnasked { client, got: got_text })
        } else if is_exact {
            let cause = Cause::SentOther { client, wanted: wanted_text, got: got_text };
            Finding::fail(cause).with_difference(Some(difference(&wanted, &got)))
        } else if self.contains.is_some() {
            Finding::fail(Cause::SentWithout { client, wanted: wanted_text, got: got_text })
        } else {
            Finding::fail(Cause::SentDoesNotMatch { client, wanted: wanted_text, got: got_text })
        })
    }

    /// Returns the expected bytes, or the pattern.
    fn wanted(&self, fill: &dyn Fn(&str) -> Vec<u8>) -> Vec<u8> {
        match (&self.equals, &self.lines, &self.contains) {
            (Some(text), ..) | (.., Some(text)) => fill(text),
            (_, Some(lines), _) => lines.iter().flat_map(|line| [fill(line), b"\n".to_vec()].concat()).collect(),
            (None, None, None) => self.matches.clone().unwrap_or_default().into_bytes(),
        }
    }
}

/// Returns the finding about the first part of the data that is wrong. A program that was ended by an
/// error, while data was awaited, had no chance to send the rest.
fn wrong_parts(seen: &Evidence, comparison: &Comparison<'_>) -> Option<Finding> {
    let (server, timeout) = (comparison.stream.server, comparison.stream.timeout);
    let wrong = comparison.wrong(&comparison.bytes_in_time())?;
    let is_in_time = |exit: EventId| timeout.is_none_or(|(late, ..)| exit < late);
    let ended_late = exited_by_itself(seen, server).is_some_and(|(exit, _)| !is_in_time(exit));
    let fault = (wrong.is_beginning && !ended_late).then(|| program_fault(seen, server)).flatten();
    Some(fault.unwrap_or(wrong.finding))
}

/// Returns true if the connection was reset, or if data was sent over it after the program had closed
/// its end, before a snapshot. A program that ended only its own side still held its end then.
fn was_sent_after_end(seen: &Evidence, stream: &Stream<'_>, snapshot: EventId) -> bool {
    let is_later = |end: EventId, (id, _): &(EventId, &[u8])| *id > end && *id < snapshot;
    stream.ending.is_some_and(|(end, how)| {
        let sent = stream.sent.iter().find(|sent| is_later(end, sent)).map(|(id, _)| *id);
        let is_closed = || sent.is_some_and(|sent| !was_held(seen, stream.client, end, sent));
        end < snapshot && (*how == StreamEnd::Reset || is_closed())
    })
}

/// Returns true if a process held its end of an accepted connection in a snapshot between two events.
fn was_held(seen: &Evidence, client: ClientId, from: EventId, to: EventId) -> bool {
    seen.journal.iter().filter(|event| from < event.id && event.id < to).any(|event| match &event.kind {
        EventKind::Snapshot { rows, .. } => its_end(seen, client, rows).is_some(),
        _ => false,
    })
}

/// Returns the event in which a `type` step ended the input of a program.
fn end_of_input(seen: &Evidence, program: ServerId) -> Option<EventId> {
    seen.journal.iter().find_map(|event| match event.kind {
        EventKind::Typed { server, closed: true, .. } if server == program => Some(event.id),
        _ => None,
    })
}

/// Returns the streams of the connections of `accept` steps, or of those that are chosen.
fn accepted_streams<'a>(seen: &'a Evidence, chosen: Option<&[u32]>) -> Vec<Stream<'a>> {
    let numbers: Vec<u32> = accepted_connections(seen, chosen).iter().map(|client| client.0).collect();
    streams(&seen.journal, Some(&numbers))
}

/// Returns the bytes without the `\r` of line endings.
fn without_returns(bytes: &[u8]) -> Vec<u8> {
    let is_kept = |&(k, byte): &(usize, &u8)| *byte != b'\r' || bytes.get(k + 1) != Some(&b'\n');
    bytes.iter().enumerate().filter(is_kept).map(|(_, byte)| *byte).collect()
}

/// Returns the cause if the lines came, or the first ones of them, but without their endings.
fn unterminated_line(client: ClientId, lines: &[String], fill: &dyn Fn(&str) -> Vec<u8>, got: &[u8]) -> Option<Cause> {
    let mut all = Vec::new();
    let first = fill(lines.first()?);
    for line in lines {
        all.extend(fill(line));
        if all == got {
            return Some(Cause::SentWithoutEnding { client, line: quote(&first) });
        }
    }
    None
}

/// Returns the cause if only the first lines came, each of them complete.
fn only_first_lines(client: ClientId, lines: &[String], wanted: &[u8], got: &[u8]) -> Option<Cause> {
    let is_complete = got.ends_with(b"\n") && got.len() < wanted.len() && wanted.starts_with(got);
    let came = got.iter().filter(|byte| **byte == b'\n').count() as u64;
    is_complete.then_some(Cause::OnlyFirstLines { client, got: came, of: lines.len() as u64 })
}
