//! `Reader`: a serde deserializer over a tree. If a type rejects a node, the error contains its
//! path and value.
//!
//! If a type asks for text, a number is read as spelled and a boolean as `true` or `false`. Does
//! not know YAML text.

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};

use super::error::{ErrorToken, ReadError};
use super::tree::{Node, NodeKind, Number};
use crate::model::source::YamlPathPart;
use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::syntax::MAP_OR_BARE_VALUE;

/// A deserializer of one node.
#[derive(Clone, Copy)]
pub(super) struct Reader<'t>(pub(super) &'t Node);

impl<'t> Reader<'t> {
    fn list<V: Visitor<'t>>(elements: &'t [Node], visitor: V) -> Result<V::Value, ReadError> {
        let mut list = List { rest: elements.iter().enumerate() };
        let value = visitor.visit_seq(&mut list)?;
        match list.rest.find(|(_, node)| !node.removed) {
            None => Ok(value),
            Some(_) => Err(ReadError::invalid_length(elements.len(), &"expected-shorter-list")),
        }
    }

    fn map<V: Visitor<'t>>(entries: &'t [(String, Node)], visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_map(Map { rest: entries.iter(), value: None })
    }
}

impl<'t> Deserializer<'t> for Reader<'t> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match &self.0.kind {
            NodeKind::Nothing => visitor.visit_unit(),
            NodeKind::Bool(value) => visitor.visit_bool(*value),
            NodeKind::Number(Number::Unsigned(number), _) => visitor.visit_u64(*number),
            NodeKind::Number(Number::Signed(number), _) => visitor.visit_i64(*number),
            NodeKind::Number(Number::Float(number), _) => visitor.visit_f64(*number),
            NodeKind::Text(text) => visitor.visit_borrowed_str(text),
            NodeKind::List(elements) => Self::list(elements, visitor),
            NodeKind::Map(entries) => Self::map(entries, visitor),
        }
    }

    fn deserialize_str<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match &self.0.kind {
            NodeKind::Number(_, spelling) => visitor.visit_borrowed_str(spelling),
            NodeKind::Bool(value) => visitor.visit_borrowed_str(if *value { "true" } else { "false" }),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.0.kind {
            NodeKind::Nothing => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(self, name: &'static str, visitor: V) -> Result<V::Value, ReadError> {
        match &self.0.kind {
            NodeKind::Map(entries) if name == MAP_OR_BARE_VALUE => Self::map(entries, visitor),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_enum<V: Visitor<'t>>(
        self,
        _name: &'static str,
        _words: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match &self.0.kind {
            NodeKind::Text(word) => visitor.visit_enum(word.as_str().into_deserializer()),
            NodeKind::Number(_, word) => visitor.visit_enum(word.as_str().into_deserializer()),
            NodeKind::Bool(true) => visitor.visit_enum("true".into_deserializer()),
            NodeKind::Bool(false) => visitor.visit_enum("false".into_deserializer()),
            NodeKind::Nothing => Err(ReadError::invalid_type(Unexpected::Unit, &"expected-word")),
            NodeKind::List(_) => Err(ReadError::invalid_type(Unexpected::Seq, &"expected-word")),
            NodeKind::Map(entries) => {
                let mut present = entries.iter().filter(|(_, node)| !node.removed);
                match (present.next(), present.next()) {
                    (None, _) => Err(ReadError::custom(DiagnosticKind::OneKeyEmpty.id())),
                    (Some(_), Some((extra, _))) => Err(ReadError::custom(DiagnosticKind::OneKeyMore.id())
                        .at_token(ErrorToken::Key(0), || self.0.describe())
                        .below(YamlPathPart::Key(extra.clone()))),
                    (Some((key, node)), None) => visitor.visit_enum(OneKey { key, node }),
                }
            }
        }
    }

    fn deserialize_map<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.0.kind {
            // A derived struct would accept a list of its fields in order.
            NodeKind::List(_) => Err(ReadError::invalid_type(Unexpected::Seq, &visitor)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'t>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        <V: Visitor<'t>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 bytes byte_buf unit unit_struct seq tuple
        tuple_struct
    }
}

struct List<'t> {
    rest: std::iter::Enumerate<std::slice::Iter<'t, Node>>,
}

impl<'t> SeqAccess<'t> for List<'t> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<Option<T::Value>, ReadError> {
        let Some((index, node)) = self.rest.find(|(_, node)| !node.removed) else {
            return Ok(None);
        };
        seed.deserialize(Reader(node)).map(Some).map_err(|mistake| in_value(mistake, node, YamlPathPart::Index(index)))
    }
}

struct Map<'t> {
    rest: std::slice::Iter<'t, (String, Node)>,
    value: Option<(&'t str, &'t Node)>,
}

impl<'t> MapAccess<'t> for Map<'t> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'t>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        let Some((key, node)) = self.rest.find(|(_, node)| !node.removed) else {
            return Ok(None);
        };
        self.value = Some((key, node));
        in_key(key, |word| seed.deserialize(word)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'t>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        let Some((key, node)) = self.value.take() else {
            return Err(ReadError::custom("a value was requested before its key"));
        };
        seed.deserialize(Reader(node)).map_err(|mistake| in_value(mistake, node, YamlPathPart::Key(key.to_owned())))
    }
}

/// `{ key: value }`, read as a derived enum.
struct OneKey<'t> {
    key: &'t str,
    node: &'t Node,
}

impl<'t> EnumAccess<'t> for OneKey<'t> {
    type Error = ReadError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'t>>(self, seed: V) -> Result<(V::Value, Self), ReadError> {
        in_key(self.key, |word| seed.deserialize(word)).map(|word| (word, self))
    }
}

impl<'t> VariantAccess<'t> for OneKey<'t> {
    type Error = ReadError;

    fn unit_variant(self) -> Result<(), ReadError> {
        self.newtype_variant_seed(std::marker::PhantomData)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'t>>(self, seed: T) -> Result<T::Value, ReadError> {
        seed.deserialize(Reader(self.node))
            .map_err(|mistake| in_value(mistake, self.node, YamlPathPart::Key(self.key.to_owned())))
    }

    fn tuple_variant<V: Visitor<'t>>(self, _: usize, visitor: V) -> Result<V::Value, ReadError> {
        Reader(self.node)
            .deserialize_any(visitor)
            .map_err(|mistake| in_value(mistake, self.node, YamlPathPart::Key(self.key.to_owned())))
    }

    fn struct_variant<V: Visitor<'t>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, ReadError> {
        Reader(self.node)
            .deserialize_map(visitor)
            .map_err(|mistake| in_value(mistake, self.node, YamlPathPart::Key(self.key.to_owned())))
    }
}

fn in_key<'k, T>(
    key: &'k str,
    read: impl FnOnce(StrDeserializer<'k, ReadError>) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    let word: StrDeserializer<'k, ReadError> = de::IntoDeserializer::into_deserializer(key);
    read(word).map_err(|mistake| {
        mistake.at_token(ErrorToken::Key(0), || super::error::text_found(key)).below(YamlPathPart::Key(key.to_owned()))
    })
}

fn in_value(mistake: ReadError, node: &Node, part: YamlPathPart) -> ReadError {
    mistake.at_token(ErrorToken::Value, || node.describe()).below(part)
}
