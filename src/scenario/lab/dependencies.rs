//! The dependencies between items: validates them and finds the scenarios that belong together.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Scenario;
use super::super::diagnostic::{Diagnostic, DiagnosticKind};
use crate::model::{ItemId, YamlPath};

/// The dependencies of every item.
type Dependencies<'a> = BTreeMap<&'a ItemId, &'a [ItemId]>;

fn dependencies(scenarios: &[Scenario]) -> Dependencies<'_> {
    scenarios.iter().flat_map(|scenario| &scenario.items).map(|item| (&item.id, item.needs.as_slice())).collect()
}

/// Reports duplicate items, circular dependencies and, if `all_items` are known, unknown items.
pub(super) fn validate(scenarios: &[Scenario], all_items: bool, out: &mut Vec<Diagnostic>) {
    let mut note = |diagnostic: Diagnostic| {
        // Two items in one file were already reported when it was read.
        if !out.contains(&diagnostic) {
            out.push(diagnostic);
        }
    };
    let known = dependencies(scenarios);
    let mut seen = BTreeSet::new();
    for scenario in scenarios {
        let at = |path: &YamlPath, mistake| Diagnostic::at(&scenario.file, &scenario.text, path, mistake);
        for (k, item) in scenario.items.iter().enumerate() {
            let here = YamlPath::default().key("items").index(k);
            if !seen.insert(&item.id) {
                note(at(&here.key("id"), DiagnosticKind::ItemTwice.with("item", item.id.as_str())));
            }
            for (n, need) in item.needs.iter().enumerate() {
                let path = here.key("needs").index(n);
                if !known.contains_key(need) {
                    if all_items {
                        let words: Vec<&str> = known.keys().map(|id| id.as_str()).collect();
                        let mistake = DiagnosticKind::UnknownItem.with("item", need.as_str());
                        note(at(&path, mistake).with_nearest(need.as_str(), &words));
                    }
                } else if need != &item.id && reachable(&known, [need]).contains(&item.id) {
                    let mistake =
                        DiagnosticKind::NeedsCircle.with("item", item.id.as_str()).with("need", need.as_str());
                    note(at(&path, mistake));
                }
            }
        }
    }
}

/// Keeps the named scenarios, and those whose items they need directly or indirectly.
pub(super) fn retain_with_dependencies(scenarios: &mut Vec<Scenario>, is_named: &dyn Fn(&Scenario) -> bool) {
    let wanted: BTreeSet<ItemId> = {
        let own = scenarios.iter().filter(|scenario| is_named(scenario)).flat_map(|scenario| &scenario.items);
        reachable(&dependencies(scenarios), own.map(|item| &item.id)).into_iter().cloned().collect()
    };
    scenarios.retain(|scenario| is_named(scenario) || scenario.items.iter().any(|item| wanted.contains(&item.id)));
}

/// Returns true if an item depends on one that is not in these scenarios.
pub(super) fn has_missing_dependency(scenarios: &[Scenario]) -> bool {
    let known = dependencies(scenarios);
    known.values().any(|needs| needs.iter().any(|need| !known.contains_key(need)))
}

/// Returns these items and all that they depend on, directly or indirectly.
fn reachable<'a>(known: &Dependencies<'a>, items: impl IntoIterator<Item = &'a ItemId>) -> BTreeSet<&'a ItemId> {
    let mut seen = BTreeSet::new();
    let mut todo: Vec<&ItemId> = items.into_iter().collect();
    while let Some(item) = todo.pop() {
        if seen.insert(item) {
            todo.extend(known.get(item).into_iter().flat_map(|needs| needs.iter()));
        }
    }
    seen
}
