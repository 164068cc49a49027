//! Splits the data of a connection into messages.

use crate::model::{EventId, FieldValues, Protocol};
use crate::packet::layout::{DecodeError, Layout};
use crate::scenario::expect::stream::Stream;

/// A message that came.
#[derive(Debug)]
pub(super) struct Unit {
    /// Its number on the connection, from 1.
    pub(super) number: usize,
    pub(super) bytes: Vec<u8>,
    /// The event with its last byte.
    pub(super) event: EventId,
    pub(super) decoded: Result<FieldValues, DecodeError>,
}

/// The bytes after the last whole message of a stream.
#[derive(Debug)]
pub(super) enum Unfinished {
    /// A line without its ending.
    Line(Vec<u8>),
    /// A message that ends too early.
    Fields(Unit, DecodeError),
}

/// Returns the messages of a connection. With `in_time`, without those that came only after the client
/// had given up and acted again: they answer nothing.
pub(super) fn split(layout: &Layout, stream: &Stream<'_>, in_time: bool) -> (Vec<Unit>, Option<Unfinished>) {
    let act = stream.act_after_waiting().filter(|_| in_time);
    let got: Vec<(EventId, &[u8])> =
        stream.got.iter().filter(|(id, _)| act.is_none_or(|act| *id < act)).copied().collect();
    let unit = |number: usize, bytes: &[u8], event: EventId| Unit {
        number,
        bytes: bytes.to_vec(),
        event,
        decoded: layout.decode(bytes),
    };
    if stream.protocol == Some(Protocol::Udp) {
        let units = got.iter().enumerate().map(|(k, (event, bytes))| unit(k + 1, bytes, *event));
        return (units.collect(), None);
    }
    let bytes: Vec<u8> = got.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
    let event_at = |at: usize| {
        let mut end = 0;
        let holder = got.iter().find(|(_, bytes)| {
            end += bytes.len();
            at < end
        });
        holder.or(got.last()).map_or(EventId(0), |(event, _)| *event)
    };
    let all = layout.units(&bytes);
    let units: Vec<Unit> = all
        .whole
        .iter()
        .enumerate()
        .map(|(k, range)| unit(k + 1, &bytes[range.clone()], event_at(range.end.saturating_sub(1))))
        .collect();
    let rest = &bytes[all.rest..];
    let unfinished = (!rest.is_empty()).then(|| {
        if layout.is_line() {
            return Unfinished::Line(rest.to_vec());
        }
        let last = unit(units.len() + 1, rest, event_at(bytes.len() - 1));
        match layout.decode(rest) {
            Err(error) => Unfinished::Fields(last, error),
            // Not possible: a message that decodes is whole.
            Ok(_) => Unfinished::Line(rest.to_vec()),
        }
    });
    (units, unfinished)
}
