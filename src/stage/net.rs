//! The networks of a scenario: one host, or two hosts joined by an emulated link. Callers request
//! sockets without knowing which.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::surroundings::name_machine;
use super::wire::Wire;
use super::{Setup, World, system};
use crate::model::{HostAddress, HostName, TcpState};
use crate::scenario::stage::StageError;
use crate::sys::SysError;
use crate::sys::link::Links;
use crate::sys::net_namespace::within;
use crate::sys::sock_diag::{Row, SocketTable};

/// Sets the host name, and connects the two hosts if the scenario has them.
pub(super) fn lay(setup: &Setup) -> Result<Option<Wire>, StageError> {
    if !setup.alone {
        return Ok(None);
    }
    name_machine(&setup.hosts, setup.quiet);
    if setup.hosts.is_empty() {
        return Ok(None);
    }
    let laid = Wire::lay(&setup.hosts, &setup.link, setup.seed, setup.quiet);
    laid.map(Some).map_err(|error| system("connecting two hosts", io::Error::other(error)))
}

/// The socket tables of all networks, queried as one.
#[derive(Debug)]
pub(super) struct Tables(Vec<SocketTable>);

impl Tables {
    /// Opens the table of this machine, or those of both hosts.
    pub(super) fn open(wire: Option<&Wire>) -> Result<Self, SysError> {
        match wire {
            None => Ok(Self(vec![SocketTable::open()?])),
            Some(wire) => {
                (0..2).map(|host| within(wire.namespace(host), SocketTable::open)?).collect::<Result<_, _>>().map(Self)
            }
        }
    }

    /// Queries TCP sockets as [`SocketTable::tcp`] does.
    pub(super) fn tcp(&mut self, states: &[TcpState]) -> Result<Vec<Row>, SysError> {
        self.all(|table| table.tcp(states))
    }

    /// Queries UDP sockets as [`SocketTable::udp`] does.
    pub(super) fn udp(&mut self) -> Result<Vec<Row>, SysError> {
        self.all(SocketTable::udp)
    }

    /// Queries a listener as [`SocketTable::listener`] does, on the first network that has one.
    pub(super) fn listener(&mut self, local: SocketAddr) -> Result<Option<Row>, SysError> {
        for table in &mut self.0 {
            if let Some(row) = table.listener(local)? {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    fn all(&mut self, ask: impl Fn(&mut SocketTable) -> Result<Vec<Row>, SysError>) -> Result<Vec<Row>, SysError> {
        let mut rows = Vec::new();
        for table in &mut self.0 {
            rows.extend(ask(table)?);
        }
        Ok(rows)
    }
}

impl World {
    /// Returns the index of a host, if there are two.
    pub(super) fn host(&self, name: Option<&HostName>) -> Option<usize> {
        let name = name.filter(|_| self.wire.is_some())?;
        self.setup.hosts.iter().position(|host| host.name == *name)
    }

    /// Runs `work` with this thread in the network of a host. With one machine, runs it here.
    pub(super) fn on_host<T>(&self, host: Option<usize>, work: impl FnOnce() -> T) -> Result<T, StageError> {
        match (host, &self.wire) {
            (Some(host), Some(wire)) => within(wire.namespace(host), work)
                .map_err(|error| system("entering a host's network namespace", std::io::Error::other(error))),
            _ => Ok(work()),
        }
    }

    /// Returns the address at which clients on host `from` reach a socket bound to `bound` on host
    /// `to`.
    pub(super) fn address_from(&self, from: Option<usize>, to: Option<usize>, bound: SocketAddr) -> SocketAddr {
        let (Some(to), Some(wire)) = (to.filter(|_| from != to), &self.wire) else { return bound };
        let carried = self.setup.link.carry_loopback && bound.ip() == IpAddr::V4(Ipv4Addr::LOCALHOST);
        let outside = bound.ip().is_loopback() || bound.ip().is_unspecified();
        let ip = if outside && !carried { wire.address(to).into() } else { bound.ip() };
        SocketAddr::new(ip, bound.port())
    }

    /// Returns the source address of clients on a host. None on one machine: the kernel chooses.
    pub(super) fn source_on(&self, host: Option<usize>) -> Option<IpAddr> {
        Some(self.wire.as_ref()?.address(host?).into())
    }

    /// Adds an address to a host, or to loopback of the only machine.
    pub(super) fn give_address(&mut self, host: Option<usize>, address: Ipv4Addr) -> Result<(), SysError> {
        match (host, &mut self.wire) {
            (Some(host), Some(wire)) => {
                wire.give_address(host, address)?;
                let name = self.setup.hosts[host].name.clone();
                self.given.push(HostAddress { name, address: address.into() });
                Ok(())
            }
            _ => Links::open()?.add_address("lo", address, 32),
        }
    }

    /// Returns the hosts with all their addresses.
    #[must_use]
    pub fn hosts(&self) -> Vec<HostAddress> {
        let own = self.setup.hosts.iter().enumerate().filter(|_| self.wire.is_some());
        let own = own.map(|(k, host)| HostAddress { name: host.name.clone(), address: host.address_at(k).into() });
        own.chain(self.given.iter().cloned()).collect()
    }
}
