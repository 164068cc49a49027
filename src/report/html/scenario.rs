//! The evidence of one scenario on a page, without any judgement.
//!
//! It consists of the diagram, the packets, socket tables, system calls, the output of the servers,
//! the capture and the manifest.

use super::bilingual::{Bilingual, Catalogs};
use super::captures::{Embedded, anchor_name};
use super::diagram::{Diagram, diagram};
use super::packets::{self, current_step};
use super::{RecordedScenario, item, manifest};
use crate::i18n::escape_controls;
use crate::model::bytes::printable;
use crate::model::net::Owner;
use crate::model::{
    Event, EventKind, Evidence, GapReason, ItemResult, Message, Protocol, Role, ServerId, SocketRow, TcpState, Verdict,
};
use crate::report::timeline::seconds;

/// Maximum number of rows of a table that are shown. The others are counted.
const MAX_TABLE_ROWS: usize = 40;
/// Maximum number of system calls that are shown.
const MAX_CALLS: usize = 200;
/// Maximum bytes that are shown of the beginning, and of the end, of a server's output.
const MAX_OUTPUT_BYTES: usize = 2 << 10;

/// A scenario.
#[derive(Debug)]
pub(super) struct ScenarioSection {
    /// The prefix of the ids of its parts.
    pub(super) key: String,
    pub(super) anchor: String,
    pub(super) name: String,
    /// True if one of its items failed. The section is then expanded.
    pub(super) open: bool,
    /// The items that it provided evidence for.
    pub(super) items: Vec<item::Chip>,
    pub(super) gaps: Vec<Bilingual>,
    pub(super) diagram: Option<Diagram>,
    pub(super) packets: Vec<packets::PacketRow>,
    pub(super) tables: Vec<Table>,
    pub(super) calls: Vec<Call>,
    pub(super) more_calls: usize,
    pub(super) outputs: Vec<Output>,
    pub(super) capture: Embedded,
    pub(super) manifest: Vec<manifest::ManifestRow>,
}

/// A copy of the socket table.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) title: Bilingual,
    pub(super) time: String,
    pub(super) rows: Vec<Socket>,
    pub(super) more: usize,
}

/// A socket.
#[derive(Debug)]
pub(super) struct Socket {
    pub(super) protocol: Protocol,
    pub(super) state: &'static str,
    pub(super) queues: [u32; 2],
    pub(super) local: String,
    pub(super) peer: String,
    pub(super) owner: Bilingual,
}

/// A system call.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) event: u32,
    pub(super) time: String,
    pub(super) step: String,
    pub(super) server: Bilingual,
    pub(super) pid: i32,
    pub(super) text: String,
}

/// The output of a server.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) server: Bilingual,
    pub(super) command: String,
    pub(super) total: u64,
    /// Its first lines, escaped as in the terminal.
    pub(super) head: Vec<String>,
    pub(super) hidden: usize,
    pub(super) tail: Vec<String>,
}

impl ScenarioSection {
    pub(super) fn of(
        number: usize,
        seen: &RecordedScenario<'_>,
        items: &[ItemResult],
        capture: Embedded,
        most_rows: usize,
        catalogs: &Catalogs,
    ) -> Self {
        let RecordedScenario { scenario, evidence, manifest } = *seen;
        let of_it = || items.iter().filter(|item| item.scenario == scenario);
        let (diagram, packets) = match diagram(evidence, most_rows, catalogs) {
            Some((diagram, timeline)) => (Some(diagram), packets::rows(evidence, &timeline, catalogs)),
            None => (None, Vec::new()),
        };
        // One cause can be responsible for several gaps.
        let mut gaps: Vec<&GapReason> = Vec::new();
        for gap in &evidence.gaps {
            if !gaps.contains(&&gap.because) {
                gaps.push(&gap.because);
            }
        }
        let who = Who::of(evidence);
        let (calls, more_calls) = who.calls(evidence, catalogs);
        Self {
            key: format!("s{number}"),
            anchor: format!("scenario-{}", anchor_name(scenario)),
            name: escape_controls(scenario),
            open: of_it().any(|item| item.verdict == Verdict::Fail),
            items: of_it().map(item::Chip::of).collect(),
            gaps: gaps.into_iter().map(|because| catalogs.say(&because.message())).collect(),
            diagram,
            packets,
            tables: who.tables(evidence, catalogs),
            calls,
            more_calls,
            outputs: who.outputs(evidence, catalogs),
            capture,
            manifest: manifest.map_or_else(Vec::new, |manifest| manifest::rows(manifest, catalogs)),
        }
    }
}

/// The servers and clients in the journal.
struct Who<'e> {
    /// Each server once, with its role and command line.
    servers: Vec<(ServerId, Option<&'e Role>, &'e str)>,
    /// The clients' addresses.
    clients: Vec<(std::net::SocketAddr, u32)>,
}

impl<'e> Who<'e> {
    fn of(seen: &'e Evidence) -> Self {
        let mut servers: Vec<(ServerId, Option<&Role>, &str)> = Vec::new();
        for event in seen.journal.iter() {
            if let EventKind::Started { server, role, command, .. } = &event.kind
                && !servers.iter().any(|(known, ..)| known == server)
            {
                servers.push((*server, role.as_ref(), command));
            }
        }
        let clients = seen.journal.connections().iter().map(|one| (one.local, one.client.0)).collect();
        Self { servers, clients }
    }

