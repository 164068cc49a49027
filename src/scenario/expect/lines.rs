//! Judges lines that a server sends to several clients: each must receive those of the others,
//! complete, in order, and nothing else.

use regex::bytes::Regex;
use schemars::JsonSchema;
use serde::Deserialize;

use super::excerpt::difference;
use super::excerpt::quote;
use super::snapshot::SnapshotAnalysis;
use super::start::{ExitReason, exit_reason, exited_by_itself};
use super::stream::{Stream, streams};
use super::{Judge, JudgeContext, unreachable_server};
use crate::model::{
    Cause, ClientId, EventKind, Evidence, EvidenceKind, Finding, Hint, Message, Needs, NotVerified, SocketRow,
    StreamEnd, TcpState,
};
use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::syntax::Keyword;
use crate::scenario::template;
use crate::scenario::validate::Scope;

/// Minimum number of correct bytes at the start of a line before the rest counts as part of another
/// line.
const MIN_PREFIX_BYTES: usize = 3;

/// The lines that each client received. A line ends with `\n`; a preceding `\r` is part of the
/// ending.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Lines {
    /// Only these clients, by number from 1; default: all.
    pub clients: Option<Vec<u32>>,
    /// Exactly these lines, in this order, without their endings; `{n}` is the client's number. An
    /// empty list means no lines.
    pub are: Option<Vec<String>>,
    /// Exactly these lines: each list in its own order, the lists interleaved in any way.
    pub interleave: Option<Vec<Vec<String>>>,
    /// For each of these texts, in this order, a line that contains it; other lines are allowed.
    pub have: Option<Vec<String>>,
    /// Only lines that match this regular expression (Rust's `regex` crate) are considered.
    pub matching: Option<String>,
    /// Lines that match this regular expression are ignored.
    pub except: Option<String>,
}

impl Keyword for Lines {}

impl Judge for Lines {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Clients])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let everyone = streams(&seen.journal, None);
        if let Some(finding) = unreachable_server(seen, &everyone) {
            return finding;
        }
        let all = streams(&seen.journal, self.clients.as_deref());
        if all.iter().any(|stream| stream.protocol.is_none()) {
            return Finding::not_verified(NotVerified::NothingSent {});
        }
        let wrong = all.iter().find_map(|stream| self.find_mismatch(seen, stream, &everyone));
        wrong.unwrap_or_else(|| Finding::pass(Message::new("lines-right").with("clients", all.len())))
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_answers(self.clients.as_deref());
        let given = [self.are.is_some(), self.interleave.is_some(), self.have.is_some()];
        if given.into_iter().filter(|&given| given).count() != 1 {
            names.report(&[], DiagnosticKind::OneOf.with("words", "are, interleave, have"));
        }
        let lists = self.interleave.as_deref().unwrap_or_default();
        let flat = lists.iter().flatten().map(|line| ("interleave", line));
        let are = self.are.iter().flatten().map(|line| ("are", line));
        for (key, line) in flat.chain(are).chain(self.have.iter().flatten().map(|text| ("have", text))) {
            names.check_template(&[key], line);
            if line.contains('\n') {
                names.report(&[key], DiagnosticKind::LineWithEnd.with("line", quote(line.as_bytes())));
            }
        }
        // It must be clear to which of two lists a line belongs.
        for (k, list) in lists.iter().enumerate() {
            if let Some(line) = list.iter().find(|line| lists[..k].iter().any(|other| other.contains(*line))) {
                let mistake = DiagnosticKind::LineInTwoLists.with("line", quote(line.as_bytes()));
                names.report(&["interleave"], mistake);
            }
        }
        names.pattern("matching", self.matching.as_ref());
        names.pattern("except", self.except.as_ref());
    }
}

