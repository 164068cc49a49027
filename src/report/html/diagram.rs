//! The sequence diagram of a page: the lanes and rows of `report::timeline`, in both languages.
//!
//! Each row links to its details. Only positions are computed here.

use super::bilingual::{Bilingual, Catalogs};
use crate::model::{Evidence, TcpState};
use crate::report::layout::text_width;
use crate::report::packet_labels::PacketStyle;
use crate::report::timeline::{RowContent, Timeline, seconds};

/// The x position at which times end.
const TIME: usize = 76;
/// The x position of the first lane, right of the times and the client's states.
const LEFT: usize = 176;
/// Distance between two lanes of one side.
const STEP: usize = 96;
/// Distance between the last client and the first server. The labels are drawn there.
const MIDDLE: usize = 290;
/// Space right of the last lane, for the server's states and calls.
const RIGHT: usize = 216;
/// The height of the heads.
const HEAD: usize = 46;
/// The height of a row.
const ROW: usize = 22;
/// Maximum number of rows of one diagram on a page. Each is an arrow and also a line of a table.
const MAX_DIAGRAM_ROWS: usize = 128;
/// Maximum number of packets of all diagrams on a page. Each takes 0.9 kB of the 400 kB of a page.
const MAX_PAGE_PACKETS: usize = 380;
/// The width of ten characters of a name.
const TEN_CHARS_WIDTH: usize = 60;

/// A diagram.
#[derive(Debug)]
pub(super) struct Diagram {
    pub(super) width: usize,
    /// The x position at which times end.
    pub(super) times: usize,
    pub(super) head: usize,
    pub(super) height: usize,
    pub(super) lanes: Vec<Lane>,
    /// The distinct shapes of its arrows.
    pub(super) arrows: Vec<Arrow>,
    pub(super) rows: Vec<DiagramRow>,
    /// A note on everything that is not drawn.
    pub(super) left_out: Option<Bilingual>,
}

/// A vertical line and its head.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) x: usize,
    /// Half the width of the head.
    pub(super) half: usize,
    pub(super) name: Bilingual,
    pub(super) address: String,
}

/// An arrow from lane to lane. Its positions, like all in a row, are relative to the end of the
/// times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arrow {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Offset from the tip back to the base of the arrowhead.
    pub(super) back: i32,
    pub(super) is_lost: bool,
}

impl Arrow {
    fn new(from: usize, to: usize, is_lost: bool) -> Self {
        let goes_right = to > from;
        // The arrow of a lost packet ends before the other lane. Any other arrow touches it.
        let short = if is_lost { 30 } else { 1 };
        let to = if goes_right { to - short } else { to + short };
        Self { from, to, back: if goes_right { -8 } else { 8 }, is_lost }
    }
}

/// A row.
#[derive(Debug)]
pub(super) struct DiagramRow {
    pub(super) y: usize,
    pub(super) what: Shape,
}

