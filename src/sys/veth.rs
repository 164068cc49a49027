//! Configures interfaces between network namespaces over netlink (`rtnetlink(7)`, `veth(4)`): veth
//! pairs, addresses, routes. Requires `CAP_NET_ADMIN` in the namespaces, which init of a sandbox
//! has. Does not know the hosts of a scenario.

use std::net::Ipv4Addr;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netdevice, recv, send, socket_with, sockopt,
};

use super::net_namespace::NetNamespace;
use super::{Operation, SysError, doing, during, rtnetlink};

/// Receive timeout. The kernel answers while the request is sent, so this should never expire.
const NETLINK_TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum length of an interface name (`IFNAMSIZ` without the NUL).
const MAX_NAME_BYTES: usize = 15;

/// One end of a veth pair.
#[derive(Debug, Clone, Copy)]
pub struct VethEnd<'a> {
    /// The namespace of this end.
    pub namespace: &'a NetNamespace,
    /// Name in that namespace, at most 15 bytes.
    pub name: &'a str,
    /// Link-layer address; `None` lets the kernel choose one.
    pub link_address: Option<[u8; 6]>,
}

/// The settings of both ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VethSettings {
    /// Maximum packet size, in bytes without the link header.
    pub mtu: u32,
    /// Number of packets that may wait to be sent at an end.
    pub queue: u32,
}

impl Default for VethSettings {
    /// Returns Ethernet's 1,500 bytes, and a queue that lost no packet in a transfer of 4 MiB
    /// through a forwarder (measured).
    fn default() -> Self {
        Self { mtu: 1500, queue: 20_000 }
    }
}

/// The interfaces of a network namespace.
#[derive(Debug)]
pub struct Links {
    socket: OwnedFd,
    sequence: u32,
}

