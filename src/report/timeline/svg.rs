//! Draws the diagram as an SVG, with colours for light and dark pages (`prefers-color-scheme`
//! chooses).
//!
//! Only positions are computed here. The picture is `templates/timeline.svg`, in which askama
//! escapes every text.

use askama::Template;

use super::{Arrow, PacketStyle, RowContent, Timeline, seconds};
use crate::i18n::Catalog;
use crate::report::layout::text_width;

/// The x position of the first lane, right of the times and the client's states.
const LEFT: usize = 210;
/// Distance between two lanes of one side.
const STEP: usize = 150;
/// Distance between the last client and the first server. The labels are drawn there.
const MIDDLE: usize = 440;
/// Space right of the last lane, for the server's states and calls.
const RIGHT: usize = 300;
/// The y position at which the lanes begin, below their heads.
const TOP: usize = 84;
/// The height of a row.
const ROW: usize = 24;
/// The width of ten characters of a label.
const TEN_CHARS_WIDTH: usize = 68;

#[derive(Template)]
#[template(path = "timeline.svg")]
struct Picture<'t> {
    title: &'t str,
    width: usize,
    height: usize,
    top: usize,
    bottom: usize,
    lanes: Vec<Head<'t>>,
    times: Vec<Mark<String>>,
    steps: Vec<Mark<&'t str>>,
    arrows: Vec<Line<'t>>,
    states: Vec<State>,
    calls: Vec<Mark<&'t str>>,
    legend: Vec<Entry>,
    left_out: Option<&'t str>,
}

struct Head<'t> {
    x: usize,
    /// Half the width of its box.
    half: usize,
    name: &'t str,
    address: &'t str,
}

/// A text at a position.
struct Mark<T> {
    x: usize,
    y: usize,
    text: T,
}

struct Line<'t> {
    y: usize,
    from: usize,
    to: usize,
    /// Offset from the tip back to the base of the arrowhead.
    back: i32,
    look: &'static str,
    is_lost: bool,
    label: &'t str,
    middle: usize,
    /// Half the width of the label's background.
    half: usize,
}

struct State {
    x: usize,
    y: usize,
    is_client: bool,
    text: &'static str,
}

struct Entry {
    x: usize,
    mark: &'static str,
    class: &'static str,
    text: String,
}

impl Timeline {
    /// Returns the SVG, as a separate file or as a part of a page.
    ///
    /// # Errors
    /// No error is known: only formatting a value could fail.
    pub fn svg(&self, words: &Catalog) -> Result<String, askama::Error> {
        let servers = self.lanes.len() - self.clients;
        let last_client = LEFT + self.clients.saturating_sub(1) * STEP;
        let at = |lane: usize| {
            if lane < self.clients { LEFT + lane * STEP } else { last_client + MIDDLE + (lane - self.clients) * STEP }
        };
        let width = last_client + MIDDLE + servers.saturating_sub(1) * STEP + RIGHT;
        let bottom = TOP + (self.rows.len() + 1) * ROW;
        let mut picture = Picture {
            title: &self.title,
            width,
            height: bottom + 62,
            top: TOP,
            bottom,
            lanes: Vec::new(),
            times: Vec::new(),
            steps: Vec::new(),
            arrows: Vec::new(),
            states: Vec::new(),
            calls: Vec::new(),
            legend: legend(words),
            left_out: self.left_out.as_deref(),
        };
        for (k, lane) in self.lanes.iter().enumerate() {
            let half = (text_width(&lane.address).max(text_width(&lane.name)) * TEN_CHARS_WIDTH / 20 + 12)
                .clamp(44, STEP / 2 - 3);
            picture.lanes.push(Head { x: at(k), half, name: &lane.name, address: &lane.address });
        }
        for (k, row) in self.rows.iter().enumerate() {
            let y = TOP + (k + 1) * ROW;
            if !matches!(row.what, RowContent::Step(_)) {
                picture.times.push(Mark { x: 84, y, text: seconds(row.at_ns) });
            }
            match &row.what {
                RowContent::Step(text) => picture.steps.push(Mark { x: width - 16, y, text }),
                RowContent::Call { lane, text, .. } => picture.calls.push(Mark { x: at(*lane), y, text }),
                RowContent::Arrow(arrow) => {
                    picture.arrows.push(line(arrow, y, at(arrow.from), at(arrow.to), last_client + MIDDLE / 2));
                    let (client, server) = (arrow.from.min(arrow.to), arrow.from.max(arrow.to));
                    for (state, lane, is_client) in [(arrow.states[0], client, true), (arrow.states[1], server, false)]
                    {
                        let x = if is_client { at(lane) - 10 } else { at(lane) + 12 };
                        picture.states.extend(state.map(|state| State { x, y, is_client, text: state.name() }));
                    }
                }
            }
        }
        picture.render()
    }
}

fn line(arrow: &Arrow, y: usize, from: usize, to: usize, middle: usize) -> Line<'_> {
    let is_lost = arrow.look == PacketStyle::Lost;
    let goes_right = to > from;
    // The arrow of a lost packet ends before the other lane. Any other arrow touches it.
    let short = if is_lost { 36 } else { 1 };
    Line {
        y,
        from,
        to: if goes_right { to - short } else { to + short },
        back: if goes_right { -9 } else { 9 },
        look: arrow.look.name(),
        is_lost,
        label: &arrow.label,
        middle,
        half: text_width(&arrow.label) * TEN_CHARS_WIDTH / 20 + 5,
    }
}

/// Returns the legend of the colours on one line.
fn legend(words: &Catalog) -> Vec<Entry> {
    let entries = [
        ("→", "text-plain", "timeline-legend-packet"),
        ("→", "text-again", "timeline-legend-again"),
        ("✕", "text-lost", "timeline-legend-lost"),
        ("→", "text-refused", "timeline-legend-refused"),
        ("■", "call", "timeline-legend-call"),
    ];
    let mut x = 16;
    let mut all = Vec::new();
    for (mark, class, id) in entries {
        let text = words.sentence(id);
        let taken = text_width(&text) * 6 + 40;
        all.push(Entry { x, mark, class, text });
        x += taken;
    }
    all
}