impl Lines {
    /// Returns a finding if the lines that a client received are wrong.
    fn find_mismatch(&self, seen: &Evidence, stream: &Stream<'_>, everyone: &[Stream<'_>]) -> Option<Finding> {
        let bytes = stream.received_bytes();
        let (every, unfinished) = split_lines(&bytes);
        let [matching, except] =
            [&self.matching, &self.except].map(|pattern| Regex::new(pattern.as_deref().unwrap_or_default()).ok());
        let is_found = |pattern: &Option<Regex>, line: &[u8]| pattern.as_ref().is_some_and(|one| one.is_match(line));
        let is_looked_at = |line: &&[u8]| {
            (self.matching.is_none() || is_found(&matching, line))
                && !(self.except.is_some() && is_found(&except, line))
        };
        let came: Vec<&[u8]> = every.iter().copied().filter(is_looked_at).collect();
        let unfinished = Some(unfinished).filter(|rest| !rest.is_empty() && is_looked_at(rest)).unwrap_or_default();
        let mut values = seen.variables.clone();
        values.insert("n".to_owned(), stream.client.0.to_string());
        let fill = |list: &Vec<String>| -> Vec<Vec<u8>> {
            list.iter().map(|line| template::fill(line, &values).into_bytes()).collect()
        };
        let case = LinesMismatch { seen, stream, everyone, every: &every, came: &came, unfinished };
        if let Some(texts) = &self.have {
            let texts = fill(texts);
            let cause = case.missing_line_cause(first_missing_text(&texts, &came)?, None);
            return Some(Finding::fail(cause).shown_by(stream.events()));
        }
        let lists: Vec<Vec<Vec<u8>>> = match (&self.are, &self.interleave) {
            (Some(list), _) => vec![fill(list)],
            (None, lists) => lists.iter().flatten().map(fill).collect(),
        };
        let cause = case.against(&lists)?;
        let lines = |lines: &[&[u8]]| lines.iter().flat_map(|line| [line, &b"\n"[..]].concat()).collect::<Vec<u8>>();
        let mut finding = Finding::fail(cause).shown_by(stream.events());
        if let ([list], false) = (&lists[..], came.is_empty()) {
            let should_be: Vec<&[u8]> = list.iter().map(Vec::as_slice).collect();
            let came = [lines(&came), unfinished.to_vec()].concat();
            finding = finding.with_difference(Some(difference(&lines(&should_be), &came)));
        }
        Some(finding)
    }
}

/// Returns the complete lines of these bytes without their ends, and the bytes after the last one.
fn split_lines(bytes: &[u8]) -> (Vec<&[u8]>, &[u8]) {
    let mut all: Vec<&[u8]> = bytes.split(|&byte| byte == b'\n').collect();
    let rest = all.pop().unwrap_or_default();
    (all.into_iter().map(|line| line.strip_suffix(b"\r").unwrap_or(line)).collect(), rest)
}

/// Returns the first of these texts that no line contains; each must come after the one before.
fn first_missing_text<'t>(texts: &'t [Vec<u8>], came: &[&[u8]]) -> Option<&'t [u8]> {
    let mut rest = came.iter();
    texts.iter().map(Vec::as_slice).find(|text| !rest.any(|line| has(line, text)))
}

fn has(line: &[u8], text: &[u8]) -> bool {
    text.is_empty() || line.windows(text.len()).any(|window| window == text)
}

/// Returns the index of the first line that is not one of the possible next lines, and these lines;
/// `None` if all is correct.
fn first_unexpected<'l>(lists: &'l [Vec<Vec<u8>>], came: &[&[u8]]) -> Option<(usize, Vec<&'l [u8]>)> {
    let mut at = vec![0; lists.len()];
    let next = |at: &[usize], k: usize| lists[k].get(at[k]).map(Vec::as_slice);
    let all_next = |at: &[usize]| (0..lists.len()).filter_map(|k| next(at, k)).collect::<Vec<_>>();
    for (place, line) in came.iter().enumerate() {
        match (0..lists.len()).find(|&k| next(&at, k) == Some(line)) {
            Some(k) => at[k] += 1,
            None => return Some((place, all_next(&at))),
        }
    }
    Some((came.len(), all_next(&at))).filter(|(_, next)| !next.is_empty())
}

/// The input for finding the cause if the lines of a client are wrong.
struct LinesMismatch<'a> {
    seen: &'a Evidence,
    stream: &'a Stream<'a>,
    everyone: &'a [Stream<'a>],
    /// All lines received, and those that are judged.
    every: &'a [&'a [u8]],
    came: &'a [&'a [u8]],
    /// Bytes after the last end of a line.
    unfinished: &'a [u8],
}

