//! The expectation about system calls: the server program makes them in a given order.

use schemars::JsonSchema;
use serde::Deserialize;

use super::start::{FIRST_SERVER, start_failure};
use super::{Judge, JudgeContext};
use crate::model::net::Owner;
use crate::model::{
    Cause, EventId, EventKind, Evidence, EvidenceKind, Finding, Message, Needs, NotVerified, SocketRow, Syscall,
    TcpState,
};
use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::syntax::Keyword;
use crate::scenario::validate::Scope;

/// The server's program, its children and threads made these system calls in this order; other
/// calls may come in between.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Calls {
    /// The calls: `socket`, `bind`, `listen`, `accept`, `connect`, `shutdown`, `setsockopt`.
    pub order: Vec<CallName>,
}

/// A system call about sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CallName {
    /// `socket(2)`, of an internet stream where `listen` is asked for too, else of datagrams.
    Socket,
    /// `bind(2)`
    Bind,
    /// `listen(2)`
    Listen,
    /// `accept(2)`, `accept4(2)`
    Accept,
    /// `connect(2)`
    Connect,
    /// `shutdown(2)`
    Shutdown,
    /// `setsockopt(2)`
    SetSockOpt,
}

impl CallName {
    const fn name(self) -> &'static str {
        match self {
            Self::Socket => "socket",
            Self::Bind => "bind",
            Self::Listen => "listen",
            Self::Accept => "accept",
            Self::Connect => "connect",
            Self::Shutdown => "shutdown",
            Self::SetSockOpt => "setsockopt",
        }
    }

    /// Returns true if a call has this name. Of sockets, only internet sockets of this kind count.
    fn matches(self, call: &Syscall, kind: i32) -> bool {
        call.name() == self.name() && (self != Self::Socket || call.makes_internet_socket(kind))
    }
}

impl Keyword for Calls {
    const SHORTHAND_FIELD: Option<&'static str> = Some("order");
}

impl Judge for Calls {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Calls])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        if let Some(finding) = start_failure(seen) {
            return finding;
        }
        let made = seen.journal.iter().filter_map(|event| match &event.kind {
            EventKind::Called { server: FIRST_SERVER, call, .. } if call.is_socket_call() => Some((event.id, call)),
            _ => None,
        });
        let made: Vec<(EventId, &Syscall)> = made.collect();
        // SOCK_STREAM 1, SOCK_DGRAM 2.
        let kind = if self.order.contains(&CallName::Listen) { 1 } else { 2 };
        let of_sockets = |(_, call): &(EventId, &Syscall)| call.makes_internet_socket(kind);
        if !made.iter().any(of_sockets) {
            // The socket exists nevertheless: io_uring or a 32-bit program created it.
            return Finding::not_verified(NotVerified::CallsUnseen {});
        }
        let asked: Vec<&str> = self.order.iter().map(|name| name.name()).collect();
        let message = |id: &'static str| Message::new(id).with("asked", asked.join(" → ")).with("made", summary(&made));
        let (mut from, mut shown) = (0, Vec::new());
        for name in &self.order {
            let found = made[from..].iter().position(|(_, call)| name.matches(call, kind));
            if let Some(k) = found {
                shown.push(made[from + k].0);
                from += k + 1;
                continue;
            }
            let anywhere = made.iter().any(|(_, call)| name.matches(call, kind));
            if *name == CallName::Accept && !anywhere && has_accepted(seen) {
                return Finding::pass(message("calls-right"))
                    .with_note(Message::new("note-accept-unseen"))
                    .shown_by(shown);
            }
            let (asked, made, call) = (asked.join(" → "), summary(&made), name.name().to_owned());
            let cause = if anywhere {
                Cause::CallsOrder { asked, made, call }
            } else {
                Cause::CallsMissing { asked, made, call }
            };
            return Finding::fail(cause).shown_by(shown);
        }
        let finding = Finding::pass(message("calls-right")).shown_by(shown);
        if kind == 1 && binds_without_reuse(&made) {
            return finding.with_note(Message::new("note-no-reuse-address"));
        }
        finding
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.require_server();
        if self.order.is_empty() {
            names.report(&["order"], DiagnosticKind::EmptyText);
        }
    }
}

/// Returns true if a snapshot shows a connection at the listening port that the first server's
/// program owns.
///
/// Such a connection was accepted, by whatever call. (The local end of a connection that the
/// program opened itself has another port.)
fn has_accepted(seen: &Evidence) -> bool {
    let Some((_, listener)) = seen.journal.ready(FIRST_SERVER) else { return false };
    let is_accepted = |row: &SocketRow| {
        let held = row.inode != 0 && matches!(row.owner, Owner::Server(FIRST_SERVER, _));
        held && row.state == TcpState::Established && row.local.port() == listener.local.port()
    };
    seen.journal.iter().any(|event| match &event.kind {
        EventKind::Snapshot { rows, .. } => rows.iter().any(is_accepted),
        _ => false,
    })
}

/// Returns true if a socket was bound without `SO_REUSEADDR` (2) or `SO_REUSEPORT` (15) of
/// `SOL_SOCKET` (1, `socket(7)`) set before.
///
/// Lingering connections then keep the port from a restarted program.
fn binds_without_reuse(made: &[(EventId, &Syscall)]) -> bool {
    // A unix socket does not have an internet address.
    let is_internet = |call: &Syscall| matches!(call, Syscall::Bind { address: Some(_), .. });
    let Some(bind) = made.iter().position(|(_, call)| is_internet(call)) else { return false };
    let reuses =
        |call: &Syscall| matches!(call, Syscall::SetOption { level: 1, name: 2 | 15, value, .. } if *value != Some(0));
    !made[..bind].iter().any(|(_, call)| reuses(call))
}

/// Returns the names of the calls in order, at most 12. Consecutive repetitions are listed once.
fn summary(made: &[(EventId, &Syscall)]) -> String {
    let mut names: Vec<&str> = made.iter().map(|(_, call)| call.name()).collect();
    names.dedup();
    names.truncate(12);
    names.join(" → ")
}
