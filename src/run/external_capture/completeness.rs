//! Decides which conversations of a capture can be judged, and why the others cannot.
//!
//! A conversation is judged only if the capture has all of it. A fault of the capture or of the
//! client is never a fault of the server.

use crate::model::Message;
use crate::packet::conversation::{HandshakeState, ResetAfter};
use crate::packet::{Side, TcpConversation, UdpConversation};

/// What a capture lacks of a TCP conversation, from the one that is farthest from complete to the
/// one that is nearest. The nearest is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shortfall {
    /// No answer to the SYN.
    Unanswered,
    /// The SYN was answered by a RST.
    Refused,
    /// The capture begins later.
    NoSyn,
    /// The client's ACK is missing.
    HalfOpen,
    /// The SYN-ACK is missing.
    NoSynAck,
    /// The SYN-ACK comes before the SYN.
    Reordered,
    /// The client sent a RST before it had the whole answer.
    ResetByClient,
    /// Neither FINs nor a RST ended it.
    Open,
    /// Data of one direction is longer than what is examined, or than what was captured of each
    /// packet.
    Cut,
    /// This many sequence numbers were sent, but are not in the capture.
    Hole(u64),
}

impl Shortfall {
    /// Returns the reason, in words. `dropped` is the number of packets that the capturing program
    /// itself counts as dropped.
    pub(super) fn message(self, dropped: u64) -> Message {
        match self {
            Self::Unanswered => Message::new("capture-why-unanswered"),
            Self::Refused => Message::new("capture-why-refused"),
            Self::NoSyn => Message::new("capture-why-no-syn"),
            Self::HalfOpen => Message::new("capture-why-half-open"),
            Self::NoSynAck => Message::new("capture-why-no-syn-ack"),
            Self::Reordered => Message::new("capture-why-reordered"),
            Self::ResetByClient => Message::new("capture-why-reset-by-client"),
            Self::Open => Message::new("capture-why-open"),
            Self::Cut => Message::new("capture-why-cut").with("most", super::MAX_PAYLOAD_BYTES >> 20),
            Self::Hole(count) if dropped > 0 => {
                Message::new("capture-why-hole-dropped").with("count", count).with("dropped", dropped)
            }
            Self::Hole(count) => Message::new("capture-why-hole").with("count", count),
        }
    }
}

/// Returns what a TCP conversation lacks to be judged, or `None` if it is complete: it has its
/// beginning, its end and all of its data.
pub(super) fn shortfall(one: &TcpConversation) -> Option<Shortfall> {
    let both = [&one.from_client, &one.from_server];
    let unseen: u64 = both.iter().map(|direction| direction.missing + direction.unseen).sum();
    let teardown = &one.teardown;
    let reset = teardown.reset.filter(|reset| reset.after != ResetAfter::Closed);
    match one.handshake.state() {
        HandshakeState::SynSent if one.is_refused() => return Some(Shortfall::Refused),
        HandshakeState::SynSent => return Some(Shortfall::Unanswered),
        HandshakeState::None => return Some(Shortfall::NoSyn),
        HandshakeState::HalfOpen => return Some(Shortfall::HalfOpen),
        HandshakeState::SynAckMissing => return Some(Shortfall::NoSynAck),
        HandshakeState::Reordered => return Some(Shortfall::Reordered),
        HandshakeState::Complete => {}
    }
    if unseen > 0 {
        return Some(Shortfall::Hole(unseen));
    }
    if both.iter().any(|direction| direction.is_payload_cut) {
        return Some(Shortfall::Cut);
    }
    if !teardown.is_complete && reset.is_none() {
        return Some(Shortfall::Open);
    }
    let is_given_up = reset.is_some_and(|reset| reset.by == Side::Client) && !is_answered_in_full(one);
    is_given_up.then_some(Shortfall::ResetByClient)
}

/// Returns true if the client ended the connection with a RST that the server did not cause.
///
/// A client resets by itself if it is killed, closes with unread data, or sets `SO_LINGER` to 0.
/// Only data that nobody asked for, sent after the client's FIN had arrived, is the server's fault.
pub(super) fn is_reset_by_client_alone(one: &TcpConversation) -> bool {
    let reset = one.teardown.reset.filter(|reset| reset.after != ResetAfter::Closed);
    reset.is_some_and(|reset| reset.by == Side::Client) && !sent_more_after_close(one)
}

/// Returns true if the server sent at least as many bytes as it received: an echo, or the same in
/// upper case, is then complete.
fn is_answered_in_full(one: &TcpConversation) -> bool {
    one.from_server.bytes > 0 && one.from_server.bytes >= answer_length(one)
}

/// Returns the length of the longest right answer. Upper case may take more bytes.
fn answer_length(one: &TcpConversation) -> u64 {
    let sent = one.from_client.payload.as_deref().unwrap_or_default();
    let upper = String::from_utf8_lossy(sent).to_uppercase().len();
    one.from_client.bytes.max(upper as u64)
}

/// Returns true if the server sent data beyond the answer after it had acknowledged the client's
/// FIN.
fn sent_more_after_close(one: &TcpConversation) -> bool {
    let Some(acknowledged) = one.from_client.fin.and_then(|fin| fin.acknowledged) else { return false };
    let answer = answer_length(one);
    one.packets.iter().any(|packet| {
        // The first byte has the relative number 1.
        let end = u64::from(packet.sequence).saturating_sub(1) + u64::from(packet.length);
        packet.from == Side::Server && packet.length > 0 && packet.frame >= acknowledged.frame && end > answer
    })
}

/// What a UDP conversation of a capture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exchange {
    /// It begins with the client and ends with the server.
    Answered,
    /// It begins with the server, so that the capture began later; or its data was not captured.
    Partial,
    /// It ends with the client: an answer is missing, or comes after the end of the capture.
    Unanswered,
    /// A datagram was undeliverable before the server had sent anything in the capture: the server
    /// was not running yet.
    BeforeServer,
}

/// Classifies a UDP conversation. `first_answer` is the index of the first frame that the server
/// sent to any client.
///
/// An exchange that began before the capture proves nothing. A capture that begins between several
/// concurrent requests cannot be recognized.
pub(super) fn exchange(one: &UdpConversation, first_answer: Option<usize>) -> Exchange {
    let undeliverable = one.datagrams.iter().filter_map(|datagram| datagram.unreachable).map(|(seen, _)| seen.frame);
    if let Some(last) = undeliverable.max() {
        let is_before = first_answer.is_none_or(|first| last < first);
        return if is_before { Exchange::BeforeServer } else { Exchange::Unanswered };
    }
    let is_there = one.datagrams.iter().all(|datagram| datagram.payload.is_some());
    match (one.datagrams.first().map(|first| first.from), one.datagrams.last().map(|last| last.from)) {
        (Some(Side::Client), Some(Side::Client)) => Exchange::Unanswered,
        (Some(Side::Client), Some(Side::Server)) if is_there => Exchange::Answered,
        (Some(Side::Server), Some(Side::Client)) => Exchange::Unanswered,
        _ => Exchange::Partial,
    }
}
