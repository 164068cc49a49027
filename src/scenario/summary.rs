//! A summary of a run in a few lines, from the journal: programs started, clients connected, bytes
//! sent and received. Judges nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::bytes::printable_prefix;
use crate::model::{BlockedThread, ClientId, EventId, EventKind, Journal, Message, ServerId, SocketRow};

/// Maximum number of bytes of data shown in a line.
const MAX_SHOWN_BYTES: usize = 40;

/// Maximum number of places shown at which threads wait.
const MAX_PLACES: usize = 6;

/// Returns the lines shown with a failed item: the server, the clients, and the exchange of the
/// client that failed.
#[must_use]
pub(crate) fn summarize(journal: &Journal, shown_by: &[EventId]) -> Vec<Message> {
    let mut lines = Vec::new();
    lines.extend(server_line(journal));
    lines.extend(program_lines(journal));
    lines.extend(clients_line(journal));
    lines.extend(disturbance_line(journal));
    lines.extend(unread_lines(journal).take(3));
    if let Some(client) = failing_client(journal, shown_by) {
        if journal.accepted_clients().contains(&client) {
            lines.extend(connection_line(journal, client));
        } else {
            lines.extend(exchange_line(journal, client));
        }
    }
    lines.extend(silence_lines(journal));
    lines.extend(exit_lines(journal));
    lines
}

/// Returns the programs that were started, with their command lines, in the order of their starts.
fn programs(journal: &Journal) -> impl Iterator<Item = (ServerId, &String, i32)> {
    journal.iter().filter_map(|event| match &event.kind {
        EventKind::Started { server, command, pid, .. } => Some((*server, command, *pid)),
        _ => None,
    })
}

/// Describes the programs after the first one that are no servers, and what was typed to them.
fn program_lines(journal: &Journal) -> Vec<Message> {
    let others = programs(journal).filter(|(id, ..)| *id != ServerId(0) && journal.is_no_server(*id));
    let started = others.map(|(_, command, pid)| {
        Message::new("story-started").with("command", command.clone()).with("pid", pid.to_string())
    });
    let mut typed: BTreeMap<ServerId, Vec<u8>> = BTreeMap::new();
    for event in journal.iter() {
        if let EventKind::Typed { server, bytes, .. } = &event.kind {
            typed.entry(*server).or_default().extend_from_slice(&bytes.0);
        }
    }
    let typed = typed.into_values().filter(|bytes| !bytes.is_empty()).map(|bytes| {
        Message::new("story-typed").with("text", printable_prefix(&bytes, MAX_SHOWN_BYTES)).with("bytes", bytes.len())
    });
    started.chain(typed).take(MAX_PLACES).collect()
}

/// Describes a connection that a program opened, with the data of both directions.
fn connection_line(journal: &Journal, client: ClientId) -> Option<Message> {
    let (mut sent, mut got, mut is_open) = (Vec::new(), Vec::new(), false);
    for event in journal.events_of_client(client) {
        match &event.kind {
            EventKind::Accepted { .. } => is_open = true,
            EventKind::Sent { bytes, .. } => sent.extend_from_slice(&bytes.0),
            EventKind::Received { bytes, .. } => got.extend_from_slice(&bytes.0),
            _ => {}
        }
    }
    let shown = |bytes: &[u8]| printable_prefix(bytes, MAX_SHOWN_BYTES);
    let message = Message::new("story-connection").with("client", client.0).with("sent_bytes", sent.len());
    let message = message.with("got_bytes", got.len()).with("sent", shown(&sent)).with("got", shown(&got));
    is_open.then_some(message)
}

/// Returns the client that the finding is about.
fn failing_client(journal: &Journal, shown_by: &[EventId]) -> Option<ClientId> {
    let shown: BTreeSet<&EventId> = shown_by.iter().collect();
    journal.iter().filter(|event| shown.contains(&event.id)).find_map(|event| event.kind.client())
}

fn server_line(journal: &Journal) -> Option<Message> {
    let (command, pid) = journal.iter().find_map(|event| match &event.kind {
        EventKind::Started { server: ServerId(0), command, pid, .. } => Some((command.clone(), *pid)),
        _ => None,
    })?;
    let message = match journal.ready(ServerId(0)) {
        Some((_, row)) if row.protocol == crate::model::Protocol::Tcp => {
            Message::new("story-listens").with("at", row.local.to_string()).with("backlog", row.send_queue)
        }
        Some((_, row)) => Message::new("story-bound").with("at", row.local.to_string()),
        None if pid == 0 && journal.not_ready(ServerId(0)).is_none() => Message::new("story-elsewhere"),
        None if pid == 0 => Message::new("story-not-started"),
        None => Message::new("story-started"),
    };
    Some(message.with("command", command).with("pid", pid.to_string()))
}

