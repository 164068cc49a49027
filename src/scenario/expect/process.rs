//! Expectations about the process of a program: still running, exit status, output, limits hit.

use schemars::JsonSchema;
use serde::Deserialize;

use super::program_fault::program_fault;
use super::program_stays::still_reads_keyboard;
use super::start::{ExitReason, ended_cause, exit_reason, exited_by_itself, start_failure};
use super::{Judge, JudgeContext};
use crate::model::bytes::{printable_prefix, printable_text};
use crate::model::{
    Cause, EventKind, Evidence, EvidenceKind, ExitStatus, Finding, Hint, Message, Needs, NotVerified, ServerId,
};
use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::syntax::Keyword;
use crate::scenario::validate::Scope;

/// The program's first process has not exited by itself.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StillRunning {
    /// Which program, counted from 1 in the order of their starts; default: the first.
    pub program: Option<u32>,
}

/// The program exited by itself, with this exit code.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Exits {
    /// The exit code; default: 0.
    pub code: u8,
    /// Any exit code but 0 instead: the program reports an error.
    pub nonzero: bool,
    /// Which program, counted from 1 in the order of their starts; default: the first.
    pub program: Option<u32>,
}

/// The program printed this (on standard output or standard error).
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Output {
    /// This text somewhere in it.
    pub contains: Option<String>,
    /// A regular expression (Rust's `regex` crate) that is found in it.
    pub matches: Option<String>,
    /// For each of these texts a line that contains it, in this order; other lines are allowed.
    pub lines: Option<Vec<String>>,
    /// Whether the lines may come in any order.
    pub any_order: bool,
    /// A regular expression (Rust's `regex` crate) that no line of it matches.
    pub never: Option<String>,
    /// Which program, counted from 1 in the order of their starts; default: the first.
    pub program: Option<u32>,
}

/// The server was not stopped by a resource limit of the harness: CPU time or file size.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WithinLimits {}

impl Keyword for StillRunning {
    const ALLOWS_BARE: bool = true;
}

impl Judge for StillRunning {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Process])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        if let Some(finding) = start_failure(seen) {
            return finding;
        }
        let program = chosen_program(self.program);
        match exited_by_itself(seen, program) {
            None => Finding::pass(Message::new("still-running")),
            Some((id, status)) => Finding::fail(ended_cause(seen, program, status)).shown_by([id]),
        }
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_server(&["program"], self.program);
    }
}

impl Keyword for Exits {
    const SHORTHAND_FIELD: Option<&'static str> = Some("code");
    const ALLOWS_BARE: bool = true;
}

impl Judge for Exits {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Process])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        if let Some(finding) = start_failure(seen) {
            return finding;
        }
        let program = chosen_program(self.program);
        match seen.journal.exited(program) {
            None => {
                let is_client = seen.journal.is_no_server(program);
                let hint = if is_client { Hint::EndProgram } else { Hint::End };
                let fault = is_client.then(|| program_fault(seen, program)).flatten();
                let stays = || is_client.then(|| still_reads_keyboard(seen, program)).flatten();
                fault.unwrap_or_else(|| Finding::fail(stays().unwrap_or(Cause::HasNotEnded { hint })))
            }
            Some((id, status)) if self.is_met(status) => {
                Finding::pass(Message::new("ended").with("status", status.message())).shown_by([id])
            }
            Some((id, status)) => {
                let code = u64::from(self.code);
                let cause = match exit_reason(seen, program) {
                    ExitReason::Program(said) if self.nonzero => Cause::EndedWithoutError { status, said },
                    ExitReason::Limit(cap) => {
                        Cause::CapHit { cap, client: None, code: Some(code), line: None, hint: Hint::Exited }
                    }
                    ExitReason::Program(said) => Cause::EndedOtherwise { code, status, said },
                };
                Finding::fail(cause).shown_by([id])
            }
        }
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_server(&["program"], self.program);
        if self.nonzero && self.code != 0 {
            names.report(&["code"], DiagnosticKind::OneOf.with("words", "code, nonzero"));
        }
        names.require_exit_wait();
    }
}

