//! A sequence diagram with one lane per client and server, and one row per packet, system call and
//! step.
//!
//! This module determines the content. `text` and `svg` draw it.

mod svg;
mod text;

use super::packet_labels::{LabelledPacket, PacketStyle, Traffic};
use crate::i18n::Catalog;
use crate::model::{EventId, EventKind, Evidence, Message, TcpState};
use crate::packet::Conversations;

/// Maximum number of clients that are drawn. The packets of the others are counted.
const MAX_CLIENTS: usize = 8;

/// A diagram that is ready to be drawn.
#[derive(Debug, Default)]
pub struct Timeline {
    title: String,
    pub(super) lanes: Vec<Lane>,
    /// The number of lanes of clients, which are on the left.
    pub(super) clients: usize,
    pub(super) rows: Vec<TimelineRow>,
    /// A note on everything that is not drawn, in the reader's language. `None` if all is drawn.
    pub(super) left_out: Option<String>,
    /// True if rows begin with the number of the frame.
    pub(super) is_numbered: bool,
}

/// A vertical line.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) name: String,
    pub(super) address: String,
}

/// An event of the run at one point in time.
#[derive(Debug)]
pub(super) struct TimelineRow {
    /// Nanoseconds since the start of the run.
    pub(super) at_ns: u64,
    pub(super) what: RowContent,
}

/// The content of a row.
#[derive(Debug)]
pub(super) enum RowContent {
    /// A packet from lane to lane.
    Arrow(Arrow),
    /// A system call, on the lane of its server.
    Call { lane: usize, text: String, event: EventId },
    /// The start of a step of the scenario.
    Step(String),
}

#[derive(Debug)]
pub(super) struct Arrow {
    /// The packet's index in the capture, from 0.
    pub(super) frame: usize,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) label: String,
    /// Shorter forms of the label, longest first, for narrow pages.
    pub(super) shorter: Vec<String>,
    pub(super) look: PacketStyle,
    /// The new states of the client and the server, if they changed.
    pub(super) states: [Option<TcpState>; 2],
}

impl RowContent {
    /// Returns the text of the row.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Arrow(arrow) => arrow.label.clone(),
            Self::Call { text, .. } | Self::Step(text) => text.clone(),
        }
    }
}

impl Timeline {
    /// Maximum number of rows that are drawn. The others are counted.
    pub const MAX_ROWS: usize = 240;

    /// Returns the diagram of a scenario's run, or `None` if its packets were not captured.
    #[must_use]
    pub fn from_evidence(title: &str, seen: &Evidence, words: &Catalog) -> Option<Self> {
        Self::from_evidence_limited(Self::MAX_ROWS, title, seen, words)
    }

    /// Returns the same diagram with at most `most` rows. The others are counted.
    pub(super) fn from_evidence_limited(most: usize, title: &str, seen: &Evidence, words: &Catalog) -> Option<Self> {
        let traffic = Traffic::from_evidence(seen)?;
        let since = |at_ns: u64| at_ns.saturating_sub(seen.began_ns);
        let mut timeline = Self::drawn(title, &traffic, words, &since);
        timeline.add_calls(seen, &traffic);
        for (number, step) in seen.steps.iter().enumerate() {
            let message = Message::new("timeline-step").with("number", number + 1).with("step", step.word.as_str());
            timeline.rows.push(TimelineRow { at_ns: step.at.0, what: RowContent::Step(words.format(&message)) });
        }
        // If times are equal, a step comes before the events in it.
        timeline.rows.sort_by_key(|row| (row.at_ns, !matches!(row.what, RowContent::Step(_))));
        timeline.cut(most, 0, words);
        Some(timeline)
    }

