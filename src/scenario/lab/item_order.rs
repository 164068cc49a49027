//! The order in which items are listed, in reports and elsewhere.

use std::collections::BTreeMap;

use super::super::{Item, Scenario};
use super::Lab;

impl Lab {
    /// Returns every item with its scenario, in the order of a report.
    #[must_use]
    pub fn items_in_report_order(&self) -> Vec<(&Scenario, &Item)> {
        let mut all: Vec<_> = self.items().collect();
        sort_by_part(&mut all, |(_, item)| item.id.as_str());
        all
    }
}

/// Sorts items by part, then by number. Each part takes the position of its first item.
///
/// The items of one part of a lab (`tcp-simple.1`, `.2`, …) may come from several scenarios.
pub fn sort_by_part<T>(all: &mut [T], id: impl Fn(&T) -> &str) {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for one in all.iter() {
        let next = places.len();
        places.entry(split_id(id(one)).0.to_owned()).or_insert(next);
    }
    all.sort_by_key(|one| {
        let (part, number) = split_id(id(one));
        (places.get(part).copied(), number)
    });
}

/// Splits an item's id into the part of the lab and the number. The number is 0 if there is none.
fn split_id(id: &str) -> (&str, u32) {
    let numbered = id.rsplit_once('.').and_then(|(part, number)| Some((part, number.parse().ok()?)));
    numbered.unwrap_or((id, 0))
}
