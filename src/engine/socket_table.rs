//! Observes the socket table: assigns sockets to servers, and returns the rows of the scenario.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;

use super::server::Server;
use super::{Engine, failed};
use crate::model::net::{Owner, Pid};
use crate::model::{Protocol, ServerId, SocketRow, TcpState};
use crate::scenario::runtime::RuntimeError;
use crate::sys::fds::{self, NotInspectable};
use crate::sys::sock_diag::DiagRow;

/// The states in which a TCP socket waits for clients, or may do so later.
pub(super) const WAITING_STATES: [TcpState; 2] = [TcpState::Listen, TcpState::BoundInactive];

impl Engine {
    /// Maps the inodes of sockets to the server process that holds them.
    ///
    /// If a process cannot be inspected and a socket has no known owner, the owners are unknown:
    /// adds a gap.
    pub(super) fn socket_owners(&mut self, rows: &[DiagRow]) -> HashMap<u64, (ServerId, Pid)> {
        let mut map = HashMap::new();
        let mut closed = None;
        for (process, server) in self.server_processes() {
            match fds::sockets_of(process.pid) {
                Ok(found) => found.into_iter().for_each(|inode| {
                    map.entry(inode).or_insert((server, process.pid));
                }),
                Err(NotInspectable) => closed = Some(process.pid),
            }
        }
        if let Some(pid) = closed.filter(|_| rows.iter().any(|row| row.inode != 0 && !map.contains_key(&row.inode))) {
            self.add_socket_gap(pid);
        }
        map
    }

    /// Returns the sockets of a server that wait for clients, each with true if it is IPv6-only.
    /// Returns None if the table is not available, or shows no such socket of any process.
    pub(super) fn waiting_sockets(
        &mut self,
        id: ServerId,
        states: &[TcpState],
    ) -> Result<Option<Vec<(SocketRow, bool)>>, RuntimeError> {
        let Some(table) = &mut self.observers.sockets else { return Ok(None) };
        let mut rows = table.tcp(states).map_err(failed)?;
        rows.extend(table.udp().map_err(failed)?);
        rows.retain(|row| row.protocol == Protocol::Tcp || row.state == TcpState::Close);
        if rows.is_empty() {
            return Ok(None);
        }
        let inodes = self.socket_owners(&rows);
        let owner = self.servers[id].shares.unwrap_or(id);
        let mut own: Vec<(SocketRow, bool)> = rows
            .iter()
            .filter_map(|row| {
                let &(server, pid) = inodes.get(&row.inode)?;
                (server == owner).then(|| (to_socket_row(row, Owner::Server(server, pid)), row.v6_only == Some(true)))
            })
            .collect();
        let listening = own.iter().map(|(row, _)| row).filter(|row| row.state == TcpState::Listen);
        self.servers[id].served.extend(listening.map(|row| row.local.port()));
        // IPv4 first: the lab's clients connect over IPv4.
        own.sort_by_key(|(row, _)| row.local.is_ipv6());
        Ok(Some(own))
    }

    /// Returns every row that concerns the scenario, with its owner.
    ///
    /// # Errors
    /// Returns an error if the table cannot be read: an empty one would be evidence against the
    /// server.
    pub(super) fn scenario_rows(&mut self) -> Result<Vec<SocketRow>, RuntimeError> {
        let Some(table) = &mut self.observers.sockets else { return Ok(Vec::new()) };
        let (bound, others): (Vec<_>, Vec<_>) =
            TcpState::ALL.into_iter().partition(|&state| state == TcpState::BoundInactive);
        let mut rows = table.tcp(&others).map_err(failed)?;
        rows.extend(table.udp().map_err(failed)?);
        let inodes = self.socket_owners(&rows);
        // Querying sockets that are only bound takes longer than all others together. It is done
        // only if a server holds a socket that is not in `rows` yet.
        let listed: HashSet<u64> = rows.iter().map(|row| row.inode).collect();
        if inodes.keys().any(|inode| !listed.contains(inode))
            && let Some(table) = &mut self.observers.sockets
        {
            let more = table.tcp(&bound).map_err(failed)?;
            rows.extend(more.into_iter().filter(|row| !listed.contains(&row.inode)));
        }
        let ours: HashSet<(SocketAddr, SocketAddr)> =
            self.clients.iter().map(|client| (client.local, client.peer)).collect();
        let caught: HashSet<SocketAddr> = self.clients.iter().map(|client| client.local).collect();
        let listening = self.listeners.iter().map(|listener| listener.local.port());
        let ports: HashSet<u16> = self.servers.iter().flat_map(Server::ports).chain(listening).collect();
        let rows = rows
            .iter()
            .filter_map(|row| {
                let server = inodes.get(&row.inode).map(|&(server, pid)| Owner::Server(server, pid));
                let catches = row.protocol == Protocol::Udp && row.peer.port() == 0 && caught.contains(&row.local);
                let owner = match server {
                    Some(owner) => owner,
                    // The harness's catcher of stray datagrams is not part of the scenario.
                    None if catches => return None,
                    None if ours.contains(&(row.local, row.peer)) => Owner::Harness,
                    None if row.inode == 0 => Owner::Nobody,
                    None => Owner::Other,
                };
                let about = server.is_some()
                    || ours.contains(&(row.local, row.peer))
                    || ours.contains(&(row.peer, row.local))
                    || ports.contains(&row.local.port());
                (self.spec.is_isolated() || about).then(|| to_socket_row(row, owner))
            })
            .collect();
        Ok(rows)
    }
}

/// Converts a row of the kernel to a row of the journal.
pub(super) fn to_socket_row(row: &DiagRow, owner: Owner) -> SocketRow {
    SocketRow {
        protocol: row.protocol,
        local: row.local,
        peer: row.peer,
        state: row.state,
        inode: row.inode,
        receive_queue: row.receive_queue,
        send_queue: row.send_queue,
        owner,
    }
}