    /// Returns the diagram of conversations from a capture file. Times count from the first packet,
    /// and rows begin with the number of the frame, as Wireshark shows it.
    #[must_use]
    pub fn from_conversations(all: &Conversations, words: &Catalog) -> Self {
        let traffic = Traffic::from_conversations(all);
        let began = traffic.packets.iter().map(|packet| packet.at_ns).min().unwrap_or_default();
        let mut timeline = Self::drawn("", &traffic, words, &|at_ns| at_ns.saturating_sub(began));
        timeline.is_numbered = true;
        let tcp = all.tcp.iter().map(|one| one.packet_count - one.packets.len());
        let udp = all.udp.iter().map(|one| {
            let messages = one.datagrams.iter().filter(|datagram| datagram.unreachable.is_some()).count();
            (one.from_client.count + one.from_server.count + one.undeliverable)
                .saturating_sub(one.datagrams.len() + messages)
        });
        let unlisted = tcp.chain(udp).sum();
        timeline.cut(Self::MAX_ROWS, unlisted, words);
        timeline
    }

    fn drawn(title: &str, traffic: &Traffic, words: &Catalog, since: &dyn Fn(u64) -> u64) -> Self {
        let clients = traffic.clients.min(MAX_CLIENTS);
        let shown = |party: usize| party < clients || party >= traffic.clients;
        let lane = |party: usize| if party < clients { party } else { party - traffic.clients + clients };
        let parties = traffic.parties.iter().enumerate().filter(|(k, _)| shown(*k));
        let lanes = parties.map(|(_, party)| Lane {
            name: words.format(&party.name.message()),
            address: party.address.map(|address| address.to_string()).unwrap_or_default(),
        });
        let mut before = vec![[None; 2]; traffic.parties.len()];
        let mut rows = Vec::new();
        let mut hidden = 0_usize;
        for packet in &traffic.packets {
            if !shown(packet.client) {
                hidden += 1;
                continue;
            }
            let now = packet.states.map_or([None; 2], |both| [Some(both.client), Some(both.server)]);
            let last = std::mem::replace(&mut before[packet.client], now);
            let changed = |k: usize| now[k].filter(|_| now[k] != last[k]);
            rows.push(TimelineRow {
                at_ns: since(packet.at_ns),
                what: RowContent::Arrow(Arrow {
                    frame: packet.frame,
                    from: lane(packet.from),
                    to: lane(packet.to),
                    label: label(packet, packet.label(), words),
                    shorter: packet.shorter().into_iter().map(|text| label(packet, text, words)).collect(),
                    look: packet.style(),
                    states: [changed(0), changed(1)],
                }),
            });
        }
        let others = traffic.clients - clients;
        let left_out = (others > 0).then(|| {
            let message = Message::new("timeline-more-clients").with("clients", others).with("packets", hidden);
            words.format(&message)
        });
        Self { title: title.to_owned(), lanes: lanes.collect(), clients, rows, left_out, is_numbered: false }
    }

    /// Adds the system calls of the servers' programs.
    fn add_calls(&mut self, seen: &Evidence, traffic: &Traffic) {
        for event in seen.journal.iter() {
            let EventKind::Called { server, call, .. } = &event.kind else { continue };
            let is_it = |name: &super::packet_labels::PartyName| matches!(name, super::packet_labels::PartyName::Server(id, _) if id == server);
            let Some(place) = traffic.parties.iter().position(|party| is_it(&party.name)) else { continue };
            let lane = place - traffic.clients + self.clients;
            self.rows.push(TimelineRow {
                at_ns: event.at.0,
                what: RowContent::Call { lane, text: call.to_string(), event: event.id },
            });
        }
    }

    /// Keeps at most `most` rows, and notes how many are left out, with those of `unlisted`
    /// packets.
    fn cut(&mut self, most: usize, unlisted: usize, words: &Catalog) {
        let more = self.rows.len().saturating_sub(most) + unlisted;
        if more > 0 {
            self.rows.truncate(most);
            let text = words.format(&Message::new("timeline-more-rows").with("count", more));
            self.left_out =
                Some(self.left_out.take().map_or_else(|| text.clone(), |before| format!("{before}; {text}")));
        }
    }
}

fn label(packet: &LabelledPacket, text: String, words: &Catalog) -> String {
    match packet.remark() {
        Some(id) => format!("{text} [{}]", words.sentence(id)),
        None => text,
    }
}

/// Formats seconds with six decimals, as Wireshark does.
pub(super) fn seconds(at_ns: u64) -> String {
    format!("{:.6}", std::time::Duration::from_nanos(at_ns).as_secs_f64())
}

#[cfg(test)]
pub(super) mod tests;
