//! Finds answers over UDP that the server sent to another address than the client's. Only the
//! packets show these.

use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;

use super::stream::{Stream, streams};
use crate::model::{ClientId, Evidence, Protocol};
use crate::packet::{Frame, Link, Transport};

/// Shortest payload that is recognised as an answer, in bytes.
pub(super) const MIN_ANSWER_BYTES: usize = 4;

/// Returns the address to which the server sent the answer to a client's datagram, and the answer.
pub(super) fn answer_elsewhere<'a>(seen: &'a Evidence, stream: &Stream<'_>) -> Option<(SocketAddr, &'a [u8])> {
    let (_, row) = seen.journal.ready(stream.server).filter(|(_, row)| row.protocol == Protocol::Udp)?;
    let owners: BTreeMap<u16, ClientId> =
        seen.journal.connections().into_iter().map(|one| (one.local.port(), one.client)).collect();
    let all = streams(&seen.journal, None);
    let has_sent = |client: ClientId, payload: &[u8]| {
        let mut sent = all.iter().filter(|other| other.client == client).flat_map(|other| &other.sent);
        sent.any(|(_, sent)| is_alike(payload, sent.trim_ascii()))
    };
    // Another client gets its own answers, or those to the same text.
    let is_own = |port: u16, payload: &[u8]| {
        let owner = owners.get(&port).copied();
        owner.is_some_and(|owner| owner == stream.client || has_sent(owner, payload))
    };
    let is_answer = |payload: &[u8]| {
        let sent = stream.sent.iter().map(|(_, sent)| sent.trim_ascii());
        sent.filter(|sent| sent.len() >= MIN_ANSWER_BYTES).any(|sent| is_alike(payload, sent))
    };
    // A server that sends to itself sends the same datagram some 100,000 times.
    let mut examined = HashSet::new();
    seen.capture.as_ref()?.packets().find_map(|packet| {
        let frame = Frame::read(Link::Ethernet, packet.at_ns, packet.original_length, packet.bytes).ok()?;
        let Transport::Udp(udp) = frame.transport else { return None };
        let is_from_server = frame.source.port() == row.local.port();
        if !is_from_server || !examined.insert((frame.destination, udp.payload)) {
            return None;
        }
        let is_lost = !is_own(frame.destination.port(), udp.payload);
        (is_lost && is_answer(udp.payload)).then_some((frame.destination, udp.payload))
    })
}

/// Returns true if a payload contains this text, in any case.
fn is_alike(payload: &[u8], sent: &[u8]) -> bool {
    !sent.is_empty() && payload.windows(sent.len()).any(|window| window.eq_ignore_ascii_case(sent))
}