impl LinesMismatch<'_> {
    fn against(&self, lists: &[Vec<Vec<u8>>]) -> Option<Cause> {
        let client = self.stream.client;
        let Some((place, next)) = first_unexpected(lists, self.came) else {
            if self.stream.overflow > 0 {
                return Some(Cause::LinesTooMany { client, bytes: self.stream.overflow });
            }
            let line = Some(self.unfinished).filter(|rest| !rest.is_empty()).map(quote)?;
            return Some(Cause::LineWithoutEnd { client, line });
        };
        let Some(&got) = self.came.get(place) else { return Some(self.missing_line_cause(next.first()?, Some(lists))) };
        if self.is_own(got) {
            return Some(Cause::LineOwn { client, line: quote(got) });
        }
        if self.came[..place].contains(&got) {
            return Some(Cause::LineTwice { client, line: quote(got) });
        }
        let is_awaited = is_in(lists, got);
        if let Some(found) = next.iter().find_map(|next| self.damaged_line_cause(next, got)).filter(|_| !is_awaited) {
            return Some(found);
        }
        let line = quote(got);
        let Some(&next) = next.first() else { return Some(Cause::LineExtra { client, line }) };
        let comes_later = self.came[place..].contains(&next);
        Some(match (comes_later, is_awaited) {
            (true, true) => Cause::LineOutOfOrder { client, line, next: quote(next) },
            (true, false) => Cause::LineExtra { client, line },
            (false, true) => self.missing_line_cause(next, Some(lists)),
            (false, false) => Cause::LineDiffers { client, line: quote(next), got: line },
        })
    }

    /// Returns the likely cause for a missing line: one of these lists or, without lists, one that
    /// contains this text.
    fn missing_line_cause(&self, line: &[u8], lists: Option<&[Vec<Vec<u8>>]>) -> Cause {
        let (client, server) = (self.stream.client, self.stream.server);
        let quoted = quote(line);
        if let Some((id, status)) = exited_by_itself(self.seen, server)
            && self.stream.closed.is_none_or(|closed| id < closed)
        {
            let line = quoted;
            return match exit_reason(self.seen, server) {
                ExitReason::Limit(cap) => {
                    Cause::CapHit { cap, client: Some(client), code: None, line: Some(line), hint: Hint::Crashed }
                }
                ExitReason::Program(said) => Cause::LineServerEnded { client, line, status, said },
            };
        }
        if matches!(self.stream.premature_end(), Some(StreamEnd::End | StreamEnd::Reset)) {
            return Cause::LineClosed { client, line: quoted };
        }
        if let Some(queued) = queued_client(self.seen) {
            return Cause::LineNotAccepted { client, line: quoted, queued };
        }
        if has(self.unfinished, line) {
            return Cause::LineWithoutEnd { client, line: quoted };
        }
        let came = self.every.iter().copied().chain([self.unfinished]);
        let came = came.filter(|got| lists.is_some_and(|lists| !is_in(lists, got)));
        if let Some(found) = came.rev().find_map(|got| self.damaged_line_cause(line, got)) {
            return found;
        }
        let unread = self.seen.journal.iter().find_map(|event| match event.kind {
            EventKind::ReadsNothing { client: other } if other != client => Some(other),
            _ => None,
        });
        if let (Some(unread), true, false) = (unread, self.stream.timeout.is_some(), self.every.is_empty()) {
            return Cause::LineHeldUp { client, line: quoted, unread };
        }
        let got_it = |other: &&Stream<'_>| {
            other.client != client && split_lines(&other.received_bytes()).0.iter().any(|got| has(got, line))
        };
        if let Some(other) = self.everyone.iter().find(got_it) {
            return Cause::LineToOthersOnly { client, line: quoted, other: other.client };
        }
        if self.was_sent_after_another(line) {
            return Cause::LineAfterAnother { client, line: quoted };
        }
        match (self.came.last(), self.every.last()) {
            (Some(last), _) => Cause::LineMissing { client, line: quoted, got: quote(last) },
            (None, Some(_)) => Cause::LineMissingOthersCame { client, line: quoted },
            (None, None) => Cause::LineMissingNothingCame { client, line: quoted },
        }
    }

    /// Returns true if a line repeats this client's data: of all sent lines that it ends with, the
    /// longest is this client's.
    fn is_own(&self, got: &[u8]) -> bool {
        let others = self.everyone.iter().filter(|other| other.client != self.stream.client);
        sent_suffix_length(self.stream, got) > others.map(|other| sent_suffix_length(other, got)).max().unwrap_or(0)
    }

    /// Returns true if a line was sent together with one before it, and that one arrived.
    fn was_sent_after_another(&self, line: &[u8]) -> bool {
        let is_so = |bytes: &[u8]| {
            let (all, _) = split_lines(bytes);
            let ends = |line: &[u8], text: &[u8]| !text.is_empty() && line.ends_with(text);
            all.windows(2).any(|two| ends(line, two[1]) && self.every.iter().any(|got| ends(got, two[0])))
        };
        self.everyone.iter().flat_map(|stream| &stream.sent).any(|(_, bytes)| is_so(bytes))
    }

    /// Returns a cause if the received line is a damaged form of `line`. It lacks its beginning or
    /// a part, is only its beginning, or continues with data of a client.
    fn damaged_line_cause(&self, line: &[u8], got: &[u8]) -> Option<Cause> {
        let client = self.stream.client;
        let quoted = || (quote(line), quote(got));
        if got.is_empty() || got == line {
            None
        } else if line.ends_with(got) {
            let (line, got) = quoted();
            Some(Cause::LineWithoutBeginning { client, line, got })
        } else if got.len() >= MIN_PREFIX_BYTES && line.starts_with(got) {
            let (line, got) = quoted();
            Some(Cause::LineInPieces { client, line, got })
        } else {
            let common = super::answer_rule::common_prefix(line, got);
            let rest = &got[common..];
            if common >= MIN_PREFIX_BYTES && got.len() < line.len() && !rest.is_empty() && line.ends_with(rest) {
                let (line, got) = quoted();
                return Some(Cause::LineWithoutPart { client, line, got });
            }
            // The end of another line, and not of this one.
            let is_said = |stream: &Stream<'_>| match sent_suffix_length(stream, rest) {
                0 => false,
                said => !line.ends_with(&rest[rest.len() - said..]),
            };
            let is_mixed = common >= MIN_PREFIX_BYTES && common < line.len() && self.everyone.iter().any(is_said);
            let (line, got) = quoted();
            is_mixed.then_some(Cause::LineMixed { client, line, got })
        }
    }
}

