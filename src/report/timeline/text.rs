//! Draws the diagram as lines of text: time, client state, lanes, server state. The caller chooses
//! the width.

use anstyle::Style;

use super::{Arrow, PacketStyle, RowContent, Timeline, TimelineRow, seconds};
use crate::report::layout::DIM;
use crate::report::layout::FAIL;
use crate::report::layout::NORMAL;
use crate::report::layout::NOT_VERIFIED;
use crate::report::layout::pad;
use crate::report::layout::text_width;

/// Width of a time in columns.
const TIME: usize = 10;
/// Width of a frame's number in columns. Longer ones move their row to the right.
const NUMBER: usize = 6;
/// Width of a state in columns. The longest is SYN-RECEIVED.
const STATE: usize = 12;
/// Columns between two lanes of one side.
const STEP: usize = 3;
/// Minimum columns for a label. On a narrower page, lines exceed the width.
const MIN_LABEL_WIDTH: usize = 34;

impl Timeline {
    /// Returns the lines, with colours if `colour` is true, in at most `width` columns if possible.
    #[must_use]
    pub fn text(&self, width: usize, colour: bool) -> String {
        TextDiagram::of(self, width, colour).render()
    }
}

/// The layout of the diagram.
struct TextDiagram<'t> {
    timeline: &'t Timeline,
    colour: bool,
    /// The column of each lane.
    at: Vec<usize>,
    /// The column at which the server's state begins.
    right: usize,
}

impl<'t> TextDiagram<'t> {
    fn of(timeline: &'t Timeline, width: usize, colour: bool) -> Self {
        let servers = timeline.lanes.len() - timeline.clients;
        let left = if timeline.is_numbered { NUMBER + 2 } else { 0 } + TIME + 2 + STATE + 1;
        let of_clients = timeline.clients.saturating_sub(1) * STEP + 1;
        let of_servers = servers.saturating_sub(1) * STEP + 1;
        let taken = left + of_clients + of_servers + 1 + STATE;
        let middle = width.saturating_sub(taken).max(MIN_LABEL_WIDTH);
        let at = (0..timeline.lanes.len()).map(|lane| {
            let server = lane.saturating_sub(timeline.clients);
            if lane < timeline.clients { left + lane * STEP } else { left + of_clients + middle + server * STEP }
        });
        let at: Vec<usize> = at.collect();
        let right = at.last().map_or(left, |last| last + 2);
        Self { timeline, colour, at, right }
    }

    fn render(&self) -> String {
        let mut out = String::new();
        if !self.timeline.title.is_empty() {
            out += &format!("{}\n", self.paint(crate::report::layout::BOLD, &self.timeline.title));
            for (k, lane) in self.timeline.lanes.iter().enumerate() {
                out += format!("  {}  {}  {}", mark(k, self.timeline.clients), lane.name, lane.address).trim_end();
                out.push('\n');
            }
            out += &self.heads();
        }
        for row in &self.timeline.rows {
            out += &self.row(row);
        }
        if let Some(text) = &self.timeline.left_out {
            out += &format!("  {text}\n");
        }
        out
    }

    /// Returns the line with the marks of the lanes.
    fn heads(&self) -> String {
        let mut line: Vec<char> = vec![' '; self.right];
        for (k, &at) in self.at.iter().enumerate() {
            line[at] = mark(k, self.timeline.clients);
        }
        line.into_iter().collect::<String>().trim_end().to_owned() + "\n"
    }

    fn row(&self, row: &TimelineRow) -> String {
        let time = format!("{:>TIME$}", seconds(row.at_ns));
        let (style, states, lanes) = match &row.what {
            RowContent::Arrow(arrow) => {
                (style(arrow.look), arrow.states.map(|state| state.map(|one| one.name())), self.arrow(arrow))
            }
            RowContent::Call { lane, text, .. } => (NORMAL, [None; 2], self.call(*lane, text)),
            RowContent::Step(text) => return self.step(text),
        };
        let [client, server] = states.map(Option::unwrap_or_default);
        let client = pad(client, STATE);
        let number = match &row.what {
            RowContent::Arrow(arrow) if self.timeline.is_numbered => format!("{:>NUMBER$}  ", arrow.frame + 1),
            _ => String::new(),
        };
        let start = self.paint(DIM, &format!("{number}{time}"));
        let line = format!("{start}  {client} {} {server}", self.paint(style, &lanes));
        format!("{}\n", line.trim_end())
    }