/// The content of a row.
#[derive(Debug)]
pub(super) enum Shape {
    /// A packet.
    Arrow {
        /// Its index in the capture, which is the target of its link.
        frame: usize,
        time: String,
        /// The index of its shape in [`Diagram::arrows`].
        arrow: usize,
        look: &'static str,
        label: Bilingual,
        middle: usize,
        /// The positions and names of new states: of the client, of the server.
        states: [Option<(usize, &'static str)>; 2],
    },
    /// A system call. `event` is the target of its link.
    Call { event: u32, time: String, x: usize, text: String },
    /// The start of a step.
    Step(Bilingual),
}

/// Returns the maximum number of rows per diagram on a page of runs with these numbers of packets.
///
/// Long diagrams are cut so that short ones stay complete. On a busy machine, more packets are
/// retransmitted.
pub(super) fn rows_per_diagram(packets: &[usize]) -> usize {
    let fits = |most: &usize| packets.iter().map(|all| all.min(most)).sum::<usize>() <= MAX_PAGE_PACKETS;
    (1..=MAX_DIAGRAM_ROWS).rev().find(fits).unwrap_or(1)
}

/// Returns the diagram of a run with at most `most` rows, and its timeline for listing the same
/// rows. Returns `None` if no packets were captured.
pub(super) fn diagram(seen: &Evidence, most: usize, catalogs: &Catalogs) -> Option<(Diagram, Timeline)> {
    let [english, portuguese] = catalogs.both(|words| Timeline::from_evidence_limited(most, "", seen, words));
    let (one, other) = (english?, portuguese?);
    // Both have the same lanes and rows, because only the texts differ.
    let pairs = |of: &dyn Fn(&Timeline) -> String| Bilingual::pair([of(&one), of(&other)]);
    let servers = one.lanes.len() - one.clients;
    let last_client = LEFT + one.clients.saturating_sub(1) * STEP;
    let at = |lane: usize| {
        if lane < one.clients { LEFT + lane * STEP } else { last_client + MIDDLE + (lane - one.clients) * STEP }
    };
    let lane = |k: usize| {
        let (name, address) = (&one.lanes[k].name, one.lanes[k].address.clone());
        let half = (text_width(&address).max(text_width(name) + 1) * TEN_CHARS_WIDTH / 20 + 8).clamp(36, STEP / 2 - 2);
        Lane { x: at(k), half, name: pairs(&|timeline| timeline.lanes[k].name.clone()), address }
    };
    let mut arrows: Vec<Arrow> = Vec::new();
    let mut rows = Vec::new();
    for (k, row) in one.rows.iter().enumerate() {
        let time = seconds(row.at_ns);
        let text = pairs(&|timeline| timeline.rows[k].what.text());
        let what = match &row.what {
            RowContent::Step(_) => Shape::Step(text),
            RowContent::Call { lane, text, event } => {
                Shape::Call { event: event.0, time, x: at(*lane) - TIME, text: text.clone() }
            }
            RowContent::Arrow(drawn) => {
                let (from, to) = (at(drawn.from) - TIME, at(drawn.to) - TIME);
                let shape = Arrow::new(from, to, drawn.look == PacketStyle::Lost);
                let arrow = arrows.iter().position(|known| *known == shape).unwrap_or_else(|| {
                    arrows.push(shape);
                    arrows.len() - 1
                });
                let [client, server] = drawn.states.map(|state| state.map(TcpState::name));
                let states = [client.map(|name| (from.min(to) - 8, name)), server.map(|name| (from.max(to) + 8, name))];
                let (frame, look, middle) = (drawn.frame, drawn.look.name(), last_client + MIDDLE / 2 - TIME);
                Shape::Arrow { frame, time, arrow, look, label: text, middle, states }
            }
        };
        rows.push(DiagramRow { y: k * ROW + ROW / 2, what });
    }
    let diagram = Diagram {
        width: last_client + MIDDLE + servers.saturating_sub(1) * STEP + RIGHT,
        times: TIME,
        head: HEAD,
        height: rows.len() * ROW + 4,
        lanes: (0..one.lanes.len()).map(lane).collect(),
        arrows,
        rows,
        left_out: one.left_out.is_some().then(|| pairs(&|timeline| timeline.left_out.clone().unwrap_or_default())),
    };
    Some((diagram, one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_diagrams_are_cut_before_short_ones() {
        assert_eq!(rows_per_diagram(&[]), MAX_DIAGRAM_ROWS);
        assert_eq!(rows_per_diagram(&[500]), MAX_DIAGRAM_ROWS);
        assert_eq!(rows_per_diagram(&[100, 100, 100, 80]), MAX_DIAGRAM_ROWS);
        assert_eq!(rows_per_diagram(&[900, 900, 900]), 126);
        assert_eq!(rows_per_diagram(&[10, 900, 20, 900, 30, 900, 900]), 80);
        assert_eq!(rows_per_diagram(&[5; 1000]), 1);
    }
}
