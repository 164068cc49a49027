//! The data that one client sent and received, collected from the journal. Does not depend on the
//! correct answers.

use std::net::SocketAddr;

use crate::model::{ClientId, EventId, EventKind, Journal, Protocol, ServerId, StreamEnd, WaitTarget};

/// One client's exchange.
#[derive(Debug)]
pub(super) struct Stream<'a> {
    pub(super) client: ClientId,
    pub(super) server: ServerId,
    /// `None` if it never connected.
    pub(super) protocol: Option<Protocol>,
    pub(super) sent: Vec<(EventId, &'a [u8])>,
    pub(super) got: Vec<(EventId, &'a [u8])>,
    pub(super) ending: Option<(EventId, &'a StreamEnd)>,
    pub(super) connect_failed: Option<(EventId, &'a StreamEnd)>,
    pub(super) timeout: Option<(EventId, &'a WaitTarget, u64)>,
    /// Bytes that the server had not read then, although it was busy.
    pub(super) busy_unread: Option<u64>,
    pub(super) overflow: u64,
    pub(super) strays: Vec<(EventId, SocketAddr, &'a [u8])>,
    /// Number of bytes received before anything was sent. More may have been in flight.
    pub(super) unsolicited_bytes: usize,
    /// When it half-closed, closed or reset. An end of the stream after that is not a cause.
    pub(super) closed: Option<EventId>,
}

impl Stream<'_> {
    /// Returns all received data, concatenated.
    pub(super) fn received_bytes(&self) -> Vec<u8> {
        self.got.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect()
    }

    /// Returns how the stream ended while this client still waited: before it closed, and before it
    /// gave up.
    pub(super) fn premature_end(&self) -> Option<&StreamEnd> {
        let (id, ending) = self.ending?;
        let late = self.timeout.map(|(id, ..)| id);
        (self.closed.into_iter().chain(late).all(|end| id < end)).then_some(ending)
    }

    /// Returns this client's next action after it timed out waiting for an answer: it sent more, or
    /// ended its side.
    pub(super) fn act_after_waiting(&self) -> Option<EventId> {
        let (late, waiting, _) = self.timeout?;
        let for_an_answer =
            matches!(waiting, WaitTarget::Answer { .. } | WaitTarget::Bytes { .. } | WaitTarget::Responses { .. });
        let acts = self.sent.iter().map(|(id, _)| *id).chain(self.closed);
        acts.filter(|act| for_an_answer && *act > late).min()
    }

    /// Returns the events that document this client's exchange.
    pub(super) fn events(&self) -> Vec<EventId> {
        let mut ids: Vec<_> = self.sent.iter().chain(&self.got).map(|(id, _)| *id).take(40).collect();
        ids.extend(self.ending.iter().map(|(id, _)| *id));
        ids.extend(self.timeout.iter().map(|(id, ..)| *id));
        ids.extend(self.strays.iter().map(|(id, ..)| *id));
        ids.extend(self.connect_failed.iter().map(|(id, _)| *id));
        ids.sort_unstable();
        ids
    }
}

/// Returns the streams of all clients, or of the connections with these numbers, in the order of
/// their numbers. A connection that a program opened is no client.
pub(super) fn streams<'a>(journal: &'a Journal, only: Option<&[u32]>) -> Vec<Stream<'a>> {
    // A requested client without any event still gets a stream, with nothing sent.
    let mut all: Vec<Stream<'a>> = only.into_iter().flatten().map(|&client| empty(ClientId(client))).collect();
    all.sort_by_key(|stream| stream.client);
    all.dedup_by_key(|stream| stream.client);
    let accepted = journal.accepted_clients();
    for event in journal.iter() {
        let Some(client) = event.kind.client() else { continue };
        if only.map_or_else(|| accepted.contains(&client), |only| !only.contains(&client.0)) {
            continue;
        }
        let at = all.binary_search_by_key(&client, |stream| stream.client).unwrap_or_else(|at| {
            all.insert(at, empty(client));
            at
        });
        note(&mut all[at], event.id, &event.kind);
    }
    all
}

fn empty<'a>(client: ClientId) -> Stream<'a> {
    Stream {
        client,
        server: ServerId(0),
        protocol: None,
        sent: Vec::new(),
        got: Vec::new(),
        ending: None,
        connect_failed: None,
        timeout: None,
        busy_unread: None,
        overflow: 0,
        strays: Vec::new(),
        unsolicited_bytes: 0,
        closed: None,
    }
}

fn note<'a>(stream: &mut Stream<'a>, id: EventId, kind: &'a EventKind) {
    match kind {
        EventKind::Connected { protocol, server, .. } => {
            stream.protocol = Some(*protocol);
            stream.server = *server;
        }
        EventKind::Accepted { protocol, server, .. } => {
            stream.protocol = Some(*protocol);
            stream.server = *server;
        }
        EventKind::ConnectFailed { ending, server, .. } => {
            stream.connect_failed = Some((id, ending));
            stream.server = *server;
        }
        EventKind::Sent { bytes, .. } => stream.sent.push((id, &bytes.0)),
        EventKind::Received { bytes, .. } => {
            stream.got.push((id, &bytes.0));
            if stream.sent.is_empty() {
                stream.unsolicited_bytes += bytes.0.len();
            }
        }
        EventKind::Overflowed { bytes, .. } => stream.overflow += bytes,
        EventKind::Stray { from, bytes, .. } => stream.strays.push((id, *from, &bytes.0)),
        EventKind::Ended { ending, .. } => {
            stream.ending.get_or_insert((id, ending));
        }
        EventKind::Late { waiting, within_ms, busy_unread, .. } => {
            if stream.timeout.is_none() {
                stream.busy_unread = *busy_unread;
            }
            stream.timeout.get_or_insert((id, waiting, *within_ms));
        }
        EventKind::FinishedSending { .. } | EventKind::Closed { .. } | EventKind::Aborted { .. } => {
            stream.closed.get_or_insert(id);
        }
        _ => {}
    }
}