fn is_in(lists: &[Vec<Vec<u8>>], line: &[u8]) -> bool {
    lists.iter().flatten().any(|one| one == line)
}

/// Returns a client that was in the accept queue at a snapshot, the latest such one. Snapshots in
/// which no client is queued do not count: a server that serves one client at a time accepts the
/// next one as soon as the first has left.
fn queued_client(seen: &Evidence) -> Option<ClientId> {
    let names = seen.journal.iter().rev().filter_map(|event| match &event.kind {
        EventKind::Snapshot { name, .. } => Some(name),
        _ => None,
    });
    let is_queued = |row: &&SocketRow| row.inode == 0 && row.state == TcpState::Established;
    names.filter_map(|name| SnapshotAnalysis::analyse(seen, name).ok()).find_map(|analysis| {
        let mut open = analysis.open.iter();
        open.find(|one| analysis.server_end(one).filter(is_queued).is_some()).map(|one| one.client)
    })
}

/// Returns the length of the longest line that this client sent and that these bytes end with.
fn sent_suffix_length(stream: &Stream<'_>, bytes: &[u8]) -> usize {
    let sent = stream.sent.iter().map(|(_, bytes)| *bytes).collect::<Vec<_>>().concat();
    split_lines(&sent).0.into_iter().filter(|line| bytes.ends_with(line)).map(<[u8]>::len).max().unwrap_or(0)
}
