//! Removes nodes from a tree, so that the types can be read again without them. Also finds mistakes
//! that only follow from a removed node.

use std::collections::HashMap;

use super::error::{ErrorKind, ErrorToken, ReadError};
use super::tree::{Node, NodeKind};
use crate::model::source::{YamlPath, YamlPathPart};
use crate::scenario::diagnostic::nearest;

impl Node {
    fn child(&self, part: &YamlPathPart) -> Option<&Self> {
        match (part, &self.kind) {
            (YamlPathPart::Key(key), NodeKind::Map(entries)) => {
                let entry = entries.iter().find(|(k, node)| k == key && !node.removed);
                entry.map(|(_, node)| node)
            }
            (YamlPathPart::Index(index), NodeKind::List(elements)) => elements.get(*index),
            _ => None,
        }
    }

    /// Returns the node at a path.
    pub(super) fn node_at(&self, path: &YamlPath) -> Option<&Self> {
        path.0.iter().try_fold(self, |node, part| node.child(part))
    }

    /// Returns the node at a path, even if it was removed.
    pub(super) fn node_at_even_removed(&self, path: &YamlPath) -> Option<&Self> {
        path.0.iter().try_fold(self, |node, part| match (part, &node.kind) {
            (YamlPathPart::Key(key), NodeKind::Map(entries)) => {
                let entry = entries.iter().find(|(k, _)| k == key);
                entry.map(|(_, node)| node)
            }
            _ => node.child(part),
        })
    }

    /// Removes the node at a path. Returns false if there is no such node or it is the root.
    pub(super) fn remove(&mut self, path: &YamlPath) -> bool {
        let mut node = &mut *self;
        for part in &path.0 {
            let next = match (part, &mut node.kind) {
                (YamlPathPart::Key(key), NodeKind::Map(entries)) => {
                    let entry = entries.iter_mut().find(|(k, n)| k == key && !n.removed);
                    entry.map(|(_, node)| node)
                }
                (YamlPathPart::Index(index), NodeKind::List(elements)) => elements.get_mut(*index),
                _ => None,
            };
            let Some(next) = next else { return false };
            node = next;
        }
        let fresh = !path.0.is_empty() && !node.removed;
        node.removed = true;
        fresh
    }

    /// Removes every entry whose key occurs earlier in the same map, and records a mistake for
    /// each.
    pub(super) fn remove_duplicates(&mut self, path: &YamlPath, noted: &mut Vec<ReadError>) {
        match &mut self.kind {
            NodeKind::List(elements) => {
                for (index, node) in elements.iter_mut().enumerate() {
                    node.remove_duplicates(&path.index(index), noted);
                }
            }
            NodeKind::Map(entries) => {
                let mut seen = HashMap::new();
                for (key, node) in entries {
                    let nth = seen.entry(key.as_str()).or_insert(0_usize);
                    if *nth == 0 {
                        node.remove_duplicates(&path.key(key), noted);
                    } else {
                        node.removed = true;
                        noted.push(ReadError::duplicate(path, key, *nth));
                    }
                    *nth += 1;
                }
            }
            _ => {}
        }
    }

    /// Returns true if a mistake only follows from a node removed inside the same node.
    pub(super) fn explains(&self, mistake: &ReadError) -> bool {
        let (Some(node), ErrorToken::Value) = (self.node_at(&mistake.path()), mistake.spot()) else {
            return false;
        };
        match (&node.kind, &*mistake.kind) {
            (NodeKind::Map(entries), ErrorKind::Missing { key }) => {
                entries.iter().any(|(k, n)| n.removed && (k == key || nearest(k, &[key]).is_some()))
            }
            (NodeKind::Map(entries), _) => entries.iter().any(|(_, n)| n.removed),
            (NodeKind::List(elements), _) => elements.iter().any(|n| n.removed),
            _ => false,
        }
    }
}
