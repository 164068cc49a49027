//! Counts the packets of one direction against the rules of a link. Pure.

use std::collections::BTreeMap;

use crate::model::HostName;
use crate::packet::layout::Layout;
use crate::scenario::link::Link;
use crate::scenario::link_rule::LinkRule;

/// The rules for packets from one host.
#[derive(Debug)]
pub(super) struct RuleCount {
    rules: Vec<CountedRule>,
    /// Number of packets so far.
    packets: u64,
    names: RuleNames,
}

/// The names that rules use: formats, and variables in braces.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct RuleNames {
    /// The layouts of the formats.
    pub(in crate::engine) formats: BTreeMap<String, Layout>,
    /// The values of the variables.
    pub(in crate::engine) variables: BTreeMap<String, String>,
}

/// A rule and its counts.
#[derive(Debug)]
struct CountedRule {
    rule: LinkRule,
    /// Number of packets that it is about.
    packets: u64,
    /// How many times it applied.
    applied: u64,
}

impl RuleCount {
    /// Takes the rules of a host from a link.
    pub(super) fn new(link: &Link, host: Option<&HostName>, names: &RuleNames) -> Self {
        let own = link.rules.iter().filter(|rule| host == Some(&rule.from));
        let rules = own.map(|rule| CountedRule { rule: rule.clone(), packets: 0, applied: 0 }).collect();
        Self { rules, packets: 0, names: names.clone() }
    }

    /// Counts the next packet. Returns its number, from 1, and the first rule that applies to it.
    pub(super) fn count(&mut self, payload: &[u8]) -> Option<(u64, LinkRule)> {
        self.packets += 1;
        let mut first = None;
        for one in &mut self.rules {
            if !one.rule.is_about(payload, &self.names.formats, &self.names.variables) {
                continue;
            }
            one.packets += 1;
            let in_range = one.rule.packet.is_none_or(|range| range.contains(one.packets));
            let is_left = one.rule.times.is_none_or(|times| one.applied < u64::from(times));
            if first.is_none() && in_range && is_left {
                one.applied += 1;
                first = Some((self.packets, one.rule.clone()));
            }
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::link_rule::RuleAction;
    use crate::scenario::{ReadContext, Scenario, yaml};

    fn applied(rules: &str, packets: u64) -> Vec<(u64, RuleAction)> {
        let link: Link = yaml::read("link.yaml", &format!("rules: [{rules}]\n")).expect("a link");
        let alice: HostName = "alice".parse().expect("a name");
        let mut counted = RuleCount::new(&link, Some(&alice), &RuleNames::default());
        (1..=packets).filter_map(|n| Some((n, counted.count(b"")?.1.action))).collect()
    }

    #[test]
    fn rules_choose_packets_by_number() {
        use RuleAction::{Corrupt, Deliver, Drop};
        assert_eq!(applied("{ from: alice, packet: 3, do: drop }", 9), [(3, Drop)]);
        assert_eq!(applied("{ from: alice, packet: 2..3, do: drop }", 9), [(2, Drop), (3, Drop)]);
        assert_eq!(applied("{ from: alice, packet: 2.., do: drop, times: 2 }", 9), [(2, Drop), (3, Drop)]);
        assert_eq!(applied("{ from: bob, do: drop }", 9), []);
        let two = "{ from: alice, packet: 2, do: deliver }, { from: alice, packet: 1..3, do: corrupt }";
        assert_eq!(applied(two, 4), [(1, Corrupt), (2, Deliver), (3, Corrupt)], "the first one decides");
        let both = "{ from: alice, packet: 2, do: drop }, { from: alice, packet: 2.., do: corrupt, times: 1 }";
        assert_eq!(applied(both, 4), [(2, Drop), (3, Corrupt)], "a rule that was not needed stays");
    }

    #[test]
    fn rules_choose_packets_by_their_fields() {
        let text = "hosts: [alice, bob]\nformats: { packet: { type: u8, seq: u16be, data: bytes(rest) } }\n\
            variables: { first: 3 }\nlink: { rules: [\n\
            { from: alice, format: packet, where: { type: 0, seq: '{first}' }, do: drop, times: 1 },\n\
            { from: alice, format: packet, where: { type: 1 }, packet: 2, do: corrupt },\n\
            { from: alice, format: packet, where: { data: { hex: 6869 } }, do: truncate }] }\n\
            steps: [start: { server: x, on: bob }]\nitems: [{ id: a, expect: [listening] }]\n";
        let script =
            Scenario::parse_lenient("a.yaml", text, ReadContext::default()).scenario.expect("a scenario").script();
        let names = RuleNames { formats: script.formats, variables: script.variables };
        let alice: HostName = "alice".parse().expect("a name");
        let mut counted = RuleCount::new(&script.link, Some(&alice), &names);
        let mut sent = |bytes: &[u8]| counted.count(bytes).map(|(_, rule)| rule.action);
        assert_eq!(sent(&[0, 0, 3]), Some(RuleAction::Drop));
        assert_eq!(sent(&[0, 0, 3]), None, "only once");
        assert_eq!(sent(&[0, 3, 0]), None, "another number");
        assert_eq!(sent(&[1, 0, 3]), None, "the first of its type");
        assert_eq!(sent(&[0, 0]), None, "no message of the format");
        assert_eq!(sent(&[1, 0, 9]), Some(RuleAction::Corrupt), "the second one");
        assert_eq!(sent(b"\x00\x00\x09hi"), Some(RuleAction::Truncate));
    }
}
