//! Interfaces between network namespaces, made over netlink (`rtnetlink(7)`, `veth(4)`): pairs, addresses, routes. It
//! needs `CAP_NET_ADMIN` in the namespaces, as init of a sandbox has it, and knows no hosts.

use std::net::Ipv4Addr;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netdevice, recv, send, socket_with, sockopt,
};

use super::net_namespace::NetNamespace;
use super::network::write_sysctl;
use super::{SysError, doing, rtnetlink};

/// Answers are made while the request is sent, so this only bounds what should not happen.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest name of an interface (`IFNAMSIZ`, less its end).
const LONGEST_NAME: usize = 15;

/// One end of a veth pair.
#[derive(Debug, Clone, Copy)]
pub struct End<'a> {
    /// Where it is to be.
    pub namespace: &'a NetNamespace,
    /// What it is to be called there; at most 15 bytes.
    pub name: &'a str,
    /// Its address of the link; one that the kernel chooses where it is left out.
    pub hardware: Option<[u8; 6]>,
}

/// What both ends have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Veth {
    /// The longest packet, in bytes without the link header.
    pub mtu: u32,
    /// How many packets may wait at an end until it sends them.
    pub queue: u32,
}

impl Default for Veth {
    /// Ethernet's 1,500 bytes; a queue that lost nothing in a transfer of 4 MiB through a forwarder (measured).
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
    /// Those of the namespace that this thread is in. The socket is close-on-exec, and stays of that namespace.
    ///
    /// # Errors
    /// Where a seccomp filter refuses netlink.
    pub fn open() -> Result<Self, SysError> {
        // Protocol 0 is NETLINK_ROUTE.
        let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)
            .map_err(doing("opening a netlink socket", "rtnetlink"))?;
        sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, Some(PATIENCE))
            .map_err(doing("setting the receive timeout", "rtnetlink"))?;
        Ok(Self { socket, sequence: 0 })
    }

    /// Makes two joined interfaces, each in its namespace (whichever this one is), both off and without addresses.
    ///
    /// # Errors
    /// `EEXIST` where a name is taken, `EPERM`, `EOPNOTSUPP` where the kernel has no veth, `ERANGE` or `EINVAL` where a
    /// name is too long or no name.
    pub fn create_veth(&mut self, one: &End<'_>, other: &End<'_>, veth: &Veth) -> Result<(), SysError> {
        for end in [one, other] {
            if end.name.len() > LONGEST_NAME || end.name.contains('\0') {
                return Err(doing("naming an interface", end.name)(Errno::INVAL));
            }
        }
        let [first, second] = [one, other].map(|end| rtnetlink::End {
            name: end.name,
            namespace: end.namespace.as_fd(),
            hardware: end.hardware,
            mtu: veth.mtu,
            queue: veth.queue,
        });
        let request = rtnetlink::create_veth(self.next(), &first, &second);
        self.ask(&request).map_err(doing("creating the veth pair", format_args!("{} and {}", one.name, other.name)))
    }

    /// Turns an interface on.
    ///
    /// # Errors
    /// `ENODEV` where there is none of this name.
    pub fn turn_on(&mut self, interface: &str) -> Result<(), SysError> {
        let index = self.index(interface)?;
        let request = rtnetlink::turn_on(self.next(), index);
        self.ask(&request).map_err(doing("enabling the interface", interface))
    }

    /// Gives an interface one more address, in a network of so many leading bits; the network is then reached through
    /// it, once it is on.
    ///
    /// # Errors
    /// `ENODEV`, `EEXIST` where it has this one, `EINVAL` for more than 32 bits.
    pub fn add_address(&mut self, interface: &str, address: Ipv4Addr, prefix: u8) -> Result<(), SysError> {
        let index = self.index(interface)?;
        let request = rtnetlink::add_address(self.next(), index, address, prefix);
        self.ask(&request).map_err(doing("adding an address", format_args!("{interface} ({address}/{prefix})")))
    }

    /// Makes a network of so many leading bits reachable through an interface that is on, without a router: for
    /// addresses that a host has beside those of the common network.
    ///
    /// # Errors
    /// `ENODEV`, `ENETDOWN`, `EEXIST` where there is such a route, `EINVAL` for more than 32 bits.
    pub fn add_route(&mut self, interface: &str, network: Ipv4Addr, prefix: u8) -> Result<(), SysError> {
        let index = self.index(interface)?;
        let request = rtnetlink::add_route(self.next(), index, network, prefix);
        self.ask(&request).map_err(doing("adding a route", format_args!("{interface} ({network}/{prefix})")))
    }

    /// Makes an address this host's own as far as connecting to it goes: nobody can bind it, and what is sent there comes from
    /// `source`, as it would on the way out of a machine.
    ///
    /// # Errors
    /// `ENETDOWN` while loopback is off, `EINVAL` where `source` is not an address of this host, `EEXIST`.
    pub fn add_own_route(&mut self, address: Ipv4Addr, source: Ipv4Addr) -> Result<(), SysError> {
        let index = self.index("lo")?;
        let request = rtnetlink::add_own_route(self.next(), index, address, source);
        self.ask(&request).map_err(doing("adding a route", format_args!("lo ({address})")))
    }

    /// Tells which address of the link a neighbour has, so that it need not be asked for. While it is being asked for, the
    /// kernel holds about a hundred packets to it and loses the rest (`unres_qlen_bytes`, `arp(7)`).
    ///
    /// # Errors
    /// `ENODEV`, `ENETDOWN`, `EEXIST` where it is known.
    pub fn add_neighbour(&mut self, interface: &str, address: Ipv4Addr, hardware: [u8; 6]) -> Result<(), SysError> {
        let index = self.index(interface)?;
        let request = rtnetlink::add_neighbour(self.next(), index, address, hardware);
        self.ask(&request).map_err(doing("adding a neighbor", format_args!("{interface} ({address})")))
    }

    /// Removes an interface, and the other end of a veth pair with it. The end of a namespace does so too.
    ///
    /// # Errors
    /// `ENODEV`; `EOPNOTSUPP` for one that cannot be removed, as loopback.
    #[cfg(test)]
    pub fn delete(&mut self, interface: &str) -> Result<(), SysError> {
        let index = self.index(interface)?;
        let request = rtnetlink::delete(self.next(), index);
        self.ask(&request).map_err(doing("removing the interface", interface))
    }

    fn index(&self, interface: &str) -> Result<u32, SysError> {
        netdevice::name_to_index(&self.socket, interface).map_err(doing("looking up the interface", interface))
    }

    fn next(&mut self) -> u32 {
        self.sequence = self.sequence.wrapping_add(1);
        self.sequence
    }

    /// Sends the request that was written last, and waits for the answer to it.
    fn ask(&self, request: &[u8]) -> Result<(), Errno> {
        rustix::io::retry_on_intr(|| send(&self.socket, request, SendFlags::empty()))?;
        // An answer repeats the request where it says no.
        let mut buffer = [0; 4096];
        loop {
            let (_, length) = rustix::io::retry_on_intr(|| recv(&self.socket, &mut buffer[..], RecvFlags::empty()))?;
            let bytes = buffer.get(..length).unwrap_or(&buffer);
            match rtnetlink::answer(bytes, self.sequence) {
                None => {}
                Some(0) => return Ok(()),
                Some(number) => return Err(Errno::from_raw_os_error(number)),
            }
        }
    }
}

/// Turns IPv6 off in the namespace that this thread is in, for all interfaces that are there and that will be: without
/// it there are no neighbour and router messages that nobody asked for, and no `::1`.
///
/// # Errors
/// `ENOENT` where the kernel has no IPv6, and then there is none to turn off.
pub fn ipv6_off() -> Result<(), SysError> {
    write_sysctl("net/ipv6/conf/all/disable_ipv6", "1")?;
    write_sysctl("net/ipv6/conf/default/disable_ipv6", "1")
}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;
