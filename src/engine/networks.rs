//! The networks of a scenario: one host, or two hosts joined by an emulated link. Callers request
//! sockets without knowing which.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::host_env::set_host_name;
use super::link::EmulatedLink;
use super::link::rule_count::RuleNames;
use super::spec::RunSpec;
use super::{Engine, failed};
use crate::model::{HostAddress, HostName, TcpState};
use crate::scenario::runtime::RuntimeError;
use crate::sys::SysError;
use crate::sys::net_namespace::within;
use crate::sys::sock_diag::{DiagRow, SocketTable};
use crate::sys::veth::Links;

/// Sets the host name, and connects the two hosts if the scenario has them.
pub(super) fn prepare_hosts(spec: &RunSpec) -> Result<Option<EmulatedLink>, RuntimeError> {
    if !spec.is_isolated() {
        return Ok(None);
    }
    set_host_name(&spec.script.hosts, spec.script.hosts_without_servers());
    if spec.script.hosts.is_empty() {
        return Ok(None);
    }
    let names = RuleNames { formats: spec.script.formats.clone(), variables: spec.script.variables.clone() };
    let laid = EmulatedLink::connect_hosts(
        &spec.script.hosts,
        (&spec.script.link, &names),
        spec.seed,
        spec.script.hosts_without_servers(),
    );
    laid.map(Some).map_err(failed)
}

/// The socket tables of all networks, queried as one.
#[derive(Debug)]
pub(super) struct SocketTables(Vec<SocketTable>);

impl SocketTables {
    /// Opens the table of this machine, or those of both hosts.
    pub(super) fn open(link: Option<&EmulatedLink>) -> Result<Self, SysError> {
        match link {
            None => Ok(Self(vec![SocketTable::open()?])),
            Some(link) => {
                (0..2).map(|host| within(link.namespace(host), SocketTable::open)?).collect::<Result<_, _>>().map(Self)
            }
        }
    }

    /// Queries TCP sockets as [`SocketTable::tcp`] does.
    pub(super) fn tcp(&mut self, states: &[TcpState]) -> Result<Vec<DiagRow>, SysError> {
        self.query_all(|table| table.tcp(states))
    }

    /// Queries UDP sockets as [`SocketTable::udp`] does.
    pub(super) fn udp(&mut self) -> Result<Vec<DiagRow>, SysError> {
        self.query_all(SocketTable::udp)
    }

    /// Queries a listener as [`SocketTable::listener`] does, on the first network that has one.
    pub(super) fn listener(&mut self, local: SocketAddr) -> Result<Option<DiagRow>, SysError> {
        for table in &mut self.0 {
            if let Some(row) = table.listener(local)? {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    fn query_all(
        &mut self,
        ask: impl Fn(&mut SocketTable) -> Result<Vec<DiagRow>, SysError>,
    ) -> Result<Vec<DiagRow>, SysError> {
        let mut rows = Vec::new();
        for table in &mut self.0 {
            rows.extend(ask(table)?);
        }
        Ok(rows)
    }
}

impl Engine {
    /// Returns the index of a host, if there are two.
    pub(super) fn host_index(&self, name: Option<&HostName>) -> Option<usize> {
        let name = name.filter(|_| self.link.is_some())?;
        self.spec.script.hosts.iter().position(|host| host.name == *name)
    }

    /// Runs `work` with this thread in the network of a host. With one machine, runs it here.
    pub(super) fn on_host<T>(&self, host: Option<usize>, work: impl FnOnce() -> T) -> Result<T, RuntimeError> {
        match (host, &self.link) {
            (Some(host), Some(link)) => within(link.namespace(host), work).map_err(failed),
            _ => Ok(work()),
        }
    }

    /// Returns the address at which clients on host `from` reach a socket bound to `bound` on host
    /// `to`.
    pub(super) fn address_from(&self, from: Option<usize>, to: Option<usize>, bound: SocketAddr) -> SocketAddr {
        let (Some(to), Some(link)) = (to.filter(|_| from != to), &self.link) else { return bound };
        let carried = self.spec.script.link.carry_loopback && bound.ip() == IpAddr::V4(Ipv4Addr::LOCALHOST);
        let outside = bound.ip().is_loopback() || bound.ip().is_unspecified();
        let ip = if outside && !carried { link.address(to).into() } else { bound.ip() };
        SocketAddr::new(ip, bound.port())
    }

    /// Returns the source address of clients on a host. None on one machine: the kernel chooses.
    pub(super) fn source_address(&self, host: Option<usize>) -> Option<IpAddr> {
        Some(self.link.as_ref()?.address(host?).into())
    }

    /// Adds an address to a host, or to loopback of the only machine.
    pub(super) fn add_address(&mut self, host: Option<usize>, address: Ipv4Addr) -> Result<(), SysError> {
        match (host, &mut self.link) {
            (Some(host), Some(link)) => link.add_address(host, address),
            _ => Links::open()?.add_address("lo", address, 32),
        }
    }

    /// Returns the hosts with all their addresses.
    #[must_use]
    pub(crate) fn hosts(&self) -> Vec<HostAddress> {
        let Some(link) = &self.link else { return Vec::new() };
        let hosts = &self.spec.script.hosts;
        let own = hosts.iter().enumerate().map(|(k, host)| (k, host.address_at(k)));
        let all = own.chain(link.added_addresses.iter().copied());
        all.filter_map(|(k, ip)| Some(HostAddress { name: hosts.get(k)?.name.clone(), address: ip.into() })).collect()
    }
}
