//! The emulated link between two hosts: two network namespaces, each connected to the agent's own
//! by a veth pair.
//!
//! A thread forwards every frame and captures it (`forwarder`). It loses, delays, reorders,
//! duplicates or damages frames as `impairment` decides. The link does not know the programs on
//! the hosts.

use std::net::Ipv4Addr;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, Timespec, eventfd, poll};

use self::activity::LinkActivity;
use self::forwarder::Forwarder;
use self::rule_count::RuleNames;
use super::host_env;
use crate::model::Capture;
use crate::scenario::hosts::Host;
use crate::scenario::link::Link;
use crate::sys::net_namespace::{NetNamespace, within};
use crate::sys::net_settings::{is_running, loopback_up, tune_network, write_sysctl};
use crate::sys::offload::{disable_offloads, has_link};
use crate::sys::packet_socket::PacketSocket;
use crate::sys::veth::{Links, VethEnd, VethSettings};
use crate::sys::{Operation, SysError};

/// The interface inside each host.
const HOST_INTERFACE: &str = "eth0";
/// The agent's ends of the two veth pairs.
const AGENT_INTERFACES: [&str; 2] = ["to-first", "to-second"];
/// The MAC addresses of the hosts, which are static neighbours of each other. A packet sent during
/// address resolution could be lost, and not by emulation.
const MAC_ADDRESSES: [[u8; 6]; 2] = [[2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]];
/// How long the kernel may take to report that a link is up.
const LINK_UP_TIMEOUT: Duration = Duration::from_secs(10);
/// Interval between two queries, in nanoseconds.
const WAKEUP_NS: i64 = 500_000;
/// How long the thread may take to end. With enough CPU time it takes no longer than the forwarder
/// drains the link.
const THREAD_END_TIMEOUT: Duration = Duration::from_secs(30);
/// Minimum retransmission timeout in microseconds, in place of 200 ms (Linux 6.11 and later).
const RTO_MIN_US: &str = "5000";

/// Two hosts and the emulated link between them.
#[derive(Debug)]
pub(super) struct EmulatedLink {
    namespaces: [NetNamespace; 2],
    addresses: [Ipv4Addr; 2],
    /// Addresses that were added during the scenario, with the index of their host.
    pub(super) added_addresses: Vec<(usize, Ipv4Addr)>,
    stop: OwnedFd,
    activity: LinkActivity,
    /// Receives the capture when the thread ends.
    captured: Option<Receiver<Capture>>,
}

impl EmulatedLink {
    /// Creates the hosts and connects them. `quiet` is true for each host that runs no server.
    ///
    /// # Errors
    /// Returns an error if the kernel has no veth, or denies what init of a namespace may do.
    pub(super) fn connect_hosts(
        hosts: &[Host],
        (link, names): (&Link, &RuleNames),
        run_seed: u64,
        quiet: [bool; 2],
    ) -> Result<Self, SysError> {
        // Interfaces created from here on have no IPv6, which would send messages to routers and
        // neighbours.
        let _ = write_sysctl("net/ipv6/conf/default/disable_ipv6", "1");
        let namespaces = [NetNamespace::create()?, NetNamespace::create()?];
        let addresses = [0, 1].map(|k| hosts.get(k).map_or(Ipv4Addr::UNSPECIFIED, |host| host.address_at(k)));
        let here = NetNamespace::current()?;
        let mut links = Links::open()?;
        let default = VethSettings::default();
        let settings = VethSettings { mtu: link.mtu.unwrap_or(default.mtu), ..default };
        for (k, namespace) in namespaces.iter().enumerate() {
            within(namespace, || drop(write_sysctl("net/ipv6/conf/default/disable_ipv6", "1")))?;
            let hardware = Some(MAC_ADDRESSES[k]);
            let inside = VethEnd { namespace, name: HOST_INTERFACE, link_address: hardware };
            let ends = [inside, VethEnd { namespace: &here, name: AGENT_INTERFACES[k], link_address: None }];
            links.create_veth(&ends[0], &ends[1], &settings)?;
            disable_offloads(AGENT_INTERFACES[k])?;
            links.turn_on(AGENT_INTERFACES[k])?;
            let other = Neighbour { address: addresses[1 - k], hardware: MAC_ADDRESSES[1 - k] };
            let loopback = match (link.carry_loopback, quiet[k]) {
                (false, _) => LoopbackUse::Local,
                (true, false) => LoopbackUse::Reachable,
                (true, true) => LoopbackUse::LeadsToOther,
            };
            within(namespace, || configure_host(addresses[k], &other, loopback))??;
        }
        for (k, namespace) in namespaces.iter().enumerate() {
            await_running(|| within(namespace, || has_carrier(HOST_INTERFACE))?)?;
            await_running(|| has_carrier(AGENT_INTERFACES[k]))?;
        }
        let sockets = [PacketSocket::open(AGENT_INTERFACES[0])?, PacketSocket::open(AGENT_INTERFACES[1])?];
        let activity = LinkActivity::new(&sockets)?;
        let failed = |source| SysError::Doing { operation: Operation::StartForwarder, on: None, source };
        let stop = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).map_err(|error| failed(error.into()))?;
        let stopped = stop.try_clone().map_err(failed)?;
        let forwarder = Forwarder::new(sockets, hosts, (link, names), run_seed, Arc::clone(&activity.state));
        let (ended, captured) = std::sync::mpsc::channel();
        let started = std::thread::Builder::new().name("wire".to_owned()).spawn(move || {
            // Fails only if the receiver is gone.
            let _ = ended.send(forwarder.run(&stopped));
        });
        started.map_err(failed)?;
        Ok(Self { namespaces, addresses, added_addresses: Vec::new(), stop, activity, captured: Some(captured) })
    }

    /// Returns the network namespace of a host.
    pub(super) const fn namespace(&self, host: usize) -> &NetNamespace {
        &self.namespaces[host]
    }

    /// Returns the number of turns that the link has made, if no frame is on it.
    pub(super) fn idle_epoch(&self) -> Option<u64> {
        self.activity.idle_epoch()
    }

    /// Returns the address of a host on the link.
    pub(super) const fn address(&self, host: usize) -> Ipv4Addr {
        self.addresses[host]
    }

    /// Adds an address to a host, and a route to it on the other host.
    ///
    /// # Errors
    /// Returns an error if the host already has it (`EEXIST`), or if the kernel refuses.
    pub(super) fn add_address(&mut self, host: usize, address: Ipv4Addr) -> Result<(), SysError> {
        within(&self.namespaces[host], || Links::open()?.add_address(HOST_INTERFACE, address, 32))??;
        within(&self.namespaces[1 - host], || {
            let mut links = Links::open()?;
            links.add_route(HOST_INTERFACE, address, 32)?;
            links.add_neighbour(HOST_INTERFACE, address, MAC_ADDRESSES[host])
        })??;
        self.added_addresses.push((host, address));
        Ok(())
    }

    /// Ends the link when the packets in flight have arrived. Returns the capture.
    pub(super) fn finish(mut self) -> Capture {
        self.stop_thread().unwrap_or_else(|| {
            let mut nothing = Capture::default();
            nothing.dropped = 1;
            nothing
        })
    }

    /// Returns None if the link has already ended or its thread panicked.
    fn stop_thread(&mut self) -> Option<Capture> {
        let captured = self.captured.take()?;
        // The eventfd is readable even if its counter is full.
        let _ = rustix::io::write(&self.stop, &1_u64.to_ne_bytes());
        // The veth pairs are left to the agent's own namespace, which removes both at once. That is
        // much less work.
        captured.recv_timeout(THREAD_END_TIMEOUT).ok()
    }
}

