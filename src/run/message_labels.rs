//! Labels of captured datagrams: the fields of the messages in them, by the formats of the scenario.
//! Diagrams and packet lists show them. Never changes a verdict.

use std::collections::BTreeMap;

use crate::model::Capture;
use crate::packet::layout::Layout;
use crate::packet::{Frame, Link, Transport};

/// Number of datagrams that get a label. No report shows more packets.
const MAX_LABELS: usize = 2000;

/// Returns the labels of the datagrams that are messages of a format, by their index in the capture.
/// If they are messages of several formats, the first by name counts; its name is part of the label.
pub(super) fn labels(capture: Option<&Capture>, formats: &BTreeMap<String, Layout>) -> BTreeMap<usize, String> {
    if formats.is_empty() {
        return BTreeMap::new();
    }
    let packets = capture.into_iter().flat_map(Capture::packets).enumerate();
    let labelled = packets.filter_map(|(index, packet)| {
        let frame = Frame::read(Link::Ethernet, packet.at_ns, packet.original_length, packet.bytes).ok()?;
        let Transport::Udp(datagram) = frame.transport else { return None };
        Some((index, label(datagram.payload, formats)?))
    });
    labelled.take(MAX_LABELS).collect()
}

/// Returns the label of a message. One with wrong lengths or checksums gets one too.
fn label(payload: &[u8], formats: &BTreeMap<String, Layout>) -> Option<String> {
    let decoded = || formats.iter().filter_map(|(name, layout)| Some((name, layout, layout.decode(payload).ok()?)));
    let right = decoded().find(|(_, layout, values)| layout.faults(payload, values).is_empty());
    let (name, layout, values) = right.or_else(|| decoded().next())?;
    Some(format!("{name} {}", layout.label(&values)).trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::layout::Field;

    fn format(fields: &[(&str, &str)]) -> Layout {
        Layout::Fields(fields.iter().map(|(name, kind)| Field::parse(name, kind).expect("a notation")).collect())
    }

    #[test]
    fn message_is_labelled_by_the_format_that_it_follows() {
        let data = format(&[("type", "u8 = 1"), ("seq", "u8"), ("data", "bytes(rest)")]);
        let ack = format(&[("type", "u8 = 2"), ("next", "u8")]);
        let formats = BTreeMap::from([("ack".to_owned(), ack), ("data".to_owned(), data)]);
        assert_eq!(label(&[1, 7, b'a'], &formats).as_deref(), Some("data seq=7"));
        assert_eq!(label(&[2, 8], &formats).as_deref(), Some("ack next=8"));
        assert_eq!(label(&[9, 8], &formats).as_deref(), Some("ack next=8"), "follows none");
        assert_eq!(label(&[9], &formats), None);
    }
}
