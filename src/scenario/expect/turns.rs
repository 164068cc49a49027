//! Splits the exchange of a client into turns: data that it sent, and data that came before it sent
//! more.
//! Only turns tell which answer belongs to which message.

use super::stream::Stream;
use crate::model::{ClientId, EventId, EventKind, Journal, Moment, StreamEnd};

/// Messages that a client sent without waiting in between, and the data that came after them.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    pub(super) client: ClientId,
    /// The event of its first message.
    pub(super) begin: EventId,
    pub(super) sent: Vec<&'a [u8]>,
    /// The data as it came; over UDP, one element for each datagram.
    pub(super) got: Vec<&'a [u8]>,
    /// The rest of the answer did not come while the client waited.
    pub(super) late: bool,
    /// The server ended the stream during this turn.
    pub(super) ended: bool,
}

impl Turn<'_> {
    /// Returns all data that came, concatenated.
    pub(super) fn received(&self) -> Vec<u8> {
        self.got.concat()
    }
}

/// The turns of a client, and the data that came when it no longer waited for answers.
#[derive(Debug, Default)]
pub(super) struct Turns<'a> {
    pub(super) turns: Vec<Turn<'a>>,
    /// When it stopped: it closed its sending side.
    pub(super) finished: Option<Moment>,
    /// The data that came after that, with its time.
    pub(super) after: Vec<(Moment, &'a [u8])>,
    /// True if it sent messages for whose answers it did not wait, because earlier ones were late.
    pub(super) gave_up: bool,
}

/// Returns the turns of a client.
///
/// A client that waited twice in vain, or has received nothing at all, does not wait again. The
/// answers to its later messages cannot be told apart, so these are not turns.
pub(super) fn turns<'a>(journal: &'a Journal, stream: &Stream<'_>) -> Turns<'a> {
    let client = stream.client;
    let mut all = Turns::default();
    let (mut timeouts, mut waits) = (0, true);
    for event in journal.events_of_client(client) {
        match &event.kind {
            EventKind::Sent { .. } if !waits => all.gave_up = true,
            EventKind::Sent { bytes, .. } => match all.turns.last_mut() {
                Some(turn) if turn.got.is_empty() && !turn.late => turn.sent.push(&bytes.0),
                _ => {
                    let (begin, sent) = (event.id, vec![&bytes.0[..]]);
                    all.turns.push(Turn { client, begin, sent, got: Vec::new(), late: false, ended: false });
                }
            },
            EventKind::Received { bytes, .. } | EventKind::Stray { bytes, .. } => match all.turns.last_mut() {
                Some(turn) if waits && all.finished.is_none() => turn.got.push(&bytes.0),
                _ => all.after.push((event.at, &bytes.0)),
            },
            EventKind::Late { .. } => {
                timeouts += 1;
                let nothing = all.turns.iter().all(|turn| turn.got.is_empty());
                if let Some(turn) = all.turns.last_mut().filter(|_| all.finished.is_none()) {
                    turn.late = true;
                }
                waits &= timeouts < 2 && !nothing;
            }
            EventKind::Ended { ending, .. } => {
                if let Some(turn) = all.turns.last_mut().filter(|_| waits && all.finished.is_none()) {
                    turn.ended = matches!(ending, StreamEnd::End | StreamEnd::Reset | StreamEnd::Refused);
                }
                waits = false;
            }
            EventKind::FinishedSending { .. } | EventKind::Closed { .. } | EventKind::Aborted { .. } => {
                all.finished.get_or_insert(event.at);
            }
            _ => {}
        }
    }
    all
}