impl Exits {
    const fn is_met(&self, status: ExitStatus) -> bool {
        match status {
            ExitStatus::Code(code) if self.nonzero => code != 0,
            ExitStatus::Code(code) => code == self.code as i32,
            ExitStatus::Signal(_) => false,
        }
    }
}

/// Returns the program that an expectation is about: by default, the first one.
const fn chosen_program(number: Option<u32>) -> ServerId {
    ServerId(match number {
        Some(number) => number.saturating_sub(1),
        None => 0,
    })
}

impl Keyword for Output {
    const SHORTHAND_FIELD: Option<&'static str> = Some("contains");
}

impl Judge for Output {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Output])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        if let Some(finding) = start_failure(seen) {
            return finding;
        }
        let printed = Printed::new(seen, chosen_program(self.program));
        if let Some(pattern) = &self.never {
            let finding = printed.judge_never(pattern);
            return match printed_trace(seen, chosen_program(self.program), &finding) {
                Some(said) => Finding { because: Cause::TracePrinted { said }.into(), ..finding },
                None => finding,
            };
        }
        let missing = match (&self.contains, &self.matches, &self.lines) {
            (Some(text), ..) => (!printed.contains(text)).then_some(text),
            (_, Some(pattern), _) => (!printed.matches(pattern)).then_some(pattern),
            (.., Some(lines)) => printed.first_missing(lines, self.any_order),
            (None, None, None) => return Finding::not_verified(NotVerified::NothingAsked {}),
        };
        let lines = self.lines.iter().flatten().next();
        let wanted = missing.or(self.contains.as_ref()).or(self.matches.as_ref()).or(lines);
        let wanted = printable_text(wanted.map_or("", String::as_str));
        if missing.is_none() {
            return Finding::pass(Message::new("output-found").with("wanted", wanted));
        }
        let program = chosen_program(self.program);
        let fault = seen.journal.is_no_server(program).then(|| program_fault(seen, program)).flatten();
        let text = missing.filter(|_| self.matches.is_none());
        let near = text.and_then(|text| printed.nearest_line(text)).map(|line| {
            // A letter that was cut between two reads is what differs most often.
            let is_cut = seen.journal.is_no_server(program) && !wanted.is_ascii();
            let hint = if is_cut { Hint::WholeLines } else { Hint::Output };
            Finding::fail(Cause::OutputNear { wanted: wanted.clone(), line, hint })
        });
        fault.or(near).unwrap_or_else(|| printed.missing(wanted))
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_server(&["program"], self.program);
        let given = [self.contains.is_some(), self.matches.is_some(), self.lines.is_some(), self.never.is_some()];
        if given.into_iter().filter(|given| *given).count() != 1 {
            names.report(&[], DiagnosticKind::OneOf.with("words", "contains, matches, lines, never"));
        }
        names.pattern("matches", self.matches.as_ref());
        names.pattern("never", self.never.as_ref());
    }
}

/// Bytes of a text, and of a line, that are compared for their likeness, and the number of lines.
const MAX_COMPARED_BYTES: usize = 160;
const MAX_COMPARED_LINES: usize = 1000;
/// The likeness from which on a line is meant to be a text: six of ten characters are the same.
const MIN_LIKENESS: f64 = 0.6;

/// The output of a program.
struct Printed<'a> {
    head: &'a [u8],
    tail: &'a [u8],
    total: u64,
}

impl<'a> Printed<'a> {
    fn new(seen: &'a JudgeContext<'_>, program: ServerId) -> Self {
        let (head, tail, total) = seen.journal.output(program).unwrap_or_default();
        Self { head, tail, total }
    }

    /// Returns the runs of it without a gap. If bytes between head and tail were dropped, no text
    /// spans both.
    fn parts(&self) -> Vec<Vec<u8>> {
        let whole = [self.head, self.tail].concat();
        if self.is_whole() { vec![whole] } else { vec![self.head.to_vec(), self.tail.to_vec()] }
    }

    const fn is_whole(&self) -> bool {
        self.total <= (self.head.len() + self.tail.len()) as u64
    }

    fn contains(&self, text: &str) -> bool {
        text.is_empty() || self.parts().iter().any(|part| has(part, text))
    }

    fn matches(&self, pattern: &str) -> bool {
        regex::bytes::Regex::new(pattern).is_ok_and(|regex| self.parts().iter().any(|part| regex.is_match(part)))
    }

