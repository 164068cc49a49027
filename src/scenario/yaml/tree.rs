//! A YAML document as a tree, built by the YAML crate within a budget. Does not know the language's
//! types.
//!
//! The tree makes it possible to find every mistake at once. A wrong node is marked as gone, and
//! the types are read again without parsing the text again. It has no positions: see `place.rs`.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::error::{number_found, text_found};
use crate::model::message::Message;
use crate::scenario::diagnostic::{DiagnosticKind, Mistake};

/// Maximum number of nodes in a file, with aliases expanded.
pub(super) const MAX_NODES: usize = 100_000;
/// Maximum text in a file in bytes, with aliases expanded: 8 MiB.
const MAX_TEXT_BYTES: usize = 8 << 20;

/// A node of the document.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) kind: NodeKind,
    /// True if the next reading skips the node, because a mistake in it was recorded.
    pub(super) removed: bool,
}

/// The value of a node.
#[derive(Debug, Clone)]
pub(super) enum NodeKind {
    Nothing,
    Bool(bool),
    Number(Number, String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// A number. [`NodeKind::Number`] stores its exact spelling beside it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Number {
    Unsigned(u64),
    Signed(i64),
    Float(f64),
}

impl Node {
    fn new(kind: NodeKind) -> Self {
        Self { kind, removed: false }
    }

    /// Returns a message that describes the value.
    pub(super) fn describe(&self) -> Message {
        match &self.kind {
            NodeKind::Nothing => Message::new("found-nothing"),
            NodeKind::Bool(value) => Message::new("found-bool").with("value", value.to_string()),
            NodeKind::Number(_, spelling) => number_found(spelling),
            NodeKind::Text(text) => text_found(text),
            NodeKind::List(_) => Message::new("found-list"),
            NodeKind::Map(_) => Message::new("found-map"),
        }
    }
}

/// The reason why no tree could be built, and the byte offset if known.
#[derive(Debug)]
pub(super) struct ParseError {
    pub(super) mistake: Mistake,
    pub(super) at: Option<usize>,
}

/// The remaining budget for building a tree, and the error that ended it.
struct Budget {
    nodes: Cell<usize>,
    bytes: Cell<usize>,
    reading_key: Cell<bool>,
    error: RefCell<Option<Mistake>>,
    exceeded: DiagnosticKind,
}

impl Budget {
    fn spend<E: de::Error>(&self, bytes: usize) -> Result<(), E> {
        match (self.nodes.get().checked_sub(1), self.bytes.get().checked_sub(bytes)) {
            (Some(nodes), Some(bytes)) => {
                self.nodes.set(nodes);
                self.bytes.set(bytes);
                Ok(())
            }
            _ => Err(self.fail(self.exceeded.with("limit", MAX_NODES))),
        }
    }

    fn fail<E: de::Error>(&self, mistake: Mistake) -> E {
        *self.error.borrow_mut() = Some(mistake);
        E::custom("")
    }
}

/// Builds the tree of a file's only document.
pub(super) fn build_tree(text: &str) -> Result<Node, ParseError> {
    let aliases = text.contains('&') && text.contains('*');
    let budget = Budget {
        nodes: Cell::new(MAX_NODES),
        bytes: Cell::new(MAX_TEXT_BYTES),
        reading_key: Cell::new(false),
        error: RefCell::new(None),
        exceeded: if aliases { DiagnosticKind::AliasBomb } else { DiagnosticKind::TooManyValues },
    };
    let grown = TreeSeed(&budget).deserialize(serde_yaml::Deserializer::from_str(text));
    let mut root = grown.map_err(|error| parse_error(text, &budget, &error))?;
    if matches!(root.kind, NodeKind::Nothing) {
        return Err(ParseError { mistake: DiagnosticKind::EmptyFile.into(), at: None });
    }
    NumberSpelling(&mut root)
        .deserialize(serde_yaml::Deserializer::from_str(text))
        .map_err(|error| parse_error(text, &budget, &error))?;
    Ok(root)
}

/// Converts an error of the YAML crate. Its kinds are distinguished by text only; tests check the
/// texts.
fn parse_error(text: &str, budget: &Budget, error: &serde_yaml::Error) -> ParseError {
    let at = error.location().map(|l| l.index());
    let words = error.to_string();
    let mistake = if let Some(mistake) = budget.error.borrow_mut().take() {
        mistake
    } else if budget.reading_key.get() {
        DiagnosticKind::Key.into()
    } else if words.starts_with("recursion limit") {
        DiagnosticKind::NestingTooDeep.into()
    } else if words.starts_with("repetition limit") {
        DiagnosticKind::AliasBomb.with("limit", MAX_NODES)
    } else if words.contains("more than one document") {
        return ParseError { mistake: DiagnosticKind::MoreDocuments.into(), at: super::locate::second_document(text) };
    } else if words.starts_with("EOF") {
        DiagnosticKind::EmptyFile.into()
    } else {
        let here =
            error.location().map_or_else(String::new, |l| format!(" at line {} column {}", l.line(), l.column()));
        let problem = words.replacen(&here, "", usize::from(!here.is_empty()));
        DiagnosticKind::YamlSyntax.with("problem", super::syntax_error::syntax_problem(&problem))
    };
    ParseError { mistake, at }
}

/// Builds a node of any kind.
#[derive(Clone, Copy)]
struct TreeSeed<'b>(&'b Budget);