impl Links {
    /// Opens the interfaces of this thread's network namespace. The socket is close-on-exec and
    /// stays in that namespace.
    ///
    /// # Errors
    /// Returns an error if a seccomp filter denies netlink.
    pub fn open() -> Result<Self, SysError> {
        // Protocol 0 is NETLINK_ROUTE.
        let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)
            .map_err(during(Operation::OpenRouteNetlink))?;
        sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, Some(NETLINK_TIMEOUT))
            .map_err(during(Operation::SetReceiveTimeout))?;
        Ok(Self { socket, sequence: 0 })
    }

    /// Creates two connected interfaces, each in its namespace (independent of this one), both off
    /// and without addresses.
    ///
    /// # Errors
    /// Returns an error if the kernel refuses: `EEXIST` if a name is taken, `EPERM`, `EOPNOTSUPP`
    /// if the kernel has no veth, `ERANGE` or `EINVAL` if a name is too long or invalid.
    pub fn create_veth(&mut self, one: &VethEnd<'_>, other: &VethEnd<'_>, veth: &VethSettings) -> Result<(), SysError> {
        for end in [one, other] {
            if end.name.len() > MAX_NAME_BYTES || end.name.contains('\0') {
                return Err(doing(Operation::NameInterface, end.name)(Errno::INVAL));
            }
        }
        let [first, second] = [one, other].map(|end| rtnetlink::VethSpec {
            name: end.name,
            namespace: end.namespace.as_fd(),
            link_address: end.link_address,
            mtu: veth.mtu,
            queue: veth.queue,
        });
        let request = rtnetlink::create_veth(self.next_sequence(), &first, &second);
        self.request(&request).map_err(doing(Operation::CreateVeth, format_args!("{} and {}", one.name, other.name)))
    }

    /// Turns on an interface.
    ///
    /// # Errors
    /// Returns an error if the interface does not exist (`ENODEV`).
    pub fn turn_on(&mut self, interface: &str) -> Result<(), SysError> {
        let index = self.index(interface)?;
        let request = rtnetlink::turn_on(self.next_sequence(), index);
        self.request(&request).map_err(doing(Operation::EnableInterface, interface))
    }

    /// Adds an address with a prefix length to an interface. The network is reached through it once
    /// it is on.
    ///
    /// # Errors
    /// Returns an error if the kernel refuses: `ENODEV`, `EEXIST` if the interface has the address,
    /// `EINVAL` for a prefix of more than 32 bits.
    pub fn add_address(&mut self, interface: &str, address: Ipv4Addr, prefix: u8) -> Result<(), SysError> {
        let index = self.index(interface)?;
        let request = rtnetlink::add_address(self.next_sequence(), index, address, prefix);
        self.request(&request).map_err(doing(Operation::AddAddress, format_args!("{interface} ({address}/{prefix})")))
    }

    /// Makes a network, given by its prefix length, reachable without a router through an interface
    /// that is on. For addresses of a host outside the common network.
    ///
    /// # Errors
    /// Returns an error if the kernel refuses: `ENODEV`, `ENETDOWN`, `EEXIST` if the route exists,
    /// `EINVAL` for a prefix of more than 32 bits.
    pub fn add_route(&mut self, interface: &str, network: Ipv4Addr, prefix: u8) -> Result<(), SysError> {
        let index = self.index(interface)?;
        let request = rtnetlink::add_route(self.next_sequence(), index, network, prefix);
        self.request(&request).map_err(doing(Operation::AddRoute, format_args!("{interface} ({network}/{prefix})")))
    }

    /// Adds a local route to an address, so that a connection to it stays on this host and is
    /// refused if no socket accepts it. Packets to the address come from `source`, as they would on
    /// the way out of a machine.
    ///
    /// # Errors
    /// Returns an error if the kernel refuses: `ENETDOWN` while loopback is off, `EINVAL` if
    /// `source` is not an address of this host, `EEXIST`.
    pub fn add_local_route(&mut self, address: Ipv4Addr, source: Ipv4Addr) -> Result<(), SysError> {
        let index = self.index("lo")?;
        let request = rtnetlink::add_local_route(self.next_sequence(), index, address, source);
        self.request(&request).map_err(doing(Operation::AddRoute, format_args!("lo ({address})")))
    }

    /// Sets the link-layer address of a neighbour, so that the kernel does not have to resolve it.
    /// During resolution the kernel queues about a hundred packets and drops the rest
    /// (`unres_qlen_bytes`, `arp(7)`).
    ///
    /// # Errors
    /// Returns an error if the kernel refuses: `ENODEV`, `ENETDOWN`, `EEXIST` if the neighbour is
    /// known.
    pub fn add_neighbour(&mut self, interface: &str, address: Ipv4Addr, hardware: [u8; 6]) -> Result<(), SysError> {
        let index = self.index(interface)?;
        let request = rtnetlink::add_neighbour(self.next_sequence(), index, address, hardware);
        self.request(&request).map_err(doing(Operation::AddNeighbor, format_args!("{interface} ({address})")))
    }

    /// Removes an interface, with the other end of a veth pair. So does the end of a namespace.
    ///
    /// # Errors
    /// Returns an error if the interface does not exist (`ENODEV`) or cannot be removed, as
    /// loopback (`EOPNOTSUPP`).
    #[cfg(test)]
    pub fn delete(&mut self, interface: &str) -> Result<(), SysError> {
        let index = self.index(interface)?;
        let request = rtnetlink::delete(self.next_sequence(), index);
        self.request(&request).map_err(doing(Operation::RemoveInterface, interface))
    }

    fn index(&self, interface: &str) -> Result<u32, SysError> {
        netdevice::name_to_index(&self.socket, interface).map_err(doing(Operation::FindInterface, interface))
    }

    fn next_sequence(&mut self) -> u32 {
        self.sequence = self.sequence.wrapping_add(1);
        self.sequence
    }

    /// Sends the request that was built last, and waits for its answer.
    fn request(&self, request: &[u8]) -> Result<(), Errno> {
        rustix::io::retry_on_intr(|| send(&self.socket, request, SendFlags::empty()))?;
        // An answer with an error repeats the request.
        let mut buffer = [0; 4096];
        loop {
            let (_, length) = rustix::io::retry_on_intr(|| recv(&self.socket, &mut buffer[..], RecvFlags::empty()))?;
            let bytes = buffer.get(..length).unwrap_or(&buffer);
            match rtnetlink::find_answer(bytes, self.sequence) {
                None => {}
                Some(0) => return Ok(()),
                Some(number) => return Err(Errno::from_raw_os_error(number)),
            }
        }
    }
}

#[cfg(test)]
mod tests;
