//! Two hosts, as an author writes them. The engine creates them.

use std::fmt;
use std::net::Ipv4Addr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use crate::model::HostName;
use crate::scenario::diagnostic::DiagnosticKind;

/// The network of hosts without an address: reserved for documentation (RFC 5737).
const DEFAULT_NETWORK: [u8; 3] = [192, 0, 2];

/// A host: its name, or its name and its address, as in `bob: 10.0.0.7`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// The name by which steps refer to it.
    pub name: HostName,
    /// The address that it gets. Default: one of 192.0.2.0/24, by its index in the list.
    pub address: Option<Ipv4Addr>,
}

impl Host {
    /// Returns the address of the host at this index of the list, from 0.
    #[must_use]
    pub fn address_at(&self, place: usize) -> Ipv4Addr {
        let [a, b, c] = DEFAULT_NETWORK;
        self.address.unwrap_or(Ipv4Addr::new(a, b, c, u8::try_from(place + 1).unwrap_or(u8::MAX)))
    }
}

impl<'de> Deserialize<'de> for Host {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrPair;
        impl<'de> Visitor<'de> for NameOrPair {
            type Value = Host;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("expected-host")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Host, E> {
                let name = word.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(word), &self))?;
                Ok(Host { name, address: None })
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Host, A::Error> {
                let Some((name, address)) = map.next_entry::<HostName, String>()? else {
                    return Err(de::Error::custom(DiagnosticKind::OneKeyEmpty.id()));
                };
                let wrong = || de::Error::invalid_value(de::Unexpected::Str(&address), &self);
                let address: Ipv4Addr = address.parse().map_err(|_| wrong())?;
                if address.is_loopback() || address.is_unspecified() || address.is_multicast() {
                    return Err(wrong());
                }
                if map.next_key::<HostName>()?.is_some() {
                    return Err(de::Error::custom(DiagnosticKind::OneKeyMore.id()));
                }
                Ok(Host { name, address: Some(address) })
            }
        }
        deserializer.deserialize_any(NameOrPair)
    }
}

impl Serialize for Host {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Some(address) = self.address else { return self.name.serialize(to) };
        let mut pair = to.serialize_map(Some(1))?;
        pair.serialize_entry(&self.name, &address.to_string())?;
        pair.end()
    }
}

impl JsonSchema for Host {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Host".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A host: its name, or its name and its IPv4 address.",
            "anyOf": [
                { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$" },
                {
                    "type": "object",
                    "propertyNames": { "pattern": "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$" },
                    "additionalProperties": { "type": "string", "format": "ipv4" },
                    "minProperties": 1,
                    "maxProperties": 1
                }
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::link::Link;
    use crate::scenario::yaml;

    #[derive(Debug, Deserialize, Default)]
    #[serde(deny_unknown_fields, default)]
    struct Both {
        hosts: Vec<Host>,
        link: Link,
    }

    fn read(text: &str) -> Option<Both> {
        yaml::read::<Both>("hosts.yaml", text).ok()
    }

    #[test]
    fn hosts_have_names_and_optional_addresses() {
        let both =
            read("hosts: [alice, bob: 10.0.0.7]\nlink: { loss: 20%, delay: 5ms, seed: 42 }\n").expect("valid hosts");
        let addresses: Vec<_> = both.hosts.iter().enumerate().map(|(k, host)| host.address_at(k).to_string()).collect();
        assert_eq!(addresses, ["192.0.2.1", "10.0.0.7"]);
        assert_eq!((both.link.loss.to_string().as_str(), both.link.seed), ("20%", Some(42)));
        for bad in ["[a b]", "[bob: 127.0.0.1]", "[bob: x]", "[{ a: 1.2.3.4, b: 1.2.3.5 }]", "[{}]", "[3]"] {
            assert!(read(&format!("hosts: {bad}\n")).is_none(), "{bad}");
        }
    }
}
