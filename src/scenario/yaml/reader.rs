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

use super::mistake::{Mistake, Spot};
use super::tree::{Kind, Node, Number};
use crate::model::place::PathPart;
use crate::scenario::word::WORD_OR_MAP;

/// A deserializer of one node.
#[derive(Clone, Copy)]
pub(super) struct Reader<'t>(pub(super) &'t Node);

impl<'t> Reader<'t> {
    fn list<V: Visitor<'t>>(elements: &'t [Node], visitor: V) -> Result<V::Value, Mistake> {
        let mut list = List { rest: elements.iter().enumerate() };
        let value = visitor.visit_seq(&mut list)?;
        match list.rest.find(|(_, node)| !node.gone) {
            None => Ok(value),
            Some(_) => Err(Mistake::invalid_length(elements.len(), &"expected-shorter-list")),
        }
    }

    fn map<V: Visitor<'t>>(entries: &'t [(String, Node)], visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_map(Map { rest: entries.iter(), value: None })
    }
}

impl<'t> Deserializer<'t> for Reader<'t> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match &self.0.kind {
            Kind::Nothing => visitor.visit_unit(),
            Kind::Bool(value) => visitor.visit_bool(*value),
            Kind::Number(Number::Unsigned(number), _) => visitor.visit_u64(*number),
            Kind::Number(Number::Signed(number), _) => visitor.visit_i64(*number),
            Kind::Number(Number::Float(number), _) => visitor.visit_f64(*number),
            Kind::Text(text) => visitor.visit_borrowed_str(text),
            Kind::List(elements) => Self::list(elements, visitor),
            Kind::Map(entries) => Self::map(entries, visitor),
        }
    }

    fn deserialize_str<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match &self.0.kind {
            Kind::Number(_, spelling) => visitor.visit_borrowed_str(spelling),
            Kind::Bool(value) => visitor.visit_borrowed_str(if *value { "true" } else { "false" }),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.0.kind {
            Kind::Nothing => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(self, name: &'static str, visitor: V) -> Result<V::Value, Mistake> {
        match &self.0.kind {
            Kind::Map(entries) if name == WORD_OR_MAP => Self::map(entries, visitor),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_enum<V: Visitor<'t>>(
        self,
        _name: &'static str,
        _words: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        match &self.0.kind {
            Kind::Text(word) => visitor.visit_enum(word.as_str().into_deserializer()),
            Kind::Number(_, word) => visitor.visit_enum(word.as_str().into_deserializer()),
            Kind::Bool(true) => visitor.visit_enum("true".into_deserializer()),
            Kind::Bool(false) => visitor.visit_enum("false".into_deserializer()),
            Kind::Nothing => Err(Mistake::invalid_type(Unexpected::Unit, &"expected-word")),
            Kind::List(_) => Err(Mistake::invalid_type(Unexpected::Seq, &"expected-word")),
            Kind::Map(entries) => {
                let mut present = entries.iter().filter(|(_, node)| !node.gone);
                match (present.next(), present.next()) {
                    (None, _) => Err(Mistake::custom("mistake-one-key-empty")),
                    (Some(_), Some((extra, _))) => Err(Mistake::custom("mistake-one-key-more")
                        .about(Spot::Key(0), || self.0.found())
                        .under(PathPart::Key(extra.clone()))),
                    (Some((key, node)), None) => visitor.visit_enum(OneKey { key, node }),
                }
            }
        }
    }

    fn deserialize_map<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.0.kind {
            // A derived struct would accept a list of its fields in order.
            Kind::List(_) => Err(Mistake::invalid_type(Unexpected::Seq, &visitor)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'t>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        self.deserialize_map(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
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
    type Error = Mistake;

    fn next_element_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<Option<T::Value>, Mistake> {
        let Some((index, node)) = self.rest.find(|(_, node)| !node.gone) else {
            return Ok(None);
        };
        seed.deserialize(Reader(node)).map(Some).map_err(|mistake| in_value(mistake, node, PathPart::Index(index)))
    }
}

struct Map<'t> {
    rest: std::slice::Iter<'t, (String, Node)>,
    value: Option<(&'t str, &'t Node)>,
}

impl<'t> MapAccess<'t> for Map<'t> {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'t>>(&mut self, seed: K) -> Result<Option<K::Value>, Mistake> {
        let Some((key, node)) = self.rest.find(|(_, node)| !node.gone) else {
            return Ok(None);
        };
        self.value = Some((key, node));
        in_key(key, |word| seed.deserialize(word)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'t>>(&mut self, seed: V) -> Result<V::Value, Mistake> {
        let Some((key, node)) = self.value.take() else {
            return Err(Mistake::custom("a value was requested before its key"));
        };
        seed.deserialize(Reader(node)).map_err(|mistake| in_value(mistake, node, PathPart::Key(key.to_owned())))
    }
}

/// `{ key: value }`, read as a derived enum.
struct OneKey<'t> {
    key: &'t str,
    node: &'t Node,
}

impl<'t> EnumAccess<'t> for OneKey<'t> {
    type Error = Mistake;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'t>>(self, seed: V) -> Result<(V::Value, Self), Mistake> {
        in_key(self.key, |word| seed.deserialize(word)).map(|word| (word, self))
    }
}

impl<'t> VariantAccess<'t> for OneKey<'t> {
    type Error = Mistake;

    fn unit_variant(self) -> Result<(), Mistake> {
        self.newtype_variant_seed(std::marker::PhantomData)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'t>>(self, seed: T) -> Result<T::Value, Mistake> {
        seed.deserialize(Reader(self.node))
            .map_err(|mistake| in_value(mistake, self.node, PathPart::Key(self.key.to_owned())))
    }

    fn tuple_variant<V: Visitor<'t>>(self, _: usize, visitor: V) -> Result<V::Value, Mistake> {
        Reader(self.node)
            .deserialize_any(visitor)
            .map_err(|mistake| in_value(mistake, self.node, PathPart::Key(self.key.to_owned())))
    }

    fn struct_variant<V: Visitor<'t>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Mistake> {
        Reader(self.node)
            .deserialize_map(visitor)
            .map_err(|mistake| in_value(mistake, self.node, PathPart::Key(self.key.to_owned())))
    }
}

fn in_key<'k, T>(
    key: &'k str,
    read: impl FnOnce(StrDeserializer<'k, Mistake>) -> Result<T, Mistake>,
) -> Result<T, Mistake> {
    let word: StrDeserializer<'k, Mistake> = de::IntoDeserializer::into_deserializer(key);
    read(word).map_err(|mistake| {
        mistake.about(Spot::Key(0), || super::mistake::text_found(key)).under(PathPart::Key(key.to_owned()))
    })
}

fn in_value(mistake: Mistake, node: &Node, part: PathPart) -> Mistake {
    mistake.about(Spot::Value, || node.found()).under(part)
}
