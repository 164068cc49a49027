//! Expectations about the server process: still running, exit status, output, limits hit.

use schemars::JsonSchema;
use serde::Deserialize;

use super::start::{ExitReason, FIRST_SERVER, ended_cause, exit_reason, exited_by_itself, start_failure};
use super::{Judge, JudgeContext};
use crate::model::bytes::{printable_prefix, printable_text};
use crate::model::{Cause, EventKind, EvidenceKind, ExitStatus, Finding, Hint, Message, Needs, NotVerified};
use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::syntax::Keyword;
use crate::scenario::validate::Scope;

/// The server's first process has not exited by itself.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StillRunning {}

/// The server exited by itself, with this exit code.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Exits {
    /// The exit code; default: 0.
    pub code: u8,
}

/// The server printed this (on standard output or standard error).
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Output {
    /// This text somewhere in it.
    pub contains: Option<String>,
    /// A regular expression (Rust's `regex` crate) that is found in it.
    pub matches: Option<String>,
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
        match exited_by_itself(seen, FIRST_SERVER) {
            None => Finding::pass(Message::new("still-running")),
            Some((id, status)) => Finding::fail(ended_cause(seen, FIRST_SERVER, status)).shown_by([id]),
        }
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.require_server();
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
        match seen.journal.exited(FIRST_SERVER) {
            None => Finding::fail(Cause::HasNotEnded {}),
            Some((id, status)) if status == ExitStatus::Code(i32::from(self.code)) => {
                Finding::pass(Message::new("ended").with("status", status.message())).shown_by([id])
            }
            Some((id, status)) => {
                let code = u64::from(self.code);
                let cause = match exit_reason(seen, FIRST_SERVER) {
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
        names.require_server();
        names.require_exit_wait();
    }
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
        let (head, tail, total) = seen.journal.output(FIRST_SERVER).unwrap_or_default();
        // If bytes between head and tail were dropped, no text spans both.
        let whole = [head, tail].concat();
        let parts = if total > whole.len() as u64 { vec![head, tail] } else { vec![&whole[..]] };
        let contains = |text: &str| {
            let found = |part: &&[u8]| part.windows(text.len()).any(|window| window == text.as_bytes());
            text.is_empty() || parts.iter().any(found)
        };
        let matches = |pattern: &str| {
            regex::bytes::Regex::new(pattern).is_ok_and(|regex| parts.iter().any(|part| regex.is_match(part)))
        };
        let (found, wanted) = match (&self.contains, &self.matches) {
            (Some(text), _) => (contains(text), text),
            (None, Some(pattern)) => (matches(pattern), pattern),
            (None, None) => return Finding::not_verified(NotVerified::NothingAsked {}),
        };
        let wanted = printable_text(wanted);
        if found {
            return Finding::pass(Message::new("output-found").with("wanted", wanted));
        }
        if parts.len() > 1 {
            return Finding::not_verified(NotVerified::OutputTooLong { wanted, bytes: total });
        }
        if whole.is_empty() {
            return Finding::fail(Cause::OutputNothing { wanted });
        }
        let end = &whole[whole.len().saturating_sub(160)..];
        let said = printable_prefix(end, 160);
        Finding::fail(Cause::OutputMissing { wanted, said })
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.require_server();
        if usize::from(self.contains.is_some()) + usize::from(self.matches.is_some()) != 1 {
            names.report(&[], DiagnosticKind::OneOf.with("words", "contains, matches"));
        }
        names.pattern("matches", self.matches.as_ref());
    }
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
