//! Selects items of a lab by the patterns of a command line.

use std::collections::BTreeSet;

use super::exit::CliError;
use crate::model::{ItemId, Message};
use crate::scenario::lab::Lab;

/// Returns the items that match the patterns, or `None` if there are no patterns.
pub(super) fn select_items(lab: &Lab, patterns: &[String]) -> Result<Option<BTreeSet<ItemId>>, CliError> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let all: Vec<&ItemId> = lab.items_in_report_order().into_iter().map(|(_, item)| &item.id).collect();
    select_from(&all, patterns).map(Some)
}

/// Returns the items of `all` that match the patterns.
pub(super) fn select_from(all: &[&ItemId], patterns: &[String]) -> Result<BTreeSet<ItemId>, CliError> {
    let mut chosen = BTreeSet::new();
    for pattern in patterns {
        let named: Vec<&&ItemId> = all.iter().filter(|id| selects(pattern, id.as_str())).collect();
        if named.is_empty() {
            return Err(unknown_item_in(all, pattern));
        }
        chosen.extend(named.into_iter().map(|id| (*id).clone()));
    }
    Ok(chosen)
}

/// Returns true if a pattern selects an item: it matches the id, or it is the part of the lab that the
/// item belongs to, such as `tcp-simple`.
fn selects(pattern: &str, id: &str) -> bool {
    matches_pattern(pattern, id) || id.strip_prefix(pattern).is_some_and(|rest| rest.starts_with('.'))
}

/// Returns the error for an unknown item, with the known items or a suggestion.
pub(super) fn unknown_item(lab: &Lab, wanted: &str) -> CliError {
    let all: Vec<&ItemId> = lab.items_in_report_order().into_iter().map(|(_, item)| &item.id).collect();
    unknown_item_in(&all, wanted)
}

fn unknown_item_in(all: &[&ItemId], wanted: &str) -> CliError {
    let known: Vec<&str> = all.iter().map(|id| id.as_str()).collect();
    let near = crate::scenario::diagnostic::nearest(wanted, &known);
    CliError::usage(match near {
        Some(near) => Message::new("cli-unknown-item-near").with("item", wanted).with("near", near),
        None => Message::new("cli-unknown-item").with("item", wanted).with("known", known.join(", ")),
    })
}

/// Returns true if a pattern matches the whole of `text`; `*` matches any text.
pub(super) fn matches_pattern(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, rest)) => text.strip_prefix(head).is_some_and(|text| {
            (0..=text.len()).filter(|&k| text.is_char_boundary(k)).any(|k| matches_pattern(rest, &text[k..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_of_a_lab_selects_its_items() {
        let ids = ["tcp-simple.1", "tcp-simple.2", "tcp-multi.1"].map(|id| id.parse::<ItemId>().expect("an id"));
        let all: Vec<&ItemId> = ids.iter().collect();
        let chosen = |pattern: &str| select_from(&all, &[pattern.to_owned()]).map(|chosen| chosen.len()).ok();
        assert_eq!(["tcp-simple", "tcp-multi.1", "tcp-*"].map(chosen), [Some(2), Some(1), Some(3)]);
        assert_eq!(["tcp", "tcp-simple.", "simple"].map(chosen), [None; 3]);
    }

    #[test]
    fn star_matches_any_text() {
        assert!(
            matches_pattern("tcp-*.5", "tcp-multi.5")
                && matches_pattern("*", "")
                && matches_pattern("a*b*c", "a-b-b-c")
        );
        assert!(
            !matches_pattern("tcp-*", "udp-simple.1") && !matches_pattern("a", "ab") && !matches_pattern("a*b", "ac")
        );
    }
}
