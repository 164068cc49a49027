//! Removes nodes from a tree, so that the types can be read again without them. Also finds mistakes
//! that only follow from a removed node.

use std::collections::HashMap;

use super::mistake::{Mistake, Spot, What};
use super::tree::{Kind, Node};
use crate::model::place::{Path, PathPart};
use crate::scenario::diagnostic::nearest;

impl Node {
    fn step(&self, part: &PathPart) -> Option<&Self> {
        match (part, &self.kind) {
            (PathPart::Key(key), Kind::Map(entries)) => {
                let entry = entries.iter().find(|(k, node)| k == key && !node.gone);
                entry.map(|(_, node)| node)
            }
            (PathPart::Index(index), Kind::List(elements)) => elements.get(*index),
            _ => None,
        }
    }

    /// Returns the node at a path.
    pub(super) fn at(&self, path: &Path) -> Option<&Self> {
        path.0.iter().try_fold(self, |node, part| node.step(part))
    }

    /// Returns the node at a path, even if it was removed.
    pub(super) fn even_gone(&self, path: &Path) -> Option<&Self> {
        path.0.iter().try_fold(self, |node, part| match (part, &node.kind) {
            (PathPart::Key(key), Kind::Map(entries)) => {
                let entry = entries.iter().find(|(k, _)| k == key);
                entry.map(|(_, node)| node)
            }
            _ => node.step(part),
        })
    }

    /// Removes the node at a path. Returns false if there is no such node or it is the root.
    pub(super) fn prune(&mut self, path: &Path) -> bool {
        let mut node = &mut *self;
        for part in &path.0 {
            let next = match (part, &mut node.kind) {
                (PathPart::Key(key), Kind::Map(entries)) => {
                    let entry = entries.iter_mut().find(|(k, n)| k == key && !n.gone);
                    entry.map(|(_, node)| node)
                }
                (PathPart::Index(index), Kind::List(elements)) => elements.get_mut(*index),
                _ => None,
            };
            let Some(next) = next else { return false };
            node = next;
        }
        let fresh = !path.0.is_empty() && !node.gone;
        node.gone = true;
        fresh
    }

    /// Removes every entry whose key occurs earlier in the same map, and records a mistake for
    /// each.
    pub(super) fn prune_duplicates(&mut self, path: &Path, noted: &mut Vec<Mistake>) {
        match &mut self.kind {
            Kind::List(elements) => {
                for (index, node) in elements.iter_mut().enumerate() {
                    node.prune_duplicates(&path.index(index), noted);
                }
            }
            Kind::Map(entries) => {
                let mut seen = HashMap::new();
                for (key, node) in entries {
                    let nth = seen.entry(key.as_str()).or_insert(0_usize);
                    if *nth == 0 {
                        node.prune_duplicates(&path.key(key), noted);
                    } else {
                        node.gone = true;
                        noted.push(Mistake::duplicate(path, key, *nth));
                    }
                    *nth += 1;
                }
            }
            _ => {}
        }
    }

    /// Returns true if a mistake only follows from a node removed inside the same node.
    pub(super) fn explains(&self, mistake: &Mistake) -> bool {
        let (Some(node), Spot::Value) = (self.at(&mistake.path()), mistake.spot()) else {
            return false;
        };
        match (&node.kind, &*mistake.what) {
            (Kind::Map(entries), What::Missing { key }) => {
                entries.iter().any(|(k, n)| n.gone && (k == key || nearest(k, &[key]).is_some()))
            }
            (Kind::Map(entries), _) => entries.iter().any(|(_, n)| n.gone),
            (Kind::List(elements), _) => elements.iter().any(|n| n.gone),
            _ => false,
        }
    }
}