fn clients_line(journal: &Journal) -> Option<Message> {
    let connections = journal.connections();
    if connections.is_empty() {
        return None;
    }
    let mut ports: Vec<String> = connections.iter().take(8).map(|c| c.local.port().to_string()).collect();
    if connections.len() > ports.len() {
        ports.push("…".to_owned());
    }
    Some(Message::new("story-connected").with("clients", connections.len()).with("ports", ports.join(" ")))
}

/// Describes how the calls of the programs were disturbed.
fn disturbance_line(journal: &Journal) -> Option<Message> {
    journal.iter().rev().find_map(|event| match event.kind {
        EventKind::Disturbed { recv, send, permille } => {
            let bytes = |most: Option<u64>| most.map_or_else(|| "none".to_owned(), |most| most.to_string());
            let message = Message::new("story-disturbed").with("recv", bytes(recv)).with("send", bytes(send));
            let (whole, tenth) = (permille / 10, permille % 10);
            let share = if tenth == 0 { whole.to_string() } else { format!("{whole}.{tenth}") };
            Some(message.with("eintr", share))
        }
        _ => None,
    })
}

/// Describes the clients that never read.
fn unread_lines(journal: &Journal) -> impl Iterator<Item = Message> {
    journal.iter().filter_map(|event| match event.kind {
        EventKind::ReadsNothing { client } => Some(Message::new("story-reads-nothing").with("client", client.0)),
        _ => None,
    })
}

/// Describes the exchange of a client: the first data that it sent, the first bytes that it
/// received, and both totals.
fn exchange_line(journal: &Journal, client: ClientId) -> Option<Message> {
    let mut sent: Option<&[u8]> = None;
    let mut total = (0usize, 0usize);
    let mut got = Vec::new();
    for event in journal.events_of_client(client) {
        match &event.kind {
            EventKind::Sent { bytes, .. } => {
                total.0 += bytes.0.len();
                sent.get_or_insert(&bytes.0);
            }
            EventKind::Received { bytes, .. } => {
                total.1 += bytes.0.len();
                if got.len() < MAX_SHOWN_BYTES * 2 {
                    got.extend_from_slice(&bytes.0);
                }
            }
            _ => {}
        }
    }
    let message = Message::new(if total.1 == 0 { "story-sent-nothing-came" } else { "story-sent-got" });
    Some(
        message
            .with("client", client.0)
            .with("sent", printable_prefix(sent?, MAX_SHOWN_BYTES))
            .with("sent_bytes", total.0)
            .with("got", printable_prefix(&got, MAX_SHOWN_BYTES))
            .with("got_bytes", total.1),
    )
}

/// Describes the last proof of silence: where the server waits, and what it has not read.
fn silence_lines(journal: &Journal) -> Vec<Message> {
    let mut last = journal.iter().filter_map(|event| match &event.kind {
        EventKind::Silent { threads, rows } => Some((threads, rows)),
        _ => None,
    });
    let Some((threads, rows)) = last.next_back() else { return Vec::new() };
    let connections = journal.connections();
    let client_of = |row: &SocketRow| {
        connections.iter().find(|one| one.local == row.peer && one.peer == row.local).map(|one| one.client)
    };
    let has_programs = programs(journal).next().is_some();
    let is_client_only = has_programs && programs(journal).all(|(id, ..)| journal.is_no_server(id));
    let place = |thread: &BlockedThread| {
        let row = thread.inode.and_then(|inode| rows.iter().find(|row| row.inode == inode));
        match row.map(|row| (row, client_of(row))) {
            Some((row, Some(_))) => format!("{} ({})", thread.call, row.peer),
            Some((row, None)) => format!("{} ({})", thread.call, row.local),
            None if thread.fd == Some(0) => format!("{} (stdin)", thread.call),
            None => thread.call.clone(),
        }
    };
    let own: Vec<&BlockedThread> = threads.iter().filter(|thread| thread.server == ServerId(0)).collect();
    // Threads of a runtime, or of a pool, that have nothing to do.
    let is_lock = |thread: &BlockedThread| matches!(&*thread.call, "futex" | "wait" | "waitid");
    let only_locks = own.iter().all(|thread| is_lock(thread));
    let places: BTreeSet<String> =
        own.iter().filter(|thread| only_locks || !is_lock(thread)).map(|thread| place(thread)).collect();
    let is_hidden = has_event_loop_of_runtime(&own) && places.iter().all(|place| place == EVENT_LOOP);
    let mut shown: Vec<String> = places.into_iter().collect();
    if shown.len() > MAX_PLACES {
        shown.truncate(MAX_PLACES);
        shown.push("…".to_owned());
    }
    let unread = rows.iter().filter(|row| row.unread_bytes() > 0).filter_map(|row| {
        let message = Message::new("story-unread").with("bytes", row.unread_bytes());
        Some(message.with("client", client_of(row)?.0))
    });
    let id = match (is_hidden, is_client_only) {
        (true, true) => "story-program-silent-input",
        (true, false) => "story-silent-input",
        (false, true) => "story-program-silent",
        (false, false) => "story-silent",
    };
    let waits = Message::new(id);
    let waits = if is_hidden { waits } else { waits.with("places", shown.join(", ")) };
    std::iter::once(waits).chain(unread.take(3)).collect()
}

