//! Expectations about open connections: established, accepted, still queued, served at once.

use schemars::JsonSchema;
use serde::Deserialize;

use super::early_close::shut_down_first;
use super::snapshot::{BOTH_ENDS, SnapshotAnalysis, analyse_or_return, at_a_snapshot, connect_failed, state};
use super::{Judge, JudgeContext};
use crate::model::{
    Cause, ClientId, EventKind, Evidence, Finding, Hint, Message, Needs, SnapshotName, SocketRow, TcpState,
};
use crate::scenario::syntax::Keyword;
use crate::scenario::validate::Scope;

at_a_snapshot! {
    /// This number of connections is ESTABLISHED at both ends.
    Established {
        /// How many; default: as many as tried to connect.
        clients: u32,
    },
    /// The server has accepted this number of connections: they belong to it and are not merely
    /// queued by the kernel.
    Accepted {
        /// How many; default: all.
        clients: u32,
    },
    /// This number of connections is still in the accept queue.
    NotAccepted {
        /// How many; default: all.
        clients: u32,
    },
    /// The server accepted every connection while all were open: it serves them concurrently.
    ServedAtOnce {},
}

impl Keyword for Established {
    const SHORTHAND_FIELD: Option<&'static str> = Some("at");
}

impl Judge for Established {
    fn needs(&self) -> Needs {
        Needs::new(BOTH_ENDS)
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let analysis = analyse_or_return!(seen, &self.at);
        if let Some(finding) = connect_failed(seen, &analysis) {
            return finding;
        }
        let wanted = self.clients.map_or(1, |n| n as usize);
        for connection in &analysis.open {
            let (client, server) = (analysis.client_end(connection), analysis.server_end(connection));
            let open = |row: Option<&SocketRow>| row.is_some_and(|row| row.state == TcpState::Established);
            if !open(client) || !open(server) {
                let (client_state, server_state) = (state(client), state(server));
                let cause = if closed_before_data(seen, &analysis, connection.client, client) {
                    let client = connection.client;
                    // A runtime may call shutdown before close: then no process has the socket any more.
                    let is_kept = server.is_some_and(|row| row.inode != 0);
                    if is_kept && shut_down_first(seen, client) {
                        Cause::ShutDownFirst { client }
                    } else {
                        Cause::ClosedBeforeData { client, hint: Hint::CloseLate }
                    }
                } else {
                    Cause::NotEstablished { client: connection.client, client_state, server_state }
                };
                return Finding::fail(cause).shown_by([connection.id, analysis.view.id]);
            }
        }
        let count = analysis.open.len();
        if count < wanted {
            let cause = Cause::TooFewConnected { count: count as u64, wanted: wanted as u64 };
            return Finding::fail(cause).shown_by([analysis.view.id]);
        }
        let mut finding =
            Finding::pass(Message::new("established").with("clients", count)).shown_by([analysis.view.id]);
        let fewer = seen.journal.iter().find_map(|event| match event.kind {
            EventKind::FewerClients { clients, wanted, backlog, .. } => Some([clients, wanted, backlog]),
            _ => None,
        });
        if let Some([clients, wanted, backlog]) = fewer {
            let note = Message::new("note-fewer-clients").with("clients", clients).with("wanted", wanted);
            finding = finding.with_note(note.with("backlog", backlog));
        }
        match analysis.accepted_and_waiting() {
            _ if count < 2 => finding,
            (accepted, _) if accepted == count => {
                finding.with_note(Message::new("note-served-at-once").with("clients", count))
            }
            (accepted, waiting) => finding
                .with_note(Message::new("note-one-after-another").with("accepted", accepted).with("waiting", waiting)),
        }
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.require_snapshot(&self.at);
        names.check_client_count(self.clients);
    }
}

/// Returns true if the server ended a connection on which its client had not sent anything yet.
fn closed_before_data(
    seen: &Evidence,
    scene: &SnapshotAnalysis<'_>,
    client: ClientId,
    row: Option<&SocketRow>,
) -> bool {
    let is_sent = |event: &crate::model::Event| {
        event.id < scene.view.id && matches!(event.kind, EventKind::Sent { client: one, .. } if one == client)
    };
    row.is_some_and(|row| row.state == TcpState::CloseWait) && !seen.journal.iter().any(is_sent)
}