impl<'de> DeserializeSeed<'de> for TreeSeed<'_> {
    type Value = Node;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        self.0.reading_key.set(false);
        deserializer.deserialize_any(self)
    }
}

impl TreeSeed<'_> {
    fn leaf<E: de::Error>(self, bytes: usize, kind: NodeKind) -> Result<Node, E> {
        self.0.spend(bytes)?;
        Ok(Node::new(kind))
    }
    fn number<E: de::Error>(self, number: Number) -> Result<Node, E> {
        self.leaf(0, NodeKind::Number(number, String::new()))
    }
}

impl<'de> Visitor<'de> for TreeSeed<'_> {
    type Value = Node;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected-value")
    }
    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Node, E> {
        self.leaf(0, NodeKind::Bool(value))
    }
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Node, E> {
        self.number(Number::Unsigned(number))
    }
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Node, E> {
        self.number(Number::Signed(number))
    }
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Node, E> {
        self.number(Number::Float(number))
    }
    fn visit_u128<E: de::Error>(self, _: u128) -> Result<Node, E> {
        self.number(Number::Float(f64::INFINITY))
    }
    fn visit_i128<E: de::Error>(self, _: i128) -> Result<Node, E> {
        self.number(Number::Float(f64::NEG_INFINITY))
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Node, E> {
        self.leaf(text.len(), NodeKind::Nothing)?;
        Ok(Node::new(NodeKind::Text(text.to_owned())))
    }
    fn visit_unit<E: de::Error>(self) -> Result<Node, E> {
        self.leaf(0, NodeKind::Nothing)
    }
    fn visit_none<E: de::Error>(self) -> Result<Node, E> {
        self.leaf(0, NodeKind::Nothing)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        self.0.spend(0)?;
        let mut elements = Vec::new();
        while let Some(node) = list.next_element_seed(self)? {
            elements.push(node);
        }
        Ok(Node::new(NodeKind::List(elements)))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        self.0.spend(0)?;
        let mut entries = Vec::new();
        while let Some(key) = map.next_key_seed(Key(self.0))? {
            entries.push((key, map.next_value_seed(self)?));
        }
        Ok(Node::new(NodeKind::Map(entries)))
    }
    fn visit_enum<A: de::EnumAccess<'de>>(self, _: A) -> Result<Node, A::Error> {
        Err(self.0.fail(DiagnosticKind::YamlTag.into()))
    }
}

/// Reads a key as the text that is written.
struct Key<'b>(&'b Budget);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = String;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        self.0.reading_key.set(true);
        let key = <String as serde::Deserialize>::deserialize(deserializer)?;
        self.0.reading_key.set(false);
        self.0.spend(key.len())?;
        Ok(key)
    }
}

/// Adds the exact spelling of numbers (`007`, `1.50`, `0x1F`) in a second walk over the document.
struct NumberSpelling<'n>(&'n mut Node);

impl<'de> DeserializeSeed<'de> for NumberSpelling<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.0.kind {
            NodeKind::Number(..) => deserializer.deserialize_str(self),
            NodeKind::List(_) => deserializer.deserialize_seq(self),
            NodeKind::Map(_) => deserializer.deserialize_map(self),
            _ => deserializer.deserialize_any(de::IgnoredAny).map(|_| ()),
        }
    }
}

impl<'de> Visitor<'de> for NumberSpelling<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected-value")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        if let NodeKind::Number(_, spelling) = &mut self.0.kind {
            text.clone_into(spelling);
        }
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let NodeKind::List(elements) = &mut self.0.kind else {
            return Err(A::Error::custom("expected-value"));
        };
        for node in elements {
            list.next_element_seed(NumberSpelling(node))?;
        }
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let NodeKind::Map(entries) = &mut self.0.kind else {
            return Err(A::Error::custom("expected-value"));
        };
        for (_, node) in entries {
            map.next_key::<de::IgnoredAny>()?;
            map.next_value_seed(NumberSpelling(node))?;
        }
        Ok(())
    }
}
