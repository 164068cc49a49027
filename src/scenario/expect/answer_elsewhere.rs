//! Finds answers over UDP that the server sent to another address than the client's. Only the
//! packets show these.

use std::net::SocketAddr;

use super::stream::Stream;
use crate::model::{Evidence, Protocol};
use crate::packet::{Frame, Link, Transport};

/// Shortest payload that is recognised as an answer, in bytes.
const MIN_ANSWER_BYTES: usize = 4;

/// Returns the address to which the server sent the answer to a client's datagram, and the answer.
pub(super) fn answer_elsewhere<'a>(seen: &'a Evidence, stream: &Stream<'_>) -> Option<(SocketAddr, &'a [u8])> {
    let (_, row) = seen.journal.ready(stream.server).filter(|(_, row)| row.protocol == Protocol::Udp)?;
    let clients: Vec<u16> = seen.journal.connections().iter().map(|one| one.local.port()).collect();
    let is_answer = |payload: &[u8]| {
        let has = |sent: &[u8]| payload.windows(sent.len()).any(|window| window.eq_ignore_ascii_case(sent));
        let sent = stream.sent.iter().map(|(_, sent)| sent.trim_ascii());
        sent.filter(|sent| sent.len() >= MIN_ANSWER_BYTES).any(has)
    };
    seen.capture.as_ref()?.packets().find_map(|packet| {
        let frame = Frame::read(Link::Ethernet, packet.at_ns, packet.original_length, packet.bytes).ok()?;
        let Transport::Udp(udp) = frame.transport else { return None };
        let port = frame.destination.port();
        let is_lost = frame.source.port() == row.local.port() && !clients.contains(&port);
        (is_lost && is_answer(udp.payload)).then_some((frame.destination, udp.payload))
    })
}