    /// Returns the first of these texts that no line contains: each in a line after that of the one
    /// before, or in any other line, each used once.
    fn first_missing<'t>(&self, texts: &'t [String], any_order: bool) -> Option<&'t String> {
        let parts = self.parts();
        let mut lines: Vec<&[u8]> = parts.iter().flat_map(|part| part.split(|byte| *byte == b'\n')).collect();
        texts.iter().find(|text| match lines.iter().position(|line| has(line, text)) {
            Some(at) if any_order => {
                lines.remove(at);
                false
            }
            Some(at) => {
                lines.drain(..=at);
                false
            }
            None => true,
        })
    }

    /// Returns the printed line that is most like a text, if one is like it.
    fn nearest_line(&self, text: &str) -> Option<String> {
        if !self.is_whole() || text.len() > MAX_COMPARED_BYTES {
            return None;
        }
        let whole = [self.head, self.tail].concat();
        let lines = whole.split(|byte| *byte == b'\n').filter(|line| line.len() <= MAX_COMPARED_BYTES);
        let likeness = |line: &[u8]| strsim::normalized_levenshtein(&String::from_utf8_lossy(line), text);
        let rated = lines.take(MAX_COMPARED_LINES).map(|line| (likeness(line), line));
        let (best, line) = rated.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
        (best >= MIN_LIKENESS).then(|| printable_prefix(line, MAX_COMPARED_BYTES))
    }

    /// Returns the finding for a text that was not printed.
    fn missing(&self, wanted: String) -> Finding {
        if !self.is_whole() {
            return Finding::not_verified(NotVerified::OutputTooLong { wanted, bytes: self.total });
        }
        let whole = [self.head, self.tail].concat();
        if whole.is_empty() {
            return Finding::fail(Cause::OutputNothing { wanted });
        }
        let end = &whole[whole.len().saturating_sub(160)..];
        let said = printable_prefix(end, 160);
        Finding::fail(Cause::OutputMissing { wanted, said })
    }

    /// Judges that no line matches a pattern.
    fn judge_never(&self, pattern: &str) -> Finding {
        let parts = self.parts();
        let mut lines = parts.iter().flat_map(|part| part.split(|byte| *byte == b'\n'));
        let regex = regex::bytes::Regex::new(pattern);
        let found = lines.find(|line| regex.as_ref().is_ok_and(|regex| regex.is_match(line)));
        let pattern = printable_text(pattern);
        match found {
            Some(line) => Finding::fail(Cause::OutputForbidden { line: printable_prefix(line, 160), pattern }),
            None if self.is_whole() => Finding::pass(Message::new("output-without").with("pattern", pattern)),
            None => Finding::not_verified(NotVerified::OutputTooLong { wanted: pattern, bytes: self.total }),
        }
    }
}

/// Returns the error whose trace is a line that must not be printed, if it is one.
fn printed_trace(seen: &Evidence, program: ServerId, finding: &Finding) -> Option<String> {
    const STARTS: [&str; 6] =
        ["Traceback (most", "Exception in thread", "' panicked at", "panic: ", "goroutine ", "Unhandled exception"];
    let Some(Cause::OutputForbidden { line, .. }) = finding.because.cause() else { return None };
    let is_trace = STARTS.iter().any(|start| line.contains(start));
    is_trace.then(|| super::error_line::last_error_line(seen, program)).flatten()
}

fn has(bytes: &[u8], text: &str) -> bool {
    text.is_empty() || bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

impl Keyword for WithinLimits {
    const ALLOWS_BARE: bool = true;
}

impl Judge for WithinLimits {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Process])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let hit = seen.journal.iter().find_map(|event| match &event.kind {
            EventKind::CapHit { cap, .. } => Some((event.id, cap)),
            _ => None,
        });
        match hit {
            None => start_failure(seen).unwrap_or_else(|| Finding::pass(Message::new("within-limits"))),
            Some((id, cap)) => {
                let cap = cap.clone();
                let cause = Cause::CapHit { cap, client: None, code: None, line: None, hint: Hint::Cap };
                Finding::fail(cause).shown_by([id])
            }
        }
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.require_server();
    }
}
