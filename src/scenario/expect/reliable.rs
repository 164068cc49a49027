//! The expectation about reliable transfer over datagrams. Finds the packets with data and their ACKs
//! in the capture; `reliable_trace` judges their order.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::Deserialize;

use super::packet_view::{needs, packets_or_return};
use super::reliable_trace::{Arrival, Scheme, Transfer, TransferKind, TransferPacket, TransferRules, judge_transfer};
use super::{Judge, JudgeContext};
use crate::model::{Capture, Cause, FieldValue, FieldValues, Finding, Message, Needs, NotVerified, PacketFate};
use crate::packet::layout::{FieldKind, Layout};
use crate::packet::{Frame, Link, Transport};
use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::fields::{self, FieldArgs};
use crate::scenario::link_rule::has_values;
use crate::scenario::syntax::Keyword;
use crate::scenario::validate::Scope;

/// Data is transferred reliably over UDP: lost packets are sent again, each packet is acknowledged, and
/// only packets that arrived are. A packet is sent again only until its sender has read the ACK.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reliable {
    /// The format of the packets.
    pub format: String,
    /// The values in the fields of a packet with data.
    pub data: FieldArgs,
    /// The values in the fields of an ACK.
    pub ack: FieldArgs,
    /// The field with the sequence number, which counts packets; default: `seq`.
    #[serde(default = "default_sequence")]
    pub sequence: String,
    /// The field of an ACK with the number that it acknowledges; default: the one of `sequence`.
    #[serde(default)]
    pub acknowledgement: Option<String>,
    /// The meaning of the number in an ACK.
    #[serde(default)]
    pub acknowledges: Acknowledges,
    /// Which packets an ACK is for, and which are sent again; default: an ACK is for all packets up to
    /// its number.
    #[serde(default)]
    pub scheme: Option<TransferScheme>,
    /// Maximum number of packets that are sent before their ACKs; default: 1 with `stop_and_wait`,
    /// otherwise any number.
    #[serde(default)]
    pub window: Option<u32>,
    /// How many different sequence numbers there are, such as 2 for an alternating bit. Default: as
    /// many as the field can hold.
    #[serde(default)]
    pub modulus: Option<u32>,
    /// Maximum number of packets with data, repetitions included, for each different one. On a busy
    /// machine, time-outs may pass early.
    #[serde(default)]
    pub overhead: Option<f64>,
    /// The layout of the format.
    #[serde(skip)]
    #[schemars(skip)]
    pub(in crate::scenario) layout: Option<Layout>,
}

/// The meaning of the number in an ACK.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Acknowledges {
    /// The packet with this number has arrived.
    #[default]
    Last,
    /// The packet with this number is expected next.
    Next,
}

/// A scheme of retransmission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransferScheme {
    /// Each packet waits for the ACK of the one before.
    StopAndWait,
    /// An ACK is for all packets up to its number, and the receiver discards packets that arrive early.
    GoBackN,
    /// An ACK is for one packet.
    SelectiveRepeat,
}

impl Keyword for Reliable {}

fn default_sequence() -> String {
    "seq".to_owned()
}

/// The packets of each transfer, by the addresses of its sender and its receiver.
type Transfers = BTreeMap<(SocketAddr, SocketAddr), Vec<TransferPacket>>;