    /// Returns a horizontal line with the step's name.
    fn step(&self, text: &str) -> String {
        let line = format!("{:─<width$}", format!("── {text} "), width = self.right + STATE);
        format!("{}\n", self.paint(DIM, &line))
    }

    /// Returns the columns from the first lane to the last, with all lanes drawn.
    fn lanes(&self) -> Vec<char> {
        let first = self.at.first().copied().unwrap_or_default();
        let mut line = vec![' '; self.right - 1 - first];
        for &at in &self.at {
            line[at - first] = '│';
        }
        line
    }

    fn arrow(&self, arrow: &Arrow) -> String {
        let first = self.at.first().copied().unwrap_or_default();
        let mut line = self.lanes();
        let (from, to) = (self.at[arrow.from] - first, self.at[arrow.to] - first);
        let (low, high) = (from.min(to), from.max(to));
        for c in &mut line[low + 1..high] {
            *c = if *c == '│' { '┼' } else { '─' };
        }
        let (tip, inside) = if to > from { (to - 1, to - 2) } else { (to + 1, to + 2) };
        line[tip] = if to > from { '▶' } else { '◀' };
        if arrow.look == PacketStyle::Lost {
            line[tip] = ' ';
            line[inside] = '✗';
        }
        // Labels are placed between the clients and the servers.
        let begin = self.at[self.timeline.clients.saturating_sub(1)] - first + 3;
        let end = self.at.get(self.timeline.clients).map_or(begin, |at| at - first - 3);
        let room = end.saturating_sub(begin + 2);
        let forms = || std::iter::once(&arrow.label).chain(&arrow.shorter);
        let label = forms().find(|label| text_width(label) <= room).or_else(|| forms().last());
        write_centered(&mut line, begin, end, label.unwrap_or(&arrow.label));
        line.into_iter().collect()
    }

    /// Returns a row with the call's text, which ends at the lane.
    fn call(&self, lane: usize, text: &str) -> String {
        let first = self.at.first().copied().unwrap_or_default();
        let mut line = self.lanes();
        let at = self.at[lane] - first;
        line[at] = '■';
        let begin = self.at[self.timeline.clients.saturating_sub(1)] - first + 2;
        let end = self.at.get(self.timeline.clients).map_or(begin, |at| at - first - 1);
        let text: Vec<char> = truncated(text, end.saturating_sub(begin));
        let start = end - text.len();
        line[start..end].copy_from_slice(&text);
        line.into_iter().collect()
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.colour && !text.trim().is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// Returns the mark of a lane: numbers for clients, letters for servers.
fn mark(lane: usize, clients: usize) -> char {
    let of = |first: u8, k: usize| u8::try_from(k).ok().and_then(|k| first.checked_add(k)).map_or('?', char::from);
    if lane < clients { of(b'1', lane) } else { of(b'A', lane - clients) }
}

/// Writes the text into the middle of this range, with a space on each side.
fn write_centered(line: &mut [char], begin: usize, end: usize, text: &str) {
    let room = end.saturating_sub(begin);
    let text = truncated(text, room.saturating_sub(2));
    let start = begin + (room.saturating_sub(text.len() + 2)) / 2;
    for (place, c) in line[start..].iter_mut().zip([' '].into_iter().chain(text).chain([' '])) {
        *place = c;
    }
}

/// Returns the characters of a text, truncated if there is no room. Labels contain only narrow
/// characters.
fn truncated(text: &str, room: usize) -> Vec<char> {
    let all: Vec<char> = text.chars().collect();
    if text_width(text) <= room {
        return all;
    }
    let mut cut: Vec<char> = all.into_iter().take(room.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

const fn style(look: PacketStyle) -> Style {
    match look {
        PacketStyle::Plain => NORMAL,
        PacketStyle::Unusual => NOT_VERIFIED,
        PacketStyle::Lost | PacketStyle::Refused => FAIL,
    }
}
