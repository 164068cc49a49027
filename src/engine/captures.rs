//! Values that steps capture from messages, for use in later steps.

use std::collections::BTreeMap;

use super::Engine;
use crate::model::{ClientId, EventKind, FieldValue, FieldValues};

/// The captured values of a scenario.
#[derive(Debug, Default)]
pub(super) struct Captures {
    /// The last value of each name.
    last: FieldValues,
    /// The last value of each name, by client.
    by_client: BTreeMap<ClientId, FieldValues>,
}

impl Captures {
    /// Returns the values for a client: its own, else the last ones of any client.
    pub(super) fn of_client(&self, client: ClientId) -> FieldValues {
        let mut values = self.last.clone();
        values.extend(
            self.by_client.get(&client).into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())),
        );
        values
    }

    /// Returns the last value of each name as text.
    pub(super) fn texts(&self) -> impl Iterator<Item = (String, String)> {
        self.last.iter().map(|(name, value)| (name.clone(), value.to_text()))
    }

    fn add(&mut self, client: ClientId, name: &str, value: FieldValue) {
        self.last.insert(name.to_owned(), value.clone());
        self.by_client.entry(client).or_default().insert(name.to_owned(), value);
    }
}

impl Engine {
    /// Captures values of the last message that each client waited for: names by field. Records each,
    /// or that it is missing.
    pub(super) fn capture_values(&mut self, clients: &[ClientId], format: &str, names: &BTreeMap<String, String>) {
        let Some(layout) = self.spec.script.formats.get(format).cloned() else { return };
        for id in self.clients.connected(clients) {
            let values = self.clients[id].last_message().and_then(|message| layout.decode(message).ok());
            for (field, name) in names {
                let value = values.as_ref().and_then(|values| values.get(field)).cloned();
                if let Some(value) = &value {
                    self.clients.captures.add(id, name, value.clone());
                }
                self.recorder.record(EventKind::Captured { client: id, name: name.clone(), value });
            }
        }
    }
}