impl Judge for Reliable {
    fn needs(&self) -> Needs {
        needs()
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let _ = packets_or_return!(seen);
        let (Some(layout), Some(capture)) = (&self.layout, &seen.capture) else {
            return Finding::not_verified(NotVerified::NoCapture {});
        };
        let rules = self.rules(layout);
        let mut all = Transfer::default();
        for packets in self.transfers(layout, capture, &seen.variables, rules.modulus).values() {
            match judge_transfer(rules, packets) {
                Ok(one) => {
                    all.distinct += one.distinct;
                    all.sent += one.sent;
                    all.unacknowledged = all.unacknowledged.max(one.unacknowledged);
                }
                Err(cause) => return Finding::fail(*cause),
            }
        }
        if all.sent == 0 {
            return Finding::fail(Cause::TransferWithoutData { name: self.format.clone() });
        }
        let (packets, distinct) = (all.sent, all.distinct);
        if self.overhead.is_some_and(|most| packets as f64 > distinct as f64 * most) {
            return Finding::fail(Cause::TransferOverhead { packets, count: distinct });
        }
        let message = Message::new("transfer-right").with("count", distinct).with("again", packets - distinct);
        Finding::pass(message.with("unacknowledged", all.unacknowledged))
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_format(&["format"], &self.format);
        fields::check(names, &["data"], &self.format, &self.data);
        fields::check(names, &["ack"], &self.format, &self.ack);
        let layout = names.layout(&self.format).cloned();
        if let Some(layout) = layout {
            names.check_field_value("sequence", &self.format, &layout, &self.sequence);
            if let Some(field) = &self.acknowledgement {
                names.check_field_value("acknowledgement", &self.format, &layout, field);
            }
        }
        for (key, least, value) in [("window", 1, self.window), ("modulus", 2, self.modulus)] {
            if value.is_some_and(|value| value < least) {
                names.report(&[key], DiagnosticKind::Between.with("least", least).with("most", u32::MAX));
            }
        }
        if self.overhead.is_some_and(|most| !(1.0..=1000.0).contains(&most)) {
            names.report(&["overhead"], DiagnosticKind::Between.with("least", 1u32).with("most", 1000u32));
        }
    }
}

impl Reliable {
    fn rules(&self, layout: &Layout) -> TransferRules {
        let (scheme, window) = match self.scheme {
            None => (Scheme::Cumulative, None),
            Some(TransferScheme::StopAndWait) => (Scheme::Cumulative, Some(1)),
            Some(TransferScheme::GoBackN) => (Scheme::GoBackN, None),
            Some(TransferScheme::SelectiveRepeat) => (Scheme::Selective, None),
        };
        let bytes = match layout.field(&self.sequence).map(|field| &field.kind) {
            Some(FieldKind::Number(number)) => number.bytes.min(4),
            _ => 4,
        };
        let modulus = self.modulus.map_or(1 << (bytes * 8), u64::from).max(2);
        TransferRules { window: self.window.map(u64::from).or(window), scheme, modulus }
    }

    fn transfers(
        &self,
        layout: &Layout,
        capture: &Capture,
        variables: &BTreeMap<String, String>,
        modulus: u64,
    ) -> Transfers {
        let mut known: HashMap<u64, u64> = HashMap::new();
        for (packet, position) in capture.arrivals() {
            known.entry(*packet).or_insert(*position);
        }
        let mut transfers = Transfers::new();
        for (position, captured) in (0..).zip(capture.packets()) {
            let frame = Frame::read(Link::Ethernet, captured.at_ns, captured.original_length, captured.bytes);
            let Ok(Frame { source, destination, transport: Transport::Udp(udp), .. }) = frame else { continue };
            let Ok(values) = layout.decode(udp.payload) else { continue };
            let arrival = match captured.fate {
                fate if !fate.arrives() => Arrival::Lost,
                PacketFate::Altered | PacketFate::Truncated => Arrival::Damaged,
                _ => Arrival::Whole,
            };
            let known_after = known.get(&position).copied().filter(|_| arrival == Arrival::Whole);
            let packet = |kind| TransferPacket { position, kind, arrival, known_after };
            if has_values(layout, &values, &self.data, variables) {
                if let Some(value) = number(&values, &self.sequence) {
                    transfers.entry((source, destination)).or_default().push(packet(TransferKind::Data(value)));
                }
            } else if has_values(layout, &values, &self.ack, variables) {
                let field = self.acknowledgement.as_ref().unwrap_or(&self.sequence);
                let value = number(&values, field).map(|value| match self.acknowledges {
                    Acknowledges::Last => value,
                    Acknowledges::Next => (value + modulus - 1) % modulus,
                });
                // An ACK before any data belongs to no transfer.
                if let Some((value, packets)) = value.zip(transfers.get_mut(&(destination, source))) {
                    packets.push(packet(TransferKind::Ack(value)));
                }
            }
        }
        transfers
    }
}

/// Returns the number in a field, also if it is written as text.
fn number(values: &FieldValues, field: &str) -> Option<u64> {
    match values.get(field)? {
        FieldValue::Number(number) => u64::try_from(*number).ok().filter(|number| *number <= u64::from(u32::MAX)),
        FieldValue::Text(text) => text.trim().parse::<u32>().ok().map(u64::from),
        _ => None,
    }
}
