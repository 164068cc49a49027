//! Finds answers over UDP that the server sent to another address than the client's. Only the
//! packets show these.

use std::net::SocketAddr;

use super::stream::{Stream, streams};
use crate::model::{Evidence, Protocol};
use crate::packet::{Frame, Link, Transport};

/// Shortest payload that is recognised as an answer, in bytes.
pub(super) const MIN_ANSWER_BYTES: usize = 4;

/// Returns the address to which the server sent the answer to a client's datagram, and the answer.
pub(super) fn answer_elsewhere<'a>(seen: &'a Evidence, stream: &Stream<'_>) -> Option<(SocketAddr, &'a [u8])> {
    let (_, row) = seen.journal.ready(stream.server).filter(|(_, row)| row.protocol == Protocol::Udp)?;
    let all = streams(&seen.journal, None);
    // Another client gets its own answers, or those to the same text.
    let is_own = |port: u16, payload: &[u8]| {
        let owner = seen.journal.connections().into_iter().find(|one| one.local.port() == port);
        owner.is_some_and(|one| {
            one.client == stream.client
                || all.iter().any(|other| {
                    other.client == one.client
                        && other.sent.iter().any(|(_, sent)| is_alike(payload, sent.trim_ascii()))
                })
        })
    };
    let is_answer = |payload: &[u8]| {
        let has = |sent: &[u8]| is_alike(payload, sent);
        let sent = stream.sent.iter().map(|(_, sent)| sent.trim_ascii());
        sent.filter(|sent| sent.len() >= MIN_ANSWER_BYTES).any(has)
    };
    seen.capture.as_ref()?.packets().find_map(|packet| {
        let frame = Frame::read(Link::Ethernet, packet.at_ns, packet.original_length, packet.bytes).ok()?;
        let Transport::Udp(udp) = frame.transport else { return None };
        let port = frame.destination.port();
        let is_lost = frame.source.port() == row.local.port() && !is_own(port, udp.payload);
        (is_lost && is_answer(udp.payload)).then_some((frame.destination, udp.payload))
    })
}

/// Returns true if a payload contains this text, in any case.
fn is_alike(payload: &[u8], sent: &[u8]) -> bool {
    !sent.is_empty() && payload.windows(sent.len()).any(|window| window.eq_ignore_ascii_case(sent))
}