    fn server(&self, wanted: ServerId) -> Message {
        let role = self.servers.iter().find(|(server, ..)| *server == wanted).and_then(|(_, role, _)| *role);
        role.map_or_else(
            || Message::new("timeline-server").with("server", wanted.0 + 1),
            |role| Message::new("timeline-role").with("role", role.as_str()),
        )
    }

    fn owner(&self, row: &SocketRow) -> Message {
        match row.owner {
            Owner::Nobody => Message::new("result-owner-nobody"),
            Owner::Other => Message::new("result-owner-other"),
            Owner::Server(server, pid) => {
                Message::new("result-owner-server").with("server", self.server(server)).with("pid", pid.to_string())
            }
            Owner::Harness => {
                let client = self.clients.iter().find(|(local, _)| *local == row.local);
                client.map_or_else(
                    || Message::new("timeline-a-client"),
                    |(_, client)| Message::new("timeline-client").with("client", *client),
                )
            }
        }
    }

    /// Returns the socket that made each server ready, and every copy of the table.
    fn tables(&self, seen: &Evidence, catalogs: &Catalogs) -> Vec<Table> {
        let tables = seen.journal.iter().filter_map(|event| {
            let (title, rows) = match &event.kind {
                EventKind::Ready { server, row } => {
                    (Message::new("result-ready").with("server", self.server(*server)), std::slice::from_ref(row))
                }
                EventKind::Snapshot { name, settled: true, rows, .. } => {
                    (Message::new("result-snapshot").with("name", name.as_str()), &rows[..])
                }
                EventKind::Snapshot { name, rows, .. } => {
                    (Message::new("result-snapshot-late").with("name", name.as_str()), &rows[..])
                }
                _ => return None,
            };
            // Listening sockets first, then both ends of each connection by address.
            let mut sorted: Vec<&SocketRow> = rows.iter().collect();
            sorted.sort_by_key(|row| (row.protocol, row.state != TcpState::Listen, row.local, row.peer));
            Some(Table {
                title: catalogs.say(&title),
                time: seconds(event.at.0),
                rows: sorted.into_iter().take(MAX_TABLE_ROWS).map(|row| self.socket(row, catalogs)).collect(),
                more: rows.len().saturating_sub(MAX_TABLE_ROWS),
            })
        });
        tables.collect()
    }

    fn socket(&self, row: &SocketRow, catalogs: &Catalogs) -> Socket {
        let end = |at: std::net::SocketAddr| {
            if at.port() == 0 { at.to_string().trim_end_matches('0').to_owned() + "*" } else { at.to_string() }
        };
        Socket {
            protocol: row.protocol,
            state: match (row.protocol, row.state) {
                (Protocol::Udp, TcpState::Close) => "UNCONN",
                (_, state) => state.name(),
            },
            queues: [row.receive_queue, row.send_queue],
            local: end(row.local),
            peer: end(row.peer),
            owner: catalogs.say(&self.owner(row)),
        }
    }

    /// Returns the system calls to show, and the number of the others.
    fn calls(&self, seen: &Evidence, catalogs: &Catalogs) -> (Vec<Call>, usize) {
        let is_call = |event: &&Event| matches!(event.kind, EventKind::Called { .. });
        let all = seen.journal.iter().filter(is_call).count();
        let calls = seen.journal.iter().filter_map(|event| match &event.kind {
            EventKind::Called { server, pid, call } => Some(Call {
                event: event.id.0,
                time: seconds(event.at.0),
                step: current_step(seen, event.at.0),
                server: catalogs.say(&self.server(*server)),
                pid: *pid,
                text: call.to_string(),
            }),
            _ => None,
        });
        (calls.take(MAX_CALLS).collect(), all.saturating_sub(MAX_CALLS))
    }

    fn outputs(&self, seen: &Evidence, catalogs: &Catalogs) -> Vec<Output> {
        let outputs = self.servers.iter().filter_map(|&(server, _, command)| {
            let (head, tail, total) = seen.journal.output(server)?;
            let first = &head[..head.len().min(MAX_OUTPUT_BYTES)];
            // If the end was not kept separately, the beginning contains all of the output.
            let rest = if tail.is_empty() { &head[first.len()..] } else { tail };
            let last = &rest[rest.len().saturating_sub(MAX_OUTPUT_BYTES)..];
            let lines = |bytes: &[u8]| match bytes {
                [] => Vec::new(),
                bytes => {
                    bytes.strip_suffix(b"\n").unwrap_or(bytes).split(|&byte| byte == b'\n').map(printable).collect()
                }
            };
            Some(Output {
                server: catalogs.say(&self.server(server)),
                command: escape_controls(command),
                total,
                head: lines(first),
                hidden: usize::try_from(total).unwrap_or(usize::MAX).saturating_sub(first.len() + last.len()),
                tail: lines(last),
            })
        });
        outputs.collect()
    }
}