/// The call in which a runtime waits for all sockets at once.
const EVENT_LOOP: &str = "epoll_wait";

/// Returns true if the program does not call `epoll_wait` itself, but its runtime, for reads that block
/// (Go, .NET) or for events (Node, asyncio): a program in C with one thread does.
fn has_event_loop_of_runtime(threads: &[&BlockedThread]) -> bool {
    const INTERPRETERS: [&str; 6] = ["node", "MainThread", "libuv", "python", "ruby", "php"];
    let is_interpreter = |thread: &&BlockedThread| INTERPRETERS.iter().any(|name| thread.name.starts_with(name));
    threads.len() > 1 || threads.iter().any(is_interpreter)
}

/// Describes how the programs exited that did.
/// Returns true if the programs could do nothing more by themselves, then a step closed a connection, and
/// only then this exit came.
fn was_closed_after_silence(journal: &Journal, exit: EventId) -> bool {
    let before = || journal.iter().take_while(|event| event.id < exit);
    let silent = before().filter(|event| matches!(event.kind, EventKind::Silent { .. })).last();
    silent.is_some_and(|silent| {
        before().skip_while(|event| event.id <= silent.id).any(|event| {
            matches!(
                event.kind,
                EventKind::FinishedSending { .. } | EventKind::Closed { .. } | EventKind::Aborted { .. }
            )
        })
    })
}

fn exit_lines(journal: &Journal) -> Vec<Message> {
    let ended = programs(journal).filter_map(|(id, command, _)| {
        let (exit, status) = journal.exited(id)?;
        if journal.is_no_server(id) {
            let is_later = was_closed_after_silence(journal, exit);
            let id = if is_later { "story-program-ended-later" } else { "story-program-ended" };
            let message = Message::new(id).with("command", command.clone());
            return Some(message.with("status", status.message()));
        }
        (id == ServerId(0)).then(|| Message::new("story-ended").with("status", status.message()))
    });
    ended.take(MAX_PLACES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Event, EventId, Moment};

    /// Returns the line about threads with these names and calls.
    fn waits(threads: &[(&str, &str)]) -> Message {
        let thread = |&(name, call): &(&str, &str)| BlockedThread {
            server: ServerId(0),
            pid: 3,
            thread: 3,
            name: name.to_owned(),
            call: call.to_owned(),
            fd: None,
            inode: None,
            limited: false,
            source: None,
        };
        let kind = EventKind::Silent { threads: threads.iter().map(thread).collect(), rows: Vec::new() };
        let silent = Event { id: EventId(0), at: Moment(0), step: 0, kind };
        silence_lines(&Journal(vec![silent])).remove(0)
    }

    #[test]
    fn places_of_a_runtime_are_left_out() {
        let waits_in = |places: &str| Message::new("story-silent").with("places", places);
        let waits_for_input = Message::new("story-silent-input");
        assert_eq!(waits(&[("a", "futex"), ("b", "recv")]), waits_in("recv"));
        assert_eq!(waits(&[("a", "futex"), ("b", "wait")]), waits_in("futex, wait"));
        assert_eq!(waits(&[("server", "epoll_wait"), ("server", "futex")]), waits_for_input);
        assert_eq!(waits(&[("node", "epoll_wait")]), waits_for_input);
        assert_eq!(waits(&[("server", "epoll_wait")]), waits_in("epoll_wait"), "it calls that itself");
        assert_eq!(waits(&[("a", "accept"), ("b", "epoll_wait")]), waits_in("accept, epoll_wait"));
    }
}
