//! Expectations about finished connections: closed at both ends, and which end closed first.

use schemars::JsonSchema;
use serde::Deserialize;

use super::blocked::SilentServer;
use super::snapshot::{BOTH_ENDS, SnapshotAnalysis, analyse_or_return, at_a_snapshot, state};
use super::{Judge, JudgeContext};
use crate::model::journal::Connection;
use crate::model::{
    Cause, ClientId, Evidence, Finding, Hint, Message, Needs, NotVerified, SnapshotName, SocketRow, StreamEnd, TcpState,
};
use crate::scenario::syntax::Keyword;
use crate::scenario::validate::Scope;

at_a_snapshot! {
    /// After the clients closed, the server closed its ends too: none is left in CLOSE-WAIT.
    NoneInCloseWait {},
    /// Each connection was closed by a FIN from both ends, and this end closed first (it is in
    /// TIME-WAIT).
    FirstToClose {
        /// Which end must have closed first; default: either.
        who: ConnectionEnd,
    },
}

/// An end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ConnectionEnd {
    /// The client's.
    Client,
    /// The server's.
    Server,
}

/// Returns the finding if closing cannot be judged: no client had connected, or none had closed.
fn closing_not_observed(analysis: &SnapshotAnalysis<'_>) -> Finding {
    if analysis.open.is_empty() {
        Finding::fail(Cause::NobodyConnected {}).shown_by([analysis.view.id])
    } else {
        Finding::not_verified(NotVerified::NobodyClosed {}).shown_by([analysis.view.id])
    }
}

impl Keyword for NoneInCloseWait {
    const SHORTHAND_FIELD: Option<&'static str> = Some("at");
}

impl Judge for NoneInCloseWait {
    fn needs(&self) -> Needs {
        Needs::new(BOTH_ENDS)
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let analysis = analyse_or_return!(seen, &self.at);
        for connection in &analysis.closed {
            let Some(row) = analysis.server_end(connection) else { continue };
            let (client, state) = (connection.client, row.state);
            let cause = match state {
                TcpState::CloseWait if row.inode == 0 => Cause::NeverAccepted { client, state },
                TcpState::CloseWait => unclosed_cause(seen, &analysis, client, row),
                TcpState::Established => Cause::LeftEstablished { client, state },
                _ => continue,
            };
            return Finding::fail(cause).shown_by([connection.id, analysis.view.id]);
        }
        if analysis.closed.is_empty() {
            return closing_not_observed(&analysis);
        }
        Finding::pass(Message::new("server-closed").with("clients", analysis.closed.len())).shown_by([analysis.view.id])
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.require_snapshot(&self.at);
        names.check_client_count(None);
    }
}

/// Returns the cause for a server that accepted a connection and does not close it.
fn unclosed_cause(seen: &Evidence, analysis: &SnapshotAnalysis<'_>, client: ClientId, row: &SocketRow) -> Cause {
    let state = TcpState::CloseWait;
    let streams = super::stream::streams(&seen.journal, Some(&[client.0]));
    let Some(stream) = streams.first() else {
        return Cause::LeftInCloseWait { client, state };
    };
    // The FIN counts as one byte of the queue.
    let sent: u64 = stream.sent.iter().map(|(_, bytes)| bytes.len() as u64).sum();
    if sent > 0 && u64::from(row.receive_queue) == sent + 1 {
        // The wait for the answer may have proved where the server waits.
        let proved = SilentServer::of(seen, stream).and_then(|server| server.unread_cause());
        let busy = stream.busy_unread.map(|_| Cause::BusyAndUnread { client });
        return proved.or(busy).unwrap_or(Cause::DataUnread { client, bytes: sent, call: None, hint: Hint::ReadData });
    }
    // At the snapshot, an endless sender may be busy or wait for buffer space: that is chance.
    let sends_on = stream.closed.is_some_and(|closed| stream.got.iter().any(|(id, _)| *id > closed));
    if stream.overflow > super::diff_cause::ENDLESS_SURPLUS_BYTES {
        Cause::NeverStopsSending { client, state: Some(state), hint: Hint::ReceiveEachTurn }
    } else if analysis.view.busy && !sends_on {
        Cause::SpinsAfterEnd { client, state }
    } else {
        Cause::LeftInCloseWait { client, state }
    }
}

impl Keyword for FirstToClose {
    const SHORTHAND_FIELD: Option<&'static str> = Some("at");
}

impl Judge for FirstToClose {
    fn needs(&self) -> Needs {
        Needs::new(BOTH_ENDS)
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let analysis = analyse_or_return!(seen, &self.at);
        let mut first = None;
        for connection in &analysis.closed {
            match self.judge_one(seen, &analysis, connection) {
                Ok(end) => first = end.or(first),
                Err(finding) => return *finding,
            }
        }
        if analysis.closed.is_empty() {
            return closing_not_observed(&analysis);
        }
        let id = match first {
            Some(ConnectionEnd::Client) => "client-closed-first",
            Some(ConnectionEnd::Server) => "server-closed-first",
            None => "closed-together",
        };
        Finding::pass(Message::new(id)).shown_by([analysis.view.id])
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.require_snapshot(&self.at);
        names.check_client_count(None);
    }
}

impl FirstToClose {
    /// Returns the end of this connection that closed first; `None` if both did at once.
    fn judge_one(
        &self,
        seen: &Evidence,
        analysis: &SnapshotAnalysis<'_>,
        connection: &Connection,
    ) -> Result<Option<ConnectionEnd>, Box<Finding>> {
        let waits = |row: Option<&SocketRow>| row.is_some_and(|row| row.state == TcpState::TimeWait);
        let (client_row, server_row) = (analysis.client_end(connection), analysis.server_end(connection));
        let first = match (waits(client_row), waits(server_row)) {
            (true, true) => return Ok(None),
            (true, false) => ConnectionEnd::Client,
            (false, true) => ConnectionEnd::Server,
            (false, false) => {
                let reset = super::stream::streams(&seen.journal, Some(&[connection.client.0]))
                    .first()
                    .is_some_and(|stream| matches!(stream.ending, Some((_, StreamEnd::Reset))));
                let client = connection.client;
                let (client_state, server_state) = (state(client_row), state(server_row));
                let finding = if reset {
                    Finding::fail(Cause::ClosedByReset { client, client_state, server_state })
                } else if client_row.is_some() || server_row.is_some() {
                    Finding::fail(Cause::NotClosed { client, client_state, server_state })
                } else {
                    Finding::not_verified(NotVerified::NoTraceOfClosing { client, client_state, server_state })
                };
                return Err(Box::new(finding.shown_by([connection.id, analysis.view.id])));
            }
        };
        if self.who.is_some_and(|who| who != first) {
            let client = connection.client;
            let cause = match first {
                ConnectionEnd::Client => Cause::ClientClosedFirstWrong { client },
                ConnectionEnd::Server => Cause::ServerClosedFirstWrong { client },
            };
            return Err(Box::new(Finding::fail(cause).shown_by([connection.id, analysis.view.id])));
        }
        Ok(Some(first))
    }
}