impl Drop for EmulatedLink {
    fn drop(&mut self) {
        self.stop_thread();
    }
}

/// Returns true if an interface has a carrier, and the kernel has processed that.
fn has_carrier(interface: &str) -> Result<bool, SysError> {
    Ok(has_link(interface)? && is_running(interface)?)
}

/// Waits until an interface forwards packets. A frame sent earlier would be lost, and not by
/// emulation.
fn await_running(running: impl Fn() -> Result<bool, SysError>) -> Result<(), SysError> {
    let deadline = Instant::now() + LINK_UP_TIMEOUT;
    while !running()? {
        if Instant::now() >= deadline {
            let source = std::io::Error::from_raw_os_error(libc::ETIMEDOUT);
            return Err(SysError::Doing { operation: Operation::AwaitLink, on: None, source });
        }
        let soon = Timespec { tv_sec: 0, tv_nsec: WAKEUP_NS };
        let _ = poll(&mut [], Some(&soon));
    }
    Ok(())
}

/// The host at the other end of the link.
struct Neighbour {
    address: Ipv4Addr,
    hardware: [u8; 6],
}

/// The use of a host's loopback addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LoopbackUse {
    /// The link does not carry them.
    Local,
    /// The other host reaches them over the link.
    Reachable,
    /// They lead to the other host, because this one has no servers.
    LeadsToOther,
}

/// Configures a host; this thread must be in its network.
fn configure_host(own: Ipv4Addr, other: &Neighbour, loopback: LoopbackUse) -> Result<(), SysError> {
    // Optional: older kernels lack both.
    let _ = tune_network(&[65431, 65432, 65433]);
    let _ = write_sysctl("net/ipv4/tcp_rto_min_us", RTO_MIN_US);
    if loopback != LoopbackUse::Local {
        // Loopback addresses can then cross a link (Documentation/networking/ip-sysctl.rst).
        write_sysctl("net/ipv4/conf/all/route_localnet", "1")?;
        write_sysctl("net/ipv4/conf/eth0/route_localnet", "1")?;
        write_sysctl("net/ipv4/conf/all/rp_filter", "0")?;
        write_sysctl("net/ipv4/conf/eth0/rp_filter", "0")?;
    }
    let mut links = Links::open()?;
    disable_offloads(HOST_INTERFACE)?;
    links.add_address(HOST_INTERFACE, own, 24)?;
    links.turn_on(HOST_INTERFACE)?;
    let [a, b, c, _] = own.octets();
    if !other.address.octets().starts_with(&[a, b, c]) {
        links.add_route(HOST_INTERFACE, other.address, 32)?;
    }
    links.add_neighbour(HOST_INTERFACE, other.address, other.hardware)?;
    if loopback == LoopbackUse::LeadsToOther {
        // Its own loopback stays down: 127.0.0.1 belongs to the other host.
        links.add_route(HOST_INTERFACE, Ipv4Addr::new(127, 0, 0, 0), 8)?;
        return links.add_neighbour(HOST_INTERFACE, Ipv4Addr::LOCALHOST, other.hardware);
    }
    loopback_up()?;
    // Optional as well.
    let _ = host_env::add_loopback_routes(own);
    Ok(())
}

mod activity;
mod damage;
mod forwarder;
pub(crate) mod impairment;
pub(super) mod rule_count;
mod shaper;
#[cfg(test)]
mod tests;
