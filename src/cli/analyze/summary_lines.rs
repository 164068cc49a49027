//! The lines of `socklab analyze --summary`: one per conversation.

use std::collections::HashMap;

use super::closed_lines::Line;
use super::{HANDSHAKE_IDS, TEARDOWN_IDS, handshake_id, teardown_id};
use crate::i18n::Catalog;
use crate::model::Message;
use crate::packet::{TcpConversation, UdpConversation};

/// Writes lines with endpoints, packets and bytes in each direction, handshake and teardown.
pub(super) struct SummaryLines<'a> {
    words: &'a Catalog,
    /// Sentences by message id: formatting takes longer than reading the packets.
    began: HashMap<&'static str, String>,
    ended: HashMap<&'static str, String>,
}

impl<'a> SummaryLines<'a> {
    pub(super) fn new(words: &'a Catalog) -> Self {
        let sentences = |ids: &[&'static str]| ids.iter().map(|&id| (id, words.sentence(id))).collect();
        Self { words, began: sentences(&HANDSHAKE_IDS), ended: sentences(&TEARDOWN_IDS) }
    }

    /// Returns the line of a TCP conversation.
    pub(super) fn tcp(&self, one: &TcpConversation) -> Line {
        let (to, back) = (&one.from_client, &one.from_server);
        let (began, ended) = (&self.began[handshake_id(one)], &self.ended[teardown_id(one)]);
        let zero_windows = self.count_text("analyze-zero-windows", (to.zero_windows + back.zero_windows) as u64);
        let missing = self.count_text("analyze-not-captured", to.missing + to.unseen + back.missing + back.unseen);
        Line {
            counts: [to.packets, back.packets],
            text: [
                format!("TCP {}{}", one.stream, endpoints(one)),
                format!("/{} → ", to.bytes),
                format!("/{} ←  {began}; {ended}{zero_windows}{missing}", back.bytes),
            ],
        }
    }

    /// Returns the packets that came after `line` was stored: those of its client and of its
    /// server.
    pub(super) fn late_packets(&self, late: &TcpConversation, line: &Line) -> [usize; 2] {
        let packets = [late.from_client.packets, late.from_server.packets];
        // Late packets may not show which end is the client.
        if line.text[0].ends_with(&endpoints(late)) { packets } else { [packets[1], packets[0]] }
    }

    /// Formats a count with a message; empty if it is 0.
    fn count_text(&self, id: &'static str, count: u64) -> String {
        if count == 0 {
            return String::new();
        }
        format!("; {}", self.words.format(&Message::new(id).with("count", count)))
    }

    /// Returns the line of a UDP conversation.
    pub(super) fn udp(one: &UdpConversation) -> String {
        let (to, back) = (one.from_client, one.from_server);
        format!(
            "UDP {}  {} → {}  {}/{} → {}/{} ←\n",
            one.stream, one.client, one.server, to.count, to.bytes, back.count, back.bytes
        )
    }
}

fn endpoints(one: &TcpConversation) -> String {
    format!("  {} → {}  ", one.client, one.server)
}
