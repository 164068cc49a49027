//! The link between two hosts, as an author writes it: its impairments, in both directions or in
//! one, and rules for single packets. The engine applies them.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::diagnostic::DiagnosticKind;
use super::link_rule::{Checksum, LinkRule, check_count};
use super::syntax::{DurationArg, Percent, is_default};
use super::validate::Scope;
use crate::model::{HostName, YamlPath};

/// The range of `mtu`, in bytes: the least of IPv4 (RFC 791 section 3.2), and Ethernet's.
const MTU_RANGE: (u32, u32) = (68, 1500);
/// Default of `queue`, in packets: that of Linux interfaces (`txqueuelen`).
const DEFAULT_QUEUE: u32 = 1000;

/// Impairments of the link between the hosts.
///
/// The fate of a packet depends on the seed and on the data that it carries, counted from the start
/// of its connection. The same seed results in the same losses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Link {
    /// Delay of each packet. Default: none.
    pub delay: DurationArg,
    /// Share of packets that are lost, in each direction. Below 100%, TCP retransmissions are
    /// delivered. So are packets without data (acknowledgements, FINs), because their timing
    /// depends on the speed of the machine.
    pub loss: Percent,
    /// Share of packets that are held back until later ones have overtaken them.
    pub reorder: Percent,
    /// Share of packets that arrive twice.
    pub duplicate: Percent,
    /// Share of packets of which one byte of data is changed on the way.
    #[serde(skip_serializing_if = "is_default")]
    pub corrupt: Percent,
    /// The UDP or TCP checksum of corrupted packets.
    #[serde(skip_serializing_if = "is_default")]
    pub checksum: Checksum,
    /// Share of datagrams whose end is cut off. They are delivered with less data and a valid
    /// checksum.
    #[serde(skip_serializing_if = "is_default")]
    pub truncate: Percent,
    /// Bytes per second that the link carries in each direction, IP headers included. Default: no
    /// limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<u32>,
    /// Maximum number of packets that wait because of the rate. Further ones are lost. Default: 1000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<u32>,
    /// Maximum size of an IP packet, in bytes. Hosts fragment larger datagrams. Default: 1500.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 68, max = 1500))]
    pub mtu: Option<u32>,
    /// Settings for packets from one host, by its name. They replace those of the link.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub from: BTreeMap<HostName, Direction>,
    /// Rules for single packets. The first one that applies decides, before the shares do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<LinkRule>,
    /// Seed of the random choices. Default: the seed of the run.
    pub seed: Option<u64>,
    /// Whether a connection's first SYN (and the answer to it) may be lost too. That costs a
    /// second, because the kernel waits that long before it retransmits.
    pub lose_first_syn: bool,
    /// Whether a server bound to 127.0.0.1 is reached over the link too, at that address. For
    /// experiments with programs that were written for a single machine.
    pub carry_loopback: bool,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            delay: DurationArg(Duration::ZERO),
            loss: Percent::ZERO,
            reorder: Percent::ZERO,
            duplicate: Percent::ZERO,
            corrupt: Percent::ZERO,
            checksum: Checksum::default(),
            truncate: Percent::ZERO,
            rate: None,
            queue: None,
            mtu: None,
            from: BTreeMap::new(),
            rules: Vec::new(),
            seed: None,
            lose_first_syn: false,
            carry_loopback: false,
        }
    }
}

/// The settings of a link for packets from one host. Each one replaces that of the link.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Direction {
    /// Delay of each packet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<DurationArg>,
    /// Share of packets that are lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<Percent>,
    /// Share of packets that are held back until later ones have overtaken them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reorder: Option<Percent>,
    /// Share of packets that arrive twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate: Option<Percent>,
    /// Share of packets of which one byte of data is changed on the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrupt: Option<Percent>,
    /// The UDP or TCP checksum of corrupted packets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checksum: Option<Checksum>,
    /// Share of datagrams whose end is cut off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncate: Option<Percent>,
    /// Bytes per second, IP headers included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<u32>,
    /// Maximum number of packets that wait because of the rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<u32>,
}

