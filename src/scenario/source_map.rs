//! Locations of a scenario's expectations in its file, computed on first use. Each one takes a walk
//! through the whole text, and the same scenario judges every submission of a class.

use std::sync::OnceLock;

use super::{Scenario, yaml};

/// The line and column of every expectation, indexed by item.
#[derive(Debug, Clone, Default)]
pub(super) struct Locations(OnceLock<Vec<Vec<(u32, u32)>>>);

/// Always equal: locations follow from the scenario's text, which is compared instead.
impl PartialEq for Locations {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Scenario {
    /// Returns the line and column of an expectation of an item, both from 1. Both are 0 if the
    /// file does not contain it.
    #[must_use]
    pub fn location_of(&self, item: usize, expectation: usize) -> (u32, u32) {
        let all = self.locations.0.get_or_init(|| {
            let place = |item, expectation| yaml::locate(&self.text, &self.expectation_path(item, expectation));
            let of_item = |(k, item): (usize, &super::Item)| {
                (0..item.expect.len()).map(|n| place(k, n).unwrap_or_default()).collect()
            };
            self.items.iter().enumerate().map(of_item).collect()
        });
        all.get(item).and_then(|item| item.get(expectation)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::{ReadContext, Scenario};

    #[test]
    fn expectation_location_is_zero_if_absent() {
        let text = "steps: [{ start: tcp-simple }]\nitems:\n  - id: a\n    expect:\n      - listening\n      - listening\n  - id: b\n    expect: [listening]\n";
        let scenario = Scenario::parse("a.yaml", text, ReadContext::default()).expect("valid scenario");
        let places = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)].map(|(item, n)| scenario.location_of(item, n));
        assert_eq!(places, [(5, 9), (6, 9), (8, 14), (0, 0), (0, 0)]);
        assert_eq!(scenario, Scenario::parse("a.yaml", text, ReadContext::default()).expect("valid scenario"));
    }
}
