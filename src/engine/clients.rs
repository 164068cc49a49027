//! The clients of a scenario, by their numbers, which begin with 1.

use std::ops::{Index, IndexMut};
use std::time::{Duration, Instant};

use super::captures::Captures;
use super::client::{Client, ClientGoal};
use crate::model::ClientId;

/// The time limit of each answer in a wait for answers.
#[derive(Debug, Clone, Copy)]
pub(super) struct AnswerTime {
    /// How long one answer may take.
    pub(super) within: Duration,
    /// When that time ends, counted from the last part of an answer. The end of the scenario may be
    /// earlier.
    pub(super) until: Instant,
}

/// All clients, in the order of their connects.
#[derive(Debug, Default)]
pub(super) struct Clients {
    all: Vec<Client>,
    /// Number of clients that still wait for something in the current step.
    pub(super) waiting: u32,
    /// True if a client closes as soon as its goal is met.
    pub(super) close_when_met: bool,
    /// True if the last wait for clients ended because nothing more could come.
    pub(super) silent: bool,
    /// True if the last wait for clients ended although a program was busy.
    pub(super) busy: bool,
    /// True if an answer has not come within its whole time, and a program was busy all that time.
    pub(super) missed_by_busy: bool,
    /// True if a client closed without the answer that [`Clients::missed_by_busy`] is about.
    pub(super) answer_failed: bool,
    /// Number of bytes that the clients have sent.
    pub(super) sent_bytes: usize,
    /// The time limit of answers; `None` outside a wait for them.
    pub(super) answer_time: Option<AnswerTime>,
    /// The captured values.
    pub(super) captures: Captures,
}

impl Clients {
    /// Returns the number of the next client.
    pub(super) fn next_id(&self) -> ClientId {
        self.all.last().map_or(ClientId(1), |last| ClientId(last.id.0 + 1))
    }

    /// Adds a client, which has the next number.
    pub(super) fn add(&mut self, client: Client) {
        self.all.push(client);
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, Client> {
        self.all.iter()
    }

    pub(super) fn get(&self, id: ClientId) -> Option<&Client> {
        self.all.get(index(id)?)
    }

    /// Returns the numbers of the clients from `first` on.
    pub(super) fn ids_from(&self, first: ClientId) -> Vec<ClientId> {
        self.all.iter().map(|client| client.id).filter(|&id| id >= first).collect()
    }

    /// Begins the time limit of answers again if this data is a part of an answer that a client
    /// waits for: a server may serve one client after another, and send a long answer in parts.
    /// Other data does not count, since a server may send it without end.
    pub(super) fn extend_answer_time(&mut self, id: ClientId, bytes: &[u8]) {
        if let Some(time) = &mut self.answer_time
            && let Some(client) = index(id).and_then(|index| self.all.get_mut(index))
            && client.goal == Some(ClientGoal::Answer)
            && client.asked.take(bytes)
        {
            time.until = Instant::now() + time.within;
        }
    }

    /// Returns those of these clients that ever connected.
    pub(super) fn connected(&self, clients: &[ClientId]) -> Vec<ClientId> {
        clients.iter().copied().filter(|&id| self.get(id).is_some_and(|client| client.connected)).collect()
    }
}

/// Returns the index of a client.
fn index(id: ClientId) -> Option<usize> {
    (id.0 as usize).checked_sub(1)
}

impl Index<ClientId> for Clients {
    type Output = Client;

    fn index(&self, id: ClientId) -> &Client {
        &self.all[id.0 as usize - 1]
    }
}

impl IndexMut<ClientId> for Clients {
    fn index_mut(&mut self, id: ClientId) -> &mut Client {
        &mut self.all[id.0 as usize - 1]
    }
}
