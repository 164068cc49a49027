//! The servers of a scenario, by their numbers. Servers are only added: a restarted one keeps its
//! number.

use std::ops::{Index, IndexMut};

use super::server::Server;
use crate::model::ServerId;
use crate::model::net::Pid;

/// All servers, in the order of their start.
#[derive(Debug, Default)]
pub(super) struct Servers(Vec<Server>);

impl Servers {
    /// Adds a server. Returns its number.
    pub(super) fn add(&mut self, server: Server) -> ServerId {
        self.0.push(server);
        self.ids().last().unwrap_or(ServerId(0))
    }

    /// Returns the numbers of all servers.
    pub(super) fn ids(&self) -> impl DoubleEndedIterator<Item = ServerId> + use<> {
        let numbers: Vec<ServerId> = (0..).map(ServerId).take(self.0.len()).collect();
        numbers.into_iter()
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, Server> {
        self.0.iter()
    }

    pub(super) fn get(&self, id: ServerId) -> Option<&Server> {
        self.0.get(id.0 as usize)
    }

    pub(super) fn server_mut(&mut self, id: ServerId) -> Option<&mut Server> {
        self.0.get_mut(id.0 as usize)
    }

    /// Returns the server that was started last.
    pub(super) fn last(&self) -> Option<&Server> {
        self.0.last()
    }

    /// Returns the number of the last server that fits.
    pub(super) fn last_id(&self, fits: impl Fn(&Server) -> bool) -> Option<ServerId> {
        self.ids().rev().find(|&id| fits(&self[id]))
    }

    /// Returns the number of the only server.
    pub(super) fn only(&self) -> Option<ServerId> {
        (self.0.len() == 1).then_some(ServerId(0))
    }

    /// Returns the first process of each server that was started.
    pub(super) fn first_processes(&self) -> impl Iterator<Item = (Pid, ServerId)> {
        self.0.iter().zip(self.ids()).map(|(server, id)| (server.pid, id)).filter(|(pid, _)| *pid != 0)
    }
}

impl Index<ServerId> for Servers {
    type Output = Server;

    fn index(&self, id: ServerId) -> &Server {
        &self.0[id.0 as usize]
    }
}

impl IndexMut<ServerId> for Servers {
    fn index_mut(&mut self, id: ServerId) -> &mut Server {
        &mut self.0[id.0 as usize]
    }
}
