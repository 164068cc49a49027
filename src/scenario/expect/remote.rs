//! Expectations about a server on another host: bound to an address that is reachable from outside,
//! and answering like the role that its program was written for.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::Deserialize;

use super::exchange::{Echo, Uppercase};
use super::start::{FIRST_SERVER, start_failure};
use super::{Judge, JudgeContext};
use crate::model::{Cause, EventKind, Evidence, EvidenceKind, Finding, Message, Needs, NotVerified, Role, Verdict};
use crate::scenario::syntax::Keyword;
use crate::scenario::validate::Scope;

/// The role whose program answers in upper case; all others echo.
const UPPER_CASE_ROLE: &str = "tcp-multi";

/// The server's socket is bound to an address that other machines can reach: one of its host's
/// addresses or the wildcard, but not loopback.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Reachable {}

/// Every client received the right answer: that of the role whose program is used here in place of
/// another, otherwise an echo or upper case.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AnswersAsItsRole {
    /// Only these clients, by number from 1; default: all.
    pub clients: Option<Vec<u32>>,
}

impl Keyword for Reachable {
    const ALLOWS_BARE: bool = true;
}

impl Judge for Reachable {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::ServerSockets])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        if let Some(finding) = start_failure(seen) {
            return finding;
        }
        let Some((id, row)) = seen.journal.ready(FIRST_SERVER) else {
            return Finding::not_verified(NotVerified::NeverStarted {});
        };
        let at = row.local.to_string();
        let ip = row.local.ip();
        let known = seen.hosts.is_empty() || seen.hosts.iter().any(|host| host.address == ip);
        let finding = if ip.is_unspecified() || (known && !is_loopback(ip)) {
            Finding::pass(Message::new("reachable").with("at", at))
        } else if is_loopback(ip) {
            Finding::fail(Cause::BoundToLoopback { at: row.local })
        } else {
            Finding::fail(Cause::BoundElsewhere { at: row.local })
        };
        finding.shown_by([id])
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.require_server();
    }
}

/// Returns true for a loopback address, also if it is an IPv4 address inside an IPv6 one.
fn is_loopback(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

impl Keyword for AnswersAsItsRole {
    const ALLOWS_BARE: bool = true;
}

impl Judge for AnswersAsItsRole {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Clients])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let echo = || Echo { clients: self.clients.clone(), ..Echo::default() }.judge(seen);
        let upper = || Uppercase { clients: self.clients.clone(), ..Uppercase::default() }.judge(seen);
        match stands_in(seen) {
            Some(role) if role.as_str() == UPPER_CASE_ROLE => upper(),
            Some(_) => echo(),
            // Written for this role alone: which of the two programs it was based on is unknown.
            None => {
                let echo = echo();
                if echo.verdict == Verdict::Pass {
                    return echo;
                }
                let upper = upper();
                if upper.verdict == Verdict::Pass { upper } else { echo }
            }
        }
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_answers(self.clients.as_deref());
    }
}

/// Returns the role that the first server's program was written for, if it substitutes for another.
fn stands_in(seen: &Evidence) -> Option<&Role> {
    seen.journal.iter().find_map(|event| match &event.kind {
        EventKind::Started { server: FIRST_SERVER, stands_in, .. } => stands_in.as_ref(),
        _ => None,
    })
}