/// Judges the number of accepted connections, or of queued ones if `queued` is set.
fn judge_accepted(seen: &Evidence, at: &SnapshotName, wanted: Option<u32>, queued: bool) -> Finding {
    let analysis = analyse_or_return!(seen, at);
    if let Some(finding) = connect_failed(seen, &analysis) {
        return finding;
    }
    if analysis.open.is_empty() {
        return Finding::fail(Cause::NobodyConnected {}).shown_by([analysis.view.id]);
    }
    let (accepted, waiting) = analysis.accepted_and_waiting();
    let wanted = wanted.map_or(analysis.open.len(), |n| n as usize);
    let (count, right) = if queued { (waiting, "not-accepted") } else { (accepted, "accepted") };
    // Neither accepted nor queued: the server closed the connection.
    let gone = analysis.open.iter().find(|connection| {
        analysis
            .server_end(connection)
            .is_none_or(|row| row.inode == 0 && row.state != TcpState::Established && row.state != TcpState::CloseWait)
    });
    if let Some(connection) = gone.filter(|_| count < wanted) {
        let client_state = state(analysis.client_end(connection));
        let server_state = state(analysis.server_end(connection));
        let cause = Cause::NotEstablished { client: connection.client, client_state, server_state };
        return Finding::fail(cause).shown_by([connection.id, analysis.view.id]);
    }
    let enough = if queued { count == wanted } else { count >= wanted };
    if enough {
        let right = Message::new(right).with("count", count).with("wanted", wanted);
        Finding::pass(right.with("waiting", waiting).with("accepted", accepted)).shown_by([analysis.view.id])
    } else {
        let [count, wanted, waiting, accepted] = [count, wanted, waiting, accepted].map(|number| number as u64);
        let cause = if queued {
            Cause::AcceptedAfterAll { count, wanted, waiting, accepted }
        } else {
            Cause::OnlyQueued { count, wanted, waiting, accepted }
        };
        Finding::fail(cause).shown_by([analysis.view.id])
    }
}

impl Keyword for Accepted {
    const SHORTHAND_FIELD: Option<&'static str> = Some("at");
}

impl Judge for Accepted {
    fn needs(&self) -> Needs {
        Needs::new(BOTH_ENDS)
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        judge_accepted(seen, &self.at, self.clients, false)
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.require_snapshot(&self.at);
        names.check_client_count(self.clients);
    }
}

impl Keyword for NotAccepted {
    const SHORTHAND_FIELD: Option<&'static str> = Some("at");
}

impl Judge for NotAccepted {
    fn needs(&self) -> Needs {
        Needs::new(BOTH_ENDS)
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        judge_accepted(seen, &self.at, self.clients, true)
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.require_snapshot(&self.at);
        names.check_client_count(self.clients);
    }
}

impl Keyword for ServedAtOnce {
    const SHORTHAND_FIELD: Option<&'static str> = Some("at");
}

impl Judge for ServedAtOnce {
    fn needs(&self) -> Needs {
        Needs::new(BOTH_ENDS)
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let analysis = analyse_or_return!(seen, &self.at);
        if let Some(finding) = connect_failed(seen, &analysis) {
            return finding;
        }
        let ((accepted, waiting), all) = (analysis.accepted_and_waiting(), analysis.open.len());
        if all == 0 {
            return Finding::fail(Cause::NobodyConnected {}).shown_by([analysis.view.id]);
        }
        if accepted == all {
            let right = Message::new("served-at-once").with("accepted", accepted).with("waiting", waiting);
            Finding::pass(right).shown_by([analysis.view.id])
        } else {
            let (accepted, waiting) = (accepted as u64, waiting as u64);
            Finding::fail(Cause::ServedOneAfterAnother { accepted, waiting }).shown_by([analysis.view.id])
        }
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.require_snapshot(&self.at);
        names.check_client_count(None);
    }
}
