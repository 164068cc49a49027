//! In what order the items of a lab are listed: as a run reports them.

use std::collections::BTreeMap;

use super::super::{Item, Scenario};
use super::Lab;

impl Lab {
    /// Every item with its scenario, in the order of a report: the items of one part (`tcp-simple.1`, `.2`, …) may come
    /// from several scenarios, and stand together, by their numbers, where the part's first one does.
    #[must_use]
    pub fn listed(&self) -> Vec<(&Scenario, &Item)> {
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, item) in self.items() {
            let next = places.len();
            places.entry(part(item).0).or_insert(next);
        }
        let mut all: Vec<_> = self.items().collect();
        all.sort_by_key(|(_, item)| {
            let (part, number) = part(item);
            (places.get(part).copied(), number)
        });
        all
    }
}

/// The part of the lab that an item is of, and its number there.
fn part(item: &Item) -> (&str, u32) {
    let id = item.id.as_str();
    let numbered = id.rsplit_once('.').and_then(|(part, number)| Some((part, number.parse().ok()?)));
    numbered.unwrap_or((id, 0))
}
