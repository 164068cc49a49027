//! Two hosts and the link between them, as an author writes them. It says what they are; the stage makes them.

use std::fmt;
use std::net::Ipv4Addr;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};

use super::word::{Percent, Time};
use crate::model::HostName;

/// The network that hosts are in which are given no address: one that is for documentation only (RFC 5737).
const NETWORK: [u8; 3] = [192, 0, 2];

/// A host: its name, or its name and its address, as `bob: 10.0.0.7`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// What steps call it.
    pub name: HostName,
    /// The address that it is given; one of 192.0.2.0/24 by its place in the list where it is left out.
    pub address: Option<Ipv4Addr>,
}

impl Host {
    /// The address of the host at this place in the list, from 0.
    #[must_use]
    pub fn address_at(&self, place: usize) -> Ipv4Addr {
        let [a, b, c] = NETWORK;
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
                    return Err(de::Error::custom("mistake-one-key-empty"));
                };
                let wrong = || de::Error::invalid_value(de::Unexpected::Str(&address), &self);
                let address: Ipv4Addr = address.parse().map_err(|_| wrong())?;
                if address.is_loopback() || address.is_unspecified() || address.is_multicast() {
                    return Err(wrong());
                }
                if map.next_key::<HostName>()?.is_some() {
                    return Err(de::Error::custom("mistake-one-key-more"));
                }
                Ok(Host { name, address: Some(address) })
            }
        }
        deserializer.deserialize_any(NameOrPair)
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

/// What the link between the hosts does to packets. The fate of each follows from the seed and from what it carries,
/// counted from the beginning of its connection: the same seed gives the same losses.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Link {
    /// How long each packet is on its way.
    pub delay: Time,
    /// How many packets are lost, each way. Below 100% what TCP sends again gets through, and so does what
    /// carries no data (acknowledgements, FINs): when they come hangs on the speed of the machine.
    pub loss: Percent,
    /// How many packets are held back until later ones have overtaken them.
    pub reorder: Percent,
    /// How many packets arrive twice.
    pub duplicate: Percent,
    /// Where the choices come from; the run's seed where it is left out.
    pub seed: Option<u64>,
    /// Whether a connection's first SYN (and its answer) may be lost too, which costs a second: the kernel waits so long
    /// before it tries again.
    pub lose_first_syn: bool,
    /// Whether a server that is bound to 127.0.0.1 is reached over the link too, at that address: for experiments with
    /// programs that were written for one machine.
    pub carry_loopback: bool,
}

impl Default for Link {
    fn default() -> Self {
        let (none, at_once) = (Percent::NONE, Time(Duration::ZERO));
        Self {
            delay: at_once,
            loss: none,
            reorder: none,
            duplicate: none,
            seed: None,
            lose_first_syn: false,
            carry_loopback: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
    fn hosts_have_names_and_perhaps_addresses() {
        let both = read("hosts: [alice, bob: 10.0.0.7]\nlink: { loss: 20%, delay: 5ms, seed: 42 }\n").expect("good");
        let addresses: Vec<_> = both.hosts.iter().enumerate().map(|(k, host)| host.address_at(k).to_string()).collect();
        assert_eq!(addresses, ["192.0.2.1", "10.0.0.7"]);
        assert_eq!((both.link.loss.to_string().as_str(), both.link.seed), ("20%", Some(42)));
        for bad in ["[a b]", "[bob: 127.0.0.1]", "[bob: x]", "[{ a: 1.2.3.4, b: 1.2.3.5 }]", "[{}]", "[3]"] {
            assert!(read(&format!("hosts: {bad}\n")).is_none(), "{bad}");
        }
    }
}
