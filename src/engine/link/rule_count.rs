//! Counts the packets of one direction against the rules of a link. Pure.

use crate::model::HostName;
use crate::scenario::link::Link;
use crate::scenario::link_rule::LinkRule;

/// The rules for packets from one host.
#[derive(Debug)]
pub(super) struct RuleCount {
    rules: Vec<CountedRule>,
    /// Number of packets so far.
    packets: u64,
}

/// A rule, and what was counted for it.
#[derive(Debug)]
struct CountedRule {
    rule: LinkRule,
    /// How many times it applied.
    applied: u64,
}

impl RuleCount {
    /// Takes the rules of a host from a link.
    pub(super) fn new(link: &Link, host: Option<&HostName>) -> Self {
        let own = link.rules.iter().filter(|rule| host == Some(&rule.from));
        Self { rules: own.map(|rule| CountedRule { rule: rule.clone(), applied: 0 }).collect(), packets: 0 }
    }

    /// Counts the next packet. Returns its number, from 1, and the first rule that applies to it.
    pub(super) fn count(&mut self) -> Option<(u64, LinkRule)> {
        self.packets += 1;
        let number = self.packets;
        let applies = |one: &&mut CountedRule| {
            one.rule.packet.is_none_or(|range| range.contains(number))
                && one.rule.times.is_none_or(|times| one.applied < u64::from(times))
        };
        let first = self.rules.iter_mut().find(applies)?;
        first.applied += 1;
        Some((number, first.rule.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::link_rule::RuleAction;
    use crate::scenario::yaml;

    fn applied(rules: &str, packets: u64) -> Vec<(u64, RuleAction)> {
        let link: Link = yaml::read("link.yaml", &format!("rules: [{rules}]\n")).expect("a link");
        let alice: HostName = "alice".parse().expect("a name");
        let mut counted = RuleCount::new(&link, Some(&alice));
        (1..=packets).filter_map(|n| Some((n, counted.count()?.1.action))).collect()
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
}