/// The impairments of packets from one host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Impairments {
    /// Delay of each packet.
    pub(crate) delay: Duration,
    /// Share of lost packets.
    pub(crate) loss: Percent,
    /// Share of packets that others overtake.
    pub(crate) reorder: Percent,
    /// Share of packets that arrive twice.
    pub(crate) duplicate: Percent,
    /// Share of packets with a changed byte.
    pub(crate) corrupt: Percent,
    /// The checksum of those.
    pub(crate) checksum: Checksum,
    /// Share of datagrams without their end.
    pub(crate) truncate: Percent,
    /// Bytes per second, if limited.
    pub(crate) rate: Option<u32>,
    /// Maximum number of packets that wait because of the rate.
    pub(crate) queue: u32,
}

impl Link {
    /// Returns the impairments of packets from a host.
    pub(crate) fn impairments(&self, host: Option<&HostName>) -> Impairments {
        let none = Direction::default();
        let own = host.and_then(|host| self.from.get(host)).unwrap_or(&none);
        Impairments {
            delay: own.delay.unwrap_or(self.delay).0,
            loss: own.loss.unwrap_or(self.loss),
            reorder: own.reorder.unwrap_or(self.reorder),
            duplicate: own.duplicate.unwrap_or(self.duplicate),
            corrupt: own.corrupt.unwrap_or(self.corrupt),
            checksum: own.checksum.unwrap_or(self.checksum),
            truncate: own.truncate.unwrap_or(self.truncate),
            rate: own.rate.or(self.rate),
            queue: own.queue.or(self.queue).unwrap_or(DEFAULT_QUEUE),
        }
    }

    /// Checks the names of hosts, the limits of numbers, and settings that need each other.
    pub(crate) fn check(&self, names: &mut Scope<'_>) {
        let here = YamlPath::default().key("link");
        names.enter(here.clone());
        let (least, most) = MTU_RANGE;
        if self.mtu.is_some_and(|mtu| !(least..=most).contains(&mtu)) {
            names.report(&["mtu"], DiagnosticKind::Between.with("least", least).with("most", most));
        }
        let has_rate = self.rate.is_some() || self.from.values().any(|own| own.rate.is_some());
        check_rate(names, self.rate, self.queue, has_rate);
        for (host, own) in &self.from {
            names.enter(here.key("from"));
            names.check_host_key(host);
            names.enter(here.key("from").key(host.as_str()));
            check_rate(names, own.rate, own.queue, own.rate.or(self.rate).is_some());
        }
        for (k, rule) in self.rules.iter().enumerate() {
            names.enter(here.key("rules").index(k));
            rule.check(names);
        }
    }
}

fn check_rate(names: &mut Scope<'_>, rate: Option<u32>, queue: Option<u32>, has_rate: bool) {
    for (key, value) in [("rate", rate), ("queue", queue)] {
        check_count(names, key, value);
    }
    if queue.is_some() && !has_rate {
        names.report(&["queue"], DiagnosticKind::QueueWithoutRate);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::yaml;

    fn link(text: &str) -> Link {
        yaml::read("link.yaml", text).expect("a valid link")
    }

    #[test]
    fn settings_of_a_host_replace_those_of_the_link() {
        let text = "loss: 10%\ndelay: 5ms\nrate: 1000\nfrom: { bob: { loss: 50%, checksum: good, queue: 3 } }\n";
        let (alice, bob) = ("alice".parse().expect("a name"), "bob".parse().expect("a name"));
        let [there, back] = [alice, bob].map(|host| link(text).impairments(Some(&host)));
        assert_eq!((there.loss.to_string().as_str(), there.checksum, there.queue), ("10%", Checksum::Bad, 1000));
        assert_eq!((back.loss.to_string().as_str(), back.checksum, back.queue), ("50%", Checksum::Good, 3));
        assert_eq!((back.delay, back.rate), (Duration::from_millis(5), Some(1000)));
    }
}
