//! In what order items are listed, in a report as everywhere else.

use std::collections::BTreeMap;

use super::super::{Item, Scenario};
use super::Lab;

impl Lab {
    /// Every item with its scenario, in the order of a report.
    #[must_use]
    pub fn listed(&self) -> Vec<(&Scenario, &Item)> {
        let mut all: Vec<_> = self.items().collect();
        by_part(&mut all, |(_, item)| item.id.as_str());
        all
    }
}

/// The items of one part of a lab (`tcp-simple.1`, `.2`, …) may come from several scenarios: they stand together, by their
/// numbers, where the part's first one does.
pub fn by_part<T>(all: &mut [T], id: impl Fn(&T) -> &str) {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for one in all.iter() {
        let next = places.len();
        places.entry(part(id(one)).0.to_owned()).or_insert(next);
    }
    all.sort_by_key(|one| {
        let (part, number) = part(id(one));
        (places.get(part).copied(), number)
    });
}

/// The part of the lab that an item is of, and its number there.
fn part(id: &str) -> (&str, u32) {
    let numbered = id.rsplit_once('.').and_then(|(part, number)| Some((part, number.parse().ok()?)));
    numbered.unwrap_or((id, 0))
}
